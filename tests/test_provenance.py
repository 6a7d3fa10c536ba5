"""What a file was made from is found in it again, and a file that lost it says so."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image
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
    assert provenance.read(tmp_path / "bomb.png") == [("", chart.record)]


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
