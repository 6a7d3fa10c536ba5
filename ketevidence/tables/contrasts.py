"""The effects in the results of one trial: arms paired, or a printed contrast taken as it is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Any, NamedTuple

from ketevidence import effects, wording
from ketevidence.effects import Effects

Result = dict[str, Any]

BETTER = "higher_is_better"  # a key of a result: whether a higher score means fewer symptoms
_FIRST_PHASE = re.compile(r"first phase only", re.IGNORECASE)
_RESPONSE = re.compile(r"(?:(?:full|partial|sustained) )?(?:response|responders|remission)\b", re.IGNORECASE)
_OF_RESPONSE = ("odds_ratio", "risk_ratio", "proportion")
_CROSSOVER = "rct-crossover"
_Z = NormalDist().inv_cdf(0.975)


class Outcome(NamedTuple):
    """What an outcome is measured by, on which scale, and from which statistics it can be made."""

    measure: str
    scale: str
    printed: tuple[str, ...]
    arms: tuple[str, ...]


OUTCOMES = {
    "symptoms": Outcome("Hedges g", "identity", ("smd_d", "hedges_g"), ("mean", "mean_change")),
    "points": Outcome("mean difference", "identity", ("mean_difference",), ("mean", "mean_change")),
    "response": Outcome("odds ratio", "log", ("odds_ratio",), ("proportion",)),
}
_MAKE: dict[str, Callable[..., Effects]] = {
    "symptoms": effects.hedges_g,
    "points": effects.mean_difference,
    "response": effects.odds_ratio,
}


@dataclass(frozen=True)
class Found:
    """An effect of a trial, or the reason why there is none.

    Attributes
    ----------
    rows : tuple of dict
        The results that it rests on: one contrast, or the drug arm and the control arm.
    reason : str
        Why it cannot be used; empty for an effect.
    """

    rows: tuple[Result, ...]
    reason: str = ""
    how: str = ""
    definition: str = ""
    outcome: Outcome | None = None
    effect: Effects | None = None
    n: int | None = None

    @property
    def changes(self) -> bool:
        """Whether it rests on changes of scores, not on scores at the end."""
        return bool(self.rows) and self.rows[0]["statistic"] == "mean_change"

    def figures(self) -> dict[str, Any]:
        """The columns of a tidy frame that this effect or reason fills."""
        if self.effect is None or self.outcome is None:
            return {"reason": self.reason}
        middle, variance = float(self.effect.effect[0]), float(self.effect.variance[0])
        reach = _Z * math.sqrt(variance)
        shown = [math.exp(x) if self.outcome.scale == "log" else x for x in (middle, middle - reach, middle + reach)]
        shown[1:] = self._printed_limits() or shown[1:]
        arms = [_arm(row) for row in self.rows] if len(self.rows) == 2 else ["", ""]
        return {
            "definition": self.definition, "how": self.how, "measure": self.outcome.measure,
            "scale": self.outcome.scale, "effect": shown[0], "low": shown[1], "high": shown[2],
            "transformed": middle, "variance": variance, "note": self.effect.note[0],
            "drug_figures": arms[0], "control_figures": arms[1],
        }  # fmt: skip

    def _printed_limits(self) -> list[float]:
        """The limits as the source gives them, rounded; empty where it is not shown as printed."""
        (row, *others) = self.rows
        ends = [row["ci_low"], row["ci_high"]]
        another_level = not wording.missing(row["ci_level"]) and float(row["ci_level"]) != 0.95
        if others or row["statistic"] == "smd_d" or another_level or any(map(wording.missing, ends)):
            return []
        return [float(end) for end in ends]


def _arm(row: Result) -> str:
    if row["statistic"] == "proportion":
        return f"{wording.number(row['events'])}/{wording.number(row['n'])}"
    return f"{wording.number(row['value'], 1)} ({wording.number(row['sd'], 1)}), n {wording.number(row['n'])}"


def contrast(trial: Result, results: Sequence[Result], name: str) -> Iterator[Found]:
    """Every effect of the outcome of this name, and every result that gives none, with the reason."""
    outcome = OUTCOMES[name]
    response = outcome.scale == "log"
    asked = [row for row in results if (row["statistic"] in _OF_RESPONSE) == response]
    arms = [row for row in asked if wording.missing(row["comparator"])]
    printed = [row for row in asked if not wording.missing(row["comparator"])]
    for row in printed:
        if reason := _not_this(trial, row, response):
            yield Found((row,), reason=reason)
        elif row["statistic"] in outcome.printed:
            yield _or_reason((row,), partial(_printed, trial, row, outcome))
        elif not _said_otherwise(row, printed, outcome):
            yield Found((row,), reason=_unused(row, name))
    yield from _of_arms(trial, arms, name)


def _or_reason(rows: tuple[Result, ...], make: Callable[[], Found]) -> Found:
    """What is made of the rows; figures from which no effect can be had become the reason."""
    try:
        return make()
    except ValueError as refusal:
        return Found(rows, reason=f"no effect can be computed: {refusal}")


def _not_this(trial: Result, row: Result, response: bool) -> str:
    """Why a printed contrast is not one of the drug against a control, or not one of responders."""
    if response and not _RESPONSE.match(str(row["outcome"])):
        return "not a count of responders"
    if not _treated(trial, row["arm"]) or _treated(trial, row["comparator"]):
        return f"not the drug against a control: {row['arm']} against {row['comparator']}"
    return ""


def _treated(trial: Result, arm: Any) -> bool:
    """Whether an arm got the drug of the trial, by its name."""
    return any(drug in str(arm) for drug in str(trial["drug"]).split("; "))


def _unused(row: Result, name: str) -> str:
    """Why a result of this statistic gives no effect."""
    statistic = str(row["statistic"])
    if statistic == "words_only":
        return f"words only, no figures where it was read ({str(row['basis']).replace('_', ' ')})"
    if statistic == "p_value":
        return f"only a p value ({wording.p_value(row['p'], row['p_relation'])})"
    if statistic == "risk_ratio":
        return "a risk ratio, no odds ratio"
    if statistic == "mean_difference" and name == "symptoms":
        return "a difference in points without a standard deviation cannot be standardised"
    if statistic in OUTCOMES["symptoms"].printed and not wording.missing(row["comparator"]):
        return "printed in standard deviations, not in points"
    return f"one figure ({statistic.replace('_', ' ')}) that is no comparison of arms"


def _said_otherwise(row: Result, printed: Sequence[Result], outcome: Outcome) -> bool:
    """Whether a difference, in points or standardised, is printed in the form that is asked for as well."""
    differences = (*OUTCOMES["symptoms"].printed, *OUTCOMES["points"].printed)
    return row["statistic"] in differences and any(
        other["statistic"] in outcome.printed
        and (other["outcome"], other["timepoint_delta"]) == (row["outcome"], row["timepoint_delta"])
        for other in printed
    )


def _printed(trial: Result, row: Result, outcome: Outcome) -> Found:
    """A printed contrast; its standard error from the interval, else as printed, else from p."""
    value, n = row["value"], row["n"]
    if wording.missing(value):
        return Found((row,), reason="no figure printed")
    people = None if wording.missing(n) else int(n)
    made = _with_variance(row, outcome, people)
    if made is None:
        shown = [wording.number(value), wording.p_value(row["p"], row["p_relation"])]
        known = ", ".join(part for part in shown if part)
        return Found((row,), reason=f"printed without interval, standard error or group sizes ({known})")
    if row["statistic"] == "smd_d":
        if people is None:
            return Found((row,), reason="a standardised difference without the number of people")
        shrink = effects.small_sample_factor([people - 2], labels=_labels(row))
        made = Effects(made.effect * shrink, made.variance * shrink**2, made.note)
    doubt = "from a crossover, as its authors analysed it" if trial["design"] == _CROSSOVER else ""
    made = made._replace(note=("; ".join(note for note in (made.note[0], doubt) if note),))
    return Found((row,), "", "printed contrast", _definition(row, outcome), outcome, made, people)


def _with_variance(row: Result, outcome: Outcome, people: int | None) -> Effects | None:
    """A printed figure with its variance; None where nothing printed gives one."""
    scale, labels = outcome.scale, _labels(row)
    low, high = row["ci_low"], row["ci_high"]
    if not wording.missing(low) and not wording.missing(high):
        level = 0.95 if wording.missing(row["ci_level"]) else float(row["ci_level"])
        return effects.from_interval([row["value"]], [low], [high], level=level, scale=scale, labels=labels)
    if not wording.missing(row["se"]):
        return effects.from_standard_error([row["value"]], [row["se"]], scale=scale, labels=labels)
    # the p of a standardised difference belongs to the scores, under a model that is not known
    if row["p_relation"] == "equal" and row["statistic"] not in OUTCOMES["symptoms"].printed:
        small = people is not None and scale == "identity"  # a difference of means is tested by t
        freedom = [people - 2] if small and people is not None else None
        return effects.from_p_value([row["value"]], [row["p"]], scale=scale, degrees_of_freedom=freedom, labels=labels)
    return None


def _labels(*rows: Result) -> list[str]:
    return ["; ".join(str(row["outcome_id"]) for row in rows)]


def _definition(row: Result, outcome: Outcome) -> str:
    """What must be alike to be pooled: scores or changes once standardised, else the outcome itself.

    A response whose criterion is not known is like no other one.

    Scores and changes have other standard deviations, so that once standardised they do
    not mix (Cochrane Handbook, chapter 10, section 10.5.2).
    """
    if outcome is OUTCOMES["symptoms"]:
        return "changes of symptoms, standardised" if row["statistic"] == "mean_change" else "symptoms, standardised"
    if outcome is OUTCOMES["response"] and "%" not in str(row["outcome"]):
        return f"{row['outcome']}, criterion not in the tables ({row['study_id']})"
    return str(row["outcome"])


def _of_arms(trial: Result, arms: Sequence[Result], name: str) -> Iterator[Found]:
    """Drug arm and control arm of the same outcome, time and statistic; the drug's name tells which is which."""
    outcome = OUTCOMES[name]
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for row in arms:
        if row["statistic"] in outcome.arms:
            groups.setdefault((row["outcome"], str(row["timepoint_delta"]), row["statistic"]), []).append(row)
        else:
            yield Found((row,), reason=_unused(row, name))
    for own in groups.values():
        treated = [row for row in own if _treated(trial, row["arm"])]
        controls = [row for row in own if row not in treated]
        if reason := _no_pair(own, treated, controls, outcome):
            yield Found(tuple(own), reason=reason)
            continue
        for row in treated:
            yield _or_reason((row, controls[0]), partial(_paired, trial, row, controls[0], name))


def _no_pair(own: Sequence[Result], treated: Sequence[Result], controls: Sequence[Result], outcome: Outcome) -> str:
    """Why arms cannot be compared two by two."""
    if outcome.scale == "log" and not _RESPONSE.match(str(own[0]["outcome"])):
        return "not a count of responders"
    if not treated:
        return "no arm of the drug to compare with"
    if len(controls) != 1:
        return f"{'several control arms' if controls else 'no control arm'} to compare with"
    return ""


def _paired(trial: Result, drug: Result, control: Result, name: str) -> Found:
    outcome = OUTCOMES[name]
    rows = (drug, control)
    if trial["design"] == _CROSSOVER and not all(_FIRST_PHASE.search(str(row["notes"])) for row in rows):
        return Found(rows, reason="both periods of a crossover given as two arms: the same people, not independent")
    if str(drug["unit"]) in wording.HOURS:
        return Found(rows, reason="a duration, not a score")
    needed = ("events", "n") if outcome.scale == "log" else ("value", "sd", "n")
    if "sd" in needed:
        rows = _with_sd(drug), _with_sd(control)
    absent = [key for key in needed if any(wording.missing(row[key]) for row in rows)]
    if absent:
        words = {"n": "group sizes", "sd": "standard deviations", "value": "means", "events": "counts"}
        return Found(rows, reason=f"no {wording.listed(words[key] for key in absent)} in the source")
    found = _MAKE[name](*([float(row[key])] for row in rows for key in needed), labels=_labels(*rows))
    if math.isnan(found.effect[0]):
        return Found(rows, reason=found.note[0])
    if drug[BETTER]:
        found = Effects(-found.effect, found.variance, ("sign turned: a higher score is better",))
    people = int(drug["n"]) + int(control["n"])
    return Found(rows, "", "arms paired", _definition(drug, outcome), outcome, found, people)


def _with_sd(row: Result) -> Result:
    """The arm with its standard deviation, made from its standard error or interval where only that is printed."""
    if not wording.missing(row["sd"]) or wording.missing(row["n"]):
        return row
    labels = _labels(row)
    if not wording.missing(row["se"]):
        return row | {"sd": float(effects.sd_from_standard_error([row["se"]], [row["n"]], labels=labels)[0])}
    if wording.missing(row["ci_low"]) or wording.missing(row["ci_high"]):
        return row
    level = 0.95 if wording.missing(row["ci_level"]) else float(row["ci_level"])
    found = effects.sd_from_interval([row["ci_low"]], [row["ci_high"]], [row["n"]], level=level, labels=labels)
    return row | {"sd": float(found[0])}
