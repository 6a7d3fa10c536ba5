"""From the figures of one study to an effect: arrays in, arrays out."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray


def wilson(events: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper limit of the Wilson score interval of a proportion.

    Parameters
    ----------
    events : array_like, shape (k,)
        People with the event; missing (NaN) gives missing limits.
    n : array_like, shape (k,)
        People in all, at least 1 wherever it is given.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : ndarray, shape (k,)
        Limits as proportions from 0 to 1.

    Raises
    ------
    ValueError
        Events below 0 or above n, n below 1, or a level outside (0, 1).

    References
    ----------
    Wilson EB (1927), Probable inference, the law of succession, and statistical
    inference. Journal of the American Statistical Association 22:209-212.
    doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> low, high = wilson([4], [8])
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.215, 0.785)
    """
    if not 0 < level < 1:
        raise ValueError(f"level {level:g} is not between 0 and 1")
    count, people = np.broadcast_arrays(np.asarray(events, float), np.asarray(n, float))
    for position, (one, all_) in enumerate(zip(count.ravel(), people.ravel())):
        if not math.isnan(all_) and all_ < 1:
            raise ValueError(f"n {all_:g} in row {position} is below 1")
        if one < 0 or one > all_:
            raise ValueError(f"events {one:g} in row {position} are not between 0 and n {all_:g}")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = count / people
    centre = (share + z**2 / (2 * people)) / (1 + z**2 / people)
    half = z / (1 + z**2 / people) * np.sqrt(share * (1 - share) / people + z**2 / (4 * people**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
