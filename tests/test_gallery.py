"""Every chart of the evidence by name, cut into as many slides as it takes."""

from __future__ import annotations

import pandas as pd
import pytest
from test_layout import faults

from ketevidence import gallery, layout, load, style
from ketevidence.chart import Chart
from ketevidence.cutting import Plan, cut


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def slides(evidence):
    return {name: gallery.parts(evidence, name, medium="slide") for name in gallery.NAMES}


@pytest.mark.parametrize("name", gallery.NAMES)
def test_every_slide_of_the_real_tables_can_be_read(name, slides):
    for chart in slides[name]:
        assert (chart.title, faults(chart.ax, "slide")) == (chart.title, [])
        assert chart.ax.get_figure().get_size_inches().tolist() == [12.8, 7.2]


def test_only_charts_that_the_tables_cannot_fill_are_missing(slides):
    assert {name for name, charts in slides.items() if not charts} == {"funnel", "risk_of_bias"}


@pytest.mark.parametrize("name", [name for name in gallery.NAMES if name not in ("forest", "condition_card")])
def test_the_slides_of_a_chart_hold_every_row_of_its_page(name, slides, evidence):
    pages = gallery.parts(evidence, name)
    on_pages, on_slides = (
        sorted(str(row) for chart in drawn for row in chart.table[chart.table.attrs["key"]])
        for drawn in (pages, slides[name])
    )
    assert on_pages == on_slides


def test_a_chart_that_goes_on_says_so_under_the_title_of_the_whole(evidence):
    titles = [chart.title for chart in gallery.parts(evidence, "verdicts", medium="slide")]
    whole = gallery.draw(evidence, "verdicts").title
    assert len(titles) > 1
    assert titles == [f"{whole} ({number}\xa0of\xa0{len(titles)})" for number in range(1, len(titles) + 1)]


@pytest.mark.parametrize(
    ("name", "outcome"), [("published", "symptoms"), ("published", "points"), ("forest", "response")]
)
def test_parts_of_one_chart_have_one_axis(name, outcome, evidence):
    for medium in ("page", "slide"):
        parts = [chart for chart in gallery.parts(evidence, name, outcome=outcome, medium=medium)
                 if (chart.table.row != "listed").any()]  # fmt: skip
        assert len({chart.ax.get_xlim() for chart in parts}) == 1


@pytest.mark.parametrize("name", ["verdicts", "safety", "durations", "timeline"])
def test_parts_of_one_chart_have_the_limits_and_the_unit_of_the_whole(name, slides, evidence):
    (plan,) = gallery.plans(evidence, name)
    whole = plan.draw(plan.rows).ax
    for parts in (gallery.parts(evidence, name), slides[name]):
        scaled = [chart.ax for chart in parts if chart.ax.axison]
        assert len(scaled) > 1
        assert {(ax.get_xlim(), ax.get_xlabel()) for ax in scaled} == {(whole.get_xlim(), whole.get_xlabel())}


def drawn(rows: pd.DataFrame, medium: str = "page", title: str = "") -> Chart:
    """A chart that holds two rows on a slide."""
    if medium != "page" and len(rows) > 2:
        raise layout.TooManyRows("too many")
    return Chart("x", None, rows, (), "", title or f"{len(rows)} rows", medium)


def test_rows_are_cut_by_what_must_not_be_mixed_and_then_equally():
    rows = pd.DataFrame({"group": list("aabbbbb"), "row": range(7)})
    parts = list(cut(Plan(rows, drawn, ("group",)), "slide"))
    assert [(part.title, part.table.row.tolist()) for part in parts] == [
        ("2 rows", [0, 1]), ("5 rows (1\xa0of\xa03)", [2, 3]), ("5 rows (2\xa0of\xa03)", [4]),
        ("5 rows (3\xa0of\xa03)", [5, 6]),
    ]  # fmt: skip


def test_equal_parts_carry_the_other_rows_that_their_title_tells_of():
    rows = pd.DataFrame({"row": range(4), "counted": [True, True, True, False]})
    parts = list(cut(Plan(rows, drawn), "slide"))
    assert [[part.table.row.tolist(), part.beside[0].row.tolist()] for part in parts] == [
        [[0, 1], [2]],
        [[2, 3], [0, 1]],
    ]
    assert [part.beside for part in cut(Plan(rows[:2], drawn), "slide")] == [()]


def test_rows_that_do_not_count_stay_with_the_last_part_and_make_no_part_of_their_own():
    rows = pd.DataFrame({"group": list("aaab"), "row": range(4), "counted": [True, True, False, False]})
    parts = list(cut(Plan(rows, drawn, ("group",)), "slide"))
    assert [part.table.row.tolist() for part in parts] == [[0], [1, 2]]


def test_on_slides_conditions_without_a_figure_stand_together_and_the_title_names_them(slides):
    silent = [chart for chart in slides["forest"] if "no trial could be pooled" in chart.title]
    assert [chart.title for chart in silent] == [
        "Symptoms: no trial could be pooled in SAD, SEP, OCD, anxiety disorders and SP",
        "No response, usual treatment: no trial could be pooled in PD and OCD",
        "No remission, usual treatment: no trial could be pooled in GAD and SAD",
    ]


def test_shares_of_one_kind_stand_in_one_forest_so_that_its_title_is_true_of_every_part(slides):
    shares = [chart for chart in slides["forest"] if (chart.table.measure == "proportion").any()]
    for chart in shares:
        kinds = chart.table.group[chart.table.row != "listed"].str.partition(",")[0].unique()
        assert [chart.title.partition(",")[0].lower()] == kinds.tolist()


@pytest.mark.parametrize("name", ["rates", "forest", "safety", "timeline"])
def test_on_paper_a_long_chart_is_cut_into_sheets_that_are_full(name, evidence):
    whole = max(gallery.plans(evidence, name), key=lambda plan: len(plan.rows))
    assert _height(whole.draw(whole.rows)) > style.MEDIA["page"].sheet
    sheets = list(cut(whole, "page"))
    assert all(_height(sheet) <= style.MEDIA["page"].sheet for sheet in sheets)
    assert sum(len(sheet.table) for sheet in sheets) == len(whole.draw(whole.rows).table)


def _height(chart: Chart) -> float:
    return chart.ax.get_figure(root=True).get_figheight()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("rate", {}, "no chart 'rate'; nearest: 'rates'"),
        ("rates", {"outcome": "response"}, "chart 'rates' has no --outcome"),
        ("rates", {"condition": "GDA"}, "no condition 'GDA'; nearest: 'GAD'"),
        ("rates", {"medium": "slides"}, "no medium 'slides'; nearest: 'slide'"),
        ("condition_card", {}, "chart 'condition_card' needs --condition"),
    ],
)
def test_wrong_words_are_refused(name, options, message, evidence):
    with pytest.raises(ValueError) as refusal:
        gallery.draw(evidence, name, **options)
    assert str(refusal.value) == message
