"""The lines of a card that are words: what the article says, how certain it is, what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from ketevidence import references, wording
from ketevidence.dataset import Evidence
from ketevidence.schema import Category
from ketevidence.tables.certainty import DOMAINS
from ketevidence.tables.claims import statements
from ketevidence.tables.frame import vocabulary
from ketevidence.tables.people import UNPUBLISHED, first_hand, independent
from ketevidence.tables.trials import studies

_KEPT = 3  # statements that never give way


@dataclass(frozen=True)
class Line:
    """A line of a card: its key, words and figure, how soon it gives way (1 never), what a title takes from it."""

    key: str
    text: str
    figure: str = ""
    rank: int = 1
    finding: str = ""
    result: str = ""
    n: int | None = None
    solid: bool = True
    statements: Iterable[str] = ()
    claims: Iterable[str] = ()
    outcomes: Iterable[str] = ()
    studies: Iterable[str] = ()
    sources: Iterable[str] = ()


def statements_on(evidence: Evidence, condition: str) -> Iterator[Line]:
    """The statements of the article on the condition, then how many there are on its group."""
    board = statements(evidence)
    articles = board.source_id.unique()
    own = board[board.condition == condition]
    for place, row in enumerate(own.to_dict("records"), 1):
        said = row["statement"] if len(articles) == 1 else f"{row['citation']}: {row['statement']}"
        yield Line(
            f"statement {row['statement_id']}", said, f"{row['verdict_symbol']} {row['verdict_label']}",
            1 if place <= _KEPT else 5, statements=[row["statement_id"]], sources=[row["source_id"]],
        )  # fmt: skip
    names = vocabulary(evidence, "statements", "condition")
    if own.empty:
        yield Line("statement", f"nothing on {names.label(condition)} itself", sources=articles)
    for group in names.categories:
        wider = board[board.condition == group.value]
        if condition in group.members and len(wider):
            verdicts = tallied(wider.verdict_label, wider.sort_values("verdict").verdict_label)
            yield Line(
                f"statements {group.value}",
                f"{wording.counted(len(wider), 'statement')} on {group.label}: {verdicts}",
                rank=2 if own.empty else 6, statements=wider.statement_id, sources=wider.source_id,
            )  # fmt: skip


def tallied(values: pd.Series, names: Iterable[str]) -> str:
    """How often each value occurs: '3 positive and 1 null'."""
    counts = values.value_counts()
    return wording.listed(f"{counts[name]} {name}" for name in dict.fromkeys(names) if name in counts)


def certainty_of(evidence: Evidence, condition: str, trials: pd.DataFrame) -> Iterator[Line]:
    """The curators' GRADE judgement of each comparison, its status, why, and in which domains."""
    rated = evidence.certainty
    rated = rated[rated.condition_id == condition]
    scale = vocabulary(evidence, "certainty", "certainty")
    levels = list(dict.fromkeys(scale.label(value) for value in rated.certainty.dropna().astype("string")))
    finding = f"certainty {wording.listed(levels) if levels else 'not rated'}"
    if rated.empty:
        yield Line("certainty", "not rated by the curators", finding=finding)
    for place, row in enumerate(rated.to_dict("records")):
        known = not wording.missing(row["certainty"])
        level = len(scale.values) - scale.values.index(str(row["certainty"])) if known else 0
        said = scale.label(str(row["certainty"])) if known else "not rated"
        signs = wording.certainty(level, len(scale.values))
        counted = wording.counted(int(row["k_rcts"]), "trial")
        if row["k_rcts"] and row["n_participants"]:
            counted += f", {wording.counted(int(row['n_participants']), 'person', 'people')}"
        key, status = f"certainty {row['comparison']}", row["status"]
        shared = {"solid": status == "agreed", "studies": trials.study_id, "sources": trials.source_id}
        yield Line(
            key, f"{row['outcome']}; comparison: {row['comparison']} (rated on {counted})",
            f"{signs} {said}, {status}", finding="" if place else finding, **shared,
        )  # fmt: skip
        if not wording.missing(row["rationale"]):
            yield Line(f"{key}: why", str(row["rationale"]), rank=2, **shared)
        if known and (concerns := _concerns(evidence, row)):
            yield Line(f"{key}: domains", concerns, rank=5, **shared)


def _concerns(evidence: Evidence, row: dict[str, object]) -> str:
    """The domains with a concern, by how serious it is: 'serious concern: risk of bias and imprecision'."""
    by: dict[str, list[str]] = {}
    for name in DOMAINS:
        by.setdefault(str(row[name]), []).append(name.replace("_", " "))
    grades = vocabulary(evidence, "certainty", DOMAINS[0])
    worst = [value for value in grades.values[:0:-1] if value in by]
    return "; ".join(f"{grades.label(value)}: {wording.listed(by[value])}" for value in worst)


def gaps_of(evidence: Evidence, condition: str, found: pd.DataFrame, trials: pd.DataFrame) -> list[Line]:
    """The gaps of a condition; where there is none a line that says so."""
    return [*_gaps(evidence, condition, found, trials)] or [Line("gaps", "none noted in the tables")]


def _gaps(evidence: Evidence, condition: str, found: pd.DataFrame, trials: pd.DataFrame) -> Iterator[Line]:
    """What is registered without a result, what nobody said, what sources miss, what a wider group holds."""
    silent = independent(evidence, found[found.primary_result == UNPUBLISHED])
    if len(silent):
        counted = wording.counted(len(silent), "registered study", "registered studies")
        yield Line(
            "unpublished", f"{counted} without a result", solid=first_hand(silent),
            studies=silent.study_id, sources=silent.source_id,
        )  # fmt: skip
    names = vocabulary(evidence, "studies", "condition")
    groups = [group for group in names.categories if condition in group.members]
    yield from _unsaid(evidence, condition, groups)
    kinds = vocabulary(evidence, "claims", "kind").having_role("gap")
    claims = _current(evidence)
    told = claims[(claims.condition == condition) & claims.kind.isin(kinds)]
    cited = references.labels(evidence.sources)
    for place, row in enumerate(told.to_dict("records")):
        yield Line(
            f"gap {row['claim_id']}", f"{row['statement'].removesuffix('.')} ({cited[row['source_id']]})",
            rank=4 + place if place else 3, solid=row["checked"] == "yes" and row["basis"] != "secondary",
            claims=[row["claim_id"]], sources=[row["source_id"]],
        )  # fmt: skip
    for group in groups:
        others = studies(evidence, condition=group.value)
        others = others[(others.source_status != "retracted") & ~others.study_id.isin(trials.study_id)]
        if len(others):
            more = "more " if (trials.condition == group.value).any() else ""
            counted = wording.counted(len(others), f"{more}study", f"{more}studies")
            yield Line(
                f"studies {group.value}", f"{counted} of {group.label}, not counted here", rank=4,
                solid=first_hand(others), studies=others.study_id, sources=others.source_id,
            )  # fmt: skip


def _unsaid(evidence: Evidence, condition: str, groups: list[Category]) -> Iterator[Line]:
    """Topics that patients need to know of which no claim on a drug of the studies is about these people."""
    topics, kinds = (vocabulary(evidence, "claims", name) for name in ("topic", "kind"))
    told = {topic for kind in kinds.categories if kind.role == "duration" for topic in kind.topics}
    claims = _current(evidence)
    claims = claims[studied(evidence, claims.intervention)]
    label = vocabulary(evidence, "claims", "condition").label
    for topic in topics.having_role("patients-need-to-know"):
        own = claims[claims.topic == topic]
        if topic in told or (own.condition == condition).any():
            continue
        wider = own[own.condition.isin([group.value for group in groups])]
        where = wording.listed(group.label for group in groups)
        more = f"; {wording.counted(len(wider), 'claim')} on {where}" if len(wider) else ""
        yield Line(
            f"unsaid {topic}", f"no claim on {topics.label(topic)} in {label(condition)}{more}", rank=2,
            claims=wider.claim_id, sources=wider.source_id,
        )  # fmt: skip


def _current(evidence: Evidence) -> pd.DataFrame:
    """The claims of sources that are not retracted."""
    claims, sources = evidence.claims, evidence.sources
    return claims[~claims.source_id.isin(sources.source_id[sources.status == "retracted"])]


def studied(evidence: Evidence, treatments: pd.Series) -> pd.Series:
    """Whether a treatment is a drug of the studies, and not one that they are compared with."""
    drugs = _words(" ".join(evidence.studies.drug))
    return treatments.fillna("").map(lambda name: bool(_words(name.partition(":")[0]) & drugs)).astype(bool)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
