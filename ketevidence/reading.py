"""An evidence folder as text: every cell a string, every row with its line.

Nothing is judged here. What keeps a file from being read as a table (bytes that are
not UTF-8, a quote that never closes) is noted as a `Flaw` for `ketevidence.check`.
This is the only module that opens the CSV files.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

BOM = b"\xef\xbb\xbf"
LONGEST = 131_072  # characters of a cell; csv has the same limit, until some library lifts it
TOO_LONG = f"has a cell longer than {LONGEST:,} characters; shorten it"


@dataclass(frozen=True)
class Flaw:
    """What is wrong with the file itself, and the line where it begins, if any."""

    line: int | None
    message: str


@dataclass(frozen=True)
class TextTable:
    """One CSV file as text.

    Attributes
    ----------
    file : str
        Name of the file.
    header : tuple of str
        Column names as they stand, repeats included.
    cells : dict of str to list of str
        One list a column, one string a row; the empty string is a missing value.
        Of a column that stands twice only the first is held.
    lines : list of int
        For each row the number of its first line in the file; the header is line 1.
    flaws : tuple of Flaw
        Why the file is not, or not all, read. Empty for a well-formed file.
    digest : str
        SHA-256 of the bytes of the file, in hexadecimal.
    """

    file: str
    header: tuple[str, ...] = ()
    cells: dict[str, list[str]] | None = None
    lines: tuple[int, ...] | range = ()
    flaws: tuple[Flaw, ...] = ()
    digest: str = ""


def read(path: Path) -> TextTable:
    """One CSV file as text, or the flaws that keep it from being read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return TextTable(path.name, flaws=(Flaw(None, "is missing; datapackage.json names it"),))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        return TextTable(path.name, flaws=(Flaw(None, f"cannot be opened: {reason}"),))
    flaws = tuple(_byte_flaws(content))
    if flaws:
        return TextTable(path.name, flaws=flaws)
    return replace(_parsed(path.name, content.decode("utf-8")), digest=hashlib.sha256(content).hexdigest())


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
    columns = list(zip(*rows)) if rows else [()] * len(header)
    cells: dict[str, list[str]] = {}
    for name, column in zip(header, columns):
        cells.setdefault(name, list(column))
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
