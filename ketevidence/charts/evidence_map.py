"""Where there are studies and where there are none: conditions by kinds of design."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid
from ketevidence.charts.result_marks import DIAMETER, RESULTS, explained, result_mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BUBBLE = 2.5  # diameter of the largest, as a multiple of the size of the text
_COLUMN = 16.0  # width of a column that has room, likewise
_SMALLEST = 0.15  # diameter that can be seen, likewise
_BESIDE = 0.6  # from a bubble to its words, from a mark to its count, likewise
_PITCH = 1.5  # from one line of marks to the next, likewise
_SPARE = 0.2  # lines of a row of `layout` beyond those of its texts
_EMPTY = "no study"
_LEAST = "\N{GREATER-THAN OR EQUAL TO}"
_JOINT = "\N{NO-BREAK SPACE}"
_DASHED = (0, (2, 1.4))
_CONTROLLED, _SILENT = "randomised", "unpublished"

_Record = dict[str, Any]


@dataclass(frozen=True)
class _Cell:
    """What stands in a cell: its words with line breaks, and its results with the place and line of each."""

    record: _Record
    words: tuple[str, ...]
    results: tuple[tuple[str, str, float, int], ...] = ()

    @property
    def height(self) -> float:
        """As a multiple of the size of the text."""
        return len(self.words) * grid.PITCH + max((line + 1 for *_, line in self.results), default=0) * _PITCH


def evidence_map(table: pd.DataFrame, *, ax: Axes | None = None, medium: str = "page", title: str = "") -> Chart:
    """Conditions by kinds of design: a bubble as large as the people, marks for the results, gaps that say so.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.evidence_map`, conditions and groups in the order in which they are
        drawn: condition, label, group, group_label, studies, people, people_known,
        positive, mixed, null, negative, no_comparison, solid, citation.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it which conditions have no published randomised trial.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, two rows for one cell, or more conditions than the medium holds.
    """
    drawn = counted_rows(table, "condition", "label", "group", "studies", "people", *RESULTS)
    chosen = style.medium(medium)
    known = grid.named(drawn, "condition", "label", "group", "group_label")
    heading = title or _finding(known)
    labels, groups = dict(zip(known.condition, known.label)), dict(zip(known.group, known.group_label))
    found = grid.cells(known, ("condition",), "group")
    most = max((_people(record) for record in found.values()), default=0)
    with style.applied(chosen):
        columns = _columns(list(labels.values()), list(groups), found, chosen, ax)
        names = grid.head(list(groups.values()), columns, chosen)
        rows = [
            [None if (name, group) not in found else _cell(found[name, group], wide)
             for group, wide in zip(groups, columns.widths)]
            for name in labels
        ]  # fmt: skip
        lines = [_lines(row, label, columns, chosen) for row, label in zip(rows, labels.values())]
        page = layout.Page(heading, _foot(drawn, medium))
        axes, ys = grid.place([("", names.lines), *zip(labels.values(), lines)], columns, page, chosen, ax)
        grid.write_head(axes, ys[0], names, columns, chosen)
        for y, row, high in zip(ys[1:], rows, lines):
            for cell, x, wide in zip(row, columns.centres, columns.widths):
                if cell is not None:
                    _draw(axes, (x - wide / 2, y), (wide, high * grid.line_height(chosen)), cell, most)
    return finished("evidence_map", axes, drawn, heading, map(_sentence, known.to_dict("records")), medium)


def _people(record: _Record) -> int:
    return 0 if wording.missing(record["people"]) else int(record["people"])


def _left() -> float:
    """Points of a cell that stay free for its bubble."""
    return grid.PADDING + (_BUBBLE + _BESIDE) * style.size()


def _columns(
    labels: list[str], groups: list[str], found: dict[tuple[Any, ...], _Record], medium: style.Medium, ax: Axes | None
) -> grid.Columns:
    """Columns as wide as the words of their cells in one line, and the results in another."""
    needs = []
    for group in groups:
        records = [record for (_, own), record in found.items() if own == group]
        widths = [max(grid.width(_counts(record)), _flow(record, inf)[1]) for record in records]
        needs.append(max(_left() + max(widths), 1.1 * grid.width(_EMPTY)) + 2 * grid.PADDING)  # the latter in italics
    wishes = [max(need, _COLUMN * style.size()) + 2 * style.size() for need in needs]
    return grid.measure(labels, needs, wishes, medium, ax)


def _cell(record: _Record, wide: float) -> _Cell:
    room = wide - _left() - grid.PADDING + 0.01
    words = grid.wrap(_counts(record) or _EMPTY, room)
    return _Cell(record, tuple(words.split("\n")), _flow(record, room)[0])


def _flow(record: _Record, room: float) -> tuple[tuple[tuple[str, str, float, int], ...], float]:
    """The results of a cell: name, words beside its mark, points from the left, line; the width of the widest line."""
    mark, gap = DIAMETER * style.size(), 0.5 * _BESIDE * style.size()
    shown = [(name, wording.number(record[name])) for name in RESULTS if _count(record, name)]
    if _count(record, "no_comparison"):
        words = f"{wording.number(record['no_comparison'])} no comparison"
        shown += [("", part) for part in (grid.wrap(words, room) if room < inf else words).split("\n")]
    placed: list[tuple[str, str, float, int]] = []
    x, line, widest = 0.0, 0, 0.0
    for name, words in shown:
        long = (mark + gap if name else 0) + grid.width(words)
        if x and x + long > room:
            x, line = 0.0, line + 1
        placed.append((name, words, x, line))
        widest = max(widest, x + long)
        x += long + 4 * gap
    return tuple(placed), widest


def _count(record: _Record, name: str) -> int:
    return 0 if wording.missing(record.get(name)) else int(record[name])


def _counts(record: _Record) -> str:
    """Studies and people of a cell in words; nothing where there is no study."""
    studies = _count(record, "studies")
    if not studies:
        return ""
    people = _people(record)
    least = "" if _count(record, "people_known") >= studies else f"{_LEAST} "
    known = f"{least}{wording.counted(people, 'person', 'people')}" if people else "? people"
    return f"{wording.counted(studies, 'study', 'studies')}, {known.replace(' ', _JOINT)}"


def _lines(row: list[_Cell | None], label: str, columns: grid.Columns, medium: style.Medium) -> int:
    """Lines of a row: those of its longest cell or its label, two where a bubble needs them."""
    cells = [cell for cell in row if cell is not None]
    bubble = 2 if any(_people(cell.record) for cell in cells) else 1
    written = (ceil(cell.height / medium.line - _SPARE) for cell in cells)
    return max([grid.wrap(label, columns.label).count("\n") + 1, bubble, *written])


def _draw(ax: Axes, corner: tuple[float, float], extent: tuple[float, float], cell: _Cell, most: int) -> None:
    """A bubble with its words and marks at the right; a dashed frame where there is no study."""
    (x, y), size = corner, style.size()
    if not _count(cell.record, "studies"):
        _gap(ax, corner, extent)
        return
    _bubble(ax, (x + grid.PADDING + 0.5 * _BUBBLE * size, y), cell.record, most)
    left, top = x + _left(), 0.5 * cell.height * size
    grid.write(ax, (left, y), "\n".join(cell.words), top - 0.5 * grid.PITCH * size, ha="left")
    for name, words, right, line in cell.results:
        up = top - (len(cell.words) * grid.PITCH + (line + 0.5) * _PITCH) * size
        if name:
            result_mark(ax, (left + right + 0.5 * DIAMETER * size, y), name, style.ink(), up=up)
            right += (DIAMETER + 0.5 * _BESIDE) * size
        grid.write(ax, (left + right, y), words, up, ha="left")


def _gap(ax: Axes, corner: tuple[float, float], extent: tuple[float, float]) -> None:
    from matplotlib.patches import Rectangle

    (x, y), (wide, high) = corner, extent
    ax.add_patch(Rectangle(
        (x + 1, y - high / 2), wide - grid.PADDING - 1, high, clip_on=False, facecolor="none",
        edgecolor=style.soft(), linestyle=(0, (4, 3)), linewidth=0.08 * style.size(),
    ))  # fmt: skip
    grid.write(ax, (x + wide / 2, y), _EMPTY, 0, style="italic", color=style.soft())


def _bubble(ax: Axes, middle: tuple[float, float], record: _Record, most: int) -> None:
    """A circle whose area shows the people; dashed where no result is published, hollow where it is not solid."""
    people, size = _people(record), style.size()
    if not people:
        return
    colour = style.colour("C0" if record["group"] == _CONTROLLED else "C6")
    silent, across = record["group"] == _SILENT, max(_BUBBLE * (people / most) ** 0.5, _SMALLEST) * size
    ax.scatter(
        *middle, s=across**2, clip_on=False, zorder=2, edgecolors=colour,
        facecolors=colour if grid.solid(record) and not silent else style.paper(),
        linewidths=0.08 * size, linestyles=_DASHED if silent and across > size / 2 else "solid",
    )  # fmt: skip


def _finding(drawn: pd.DataFrame) -> str:
    """The conditions without a published randomised trial of their own."""
    trials = drawn[drawn.group == _CONTROLLED]
    lacking = list(dict.fromkeys(_line(label) for label in trials.label[trials[list(RESULTS)].sum(axis=1) == 0]))
    conditions = drawn.condition.nunique()
    if trials.empty or (not lacking and conditions == 1):
        return f"What has been studied: {wording.listed(dict.fromkeys(map(_line, drawn.label)))}"
    if not lacking:
        return f"Each of these {conditions} conditions has a published randomised trial in the tables"
    own = "its own" if len(lacking) == 1 else "their own"
    return f"No published randomised trial of {own} in the tables: {wording.listed(lacking)}"


def _line(label: str) -> str:
    return " ".join(label.split())


def _foot(drawn: pd.DataFrame, medium: str) -> str:
    seen = [name for name in RESULTS if drawn[name].sum() > 0]
    silent = (drawn.group == _SILENT) & drawn.people.gt(0).fillna(False)
    notes = [
        f"{explained(seen)} primary result, perhaps of a mechanism" if seen else "",
        f"circle: people ({'dashed: unpublished; ' if silent.any() else ''}{grid.UNSEEN})",
        f"{_LEAST} or ?: some not given" if (drawn.people_known < drawn.studies).any() else "",
        "the same people count once in a cell",
    ]
    if "shared_with" in drawn and drawn.shared_with.notna().any():
        notes.append("some cells share people")
    if not all(map(grid.solid, drawn.to_dict("records"))):
        notes.append(grid.SECOND_HAND)
    return "; ".join(note for note in notes if note) + ".\n" + sources_line(sources_of(drawn), medium)


def _sentence(record: _Record) -> str:
    results = [f"{wording.number(record[name])} {name}" for name in RESULTS if _count(record, name)]
    if _count(record, "no_comparison"):
        results.append(f"{wording.number(record['no_comparison'])} no comparison")
    said = _counts(record).replace(_JOINT, " ").replace(_LEAST, "at least").replace("? people", "people not given")
    return f"{record['label']}, {record['group_label']}: {said or _EMPTY}{'; ' if results else ''}{', '.join(results)}."
