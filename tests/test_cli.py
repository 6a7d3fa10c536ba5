"""The command line: exit codes, first lines, one line for wrong use, never a traceback."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import ketevidence
from ketevidence import charts, gallery, load, tables
from ketevidence.cli import EXITS, _parser, files, main

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
    chosen = {"evidence_for": ["--statement", "S14"], "condition_card": ["--condition", "PTSD"]}.get(name, [])
    arguments = ["table", name, *chosen]
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, [])
    assert len(out) > 1 or out == ["no row in this table"]
    code, out, err = run(capsys, *arguments, "--csv")
    frame = getattr(tables, name)(load(), *chosen[1:])
    read = pd.read_csv(io.StringIO("\n".join(out)), keep_default_na=False, na_values=[""])
    assert (code, err, read.columns.tolist(), len(read)) == (0, [], frame.columns.tolist(), len(frame))
    key = frame.attrs["key"]
    assert read[key].tolist() == frame[key].tolist()


def test_csl_json_is_json(capsys):
    _, out, _ = run(capsys, "cite", "taylor2018", "glue2017", "--style", "csl-json")
    assert [entry["id"] for entry in json.loads("\n".join(out))] == ["taylor2018", "glue2017"]


FROM_A_POOL = ["--condition", "SAD", "--outcome", "resistance", "--group", "placebo"]
CHARTS = {
    "certainty": ["--condition", "PTSD"], "forest": ["--condition", "PTSD"], "gosh": FROM_A_POOL,
    "leave_one_out": FROM_A_POOL, "rates": ["--condition", "GAD"], "timeline": ["--condition", "GAD"],
    "trial_facts": ["--condition", "OCD"], "verdicts": ["--condition", "GAD"],
    "accrual": [], "condition_card": ["--condition", "AG"], "durations": [], "evidence_map": [],
    "published": ["--condition", "PTSD"], "safety": ["--condition", "depression"],
}  # fmt: skip
REFUSED = {
    "funnel": (FROM_A_POOL, "ketevidence: a funnel needs at least 10 trials, got 3"),
    "risk_of_bias": (
        [], "ketevidence: the tables hold no judgement of the risk of bias; trial_facts shows what is known"),
}  # fmt: skip


def test_every_chart_is_tried():
    assert sorted([*CHARTS, *REFUSED]) == sorted({*gallery.NAMES, *charts.__all__})


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_written_and_its_path_printed(capsys, tmp_path, name):
    file = tmp_path / "new" / f"{name}.{'html' if name == 'certainty' else 'svg'}"
    code, out, err = run(capsys, "chart", name, str(file), *CHARTS[name])
    assert (code, out, err) == (0, [str(file)], [])
    assert file.read_text(encoding="utf-8").startswith(("<?xml", "<!DOCTYPE html>"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_chart_that_the_evidence_cannot_fill_says_why(capsys, tmp_path, name):
    options, message = REFUSED[name]
    assert run(capsys, "chart", name, str(tmp_path / "x.png"), *options) == (2, [], [message])
    assert not (tmp_path / "x.png").exists()


def test_pool_prints_trials_pools_and_what_could_not_be_used(capsys):
    code, out, err = run(capsys, "pool", "--condition", "PTSD")
    assert (code, err) == (0, [])
    assert (
        out[0] == "post-traumatic stress disorder: symptoms, standardised; comparator: psychoactive placebo (Hedges g)"
    )
    assert "  Pooled, 2 trials: −0.65 (95% CI −6.35 to 5.04), 56 people" in out
    assert "    I² 62%, τ² 0.25 (95% CI 0 to 409.26), p = 0.1 for Q" in out
    assert out[-2:] == [
        "Nothing here is medical advice.",
        "What reviews report, beside this: ketevidence table published_comparison",
    ]
    assert "Below 0: fewer symptoms with ketamine; above 0: more symptoms with ketamine." in out
    assert (
        "  not used: Abdallah 2022 (PTSD): words only, no figures where it was read (abstract); primary outcome null"
        in out
    )


def test_pool_prints_every_column_as_csv_and_across_definitions_on_request(capsys):
    _, out, _ = run(capsys, "pool", "--outcome", "resistance", "--condition", "GAD", "--across-definitions", "--csv")
    assert out[0].startswith("row_id,row,group,label,")
    assert sum("definitions differ" in line for line in out) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pool", "--outcome", "symtoms"], "ketevidence: no outcome 'symtoms'; nearest: 'symptoms'"),
        (["chart", "rates", "x.png", "--outcome", "response"], "ketevidence: chart 'rates' has no --outcome"),
        (["chart", "leave_one_out", "x.png", "--outcome", "resistance", "--condition", "SAD"],
         "ketevidence: one pool of trials is needed, got 2: choose the rows of one group (no response, SAD, usual "
         "drugs: CGI-I much or very much improved not reached; no response, SAD, placebo: CGI-I much or very much "
         "improved not reached)"),
        (["chart", "forest", "x.png", "--condition", "PTSD", "--group", "inactive"],
         "ketevidence: no group with 'inactive'; known: post-traumatic stress disorder: symptoms, standardised; "
         "comparator: psychoactive placebo"),
        (["chart", "forest", "x.png", "--condition", "PD"],
         "ketevidence: the tables hold no randomised trial for the outcome symptoms; "
         "others: points, response and resistance"),
        (["certainty", "--condition", "mixed"], "ketevidence: no comparison of 'mixed' is rated"),
    ],
)  # fmt: skip
def test_wrong_words_for_pools_are_refused(capsys, arguments, message):
    assert run(capsys, *arguments) == (2, [], [message])


def test_certainty_prints_judgement_and_suggestion(capsys):
    code, out, err = run(capsys, "certainty", "--condition", "SAD")
    assert (code, err) == (0, [])
    assert out[0] == "SAD  ketamine vs saline: social anxiety symptoms, 14 days"
    assert [line.split()[0] for line in out[1:4]] == ["effect", "curators", "suggestion"]
    assert out[-1] == "Nothing here is medical advice."
    _, out, _ = run(capsys, "certainty", "--csv")
    assert len(out) == 9


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
        (["table", "condition_card"], "table 'condition_card' needs --condition, such as GAD"),
        (["chart", "condition_card", "x.png"], "chart 'condition_card' needs --condition"),
        (["table", "gaps", "x.xlsx", "--csv"], "--csv prints; a file has its form by its ending"),
        (["chart", "certainty", "x.html", "--kind", "x"], "chart 'certainty' has no --kind"),
        (
            ["chart", "certainty", "x.html", "--rows"],
            "chart 'certainty' is a page of HTML; it has no --medium and no --rows",
        ),
        (["table", "evidence_for", "--statement", "S99"], "no statement_id 'S99'; nearest: 'S29'"),
        (["table", "gaps", "--condition", "GAD"], "table 'gaps' has no --condition"),
        (["chart", "rate", "x.png"], "no chart 'rate'; nearest: 'rates'"),
        (["chart", "rates", "x.jpg"], "no format 'jpg'; known: png, svg, pdf"),
        (["chart", "rates", "x.png", "--medium", "poster"], "no medium 'poster'; known: page, slide, slide-dark"),
        (["chart", "rates", "x.png", "--condition", "SEP"], "no row to draw for rates, condition SEP"),
        (
            ["chart", "rates", "/dev/null/a/x.png", "--condition", "SAD"],
            "/dev/null/a/x.png cannot be written: not a directory",
        ),
        (["audit", "--source", "x"], "no source_id 'x'; known: caledonclinic"),
        (["deck", "x.pptx", "--charts", ","], "--charts names no chart; give one, such as rates"),
        (["cite", "taylor2081"], "no source 'taylor2081'; nearest: 'taylor2018'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_told_in_one_line_and_returns_2(capsys, arguments, message):
    assert run(capsys, *arguments) == (2, [], [f"ketevidence: {message}"])


@pytest.mark.parametrize(
    ("arguments", "wanted", "first"),
    [
        (["table", "claims"], "GADD", "GAD (generalised anxiety disorder), "),
        (["chart", "rates", "x.png"], "panic", "PD (panic disorder), "),
        (["pool"], "PSTD", "PTSD (post-traumatic stress disorder), "),
        (["certainty"], "gad", "GAD (generalised anxiety disorder), "),
        (["deck", "x.pptx"], "obsessive", "OCD (obsessive-compulsive disorder), "),
        (["figures", "x"], "phobia", "SP (specific phobia), "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_unknown_condition_is_answered_with_all_of_them_the_nearest_first(capsys, arguments, wanted, first):
    code, out, err = run(capsys, *arguments, "--condition", wanted)
    assert (code, out, len(err)) == (2, [], 1)
    start = f"ketevidence: no condition {wanted!r}; the nearest first: "
    assert err[0].startswith(start + first)
    known = load().schema.table("claims").column("condition").categories
    assert sorted(err[0].removeprefix(start).replace("), ", ")\n").split("\n")) == sorted(
        f"{one.value} ({one.label})" for one in known
    )


def test_the_sources_of_a_slide_are_printed_as_its_picture_may_only_count_them(capsys, tmp_path):
    path = str(tmp_path / "card.png")
    code, out, err = run(capsys, "chart", "condition_card", path, "--condition", "PTSD", "--medium", "slide")
    named = gallery.draw(load(), "condition_card", condition="PTSD", medium="slide").sources
    assert (code, out, err) == (0, [path, f"Sources: {'; '.join(named)}"], [])


def test_the_path_alone_stands_on_stdout_and_what_was_left_out_on_stderr(capsys, tmp_path):
    path = str(tmp_path / "a.pptx")
    assert run(capsys, "deck", path, "--condition", "SEP", "--charts", "verdicts,rates") == (
        0, [path], ["ketevidence: left out rates: no row to draw for rates, condition SEP"],
    )  # fmt: skip


@pytest.mark.parametrize("module", ["ketevidence", "ketevidence.cli"])
def test_the_module_is_the_command(module):
    ran = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"ketevidence {ketevidence.__version__}\n"


def test_the_help_says_what_exit_codes_mean(capsys):
    _, out, _ = run(capsys, "--help")
    assert " ".join(" ".join(out).split()).endswith(EXITS)


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


def test_a_cut_pdf_is_answered_in_one_line_also_by_the_library_that_reads_it(tmp_path):
    chart = gallery.draw(load(), "rates", condition="SAD")
    content = chart.save(tmp_path / "whole.pdf").read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(content[: len(content) // 2])
    ran = subprocess.run([sys.executable, "-m", "ketevidence", "trace", cut], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"ketevidence: {cut} is cut short or damaged\n")


def test_a_folder_is_traced_and_what_carries_nothing_is_counted_apart(capsys, tmp_path):
    charts.accrual(tables.accrual(load())).save(tmp_path / "a.png")
    (tmp_path / "logo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(20))
    code, lines, _ = run(capsys, "trace", str(tmp_path))
    assert code == 1
    assert lines[-2:] == [
        "0 of 1 stale; rows were compared, not titles, nor what somebody typed or drew since",
        "1 file could not be asked: damaged, or without provenance",
    ]


def test_a_change_behind_a_long_beginning_is_seen():
    old, new = files._apart("the same words " * 6 + "one ending", "the same words " * 6 + "another ending")
    assert (old, new) == ("…one ending", "…another ending")
    assert files._apart("short", "shorter") == ("short", "shorter")
