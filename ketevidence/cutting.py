"""A chart of many rows in pieces: as many as it takes, each of a slide or a sheet of paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ketevidence import style
from ketevidence.chart import Chart
from ketevidence.layout import TooManyRows

Draw: TypeAlias = Callable[..., Chart]


@dataclass(frozen=True)
class Plan:
    """Rows and what draws them.

    Where one slide or sheet is too little, rows that differ in the first of `by` are cut apart
    first, then in the next; rows that agree in `whole` are never cut apart. Equal parts have the
    title of the whole, and carry its other rows beside their own.
    """

    rows: pd.DataFrame
    draw: Draw
    by: tuple[str, ...] = ()
    whole: str = ""

    @property
    def units(self) -> list[NDArray[np.int_]]:
        """The places of the rows that count, those that stay together in one piece."""
        every = np.arange(len(self.rows))
        counted = self.rows.counted.to_numpy(dtype=bool) if "counted" in self.rows else every >= 0
        if not self.whole:
            return [every[place : place + 1] for place in every[counted]]
        groups = self.rows.groupby(self.whole, sort=False, observed=True).indices.values()
        return [group[counted[group]] for group in sorted(groups, key=min) if counted[group].any()]

    @property
    def has_rows(self) -> bool:
        """Whether there is a row to draw."""
        return bool(self.rows.counted.any()) if "counted" in self.rows else len(self.rows) > 0


def cut(plan: Plan, medium: str) -> Iterator[Chart]:
    """The charts of a plan: cut by what must not be mixed, then into equal parts."""
    with suppress(TooManyRows):
        yield _fitting(plan, medium)
        return
    if plan.by:
        for _, own in plan.rows.groupby(plan.by[0], sort=False, observed=True):
            smaller = replace(plan, rows=own, by=plan.by[1:])
            if smaller.has_rows:
                yield from cut(smaller, medium)
        return
    yield from _equal_parts(plan, medium)


def _fitting(plan: Plan, medium: str, **title: str) -> Chart:
    """The chart of all rows, unless it is longer than a sheet and can be cut."""
    chart, sheet = plan.draw(plan.rows, medium=medium, **title), style.medium(medium).sheet
    if sheet and chart.ax.get_figure(root=True).get_figheight() > sheet and len(plan.units) > 1:  # type: ignore[union-attr]
        raise TooManyRows(f"more than the {sheet} inches of a sheet")
    return chart


def _equal_parts(plan: Plan, medium: str) -> list[Chart]:
    found = _parted(plan, medium) or _parted(replace(plan, whole=""), medium)
    return found or [plan.draw(plan.rows, medium=medium)]  # one row is too much: the refusal names it


def _parted(plan: Plan, medium: str) -> list[Chart]:
    """The fewest equal parts that a slide or sheet holds; none where a unit alone is too much."""
    units = plan.units
    rest = np.setdiff1d(np.arange(len(plan.rows)), np.concatenate(units))
    title = plan.draw(plan.rows, medium="page").title
    for count in range(2, len(units) + 1):
        ends = np.linspace(0, len(units), count + 1).round().astype(int)
        places = [np.concatenate(units[start:end]) for start, end in pairwise(ends)]
        places[-1] = np.r_[places[-1], rest]
        try:
            return [_piece(plan, medium, place, _part(title, number, count)) for number, place in enumerate(places, 1)]
        except TooManyRows:
            continue
    return []


def _piece(plan: Plan, medium: str, own: NDArray[np.int_], title: str) -> Chart:
    """The chart of a plan's own rows; the title tells of the others that count too, and they are compared with it."""
    chart = _fitting(replace(plan, rows=plan.rows.iloc[own]), medium, title=title)
    others = np.setdiff1d(np.concatenate(plan.units), own)
    return replace(chart, beside=(*chart.beside, plan.rows.iloc[others]))


def _part(title: str, number: int, count: int) -> str:
    """The title of one part, whose mark never breaks over two lines."""
    return f"{title} ({number}\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}{count})"
