"""The axis of effects: its limits and ticks, its line of no effect, how a figure on it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ketevidence import style, wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SCALES = ("identity", "log")
_BEYOND = 3.0  # an interval is cut where it reaches this many usual half widths beyond all estimates
_MOST_TICKS = 7
_APART = 1.5  # between the labels of two ticks, in sizes of the text


@dataclass(frozen=True)
class EffectAxis:
    """What is shown on the axis, from where to where.

    Attributes
    ----------
    measure : str
        What the effect is, such as 'risk ratio'.
    log : bool
        Ratios, on a logarithmic axis.
    low, high : float
        The ends, on the shown scale.
    sides : tuple of str
        Words for low and for high values; empty where there are none.
    """

    measure: str
    log: bool
    low: float
    high: float
    sides: tuple[str, str]

    @property
    def null(self) -> float | None:
        """The value that means no effect; None where there is none."""
        return None if self.measure == "proportion" else 1.0 if self.log else 0.0

    @property
    def noun(self) -> str:
        """What stands before a figure in a sentence."""
        return "share" if self.measure == "proportion" else self.measure

    @property
    def name(self) -> str:
        """The words under the axis."""
        if self.measure == "proportion":
            return "share of people"
        return f"{self.measure} (log scale)" if self.log else self.measure

    @property
    def split(self) -> float:
        """The share of the axis that lies left of no effect."""
        return 0.5 if self.null is None else self.share(self.null)

    def share(self, value: Any) -> Any:
        """The place of a value or of many, 0 at the left end and 1 at the right."""
        low, high = self.bent(self.low), self.bent(self.high)
        return (self.bent(value) - low) / (high - low)

    def bent(self, values: Any) -> Any:
        """The values as lengths on the axis."""
        return np.log(values) if self.log else values

    def written(self, value: Any) -> str:
        """A value of the effect, two decimals, more for ratios below 0.1."""
        if self.measure == "proportion":
            return "" if wording.missing(value) else f"{wording.fixed(100 * value, 1)}%"
        small = self.log and not wording.missing(value) and 0 < value < 0.1
        return wording.fixed(value, 1 - floor(log10(value)) if small else 2)

    def figure(self, value: Any, low: Any, high: Any, between: str = " ") -> str:
        """A value with its interval in brackets, either may be missing."""
        limits = wording.span(low, high, self.written)
        return between.join(part for part in (self.written(value), f"({limits})" if limits else "") if part)

    def words(self, value: Any, low: Any, high: Any) -> str:
        """A value with its interval, for a sentence."""
        limits = wording.span(low, high, self.written)
        if wording.missing(value):
            return f"{self.noun} 95% CI {limits}" if limits else "no figure"
        return f"{self.noun} {self.written(value)}" + (f" (95% CI {limits})" if limits else "")


def effect_axis(chart: str, drawn: pd.DataFrame, points: str, limits: Sequence[str] = ()) -> EffectAxis:
    """The axis for these rows, wide enough for every estimate and no effect, and for usual intervals.

    Parameters
    ----------
    chart : str
        Its name, for errors.
    drawn : pandas.DataFrame
        Rows with scale, measure, favours_low, favours_high and the columns named.
    points : str
        The column of the estimates; all are shown.
    limits : sequence of str
        Columns of lower and upper limits, in turn; those far beyond all estimates are cut.

    Raises
    ------
    ValueError
        Rows of several measures, scales or directions; an unknown scale; a ratio that is
        not above 0.
    """
    scale = _only(chart, drawn, "scale") or "identity"
    if scale not in _SCALES:
        raise ValueError(f"no scale {scale!r}; known: {', '.join(_SCALES)}")
    sides = [_only(chart, drawn, side) if side in drawn else "" for side in ("favours_low", "favours_high")]
    shown = EffectAxis(_only(chart, drawn, "measure"), scale == "log", 0, 1, ("", ""))
    numbers = {name: pd.to_numeric(drawn[name]).to_numpy("float64", na_value=np.nan) for name in (points, *limits)}
    for name, values in numbers.items() if shown.log else ():
        if (values <= 0).any():
            raise ValueError(f"a ratio must be above 0, got {values[values <= 0][0]:g} (column {name})")
    low, high = _ends(shown, numbers[points], [numbers[name] for name in limits])
    arrows = (f"← {sides[0]}" if sides[0] else "", f"{sides[1]} →" if sides[1] else "")
    return EffectAxis(shown.measure, shown.log, low, high, arrows)


def _only(chart: str, drawn: pd.DataFrame, column: str) -> str:
    found = [str(value) for value in drawn[column].dropna().unique() if str(value)]
    if len(found) > 1:
        named = wording.listed(repr(value) for value in found)
        raise ValueError(f"a {chart} shows one {column}, found {named}; draw a chart for each")
    return found[0] if found else ""


def _ends(shown: EffectAxis, points: Any, limits: Sequence[Any]) -> tuple[float, float]:
    """The ends of the axis on the shown scale; shares have the same axis everywhere."""
    if shown.measure == "proportion":
        return 0.0, 1.0
    null = [] if shown.null is None else [shown.null]
    core = shown.bent(np.append(points, null))
    core = core[np.isfinite(core)] if np.isfinite(core).any() else np.zeros(1)
    lows, highs = (shown.bent(np.concatenate(limits[side::2] or [points])) for side in (0, 1))
    half = (highs - lows) / 2
    usual = float(np.median(half[np.isfinite(half)])) if np.isfinite(half).any() else 0.0
    reach = max(_BEYOND * usual, float(np.ptp(core)))
    low = max(np.nanmin([*lows, core.min()]), core.min() - reach)
    high = min(np.nanmax([*highs, core.max()]), core.max() + reach)
    room = 0.04 * (high - low) or 0.5
    low, high = float(low - room), float(high + room)
    return (float(np.exp(low)), float(np.exp(high))) if shown.log else (low, high)


def dress(ax: Axes, shown: EffectAxis, points: float) -> None:
    """Set scale, limits and ticks; `points` is the width of the axes."""
    if shown.log:
        ax.set_xscale("log")
    ax.set_xlim(shown.low, shown.high)
    ticks = _ticks(shown, points, style.size())
    ax.set_xticks(list(ticks), list(ticks.values()))
    ax.minorticks_off()


def cut_off(shown: EffectAxis, drawn: pd.DataFrame, lows: str, highs: str) -> bool:
    """Whether the axis cuts off an interval."""
    return bool((drawn[lows] < shown.low).any() or (drawn[highs] > shown.high).any())


def _ticks(shown: EffectAxis, points: float, size: float) -> dict[float, str]:
    """The finest round values whose labels stand apart."""
    for ticks in _candidates(shown):
        widths = [style.width(label, size) for label in ticks.values()]
        places = [points * shown.share(value) for value in ticks]
        steps = zip(places, places[1:], widths, widths[1:])
        if all(after - before >= (one + other) / 2 + _APART * size for before, after, one, other in steps):
            return ticks
    return {}


def _candidates(shown: EffectAxis) -> Iterator[dict[float, str]]:
    """Sets of ticks, the finest first, the last of one tick."""
    span = shown.high - shown.low
    write, wanted = (wording.percent, -2) if shown.measure == "proportion" else (wording.number, 0)
    if not shown.log or shown.high / shown.low < 4:
        for power in range(floor(log10(span)) - 1, ceil(log10(span)) + 1):
            for step in (1, 2, 5):
                places = range(ceil(shown.low / (step * 10.0**power)), floor(shown.high / (step * 10.0**power)) + 1)
                if len(places) <= _MOST_TICKS:
                    values = [round(place * step * 10.0**power, 12) for place in places]
                    yield {value: write(value, max(wanted - power, 0)) for value in values}
    powers = range(floor(log10(shown.low)), ceil(log10(shown.high)) + 1) if shown.log else range(0)
    for leads, every in [((1, 2, 5), 1), ((1, 3), 1), ((1,), 1), ((1,), 2), ((1,), 3)]:
        values = [round(lead * 10.0**p, 12) for p in powers if p % every == 0 for lead in leads]
        inside = [value for value in values if shown.low <= value <= shown.high]
        if len(inside) <= _MOST_TICKS + 2:
            yield {value: wording.number(value, 6) for value in inside}
