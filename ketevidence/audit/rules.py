"""The rules of the audit: each looks at one statement and the claims linked to it.

A rule is a function from a `Case` to the claims it objects to; its docstring is the
sentence shown. Rules see links, designs, numbers and dates, not meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.tables.people import people

SMALL = 50  # people; a trial below this cannot show a moderate effect reliably
_FIRM = re.compile(r"\b(shown?|shows|prove[ns]?|demonstrate[ds]?|significantly|relieve[ds]?|can be treated)\b", re.I)


@dataclass(frozen=True)
class Case:
    """One statement and what is linked to it.

    Attributes
    ----------
    statement : dict
        A row of `tables.statements`.
    linked : pandas.DataFrame
        Rows of `tables.claims` with the column relation.
    randomised, reviews : tuple of str
        Source designs with a random control; designs that sum up studies.
    null_kinds : tuple of str
        Kinds of claims that report no effect.
    conditions : frozenset of str
        Conditions that count as the one stated; empty where any does.
    drugs : frozenset of str
        Names of studied drugs that the statement mentions.
    studies : pandas.DataFrame
        Rows of `tables.studies`.
    onset_hours : dict of str to float
        Hours of the linked claims, other than context, that report an onset in the condition
        stated.
    stated_hours : float or None
        The latest time at which the statement says that an effect is felt.
    """

    statement: dict[str, Any]
    linked: pd.DataFrame
    randomised: tuple[str, ...]
    reviews: tuple[str, ...]
    null_kinds: tuple[str, ...]
    conditions: frozenset[str]
    drugs: frozenset[str]
    studies: pd.DataFrame
    onset_hours: dict[str, float]
    stated_hours: float | None

    def related(self, *relations: str) -> pd.DataFrame:
        """The linked claims that bear on the statement in one of these ways."""
        return self.linked[self.linked.relation.isin(relations)]


@dataclass(frozen=True)
class Objection:
    """The claims a rule objects to, and what exactly it saw."""

    claim_ids: tuple[str, ...]
    detail: str = ""


Rule = Callable[[Case], Objection | None]


def no_claim_supports(case: Case) -> Objection | None:
    """No claim of any source supports the statement."""
    if case.statement["measure"] == "omission" or len(case.related("supports")):
        return None
    return Objection(tuple(case.linked.claim_id))


def number_outside_the_evidence(case: Case) -> Objection | None:
    """The number stated lies outside everything that the linked claims report."""
    said = case.statement
    if said["measure"] not in ("proportion", "duration"):
        return None
    of_measure = case.related("supports", "qualifies", "contradicts")
    of_measure = of_measure[(of_measure.measure == said["measure"]) & of_measure.unit.notna()]
    factor = of_measure.unit.map(wording.HOURS).fillna(1.0).astype("Float64")
    reported = pd.concat([of_measure[column] * factor for column in ("value", "low", "high")]).dropna()
    unit = wording.HOURS.get(str(said["unit"]), 1.0)
    stated = [said[column] * unit for column in ("value", "low", "high") if not wording.missing(said[column])]
    if reported.empty or not stated or (max(stated) >= reported.min() and min(stated) <= reported.max()):
        return None
    return Objection(tuple(of_measure.claim_id))


def uncontrolled_studies_only(case: Case) -> Objection | None:
    """The statement uses a firm word, but no randomised trial or review supports it."""
    word = _FIRM.search(case.statement["statement"])
    support = case.related("supports")
    firm = support.source_design.isin(case.randomised + case.reviews)
    if not word or support.empty or firm.any():
        return None
    return Objection(tuple(support.claim_id), f"the word is '{word[0]}'")


def other_condition_or_drug(case: Case) -> Objection | None:
    """The claims that support the statement are about another condition or drug than stated."""
    support = case.related("supports")
    if support.empty:
        return None
    if case.conditions and not support.condition.isin(case.conditions).any():
        found = wording.listed(sorted(set(support.condition.astype(str))))
        detail = f"stated: {case.statement['condition']}; supported: {found}"
        return Objection(tuple(support.claim_id), detail)
    treatments = [words_of(text) for text in support.intervention.dropna()]
    if case.drugs and treatments and all(case.drugs.isdisjoint(words) for words in treatments):
        return Objection(tuple(support.claim_id), f"stated: {wording.listed(sorted(case.drugs))}")
    return None


def single_small_trial(case: Case) -> Objection | None:
    """Of randomised trials one small group of people alone supports the statement."""
    support = case.related("supports")
    support = support[support.source_design.isin(case.randomised)]
    trials = case.studies[case.studies.source_id.isin(support.source_id)]
    if trials.empty:
        return None
    number, largest = people(trials), trials.n.max()
    one_group = not wording.missing(largest) and number == largest
    if not one_group or number >= SMALL:
        return None
    return Objection(tuple(support.claim_id), f"{number} people")


def earliest_assessment_too_late(case: Case) -> Objection | None:
    """Nobody looked, or saw anything, as early as the statement says."""
    if case.stated_hours is None or not case.onset_hours:
        return None
    first = min(case.onset_hours.values())
    if first <= case.stated_hours:
        return None
    earliest = tuple(claim for claim, hours in case.onset_hours.items() if hours == first)
    return Objection(earliest, f"earliest: {wording.hours(first)}")


def contradicted_by_a_randomised_trial(case: Case) -> Objection | None:
    """A randomised comparison found no effect, or contradicts the statement."""
    trials = case.linked[case.linked.source_design.isin(case.randomised) & case.linked.comparator.notna()]
    against = trials[
        (trials.relation == "contradicts") | ((trials.relation == "qualifies") & trials.kind.isin(case.null_kinds))
    ]
    return Objection(tuple(against.claim_id)) if len(against) else None


def more_against_than_for(case: Case) -> Objection | None:
    """More claims contradict the statement than support it."""
    support, against = case.related("supports"), case.related("contradicts")
    if len(against) <= len(support):
        return None
    return Objection(tuple(against.claim_id), f"{len(against)} against, {len(support)} for")


def retracted_source(case: Case) -> Objection | None:
    """A retracted source is linked to the statement."""
    retracted = case.linked[case.linked.source_status == "retracted"]
    return Objection(tuple(retracted.claim_id)) if len(retracted) else None


def silent_on_what_patients_need(case: Case) -> Objection | None:
    """The article says nothing on a matter that patients need to know."""
    if case.statement["measure"] != "omission":
        return None
    return Objection(tuple(case.linked.claim_id), f"topic: {case.statement['topic']}")


RULES: dict[str, Rule] = {
    "A1": no_claim_supports,
    "A2": number_outside_the_evidence,
    "A3": uncontrolled_studies_only,
    "A4": other_condition_or_drug,
    "A5": single_small_trial,
    "A6": earliest_assessment_too_late,
    "A7": contradicted_by_a_randomised_trial,
    "A8": more_against_than_for,
    "A9": retracted_source,
    "A10": silent_on_what_patients_need,
}
CAUTIONS = ("A9", "A10")  # say nothing about whether the statement is true


def words_of(text: str) -> set[str]:
    """The words of a text in lower case.

    Examples
    --------
    >>> sorted(words_of("ketamine: 0.5 mg/kg IV"))
    ['iv', 'ketamine', 'kg', 'mg']
    """
    return set(re.findall(r"[a-z]+", text.lower()))
