"""The contract of the notebooks: one question each, prose before results, outputs stored and clean."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
FORBIDDEN = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.AsyncFunctionDef)


def cells(path: Path, kind: str) -> list[dict]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def outputs(path: Path) -> list[str]:
    return [json.dumps(cell["outputs"], ensure_ascii=False) for cell in cells(path, "code")]


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem[:2])
def test_a_notebook_is_short_and_begins_with_its_question(path):
    everything = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert len(everything) <= 30
    assert re.fullmatch(r"\d\d-[a-z0-9-]+\.ipynb", path.name)
    assert source(everything[0]).startswith("# ")
    assert source(everything[0]).splitlines()[0].endswith("?")
    assert source(cells(path, "code")[0]).startswith("%matplotlib inline\n")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem[:2])
def test_code_cells_are_ten_lines_without_definitions_loops_or_shell(path):
    for cell in cells(path, "code"):
        code = source(cell)
        assert code.count("\n") < 10
        assert "!" not in code.replace("!=", "") and "sys.path" not in code
        tree = ast.parse(code.replace("%matplotlib inline", ""))
        assert not [node for node in ast.walk(tree) if isinstance(node, FORBIDDEN)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem[:2])
def test_every_code_cell_was_run_once_in_order_and_shows_no_warning(path):
    counts = [cell["execution_count"] for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))
    for cell in cells(path, "code"):
        assert all(output["output_type"] != "error" for output in cell["outputs"])
        assert all(output.get("name") != "stderr" for output in cell["outputs"])
    assert any(cell["outputs"] for cell in cells(path, "code"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem[:2])
def test_outputs_hold_no_path_address_or_timestamp(path):
    for output in outputs(path):
        assert not re.search(r"/home/|/root/|/work/|/tmp/|C:\\\\| at 0x[0-9a-f]+", output)
    assert "execution" not in json.dumps([cell["metadata"] for cell in cells(path, "code")])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem[:2])
def test_every_chart_in_a_notebook_has_its_table_or_counts_before_it_and_its_line(path):
    seen_table = False
    for cell in cells(path, "code"):
        text = json.dumps(cell["outputs"])
        if "image/png" in text:
            assert seen_table and re.search(r"Chart \w+, \d+ rows?, digest [0-9a-f]{12}", text)
        seen_table = seen_table or "text/html" in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem[:2])
def test_links_between_notebooks_lead_somewhere(path):
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)", source(cell)):
            assert (path.parent / target).exists()
