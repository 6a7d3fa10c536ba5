"""The recipes for other hosts run what our own CI runs, and the recipe for tables of one's own catches what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from ketevidence import Evidence, load
from ketevidence.notebooks import GUARDS

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / ".github" / "workflows" / "test.yml"
GITLAB = ROOT / ".gitlab-ci.yml"
PYTHONS = ["3.11", "3.12", "3.13"]


def commands(script: str) -> list[str]:
    """The targets of make that a script runs, in their order."""
    return re.findall(r"^make \w+$", script, re.MULTILINE)


def recipes() -> dict[str, str]:
    """The YAML in docs/ci.md by the host it is for."""
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.DOTALL)
    return dict(zip(["github-workflows", "gitlab-ci"], blocks, strict=True))


def steps(host: str) -> list[str]:
    """The commands of a recipe after the one that installs."""
    job = yaml.safe_load(recipes()[host])
    found = (
        job["evidence"]["script"] if host == "gitlab-ci" else [s.get("run") for s in job["jobs"]["evidence"]["steps"]]
    )
    return [step for step in found if step and "pip install" not in step]


@pytest.fixture(scope="module")
def github() -> dict:
    return yaml.safe_load(GITHUB.read_text(encoding="utf-8"))["jobs"]["test"]


@pytest.fixture(scope="module")
def gitlab() -> dict:
    return yaml.safe_load(GITLAB.read_text(encoding="utf-8"))


def test_every_host_runs_the_commands_of_our_own_ci_in_their_order(github, gitlab):
    ours = commands((ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert ours[0] == "make test"
    assert [step["run"] for step in github["steps"] if commands(step.get("run", ""))] == ours
    assert gitlab[".test"]["script"] == ours


def test_every_host_tests_three_systems_with_every_python_that_the_package_names(github, gitlab):
    named = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert named == PYTHONS
    matrix = github["strategy"]["matrix"]
    assert (matrix["os"], matrix["python"]) == (["ubuntu", "macos", "windows"], PYTHONS)
    assert [system["os"] for system in matrix["include"]] == matrix["os"]
    assert len({frozenset(system) for system in matrix["include"]}) == 1
    assert gitlab[".test"]["parallel"]["matrix"] == [{"PYTHON_VERSION": PYTHONS}]
    assert [name for name, job in gitlab.items() if job.get("extends") == ".test"] == ["linux", "macos", "windows"]


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_every_system_of_gitlab_gets_a_browser_and_libreoffice(system, gitlab):
    installed = " ".join(gitlab[system]["before_script"])
    assert re.search("chromium|google-?chrome", installed) and "libreoffice" in installed
    assert gitlab[system]["variables"]["CHROMIUM"]


@pytest.mark.parametrize(
    ("schema", "path"), [("github-workflows", GITHUB), ("gitlab-ci", GITLAB)], ids=["github", "gitlab"]
)
def test_the_files_and_the_recipes_pass_the_schema_of_their_host(schema, path, tmp_path):
    recipe = tmp_path / "recipe.yml"
    recipe.write_text(recipes()[schema], encoding="utf-8")
    run = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path), str(recipe)]
    checked = subprocess.run(run, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "ok -- validation done\n")


def test_the_recipes_of_both_hosts_run_the_same_commands():
    assert steps("github-workflows") == steps("gitlab-ci") != []


def stored_notebook(evidence: Evidence) -> nbformat.NotebookNode:
    """A notebook of two cells with the outputs that they have for this evidence: the keys, then the lower limits."""
    notebook = nbformat.v4.new_notebook()
    for count, column in enumerate(["claim_id", "low"], 1):
        code = f"from ketevidence import load\n\nprint(load().claims.{column}.to_list())"
        output = nbformat.v4.new_output("stream", text=f"{evidence.claims[column].to_list()}\n")
        notebook.cells.append(nbformat.v4.new_code_cell(code, execution_count=count, outputs=[output]))
    return notebook


def runs(evidence: Path, notebook: nbformat.NotebookNode, repository: Path) -> list[subprocess.CompletedProcess[str]]:
    """The steps of the recipe in a repository of one's own, until one fails."""
    shutil.copytree(evidence, repository / "evidence")
    (repository / "notebooks").mkdir()
    nbformat.write(notebook, repository / "notebooks" / "01-limits.ipynb")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = os.environ | {"PATH": path, "KETEVIDENCE_DATA": str(repository / "evidence")}
    done: list[subprocess.CompletedProcess[str]] = []
    for step in steps("github-workflows"):
        if all(run.returncode == 0 for run in done):
            done.append(subprocess.run(step, shell=True, cwd=repository, env=variables, capture_output=True, text=True))
    return done


def test_the_recipe_catches_a_figure_that_changed_and_passes_what_did_not(folder, tmp_path):
    checked, compared = runs(
        folder(cells={"claims.csv:4:low": "0.35"}), stored_notebook(load(folder())), tmp_path / "repository"
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert compared.returncode == 1
    passed = len(GUARDS) + 1  # the guards and the cell with the keys
    assert re.search(rf"\b1 failed, {passed} passed\b", compared.stdout)
    assert "0.39" in compared.stdout and "0.35" in compared.stdout


def test_the_recipe_refuses_a_fault_before_it_runs_a_notebook(folder, tmp_path):
    (checked,) = runs(
        folder(cells={"claims.csv:4:low": "0.85"}), stored_notebook(load(folder())), tmp_path / "repository"
    )
    assert checked.returncode == 1
    assert checked.stderr.startswith("claims.csv:4:")
