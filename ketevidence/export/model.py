"""A frame as people read it: one model of its cells, from which every file is made."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ketevidence import provenance, references, tables, wording
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.export.cells import Cell, Grid, cell, one_line
from ketevidence.export.definitions import Field, documented, fields
from ketevidence.export.readable import marked, marks_of, readable

NO_ROW = "no row in this table"
LEFT_OUT = "Some rows of the table were left out by whoever made this file."
LICENCES = {"CC-BY-4.0": "CC BY 4.0"}
_BETWEEN = "; "


@dataclass(frozen=True)
class Reference:
    """A source that the rows cite: its number, its label, the full reference, its address."""

    number: int
    label: str
    text: str
    link: str


@dataclass(frozen=True)
class Spread:
    """A table to be written to a file.

    Attributes
    ----------
    name : str
        The function of `tables` that made it.
    title : str
        What it shows.
    whole : Grid
        Every column of the frame, and before them the marks that the notes explain.
    readable : Grid
        The columns for readers: intervals stand beside their estimates, keys are left out.
    notes : tuple of str
        What stands below the table.
    references : tuple of Reference
        The sources cited, numbered in the order in which they are cited.
    origin : mapping
        Name, version, digest, date and licence of the evidence; empty for rows of unknown
        origin.
    frame : pandas.DataFrame
        The rows themselves, for the record of where they come from.
    """

    name: str
    title: str
    whole: Grid
    readable: Grid
    notes: tuple[str, ...]
    references: tuple[Reference, ...]
    origin: Mapping[str, str]
    frame: pd.DataFrame

    @property
    def source_line(self) -> str:
        """Which evidence the rows are from, its licence, and what they are not."""
        if not self.origin:
            return "Rows of unknown origin. Not medical advice."
        known = {"licence": ""} | dict(self.origin)
        licence = LICENCES.get(known["licence"], known["licence"])
        return (
            f"Evidence {known['name']} {known['version']}, last search {known['date']}, digest {known['digest']}. "
            + (f"Licence {licence}. " if licence else "")
            + "Not medical advice."
        )


def model(evidence: Evidence, frame: pd.DataFrame, name: str) -> Spread:
    """The model of a frame that the function of this name in `tables` made.

    Raises
    ------
    ValueError
        There is no such table, or the frame was made from another evidence.

    Examples
    --------
    >>> from ketevidence import load
    >>> evidence = load()
    >>> spread = model(evidence, tables.stated_times(evidence), "stated_times")
    >>> [cell.text for cell in spread.readable.rows[0]][2:]
    ['2 to 6 weeks', 'Caledon Clinic n.d. (1)']
    """
    if not callable(getattr(tables, name, None)):
        raise ValueError(f"no table {name!r}{hint(name, tables.__all__)}")
    origin: dict[str, str] = frame.attrs.get("evidence", {})
    if origin and origin["digest"] != evidence.digest:
        raise ValueError(f"the rows are from evidence {origin['digest']}, not from {evidence.digest}; make them anew")
    columns = fields(evidence, frame, name)
    cited = _cited(evidence, frame, columns)
    whole = Grid(columns, tuple(_row(columns, row, cited) for row in frame.to_dict("records")))
    marks, explained = marks_of(whole)
    shown, said = readable(whole, frame.attrs.get("key", ""))
    return Spread(
        name, _title(name), marked(whole, marks, explained), marked(shown, marks, explained),
        (*said, *_made(frame), *_unmarked(frame, name), *explained),
        tuple(reference for reference, _ in cited.values()), origin, frame,
    )  # fmt: skip


def _unmarked(frame: pd.DataFrame, name: str) -> list[str]:
    """What must be said where somebody left out the column by which a mark is hollow."""
    lost = "solid" in documented(getattr(tables, name)) and "solid" not in frame
    return ["Figures that no second reader saw are not marked here: the column solid is left out."] if lost else []


def _title(name: str) -> str:
    first = inspect.getdoc(getattr(tables, name)) or name
    return first.partition("\n")[0].removesuffix(".").replace("`", "")


def _cited(evidence: Evidence, frame: pd.DataFrame, columns: tuple[Field, ...]) -> dict[str, tuple[Reference, bool]]:
    """The sources by their label, in the order in which the rows cite them, and whether each is retracted."""
    names = [field.name for field in columns if field.kind == "citation"]
    known = references.labels(evidence.sources)
    keys = dict(zip(known, known.index))
    found = dict.fromkeys(
        keys[label]
        for row in frame[names].astype("object").to_dict("records")
        for text in row.values()
        if not wording.missing(text)
        for label in str(text).split(_BETWEEN)
        if label in keys
    )
    sources = evidence.sources.set_index("source_id", drop=False).loc[list(found)].reset_index(drop=True)
    listed = references.numbered(sources, evidence.date, known_labels=known)
    return {
        row.label: (Reference(int(row.number), row.label, one_line(row.reference), row.link), status == "retracted")
        for row, status in zip(listed.itertuples(), sources.status.astype("string"))
    }


def _row(
    columns: tuple[Field, ...], row: Mapping[Any, Any], cited: Mapping[str, tuple[Reference, bool]]
) -> tuple[Cell, ...]:
    cells = []
    for field in columns:
        written = cell(field, row)
        cells.append(_citation(written, cited) if field.kind == "citation" and written.text else written)
    return tuple(cells)


def _citation(written: Cell, cited: Mapping[str, tuple[Reference, bool]]) -> Cell:
    """Labels with their numbers; one label alone leads to its source."""
    texts, links = [], []
    for label in written.text.split(_BETWEEN):
        if label not in cited:
            texts.append(label)
            continue
        reference, retracted = cited[label]
        texts.append(f"{label} ({reference.number}{', retracted' if retracted else ''})")
        links.append(reference.link)
    return Cell(written.value, _BETWEEN.join(texts), links[0] if len(texts) == len(links) == 1 else "")


def _option(value: Any) -> str:
    """What a table was asked for, in words; of what another function gave what that function says of itself."""
    if isinstance(value, dict):
        said = (inspect.getdoc(getattr(tables, value["function"])) or "").partition("\n")[0]
        return f"({said[:1].lower()}{said[1:].removesuffix('.')})"
    return wording.listed(map(str, value)) if isinstance(value, list) else str(value)


def _made(frame: pd.DataFrame) -> list[str]:
    """What the rows were asked for, and whether somebody chose among them afterwards."""
    recipe = frame.attrs.get("recipe", [])
    options = {name: value for step in recipe for name, value in step["options"].items()}
    asked = "; ".join(f"{name.replace('_', ' ')} {_option(value)}" for name, value in options.items())
    return [
        *([f"Asked for: {asked}."] if asked else []),
        *([LEFT_OUT] if provenance.chosen(frame) else []),
    ]
