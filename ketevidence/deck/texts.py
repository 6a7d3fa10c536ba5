"""Texts measured before they stand on a slide: their lines, heights and pages, in points.

Everything is measured in DejaVu Sans, which is wider than nearly all fonts of templates, and set with
an exact distance of lines. What fits here fits in another font. Called inside `style.applied`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ketevidence import style

SMALLEST = 14.0  # points, of any text on a slide
LINE = 1.2  # from one line to the next, as a multiple of the size
GAP = 0.35  # between two paragraphs, likewise
PADDING = 4.0  # points that a cell leaves free on each side
_FILLED = 0.85  # of the width of a table, at most, is needed for its longest words
_SAFE = 0.93  # of the width: some fonts are wider than the one measured, and programs round


@dataclass(frozen=True)
class Box:
    """A rectangle on a slide, in points from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def meets(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.5 and along > 0.5

    def between(self, top: float, bottom: float) -> Box:
        """The same columns from another top to another bottom."""
        return replace(self, top=top, height=max(bottom - top, 0.0))


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; its mark (a bullet, a number) hangs at its left."""

    text: str
    mark: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Grid:
    """Cells of a table as text, the names of the columns, and how these share what their longest words leave.

    The first column is bold, as the headings are.
    """

    headings: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]

    def widths(self, size: float, width: float) -> list[float]:
        """The widths of the columns in a table of this width."""
        least = self._least(size)
        rest = max(width - sum(least), 0.0)
        wanted = [one + rest * share / sum(self.shares) for one, share in zip(least, self.shares)]
        return [one * width / sum(wanted) for one in wanted]

    def _least(self, size: float) -> list[float]:
        """The widths that the columns need so that no word is broken."""
        return [
            max(style.width(word, size, "bold") for cell in column for word in cell.split()) / _SAFE + 2 * PADDING
            for column in zip(self.headings, *self.rows)
        ]

    def heights(self, size: float, width: float) -> list[float]:
        """The heights of the headings and of the rows in a table of this width."""
        widths = self.widths(size, width)
        lines = (
            max(
                lines_in(cell, size, wide - 2 * PADDING, bold=row is self.headings or place == 0)
                for place, (cell, wide) in enumerate(zip(row, widths))
            )
            for row in (self.headings, *self.rows)
        )
        return [count * size * LINE + 2 * PADDING for count in lines]

    def reads(self, size: float, room: Box) -> bool:
        """Whether at a size of type columns are wider than their longest words, and every row has room on a slide."""
        head, *heights = self.heights(size, room.width)
        return sum(self._least(size)) <= _FILLED * room.width and head + max(heights) <= room.height

    def pages(self, size: float, room: Box) -> list[tuple[int, int]]:
        """First row and the one after the last, for each slide.

        Raises
        ------
        ValueError
            A row does not fit on a slide of its own.
        """
        head, *heights = self.heights(size, room.width)
        if head + max(heights) > room.height:
            row = self.rows[heights.index(max(heights))]
            raise ValueError(f"a slide cannot hold the row {row[0]!r} of the table at {size:g} points")
        most, limit = room.height - head, max(heights)
        fewest = len(_cut(heights, most))
        while len(even := _cut(heights, limit)) > fewest:  # the same number of slides, none with one row left over
            limit = min(limit + size, most)
        return even


def _cut(heights: Sequence[float], limit: float) -> list[tuple[int, int]]:
    """First row and the one after the last of each part that is not higher than a limit."""
    starts, filled = [0], 0.0
    for place, height in enumerate(heights):
        if filled + height > limit and filled:
            starts.append(place)
            filled = 0.0
        filled += height
    return list(zip(starts, [*starts[1:], len(heights)]))


def lines_in(text: str, size: float, width: float, bold: bool = False) -> int:
    """How many lines a text takes in a width."""
    return _wrapped(text, size, width, bold).count("\n") + 1


@lru_cache(maxsize=8192)
def _wrapped(text: str, size: float, width: float, bold: bool) -> str:
    return style.wrap(text, size, max(width * _SAFE, size), "bold" if bold else "normal")


def fits(text: str, size: float, box: Box) -> bool:
    """Whether a text fits in a box on one line."""
    return style.width(text, size) <= box.width * _SAFE and size * LINE <= box.height


def indent(paragraphs: Sequence[Paragraph], size: float) -> float:
    """How far the text stands right of its marks."""
    widest = max((style.width(p.mark, size) for p in paragraphs if p.mark), default=0.0)
    return widest + 0.6 * size if widest else 0.0


def height(paragraphs: Sequence[Paragraph], size: float, width: float, hang: float = 0.0) -> float:
    """The height of paragraphs in a width, texts with a mark `hang` points further right."""
    lines = sum(lines_in(p.text, size, width - hang * bool(p.mark), p.bold) for p in paragraphs)
    return lines * size * LINE + max(len(paragraphs) - 1, 0) * GAP * size


def pages(paragraphs: Sequence[Paragraph], size: float, room: Box) -> list[list[Paragraph]]:
    """The paragraphs of each slide; what stands under a heading stays together, a very long paragraph is cut."""
    hang = indent(paragraphs, size)

    def _fit(page: Sequence[Paragraph]) -> bool:
        return height(page, size, room.width, hang) <= room.height

    found: list[list[Paragraph]] = [[]]
    for block in _blocks(_pieces(paragraphs, size, room, hang)):
        if found[-1] and _fit(block) and not _fit([*found[-1], *block]):
            found.append([])
        for paragraph in block:
            if found[-1] and not _fit([*found[-1], paragraph]):
                found.append([])
            found[-1].append(paragraph)
    return found


def _blocks(paragraphs: Iterable[Paragraph]) -> list[list[Paragraph]]:
    """Headings, each with what stands under it; paragraphs under no heading are blocks of their own."""
    found: list[list[Paragraph]] = []
    for paragraph in paragraphs:
        if paragraph.bold or not found or not found[-1][0].bold:
            found.append([])
        found[-1].append(paragraph)
    return found


def _pieces(paragraphs: Sequence[Paragraph], size: float, room: Box, hang: float) -> Iterator[Paragraph]:
    most = max(int(room.height / (size * LINE)), 1)
    for paragraph in paragraphs:
        lines = _wrapped(paragraph.text, size, room.width - hang, paragraph.bold).split("\n")
        if len(lines) <= most:
            yield paragraph
        else:
            yield from (
                replace(paragraph, text=" ".join(lines[start : start + most])) for start in range(0, len(lines), most)
            )


def largest(sizes: Sequence[float], slides: Callable[[float], int]) -> float:
    """The largest size of type that needs no more slides than the smallest.

    Examples
    --------
    >>> largest([24, 20, 14], {24: 3, 20: 2, 14: 2}.__getitem__)
    20
    """
    least = slides(min(sizes))
    return next(size for size in sorted(sizes, reverse=True) if size == min(sizes) or slides(size) <= least)
