"""Guards of how a notebook was run: whole, once, from top to bottom, and compared."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ketevidence.notebooks.book import AGAIN, Book, Cell, Fault

_MAGIC = re.compile(r"^[%!].*$", re.MULTILINE)
_MARKER = re.compile(r"^\s*#+\s*((?:NBVAL|PYTEST_VALIDATE)_\w+)\s*$", re.MULTILINE)


def stripped(book: Book) -> Iterator[Fault]:
    """A cell without its output: nbval does not compare a cell that was never run."""
    for cell in book.code:
        if not cell.source.strip():
            continue
        if cell.count is None:
            yield Fault(cell.number, "", "the code was never run", AGAIN)
        elif not cell.outputs and _shows(cell):
            yield Fault(
                cell.number, "", "the last line has a value and no output is stored",
                f"{AGAIN}, or end the line with a semicolon",
            )  # fmt: skip


def order(book: Book) -> Iterator[Fault]:
    """A cell that was not run in its turn: the output may hang on a cell below it."""
    counted = [cell for cell in book.code if cell.count is not None]
    for turn, cell in enumerate(counted, 1):
        if cell.count != turn:
            yield Fault(cell.number, str(cell.count), f"run as number {cell.count}, its turn is {turn}", AGAIN)


def waiver(book: Book) -> Iterator[Fault]:
    """A cell that asks not to be compared, or is expected to fail."""
    for cell in book.code:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval-") or tag == "raises-exception"]
        for word in [*_MARKER.findall(cell.source), *tags]:
            yield Fault(cell.number, word, f"{word!r} keeps the cell from being compared", "take it out")
        for output in cell.outputs:
            if output["output_type"] == "error":
                name = output.get("ename", "an error")
                yield Fault(cell.number, name, f"the output is {name}", f"mend the cell and {AGAIN}")


def _shows(cell: Cell) -> bool:
    """Whether the cell ends with a value that Jupyter would show."""
    code = _MAGIC.sub("", cell.source)
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return False
    return bool(body) and isinstance(body[-1], ast.Expr) and not _ends_with_semicolon(code)


def _ends_with_semicolon(code: str) -> bool:
    return re.sub(r"#.*$", "", code.rstrip().splitlines()[-1]).rstrip().endswith(";")
