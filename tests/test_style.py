"""Every colour comes from the style in force, stands out on what it lies on, and never says anything alone."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import CSS4_COLORS, to_hex, to_rgb
from matplotlib.figure import Figure
from test_forest import bias, effect, forest_of, frame, funnel_of, pooled, subsets_of, two, without_of
from test_grids import bias_of, fact, facts_of
from test_layout import contrast, faults, luminance, pale, rates_of, times_of, verdicts_of

from ketevidence import charts, style
from ketevidence.charts.risk_of_bias import SHADES

PACKAGE = Path(style.__file__).parent
DRAWING = sorted([*(PACKAGE / "charts").glob("*.py"), *(PACKAGE / "layout").glob("*.py")])
SERIES = [f"C{place}" for place in range(7)]
APART = 20
MACHADO = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]


def seen(colours, sight: str) -> np.ndarray:
    """Colours (red, green, blue, 0 to 1) as they look to people with this sight, or printed in grey.

    Machado GM, Oliveira MM, Fernandes LAF (2009). A physiologically-based model for simulation
    of color vision deficiency. IEEE Trans Vis Comput Graph 15: 1291-1298. doi:10.1109/TVCG.2009.113
    (severity 1.0, applied to linear light).
    """
    parts = np.asarray(colours, float)
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    if sight == "grey":
        linear = np.repeat(luminance(parts)[..., None], 3, axis=-1)
    elif sight in MACHADO:
        linear = np.clip(linear @ np.transpose(MACHADO[sight]), 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def difference(one: str, other: str, sight: str) -> float:
    """CIE76: the distance of two colours in CIELAB, D65."""
    lab = []
    for colour in (one, other):
        parts = seen(to_rgb(colour), sight)
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        share = np.array(XYZ) @ linear / [0.95047, 1, 1.08883]
        bent = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
        lab.append([116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])])
    return float(np.linalg.norm(np.subtract(*lab)))


def every_arm(count: int) -> pd.DataFrame:
    arms = ["drug", "placebo", "psychotherapy", "combination", "any treatment"]
    return rates_of(count).assign(arm=(arms * count)[:count], solid=True, proportion=0.5)


def every_kind(count: int) -> pd.DataFrame:
    kinds = [f"kind {place}" for place in range(8)]
    labels = [(kinds * count)[place] for place in range(count)]
    controlled = [labels[place] in kinds[:3] for place in range(count)]
    times = times_of(count).assign(kind=pd.Categorical(labels, kinds), kind_label=labels, controlled=controlled)
    return times.assign(effect=True, solid=True, hours=24.0)


def every_verdict(count: int) -> pd.DataFrame:
    roles = ["agrees", "in-part", "disagrees", "open", "unknown"]
    return verdicts_of(count).assign(verdict_role=(roles * count)[:count], supports=2, contradicts=3)


def every_row(count: int) -> pd.DataFrame:
    few = [effect(weight=0.6), effect(weight=0.4), effect(published=True), pooled(prediction_low=-1, prediction_high=1)]
    return forest_of(count) if count > len(few) else frame(*few)


MADE = {
    "rates": every_arm, "timeline": every_kind, "verdicts": every_verdict, "forest": every_row, "gosh": subsets_of,
    "leave_one_out": without_of, "funnel": funnel_of, "trial_facts": facts_of, "risk_of_bias": bias_of,
}  # fmt: skip
FITS = {"forest": 3, "trial_facts": 4, "risk_of_bias": 5, "funnel": 12, "gosh": 300}  # rows on a slide; else 5


@cache
def drawn(name: str, medium: str):
    return fresh(name, medium)


def fresh(name: str, medium: str, **options):
    return getattr(charts, name)(MADE[name](FITS.get(name, 5)), medium=medium, **options)


def svg_colours(svg: bytes) -> set[str]:
    return set(re.findall(rb"#[0-9a-f]{6}\b", svg))


def literals(tree: ast.AST) -> list[str]:
    """Colours that stand in code: by code, by name, as a grey, or as any constant where a colour is wanted."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docs
        and (re.fullmatch(r"#[0-9A-Fa-f]{3,8}|0?\.\d+", node.value) or node.value.lower() in CSS4_COLORS)
    ]
    pairs = [(node.arg or "", node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs += [(key.value, value) for key, value in zip(node.keys, node.values) if isinstance(key, ast.Constant)]
    for name, value in pairs:
        if re.search("colou?r|face$|^fc$|^ec$", str(name)):
            if isinstance(value, ast.Constant) and value.value not in (None, "none", "auto", *SERIES):
                found.append(str(value.value))
            if isinstance(value, ast.Tuple | ast.List) and all(isinstance(one, ast.Constant) for one in value.elts):
                found += [ast.unparse(value)] if value.elts else []
    return found


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: path.stem)
def test_no_colour_stands_in_the_code_of_a_chart(path):
    assert literals(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("'''white'''", []),
        ("ax.plot(x, color='C0', facecolor='none')", []),
        ("ax.plot(x, color='k')", ["k"]),
        ("shade = '#B34700'", ["#B34700"]),
        ("ax.axvline(0, color='0.3')", ["0.3", "0.3"]),
        ("face = 'White'", ["White"]),
        ("looks = {'edgecolor': 'r'}", ["r"]),
        ("ax.plot(x, color=(0.1, 0.2, 0.3))", ["(0.1, 0.2, 0.3)"]),
    ],
)
def test_colours_in_code_are_found(code, found):
    assert literals(ast.parse(code)) == found


@pytest.mark.parametrize("name", MADE)
def test_another_style_is_another_set_of_colours(name):
    light, dark = (svg_colours(drawn(name, medium).bytes("svg")) for medium in ("slide", "slide-dark"))
    assert len(light) >= 3
    assert light & dark == set()


@pytest.mark.parametrize("medium", ["page", "slide-dark"])
@pytest.mark.parametrize("name", MADE)
def test_given_axes_keep_the_colours_of_the_style_when_they_are_drawn_without_it(name, medium, tmp_path):
    figure = Figure(figsize=(15, 11), layout="constrained")
    chart = fresh(name, medium, ax=figure.add_subplot())
    figure.savefig(tmp_path / "x.svg")
    assert svg_colours((tmp_path / "x.svg").read_bytes()) == svg_colours(chart.bytes("svg"))
    assert faults(chart.ax, medium) == []
    assert pale(chart) == []


@pytest.mark.parametrize("medium", style.MEDIA)
@pytest.mark.parametrize("name", MADE)
def test_words_can_be_read_on_what_they_stand_on(name, medium):
    assert pale(drawn(name, medium)) == []


def test_words_that_can_hardly_be_read_are_found():
    chart = fresh("trial_facts", "slide-dark")
    text = next(text for text in chart.ax.texts if text.get_text() == "inactive")
    text.set_color("#505050")
    assert pale(chart) == ["inactive"]


@pytest.mark.parametrize("medium", style.MEDIA)
@pytest.mark.parametrize("name", MADE)
def test_marks_stand_out_from_the_paper(name, medium):
    chart = drawn(name, medium)
    with style.applied(style.medium(medium)):
        paper, quiet = to_rgb(style.paper()), to_hex(style.faint())
        looks = [
            {to_hex(line.get_markeredgecolor()), to_hex(line.get_markerfacecolor())}
            if line.get_marker() not in ("None", "")
            else {to_hex(line.get_color())}
            for line in chart.ax.lines
        ]
    pale_marks = [look for look in looks if max(contrast(to_rgb(colour), paper) for colour in look) < 3]
    assert [look for look in pale_marks if look != {quiet}] == []


@pytest.mark.parametrize("sight", ["normal", *MACHADO])
@pytest.mark.parametrize("medium", style.MEDIA)
def test_the_series_of_a_style_are_apart_for_every_sight(medium, sight):
    """At least 20 in CIELAB between any two.

    2.3 is just noticed on large fields side by side (Mahy M, Van Eycken L, Oosterlinck A 1994,
    doi:10.1002/col.5080190207). A small mark on a projected slide, far from the other that it is
    compared with, needs several times as much; 20 is nearly nine times.
    """
    with style.applied(style.medium(medium)):
        found = {
            (one, other): difference(style.colour(one), style.colour(other), sight)
            for one, other in combinations(SERIES, 2)
        }
    assert {pair: round(apart, 1) for pair, apart in found.items() if apart < APART} == {}


@pytest.mark.parametrize("medium", style.MEDIA)
def test_the_series_of_a_style_stand_out_from_its_paper(medium):
    with style.applied(style.medium(medium)):
        assert {name for name in SERIES if style.contrast(style.colour(name), style.paper()) < 3} == set()
        for words in (style.ink(), style.soft()):
            assert style.contrast(words, style.paper()) > 7
        assert style.contrast(mpl.rcParams["axes.edgecolor"], style.paper()) > 3
        assert style.paper() == to_hex(mpl.rcParams["figure.facecolor"])


def test_page_and_slide_have_the_same_colours():
    looks = []
    for medium in ("page", "slide"):
        with style.applied(style.medium(medium)):
            looks.append([style.paper(), style.ink(), style.soft(), style.faint(), *map(style.colour, SERIES)])
    assert looks[0] == looks[1]


@pytest.mark.parametrize("medium", style.MEDIA)
@pytest.mark.parametrize("name", [name for name in MADE if name not in ("gosh", "trial_facts", "risk_of_bias")])
def test_a_mark_has_one_colour_and_a_colour_comes_with_a_mark(name, medium):
    """In grey, where series look alike, the mark still says which."""
    chart = drawn(name, medium) if medium != "page" else getattr(charts, name)(MADE[name](16))
    colours: dict[str, set[str]] = {}
    for line in chart.ax.lines:
        if line.get_marker() not in ("None", "", ".", "<", ">"):
            colours.setdefault(line.get_marker(), set()).add(to_hex(line.get_color()))
    assert all(len(found) == 1 for found in colours.values()), colours
    assert len(chart.ax.patches) + sum(map(len, colours.values())) >= 1


def test_kinds_of_time_have_a_mark_each_and_arms_too():
    assert len({line.get_marker() for line in drawn("timeline", "page").ax.lines} - {"None", ""}) == 5
    assert len({line.get_marker() for line in drawn("rates", "page").ax.lines} - {"None", ""}) == 5


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("kind", [f"kind {place}" for place in range(8)])
def test_a_kind_of_time_has_its_mark_whatever_is_drawn_beside_it(kind, alone):
    every = every_kind(8)
    own = every[every.kind == kind]
    chart = charts.timeline(own if alone else every)
    y = [text.get_position()[1] for text in chart.ax.texts if text.get_text() == own.label.iloc[0]]
    marks = [line for line in chart.ax.lines if list(line.get_ydata()) == y and len(line.get_xdata()) == 1]
    place = int(kind.removeprefix("kind "))
    colour = ("#005d99", "#ac3e00", "#239d67")[place] if place < 3 else "#606060"
    assert [(mark.get_marker(), mark.get_color()) for mark in marks] == [("osD^vPX*"[place], colour)]
    sign = "●■◆▲▼✚✖★"[place]
    words = " ".join(text.get_text() for text in chart.ax.get_figure().texts).replace("\n", " ")
    assert f"{sign} {kind}" in words


def test_kinds_whose_marks_would_meet_are_told_apart():
    kinds = [f"kind {place}" for place in range(12)]
    times = every_kind(2).assign(kind=pd.Categorical(["kind 1", "kind 9"], kinds), kind_label=["one", "nine"])
    chart = charts.timeline(times)
    words = " ".join(text.get_text() for text in chart.ax.get_figure().texts).replace("\n", " ")
    assert "■ one, ◆ nine" in words


@pytest.mark.parametrize("medium", style.MEDIA)
def test_bars_against_are_hatched_and_verdicts_have_a_sign_and_a_word(medium):
    chart = drawn("verdicts", medium)
    hatches = {(to_hex(bar.get_facecolor()), bar.get_hatch()) for bar in chart.ax.patches}
    assert {hatch for _, hatch in hatches} == {None, "//"}
    assert len(hatches) == 2
    coloured = [text for text in chart.ax.texts if text.get_text() == "◐ without direct evidence"]
    assert len(coloured) == 5
    assert len({to_hex(text.get_color()) for text in coloured}) == 4


@pytest.mark.parametrize("medium", style.MEDIA)
def test_a_worse_judgement_is_further_from_the_paper_for_every_sight(medium):
    with style.applied(style.medium(medium)):
        chart = charts.risk_of_bias(
            bias_of(1, domains=list("abcd")).assign(solid=True, sign=list("+-x!")), medium=medium
        )
        paper = to_rgb(style.paper())
    faces = [line.get_markerfacecolor() for line in chart.ax.lines if line.get_marker() == "o"]
    for sight in ("normal", *MACHADO, "grey"):
        steps = [contrast(seen(to_rgb(face), sight), seen(paper, sight)) for face in faces]
        assert all(worse > 1.2 * better for better, worse in pairwise(steps)), (sight, steps)


@pytest.mark.parametrize("medium", style.MEDIA)
def test_each_circle_and_each_shade_has_its_sign(medium):
    light = drawn("risk_of_bias", medium)
    circles = [(line.get_xdata()[0], line.get_ydata()[0]) for line in light.ax.lines]
    signs = {tuple(text.xy) for text in light.ax.texts if text.get_text() in tuple("+−×!?")}
    assert circles
    assert set(circles) == signs
    facts = charts.trial_facts(frame(*(fact(fact=sign, sign=sign) for sign in "+-?")), medium=medium)
    assert [text.get_text() for text in facts.ax.texts if text.get_weight() == "bold"] == ["+", "−", "?"]
    assert len({patch.get_facecolor() for patch in facts.ax.patches}) == 3


@pytest.mark.parametrize("medium", style.MEDIA)
def test_more_subsets_at_one_place_are_further_from_the_paper(medium):
    chart = charts.gosh(subsets_of(3000), medium=medium)
    with style.applied(style.medium(medium)):
        paper = to_rgb(style.paper())
    shades = [to_rgb(line.get_color()) for line in chart.ax.lines if line.get_marker() == "o"]
    for sight in ("normal", *MACHADO, "grey"):
        steps = [float(contrast(seen(shade, sight), seen(paper, sight))) for shade in shades]
        assert steps == sorted(steps)
        assert steps[-1] > 1.5 * steps[0] > 4


def test_signs_beside_a_forest_have_the_faces_of_the_traffic_light_in_the_dark():
    chart = charts.forest(two(), risk_of_bias=bias(["alder", "birch"]), medium="slide-dark")
    with style.applied(style.medium("slide-dark")):
        known = {style.mixed(name, share) for name, share in SHADES.values()}
    faces = {to_hex(line.get_markerfacecolor()) for line in chart.ax.lines if line.get_marker() == "o"}
    assert faces
    assert faces <= known


@pytest.mark.parametrize("medium", style.MEDIA)
def test_a_shade_is_on_the_way_from_paper_to_ink(medium):
    with style.applied(style.medium(medium)):
        assert [style.mixed("C1", share) for share in (0, 1, 2)] == [style.paper(), style.colour("C1"), style.ink()]
        ladder = [style.contrast(style.mixed("C1", step / 4), style.paper()) for step in range(9)]
        assert ladder == sorted(ladder)
        for name in SERIES:
            for face in (style.paper(), style.mixed(name, 0.2)):
                assert style.contrast(style.legible(name, face), face) >= 4.5
            assert style.legible(name, least=1) == style.colour(name)
            assert style.contrast(style.upon(style.colour(name)), style.colour(name)) > 3.3
    assert style.contrast("#ffffff", "#000000") == pytest.approx(float(contrast((1, 1, 1), (0, 0, 0)))) == 21


@pytest.mark.parametrize(
    ("text", "slant"), [("condition", "italic"), ("κεταμίνη, Nuñez", "italic"), ("", "italic"), ("الكيتامين", "normal")]
)
def test_words_are_italic_where_the_font_has_their_letters(text, slant):
    assert style.slant(text) == slant


def test_asking_for_a_colour_leaves_the_settings_untouched():
    before = dict(mpl.rcParams)
    with style.applied(style.medium("slide-dark")):
        style.legible("C2")
        style.upon(style.faint())
    assert dict(mpl.rcParams) == before
