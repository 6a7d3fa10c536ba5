"""Many meta-analyses at once agree with one by one; groups, moderators and study sizes with plain algebra."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from test_synthesis import METHODS, RANDOM, about, examples, studies

from ketevidence.synthesis import (
    Many,
    Pooled,
    cumulative,
    egger,
    gosh,
    leave_one_out,
    meta_regression,
    pool,
    pool_many,
    subgroups,
)

FIELDS = [name for name in Many.__dataclass_fields__ if name != "k"]
options = st.fixed_dictionaries(
    {
        "method": st.sampled_from(METHODS),
        "interval": st.sampled_from(["knapp-hartung", "normal"]),
        "level": st.sampled_from([0.8, 0.95]),
    }
)


def assert_row(many: Many, row: int, one: Pooled) -> None:
    for name in FIELDS:
        assert getattr(many, name)[row] == about(getattr(one, name), one.se), name
    assert many.k[row] == one.k


# Without each study, study by study, separate ones


@examples
@given(studies(least=3, most=7), options)
def test_every_row_of_leave_one_out_is_the_pool_of_all_others(both, options):
    y, v = both
    many = leave_one_out(y, v, **options)
    assert len(many) == len(y)
    for i in range(len(y)):
        assert_row(many, i, pool(np.delete(y, i), np.delete(v, i), **options))


@examples
@given(studies(most=7), options, st.data())
def test_every_row_of_cumulative_is_the_pool_of_the_first_in_the_order(both, options, data):
    y, v = both
    years = data.draw(st.lists(st.integers(1990, 1995), min_size=len(y), max_size=len(y)))
    many = cumulative(y, v, years, **options)
    ranked = sorted(range(len(y)), key=lambda i: years[i])
    assert many.k.tolist() == list(range(2, len(y) + 1))
    for row in range(len(many)):
        first = ranked[: row + 2]
        assert_row(many, row, pool(y[first], v[first], **options))


@examples
@given(st.lists(studies(most=5), min_size=1, max_size=6), options)
def test_every_row_of_pool_many_is_a_pool_of_its_own_whatever_the_sizes(sets, options):
    many = pool_many([y for y, _ in sets], [v.tolist() for _, v in sets], **options)
    assert len(many) == len(sets)
    for row, (y, v) in enumerate(sets):
        assert_row(many, row, pool(y, v, **options))


def test_a_matrix_holds_one_meta_analysis_a_row_and_whole_numbers_are_numbers():
    matrix = np.array([[1, 2, 4], [3, 3, 5]])
    many = pool_many(matrix, np.ones((2, 3), dtype=np.float32))
    for row in range(2):
        assert_row(many, row, pool(matrix[row], [1, 1, 1]))


# Every subset


@settings(examples, max_examples=25)
@given(studies(least=3, most=6), st.sampled_from(METHODS))
def test_gosh_holds_the_pool_of_every_subset_of_two_and_more(both, method):
    y, v = both
    k = len(y)
    found = gosh(y, v, method=method)
    assert found.members.shape == (2**k - 1 - k, k)
    assert len({tuple(row) for row in found.members.tolist()}) == len(found.members)
    assert found.k.tolist() == sorted(found.members.sum(axis=1).tolist())
    for i, inside in enumerate(found.members):
        one = pool(y[inside], v[inside], method=method)
        assert found.estimate[i] == about(one.estimate, one.se)
        assert (found.tau2[i], found.i2[i]) == (about(one.tau2, one.se**2), about(one.i2))
    assert found.members[-1].all() and not found.sampled
    others = leave_one_out(y, v, method=method)
    for i in range(k if k > 3 else 0):
        row = np.flatnonzero((found.members.sum(axis=1) == k - 1) & ~found.members[:, i])[0]
        assert found.estimate[row] == about(others.estimate[i], others.se[i])


def test_beyond_the_most_subsets_a_sample_of_distinct_ones_is_drawn_by_its_seed():
    random = np.random.default_rng(1)
    y, v = random.normal(size=25), random.uniform(0.05, 0.2, 25)
    found, again, other = (gosh(y, v, most=2_000, seed=seed) for seed in (3, 3, 4))
    assert found.sampled and found.members.shape == (2_000, 25)
    assert len({tuple(row) for row in found.members.tolist()}) == 2_000
    assert found.members[-1].all() and not found.members[:-1].all(axis=1).any()
    assert found.k.min() >= 2 and found.k.tolist() == sorted(found.members.sum(axis=1).tolist())
    assert np.array_equal(found.members, again.members) and np.array_equal(found.estimate, again.estimate)
    assert not np.array_equal(found.members, other.members)
    assert found.members[:-1].mean(axis=0) == pytest.approx([0.5] * 25, abs=0.06)  # five standard errors
    one = pool(y[found.members[7]], v[found.members[7]])
    assert (found.estimate[7], found.tau2[7]) == (about(one.estimate, one.se), about(one.tau2))


@pytest.mark.parametrize(
    ("most", "sampled", "number"), [(1, True, 1), (10, True, 10), (11, False, 11), (12, False, 11)]
)
def test_a_sample_is_drawn_only_where_there_are_more_subsets_than_the_most(most, sampled, number):
    found = gosh([0.1, 0.3, 0.2, 0.9], [0.1] * 4, most=most)
    assert (found.sampled, len(found.k), found.members[-1].all()) == (sampled, number, True)


def test_the_sentence_of_gosh_says_which_subsets_were_pooled():
    y, v = [0.1, 0.3, 0.2, 0.9], [0.1] * 4
    assert gosh(y, v).sentence == "11 subsets of two studies and more, all subsets of 4 studies, each pooled by REML"
    assert gosh(y, v, most=5, method="DL").sentence == (
        "5 subsets of two studies and more, a random sample of the subsets of 4 studies, each pooled by DL"
    )


# Groups


@examples
@given(studies(least=5), st.sampled_from(METHODS), st.sampled_from(["knapp-hartung", "normal"]))
def test_groups_are_pooled_apart_and_their_difference_is_the_sum_of_squares_around_the_common_mean(
    both, method, interval
):
    y, v = both
    group = ["b", "a", "b", "a", "single", "b", "a", "c", "c"][: len(y)]
    found = subgroups(y, v, group, method=method, interval=interval)
    assert found.names == tuple(dict.fromkeys(group))
    ours = []
    for name, one in zip(found.names, found.pooled):
        own = np.array(group) == name
        assert one == (pool(y[own], v[own], method=method, interval=interval) if own.sum() > 1 else None)
        ours += [one] if one else []
    means, w = np.array([one.estimate for one in ours]), np.array([one.se**-2 for one in ours])
    tested = [method == "EE" or one.k > 2 for one in ours]
    means, w = means[tested], w[tested]
    if sum(tested) < 2:
        assert (found.q, found.df, found.p) == (None, 0, None)
        return
    q = (w * means**2).sum() - (w * means).sum() ** 2 / w.sum()
    assert found.df == sum(tested) - 1
    assert (found.q, found.p) == (about(q), about(stats.chi2.sf(found.q, found.df)))


def test_groups_of_two_studies_are_left_out_of_the_test_of_a_difference():
    figures = [0, 0.3, 0.1, 0.8, 1.0, 0.9, 5, 5.1], [0.04] * 8, list("aaabbbcc")
    found, without = subgroups(*figures), subgroups(*(column[:6] for column in figures))
    assert (found.q, found.df, found.p) == (without.q, 1, without.p)
    assert found.pooled[2].k == 2


def test_two_groups_are_compared_like_two_means():
    found = subgroups([0, 2, 5, 7], [1, 1, 1, 1], ["a", "a", "b", "b"], method="EE")
    assert found.q == about((6 - 1) ** 2 / (0.5 + 0.5))
    assert found.p == about(2 * stats.norm.sf(5))


def test_with_one_group_of_two_studies_there_is_nothing_to_compare():
    found = subgroups([0.1, 0.2, 0.9], [1, 1, 1], ["a", "a", "b"])
    assert (found.names, found.df, found.q, found.p) == (("a", "b"), 0, None, None)
    assert found.pooled == (pool([0.1, 0.2], [1, 1]), None)


# A moderator


@st.composite
def moderated(draw, least: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    y, v = draw(studies(least=least))
    x = draw(st.lists(st.integers(-50, 50), min_size=len(y), max_size=len(y)))
    assume(len(set(x)) > 1)
    return y, v, np.array(x, float)


def least_squares(y, v, x, tau2) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients, their model-based covariance, and the weighted sum of squares that is left."""
    design, w = np.column_stack([np.ones_like(x), x]), 1 / (v + tau2)
    covariance = np.linalg.inv(design.T @ (w[:, None] * design))
    beta = covariance @ design.T @ (w * y)
    return beta, covariance, float((w * (y - design @ beta) ** 2).sum())


@examples
@given(moderated(), st.sampled_from(RANDOM), st.sampled_from([0.8, 0.95]))
def test_a_regression_is_weighted_least_squares_with_the_conservative_interval(figures, method, level):
    y, v, x = figures
    found = meta_regression(y, v, x, method=method, level=level)
    beta, covariance, left = least_squares(y, v, x, found.tau2)
    df = len(y) - 2
    se = math.sqrt(covariance[1, 1] * max(left / df, 1))
    reach = stats.t.ppf(0.5 + level / 2, df) * se
    assert (found.intercept, found.slope) == (about(beta[0]), about(beta[1], se))
    assert (found.se, found.low, found.high) == (about(se), about(beta[1] - reach, se), about(beta[1] + reach, se))
    assert found.p == pytest.approx(2 * stats.t.sf(abs(beta[1]) / se, df), rel=1e-5, abs=1e-9)
    total = pool(y, v, method=method).tau2
    assert found.r2 == about(max(1 - found.tau2 / total, 0) if total > 0 else 0)
    assert (found.k, found.warning) == (len(y), "Fewer than 10 studies: a moderator is easily found by chance")


@examples
@given(moderated(least=4))
def test_what_is_left_beside_a_moderator_is_the_root_of_the_restricted_score_or_0(figures):
    y, v, x = figures
    found = meta_regression(y, v, x).tau2
    design, w = np.column_stack([np.ones_like(x), (x - x.mean()) / np.ptp(x)]), np.diag(1 / (v + found))
    hat = w - w @ design @ np.linalg.inv(design.T @ w @ design) @ design.T @ w
    score = (y @ hat @ hat @ y - np.trace(hat)) / np.trace(hat)
    assert score <= 1e-8
    assert found == 0 or score >= -1e-8


@examples
@given(moderated(), st.floats(-7, 7).map(math.exp), st.sampled_from([1, -1]), st.integers(-2_000, 2_000))
def test_the_unit_and_the_origin_of_a_moderator_change_only_the_coefficients(figures, size, sign, shift):
    y, v, x = figures
    found, before = meta_regression(y, v, sign * size * x + shift), meta_regression(y, v, x)
    assert found.slope == about(sign * before.slope / size, before.se / size)
    assert found.se == about(before.se / size)
    assert found.intercept + found.slope * shift == about(before.intercept, 1 + abs(found.slope * shift))
    assert (found.p, found.tau2, found.r2) == (about(before.p), about(before.tau2), about(before.r2))


def test_ten_studies_with_a_moderator_need_no_warning():
    assert meta_regression(np.arange(10) % 3, np.ones(10), np.arange(10)).warning == ""


# Small studies


@examples
@given(st.data())
def test_the_test_of_small_studies_is_the_regression_on_the_standard_error(data):
    y, v = data.draw(studies(least=10, most=14))
    assume(np.ptp(v) > 0.01)
    found, fitted = egger(y, v), meta_regression(y, v, np.sqrt(v))
    beta, covariance, _ = least_squares(y, v, np.sqrt(v), fitted.tau2)
    assert (found.limit, found.slope) == (about(beta[0]), about(beta[1]))
    assert found.z == about(beta[1] / math.sqrt(covariance[1, 1]))
    assert found.p == about(2 * stats.norm.sf(abs(found.z)))
    assert found.k == len(y)


def test_studies_whose_effect_grows_with_their_standard_error_are_found():
    se = np.linspace(0.1, 1, 12)
    found = egger(0.3 + 2 * se, se**2)
    assert (found.slope, found.limit) == (about(2), about(0.3))
    assert found.p < 1e-3
