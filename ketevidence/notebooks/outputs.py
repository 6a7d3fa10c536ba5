"""Guards of what the outputs say: nothing that differs between two machines or two days."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ketevidence.notebooks.book import AGAIN, Book, Fault, text_of

MOST_BYTES = 300_000  # of one output as it is stored
KINDS = ("text/plain", "text/html", "text/markdown", "image/png")
_WARNING = re.compile(r"\b[A-Z][a-z]\w*Warning\b|\bWARNING:\w+")
_PATH = re.compile(
    r"""(?:^|(?<=[\s"'(=\[,>`]))(?:/[A-Za-z_][\w.+-]*/|[A-Za-z]:(?:\\|/(?!/))|\\\\\w+\\|~/|file://)[^\s"'<>)]*""", re.M
)
_DAY = r"\b\d{4}-\d\d-\d\d"
_CLOCK = re.compile(
    rf"{_DAY}[T ]\d\d:\d\d[\d:.]*"
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?:\d|[A-Z][a-z]{2})[\w :]*\d\d:\d\d[\d:]*"
    r"|\b\d\d:\d\d:\d\d\b|\b0x[0-9a-f]{6,}\b"
)
_DATE = re.compile(rf"{_DAY}\b")
_OF_THE_EVIDENCE = re.compile(rf"(?:\bEvidence \S+ \S+ of|\blast search) {_DAY}\b")


def stderr(book: Book) -> Iterator[Fault]:
    """An output on stderr."""
    for cell in book.code:
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield Fault(cell.number, "", "an output on stderr", f"mend what is reported there and {AGAIN}")


def warning(book: Book) -> Iterator[Fault]:
    """A warning that was printed or shown."""
    for cell, text in _matches(book, _WARNING):
        yield Fault(cell, text, f"a warning, {text!r}", f"mend its cause and {AGAIN}")


def path(book: Book) -> Iterator[Fault]:
    """A path of one machine."""
    for cell, text in _matches(book, _PATH):
        yield Fault(cell, text, f"a path of one machine, {text!r}", "show a relative path or only the name")


def moment(book: Book) -> Iterator[Fault]:
    """A time of day, a date outside a table, or an address in memory: other ones next time.

    Dates in tables are figures of the evidence, and so is the day of its last search.
    """
    for cell in book.code:
        said = [_OF_THE_EVIDENCE.sub("", text) for output in cell.texts for text in output.values()]
        found = [text for one in [*said, json.dumps(cell.metadata)] for text in _CLOCK.findall(one)]
        if not any("<table" in one for one in said):
            found += [text for one in said for text in _DATE.findall(_CLOCK.sub("", one))]
        for text in dict.fromkeys(found):
            yield Fault(cell.number, text, f"a date, time or address, {text!r}", f"take it out and {AGAIN}")


def size(book: Book) -> Iterator[Fault]:
    """An output that makes the file heavy."""
    for cell in book.code:
        for output in cell.outputs:
            stored = len(json.dumps(output, ensure_ascii=False).encode())
            if stored > MOST_BYTES:
                largest = max(output.get("data", {"stream": ""}).items(), key=lambda one: len(text_of(one[1])))
                yield Fault(
                    cell.number, largest[0], f"an output of {stored / 1000:.0f} kB, {MOST_BYTES // 1000} are allowed",
                    "show fewer rows",
                )  # fmt: skip


def kind(book: Book) -> Iterator[Fault]:
    """A kind of output that needs an extension or a kernel, or that nbval does not compare."""
    for cell in book.code:
        for mime in dict.fromkeys(mime for output in cell.outputs for mime in output.get("data", {})):
            if mime not in KINDS:
                yield Fault(cell.number, mime, f"an output of kind {mime}", f"show one of {', '.join(KINDS)}")


def _matches(book: Book, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """The number of the cell and the piece of text, each once a cell."""
    for cell in book.code:
        said = "\n".join(text for output in cell.texts for text in output.values())
        for text in dict.fromkeys(pattern.findall(said)):
            yield cell.number, text
