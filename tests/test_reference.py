"""Effects and syntheses against metafor: stored figures of tests/reference, which R wrote and no test needs R for."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from reference.deviation import CASES, FUNCTIONS, REFERENCE, TOPICS, beside, compared, largest, pairs, studies
from scipy.stats import t as student

from ketevidence.synthesis import gosh, pool

BOUND = 1e-6
CLUSTERED = dict.fromkeys(("cluster se", "cluster p", "cluster low", "cluster high"), 1e-2)
EXCEPTIONS = CLUSTERED  # each is explained in tests/reference/README.md, and tested as a statement of its own below
RANDOM = ("REML", "ML", "DL")
README = (Path(__file__).parent / "reference" / "README.md").read_text(encoding="utf-8")
ABOUT = {"rel": BOUND, "abs": 1e-12}


@pytest.mark.parametrize(("topic", "name"), [pytest.param(*one, id=", ".join(one)) for one in compared()])
def test_every_number_is_metafors(topic, name):
    found = pairs(topic, name)
    wrong = [pair for pair in found if pair.deviation > EXCEPTIONS.get(pair.quantity, BOUND)]
    assert found
    assert not wrong, "\n".join(f"{pair.deviation:.1e} {pair}" for pair in wrong[:20])


def test_the_largest_deviation_of_each_quantity_is_below_its_bound():
    deviations = {quantity: deviation for quantity, (deviation, _) in largest().items()}
    assert len(deviations) > 70
    assert {quantity for quantity, deviation in deviations.items() if deviation > BOUND} == set(EXCEPTIONS)
    assert all(deviations[quantity] < bound for quantity, bound in EXCEPTIONS.items())


def test_few_studies_and_many_zeros_and_extremes_are_in_the_reference():
    assert {2, 3, 5, 13, 70} <= {case["k"] for case in CASES.values()}
    assert len({case["dataset"] for case in CASES.values()}) >= 12
    assert {measure for case in CASES.values() for measure in case["effects"]} == set(FUNCTIONS)
    shares = {name: case["fits"]["REML"]["i2"] for name, case in CASES.items()}
    assert shares["hine"] == shares["axfors"] == shares["bcg-two-maxima-0"] == 0
    assert min(shares["normand"], shares["curtis"]) > 0.98
    assert {key for key, _ in TOPICS.values()} <= {key for case in CASES.values() for key in case}


def test_the_readme_of_the_reference_names_every_case_version_and_exception():
    rows = re.findall(r"^\| `(.+)` \| (dat\.\w+), .+ \| (\d+) \| .+ \| (.+) \|$", README, re.MULTILINE)
    assert rows == [(name, case["dataset"], str(case["k"]), case["purpose"]) for name, case in CASES.items()]
    for name, version in REFERENCE["versions"].items():
        assert f"{name} {version}" in README
    for quantity in EXCEPTIONS:
        assert f"`{quantity}`" in README


@pytest.mark.parametrize("method", RANDOM)
def test_the_conservative_interval_is_metafors_knha_only_where_its_factor_is_above_1(method):
    factors = Counter()
    for name, case in CASES.items():
        normal, knha = case["fits"][method]["z"], case["fits"][method]["knha"]
        ours = pool(*studies(case), method=method)
        assert ours.low <= min(normal["low"], knha["low"]) + BOUND * ours.se, name
        assert ours.high >= max(normal["high"], knha["high"]) - BOUND * ours.se, name
        factors[knha["factor"] > 1] += 1
        if knha["factor"] > 1:
            assert (ours.se, ours.low, ours.high, ours.p) == pytest.approx(
                (knha["se"], knha["low"], knha["high"], knha["p"]), **ABOUT
            ), name
        else:
            reach = student.ppf(0.975, case["k"] - 1)
            assert ours.se == pytest.approx(normal["se"], **ABOUT), name
            assert (ours.high - ours.low) / 2 == pytest.approx(reach * normal["se"], **ABOUT), name
            assert ours.high - ours.low > knha["high"] - knha["low"], name
    assert min(factors[True], factors[False]) >= 10


def test_the_prediction_interval_is_wider_than_metafors_default():
    """Which has k - 1 degrees of freedom, or the normal distribution beside a normal interval."""
    for name, case in CASES.items():
        for method in RANDOM:
            for interval, test in (("normal", "z"), ("knapp-hartung", "adhoc")):
                default = case["fits"][method][test]["prediction"]
                ours = pool(*studies(case), method=method, interval=interval)
                if case["k"] == 2:
                    assert ours.prediction_low is ours.prediction_high is None, name
                else:
                    assert ours.prediction_low < default["low"] < default["high"] < ours.prediction_high, name


def test_equal_effects_have_no_prediction_interval_and_no_limits_of_a_variance():
    for case in CASES.values():
        ours = pool(*studies(case), method="EE")
        assert (ours.prediction_low, ours.prediction_high, ours.tau2_low, ours.tau2_high) == (None,) * 4


def test_limits_of_the_variance_are_0_where_metafor_calls_the_interval_empty():
    empty = [name for name, case in CASES.items() if case["tau2_limits"]["empty"]]
    assert empty == ["axfors"]
    ours = pool(*studies(CASES["axfors"]))
    assert (ours.tau2_low, ours.tau2_high) == (0, 0)


def test_metafors_subsets_of_a_single_study_are_that_study_and_we_leave_them_out():
    case = CASES["bcg-first-8"]
    effect, variance = studies(case)
    theirs = case["gosh"]
    single = [place for place, k in enumerate(theirs["k"]) if k == 1]
    assert len(theirs["k"]) == 255
    assert sorted(theirs["estimate"][place] for place in single) == pytest.approx(sorted(effect.tolist()))
    assert len(gosh(effect, variance).k) == 255 - len(single) == 247


@pytest.mark.parametrize("name", ["konstantopoulos", "assink"])
@pytest.mark.parametrize("method", ["REML", "DL"])
def test_cluster_robust_errors_are_a_cr2_other_than_that_of_clubsandwich(name, method):
    """One definition, two square roots: clubSandwich takes the symmetric adjustment, PyMARE the whitened one."""
    case = CASES[name]
    theirs, groups = case["robust"][method], np.array(beside(case, "cluster"))
    effect, variance = studies(case)
    ours = pool(effect, variance, method=method, cluster=groups.tolist())
    se, df = cr2(effect, variance + theirs["tau2"], groups, whitened=False)
    assert (se, df) == pytest.approx((theirs["se"], theirs["df"]), **ABOUT)
    se, df = cr2(effect, variance + theirs["tau2"], groups, whitened=True)
    reach = student.ppf(0.975, df) * se
    assert (ours.se, ours.high - ours.low) == pytest.approx((se, 2 * reach), **ABOUT)


def cr2(effect: np.ndarray, total: np.ndarray, groups: np.ndarray, *, whitened: bool) -> tuple[float, float]:
    """Bias-reduced standard error of a weighted mean, and its Satterthwaite degrees of freedom.

    Pustejovsky and Tipton (2018), doi:10.1080/07350015.2016.1247004. The adjustment A of a
    group solves A B A' = T, T the working variance and B that of the group's residuals.
    """
    w = 1 / total
    residual_maker = np.eye(len(w)) - w / w.sum()
    rows = []
    for group in dict.fromkeys(groups.tolist()):
        own = np.flatnonzero(groups == group)
        left = np.sqrt(total[own])
        right = 1 / left if whitened else left
        values, vectors = np.linalg.eigh(right[:, None] * (np.diag(total[own]) - 1 / w.sum()) * right)
        adjustment = left[:, None] * (vectors * values**-0.5 @ vectors.T) * right
        rows.append(w[own] @ adjustment @ residual_maker[own] / w.sum())
    scores = np.array(rows)
    working = scores * total @ scores.T
    return float(np.sqrt(((scores @ effect) ** 2).sum())), float(np.trace(working) ** 2 / (working**2).sum())
