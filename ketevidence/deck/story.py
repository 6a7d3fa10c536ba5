"""What a deck says in words: its title, the question, the cells of its tables, its limits. Built from the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ketevidence import references, tables, wording
from ketevidence.dataset import Evidence
from ketevidence.deck.texts import Grid, Paragraph

_BULLET = "•"
_MOST_STATEMENTS = 6
_MOST_ARTICLES = 3
_LONG_TITLE = 90  # characters


def statements_on(evidence: Evidence, condition: str | None) -> pd.DataFrame:
    """The statements of the articles; with a condition those on it, or on a group that it belongs to."""
    if condition is None:
        return tables.statements(evidence)
    return tables.statements(evidence, condition=[condition, *groups_of(evidence, condition)])


def groups_of(evidence: Evidence, condition: str | None) -> list[str]:
    """The groups of conditions that a condition belongs to."""
    known = evidence.schema.table("statements").column("condition").categories
    return [category.value for category in known if condition in category.members]


def name_of(evidence: Evidence, condition: str | None) -> str:
    """The words for a condition; empty without one."""
    return evidence.schema.table("statements").column("condition").label(condition) if condition else ""


def article(evidence: Evidence) -> str:
    """The article that is audited, by its title, or by its label if that is long; several by their number."""
    sources = evidence.sources
    audited = sources[sources.source_id.isin(evidence.statements.source_id)]
    if len(audited) != 1:
        return wording.counted(len(audited), "article")
    row = audited.iloc[0]
    if wording.missing(row.title) or len(row.title) > _LONG_TITLE:
        return str(references.labels(sources)[row.source_id])
    return f"“{row.title.strip('“”')}”"


def opening(evidence: Evidence, condition: str | None) -> tuple[str, list[str]]:
    """Title and lines of the title slide."""
    about = f", on {name_of(evidence, condition)}" if condition else ""
    seen, figures = evidence.second_reader()
    cited = references.labels(evidence.sources)[evidence.statements.source_id.unique()]
    many = len(cited) > _MOST_ARTICLES
    return f"{article(evidence)}{about}: what is said, and what the evidence says", [
        f"Looked at: {wording.counted(len(cited), 'article') if many else wording.listed(cited)}",
        f"Evidence version {evidence.version}, last search {evidence.date}",
        f"A second reader saw {wording.number(seen)} of {wording.number(figures)} claims and outcomes",
        "Not medical advice",
    ]


def question(evidence: Evidence, board: pd.DataFrame) -> tuple[str, list[Paragraph]]:
    """Title and text of the slide for the question: statements with a figure first, then how to read a verdict.

    What patients need to know and the article leaves out comes next, then the order of the article.
    """
    needed = evidence.schema.table("statements").column("topic").having_role("patients-need-to-know")
    chosen = board.assign(
        order=[0 if row.figure else 1 if row.topic in needed else 2 for row in board.itertuples()]
    ).sort_values("order", kind="stable")[:_MOST_STATEMENTS]
    of = f"{len(chosen)} of {len(board)} statements, " if len(chosen) < len(board) else ""
    said = [
        Paragraph(f"{row.statement_id}: {row.statement}", _BULLET)
        for row in chosen.sort_values("statement_id").itertuples()
    ]
    return f"The question: does the evidence say the same as {article(evidence)}?", [
        Paragraph(f"What is said ({of}in our words)", bold=True),
        *said,
        Paragraph("How to read a verdict", bold=True),
        *_verdicts(evidence, board),
    ]


def _verdicts(evidence: Evidence, board: pd.DataFrame) -> Iterator[Paragraph]:
    """The verdicts that occur, with what they mean, and what certainty means."""
    for category in evidence.schema.table("statements").column("verdict").categories:
        if (board.verdict == category.value).any():
            yield Paragraph(f"{category.symbol} {category.label}: {category.description}", _BULLET)
    yield Paragraph(
        f"{wording.certainty(1)} to {wording.certainty(4)}: certainty from very low to high; both are the "
        "curators' judgements.",
        _BULLET,
    )


def board_grids(board: pd.DataFrame) -> list[Grid]:
    """The cells of the verdict board: with the reasons, or without."""
    short = Grid(
        ("No.", "The article says", "Verdict", "Certainty", "Claims for / against"), (0, 5, 1.4, 0.9, 0.8),
        tuple(
            (row["statement_id"], row["statement"], f"{row['verdict_symbol']} {row['verdict_label']}",
             _level(row["certainty_level"], row["certainty_label"]),
             f"{row['supports']} / {row['contradicts']}")
            for row in board.to_dict("records")
        ),
    )  # fmt: skip
    why = tuple((*row[:4], reason) for row, reason in zip(short.rows, board.rationale))
    return [Grid((*short.headings[:4], "Why"), (0, 2.5, 0.8, 0.6, 4.5), why), short]


def findings_grids(rated: pd.DataFrame) -> list[Grid]:
    """The cells of the summary of findings: with a column for each thing, or with few columns for a narrow slide."""
    wide = Grid(
        ("Condition", "Comparison and outcome", "Trials, people", "Effect", "Certainty", "Why"),
        (0, 1.5, 0.3, 4, 0.3, 4),
        tuple(
            (row["label"], f"{row['comparison']}: {row['outcome']}", _counts(row), row["effect"],
             f"{_level(row['certainty_level'], row['certainty'])}, {row['status']}", row["rationale"])
            for row in rated.to_dict("records")
        ),
    )  # fmt: skip
    few = tuple(
        (name, "; ".join(dict.fromkeys((about, trials, effect))), said, why)
        for name, about, trials, effect, said, why in wide.rows
    )
    return [wide, Grid(("Condition", "What was compared, and the effect", "Certainty", "Why"), (0, 3, 0.5, 3), few)]


def _level(level: Any, said: str) -> str:
    """Signs and a word for a certainty; the word where there is none."""
    if wording.missing(level):
        return said
    return f"{wording.certainty(level)} {said}"


def _counts(row: dict[str, Any]) -> str:
    trials, people = row["trials"], row["people"]
    if wording.missing(trials):
        return "not counted"
    known = "" if wording.missing(people) or not trials else f", {wording.counted(int(people), 'person', 'people')}"
    return wording.counted(int(trials), "trial") + known
