"""The charts of the page, as drawings that stand in it."""

from __future__ import annotations

import re
from typing import Any

from ketevidence import gallery, tables
from ketevidence.chart import Chart
from ketevidence.dataset import Evidence

TALLEST = 16.0  # inches: what is taller cannot be read on one sheet of paper
_ID = re.compile(r'(id="|url\(#|href="#)')


def figures(evidence: Evidence) -> list[dict[str, Any]]:
    """The charts in the order of the questions: chart, name, title, alt, svg, and whether it is too tall to print."""
    return [
        {
            "chart": chart,
            "name": name,
            "title": chart.title,
            "alt": chart.alt,
            "svg": _inline(chart, name),
            "tall": _height(chart) > TALLEST,
        }
        for name, chart in _drawn(evidence).items()
    ]


def _height(chart: Chart) -> float:
    """Inches."""
    figure = chart.ax.get_figure(root=True)
    assert figure is not None
    return figure.get_figheight()


def _drawn(evidence: Evidence) -> dict[str, Chart]:
    """The charts by the name in their address; one without a row to draw is left out."""
    board = tables.statements(evidence)
    share = board[(board.measure == "proportion") & (board.topic == "treatment_resistance")]
    condition = share.condition.iloc[0] if len(share) else None
    wanted: dict[str, dict[str, Any]] = {
        "verdicts": {},
        "evidence_map": {},
        "rates": {"condition": condition},
        "timeline": {},
        "durations": {},
        "forest": {"outcome": "symptoms"},
        "published": {},
        "safety": {},
    }
    found = {name: gallery.plans(evidence, name, **options) for name, options in wanted.items()}
    return {name: plans[0].draw(plans[0].rows) for name, plans in found.items() if plans}


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
