"""Tables as files: one text for a figure in all of them, typed cells, sources, words that stay words."""

from __future__ import annotations

import csv
import datetime
import html
import io
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import docx
import openpyxl
import pandas as pd
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from test_tables import MAKE

from ketevidence import export, load, provenance, references, tables
from ketevidence.export.cells import figure, share
from ketevidence.export.definitions import documented, fields
from ketevidence.export.workbook import number_format

EVIDENCE = load()
NO_BREAK = "\N{NO-BREAK SPACE}"
FORMULAS = ["=1+1", "+1 point", "-5", "@SUM(A1)", '=HYPERLINK("https://example.org")', "#N/A"]
HOSTILE = [
    *FORMULAS, "a | b \\ c", "<script>alert(1)</script>", "[a](javascript:b) *c* _d_ `e`", "- item", "1. item",
    "כתב מימין לשמאל", "القلق", "δοκιμή α β", "a\nb\tc", "bell \x07 and no sign \ufffe", "Ж" * 200,
]  # fmt: skip


@cache
def made(name: str) -> pd.DataFrame:
    """A frame of the real tables, the claims cut short: forty rows have all that six hundred have."""
    frame = MAKE[name](EVIDENCE)
    return frame.head(40) if name == "claims" else frame


@cache
def content(name: str, format: str) -> bytes:
    return export.content(EVIDENCE, made(name), format, name=name)


def hostile() -> pd.DataFrame:
    frame = tables.claims(EVIDENCE).head(len(HOSTILE)).copy()
    frame["statement"] = pd.array(HOSTILE, dtype="string")
    return frame


def sheet(data: bytes, name: str = "") -> openpyxl.worksheet.worksheet.Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return book[name] if name else book.worksheets[0]


def document_rows(data: bytes) -> list[list[str]]:
    """The words of the first table of a Word document, read from its XML."""
    body = docx.Document(io.BytesIO(data)).element.body
    return [
        ["".join(text.text or "" for text in box.iter(qn("w:t"))) for box in row.iter(qn("w:tc"))]
        for row in body.iter(qn("w:tr"))
    ]


def page_rows(data: bytes) -> list[list[str]]:
    page = etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))
    return [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]


def markdown_rows(data: bytes) -> list[list[str]]:
    lines = [line for line in data.decode().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if "---" not in line]
    linked = [[re.sub(r"^\[(.*)\]\(<[^>]*>\)$", r"\1", cell) for cell in line] for line in cells]
    return [[re.sub(r"\\([\W_])", r"\1", cell) for cell in line] for line in linked]


def displayed(value: float, format: str) -> str:
    """What a spreadsheet shows: the section for the value, rounded to fifteen digits and then half up."""
    sections = format.split(";")
    if format.startswith("[<0.001]"):
        chosen = sections[0].removeprefix("[<0.001]") if value < 0.001 else sections[1]
    else:
        chosen = sections[0] if value >= 0 else sections[1]
    before, shape = re.fullmatch(r'((?:"[^"]*")*)(.*)', chosen).groups()
    if not shape:
        return before.replace('"', "")
    exact = abs(Decimal(f"{value:.15g}")) * (100 if shape.endswith("%") else 1)
    digits = len(shape.removesuffix("%").partition(".")[2])
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    thousands = "," if "," in shape else ""
    return before.replace('"', "") + f"{rounded:{thousands}.{digits}f}" + "%" * shape.endswith("%")


@pytest.mark.parametrize("name", tables.__all__)
def test_every_column_has_a_definition_and_words_of_its_own(name):
    known = fields(EVIDENCE, MAKE[name](EVIDENCE), name)
    assert [field.name for field in known if not field.definition] == []
    assert len({field.label for field in known}) == len(known)


def test_a_definition_is_that_of_the_tables_or_that_of_the_docstring():
    known = {field.name: field for field in fields(EVIDENCE, made("resistance_rates"), "resistance_rates")}
    column = EVIDENCE.schema.table("claims").column("definition")
    assert (known["definition"].definition, known["n"].unit) == ("what exactly was counted or measured", "people")
    assert known["definition"].definition == column.description.removesuffix(".").replace("What", "what")
    assert (known["low"].definition, known["low"].kind) == ("a limit of the interval, 0 to 1", "share")
    assert known["solid"].definition.startswith("'no' where no second reader saw the figure")
    assert [c.label for c in known["condition"].values][:1] == ["generalised anxiety disorder"]
    assert known["kind"].values == ()  # its words stand in kind_label


def test_a_note_that_says_each_holds_for_the_columns_before_it():
    notes = documented(tables.conditions)
    assert notes["positive"] == notes["negative"] == "of those trials by their primary result"
    assert (notes["label"], documented(tables.pooled_rates)["weight"]) == ("", "0 to 1 in a pool")


@pytest.mark.parametrize("name", tables.__all__)
def test_every_form_shows_the_same_words(name):
    grid = export.model(EVIDENCE, made(name), name).readable
    expected = [[field.label for field in grid.fields], *([cell.text for cell in row] for row in grid.rows)]
    if not grid.rows:
        expected = []
    for rows in (document_rows(content(name, "docx")), page_rows(content(name, "html"))):
        assert [[cell.replace(NO_BREAK, " ") for cell in row] for row in rows] == expected
    assert markdown_rows(content(name, "md")) == expected


@pytest.mark.parametrize("name", tables.__all__)
def test_the_workbook_shows_every_figure_as_the_documents_do(name):
    whole, first = export.model(EVIDENCE, made(name), name).whole, sheet(content(name, "xlsx"))
    for row, cells in enumerate(whole.rows, 2):
        for column, (field, cell) in enumerate(zip(whole.fields, cells), 1):
            held = first.cell(row, column)
            if isinstance(cell.value, bool | datetime.date):
                continue
            if isinstance(cell.value, int | float):
                assert displayed(held.value, held.number_format) == cell.text, field.name
            else:
                assert held.value == (cell.text or None) or len(cell.text) > 32_767


@pytest.mark.parametrize("name", ["resistance_rates", "safety_rates", "pooled", "comparisons"])
def test_the_columns_for_readers_hold_the_texts_of_the_columns_they_are_made_from(name):
    spread = export.model(EVIDENCE, made(name), name)
    places = {field.name: place for place, field in enumerate(spread.whole.fields)}
    joined = 0
    for place, field in enumerate(spread.readable.fields):
        for shown, row in zip(spread.readable.rows, spread.whole.rows):
            own, text = row[places[field.name]].text, shown[place].text
            joined += field.kind == "joined" and "(" in text
            assert text == own or (field.kind == "joined" and text.startswith(own)) or (text == "–" and not own)
    assert joined


@given(st.floats(0, 1) | st.fractions(0, 1, max_denominator=400).map(float))
def test_a_share_is_shown_by_a_spreadsheet_as_it_is_written(value):
    assert displayed(value, number_format(value, share(value))) == share(value)


@given(st.floats(-1e6, 1e6) | st.decimals(-100, 100, places=3).map(float))
def test_a_number_is_shown_by_a_spreadsheet_as_it_is_written(value):
    assert displayed(value, number_format(value, figure(value))) == figure(value)


def test_an_interval_stands_beside_its_estimate_and_a_range_says_that_it_is_one():
    rows = page_rows(content("resistance_rates", "html"))
    place = rows[0].index("proportion (interval)")
    found = {(row[rows[0].index("citation")], row[place]) for row in rows}
    assert {("Davidson 2004 (2)", "42% (34 to 50)"), ("Gelenberg 2000 (3)", "range 54 to 58%")} <= found
    people = rows[0].index("events of people")
    assert {"66 of 158", "– of 127", "–"} <= {row[people] for row in rows}


def test_rows_that_are_hollow_or_not_counted_carry_a_mark_that_is_explained():
    frame, rows = made("resistance_rates"), page_rows(content("resistance_rates", "html"))
    signs = [
        "○" * (not row.solid) + "†" * (not row.counted) + "‡" * row.shares_people for row in frame.itertuples()
    ]  # fmt: skip
    assert [row[0] for row in rows] == ["mark", *signs]
    for format in ("html", "md"):
        text = html.unescape(content("resistance_rates", format).decode())
        assert "○ Hollow in charts: where no second reader saw the figure, or it is known at second hand only." in text
        assert "† Not counted: for people counted in another row of the same kind, and for a retracted source." in text
        assert "‡ Shares people with another row or study: never add their numbers." in text


def test_studies_that_share_people_are_marked():
    frame, rows = made("studies"), page_rows(content("studies", "html"))
    assert [row[0] for row in rows[1:]] == ["‡" * bool(others) for others in frame.overlaps_with.fillna("")]


def test_a_year_has_no_comma():
    rows = page_rows(content("accrual", "html"))
    assert {row[rows[0].index("year")] for row in rows[1:]} <= {"–", *map(str, range(2000, 2027))}


def test_what_is_the_same_in_every_row_is_said_once_and_what_is_missing_is_said_to_be():
    spread = export.model(EVIDENCE, made("pooled"), "pooled")
    assert spread.notes[0].startswith("In all rows: published: no; favours low: fewer symptoms with ketamine;")
    assert "– No figure in the tables." in spread.notes
    assert "published" not in [field.label for field in spread.readable.fields]


def test_the_notes_say_what_was_asked_for_and_whether_rows_were_left_out():
    frame = tables.resistance_rates(EVIDENCE, condition="SAD")
    assert "Asked for: condition SAD." in export.model(EVIDENCE, frame, "resistance_rates").notes
    left_out = "Some rows of the table were left out by whoever made this file."
    assert left_out not in export.model(EVIDENCE, frame, "resistance_rates").notes
    assert left_out in export.model(EVIDENCE, frame.head(3), "resistance_rates").notes


@pytest.mark.parametrize("name", ["claims", "certainty", "trial_facts"])
def test_sources_are_numbered_in_the_order_in_which_rows_cite_them_and_listed_in_full(name):
    frame = made(name)
    labels = list(dict.fromkeys(part for text in frame.citation for part in text.split("; ") if part))
    keys = references.labels(EVIDENCE.sources)
    chosen = EVIDENCE.sources.set_index("source_id", drop=False).loc[[keys[keys == label].index[0] for label in labels]]
    listed = references.numbered(chosen, EVIDENCE.date, known_labels=keys)
    lines = [f"{row.number}. {row.reference}" for row in listed.itertuples()]
    paragraphs = [p.text for p in docx.Document(io.BytesIO(content(name, "docx"))).paragraphs]
    given = [text for text in paragraphs if re.match(r"\d+\.\t", text)]
    assert [text.replace("\t", " ").startswith(line) for text, line in zip(given, lines, strict=True)] == [True] * len(
        lines
    )
    sources = list(sheet(content(name, "xlsx"), "sources").iter_rows(min_row=2, values_only=True))
    assert [f"{number}. {text}" for number, _, text, _ in sources] == lines
    assert [link or "" for *_, link in sources] == listed.link.tolist()
    cells = {cell for row in page_rows(content(name, "html")) for cell in row}
    first = next(text for text in frame.citation if text)
    assert "; ".join(f"{part} ({labels.index(part) + 1})" for part in first.split("; ")) in cells


def test_a_retracted_source_is_said_to_be_retracted_in_its_cell_and_in_its_reference():
    frame = tables.claims(EVIDENCE, source="mills2025")
    text = export.content(EVIDENCE, frame, "html", name="claims").decode()
    assert "(1, retracted)" in text
    assert "RETRACTED: " in text


def test_cells_are_typed_and_the_header_stays_in_sight():
    first = sheet(content("statements", "xlsx"))
    head = {cell.value: cell.column for cell in first[1]}
    assert (first.freeze_panes, first.auto_filter.ref) == ("B2", first.dimensions)
    assert first.cell(2, head["reviewed on"]).value == datetime.datetime(2026, 11, 23)
    assert first.cell(2, head["value"]).value == 0.5
    assert first.cell(2, head["supports"]).value == int(made("statements").supports[0])
    assert first.cell(2, head["citation"]).hyperlink.target.startswith("https://")
    solid = sheet(content("certainty", "xlsx"))
    column = [cell.value for cell in solid[1]].index("solid") + 1
    assert {solid.cell(row, column).value for row in range(2, solid.max_row + 1)} == {False}
    assert all(7 <= size.width <= 46 for size in first.column_dimensions.values())


def test_the_workbook_holds_every_column_with_its_definition_and_says_what_it_is():
    data = content("conditions", "xlsx")
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["conditions", "sources", "definitions", "about"]
    defined = list(sheet(data, "definitions").iter_rows(min_row=2, values_only=True))
    assert list(dict.fromkeys(name for name, *_ in defined)) == made("conditions").columns.tolist()
    assert ("condition", "GAD", "generalised anxiety disorder") in [row[:3] for row in defined]
    about = [row[0] for row in sheet(data, "about").iter_rows(values_only=True)]
    assert (
        f"Evidence ketevidence {EVIDENCE.version}, last search {EVIDENCE.date}, digest {EVIDENCE.digest}. "
        "Licence CC BY 4.0. Not medical advice."
    ) in about
    assert set(EVIDENCE.schema.limits) <= set(about)


def test_a_text_that_looks_like_a_formula_stays_a_text():
    data = export.content(EVIDENCE, hostile(), "xlsx", name="claims")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    first = sheet(data)
    column = [cell.value for cell in first[1]].index("statement") + 1
    cells = [first.cell(row, column) for row in range(2, len(FORMULAS) + 2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in FORMULAS]
    assert [bool(cell.quotePrefix) for cell in cells] == [True] * 5 + [False]


@pytest.mark.parametrize("format", ["docx", "html", "md"])
def test_hostile_words_stand_in_every_form_as_they_stand_in_the_table(format):
    data = export.content(EVIDENCE, hostile(), format, name="claims")
    rows = {"docx": document_rows, "html": page_rows, "md": markdown_rows}[format](data)
    column = rows[0].index("statement")
    expected = [text.replace("\n", " ").replace("\t", " ") for text in HOSTILE]
    expected[-2] = "bell \N{REPLACEMENT CHARACTER} and no sign \N{REPLACEMENT CHARACTER}"
    assert [row[column] for row in rows[1:]] == expected
    assert len({len(row) for row in rows}) == 1


def test_words_from_the_right_run_from_the_right():
    made = docx.Document(io.BytesIO(export.content(EVIDENCE, hostile(), "docx", name="claims")))
    lines = {p.text: p for box in made.element.body.iter(qn("w:tc")) for p in [_paragraph(box, made)]}
    right, left = lines["כתב מימין לשמאל"], lines["δοκιμή α β"]
    assert (right.runs[0].font.rtl, right._p.pPr.find(qn("w:bidi")) is not None) == (True, True)
    assert (left.runs[0].font.rtl, left._p.pPr.find(qn("w:bidi")) is not None) == (None, False)
    assert b'dir="auto"' in export.content(EVIDENCE, hostile(), "html", name="claims")


def _paragraph(box: etree._Element, made: docx.document.Document) -> docx.text.paragraph.Paragraph:
    return docx.text.paragraph.Paragraph(box.find(qn("w:p")), made._body)


def test_a_text_too_long_for_a_cell_is_cut_and_says_so():
    frame = tables.gaps(EVIDENCE)
    frame["keys"] = pd.array(["long " * 8_000] * len(frame), dtype="string")
    held = sheet(export.content(EVIDENCE, frame, "xlsx", name="gaps")).cell(2, 4).value
    assert len(held) == 32_767
    assert held.endswith(" … (39,999 letters in all; a .csv file holds them)")


def test_the_page_is_whole_without_scripts_or_a_network():
    page = export.content(EVIDENCE, hostile(), "html", name="claims").decode()
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert "<script>" not in page
    assert re.findall(r'\bsrc="', page) == []
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets and targets <= set(re.findall(r'id="([^"]+)"', page))


def test_the_word_table_has_a_style_repeats_its_header_and_keeps_rows_whole():
    made = docx.Document(io.BytesIO(content("resistance_rates", "docx")))
    table, section = made.tables[0], made.sections[0]
    rows = list(table._tbl.iter(qn("w:tr")))
    assert table.style.name == "Light Shading"
    assert [row.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in rows[:3]] == [True, False, False]
    assert all(row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in rows)
    assert section.page_width > section.page_height
    grid = [column.width for column in table.columns]
    assert sum(grid) <= section.page_width - section.left_margin - section.right_margin + 1_000
    caption, description = (table._tbl.tblPr.find(qn(f"w:{name}")) for name in ("tblCaption", "tblDescription"))
    assert caption.get(qn("w:val")) == made.core_properties.title
    assert description.get(qn("w:val")).startswith(f"{len(rows) - 1} rows; columns: ")
    assert {element.get(qn("w:val")) for element in made.styles.element.iter(qn("w:lang"))} == {"en-GB"}


def test_a_narrow_table_lies_on_an_upright_page():
    section = docx.Document(io.BytesIO(content("gaps", "docx"))).sections[0]
    assert section.page_width < section.page_height


@pytest.mark.parametrize("name", tables.__all__)
def test_no_type_in_word_is_under_eight_points_and_columns_have_room_for_their_words(name):
    made = docx.Document(io.BytesIO(content(name, "docx")))
    size = made.styles["Table words"].font.size.pt
    assert size >= 8
    columns = made.tables[0].columns if made.tables else []
    labels = document_rows(content(name, "docx"))[0] if made.tables else []
    for column, label in zip(columns, labels, strict=True):
        assert column.width.pt >= 0.5 * size * max(map(len, label.split())), label


def test_a_citation_in_word_leads_to_its_reference():
    body = docx.Document(io.BytesIO(content("certainty", "docx"))).element.body
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))} - {None}
    assert anchors and anchors <= {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}


@pytest.mark.parametrize("format", export.ENDINGS)
def test_an_empty_table_says_that_it_is_empty(format):
    data = export.content(EVIDENCE, tables.risk_of_bias(EVIDENCE), format, name="risk_of_bias")
    said = {
        "xlsx": lambda: str(sheet(data).cell(2, 1).value),
        "docx": lambda: "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs),
    }.get(format, data.decode)()
    if format == "csv":
        assert list(csv.reader(io.StringIO(said))) == [tables.risk_of_bias(EVIDENCE).columns.tolist()]
    else:
        assert "no row in this table" in said


@pytest.mark.parametrize("format", export.ENDINGS)
def test_the_same_frame_gives_the_same_bytes_whatever_the_time(format, monkeypatch):
    first = export.content(EVIDENCE, made("certainty"), format, name="certainty")
    moved = datetime.datetime(2031, 1, 1).timestamp()
    monkeypatch.setattr("time.time", lambda: moved)
    assert export.content(EVIDENCE, made("certainty"), format, name="certainty") == first


def test_the_time_of_a_file_is_that_of_the_evidence():
    day = datetime.datetime.fromisoformat(EVIDENCE.date)
    book = openpyxl.load_workbook(io.BytesIO(content("certainty", "xlsx"))).properties
    text = docx.Document(io.BytesIO(content("certainty", "docx"))).core_properties
    assert (book.created, book.modified) == (day, day)
    assert (text.created.replace(tzinfo=None), text.modified.replace(tzinfo=None)) == (day, day)


@pytest.mark.parametrize("format", ["xlsx", "docx", "html"])
def test_a_file_carries_where_it_comes_from(format, tmp_path):
    path = export.write(EVIDENCE, made("certainty"), tmp_path / "new" / f"x.{format}", name="certainty")
    ((_, record),) = provenance.read(path)
    assert (record["kind"], record["name"], record["evidence"]) == ("table", "certainty", EVIDENCE.origin)
    assert record["frames"][0]["rows"] == provenance.rows_as_text(made("certainty"))


def test_csv_is_the_frame_with_nothing_rounded():
    assert content("pooled", "csv").decode() == made("pooled").to_csv(index=False, lineterminator="\n")


def test_what_cannot_be_written_is_refused(tmp_path, folder):
    with pytest.raises(ValueError) as refusal:
        export.write(EVIDENCE, made("gaps"), tmp_path / "x.xls", name="gaps")
    assert str(refusal.value) == "no format 'xls'; known: xlsx, docx, csv, md, html"
    with pytest.raises(ValueError) as refusal:
        export.write(EVIDENCE, made("gaps"), tmp_path / "x.csv", name="gap")
    assert str(refusal.value) == "no table 'gap'; nearest: 'gaps'"
    other = load(folder())
    with pytest.raises(ValueError) as refusal:
        export.write(other, made("gaps"), tmp_path / "x.md", name="gaps")
    assert str(refusal.value) == (
        f"the rows are from evidence {EVIDENCE.digest}, not from {other.digest}; make them anew"
    )
    assert list(tmp_path.iterdir()) == []


def test_rows_of_unknown_origin_say_so():
    frame = made("gaps").copy()
    frame.attrs = {}
    assert "Rows of unknown origin. Not medical advice." in export.content(EVIDENCE, frame, "md", name="gaps").decode()


def test_a_table_without_the_column_that_makes_marks_hollow_says_that_they_are_missing():
    rates = made("resistance_rates")
    note = "Figures that no second reader saw are not marked here: the column solid is left out."
    assert note not in export.model(EVIDENCE, rates, "resistance_rates").notes
    assert note in export.model(EVIDENCE, rates[["label", "proportion"]], "resistance_rates").notes
    assert note not in export.model(EVIDENCE, made("gaps").iloc[:, :2], "gaps").notes
