"""How rows are found in the tables of the page: their columns, and what they are filtered by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ketevidence.dataset import Evidence

COLUMNS: dict[str, tuple[str, ...]] = {
    "evidence": ("Claim", "Figure", "Design", "Source, place", "Seen in"),
    "plain": ("Condition", "Randomised studies", "People", "Primary outcome positive", "mixed", "null", "negative",
              "Registered, no result", "Not randomised", "GRADE, provisional", "What is missing"),
    "claims": ("Claim", "Figure", "Topic", "Condition", "Source, place", "Seen in"),
    "studies": ("Study", "Condition", "Design", "People", "Drug", "Comparator", "Primary outcome", "Result",
                "Shares people"),
    "sources": ("No.", "Cited as", "Reference", "Kind", "Status"),
}  # fmt: skip
FILTERS: dict[str, tuple[str, ...]] = {
    "claims": ("condition", "topic", "basis", "checked"),
    "studies": ("condition", "design", "primary_result"),
    "sources": ("design", "status"),
}
_NAMES = {"basis": "Seen in", "checked": "Second reader", "primary_result": "Result", "design": "Kind"}


@dataclass(frozen=True)
class Choice:
    """One list to choose from: the column, its name, and value, words and number of rows of each entry."""

    column: str
    name: str
    entries: tuple[tuple[str, str, int], ...]


def forms(evidence: Evidence, parts: Mapping[str, Any]) -> dict[str, tuple[Choice, ...]]:
    """For each table what its rows are filtered by: values that occur, in the order of their vocabulary."""
    return {
        table: tuple(_choice(evidence, table, column, parts[table]) for column in columns)
        for table, columns in FILTERS.items()
    }


def _choice(evidence: Evidence, table: str, column: str, rows: list[dict[str, Any]]) -> Choice:
    counts = Counter(row[column] for row in rows)
    categories = evidence.schema.table(table).column(column).categories
    entries = tuple((c.value, c.label, counts[c.value]) for c in categories if counts[c.value])
    return Choice(column, _NAMES.get(column, column.capitalize()), entries)
