"""The model fitted to many data sets at once, on the algebra of PyMARE.

Everywhere effects and variances have the shape (k, d): k studies, d data sets of the same
number of studies. A design has the shape (k, p), or (k, 1) of ones without moderators.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ketevidence.synthesis.inputs import Floats

_PLACES = 32  # where the sign of the score is looked at
_STEPS = 60  # of false position; a dozen is used
_CLOSE = 1e-13  # the last step, relative


class Fit(NamedTuple):
    """Coefficients (p, d), their covariance (p, p, d) and the between-study variance (d,), in the unit of the effects.

    Weights and residuals, each (k, d), are in the unit (d,) of `standardised`.
    """

    beta: Floats
    covariance: Floats
    tau2: Floats
    weights: Floats
    residual: Floats
    unit: Floats


def fit(effect: Floats, variance: Floats, design: Floats, method: str) -> Fit:
    """The fit of every data set, model-based: the covariance is the inverse of X'WX."""
    from pymare.stats import weighted_least_squares

    y, v, centre, unit = standardised(effect, variance)
    tau2 = between_variance(y, v, design, method)
    weights = 1 / (v + tau2)
    beta, covariance = weighted_least_squares(y, v, design, return_cov=True, w=weights)
    residual = y - design @ beta
    beta = beta * unit
    beta[0] += centre
    return Fit(beta, covariance * unit**2, tau2 * unit**2, weights, residual, unit)


def standardised(effect: Floats, variance: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Effects and variances, shifted by the third and in the unit of the fourth result, each (d,).

    The unit is the size of the data set's own standard errors, so that neither the unit of
    the effects nor their distance from 0 matters to a double.
    """
    centre, unit = np.median(effect, axis=0), np.sqrt(np.median(variance, axis=0))
    return (effect - centre) / unit, variance / unit**2, centre, unit


def between_variance(y: Floats, v: Floats, design: Floats, method: str) -> Floats:
    """The between-study variance of every data set, shape (d,); 0 for equal effects."""
    from pymare.estimators import DerSimonianLaird

    if method == "EE":
        return np.zeros(y.shape[1])
    if method == "DL":
        found = DerSimonianLaird(small_sample_correction="wald").fit(y, v, design)
        return np.ravel(found.params_["tau2"])
    return _most_likely(y, v, design, method)


def _most_likely(y: Floats, v: Floats, design: Floats, method: str) -> Floats:
    """The between-study variance at the top of every likelihood, to all digits; shape (d,).

    PyMARE searches in steps of the mean variance. Where variances differ widely it passes
    over a top near 0, and any search for a top ends after half of the digits. So every root
    of the score is found, on a scale of powers of the smallest variance, and the most
    likely one is taken. The score is y'PPy - tr(P), and y'Py is below 1 where τ² is above
    the sum of squares of y, so that the score is negative there.
    """
    least = v.min(axis=0)
    end = np.log1p(2 * (y**2).sum(axis=0) / least)  # twice, so that rounding does not matter
    places = least * np.expm1(np.multiply.outer(np.linspace(0, 1, _PLACES), end))
    rises = np.array([_score(place, y, v, design, method) > 0 for place in places])
    at_zero = np.flatnonzero(~rises[0])
    before, inside = np.nonzero(rises[:-1] & ~rises[1:])
    root = _root(places[before, inside], places[before + 1, inside], y[:, inside], v[:, inside], design, method)
    column, tau2 = np.concatenate([at_zero, inside]), np.concatenate([np.zeros(len(at_zero)), root])
    ranked = np.lexsort([_deviance(tau2, y[:, column], v[:, column], design, method), column])
    top: Floats = tau2[ranked[np.unique(column[ranked], return_index=True)[1]]]
    return top


def _root(low: Floats, high: Floats, y: Floats, v: Floats, design: Floats, method: str) -> Floats:
    """Where the score falls through 0 between low and high; shape (d,).

    The Illinois form of false position. Dowell M, Jarratt P (1971), A modified regula falsi
    method for computing the root of an equation. BIT 11:168-174. doi:10.1007/BF01934364
    """
    above, below = (_score(end, y, v, design, method) for end in (low, high))
    root, side, near = low, np.zeros(len(low)), v.min(axis=0)
    for _ in range(_STEPS):
        last, root = root, high - below * (high - low) / (below - above)
        score = _score(root, y, v, design, method)
        before, side = side, np.where(score > 0, 1, -1)
        damped = np.where(side == before, 0.5, 1)  # the end that stays twice
        low, above = np.where(side > 0, root, low), np.where(side > 0, score, above * damped)
        high, below = np.where(side < 0, root, high), np.where(side < 0, score, below * damped)
        if (np.abs(root - last) <= _CLOSE * (root + near)).all():
            break
    return root


def _deviance(tau2: Floats, y: Floats, v: Floats, design: Floats, method: str) -> Floats:
    """Minus twice the log-likelihood, but for a constant; shape (d,)."""
    from pymare.stats import weighted_least_squares

    w = 1 / (v + tau2)
    beta, covariance = weighted_least_squares(y, v, design, return_cov=True, w=w)
    found: Floats = (w * (y - design @ beta) ** 2).sum(axis=0) - np.log(w).sum(axis=0)
    return found - np.linalg.slogdet(covariance.T)[1] if method == "REML" else found


def _score(tau2: Floats, y: Floats, v: Floats, design: Floats, method: str) -> Floats:
    """Twice the derivative of the log-likelihood by the between-study variance; shape (d,).

    Viechtbauer W (2005), Bias and efficiency of meta-analytic variance estimators in the
    random-effects model. Journal of Educational and Behavioral Statistics 30:261-293.
    doi:10.3102/10769986030003261
    """
    w = 1 / (v + tau2)
    k, p = design.shape
    products = np.einsum("kp,kq->pqk", design, design).reshape(p * p, k)
    bread = (products @ w).T.reshape(-1, p, p)
    bread = 1 / bread if p == 1 else np.linalg.inv(bread)
    beta = np.einsum("dpq,qd->pd", bread, design.T @ (w * y))
    score: Floats = ((w * (y - design @ beta)) ** 2).sum(axis=0) - w.sum(axis=0)
    if method == "REML":
        score += np.einsum("dpq,pqd->d", bread, (products @ w**2).reshape(p, p, -1))
    return score


def q_statistic(effect: Floats, variance: Floats, design: Floats) -> Floats:
    """Cochran's Q of every data set, the residual one where there is a moderator; shape (d,)."""
    from pymare.stats import q_gen

    y, v, _, _ = standardised(effect, variance)
    return np.ravel(q_gen(y, v, design, 0.0))


def conservative_factor(found: Fit) -> Floats:
    """The Knapp-Hartung factor of every data set, at least 1; shape (d,).

    Knapp G, Hartung J (2003), Improved tests for a random effects meta-regression with a
    single covariate. Statistics in Medicine 22:2693-2710. doi:10.1002/sim.1482
    The floor: Röver C, Knapp G, Friede T (2015), Hartung-Knapp-Sidik-Jonkman approach and
    its modification for random-effects meta-analysis with few studies. BMC Medical
    Research Methodology 15:99. doi:10.1186/s12874-015-0091-1
    """
    df = len(found.residual) - len(found.beta)
    factor: Floats = np.maximum((found.weights * found.residual**2).sum(axis=0) / df, 1)
    return factor


def heterogeneity(tau2: Floats, effect: Floats, variance: Floats, method: str) -> tuple[Floats, Floats]:
    """I² (0 to 1) and H² of every data set, each of shape (d,).

    From τ² and the within-study variance of a typical study; from Q where τ² is 0 by
    assumption. Higgins JPT, Thompson SG (2002), Quantifying heterogeneity in a
    meta-analysis. Statistics in Medicine 21:1539-1558. doi:10.1002/sim.1186
    """
    df = len(variance) - 1
    if method == "EE":
        q = q_statistic(effect, variance, np.ones((len(effect), 1)))
        return 1 - df / np.maximum(q, df), q / df
    unit = variance.min(axis=0)
    w = unit / variance
    pairs = (w[1:] * np.cumsum(w, axis=0)[:-1]).sum(axis=0)  # half of (sum of w)² - sum of w², without a difference
    typical = unit * df * w.sum(axis=0) / (2 * pairs)
    return tau2 / (tau2 + typical), 1 + tau2 / typical
