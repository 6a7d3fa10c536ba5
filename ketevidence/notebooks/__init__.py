"""Faults of stored notebooks that a comparison of outputs does not see.

nbval runs a notebook and compares what it shows with what is stored. It passes a cell that was
never run, a picture of other rows, and a number that somebody typed into the prose. Here is one
small guard for each of these; ``pytest --nbval --notebook-guards FOLDER`` runs both.

What a guard finds and is meant to stand is listed, with its reason, in ``allowed.toml`` beside
the notebooks::

    [[allowed]]
    guard = "number"
    text = "95%"
    reason = "the level of every interval"
    notebook = "02"    # only where the file name starts so; without it everywhere
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ketevidence.notebooks.allowing import ALLOWED, allowances
from ketevidence.notebooks.book import Book, Fault, read
from ketevidence.notebooks.outputs import kind, moment, path, size, stderr, warning
from ketevidence.notebooks.pictures import picture, redrawn
from ketevidence.notebooks.prose import link, number
from ketevidence.notebooks.runs import order, stripped, waiver

__all__ = ["ALLOWED", "GUARDS", "Book", "Fault", "faults", "read", "redrawn", "unused"]

GUARDS: dict[str, Callable[[Book], Iterator[Fault]]] = {
    guard.__name__: guard
    for guard in (stripped, order, waiver, picture, stderr, warning, path, moment, size, kind, number, link)
}


def faults(notebook: str | Path, *guards: str) -> list[str]:
    """Every fault of a notebook that its folder does not allow, one line each, in the order of the guards.

    Parameters
    ----------
    notebook : str or Path
        An .ipynb file.
    *guards : str
        Names in `GUARDS`; without them all.

    Raises
    ------
    ValueError
        The notebook or ``allowed.toml`` cannot be read, or there is no such guard.
    """
    book = read(notebook)
    if unknown := [name for name in guards if name not in GUARDS]:
        raise ValueError(f"no guard {unknown[0]!r}; known: {', '.join(GUARDS)}")
    listed = allowances(book.path.parent, GUARDS)
    return [
        f"{book.path.name}: cell {fault.cell}: {fault.found}; {fault.advice}"
        for name in guards or GUARDS
        for fault in GUARDS[name](book)
        if not any(one.lets(name, book, fault) for one in listed)
    ]


def unused(folder: str | Path) -> list[str]:
    """What the list of a folder allows and no guard finds there: it would hide the next fault.

    Raises
    ------
    ValueError
        A notebook or ``allowed.toml`` cannot be read.
    """
    books = [read(path) for path in sorted(Path(folder).glob("*.ipynb"))]
    return [
        f"{ALLOWED}: {one.text!r} is found by no guard; take it out"
        for one in allowances(Path(folder), GUARDS)
        if not any(one.lets(one.guard, book, fault) for book in books for fault in GUARDS[one.guard](book))
    ]
