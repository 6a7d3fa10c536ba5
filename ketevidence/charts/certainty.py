"""How certain it is: a summary of findings, the curators' rating beside the computed suggestion."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.chart import counted_rows, digest_of, sources_line, sources_of
from ketevidence.sheet import Sheet, laid_out

_FULL, _EMPTY = "\N{CIRCLED PLUS}", "\N{LARGE CIRCLE}"
_LEVELS = 4
_LEAST = {"comparison and outcome": "8.5em", "effect": "7.5em", "agreement": "6em", "reasons": "14.5em"}


def certainty(table: pd.DataFrame, *, title: str = "") -> Sheet:
    """A table with one row a comparison: trials, people, effect, certainty, suggestion, reasons.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a condition, comparison and outcome, in the order in which they are shown:
        label, comparison, outcome, trials, people, effect, certainty, certainty_level (1
        very low to 4 high), suggestion, suggestion_level, agree, reasons,
        suggestion_reasons, status, citation ('; ' between several); differs (domains), if
        there is one.
    title : str
        Above the table; without it how many ratings of each kind, and on how many the
        suggestion agrees.

    Returns
    -------
    Sheet

    Raises
    ------
    ValueError
        No row to draw.
    """
    shown = counted_rows(table, "label", "certainty", "suggestion", "agree")
    heading = title or _finding(shown)
    records = shown.to_dict("records")
    cells = pd.DataFrame([_cells(record) for record in records])
    sources = sources_of(shown)
    id = f"certainty-{digest_of('certainty', heading, shown)}"
    html = laid_out(cells, id, heading, _notes(shown, sources), _LEAST)
    alt = " ".join([f"{heading}.", *map(_sentence, records)])
    return Sheet("certainty", shown, html, sources, alt, heading, shown.attrs.get("evidence", {}))


def _cells(record: dict[str, Any]) -> dict[str, str]:
    """What stands in a row, as HTML."""
    return {
        "condition": f"<strong>{_text(record['label'])}</strong>",
        "comparison and outcome": _lines(record["comparison"], record["outcome"]),
        "trials and people": f'<span class="whole">{_lines(*_counts(record))}</span>',
        "effect": _text(record["effect"]) or "none",
        "certainty (curators)": _rating(record["certainty"], record["certainty_level"], record["status"]),
        "suggestion (computed)": _rating(record["suggestion"], record["suggestion_level"], ""),
        "agreement": _agreement_cell(record),
        "reasons": _reasons(record),
    }


def _text(value: Any) -> str:
    return "" if wording.missing(value) else escape(str(value).strip())


def _lines(first: Any, *others: Any) -> str:
    soft = (f'<span class="soft">{_text(other)}</span>' for other in others if _text(other))
    return "<br>".join(filter(None, [_text(first), *soft]))


def _counts(record: dict[str, Any]) -> tuple[str, str]:
    trials, people = record["trials"], record["people"]
    if not wording.missing(trials) and not trials:
        return "no trial", ""
    return (
        "trials not counted" if wording.missing(trials) else wording.counted(int(trials), "trial"),
        "people not counted" if wording.missing(people) else wording.counted(int(people), "person", "people"),
    )


def _circles(level: Any) -> str:
    """The signs of GRADE; none where there is no rating.

    Examples
    --------
    >>> _circles(2), _circles(None)
    ('⊕⊕◯◯', '')
    """
    if wording.missing(level) or not int(level):
        return ""
    return _FULL * int(level) + _EMPTY * (_LEVELS - int(level))


def _rating(said: Any, level: Any, status: Any) -> str:
    signs = f'<span class="whole">{_circles(level)}</span>' if _circles(level) else ""
    state = f'<span class="soft">{_text(status)}</span>' if _text(status) else ""
    return "<br>".join(filter(None, [signs, _text(said) or "not rated", state]))


def _agreement(record: dict[str, Any]) -> str:
    """Whether curators and suggestion agree, in words."""
    if wording.missing(record["agree"]):
        return "not compared"
    where = "" if wording.missing(record.get("differs")) else str(record["differs"])
    if record["agree"]:
        return "agrees" + (f"; reasons differ: {where}" if where else "")
    both = f"{_said(record['certainty'])} by the curators, {_said(record['suggestion'])} computed"
    return f"differs: {both}" + (f"; on {where}" if where else "")


def _agreement_cell(record: dict[str, Any]) -> str:
    first, colon, rest = _agreement(record).partition(":")
    return f"<strong>{_text(first)}</strong>{_text(colon + rest)}" if colon else _text(first)


def _said(certainty: Any) -> str:
    return "not rated" if wording.missing(certainty) else str(certainty)


def _reasons(record: dict[str, Any]) -> str:
    parts = [
        f'<span class="soft">{name}:</span> {_text(record[column])}'
        for name, column in (("curators", "reasons"), ("why", "rationale"), ("computed", "suggestion_reasons"))
        if _text(record.get(column))
    ]
    return "<br>".join(parts) or "none given"


def _finding(shown: pd.DataFrame) -> str:
    rated = shown[shown.certainty_level.fillna(0) > 0]
    counts = [f"{count} {said}" for said, count in rated.certainty.map(_said).value_counts(sort=False).items()]
    if len(rated) < len(shown):
        counts.append(f"{len(shown) - len(rated)} not rated")
    compared = rated.agree.dropna().astype(bool)
    same = f"; the suggestion ends at the same level in {int(compared.sum())} of {len(compared)}"
    apart = int((rated.differs.map(_text) != "").sum()) if "differs" in rated else 0
    agreed = same + (f", for other reasons in {apart}" if apart else "") if len(compared) else ""
    return f"Certainty of {wording.counted(len(shown), 'comparison')}: {wording.listed(counts)}{agreed}"


def _notes(shown: pd.DataFrame, sources: tuple[str, ...]) -> list[str]:
    states = shown.status.map(lambda status: "unknown" if wording.missing(status) else str(status))
    provisional = wording.listed(f"{count} {state}" for state, count in states.value_counts(sort=False).items())
    return [
        f"State of the ratings: {provisional}. Not medical advice.",
        f"Certainty: {_FULL}{_EMPTY * 3} very low to {_FULL * 4} high, the curators' judgement by GRADE. The "
        "suggestion follows fixed rules from the tables; it replaces no judgement.",
        sources_line(sources),
    ]


def _sentence(record: dict[str, Any]) -> str:
    counts = ", ".join(filter(None, _counts(record)))
    effect = "" if wording.missing(record["effect"]) else f"; {record['effect']}"
    return (
        f"{record['label']}, {record['comparison']}, {record['outcome']}: {counts}{effect}; certainty "
        f"{_said(record['certainty'])}, computed {_said(record['suggestion'])}, {_agreement(record)}."
    )
