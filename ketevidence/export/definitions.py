"""What each column of a frame holds, read from the definition of the tables and from docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ketevidence import tables
from ketevidence.dataset import Evidence
from ketevidence.schema import Category, Column, Schema, Table
from ketevidence.tables.frame import cite
from ketevidence.tables.people import mark_repeats

_RETURNS = re.compile(r"^Returns\n-+\n.*?\n(?P<body>.*?)(?:\n\n|\Z)", re.DOTALL | re.MULTILINE)
_COLUMN = re.compile(r"(?:and )?(?P<name>\w+)(?:\s\((?P<note>[^()]*)\))?(?P<end>[,.]|$)\s*")
_SAME = re.compile(r"(?:[Tt]he columns of|[Aa]s) `(\w+)`")
_TYPE = re.compile(r"^(?:str|bool(?:ean)?|int|Int64|Float64|category)\b(?:, ordered)?(?:[,;:]\s*|$)")
_SEE = re.compile(r"see column (\w+)")
_UNITS = {r"\b0 to 1\b": "proportion", r"\bin hours\b": "hours", r"^probability\b": "probability"}
_EACH = "each "
_WORDS = {"n": "people", "k": "trials", "i2": "I²", "k_studies": "studies", "of": "out of"}
_SUFFIX = "_label"  # the column of this ending holds in words what the one without it holds in code
PROPORTION, PROBABILITY = "proportion", "probability"


@dataclass(frozen=True)
class Field:
    """One column: its name, the words above it, what it holds.

    ``kind`` is 'text', 'citation', 'flag', 'date', 'year', 'count', 'number', 'share' or
    'p', for readers also 'joined' and 'mark'; ``unit`` says 'see column …' where each row
    has its own; ``values`` are the allowed values that occur, with their words.
    """

    name: str
    label: str
    definition: str
    unit: str
    kind: str
    values: tuple[Category, ...] = ()


def fields(evidence: Evidence, frame: pd.DataFrame, name: str) -> tuple[Field, ...]:
    """The columns of a frame that the function of this name in `tables` made, in their order.

    Examples
    --------
    >>> from ketevidence import load
    >>> evidence = load()
    >>> fields(evidence, tables.conditions(evidence), "conditions")[0].definition
    'condition of the people studied'
    """
    notes = documented(cite) | documented(mark_repeats)
    notes |= {column: note for column, note in documented(getattr(tables, name, None)).items() if note}
    near, others = _near(evidence.schema, frame, name)
    found: list[Field] = []
    for column in map(str, frame.columns):
        defined = _defined([*near, *others], column)
        said = notes.get(column) or (defined.description if defined else _by_its_name(column))
        unit = _unit(said) or (defined.unit if defined else "")
        words = _vocabulary((*near, *others), frame, column)
        label = _label(column, frame)
        if label in (field.label for field in found):
            label = f"{label} ({column})"
        found.append(Field(column, label, _plain(said), unit, _kind(frame[column], unit), words))
    return tuple(found)


def documented(function: object) -> dict[str, str]:
    """The columns in the Returns section of a docstring, each with its note.

    The section is a list of columns with commas between, notes in parentheses, up to a full
    stop. A note that begins with 'each' holds for the columns before it, back to the last
    one with a note. Where the section names another function, the columns of that one come
    first.

    Examples
    --------
    >>> def made():
    ...     '''Rows.
    ...
    ...     Returns
    ...     -------
    ...     pandas.DataFrame
    ...         key (of the trial), low, high (each 0 to 1), n (Int64).
    ...     '''
    >>> documented(made)
    {'key': 'of the trial', 'low': '0 to 1', 'high': '0 to 1', 'n': ''}
    """
    section = _RETURNS.search(inspect.getdoc(function) or "")
    if section is None:
        return {}
    body = " ".join(section["body"].split())
    other = _SAME.search(body)
    notes = documented(getattr(tables, other[1], None)) if other else {}
    run: list[str] = []
    for column, note in _listed(body):
        text = _TYPE.sub("", note)
        run.append(column)
        notes |= dict.fromkeys(run if text.startswith(_EACH) else [column], text.removeprefix(_EACH))
        run = [] if note else run
    return notes


def _listed(body: str) -> Iterator[tuple[str, str]]:
    place = 0
    while match := _COLUMN.match(body, place):
        yield match["name"], match["note"] or ""
        place = match.end()
        if match["end"] != ",":
            return


def _near(schema: Schema, frame: pd.DataFrame, name: str) -> tuple[list[Table], list[Table]]:
    """The tables that the rows of a frame are of, the nearest first, and the others."""
    key = (frame.attrs.get("key"),)
    keyed = [table for table in schema.tables if table.name == name or set(table.key) <= set(frame.columns)]
    place = {table.name: number for number, table in enumerate(schema.tables)}
    # the first table of the schema is the one that all others point to, so it is asked last
    keyed.sort(key=lambda table: (table.name != name, table.key != key, -len(table.key), -place[table.name]))
    return keyed, [table for table in schema.tables if table not in keyed]


def _defined(among: list[Table], name: str) -> Column | None:
    return next((column for table in among for column in table.columns if column.name == name), None)


def _vocabulary(among: tuple[Table, ...], frame: pd.DataFrame, name: str) -> tuple[Category, ...]:
    """The allowed values that occur in a column, where all of them are those of one vocabulary of its name."""
    if name + _SUFFIX in frame or pd.api.types.is_numeric_dtype(frame[name]):
        return ()
    held = set(frame[name].dropna().astype(str))
    for column in (_defined([table], name.removeprefix(f"{table.row}_")) for table in among):
        if column is not None and held and held <= set(column.values):
            return tuple(category for category in column.categories if category.value in held)
    return ()


def _by_its_name(name: str) -> str:
    """What a column holds whose name says it; nothing where it does not."""
    if name.endswith(_SUFFIX):
        return f"{name.removesuffix(_SUFFIX)} in words".replace("_", " ")
    return f"keys of the {name.removesuffix('_ids')} rows behind it, '; ' between" if name.endswith("_ids") else ""


def _unit(note: str) -> str:
    if other := _SEE.search(note):
        return other[0]
    return next((unit for pattern, unit in _UNITS.items() if re.search(pattern, note)), "")


def _kind(column: pd.Series, unit: str) -> str:
    types = pd.api.types
    if column.name in ("citation", "judged_in"):
        return "citation"
    if types.is_bool_dtype(column):
        return "flag"
    if types.is_datetime64_any_dtype(column):
        return "date"
    if types.is_integer_dtype(column):
        return "year" if str(column.name).endswith("year") else "count"
    if types.is_float_dtype(column):
        return {PROPORTION: "share", PROBABILITY: "p"}.get(unit, "number")
    return "text"


def _label(name: str, frame: pd.DataFrame) -> str:
    words = _WORDS.get(name) or name.removesuffix(_SUFFIX).replace("_", " ")
    return f"{words} (code)" if name + _SUFFIX in frame else words


def _plain(text: str) -> str:
    """A definition as a phrase: no capital from a sentence, no full stop."""
    plain = re.sub(r"\b(False|True)\b", lambda word: {"False": "'no'", "True": "'yes'"}[word[0]], text)
    plain = plain.strip().removesuffix(".")
    return plain[:1].lower() + plain[1:] if plain[1:2].islower() else plain
