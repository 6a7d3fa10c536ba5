"""How certain it is: a summary of findings, the curators' rating beside the computed suggestion."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.chart import counted_rows, digest_of, sources_line, sources_of
from ketevidence.sheet import Sheet, laid_out

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
    ('⊕⊕○○', '')
    """
    return "" if wording.missing(level) or not int(level) else wording.certainty(level)


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
    """The curators' rating of the comparisons, and whether the computed suggestion ends at the same level."""
    rated = shown[shown.certainty_level.fillna(0) > 0]
    said = rated.certainty.map(_said).value_counts(sort=False)
    labels = shown.label.map(_text).unique()
    where = f", {labels[0]}" if len(labels) == 1 else ""
    if len(shown) == 1:
        levels = said.index[0] if len(rated) else "not rated"
    else:
        left = len(shown) - len(rated)
        levels = wording.listed([*(f"{level} in {count}" for level, count in said.items()),
                                 *([f"not rated in {left}"] if left else [])])  # fmt: skip
        levels += f" of {len(shown)} comparisons"
    return f"Certainty of the evidence{where}: {levels}{_compared(rated)}"


def _compared(rated: pd.DataFrame) -> str:
    """Of the rated comparisons, how often the suggestion agrees on the level, and how often not on the reasons."""
    known = rated[rated.agree.notna()]
    if known.empty:
        return ""
    same = known.agree.astype(bool)
    apart = int((known[same].differs.map(_text) != "").sum()) if "differs" in known else 0
    if len(known) == 1:
        level = "agrees on the level" if same.iloc[0] else "has another level"
        return f"; the computed suggestion {level}" + (", not on the reasons" if apart else "")
    level = f"; the computed suggestion agrees on the level in {int(same.sum())} of {len(known)}"
    return level + (f", not on the reasons in {apart}" if apart else "")


def _notes(shown: pd.DataFrame, sources: tuple[str, ...]) -> list[str]:
    states = shown.status.map(lambda status: "unknown" if wording.missing(status) else str(status))
    provisional = wording.listed(f"{count} {state}" for state, count in states.value_counts(sort=False).items())
    return [
        f"State of the ratings: {provisional}. Not medical advice.",
        f"Certainty: {wording.certainty(1)} very low to {wording.certainty(4)} high, the curators' judgement by "
        "GRADE. The suggestion follows fixed rules from the tables; it replaces no judgement.",
        sources_line(sources),
    ]


def _sentence(record: dict[str, Any]) -> str:
    counts = ", ".join(filter(None, _counts(record)))
    effect = "" if wording.missing(record["effect"]) else f"; {record['effect']}"
    return (
        f"{record['label']}, {record['comparison']}, {record['outcome']}: {counts}{effect}; certainty "
        f"{_said(record['certainty'])}, computed {_said(record['suggestion'])}, {_agreement(record)}."
    )
