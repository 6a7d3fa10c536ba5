"""Every subset of the trials of a pool: its effect against its heterogeneity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts.effect_axis import EffectAxis, dress, effect_axis
from ketevidence.charts.effect_marks import no_effect
from ketevidence.charts.forest_words import about

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_REACH = (-0.03, 1.03)  # of the y axis
_SUBSETS = "C0"
_SHADES = (0.65, 0.85, 1.0, 1.25, 1.5, 1.75)  # of its colour, on the way from paper to ink
_CELLS = 160  # across the axes, half as many down: points of one cell lie at the same place
_FEW, _LARGE, _SMALL = 200, 0.7, 0.4  # up to so many points are large; sizes of the text


def gosh(table: pd.DataFrame, *, ax: Axes | None = None, medium: str = "page", title: str = "") -> Chart:
    """One point a subset of the trials, I² against effect; the set of all trials marked.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.gosh`: estimate (on the shown scale), i2 (0 to 1), k (trials in the
        subset), full (bool, true for the set of all trials), scale ('identity' or 'log'),
        measure, favours_low, favours_high, citation (trials, '; ' between).
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it the range of the effects, and how many lie on the other
        side of no effect.

    Returns
    -------
    Chart
        Its alternative text sums the subsets up: there are too many for a sentence each.

    Raises
    ------
    ValueError
        No row to draw, not one row of all trials, rows of several measures, scales or
        directions, or a ratio that is not above 0.

    Notes
    -----
    Olkin I, Dahabreh IJ, Trikalinos TA (2012). GOSH - a graphical display of study
    heterogeneity. Research Synthesis Methods 3: 214-223. doi:10.1002/jrsm.1053
    """
    drawn = counted_rows(table, "estimate", "i2", "k", "full")
    full = drawn[drawn.full.astype(bool)]
    if len(full) != 1:
        raise ValueError(f"one row of all trials is needed, got {len(full)}")
    chosen = style.medium(medium)
    shown = effect_axis("gosh", drawn, "estimate")
    said = _finding(drawn, full.iloc[0], shown)
    heading = title or said
    with style.applied(chosen):
        page = layout.Page(
            heading, _foot(full, shown, medium), shown.name, sides=shown.sides, split=shown.split, y_label="I²",
            above=0.6, beside=1.5 * style.size(),
        )  # fmt: skip
        axes, width = layout.plane({share: wording.percent(share) for share in _TICKS}, page, chosen, ax)
        axes.set_ylim(*_REACH)
        axes.grid(visible=False)
        no_effect(axes, _REACH, shown)
        _points(axes, drawn, shown)
        _whole(axes, full.iloc[0], shown)
        dress(axes, shown, width)
    sentences = [f"{said}." if title else "", *_sentences(drawn, full.iloc[0], shown)]
    chart = finished("gosh", axes, full, heading, filter(None, sentences), medium)  # its row names every source
    return replace(chart, table=drawn)


def _points(ax: Axes, drawn: pd.DataFrame, shown: EffectAxis) -> None:
    """The subsets, the nearer to ink the more of them lie at the same place, these on top.

    They are pixels in every format, as a million shapes would be a file of many megabytes. A
    few shades instead of translucent ink: ink gives thousands of colours, of which the palette
    of a PNG file keeps the most frequent, so that the strongest would turn grey.
    """
    found = drawn[drawn.estimate.notna() & drawn.i2.notna()]
    across = shown.share(found.estimate.to_numpy("float64"))
    down = found.i2.to_numpy("float64")
    cells = np.floor(across * _CELLS).astype(int) * _CELLS + np.floor(down * _CELLS / 2).astype(int)
    _, place, counts = np.unique(cells, return_inverse=True, return_counts=True)
    level = np.floor(len(_SHADES) * np.log(counts) / np.log(counts.max(initial=1) + 1)).astype(int)[place]
    size = (_LARGE if len(found) <= _FEW else _SMALL) * style.size()
    for each, shade in enumerate(_SHADES):
        ax.plot(
            found.estimate[level == each], found.i2[level == each], "o", color=style.mixed(_SUBSETS, shade),
            markersize=size, markeredgewidth=0, rasterized=True, zorder=0.8 + each / 100,
        )  # fmt: skip


def _whole(ax: Axes, row: pd.Series, shown: EffectAxis) -> None:
    """The set of all trials, its name at the side where there is more room."""
    if wording.missing(row.estimate) or wording.missing(row.i2):
        return
    size = style.size()
    ax.plot(
        row.estimate,
        row.i2,
        "D",
        color=style.ink(),
        markersize=0.9 * size,
        markeredgecolor=style.paper(),
        zorder=3,
        clip_on=False,
    )
    left, low = shown.share(row.estimate) > 0.5, row.i2 > 0.5
    ax.annotate(
        f"all {wording.counted(row.k, 'trial')}: {shown.written(row.estimate)}, I² {wording.percent(row.i2)}",
        (row.estimate, row.i2), ((-1 if left else 1) * size, (-1 if low else 1) * size), textcoords="offset points",
        ha="right" if left else "left", va="top" if low else "bottom", zorder=4, weight="bold",
        bbox={"facecolor": style.paper(), "alpha": 0.85, "linewidth": 0, "pad": 1.5},
    )  # fmt: skip


def _finding(drawn: pd.DataFrame, row: pd.Series, shown: EffectAxis) -> str:
    """The range of the effects, and how many lie on the other side of no effect."""
    reach = wording.span(drawn.estimate.min(), drawn.estimate.max(), shown.written) or "no figure"
    group = about(row.group) if "group" in drawn else ""
    said = (
        f"{group}, {wording.counted(len(drawn), 'subset')} of {wording.counted(row.k, 'trial')}: {shown.noun} {reach}"
    )
    said = wording.capital(said.removeprefix(", "))
    if shown.null is None or wording.missing(row.estimate):
        return said
    below, above = int((drawn.estimate < shown.null).sum()), int((drawn.estimate > shown.null).sum())
    if row.estimate == shown.null:
        return f"{said}; {wording.number(below)} below and {wording.number(above)} above no effect"
    other = above if row.estimate < shown.null else below
    return f"{said}; {wording.number(other) if other else 'none'} on the other side of no effect"


def _foot(full: pd.DataFrame, shown: EffectAxis, medium: str) -> str:
    line = "" if shown.null is None else "; vertical line: no effect"
    said = f"a point: one subset of two trials and more; stronger colour: more subsets there; ◆ all trials{line}"
    return f"{said}.\n{sources_line(sources_of(full), medium)}"


def _sentences(drawn: pd.DataFrame, row: pd.Series, shown: EffectAxis) -> list[str]:
    """The cloud in words: all trials, how heterogeneous the subsets are."""
    reach = wording.span(drawn.i2.min(), drawn.i2.max(), wording.percent)
    return [
        f"All trials: {shown.words(row.estimate, None, None)}, I² {wording.percent(row.i2) or 'not known'}.",
        f"I² of the subsets: {reach or 'not known'}, median {wording.percent(drawn.i2.median()) or 'not known'}.",
    ]
