"""Effects against published values, against the equations that define them, and against themselves turned round."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketevidence import effects
from ketevidence.effects import (
    Effects,
    d_to_g,
    from_interval,
    from_p_value,
    from_standard_error,
    hedges_g,
    log_odds,
    mean_change,
    mean_difference,
    odds_ratio,
    risk_difference,
    risk_ratio,
    sd_from_interval,
    sd_from_standard_error,
    small_sample_factor,
    standardized_mean_change,
    wilson,
)

Z95 = 1.959963984540054
LABELS = ["Jones 2019", "Smith 2020"]
NOBODY = "kept out: no event in either group"
EVERYBODY = "kept out: everybody has the event in both groups"
OFF = "estimate off the middle of its interval on the {} scale"
COMPARISONS = [odds_ratio, risk_ratio, risk_difference]

MEANS = st.floats(-100, 100)
SDS = st.floats(0.1, 50)
PEOPLE = st.integers(2, 500)
GROUP = st.tuples(MEANS, SDS, PEOPLE)
COUNTS = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
ANY = st.lists(st.floats() | st.sampled_from([0, 5e-324, 1e-200, 0.5, 1, 2, 3, 1e200]), min_size=6, max_size=6)

examples = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def only(found: Effects) -> tuple[float, float, str]:
    """Effect, variance and note of the only row."""
    assert found.effect.shape == found.variance.shape == (1,)
    assert found.effect.dtype == found.variance.dtype == np.float64
    return float(found.effect[0]), float(found.variance[0]), found.note[0]


def close(number: float) -> float:
    return pytest.approx(number, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_limits_are_the_published_ones(events, n, low, high):
    lows, highs = wilson([events], [n])
    assert (round(float(lows[0]), 4), round(float(highs[0]), 4)) == (low, high)


@pytest.mark.parametrize(("events", "n"), [(0, 1), (1, 1), (4, 8), (67, 182), (11579, 19395), (3, 10**6)])
@pytest.mark.parametrize(("level", "z"), [(0.95, Z95), (0.9, 1.6448536269514722), (0.99, 2.5758293035489004)])
def test_wilson_limits_solve_the_equation_of_the_score_test(events, n, level, z):
    """The limits are the roots p of (events/n - p)² = z² p(1-p)/n."""
    share = events / n
    a, b, c = 1 + z**2 / n, -(2 * share + z**2 / n), share**2
    root = math.sqrt(b**2 - 4 * a * c)
    low, high = wilson([events], [n], level=level)
    assert low[0] == pytest.approx((-b - root) / (2 * a), abs=1e-12)
    assert high[0] == pytest.approx((-b + root) / (2 * a), abs=1e-12)
    assert 0 <= low[0] <= share <= high[0] <= 1


def test_events_and_others_mirror_each_other():
    low, high = wilson([3, 17], [20, 20])
    assert low[0] == pytest.approx(1 - high[1])
    assert high[0] == pytest.approx(1 - low[1])


def test_missing_figures_have_missing_wilson_limits():
    low, high = wilson([math.nan, 4, 4], [8, math.nan, 8])
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, True, False]


def test_one_number_of_people_stands_for_all_and_no_row_gives_no_limit():
    assert wilson([1, 2, 3], 10)[0].shape == (3,)
    assert [limit.tolist() for limit in wilson([], [])] == [[], []]


def test_a_wilson_limit_is_refused_with_the_label_of_its_row():
    with pytest.raises(ValueError) as refusal:
        wilson([1, 9], [8, 8], labels=["Smith 2020", "Li 2021"])
    assert str(refusal.value) == "events 9 of 'Li 2021' are not between 0 and n 8"


@pytest.mark.parametrize(
    ("events", "n", "level", "message"),
    [
        ([1, 9], [8, 8], 0.95, "events 9 in row 1 are not between 0 and n 8"),
        ([-1], [8], 0.95, "events -1 in row 0 are not between 0 and n 8"),
        ([0], [0], 0.95, "n 0 in row 0 is below 1"),
        ([math.nan], [-3], 0.95, "n -3 in row 0 is below 1"),
        ([3], [math.inf], 0.95, "n inf in row 0 is not finite"),
        ([1], [8], 1, "level 1 is not between 0 and 1"),
        ([1], [8], 95, "level 95 is not between 0 and 1"),
    ],
)
def test_impossible_figures_have_no_wilson_limits(events, n, level, message):
    with pytest.raises(ValueError) as refusal:
        wilson(events, n, level=level)
    assert str(refusal.value) == message


# means


def test_a_mean_difference_has_the_variance_of_unequal_groups():
    # Normand 1999, Statistics in Medicine 18:321-359, table II: length of stay, Edinburgh
    effect, variance, note = only(mean_difference([55], [47], [155], [75], [64], [156]))
    assert (effect, round(variance, 2), note) == (-20, 40.51, "")


def test_hedges_g_is_the_published_one():
    # Borenstein 2009, Introduction to Meta-Analysis, chapter 4: d 0.5970, g 0.5924
    assert round(only(hedges_g([103], [5.5], [50], [100], [4.5], [50]))[0], 4) == 0.5924
    assert round(only(d_to_g([0.5970], [50], [50]))[0], 4) == 0.5924


@pytest.mark.parametrize("half", [1, 2, 5, 19, 50, 500, 5000])
def test_the_small_sample_factor_is_a_ratio_of_factorials_where_the_degrees_of_freedom_are_even(half):
    """Γ(h) is (h-1)!, Γ(h-1/2) is √π (2h-2)!/(4^(h-1) (h-1)!), for 2h degrees of freedom."""
    ratio = (math.factorial(half - 1) ** 2 << 2 * (half - 1), math.factorial(2 * half - 2))
    shift = max(ratio[1].bit_length() - 1000, 0)
    exact = (ratio[0] >> shift) / (ratio[1] >> shift) / math.sqrt(math.pi * half)
    assert small_sample_factor([2 * half])[0] == pytest.approx(exact, rel=2e-11)


@pytest.mark.parametrize(("degrees", "precision"), [(10**6 - 1, 1e-8), (10**6, 1e-13), (10**7, 1e-13)])
def test_the_small_sample_factor_goes_on_smoothly_where_the_series_begins(degrees, precision):
    expected = 1 - 3 / (4 * degrees) - 7 / (32 * degrees**2)
    assert small_sample_factor([degrees])[0] == pytest.approx(expected, rel=precision)


def test_hedges_g_corrects_the_difference_in_pooled_standard_deviations():
    """Standard deviations 3 and 4, 10 degrees of freedom each: pooled √12.5."""
    effect, variance, _ = only(hedges_g([12], [3], [11], [10], [4], [11]))
    factor = math.factorial(9) ** 2 * 4**9 / math.factorial(18) / math.sqrt(10 * math.pi)
    assert effect == close(factor * 2 / math.sqrt(12.5))
    assert variance == close(2 / 11 + effect**2 / 44)


def test_a_change_of_the_same_people_has_the_variance_of_their_differences():
    """(3² + 5² - 2·0.5·3·5)/20."""
    assert only(mean_change([10], [3], [12], [5], [20], correlation=0.5)) == (-2, close(0.95), "")


def test_a_standardised_change_has_the_scale_of_the_control():
    effect, variance, _ = only(standardized_mean_change([10], [3], [12], [5], [21], correlation=0.25))
    factor = math.factorial(9) ** 2 * 4**9 / math.factorial(18) / math.sqrt(10 * math.pi)
    assert (effect, variance) == (close(-0.4 * factor), close(1.5 / 21 + effect**2 / 42))


def test_each_row_may_have_its_own_correlation():
    found = mean_change([1, 1], 2, [0, 0], 2, 8, correlation=[0, 0.5])
    assert found.variance.tolist() == [1, 0.5]


@examples
@given(GROUP, GROUP)
def test_swapped_groups_turn_the_sign_of_a_difference_of_means(one, other):
    for compare in (mean_difference, hedges_g):
        effect, variance, _ = only(compare(*one, *other))
        assert only(compare(*other, *one)) == (close(-effect), close(variance), "")


@examples
@given(GROUP, GROUP, st.floats(0.01, 100))
def test_hedges_g_does_not_know_the_unit(one, other, unit):
    stretched = [(mean * unit, sd * unit, n) for mean, sd, n in (one, other)]
    effect, variance, _ = only(hedges_g(*one, *other))
    assert only(hedges_g(*stretched[0], *stretched[1])) == (close(effect), close(variance), "")


@examples
@given(MEANS, SDS, MEANS, SDS, PEOPLE)
def test_uncorrelated_figures_of_the_same_people_are_as_two_groups(mean, sd, control_mean, control_sd, n):
    changed = mean_change(mean, sd, control_mean, control_sd, n, correlation=0)
    effect, variance, _ = only(mean_difference(mean, sd, n, control_mean, control_sd, n))
    assert only(changed) == (close(effect), close(variance), "")


@examples
@given(MEANS, SDS, MEANS, SDS, st.integers(3, 500), st.floats(-1, 0.99))
def test_swapped_times_turn_the_sign_of_a_change(mean, sd, control_mean, control_sd, n, correlation):
    effect, variance, _ = only(mean_change(mean, sd, control_mean, control_sd, n, correlation=correlation))
    turned = mean_change(control_mean, control_sd, mean, sd, n, correlation=correlation)
    assert only(turned) == (close(-effect), close(variance), "")
    effect, variance, _ = only(standardized_mean_change(mean, sd, control_mean, sd, n, correlation=correlation))
    turned = standardized_mean_change(control_mean, sd, mean, sd, n, correlation=correlation)
    assert only(turned) == (close(-effect), close(variance), "")


# counts


@pytest.mark.parametrize(
    ("compare", "counts", "effect", "variance"),
    [  # Borenstein 2009, Introduction to Meta-Analysis, chapter 5; Colditz 1994, JAMA 271:698-702: Aronson 1948
        (risk_ratio, (5, 100, 10, 100), -0.6931, 0.2800),
        (odds_ratio, (5, 100, 10, 100), -0.7472, 0.3216),
        (risk_difference, (5, 100, 10, 100), -0.0500, 0.0014),
        (risk_ratio, (4, 123, 11, 139), -0.8893, 0.3256),
        (odds_ratio, (4, 123, 11, 139), -0.9387, 0.3571),
    ],
)
def test_comparisons_of_counts_are_the_published_ones(compare, counts, effect, variance):
    found = only(compare(*([count] for count in counts)))
    assert (round(found[0], 4), round(found[1], 4), found[2]) == (effect, variance, "")


def test_log_odds_have_the_variance_of_both_counts():
    assert only(log_odds([3], [10])) == (close(math.log(3 / 7)), close(1 / 3 + 1 / 7), "")


@pytest.mark.parametrize(
    ("compare", "effect", "variance"),
    [
        (odds_ratio, math.log(0.5 * 10.5 / (10.5 * 2.5)), 1 / 0.5 + 1 / 10.5 + 1 / 2.5 + 1 / 10.5),
        (risk_ratio, math.log(0.5 / 11 / (2.5 / 13)), 1 / 0.5 - 1 / 11 + 1 / 2.5 - 1 / 13),
        (risk_difference, 0.5 / 11 - 2.5 / 13, 0.5 * 10.5 / 11**3 + 2.5 * 10.5 / 13**3),
    ],
)
def test_an_empty_cell_adds_a_half_to_each_cell_of_its_row_and_says_so(compare, effect, variance):
    found = compare([0, 3], [10, 10], [2, 4], [12, 12])
    assert (found.effect[0], found.variance[0]) == (close(effect), close(variance))
    assert found.note == ("0.5 added to each cell", "")
    assert found.effect[1] == compare([3], [10], [4], [12]).effect[0]


def test_an_empty_cell_adds_a_half_to_both_counts_of_log_odds():
    found = log_odds([0, 10], [10, 10])
    assert found.effect.tolist() == [close(math.log(0.5 / 10.5)), close(math.log(10.5 / 0.5))]
    assert found.variance.tolist() == [close(1 / 0.5 + 1 / 10.5)] * 2
    assert found.note == ("0.5 added to each cell",) * 2


def test_another_correction_is_named_in_the_note():
    assert only(odds_ratio([0], [1], [1], [2], correction=0.25))[2] == "0.25 added to each cell"
    assert only(log_odds([0], [1], correction=1)) == (close(math.log(1 / 2)), close(1.5), "1 added to each cell")


@pytest.mark.parametrize("compare", COMPARISONS)
def test_groups_that_do_not_differ_by_necessity_are_kept_out(compare):
    found = compare([0, 8, 0], [10, 8, 9], [0, 12, 12], [12, 12, 12])
    assert np.isnan(found.effect).tolist() == np.isnan(found.variance).tolist() == [True, True, False]
    assert found.note == (NOBODY, EVERYBODY, "0.5 added to each cell")


@examples
@given(COUNTS, COUNTS)
def test_swapped_groups_turn_the_sign_of_a_comparison_of_counts(one, other):
    for compare in COMPARISONS:
        effect, variance, note = only(compare(*one, *other))
        turned = only(compare(*other, *one))
        assert turned[2] == note
        assert math.isnan(effect) == math.isnan(variance) == note.startswith("kept out")
        if not note.startswith("kept out"):
            assert turned[:2] == (close(-effect), close(variance))


@examples
@given(COUNTS, COUNTS)
def test_the_opposite_event_turns_the_sign_of_odds_ratio_and_risk_difference(one, other):
    opposite = [(n - events, n) for events, n in (one, other)]
    for compare in (odds_ratio, risk_difference):
        effect, variance, note = only(compare(*one, *other))
        turned = only(compare(*opposite[0], *opposite[1]))
        if not note.startswith("kept out"):
            assert turned == (close(-effect), close(variance), note)


@examples
@given(COUNTS, COUNTS)
def test_an_odds_ratio_is_the_difference_of_two_log_odds(one, other):
    if 0 < one[0] < one[1] and 0 < other[0] < other[1]:
        first, second = only(log_odds(*one)), only(log_odds(*other))
        assert only(odds_ratio(*one, *other)) == (close(first[0] - second[0]), close(first[1] + second[1]), "")


# printed figures


def test_a_printed_ratio_has_the_published_standard_error():
    # Altman and Bland 2011, BMJ 343:d2304: 0.81 (0.70 to 0.94), logarithm -0.211, standard error 0.0753
    effect, variance, note = only(from_interval([0.81], [0.70], [0.94], scale="log"))
    assert (round(effect, 3), round(math.sqrt(variance), 3), note) == (-0.211, 0.075, "")


def test_a_p_value_of_a_t_test_has_the_published_standard_error():
    # Cochrane Handbook, section 6.5.2.3: difference 3.8, p 0.008, groups of 25 and 22, t 2.78, standard error 1.37
    effect, variance, _ = only(from_p_value([3.8], [0.008], degrees_of_freedom=[45]))
    assert (effect, round(effect / math.sqrt(variance), 2), round(math.sqrt(variance), 2)) == (3.8, 2.78, 1.37)


def test_an_interval_of_a_mean_has_the_published_divisor():
    # Cochrane Handbook, section 6.5.2.2: 25 people, 95% interval, divisor 4.128
    assert sd_from_interval([30], [34], [25]).tolist() == [pytest.approx(math.sqrt(25) * 4 / 4.128, rel=1e-4)]


def test_a_standard_error_of_a_mean_grows_with_the_root_of_its_people():
    assert sd_from_standard_error([2, 0.5], [25, 4]).tolist() == [10, 1]


@examples
@given(st.floats(-20, 20), st.floats(0.01, 5), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_an_interval_gives_the_standard_error_that_it_was_made_from(estimate, se, level):
    half = NormalDist().inv_cdf(0.5 + level / 2) * se
    limits = estimate - half, estimate + half
    wanted = (close(estimate), pytest.approx(se**2, rel=1e-6), "")
    assert only(from_interval(estimate, *limits, level=level)) == wanted
    ratio, low, high = map(math.exp, (estimate, *limits))
    assert only(from_interval(ratio, low, high, level=level, scale="log")) == wanted
    assert only(from_standard_error(estimate, se)) == (estimate, close(se**2), "")
    assert only(from_standard_error(ratio, se, scale="log")) == (close(estimate), close(se**2), "")


@examples
@given(st.floats(0.05, 20), st.floats(0.05, 5), st.sampled_from([-1, 1]))
def test_a_p_value_gives_the_standard_error_that_it_was_made_from(size, se, sign):
    p = math.erfc(size / se / math.sqrt(2))
    if 1e-300 < p < 0.999:
        wanted = (close(sign * size), pytest.approx(se**2, rel=1e-6), "")
        assert only(from_p_value(sign * size, p)) == wanted
        assert only(from_p_value(math.exp(sign * size), p, scale="log")) == wanted
        assert only(from_p_value(sign * size, p, degrees_of_freedom=1e9))[1] == pytest.approx(se**2, rel=1e-4)


def test_a_p_value_of_one_degree_of_freedom_is_an_angle():
    """The t distribution with one degree of freedom is Cauchy's: t 1 at p 0.5, t √3 at p 1/3."""
    found = from_p_value([2, 3], [0.5, 1 / 3], degrees_of_freedom=1)
    assert found.variance.tolist() == [close(4), close(3)]


@examples
@given(st.floats(0.1, 10), st.floats(0.1, 0.9), st.floats(0.1, 0.9))
def test_the_inverse_of_a_ratio_turns_its_sign(ratio, below, above):
    low, high = ratio * (1 - below), ratio / (1 - above)
    effect, variance, note = only(from_interval(ratio, low, high, scale="log"))
    assert only(from_interval(1 / ratio, 1 / high, 1 / low, scale="log")) == (close(-effect), close(variance), note)
    effect, variance, _ = only(from_p_value(ratio * 11, 0.02, scale="log"))
    assert only(from_p_value(1 / ratio / 11, 0.02, scale="log")) == (close(-effect), close(variance), "")


@examples
@given(MEANS, SDS, PEOPLE)
def test_an_interval_of_a_mean_made_of_its_standard_error_gives_the_same_deviation(mean, sd, n):
    from scipy.stats import t

    low, high = (float(limit) for limit in t.interval(0.9, n - 1, loc=mean, scale=sd / math.sqrt(n)))
    assert sd_from_interval(low, high, n, level=0.9)[0] == pytest.approx(sd, rel=1e-6)
    assert sd_from_standard_error(sd / math.sqrt(n), n)[0] == close(sd)


@pytest.mark.parametrize(
    ("scale", "figures", "note"),
    [
        ("identity", (1, 0, 2), ""),
        ("identity", (1.1, 0, 2), ""),
        ("identity", (0.89, 0, 2), OFF.format("identity")),
        ("identity", (2, 0, 2), OFF.format("identity")),
        ("log", (2, 1, 4), ""),
        ("identity", (2, 1, 4), OFF.format("identity")),
        ("log", (2.5, 1, 4), OFF.format("log")),
    ],
)
def test_an_estimate_off_the_middle_of_its_interval_is_noted_and_not_refused(scale, figures, note):
    found = from_interval(*([figure] for figure in figures), scale=scale)
    assert only(found)[2] == note
    assert np.isfinite(found.variance).all()


# all


def test_one_number_stands_for_all_rows_and_no_row_gives_no_effect():
    assert hedges_g([1, 2, 3], 2, 10, [0, 0, 0], 2, 10).effect.shape == (3,)
    assert only(risk_ratio(1, 8, 2, 8))[2] == ""
    empty = odds_ratio([], [], [], [])
    assert (empty.effect.tolist(), empty.variance.tolist(), empty.note) == ([], [], ())
    assert sd_from_interval([], [], []).tolist() == []


def test_what_comes_out_is_no_view_of_what_was_given():
    estimate = np.array([1.0, 2.0])
    from_interval(estimate, estimate - 1, estimate + 1).effect[0] = 9
    from_standard_error(estimate, 1).effect[0] = 9
    assert estimate.tolist() == [1, 2]


def test_the_package_offers_what_it_names():
    assert all(callable(getattr(effects, name)) for name in effects.__all__)


@examples
@given(ANY)
def test_whatever_is_given_a_usable_effect_comes_out_or_a_refusal(figures):
    calls = [
        lambda: mean_difference(*figures),
        lambda: hedges_g(*figures),
        lambda: d_to_g(*figures[:3]),
        lambda: mean_change(*figures[:5], correlation=figures[5]),
        lambda: standardized_mean_change(*figures[:5], correlation=figures[5]),
        lambda: log_odds(*figures[:2], correction=figures[2]),
        *(lambda compare=compare: compare(*figures[:4], correction=figures[4]) for compare in COMPARISONS),
        lambda: from_interval(*figures[:3], level=figures[3]),
        lambda: from_interval(*figures[:3], level=figures[3], scale="log"),
        lambda: from_standard_error(*figures[:2]),
        lambda: from_p_value(*figures[:2]),
        lambda: from_p_value(*figures[:2], degrees_of_freedom=figures[2], scale="log"),
        lambda: Effects(sd_from_standard_error(*figures[:2]), np.ones(1), ("",)),
        lambda: Effects(sd_from_interval(*figures[:3], level=figures[3]), np.ones(1), ("",)),
        lambda: Effects(small_sample_factor(figures[0]), np.ones(1), ("",)),
    ]
    for call in calls:
        try:
            effect, variance, note = only(call())
        except ValueError as refusal:
            assert "\n" not in str(refusal)
        else:
            assert (math.isfinite(effect) and 0 < variance < math.inf) or note in (NOBODY, EVERYBODY)


TWO = {"mean": [1, 1], "sd": [1, 1], "n": [9, 9], "control_mean": [0, 0], "control_sd": [1, 1], "control_n": [9, 9]}
SAME = {name: TWO[name] for name in ("mean", "sd", "control_mean", "control_sd", "n")} | {"correlation": [0.5, 0.5]}
FOUR = {"events": [1, 1], "n": [9, 9], "control_events": [2, 2], "control_n": [9, 9]}
ONE = {"events": [1, 1], "n": [9, 9]}
INTERVAL = {"estimate": [2, 2], "low": [1, 1], "high": [4, 4]}
ERROR = {"estimate": [2, 2], "se": [1, 1]}
TEST = {"estimate": [2, 2], "p": [0.1, 0.1], "degrees_of_freedom": [9, 9]}
MEAN_ERROR = {"se": [1, 1], "n": [9, 9]}
MEAN_INTERVAL = {"low": [1, 1], "high": [4, 4], "n": [9, 9]}
STANDARDISED = {"d": [1, 1], "n": [9, 9], "control_n": [9, 9]}
DEGREES = {"degrees_of_freedom": [9, 9]}
FUNCTIONS = [
    (mean_difference, TWO), (hedges_g, TWO), (d_to_g, STANDARDISED),
    (mean_change, SAME), (standardized_mean_change, SAME),
    (log_odds, ONE), (odds_ratio, FOUR), (risk_ratio, FOUR), (risk_difference, FOUR),
    (from_interval, INTERVAL), (from_standard_error, ERROR), (from_p_value, TEST),
    (sd_from_standard_error, MEAN_ERROR), (sd_from_interval, MEAN_INTERVAL), (small_sample_factor, DEGREES),
]  # fmt: skip
POSITIVE = [
    (mean_difference, TWO, ("sd", "control_sd")), (hedges_g, TWO, ("sd", "control_sd")),
    (mean_change, SAME, ("sd", "control_sd")), (standardized_mean_change, SAME, ("sd", "control_sd")),
    (from_standard_error, ERROR, ("se",)), (sd_from_standard_error, MEAN_ERROR, ("se",)),
    (from_p_value, TEST, ("degrees_of_freedom",)),
]  # fmt: skip
LEAST = [
    (mean_difference, TWO, ("n", "control_n"), 2), (hedges_g, TWO, ("n", "control_n"), 2),
    (d_to_g, STANDARDISED, ("n", "control_n"), 2),
    (mean_change, SAME, ("n",), 2), (standardized_mean_change, SAME, ("n",), 3),
    (sd_from_standard_error, MEAN_ERROR, ("n",), 2), (sd_from_interval, MEAN_INTERVAL, ("n",), 2),
    (log_odds, ONE, ("n",), 1), *((compare, FOUR, ("n", "control_n"), 1) for compare in COMPARISONS),
]  # fmt: skip


def refusal(function, figures, **options) -> str:
    with pytest.raises(ValueError) as refused:
        function(**figures, **options)
    assert type(refused.value) is ValueError
    return str(refused.value)


def second(figures, **changed):
    """The figures, those of the second row changed."""
    return figures | {name: [figures[name][0], value] for name, value in changed.items()}


@pytest.mark.parametrize(("function", "figures"), FUNCTIONS)
def test_figures_that_are_possible_are_taken(function, figures):
    found = function(**figures, labels=LABELS)
    assert np.isfinite(found[0] if isinstance(found, Effects) else found).all()


@pytest.mark.parametrize(("function", "figures"), FUNCTIONS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_figure_that_is_missing_or_infinite_is_refused(function, figures, value):
    for name in figures:
        changed = second(figures, **{name: value})
        assert refusal(function, changed, labels=LABELS) == f"{name} {value} of 'Smith 2020' is not a finite number"
        assert refusal(function, changed) == f"{name} {value} in row 1 is not a finite number"


@pytest.mark.parametrize(("function", "figures"), FUNCTIONS)
def test_what_does_not_fit_together_is_refused(function, figures):
    first, last = next(iter(figures)), list(figures)[-1]
    assert refusal(function, figures | {last: ["many", 1]}) == f"{last} cannot be read as numbers"
    assert refusal(function, figures | {last: [[1, 1]]}) == f"{last} has 2 dimensions, expected at most 1"
    assert refusal(function, figures, labels=["Smith 2020"]) == "2 rows, but 1 labels"
    if first != last:
        assert refusal(function, figures | {last: [1, 1, 1]}) == f"{first} has 2 rows, but {last} has 3"


@pytest.mark.parametrize(("function", "figures", "names"), POSITIVE)
@pytest.mark.parametrize("value", [0, -0.5])
def test_what_must_be_positive_is_refused_where_it_is_not(function, figures, names, value):
    for name in names:
        changed = second(figures, **{name: value})
        assert refusal(function, changed, labels=LABELS) == f"{name} {value} of 'Smith 2020' is not above 0"


@pytest.mark.parametrize(("function", "figures", "names", "least"), LEAST)
def test_too_few_people_are_refused(function, figures, names, least):
    for name in names:
        changed = second(figures, **{name: least - 0.5})
        assert refusal(function, changed, labels=LABELS) == f"{name} {least - 0.5:g} of 'Smith 2020' is below {least}"


@pytest.mark.parametrize(
    ("function", "figures", "message"),
    [
        (odds_ratio, second(FOUR, events=10), "events 10 of 'Smith 2020' are not between 0 and n 9"),
        (risk_ratio, second(FOUR, events=-1), "events -1 of 'Smith 2020' are not between 0 and n 9"),
        (
            risk_difference,
            second(FOUR, control_events=1000001, control_n=1000000),
            "control_events 1000001 of 'Smith 2020' are not between 0 and control_n 1000000",
        ),
        (log_odds, second(ONE, events=9.5), "events 9.5 of 'Smith 2020' are not between 0 and n 9"),
        (mean_change, second(SAME, correlation=1.01), "correlation 1.01 of 'Smith 2020' is not between -1 and 1"),
        (
            standardized_mean_change,
            second(SAME, correlation=-2),
            "correlation -2 of 'Smith 2020' is not between -1 and 1",
        ),
        (
            mean_change,
            second(SAME, correlation=1),
            "effect 1 with the variance 0 of 'Smith 2020' cannot be pooled",
        ),
        (
            mean_difference,
            second(TWO, mean=1.7e308, control_mean=-1.7e308),
            "effect inf with the variance 0.222222222222 of 'Smith 2020' cannot be pooled",
        ),
        (
            log_odds,
            second(ONE, events=1e-309, n=1),
            "effect -711.498793735 with the variance inf of 'Smith 2020' cannot be pooled",
        ),
        (
            mean_difference,
            second(TWO, sd=1e200),
            "effect 1 with the variance inf of 'Smith 2020' cannot be pooled",
        ),
        (
            from_interval,
            second(INTERVAL, estimate=5),
            "estimate 5 of 'Smith 2020' is not in its interval from 1 to 4",
        ),
        (from_interval, second(INTERVAL, low=3), "estimate 2 of 'Smith 2020' is not in its interval from 3 to 4"),
        (
            from_interval,
            second(INTERVAL, low=4, high=1),
            "estimate 2 of 'Smith 2020' is not in its interval from 4 to 1",
        ),
        (from_interval, second(INTERVAL, low=2, high=2), "interval from 2 to 2 of 'Smith 2020' has no width"),
        (from_p_value, second(TEST, p=0), "p 0 of 'Smith 2020' is not between 0 and 1"),
        (from_p_value, second(TEST, p=1), "p 1 of 'Smith 2020' is not between 0 and 1"),
        (from_p_value, second(TEST, p=-0.1), "p -0.1 of 'Smith 2020' is not between 0 and 1"),
        (
            from_p_value,
            second(TEST, estimate=0),
            "estimate 0 of 'Smith 2020' is no difference, no standard error follows from its p",
        ),
        (sd_from_interval, second(MEAN_INTERVAL, low=4), "low 4 of 'Smith 2020' is not below high 4"),
        (
            sd_from_standard_error,
            second(MEAN_ERROR, se=1.7e308),
            "no standard deviation of 'Smith 2020' can be had from these figures",
        ),
        (
            small_sample_factor,
            second(DEGREES, degrees_of_freedom=1),
            "degrees_of_freedom 1 of 'Smith 2020' are not above 1",
        ),
    ],
)
def test_impossible_figures_are_refused_with_the_label_of_their_row(function, figures, message):
    assert refusal(function, figures, labels=LABELS) == message
    assert refusal(function, figures) == message.replace("of 'Smith 2020'", "in row 1")


@pytest.mark.parametrize(
    ("function", "figures", "name", "value"),
    [
        (from_interval, INTERVAL, "low", 0),
        (from_interval, INTERVAL, "low", -1),
        (from_standard_error, ERROR, "estimate", 0),
        (from_p_value, TEST, "estimate", -2),
    ],
)
def test_a_ratio_that_is_not_positive_is_refused_on_the_log_scale_only(function, figures, name, value):
    message = f"{name} {value} of 'Smith 2020' is not above 0, as every ratio is"
    assert refusal(function, second(figures, **{name: value}), scale="log", labels=LABELS) == message


def test_a_ratio_of_one_has_no_standard_error_from_its_p_value():
    message = "estimate 1 of 'Smith 2020' is no difference, no standard error follows from its p"
    assert refusal(from_p_value, second(TEST, estimate=1), scale="log", labels=LABELS) == message
    assert only(from_p_value(1, 0.5))[0] == 1


@pytest.mark.parametrize(
    ("function", "figures"), [(from_interval, INTERVAL), (from_standard_error, ERROR), (from_p_value, TEST)]
)
def test_an_unknown_scale_is_refused(function, figures):
    assert refusal(function, figures, scale="ratio") == "no scale 'ratio'; known: identity, log"


@pytest.mark.parametrize(("function", "figures"), [(from_interval, INTERVAL), (sd_from_interval, MEAN_INTERVAL)])
@pytest.mark.parametrize("level", [0, 1, 95, math.nan])
def test_a_level_outside_0_and_1_is_refused(function, figures, level):
    assert refusal(function, figures, level=level) == f"level {level:g} is not between 0 and 1"


@pytest.mark.parametrize(("function", "figures"), [(log_odds, ONE), *((compare, FOUR) for compare in COMPARISONS)])
@pytest.mark.parametrize("correction", [0, -0.5, math.inf, math.nan])
def test_a_correction_that_leaves_a_cell_empty_is_refused(function, figures, correction):
    message = f"correction {correction:g} is not a finite number above 0"
    assert refusal(function, figures, correction=correction) == message
