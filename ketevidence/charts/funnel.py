"""Effects of trials against their standard errors, over regions of p."""

from __future__ import annotations

from dataclasses import replace
from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid
from ketevidence.charts.effect_axis import EffectAxis, dress, effect_axis
from ketevidence.charts.effect_marks import no_effect, point
from ketevidence.charts.forest_words import about

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 10
# Two-sided p 0.10, 0.05 and 0.01 in standard errors from no effect: quantiles of the normal distribution.
_Z10, _Z05, _Z01 = 1.6449, 1.9600, 2.5758
_REGIONS = [  # words, share of ink in its shade, where its name points to in standard errors, how far down the axis
    (wording.p_value(0.01, "below"), 0.06, 3.2, 0.15),
    (f"p {wording.span(0.01, 0.05)}", 0.13, (_Z05 + _Z01) / 2, 0.5),
    (f"p {wording.span(0.05, 0.1)}", 0.24, (_Z10 + _Z05) / 2, 0.68),
    (wording.p_value(0.1, "above"), 0.0, 1.2, 0.86),
]
_BANDS = [(_Z01, _REGIONS[1][1]), (_Z05, _REGIONS[2][1]), (_Z10, _REGIONS[3][1])]
_WIDE = 1.15 * _Z01  # half the axis at the foot of the funnel, in standard errors


def funnel(table: pd.DataFrame, *, ax: Axes | None = None, medium: str = "page", title: str = "") -> Chart:
    """Points of trials, large trials above, over grey regions that say which p a trial has there.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.funnel`: label, effect, se, pooled (the same in each row), all three
        on the scale of the pool (logarithms of ratios), scale ('identity' or 'log'),
        measure, solid, citation. Rows without an effect or a standard error are not drawn.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it what is drawn. The shape of a funnel is no finding.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, fewer than 10 studies, a standard error that is not above 0, shares
        (which have no value of no effect), or rows of several measures or scales.

    Notes
    -----
    Peters JL, Sutton AJ, Jones DR, Abrams KR, Rushton L (2008). Contour-enhanced
    meta-analysis funnel plots help distinguish publication bias from other causes of
    asymmetry. J Clin Epidemiol 61: 991-996. doi:10.1016/j.jclinepi.2007.11.010
    Ten studies: Sterne JAC et al. (2011). BMJ 343: d4002. doi:10.1136/bmj.d4002
    """
    drawn = _complete(counted_rows(table, "label", "effect", "se", "pooled"))
    chosen = style.medium(medium)
    shown = _axis(drawn)
    heading = title or _finding(drawn, shown)
    with style.applied(chosen):
        names = max(style.width(words, style.size()) for words, *_ in _REGIONS)
        of = f" of the log {shown.measure}" if shown.log else ""
        page = layout.Page(
            heading, _foot(drawn, len(table) - len(drawn), medium), shown.name, sides=shown.sides, split=shown.split,
            y_label=f"standard error{of}", beside=names + style.size(),
        )  # fmt: skip
        foot = 1.06 * float(drawn.se.max())
        axes, width = layout.plane(_steps(foot), page, chosen, ax)
        axes.set_ylim(foot, 0)
        _regions(axes, foot, shown)
        _pooled(axes, drawn, foot, shown)
        for record in drawn.to_dict("records"):
            point(
                axes, record["se"], _on_axis(record["effect"], shown), "o", 0.6 * style.size(), "C0", grid.solid(record)
            )
        dress(axes, shown, width)
    return finished("funnel", axes, drawn, heading, (_sentence(row, shown) for row in drawn.to_dict("records")), medium)


def _complete(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with an effect and a standard error, if they are enough.

    Raises
    ------
    ValueError
        Fewer than 10, or a standard error that is not above 0.
    """
    drawn = rows[rows.effect.notna() & rows.se.notna()].reset_index(drop=True)
    if len(drawn) < LEAST:
        raise ValueError(
            f"a funnel needs at least {LEAST} studies, got {len(drawn)}; with fewer its shape says nothing"
        )
    wrong = drawn[~(drawn.se > 0)]
    if len(wrong):
        row = wrong.iloc[0]
        raise ValueError(f"a standard error must be above 0, got {row.se:g} ({row.label})")
    return drawn


def _axis(drawn: pd.DataFrame) -> EffectAxis:
    """The axis of the effects, as wide as the funnel at its foot."""
    log = (drawn["scale"] == "log").all()
    on_axis = np.exp if log else np.asarray
    shown = effect_axis("funnel", drawn.assign(effect=on_axis(drawn.effect), pooled=on_axis(drawn.pooled)), "effect")
    if shown.null is None:
        raise ValueError(f"a funnel needs a value of no effect, {shown.measure!r} has none")
    reach = _WIDE * float(drawn.se.max())
    low, high = (float(_on_axis(side * reach, shown)) for side in (-1, 1))
    return replace(shown, low=min(shown.low, low), high=max(shown.high, high))


def _on_axis(value: Any, shown: EffectAxis) -> Any:
    """From the scale of the pool to the shown one."""
    return np.exp(value) if shown.log else value


def _steps(foot: float) -> dict[float, str]:
    """Round ticks from 0 to the foot of the axis, at most five steps."""
    power = floor(log10(foot))
    step = next(step for step in (0.2, 0.5, 1, 2) if foot / (step * 10.0**power) <= 5) * 10.0**power
    places = [place * step for place in range(int(foot / step) + 1)]
    return {place: wording.number(place, max(1 - power, 0)) for place in places}


def _regions(ax: Axes, foot: float, shown: EffectAxis) -> None:
    """The regions of p, the widest first; their names beside the axes, each with a line to its region."""
    size = style.size()
    ax.set_facecolor(style.mixed(style.ink(), _REGIONS[0][1]))
    for z, share in _BANDS:
        low, high = (_on_axis(np.array([0, side * z * foot]), shown) for side in (-1, 1))
        shade = style.mixed(style.ink(), share)
        ax.fill_betweenx([0, foot], low, high, facecolor=shade, linewidth=0, zorder=0.5)
    no_effect(ax, (foot, 0), shown)
    for words, _, z, down in _REGIONS:
        y = down * foot
        start = min(max(float(_on_axis(z * y, shown)), shown.low), shown.high)
        ax.plot((start, shown.high), (y, y), color=style.soft(), linewidth=0.06 * size, zorder=1)
        ax.plot(start, y, ".", color=style.soft(), markersize=0.5 * size, zorder=1)
        ax.annotate(
            words, (1, y), (0.5 * size, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points", va="center"
        )


def _pooled(ax: Axes, drawn: pd.DataFrame, foot: float, shown: EffectAxis) -> None:
    value = drawn.pooled.iloc[0]
    if wording.missing(value):
        return
    at = float(_on_axis(value, shown))
    ax.plot((at, at), (foot, 0), color=style.ink(), linestyle=(0, (5, 3)), linewidth=0.12 * style.size(), zorder=1.5)
    ax.annotate(
        f"pooled {shown.written(at)}", (at, 1), (0, 0.25 * style.size()), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha="center", va="bottom",
    )  # fmt: skip


def _finding(drawn: pd.DataFrame, shown: EffectAxis) -> str:
    group = about(drawn.group.iloc[0]) if "group" in drawn else ""
    said = f"{group}, {wording.counted(len(drawn), 'trial')}: {shown.noun} against its standard error"
    return wording.capital(said.removeprefix(", "))


def _foot(drawn: pd.DataFrame, left_out: int, medium: str) -> str:
    notes = [
        "● trial, large ones above",
        "solid line: no effect",
        "dashed: pooled" if drawn.pooled.notna().any() else "",
        "grey: the two-sided p of a trial that lies there",
        grid.hollow(drawn),
        f"not drawn: {wording.counted(left_out, 'row')} without an effect or a standard error" if left_out else "",
    ]
    return f"{'; '.join(note for note in notes if note)}.\n{sources_line(sources_of(drawn), medium)}"


def _sentence(record: dict[str, Any], shown: EffectAxis) -> str:
    effect = shown.words(_on_axis(record["effect"], shown), None, None)
    return f"{grid.words(record['label'])}: {effect}, standard error {wording.number(record['se'], 3)}."
