"""Lengths of time: how soon an effect is seen, how long it lasts."""

from __future__ import annotations

import pandas as pd

from ketevidence import wording
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, cite, finish, vocabulary
from ketevidence.tables.people import mark_repeats
from ketevidence.tables.rates import short_treatment, split_treatment

_COLUMNS = [
    "claim_id", "kind", "kind_label", "controlled", "condition", "drug_class", "drug", "figure", "hours",
    "low_hours", "high_hours", "censored", "n", "counted", "same_people_as", "shares_people",
    "effect", "statement",
    "definition", "label", "citation", "source_design", "locator", "basis", "checked", "solid",
    "notes", "source_id",
]  # fmt: skip


def onset_times(evidence: Evidence, *, condition: Wanted = None, kind: Wanted = None) -> pd.DataFrame:
    """How soon an effect is seen, one row a claim with a time.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only people with these conditions.
    kind : str or list of str, optional
        Only these kinds of claims. Without it the kinds that are onsets, and those
        that report no early effect; lengths of
        trials, peak concentrations, first ratings, full effects come only when asked
        for.

    Returns
    -------
    pandas.DataFrame
        claim_id, kind, kind_label, controlled (bool: a difference from a control), condition,
        drug_class, drug, figure (str), hours, low_hours, high_hours (Float64, hours after
        the first dose; a month counts 730.5 hours), censored ('none'; 'left': first looked
        for at high_hours; 'right': observation ended at high_hours), n, counted (bool: False
        for people counted in another row of the same kind, and for a retracted source),
        same_people_as, shares_people, effect (bool: False where no early effect was seen;
        hours then is when nothing was seen yet, or missing), statement, definition, label,
        citation, source_design, locator, basis, checked, solid, notes, source_id.

    Raises
    ------
    ValueError
        An unknown condition or kind.
    """
    return _times(evidence, "onset", ("controlled-onset", "onset", "null"), condition, kind)


def effect_durations(evidence: Evidence, *, condition: Wanted = None, kind: Wanted = None) -> pd.DataFrame:
    """How long an effect lasts, one row a claim with a time; columns as `onset_times`.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only people with these conditions.
    kind : str or list of str, optional
        Only these kinds of claims. Without it lengths of effects and times to relapse.

    Returns
    -------
    pandas.DataFrame
        As `onset_times`.

    Raises
    ------
    ValueError
        An unknown condition or kind.
    """
    return _times(evidence, "duration", ("duration",), condition, kind)


def _times(evidence: Evidence, topic: str, roles: tuple[str, ...], condition: Wanted, kind: Wanted) -> pd.DataFrame:
    kinds = vocabulary(evidence, "claims", "kind")
    frame = cite(evidence, evidence.claims)
    null = frame.kind.isin(kinds.having_role("null"))
    frame = frame[(frame.topic == topic) & ((frame.measure == "duration") | null)]
    of_topic = [category.value for category in kinds.categories if topic in category.topics]
    usual = [value for value in kinds.having_role(*roles) if value in of_topic]
    frame = choose(frame, "kind", kind or usual, of_topic)
    frame = choose(frame, "condition", condition, vocabulary(evidence, "claims", "condition").values)
    frame = mark_repeats(evidence, frame)
    frame["kind_label"] = frame.kind.astype("string").map(kinds.label).astype("string")
    frame["drug_class"], frame["drug"] = split_treatment(frame.intervention)
    frame["figure"] = [wording.figure(row) for row in frame.to_dict("records")]
    frame["effect"] = ~frame.kind.isin(kinds.having_role("null"))
    frame["figure"] = [
        figure if effect else f"no effect by {figure}" if measure == "duration" else "no early effect"
        for figure, effect, measure in zip(frame.figure, frame.effect, frame.measure)
    ]
    factor = frame.unit.where(frame.measure == "duration").map(wording.HOURS).astype("Float64")
    for column, name in [("value", "hours"), ("low", "low_hours"), ("high", "high_hours")]:
        frame[name] = frame[column] * factor
    frame["label"] = frame.citation + ", " + frame.drug.map(short_treatment).str.split(", ", n=1).str[0]
    frame["controlled"] = frame.kind.isin(kinds.having_role("controlled-onset"))
    earliest = frame.hours.fillna(frame.high_hours).fillna(frame.low_hours)
    first_of_class = earliest.groupby(frame.drug_class).transform("min")
    frame = frame.assign(earliest=earliest, first_of_class=first_of_class)
    frame = frame.sort_values(["first_of_class", "drug_class", "earliest", "claim_id"])
    return finish(evidence, frame, "claim_id", _COLUMNS)


def stated_times(evidence: Evidence, *, source: Wanted = None) -> pd.DataFrame:
    """The times that the audited articles state, for drawing beside the evidence.

    Returns
    -------
    pandas.DataFrame
        statement_id, statement, figure (str), low_hours, high_hours (Float64; equal for
        a single time), citation, source_id.
    """
    frame = cite(evidence, evidence.statements)
    frame = choose(frame, "source_id", source, sorted(frame.source_id.unique()))
    frame = frame[frame.measure == "duration"].copy()
    factor = frame.unit.map(wording.HOURS).astype("Float64")
    frame["figure"] = [wording.figure(row) for row in frame.to_dict("records")]
    frame["low_hours"] = frame.low.fillna(frame.value) * factor
    frame["high_hours"] = frame.high.fillna(frame.value) * factor
    return finish(
        evidence, frame, "statement_id",
        ["statement_id", "statement", "figure", "low_hours", "high_hours", "citation", "source_id"],
    )  # fmt: skip
