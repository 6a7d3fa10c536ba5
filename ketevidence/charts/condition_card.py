"""One condition on one slide: what the article says, best evidence, numbers, certainty, gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid
from ketevidence.layout.texts import GAP, POINTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LARGE = (1.3, 1.15)  # sizes of the text that are tried where the height is fixed
_SPARE = 4  # the highest rank that a text of the usual size is tried with
_PART = 0.13  # share of the width that the names of the parts may take
_FIGURES = (0.18, 0.22, 0.26, 0.3, 0.34)  # shares that are tried for the figures
_SOLID, _HOLLOW = "▪", "▫"
_UNSURE = "provisional, unchecked or second hand"
_KEYS = ("claim_ids", "outcome_ids")  # rows of the tables whose people a second reader may have seen


@dataclass(frozen=True)
class Block:
    """A line of the card with its line breaks; the first of a part has its name."""

    record: dict[str, Any]
    text: str
    figure: str
    part: str = ""
    spare: int = 0

    @property
    def lines(self) -> int:
        """How many lines of text it takes."""
        return max(self.text.count("\n"), self.figure.count("\n")) + 1 + self.spare


@dataclass(frozen=True)
class Card:
    """The lines in the columns of one size of text; all widths in points of the usual size.

    `scale` is the size of the text as a multiple of the usual one, `text` and `figure` are
    where these columns begin, `room` is where the last one ends.
    """

    scale: float
    text: float
    figure: float
    room: float
    blocks: tuple[Block, ...]

    @property
    def lines(self) -> int:
        """How many lines of text it takes."""
        return sum(block.lines for block in self.blocks)

    def without(self, left: set[int]) -> Card:
        """The card without the blocks at these places; what is first in its part now has the name."""
        kept = [block for place, block in enumerate(self.blocks) if place not in left]
        return replace(self, blocks=tuple(_named(kept, self.text)))


def condition_card(table: pd.DataFrame, *, ax: Axes | None = None, medium: str = "page", title: str = "") -> Chart:
    """The lines of one condition in parts, with their figures; results of trials with a bar of their people.

    On a slide the lines give way by their rank, the highest first, of equal ones the last,
    until the rest fits; the foot says how many are left out. They stay in the rows of the
    chart.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.condition_card`: label, part, text, figure, rank, finding, result, n,
        solid, citation; the rows of a part together.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it the condition and what its rows find.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, or lines that must not give way and that the medium cannot hold.
    """
    rows = counted_rows(table, "label", "part", "text", "figure", "rank", "finding", "result", "n", "solid")
    chosen = style.medium(medium)
    heading = title or _finding(rows)
    with style.applied(chosen):
        axes = _drawn(rows, heading, chosen, ax)
    return finished("condition_card", axes, rows, heading, map(_sentence, rows.to_dict("records")), medium)


def _drawn(rows: pd.DataFrame, heading: str, medium: style.Medium, ax: Axes | None) -> Axes:
    """The first of the cards that fits."""
    room = layout.room([], layout.Page("", ""), medium, ax) + (2 * GAP if ax is None else 0)
    cards = _cards(rows, room, medium.height if ax is None else None)
    for card in cards:
        try:
            return _draw(card, layout.Page(heading, _foot(rows, card, medium.name), tick_lines=0), medium, ax)
        except layout.TooManyRows as error:
            refusal = error
    raise refusal


def _cards(rows: pd.DataFrame, room: float, height: float | None) -> Iterator[Card]:
    """Cards to try: in large text, then without the lines that give way first, then with less and less of them."""
    whole = _card(rows, room, 1.0)
    if height is None:
        yield whole
        return
    order = rows["rank"].reset_index(drop=True).iloc[::-1].sort_values(ascending=False, kind="stable")
    least, most = (int((order > rank).sum()) for rank in (_SPARE, 1))
    for left in (0, least):
        yield from (_card(rows, room, scale).without(set(order.index[:left])) for scale in _LARGE)
    yield from (whole.without(set(order.index[:left])) for left in range(least, most + 1))


def _card(rows: pd.DataFrame, room: float, scale: float) -> Card:
    """All lines with their line breaks, in the columns that make them the fewest."""
    room, size = room / scale, style.size()
    names = style.wrap("\n".join(map(wording.capital, rows.part.map(grid.words).unique())), size, _PART * room, "bold")
    text = max(style.width(line, size, "bold") for line in names.split("\n")) + 2.4 * size
    return min(
        (_broken(rows, Card(scale, text, (1 - share) * room, room, ())) for share in _FIGURES),
        key=lambda card: card.lines,
    )


def _broken(rows: pd.DataFrame, card: Card) -> Card:
    size, blocks = style.size(), []
    for record in rows.to_dict("records"):
        figure = _figure(grid.words(record["figure"]), card.room - card.figure)
        wide = card.figure - size - card.text if figure else card.room - card.text
        text = style.wrap(wording.capital(grid.words(record["text"]).removesuffix(".")), size, wide)
        blocks.append(Block(record, text, figure))
    return replace(card, blocks=tuple(_named(blocks, card.text)))


def _named(blocks: Sequence[Block], wide: float) -> Iterator[Block]:
    """The blocks, the first of each part with its name, the last with the lines that the name needs."""
    size = style.size()
    for part, group in groupby(blocks, lambda block: grid.words(block.record["part"])):
        first, *others = (replace(block, part="", spare=0) for block in group)
        name = style.wrap(wording.capital(part), size, wide - 2.4 * size, "bold")
        own = [replace(first, part=name), *others]
        spare = max(name.count("\n") + 1 - sum(block.lines for block in own), 0)
        yield from (*own[:-1], replace(own[-1], spare=spare))


def _figure(text: str, wide: float) -> str:
    """A figure with line breaks; its interval begins a line if it does not fit into the first."""
    size = style.size()
    whole = text if style.width(text, size, "bold") <= wide else text.replace(" (", "\n(")
    return style.wrap(whole, size, wide, "bold")


def _draw(card: Card, page: layout.Page, medium: style.Medium, ax: Axes | None) -> Axes:
    import matplotlib as mpl

    size = style.size() * card.scale
    with mpl.rc_context({"font.size": size, "figure.labelsize": size}):
        rows = [layout.Row("\n" * (block.lines - 1), heading=bool(block.part)) for block in card.blocks]
        axes, ys = layout.place(rows, page, medium, ax)
        if ax is None:
            _widen(axes)
        axes.set_xlim(0, card.room)
        axes.set_axis_off()
        for y, block in zip(ys, card.blocks):
            _write(axes, y, block, card, medium)
        _bars(axes, list(zip(ys, card.blocks)), card)
    return axes


def _widen(ax: Axes) -> None:
    """The axes from the left edge of the title to the same distance from the right edge of the figure."""
    figure, box = ax.get_figure(root=True), ax.get_position()
    assert figure is not None
    edge = GAP / (POINTS * figure.get_figwidth())
    ax.set_position((edge, box.y0, 1 - 2 * edge, box.height))


def _write(ax: Axes, y: float, block: Block, card: Card, medium: style.Medium) -> None:
    """The name of the part with a line above it, a mark that says how solid it is, text and figure."""
    size = style.size()
    up = (block.lines - 1) / 2 * grid.PITCH * size
    if block.part:
        line = grid.line_height(medium)
        edge = y - (block.lines / 2 + 0.25) * line
        ax.plot((0, card.room), (edge, edge), color=style.faint(), linewidth=0.1 * size, clip_on=False)
        grid.write(ax, (0, y), block.part, up, ha="left", weight="bold", color=style.legible("C0"))
    mark = _SOLID if grid.solid(block.record) else _HOLLOW
    grid.write(ax, (card.text - 1.4 * size / card.scale, y), mark, up, ha="left", color=style.soft())
    grid.write(ax, (card.text, y), block.text, up, ha="left")
    if block.figure:
        grid.write(ax, (card.figure, y), block.figure, up, ha="left", weight="bold")


def _bars(ax: Axes, placed: Sequence[tuple[float, Block]], card: Card) -> None:
    """Beside each result its people, on one scale."""
    from matplotlib.transforms import offset_copy

    size, start, most = style.size(), *_scale(card, style.size() / card.scale)
    for y, block in placed if most else ():
        if grid.words(block.record["result"]) and not wording.missing(block.record["n"]):
            end = start + (card.room - start) * int(block.record["n"]) / most
            up = (block.lines - 1) / 2 * grid.PITCH * size
            where = offset_copy(ax.transData, ax.get_figure(root=True), 0, up, units="points")
            looks: dict[str, Any] = {"linewidth": 0.7 * size, "solid_capstyle": "butt", "clip_on": False}
            ax.plot((start, end), (y, y), color=style.colour("C0"), transform=where, **looks)


def _scale(card: Card, size: float) -> tuple[float, int]:
    """Where bars begin and how many people the longest stands for; 0 where there is nothing to compare, or no room."""
    shown = [block for block in card.blocks if grid.words(block.record["result"])]
    known = [int(block.record["n"]) for block in shown if not wording.missing(block.record["n"])]
    figures = [style.width(line, size, "bold") for block in shown for line in block.figure.split("\n")]
    start = max(figures, default=0.0) + card.figure + size
    return start, max(known) if len(known) > 1 and card.room - start > 3 * size else 0


def _finding(rows: pd.DataFrame) -> str:
    """The condition, and what its lines lend to a title."""
    findings = "; ".join(found for found in rows.finding.map(grid.words) if found)
    return ": ".join(part for part in (wording.capital(grid.words(rows.label.iloc[0])), findings) if part)


def _foot(rows: pd.DataFrame, card: Card, medium: str) -> str:
    left = len(rows) - len(card.blocks)
    notes = [
        _people(card),
        "" if all(grid.solid(block.record) for block in card.blocks) else f"{_HOLLOW} {_UNSURE}",
        f"{wording.counted(left, 'more line')} in the rows" if left else "",
    ]
    said = wording.capital("; ".join(note for note in notes if note))
    return " ".join([*([f"{said}."] if said else []), sources_line(sources_of(rows), medium)])


def _people(card: Card) -> str:
    """What bars are, and that no second reader saw how many people are in a study."""
    unseen = grid.UNSEEN if any(_of_studies(block.record) for block in card.blocks) else ""
    if _scale(card, style.size())[1]:
        return "bars: people in the trials" + (f" ({unseen})" if unseen else "")
    return f"people in studies: {unseen}" if unseen else ""


def _of_studies(record: dict[str, Any]) -> bool:
    """Whether the people of a line are those of studies, not of a claim or an outcome."""
    return not wording.missing(record["n"]) and not any(grid.words(record.get(name)) for name in _KEYS)


def _sentence(record: dict[str, Any]) -> str:
    said = (grid.words(record[name]).removesuffix(".") for name in ("text", "figure"))
    return f"{wording.capital(grid.words(record['part']))}: {'; '.join(part for part in said if part)}."
