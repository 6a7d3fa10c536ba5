"""What trials say together: what is pooled with what, checked against metafor, and what is only listed."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from invented import arms, claim, counts, estimate, evidence_of, trial

from ketevidence import effects, load, synthesis, tables
from ketevidence.tables.influence import funnel, gosh, leave_one_out

FOLDER = Path(__file__).parents[1] / "evidence"
TEXTS = [
    "row_id", "row", "group", "label", "detail", "condition", "drug_figures", "control_figures", "prediction_method",
    "heterogeneity", "reason", "warning", "sentence", "favours_low", "favours_high", "citation", "source_id",
]  # fmt: skip
PTSD = "post-traumatic stress disorder: symptoms, standardised; comparator: psychoactive placebo"
CGI = "CGI-I much or very much improved not reached"
TWO = "Two studies only: their variance between each other is hardly known, look at both"
KINDS = ("symptoms", "points", "response")


def claims() -> dict[str, dict[str, str]]:
    """The rows of claims.csv by their key, read without the package."""
    with (FOLDER / "claims.csv").open(encoding="utf-8", newline="") as file:
        return {row["claim_id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def evidence():
    return load(FOLDER)


@pytest.fixture(scope="module")
def forests(evidence) -> dict[str, pd.DataFrame]:
    return {kind: tables.pooled(evidence, outcome=kind) for kind in KINDS}


@pytest.fixture(scope="module")
def rates(evidence) -> pd.DataFrame:
    return tables.pooled_rates(evidence)


def group(frame: pd.DataFrame, words: str) -> pd.DataFrame:
    return frame[frame.group.str.contains(words, regex=False)]


# The numbers that are said aloud. R 4 with metafor 3.8.1 gives the same to the digits pinned: rma(yi, vi,
# method="REML", test="adhoc") of the effects, which are escalc("SMD") of the arms of Duek 2023 with J(28) * -1.13 and
# the error of its printed interval for Feder 2021, and escalc("PLO") of the counts; limits by plogis.


SAID = {
    "PTSD": (
        ("symptoms", PTSD),
        "2 trials: −0.65 (95% CI −6.35 to 5.04), 56 people",
        2,
        "the only two trials with figures tell nothing together",
    ),
    "SAD, placebo": (
        ("resistance", f"no response, SAD, placebo: {CGI}"),
        "3 trials, 11 to 20 weeks: 74% (95% CI 63 to 83%), 357 people",
        3,
        "of three people on placebo two to three are not helped: the yardstick for everything else",
    ),
    "SAD, usual drugs": (
        ("resistance", f"no response, SAD, usual drugs: {CGI}"),
        "3 trials, 11 to 20 weeks: 49% (95% CI 38 to 61%), 430 people",
        3,
        "half are not helped by a usual drug; the article says so of generalised anxiety",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_pooled_numbers_said_aloud_are_those_of_metafor(name, forests, rates):
    (kind, words), figure, k, reason = SAID[name]
    frame = rates if kind == "resistance" else forests[kind]
    (row,) = frame[(frame.row == "pooled") & (frame.group == words)].to_dict("records")
    lines = [line for line in tables.spelled(frame[frame.group == words]) if line.startswith("  Pooled")]
    assert (lines, row["k"]) == ([f"  Pooled, {figure}"], k), reason


def test_the_pool_of_ptsd_is_that_of_metafor(forests):
    (row,) = group(forests["symptoms"], PTSD).query("row == 'pooled'").to_dict("records")
    assert [round(row[name], 9) for name in ("effect", "low", "high", "i2", "p")] == [
        -0.654741376, -6.351628853, 5.042146101, 0.623649267, 0.382251342,
    ]  # fmt: skip
    assert row["citation"] == "Feder 2021; Duek 2023"
    assert (row["n"], row["k"], row["heterogeneity"]) == (
        56, 2, "I² 62%, τ² 0.25 (95% CI 0 to 409.26), p = 0.1 for Q",
    )  # fmt: skip
    assert row["warning"] == TWO
    assert row["sentence"] == (
        "Random-effects model of 2 studies, between-study variance by restricted maximum likelihood with its Q-profile "
        "interval, Knapp-Hartung (never narrower than normal) 95% interval; no prediction interval under 3 studies. "
        f"{TWO}."
    )
    assert math.isnan(row["prediction_low"])
    assert row["prediction_method"] == ""


def test_the_pool_of_shares_is_that_of_metafor_on_the_log_odds_scale(rates):
    (row,) = group(rates, "SAD, usual drugs").query("row == 'pooled'").to_dict("records")
    names = ("effect", "low", "high", "prediction_low", "prediction_high", "i2")
    # metafor with control=list(threshold=1e-14), for as it comes it stops earlier, at 0.493565957, and
    # predict(pi.type="riley")
    assert [round(row[name], 9) for name in names] == [
        0.493565858, 0.381620865, 0.606159742, 0.159538491, 0.833437759, 0.151558300,
    ]  # fmt: skip
    assert math.isnan(row["p"]), "the p of a share would be that of one half"
    assert row["prediction_method"] == (
        "Higgins-Thompson-Spiegelhalter, t with k - 2 degrees of freedom, Knapp-Hartung error"
    )
    assert row["warning"] == ""


# What is pooled with what


def test_a_single_trial_is_shown_and_not_pooled(forests):
    for kind in ("points", "response"):
        frame = forests[kind]
        assert set(frame.row) == {"study", "listed"}
        studies = frame[frame.row == "study"]
        assert studies.group.str.endswith(" (one trial, not pooled)").all()
        assert studies.weight.isna().all()
        assert studies.group.is_unique


def test_differing_definitions_and_comparators_are_not_pooled(forests):
    groups = forests["response"].query("row == 'study'").group
    assert groups.tolist() == [
        "obsessive-compulsive disorder: response (Y-BOCS at least 35% lower); comparator: inactive "
        "(one trial, not pooled)",
        "post-traumatic stress disorder: response (CAPS-5 at least 30% lower); comparator: psychoactive placebo "
        "(one trial, not pooled)",
    ]


@pytest.fixture(scope="module")
def mixed(folder):
    """Four trials of one condition: two alike, one with another control, one with another scale or definition."""
    trials = [
        trial("ash"),
        trial("birch"),
        trial("cedar", comparator="saline", comparator_type="inactive"),
        trial("fir"),
    ]
    results = [
        *arms("ash-a"), *arms("birch-a", ("40", "18", "15"), ("41", "20", "16")),
        *arms("cedar-a", ("45", "20", "30"), ("60", "20", "30")),
        *arms("fir-a", ("-20", "15", "20"), ("-10", "15", "20"), statistic="mean_change", outcome="VAS"),
        *counts("ash-r", ("10", "20"), ("4", "20")), *counts("birch-r", ("9", "15"), ("4", "16")),
        *counts("cedar-r", ("20", "30"), ("9", "30")),
        *counts("fir-r", ("9", "20"), ("8", "20"), outcome="response (LSAS 50% lower)"),
    ]  # fmt: skip
    return evidence_of(folder, trials, results)


HEAD = "social anxiety disorder: "
ALIKE = [
    f"{HEAD}symptoms, standardised; comparator: psychoactive placebo",
    f"{HEAD}symptoms, standardised; comparator: inactive (one trial, not pooled)",
    f"{HEAD}changes of symptoms, standardised; comparator: psychoactive placebo (one trial, not pooled)",
]


def test_changes_of_scores_and_another_kind_of_control_stand_apart(mixed):
    frame = tables.pooled(mixed)
    assert frame.group[frame.row != "listed"].unique().tolist() == ALIKE
    assert frame.k.dropna().tolist() == [2]
    weights = frame.weight[frame.group == ALIKE[0]]
    assert weights.sum() == pytest.approx(1)
    assert weights.isna().tolist() == [False, False, True]


def test_a_pool_is_what_synthesis_makes_of_its_trials(mixed):
    frame = tables.pooled(mixed)
    own, (row,) = frame.iloc[:2], frame[frame.row == "pooled"].to_dict("records")
    result = synthesis.pool(own.transformed, own.variance)
    assert (row["effect"], row["low"], row["high"]) == (result.estimate, result.low, result.high)
    assert own.weight.tolist() == list(result.weights)
    assert row["n"] == 40 + 31
    equal = tables.pooled(mixed, method="EE")
    (row,) = equal[equal.row == "pooled"].to_dict("records")
    assert row["effect"] == synthesis.pool(own.transformed, own.variance, method="EE").estimate
    assert row["sentence"].startswith("Equal-effects model of 2 studies")


def test_the_pool_of_ratios_is_shown_as_a_ratio(mixed):
    frame = tables.pooled(mixed, outcome="response")
    own, (row,) = frame.iloc[:2], frame[frame.row == "pooled"].to_dict("records")
    ratios = [(10 / 10) / (4 / 16), (9 / 6) / (4 / 12)]
    variances = [1 / 10 + 1 / 10 + 1 / 4 + 1 / 16, 1 / 9 + 1 / 6 + 1 / 4 + 1 / 12]
    assert own.effect.tolist() == pytest.approx(ratios)
    result = synthesis.pool(np.log(ratios), variances)
    assert row["effect"] == pytest.approx(math.exp(result.estimate))
    assert (row["low"], row["high"]) == (pytest.approx(math.exp(result.low)), pytest.approx(math.exp(result.high)))
    assert row["p"] == pytest.approx(result.p)
    assert (row["scale"], row["measure"]) == ("log", "odds ratio")
    assert (row["favours_low"], row["favours_high"]) == (
        "fewer responders with ketamine", "more responders with ketamine",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words", "k"),
    [
        ("symptoms", [f"{HEAD}definitions differ; comparators differ"], [4]),
        ("response", [f"{HEAD}definitions differ; comparators differ"], [4]),
        (
            "points",
            [f"{HEAD}LSAS; comparators differ", f"{HEAD}VAS; comparator: psychoactive placebo (one trial, not pooled)"],
            [3],
        ),
    ],
)
def test_across_definitions_the_group_says_what_differs_and_points_of_two_scales_stay_apart(kind, words, k, mixed):
    frame = tables.pooled(mixed, condition="SAD", outcome=kind, across_definitions=True)
    assert frame.group[frame.row != "listed"].unique().tolist() == words
    assert frame.k.dropna().tolist() == k


def test_across_definitions_nothing_is_said_to_differ_that_is_alike(evidence):
    frame = tables.pooled(evidence, condition="PTSD", across_definitions=True)
    assert frame.group[frame.row != "listed"].unique().tolist() == [PTSD]


def test_people_who_are_in_two_trials_are_pooled_once(folder):
    trials = [
        trial("ash", overlaps_with="birch"), trial("birch", overlaps_with="ash"), trial("cedar"), trial("fir"),
    ]  # fmt: skip
    results = [row for key in ("ash-a", "birch-a", "cedar-a", "fir-a") for row in arms(key)]
    frame = tables.pooled(evidence_of(folder, trials, results), condition="SAD")
    assert frame.citation.tolist() == ["Ash 2010", "Cedar 2012", "Fir 2013", "Ash 2010; Cedar 2012; Fir 2013"]
    assert frame.k.dropna().tolist() == [3]


def test_a_time_that_is_asked_for_gives_the_forest_of_that_time(evidence):
    frame = tables.pooled(evidence, timepoint="P30D")
    drawn = frame[frame.row != "listed"]
    assert drawn.label.tolist() == ["Duek 2023, PCL-5, 30 days"]
    assert drawn.effect.round(4).tolist() == [0.2497]
    reasons = set(frame.reason[frame.row == "listed"].str.partition("; primary outcome ")[0])
    assert reasons == {"no figure of this outcome in the tables at this time", "registered, no result published"}


def test_the_drug_is_named_under_the_axis_where_there_is_one_drug_only(folder, forests):
    assert set(forests["symptoms"].favours_low) == {"fewer symptoms with ketamine"}
    trials = [trial("ash"), trial("birch", drug="esketamine")]
    results = [*arms("ash-a"), arms("birch-a", arm="esketamine")[0], arms("birch-a")[1]]
    frame = tables.pooled(evidence_of(folder, trials, results))
    assert set(frame.favours_high) == {"more symptoms with the drug"}
    assert len(frame[frame.row == "study"]) == 2


# What is listed


def test_what_cannot_be_used_is_listed_with_its_reason_and_its_result(forests):
    listed = forests["symptoms"].query("row == 'listed'")
    words = "words only, no figures where it was read (abstract)"
    assert dict(zip(listed.label, listed.reason)) == {
        "Taylor 2018 (SAD)": "only a p value (p = 0.01); primary outcome mixed",
        "Karbasi Amel 2023 (SEP)": "no group sizes in the source; primary outcome mixed",
        "Rodriguez 2022 (OCD)": "printed without interval, standard error or group sizes (−1.25, p < 0.001); primary "
        "outcome positive",
        "Beaglehole 2025b (OCD)": "only a p value (p = 0.031); primary outcome positive",
        "Feder 2014 (PTSD)": "a difference in points without a standard deviation cannot be standardised; primary "
        "outcome positive",
        "Pradhan 2018 (PTSD)": "a duration, not a score; primary outcome positive",
        "Dadabayev 2020 (PTSD)": f"{words}; primary outcome null",
        "Abdallah 2022 (PTSD)": f"{words}; primary outcome null",
        "Beaglehole 2025a (PTSD)": f"{words}; primary outcome positive",
        "Rodriguez 2013 (OCD)": "no figure of this outcome in the tables; primary outcome positive",
        "Rodriguez 2017a (OCD)": "no figure of this outcome in the tables; primary outcome negative",
        "Shadli 2018 (anxiety disorders)": "no figure of this outcome in the tables; primary outcome mixed",
        "2 registered trials (PTSD)": "registered, no result published",
        "6 registered trials (OCD)": "registered, no result published",
        "2 registered trials (SP)": "registered, no result published",
        "1 registered trial (anxiety disorders)": "registered, no result published",
    }
    assert (listed.group == "").all()
    assert listed[["effect", "weight", "transformed"]].isna().all(axis=None)


@pytest.mark.parametrize("kind", KINDS)
def test_the_people_of_every_trial_are_drawn_or_listed_once(kind, evidence, forests):
    used = tables.comparisons(evidence, outcome=kind)
    refused = tables.not_comparable(evidence, outcome=kind)
    forest = forests[kind]
    named = [name for row in forest[forest.row != "pooled"].citation for name in row.split("; ")]
    assert len(named) == len(set(named))
    sets = refused[~refused.other_rows].groupby(["condition", "people"]).ngroups
    assert len(named) == used.counted.sum() + sets


@pytest.mark.parametrize("kind", [*KINDS, "resistance"])
def test_no_text_is_missing_and_every_row_has_its_key(kind, evidence, forests, rates):
    frame = rates if kind == "resistance" else forests[kind]
    assert frame[TEXTS].notna().all(axis=None)
    marked = frame[frame.row != "listed"]
    assert marked[["effect", "low", "high", "scale", "measure"]].notna().all(axis=None)
    assert ((marked.low < marked.effect) & (marked.effect < marked.high)).all()
    assert frame.row_id.is_unique
    assert (frame.attrs["evidence"], frame.attrs["key"]) == (evidence.origin, "row_id")
    assert not frame.published.any()


# Shares of people not helped


def test_trials_show_their_share_with_the_interval_of_wilson(rates):
    trials = rates[rates.row == "study"]
    assert trials.effect.between(0, 1).all()
    for row in trials.to_dict("records"):
        events, n = map(int, row["drug_figures"].split("/"))
        low, high = effects.wilson([events], [n])
        assert (row["effect"], row["low"], row["high"], row["n"]) == (events / n, low[0], high[0], n)
        odds = effects.log_odds([events], [n])
        assert (row["transformed"], row["variance"]) == (odds.effect[0], odds.variance[0])
    marked = rates[rates.row != "listed"]
    assert (marked.low >= 0).all()
    assert (marked.high <= 1).all()
    assert (set(rates.favours_low), set(rates.favours_high)) == ({""}, {""}), "a share favours nothing"


def test_arms_without_counts_are_listed_with_their_share(rates):
    listed = rates[rates.row == "listed"].set_index("row_id")
    assert listed.effect.isna().all()
    assert listed.loc["baldwin1999-nonresponse-paroxetine", "reason"] == "no counts where it was read: 34%"


def test_a_slide_folds_what_could_not_be_used_into_one_row_a_condition(evidence):
    forest = tables.pooled(evidence, condition="PTSD")
    folded = tables.folded(forest)
    kept, made = folded[~folded.folded], folded[folded.folded]
    assert kept.row_id.tolist() == forest[forest.row != "listed"].row_id.tolist()
    assert made.label.tolist() == ["PTSD"]
    assert made.reason.tolist() == [
        "5 trials without usable figures (3 positive and 2 null); largest Abdallah 2022, 158 people, null; "
        "2 registered without a result"
    ]
    listed = forest[forest.row == "listed"]
    assert set(made.citation.iloc[0].split("; ")) == set("; ".join(listed.citation).split("; "))
    assert (folded.attrs["evidence"], folded.attrs["key"]) == (forest.attrs["evidence"], forest.attrs["key"])
    assert [step["table"] for step in folded.attrs["recipe"]] == ["pooled", "folded"]


def test_the_trials_of_social_anxiety_are_those_of_the_claims(rates):
    printed = claims()
    for arm, keys in {
        "placebo": ["stein1998-nonresponse-placebo", "liebowitz2003-nonresponse-placebo",
                    "vanameringen2001-nonresponse-placebo"],
        "usual drugs": ["stein1998-nonresponse-paroxetine", "liebowitz2003-nonresponse-sertraline",
                        "vanameringen2001-nonresponse-sertraline"],
    }.items():  # fmt: skip
        own = group(rates, f"no response, SAD, {arm}: {CGI}")
        trials = own[own.row == "study"]
        assert trials.row_id.tolist() == keys
        assert trials.drug_figures.tolist() == [f"{printed[key]['events']}/{printed[key]['n']}" for key in keys]
        assert {printed[key]["definition"].split(",")[0] for key in keys} == {CGI}


def test_arms_of_one_trial_are_added_up(rates):
    printed = claims()
    keys = "davidson2006a-nonremission-venlafaxine; davidson2006a-nonremission-sertraline"
    (row,) = rates[rates.row_id == keys].to_dict("records")
    both = [printed[key] for key in keys.split("; ")]
    assert row["n"] == sum(int(one["n"]) for one in both) == 352
    assert row["drug_figures"] == f"{sum(int(one['events']) for one in both)}/352" == "256/352"
    assert row["label"] == "Davidson 2006a, venlafaxine ER and sertraline, 12 weeks"


def test_no_person_is_in_two_trials_of_a_pool(evidence, rates):
    counted = tables.resistance_rates(evidence).set_index("claim_id")
    for _, own in rates[rates.row == "study"].groupby("group"):
        keys = [key for row in own.row_id for key in row.split("; ")]
        assert len(keys) == len(set(keys))
        assert counted.counted[keys].all()
        assert own.source_id.is_unique


def test_definitions_that_nobody_knows_are_never_pooled(rates):
    unknown = group(rates, "criterion not")
    assert len(unknown) == 4
    assert unknown.group.str.endswith(" (one trial, not pooled)").all()


@pytest.fixture(scope="module")
def answers(folder):
    """Shares of social anxiety by two definitions, one treatment counted twice, and one count at an extreme."""
    week = {"definition": "CGI-I 2 not reached, week 8", "n": "18", "events": "12"}
    drug = {"intervention": "SSRI: sertraline 50 mg", "n": "30", "events": "12"}
    stated = [
        claim("ash-late", n="20", events="12"), claim("ash-soon", **week), claim("birch-p", n="20", events="20"),
        claim("cedar-p", n="40", events="30", definition="LSAS 35% lower not reached"),
        claim("fir-low", **drug), claim("fir-high", **(drug | {"intervention": "SSRI: sertraline 200 mg"})),
    ]  # fmt: skip
    return evidence_of(folder, claims=stated)


def test_the_same_treatment_twice_in_a_source_is_the_same_people_and_two_doses_are_not(answers):
    frame = tables.pooled_rates(answers).set_index("citation")
    assert frame.loc["Ash 2010", ["row_id", "drug_figures"]].tolist() == ["ash-late", "12/20"]
    assert frame.loc["Fir 2013", ["row_id", "drug_figures"]].tolist() == ["fir-high; fir-low", "24/60"]


def test_where_everybody_is_not_helped_the_log_odds_are_corrected_and_the_share_is_not(answers):
    frame = tables.pooled_rates(answers).set_index("row_id")
    row = frame.loc["birch-p"]
    assert (row.effect, row.detail) == (1, "0.5 added to each cell")
    assert row.transformed == pytest.approx(math.log(20.5 / 0.5))


def test_shares_by_two_definitions_are_pooled_only_when_asked_for(answers):
    place = "no response, SAD, placebo: "
    apart = tables.pooled_rates(answers)
    assert apart.group.unique().tolist()[1:] == [
        f"{place}CGI-I 2 not reached", f"{place}LSAS 35% lower not reached (one trial, not pooled)",
    ]  # fmt: skip
    together = tables.pooled_rates(answers, across_definitions=True)
    assert together.group.unique().tolist() == [
        "no response, SAD, usual drugs: CGI-I 2 not reached (one trial, not pooled)", f"{place}definitions differ",
    ]  # fmt: skip
    assert together.k.dropna().tolist() == [3]


# Beside what reviews report


@pytest.fixture(scope="module")
def beside(evidence) -> dict[str, pd.DataFrame]:
    return {kind: tables.published_comparison(evidence, outcome=kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_our_rows_stay_as_they_are_and_published_ones_are_never_pooled(kind, forests, beside):
    frame = beside[kind]
    own = frame[~frame.published].reset_index(drop=True)
    expected = forests[kind].query("row != 'listed'").reset_index(drop=True)
    order = own.set_index("row_id").loc[expected.row_id].reset_index()[expected.columns.tolist()]
    pd.testing.assert_frame_equal(order, expected, check_flags=False)
    theirs = frame[frame.published]
    assert len(theirs)
    assert theirs[["weight", "transformed", "variance"]].isna().all(axis=None)
    assert theirs.group.str.endswith(": published by reviews, not recomputed").all()
    assert not {*theirs.citation} & {name for row in own.citation for name in row.split("; ")}
    assert frame[TEXTS].notna().all(axis=None)


def test_signs_are_turned_where_the_notes_say_so_and_the_limits_change_places(beside):
    printed = claims()
    drawn = beside["symptoms"].query("published and row == 'study'").set_index("row_id")
    assert len(drawn) == 7
    for key, row in drawn.iterrows():
        cell = printed[key]
        assert cell["notes"].startswith("Printed as positive when ketamine is better")
        assert (row.effect, row.low, row.high) == (
            -float(cell["value"]), -float(cell["high"]), -float(cell["low"]),
        )  # fmt: skip
    assert str(drawn.high["borgogna2024-pooled-1week"]) == "0.0", "not -0.0"
    points = beside["points"].query("published and row == 'study'").set_index("row_id")
    for key, row in points.iterrows():
        assert "positive" not in printed[key]["notes"]
        assert row.effect == float(printed[key]["value"]) < 0
    assert len(points) == 2


def test_estimates_against_baseline_or_without_an_interval_are_listed_with_the_reason(beside):
    listed = {
        row["row_id"]: row["reason"]
        for kind in KINDS
        for row in beside[kind].query("row == 'listed'").to_dict("records")
    }
    assert listed == {
        "almeida2024-pooled-endpoint": "compared with control or baseline, so perhaps no comparison with a control: "
        "0.25 (standard deviations)",
        "du2022-pooled-chronic": "scale not known: −3.66 points (95% CI −7.05 to −0.27)",
        "du2022-pooled-early": "scale not known: 2.45 points (95% CI 1.33 to 3.58)",
        "kwan2024-ybocs": "compared with baseline or control, not separated, so perhaps no comparison with a control: "
        "−8.08 points (95% CI −13.64 to −2.52)",
        "kwan2024-pooled-caps5": "compared with control or baseline, unclear, so perhaps no comparison with a control: "
        "−14.07 points (95% CI −26.24 to −1.9)",
        "kwan2024-pooled-pcl5": "compared with control or baseline, unclear, so perhaps no comparison with a control: "
        "−28.07 points (95% CI −40.05 to −16.11)",
    }  # fmt: skip


def test_the_difference_is_ours_minus_theirs_and_stands_where_the_question_is_the_same(forests, beside):
    (ours,) = forests["symptoms"].query("row == 'pooled'").effect
    frame = beside["symptoms"].query("published and row == 'study'").set_index("row_id")
    same = frame[frame.difference.notna()]
    assert same.index.tolist() == ["borgogna2024-pooled-overall"], "others are of one time, one control or corrected"
    assert same.difference.tolist() == [pytest.approx(ours + 0.27)]
    assert same.detail.tolist() == [
        "randomised trials in PTSD, our pool minus the review's: −0.38 (our pool: 2 trials, psychoactive placebo)"
    ]
    rest = frame[frame.difference.isna()].detail
    assert rest.str.removeprefix("randomised trials in PTSD, ").to_dict() == {
        "borgogna2024-pooled-1week": "against control",
        "borgogna2024-pooled-24h": "against control",
        "borgogna2024-pooled-24h-active": "against active placebo",
        "borgogna2024-pooled-24h-passive": "against inactive placebo",
        "borgogna2024-pooled-2weeks": "against control",
        "borgogna2024-pooled-bias-corrected": "against control",
    }
    for kind in ("points", "response"):
        assert beside[kind].difference.isna().all(), "no pool of ours"


RATIO = {"measure": "odds_ratio", "unit": "ratio", "value": "2", "low": "1", "high": "4"}


def test_a_difference_of_ratios_is_one_of_logarithms(folder):
    trials = [trial("ash"), trial("birch")]
    results = [*counts("ash-r", ("10", "20"), ("4", "20")), *counts("birch-r", ("9", "15"), ("4", "16"))]
    stated = [estimate("yew-or", **RATIO), estimate("yew-none", **(RATIO | {"comparator": ""}))]
    frame = tables.published_comparison(evidence_of(folder, trials, results, stated), outcome="response")
    frame = frame.set_index("row_id")
    ours = frame.effect[frame.row == "pooled"].iloc[0]
    row = frame.loc["yew-or"]
    assert (row.effect, row.low, row.high) == (2, 1, 4), "a ratio has no sign to turn"
    assert row.difference == pytest.approx(math.log(ours / 2))
    assert row.detail == f"our pool is {ours / 2:.2f} times the review's (our pool: 2 trials, psychoactive placebo)"
    assert (
        frame.reason["yew-none"]
        == "no comparator named, so perhaps no comparison with a control: 2 (ratio; 95% CI 1 to 4)"
    )


def test_a_pool_of_a_part_of_our_trials_answers_another_question(folder, mixed):
    trials = [trial("ash"), trial("birch"), trial("cedar", comparator="saline", comparator_type="inactive")]
    results = [row for key in ("ash-a", "birch-a", "cedar-a") for row in arms(key)]
    for kept, differences in ((3, 0), (2, 1)):
        evidence = evidence_of(folder, trials[:kept], results[: 2 * kept], [estimate("yew-all")])
        frame = tables.published_comparison(evidence)
        assert frame.difference.notna().sum() == differences


def test_a_pool_of_points_is_not_compared_with_points_of_scales_that_are_not_known(folder):
    points = estimate("yew-md", measure="mean_difference", unit="points", notes="", value="-3", low="-6", high="-1")
    evidence = evidence_of(folder, [trial("ash"), trial("birch")], [*arms("ash-a"), *arms("birch-a")], [points])
    frame = tables.published_comparison(evidence, condition="SAD", outcome="points").set_index("row_id")
    assert (frame.effect["yew-md"], frame.detail["yew-md"]) == (-3, "against control")
    assert frame.difference.isna().all()


# How much hangs on single trials


@pytest.fixture(scope="module")
def placebo(rates) -> pd.DataFrame:
    return group(rates, "SAD, placebo")


def test_leaving_out_each_trial_is_what_metafor_says(placebo, evidence):
    frame = leave_one_out(placebo)
    assert frame.label.tolist() == [
        "without Stein 1998, placebo, 11 weeks", "without [Liebowitz 2003], placebo, 12 weeks",
        "without [Vanameringen 2001], placebo, 20 weeks",
        "all 3 trials",
    ]  # fmt: skip
    assert frame.row.tolist() == ["omitted", "omitted", "omitted", "all"]
    # leave1out(rma(escalc("PLO"), method="REML", test="adhoc")) in metafor 3.8.1, by plogis
    assert frame.estimate.round(9).tolist() == [0.735582917, 0.738363879, 0.749924479, 0.741946256]
    assert frame.low.round(9).tolist() == [0.321185519, 0.223262116, 0.347251714, 0.630660483]
    assert frame.high.round(9).tolist() == [0.942383324, 0.965166485, 0.944147113, 0.828802856]
    assert frame.citation.iloc[-1] == "Stein 1998; [Liebowitz 2003]; [Vanameringen 2001]"
    assert (frame.attrs["evidence"], frame.attrs["key"]) == (evidence.origin, "row_id")
    assert frame.row_id.is_unique


def test_every_subset_is_pooled_once_and_the_whole_is_the_pool(placebo, evidence):
    frame = gosh(placebo)
    assert sorted(frame.k) == [2, 2, 2, 3]
    (row,) = placebo[placebo.row == "pooled"].effect
    assert frame.estimate[frame.full].tolist() == [pytest.approx(row)]
    assert sorted(frame.estimate[~frame.full]) == pytest.approx(sorted(leave_one_out(placebo).estimate[:3]))
    assert set(frame.measure) == {"proportion"}
    assert (frame.attrs["evidence"], frame.attrs["key"]) == (evidence.origin, "row_id")


@pytest.fixture(scope="module")
def ten(folder) -> pd.DataFrame:
    """The forest of ten alike trials, as odds ratios."""
    names = [f"oak{place}" for place in range(10)]
    results = [
        row for place, name in enumerate(names) for row in counts(f"{name}-r", (str(8 + place), "30"), ("6", "30"))
    ]
    return tables.pooled(
        evidence_of(folder, [trial(name) for name in names], results), outcome="response", condition="SAD"
    )


def test_a_funnel_has_the_effects_on_the_scale_of_pooling(ten):
    frame = funnel(ten)
    trials = ten[ten.row == "study"]
    assert frame.effect.tolist() == trials.transformed.tolist() == pytest.approx(np.log(trials.effect).tolist())
    assert frame.se.tolist() == pytest.approx(np.sqrt(trials.variance).tolist())
    (whole,) = ten[ten.row == "pooled"].effect
    assert frame.pooled.tolist() == pytest.approx([math.log(whole)] * 10)
    assert set(frame["scale"]) == {"log"}
    assert frame.attrs["key"] == "row_id"


def test_ratios_without_a_trial_are_shown_as_ratios(ten):
    frame = leave_one_out(ten)
    (whole,) = ten[ten.row == "pooled"].effect
    assert frame.estimate.iloc[-1] == pytest.approx(whole)
    assert (frame.estimate > 1).all()


def test_published_rows_do_not_enter_what_is_left_out_or_drawn(folder):
    names = ("ash", "birch", "cedar")
    results = [*arms("ash-a"), *arms("birch-a", ("40", "18", "15"), ("41", "20", "16")), *arms("cedar-a")]
    evidence = evidence_of(folder, [trial(name) for name in names], results, [estimate("yew-all")])
    alone, together = tables.pooled(evidence), tables.published_comparison(evidence)
    assert together.published.sum() == 1
    pd.testing.assert_frame_equal(leave_one_out(together), leave_one_out(alone), check_flags=False)
    pd.testing.assert_frame_equal(gosh(together), gosh(alone), check_flags=False)


@pytest.mark.parametrize("make", [leave_one_out, gosh, funnel])
def test_one_pool_is_asked_for(make, rates, forests):
    pools = "; ".join(f"no response, SAD, {arm}: {CGI}" for arm in ("usual drugs", "placebo"))
    needed = "one pool of trials is needed, got"
    for frame, message in [
        (group(rates, "SAD"), f"{needed} 2: choose the rows of one group ({pools})"),
        (forests["response"], f"{needed} 0: no two trials are alike"),
        (forests["symptoms"].drop(columns="group"), "rows of pooled or pooled_rates are needed; no column 'group'"),
    ]:
        with pytest.raises(ValueError) as refusal:
            make(frame)
        assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (leave_one_out, "pooling needs at least 3 studies, got 2"),
        (gosh, "pooling needs at least 3 studies, got 2"),
        (funnel, "a funnel needs at least 10 trials, got 2"),
    ],
)
def test_two_trials_are_too_few_for_more_than_a_pool(make, message, forests):
    with pytest.raises(ValueError) as refusal:
        make(forests["symptoms"])
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (tables.pooled, {"condition": "SDA"}, "no condition 'SDA'; nearest: 'SAD'"),
        (tables.pooled, {"outcome": "point"}, "no outcome 'point'; nearest: 'points'"),
        (tables.pooled, {"timepoint": "P15D"}, "no timepoint 'P15D'; nearest: 'P1D'"),
        (tables.pooled, {"method": "reml"}, "no method 'reml'; known: REML, ML, DL, EE"),
        (tables.pooled, {"method": "PM", "condition": "SAD"}, "no method 'PM'; known: REML, ML, DL, EE"),
        (tables.pooled_rates, {"kind": "nonresponse"}, "no kind 'nonresponse'; nearest: 'non_response'"),
        (tables.pooled_rates, {"condition": "PTDS"}, "no condition 'PTDS'; nearest: 'PTSD'"),
        (tables.pooled_rates, {"method": "PM", "condition": "GAD"}, "no method 'PM'; known: REML, ML, DL, EE"),
        (tables.published_comparison, {"condition": "PTDS"}, "no condition 'PTDS'; nearest: 'PTSD'"),
        (
            tables.published_comparison,
            {"outcome": "anxiety"},
            "no outcome 'anxiety'; known: symptoms, points, response",
        ),
        (tables.published_comparison, {"method": "PM"}, "no method 'PM'; known: REML, ML, DL, EE"),
    ],
)
def test_an_unknown_name_is_refused(make, options, message, evidence):
    with pytest.raises(ValueError) as refusal:
        make(evidence, **options)
    assert str(refusal.value) == message


def test_a_condition_without_anything_gives_an_empty_forest(evidence, forests):
    for make in (tables.pooled, tables.published_comparison):
        frame = make(evidence, condition="PD")
        assert frame.empty
        assert frame.columns.tolist() == forests["symptoms"].columns.tolist()
        assert frame.dtypes.to_dict() == forests["symptoms"].dtypes.to_dict()


def test_the_largest_trial_is_named_only_where_the_size_of_each_is_known(forests, evidence):
    (otherwise,) = tables.folded(forests["symptoms"]).query("condition == 'OCD' and folded").reason
    assert "4 trials without usable figures (3 positive and 1 negative); largest Rodriguez 2022, 45 people" in otherwise
    shares = tables.folded(tables.pooled_rates(evidence))
    assert not shares.reason[shares.folded].str.contains("largest").any()
