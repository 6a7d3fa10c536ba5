"""The frames behind what a deck says in words, so that `trace` sees when they change."""

from __future__ import annotations

import pandas as pd

from ketevidence import tables
from ketevidence.dataset import Evidence


def opening(evidence: Evidence) -> list[pd.DataFrame]:
    """The articles looked at, and how many figures no second reader saw."""
    return [tables.cited_works(evidence, audited=True), _figures(evidence, "second reader")]


def question(evidence: Evidence, board: pd.DataFrame) -> list[pd.DataFrame]:
    """The statements, the articles that they are taken from, and what their verdicts mean."""
    said = tables.words(evidence)
    verdicts = said[said.word_id.isin("verdict " + board.verdict.astype("string"))]
    return [board, tables.cited_works(evidence, audited=True), verdicts]


def conditions(evidence: Evidence, condition: str | None) -> pd.DataFrame:
    """What there is for a condition; without one for those that the evidence is about."""
    return tables.conditions(evidence, condition=condition or tables.direct_conditions(evidence))


def limits(evidence: Evidence, there: pd.DataFrame, rated: pd.DataFrame) -> list[pd.DataFrame]:
    """What there is for each condition, what is rated, how sure the figures are read, and limits in words."""
    said = tables.words(evidence)
    return [there, rated, _figures(evidence, "second reader|known"), said[said.kind == "limit"]]


def _figures(evidence: Evidence, words: str) -> pd.DataFrame:
    gaps = tables.gaps(evidence)
    return gaps[gaps.gap.str.startswith("figures") & gaps.gap.str.contains(words)]
