"""The texts around rows of marks: what they are, their line breaks, what room they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ketevidence import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAP = 7.0  # points between a column of text and its neighbour
POINTS = 72.0
_LEAST_LABEL = 0.14  # share of the width that no column can take from the labels


@dataclass(frozen=True)
class Row:
    """One row: its label, the texts at its right, their colours (coloured text is bold).

    A heading is bold and takes the whole width; a row that spans takes the whole width; a
    bold row is bold from its label to its last column. In the place of an axis row stands the
    axis, with its words: the rows below have no marks.
    """

    label: str
    right: tuple[str, ...] = ()
    heading: bool = False
    colours: tuple[str, ...] = ()
    spans: bool = False
    bold: bool = False
    axis: bool = False


@dataclass(frozen=True)
class Page:
    """The words around the rows.

    `sides` are the words under the axis for what lies left and right of `split`, a share of
    its width; they meet there if there is room. `axes_share` is the share of the width that
    labels leave to the axes, `beside` the points that stay free right of the columns, `above`
    the sizes of the text between the axes and the names of the columns, where labels of
    reference lines stand.
    """

    title: str
    foot: str
    x_label: str = ""
    headings: tuple[str, ...] = ()
    label_share: float = 0.34
    tick_lines: int = 1
    sides: tuple[str, str] = ("", "")
    split: float = 0.5
    axes_share: float = 0.0
    beside: float = 0.0
    above: float = 1.7
    y_label: str = ""


@dataclass(frozen=True)
class Measured:
    """The texts with their line breaks, and what room they take, in points.

    `sides` ends with where the two words meet, a share of the axis; `inside` says whether the
    axis stands in the place of a row.
    """

    size: float
    line: float
    title: str
    foot: str
    labels: tuple[str, ...]
    heights: tuple[float, ...]
    left: float
    columns: tuple[float, ...]
    room: float
    sides: tuple[str, str, float]

    side_height: float
    axis_height: float
    inside: bool


def room(rows: Sequence[Row], page: Page, medium: style.Medium, ax: Axes | None) -> float:
    """Width in points that labels and columns leave to the axes; inside `style.applied`."""
    return measure(rows, page, medium, ax).room


def beside(rows: Sequence[Row], page: Page, medium: style.Medium, ax: Axes | None) -> float:
    """Points from the axes to what stays free right of the columns; inside `style.applied`."""
    return GAP + sum(measure(rows, page, medium, ax).columns[:-1])


def measure(rows: Sequence[Row], page: Page, medium: style.Medium, ax: Axes | None) -> Measured:
    """The texts with line breaks that fit the medium, or the part of the figure that belongs to `ax`."""
    import matplotlib as mpl

    size = float(mpl.rcParams["font.size"])
    full = (_inches(ax) if ax else float(mpl.rcParams["figure.figsize"][0])) * POINTS
    wide = full - 3 * GAP
    columns = *(_column_width(rows, at, heading, size) for at, heading in enumerate(page.headings)), page.beside
    limit = wide * page.label_share
    if page.axes_share:
        limit = min(limit, max(wide * (1 - page.axes_share) - sum(columns), wide * _LEAST_LABEL))
    whole = [row.heading or row.spans for row in rows]
    labels = tuple(
        style.wrap(row.label, size, wide if spans else limit, weight_of(row)) for row, spans in zip(rows, whole)
    )
    beside = [_width(label, size, weight_of(row)) for row, label, spans in zip(rows, labels, whole) if not spans]
    left = max(beside, default=0.0)
    line = size * medium.line
    rest = full - left - sum(columns) - 4 * GAP
    sides = _sides(page, left, rest, sum(columns), size)
    side_height = max(map(lines_of, sides[:2])) * line if any(sides[:2]) else 0.0
    axis_height = size * (1 + 1.35 * page.tick_lines + 1.6 * bool(page.x_label)) + side_height
    over = rest + sum(columns) if ax else wide
    return Measured(
        size=size,
        line=line,
        title=style.wrap(page.title, float(mpl.rcParams["figure.titlesize"]), over, "bold"),
        foot=style.wrap(page.foot, float(mpl.rcParams["figure.labelsize"]), wide * (0.5 if ax else 1)),
        labels=labels,
        heights=tuple(axis_height if row.axis else _height(label, row, line) for label, row in zip(labels, rows)),
        left=left,
        columns=columns,
        room=rest,
        sides=sides,
        side_height=side_height,
        axis_height=axis_height,
        inside=any(row.axis for row in rows),
    )


def _inches(ax: Axes) -> float:
    """Width of the part of the figure that belongs to the axes."""
    figure, spec = ax.get_figure(root=True), ax.get_subplotspec()
    assert figure is not None
    return float(figure.get_figwidth()) * (len(spec.colspan) / spec.get_gridspec().ncols if spec else 1)


def _sides(page: Page, left: float, rest: float, columns: float, size: float) -> tuple[str, str, float]:
    """The words under the axis, below labels and columns too, and where they meet: at the split if they fit."""
    wide, at = left + rest + columns, page.split * rest
    one, other = (style.width(side, size) for side in page.sides)
    if one + other <= wide:
        return *page.sides, min(max(at, one - left), rest + columns - other) / rest
    one_half, other_half = (style.wrap(side, size, wide / 2) for side in page.sides)
    return one_half, other_half, (wide / 2 - left) / rest


def lines_of(text: str) -> int:
    """The number of lines of a text."""
    return text.count("\n") + 1


def weight_of(row: Row) -> str:
    """The weight of the label of a row."""
    return "bold" if row.heading or row.bold else "normal"


def _height(label: str, row: Row, line: float) -> float:
    lines = max(lines_of(text) for text in (label, *row.right))
    return lines * line + (0.5 * line if row.heading else 0.2 * line)


def colour_of(row: Row, column: int) -> str:
    """The colour of a text at the right of a row; empty where it has none of its own."""
    return row.colours[column] if column < len(row.colours) else ""


def _width(text: str, size: float, weight: str = "normal") -> float:
    return max(style.width(line, size, weight) for line in text.split("\n"))


def _column_width(rows: Sequence[Row], column: int, heading: str, size: float) -> float:
    widths = [
        _width(row.right[column], size, "bold" if row.bold or colour_of(row, column) else "normal")
        for row in rows
        if column < len(row.right)
    ]
    return max([style.width(heading, size), *widths]) + 1.5 * GAP
