"""The web page: one self-contained HTML file, readable from a mail and without network."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from ketevidence import charts, references, tables, wording
from ketevidence.audit import audit
from ketevidence.chart import Chart
from ketevidence.dataset import Evidence
from ketevidence.writing import replace_file

_BESIDE = "What reviews report, beside our own trials and pools"
_ID = re.compile(r'(id="|url\(#|href="#)')


def write(evidence: Evidence, path: str | Path) -> Path:
    """Write the page of an evidence to a file; an existing file is replaced whole.

    Raises
    ------
    ValueError
        The file cannot be written; an old one stays as it was.
    """
    return replace_file(path, html(evidence).encode("utf-8"))


def html(evidence: Evidence) -> str:
    """The page as one string: statements, evidence, charts, findings, tables, references.

    The same evidence gives the same string. Text from the tables is escaped; the page
    forbids itself every request to a network.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from tqdm import tqdm

    environment = Environment(
        loader=PackageLoader("ketevidence", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = {
        "articles": _articles,
        "findings": _findings,
        "figures": _figures,
        "answers": _answers,
        "claims": lambda e: _records(tables.claims(e)),
        "studies": lambda e: _records(tables.studies(e)),
        "conditions": lambda e: _records(tables.conditions(e)),
        "certainty": _certainty,
        "sources": _sources,
        "labels": lambda e: _labels(e),
        "library": _library,
    }
    content: dict[str, Any] = {"evidence": evidence, "reader": evidence.second_reader(), "wording": wording}
    for name in tqdm(parts, desc="report", disable=None, leave=False):
        content[name] = parts[name](evidence)
    content["css"], content["script"] = (_asset(name) for name in ("page.css", "page.js"))
    return environment.get_template("page.html.j2").render(content)


def _asset(name: str) -> str:
    return files("ketevidence.report").joinpath(name).read_text(encoding="utf-8")


def _library(evidence: Evidence) -> dict[str, str]:
    """The DataTables bundle that itables brings, as base64, so that nothing is fetched."""
    bundle = files("itables").joinpath("html")
    return {
        "script": base64.b64encode(bundle.joinpath("dt_bundle.js").read_bytes()).decode("ascii"),
        "css": bundle.joinpath("dt_bundle.css").read_text(encoding="utf-8"),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts, missing values as empty strings."""
    return [
        {str(key): "" if wording.missing(value) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _labels(evidence: Evidence) -> dict[str, dict[str, str]]:
    """For every vocabulary column 'table.column' the words of its values."""
    return {
        f"{table.name}.{column.name}": {category.value: category.label for category in column.categories}
        for table in evidence.schema.tables
        for column in table.columns
        if column.categories
    }


def _articles(evidence: Evidence) -> list[dict[str, Any]]:
    board = tables.statements(evidence)
    sources = evidence.sources.set_index("source_id")
    return [
        {
            "source": {str(k): "" if wording.missing(v) else v for k, v in sources.loc[source].items()},
            "link": references.link(sources.loc[source]),
            "statements": [
                statement | {"evidence": _grouped(evidence, statement["statement_id"])} for statement in _records(own)
            ],
        }
        for source, own in board.groupby("source_id", sort=False)
    ]


def _grouped(evidence: Evidence, statement: str) -> list[tuple[str, list[dict[str, Any]]]]:
    linked = tables.evidence_for(evidence, statement)
    return [(str(relation), _records(own)) for relation, own in linked.groupby("relation", observed=True)]


def _findings(evidence: Evidence) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _records(audit(evidence)):
        row["claim_ids"] = str(row["claim_ids"]).split("; ") if row["claim_ids"] else []
        found.setdefault(row["statement_id"], []).append(row)
    return found


def _drawn(evidence: Evidence) -> dict[str, Chart]:
    """The charts of the page by the name in their address; one without a row to draw is left out."""
    board = tables.statements(evidence)
    share = board[(board.measure == "proportion") & (board.topic == "treatment_resistance")]
    condition = share.condition.iloc[0] if len(share) else None
    rates = tables.resistance_rates(evidence, condition=condition)
    times = tables.onset_times(evidence, condition=tables.direct_conditions(evidence))
    forest, published = tables.pooled(evidence), tables.published_comparison(evidence)
    drawn: dict[str, tuple[Any, Callable[[], Chart]]] = {
        "verdicts": (True, lambda: charts.verdicts(board)),
        "rates": (rates.counted.any(), lambda: charts.rates(rates, stated=share)),
        "timeline": (times.counted.any(), lambda: charts.timeline(times, stated=tables.stated_times(evidence))),
        "forest": (len(forest), lambda: charts.forest(forest, risk_of_bias=tables.risk_of_bias(evidence))),
        "published": (published.published.any(), lambda: charts.forest(published, title=_BESIDE)),
    }
    return {name: draw() for name, (there, draw) in drawn.items() if there}


def _figures(evidence: Evidence) -> list[dict[str, str]]:
    return [
        {"name": name, "title": chart.title, "alt": chart.alt, "svg": _inline(chart, name)}
        for name, chart in _drawn(evidence).items()
    ]


def _inline(chart: Chart, name: str) -> str:
    """The SVG without its prolog, its ids made the name's own, hidden from screen readers.

    The words of the chart stand beside it as a list, which reads better than loose labels.
    """
    drawing = chart.bytes("svg").decode("utf-8")
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = _ID.sub(rf"\g<1>{name}-", drawing)
    return drawing.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _answers(evidence: Evidence) -> list[str]:
    """What the page says in a few lines, each built from a table."""
    board = tables.statements(evidence)
    there = tables.conditions(evidence)
    coded = there[there.icd11_code.notna()]
    with_trials, without = coded[coded.randomised > 0], coded[coded.randomised == 0]
    counted = charts.verdicts(board).title
    trials = wording.listed(
        f"{row.label} ({wording.counted(row.randomised, 'trial')}, {wording.number(row.randomised_people)} people)"
        for row in with_trials.itertuples()
    )
    none = wording.listed(without.label)
    null = int((coded["null"] + coded["negative"]).sum())
    positive, mixed = int(coded.positive.sum()), int(coded.mixed.sum())
    silent = board[board.measure == "omission"]
    return [
        f"{counted}.",
        f"Randomised trials with a published result: {trials or 'none'}.",
        f"None for {none} alone; studies of mixed anxiety disorders are listed apart." if len(without) else "",
        f"The primary outcome, which may be a mechanism, was positive in {positive} of them, mixed in {mixed}, "
        f"null or negative in {null}; trials that share people count once."
        if trials
        else "",
        *(f"{statement}" for statement in silent.statement),
    ]


def _certainty(evidence: Evidence) -> str:
    """The summary of findings as HTML; empty where nothing is rated."""
    rated = tables.certainty(evidence)
    return charts.certainty(rated).html if len(rated) else ""


def _sources(evidence: Evidence) -> list[dict[str, Any]]:
    numbered = references.numbered(evidence.sources, evidence.date)
    described = evidence.sources[["source_id", "type", "design", "status", "notes"]]
    return _records(numbered.merge(described, on="source_id"))
