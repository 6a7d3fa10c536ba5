"""Is a figure still current? What a file was made from, beside what its rows would be today."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ketevidence import provenance, tables
from ketevidence.dataset import Evidence
from ketevidence.provenance import Record
from ketevidence.tables.frame import UnknownError, made_once

SUFFIXES = {".png", ".svg", ".pdf", ".html", ".jpg", ".jpeg", ".pptx", ".xlsx", ".docx", ".odp", ".odt", ".ods"}
_COLUMNS = ["change", "key", "column", "old", "new", "citation"]
_KEYS = ("keys", "uncounted")  # of a step: what it made, not how
_LONGEST = 60  # characters of a title that name a slide


@dataclass(frozen=True, repr=False)
class Traced:
    """One record of a file, and what became of its rows since.

    Attributes
    ----------
    file : Path
    part : str
        Where in the file it is shown, such as 'slide 7'; the part that carries it where no slide shows it.
    record : dict
        What the file carries; see `provenance.record`.
    changes : pandas.DataFrame
        One row a difference: change ('changed', 'appeared', 'vanished'), key (of the row),
        column, old, new (str, unrounded), citation.
    trouble : str
        Why the rows cannot be compared, or that the picture is no longer whole; else empty.
    """

    file: Path
    part: str
    record: Record
    changes: pd.DataFrame
    trouble: str = ""

    @property
    def current(self) -> bool:
        """Whether the rows would be the same today."""
        return not self.trouble and self.changes.empty

    @property
    def rows(self) -> pd.DataFrame:
        """The rows as drawn, as text; those of all frames, with part ('drawn', 'reference', 'table')."""
        frames = [
            pd.DataFrame(_rows_of(one["rows"]), dtype=str).assign(part=one["part"]) for one in self.record["frames"]
        ]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"part": []})

    @property
    def wording(self) -> str:
        """That another version of the package made it, and may have said it in other words; empty otherwise."""
        from ketevidence import __version__

        made = self.record.get("package", "")
        if self.trouble or not made or made == __version__:
            return ""
        return f"made by ketevidence {made}, this is {__version__}: rows compared, wording not"

    def __repr__(self) -> str:
        if not self.record["frames"]:
            return self.trouble if self.trouble.startswith(str(self.file)) else f"{self.file}: {self.trouble}"
        made, title = self.record["evidence"], str(self.record.get("title", ""))
        of = f"{made['name']} {made['version']} of {made['date']}" if made else "rows of unknown origin"
        shown = f"{self.record.get('kind', 'table')} {self.record.get('name', '')}".strip()
        if self.part:
            short = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rsplit(' ', 1)[0]}…"
            shown = f"{self.part}: {shown}" + (f" ({short})" if short else "")
        state = "current" if self.current else f"stale: {self.trouble or _counted(self.changes)}"
        return f"{self.file}{', ' if self.part else ': '}{shown}, made from {of}: {state}"


def trace(path: str | Path, evidence: Evidence) -> list[Traced]:
    """What a file was made from, and whether that is still so.

    Every frame that a record names is made again from the evidence, and its rows are
    compared cell by cell with those that the file carries.

    Parameters
    ----------
    path : str or Path
        A file that `provenance.read` knows, or a folder of them.
    evidence : Evidence
        What is known today.

    Returns
    -------
    list of Traced
        One a record; a deck has one for each of its pictures and tables. A picture or
        document of a folder that carries nothing is one in trouble.

    Raises
    ------
    ValueError
        A file cannot be read, is cut short, of another kind, or carries nothing; in a
        folder, none carries anything.
    """
    with made_once():
        return _found(Path(path), evidence)


def _found(place: Path, evidence: Evidence) -> list[Traced]:
    made: dict[str, Any] = {}
    if not place.is_dir():
        return [_traced(place, part, record, evidence, made) for part, record in provenance.read(place)]
    found = []
    for file in sorted(file for file in place.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()):
        try:
            found += [_traced(file, part, record, evidence, made) for part, record in provenance.read(file)]
        except ValueError as error:
            if file.suffix.lower() != ".html":  # pages of many kinds stand in a folder
                found.append(Traced(file, "", {"evidence": {}, "frames": []}, _changes([]), str(error)))
    if not any(one.record["frames"] for one in found):
        raise ValueError(f"{place} holds no file that carries provenance")
    return found


def _traced(file: Path, part: str, record: Record, evidence: Evidence, made: dict[str, Any]) -> Traced:
    origin = record["evidence"]
    if not origin:
        return Traced(file, part, record, _changes([]), "its rows are of unknown origin")
    if origin.get("name") != evidence.origin["name"]:
        trouble = f"made by another data set, {origin.get('name')!r}; this one is {evidence.origin['name']!r}"
        return Traced(file, part, record, _changes([]), trouble)
    if not record["frames"]:
        trouble = _lost(record, evidence) if record.get("kind") == "pointer" else "it carries no rows"
        return Traced(file, part, record, _changes([]), trouble)
    try:
        found = [change for frame in record["frames"] for change in _compared(frame, evidence, made)]
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        return Traced(file, part, record, _changes([]), f"its rows cannot be made again: {error}")
    changes = _changes(found)
    return Traced(file, part, record, changes, _cropped(record, changes))


def _cropped(record: Record, changes: pd.DataFrame) -> str:
    """That a picture is not as it was drawn, and what became of its rows."""
    if "cropped" not in record:
        return ""
    (wide, high), (left_wide, left_high) = record["size"], record["cropped"]
    rows = "its rows are the same" if changes.empty else _counted(changes)
    return f"it was cropped, {wide} × {high} dots to {left_wide} × {left_high}; {rows}"


def _lost(record: Record, evidence: Evidence) -> str:
    """What is known of a document that a program saved again with its properties only."""
    made: Mapping[str, str] = record["evidence"]
    same = "the same tables as" if made["digest"] == evidence.digest else "other tables than"
    return (
        f"its rows were lost when it was saved again; made by ketevidence {record['package']} from {made['name']} "
        f"{made['version']} of {made['date']}, digest {made['digest']}: {same} today's"
    )


def _compared(carried: Record, evidence: Evidence, made: dict[str, Any]) -> Iterator[dict[str, str]]:
    """What differs between the rows that a file carries and those of today."""
    steps, key = carried["recipe"], carried["key"]
    if not steps:
        raise ValueError("the file does not say how")
    kept = _rows_of(carried["rows"])
    all_count = bool(kept) and all(row.get("counted", "True") == "True" for row in kept)
    yield from _appeared(steps, evidence, made, all_count)
    if not carried["rows"]:
        today = provenance.rows_as_text(_made(steps, evidence, made))
        if provenance.digest_of(today) != carried["digest"]:
            yield {"change": "changed", "key": f"{carried['count']} rows, too many to carry"}
        return
    new = _rows(steps, evidence, made)
    for row in kept:
        named = {"key": row[key], "citation": row.get("citation", "")}
        now = new.get(row[key])
        if now is None:
            yield named | {"change": "vanished"}
            continue
        for column in row:
            if column in now and row[column] != now[column]:
                yield named | {"change": "changed", "column": column, "old": row[column], "new": now[column]}


def _appeared(
    steps: list[Record], evidence: Evidence, made: dict[str, Any], all_count: bool
) -> Iterator[dict[str, str]]:
    """Rows that count today and did not when the file was made; new rows of any kind where not all rows count.

    Also where somebody had chosen rows: whether a new one belongs to them is for a reader to say.
    """
    for count, step in enumerate(steps, 1):
        known, rest = set(step["keys"].split("\n")), set(step.get("uncounted", "").split("\n"))
        every = count == len(steps) and "uncounted" in step and not all_count
        for key, row in _rows(steps[:count], evidence, made).items():
            if key not in known and (row.get("counted", "True") == "True" or (every and key not in rest)):
                yield {"change": "appeared", "key": key, "citation": row.get("citation", "")}


def _rows(steps: list[Record], evidence: Evidence, made: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The rows that the steps make today, as text, by their key; each frame is written once."""
    asked = f"rows {_asked(steps)}"
    if asked not in made:
        frame = _made(steps, evidence, made)
        made[asked] = {row[frame.attrs["key"]]: row for row in _rows_of(provenance.rows_as_text(frame))}
    rows: dict[str, dict[str, str]] = made[asked]
    return rows


def _asked(steps: list[Record]) -> str:
    return json.dumps([{name: step[name] for name in step if name not in _KEYS} for step in steps], sort_keys=True)


def _made(steps: list[Record], evidence: Evidence, made: dict[str, Any]) -> pd.DataFrame:
    """The frame that the steps make today; each is made once."""
    asked = _asked(steps)
    if asked not in made:
        made[asked] = _make(steps, evidence, made)
    if isinstance(made[asked], ValueError):
        raise made[asked]
    frame: pd.DataFrame = made[asked]
    return frame


def _make(steps: list[Record], evidence: Evidence, made: dict[str, Any]) -> pd.DataFrame | ValueError:
    *before, last = steps
    function: Any = getattr(tables, last["table"], None)
    if not hasattr(function, "__wrapped__"):  # no function of frames that remember how they were made
        return ValueError(f"this version has no table {last['table']!r}")
    try:
        options = {name: _option(value, evidence) for name, value in last["options"].items()}
        if not before:
            return _of_what_is_left(function, evidence, options)
        given = _made(before, evidence, made)
        if "rows" in last:
            given = given[given[given.attrs["key"]].isin(last["rows"].split("\n"))]
        return function(given, **options)
    except (ValueError, TypeError) as error:
        return ValueError(str(error))


def _of_what_is_left(function: Any, evidence: Evidence, options: dict[str, Any]) -> pd.DataFrame:
    """The frame; of a list of what was wanted, what is no longer known is dropped: its rows have vanished."""
    while True:
        try:
            return function(evidence, **options)
        except UnknownError as gone:
            lists = {name: value for name, value in options.items() if isinstance(value, list) and gone.value in value}
            if not lists:
                raise
            options |= {name: [one for one in value if one != gone.value] for name, value in lists.items()}


def _option(value: Any, evidence: Evidence) -> Any:
    """An option as it is today: some are a choice that the evidence makes."""
    if value == {"function": "direct_conditions"}:
        return tables.direct_conditions(evidence)
    return value


def _rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _changes(found: list[dict[str, str]]) -> pd.DataFrame:
    if not found:
        return _NONE.copy()
    frame = pd.DataFrame(found, columns=_COLUMNS, dtype="object").fillna("").astype("string")
    return frame.drop_duplicates(ignore_index=True)


_NONE = pd.DataFrame(columns=_COLUMNS, dtype="string")


def _counted(changes: pd.DataFrame) -> str:
    rows = changes.drop_duplicates(["change", "key"]).change.value_counts(sort=False)
    return ", ".join(f"{count} {'row' if count == 1 else 'rows'} {change}" for change, count in rows.items())
