"""No text of a chart overlaps another, is cut, or is too small to read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import cycle, islice, pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from ketevidence import charts, layout, load, style, tables
from ketevidence.tables.contrasts import OUTCOMES

SMALLEST = {"page": 8, "slide": 14}
TOLERANCE = 0.8  # pixels at 100 dpi: rounding to the grid of pixels
LONG = "A label of 120 signs that a curator may well write for an arm of a trial with several drugs in all of its doses"
HOSTILE = {
    "plain": "Smith 2020, ketamine",
    "long": LONG,
    "one word": "W" * 120,
    "accents": "Älvsåker-Đukić & Nuñez 2020, façade",
    "Greek": "Παπαδόπουλος 2020, κεταμίνη",
    "Arabic": "الكيتامين 2020",
    "Hebrew": "קטמין 2020",
    "signs": "$E = m_c^2$ $1 < 2 & <b>_x_</b> \\frac{1}{2}",
    "line break": "Smith 2020\nketamine",
    "empty": "",
}


@pytest.fixture(scope="module")
def evidence():
    return load()


@pytest.fixture(scope="module")
def real(evidence):
    return {
        "rates": tables.resistance_rates(evidence),
        "timeline": tables.onset_times(evidence),
        "verdicts": tables.statements(evidence),
    }


def texts(ax: Axes) -> list[tuple[Text, np.ndarray]]:
    """Every text that is drawn, with left, bottom, right and top in pixels at 100 dpi."""
    figure = ax.get_figure(root=True)
    figure.set_dpi(100)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    low, high = sorted(ax.get_xlim())
    outside = {
        label for tick in ax.xaxis.get_major_ticks() if not low <= tick.get_loc() <= high for label in (tick.label1,)
    }
    hidden = {tick.label2 for axis in (ax.xaxis, ax.yaxis) for tick in axis.get_major_ticks()}
    found = []
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and text not in hidden | outside:
            found.append((text, np.array(Text.get_window_extent(text, renderer).extents)))
    return found


def faults(ax: Axes, medium: str) -> list[str]:
    drawn = texts(ax)
    width, height = ax.get_figure(root=True).canvas.get_width_height()
    small = [f"small: {text.get_text()}" for text, _ in drawn if text.get_fontsize() < SMALLEST[medium]]
    cut = [
        f"cut: {text.get_text()} {box.round(1)}"
        for text, box in drawn
        if min(box[:2]) < -TOLERANCE or box[2] > width + TOLERANCE or box[3] > height + TOLERANCE
    ]
    boxes = np.array([box for _, box in drawn]).reshape(-1, 4)
    shared = np.minimum(boxes[:, None, 2:], boxes[:, 2:]) - np.maximum(boxes[:, None, :2], boxes[:, :2])
    over = [
        f"overlap: {drawn[one][0].get_text()} | {drawn[other][0].get_text()}"
        for one, other in np.argwhere(np.triu((shared > TOLERANCE).all(axis=2), 1))
    ]
    return small + cut + over


def draw(name: str, table: pd.DataFrame, evidence, **options):
    if name == "rates":
        options.setdefault("stated", tables.statements(evidence, topic="treatment_resistance"))
    if name == "timeline":
        options.setdefault("stated", tables.stated_times(evidence))
    return getattr(charts, name)(table, **options)


NAMES = ("rates", "timeline", "verdicts")


@pytest.mark.parametrize("name", NAMES)
def test_texts_of_the_real_tables_stand_apart_on_a_page(name, real, evidence):
    assert faults(draw(name, real[name], evidence).ax, "page") == []


@pytest.mark.parametrize("condition", ["GAD", "OCD", "PD"])
@pytest.mark.parametrize("name", ["rates", "timeline"])
def test_texts_of_one_condition_stand_apart_on_a_page(name, condition, real, evidence):
    table = real[name]
    assert faults(draw(name, table[table.condition == condition], evidence).ax, "page") == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("start", [0, 15])
def test_texts_of_a_few_real_rows_stand_apart_on_a_slide(name, start, real, evidence):
    size = 5 if name == "verdicts" else 8
    rows = real[name].iloc[start : start + size]
    chart = draw(name, rows, evidence, medium="slide")
    assert faults(chart.ax, "slide") == []
    assert chart.ax.get_figure().get_size_inches().tolist() == [12.8, 7.2]


SYNTHESES = {  # the chart, and its rows
    **{f"pooled {outcome}": (charts.forest, partial(tables.pooled, outcome=outcome)) for outcome in OUTCOMES},
    **{
        f"published {outcome}": (charts.forest, partial(tables.published_comparison, outcome=outcome))
        for outcome in OUTCOMES
    },
    "pooled rates": (charts.forest, tables.pooled_rates),
    "facts": (charts.trial_facts, tables.trial_facts),
}
FIT_A_SLIDE = {  # of these tables the rows that one slide holds
    **{f"pooled {outcome}": {"condition": "OCD"} for outcome in OUTCOMES},
    "published response": {"condition": "PTSD"},
    "pooled rates": {"condition": "PTSD", "kind": "non_remission"},
    "facts": {"condition": "OCD"},
}


@pytest.mark.parametrize(("draws", "rows"), SYNTHESES.values(), ids=SYNTHESES)
def test_texts_of_trials_and_of_pools_stand_apart_on_a_page(draws, rows, evidence):
    assert faults(draws(rows(evidence)).ax, "page") == []


@pytest.mark.parametrize("name", FIT_A_SLIDE)
def test_texts_of_the_trials_of_a_condition_stand_apart_on_a_slide(name, evidence):
    draws, rows = SYNTHESES[name]
    chart = draws(rows(evidence, **FIT_A_SLIDE[name]), medium="slide")
    assert faults(chart.ax, "slide") == []
    assert chart.ax.get_figure().get_size_inches().tolist() == [12.8, 7.2]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_texts_of_trials_that_have_effects_stand_apart_on_a_slide(outcome, evidence):
    rows = tables.pooled(evidence, outcome=outcome)
    assert faults(charts.forest(rows[rows.row != "listed"], medium="slide").ax, "slide") == []


def rates_of(count: int, labels: Sequence[str] = ()) -> pd.DataFrame:
    kinds = ["no response", "no remission"]
    written = list(islice(cycle(labels or [f"row {row}" for row in range(count)]), count))
    return pd.DataFrame({
        "kind_label": [kinds[row % 2] for row in range(count)],
        "design": ["trial arm", "no control"][count % 2],
        "arm": [["drug", "placebo", "psychotherapy", "any treatment"][row % 4] for row in range(count)],
        "label": written,
        "proportion": pd.array([None if row % 5 == 4 else row % 11 / 10 for row in range(count)], dtype="Float64"),
        "low": pd.array([None if row % 3 else 0.0 for row in range(count)], dtype="Float64"),
        "high": pd.array([None if row % 4 else 1.0 for row in range(count)], dtype="Float64"),
        "interval": "printed",
        "n": pd.array([None if row % 2 else 12226 for row in range(count)], dtype="Int64"),
        "condition": "GAD",
        "events_basis": "derived",
        "counted": True,
        "solid": [row % 2 == 0 for row in range(count)],
        "citation": [label.replace("\n", " ") for label in written],
    })  # fmt: skip


def times_of(count: int, labels: Sequence[str] = ()) -> pd.DataFrame:
    rates = rates_of(count, labels)
    hours = [1 / 60, 0.5, 24.0, 336.0, 8766.0]
    return pd.DataFrame({
        "drug_class": ["ketamine" if row % 2 else rates.label[row] if labels else "SSRI" for row in range(count)],
        "kind": "first_separation",
        "kind_label": "first difference from a control",
        "controlled": [row % 3 > 0 for row in range(count)],
        "label": rates.label,
        "figure": ["15.74 days (95% CI 3.57 to 29.91)" if row % 2 else "2 hours or sooner" for row in range(count)],
        "hours": pd.array([None if row % 3 == 2 else hours[row % 5] for row in range(count)], dtype="Float64"),
        "low_hours": pd.array([None if row % 2 else hours[row % 5] / 2 for row in range(count)], dtype="Float64"),
        "high_hours": pd.array([None if row % 4 == 1 else hours[row % 5] for row in range(count)], dtype="Float64"),
        "censored": [["none", "left", "right"][row % 3] for row in range(count)],
        "condition": ["anxiety-disorders" if row % 2 else "GAD" for row in range(count)],
        "effect": [row % 5 != 0 for row in range(count)],
        "shares_people": True,
        "counted": True,
        "solid": rates.solid,
        "citation": rates.citation,
    })  # fmt: skip


def verdicts_of(count: int, labels: Sequence[str] = ()) -> pd.DataFrame:
    rates = rates_of(count, labels)
    return pd.DataFrame({
        "statement_id": [f"S{row:02}" for row in range(count)],
        "statement": rates.label,
        "verdict": "partly-supported",
        "verdict_label": "without direct evidence",
        "verdict_symbol": "◐",
        "verdict_role": "in-part",
        "certainty_label": "very low",
        "certainty_level": 1,
        "supports": [99 * (row % 2) for row in range(count)],
        "contradicts": [row % 3 for row in range(count)],
        "citation": rates.citation,
    })  # fmt: skip


MADE = {"rates": rates_of, "timeline": times_of, "verdicts": verdicts_of}


@pytest.mark.parametrize("labels", [[LONG], ["W" * 120], list(HOSTILE.values())], ids=["long", "one word", "all"])
@pytest.mark.parametrize("name", NAMES)
def test_texts_of_hostile_labels_stand_apart(name, labels):
    chart = getattr(charts, name)(MADE[name](max(4, len(labels)), labels))
    assert faults(chart.ax, "page") == []


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("name", NAMES)
def test_texts_stand_apart_whatever_the_number_of_rows(name, count):
    assert faults(getattr(charts, name)(MADE[name](count)).ax, "page") == []


@pytest.mark.parametrize("name", NAMES)
def test_words_of_a_label_are_written_as_they_are(name):
    chart = getattr(charts, name)(MADE[name](2, [HOSTILE["signs"]]))
    written = " ".join(text.get_text() for text, _ in texts(chart.ax)).replace("\n", "").replace(" ", "")
    assert HOSTILE["signs"].replace(" ", "") in written


@pytest.mark.parametrize("name", NAMES)
def test_a_long_title_is_broken_into_lines(name):
    chart = getattr(charts, name)(MADE[name](4), title=LONG)
    assert faults(chart.ax, "page") == []
    assert chart.title == LONG


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "rates",
            "a slide holds about 13 of these 62 rows at a readable size; choose fewer rows, or the medium 'page'",
        ),
        (
            "timeline",
            "a slide holds about 9 of these 62 rows at a readable size; choose fewer rows, or the medium 'page'",
        ),
        (
            "verdicts",
            "a slide holds about 14 of these 60 rows at a readable size; choose fewer rows, or the medium 'page'",
        ),
    ],
)
def test_more_rows_than_a_slide_holds_are_refused(name, message):
    with pytest.raises(ValueError) as refusal:
        getattr(charts, name)(MADE[name](60), medium="slide")
    assert str(refusal.value) == message


@pytest.mark.parametrize("name", NAMES)
def test_texts_in_given_axes_stand_apart(name):
    figure = Figure(figsize=(12, 8), layout="constrained")
    ax = figure.add_subplot()
    getattr(charts, name)(MADE[name](6), ax=ax)
    assert faults(ax, "page") == []


def test_rows_stand_below_each_other_and_grow_with_their_labels():
    rows = [layout.Row("short", ("1",)), layout.Row(LONG, ("2",)), layout.Row("head", heading=True), layout.Row("x")]
    page = layout.Page("title", "foot", "x", ("value",))
    with style.applied(style.medium("page")):
        ax, ys = layout.place(rows, page, style.medium("page"), None)
    assert list(ys) == sorted(ys)
    assert all(later - sooner >= 8 for sooner, later in pairwise(ys))
    assert ax.get_ylim()[0] > ys[-1] > ys[0] > ax.get_ylim()[1]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pages", "no medium 'pages'; nearest: 'page'"),
        ("poster", "no medium 'poster'; known: page, slide"),
    ],
)
def test_an_unknown_medium_names_the_known_ones(name, message):
    with pytest.raises(ValueError) as refusal:
        style.medium(name)
    assert str(refusal.value) == message


@pytest.mark.parametrize("text", [LONG, "W" * 120, "a\nb", "", " ", "two  blanks", "κεταμίνη " * 20])
def test_wrapped_lines_keep_the_words_and_the_limit(text):
    lines = style.wrap(text, 8, 100).split("\n")
    assert all(style.width(line, 8) <= 100 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
