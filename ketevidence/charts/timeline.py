"""When an effect is first seen: minutes to months on one logarithmic axis."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS = {
    1 / 60: "1\nmin", 0.25: "15\nmin", 1.0: "1\nh", 6.0: "6\nh", 24.0: "1\nday", 168.0: "1\nwk",
    730.5: "1\nmo", 4383.0: "6\nmo", 52596.0: "6\nyr",
}  # fmt: skip
_MARKS = ("o", "s", "D", "^", "v", "P", "X", "*")
_SIGNS = ("●", "■", "◆", "▲", "▼", "✚", "✖", "★")
_COLOURS, _UNCONTROLLED = 6, "C6"  # series that kinds take in turn; the grey one is for what had no control
_APART = 0.7  # between the labels of two ticks, in sizes of the text
_NEEDED = [
    "drug_class", "kind_label", "controlled", "effect", "label", "figure", "hours", "low_hours",
    "high_hours", "censored", "condition", "solid",
]  # fmt: skip
_FADE = 3.0  # a left-censored bar fades out over this factor of time


def timeline(
    table: pd.DataFrame,
    *,
    stated: pd.DataFrame | None = None,
    axis: pd.DataFrame | None = None,
    ax: Axes | None = None,
    medium: str = "page",
    title: str = "",
) -> Chart:
    """One mark a time, grouped by drug class; bars for ranges, fading where nobody looked earlier.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.onset_times`: drug_class, kind_label, controlled, label, figure,
        hours, low_hours, high_hours, censored, condition, effect, shares_people, counted,
        solid, citation. Rows without an early effect have words and, where their time is
        known, a cross. Rows that are not counted are not drawn, and the foot line says how
        many.
    stated : pandas.DataFrame, optional
        Rows of `tables.stated_times`: drawn as shaded bands.
    axis : pandas.DataFrame, optional
        Rows whose axis is drawn, where the table is a part of them: the parts then agree.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it what is drawn, and how many rows show what.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, or more rows than the medium holds.
    """
    drawn = counted_rows(table)
    known = grid.named(drawn, "drug_class", "kind_label", "condition", "label")
    chosen = style.medium(medium)
    heading = title or _finding(known)
    kinds = _places(known[known.effect])
    with style.applied(chosen):
        rows, kept = _rows(known)
        page = layout.Page(
            heading, _foot(known, kinds, stated, len(table) - len(drawn), medium), "time after the first dose",
            ("time", "condition"), 0.3, 2,
        )  # fmt: skip
        axes, ys = layout.place(rows, page, chosen, ax)
        _axis(axes, drawn if axis is None else counted_rows(axis), stated, layout.room(rows, page, chosen, ax))
        _bands(axes, stated)
        for y, record in zip(ys, kept):
            if record is not None:
                _mark(axes, y, record, kinds.get(record["kind_label"], 0))
    sentences = (_sentence(record) for record in kept if record is not None)
    return finished("timeline", axes, drawn, heading, sentences, medium, *([] if stated is None else [stated]))


def _places(drawn: pd.DataFrame) -> dict[str, int]:
    """The place of the mark of each kind, by its label.

    It follows the place of the kind in the vocabulary, so that a kind has one mark whatever else
    is drawn; only where two kinds meet the later one moves on to the next that is free.
    """
    ordered = isinstance(drawn.kind.dtype, pd.CategoricalDtype)
    labels = dict(zip(map(grid.words, drawn.kind), drawn.kind_label))
    order = [*(drawn.kind.cat.categories if ordered else sorted(filter(None, labels))), ""]
    places: dict[str, int] = {}
    for kind in sorted(labels, key=order.index):
        tried = ((order.index(kind) + step) % len(_MARKS) for step in range(len(_MARKS)))
        places[labels[kind]] = next((place for place in tried if place not in places.values()), 0)
    return places


def _rows(drawn: pd.DataFrame) -> tuple[list[layout.Row], list[dict[str, Any] | None]]:
    rows: list[layout.Row] = []
    kept: list[dict[str, Any] | None] = []
    for drug_class, group in drawn[_NEEDED].groupby("drug_class", sort=False):
        rows.append(layout.Row(str(drug_class), heading=True))
        kept.append(None)
        for record in group.to_dict("records"):
            null = () if record["effect"] else (style.ink(),)
            right = (grid.words(record["figure"]), record["condition"].replace(" ", "\n"))
            rows.append(layout.Row(record["label"], right, colours=null))
            kept.append(record)
    return rows, kept


def _ends(record: dict[str, Any]) -> tuple[float, float, float]:
    """Low, point and high in hours; the point is missing (NaN) for a bare range."""
    values = [float("nan") if wording.missing(record[name]) else float(record[name])
              for name in ("low_hours", "hours", "high_hours")]  # fmt: skip
    return values[0], values[1], values[2]


def _axis(ax: Axes, whole: pd.DataFrame, stated: pd.DataFrame | None, points: float) -> None:
    """A logarithmic axis, so many points wide, for all times, with labels that stand apart."""
    columns = [whole[name] for name in ("hours", "low_hours", "high_hours")]
    if stated is not None:
        columns += [stated.low_hours, stated.high_hours]
    every = pd.concat(columns).dropna().astype("float64")
    every = every[every > 0] if (every > 0).any() else pd.Series([1.0])
    low, high = every.min() / (2 * _FADE), every.max() * 2
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    shown: dict[float, str] = {}
    size, end = style.size(), -points
    for hours, label in _TICKS.items():
        place = points * log(hours / low) / log(high / low)
        half = max(style.width(line, size) for line in label.split("\n")) / 2
        if low <= hours <= high and place - half >= end + _APART * size:
            shown[hours], end = label, place + half
    ax.set_xticks(list(shown), list(shown.values()))
    ax.minorticks_off()


def _bands(ax: Axes, stated: pd.DataFrame | None) -> None:
    if stated is None:
        return
    for record in stated.to_dict("records"):
        low, high = (max(float(record[name]), ax.get_xlim()[0]) for name in ("low_hours", "high_hours"))
        if low == high:
            ax.axvline(low, color=style.soft(), linestyle=(0, (5, 3)), zorder=0.9)
        else:
            ax.axvspan(low, high, color=style.mixed(style.ink(), 0.1), linewidth=0, zorder=0.4)
        ax.annotate(
            record["figure"], ((low * high) ** 0.5, 1), (0, 2), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", va="bottom", style=style.slant(record["figure"]),
        )  # fmt: skip


def _mark(ax: Axes, y: float, record: dict[str, Any], kind: int) -> None:
    low, point, high = _ends(record)
    colour = style.colour(f"C{kind % _COLOURS}" if record["controlled"] else _UNCONTROLLED)
    if record["effect"] and low == low and high == high:
        ax.plot((low, high), (y, y), color=colour, linewidth=0.375 * style.size(), alpha=0.5, solid_capstyle="butt")
    shown = next((time for time in (point, high, low) if time == time), None)
    if shown is None:
        return
    if record["effect"] and record["censored"] == "left":
        _fading(ax, y, next(time for time in (low, high, point) if time == time), colour)
    if record["censored"] == "right":
        start = high if high == high else shown
        end = min(start * _FADE, ax.get_xlim()[1])
        ax.annotate("", (end, y), (start, y), arrowprops={"arrowstyle": "->", "color": colour})
    if not record["effect"]:
        ax.plot(shown, y, "x", color=style.soft(), markeredgewidth=0.18 * style.size())
        return
    face = colour if grid.solid(record) else style.paper()
    ax.plot(shown, y, _MARKS[kind % len(_MARKS)], color=colour, markerfacecolor=face)


def _fading(ax: Axes, y: float, until: float, colour: str) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    steps = 6
    edges = [until / _FADE ** (step / steps) for step in range(steps + 1)]
    segments = [[(edges[i], y), (edges[i + 1], y)] for i in range(steps)]
    shades = [to_rgba(colour, 0.75 * (1 - step / steps)) for step in range(steps)]
    ax.add_collection(LineCollection(segments, colors=shades, linewidths=0.25 * style.size()), autolim=False)


def _finding(drawn: pd.DataFrame) -> str:
    """What is drawn, in a sentence that holds whatever the conditions of the rows are."""
    kinds = list(dict.fromkeys(drawn[drawn.effect].kind_label))
    conditions = list(dict.fromkeys(drawn.condition.astype(str)))
    what = "when an effect was first seen" if len(kinds) > 1 else (kinds or ["no early effect"])[0]
    seen, controlled = int(drawn.effect.sum()), int(drawn.controlled.sum())
    where = f", {conditions[0]}" if len(conditions) == 1 else ""
    none = len(drawn) - seen
    parts = [f"{controlled} of {wording.counted(seen, 'row')} a difference from a control"
             if controlled > 0 and len(kinds) > 1 else "",
             f"{wording.counted(none, 'row')}{' no early effect' if kinds else ''}" if none else ""]  # fmt: skip
    if len(kinds) == 1:
        parts.insert(0, _earliest(drawn[drawn.effect], bool(where)))
    counts = "; ".join(part for part in parts if part)
    return wording.capital(f"{what}{where}") + (f": {counts}" if counts else "")


def _earliest(seen: pd.DataFrame, one_condition: bool) -> str:
    """The times of the rows that come first and last, each with its class of drugs; nothing where no time is known."""
    low, high = seen.low_hours.fillna(seen.high_hours), seen.high_hours.fillna(seen.low_hours)
    at = seen.hours.fillna((low + high) / 2)
    timed = seen.assign(at=at)[at.notna()].sort_values("at", kind="stable").to_dict("records")
    names = [
        record["drug_class"]
        + ("" if one_condition else f", {record['condition']}")
        + ("" if grid.solid(record) else ", hollow")
        for record in timed
    ]
    said = [f"{grid.words(record['figure']).partition(' (')[0]} ({name})" for record, name in zip(timed, names)]
    return f"earliest {said[0]}, latest {said[-1]}" if len(said) > 2 else " and ".join(said)


def _foot(drawn: pd.DataFrame, kinds: dict[str, int], stated: pd.DataFrame | None, left_out: int, medium: str) -> str:
    signs = ", ".join(f"{_SIGNS[place]} {kind}" for kind, place in kinds.items())
    notes = [signs] if signs else []
    if (drawn.effect & ~drawn.controlled).any():
        notes.append("grey: no difference from a control shown")
    if not drawn.effect.all():
        notes.append("✕ or no mark, bold: no early effect")
    if (drawn.effect & drawn[["hours", "low_hours", "high_hours"]].isna().all(axis=1)).any():
        notes.append("words without a mark: the source gives no time of onset")
    if drawn.shares_people.any():
        notes.append("some rows share people")
    if (drawn.censored == "left").any():
        notes.append("fading line: nobody looked earlier, so the effect may have come sooner")
    if (drawn.censored == "right").any():
        notes.append("arrow: observation ended")
    if stated is not None:
        notes.append("shaded or dashed: the times that the article states")
    if hollow := grid.hollow(drawn):
        notes.append(hollow)
    if left_out:
        rows = wording.counted(left_out, "row")
        notes.append(f"not drawn: {rows} of people who are in another row or whose source is retracted")
    return "; ".join(notes) + ".\n" + sources_line(sources_of(drawn), medium)


def _sentence(record: dict[str, Any]) -> str:
    figure = grid.words(record["figure"]) or "no time"
    return f"{record['label']} ({record['condition']}): {figure}, {record['kind_label']}."
