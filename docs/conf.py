"""The site of the documents: `make docs` builds it from the repository as it stands, without network.

The source folder is the root of the repository: a link between two documents works on a code host and
on the site alike, and nothing is copied. `include_patterns` names what becomes a page.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from ketevidence import __version__
from ketevidence.schema import read

ROOT = Path(__file__).parents[1]
_EVIDENCE = read(ROOT / "evidence")
_ALONE = ["README", "CHANGELOG", "CONTRIBUTING", "DECISIONS", "evidence/README", "docs/index", "docs/charts", "docs/ci"]

project = "ketevidence"
version = release = __version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "myst_nb"]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "evidence/README.md", "notebooks/*.ipynb", "tests/reference/README.md"]
exclude_patterns = [".*", "**/.ipynb_checkpoints", "docs/_*", "benchmarks", "build", "dist", "ketevidence"]
templates_path = [str(ROOT / "docs" / "_templates")]  # autosummary looks from the source folder, HTML from here

nb_execution_mode = "off"  # the site shows the stored outputs, which nbval has compared
myst_heading_anchors = 3

default_role = "py:obj"  # `name` in a docstring is a link where there is something of that name
autosummary_ignore_module_all = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say the types
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = project
html_show_copyright = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_additional_pages = {"index": "to_the_first_page.html"}
html_sidebars = {page: [] for page in _ALONE}  # they have no neighbours to list
html_context = {"default_mode": "auto", "evidence": f"evidence {_EVIDENCE.version}"}
html_theme_options = {
    "footer_start": ["not_advice.html"],
    "footer_end": [],
    "header_links_before_dropdown": 9,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
}


def setup(app: Sphinx) -> None:
    """What the settings cannot say."""
    app.connect("doctree-read", describe_pictures)
    app.connect("build-finished", refuse_what_fetches)


def describe_pictures(app: Sphinx, doctree: nodes.document) -> None:
    """The words of a chart, which its notebook holds, as the alternative text of its picture; else its line."""
    file = Path(app.env.doc2path(app.env.docname))
    words = words_of(json.loads(file.read_text(encoding="utf-8"))) if file.suffix == ".ipynb" else {}
    for output in doctree.findall(nodes.container):
        if output.get("nb_element") == "mime_bundle":
            for picture in output.findall(nodes.image):
                line = output.astext().strip()
                picture["alt"] = words.get(line, line)


def words_of(notebook: dict[str, Any]) -> dict[str, str]:
    """The alternative text of every picture of a notebook, by the line that stands for it."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", []) if "data" in output]
    return {
        "".join(output["data"].get("text/plain", "")).strip(): output["metadata"]["image/png"]["alt"]
        for output in outputs
        if "alt" in output["metadata"].get("image/png", {})
    }


def refuse_what_fetches(app: Sphinx, exception: Exception | None) -> None:
    """An error if a page would ask another host for something: the site is read without network."""
    pages = [] if exception else sorted(Path(app.outdir).rglob("*.html"))
    found = [f"{page.name}: {address}" for page in pages for address in fetched(page.read_text(encoding="utf-8"))]
    if found:
        raise ExtensionError("\n".join(["addresses that a browser would fetch by itself:", *found]))


def fetched(page: str) -> list[str]:
    """Addresses on other hosts that a browser fetches by itself when it shows the page."""
    tag = r"<(?:audio|embed|iframe|img|link|object|script|source|video)\b"
    return re.findall(tag + r"""[^>]*?\s(?:data|href|src)=["']?((?:https?:)?//[^"'\s>]+)""", page)
