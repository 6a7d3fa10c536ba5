"""Shares of people whom a treatment did not help, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKS = {"drug": ("o", "C0", "●"), "placebo": ("s", "C1", "■"), "psychotherapy": ("^", "C2", "▲"),
          "combination": ("P", "C3", "✚")}  # fmt: skip
_OTHER = ("D", "C6", "◆")
_NAMES = {"drug": "usual drug"}
_NEEDED = [
    "kind_label", "design", "condition", "arm", "label", "proportion", "low", "high", "interval", "n", "solid",
]  # fmt: skip
_DESIGNS = {
    "trial arm": "arms of randomised trials",
    "pooled": "pooled over trials",
    "no control": "without a control group",
    "statement": "said without data",
}


def rates(
    table: pd.DataFrame,
    *,
    stated: pd.DataFrame | None = None,
    ax: Axes | None = None,
    medium: str = "page",
    title: str = "",
) -> Chart:
    """Dots and intervals of proportions, grouped by what was counted and by design.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.resistance_rates`: kind_label, design, condition, arm, label,
        proportion, low, high (0 to 1), interval, events_basis, n, counted, solid,
        citation. Rows that are not counted (the same people stand in another row) are not
        drawn, and the foot line says how many.
    stated : pandas.DataFrame, optional
        Rows of `tables.statements` with a proportion: drawn as reference lines where all
        rows are of the condition stated.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it the ranges in randomised trials, where all rows are of
        one condition.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, or more rows than the medium holds.
    """
    drawn = counted_rows(table)
    known = grid.named(drawn, "kind_label", "design", "condition", "arm", "label")
    chosen = style.medium(medium)
    heading = title or _finding(known)
    rows, kept = _rows(known)
    with style.applied(chosen):
        page = layout.Page(
            heading, _foot(known, len(table) - len(drawn), medium), "share of people not helped",
            ("share (95% interval)", "people"),
        )  # fmt: skip
        axes, ys = layout.place(rows, page, chosen, ax)
        for y, record in zip(ys, kept):
            if record is not None:
                _mark(axes, y, record)
        beside = _stated(stated, set(known.condition))
        _references(axes, beside)
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], [wording.percent(x) for x in (0, 0.25, 0.5, 0.75, 1)])
    sentences = (_sentence(record) for record in kept if record is not None)
    return finished("rates", axes, drawn, heading, sentences, medium, *beside)


def _rows(drawn: pd.DataFrame) -> tuple[list[layout.Row], list[dict[str, Any] | None]]:
    rows: list[layout.Row] = []
    kept: list[dict[str, Any] | None] = []
    several = drawn.condition.nunique() > 1
    for (kind, design, condition), group in drawn[_NEEDED].groupby(["kind_label", "design", "condition"], sort=False):
        where = f", {condition}" if several else ""
        rows.append(layout.Row(f"{kind}{where}: {_DESIGNS.get(design, design)}", heading=True))
        kept.append(None)
        for record in group.to_dict("records"):
            n = wording.number(record["n"]) or "not read"
            rows.append(layout.Row(record["label"], (_figure(record), n)))
            kept.append(record)
    return rows, kept


def _figure(record: dict[str, Any]) -> str:
    limits = wording.span(record["low"], record["high"], wording.percent)
    if wording.missing(record["proportion"]):
        return limits or "no figure"
    return wording.percent(record["proportion"]) + (f" ({limits})" if limits else "")


def _mark(ax: Axes, y: float, record: dict[str, Any]) -> None:
    marker, name, _ = _MARKS.get(record["arm"], _OTHER)
    colour = style.colour(name)
    low, high = record["low"], record["high"]
    if not (wording.missing(low) and wording.missing(high)):
        ends = (0 if wording.missing(low) else low, 1 if wording.missing(high) else high)
        dashed = record["interval"] != "Wilson 95%"
        ax.plot(ends, (y, y), color=colour, linestyle=(0, (2, 1.5)) if dashed else "-", solid_capstyle="butt")
    if not wording.missing(record["proportion"]):
        face = colour if grid.solid(record) else style.paper()
        ax.plot(record["proportion"], y, marker, color=colour, markerfacecolor=face, clip_on=False)


def _stated(stated: pd.DataFrame | None, conditions: set[str]) -> list[pd.DataFrame]:
    """The statements to draw as lines: shares of people who have the one condition of all rows."""
    if stated is None:
        return []
    own = stated.condition.map(lambda condition: {grid.key(condition)} == conditions).astype(bool)
    lines = stated[own & (stated.measure == "proportion")]
    return [lines] if len(lines) else []


def _references(ax: Axes, beside: list[pd.DataFrame]) -> None:
    for record in (record for frame in beside for record in frame.to_dict("records")):
        ax.axvline(record["value"], color=style.soft(), linestyle=(0, (5, 3)), zorder=0.9)
        ax.annotate(
            f"{record['citation']}: {record['figure']}", (record["value"], 1), (0, 2),
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="center", va="bottom",
        )  # fmt: skip


def _finding(drawn: pd.DataFrame) -> str:
    """What the arms of randomised trials say, treated and placebo apart; else what is drawn."""
    trials = drawn[drawn.design == "trial arm"]
    arms = _paired(trials)
    found = []
    for kind, group in list(arms.groupby("kind_label", sort=False))[:2]:
        sides = [("usual treatment", group[group.arm != "placebo"]), ("placebo", group[group.arm == "placebo"])]
        ranges = [
            f"{wording.span(side.proportion.min(), side.proportion.max(), wording.percent)} on {name}"
            for name, side in sides
            if side.proportion.notna().any()
        ]
        said = f"{kind} in {' and '.join(ranges)}" if ranges else f"{kind}: no figure"
        alone = trials[(trials.kind_label == kind) & (trials.arm != "placebo") & ~trials.index.isin(group.index)]
        reach = wording.span(alone.proportion.min(), alone.proportion.max(), wording.percent)
        found.append(said + (f", {reach} where no placebo rate is known" if reach else ""))
    if not found:
        return _without_trials(drawn)
    return f"In randomised trials, {_conditions(arms)}: {'; '.join(found)}"


def _conditions(rows: pd.DataFrame) -> str:
    names = sorted(set(rows.condition))
    return names[0] if len(names) == 1 else wording.counted(len(names), "condition")


def _without_trials(drawn: pd.DataFrame) -> str:
    """The shares of each kind, from the lowest to the highest, where no arm of a randomised trial is drawn."""
    found = []
    for kind, group in list(drawn.groupby("kind_label", sort=False))[:2]:
        lowest, highest = group.proportion.fillna(group.low).min(), group.proportion.fillna(group.high).max()
        reach = wording.span(lowest, highest, wording.percent) or "a share not given"
        found.append(f"{kind} in {reach}")
    return wording.capital(f"{_conditions(drawn)}, no arm of a randomised trial: {'; '.join(found)}")


def _paired(arms: pd.DataFrame) -> pd.DataFrame:
    """Of each kind the trials that show both sides, where there are any: a range of others would be no comparison."""
    both = arms.assign(placebo=arms.arm == "placebo").groupby(["kind_label", "citation"], observed=True).placebo
    whole = arms[(both.transform("nunique") == 2).to_numpy(dtype=bool)]
    kinds = set(whole.kind_label)
    return arms[arms.index.isin(whole.index) | ~arms.kind_label.isin(kinds)]


def _foot(drawn: pd.DataFrame, left_out: int, medium: str) -> str:
    arms = list(dict.fromkeys(drawn.arm))
    signs = ", ".join(f"{_MARKS.get(arm, _OTHER)[2]} {_NAMES.get(arm, arm)}" for arm in arms)
    notes = [signs]
    if (drawn.interval == "Wilson 95%").any():
        rebuilt = (drawn.events_basis == "derived").any()
        notes.append("solid line: Wilson interval" + (", counts rebuilt from printed rates" if rebuilt else ""))
    if drawn.interval.isin(["printed", "range"]).any():
        notes.append("dashed: as printed")
    if drawn.interval.isna().any():
        notes.append("no line: no counts in the source")
    if hollow := grid.hollow(drawn):
        notes.append(hollow)
    if drawn.groupby("citation").kind_label.nunique().gt(1).any():
        notes.append("some trials stand under several headings: the same people by another definition")
    if left_out:
        rows = wording.counted(left_out, "row")
        notes.append(f"not drawn: {rows} of people who are in another row or whose source is retracted")
    return "; ".join(notes) + ".\n" + sources_line(sources_of(drawn), medium)


def _sentence(record: dict[str, Any]) -> str:
    limits = wording.span(record["low"], record["high"], wording.percent)
    name = "range" if record["interval"] == "range" else "95% CI"
    share = wording.percent(record["proportion"])
    figures = ", ".join(part for part in (share, f"{name} {limits}" if limits else "") if part)
    return f"{record['label']}: {figures or 'no figure'}."
