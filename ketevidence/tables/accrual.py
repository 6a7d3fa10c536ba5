"""How people in randomised trials added up over the years."""

from __future__ import annotations

import pandas as pd

from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, connected, finish, remembered, vocabulary
from ketevidence.tables.people import UNPUBLISHED, independent, overlaps, reported
from ketevidence.tables.trials import RESULTS, direct_conditions, studies


@remembered
def accrual(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """People in randomised trials with a published result, added up by year and condition; one row a trial.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only these conditions; without it those that the evidence is about.

    Returns
    -------
    pandas.DataFrame
        study_id, label (the trial), condition, condition_label, year (Int64, in which the
        source was issued), people (Int64, randomised, else analysed), added (Int64, what the
        trial adds: its people, or those of the largest trial that shares people with it),
        cumulative (Int64, people of the condition up to this row; missing without a year),
        primary_result, result_label, counted (bool: False where left_out says why), left_out
        (str, why a row is not counted), same_people_as (str, the citation of the trial that
        stands for it), citation, basis, solid (bool, False where the trial, or one that shares
        people with it, is known at second hand; no second reader saw these figures), source_id.
        Rows that are not counted follow those of their condition that are, and have neither added
        nor cumulative: registered studies without a published result, trials without a
        comparison, those whose people are in another study, retracted ones.

    Raises
    ------
    ValueError
        An unknown condition.
    """
    everything = studies(evidence)
    everything.attrs = {}  # pandas copies them at every step
    wanted = direct_conditions(evidence) if condition is None else condition
    frame = choose(everything, "condition", wanted, vocabulary(evidence, "studies", "condition").values)
    designs = vocabulary(evidence, "studies", "design")
    registered = frame.design.isin(designs.having_role("registry")) & (frame.primary_result == UNPUBLISHED)
    frame = frame[frame.design.isin(designs.having_role("randomised")) | registered]
    issued = evidence.sources.set_index("source_id").issued.astype("string")
    frame["issued"] = frame.source_id.map(issued).astype("string")
    frame["year"] = frame.issued.str[:4].astype("Int64")
    for name, text in (("condition", "condition_label"), ("primary_result", "result_label")):
        frame[text] = frame[name].astype("string").map(vocabulary(evidence, "studies", name).label).astype("string")
    frame["label"], frame["people"] = frame.citation, frame.n
    frame = _marked(evidence, frame, reported(everything[everything.source_status != "retracted"]))
    frame = frame.sort_values(
        ["condition", "counted", "left_out", "issued", "study_id"], ascending=[True, False, True, True, True]
    )
    dated = frame.added.where(frame.year.notna())
    frame["cumulative"] = dated.groupby(frame.condition, observed=True).cumsum()
    return finish(
        evidence, frame, "study_id",
        ["study_id", "label", "condition", "condition_label", "year", "people", "added", "cumulative",
         "primary_result", "result_label", "counted", "left_out", "same_people_as", "citation", "basis", "solid",
         "source_id"],
    )  # fmt: skip


def _marked(evidence: Evidence, frame: pd.DataFrame, registrations: set[str]) -> pd.DataFrame:
    """The frame with left_out, counted, added, same_people_as and solid."""
    retracted = frame.source_status == "retracted"
    compared = frame.primary_result.isin(RESULTS) & ~retracted
    together = _together(frame, frame[compared])
    own = frame.study_id.map(together)
    dated = frame[compared & frame.year.notna()].groupby("condition", observed=True, sort=False)
    chosen = pd.concat([frame[:0], *(independent(evidence, trials) for _, trials in dated)])
    undated = frame[compared & frame.year.isna() & ~own.isin(own[chosen.index])]
    chosen = pd.concat([chosen, undated.loc[~own[undated.index].duplicated()]])
    stands = dict(zip(own[chosen.index], chosen.citation))
    largest = frame[compared].n.fillna(0).groupby(own[compared]).max()
    second_hand = frame.basis == "secondary"
    doubtful = set(own[compared & second_hand])
    counted = frame.study_id.isin(chosen.study_id)
    reasons = [  # the first that holds
        (retracted, "retracted"),
        (own.isin(stands) | frame.study_id.isin(registrations), "with people of another study"),
        (frame.primary_result == UNPUBLISHED, "registered without a published result"),
    ]
    left_out = pd.Series("without a comparison", index=frame.index, dtype="string")
    for holds, reason in reversed(reasons):
        left_out = left_out.mask(holds, reason)
    return frame.assign(
        counted=counted.astype(bool),
        left_out=left_out.mask(counted),
        added=own.map(largest).astype("Int64").where(counted),
        same_people_as=own.map(stands).astype("string").where(~counted),
        solid=(~second_hand & ~(counted & own.isin(doubtful))).astype(bool),
    )


def _together(frame: pd.DataFrame, compared: pd.DataFrame) -> dict[str, str]:
    """For every study the name of the set of trials of one condition, with a comparison, that holds its people.

    A registration of several reports stands with the first; it does not make one set of them.
    """
    condition = dict(zip(compared.study_id, compared.condition))
    pairs = overlaps(frame)
    same = [(one, other) for one, other in pairs if condition.get(one, 0) == condition.get(other, 1)]
    group = {study: study for study in condition} | connected(same)
    others = {one: group[other] for one, other in sorted(pairs, reverse=True) if one not in group and other in group}
    return group | others
