"""Effects from means: differences between groups of people, and between two times of the same people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ketevidence.effects.rows import Effects, Floats, Rows, checked, same_people, two_groups
from ketevidence.effects.small_sample import small_sample_factor


def mean_difference(
    mean: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    control_mean: ArrayLike,
    control_sd: ArrayLike,
    control_n: ArrayLike,
    *,
    labels: Sequence[str] | None = None,
) -> Effects:
    """Differences of the means of two groups of different people.

    The groups may have different standard deviations (metafor: ``MD``).

    Parameters
    ----------
    mean, sd, n : array_like, shape (k,)
        Mean and standard deviation (above 0) of the people of a group, in the unit of the
        instrument, and their number, at least 2. The share of a group that serves in
        several comparisons need not be whole.
    control_mean, control_sd, control_n : array_like, shape (k,)
        The same of the control group.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        Mean minus control mean, and its variance in the squared unit.

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Borenstein M, Hedges LV, Higgins JPT, Rothstein HR (2009), Introduction to
    meta-analysis, chapter 4. doi:10.1002/9780470743386

    Examples
    --------
    >>> effect, variance, _ = mean_difference([103], [5.5], [50], [100], [4.5], [50])
    >>> round(float(effect[0]), 2), round(float(variance[0]), 2)
    (3.0, 1.01)
    """
    rows = two_groups(mean, sd, n, control_mean, control_sd, control_n, labels)
    with np.errstate(all="ignore"):
        effect = rows["mean"] - rows["control_mean"]
        variance = rows["sd"] ** 2 / rows["n"] + rows["control_sd"] ** 2 / rows["control_n"]
    return checked(rows, effect, variance)


def hedges_g(
    mean: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    control_mean: ArrayLike,
    control_sd: ArrayLike,
    control_n: ArrayLike,
    *,
    labels: Sequence[str] | None = None,
) -> Effects:
    """Hedges' g: standardised differences of the means of two groups, free of small-sample bias.

    The difference is divided by the pooled standard deviation and multiplied by the exact
    factor J (metafor: ``SMD``, ``vtype="LS"``).

    Parameters
    ----------
    mean, sd, n : array_like, shape (k,)
        Mean and standard deviation (above 0) of the people of a group, in the unit of the
        instrument, and their number, at least 2, as in `mean_difference`.
    control_mean, control_sd, control_n : array_like, shape (k,)
        The same of the control group.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        g in standard deviations, above 0 where the mean is above the control mean; the
        variance is 1/n + 1/control_n + g²/(2 (n + control_n)).

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Hedges LV (1981), Distribution theory for Glass's estimator of effect size and related
    estimators. Journal of Educational Statistics 6:107-128. doi:10.3102/10769986006002107

    Hedges LV (1982), Estimation of effect size from a series of independent experiments.
    Psychological Bulletin 92:490-499. doi:10.1037/0033-2909.92.2.490

    Examples
    --------
    >>> effect, variance, _ = hedges_g([103], [5.5], [50], [100], [4.5], [50])
    >>> round(float(effect[0]), 4), round(float(variance[0]), 4)
    (0.5924, 0.0418)
    """
    rows = two_groups(mean, sd, n, control_mean, control_sd, control_n, labels)
    degrees, control_degrees = rows["n"] - 1, rows["control_n"] - 1
    with np.errstate(all="ignore"):
        squares = degrees * rows["sd"] ** 2 + control_degrees * rows["control_sd"] ** 2
        d = (rows["mean"] - rows["control_mean"]) / np.sqrt(squares / (degrees + control_degrees))
    return _without_bias(rows, d)


def d_to_g(d: ArrayLike, n: ArrayLike, control_n: ArrayLike, *, labels: Sequence[str] | None = None) -> Effects:
    """Hedges' g from a printed Cohen's d of two groups of different people.

    Parameters
    ----------
    d : array_like, shape (k,)
        Difference of the means in pooled standard deviations, without correction.
    n, control_n : array_like, shape (k,)
        People in the groups, at least 2 each.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        g and its variance as in `hedges_g`.

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Hedges LV (1981), Distribution theory for Glass's estimator of effect size and related
    estimators. Journal of Educational Statistics 6:107-128. doi:10.3102/10769986006002107

    Examples
    --------
    >>> round(float(d_to_g([0.597], [50], [50]).effect[0]), 4)
    0.5924
    """
    rows = Rows.read(labels, d=d, n=n, control_n=control_n)
    rows.refuse_below(2, "n", "control_n")
    return _without_bias(rows, rows["d"])


def mean_change(
    mean: ArrayLike,
    sd: ArrayLike,
    control_mean: ArrayLike,
    control_sd: ArrayLike,
    n: ArrayLike,
    *,
    correlation: ArrayLike,
    labels: Sequence[str] | None = None,
) -> Effects:
    """Differences of two means of the same people: in a cross-over, or before and after (metafor: ``MC``).

    Parameters
    ----------
    mean, sd : array_like, shape (k,)
        Mean and standard deviation (above 0) of the people under the treatment (or after),
        in the unit of the instrument.
    control_mean, control_sd : array_like, shape (k,)
        The same of the same people under the control (or before).
    n : array_like, shape (k,)
        People who have both figures, at least 2.
    correlation : array_like, shape (k,)
        Correlation of the two figures of a person, from -1 to 1.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        Mean minus control mean, and its variance in the squared unit.

    Raises
    ------
    ValueError
        An impossible or missing figure, lengths that do not fit, or a correlation of 1 with
        equal standard deviations, which leaves no variance.

    References
    ----------
    Gibbons RD, Hedeker DR, Davis JM (1993), Estimation of effect size from a series of
    experiments involving paired comparisons. Journal of Educational Statistics 18:271-279.
    doi:10.3102/10769986018003271

    Examples
    --------
    >>> effect, variance, _ = mean_change([10], [3], [12], [5], [20], correlation=0.5)
    >>> round(float(effect[0]), 2), round(float(variance[0]), 2)
    (-2.0, 0.95)
    """
    rows = same_people(mean, sd, control_mean, control_sd, n, correlation, labels, least=2)
    first, second = rows["sd"], rows["control_sd"]
    with np.errstate(all="ignore"):
        effect = rows["mean"] - rows["control_mean"]
        # the square of the difference first: the variance never falls below 0 by rounding
        variance = ((first - second) ** 2 + 2 * (1 - rows["correlation"]) * first * second) / rows["n"]
    return checked(rows, effect, variance)


def standardized_mean_change(
    mean: ArrayLike,
    sd: ArrayLike,
    control_mean: ArrayLike,
    control_sd: ArrayLike,
    n: ArrayLike,
    *,
    correlation: ArrayLike,
    labels: Sequence[str] | None = None,
) -> Effects:
    """Standardised differences of two means of the same people, free of small-sample bias.

    The difference is divided by the control's standard deviation (before, or under the
    control), so that it has the scale of `hedges_g` (metafor: ``SMCR``).

    Parameters
    ----------
    mean, sd : array_like, shape (k,)
        Mean and standard deviation (above 0) of the people under the treatment (or after),
        in the unit of the instrument; the standard deviation does not enter.
    control_mean, control_sd : array_like, shape (k,)
        The same of the same people under the control (or before).
    n : array_like, shape (k,)
        People who have both figures, at least 3.
    correlation : array_like, shape (k,)
        Correlation of the two figures of a person, from -1 to 1.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        The difference in standard deviations; its variance is 2 (1 - correlation)/n +
        effect²/(2n).

    Raises
    ------
    ValueError
        An impossible or missing figure, lengths that do not fit, or a correlation of 1
        without a difference, which leaves no variance.

    References
    ----------
    Becker BJ (1988), Synthesizing standardized mean-change measures. British Journal of
    Mathematical and Statistical Psychology 41:257-278.
    doi:10.1111/j.2044-8317.1988.tb00901.x

    Examples
    --------
    >>> effect, variance, _ = standardized_mean_change([10], [5], [12], [3], [20], correlation=0.5)
    >>> round(float(effect[0]), 4), round(float(variance[0]), 4)
    (-0.6399, 0.0602)
    """
    rows = same_people(mean, sd, control_mean, control_sd, n, correlation, labels, least=3)
    with np.errstate(all="ignore"):
        change = (rows["mean"] - rows["control_mean"]) / rows["control_sd"]
        effect = small_sample_factor(rows["n"] - 1) * change
        variance = 2 * (1 - rows["correlation"]) / rows["n"] + effect**2 / (2 * rows["n"])
    return checked(rows, effect, variance)


def _without_bias(rows: Rows, d: Floats) -> Effects:
    people = rows["n"] + rows["control_n"]
    with np.errstate(all="ignore"):
        g = small_sample_factor(people - 2) * d
        variance = people / rows["n"] / rows["control_n"] + g**2 / (2 * people)
    return checked(rows, g, variance)
