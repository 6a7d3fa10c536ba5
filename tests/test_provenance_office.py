"""Documents of Office carry what they were made from, and say on which slide it stands."""

from __future__ import annotations

import io
import os
import posixpath
import re
import shutil
import subprocess
import zipfile
from pathlib import PurePosixPath
from xml.etree import ElementTree

import docx
import openpyxl
import pandas as pd
import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Inches

from ketevidence import export, load, provenance, tables
from ketevidence.provenance.records import packed
from ketevidence.trace import trace

HOSTILE = '</provenance> ]]> -- <!-- & "quoted" κεταμίνη الكيتامين 🧪 \x0b \uffff line\nbreak'
ORIGIN = {"name": "x", "version": "1.2", "date": "2026-01-31", "digest": "0123456789ab", "licence": "CC0-1.0"}
LOST = (
    "its rows were lost when it was saved again; made by ketevidence {package} from {name} {version} of {date}, "
    "digest {digest}: "
)


@pytest.fixture(scope="module")
def evidence():
    return load()


def carried(name, **shown):
    frame = pd.DataFrame({"claim_id": ["a-1"], "label": [HOSTILE], "value": [0.1 + 0.2]})
    return provenance.record({"name": name} | shown, ORIGIN, [("table", frame)])


def picture(name):
    """A PNG that carries a record."""
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), f"#{len(name):02}{ord(name[0]):04}").save(
        stream, "png", pnginfo=provenance.pictured(carried(name))
    )
    return stream


def talk(path, *slides):
    """A deck: for each slide its title, then pictures by the names of their records; a table where none is named."""
    deck = Presentation()
    for title, *names in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        for name in names:
            slide.shapes.add_picture(picture(name), 0, 0, Inches(2))
    deck.save(str(path))
    return path


def empty(path):
    """A document of the kind that its ending says."""
    if path.suffix == ".pptx":
        return talk(path, ["one"])
    if path.suffix == ".docx":
        docx.Document().save(str(path))
    else:
        openpyxl.Workbook().save(path)
    return path


def stamp(path, *records):
    path.write_bytes(provenance.stamped(path.read_bytes(), records))
    return path


def rewritten(path, change):
    """The document with its parts changed: name and content in, both out, or nothing."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for made in filter(None, (change(name, content) for name, content in parts.items())):
            new.writestr(*made)
    return path


def named(path):
    return [(part, record.get("name")) for part, record in provenance.read(path)]


def saved_again(path, ending):
    """The document as LibreOffice saves it; None where there is no LibreOffice."""
    office = shutil.which("soffice")
    assert office or not os.environ.get("CI"), "CI needs LibreOffice; see .ci/run"
    if not office:
        return None
    again = path.parent / "again"
    again.mkdir()
    subprocess.run(
        [office, f"-env:UserInstallation=file://{path.parent}/profile", "--headless", "--convert-to", ending,
         "--outdir", str(again), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return again / f"{path.stem}.{ending}"


@pytest.mark.parametrize("ending", ["pptx", "xlsx", "docx"])
def test_a_document_carries_records_and_has_the_same_bytes_each_time(ending, tmp_path):
    records = [carried("one"), carried("two")]
    plain = empty(tmp_path / f"file.{ending}").read_bytes()
    once, again = (provenance.stamped(plain, records) for _ in range(2))
    assert once == again
    (tmp_path / "stamped").write_bytes(once)
    assert provenance.read(tmp_path / "stamped") == [("", one) for one in records]
    with zipfile.ZipFile(tmp_path / "stamped") as parts:
        assert {item.date_time for item in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("ending", ["pptx", "xlsx", "docx"])
def test_every_part_has_a_type_and_is_led_to(ending, tmp_path):
    path = stamp(empty(tmp_path / f"file.{ending}"), carried("one"))
    with zipfile.ZipFile(path) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    types = ElementTree.fromstring(content["[Content_Types].xml"])
    known = {one.get("PartName", "")[1:] for one in types} | {one.get("Extension") for one in types}
    assert [name for name in content if not {name, name.rpartition(".")[2]} & known and name[0] != "["] == []
    led = {"[Content_Types].xml"}
    for name in content:
        ElementTree.fromstring(content[name]) if name.endswith((".xml", ".rels")) else None
        if name.endswith(".rels"):
            keys = [one.get("Id") for one in ElementTree.fromstring(content[name])]
            assert len(keys) == len(set(keys))
            for target in re.findall(r'Target="([^"]+)"', content[name].decode()):
                led.add(posixpath.normpath(PurePosixPath("/" + name).parent.parent / target).removeprefix("/"))
    assert {name for name in content if not name.endswith(".rels")} - led == set()
    item = next(name for name in content if name.startswith("customXml/item") and b":provenance" in content[name])
    number = re.findall(r"\d+", item)[0]
    assert f'Target="itemProps{number}.xml"'.encode() in content[f"customXml/_rels/item{number}.xml.rels"]
    assert re.search(
        rb'itemID="\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}"', content[f"customXml/itemProps{number}.xml"]
    )


def test_properties_are_as_short_as_office_keeps_them(tmp_path):
    path = stamp(empty(tmp_path / "file.xlsx"), carried("one"))
    said = {one.name: one.value for one in openpyxl.load_workbook(path).custom_doc_props.props}
    package = carried("one")["package"]
    assert said == {
        "Evidence": f"ketevidence {package}; x 1.2 of 2026-01-31; digest 0123456789ab",
        "Licence": "CC0-1.0",
    }  # fmt: skip
    long = carried("one") | {"evidence": ORIGIN | {"licence": "long" * 100}}
    said = openpyxl.load_workbook(stamp(path, long)).custom_doc_props.props
    assert max(len(one.value) for one in said) == 255


def test_a_document_is_stamped_anew_where_it_was_stamped_before(tmp_path):
    path = stamp(stamp(talk(tmp_path / "talk.pptx", ["one", "rates"]), carried("old")), carried("new"))
    assert named(path) == [("", "new"), ("slide 1", "rates")]
    assert len([name for name in zipfile.ZipFile(path).namelist() if name.startswith("customXml")]) == 3


def test_data_of_others_in_a_document_stays(tmp_path):
    path = empty(tmp_path / "file.docx")  # python-docx's own template brings a part for data
    before = zipfile.ZipFile(path).read("customXml/item1.xml")
    stamp(path, carried("one"))
    assert zipfile.ZipFile(path).read("customXml/item1.xml") == before
    assert named(path) == [("", "one")]


@pytest.mark.parametrize("ending", ["pptx", "docx"])
def test_python_libraries_keep_the_rows(ending, tmp_path):
    path = stamp(empty(tmp_path / f"file.{ending}"), carried("one"))
    (Presentation if ending == "pptx" else docx.Document)(str(path)).save(str(path))
    assert provenance.read(path) == [("", carried("one"))]


def test_openpyxl_keeps_only_where_the_rows_came_from(tmp_path):
    path = stamp(empty(tmp_path / "file.xlsx"), carried("one"))
    openpyxl.load_workbook(path).save(path)
    ((part, record),) = provenance.read(path)
    origin = {name: ORIGIN[name] for name in ("name", "version", "date", "digest")}
    assert (part, record["evidence"], record["frames"]) == ("", origin, [])


@pytest.mark.parametrize("ending", ["pptx", "xlsx", "docx"])
def test_libreoffice_keeps_the_rows_in_the_formats_of_office(ending, tmp_path):
    path = stamp(empty(tmp_path / f"file.{ending}"), carried("one"))
    if again := saved_again(path, ending):
        assert provenance.read(again) == [("", carried("one"))]


@pytest.mark.parametrize(("ending", "own"), [("pptx", "odp"), ("xlsx", "ods"), ("docx", "odt")])
def test_libreoffice_keeps_in_its_own_formats_where_the_rows_came_from(ending, own, tmp_path):
    path = stamp(empty(tmp_path / f"file.{ending}"), carried("one"))
    if again := saved_again(path, own):
        ((part, record),) = provenance.read(again)
        assert (part, record["evidence"]["digest"], record["frames"]) == ("", ORIGIN["digest"], [])


@pytest.mark.parametrize("ending", ["pptx", "odp"])
def test_pictures_in_a_deck_that_libreoffice_saved_stand_on_their_slides(ending, tmp_path):
    path = talk(tmp_path / "talk.pptx", ["one"], ["two", "b"], ["three", "a", "c"])
    if again := saved_again(path, ending):
        assert sorted(named(again)) == [("slide 2", "b"), ("slide 3", "a"), ("slide 3", "c")]


def test_a_table_whose_rows_were_lost_says_what_it_was_made_from(evidence, tmp_path):
    path = export.write(evidence, tables.gaps(evidence), tmp_path / "gaps.xlsx", name="gaps")
    openpyxl.load_workbook(path).save(path)
    (found,) = trace(path, evidence)
    package = provenance.read(path)[0][1]["package"]
    said = f"{path}: " + LOST.format(package=package, **evidence.origin)
    assert (found.current, repr(found)) == (False, f"{said}the same tables as today's")
    other = evidence.digest.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    rewritten(path, lambda name, content: (name, content.replace(evidence.digest.encode(), other.encode())))
    assert repr(trace(path, evidence)[0]).endswith(f"digest {other}: other tables than today's")


def test_records_of_earlier_versions_among_the_properties_are_read(tmp_path):
    def earlier(name, content):
        if name.startswith("customXml"):
            return None
        return name, re.sub(rb"ketevidence [^<]+", packed([carried("one")]).encode(), content)

    path = rewritten(stamp(empty(tmp_path / "file.xlsx"), carried("one")), earlier)
    assert provenance.read(path) == [("", carried("one"))]


def test_pictures_are_named_by_their_slide_however_the_parts_are_numbered(tmp_path):
    path = talk(tmp_path / "talk.pptx", ["one", "aa"], ["two"], ["three", "b"])
    with zipfile.ZipFile(path) as parts:
        by_part = {name: parts.read(name) for name in parts.namelist() if "media" in name}
    first, second = sorted(by_part)

    def swapped(name, content):
        content = content.replace(b"image1.png", b"imageX").replace(b"image2.png", b"image1.png")
        content = content.replace(b"imageX", b"image2.png")
        return name, by_part[second if name == first else first] if name in by_part else content

    assert named(rewritten(path, swapped)) == [("slide 1", "aa"), ("slide 3", "b")]


def test_the_order_is_that_of_the_slides_and_not_of_their_files(tmp_path):
    path = talk(tmp_path / "talk.pptx", ["one", "a"], ["two", "b"])
    deck = Presentation(str(path))
    listed = deck.slides._sldIdLst
    listed.append(listed[0])
    deck.save(str(path))
    assert named(path) == [("slide 1", "b"), ("slide 2", "a")]


def test_a_picture_on_several_slides_names_them_and_one_on_none_its_part(tmp_path):
    path = talk(tmp_path / "talk.pptx", ["one", "a"], ["two", "a"], ["three", "b"], ["four", "b"], ["five", "b"])
    with zipfile.ZipFile(path, "a") as parts:
        parts.writestr("ppt/media/spare.png", picture("spare").getvalue())
    assert named(path) == [("ppt/media/spare.png", "spare"), ("slides 1, 2", "a"), ("slides 3–5", "b")]


def test_tables_and_texts_are_found_by_their_words_else_by_their_title(tmp_path):
    path = talk(tmp_path / "talk.pptx", ["Question (1 of 2)"], ["Question (2 of 2)"], ["Mine"], ["Board (1 of 2)"])
    deck = Presentation(str(path))
    table = deck.slides[2].shapes.add_table(1, 1, 0, 0, 100, 100)
    table._element.xpath(".//p:cNvPr")[0].set("descr", "Said in  words")
    deck.save(str(path))
    records = [
        carried("question", title="Question"), carried("table", title="Board (1 of 2)", alt="Said in words"),
        carried("board", title="Board (1 of 2)"), carried("gone", title="No slide", alt="no words"),
    ]  # fmt: skip
    assert named(stamp(path, *records)) == [
        ("", "gone"), ("slides 1, 2", "question"), ("slide 3", "table"), ("slide 4", "board"),
    ]  # fmt: skip


def test_a_deck_whose_slides_cannot_be_read_still_answers(tmp_path):
    path = stamp(talk(tmp_path / "talk.pptx", ["one", "a"]), carried("table"))
    rewritten(path, lambda name, content: (name, b"<cut" if name == "ppt/presentation.xml" else content))
    assert named(path) == [("", "table"), ("ppt/media/image1.png", "a")]


def test_rows_that_were_changed_in_the_file_are_refused(tmp_path):
    path = stamp(empty(tmp_path / "file.docx"), carried("one"))
    rewritten(path, lambda name, content: (name, content.replace(b'"evidence"', b'"evidense"')))
    with pytest.raises(ValueError) as refusal:
        provenance.read(path)
    assert str(refusal.value) == f"{path} carries provenance that cannot be read: it was changed"
