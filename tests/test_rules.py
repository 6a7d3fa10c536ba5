"""Rules of meaning: for each what it refuses, word for word, and what it lets pass.

A case changes cells of tests/data/valid, each named as a fault names it, and lists the faults.
"""

from __future__ import annotations

import json

import pytest

from ketevidence import check
from ketevidence.check import same_participants
from ketevidence.check.rules import RULES

ONE_SIDE = "which does not name"
CONTEXT = "omissions have context only"
BOTH = "name them on both sides"
RETRACTED = "notes does not say that source 'jones2019' is retracted; say so"
FORMULA = "begins like a formula, which a spreadsheet would run; begin with a word"
UNITS = ("minutes", "hours", "days", "weeks", "months", "years")
WIDE = {"claims.csv:4:low": "", "claims.csv:4:high": ""}  # no interval that a case would have to fit
PAIR = {"claims.csv:4:events": "", "claims.csv:4:events_basis": ""}
OVERLAPS = "overlaps_with"
BIAS = "risk_of_bias.csv"


def rate(value: str, events: str, n: str, basis: str = "reported", notes: str = "") -> dict[str, str]:
    """The claim in line 4 as a proportion of events in n."""
    cells = {"value": value, "events": events, "n": n, "events_basis": basis, "notes": notes}
    return {**WIDE, **{f"claims.csv:4:{column}": cell for column, cell in cells.items()}}


def not_the_share(value: str, events: str, n: str, share: str) -> list[str]:
    remedy = f"correct it, or explain it in notes as '{events} of {n}'"
    return [f"claims.csv:4:value {value} is not {events} of {n}, which is {share}; {remedy}"]


def registry(number: str) -> dict[str, str]:
    return {"studies.csv:3:registry_id": number}


def no_registry(number: str, words: str) -> list[str]:
    return [f"studies.csv:3:registry_id '{number}' is no registry number; expected: {words}"]


NCT, ACTRN = "NCT and 8 digits", "ACTRN and 14 digits, p for a pending one"

CASES = {
    "proportions_are_shares": [
        ({**WIDE, **PAIR, "claims.csv:4:value": "0"}, []),
        ({**WIDE, **PAIR, "claims.csv:4:value": "1"}, []),
        ({**PAIR, "claims.csv:4:high": "1.1"}, ["claims.csv:4:high 1.1 is above 1, the largest proportion"]),
        ({**PAIR, "claims.csv:4:low": "-.1"}, ["claims.csv:4:low -.1 is below 0, the smallest proportion"]),
        ({"statements.csv:2:value": "60"}, ["statements.csv:2:value 60 is above 1, the largest proportion"]),
        ({"outcomes.csv:4:ci_high": "78"}, ["outcomes.csv:4:ci_high 78 is above 1, the largest proportion"]),
        ({"claims.csv:3:value": "1.7"}, []),  # 1.7 hours
    ],
    "limits_enclose_the_value": [
        ({"claims.csv:4:low": "0.6", "claims.csv:4:high": "0.6"}, []),
        ({"claims.csv:4:low": "0.61"}, ["claims.csv:4:low 0.61 is above value 0.6"]),
        ({"claims.csv:4:high": "0.59"}, ["claims.csv:4:high 0.59 is below value 0.6"]),
        ({"statements.csv:3:low": "12"}, []),
        ({"statements.csv:3:low": "13"}, ["statements.csv:3:low 13 is above high 12"]),
        ({"outcomes.csv:3:ci_low": "-5"}, ["outcomes.csv:3:ci_low -5 is above value -5.2"]),
        ({"instruments.csv:3:minimum": "57"}, ["instruments.csv:3:maximum 56 is below minimum 57"]),
    ],
    "events_fit_the_printed_share": [
        (rate("0.60", "12", "20"), []),
        (rate("0.125", "17", "138"), not_the_share("0.125", "17", "138", "0.123")),
        (rate("0.125", "17", "138", notes="Prints 12.5%, but 17 of 138."), []),
        (rate("0.125", "17", "138", notes="117 of 138"), not_the_share("0.125", "17", "138", "0.123")),
        (rate("0.12", "17", "138"), []),
        (rate("0.3", "1", "3"), not_the_share("0.3", "1", "3", "0.333")),
        (rate("0.333", "1", "3"), []),
        (rate("0.33", "45", "138", "derived"), []),  # 32.6% from 45, 33.3% from 46: either rounds to it
        (rate("0.33", "46", "138", "derived"), []),
        (rate("0.33", "47", "138", "derived"), not_the_share("0.33", "47", "138", "0.341")),
        (rate("", "12", "20"), []),
        (rate("0.6", "12", ""), []),
        (rate("0", "0", "0"), []),
        (rate("0", "3", "0"), ["claims.csv:4:events 3 is above n 0"]),
        (rate("0.6", "12", "20", ""), ["claims.csv:4:events_basis is empty, but events is given"]),
        (rate("0.6", "", "20"), ["claims.csv:4:events is empty, but events_basis is given"]),
        ({"outcomes.csv:4:events": "21"}, ["outcomes.csv:4:events 21 is above n 20"]),
    ],
    "registry_numbers_have_their_form": [
        (registry("NCT01234567; EUCTR-2020-01"), []),
        (registry("ACTRN12620000123456"), []),
        (registry("ACTRN12620000123456p"), []),
        (registry("NCT0123456"), no_registry("NCT0123456", NCT)),
        (registry("nct01234567"), no_registry("nct01234567", NCT)),
        (registry("X-1; NCT012345678"), no_registry("NCT012345678", NCT)),
        (registry("ACTRN1262000012345p"), no_registry("ACTRN1262000012345p", ACTRN)),
        (
            {"sources.csv:4:registry_id": "NCT-01234567"},
            [f"sources.csv:4:registry_id 'NCT-01234567' is no registry number; expected: {NCT}"],
        ),
    ],
    "contrasts_name_both_arms": [
        (
            {"outcomes.csv:3:comparator": ""},
            ["outcomes.csv:3:comparator is empty; a mean_difference names both arms"],
        ),
        ({"outcomes.csv:3:comparator": "", "outcomes.csv:3:statistic": "mean_change"}, []),
    ],
    "overlaps_are_named_on_both_sides": [
        ({f"studies.csv:3:{OVERLAPS}": "", f"studies.csv:4:{OVERLAPS}": ""}, []),
        ({f"studies.csv:2:{OVERLAPS}": "smith2021", f"studies.csv:4:{OVERLAPS}": "jones2019; smith2020"}, []),
        (
            {f"studies.csv:4:{OVERLAPS}": ""},
            [f"studies.csv:3:{OVERLAPS} names 'smith2021', {ONE_SIDE} 'smith2020'; {BOTH}"],
        ),
        ({f"studies.csv:2:{OVERLAPS}": "jones2019"}, [f"studies.csv:2:{OVERLAPS} 'jones2019' names itself"]),
        (
            {f"studies.csv:2:{OVERLAPS}": "jones2020"},
            [f"studies.csv:2:{OVERLAPS} no study 'jones2020'; nearest: 'jones2019'"],
        ),
        (
            {"studies.csv:3:study_id": "jones2019", f"studies.csv:4:{OVERLAPS}": "zz"},
            [  # the line stays right
                "studies.csv:3:study_id 'jones2019' stands already in line 2",
                f"studies.csv:3:{OVERLAPS} names 'smith2021', {ONE_SIDE} 'jones2019'; {BOTH}",
                f"studies.csv:4:{OVERLAPS} no study 'zz'; known: jones2019, smith2021",
                "outcomes.csv:3:study_id no study 'smith2020'; nearest: 'smith2021'",
                "outcomes.csv:4:study_id no study 'smith2020'; nearest: 'smith2021'",
                f"{BIAS}:2:study_id no study 'smith2020'; nearest: 'smith2021'",
                f"{BIAS}:3:study_id no study 'smith2020'; nearest: 'smith2021'",
            ],
        ),
    ],
    "same_participants_are_known_claims": [
        ({"claims.csv:2:notes": "Retracted. Same participants as smith2020-onset: draw one."}, []),
        (
            {"claims.csv:5:notes": "Same participants as smith2020-onse."},
            ["claims.csv:5:notes no claim 'smith2020-onse' for 'same participants'; nearest: 'smith2020-onset'"],
        ),
    ],
    "retracted_sources_are_called_retracted": [
        ({"claims.csv:2:notes": "", "claims.csv:2:statement": "Retracted"}, []),
        ({"claims.csv:2:notes": ""}, [f"claims.csv:2:{RETRACTED}"]),
        ({"outcomes.csv:2:notes": "x"}, [f"outcomes.csv:2:{RETRACTED}"]),
        ({"claims.csv:2:notes": "", "outcomes.csv:2:notes": "", "sources.csv:3:status": "corrected"}, []),
    ],
    "kinds_belong_to_their_topic": [
        ({"claims.csv:4:kind": "remission_rate"}, []),
        (
            {"claims.csv:4:kind": "long_term"},
            ["claims.csv:4:kind 'long_term' is a kind of safety, not of efficacy"],
        ),
        (
            {"claims.csv:4:kind": "warning"},
            ["claims.csv:4:kind 'warning' is a kind of safety or regulation, not of efficacy"],
        ),
        ({"claims.csv:4:kind": "warning", "claims.csv:4:topic": "regulation"}, []),
    ],
    "domains_belong_to_their_tool": [
        ({f"{BIAS}:3:domain": "carry-over", f"{BIAS}:3:judgement": "high"}, []),
        ({f"{BIAS}:4:domain": "overall", f"{BIAS}:4:judgement": "no-information"}, []),
        (
            {f"{BIAS}:3:judgement": "critical"},
            [f"{BIAS}:3:judgement 'critical' is a judgement of robins-i, not of rob2"],
        ),
        (
            {f"{BIAS}:4:judgement": "some-concerns"},
            [f"{BIAS}:4:judgement 'some-concerns' is a judgement of rob2, not of robins-i"],
        ),
        (
            {f"{BIAS}:4:domain": "randomisation"},
            [f"{BIAS}:4:domain 'randomisation' is a domain of rob2, not of robins-i"],
        ),
        (  # a tool that nobody knows is one fault, not three
            {f"{BIAS}:4:tool": "robins"},
            [f"{BIAS}:4:tool 'robins' is not an allowed value; nearest: 'robins-i'"],
        ),
    ],
    "domains_are_judged_once": [
        ({f"{BIAS}:3:study_id": "smith2021", f"{BIAS}:3:domain": "overall"}, []),
        ({f"{BIAS}:4:study_id": "smith2020", f"{BIAS}:4:domain": "overall"}, []),  # once by each tool
        (
            {f"{BIAS}:3:domain": "overall"},
            [f"{BIAS}:3:domain 'overall' of 'smith2020' by 'rob2' stands already in line 2; a tool judges it once"],
        ),
        (
            {f"{BIAS}:2:domain": "", f"{BIAS}:3:domain": ""},
            [f"{BIAS}:2:domain is empty; every row needs it", f"{BIAS}:3:domain is empty; every row needs it"],
        ),
    ],
    "times_have_a_unit": [
        *(({"claims.csv:3:unit": unit}, []) for unit in UNITS),
        ({"claims.csv:3:unit": "week"}, ["claims.csv:3:unit 'week' is not a unit of time; nearest: 'weeks'"]),
        (
            {"statements.csv:3:unit": ""},
            [f"statements.csv:3:unit is empty, but a time has a unit; known: {', '.join(UNITS)}"],
        ),
        (
            {"claims.csv:3:high": ""},
            ["claims.csv:3:high is empty, but the time is left-censored; give the last time looked at"],
        ),
        ({"claims.csv:3:high": "", "claims.csv:3:censored": "none"}, []),
    ],
    "p_values_say_how_they_are_printed": [
        ({"outcomes.csv:3:p": "", "outcomes.csv:3:p_relation": ""}, []),
        ({"outcomes.csv:3:p_relation": ""}, ["outcomes.csv:3:p_relation is empty, but p is given"]),
        ({"outcomes.csv:3:p": ""}, ["outcomes.csv:3:p is empty, but p_relation is given"]),
    ],
    "verdicts_fit_their_links": [
        ({"links.csv:2:relation": "contradicts"}, []),  # for and against: the curators judge
        ({"statements.csv:2:verdict": "contradicted"}, []),  # supported by one, qualified by another
        ({"links.csv:4:relation": "context", "statements.csv:3:verdict": "supported"}, []),
        (
            {"links.csv:2:relation": "contradicts", "links.csv:3:relation": "contradicts"},
            ["statements.csv:2:verdict 'supported', but every claim linked to it contradicts it"],
        ),
        (
            {"links.csv:4:relation": "supports"},
            ["statements.csv:3:verdict 'contradicted', but every claim linked to it supports it"],
        ),
        (
            {"links.csv:5:relation": "supports"},
            [f"statements.csv:4:verdict 'omission', but a claim is linked as 'supports'; {CONTEXT}"],
        ),
    ],
    "no_cell_is_a_formula": [
        *(
            ({"claims.csv:4:notes": cell}, [f"claims.csv:4:notes '{cell}' {FORMULA}"])
            for cell in ("=1+1", "+49", "-5 points", "@SUM(A1)")
        ),
        ({"outcomes.csv:3:value": "-5.20", "claims.csv:4:notes": "p = 0.05, a-b, me@x"}, []),
    ],
}


def test_every_rule_has_cases_that_it_refuses_and_lets_pass() -> None:
    assert [rule.__name__ for rule in RULES] == list(CASES)
    for name, cases in CASES.items():
        assert {bool(faults) for _, faults in cases} == {True, False}, name


@pytest.mark.parametrize(
    ("cells", "faults"),
    [pytest.param(*case, id=f"{name}-{place}") for name, cases in CASES.items() for place, case in enumerate(cases)],
)
def test_a_rule_refuses_what_it_says_alone(folder, cells, faults) -> None:
    found = check(folder(cells=cells))
    assert [f"{f.file}:{f.line}:{f.column} {f.message}" for f in found.itertuples()] == faults


def test_a_value_that_names_no_tool_belongs_to_every_tool(folder) -> None:
    """A tool may get more domains: one that all share needs no list."""
    place = folder(cells={f"{BIAS}:4:domain": "randomisation"})
    path = place / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    (table,) = [resource for resource in package["resources"] if resource["name"] == "risk_of_bias"]
    (domain,) = [field for field in table["schema"]["fields"] if field["name"] == "domain"]
    (randomisation,) = [category for category in domain["categories"] if category["value"] == "randomisation"]
    del randomisation["tools"]
    path.write_text(json.dumps(package))
    assert check(place).empty


def test_a_rule_is_silent_on_a_table_that_cannot_be_read(folder) -> None:
    """The fault of the table itself is the only one; a second guess would only confuse."""
    place = folder()
    for table in ("claims", "links", "outcomes", "studies", "risk_of_bias"):
        (place / f"{table}.csv").write_text("")
    assert set(check(place).message) == {"is empty, without even a header; restore it"}


@pytest.mark.parametrize(
    ("notes", "claims"),
    [
        ("", []),
        ("Same participants as a-1.", ["a-1"]),
        ("same participants in part as a-1, b-2 and c-3; draw once", ["a-1", "b-2", "c-3"]),
        ("Same participants as a-1. Later: same participants in part as b-2: yes.", ["a-1", "b-2"]),
        ("The same people as a-1.", []),
    ],
)
def test_the_claims_on_the_same_people_are_found_in_notes(notes, claims) -> None:
    assert same_participants(notes) == claims
