"""Treatment resistance pooled over trials: shares of people not helped, by one definition at a time."""

from __future__ import annotations

import pandas as pd

from ketevidence import effects, wording
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, remembered
from ketevidence.tables.pooling import SHARE, Record, framed, grouped, one_or_differ, refuse_unknown
from ketevidence.tables.rates import resistance_rates, short_treatment

_WITHIN = r"within (\d+) weeks"  # how the statements of these claims say when people were counted


@remembered
def pooled_rates(
    evidence: Evidence,
    *,
    condition: Wanted = None,
    kind: Wanted = None,
    across_definitions: bool = False,
    method: str = "REML",
) -> pd.DataFrame:
    """Shares of people not helped in arms of randomised trials, pooled on the log-odds scale.

    Pooled are trials of one kind of count, one condition, one kind of arm and one
    definition; the words after the comma of a definition name the people analysed and do
    not part trials. Drug arms of one trial are added up, so that a trial is one row; the
    same treatment twice in one source is the same people, of which the larger row counts.
    Of rows that rest on the same people by their notes one counts.

    Parameters
    ----------
    evidence : Evidence
    condition, kind
        As for `resistance_rates`.
    across_definitions : bool
        Pool whatever the definition; the group says so where they differ.
    method : {'REML', 'ML', 'DL', 'EE'}
        Estimator of the between-study variance.

    Returns
    -------
    pandas.DataFrame
        The columns of `pooled`; effects and limits are shares (0 to 1), of a trial with
        its Wilson interval; transformed is the log-odds.

    Raises
    ------
    ValueError
        An unknown condition, kind or method.
    """
    refuse_unknown(method)
    rates = resistance_rates(evidence, condition=condition, kind=kind)
    statements = evidence.claims.set_index("claim_id").statement
    rates["weeks"] = rates.claim_id.map(statements.str.extract(_WITHIN, expand=False)).astype("Int64")
    arms = rates[rates.counted & (rates.design == "trial arm")]
    counted = arms.events.notna() & arms.n.notna()
    records: list[Record] = []
    for name, own in _alike(arms[counted], across_definitions).groupby("group", sort=False):
        found = grouped(str(name), _trials(own), method)
        if found[-1]["row"] == "pooled":
            found[-1]["label"] += _times(own.weeks)
        records += found
    return framed(evidence, [*records, *_uncounted(arms[~counted])], ("", ""))


def _alike(rates: pd.DataFrame, across: bool) -> pd.DataFrame:
    """The rows with their group; a definition that nobody knows is like no other one."""
    definition = rates.definition.fillna("definition not known").str.split(",").str[0]
    unknown = rates.definition.fillna("criterion not").str.contains("criterion not")
    definition = definition.where(~unknown, definition + ", " + rates.citation)
    where = (
        rates.kind_label.astype("string")
        + ", "
        + rates.condition.astype("string").map(wording.spoken)
        + ", "
        + rates.arm.replace("drug", "usual drugs")
    )
    if across:
        definition = one_or_differ(definition, where, "definitions differ")
    return rates.assign(group=where + ": " + definition).sort_values(["kind", "condition", "arm", "group", "citation"])


def _uncounted(arms: pd.DataFrame) -> list[Record]:
    """Arms of which only the share is known; without counts they have no variance."""
    return [
        {
            "row_id": row["claim_id"], "row": "listed", "group": "", "condition": row["condition"],
            "label": f"{row['label']} ({row['kind_label']}, {wording.spoken(row['condition'])})", "solid": row["solid"],
            "citation": row["citation"], "source_id": row["source_id"], "n": row["n"],
            "reason": f"no counts where it was read: {wording.percent(row['proportion'])}",
        }
        for row in arms.to_dict("records")
    ]  # fmt: skip


def _times(weeks: pd.Series) -> str:
    """When people were counted, for a label; empty where a statement does not say so."""
    return "" if weeks.isna().any() else f", {wording.duration_span(weeks.min(), weeks.max(), 'weeks')}"


def _trials(own: pd.DataFrame) -> pd.DataFrame:
    """One row a trial: its arms of this kind added up."""
    rows = []
    for _, found in own.groupby("source_id", sort=False):
        arms = found.sort_values("n", ascending=False, kind="stable").drop_duplicates("drug").sort_index()
        first = arms.iloc[0]
        rows.append({
            "row_id": "; ".join(arms.claim_id), "condition": first.condition, "citation": first.citation,
            "label": f"{first.citation}, {wording.listed(short_treatment(str(drug)) for drug in arms.drug)}"
            + _times(arms.weeks),
            "source_id": first.source_id, "n": int(arms.n.sum()), "events": int(arms.events.sum()),
            "solid": bool(arms.solid.all()), "scale": "identity", "measure": SHARE,
        })  # fmt: skip
    frame = pd.DataFrame(rows)
    odds = effects.log_odds(frame.events, frame.n, labels=frame.label.tolist())
    frame["low"], frame["high"] = effects.wilson(frame.events, frame.n)
    figures = [f"{wording.number(events)}/{wording.number(n)}" for events, n in zip(frame.events, frame.n)]
    return frame.assign(
        effect=frame.events / frame.n, transformed=odds.effect, variance=odds.variance, detail=list(odds.note),
        drug_figures=figures,
    )  # fmt: skip
