"""No text of a chart overlaps another, is cut, or is too small to read."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from ketevidence import charts, layout, load, style, tables

SMALLEST = {"page": 8, "slide": 14}
TOLERANCE = 0.8  # pixels at 100 dpi: rounding to the grid of pixels
LONG = "a label of a hundred and twenty characters that a curator may well write for an arm of a trial with several drugs in it"
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
    FigureCanvasAgg(figure).draw()
    renderer = figure.canvas.get_renderer()
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
    over = [
        f"overlap: {one.get_text()} | {other.get_text()}"
        for (one, a), (other, b) in combinations(drawn, 2)
        if (np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) > TOLERANCE).all()
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


@pytest.mark.parametrize("condition", ["GAD", "SAD", "PTSD", "OCD", "PD"])
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
