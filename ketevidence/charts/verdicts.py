"""The board of statements: what the article says, and what the evidence makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {"agrees": "C2", "in-part": "C0", "disagrees": "C1", "open": "C6"}
_SIDES = ((-1, "contradicts", "C1", "right"), (1, "supports", "C0", "left"))


def verdicts(
    table: pd.DataFrame,
    *,
    axis: pd.DataFrame | None = None,
    ax: Axes | None = None,
    medium: str = "page",
    title: str = "",
) -> Chart:
    """One row a statement: verdict in sign, word and colour, claims against and for, certainty.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.statements`: statement_id, statement, verdict_label,
        verdict_symbol, verdict_role, certainty_label, certainty_level, supports,
        contradicts, citation.
    axis : pandas.DataFrame, optional
        Rows whose axis is drawn, where the table is a part of them: the parts then agree.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it the number of verdicts of each kind.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, or more rows than the medium holds.
    """
    drawn = counted_rows(table)
    known = grid.named(drawn, "statement", "verdict_label")
    records = known.to_dict("records")
    chosen = style.medium(medium)
    heading = title or _finding(known)
    with style.applied(chosen):
        rows = [_row(record) for record in records]
        page = layout.Page(
            heading,
            _foot(drawn, medium),
            "claims against (left) and for (right)",
            ("verdict", "certainty"),
            0.4,
        )
        axes, ys = layout.place(rows, page, chosen, ax)
        for y, record in zip(ys, records):
            _bar(axes, y, record)
        _axis(axes, drawn if axis is None else counted_rows(axis), ys)
    return finished("verdicts", axes, drawn, heading, map(_sentence, records), medium)


def _row(record: dict[str, Any]) -> layout.Row:
    verdict = f"{grid.words(record['verdict_symbol'])} {record['verdict_label']}".strip()
    colour = style.legible(_COLOURS.get(record["verdict_role"], "C6"))
    label = f"{record['statement_id']}  {record['statement']}"
    return layout.Row(label, (verdict, _certainty(record)), colours=(colour,))


def _certainty(record: dict[str, Any]) -> str:
    level = 0 if wording.missing(record["certainty_level"]) else int(record["certainty_level"])
    return f"{wording.certainty(level)} {_rated(record)}"


def _rated(record: dict[str, Any]) -> str:
    return grid.words(record["certainty_label"]) or "not rated"


def _bar(ax: Axes, y: float, record: dict[str, Any]) -> None:
    size = style.size()
    for side, name, colour, align in _SIDES:
        count = int(record[name])
        if count:
            ax.barh(
                y,
                side * count,
                height=0.8 * size,
                color=style.colour(colour),
                hatch="//" if side < 0 else None,
                edgecolor=style.paper(),
                linewidth=0,
            )
        ax.annotate(str(count), (side * count, y), (side * 3, 0), textcoords="offset points", ha=align, va="center")


def _axis(ax: Axes, whole: pd.DataFrame, ys: list[float]) -> None:
    """Room for the longest bar of the whole on each side, lines between the rows."""
    reach = max(int(whole.supports.max()), int(whole.contradicts.max()), 1)
    ax.set_xlim(-2.2 * max(int(whole.contradicts.max()), 0.25 * reach), 1.6 * reach)
    ax.axvline(0, color=style.soft(), linewidth=0.8)
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    for upper, lower in zip(ys, ys[1:]):
        ax.axhline((upper + lower) / 2, color=style.faint(), linewidth=0.6, zorder=0)


def _finding(drawn: pd.DataFrame) -> str:
    counts = drawn.verdict_label.value_counts()
    order = drawn.sort_values("verdict").verdict_label.drop_duplicates()
    if len(order) == 1:
        every = {1: "", 2: "both "}.get(len(drawn), "all ")
        return f"{wording.counted(len(drawn), 'statement')}: {every}{order.iloc[0]}"
    parts = wording.listed(f"{counts[label]} {label}" for label in order)
    return f"{wording.counted(len(drawn), 'statement')}: {parts}"


def _foot(drawn: pd.DataFrame, medium: str) -> str:
    return (
        "Verdicts and certainty are the curators' judgements; bars count linked claims, which differ in weight. "
        f"Certainty: {wording.certainty(1)} very low to {wording.certainty(4)} high.\n"
        + sources_line(sources_of(drawn), medium)
    )


def _sentence(record: dict[str, Any]) -> str:
    return (
        f"{record['statement_id']}, {record['statement'].rstrip('.')}: {record['verdict_label']}, "
        f"certainty {_rated(record)}, {wording.counted(record['supports'], 'claim')} for, "
        f"{record['contradicts']} against."
    )
