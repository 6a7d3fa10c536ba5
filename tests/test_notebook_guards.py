"""What a comparison of outputs passes and a guard must catch: tests/data/notebooks holds notebooks broken once each."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from ketevidence import notebooks, provenance

DATA = Path(__file__).parent / "data" / "notebooks"
SOUND = DATA / "sound.ipynb"
BROKEN: dict[str, list[str]] = {
    name: [fault.strip() for fault in faults]
    for name, *faults in map(str.splitlines, (DATA / "faults.txt").read_text(encoding="utf-8").split("\n\n"))
}


def written(folder, *cells):
    """A notebook of these cells: prose as a text, the value of a cell with code as a tuple of text and HTML."""
    path = folder / "written.ipynb"
    made = []
    for cell in cells:
        if isinstance(cell, str):
            made.append({"cell_type": "markdown", "metadata": {}, "source": cell})
            continue
        data = {kind: text for kind, text in zip(("text/plain", "text/html"), cell) if text}
        shown = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}
        made.append({"cell_type": "code", "execution_count": 1, "metadata": {}, "source": "value", "outputs": [shown]})
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


def test_every_broken_notebook_has_its_faults_listed():
    assert {path.stem for path in DATA.glob("*.ipynb")} == {"sound", *BROKEN}


def test_every_guard_has_a_notebook_that_it_must_catch():
    assert {name.partition("-")[0] for name in BROKEN} == set(notebooks.GUARDS)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_notebook_is_caught_with_exactly_these_words(name):
    assert notebooks.faults(DATA / f"{name}.ipynb") == [f"{name}.ipynb: {fault}" for fault in BROKEN[name]]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_notebook_is_caught_by_one_guard_only(name):
    caught = [guard for guard in notebooks.GUARDS if notebooks.faults(DATA / f"{name}.ipynb", guard)]
    assert caught == [name.partition("-")[0]]


def test_a_sound_notebook_passes_every_guard():
    assert notebooks.faults(SOUND) == []


@pytest.mark.parametrize(
    ("prose", "shown"),
    [
        ("0.74 of them", "0.742"),
        ("0.5 and 2.5", "0.45 2.45"),
        ("74% of them", "0.742"),
        ("74 % of them", "74%"),
        ("from 16 to 56% of them", "0.16 0.56"),
        ("16\u201356% of them", "0.16 0.56"),
        ("a change of \u22120.65", "-0.65"),
        ("a fall of 0.65", "-0.65"),
        ("1,234 people", "1234"),
        ("thirty-one of Forty", "31 40"),
        ("one or two, CAPS-5, S14 and PCL-5", "nothing"),
        ("version 26.2.0 of 2026-11-23", "Evidence 26.2.0 of 2026-11-23"),
        ("`pool(k=7)` and doi 10.1000/182 at https://example.org/2020", "nothing"),
        ("[05 What next?](05-next.ipynb)", "nothing"),
        ("1. first\n2. second", "nothing"),
        ("a 24-hour trial", "24 hours"),
    ],
)
def test_a_number_in_prose_may_be_written_for_a_figure(tmp_path, prose, shown):
    assert notebooks.faults(written(tmp_path, "# What?", "Look.", "Look.", (shown,), prose), "number") == []


@pytest.mark.parametrize(
    ("prose", "shown", "missing"),
    [
        ("0.75 of them", "0.742", "0.75"),
        ("75% of them", "0.742", "75%"),
        ("20% of them", "20 people", "20%"),
        ("1 of them", "1.2", "1"),
        ("12 of them", "S12 and CAPS-12", "12"),
        ("16-57", "16 56", "57"),
        ("a change of \u22120.65", "0.65", "\u22120.65"),
        ("895 of them", "digest 895ceb11df55", "895"),
        ("twenty-one", "20 1", "twenty-one"),
        ("version 26.2.1", "26.2.0", "26.2.1"),
    ],
)
def test_a_number_in_prose_that_no_cell_shows_is_found(tmp_path, prose, shown, missing):
    (fault,) = notebooks.faults(written(tmp_path, "# What?", "Look.", "Look.", (shown,), prose), "number")
    assert fault == (
        f"written.ipynb: cell 5: the number {missing} stands in no output beside it; "
        "show it in a cell, or list it in allowed.toml with its reason"
    )


def test_the_answer_at_the_top_may_name_figures_of_any_cell(tmp_path):
    cells = [(str(value),) for value in range(12, 1, -1)]
    assert notebooks.faults(written(tmp_path, "The last is 2.", *cells), "number") == []


@pytest.mark.parametrize(
    "shown",
    [
        ("Evidence x 26.2.0 of 2026-11-23, digest 895ceb11df55", "Evidence x, last search 2026-11-23. A second reader"),
        ("  registered\n0  2021-03-04", "<table><tr><td>2021-03-04</td></tr></table>"),
        ("and/or, 10/15, https://example.org/a/b, exports/chart.png, 3:1", "<p><br/>a / b</p>"),
        ("a boxed Warning: sedation", ""),
    ],
)
def test_what_the_evidence_says_is_no_path_and_no_moment(tmp_path, shown):
    assert notebooks.faults(written(tmp_path, "# What?", shown)) == []


@pytest.mark.parametrize(
    "code", ["value;", "value = 1", "value;  # shown later", "%matplotlib inline\nimport os", "# only this"]
)
def test_a_cell_that_shows_nothing_needs_no_output(tmp_path, code):
    path = written(tmp_path, ("1",))
    made = json.loads(path.read_text(encoding="utf-8"))
    made["cells"][0] |= {"source": code.splitlines(keepends=True), "outputs": []}
    path.write_text(json.dumps(made), encoding="utf-8")
    assert notebooks.faults(path) == []


def listed(folder, text):
    (folder / "allowed.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_allowed_is_allowed_to_the_named_guard_and_notebook_only(tmp_path):
    path = written(tmp_path, "12 readers and 13 sources")
    entry = '[[allowed]]\nguard = "number"\ntext = "12"\nreason = "the team"\n'
    said = "stands in no output anywhere; show it in a cell, or list it in allowed.toml with its reason"
    of_thirteen = f"written.ipynb: cell 1: the number 13 {said}"
    listed(tmp_path, entry)
    assert notebooks.faults(path) == [of_thirteen]
    listed(tmp_path, entry + 'notebook = "writ"')
    assert notebooks.faults(path) == [of_thirteen]
    assert notebooks.unused(tmp_path) == []
    for other in (entry + 'notebook = "02"', entry.replace("number", "moment")):
        listed(tmp_path, other)
        assert notebooks.faults(path) == [f"written.ipynb: cell 1: the number 12 {said}", of_thirteen]
        assert notebooks.unused(tmp_path) == ["allowed.toml: '12' is found by no guard; take it out"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[allowed]]\nguard = "number"\ntext = "12"\nreason = " "', ": '12' needs a reason"),
        (
            '[[allowed]]\nguard = "numbers"\ntext = "12"\nreason = "so"',
            f": no guard 'numbers'; known: {', '.join(notebooks.GUARDS)}",
        ),
        ('[[allowed]]\nguard = "number"', " cannot be read; an entry [[allowed]] has guard, text, reason, notebook"),
        ("[[allowed", " cannot be read; an entry [[allowed]] has guard, text, reason, notebook"),
    ],
)
def test_a_list_that_says_too_little_is_refused(tmp_path, text, said):
    listed(tmp_path, text)
    with pytest.raises(ValueError) as refusal:
        notebooks.faults(written(tmp_path, "# What?"))
    assert str(refusal.value) == f"{tmp_path / 'allowed.toml'}{said}"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"worksheets": []}', '{"cells": [{}]}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as refusal:
        notebooks.faults(tmp_path / "a.ipynb")
    assert str(refusal.value) == f"{tmp_path / 'a.ipynb'} is no notebook of format 4; save it from Jupyter"


def test_a_notebook_that_is_not_there_and_a_guard_that_nobody_knows_are_refused(tmp_path):
    with pytest.raises(ValueError) as refusal:
        notebooks.faults(tmp_path / "a.ipynb")
    assert str(refusal.value) == f"{tmp_path / 'a.ipynb'} cannot be read: no such file or directory"
    with pytest.raises(ValueError) as refusal:
        notebooks.faults(SOUND, "numbers")
    assert str(refusal.value) == f"no guard 'numbers'; known: {', '.join(notebooks.GUARDS)}"


def pictured(notebook):
    """The output with the picture."""
    return next(
        out["data"]
        for cell in notebook["cells"]
        for out in cell.get("outputs", ())
        if "image/png" in out.get("data", {})
    )


def painted_over(stored, drawn_by=""):
    """The same picture with a black corner, carrying the same rows; by the same program, or another."""
    picture, stream = Image.open(io.BytesIO(base64.b64decode(stored))), io.BytesIO()
    record = json.loads(picture.text["ketevidence"])
    chunks = provenance.pictured(record | {"drawn_by": drawn_by or record["drawn_by"]})
    seen = picture.convert("RGB")
    seen.paste((0, 0, 0), (0, 0, 9, 9))
    seen.save(stream, "png", pnginfo=chunks)
    return base64.b64encode(stream.getvalue()).decode()


def test_pictures_are_compared_by_their_pixels_where_the_same_program_drew_them():
    stored = pictured(json.loads(SOUND.read_text(encoding="utf-8")))["image/png"]

    def said(*now):
        return notebooks.redrawn([{"data": {"image/png": stored}}], [{"data": {"image/png": one}} for one in now])

    assert said(stored) == ""
    assert said(painted_over(stored, "matplotlib 3.10.0, linux, x86_64")) == ""
    other = "the stored picture is not the one drawn now, from the same rows; run the whole notebook again"
    assert said(painted_over(stored)) == other
    assert said() == "pictures stored: 1, drawn now: 0; run the whole notebook again"


def run(folder, *options):
    """Lines of a run of pytest in a folder of notebooks, without the settings of this project."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--tb=short",
        "--color=no",
        "-p",
        "no:cacheprovider",
        *options,
        ".",
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True).stdout.splitlines()


def test_nbval_passes_a_picture_drawn_by_other_code_and_the_plugin_does_not(tmp_path):
    """Name, rows and digest are right: only drawing again shows that the picture is not the one."""
    made = json.loads(SOUND.read_text(encoding="utf-8"))
    shown = pictured(made)
    shown["image/png"] = painted_over(shown["image/png"])
    (tmp_path / "sound.ipynb").write_text(json.dumps(made), encoding="utf-8")
    shutil.copy(DATA / "allowed.toml", tmp_path)
    assert notebooks.faults(tmp_path / "sound.ipynb") == []
    code, guards = len(notebooks.read(SOUND).code), len(notebooks.GUARDS)
    assert run(tmp_path, "--nbval")[-1].startswith(f"{code} passed")
    lines = run(tmp_path, "--nbval", "--notebook-guards")
    assert lines[-1].startswith(f"1 failed, {code + guards - 1} passed")
    said = "the stored picture is not the one drawn now, from the same rows; run the whole notebook again"
    assert [line for line in lines if said in line and "sound.ipynb: Cell 2: " in line]


def test_the_plugin_fails_what_a_guard_finds_and_needs_no_kernel(tmp_path):
    shutil.copy(DATA / "order-not_from_the_first.ipynb", tmp_path)
    lines = run(tmp_path, "--notebook-guards")
    assert lines[-1].startswith(f"1 failed, {len(notebooks.GUARDS) - 1} passed")
    assert BROKEN["order-not_from_the_first"][0] in "\n".join(lines)
