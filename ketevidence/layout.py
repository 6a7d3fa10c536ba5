"""Rows of text with room for marks between them: the frame of every chart of rows.

A row has a label at the left and short columns at the right; long labels are broken into
lines and the row grows with them. Heights are in points, so that no text can overlap
whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ketevidence import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAP = 7.0  # points between a column of text and its neighbour
_POINTS = 72.0


@dataclass(frozen=True)
class Row:
    """One row: its label, the texts at its right, their colours (coloured text is bold)."""

    label: str
    right: tuple[str, ...] = ()
    heading: bool = False
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """The words around the rows."""

    title: str
    foot: str
    x_label: str = ""
    headings: tuple[str, ...] = ()
    label_share: float = 0.34
    tick_lines: int = 1


@dataclass(frozen=True)
class _Measured:
    """The texts with their line breaks, and what room they take, in points."""

    size: float
    line: float
    title: str
    foot: str
    labels: tuple[str, ...]
    heights: tuple[float, ...]
    left: float
    columns: tuple[float, ...]


def place(rows: Sequence[Row], page: Page, medium: style.Medium, ax: Axes | None) -> tuple[Axes, list[float]]:
    """Axes with labels, and for each row the height (y) at which its mark is to stand.

    Must be called inside `style.applied`. With `ax` the rows are drawn there; without,
    a figure is made whose height follows the rows, its axes placed by the measured texts,
    so that every format has the same layout.

    Raises
    ------
    ValueError
        More rows than the medium holds at its size of type.
    """
    figure = ax.get_figure(root=True) if ax else None
    texts = _measure(rows, page, medium, figure.get_figwidth() if figure else None)
    if ax is None:
        ax = _new_axes(texts, page, medium)
    else:
        ax.set_title(texts.title, loc="left", weight="bold", fontsize=1.25 * texts.size)
        below = -4.8 * texts.line
        ax.annotate(texts.foot, (0, 0), (0, below), xycoords="axes fraction", textcoords="offset points", va="top")
    return ax, _write(ax, rows, texts, page)


def _measure(rows: Sequence[Row], page: Page, medium: style.Medium, inches: float | None) -> _Measured:
    import matplotlib as mpl

    size = float(mpl.rcParams["font.size"])
    line = size * medium.line
    wide = (inches or float(mpl.rcParams["figure.figsize"][0])) * _POINTS - 3 * _GAP
    labels = tuple(
        style.wrap(row.label, size, wide if row.heading else wide * page.label_share, _weight(row)) for row in rows
    )
    lines = [part for row, label in zip(rows, labels) if not row.heading for part in label.split("\n")]
    return _Measured(
        size=size,
        line=line,
        title=style.wrap(page.title, float(mpl.rcParams["figure.titlesize"]), wide, "bold"),
        foot=style.wrap(page.foot, float(mpl.rcParams["figure.labelsize"]), wide * (0.5 if inches else 1)),
        labels=labels,
        heights=tuple(_height(label, row, line) for label, row in zip(labels, rows)),
        left=max((style.width(part, size) for part in lines), default=0.0),
        columns=tuple(_column_width(rows, column, heading, size) for column, heading in enumerate(page.headings)),
    )


def _weight(row: Row) -> str:
    return "bold" if row.heading else "normal"


def _height(label: str, row: Row, line: float) -> float:
    lines = max([label.count("\n"), *(text.count("\n") for text in row.right)]) + 1
    return lines * line + (0.5 * line if row.heading else 0.2 * line)


def _colour(row: Row, column: int) -> str:
    return row.colours[column] if column < len(row.colours) else ""


def _column_width(rows: Sequence[Row], column: int, heading: str, size: float) -> float:
    widths = [
        style.width(part, size, "bold" if _colour(row, column) else "normal")
        for row in rows
        if column < len(row.right)
        for part in row.right[column].split("\n")
    ]
    return max([style.width(heading, size), *widths]) + 1.5 * _GAP


def _new_axes(texts: _Measured, page: Page, medium: style.Medium) -> Axes:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    title_height = (texts.title.count("\n") + 1) * mpl.rcParams["figure.titlesize"] * 1.3
    foot_height = (texts.foot.count("\n") + 1) * texts.size * 1.35
    above = _GAP + title_height + texts.size * (3.6 if page.headings else 1)
    below = _GAP + foot_height + texts.size * (1 + 1.35 * page.tick_lines + 1.6 * bool(page.x_label))
    inside = sum(texts.heights) + texts.line
    wide = float(mpl.rcParams["figure.figsize"][0]) * _POINTS
    high = above + inside + below
    if medium.height is not None:
        if high > medium.height * _POINTS:
            holds = int(len(texts.labels) * (medium.height * _POINTS - above - below) / inside)
            raise ValueError(
                f"a {medium.name} holds about {max(holds, 0)} of these {len(texts.labels)} rows at a readable size; "
                "choose fewer rows, or the medium 'page'"
            )
        high = medium.height * _POINTS
    inches = (wide / _POINTS, medium.height or high / _POINTS)
    left, right = 2 * _GAP + texts.left, 2 * _GAP + sum(texts.columns)
    figure = Figure(figsize=inches)
    figure.text(_GAP / wide, 1 - _GAP / high, texts.title, va="top", weight="bold",
                fontsize=mpl.rcParams["figure.titlesize"])  # fmt: skip
    figure.text(_GAP / wide, _GAP / high, texts.foot, va="bottom", linespacing=1.25)
    ax: Axes = figure.add_axes((left / wide, below / high, (wide - left - right) / wide, (high - above - below) / high))
    return ax


def _write(ax: Axes, rows: Sequence[Row], texts: _Measured, page: Page) -> list[float]:
    ys: list[float] = []
    top = 0.0
    for height, row, label in zip(texts.heights, rows, texts.labels):
        lines = label.count("\n") + 1
        ys.append(top + height - 0.5 * lines * texts.line if row.heading else top + height / 2)
        top += height
    ax.set_ylim(top + 0.5 * texts.line, -0.5 * texts.line)
    ax.set_yticks([])
    beside = _beside(ax, -texts.left - _GAP)
    for y, row, label in zip(ys, rows, texts.labels):
        ax.text(0, y, label, weight=_weight(row), va="center", **beside)
    _write_right(ax, rows, ys, texts, page)
    ax.set_xlabel(page.x_label)
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    return ys


def _write_right(ax: Axes, rows: Sequence[Row], ys: Sequence[float], texts: _Measured, page: Page) -> None:
    offset = _GAP
    for column, heading in enumerate(page.headings):
        beside = _beside(ax, offset)
        for y, row in zip(ys, rows):
            if column < len(row.right):
                colour = _colour(row, column)
                looks: dict[str, Any] = {"weight": "bold", "color": colour} if colour else {}
                ax.text(1, y, row.right[column], va="center", **beside, **looks)
        above = _beside(ax, offset, texts.size * 1.7)
        ax.text(1, -0.5 * texts.line, heading, va="bottom", style="italic", **above)
        offset += texts.columns[column]


def _beside(ax: Axes, right: float, up: float = 0) -> dict[str, Any]:
    """How text is placed at heights of the data, some points beside an edge (x 0 or 1) of the axes."""
    from matplotlib.transforms import offset_copy

    place = offset_copy(ax.get_yaxis_transform(), ax.get_figure(root=True), right, up, units="points")
    return {"ha": "left", "transform": place, "clip_on": False}
