"""Faults of structure: what ``datapackage.json`` says a table must be.

Every judgement is made once for each distinct value of a column, not once a row:
a column of 1,000,000 rows with 13 vocabulary values costs 13 judgements.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ketevidence.check.faults import Fault, hint, quoted
from ketevidence.reading import TextTable
from ketevidence.schema import Column, Schema, Table

_FEW = "[0-9]{1,6}"  # digits: no more, so that a thousand million years do not overflow
DURATION = re.compile(f"P(?=.)({_FEW}Y)?({_FEW}M)?({_FEW}W)?({_FEW}D)?(T(?=.)({_FEW}H)?({_FEW}M)?({_FEW}S)?)?")
INTEGER = re.compile(r"-?[0-9]{1,15}")
NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")

HINTED = 50  # looking for the nearest key is slow: only so many get a hint

LISTED = "; datapackage.json lists those that are"

Judge = Callable[[str], str | None]


def header_faults(table: Table, text: TextTable) -> Iterator[Fault]:
    """Columns that are missing, unknown, repeated or out of order."""
    names = [column.name for column in table.columns]
    for name in names:
        if name not in text.header:
            yield Fault(text.file, 1, "", f"has no column {name!r}; datapackage.json defines it")
    for position, name in enumerate(text.header):
        if name not in names:
            yield Fault(text.file, 1, "", f"has an unknown column {quoted(name)}{hint(name, names)}")
        elif name in text.header[:position]:
            yield Fault(text.file, 1, "", f"has the column {name!r} twice; remove one")
    if sorted(text.header) == sorted(names) and list(text.header) != names:
        yield Fault(text.file, 1, "", f"has its columns in another order; expected: {','.join(names)}")


def cell_faults(table: Table, text: TextTable) -> Iterator[Fault]:
    """Cells that are empty, of the wrong type, outside the vocabulary, range or pattern."""
    assert text.cells is not None
    for column in table.columns:
        values = text.cells[column.name].values
        if _plainly_right(column, values):
            continue
        judge = _judge(column, values)
        wrong = {place: message for place, value in enumerate(values) if (message := judge(value))}
        yield from _at(text, column.name, wrong)


def _plainly_right(column: Column, values: Sequence[str]) -> bool:
    """Whether a column of words without spaces, such as keys, is right: seen at once, not one by one."""
    text = "".join(values)
    if column.type != "string" or column.categories or not column.pattern or " " in text or not text.isprintable():
        return False
    return all(map(re.compile(column.pattern, re.ASCII).fullmatch, values))


def _at(text: TextTable, column: str, wrong: Mapping[int, str]) -> Iterator[Fault]:
    """A fault in every row where a value with one of these positions stands."""
    assert text.cells is not None
    cells = text.cells[column]
    for row in cells.rows(list(wrong)) if wrong else ():
        yield Fault(text.file, text.lines[row], column, wrong[int(cells.codes[row])])


def _judge(column: Column, cells: Sequence[str]) -> Judge:
    judges: list[Judge] = [_common_judge]
    if column.type != "string":
        judges.append(_TYPE_JUDGES[column.type])
    if column.minimum is not None or column.maximum is not None:
        judges.append(_range_judge(column))
    if column.categories:
        judges.append(_vocabulary_judge(column))
    if column.pattern:
        judges.append(_pattern_judge(column, cells))

    def judge(cell: str) -> str | None:
        if not cell:
            return "is empty; every row needs it" if column.required else None
        return next((message for one in judges if (message := one(cell))), None)

    return judge


def _common_judge(cell: str) -> str | None:
    if "\n" in cell:
        return f"{quoted(cell)} holds a line break; a cell is one line"
    if cell != cell.strip():
        return f"{quoted(cell)} begins or ends with a space; remove it"
    if not cell.isprintable():
        odd = next(character for character in cell if not character.isprintable())
        return f"{quoted(cell)} holds the invisible character U+{ord(odd):04X}; remove it"
    return None


def _integer_judge(cell: str) -> str | None:
    if INTEGER.fullmatch(cell):
        return None
    digits = " of at most 15 digits" if cell.removeprefix("-").isdecimal() and cell.isascii() else ""
    return f"{quoted(cell)} is not a whole number{digits}"


def number(cell: str) -> float | None:
    """A cell as a number; None where it is empty or no finite number."""
    value = float(cell) if NUMBER.fullmatch(cell) else math.nan
    return value if math.isfinite(value) else None


def _number_judge(cell: str) -> str | None:
    if number(cell) is not None:
        return None
    comma = "; the decimal mark is a point" if re.fullmatch(r"-?\d+,\d+", cell) else ""
    return f"{quoted(cell)} is not a number{comma}"


def _date_judge(cell: str) -> str | None:
    try:
        well_formed = date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        well_formed = False
    return None if well_formed else f"{quoted(cell)} is not a date; write it as 2026-11-23"


def _duration_judge(cell: str) -> str | None:
    if DURATION.fullmatch(cell):
        return None
    return f"{quoted(cell)} is not an ISO 8601 duration; write PT2H for 2 hours, P14D for 14 days"


_TYPE_JUDGES: dict[str, Judge] = {
    "integer": _integer_judge,
    "number": _number_judge,
    "date": _date_judge,
    "duration": _duration_judge,
}


def _range_judge(column: Column) -> Judge:
    low = -math.inf if column.minimum is None else column.minimum
    high = math.inf if column.maximum is None else column.maximum

    def judge(cell: str) -> str | None:
        if float(cell) < low:
            return f"{cell} is below {low:g}, the smallest allowed"
        if float(cell) > high:
            return f"{cell} is above {high:g}, the largest {column.unit or 'allowed'}"
        return None

    return judge


def _vocabulary_judge(column: Column) -> Judge:
    return lambda cell: (
        None
        if cell in column.values
        else f"{quoted(cell)} is not an allowed value{hint(cell, column.values) or LISTED}"
    )


def _pattern_judge(column: Column, cells: Sequence[str]) -> Judge:
    pattern = re.compile(column.pattern or "", re.ASCII)

    def judge(cell: str) -> str | None:
        if pattern.fullmatch(cell):
            return None
        example = next((f"; an example: {quoted(other)}" for other in cells if pattern.fullmatch(other)), "")
        return f"{quoted(cell)} does not have the form {pattern.pattern}{example}"

    return judge


def key_faults(table: Table, text: TextTable) -> Iterator[Fault]:
    """Rows whose key stands twice, or that are not in the order of their key."""
    assert text.cells is not None
    cells = [text.cells[name] for name in table.key]
    if len(cells) == 1 and len(cells[0].values) == len(text.lines) and _ascending(cells[0].values):
        return
    keys = list(zip(*cells))
    if _ascending(keys):
        return
    column = table.key[-1]
    first: dict[tuple[str, ...], int] = {}
    previous: tuple[str, ...] = ()
    for line, key in zip(text.lines, keys):
        if key in first:
            yield Fault(text.file, line, column, f"{_named(key)} stands already in line {first[key]}")
        elif key < previous:
            message = f"{_named(key)} belongs before {_named(previous)}"
            yield Fault(text.file, line, column, f"{message}; rows are sorted by {', '.join(table.key)}")
        first.setdefault(key, line)
        previous = key


def _ascending(keys: Sequence[Any]) -> bool:
    return all(map(operator.lt, keys, keys[1:]))


def _named(key: tuple[str, ...]) -> str:
    return " with ".join(quoted(part) for part in key)


def unique_faults(table: Table, text: TextTable) -> Iterator[Fault]:
    """Values that stand twice in a column, other than the key, that allows them once."""
    assert text.cells is not None
    for column in table.columns:
        cells = text.cells[column.name]
        if not column.unique or table.key == (column.name,) or len(cells.values) == len(cells.codes):
            continue
        first: dict[str, int] = {}
        for line, cell in zip(text.lines, cells):
            if cell and cell in first:
                message = f"{quoted(cell)} stands already in line {first[cell]}"
                yield Fault(text.file, line, column.name, message)
            first.setdefault(cell, line)


def dangling_faults(table: Table, schema: Schema, texts: Mapping[str, TextTable]) -> Iterator[Fault]:
    """Cells that name a row of another table which has no such row."""
    text = texts[table.name]
    assert text.cells is not None
    for key in table.foreign_keys:
        target = texts[key.table].cells
        if target is None:
            continue
        known = set(target[key.target].values)
        cells = text.cells[key.column].values
        unknown = [place for place, cell in enumerate(cells) if cell and cell not in known]
        row, path = schema.table(key.table).row, schema.table(key.table).path
        hints = {place: hint(cells[place], sorted(known)) for place in unknown[:HINTED]}
        yield from _at(
            text,
            key.column,
            {place: f"no {row} {quoted(cells[place])}{hints.get(place) or f'; add it to {path}'}" for place in unknown},
        )
