"""One condition on one card: what is chosen follows rules, what is missing is said, nothing is cut."""

from __future__ import annotations

from itertools import cycle, islice

import numpy as np
import pandas as pd
import pytest
from invented import claim, counts, evidence_of, result, trial
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from test_layout import HOSTILE, LABELS, LONG, faults, pale, texts

from ketevidence import charts, layout, load, style, tables, wording
from ketevidence.layout.texts import GAP, POINTS

MEDIA = tuple(style.MEDIA)
SLIDES = [name for name, medium in style.MEDIA.items() if medium.height]
PARTS = ["what the article says", "best evidence", "numbers", "certainty", "gaps"]
FINDINGS = {
    "AG": "Agoraphobia: no randomised trial with a result in the tables; certainty not rated",
    "GAD": "Generalised anxiety disorder: no randomised trial of its own with a result in the tables; in a wider group "
    "1 randomised trial, 12 people, positive result; certainty very low",
    "OCD": "Obsessive-compulsive disorder: 4 randomised trials, 76 people, primary outcome 3 positive and 1 negative "
    "(largest positive); certainty very low",
    "PD": "Panic disorder: no randomised trial with a result in the tables; certainty not rated",
    "PTSD": "Post-traumatic stress disorder: 7 randomised trials, 350 people, primary outcome 4 positive, 1 mixed and "
    "2 null (largest null); certainty very low",
    "SAD": "Social anxiety disorder: 1 randomised trial, 18 people, mixed result; certainty very low",
    "SEP": "Separation anxiety disorder: 1 randomised trial, 71 people, mixed result; certainty very low",
    "SP": "Specific phobia: no randomised trial with a result in the tables; certainty not rated",
}


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def cards(evidence):
    return {name: tables.condition_card(evidence, name) for name in tables.direct_conditions(evidence)}


def keys(cells: pd.Series) -> set[str]:
    return {key for cell in cells for key in cell.split("; ") if key}


def line(frame: pd.DataFrame, key: str) -> pd.Series:
    return frame.set_index("row_id").loc[f"{frame.condition[0]}: {key}"]


def test_the_conditions_are_those_of_the_tables(evidence, cards):
    assert sorted(FINDINGS) == sorted(evidence.conditions.condition_id)
    assert set(cards) - set(FINDINGS) == {"anxiety-disorders"}


def test_every_card_has_every_part_and_says_something_in_it(cards):
    for name, frame in cards.items():
        assert (name, frame.part.unique().tolist()) == (name, PARTS)
        assert frame.row_id.is_unique
        assert frame.attrs["key"] == "row_id"
        assert (frame.text != "").all()
        assert set(frame.condition) == {name}


def test_the_first_line_of_a_part_and_the_results_of_trials_never_give_way(cards):
    for frame in cards.values():
        assert (frame.drop_duplicates("part")["rank"] == 1).all()
        assert (frame[frame.result != ""]["rank"] == 1).all()


@pytest.mark.parametrize("name", FINDINGS)
def test_the_title_is_built_from_the_rows(name, cards):
    assert charts.condition_card(cards[name]).title == FINDINGS[name]


def test_the_keys_of_every_line_are_in_the_tables_and_its_sources_are_cited(evidence, cards):
    for frame in cards.values():
        for table in ("statement", "claim", "outcome", "study"):
            known = evidence.table({"study": "studies"}.get(table, f"{table}s"))[f"{table}_id"]
            assert keys(frame[f"{table}_ids"]) <= set(known)
        sources = evidence.sources
        assert keys(frame.source_id) <= set(sources.source_id[sources.status != "retracted"])
        cited = frame.citation.str.split("; ").str.len() == frame.source_id.str.split("; ").str.len()
        assert cited.all()


def test_the_recipe_makes_the_same_frame_again(evidence, cards):
    (step,) = cards["PD"].attrs["recipe"]
    again = getattr(tables, step["table"])(evidence, **step["options"])
    pd.testing.assert_frame_equal(again, cards["PD"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("PTDS", "no condition 'PTDS'; nearest: 'PTSD'"),
        ("depression", "no condition 'depression'; known: GAD, SAD, SP, PD, AG, SEP, OCD, PTSD, anxiety-disorders"),
    ],
)
def test_an_unknown_condition_names_the_known_ones(evidence, name, message):
    with pytest.raises(ValueError) as refusal:
        tables.condition_card(evidence, name)
    assert str(refusal.value).startswith(message[:25])
    assert str(refusal.value) == message


def test_a_condition_without_anything_says_what_is_missing(cards):
    frame = cards["AG"]
    assert frame[["text", "figure"]].agg(" | ".join, axis=1).tolist() == [
        "nothing on agoraphobia itself | ",
        "11 statements on anxiety disorders, mixed or as a group: 6 partly supported, 3 overstated, 1 without direct "
        "evidence and 1 left out | ",
        "no randomised trial with a result in the tables | ",
        "not in the tables: an effect of the drug studied, the time of its first effect, how long it lasts and the "
        "share of people not helped by usual drugs | ",
        "agoraphobic avoidance; comparison: any (rated on no trial) | ○○○○ not rated, provisional",
        "Only a questionnaire subscale in people treated for GAD or social anxiety. | ",
        "no claim on safety in agoraphobia; 7 claims on anxiety disorders, mixed or as a group | ",
        "7 studies of anxiety disorders, mixed or as a group, not counted here | ",
    ]


def test_null_results_stand_beside_positive_ones_with_all_their_people(cards, evidence):
    frame = cards["PTSD"]
    results = frame[frame.result != ""]
    assert results[["text", "figure", "n"]].astype(str).agg(" | ".join, axis=1).tolist() == [
        "Feder 2014 (41 people): IES-R; Beaglehole 2025a (33): IES-R; Feder 2021 (30): CAPS-5 change; "
        "Pradhan 2018 (20): days of sustained response | 4 positive | 124",
        "Duek 2023 (27 people): amygdala response to the trauma script (symptoms secondary) | 1 mixed | 27",
        "Abdallah 2022 (158 people): PCL-5 over time; Dadabayev 2020 (41): IES-R and pain VAS, 24 hours after the "
        "infusion | 2 null | 199",
    ]
    assert results.n.sum() == line(frame, "trials").n == 350


def test_trials_that_share_people_stand_on_a_card_once(cards):
    assert "rodriguez2015" not in line(cards["OCD"], "trials").study_ids
    assert "rodriguez2013" in line(cards["OCD"], "trials").study_ids


def test_a_condition_without_trials_of_its_own_shows_those_of_people_who_have_it(cards):
    frame = cards["GAD"]
    assert line(frame, "trials").study_ids == "glue2020"
    assert line(frame, "trials").text.endswith("; in anxiety disorders, mixed or as a group, not of this one alone")
    assert line(frame, "studies anxiety-disorders").text.startswith("6 more studies of anxiety disorders")
    assert line(frame, "first effect").text.startswith("first effect of ketamine in anxiety disorders, mixed")
    assert line(frame, "first effect").claim_ids == "glue2020-onset-1h"


def test_an_effect_has_its_interval_its_people_and_its_direction(cards, evidence):
    pooled = tables.pooled(evidence, condition="PTSD").set_index("row").loc["pooled"]
    found = line(cards["PTSD"], f"effect {pooled.row_id}")
    assert found.figure == f"Hedges g {wording.number(pooled.effect)} (95% CI −6.35 to 5.04)"
    assert found.text.endswith("pooled, 2 trials, 56 people; below 0: fewer symptoms with ketamine")
    assert found["rank"] == 1
    assert keys(pd.Series([found.source_id])) == {"feder2021", "duek2023"}


def test_what_gives_no_effect_is_said_with_its_results(cards):
    assert line(cards["PTSD"], "no effect").text == (
        "no figure for a standardised effect: 5 of 7 trials (3 positive and 2 null; the largest, 158 people, null)"
    )
    assert line(cards["SAD"], "no effect").text == (
        "no figure for a standardised effect; LSAS: only a p value (p = 0.01); VAS-Anxiety: only a p value (p = 0.95) "
        "(Taylor 2018)"
    )


def test_the_share_not_helped_is_the_pooled_one_beside_its_placebo(cards, evidence):
    pools = tables.pooled_rates(evidence, condition="SAD").set_index("row").loc["pooled"]
    drug, placebo = (wording.percent(effect) for effect in pools.effect)
    found = line(cards["SAD"], "not helped")
    assert found.figure == f"{drug} (95% CI 38 to 61%)"
    assert found.text == (
        "no response with usual drugs: CGI-I much or very much improved not reached; pooled, 3 trials, 11 to 20 weeks, "
        f"430 people; placebo {placebo} (63 to 83%); 34 to 56% in the 5 drug arms of all definitions"
    )


def test_a_share_without_counts_says_that_it_has_no_interval(cards):
    found = line(cards["OCD"], "not helped")
    assert found.figure == "58% (no interval)"
    assert found.text.endswith("Foa 2005, clomipramine; placebo 92%")


def test_who_saw_no_early_effect_stands_beside_who_saw_one(cards):
    found = line(cards["PTSD"], "first effect")
    assert found.figure == "24 hours or sooner; no early effect in 3 sources"
    assert {"abdallah2022", "dadabayev2020", "feder2014"} <= keys(pd.Series([found.source_id]))


def test_a_length_comes_from_a_comparison_with_an_interval_where_there_is_one(cards):
    found = line(cards["PTSD"], "length")
    assert (found.figure, found.citation) == ("15.7 days (95% CI 3.6 to 29.9)", "Sicignano 2024")
    assert found.text.endswith("(Sicignano 2024)")


def test_a_provisional_judgement_says_so_and_is_not_solid(cards):
    found = line(cards["SAD"], "certainty ketamine vs saline")
    assert found.figure == "⊕○○○ very low, provisional"
    assert not found.solid
    assert line(cards["SAD"], "certainty ketamine vs saline: domains").text == (
        "very serious concern: imprecision; serious concern: risk of bias and inconsistency"
    )


def test_after_three_statements_others_give_way(cards):
    own = cards["anxiety-disorders"]
    said = own[(own.part == PARTS[0])]
    assert said["rank"].tolist() == [1, 1, 1] + 8 * [5]


def rows_of_a_card(flaw: str) -> dict[str, list[dict[str, str]]]:
    """Trials, results and claims on one condition, all seen by a second reader but the one that is named."""
    drug = {"intervention": "SSRI: sertraline", "events": "10", "n": "20"}
    made = {
        "trials": [
            trial("ash", overlaps_with="birch"),
            trial("birch", overlaps_with="ash", n_randomised="60", primary_result="mixed"),
            trial("cedar", design="open-label", primary_result="not-applicable"),
            trial("dogwood", primary_result="not-published"),
            trial("elm", condition="anxiety-disorders"),
        ],
        "results": [
            result("ash-lsas", comparator="midazolam", statistic="p_value", p="0.01", p_relation="equal", unit=""),
            *counts("ash-response", ("10", "20"), ("5", "20")),
        ],
        "claims": [
            claim("oak-drug", **drug), claim("oak-placebo", events="15", n="20"),
            claim("pine-drug", definition="LSAS 30 not reached", **(drug | {"events": "4"})),
            claim("ash-soon", topic="onset", kind="first_separation", intervention="ketamine: 0.5 mg/kg",
                  measure="duration", value="2", unit="days", definition="first rating", events_basis=""),
            claim("ash-long", topic="duration", kind="effect_duration", intervention="ketamine: 0.5 mg/kg",
                  measure="duration", value="7", unit="days", definition="last rating", events_basis=""),
            claim("ash-gap", topic="efficacy", kind="evidence_gap", intervention="ketamine", measure="qualitative",
                  unit="", definition="", events_basis=""),
        ],
    }  # fmt: skip
    for name, rows in made.items():
        for row in rows:
            if next(iter(row.values())) == flaw:
                row |= {"basis": "secondary"} if name == "trials" else {"checked": "no"}
    return made


@pytest.mark.parametrize(
    ("flaw", "hollow"),
    [
        ("", []),
        ("ash", ["trials", "result positive", "no effect"]),
        ("birch", ["trials", "result positive", "no effect"]),
        ("cedar", ["others"]),
        ("dogwood", ["unpublished"]),
        ("elm", ["studies anxiety-disorders"]),
        ("ash-lsas", ["no effect"]),
        ("ash-response-ketamine", ["effect ash-response-ketamine; ash-response-midazolam"]),
        ("ash-response-midazolam", ["effect ash-response-ketamine; ash-response-midazolam"]),
        ("oak-drug", ["not helped"]),
        ("oak-placebo", ["not helped"]),
        ("pine-drug", ["not helped"]),
        ("ash-soon", ["first effect"]),
        ("ash-long", ["length"]),
        ("ash-gap", ["gap ash-gap"]),
    ],
)
def test_a_line_is_solid_only_if_every_figure_in_it_is(flaw, hollow, folder):
    frame = tables.condition_card(evidence_of(folder, **rows_of_a_card(flaw)), "SAD")
    seen = frame[frame.part != "certainty"]
    assert seen.row_id[~seen.solid].tolist() == [f"SAD: {key}" for key in hollow]


def test_the_figures_that_make_a_line_hollow_stand_in_it(folder):
    frame = tables.condition_card(evidence_of(folder, **rows_of_a_card("")), "SAD")
    assert line(frame, "trials").figure == "1 trial, 60 people"
    assert "; LSAS: only a p value (p = 0.01)" in line(frame, "no effect").text
    assert line(frame, "not helped").text.endswith("; 20 to 50% in the 2 drug arms of all definitions")


def test_a_primary_outcome_that_the_tables_do_not_name_is_said_to_be_missing(folder):
    trials = [trial("ash"), trial("birch", primary_outcome="")]
    frame = tables.condition_card(evidence_of(folder, trials), "SAD")
    assert line(frame, "result positive").text == (
        "Ash 2010 (40 people): LSAS; Birch 2011 (40): primary outcome not in the tables"
    )


def test_a_retracted_study_is_on_no_card(folder):
    frame = tables.condition_card(load(folder()), "GAD")
    assert not any("jones2019" in cell for column in ("study_ids", "claim_ids", "source_id") for cell in frame[column])
    assert line(frame, "trials").finding == "1 randomised trial, 40 people, positive result"
    assert line(frame, "missing").text == (
        "not in the tables: how long it lasts and the share of people not helped by usual drugs"
    )


def test_an_effect_in_points_stands_in_for_a_standardised_one(folder):
    frame = tables.condition_card(load(folder()), "GAD")
    found = line(frame, "effect smith2020-hama")
    assert (found.figure, found["rank"]) == ("mean difference −5.2 points (95% CI −8.1 to −2.3)", 1)


def test_a_null_result_and_an_agreed_rating_are_taken_over(folder):
    changed = {"studies.csv:3:primary_result": "null", "certainty.csv:2:status": "agreed"}
    frame = tables.condition_card(load(folder(cells=changed)), "GAD")
    assert line(frame, "trials").finding == "1 randomised trial, 40 people, null result"
    assert line(frame, "result null").figure == "null result"
    assert line(frame, "certainty ketamine vs midazolam").solid


def test_a_condition_that_nobody_rated_says_so(folder):
    evidence = load(folder(cells={"certainty.csv:3:condition_id": "GAD", "certainty.csv:3:comparison": "other"}))
    frame, rated = (tables.condition_card(evidence, name) for name in ("SAD", "GAD"))
    assert line(frame, "certainty").text == "not rated by the curators"
    assert line(frame, "certainty").finding == "certainty not rated"
    assert rated[rated.part == "certainty"].finding.tolist() == ["certainty very low", "", "", "", ""]


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("name", [*FINDINGS, "anxiety-disorders"])
def test_texts_of_every_card_stand_apart(name, medium, cards):
    chart = charts.condition_card(cards[name], medium=medium)
    assert faults(chart.ax, medium) == []
    if medium in SLIDES:
        assert chart.ax.get_figure().get_size_inches().tolist() == [12.8, 7.2]


@pytest.mark.parametrize("medium", MEDIA)
def test_texts_have_contrast(medium, cards):
    assert pale(charts.condition_card(cards["PTSD"], medium=medium)) == []


def card_of(count: int, labels=(), **cells) -> pd.DataFrame:
    """So many lines over all parts, as `tables.condition_card` gives them, the first of each part with rank 1."""
    names = list(islice(cycle(labels or [f"line {row}" for row in range(count)]), count))
    places = [row * len(PARTS) // count for row in range(count)]
    frame = pd.DataFrame({
        "row_id": [str(row) for row in range(count)], "label": names[0] if labels else "condition",
        "part": [PARTS[place] for place in places], "text": names,
        "figure": [name if row % 3 == 0 else ["", "g −0.65 (95% CI −6.35 to 5.04)"][row % 2]
                   for row, name in enumerate(names)],
        "rank": [1 if places.index(place) == row else 2 + row % 6 for row, place in enumerate(places)],
        "finding": [name if row == 0 else "" for row, name in enumerate(names)],
        "result": ["positive" if place == 1 else "" for place in places],
        "n": pd.array([None if row % 4 == 0 else 100 * row for row in range(count)], dtype="Int64"),
        "solid": [row % 2 == 0 for row in range(count)],
        "citation": [name.replace("\n", " ") for name in names],
    })  # fmt: skip
    return frame.assign(**cells)


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("count", [1, 6, 60])
def test_texts_stand_apart_whatever_the_number_of_lines(count, medium):
    assert faults(charts.condition_card(card_of(count), medium=medium).ax, medium) == []


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("medium", MEDIA)
def test_texts_of_hostile_lines_stand_apart(labels, medium):
    table = card_of(10, labels, label="condition", finding="", rank=range(1, 11))
    assert faults(charts.condition_card(table, medium=medium).ax, medium) == []


@pytest.mark.parametrize("column", ["part", "text", "figure", "finding", "result", "citation", "label"])
@pytest.mark.parametrize("cell", [pd.NA, None, np.nan, ""])
def test_a_missing_text_is_no_word(column, cell):
    table = card_of(6)
    chart = charts.condition_card(table.assign(**{column: pd.Series([cell] * 6, dtype="object")}))
    assert faults(chart.ax, "page") == []
    assert not any(word in text.get_text() for text, _ in texts(chart.ax) for word in ("nan", "None", "<NA>"))


def written(chart) -> str:
    return " ".join(text.get_text() for text, _ in texts(chart.ax))


@pytest.mark.parametrize("medium", SLIDES)
def test_the_lines_of_the_highest_rank_give_way_and_their_number_is_said(medium):
    table = card_of(60, finding="", figure="")
    chart = charts.condition_card(table, medium=medium)
    drawn = [row for row, text in enumerate(table.text) if f" {text.capitalize()} " in f" {written(chart)} "]
    left = table.drop(index=drawn)
    assert 5 < len(drawn) < 60
    assert left["rank"].min() >= table.loc[drawn, "rank"].max()
    assert f"{len(left)} more lines in the rows." in written(chart).replace("\n", " ")
    assert len(chart.table) == 60
    assert chart.alt.count("Line ") == 0
    assert chart.alt.count("line ") == 60


def test_a_page_leaves_nothing_out():
    assert "more line" not in written(charts.condition_card(card_of(60)))


def test_lines_that_never_give_way_are_too_many_for_a_slide():
    with pytest.raises(layout.TooManyRows) as refusal:
        charts.condition_card(card_of(60, rank=1), medium="slide")
    assert str(refusal.value) == (
        "a slide holds about 18 of these 60 rows at a readable size; choose fewer rows, or the medium 'page'"
    )


def test_a_part_keeps_its_name_when_its_first_line_is_left_out():
    table = card_of(60, finding="", figure="", rank=[{0: 9, 1: 1}.get(row % 12, 5) for row in range(60)])
    shown = written(charts.condition_card(table, medium="slide")).replace("\n", " ")
    assert "Line 0 " not in shown
    assert [shown.count(part.capitalize()) for part in PARTS] == [1, 1, 1, 1, 1]


def test_few_lines_are_written_larger_than_many(cards):
    few, many = (
        {round(text.get_fontsize(), 1) for text, _ in texts(charts.condition_card(cards[name], medium="slide").ax)}
        for name in ("AG", "PTSD")
    )
    assert min(few) == pytest.approx(14 * 1.15)
    assert min(many) == 14


def bars(chart) -> list[tuple[float, str]]:
    thick = [one for one in chart.ax.lines if one.get_linewidth() > 0.5 * chart.ax.texts[0].get_fontsize()]
    return [(float(np.ptp(one.get_xdata())), one.get_color()) for one in thick]


@pytest.mark.parametrize("medium", MEDIA)
def test_bars_are_as_long_as_the_people_are_many_whatever_the_result(cards, medium):
    chart = charts.condition_card(cards["PTSD"], medium=medium)
    people = cards["PTSD"].n[cards["PTSD"].result != ""].tolist()
    found = bars(chart)
    assert [length / found[2][0] for length, _ in found] == pytest.approx([n / people[2] for n in people])
    assert all(same_color(colour, found[0][1]) for _, colour in found)
    assert "Bars: people in the trials" in written(chart)


def test_a_single_result_has_no_bar(cards):
    chart = charts.condition_card(cards["SAD"])
    assert bars(chart) == []
    assert "Bars" not in written(chart)


@pytest.mark.parametrize(("solid", "mark", "note"), [(True, "▪", False), (False, "▫", True)])
def test_what_is_not_solid_has_a_hollow_mark_that_the_foot_explains(solid, mark, note):
    chart = charts.condition_card(card_of(6, solid=solid))
    marks = {text.get_text() for text in chart.ax.texts} & {"▪", "▫"}
    assert marks == {mark}
    assert ("▫ provisional, unchecked or second hand" in written(chart)) is note


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ({}, "People in studies: no second reader saw the numbers"),
        ({"result": "positive"}, "Bars: people in the trials (no second reader saw the numbers)"),
        ({"result": "positive", "outcome_ids": "a"}, "Bars: people in the trials;"),
        ({"claim_ids": "a"}, "▫ provisional"),
        ({"n": pd.NA}, "▫ provisional"),
    ],
)
def test_the_foot_says_that_no_second_reader_saw_the_people_of_studies(cells, note):
    chart = charts.condition_card(card_of(6, **({"result": "", "figure": ""} | cells)))
    foot = written(chart).replace("\n", " ").partition("Condition: ")[2].partition(" Sources")[0]
    assert foot.removeprefix("line 0 ").startswith(note)
    assert ("no second reader" in foot) is ("no second reader" in note)


@pytest.mark.parametrize("medium", MEDIA)
def test_every_real_card_with_people_of_studies_says_so(medium, cards):
    for name, frame in cards.items():
        said = written(charts.condition_card(frame, medium=medium)).replace("\n", " ")
        people = frame[(frame.part == "best evidence") & (frame["rank"] == 1)].n.notna().any()
        assert (name, "no second reader saw the numbers" in said) == (name, people)


def test_sources_stand_in_the_last_line_and_their_number_on_a_full_slide(cards):
    assert "Sources: line 0; line 1." in written(charts.condition_card(card_of(2))).replace("\n", " ")
    chart = charts.condition_card(cards["PTSD"], medium="slide")
    assert f"Sources: {len(chart.sources)}, listed with the picture." in written(chart)


def test_a_title_that_is_given_is_the_title():
    chart = charts.condition_card(card_of(3), title=LONG)
    assert chart.title == LONG
    assert faults(chart.ax, "page") == []


def test_words_are_written_as_they_are():
    chart = charts.condition_card(card_of(2, [HOSTILE["signs"]]))
    assert HOSTILE["signs"].replace(" ", "") in written(chart).replace("\n", "").replace(" ", "")


def test_every_line_is_a_sentence_of_the_alternative_text(cards):
    chart = charts.condition_card(cards["SEP"])
    assert chart.alt.startswith(f"{FINDINGS['SEP']}. What the article says: The potential of ketamine extends to")
    assert "separation anxiety disorder; ▲ overstated. " in chart.alt
    assert chart.alt.count("Gaps: ") == (cards["SEP"].part == "gaps").sum()


def test_the_same_card_has_the_same_bytes(cards):
    one, same = (charts.condition_card(cards["SAD"], medium="slide").bytes("svg") for _ in range(2))
    assert one == same


def test_texts_in_given_axes_stand_apart():
    figure = Figure(figsize=(12, 8), layout="constrained")
    ax = figure.add_subplot()
    chart = charts.condition_card(card_of(6), ax=ax)
    assert chart.ax is ax
    assert faults(ax, "page") == []


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (card_of(3).iloc[:0], "no row to draw"),
        (
            card_of(3).drop(columns="finding"),
            "the table has no column 'finding'; this chart needs label, part, text, figure, rank, finding, result, n, "
            "solid",
        ),
    ],
)
def test_a_table_that_is_no_card_is_refused(table, message):
    with pytest.raises(ValueError) as refusal:
        charts.condition_card(table)
    assert str(refusal.value) == message


def test_the_axes_begin_under_the_title(cards):
    chart = charts.condition_card(cards["SAD"], medium="slide")
    figure = chart.ax.get_figure()
    assert chart.ax.get_position().x0 * figure.get_figwidth() * POINTS == pytest.approx(GAP)
