"""The words of a forest: its title, its foot, a sentence for each of its rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.chart import sources_line, sources_of
from ketevidence.charts import grid
from ketevidence.charts.bias_signs import Signs
from ketevidence.charts.effect_axis import EffectAxis, cut_off

NOT_POOLED = "could not be pooled"


def label(record: dict[str, Any]) -> str:
    """Name and detail of a row."""
    return ", ".join(part for part in (grid.words(record["label"]), grid.words(record["detail"])) if part)


def reason(record: dict[str, Any]) -> str:
    """Why a listed row has no effect here."""
    return grid.words(record["reason"]) or "no reason given"


def finding(drawn: pd.DataFrame, shown: EffectAxis) -> str:
    """How many trials, and the pooled effect where there is one; else what is drawn."""
    own = drawn[~drawn.published.astype(bool)]
    trials, pooled, listed = (own[own.row == kind] for kind in ("study", "pooled", "listed"))
    about = pooled if len(pooled) else drawn
    conditions = set(about.condition.map(grid.words)) if "condition" in drawn else set()
    where = f"{conditions.pop()}, ".removeprefix(", ") if len(conditions) == 1 else ""
    wider = bool(where) and bool(set(listed.condition.map(grid.words)) - set(about.condition.map(grid.words)) - {""})
    more = _left_out(listed).replace("; ", "; in all conditions ", 1) if wider else _left_out(listed)
    if len(pooled) == 1:
        row = pooled.iloc[0]
        same = trials[(trials.group.map(grid.words) == grid.words(row.group)) & trials.weight.notna()]
        told = 0 if wording.missing(row.get("k")) else int(row.k)  # where the trials themselves are not drawn
        k = len(same) or int(trials.weight.notna().sum()) or told
        of = f"{wording.counted(k, 'trial')} pooled" if k else "pooled"
        of = f"only {of}" if k == 2 else of  # two studies do not tell how much trials differ
        if not grid.words(row.get("favours_low")):  # a share: of what, and on what, is in the name of the group
            where = f"{grid.words(row.group).partition(':')[0]}, "
        return _capital(f"{where}{of}: {shown.words(row.effect, row.low, row.high)}{more}")
    measure = f"{where}{shown.measure}: " if shown.measure else where.replace(", ", ": ")
    if trials.empty:
        others = {"pool": len(pooled), "published estimate": len(drawn) - len(own)}
        there = wording.listed(wording.counted(count, noun) for noun, count in others.items() if count)
        return _capital(measure + (f"{there}{more}".removeprefix("; ") or "no trial could be pooled"))
    if len(pooled):
        groups = wording.counted(trials.group.nunique(dropna=False), "group")
        return _capital(f"{measure}{_trials(trials)} in {groups}{more}")
    return _capital(f"{measure}{_trials(trials)}, not pooled{more}")


def _trials(rows: pd.DataFrame) -> str:
    """How many trials: a trial may have several rows; rows without a source count one each."""
    return wording.counted(len(sources_of(rows)) or len(rows), "trial")


def _left_out(listed: pd.DataFrame) -> str:
    """How many trials have no mark: those with a result, and those that reported none."""
    silent = listed.registered.astype(bool) if "registered" in listed else pd.Series(False, index=listed.index)
    if "folded" in listed and listed.folded.all():  # the row itself says it
        return ""
    counts = [(listed[~silent], "without usable figures"), (listed[silent], "registered without a result")]
    named = [f"{_trials(rows)} {what}" for rows, what in counts if len(rows)]
    return f"; {wording.listed(named)}" if named else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def foot(drawn: pd.DataFrame, shown: EffectAxis, signs: Signs, medium: str) -> str:
    """What the marks mean, then the sources."""
    marked = drawn[drawn.row != "listed"]
    published = marked.published.astype(bool)
    pooled = marked[(marked.row == "pooled") & ~published]
    notes = [
        "■ trial, its area follows the weight" if marked.weight.notna().any()
        else "■ trial" if ((marked.row == "study") & ~published).any() else "",
        "◆ pooled" if len(pooled) else "",
        "grey bar: where the effect of a next trial may lie" if pooled.prediction_low.notna().any() else "",
        "▲ as published in a review" if published.any() else "",
        "arrow head: the interval goes on beyond the axis" if _cut(marked, shown) else "",
        grid.hollow(marked),
        "no mark: no figure" if marked.effect.isna().any() else "",
        signs.key() if signs.domains else "",
    ]  # fmt: skip
    warnings = pooled.warning.map(grid.words).unique() if "warning" in pooled else []
    said = ["; ".join(note for note in notes if note), *warnings]
    return "".join(f"{note}.\n" for note in said if note) + sources_line(sources_of(drawn), medium)


def _cut(marked: pd.DataFrame, shown: EffectAxis) -> bool:
    limits = [("low", "high"), ("prediction_low", "prediction_high")]
    return any(cut_off(shown, marked, low, high) for low, high in limits)


def sentence(record: dict[str, Any], shown: EffectAxis, signs: Signs) -> str:
    """A row in words."""
    name = ", ".join(part for part in (grid.words(record["group"]), label(record)) if part)
    if record["row"] == "listed":
        return f"{name}: {NOT_POOLED}, {reason(record)}."
    predicted = wording.span(record["prediction_low"], record["prediction_high"], shown.written)
    share = wording.percent(record["weight"], 1)
    groups = [f"{arm} {grid.words(record[f'{arm}_figures'])}" for arm in ("drug", "control")]
    judged = signs.words(str(record.get("study_id"))) if record["row"] == "study" else ""
    parts = [
        shown.words(record["effect"], record["low"], record["high"]),
        "as published" if record["published"] else "",
        f"weight {share}" if share else "",
        *(group for group in groups if not group.endswith(" ")),
        f"prediction interval {predicted}" if predicted else "",
        grid.words(record["heterogeneity"]),
        f"risk of bias: {judged}" if judged else "",
    ]
    return f"{name}: {', '.join(part for part in parts if part)}."
