"""Folders of tables for the tests: a small valid one, and what is laid over it to break it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"
DEFINITION = Path(__file__).parents[1] / "evidence" / "datapackage.json"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a folder: tests/data/valid, the real definition, one broken folder laid over it, cells changed.

    An empty file x.csv.missing takes x.csv away. A changed cell is named as a fault names it:
    ``folder(cells={"claims.csv:4:value": "1.7"})``.
    """

    def make(name: str = "valid", cells: Mapping[str, str] | None = None) -> Path:
        made = tmp_path_factory.mktemp(name)
        shutil.copy(DEFINITION, made)
        for path in [*(DATA / "valid").iterdir(), *(DATA / name).iterdir()]:
            target = made / path.name.removesuffix(".missing")
            target.unlink(missing_ok=True)
            if path.is_dir():
                shutil.copytree(path, target)
            elif target.name == path.name:
                shutil.copy(path, target)
        for place, cell in (cells or {}).items():
            file, line, column = place.split(":")
            change(made / file, int(line), column, cell)
        return made

    return make


def change(path: Path, line: int, column: str, cell: str) -> None:
    """Writes one cell of a CSV file whose rows are one line each."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[line - 1][rows[0].index(column)] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
