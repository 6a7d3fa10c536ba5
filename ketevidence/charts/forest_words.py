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


def about(group: Any) -> str:
    """What a group of shares is about, without its definition: 'no response, SAD, usual drugs'."""
    return grid.words(group).partition(":")[0]


def finding(drawn: pd.DataFrame, shown: EffectAxis) -> str:
    """What was found: the pooled effect where there is one, else the effects of the trials, from lowest to highest."""
    reviews = drawn.published.astype(bool)
    own = drawn[~reviews]
    trials, pooled, listed = (own[own.row == kind] for kind in ("study", "pooled", "listed"))
    shares = shown.null is None  # no value of no effect
    if reviews.any():
        return _beside_reviews(drawn, shown)
    if shares and len(pooled) != 1 and len(trials):
        return wording.capital(f"{_shares(own, shown)}{_left_out(listed)}")
    about_whom = next((rows for rows in (pooled, trials) if len(rows)), drawn)
    where = _only(about_whom)
    wider = bool(where) and bool(_conditions(listed) - _conditions(about_whom))
    more = _left_out(listed).replace("; ", "; in all conditions ", 1) if wider else _left_out(listed)
    if len(pooled) == 1:
        where = f"{about(pooled.group.iloc[0])}, " if shares else where
        return wording.capital(f"{where}{_pool(pooled.iloc[0], trials, shown)}{more}")
    if trials.empty and pooled.empty:
        return wording.capital(
            f"{_where(drawn).replace(', ', ': ')}{more.removeprefix('; ') or 'no trial could be pooled'}"
        )
    groups = trials.group.nunique(dropna=False)
    counted = _trials(trials) + (f" in {groups} groups" if groups > 1 else "") if len(trials) else ""
    if len(pooled):
        of = f" of {counted}" if counted else ""
        return wording.capital(
            f"{_where(pooled)}{len(pooled)} pools{of}: {_reach(pooled, shown)}{_undecided(pooled, shown)}{more}"
        )
    return wording.capital(
        f"{_where(trials)}{counted}, not pooled: {_reach(trials, shown)}{_undecided(trials, shown)}{more}"
    )


def _conditions(rows: pd.DataFrame) -> set[str]:
    return set(rows.condition.map(grid.key)) - {""} if "condition" in rows else set()


def _only(rows: pd.DataFrame) -> str:
    """The one condition of the rows, to begin a title with; nothing where they have several."""
    found = _conditions(rows)
    return f"{found.pop()}, " if len(found) == 1 and rows.condition.map(grid.key).ne("").all() else ""


def _where(rows: pd.DataFrame) -> str:
    """The conditions of the rows, to begin a title with; how many where they are more than three."""
    found = sorted(_conditions(rows))
    names = wording.listed(found) if len(found) <= 3 else wording.counted(len(found), "condition")
    return f"{names}, " if found else ""


def _pool(row: pd.Series, trials: pd.DataFrame, shown: EffectAxis) -> str:
    """A pool with the number of its trials."""
    same = trials[(trials.group.map(grid.words) == grid.words(row.group)) & trials.weight.notna()]
    told = 0 if wording.missing(row.get("k")) else int(row.k)  # where the trials themselves are not drawn
    k = len(same) or int(trials.weight.notna().sum()) or told
    of = f"{wording.counted(k, 'trial')} pooled" if k else "pooled"
    of = f"only {of}" if k == 2 else of  # two studies do not tell how much trials differ
    return f"{of}: {shown.words(row.effect, row.low, row.high)}"


def _reach(rows: pd.DataFrame, shown: EffectAxis) -> str:
    """The effect of one row with its interval; of several from the lowest to the highest."""
    if len(rows) == 1:
        return shown.words(*rows.iloc[0][["effect", "low", "high"]])
    reach = wording.span(rows.effect.min(), rows.effect.max(), shown.written)
    return f"{shown.noun} {reach}" if reach else "no figure"


def _undecided(rows: pd.DataFrame, shown: EffectAxis) -> str:
    """In how many intervals of several no effect lies, for the end of a title: a range alone hides that."""
    known = rows[rows[["effect", "low", "high"]].notna().all(axis=1)]
    if shown.null is None or len(known) < 2:
        return ""
    inside = int(((known.low <= shown.null) & (known.high >= shown.null)).sum())
    return f" ({inside} of {len(known)} intervals include no effect)"


def _shares(own: pd.DataFrame, shown: EffectAxis) -> str:
    """Shares of each arm apart, pooled where there is one pool of it, else from the lowest to the highest."""
    marked = own[own.row != "listed"]
    names = marked.group.map(about).str.rpartition(", ")
    arms = [_arm(str(arm), rows, shown) for arm, rows in marked.groupby(names[2], sort=False)]
    first = names[0].unique()
    same = _only(marked) + "shares of people" if len(first) > 1 else first[0] or "shares of people"
    trials, pools = marked[marked.row == "study"], int((marked.row == "pooled").sum())
    of = f" in {wording.counted(marked.group.nunique(), 'group')}" if pools else ", not pooled"
    return f"{same}: {', '.join(arms)}; {_trials(trials)}{of}"


def _arm(name: str, rows: pd.DataFrame, shown: EffectAxis) -> str:
    pooled = rows[rows.row == "pooled"]
    if len(pooled) == 1 and rows.group.nunique() == 1:
        low, high = pooled.iloc[0][["low", "high"]]
        figure = f"{shown.written(pooled.effect.iloc[0])} (95% CI {wording.span(low, high, shown.written)}, pooled)"
    else:
        studies = rows[rows.row == "study"]
        figure = wording.span(studies.effect.min(), studies.effect.max(), shown.written) or "no figure"
    return f"{name} {figure}".strip()


def _beside_reviews(drawn: pd.DataFrame, shown: EffectAxis) -> str:
    """What reviews report, and beside it our pool, or what our trials say."""
    published = drawn.published.astype(bool)
    reviews, own = drawn[published], drawn[~published]
    marked, pooled, trials = reviews[reviews.row != "listed"], own[own.row == "pooled"], own[own.row == "study"]
    estimates = wording.counted(len(reviews), "estimate")
    if marked.empty:
        said = f"{estimates} of reviews, none that can be drawn"
    else:
        of = f"{len(marked)} of {estimates}" if len(marked) < len(reviews) else estimates
        whose = "reviews report" if marked.citation.nunique() > 1 else "one review reports"
        said = f"{whose} {_reach(marked, shown)}" + (f" in {of}" if len(reviews) > 1 else "")
        said += _undecided(marked, shown)
    where, ours = _where(reviews), ""
    whose = _where(pooled if len(pooled) else trials)
    whose = "" if whose == where else whose
    if len(pooled) == 1:
        ours = f"; ours: {whose}{_pool(pooled.iloc[0], trials, shown)}"
    elif len(trials):
        ours = f"; ours: {whose}{_trials(trials)}, not pooled: {_reach(trials, shown)}{_undecided(trials, shown)}"
    return wording.capital(f"{where.removesuffix(', ')}: {said}{ours}".removeprefix(": "))


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
