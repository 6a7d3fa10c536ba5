"""Slides of a deck: a title that is the finding, a text, a picture or a table, a foot, notes for the speaker."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import pandas as pd

from ketevidence import provenance, wording
from ketevidence.chart import Chart
from ketevidence.deck.citing import Numbers
from ketevidence.deck.feet import Foot, foot_of
from ketevidence.deck.frames import Frame, Frames
from ketevidence.deck.texts import LINE, SMALLEST, Box, Grid, Paragraph, height, largest, lines_in, pages
from ketevidence.deck.writing import INSET, add_table, describe, fill, note, put
from ketevidence.sheet import Sheet

Shown: TypeAlias = Chart | Sheet
TEXT_SIZES = (24.0, 20.0, 18.0, 16.0)
_TABLE_SIZES = (18.0, 16.0, SMALLEST)
_TITLE_SIZES = (32.0, 28.0, 26.0, 24.0, 22.0, 20.0, 18.0)
_OPENING_SIZES = (54.0, 48.0, 44.0, 40.0, 36.0, *_TITLE_SIZES)
_WORTH = 0.999  # a smaller title must make the picture larger than this, as a ratio, to be taken
_MOST = (10, 10)  # slides of one text or table: their mark has room in the title
_DOTS = 300  # an inch, in a picture as it is drawn
_ROW = ("figure", "rationale", "citation", "locator", "basis")


@dataclass
class Deck:
    """A presentation that grows, and what all its slides share."""

    presentation: Any
    frames: Frames
    numbers: Numbers
    date: str
    records: list[provenance.Record] = field(default_factory=list)
    smallest: float = float("inf")  # points of the text in pictures

    def opening(self, title: str, lines: Sequence[str]) -> None:
        """The title slide."""
        frame = self.frames.opening
        sizes = [size for size in _OPENING_SIZES if size <= frame.title_size]
        size, top = _title(frame, title, sizes)
        slide, left = self._slide(frame, title, size, top, ())
        below = left.between(max(frame.body.top, top.bottom), left.bottom)
        paragraphs, inner = [Paragraph(line) for line in lines], _inside(below)
        text = next((s for s in TEXT_SIZES if height(paragraphs, s, inner.width) <= inner.height), SMALLEST)
        _text(slide, frame, below, paragraphs, text)

    def text(
        self, title: str, paragraphs: Sequence[Paragraph], *, cited: Sequence[str] = (),
        sizes: Sequence[float] = TEXT_SIZES, said: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Slides of text, as many as it takes; `said` stands in the notes of each."""
        frame = self.frames.text
        size, top = _title(frame, _part(title, *_MOST))
        self._texts(title, size, top, max(top.bottom, frame.body.top), paragraphs, sizes, cited, said)

    def references(self) -> None:
        """The numbered references of all sources used, at the end."""
        if listed := self.numbers.every():
            title, size = "References", _sizes(self.frames.text)[-1]
            top = _grown(self.frames.text, title, size)
            self._texts(title, size, top, top.bottom, listed, [SMALLEST], (), ())
            self.record("references", title, [self.numbers.works()], kind="text")

    def _texts(
        self, title: str, size: float, top: Box, start: float, paragraphs: Sequence[Paragraph],
        sizes: Sequence[float], cited: Sequence[str], said: Sequence[str],
    ) -> None:  # fmt: skip
        frame = self.frames.text
        room = self._room(frame, top, cited)
        inner = _inside(room.between(max(room.top, start), room.bottom))
        chosen = largest(sizes, lambda one: len(pages(paragraphs, one, inner)))
        parts = pages(paragraphs, chosen, inner)
        for place, part in enumerate(parts, 1):
            slide, left = self._slide(frame, _part(title, place, len(parts)), size, top, cited)
            _text(slide, frame, left.between(max(left.top, start), left.bottom), part, chosen)
            note(slide, {"": said, "References": self._references(cited)})

    def picture(self, chart: Chart) -> None:
        """A slide with a chart, as large as the title leaves it."""
        frame, content = self.frames.picture, chart.bytes("png", title=False)
        wide, high = struct.unpack(">II", content[16:24])
        tried = []
        for size in _sizes(frame):
            top = _grown(frame, chart.title, size)
            left = self._room(frame, top, chart.sources)
            tried.append((min(left.width / wide, left.height / high), size, top))
        best = max(scale for scale, *_ in tried)
        scale, size, top = next(one for one in tried if one[0] >= _WORTH * best)
        slide, left = self._slide(frame, chart.title, size, top, chart.sources)
        self.smallest = min(self.smallest, SMALLEST * scale * _DOTS / 72)
        shape = slide.shapes.add_picture(io.BytesIO(content), 0, 0)
        put(shape, Box(left.left + (left.width - scale * wide) / 2, left.top, scale * wide, scale * high))
        shape.name = f"Chart {chart.name}"
        describe(shape, chart.alt)
        self._note(slide, chart)

    def table(self, rows: pd.DataFrame, draw: Callable[..., Shown], *grids: Grid) -> None:
        """Slides with a table that can be edited, as many as it takes; `draw` gives title and words of rows.

        The first grid is taken that needs at most one slide more than the shortest.
        """
        frame, whole = self.frames.picture, draw(rows)
        size, top = _title(frame, _part(whole.title, *_MOST))
        room = self._room(frame, top, whole.sources)
        readable = [one for one in grids if one.reads(SMALLEST, room)] or list(grids[-1:])
        counts = [len(one.pages(SMALLEST, room)) for one in readable]
        grid = next(one for one, count in zip(readable, counts) if count <= min(counts) + 1)
        sizes = [one for one in _TABLE_SIZES if grid.reads(one, room)] or [SMALLEST]
        chosen = largest(sizes, lambda one: len(grid.pages(one, room)))
        parts = grid.pages(chosen, room)
        for place, span in enumerate(parts, 1):
            title = _part(whole.title, place, len(parts))
            shown = draw(rows.iloc[slice(*span)], title=title) if len(parts) > 1 else whole
            slide, left = self._slide(frame, title, size, top, shown.sources)
            shape = add_table(slide, left, grid, span, chosen)
            describe(shape, shown.alt)
            shape.name = f"Table {shown.name}"
            self._note(slide, shown)
            rest = rows.drop(rows.index[slice(*span)])  # the title of a part speaks of these too
            self.record(shown.name, title, [shown.table], [rest] * (len(rest) > 0), alt=shown.alt)

    def record(
        self, name: str, title: str, frames: Sequence[pd.DataFrame], beside: Sequence[pd.DataFrame] = (), *,
        alt: str = "", kind: str = "table",
    ) -> None:  # fmt: skip
        """Remember the rows behind a table or a text, and those beside them: a picture carries its own."""
        origin = frames[0].attrs.get("evidence", {})
        shown = {"kind": kind, "name": name, "title": title, "alt": alt}
        told = [*((kind, frame) for frame in frames), *(("reference", frame) for frame in beside)]
        self.records.append(provenance.record(shown, origin, told))

    def _room(self, frame: Frame, top: Box, cited: Iterable[str]) -> Box:
        """What title and foot leave to a slide that uses these sources."""
        return frame.room(self.frames.slide, top.bottom, self._foot(frame, cited).floor)

    def _foot(self, frame: Frame, cited: Iterable[str]) -> Foot:
        return foot_of(frame, self.frames.slide, self.date, self.numbers.of(cited))

    def _slide(self, frame: Frame, title: str, size: float, top: Box, cited: Iterable[str]) -> tuple[Any, Box]:
        """A slide with title and foot, and the room that they leave."""
        slide = self.presentation.slides.add_slide(frame.layout)
        for holder in list(slide.placeholders):
            kind = holder.element.ph_type.xml_value
            if kind in ("title", "ctrTitle"):
                if top != frame.title:
                    put(holder, top)
                fill(holder.text_frame, [Paragraph(title)], size)
            elif holder.placeholder_format.idx != frame.holder:
                holder.element.getparent().remove(holder.element)
        self._foot(frame, cited).draw(slide, frame)
        return slide, self._room(frame, top, cited)

    def _note(self, slide: Any, shown: Shown) -> None:
        note(slide, {"": [shown.alt], "Rows": _rows(shown.table), "References": self._references(shown.sources)})

    def _references(self, cited: Iterable[str]) -> list[str]:
        return [f"{reference.mark} {reference.text}" for reference in self.numbers.references(cited)]


def _sizes(frame: Frame) -> list[float]:
    """The sizes that a title may have, the largest first: none larger than the layout's own."""
    return [size for size in _TITLE_SIZES if size <= frame.title_size] or [max(frame.title_size, SMALLEST)]


def _title(frame: Frame, text: str, sizes: Sequence[float] = ()) -> tuple[float, Box]:
    """The largest size at which a title fits its place; if none does, the smallest, and a higher place."""
    chosen = sizes or _sizes(frame)
    for size in chosen:
        if _grown(frame, text, size).height <= frame.title.height:
            return size, frame.title
    return chosen[-1], _grown(frame, text, chosen[-1])


def _grown(frame: Frame, text: str, size: float) -> Box:
    """The place of a title, just as high as its text at a size."""
    lines = lines_in(text, size, frame.title.width - 2 * INSET[0], bold=True)
    return replace(frame.title, height=lines * size * LINE + 2 * INSET[1])


def _part(title: str, place: int, count: int) -> str:
    """The title of one slide of several, whose mark never breaks over two lines."""
    return f"{title} ({place}\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}{count})" if count > 1 else title


def _inside(box: Box) -> Box:
    return Box(box.left + INSET[0], box.top + INSET[1], box.width - 2 * INSET[0], box.height - 2 * INSET[1])


def _text(slide: Any, frame: Frame, box: Box, paragraphs: Sequence[Paragraph], size: float) -> None:
    """Write into the placeholder of the layout, or where it has none into a box in its place."""
    if frame.holder is None:
        shape = slide.shapes.add_textbox(0, 0, 0, 0)
    else:
        shape = next(holder for holder in slide.placeholders if holder.placeholder_format.idx == frame.holder)
    put(shape, box)
    fill(shape.text_frame, paragraphs, size)


def _rows(table: pd.DataFrame) -> list[str]:
    """A line a row: its key, figure, source, the place in it, and whether a second reader saw it."""
    key = table.attrs.get("key")
    lines = []
    for place, row in enumerate(table.to_dict("records"), 1):
        said = [str(row[name]) for name in _ROW if name in row and not wording.missing(row[name]) and row[name] != ""]
        said += [] if row.get("solid", True) else ["hollow"]
        lines.append(f"{row.get(key, place)}: {'; '.join(said)}")
    return lines
