"""The file that a deck starts from, the clinic's or our own: read, and emptied of its slides."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ketevidence.deck.backgrounds import fitting
from ketevidence.deck.frames import Frames, frames_of
from ketevidence.deck.own import own_look

if TYPE_CHECKING:
    from pptx.presentation import Presentation

_USUAL = "slide"
_NEEDED = "a title, and below it a placeholder for content or free room, wide as half of the slide and 0.4 of it high"
_ORDINARY = b"openxmlformats-officedocument.presentationml.presentation.main"
_OTHERS = (
    b"openxmlformats-officedocument.presentationml.template.main",
    b"ms-powerpoint.presentation.macroEnabled.main",
    b"ms-powerpoint.template.macroEnabled.main",
)
_MACROS = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


def opened(template: str | Path | None, medium: str | None) -> tuple[Presentation, Frames, str]:
    """A presentation without slides, the layouts of it that a deck uses, and the medium of its charts.

    Without a medium the one is taken whose paper is nearest to the background of the pictures.

    Raises
    ------
    ValueError
        The file cannot be read, is no presentation, or has no usable layout.
    """
    presentation = own_look(medium or _USUAL) if template is None else _read(Path(template))
    _empty(presentation)
    frames = frames_of(presentation)
    if frames is None:
        raise ValueError(f"{template} has no usable layout; one is needed with {_NEEDED}")
    return presentation, frames, medium or (_USUAL if template is None else fitting(frames.picture.layout))


def _read(path: Path) -> Presentation:
    import pptx
    from pptx.exc import PythonPptxError

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    try:
        return pptx.Presentation(_ordinary(content))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, KeyError, ValueError, AttributeError,
            NotImplementedError, SyntaxError, PythonPptxError):  # fmt: skip
        raise ValueError(f"{path} is no presentation; a template is a whole .pptx or .potx file") from None


def _ordinary(content: bytes) -> io.BytesIO:
    """The file as a presentation: a template, or one with macros, differs in the name of its kind."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                for other in _OTHERS:
                    part = part.replace(other, _ORDINARY)
            new.writestr(name, part)
    stream.seek(0)
    return stream


def _empty(presentation: Any) -> None:
    """Take the slides away and whatever leads to one: it would keep the slide, or lead nowhere."""
    from pptx.opc.constants import RELATIONSHIP_TYPE as KINDS

    root, package = presentation.part._element, presentation.part.package
    for path in ("p:sldIdLst/*", "p:custShowLst", ".//*[local-name()='sectionLst']/.."):
        for element in root.xpath(path):
            element.getparent().remove(element)
    masters = list(presentation.slide_masters)
    layouts = [layout for master in masters for layout in master.slide_layouts]
    for owner in (presentation.part, *(each.part for each in (*masters, *layouts))):
        for key, relation in list(owner.rels.items()):
            if relation.reltype in (KINDS.SLIDE, KINDS.VIEW_PROPS, KINDS.PRINTER_SETTINGS, _MACROS):
                for element in owner._element.xpath(f"//a:*[@r:id='{key}']"):
                    element.getparent().remove(element)
                owner.rels.pop(key)
    for key, relation in list(package._rels.items()):  # a picture of the old first slide, and the old titles
        if relation.reltype in (KINDS.THUMBNAIL, KINDS.EXTENDED_PROPERTIES):
            package._rels.pop(key)
