"""The real tables: without faults, every claim in use, figures rebuilt, and the numbers that we say aloud."""

from __future__ import annotations

import csv
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from ketevidence import charts, check, load, tables
from ketevidence.tables.people import people

ROOT = Path(__file__).parents[1]
OTAGO = ["castle2017", "glue2017", "glue2018", "glue2020", "shadli2018", "truppmanlattie2021"]


@pytest.fixture(scope="module")
def evidence():
    return load(ROOT / "evidence")


def cells(table: str) -> list[dict[str, str]]:
    """The rows of a CSV file as printed, read without the package."""
    with (ROOT / "evidence" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_evidence_has_no_fault():
    assert check(ROOT / "evidence").to_dict("records") == []


def test_every_claim_is_linked_or_listed_as_a_gap(evidence):
    linked = {row["claim_id"] for row in cells("links")}
    (listed,) = tables.gaps(evidence).query("gap == 'claims linked to no statement'")["keys"]
    claims = {row["claim_id"] for row in cells("claims")}
    assert linked | set(listed.split("; ")) == claims
    assert not linked & set(listed.split("; "))


@pytest.mark.parametrize("table", ["claims", "outcomes"])
def test_derived_counts_are_rebuilt_from_the_printed_share(table):
    derived = [row for row in cells(table) if row["events_basis"] == "derived" and row["value"]]
    assert derived
    for row in derived:
        share, events, n = Decimal(row["value"]), int(row["events"]), int(row["n"])
        half_a_digit = Decimal(5).scaleb(share.as_tuple().exponent - 1)
        assert abs(events - share * n) <= max(half_a_digit * n, Decimal("0.5")), row


def test_counts_that_nobody_printed_are_marked_as_derived_and_the_others_as_reported():
    for row in cells("claims") + cells("outcomes"):
        assert bool(row["events"]) == (row["events_basis"] in ("reported", "derived"))


@pytest.fixture(scope="module")
def said_aloud(evidence) -> dict[str, int]:
    verdicts = evidence.statements.verdict.value_counts()
    onsets = tables.onset_times(evidence)
    conditions = tables.conditions(evidence).set_index("condition")
    studies = tables.studies(evidence)
    return {
        "claims": len(evidence.claims),
        "sources": len(evidence.sources),
        "statements": len(evidence.statements),
        "statements partly supported": int(verdicts["partly-supported"]),
        "statements supported": int(verdicts["supported"]),
        "figures seen by a second reader": evidence.second_reader()[0],
        "randomised trials of GAD": int(conditions.randomised["GAD"]),
        "people in randomised trials of social anxiety": int(conditions.randomised_people["SAD"]),
        "people of the Otago studies, at least": people(studies[studies.study_id.isin(OTAGO)]),
        "minutes to the first difference of ketamine": round(
            60 * onsets[(onsets.drug_class == "ketamine") & onsets.controlled].hours.min()
        ),
        "retracted sources": int((evidence.sources.status == "retracted").sum()),
    }


PINNED = {
    "claims": (657, "stands in the first lines of README and page"),
    "sources": (334, "stands in the first line of README"),
    "statements": (30, "28 of the article and 2 on what it does not say"),
    "statements partly supported": (13, "the headline of the page: most of the article is half right"),
    "statements supported": (1, "only S07 holds as it stands"),
    "figures seen by a second reader": (773, "the page says how far the figures can be trusted"),
    "randomised trials of GAD": (0, "the article is about generalised anxiety; no trial is"),
    "people in randomised trials of social anxiety": (18, "one crossover trial, Taylor 2018"),
    "people of the Otago studies, at least": (24, "six papers, about 25 people: never added up"),
    "minutes to the first difference of ketamine": (40, "Rodriguez 2013; the article says at once"),
    "retracted sources": (2, "Larkin 2011 and Mills 2025, shown and never counted"),
}


@pytest.mark.parametrize("name", PINNED)
def test_numbers_said_aloud_are_what_the_tables_say(name, said_aloud):
    expected, reason = PINNED[name]
    assert said_aloud[name] == expected, reason


def test_the_people_of_otago_are_no_more_than_about_25(evidence):
    studies = tables.studies(evidence)
    assert people(studies[studies.study_id.isin(OTAGO)]) <= 25
    assert studies[studies.study_id.isin(OTAGO)].n.sum() > 90


def test_retracted_sources_are_never_counted(evidence):
    retracted = set(evidence.sources[evidence.sources.status == "retracted"].source_id)
    for make in (tables.resistance_rates, tables.onset_times, tables.effect_durations):
        frame = make(evidence)
        assert not retracted & set(frame[frame.counted].source_id)
    studies = tables.studies(evidence)
    assert retracted <= set(studies.source_id) | set(evidence.claims.source_id)
    kept = studies[~studies.source_id.isin(retracted)]
    trials = kept[(kept.condition == "depression") & kept.design.isin(["rct-parallel", "rct-crossover"])]
    published = trials[trials.primary_result.isin(["positive", "mixed", "null", "negative"])]
    depression = tables.conditions(evidence).set_index("condition").loc["depression"]
    assert depression.randomised == len(published), "no two of these share people, and mills2025 is left out"


def test_nulls_stand_in_the_table_of_onsets_beside_the_effects(evidence):
    onsets = tables.onset_times(evidence).set_index("claim_id")
    nulls = onsets.index[~onsets.effect]
    claims = evidence.claims
    assert sorted(nulls) == sorted(claims.claim_id[claims.kind == "no_early_effect"])
    assert "abdallah2022-onset-null-course" in nulls, "the largest trial"
    assert charts.timeline(onsets.reset_index()).alt.count("no early effect") >= 8


def test_the_title_of_rates_rests_on_arms_of_randomised_trials(evidence):
    rates = tables.resistance_rates(evidence, condition="GAD")
    title = charts.rates(rates).title
    assert title == (
        "In randomised trials, GAD: no response in 31 to 42% on usual treatment and 49 to 63% on placebo, 35 to 39% "
        "where no placebo rate is known; no remission in 57 to 70% on usual treatment and 73 to 80% on placebo"
    )


def test_the_half_of_the_article_is_drawn_for_its_condition_only(evidence):
    board = tables.statements(evidence)
    for condition, shown in [("GAD", True), ("SAD", False)]:
        chart = charts.rates(tables.resistance_rates(evidence, condition=condition), stated=board)
        assert any("50%" in text.get_text() and "Caledon" in text.get_text() for text in chart.ax.texts) == shown


def test_rows_that_share_people_say_so(evidence):
    onsets = tables.onset_times(evidence).set_index("claim_id")
    assert onsets.shares_people[["glue2020-onset-1h", "shadli2018-onset-2h-mixed"]].all()
    assert not onsets.shares_people["feltner2003-pregabalin-wk1"]


def test_no_risk_of_bias_is_judged_before_the_reports_are_read(evidence):
    assert evidence.risk_of_bias.empty


@pytest.mark.parametrize(
    ("tool", "domains", "judgements"),
    [
        (
            "rob2",
            ["randomisation", "recruitment", "carry-over", "deviations", "missing-outcome-data", "measurement",
             "reported-result", "overall"],
            {"low": "+", "some-concerns": "-", "high": "x"},
        ),
        (
            "robins-i",
            ["confounding", "selection-of-participants", "classification-of-interventions", "deviations",
             "missing-data", "measurement", "reported-result", "overall"],
            {"low": "+", "moderate": "-", "serious": "x", "critical": "!", "no-information": "?"},
        ),
    ],
)  # fmt: skip
def test_each_tool_has_its_published_domains_in_their_order_and_its_judgements(evidence, tool, domains, judgements):
    table = evidence.schema.table("risk_of_bias")
    assert [c.value for c in table.column("domain").categories if tool in c.tools] == domains
    assert {c.value: c.symbol for c in table.column("judgement").categories if tool in c.tools} == judgements


def test_every_tool_that_a_domain_or_judgement_names_is_known(evidence):
    table = evidence.schema.table("risk_of_bias")
    for column in ("domain", "judgement"):
        named = [category.tools for category in table.column(column).categories]
        assert all(named)
        assert set().union(*named) == set(table.column("tool").values)


def test_conda_installs_what_pyproject_says():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [line.strip().removeprefix("- ") for line in lines if line.strip().startswith("- ")]
    assert listed == ["conda-forge", f"python{project['requires-python']}", "pip", "pip:", "-e .[notebooks]"]
    assert "notebooks" in project["optional-dependencies"]
