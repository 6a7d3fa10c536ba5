"""The charts of the page, as drawings that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ketevidence import gallery, tables
from ketevidence.chart import Chart
from ketevidence.dataset import Evidence

_ID = re.compile(r'(id="|url\(#|href="#)')


def figures(evidence: Evidence) -> list[dict[str, Any]]:
    """The charts in the order of the questions: name in the address, kind, label, title, alt, svg, rows and record.

    A chart that is longer than a sheet of paper stands in parts, the first under the name of the chart.
    """
    return [
        {
            "name": address,
            "kind": name,
            "label": label,
            "title": chart.title,
            "alt": chart.alt,
            "svg": _inline(chart, address),
            "rows": chart.table,
            "record": chart.record,
        }
        for name, options in _wanted(evidence).items()
        for chart, address, label in _named(name, gallery.parts(evidence, name, **options))
    ]


def _named(name: str, charts: list[Chart]) -> Iterator[tuple[Chart, str, str]]:
    """Each part of a chart with its address and how it is spoken of."""
    spoken, count = name.replace("_", " "), len(charts)
    for part, chart in enumerate(charts, 1):
        address = name if part == 1 else f"{name}-{part}"
        yield chart, address, f"{spoken}, part {part} of {count}" if count > 1 else spoken


def _wanted(evidence: Evidence) -> dict[str, dict[str, Any]]:
    """The names of the charts and what each is asked for."""
    board = tables.statements(evidence)
    share = board[(board.measure == "proportion") & (board.topic == "treatment_resistance")]
    return {
        "verdicts": {},
        "evidence_map": {},
        "rates": {"condition": share.condition.iloc[0] if len(share) else None},
        "timeline": {},
        "durations": {},
        "forest": {"outcome": "symptoms"},
        "published": {},
        "safety": {},
    }


def _inline(chart: Chart, name: str) -> str:
    """The SVG without its prolog and words, its ids made the name's own, as one picture for screen readers.

    Its name is the title in the page; its words stand below it, which reads better than loose labels.
    """
    drawing = chart.bytes("svg").decode("utf-8")
    start = re.search(r"<svg [^>]*>", drawing)
    assert start is not None
    inside = re.sub(r"<(title|desc|metadata)>.*?</\1>\s*", "", drawing[start.end() :], flags=re.DOTALL)
    opened = start[0].replace("<svg ", f'<svg role="img" aria-labelledby="title-{name}" focusable="false" ', 1)
    return opened + _ID.sub(rf"\g<1>{name}-", inside)
