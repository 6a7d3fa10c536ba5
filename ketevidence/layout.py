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


def place(rows: Sequence[Row], page: Page, medium: style.Medium, ax: Axes | None) -> tuple[Axes, list[float]]:
    """Axes with labels, and for each row the height (y) at which its mark is to stand.

    Must be called inside `style.applied`. With `ax` the rows are drawn there; without,
    a figure is made whose height follows the rows.

    Raises
    ------
    ValueError
        More rows than the medium holds at its size of type.
    """
    import matplotlib as mpl

    size = float(mpl.rcParams["font.size"])
    figure = ax.get_figure(root=True) if ax else None
    wide = figure.get_figwidth() if figure else float(mpl.rcParams["figure.figsize"][0])
    wide = wide * _POINTS - 3 * _GAP
    labels = [
        style.wrap(row.label, size, wide if row.heading else wide * page.label_share, _weight(row)) for row in rows
    ]
    line = size * medium.line
    heights = [_height(label, row, line) for label, row in zip(labels, rows)]
    title = style.wrap(page.title, float(mpl.rcParams["figure.titlesize"]), wide, "bold")
    foot = style.wrap(page.foot, float(mpl.rcParams["figure.labelsize"]), wide)
    if ax is None:
        ax = _new_axes(sum(heights) + line, title, foot, page, medium, len(rows))
    else:
        ax.set_title(title, loc="left", weight="bold", fontsize=mpl.rcParams["figure.titlesize"])
        ax.annotate(foot, (0, 0), (0, -4.8 * line), xycoords="axes fraction", textcoords="offset points", va="top")
    return ax, _write(ax, rows, labels, heights, page, size, line)


def _weight(row: Row) -> str:
    return "bold" if row.heading else "normal"


def _height(label: str, row: Row, line: float) -> float:
    lines = max([label.count("\n"), *(text.count("\n") for text in row.right)]) + 1
    return lines * line + (0.5 * line if row.heading else 0.2 * line)


def _new_axes(rows_height: float, title: str, foot: str, page: Page, medium: style.Medium, count: int) -> Axes:
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    around = (
        (title.count("\n") + 1) * mpl.rcParams["figure.titlesize"] * 1.35
        + (foot.count("\n") + 1) * mpl.rcParams["figure.labelsize"] * 1.35
        + mpl.rcParams["font.size"] * (3.4 + 2.0 * bool(page.x_label) + 2.9 * bool(page.headings))
    )
    wide = float(mpl.rcParams["figure.figsize"][0])
    high = (rows_height + around) / _POINTS
    if medium.height is not None:
        if high > medium.height:
            holds = int(count * (medium.height * _POINTS - around) / rows_height)
            raise ValueError(
                f"a {medium.name} holds about {max(holds, 0)} of these {count} rows at a readable size; "
                "choose fewer rows, or the medium 'page'"
            )
        high = medium.height
    engine = ConstrainedLayoutEngine(w_pad=_GAP / _POINTS, h_pad=0.04)
    figure = Figure(figsize=(wide, high), layout=engine)
    margin = _GAP / _POINTS / wide
    figure.suptitle(title, x=margin, ha="left", weight="bold")
    figure.supxlabel(foot, x=margin, ha="left", fontsize=mpl.rcParams["figure.labelsize"], linespacing=1.25)
    ax: Axes = figure.add_subplot()
    return ax


def _write(
    ax: Axes,
    rows: Sequence[Row],
    labels: Sequence[str],
    heights: Sequence[float],
    page: Page,
    size: float,
    line: float,
) -> list[float]:
    ys: list[float] = []
    top = 0.0
    for height, row, label in zip(heights, rows, labels):
        lines = label.count("\n") + 1
        ys.append(top + height - 0.5 * lines * line if row.heading else top + height / 2)
        top += height
    ax.set_ylim(top + 0.5 * line, -0.5 * line)
    left = max([style.width(part, size) for row, label in zip(rows, labels) if not row.heading
                for part in label.split("\n")] or [0.0])  # fmt: skip
    ax.tick_params(axis="y", length=0, pad=left + _GAP)
    ax.set_yticks([y for y, row in zip(ys, rows) if not row.heading],
                  [label for label, row in zip(labels, rows) if not row.heading], ha="left")  # fmt: skip
    for y, row, label in zip(ys, rows, labels):
        if row.heading:
            ax.annotate(label, (0, y), (-left - _GAP, 0), weight="bold", ha="left", va="center", **_beside(ax))
    _write_right(ax, rows, ys, page, size, -0.5 * line)
    ax.set_xlabel(page.x_label)
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    return ys


def _write_right(ax: Axes, rows: Sequence[Row], ys: Sequence[float], page: Page, size: float, top: float) -> None:
    offset = _GAP
    for column, heading in enumerate(page.headings):
        wide = style.width(heading, size)
        for y, row in zip(ys, rows):
            if column >= len(row.right):
                continue
            colour = row.colours[column] if column < len(row.colours) else ""
            weight = "bold" if colour else "normal"
            looks: dict[str, Any] = {"weight": weight, "color": colour} if colour else {}
            ax.annotate(row.right[column], (1, y), (offset, 0), ha="left", va="center", **looks, **_beside(ax))
            wide = max([wide, *(style.width(part, size, weight) for part in row.right[column].split("\n"))])
        above = size * 1.7
        ax.annotate(heading, (1, top), (offset, above), ha="left", va="bottom", style="italic", **_beside(ax))
        offset += wide + 1.5 * _GAP


def _beside(ax: Axes) -> dict[str, Any]:
    return {
        "xycoords": ax.get_yaxis_transform(),
        "textcoords": "offset points",
        "annotation_clip": False,
    }
