"""How certain it is: the curators' GRADE judgement, and beside it what can be computed."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from ketevidence import wording
from ketevidence.dataset import Evidence
from ketevidence.tables.comparisons import compared
from ketevidence.tables.facts import randomised_trials
from ketevidence.tables.frame import Wanted, choose, finish, remembered, vocabulary
from ketevidence.tables.people import independent, people, together
from ketevidence.tables.pooling import pooled
from ketevidence.tables.trials import RESULTS

DOMAINS = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
_STEPS = ("none", "serious", "very-serious")
_ENOUGH_PEOPLE = 400
_FEW_PEOPLE = 100
_HIGH_I2, _VERY_HIGH_I2 = 0.5, 0.75
_MOST = 0.5  # of the people
_CHILDREN = re.compile(r"\b(?:child|children|adolescents?|youths?)\b", re.IGNORECASE)
_COLUMNS = [
    "row_id", "condition", "label", "comparison", "outcome", "trials", "people", "effect", "certainty",
    "certainty_level", "suggestion", "suggestion_level", "agree", "reasons", "suggestion_reasons", "differs",
    "rationale", "status", "citation", "source_id", "solid",
]  # fmt: skip


class Step(NamedTuple):
    """How many levels a domain takes off (0 to 2), and why."""

    levels: int
    why: str


@remembered
def certainty(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """The curators' certainty of each comparison, and beside it a suggestion computed from the tables.

    The suggestion starts at high and takes off levels by fixed rules. Risk of bias: more
    than half of the people in trials with an inactive control or none, or not known to be
    masked, one; in trials without masking, two. Inconsistency: I² above 50%, a
    prediction interval that reaches both sides where the interval does not and I² is above
    0 (else it is wide because trials are few), or primary results that point different
    ways, one; I² above 75%, two. Indirectness: only trials of a wider group of conditions,
    or most people children, one. Imprecision: fewer than 400 people in the largest pool or
    an interval that includes no effect, one; fewer than 100 people in it, or no pooled
    interval at all, two. Publication bias: nothing is taken off, because the tables do
    not say which registered trials have ended; their number is said. The thresholds are
    ours, the domains are those of GRADE; no rule sees how a trial was run. It overwrites
    nothing.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only these conditions.

    Returns
    -------
    pandas.DataFrame
        row_id (condition and comparison), condition, label (the condition in words), comparison,
        outcome, trials (Int64, randomised trials with a result, as the curators counted), people
        (Int64, people in them), effect (str, our pools of symptoms), certainty (str, the curators'
        judgement), certainty_level (Int64, 1 very low to 4 high; missing where there is no rating),
        suggestion (str, the certainty computed by fixed rules), suggestion_level (Int64, as
        certainty_level), agree (boolean, whether both end at the same level; missing where the
        curators have not rated what can be rated), reasons (str, why the curators took off levels,
        by domain), suggestion_reasons (str, why the rules did), differs (str, domains on which the
        two differ), rationale, status, citation (of the trials), source_id, solid (bool: False
        where the curators' rating is provisional).

    Raises
    ------
    ValueError
        An unknown condition.

    References
    ----------
    Guyatt GH and others (2011), GRADE guidelines 5. Rating the quality of evidence:
    publication bias. Journal of Clinical Epidemiology 64:1277-1282.
    doi:10.1016/j.jclinepi.2011.01.011

    Guyatt GH and others (2011), GRADE guidelines 6. Rating the quality of evidence:
    imprecision. Journal of Clinical Epidemiology 64:1283-1293.
    doi:10.1016/j.jclinepi.2011.01.012

    Guyatt GH and others (2011), GRADE guidelines 7. Rating the quality of evidence:
    inconsistency. Journal of Clinical Epidemiology 64:1294-1302.
    doi:10.1016/j.jclinepi.2011.03.017
    """
    rated = evidence.certainty.rename(columns={"condition_id": "condition"})
    rated["condition"] = rated.condition.astype("string")
    rated = choose(rated, "condition", condition, vocabulary(evidence, "studies", "condition").values)
    trials, forest, refused = randomised_trials(evidence), pooled(evidence), compared(evidence)[1]
    rows = [_row(evidence, row, trials, forest, refused) for row in rated.to_dict("records")]
    counts = dict.fromkeys(["trials", "people", "certainty_level", "suggestion_level"], "Int64")
    frame = pd.DataFrame(rows, columns=_COLUMNS).astype(counts | {"agree": "boolean"})
    return finish(evidence, frame, "row_id", _COLUMNS)


def _row(
    evidence: Evidence, row: dict[str, object], every: pd.DataFrame, forest: pd.DataFrame, refused: pd.DataFrame
) -> dict[str, object]:
    condition = str(row["condition"])
    trials, own = trials_about(evidence, every, condition)
    about = set(trials.condition.astype(str))
    shown, silent = forest[forest.condition.isin(about)], refused[refused.condition.isin(about)]
    steps = _steps(evidence, trials, shown, silent, own) if len(trials) else {}
    scale = vocabulary(evidence, "certainty", "certainty")
    judged = None if wording.missing(row["certainty"]) else 4 - scale.values.index(str(row["certainty"]))
    computed = max(4 - sum(step.levels for step in steps.values()), 1) if steps else None

    def said(level: int | None, trials: object) -> str:
        if level is None:
            return "not rated" if trials else "cannot be rated: no trial"
        return scale.label(scale.values[4 - level])

    return {
        "row_id": f"{condition}: {row['comparison']}", "condition": condition,
        "label": vocabulary(evidence, "studies", "condition").label(condition),
        "comparison": row["comparison"], "outcome": row["outcome"],
        "trials": row["k_rcts"], "people": row["n_participants"], "effect": _effect(shown),
        "certainty": said(judged, row["k_rcts"]), "certainty_level": judged,
        "suggestion": said(computed, len(trials)), "suggestion_level": computed,
        "agree": pd.NA if judged is None and computed is not None else judged == computed,
        "reasons": _judged(evidence, row, rated=judged is not None),
        "suggestion_reasons": _computed(steps), "differs": _differs(row, steps),
        "rationale": row["rationale"], "status": row["status"],
        "citation": "; ".join(trials.citation), "source_id": "; ".join(trials.source_id),
        "solid": row["status"] == "agreed",
    }  # fmt: skip


def trials_about(evidence: Evidence, every: pd.DataFrame, condition: str) -> tuple[pd.DataFrame, bool]:
    """Trials of the condition that share no people, and whether they are its own or those of a wider group."""
    trials = every[every.condition == condition]
    if len(trials):
        return independent(evidence, trials), True
    groups = [c.value for c in vocabulary(evidence, "studies", "condition").categories if condition in c.members]
    wider = every[every.condition.isin(groups)]
    words = wider.population.fillna("") + " " + wider.notes.fillna("")
    return independent(evidence, wider[words.str.contains(rf"\b{condition}\b")]), False


def _steps(
    evidence: Evidence, trials: pd.DataFrame, forest: pd.DataFrame, refused: pd.DataFrame, own: bool
) -> dict[str, Step]:
    pools = forest[forest.row == "pooled"]
    return {
        "risk_of_bias": _bias(evidence, trials),
        "inconsistency": _inconsistency(trials, pools),
        "indirectness": _indirectness(trials, own),
        "imprecision": _imprecision(people(together(randomised_trials(evidence), trials)), pools),
        "publication_bias": _missing(len(trials), refused),
    }


def _indirectness(trials: pd.DataFrame, own: bool) -> Step:
    if not own:
        return Step(1, "only trials of people with several conditions")
    n = trials.n.fillna(0).astype("int64")
    if n[trials.population.fillna("").str.contains(_CHILDREN)].sum() > _MOST * n.sum():
        return Step(1, "trials of the condition itself, most people are children")
    return Step(0, "trials of the condition itself")


def _missing(with_result: int, refused: pd.DataFrame) -> Step:
    """Registered trials of these conditions whose people are in no trial with a result."""
    told = set(refused[refused.published | refused.other_rows].people)
    silent = refused[~refused.published & ~refused.people.isin(told)].people.nunique()
    said = f"{wording.counted(silent, 'registered trial')} without a result for {with_result} with one"
    return Step(0, f"{said}, whether they ended is not in the tables, no test under ten trials")


def _bias(evidence: Evidence, trials: pd.DataFrame) -> Step:
    known = trials.n.fillna(0).astype("int64")
    n, who = (known, "people in") if known.any() else (known + 1, "")
    masking = vocabulary(evidence, "studies", "masking")
    felt = vocabulary(evidence, "studies", "comparator_type").having_role("felt")
    open_label = trials.masking.isin(masking.having_role("not-masked"))
    guessed = ~trials.masking.isin(masking.having_role("masked", "partly-masked")) | ~trials.comparator_type.isin(felt)
    unmasked, unblinded = (float(n[which].sum() / n.sum()) for which in (open_label, guessed))
    share, where = wording.percent(unblinded), f"of the {who} trials".replace("  ", " ")
    if unmasked > _MOST:
        return Step(2, f"{wording.percent(unmasked)} {where} without masking")
    if unblinded > _MOST:
        return Step(1, f"{share} {where} with an inactive control or none, or not known to be masked")
    share = wording.percent(1 - unblinded)
    return Step(0, f"{share} {where} masked, with a control that may be felt too (guessing is not excluded)")


def _inconsistency(trials: pd.DataFrame, pools: pd.DataFrame) -> Step:
    results = trials.primary_result.astype("string").value_counts()
    pointing = "primary results " + wording.listed(f"{results[name]} {name}" for name in RESULTS if name in results)
    spread = float(pools.i2.max()) if len(pools) else 0.0
    why = (f"I² {wording.percent(spread)}, " if len(pools) else "") + pointing
    if spread > _VERY_HIGH_I2:
        return Step(2, why)
    wide = (pools.prediction_low < 0) & (pools.prediction_high > 0) & ((pools.low > 0) | (pools.high < 0))
    wide &= pools.i2 > 0
    if wide.any():
        why += ", the next trial may find the opposite"
    against = results.get("positive", 0) > 0 and results.get("null", 0) + results.get("negative", 0) > 0
    if spread > _HIGH_I2 or bool(wide.any()) or against:
        return Step(1, why)
    return Step(0, "one trial" if len(trials) == 1 else why)


def _imprecision(everybody: int, pools: pd.DataFrame) -> Step:
    if pools.empty:
        return Step(2, f"no pooled interval, {wording.number(everybody)} people in all trials")
    most = int(pools.n.max())
    counted = f"{wording.number(most)} of {wording.number(everybody)} people pooled"
    crosses = bool(((pools.low <= 0) & (pools.high >= 0)).any())
    counted += ", interval includes no effect" if crosses else ""
    return Step(2 if most < _FEW_PEOPLE else int(most < _ENOUGH_PEOPLE or crosses), counted)


def _effect(forest: pd.DataFrame) -> str:
    """Our pools of symptoms in words, or why there is none."""
    if forest.empty:
        return "no trial"
    pools = forest[forest.row == "pooled"]
    if pools.empty:
        usable = int((forest.row == "study").sum())
        return f"not pooled: {wording.counted(usable, 'trial')} with usable scores"
    return "; ".join(
        f"{row['measure']} {wording.number(row['effect'])} (95% CI {wording.span(row['low'], row['high'])}), "
        f"{wording.counted(row['k'], 'trial')}, {wording.number(row['n'])} people"
        + (", too few to know how much trials differ" if row["k"] == 2 else "")
        + (f", {row['group'].partition(': ')[2]}" if len(pools) > 1 else "")
        for row in pools.to_dict("records")
    )


def _judged(evidence: Evidence, row: dict[str, object], *, rated: bool) -> str:
    said = [
        f"{name.replace('_', ' ')}: {vocabulary(evidence, 'certainty', name).label(str(row[name]))}"
        for name in DOMAINS
        if row[name] != _STEPS[0]
    ]
    return "; ".join(said if rated else ["not rated", *said]) or "no concern"


def _computed(steps: dict[str, Step]) -> str:
    return "; ".join(
        f"{name.replace('_', ' ')} {wording.number(-step.levels)}: {step.why}" for name, step in steps.items()
    )


def _differs(row: dict[str, object], steps: dict[str, Step]) -> str:
    """The domains on which the curators and the suggestion differ."""
    return ", ".join(
        name.replace("_", " ") for name, step in steps.items() if _STEPS.index(str(row[name])) != step.levels
    )
