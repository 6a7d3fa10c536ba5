"""Marks on the axis of effects: points, intervals, diamonds, the line of no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ketevidence import style, wording
from ketevidence.charts.effect_axis import EffectAxis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEAD = 0.04  # length of the arrow head of a diamond, a share of the axis
_WITHOUT_INTERVAL = 0.65  # side of a diamond without interval, in sizes of the text

Ends = tuple[Any, Any, Any]  # low, middle, high; each may be missing


def no_effect(ax: Axes, heights: tuple[float, float], shown: EffectAxis) -> None:
    """Draw the line of no effect, where there is one, between two heights (y)."""
    if shown.null is not None:
        ax.plot(
            (shown.null, shown.null),
            heights,
            color=style.mixed(style.ink(), 0.5),
            linewidth=0.1 * style.size(),
            zorder=1,
        )


def point(ax: Axes, y: float, value: Any, marker: str, side: float, colour: str, solid: bool) -> None:
    """Draw a mark so many points wide, hollow where it is not solid, nothing for a missing value."""
    if not wording.missing(value):
        colour = style.colour(colour)
        face = colour if solid else style.paper()
        ax.plot(float(value), y, marker, color=colour, markerfacecolor=face, markersize=side, clip_on=False)


def interval(ax: Axes, y: float, ends: Ends, shown: EffectAxis, colour: str, **looks: Any) -> None:
    """Draw a line from low to high, to the middle where one is missing; an arrow head where the axis cuts it off."""
    low, middle, high = (np.nan if wording.missing(value) else float(value) for value in ends)
    low, high = (middle if np.isnan(low) else low), (middle if np.isnan(high) else high)
    if np.isnan(low) or np.isnan(high):
        return
    colour = style.colour(colour)
    ax.plot((max(low, shown.low), min(high, shown.high)), (y, y), color=colour, solid_capstyle="butt", **looks)
    for cut, end, head in [(low < shown.low, shown.low, "<"), (high > shown.high, shown.high, ">")]:
        if cut:
            ax.plot(end, y, head, color=colour, markersize=0.55 * style.size(), clip_on=False)


def diamond(ax: Axes, y: float, ends: Ends, shown: EffectAxis, colour: str, solid: bool) -> None:
    """Draw a diamond from low to high, as high as a line of text; a small one where there is no interval."""
    from matplotlib.patches import Polygon

    if any(wording.missing(value) for value in ends):
        return point(ax, y, ends[1], "D", _WITHOUT_INTERVAL * style.size(), colour, solid)
    half = 0.5 * style.size()
    left, centre, right = (shown.share(value) for value in ends)
    corners = [(centre, y - half), *_end(right, centre, y, half), (centre, y + half)]
    corners += reversed(_end(left, centre, y, half))
    colour = style.colour(colour)
    looks: dict[str, Any] = {"facecolor": colour if solid else style.paper(), "edgecolor": colour, "joinstyle": "miter"}
    over: dict[str, Any] = {"transform": ax.get_yaxis_transform(), "clip_on": False, "zorder": 2.5}
    ax.add_patch(Polygon(corners, linewidth=0.1 * style.size(), **looks, **over))
    return None


def _end(tip: float, centre: float, y: float, half: float) -> list[tuple[float, float]]:
    """The corners of one end of a diamond: its tip, or an arrow head where the axis cuts it off."""
    if 0 <= tip <= 1:
        return [(tip, y)]
    edge, neck = (0.0, _HEAD) if tip < 0 else (1.0, 1 - _HEAD)
    high = half * (tip - neck) / (tip - centre)
    barb = max(1.5 * high, 0.8 * half)
    return [(neck, y - high), (neck, y - barb), (edge, y), (neck, y + barb), (neck, y + high)]
