"""Whether studies differ by group, by a moderator, or by their size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ketevidence.synthesis import engine, inputs
from ketevidence.synthesis.inputs import LEAST_FOR_FUNNEL, LEAST_FOR_PREDICTION, Floats
from ketevidence.synthesis.many import reference
from ketevidence.synthesis.single import Pooled, pool

_SAME = 1e-12  # values of a moderator that differ by less, relative, differ by rounding
_LARGEST = 1e100  # of a moderator: slopes are still numbers


@dataclass(frozen=True)
class Subgroups:
    """Pooled groups, and whether they differ.

    Attributes
    ----------
    names : tuple of str
        The groups, in the order in which they first occur.
    pooled : tuple of Pooled or None
        Each by itself, with its own between-study variance; None for a single study.
    q, p : float or None
        Test of a difference between the groups of three studies and more (of two for equal
        effects); None where there is at most one such group.
    df : int
        Its degrees of freedom.
    """

    names: tuple[str, ...]
    pooled: tuple[Pooled | None, ...]
    q: float | None
    df: int
    p: float | None


@dataclass(frozen=True)
class Regression:
    """A meta-regression on one moderator.

    Attributes
    ----------
    intercept, slope : float
        Effect where the moderator is 0, and its change a unit of the moderator.
    se, low, high, p : float
        Of the slope; the interval is the conservative Knapp-Hartung one.
    tau2 : float
        Between-study variance that is left.
    r2 : float
        Share of the between-study variance that the moderator accounts for, 0 to 1.
    level : float
        Of the interval.
    method : str
        Estimator of the between-study variance.
    k : int
        Studies.
    warning : str
        What a reader must know; empty where nothing.
    """

    intercept: float
    slope: float
    se: float
    low: float
    high: float
    p: float
    tau2: float
    r2: float
    level: float
    method: str
    k: int
    warning: str


@dataclass(frozen=True)
class Egger:
    """A test of small-study effects.

    Attributes
    ----------
    slope : float
        Change of the effect with its standard error; 0 where small studies say the same.
    z, p : float
        Its test, two-sided, against the normal distribution.
    limit : float
        The effect at a standard error of 0.
    k : int
        Studies.
    """

    slope: float
    z: float
    p: float
    limit: float
    k: int


def subgroups(
    effect: ArrayLike,
    variance: ArrayLike,
    group: Sequence[str],
    *,
    method: str = "REML",
    interval: str = "knapp-hartung",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> Subgroups:
    """Each group pooled by itself, and the test that they differ.

    The test is Wald's: the weighted sum of squares of the pooled effects around their
    mean, each weighted by its standard error, against chi-squared. It takes that error as
    known; groups of two studies, whose error hangs on a variance between two, are left out.

    Parameters
    ----------
    effect, variance : array_like, shape (k,)
    group : sequence of str, length k
    method, interval, level, labels
        As for `pool`.

    Returns
    -------
    Subgroups

    Raises
    ------
    ValueError
        A group that is missing, or what `pool` refuses.

    References
    ----------
    Borenstein M, Higgins JPT (2013), Meta-analysis and subgroups. Prevention Science
    14:134-143. doi:10.1007/s11121-013-0377-7

    Examples
    --------
    >>> found = subgroups([0.1, 0.2, 0.3, 0.8, 0.9, 0.7, 0.3], [0.04] * 7, list("aaabbbc"))
    >>> found.names, [one.k if one else 1 for one in found.pooled], found.df
    (('a', 'b', 'c'), [3, 3, 1], 1)
    """
    inputs.options(method, interval, level)
    effects, variances = inputs.studies(effect, variance, labels)
    groups = [str(name) for name in inputs.groups("group", group, effects, labels)]
    names = tuple(dict.fromkeys(groups))
    pooled = []
    for name in names:
        own = np.array([one == name for one in groups])
        shown = None if labels is None else [label for label, inside in zip(labels, own) if inside]
        several = own.sum() >= 2
        pooled.append(
            pool(effects[own], variances[own], method=method, interval=interval, level=level, labels=shown)
            if several
            else None
        )
    q, df, p = _between([one for one in pooled if one and (method == "EE" or one.k >= LEAST_FOR_PREDICTION)])
    return Subgroups(names, tuple(pooled), q, df, p)


def _between(pooled: list[Pooled]) -> tuple[float | None, int, float | None]:
    from scipy.special import chdtrc

    if len(pooled) < 2:
        return None, 0, None
    estimates = np.array([[one.estimate] for one in pooled])
    variances = np.array([[one.se**2] for one in pooled])
    q = float(engine.q_statistic(estimates, variances, np.ones_like(estimates))[0])
    return q, len(pooled) - 1, float(chdtrc(len(pooled) - 1, q))


def meta_regression(
    effect: ArrayLike,
    variance: ArrayLike,
    moderator: ArrayLike,
    *,
    method: str = "REML",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> Regression:
    """How the effect changes with one moderator.

    Parameters
    ----------
    effect, variance : array_like, shape (k,)
        At least 3 studies.
    moderator : array_like, shape (k,)
        A number for every study, not all the same.
    method : {'REML', 'ML', 'DL'}
    level, labels
        As for `pool`.

    Returns
    -------
    Regression

    Raises
    ------
    ValueError
        A moderator that is missing or does not vary, or what `pool` refuses.

    References
    ----------
    Knapp G, Hartung J (2003), Improved tests for a random effects meta-regression with a
    single covariate. Statistics in Medicine 22:2693-2710. doi:10.1002/sim.1482

    Raudenbush SW (2009), Analyzing effect sizes: random-effects models. In: The Handbook
    of Research Synthesis and Meta-Analysis, 2nd edition, 295-315.

    Examples
    --------
    >>> found = meta_regression([0.1, 0.2, 0.35, 0.4], [0.01] * 4, [10, 20, 30, 40])
    >>> round(found.slope, 4), found.k
    (0.0105, 4)
    """
    inputs.options(method, "normal", level)
    if method == "EE":
        raise ValueError("a meta-regression needs a between-study variance; known: REML, ML, DL")
    effects, variances = inputs.studies(effect, variance, labels, least=3)
    design, centre, unit = _design(_moderator(moderator, effects, labels))
    y, v = effects[:, None], variances[:, None]
    found = engine.fit(y, v, design, method)
    se = float(np.sqrt(found.covariance[1, 1, 0] * engine.conservative_factor(found)[0])) / unit
    slope = float(found.beta[1, 0]) / unit
    reach, p = reference(np.array([slope / se]), level, len(effects) - 2)
    total = float(engine.fit(y, v, np.ones((len(effects), 1)), method).tau2[0])
    left = float(found.tau2[0])
    few = "Fewer than 10 studies: a moderator is easily found by chance" if len(effects) < LEAST_FOR_FUNNEL else ""
    return Regression(
        float(found.beta[0, 0]) - slope * centre, slope, se, slope - reach * se, slope + reach * se, float(p[0]),
        left, max(1 - left / total, 0.0) if total > 0 else 0.0, float(level), method, len(effects), few,
    )  # fmt: skip


def egger(effect: ArrayLike, variance: ArrayLike, *, labels: Sequence[str] | None = None) -> Egger:
    """Whether the effect changes with its standard error, in the mixed-effects form.

    Parameters
    ----------
    effect, variance : array_like, shape (k,)
        At least 10 studies: with fewer the test finds little and what it finds is chance.
    labels : sequence of str, optional
        Names of the studies, for messages.

    Returns
    -------
    Egger

    Raises
    ------
    ValueError
        Fewer than 10 studies, standard errors all the same, or what `pool` refuses.

    References
    ----------
    Sterne JAC, Egger M (2005), Regression methods to detect publication and other bias in
    meta-analysis. In: Publication Bias in Meta-Analysis, 99-110.

    Sterne JAC and others (2011), Recommendations for examining and interpreting funnel
    plot asymmetry. BMJ 343:d4002. doi:10.1136/bmj.d4002

    Examples
    --------
    >>> egger([0.1, 0.2], [0.01, 0.02])
    Traceback (most recent call last):
    ValueError: a test of small-study effects needs at least 10 studies, got 2
    """
    purpose = "a test of small-study effects"
    effects, variances = inputs.studies(effect, variance, labels, LEAST_FOR_FUNNEL, purpose)
    errors = _moderator(np.sqrt(variances), effects, labels, "standard error")
    design, centre, unit = _design(errors)
    found = engine.fit(effects[:, None], variances[:, None], design, "REML")
    slope = float(found.beta[1, 0]) / unit
    z = float(found.beta[1, 0] / np.sqrt(found.covariance[1, 1, 0]))
    p = float(reference(np.array([z]), 0.95, None)[1][0])
    return Egger(slope, z, p, float(found.beta[0, 0]) - slope * centre, len(effects))


def _moderator(moderator: ArrayLike, effects: Floats, labels: Sequence[str] | None, name: str = "moderator") -> Floats:
    values = inputs.column(f"values of the {name}", moderator)
    inputs.beside(f"values of the {name}", values, effects)
    if not np.isfinite(values).all():
        raise ValueError(f"{name} {inputs.of(int(np.argmin(np.isfinite(values))), labels)} is missing")
    largest = float(np.abs(values).max())
    if largest > _LARGEST:
        raise ValueError(f"the {name} is as large as {largest:g}; give it in a larger unit")
    if np.ptp(values) <= max(_SAME * largest, 1 / _LARGEST):
        raise ValueError(f"the {name} is {values[0]:g} in all studies; it cannot account for a difference")
    return values


def _design(values: Floats) -> tuple[Floats, float, float]:
    """Intercept and moderator, shifted and scaled to the size of its spread; and by how much."""
    centre, unit = float(values.mean()), float(np.ptp(values))
    return np.column_stack([np.ones(len(values)), (values - centre) / unit]), centre, unit
