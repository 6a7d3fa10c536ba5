"""Rows that rest on the same people: which of them counts."""

from __future__ import annotations

import pandas as pd

from ketevidence.check import same_participants
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import connected, vocabulary

UNPUBLISHED = "not-published"


def mark_repeats(evidence: Evidence, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with what its rows say about the same people.

    Within one kind, of all rows that rest on the same people by their notes one row
    counts: the one that has a value, best a printed one, then a randomised source, then
    a figure that is solid, then counts of people, then most people, then the first key.
    The others name it. Rows of different kinds show the same people by different
    definitions and all count, but are marked. No row of a retracted source counts.

    Returns
    -------
    pandas.DataFrame
        counted (bool: False for people counted in another row of the same kind, and for a
        retracted source), same_people_as (str, citation of the row that counts for these
        people), shares_people (bool: by the notes or the studies some of these people are
        in another row too), beside the columns of the frame.
    """
    randomised = vocabulary(evidence, "sources", "design").having_role("randomised")
    retracted = frame.source_status == "retracted"
    rank = pd.DataFrame({
        "retracted": retracted,
        "no_value": frame.value.isna() & frame.events.isna() & frame.high.isna(),
        "range_only": frame.value.isna() & frame.events.isna(),
        "not_printed": frame.value.isna(),
        "not_randomised": ~frame.source_design.isin(randomised),
        "hollow": ~frame.solid,
        "no_counts": frame.events.isna(),
        "people": -frame.n.fillna(0).astype("int64"),
        "claim_id": frame.claim_id,
    })  # fmt: skip
    order = rank.sort_values(list(rank.columns)).index
    kinds = dict(zip(frame.claim_id, frame.kind))
    named = [
        (claim, other)
        for claim, notes in zip(frame.claim_id, frame.notes.fillna(""))
        for other in same_participants(notes)
        if other in kinds
    ]
    together = connected([(claim, other) for claim, other in named if kinds[claim] == kinds[other]])
    group = {claim: together.get(claim, claim) for claim in frame.claim_id}
    chosen: dict[str, str] = {}
    for claim in frame.loc[order, "claim_id"]:
        chosen.setdefault(group[claim], claim)
    representative = frame.claim_id.map(group).map(chosen)
    citations = dict(zip(frame.claim_id, frame.citation))
    marked = frame.copy()
    marked["counted"] = ((representative == frame.claim_id) & ~retracted).astype(bool)
    marked["shares_people"] = _shared(evidence, frame, named)
    marked["same_people_as"] = representative.map(citations).where(representative != frame.claim_id).astype("string")
    return marked


def _shared(evidence: Evidence, frame: pd.DataFrame, named: list[tuple[str, str]]) -> pd.Series:
    """Whether a row shares people with a row of another claim in the frame."""
    studies = evidence.studies
    group = connected(overlaps(studies))
    source = frame.source_id.map(lambda key: group.get(key, key))
    several = frame.source_id.groupby(source).transform("nunique") > 1
    own = frame.claim_id.isin({claim for pair in named for claim in pair})
    return (several | own).astype(bool)


def overlaps(studies: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of studies that share people, by the column overlaps_with."""
    known = set(studies.study_id)
    return [
        (study, other)
        for study, others in zip(studies.study_id, studies.overlaps_with.fillna(""))
        for other in others.split("; ")
        if other in known
    ]


def reported(everything: pd.DataFrame) -> set[str]:
    """The studies without a result whose people are in a study with one: registrations of a report."""
    silent = set(everything.study_id[everything.primary_result == UNPUBLISHED])
    return {study for study, other in overlaps(everything) if study in silent and other not in silent}


def independent(evidence: Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    """One study of each set that shares people, the others left out.

    The one with most results on symptoms in outcomes.csv stands for the set, then the one
    with most people, then the first key.
    """
    if len(studies) < 2:
        return studies
    symptoms = vocabulary(evidence, "outcomes", "domain").having_role("symptom")
    outcomes = evidence.outcomes
    results = outcomes[outcomes.domain.isin(symptoms)].groupby("study_id").size()
    group = connected(overlaps(studies))
    ranked = studies.assign(
        results=-studies.study_id.map(results).fillna(0).astype("int64"),
        people=-studies.n.fillna(0).astype("int64"),
        group=studies.study_id.map(lambda study: group.get(study, study)),
    ).sort_values(["results", "people", "study_id"])
    return studies.loc[ranked.drop_duplicates("group").index.sort_values()]


def together(every: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """The chosen studies, and those of `every` that share people with them."""
    group = connected(overlaps(every))
    sets = every.study_id.map(lambda study: group.get(study, study))
    return every[sets.isin(set(sets[every.study_id.isin(chosen.study_id)]))]


def first_hand(studies: pd.DataFrame) -> bool:
    """Whether none of these studies is known at second hand only; no second reader saw what the tables say of them."""
    return bool((studies.basis != "secondary").all())


def people(studies: pd.DataFrame) -> int:
    """People in these studies: of studies that share people only the largest is added.

    A lower bound where studies overlap in part; studies without a number add nothing.
    """
    group = connected(overlaps(studies))
    sets = studies.study_id.map(lambda study: group.get(study, study))
    return int(studies.n.fillna(0).astype("int64").groupby(sets).max().sum())
