"""The Wilson interval against published values and against the equation that defines it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ketevidence.effects import wilson

Z95 = 1.959963984540054


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_limits_are_the_published_ones(events, n, low, high):
    lows, highs = wilson([events], [n])
    assert (round(float(lows[0]), 4), round(float(highs[0]), 4)) == (low, high)


@pytest.mark.parametrize(("events", "n"), [(0, 1), (1, 1), (4, 8), (67, 182), (11579, 19395), (3, 10**6)])
@pytest.mark.parametrize(("level", "z"), [(0.95, Z95), (0.9, 1.6448536269514722), (0.99, 2.5758293035489004)])
def test_limits_solve_the_equation_of_the_score_test(events, n, level, z):
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


def test_missing_figures_have_missing_limits():
    low, high = wilson([math.nan, 4, 4], [8, math.nan, 8])
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, True, False]


def test_one_number_of_people_stands_for_all_and_no_row_gives_no_limit():
    assert wilson([1, 2, 3], 10)[0].shape == (3,)
    assert [limit.tolist() for limit in wilson([], [])] == [[], []]


@pytest.mark.parametrize(
    ("events", "n", "level", "message"),
    [
        ([1, 9], [8, 8], 0.95, "events 9 in row 1 are not between 0 and n 8"),
        ([-1], [8], 0.95, "events -1 in row 0 are not between 0 and n 8"),
        ([0], [0], 0.95, "n 0 in row 0 is below 1"),
        ([math.nan], [-3], 0.95, "n -3 in row 0 is below 1"),
        ([1], [8], 1, "level 1 is not between 0 and 1"),
        ([1], [8], 95, "level 95 is not between 0 and 1"),
    ],
)
def test_impossible_figures_are_refused(events, n, level, message):
    with pytest.raises(ValueError) as refusal:
        wilson(events, n, level=level)
    assert str(refusal.value) == message
