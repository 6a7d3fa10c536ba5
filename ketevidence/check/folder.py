"""What a rule sees of an evidence folder: columns as lists, a table that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ketevidence.check.faults import Fault
from ketevidence.reading import TextTable
from ketevidence.schema import Column, DescriptorError, Schema


class UnreadableError(Exception):
    """A rule asked for a table that could not be read; its own fault says why."""


@dataclass(frozen=True)
class Folder:
    """The text tables of a folder with their schema."""

    schema: Schema
    texts: Mapping[str, TextTable]

    def defined(self, table: str, column: str) -> Column:
        """The definition of a column that the library needs."""
        try:
            return self.schema.table(table).column(column)
        except KeyError:
            raise DescriptorError(f"defines no column {column!r} of a table {table!r}; the library needs it") from None

    def cells(self, table: str, column: str) -> list[str]:
        """All cells of a column; the empty string is a missing value."""
        self.defined(table, column)
        cells = self.texts[table].cells
        if cells is None or column not in cells:
            raise UnreadableError
        return cells[column]

    def rows(self, table: str, *columns: str) -> list[tuple[str, ...]]:
        """Several columns side by side, one tuple a row."""
        return list(zip(*(self.cells(table, column) for column in columns)))

    def fault(self, table: str, row: int, column: str, message: str) -> Fault:
        """A fault in a cell of the row with this position."""
        text = self.texts[table]
        lines: Sequence[int] = text.lines
        return Fault(text.file, lines[row], column, message)
