"""Adverse events: how many people had one on the drug, and how many in the control arm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid
from ketevidence.charts.heights import text_height

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIDES = {"drug": ("o", "C0", "●", -1), "control": ("s", "C1", "■", 1)}
_RATES = [f"{side}_{end}" for side in _SIDES for end in ("rate", "low", "high")]
_TEXTS = ["label", "condition", "drug_short", "effect", "arms"]
_NEEDED = [
    *_TEXTS, *_RATES, "direct", "drug", "drug_n", "drug_interval", "drug_solid", "control", "control_n",
    "control_interval", "control_solid", "share_of", "statement", "definition", "figure", "citation",
]  # fmt: skip
_APART = 0.27  # from the middle of a row to a mark, as a multiple of the size of the text
_WIDEST = 9.0  # of a column at the right, likewise
_HEADS = {"drug and control": "Drug against control arm", "drug only": "No control arm"}
_HOLLOW, _UNKNOWN, _PEOPLE, _WILSON = "○", "?", "people", "Wilson 95%"

_Record = dict[str, Any]


def safety(
    table: pd.DataFrame,
    *,
    axis: pd.DataFrame | None = None,
    ax: Axes | None = None,
    medium: str = "page",
    title: str = "",
) -> Chart:
    """Two marks a row, drug and control arm, with a line between them; one mark where there is no control.

    Sources without a rate are listed in words below the axis.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.safety_rates`: arms, label, effect, condition, direct, drug_short, drug,
        control, rates, people, intervals and solid of both arms, share_of, statement,
        definition, figure, counted, citation. Rows that are not counted are not drawn, and
        the foot line says how many.
    axis : pandas.DataFrame, optional
        Rows whose axis is drawn, where the table is a part of them: the parts then agree.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it the range of the rates of both arms, or what there is
        instead.

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
    rated, listed = known[known.rated], known[~known.rated]
    heading = title or _finding(rated, listed)
    with style.applied(chosen):
        rows, kept = _rows(rated, listed)
        page = layout.Page(
            heading, _foot(known, len(table) - len(drawn), medium), "share with the event" if len(rated) else "",
            (*_columns(rated), "condition") if len(rated) else (), axes_share=0.3, above=0.3,
        )  # fmt: skip
        axes, ys = layout.place(rows, page, chosen, ax)
        if rated.empty:
            axes.set_axis_off()
        else:
            _axis(axes, rated if axis is None else counted_rows(axis, *_NEEDED))
        for y, record in zip(ys, kept):
            if record is not None and record["rated"]:
                _mark(axes, y, record)
    sentences = (_sentence(record) for record in kept if record is not None)
    return finished("safety", axes, drawn, heading, sentences, medium)


def _known(drawn: pd.DataFrame) -> pd.DataFrame:
    """The frame with names as texts, what is not said as not so, and whether there is a rate to draw."""
    flags = {
        name: [not wording.missing(value) and bool(value) for value in drawn[name]]
        for name in ("direct", "drug_solid", "control_solid")
    }
    rated = drawn[_RATES].notna().any(axis=1).to_numpy()
    return grid.named(drawn[_NEEDED], *_TEXTS).assign(**flags, rated=rated)


def _columns(rated: pd.DataFrame) -> dict[str, str]:
    """The headings of the columns of arms, and whose they are."""
    drawn = rated[["control_rate", "control_low", "control_high"]].notna().any(axis=None)
    return {f"{sign} {side}": side for side, (_, _, sign, _) in _SIDES.items() if drawn or side == "drug"}


def _rows(rated: pd.DataFrame, listed: pd.DataFrame) -> tuple[list[layout.Row], list[_Record | None]]:
    """Rows with marks, the axis, and rows of words, each under the heading of its group."""
    made: list[tuple[layout.Row, _Record | None]] = []
    sides = _columns(rated).values()
    for (arms, drug, direct), group in rated.groupby(["arms", "drug_short", "direct"], sort=False):
        heading = _HEADS.get(arms, _HEADS["drug only"])
        made.append((layout.Row(f"{heading}: {drug}{_other(direct)}", heading=True), None))
        for record in group.to_dict("records"):
            right = (*(_arm(record, side) for side in sides), record["condition"])
            wide = (grid.wrap(text, _WIDEST * style.size()) for text in right)
            label = record["label"]
            if record["effect"] == grid.words(record["statement"]):
                made.append((layout.Row(record["effect"], spans=True), None))
                label = grid.words(record["citation"])
            made.append((layout.Row(label, tuple(wide)), record))
    if len(rated) and len(listed):
        made.append((layout.Row("", axis=True), None))
    for direct, group in listed.groupby("direct", sort=False):
        made.append((layout.Row(f"In words, no rate in the source{_other(direct)}", heading=True), None))
        for record in group.to_dict("records"):
            sign = _SIDES["drug"][2] if record["drug_solid"] else _HOLLOW
            made.append((layout.Row(f"{sign} {_in_words(record)}", spans=True), record))
    rows, kept = zip(*made)
    return list(rows), list(kept)


def _other(direct: Any) -> str:
    return "" if direct else ", other conditions (indirect)"


def _arm(record: _Record, side: str) -> str:
    """The rate of an arm and its people; nothing where there is none."""
    rate, low, high, n = (record[f"{side}_{name}"] for name in ("rate", "low", "high", "n"))
    figure = wording.span(low, high, _percent) if wording.missing(rate) else _percent(rate)
    if not figure:
        return ""
    of = grid.words(record["share_of"])
    return f"{figure} of {wording.number(n) or _UNKNOWN}" + ("" if of in ("", _PEOPLE) else f" {of}")


def _percent(share: Any) -> str:
    """Whole per cents, more below 1%."""
    return wording.percent(share, 1 if float(share) < 0.01 else 0)


def _in_words(record: _Record) -> str:
    parts = [grid.words(record[name]).removesuffix(".") for name in ("statement", "definition", "figure")]
    said = ". ".join(wording.capital(part) for part in parts if part) or record["effect"]
    return f"{record['label']}, {record['condition']}: {said.removesuffix('.')}."


def _axis(ax: Axes, whole: pd.DataFrame) -> None:
    """The share from 0 to the largest of the whole, its grid only as far down as there are marks."""
    from matplotlib.ticker import MaxNLocator

    end = min(1.05 * float(whole[_RATES].astype("Float64").max(axis=None)), 1.0) or 1.0
    ax.set_xlim(0, end)
    ticks = [
        tick / 100 for tick in MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(0, 100 * end) if 0 <= tick <= 100 * end
    ]
    ax.set_xticks(ticks, [wording.percent(tick) for tick in ticks])
    placed: Any = ax.spines["bottom"].get_position()
    top, bottom = sorted(ax.get_ylim())
    ax.grid(visible=False)
    ax.vlines(
        ticks, top, placed[1] if placed[0] == "data" else bottom, color=style.faint(), zorder=0.5,
        linewidth=0.08 * style.size(),
    )  # fmt: skip


def _mark(ax: Axes, y: float, record: _Record) -> None:
    """Each arm with its interval, the drug above the control, so that equal rates are both seen."""
    away = _APART * text_height(ax) * bool(_arm(record, "control"))
    rates = [record[f"{side}_rate"] for side in _SIDES]
    if not any(map(wording.missing, rates)):
        ax.plot(rates, (y - away, y + away), color=style.soft(), linewidth=0.06 * style.size())
    for side, (marker, name, _, down) in _SIDES.items():
        colour, at = style.colour(name), y + down * away
        rate, low, high = (record[f"{side}_{end}"] for end in ("rate", "low", "high"))
        if not wording.missing(high) or not wording.missing(low):
            ends = (0.0 if wording.missing(low) else low, 1.0 if wording.missing(high) else high)
            dashed = grid.words(record[f"{side}_interval"]) != _WILSON
            ax.plot(
                ends, (at, at), color=colour, linewidth=0.1 * style.size(), solid_capstyle="butt",
                linestyle=(0, (2, 1.5)) if dashed else "-",
            )  # fmt: skip
        if not wording.missing(rate):
            face = colour if record[f"{side}_solid"] else style.paper()
            ax.plot(rate, at, marker, color=colour, markerfacecolor=face, clip_on=False)


def _finding(rated: pd.DataFrame, listed: pd.DataFrame) -> str:
    """The range of both arms where there is a control arm, else of the drug; no sum, for people may be the same."""
    paired = rated[rated.control_rate.notna() & rated.drug_rate.notna()]
    shown = paired if len(paired) else rated if len(rated) else listed
    conditions = wording.listed(dict.fromkeys(shown.condition)) + ("" if shown.direct.any() else " (indirect)")
    if rated.empty:
        return f"Adverse events, {conditions}: no rate, {wording.counted(len(listed), 'finding')} in words"
    drugs = list(dict.fromkeys(shown.drug_short))
    ranges = [f"{_range(shown, 'drug')} on {drugs[0] if len(drugs) == 1 else 'the drug'}"]
    ranges += [f"{_range(paired, 'control')} on control"] * bool(len(paired))
    hollow = not (shown.drug_solid.all() and paired.control_solid.all())
    silent = [name for name in dict.fromkeys(listed.condition[listed.direct]) if name not in set(rated.condition)]
    events = wording.counted(shown.effect.nunique(), "adverse event")
    said = f"{events}{'' if len(paired) else ' without a control arm'}, {conditions}: {' and '.join(ranges)}"
    said += ", some of them hollow" if hollow else ""
    return said + (f"; no rate in {wording.listed(silent)}" if silent else "")


def _range(shown: pd.DataFrame, side: str) -> str:
    """From the lowest to the highest of the marks of one arm, a printed range with its ends."""
    rate, low, high = (shown[f"{side}_{end}"].astype("Float64") for end in ("rate", "low", "high"))
    return wording.span(rate.fillna(low).fillna(0.0).min(), rate.fillna(high).fillna(1.0).max(), _percent)


def _foot(known: pd.DataFrame, left_out: int, medium: str) -> str:
    rated = known[known.rated]
    wilson = {
        grid.words(record[f"{side}_interval"]) == _WILSON
        for record in rated.to_dict("records")
        for side in _SIDES
        if not (wording.missing(record[f"{side}_low"]) and wording.missing(record[f"{side}_high"]))
    }
    texts = [_arm(record, side) for record in rated.to_dict("records") for side in _SIDES]
    notes = {
        f"line: {_WILSON} interval": True in wilson,
        "dashed: as printed": False in wilson,
        f"{_UNKNOWN}: size of the group not given": any(_UNKNOWN in text for text in texts),
        "rows of one source show the same people": rated.citation.duplicated().any(),
        grid.HOLLOW: not (known.drug_solid & (known.control_solid | known.control_rate.isna())).all(),
        f"not drawn: {wording.counted(left_out, 'row')} whose source is retracted": left_out,
    }
    said = "; ".join(note for note, holds in notes.items() if holds)
    return (f"{wording.capital(said)}.\n" if said else "") + sources_line(sources_of(known), medium)


def _sentence(record: _Record) -> str:
    if not record["rated"]:
        return _in_words(record)
    arms = []
    for side in _SIDES:
        limits = wording.span(record[f"{side}_low"], record[f"{side}_high"], _percent)
        known = limits and not wording.missing(record[f"{side}_rate"])
        name = "range" if grid.words(record[f"{side}_interval"]) == "range" else "95% CI"
        if figure := _arm(record, side):
            arms.append(f"{figure} on {grid.words(record[side]) or side}" + (f", {name} {limits}" if known else ""))
    return f"{record['label']} ({record['condition']}): {'; '.join(arms)}."
