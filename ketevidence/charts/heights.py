"""Heights of marks, which follow the size of the text however far apart the rows stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketevidence import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 72.0  # in an inch


def text_height(ax: Axes) -> float:
    """Size of the text in units of the y axis; inside `style.applied`, after the limits are set."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    bottom, top = ax.get_ylim()
    return style.size() * (bottom - top) * figure.dpi / (_POINTS * ax.get_window_extent().height)
