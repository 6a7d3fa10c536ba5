"""Records in documents of PowerPoint, Word and Excel: a part for data, and a property that points to it.

Office keeps custom XML parts as they are and may cut a property after 255 characters, so that the records stand
in the part. The property says from which evidence a document was made where only that is left of it.
"""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from html import escape, unescape
from itertools import count
from xml.etree import ElementTree

from ketevidence.provenance.records import NAME, Record, packed_in, unpacked

SPACE = f"urn:{NAME}:provenance"
PROPERTIES = "docProps/custom.xml"
_ITEM = re.compile(r"customXml/item(\d+)\.xml")
_MAIN = ("ppt/presentation.xml", "word/document.xml", "xl/workbook.xml")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LONGEST = 255  # characters of a property that Office is sure to keep
_POINTER = re.compile(rf"{NAME} (\S+); (.+?) (\S+) of (\S+); digest ([0-9a-f]+)")


def stamped(office: bytes, records: Sequence[Record]) -> bytes:
    """The bytes of a .pptx, .xlsx or .docx that carries the records.

    The parts keep their order and lose the time at which they were zipped: the same
    document gives the same bytes.
    """
    with zipfile.ZipFile(io.BytesIO(office)) as old:
        parts = {item.filename: old.read(item) for item in old.infolist()}
    _add_data(parts, records)
    _add_property(parts, records)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for name, content in parts.items():
            item = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            item.external_attr = 0o600 << 16
            stored = name.lower().endswith(".png")
            item.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            new.writestr(item, content)
    return stream.getvalue()


def _add_data(parts: dict[str, bytes], records: Sequence[Record]) -> None:
    """The custom XML part, its properties, and the relationships that lead to them; one of ours is replaced."""
    items = {int(match[1]): name for name in parts if (match := _ITEM.fullmatch(name))}
    own = [number for number, name in items.items() if SPACE.encode() in parts[name]]
    number = own[0] if own else next(free for free in count(1) if free not in items)  # LibreOffice stops at a gap
    plain = escape(json.dumps(list(records), sort_keys=True), quote=False)
    parts[f"customXml/item{number}.xml"] = f'{_HEAD}<provenance xmlns="{SPACE}">{plain}</provenance>'.encode()
    parts[f"customXml/itemProps{number}.xml"] = (
        f'{_HEAD}<ds:datastoreItem ds:itemID="{{{str(uuid.uuid5(uuid.NAMESPACE_URL, plain)).upper()}}}" '
        f'xmlns:ds="{_OFFICE}/customXml"><ds:schemaRefs><ds:schemaRef ds:uri="{SPACE}"/></ds:schemaRefs>'
        "</ds:datastoreItem>"
    ).encode()
    parts[f"customXml/_rels/item{number}.xml.rels"] = (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}">'
        f"{_relation('rId1', f'itemProps{number}.xml', 'customXmlProps')}</Relationships>"
    ).encode()
    folder, _, main = next(name for name in _MAIN if name in parts).rpartition("/")
    _add(parts, f"{folder}/_rels/{main}.rels", f"customXml/item{number}.xml",
         _relation(NAME, f"../customXml/item{number}.xml", "customXml"))  # fmt: skip
    _add_type(parts, f"customXml/itemProps{number}.xml", "customXmlProperties")


def _add_property(parts: dict[str, bytes], records: Sequence[Record]) -> None:
    """The property that points to the evidence, and the licence, in a few words."""
    first = next((record for record in records if record["evidence"]), None)
    words = {"Evidence": _pointer(first), "Licence": first["evidence"].get("licence", "")} if first else {}
    entries = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{place}" name="{name}">'
        f"<vt:lpwstr>{escape(text[:_LONGEST])}</vt:lpwstr></property>"
        for place, (name, text) in enumerate(words.items(), 2)
    )
    parts[PROPERTIES] = (
        f'{_HEAD}<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        f"{entries}</Properties>"
    ).encode()
    _add(parts, "_rels/.rels", PROPERTIES, _relation(NAME, PROPERTIES, "custom-properties"))
    _add_type(parts, PROPERTIES, "custom-properties")


def _relation(key: str, target: str, kind: str) -> str:
    return f'<Relationship Id="{key}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"/>'


def _add_type(parts: dict[str, bytes], name: str, kind: str) -> None:
    _add(parts, "[Content_Types].xml", name, f'<Override PartName="/{name}" ContentType="{_TYPE}.{kind}+xml"/>')


def _add(parts: dict[str, bytes], listing: str, name: str, entry: str) -> None:
    """Put an entry at the end of a list of parts that does not name the part yet."""
    head, end, rest = parts[listing].rpartition(b"</")
    if name.encode() not in head:
        parts[listing] = head + entry.encode() + end + rest


def _pointer(record: Record) -> str:
    made: Mapping[str, str] = record["evidence"]
    name, version, date, digest = (made.get(part, "") for part in ("name", "version", "date", "digest"))
    return f"{NAME} {record['package']}; {name} {version} of {date}; digest {digest}"


def records_of(parts: zipfile.ZipFile, names: Sequence[str]) -> list[Record]:
    """The records in the parts of these names: in full, or what a property points to.

    Raises
    ------
    ValueError
        They were changed.
    """
    items = [parts.read(name) for name in names if _ITEM.fullmatch(name)]
    found = [record for item in items if SPACE.encode() in item for record in unpacked(_text_of(item))]
    if found:
        return found
    for name in names:
        if name.endswith((PROPERTIES, "meta.xml")):
            text = parts.read(name).decode("utf-8", "replace")
            if word := packed_in(text):  # as versions before the part for data wrote them
                return unpacked(word)
            if match := _POINTER.search(unescape(text)):
                made = dict(zip(("name", "version", "date", "digest"), match.groups()[1:]))
                return [{"package": match[1], "evidence": made, "frames": [], "kind": "pointer"}]
    return []


def _text_of(item: bytes) -> str:
    try:
        return ElementTree.fromstring(item).text or ""
    except ElementTree.ParseError:
        return ""
