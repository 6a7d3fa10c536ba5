"""Effects from counts: the interval of a proportion, its log odds, and two groups compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketevidence.effects.cells import added, four_cells, refuse_correction, refuse_impossible_counts
from ketevidence.effects.rows import Effects, Rows, checked


def wilson(
    events: ArrayLike, n: ArrayLike, *, level: float = 0.95, labels: Sequence[str] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper limit of the Wilson score interval of a proportion.

    Parameters
    ----------
    events : array_like, shape (k,)
        People with the event; missing (NaN) gives missing limits.
    n : array_like, shape (k,)
        People in all, at least 1 wherever it is given.
    level : float
        Confidence level, between 0 and 1.
    labels : sequence of str, length k, optional
        Names of the rows, for messages.

    Returns
    -------
    low, high : ndarray, shape (k,)
        Limits as proportions from 0 to 1.

    Raises
    ------
    ValueError
        Events below 0 or above n, n below 1 or infinite, or a level outside (0, 1).

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
        where = f"in row {position}" if labels is None else f"of {labels[position]!r}"
        if not math.isnan(all_) and (all_ < 1 or math.isinf(all_)):
            raise ValueError(f"n {all_:g} {where} is {'below 1' if all_ < 1 else 'not finite'}")
        if one < 0 or one > all_:
            raise ValueError(f"events {one:g} {where} are not between 0 and n {all_:g}")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = count / people
    centre = (share + z**2 / (2 * people)) / (1 + z**2 / people)
    half = z / (1 + z**2 / people) * np.sqrt(share * (1 - share) / people + z**2 / (4 * people**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def log_odds(
    events: ArrayLike, n: ArrayLike, *, correction: float = 0.5, labels: Sequence[str] | None = None
) -> Effects:
    """Natural logarithms of the odds of proportions (metafor: ``PLO``, ``to="only0"``).

    Parameters
    ----------
    events : array_like, shape (k,)
        People with the event.
    n : array_like, shape (k,)
        People in all, at least 1.
    correction : float
        Added to the people with and to those without the event where one of them is 0,
        above 0.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        Log odds and their variances; the note says where the correction was added.

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Gart JJ, Zweifel JR (1967), On the bias of various estimators of the logit and its
    variance with application to quantal bioassay. Biometrika 54:181-187.
    doi:10.1093/biomet/54.1-2.181

    Examples
    --------
    >>> effect, variance, note = log_odds([3, 0], [10, 10])
    >>> effect.round(4).tolist(), variance.round(4).tolist()
    ([-0.8473, -3.0445], [0.4762, 2.0952])
    >>> note
    ('', '0.5 added to each cell')
    """
    refuse_correction(correction)
    rows = Rows.read(labels, events=events, n=n)
    refuse_impossible_counts(rows, "events", "n")
    with_event, without = rows["events"], rows["n"] - rows["events"]
    empty = (with_event == 0) | (without == 0)
    with_event, without = with_event + correction * empty, without + correction * empty
    note = np.where(empty, added(correction), "").tolist()
    with np.errstate(all="ignore"):
        effect, variance = np.log(with_event / without), 1 / with_event + 1 / without
    return checked(rows, effect, variance, note)


def odds_ratio(
    events: ArrayLike,
    n: ArrayLike,
    control_events: ArrayLike,
    control_n: ArrayLike,
    *,
    correction: float = 0.5,
    labels: Sequence[str] | None = None,
) -> Effects:
    """Natural logarithms of the odds ratios of two groups (metafor: ``OR``, ``drop00=TRUE``).

    Parameters
    ----------
    events, n : array_like, shape (k,)
        People with the event, and people in all, at least 1.
    control_events, control_n : array_like, shape (k,)
        The same of the control group.
    correction : float
        Added to each of the four cells of a row in which one is empty, above 0.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        Log odds ratios, above 0 where the event is more frequent than in the control
        group, and their variances. The note says where the correction was added, and
        which rows are kept out, with effect and variance NaN: those without an event in
        either group, and those where everybody has it.

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Woolf B (1955), On estimating the relation between blood group and disease. Annals of
    Human Genetics 19:251-253. doi:10.1111/j.1469-1809.1955.tb01348.x

    Examples
    --------
    >>> effect, variance, _ = odds_ratio([5], [100], [10], [100])
    >>> round(float(effect[0]), 4), round(float(variance[0]), 4)
    (-0.7472, 0.3216)
    """
    cells = four_cells(events, n, control_events, control_n, correction, labels)
    with np.errstate(all="ignore"):
        effect = np.log(cells.events / cells.others) - np.log(cells.control_events / cells.control_others)
        variance = 1 / cells.events + 1 / cells.others + 1 / cells.control_events + 1 / cells.control_others
    return checked(cells.rows, effect, variance, cells.note, cells.kept_out)


def risk_ratio(
    events: ArrayLike,
    n: ArrayLike,
    control_events: ArrayLike,
    control_n: ArrayLike,
    *,
    correction: float = 0.5,
    labels: Sequence[str] | None = None,
) -> Effects:
    """Natural logarithms of the risk ratios of two groups (metafor: ``RR``, ``drop00=TRUE``).

    Parameters
    ----------
    events, n : array_like, shape (k,)
        People with the event, and people in all, at least 1.
    control_events, control_n : array_like, shape (k,)
        The same of the control group.
    correction : float
        Added to each of the four cells of a row in which one is empty, above 0.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        Log risk ratios, above 0 where the event is more frequent than in the control
        group, and their variances. The note says where the correction was added, and
        which rows are kept out, with effect and variance NaN: those without an event in
        either group, and those where everybody has it.

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Katz D, Baptista J, Azen SP, Pike MC (1978), Obtaining confidence intervals for the
    risk ratio in cohort studies. Biometrics 34:469-474. doi:10.2307/2530610

    Examples
    --------
    >>> effect, variance, _ = risk_ratio([5], [100], [10], [100])
    >>> round(float(effect[0]), 4), round(float(variance[0]), 4)
    (-0.6931, 0.28)
    """
    cells = four_cells(events, n, control_events, control_n, correction, labels)
    with np.errstate(all="ignore"):
        effect = np.log(cells.events / cells.people) - np.log(cells.control_events / cells.control_people)
        # 1/events - 1/people of each group, without the difference of two near numbers
        variance = cells.others / cells.events / cells.people
        variance += cells.control_others / cells.control_events / cells.control_people
    return checked(cells.rows, effect, variance, cells.note, cells.kept_out)


def risk_difference(
    events: ArrayLike,
    n: ArrayLike,
    control_events: ArrayLike,
    control_n: ArrayLike,
    *,
    correction: float = 0.5,
    labels: Sequence[str] | None = None,
) -> Effects:
    """Differences of the risks of two groups (metafor: ``RD``, ``drop00=TRUE``).

    Parameters
    ----------
    events, n : array_like, shape (k,)
        People with the event, and people in all, at least 1.
    control_events, control_n : array_like, shape (k,)
        The same of the control group.
    correction : float
        Added to each of the four cells of a row in which one is empty, above 0.
    labels : sequence of str, length k, optional
        Names of the rows for messages.

    Returns
    -------
    Effects
        Risk differences from -1 to 1 and their variances. A correction moves the
        difference itself, too. The note says where the correction was added, and
        which rows are kept out, with effect and variance NaN: those without an event in
        either group, and those where everybody has it.

    Raises
    ------
    ValueError
        An impossible or missing figure, or lengths that do not fit.

    References
    ----------
    Borenstein M, Hedges LV, Higgins JPT, Rothstein HR (2009), Introduction to
    meta-analysis, chapter 5. doi:10.1002/9780470743386

    Examples
    --------
    >>> effect, variance, _ = risk_difference([5], [100], [10], [100])
    >>> round(float(effect[0]), 4), round(float(variance[0]), 6)
    (-0.05, 0.001375)
    """
    cells = four_cells(events, n, control_events, control_n, correction, labels)
    with np.errstate(all="ignore"):
        risk = cells.events / cells.people
        control_risk = cells.control_events / cells.control_people
        variance = risk * (1 - risk) / cells.people + control_risk * (1 - control_risk) / cells.control_people
    return checked(cells.rows, risk - control_risk, variance, cells.note, cells.kept_out)
