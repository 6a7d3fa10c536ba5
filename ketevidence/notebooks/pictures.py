"""Guards of pictures, which nbval does not compare: each carries the rows it was drawn from."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ketevidence.notebooks.book import AGAIN, Book, Fault, text_of
from ketevidence.provenance import Record, digest_of
from ketevidence.provenance.finding import records_in

_PNG = "image/png"
_LINE = re.compile(r"^Chart \w+, \d+ rows?, digest ([0-9a-f]{12}), ")
_FROM_A_FILE = re.compile(r"<img\b(?![^>]*\bsrc=[\"']data:)")  # what stands inside HTML is compared with it
_IN_PROSE = re.compile(r"!\[[^\]]*\]\(|<img\b|<svg\b")


def picture(book: Book) -> Iterator[Fault]:
    """A picture that is not the one of its rows, or that nobody can tell."""
    for cell in book.cells:
        for output in cell.outputs:
            found, advice = _judged(output.get("data", {}))
            if found:
                yield Fault(cell.number, "", found, advice)
        if cell.kind == "markdown" and _IN_PROSE.search(cell.source):
            yield Fault(cell.number, "", "a picture in the prose was drawn from no rows", "show the Chart in a cell")


def redrawn(stored: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> str:
    """What differs between stored pictures and those drawn now; empty where nothing does.

    Pixels are compared where the same version of matplotlib drew both on the same kind of
    machine: another one smooths edges in another way.

    Parameters
    ----------
    stored, now : sequence of mappings
        The outputs of one cell.
    """
    old, new = (
        [output["data"][_PNG] for output in outputs if _PNG in output.get("data", {})] for outputs in (stored, now)
    )
    if len(old) != len(new):
        return f"pictures stored: {len(old)}, drawn now: {len(new)}; {AGAIN}"
    for before, after in zip(old, new):
        same_program = _record(before).get("drawn_by") == _record(after).get("drawn_by")
        if same_program and _pixels(before) != _pixels(after):
            return f"the stored picture is not the one drawn now, from the same rows; {AGAIN}"
    return ""


def _judged(data: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with the picture of an output, and what to do."""
    line = _LINE.match(text_of(data.get("text/plain", "")))
    if _PNG not in data:
        if line:
            return "the line of a chart stands without its picture", AGAIN
        from_a_file = _FROM_A_FILE.search(text_of(data.get("text/html", "")))
        return ("a picture from a file is not compared", "show the Chart itself") if from_a_file else ("", "")
    if line is None:
        return "a picture without the line of a Chart", "end the cell with the Chart itself"
    record = _record(data[_PNG])
    if "digest" not in record:
        return "the picture does not carry the rows that it was drawn from", AGAIN
    if record["digest"] != line[1]:
        return f"the picture was drawn from rows of digest {record['digest']}, its line says {line[1]}", AGAIN
    rows = [frame["rows"] for frame in record["frames"]]
    if all(rows) and digest_of(record["name"], record["title"], *rows) != line[1]:
        return "the rows in the picture were changed", AGAIN
    return "", ""


def _record(stored: Any) -> Record:
    """What a picture carries; empty where it carries nothing."""
    try:
        found = records_in(base64.b64decode(text_of(stored)))
    except ValueError:
        return {}
    return found[0][1] if found else {}


def _pixels(stored: Any) -> tuple[tuple[int, int], bytes]:
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(text_of(stored)))) as seen:
        return seen.size, seen.convert("RGB").tobytes()
