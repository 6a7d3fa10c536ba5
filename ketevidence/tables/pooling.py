"""What trials say together: their effects, one row a mark, and the pooled effect where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ketevidence import synthesis, wording
from ketevidence.dataset import Evidence
from ketevidence.synthesis import Pooled
from ketevidence.tables.comparisons import NOTHING, compared
from ketevidence.tables.frame import Wanted, finish, remembered, vocabulary

COLUMNS = [
    "row_id", "row", "group", "label", "detail", "condition", "effect", "low", "high", "scale", "measure", "weight",
    "n", "drug_figures", "control_figures", "transformed", "variance", "prediction_low", "prediction_high",
    "prediction_method", "k", "i2", "heterogeneity", "p", "published", "difference", "reason", "warning", "sentence",
    "registered", "primary_result", "favours_low", "favours_high", "solid", "citation", "source_id", "study_id",
]  # fmt: skip
_NUMBERS = ["effect", "low", "high", "weight", "transformed", "variance", "prediction_low", "prediction_high", "i2",
            "p", "difference"]  # fmt: skip
_TEXTS = ["group", "detail", "drug_figures", "control_figures", "prediction_method", "heterogeneity", "reason",
          "warning", "sentence", "primary_result"]  # fmt: skip
SHARE = "proportion"  # the measure of shares, pooled on the log-odds scale
Record = dict[str, Any]


@remembered
def pooled(
    evidence: Evidence,
    *,
    condition: Wanted = None,
    outcome: str = "symptoms",
    timepoint: str | None = None,
    across_definitions: bool = False,
    method: str = "REML",
) -> pd.DataFrame:
    """The forest of an outcome: trials, the pooled effect of those that are alike, and the rest with reasons.

    Trials are alike if condition, definition of the outcome and kind of comparator are the
    same. One row counts for each set of people; see `comparisons` for the rule. A single
    trial is shown and not pooled.

    Parameters
    ----------
    evidence : Evidence
    condition, outcome, timepoint
        As for `comparisons`.
    across_definitions : bool
        Pool all trials of a condition, whatever the definition and the comparator; the
        group says what differs. Points of different scales are never pooled.
    method : {'REML', 'ML', 'DL', 'EE'}
        Estimator of the between-study variance.

    Returns
    -------
    pandas.DataFrame
        row_id (key of the row), row ('study', 'pooled', or 'listed' without an effect), group (str,
        what is alike; empty in listed rows), label (str, the trial, outcome and time, or the pool),
        detail (str, a correction or a doubt), condition, effect (see column measure; a ratio as a
        ratio), low, high (each a limit of the 95% interval, see column measure), scale ('identity'
        or 'log'), measure (kind of effect), weight (0 to 1 in a pool), n (Int64, people),
        drug_figures, control_figures (str, each what the effect rests on in that arm), transformed
        (the effect on the scale on which it is pooled), variance (of transformed), prediction_low,
        prediction_high (each a limit of the 95% prediction interval, see column measure),
        prediction_method (how that interval was computed), k (Int64, trials pooled), i2 (0 to 1,
        share of the variation that lies between trials), heterogeneity (str, how much the trials
        differ), p (probability, test of no effect; missing for shares), published (bool: reported
        by a review, not recomputed), difference (our pool minus the published estimate, on the
        transformed scale), reason (why a listed row has no effect), warning (str, what limits the
        pool), sentence (what was done), registered (bool: trials without a published result),
        primary_result (str, of listed trials), favours_low, favours_high (each what lies at that
        side; empty for shares), solid, citation, source_id, study_id.

    Raises
    ------
    ValueError
        An unknown condition, outcome, time or method.
    """
    refuse_unknown(method)
    found, refused = compared(evidence, condition, outcome, timepoint)
    own = found[found.counted]
    across = [] if not across_definitions else ["comparator"] if outcome == "points" else ["definition", "comparator"]
    counted = own.assign(
        label=own.citation + ", " + own.outcome.astype("string") + ", " + own.time.fillna("time not stated"),
        detail=own.note.fillna(""),
        group=_groups(evidence, own, across),
    )
    groups = [
        record for name, own in counted.groupby("group", sort=False) for record in grouped(str(name), own, method)
    ]
    listed = _listed(evidence, refused[~refused.other_rows])
    return framed(evidence, groups + listed, sides_of(outcome, found.drug.dropna()))


def refuse_unknown(method: str) -> None:
    """Refuse a method that synthesis does not know, also where nothing is to be pooled.

    Raises
    ------
    ValueError
        An unknown method.
    """
    if method not in synthesis.METHODS:
        raise ValueError(f"no method {method!r}; known: {', '.join(synthesis.METHODS)}")


def shown(rows: pd.DataFrame) -> Callable[[Any], Any]:
    """From the scale on which rows are pooled to the one on which they are shown: ratios, shares, or as they are."""
    from scipy.special import expit

    if (rows.measure == SHARE).all():
        return expit  # type: ignore[no-any-return]
    return np.exp if (rows["scale"] == "log").all() else np.asarray


def _groups(evidence: Evidence, counted: pd.DataFrame, across: Sequence[str]) -> pd.Series:
    """What is alike in the trials that are pooled; across what is named here they may differ."""
    kind = vocabulary(evidence, "studies", "comparator_type").label
    alike = pd.DataFrame({
        "condition": counted.condition.map(vocabulary(evidence, "studies", "condition").label),
        "definition": counted.definition,
        "comparator": "comparator: " + counted.comparator_type.map(kind).astype("string"),
    }).astype("string")  # fmt: skip
    kept = alike[[name for name in alike if name not in across]].agg("; ".join, axis=1)
    for name in across:
        alike[name] = one_or_differ(alike[name], kept, f"{name}s differ")
    return alike.condition + ": " + alike.definition + "; " + alike.comparator


def one_or_differ(values: pd.Series, group: pd.Series, otherwise: str) -> pd.Series:
    """In each group the value that all its rows share, else the words that it is not one."""
    shared = values.groupby(group).transform("nunique") == 1
    return values.where(shared, otherwise)


def grouped(name: str, own: pd.DataFrame, method: str) -> list[Record]:
    """The rows of one group: its trials, and what they say together where they are at least two."""
    records: list[Record] = own.assign(row="study", group=name).to_dict("records")
    if len(own) < 2:
        records[0]["group"] = f"{name} (one trial, not pooled)"
        return records
    result = synthesis.pool(own.transformed, own.variance, method=method, labels=own.label.tolist())
    for record, weight in zip(records, result.weights):
        record["weight"] = weight
    return [*records, _pooled_row(name, own, result)]


def _pooled_row(name: str, own: pd.DataFrame, result: Pooled) -> Record:
    write = shown(own)
    limits = {"effect": result.estimate, "low": result.low, "high": result.high}
    predicted = {"prediction_low": result.prediction_low, "prediction_high": result.prediction_high}
    known = {key: float(write(value)) for key, value in (limits | predicted).items() if value is not None}
    limits_of_tau2 = wording.span(result.tau2_low, result.tau2_high)
    spread = f"I² {wording.percent(result.i2)}, τ² {wording.number(result.tau2)}"
    spread += f" (95% CI {limits_of_tau2})" if limits_of_tau2 else ""
    return {
        "row_id": f"pooled: {name}", "row": "pooled", "group": name,
        "label": f"Pooled, {wording.counted(result.k, 'trial')}", "condition": own.condition.iloc[0],
        "scale": own["scale"].iloc[0], "measure": own.measure.iloc[0], "n": own.n.sum(), "k": result.k,
        "prediction_method": result.prediction_method, "i2": result.i2,
        "p": None if SHARE in set(own.measure) else result.p,  # of a share it would be that of one half
        "heterogeneity": f"{spread}, {wording.p_value(result.q_p)} for Q", "warning": result.warning,
        "sentence": result.sentence, "solid": bool(own.solid.all()),
        "citation": "; ".join(own.citation), "source_id": "; ".join(own.source_id),
    } | known  # fmt: skip


def _listed(evidence: Evidence, refused: pd.DataFrame) -> list[Record]:
    """One row a trial whose result cannot be used, those without a figure last; then one a condition for the silent."""
    label = {name: vocabulary(evidence, "studies", name).label for name in ("condition", "primary_result")}
    kinds = refused.reason.str.startswith(NOTHING).astype(int).where(refused.published, 2)
    once = refused.assign(kind=kinds).sort_values("kind", kind="stable").drop_duplicates(["condition", "people"])
    rows = [
        {
            "row_id": row["row_id"], "row": "listed",
            "label": f"{row['citation']} ({wording.spoken(row['condition'])})",
            "solid": row["solid"], "condition": row["condition"], "n": row["n"], "citation": row["citation"],
            "source_id": row["source_id"], "study_id": row["study_id"],
            "primary_result": label["primary_result"](row["primary_result"]),
            "reason": f"{row['reason']}; primary outcome {label['primary_result'](row['primary_result'])}",
        }
        for row in once[once.kind < 2].to_dict("records")
    ]  # fmt: skip
    silent = [
        {
            "row_id": f"unpublished: {condition}", "row": "listed", "solid": True, "registered": True,
            "label": f"{wording.counted(len(own), 'registered trial')} ({wording.spoken(condition)})",
            "reason": own.reason.iloc[0], "condition": condition,
            "citation": "; ".join(own.citation), "source_id": "; ".join(own.source_id),
        }
        for condition, own in once[once.kind == 2].groupby("condition", observed=True, sort=False)
    ]  # fmt: skip
    return rows + silent


def sides_of(outcome: str, drugs: Iterable[str] = ()) -> tuple[str, str]:
    """What lies at the low and at the high side, with the name of the drug where there is only one."""
    known = set(drugs)
    name = known.pop() if len(known) == 1 else "the drug"
    noun = "responders" if outcome == "response" else "symptoms"
    return f"fewer {noun} with {name}", f"more {noun} with {name}"


def framed(evidence: Evidence, records: Sequence[Record], sides: tuple[str, str]) -> pd.DataFrame:
    """The records as a forest frame: every column there, numbers as numbers, missing texts empty."""
    frame = pd.DataFrame(records, columns=COLUMNS)
    frame["favours_low"], frame["favours_high"] = sides
    frame[_NUMBERS] = frame[_NUMBERS].astype("float64")
    frame[_TEXTS] = frame[_TEXTS].astype("string").fillna("")
    frame["published"] = frame.published.astype("boolean").fillna(False).astype(bool)
    frame["registered"] = frame.registered.astype("boolean").fillna(False).astype(bool)
    frame["solid"] = frame.solid.astype(bool)
    names = ["row_id", "row", "group", "label", "condition", "scale", "measure", "citation", "source_id", "study_id"]
    frame = frame.astype({"n": "Int64", "k": "Int64"} | dict.fromkeys(names, "string"))
    return finish(evidence, frame, "row_id", COLUMNS)


@remembered
def folded(forest: pd.DataFrame) -> pd.DataFrame:
    """The forest with its listed rows folded into one a condition, for a slide: how many, their results, the largest.

    Parameters
    ----------
    forest : pandas.DataFrame
        Rows of `pooled` or `pooled_rates`.

    Returns
    -------
    pandas.DataFrame
        The same columns, and folded (bool).
    """
    kept, listed = forest[forest.row != "listed"], forest[forest.row == "listed"]
    rows = [
        own.iloc[0].to_dict() | {
            "row_id": f"folded: {condition}", "label": wording.spoken(condition), "n": pd.NA, "primary_result": "",
            "reason": "; ".join(_in_short(own)), "registered": bool(own.registered.all()),
            "citation": "; ".join(own.citation), "source_id": "; ".join(own.source_id),
        }
        for condition, own in listed.groupby("condition", sort=False)
    ]  # fmt: skip
    new = pd.DataFrame(rows, columns=forest.columns).astype(forest.dtypes.to_dict())
    together = pd.concat([kept.assign(folded=False), new.assign(folded=True)], ignore_index=True)
    together.attrs = forest.attrs
    return together


def _in_short(listed: pd.DataFrame) -> Iterator[str]:
    """Trials without usable figures: how many, their results, the largest; and how many reported nothing."""
    told, silent = listed[~listed.registered], listed[listed.registered]
    if len(told):
        results = told.primary_result[told.primary_result != ""].value_counts(sort=False)
        said = wording.listed(f"{count} {result}" for result, count in results.items())
        trials = wording.counted(told.citation.str.split("; ").explode().nunique(), "trial")
        yield f"{trials} without usable figures" + (f" ({said})" if said else "")
    if told.n.notna().all() and (told.primary_result != "").any():  # the size of an arm is not that of a trial
        largest = told.loc[told.n.idxmax()]
        yield f"largest {largest.citation}, {largest.n} people, {largest.primary_result}"
    if len(silent):
        yield f"{silent.citation.str.split('; ').explode().nunique()} registered without a result"


def spelled(forest: pd.DataFrame) -> Iterator[str]:
    """A forest in lines of text: groups, trials, pools with what was done, and what could not be used.

    Yields
    ------
    str
        A line without its end.
    """
    share = (forest.measure.dropna() == SHARE).all()
    write = wording.percent if share else wording.number
    group = ""
    for row in forest.to_dict("records"):
        if row["row"] == "listed":
            yield f"  not used: {row['label']}: {row['reason']}"
            continue
        if row["group"] != group:
            group = row["group"]
            yield f"{group} ({row['measure']})"
        people = "" if wording.missing(row["n"]) else f", {wording.number(row['n'])} people"
        weight = "" if wording.missing(row["weight"]) else f", weight {wording.percent(row['weight'])}"
        limits = wording.span(row["low"], row["high"], write)
        yield f"  {row['label']}: {write(row['effect'])} (95% CI {limits}){people}{weight}"
        if row["prediction_method"]:
            yield f"    prediction interval {wording.span(row['prediction_low'], row['prediction_high'], write)}"
        p = "" if wording.missing(row["p"]) else f"{wording.p_value(row['p'])} (test of no effect)"
        yield from (
            f"    {text}" for text in (p, *(row[name] for name in ("detail", "heterogeneity", "sentence"))) if text
        )
    if (forest.row != "listed").any() and not share:
        null = 1 if (forest["scale"] == "log").any() else 0
        yield f"Below {null}: {forest.favours_low.iloc[0]}; above {null}: {forest.favours_high.iloc[0]}."
    yield "Nothing here is medical advice." if len(forest) else "The tables hold no randomised trial of this."
