"""One meta-analysis, with all that has to be said about it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ketevidence.synthesis import engine, inputs
from ketevidence.synthesis.engine import Fit
from ketevidence.synthesis.inputs import LEAST_FOR_PREDICTION, Floats
from ketevidence.synthesis.many import Many, columns, reference

_NAMES = {
    "REML": "restricted maximum likelihood",
    "ML": "maximum likelihood",
    "DL": "DerSimonian and Laird",
}
_FEW_DEGREES = 4  # below it the Satterthwaite approximation is known to fail
_PREDICTION = "Higgins-Thompson-Spiegelhalter, t with k - 2 degrees of freedom"
_ERROR = {"knapp-hartung": ", Knapp-Hartung error", "normal": ""}


@dataclass(frozen=True)
class Pooled:
    """The result of one meta-analysis; plain numbers in the unit of the effects.

    Attributes
    ----------
    estimate, se, low, high : float
        Pooled effect, its standard error and interval.
    p : float
        Two-sided p value of no effect.
    level : float
        Of all intervals.
    method : {'REML', 'ML', 'DL', 'EE'}
        Estimator of the between-study variance; EE: equal effects, none.
    interval : {'knapp-hartung', 'normal', 'cluster-robust'}
        How the interval was made.
    tau2, tau2_low, tau2_high : float
        Between-study variance, with its Q-profile interval; the limits are None for EE.
    i2 : float
        Share of the variance that lies between studies, 0 to 1.
    h2 : float
        Total variance over the variance within studies.
    q, q_p : float
        Cochran's Q and its p value.
    q_df : int
        Its degrees of freedom.
    weights : tuple of float
        Share of each study in the estimate; sum 1.
    prediction_low, prediction_high : float or None
        Where the effect of a new study would lie; None under 3 studies, for equal effects
        and for dependent ones.
    prediction_method : str
        How that interval was made; empty where there is none.
    k : int
        Effects pooled.
    clusters : int
        Independent groups of them.
    warning : str
        What a reader must know; empty where nothing.
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    level: float
    method: str
    interval: str
    tau2: float
    tau2_low: float | None
    tau2_high: float | None
    i2: float
    h2: float
    q: float
    q_df: int
    q_p: float
    weights: tuple[float, ...]
    prediction_low: float | None
    prediction_high: float | None
    prediction_method: str
    k: int
    clusters: int
    warning: str

    @property
    def sentence(self) -> str:
        """What was done, and the policy for few studies that it followed."""
        share = f"{100 * self.level:g}%"
        counted = f"{self.k} {'effects' if self.clusters < self.k else 'studies'}"
        model = (
            f"Equal-effects model of {counted}"
            if self.method == "EE"
            else f"Random-effects model of {counted}, between-study variance by {_NAMES[self.method]} with its "
            "Q-profile interval"
        )
        warning = f". {self.warning}" if self.warning else ""
        return f"{model}, {self._interval()} {share} interval; {self._prediction()}{warning}."

    def _interval(self) -> str:
        return {
            "knapp-hartung": "Knapp-Hartung (never narrower than normal)",
            "normal": "normal",
            "cluster-robust": f"cluster-robust (CR2, Satterthwaite, {self.clusters} independent groups)",
        }[self.interval]

    def _prediction(self) -> str:
        if self.prediction_method:
            return f"prediction interval: {self.prediction_method}"
        if self.method == "EE" or self.clusters < self.k:
            return "no prediction interval"
        return f"no prediction interval under {LEAST_FOR_PREDICTION} studies"


def pool(
    effect: ArrayLike,
    variance: ArrayLike,
    *,
    method: str = "REML",
    interval: str = "knapp-hartung",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
    cluster: Sequence[str] | None = None,
) -> Pooled:
    """The pooled effect of studies, with its heterogeneity and its limits.

    Parameters
    ----------
    effect, variance : array_like, shape (k,)
        Effects and their sampling variances (squared standard errors), at least 2.
    method : {'REML', 'ML', 'DL', 'EE'}
        Estimator of the between-study variance; EE assumes that there is none.
    interval : {'knapp-hartung', 'normal'}
        The Knapp-Hartung interval is the conservative form, never narrower than the
        normal one (metafor calls it adhoc). Equal effects have the normal one.
    level : float
        Confidence level, between 0 and 1.
    labels : sequence of str, optional
        Names of the studies, for messages.
    cluster : sequence of str, optional
        Which effects depend on each other: several of one trial, or of the same people.
        The interval is then cluster-robust.

    Returns
    -------
    Pooled

    Raises
    ------
    ValueError
        One study or none; unequal lengths; a number that is not finite; a variance that
        is not above 0; figures too large, too small or too far apart for a double; a
        cluster that is missing, or only one. The message names the study.

    References
    ----------
    Viechtbauer W (2007), Confidence intervals for the amount of heterogeneity in
    meta-analysis. Statistics in Medicine 26:37-52. doi:10.1002/sim.2514

    Higgins JPT, Thompson SG, Spiegelhalter DJ (2009), A re-evaluation of random-effects
    meta-analysis. Journal of the Royal Statistical Society A 172:137-159.
    doi:10.1111/j.1467-985X.2008.00552.x

    Pustejovsky JE, Tipton E (2018), Small-sample methods for cluster-robust variance
    estimation and hypothesis testing in fixed effects models. Journal of Business and
    Economic Statistics 36:672-683. doi:10.1080/07350015.2016.1247004

    Examples
    --------
    >>> found = pool([-0.9, -0.2, -0.5], [0.09, 0.04, 0.06])
    >>> round(found.estimate, 2), round(found.low, 2), round(found.high, 2), found.k
    (-0.48, -1.34, 0.37, 3)
    >>> found.prediction_method
    'Higgins-Thompson-Spiegelhalter, t with k - 2 degrees of freedom, Knapp-Hartung error'
    """
    inputs.options(method, interval, level)
    effects, variances = inputs.studies(effect, variance, labels)
    groups = _groups(cluster, effects, labels)
    y, v = effects[:, None], variances[:, None]
    found = engine.fit(y, v, np.ones((len(y), 1)), method)
    many = columns(y, v, method, interval, level)
    kind = "normal" if method == "EE" else interval
    se, low, high, p = (float(values[0]) for values in (many.se, many.low, many.high, many.p))
    notes = ["Two studies only: their variance between each other is hardly known, look at both"] * (len(y) == 2)
    if len(set(groups)) < len(groups):
        kind = "cluster-robust"
        se, low, high, p, few = _robust(found, groups, level)
        notes += ["Too few independent groups for a cluster-robust interval to hold its level"] * few
    tau2_low, tau2_high = _q_profile(effects, variances, level) if method != "EE" else (None, None)
    predicted = _predicted(many, level) if kind != "cluster-robust" and method != "EE" else (None, None)
    return Pooled(
        estimate=float(many.estimate[0]), se=se, low=low, high=high, p=p, level=float(level),
        method=method, interval=kind,
        tau2=float(many.tau2[0]), tau2_low=tau2_low, tau2_high=tau2_high,
        i2=float(many.i2[0]), h2=float(many.h2[0]),
        q=float(many.q[0]), q_df=len(y) - 1, q_p=_chi2_above(float(many.q[0]), len(y) - 1),
        weights=tuple((found.weights[:, 0] / found.weights.sum()).tolist()),
        prediction_low=predicted[0], prediction_high=predicted[1],
        prediction_method=_PREDICTION + _ERROR[kind] if predicted[0] is not None else "",
        k=len(y), clusters=len(set(groups)), warning=". ".join(notes),
    )  # fmt: skip


def _groups(cluster: Sequence[str] | None, effects: Floats, labels: Sequence[str] | None) -> list[object]:
    if cluster is None:
        return list(range(len(effects)))
    groups = inputs.groups("cluster", cluster, effects, labels)
    if len(set(groups)) < 2:
        raise ValueError(f"pooling needs at least 2 independent groups, got 1 ({groups[0]})")
    return groups


def _robust(found: Fit, groups: list[object], level: float) -> tuple[float, float, float, float, bool]:
    """Standard error, interval, p, and whether the groups are too few, of one data set."""
    from pymare.stats import cluster_robust_cov, satterthwaite_dof

    w, residual, ones = found.weights, found.residual, np.ones_like(found.weights)
    codes = np.array([groups.index(group) for group in groups])
    bread, nothing = np.array([[[1 / w.sum()]]]), np.zeros((1, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few groups are said in the result
        covariance = cluster_robust_cov(residual, 1 / w, ones, nothing, codes, model_cov=bread, w=w)
        df = float(np.ravel(satterthwaite_dof(ones, w, codes, model_cov=bread))[0])
    estimate, se = float(found.beta[0, 0]), float(found.unit[0] * np.sqrt(np.ravel(covariance)[0]))
    rounding = np.finfo(float).eps * math.sqrt(((w * residual) ** 2).sum()) / w.sum()
    if se <= 100 * rounding * found.unit[0]:
        raise ValueError("effects of all independent groups are the same; a cluster-robust interval needs a difference")
    reach, p = reference(np.array([estimate / se]), level, df)
    return se, estimate - reach * se, estimate + reach * se, float(p[0]), df < _FEW_DEGREES


def _predicted(many: Many, level: float) -> tuple[float, float] | tuple[None, None]:
    k = int(many.k[0])
    if k < LEAST_FOR_PREDICTION:
        return None, None
    reach = reference(many.estimate, level, k - 2)[0]
    wide = reach * math.hypot(math.sqrt(float(many.tau2[0])), float(many.se[0]))
    return float(many.estimate[0]) - wide, float(many.estimate[0]) + wide


def _q_profile(effects: Floats, variances: Floats, level: float) -> tuple[float, float]:
    from pymare.stats import q_profile

    y, v, _, unit = engine.standardised(effects, variances)
    limits = q_profile(y, v, np.ones((len(y), 1)), alpha=1 - level)
    return float(limits["ci_l"] * unit**2), float(limits["ci_u"] * unit**2)


def _chi2_above(q: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, q))
