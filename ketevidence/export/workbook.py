"""A table as a workbook of Excel: typed cells, and beside them sources, definitions and what it is."""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ketevidence.export.cells import Cell
from ketevidence.export.definitions import Field
from ketevidence.export.model import NO_ROW, Spread
from ketevidence.wording import MINUS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_NAME_ROOM = 31  # letters of the name of a sheet
_CELL_ROOM = 32_767  # letters of a cell
_LEAST, _MOST = 7, 46  # width of a column in letters
_LINE, _MOST_LINES = 15, 12  # height of a line in points
_ON_PAPER = 200  # letters that a page holds side by side
_FONT, _HEAD, _LINK = "Calibri", "DDE6EE", "0563C1"
_FORMULA = ("=", "+", "-", "@", "\t")  # a program may take a text that begins so for a formula
_SHOWN = re.compile(rf"(?P<before>.*?)(?P<sign>{MINUS}?)(?P<whole>[\d,]+)(?:\.(?P<decimals>\d+))?(?P<after>%?)")
_TINY = "p < 0.001"
Line = Sequence[Cell | str]


def workbook(spread: Spread, limits: Sequence[str]) -> bytes:
    """The bytes of an .xlsx file: every column of the frame; figures unrounded, shown as the documents show them.

    `limits` are what every use of the tables must respect.
    """
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook()
    book.remove(book.active)
    name, fields, rows = spread.name[:_NAME_ROOM], spread.whole.fields, spread.whole.rows
    _sheet(book, name, [field.label for field in fields], rows or [[NO_ROW]], filtered=bool(rows))
    _sheet(book, "sources", ["number", "label", "reference", "link"], _sources(spread) or [["no source is cited"]])
    _sheet(book, "definitions", ["column", "value", "label", "unit", "definition"], _definitions(fields))
    _sheet(book, "about", ["about this file"], [[line] for line in _about(spread, limits)], most=100)
    _describe(book, spread)
    stream = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(stream, "w")).save()  # Workbook.save would write the time of now
    return stream.getvalue()


def _sources(spread: Spread) -> list[Line]:
    return [
        [Cell(s.number, str(s.number)), s.label, s.text, Cell(s.link, s.link, s.link)] for s in spread.references
    ]  # fmt: skip


def _definitions(fields: Iterable[Field]) -> list[Line]:
    """One line a column, and one for each of its values that has words of its own."""
    lines: list[Line] = []
    for field in fields:
        lines.append([field.name, "", field.label, field.unit, field.definition])
        lines += [
            [field.name, value.value, value.label, "", value.description.removesuffix(".")] for value in field.values
        ]
    return lines


def _about(spread: Spread, limits: Sequence[str]) -> list[str]:
    return [
        f"{spread.title}.", spread.source_line,
        "The first sheet holds every column of the table, figures unrounded: what a cell shows is rounded.",
        *spread.notes, *(["What every use of these tables must respect:"] if limits else []), *limits,
    ]  # fmt: skip


def _sheet(
    book: Workbook, name: str, head: Sequence[str], lines: Sequence[Line], *, filtered: bool = True, most: int = _MOST
) -> None:
    """A sheet with a frozen header; wide enough for its words, wrapped where they are long."""
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    cells = [[Cell(held, held) if isinstance(held, str) else held for held in line] for line in lines]
    columns = [[line[place].text for line in cells if place < len(line)] for place in range(len(head))]
    widths = [_width(title, texts, most) for title, texts in zip(head, columns)]
    for place, (title, width) in enumerate(zip(head, widths), 1):
        cell = _written(sheet, 1, place, Cell(title, title), bold=True)
        cell.fill = PatternFill("solid", start_color=_HEAD)
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row, line in enumerate(cells, 2):
        for place, held in enumerate(line, 1):
            _written(sheet, row, place, held)
    for row, texts in enumerate([head, *([held.text for held in line] for line in cells)], 1):
        lowest = max(math.ceil(len(text) / width) for text, width in zip(texts, widths))
        sheet.row_dimensions[row].height = _LINE * min(max(lowest, 1), _MOST_LINES)
    sheet.freeze_panes = "B2" if len(head) > 1 else "A2"
    if filtered:
        sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight = True, 0
    sheet.page_setup.fitToWidth = math.ceil(sum(widths) / _ON_PAPER)


def _width(title: str, texts: Sequence[str], most: int) -> float:
    """Room for the words of the title and for the usual cell; longer ones are wrapped."""
    longest = max((len(word) for word in title.split()), default=0) + 4  # the button of the filter stands in the title
    lengths = sorted(map(len, texts)) or [0]
    return float(min(max(_LEAST, longest, lengths[int(0.9 * (len(lengths) - 1))] + 2), most))


def _written(sheet: Worksheet, row: int, column: int, held: Cell, *, bold: bool = False) -> Any:
    """A cell of the sheet: figures as figures with a format, words as words whatever they begin with."""
    cell, typed = sheet.cell(row, column), isinstance(held.value, bool | int | float | datetime.date)
    cell.font, cell.alignment = _look(bold, bool(held.link), typed)
    if typed:
        cell.value = held.value
        cell.number_format = number_format(held.value, held.text)
    elif held.text:
        cell.value = _fitting(held.text)
        cell.data_type = "s"
        cell.quotePrefix = held.text.startswith(_FORMULA)
    if held.link:
        cell.hyperlink = held.link
    return cell


@cache
def _look(bold: bool, link: bool, typed: bool) -> tuple[Any, Any]:
    """The font of a cell, and how its words lie in it."""
    from openpyxl.styles import Alignment, Font

    font = Font(_FONT, 11, bold=bold, color=_LINK if link else None, underline="single" if link else None)
    if typed:
        return font, Alignment(horizontal="right", vertical="top", indent=1)
    return font, Alignment(wrap_text=True, vertical="top")


def _fitting(text: str) -> str:
    more = f" … ({len(text):,} letters in all; a .csv file holds them)"
    return text if len(text) <= _CELL_ROOM else text[: _CELL_ROOM - len(more)] + more


def number_format(value: float | datetime.date, text: str) -> str:
    """The format by which a spreadsheet shows the value as the text does.

    Examples
    --------
    >>> number_format(0.408, "41%"), number_format(-1.0994, "−1.1"), number_format(12226, "12,226")
    ('0%;"−"0%', '0.0;"−"0.0', '#,##0;"−"#,##0')
    """
    if isinstance(value, datetime.date):
        return "yyyy-mm-dd"
    if isinstance(value, bool):
        return '"yes";"yes";"no"'  # where a program has a format for true and false
    found = _SHOWN.fullmatch(text)
    if found is None:
        return "General"
    shape = "#,##0" if "," in found["whole"] else "0"
    shape += (f".{'0' * len(found['decimals'])}" if found["decimals"] else "") + found["after"]
    before = f'"{found["before"]}"' if found["before"] else ""
    if text.startswith("p "):
        return f'[<0.001]"{_TINY}";{before}{shape}'
    return f'{before}{shape};{before}"{MINUS}"{shape}' if found["sign"] or value >= 0 else f"{before}{shape};{shape}"


def _describe(book: Workbook, spread: Spread) -> None:
    """The properties of the file; its time is that of the evidence, so that the same rows give the same bytes."""
    day = datetime.datetime.fromisoformat(spread.origin.get("date", "2000-01-01"))
    properties = book.properties
    properties.title, properties.subject = spread.title, spread.name
    properties.creator = properties.lastModifiedBy = spread.origin.get("name", "")
    properties.description, properties.language = spread.source_line, "en-GB"
    properties.created = properties.modified = day
