"""Guards of the prose: a number comes from a cell beside it, a link leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from html import unescape
from urllib.parse import unquote

from ketevidence.notebooks.book import Book, Cell, Fault, read

OPENING = 3  # cells of prose that answer the question: their numbers may come from anywhere below
BEFORE, AFTER = 3, 2  # cells with code that are beside a cell of prose
_RICHEST = ("text/html", "text/markdown", "text/plain")

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: value for value, word in enumerate(_UNITS + _TEENS, 1) if value > 2}  # one and two are mostly no count
_WORDS |= {ten: 10 * value for value, ten in enumerate(_TENS, 2)}
_WORDS |= {f"{ten}-{unit}": _WORDS[ten] + value for ten in _TENS for value, unit in enumerate(_UNITS, 1)}
_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b", re.IGNORECASE)
_WHOLE = re.compile(r"(?<![\w.-])\d{4}-\d\d-\d\d(?![\w-])|(?<![\w.])\d+(?:\.\d+){2,}(?![\w.])")  # dates, versions
_NUMBER = re.compile(
    r"(?<![A-Za-z_.\d])(?<![A-Za-z]-)"  # no part of a name, such as S14 or CAPS-5
    r"(?:(?<![\w)])[-\u2212])?\d+(?:,\d{3})*(?:\.\d+)?(?![A-Za-z]*\d)(?:\s?%)?"
)
_FIRST_OF_TWO = re.compile(r"(\d)(?=\s?(?:to|and|or|-|\u2013)\s?\d[\d.]*\s?%)")  # the 16 of "16 to 56%"
_NO_PROSE = re.compile(
    r"```.*?```|`[^`\n]*`|<[^>]+>|https?://\S+|\b10\.\d{4,}/\S+|^\s*\d+\.\s|\[[^\]]*\]\([^)]*\.ipynb[^)]*\)|\]\([^)]*\)",
    re.DOTALL | re.MULTILINE,
)
_UNSEEN = re.compile(r"<style.*?</style>|<script.*?</script>|<th[^>]*>\d+</th>|digest [0-9a-f]{12}", re.DOTALL)
_TARGET = re.compile(r"\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]:\s*(\S+)|\b(?:href|src)=[\"']([^\"']+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


def number(book: Book) -> Iterator[Fault]:
    """A number that was typed: no cell beside it shows it.

    Words count from three on. A share may be written in percent, and a figure may be rounded.
    The number that pandas writes before a row shows nothing.
    """
    for place, cell in enumerate(book.prose):
        opening = place < OPENING
        shown = "\n".join(map(_shown, book.code if opening else _beside(book, cell)))
        figures = {_value(text) for text in _numbers(shown)}
        prose = _FIRST_OF_TWO.sub(r"\1%", _NO_PROSE.sub(" ", cell.source))
        missing = [text for text in _numbers(prose) if not any(_writes(text, figure) for figure in figures)]
        missing += [text for text in _WHOLE.findall(prose) if text not in shown]
        for text in dict.fromkeys(missing):
            where = "anywhere" if opening else "beside it"
            yield Fault(
                cell.number, text, f"the number {text} stands in no output {where}",
                "show it in a cell, or list it in allowed.toml with its reason",
            )  # fmt: skip


def link(book: Book) -> Iterator[Fault]:
    """A link to a file or a heading that is not there."""
    for cell in book.prose:
        for target in dict.fromkeys("".join(match) for match in _TARGET.findall(cell.source)):
            if re.match(r"[a-z][a-z+.-]*:", target):
                continue
            name, _, heading = unquote(target).partition("#")
            file = book.path.parent / name if name else book.path
            if not file.exists():
                yield Fault(cell.number, target, f"a link to {target}, which is not there", "name a file that is")
            elif heading and file.suffix == ".ipynb" and heading not in _headings(read(file)):
                yield Fault(cell.number, target, f"a link to {target}, a heading that is not there", "name one that is")


def _headings(book: Book) -> set[str]:
    """The headings of a notebook, as Jupyter names them in an address."""
    return {text.replace(" ", "-") for cell in book.prose for text in _HEADING.findall(cell.source)}


def _beside(book: Book, cell: Cell) -> list[Cell]:
    before = [one for one in book.code if one.number < cell.number]
    return before[-BEFORE:] + book.code[len(before) :][:AFTER]


def _shown(cell: Cell) -> str:
    """What a reader sees of the outputs of a cell."""
    richest = (next((output[mime] for mime in _RICHEST if mime in output), "") for output in cell.texts)
    return "\n".join(unescape(re.sub(r"<[^>]+>", " ", _UNSEEN.sub(" ", text))) for text in richest)


def _numbers(text: str) -> list[str]:
    """The numbers in a text as they are written, dates and versions left out."""
    rest = _WHOLE.sub(" ", text)
    return [*map(str.strip, _NUMBER.findall(rest)), *_WORD.findall(rest)]


def _value(text: str) -> tuple[Decimal, bool]:
    """The value of a number, and whether it is written in percent."""
    if word := _WORDS.get(text.lower()):
        return Decimal(word), False
    plain = text.replace(",", "").replace("\u2212", "-")
    return Decimal(plain.rstrip("% ")), plain.endswith("%")


def _writes(text: str, figure: tuple[Decimal, bool]) -> bool:
    """Whether a number in prose may stand for a figure in an output."""
    said, percent = _value(text)
    value, in_percent = figure
    value *= 100 if percent and not in_percent else 1
    value = value if said.is_signed() else abs(value)
    step = Decimal(1).scaleb(int(said.as_tuple().exponent))
    rounded = {value.quantize(step, way) for way in (ROUND_HALF_UP, ROUND_HALF_EVEN)}
    return said == value or ((percent or step < 1) and said in rounded)
