"""Charts of pooled effects: forest, leave-one-out, GOSH, funnel. All studies here are made up."""

from __future__ import annotations

import re
from itertools import cycle, islice, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from test_layout import HOSTILE, LABELS, LONG, faults, hostile, texts

from ketevidence import charts, style

ORIGIN = {"name": "made up", "version": "1.0", "digest": "abc", "date": "2026-01-01"}
METHOD = "Higgins-Thompson-Spiegelhalter, t with k - 2"
DOMAINS = ["randomisation process", "deviations from intended interventions", "missing outcome data",
           "measurement of the outcome", "selection of the reported result", "overall"]  # fmt: skip
JUDGED = {"+": "low", "-": "some concerns", "x": "high"}
NAMES = ("forest", "leave_one_out", "gosh", "funnel")
ONE = "Hedges g −0.50 (95% CI −1.00 to 0.00)"


def effect(**cells) -> dict[str, object]:
    """One row of a forest frame: a study."""
    row = {
        "row_id": "alder", "row": "study", "group": "", "label": "Alder 2019", "detail": "", "effect": -0.5,
        "low": -1.0, "high": 0.0, "scale": "identity", "measure": "Hedges g", "weight": np.nan, "drug_figures": "",
        "control_figures": "", "prediction_low": np.nan, "prediction_high": np.nan, "prediction_method": "",
        "heterogeneity": "", "published": False, "reason": "", "favours_low": "fewer symptoms",
        "favours_high": "more symptoms", "solid": True, "citation": "Alder 2019", "source_id": "alder",
        "study_id": "alder", "condition": "GAD",
    }  # fmt: skip
    return row | cells


def pooled(**cells) -> dict[str, object]:
    return effect(row="pooled", label="Pooled, 2 trials", citation="Alder 2019; Birch 2021") | cells


def listed(**cells) -> dict[str, object]:
    nothing = dict.fromkeys(("effect", "low", "high", "scale", "measure"))
    return effect(row="listed", label="Cedar 2020", citation="Cedar 2020", reason="no group sizes") | nothing | cells


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    made = pd.DataFrame(rows)
    made.attrs = {"evidence": ORIGIN, "key": "row_id"}
    return made


def shares(third: dict[str, object] | None = None, **cells) -> pd.DataFrame:
    """Shares of three trials in two arms, the definition after the colon."""
    of = {"measure": "proportion", "low": 0.2, "high": 0.8, "favours_low": None, "favours_high": None} | cells
    return frame(
        effect(group="no response, GAD, usual drugs: CGI-I", effect=0.3, citation="Alder 2019", **of),
        effect(group="no response, GAD, usual drugs: HAM-A", effect=0.4, citation="Birch 2021", **of),
        effect(**{"group": "no response, GAD, placebo: HAM-A", "effect": 0.7, "citation": "Cedar 2020"} | of
               | (third or {})),
    )  # fmt: skip


def two(**cells) -> pd.DataFrame:
    return frame(
        effect(weight=0.6, **cells),
        effect(
            label="Birch 2021",
            citation="Birch 2021",
            study_id="birch",
            effect=0.1,
            low=-0.3,
            high=0.5,
            weight=0.4,
            **cells,
        ),
        pooled(effect=-0.2, low=-0.8, high=0.4, heterogeneity="I² 46%, τ² 0.12", **cells),
    )


def names(count: int, labels: list[str] | None = None) -> list[str]:
    return list(islice(cycle(labels or [f"Author {2000 + place}" for place in range(count)]), count))


def forest_of(count: int, labels: list[str] | None = None) -> pd.DataFrame:
    """Rows of every kind, ratios, some figures missing."""
    rows = []
    for place, label in enumerate(names(count, labels)):
        row = effect if place % 7 else pooled
        middle = np.exp(np.sin(place))
        rows.append(row(
            row_id=str(place), study_id=str(place), label=label, citation=label.replace("\n", " "),
            group=["", label, "a group"][place % 3],
            detail="after 24 hours" if place % 4 == 0 else "", effect=None if place % 5 == 4 else middle,
            low=None if place % 6 == 5 else middle / 3, high=middle * (1000 if place % 8 == 3 else 3),
            scale="log", measure="risk ratio", weight=1 / count if place % 7 else None,
            drug_figures="31.2 (20.6), n 1,013" if place % 2 else "", control_figures="40.1 (18.2), n 998",
            prediction_low=middle / 10, prediction_high=middle * 10, prediction_method=METHOD,
            heterogeneity="I² 34%, τ² 0.02 (0.01 to 0.3), p = 0.012 for Q", published=place % 9 == 8,
            solid=place % 2 == 0, warning="Two studies only: look at both",
        ))  # fmt: skip
    left = [listed(label=label, reason=label, group=label) for label in names(min(count, 3), labels)]
    return frame(*rows, *left)


def without_of(count: int, labels: list[str] | None = None) -> pd.DataFrame:
    rows = [
        {"row": "omitted", "label": f"without {label}", "estimate": None if place % 5 == 4 else -np.cos(place),
         "low": -1 - place, "high": None if place % 4 == 3 else 1.2, "i2": None if place % 6 == 5 else place % 9 / 9,
         "solid": place % 2 == 0, "citation": label}
        for place, label in enumerate(names(count - 1, labels))
    ]  # fmt: skip
    whole = {"row": "all", "label": f"all {count - 1} trials", "estimate": -0.5, "low": -0.9, "high": -0.1, "i2": 0.4,
             "solid": True, "citation": "; ".join(str(row["citation"]) for row in rows) or "Alder 2019"}  # fmt: skip
    common = {"scale": "identity", "measure": "Hedges g", "favours_low": "fewer symptoms", "favours_high": "more"}
    return frame(*({"row_id": str(place)} | row | common for place, row in enumerate([*rows, whole])))


def subsets_of(count: int, labels: list[str] | None = None) -> pd.DataFrame:
    random = np.random.default_rng(0)
    made = frame(*({"row_id": place} for place in range(count)))
    made["estimate"], made["i2"] = np.exp(random.normal(-0.5, 0.3, count)), random.beta(2, 1, count)
    made["k"], made["full"] = 2, False
    made.loc[count - 1, ["estimate", "i2", "k", "full"]] = 0.6, 0.7, 5, True
    made["scale"], made["measure"], made["favours_low"], made["favours_high"] = "log", "odds ratio", "fewer", "more"
    made["citation"] = "; ".join(names(3, labels))
    return made


def funnel_of(count: int, labels: list[str] | None = None) -> pd.DataFrame:
    wanted = max(count, 10)
    rows = [
        {"row_id": str(place), "label": label, "effect": np.sin(place) / 2, "se": 0.1 + place % 10 / 12, "pooled": -0.2,
         "scale": "log", "measure": "risk ratio", "citation": label, "solid": place % 3 > 0}
        for place, label in enumerate(names(wanted, labels))
    ]  # fmt: skip
    return frame(*rows)


MADE = {"forest": forest_of, "leave_one_out": without_of, "gosh": subsets_of, "funnel": funnel_of}


def bias(studies: list[str]) -> pd.DataFrame:
    return frame(*(
        {"row_id": f"{study}: {domain}", "study_id": study, "citation": f"{study} 2020", "tool": "RoB 2",
         "domain": domain, "judgement": JUDGED[sign], "sign": sign, "support": "", "solid": True, "source_id": study}
        for place, study in enumerate(studies)
        for domain, sign in zip(DOMAINS, islice(cycle("+-+x"), place, None))
    ))  # fmt: skip


def points(chart, marker: str) -> list[Line2D]:
    return [line for line in chart.ax.lines if line.get_marker() == marker]


def level_lines(chart) -> list[Line2D]:
    """Lines between two values at one height: intervals."""
    return [
        line
        for line in chart.ax.lines
        if len(line.get_xdata()) == 2 and np.ptp(line.get_ydata()) == 0 and line.get_marker() == "None"
    ]


def written(chart) -> str:
    return " ".join(text.get_text().replace("\n", " ") for text, _ in texts(chart.ax))


def on_a_slide(count: int, labels: list[str]) -> pd.DataFrame:
    """A study, a pool and what could not be pooled, as a slide holds them."""
    (label,) = labels
    return frame(
        effect(label=label, weight=1, drug_figures="31.2 (20.6), n 13", control_figures="40.1 (18.2), n 998"),
        pooled(heterogeneity="I² 34%", prediction_low=-2, prediction_high=1),
        listed(label=label),
    )


@pytest.mark.parametrize("medium", style.MEDIA)
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("name", NAMES)
def test_hostile_labels_of_effects_stand_apart(name, labels, medium):
    made = on_a_slide if name == "forest" and medium != "page" else lambda count, part: MADE[name](count + 1, part)
    assert hostile(getattr(charts, name), made, labels, medium) == []


@pytest.mark.parametrize("count", [1, 2, 60])
@pytest.mark.parametrize("name", NAMES)
def test_effects_stand_apart_whatever_their_number(name, count):
    assert faults(getattr(charts, name)(MADE[name](count)).ax, "page") == []


@pytest.mark.parametrize("name", NAMES)
def test_effects_of_which_nothing_is_known_are_drawn_and_never_written_as_nan(name):
    columns = {
        "forest": ["group", "label", "detail", "effect", "low", "high", "weight", "drug_figures", "prediction_low",
                   "heterogeneity", "reason", "favours_low", "solid", "citation", "condition"],
        "leave_one_out": ["label", "estimate", "low", "high", "i2", "favours_low", "solid", "citation"],
        "gosh": ["estimate", "i2", "favours_low", "citation"],
        "funnel": ["label", "effect", "se", "pooled", "favours_low", "solid", "citation"],
    }[name]  # fmt: skip
    for lacking in [*([column] for column in columns), columns]:
        table = MADE[name](11).assign(favours_low="fewer").convert_dtypes()
        table.loc[1, lacking] = pd.NA
        chart = getattr(charts, name)(table)
        said = " ".join([chart.alt, *(text.get_text() for text, _ in texts(chart.ax))]).lower()
        assert re.findall(r"\b(?:nan|none|na)\b", said.replace("sources: none", "").replace("; none on", "")) == []
        assert faults(chart.ax, "page") == [], lacking


@pytest.mark.parametrize("medium", ["slide", "slide-dark"])
@pytest.mark.parametrize("count", [1, 8])
@pytest.mark.parametrize("name", NAMES)
def test_a_few_effects_stand_apart_on_a_slide(name, count, medium):
    rows = [*two(group="GAD", drug_figures="31.2 (20.6), n 13").to_dict("records"), listed()]
    table = frame(*rows[:count]) if name == "forest" else MADE[name](count)
    chart = getattr(charts, name)(table, medium=medium)
    assert faults(chart.ax, medium) == []
    assert chart.ax.get_figure().get_size_inches().tolist() == [12.8, 7.2]


@pytest.mark.parametrize("name", NAMES)
def test_effects_in_given_axes_stand_apart(name):
    ax = Figure(figsize=(14, 11), layout="constrained").add_subplot()
    assert getattr(charts, name)(MADE[name](8), ax=ax).ax is ax
    assert faults(ax, "page") == []


@pytest.mark.parametrize("title", [LONG, HOSTILE["signs"]])
@pytest.mark.parametrize("name", NAMES)
def test_a_title_that_is_given_stands_above(name, title):
    chart = getattr(charts, name)(MADE[name](12), title=title)
    assert chart.title == title
    assert title.replace(" ", "") in written(chart).replace(" ", "")
    assert faults(chart.ax, "page") == []


@pytest.mark.parametrize("sides", [("a", LONG), (LONG, LONG), ("", "more")])
@pytest.mark.parametrize("middle", [-5.0, 0.0, 5.0])
def test_words_for_the_two_sides_fit_wherever_no_effect_lies(middle, sides):
    row = effect(effect=middle, low=middle - 0.5, high=middle + 0.5, favours_low=sides[0], favours_high=sides[1])
    chart = charts.forest(frame(row))
    assert faults(chart.ax, "page") == []
    for side in filter(None, sides):
        assert side in written(chart)


def test_the_area_of_a_square_follows_the_weight_whatever_the_effect():
    rows = [effect(effect=0.0, weight=0.4), effect(effect=-3.0, weight=0.4), effect(effect=1.0, weight=0.1),
            effect(effect=0.5, weight=0.0001), effect(effect=0.2)]  # fmt: skip
    null, strong, quarter, tiny, unweighted = points(charts.forest(frame(*rows)), "s")
    assert null.get_markersize() == strong.get_markersize()
    assert (quarter.get_markersize() / null.get_markersize()) ** 2 == pytest.approx(0.25)
    assert tiny.get_markersize() >= 3
    assert unweighted.get_markersize() < null.get_markersize()


@pytest.mark.parametrize(
    ("cells", "ends"),
    [
        ({}, [[-1.0, 0.0]]),
        ({"low": None}, [[-0.5, 0.0]]),
        ({"low": None, "high": None}, [[-0.5, -0.5]]),
        ({"effect": None}, [[-1.0, 0.0]]),
        ({"effect": None, "low": None}, []),
        ({"effect": None, "low": None, "high": None}, []),
    ],
)
def test_an_interval_of_a_study_is_drawn_as_far_as_it_is_known(cells, ends):
    chart = charts.forest(frame(effect(**cells)))
    assert [list(line.get_xdata()) for line in level_lines(chart)] == ends
    assert len(points(chart, "s")) == ("effect" not in cells)
    assert ("no mark: no figure" in written(chart)) == ("effect" in cells)


@pytest.mark.parametrize(("ends", "heads"), [((-1, 0), ""), ((-90, 0), "<"), ((-1, 90), ">"), ((-90, 90), "<>")])
def test_an_arrow_head_says_that_an_interval_goes_on(ends, heads):
    wide = effect(low=ends[0], high=ends[1])
    chart = charts.forest(frame(effect(), effect(), effect(), wide))
    assert "".join(head for head in "<>" if points(chart, head)) == heads
    assert ("arrow head: the interval goes on beyond the axis" in written(chart)) == bool(heads)
    low, high = chart.ax.get_xlim()
    assert all(low <= value <= high for line in level_lines(chart) for value in line.get_xdata())


@pytest.mark.parametrize("row", [effect, pooled], ids=["study", "pooled"])
@pytest.mark.parametrize("solid", [True, False])
def test_effects_of_figures_seen_by_one_reader_are_hollow(row, solid):
    chart = charts.forest(frame(row(solid=solid)))
    marks = [patch.get_facecolor() for patch in chart.ax.patches] or [points(chart, "s")[0].get_markerfacecolor()]
    assert same_color(marks[0], "white") != solid
    assert ("hollow: not seen by a second reader" in written(chart)) != solid


def test_a_published_estimate_has_another_mark_and_a_dashed_interval():
    chart = charts.forest(frame(effect(), effect(published=True, label="Elm 2022", citation="Elm 2022")))
    assert (len(points(chart, "s")), len(points(chart, "^"))) == (1, 1)
    assert [line.is_dashed() for line in level_lines(chart)] == [False, True]
    assert "▲ as published in a review" in written(chart)
    assert "Elm 2022: Hedges g −0.50 (95% CI −1.00 to 0.00), as published." in chart.alt
    assert chart.title == (
        "GAD: one review reports Hedges g −0.50 (95% CI −1.00 to 0.00); ours: 1 trial, not pooled: Hedges g −0.50 "
        "(95% CI −1.00 to 0.00)"
    )


@pytest.mark.parametrize("scale", ["identity", "log"])
def test_a_pooled_effect_is_a_diamond_from_limit_to_limit(scale):
    values = {"effect": 0.6, "low": 0.4, "high": 1.1}
    row = pooled(**values, scale=scale, prediction_low=0.2, prediction_high=1.5, prediction_method=METHOD,
                 heterogeneity="I² 46%")  # fmt: skip
    chart = charts.forest(frame(effect(**values, scale=scale, weight=1), row))
    (diamond,) = (patch for patch in chart.ax.patches if isinstance(patch, Polygon))
    low, high = chart.ax.get_xlim()
    bent = np.log if scale == "log" else np.asarray
    places = sorted(set(diamond.get_xy()[:, 0].round(9)))
    expected = (bent([0.4, 0.6, 1.1]) - bent(low)) / (bent(high) - bent(low))
    assert places == pytest.approx(expected)
    assert [list(line.get_xdata()) for line in level_lines(chart)] == [[0.4, 1.1], [0.2, 1.5]]
    assert "prediction interval (Higgins-Thompson- Spiegelhalter, t with k − 2)" in written(chart)
    assert "I² 46%" in written(chart)
    bold = [text.get_text() for text, _ in texts(chart.ax) if text.get_weight() == "bold"]
    assert set(bold) == {chart.title, "Pooled, 2 trials", "0.60 (0.40 to 1.10)"}


def test_a_pooled_interval_that_the_axis_cuts_off_ends_in_arrow_heads():
    table = two()
    table.loc[2, ["low", "high"]] = -40.0, 40.0
    chart = charts.forest(table)
    (diamond,) = chart.ax.patches
    corners = diamond.get_xy()
    assert (corners[:, 0].min(), corners[:, 0].max()) == (0, 1)
    assert np.ptp(chart.ax.get_xlim()) < 8
    assert "−0.20 (−40.00 to 40.00)" in written(chart)


def test_a_pooled_effect_without_an_interval_is_a_small_diamond():
    chart = charts.forest(frame(pooled(low=None, high=None)))
    assert len(points(chart, "D")) == 1
    assert list(chart.ax.patches) == []


def test_what_could_not_be_pooled_has_a_name_and_a_reason_and_no_mark():
    table = frame(*two().to_dict("records"), listed(), listed(label="Fir 2022", reason=None, group="PTSD"))
    chart = charts.forest(table)
    words = written(chart)
    assert "could not be pooled" in words
    assert "Cedar 2020: no group sizes" in words
    assert "PTSD: could not be pooled" in words
    assert "Fir 2022: no reason given" in words
    assert len(points(chart, "s")) == 2
    assert chart.alt.endswith(
        "Cedar 2020: could not be pooled, no group sizes. PTSD, Fir 2022: could not be pooled, no reason given."
    )


def test_the_axis_stands_under_the_last_mark_not_under_what_could_not_be_pooled():
    chart = charts.forest(frame(*two().to_dict("records"), *[listed()] * 6))
    found = {text.get_text(): box for text, box in texts(chart.ax)}
    assert found["Pooled, 2 trials"][1] > found["0"][3] > found["Hedges g"][3]
    assert found["Hedges g"][1] > found["could not be pooled"][3]
    assert faults(chart.ax, "page") == []


def test_parts_of_one_forest_have_one_axis():
    wide = frame(effect(), effect(effect=4.0, low=2.0, high=6.0, condition="PTSD"), listed())
    axes = [charts.forest(wide.iloc[[row]], axis=wide).ax.get_xlim() for row in (0, 1)]
    assert axes == [charts.forest(wide).ax.get_xlim()] * 2
    assert charts.forest(wide.iloc[[0]]).ax.get_xlim() != axes[0]
    assert list(charts.forest(wide.iloc[[2]], axis=wide).ax.get_xticks()) == []


def test_rows_without_any_effect_have_no_axis():
    chart = charts.forest(frame(listed(), listed(label="Fir 2022", citation="Fir 2022"), listed(citation="A; B; C")))
    assert chart.title == "GAD: 5 trials without usable figures"
    assert list(chart.ax.get_xticks()) == []
    assert "effect (95% CI)" not in written(chart)
    assert faults(chart.ax, "page") == []


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (two(), "GAD, only 2 trials pooled: Hedges g −0.20 (95% CI −0.80 to 0.40)"),
        (two(condition=None), "Only 2 trials pooled: Hedges g −0.20 (95% CI −0.80 to 0.40)"),
        (frame(*two().to_dict("records"), listed(citation="C 2020; D 2020")),
         "GAD, only 2 trials pooled: Hedges g −0.20 (95% CI −0.80 to 0.40); 2 trials without usable figures"),
        (frame(*two(group="a").to_dict("records"), *two(group="b").to_dict("records")),
         "GAD, 2 pools of 2 trials in 2 groups: Hedges g −0.20 (2 of 2 intervals include no effect)"),
        (two().iloc[:2], "GAD, 2 trials, not pooled: Hedges g −0.50 to 0.10 (2 of 2 intervals include no effect)"),
        (frame(*two().to_dict("records")[:2], listed()),
         "GAD, 2 trials, not pooled: Hedges g −0.50 to 0.10 (2 of 2 intervals include no effect); "
         "1 trial without usable figures"),
        (frame(effect(), effect(detail="24 hours", effect=None)), "GAD, 1 trial, not pooled: Hedges g −0.50"),
        (frame(effect(group="a"), effect(group="b", effect=0.2, condition="PTSD", citation="Birch 2021")),
         "GAD and PTSD, 2 trials in 2 groups, not pooled: Hedges g −0.50 to 0.20 (2 of 2 intervals include no effect)"),
        (frame(*(effect(condition=name, citation=name, effect=place) for place, name in enumerate("abcd"))),
         "4 conditions, 4 trials, not pooled: Hedges g 0.00 to 3.00 (4 of 4 intervals include no effect)"),
        (frame(listed()), "GAD: 1 trial without usable figures"),
        (frame(listed(folded=True)), "GAD: no trial could be pooled"),
        (frame(listed(condition=None)), "1 trial without usable figures"),
        (frame(listed(citation=None)), "GAD: 1 trial without usable figures"),
        (frame(listed(registered=True, citation="C 2020; D 2020")), "GAD: 2 trials registered without a result"),
        (frame(*two().to_dict("records"), listed(registered=True), listed(registered=False, citation="C; D")),
         "GAD, only 2 trials pooled: Hedges g −0.20 (95% CI −0.80 to 0.40); 2 trials without usable figures and 1 "
         "trial registered without a result"),
        (frame(*two().to_dict("records"), listed(condition="PTSD")),
         "GAD, only 2 trials pooled: Hedges g −0.20 (95% CI −0.80 to 0.40); in all conditions 1 trial without usable "
         "figures"),
        (frame(effect(), listed(condition="PTSD")),
         f"GAD, 1 trial, not pooled: {ONE}; in all conditions 1 trial without usable figures"),
        (frame(effect(citation=None)), f"GAD, 1 trial, not pooled: {ONE}"),
        (frame(pooled(k=2)), "GAD, only 2 trials pooled: Hedges g −0.50 (95% CI −1.00 to 0.00)"),
        (frame(pooled()), "GAD, pooled: Hedges g −0.50 (95% CI −1.00 to 0.00)"),
        (frame(pooled(group="a"), pooled(group="b"), effect(published=True)),
         f"GAD: one review reports {ONE}"),
        (frame(pooled(group="a"), pooled(group="b")),
         "GAD, 2 pools: Hedges g −0.50 (2 of 2 intervals include no effect)"),
        (frame(effect(published=True), listed()), f"GAD: one review reports {ONE}"),
        (frame(effect(condition=None)), f"1 trial, not pooled: {ONE}"),
        (frame(effect(published=True)), f"GAD: one review reports {ONE}"),
        (frame(effect(published=True, condition=None)), f"One review reports {ONE}"),
        (frame(effect(published=True), effect(published=True, effect=0.3), listed(published=True)),
         "GAD: one review reports Hedges g −0.50 to 0.30 in 2 of 3 estimates (2 of 2 intervals include no effect)"),
        (frame(listed(published=True)), "GAD: 1 estimate of reviews, none that can be drawn"),
        (frame(effect(published=True, condition="SAD"), *two().to_dict("records")),
         f"SAD: one review reports {ONE}; ours: GAD, only 2 trials pooled: Hedges g −0.20 (95% CI −0.80 to 0.40)"),
        (shares(), "No response, GAD: usual drugs 30.0 to 40.0%, placebo 70.0%; 3 trials, not pooled"),
        (shares(third={"group": "no remission, GAD, placebo: HAM-A"}),
         "GAD, shares of people: usual drugs 30.0 to 40.0%, placebo 70.0%; 3 trials, not pooled"),
        (shares(third={"row": "pooled"}),
         "No response, GAD, placebo, pooled: share 70.0% (95% CI 20.0 to 80.0%)"),
        (frame(*shares().to_dict("records"), *shares(row="pooled").to_dict("records")[1:]),
         "No response, GAD: usual drugs 30.0 to 40.0%, placebo 70.0% (95% CI 20.0 to 80.0%, pooled); 3 trials in 3 "
         "groups"),
    ],
)  # fmt: skip
def test_the_title_of_a_forest_says_what_is_pooled_or_what_is_drawn(rows, title):
    assert charts.forest(rows).title == title


def test_a_row_of_a_forest_is_a_sentence():
    table = two(group="GAD: anxiety", drug_figures="10/15", control_figures="12/14")
    table.loc[2, ["drug_figures", "control_figures"]] = ""
    table.loc[2, ["prediction_low", "prediction_high"]] = -2.0, 1.5
    table.loc[0, "detail"] = "24 hours"
    assert charts.forest(table).alt == (
        "GAD, only 2 trials pooled: Hedges g −0.20 (95% CI −0.80 to 0.40). "
        "GAD: anxiety, Alder 2019, 24 hours: Hedges g −0.50 (95% CI −1.00 to 0.00), weight 60%, drug 10/15, "
        "control 12/14. "
        "GAD: anxiety, Birch 2021: Hedges g 0.10 (95% CI −0.30 to 0.50), weight 40%, drug 10/15, control 12/14. "
        "GAD: anxiety, Pooled, 2 trials: Hedges g −0.20 (95% CI −0.80 to 0.40), prediction interval −2.00 to 1.50, "
        "I² 46%, τ² 0.12."
    )


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({}, ["effect (95% CI)"]),
        ({"weight": 0.5}, ["effect (95% CI)", "weight"]),
        ({"drug_figures": "1/2", "control_figures": "2/3"}, ["effect (95% CI)", "drug", "control"]),
        ({"drug_figures": "1/2"}, ["effect (95% CI)", "figures"]),
        ({"drug_figures": "31.2 (20.6), n 1,013", "control_figures": "29.8 (20.6), n 1,016", "weight": 1},
         ["effect (95% CI)", "weight", "drug / control"]),
    ],
)  # fmt: skip
def test_columns_of_a_forest_are_those_that_have_figures(cells, columns):
    chart = charts.forest(frame(effect(label="Alder 2019, after 24 hours or more", **cells)))
    assert [text.get_text() for text, _ in texts(chart.ax) if text.get_style() == "italic"] == columns


@pytest.mark.parametrize(
    ("measure", "scale", "null"),
    [("Hedges g", "identity", 0), ("odds ratio", "log", 1), ("proportion", "identity", None)],
)
def test_the_line_of_no_effect_stands_where_no_effect_is(measure, scale, null):
    chart = charts.forest(frame(effect(effect=0.4, low=0.3, high=0.7, measure=measure, scale=scale)))
    upright = [line.get_xdata()[0] for line in chart.ax.lines if np.ptp(line.get_ydata()) > 0]
    assert upright == ([] if null is None else [null])
    assert chart.ax.get_xscale() == ("log" if scale == "log" else "linear")
    if null is not None:
        assert null in chart.ax.get_xticks()


def test_shares_are_written_in_per_cent_on_an_axis_from_none_to_all():
    chart = charts.forest(frame(effect(effect=0.333, low=0.16, high=0.56, measure="proportion")))
    assert chart.ax.get_xlim() == (0, 1)
    assert "33.3% (16.0 to 56.0%)" in written(chart)


@pytest.mark.parametrize(
    ("ends", "cells", "figure"),
    [
        ((-1.5, -1, 0), {}, "−1.00 (−1.50 to 0.00)"),
        ((-0.004, 0.004, 1234.5), {}, "0.00 (0.00 to 1,234.50)"),
        ((0.5, 0.625, 12), {"scale": "log", "measure": "odds ratio"}, "0.62 (0.50 to 12.00)"),
        ((0.034, 0.1, 0.56), {"scale": "log", "measure": "odds ratio"}, "0.10 (0.034 to 0.56)"),
        ((0.00123, 0.0099, 0.2), {"scale": "log", "measure": "odds ratio"}, "0.0099 (0.0012 to 0.20)"),
        ((0.001, 0.47, 1), {"measure": "proportion"}, "47.0% (0.1 to 100.0%)"),
        ((None, 0.47, 1), {"measure": "proportion"}, "47.0% (up to 100.0%)"),
    ],
)
def test_effects_have_two_decimals_shares_one_and_small_ratios_two_digits(ends, cells, figure):
    low, middle, high = ends
    chart = charts.forest(frame(effect(low=low, effect=middle, high=high, **cells)))
    assert figure in [text.get_text() for text, _ in texts(chart.ax)]


@pytest.mark.parametrize("reach", [1.01, 1.3, 3, 30, 1e3, 1e6])
@pytest.mark.parametrize("scale", ["identity", "log"])
def test_ticks_are_round_and_stand_apart_on_any_axis(scale, reach):
    middle = {"effect": reach, "low": reach / 1.01, "high": reach * 1.01, "scale": scale}
    chart = charts.forest(
        frame(effect(**middle), effect(**middle | {"effect": 1 / reach, "low": 1 / reach, "high": 1}))
    )
    assert 2 <= len(chart.ax.get_xticks()) <= 9
    assert faults(chart.ax, "page") == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (frame(effect(), effect(measure="mean difference")),
         "a forest shows one measure, found 'Hedges g' and 'mean difference'; draw a chart for each"),
        (frame(effect(effect=1, low=1, high=1), effect(effect=1, low=1, high=1, scale="log")),
         "a forest shows one scale, found 'identity' and 'log'; draw a chart for each"),
        (frame(effect(), effect(favours_low="more responders")),
         "a forest shows one favours_low, found 'fewer symptoms' and 'more responders'; draw a chart for each"),
        (frame(effect(scale="ln")), "no scale 'ln'; known: identity, log"),
        (frame(effect(scale="log")), "a ratio must be above 0, got -0.5 (column effect)"),
        (frame(effect(effect=1, low=0, high=2, scale="log")), "a ratio must be above 0, got 0 (column low)"),
    ],
)  # fmt: skip
def test_effects_that_do_not_belong_on_one_axis_are_refused(rows, message):
    with pytest.raises(ValueError) as refusal:
        charts.forest(rows)
    assert str(refusal.value) == message


def test_more_effects_than_a_slide_holds_are_refused():
    with pytest.raises(ValueError) as refusal:
        charts.leave_one_out(without_of(40), medium="slide")
    assert str(refusal.value) == (
        "a slide holds about 13 of these 40 rows at a readable size; choose fewer rows, or the medium 'page'"
    )


@pytest.mark.parametrize("medium", style.MEDIA)
def test_signs_of_the_risk_of_bias_stand_beside_their_study(medium):
    table = two(drug_figures="31.2 (20.6), n 13", control_figures="40.1 (18.2), n 14")
    judged = bias(["alder", "birch"])
    chart = charts.forest(table, risk_of_bias=judged, medium=medium)
    assert faults(chart.ax, medium) == []
    found = [text.get_text() for text, _ in texts(chart.ax)]
    assert [found.count(letter) for letter in "ABCDEFG"] == [1] * 6 + [0]
    assert [found.count(sign) for sign in "+−×"] == [6, 4, 2]
    assert (
        "risk of bias (RoB 2): A randomisation process, B deviations from intended interventions, C missing outcome "
        "data, D measurement of the outcome, E selection of the reported result, F overall; + low, − some concerns, "
        "× high"
    ) in written(chart)
    assert "weight 60%, drug 31.2 (20.6), n 13, control 40.1 (18.2), n 14, risk of bias: randomisation process low, " \
        "deviations from intended interventions some concerns" in chart.alt  # fmt: skip
    changed = judged.assign(judgement="high", sign="x")
    assert len({charts.forest(table, risk_of_bias=frame).digest for frame in (None, judged, changed)}) == 3


def test_the_overall_judgement_stands_last_and_studies_without_one_have_no_sign():
    judged = bias(["alder"]).iloc[::-1]
    chart = charts.forest(two(), risk_of_bias=judged)
    found = [text.get_text() for text, _ in texts(chart.ax)]
    assert "E randomisation process, F overall" in written(chart)
    assert sum(found.count(sign) for sign in "+−×") == len(DOMAINS)


def test_a_judgement_has_one_colour_in_a_forest_and_in_a_traffic_light():
    judged = bias(["alder", "birch"])
    beside, light = (
        {line.get_markerfacecolor() for line in points(chart, "o")}
        for chart in (charts.forest(two(), risk_of_bias=judged), charts.risk_of_bias(judged))
    )
    assert beside == light
    assert len(light) == len(JUDGED)


def test_two_studies_of_one_source_have_their_own_signs():
    table = frame(effect(detail="24 hours"), effect(detail="7 days", study_id="alder-2"))
    chart = charts.forest(table, risk_of_bias=bias(["alder-2"]))
    assert chart.table.risk_of_bias.map(bool).tolist() == [False, True]
    assert len(points(chart, "o")) == len(DOMAINS)
    one, other = chart.alt.split(". Alder 2019, ")[1:]
    assert ("risk of bias" in one, "risk of bias" in other) == (False, True)


def test_two_judgements_of_one_study_and_domain_are_refused():
    judged = pd.concat([bias(["alder"])] * 2)
    with pytest.raises(ValueError) as refusal:
        charts.forest(two(), risk_of_bias=judged)
    assert str(refusal.value) == "two rows for domain 'randomisation process' of 'alder'"


def test_leaving_out_each_trial_shows_dots_over_the_band_of_all():
    chart = charts.leave_one_out(without_of(5).assign(low=-1.0, high=[-0.5, 0.5, 1.0, 0.0, -0.1], solid=True))
    assert [line.get_xdata()[0] for line in points(chart, "o")] == pytest.approx(
        [-1, -np.cos(1), -np.cos(2), -np.cos(3)]
    )
    assert len(chart.ax.patches) == 2
    band = chart.ax.patches[0].get_extents().transformed(chart.ax.transData.inverted())
    assert (band.x0, band.x1) == pytest.approx((-1, -0.1))
    assert chart.title == (
        "Leaving out each of 4 trials in turn: Hedges g −1.00 to 0.99 (all: −0.50); "
        "3 of 4 intervals reach the line of no effect"
    )
    assert chart.alt.endswith("all 4 trials: Hedges g −0.50 (95% CI −1.00 to −0.10), I² 40%.")


@pytest.mark.parametrize(
    ("table", "title"),
    [
        (without_of(1), "All trials together: Hedges g −0.50 (95% CI −0.90 to −0.10)"),
        (without_of(3).assign(low=0.1, high=0.3, estimate=0.2, measure="proportion"),
         "Leaving out each of 2 trials in turn: share 20.0% (all: 20.0%)"),
        (without_of(3).assign(low=0.1, high=0.3, estimate=0.2, measure="proportion", group="no response, SAD: CGI"),
         "No response, SAD, leaving out each of 2 trials in turn: share 20.0% (all: 20.0%)"),
        (without_of(3).assign(low=0.0, high=[0.0, None, 1.0]),
         "Leaving out each of 2 trials in turn: Hedges g −1.00 to −0.54 (all: −0.50); "
         "1 of 2 intervals reaches the line of no effect"),
    ],
)  # fmt: skip
def test_the_title_of_leave_one_out_says_what_is_left(table, title):
    assert charts.leave_one_out(table).title == title


@pytest.mark.parametrize("name", ["leave_one_out", "gosh"])
def test_the_set_of_all_trials_must_be_there_once(name):
    table = MADE[name](5)
    for rows, count in [(table.iloc[:-1], 0), (pd.concat([table, table.iloc[-1:]]), 2)]:
        with pytest.raises(ValueError) as refusal:
            getattr(charts, name)(rows)
        assert str(refusal.value) == f"one row of all trials is needed, got {count}"


@pytest.mark.parametrize(
    ("full", "others", "title"),
    [
        (0.6, [0.5, 0.9], "3 subsets of 5 trials: odds ratio 0.50 to 0.90; none on the other side of no effect"),
        (0.6, [0.5, 1.2], "3 subsets of 5 trials: odds ratio 0.50 to 1.20; 1 on the other side of no effect"),
        (1.6, [0.5, 1.0], "3 subsets of 5 trials: odds ratio 0.50 to 1.60; 1 on the other side of no effect"),
        (1.0, [0.5, 1.2], "3 subsets of 5 trials: odds ratio 0.50 to 1.20; 1 below and 1 above no effect"),
        (None, [0.5, 1.2], "3 subsets of 5 trials: odds ratio 0.50 to 1.20"),
    ],
)
def test_the_title_of_gosh_counts_the_subsets_on_the_other_side(full, others, title):
    assert charts.gosh(subsets_of(3).assign(estimate=[*others, full])).title == title


def test_gosh_sums_its_subsets_up_in_words():
    table = subsets_of(3).assign(estimate=[0.5, 0.9, 0.6], i2=[0.1, 0.5, 0.7])
    assert charts.gosh(table, title="Subsets").alt == (
        "Subsets. 3 subsets of 5 trials: odds ratio 0.50 to 0.90; none on the other side of no effect. "
        "All trials: odds ratio 0.60, I² 70%. I² of the subsets: 10 to 70%, median 50%."
    )
    assert "all 5 trials: 0.60, I² 70%" in written(charts.gosh(table))


def test_every_subset_is_a_point_and_the_darker_lie_on_top():
    table = subsets_of(3000).astype({"i2": "Float64"})
    table.loc[:9, "i2"] = None
    chart = charts.gosh(table)
    layers = points(chart, "o")
    assert sum(len(line.get_xdata()) for line in layers) == 2990
    assert [line.get_zorder() for line in layers] == sorted(line.get_zorder() for line in layers)
    brightness = [sum(mpl.colors.to_rgb(line.get_color())) for line in layers]
    assert all(lighter > darker for lighter, darker in pairwise(brightness))


@pytest.mark.parametrize("format", ["svg", "pdf"])
def test_many_subsets_are_pixels_in_every_format(format):
    assert len(charts.gosh(subsets_of(40_000)).bytes(format)) < 600_000


@pytest.mark.parametrize("scale", ["identity", "log"])
def test_a_funnel_has_its_regions_where_p_has_these_values(scale):
    table = funnel_of(12).assign(scale=scale, measure="risk ratio" if scale == "log" else "Hedges g")
    chart = charts.funnel(table)
    bent = np.exp if scale == "log" else np.asarray
    foot, top = chart.ax.get_ylim()
    assert (top, foot) == (0, pytest.approx(1.06 * table.se.max()))
    ends = [(band.get_paths()[0].vertices[:, 0].min(), band.get_paths()[0].vertices[:, 0].max())
            for band in chart.ax.collections]  # fmt: skip
    expected = [tuple(bent([-z * foot, z * foot])) for z in (2.5758, 1.96, 1.6449)]
    assert np.ravel(ends) == pytest.approx(np.ravel(expected))
    assert [
        word for word in ("p < 0.01", "p 0.01 to 0.05", "p 0.05 to 0.1", "p > 0.1") if word not in written(chart)
    ] == []
    marks = points(chart, "o")
    assert [line.get_xdata()[0] for line in marks] == pytest.approx(bent(table.effect.to_numpy()))
    assert [same_color(line.get_markerfacecolor(), "white") for line in marks] == (~table.solid).tolist()
    assert f"pooled {'0.82' if scale == 'log' else '−0.20'}" in written(chart)


def test_a_funnel_says_its_rows_in_words():
    chart = charts.funnel(funnel_of(12))
    assert chart.title == "12 trials: risk ratio against its standard error"
    assert chart.alt.endswith("Author 2011: risk ratio 0.61, standard error 0.183.")
    assert "standard error of the log risk ratio" in written(chart)


def test_a_funnel_without_a_pooled_effect_has_no_line_for_it():
    chart = charts.funnel(funnel_of(12).assign(pooled=np.nan))
    assert "pooled" not in written(chart)


def test_rows_that_a_funnel_cannot_draw_are_counted():
    table = funnel_of(12)
    table.loc[3, "effect"], table.loc[5, "se"] = None, None
    chart = charts.funnel(table)
    assert len(chart.table) == 10
    assert "not drawn: 2 rows without an effect or a standard error" in written(chart)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (funnel_of(12).iloc[:7], "a funnel needs at least 10 studies, got 7; with fewer its shape says nothing"),
        (funnel_of(12).assign(se=[None] * 12),
         "a funnel needs at least 10 studies, got 0; with fewer its shape says nothing"),
        (funnel_of(12).assign(se=0.0), "a standard error must be above 0, got 0 (Author 2000)"),
        (funnel_of(12).assign(measure="proportion", scale="identity"),
         "a funnel needs a value of no effect, 'proportion' has none"),
    ],
)  # fmt: skip
def test_a_funnel_that_would_say_nothing_is_refused(table, message):
    with pytest.raises(ValueError) as refusal:
        charts.funnel(table)
    assert str(refusal.value) == message
