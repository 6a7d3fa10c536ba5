"""The factor that takes the small-sample bias out of standardised differences."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ketevidence.effects.rows import Floats, Rows

_MANY = 1e6  # the logarithms are so large here that their difference is less exact than the series


def small_sample_factor(degrees_of_freedom: ArrayLike, *, labels: Sequence[str] | None = None) -> Floats:
    """Hedges' exact factor J: a standardised difference times J is free of small-sample bias.

    J = Γ(m/2) / (√(m/2) Γ((m-1)/2)) for m degrees of freedom; from a million on by the
    series 1 - 3/(4m - 1), which is then as exact.

    Parameters
    ----------
    degrees_of_freedom : array_like, shape (k,)
        Of the standard deviation that a difference was divided by, above 1: people less 2
        for the pooled one of two groups.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    ndarray, shape (k,)
        Factors between 0 and 1.

    Raises
    ------
    ValueError
        Degrees of freedom missing or not above 1, or lengths that do not fit.

    References
    ----------
    Hedges LV (1981), Distribution theory for Glass's estimator of effect size and related
    estimators. Journal of Educational Statistics 6:107-128. doi:10.3102/10769986006002107

    Examples
    --------
    >>> small_sample_factor([2, 10, 98]).round(4).tolist()
    [0.5642, 0.9227, 0.9923]
    """
    rows = Rows.read(labels, degrees_of_freedom=degrees_of_freedom)
    degrees = rows["degrees_of_freedom"]
    rows.refuse(degrees <= 1, "degrees_of_freedom {degrees_of_freedom} {row} are not above 1")
    return np.array([_factor(m) for m in degrees.tolist()], dtype=np.float64)


def _factor(m: float) -> float:
    """J through logarithms, because the gamma function itself overflows at 344 degrees of freedom."""
    if m >= _MANY:
        return 1 - 3 / (4 * m - 1)
    return math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2) - math.log(m / 2) / 2)
