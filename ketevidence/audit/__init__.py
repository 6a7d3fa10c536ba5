"""The mechanical audit: what small rules find in the statements of an article.

The rules (`ketevidence.audit.rules`) never replace the curators' verdict: it stays a
column of its own, and where the two disagree the audit says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.audit.rules import (
    CAUTIONS,
    RULES,
    Case,
    Objection,
    Rule,
    silent_on_what_patients_need,
    words_of,
)
from ketevidence.dataset import Evidence
from ketevidence.schema import Column
from ketevidence.tables import claims, onset_times, stated_times, statements, studies

__all__ = ["RULES", "Case", "Objection", "audit"]

_AT_ONCE = re.compile(r"\b(immediately|instantly|at once)\b", re.I)
_COLUMNS = [
    "statement_id", "statement", "code", "name", "finding", "detail", "against", "claims",
    "claim_ids", "verdict", "citation", "source_id",
]  # fmt: skip


def audit(evidence: Evidence, *, source: str | None = None) -> pd.DataFrame:
    """What the rules find in the statements of one article, or of all.

    Parameters
    ----------
    evidence : Evidence
    source : str, optional
        Only the article with this key.

    Returns
    -------
    pandas.DataFrame
        One row a finding: statement_id (missing where the article as a whole is
        meant), statement, code, name, finding (a sentence), detail, against (bool:
        speaks against the statement), claims (int), claim_ids (str, '; ' between),
        verdict (of the curators), citation, source_id. Code V marks a verdict that the
        rules do not bear out, in either direction.

    Raises
    ------
    ValueError
        No statements of that source; the message names those that have some.
    """
    board = statements(evidence, source=source)
    rows: list[dict[str, Any]] = []
    for case in _cases(evidence, board):
        found = [(code, rule, objection) for code, rule in RULES.items() if (objection := rule(case))]
        rows += [_row(case.statement, code, _sentence(rule), objection, rule) for code, rule, objection in found]
        against = any(code not in CAUTIONS for code, _, _ in found)
        rows += _disagreement(evidence, case, against)
    rows += _silences(evidence, board)
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    frame.attrs = {"evidence": evidence.origin, "key": "statement_id"}
    return frame


def _cases(evidence: Evidence, board: pd.DataFrame) -> Iterable[Case]:
    designs = evidence.schema.table("sources").column("design")
    kinds = evidence.schema.table("claims").column("kind")
    everything, links = claims(evidence), evidence.links
    trials, conditions = studies(evidence), evidence.schema.table("statements").column("condition")
    known_drugs = {word for names in trials.drug for word in names.split("; ")}
    onsets = onset_times(evidence)
    onsets = onsets[onsets.effect]
    hours = dict(zip(onsets.claim_id, onsets.hours.fillna(onsets.high_hours).fillna(onsets.low_hours)))
    times = stated_times(evidence)
    stated = dict(zip(times.statement_id, times.high_hours))
    for statement in board.to_dict("records"):
        own = links[links.statement_id == statement["statement_id"]]
        linked = own.merge(everything.drop(columns="statement"), on="claim_id")
        words = words_of(statement["statement"])
        accepted = _accepted(conditions, statement["condition"])
        at_once = 0.0 if _AT_ONCE.search(statement["statement"]) else None
        yield Case(
            statement=statement,
            linked=linked,
            randomised=designs.having_role("randomised"),
            reviews=designs.having_role("review", "guidance"),
            null_kinds=kinds.having_role("null"),
            conditions=accepted,
            drugs=frozenset(known_drugs & words),
            studies=trials,
            onset_hours=_onset_hours(linked, hours, accepted),
            stated_hours=stated.get(statement["statement_id"], at_once),
        )


def _onset_hours(linked: pd.DataFrame, hours: dict[str, Any], accepted: frozenset[str]) -> dict[str, float]:
    """Hours of the claims that bear on the statement and speak of its condition."""
    bears = linked[linked.relation != "context"]
    if accepted:
        bears = bears[bears.condition.isin(accepted)]
    return {claim: float(hours[claim]) for claim in bears.claim_id if not wording.missing(hours.get(claim))}


def _accepted(conditions: Column, stated: str) -> frozenset[str]:
    """The conditions of claims that speak to a stated one: it, its group, its members, any."""
    if stated in conditions.having_role("unspecific"):
        return frozenset()
    groups = {c.value: set(c.members) for c in conditions.categories}
    above = {group for group, members in groups.items() if stated in members}
    return frozenset({stated, *above, *groups[stated], *conditions.having_role("unspecific")})


def _sentence(rule: Rule) -> str:
    return (rule.__doc__ or "").strip()


def _row(
    statement: dict[str, Any], code: str, sentence: str, objection: Objection, rule: Rule | None = None
) -> dict[str, Any]:
    name = rule.__name__.replace("_", " ") if rule else "verdict and rules disagree"
    return {
        **{key: statement[key] for key in ("statement_id", "statement", "verdict", "citation", "source_id")},
        "code": code,
        "name": name,
        "finding": sentence,
        "detail": objection.detail,
        "against": bool(rule) and code not in CAUTIONS,
        "claims": len(objection.claim_ids),
        "claim_ids": "; ".join(objection.claim_ids),
    }


def _disagreement(evidence: Evidence, case: Case, against: bool) -> list[dict[str, Any]]:
    verdicts = evidence.schema.table("statements").column("verdict")
    verdict = case.statement["verdict"]
    if against and verdict in verdicts.having_role("agrees"):
        sentence = "The rules speak against the statement; the curators call it supported."
    elif not against and verdict in verdicts.having_role("disagrees"):
        sentence = "The rules find nothing against the statement; the curators' verdict rests on more than they see."
    else:
        return []
    return [_row(case.statement, "V", sentence, Objection((), f"verdict: {verdicts.label(verdict)}"))]


def _silences(evidence: Evidence, board: pd.DataFrame) -> list[dict[str, Any]]:
    """A row for each matter patients need to know on which an article has no statement at all."""
    needed = evidence.schema.table("statements").column("topic").having_role("patients-need-to-know")
    rows = []
    for source, own in board.groupby("source_id"):
        for topic in needed:
            if topic not in set(own.topic):
                statement = {"statement_id": pd.NA, "statement": pd.NA, "verdict": pd.NA,
                             "citation": own.citation.iloc[0], "source_id": source}  # fmt: skip
                objection = Objection((), f"topic: {topic}")
                rule = silent_on_what_patients_need
                rows.append(_row(statement, "A10", _sentence(rule), objection, rule))
    return rows
