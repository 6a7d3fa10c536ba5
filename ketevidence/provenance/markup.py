"""The text that a drawing in SVG carries, whatever program saved it."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from ketevidence.provenance.office import SPACE

OTHER = "is no PNG, SVG, PDF, HTML or Office file"
_SVG = ("svg", "http://www.w3.org/2000/svg svg")


def texts_of(content: bytes) -> list[str]:
    """The texts of our elements, found by their namespace: prefixes and encodings are a program's own.

    Raises
    ------
    ValueError
        It is cut short, is another kind of XML, or declares entities, which could unfold without end.
    """
    reader, found, root = expat.ParserCreate(namespace_separator=" "), list[str](), ""
    reader.buffer_text = True

    def _declared(name: str, system: Any, public: Any, inside: int) -> None:
        if inside:
            raise ValueError("declares entities of its own, which are not read")

    def _started(name: str, attributes: Any) -> None:
        nonlocal root
        root = root or name
        if root not in _SVG:
            raise ValueError(OTHER)
        if name == f"{SPACE} provenance":
            found.append("")
            reader.CharacterDataHandler = _read

    def _read(text: str) -> None:
        found[-1] += text

    def _ended(name: str) -> None:
        reader.CharacterDataHandler = None

    reader.StartDoctypeDeclHandler = _declared
    reader.StartElementHandler, reader.EndElementHandler = _started, _ended
    try:
        reader.Parse(content, True)
    except expat.ExpatError:
        raise ValueError("is cut short") from None
    return found
