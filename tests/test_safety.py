"""Adverse events: each arm has its mark and its words, and what has no rate is said in words."""

from __future__ import annotations

from itertools import cycle, islice

import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.text import Text
from test_layout import HOSTILE, LONG, faults, pale
from test_tables import rows_of

from ketevidence import charts, load, style, tables

MEDIA = tuple(style.MEDIA)


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def real(evidence):
    return tables.safety_rates(evidence)


def event(**cells) -> pd.DataFrame:
    """One row for charts.safety: 40% of 100 people on the drug and 10% of 50 in the control arm."""
    row = {
        "claim_id": "smith-nausea-drug", "arms": "drug and control", "effect": "nausea", "label": "nausea, Smith 2020",
        "condition": "GAD", "direct": True, "drug_short": "ketamine", "drug": "ketamine 0.5 mg/kg", "drug_rate": 0.4,
        "drug_n": 100, "drug_low": 0.31, "drug_high": 0.5, "drug_interval": "Wilson 95%", "drug_solid": True,
        "control": "saline", "control_rate": 0.1, "control_n": 50, "control_low": 0.04, "control_high": 0.21,
        "control_interval": "Wilson 95%", "control_solid": True, "share_of": "people", "figure": None,
        "counted": True, "statement": "40 of 100 people had nausea.", "definition": None, "citation": "Smith 2020",
    }  # fmt: skip
    floats = {name: "Float64" for name in row if name.endswith(("_rate", "_low", "_high"))}
    return pd.DataFrame([row | cells]).astype(floats | {"drug_n": "Int64", "control_n": "Int64"})


ALONE = {
    "arms": "drug only", "control": None, "control_rate": None, "control_n": None, "control_low": None,
    "control_high": None, "control_interval": None, "control_solid": None,
}  # fmt: skip
IN_WORDS = ALONE | {
    "arms": "words only", "drug_rate": None, "drug_low": None, "drug_high": None, "drug_interval": None,
    "label": "Smith 2020", "effect": "40 of 100 people had nausea.",
}  # fmt: skip


def events_of(count: int, labels=()) -> pd.DataFrame:
    names = islice(cycle(labels or [f"row {row}" for row in range(count)]), count)
    kinds = [{}, ALONE, IN_WORDS, {"control_n": None, "control_low": None, "control_high": None}]
    return pd.concat([
        event(**{
            "claim_id": str(row), "label": name, "effect": name, "direct": row % 5 > 0, "drug_solid": row % 2 == 0,
            "drug_short": name if labels else "ketamine", "statement": name if row % 3 else LONG, "definition": name,
            "drug_rate": row % 11 / 10, "control_rate": row % 7 / 10, "share_of": "treatments" if row % 5 else "people",
            "condition": "anxiety-disorders" if row % 2 else "GAD", "citation": name.replace("\n", " "),
        } | kinds[row % 4])
        for row, name in enumerate(names)
    ])  # fmt: skip


def draw(*frames: pd.DataFrame, **options):
    return charts.safety(pd.concat(frames), **options)


def marks(chart, marker: str) -> list[float]:
    return [float(line.get_xdata()[0]) for line in chart.ax.lines if line.get_marker() == marker]


def lines(chart) -> list[tuple[float, float]]:
    return [tuple(map(float, line.get_xdata())) for line in chart.ax.lines if line.get_marker() == "None"]


def written(chart) -> list[str]:
    return [text.get_text() for text in chart.ax.texts if text.get_text()]


def words_of(chart) -> str:
    return " ".join(text.get_text() for text in chart.ax.get_figure().findobj(Text)).replace("\n", " ")


def test_each_arm_has_a_mark_an_interval_and_words():
    chart = draw(event())
    assert (marks(chart, "o"), marks(chart, "s")) == ([0.4], [0.1])
    assert sorted(lines(chart)) == [(0.04, 0.21), (0.31, 0.5), (0.4, 0.1)]
    assert written(chart) == [
        "Drug against control arm: ketamine", "nausea, Smith 2020", "40% of 100", "● drug", "10% of 50", "■ control",
        "GAD", "condition",
    ]  # fmt: skip
    assert chart.ax.get_xlim()[0] == 0


def test_equal_rates_are_both_seen():
    chart = draw(event(control_rate=0.4))
    drug, control = (line for line in chart.ax.lines if line.get_marker() in "os")
    size = drug.get_markersize()
    apart = abs(chart.ax.transData.transform((0, drug.get_ydata()[0]))[1]
                - chart.ax.transData.transform((0, control.get_ydata()[0]))[1])  # fmt: skip
    assert apart / chart.ax.get_figure().dpi * 72 > 0.8 * size


def test_parts_of_one_chart_have_one_axis_but_for_words_alone():
    wide = pd.concat([event(), event(drug_rate=0.7, drug_high=0.8), event(drug_high=0.9, counted=False)])
    axes = [draw(wide.iloc[[row]], axis=wide).ax.get_xlim() for row in (0, 1)]
    assert axes == [draw(wide).ax.get_xlim()] * 2 == [pytest.approx((0, 1.05 * 0.8))] * 2
    assert draw(wide.iloc[[0]]).ax.get_xlim() != axes[0]
    assert not draw(event(**IN_WORDS), axis=wide).ax.axison


def test_a_row_without_a_control_arm_has_one_mark_and_no_column_for_it():
    chart = draw(event(**ALONE))
    assert (marks(chart, "o"), marks(chart, "s"), lines(chart)) == ([0.4], [], [(0.31, 0.5)])
    assert written(chart) == [
        "No control arm: ketamine", "nausea, Smith 2020", "40% of 100", "● drug", "GAD", "condition",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "words", "ends"),
    [
        ({"drug_rate": None, "drug_low": 0.61, "drug_high": 0.75, "drug_interval": "range"}, "61 to 75% of 100",
         (0.61, 0.75)),
        ({"drug_rate": None, "drug_low": None, "drug_high": 0.05, "drug_interval": None}, "up to 5% of 100", (0, 0.05)),
        ({"drug_rate": 0.007, "drug_low": 0.001, "drug_n": None}, "0.7% of ?", (0.001, 0.5)),
        ({"drug_rate": 0.023, "share_of": "treatments"}, "2% of 100\ntreatments", (0.31, 0.5)),
        ({"drug_rate": 0.0}, "0% of 100", (0.31, 0.5)),
    ],
)  # fmt: skip
def test_rates_are_written_as_they_are_known(cells, words, ends):
    chart = draw(event(**ALONE | cells))
    assert words in written(chart)
    assert lines(chart) == [pytest.approx(ends)]
    assert len(marks(chart, "o")) == (cells["drug_rate"] is not None)
    assert ("?: size of the group not given" in words_of(chart)) == words.endswith("?")
    assert ("dashed: as printed" in words_of(chart).lower()) == (cells["drug_rate"] is None)


@pytest.mark.parametrize(("interval", "dashed"), [("Wilson 95%", False), ("printed", True), ("range", True)])
def test_an_interval_that_we_did_not_compute_is_dashed(interval, dashed):
    (line,) = (
        line for line in draw(event(**ALONE | {"drug_interval": interval})).ax.lines if len(line.get_xdata()) > 1
    )
    assert line.is_dashed() is dashed


def test_an_effect_that_is_a_sentence_takes_the_width_above_its_mark():
    said = "In a survey of 27 providers 47 people had to stop because of an adverse effect, most of them for distress."
    chart = draw(event(**ALONE | {"effect": said, "statement": said, "label": f"{said[:-1]}, Smith 2020"}))
    assert written(chart)[1].replace("\n", " ") == said
    assert written(chart)[2] == "Smith 2020"
    assert chart.alt.count(said[:-1]) == 1


def test_what_has_no_rate_stands_in_words_below_the_axis():
    said = {"figure": "odds ratio 3.83 (95% CI 1.28 to 11.41)", "definition": "in two trials", "drug_solid": False}
    chart = draw(event(**IN_WORDS | said), event())
    sentence = "Smith 2020, GAD: 40 of 100 people had nausea. In two trials. Odds ratio 3.83 (95% CI 1.28 to 11.41)."
    assert f"○ {sentence}" in [text.replace("\n", " ") for text in written(chart)]
    assert sentence in chart.alt
    height = {text.get_text(): text.get_position()[1] for text in chart.ax.texts}
    axis = chart.ax.spines["bottom"].get_position()[1]
    assert height["In words, no rate in the source"] > axis > height["GAD"]
    assert {path.vertices[1, 1] for path in chart.ax.collections[0].get_paths()} == {axis}, "no grid behind words"
    assert "hollow: not seen by a second reader" in words_of(chart)


def test_words_alone_need_no_axis_and_no_columns():
    chart = draw(event(**IN_WORDS))
    assert not chart.ax.axison
    assert "share with the event" not in words_of(chart)
    assert written(chart)[0] == "In words, no rate in the source"
    assert not chart.ax.lines


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("side", ["drug", "control"])
def test_an_arm_that_one_reader_saw_is_hollow(side, medium):
    chart = draw(event(**{f"{side}_solid": False}), medium=medium)
    with style.applied(style.medium(medium)):
        paper = style.paper()
    faces = {line.get_marker(): line.get_markerfacecolor() for line in chart.ax.lines}
    hollow, solid = ("o", "s") if side == "drug" else ("s", "o")
    assert same_color(faces[hollow], paper)
    assert not same_color(faces[solid], paper)
    assert "Line: Wilson 95% interval; hollow: not seen by a second reader, or known at second hand." in words_of(chart)


def test_drugs_and_indirect_conditions_stand_in_groups_of_their_own():
    chart = draw(
        event(), event(direct=False, condition="depression"), event(drug_short="esketamine"), event(**ALONE), event(),
        event(**IN_WORDS), event(**IN_WORDS | {"direct": False}),
    )  # fmt: skip
    headings = [text.get_text() for text in chart.ax.texts if text.get_weight() == "bold"]
    assert headings == [
        "Drug against control arm: ketamine", "Drug against control arm: ketamine, other conditions (indirect)",
        "Drug against control arm: esketamine", "No control arm: ketamine", "In words, no rate in the source",
        "In words, no rate in the source, other conditions (indirect)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([{}], "1 adverse event, GAD: 40% on ketamine and 10% on control"),
        (
            [{}, {"effect": "vertigo", "drug_rate": 0.005, "control_rate": 0.0}, ALONE | {"drug_rate": 0.9}],
            "2 adverse events, GAD: 0.5 to 40% on ketamine and 0 to 10% on control",
        ),
        (
            [
                {"direct": False, "condition": "depression"},
                {"direct": False, "drug_short": "x"},
                IN_WORDS | {"condition": "OCD"},
            ],
            "1 adverse event, depression and GAD (indirect): 40% on the drug and 10% on control; no rate in OCD",
        ),
        ([ALONE, IN_WORDS], "1 adverse event without a control arm, GAD: 40% on ketamine"),
        (
            [ALONE, ALONE | {"drug_rate": None, "drug_low": 0.6, "drug_high": 0.75}],
            "1 adverse event without a control arm, GAD: 40 to 75% on ketamine",
        ),
        (
            [ALONE, ALONE | {"drug_rate": None, "drug_low": None, "drug_high": 0.05}],
            "1 adverse event without a control arm, GAD: 0 to 40% on ketamine",
        ),
        ([IN_WORDS, IN_WORDS], "Adverse events, GAD: no rate, 2 findings in words"),
    ],
)  # fmt: skip
def test_the_title_says_the_range_of_every_row_of_its_kind(rows, title):
    assert draw(*(event(**cells) for cells in rows)).title == title


def test_the_foot_explains_only_what_is_drawn():
    assert "Line: Wilson 95% interval. Sources: Smith 2020." in words_of(draw(event()))
    every = draw(
        event(drug_interval="printed"), event(control_n=None), event(control_solid=False), event(counted=False),
    )  # fmt: skip
    assert (
        "Line: Wilson 95% interval; dashed: as printed; ?: size of the group not given; "
        "rows of one source show the same people; hollow: not seen by a second reader, or known at second hand; "
        "not drawn: 1 row whose source is retracted. Sources: Smith 2020."
    ) in words_of(every)


def test_the_words_of_the_chart_are_one_sentence_a_row():
    alone = event(**ALONE | {"label": "vertigo, Lee 2021", "drug_low": None, "drug_high": None})
    table = pd.concat([event(), alone, event(**IN_WORDS)])
    assert charts.safety(table, title="Harms").alt == (
        "Harms. nausea, Smith 2020 (GAD): 40% of 100 on ketamine 0.5 mg/kg, 95% CI 31 to 50%; "
        "10% of 50 on saline, 95% CI 4 to 21%. vertigo, Lee 2021 (GAD): 40% of 100 on ketamine 0.5 mg/kg. "
        "Smith 2020, GAD: 40 of 100 people had nausea."
    )


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_what_is_missing_is_drawn_without_the_word_nan(missing):
    for column in event().columns.drop(["claim_id", "counted"]):
        one = event().astype(object)
        one[column] = missing
        chart = draw(event(), one)
        said = f" {words_of(chart)} {chart.alt} ".lower().replace(",", " ").replace(":", " ")
        assert not any(f" {word} " in said for word in ("nan", "none", "<na>")), said
        assert faults(chart.ax, "page") == []


# the real table


def test_every_adverse_event_of_the_tables_has_a_row(real):
    claims = {row["claim_id"]: row for row in rows_of("claims") if row["kind"] == "adverse_event_rate"}
    named = [key for keys in real.claim_ids for key in keys.split("; ")]
    assert sorted(named) == sorted(claims)
    rates = {key for key, row in claims.items() if row["measure"] == "proportion"}
    rated = real[real.arms != "words only"]
    assert {key for keys in rated.claim_ids for key in keys.split("; ")} == rates


def test_figures_that_are_no_rates_do_not_stand_in_the_columns_of_rates(real):
    other = real[real.arms == "words only"]
    assert other[[f"drug_{name}" for name in ("rate", "events", "low", "high", "interval")]].isna().all(axis=None)
    figures = other.set_index("claim_id").figure
    assert figures["sicignano2024-dizziness"] == "odds ratio 3.83 (95% CI 1.28 to 11.41)"
    assert figures["gastaldon2021-dissociation"] == "reporting odds ratio 1,612.64 (95% CI 1,354.63 to 1,919.79)"
    assert figures["beaglehole2025b-dropouts"] == "2 participants"
    assert real[real.arms != "words only"].figure.isna().all()


def test_a_rate_of_treatments_is_not_one_of_people(real):
    rows = real.set_index("claim_id")
    assert rows.share_of["ahuja2022-ae-59"] == "treatments"
    assert pd.isna(rows.drug_low["ahuja2022-ae-59"])
    assert set(rows.share_of.drop("ahuja2022-ae-59").dropna()) == {"people"}


def test_the_commonest_effects_stand_first_and_rows_of_one_effect_together(real):
    for _, group in real[real.arms != "words only"].groupby(["arms", "direct", "drug_short"], observed=True):
        runs = group.effect[group.effect != group.effect.shift()]
        assert runs.is_unique
        rates = [group.drug_rate[group.effect == effect].max() for effect in runs]
        known = [rate for rate in rates if not pd.isna(rate)]
        assert known == sorted(known, reverse=True)


def test_the_name_of_a_drug_is_short_but_keeps_what_matters(real):
    short = dict(zip(real.drug, real.drug_short))
    assert short["esketamine 84 mg nasal spray with standard care"] == "esketamine nasal spray"
    assert short["ketamine 0.25, 0.5 and 1 mg/kg SC"] == "ketamine SC"
    assert short["ketamine at anaesthetic doses"] == "ketamine at anaesthetic doses"


def test_no_control_arm_of_the_tables_is_in_a_condition_that_they_are_about(real):
    title = charts.safety(real).title
    assert title == (
        "20 adverse events, depression (indirect): 3 to 41% on esketamine nasal spray and 0 to 20% on control, "
        "some of them hollow; no rate in OCD, PTSD and anxiety disorders"
    )


def test_texts_of_the_real_table_stand_apart_on_a_page(real):
    chart = charts.safety(real)
    assert (faults(chart.ax, "page"), pale(chart)) == ([], [])
    assert len(chart.table) == len(real)


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize(("arms", "start"), [("drug and control", 0), ("drug and control", 30), ("drug only", 7)])
def test_texts_of_a_few_real_rows_stand_apart(arms, start, medium, real):
    chart = charts.safety(real[real.arms == arms].iloc[start : start + 6], medium=medium)
    assert (faults(chart.ax, medium), pale(chart)) == ([], [])


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("condition", ["PTSD", "OCD", "mixed"])
def test_texts_of_one_condition_stand_apart(condition, medium, evidence):
    chart = charts.safety(tables.safety_rates(evidence, condition=condition), medium=medium)
    assert (faults(chart.ax, medium), pale(chart)) == ([], [])


# hostile tables


@pytest.mark.parametrize("labels", [[LONG], ["W" * 120], list(HOSTILE.values())], ids=["long", "one word", "all"])
def test_texts_of_hostile_labels_stand_apart(labels):
    chart = charts.safety(events_of(max(4, len(labels)), labels))
    assert (faults(chart.ax, "page"), pale(chart)) == ([], [])


@pytest.mark.parametrize("count", [1, 60])
def test_texts_stand_apart_whatever_the_number_of_rows(count):
    assert faults(charts.safety(events_of(count)).ax, "page") == []


@pytest.mark.parametrize("medium", ["slide", "slide-dark"])
@pytest.mark.parametrize("labels", [[LONG], ["κεταμίνη " * 5]], ids=["long", "Greek"])
def test_texts_of_a_slide_stand_apart(medium, labels):
    chart = charts.safety(events_of(2, labels), medium=medium)
    assert (faults(chart.ax, medium), pale(chart)) == ([], [])


@pytest.mark.parametrize("column", ["condition", "share_of"])
@pytest.mark.parametrize("text", [LONG, "W" * 120, HOSTILE["signs"], HOSTILE["Arabic"]])
def test_hostile_words_at_the_right_stand_apart(column, text):
    table = events_of(4)
    table[column] = text
    assert faults(charts.safety(table).ax, "page") == []


def test_more_rows_than_a_slide_holds_are_refused():
    with pytest.raises(ValueError) as refusal:
        charts.safety(events_of(60), medium="slide")
    assert str(refusal.value) == (
        "a slide holds about 12 of these 97 rows at a readable size; choose fewer rows, or the medium 'page'"
    )


def test_texts_in_given_axes_stand_apart():
    ax = Figure(figsize=(12, 9), layout="constrained").add_subplot()
    assert charts.safety(events_of(5), ax=ax).ax is ax
    assert faults(ax, "page") == []


def test_another_table_is_refused(evidence):
    with pytest.raises(ValueError) as refusal:
        charts.safety(tables.onset_times(evidence))
    assert str(refusal.value).startswith("the table has no column 'drug_short'; this chart needs label, condition, ")
