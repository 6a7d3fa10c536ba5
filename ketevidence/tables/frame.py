"""What every tidy frame has: its rows chosen, cited, and marked with where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import pandas as pd

from ketevidence import references
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.schema import Column

Wanted: TypeAlias = str | Sequence[str] | None


def choose(frame: pd.DataFrame, name: str, wanted: Wanted, known: Iterable[str]) -> pd.DataFrame:
    """The rows whose column `name` is one of the wanted values; all rows for None.

    Raises
    ------
    ValueError
        A wanted value is not known; the message names the nearest one.
    """
    if wanted is None:
        return frame
    values = [wanted] if isinstance(wanted, str) else list(wanted)
    choices = list(known)
    for value in values:
        if value not in choices:
            raise ValueError(f"no {name} {value!r}{hint(value, choices)}")
    return frame[frame[name].isin(values)]


def vocabulary(evidence: Evidence, table: str, column: str) -> Column:
    """The definition of a column, which knows its allowed values, labels and roles."""
    return evidence.schema.table(table).column(column)


def cite(evidence: Evidence, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with what its source adds to a row.

    Added columns: citation ('Taylor 2018'), source_design, source_status, and solid:
    whether a second reader saw the figure and it is not known only at second hand.
    Charts draw a row that is not solid hollow.
    """
    sources = evidence.sources.set_index("source_id")
    cited = frame.copy()
    cited["citation"] = frame.source_id.map(references.labels(evidence.sources)).astype("string")
    for column in ("design", "status"):
        cited[f"source_{column}"] = frame.source_id.map(sources[column].astype("string")).astype("string")
    if "checked" in frame:
        cited["solid"] = (frame.checked == "yes") & (frame.basis != "secondary")
    return cited


def finish(evidence: Evidence, frame: pd.DataFrame, key: str, columns: Sequence[str]) -> pd.DataFrame:
    """The columns in their order, rows numbered anew, marked with the evidence and the key.

    ``attrs["evidence"]`` holds version, digest and date of the tables, ``attrs["key"]``
    the name of the column that identifies a row.
    """
    finished = frame.loc[:, list(columns)].reset_index(drop=True)
    finished.attrs = {"evidence": evidence.origin, "key": key}
    return finished


def connected(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For every name in the pairs the first name of the set that it is connected with.

    Examples
    --------
    >>> connected([("b", "a"), ("b", "c"), ("x", "y")])
    {'a': 'a', 'b': 'a', 'c': 'a', 'x': 'x', 'y': 'x'}
    """
    group: dict[str, set[str]] = {}
    for one, other in pairs:
        merged = group.get(one, {one}) | group.get(other, {other})
        for name in merged:
            group[name] = merged
    return {name: min(group[name]) for name in sorted(group)}
