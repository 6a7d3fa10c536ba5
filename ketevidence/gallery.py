"""Every chart of an evidence by its name, and which rows it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pandas as pd

from ketevidence import charts, style, tables, wording
from ketevidence.chart import Chart
from ketevidence.check import hint
from ketevidence.cutting import Plan, cut
from ketevidence.dataset import Evidence

OUTCOMES = ("symptoms", "points", "response", "resistance")


def draw(evidence: Evidence, name: str, *, medium: str = "page", **options: Any) -> Chart:
    """One chart.

    Parameters
    ----------
    evidence : Evidence
    name : str
        One of `NAMES`.
    medium : {'page', 'slide', 'slide-dark'}
    **options : str or list of str, optional
        Those that the chart takes; see `OPTIONS`.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        An unknown name, option or value; nothing to draw; more rows than a slide holds.
    """
    plans = list(_plans(evidence, name, medium, options, once=True))
    if not plans or not plans[0].has_rows:
        given = "".join(f", {option} {value}" for option, value in options.items() if value is not None)
        raise ValueError(f"no row to draw for {name}{given}")
    return plans[0].draw(plans[0].rows, medium=medium)


def parts(evidence: Evidence, name: str, *, medium: str = "page", **options: Any) -> list[Chart]:
    """As many charts as it takes to show everything at a readable size: on slides, or on sheets of paper.

    Parameters
    ----------
    evidence, name, medium, **options
        As for `draw`. Without a condition a card is made for each; without an outcome
        every outcome is shown.

    Returns
    -------
    list of Chart
        Empty where there is nothing to draw; '(1 of 2)' in the title where it goes on.

    Raises
    ------
    ValueError
        An unknown name, option or value.
    """
    return [chart for plan in plans(evidence, name, medium=medium, **options) for chart in cut(plan, medium)]


def plans(evidence: Evidence, name: str, *, medium: str = "page", **options: Any) -> list[Plan]:
    """What `parts` draws, before it is cut: rows, and what draws them; empty where there are none.

    Raises
    ------
    ValueError
        As for `parts`.
    """
    return [plan for plan in _plans(evidence, name, medium, options, once=False) if plan.has_rows]


def _plans(evidence: Evidence, name: str, medium: str, options: dict[str, Any], once: bool) -> Iterator[Plan]:
    if name not in _MADE:
        raise ValueError(f"no chart {name!r}{hint(name, NAMES)}")
    fixed = style.medium(medium).height is not None
    given = {option: value for option, value in options.items() if value is not None}
    if unknown := [option for option in given if option not in OPTIONS[name]]:
        raise ValueError(f"chart {name!r} has no --{unknown[0]}")
    make, _ = _MADE[name]
    yield from make(evidence, fixed=fixed, once=once, **given)


def _verdicts(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    rows = tables.statements(evidence, **chosen)
    yield Plan(rows, partial(charts.verdicts, axis=rows))


def _rates(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    drawn = partial(charts.rates, stated=tables.statements(evidence))
    yield Plan(tables.resistance_rates(evidence, **chosen), drawn, ("condition", "kind"))


def _timeline(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    rows = tables.onset_times(evidence, **_direct(evidence, chosen))
    drawn = partial(charts.timeline, stated=tables.stated_times(evidence), axis=rows)
    yield Plan(rows, drawn, ("condition",))


def _durations(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    rows = tables.effect_durations(evidence, **chosen)
    yield Plan(rows, partial(charts.durations, axis=rows), ("kind_label", "direct"))


def _safety(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    rows = tables.safety_rates(evidence, **chosen)
    yield Plan(rows, partial(charts.safety, axis=rows), ("arms", "direct"))


def _trial_facts(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    yield Plan(tables.trial_facts(evidence, **chosen), charts.trial_facts, ("condition",), "study_id")


def _risk_of_bias(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    judged = tables.risk_of_bias(evidence, **chosen)
    if once and judged.empty:
        raise ValueError("the tables hold no judgement of the risk of bias; trial_facts shows what is known")
    yield Plan(judged, charts.risk_of_bias, ("condition",), "study_id")


def _evidence_map(evidence: Evidence, fixed: bool, once: bool) -> Iterator[Plan]:
    yield Plan(tables.evidence_map(evidence), charts.evidence_map)


def _accrual(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    yield Plan(tables.accrual(evidence, **chosen), charts.accrual, ("condition",))


def _condition_card(evidence: Evidence, fixed: bool, once: bool, condition: str | None = None) -> Iterator[Plan]:
    if once and condition is None:
        raise ValueError("chart 'condition_card' needs --condition")
    for name in [condition] if condition else evidence.conditions.condition_id:
        yield Plan(tables.condition_card(evidence, str(name)), charts.condition_card, whole="condition")


def _published(evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    rows = tables.published_comparison(evidence, **chosen)
    if rows.published.any():
        yield Plan(rows, partial(charts.forest, axis=rows), ("condition",))


def _forest(evidence: Evidence, fixed: bool, once: bool, outcome: str | None = None, **chosen: Any) -> Iterator[Plan]:
    judged = tables.risk_of_bias(evidence)
    shown = _outcomes(outcome, once, ("symptoms", "response", "resistance"))
    for one in shown:
        for name, rows in _whole_or_kinds(evidence, one, once, chosen):
            if once and rows.empty:
                others = wording.listed(other for other in OUTCOMES if other != one)
                raise ValueError(f"the tables hold no randomised trial for the outcome {one}; others: {others}")
            drawn = tables.folded(rows) if fixed else rows
            make = partial(charts.forest, risk_of_bias=judged, axis=drawn)
            silent = (drawn.row == "listed").groupby(drawn.condition).transform("all").astype(bool)
            if once or (one != "resistance" and not fixed):
                silent[:] = False
            yield Plan(drawn[~silent], make, ("condition",), "group")
            if one != "response":  # what has no figure of symptoms has been told
                yield Plan(drawn[silent], partial(make, title=_unpooled(name, drawn[silent])))


def _unpooled(name: str, rows: pd.DataFrame) -> str:
    """The title of conditions without a figure, which stand together."""
    return wording.capital(
        f"{name}: no trial could be pooled in {wording.listed(dict.fromkeys(rows.condition.map(wording.spoken)))}"
    )


def _whole_or_kinds(
    evidence: Evidence, outcome: str, once: bool, chosen: dict[str, Any]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The forest of an outcome; of shares, where several charts may be made, one of each kind: no title fits two."""
    if once or outcome != "resistance" or chosen.get("group"):
        yield outcome, pools(evidence, outcome, **chosen)
        return
    kinds = tables.resistance_rates(evidence)[["kind", "kind_label"]].drop_duplicates().sort_values("kind")
    for kind, label in kinds.itertuples(index=False):
        yield f"{label}, usual treatment", tables.pooled_rates(evidence, kind=kind, **chosen)


def _influence(name: str, least: int, evidence: Evidence, fixed: bool, once: bool, **chosen: Any) -> Iterator[Plan]:
    """One plan a pool of enough trials; where one chart is asked for, the refusal of its frame says what is missing."""
    made, drawn = getattr(tables, name), getattr(charts, name)
    outcome = chosen.pop("outcome", None)
    for one in _outcomes(outcome, once, OUTCOMES):
        rows = pools(evidence, one, **chosen)
        if once:
            yield Plan(made(rows), drawn)
            return
        pooled = rows[rows.row == "pooled"]
        for group in pooled.group[pooled.k >= least]:
            yield Plan(made(rows[rows.group == group]), drawn)


def _outcomes(wanted: str | None, once: bool, every: tuple[str, ...]) -> tuple[str, ...]:
    return (wanted,) if wanted else every[:1] if once else every


def _direct(evidence: Evidence, chosen: dict[str, Any]) -> dict[str, Any]:
    """What was chosen; without a condition those that the evidence is about."""
    return {"condition": tables.direct_conditions(evidence)} | chosen


def pools(
    evidence: Evidence, outcome: str, *, condition: str | None = None, group: str | None = None, across: bool = False
) -> pd.DataFrame:
    """The forest of an outcome: rows of `tables.pooled` or, for resistance, `tables.pooled_rates`.

    Raises
    ------
    ValueError
        An unknown outcome or condition; no group with these words.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"no outcome {outcome!r}{hint(outcome, OUTCOMES)}")
    if outcome == "resistance":
        forest = tables.pooled_rates(evidence, condition=condition, across_definitions=across)
    else:
        forest = tables.pooled(evidence, condition=condition, outcome=outcome, across_definitions=across)
    if not group:
        return forest
    own = forest.group.str.contains(group, case=False, regex=False)
    if not own.any():
        groups = list(dict.fromkeys(forest.group[forest.row != "listed"]))
        raise ValueError(f"no group with {group!r}; known: {'; '.join(groups) or 'none'}")
    return forest[own | ((forest.row == "listed") & forest.condition.isin(set(forest.condition[own])))]


_POOL = ("condition", "outcome", "group")
_MADE: dict[str, tuple[Callable[..., Iterator[Plan]], tuple[str, ...]]] = {
    "verdicts": (_verdicts, ("topic", "condition")),
    "evidence_map": (_evidence_map, ()),
    "condition_card": (_condition_card, ("condition",)),
    "rates": (_rates, ("condition", "kind")),
    "timeline": (_timeline, ("condition", "kind")),
    "durations": (_durations, ("condition", "kind")),
    "accrual": (_accrual, ("condition",)),
    "forest": (_forest, _POOL),
    "published": (_published, ("condition", "outcome")),
    "leave_one_out": (partial(_influence, "leave_one_out", 3), _POOL),
    "gosh": (partial(_influence, "gosh", 3), _POOL),
    "funnel": (partial(_influence, "funnel", 10), _POOL),
    "trial_facts": (_trial_facts, ("condition",)),
    "risk_of_bias": (_risk_of_bias, ("condition",)),
    "safety": (_safety, ("condition",)),
}
NAMES = tuple(_MADE)
OPTIONS = {name: options for name, (_, options) in _MADE.items()}
