"""From the outcomes of trials to effects: drug against control, one direction, nothing dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.tables.contrasts import BETTER, OUTCOMES, Found, contrast
from ketevidence.tables.frame import Wanted, choose, connected, finish, labels, once, remembered, vocabulary
from ketevidence.tables.people import overlaps
from ketevidence.tables.trials import direct_conditions

_COLUMNS = [
    "row_id", "study_id", "citation", "condition", "outcome", "definition", "time", "timepoint", "how", "measure",
    "scale", "effect", "low", "high", "transformed", "variance", "drug", "drug_figures", "control_figures", "n",
    "comparator", "comparator_type", "note", "counted", "same_people_as", "published_on", "locator", "basis",
    "checked", "solid", "source_id",
]  # fmt: skip
_OF_TRIAL = ("condition", "comparator", "comparator_type", "drug", "primary_result", "published_on")
NOTHING = "no figure of this outcome in the tables"
CARRY_OVER = "carry-over"  # an outcome of this name is about the design, not about symptoms
_REASONS = [
    "row_id", "study_id", "citation", "condition", "outcome", "time", "timepoint", "reason", "people", "other_rows",
    "n", "primary_result", "comparator", "comparator_type", "published", "locator", "basis", "checked", "solid",
    "source_id",
]  # fmt: skip


@remembered
def comparisons(
    evidence: Evidence, *, condition: Wanted = None, outcome: str = "symptoms", timepoint: str | None = None
) -> pd.DataFrame:
    """Each usable effect of drug against control in a randomised trial, in one direction.

    Within the trials of a condition that share people one row counts, by this order: at
    the time of the primary outcome, on a scale of the primary outcome, a printed contrast,
    scores at the end before changes of scores, a figure that is solid, most people, first
    key. Several arms of the drug against one control are a row each, of which one counts.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only these conditions; without it those that the evidence is about.
    outcome : {'symptoms', 'points', 'response'}
        Hedges' g over scales; the difference in points of a scale; odds ratio of response.
    timepoint : str, optional
        Only results at this time after the first dose (ISO 8601, such as 'P7D').

    Returns
    -------
    pandas.DataFrame
        row_id (keys of the outcomes), study_id, citation, condition, outcome (what was measured),
        definition (what must be alike to be pooled), time (str, after the first dose, in words),
        timepoint (the same as ISO 8601 duration), how ('printed contrast' or 'arms paired'),
        measure (kind of effect), scale ('identity' or 'log'), effect (see column measure; a ratio
        as a ratio; negative: fewer symptoms with the drug; above 1: more responders with it), low,
        high (each a limit of the 95% interval, see column measure), transformed (the effect, a
        logarithm for ratios), variance (of transformed), drug (the drug studied), drug_figures,
        control_figures (str, each what the effect rests on in that arm), n (Int64, people in the
        figure, else in the trial), comparator, comparator_type, note (a correction or a doubt), counted (bool: False
        for people who count in another row), same_people_as (the citation and outcome that counts
        for these people), published_on (str, date of the source), locator, basis, checked, solid,
        source_id.

    Raises
    ------
    ValueError
        An unknown condition, outcome or time.
    """
    return compared(evidence, condition, outcome, timepoint)[0]


@remembered
def not_comparable(
    evidence: Evidence, *, condition: Wanted = None, outcome: str = "symptoms", timepoint: str | None = None
) -> pd.DataFrame:
    """What could not be used for `comparisons`, and why: results, and trials without one.

    Parameters
    ----------
    evidence, condition, outcome, timepoint
        As for `comparisons`.

    Returns
    -------
    pandas.DataFrame
        row_id (keys of the outcomes, or of the trial), study_id, citation, condition, outcome (what
        was measured), time (str, after the first dose, in words), timepoint (the same as ISO 8601
        duration), reason (why it could not be used), people (key of the first study of those that share
        people), other_rows (bool: these people have a usable result as well), n (Int64, people in
        the figure, else in the trial), primary_result, comparator, comparator_type, published
        (bool: the trial has a published result), locator, basis, checked, solid, source_id.

    Raises
    ------
    ValueError
        An unknown condition, outcome or time.
    """
    return compared(evidence, condition, outcome, timepoint)[1]


def compared(
    evidence: Evidence, condition: Wanted = None, outcome: str = "symptoms", timepoint: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames at once: `comparisons` and `not_comparable`."""
    usable, refused = _found(evidence, condition, outcome, timepoint)
    pairs = set(zip(usable.condition, usable.people))
    known = [pair in pairs for pair in zip(refused.condition, refused.people)]
    refused["other_rows"] = pd.Series(known, index=refused.index, dtype=bool)
    return finish(evidence, _counted(usable), "row_id", _COLUMNS), finish(evidence, refused, "row_id", _REASONS)


def _found(
    evidence: Evidence, condition: Wanted, outcome: str, timepoint: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if outcome not in OUTCOMES:
        raise ValueError(f"no outcome {outcome!r}{hint(outcome, OUTCOMES)}")
    known = sorted(set(evidence.outcomes.timepoint.dropna()))
    if timepoint is not None and timepoint not in known:
        raise ValueError(f"no timepoint {timepoint!r}{hint(timepoint, known)}")
    trials = _trials(evidence, condition)
    results = once(evidence, f"results {timepoint}", lambda: _results(evidence, timepoint))
    rows = [
        found | {key: trial[key] for key in _OF_TRIAL}
        for trial in trials.to_dict("records")
        for found in _of_trial(evidence, trial, results.get(trial["study_id"], []), outcome, timepoint is not None)
    ]
    group = connected(overlaps(evidence.studies))
    frame = pd.DataFrame(rows, columns=list(dict.fromkeys([*_COLUMNS, *_REASONS, "rank", "in_figure"])))
    frame["people"] = frame.study_id.map(lambda study: group.get(study, study)).astype("string")
    frame["time"] = frame.timepoint.map(wording.timepoint, na_action="ignore").astype("string")
    frame["solid"] = ((frame.checked == "yes") & (frame.basis != "secondary")).astype(bool)
    frame["n"] = frame.n.astype("Int64")
    frame["citation"] = frame.source_id.map(labels(evidence)).astype("string")
    frame["place"] = frame.condition.map(vocabulary(evidence, "studies", "condition").values.index)
    order = frame.sort_values(["place", "published_on", "citation", "row_id"])
    usable = order.reason.isna()
    numbers = dict.fromkeys(["effect", "low", "high", "transformed", "variance"], "float64")
    return order[usable].astype(numbers), order[~usable].astype({"reason": "string"})


def _trials(evidence: Evidence, condition: Wanted) -> pd.DataFrame:
    """Trials of the drug against something, also those known from a registry; a column says which are retracted."""
    names = vocabulary(evidence, "studies", "condition").values
    wanted = direct_conditions(evidence) if condition is None else condition
    trials = choose(evidence.studies, "condition", wanted, names)
    sources = evidence.sources.set_index("source_id")
    designs = vocabulary(evidence, "studies", "design")
    randomised = trials.design.isin(designs.having_role("randomised"))
    registered = trials.design.isin(designs.having_role("registry")) & (trials.comparator_type != "none")
    kept = trials[(randomised | registered) & (trials.primary_result != "not-applicable")].copy()
    kept["retracted"] = kept.source_id.map(sources.status.astype("string")) == "retracted"
    kept["published_on"] = kept.source_id.map(sources.issued.astype("string")).fillna("")
    return kept


def _results(evidence: Evidence, timepoint: str | None) -> dict[str, list[dict[str, Any]]]:
    """Results on symptoms after the first dose, by study, none from a retracted source."""
    symptoms = vocabulary(evidence, "outcomes", "domain").having_role("symptom")
    outcomes = evidence.outcomes
    retracted = set(evidence.sources[evidence.sources.status == "retracted"].source_id)
    later = outcomes.timepoint_delta != pd.Timedelta(0)
    kept = outcomes.domain.isin(symptoms) & later & ~outcomes.outcome.str.contains(CARRY_OVER)
    rows = outcomes[kept & ~outcomes.source_id.isin(retracted)]
    if timepoint is not None:
        asked = outcomes.timepoint_delta[outcomes.timepoint == timepoint].iloc[0]
        rows = rows[rows.timepoint_delta == asked]
    instruments = evidence.instruments
    better = set(instruments[instruments.higher_means == "better"].instrument_id)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.astype({"domain": "string", "statistic": "string"}).to_dict("records"):
        row[BETTER] = str(row["outcome"]).split(",")[0] in better
        found.setdefault(row["study_id"], []).append(row)
    return found


def _of_trial(
    evidence: Evidence, trial: dict[str, Any], results: list[dict[str, Any]], outcome: str, one_time: bool
) -> Iterable[dict[str, Any]]:
    """One dict an effect or a reason; a trial without any says so."""
    if trial["retracted"]:
        return [_row(evidence, trial, Found((), reason="retracted"))]
    own = [row for row in results if row["domain"] in _domains(evidence, str(trial["condition"]))]
    found = [_row(evidence, trial, one) for one in contrast(trial, own, outcome)]
    if found:
        return found
    published = trial["primary_result"] != "not-published"
    missing = f"{NOTHING} at this time" if one_time else NOTHING
    reason = missing if published else "registered, no result published"
    return [_row(evidence, trial, Found((), reason=reason))]


def _domains(evidence: Evidence, condition: str) -> list[str]:
    """The domains of symptoms that are those of a condition: its own, else those that are no other condition's."""
    domains = vocabulary(evidence, "outcomes", "domain").values
    conditions = vocabulary(evidence, "studies", "condition").values
    return [condition] if condition in domains else [domain for domain in domains if domain not in conditions]


def _row(evidence: Evidence, trial: dict[str, Any], found: Found) -> dict[str, Any]:
    first = found.rows[0] if found.rows else {}
    keys = "; ".join(str(row["outcome_id"]) for row in found.rows) or str(trial["study_id"])
    row = {"row_id": keys, "study_id": trial["study_id"], "source_id": first.get("source_id", trial["source_id"])}
    row |= {"outcome": first.get("outcome"), "timepoint": first.get("timepoint")}
    row |= {"published": trial["primary_result"] != "not-published", "n": found.n or _people(trial)}
    row |= {"basis": trial["basis"]}
    if found.rows:
        row["locator"] = "; ".join(dict.fromkeys(str(one["locator"]) for one in found.rows))
        for name in ("basis", "checked"):  # the weaker of two arms decides
            order = vocabulary(evidence, "outcomes", name).values
            row[name] = max((one[name] for one in found.rows), key=order.index)
        row |= {"rank": _rank(trial, found, first), "in_figure": found.n or 0}
    figures = found.figures()
    if figures.get("effect") is not None:
        figures["note"] = "; ".join(note for note in (figures["note"], *_doubts(trial, found)) if note)
    return row | figures


def _doubts(trial: dict[str, Any], found: Found) -> list[str]:
    """What a reader of the figure should know of it: not the primary outcome, not printed by the authors."""
    scale = str(found.rows[0]["outcome"]).split(",")[0].split(" (")[0]
    computed = any("computed by us" in str(row["notes"]).lower() for row in found.rows)
    return [
        "" if scale in str(trial["primary_outcome"]) or "respon" in scale else "not the primary outcome",
        "computed from the authors' scores, not printed" if computed else "",
    ]


def _rank(trial: dict[str, Any], found: Found, first: dict[str, Any]) -> tuple[bool, bool, bool, bool]:
    """What decides first which of the rows of the same people counts; the least is the best."""
    other_time = first["timepoint_delta"] != trial["primary_timepoint_delta"]  # also where one is not known
    other_scale = str(first["outcome"]).split(",")[0] not in str(trial["primary_outcome"])
    return other_time, other_scale, found.how != "printed contrast", found.changes


def _people(trial: dict[str, Any]) -> Any:
    randomised, analysed = trial["n_randomised"], trial["n_analysed"]
    return analysed if wording.missing(randomised) else randomised


def _counted(usable: pd.DataFrame) -> pd.DataFrame:
    """Which row counts for its people; the others name it."""
    named = usable.citation + ", " + usable.outcome.astype("string") + (", " + usable.time).fillna("")
    people = list(zip(usable.condition, usable.people))
    order = sorted(zip(usable["rank"], ~usable.solid, -usable.in_figure, usable.row_id, people, named))
    chosen: dict[tuple[str, str], tuple[str, str]] = {}
    for *_, row_id, pair, name in order:
        chosen.setdefault(pair, (row_id, name))
    best = [chosen[pair] for pair in people]
    counts = [row_id == first for row_id, (first, _) in zip(usable.row_id, best)]
    other = [pd.NA if counted else name for counted, (_, name) in zip(counts, best)]
    return usable.assign(
        counted=pd.array(counts, dtype=bool), same_people_as=pd.array(other, dtype="string"),
    )  # fmt: skip
