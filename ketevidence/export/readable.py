"""The columns for readers: what a table in a document shows of a frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from ketevidence import wording
from ketevidence.export.cells import Cell, Grid
from ketevidence.export.definitions import Field

Column: TypeAlias = tuple[Field, list[Cell]]

HOLLOW, COUNTED_ELSEWHERE, SHARED = "○", "†", "‡"
MISSING = "–"
_SHARES = "Shares people with another row or study: never add their numbers"
_MARKED = {
    "solid": (HOLLOW, "Hollow in charts: "),
    "counted": (COUNTED_ELSEWHERE, "Not counted: "),
    "shares_people": (SHARED, _SHARES),
    "overlaps_with": (SHARED, _SHARES),
}
_WHY = re.compile(r"'no' (.+)")
_MEASURED = ("share", "number")
_FIGURES = (*_MEASURED, "count", "year", "p", "joined")
_LEAST_ROWS = 3  # from here on a column that says the same in every row is said once, below
_SHORT_KEY = 4  # S01 is a name that people use
_FOR_PROGRAMS = {
    "solid", "counted", "same_people_as", "shares_people", "locator", "basis", "checked",  # marks and
    "overlaps_with", "source_status",  # citations say it
    "notes", "remarks", "rationale", "sentence", "warning", "suggestion_reasons", "keys",  # running text on a row
    "row", "scale", "transformed", "variance", "timepoint", "how", "published_on", "rank", "finding",
}  # fmt: skip
_SAID_BY = {  # what stands in the columns of the set is said in words by the column before it
    "figure": {"measure", "value", "low", "high", "unit", "interval", "events", "censored", "hours", "low_hours",
               "high_hours"},
    "drug": {"label", "statement"},
    "heterogeneity": {"i2", "k"},
    "reason": {"registered", "primary_result"},
    "detail": {"difference"},
    "control": {"arms"},
}  # fmt: skip
_RANGE = "range"
_ENDINGS = ("_ids", "_role", "_level", "_symbol", "_short", "_solid")


def marks_of(whole: Grid) -> tuple[tuple[str, ...], list[str]]:
    """For each row its signs, and what they mean: hollow as in charts, counted elsewhere, people shared."""
    marks = [""] * len(whole.rows)
    said = []
    for name, (sign, words) in _MARKED.items():
        place = next((place for place, field in enumerate(whole.fields) if field.name == name), None)
        if place is None:
            continue
        bad = [row[place].value is False if sign != SHARED else row[place].text not in ("", "no") for row in whole.rows]
        marks = [mark + sign * one for mark, one in zip(marks, bad)]
        if any(bad):
            said.append(f"{sign} {words}{_why(whole.fields[place]) if sign != SHARED else ''}.")
    return tuple(marks), said


def marked(grid: Grid, marks: tuple[str, ...], said: list[str]) -> Grid:
    """The grid with its marks in front, where any row has one."""
    if not any(marks):
        return grid
    field = Field("mark", "mark", " ".join(said), "", "mark")
    rows = ((Cell(mark, mark), *row) for mark, row in zip(marks, grid.rows))
    return Grid((field, *grid.fields), tuple(rows))


def _why(field: Field) -> str:
    found = _WHY.search(field.definition)
    return found[1] if found else field.definition


def readable(whole: Grid, key: str) -> tuple[Grid, list[str]]:
    """The columns for readers, and what must be said below them.

    Left out are keys, codes that stand in words beside, parts of a figure that is there as
    a phrase, what the marks say, running text, columns that are empty or repeat another
    one. An interval stands beside its estimate, and what is the same in every row is said
    once, below.
    """
    columns = [(field, [row[place] for row in whole.rows]) for place, field in enumerate(whole.fields)]
    kept = list(_without_repeats(_joined(columns, key)))
    same = {field.name: f"{field.label}: {cells[0].text}" for field, cells in kept if _says_the_same(field, cells)}
    shown = [(field, cells) for field, cells in kept if field.name not in same]
    grid = Grid(tuple(field for field, _ in shown), tuple(zip(*(_filled(field, cells) for field, cells in shown))))
    missing = any(cell.text == MISSING for row in grid.rows for cell in row)
    return grid, [
        *([f"In all rows: {'; '.join(same.values())}."] if same else []),
        *([f"{MISSING} No figure in the tables."] if missing else []),
    ]


def _joined(columns: list[Column], key: str) -> Iterator[Column]:
    """The columns that readers need, with those that belong together in one."""
    names = {field.name for field, _ in columns}
    symbols = {field.name: cells for field, cells in columns if field.name.endswith("_symbol")}
    visible = {field.name: (field, own) for field, own in columns if _for_readers(field, own, names, key)}
    intervals, counts = _intervals([field for field, _ in visible.values()]), _counts(visible)
    inside = {_kind_of(low) for low, _ in intervals.values()}.union(*intervals.values(), counts.values())
    for name, (field, own) in visible.items():
        if name in intervals:
            low, high = (visible[part] for part in intervals[name])
            yield _interval((field, own), low, high, visible.get(_kind_of(low[0].name), low))
        elif name in counts:
            joined = list(map(_of_people, own, visible[counts[name]][1]))
            yield replace(field, label=f"{field.label} of people", kind="joined"), joined
        elif signs := symbols.get(f"{name.removesuffix('_label')}_symbol"):
            yield field, [replace(cell, text=f"{sign.text} {cell.text}".strip()) for sign, cell in zip(signs, own)]
        elif name not in inside:
            yield field, own


def _interval(estimate: Column, low: Column, high: Column, kind: Column) -> Column:
    """An estimate with its limits, or the limits alone; what they are is said in the definition."""
    field, own = estimate
    if field == low[0]:
        own = [Cell(None, "")] * len(own)
        named = replace(field, label=field.label.replace("low", "interval"), kind="joined")
    else:
        meaning = f"{field.definition}; in brackets its limits: {kind[0].definition}"
        named = replace(field, label=f"{field.label} (interval)", kind="joined", definition=meaning)
    return named, list(map(_with_interval, own, low[1], high[1], kind[1]))


def _for_readers(field: Field, cells: list[Cell], names: set[str], key: str) -> bool:
    name = field.name
    if name.endswith("_id") or field.definition.startswith(("key of", "keys of")):
        return name == key and bool(cells) and all(len(cell.text) <= _SHORT_KEY for cell in cells)
    said = any(name in parts for words, parts in _SAID_BY.items() if words in names)
    return not (said or name in _FOR_PROGRAMS or name.endswith(_ENDINGS) or f"{name}_label" in names)


def _intervals(fields: list[Field]) -> dict[str, tuple[str, str]]:
    """Low and high limit by the name of the estimate that they stand beside, or of the low limit itself."""
    names = {field.name for field in fields}
    found: dict[str, tuple[str, str]] = {}
    estimates: list[str] = []
    for field in fields:
        words = field.name.split("_")
        if field.kind in _MEASURED and not {"low", "high"} & set(words):
            estimates.append(field.name)
        high = "_".join("high" if word == "low" else word for word in words)
        if field.kind in _MEASURED and "low" in words and high in names:
            stem = "_".join(word for word in words if word != "low")
            own = [name for name in estimates if not stem or name == stem or name.startswith(f"{stem}_")]
            found[own[-1] if own else field.name] = (field.name, high)
    return found


def _kind_of(low: str) -> str:
    """The column that says what the limits are."""
    return "_".join("interval" if word == "low" else word for word in low.split("_"))


def _counts(names: Iterable[str]) -> dict[str, str]:
    """The column of people by the name of the column of events among them."""
    pairs = {name: name.removesuffix("events") + "n" for name in names if name.endswith("events")}
    return {events: n for events, n in pairs.items() if n in names}


def _with_interval(estimate: Cell, low: Cell, high: Cell, kind: Cell) -> Cell:
    """'33% (16 to 56)', 'range' before limits that are one; the limits alone where there is no estimate."""
    texts = {cell.value: cell.text for cell in (low, high)}
    limits = wording.span(low.value, high.value, lambda value: texts[value])
    limits = f"{_RANGE} {limits}" if limits and kind.text == _RANGE else limits
    if estimate.value is None:
        return Cell(limits or None, limits)
    return replace(estimate, text=f"{estimate.text} ({limits.removesuffix('%')})" if limits else estimate.text)


def _of_people(events: Cell, people: Cell) -> Cell:
    known = [cell.text for cell in (events, people) if cell.value is not None]
    text = f"{events.text or MISSING} of {people.text or MISSING}" if known else ""
    return Cell(text or None, text)


def _without_repeats(columns: Iterable[Column]) -> Iterator[Column]:
    """The columns that hold something, without labels whose words stand in a column before them."""
    before: set[tuple[str, ...]] = set()
    for field, cells in columns:
        texts = tuple(cell.text for cell in cells)
        if not texts or (any(texts) and not (field.name.endswith("label") and texts in before)):
            before.add(texts)
            yield field, cells


def _says_the_same(field: Field, cells: list[Cell]) -> bool:
    words = field.kind in ("text", "flag", "date") and field.name not in ("label", "statement", "claim")
    return words and len(cells) >= _LEAST_ROWS and len({cell.text for cell in cells}) == 1


def _filled(field: Field, cells: list[Cell]) -> list[Cell]:
    """A missing figure is said to be missing; a cell of words may be empty."""
    return [
        replace(cell, text=MISSING) if field.kind in _FIGURES and cell.value is None else cell for cell in cells
    ]  # fmt: skip
