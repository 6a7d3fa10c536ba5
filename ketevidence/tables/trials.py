"""Studies, and what there is for each condition."""

from __future__ import annotations

import pandas as pd

from ketevidence import wording
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Choice, Wanted, choose, cite, finish, remembered, vocabulary
from ketevidence.tables.people import UNPUBLISHED, independent, people, reported

RESULTS = ("positive", "mixed", "null", "negative")


@remembered
def studies(evidence: Evidence, *, condition: Wanted = None, design: Wanted = None) -> pd.DataFrame:
    """The studies: who, what, against what, and how the primary outcome came out.

    Parameters
    ----------
    evidence : Evidence
    condition, design : str or list of str, optional
        Only studies with these values.

    Returns
    -------
    pandas.DataFrame
        study_id, citation, condition, design, masking, n (Int64, people randomised, else analysed),
        population, treatment_resistant, drug, dose, route, doses, comparator, comparator_type,
        primary_outcome, primary_time (str, when it was measured, after the first dose),
        primary_result, overlaps_with, country, registry_id, source_status, basis, notes, source_id.

    Raises
    ------
    ValueError
        An unknown condition or design.
    """
    frame = cite(evidence, evidence.studies)
    for column, wanted in [("condition", condition), ("design", design)]:
        frame = choose(frame, column, wanted, vocabulary(evidence, "studies", column).values)
    frame["n"] = frame.n_randomised.fillna(frame.n_analysed)
    frame["primary_time"] = frame.primary_timepoint.map(wording.timepoint, na_action="ignore")
    return finish(
        evidence, frame, "study_id",
        ["study_id", "citation", "condition", "design", "masking", "n", "population",
         "treatment_resistant", "drug", "dose", "route", "doses", "comparator", "comparator_type",
         "primary_outcome", "primary_time", "primary_result", "overlaps_with", "country",
         "registry_id", "source_status", "basis", "notes", "source_id"],
    )  # fmt: skip


def direct_conditions(evidence: Evidence) -> list[str]:
    """The conditions that the evidence is about, and groups of them: no other people.

    These are the rows of conditions.csv and the vocabulary's groups that contain one of
    them. Claims on other people (depression, healthy volunteers) are indirect. A frame made
    with this list remembers which list it was: `trace` then sees a condition that came later.

    Examples
    --------
    >>> from ketevidence import load
    >>> "depression" in direct_conditions(load()), "anxiety-disorders" in direct_conditions(load())
    (False, True)
    """
    own = set(evidence.conditions.condition_id)
    known = vocabulary(evidence, "claims", "condition").categories
    return Choice("direct_conditions", (c.value for c in known if c.value in own or own & set(c.members)))


@remembered
def conditions(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """What there is for each condition, and what is missing.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only these conditions.

    Returns
    -------
    pandas.DataFrame
        condition, label, icd11_code (missing for groups), randomised (int, randomised trials with a
        published result of their primary outcome, which may be a mechanism; of trials that share
        people one, retracted ones left out), randomised_people (int, people who are in several
        studies once), positive, mixed, null, negative (int, each of those trials by their primary
        result), unpublished (int, registered without a result), not_randomised (int, studies that
        are not randomised), not_randomised_people (int, people in them), best_design (str, of the
        studies with a result), certainty (str, the curators' GRADE judgement, missing where there
        is none), gaps (str, what is missing).

    Raises
    ------
    ValueError
        An unknown condition.
    """
    everything = studies(evidence)
    everything = everything[everything.source_status != "retracted"]
    everything = everything[~everything.study_id.isin(reported(everything))]
    names = vocabulary(evidence, "studies", "condition")
    rows = [_condition(evidence, everything[everything.condition == name], name) for name in names.values]
    frame = choose(pd.DataFrame(rows), "condition", condition, names.values).copy()
    frame["label"] = frame.condition.map(names.label).astype("string")
    codes = evidence.conditions.set_index("condition_id").icd11_code
    codes.index = codes.index.astype("string")
    frame["icd11_code"] = frame.condition.map(codes).astype("string")
    return finish(
        evidence, frame, "condition",
        ["condition", "label", "icd11_code", "randomised", "randomised_people", *RESULTS,
         "unpublished", "not_randomised", "not_randomised_people", "best_design", "certainty",
         "gaps"],
    )  # fmt: skip


def _condition(evidence: Evidence, found: pd.DataFrame, name: str) -> dict[str, object]:
    designs = vocabulary(evidence, "studies", "design")
    trials = found[found.design.isin(designs.having_role("randomised"))]
    published = trials[trials.primary_result.isin(RESULTS)]
    trials_apart = independent(evidence, published)
    with_result = found[found.primary_result != UNPUBLISHED]
    others = with_result[with_result.design.isin(designs.having_role("not-randomised"))]
    unpublished = independent(evidence, found[found.primary_result == UNPUBLISHED])
    best = with_result.design.min() if len(with_result) else None
    rated = evidence.certainty
    rated = rated[rated.condition_id == name].certainty.dropna()
    groups = [c for c in vocabulary(evidence, "studies", "condition").categories if name in c.members]
    above = wording.listed(c.label for c in groups)
    mixed = evidence.studies.condition.isin([c.value for c in groups]).sum()
    gaps = [
        "no randomised trial with a result" if published.empty else "",
        "no study with a result" if with_result.empty else "",
        f"{wording.counted(len(unpublished), 'registered study', 'registered studies')} without a result"
        if len(unpublished)
        else "",
        f"{wording.counted(mixed, 'study', 'studies')} of {above}, stand in a row of their own" if mixed else "",
    ]
    return {
        "condition": name,
        "randomised": len(trials_apart),
        "randomised_people": people(published),
        **{result: int((trials_apart.primary_result == result).sum()) for result in RESULTS},
        "unpublished": len(unpublished),
        "not_randomised": len(independent(evidence, others)),
        "not_randomised_people": people(others),
        "best_design": designs.label(best) if best else "none",
        "certainty": vocabulary(evidence, "certainty", "certainty").label(rated.iloc[0]) if len(rated) else pd.NA,
        "gaps": "; ".join(gap for gap in gaps if gap),
    }
