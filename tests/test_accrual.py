"""People in randomised trials over the years: each counted once, a null result as visible as a positive one."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from math import hypot

import pandas as pd
import pytest
from invented import contrast, evidence_of, trial
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from test_layout import HOSTILE, LONG, faults, pale

from ketevidence import charts, load, style, tables
from ketevidence.charts.accrual_places import levels

MEDIA = tuple(style.MEDIA)
RESULTS = ("positive", "mixed", "null", "negative")
SHAPES = ["o", "D", "s", "v"]


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def real(evidence):
    return tables.accrual(evidence)


def row(**cells) -> dict[str, object]:
    made = {
        "study_id": "smith", "label": "Smith 2020", "condition": "GAD", "condition_label": "generalised anxiety",
        "year": 2020, "people": 20, "added": 20, "cumulative": 20, "primary_result": "positive",
        "result_label": "positive", "counted": True, "left_out": pd.NA, "same_people_as": pd.NA,
        "citation": "Smith 2020", "solid": True,
    }  # fmt: skip
    return made | cells


def frame(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows).astype(dict.fromkeys(("year", "people", "added", "cumulative"), "Int64"))


def trials_of(count: int, labels=(), conditions: int = 5, years: int = 12) -> pd.DataFrame:
    """Trials of several conditions, some without a number of people, some hollow."""
    rows, sums = [], dict.fromkeys(range(conditions), 0)
    for place in range(count):
        own = place % conditions
        people = None if place % 7 == 3 else 10 + 13 * place % 90 + 40 * own
        sums[own] += people or 0
        label = labels[place % len(labels)] if labels else f"Author {place}"
        rows.append(row(
            study_id=f"t{place}", label=label, condition=f"c{own}", people=people, cumulative=sums[own],
            condition_label=labels[own % len(labels)] if labels else f"condition {own}",
            year=2000 + place // conditions % years if count > conditions else 2000 + place,
            primary_result=RESULTS[place % 4], solid=place % 3 > 0, citation=" ".join(label.split()) or None,
        ))  # fmt: skip
    return frame(*rows)


def marks(chart) -> list[Line2D]:
    """The shapes of the trials, without the signs in them."""
    size = 8 if chart.medium == "page" else 14
    return [line for line in chart.ax.lines if line.get_markersize() > size]


def steps(chart) -> list[Line2D]:
    return [line for line in chart.ax.lines if line.get_drawstyle() == "steps-post"]


def words_of(chart) -> str:
    return " ".join(text.get_text() for text in chart.ax.get_figure().findobj(Text)).replace("\n", " ")


# the table


def test_people_add_up_to_those_of_the_table_of_conditions(real, evidence):
    known = tables.conditions(evidence).set_index("condition").randomised_people
    last = real[real.counted].groupby("condition", observed=True).cumulative.last()
    assert last.to_dict() == {name: known[name] for name in ("SAD", "SEP", "OCD", "PTSD", "anxiety-disorders")}
    assert last["PTSD"] == 41 + 20 + 41 + 30 + 158 + 27 + 33
    assert real[real.counted].groupby("condition", observed=True).added.sum().tolist() == last.tolist()


def test_a_trial_stands_in_the_year_of_its_source_and_trials_in_their_order(real):
    own = real[(real.condition == "PTSD") & real.counted]
    assert own.study_id.tolist() == [
        "feder2014", "pradhan2018", "dadabayev2020", "feder2021", "abdallah2022", "duek2023", "beaglehole2025",
    ]  # fmt: skip
    assert own.year.tolist() == [2014, 2018, 2020, 2021, 2022, 2023, 2025]
    assert own.cumulative.is_monotonic_increasing
    assert own.result_label.tolist()[2] == own.result_label.tolist()[4] == "null"


def test_trials_that_share_people_count_once_and_name_the_one_that_stands_for_them(real):
    rows = real.set_index("study_id")
    assert rows.same_people_as.dropna().to_dict() == {
        "rodriguez2015": "Rodriguez 2013", "nct02624596": "Rodriguez 2022", "pradhan2017": "Pradhan 2018",
        "norbury2021": "Feder 2021", "castle2017": "Glue 2020a", "shadli2018": "Glue 2020a",
    }  # fmt: skip
    assert (rows.people["rodriguez2013"], rows.added["rodriguez2013"]) == (15, 17)
    assert rows[["added", "cumulative"]][~rows.counted].isna().all(axis=None)


def test_rows_that_are_not_counted_say_why(real):
    counts = real.left_out.value_counts().to_dict()
    assert counts == {"registered without a published result": 11, "with people of another study": 6}
    assert (real.left_out.isna() == real.counted).all()


@pytest.mark.parametrize(
    ("flaw", "solid"),
    [("ash", [False, True, True]), ("birch", [False, True, False]), ("cedar", [True, False, True]), ("", [True] * 3)],
)
def test_a_trial_is_not_solid_if_it_or_the_one_with_its_people_is_known_at_second_hand(flaw, solid, folder):
    trials = [trial("ash", overlaps_with="birch"), trial("birch", overlaps_with="ash", n_randomised="60"),
              trial("cedar")]  # fmt: skip
    rows = [row | ({"basis": "secondary"} if row["study_id"] == flaw else {}) for row in trials]
    results = [contrast("ash-lsas")]  # the one with a result stands for both
    made = tables.accrual(evidence_of(folder, rows, results), condition="SAD").set_index("study_id")
    assert made.added.dropna().to_dict() == {"ash": 60, "cedar": 40}
    assert [made.solid[name] for name in ("ash", "cedar", "birch")] == solid


@pytest.mark.parametrize("medium", MEDIA)
def test_the_foot_says_that_no_second_reader_saw_the_people(medium, real):
    assert "a step: new people of a trial (no second reader saw the numbers); not drawn" in words_of(
        charts.accrual(real, medium=medium)
    )


def test_other_people_come_only_when_asked_for(real, evidence):
    assert set(real.condition) == {"SAD", "SP", "SEP", "OCD", "PTSD", "anxiety-disorders"}
    assert set(tables.accrual(evidence, condition="depression").condition) == {"depression"}


def test_a_trial_without_a_year_counts_and_adds_up_to_nothing(evidence):
    rows = tables.accrual(evidence, condition="depression").set_index("study_id")
    assert rows.loc["daly2018", ["counted", "added"]].tolist() == [True, 67]
    assert rows.loc["daly2018", ["year", "cumulative", "left_out"]].isna().all()
    assert rows.cumulative.max() == 1435 - 67


def test_a_retracted_trial_does_not_count(evidence):
    rows = tables.accrual(evidence, condition="depression").set_index("study_id")
    assert not rows.counted["mills2025"]
    assert rows.left_out["mills2025"] == "retracted"


def test_a_registration_of_several_reports_does_not_make_one_trial_of_them(folder):
    trials = [
        trial("ash", n_randomised="30", overlaps_with="reg"),
        trial("elm", n_randomised="20", overlaps_with="reg"),
        trial("reg", primary_result="not-published", overlaps_with="ash; elm"),
        trial("yew", primary_result="not-applicable"),
    ]
    rows = tables.accrual(evidence_of(folder, trials), condition="SAD").set_index("study_id")
    assert rows.cumulative.dropna().to_dict() == {"ash": 30, "elm": 50}
    assert rows.left_out.dropna().to_dict() == {"reg": "with people of another study", "yew": "without a comparison"}
    assert rows.same_people_as.dropna().to_dict() == {"reg": rows.label["ash"]}


def test_an_unknown_condition_is_refused_with_the_nearest_one(evidence):
    with pytest.raises(ValueError) as refusal:
        tables.accrual(evidence, condition=["OCD", "PTDS"])
    assert str(refusal.value) == "no condition 'PTDS'; nearest: 'PTSD'"


# the chart


@pytest.mark.parametrize("medium", MEDIA)
def test_a_mark_of_a_null_result_is_as_large_and_as_strong_as_one_of_a_positive_result(medium):
    rows = [row(primary_result=result, year=2010 + 3 * place, cumulative=20 + 20 * place)
            for place, result in enumerate(RESULTS)]  # fmt: skip
    drawn = marks(charts.accrual(frame(*rows), medium=medium))
    assert [line.get_marker() for line in drawn] == SHAPES
    parts = {"o": 3.14 / 4, "D": 1, "s": 1, "v": 0.5}  # of the square around a shape; a diamond is a turned square
    areas = {line.get_marker(): parts[line.get_marker()] * line.get_markersize() ** 2 for line in drawn}
    assert areas["s"] >= areas["o"]
    assert min(areas.values()) / max(areas.values()) > 0.75
    assert len({line.get_markerfacecolor() for line in drawn}) == 1


@pytest.mark.parametrize("result", [*RESULTS, "unheard-of", None])
@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("solid", [True, False])
def test_the_sign_of_a_mark_can_be_read_on_its_face(result, medium, solid):
    chart = charts.accrual(frame(row(primary_result=result, solid=solid)), medium=medium)
    (mark,) = marks(chart)
    signs = [line.get_markeredgecolor() for line in chart.ax.lines if line.get_marker() in "+_o" and line is not mark]
    signs += [text.get_color() for text in chart.ax.texts if text.get_text() == "?"]
    assert signs
    with style.applied(style.medium(medium)):
        assert all(style.contrast(sign, mark.get_markerfacecolor()) >= 4.5 for sign in signs)
        assert bool(same_color(mark.get_markerfacecolor(), style.paper())) is not solid
        assert style.contrast(mark.get_markeredgecolor(), style.paper()) >= 3


def test_a_line_steps_up_by_the_people_of_each_trial(real):
    chart = charts.accrual(real[real.condition == "OCD"])
    (line,) = steps(chart)
    assert list(line.get_ydata()) == [0, 17, 19, 64, 76, 76]
    assert [mark.get_ydata()[0] for mark in marks(chart)] == [17, 19, 64, 76]
    assert [round(float(mark.get_xdata()[0])) for mark in marks(chart)] == [2013, 2017, 2022, 2025]


@pytest.mark.parametrize("medium", MEDIA)
def test_marks_of_one_year_move_aside_and_stay_in_their_year(medium):
    rows = [row(condition=name, cumulative=20, year=2020) for name in "ab"] + [
        row(condition="a", year=2029, cumulative=40)
    ]
    chart = charts.accrual(frame(*rows), medium=medium)
    assert all(abs(mark.get_xdata()[0] - year) < 0.5 for mark, year in zip(marks(chart), [2020, 2029, 2020]))
    chart.ax.get_figure().draw_without_rendering()
    places = [chart.ax.transData.transform((mark.get_xdata()[0], mark.get_ydata()[0])) for mark in marks(chart)]
    apart = 1.35 * (8 if medium == "page" else 14) * chart.ax.get_figure().dpi / 72
    assert all(hypot(*(one - other)) > apart for one, other in combinations(places, 2))


def test_every_line_is_named_at_its_end_with_people_and_trials(real):
    said = words_of(charts.accrual(real))
    for words in ("social anxiety disorder 18 people, 1 trial", "350 people, 7 trials", "76 people, 4 trials"):
        assert words in said


def test_lines_differ_by_dashes_and_not_by_colour_alone(real):
    looks = [(line.get_color(), line._dash_pattern) for line in steps(charts.accrual(real))]
    assert len({str(dash) for _, dash in looks}) == 4
    assert len(set(map(str, looks))) == len(looks) == 5


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([row()], "Generalised anxiety: 20 people in 1 published randomised trial, 2020"),
        ([row(), row(year=2022, people=1, cumulative=21)],
         "Generalised anxiety: 21 people in 2 published randomised trials, 2020 to 2022"),
        ([row(people=None)], "Generalised anxiety: at least 20 people in 1 published randomised trial, 2020"),
        ([row(), row(year=None, cumulative=None)],
         "Generalised anxiety: at least 20 people in 1 published randomised trial, 2020"),
        ([row(people=None, cumulative=0)],
         "Generalised anxiety: people not given in 1 published randomised trial, 2020"),
        ([row(condition=name, people=people, cumulative=people or 0) for name, people in zip("abc", [50, 9, None])],
         "Generalised anxiety: 50 people in 1 published randomised trial; the 2 other conditions drawn: at least 0 to "
         "9 each"),
        ([row(), row(condition="PD", condition_label="panic", cumulative=1)],
         "Generalised anxiety: 20 people in 1 published randomised trial; panic: 1 person in 1"),
        ([row(cumulative=50), *(row(condition=name, cumulative=n) for n, name in enumerate("abc", 7))],
         "Generalised anxiety: 50 people in 1 published randomised trial; the 3 other conditions drawn: 7 to 9 each"),
    ],
)  # fmt: skip
def test_the_title_says_how_many_people_there_are_in_which_condition(rows, title):
    assert charts.accrual(frame(*rows)).title == title


def test_the_foot_says_what_is_not_drawn_and_why(real, evidence):
    assert (
        "not drawn: 11 registered without a published result (SP 2, OCD 6, PTSD 2, anxiety disorders 1), "
        "6 with people of another study (OCD 2, PTSD 2, anxiety disorders 2). Sources: Abdallah 2022;"
    ) in words_of(charts.accrual(real))
    one = words_of(charts.accrual(tables.accrual(evidence, condition="depression")))
    assert "not drawn: 1 retracted, 1 without a year. Sources:" in one
    assert "not drawn" not in words_of(charts.accrual(frame(row())))


def test_only_results_that_are_drawn_are_explained():
    assert "○ null primary result, perhaps" in words_of(charts.accrual(frame(row(primary_result="null"))))
    assert "? other primary result, perhaps" in words_of(charts.accrual(frame(row(primary_result="odd"))))


def test_the_words_of_the_chart_are_one_sentence_a_trial():
    rows = [row(), row(label="Lee 2021", year=2021, people=None, result_label="null")]
    assert charts.accrual(frame(*rows), title="Trials").alt == (
        "Trials. Smith 2020, generalised anxiety, 2020: positive, 20 people, 20 in all. "
        "Lee 2021, generalised anxiety, 2021: null, people not given, 20 in all."
    )


@pytest.mark.parametrize("medium", MEDIA)
def test_texts_of_the_real_trials_stand_apart_and_can_be_read(medium, real, evidence):
    everybody = tables.accrual(evidence, condition=[*tables.direct_conditions(evidence), "depression", "mixed"])
    for rows in (real, everybody, *(real[real.condition == name] for name in ("OCD", "SAD"))):
        chart = charts.accrual(rows, medium=medium)
        assert faults(chart.ax, medium) == []
        assert pale(chart) == []


@pytest.mark.parametrize("count", [1, 2, 60])
def test_texts_stand_apart_whatever_the_number_of_trials(count):
    chart = charts.accrual(trials_of(count))
    assert faults(chart.ax, "page") == []
    assert len(marks(chart)) == count


@pytest.mark.parametrize("labels", [[LONG], ["W" * 120], list(HOSTILE.values())], ids=["long", "one word", "all"])
def test_hostile_labels_stand_apart(labels):
    count = max(4, len(labels))
    assert faults(charts.accrual(trials_of(count, labels, conditions=count)).ax, "page") == []


@pytest.mark.parametrize("medium", MEDIA[1:])
def test_hostile_labels_stand_apart_on_a_slide(medium):
    labels = [LONG, HOSTILE["Greek"], HOSTILE["Arabic"], HOSTILE["signs"]]
    assert faults(charts.accrual(trials_of(4, labels, conditions=4), medium=medium).ax, medium) == []


@pytest.mark.parametrize(
    ("rows", "medium", "message"),
    [
        (trials_of(12, conditions=12), "slide",
         "a slide holds about 7 of these 12 conditions at a readable size; choose fewer conditions, or the medium "
         "'page'"),
        (frame(*(row(year=2020 + place // 20, cumulative=20) for place in range(40))), "page",
         "a page holds about 0 of these 40 trials at a readable size; choose fewer conditions"),
        (frame(*(row(year=2000 + place % 30, cumulative=20, condition=str(place % 3)) for place in range(90))),
         "slide-dark",
         "a slide-dark holds about 0 of these 90 trials at a readable size; choose fewer conditions, or the medium "
         "'page'"),
    ],
)  # fmt: skip
def test_what_cannot_stand_apart_is_refused(rows, medium, message):
    with pytest.raises(ValueError) as refusal:
        charts.accrual(rows, medium=medium)
    assert str(refusal.value) == message


def test_given_axes_are_drawn_on_and_their_texts_stand_apart(real):
    ax = Figure(figsize=(12, 9), layout="constrained").add_subplot()
    chart = charts.accrual(real, ax=ax)
    assert chart.ax is ax
    assert faults(ax, "page") == []


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
@pytest.mark.parametrize(
    "column", ["label", "condition", "condition_label", "people", "primary_result", "result_label", "citation", "solid",
               "year", "cumulative"]
)  # fmt: skip
def test_missing_values_are_drawn_without_the_word_nan(column, missing):
    chart = charts.accrual(frame(row(), row(**({"year": 2024} | {column: missing}))))
    said = (words_of(chart) + chart.alt).lower()
    assert not re.search(r"\b(nan|none|na|<na>)\b", said), said
    assert faults(chart.ax, "page") == []


def test_a_table_of_trials_without_a_year_is_refused():
    with pytest.raises(ValueError) as refusal:
        charts.accrual(frame(row(year=None, cumulative=None)))
    assert str(refusal.value) == "no row to draw"


@pytest.mark.parametrize("ends", [[10, 10, 10], [0, 95, 100], [50], [99, 99, 1, 1, 1], [100, 0]])
def test_labels_stand_apart_inside_the_axes_in_the_order_of_their_lines(ends):
    middles = levels(ends, [20.0] * len(ends), 100)
    placed = sorted(zip(ends, range(len(ends)), middles))
    assert all(later[2] - sooner[2] >= 20 - 1e-9 for sooner, later in pairwise(placed))
    assert 10 <= min(middles) <= max(middles) <= 90


def test_a_label_with_room_stands_at_the_end_of_its_line():
    assert levels([30.0, 70.0], [20.0, 20.0], 100) == [30, 70]
