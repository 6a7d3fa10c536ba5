"""What every tidy frame has: its rows chosen, cited, and marked with where they come from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeAlias, TypeVar

import pandas as pd

from ketevidence import references
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.schema import Column

Wanted: TypeAlias = str | Sequence[str] | None
P = ParamSpec("P")
T = TypeVar("T")
_MADE: ContextVar[dict[Any, Any] | None] = ContextVar("made", default=None)


class Recipe(tuple[dict[str, Any], ...]):
    """The steps by which a frame was made; pandas copies attrs at every operation, and this one stays as it is."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Recipe:
        return self


class Choice(list[str]):
    """Values that the evidence itself gives; a recipe holds the name of the function in `tables` that gives them.

    A figure of "the conditions that the evidence is about" is then compared with those of today.
    """

    def __init__(self, function: str, values: Iterable[str]) -> None:
        super().__init__(values)
        self.function = function


class UnknownError(ValueError):
    """A wanted value is not known."""

    def __init__(self, message: str, value: str) -> None:
        super().__init__(message)
        self.value = value


def remembered(make: Callable[P, pd.DataFrame]) -> Callable[P, pd.DataFrame]:
    """The function, whose frames know how they were made, so that they can be made again.

    ``attrs["recipe"]`` holds the steps, each with table (the name of the function),
    options, keys (of the rows made that count, a line each), uncounted (the keys of the others, where the
    frame says which count), and rows (the keys of those rows of the step before that it was given, where
    somebody had chosen among them).
    """
    signature = inspect.signature(make)

    @wraps(make)
    def _made(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
        (_, given), *others = signature.bind(*args, **kwargs).arguments.items()
        options = {name: _plain(value) for name, value in others if value is not signature.parameters[name].default}
        step = {"table": make.__name__, "options": options}
        if isinstance(given, pd.DataFrame):
            return _marked(make(*args, **kwargs), given, step)
        asked = f"{make.__name__} {options}"
        return once(given, asked, lambda: _marked(make(*args, **kwargs), None, step)).copy()

    return _made


def _marked(frame: pd.DataFrame, given: pd.DataFrame | None, step: dict[str, Any]) -> pd.DataFrame:
    """The frame with its recipe: the steps by which the given frame was made, if there is one, and this."""
    step["keys"] = _keys(frame)
    if "counted" in frame:
        step["uncounted"] = _keys(frame[~frame.counted.astype(bool)].drop(columns="counted"))
    before = Recipe()
    if given is not None:
        before, keys = given.attrs.get("recipe", before), _keys(given)
        if before and keys != before[-1]["keys"]:
            step["rows"] = keys
    frame.attrs["recipe"] = Recipe((*before, step))
    return frame


@contextmanager
def made_once() -> Iterator[None]:
    """Frames that are asked for again within it are not made again: cards and pools share much of their work."""
    token = _MADE.set({})
    try:
        yield
    finally:
        _MADE.reset(token)


def once(evidence: Evidence, name: str, make: Callable[[], T]) -> T:
    """What a function makes of the evidence; within `made_once` the same object each time."""
    known = _MADE.get()
    if known is None:
        return make()
    if (id(evidence), name) not in known:
        known[id(evidence), name] = make()
    made: T = known[id(evidence), name]
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, Choice):
        return {"function": value.function}
    return value if value is None or isinstance(value, str | bool | int | float) else list(value)


def _keys(frame: pd.DataFrame) -> str:
    """The keys of the rows that count, a line each."""
    key = frame.attrs.get("key")
    counted = frame[frame.counted.astype(bool)] if "counted" in frame else frame
    return "\n".join(counted[key].astype(str)) if key in frame else ""


def choose(frame: pd.DataFrame, name: str, wanted: Wanted, known: Iterable[str]) -> pd.DataFrame:
    """The rows whose column `name` is one of the wanted values; all rows for None.

    Raises
    ------
    UnknownError
        A wanted value is not known; the message names the nearest one.
    """
    if wanted is None:
        return frame
    values = [wanted] if isinstance(wanted, str) else list(wanted)
    choices = list(known)
    for value in values:
        if value not in choices:
            raise UnknownError(f"no {name} {value!r}{hint(value, choices)}", value)
    return frame[frame[name].isin(values)]


def vocabulary(evidence: Evidence, table: str, column: str) -> Column:
    """The definition of a column, which knows its allowed values, labels and roles."""
    return evidence.schema.table(table).column(column)


def labels(evidence: Evidence) -> pd.Series:
    """The labels of all sources by their keys, which every frame needs."""
    return once(evidence, "labels", lambda: references.labels(evidence.sources))


def cite(evidence: Evidence, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with what its source adds to a row.

    Charts draw a row that is not solid hollow.

    Returns
    -------
    pandas.DataFrame
        citation (label of the source; '; ' between several), source_design (what kind of
        evidence the source is), source_status (what has become of the source), solid (bool:
        False where no second reader saw the figure, or it is known at second hand only),
        beside the columns of the frame.
    """
    sources = evidence.sources.set_index("source_id")
    cited = frame.copy()
    cited["citation"] = frame.source_id.map(labels(evidence)).astype("string")
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
