"""An evidence folder as text: every cell a string, every row with its line.

Nothing is judged here. What keeps a file from being read as a table (bytes that are
not UTF-8, a quote that never closes) is noted as a `Flaw` for `ketevidence.check`.
This is the only module that opens the CSV files.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BOM = b"\xef\xbb\xbf"
BLOCK = 1 << 18  # bytes: what fits the cache of a processor
LONGEST = 131_072  # characters of a cell; csv has the same limit, until some library lifts it
TOO_LONG = f"has a cell longer than {LONGEST:,} characters; shorten it"


@dataclass(frozen=True)
class Flaw:
    """What is wrong with the file itself, and the line where it begins, if any."""

    line: int | None
    message: str


@dataclass(frozen=True)
class Cells:
    """One column: its distinct values, and for each row which of them stands there.

    Whoever judges a column looks at each distinct value once, whatever the number of rows.

    Attributes
    ----------
    values : list of str
        Distinct values in the order of their first row; the empty string is a missing value.
    codes : ndarray of int, shape (rows,)
        Position in `values` for each row.
    """

    values: list[str]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, cells: Sequence[str]) -> Cells:
        """A column from its cells, one a row."""
        places = {value: place for place, value in enumerate(dict.fromkeys(cells))}
        codes = np.fromiter((places[cell] for cell in cells), np.int32, len(cells))
        return cls(list(places), codes)

    def __iter__(self) -> Iterator[str]:
        return map(self.values.__getitem__, self.codes.tolist())

    def rows(self, places: Sequence[int]) -> list[int]:
        """The rows in which one of the values at these positions stands."""
        found: list[int] = np.flatnonzero(np.isin(self.codes, places)).tolist()
        return found


@dataclass(frozen=True)
class TextTable:
    """One CSV file as text.

    Attributes
    ----------
    file : str
        Name of the file.
    header : tuple of str
        Column names as they stand, repeats included.
    cells : dict of str to Cells
        One entry a column. Of a column that stands twice only the first is held.
    lines : list of int
        For each row the number of its first line in the file; the header is line 1.
    flaws : tuple of Flaw
        Why the file is not, or not all, read. Empty for a well-formed file.
    """

    file: str
    header: tuple[str, ...] = ()
    cells: dict[str, Cells] | None = None
    lines: tuple[int, ...] | range = ()
    flaws: tuple[Flaw, ...] = ()


def read(path: Path) -> TextTable:
    """One CSV file as text, or the flaws that keep it from being read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return TextTable(path.name, flaws=(Flaw(None, "is missing; datapackage.json names it"),))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        return TextTable(path.name, flaws=(Flaw(None, f"cannot be opened: {reason}"),))
    table = _well_formed(path.name, content)
    if table is None:
        flaws = tuple(_byte_flaws(content))
        table = TextTable(path.name, flaws=flaws) if flaws else _parsed(path.name, content.decode("utf-8"))
    return table


def digest(path: Path) -> str:
    """SHA-256 of the bytes of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _well_formed(file: str, content: bytes) -> TextTable | None:
    """The table of a file in which nothing is odd, read fast; None where anything is.

    What is odd is left to the csv module, which knows the line. Arrow reads and codes
    in threads while the line ends and quotes are looked at here.
    """
    line = content[: content.find(b"\n")]
    header = tuple(line.decode("utf-8", "replace").split(","))
    odd = content.startswith(BOM) or b'"' in line or not line.isascii() or not all(header)
    if odd or not 1 < len(set(header)) == len(header):
        return None
    with ThreadPoolExecutor(2) as pool:
        arriving = pool.submit(_arrow_columns, content, header)
        in_order = _lines_in_order(content)
        columns = arriving.result()
        if not in_order or columns is None or len(columns[0]) == 0:
            return None
        coded = list(pool.map(_coded, columns))
    cells = {name: each for name, each in zip(header, coded) if each is not None}
    if len(cells) < len(header) or "" in cells[header[0]].values:  # a row without its first cell may be a blank line
        return None
    return TextTable(file, header, cells, range(2, len(columns[0]) + 2))


def _arrow_columns(content: bytes, header: tuple[str, ...]) -> list[Any] | None:
    import pyarrow as pa
    from pyarrow import csv as arrow

    try:
        table = arrow.read_csv(
            pa.BufferReader(content),
            read_options=arrow.ReadOptions(column_names=header, skip_rows=1, block_size=1 << 22),
            parse_options=arrow.ParseOptions(ignore_empty_lines=False),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, null_values=[]
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns: list[Any] = table.columns
    return columns


def _coded(column: Any) -> Cells | None:
    """An Arrow column by its distinct values; None where a cell is too long."""
    from pyarrow import compute

    coded = column.dictionary_encode()  # its chunks share one dictionary
    values = coded.chunk(0).dictionary
    if compute.max(compute.utf8_length(values)).as_py() > LONGEST:
        return None
    codes = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in coded.chunks])
    return Cells(values.to_pylist(), codes)


def _lines_in_order(content: bytes) -> bool:
    """Whether every row is one line, and every quote is where it belongs.

    A quote must open a cell, close one, or be one of a pair inside one: between two
    quoted cells stands text that begins and ends with a comma or a line end, and nothing
    stands between the quotes of a pair. Looked at in blocks of whole lines: a line that
    ends inside a cell is not in order either.
    """
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + BLOCK) + 1 or len(content)
        block = content[start:end]
        pieces = block.split(b'"')
        outside = pieces[::2]
        begins = {text[:1] for text in outside[1:]}
        ends = {text[-1:] for text in outside[:-1]}
        if len(pieces) % 2 == 0 or not begins | ends <= {b"", b",", b"\n"}:
            return False
        if b"\r" in block or b"\n" in b"".join(pieces[1::2]):
            return False
        start = end
    return True


def _byte_flaws(content: bytes) -> Iterator[Flaw]:
    if not content.removeprefix(BOM).strip():
        yield Flaw(None, "is empty, without even a header; restore it")
        return
    if content.startswith(BOM):
        yield Flaw(1, "begins with a byte order mark; save it as UTF-8 without BOM")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        yield Flaw(line, f"is not UTF-8: byte 0x{content[error.start]:02x}; save it as UTF-8")
    if b"\r" in content:
        line = content.count(b"\n", 0, content.index(b"\r")) + 1
        yield Flaw(line, "holds a carriage return, the Windows end of line; save it with LF line ends")
    header = content.split(b"\n", 1)[0]
    if b"," not in header and (b";" in header or b"\t" in header):
        mark = "semicolons" if b";" in header else "tabs"
        yield Flaw(1, f"is separated by {mark}; export it with commas and decimal points")


def _parsed(file: str, text: str) -> TextTable:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:  # in the row after those that were read, wherever it ends
        return TextTable(file, flaws=(Flaw(1 + sum(map(_height, rows)), _trouble(str(error))),))
    header = tuple(rows.pop(0))
    if not header:
        return TextTable(file, flaws=(Flaw(1, "is blank; the first line names the columns"),))
    lines = _lines(rows, reader.line_num)
    flaws = tuple(
        Flaw(line, _width_trouble(len(row), len(header))) for row, line in zip(rows, lines) if len(row) != len(header)
    )
    if len(text) > LONGEST:
        flaws += tuple(
            Flaw(line, TOO_LONG) for row, line in zip(rows, lines) if max(map(len, row), default=0) > LONGEST
        )
    if flaws:
        return TextTable(file, header, flaws=flaws)
    columns: Sequence[tuple[str, ...]] = list(zip(*rows)) if rows else [()] * len(header)
    cells: dict[str, Cells] = {}
    for name, column in zip(header, columns):
        cells.setdefault(name, Cells.of(column))
    return TextTable(file, header, cells, lines)


def _lines(rows: list[list[str]], last: int) -> tuple[int, ...] | range:
    if last == len(rows) + 1:
        return range(2, len(rows) + 2)
    return tuple(accumulate(map(_height, rows[:-1]), initial=2)) if rows else ()


def _height(row: list[str]) -> int:
    return 1 + sum(cell.count("\n") for cell in row)


def _width_trouble(found: int, expected: int) -> str:
    if found == 0:
        return "is blank; remove the line"
    remedy = "text that holds a comma stands in quotes" if found > expected else "a comma is missing"
    cells = "1 cell" if found == 1 else f"{found} cells"
    return f"has {cells} where the header has {expected}; {remedy}"


def _trouble(message: str) -> str:
    if "field larger" in message:
        return TOO_LONG
    if "unexpected end" in message:
        return "opens a quote that is never closed; close it, or remove it"
    return "has a stray quote; a quote inside a quoted cell is written twice"
