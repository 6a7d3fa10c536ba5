"""Slides: findings as titles, sources on each, nothing too small, nothing over another thing, the clinic's own look."""

from __future__ import annotations

import html
import os
import posixpath
import re
import shutil
import subprocess
import zipfile
from itertools import combinations
from pathlib import Path, PurePosixPath

import clinic
import matplotlib
import pptx
import pytest
from PIL import Image, ImageFont
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pypdf import PdfReader

from ketevidence import deck, gallery, load, provenance, references, style, tables
from ketevidence.deck.frames import frames_of
from ketevidence.deck.parts import DETAILS, ORDER, OVERVIEW, PARTS
from ketevidence.deck.texts import Box, Paragraph, pages
from ketevidence.trace import trace

CHOSEN = ("condition_card", "verdicts", "rates", "forest", "certainty")
KINDS = ("overview", "own", "dark", "narrow")
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
POINT = 12_700
SLACK = 1.0  # points


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def decks(evidence, tmp_path_factory):
    """The decks that the tests look at, by their kind."""
    place = tmp_path_factory.mktemp("decks")
    shared = {"condition": "PTSD", "charts": CHOSEN}
    dark, narrow = clinic.dark(place / "clinic-dark.pptx"), clinic.narrow(place / "clinic-narrow.pptx")
    return {
        "overview": deck.build(evidence, place / "overview.pptx"),
        "own": deck.build(evidence, place / "own.pptx", **shared),
        "dark": deck.build(evidence, place / "dark.pptx", template=dark, medium="slide-dark", **shared),
        "narrow": deck.build(evidence, place / "narrow.pptx", template=narrow, **shared),
    }


@pytest.fixture(params=KINDS)
def made(request, decks):
    return pptx.Presentation(decks[request.param])


def titles(presentation) -> list[str]:
    return [slide.shapes.title.text_frame.text.replace("\N{NO-BREAK SPACE}", " ") for slide in presentation.slides]


def pictures(slide) -> list:
    return [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]


def tables_of(slide) -> list:
    return [shape for shape in slide.shapes if shape.has_table]


def cells(shape) -> list[list[str]]:
    return [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]


def foot(slide) -> str:
    """What stands on a slide beside its title, its text and its table."""
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    return " ".join(text for text in texts if text.startswith(("Evidence of", "Sources [", "Not medical advice.")))


def numbers_in(text: str) -> set[int]:
    """The numbers of sources in the foot of a slide."""
    listed = re.search(r"Sources \[([^\]]+)\]", text)
    found: set[int] = set()
    for part in listed[1].split(", ") if listed else []:
        first, _, last = part.partition("–")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def box(shape) -> Box:
    return Box(*(value / POINT for value in (shape.left, shape.top, shape.width, shape.height)))


def width_of(text: str, size: float, bold: bool) -> float:
    """Measured here by another library than the deck's."""
    font = ImageFont.truetype(str(FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")), round(10 * size))
    return font.getlength(text) / 10


def lines_of(text: str, size: float, room: float, bold: bool) -> int:
    lines, line = 1, ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width_of(longer, size, bold) > room:
            lines, longer = lines + 1, word
        line = longer
    return lines


def height_of(paragraphs, room: float, bold: bool = False) -> float:
    """Points that paragraphs need, from the sizes and distances that are written in them."""
    total = 0.0
    for paragraph in paragraphs:
        text = "".join(run.text for run in paragraph.runs)
        size = next((run.font.size.pt for run in paragraph.runs), 14)
        heavy = bold or any(run.font.bold for run in paragraph.runs)
        hang = int(paragraph._p.pPr.get("marL", 0)) / POINT
        mark, _, rest = text.rpartition("\t")
        before = paragraph.space_before.pt if paragraph.space_before else 0
        total += before + lines_of(rest, size, room - hang, heavy) * paragraph.line_spacing.pt
        assert not mark or width_of(mark, size, heavy) < hang
    return total


def test_an_overview_fits_in_a_talk(decks):
    made = pptx.Presentation(decks["overview"])
    said = titles(made)
    assert said[0].startswith("“Ketamine: Treating Anxiety”: what is said")
    assert said[1].startswith("The question: does the evidence say the same as")
    assert sum(title.startswith("References") for title in said) < 15
    assert len([title for title in said if not title.startswith("References")]) <= 35
    assert [title for title in said if title.startswith("Limits: ")]
    assert said[-1].startswith("References")


def test_titles_are_the_findings_of_the_charts(evidence, decks):
    said = titles(pptx.Presentation(decks["own"]))
    drawn = [
        chart.title.replace("\N{NO-BREAK SPACE}", " ")
        for name in ("condition_card", "rates", "forest")
        for chart in gallery.parts(evidence, name, medium="slide", condition="PTSD")
    ]
    assert [title for title in said if title in drawn] == drawn
    assert drawn


def test_every_slide_has_a_title_in_its_own_placeholder(made):
    assert all(title.strip() for title in titles(made))


def test_every_picture_and_table_is_told_in_words(made):
    shown = [shape for slide in made.slides for shape in (*pictures(slide), *tables_of(slide))]
    assert shown
    for shape in shown:
        words = shape._element.xpath(".//p:cNvPr/@descr")
        assert words and len(words[0]) > 40 and words[0].count(".") > 1


def test_notes_hold_the_words_the_rows_and_the_references_of_the_slide(evidence, made):
    labels = references.labels(evidence.sources)
    full = references.numbered(evidence.sources, evidence.date, known_labels=labels).reference
    by_number = {}
    for slide in made.slides:
        if slide.shapes.title.text_frame.text.startswith("References"):
            for paragraph in slide.placeholders[1].text_frame.paragraphs:
                number, _, text = paragraph.text.partition(".\t")
                by_number[int(number)] = text
    assert sorted(by_number) == list(range(1, len(by_number) + 1))
    assert set(by_number.values()) <= set(full)
    used = set()
    for slide in made.slides:
        numbers = numbers_in(foot(slide))
        used |= numbers
        notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
        for number in numbers:
            assert f"{number}. {by_number[number]}" in notes
        for shape in (*pictures(slide), *tables_of(slide)):
            assert shape._element.xpath(".//p:cNvPr/@descr")[0] in notes
            assert "Rows\n" in notes
            assert numbers
    assert used == set(by_number)


def test_every_slide_has_its_number_and_the_date_of_the_evidence(evidence, made):
    for slide in made.slides:
        assert slide._element.xpath(".//a:fld[@type='slidenum']")
        assert f"Evidence of {evidence.date}" in foot(slide)
        assert "Not medical advice" in foot(slide)


def test_nothing_on_a_slide_is_smaller_than_14_points(made):
    for slide in made.slides:
        runs = slide._element.xpath(".//a:r | .//a:fld")
        assert runs
        for run in runs:
            size = run.find("{*}rPr").get("sz")
            assert size is not None and int(size) >= 1400, run.xpath("string(.)")


def test_no_text_is_higher_than_its_place(made):
    for slide in made.slides:
        for shape in slide.shapes:
            if shape.has_text_frame and shape.text_frame.text:
                frame = shape.text_frame
                room = box(shape).width - (frame.margin_left + frame.margin_right) / POINT
                needed = height_of(frame.paragraphs, room, bold=shape == slide.shapes.title)
                assert needed + (frame.margin_top + frame.margin_bottom) / POINT <= box(shape).height + SLACK, (
                    frame.text
                )
            if shape.has_table:
                for row in shape.table.rows:
                    for cell, column in zip(row.cells, shape.table.columns):
                        needed = height_of(cell.text_frame.paragraphs, column.width / POINT - 8)
                        assert needed + 8 <= row.height / POINT + SLACK, cell.text_frame.text


def test_no_word_of_a_table_is_broken(made):
    for slide in made.slides:
        for shape in tables_of(slide):
            for row in shape.table.rows:
                for cell, column in zip(row.cells, shape.table.columns):
                    for paragraph in cell.text_frame.paragraphs:
                        for run in paragraph.runs:
                            for word in run.text.split():
                                assert width_of(word, run.font.size.pt, bool(run.font.bold)) <= column.width / POINT - 8


def test_no_shape_leaves_the_slide_or_covers_another(made):
    whole = Box(0, 0, made.slide_width / POINT, made.slide_height / POINT)
    for slide in made.slides:
        shapes = [box(shape) for shape in slide.shapes]
        drawn = [box(shape) for shape in slide.slide_layout.slide_master.shapes if not shape.is_placeholder]
        for one in shapes:
            assert one.left >= 0 and one.top >= 0
            assert one.right <= whole.width + SLACK and one.bottom <= whole.height + SLACK
            assert not any(one.meets(other) for other in drawn)
        assert not any(one.meets(other) for one, other in combinations(shapes, 2)), slide.shapes.title.text_frame.text


def test_pictures_are_crisp_and_not_stretched(made):
    for slide in made.slides:
        for picture in pictures(slide):
            wide, high = picture.image.size
            assert wide == 3840
            assert picture.width / picture.height == pytest.approx(wide / high, rel=0.001)


def test_a_picture_fills_our_own_slide(decks):
    made = pptx.Presentation(decks["own"])
    shown = [picture for slide in made.slides for picture in pictures(slide)]
    assert min(picture.width / made.slide_width for picture in shown) > 0.85


def test_the_board_can_be_edited_and_is_whole(evidence, decks):
    rows = [
        row
        for slide in pptx.Presentation(decks["overview"]).slides
        for shape in tables_of(slide)
        if shape.name == "Table verdicts"
        for row in cells(shape)[1:]
    ]
    board = tables.statements(evidence)
    assert [row[0] for row in rows] == list(board.statement_id)
    assert [row[1] for row in rows] == list(board.statement)
    assert [row[2] for row in rows] == [f"{row.verdict_symbol} {row.verdict_label}" for row in board.itertuples()]
    assert [row[4] for row in rows] == [f"{row.supports} / {row.contradicts}" for row in board.itertuples()]


def test_a_short_board_gives_the_reasons(evidence, decks):
    board = tables.statements(evidence, condition="PTSD")
    for slide in pptx.Presentation(decks["own"]).slides:
        for shape in tables_of(slide):
            if shape.name == "Table verdicts":
                assert cells(shape)[0] == ["No.", "The article says", "Verdict", "Certainty", "Why"]
                assert [row[4] for row in cells(shape)[1:]] == list(board.rationale)


def test_a_deck_of_a_condition_takes_the_statements_on_its_group(evidence, tmp_path):
    made = pptx.Presentation(deck.build(evidence, tmp_path / "a.pptx", condition="GAD", charts=["verdicts"]))
    shown = [row[0] for slide in made.slides for shape in tables_of(slide) for row in cells(shape)[1:]]
    board = tables.statements(evidence)
    assert shown == list(board.statement_id[board.condition.isin(["GAD", "anxiety-disorders"])])


def test_the_same_evidence_gives_the_same_bytes(evidence, decks, tmp_path):
    template = clinic.narrow(tmp_path / "clinic.pptx")
    again = deck.build(evidence, tmp_path / "a.pptx", condition="PTSD", charts=CHOSEN, template=template)
    assert again.read_bytes() == decks["narrow"].read_bytes()


def test_a_deck_says_what_it_is(evidence, decks):
    said = pptx.Presentation(decks["own"]).core_properties
    assert (
        said.title
        == "“Ketamine: Treating Anxiety”, on post-traumatic stress disorder: what is said, and what the evidence says"
    )
    assert said.author == said.last_modified_by == f"{evidence.schema.name} {evidence.version}"
    assert f"{said.created:%Y-%m-%d}" == f"{said.modified:%Y-%m-%d}" == evidence.date


def test_every_picture_and_table_can_be_traced(evidence, decks):
    made = pptx.Presentation(decks["own"])
    found = provenance.read(decks["own"])
    assert len([1 for _, record in found if record["kind"] == "chart"]) == sum(len(pictures(s)) for s in made.slides)
    named = [record["name"] for _, record in found if record["kind"] != "chart"]
    assert named == ["opening", "question", "verdicts", "certainty", "limits", "references"]
    assert all(one.current for one in trace(decks["own"], evidence))


@pytest.mark.parametrize(("kind", "font"), [("dark", "Verdana"), ("narrow", "Georgia")])
def test_a_template_keeps_its_fonts_and_colours(kind, font, decks):
    made = pptx.Presentation(decks[kind])
    for slide in made.slides:
        assert slide._element.xpath(".//a:latin | .//a:srgbClr") == []
    with zipfile.ZipFile(decks[kind]) as parts:
        theme = parts.read("ppt/theme/theme1.xml").decode()
    assert set(re.findall(r'<a:latin typeface="([^"]*)"', theme)) == {font}
    assert {slide.slide_layout.name for slide in made.slides} == {"Title Slide", "Title and Content", "Title Only"}


def test_a_template_keeps_the_size_of_its_slides(decks):
    made = pptx.Presentation(decks["narrow"])
    assert made.slide_width / made.slide_height == pytest.approx(4 / 3)


def test_nothing_stays_of_the_old_slides_of_a_template(decks):
    with zipfile.ZipFile(decks["dark"]) as parts:
        names = parts.namelist()
        plain = {name: parts.read(name) for name in names if name.endswith((".xml", ".rels"))}
    slides = [name for name in names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    notes = [name for name in names if re.fullmatch(r"ppt/notesSlides/notesSlide\d+\.xml", name)]
    made = pptx.Presentation(decks["dark"])
    assert len(slides) == len(made.slides)
    assert len(notes) == sum(slide.has_notes_slide for slide in made.slides)
    assert [name for name, text in plain.items() if b"old slide" in text or b"An old note" in text] == []
    assert b"sectionLst" not in plain["ppt/presentation.xml"]
    assert not [name for name in names if "viewProps" in name or "thumbnail" in name or "docProps/app" in name]


def test_every_part_of_a_deck_is_led_to(decks):
    for path in decks.values():
        with zipfile.ZipFile(path) as parts:
            names = set(parts.namelist())
            led = {"[Content_Types].xml"}
            for name in names:
                if name.endswith(".rels"):
                    base = PurePosixPath("/" + name).parent.parent
                    for target in re.findall(
                        r'Target="([^"]+)"(?![^>]*TargetMode="External")', parts.read(name).decode()
                    ):
                        led.add(posixpath.normpath(base / target).removeprefix("/"))
            assert {name for name in names if not name.endswith(".rels")} == led


def test_a_template_of_powerpoint_and_one_with_macros_are_read(evidence, tmp_path):
    template = clinic.as_potx(clinic.narrow(tmp_path / "clinic.pptx"))
    made = deck.build(evidence, tmp_path / "a.pptx", charts=[], template=template)
    assert pptx.Presentation(made).slide_width == pptx.Presentation(tmp_path / "clinic.pptx").slide_width


def test_a_template_with_titles_only_takes_text_in_boxes(evidence, tmp_path):
    template = clinic.without(tmp_path / "clinic.pptx", "obj", "body", "pic", "subTitle")
    made = pptx.Presentation(deck.build(evidence, tmp_path / "a.pptx", charts=["certainty"], template=template))
    kinds = {shape.placeholder_format.type.name for slide in made.slides for shape in slide.placeholders}
    assert kinds <= {"TITLE", "DATE", "FOOTER", "SLIDE_NUMBER"}
    assert "Caledon" in " ".join(shape.text_frame.text for shape in made.slides[0].shapes if shape.has_text_frame)


def test_a_template_without_a_usable_layout_is_refused(evidence, tmp_path):
    template = clinic.without(tmp_path / "clinic.pptx", "title", "ctrTitle")
    with pytest.raises(ValueError) as error:
        deck.build(evidence, tmp_path / "a.pptx", template=template)
    assert str(error.value) == (
        f"{template} has no usable layout; one is needed with a title, and below it a placeholder for content or free "
        "room, wide as half of the slide and 0.4 of it high"
    )
    assert not (tmp_path / "a.pptx").exists()


def test_a_layout_with_upright_text_is_not_used(tmp_path):
    made = pptx.Presentation()
    for layout in list(made.slide_layouts)[:-2]:
        made.slide_layouts.remove(layout)
    assert frames_of(made) is None


@pytest.mark.parametrize("content", [b"", b"no presentation", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_presentation_is_refused(content, evidence, tmp_path):
    template = tmp_path / "clinic.pptx"
    template.write_bytes(content)
    with pytest.raises(ValueError) as error:
        deck.build(evidence, tmp_path / "a.pptx", template=template)
    assert str(error.value) == f"{template} is no presentation; a template is a whole .pptx or .potx file"


def test_a_workbook_is_no_template(evidence, tmp_path):
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "clinic.pptx")
    book.add_worksheet()
    book.close()
    with pytest.raises(ValueError) as error:
        deck.build(evidence, tmp_path / "a.pptx", template=tmp_path / "clinic.pptx")
    assert (
        str(error.value) == f"{tmp_path / 'clinic.pptx'} is no presentation; a template is a whole .pptx or .potx file"
    )


def test_a_template_that_is_not_there_is_named(evidence, tmp_path):
    with pytest.raises(ValueError) as error:
        deck.build(evidence, tmp_path / "a.pptx", template=tmp_path / "none.pptx")
    assert str(error.value) == f"{tmp_path / 'none.pptx'} cannot be read: no such file or directory"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"charts": ["forrest"]}, "no chart 'forrest'; nearest: 'forest'"),
        ({"charts": ["certainly"]}, "no chart 'certainly'; nearest: 'certainty'"),
        ({"condition": "PTDS"}, "no condition 'PTDS'; nearest: 'PTSD'"),
        ({"medium": "page"}, "a deck needs a medium for slides, got 'page'; known: slide, slide-dark"),
        ({"medium": "slid"}, "no medium 'slid'; nearest: 'slide'"),
    ],
)
def test_wrong_words_are_answered_with_the_right_ones(options, message, evidence, tmp_path):
    with pytest.raises(ValueError) as error:
        deck.build(evidence, tmp_path / "a.pptx", **options)
    assert str(error.value) == message


def test_a_deck_is_a_file_of_powerpoint(evidence, tmp_path):
    with pytest.raises(ValueError) as error:
        deck.build(evidence, tmp_path / "a.odp")
    assert str(error.value) == "a deck is a .pptx file, got 'a.odp'"


def test_a_condition_without_statements_or_trials_has_a_deck(evidence, tmp_path):
    made = pptx.Presentation(deck.build(evidence, tmp_path / "a.pptx", condition="SP", charts=["forest", "certainty"]))
    limits = next(title for title in titles(made) if title.startswith("Limits"))
    assert limits == "Limits: no randomised trial of its own, 2 registered studies without a result"


def limits_of(path: Path) -> str:
    return " ".join(
        paragraph.text
        for slide in pptx.Presentation(path).slides
        if slide.shapes.title.text_frame.text.startswith("Limits")
        for paragraph in slide.placeholders[1].text_frame.paragraphs
    )


@pytest.mark.parametrize(
    ("condition", "there", "absent"),
    [
        ("SAD", ("Taylor 2018 is a paired crossover", "The studies Glue 2017"), ("Rodriguez 2013", "For most trials")),
        ("OCD", ("Rodriguez 2013 counts only its first phase.",), ("Taylor 2018", "Glue 2017", "For most trials")),
        (
            "PTSD",
            ("For most trials in post-traumatic stress disorder",),
            ("Taylor 2018", "Rodriguez 2013", "Glue 2017"),
        ),
    ],
)
def test_the_limits_of_a_condition_are_its_own_and_those_of_all(condition, there, absent, evidence, tmp_path):
    said = limits_of(deck.build(evidence, tmp_path / "a.pptx", condition=condition, charts=[]))
    shared = ("their numbers must not be added.", "Retracted sources", "only for esketamine in depression.")
    assert all(words in said for words in (*there, *shared))
    assert not any(words in said for words in absent)


def test_limits_are_counted_from_the_tables(evidence, decks):
    said = limits_of(decks["overview"])
    seen, figures = evidence.second_reader()
    assert f"A second reader saw {seen} of {figures} claims and outcomes of all conditions" in said
    assert "Figures known from an abstract only: " in said and "Figures known at second hand: " in said
    assert "post-traumatic stress disorder 7 (350 people)" in said
    assert "No randomised trial with a result: generalised anxiety disorder, specific phobia, " in said
    assert "Retracted sources (Mills 2025, Larkin 2011) are shown as such" in said
    assert "The studies Glue 2017, Glue 2018, Glue 2020a, Shadli 2018, Castle 2017 and Truppman Lattie 2021 are" in said
    assert "For most trials in post-traumatic stress disorder, the largest included" in said
    assert not set(re.findall(r"[\w-]+", said)) & {*evidence.sources.source_id, *evidence.studies.study_id}
    assert "Not in this deck: rates, timeline, forest, published and trial facts." in said


def test_every_chart_is_in_one_part_of_the_story():
    assert sorted(ORDER) == sorted({*gallery.NAMES, "certainty"})
    assert {*OVERVIEW, *DETAILS} <= set(ORDER)


def test_a_deck_tells_what_it_left_out_and_why(evidence, tmp_path):
    told = []
    deck.build(evidence, tmp_path / "a.pptx", condition="SEP", charts=["verdicts", "rates", "gosh"], tell=told.append)
    assert told == [
        "left out rates: no row to draw for rates, condition SEP",
        "left out gosh: one pool of trials is needed, got 0: no two trials are alike",
    ]


def test_an_overview_tells_which_charts_a_deck_on_one_condition_has(folder, tmp_path):
    told = []
    deck.build(load(folder()), tmp_path / "a.pptx", tell=told.append)
    assert (
        "not in an overview: rates, timeline, forest, published, trial_facts; a deck on one condition shows them"
        in told
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"charts": ["risk_of_bias"]},
            "nothing to show: the tables hold no judgement of the risk of bias; trial_facts shows what is known",
        ),
        (
            {"charts": ["rates", "durations"], "condition": "SEP"},
            "nothing to show: no row to draw for rates, condition SEP; no row to draw for durations, condition SEP",
        ),
        ({"charts": ["certainty"], "condition": "mixed"}, "nothing to show: no comparison that is rated for mixed"),
    ],
)
def test_a_deck_of_charts_that_have_nothing_to_show_is_refused(options, message, evidence, tmp_path):
    with pytest.raises(ValueError) as error:
        deck.build(evidence, tmp_path / "a.pptx", **options)
    assert str(error.value) == message
    assert not (tmp_path / "a.pptx").exists()


@pytest.mark.parametrize(
    ("paint", "medium"),
    [
        ("solid", "slide"), ("dark", "slide-dark"), ("gradient", "slide-dark"), ("theme", "slide-dark"),
        ("picture", "slide-dark"), ("none", "slide"),
    ],
)  # fmt: skip
def test_charts_are_drawn_in_the_style_that_goes_with_the_background(paint, medium, evidence, tmp_path):
    template = clinic.painted(tmp_path / "clinic.pptx", paint)
    made = deck.build(evidence, tmp_path / "a.pptx", condition="PTSD", charts=["accrual"], template=template)
    drawn = [record for _, record in provenance.read(made) if record["kind"] == "chart"]
    assert [record["medium"] for record in drawn] == [medium]


def test_a_medium_that_is_asked_for_is_used_on_any_background(evidence, tmp_path):
    template = clinic.dark(tmp_path / "clinic.pptx")
    options = {"condition": "PTSD", "charts": ["accrual"], "template": template, "medium": "slide"}
    made = deck.build(evidence, tmp_path / "a.pptx", **options)
    assert {record.get("medium") for _, record in provenance.read(made) if record["kind"] == "chart"} == {"slide"}


def test_text_that_a_narrow_template_makes_small_is_told(evidence, tmp_path):
    told = []
    template = clinic.narrow(tmp_path / "clinic.pptx")
    options = {"condition": "PTSD", "charts": ["accrual"]}
    deck.build(evidence, tmp_path / "a.pptx", template=template, tell=told.append, **options)
    assert told == ["the text of pictures is as small as 10 points on these slides; from the last row 14 are read"]
    deck.build(evidence, tmp_path / "a.pptx", tell=told.append, **options)
    assert len(told) == 1


def test_small_tables_make_a_deck(folder, tmp_path):
    made = pptx.Presentation(deck.build(load(folder()), tmp_path / "a.pptx"))
    assert titles(made)[0] == "“Ketamine for anxiety”: what is said, and what the evidence says"
    assert titles(made)[-1] == "References"


def test_a_long_statement_takes_as_many_slides_as_it_needs(folder, tmp_path):
    long = " ".join(["Ketamine helps six in ten people, the article says, and says it again."] * 12)
    evidence = load(
        folder(cells={"statements.csv:2:statement": long, "sources.csv:2:title": " ".join(["A title"] * 15)})
    )
    made = pptx.Presentation(deck.build(evidence, tmp_path / "a.pptx", charts=["verdicts"]))
    test_no_text_is_higher_than_its_place(made)
    test_no_shape_leaves_the_slide_or_covers_another(made)


def test_a_row_that_no_slide_can_hold_is_named(folder, tmp_path):
    evidence = load(folder(cells={"statements.csv:2:statement": " ".join(["Ketamine helps people."] * 200)}))
    with pytest.raises(ValueError) as error:
        deck.build(evidence, tmp_path / "a.pptx", charts=["verdicts"])
    assert str(error.value) == "a slide cannot hold the row 'S01' of the table at 14 points"


def test_what_stands_under_a_heading_stays_together():
    under = [Paragraph("a line", "•")] * 3
    listed = [Paragraph("first", bold=True), *under, Paragraph("second", bold=True), *under]
    with style.applied(style.medium("slide")):
        parts = pages(listed, 20, Box(0, 0, 400, 200))
    assert [len(part) for part in parts] == [4, 4]
    assert [part[0].text for part in parts] == ["first", "second"]


def test_a_paragraph_that_is_longer_than_a_slide_goes_on_without_losing_a_word():
    text = " ".join(f"word{place}" for place in range(400))
    with style.applied(style.medium("slide")):
        parts = pages([Paragraph(text)], 20, Box(0, 0, 400, 200))
    assert len(parts) > 2
    assert " ".join(paragraph.text for part in parts for paragraph in part) == text


def test_libreoffice_draws_every_slide(decks, tmp_path):
    """Without LibreOffice the structure above is all that is tested; in CI it must be there."""
    soffice = shutil.which("soffice")
    assert soffice or not os.environ.get("CI"), "LibreOffice Impress is needed in CI"
    for kind in ("own", "dark", "narrow") if soffice else ():
        home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
        run = [soffice, home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, decks[kind]]
        subprocess.run(run, check=True, capture_output=True, timeout=300)
        drawn = PdfReader(tmp_path / f"{kind}.pdf").pages
        made = pptx.Presentation(decks[kind])
        assert len(drawn) == len(made.slides)
        for page, slide in zip(drawn, made.slides):
            first = slide.shapes.title.text_frame.text.split()[0]
            assert first in page.extract_text()


@pytest.fixture(scope="module")
def shown(evidence, tmp_path_factory):
    place = tmp_path_factory.mktemp("figures") / "talk"
    deck.figures(evidence, place, condition="SAD")
    return place


def test_figures_are_written_with_their_rows_and_shown_on_a_page(evidence, shown):
    page = (shown / "index.html").read_text(encoding="utf-8")
    links = set(re.findall(r'(?:src|href)="([^"#]+)"', page))
    assert links == {path.name for path in shown.iterdir()} - {"index.html"}
    for name in gallery.NAMES:
        options = {"condition": "SAD"} if "condition" in gallery.OPTIONS[name] else {}
        parts = gallery.parts(evidence, name, medium="slide", **options)
        written = sorted(shown.glob(f"{name}*.svg"))
        assert len([one for one in written if re.fullmatch(rf"{name}(-SAD)?(-\d\d)?", one.stem)]) == len(parts)


def test_the_page_of_figures_says_each_in_words_and_fetches_nothing(shown):
    page = (shown / "index.html").read_text(encoding="utf-8")
    images = re.findall(r"<img [^>]*>", page)
    assert images and all(len(re.search(r'alt="([^"]*)"', image)[1]) > 40 for image in images)
    assert "http:" not in page and "https:" not in page and "<script" not in page
    assert "Not medical advice" in page


def test_figures_are_drawn_for_a_slide_and_say_what_they_were_made_from(evidence, shown):
    with Image.open(shown / "verdicts-SAD.png") as picture:
        assert picture.size == (3840, 2160)
    assert all(one.current for one in trace(shown, evidence))


def test_a_folder_that_is_there_keeps_what_others_put_in_it(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "NAMES", ("verdicts", "rates"))
    evidence = load(folder())
    (tmp_path / "mine.txt").write_text("mine")
    first = deck.figures(evidence, tmp_path, medium="page")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert deck.figures(evidence, tmp_path, medium="page") == first
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert before["mine.txt"] == b"mine"


def test_the_page_of_figures_follows_the_parts_of_the_story_and_names_every_source(evidence, shown):
    page = (shown / "index.html").read_text(encoding="utf-8")
    heads = re.findall(r"<h2>([^<]*)</h2>", page)
    assert heads == [part for part in PARTS if part in heads]
    places = {stem: page.index(f'<figure id="{stem}">') for stem in re.findall(r'<figure id="([^"]*)">', page)}
    order = [re.sub(r"(-SAD)?(-\d\d)?$", "", stem) for stem in sorted(places, key=places.__getitem__)]
    assert order == sorted(order, key=ORDER.index)
    many = gallery.parts(evidence, "condition_card", medium="slide", condition="SAD")
    assert all(f"Sources: {'; '.join(chart.sources)}." in html.unescape(page) for chart in many)


def test_figures_of_an_earlier_run_are_named_and_kept(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "NAMES", ("verdicts", "gosh"))
    evidence, told = load(folder()), []
    Image.new("RGB", (2, 2)).save(tmp_path / "verdicts-holiday.png")
    deck.figures(evidence, tmp_path, tell=told.append)
    assert told == ["left out gosh: one pool of trials is needed, got 0: no two trials are alike"]
    (tmp_path / "old.svg").write_bytes((tmp_path / "verdicts.svg").read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    told.clear()
    deck.figures(evidence, tmp_path, formats=["svg"], tell=told.append)
    assert told[1:] == ["from an earlier run, not written again: old.svg, verdicts.png"]
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name: content for name, content in after.items() if name != "index.html"} == {
        name: content for name, content in before.items() if name != "index.html"
    }


def test_a_page_of_files_that_browsers_do_not_draw_links_to_them(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "NAMES", ("verdicts",))
    page = deck.figures(load(folder()), tmp_path, formats=["pdf"]).read_text(encoding="utf-8")
    assert "<img" not in page
    assert 'href="verdicts.pdf"' in page


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"formats": ["jpg"]}, "no format 'jpg'; nearest: 'png'"),
        ({"formats": []}, "at least one format is needed; known: svg, png, pdf"),
        ({"medium": "slid"}, "no medium 'slid'; nearest: 'slide'"),
        ({"condition": "PTDS"}, "no condition 'PTDS'; nearest: 'PTSD'"),
    ],
)
def test_figures_answer_wrong_words(options, message, evidence, tmp_path):
    with pytest.raises(ValueError) as error:
        deck.figures(evidence, tmp_path / "talk", **options)
    assert str(error.value) == message
    assert not (tmp_path / "talk").exists()


def test_a_template_on_which_words_cannot_be_read_is_told(evidence, tmp_path):
    told = []
    template = clinic.painted(tmp_path / "clinic.pptx", "dark")
    deck.build(evidence, tmp_path / "a.pptx", condition="PTSD", charts=["accrual"], template=template, tell=told.append)
    assert [line for line in told if "contrast" in line] == [
        "text on the background of this template has a contrast of 2.1, 3 is the least that can be read: change the "
        "colours of its theme"
    ]


@pytest.mark.parametrize(
    ("colour", "medium"),
    [
        ('<a:sysClr val="windowText"/>', "slide-dark"), ('<a:sysClr val="window"/>', "slide"),
        ('<a:prstClr val="darkBlue"/>', "slide-dark"), ('<a:prstClr val="unknown"/>', "slide"),
    ],
)  # fmt: skip
def test_colours_of_a_template_that_have_only_a_name_are_understood(colour, medium, evidence, tmp_path, monkeypatch):
    monkeypatch.setitem(clinic._PAINTS, "named", f"<a:solidFill>{colour}</a:solidFill>")
    template = clinic.painted(tmp_path / "clinic.pptx", "named")
    made = deck.build(evidence, tmp_path / "a.pptx", condition="PTSD", charts=["accrual"], template=template)
    assert {record["medium"] for _, record in provenance.read(made) if record["kind"] == "chart"} == {medium}


def test_figures_are_not_written_where_a_file_stands(evidence, tmp_path):
    file = tmp_path / "talk"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError) as refusal:
        deck.figures(evidence, file)
    assert str(refusal.value) == f"{file} is a file; figures are written to a folder"
    assert file.read_text(encoding="utf-8") == "mine"


def test_the_sources_that_the_limits_name_have_their_numbers_and_references(decks):
    slides = [
        [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for slide in pptx.Presentation(decks["overview"]).slides
    ]
    feet = [text for words in slides if words[0].startswith("Limits") for text in words if text.startswith("Sources [")]
    listed = " ".join(text for words in slides if words[0].startswith("References") for text in words)
    assert feet
    assert "Mills" in listed
    assert "Larkin" in listed
