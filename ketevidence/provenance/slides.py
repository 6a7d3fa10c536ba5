"""On which slides of a presentation a picture or a table stands today, however its parts are numbered."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from ketevidence.provenance.records import Record

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SLIDES = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_PART = re.compile(r" \(\d+ of \d+\)$")


@dataclass(frozen=True)
class Slide:
    """What a slide shows: its title, the words for those who cannot see its pictures and tables, its parts."""

    title: str = ""
    words: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


def slides_of(parts: zipfile.ZipFile, names: Sequence[str]) -> list[Slide]:
    """The slides of a presentation of PowerPoint or LibreOffice, in their order; none of another document.

    Only the parts of these names are read.
    """
    try:
        if "ppt/presentation.xml" in names:
            main = ElementTree.fromstring(parts.read("ppt/presentation.xml"))
            led = _targets(parts, "ppt/presentation.xml")
            keys = [slide.get(f"{_LINK}id", "") for slide in main.iter(f"{_SLIDES}sldId")]
            return [_slide(parts, led[key]) if led.get(key) in names else Slide() for key in keys]
        if "content.xml" in names:
            pages = ElementTree.fromstring(parts.read("content.xml")).iter(f"{_ODF}page")
            return [Slide(parts=frozenset(one.get(_HREF, "") for one in page.iter())) for page in pages]
    except (ElementTree.ParseError, KeyError):
        pass
    return []


def _targets(parts: zipfile.ZipFile, name: str) -> dict[str, str]:
    """The parts that a part refers to, by the keys of its relationships."""
    folder, _, file = name.rpartition("/")
    listed = ElementTree.fromstring(parts.read(f"{folder}/_rels/{file}.rels"))
    return {
        one.get("Id", ""): posixpath.normpath(posixpath.join(f"/{folder}", one.get("Target", "")))[1:]
        for one in listed
        if one.get("TargetMode") != "External"
    }


def _slide(parts: zipfile.ZipFile, name: str) -> Slide:
    drawn = ElementTree.fromstring(parts.read(name))
    titles = [
        "".join(text.text or "" for text in shape.iter(f"{_DRAWING}t"))
        for shape in drawn.iter(f"{_SLIDES}sp")
        if any(holder.get("type") in ("title", "ctrTitle") for holder in shape.iter(f"{_SLIDES}ph"))
    ]
    words = (_plain(one.get("descr", "")) for one in drawn.iter(f"{_SLIDES}cNvPr"))
    return Slide(_plain(" ".join(titles)), frozenset(words), frozenset(_targets(parts, name).values()))


def _plain(text: str) -> str:
    return " ".join(text.split())


def with_part(slides: Sequence[Slide], part: str) -> list[int]:
    """The numbers of the slides that show a part of the file."""
    return [number for number, slide in enumerate(slides, 1) if part in slide.parts]


def with_record(slides: Sequence[Slide], record: Record) -> list[int]:
    """The numbers of the slides that show what a record tells of: by its words, else by its title."""
    words, title = _plain(str(record.get("alt", ""))), _plain(str(record.get("title", "")))
    told = [number for number, slide in enumerate(slides, 1) if words and words in slide.words]
    titled = [number for number, slide in enumerate(slides, 1) if title and title == slide.title]
    parted = [number for number, slide in enumerate(slides, 1) if title and title == _PART.sub("", slide.title)]
    return told or titled or parted


def said(numbers: Iterable[int]) -> str:
    """Slides in words.

    Examples
    --------
    >>> said([7]), said([2, 3, 4]), said([2, 5]), said([])
    ('slide 7', 'slides 2–4', 'slides 2, 5', '')
    """
    known = sorted(numbers)
    if len(known) < 2:
        return "".join(f"slide {number}" for number in known)
    unbroken = known[-1] - known[0] == len(known) - 1 > 1
    return f"slides {known[0]}–{known[-1]}" if unbroken else f"slides {', '.join(map(str, known))}"
