"""What the evidence still lacks."""

from __future__ import annotations

import pandas as pd

from ketevidence.dataset import Evidence
from ketevidence.tables.frame import finish, remembered, vocabulary


@remembered
def gaps(evidence: Evidence) -> pd.DataFrame:
    """What a curator could mend next: one row a kind of gap.

    Returns
    -------
    pandas.DataFrame
        gap (str, what is missing), rows (int, how many have it), of (int, how many there are), keys
        (str, '; ' between).
    """
    claims, sources = evidence.claims, evidence.sources
    statements, links, outcomes = evidence.statements, evidence.links, evidence.outcomes
    figures = pd.concat([
        claims[["claim_id", "basis", "checked"]].rename(columns={"claim_id": "key"}),
        outcomes[["outcome_id", "basis", "checked"]].rename(columns={"outcome_id": "key"}),
    ])  # fmt: skip
    identifiers = sources[["DOI", "PMID", "PMCID", "registry_id", "URL"]]
    open_verdicts = vocabulary(evidence, "statements", "verdict").having_role("open")
    judged = statements[~statements.verdict.isin(open_verdicts)]
    supported = links[links.relation.isin(["supports", "contradicts"])].statement_id
    unlinked = judged[~judged.statement_id.isin(supported)].statement_id
    found = [
        ("figures that no second reader saw", figures[figures.checked == "no"].key, len(figures)),
        ("figures on which the second reader differs", figures[figures.checked == "differs"].key, len(figures)),
        ("figures known from an abstract only", figures[figures.basis == "abstract"].key, len(figures)),
        ("figures known at second hand", figures[figures.basis == "secondary"].key, len(figures)),
        ("sources without an identifier or address", sources[identifiers.isna().all(axis=1)].source_id, len(sources)),
        ("claims linked to no statement", claims[~claims.claim_id.isin(links.claim_id)].claim_id, len(claims)),
        ("statements with no claim linked for or against", unlinked, len(judged)),
    ]  # fmt: skip
    frame = pd.DataFrame(
        [(gap, len(keys), total, "; ".join(keys)) for gap, keys, total in found],
        columns=["gap", "rows", "of", "keys"],
    )
    return finish(evidence, frame, "gap", list(frame.columns))
