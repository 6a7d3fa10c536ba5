"""Every subset of the studies: how much the answer depends on which of them are in."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketevidence.synthesis import engine, inputs
from ketevidence.synthesis.executors import done, pieces
from ketevidence.synthesis.inputs import Floats


@dataclass(frozen=True)
class Gosh:
    """The pooled estimate of many subsets, in rows of growing size; the last holds all studies.

    Attributes
    ----------
    estimate, tau2, i2 : ndarray of float, shape (m,)
        Of every subset of two studies and more.
    k : ndarray of int, shape (m,)
        Studies in it.
    members : ndarray of bool, shape (m, studies)
        Which ones.
    sampled : bool
        A random sample of the subsets, not all of them.
    method : str
        Estimator of the between-study variance.
    """

    estimate: Floats
    tau2: Floats
    i2: Floats
    k: NDArray[np.int64]
    members: NDArray[np.bool_]
    sampled: bool
    method: str

    @property
    def sentence(self) -> str:
        """What was done."""
        which = "a random sample of the" if self.sampled else "all"
        return (
            f"{len(self.k)} subsets of two studies and more, {which} subsets of {self.members.shape[1]} studies, "
            f"each pooled by {self.method}"
        )


def gosh(
    effect: ArrayLike,
    variance: ArrayLike,
    *,
    method: str = "REML",
    most: int = 2**20,
    seed: int = 0,
    labels: Sequence[str] | None = None,
    executor: Executor | None = None,
) -> Gosh:
    """The meta-analysis of every subset of two studies and more.

    Parameters
    ----------
    effect, variance : array_like, shape (k,)
        At least 3 studies.
    method : {'REML', 'ML', 'DL', 'EE'}
    most : int
        Where there are more subsets, so many are drawn, each subset with the same chance.
    seed : int
        Of the draw: the same seed gives the same subsets.
    labels : sequence of str, optional
        Names of the studies, for messages.
    executor : concurrent.futures.Executor, optional
        Where to work; see `pool_many`.

    Returns
    -------
    Gosh

    Raises
    ------
    ValueError
        Fewer than 3 studies, `most` below 1, or what `pool` refuses.

    References
    ----------
    Olkin I, Dahabreh IJ, Trikalinos TA (2012), GOSH - a graphical display of study
    heterogeneity. Research Synthesis Methods 3:214-223. doi:10.1002/jrsm.1053

    Examples
    --------
    >>> gosh([0.1, 0.3, 0.2], [0.04, 0.04, 0.04]).estimate.round(2).tolist()
    [0.2, 0.15, 0.25, 0.2]
    """
    inputs.options(method, "normal", 0.95)
    effects, variances = inputs.studies(effect, variance, labels, least=3)
    if most < 1:
        raise ValueError(f"at least 1 subset is needed, got {most}")
    k = len(effects)
    sampled = k > 62 or 2**k - 1 - k > most
    members = _drawn(k, most, seed) if sampled else _every(k)
    sizes = members.sum(axis=1)
    tasks = []
    for size in np.unique(sizes).tolist():
        rows = np.nonzero(members[sizes == size])[1].reshape(-1, size)
        tasks += [(effects, variances, rows[piece], method) for piece in pieces(range(len(rows)), size)]
    found = np.concatenate(done(_fitted, tasks, executor, "subsets"), axis=1)
    return Gosh(found[0], found[1], found[2], sizes, members, sampled, method)


def _fitted(effects: Floats, variances: Floats, rows: NDArray[np.intp], method: str) -> Floats:
    """Estimate, τ² and I² of every subset, shape (3, m); rows (m, size) name the studies."""
    y, v = effects[rows].T, variances[rows].T
    found = engine.fit(y, v, np.ones((len(y), 1)), method)
    i2 = engine.heterogeneity(found.tau2, y, v, method)[0]
    return np.stack([found.beta[0], found.tau2, i2])


def _every(k: int) -> NDArray[np.bool_]:
    """All subsets of two and more, shape (2**k - 1 - k, k), the smaller ones first."""
    numbers = np.arange(2**k, dtype=np.int64)
    return _by_size((numbers[:, None] >> np.arange(k)) & 1 == 1)


def _drawn(k: int, most: int, seed: int) -> NDArray[np.bool_]:
    """Distinct subsets of two and more, each with the same chance, and the whole set; shape (most, k)."""
    random = np.random.default_rng(seed)
    distinct = np.ones((1, k), dtype=bool)
    while len(distinct) < most:
        more = np.concatenate([distinct, random.integers(0, 2, (most, k), dtype=bool)])
        more = more[more.sum(axis=1) >= 2]
        first = np.unique(np.packbits(more, axis=1), axis=0, return_index=True)[1]
        distinct = more[np.sort(first)]
    return _by_size(distinct[:most])


def _by_size(members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    sizes = members.sum(axis=1)
    order = np.argsort(sizes, kind="stable")
    ranked: NDArray[np.bool_] = members[order[sizes[order] >= 2]]
    return ranked
