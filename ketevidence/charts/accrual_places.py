"""Where marks and labels of the accrual stand, so that none lies on another; all in points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import hypot, inf
from typing import Any, TypeAlias

Line: TypeAlias = list[dict[str, Any]]
_ASIDE = 0.48  # years from its own that a mark may stand, so that marks of one year stand apart
_PARTS = 8  # of that distance, in which places are tried


@dataclass(frozen=True)
class Plane:
    """The ranges of both axes, and how long they are in points."""

    years: tuple[float, float]
    people: tuple[float, float]
    size: tuple[float, float]

    def points(self, year: float, people: float) -> tuple[float, float]:
        """Where something stands, in points from the lower left corner."""
        (left, right), (low, high), (wide, tall) = self.years, self.people, self.size
        return (year - left) / (right - left) * wide, (people - low) / (high - low) * tall


def apart(lines: Sequence[Line], plane: Plane, least: float) -> list[list[float]]:
    """For every line where its marks stand on the axis of years, apart from all others; fewer if that cannot be.

    The middles of two marks are at least so many points apart. Marks of one year move aside as little as they
    must, or, where that is not enough, fill it from the left.
    """
    turns = sorted((int(record["year"]), turn, place) for place, line in enumerate(lines)
                   for turn, record in enumerate(line))  # fmt: skip
    found: list[list[float]] = [[] for _ in lines]
    aside = [_ASIDE * part / _PARTS for part in range(-_PARTS, _PARTS + 1)]
    for year, own in groupby(turns, key=lambda turn: turn[0]):
        marks = [(place, float(lines[place][turn]["cumulative"])) for _, turn, place in own]
        tried = (_one_year(year, marks, order, lines, found, plane, least) for order in (sorted(aside, key=abs), aside))
        placed = next((years for years in tried if len(years) == len(marks)), [])
        for (place, _), at in zip(marks, placed):
            found[place].append(at)
    return found


def _one_year(
    year: int, marks: Sequence[tuple[int, float]], aside: Sequence[float], lines: Sequence[Line],
    before: Sequence[Sequence[float]], plane: Plane, least: float,
) -> list[float]:  # fmt: skip
    """Where the marks of a year stand: each at the first free place aside; fewer if there is none."""
    taken = [plane.points(at, float(record["cumulative"]))
             for line, own in zip(lines, before) for record, at in zip(line, own)]  # fmt: skip
    latest = {place: own[-1] for place, own in enumerate(before) if own}
    found: list[float] = []
    for place, people in marks:
        free = (
            year + shift for shift in aside if year + shift > latest.get(place, -inf)
            and all(hypot(one - x, other - y) > least - 1e-6 for one, other in [plane.points(year + shift, people)]
                    for x, y in taken)
        )  # fmt: skip
        at = next(free, None)
        if at is None:
            break
        found.append(at)
        latest[place] = at
        taken.append(plane.points(at, people))
    return found


def all_stand(lines: Sequence[Line], marks: Sequence[Sequence[float]]) -> bool:
    """Whether every row of every line has a place."""
    return all(len(line) == len(own) for line, own in zip(lines, marks))


def levels(ends: Sequence[float], heights: Sequence[float], top: float) -> list[float]:
    """The middles of labels of these heights, each as near to its end as those below and above let it be.

    Examples
    --------
    >>> levels([10, 12, 80], [20, 20, 20], top=100)
    [10, 30.0, 80]
    """
    order = sorted(range(len(ends)), key=lambda place: (ends[place], place))
    middles, foot = [0.0] * len(ends), 0.0
    for place in order:
        middles[place] = max(ends[place], foot + heights[place] / 2)
        foot = middles[place] + heights[place] / 2
    for place in reversed(order):
        middles[place] = min(middles[place], top - heights[place] / 2)
        top = middles[place] - heights[place] / 2
    return middles
