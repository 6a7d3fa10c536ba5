"""Records written into files, each format in the place that it keeps."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ketevidence.provenance.records import NAME, Record, described, packed

PROPERTIES = "docProps/custom.xml"
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def pictured(record: Record) -> Any:
    """The text chunks of a PNG that carries the record."""
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


def stamped(office: bytes, records: Sequence[Record]) -> bytes:
    """The bytes of a .pptx, .xlsx or .docx with the records among its properties.

    The parts keep their order and lose the time at which they were zipped: the same
    document gives the same bytes.
    """
    with zipfile.ZipFile(io.BytesIO(office)) as old:
        parts = {item.filename: old.read(item) for item in old.infolist()}
    parts[PROPERTIES] = _properties(records).encode()
    parts["[Content_Types].xml"] = _with_part(
        parts["[Content_Types].xml"], PROPERTIES, b"</Types>",
        f'<Override PartName="/{PROPERTIES}" '
        'ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>',
    )  # fmt: skip
    parts["_rels/.rels"] = _with_part(
        parts["_rels/.rels"], PROPERTIES, b"</Relationships>",
        f'<Relationship Id="{NAME}" Target="{PROPERTIES}" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"/>',
    )  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for name, content in parts.items():
            item = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            item.external_attr = 0o600 << 16
            stored = name.lower().endswith(".png")
            item.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            new.writestr(item, content)
    return stream.getvalue()


def _with_part(xml: bytes, name: str, end: bytes, entry: str) -> bytes:
    return xml if name.encode() in xml else xml.replace(end, entry.encode() + end)


def _properties(records: Sequence[Record]) -> str:
    origin: Mapping[str, str] = next((r["evidence"] for r in records if r["evidence"]), {})
    words = {
        "Evidence": " ".join(origin.get(name, "") for name in ("name", "version", "digest", "date")),
        "Licence": origin.get("licence", ""),
        NAME: packed(list(records)),
    }
    entries = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{place}" name="{name}">'
        f"<vt:lpwstr>{escape(text)}</vt:lpwstr></property>"
        for place, (name, text) in enumerate(words.items(), 2)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{entries}</Properties>"
    )
