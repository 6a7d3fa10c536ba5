"""The tidy frames: their columns, which rows count, and figures added up by hand."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from ketevidence import load, tables
from ketevidence.tables.people import people

FOLDER = Path(__file__).parents[1] / "evidence"
RESULTS = ("positive", "mixed", "null", "negative")
MAKE = {name: getattr(tables, name) for name in tables.__all__}
SAME_COLUMNS = {"pooled_rates": "pooled", "published_comparison": "pooled"}
MAKE["evidence_for"] = partial(tables.evidence_for, statement="S14")
MAKE["condition_card"] = partial(tables.condition_card, condition="PTSD")


def rows_of(table: str) -> list[dict[str, str]]:
    """The rows of a CSV file, read without the package."""
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def rates(evidence):
    return tables.resistance_rates(evidence).set_index("claim_id")


@pytest.fixture(scope="module")
def onsets(evidence):
    return tables.onset_times(evidence).set_index("claim_id")


def documented(name: str) -> list[str]:
    """The columns in the Returns section of a docstring: words outside parentheses, up to the full stop."""
    doc = getattr(tables, SAME_COLUMNS.get(name, name)).__doc__
    section = doc.split("pandas.DataFrame\n")[-1].split("\n\n")[0]
    outside = re.sub(r"\([^()]*\)", "", section).partition(".\n")[0].partition(". ")[0]
    return [column.strip() for column in outside.strip().removesuffix(".").replace("\n", " ").split(",")]


@pytest.mark.parametrize("name", tables.__all__)
def test_the_columns_of_a_table_are_the_documented_ones(name, evidence):
    assert MAKE[name](evidence).columns.tolist() == documented(name)


@pytest.mark.parametrize("name", tables.__all__)
def test_a_table_says_which_evidence_it_is_from_and_what_identifies_a_row(name, evidence):
    frame = MAKE[name](evidence)
    assert frame.attrs["evidence"] == {
        "name": "ketevidence", "version": evidence.version, "digest": evidence.digest, "date": evidence.date,
        "licence": "CC-BY-4.0",
    }  # fmt: skip
    last = frame.attrs["recipe"][-1]
    counted = frame[frame.counted] if "counted" in frame else frame
    assert (last["table"], last["keys"].split("\n") if len(frame) else []) == (
        name,
        counted[frame.attrs["key"]].tolist(),
    )
    assert frame[frame.attrs["key"]].is_unique
    assert frame.index.tolist() == list(range(len(frame)))


@pytest.mark.parametrize("name", tables.__all__)
def test_a_table_is_a_copy(name, evidence):
    first = MAKE[name](evidence)
    expected = first.copy()
    first.iloc[:, 0] = None
    first.attrs["evidence"]["version"] = "none"
    pd.testing.assert_frame_equal(MAKE[name](evidence), expected, check_flags=False)
    assert MAKE[name](evidence).attrs["evidence"]["version"] == evidence.version


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (tables.statements, {"topic": "onsett"}, "no topic 'onsett'; nearest: 'onset'"),
        (tables.statements, {"source": "caledon"}, "no source_id 'caledon'; nearest: 'caledonclinic'"),
        (tables.claims, {"condition": "GADD"}, "no condition 'GADD'; nearest: 'GAD'"),
        (tables.claims, {"source": "taylor2081"}, "no source_id 'taylor2081'; nearest: 'taylor2018'"),
        (tables.claims, {"checked": ["yes", "maybe"]}, "no checked 'maybe'; known: yes, no, differs"),
        (tables.evidence_for, {"statement": "S99"}, "no statement_id 'S99'; nearest: 'S29'"),
        (tables.resistance_rates, {"kind": "nonresponse"}, "no kind 'nonresponse'; nearest: 'non_response'"),
        (tables.onset_times, {"kind": "trial_lengths"}, "no kind 'trial_lengths'; nearest: 'trial_length'"),
        (tables.effect_durations, {"condition": "ptsd"}, "no condition 'ptsd'; nearest: 'PTSD'"),
        (tables.safety_rates, {"condition": "depresion"}, "no condition 'depresion'; nearest: 'depression'"),
        (tables.published_estimates, {"condition": "OCDD"}, "no condition 'OCDD'; nearest: 'OCD'"),
    ],
)
def test_an_unknown_value_is_refused_with_the_nearest_one(make, options, message, evidence):
    with pytest.raises(ValueError) as refusal:
        make(evidence, **options)
    assert str(refusal.value) == message


def test_a_filter_of_several_values_keeps_the_rows_of_each(evidence):
    chosen = tables.claims(evidence, condition=["SAD", "PD"])
    expected = [row["claim_id"] for row in rows_of("claims") if row["condition"] in ("SAD", "PD")]
    assert chosen.claim_id.tolist() == expected


def test_relations_of_a_statement_are_counted_and_for_stands_before_against(evidence):
    counts = Counter((row["statement_id"], row["relation"]) for row in rows_of("links"))
    for row in tables.statements(evidence).to_dict("records"):
        for relation in ("supports", "contradicts", "qualifies", "context"):
            assert row[relation] == counts[row["statement_id"], relation]
    relations = tables.evidence_for(evidence, "S24").relation
    assert relations.drop_duplicates().tolist() == ["supports", "contradicts", "qualifies", "context"]


def test_intervals_are_computed_only_from_counts_of_people(rates):
    computed = rates.events.notna() & rates.n.notna()
    assert (rates[computed].interval == "Wilson 95%").all()
    assert not (rates[~computed].interval == "Wilson 95%").any()
    assert rates[~computed & ~rates.interval.isin(["printed", "range"])][["low", "high"]].isna().all(axis=None)
    allgulander = rates.loc["allgulander2004-nonresponse-sertraline"]
    assert (round(allgulander.low, 4), round(allgulander.high, 4)) == (0.3015, 0.4403)
    assert rates.proportion.dropna().between(0, 1).all()


def test_only_shares_of_all_people_treated_come_unless_asked_for(rates, evidence):
    assert sorted(rates.kind.unique()) == ["no_improvement", "non_remission", "non_response", "persistent_symptoms"]
    for kind in ("second_step", "lack_of_efficacy_dropout"):
        asked = tables.resistance_rates(evidence, kind=kind)
        expected = [r["claim_id"] for r in rows_of("claims") if (r["kind"], r["measure"]) == (kind, "proportion")]
        assert sorted(asked.claim_id) == sorted(expected)


@pytest.mark.parametrize(
    ("repeat", "counted"),
    [
        ("gelenberg2000-nonresponse-placebo", "montgomery2002-nonresponse-placebo"),
        ("gelenberg2000-nonresponse-venlafaxine", "montgomery2002-nonresponse-venlafaxine"),
        ("davidson2005-nonresponse-openlabel", "davidson2004-nonresponse-escitalopram-locf"),
    ],
)
def test_the_same_people_are_counted_once(repeat, counted, rates):
    assert not rates.counted[repeat]
    assert rates.counted[counted]
    assert rates.same_people_as[repeat] == rates.citation[counted]
    assert pd.isna(rates.same_people_as[counted])


@pytest.mark.parametrize("condition", ["GAD", "AG", "mixed"])
def test_a_condition_of_which_little_is_known_gives_a_short_or_empty_table(condition, evidence):
    for name in set(tables.__all__) - {"evidence_for", "stated_times", "conditions", "gaps", "condition_card"}:
        frame = MAKE[name](evidence, condition=condition)
        assert frame.columns.tolist() == documented(name)
        assert set(frame.condition) <= {condition}


def test_the_same_people_by_two_definitions_count_in_both(rates):
    assert rates.counted[[name for name in rates.index if name.startswith(("khan2016", "montgomery2002"))]].all()


@pytest.mark.parametrize(
    ("claim", "arm"),
    [
        ("stein1998-nonresponse-placebo", "placebo"),
        ("stein1998-nonresponse-paroxetine", "drug"),
        ("foa2005-nonresponse-exrp", "psychotherapy"),
        ("freire2016-third", "any treatment"),
    ],
)
def test_arms_are_told_apart(claim, arm, rates):
    assert rates.arm[claim] == arm


@pytest.mark.parametrize(
    ("claim", "hours"),
    [
        ("thom2000-midazolam-30min", 0.5),
        ("glue2020-onset-1h", 1),
        ("feder2014-onset-24h", 24),
        ("taylor2018-days-2-10", 48),
        ("feltner2003-pregabalin-wk1", 168),
        ("karbasiamel2023-onset-week8", 8 * 168),
    ],
)
def test_times_of_every_unit_are_in_hours(claim, hours, onsets):
    assert onsets.hours[claim] == pytest.approx(hours)


def test_a_time_at_which_people_were_first_looked_at_is_an_upper_limit(onsets):
    left = onsets[onsets.censored == "left"]
    assert left.high_hours.notna().all()
    assert left.figure.str.endswith(" or sooner").all()
    assert not onsets[onsets.censored != "left"].figure.str.endswith(" or sooner").any()


def test_a_time_at_which_people_were_last_looked_at_is_a_lower_limit(evidence):
    durations = tables.effect_durations(evidence)
    assert set(durations.kind) == {"effect_duration", "time_to_relapse"}
    right = durations.censored == "right"
    assert durations[right].figure.str.endswith(" or longer").all()


def test_lengths_of_trials_and_peak_concentrations_are_no_onsets(onsets, evidence):
    assert not {"trial_length", "pk_tmax"} & set(onsets.kind)
    for kind in ("trial_length", "pk_tmax"):
        assert set(tables.onset_times(evidence, kind=kind).kind) == {kind}


def test_one_trial_in_two_papers_is_one_onset(onsets):
    assert onsets.counted[["morlock2008-lorazepam-within-24h", "feltner2009-lorazepam-24h"]].tolist() == [False, True]
    assert onsets.same_people_as["morlock2008-lorazepam-within-24h"] == "Feltner 2009"


def test_a_retracted_source_is_shown_but_not_counted(evidence):
    durations = tables.effect_durations(evidence).set_index("claim_id")
    assert not durations.counted["mills2025-not-kept"]
    assert pd.isna(durations.same_people_as["mills2025-not-kept"])


def test_drug_arms_stand_beside_their_control_arms(evidence):
    rates = tables.safety_rates(evidence)
    paired = rates[rates.control_claim_id.notna()]
    assert len(paired) == 41
    drug = paired.claim_id.str.removesuffix("-drug")
    assert drug.tolist() == paired.control_claim_id.str.removesuffix("-control").tolist()
    printed = paired[paired.control_claim_id.str.startswith("janssenhcp")]
    assert printed.control_rate.notna().all()
    assert printed[["control_low", "control_high"]].isna().all(axis=None)
    assert (paired.drug_low < paired.drug_rate).all()


@pytest.mark.parametrize("condition", ["OCD", "PTSD", "SAD", "anxiety-disorders"])
def test_studies_of_a_condition_are_counted_as_by_hand(condition, evidence):
    retracted = {row["source_id"] for row in rows_of("sources") if row["status"] == "retracted"}
    found = [r for r in rows_of("studies") if r["condition"] == condition and r["source_id"] not in retracted]
    trials = [r for r in found if r["design"].startswith("rct") and r["primary_result"] in RESULTS]
    found = [r for r in found if r["study_id"] not in REGISTRATIONS]
    trials = [r for r in trials if r["study_id"] not in STAND_IN]
    row = tables.conditions(evidence).set_index("condition").loc[condition]
    assert row.randomised == len(trials)
    assert {result: row[result] for result in RESULTS} == {
        result: sum(r["primary_result"] == result for r in trials) for result in RESULTS
    }
    assert row.unpublished == sum(r["primary_result"] == "not-published" for r in found)
    others = ("open-label", "observational", "case-series", "case-report")
    told = [r for r in found if r["primary_result"] != "not-published" and r["study_id"] not in STAND_IN]
    assert row.not_randomised == sum(r["design"] in others for r in told)


# shares its people with a trial that has more results on symptoms
STAND_IN = (  # another study of the same people stands for them
    "rodriguez2015", "pradhan2017", "shadli2018", "norbury2021", "niciu2013", "zhang2025", "glue2017",
    "truppmanlattie2021",
)  # fmt: skip
REGISTRATIONS = ("anzctr376912", "nct02579928", "nct02624596")  # of studies that have a report


@pytest.mark.parametrize(
    ("condition", "randomised", "persons", "not_randomised"),
    [
        ("OCD", 4, 12 + 17 + 2 + 45, 63),  # rodriguez2013 (15) and rodriguez2015 (17) share people
        ("PTSD", 7, 158 + 33 + 41 + 27 + 41 + 30 + 20, 335),  # pradhan2017 (10) and pradhan2018 (20) share people
        ("SAD", 1, 18, 0),  # taylor2018
        ("SEP", 1, 71, 0),  # karbasiamel2023
        ("anxiety-disorders", 1, 12, 24),  # Otago: the same people in all five
        ("GAD", 0, 0, 0),
    ],
)
def test_people_in_several_studies_are_added_once(condition, randomised, persons, not_randomised, evidence):
    row = tables.conditions(evidence).set_index("condition").loc[condition]
    assert (row.randomised, row.randomised_people) == (randomised, persons)
    assert row.not_randomised_people == not_randomised


def test_people_of_linked_studies_are_the_largest_study():
    frame = pd.DataFrame({
        "study_id": ["a", "b", "c", "d", "e"],
        "overlaps_with": ["b", "a; c", None, "elsewhere", None],
        "n": pd.array([5, 7, 6, 10, None], dtype="Int64"),
    })  # fmt: skip
    assert people(frame) == 17
    assert people(frame.iloc[:0]) == 0


def test_estimates_are_as_printed(evidence):
    printed = {row["claim_id"]: row for row in rows_of("claims") if row["kind"] == "pooled_effect"}
    frame = tables.published_estimates(evidence)
    assert sorted(frame.claim_id) == sorted(printed)
    for row in frame.to_dict("records"):
        for column in ("value", "low", "high"):
            cell = printed[row["claim_id"]][column]
            assert pd.isna(row[column]) if cell == "" else row[column] == float(cell)


def test_gaps_are_counted_as_by_hand(evidence):
    claims, sources, links = rows_of("claims"), rows_of("sources"), rows_of("links")
    figures = claims + rows_of("outcomes")
    linked = {row["claim_id"] for row in links}
    direct = {row["statement_id"] for row in links if row["relation"] in ("supports", "contradicts")}
    judged = [r for r in rows_of("statements") if r["verdict"] not in ("omission", "not-assessable")]
    names = ("DOI", "PMID", "PMCID", "registry_id", "URL")
    expected = [
        (sum(row["checked"] == "no" for row in figures), len(figures)),
        (sum(row["checked"] == "differs" for row in figures), len(figures)),
        (sum(row["basis"] == "abstract" for row in figures), len(figures)),
        (sum(row["basis"] == "secondary" for row in figures), len(figures)),
        (sum(not any(row[name] for name in names) for row in sources), len(sources)),
        (sum(row["claim_id"] not in linked for row in claims), len(claims)),
        (sum(row["statement_id"] not in direct for row in judged), len(judged)),
    ]
    frame = tables.gaps(evidence)
    assert list(zip(frame.rows, frame.of)) == expected
    assert [len(keys.split("; ")) for keys in frame["keys"]] == frame.rows.tolist()
