"""What the article says, what sources say, and how the two are linked."""

from __future__ import annotations

import pandas as pd

from ketevidence import wording
from ketevidence.dataset import Evidence
from ketevidence.tables.frame import Wanted, choose, cite, finish, remembered, vocabulary

_RELATIONS = ("supports", "contradicts", "qualifies", "context")


@remembered
def statements(
    evidence: Evidence, *, source: Wanted = None, topic: Wanted = None, condition: Wanted = None
) -> pd.DataFrame:
    """The verdict board: one row a statement of the audited articles.

    Parameters
    ----------
    evidence : Evidence
    source : str or list of str, optional
        Only the statements of these articles.
    topic, condition : str or list of str, optional
        Only the statements with these values.

    Returns
    -------
    pandas.DataFrame
        statement_id, paragraph (Int64, missing for what the article does not say), topic,
        condition, statement, figure (str, as stated), measure, value, low, high, unit, verdict,
        verdict_label (str, the verdict in words), verdict_symbol (str, its sign), verdict_role
        (str, whether it agrees with the statement), certainty, certainty_label (str, the certainty
        in words), certainty_level (int, 1 very low to 4 high), supports, contradicts, qualifies,
        context (int, each the claims linked in that way), rationale, reviewed_on, citation,
        source_id.

    Raises
    ------
    ValueError
        A source has no statements, or a topic or condition is unknown.
    """
    frame = cite(evidence, evidence.statements)
    frame = choose(frame, "source_id", source, sorted(frame.source_id.unique()))
    for column, wanted in [("topic", topic), ("condition", condition)]:
        frame = choose(frame, column, wanted, vocabulary(evidence, "statements", column).values)
    frame["figure"] = [wording.figure(row) for row in frame.to_dict("records")]
    verdicts, certainties = (vocabulary(evidence, "statements", name) for name in ("verdict", "certainty"))
    frame["verdict_label"] = frame.verdict.astype("string").map(verdicts.label)
    frame["verdict_symbol"] = frame.verdict.astype("string").map({c.value: c.symbol for c in verdicts.categories})
    frame["verdict_role"] = frame.verdict.astype("string").map({c.value: c.role for c in verdicts.categories})
    frame["certainty_label"] = frame.certainty.astype("string").map(certainties.label)
    frame["certainty_level"] = len(certainties.values) - frame.certainty.cat.codes.astype("int64")
    counts = evidence.links.groupby(["statement_id", "relation"], observed=False).size().unstack()
    for relation in _RELATIONS:
        linked = frame.statement_id.map(counts[relation])
        frame[relation] = linked.fillna(0).astype("int64")
    return finish(
        evidence, frame, "statement_id",
        ["statement_id", "paragraph", "topic", "condition", "statement", "figure", "measure",
         "value", "low", "high", "unit", "verdict", "verdict_label", "verdict_symbol",
         "verdict_role", "certainty", "certainty_label", "certainty_level", *_RELATIONS, "rationale",
         "reviewed_on", "citation", "source_id"],
    )  # fmt: skip


@remembered
def claims(
    evidence: Evidence,
    *,
    topic: Wanted = None,
    condition: Wanted = None,
    source: Wanted = None,
    basis: Wanted = None,
    checked: Wanted = None,
) -> pd.DataFrame:
    """What sources say: one row a claim, filtered by any of its columns.

    Parameters
    ----------
    evidence : Evidence
    topic, condition, source, basis, checked : str or list of str, optional
        Only the claims with one of these values.

    Returns
    -------
    pandas.DataFrame
        claim_id, topic, condition, kind, statement, figure (str, the figure in words),
        intervention, comparator, definition, population, measure, value, low, high, interval, unit,
        events, n, censored, citation, source_design, source_status, locator, basis, checked, solid
        (bool), notes, source_id.

    Raises
    ------
    ValueError
        An unknown value; the message names the nearest known one.

    Examples
    --------
    >>> from ketevidence import load
    >>> claims(load(), topic="onset", condition="SAD").citation.nunique()
    5
    """
    frame = cite(evidence, evidence.claims)
    for column, wanted in [
        ("topic", topic),
        ("condition", condition),
        ("basis", basis),
        ("checked", checked),
    ]:
        frame = choose(frame, column, wanted, vocabulary(evidence, "claims", column).values)
    frame = choose(frame, "source_id", source, evidence.sources.source_id)
    frame["figure"] = [wording.figure(row) for row in frame.to_dict("records")]
    return finish(
        evidence, frame, "claim_id",
        ["claim_id", "topic", "condition", "kind", "statement", "figure", "intervention",
         "comparator", "definition", "population", "measure", "value", "low", "high", "interval",
         "unit", "events", "n", "censored", "citation", "source_design", "source_status",
         "locator", "basis", "checked", "solid", "notes", "source_id"],
    )  # fmt: skip


@remembered
def evidence_for(evidence: Evidence, statement: str) -> pd.DataFrame:
    """The claims linked to one statement, for it first, then against it.

    Parameters
    ----------
    evidence : Evidence
    statement : str
        Key of the statement, such as 'S14'.

    Returns
    -------
    pandas.DataFrame
        statement_id, relation (category, ordered; how the claim bears on the statement), claim_id,
        claim (str, in our words), figure (str, the figure in words), source_design, citation,
        locator, basis, checked, solid, source_status, link_note (str, why it is linked, in a few
        words), definition, notes, source_id.

    Raises
    ------
    ValueError
        No such statement.
    """
    known = evidence.statements.statement_id
    links = choose(evidence.links, "statement_id", statement, known)
    frame = links.merge(claims(evidence), on="claim_id", how="left")
    frame = frame.rename(columns={"statement": "claim", "note": "link_note"})
    designs = vocabulary(evidence, "sources", "design").values
    order = frame.source_design.map({design: place for place, design in enumerate(designs)})
    frame = frame.assign(order=order).sort_values(["relation", "order", "claim_id"])
    return finish(
        evidence, frame, "claim_id",
        ["statement_id", "relation", "claim_id", "claim", "figure", "source_design", "citation",
         "locator", "basis", "checked", "solid", "source_status", "link_note", "definition",
         "notes", "source_id"],
    )  # fmt: skip


@remembered
def published_estimates(evidence: Evidence, *, condition: Wanted = None) -> pd.DataFrame:
    """Pooled effects as reviews report them: read, not recomputed; signs as printed.

    Parameters
    ----------
    evidence : Evidence
    condition : str or list of str, optional
        Only these conditions.

    Returns
    -------
    pandas.DataFrame
        claim_id, condition, intervention, comparator, measure, value, low, high, interval, unit,
        figure (str, the figure in words), k_studies, n, definition, population, citation, locator,
        basis, checked, solid, notes, source_id. The definition and the notes say which sign favours
        the drug.
    """
    kinds = vocabulary(evidence, "claims", "kind").having_role("published-estimate")
    frame = cite(evidence, evidence.claims)
    frame = frame[frame.kind.isin(kinds)]
    frame = choose(frame, "condition", condition, vocabulary(evidence, "claims", "condition").values)
    frame["figure"] = [wording.figure(row) for row in frame.to_dict("records")]
    return finish(
        evidence, frame.sort_values(["condition", "measure", "claim_id"]), "claim_id",
        ["claim_id", "condition", "intervention", "comparator", "measure", "value", "low", "high",
         "interval", "unit", "figure", "k_studies", "n", "definition", "population", "citation",
         "locator", "basis", "checked", "solid", "notes", "source_id"],
    )  # fmt: skip
