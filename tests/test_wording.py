"""How figures are written."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from ketevidence import wording

MISSING = [None, math.nan, pd.NA]
TABLE = [
    (wording.number, (12226,), "12,226"),
    (wording.number, (-0.48,), "−0.48"),
    (wording.number, (0.004,), "0"),
    (wording.number, (-0.004,), "0"),
    (wording.number, (2.0,), "2"),
    (wording.number, (100,), "100"),
    (wording.number, (1234.567, 1), "1,234.6"),
    (wording.number, (0.045, 3), "0.045"),
    (wording.fixed, (-0.2,), "−0.20"),
    (wording.fixed, (12226,), "12,226.00"),
    (wording.fixed, (-1234.567, 1), "−1,234.6"),
    (wording.fixed, (0.125, 3), "0.125"),
    (wording.fixed, (0,), "0.00"),
    (wording.fixed, (0.004,), "0.00"),
    (wording.fixed, (-0.004,), "0.00"),
    (wording.fixed, (-0.006,), "−0.01"),
    (wording.fixed, (-0.0, 1), "0.0"),
    (wording.fixed, (47, 1), "47.0"),
    (wording.fixed, (-3.5, 0), "−4"),
    (wording.percent, (0.3333,), "33%"),
    (wording.percent, (0.343, 1), "34.3%"),
    (wording.percent, (0.0042, 1), "0.42%"),
    (wording.percent, (0.0098,), "1%"),
    (wording.percent, (0,), "0%"),
    (wording.percent, (1,), "100%"),
    (wording.percent, (0, 1), "0%"),
    (wording.span, (2, 6), "2 to 6"),
    (wording.span, (-2, -1), "−2 to −1"),
    (wording.span, (0.16, 0.56, wording.percent), "16 to 56%"),
    (wording.span, (-1, 0, wording.fixed), "−1.00 to 0.00"),
    (wording.span, (-0.004, 0.004, wording.fixed), "0.00"),
    (wording.span, (None, 0.3, wording.percent), "up to 30%"),
    (wording.span, (0.3, None, wording.percent), "at least 30%"),
    (wording.span, (0.301, 0.302, wording.percent), "30%"),
    (wording.p_value, (0.0363,), "p = 0.036"),
    (wording.p_value, (0.0005,), "p < 0.001"),
    (wording.p_value, (0,), "p < 0.001"),
    (wording.p_value, (0.001,), "p = 0.001"),
    (wording.p_value, (0.05, "below"), "p < 0.05"),
    (wording.p_value, (0.05, "above"), "p > 0.05"),
    (wording.p_value, (0.48, pd.NA), "p = 0.48"),
    (wording.p_value, (1,), "p = 1"),
    (wording.duration, (2, "hours"), "2 hours"),
    (wording.duration, (1, "weeks"), "1 week"),
    (wording.duration, (1.0, "months"), "1 month"),
    (wording.duration, (27.5, "days"), "27.5 days"),
    (wording.duration, (34.44, "days"), "34.4 days"),
    (wording.duration, (0.25, "hours"), "0.25 hours"),
    (wording.capital, ("no trial in PTSD",), "No trial in PTSD"),
    (wording.capital, ("",), ""),
    (wording.spoken, ("anxiety-disorders",), "anxiety disorders"),
    (wording.certainty, (1,), "⊕○○○"),
    (wording.certainty, (4,), "⊕⊕⊕⊕"),
    (wording.certainty, (None,), "○○○○"),
    (wording.certainty, (2, 5), "⊕⊕○○○"),
    (wording.duration, (0, "minutes"), "0 minutes"),
    (wording.duration_span, (2, 6, "weeks"), "2 to 6 weeks"),
    (wording.duration_span, (None, 1, "hours"), "up to 1 hour"),
    (wording.duration_span, (1, None, "hours"), "at least 1 hour"),
    (wording.duration_span, (1, 1, "hours"), "1 hour"),
    (wording.timepoint, ("PT2H",), "2 hours"),
    (wording.timepoint, ("PT230M",), "230 minutes"),
    (wording.timepoint, ("P14D",), "14 days"),
    (wording.timepoint, ("P1W",), "1 week"),
    (wording.timepoint, ("P3M",), "3 months"),
    (wording.timepoint, ("P1DT12H",), "1 day 12 hours"),
    (wording.timepoint, ("P0D",), "baseline"),
    (wording.hours, (0.25,), "15 minutes"),
    (wording.hours, (1 / 60,), "1 minute"),
    (wording.hours, (0,), "0 minutes"),
    (wording.hours, (1.04,), "1 hour"),
    (wording.hours, (46,), "46 hours"),
    (wording.hours, (48,), "2 days"),
    (wording.hours, (168,), "1 week"),
    (wording.hours, (1008,), "6 weeks"),
    (wording.hours, (2191.5,), "3 months"),
    (wording.counted, (0, "claim"), "no claim"),
    (wording.counted, (1, "study", "studies"), "1 study"),
    (wording.counted, (1200, "claim"), "1,200 claims"),
    (wording.listed, ([],), ""),
    (wording.listed, (["a"],), "a"),
    (wording.listed, (iter(["a", "b"]),), "a and b"),
    (wording.listed, (["a", "b", "c"],), "a, b and c"),
]


@pytest.mark.parametrize(("write", "given", "written"), TABLE, ids=lambda value: getattr(value, "__name__", None))
def test_figures_are_written_as_clinicians_write_them(write, given, written):
    assert write(*given) == written


def test_every_public_function_has_a_row_in_the_table():
    public = {
        function
        for name, function in vars(wording).items()
        if callable(function) and getattr(function, "__module__", "") == wording.__name__ and not name.startswith("_")
    }
    assert public - {wording.missing, wording.figure} == {write for write, _, _ in TABLE}


@pytest.mark.parametrize("nothing", MISSING, ids=str)
@pytest.mark.parametrize(
    ("write", "more"),
    [
        (wording.number, ()),
        (wording.fixed, ()),
        (wording.percent, ()),
        (wording.p_value, ()),
        (wording.timepoint, ()),
        (wording.hours, ()),
        (wording.duration, ("hours",)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_missing_figure_is_the_empty_string(write, more, nothing):
    assert write(nothing, *more) == ""
    assert wording.span(nothing, nothing) == wording.duration_span(nothing, nothing, "hours") == ""
    assert wording.missing(nothing)


def claim(measure: str, value=None, **cells) -> dict:
    return {"measure": measure, "value": value, "low": None, "high": None, "unit": None} | cells


@pytest.mark.parametrize(
    ("row", "written"),
    [
        (claim("proportion", 0.5), "50%"),
        (claim("proportion", 0.343, low=0.2, high=0.5, interval="ci95"), "34.3% (95% CI 20 to 50%)"),
        (claim("proportion", 0.4, events=40, n=100), "40% (40 of 100)"),
        (claim("proportion", 0.4, events=4, n=10, low=0.1, high=0.7, interval="ci90"),
         "40% (4 of 10; 90% CI 10 to 70%)"),
        (claim("proportion", events=2, n=1200), "2 of 1,200"),
        (claim("proportion", low=0.25, high=0.3), "25 to 30%"),
        (claim("proportion", high=0.31), "up to 31%"),
        (claim("proportion"), ""),
        (claim("percent_change", -13), "−13%"),
        (claim("percent_change"), ""),
        (claim("duration", 2, unit="hours"), "2 hours"),
        (claim("duration", 1, high=1, unit="weeks", censored="left"), "1 week or sooner"),
        (claim("duration", low=2, high=4, unit="hours", censored="left"), "2 to 4 hours or sooner"),
        (claim("duration", 7, high=7, unit="days", censored="right"), "7 days or longer"),
        (claim("duration", 3.0, low=2, high=6, unit="weeks", interval="iqr"), "3 weeks (IQR 2 to 6)"),
        (claim("duration", 15.74, low=3.57, high=29.91, unit="days", interval="ci95"),
         "15.7 days (95% CI 3.6 to 29.9)"),
        (claim("duration", 34.44, unit="days"), "34.4 days"),
        (claim("duration", 9.96, low=3.57, high=9.99, unit="days", interval="ci95"),
         "9.96 days (95% CI 3.57 to 9.99)"),
        (claim("duration", 2, low=1, high=2, unit="weeks", censored=pd.NA), "2 weeks (range 1 to 2)"),
        (claim("duration", low=2, high=6, unit="weeks", censored="none"), "2 to 6 weeks"),
        (claim("duration", high=4, unit="weeks"), "up to 4 weeks"),
        (claim("duration", low=1, unit="hours"), "at least 1 hour"),
        (claim("mean_difference", -5.2, low=-8.1, high=-2.3, unit="points", interval="ci95"),
         "−5.2 points (95% CI −8.1 to −2.3)"),
        (claim("count", 3, unit="people"), "3 people"),
        (claim("count", pd.NA), ""),
        (claim("odds_ratio", 1.9, low=1.1, high=3.25, interval="ci95"), "1.9 (95% CI 1.1 to 3.25)"),
        (claim("smd", -0.71, unit="Hedges g"), "−0.71 (Hedges g)"),
        (claim("correlation", -0.54, unit="r"), "−0.54 (r)"),
        (claim("qualitative"), ""),
        (claim("omission"), ""),
    ],
)  # fmt: skip
def test_the_figure_of_a_claim_is_one_phrase(row, written):
    assert wording.figure(row) == written


@pytest.mark.parametrize(("censored", "end"), [("left", "or sooner"), ("right", "or longer")])
def test_a_censored_time_says_so_without_a_high_limit(censored, end):
    row = claim("duration", 2, unit="hours", censored=censored)
    assert wording.figure(row) == f"2 hours {end}"
