"""Axes with rows of texts, or with none, placed by the measured texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ketevidence import style
from ketevidence.layout.texts import GAP, POINTS, Measured, Page, Row, colour_of, lines_of, measure, weight_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_SPREAD = 2.2  # of the rows of a slide that has room, as a multiple of the height that they need


class TooManyRows(ValueError):  # noqa: N818, the name says what is wrong
    """A medium of fixed height cannot hold the rows at its size of type."""


def place(rows: Sequence[Row], page: Page, medium: style.Medium, ax: Axes | None) -> tuple[Axes, list[float]]:
    """Axes with labels, and for each row the height (y) at which its mark is to stand.

    Must be called inside `style.applied`. With `ax` the rows are drawn there; without,
    a figure is made whose height follows the rows, its axes placed by the measured texts,
    so that every format has the same layout.

    Raises
    ------
    TooManyRows
        More rows than the medium holds at its size of type.
    """
    texts = measure(rows, page, medium, ax)
    ax = _axes(texts, page, medium, ax)
    return ax, _write(ax, rows, texts, page)


def plane(
    ticks: Mapping[float, str], page: Page, medium: style.Medium, ax: Axes | None, least: float = 0.0
) -> tuple[Axes, float]:
    """Axes without rows, with a labelled y axis, and their width in points; inside `style.applied`.

    On a page they are at least so many points high.
    """
    import matplotlib as mpl

    texts = measure([Row(label) for label in ticks.values()], page, medium, ax)
    high = 0.0 if medium.height else max(0.5 * float(mpl.rcParams["figure.figsize"][0]) * POINTS, least)
    ax = _axes(replace(texts, heights=(high,)), page, medium, ax)
    ax.set_yticks(list(ticks), list(ticks.values()))
    ax.tick_params(axis="y", length=0)
    ax.annotate(
        page.y_label, (0, 1), (-texts.left - GAP, page.above * texts.size), xycoords="axes fraction",
        textcoords="offset points", va="bottom", style=style.slant(page.y_label),
    )  # fmt: skip
    _write_below(ax, texts, page)
    return ax, texts.room


def _axes(texts: Measured, page: Page, medium: style.Medium, ax: Axes | None) -> Axes:
    """The axes given, or new ones, with title and foot."""
    if ax is None:
        return _new_axes(texts, page, medium)
    _dress(ax)
    above = (page.above + 1.7 if page.headings or page.y_label else 1) * texts.size
    size = 1.25 * texts.size
    ax.set_title(texts.title, loc="left", weight="bold", fontsize=size, pad=above, color=style.ink())
    below = -texts.line - (0 if texts.inside else 3.8 * texts.line + texts.side_height)
    ax.annotate(texts.foot, (0, 0), (0, below), xycoords="axes fraction", textcoords="offset points", va="top")
    return ax


def _dress(ax: Axes) -> None:
    """Colours and sizes of the style for axes that were made in another one."""
    import matplotlib as mpl

    figure = ax.get_figure(root=True)
    look: Any = mpl.rcParams
    assert figure is not None
    figure.set_facecolor(look["figure.facecolor"])
    ax.set_facecolor(look["axes.facecolor"])
    ax.xaxis.label.set(color=look["axes.labelcolor"], size=look["axes.labelsize"])
    ax.tick_params(grid_color=look["grid.color"], grid_linewidth=look["grid.linewidth"])
    for axis in ("x", "y"):
        colour, labelsize = look[f"{axis}tick.color"], look[f"{axis}tick.labelsize"]
        ax.tick_params(axis=axis, colors=colour, labelsize=labelsize)
    for side, spine in ax.spines.items():
        spine.set(edgecolor=look["axes.edgecolor"], linewidth=look["axes.linewidth"])
        spine.set_visible(look[f"axes.spines.{side}"])


def _new_axes(texts: Measured, page: Page, medium: style.Medium) -> Axes:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    title_height = lines_of(texts.title) * mpl.rcParams["figure.titlesize"] * 1.3
    foot_height = lines_of(texts.foot) * texts.size * 1.35
    above = GAP + title_height + texts.size * (page.above + 1.9 if page.headings or page.y_label else 1)
    below = GAP + foot_height + (texts.size if texts.inside else texts.axis_height)
    inside = sum(texts.heights) + texts.line
    wide = float(mpl.rcParams["figure.figsize"][0]) * POINTS
    high = above + inside + below
    if medium.height is not None:
        if high > medium.height * POINTS:
            holds = int(len(texts.labels) * (medium.height * POINTS - above - below) / inside)
            raise TooManyRows(
                f"a slide holds about {max(holds, 0)} of these {len(texts.labels)} rows at a readable size; "
                "choose fewer rows, or the medium 'page'"
            )
        high = medium.height * POINTS
    tall = high - above - below
    if sum(texts.heights):  # few rows stand together at the top of a slide
        tall = min(tall, _MOST_SPREAD * inside)
    inches = (wide / POINTS, medium.height or high / POINTS)
    left, right = 2 * GAP + texts.left, 2 * GAP + sum(texts.columns)
    figure = Figure(figsize=inches)
    figure.text(GAP / wide, 1 - GAP / high, texts.title, va="top", weight="bold",
                fontsize=mpl.rcParams["figure.titlesize"], gid=style.TITLE)  # fmt: skip
    figure.text(GAP / wide, GAP / high, texts.foot, va="bottom", linespacing=1.25)
    box = (left / wide, (high - above - tall) / high, (wide - left - right) / wide, tall / high)
    ax: Axes = figure.add_axes(box)
    return ax


def _write(ax: Axes, rows: Sequence[Row], texts: Measured, page: Page) -> list[float]:
    ys: list[float] = []
    top, axis = 0.0, None
    for height, row, label in zip(texts.heights, rows, texts.labels):
        ys.append(top + height - 0.5 * lines_of(label) * texts.line if row.heading else top + height / 2)
        axis = top if row.axis else axis
        top += height
    ax.set_ylim(top + 0.5 * texts.line, -0.5 * texts.line)
    ax.set_yticks([])
    beside = _beside(ax, -texts.left - GAP)
    for y, row, label in zip(ys, rows, texts.labels):
        ax.text(0, y, label, weight=weight_of(row), va="center", **beside)
    _write_right(ax, rows, ys, texts, page)
    _write_below(ax, texts, page, axis)
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    return ys


def _write_below(ax: Axes, texts: Measured, page: Page, axis: float | None = None) -> None:
    """The words for the two sides of the axis, then its name; the axis may stand at a height (y) of the data."""
    ax.set_xlabel(page.x_label, labelpad=4 + texts.side_height)
    foot: Any = ((texts.sides[2], 0), "axes fraction")
    if axis is not None:
        ax.spines["bottom"].set_position(("data", axis))
        foot = ((texts.sides[2], axis), ("axes fraction", "data"))
    down = -(7 + 1.25 * page.tick_lines * texts.size)
    for side, align, away in [(texts.sides[0], "right", -GAP), (texts.sides[1], "left", GAP)]:
        ax.annotate(
            side, foot[0], (away, down), xycoords=foot[1], textcoords="offset points", ha=align, va="top",
            multialignment=align,
        )  # fmt: skip


def _write_right(ax: Axes, rows: Sequence[Row], ys: Sequence[float], texts: Measured, page: Page) -> None:
    offset = GAP
    for column, heading in enumerate(page.headings):
        beside = _beside(ax, offset)
        for y, row in zip(ys, rows):
            if column < len(row.right):
                colour = colour_of(row, column)
                looks: dict[str, Any] = {"weight": "bold"} if colour or row.bold else {}
                looks |= {"color": colour} if colour else {}
                ax.text(1, y, row.right[column], va="center", **beside, **looks)
        above = _beside(ax, offset, texts.size * page.above)
        ax.text(1, -0.5 * texts.line, heading, va="bottom", style=style.slant(heading), **above)
        offset += texts.columns[column]


def _beside(ax: Axes, right: float, up: float = 0) -> dict[str, Any]:
    """How text is placed at heights of the data, some points beside an edge (x 0 or 1) of the axes."""
    from matplotlib.transforms import offset_copy

    place = offset_copy(ax.get_yaxis_transform(), ax.get_figure(root=True), right, up, units="points")
    return {"ha": "left", "transform": place, "clip_on": False}
