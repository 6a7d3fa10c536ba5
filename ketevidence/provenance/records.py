"""What a record holds, and how it is packed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

Record: TypeAlias = dict[str, Any]

NAME = "ketevidence"
_LONGEST = 64 * 2**20  # bytes of a record
MOST_ROWS = 2_000  # a frame of more rows is carried as its digest
_PREFIX = f"{NAME}:"
_PACKED = re.compile(rf"{_PREFIX}([A-Za-z0-9+/=]+)")


def rows_as_text(table: pd.DataFrame) -> str:
    """The rows as CSV, nothing rounded that a reader could see: ten digits."""
    text: str = table.to_csv(index=False, float_format="%.10g", lineterminator="\n")
    return text


def digest_of(*texts: str) -> str:
    """First 12 hexadecimal digits of the SHA-256 of texts, one a line.

    Examples
    --------
    >>> digest_of("rates", "a title")
    'd2b019ad162b'
    """
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def record(shown: Mapping[str, Any], origin: Mapping[str, str], frames: Sequence[tuple[str, pd.DataFrame]]) -> Record:
    """What a file carries.

    Parameters
    ----------
    shown : mapping
        What is shown: name, title, medium, alt, digest, as far as they apply.
    origin : mapping
        Name, version, digest, date and licence of the evidence; empty where it is not known.
    frames : sequence of (str, pandas.DataFrame)
        The frames with the part they play ('drawn', 'reference', 'table'). Their key and
        their recipe are read from ``attrs``.
    """
    from ketevidence import __version__

    return {
        "package": __version__,
        "evidence": dict(origin),
        **shown,
        "frames": [_carried(part, table) for part, table in frames],
    }


def _carried(part: str, table: pd.DataFrame) -> Record:
    text = rows_as_text(table)
    few = len(table) <= MOST_ROWS
    return {
        "part": part,
        "key": table.attrs.get("key", ""),
        "recipe": list(table.attrs.get("recipe", [])),
        "count": len(table),
        "digest": digest_of(text),
        "rows": text if few else "",
    }


def chosen(table: pd.DataFrame) -> bool:
    """Whether somebody chose among the rows of the frame after it was made."""
    recipe, key = table.attrs.get("recipe"), table.attrs.get("key")
    if not recipe or key not in table:
        return False
    counted = table[table.counted.astype(bool)] if "counted" in table else table
    return bool("\n".join(counted[key].astype(str)) != recipe[-1]["keys"])


def packed(record: Record | Sequence[Record]) -> str:
    """A record, or several, as one word of ASCII."""
    plain = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return _PREFIX + base64.b64encode(zlib.compress(plain.encode(), 9)).decode("ascii")


def described(record: Record) -> dict[str, str]:
    """What programs that know nothing of us show: title, words, licence."""
    said = {
        "Title": record.get("title", ""),
        "Description": record.get("alt", ""),
        "Source": " ".join(record["evidence"].get(name, "") for name in ("name", "version")).strip(),
        "Copyright": record["evidence"].get("licence", ""),
    }
    return {name: text for name, text in said.items() if text}


def unpacked(plain: str) -> list[Record]:
    """The records in a text: packed, or plain JSON.

    Raises
    ------
    ValueError
        They were changed.
    """
    try:
        if match := _PACKED.fullmatch(plain):
            plain = inflated(base64.b64decode(match[1])).decode()
        found = json.loads(plain)
        several = found if isinstance(found, list) else [found]
        if not all(isinstance(one, dict) and {"evidence", "frames"} <= set(one) for one in several):
            raise ValueError
        if not all(isinstance(one["evidence"], dict) and isinstance(one["frames"], list) for one in several):
            raise ValueError
    except (ValueError, zlib.error, RecursionError):
        raise ValueError("carries provenance that cannot be read: it was changed") from None
    return [{name: value for name, value in one.items() if name != "cropped"} for one in several]  # read, not written


def inflated(content: bytes) -> bytes:
    """The content decompressed, as far as a record can be long.

    Raises
    ------
    zlib.error
        It is damaged, or longer.
    """
    whole = zlib.decompressobj()
    text = whole.decompress(content, _LONGEST)
    if not whole.eof:
        raise zlib.error("too long or cut short")
    return text


def packed_in(text: str) -> str:
    """The packed records in a text; empty where there are none."""
    match = _PACKED.search(text)
    return match[0] if match else ""
