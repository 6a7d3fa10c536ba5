"""What a rule sees of an evidence folder: columns as lists, a table that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ketevidence.check.faults import Fault
from ketevidence.reading import Cells, TextTable
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

    def cells(self, table: str, column: str) -> Cells:
        """A column of a table."""
        self.defined(table, column)
        cells = self.texts[table].cells
        if cells is None or column not in cells:
            raise UnreadableError
        return cells[column]

    def distinct(self, table: str, *columns: str) -> Iterator[tuple[Rows, tuple[str, ...]]]:
        """Each combination of cells that stands in these columns, once, with the rows that hold it."""
        cells = [self.cells(table, column) for column in columns]
        combined, _ = pd.factorize(cells[0].codes)
        for more in cells[1:]:
            combined, _ = pd.factorize(combined.astype(np.int64) * len(more.values) + more.codes)
        _, firsts = np.unique(combined, return_index=True)
        columns_of_codes = [each.codes[firsts].tolist() for each in cells]
        for place, codes in enumerate(zip(*columns_of_codes)):
            values = tuple(each.values[code] for each, code in zip(cells, codes))
            yield Rows(table, combined, place), values

    def faults(self, rows: Rows, column: str, message: str) -> Iterator[Fault]:
        """A fault in this column of each of the rows."""
        text = self.texts[rows.table]
        for row in np.flatnonzero(rows.combined == rows.place).tolist():
            yield Fault(text.file, text.lines[row], column, message)


@dataclass(frozen=True)
class Rows:
    """The rows of a table that hold one combination of cells."""

    table: str
    combined: NDArray[np.signedinteger[Any]]
    place: int
