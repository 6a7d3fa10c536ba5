"""The map of the evidence: every condition has a cell in every group, and an empty cell is seen."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from invented import evidence_of, trial
from matplotlib.collections import PathCollection
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from test_layout import HOSTILE, LONG, faults, pale

from ketevidence import charts, load, style, tables

MEDIA = tuple(style.MEDIA)
RESULTS = ("positive", "mixed", "null", "negative")
GROUPS = {
    "randomised": "randomised, published",
    "not-randomised": "not randomised, published",
    "unpublished": "registered, not published",
}
SHAPES = {"positive": "o", "mixed": "D", "null": "s", "negative": "v"}


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def real(evidence):
    return tables.evidence_map(evidence)


def cell(**cells) -> dict[str, object]:
    """A cell with one trial of 20 people."""
    row = {
        "cell_id": "GAD: randomised", "condition": "GAD", "label": "generalised anxiety", "group": "randomised",
        "group_label": GROUPS["randomised"], "studies": 1, "people": 20, "people_known": 1, "positive": 1, "mixed": 0,
        "null": 0, "negative": 0, "no_comparison": 0, "solid": True, "shared_with": pd.NA, "citation": "Smith 2020",
    }  # fmt: skip
    return row | cells


def empty(**cells) -> dict[str, object]:
    return cell(studies=0, people=0, people_known=0, positive=0, citation=pd.NA) | cells


def frame(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows).astype({"people": "Int64"})


def map_of(count: int, labels=(), groups=GROUPS) -> pd.DataFrame:
    """Conditions with every kind of cell: empty, full, with an unknown number of people, hollow."""
    rows = []
    for row in range(count):
        label = labels[row % len(labels)] if labels else f"condition {row}"
        for place, (group, name) in enumerate(groups.items()):
            kind, silent = (row + place) % 4, group == "unpublished"
            full = {"studies": 40, "people": 12226, "people_known": 39 + row % 2, "positive": 12, "mixed": 3,
                    "null": 14, "negative": 1, "no_comparison": 10}  # fmt: skip
            unknown = {"studies": 2, "people": None, "people_known": 0}
            one = {"people": 1, "positive": 0, "null": 1, "solid": False}
            chosen = empty() if not kind else cell(**[full, unknown, one][kind - 1])
            chosen |= dict.fromkeys(RESULTS, 0) if silent else {}
            rows.append(
                chosen
                | {"cell_id": f"{row}: {group}", "condition": f"c{row}", "label": label, "group": group}
                | {"group_label": name, "citation": chosen["citation"] if labels == () else label.replace("\n", " ")}
            )
    return frame(*rows)


def bubbles(chart) -> list[PathCollection]:
    return [drawn for drawn in chart.ax.collections if isinstance(drawn, PathCollection)]


def marks(chart) -> dict[str, Line2D]:
    """The shapes of the results that are drawn, without the signs in them, in their order."""
    size = 8 if chart.medium == "page" else 14
    return {line.get_marker(): line for line in chart.ax.lines if line.get_markersize() > size}


def gaps(chart) -> list[Rectangle]:
    return [patch for patch in chart.ax.patches if isinstance(patch, Rectangle)]


def words_of(chart) -> str:
    said = " ".join(text.get_text() for text in chart.ax.get_figure().findobj(Text))
    return said.replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")


# the table


def test_every_condition_has_a_cell_in_every_group_even_where_there_is_nothing(real, evidence):
    assert real.cell_id.tolist() == [
        f"{name}: {group}" for name in tables.direct_conditions(evidence) for group in GROUPS
    ]
    assert (real.groupby("group", sort=False).group_label.first().to_dict()) == GROUPS
    none = real[real.studies == 0]
    assert len(none) == 14
    assert none[["study_ids", "citation", "source_id", "designs"]].isna().all(axis=None)
    assert (none.people == 0).all()


def test_published_trials_are_those_of_the_table_of_conditions(real, evidence):
    known = tables.conditions(evidence).set_index("condition")
    trials = real[real.group == "randomised"].set_index("condition")
    same = {"studies": "randomised", "people": "randomised_people"} | {result: result for result in RESULTS}
    for own, other in same.items():
        assert trials[own].tolist() == known.loc[trials.index, other].tolist()


def test_people_and_results_of_a_cell_are_those_of_its_trials(real):
    cells = real.set_index("cell_id")
    trials = cells.loc["PTSD: randomised"]
    assert (trials.studies, trials.people) == (7, 158 + 41 + 27 + 30 + 20 + 33 + 41)
    assert trials[list(RESULTS)].tolist() == [4, 1, 2, 0]
    others = cells.loc["PTSD: not-randomised"]
    assert (others.studies, others.people_known, others.no_comparison) == (10, 9, 10)
    assert others.designs == "case series: 3; observational study: 2; open-label study: 5"


@pytest.mark.parametrize(
    ("name", "sharing", "people"),
    [
        ("OCD: randomised", "rodriguez2015", 17 + 2 + 45 + 12),
        ("PTSD: randomised", "norbury2021; pradhan2017", 350),
        ("anxiety-disorders: randomised", "castle2017; shadli2018", 12),
        ("anxiety-disorders: not-randomised", "glue2017; truppmanlattie2021", 24),
    ],
)
def test_studies_of_the_same_people_count_once_and_are_named(name, sharing, people, real):
    own = real.set_index("cell_id").loc[name]
    assert own.sharing == sharing
    assert own.people == people
    assert set(sharing.split("; ")) < set(own.study_ids.split("; "))
    assert own.studies == len(own.study_ids.split("; ")) - len(sharing.split("; "))


def test_a_registration_whose_people_are_in_a_report_is_not_an_unpublished_study(real):
    own = real.set_index("cell_id").loc["OCD: unpublished"]
    assert (own.studies, own.sharing) == (6, "nct02624596")


def test_cells_with_some_of_the_same_people_name_each_other(real):
    shared = real.set_index("cell_id").shared_with.dropna().to_dict()
    assert shared == {
        "anxiety-disorders: randomised": "anxiety-disorders: not-randomised",
        "anxiety-disorders: not-randomised": "anxiety-disorders: randomised",
    }


def test_a_retracted_study_is_nowhere(evidence):
    cells = tables.evidence_map(evidence, condition="depression")
    assert cells.studies.tolist() == [13, 11, 0]
    assert "mills2025" not in "; ".join(cells.study_ids.dropna())


@pytest.mark.parametrize(("flaw", "hollow"), [("ash", True), ("birch", True), ("cedar", True), ("", False)])
def test_a_cell_is_not_solid_if_its_count_or_its_people_come_from_second_hand(flaw, hollow, folder):
    trials = [trial("ash", overlaps_with="birch"), trial("birch", overlaps_with="ash", n_randomised="60"),
              trial("cedar", comparator_type="none", primary_result="not-applicable")]  # fmt: skip
    rows = [row | ({"basis": "secondary"} if row["study_id"] == flaw else {}) for row in trials]
    made = tables.evidence_map(evidence_of(folder, rows), condition="SAD").set_index("group").loc["randomised"]
    assert (made.studies, made.people, made.solid) == (2, 100, not hollow)


def test_the_foot_says_that_no_second_reader_saw_the_people(real):
    for medium in MEDIA:
        assert "circle: people (dashed: unpublished; no second reader saw the numbers);" in words_of(
            charts.evidence_map(real, medium=medium)
        )
    assert "circle: people (no second reader saw the numbers);" in words_of(charts.evidence_map(frame(cell())))


def test_a_cell_with_a_study_known_at_second_hand_is_not_solid(real):
    assert real.cell_id[~real.solid].tolist() == ["PD: not-randomised"]


def test_people_that_no_study_gives_are_missing_and_not_none(real):
    cells = real.set_index("cell_id")
    assert pd.isna(cells.people["SP: unpublished"])
    assert cells.people["GAD: unpublished"] == 0


def test_an_unknown_condition_is_refused_with_the_nearest_one(evidence):
    with pytest.raises(ValueError) as refusal:
        tables.evidence_map(evidence, condition="GADD")
    assert str(refusal.value) == "no condition 'GADD'; nearest: 'GAD'"


def test_a_design_of_another_role_has_a_column_of_its_own_only_where_there_is_one(folder):
    registry = trial("ash", design="registry", primary_result="null")
    cells = tables.evidence_map(evidence_of(folder, [registry]), condition=["SAD", "PD"])
    assert cells.cell_id.tolist() == [
        f"{name}: {group}"
        for name in ("SAD", "PD")
        for group in ("randomised", "not-randomised", "other", "unpublished")
    ]
    own = cells.set_index("cell_id").loc["SAD: other"]
    assert (own.studies, own.people, own.null, own.designs) == (1, 40, 1, "registry record: 1")


def test_of_studies_that_share_people_one_with_a_comparison_counts(folder):
    pair = [
        trial("ash", primary_result="not-applicable", n_randomised="90", overlaps_with="elm"),
        trial("elm", primary_result="null", n_randomised="30", overlaps_with="ash"),
        trial("oak", primary_result="not-applicable", n_randomised="7"),
    ]
    cells = tables.evidence_map(evidence_of(folder, pair), condition="SAD").set_index("cell_id")
    own = cells.loc["SAD: randomised"]
    assert (own.studies, own.people, own.null, own.no_comparison, own.sharing) == (2, 37, 1, 1, "ash")


# the chart


def test_a_cell_without_a_study_is_a_gap_that_says_so(real):
    chart = charts.evidence_map(real)
    assert len(gaps(chart)) == (real.studies == 0).sum()
    assert sum(text.get_text() == "no study" for text in chart.ax.texts) == len(gaps(chart))
    assert all(patch.get_linestyle() not in ("-", "solid") for patch in gaps(chart))
    assert chart.alt.count(": no study.") == len(gaps(chart))
    assert "agoraphobia, randomised, published: no study." in chart.alt


def test_the_area_of_a_bubble_shows_the_people():
    chart = charts.evidence_map(
        frame(cell(people=100), cell(condition="SAD", people=25), cell(condition="PD", people=0))
    )
    large, small = (drawn.get_sizes()[0] for drawn in bubbles(chart))
    assert large / small == pytest.approx(4)


@pytest.mark.parametrize(
    ("cells", "hollow"), [({}, False), ({"solid": False}, True), ({"group": "unpublished", "positive": 0}, True)]
)
def test_a_bubble_is_hollow_at_second_hand_and_without_a_published_result(cells, hollow):
    (bubble,) = bubbles(charts.evidence_map(frame(cell(**cells))))
    assert bool(same_color(bubble.get_facecolor()[0], "white")) is hollow
    assert not same_color(bubble.get_edgecolor()[0], "white")


def test_without_a_published_result_the_edge_of_a_bubble_is_dashed():
    drawn = [
        bubbles(charts.evidence_map(frame(cell(group=group))))[0].get_linestyle()[0][1]
        for group in ("randomised", "unpublished")
    ]
    assert drawn[0] is None
    assert drawn[1]


@pytest.mark.parametrize("medium", MEDIA)
def test_every_result_has_a_mark_of_one_size_and_its_number(medium):
    one = dict.fromkeys(RESULTS, 3)
    chart = charts.evidence_map(frame(cell(studies=12, people_known=12, **one)), medium=medium)
    drawn = marks(chart)
    assert list(drawn) == list(SHAPES.values())
    parts = {"o": 3.14 / 4, "D": 1, "s": 1, "v": 0.5}  # of the square around a shape; a diamond is a turned square
    areas = [part * drawn[shape].get_markersize() ** 2 for shape, part in parts.items()]
    assert min(areas) / max(areas) > 0.75
    assert sum(text.get_text() == "3" for text in chart.ax.texts) == 4
    assert len({line.get_markerfacecolor() for line in drawn.values()}) == 1
    assert "+ positive, ± mixed, ○ null, − negative primary result" in words_of(chart)


def test_only_results_that_are_drawn_are_explained():
    said = words_of(charts.evidence_map(frame(cell(positive=0, null=1))))
    assert "○ null primary result" in said
    assert "positive" not in said


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({}, "1 study, 20 people"),
        ({"people": 1}, "1 study, 1 person"),
        ({"studies": 3, "people_known": 2}, "3 studies, ≥ 20 people"),
        ({"studies": 2, "people": None, "people_known": 0}, "2 studies, ? people"),
        ({"studies": 2000, "people": 12226, "people_known": 2000}, "2,000 studies, 12,226 people"),
        ({"no_comparison": 2, "positive": 0}, "2 no comparison"),
    ],
)
def test_studies_and_people_of_a_cell_are_said_in_words(cells, said):
    assert said in words_of(charts.evidence_map(frame(cell(**cells))))


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([empty(), cell(condition="PD", label="panic")],
         "No published randomised trial of its own in the tables: generalised anxiety"),
        ([empty(), empty(condition="PD", label="panic")],
         "No published randomised trial of their own in the tables: generalised anxiety and panic"),
        ([cell(), cell(condition="PD", label="panic")],
         "Each of these 2 conditions has a published randomised trial in the tables"),
        ([cell()], "What has been studied: generalised anxiety"),
        ([cell(positive=0, no_comparison=1)],
         "No published randomised trial of its own in the tables: generalised anxiety"),
        ([empty(group="unpublished")], "What has been studied: generalised anxiety"),
    ],
)  # fmt: skip
def test_the_title_names_the_conditions_without_a_published_randomised_trial(rows, title):
    assert charts.evidence_map(frame(*rows)).title == title


def test_the_title_of_the_real_map_is_what_the_tables_say(real):
    assert charts.evidence_map(real).title == (
        "No published randomised trial of their own in the tables: generalised anxiety disorder, specific phobia, "
        "panic disorder and agoraphobia"
    )


def test_the_words_of_the_map_are_one_sentence_a_cell():
    rows = [cell(null=2, studies=3, people_known=2), empty(group="unpublished", group_label="registered")]
    assert charts.evidence_map(frame(*rows), title="Map").alt == (
        "Map. generalised anxiety, randomised, published: 3 studies, at least 20 people; 1 positive, 2 null. "
        "generalised anxiety, registered: no study."
    )


def test_sources_stand_under_a_page_and_are_counted_under_a_slide(real):
    assert "; Zhang 2025; " in words_of(charts.evidence_map(real))
    cited = set(real.citation.dropna().str.split("; ").explode())
    assert f"Sources: {len(cited)}, listed with the picture." in words_of(charts.evidence_map(real, medium="slide"))


@pytest.mark.parametrize("medium", MEDIA)
def test_texts_of_the_real_map_stand_apart_and_can_be_read(medium, real):
    chart = charts.evidence_map(real, medium=medium)
    assert faults(chart.ax, medium) == []
    assert pale(chart) == []


@pytest.mark.parametrize("condition", ["depression", ["mixed", "other"]])
def test_texts_of_other_people_stand_apart(condition, evidence):
    for medium in MEDIA:
        chart = charts.evidence_map(tables.evidence_map(evidence, condition=condition), medium=medium)
        assert faults(chart.ax, medium) == []


@pytest.mark.parametrize("count", [1, 60])
def test_texts_stand_apart_whatever_the_number_of_conditions(count):
    assert faults(charts.evidence_map(map_of(count)).ax, "page") == []


@pytest.mark.parametrize("labels", [[LONG], ["W" * 120], list(HOSTILE.values())], ids=["long", "one word", "all"])
def test_hostile_labels_stand_apart(labels):
    assert faults(charts.evidence_map(map_of(max(4, len(labels)), labels)).ax, "page") == []


@pytest.mark.parametrize("labels", [[LONG], list(HOSTILE.values())[3:]], ids=["long", "all"])
@pytest.mark.parametrize("medium", MEDIA[1:])
@pytest.mark.parametrize("count", [1, 2])
def test_hostile_labels_stand_apart_on_a_slide_or_are_refused(labels, medium, count):
    assert faults(charts.evidence_map(map_of(count, labels), medium=medium).ax, medium) == []


@pytest.mark.parametrize("name", [LONG, "W" * 60, HOSTILE["Greek"] * 4])
def test_hostile_names_of_groups_stand_apart(name):
    assert faults(charts.evidence_map(map_of(4, groups=GROUPS | {"unpublished": name, "other": "x"})).ax, "page") == []


def test_more_conditions_than_a_slide_holds_are_refused():
    with pytest.raises(ValueError) as refusal:
        charts.evidence_map(map_of(60), medium="slide")
    assert str(refusal.value) == (
        "a slide holds about 5 of these 61 rows at a readable size; choose fewer rows, or the medium 'page'"
    )


def test_given_axes_are_drawn_on_and_their_texts_stand_apart():
    ax = Figure(figsize=(12, 9), layout="constrained").add_subplot()
    chart = charts.evidence_map(map_of(6), ax=ax)
    assert chart.ax is ax
    assert faults(ax, "page") == []


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
@pytest.mark.parametrize("column", ["condition", "label", "group", "group_label", "people", "citation", "solid"])
def test_missing_values_are_drawn_without_the_word_nan(column, missing):
    chart = charts.evidence_map(frame(cell(), cell(**({"condition": "SAD"} | {column: missing}))))
    said = (words_of(chart) + chart.alt).lower()
    assert not re.search(r"\b(nan|none|na|<na>)\b", said), said
    assert faults(chart.ax, "page") == []


def test_two_rows_for_one_cell_are_refused():
    with pytest.raises(ValueError) as refusal:
        charts.evidence_map(frame(cell(), cell()))
    assert str(refusal.value) == "two rows for group 'randomised' of 'GAD'"


def test_a_cell_that_is_not_in_the_table_is_left_blank():
    rows = frame(cell(), empty(group="unpublished", group_label="b"), cell(condition="SAD"))
    chart = charts.evidence_map(rows)
    assert (len(bubbles(chart)), len(gaps(chart))) == (2, 1)
    pd.testing.assert_frame_equal(chart.table, rows)
