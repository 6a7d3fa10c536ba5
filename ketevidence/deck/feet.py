"""The foot of a slide: the sources by their numbers, the date of the evidence, the number of the slide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ketevidence.deck.citing import marks
from ketevidence.deck.frames import Frame
from ketevidence.deck.texts import LINE, SMALLEST, Box, Paragraph, fits, lines_in
from ketevidence.deck.writing import INSET, add_number, fill, put

_ADVICE = "Not medical advice."
_NUMBER = 50.0  # points that the number of a slide takes where the layout has no place for it
_MOST = "999"
_GAP = 4.0  # points between a strip and what stands above it


@dataclass(frozen=True)
class Foot:
    """What stands in the places of the layout; where they are too small, a strip of our own.

    Attributes
    ----------
    placed : mapping
        Texts by the kind of their placeholder ('dt', 'ftr'); that of the number ('sldNum')
        is empty.
    strip : str
        The texts, where one of them is too long for its place or has none.
    place : Box
        Of the strip.
    number : Box or None
        Of the number, where the layout has no place for it.
    floor : float
        How far down the content of the slide may reach.
    """

    placed: Mapping[str, str]
    strip: str
    place: Box
    number: Box | None
    floor: float

    def draw(self, slide: Any, frame: Frame) -> None:
        """Write the foot."""
        for holder in frame.layout.placeholders:
            kind = holder.element.ph_type.xml_value
            if kind in self.placed:
                slide.shapes.clone_placeholder(holder)
                text = slide.shapes[-1].text_frame
                if kind == "sldNum":
                    add_number(text, inset=0)
                else:
                    fill(text, [Paragraph(self.placed[kind])], SMALLEST, inset=0)
        if self.strip:
            fill(_box(slide, self.place), [Paragraph(self.strip)], SMALLEST, inset=0)
        if self.number:
            add_number(_box(slide, self.number), inset=0)


def foot_of(frame: Frame, slide: Box, date: str, numbers: Sequence[int]) -> Foot:
    """The foot of a slide that uses the sources of these numbers."""
    sources = f"Sources {marks(numbers)}. " if numbers else ""
    texts = {"dt": f"Evidence of {date}", "ftr": f"{sources}{_ADVICE}"}
    numbered = {"sldNum": ""} if _has_room(frame, "sldNum", _MOST) else {}
    if numbered and all(_has_room(frame, kind, text) for kind, text in texts.items()):
        low = [frame.feet[kind].top for kind in (*texts, *numbered) if frame.feet[kind].top > slide.height / 2]
        return Foot(texts | numbered, "", slide, None, min(low, default=slide.height))
    lowest = frame.room(slide)
    right, bottom, number = lowest.right - _NUMBER, lowest.bottom, None
    if numbered and (known := frame.feet["sldNum"]).top > slide.height / 2:
        beside = known.left > lowest.left + lowest.width / 2
        right, bottom = (min(right, known.left), known.bottom) if beside else (lowest.right, known.top)
        bottom = min(bottom, lowest.bottom)
    elif not numbered:
        number = Box(right, bottom - _high(1), _NUMBER, _high(1))
    strip = f"{texts['dt']}. {texts['ftr']}"
    high = _high(lines_in(strip, SMALLEST, right - lowest.left - 2 * INSET[0]))
    place = Box(lowest.left, bottom - high, right - lowest.left, high)
    return Foot(numbered, strip, place, number, min(place.top, bottom - _high(1)) - _GAP)


def _box(slide: Any, place: Box) -> Any:
    """The text frame of a text box in a place."""
    shape = slide.shapes.add_textbox(0, 0, 0, 0)
    put(shape, place)
    return shape.text_frame


def _high(lines: int) -> float:
    return lines * SMALLEST * LINE


def _has_room(frame: Frame, kind: str, text: str) -> bool:
    box = frame.feet.get(kind)
    return box is not None and fits(text, SMALLEST, replace(box, width=box.width - 2 * INSET[0]))
