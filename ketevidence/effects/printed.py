"""Effects from what a report prints: an interval, a standard error, a p value; standard deviations likewise."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from ketevidence.effects.rows import Effects, Floats, Rows, checked

_SCALES = ("identity", "log")
_OFF_MIDDLE = 0.1  # of half the interval: more than the rounding of printed limits explains


def from_interval(
    estimate: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    level: float = 0.95,
    scale: str = "identity",
    labels: Sequence[str] | None = None,
) -> Effects:
    """Effects and variances from printed estimates with their confidence intervals.

    The standard error is the width of the interval, on the scale, over twice the normal
    quantile.

    Parameters
    ----------
    estimate, low, high : array_like, shape (k,)
        Estimates and limits as printed: ratios as ratios, not as logarithms.
    level : float
        Confidence level of the intervals, between 0 and 1.
    scale : {'identity', 'log'}
        Scale on which the interval is symmetric: 'log' for ratios.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        The estimates, on the log scale their natural logarithms. The note says where an
        estimate lies more than a tenth of the half width off the middle of its interval.

    Raises
    ------
    ValueError
        An estimate outside its interval, an interval without width, a ratio that is not
        above 0, a figure that is missing, an unknown scale, or lengths that do not fit.

    References
    ----------
    Higgins JPT, Li T, Deeks JJ (2019), Choosing effect measures and computing estimates of
    effect. Cochrane Handbook, chapter 6, section 6.3. doi:10.1002/9781119536604.ch6

    Examples
    --------
    >>> effect, variance, _ = from_interval([0.81], [0.70], [0.94], scale="log")
    >>> round(float(effect[0]), 3), round(float(variance[0]) ** 0.5, 4)
    (-0.211, 0.0752)
    """
    _refuse_level(level)
    rows = Rows.read(labels, estimate=estimate, low=low, high=high)
    rows.refuse(
        (rows["estimate"] < rows["low"]) | (rows["estimate"] > rows["high"]),
        "estimate {estimate} {row} is not in its interval from {low} to {high}",
    )
    rows.refuse(rows["low"] == rows["high"], "interval from {low} to {high} {row} has no width")
    middle, lower, upper = (_on_scale(rows, name, scale) for name in ("estimate", "low", "high"))
    half = upper / 2 - lower / 2
    off = abs(middle - (lower / 2 + upper / 2)) > _OFF_MIDDLE * half * (1 + 1e-9)
    note = np.where(off, f"estimate off the middle of its interval on the {scale} scale", "").tolist()
    with np.errstate(all="ignore"):
        variance = (half / -NormalDist().inv_cdf((1 - level) / 2)) ** 2
    return checked(rows, middle, variance, note)


def from_standard_error(
    estimate: ArrayLike, se: ArrayLike, *, scale: str = "identity", labels: Sequence[str] | None = None
) -> Effects:
    """Effects and variances from printed estimates with their standard errors.

    Parameters
    ----------
    estimate : array_like, shape (k,)
        Estimates as printed: ratios as ratios.
    se : array_like, shape (k,)
        Standard errors, above 0; on the log scale those of the logarithms.
    scale : {'identity', 'log'}
        'log' for ratios.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        The estimates, on the log scale their natural logarithms, and the squared standard
        errors.

    Raises
    ------
    ValueError
        A standard error or a ratio that is not above 0, a figure that is missing, an
        unknown scale, or lengths that do not fit.

    Examples
    --------
    >>> effect, variance, _ = from_standard_error([2.0], [0.5], scale="log")
    >>> round(float(effect[0]), 4), float(variance[0])
    (0.6931, 0.25)
    """
    rows = Rows.read(labels, estimate=estimate, se=se)
    rows.refuse_not_positive("se")
    effect = _on_scale(rows, "estimate", scale)
    with np.errstate(all="ignore"):
        variance = rows["se"] ** 2
    return checked(rows, effect, variance)


def from_p_value(
    estimate: ArrayLike,
    p: ArrayLike,
    *,
    scale: str = "identity",
    degrees_of_freedom: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
) -> Effects:
    """Effects and variances from printed estimates with their two-sided p values.

    The standard error is the size of the estimate, on the scale, over the quantile that
    belongs to p. Only an exact p serves: with a bound such as p < 0.05 the standard error
    comes out too large.

    Parameters
    ----------
    estimate : array_like, shape (k,)
        Estimates as printed: ratios as ratios.
    p : array_like, shape (k,)
        Two-sided p values of the hypothesis of no difference, above 0 and below 1.
    scale : {'identity', 'log'}
        'log' for ratios, whose hypothesis is a ratio of 1.
    degrees_of_freedom : array_like, shape (k,), optional
        Of the t test that gave p; without it p comes from a normal distribution.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        The estimates, on the log scale their natural logarithms, and their variances.

    Raises
    ------
    ValueError
        A p value outside (0, 1), an estimate of no difference (no standard error follows
        from it), a ratio or degrees of freedom not above 0, a figure that is missing, an
        unknown scale, or lengths that do not fit.

    References
    ----------
    Higgins JPT, Li T, Deeks JJ (2019), Choosing effect measures and computing estimates of
    effect. Cochrane Handbook, chapter 6, section 6.5.2.3. doi:10.1002/9781119536604.ch6

    Altman DG, Bland JM (2011), How to obtain the confidence interval from a P value. BMJ
    343:d2090. doi:10.1136/bmj.d2090

    Examples
    --------
    >>> _, variance, _ = from_p_value([3.8], [0.008], degrees_of_freedom=[45])
    >>> round(float(variance[0]) ** 0.5, 2)
    1.37
    """
    from scipy.special import ndtri, stdtrit

    given = {} if degrees_of_freedom is None else {"degrees_of_freedom": degrees_of_freedom}
    rows = Rows.read(labels, estimate=estimate, p=p, **given)
    rows.refuse_not_positive(*given)
    rows.refuse((rows["p"] <= 0) | (rows["p"] >= 1), "p {p} {row} is not between 0 and 1")
    effect = _on_scale(rows, "estimate", scale)
    rows.refuse(effect == 0, "estimate {estimate} {row} is no difference, no standard error follows from its p")
    tail = rows["p"] / 2
    quantile = stdtrit(rows["degrees_of_freedom"], tail) if given else ndtri(tail)
    with np.errstate(all="ignore"):
        variance = (effect / quantile) ** 2
    return checked(rows, effect, variance)


def sd_from_standard_error(se: ArrayLike, n: ArrayLike, *, labels: Sequence[str] | None = None) -> Floats:
    """Standard deviations of people from standard errors of their means.

    Parameters
    ----------
    se : array_like, shape (k,)
        Standard errors of means, above 0.
    n : array_like, shape (k,)
        People behind each mean, at least 2.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    ndarray, shape (k,)
        Standard deviations, in the unit of the means.

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Higgins JPT, Li T, Deeks JJ (2019), Choosing effect measures and computing estimates of
    effect. Cochrane Handbook, chapter 6, section 6.5.2.2. doi:10.1002/9781119536604.ch6

    Examples
    --------
    >>> sd_from_standard_error([2.0], [25]).tolist()
    [10.0]
    """
    rows = Rows.read(labels, se=se, n=n)
    rows.refuse_not_positive("se")
    rows.refuse_below(2, "n")
    return _of_people(rows, rows["se"])


def sd_from_interval(
    low: ArrayLike, high: ArrayLike, n: ArrayLike, *, level: float = 0.95, labels: Sequence[str] | None = None
) -> Floats:
    """Standard deviations of people from confidence intervals of their means.

    The interval is taken as one of a t distribution with n - 1 degrees of freedom.

    Parameters
    ----------
    low, high : array_like, shape (k,)
        Limits of the interval of the mean of one group, low below high.
    n : array_like, shape (k,)
        People behind each mean, at least 2.
    level : float
        Confidence level of the intervals, between 0 and 1.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    ndarray, shape (k,)
        Standard deviations, in the unit of the means.

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Higgins JPT, Li T, Deeks JJ (2019), Choosing effect measures and computing estimates of
    effect. Cochrane Handbook, chapter 6, section 6.5.2.2. doi:10.1002/9781119536604.ch6

    Examples
    --------
    >>> sd_from_interval([30], [34], [25]).round(3).tolist()
    [4.845]
    """
    from scipy.special import stdtrit

    _refuse_level(level)
    rows = Rows.read(labels, low=low, high=high, n=n)
    rows.refuse(rows["low"] >= rows["high"], "low {low} {row} is not below high {high}")
    rows.refuse_below(2, "n")
    quantile = -stdtrit(rows["n"] - 1, (1 - level) / 2)
    with np.errstate(all="ignore"):
        se = (rows["high"] / 2 - rows["low"] / 2) / quantile
    return _of_people(rows, se)


def _of_people(rows: Rows, se: Floats) -> Floats:
    with np.errstate(all="ignore"):
        sd: Floats = np.sqrt(rows["n"]) * se
    rows.refuse(~(np.isfinite(sd) & (sd > 0)), "no standard deviation {row} can be had from these figures")
    return sd


def _refuse_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level {level:g} is not between 0 and 1")


def _on_scale(rows: Rows, name: str, scale: str) -> Floats:
    if scale not in _SCALES:
        raise ValueError(f"no scale {scale!r}; known: {', '.join(_SCALES)}")
    if scale == "identity":
        return rows[name]
    rows.refuse(rows[name] <= 0, f"{name} {{{name}}} {{row}} is not above 0, as every ratio is")
    return np.log(rows[name])
