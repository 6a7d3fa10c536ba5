"""No text of a chart overlaps another, is cut, or is too small to read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from ketevidence import charts, layout, load, style, tables
from ketevidence.chart import Chart
from ketevidence.tables.contrasts import OUTCOMES

SMALLEST = {name: 8 if chosen.height is None else 14 for name, chosen in style.MEDIA.items()}
TOLERANCE = 0.8  # pixels at 100 dpi: rounding to the grid of pixels
Made = Callable[[int, Sequence[str]], pd.DataFrame]
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


LABELS = {"long": [LONG], "one word": ["W" * 120], "all": list(HOSTILE.values())}


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
    with mpl.rc_context({"text.hinting": "none"}):  # as the styles have it: letters are as wide as they are measured
        return _texts(ax, renderer)


def _texts(ax: Axes, renderer) -> list[tuple[Text, np.ndarray]]:
    figure = ax.get_figure(root=True)
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
    """Texts that are too small, cut, over one another, or leave the plot that they stand in."""
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
    return small + cut + over + strays(ax, drawn)


def strays(ax: Axes, drawn: Sequence[tuple[Text, np.ndarray]]) -> list[str]:
    """Texts at a place of the data that is not in sight, or that stand over the plot and reach beyond it."""
    plot = ax.get_window_extent().extents
    low, high = plot[:2] - TOLERANCE, plot[2:] + TOLERANCE
    found = []
    for text, box in drawn:
        if isinstance(text, Annotation) and "data" in np.ravel(text.xycoords):
            across, _ = text._get_xy(None, text.xy, text.xycoords)
            if not low[0] <= across <= high[0]:
                found.append(f"out of sight: {text.get_text()}")
        inside = text.xycoords == "data" if isinstance(text, Annotation) else text.get_transform() == ax.transData
        middle = (box[:2] + box[2:]) / 2
        over = inside and ((low < middle) & (middle < high)).all()
        if over and ((box[:2] < low) | (box[2:] > high)).any():
            found.append(f"leaves the plot: {text.get_text()}")
    return found


def pale(chart: Chart) -> list[str]:
    """Texts with a contrast below 4.5 to more than a tenth of what lies under them."""
    ax, chosen = chart.ax, style.medium(chart.medium)
    drawn = texts(ax)
    figure = ax.get_figure(root=True)
    for text, _ in drawn:
        text.set_alpha(0)
    with style.applied(chosen):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3] / 255
        found = []
        for text, box in drawn:
            text.set_alpha(None)
            left, bottom, right, top = box.round().astype(int)
            under = pixels[len(pixels) - top : len(pixels) - bottom, left:right].reshape(-1, 3)
            if len(under) and np.mean(contrast(to_rgb(text.get_color()), under) < 4.5) > 0.1:
                found.append(text.get_text())
    return found


def luminance(colours) -> np.ndarray:
    """Relative luminance as WCAG 2 defines it, of one colour or of an array of them."""
    parts = np.asarray(to_rgb(colours) if isinstance(colours, str | tuple) else colours, float)
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other) -> np.ndarray:
    """From 1 to 21; colours as red, green and blue, the last axis."""
    pair = luminance(one), luminance(other)
    return (np.maximum(*pair) + 0.05) / (np.minimum(*pair) + 0.05)


def hostile(draws: Callable[..., Chart], made: Made, labels: Sequence[str], medium: str) -> list[str]:
    """Faults of charts of rows with these labels: on a page of all of them, on a slide of one at a time.

    A slide may refuse rows that need too many lines, but not all of them.
    """
    paged = style.medium(medium).height is None
    parts = [list(labels)] if paged else [[label] for label in labels]
    found, held = [], 0
    for part in parts:
        try:
            chart = draws(made(max(4, len(part)) if paged else 1, part), medium=medium)
        except layout.TooManyRows:
            assert not paged, "a page holds every row"
        else:
            held += 1
            found += faults(chart.ax, medium)
    return found if held else [f"a {medium} holds none of them"]


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


@pytest.mark.parametrize("medium", style.MEDIA)
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("name", NAMES)
def test_texts_of_hostile_labels_stand_apart(name, labels, medium):
    assert hostile(getattr(charts, name), MADE[name], labels, medium) == []


@pytest.mark.parametrize(
    ("count", "medium"), [(1, "page"), (60, "page"), (1, "slide"), (5, "slide"), (5, "slide-dark")]
)
@pytest.mark.parametrize("name", NAMES)
def test_texts_stand_apart_whatever_the_number_of_rows(name, count, medium):
    assert faults(getattr(charts, name)(MADE[name](count), medium=medium).ax, medium) == []


MISSING = {  # what a frame of one's own may lack
    "rates": ["kind_label", "design", "condition", "arm", "label", "proportion", "low", "high", "interval", "n",
              "events_basis", "solid", "citation"],
    "timeline": ["drug_class", "kind", "kind_label", "label", "figure", "hours", "low_hours", "high_hours", "censored",
                 "condition", "solid", "citation"],
    "verdicts": ["statement", "verdict_label", "verdict_symbol", "verdict_role", "certainty_label", "certainty_level",
                 "citation"],
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_missing_values_are_drawn_and_never_written_as_nan(name):
    for columns in [*([column] for column in MISSING[name]), MISSING[name]]:
        table = MADE[name](3).convert_dtypes()
        table.loc[1, columns] = pd.NA
        chart = getattr(charts, name)(table)
        said = " ".join([chart.alt, *(text.get_text() for text, _ in texts(chart.ax))])
        assert re.findall(r"\b(?:nan|none|na)\b", said.lower().replace("sources: none", "")) == [], columns
        assert faults(chart.ax, "page") == [], columns
        assert len(re.findall(r"row [012]|not named", chart.alt)) >= 3, columns


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
            "a slide holds about 8 of these 62 rows at a readable size; choose fewer rows, or the medium 'page'",
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
def test_few_rows_stand_together_at_the_top_of_a_slide(name):
    one, five = (
        getattr(charts, name)(MADE[name](count), medium="slide", title="Rows").ax.get_position() for count in (1, 5)
    )
    assert one.height < 0.6 * five.height
    gaps = [1 - place.y1 for place in (one, five)]
    assert max(gaps) < 0.2


def test_an_arrow_for_a_time_that_goes_on_ends_inside_the_axis():
    times = times_of(6).assign(censored="right", effect=True)
    chart = charts.timeline(times, medium="slide")
    arrows = [text for text in chart.ax.texts if isinstance(text, Annotation) and text.arrow_patch]
    known = times[["hours", "low_hours", "high_hours"]].notna().any(axis=1)
    assert len(arrows) == known.sum() > 3
    assert all(arrow.xyann[0] < arrow.xy[0] <= chart.ax.get_xlim()[1] for arrow in arrows)
    assert "arrow: observation ended" in " ".join(text.get_text() for text, _ in texts(chart.ax)).replace("\n", " ")


@pytest.mark.parametrize(
    ("effect", "controlled", "said"), [(False, False, False), (True, False, True), (True, True, False)]
)
def test_grey_is_explained_where_it_is_drawn(effect, controlled, said):
    chart = charts.timeline(times_of(2).assign(effect=effect, controlled=controlled))
    words = " ".join(text.get_text() for text, _ in texts(chart.ax)).replace("\n", " ")
    assert ("grey: no difference from a control shown" in words) is said


@pytest.mark.parametrize("condition", ["GAD", "SAD"])
def test_statements_that_are_drawn_as_lines_travel_with_the_chart(condition, evidence):
    stated = tables.statements(evidence, topic="treatment_resistance")
    chart = charts.rates(rates_of(3).assign(condition=condition), stated=stated)
    lines = [frame.statement_id.tolist() for frame in chart.beside]
    own = stated[(stated.condition == condition) & (stated.measure == "proportion")]
    assert lines == ([own.statement_id.tolist()] if len(own) else [])
    times = tables.stated_times(evidence)
    assert [len(frame) for frame in charts.timeline(times_of(3), stated=times).beside] == [len(times)]


@pytest.mark.parametrize("medium", ["page", "slide-dark"])
@pytest.mark.parametrize("name", NAMES)
def test_texts_that_leave_the_plot_or_are_out_of_sight_are_found(name, medium):
    ax = getattr(charts, name)(MADE[name](3), medium=medium).ax
    (low, high), middle = ax.get_xlim(), np.mean(ax.get_ylim())
    ax.annotate(
        "gone", (high * 1.1, 1), xycoords=("data", "axes fraction"), xytext=(-50, 0), textcoords="offset points"
    )
    ax.annotate("far " * 40, (low + (high - low) * 0.5, middle), ha="center")
    found = faults(ax, medium)
    assert "out of sight: gone" in found
    assert f"leaves the plot: {'far ' * 40}" in found


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
        ("poster", "no medium 'poster'; known: page, slide, slide-dark"),
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
