"""Shares of people: not helped by usual treatment, harmed by ketamine."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from ketevidence import effects, wording
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, cite, finish, remembered, vocabulary
from ketevidence.tables.people import mark_repeats
from ketevidence.tables.trials import direct_conditions

_DOSE = re.compile(r",? (?:up to )?\d[\d.,-]*(?: or \d[\d.,-]*)* ?(?:mg|micrograms).*$")
_BESIDE = re.compile(
    r" (?:\d[\d.]*(?:(?:, | to | or | and |-)\d[\d.]*)* (?:mg|micrograms)(?:/kg)?|at any dose)\b| with .*$"
)
_ARM = {
    "intervention": "", "proportion": "_rate", "events": "_events", "n": "_n", "low": "_low", "high": "_high",
    "interval": "_interval", "solid": "_solid",
}  # fmt: skip
_ARMS = ["drug and control", "drug only", "words only"]
_EFFECT = re.compile(r"(?:had|reported) (?!to )(.+?)(?: as an adverse event| that were|[;.,]|$)")


@remembered
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
        claim_id, kind, kind_label (the kind in words), condition, arm ('drug', 'placebo',
        'psychotherapy', 'any treatment'), drug_class (class of the treatment), drug (the
        treatment), design ('trial arm', 'pooled', 'no control', 'statement'), proportion (0 to 1;
        computed from events where none is printed), events, events_basis (derived: rebuilt from a
        printed rate), n (Int64), low, high (each a limit of the interval, 0 to 1), interval
        ('Wilson 95%' computed from events and n, 'printed', 'range', or missing), counted (bool:
        False for people counted in another row of the same kind, and for a retracted source),
        same_people_as, shares_people, definition, label (citation and treatment), citation,
        locator, basis, checked, solid, notes, source_id.

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


@remembered
def safety_rates(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """How many people had an adverse event: the drug arm beside its control arm.

    Sources that give no rate stand in rows of words, so that a filter does not hide them.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only people with these conditions.

    Returns
    -------
    pandas.DataFrame
        claim_id (of the drug arm), claim_ids (of both arms, '; ' between), arms ('drug and
        control', 'drug only', 'words only'), effect (str, the adverse event, in some rows a
        sentence), label (effect and citation), condition, direct (bool: one of the conditions
        that the evidence is about), drug_short (what the drug arm had, without dose and without
        what both arms had), drug (what the drug arm had), drug_rate (share with the event, 0 to
        1; missing where the source gives none), drug_events (people with the event), drug_n
        (Int64, people in the arm), drug_low, drug_high (each a limit of the interval, 0 to 1),
        drug_interval ('Wilson 95%' computed where events and people are given, 'printed',
        'range'), drug_solid (bool: False where no second reader saw the figure, or it is known
        at second hand only), control (what the control arm had; missing, as all of it, where
        none is given), control_rate (share with the event, 0 to 1), control_events (people
        with the event), control_n (Int64, people in the arm), control_low, control_high (each a
        limit of the interval, 0 to 1), control_interval (as for the drug), control_solid (as
        for the drug), control_claim_id (of the control arm), share_of (what the rates count,
        'people' in most rows), figure (str, a figure that is no rate, such as an odds ratio),
        counted (bool: False for a retracted source), statement, definition, population,
        citation, locator, basis, checked, solid (bool: False where a
        figure of either arm was seen by no second reader, or is known at second hand only), notes, source_id. The
        effects that are commonest on the drug stand first.

    Raises
    ------
    ValueError
        An unknown condition.
    """
    kinds = vocabulary(evidence, "claims", "kind").having_role("harm-rate")
    frame = cite(evidence, evidence.claims)
    frame = frame[frame.kind.isin(kinds)]
    frame = choose(frame, "condition", condition, vocabulary(evidence, "claims", "condition").values)
    measures = vocabulary(evidence, "claims", "measure")
    share = frame.measure == "proportion"
    figures = [
        _other_figure(row, measures.label(row["measure"])) if row["measure"] != "proportion" else None
        for row in frame.to_dict("records")
    ]
    frame["figure"] = pd.array(figures, dtype="string")
    frame["share_of"] = frame.unit.str.extract(r"^proportion of (.+)$", expand=False).fillna("people").where(share)
    for column in ("value", "events", "low", "high", "interval"):
        frame[column] = frame[column].where(share)
    paired = _paired(_with_interval(frame))
    paired["direct"] = paired.condition.isin(direct_conditions(evidence)).astype(bool)
    paired["counted"] = (paired.source_status != "retracted").astype(bool)
    paired["drug_short"] = paired.drug.str.replace(_BESIDE, "", regex=True)
    return finish(
        evidence, _commonest_first(paired), "claim_id",
        ["claim_id", "claim_ids", "arms", "effect", "label", "condition", "direct", "drug_short",
         *(f"drug{end}" for end in _ARM.values()), *(f"control{end}" for end in _ARM.values()),
         "control_claim_id", "share_of", "figure", "counted", "statement", "definition", "population", "citation",
         "locator", "basis", "checked", "solid", "notes", "source_id"],
    )  # fmt: skip


def _other_figure(row: dict[str, Any], measure: str) -> str | None:
    """A figure that is no rate, a ratio with its name."""
    unit = "" if wording.missing(row["unit"]) else str(row["unit"])
    if not unit.endswith("ratio"):
        return wording.figure(row) or None
    return f"{measure if unit == 'ratio' else unit} {wording.figure(row | {'unit': None})}"


def _paired(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a drug arm, with its control arm where there is one."""
    stems = frame.assign(stem=frame.claim_id.str.replace(r"-(?:drug|control)$", "", regex=True))
    control = stems.claim_id.str.endswith("-control")
    drugs = stems[~control].rename(columns={name: f"drug{end}" for name, end in _ARM.items()})
    controls = stems.loc[control, ["stem", "claim_id", *_ARM]].rename(
        columns={"claim_id": "control_claim_id"} | {name: f"control{end}" for name, end in _ARM.items()}
    )
    paired = drugs.merge(controls, on="stem", how="left")
    alone = paired.control_claim_id.isna()
    rated = paired[["drug_rate", "drug_low", "drug_high"]].notna().any(axis=1)
    arms = pd.Series(_ARMS[1], index=paired.index).where(alone, _ARMS[0]).where(~alone | rated, _ARMS[2])
    paired["arms"] = pd.Categorical(arms, _ARMS, ordered=True)
    paired["claim_ids"] = paired.claim_id + ("; " + paired.control_claim_id).fillna("")
    paired["control_solid"] = paired.control_solid.astype("boolean")
    paired["solid"] = paired.drug_solid & paired.control_solid.fillna(True).astype(bool)
    found = paired.statement.str.extract(_EFFECT, expand=False)
    paired["effect"] = found.where(rated).fillna(paired.statement)
    paired["label"] = (paired.effect.str.removesuffix(".") + ", " + paired.citation).where(rated, paired.citation)
    return paired


def _commonest_first(paired: pd.DataFrame) -> pd.DataFrame:
    """Rows by arms and drug (rows of words by condition), the effects that are commonest on the drug first."""
    group = paired.drug_short.where(paired.arms != _ARMS[2], paired.condition.astype("string"))
    grouped = paired.assign(group=group)
    groups = ["arms", "direct", "group"]
    firsts = {
        name: -grouped.groupby(by, observed=True).drug_rate.transform("max").fillna(0.0)
        for name, by in [("group_first", groups), ("effect_first", [*groups, "effect"])]
    }
    by = ["arms", "direct", "group_first", "group", "effect_first", "effect", "citation", "claim_id"]
    return grouped.assign(**firsts).sort_values(by, ascending=[name != "direct" for name in by])
