"""The layouts of a presentation, found by their placeholders, and what room they leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ketevidence.deck.texts import Box

POINT = 12_700  # EMU
MARGIN = 7.0  # points that stay free at the edges of a slide
FEET = ("dt", "ftr", "sldNum")
_CONTENT = ("obj", "body", "pic", "tbl", "chart", "dgm")
_LEAST = (0.5, 0.4)  # shares of the slide that content needs, across and along
_LOWEST = 0.7  # share of the slide below which a few lines under the title have no room


@dataclass(frozen=True)
class Frame:
    """A layout with the places on it, in points.

    Attributes
    ----------
    layout : pptx.slide.SlideLayout
    title, body : Box
        The body is its placeholder, or what is free below the title.
    holder : int or None
        The idx of the placeholder that takes text.
    feet : mapping
        The places of date ('dt'), footer ('ftr') and slide number ('sldNum').
    drawn : tuple of Box
        What the layout draws and does not fill the slide.
    title_size : float
        Points.
    """

    layout: Any
    title: Box
    body: Box
    holder: int | None
    feet: Mapping[str, Box]
    drawn: tuple[Box, ...]
    title_size: float

    def room(self, slide: Box, title_bottom: float = 0.0, floor: float = float("inf")) -> Box:
        """The body, grown up to the title and down to the floor, as far as nothing is drawn there."""
        own = [box for box in self.drawn if box.right > self.body.left and box.left < self.body.right]
        above = [box.bottom for box in own if box.bottom <= self.body.top + 1]
        below = [box.top for box in own if box.top > self.body.top + self.body.height / 2]
        return self.body.between(max([title_bottom, *above]), min([*below, floor, slide.height - MARGIN]))


@dataclass(frozen=True)
class Frames:
    """The layouts that a deck uses, and the slide, in points."""

    opening: Frame
    text: Frame
    picture: Frame
    slide: Box


def frames_of(presentation: Any) -> Frames | None:
    """The layouts for a title slide, for text and for pictures; None where there is no usable one."""
    slide = Box(0, 0, presentation.slide_width / POINT, presentation.slide_height / POINT)
    layouts = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    texts = [frame for layout in layouts for frame in _with_content(layout, slide)]
    bare = [frame for layout in layouts for frame in _bare(layout, slide)]
    if not texts and not bare:
        return None
    text = max(texts, key=_worth) if texts else bare[0]
    same = (frame for frame in bare if frame.title == text.title and set(frame.drawn) <= set(text.drawn))
    picture = next((replace(frame, body=text.body) for frame in same), text)
    opening = next((frame for layout in layouts for frame in _opening(layout, slide)), text)
    return Frames(opening, text, picture, slide)


def _worth(frame: Frame) -> tuple[int, float]:
    """Few placeholders that stay empty come before much room."""
    return -len(list(_placeholders(frame.layout, _CONTENT))), frame.body.width * frame.body.height


def _with_content(layout: Any, slide: Box) -> Iterator[Frame]:
    """The layout with its largest placeholder for content, if that stands below the title."""
    title, content = next(_placeholders(layout, ("title",)), None), list(_placeholders(layout, _CONTENT))
    if title and content:
        holder, body = max(content, key=lambda pair: pair[1].width * pair[1].height)
        if body.top >= title[1].top and not body.meets(title[1]) and _roomy(body, slide):
            takes_text = holder.element.ph_type.xml_value in ("obj", "body")
            yield _frame(layout, slide, title[1], body, holder.placeholder_format.idx if takes_text else None)


def _bare(layout: Any, slide: Box) -> Iterator[Frame]:
    """The layout with a title and nothing else, and what is free below the title."""
    title = next(_placeholders(layout, ("title",)), None)
    others = {holder.element.ph_type.xml_value for holder in layout.placeholders} - {"title", *FEET}
    if title and not others:
        below = title[1].between(title[1].bottom, slide.height - MARGIN)
        frame = _frame(layout, slide, title[1], below, None)
        feet = [box.top for box in frame.feet.values() if box.top > title[1].bottom]
        frame = replace(frame, body=frame.room(slide, title[1].bottom, min(feet, default=slide.height)))
        if _roomy(frame.body, slide):
            yield frame


def _opening(layout: Any, slide: Box) -> Iterator[Frame]:
    """The layout of a title slide: title and subtitle."""
    title = next(_placeholders(layout, ("ctrTitle", "title")), None)
    under = next(_placeholders(layout, ("subTitle",)), None)
    if title and under and title[1].bottom <= under[1].top + 1 and under[1].top <= _LOWEST * slide.height:
        yield _frame(layout, slide, title[1], under[1], under[0].placeholder_format.idx)


def _roomy(box: Box, slide: Box) -> bool:
    return box.width >= _LEAST[0] * slide.width and box.height >= _LEAST[1] * slide.height


def _frame(layout: Any, slide: Box, title: Box, body: Box, holder: int | None) -> Frame:
    feet = {kind: box for kind in FEET for _, box in _placeholders(layout, (kind,))}
    return Frame(layout, title, body, holder, feet, tuple(_drawn(layout, slide)), _title_size(layout))


def _placeholders(layout: Any, kinds: tuple[str, ...]) -> Iterator[tuple[Any, Box]]:
    """Placeholders of these kinds for horizontal text, with their places."""
    for holder in layout.placeholders:
        upright = holder.element.ph_orient == "horz" and not holder.element.xpath(".//a:bodyPr[@vert!='horz']")
        if holder.element.ph_type.xml_value in kinds and upright and holder.width:
            yield holder, _box(holder)


def _drawn(layout: Any, slide: Box) -> Iterator[Box]:
    """What layout and master draw beside placeholders, without what fills the slide."""
    masters = [] if layout._element.get("showMasterSp") == "0" else [layout.slide_master.shapes]
    for shapes in (layout.shapes, *masters):
        for shape in shapes:
            if not shape.is_placeholder and shape.width is not None:
                box = _box(shape)
                if box.width * box.height < slide.width * slide.height / 2:
                    yield box


def _box(shape: Any) -> Box:
    return Box(*(value / POINT for value in (shape.left, shape.top, shape.width, shape.height)))


def _title_size(layout: Any) -> float:
    """The size that the layout, else its master, gives to the title."""
    own = layout._element.xpath(".//p:sp[.//p:ph[@type='title' or @type='ctrTitle']]//a:lvl1pPr/a:defRPr/@sz")
    master = layout.slide_master._element.xpath("p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
    return int([*own, *master, "2800"][0]) / 100
