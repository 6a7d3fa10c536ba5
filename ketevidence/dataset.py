"""An evidence folder as typed frames: `load` gives an `Evidence`, or refuses the folder."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ketevidence import check, reading
from ketevidence.reading import Cells, TextTable
from ketevidence.schema import DESCRIPTOR, Column, Schema, Table

VARIABLE = "KETEVIDENCE_DATA"
DELTA = "_delta"
TEXT = pd.StringDtype("python")  # the same text operations whatever else is installed
_DAYS = {"Y": 365.25, "M": 30.4375, "W": 7.0, "D": 1.0}
_SECONDS = {"H": 3600.0, "M": 60.0, "S": 1.0}


class Origin(dict[str, str]):
    """Where a frame comes from; pandas copies attrs at every operation, and this one stays as it is."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Origin:
        return self


@dataclass(frozen=True, repr=False)
class Evidence:
    """The tables of an evidence folder, typed and without faults.

    Made by `load`. A table is an attribute (``evidence.claims``) or an item by name
    (``evidence.table("claims")``). What is handed out is a copy: changing it changes
    nothing for the next reader.

    Attributes
    ----------
    schema : Schema
        Definition of the tables.
    digest : str
        First 12 hexadecimal digits of the SHA-256 of the tables.
    """

    schema: Schema
    digest: str
    _frames: Mapping[str, pd.DataFrame]

    @property
    def version(self) -> str:
        """Version of the evidence, YY.MINOR.PATCH."""
        return self.schema.version

    @property
    def date(self) -> str:
        """Day of the last search, YYYY-MM-DD."""
        return self.schema.created

    @property
    def origin(self) -> dict[str, str]:
        """What a frame or file made from this evidence carries: name, version, digest, date, licence."""
        return Origin(
            name=self.schema.name,
            version=self.version,
            digest=self.digest,
            date=self.date,
            licence=self.schema.licence,
        )

    def table(self, name: str) -> pd.DataFrame:
        """A copy of one table, typed; ValueError names the tables that there are."""
        if name not in self._frames:
            raise ValueError(f"no table {name!r}{check.hint(name, self._frames)}")
        frame = self._frames[name].copy()
        frame.attrs["evidence"] = self.origin
        return frame

    @property
    def sources(self) -> pd.DataFrame:
        """Citable works."""
        return self.table("sources")

    @property
    def studies(self) -> pd.DataFrame:
        """Clinical studies."""
        return self.table("studies")

    @property
    def outcomes(self) -> pd.DataFrame:
        """Numeric results of studies."""
        return self.table("outcomes")

    @property
    def claims(self) -> pd.DataFrame:
        """What sources say."""
        return self.table("claims")

    @property
    def statements(self) -> pd.DataFrame:
        """What the audited articles say, with the curators' verdicts."""
        return self.table("statements")

    @property
    def links(self) -> pd.DataFrame:
        """How claims bear on statements."""
        return self.table("links")

    @property
    def conditions(self) -> pd.DataFrame:
        """Conditions with their places in the classifications."""
        return self.table("conditions")

    @property
    def instruments(self) -> pd.DataFrame:
        """Rating scales."""
        return self.table("instruments")

    @property
    def certainty(self) -> pd.DataFrame:
        """GRADE judgements, provisional."""
        return self.table("certainty")

    @property
    def risk_of_bias(self) -> pd.DataFrame:
        """Judgements of the risk of bias of studies, one row a domain; often there are none yet."""
        return self.table("risk_of_bias")

    def second_reader(self) -> tuple[int, int]:
        """How many figures (claims and outcomes) a second reader saw, and how many there are."""
        checked = pd.concat([self._frames["claims"].checked, self._frames["outcomes"].checked])
        return int((checked == "yes").sum()), len(checked)

    def _count(self, table: Table) -> str:
        return f"{len(self._frames[table.name]):,}" if len(self._frames[table.name]) else "no"

    def __repr__(self) -> str:
        counts = ", ".join(f"{self._count(table)} {table.title.lower()}" for table in self.schema.tables)
        seen, figures = self.second_reader()
        return (
            f"Evidence {self.schema.name} {self.version} of {self.date}, digest {self.digest}: "
            f"{counts}; a second reader saw {seen:,} of {figures:,} claims and outcomes"
        )

    def _repr_html_(self) -> str:
        seen, figures = self.second_reader()
        rows = "".join(
            f"<tr><td style='text-align:right'>{self._count(table)}</td>"
            f"<td style='text-align:left'><b>{escape(table.title.lower())}</b></td>"
            f"<td style='text-align:left'>{escape(table.description)}</td></tr>"
            for table in self.schema.tables
        )
        return (
            f"<p><b>{escape(self.schema.title)}</b><br>Evidence version {escape(self.version)}, "
            f"last search {escape(self.date)}. A second reader saw {seen:,} of {figures:,} "
            f"claims and outcomes again; the others are marked. Not medical advice.</p>"
            f"<table><tbody>{rows}</tbody></table>"
        )


def find(folder: str | Path | None = None) -> Path:
    """The evidence folder: the one given, else KETEVIDENCE_DATA, else the one that came along.

    Raises
    ------
    ValueError
        There is no such folder.
    """
    here = Path(__file__).parent
    given = folder or os.environ.get(VARIABLE)
    candidates = [Path(given)] if given else [here / "evidence", here.parent / "evidence"]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise ValueError(f"no folder {str(candidates[0])!r}; name the folder that holds {DESCRIPTOR}")


def load(folder: str | Path | None = None) -> Evidence:
    """The evidence of a folder, typed; a folder with faults is refused.

    Parameters
    ----------
    folder : str or Path, optional
        A folder with a ``datapackage.json``. Without it the variable KETEVIDENCE_DATA,
        else the tables that came with the package.

    Returns
    -------
    Evidence
        Text columns are ``string``, vocabularies ordered ``category``, numbers
        ``Int64`` and ``Float64``, days ``datetime64``. Beside a column of ISO 8601
        durations stands one of Timedelta with the suffix ``_delta`` (a month counts
        30.4375 days, a year 365.25).

    Raises
    ------
    EvidenceError
        The folder has faults: all of them, each with file, line and column.
    ValueError
        There is no such folder.

    Examples
    --------
    >>> load().conditions.label[:2].tolist()
    ['agoraphobia', 'generalised anxiety disorder']
    """
    place = find(folder)
    schema, texts = check.read(place)
    frames = {table.name: _typed(table, texts[table.name]) for table in schema.tables}
    return Evidence(schema, _digest(place, schema), MappingProxyType(frames))


def _digest(place: Path, schema: Schema) -> str:
    lines = "".join(f"{table.path} {reading.digest(place / table.path)}\n" for table in schema.tables)
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def _typed(table: Table, text: TextTable) -> pd.DataFrame:
    assert text.cells is not None
    columns: dict[str, pd.api.extensions.ExtensionArray | NDArray[Any]] = {}
    for column in table.columns:
        cells = text.cells[column.name]
        columns[column.name] = _array(column, cells)
        if column.type == "duration":
            columns[column.name + DELTA] = _deltas(cells)
    return pd.DataFrame(columns)


def _array(column: Column, cells: Cells) -> pd.api.extensions.ExtensionArray | NDArray[Any]:
    """A typed column: each distinct value is converted once, then put in its rows."""
    values, codes = cells.values, cells.codes
    if column.categories:
        places = {value: place for place, value in enumerate(column.values)}
        dtype = pd.CategoricalDtype(list(column.values), ordered=True)
        return pd.Categorical.from_codes(np.array([places.get(v, -1) for v in values], np.intp)[codes], dtype=dtype)
    if column.type in ("integer", "number"):
        empty = np.array([not value for value in values], dtype=bool)[codes]
        if column.type == "integer":
            return pd.arrays.IntegerArray(np.array([int(value or 0) for value in values], dtype="int64")[codes], empty)
        return pd.arrays.FloatingArray(np.array([float(value or 0) for value in values], dtype="float64")[codes], empty)
    if column.type == "date":
        return np.array([value or "NaT" for value in values], dtype="datetime64[s]")[codes]
    return pd.array([value or pd.NA for value in values], dtype=TEXT).take(codes)


def _deltas(cells: Cells) -> NDArray[np.timedelta64]:
    lengths = [np.timedelta64(_seconds(value), "s") if value else np.timedelta64("NaT", "s") for value in cells.values]
    return np.array(lengths, dtype="timedelta64[s]")[cells.codes]


def _seconds(iso: str) -> int:
    dates, _, times = iso.removeprefix("P").partition("T")
    days = sum(int(n) * _DAYS[unit] for n, unit in re.findall(r"(\d+)([YMWD])", dates))
    rest = sum(int(n) * _SECONDS[unit] for n, unit in re.findall(r"(\d+)([HMS])", times))
    return round(days * 86400 + rest)
