"""Many meta-analyses at once: without each study, study by study, or separate ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketevidence.synthesis import engine, inputs
from ketevidence.synthesis.executors import done, pieces
from ketevidence.synthesis.inputs import Floats


@dataclass(frozen=True)
class Many:
    """Results of m meta-analyses, each an array of shape (m,).

    Attributes
    ----------
    estimate, low, high : ndarray of float
        Pooled effects and their intervals, in the unit of the effects.
    se : ndarray of float
        Standard errors, with the Knapp-Hartung factor where it was asked for.
    p : ndarray of float
        Two-sided p values of no effect.
    tau2 : ndarray of float
        Between-study variances, in the squared unit.
    i2, h2 : ndarray of float
        Share of the variance that lies between studies (0 to 1), and its ratio form.
    q : ndarray of float
        Cochran's Q.
    k : ndarray of int
        Studies in each.
    """

    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    p: Floats
    tau2: Floats
    i2: Floats
    h2: Floats
    q: Floats
    k: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.k)


def columns(effect: Floats, variance: Floats, method: str, interval: str, level: float) -> Many:
    """The meta-analysis of every column of arrays of shape (k, d)."""
    ones = np.ones((len(effect), 1))
    found = engine.fit(effect, variance, ones, method)
    estimate, se = found.beta[0], np.sqrt(found.covariance[0, 0])
    adjusted = interval == "knapp-hartung" and method != "EE"
    if adjusted:
        se = se * np.sqrt(engine.conservative_factor(found))
    reach, p = reference(estimate / se, level, len(effect) - 1 if adjusted else None)
    q = engine.q_statistic(effect, variance, ones)
    i2, h2 = engine.heterogeneity(found.tau2, effect, variance, method)
    size = np.full(len(estimate), len(effect), dtype=np.int64)
    return Many(estimate, se, estimate - reach * se, estimate + reach * se, p, found.tau2, i2, h2, q, size)


def reference(ratio: Floats, level: float, df: float | None) -> tuple[float, Floats]:
    """The quantile that an interval reaches, and two-sided p values; normal where df is None."""
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    outside = (1 - level) / 2  # the lower tail keeps its digits near a level of 1
    if df is None:
        return -float(ndtri(outside)), 2 * ndtr(-np.abs(ratio))
    return -float(stdtrit(df, outside)), 2 * stdtr(df, -np.abs(ratio))


def leave_one_out(
    effect: ArrayLike,
    variance: ArrayLike,
    *,
    method: str = "REML",
    interval: str = "knapp-hartung",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> Many:
    """The meta-analysis without each study in turn; row i leaves out study i.

    Parameters
    ----------
    effect, variance : array_like, shape (k,)
        At least 3 studies, so that no row is a single one.
    method, interval, level, labels
        As for `pool`.

    Returns
    -------
    Many
        Of length k.

    Raises
    ------
    ValueError
        Fewer than 3 studies, or what `pool` refuses.

    Examples
    --------
    >>> leave_one_out([0.1, 0.3, 0.2], [0.04, 0.04, 0.04]).estimate.round(2).tolist()
    [0.25, 0.15, 0.2]
    """
    inputs.options(method, interval, level)
    effects, variances = inputs.studies(effect, variance, labels, least=3)
    others = np.array([[j for j in range(len(effects)) if j != i] for i in range(len(effects))]).T
    return columns(effects[others], variances[others], method, interval, level)


def cumulative(
    effect: ArrayLike,
    variance: ArrayLike,
    order: Iterable[float],
    *,
    method: str = "REML",
    interval: str = "knapp-hartung",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> Many:
    """The meta-analysis as studies came in: row i pools the first i + 2 of them.

    Parameters
    ----------
    effect, variance : array_like, shape (k,)
    order : iterable of number, length k
        Such as years; studies of the same year keep the order in which they are given.
    method, interval, level, labels
        As for `pool`.

    Returns
    -------
    Many
        Of length k - 1.

    Raises
    ------
    ValueError
        A place in the order that is missing, or what `pool` refuses.

    Examples
    --------
    >>> cumulative([0.1, 0.3, 0.2], [0.04, 0.04, 0.04], [2019, 2021, 2020]).k.tolist()
    [2, 3]
    """
    inputs.options(method, interval, level)
    effects, variances = inputs.studies(effect, variance, labels)
    places = inputs.column("places in the order", list(order))
    inputs.beside("places in the order", places, effects)
    if not np.isfinite(places).all():
        raise ValueError(f"place {inputs.of(int(np.argmin(np.isfinite(places))), labels)} in the order is missing")
    ranked = np.argsort(places, kind="stable")
    grown = [ranked[: size + 2] for size in range(len(effects) - 1)]
    parts = [columns(effects[rows, None], variances[rows, None], method, interval, level) for rows in grown]
    return _joined(parts)


def pool_many(
    effects: Iterable[ArrayLike],
    variances: Iterable[ArrayLike],
    *,
    method: str = "REML",
    interval: str = "knapp-hartung",
    level: float = 0.95,
    executor: Executor | None = None,
) -> Many:
    """Thousands of separate meta-analyses in one call, in the order in which they are given.

    Parameters
    ----------
    effects, variances : iterable of array_like
        One pair of arrays a meta-analysis, of any length from 2; a matrix has one a row.
    method, interval, level
        As for `pool`.
    executor : concurrent.futures.Executor, optional
        Where to work: a process pool, ``Client(...).get_executor()`` of Dask, or
        ``MPIPoolExecutor`` of mpi4py. Without it here, in this process.

    Returns
    -------
    Many

    Raises
    ------
    ValueError
        What `pool` refuses; the message names the meta-analysis by its place.

    Examples
    --------
    >>> pool_many([[0.1, 0.3], [0.2, 0.2, 0.5]], [[0.04, 0.04], [0.01, 0.02, 0.09]]).k.tolist()
    [2, 3]
    """
    inputs.options(method, interval, level)
    ys, vs = _paired(list(effects), list(variances))
    places: dict[int, list[int]] = {}
    for place, own in enumerate(ys):
        places.setdefault(len(own), []).append(place)
    tasks, order = [], []
    for size, members in sorted(places.items()):
        for chosen in pieces(members, size):
            y, v = (np.stack([side[place] for place in chosen], axis=1) for side in (ys, vs))
            for refused in np.flatnonzero(~inputs.poolable(y, v)):
                _refuse(chosen[refused], y[:, refused], v[:, refused])
            tasks.append((y, v, method, interval, level))
            order += chosen
    if not tasks:
        raise ValueError("pooling needs at least 1 meta-analysis, got 0")
    joined = _joined(done(columns, tasks, executor, "meta-analyses"))
    return _taken(joined, np.argsort(order))


def _paired(effects: list[ArrayLike], variances: list[ArrayLike]) -> tuple[list[Floats], list[Floats]]:
    """Arrays of at least two numbers; a meta-analysis without them is refused by its place."""
    if len(effects) != len(variances):
        raise ValueError(f"{len(effects)} sets of effects, but {len(variances)} of variances")
    pairs = []
    for place, (effect, variance) in enumerate(zip(effects, variances)):
        try:
            y, v = inputs.column("effects", effect), inputs.column("variances", variance)
        except ValueError as error:
            raise ValueError(f"meta-analysis {place}: {error}") from None
        if y.shape != v.shape or len(y) < 2:
            _refuse(place, y, v)
        pairs.append((y, v))
    return [y for y, _ in pairs], [v for _, v in pairs]


def _refuse(place: int, effect: Floats, variance: Floats) -> None:
    try:
        inputs.studies(effect, variance)
    except ValueError as error:
        raise ValueError(f"meta-analysis {place}: {error}") from None


def _joined(parts: Sequence[Many]) -> Many:
    names = Many.__dataclass_fields__
    return Many(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _taken(many: Many, rows: NDArray[np.intp]) -> Many:
    return Many(**{name: getattr(many, name)[rows] for name in Many.__dataclass_fields__})
