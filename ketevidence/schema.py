"""The definition of the tables: ``datapackage.json`` read into frozen dataclasses.

The file is a Frictionless Data Package (version 2, https://datapackage.org), the only
place where a table, a column or a vocabulary is defined.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DESCRIPTOR = "datapackage.json"
TYPES = ("string", "integer", "number", "date", "duration")
_WORDS: dict[type, str] = {str: "text", list: "a list", dict: "an object"}


class DescriptorError(ValueError):
    """A fault of ``datapackage.json`` itself, with its line where it is known."""

    def __init__(self, message: str, line: int | None = None):
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Category:
    """One allowed value of a column.

    ``role``, ``topics`` and ``members`` say what the library may do with rows of this
    value: which kinds of claims are onsets, which designs are randomised, which values
    a group stands for. ``symbol`` is a sign for charts.
    """

    value: str
    label: str
    description: str
    role: str = ""
    topics: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    symbol: str = ""


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, and what a cell may hold."""

    name: str
    type: str
    description: str
    unit: str = ""
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    categories: tuple[Category, ...] = ()
    ordered: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The allowed values in their order; empty where any value is allowed."""
        return tuple(category.value for category in self.categories)

    def label(self, value: str) -> str:
        """The words for an allowed value; the value itself where it has none."""
        return next((c.label for c in self.categories if c.value == value), value)

    def having_role(self, *roles: str) -> tuple[str, ...]:
        """The allowed values that play one of these roles."""
        return tuple(c.value for c in self.categories if c.role in roles)


@dataclass(frozen=True)
class ForeignKey:
    """Cells of ``column`` name a row of ``table`` by its column ``target``."""

    column: str
    table: str
    target: str


@dataclass(frozen=True)
class Table:
    """One table: its file, its columns in order, its key, the tables it points to."""

    name: str
    path: str
    title: str
    row: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    def column(self, name: str) -> Column:
        """The column of this name; KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]


@dataclass(frozen=True)
class Schema:
    """All tables of an evidence folder, and what the folder says of itself."""

    name: str
    title: str
    version: str
    created: str
    licence: str
    limits: tuple[str, ...]
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """The table of this name; KeyError where there is none."""
        return {table.name: table for table in self.tables}[name]


def read(folder: Path) -> Schema:
    """The schema of an evidence folder.

    Raises
    ------
    DescriptorError
        ``datapackage.json`` is missing, is not JSON, or defines something that the
        library cannot follow; the message says what.
    """
    package = _descriptor(folder / DESCRIPTOR)
    resources = _need(package, "resources", list, "the package")
    tables = tuple(_table(resource) for resource in resources)
    _refuse_repeats((table.name for table in tables), "table")
    for table in tables:
        _refuse_dangling(table, tables)
    licences = _may(package, "licenses", list, "the package")
    return Schema(
        name=_need(package, "name", str, "the package"),
        title=str(package.get("title", "")),
        version=_need(package, "version", str, "the package"),
        created=str(package.get("created", ""))[:10],
        licence=_need(licences[0], "name", str, "a licence") if licences else "",
        limits=tuple(map(str, package.get("limits", ()))),
        tables=tables,
    )


def _descriptor(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        if text.startswith("\ufeff"):
            raise DescriptorError("begins with a byte order mark; save it as UTF-8 without BOM", 1)
        package = json.loads(text)
    except DescriptorError:
        raise
    except FileNotFoundError:
        raise DescriptorError("is missing; it defines every table of the folder") from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DescriptorError(f"cannot be opened: {reason}; name the folder that holds it") from None
    except UnicodeDecodeError:
        raise DescriptorError("is not UTF-8; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg.lower()}; look at this line and the one before"
        raise DescriptorError(message, error.lineno) from None
    except (ValueError, RecursionError):  # a number of 5,000 digits, 100,000 brackets
        raise DescriptorError("is not JSON that can be read; take it from the last release") from None
    if not isinstance(package, dict):
        raise DescriptorError("is not a JSON object; a data package begins with '{'")
    return package


def _need(part: dict[str, Any], key: str, kind: type, where: str) -> Any:
    if not isinstance(part, dict):
        raise DescriptorError(f"{where} is not an object")
    if not isinstance(part.get(key), kind):
        raise DescriptorError(f"{where} has no {key!r} that is {_WORDS[kind]}")
    return part[key]


def _may(part: dict[str, Any], key: str, kind: type, where: str) -> Any:
    return kind() if part.get(key) is None else _need(part, key, kind, where)


def _names(part: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    names = _may(part, key, list, where)
    if not all(isinstance(name, str) for name in names):
        raise DescriptorError(f"{where} lists something in {key!r} that is not text")
    return tuple(names)


def _table(resource: dict[str, Any]) -> Table:
    name = _need(resource, "name", str, "a table")
    where = f"table {name!r}"
    path = _need(resource, "path", str, where)
    if not re.fullmatch(r"[A-Za-z0-9_-]+\.csv", path):
        raise DescriptorError(f"{where} has path {path!r}; a table is a .csv file of this folder")
    schema = _need(resource, "schema", dict, where)
    columns = tuple(_column(field, where) for field in _need(schema, "fields", list, where))
    _refuse_repeats((column.name for column in columns), f"column of {where}")
    key = _names(schema, "primaryKey", where)
    if not key:
        raise DescriptorError(f"{where} has no key; list its columns in 'primaryKey'")
    return Table(
        name=name,
        path=path,
        title=str(resource.get("title", name)),
        row=str(resource.get("row", f"row of {name}")),
        description=str(resource.get("description", "")),
        columns=columns,
        key=key,
        foreign_keys=tuple(_foreign_key(foreign, where) for foreign in _may(schema, "foreignKeys", list, where)),
    )


def _column(field: dict[str, Any], where: str) -> Column:
    name = _need(field, "name", str, f"a column of {where}")
    where = f"column {name!r} of {where}"
    if field.get("type") not in TYPES:
        raise DescriptorError(f"{where} has type {field.get('type')!r}; known: {', '.join(TYPES)}")
    constraints = _may(field, "constraints", dict, where)
    categories = tuple(_category(entry, where) for entry in _may(field, "categories", list, where))
    if _may(constraints, "enum", list, where) != [category.value for category in categories]:
        raise DescriptorError(f"{where} lists other values in 'enum' than in 'categories'")
    _refuse_repeats((category.value for category in categories), f"category of {where}")
    return Column(
        name=name,
        type=field["type"],
        description=_need(field, "description", str, where),
        unit=str(field.get("unit", "")),
        required=bool(constraints.get("required", False)),
        unique=bool(constraints.get("unique", False)),
        minimum=_limit(field, "minimum", where),
        maximum=_limit(field, "maximum", where),
        pattern=_pattern(_may(constraints, "pattern", str, where), where),
        categories=categories,
        ordered=bool(field.get("categoriesOrdered", False)),
    )


def _category(entry: dict[str, Any], where: str) -> Category:
    return Category(
        value=_need(entry, "value", str, f"a category of {where}"),
        label=_need(entry, "label", str, f"a category of {where}"),
        description=_need(entry, "description", str, f"a category of {where}"),
        role=str(entry.get("role", "")),
        topics=_names(entry, "topics", f"a category of {where}"),
        members=_names(entry, "members", f"a category of {where}"),
        symbol=str(entry.get("symbol", "")),
    )


def _limit(field: dict[str, Any], name: str, where: str) -> float | None:
    limit = (field.get("constraints") or {}).get(name)
    if limit is None:
        return None
    if field["type"] not in ("integer", "number"):
        raise DescriptorError(f"{where} has a {name}, but is no column of numbers")
    if not isinstance(limit, (int, float)):
        raise DescriptorError(f"{where} has the {name} {limit!r}, which is no number")
    return limit


def _pattern(pattern: str, where: str) -> str | None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise DescriptorError(f"{where} has a pattern that is no regular expression: {error}") from None
    return pattern or None


def _foreign_key(key: dict[str, Any], where: str) -> ForeignKey:
    where = f"a foreign key of {where}"
    reference = _need(key, "reference", dict, where)
    fields, target = _names(key, "fields", where), _names(reference, "fields", where)
    if len(fields) != 1 or len(target) != 1:
        raise DescriptorError(f"{where} names {len(fields)} and {len(target)} columns; one each is supported")
    return ForeignKey(fields[0], _need(reference, "resource", str, where), target[0])


def _refuse_repeats(names: Any, what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DescriptorError(f"{what} {name!r} is defined twice")
        seen.add(name)


def _refuse_dangling(table: Table, tables: tuple[Table, ...]) -> None:
    columns = {t.name: {column.name for column in t.columns} for t in tables}
    for name in table.key:
        if name not in columns[table.name]:
            raise DescriptorError(f"the key of table {table.name!r} names no column: {name!r}")
    for key in table.foreign_keys:
        if key.column not in columns[table.name] or key.target not in columns.get(key.table, ()):
            raise DescriptorError(
                f"a foreign key of table {table.name!r} points nowhere: {key.column} to {key.table}.{key.target}"
            )
