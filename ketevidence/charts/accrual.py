"""How people in randomised trials added up: a step line for each condition, a mark for each trial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid
from ketevidence.charts.accrual_places import Line, Plane, all_stand, apart, levels
from ketevidence.charts.result_marks import DIAMETER, explained, result_mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABEL = 0.28  # share of the width that the labels of the lines may take
_LEADER = 1.8  # from the end of a line to its label, as a multiple of the size of the text
_HIGH = 28.0  # of the axes on a page at least, likewise
_APART = 1.12  # from the middle of a mark to that of the next at least, as a multiple of a mark
_GROWTH = [1.4**step for step in range(6)]  # of the axes on a page, until all marks stand apart
_DASHES: list[Any] = [(0, ()), (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1.5, 1, 1.5))]
_LEAST = "at least "
_NEEDED = ("condition", "condition_label", "label", "year", "people", "cumulative", "primary_result", "result_label",
           "left_out")  # fmt: skip


def accrual(table: pd.DataFrame, *, ax: Axes | None = None, medium: str = "page", title: str = "") -> Chart:
    """People in randomised trials, added up over the years; the sign of a mark is the result of the trial.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.accrual`, those of a condition in the order in which they add up:
        condition, condition_label, label, year, people, cumulative, primary_result,
        result_label, counted, left_out, solid, citation. Rows that are not counted, or have
        no year, are not drawn, and the foot line says how many and why; a trial without a
        year makes the sum of its condition a least one.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it how many people there are in which condition.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, or more trials or conditions than can stand apart in the medium.
    """
    counted = counted_rows(table, *_NEEDED)
    drawn = counted_rows(counted[counted.year.notna() & counted.cumulative.notna()], *_NEEDED)
    chosen = style.medium(medium)
    known = grid.named(drawn, "condition", "condition_label", "label", "result_label")
    ordered = known.sort_values("year", kind="stable").groupby("condition", sort=False)
    lines = sorted((own.to_dict("records") for _, own in ordered), key=_smallness)
    rest = counted[counted.year.isna() | counted.cumulative.isna()]
    totals = [_total(line, set(rest.condition)) for line in lines]
    heading = title or _finding(lines, totals)
    with style.applied(chosen):
        labels = [_label(line, total, chosen, ax) for line, total in zip(lines, totals)]
        beside = max(grid.width(label) for label in labels) + _LEADER * style.size()
        page = layout.Page(heading, _foot(table, drawn, medium), "year of publication",
                           y_label="people, added up", beside=beside, above=0.3)  # fmt: skip
        ticks = _ticks(max(line[-1]["cumulative"] for line in lines))
        axes, plane, marks = _axes(lines, labels, ticks, page, chosen, ax)
        for place, (line, years) in enumerate(zip(lines, marks)):
            _draw(axes, line, years, plane.years[1], place)
        _write(axes, lines, labels, plane, chosen)
    return finished("accrual", axes, drawn, heading, map(_sentence, known.to_dict("records")), medium, _rest(table))


def _smallness(line: Line) -> float:
    return -float(line[-1]["cumulative"])


def _total(line: Line, lacking: set[str]) -> str:
    """People of a condition; at least so many where a trial has no number, or no place on the line."""
    people = int(line[-1]["cumulative"])
    if line[0]["condition"] not in lacking and not any(wording.missing(record["people"]) for record in line):
        return wording.counted(people, "person", "people")
    return f"{_LEAST}{wording.counted(people, 'person', 'people')}" if people else "people not given"


def _label(line: Line, total: str, medium: style.Medium, ax: Axes | None) -> str:
    """Condition, people and trials, in lines."""
    wide = layout.room([], layout.Page("", ""), medium, ax)
    return grid.wrap(f"{line[0]['condition_label']}\n{total}, {wording.counted(len(line), 'trial')}", _LABEL * wide)


def _ticks(most: float) -> dict[float, str]:
    """Round numbers of people from 0 up, at most five steps."""
    power = 10 ** floor(log10(max(most, 1)))
    step = max(1, next(part * power for part in (0.2, 0.5, 1, 2) if most / (part * power) <= 5))
    return {tick * step: wording.number(tick * step) for tick in range(int(most / step) + 1)}


def _axes(
    lines: Sequence[Line], labels: Sequence[str], ticks: dict[float, str], page: layout.Page, medium: style.Medium,
    ax: Axes | None,
) -> tuple[Axes, Plane, list[list[float]]]:  # fmt: skip
    """Axes on which labels and marks stand apart, and where these stand; on a page as high as that takes.

    Raises
    ------
    layout.TooManyRows
        They do not.
    """
    heights = [_height(label, medium) for label in labels]
    wide = layout.room([layout.Row(label) for label in ticks.values()], page, medium, ax)
    least = max(_HIGH * style.size(), sum(heights))
    distance = _APART * DIAMETER * style.size()
    grown = [step * least for step in _GROWTH]
    most = next(
        (high for high in grown if all_stand(lines, apart(lines, _plane(lines, (wide, high)), distance))), least
    )
    axes, wide = layout.plane(ticks, page, medium, ax, most)
    plane = _plane(lines, (wide, _points_high(axes, ax is not None)))
    marks = apart(lines, plane, distance)
    if not all_stand(lines, marks):
        raise layout.TooManyRows(_refusal(medium, sum(map(len, marks)), f"{sum(map(len, lines))} trials"))
    if sum(heights) > plane.size[1] + 1:
        holds = int(len(lines) * plane.size[1] / sum(heights))
        raise layout.TooManyRows(_refusal(medium, holds, f"{len(lines)} conditions"))
    _dress(axes, plane)
    return axes, plane, marks


def _dress(ax: Axes, plane: Plane) -> None:
    """Ranges, years and lines of the grid."""
    ax.set_xlim(plane.years)
    ax.set_ylim(plane.people)
    years = _year_ticks(plane)
    ax.set_xticks(years, [str(year) for year in years])
    ax.grid(axis="y")
    ax.set_axisbelow(True)


def _refusal(medium: style.Medium, holds: int, those: str) -> str:
    other = ", or the medium 'page'" if medium.height else ""
    return f"a {medium.name} holds about {holds} of these {those} at a readable size; choose fewer conditions{other}"


def _height(label: str, medium: style.Medium) -> float:
    return (label.count("\n") + 1.4) * grid.line_height(medium)


def _points_high(ax: Axes, given: bool) -> float:
    """Height of the axes; those that were given get theirs from the layout of their figure."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    if given:
        figure.draw_without_rendering()
    return float(figure.get_figheight()) * 72 * ax.get_position().height


def _plane(lines: Sequence[Line], size: tuple[float, float]) -> Plane:
    years = [int(record["year"]) for line in lines for record in line]
    most = max(max(float(line[-1]["cumulative"]) for line in lines), 1.0)
    spare = 0.8 * DIAMETER * style.size() / size[1] * most
    return Plane((min(years) - 0.7, max(years) + 0.7), (-spare, most + 2 * spare), size)


def _year_ticks(plane: Plane) -> list[int]:
    (first, last), wide = plane.years, plane.size[0]
    need = (style.width("2000", style.size()) + style.size()) / wide * (last - first)
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100) if step >= need), 1000)
    return [year for year in range(ceil(first), floor(last) + 1) if year % step == 0] or [ceil(first)]


def _draw(ax: Axes, line: Line, years: Sequence[float], end: float, place: int) -> None:
    """A line that steps up at each trial, and its marks."""
    colour = style.colour(f"C{place}")
    totals = [float(record["cumulative"]) for record in line]
    ax.plot(
        [years[0], *years, end], [0, *totals, totals[-1]], color=colour, drawstyle="steps-post", zorder=2,
        linestyle=_DASHES[place % len(_DASHES)], linewidth=0.14 * style.size(), clip_on=False,
    )  # fmt: skip
    for year, total, record in zip(years, totals, line):
        result_mark(ax, (year, total), record["primary_result"], colour, solid=grid.solid(record))


def _write(ax: Axes, lines: Sequence[Line], labels: Sequence[str], plane: Plane, medium: style.Medium) -> None:
    """The labels at the ends of the lines, moved up or down so that they stand apart, with a line to each."""
    ends = [plane.points(plane.years[1], float(line[-1]["cumulative"]))[1] for line in lines]
    heights = [_height(label, medium) for label in labels]
    size = style.size()
    for place, (end, middle) in enumerate(zip(ends, levels(ends, heights, plane.size[1]))):
        foot, colour = (1, end / plane.size[1]), style.colour(f"C{place}")
        for right, words, arrow in ((_LEADER * size, "", True), ((_LEADER + 0.3) * size, labels[place], False)):
            ax.annotate(
                words, foot, (right, middle - end), xycoords="axes fraction", textcoords="offset points", va="center",
                arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.1 * size, "shrinkA": 0, "shrinkB": 0}
                if arrow else None, annotation_clip=False,
            )  # fmt: skip


def _finding(lines: Sequence[Line], totals: Sequence[str]) -> str:
    """Where most people are in trials, and how many there are elsewhere."""
    most, *others = lines
    name = _name(most[0])
    trials = wording.counted(len(most), "published randomised trial")
    first = f"{wording.capital(name)}: {totals[0]} in {trials}"
    if not others:
        years = wording.span(int(most[0]["year"]), int(most[-1]["year"]), str)
        return f"{first}, {years}"
    if len(others) == 1:
        return f"{first}; {_name(others[0][0])}: {totals[1]} in {len(others[0])}"
    span = wording.span(int(others[-1][-1]["cumulative"]), int(others[0][-1]["cumulative"]))
    known = all(total[:1].isdigit() for total in totals[1:])
    return f"{first}; the {len(others)} other conditions drawn: {'' if known else _LEAST}{span} each"


def _name(record: dict[str, Any]) -> str:
    """The condition in one line."""
    return " ".join(str(record["condition_label"]).split())


def _foot(table: pd.DataFrame, drawn: pd.DataFrame, medium: str) -> str:
    notes = [
        f"{explained(drawn.primary_result)} primary result, perhaps of a mechanism",
        f"a step: new people of a trial ({grid.UNSEEN})",
    ]
    if not all(map(grid.solid, drawn.to_dict("records"))):
        notes.append(grid.SECOND_HAND)
    if left_out := _left_out(table):
        notes.append(f"not drawn: {left_out}")
    return "; ".join(notes) + ".\n" + sources_line(sources_of(drawn), medium)


def _rest(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that are not drawn."""
    nowhere = table.year.isna() | table.cumulative.isna()
    return table[nowhere | ~table.counted.astype(bool)] if "counted" in table else table[nowhere]


def _left_out(table: pd.DataFrame) -> str:
    """How many rows are not drawn, by reason and condition."""
    rest = _rest(table)
    reasons = rest.left_out.astype("string").fillna("without a year")
    written = []
    for reason, own in rest.groupby(reasons, sort=True):
        where = ", ".join(f"{name} {number}" for name, number in Counter(own.condition.map(grid.key)).items())
        several = table.condition.nunique() > 1
        written.append(f"{wording.number(len(own))} {reason}" + (f" ({where})" if several else ""))
    return ", ".join(written)


def _sentence(record: dict[str, Any]) -> str:
    people = wording.counted(int(record["people"]), "person", "people") if not wording.missing(record["people"]) else (
        "people not given")  # fmt: skip
    total = wording.number(record["cumulative"])
    return (
        f"{record['label']}, {_name(record)}, {int(record['year'])}: "
        f"{record['result_label']}, {people}, {total} in all."
    )
