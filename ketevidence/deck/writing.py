"""Texts and tables written into shapes of PowerPoint, at sizes and distances of lines that are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ketevidence.deck.texts import GAP, LINE, PADDING, SMALLEST, Box, Grid, Paragraph, indent

INSET = (7.2, 3.6)  # points between the edges of a shape and its text, across and along
_BULLET = "•"
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid: the lines are ours
_THIN, _THICK = 0.75, 2.25


def put(shape: Any, box: Box) -> None:
    """Give a shape its place."""
    from pptx.util import Pt

    shape.left, shape.top, shape.width, shape.height = (Pt(v) for v in (box.left, box.top, box.width, box.height))


def fill(frame: Any, paragraphs: Sequence[Paragraph], size: float, *, inset: float = INSET[1]) -> None:
    """Write paragraphs into a text frame, in the weight of its layout where they are not bold."""
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Pt

    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    for side, points in (("l", INSET[0]), ("r", INSET[0]), ("t", inset), ("b", inset)):
        frame._txBody.bodyPr.set(f"{side}Ins", str(round(Pt(points))))  # also where it is the default of PowerPoint
    hang = indent(paragraphs, size)
    for place, paragraph in enumerate(paragraphs):
        line = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        _space(line, size, GAP * size if place else 0)
        _hang(line, hang if paragraph.mark else 0, paragraph.mark == _BULLET)
        if paragraph.mark and paragraph.mark != _BULLET:
            _run(line, f"{paragraph.mark}\t", size)
        _run(line, paragraph.text, size, paragraph.bold)


def _space(line: Any, size: float, before: float) -> None:
    from pptx.util import Pt

    line.line_spacing, line.space_before, line.space_after = Pt(size * LINE), Pt(before), Pt(0)


def _run(line: Any, text: str, size: float, bold: bool = False) -> Any:
    """Capitals and wide letters, as some templates have them, would make a sentence hard to read and too wide."""
    from pptx.util import Pt

    run = line.add_run()
    run.text, run.font.size = text, Pt(size)
    if bold:
        run.font.bold = True
    properties = run.font._element
    properties.set("lang", "en-GB")
    properties.set("cap", "none")
    properties.set("spc", "0")
    return run


def _hang(line: Any, hang: float, bullet: bool) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls
    from pptx.util import Pt

    properties = line._p.get_or_add_pPr()
    properties.set("marL", str(int(Pt(hang))))
    properties.set("indent", str(-int(Pt(hang))))
    kinds = ('buFont typeface="Arial"', f'buChar char="{_BULLET}"') if bullet else ("buNone",)
    for kind in kinds:
        properties.append(parse_xml(f"<a:{kind} {nsdecls('a')}/>"))


def add_number(frame: Any, *, inset: float = INSET[1]) -> None:
    """The number of the slide as a field, which follows when slides are moved."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    fill(frame, [Paragraph("")], SMALLEST, inset=inset)
    line = frame.paragraphs[0]._p
    for run in line.findall(".//{*}r"):
        line.remove(run)
    line.append(
        parse_xml(
            f'<a:fld {nsdecls("a")} id="{{C1FF6DA9-008F-8B48-92A6-B652298478BF}}" type="slidenum">'
            f'<a:rPr lang="en-GB" sz="{round(100 * SMALLEST)}"/><a:t>‹#›</a:t></a:fld>'
        )
    )


def add_table(slide: Any, box: Box, grid: Grid, span: tuple[int, int], size: float) -> Any:
    """A table of some rows that can be edited: a heading row, lines between rows, nothing by colour."""
    from pptx.util import Pt

    rows = (grid.headings, *grid.rows[slice(*span)])
    shape = slide.shapes.add_table(len(rows), len(grid.headings), 0, 0, 0, 0)
    put(shape, box)
    table = shape.table
    table.first_row, table.horz_banding, table.first_col = True, False, True
    table._tbl.tblPr.find("{*}tableStyleId").text = _PLAIN_TABLE
    for column, width in zip(table.columns, grid.widths(size, box.width)):
        column.width = Pt(width)
    head, *heights = grid.heights(size, box.width)
    for place, (cells, high) in enumerate(zip(rows, [head, *heights[slice(*span)]])):
        table.rows[place].height = Pt(high)
        for column, text in enumerate(cells):
            _cell(table.cell(place, column), text, size, place == 0, place == 0 or column == 0)
    shape.height = sum(row.height for row in table.rows)
    return shape


def _cell(cell: Any, text: str, size: float, heading: bool, bold: bool) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls
    from pptx.util import Pt

    for side in ("left", "right", "top", "bottom"):
        setattr(cell, f"margin_{side}", Pt(PADDING))
    for place, part in enumerate(text.split("\n")):
        line = cell.text_frame.paragraphs[0] if place == 0 else cell.text_frame.add_paragraph()
        _space(line, size, 0)
        _run(line, part, size, bold)
    width, colour = (_THICK, "accent1") if heading else (_THIN, "tx1")
    below = (
        f'<a:lnB {nsdecls("a")} w="{round(Pt(width))}"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:lnB>'
    )
    cell._tc.get_or_add_tcPr().insert(0, parse_xml(below))


def describe(shape: Any, alt: str) -> None:
    """Say in words what a picture or a table shows, for those who cannot see it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", alt)


def note(slide: Any, parts: Mapping[str, Sequence[str]]) -> None:
    """Write the notes of the speaker: each part under its name, where it has lines."""
    blocks = ["\n".join([*([name] if name else []), *lines]) for name, lines in parts.items() if lines]
    slide.notes_slide.notes_text_frame.text = "\n\n".join(blocks)
