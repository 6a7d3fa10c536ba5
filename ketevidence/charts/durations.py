"""How long an effect lasts: bars of time, from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid
from ketevidence.charts.heights import text_height

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NEEDED = [
    "kind_label", "difference", "direct", "drug_class", "label", "figure", "hours", "low_hours", "high_hours",
    "censored", "condition", "n", "shares_people", "definition", "remarks",
    "solid",
]  # fmt: skip
_UNITS = {48.0: "hours", 504.0: "days", 4383.0: "weeks", 52596.0: "months", float("inf"): "years"}
_THICK, _THIN = 0.75, 0.25  # heights of bars, as a multiple of the size of the text
_FAR = 3.0  # a mark that ends later than so many times the middle one is cut
_LEAST = 1 / 50  # of the axis, the shortest mark that can be told from none
_MOST_CONDITIONS = 3  # of which a title says the times
_ROOM = 1.08  # the end of the axis, as a multiple of the last mark
_WIDEST = (14.0, 8.0, 8.0)  # of the columns at the right, as a multiple of the size of the text
_BELOW = "\N{DOWNWARDS ARROW WITH TIP RIGHTWARDS} "
_ARROW = 9  # matplotlib's CARETRIGHTBASE: a triangle whose base stands at the end of the bar

_Record = dict[str, Any]


def durations(
    table: pd.DataFrame,
    *,
    axis: pd.DataFrame | None = None,
    ax: Axes | None = None,
    medium: str = "page",
    title: str = "",
) -> Chart:
    """Bars from 0 on a linear axis of time, with an arrow where observation ended before the effect did.

    A thick bar is time that the effect lasted, a thin bar time that it may have lasted
    ("up to"). Lengths of effects, times to relapse and differences between two arms stand
    apart, and so do conditions that the evidence is not about. A difference is a point, no
    bar.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.effect_durations`: kind_label, difference, direct, drug_class, label,
        figure, hours, low_hours, high_hours, censored, condition, n, shares_people,
        definition, remarks, counted, solid, citation. Rows that are not counted are not drawn, and
        the foot line says how many.
    axis : pandas.DataFrame, optional
        Rows whose axis is drawn, where the table is a part of them: the parts then agree in
        unit and limits, and bars far longer than the middle one of these rows are cut. A part
        of which every mark would be cut, or shorter than a fiftieth of that axis, has an axis
        of its own, and its foot line says so.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it the shortest and the longest time where all rows are of
        one condition, else in how many rows observation ended before the effect did.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, or more rows than the medium holds.
    """
    drawn = counted_rows(table, *_NEEDED)
    chosen = style.medium(medium)
    known = _known(drawn)
    heading = title or _finding(known)
    reaches = _reaches(known)
    limit, shared = _limit(reaches, reaches if axis is None else _reaches(_known(counted_rows(axis, *_NEEDED))))
    unit = next(unit for most, unit in _UNITS.items() if limit <= most)
    with style.applied(chosen):
        rows, kept = _rows(known)
        page = layout.Page(
            heading, _foot(known, len(table) - len(drawn), limit, shared, medium), unit,
            ("time", "condition", "people"), axes_share=0.3, above=0.3,
        )  # fmt: skip
        axes, ys = layout.place(rows, page, chosen, ax)
        _axis(axes, limit, wording.HOURS[unit])
        for y, record in zip(ys, kept):
            if record is not None:
                _mark(axes, y, record, limit)
    sentences = (_sentence(record) for record in kept if record is not None)
    return finished("durations", axes, drawn, heading, sentences, medium)


def _known(drawn: pd.DataFrame) -> pd.DataFrame:
    """The frame with names as texts, and what is not said as not so."""
    flags = {
        name: [not wording.missing(value) and bool(value) for value in drawn[name]]
        for name in ("difference", "direct", "shares_people", "solid")
    }
    return grid.named(drawn[[*_NEEDED, "citation"]], "kind_label", "drug_class", "label", "condition").assign(**flags)


def _rows(known: pd.DataFrame) -> tuple[list[layout.Row], list[_Record | None]]:
    """A heading a group; for each record a row with its mark, and below it what was timed."""
    rows: list[layout.Row] = []
    kept: list[_Record | None] = []
    for (kind, difference, direct, drug_class), group in known.groupby(
        ["kind_label", "difference", "direct", "drug_class"], sort=False
    ):
        named = wording.capital(f"difference between two arms in {kind}" if difference else kind)
        rows.append(
            layout.Row(f"{named}: {drug_class}{'' if direct else ', other conditions (indirect)'}", heading=True)
        )
        kept.append(None)
        for record in group.to_dict("records"):
            right = (_time(record).replace(" (", "\n("), record["condition"], _people(record))
            wide = (grid.wrap(text, most * style.size()) for text, most in zip(right, _WIDEST))
            rows.append(layout.Row(record["label"], tuple(wide)))
            kept.append(record)
            if about := _about(record):
                rows.append(layout.Row(f"{_BELOW}{about}", spans=True))
                kept.append(None)
    return rows, kept


def _about(record: _Record) -> str:
    """What was timed, and what else a reader must know."""
    parts = (grid.words(record[name]).removesuffix(".") for name in ("definition", "remarks"))
    return ". ".join(part for part in parts if part)


def _time(record: _Record) -> str:
    return grid.words(record["figure"]) or "not given"


def _people(record: _Record) -> str:
    return (wording.number(record["n"]) or "not given") + (" *" if record["shares_people"] else "")


def _ends(record: _Record) -> tuple[float | None, float | None, float | None]:
    """Low, point and high in hours, None where it is not known."""
    low, point, high = (
        None if wording.missing(record[name]) else float(record[name]) for name in ("low_hours", "hours", "high_hours")
    )
    return low, point, high


def _lasted(record: _Record) -> tuple[float, float, bool]:
    """How long the effect lasted for sure, how long at most, and whether observation ended before it did."""
    low, point, high = _ends(record)
    ended = record["censored"] == "right" or (low is not None and point is None and high is None)
    longest = low is None and high is not None and not ended
    sure = next((end for end in (point, low, high) if end is not None), 0.0)
    reach = next((end for end in (point, high, low) if end is not None), 0.0)
    return 0.0 if longest else sure, reach, ended


def _reach(record: _Record) -> float:
    """Where the mark of a record ends."""
    return max((end for end in _ends(record) if end is not None), default=0.0)


def _reaches(known: pd.DataFrame) -> list[float]:
    return sorted(map(_reach, known.to_dict("records")))


def _limit(reaches: Sequence[float], whole: Sequence[float]) -> tuple[float, bool]:
    """Where the axis ends, and whether the whole has the same one: not if it would show no mark of these."""
    timed, limit = [reach for reach in reaches if reach], _end(whole)
    shared = not timed or any(_LEAST * limit <= reach <= limit for reach in timed)
    return (limit if shared else _end(reaches)), shared


def _end(reaches: Sequence[float]) -> float:
    """The longest mark, without those that are far longer than the middle one, which are cut."""
    far = _FAR * reaches[len(reaches) // 2]
    return max(reach for reach in reaches if not far or reach <= far) or 1.0


def _axis(ax: Axes, limit: float, factor: float) -> None:
    from matplotlib.ticker import MaxNLocator

    end = _ROOM * limit
    ax.set_xlim(0, end)
    ticks = [
        tick
        for tick in MaxNLocator(5, integer=True, steps=[1, 2, 4, 5, 10]).tick_values(0, end / factor)
        if 0 <= tick <= end / factor
    ]
    ax.set_xticks([tick * factor for tick in ticks], [wording.number(tick) for tick in ticks])


def _mark(ax: Axes, y: float, record: _Record, limit: float) -> None:
    low, point, high = _ends(record)
    looks: dict[str, Any] = {"color": style.colour("C0" if record["direct"] else "C6")}
    looks["markerfacecolor"] = looks["color"] if record["solid"] else style.paper()
    if record["difference"]:
        if low is not None and high is not None:
            ax.plot((low, high), (y, y), color=looks["color"])
        if point is not None:
            ax.plot(point, y, "D", **looks)
        return
    sure, reach, ended = _lasted(record)
    text = text_height(ax)
    for left, right, height in [(0.0, sure, _THICK), (sure, reach, _THIN)]:
        if min(right, limit) > left:
            ax.barh(
                y, min(right, limit) - left, height * text, left, facecolor=looks["markerfacecolor"],
                edgecolor=looks["color"], linewidth=0.1 * style.size(),
            )  # fmt: skip
    if ended:
        ax.plot(min(reach, limit), y, marker=_ARROW, markersize=0.9 * style.size(), clip_on=False, **looks)
    if reach > limit:
        for at in (0.93, 0.95):
            ax.plot((at * limit, (at + 0.01) * limit), (y + text, y - text), color=style.paper())
    if point is not None and low is not None and high is not None:
        ax.plot((low, high), (y, y), color=style.ink(), marker="|")


def _finding(known: pd.DataFrame) -> str:
    """Shortest and longest of one drug and condition; else in how many rows observation ended first."""
    lengths = known[~known.difference]
    conditions = list(dict.fromkeys(known.condition))
    one = wording.capital(conditions[0]) + ("" if known.direct.all() else " (indirect)")
    if len(conditions) == 1 and len(lengths) and known.drug_class.nunique() == 1:
        parts = [_shortest_longest(kind, group) for kind, group in lengths.groupby("kind_label", sort=False)]
        return f"{one}: {'; '.join(parts)}"
    if len(known) == 1:
        return f"{one}: {known.kind_label.iloc[0]} differs by {_time(known.iloc[0].to_dict())} between two arms"
    kinds = list(dict.fromkeys(lengths.kind_label))
    what = kinds[0] if len(kinds) == 1 else "how long an effect lasted"
    where = wording.capital(what) if len(conditions) > 1 else f"{one}, {what}"
    ended = [_lasted(record)[2] for record in lengths.to_dict("records")]
    if any(ended):
        return (
            f"{where}: in {sum(ended)} of {wording.counted(len(ended), 'row')} observation ended before the effect did"
        )
    if len(kinds) == 1 and lengths.drug_class.nunique() == 1 and len(conditions) <= _MOST_CONDITIONS:
        parts = [
            _shortest_longest(name if group.direct.all() else f"{name} (indirect)", group)
            for name, group in lengths.groupby("condition", sort=False)
        ]
        return f"{where}: {'; '.join(parts)}"
    return f"{where}: {wording.counted(len(known), 'row')} in {wording.listed(conditions)}"


def _shortest_longest(kind: Any, group: pd.DataFrame) -> str:
    records = sorted(group.to_dict("records"), key=_reach)
    first, last = (_time(records[at]).partition(" (")[0] + _beside(records[at]) for at in (0, -1))
    if len(records) == 1:
        people = "" if wording.missing(records[0]["n"]) else f", {wording.counted(records[0]['n'], 'person', 'people')}"
        return f"{kind} {first} in one row{people}"
    return f"{kind} {first}" if first == last else f"{kind}, shortest {first}, longest {last}"


def _beside(record: _Record) -> str:
    """What was given with the drug while the time was measured, such as a psychotherapy."""
    return "".join(record["label"].partition(" with ")[1:])


def _foot(known: pd.DataFrame, left_out: int, limit: float, shared: bool, medium: str) -> str:
    bars = [_lasted(record) for record in known[~known.difference].to_dict("records")]
    rows = wording.counted(left_out, "row")
    notes = {
        "▶ observation ended: the effect may have lasted longer": any(ended for _, _, ended in bars),
        "thin bar: up to": any(reach > sure for sure, reach, _ in bars),
        "◆ a difference, no length of time": known.difference.any(),
        "//: the bar is cut, its length stands at the right": _reaches(known)[-1] > limit,
        "scale differs from the other parts": not shared,
        "* shares people with another row": known.shares_people.any(),
        "indirect: conditions that the evidence is not about": not known.direct.all(),
        grid.HOLLOW: not known.solid.all(),
        f"not drawn: {rows} of people who are in another row or whose source is retracted": left_out,
    }
    said = wording.capital("; ".join(note for note, holds in notes.items() if holds))
    return (f"{said}.\n" if said else "") + sources_line(sources_of(known), medium)


def _sentence(record: _Record) -> str:
    n = record["n"]
    people = "" if wording.missing(n) else f", {wording.counted(int(n), 'person', 'people')}"
    what = f"difference in {record['kind_label']}" if record["difference"] else record["kind_label"]
    about = _about(record)
    return f"{record['label']} ({record['condition']}{people}): {_time(record)}, {what}{': ' if about else ''}{about}."
