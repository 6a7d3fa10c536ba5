"""Lengths of time: how soon an effect is seen, how long it lasts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.check import same_participants
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, cite, finish, remembered, vocabulary
from ketevidence.tables.people import mark_repeats
from ketevidence.tables.rates import short_treatment, split_treatment
from ketevidence.tables.trials import direct_conditions

_SHORT = 30  # characters of a definition that stand in the place of a time
_COLUMNS = [
    "claim_id", "kind", "kind_label", "controlled", "condition", "drug_class", "drug", "figure", "hours",
    "low_hours", "high_hours", "censored", "n", "counted", "same_people_as", "shares_people",
    "effect", "statement",
    "definition", "label", "citation", "source_design", "locator", "basis", "checked", "solid",
    "notes", "source_id",
]  # fmt: skip


@remembered
def onset_times(evidence: Evidence, *, condition: Wanted = None, kind: Wanted = None) -> pd.DataFrame:
    """How soon an effect is seen, one row a claim with a time.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only people with these conditions.
    kind : str or list of str, optional
        Only these kinds of claims. Without it the kinds that are onsets, and those
        that report no early effect; lengths of
        trials, peak concentrations, first ratings, full effects come only when asked
        for.

    Returns
    -------
    pandas.DataFrame
        claim_id, kind, kind_label (the kind in words), controlled (bool: a difference from a
        control), condition, drug_class (class of the treatment), drug (the treatment), figure (str,
        the time in words), hours, low_hours, high_hours (Float64, each in hours after the first
        dose; a month counts 730.5 hours), censored ('none'; 'left': first looked for at high_hours;
        'right': observation ended at high_hours), n (Int64), counted (bool: False for people
        counted in another row of the same kind, and for a retracted source), same_people_as,
        shares_people, effect (bool: False where no early effect was seen; hours then is when
        nothing was seen yet, or missing), statement, definition, label (citation and treatment),
        citation, source_design, locator, basis, checked, solid, notes, source_id.

    Raises
    ------
    ValueError
        An unknown condition or kind.
    """
    frame = _times(evidence, "onset", ("controlled-onset", "onset", "null"), condition, kind)
    return finish(evidence, mark_repeats(evidence, frame), "claim_id", _COLUMNS)


@remembered
def effect_durations(evidence: Evidence, *, condition: Wanted = None, kind: Wanted = None) -> pd.DataFrame:
    """How long an effect lasts, one row a claim with a time.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only people with these conditions.
    kind : str or list of str, optional
        Only these kinds of claims. Without it lengths of effects and times to relapse.

    Returns
    -------
    pandas.DataFrame
        claim_id, kind, kind_label (the kind in words), difference (bool: a difference between two
        arms, by its definition, and no length of time from a dose), direct (bool: one of the
        conditions that the evidence is about), controlled (bool: a difference from a control),
        condition, drug_class (class of the treatment), drug (the treatment), figure (str, the time
        in words), hours, low_hours, high_hours (Float64, each in hours; a month counts 730.5
        hours), censored ('none'; 'right': observation ended at high_hours; 'left': first looked for
        at high_hours), n (Int64), counted (bool: False for people counted in another row of the
        same kind, direct and indirect rows apart, and for a retracted source), same_people_as,
        shares_people, effect (bool: one was seen), statement, definition, label (citation and the whole
        treatment), citation, source_design, locator, basis, checked, solid, notes, remarks (the notes without the
        names of claims on the same people), source_id. A time that is not censored and has
        no low_hours but high_hours is the longest one seen.

    Raises
    ------
    ValueError
        An unknown condition or kind.
    """
    frame = _times(evidence, "duration", ("duration",), condition, kind)
    frame["difference"] = frame.definition.str.startswith("difference in ").fillna(False).astype(bool)
    frame["direct"] = frame.condition.isin(direct_conditions(evidence)).astype(bool)
    frame["label"] = frame.citation + ", " + frame.drug
    frame["remarks"] = frame.notes.map(_without_names).astype("string")
    longest = (frame.censored == "none") & frame.low.isna() & frame.high.notna()
    frame.loc[longest, "figure"] = [
        wording.duration_span(None, row["high"], row["unit"]) for row in frame[longest].to_dict("records")
    ]
    kinds = frame.kind
    apart = frame.assign(kind=[f"{kind} {direct}" for kind, direct in zip(kinds, frame.direct)])
    marked = mark_repeats(evidence, apart).assign(kind=kinds)  # an indirect row must not stand in for a direct one
    ordered = marked.sort_values(["kind", "difference", "direct"], ascending=[True, True, False], kind="stable")
    columns = [*_COLUMNS[:3], "difference", "direct", *_COLUMNS[3:-1], "remarks", _COLUMNS[-1]]
    return finish(evidence, ordered, "claim_id", columns)


def _without_names(notes: Any) -> str | None:
    """Notes without the sentences that name other claims on the same people; None where nothing is left."""
    sentences = [] if wording.missing(notes) else str(notes).split(". ")
    return ". ".join(sentence for sentence in sentences if not same_participants(sentence)) or None


def _told(row: dict[Any, Any]) -> str:
    """The time of a claim; where it gives none, what was seen, in the words of its definition."""
    if row["measure"] == "duration":
        return str(row["figure"]) if row["effect"] else f"no effect by {row['figure']}"
    if not row["effect"]:
        return "no early effect"
    said = str(row["definition"]).partition(";")[0]
    return said if len(said) <= _SHORT else "an effect, no time given"


def _times(evidence: Evidence, topic: str, roles: tuple[str, ...], condition: Wanted, kind: Wanted) -> pd.DataFrame:
    kinds = vocabulary(evidence, "claims", "kind")
    frame = cite(evidence, evidence.claims)
    worded = frame.kind.isin(kinds.having_role("null", "controlled-onset", "onset"))  # kept without a time too
    frame = frame[(frame.topic == topic) & ((frame.measure == "duration") | worded)]
    of_topic = [category.value for category in kinds.categories if topic in category.topics]
    usual = [value for value in kinds.having_role(*roles) if value in of_topic]
    frame = choose(frame, "kind", kind or usual, of_topic)
    frame = choose(frame, "condition", condition, vocabulary(evidence, "claims", "condition").values)
    frame["kind_label"] = frame.kind.astype("string").map(kinds.label).astype("string")
    frame["drug_class"], frame["drug"] = split_treatment(frame.intervention)
    frame["figure"] = [wording.figure(row) for row in frame.to_dict("records")]
    frame["effect"] = ~frame.kind.isin(kinds.having_role("null"))
    frame["figure"] = [_told(row) for row in frame.to_dict("records")]
    factor = frame.unit.where(frame.measure == "duration").map(wording.HOURS).astype("Float64")
    for column, name in [("value", "hours"), ("low", "low_hours"), ("high", "high_hours")]:
        frame[name] = frame[column] * factor
    short = frame.citation + ", " + frame.drug.map(short_treatment).str.split(", ", n=1).str[0]
    other = ", " + frame.comparator.astype("string").str.replace("^.*: ", "", regex=True)
    worded = short + other.where(frame.measure != "duration").fillna("")
    frame["label"] = worded.where(short.duplicated(keep=False), short)
    frame["controlled"] = frame.kind.isin(kinds.having_role("controlled-onset"))
    earliest = frame.hours.fillna(frame.high_hours).fillna(frame.low_hours)
    first_of_class = earliest.groupby(frame.drug_class).transform("min")
    frame = frame.assign(earliest=earliest, first_of_class=first_of_class)
    return frame.sort_values(["first_of_class", "drug_class", "earliest", "claim_id"])


@remembered
def stated_times(evidence: Evidence, *, source: Wanted = None) -> pd.DataFrame:
    """The times that the audited articles state, for drawing beside the evidence.

    Returns
    -------
    pandas.DataFrame
        statement_id, statement, figure (str, as stated), low_hours, high_hours (Float64, each in
        hours; equal for a single time), citation, source_id.
    """
    frame = cite(evidence, evidence.statements)
    frame = choose(frame, "source_id", source, sorted(frame.source_id.unique()))
    frame = frame[frame.measure == "duration"].copy()
    factor = frame.unit.map(wording.HOURS).astype("Float64")
    frame["figure"] = [wording.figure(row) for row in frame.to_dict("records")]
    frame["low_hours"] = frame.low.fillna(frame.value) * factor
    frame["high_hours"] = frame.high.fillna(frame.value) * factor
    return finish(
        evidence, frame, "statement_id",
        ["statement_id", "statement", "figure", "low_hours", "high_hours", "citation", "source_id"],
    )  # fmt: skip
