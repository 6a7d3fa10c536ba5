"""How long an effect lasted: a bar is as long as its time, and what was not seen to end says so."""

from __future__ import annotations

from itertools import cycle, islice

import pandas as pd
import pytest
from matplotlib.colors import same_color, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from test_layout import HOSTILE, LONG, faults, pale

from ketevidence import charts, load, style, tables

MEDIA = tuple(style.MEDIA)
DAY, WEEK = 24.0, 168.0


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def real(evidence):
    return tables.effect_durations(evidence)


def lasting(**cells) -> pd.DataFrame:
    """One row for charts.durations: an effect of seven days."""
    row = {
        "claim_id": "smith-7d", "kind_label": "length of the effect", "difference": False, "direct": True,
        "drug_class": "ketamine", "label": "Smith 2020, 0.5 mg/kg IV", "figure": "7 days", "hours": WEEK,
        "low_hours": None, "high_hours": None, "censored": "none", "condition": "GAD", "n": 20,
        "shares_people": False, "definition": "until relapse", "remarks": None, "counted": True, "solid": True,
        "citation": "Smith 2020",
    }  # fmt: skip
    floats = dict.fromkeys(("hours", "low_hours", "high_hours"), "Float64")
    return pd.DataFrame([row | cells]).astype(floats | {"n": "Int64"})


def durations_of(count: int, labels=()) -> pd.DataFrame:
    names = islice(cycle(labels or [f"row {row}" for row in range(count)]), count)
    hours = [1 / 60, 20.0, WEEK, 5 * WEEK, 52 * WEEK]
    return pd.concat([
        lasting(
            claim_id=str(row), kind_label=["length of the effect", "time to relapse"][row % 2], label=name,
            difference=row % 7 == 6, direct=row % 3 > 0, drug_class=name if labels else "ketamine",
            hours=None if row % 3 == 2 else hours[row % 5], low_hours=None if row % 2 else hours[row % 5] / 2,
            high_hours=None if row % 4 == 1 else hours[row % 5], censored=["none", "right", "left"][row % 3],
            figure="15.74 days (95% CI 3.57 to 29.91)" if row % 2 else "2 weeks or longer",
            condition="anxiety-disorders" if row % 2 else "GAD", n=None if row % 2 else 12226,
            shares_people=row % 2 == 0, definition=None if row % 4 == 3 else f"until relapse of {name}",
            solid=row % 2 == 0, citation=name.replace("\n", " "),
        )
        for row, name in enumerate(names)
    ])  # fmt: skip


def draw(*frames: pd.DataFrame, **options):
    return charts.durations(pd.concat(frames), **options)


def bars(chart) -> list[tuple[float, float, float]]:
    """Start and end of each bar in hours, and its height beside the highest."""
    found = [patch for patch in chart.ax.patches if isinstance(patch, Rectangle)]
    highest = max((patch.get_height() for patch in found), default=1)
    return [(patch.get_x(), patch.get_x() + patch.get_width(), patch.get_height() / highest) for patch in found]


def marks(chart, marker) -> list[list[float]]:
    return [list(line.get_xdata()) for line in chart.ax.lines if line.get_marker() == marker]


def words_of(chart) -> str:
    return " ".join(text.get_text() for text in chart.ax.get_figure().findobj(Text)).replace("\n", " ")


@pytest.mark.parametrize(
    ("cells", "expected", "arrows"),
    [
        ({}, [(0, WEEK, 1)], []),
        ({"high_hours": WEEK, "censored": "right"}, [(0, WEEK, 1)], [[WEEK]]),
        ({"hours": None, "high_hours": WEEK, "censored": "right"}, [(0, WEEK, 1)], [[WEEK]]),
        ({"hours": None, "low_hours": WEEK}, [(0, WEEK, 1)], [[WEEK]]),
        ({"high_hours": WEEK}, [(0, WEEK, 1)], []),
        ({"hours": None, "high_hours": WEEK}, [(0, WEEK, 1)], []),
        ({"hours": None, "high_hours": WEEK, "censored": "left"}, [(0, WEEK, 1)], []),
        ({"hours": None, "low_hours": DAY, "high_hours": WEEK}, [(0, DAY, 1), (DAY, WEEK, 1 / 3)], []),
        (
            {"hours": None, "low_hours": DAY, "high_hours": WEEK, "censored": "right"},
            [(0, DAY, 1), (DAY, WEEK, 1 / 3)],
            [[WEEK]],
        ),
        ({"hours": 0.0}, [], []),
        ({"hours": None}, [], []),
    ],
)
def test_a_bar_is_as_long_as_its_time(cells, expected, arrows):
    chart = draw(lasting(**cells))
    assert bars(chart) == [pytest.approx(bar, rel=0.01) for bar in expected]
    assert marks(chart, 9) == arrows
    assert chart.ax.get_xscale() == "linear"
    assert chart.ax.get_xlim()[0] == 0


def test_the_longest_one_seen_is_a_thin_bar():
    thick, thin = bars(draw(lasting(), lasting(hours=None, high_hours=WEEK)))
    assert (thin[:2], thin[2]) == (thick[:2], pytest.approx(thick[2] / 3))


def test_bars_have_the_same_height_in_points_whatever_the_number_of_rows():
    def points(chart):
        (patch, *_) = chart.ax.patches
        figure = chart.ax.get_figure()
        return patch.get_window_extent().height / figure.dpi * 72

    few, many = (draw(*[lasting()] * count, medium="slide") for count in (1, 5))
    assert points(few) == pytest.approx(points(many)) == pytest.approx(0.75 * 14)


def test_an_interval_lies_over_the_end_of_its_bar():
    chart = draw(lasting(low_hours=DAY, high_hours=2 * WEEK))
    assert bars(chart) == [(0, WEEK, 1)]
    assert marks(chart, "|") == [[DAY, 2 * WEEK]]


def test_a_difference_is_a_point_with_its_interval_and_no_bar():
    chart = draw(lasting(difference=True, low_hours=DAY, high_hours=2 * WEEK))
    assert bars(chart) == []
    assert marks(chart, "D") == [[WEEK]]
    assert [DAY, 2 * WEEK] in marks(chart, "None")
    assert "Difference between two arms in length of the effect: ketamine" in words_of(chart)
    assert "◆ a difference, no length of time" in words_of(chart)


def test_a_bar_that_would_press_the_others_together_is_cut_and_says_so():
    chart = draw(lasting(), lasting(), lasting(hours=52 * WEEK, figure="1 year"))
    assert [end for _, end, _ in bars(chart)] == [WEEK, WEEK, WEEK]
    assert len([line for line in chart.ax.lines if same_color(line.get_color(), "white")]) == 2
    assert "//: the bar is cut, its length stands at the right" in words_of(chart)
    uncut = draw(lasting(), lasting(hours=3 * WEEK))
    assert [end for _, end, _ in bars(uncut)] == [WEEK, 3 * WEEK]
    assert "//" not in words_of(uncut)


def scale(chart) -> tuple[float, str]:
    return chart.ax.get_xlim()[1], chart.ax.get_xlabel()


def test_parts_of_one_chart_have_one_unit_and_one_axis_and_cut_the_same_bars():
    rows = [lasting(hours=DAY), lasting(hours=4 * WEEK), lasting(hours=6 * WEEK), lasting(hours=52 * WEEK)]
    wide = pd.concat([*rows, lasting(hours=None), lasting(hours=9 * WEEK, counted=False)])
    parts = [draw(*part, axis=wide) for part in (rows[:1], rows[1:3], rows[2:], [lasting(hours=None)])]
    assert [scale(part) for part in parts] == [scale(draw(wide))] * 4 == [(pytest.approx(1.08 * 6 * WEEK), "weeks")] * 4
    assert [end for _, end, _ in bars(parts[2])] == [6 * WEEK, 6 * WEEK]
    assert ["//: the bar is cut" in words_of(part) for part in parts] == [False, False, True, False]
    assert not any("scale differs" in words_of(part).lower() for part in [*parts, draw(wide)])
    assert scale(draw(rows[0])) == (pytest.approx(1.08 * DAY), "hours")


@pytest.mark.parametrize(("hours", "unit"), [(DAY / 2, "hours"), (52 * WEEK, "months")])
def test_a_part_whose_marks_would_all_be_cut_or_too_short_has_its_own_axis_and_says_so(hours, unit):
    usual, odd = [lasting(hours=4 * WEEK)] * 3, lasting(hours=hours)
    wide = pd.concat([*usual, odd])
    part = draw(odd, axis=wide)
    assert (scale(part), bars(part)) == ((pytest.approx(1.08 * hours), unit), [(0, hours, 1)])
    assert "Scale differs from the other parts." in words_of(part)
    assert "//" not in words_of(part)
    assert scale(draw(*usual, axis=wide)) == scale(draw(usual[0], odd, axis=wide)) == scale(draw(wide))


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("direct", [True, False])
def test_a_figure_seen_by_one_reader_is_a_hollow_bar(medium, direct):
    chart = draw(lasting(direct=direct), lasting(direct=direct, solid=False), medium=medium)
    solid, hollow = (patch for patch in chart.ax.patches if isinstance(patch, Rectangle))
    with style.applied(style.medium(medium)):
        paper, colour = style.paper(), style.colour("C0" if direct else "C6")
    assert same_color(solid.get_facecolor(), colour)
    assert (to_hex(hollow.get_facecolor()), to_hex(hollow.get_edgecolor())) == (paper, colour)
    assert "hollow: not seen by a second reader, or known at second hand" in words_of(chart).lower()


def test_kinds_drugs_and_indirect_conditions_stand_in_groups_of_their_own():
    chart = draw(
        lasting(), lasting(kind_label="time to relapse"), lasting(direct=False, condition="depression"),
        lasting(drug_class="SNRI"), lasting(),
    )  # fmt: skip
    headings = [text.get_text() for text in chart.ax.texts if text.get_weight() == "bold"]
    assert headings == [
        "Length of the effect: ketamine", "Time to relapse: ketamine",
        "Length of the effect: ketamine, other conditions (indirect)", "Length of the effect: SNRI",
    ]  # fmt: skip


def test_time_condition_people_and_what_was_timed_stand_at_the_mark():
    chart = draw(lasting(shares_people=True, remarks="Two of three.", definition="until relapse"), lasting(n=None))
    written = [text.get_text() for text in chart.ax.texts]
    for words in ("Smith 2020, 0.5 mg/kg IV", "7 days", "GAD", "20 *", "↳ until relapse. Two of three", "not given"):
        assert words in written


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([{}], "GAD: length of the effect 7 days in one row, 20 people"),
        (
            [{}, {"hours": DAY, "figure": "1 day (95% CI 1 to 2)"}, {"kind_label": "time to relapse"}],
            "GAD: length of the effect, shortest 1 day, longest 7 days; time to relapse 7 days in one row, 20 people",
        ),
        (
            [{"direct": False, "condition": "depression"}],
            "Depression (indirect): length of the effect 7 days in one row, 20 people",
        ),
        ([{"difference": True}], "GAD: length of the effect differs by 7 days between two arms"),
        (
            [{"label": "Smith 2020, one IV dose with trauma therapy"}],
            "GAD: length of the effect 7 days with trauma therapy in one row, 20 people",
        ),
        (
            [{"label": "Smith 2020, one dose with trauma therapy"}, {"hours": DAY, "figure": "1 day"}],
            "GAD: length of the effect, shortest 1 day, longest 7 days with trauma therapy",
        ),
        (
            [{"drug_class": "SNRI"}, {"censored": "right", "high_hours": WEEK}],
            "GAD, length of the effect: in 1 of 2 rows observation ended before the effect did",
        ),
        (
            [{"censored": "right", "high_hours": WEEK}, {"condition": "OCD"}, {"condition": "OCD", "difference": True}],
            "Length of the effect: in 1 of 2 rows observation ended before the effect did",
        ),
        (
            [{}, {"condition": "OCD", "kind_label": "time to relapse"}],
            "How long an effect lasted: 2 rows in GAD and OCD",
        ),
        (
            [{}, {"hours": DAY, "figure": "1 day"}, {"condition": "depression", "direct": False, "n": None}],
            "Length of the effect: GAD, shortest 1 day, longest 7 days; depression (indirect) 7 days in one row",
        ),
        ([{}, {"condition": "OCD", "drug_class": "SNRI"}], "Length of the effect: 2 rows in GAD and OCD"),
    ],
)
def test_the_title_says_what_holds_for_every_row(rows, title):
    assert draw(*(lasting(**cells) for cells in rows)).title == title


def test_the_foot_explains_only_the_signs_that_are_drawn():
    assert "Sources: Smith 2020." in words_of(draw(lasting()))
    assert not any(word in words_of(draw(lasting())) for word in ("▶", "thin bar", "◆", "//", "*", "ndirect", "ollow"))
    every = draw(
        lasting(censored="right", high_hours=WEEK), lasting(hours=None, high_hours=DAY), lasting(difference=True),
        lasting(shares_people=True), lasting(direct=False), lasting(solid=False), lasting(counted=False),
    )  # fmt: skip
    assert (
        "▶ observation ended: the effect may have lasted longer; thin bar: up to; ◆ a difference, no length of time; "
        "* shares people with another row; indirect: conditions that the evidence is not about; "
        "hollow: not seen by a second reader, or known at second hand; "
        "not drawn: 1 row of people who are in another row or whose source is retracted. Sources: Smith 2020."
    ) in words_of(every)


def test_the_words_of_the_chart_are_one_sentence_a_row():
    table = pd.concat([
        lasting(), lasting(label="Lee 2021, pooled", n=1, definition=None, difference=True, remarks="Two trials."),
    ])  # fmt: skip
    assert charts.durations(table, title="How long").alt == (
        "How long. Smith 2020, 0.5 mg/kg IV (GAD, 20 people): 7 days, length of the effect: until relapse. "
        "Lee 2021, pooled (GAD, 1 person): 7 days, difference in length of the effect: Two trials."
    )


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_what_is_missing_is_drawn_without_the_word_nan(missing):
    for column in lasting().columns.drop(["claim_id", "counted"]):
        one = lasting().astype(object)
        one[column] = missing
        chart = draw(lasting(), one)
        said = f" {words_of(chart)} {chart.alt} ".lower().replace(",", " ").replace(":", " ")
        assert not any(f" {word} " in said for word in ("nan", "none", "<na>")), said
        assert faults(chart.ax, "page") == []


# the real table


def test_what_the_table_adds_to_a_claim_is_what_the_claim_says(real):
    rows = real.set_index("claim_id")
    assert rows.index[rows.difference].tolist() == ["sicignano2024-duration-relapse-delay"]
    assert set(rows.condition[~rows.direct]) == {"any", "depression"}
    assert rows.figure["cadth2024-duration-trd-28d"] == "up to 28 days"
    assert rows.label["feder2021-duration-relapse-27-5d"] == "Feder 2021, 0.5 mg/kg IV, six infusions"
    assert "taylor2018-duration-followup-14d" not in rows.index  # its notes say that it is no duration of response
    assert pd.isna(rows.remarks["albott2018-duration-depression-20d"]), "it only names the claim on the same people"


def test_an_indirect_row_does_not_stand_in_for_a_direct_one(real):
    rows = real.set_index("claim_id")
    same = ["albott2018-duration-ptsd-41d", "albott2018-duration-depression-20d"]
    assert rows.counted[same].all()
    assert rows.shares_people[same].all()
    assert rows.same_people_as[same].isna().all()


def test_the_real_table_is_drawn_whole_but_for_the_retracted_source(real):
    chart = charts.durations(real)
    assert len(chart.table) == len(real) - 1
    assert "mills2025-not-kept" not in chart.table.claim_id.tolist()
    assert chart.title == "How long an effect lasted: in 5 of 14 rows observation ended before the effect did"
    assert "not drawn: 1 row of people who are in another row or whose source is retracted" in words_of(chart)


def test_texts_of_the_real_table_stand_apart_on_a_page(real):
    chart = charts.durations(real)
    assert (faults(chart.ax, "page"), pale(chart)) == ([], [])


@pytest.mark.parametrize("condition", ["OCD", "PTSD", "depression", "anxiety-disorders"])
@pytest.mark.parametrize("medium", MEDIA)
def test_texts_of_one_condition_stand_apart(medium, condition, evidence):
    chart = charts.durations(tables.effect_durations(evidence, condition=condition), medium=medium)
    assert (faults(chart.ax, medium), pale(chart)) == ([], [])


# hostile tables


@pytest.mark.parametrize("labels", [[LONG], ["W" * 120], list(HOSTILE.values())], ids=["long", "one word", "all"])
def test_texts_of_hostile_labels_stand_apart(labels):
    chart = charts.durations(durations_of(max(4, len(labels)), labels))
    assert (faults(chart.ax, "page"), pale(chart)) == ([], [])


@pytest.mark.parametrize("count", [1, 60])
def test_texts_stand_apart_whatever_the_number_of_rows(count):
    assert faults(charts.durations(durations_of(count)).ax, "page") == []


@pytest.mark.parametrize("medium", ["slide", "slide-dark"])
@pytest.mark.parametrize("labels", [[LONG], ["κεταμίνη " * 5]], ids=["long", "Greek"])
def test_texts_of_a_slide_stand_apart(medium, labels):
    chart = charts.durations(durations_of(2, labels), medium=medium)
    assert (faults(chart.ax, medium), pale(chart)) == ([], [])


@pytest.mark.parametrize("column", ["figure", "condition"])
@pytest.mark.parametrize("text", [LONG, "W" * 120, HOSTILE["signs"], HOSTILE["Arabic"]])
def test_hostile_words_at_the_right_stand_apart(column, text):
    table = durations_of(4)
    table[column] = text
    assert faults(charts.durations(table).ax, "page") == []


def test_more_rows_than_a_slide_holds_are_refused():
    with pytest.raises(ValueError) as refusal:
        charts.durations(durations_of(60), medium="slide")
    assert str(refusal.value) == (
        "a slide holds about 10 of these 113 rows at a readable size; choose fewer rows, or the medium 'page'"
    )


def test_texts_in_given_axes_stand_apart():
    ax = Figure(figsize=(12, 9), layout="constrained").add_subplot()
    assert charts.durations(durations_of(6), ax=ax).ax is ax
    assert faults(ax, "page") == []


def test_another_table_is_refused(evidence):
    with pytest.raises(ValueError) as refusal:
        charts.durations(tables.onset_times(evidence))
    assert str(refusal.value).startswith(
        "the table has no column 'difference'; this chart needs kind_label, difference"
    )
