"""The few numbers of a condition that a card shows: effects, share not helped, times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from ketevidence import wording
from ketevidence.dataset import Evidence
from ketevidence.tables.card_lines import Line, studied, tallied
from ketevidence.tables.comparisons import not_comparable
from ketevidence.tables.frame import vocabulary
from ketevidence.tables.pooling import pooled
from ketevidence.tables.rates import resistance_rates
from ketevidence.tables.resistance import pooled_rates
from ketevidence.tables.times import effect_durations, onset_times


def numbers(evidence: Evidence, condition: str, trials: pd.DataFrame) -> Iterator[Line]:
    """Effects of the trials, share of people not helped by usual drugs, first effect, its length; then what is missing.

    Parameters
    ----------
    evidence : Evidence
    condition : str
    trials : pandas.DataFrame
        The trials of the card, rows of `studies` with solid.

    Yields
    ------
    Line
    """
    missing = []
    for what, lines in [
        ("an effect of the drug studied", _effects(evidence, trials)),
        ("the time of its first effect", _first_effect(evidence, condition)),
        ("how long it lasts", _length(evidence, condition)),
        ("the share of people not helped by usual drugs", _not_helped(evidence, condition)),
    ]:
        found = list(lines)
        yield from found
        missing += [] if found else [what]
    if missing:
        yield Line("missing", f"not in the tables: {wording.listed(missing)}")


def _effects(evidence: Evidence, trials: pd.DataFrame) -> Iterator[Line]:
    """Pools, else single trials, of symptoms, with what could not be used; then of response; then in points."""
    if trials.empty:
        return
    about, first = sorted(set(trials.condition.astype(str))), True
    for outcome, rank in [("symptoms", 5), ("response", 4), ("points", 6)]:
        forest = pooled(evidence, condition=about, outcome=outcome)
        groups = forest[forest.row != "listed"].groupby("group", sort=False)
        lines = [_effect(own, " points" if outcome == "points" else "") for _, own in groups]
        for line in sorted(lines, key=lambda line: -(line.n or 0)):
            yield replace(line, rank=1 if first else rank)
            first = False
        if outcome == "symptoms":
            yield from _unusable(evidence, trials)


def _effect(own: pd.DataFrame, unit: str) -> Line:
    """One group of a forest: its pool, else its trial."""
    row = own.iloc[-1].to_dict()
    trials = own[own.row == "study"]
    n = None if wording.missing(row["n"]) else int(row["n"])
    people = "" if n is None else f", {wording.counted(n, 'person', 'people')}"
    alike, null = row["group"].partition(": ")[2], 1 if row["scale"] == "log" else 0
    parts = [row["label"] + people, alike.rpartition("; ")[2].partition(" (")[0]]
    if row["row"] == "pooled":
        parts = [alike, _small(row["label"]) + people]
    side = f"below {null}: {row['favours_low']}" if row["effect"] < null else f"above {null}: {row['favours_high']}"
    parts = [*parts, row["detail"], side]
    return Line(
        f"effect {row['row_id']}", "; ".join(part for part in parts if part),
        f"{row['measure']} {wording.number(row['effect'])}{unit} (95% CI {wording.span(row['low'], row['high'])})",
        n=n, solid=bool(row["solid"]), outcomes=_split(trials.row_id), studies=trials.study_id,
        sources=_split([row["source_id"]]),
    )  # fmt: skip


def _unusable(evidence: Evidence, trials: pd.DataFrame) -> Iterator[Line]:
    """Trials without an effect on symptoms: how many with which result, the largest; of a single trial why."""
    refused = not_comparable(evidence, condition=sorted(set(trials.condition.astype(str))))
    refused = refused[~refused.other_rows]
    silent = trials[trials.study_id.isin(refused.study_id)]
    if silent.empty:
        return
    refused = refused[refused.study_id.isin(silent.study_id)]
    told = refused[refused.outcome.notna()]
    reasons = dict.fromkeys(f"{outcome}: {reason}" for outcome, reason in zip(told.outcome, told.reason))
    said = f"; {'; '.join(reasons)}" if reasons else " in the tables"
    why = _results(silent, len(trials)) if len(trials) > 1 else f"{said} ({silent.citation.iloc[0]})"
    yield Line(
        "no effect", f"no figure for a standardised effect{why}", outcomes=_split(told.row_id),
        solid=bool(told.solid.all() and silent.solid.all()), studies=silent.study_id, sources=silent.source_id,
    )  # fmt: skip


def _results(silent: pd.DataFrame, every: int) -> str:
    """How many of the trials these are, the results of their primary outcomes, and the largest."""
    largest = silent.sort_values("n", ascending=False, kind="stable").iloc[0]
    results = tallied(silent.primary_result.astype("string"), silent.primary_result.sort_values())
    size = "" if wording.missing(largest.n) else f", {wording.counted(int(largest.n), 'person', 'people')}"
    return f": {len(silent)} of {every} trials ({results}; the largest{size}, {largest.primary_result})"


def _not_helped(evidence: Evidence, condition: str) -> Iterator[Line]:
    """The share of people whom a usual drug did not help, in randomised trials, with its definition.

    By kind in the order of the vocabulary; then a pool before a trial, one with a placebo
    group of the same trials before one without, then most people. Where no trial has counts,
    the first share without an interval.
    """
    rates = resistance_rates(evidence, condition=condition)
    rates = rates[rates.counted].set_index("claim_id", drop=False)
    forest = pooled_rates(evidence, condition=condition)
    groups = [_share(own, rates) for _, own in forest[forest.row != "listed"].groupby("group", sort=False)]
    placebo = {group["same"]: group for group in groups if group["arm"] == "placebo"}
    drug = [group for group in groups if group["arm"] == "drug"]
    drug.sort(key=lambda own: (own["kind"], -own["k"], own["same"] not in placebo, -own["n"]))
    if drug:
        yield _share_line(drug[0], placebo.get(drug[0]["same"]), rates)
        return
    known = rates[rates.proportion.notna()]
    bare = known[known.arm != "placebo"]
    bare = bare.assign(other=bare.arm != "drug", people=-bare.n.fillna(0).astype("int64"))
    for row in bare.sort_values(["kind", "design", "other", "people"], kind="stable").head(1).to_dict("records"):
        limits = wording.span(row["low"], row["high"], wording.percent)
        placebo = known[(known.arm == "placebo") & (known.source_id == row["source_id"]) & (known.kind == row["kind"])]
        beside = [f"placebo {wording.percent(share)}" for share in placebo.proportion]
        yield Line(
            "not helped", "; ".join([f"{row['kind_label']}: {row['definition']}", row["label"], *beside]),
            f"{wording.percent(row['proportion'])} ({limits or 'no interval'})", 2,
            solid=bool(row["solid"] and placebo.solid.all()),
            claims=[row["claim_id"], *placebo.claim_id], sources=[row["source_id"]],
        )  # fmt: skip


def _share(own: pd.DataFrame, rates: pd.DataFrame) -> dict[str, Any]:
    """One group of shares: its pool, else its trial, and by what it is known to be the same as another arm."""
    claims = _split(own[own.row == "study"].row_id)
    first, shown = rates.loc[claims[0]], own.iloc[-1]
    definition = str(first.definition).split(",")[0]
    kind = rates.kind.cat.categories.get_loc(first.kind)
    known = {name: shown[name] for name in ("effect", "low", "high", "label", "solid", "source_id")}
    return known | {
        "claims": claims, "arm": first.arm, "kind": kind, "kind_label": first.kind_label, "n": int(shown.n),
        "definition": definition, "k": 0 if wording.missing(shown.k) else int(shown.k),
        "same": (kind, definition, frozenset(_split([shown.source_id]))),
    }  # fmt: skip


def _share_line(drug: dict[str, Any], placebo: dict[str, Any] | None, rates: pd.DataFrame) -> Line:
    arms = rates[(rates.kind_label == drug["kind_label"]) & (rates.arm == "drug") & (rates.design == "trial arm")]
    name = f"{drug['kind_label']} with usual drugs: {drug['definition']}"
    label = _small(drug["label"]) if drug["k"] else drug["label"]
    parts, solid = [name, f"{label}, {wording.counted(drug['n'], 'person', 'people')}"], bool(drug["solid"])
    if placebo:
        solid &= bool(placebo["solid"])
        limits = wording.span(placebo["low"], placebo["high"], wording.percent)
        parts.append(f"placebo {wording.percent(placebo['effect'])} ({limits})")
    if len(arms) > len(drug["claims"]):
        solid &= bool(arms.solid.all())
        every = wording.span(arms.proportion.min(), arms.proportion.max(), wording.percent)
        parts.append(f"{every} in the {len(arms)} drug arms of all definitions")
    limits = wording.span(drug["low"], drug["high"], wording.percent)
    claims = dict.fromkeys([*drug["claims"], *(placebo["claims"] if placebo else []), *arms.claim_id])
    return Line(
        "not helped", "; ".join(parts), f"{wording.percent(drug['effect'])} (95% CI {limits})", 2, n=drug["n"],
        solid=solid, claims=claims, sources=rates.loc[list(claims)].source_id,
    )  # fmt: skip


def _first_effect(evidence: Evidence, condition: str) -> Iterator[Line]:
    """How soon an effect of the drug studied is seen, beside who saw none."""
    times, where = _own(evidence, condition, onset_times)
    times = times[times.counted]
    own = studied(evidence, times.drug_class)
    found, silent = times[own & times.effect], times[own & ~times.effect]
    if len(found) or len(silent):
        timed = found[found[["hours", "low_hours", "high_hours"]].notna().any(axis=1)]
        both = silent.source_id.isin(found.source_id)  # one source that saw both stands with what it saw
        yield _first_line(_best(timed if len(timed) else found, "controlled"), silent[~both], where, len(found))


def _first_line(best: pd.Series | None, silent: pd.DataFrame, where: str, found: int) -> Line:
    rows = [*([] if best is None else [best]), *silent.itertuples()]
    more = f" and {found - 1} more" if found > 1 else ""
    text = f"first effect of {rows[0].drug_class}{where}: {rows[0].kind_label} ({rows[0].citation}{more})"
    figures = [] if best is None else [str(best.figure)]
    figures += [f"no early effect in {wording.counted(silent.source_id.nunique(), 'source')}"] if len(silent) else []
    return Line(
        "first effect", text, "; ".join(figures), 2, solid=all(bool(row.solid) for row in rows),
        claims=[row.claim_id for row in rows], sources=[row.source_id for row in rows],
    )  # fmt: skip


def _length(evidence: Evidence, condition: str) -> Iterator[Line]:
    """How long an effect of the drug studied lasts: one time, and how many more there are."""
    times, where = _own(evidence, condition, effect_durations)
    own = times[studied(evidence, times.drug_class) & times.counted]
    best = _best(own.assign(interval=own[["low_hours", "hours", "high_hours"]].notna().all(axis=1)), "interval")
    if best is not None:
        alike = int((own.difference == best.difference).sum())  # a difference of arms is no length
        more = f" and {alike - 1} more" if alike > 1 else ""
        yield Line(
            "length", f"{best.kind_label}{where}: {best.definition} ({best.citation}{more})", str(best.figure), 3,
            solid=bool(best.solid), claims=[best.claim_id], sources=[best.source_id],
        )  # fmt: skip


def _own(evidence: Evidence, condition: str, make: Any) -> tuple[pd.DataFrame, str]:
    """Times of the condition; if the drug studied has none, those of a wider group whose people have the condition."""
    times: pd.DataFrame = make(evidence, condition=condition)
    known = vocabulary(evidence, "claims", "condition")
    groups = [category for category in known.categories if condition in category.members]
    if studied(evidence, times.drug_class).any() or not groups:
        return times, ""
    wider: pd.DataFrame = make(evidence, condition=[group.value for group in groups])
    people = wider.claim_id.map(evidence.claims.set_index("claim_id").population).fillna("")
    wider = wider[studied(evidence, wider.drug_class) & people.str.contains(rf"\b{re.escape(condition)}\b")]
    return pd.concat([times, wider]) if len(wider) else times, f" in {wording.listed(group.label for group in groups)}"


def _best(rows: pd.DataFrame, first: str) -> pd.Series | None:
    """The row that has what comes first, then one that a second reader saw, then the one of most people."""
    if rows.empty:
        return None
    ranked = rows.assign(people=rows.n.fillna(0).astype("int64"))
    best: pd.Series = ranked.sort_values([first, "solid", "people"], ascending=False, kind="stable").iloc[0]
    return best


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _split(keys: Iterable[str]) -> list[str]:
    return [key for one in keys for key in str(one).split("; ")]
