"""load: typed frames of a folder without faults, or a refusal; never a part."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ketevidence import Evidence, EvidenceError, check, load, schema
from ketevidence.dataset import find

REAL = Path(__file__).parents[1] / "evidence"
KINDS = {"integer": "Int64", "number": "Float64", "date": "datetime64[s]"}


@pytest.fixture(scope="module")
def small(folder) -> Evidence:
    return load(folder())


@pytest.mark.parametrize("table", schema.read(REAL).tables, ids=lambda table: table.name)
def test_columns_have_the_types_of_the_definition(small, table) -> None:
    frame = getattr(small, table.name)
    expected = {}
    for column in table.columns:
        expected[column.name] = "category" if column.categories else KINDS.get(column.type, "string")
        if column.type == "duration":
            expected[f"{column.name}_delta"] = "timedelta64[s]"
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == expected
    for column in table.columns:
        if column.categories:
            assert tuple(frame[column.name].cat.categories) == column.values
            assert frame[column.name].cat.ordered


def test_a_table_without_rows_has_the_same_types_and_is_counted_as_no_row(folder, small) -> None:
    place = folder()
    path = place / "risk_of_bias.csv"
    path.write_text(path.read_text().partition("\n")[0] + "\n")
    evidence = load(place)
    assert evidence.risk_of_bias.empty
    assert evidence.risk_of_bias.dtypes.equals(small.risk_of_bias.dtypes)
    assert ", 2 certainty ratings, no risk of bias judgements; a second reader saw 4 of 7 " in repr(evidence)
    assert ">no</td><td style='text-align:left'><b>risk of bias judgements</b></td>" in evidence._repr_html_()


def test_cells_are_typed_and_empty_ones_are_missing(small) -> None:
    trial = small.studies.set_index("study_id").loc["smith2020"]
    assert (trial.n_randomised, trial.doses) == (40, 1.0)
    assert trial.population == "adults, anxious despite two drugs"
    assert small.studies.n_randomised.isna().tolist() == [True, False, True]
    assert small.studies.doses.tolist() == [1.0, 1.0, 12.5]
    assert small.claims.notes.isna().tolist() == [False, True, True, False]
    assert small.claims.censored.isna().tolist() == [True, False, False, False]
    assert small.statements.reviewed_on.dt.day.tolist() == [23, 23, 22]
    assert (small.statements.certainty < "low").tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("iso", "delta"),
    [
        ("P3M", "91 days 07:30:00"),
        ("P1Y", "365 days 06:00:00"),
        ("P2W", "14 days"),
        ("P14D", "14 days"),
        ("PT2H", "02:00:00"),
        ("PT90M", "01:30:00"),
        ("P1DT1H1M1S", "1 days 01:01:01"),
        ("PT0S", "00:00:00"),
    ],
)
def test_a_duration_has_its_length_beside_it(folder, iso, delta) -> None:
    studies = load(folder(cells={"studies.csv:4:primary_timepoint": iso})).studies
    assert studies.primary_timepoint[2] == iso
    assert studies.primary_timepoint_delta[2] == pd.Timedelta(delta)
    assert studies.primary_timepoint_delta.isna().tolist() == [True, False, False]


def test_the_longest_duration_does_not_overflow(folder) -> None:
    studies = load(folder(cells={"studies.csv:4:primary_timepoint": "P999999Y"})).studies
    seconds = round(999_999 * 365.25 * 86_400)
    assert studies.primary_timepoint_delta.to_numpy()[2] == np.timedelta64(seconds, "s")


def test_words_that_pandas_takes_for_missing_stay_words(folder) -> None:
    words = ["NA", "None", "nan", "null", "N/A"]
    for word in words:
        assert load(folder(cells={"claims.csv:4:notes": word})).claims.notes[2] == word


def test_changing_a_frame_changes_nothing_for_the_next_reader(small) -> None:
    before, frame = small.claims, small.claims
    frame.loc[0, "value"] = 0.1
    frame["value"].array[1] = 99
    frame["note"] = "new"
    frame.columns.name = "mine"
    frame.index.name = "mine"
    frame.attrs["evidence"]["digest"] = "mine"
    pd.testing.assert_frame_equal(small.claims, before)
    assert small.claims.attrs == {"evidence": small.origin}
    assert (small.claims.columns.name, small.claims.index.name) == (None, None)


def test_evidence_itself_is_frozen(small) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        small.digest = "mine"
    with pytest.raises(TypeError):
        small._frames["claims"] = small.claims


def test_a_frame_says_where_it_comes_from(small) -> None:
    assert small.origin == {
        "name": "ketevidence",
        "version": small.version,
        "digest": small.digest,
        "date": small.date,
        "licence": "CC-BY-4.0",
    }
    assert all(small.table(table.name).attrs == {"evidence": small.origin} for table in small.schema.tables)


def test_the_digest_follows_the_bytes_of_the_tables(folder, small) -> None:
    assert re.fullmatch("[0-9a-f]{12}", small.digest)
    assert load(folder()).digest == small.digest
    changed = {
        load(folder(cells=cells)).digest
        for cells in (
            {"claims.csv:2:notes": "The paper is retracted"},
            {"certainty.csv:3:rationale": "No trial"},
            {"sources.csv:2:title": "Ketamine for Anxiety"},
        )
    }
    assert len(changed | {small.digest}) == 4
    touched = folder()
    (touched / "README.md").write_text("not a table")
    (touched / "links.csv").touch()
    assert load(touched).digest == small.digest


def test_an_unknown_table_is_named_with_its_neighbour(small) -> None:
    with pytest.raises(ValueError, match=r"^no table 'claim'; nearest: 'claims'$"):
        small.table("claim")
    with pytest.raises(ValueError, match=r"^no table 'xyz'; known: sources, studies, outcomes, "):
        small.table("xyz")


def test_the_form_of_the_representation_is_fixed(small) -> None:
    assert repr(small) == (
        f"Evidence ketevidence {small.version} of {small.date}, digest {small.digest}: 4 sources, 3 studies, "
        "3 outcomes, 4 claims, 3 statements, 4 links, 2 conditions, 2 instruments, 2 certainty ratings, "
        "3 risk of bias judgements; "
        "a second reader saw 4 of 7 claims and outcomes"
    )
    assert small.second_reader() == (4, 7)
    page = small._repr_html_()
    assert page.startswith(f"<p><b>{small.schema.title}</b><br>Evidence version {small.version}, ")
    assert f"last search {small.date}. A second reader saw 4 of 7 claims and outcomes again" in page
    assert page.count("<tr>") == len(small.schema.tables)


def test_the_folder_is_the_one_given_else_the_variable_else_the_one_that_came_along(folder, small, monkeypatch) -> None:
    monkeypatch.delenv("KETEVIDENCE_DATA", raising=False)
    assert find().name == "evidence"
    assert load().digest == load(REAL).digest != small.digest
    monkeypatch.setenv("KETEVIDENCE_DATA", str(folder()))
    assert load().digest == small.digest
    assert load(REAL).digest != small.digest


@pytest.mark.parametrize("by", ["argument", "variable", "a file"])
def test_a_folder_that_is_not_there_is_named(tmp_path, monkeypatch, by) -> None:
    place = tmp_path / "typo"
    message = f"no folder {str(place)!r}; name the folder that holds datapackage.json"
    if by == "a file":
        place.write_text("")
    if by == "variable":
        monkeypatch.setenv("KETEVIDENCE_DATA", str(place))
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        load(None if by == "variable" else place)


def test_evidence_is_refused_whole_with_every_fault_of_every_table(folder) -> None:
    place = folder("faults_in_four_tables")
    with pytest.raises(EvidenceError) as refusal:
        load(place)
    problems = refusal.value.problems
    assert problems.columns.tolist() == ["file", "line", "column", "message"]
    assert problems.file.unique().tolist() == ["claims.csv", "statements.csv", "links.csv", "conditions.csv"]
    assert problems.equals(check(place))
    assert str(refusal.value).count("\n") == len(problems) - 1
    assert isinstance(refusal.value, ValueError)


def test_the_real_evidence_loads_without_a_fault() -> None:
    evidence = load(REAL)
    assert check(REAL).empty
    assert [t.name for t in evidence.schema.tables if evidence.table(t.name).empty] == ["risk_of_bias"]
