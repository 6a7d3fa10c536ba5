"""How certain it is, by the curators and by rules, each rule at its threshold; and what can be read of each trial."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from invented import arms, counts, evidence_of, result, trial

from ketevidence import load, tables
from ketevidence.tables.certainty import (
    DOMAINS,
    Step,
    _bias,
    _imprecision,
    _inconsistency,
    _indirectness,
    _missing,
)

FOLDER = Path(__file__).parents[1] / "evidence"
FACTS = [
    "allocation", "comparator", "masked", "registered", "primary outcome", "people", "dropouts", "carry-over",
    "shared people",
]  # fmt: skip
LEVELS = {"high": 4, "moderate": 3, "low": 2, "very-low": 1}
CONCERNS = {"none": 0, "serious": 1, "very-serious": 2}


def rows_of(table: str) -> list[dict[str, str]]:
    """The rows of a CSV file, read without the package."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def evidence():
    return load(FOLDER)


@pytest.fixture(scope="module")
def certainty(evidence) -> pd.DataFrame:
    return tables.certainty(evidence).set_index("condition")


# The curators' table, and the suggestion beside it


def test_what_the_curators_said_comes_through_untouched(certainty):
    printed = rows_of("certainty")
    assert certainty.index.tolist() == [row["condition_id"] for row in printed]
    for cells in printed:
        row = certainty.loc[cells["condition_id"]]
        assert [row[name] for name in ("comparison", "outcome", "rationale", "status")] == [
            cells[name] for name in ("comparison", "outcome", "rationale", "status")
        ]
        assert (row.trials, row.people) == (int(cells["k_rcts"]), int(cells["n_participants"]))
        if cells["certainty"]:
            assert (row.certainty, row.certainty_level) == (
                cells["certainty"].replace("-", " "), LEVELS[cells["certainty"]],
            )  # fmt: skip
        else:
            assert (row.certainty, pd.isna(row.certainty_level)) == ("cannot be rated: no trial", True)
        concerns = [
            f"{name.replace('_', ' ')}: {cells[name].replace('-', ' ')} concern"
            for name in DOMAINS
            if cells[name] != "none"
        ]
        said = concerns if cells["certainty"] else ["not rated", *concerns]
        assert row.reasons == ("; ".join(said) or "no concern")


def test_the_suggestion_is_the_sum_of_its_steps_and_says_each(certainty):
    said = certainty.suggestion_reasons
    itself = "trials of the condition itself"
    assert said[said != ""].to_dict() == {
        "GAD": f"risk of bias 0: 100% {SAFE}; inconsistency 0: one trial; "
        "indirectness −1: only trials of people with several conditions; "
        "imprecision −2: no pooled interval, 12 people in all trials; "
        "publication bias 0: 1 registered trial without a result for 1 with one, "
        "whether they ended is not in the tables, no test under ten trials",
        "OCD": f"risk of bias 0: 80% {SAFE}; inconsistency −1: primary results 3 positive and 1 negative; "
        f"indirectness 0: {itself}; imprecision −2: no pooled interval, 76 people in all trials; "
        "publication bias 0: 6 registered trials without a result for 4 with one, "
        "whether they ended is not in the tables, no test under ten trials",
        "PTSD": f"risk of bias −1: 59% {GUESSED}; "
        "inconsistency −1: I² 62%, primary results 4 positive, 1 mixed and 2 null; "
        f"indirectness 0: {itself}; imprecision −2: 56 of 350 people pooled, interval includes no effect; "
        "publication bias 0: 2 registered trials without a result for 7 with one, "
        "whether they ended is not in the tables, no test under ten trials",
        "SAD": f"risk of bias −1: 100% {GUESSED}; inconsistency 0: one trial; indirectness 0: {itself}; "
        "imprecision −2: no pooled interval, 18 people in all trials; "
        "publication bias 0: no registered trial without a result for 1 with one, "
        "whether they ended is not in the tables, no test under ten trials",
        "SEP": f"risk of bias −2: 100% {OPEN}; inconsistency 0: one trial; "
        f"indirectness −1: {itself}, most people are children; "
        "imprecision −2: no pooled interval, 71 people in all trials; "
        "publication bias 0: no registered trial without a result for 1 with one, "
        "whether they ended is not in the tables, no test under ten trials",
    }
    levels = certainty.suggestion_level.dropna()
    for condition, text in said[said != ""].items():
        steps = [int(part.split(": ")[0].rpartition(" ")[2].replace("−", "-")) for part in text.split("; ")]
        assert len(steps) == len(DOMAINS)
        assert levels[condition] == max(4 + sum(steps), 1)
    assert set(certainty.suggestion[levels.index]) == {"very low"}
    assert set(certainty.suggestion[certainty.suggestion_level.isna()]) == {"cannot be rated: no trial"}


def test_agreement_is_on_the_level_and_differs_names_the_domains(certainty):
    assert certainty.agree.all()
    assert certainty.differs.to_dict() == {
        "AG": "", "GAD": "risk of bias, indirectness", "OCD": "risk of bias, imprecision, publication bias", "PD": "",
        "PTSD": "imprecision", "SAD": "inconsistency", "SEP": "imprecision", "SP": "",
    }  # fmt: skip


def test_the_effect_in_words(certainty):
    none = "not pooled: no trial with usable scores"
    assert certainty.effect.to_dict() == {
        "AG": "no trial", "GAD": none, "OCD": none, "PD": "no trial",
        "PTSD": "Hedges g −0.65 (95% CI −6.35 to 5.04), 2 trials, 56 people, too few to know how much trials differ",
        "SAD": none, "SEP": none,
        "SP": "no trial",
    }  # fmt: skip


def test_trials_that_share_people_are_cited_once(certainty):
    assert certainty.citation[["GAD", "OCD", "SAD", "PD"]].to_dict() == {
        "GAD": "Glue 2020a",
        "OCD": "Beaglehole 2025b; Rodriguez 2013; Rodriguez 2017a; Rodriguez 2022",
        "SAD": "Taylor 2018",
        "PD": "",
    }


def test_every_text_is_there_and_every_row_has_its_key(evidence, certainty):
    frame = tables.certainty(evidence)
    texts = frame.columns.difference(["trials", "people", "certainty_level", "suggestion_level", "agree"])
    assert frame[texts].notna().all(axis=None)
    assert frame.row_id.is_unique
    assert (frame.attrs["evidence"], frame.attrs["key"]) == (evidence.origin, "row_id")
    chosen = tables.certainty(evidence, condition=["SAD", "PTSD"])
    assert sorted(chosen.condition) == ["PTSD", "SAD"]


@pytest.mark.parametrize("make", [tables.certainty, tables.trial_facts])
def test_an_unknown_condition_is_refused(make, evidence):
    with pytest.raises(ValueError) as refusal:
        make(evidence, condition="OCDD")
    assert str(refusal.value) == "no condition 'OCDD'; nearest: 'OCD'"


@pytest.mark.parametrize(
    ("cell", "certainty", "agree"),
    [("very-low", "very low", False), ("low", "low", True), ("", "not rated", None)],
)
def test_disagreement_is_visible_and_what_is_not_rated_is_not_compared(cell, certainty, agree, folder):
    frame = tables.certainty(evidence_of(folder, cells={"certainty.csv:2:certainty": cell})).set_index("condition")
    row = frame.loc["GAD"]
    assert (row.certainty, row.suggestion) == (certainty, "low")
    assert (None if pd.isna(row.agree) else row.agree) == agree


# Each rule at its threshold


def made(*trials: tuple[int | None, str, str]) -> pd.DataFrame:
    """Trials with people, masking and kind of control."""
    frame = pd.DataFrame(trials, columns=["n", "masking", "comparator_type"])
    return frame.astype({"n": "Int64"})


FELT, INERT = "psychoactive", "inactive"
GUESSED = "of the people in trials with an inactive control or none, or not known to be masked"
OPEN = "of the people in trials without masking"
SAFE = "of the people in trials masked, with a control that may be felt too (guessing is not excluded)"


@pytest.mark.parametrize(
    ("trials", "step"),
    [
        ([(50, "double-blind", FELT), (50, "double-blind", INERT)], Step(0, f"50% {SAFE}")),
        ([(49, "double-blind", FELT), (51, "double-blind", INERT)], Step(1, f"51% {GUESSED}")),
        ([(49, "double-blind", FELT), (51, "double-blind", "none")], Step(1, f"51% {GUESSED}")),
        ([(49, "double-blind", FELT), (51, "double-blind", "psychotherapy")], Step(1, f"51% {GUESSED}")),
        ([(49, "double-blind", FELT), (51, "single-blind", "active-drug")], Step(0, f"100% {SAFE}")),
        ([(49, "double-blind", FELT), (51, "not-reported", FELT)], Step(1, f"51% {GUESSED}")),
        ([(50, "double-blind", INERT), (50, "open-label", FELT)], Step(1, f"100% {GUESSED}")),
        (
            [(49, "double-blind", INERT), (51, "open-label", FELT)],
            Step(2, "51% of the people in trials without masking"),
        ),
        ([(49, "double-blind", FELT), (51, "none", FELT)], Step(2, "51% of the people in trials without masking")),
        ([(None, "double-blind", FELT), (10, "double-blind", INERT)], Step(1, f"100% {GUESSED}")),
        ([(None, "open-label", FELT), (None, "open-label", INERT)], Step(2, "100% of the trials without masking")),
    ],
)
def test_risk_of_bias_asks_for_more_than_half_of_the_people(evidence, trials, step):
    assert _bias(evidence, made(*trials)) == step


def pool(i2: float = 0.0, low: float = -2.0, high: float = -1.0, predicted=(None, None), n: int = 400) -> pd.DataFrame:
    """One pool of symptoms."""
    limits = {"prediction_low": predicted[0], "prediction_high": predicted[1]}
    return pd.DataFrame([{"i2": i2, "low": low, "high": high, "n": n} | limits]).astype(
        {"prediction_low": "float64", "prediction_high": "float64", "n": "Int64"}
    )


NO_POOL = pool().iloc[:0]
TWO_POOLS = pd.concat([pool(n=90), pool(n=150, high=1)])


def results(*primary: str) -> pd.DataFrame:
    return pd.DataFrame({"primary_result": list(primary)})


TWO_GOOD, GOOD = results("positive", "positive"), "primary results 2 positive"


@pytest.mark.parametrize(
    ("trials", "pools", "step"),
    [
        (TWO_GOOD, pool(0.5), Step(0, f"I² 50%, {GOOD}")),
        (TWO_GOOD, pool(0.51), Step(1, f"I² 51%, {GOOD}")),
        (TWO_GOOD, pool(0.75), Step(1, f"I² 75%, {GOOD}")),
        (TWO_GOOD, pool(0.76), Step(2, f"I² 76%, {GOOD}")),
        (TWO_GOOD, pool(0.1, predicted=(-3, -0.1)), Step(0, f"I² 10%, {GOOD}")),
        (TWO_GOOD, pool(0.1, predicted=(-3, 0.1)), Step(1, f"I² 10%, {GOOD}, the next trial may find the opposite")),
        (TWO_GOOD, pool(0.1, low=-2, high=0.5, predicted=(-3, 1)), Step(0, f"I² 10%, {GOOD}")),
        (TWO_GOOD, pool(0.0, predicted=(-3, 0.1)), Step(0, f"I² 0%, {GOOD}")),
        (TWO_GOOD, NO_POOL, Step(0, GOOD)),
        (results("positive", "mixed"), NO_POOL, Step(0, "primary results 1 positive and 1 mixed")),
        (results("positive", "null"), NO_POOL, Step(1, "primary results 1 positive and 1 null")),
        (results("positive", "negative"), NO_POOL, Step(1, "primary results 1 positive and 1 negative")),
        (results("null", "negative"), NO_POOL, Step(0, "primary results 1 null and 1 negative")),
        (results("mixed"), NO_POOL, Step(0, "one trial")),
    ],
)
def test_inconsistency_is_read_from_the_pool_and_from_the_primary_results(trials, pools, step):
    assert _inconsistency(trials, pools) == step


@pytest.mark.parametrize(
    ("pools", "step"),
    [
        (NO_POOL, Step(2, "no pooled interval, 500 people in all trials")),
        (pool(n=99), Step(2, "99 of 500 people pooled")),
        (pool(n=100), Step(1, "100 of 500 people pooled")),
        (pool(n=399), Step(1, "399 of 500 people pooled")),
        (pool(n=400), Step(0, "400 of 500 people pooled")),
        (pool(n=400, high=0), Step(1, "400 of 500 people pooled, interval includes no effect")),
        (pool(n=400, high=-0.01), Step(0, "400 of 500 people pooled")),
        (pool(n=99, high=0.2), Step(2, "99 of 500 people pooled, interval includes no effect")),
        (
            pd.concat([pool(n=90), pool(n=150, high=1)]),
            Step(1, "150 of 500 people pooled, interval includes no effect"),
        ),
    ],
)
def test_imprecision_counts_the_people_who_are_in_the_pool(pools, step):
    assert _imprecision(500, pools) == step


@pytest.mark.parametrize(
    ("people", "own", "step"),
    [
        ([(50, "Children of 6 to 10 years"), (50, "adults")], True, Step(0, "trials of the condition itself")),
        (
            [(51, "adolescents"), (49, "adults")],
            True,
            Step(1, "trials of the condition itself, most people are children"),
        ),
        ([(51, "adults after abuse in childhood"), (49, "adults")], True, Step(0, "trials of the condition itself")),
        ([(None, "children")], True, Step(0, "trials of the condition itself")),
        ([(90, "adults")], False, Step(1, "only trials of people with several conditions")),
    ],
)
def test_indirectness_asks_for_people_of_the_condition_and_for_adults(people, own, step):
    trials = pd.DataFrame(people, columns=["n", "population"]).astype({"n": "Int64", "population": "string"})
    assert _indirectness(trials, own) == step


def refused(*rows: tuple[str, bool, bool]) -> pd.DataFrame:
    """People, whether anything is published, whether they have a usable row."""
    return pd.DataFrame(rows, columns=["people", "published", "other_rows"])


@pytest.mark.parametrize(
    ("rows", "levels", "silent"),
    [
        (refused(("a", False, False)), 0, "1 registered trial"),
        (refused(("a", False, False), ("b", False, False)), 0, "2 registered trials"),
        (refused(("a", False, False), ("a", False, False)), 0, "1 registered trial"),
        (refused(("a", False, False), ("b", False, True)), 0, "1 registered trial"),
        (refused(("a", False, False), ("b", False, False), ("b", True, False)), 0, "1 registered trial"),
        (refused(), 0, "no registered trial"),
    ],
)
def test_publication_bias_counts_registered_people_of_whom_nothing_is_known(rows, levels, silent):
    expected = Step(
        levels,
        f"{silent} without a result for 2 with one, whether they ended is not in the tables, no test under ten trials",
    )
    assert _missing(2, rows.astype({"published": bool, "other_rows": bool})) == expected


@pytest.fixture(scope="module")
def answered(folder) -> pd.DataFrame:
    """Three trials of social anxiety that agree, and one registered whose people are in a trial with a result."""
    trials = [
        trial("ash", n_randomised="240", overlaps_with="acorn"), trial("birch", n_randomised="240"),
        trial("cedar", n_randomised="240"),
        trial("acorn", primary_result="not-published", n_randomised="", overlaps_with="ash", basis="registry"),
    ]  # fmt: skip
    figures = ("50", "20", "120"), ("60", "20", "120")
    found = [row for key in ("ash-a", "birch-a", "cedar-a") for row in arms(key, *figures)]
    return tables.certainty(evidence_of(folder, trials, found)).set_index("condition")


def test_trials_that_agree_and_are_large_are_suggested_as_high(answered):
    row = answered.loc["SAD"]
    assert (row.suggestion, row.suggestion_level) == ("high", 4)
    assert row.suggestion_reasons == (
        f"risk of bias 0: 100% {SAFE}; inconsistency 0: I² 0%, primary results 3 positive; "
        "indirectness 0: trials of the condition itself; imprecision 0: 720 of 720 people pooled; "
        "publication bias 0: no registered trial without a result for 3 with one, "
        "whether they ended is not in the tables, no test under ten trials"
    )
    assert row.effect == "Hedges g −0.5 (95% CI −0.82 to −0.17), 3 trials, 720 people"


def test_a_condition_without_a_trial_of_its_own_is_rated_by_those_of_a_wider_group(folder):
    wider = {"condition": "anxiety-disorders", "population": "adults with GAD or SAD"}
    trials = [trial("ash", **wider), trial("birch", **(wider | {"population": "adults with panic"}))]
    frame = tables.certainty(evidence_of(folder, trials)).set_index("condition")
    assert "indirectness −1: only trials of people with several conditions" in frame.suggestion_reasons["SAD"]
    assert frame.citation["SAD"] == "Ash 2010", "the other trial does not name the condition"
    assert "indirectness 0: trials of the condition itself" in frame.suggestion_reasons["GAD"]
    assert frame.differs["SAD"] == "indirectness, imprecision", "no concern of the curators, who saw no trial"
    assert frame.agree.isna()["SAD"]


def test_two_pools_of_a_condition_are_told_apart(folder):
    other = {"comparator": "saline", "comparator_type": "inactive"}
    names = {"ash": {}, "birch": {}, "cedar": other, "fir": other}
    found = [row for name in names for row in arms(f"{name}-a", ("50", "20", "60"), ("60", "20", "60"))]
    evidence = evidence_of(folder, [trial(name, **cells) for name, cells in names.items()], found)
    (effect,) = tables.certainty(evidence, condition="SAD").effect
    words = "Hedges g −0.5 (95% CI −2.16 to 1.17), 2 trials, 240 people, too few to know how much trials differ, "
    words += "symptoms, standardised; comparator: {}"
    assert effect == "; ".join(words.format(kind) for kind in ("psychoactive placebo", "inactive"))


# Facts of trials


@pytest.fixture(scope="module")
def facts(evidence) -> pd.DataFrame:
    return tables.trial_facts(evidence).set_index(["study_id", "fact"])


@pytest.mark.parametrize(
    ("study", "expected"),
    [
        (
            "taylor2018",
            [
                ("+", "crossover", "randomised"), ("-", "inactive", "saline"), ("+", "double blind", ""),
                ("+", "yes", "NCT02083926"),
                ("", "mixed", "LSAS (blinded rater) and VAS-Anxiety (self-rated); the registry names the VAS as "
                 "primary"),
                ("", "18", "Adults 18-65 with SAD and LSAS above 60"), ("", "0 of 18 not analysed", ""),
                ("?", "possible", "the same people get both"), ("", "none known", ""),
            ],
        ),
        (
            "rodriguez2013",
            [
                ("+", "crossover", "randomised"), ("-", "inactive", "saline"), ("+", "double blind", ""),
                ("+", "yes", "NCT01100255"), ("", "positive", "OCD-VAS and Y-BOCS"),
                ("", "15", "Drug-free adults with OCD and near-constant obsessions"),
                ("", "0 of 15 not analysed", ""), ("-", "found", "the same people get both"),
                ("", "shared", "rodriguez2015"),
            ],
        ),
        (
            "karbasiamel2023",
            [
                ("+", "parallel", "randomised"), ("?", "active drug", "fluvoxamine 25 mg a day, up to 200 mg"),
                ("-", "open label", ""), ("?", "no number seen", ""), ("", "mixed", "SCARED and CATS"),
                ("", "71", "Children of 6 to 10 years with separation anxiety disorder and school refusal"),
                ("?", "not known", ""), ("+", "none by design", ""), ("", "none known", ""),
            ],
        ),
        (
            "beaglehole2025b",
            [
                ("+", "crossover", "randomised"), ("?", "psychoactive placebo", "fentanyl 50 micrograms IM"),
                ("+", "double blind", ""), ("?", "no number seen", ""), ("", "positive", "Y-BOCS"),
                ("", "12", "Adults 18-50 with severe treatment-resistant OCD (7 women, 3 men completed, mean age 33)"),
                ("", "2 of 12 left", "left because of dissociation"), ("?", "possible", "the same people get both"),
                ("", "shared", "anzctr376912; beaglehole2025c"),
            ],
        ),
    ],
)  # fmt: skip
def test_the_facts_of_known_trials(study, expected, facts):
    own = facts.loc[study]
    assert dict(zip(own.index, zip(own.sign, own.word, own.detail))) == dict(zip(FACTS, expected))


def test_who_had_no_second_infusion_by_the_plan_of_a_trial_did_not_drop_out(facts):
    row = facts.loc[("feder2014", "dropouts")]
    assert (row.sign, row.word, row.detail) == ("?", "not known", "")


def test_every_randomised_trial_with_a_result_has_every_fact_once(evidence, facts):
    retracted = {row["source_id"] for row in rows_of("sources") if row["status"] == "retracted"}
    conditions = {*(row["condition_id"] for row in rows_of("conditions")), "anxiety-disorders"}
    asked = {
        row["study_id"]
        for row in rows_of("studies")
        if row["design"].startswith("rct")
        and row["condition"] in conditions
        and row["source_id"] not in retracted
        and row["primary_result"] not in ("not-published", "not-applicable")
    }
    frame = facts.reset_index()
    assert set(frame.study_id) == asked
    assert frame.groupby("study_id").fact.agg(list).map(lambda own: own == FACTS).all()
    assert set(frame.sign) == {"+", "-", "?", ""}
    texts = ["row_id", "study_id", "citation", "condition", "fact", "sign", "word", "detail", "source_id"]
    assert frame[texts].notna().all(axis=None)
    assert (frame.word.str.len() > 0).all()
    assert not frame.detail.isin(["None", "nan", "<NA>"]).any()
    assert frame.row_id.is_unique
    attributes = tables.trial_facts(evidence).attrs
    assert (attributes["evidence"], attributes["key"]) == (evidence.origin, "row_id")


def test_retracted_trials_have_no_facts(evidence):
    everywhere = evidence.schema.table("studies").column("condition").values
    studies = tables.trial_facts(evidence, condition=list(everywhere)).study_id
    assert "mills2025" not in set(studies)
    assert "salloum2019" in set(studies)


def test_facts_stand_in_the_order_of_the_conditions(evidence):
    order = evidence.schema.table("studies").column("condition").values
    assert tables.trial_facts(evidence).condition.astype(str).map(order.index).is_monotonic_increasing


@pytest.fixture(scope="module")
def invented(folder) -> pd.DataFrame:
    """Trials that differ in one fact each."""
    crossover = {"design": "rct-crossover"}
    trials = [
        trial("ash", comparator="exposure", comparator_type="psychotherapy", masking="single-blind"),
        trial("birch", comparator="", comparator_type="none", masking="none", basis="secondary"),
        trial("cedar", n_randomised="20", n_analysed="17"), trial("fir", n_analysed="17"),
        trial("elm", n_randomised="", primary_outcome=""), trial("oak", **crossover), trial("yew", **crossover),
        trial("zelkova", **crossover),
    ]  # fmt: skip
    people = {"domain": "retention", "timepoint": "P14D"}
    carried = {"outcome": "carry-over between periods", "statistic": "p_value", "comparator": "midazolam"}
    found = [
        *counts("fir-left", ("2", "20"), ("1", "20"), outcome="left because of nausea", **people),
        *counts("fir-done", ("15", "20"), ("18", "20"), outcome="completed the study", **people),
        *counts("cedar-part", ("9", "10"), ("8", "10"), outcome="completed the second infusion", **people),
        result("oak-carry", p="0.4", p_relation="equal", **carried),
        result("yew-carry", p="0.05", p_relation="below", **carried),
        result("zelkova-carry", p="0.01", p_relation="above", **carried),
    ]
    return tables.trial_facts(evidence_of(folder, trials, found)).set_index(["study_id", "fact"])


@pytest.mark.parametrize(
    ("study", "fact", "sign", "word", "detail"),
    [
        ("ash", "comparator", "-", "psychotherapy", "exposure"),
        ("birch", "comparator", "-", "no comparator", ""),
        ("cedar", "comparator", "?", "psychoactive placebo", "midazolam"),
        ("ash", "masked", "-", "single blind", ""),
        ("birch", "masked", "-", "not masked", ""),
        ("cedar", "dropouts", "", "3 of 20 not analysed", ""),
        ("fir", "dropouts", "", "33 of 40 completed", "completed the study"),
        ("ash", "dropouts", "?", "not known", ""),
        ("elm", "people", "", "not known", "adults with SAD"),
        ("elm", "primary outcome", "", "positive", ""),
        ("oak", "carry-over", "?", "not found", "the same people get both"),
        ("yew", "carry-over", "-", "found", "the same people get both"),
        ("zelkova", "carry-over", "?", "possible", "the same people get both"),
    ],
)
def test_a_sign_follows_the_cells(study, fact, sign, word, detail, invented):
    row = invented.loc[(study, fact)]
    assert (row.sign, row.word, row.detail) == (sign, word, detail)


def test_facts_known_at_second_hand_are_hollow(invented):
    solid = invented.solid.groupby("study_id").agg(["min", "max"])
    assert solid.loc["birch"].tolist() == [False, False]
    assert solid.drop("birch").all(axis=None)
