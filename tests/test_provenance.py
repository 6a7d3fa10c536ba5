"""What a file was made from is found in it again, and a file that lost it says so."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pptx import Presentation
from pptx.util import Inches

from ketevidence import charts, load, provenance, tables

HOSTILE = '</metadata> </script> ]]> -- <!-- & "quoted" κεταμίνη الكيتامين 🧪 \x0b line\nbreak'


@pytest.fixture(scope="module")
def chart():
    evidence = load()
    return charts.rates(tables.resistance_rates(evidence, condition="SAD"), stated=tables.statements(evidence))


@pytest.fixture
def slide(tmp_path, chart):
    """A deck of somebody else with the chart as a picture."""
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_picture(
        io.BytesIO(chart.bytes("png", dpi=80)), 0, 0, Inches(8)
    )
    deck.save(str(tmp_path / "talk.pptx"))
    return tmp_path / "talk.pptx"


def carried(**shown):
    frame = pd.DataFrame({"claim_id": ["a-1"], "label": [HOSTILE], "value": [0.1 + 0.2]})
    return provenance.record({"title": HOSTILE, "alt": HOSTILE, **shown}, {"name": "x"}, [("drawn", frame)])


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_saved_chart_carries_its_record(ending, chart, tmp_path):
    found = provenance.read(chart.save(tmp_path / f"chart.{ending}"))
    assert found == [("", chart.record)]
    (frame,) = found[0][1]["frames"]
    assert frame["rows"] == provenance.rows_as_text(chart.table)
    assert frame["key"] == "claim_id"
    assert frame["recipe"][0]["table"] == "resistance_rates"
    assert found[0][1]["evidence"]["licence"] == "CC-BY-4.0"
    assert found[0][1]["alt"] == chart.alt


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_picture_without_its_title_carries_the_same_record_and_is_less_high(ending, chart, tmp_path):
    whole, below = chart.bytes(ending), chart.bytes(ending, title=False)
    (tmp_path / "below").write_bytes(below)
    assert provenance.read(tmp_path / "below") == [("", chart.record)]
    assert whole != below
    assert chart.bytes(ending) == whole
    if ending == "png":
        sizes = [Image.open(io.BytesIO(drawn)).size for drawn in (whole, below)]
        assert sizes[0][0] == sizes[1][0]
        assert 50 < sizes[0][1] - sizes[1][1] < 400


def test_hostile_words_come_back_as_they_were(tmp_path):
    record = carried()
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "png", pnginfo=provenance.pictured(record))
    drawing = provenance.drawing(b'<?xml version="1.0"?>\n<svg width="1">\n</svg>', record)
    page = f"<!DOCTYPE html><html>{provenance.script([record])}</html>".encode()
    ElementTree.fromstring(drawing)
    for content in (picture.getvalue(), drawing, page):
        (tmp_path / "file").write_bytes(content)
        assert provenance.read(tmp_path / "file") == [("", record)]


def test_a_frame_of_many_rows_is_carried_as_its_digest():
    frame = pd.DataFrame({"row": range(provenance.MOST_ROWS + 1)})
    (one,) = provenance.record({}, {}, [("drawn", frame)])["frames"]
    assert one["rows"] == ""
    assert one["count"] == provenance.MOST_ROWS + 1
    assert one["digest"] == provenance.digest_of(provenance.rows_as_text(frame))


def cut(content):
    return content[: len(content) // 2]


def saved_again(content):
    stream = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").crop((0, 0, 50, 50)).save(stream, "png")
    return stream.getvalue()


LOST = "carries no provenance: it was not made here, or was saved again without it"
KINDS = "is no PNG, SVG, PDF, HTML or Office file"
CUT = "is cut short or damaged"


@pytest.mark.parametrize(
    ("ending", "change", "said"),
    [
        ("png", cut, CUT),
        ("pdf", cut, CUT),
        ("svg", cut, "is cut short"),
        ("png", saved_again, LOST),
        ("svg", lambda content: b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', LOST),
        ("png", lambda content: b"", "is empty"),
        ("png", lambda content: b"no picture", KINDS),
        ("png", lambda content: b"\xff\xd8\xff\xe0JFIF",
         "carries no provenance: it is a JPEG; charts are written as PNG, SVG and PDF, which do"),
        ("svg", lambda content: content.replace(b'"evidence"', b'"evidense"'),
         "carries provenance that cannot be read: it was changed"),
    ],
)  # fmt: skip
def test_a_file_that_lost_its_record_says_so_in_one_line(ending, change, said, chart, tmp_path):
    path = tmp_path / f"chart.{ending}"
    path.write_bytes(change(chart.bytes(ending)))
    with pytest.raises(ValueError) as refusal:
        provenance.read(path)
    assert str(refusal.value) == f"{path} {said}"


def test_a_picture_that_claims_too_many_pixels_is_not_decoded(tmp_path, chart):
    content = bytearray(chart.bytes("png", dpi=50))
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.png").write_bytes(content)
    ((_, record),) = provenance.read(tmp_path / "bomb.png")
    assert record["cropped"] == [60_000, 60_000]
    assert chart.record.items() <= record.items()


def kept(content, change):
    """A picture that a program changed and saved with its texts."""
    picture, stream, chunks = Image.open(io.BytesIO(content)), io.BytesIO(), PngInfo()
    for name, text in picture.text.items():
        chunks.add_itxt(name, text)
    change(picture).save(stream, "png", pnginfo=chunks)
    return stream.getvalue()


def test_a_picture_that_was_cropped_says_so_and_one_that_was_made_smaller_does_not(tmp_path, chart):
    content = chart.bytes("png", dpi=100)
    wide, high = Image.open(io.BytesIO(content)).size
    path = tmp_path / "chart.png"
    for size in ((wide // 2, high // 2), (wide // 3, round(high * (wide // 3) / wide)), (2 * wide, 2 * high)):
        path.write_bytes(kept(content, lambda picture, size=size: picture.resize(size)))
        assert provenance.read(path) == [("", chart.record)]
    for box in ((0, 0, wide, high - 20), (20, 0, wide, high), (0, high // 2, wide, high)):
        path.write_bytes(kept(content, lambda picture, box=box: picture.crop(box)))
        left = [box[2] - box[0], box[3] - box[1]]
        assert provenance.read(path) == [("", chart.record | {"size": [wide, high], "cropped": left})]


def test_a_picture_that_was_cropped_in_a_deck_says_so(tmp_path, slide, chart):
    with zipfile.ZipFile(slide) as parts:
        held = {name: parts.read(name) for name in parts.namelist()}
    with zipfile.ZipFile(slide, "w") as parts:
        for name, content in held.items():
            cut_off = name.endswith(".png") and kept(content, lambda picture: picture.crop((0, 60, *picture.size)))
            parts.writestr(name, cut_off or content)
    ((part, record),) = provenance.read(slide)
    assert (part, record["size"][1] - record["cropped"][1]) == ("slide 1", 60)


def by_element_tree(content):
    """With a prefix for each namespace, as xml.etree writes it."""
    return ElementTree.tostring(ElementTree.fromstring(content))


@pytest.mark.parametrize(
    "saved",
    [
        by_element_tree,
        lambda content: content + b"\n<!-- Generator: some program -->\n",
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.decode().replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16"),
        lambda content: b"<!-- Generator: some program -->\n" + by_element_tree(content),
        lambda content: content.replace(b'<provenance xmlns="', b'<p:provenance id="x" xmlns:p="').replace(
            b"</provenance>", b"</p:provenance>"
        ),
    ],
    ids=["prefixes", "a comment at the end", "a mark of bytes", "UTF-16", "a comment at the start", "our prefix"],
)
def test_a_drawing_that_another_program_saved_is_read(saved, tmp_path, chart):
    content = saved(chart.bytes("svg"))
    assert content != chart.bytes("svg")
    (tmp_path / "saved.svg").write_bytes(content)
    assert provenance.read(tmp_path / "saved.svg") == [("", chart.record)]


def test_a_web_page_with_a_drawing_in_it_is_read(tmp_path, chart):
    drawn = chart.bytes("svg").decode().partition("<svg")[2]
    (tmp_path / "page.html").write_text(f"<!DOCTYPE html><html><br><svg{drawn}</html>", encoding="utf-8")
    assert provenance.read(tmp_path / "page.html") == [("", chart.record)]


@pytest.mark.parametrize("forged", [{"evidence": "x"}, {"frames": 5}, {"evidence": None}])
def test_a_record_of_another_shape_is_refused(forged, tmp_path, chart):
    (tmp_path / "page.html").write_text(f"<html>{provenance.script([chart.record | forged])}</html>", encoding="utf-8")
    with pytest.raises(ValueError) as refusal:
        provenance.read(tmp_path / "page.html")
    assert str(refusal.value) == f"{tmp_path / 'page.html'} carries provenance that cannot be read: it was changed"


def test_only_a_picture_can_say_that_it_was_cropped(tmp_path, chart):
    (tmp_path / "chart.svg").write_bytes(provenance.drawing(b'<svg width="1"></svg>', chart.record | {"cropped": 5}))
    assert provenance.read(tmp_path / "chart.svg") == [("", chart.record)]


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ENTITIES, "declares entities of its own, which are not read"),
        (b'<?xml version="1.0"?><note><svg/></note>', KINDS),
        (b"<note></note>", KINDS),
        (b"<svg><metadata></svg>", CUT.removesuffix(" or damaged")),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', CUT.removesuffix(" or damaged")),
    ],
)
def test_what_is_no_drawing_or_unfolds_is_refused(content, said, tmp_path):
    (tmp_path / "file.svg").write_bytes(content)
    with pytest.raises(ValueError) as refusal:
        provenance.read(tmp_path / "file.svg")
    assert str(refusal.value) == f"{tmp_path / 'file.svg'} {said}"


@pytest.mark.parametrize("error", [AttributeError, TypeError, RecursionError, IndexError, ZeroDivisionError])
def test_a_damaged_pdf_says_so_whatever_its_reader_meets(error, tmp_path, chart, monkeypatch):
    def reader(stream):
        raise error("no such thing")

    path = chart.save(tmp_path / "chart.pdf")
    monkeypatch.setattr("pypdf.PdfReader", reader)
    with pytest.raises(ValueError) as refusal:
        provenance.read(path)
    assert str(refusal.value) == f"{path} {CUT}"


def test_a_picture_of_another_kind_in_a_deck_takes_nothing_from_the_others(slide, chart):
    with zipfile.ZipFile(slide, "a") as parts:
        parts.writestr("ppt/media/icon.svg", "<!-- an icon --><svg></svg>")
        parts.writestr("ppt/media/photo.png", b"\xff\xd8\xff\xe0JFIF")
    assert provenance.read(slide) == [("slide 1", chart.record)]


def test_a_record_longer_than_any_of_ours_is_refused(tmp_path, monkeypatch, chart):
    path = chart.save(tmp_path / "chart.png")
    monkeypatch.setattr("ketevidence.provenance.records._LONGEST", 100)
    with pytest.raises(ValueError) as refusal:
        provenance.read(path)
    assert str(refusal.value) == f"{path} {CUT}"


def test_a_cut_deck_says_so(slide):
    slide.write_bytes(cut(slide.read_bytes()))
    with pytest.raises(ValueError) as refusal:
        provenance.read(slide)
    assert str(refusal.value) == f"{slide} {CUT}"


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(ValueError) as refusal:
        provenance.read(tmp_path / "none.png")
    assert str(refusal.value) == f"{tmp_path / 'none.png'} cannot be read: no such file or directory"


def test_the_words_of_a_drawing_are_text_and_the_fonts_of_a_page_are_in_it():
    chart = charts.accrual(tables.accrual(load()))
    assert "<text" in chart.bytes("svg").decode("utf-8")
    assert b"/Subtype /Type0" in chart.bytes("pdf") or b"/Type42" in chart.bytes("pdf")
    assert b"/Subtype /Type3" not in chart.bytes("pdf")
