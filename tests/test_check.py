"""What bad input gets: every folder under tests/data with its whole text, and a second judge."""

from __future__ import annotations

import csv
from pathlib import Path

import frictionless
import pytest

from ketevidence import EvidenceError, check, load
from ketevidence.schema import read

DATA = Path(__file__).parent / "data"
REAL = Path(__file__).parents[1] / "evidence"

FOLDERS: dict[str, list[str]] = {
    name: [fault.strip() for fault in faults]
    for name, *faults in map(str.splitlines, (DATA / "faults.txt").read_text().split("\n\n"))
}

JUDGEMENT = (
    "study_id", "tool", "domain", "judgement", "support", "source_id", "locator", "basis", "checked", "notes",
)  # fmt: skip
CLAIMS = ("jones2019-response", "smith2020-onset", "smith2020-response", "smith2021-duration")

ONLY_OURS = {
    "blank_first_line": "Frictionless skips blank lines before the header",
    "byte_order_mark": "Frictionless drops the mark; others take it for a part of the first column name",
    "carriage_returns": "Frictionless takes any line end; a diff would show every row as changed",
    "contrast_with_one_arm": "meaning",
    "domain_judged_twice": "meaning",
    "events_above_n": "meaning",
    "events_not_the_share": "meaning",
    "formula": "meaning: text to Frictionless, run by a spreadsheet",
    "judgement_of_another_tool": "meaning: the column holds judgements of both",
    "key_out_of_order": "the standard knows no order of rows",
    "line_break_in_a_cell": "allowed by the standard; a fault could not name its line",
    "low_above_high": "meaning",
    "nul_byte": "allowed by the standard; many programs end the text there",
    "overlap_on_one_side": "meaning",
    "proportion_of_1.7": "meaning: the column holds other measures too",
    "registry_number_too_short": "meaning: the column holds numbers of several registries",
    "retraction_not_named": "meaning",
    "table_with_header_only": "allowed by the standard; here it is an accident unless the definition allows it",
    "tabs": "Frictionless guesses the separator; other programs do not",
    "verdict_against_its_links": "meaning",
}


def test_every_broken_folder_has_its_faults_listed() -> None:
    assert {path.name for path in DATA.iterdir() if path.is_dir()} == {"valid", "notebooks", *FOLDERS}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_broken_folder_is_refused_with_exactly_these_faults(folder, name) -> None:
    with pytest.raises(EvidenceError) as refusal:
        load(folder(name))
    assert str(refusal.value).split("\n") == FOLDERS[name]


@pytest.mark.parametrize("name", FOLDERS)
def test_frictionless_refuses_the_same_folder_unless_listed_as_only_ours(folder, name) -> None:
    tables = {path.name.partition(".")[0] for path in (DATA / name).iterdir()} - {"datapackage"}
    only = {"name": tables.pop()} if len(tables) == 1 else {}  # one table is judged faster than all
    report = frictionless.validate(str(folder(name) / "datapackage.json"), **only)
    assert report.valid is (name in ONLY_OURS), report.to_summary()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_fault_is_one_lower_case_line_without_full_stop(folder, name) -> None:
    for message in check(folder(name)).message:
        assert message.isprintable()
        assert not message[0].isupper()
        assert not message.endswith(".")


@pytest.mark.parametrize("made", ["valid", None], ids=["the small folder", "the real evidence"])
def test_evidence_without_faults_satisfies_both_judges(folder, made) -> None:
    place = folder(made) if made else REAL
    assert check(place).empty
    assert frictionless.validate(str(place / "datapackage.json")).valid


@pytest.mark.parametrize("end", ["\n", ""], ids=["with a final newline", "without"])
def test_a_table_that_may_be_empty_satisfies_both_judges_with_a_header_only(folder, end) -> None:
    place = folder()
    path = place / "risk_of_bias.csv"
    path.write_text(path.read_text().partition("\n")[0] + end)
    assert check(place).empty
    assert frictionless.validate(str(place / "datapackage.json")).valid


def test_a_table_that_may_be_empty_still_needs_its_header(folder) -> None:
    place = folder()
    for content, messages in [
        ("", ["is empty, without even a header; restore it"]),
        ("risk_of_bias_id\n", [f"has no column {name!r}; datapackage.json defines it" for name in JUDGEMENT]),
    ]:
        (place / "risk_of_bias.csv").write_text(content)
        assert check(place).message.tolist() == messages


def test_no_other_table_may_be_empty(folder) -> None:
    place = folder()
    (table,) = [table for table in read(REAL).tables if table.may_be_empty]
    assert table.name == "risk_of_bias"
    others = [path for path in place.glob("*.csv") if path.name != table.path]
    for path in others:
        path.write_text(path.read_text().partition("\n")[0] + "\n")
    found = check(place)
    alone = found[found.line.isna()]
    assert sorted(alone.file) == sorted(path.name for path in others)
    assert set(alone.message) == {"has a header but no rows; its table may not be empty"}


@pytest.mark.parametrize("limit", [131_072, 2**31 - 1], ids=["as Python sets it", "as Frictionless lifts it"])
def test_a_cell_of_one_megabyte_is_refused(folder, limit) -> None:
    """Written here, since a file of 1 MB is silly in git; the limit of csv is global and must not matter."""
    place = folder(cells={"claims.csv:4:notes": "x" * 1_000_000})
    before = csv.field_size_limit(limit)
    try:
        faults = check(place)
    finally:
        csv.field_size_limit(before)
    assert [*faults.itertuples(index=False, name=None)] == [
        ("claims.csv", 4, "", "has a cell longer than 131,072 characters; shorten it")
    ]


def test_a_cell_at_the_limit_is_read(folder) -> None:
    assert check(folder(cells={"claims.csv:4:notes": "x" * 131_072})).empty


def test_problems_are_a_frame_of_file_line_column_message(folder) -> None:
    faults = check(folder("faults_in_four_tables"))
    assert faults.dtypes.astype(str).to_dict() == {
        "file": "string",
        "line": "Int64",
        "column": "string",
        "message": "string",
    }
    assert check(folder()).dtypes.equals(faults.dtypes)
    with pytest.raises(EvidenceError) as refusal:
        load(folder("faults_in_four_tables"))
    assert refusal.value.problems.equals(faults)


@pytest.mark.parametrize(
    "cells",
    [
        {"claims.csv:4:definition": 'half the score, or "less"'},
        {"claims.csv:4:notes": "NA"},
        {"claims.csv:4:low": "-0", "claims.csv:4:high": "1."},
        {"outcomes.csv:3:timepoint": "P1Y2M3DT4H5M6S"},
        {"sources.csv:2:issued": ""},
        {"outcomes.csv:3:p": "1", "claims.csv:4:k_studies": "0"},
    ],
    ids=["comma and quotes", "the word NA", "odd numbers", "long duration", "empty", "at the limits"],
)
def test_odd_but_right_cells_are_allowed(folder, cells) -> None:
    assert check(folder(cells=cells)).empty


def test_a_file_without_final_newline_is_allowed(folder) -> None:
    place = folder()
    path = place / "links.csv"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert check(place).empty


PT2H = "is not an ISO 8601 duration; write PT2H for 2 hours, P14D for 14 days"


@pytest.mark.parametrize(
    ("place", "cell", "message"),
    [
        ("claims.csv:4:n", "\u0663", "'\u0663' is not a whole number"),
        ("claims.csv:4:n", "20.0", "'20.0' is not a whole number"),
        ("claims.csv:4:k_studies", "1" * 16, "'1111111111111111' is not a whole number of at most 15 digits"),
        ("claims.csv:4:k_studies", "-1", "-1 is below 0, the smallest allowed"),
        ("claims.csv:2:value", "1e999", "'1e999' is not a number"),
        ("claims.csv:2:value", "nan", "'nan' is not a number"),
        ("outcomes.csv:3:p", "1.2", "1.2 is above 1, the largest probability"),
        ("outcomes.csv:3:timepoint", "P9999999Y", f"'P9999999Y' {PT2H}"),
        ("outcomes.csv:3:timepoint", "PT", f"'PT' {PT2H}"),
        ("statements.csv:4:reviewed_on", "20261122", "'20261122' is not a date; write it as 2026-11-23"),
        ("statements.csv:4:reviewed_on", "2026-02-30", "'2026-02-30' is not a date; write it as 2026-11-23"),
        ("claims.csv:4:notes", "x\u200b", "'x\\u200b' holds the invisible character U+200B; remove it"),
        ("claims.csv:4:notes", " ", "' ' begins or ends with a space; remove it"),
        ("sources.csv:4:PMID", "PMID 12345678", r"'PMID 12345678' does not have the form ^[1-9]\d{0,7}$"),
        ("sources.csv:4:PMID", "1\u0663", "'1\u0663' does not have the form ^[1-9]\\d{0,7}$"),
        ("sources.csv:4:PMCID", "7654321", r"'7654321' does not have the form ^PMC[1-9]\d*$"),
        ("links.csv:4:claim_id", "zz", "no claim 'zz'; known: " + ", ".join(CLAIMS)),
    ],
)
def test_a_wrong_cell_is_named(folder, place, cell, message) -> None:
    file, line, column = place.split(":")
    faults = check(folder(cells={place: cell}))
    assert [*faults.itertuples(index=False, name=None)] == [(file, int(line), column, message)]


def test_a_dangling_key_without_neighbour_says_where_to_add_it() -> None:
    """With more rows than a person would read, and none alike, no name is offered."""
    from ketevidence.check.structure import dangling_faults
    from ketevidence.reading import Cells, TextTable

    schema = read(REAL)
    names = [f"smith{year}" for year in range(2000, 2020)]
    texts = {
        "sources": TextTable("sources.csv", cells={"source_id": Cells.of(names)}),
        "claims": TextTable("claims.csv", cells={"source_id": Cells.of(["unheard-of"])}, lines=(2,)),
    }
    assert [str(fault) for fault in dangling_faults(schema.table("claims"), schema, texts)] == [
        "claims.csv:2:source_id no source 'unheard-of'; add it to sources.csv"
    ]


def test_a_place_that_is_no_folder_is_named(tmp_path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text("")
    for place, message in [
        (tmp_path, "is missing; it defines every table of the folder"),
        (tmp_path / "nowhere", "is missing; it defines every table of the folder"),
        (file, "cannot be opened: not a directory; name the folder that holds it"),
    ]:
        assert check(place).message.tolist() == [message]
