"""How far ketevidence is from metafor: every number of metafor.json beside ours.

``python tests/reference/deviation.py`` prints the largest deviation of each quantity.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import chi2

from ketevidence import effects, synthesis

REFERENCE = json.loads((Path(__file__).parent / "metafor.json").read_text(encoding="utf-8"))
CASES: dict[str, dict[str, Any]] = REFERENCE["cases"]
FUNCTIONS = {
    "MC": effects.mean_change,
    "MD": effects.mean_difference,
    "OR": effects.odds_ratio,
    "PLO": effects.log_odds,
    "RD": effects.risk_difference,
    "RR": effects.risk_ratio,
    "SMCR": effects.standardized_mean_change,
    "SMD": effects.hedges_g,
}
TESTS = {"normal": "z", "knapp-hartung": "adhoc"}
MANY = ("estimate", "se", "low", "high", "p", "tau2", "i2", "h2", "q")
ZERO = 1e-3  # below this share of its scale a number counts as 0: there the deviation is one of that share


class Pair(NamedTuple):
    """One number of ours, metafor's, and the scale on which it would be 0 (0: none, always relative)."""

    quantity: str
    ours: float
    theirs: float
    scale: float

    @property
    def deviation(self) -> float:
        """Relative to metafor's number, or to a thousandth of the scale where that is larger."""
        apart = abs(self.ours - self.theirs)
        if apart == 0:
            return 0.0
        size = max(abs(self.theirs), ZERO * self.scale)
        return apart / size if size > 0 and not math.isnan(apart) else math.inf


def studies(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances that metafor pooled."""
    source = case["effects"][case["measure"]] if case["measure"] else case["table"]
    effect, variance = np.array(source["effect"], float), np.array(source["variance"], float)
    return effect[np.isfinite(effect)], variance[np.isfinite(effect)]


def beside(case: dict[str, Any], name: str) -> list[Any]:
    """Moderator, group or cluster of the studies that metafor pooled."""
    values = case["extra"][name]
    if not case["measure"]:
        return list(values)
    pooled = case["effects"][case["measure"]]["effect"]
    return [value for value, effect in zip(values, pooled) if effect is not None]


def scales(case: dict[str, Any]) -> dict[str, float]:
    """What counts as 0, by field: the standard error of the pooled effect, a typical variance, 1 for a share."""
    effect, variance = studies(case)
    error = case["fits"]["REML"]["z"]["se"]
    return {
        **dict.fromkeys(("estimate", "low", "high", "limit", "intercept", "prediction_low", "prediction_high"), error),
        **dict.fromkeys(("tau2", "tau2_low", "tau2_high"), float(np.median(variance))),
        **dict.fromkeys(("i2", "r2"), 1.0),
        "q": float(len(effect) - 1),
    }


def paired(
    case: dict[str, Any], topic: str, fields: Iterable[str], ours: object, theirs: dict[str, Any]
) -> Iterator[Pair]:
    """A pair for each number of each field."""
    scale = scales(case)
    for field in fields:
        mine, other = np.atleast_1d(getattr(ours, field)), np.atleast_1d(np.array(theirs[field], float))
        assert mine.shape == other.shape, f"{topic} {field}: {mine.shape} and {other.shape}"
        for one, two in zip(mine.tolist(), other.tolist()):
            yield Pair(f"{topic} {field}", one, two, scale.get(field, 0.0))


def effect_sizes(case: dict[str, Any]) -> Iterator[Pair]:
    """Effects and variances from the raw figures; a row that is kept out has none in either."""
    for measure, theirs in case["effects"].items():
        ours = FUNCTIONS[measure](**case["table"])
        size = float(np.nanmedian(np.sqrt(ours.variance)))
        for field in ("effect", "variance"):
            for one, two in zip(getattr(ours, field).tolist(), theirs[field]):
                if two is None:
                    assert math.isnan(one), f"{measure}: metafor has no {field}, we have {one}"
                else:
                    yield Pair(f"{measure} {field}", one, two, size if field == "effect" else 0.0)


def pooled(case: dict[str, Any]) -> Iterator[Pair]:
    """Every method with both intervals; equal effects have the normal one whatever is asked for."""
    fields = ("estimate", "se", "low", "high", "p", "tau2", "i2", "h2", "q", "q_p", "weights")
    for method, theirs in case["fits"].items():
        for interval, test in TESTS.items():
            ours = synthesis.pool(*studies(case), method=method, interval=interval)
            own = theirs["z" if method == "EE" else test]
            yield from paired(case, "pool", fields, ours, theirs | own)
            limits = own.get("prediction_riley")
            predicted = {f"prediction_{side}": limit for side, limit in (limits or {}).items()}
            assert (ours.prediction_low is None) == (not predicted) == (case["k"] == 2 or method == "EE")
            yield from paired(case, "pool", predicted, ours, predicted)


def tau2_limits(case: dict[str, Any]) -> Iterator[Pair]:
    """Q-profile limits, the same for every method."""
    theirs = {f"tau2_{side}": case["tau2_limits"][side] for side in ("low", "high")}
    for method in ("REML", "ML", "DL"):
        yield from paired(case, "pool", theirs, synthesis.pool(*studies(case), method=method), theirs)


def another_level(case: dict[str, Any]) -> Iterator[Pair]:
    """All limits at the level 0.9."""
    found = case["level_90"]
    limits = {f"tau2_{side}": found["tau2_limits"][side] for side in ("low", "high")}
    limits |= {f"prediction_{side}": found["prediction_riley"][side] for side in ("low", "high")}
    ours = synthesis.pool(*studies(case), level=0.9)
    yield from paired(case, "pool", ("low", "high", "p", *limits), ours, found | limits)


def omitted(case: dict[str, Any]) -> Iterator[Pair]:
    """Without each study in turn."""
    ours = synthesis.leave_one_out(*studies(case))
    yield from paired(case, "leave_one_out", MANY, ours, case["leave_one_out"])


def cumulated(case: dict[str, Any]) -> Iterator[Pair]:
    """From two studies to all, in the stored order."""
    theirs = case["cumulative"]
    yield from paired(case, "cumulative", MANY, synthesis.cumulative(*studies(case), theirs["order"]), theirs)


def regressed(case: dict[str, Any]) -> Iterator[Pair]:
    """One moderator; slopes are on the scale of their own standard error."""
    theirs = case["regression"]["adhoc"]
    ours = synthesis.meta_regression(*studies(case), beside(case, "moderator"))
    yield from paired(case, "regression", ("intercept", "se", "p", "tau2", "r2"), ours, theirs)
    for field in ("slope", "low", "high"):
        yield Pair(f"regression {field}", getattr(ours, field), theirs[field], theirs["se"])


def small_study(case: dict[str, Any]) -> Iterator[Pair]:
    """The test of small-study effects."""
    theirs = case["small_study"]
    ours = synthesis.egger(*studies(case))
    yield from paired(case, "egger", ("p", "limit"), ours, theirs)
    yield Pair("egger z", ours.z, theirs["z"], 1.0)
    yield Pair("egger slope", ours.slope, theirs["slope"], theirs["se"])


def between(theirs: dict) -> tuple[float, int, float]:
    """metafor's test of a difference; made again from metafor's groups where ours leaves out those of two studies."""
    kept = [place for place, k in enumerate(theirs["k"]) if k >= 3]
    if len(kept) == len(theirs["k"]):
        return theirs["q"], theirs["df"], theirs["p"]
    estimates, errors = (np.array([theirs[name][place] for place in kept]) for name in ("estimate", "se"))
    q = float((((estimates - np.average(estimates, weights=errors**-2)) / errors) ** 2).sum())
    return q, len(kept) - 1, float(chi2.sf(q, len(kept) - 1))


def grouped(case: dict[str, Any]) -> Iterator[Pair]:
    """Subgroups by themselves, and the test between them, with both intervals."""
    for interval, test in TESTS.items():
        theirs = case["subgroups"][test]
        ours = synthesis.subgroups(*studies(case), beside(case, "group"), interval=interval)
        q, df, p = between(theirs)
        assert (list(ours.names), ours.df) == (theirs["names"], df)
        for place, one in enumerate(ours.pooled):
            own = {name: theirs[name][place] for name in ("k", "estimate", "se", "tau2", "low", "high")}
            yield from paired(case, "subgroups", own, one, own)
        yield Pair("subgroups q", ours.q, q, float(df))
        yield Pair("subgroups p", ours.p, p, 0.0)


def clustered(case: dict[str, Any]) -> Iterator[Pair]:
    """Cluster-robust intervals around the estimate of the plain fit; limits are on the scale of its error."""
    for method, theirs in case["robust"].items():
        ours = synthesis.pool(*studies(case), method=method, cluster=beside(case, "cluster"))
        yield from paired(case, "cluster", ("estimate", "tau2", "se", "p"), ours, theirs)
        for field in ("low", "high"):
            yield Pair(f"cluster {field}", getattr(ours, field), theirs[field], theirs["se"] / ZERO)


def subsets(case: dict[str, Any]) -> Iterator[Pair]:
    """Every subset of two studies and more, found by its members."""
    theirs = case["gosh"]
    ours = synthesis.gosh(*studies(case))
    rows = {"".join("01"[inside] for inside in row): place for place, row in enumerate(ours.members.tolist())}
    assert set(rows) == {members for members, k in zip(theirs["members"], theirs["k"]) if k > 1}
    scale = scales(case)
    for place, members in enumerate(theirs["members"]):
        for field in ("k", "estimate", "tau2", "i2") if members in rows else ():
            one = float(getattr(ours, field)[rows[members]])
            yield Pair(f"gosh {field}", one, theirs[field][place], scale.get(field, 0.0))


def all_subsets(case: dict[str, Any]) -> Iterator[Pair]:
    """Mean and range over all subsets of two studies and more."""
    theirs = case["gosh_summary"]
    ours = synthesis.gosh(*studies(case))
    yield Pair("gosh subsets", float(len(ours.k)), theirs["count"], 0.0)
    for field in ("estimate", "tau2", "i2"):
        for name, summary in (("mean", np.mean), ("min", np.min), ("max", np.max)):
            found = float(summary(getattr(ours, field)))
            yield Pair(f"gosh {field}", found, theirs[field][name], scales(case).get(field, 0.0))


TOPICS: dict[str, tuple[str, Callable[[dict[str, Any]], Iterator[Pair]]]] = {  # topic -> its key in a case
    "effects": ("effects", effect_sizes),
    "pool": ("fits", pooled),
    "tau2 limits": ("tau2_limits", tau2_limits),
    "level 0.9": ("level_90", another_level),
    "leave one out": ("leave_one_out", omitted),
    "cumulative": ("cumulative", cumulated),
    "regression": ("regression", regressed),
    "small-study effects": ("small_study", small_study),
    "subgroups": ("subgroups", grouped),
    "cluster": ("robust", clustered),
    "gosh": ("gosh", subsets),
    "gosh of all": ("gosh_summary", all_subsets),
}


@cache
def pairs(topic: str, name: str) -> tuple[Pair, ...]:
    """Every number of a topic in a case."""
    return tuple(TOPICS[topic][1](CASES[name]))


def compared() -> list[tuple[str, str]]:
    """Topic and case of every comparison."""
    return [(topic, name) for topic, (key, _) in TOPICS.items() for name, case in CASES.items() if case.get(key)]


def largest() -> dict[str, tuple[float, str]]:
    """The largest deviation of each quantity, and the case where it is."""
    found: dict[str, tuple[float, str]] = {}
    for topic, name in compared():
        for pair in pairs(topic, name):
            found[pair.quantity] = max(found.get(pair.quantity, (0.0, name)), (pair.deviation, name))
    return found


def main() -> None:
    """Print the largest deviations, the worst first."""
    for quantity, (deviation, name) in sorted(largest().items(), key=lambda item: -item[1][0]):
        print(f"{deviation:8.1e}  {quantity:28} {name}")


if __name__ == "__main__":
    main()
