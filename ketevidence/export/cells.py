"""How the cells of a frame are written: one text for a figure, whatever the file."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ketevidence import wording
from ketevidence.export.definitions import PROPORTION, Field

_MOST_DIGITS, _HALF = 10, Decimal("0.5")
_NOT_IN_FILES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML cannot hold them


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: the value, unrounded, its text, and the address that it leads to.

    The value is a str, int, float, bool or date, None where the figure is missing.
    """

    value: Any
    text: str
    link: str = ""


@dataclass(frozen=True)
class Grid:
    """Cells in rows, each under its field."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[Cell, ...], ...]


def cell(field: Field, row: Mapping[str, Any]) -> Cell:
    """The cell of a field in a row of a frame; a citation is written where its number is known."""
    value = row[field.name]
    if wording.missing(value):
        return Cell(None, "")
    kind = kind_in(field, row)
    if kind == "flag":
        return Cell(bool(value), "yes" if value else "no")
    if kind == "date":
        day = datetime.date(value.year, value.month, value.day)
        return Cell(day, day.isoformat())
    if kind in ("count", "year"):
        return Cell(int(value), str(int(value)) if kind == "year" else wording.number(int(value), 0))
    if write := _WRITTEN.get(kind):
        return Cell(float(value), write(float(value)))
    words = next((category.label for category in field.values if category.value == str(value)), str(value))
    return Cell(words, one_line(words)) if field.values else Cell(str(value), one_line(words))


def kind_in(field: Field, row: Mapping[str, Any]) -> str:
    """The kind of a figure in a row, where each row has a unit of its own."""
    _, _, column = field.unit.partition("see column ")
    return "share" if field.kind == "number" and column and row.get(column) == PROPORTION else field.kind


def one_line(text: str) -> str:
    """A text as files can hold it: on one line, with a sign for what no file can hold."""
    return " ".join(_NOT_IN_FILES.sub("\N{REPLACEMENT CHARACTER}", text).split())


def share(value: float) -> str:
    """A share as whole per cent, below 10% and above 99% with a decimal.

    Examples
    --------
    >>> share(0.408), share(0.055), share(0.9952), share(1.0), share(0.0004), share(0.125)
    ('41%', '5.5%', '99.5%', '100%', '0.04%', '12.5%')
    """
    least = 0 if 0.1 <= abs(value) <= 0.99 else 1
    return wording.number(100 * value, _digits(value, least, 2)) + "%"


def figure(value: float) -> str:
    """A number with two decimals, and more where it would read as 0.

    Examples
    --------
    >>> figure(-1.0994), figure(3.8333), figure(0.00042), figure(0.345)
    ('−1.1', '3.83', '0.0004', '0.345')
    """
    return wording.number(value, _digits(value, 2, 0))


def _digits(value: float, least: int, power: int) -> int:
    """The decimals to write: more than the least where a figure would vanish, or lies halfway between two.

    Halfway programs differ (a spreadsheet goes up, Python to the even side); with one
    decimal more the figure is the same everywhere.
    """
    if not math.isfinite(value):
        return least
    exact = abs(Decimal(f"{value:.15g}").scaleb(power))
    for digits in range(least, _MOST_DIGITS):
        written = exact.scaleb(digits)
        if written % 1 != _HALF and (not exact or written > _HALF):
            return digits
    return _MOST_DIGITS


_WRITTEN: dict[str, Callable[[float], str]] = {"share": share, "number": figure, "p": wording.p_value}
