"""From the outcomes of trials to effects: each recomputed from the cells, nothing lost, the rules tried one by one."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from statistics import NormalDist

import pandas as pd
import pytest
from invented import arms, contrast, counts, evidence_of, renamed, result, trial

from ketevidence import effects, load, tables

FOLDER = Path(__file__).parents[1] / "evidence"
KINDS = ("symptoms", "points", "response")
Z = NormalDist().inv_cdf(0.975)
TEXTS = ["row_id", "study_id", "citation", "condition", "outcome", "locator", "basis", "checked", "source_id"]
DUEK = [
    "duek2023-pcl5-30d", "duek2023-pcl5-7d", "duek2023-pcl5-change-30d", "duek2023-pcl5-change-7d",
]  # fmt: skip


def cells(table: str, key: str) -> dict[str, dict[str, str]]:
    """The rows of a CSV file by their key, read without the package."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def evidence():
    return load(FOLDER)


@pytest.fixture(scope="module")
def printed() -> dict[str, dict[str, str]]:
    return cells("outcomes", "outcome_id")


@pytest.fixture(scope="module")
def found(evidence) -> dict[str, pd.DataFrame]:
    """Usable rows of each outcome by their key."""
    return {kind: tables.comparisons(evidence, outcome=kind).set_index("row_id") for kind in KINDS}


def pair(key: str) -> str:
    return f"{key}-ketamine; {key}-midazolam"


def scores(row: dict[str, str]) -> list[float]:
    return [float(row[name]) for name in ("value", "sd", "n")]


def known(row: pd.Series) -> dict[str, object]:
    """A row without what is missing or empty."""
    return {name: value for name, value in row.to_dict().items() if not pd.isna(value) and value != ""}


# The effects of the real tables


def test_the_usable_effects_are_these_and_these_count(found):
    counted = {kind: frame.index[frame.counted].tolist() for kind, frame in found.items()}
    assert counted == {
        "symptoms": ["feder2021-caps5-2wk-d", pair("duek2023-pcl5-7d")],
        "points": ["feder2014-iesr-24h-md", "feder2021-caps5-2wk-md", pair("duek2023-pcl5-7d")],
        "response": ["rodriguez2013-response-ketamine; rodriguez2013-response-saline", pair("feder2021-response-2wk")],
    }
    others = {kind: frame.index[~frame.counted].tolist() for kind, frame in found.items()}
    rest = [pair("duek2023-pcl5-30d"), pair("duek2023-pcl5-change-30d"), pair("duek2023-pcl5-change-7d")]
    assert others == {"symptoms": rest, "points": rest, "response": []}


def test_a_printed_d_becomes_g_by_the_exact_factor_with_the_error_of_its_printed_interval(found, printed):
    row = found["symptoms"].loc["feder2021-caps5-2wk-d"]
    cell = printed["feder2021-caps5-2wk-d"]
    assert (cell["value"], cell["ci_low"], cell["ci_high"], cell["n"]) == ("-1.13", "-1.91", "-0.36", "30")
    factor = math.gamma(14) / (math.sqrt(14) * math.gamma(13.5))  # 30 people less two means
    g, se = -1.13 * factor, factor * (1.91 - 0.36) / (2 * Z)
    expected = {
        "study_id": "feder2021", "citation": "Feder 2021", "condition": "PTSD", "outcome": "CAPS-5",
        "definition": "symptoms, standardised", "time": "14 days", "timepoint": "P14D", "how": "printed contrast",
        "measure": "Hedges g", "scale": "identity", "effect": pytest.approx(g), "low": pytest.approx(g - Z * se),
        "high": pytest.approx(g + Z * se), "transformed": pytest.approx(g), "variance": pytest.approx(se**2),
        "drug": "ketamine", "n": 30, "comparator": "midazolam 0.045 mg/kg IV, same schedule (n=15)",
        "comparator_type": "psychoactive", "counted": True, "published_on": row.published_on, "locator": "abstract",
        "basis": "abstract", "checked": "yes", "solid": True, "source_id": "feder2021",
    }  # fmt: skip
    assert known(row) == expected
    assert [round(x, 4) for x in (row.effect, row.low, row.high)] == [-1.0994, -1.8534, -0.3454]


def test_arms_are_paired_as_drug_less_control_by_hand(found, printed):
    row = found["symptoms"].loc[pair("duek2023-pcl5-7d")]
    (m1, s1, n1), (m2, s2, n2) = (scores(printed[f"duek2023-pcl5-7d-{arm}"]) for arm in ("ketamine", "midazolam"))
    assert (m1, s1, n1, m2, s2, n2) == (31.15, 20.59, 13, 35.08, 16.77, 13)
    pooled_sd = math.sqrt((12 * s1**2 + 12 * s2**2) / 24)
    g = math.gamma(12) / (math.sqrt(12) * math.gamma(11.5)) * (m1 - m2) / pooled_sd
    assert row.effect == pytest.approx(g)
    assert row.variance == pytest.approx(1 / 13 + 1 / 13 + g**2 / 52)
    assert (row.how, row.n, row.drug_figures, row.control_figures) == (
        "arms paired", 26, "31.1 (20.6), n 13", "35.1 (16.8), n 13",
    )  # fmt: skip


@pytest.mark.parametrize("key", DUEK)
@pytest.mark.parametrize("kind", ["symptoms", "points"])
def test_every_time_of_a_trial_has_its_own_effect(kind, key, found, printed):
    row = found[kind].loc[pair(key)]
    make = effects.hedges_g if kind == "symptoms" else effects.mean_difference
    figures = [scores(printed[f"{key}-{arm}"]) for arm in ("ketamine", "midazolam")]
    effect, variance, _ = make(*(figure for arm in figures for figure in arm))
    assert (row.effect, row.variance) == (pytest.approx(effect[0]), pytest.approx(variance[0]))
    assert (row.effect < 0) == (figures[0][0] < figures[1][0]), "negative: fewer symptoms with the drug"
    assert row.definition == {
        "symptoms": "changes of symptoms, standardised" if "change" in key else "symptoms, standardised",
        "points": "PCL-5",
    }[kind]  # fmt: skip
    assert pd.isna(row.same_people_as) if row.counted else row.same_people_as == "Duek 2023, PCL-5, 7 days"


def test_differences_in_points_keep_the_error_that_is_printed(found):
    points = found["points"]
    feder2014, feder2021 = points.loc["feder2014-iesr-24h-md"], points.loc["feder2021-caps5-2wk-md"]
    assert feder2014.variance == pytest.approx(((22.8 - 2.5) / (2 * Z)) ** 2)
    assert (feder2014.effect, feder2014.definition) == (-12.7, "IES-R")
    assert feder2014.note == "from a crossover, as its authors analysed it"
    assert (feder2021.effect, feder2021.variance) == (-11.88, pytest.approx(3.96**2))
    assert (feder2021.low, feder2021.high) == (pytest.approx(-11.88 - Z * 3.96), pytest.approx(-11.88 + Z * 3.96))
    assert (feder2021.note, feder2021.drug_figures, feder2021.control_figures) == ("", "", "")


def test_odds_ratios_are_shown_as_ratios_and_above_1_means_more_responders(found):
    rodriguez, feder = (found["response"].iloc[place] for place in (0, 1))
    assert rodriguez.effect == pytest.approx((4.5 / 4.5) / (0.5 / 7.5))  # no responder of 7: half a person everywhere
    assert rodriguez.variance == pytest.approx(1 / 4.5 + 1 / 4.5 + 1 / 0.5 + 1 / 7.5)
    assert rodriguez.note == "0.5 added to each cell"
    assert feder.effect == pytest.approx((10 / 5) / (3 / 12))
    assert feder.transformed == pytest.approx(math.log(8))
    assert feder.variance == pytest.approx(1 / 10 + 1 / 5 + 1 / 3 + 1 / 12)
    reach = Z * math.sqrt(feder.variance)
    assert (feder.low, feder.high) == (pytest.approx(8 * math.exp(-reach)), pytest.approx(8 * math.exp(reach)))
    for row, figures in ((rodriguez, ("4/8", "0/7")), (feder, ("10/15", "3/15"))):
        assert (row.drug_figures, row.control_figures) == figures
        assert (row["scale"], row.measure, row.comparator_type == "inactive") == (
            "log", "odds ratio", row is rodriguez,
        )  # fmt: skip


# Nothing lost


@pytest.fixture(scope="module")
def randomised() -> dict[str, dict[str, str]]:
    """Randomised trials of the conditions of the evidence, not retracted, by the CSV files alone."""
    conditions = {*cells("conditions", "condition_id"), "anxiety-disorders"}
    retracted = {key for key, row in cells("sources", "source_id").items() if row["status"] == "retracted"}
    return {
        key: row
        for key, row in cells("studies", "study_id").items()
        if row["condition"] in conditions and row["design"].startswith("rct") and row["source_id"] not in retracted
    }


@pytest.fixture(scope="module")
def told(evidence) -> dict[str, pd.DataFrame]:
    """What could not be used, of each outcome."""
    return {kind: tables.not_comparable(evidence, outcome=kind) for kind in KINDS}


def test_every_result_on_symptoms_is_used_or_listed_with_a_reason(randomised, found, told, printed):
    kept = {key for kind in KINDS for rows in (*found[kind].index, *told[kind].row_id) for key in rows.split("; ")}
    symptoms = {"anxiety", "social-anxiety", "OCD", "PTSD"}
    expected = {
        key
        for key, row in printed.items()
        if row["study_id"] in randomised
        and row["domain"] in symptoms
        and row["timepoint"] != "P0D"  # before the first dose
        and "carry-over" not in row["outcome"]
    }
    assert len(expected) == 38
    assert expected - kept == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_trial_stands_in_one_of_the_two_frames(kind, randomised, found, told):
    apart = {key for key, row in randomised.items() if row["primary_result"] == "not-applicable"}
    assert apart == {"castle2017", "norbury2021"}, "parts of other trials without a comparison of their own"
    assert len(randomised) == 29
    registered = {"nct04560660", "nct05737693"}  # against a control, known from a registry only
    assert {*found[kind].study_id, *told[kind].study_id} == set(randomised) - apart | registered
    assert not set(found[kind].index) & set(told[kind].row_id)


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_is_missing_where_one_is_promised(kind, evidence, told):
    frame = tables.comparisons(evidence, outcome=kind)
    promised = ["definition", "how", "measure", "scale", "drug", "drug_figures", "control_figures", "note"]
    assert frame[[*TEXTS, *promised, "effect", "variance", "n"]].notna().all(axis=None)
    reasons = told[kind]
    assert reasons[["row_id", "study_id", "citation", "condition", "reason", "people"]].notna().all(axis=None)
    assert (reasons.reason.str.len() > 0).all()
    for made in (frame, reasons):
        assert made.row_id.is_unique
        assert (made.attrs["evidence"], made.attrs["key"]) == (evidence.origin, "row_id")


def test_the_reasons_of_the_real_tables(told):
    used = {"no figure of this outcome in the tables", "registered, no result published"}
    said = told["symptoms"].set_index("row_id").reason
    assert said[~said.isin(used)].to_dict() == {
        "abdallah2022-caps5-interaction": "words only, no figures where it was read (abstract)",
        "abdallah2022-pcl5-interaction": "words only, no figures where it was read (abstract)",
        "beaglehole2025-iesr-week1": "words only, no figures where it was read (abstract)",
        "beaglehole2025b-ybocs-p": "only a p value (p = 0.031)",
        "dadabayev2020-iesr-24h-null": "words only, no figures where it was read (abstract)",
        "duek2023-symptoms-null": "words only, no figures where it was read (abstract)",
        "feder2014-iesr-24h-md": "a difference in points without a standard deviation cannot be standardised",
        "feder2021-time-to-loss": "one figure (median days) that is no comparison of arms",
        "karbasiamel2023-anxiety-p16w-ketamine; karbasiamel2023-anxiety-p16w-fluvoxamine": "no group sizes in the "
        "source",
        "karbasiamel2023-anxiety-p8w-ketamine; karbasiamel2023-anxiety-p8w-fluvoxamine": "no group sizes in the source",
        "pradhan2018-response-days-ketamine; pradhan2018-response-days-placebo": "a duration, not a score",
        "rodriguez2022acnp-ybocs-d-w1": "printed without interval, standard error or group sizes (−1.25, p < 0.001)",
        "rodriguez2022acnp-ybocs-d-w3": "printed without interval, standard error or group sizes (−0.59, p = 0.007)",
        "taylor2018-lsas-p": "only a p value (p = 0.01)",
        "taylor2018-vas-p": "only a p value (p = 0.95)",
    }
    both = "both periods of a crossover given as two arms: the same people, not independent"
    said = told["response"].set_index("row_id").reason
    assert said[~said.isin(used)].to_dict() == {
        "rodriguez2017-response-ketamine; rodriguez2017-response-midazolam": "kept out: no event in either group",
        "taylor2018-lsas-response-ketamine; taylor2018-lsas-response-saline": both,
        "taylor2018-vas-response-ketamine; taylor2018-vas-response-saline": both,
    }
    points = told["points"].set_index("row_id").reason
    assert points["rodriguez2022acnp-ybocs-d-w1"] == "printed in standard deviations, not in points"


def test_a_trial_without_a_usable_row_says_whether_its_people_have_one(told):
    symptoms = told["symptoms"].set_index("row_id")
    assert symptoms.index[symptoms.other_rows].tolist() == ["feder2021-time-to-loss", "duek2023-symptoms-null"]
    response = told["response"].set_index("row_id")
    assert response.index[response.other_rows].tolist() == ["rodriguez2015"], "its people are those of rodriguez2013"
    assert symptoms.people[["nct02624596", "rodriguez2022acnp-ybocs-d-w1"]].nunique() == 1
    assert symptoms.published[["nct02624596", "rodriguez2022acnp-ybocs-d-w1"]].tolist() == [False, True]


@pytest.mark.parametrize("kind", KINDS)
def test_retracted_studies_are_never_used_and_are_listed_as_such(kind, evidence):
    retracted = evidence.sources[evidence.sources.status == "retracted"].source_id.tolist()
    assert retracted == ["larkin2011", "mills2025"]
    everywhere = [c.value for c in evidence.schema.table("studies").column("condition").categories]
    used, told = (
        make(evidence, condition=everywhere, outcome=kind) for make in (tables.comparisons, tables.not_comparable)
    )
    assert not set(retracted) & {*used.source_id, *used.study_id}
    named = told[told.source_id.isin(retracted) | told.study_id.isin(retracted) | (told.reason == "retracted")]
    assert named[["row_id", "reason"]].to_dict("records") == [{"row_id": "mills2025", "reason": "retracted"}]


def test_a_trial_that_is_retracted_later_is_used_no_more(folder):
    retraction = {
        "sources.csv:4:status": "retracted",
        "outcomes.csv:3:notes": "Retracted.", "outcomes.csv:4:notes": "Retracted.",
        "claims.csv:3:notes": "Retracted.", "claims.csv:4:notes": "Retracted.",
    }  # fmt: skip
    assert tables.comparisons(evidence_of(folder), outcome="points").row_id.tolist() == ["smith2020-hama"]
    gone = evidence_of(folder, cells=retraction)
    assert tables.comparisons(gone, outcome="points").empty
    told = tables.not_comparable(gone, outcome="points")
    assert dict(zip(told.row_id, told.reason)) == {"smith2020": "retracted"}
    assert tables.pooled(gone, outcome="points").row.tolist() == ["listed"]


def test_a_result_from_a_retracted_report_of_a_trial_is_left_out(folder):
    row = contrast("ash-lsas", source_id="jones2019", notes="From a retracted paper.")
    frame = tables.not_comparable(evidence_of(folder, [trial("ash")], [row]), outcome="points")
    assert frame.set_index("row_id").reason.to_dict() == {"ash": "no figure of this outcome in the tables"}


# Reasons and directions, on invented trials


BOTH = "both periods of a crossover given as two arms: the same people, not independent"
HEAD = "not the drug against a control: midazolam against ketamine"


UNUSABLE = [
    (
        "symptoms",
        [result("ash-a", comparator="saline", statistic="words_only")],
        "words only, no figures where it was read (full text)",
    ),
    (
        "symptoms",
        [result("ash-a", comparator="saline", statistic="p_value", p="0.2", p_relation="above")],
        "only a p value (p > 0.2)",
    ),
    (
        "symptoms",
        [contrast("ash-a")],
        "a difference in points without a standard deviation cannot be standardised",
    ),
    ("points", [contrast("ash-a", statistic="smd_d")], "printed in standard deviations, not in points"),
    (
        "symptoms",
        [contrast("ash-a", "-1", "-2", "0", statistic="smd_d", n="")],
        "a standardised difference without the number of people",
    ),
    (
        "symptoms",
        [contrast("ash-a", "-1", "", "", statistic="smd_d", p="0.04", p_relation="equal")],
        "printed without interval, standard error or group sizes (−1, p = 0.04)",
    ),
    (
        "points",
        [contrast("ash-a", "-1", "", "", p="0.001", p_relation="below")],
        "printed without interval, standard error or group sizes (−1, p < 0.001)",
    ),
    ("points", [contrast("ash-a", "")], "no figure printed"),
    ("points", [contrast("ash-a", arm="midazolam", comparator="ketamine")], HEAD),
    (
        "points",
        [contrast("ash-a", arm="ketamine 1 mg/kg", comparator="ketamine 0.1 mg/kg")],
        "not the drug against a control: ketamine 1 mg/kg against ketamine 0.1 mg/kg",
    ),
    (
        "points",
        [contrast("ash-a", statistic="relative_change")],
        "one figure (relative change) that is no comparison of arms",
    ),
    ("symptoms", arms("ash-a", n=""), "no group sizes in the source"),
    ("points", arms("ash-a", sd="", value=""), "no means and standard deviations in the source"),
    ("symptoms", arms("ash-a", unit="weeks"), "a duration, not a score"),
    ("symptoms", arms("ash-a")[:1], "no control arm to compare with"),
    ("symptoms", arms("ash-a")[1:], "no arm of the drug to compare with"),
    (
        "symptoms",
        [*arms("ash-a"), result("ash-a-saline", arm="saline", statistic="mean", value="60", sd="20", n="20")],
        "several control arms to compare with",
    ),
    (
        "symptoms",
        arms("ash-a", ("50", "20", "1")),
        "no effect can be computed: n 1 of 'ash-a-ketamine; ash-a-midazolam' is below 2",
    ),
    (
        "points",
        arms("ash-a", ("50", "0", "20")),
        "no effect can be computed: sd 0 of 'ash-a-ketamine; ash-a-midazolam' is not above 0",
    ),
    (
        "points",
        [contrast("ash-a", "-1", "", "", p="1", p_relation="equal")],
        "no effect can be computed: p 1 of 'ash-a' is not between 0 and 1",
    ),
    (
        "points",
        [contrast("ash-a", "-1", "-1", "-1")],
        "no effect can be computed: interval from -1 to -1 of 'ash-a' has no width",
    ),
    (
        "response",
        [row | ({} if row["events"] else {"events_basis": ""}) for row in counts("ash-a", ("", "20"), ("4", "20"))],
        "no counts in the source",
    ),
    ("response", counts("ash-a", ("0", "20"), ("0", "19")), "kept out: no event in either group"),
    ("response", counts("ash-a", ("20", "20"), ("19", "19")), "kept out: everybody has the event in both groups"),
    ("response", counts("ash-a", ("3", "20"), ("9", "20"), outcome="relapse"), "not a count of responders"),
    ("response", counts("ash-a", ("3", "20"), ("9", "20"), outcome="no response"), "not a count of responders"),
    (
        "response",
        [contrast("ash-a", "0.5", "0.3", "0.9", statistic="odds_ratio", outcome="relapse")],
        "not a count of responders",
    ),
    (
        "response",
        [contrast("ash-a", "1.5", "1.1", "2", statistic="risk_ratio", outcome="response")],
        "a risk ratio, no odds ratio",
    ),
]


@pytest.fixture(scope="module")
def unusable(folder):
    """Each case as a trial of its own."""
    names = [f"case{place:02}" for place in range(len(UNUSABLE))]
    results = [row for name, (_, rows, _) in zip(names, UNUSABLE) for row in renamed(rows, name)]
    return evidence_of(folder, [trial(name) for name in names], results)


@pytest.mark.parametrize("place", range(len(UNUSABLE)), ids=[reason for *_, reason in UNUSABLE])
def test_what_cannot_be_used_says_why(place, unusable):
    kind, rows, reason = UNUSABLE[place]
    study = f"case{place:02}"
    used = tables.comparisons(unusable, condition="SAD", outcome=kind)
    assert study not in set(used.study_id)
    told = tables.not_comparable(unusable, condition="SAD", outcome=kind).set_index("study_id").loc[[study]]
    expected = reason.replace("ash", study)
    assert told[["reason", "other_rows"]].to_dict("records") == [{"reason": expected, "other_rows": False}]
    assert told.row_id.tolist() == ["; ".join(row["outcome_id"] for row in renamed(rows, study))]


def test_the_first_phase_of_a_crossover_is_two_groups_of_people(folder):
    said = {"none": ("", ""), "one": ("First phase only.", ""), "both": ("First phase only.", "FIRST PHASE ONLY")}
    results = [
        row | {"notes": notes}
        for name, both in said.items()
        for row, notes in zip(arms(f"{name}-a"), both)
    ]  # fmt: skip
    evidence = evidence_of(folder, [trial(name, design="rct-crossover") for name in said], results)
    assert tables.comparisons(evidence).study_id.tolist() == ["both"]
    told = tables.not_comparable(evidence, condition="SAD")
    assert dict(zip(told.study_id, told.reason)) == {"none": BOTH, "one": BOTH}


def test_a_printed_contrast_of_a_crossover_is_taken_with_a_note(folder):
    evidence = evidence_of(folder, [trial("ash", design="rct-crossover")], [contrast("ash-a", "-10", "-18", "-2")])
    (note,) = tables.comparisons(evidence, condition="SAD", outcome="points").note
    assert note == "from a crossover, as its authors analysed it"


def test_a_printed_g_is_not_corrected_again(folder):
    printed = contrast("ash-a", "-1", "-1.5", "-0.5", statistic="hedges_g")
    (effect,) = tables.comparisons(evidence_of(folder, [trial("ash")], [printed])).effect
    assert effect == -1


def test_the_printed_difference_is_used_where_points_and_standard_deviations_are_both_printed(folder):
    results = [contrast("ash-d", "-1", "-1.5", "-0.5", statistic="smd_d"), contrast("ash-md")]
    evidence = evidence_of(folder, [trial("ash")], results)
    for kind, row_id in (("symptoms", "ash-d"), ("points", "ash-md")):
        assert tables.comparisons(evidence, condition="SAD", outcome=kind).row_id.tolist() == [row_id]
        assert tables.not_comparable(evidence, condition="SAD", outcome=kind).empty


def test_a_difference_with_its_p_value_alone_has_the_error_of_a_t_test(folder):
    printed = contrast("ash-a", "-10", "", "", n="12", p="0.04", p_relation="equal")
    (row,) = tables.comparisons(
        evidence_of(folder, [trial("ash")], [printed]), condition="SAD", outcome="points"
    ).itertuples()
    assert row.variance == pytest.approx((10 / 2.3593146) ** 2)  # qt(0.98, 10) in R; normal it would be 2.0537
    odds = contrast("ash-a", "2", "", "", statistic="odds_ratio", outcome="response", p="0.04", p_relation="equal")
    (row,) = tables.comparisons(
        evidence_of(folder, [trial("ash")], [odds]), condition="SAD", outcome="response"
    ).itertuples()
    assert row.variance == pytest.approx((math.log(2) / 2.0537489) ** 2)
    assert row.effect == pytest.approx(2)


@pytest.mark.parametrize(
    "error",
    [{"sd": "", "se": "5"}, {"sd": "", "ci_low": "40", "ci_high": "60", "ci_level": "0.95", "value": "50"}],
)
def test_a_standard_deviation_is_made_of_a_standard_error_or_an_interval(error, folder):
    (row,) = (
        tables.comparisons(evidence_of(folder, [trial("ash")], arms("ash-a", **error)), outcome="points")
        .query("condition == 'SAD'")
        .itertuples()
    )
    sd = 5 * math.sqrt(20) if "se" in error else 10 / 2.0930241 * math.sqrt(20)  # qt(0.975, 19) in R
    assert row.variance == pytest.approx(2 * sd**2 / 20)


def test_a_score_of_which_more_is_better_is_turned(folder):
    results = arms("ash-a", ("60", "20", "20"), ("50", "20", "20"), outcome="WHO-5, total")
    worse, better = (
        tables.comparisons(evidence_of(folder, [trial("ash")], results, **{"WHO-5": means})).iloc[0]
        for means in ("worse", "better")
    )
    assert worse.effect > 0
    assert (better.effect, better.variance) == (-worse.effect, worse.variance)
    assert (better.low, better.high) == (-worse.high, -worse.low)
    other = "not the primary outcome"
    assert (worse.note, better.note) == (other, f"sign turned: a higher score is better; {other}")


def test_the_weaker_of_two_arms_decides_how_far_a_figure_can_be_trusted(folder):
    weak = [
        ({"basis": "secondary"}, ("secondary", "yes", False)),
        ({"basis": "abstract"}, ("abstract", "yes", True)),
        ({"checked": "differs"}, ("full_text", "differs", False)),
    ]
    results, expected = [], {}
    for place, (cells, trusted) in enumerate(weak):
        drug, control = arms("ash-a")
        results += renamed([drug | cells, control], f"drug{place}") + renamed(
            [drug, control | cells], f"control{place}"
        )
        expected |= {f"drug{place}": trusted, f"control{place}": trusted}
    frame = tables.comparisons(evidence_of(folder, [trial(study) for study in expected], results))
    assert dict(zip(frame.study_id, zip(frame.basis, frame.checked, frame.solid))) == expected


def test_both_places_of_a_pair_are_named(folder):
    apart = [arms("ash-a")[0], arms("ash-a", locator="table 3")[1]]
    assert tables.comparisons(evidence_of(folder, [trial("ash")], apart)).locator.tolist() == ["table 2; table 3"]


# Which row counts


NAMED, OTHER = {"outcome": "LSAS, rated by a clinician"}, {"outcome": "VAS", "domain": "anxiety"}
SOON, LATE = {"timepoint": "P1W"}, {"timepoint": "P14D"}
HOLLOW = {"checked": "no"}
MANY = ("50", "20", "40"), ("60", "20", "40")
CHANGE = {"statistic": "mean_change"}
SMD = {"statistic": "hedges_g", "n": "40"}


ORDER = [
    (
        arms("ash-z", **SOON, **OTHER, **CHANGE, **HOLLOW),
        [contrast("ash-a", **SMD, **LATE, **NAMED, checked="yes")],
        "at the time of the primary outcome",
    ),
    (
        arms("ash-z", **SOON, **NAMED, **CHANGE, **HOLLOW),
        [contrast("ash-a", **SMD, **SOON, **OTHER)],
        "on a scale of the primary outcome",
    ),
    (
        [contrast("ash-z", **SMD, **SOON, **NAMED, **HOLLOW)],
        arms("ash-a", *MANY, **SOON, **NAMED),
        "a printed contrast",
    ),
    (
        arms("ash-z", **SOON, **NAMED, **HOLLOW),
        arms("ash-a", *MANY, **SOON, **NAMED, **CHANGE),
        "scores at the end before changes",
    ),
    (
        arms("ash-z", **SOON, **NAMED),
        arms("ash-a", *MANY, **SOON, **HOLLOW),
        "a figure that is solid",
    ),
    (arms("ash-z", *MANY, **SOON, **NAMED), arms("ash-a", **SOON), "most people"),
    (arms("ash-a", **SOON, **NAMED), arms("ash-z", **SOON), "the first key"),
]


@pytest.fixture(scope="module")
def ordered(folder):
    """Each case as a trial of its own."""
    names = [f"case{place}" for place in range(len(ORDER))]
    results = [row for name, (one, two, _) in zip(names, ORDER) for row in renamed([*one, *two], name)]
    return tables.comparisons(evidence_of(folder, [trial(name) for name in names], results))


@pytest.mark.parametrize("place", range(len(ORDER)), ids=[criterion for *_, criterion in ORDER])
def test_one_row_of_a_trial_counts_by_the_stated_order(place, ordered):
    study = f"case{place}"
    counted = renamed(ORDER[place][0], study)
    own = ordered[ordered.study_id == study]
    assert own.row_id[own.counted].tolist() == ["; ".join(row["outcome_id"] for row in counted)]
    words = f"{own.citation.iloc[0]}, {counted[0]['outcome']}, 1 week"
    assert own.same_people_as[~own.counted].tolist() == [words]


def test_the_same_time_written_in_another_unit_is_the_same_time(folder):
    results = [*arms("ash-z", timepoint="P1D"), *arms("ash-a", timepoint="P2D")]
    evidence = evidence_of(folder, [trial("ash", primary_timepoint="PT24H")], results)
    frame = tables.comparisons(evidence).set_index("timepoint")
    assert frame.counted.to_dict() == {"P1D": True, "P2D": False}


def test_a_trial_whose_primary_time_is_not_known_has_a_row_that_counts(folder):
    results = [*arms("ash-z", timepoint=""), *arms("ash-a", timepoint="P2D"), *arms("ash-b", *MANY, timepoint="P3D")]
    frame = tables.comparisons(evidence_of(folder, [trial("ash", primary_timepoint="")], results))
    assert frame.row_id[frame.counted].tolist() == [pair("ash-b")]


def test_trials_that_share_people_count_once(folder):
    trials = [trial("ash", overlaps_with="birch"), trial("birch", overlaps_with="ash"), trial("cedar")]
    results = [*arms("ash-a"), *arms("birch-a", *MANY), *arms("cedar-a")]
    frame = tables.comparisons(evidence_of(folder, trials, results)).set_index("study_id")
    assert frame.counted.to_dict() == {"ash": False, "birch": True, "cedar": True}
    assert frame.same_people_as.dropna().to_dict() == {"ash": "Birch 2011, LSAS, 7 days"}


def test_trials_of_two_conditions_that_name_each_other_count_in_each(folder):
    trials = [trial("ash", overlaps_with="birch"), trial("birch", overlaps_with="ash", condition="GAD")]
    results = [*arms("ash-a"), *arms("birch-a", domain="anxiety")]
    evidence = evidence_of(folder, trials, results)
    assert tables.comparisons(evidence).counted.all()
    for condition in ("GAD", "SAD"):
        assert tables.comparisons(evidence, condition=condition).counted.tolist() == [True]


def test_two_doses_against_one_control_are_two_rows_of_which_one_counts(folder):
    high = result("ash-a-high", arm="ketamine 1 mg/kg", statistic="mean", value="40", sd="20", n="25")
    frame = tables.comparisons(evidence_of(folder, [trial("ash")], [*arms("ash-a"), high]))
    assert frame.row_id.tolist() == ["ash-a-high; ash-a-midazolam", pair("ash-a")]
    assert frame.counted.tolist() == [True, False]


def test_only_the_domain_of_the_condition_is_about_it(evidence):
    frame = tables.comparisons(evidence, condition="depression", outcome="points")
    assert set(frame.outcome.str[:5]) == {"MADRS"}, "scales of anxiety in depressed people are left to other tables"


def test_a_response_is_known_by_its_criterion(found, folder):
    assert found["response"].definition.tolist() == [
        "response (Y-BOCS at least 35% lower)", "response (CAPS-5 at least 30% lower)",
    ]  # fmt: skip
    unknown = counts("ash-a", ("10", "20"), ("4", "20"), outcome="response")
    (definition,) = tables.comparisons(
        evidence_of(folder, [trial("ash")], unknown), condition="SAD", outcome="response"
    ).definition
    assert definition == "response, criterion not in the tables (ash)", "like no other one"


# What is asked for


def test_rows_stand_in_the_order_of_the_conditions_then_of_their_years(evidence, told):
    for frame in (tables.not_comparable(evidence), tables.comparisons(evidence)):
        order = evidence.schema.table("studies").column("condition").values
        places = frame.condition.map(order.index)
        assert places.is_monotonic_increasing
    years = evidence.sources.set_index("source_id").issued
    oldest = told["points"].query("condition == 'PTSD'").source_id.map(years)
    assert oldest.is_monotonic_increasing


def test_a_condition_or_a_time_that_is_asked_for_is_all_that_comes(evidence, found):
    ptsd = tables.comparisons(evidence, condition="PTSD")
    assert ptsd.row_id.tolist() == found["symptoms"].index.tolist()
    month = tables.comparisons(evidence, timepoint="P30D")
    assert month.row_id.tolist() == [pair("duek2023-pcl5-30d"), pair("duek2023-pcl5-change-30d")]
    assert month.counted.tolist() == [True, False]
    week = tables.not_comparable(evidence, timepoint="P1W")
    assert week.timepoint.dropna().unique().tolist() == ["P7D"], "a week is seven days"
    others = set(week.reason[week.timepoint.isna()])
    assert others == {"no figure of this outcome in the tables at this time", "registered, no result published"}


@pytest.mark.parametrize("make", [tables.comparisons, tables.not_comparable])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outcome": "respons"}, "no outcome 'respons'; nearest: 'response'"),
        ({"outcome": "anxiety"}, "no outcome 'anxiety'; known: symptoms, points, response"),
        ({"condition": "PTSDD"}, "no condition 'PTSDD'; nearest: 'PTSD'"),
        ({"condition": ["SAD", "OCDD"]}, "no condition 'OCDD'; nearest: 'OCD'"),
        ({"timepoint": "P77D"}, "no timepoint 'P77D'; nearest: 'P7D'"),
    ],
)
def test_an_unknown_name_is_refused(make, options, message, evidence):
    with pytest.raises(ValueError) as refusal:
        make(evidence, **options)
    assert str(refusal.value) == message


def test_a_condition_without_trials_gives_empty_frames_of_the_same_columns(evidence, found, told):
    empty = tables.comparisons(evidence, condition="GAD")
    assert empty.empty
    assert empty.columns.tolist() == ["row_id", *found["symptoms"].columns]
    assert (empty.counted.dtype, empty.n.dtype, empty.effect.dtype) == ("bool", "Int64", empty.transformed.dtype)
    assert tables.not_comparable(evidence, condition="GAD").columns.tolist() == told["symptoms"].columns.tolist()
