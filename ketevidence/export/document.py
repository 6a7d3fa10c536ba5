"""A table as a Word document: a table of styles, its notes, its numbered references."""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ketevidence.export.cells import Cell
from ketevidence.export.definitions import Field
from ketevidence.export.model import NO_ROW, Spread
from ketevidence.export.pages import RIGHT

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_TABLE, _SMALL = "Table words", "Small print"  # styles of this document
_STYLE, _FONT, _BAND = "Light Shading", "Arial", "EDF1F4"
_MARGIN = 42.5  # points
_UPRIGHT, _LYING, _LARGE = (595.3, 841.9), (841.9, 595.3), (1190.6, 841.9)  # A4, A4 on its side, A3 on its side
_LOOKS = ((_UPRIGHT, 9.0, 0.62), (_LYING, 9.0, 0.72), (_LYING, 8.0, 1.0), (_LARGE, 8.0, 1.0))
_LETTER, _PADDING = 0.54, 8.0  # width of a letter as a share of its size, room beside the words of a cell
_LONGEST = 20  # letters that a word may claim for its column
_NO_BREAK = "\N{NO-BREAK SPACE}"
_BREAK = re.compile(r"[ /-]+")
_NUMBERED = re.compile(r"\((\d+)(?:, retracted)?\)$")


def document(spread: Spread) -> bytes:
    """The bytes of a .docx file: the columns for readers, on a page turned on its side where they are many."""
    import docx
    from docx.shared import Pt

    fields, rows = spread.readable.fields, spread.readable.rows
    made = docx.Document()
    page, size, widths = _layout(fields, rows)
    _turn(made, page)
    _styles(made, size)
    made.add_heading(spread.title, level=1)
    if rows:
        _table(made, fields, rows, widths, spread)
    else:
        made.add_paragraph(NO_ROW)
    for note in spread.notes:
        made.add_paragraph(note, style=_SMALL)
    columns = made.add_paragraph("Columns: ", style=_SMALL)
    for place, field in enumerate(field for field in fields if field.kind != "mark"):
        columns.add_run("; " if place else "")
        columns.add_run(field.label).bold = True
        columns.add_run(f" = {field.definition}")
    columns.add_run(".")
    made.add_paragraph(spread.source_line, style=_SMALL)
    if spread.references:
        made.add_heading("References", level=2)
    for source in spread.references:
        line = made.add_paragraph(style=_SMALL)
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Pt(22), Pt(-22)
        _bookmarked(line, f"source{source.number}", source.number, f"{source.number}.\t{source.text} ")
        if source.link:
            _link(line, source.link, address=source.link)
    _foot(made, spread)
    _describe(made, spread)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _layout(fields: Sequence[Field], rows: Sequence[Sequence[Cell]]) -> tuple[tuple[float, float], float, list[float]]:
    """The page, the size of the type, and the widths of the columns in points.

    The longest words of the columns may take a share of the room, else the page is the next
    larger one; no type is under 8 points. A column gets room for its longest word; what is
    left goes, letter by letter, to the column that makes the rows lowest.
    """
    least = np.array([_longest(field, [row[place] for row in rows]) for place, field in enumerate(fields)])
    lengths = np.array([[len(field.label) for field in fields], *([len(cell.text) for cell in row] for row in rows)])
    for page, size, share in _LOOKS:
        room = (page[0] - 2 * _MARGIN - _PADDING * len(fields)) / (_LETTER * size)
        if least.sum() <= share * room:
            break
    widths = least * min(room / least.sum(), 1.0)
    while widths.sum() + 1 <= room:
        # the fourth power stands for the highest cell of a row, and is a sum of columns
        gain = (np.maximum(lengths / widths, 1) ** 4 - np.maximum(lengths / (widths + 1), 1) ** 4).sum(axis=0)
        if not gain.any():
            break
        widths[gain.argmax()] += 1
    return page, size, [float(width) * _LETTER * size + _PADDING for width in widths]


def _longest(field: Field, cells: Sequence[Cell]) -> float:
    """Letters of the longest part of a column that stays on one line; those of the header are bold."""
    parts = [part for cell in cells for part in _BREAK.split(_unbroken(field, cell.text))]
    return max([1.25 * max(map(len, _BREAK.split(field.label))), *(min(len(part), _LONGEST) for part in parts)])


def _unbroken(field: Field, text: str) -> str:
    """The words of a cell; those of an interval or a p value stay on one line."""
    if field.kind == "p":
        return text.replace(" ", _NO_BREAK)
    if field.kind == "joined":
        return re.sub(r"(?<=[^ ]) (?!\()", _NO_BREAK, text)
    return text


def _turn(made: Document, page: tuple[float, float]) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Pt

    section = made.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT if page == _UPRIGHT else WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = map(Pt, page)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Pt(_MARGIN)


def _styles(made: Document, size: float) -> None:
    """Two styles of our own, so that a reader changes all cells, or all notes, in one place; the language."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for name, points, after in ((_TABLE, size, 1), (_SMALL, 9, 4)):
        style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size = made.styles["Normal"], Pt(points)
        style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(after), Pt(1)
        style.paragraph_format.line_spacing = 1.0
    for name in ("Normal", "Heading 1", "Heading 2"):
        made.styles[name].font.name = _FONT
        fonts = made.styles[name].element.rPr.rFonts
        for theme in [key for key in fonts.attrib if key.endswith("Theme")]:  # it would win over the name
            del fonts.attrib[theme]
    for shade in made.styles[_STYLE].element.iter(_q("w:shd")):  # its grey is too dark for the blue of links
        for key in [key for key in shade.attrib if "theme" in key]:
            del shade.attrib[key]
        shade.set(_q("w:fill"), _BAND)
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _table(
    made: Document, fields: Sequence[Field], rows: Sequence[Sequence[Cell]], widths: Sequence[float], spread: Spread
) -> None:
    """The table: its header repeats on every page, no row is parted by the end of one, words for who cannot see it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt
    from docx.text.paragraph import Paragraph

    table = made.add_table(rows=0, cols=len(fields), style=_STYLE)
    table.autofit = False
    for column, width in zip(table.columns, widths):
        column.width = Pt(width)
    properties = table._tbl.tblPr
    look = properties.find(_q("w:tblLook"))
    look.set(_q("w:val"), "0420")  # a header row and bands, no first column of its own
    for name, on in (("firstRow", "1"), ("lastRow", "0"), ("firstColumn", "0"), ("lastColumn", "0"),
                     ("noHBand", "0"), ("noVBand", "1")):  # fmt: skip
        look.set(_q(f"w:{name}"), on)
    margins = _element("w:tblCellMar")
    for edge in ("left", "right"):
        margins.append(_element(f"w:{edge}", w=int(_PADDING * 10), type="dxa"))
    look.addprevious(margins)
    properties.append(_element("w:tblCaption", val=spread.title))
    properties.append(_element("w:tblDescription", val=_described(fields, rows)))
    heads, style = [Cell(field.label, field.label) for field in fields], made.styles[_TABLE].style_id
    for place, row in enumerate([heads, *rows]):
        grid_row = table._tbl.add_tr()
        rules = grid_row.get_or_add_trPr()
        rules.append(_element("w:cantSplit"))
        if place == 0:
            rules.append(_element("w:tblHeader"))
        for field, cell, width in zip(fields, row, widths):
            box = grid_row.add_tc()
            box.width = Pt(width)
            line = Paragraph(box.p_lst[0], made._body)
            line._p.style = style
            if field.kind in RIGHT:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _write(line, field if place else None, cell)


def _described(fields: Sequence[Field], rows: Sequence[Sequence[Cell]]) -> str:
    from ketevidence import wording

    return f"{wording.counted(len(rows), 'row')}; columns: {', '.join(field.label for field in fields)}."


def _write(line: Paragraph, field: Field | None, cell: Cell) -> None:
    """The words of a cell; citations lead to their references, right-to-left words run from the right."""
    if field is None or field.kind != "citation":
        _say(line, cell.text if field is None else _unbroken(field, cell.text))
        return
    for place, part in enumerate(cell.text.split("; ")):
        if place:
            line.add_run("; ")
        if number := _NUMBERED.search(part):
            _link(line, part, anchor=f"source{number[1]}")
        else:
            _say(line, part)


def _say(line: Paragraph, text: str) -> None:
    run = line.add_run(text)
    strong = [unicodedata.bidirectional(letter) for letter in text]
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    if {"R", "AL"} & set(strong):
        run.font.rtl = True
    if first != "L":
        line._p.get_or_add_pPr().append(_element("w:bidi"))


def _link(line: Paragraph, words: str, *, anchor: str = "", address: str = "") -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.shared import RGBColor

    link = _element("w:hyperlink", **({"anchor": anchor} if anchor else {}))
    if address:
        link.set(_q("r:id"), line.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = line.add_run(words)
    run.font.color.rgb = RGBColor(0x05, 0x63, 0xC1)
    link.append(run._r)
    line._p.append(link)


def _bookmarked(line: Paragraph, name: str, number: int, words: str) -> None:
    line._p.append(_element("w:bookmarkStart", id=number, name=name))
    line.add_run(words)
    line._p.append(_element("w:bookmarkEnd", id=number))


def _foot(made: Document, spread: Spread) -> None:
    """The last line of every page: the title, and the number of the page."""
    line = made.sections[0].footer.paragraphs[0]
    line.style = made.styles[_SMALL]
    line.add_run(f"{spread.title}. Page ")
    field = _element("w:fldSimple", instr="PAGE")
    field.append(line.add_run("1")._r)
    line._p.append(field)


def _describe(made: Document, spread: Spread) -> None:
    """The properties of the file; its time is that of the evidence, so that the same rows give the same bytes."""
    properties = made.core_properties
    properties.title, properties.subject, properties.keywords = spread.title, spread.name, ""
    properties.author = properties.last_modified_by = spread.origin.get("name", "")
    properties.comments, properties.language = spread.source_line, "en-GB"
    properties.created = properties.modified = datetime.datetime.fromisoformat(spread.origin.get("date", "2000-01-01"))


def _q(name: str) -> str:
    from docx.oxml.ns import qn

    return qn(name)


def _element(tag: str, /, **attributes: str | int) -> Any:
    """An element of the document with its attributes."""
    from docx.oxml import OxmlElement

    made = OxmlElement(tag)
    for attribute, value in attributes.items():
        made.set(_q(f"w:{attribute}"), str(value))
    return made
