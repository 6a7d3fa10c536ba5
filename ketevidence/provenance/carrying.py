"""Records written into pictures and pages, each format in the place that it keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from ketevidence.provenance.records import NAME, Record, described, packed

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def pictured(record: Record) -> Any:
    """The text chunks of a PNG that carries the record; its size in dots is compared with that of today."""
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    for name, text in described(record).items():
        chunks.add_itxt(name, text)
    chunks.add_itxt(NAME, json.dumps(record, ensure_ascii=False, sort_keys=True), zip=True)
    return chunks


def drawing(svg: bytes, record: Record) -> bytes:
    """The bytes of an SVG with the record in its metadata, in words."""
    said = described(record)
    title, words = (escape(_NOT_XML.sub(" ", said.get(name, ""))) for name in ("Title", "Description"))
    plain = escape(json.dumps(record, ensure_ascii=False, sort_keys=True), quote=False)
    added = (
        f"\n <title>{title}</title>\n <desc>{words}</desc>"
        f'\n <metadata>\n  <provenance xmlns="urn:{NAME}:provenance">{plain}</provenance>\n </metadata>'
    )
    start = re.search(rb"<svg [^>]*>", svg)
    assert start is not None
    return svg[: start.end()] + added.encode() + svg[start.end() :]


def printed(record: Record) -> dict[str, str]:
    """The entries of a PDF's Info that carry the record."""
    said = described(record)
    entries = {"Title": said.get("Title", ""), "Subject": said.get("Description", ""), "Keywords": packed(record)}
    return {name: text for name, text in entries.items() if text}


def script(records: Sequence[Record]) -> str:
    """An element of HTML that runs nothing and carries the records."""
    plain = json.dumps(list(records), ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    return f'<script type="application/json" id="{NAME}-provenance">{plain}</script>'
