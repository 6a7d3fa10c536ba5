"""Every fault of a folder of tables, each with file, line and column.

Two layers: structure (`ketevidence.check.structure`: what ``datapackage.json`` says a
table must be) and meaning (`ketevidence.check.rules`: what the figures must be to each
other). All faults are collected, none is mended.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ketevidence import reading, schema
from ketevidence.check import structure
from ketevidence.check.faults import EvidenceError, Fault, as_frame, hint, quoted
from ketevidence.check.folder import Folder, UnreadableError
from ketevidence.check.rules import RULES, same_participants
from ketevidence.reading import TextTable
from ketevidence.schema import DESCRIPTOR, DescriptorError, Schema

__all__ = ["EvidenceError", "Fault", "check", "hint", "quoted", "read", "same_participants"]


def check(folder: str | Path) -> pd.DataFrame:
    """Every fault of an evidence folder, one row each; no row when there is none.

    Parameters
    ----------
    folder : str or Path
        A folder with a ``datapackage.json`` and the CSV files that it names.

    Returns
    -------
    pandas.DataFrame
        Columns file, line (1 is the header; missing for a whole file), column, message.

    Examples
    --------
    >>> check("/nowhere").message.tolist()
    ['is missing; it defines every table of the folder']
    """
    try:
        read(Path(folder))
    except EvidenceError as error:
        return error.problems
    return as_frame(())


def read(folder: Path) -> tuple[Schema, dict[str, TextTable]]:
    """The schema and the text tables of a folder that has no fault.

    Raises
    ------
    EvidenceError
        The folder has faults; the error holds all of them.
    """
    try:
        definition = schema.read(folder)
    except DescriptorError as error:
        raise EvidenceError([Fault(DESCRIPTOR, error.line, "", str(error))]) from None
    texts = {table.name: reading.read(folder / table.path) for table in definition.tables}
    faults = [*_structural(definition, texts), *_semantic(Folder(definition, texts))]
    if faults:
        order = {table.path: place for place, table in enumerate(definition.tables)}
        raise EvidenceError(sorted(faults, key=lambda f: (order.get(f.file, -1), f.line or 0)))
    return definition, texts


def _structural(definition: Schema, texts: dict[str, TextTable]) -> Iterator[Fault]:
    for table in definition.tables:
        text = texts[table.name]
        yield from (Fault(text.file, flaw.line, "", flaw.message) for flaw in text.flaws)
        headers = list(structure.header_faults(table, text)) if text.header else []
        yield from headers
        if text.cells is None or headers:
            texts[table.name] = TextTable(text.file)
        elif not text.lines and not table.may_be_empty:
            yield Fault(text.file, None, "", "has a header but no rows; its table may not be empty")
    for table in definition.tables:
        text = texts[table.name]
        if text.cells is not None:
            yield from structure.cell_faults(table, text)
            yield from structure.key_faults(table, text)
            yield from structure.unique_faults(table, text)
            yield from structure.dangling_faults(table, definition, texts)


def _semantic(folder: Folder) -> Iterator[Fault]:
    for rule in RULES:
        try:
            yield from list(rule(folder))
        except UnreadableError:
            continue
        except DescriptorError as error:
            yield Fault(DESCRIPTOR, None, "", str(error))
