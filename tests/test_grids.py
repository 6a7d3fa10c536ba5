"""Grids of signs and the summary of findings: every cell says in words what its sign and shade say."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import cycle, islice, pairwise

import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from test_layout import HOSTILE, LABELS, LONG, contrast, faults, hostile, luminance, texts

from ketevidence import charts, style
from ketevidence.charts import grid

ORIGIN = {"name": "made up", "version": "1.0", "digest": "abc", "date": "2026-01-01"}
NINE = {
    "allocation": ["crossover", "parallel"],
    "comparator": ["inactive", "psychoactive placebo", "active drug"],
    "masked": ["double-blind", "open-label", "not reported"],
    "registered": ["yes", "no number seen"],
    "primary outcome": ["mixed", "positive", "null"],
    "people": ["18", "158", "not known"],
    "dropouts": ["0 of 18 not analysed", "2 of 12 left", "not known"],
    "carry-over": ["possible", "none by design", "found"],
    "shared people": ["none known", "shared"],
}
DOMAINS = ["order", "departures", "missing results", "measurement", "reporting", "overall"]
LONG_DOMAINS = [
    "bias arising from the randomisation process", "bias due to deviations from intended interventions",
    "bias due to missing outcome data", "bias in measurement of the outcome", "overall",
]  # fmt: skip
JUDGED = {"+": "low", "-": "some concerns", "x": "high", "!": "critical", "?": "no information"}
NAMES = ("trial_facts", "risk_of_bias")


def fact(**cells) -> dict[str, object]:
    row = {
        "row_id": "smith: masked", "study_id": "smith", "citation": "Smith 2020", "condition": "GAD", "fact": "masked",
        "sign": "+", "word": "double-blind", "detail": "", "solid": True, "source_id": "smith",
    }  # fmt: skip
    return row | cells


def bias(**cells) -> dict[str, object]:
    row = {
        "row_id": "smith: order", "study_id": "smith", "citation": "Smith 2020", "tool": "RoB 2", "domain": "order",
        "judgement": "low", "sign": "+", "support": "", "solid": True, "source_id": "smith",
    }  # fmt: skip
    return row | cells


def frame(*rows) -> pd.DataFrame:
    made = pd.DataFrame(rows)
    made.attrs = {"evidence": ORIGIN, "key": "row_id"}
    return made


def facts_of(count: int, labels=(), facts=NINE) -> pd.DataFrame:
    names = islice(cycle(labels or [f"Author {2000 + row}" for row in range(count)]), count)
    return frame(*(
        fact(row_id=f"{row}: {name}", study_id=f"t{row}", citation=label, condition=["OCD", "mixed-disorders"][row % 2],
             fact=name, sign="+-?"[(row + place) % 3] if name != "people" else "", word=words[row % len(words)],
             solid=row % 4 > 0)
        for row, label in enumerate(names) for place, (name, words) in enumerate(facts.items())
    ))  # fmt: skip


def bias_of(count: int, labels=(), domains=DOMAINS, tools=("RoB 2",)) -> pd.DataFrame:
    names = islice(cycle(labels or [f"Author {2000 + row}" for row in range(count)]), count)
    return frame(*(
        bias(row_id=f"{tool} {row}: {name}", study_id=f"t{row}", citation=label, tool=tool, domain=name,
             sign="+-x!?"[(row + place) % 5], judgement=JUDGED["+-x!?"[(row + place) % 5]], solid=row % 4 > 0)
        for row, label in enumerate(names) for tool in tools for place, name in enumerate(domains)
    ))  # fmt: skip


MADE = {"trial_facts": facts_of, "risk_of_bias": bias_of}


def draw(name: str, table: pd.DataFrame, **options):
    return getattr(charts, name)(table, **options)


def written(chart) -> list[str]:
    return [text.get_text() for text in chart.ax.texts if text.get_text() and text.get_fontsize() < 9]


def words_of(chart) -> str:
    return " ".join(text.get_text() for text in chart.ax.get_figure().findobj(Text)).replace("\n", " ")


def circles(chart) -> list:
    return [line for line in chart.ax.lines if line.get_marker() == "o"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [1, 13, 60])
def test_texts_of_a_grid_stand_apart_on_a_page(name, count):
    chart = draw(name, MADE[name](count))
    assert faults(chart.ax, "page") == []
    assert chart.ax.get_figure().get_figwidth() == 6.4


@pytest.mark.parametrize("medium", style.MEDIA)
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("name", NAMES)
def test_hostile_labels_stand_apart(name, labels, medium):
    assert hostile(getattr(charts, name), MADE[name], labels, medium) == []


@pytest.mark.parametrize("medium", style.MEDIA)
@pytest.mark.parametrize("text", [LONG, "W" * 120, "κεταμίνη " * 5, *HOSTILE.values()])
def test_hostile_words_of_facts_stand_apart(text, medium):
    def worded(count, labels):
        table = facts_of(count, labels)
        table.loc[table.fact.isin(["masked", "carry-over"]), "word"] = text
        return table

    assert hostile(charts.trial_facts, worded, ["Smith 2020"], medium) == []


@pytest.mark.parametrize("text", [LONG, "W" * 120, "κεταμίνη " * 5, *HOSTILE.values()])
def test_hostile_names_of_facts_stand_apart(text):
    assert faults(charts.trial_facts(facts_of(2, facts=NINE | {text: ["yes"], "W" * 60: ["no"]})).ax, "page") == []


@pytest.mark.parametrize("medium", style.MEDIA)
@pytest.mark.parametrize("text", [LONG, "W" * 120, "κεταμίνη " * 5, *HOSTILE.values()])
def test_hostile_names_of_domains_stand_apart(text, medium):
    def judged(count, labels):
        tools = ("RoB 2", text) if medium == "page" and text else ("RoB 2",)
        table = bias_of(count, labels, domains=[text, "x", "overall"], tools=tools)
        table.loc[table.domain == "overall", "judgement"] = text
        return table

    assert hostile(charts.risk_of_bias, judged, ["Smith 2020"], medium) == []


@pytest.mark.parametrize("count", [1, 2, 12, 20])
def test_any_number_of_domains_is_drawn(count):
    chart = charts.risk_of_bias(bias_of(3, domains=[f"domain number {place}" for place in range(count)]))
    assert faults(chart.ax, "page") == []
    assert len(circles(chart)) == 3 * count


@pytest.mark.parametrize("medium", ["slide", "slide-dark"])
@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("name", NAMES)
def test_a_few_rows_stand_apart_on_a_slide(name, count, medium):
    chart = draw(name, MADE[name](count), medium=medium)
    assert faults(chart.ax, medium) == []
    assert chart.ax.get_figure().get_size_inches().tolist() == [12.8, 7.2]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "trial_facts",
            "a slide holds about 5 of these 41 rows at a readable size; choose fewer rows, or the medium 'page'",
        ),
        (
            "risk_of_bias",
            "a slide holds about 9 of these 42 rows at a readable size; choose fewer rows, or the medium 'page'",
        ),
    ],
)
def test_more_rows_than_a_slide_holds_are_refused(name, message):
    with pytest.raises(ValueError) as refusal:
        draw(name, MADE[name](40), medium="slide")
    assert str(refusal.value) == message


@pytest.mark.parametrize("name", NAMES)
def test_given_axes_are_drawn_on_and_their_texts_stand_apart(name):
    figure = Figure(figsize=(12, 9), layout="constrained")
    ax = figure.add_subplot()
    chart = draw(name, MADE[name](6), ax=ax)
    assert chart.ax is ax
    assert faults(ax, "page") == []


@pytest.mark.parametrize("name", NAMES)
def test_a_grid_keeps_the_rows_of_its_frame(name):
    table = MADE[name](3)
    pd.testing.assert_frame_equal(draw(name, table).table, table)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_medium_is_refused(name):
    with pytest.raises(ValueError) as refusal:
        draw(name, MADE[name](1), medium="pages")
    assert str(refusal.value) == "no medium 'pages'; nearest: 'page'"


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("trial_facts", fact(), "two rows for fact 'masked' of 'smith'"),
        ("risk_of_bias", bias(), "two rows for domain 'order' of 'smith'"),
    ],
)
def test_two_rows_for_one_cell_are_refused(name, row, message):
    with pytest.raises(ValueError) as refusal:
        draw(name, frame(row, row))
    assert str(refusal.value) == message


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
@pytest.mark.parametrize(
    ("name", "row", "columns"),
    [
        ("trial_facts", fact(), ["citation", "condition", "fact", "sign", "word", "solid"]),
        ("risk_of_bias", bias(), ["citation", "tool", "domain", "judgement", "sign", "solid"]),
    ],
)
def test_missing_values_are_drawn_without_the_word_nan(name, row, columns, missing):
    for column in columns:
        table = frame(row, row | {column: missing, "study_id": "lee"})
        chart = draw(name, table)
        said = (words_of(chart) + chart.alt).lower()
        assert not re.search(r"\b(nan|none|na|<na>)\b", said), said
        assert faults(chart.ax, "page") == []
    draw(name, frame(row | dict.fromkeys(columns, missing)))


# facts of trials


def test_a_cell_of_facts_has_a_sign_and_a_word():
    chart = charts.trial_facts(
        frame(fact(), fact(fact="comparator", sign="-", word="inactive"), fact(fact="people", sign="", word="18"))
    )
    assert written(chart) == ["Smith 2020\nGAD", "masked", "comparator", "people",
                              "+", "double-blind", "−", "inactive", "18"]  # fmt: skip
    assert chart.alt == (
        "GAD, 1 trial: comparator: inactive. Smith 2020, GAD: masked + double-blind; comparator − inactive; people 18."
    )


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([fact()], "GAD, 1 trial, 1 fact"),
        ([fact(), fact(fact="people", sign="", word="18"), fact(fact="registered", sign="?", word="no")],
         "GAD, 1 trial: not known, or in part: registered: no"),
        ([fact(), fact(fact="people", sign="", word="18")], "GAD, 1 trial, 2 facts"),
        ([fact(), fact(study_id="lee")], "GAD, 2 trials, 1 fact each"),
        ([fact(sign="-", word="open-label")], "GAD, 1 trial: masked: open-label"),
        ([fact(sign="-", word="open-label"), fact(fact="carry-over", sign="-", word="found")],
         "GAD, 1 trial: masked: open-label, carry-over: found"),
        ([fact(sign="-", word="open-label"), fact(study_id="lee")], "GAD, 2 trials: masked: open-label in 1"),
        ([fact(sign="-", word="open-label", study_id=study) for study in "abc"],
         "GAD, 3 trials: masked: open-label in 3"),
        ([fact(fact="comparator", sign="-", word=word, study_id=word) for word in ("inactive", "none")],
         "GAD, 2 trials: comparator: inactive in 1, comparator: none in 1"),
        ([fact(sign="-", word=None)], "GAD, 1 trial: masked"),
        ([fact(sign="-", fact=None)], "GAD, 1 trial: not named: double-blind"),
        ([fact(study_id=None)], "GAD, 1 trial, 1 fact"),
        ([fact(condition="anxiety"), fact(condition="anxiety", fact="people")], "Anxiety, 1 trial, 2 facts"),
        ([fact(people_of="lee"), fact(study_id="lee", people_of="lee")], "GAD, 2 reports of 1 trial, 1 fact each"),
        ([fact(people_of="lee", sign="-"), fact(study_id="lee", people_of="lee", sign="-")],
         "GAD, 2 reports of 1 trial: masked: double-blind"),
        ([fact(people_of="lee"), fact(study_id="lee", people_of="lee", condition="OCD")], "2 trials, 1 fact each"),
    ],
)  # fmt: skip
def test_the_title_of_facts_names_what_does_not_guard_against_error(rows, title):
    assert charts.trial_facts(frame(*rows)).title == title


def test_the_foot_explains_the_signs_that_are_drawn():
    assert ("+ guards against error; facts: not seen by a second reader. Sources: Smith 2020.") in words_of(
        charts.trial_facts(frame(fact()))
    )
    every = [fact(fact=name, sign=sign, solid=False) for name, sign in zip("abcd", ["+", "-", "?", ""])]
    assert (
        "+ guards against error; − does not; ? not known, or in part; no sign: neither; "
        "facts: not seen by a second reader; hollow: known at second hand. Sources: Smith 2020."
    ) in words_of(charts.trial_facts(frame(*every)))


def test_the_words_of_a_fact_stay_inside_their_cell():
    chart = charts.trial_facts(facts_of(13))
    boxes = texts(chart.ax)
    cells = [patch for patch in chart.ax.patches if isinstance(patch, Rectangle)]
    assert len(cells) == 13 * 9
    extents = [cell.get_window_extent().extents for cell in cells]
    inside = 0
    for text, box in boxes:
        middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        for cell in extents:
            if cell[0] < middle[0] < cell[2] and cell[1] < middle[1] < cell[3]:
                inside += 1
                assert (box[:2] > cell[:2] - 1).all(), text.get_text()
                assert (box[2:] < cell[2:] + 1).all(), text.get_text()
    assert inside > 2 * 13 * 8


def test_cells_of_one_row_do_not_reach_into_the_next():
    chart = charts.trial_facts(facts_of(13))
    rows = sorted({(patch.get_y(), patch.get_y() + patch.get_height()) for patch in chart.ax.patches})
    assert all(upper[1] <= lower[0] for upper, lower in pairwise(rows))


@pytest.mark.parametrize("sign", ["+", "-", "?", "", "~"])
def test_a_shade_repeats_its_sign_and_a_cell_that_is_not_solid_is_hollow(sign):
    solid, hollow = (charts.trial_facts(frame(fact(sign=sign, solid=solid))).ax.patches[0] for solid in (True, False))
    assert same_color(solid.get_facecolor(), solid.get_edgecolor())
    assert bool(same_color(solid.get_facecolor(), "white")) is (sign in ("", "~"))
    assert same_color(hollow.get_facecolor(), "white")
    assert not same_color(hollow.get_edgecolor(), "white")
    assert contrast(solid.get_facecolor(), "#1a1a1a") > 7


def test_names_of_facts_are_upright_where_they_fit_and_turned_where_not():
    few = charts.trial_facts(facts_of(2, facts={"masked": ["yes"], "carry-over": ["no"]}))
    many = charts.trial_facts(facts_of(2, facts={f"{name} of the trial": words for name, words in NINE.items()}))
    crowded = charts.trial_facts(facts_of(2, facts={f"incomprehensible{place}": ["registered"] for place in range(8)}))
    turns = [
        {text.get_rotation() for text in chart.ax.texts if text.get_style() == "italic"}
        for chart in (few, many, crowded)
    ]
    assert turns == [{0}, {0}, {90}]
    assert faults(crowded.ax, "page") == []


def test_a_trial_without_a_fact_has_an_empty_place():
    chart = charts.trial_facts(frame(fact(), fact(fact="people", word="18"), fact(study_id="lee", citation="Lee 2021")))
    assert len(chart.ax.patches) == 3


def test_trials_and_facts_keep_the_order_of_the_frame():
    chart = charts.trial_facts(facts_of(3).iloc[::-1])
    labels = [text for text in written(chart) if text.startswith("Author")]
    assert [label.split("\n")[0] for label in labels] == ["Author 2002", "Author 2001", "Author 2000"]
    heads = [text.get_text().replace("\n", " ") for text in chart.ax.texts if text.get_style() == "italic"]
    assert [head.replace("- ", "-") for head in heads] == list(NINE)[::-1]


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("double-blind", 40, "double-\nblind"),
        ("double-blind", 200, "double-blind"),
        ("12/15 - none", 200, "12/15 - none"),
        ("not reported", 45, "not\nreported"),
    ],
)
def test_words_break_after_hyphens(text, limit, lines):
    with style.applied(style.medium("page")):
        assert grid.wrap(text, limit) == lines


# risk of bias


def test_a_circle_has_its_sign_inside_and_the_overall_judgement_in_words():
    chart = charts.risk_of_bias(
        frame(
            bias(domain="overall", judgement="some concerns", sign="-"),
            bias(),
            bias(domain="reporting", judgement="high", sign="x"),
        )
    )
    assert written(chart) == ["RoB 2", "Smith 2020", "order", "reporting", "overall",
                              "+", "×", "−", "some concerns"]  # fmt: skip
    marks = {text.get_text(): text.xy for text in chart.ax.texts if text.get_text() in "+×−" and text.get_text()}
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in circles(chart)] == list(marks.values())
    assert chart.alt == (
        "Risk of bias of 1 study: RoB 2 some concerns in 1. "
        "Smith 2020 (RoB 2): order low, reporting high, overall some concerns."
    )
    assert "+ low; − some concerns; × high. Sources: Smith 2020." in words_of(chart)


def test_names_of_domains_stand_above_where_they_fit_and_else_in_the_foot():
    short, long = (charts.risk_of_bias(bias_of(2, domains=names)) for names in (DOMAINS, LONG_DOMAINS))
    heads = [
        [
            text.get_text().replace("\n", " ")
            for text in chart.ax.texts
            if text.get_style() == "italic" and text.get_text()
        ]
        for chart in (short, long)
    ]
    assert heads == [DOMAINS, ["D1", "D2", "D3", "D4", "overall"]]
    assert "D1" not in words_of(short)
    assert (
        "RoB 2: D1 bias arising from the randomisation process; D2 bias due to deviations from intended interventions; "
        "D3 bias due to missing outcome data; D4 bias in measurement of the outcome. Sources:"
    ) in words_of(long)


def test_studies_are_grouped_by_tool_with_the_overall_judgement_in_one_column():
    longer = bias_of(2, tools=("ROBINS-I",), domains=[*LONG_DOMAINS[:-1], "bias due to confounding", "overall"])
    chart = charts.risk_of_bias(pd.concat([bias_of(3, domains=LONG_DOMAINS), longer]))
    assert [text.get_text() for text in chart.ax.texts if text.get_weight() == "bold" and len(text.get_text()) > 1] == [
        "RoB 2", "ROBINS-I",
    ]  # fmt: skip
    overall = {text.get_position()[0] for text in chart.ax.texts if text.get_text() == "overall"}
    assert len(overall) == 1
    assert max(line.get_xdata()[0] for line in circles(chart)) == overall.pop()
    assert chart.title == (
        "Risk of bias of 5 studies: RoB 2 no information in 1, low in 1 and some concerns in 1; "
        "ROBINS-I low in 1 and some concerns in 1"
    )
    assert faults(chart.ax, "page") == []


def test_without_an_overall_judgement_there_is_no_column_for_it():
    chart = charts.risk_of_bias(bias_of(2, domains=DOMAINS[:-1]))
    assert "overall" not in written(chart)
    assert chart.title == "Risk of bias of 2 studies"


def test_the_size_of_a_traffic_light_follows_its_rows():
    heights = [charts.risk_of_bias(bias_of(count)).ax.get_figure().get_figheight() for count in (1, 10, 40)]
    assert heights == sorted(heights)
    assert heights[2] - heights[1] > 3 * (heights[1] - heights[0])


def test_a_worse_judgement_is_darker_and_its_sign_can_be_read():
    faces = [circles(charts.risk_of_bias(frame(bias(sign=sign))))[0].get_markerfacecolor() for sign in "+-x!"]
    assert all(luminance(better) > 1.02 * luminance(worse) for better, worse in pairwise(faces))
    for sign in "+-x!?~":
        chart = charts.risk_of_bias(frame(bias(sign=sign)))
        ink = next(text for text in chart.ax.texts if text.get_text() == grid.sign(sign)).get_color()
        assert contrast(circles(chart)[0].get_markerfacecolor(), ink) > 4.5


@pytest.mark.parametrize("sign", list("+-x!?"))
def test_circles_seen_by_one_reader_are_hollow(sign):
    circle = circles(charts.risk_of_bias(frame(bias(sign=sign, solid=False))))[0]
    assert same_color(circle.get_markerfacecolor(), "white")
    assert contrast(circle.get_markeredgecolor(), "white") > 3


# the summary of findings


def rating(**cells) -> dict[str, object]:
    row = {
        "row_id": "GAD: drug vs saline", "condition": "GAD", "label": "generalised anxiety disorder",
        "comparison": "drug vs saline", "outcome": "anxiety, 7 days", "trials": 2, "people": 30,
        "effect": "Hedges g −0.5 (95% CI −1 to 0)", "certainty": "low", "certainty_level": 2, "suggestion": "low",
        "suggestion_level": 2, "agree": True, "reasons": "imprecision: very serious concern",
        "suggestion_reasons": "imprecision −2: 30 people", "differs": "", "rationale": "Few people.",
        "status": "provisional", "citation": "Smith 2020; Lee 2021", "source_id": "smith; lee", "solid": True,
    }  # fmt: skip
    return row | cells


def ratings(count: int, **cells) -> pd.DataFrame:
    table = frame(*(rating(row_id=f"row {row}", **cells) for row in range(count)))
    levels = dict.fromkeys(("trials", "people", "certainty_level", "suggestion_level"), "Int64")
    return table.astype(levels | {"agree": "boolean"})


class Seen(HTMLParser):
    """Tags, attributes and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        if self.tags and self.tags[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_a_row_of_the_summary_says_everything_in_words():
    sheet = charts.certainty(ratings(1))
    said = Seen(sheet.html).text
    for part in [
        "generalised anxiety disorder", "drug vs saline anxiety, 7 days", "2 trials 30 people",
        "Hedges g −0.5 (95% CI −1 to 0)", "⊕⊕○○ low provisional ⊕⊕○○ low agrees",
        "curators: imprecision: very serious concern why: Few people. computed: imprecision −2: 30 people",
        "State of the ratings: 1 provisional. Not medical advice.", "Sources: Lee 2021; Smith 2020.",
    ]:  # fmt: skip
        assert part in said
    title = "Certainty of the evidence, generalised anxiety disorder: low; the computed suggestion agrees on the level"
    assert said.startswith(f"{title} condition")
    assert sheet.alt == (
        f"{title}. generalised anxiety disorder, drug vs saline, anxiety, 7 days: 2 trials, 30 people; "
        "Hedges g −0.5 (95% CI −1 to 0); certainty low, computed low, agrees."
    )
    assert sheet.sources == ("Lee 2021", "Smith 2020")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({}, "agrees"),
        ({"differs": pd.NA}, "agrees"),
        ({"differs": "imprecision"}, "agrees; reasons differ : imprecision"),
        ({"differs": "risk of bias, imprecision"}, "agrees; reasons differ : risk of bias, imprecision"),
        ({"agree": pd.NA}, "not compared"),
        ({"agree": pd.NA, "differs": "imprecision"}, "not compared"),
        (
            {"agree": False, "suggestion": "high", "suggestion_level": 4},
            "differs : low by the curators, high computed",
        ),
        (
            {"agree": False, "suggestion": "high", "suggestion_level": 4, "differs": "imprecision"},
            "differs : low by the curators, high computed; on imprecision",
        ),
    ],
)
def test_agreement_is_said_in_words(cells, words):
    sheet = charts.certainty(ratings(1, **cells))
    assert f" {words} curators:" in Seen(sheet.html).text
    assert sheet.alt.endswith(f", {words.replace(' :', ':')}.")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"certainty_level": 1, "certainty": "very low"}, "⊕○○○ very low"),
        ({"certainty_level": 4, "certainty": "high"}, "⊕⊕⊕⊕ high"),
        ({"certainty_level": 0, "certainty": pd.NA}, "(95% CI −1 to 0) not rated provisional"),
        ({"certainty_level": pd.NA, "certainty": "cannot be rated"}, "(95% CI −1 to 0) cannot be rated provisional"),
        ({"trials": 0, "people": 0}, "7 days no trial Hedges"),
        ({"trials": pd.NA, "people": pd.NA}, "7 days trials not counted people not counted Hedges"),
        ({"people": 1, "trials": 1}, "1 trial 1 person Hedges"),
        ({"effect": pd.NA}, "30 people none ⊕⊕"),
        ({"reasons": pd.NA, "suggestion_reasons": "", "rationale": pd.NA}, "agrees none given"),
    ],
)
def test_circles_and_counts_are_said_in_words(cells, words):
    assert words in Seen(charts.certainty(ratings(1, **cells)).html).text


def test_a_summary_without_rows_is_refused():
    with pytest.raises(ValueError) as refusal:
        charts.certainty(ratings(1).iloc[:0])
    assert str(refusal.value) == "no row to draw"


def test_ratings_that_are_missing_are_counted_apart():
    table = pd.concat([ratings(2), ratings(1, certainty=pd.NA, certainty_level=pd.NA, agree=True)])
    title = charts.certainty(table).title
    assert title == (
        "Certainty of the evidence, generalised anxiety disorder: low in 2 and not rated in 1 of 3 comparisons; the "
        "computed suggestion agrees on the level in 2 of 2"
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"agree": False}, "low; the computed suggestion has another level"),
        ({"differs": "imprecision"}, "low; the computed suggestion agrees on the level, not on the reasons"),
        ({"agree": False, "differs": "imprecision"}, "low; the computed suggestion has another level"),
        ({"agree": pd.NA}, "low"),
        ({"certainty": pd.NA, "certainty_level": pd.NA}, "not rated"),
    ],
)
def test_the_title_of_one_rating_says_what_it_is(cells, said):
    title = charts.certainty(ratings(1, **cells)).title
    assert title == f"Certainty of the evidence, generalised anxiety disorder: {said}"


def test_a_frame_without_the_domains_that_differ_is_enough():
    assert charts.certainty(ratings(1).drop(columns="differs")).html == charts.certainty(ratings(1)).html.replace(
        charts.certainty(ratings(1)).html.split('"')[1],
        charts.certainty(ratings(1).drop(columns="differs")).html.split('"')[1],
    )


@pytest.mark.parametrize("column", [
    "label", "comparison", "outcome", "effect", "certainty", "suggestion", "reasons", "suggestion_reasons", "differs",
    "status", "citation",
])  # fmt: skip
def test_texts_are_shown_as_they_are_and_never_run(column, tmp_path):
    evil = "<script>alert('1')</script> & <b onclick=\"x\">**bold**</b> {{x^2}} </style>"
    sheet = charts.certainty(ratings(1, agree=False, **{column: evil}), title=evil if column == "label" else "")
    plain = charts.certainty(ratings(1, agree=False))
    page = sheet.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert sorted(Seen(sheet.html).tags) == sorted(Seen(plain.html).tags)
    assert "script" not in Seen(page).tags
    assert evil in Seen(page).text


def test_a_sheet_needs_nothing_from_elsewhere(tmp_path):
    sheet = charts.certainty(ratings(3))
    page = sheet.save(tmp_path / "new" / "page.HTML").read_text(encoding="utf-8")
    for html in (sheet.html, page):
        seen = Seen(html)
        assert not {"script", "link", "img", "iframe", "object"} & set(seen.tags)
        assert seen.addresses == []
        assert not re.search(r"https?:|url\(|@import|expression\(", html)
        assert len(seen.ids) == len(set(seen.ids))
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "default-src 'none'" in page
    assert sheet.html in page


def test_styles_of_a_sheet_hold_for_nothing_else_on_the_page():
    sheet = charts.certainty(ratings(2))
    css = sheet.html[sheet.html.index("<style>") + 7 : sheet.html.index("</style>")]
    own = f"#certainty-{sheet.digest}"
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@container[^{]*\{", "", css))
    assert len(rules) > 20
    for selectors in rules:
        assert all(part.strip(" }\n").startswith(own) for part in selectors.split(",")), selectors


def test_a_sheet_takes_the_colours_of_its_place():
    html = charts.certainty(ratings(2)).html
    css = html[html.index("<style>") + 7 : html.index("</style>")]
    assert set(re.findall(r"(?:^|[ ;])color: ([^;]+);", css)) == {"inherit"}
    assert set(re.findall(r"background-color: ([^;]+);", css)) <= {"inherit", "transparent"}


def test_a_narrow_place_shows_the_name_of_the_column_in_every_cell():
    html = charts.certainty(ratings(1)).html
    narrow = html[html.index("@container") : html.index("</style>")]
    names = re.findall(r':nth-child\((\d)\)::before \{ content: "([^"]+)"; \}', narrow)
    assert names == [(str(place), name) for place, name in enumerate([
        "condition", "comparison and outcome", "trials and people", "effect", "certainty (curators)",
        "suggestion (computed)", "agreement", "reasons",
    ], 1)]  # fmt: skip
    assert [name for _, name in names] == re.findall(r'<th [^>]*scope="col"[^>]*>([^<]+)</th>', html)


def test_the_same_ratings_give_the_same_sheet_and_others_another():
    one, same, other = (charts.certainty(ratings(1, people=people)) for people in (30, 30, 31))
    assert one.html == same.html == one._repr_html_()
    assert one.digest == same.digest != other.digest
    assert repr(one) == f"Sheet certainty, 1 row, digest {one.digest}, evidence 1.0, sources Lee 2021, Smith 2020"


@pytest.mark.parametrize(("file", "ending"), [("x.png", "png"), ("x", "")])
def test_another_format_of_a_sheet_is_refused(tmp_path, file, ending):
    with pytest.raises(ValueError) as refusal:
        charts.certainty(ratings(1)).save(tmp_path / file)
    assert str(refusal.value) == f"no format {ending!r}; known: html"
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_cannot_be_written_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    target = tmp_path / "file" / "page.html"
    with pytest.raises(ValueError) as refusal:
        charts.certainty(ratings(1)).save(target)
    assert str(refusal.value) in (
        f"{target} cannot be written: file exists",
        f"{target} cannot be written: not a directory",
    )
