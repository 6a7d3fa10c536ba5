"""Judgements of the risk of bias, as assessors made them."""

from __future__ import annotations

import pandas as pd

from ketevidence import references
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, cite, finish, remembered, vocabulary


@remembered
def risk_of_bias(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """Judgements of RoB 2 and ROBINS-I, one row a study and domain; none are computed.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only studies of these conditions.

    Returns
    -------
    pandas.DataFrame
        row_id (key of the judgement: study, tool, domain), study_id, citation (of the study),
        condition, tool, domain, judgement, sign ('+' low, '-' some concerns or moderate, 'x' high
        or serious, '!' critical, '?' no information), support, judged_in (citation of what was read
        for it), locator, basis, checked, solid, source_id.

    Raises
    ------
    ValueError
        An unknown condition.
    """
    frame = cite(evidence, evidence.risk_of_bias).rename(columns={"risk_of_bias_id": "row_id", "citation": "judged_in"})
    studies = evidence.studies.set_index("study_id")
    frame["citation"] = frame.study_id.map(studies.source_id.map(references.labels(evidence.sources))).astype("string")
    frame["condition"] = frame.study_id.map(studies.condition.astype("string")).astype("string")
    frame = choose(frame, "condition", condition, vocabulary(evidence, "studies", "condition").values)
    frame = frame.sort_values(["tool", "condition", "citation", "study_id", "domain"])
    words = {name: vocabulary(evidence, "risk_of_bias", name) for name in ("tool", "domain", "judgement")}
    symbols = {category.value: category.symbol for category in words["judgement"].categories}
    frame["sign"] = frame.judgement.astype("string").map(symbols).astype("string")
    for name, column in words.items():
        frame[name] = frame[name].astype("string").map(column.label).astype("string")
    return finish(
        evidence, frame, "row_id",
        ["row_id", "study_id", "citation", "condition", "tool", "domain", "judgement", "sign", "support",
         "judged_in", "locator", "basis", "checked", "solid", "source_id"],
    )  # fmt: skip
