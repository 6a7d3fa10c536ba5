"""The command line: exit codes, first lines, one line for wrong use, never a traceback."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from ketevidence import charts, load, tables
from ketevidence.cli import _parser, main

ROOT = Path(__file__).parents[1]


def run(capsys, *arguments: str) -> tuple[int, list[str], list[str]]:
    """Exit code and the lines of stdout and stderr."""
    try:
        code = main(list(arguments))
    except SystemExit as stop:
        code = stop.code
    output = capsys.readouterr()
    return code, output.out.splitlines(), output.err.splitlines()


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["check"], f"no fault in {ROOT / 'evidence'}"),
        (["gaps"], "   75  of 850  figures that no second reader saw"),
        (["audit", "--source", "caledonclinic"], "S02  A1  No claim of any source supports the statement. [22 claims: "
         "alvarez2015-pr-definition, ansara2020-definition, baldwin2009-no-onset-week2, ...]"),
        (["summary"], repr(load())),
        (["cite", "taylor2018"], "1. Taylor JH, Landeros-Weisenberger A, Coughlin C, Mulqueen J, "),
        (["cite", "taylor2018", "--style", "ris"], "TY  - JOUR"),
        (["table", "gaps", "--csv"], "gap,rows,of,keys"),
        (["--version"], "ketevidence 0."),
        (["--help"], "usage: ketevidence"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_command_says_what_it_found_and_returns_0(capsys, arguments, first):
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, [])
    assert out[0].startswith(first)


def test_gaps_lists_every_key_when_asked(capsys):
    _, short, _ = run(capsys, "gaps")
    _, out, _ = run(capsys, "gaps", "--list")
    assert short[1].endswith(" and 71 more (--list)")
    assert len(out[1].split(", ")) == 75


@pytest.mark.parametrize("name", tables.__all__)
def test_every_table_is_printed_and_its_csv_can_be_read_back(capsys, name):
    arguments = ["table", name, *(["--statement", "S14"] if name == "evidence_for" else [])]
    code, out, err = run(capsys, *arguments)
    assert (code, err, len(out) > 1) == (0, [], True)
    code, out, err = run(capsys, *arguments, "--csv")
    frame = tables.evidence_for(load(), "S14") if name == "evidence_for" else getattr(tables, name)(load())
    read = pd.read_csv(io.StringIO("\n".join(out)), keep_default_na=False, na_values=[""])
    assert (code, err, read.columns.tolist(), len(read)) == (0, [], frame.columns.tolist(), len(frame))
    key = frame.attrs["key"]
    assert read[key].tolist() == frame[key].tolist()


def test_csl_json_is_json(capsys):
    _, out, _ = run(capsys, "cite", "taylor2018", "glue2017", "--style", "csl-json")
    assert [entry["id"] for entry in json.loads("\n".join(out))] == ["taylor2018", "glue2017"]


@pytest.mark.parametrize("name", charts.__all__)
def test_every_chart_is_written_and_its_path_printed(capsys, tmp_path, name):
    file = tmp_path / "new" / f"{name}.svg"
    code, out, err = run(capsys, "chart", name, str(file), "--condition", "GAD")
    assert (code, out, err) == (0, [str(file)], [])
    assert file.read_text(encoding="utf-8").startswith("<?xml")


def test_the_report_is_written_and_its_path_printed(capsys, tmp_path, folder):
    file = tmp_path / "page.html"
    code, out, _ = run(capsys, "report", str(file), "--data", str(folder()))
    assert (code, out) == (0, [str(file)])
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("name", ["proportion_of_1.7", "key_dangling", "faults_in_four_tables"])
@pytest.mark.parametrize("command", [["check"], ["summary", "--data"], ["table", "gaps", "--data"]], ids=" ".join)
def test_faults_are_written_to_stderr_with_file_line_and_column(capsys, folder, command, name):
    blocks = (ROOT / "tests" / "data" / "faults.txt").read_text(encoding="utf-8").split("\n\n")
    (block,) = [block for block in blocks if block.strip().startswith(f"{name}\n")]
    expected = [line.strip() for line in block.strip().splitlines()[1:]]
    assert run(capsys, *command, str(folder(name))) == (1, [], expected)


def test_check_of_a_folder_elsewhere_names_it(capsys, folder):
    valid = folder()
    assert run(capsys, "check", str(valid)) == (0, [f"no fault in {valid}"], [])
    assert run(capsys, "check", "--data", str(valid)) == (0, [f"no fault in {valid}"], [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "/nowhere"], "no folder '/nowhere'; name the folder that holds datapackage.json"),
        (["table", "onset"], "no table 'onset'; nearest: 'onset_times'"),
        (["table", "evidence_for"], "table 'evidence_for' needs --statement, such as S14"),
        (["table", "evidence_for", "--statement", "S99"], "no statement_id 'S99'; nearest: 'S29'"),
        (["table", "gaps", "--condition", "GAD"], "table 'gaps' has no --condition"),
        (["table", "claims", "--condition", "GADD"], "no condition 'GADD'; nearest: 'GAD'"),
        (["chart", "rate", "x.png"], "no chart 'rate'; nearest: 'rates'"),
        (["chart", "rates", "x.jpg"], "no format 'jpg'; known: png, svg, pdf"),
        (["chart", "rates", "x.png", "--medium", "poster"], "no medium 'poster'; known: page, slide"),
        (["chart", "rates", "x.png", "--condition", "SEP"], "no row to draw"),
        (
            ["chart", "rates", "/dev/null/a/x.png", "--condition", "SAD"],
            "/dev/null/a/x.png cannot be written: not a directory",
        ),
        (["audit", "--source", "x"], "no source_id 'x'; known: caledonclinic"),
        (["cite", "taylor2081"], "no source 'taylor2081'; nearest: 'taylor2018'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_told_in_one_line_and_returns_2(capsys, arguments, message):
    assert run(capsys, *arguments) == (2, [], [f"ketevidence: {message}"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "ketevidence: error: the following arguments are required: COMMAND"),
        (["chart", "rates"], "ketevidence chart: error: the following arguments are required: FILE"),
        (["gaps", "--all"], "ketevidence: error: unrecognized arguments: --all"),
    ],
)
def test_a_command_line_that_cannot_be_read_ends_with_what_is_wrong(capsys, arguments, message):
    code, out, err = run(capsys, *arguments)
    assert (code, out, err[-1]) == (2, [], message)


def test_every_command_is_named_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (commands,) = [action.choices for action in _parser()._actions if action.choices]
    assert [name for name in commands if f"ketevidence {name}" not in readme] == []
