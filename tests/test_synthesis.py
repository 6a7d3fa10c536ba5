"""One meta-analysis: published figures, the equations that define its parts, and what must hold for any studies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from ketevidence.synthesis import Pooled, pool

METHODS = ("REML", "ML", "DL", "EE")
RANDOM = ("REML", "ML", "DL")
TWO = "Two studies only: their variance between each other is hardly known, look at both"

examples = settings(max_examples=60, deadline=None, derandomize=True, database=None)
effects = st.floats(-3, 3, allow_subnormal=False)
variances = st.floats(-7, 1).map(math.exp)


@st.composite
def studies(draw, least: int = 2, most: int = 9, widths: float = 1) -> tuple[np.ndarray, np.ndarray]:
    """Effects, and variances that differ by so many powers of e for a width of 1: e to the 8th."""
    k = draw(st.integers(least, most))
    sides = draw(st.lists(st.tuples(effects, variances), min_size=k, max_size=k))
    y, v = np.array(sides).T
    return y, v**widths


def about(value: float, unit: float = 1) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-9 * unit)


def assert_moved(found: Pooled, before: Pooled, factor: float = 1, shift: float = 0) -> None:
    """Every field is what it was, with the effects multiplied and then shifted."""
    size, unit = abs(factor), abs(factor) * before.se

    def ends(one: Pooled) -> list[tuple[float | None, float | None]]:
        return [(one.low, one.high), (one.prediction_low, one.prediction_high)]

    def moved(value: float | None) -> object:
        return None if value is None else about(factor * value + shift, unit)

    for new, old in zip(ends(found), ends(before)):
        assert new == tuple(map(moved, old if factor > 0 else old[::-1]))
    assert (found.estimate, found.se) == (moved(before.estimate), about(size * before.se))
    for name in ("tau2", "tau2_low", "tau2_high"):
        old = getattr(before, name)
        assert getattr(found, name) == (None if old is None else about(size**2 * old, unit**2))
    for name in ("i2", "h2", "q", "q_p", *(["p"] if shift == 0 else [])):
        assert getattr(found, name) == about(getattr(before, name))
    for name in ("level", "method", "interval", "q_df", "k", "clusters", "warning", "prediction_method", "sentence"):
        assert getattr(found, name) == getattr(before, name)


# Published figures


def test_the_trials_of_the_bcg_vaccine_give_the_published_figures():
    """Viechtbauer 2010, Journal of Statistical Software 36(3), section 3.2; doi:10.18637/jss.v036.i03."""
    vaccinated = [(4, 119), (6, 300), (3, 228), (62, 13536), (33, 5036), (180, 1361), (8, 2537), (505, 87886)]
    vaccinated += [(29, 7470), (17, 1699), (186, 50448), (5, 2493), (27, 16886)]
    controls = [(11, 128), (29, 274), (11, 209), (248, 12619), (47, 5761), (372, 1079), (10, 619), (499, 87892)]
    controls += [(45, 7232), (65, 1600), (141, 27197), (3, 2338), (29, 17825)]
    (a, b), (c, d) = np.array(vaccinated).T, np.array(controls).T
    effect, variance = np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    found = pool(effect, variance, interval="normal")
    shown = [found.estimate, found.se, found.low, found.high, found.tau2]
    assert [round(value, 4) for value in shown] == [-0.7145, 0.1798, -1.0669, -0.3622, 0.3132]
    assert [round(value, 2) for value in (100 * found.i2, found.h2)] == [92.22, 12.86]
    assert (round(found.q, 4), found.q_df) == (152.2330, 12)
    assert max(found.p, found.q_p) < 0.0001


def test_two_equal_studies_are_derived_by_hand():
    """Effects 0 and 2, variances 0.5: the mean square between them is 2, of which 0.5 lies within."""
    found = pool([0, 2], [0.5, 0.5])
    assert (found.tau2, found.i2, found.h2, found.q) == (about(1.5), about(0.75), about(4), about(4))
    assert (found.estimate, found.se) == (about(1), about(1))
    assert found.high == about(1 + stats.t.ppf(0.975, 1))
    assert found.p == about(0.5)  # a t of 1 with one degree of freedom
    assert found.weights == (0.5, 0.5)


# Any studies


@examples
@given(studies(), st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_the_order_of_studies_does_not_matter(both, random, method):
    y, v = both
    order = random.sample(range(len(y)), len(y))
    found, before = pool(y[order], v[order], method=method), pool(y, v, method=method)
    assert_moved(found, before)
    assert found.weights == about(tuple(before.weights[i] for i in order))


@examples
@given(studies(), st.floats(-9, 9).map(math.exp), st.sampled_from([1, -1]), st.sampled_from(METHODS))
def test_another_unit_scales_effects_and_changes_nothing_else(both, size, sign, method):
    y, v = both
    found, before = pool(sign * size * y, size**2 * v, method=method), pool(y, v, method=method)
    assert_moved(found, before, factor=sign * size)
    assert found.weights == about(before.weights)


@examples
@given(studies(), st.integers(-1_000, 1_000), st.sampled_from(METHODS))
def test_a_shift_moves_effects_and_changes_nothing_else(both, shift, method):
    y, v = both
    y = np.round(y, 6)
    assert_moved(pool(y + shift, v, method=method), pool(y, v, method=method), shift=shift)


@examples
@given(studies(), st.sampled_from(METHODS))
def test_the_estimate_is_a_weighted_mean_between_the_extremes(both, method):
    y, v = both
    found = pool(y, v, method=method)
    w = 1 / (v + found.tau2)
    assert found.weights == about(tuple(w / w.sum()))
    assert found.estimate == about(float((w * y).sum() / w.sum()), found.se)
    assert y.min() <= found.estimate + 1e-12 and found.estimate - 1e-12 <= y.max()
    assert min(found.weights) > 0 and sum(found.weights) == pytest.approx(1, abs=1e-12)


@examples
@given(studies())
def test_twice_the_precision_narrows_the_interval_of_equal_effects_by_the_root_of_2(both):
    y, v = both
    once, twice = pool(y, v, method="EE"), pool(y, v / 2, method="EE")
    assert twice.estimate == about(once.estimate, once.se)
    assert (twice.high - twice.low) * math.sqrt(2) == about(once.high - once.low)


@examples
@given(studies(), st.sampled_from(RANDOM))
def test_twice_the_precision_narrows_the_standard_error_where_the_variance_between_studies_stays(both, method):
    y, v = both
    found = pool(y, v, method=method, interval="normal")
    assert found.se == about(1 / math.sqrt((1 / (v + found.tau2)).sum()))
    assert 1 / math.sqrt((1 / (v / 2 + found.tau2)).sum()) < found.se


@pytest.mark.parametrize("method", ["REML", "DL"])
def test_twice_the_precision_of_equal_studies_that_differ_only_moves_variance_from_within_to_between(method):
    once, twice = (pool([0, 1, 5], [v] * 3, method=method) for v in (0.4, 0.2))
    assert twice.tau2 == about(once.tau2 + 0.2)
    assert (twice.se, twice.low, twice.high) == (about(once.se), about(once.low), about(once.high))


@examples
@given(studies(), st.sampled_from(RANDOM), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_the_knapp_hartung_interval_holds_the_normal_one_and_the_prediction_interval_holds_both(both, method, level):
    """The factor is at least 1, where Knapp and Hartung leave it below."""
    y, v = both
    normal = pool(y, v, method=method, interval="normal", level=level)
    found = pool(y, v, method=method, level=level)
    factor = ((y - found.estimate) ** 2 / (v + found.tau2)).sum() / (len(y) - 1)
    assert found.se == about(normal.se * math.sqrt(max(factor, 1)))
    assert found.high - found.estimate == about(stats.t.ppf(0.5 + level / 2, len(y) - 1) * found.se)
    assert found.low < normal.low < normal.high < found.high
    if len(y) == 2:
        assert (found.prediction_low, found.prediction_high, found.prediction_method) == (None, None, "")
        return
    reach = stats.t.ppf(0.5 + level / 2, len(y) - 2) * math.sqrt(found.tau2 + found.se**2)
    assert found.prediction_low == about(found.estimate - reach, found.se)
    assert found.prediction_low < found.low < found.high < found.prediction_high < found.estimate + 1.000001 * reach


@examples
@given(studies(), st.sampled_from(RANDOM), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_the_limits_of_the_variance_between_studies_solve_the_q_profile(both, method, level):
    y, v = both
    found = pool(y, v, method=method, level=level)

    def profile(tau2: float) -> float:
        w = 1 / (v + tau2)
        return float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())

    assert 0 <= found.tau2_low <= found.tau2_high
    for limit, share in ((found.tau2_low, 0.5 + level / 2), (found.tau2_high, 0.5 - level / 2)):
        quantile = stats.chi2.ppf(share, len(y) - 1)
        assert profile(limit) == about(quantile) if limit > 0 else profile(0) <= quantile
    assert found.q == about(profile(0))
    assert found.q_p == about(stats.chi2.sf(found.q, len(y) - 1))


# The likelihood, evaluated without the library


def likelihood(tau2: float, y: np.ndarray, v: np.ndarray, method: str) -> float:
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    found = (np.log(w).sum() - (w * (y - mean) ** 2).sum()) / 2
    return float(found - math.log(w.sum()) / 2 if method == "REML" else found)


def score(tau2: float, y: np.ndarray, v: np.ndarray, method: str) -> float:
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    restricted = (w**2).sum() / w.sum() if method == "REML" else 0
    return float(((w * (y - mean)) ** 2).sum() - w.sum() + restricted) / w.sum()


@settings(examples, max_examples=150)
@given(studies(widths=2), st.sampled_from(["REML", "ML"]))
def test_no_variance_between_studies_is_more_likely_than_the_one_that_is_found(both, method):
    y, v = both
    found = pool(y, v, method=method).tau2
    assert score(found, y, v, method) <= 1e-9
    assert found == 0 or score(found, y, v, method) >= -1e-9
    places = [0, *np.geomspace(v.min() / 1_000, 100, 300)]
    assert likelihood(found, y, v, method) >= max(likelihood(place, y, v, method) for place in places) - 1e-9


@pytest.mark.parametrize(
    ("y", "v", "tau2", "lower"),
    [
        ([-0.6, -1.2, 15.5], [0.003, 0.004, 32.08], 0.18888652, 53.474),
        ([-0.8, -2.4, -0.3, 2.4], [0.27, 171.217, 0.115, 1.719], 0.76827446, 0),
        ([9.8, 0.1, 0.8, -0.8, 0], [208.429, 0.02, 0.553, 0.11, 0.004], 0.09547370, 0),
    ],
)
def test_of_two_tops_of_the_likelihood_the_higher_is_taken(y, v, tau2, lower):
    """Searches of PyMARE 0.0.13 and, in the first two, of metafor 3.8.1 end at the lower one."""
    y, v = np.array(y), np.array(v)
    assert pool(y, v).tau2 == about(tau2)
    assert likelihood(tau2, y, v, "REML") > likelihood(lower, y, v, "REML")
    assert abs(score(lower, y, v, "REML")) < 1e-5 if lower else score(0, y, v, "REML") < 0


@examples
@given(studies(), st.sampled_from(RANDOM))
def test_studies_whose_variances_are_alike_have_the_estimates_of_pymare(both, method):
    from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator

    y, v = both
    v = 0.1 + v / 10
    estimator = DerSimonianLaird() if method == "DL" else VarianceBasedLikelihoodEstimator(method=method)
    theirs = estimator.fit(y[:, None], v[:, None], np.ones((len(y), 1))).params_
    found = pool(y, v, method=method)
    assert found.tau2 == pytest.approx(float(np.ravel(theirs["tau2"])[0]), rel=1e-3, abs=1e-5)
    assert found.estimate == pytest.approx(float(theirs["fe_params"][0, 0]), abs=1e-4)


# Effects that depend on each other


@examples
@given(studies(most=6), st.integers(2, 3), st.data())
def test_equal_groups_of_equal_effects_are_tested_like_a_sample_of_their_means(both, size, data):
    """CR2 is then the textbook's: standard error of the mean of m means, t with m - 1 degrees of freedom."""
    means, _ = both
    spread = np.array(data.draw(st.lists(effects, min_size=size, max_size=size)))
    y = (means[:, None] + spread - spread.mean()).ravel()
    m = len(means)
    se = means.std(ddof=1) / math.sqrt(m)
    names = [f"trial {i}" for i in range(m) for _ in range(size)]
    assume(se > 1e-9)
    found = pool(y, np.full(len(y), 0.3), cluster=names)
    assert (found.estimate, found.se) == (about(means.mean()), about(se))
    assert found.high == about(means.mean() + stats.t.ppf(0.975, m - 1) * se)
    assert (found.interval, found.k, found.clusters) == ("cluster-robust", len(y), m)
    assert (found.prediction_low, found.prediction_high) == (None, None)


def test_groups_of_one_effect_each_are_independent_studies():
    assert pool([0.1, 0.5, 0.2], [0.1] * 3, cluster=["a", "b", "c"]) == pool([0.1, 0.5, 0.2], [0.1] * 3)


def test_groups_are_told_apart_by_what_they_are_and_not_by_how_they_are_printed():
    found = pool([0.1, 0.5, 0.2, 0.4], [0.1] * 4, cluster=[1, "1", 1, "1"])
    assert found == pool([0.1, 0.5, 0.2, 0.4], [0.1] * 4, cluster=["a", "b", "a", "b"])


# What is said


@pytest.mark.parametrize(
    ("given_as", "sentence"),
    [
        (
            {},
            "Random-effects model of 3 studies, between-study variance by restricted maximum likelihood with its "
            "Q-profile interval, Knapp-Hartung (never narrower than normal) 95% interval; prediction interval: "
            "Higgins-Thompson-Spiegelhalter, t with k - 2 degrees of freedom, "
            "Knapp-Hartung error.",
        ),
        (
            {"method": "EE", "level": 0.9},
            "Equal-effects model of 3 studies, normal 90% interval; no prediction interval.",
        ),
        (
            {"method": "DL", "cluster": ["a", "b", "a"]},
            "Random-effects model of 3 effects, between-study variance by DerSimonian and Laird with its Q-profile "
            "interval, cluster-robust (CR2, Satterthwaite, 2 independent groups) 95% interval; no prediction "
            "interval. Too few independent groups for a cluster-robust interval to hold its level.",
        ),
    ],
)
def test_the_sentence_says_what_was_done(given_as, sentence):
    assert pool([0.1, 0.5, 0.2], [0.1, 0.2, 0.1], **given_as).sentence == sentence


def test_two_studies_are_pooled_with_a_warning():
    found = pool([0.1, 0.5], [0.1, 0.2], method="ML", interval="normal")
    assert found.warning == TWO
    assert found.sentence == (
        "Random-effects model of 2 studies, between-study variance by maximum likelihood with its Q-profile "
        f"interval, normal 95% interval; no prediction interval under 3 studies. {TWO}."
    )
