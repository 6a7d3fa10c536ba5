"""Records found again in files."""

from __future__ import annotations

import io
import logging
import re
import zipfile
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any

from ketevidence.provenance.markup import OTHER, texts_of
from ketevidence.provenance.office import SPACE, records_of
from ketevidence.provenance.records import NAME, Record, inflated, packed_in, unpacked
from ketevidence.provenance.slides import said, slides_of, with_part, with_record

_HTML = f'<script type="application/json" id="{NAME}-provenance">', "</script>"
_MEDIA = (".png", ".svg")
_SVG = f'<provenance xmlns="{SPACE}">', "</provenance>"
_PAGE = re.compile(r"(<\?xml[^>]*>\s*)?<(!doctype\s+html|html)\b", re.IGNORECASE)
_XML = re.compile(r"<(\?xml\b|!--|!doctype\s+svg\b|([\w.-]+:)?svg\b)", re.IGNORECASE)
_DAMAGED = "is cut short or damaged"
_LARGEST = 64 * 2**20  # bytes of a part of a document that are read


def read(path: str | Path) -> list[tuple[str, Record]]:
    """The records that a file carries, each with the name of the part that it stands in.

    Parameters
    ----------
    path : str or Path
        A PNG, SVG, PDF or HTML file, or a document of PowerPoint, Word, Excel or
        LibreOffice with figures inside.

    Returns
    -------
    list of (str, dict)
        In the order of the slides, named 'slide 7', where the file has some; else the part
        that carries a picture. The name is empty for what the file itself carries.

    Raises
    ------
    ValueError
        The file cannot be read, is cut short, is of another kind, or carries no record.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    try:
        found = records_in(content)
    except ValueError as error:
        raise ValueError(f"{file} {error}") from None
    if not found:
        raise ValueError(f"{file} carries no provenance: it was not made here, or was saved again without it")
    return found


def records_in(content: bytes) -> list[tuple[str, Record]]:
    """The records in the bytes of a file; the kind is seen from the bytes, not from a name.

    Raises
    ------
    ValueError
        The bytes are cut short, or of another kind.
    """
    if not content:
        raise ValueError("is empty")
    for start, reader in (
        (b"\x89PNG\r\n\x1a\n", _in_png), (b"%PDF-", _in_pdf), (b"PK\x03\x04", _in_zip),
    ):  # fmt: skip
        if content.startswith(start):
            return reader(content)
    if content.startswith(b"\xff\xd8\xff"):
        raise ValueError("carries no provenance: it is a JPEG; charts are written as PNG, SVG and PDF, which do")
    text = content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig", "replace")
    head = text[:2_000].lstrip()
    if _PAGE.match(head):
        if not text.rstrip().lower().endswith("</html>"):
            raise ValueError("is cut short")
        found = [*map(unescape, _between(text, *_SVG)), *_between(text, *_HTML)]
        return [("", record) for plain in found for record in unpacked(plain)]
    if _XML.match(head):
        return [("", record) for plain in texts_of(content) for record in unpacked(plain)]
    raise ValueError(OTHER)


def _between(text: str, start: str, end: str) -> Iterator[str]:
    place = 0
    while (found := text.find(start, place)) >= 0 and (place := text.find(end, found)) >= 0:
        yield text[found + len(start) : place]


def _in_png(content: bytes) -> list[tuple[str, Record]]:
    """The text of the record; the pixels are not decoded, however many a file claims to have."""
    size = [int.from_bytes(content[start : start + 4], "big") for start in (16, 20)]
    place, found = 8, list[tuple[str, Record]]()
    while content[place + 4 : place + 8] != b"IEND":
        length = int.from_bytes(content[place : place + 4], "big")
        kind, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        if len(body) < length or len(kind) < 4:
            raise ValueError(_DAMAGED)
        if kind == b"iTXt" and body.startswith(f"{NAME}\0".encode()):
            found += [("", _as_it_is(record, size)) for record in unpacked(_text_of(body))]
        place += length + 12
    return found


def _as_it_is(record: Record, size: list[int]) -> Record:
    """The record; of a picture that is no longer whole with its size as drawn, and as cropped.

    A picture that is only larger or smaller has its ratio still, to one dot.
    """
    match record.get("size"):
        case [int() as wide, int() as high] if abs(wide * size[1] - high * size[0]) > max(wide, high):
            return record | {"cropped": size}
    return {name: value for name, value in record.items() if name != "size"}


def _text_of(chunk: bytes) -> str:
    """The text of an iTXt chunk: after keyword, two flags, language and translated keyword."""
    _, _, rest = chunk.partition(b"\0")
    *_, text = rest[2:].split(b"\0", 2)
    try:
        return (inflated(text) if rest[:1] == b"\1" else text).decode("utf-8")
    except (zlib.error, UnicodeDecodeError):
        raise ValueError(_DAMAGED) from None


def _in_pdf(content: bytes) -> list[tuple[str, Record]]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with the file is said here, in one line
    try:
        information: Any = PdfReader(io.BytesIO(content)).metadata or {}
        word = packed_in(str(information.get("/Keywords") or ""))
    except Exception:  # pypdf meets damage with errors of every kind
        raise ValueError(_DAMAGED) from None
    return [("", record) for record in unpacked(word)] if word else []


def _in_zip(content: bytes) -> list[tuple[str, Record]]:
    """What an Office document carries itself and what its pictures do; a picture that cannot be read has none."""
    found: list[tuple[list[int], str, Record]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            small = sorted(part.filename for part in parts.infolist() if part.file_size <= _LARGEST)
            slides = slides_of(parts, small)
            found += [(with_record(slides, record), "", record) for record in records_of(parts, small)]
            for name in small:
                if name.lower().endswith(_MEDIA):
                    with suppress(ValueError):
                        records = records_in(parts.read(name))
                        found += [(with_part(slides, name), name, record) for _, record in records]
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        raise ValueError(_DAMAGED) from None
    return [(said(on) or name, record) for on, name, record in sorted(found, key=lambda one: one[0])]
