"""The rules of the audit, each with a case that fires and one that does not; then the real evidence."""

from __future__ import annotations

import pandas as pd
import pytest

from ketevidence import load
from ketevidence.audit import RULES, Case, Objection, audit, rules

RANDOMISED, REVIEWS = ("rct-parallel", "rct-crossover"), ("meta-analysis", "guideline")


def claim(key: str, relation: str = "supports", **cells) -> dict:
    """One linked claim; all that is not said does not matter."""
    row = {
        "claim_id": key, "relation": relation, "source_id": key, "source_design": "open-label", "kind": "other",
        "source_status": "current", "condition": "GAD", "intervention": "ketamine IV", "comparator": None,
        "measure": "qualitative", "value": None, "low": None, "high": None, "unit": None,
    }  # fmt: skip
    return row | cells


def study(key: str, n: int | None, overlaps: str | None = None) -> dict:
    return {"study_id": key, "source_id": key, "n": n, "overlaps_with": overlaps}


def case(*linked: dict, statement: dict | None = None, studies: tuple[dict, ...] = (), **more) -> Case:
    said = {
        "statement_id": "S1", "statement": "Ketamine helps.", "measure": "qualitative", "value": None, "low": None,
        "high": None, "unit": None, "condition": "GAD", "topic": "efficacy",
    }  # fmt: skip
    frame = pd.DataFrame(list(linked), columns=list(claim("x")))
    frame = frame.astype(dict.fromkeys(("value", "low", "high"), "Float64"))
    trials = pd.DataFrame(list(studies), columns=list(study("x", 1))).astype({"n": "Int64"})
    rest = {"conditions": frozenset({"GAD"}), "drugs": frozenset(), "onset_hours": {}, "stated_hours": None} | more
    return Case(said | (statement or {}), frame, RANDOMISED, REVIEWS, ("null_result",), studies=trials, **rest)


HALF = {"measure": "proportion", "value": 0.5, "unit": "proportion"}
WEEKS = {"measure": "duration", "value": None, "low": 2, "high": 6, "unit": "weeks"}
FIRM = {"statement": "Trials have shown that ketamine helps."}
TRIAL = {"source_design": "rct-parallel", "comparator": "midazolam"}
FIRES = {
    "A1": [
        (case(claim("a", "qualifies"), claim("b", "contradicts")), Objection(("a", "b"))),
        (case(), Objection(())),
    ],
    "A2": [
        (case(claim("a", **HALF | {"value": 0.3}), claim("b", **HALF | {"value": 0.4}), statement=HALF),
         Objection(("a", "b"))),
        (case(claim("a", **WEEKS | {"low": 1, "high": 3, "unit": "days"}), statement=WEEKS), Objection(("a",))),
    ],
    "A3": [(case(claim("a"), statement=FIRM), Objection(("a",), "the word is 'shown'"))],
    "A4": [
        (case(claim("a", condition="SAD"), claim("b", condition="PD")),
         Objection(("a", "b"), "stated: GAD; supported: PD and SAD")),
        (case(claim("a", intervention="esketamine IN"), drugs=frozenset({"ketamine"})),
         Objection(("a",), "stated: ketamine")),
    ],
    "A5": [
        (case(claim("a", **TRIAL), studies=(study("a", 12),)), Objection(("a",), "12 people")),
        (case(claim("a", **TRIAL), claim("b", **TRIAL), studies=(study("a", 12, "b"), study("b", 20, "a"))),
         Objection(("a", "b"), "20 people")),
    ],
    "A6": [
        (case(claim("a"), onset_hours={"a": 2.0, "b": 2.0, "c": 24.0}, stated_hours=0.0),
         Objection(("a", "b"), "earliest: 2 hours")),
    ],
    "A7": [
        (case(claim("a", "contradicts", **TRIAL), claim("b", "qualifies", kind="null_result", **TRIAL)),
         Objection(("a", "b"))),
    ],
    "A8": [
        (case(claim("a", "contradicts"), claim("b", "contradicts"), claim("c")),
         Objection(("a", "b"), "2 against, 1 for")),
    ],
    "A9": [(case(claim("a", "context", source_status="retracted")), Objection(("a",)))],
    "A10": [
        (case(claim("a", "context"), statement={"measure": "omission", "topic": "safety"}),
         Objection(("a",), "topic: safety")),
    ],
}  # fmt: skip
SILENT = {
    "A1": [case(claim("a")), case(statement={"measure": "omission"})],
    "A2": [
        case(claim("a", **HALF | {"value": 0.6}), claim("b", **HALF | {"value": 0.4}), statement=HALF),
        case(claim("a", "context", **HALF | {"value": 0.1}), statement=HALF),
        case(claim("a", **WEEKS | {"low": 1, "high": 2, "unit": "months"}), statement=WEEKS),
        case(claim("a", **HALF), statement={"measure": "proportion"}),
        case(claim("a", **HALF)),
    ],
    "A3": [
        case(claim("a")),
        case(claim("a"), claim("b", source_design="rct-parallel"), statement=FIRM),
        case(claim("a", source_design="guideline"), statement=FIRM),
        case(statement=FIRM),
    ],
    "A4": [
        case(claim("a"), claim("b", condition="PD")),
        case(claim("a", condition="PD"), conditions=frozenset()),
        case(claim("a"), drugs=frozenset({"ketamine"})),
        case(claim("a", intervention=None), drugs=frozenset({"ketamine"})),
        case(claim("a", "contradicts", condition="PD")),
    ],
    "A5": [
        case(claim("a", **TRIAL), studies=(study("a", 50),)),
        case(claim("a", **TRIAL), claim("b", **TRIAL), studies=(study("a", 12), study("b", 20))),
        case(claim("a", **TRIAL), studies=(study("a", None),)),
        case(claim("a"), studies=(study("a", 12),)),
        case(claim("a", **TRIAL)),
    ],
    "A6": [
        case(onset_hours={"a": 2.0}, stated_hours=2.0),
        case(onset_hours={"a": 2.0}),
        case(stated_hours=0.0),
    ],
    "A7": [
        case(claim("a", "contradicts")),
        case(claim("a", "qualifies", **TRIAL)),
        case(claim("a", "contradicts", **TRIAL | {"comparator": None})),
        case(claim("a", "context", kind="null_result", **TRIAL)),
    ],
    "A8": [case(claim("a", "contradicts"), claim("b")), case(claim("a", "qualifies"))],
    "A9": [case(claim("a", source_status="corrected"))],
    "A10": [case(claim("a"))],
}


@pytest.fixture(scope="module")
def found():
    return audit(load())


@pytest.mark.parametrize(("code", "one", "expected"), [(code, *pair) for code in FIRES for pair in FIRES[code]])
def test_a_rule_objects_where_it_must(code, one, expected):
    assert RULES[code](one) == expected


@pytest.mark.parametrize(("code", "one"), [(code, one) for code in SILENT for one in SILENT[code]])
def test_a_rule_is_silent_where_it_must_be(code, one):
    assert RULES[code](one) is None


def test_every_rule_has_cases_and_a_sentence_of_its_own():
    assert list(RULES) == list(FIRES) == list(SILENT)
    sentences = [rule.__doc__.strip() for rule in RULES.values()]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in sentences)


def test_findings_show_code_name_and_sentence_of_the_rule(found):
    for row in found[found.code != "V"].itertuples():
        rule = RULES[row.code]
        assert (row.name, row.finding) == (rule.__name__.replace("_", " "), rule.__doc__.strip())
        assert row.claims == len([key for key in row.claim_ids.split("; ") if key])
    assert not found[found.code.isin(rules.CAUTIONS)].against.any()


@pytest.mark.parametrize(
    ("statement", "code", "claims", "detail"),
    [
        ("S12", "A6", "glue2017-onset-1h; glue2018-onset-1h; glue2020-onset-1h", "earliest: 1 hour"),
        ("S15", "A9", "mills2025-retracted", ""),
        ("S29", "A9", "mills2025-not-kept", ""),
        ("S24", "A7", "abdallah2022-null; dadabayev2020-null; duek2023-null", ""),
    ],
)
def test_findings_in_the_real_evidence(found, statement, code, claims, detail):
    (row,) = found[(found.statement_id == statement) & (found.code == code)].to_dict("records")
    assert (row["claim_ids"], row["detail"]) == (claims, detail)


def test_a_frame_of_findings_says_where_it_is_from(found):
    assert found.attrs == {"evidence": load().origin, "key": "statement_id"}


FOR = "The rules speak against the statement; the curators call it supported."
AGAINST = "The rules find nothing against the statement; the curators' verdict rests on more than they see."


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, [("S01", FOR, "verdict: supported")]),
        ({"statements.csv:2:verdict": "partly-supported"}, []),
        (
            {
                "statements.csv:2:verdict": "partly-supported",
                "statements.csv:3:verdict": "overstated",
                "statements.csv:3:low": "3",
                "links.csv:4:relation": "supports",
            },
            [("S02", AGAINST, "verdict: overstated")],
        ),
    ],
)
def test_a_verdict_that_the_rules_do_not_bear_out_is_shown_in_both_directions(folder, cells, expected):
    frame = audit(load(folder(cells=cells)))
    shown = frame[frame.code == "V"]
    assert list(zip(shown.statement_id, shown.finding, shown.detail)) == expected


def test_the_audit_works_for_another_article(folder):
    frame = audit(load(folder()), source="clinic2024")
    assert set(frame.source_id) == {"clinic2024"}
    assert ("S01", "A9", "jones2019-response") in set(zip(frame.statement_id, frame.code, frame.claim_ids))
    silent = frame[frame.statement_id.isna()]
    assert silent.code.tolist() == ["A10"] * len(silent)


def test_an_article_without_a_statement_on_a_needed_topic_is_told(folder):
    frame = audit(load(folder(cells={"statements.csv:4:topic": "efficacy"})))
    silent = frame[frame.statement_id.isna()]
    assert silent[["code", "detail"]].values.tolist() == [["A10", "topic: safety"]]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("caledon", "no source_id 'caledon'; nearest: 'caledonclinic'"),
        ("taylor2018", "no source_id 'taylor2018'; known: caledonclinic"),
    ],
)
def test_a_source_without_statements_is_refused(source, message):
    with pytest.raises(ValueError) as refusal:
        audit(load(), source=source)
    assert str(refusal.value) == message
