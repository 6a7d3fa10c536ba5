"""What a definition says: tables, columns, vocabularies, keys, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """One allowed value of a column.

    ``role``, ``topics``, ``tools`` and ``members`` say what the library may do with rows
    of this value: which kinds of claims are onsets, which designs are randomised, of which
    topics a kind of claim is, which tools know a domain, which values a group stands for.
    ``symbol`` is a sign for charts.
    """

    value: str
    label: str
    description: str
    role: str = ""
    topics: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
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
    """One table: its file, its columns in order, its key, the tables it points to.

    ``may_be_empty``: a file with a header and no rows is as it should be; in any other
    table that is an accident.
    """

    name: str
    path: str
    title: str
    row: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    may_be_empty: bool = False

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
