"""Whatever is given: a refusal that names the study, or plain finite numbers; never a NaN that travels on."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketevidence.synthesis import (
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

NAN, INF = math.nan, math.inf
V = [0.1, 0.2, 0.3]
Y = [0.5, 0.1, 0.4]
NAMES = ["Ada 1999", "Bell 2004", "Cox 2011"]
FUNCTIONS: dict[str, Callable[..., object]] = {
    "pool": pool,
    "leave_one_out": leave_one_out,
    "cumulative": lambda y, v, **options: cumulative(y, v, range(np.size(y)), **options),
    "gosh": gosh,
    "subgroups": lambda y, v, **options: subgroups(y, v, ["a"] * np.size(y), **options),
    "meta_regression": lambda y, v, **options: meta_regression(y, v, range(np.size(y)), **options),
}


def refused(action: Callable[..., object], *arguments: object, **options: object) -> str:
    with pytest.raises(ValueError) as refusal:
        action(*arguments, **options)
    return str(refusal.value)


# Figures that are refused


@pytest.mark.parametrize("action", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize(
    ("y", "v", "message"),
    [
        ([0.5, NAN, 0.4], V, "effect nan of 'Bell 2004' is not a finite number"),
        ([0.5, None, 0.4], V, "effect nan of 'Bell 2004' is not a finite number"),
        ([0.5, 0.1, -INF], V, "effect -inf of 'Cox 2011' is not a finite number"),
        (Y, [0.1, NAN, NAN], "variance nan of 'Bell 2004' is not a finite number"),
        (Y, [INF, 0.2, 0.3], "variance inf of 'Ada 1999' is not a finite number"),
        (Y, [0.1, -0.2, 0.3], "variance -0.2 of 'Bell 2004' is not above 0"),
        (Y, [0.1, 0.2, 0], "variance 0 of 'Cox 2011' is not above 0"),
        (Y, [5e-324, 0.2, 0.3], "variance 4.94066e-324 of 'Ada 1999' is below 1e-300"),
        (Y, [0.1, 1.7e308, 0.3], "variance 1.7e+308 of 'Bell 2004' is above 1e+300"),
        ([0.5, 1e200, 0.4], V, "effect 1e+200 of 'Bell 2004' is further from 0 than 1e+100"),
        (
            Y,
            [1e-300, 1e300, 0.3],
            "variances 1e-300 of 'Ada 1999' and 1e+300 of 'Bell 2004' differ by more than a factor of 1e+10",
        ),
        ([0, 1e9, 0], V, "variance 0.1 of 'Ada 1999' is too small beside effects that lie 1e+09 apart"),
        (Y, V[:2], "3 effects, but 2 variances"),
        (Y[:2], V, "2 effects, but 3 variances"),
        ([], V, "0 effects, but 3 variances"),
        (["high", "low", "low"], V, "effects are not all numbers"),
        (Y, [0.1, 0.2, [0.3]], "variances are not all numbers"),
        ([10**400, 1, 2], V, "effects are not all numbers"),
        ([1j, 1, 2], V, "effects are not all numbers"),
        ([Y], V, "effects have 2 dimensions, expected 1"),
        (Y, np.ones((3, 1)), "variances have 2 dimensions, expected 1"),
        (0.5, 0.1, "effects have 0 dimensions, expected 1"),
        ("high", V, "effects are not all numbers"),
        (None, V, "effects have 0 dimensions, expected 1"),
    ],
)
def test_figures_that_cannot_be_pooled_are_refused_by_every_function_with_the_label_of_the_study(action, y, v, message):
    assert refused(action, y, v, labels=NAMES) == message


def test_without_labels_the_row_is_named():
    assert refused(pool, Y, [0.1, -0.2, 0.3]) == "variance -0.2 in row 1 is not above 0"


@pytest.mark.parametrize(
    ("name", "k", "message"),
    [
        ("pool", 0, "pooling needs at least 2 studies, got 0"),
        ("pool", 1, "pooling needs at least 2 studies, got 1 (Ada 1999)"),
        ("cumulative", 1, "pooling needs at least 2 studies, got 1 (Ada 1999)"),
        ("subgroups", 0, "pooling needs at least 2 studies, got 0"),
        ("leave_one_out", 2, "pooling needs at least 3 studies, got 2"),
        ("leave_one_out", 1, "pooling needs at least 3 studies, got 1 (Ada 1999)"),
        ("gosh", 2, "pooling needs at least 3 studies, got 2"),
        ("meta_regression", 2, "pooling needs at least 3 studies, got 2"),
    ],
)
def test_too_few_studies_are_never_pooled(name, k, message):
    assert refused(FUNCTIONS[name], Y[:k], V[:k], labels=NAMES[:k]) == message


@pytest.mark.parametrize("k", [0, 3, 9])
def test_nine_studies_are_too_few_for_a_test_of_small_studies(k):
    few = np.linspace(0.1, 0.9, k)
    assert refused(egger, few, few) == f"a test of small-study effects needs at least 10 studies, got {k}"


def test_a_test_of_small_studies_refuses_figures_like_any_pooling():
    message = "variance 0 of 'study 0' is not above 0"
    assert refused(egger, range(10), range(10), labels=[f"study {i}" for i in range(10)]) == message


def test_every_study_has_a_label_or_none_has():
    assert refused(pool, Y, V, labels=NAMES[:2]) == "3 effects, but 2 labels"


# Options that are refused


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "reml"}, "no method 'reml'; known: REML, ML, DL, EE"),
        ({"method": None}, "no method None; known: REML, ML, DL, EE"),
        ({"level": 0}, "level 0 is not between 0 and 1"),
        ({"level": 1}, "level 1 is not between 0 and 1"),
        ({"level": 95}, "level 95 is not between 0 and 1"),
        ({"level": NAN}, "level nan is not between 0 and 1"),
        ({"level": "95%"}, "level 95% is not between 0 and 1"),
        ({"level": None}, "level None is not between 0 and 1"),
        ({"interval": "wald"}, "no interval 'wald'; known: knapp-hartung, normal"),
    ],
)
def test_unknown_methods_and_impossible_levels_are_refused(options, message):
    for name in ("pool", "leave_one_out", "cumulative", "subgroups"):
        assert refused(FUNCTIONS[name], Y, V, **options) == message
    assert refused(pool_many, [Y], [V], **options) == message


def test_what_goes_with_the_studies_is_refused_where_it_is_missing_or_of_another_number():
    assert refused(cumulative, Y, V, [2001, 2002]) == "3 effects, but 2 places in the order"
    assert refused(cumulative, Y, V, [2001, NAN, 2003], labels=NAMES) == (
        "place of 'Bell 2004' in the order is missing"
    )
    assert refused(cumulative, Y, V, ["early", "late", "late"]) == "places in the order are not all numbers"
    assert refused(subgroups, Y, V, ["a", "b"]) == "3 effects, but 2 groups"
    assert refused(subgroups, Y, V, ["a", None, "b"], labels=NAMES) == "group of 'Bell 2004' is missing"
    assert refused(pool, Y, V, cluster=["a", "b"]) == "3 effects, but 2 clusters"
    assert refused(pool, Y, V, cluster=["a", "b", NAN]) == "cluster in row 2 is missing"


def test_effects_of_one_independent_group_are_not_pooled():
    message = "pooling needs at least 2 independent groups, got 1 (Ada 1999)"
    assert refused(pool, Y, V, cluster=["Ada 1999"] * 3) == message


@pytest.mark.parametrize("y", [[0.3] * 4, [0.1, 0.3, 0.3, 0.1], [1e9 + 0.1, 1e9 + 0.3, 1e9 + 0.3, 1e9 + 0.1]])
def test_groups_that_do_not_differ_leave_a_robust_interval_nothing_to_rest_on(y):
    message = "effects of all independent groups are the same; a cluster-robust interval needs a difference"
    assert refused(pool, y, [0.1] * 4, cluster=["a", "a", "b", "b"]) == message


@pytest.mark.parametrize(
    ("moderator", "message"),
    [
        ([1, 2], "3 effects, but 2 values of the moderator"),
        ([1, 2, NAN], "moderator of 'Cox 2011' is missing"),
        ([1, None, 2], "moderator of 'Bell 2004' is missing"),
        ([7, 7, 7], "the moderator is 7 in all studies; it cannot account for a difference"),
        ([0.3, 0.1 + 0.2, 0.3], "the moderator is 0.3 in all studies; it cannot account for a difference"),
        ([0, 1e200, 5], "the moderator is as large as 1e+200; give it in a larger unit"),
        (["low", "high", "low"], "values of the moderator are not all numbers"),
    ],
)
def test_a_moderator_that_cannot_account_for_anything_is_refused(moderator, message):
    assert refused(meta_regression, Y, V, moderator, labels=NAMES) == message


def test_a_regression_or_a_test_of_small_studies_needs_something_to_estimate():
    message = "a meta-regression needs a between-study variance; known: REML, ML, DL"
    assert refused(meta_regression, Y, V, [1, 2, 3], method="EE") == message
    message = "the standard error is 0.5 in all studies; it cannot account for a difference"
    assert refused(egger, range(10), [0.25] * 10) == message


def test_no_subset_is_no_gosh():
    assert refused(gosh, Y, V, most=0) == "at least 1 subset is needed, got 0"


@pytest.mark.parametrize(
    ("y", "v", "message"),
    [
        ([Y, [0.5]], [V, [0.1]], "meta-analysis 1: pooling needs at least 2 studies, got 1"),
        ([Y, Y], [V, V[:2]], "meta-analysis 1: 3 effects, but 2 variances"),
        ([Y, Y], [V, [0.1, 0.2, -0.3]], "meta-analysis 1: variance -0.3 in row 2 is not above 0"),
        ([[NAN, 1.0], Y], [[1.0, 1.0], V], "meta-analysis 0: effect nan in row 0 is not a finite number"),
        ([Y, ["x", "y", "z"]], [V, V], "meta-analysis 1: effects are not all numbers"),
        ([Y, [[1.0], [1.0, 2.0]]], [V, V], "meta-analysis 1: effects are not all numbers"),
        (Y, V, "meta-analysis 0: effects have 0 dimensions, expected 1"),
        ([Y], [V, V], "1 sets of effects, but 2 of variances"),
        ([], [], "pooling needs at least 1 meta-analysis, got 0"),
    ],
)
def test_of_many_meta_analyses_the_one_that_cannot_be_pooled_is_named(y, v, message):
    assert refused(pool_many, y, v) == message


# Figures that look impossible and have a right answer


@pytest.mark.parametrize("method", ["REML", "ML", "DL", "EE"])
def test_identical_studies_agree(method):
    found = pool([0.3] * 4, [0.04] * 4, method=method)
    assert (found.estimate, found.tau2, found.i2, found.q, found.q_p) == (0.3, 0, 0, 0, 1)
    assert found.se == pytest.approx(0.1)
    assert found.h2 == (0 if method == "EE" else 1)


@pytest.mark.parametrize("unit", [1e-150, 1e-100, 1e-9, 1e9, 1e90])
def test_numbers_of_any_size_have_the_answer_of_their_unit(unit):
    y, v = np.array([1, 2, 7]), np.array([1, 2, 1])
    found, plain = pool(y * unit, v * unit**2), pool(y, v)
    for name in ("estimate", "se", "low", "high", "prediction_low", "prediction_high"):
        assert getattr(found, name) / unit == pytest.approx(getattr(plain, name), rel=1e-9), name
    assert (found.tau2 / unit / unit, found.i2, found.q) == pytest.approx((plain.tau2, plain.i2, plain.q), rel=1e-9)
    assert found.weights == pytest.approx(plain.weights, rel=1e-9)


def test_variances_of_1e300_leave_studies_that_say_nothing():
    found = pool([1, 2, 4], [1e300] * 3)
    assert (found.estimate, found.tau2, found.i2) == (pytest.approx(7 / 3), 0, 0)
    assert found.se == pytest.approx(1e150 / math.sqrt(3))
    assert found.p == pytest.approx(1)


def test_small_differences_far_from_0_keep_their_digits():
    shift, y, v = 1e9, np.array([0.5, 0.25, 1.0, 0.125]), np.array([0.01, 0.02, 0.01, 0.03])
    far, near = pool(y + shift, v), pool(y, v)
    assert far.estimate - shift == pytest.approx(near.estimate, abs=1e-6)
    for name in ("se", "tau2", "tau2_low", "tau2_high", "i2", "q", "h2"):
        assert getattr(far, name) == pytest.approx(getattr(near, name), rel=1e-9), name
    robust = [pool(one, v, cluster=["a", "b", "b", "c"]).se for one in (y + shift, y)]
    assert robust[0] == pytest.approx(robust[1], rel=1e-9)
    assert meta_regression(y + shift, v, [1, 2, 3, 5]).se == pytest.approx(meta_regression(y, v, [1, 2, 3, 5]).se)


def test_one_study_far_more_precise_than_the_others_is_the_answer_and_the_others_are_still_seen():
    """In exact arithmetic: τ² = (Q - df) / c by DerSimonian and Laird, with c = w - (sum of w²) / w."""
    found = pool([0, 1, 3], [1e-9, 1, 1], method="DL", interval="normal")
    assert found.tau2 == pytest.approx((10 - 2) / 4, rel=1e-6)
    assert found.i2 == pytest.approx((10 - 2) / 10, rel=1e-6)
    assert found.q == pytest.approx(10, rel=1e-6)


@pytest.mark.parametrize("level", [1e-12, 1 - 1e-12, 1 - 2**-53])
def test_levels_near_0_and_1_have_finite_intervals(level):
    for interval in ("normal", "knapp-hartung"):
        assert all(map(math.isfinite, numbers(pool([0.5, 0.1], V[:2], level=level, interval=interval))))
        assert all(map(math.isfinite, numbers(pool(Y, V, level=level, interval=interval))))


# Anything at all


def numbers(result: object) -> Iterator[float]:
    """Every number in a result, however deep."""
    if isinstance(result, np.ndarray):
        yield from result.ravel().astype(float).tolist()
    elif isinstance(result, tuple):
        for value in result:
            yield from numbers(value)
    elif is_dataclass(result):
        for field in fields(result):
            yield from numbers(getattr(result, field.name))
    elif result is not None and not isinstance(result, str):
        yield float(result)


@st.composite
def figures(draw) -> tuple[list[float], list[float], int]:
    """Effects and variances of any size, near each other or far apart, some of them odd."""
    k = draw(st.integers(0, 12))
    size = draw(st.sampled_from([0, 5, 90, 310])) * draw(st.floats(-1, 1))
    width, odd = draw(st.sampled_from([0, 1, 5, 12])), draw(st.sampled_from([False, False, False, True]))
    extreme = st.sampled_from([0.0, -0.0, 5e-324, 1e-300, 1e300, 1.7e308, -1.7e308, 1e200, 1e100, -1.0])
    exponents = st.floats(-width, width).map(lambda power: math.exp(max(min(2.3 * size + power, 708), -744)))
    variances = draw(st.lists(exponents | extreme if odd else exponents, min_size=k, max_size=k))
    unit = min(math.exp(1.15 * size) * draw(st.sampled_from([0, 1, 30, 1e6])), 1e99)
    centre = draw(st.sampled_from([0.0, 1e9, unit]))
    near = st.floats(-1, 1).map(lambda share: centre + share * unit)
    effects = draw(st.lists(near | extreme if odd else near, min_size=k, max_size=k))
    return effects, variances, k


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    figures(),
    st.sampled_from(["REML", "ML", "DL", "EE"]),
    st.sampled_from(["knapp-hartung", "normal"]),
    st.sampled_from([0.95, 0.5, 1e-9, 1 - 2**-53]),
    st.data(),
)
def test_any_finite_figures_are_refused_or_have_finite_results(given_as, method, interval, level, data):
    y, v, k = given_as
    some = data.draw(st.lists(st.integers(0, 3), min_size=k, max_size=k))
    moderator = data.draw(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=k, max_size=k))
    options = {"method": method, "interval": interval, "level": level}
    actions = [
        lambda: pool(y, v, **options),
        lambda: pool(y, v, cluster=some, **options),
        lambda: leave_one_out(y, v, **options),
        lambda: cumulative(y, v, some, **options),
        lambda: subgroups(y, v, some, **options),
        lambda: pool_many([y, y], [v, v], **options),
        lambda: gosh(y, v, method=method, most=40),
        lambda: meta_regression(y, v, moderator, method=method, level=level),
        lambda: egger(y, v),
    ]
    for action in actions:
        try:
            result = action()
        except ValueError as refusal:
            message = str(refusal)
            assert message and "\n" not in message and "numpy" not in message
        else:
            assert all(map(math.isfinite, numbers(result)))


# Plain results


RESULTS = [
    pool(Y, V),
    pool(Y[:2], V[:2], method="EE", level=np.float64(0.9)),
    pool(Y, V, cluster=["a", "a", "b"], level=np.float32(0.9)),
    subgroups(Y, V, ["a", "a", "b"]),
    meta_regression(Y, V, [1, 2, 4]),
    egger(range(10), range(1, 11)),
]
ARRAYS = [leave_one_out(Y, V), cumulative(Y, V, [3, 1, 2]), pool_many([Y], [V]), gosh(Y, V)]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_results_are_frozen_plain_numbers_that_survive_a_pickle(result):
    for field in fields(result):
        value = getattr(result, field.name)
        assert type(value) in (float, int, str, tuple, type(None)), field.name
        if type(value) is tuple:
            assert {type(one) for one in value} <= {float, str, Pooled, type(None)}
    assert pickle.loads(pickle.dumps(result)) == result
    assert "np." not in repr(result)
    with pytest.raises(FrozenInstanceError):
        result.k = 3


@pytest.mark.parametrize("result", ARRAYS, ids=lambda result: type(result).__name__)
def test_results_of_many_are_frozen_arrays_that_survive_a_pickle(result):
    again = pickle.loads(pickle.dumps(result))
    for field in fields(result):
        value = getattr(result, field.name)
        assert type(value) in (np.ndarray, bool, str), field.name
        assert np.array_equal(value, getattr(again, field.name))
    assert result.k.dtype == np.int64
    with pytest.raises(FrozenInstanceError):
        result.k = 3
