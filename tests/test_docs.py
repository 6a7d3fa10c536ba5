"""The sources of the site name everything that is public; `make docs`, with warnings as errors, does the rest."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError
from test_map import MAP

import ketevidence

ROOT = Path(__file__).parents[1]
SETTINGS = runpy.run_path(str(ROOT / "docs" / "conf.py"))
WITHOUT_A_PAGE = {
    "__init__": "its page is ketevidence",
    "__main__": "a door to cli",
    "cli": "README.md has the commands",
    "dataset": "load and Evidence are on the page ketevidence",
    "check": "check and EvidenceError are on the page ketevidence",
    "audit": "audit is on the page ketevidence",
    "trace": "trace is on the page ketevidence",
    "pytest_plugin": "docs/ci.md has its option",
    "reading": "load reads",
    "layout": "charts lay out",
    "cutting": "gallery.parts cuts",
    "pixels": "chart makes files",
    "writing": "chart makes files",
}


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def pages_of_the_library() -> set[str]:
    listed = text("docs/api/index.rst").partition(":toctree: generated")[2].partition(".. toctree")[0]
    return set(re.findall(r"^   (ketevidence[\w.]*)$", listed, re.MULTILINE))


def test_every_module_has_a_page_or_a_reason():
    expected = {"ketevidence"} | {f"ketevidence.{name}" for name in set(MAP) - set(WITHOUT_A_PAGE)}
    assert pages_of_the_library() == expected


def test_a_module_without_a_page_exists_and_its_names_of_every_day_are_those_of_the_package():
    assert set(WITHOUT_A_PAGE) <= set(MAP)
    named = re.findall(r"(\w+)(?: and (\w+))? (?:is|are) on the page ketevidence", "\n".join(WITHOUT_A_PAGE.values()))
    assert {name for names in named for name in names if name} <= set(ketevidence.__all__)


@pytest.mark.parametrize("document", [*sorted(path.name for path in ROOT.glob("*.md")), "evidence/README.md"])
def test_every_document_is_in_the_contents(document):
    assert f"<../{document.removesuffix('.md')}>" in text("docs/index.md")


def test_every_page_of_the_folder_is_in_the_contents():
    contents = text("docs/index.md").partition("{toctree}")[2]
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert {page for page in pages if not re.search(rf"^{page}$|<{page}>", contents, re.MULTILINE)} == set()


def test_the_site_shows_stored_outputs():
    assert SETTINGS["nb_execution_mode"] == "off"
    assert "sphinx.ext.intersphinx" not in SETTINGS["extensions"]


def test_a_picture_of_a_notebook_has_the_words_of_its_chart():
    drawn = {"data": {"image/png": "", "text/plain": ["Chart rates, 2 rows"]}, "metadata": {"image/png": {"alt": "A."}}}
    bare = {"data": {"image/png": "", "text/plain": ["Chart other, 1 row"]}, "metadata": {}}
    cells = [{"cell_type": "markdown"}, {"outputs": [{"output_type": "stream"}, drawn, bare]}]
    assert SETTINGS["words_of"]({"cells": cells}) == {"Chart rates, 2 rows": "A."}


def test_a_page_that_would_fetch_something_is_refused(tmp_path):
    (tmp_path / "page.html").write_text(
        """<script async src="https://cdn.example.org/a.js"></script><img alt="" src='//example.org/b.png'>
        <a href="https://doi.org/10.1000/1">a link waits for the reader</a><img src="../_images/c.png">""",
        encoding="utf-8",
    )
    with pytest.raises(ExtensionError) as error:
        SETTINGS["refuse_what_fetches"](SimpleNamespace(outdir=tmp_path), None)
    assert str(error.value) == (
        "addresses that a browser would fetch by itself:\n"
        "page.html: https://cdn.example.org/a.js\n"
        "page.html: //example.org/b.png"
    )


def test_ci_builds_the_site_and_every_warning_is_an_error():
    assert "\nmake docs\n" in text(".ci/run")
    assert re.search(r"^docs:.*\n(?:\t.*\n)*\t.*sphinx.* --fail-on-warning ", text("Makefile"), re.MULTILINE)
