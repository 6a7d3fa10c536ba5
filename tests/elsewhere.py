"""The notebooks run for somebody else: `make wheel` (pytest collects this file only where it is named).

A wheel is built and installed from the index, with what it declares, into a fresh environment
in another folder. There nbval runs copies of the notebooks and compares. Nothing is shared with
the checkout but the versions of other libraries, so that both draw the same pictures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

import pytest

from ketevidence import load, notebooks

ROOT = Path(__file__).parents[1]
NAME = "ketevidence"
WHERE = "import ketevidence; from ketevidence import load; print(ketevidence.__file__, load().digest, sep='\\n')"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A folder with an environment `there` and the notebooks."""
    folder = tmp_path_factory.mktemp("elsewhere")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    known = [f"{one.name}=={one.version}" for one in metadata.distributions() if one.name.lower() != NAME]
    (folder / "versions.txt").write_text("\n".join(known), encoding="utf-8")
    venv.create(folder / "there", with_pip=True)
    run(folder, "-m", "pip", "--quiet", "install", "--constraint", "versions.txt", f"{wheel}[notebooks]")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns("exports", ".*"))
    yield folder
    shutil.rmtree(folder / "there")  # it is large, and pytest keeps what a test leaves


def run(folder, *arguments):
    """What Python prints in the environment, which sees nothing of this one and of the checkout."""
    python = folder / "there" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    hidden = ("PYTHON", "PYTEST_", "KETEVIDENCE_", "VIRTUAL_ENV", "JUPYTER")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    ran = subprocess.run([python, *arguments], cwd=folder, env=clean, stdout=subprocess.PIPE, text=True)
    assert ran.returncode == 0, ran.stdout
    return ran.stdout.splitlines()


def test_the_package_and_its_tables_are_those_of_the_wheel(elsewhere):
    package, digest = run(elsewhere, "-W", "error", "-c", WHERE)
    assert Path(package).is_relative_to(elsewhere / "there")
    assert digest == load(ROOT / "evidence").digest
    for path in (ROOT / "evidence").iterdir():
        assert (Path(package).parent / "evidence" / path.name).read_bytes() == path.read_bytes()


def test_what_the_wheel_needs_is_there(elsewhere):
    assert run(elsewhere, "-m", "pip", "check") == ["No broken requirements found."]


def test_the_notebooks_give_there_what_is_stored(elsewhere):
    books = [notebooks.read(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    expected = sum(len(book.code) + len(notebooks.GUARDS) for book in books)
    *_, last = run(
        elsewhere,
        "-m",
        "pytest",
        "-q",
        "--color=no",
        "--nbval",
        "--nbval-current-env",
        "--notebook-guards",
        "notebooks",
    )
    assert last.startswith(f"{expected} passed in "), last
