"""A chart draws the rows it is given, tells their sources in words, and has the same bytes each time."""

from __future__ import annotations

import hashlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from test_forest import bias, forest_of, funnel_of
from test_grids import bias_of

from ketevidence import Evidence, charts, load, tables
from ketevidence.chart import Chart, sources_line

SHEETS = {"certainty"}  # no axes; tests/test_grids.py is about it
NAMES = tuple(name for name in charts.__all__ if name not in SHEETS)
AS_PDF = {"forest of all", "gosh", "rates"}  # fonts of a PDF file take half a second
WHOLE = {"funnel", "gosh", "leave_one_out"}  # make no sense of a part of their rows
SUMMARIES = {"gosh"}  # too many rows for a sentence each
PROGRAM = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_charts import digests, drawings, frames_of, load
drawn = drawings(frames_of(load()))
assert "matplotlib.pyplot" not in sys.modules
print(*digests(drawn).values())
"""


def frames_of(evidence: Evidence) -> dict[str, pd.DataFrame]:
    """A few rows for each chart; made up where the tables have none, or too few."""
    rates = tables.pooled_rates(evidence, condition="SAD", kind="non_response")
    pool = rates[rates.group.str.contains("placebo")]
    return {
        "accrual": tables.accrual(evidence, condition="PTSD"),
        "condition_card": tables.condition_card(evidence, "SAD"),
        "durations": tables.effect_durations(evidence, condition="PTSD"),
        "evidence_map": tables.evidence_map(evidence, condition="OCD"),
        "forest": tables.pooled(evidence, condition="PTSD"),
        "funnel": funnel_of(12),
        "gosh": tables.gosh(pool),
        "leave_one_out": tables.leave_one_out(pool),
        "rates": tables.resistance_rates(evidence, condition="SAD"),
        "risk_of_bias": bias_of(3),
        "safety": tables.safety_rates(evidence).iloc[::12],
        "timeline": tables.onset_times(evidence, condition="GAD"),
        "trial_facts": tables.trial_facts(evidence, condition="OCD"),
        "verdicts": tables.statements(evidence).iloc[:5],
    }


def drawings(frames: dict[str, pd.DataFrame]) -> dict[str, Chart]:
    """A chart of each kind, and a forest of rows of every kind."""
    made = forest_of(12)
    every = {name: getattr(charts, name)(frames[name]) for name in NAMES}
    return every | {"forest of all": charts.forest(made, risk_of_bias=bias(made.study_id.tolist()[:3]))}


def digests(drawn: dict[str, Chart]) -> dict[tuple[str, str], str]:
    return {
        (name, format): hashlib.sha256(chart.bytes(format, dpi=50)).hexdigest()
        for name, chart in drawn.items()
        for format in ("png", "svg", *(["pdf"] if name in AS_PDF else []))
    }


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def frames(evidence):
    return frames_of(evidence)


@pytest.fixture(scope="module")
def drawn(frames):
    return drawings(frames)


def rate(**cells) -> pd.DataFrame:
    """One row for charts.rates."""
    row = {
        "kind_label": "no response", "design": "trial arm", "condition": "GAD", "arm": "drug",
        "events_basis": "reported", "label": "Smith 2020, ketamine",
        "proportion": 0.25, "low": 0.1, "high": 0.5, "interval": "Wilson 95%", "n": 20, "counted": True,
        "solid": True, "citation": "Smith 2020",
    }  # fmt: skip
    return pd.DataFrame([row | cells])


def time(**cells) -> pd.DataFrame:
    """One row for charts.timeline."""
    row = {
        "drug_class": "ketamine", "kind": "first_separation", "kind_label": "first difference", "controlled": True,
        "label": "Smith 2020, ketamine", "figure": "2 hours", "hours": 2.0, "low_hours": None, "high_hours": None,
        "censored": "none", "condition": "GAD", "effect": True, "shares_people": False,
        "counted": True, "solid": True, "citation": "Smith 2020",
    }  # fmt: skip
    return pd.DataFrame([row | cells]).astype(dict.fromkeys(("hours", "low_hours", "high_hours"), "Float64"))


def marks(chart) -> list[Line2D]:
    return [line for line in chart.ax.lines if line.get_marker() not in ("", "None", None)]


def intervals(chart) -> list[Line2D]:
    return [line for line in chart.ax.lines if line not in marks(chart)]


@pytest.mark.parametrize("name", charts.__all__)
def test_every_chart_but_the_sheets_gives_a_chart(name):
    assert inspect.signature(getattr(charts, name)).return_annotation == ("Sheet" if name in SHEETS else "Chart")


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_has_at_most_six_parameters(name):
    parameters = inspect.signature(getattr(charts, name)).parameters
    assert len(parameters) <= 6
    assert {"ax", "medium", "title"} < set(parameters)


@pytest.mark.parametrize("name", NAMES)
def test_given_axes_are_drawn_on(name, frames):
    ax = Figure(figsize=(12, 12)).add_subplot()
    assert getattr(charts, name)(frames[name], ax=ax).ax is ax


@pytest.mark.parametrize("medium", ["page", "slide"])
@pytest.mark.parametrize("name", NAMES)
def test_drawing_leaves_the_settings_of_matplotlib_untouched(name, medium, frames):
    before = dict(mpl.rcParams)
    getattr(charts, name)(frames[name] if name in WHOLE else frames[name].iloc[:3], medium=medium)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", NAMES)
def test_the_same_rows_give_the_same_bytes(name, frames, drawn):
    again = getattr(charts, name)(frames[name])
    assert again.bytes("svg") == drawn[name].bytes("svg")
    assert again.digest == drawn[name].digest


def test_another_process_gives_the_same_bytes_and_needs_no_pyplot(drawn):
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    output = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env=clean | {"PYTHONHASHSEED": "7"},
    ).stdout
    here = digests(drawn)
    assert dict(zip(here, output.split(), strict=True)) == here


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_carries_rows_sources_words_and_origin(name, frames, drawn):
    chart, table = drawn[name], frames[name]
    rows = table[table.counted] if "counted" in table else table
    assert chart.name == name
    assert chart.table.iloc[:, 0].tolist() == rows.iloc[:, 0].tolist()
    assert chart.sources == tuple(sorted(set(rows.citation.str.split("; ").explode())))
    assert chart.origin == table.attrs["evidence"] != {}
    assert chart.alt.startswith(f"{chart.title}.")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SUMMARIES])
def test_the_words_of_a_chart_name_every_row(name, drawn):
    key = {"verdicts": "statement_id", "trial_facts": "citation", "risk_of_bias": "citation"}.get(name, "label")
    for label in drawn[name].table[key]:
        assert label in drawn[name].alt


@pytest.mark.parametrize("name", NAMES)
def test_the_line_of_a_chart_names_rows_digest_evidence_and_sources(name, drawn):
    chart = drawn[name]
    shown = ", ".join(chart.sources[:3]) + (f" and {len(chart.sources) - 3} more" if len(chart.sources) > 3 else "")
    expected = (
        f"Chart {name}, {len(chart.table)} rows, digest {chart.digest}, evidence {chart.origin['version']}, "
        f"sources {shown}"
    )
    assert repr(chart) == expected


def test_the_words_of_a_chart_are_one_sentence_a_row():
    table = pd.concat([rate(), rate(label="Lee 2021, placebo", arm="placebo", low=None, high=None, proportion=0.5)])
    assert charts.rates(table).alt == (
        "In randomised trials, GAD: no response in 25% on usual treatment and 50% on placebo. "
        "Smith 2020, ketamine: 25%, 95% CI 10 to 50%. Lee 2021, placebo: 50%."
    )
    assert charts.timeline(time(), title="When").alt == ("When. Smith 2020, ketamine (GAD): 2 hours, first difference.")


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([{}, {"arm": "placebo", "proportion": 0.5, "condition": "OCD", "citation": "Lee 2021"}],
         "In randomised trials, 2 conditions: no response in 25% on usual treatment and 50% on placebo"),
        ([{"proportion": None}], "In randomised trials, GAD: no response: no figure"),
        ([{"design": "pooled"}, {"design": "pooled", "proportion": 0.4}],
         "GAD, no arm of a randomised trial: no response in 25 to 40%"),
        ([{"design": "statement", "proportion": None, "low": 0.2, "high": 0.3, "condition": "anxiety"}],
         "Anxiety, no arm of a randomised trial: no response in 20 to 30%"),
        ([{"design": "statement", "proportion": None, "low": None, "high": None}],
         "GAD, no arm of a randomised trial: no response in a share not given"),
        ([{"design": "pooled"}, {"design": "pooled", "condition": "OCD", "kind_label": "no remission"}],
         "2 conditions, no arm of a randomised trial: no response in 25%; no remission in 25%"),
    ],
)  # fmt: skip
def test_the_title_of_rates_says_the_shares_and_where_they_come_from(rows, title):
    assert charts.rates(pd.concat([rate(**cells) for cells in rows])).title == title


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([{}], "First difference, GAD: 2 hours (ketamine)"),
        ([{}, {"hours": 1.0, "figure": "1 hour", "drug_class": "SSRI"}],
         "First difference, GAD: 1 hour (SSRI) and 2 hours (ketamine)"),
        ([{"hours": None, "low_hours": 1, "high_hours": 9, "figure": "1 to 9 hours"}, {},
          {"hours": None, "high_hours": 8, "figure": "8 hours or sooner", "condition": "OCD"},
          {"effect": False, "hours": None, "figure": "no early effect", "controlled": False}],
         "First difference: earliest 2 hours (ketamine, GAD), latest 8 hours or sooner (ketamine, OCD); "
         "1 row no early effect"),
        ([{"hours": None, "figure": "an effect, no time given"}], "First difference, GAD"),
        ([{"effect": False, "controlled": False, "kind_label": "none"}] * 2, "No early effect, GAD: 2 rows"),
        ([{}, {"kind": "response", "kind_label": "response", "controlled": False}],
         "When an effect was first seen, GAD: 1 of 2 rows a difference from a control"),
    ],
)  # fmt: skip
def test_the_title_of_a_timeline_says_the_first_and_the_last_time(rows, title):
    assert charts.timeline(pd.concat([time(**cells) for cells in rows])).title == title


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        (["partly supported"], "1 statement: partly supported"),
        (["overstated"] * 2, "2 statements: both overstated"),
        (["overstated"] * 3, "3 statements: all overstated"),
        (["supported", "overstated", "overstated"], "3 statements: 1 supported and 2 overstated"),
    ],
)
def test_the_title_of_the_board_says_one_verdict_plainly(labels, title, evidence):
    board = tables.statements(evidence).head(len(labels)).assign(verdict=range(len(labels)), verdict_label=labels)
    assert charts.verdicts(board).title == title


@pytest.mark.parametrize("name", ["timeline", "verdicts"])
def test_parts_of_one_chart_have_one_axis(name, evidence):
    times = pd.concat([time(), time(hours=500.0), time(hours=9000.0, counted=False)])
    board = tables.statements(evidence).head(2).assign(supports=[1, 40], contradicts=[30, 0])
    draw, wide = (charts.timeline, times) if name == "timeline" else (charts.verdicts, board)
    axes = [draw(wide.iloc[[row]], axis=wide).ax.get_xlim() for row in (0, 1)]
    assert axes == [draw(wide).ax.get_xlim()] * 2
    assert all(draw(wide.iloc[[row]]).ax.get_xlim() != axes[row] for row in (0, 1))


@pytest.mark.parametrize("change", [{"proportion": 0.26}, {"n": 21}, {"label": "Smith 2020"}, {"solid": False}])
def test_the_digest_changes_when_a_row_changes(change):
    assert charts.rates(rate(), title="x").digest != charts.rates(rate(**change), title="x").digest
    assert charts.rates(rate(), title="x").digest == charts.rates(rate(), title="x").digest


def test_rows_of_unknown_origin_are_said_to_be():
    chart = charts.rates(rate())
    assert chart.origin == {}
    assert repr(chart) == f"Chart rates, 1 row, digest {chart.digest}, rows of unknown origin, sources Smith 2020"


@pytest.mark.parametrize("name", NAMES)
def test_a_table_without_rows_is_refused(name, frames):
    with pytest.raises(ValueError) as refusal:
        getattr(charts, name)(frames[name].iloc[:0])
    assert str(refusal.value) == "no row to draw"


@pytest.mark.parametrize("name", ["rates", "timeline"])
def test_rows_that_are_not_counted_are_not_drawn(name):
    one = rate() if name == "rates" else time()
    other = one.assign(counted=False, label="Lee 2021", citation="Lee 2021")
    chart = getattr(charts, name)(pd.concat([one, other]))
    assert (chart.table.label.tolist(), chart.sources) == (["Smith 2020, ketamine"], ("Smith 2020",))
    words = " ".join(text.get_text() for text in chart.ax.get_figure().findobj(Text)).replace("\n", " ")
    assert "not drawn: 1 row of people who are in another row or whose source is retracted" in words


@pytest.mark.parametrize(("solid", "face"), [(True, "C0"), (False, "white")])
@pytest.mark.parametrize(("draw", "row"), [(charts.rates, rate), (charts.timeline, time)], ids=["rates", "timeline"])
def test_marks_of_figures_seen_by_one_reader_are_hollow(draw, row, solid, face):
    chart = draw(row(solid=solid))
    (mark,) = marks(chart)
    expected = mark.get_color() if solid else face
    assert same_color(mark.get_markerfacecolor(), expected)
    assert not same_color(mark.get_color(), "white")


@pytest.mark.parametrize(
    ("cells", "ends"),
    [
        ({}, [[0.1, 0.5]]),
        ({"low": None, "high": None, "interval": None}, []),
        ({"low": None, "proportion": None, "interval": "range"}, [[0, 0.5]]),
    ],
)
def test_an_interval_is_drawn_only_where_there_is_one(cells, ends):
    chart = charts.rates(rate(**cells))
    assert [list(line.get_xdata()) for line in intervals(chart)] == ends
    assert len(marks(chart)) == ("proportion" not in cells)


@pytest.mark.parametrize(("interval", "dashed"), [("Wilson 95%", False), ("printed", True), ("range", True)])
def test_intervals_that_we_did_not_compute_are_dashed(interval, dashed):
    (line,) = intervals(charts.rates(rate(interval=interval)))
    assert line.is_dashed() is dashed


@pytest.mark.parametrize(
    "cells",
    [{"hours": None}, {"hours": 0.0}, {"hours": None, "high_hours": 4.0}, {"hours": None, "low_hours": 4.0}],
    ids=["no time", "at once", "high", "low"],
)
@pytest.mark.parametrize("censored", ["none", "left", "right"])
def test_times_that_are_missing_or_zero_are_drawn_without_a_warning(cells, censored):
    charts.timeline(time(**cells, censored=censored)).bytes("png", dpi=50)


def test_the_statement_of_the_article_is_a_line_in_the_chart(evidence):
    stated = tables.statements(evidence, topic="treatment_resistance")
    chart = charts.rates(rate(), stated=stated)
    assert list(intervals(chart)[-1].get_xdata()) == [0.5, 0.5]
    words = [text.get_text() for text in chart.ax.texts]
    assert f"{stated.citation.iloc[0]}: 50%" in words


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_saving_makes_the_folder_and_replaces_the_file(tmp_path, ending):
    target = tmp_path / "new" / "folder" / f"chart.{ending.upper()}"
    charts.rates(rate(n=1)).save(target)
    chart = charts.rates(rate())
    assert chart.save(target) == target
    assert target.read_bytes() == chart.bytes(ending)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "chart.png"
    target.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ValueError) as refusal:
        charts.rates(rate()).save(target)
    assert str(refusal.value) == f"{target} cannot be written: no space left on device"
    assert [path.name for path in tmp_path.iterdir()] == ["chart.png"]
    assert target.read_bytes() == b"old"


def test_a_folder_that_is_a_file_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    target = tmp_path / "file" / "chart.png"
    with pytest.raises(ValueError) as refusal:
        charts.rates(rate()).save(target)
    assert str(refusal.value) in (
        f"{target} cannot be written: file exists",
        f"{target} cannot be written: not a directory",
    )


@pytest.mark.parametrize(
    ("file", "message"),
    [("x.jpg", "no format 'jpg'; known: png, svg, pdf"), ("x", "no format ''; known: png, svg, pdf")],
)
def test_another_format_is_refused(tmp_path, file, message):
    with pytest.raises(ValueError) as refusal:
        charts.rates(rate()).save(tmp_path / file)
    assert str(refusal.value) == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("citations", "medium", "line"),
    [
        ([], "page", "Sources: none."),
        (["A 2020", "B n.d."], "page", "Sources: A 2020; B n.d."),
        ([f"A {year}" for year in range(9)], "slide", "Sources: 9, listed with the picture."),
    ],
)
def test_the_last_line_names_the_sources(citations, medium, line):
    assert sources_line(citations, medium) == line


def test_a_time_that_is_drawn_hollow_is_called_so_where_the_title_names_it():
    rows = pd.concat(
        [time(hours=hours, figure=f"{hours} hours", claim_id=str(hours), solid=hours > 2) for hours in (2, 4, 8)]
    )
    assert charts.timeline(rows).title.endswith("earliest 2 hours (ketamine, hollow), latest 8 hours (ketamine)")
