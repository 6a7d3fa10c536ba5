"""Marks for the results of primary outcomes: a shape with a sign inside, all of the same size and strength."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ketevidence import style, wording
from ketevidence.charts import grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DIAMETER = 1.35  # of a mark, as a multiple of the size of the text
RESULTS = {  # the sign in words, the shape, and how much larger it must be to look as large as a circle
    "positive": ("+", "o", 1.0),
    "mixed": ("\N{PLUS-MINUS SIGN}", "D", 0.8),
    "null": ("\N{WHITE CIRCLE}", "s", 0.9),
    "negative": (wording.MINUS, "v", 1.12),
}
_STROKES = {  # of a sign: marker, its size and how far it is moved up; strokes, because letters differ in strength
    "positive": [("+", 0.72, 0.0)],
    "mixed": [("+", 0.6, 0.1), ("_", 0.6, -0.34)],
    "null": [("o", 0.58, 0.0)],
    "negative": [("_", 0.66, 0.16)],
}
_OTHER = ("?", "h", 1.0)


def result_mark(
    ax: Axes, at: tuple[float, float], result: Any, colour: str, *, solid: bool = True, up: float = 0.0
) -> None:
    """Draw the mark of a result, so many points above a place of the axes; hollow if it is not solid."""
    from matplotlib.transforms import offset_copy

    name, size, face = grid.words(result), style.size(), colour if solid else style.paper()
    _, shape, larger = RESULTS.get(name, _OTHER)

    def _stroke(marker: str, across: float, raised: float, width: float, **looks: Any) -> None:
        moved = offset_copy(ax.transData, ax.get_figure(root=True), 0, up + raised * size, units="points")
        ax.plot(
            *at, marker, markersize=across * size, markeredgewidth=width * size, linestyle="none", clip_on=False,
            transform=moved, **looks,
        )  # fmt: skip

    _stroke(shape, larger * DIAMETER, 0, 0.1, color=colour, markerfacecolor=face, zorder=3)
    for sign in _STROKES.get(name, []):
        _stroke(*sign, 0.14, markeredgecolor=style.upon(face), markerfacecolor="none", zorder=3.1)
    if name not in _STROKES:
        grid.write(ax, at, "?", up, weight="bold", color=style.upon(face), zorder=3.1)


def explained(results: Iterable[Any]) -> str:
    """What the signs of these results mean, in the order of this module.

    Examples
    --------
    >>> explained(["null", "positive", "null"])
    '+ positive, ○ null'
    """
    seen = {grid.words(result) for result in results}
    known = [f"{sign} {result}" for result, (sign, *_) in RESULTS.items() if result in seen]
    return ", ".join([*known, *(["? other"] if seen - set(RESULTS) else [])])
