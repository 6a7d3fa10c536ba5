"""Records found again in files."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from html import unescape
from pathlib import Path
from typing import Any

from ketevidence.provenance.carrying import PROPERTIES
from ketevidence.provenance.records import NAME, Record, packed_in, unpacked

_SVG = re.compile(r"<metadata>\s*<provenance [^>]*>(.*?)</provenance>", re.DOTALL)
_HTML = re.compile(rf'<script type="application/json" id="{NAME}-provenance">(.*?)</script>', re.DOTALL)
_MEDIA = (".png", ".svg")


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
        The name is empty for what the file itself carries.

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
            return [(name, record) for name, plain in reader(content) for record in unpacked(plain)]
    start = content[:2_000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<?xml", b"<svg", b"<!doctype", b"<html")):
        text = content.decode("utf-8", "replace")
        if not text.rstrip().lower().endswith(("</svg>", "</html>")):
            raise ValueError("is cut short")
        plain = [unescape(match) for match in _SVG.findall(text)] + _HTML.findall(text)
        return [("", record) for one in plain for record in unpacked(one)]
    raise ValueError("is no PNG, SVG, PDF, HTML or Office file")


def _in_png(content: bytes) -> list[tuple[str, str]]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            text = getattr(picture, "text", {}).get(NAME)
    except (OSError, SyntaxError, UnidentifiedImageError, ValueError):
        raise ValueError("is cut short or damaged") from None
    return [("", str(text))] if text else []


def _in_pdf(content: bytes) -> list[tuple[str, str]]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        information: Any = PdfReader(io.BytesIO(content)).metadata or {}
        word = packed_in(str(information.get("/Keywords") or ""))
    except (PyPdfError, OSError, ValueError, KeyError):
        raise ValueError("is cut short or damaged") from None
    return [("", word)] if word else []


def _in_zip(content: bytes) -> list[tuple[str, str]]:
    """What an Office document carries itself, then what its pictures do."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
            for name in names:
                if name.endswith((PROPERTIES, "meta.xml")) and (word := packed_in(parts.read(name).decode())):
                    found.append(("", word))
            for name in sorted(names):
                if name.lower().endswith(_MEDIA):
                    found += [(name, json.dumps(r)) for _, r in records_in(parts.read(name))]
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise ValueError("is cut short or damaged") from None
    return found
