"""A stored notebook, read as plain JSON: no kernel, no library of Jupyter."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

AGAIN = "run the whole notebook again"  # what to do about most faults


class Fault(NamedTuple):
    """What a guard found.

    Attributes
    ----------
    cell : int
        The place of the cell among all cells, the first is 1.
    text : str
        The piece of text that is at fault, which an allowance names; what has none cannot
        be allowed.
    found : str
        What is wrong, in words.
    advice : str
        What to do.
    """

    cell: int
    text: str
    found: str
    advice: str


@dataclass(frozen=True)
class Cell:
    """One cell; `number` is its place among all cells, the first is 1."""

    number: int
    kind: str
    source: str
    count: int | None
    outputs: tuple[dict[str, Any], ...]
    metadata: dict[str, Any]

    @property
    def texts(self) -> list[dict[str, str]]:
        """What each of its outputs says, by kind, pictures left out."""
        return [
            {mime: text_of(value) for mime, value in data.items() if not mime.startswith("image/")}
            for data in (output.get("data", {"text/plain": output.get("text", "")}) for output in self.outputs)
        ]


@dataclass(frozen=True)
class Book:
    """A notebook: its file and its cells."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def code(self) -> list[Cell]:
        """The cells with code."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def prose(self) -> list[Cell]:
        """The cells with Markdown."""
        return [cell for cell in self.cells if cell.kind == "markdown"]


def text_of(value: Any) -> str:
    """A text of the format, which may be stored as a list of lines, or any other value as JSON."""
    if isinstance(value, list):
        return "".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read(path: str | Path) -> Book:
    """The notebook in a file.

    Raises
    ------
    ValueError
        The file cannot be read, or is no notebook of format 4.
    """
    file = Path(path)
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))["cells"]
        cells = tuple(_cell(place, cell) for place, cell in enumerate(stored, 1))
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{file} is no notebook of format 4; save it from Jupyter") from None
    return Book(file, cells)


def _cell(place: int, cell: dict[str, Any]) -> Cell:
    return Cell(
        place,
        cell["cell_type"],
        text_of(cell["source"]),
        cell.get("execution_count"),
        tuple(cell.get("outputs", ())),
        cell.get("metadata", {}),
    )
