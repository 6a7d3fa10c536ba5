"""The guards of `ketevidence.notebooks` for pytest: ``pytest --nbval --notebook-guards FOLDER``."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from ketevidence import notebooks


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option."""
    parser.getgroup("ketevidence").addoption("--notebook-guards", action="store_true", help="judge stored notebooks")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Every notebook, where the option is given."""
    wanted = parent.config.option.notebook_guards and file_path.suffix == ".ipynb"
    return Notebook.from_parent(parent, path=file_path) if wanted else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: Any) -> Generator[None, Any, Any]:
    """The pictures of a cell that nbval has run are those that are stored."""
    ran = yield
    now = getattr(item, "test_outputs", None) if item.config.option.notebook_guards else None
    if now is not None and (said := notebooks.redrawn(item.cell.outputs, now)):
        pytest.fail(f"{item.path.name}: {item.name}: {said}", pytrace=False)
    return ran


class Notebook(pytest.File):
    """A notebook: one item a guard."""

    def collect(self) -> Iterator[pytest.Item]:
        """The guards, by name."""
        return (Guarded.from_parent(self, name=guard) for guard in notebooks.GUARDS)


class Guarded(pytest.Item):
    """One guard looks at one notebook."""

    def runtest(self) -> None:
        """Fails with what the guard found."""
        if found := notebooks.faults(self.path, self.name):
            pytest.fail("\n".join(found), pytrace=False)
