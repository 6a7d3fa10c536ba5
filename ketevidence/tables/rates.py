"""Shares of people: not helped by usual treatment, harmed by ketamine."""

from __future__ import annotations

import re

import pandas as pd

from ketevidence import effects
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, cite, finish, vocabulary
from ketevidence.tables.people import mark_repeats

_DOSE = re.compile(r",? (?:up to )?\d[\d.,-]*(?: or \d[\d.,-]*)* ?(?:mg|micrograms).*$")
_EFFECT = re.compile(r"(?:had|reported) (?!to )(.+?)(?: as an adverse event| that were|[;.,]|$)")


def resistance_rates(evidence: Evidence, *, condition: Wanted = None, kind: Wanted = None) -> pd.DataFrame:
    """How many people a treatment did not help, by what was counted.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only these conditions.
    kind : str or list of str, optional
        Only these kinds of claims. Without it the kinds that are shares of all people
        treated; people chosen for an earlier failure (second_step) and those who left
        for lack of effect (lack_of_efficacy_dropout) come only when asked for.

    Returns
    -------
    pandas.DataFrame
        claim_id, kind, kind_label, condition, arm ('drug', 'placebo', 'psychotherapy',
        'any treatment'), drug_class, drug, design ('trial arm', 'pooled', 'no control',
        'statement'), proportion (0 to 1; computed from events where none is printed),
        events, events_basis (derived: rebuilt from a printed rate), n (Int64), low, high
        (0 to 1), interval ('Wilson 95%' computed from events and n, 'printed', 'range', or
        missing), counted (bool: False for people counted in another row of the same kind,
        and for a retracted source), same_people_as, shares_people, definition, label,
        citation, locator, basis, checked, solid, notes, source_id.

    Raises
    ------
    ValueError
        An unknown condition or kind.
    """
    kinds = vocabulary(evidence, "claims", "kind")
    shares = kinds.having_role("failing-share", "lower-bound", "selected-group")
    frame = cite(evidence, evidence.claims)
    frame = frame[(frame.measure == "proportion") & frame.kind.isin(shares)]
    frame = choose(frame, "kind", kind or kinds.having_role("failing-share"), shares)
    frame = choose(frame, "condition", condition, vocabulary(evidence, "claims", "condition").values)
    frame = mark_repeats(evidence, frame)
    frame["kind_label"] = frame.kind.astype("string").map(kinds.label).astype("string")
    frame["drug_class"], frame["drug"] = split_treatment(frame.intervention)
    frame["arm"] = frame.drug_class.map(_arm).astype("string")
    frame["design"] = _designs(evidence, frame)
    frame["label"] = _labels(frame)
    frame = _with_interval(frame)
    frame = frame.sort_values(["kind", "design", "condition", "citation", "proportion", "claim_id"])
    return finish(
        evidence, frame, "claim_id",
        ["claim_id", "kind", "kind_label", "condition", "arm", "drug_class", "drug", "design",
         "proportion", "events", "events_basis", "n", "low", "high", "interval", "counted",
         "same_people_as", "shares_people", "definition", "label", "citation", "locator", "basis",
         "checked", "solid", "notes", "source_id"],
    )  # fmt: skip


def _labels(frame: pd.DataFrame) -> pd.Series:
    short = frame.citation + ", " + frame.drug.map(short_treatment)
    ambiguous = pd.DataFrame({"kind": frame.kind, "short": short}).duplicated(keep=False)
    return short.where(~ambiguous, frame.citation + ", " + frame.drug)


def short_treatment(drug: str) -> str:
    """A treatment without its dose; a dose alone stays.

    Examples
    --------
    >>> short_treatment("sertraline 50-200 mg/day"), short_treatment("0.2 or 0.5 mg/kg IV")
    ('sertraline', '0.2 or 0.5 mg/kg IV')
    """
    return drug if drug[:1].isdigit() else _DOSE.sub("", drug)


def split_treatment(intervention: pd.Series) -> tuple[pd.Series, pd.Series]:
    """'drug class: drug' as two columns; the class is the drug where there is no colon."""
    parts = intervention.str.extract(r"^(?P<first>.*?)(?:: (?P<rest>.+))?$")
    return parts["first"], parts["rest"].fillna(parts["first"])


def _arm(drug_class: str) -> str:
    if drug_class == "placebo":
        return "placebo"
    if drug_class == "any":
        return "any treatment"
    if " + " in drug_class:
        return "combination"
    return "psychotherapy" if "psychotherapy" in drug_class else "drug"


def _designs(evidence: Evidence, frame: pd.DataFrame) -> pd.Categorical:
    roles = vocabulary(evidence, "sources", "design")
    pooled = (frame.k_studies > 1).fillna(False) | (
        frame.source_design.isin(roles.having_role("review", "guidance")) & frame.value.notna()
    )
    randomised = frame.source_design.isin(roles.having_role("randomised"))
    arm = randomised | (frame.source_design.isin(roles.having_role("registry")) & frame.events_basis.notna())
    words = pd.Series("no control", index=frame.index)
    words[arm] = "trial arm"
    words[pooled.astype(bool)] = "pooled"
    words[frame.intervention.str.contains("open label", regex=False)] = "no control"
    words[frame.value.isna() & frame.events.isna() & frame.n.isna()] = "statement"
    return pd.Categorical(words, ["trial arm", "pooled", "no control", "statement"], ordered=True)


def _with_interval(frame: pd.DataFrame) -> pd.DataFrame:
    filled = frame.copy()
    filled["proportion"] = frame.value.fillna((frame.events / frame.n).astype("Float64"))
    counts = frame.events.notna() & frame.n.notna() & (frame.unit == "proportion")
    low, high = effects.wilson(frame.events[counts].to_numpy("float64"), frame.n[counts].to_numpy("float64"))
    filled.loc[counts, "low"], filled.loc[counts, "high"] = low, high
    words = pd.Series(pd.NA, index=frame.index, dtype="string")
    words[frame.interval == "range"] = "range"
    words[frame.interval == "ci95"] = "printed"
    words[counts] = "Wilson 95%"
    filled["interval"] = words
    return filled


def safety_rates(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """How many people had an adverse event: the drug arm beside its control arm.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only people with these conditions.

    Returns
    -------
    pandas.DataFrame
        claim_id (of the drug arm), effect (str, in a few rows a sentence), condition, drug,
        drug_rate (0 to 1), drug_events, drug_n (Int64), drug_low, drug_high, drug_interval
        ('Wilson 95%' computed where events and people are given, 'printed', 'range'),
        control, control_rate, control_events, control_n, control_low, control_high,
        control_interval (missing where no control arm is given),
        control_claim_id, population, citation, locator, basis, checked,
        solid, notes, source_id.
    """
    kinds = vocabulary(evidence, "claims", "kind").having_role("harm-rate")
    frame = cite(evidence, evidence.claims)
    frame = frame[frame.kind.isin(kinds) & (frame.measure == "proportion")]
    frame = choose(frame, "condition", condition, vocabulary(evidence, "claims", "condition").values)
    frame = _with_interval(frame)
    frame["stem"] = frame.claim_id.str.replace(r"-(?:drug|control)$", "", regex=True)
    control = frame.claim_id.str.endswith("-control")
    arm = {
        "intervention": "",
        "proportion": "_rate",
        "events": "_events",
        "n": "_n",
        "low": "_low",
        "high": "_high",
        "interval": "_interval",
    }
    drugs = frame[~control].rename(columns={name: f"drug{end}" for name, end in arm.items()})
    controls = frame.loc[control, ["stem", "claim_id", *arm]].rename(
        columns={"claim_id": "control_claim_id"} | {name: f"control{end}" for name, end in arm.items()}
    )
    paired = drugs.merge(controls, on="stem", how="left")
    found = paired.statement.str.extract(_EFFECT, expand=False)
    paired["effect"] = found.fillna(paired.statement)
    paired["alone"] = paired.control_claim_id.isna()
    return finish(
        evidence, paired.sort_values(["alone", "effect", "citation"]), "claim_id",
        ["claim_id", "effect", "condition",
         *(f"drug{end}" for end in arm.values()), *(f"control{end}" for end in arm.values()),
         "control_claim_id", "population", "citation", "locator", "basis", "checked", "solid",
         "notes", "source_id"],
    )  # fmt: skip
