"""What reviews report, beside what the trials in the tables say."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.dataset import Evidence
from ketevidence.tables.claims import published_estimates
from ketevidence.tables.contrasts import OUTCOMES
from ketevidence.tables.frame import Wanted, remembered, vocabulary
from ketevidence.tables.pooling import Record, framed, pooled, sides_of
from ketevidence.tables.trials import direct_conditions

_MEASURES = {"symptoms": "smd", "points": "mean_difference", "response": "odds_ratio"}
_TURNED = re.compile(r"printed as positive when", re.IGNORECASE)
_SCALE_UNKNOWN = re.compile(r"scale unknown|\bscales\b", re.IGNORECASE)
_OTHER_QUESTION = re.compile(r"\b(?:hours?|days?|weeks?|months?|end of|follow-up|bias-corrected)\b", re.IGNORECASE)


@remembered
def published_comparison(
    evidence: Evidence, *, condition: Wanted = None, outcome: str = "symptoms", method: str = "REML"
) -> pd.DataFrame:
    """Our trials and pools, and beside them what reviews report: read, not recomputed.

    Signs of published estimates are turned where their notes say that they were printed as
    positive when the drug is better. Where a pool of ours answers the same question the
    difference is given: same condition and measure, all times, any control, which is the
    case for our pool if it holds every trial of ours that has a figure; never for points,
    whose scale reviews mix. Estimates against baseline are listed and not drawn.

    Parameters
    ----------
    evidence, condition, outcome, method
        As for `pooled`.

    Returns
    -------
    pandas.DataFrame
        The columns of `pooled`. Published estimates are rows with published true;
        difference is our pool minus theirs on the transformed scale (a logarithm for
        ratios), and detail says it in words.

    Raises
    ------
    ValueError
        An unknown condition, outcome or method.
    """
    own = pooled(evidence, condition=condition, outcome=outcome, method=method)
    wanted = direct_conditions(evidence) if condition is None else condition
    estimates = published_estimates(evidence, condition=wanted)
    drugs = set(evidence.studies.drug.dropna())
    asked = estimates[(estimates.measure == _MEASURES[outcome]) & estimates.intervention.isin(drugs)]
    label = vocabulary(evidence, "studies", "condition").label
    theirs = [_record(row, outcome, label(str(row["condition"])), own) for row in asked.to_dict("records")]
    ours: list[Record] = [{str(key): value for key, value in row.items()} for row in own.to_dict("records")]
    kept = [row for row in ours if row["row"] != "listed"]
    drawn = sorted(
        [*kept, *(row for row in theirs if row["row"] != "listed")],
        key=lambda row: list(dict.fromkeys(map(str, [*own.condition, *asked.condition]))).index(str(row["condition"])),
    )
    sides = (own.favours_low.iloc[0], own.favours_high.iloc[0]) if len(own) else sides_of(outcome)
    return framed(evidence, [*drawn, *(row for row in theirs if row["row"] == "listed")], sides)


def _record(estimate: dict[str, Any], outcome: str, condition: str, own: pd.DataFrame) -> Record:
    """A published estimate as a row of the forest, or listed where it is no effect against control."""
    what = OUTCOMES[outcome]
    trials = estimate["k_studies"]
    pooled_of = "" if wording.missing(trials) else f", {wording.counted(int(trials), 'trial')}"
    words = "" if wording.missing(estimate["definition"]) else f", {estimate['definition']}"
    record: Record = {
        "row_id": estimate["claim_id"], "row": "study", "group": f"{condition}: published by reviews, not recomputed",
        "label": f"{estimate['citation']}{pooled_of}{words}", "condition": estimate["condition"], "published": True,
        "scale": what.scale, "measure": what.measure, "n": estimate["n"], "k": trials, "solid": estimate["solid"],
        "citation": estimate["citation"], "source_id": estimate["source_id"],
    }  # fmt: skip
    against = "" if wording.missing(estimate["comparator"]) else str(estimate["comparator"])
    if not against or "baseline" in against:
        why = f"compared with {against}" if against else "no comparator named"
        said = f"{why}, so perhaps no comparison with a control: {estimate['figure']}"
        return record | {"row": "listed", "reason": said}
    if wording.missing(estimate["low"]) or wording.missing(estimate["high"]):
        return record | {"row": "listed", "reason": f"no interval that fits the estimate: {estimate['figure']}"}
    if outcome == "points" and _SCALE_UNKNOWN.search(f"{estimate['definition']} {estimate['notes']}"):
        return record | {"row": "listed", "reason": f"scale not known: {estimate['figure']}"}
    values = [float(estimate[key]) for key in ("value", "low", "high")]
    if outcome != "response" and _TURNED.search(str(estimate["notes"])):
        values = [0.0 - values[0], 0.0 - values[2], 0.0 - values[1]]
    record |= dict(zip(("effect", "low", "high"), values))
    return record | _difference(estimate, values[0], own, against)


def _difference(estimate: dict[str, Any], value: float, own: pd.DataFrame, against: str) -> Record:
    """Our pool minus theirs where both answer the same question; else what theirs is about."""
    about = own[own.condition == str(estimate["condition"])]
    same, trials = about[about.row == "pooled"], about[about.row == "study"]
    whole = len(same) == 1 and int(same.k.iloc[0]) == len(trials)
    scales = whole and same.measure.iloc[0] == OUTCOMES["points"].measure  # points of which scale is not known
    who = "" if wording.missing(estimate["population"]) else f"{estimate['population']}, "
    if not whole or scales or against != "control" or _OTHER_QUESTION.search(str(estimate["definition"])):
        return {"detail": f"{who}against {against}"}
    ours = float(same.effect.iloc[0])
    if same["scale"].iloc[0] == "log":
        gap = math.log(ours) - math.log(value)
        return {
            "difference": gap,
            "detail": f"{who}our pool is {wording.number(math.exp(gap))} times the review's{_basis(same)}",
        }
    gap = ours - value
    return {"difference": gap, "detail": f"{who}our pool minus the review's: {wording.number(gap)}{_basis(same)}"}


def _basis(same: pd.DataFrame) -> str:
    """What our pool rests on, so that a difference is not read as an error of theirs."""
    trials = wording.counted(int(same.k.iloc[0]), "trial")
    kind = str(same.group.iloc[0]).rpartition("comparator: ")[2]
    return f" (our pool: {trials}, {kind})"
