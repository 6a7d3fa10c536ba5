"""The contract of the notebooks: one question each, prose before results, outputs stored and clean."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ketevidence import charts, load, notebooks, tables

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.AsyncFunctionDef)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem[:2])


def test_no_table_of_a_notebook_lacks_the_marks_of_what_nobody_saw_again():
    for path in NOTEBOOKS:
        assert "are not marked here" not in path.read_text(encoding="utf-8"), path.name


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 3


@each_notebook
def test_no_guard_finds_a_fault(path):
    assert notebooks.faults(path) == []


def test_the_list_of_what_is_allowed_holds_nothing_that_no_notebook_needs():
    assert notebooks.unused(ROOT / "notebooks") == []


@each_notebook
def test_a_notebook_is_short_and_begins_with_its_question(path):
    book = notebooks.read(path)
    assert len(book.cells) <= 30
    assert re.fullmatch(r"\d\d-[a-z0-9-]+\.ipynb", path.name)
    assert book.prose[0] is book.cells[0]
    assert re.fullmatch(r"# .*\?", book.cells[0].source.splitlines()[0])
    assert book.code[0].source.startswith("%matplotlib inline\n")


@each_notebook
def test_all_notebooks_open_and_close_as_one_book(path):
    prose = notebooks.read(path).prose
    _, answer, needs = prose[0].source.split("\n\n")
    assert re.fullmatch(r"\*\*In short\.\*\* (?:[^.]|\.\S)+\. (?:[^.]|\.\S)+\.", answer), "two sentences"
    assert re.fullmatch(r"\*\*What you need\.\*\* Nothing but this notebook.* Nothing here is medical advice\.", needs)
    headings = [cell.source.splitlines()[0] for cell in prose if cell.source.startswith("## ")]
    assert headings[-2:] == ["## What this does not show", "## Export"]


@each_notebook
def test_jupyter_changes_nothing_in_a_notebook_that_is_only_opened(path):
    from ipykernel.kernelspec import get_kernel_dict

    named = json.loads(path.read_text(encoding="utf-8"))["metadata"]["kernelspec"]["display_name"]
    assert named == get_kernel_dict()["display_name"]


@each_notebook
def test_code_cells_are_ten_lines_without_definitions_loops_or_shell(path):
    for cell in notebooks.read(path).code:
        assert cell.source.count("\n") < 10
        assert "!" not in cell.source.replace("!=", "") and "sys.path" not in cell.source
        tree = ast.parse(cell.source.replace("%matplotlib inline", ""))
        assert not [node for node in ast.walk(tree) if isinstance(node, FORBIDDEN)]


@each_notebook
def test_every_chart_has_its_table_before_it(path):
    seen_table = False
    for cell in notebooks.read(path).code:
        kinds = {mime for output in cell.outputs for mime in output.get("data", {})}
        assert seen_table or "image/png" not in kinds
        seen_table = seen_table or "text/html" in kinds


def test_a_picture_is_stored_with_its_words():
    from IPython.core.formatters import DisplayFormatter

    chart = charts.verdicts(tables.statements(load()).head(2))
    shown, about = DisplayFormatter().format(chart, include={"image/png", "text/plain"})
    assert set(shown) == {"image/png", "text/plain"}
    assert about == {"image/png": {"alt": chart.alt}}


def test_a_notebook_that_is_run_again_has_the_same_bytes(tmp_path):
    """By the recipe of `make rerun`, stripped before, in another folder and with sets in another order."""
    (path,) = (path for path in NOTEBOOKS if path.stem.startswith("06"))
    stripped = json.loads(path.read_text(encoding="utf-8"))
    for cell in stripped["cells"]:
        cell |= {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
    venv = Path(sys.prefix).as_posix()
    runs = []
    for seed in ("1", "2"):
        copy = tmp_path / seed / path.name
        copy.parent.mkdir()
        copy.write_text(json.dumps(stripped), encoding="utf-8")
        command = [
            "make",
            "--silent",
            f"--old-file={venv}/ready",
            "rerun",
            f"VENV={venv}",
            f"NOTEBOOKS={copy.as_posix()}",
        ]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)
        assert notebooks.faults(copy, "stripped", "order", "picture") == []
        runs.append(copy.read_bytes())
    assert runs[0] == runs[1]
