"""The definition of the tables: ``datapackage.json`` read into frozen dataclasses.

The file is a Frictionless Data Package (version 2, https://datapackage.org), the only
place where a table, a column or a vocabulary is defined.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ketevidence.schema.definition import Category, Column, ForeignKey, Schema, Table
from ketevidence.schema.descriptor import DESCRIPTOR, DescriptorError, may, names, need, package_of

__all__ = ["DESCRIPTOR", "Category", "Column", "DescriptorError", "ForeignKey", "Schema", "Table", "read"]

TYPES = ("string", "integer", "number", "date", "duration")


def read(folder: Path) -> Schema:
    """The schema of an evidence folder.

    Raises
    ------
    DescriptorError
        ``datapackage.json`` is missing, is not JSON, or defines something that the
        library cannot follow; the message says what.
    """
    package = package_of(folder / DESCRIPTOR)
    resources = need(package, "resources", list, "the package")
    tables = tuple(_table(resource) for resource in resources)
    _refuse_repeats((table.name for table in tables), "table")
    for table in tables:
        _refuse_dangling(table, tables)
    licences = may(package, "licenses", list, "the package")
    return Schema(
        name=need(package, "name", str, "the package"),
        title=str(package.get("title", "")),
        version=need(package, "version", str, "the package"),
        created=str(package.get("created", ""))[:10],
        licence=need(licences[0], "name", str, "a licence") if licences else "",
        limits=tuple(map(str, package.get("limits", ()))),
        tables=tables,
    )


def _table(resource: dict[str, Any]) -> Table:
    name = need(resource, "name", str, "a table")
    where = f"table {name!r}"
    path = need(resource, "path", str, where)
    if not re.fullmatch(r"[A-Za-z0-9_-]+\.csv", path):
        raise DescriptorError(f"{where} has path {path!r}; a table is a .csv file of this folder")
    schema = need(resource, "schema", dict, where)
    columns = tuple(_column(field, where) for field in need(schema, "fields", list, where))
    _refuse_repeats((column.name for column in columns), f"column of {where}")
    key = names(schema, "primaryKey", where)
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
        foreign_keys=tuple(_foreign_key(foreign, where) for foreign in may(schema, "foreignKeys", list, where)),
        may_be_empty=may(resource, "mayBeEmpty", bool, where),
    )


def _column(field: dict[str, Any], where: str) -> Column:
    name = need(field, "name", str, f"a column of {where}")
    where = f"column {name!r} of {where}"
    if field.get("type") not in TYPES:
        raise DescriptorError(f"{where} has type {field.get('type')!r}; known: {', '.join(TYPES)}")
    constraints = may(field, "constraints", dict, where)
    categories = tuple(_category(entry, where) for entry in may(field, "categories", list, where))
    if may(constraints, "enum", list, where) != [category.value for category in categories]:
        raise DescriptorError(f"{where} lists other values in 'enum' than in 'categories'")
    _refuse_repeats((category.value for category in categories), f"category of {where}")
    return Column(
        name=name,
        type=field["type"],
        description=need(field, "description", str, where),
        unit=str(field.get("unit", "")),
        required=bool(constraints.get("required", False)),
        unique=bool(constraints.get("unique", False)),
        minimum=_limit(field, "minimum", where),
        maximum=_limit(field, "maximum", where),
        pattern=_pattern(may(constraints, "pattern", str, where), where),
        categories=categories,
        ordered=bool(field.get("categoriesOrdered", False)),
    )


def _category(entry: dict[str, Any], where: str) -> Category:
    return Category(
        value=need(entry, "value", str, f"a category of {where}"),
        label=need(entry, "label", str, f"a category of {where}"),
        description=need(entry, "description", str, f"a category of {where}"),
        role=str(entry.get("role", "")),
        topics=names(entry, "topics", f"a category of {where}"),
        tools=names(entry, "tools", f"a category of {where}"),
        members=names(entry, "members", f"a category of {where}"),
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
    reference = need(key, "reference", dict, where)
    fields, target = names(key, "fields", where), names(reference, "fields", where)
    if len(fields) != 1 or len(target) != 1:
        raise DescriptorError(f"{where} names {len(fields)} and {len(target)} columns; one each is supported")
    return ForeignKey(fields[0], need(reference, "resource", str, where), target[0])


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
