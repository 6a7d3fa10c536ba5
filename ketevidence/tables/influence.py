"""How much a pool depends on single trials: frames made from the rows of one pool."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ketevidence import synthesis, wording
from ketevidence.tables.frame import remembered
from ketevidence.tables.pooling import shown

_KEPT = ["group", "scale", "measure", "favours_low", "favours_high"]


@remembered
def leave_one_out(forest: pd.DataFrame, *, method: str = "REML") -> pd.DataFrame:
    """The pool without each trial in turn.

    Parameters
    ----------
    forest : pandas.DataFrame
        Rows of `pooled` or `pooled_rates` with one pool of at least 3 trials.
    method : {'REML', 'ML', 'DL', 'EE'}

    Returns
    -------
    pandas.DataFrame
        row_id, row ('omitted', and 'all' at the end), label, estimate, low, high (shown as
        in the forest), i2 (0 to 1), group (what is alike in these trials), scale, measure,
        favours_low, favours_high, citation, source_id, solid.

    Raises
    ------
    ValueError
        No pool or several, or fewer than 3 trials in it.

    Examples
    --------
    >>> from ketevidence import load, tables
    >>> rates = tables.pooled_rates(load(), condition="SAD", kind="non_response")
    >>> tables.leave_one_out(rates[rates.group.str.contains("placebo")]).row.tolist()
    ['omitted', 'omitted', 'omitted', 'all']
    """
    trials = _one_pool(forest)
    names = trials.label.tolist()
    without = synthesis.leave_one_out(trials.transformed, trials.variance, method=method, labels=names)
    whole = synthesis.pool(trials.transformed, trials.variance, method=method, labels=names)
    write = shown(trials)
    frame = pd.DataFrame({
        "row_id": [*trials.row_id, "all"],
        "row": ["omitted"] * len(trials) + ["all"],
        "label": [f"without {name}" for name in names] + [f"all {wording.counted(len(trials), 'trial')}"],
        "estimate": write(np.append(without.estimate, whole.estimate)),
        "low": write(np.append(without.low, whole.low)),
        "high": write(np.append(without.high, whole.high)),
        "i2": np.append(without.i2, whole.i2),
        "citation": [*trials.citation, "; ".join(trials.citation)],
        "source_id": [*trials.source_id, "; ".join(trials.source_id)],
        "solid": [*trials.solid, bool(trials.solid.all())],
    })  # fmt: skip
    return _described(frame, trials, "row_id")


@remembered
def gosh(forest: pd.DataFrame, *, method: str = "REML", most: int = 2**20) -> pd.DataFrame:
    """The pool of every subset of its trials.

    Parameters
    ----------
    forest : pandas.DataFrame
        Rows of `pooled` or `pooled_rates` with one pool of at least 3 trials.
    method : {'REML', 'ML', 'DL', 'EE'}
    most : int
        Where there are more subsets, so many are drawn; see `synthesis.gosh`.

    Returns
    -------
    pandas.DataFrame
        row_id, estimate (shown as in the forest), i2 (0 to 1), k (trials in the subset),
        full (bool: all trials), group (what is alike in these trials), scale, measure,
        favours_low, favours_high, citation (of all trials), source_id.

    Raises
    ------
    ValueError
        No pool or several, or fewer than 3 trials in it.
    """
    trials = _one_pool(forest)
    found = synthesis.gosh(trials.transformed, trials.variance, method=method, most=most, labels=trials.label.tolist())
    frame = pd.DataFrame({
        "row_id": np.arange(len(found.k)), "estimate": shown(trials)(found.estimate), "i2": found.i2, "k": found.k,
        "full": found.k == len(trials),
    })  # fmt: skip
    frame["citation"], frame["source_id"] = "; ".join(trials.citation), "; ".join(trials.source_id)
    return _described(frame, trials, "row_id")


@remembered
def funnel(forest: pd.DataFrame) -> pd.DataFrame:
    """Effects of a pool against their standard errors.

    Parameters
    ----------
    forest : pandas.DataFrame
        Rows of `pooled` or `pooled_rates` with one pool.

    Returns
    -------
    pandas.DataFrame
        row_id, label, effect, se (both on the transformed scale), pooled (the same in each
        row), group (what is alike in these trials), scale, measure, favours_low, favours_high,
        citation, source_id, solid.

    Raises
    ------
    ValueError
        No pool or several; fewer than 10 trials, whose funnel says nothing.
    """
    trials = _one_pool(forest)
    if len(trials) < synthesis.LEAST_FOR_FUNNEL:
        raise ValueError(f"a funnel needs at least {synthesis.LEAST_FOR_FUNNEL} trials, got {len(trials)}")
    frame = trials[["row_id", "label", "citation", "source_id", "solid"]].reset_index(drop=True)
    frame["effect"], frame["se"] = trials.transformed.to_numpy(), np.sqrt(trials.variance.to_numpy())
    frame["pooled"] = synthesis.pool(trials.transformed, trials.variance).estimate
    return _described(frame, trials, "row_id")


def _one_pool(forest: pd.DataFrame) -> pd.DataFrame:
    """The trials of the one pool in a forest."""
    if missing := sorted({"row", "group", "transformed", "variance"} - set(forest)):
        raise ValueError(f"rows of pooled or pooled_rates are needed; no column {missing[0]!r}")
    groups = forest[forest.row == "pooled"].group.unique()
    if len(groups) != 1:
        named = f": choose the rows of one group ({'; '.join(groups)})" if len(groups) else ": no two trials are alike"
        raise ValueError(f"one pool of trials is needed, got {len(groups)}{named}")
    trials = forest[(forest.row == "study") & (forest.group == groups[0])]
    trials.attrs = forest.attrs
    return trials


def _described(frame: pd.DataFrame, trials: pd.DataFrame, key: str) -> pd.DataFrame:
    for name in _KEPT:
        frame[name] = trials[name].iloc[0]
    frame.attrs = {"evidence": trials.attrs.get("evidence", {}), "key": key}
    return frame
