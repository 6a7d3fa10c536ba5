"""Cells in rows and columns: what the charts of signs share. Widths and heights are in points.

The rows are those of `layout`: labels at the left, heights that follow the longest text. The
axes are measured in points, so that a column is as wide as its words need it to be. The names
of the columns stand in a row of their own, upright if they fit, else turned by a quarter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PADDING = 4.0  # points of a column that its words leave free
PITCH = 1.2  # from one line in a cell to the next, as a multiple of the size of the text
HOLLOW = "hollow: not seen by a second reader, or known at second hand"
SECOND_HAND = "hollow: known at second hand"  # of studies, which no second reader saw
UNSEEN = "no second reader saw the numbers"
_SIGNS = {"-": wording.MINUS, "x": "\N{MULTIPLICATION SIGN}"}
_HALF_CAPITAL = 0.36  # half the height of a capital letter, likewise
_LEAST, _MOST = 0.13, 0.34  # shares of the width that labels may take
_HINGE = re.compile(r"(?<=\w)([-/])(?=\w)")
_OPENED = re.compile(r"(?<=\w)([-/]) (?=\w)")


@dataclass(frozen=True)
class Columns:
    """How wide labels may be, how wide the axes and their columns are, in points."""

    label: float
    room: float
    widths: tuple[float, ...]

    @property
    def centres(self) -> list[float]:
        """The middle of every column, from the left edge of the axes."""
        return [sum(self.widths[:place]) + width / 2 for place, width in enumerate(self.widths)]


@dataclass(frozen=True)
class Head:
    """The names of the columns with their line breaks, how many lines of a row they need, their turn in degrees."""

    names: tuple[str, ...]
    lines: int
    rotation: float = 0


def words(value: Any) -> str:
    """A text without blanks at its ends; nothing for a missing one.

    Examples
    --------
    >>> words(" open-label "), words(None), words(18)
    ('open-label', '', '18')
    """
    return "" if wording.missing(value) else str(value).strip()


def sign(value: Any) -> str:
    """A sign as it is drawn: a true minus, a true cross; nothing for a missing one.

    Examples
    --------
    >>> sign("-"), sign("x"), sign("+"), sign(None)
    ('−', '×', '+', '')
    """
    return _SIGNS.get(words(value), words(value))


def solid(record: Mapping[str, Any]) -> bool:
    """Whether a second reader saw what the record says, not only at second hand."""
    return not wording.missing(record["solid"]) and bool(record["solid"])


def hollow(drawn: pd.DataFrame) -> str:
    """What a hollow mark means; nothing where every row is solid."""
    return "" if all(map(solid, drawn[["solid"]].to_dict("records"))) else HOLLOW


def named(drawn: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with these columns as texts; 'not named' for what is missing."""
    read = {column: key if column == "condition" else words for column in columns}
    return drawn.assign(
        **{column: [read[column](value) or "not named" for value in drawn[column]] for column in columns}
    )


def key(value: Any) -> str:
    """A key as it is drawn, in words; nothing for a missing one.

    Examples
    --------
    >>> key("anxiety-disorders"), key("GAD")
    ('anxiety disorders', 'GAD')
    """
    return wording.spoken(words(value))


def cells(drawn: pd.DataFrame, row: Sequence[str], column: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The records of a frame by the values of the columns `row` and `column`.

    Raises
    ------
    ValueError
        Two records for one cell.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for record in drawn.to_dict("records"):
        where = tuple(record[name] for name in (*row, column))
        if where in found:
            raise ValueError(f"two rows for {column} {where[-1]!r} of {where[-2]!r}")
        found[where] = record
    return found


def wrap(text: str, limit: float) -> str:
    """The text with line breaks, after hyphens and strokes too, at the size of the style in force."""
    broken = style.wrap(_hinged(text), style.size(), limit)
    return "\n".join(_OPENED.sub(r"\1", line) for line in broken.split("\n"))


def width(text: str) -> float:
    """Width that a text needs so that `wrap` leaves its lines as they are."""
    return max(style.width(line, style.size()) for line in _hinged(text).split("\n"))


def longest_word(text: str) -> float:
    """Width of the widest part of a text that no line break takes apart."""
    return width("\n".join(_hinged(text).split()))


def _hinged(text: str) -> str:
    return _HINGE.sub(r"\1 ", text)


def line_height(medium: style.Medium) -> float:
    """Height of a line of text."""
    return style.size() * medium.line


def measure(
    labels: Iterable[str], needs: Sequence[float], wishes: Sequence[float], medium: style.Medium, ax: Axes | None
) -> Columns:
    """Columns as wide as they need to be, and as they wish to be where there is room.

    Where the needs are too many, the widest columns give way.
    """
    wide = layout.room([], layout.Page("", ""), medium, ax)
    label = min(max(wide - sum(needs), _LEAST * wide), _MOST * wide)
    room = wide - max((width(wrap(text, label)) for text in labels), default=0.0)
    spare, wanted = room - sum(needs), sum(wishes) - sum(needs)
    share = min(1.0, spare / wanted) if wanted > 0 else 0.0
    widths = [need + share * (wish - need) for need, wish in zip(needs, wishes)]
    return Columns(label, room, tuple(_levelled(needs, room) if spare < 0 else widths))


def _levelled(needs: Sequence[float], room: float) -> list[float]:
    """The needs with a ceiling that makes their sum the room."""
    left, ceiling = room, 0.0
    for place, need in enumerate(sorted(needs)):
        ceiling = left / (len(needs) - place)
        if need > ceiling:
            break
        left -= need
    return [min(need, ceiling) for need in needs]


def upright(names: Sequence[str], columns: Columns) -> bool:
    """Whether every name stands in its column without a word taken apart."""
    return all(longest_word(name) <= wide - PADDING + 0.01 for name, wide in zip(names, columns.widths))


def head(names: Sequence[str], columns: Columns, medium: style.Medium) -> Head:
    """The names of the columns, upright if they fit, else turned."""
    if upright(names, columns):
        level = tuple(wrap(name, wide - PADDING + 0.01) for name, wide in zip(names, columns.widths))
        return Head(level, max(name.count("\n") for name in level) + 1)
    line = line_height(medium)
    height = 6 * line
    plain = [" ".join(name.split()) for name in names]
    turned = [wrap(name, height) for name in plain]
    while any((name.count("\n") + 1) * line > max(wide, line) for name, wide in zip(turned, columns.widths)):
        height += line
        turned = [wrap(name, height) for name in plain]
    return Head(tuple(turned), ceil(max(map(width, turned)) / line), 90)


def place(
    rows: Sequence[tuple[str, int]], columns: Columns, page: layout.Page, medium: style.Medium, ax: Axes | None
) -> tuple[Axes, list[float]]:
    """Axes in points with the labels of the rows, and the height (y) of the middle of each row.

    Parameters
    ----------
    rows : sequence of (str, int)
        Label, and how many lines its cells need; a row without lines is a heading.
    columns : Columns
    page : layout.Page
        The words around the rows; labels get the room that is measured for them.
    medium : style.Medium
    ax : matplotlib.axes.Axes or None

    Returns
    -------
    matplotlib.axes.Axes, list of float

    Raises
    ------
    ValueError
        More rows than the medium holds at its size of type.
    """
    placed = [
        layout.Row(wrap(label, columns.label) if lines else label, ("\n" * max(lines - 1, 0),), heading=not lines)
        for label, lines in rows
    ]
    axes, ys = layout.place(placed, replace(page, label_share=_MOST, tick_lines=0), medium, ax)
    axes.set_xlim(0, columns.room)
    axes.set_xticks([])
    axes.set_axis_off()
    return axes, ys


def write_head(ax: Axes, y: float, head: Head, columns: Columns, medium: style.Medium) -> None:
    """Write the names of the columns, their feet on one line; y is the middle of their row."""
    foot = y + 0.5 * head.lines * line_height(medium)
    for name, x in zip(head.names, columns.centres):
        ax.text(x, foot, name, ha="center", va="bottom", style=style.slant(name), rotation=head.rotation)


def write(ax: Axes, middle: tuple[float, float], text: str, up: float, **looks: Any) -> None:
    """Write a text, the middle of its first line so many points above the middle of a cell."""
    for place, line in enumerate(text.split("\n")):
        foot = up - (place * PITCH + _HALF_CAPITAL) * style.size()
        ax.annotate(
            line, middle, (0, foot), textcoords="offset points", va="baseline", annotation_clip=False,
            **{"ha": "center"} | looks,
        )  # fmt: skip
