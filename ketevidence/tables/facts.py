"""What can be read of each trial without a judgement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.tables.comparisons import CARRY_OVER
from ketevidence.tables.frame import Wanted, connected, finish, remembered, vocabulary
from ketevidence.tables.people import overlaps
from ketevidence.tables.trials import direct_conditions, studies

Fact = tuple[str, str, str, str]
_SIGNIFICANT = 0.05
_RETAINED = {"left": r"left\b", "completed": r"completed(?! the (?!study|trial|treatment)\b)"}
_COLUMNS = [
    "row_id", "study_id", "citation", "condition", "fact", "sign", "word", "detail", "people_of", "solid",
    "source_id",
]  # fmt: skip


@remembered
def trial_facts(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """Facts of each randomised trial with a result, one row a trial and fact.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only these conditions; without it those that the evidence is about.

    Returns
    -------
    pandas.DataFrame
        row_id (study and fact), study_id, citation, condition, fact (what is looked at), sign ('+'
        guards against error, '-' does not, '?' not known, '' neither), word (str, the fact in
        short), detail (str, more of it), people_of (key of the first of the trials of the condition
        that share people: one trial may have several reports), solid (bool: False where the trial is known at second
        hand), source_id. Facts: allocation, comparator (with an inactive one people can guess what
        they got, with any other that is not sure), masked, registered, result of the primary
        outcome, people, dropouts, carry-over, people shared with another study. No second reader
        saw these facts.

    Raises
    ------
    ValueError
        An unknown condition.
    """
    trials = randomised_trials(evidence, condition)
    left = _left(evidence)
    carried = _carried(evidence)
    whose = dict(zip(trials.study_id, trials.condition))
    same = connected((one, other) for one, other in overlaps(trials) if whose[one] == whose[other])
    rows = [
        {
            "row_id": f"{trial['study_id']}: {fact}", "fact": fact, "sign": sign, "word": word, "detail": detail,
            "solid": trial["basis"] != "secondary", "people_of": same.get(trial["study_id"], trial["study_id"]),
        }
        | {name: trial[name] for name in ("study_id", "citation", "condition", "source_id")}
        for trial in trials.to_dict("records")
        for fact, sign, word, detail in _facts(evidence, trial, left, carried)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return finish(evidence, frame, "row_id", _COLUMNS)


def randomised_trials(evidence: Evidence, condition: Wanted = None) -> pd.DataFrame:
    """Rows of `studies`: randomised trials of the drug with a result, none retracted, in order of condition."""
    wanted = direct_conditions(evidence) if condition is None else condition
    known = vocabulary(evidence, "studies", "condition").values
    for one in [wanted] if isinstance(wanted, str) else wanted:
        if one not in known:
            raise ValueError(f"no condition {one!r}{hint(one, known)}")
    frame = studies(evidence, condition=wanted)
    randomised = vocabulary(evidence, "studies", "design").having_role("randomised")
    silent = frame.primary_result.isin(["not-published", "not-applicable"])
    kept = frame[frame.design.isin(randomised) & ~silent & (frame.source_status != "retracted")]
    return kept.sort_values(["condition", "citation"])


def _facts(
    evidence: Evidence, trial: dict[str, Any], left: dict[str, tuple[str, str]], carried: dict[str, bool]
) -> Iterator[Fact]:
    label = {
        name: vocabulary(evidence, "studies", name).label
        for name in ("comparator_type", "masking", "primary_result")
    }  # fmt: skip
    crossover = trial["design"] == "rct-crossover"
    kind, masking = str(trial["comparator_type"]), str(trial["masking"])
    felt = vocabulary(evidence, "studies", "comparator_type").having_role("felt")
    blinds = vocabulary(evidence, "studies", "masking")
    yield "allocation", "+", "crossover" if crossover else "parallel", "randomised"
    guessed = "?" if kind in felt else "-"
    yield "comparator", guessed, label["comparator_type"](kind), _text(trial["comparator"])
    signs = dict.fromkeys(blinds.having_role("masked"), "+") | dict.fromkeys(blinds.having_role("unknown"), "?")
    yield "masked", signs.get(masking, "-"), label["masking"](masking), ""
    registry = _text(trial["registry_id"])
    yield ("registered", "+", "yes", registry) if registry else ("registered", "?", "no number seen", "")
    yield "primary outcome", "", label["primary_result"](trial["primary_result"]), _text(trial["primary_outcome"])
    yield "people", "", wording.number(trial["n"]) or "not known", str(trial["population"])
    known, what = left.get(trial["study_id"], ("", ""))
    yield "dropouts", "" if known else "?", known or "not known", what
    if crossover:
        sign, word = {True: ("-", "found"), False: ("?", "not found"), None: ("?", "possible")}[
            carried.get(trial["study_id"])
        ]
        yield "carry-over", sign, word, "the same people get both"
    else:
        yield "carry-over", "+", "none by design", ""
    shared = _text(trial["overlaps_with"])
    yield "shared people", "", "shared" if shared else "none known", shared


def _text(cell: Any) -> str:
    return "" if wording.missing(cell) else str(cell)


def _carried(evidence: Evidence) -> dict[str, bool]:
    """Whether the effect of a first period was found in the second, by study, where it was tested."""
    outcomes = evidence.outcomes
    tested = outcomes[outcomes.outcome.str.contains(CARRY_OVER) & outcomes.p.notna()]
    found = (tested.p <= _SIGNIFICANT) & (tested.p_relation != "above")
    clear = found | (tested.p >= _SIGNIFICANT) & (tested.p_relation != "below")
    return dict(zip(tested.study_id[clear], found[clear].astype(bool)))


def _left(evidence: Evidence) -> dict[str, tuple[str, str]]:
    """How many people left, finished or were not analysed, by study, in words, and what was counted.

    People who finished the trial (not only a part of it) come before people who left for
    one reason, and both before the difference between people randomised and analysed.
    """
    frame = evidence.studies
    both = frame[frame.n_randomised.notna() & frame.n_analysed.notna() & (frame.n_randomised >= frame.n_analysed)]
    known = {
        str(row["study_id"]): (f"{row['n_randomised'] - row['n_analysed']} of {row['n_randomised']} not analysed", "")
        for row in both.to_dict("records")
    }
    outcomes = evidence.outcomes
    counted = outcomes[(outcomes.domain == "retention") & outcomes.events.notna() & outcomes.n.notna()]
    for verb, pattern in _RETAINED.items():
        own = counted[counted.outcome.str.match(pattern)]
        for (study, outcome), arms in own.groupby(["study_id", "outcome"]):
            known[str(study)] = (f"{int(arms.events.sum())} of {int(arms.n.sum())} {verb}", str(outcome))
    return known
