"""What is left of a pooled effect when each trial in turn is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid
from ketevidence.charts.effect_axis import EffectAxis, cut_off, dress, effect_axis
from ketevidence.charts.effect_marks import diamond, interval, no_effect, point
from ketevidence.charts.forest_words import about

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WITHOUT = "C0"
_HEADINGS = ("effect (95% CI)", "I²")


def leave_one_out(table: pd.DataFrame, *, ax: Axes | None = None, medium: str = "page", title: str = "") -> Chart:
    """Dots and intervals of the pooled effect without each trial, over the band of all trials.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.leave_one_out`: row ('omitted', and one 'all'), label (such as
        'without Taylor 2018'), estimate, low, high (on the shown scale), i2 (0 to 1),
        scale ('identity' or 'log'), measure, favours_low, favours_high, solid, citation.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it the range of the effects, and how many intervals
        include no effect.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, not one row of all trials, rows of several measures, scales or
        directions, a ratio that is not above 0, or more rows than the medium holds.
    """
    drawn = counted_rows(table, "row", "label", "estimate", "low", "high")
    whole = drawn[drawn.row == "all"].to_dict("records")
    if len(whole) != 1:
        raise ValueError(f"one row of all trials is needed, got {len(whole)}")
    chosen = style.medium(medium)
    shown = effect_axis("leave-one-out", drawn, "estimate", ("low", "high"))
    heading = title or _finding(drawn, shown)
    records = drawn.to_dict("records")
    page = layout.Page(
        heading, _foot(drawn, shown, medium), shown.name, _HEADINGS, sides=shown.sides, split=shown.split,
        axes_share=0.27, above=0.3,
    )  # fmt: skip
    with style.applied(chosen):
        rows = [_row(record, shown) for record in records]
        axes, ys = layout.place(rows, page, chosen, ax)
        _band(axes, whole[0], shown)
        no_effect(axes, axes.get_ylim(), shown)
        for y, record in zip(ys, records):
            _mark(axes, y, record, shown)
        dress(axes, shown, layout.room(rows, page, chosen, ax))
    return finished("leave_one_out", axes, drawn, heading, (_sentence(record, shown) for record in records), medium)


def _row(record: dict[str, Any], shown: EffectAxis) -> layout.Row:
    figure = shown.figure(record["estimate"], record["low"], record["high"])
    right = (figure, wording.percent(record["i2"]))
    return layout.Row(grid.words(record["label"]), right, bold=record["row"] == "all")


def _band(ax: Axes, record: dict[str, Any], shown: EffectAxis) -> None:
    """The interval of all trials as a band, their effect as a dotted line."""
    ax.grid(visible=False)
    if not (wording.missing(record["low"]) or wording.missing(record["high"])):
        ends = max(record["low"], shown.low), min(record["high"], shown.high)
        ax.axvspan(*ends, color=style.mixed(style.ink(), 0.1), linewidth=0, zorder=0.4)
    if not wording.missing(record["estimate"]):
        ax.axvline(record["estimate"], color=style.ink(), linestyle=(0, (1, 2)), linewidth=0.1 * style.size(), zorder=1)


def _mark(ax: Axes, y: float, record: dict[str, Any], shown: EffectAxis) -> None:
    ends, solid = (record["low"], record["estimate"], record["high"]), grid.solid(record)
    if record["row"] == "all":
        diamond(ax, y, ends, shown, style.ink(), solid)
    else:
        interval(ax, y, ends, shown, _WITHOUT)
        point(ax, y, record["estimate"], "o", 0.65 * style.size(), _WITHOUT, solid)


def _finding(drawn: pd.DataFrame, shown: EffectAxis) -> str:
    """The range of the effects, and how many intervals include no effect."""
    omitted, whole = drawn[drawn.row != "all"], drawn[drawn.row == "all"].iloc[0]
    everything = f"all: {shown.written(whole.estimate)}" if not wording.missing(whole.estimate) else "all: no figure"
    reach = wording.span(omitted.estimate.min(), omitted.estimate.max(), shown.written)
    if not reach:
        return f"All trials together: {shown.words(whole.estimate, whole.low, whole.high)}"
    trials = wording.counted(len(omitted), "trial")
    group = about(drawn.group.iloc[0]) if "group" in drawn else ""
    said = f"{group}, leaving out each of {trials} in turn: {shown.noun} {reach} ({everything})"
    said = wording.capital(said.removeprefix(", "))
    if shown.null is None:
        return said
    around = int(((omitted.low <= shown.null) & (omitted.high >= shown.null)).sum())
    verb = "reaches" if around == 1 else "reach"
    return f"{said}; {around} of {wording.counted(len(omitted), 'interval')} {verb} the line of no effect"


def _foot(drawn: pd.DataFrame, shown: EffectAxis, medium: str) -> str:
    notes = [
        "● all trials but one" if (drawn.row != "all").any() else "",
        "◆, band and dotted line: all trials, with their 95% interval",
        "arrow head: the interval goes on beyond the axis" if cut_off(shown, drawn, "low", "high") else "",
        grid.hollow(drawn),
        "no mark: no figure" if drawn.estimate.isna().any() else "",
    ]
    said = "; ".join(note for note in notes if note)
    return f"{said}.\n{sources_line(sources_of(drawn), medium)}"


def _sentence(record: dict[str, Any], shown: EffectAxis) -> str:
    share = wording.percent(record["i2"])
    figures = shown.words(record["estimate"], record["low"], record["high"])
    return f"{grid.words(record['label'])}: {figures}{f', I² {share}' if share else ''}."
