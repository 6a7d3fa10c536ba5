"""Effects of studies with their intervals, and what pooling makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished
from ketevidence.charts import grid
from ketevidence.charts.bias_signs import Signs, draw_signs, signs_of
from ketevidence.charts.effect_axis import EffectAxis, dress, effect_axis
from ketevidence.charts.effect_marks import diamond, interval, no_effect, point
from ketevidence.charts.forest_words import NOT_POOLED, finding, foot, label, reason, sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STUDY, _PUBLISHED = "C0", "C1"
_LARGEST, _SMALLEST, _UNWEIGHTED = 1.15, 0.4, 0.65  # side of a square, in sizes of the text
_LABEL_SHARE, _ABOVE = 0.3, 0.3
_NAME, _NAME_BESIDE_SIGNS = 15, 9  # sizes of the text, the width of the name of a prediction interval
_AXES_SHARE = 0.27  # of the width, what labels leave to the marks
_ROOM = 15  # sizes of the text, the width of the axes for which the columns are written shorter


class _Line(NamedTuple):
    """One line of the chart: what it is, its texts, the record behind it."""

    kind: str
    row: layout.Row
    record: dict[str, Any]


class _Form(NamedTuple):
    """How the texts at the right are written.

    `between` stands between an effect and its interval; `groups` are the columns with
    figures of the two groups, in one column where they are `together`; `name` is how wide the
    name of a prediction interval may be, in sizes of the text.
    """

    between: str
    weights: bool
    groups: tuple[str, ...]
    together: bool
    name: float

    @property
    def headings(self) -> tuple[str, ...]:
        """The names of the columns."""
        names = tuple(name.removesuffix("_figures") for name in self.groups)
        groups = (" / ".join(names),) if self.together else names if len(names) > 1 else ("figures",) * len(names)
        return ("effect (95% CI)", *(["weight"] if self.weights else []), *groups)

    def right(self, record: dict[str, Any], shown: EffectAxis) -> tuple[str, ...]:
        """The texts at the right of a row."""
        size = style.size()
        cells = [shown.figure(record["effect"], record["low"], record["high"], self.between)]
        cells += [wording.percent(record["weight"], 1)] if self.weights else []
        figures = [grid.words(record[name]) for name in self.groups]
        if self.together:
            lines = [style.wrap(text or "\N{EN DASH}", size, 13 * size) for text in figures]
            return (*cells, "\n".join(lines) if any(figures) else "")
        broken = [text.replace(", ", ",\n") if self.between == "\n" else text for text in figures]
        return (*cells, *(style.wrap(text, size, 10 * size) for text in broken))


def forest(
    table: pd.DataFrame,
    *,
    risk_of_bias: pd.DataFrame | None = None,
    axis: pd.DataFrame | None = None,
    ax: Axes | None = None,
    medium: str = "page",
    title: str = "",
) -> Chart:
    """Squares and intervals of studies, diamonds of what is pooled, names of what could not be.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of `tables.pooled`, or of your own with row, label, effect, low, high, scale and
        measure: row ('study', 'pooled' or 'listed'), group, label, detail,
        effect, low, high (on the shown scale), scale ('identity' or 'log'), measure,
        weight (0 to 1), drug_figures, control_figures, prediction_low, prediction_high,
        prediction_method, heterogeneity, published (bool), reason, favours_low,
        favours_high, solid, citation; with risk_of_bias study_id too.
    risk_of_bias : pandas.DataFrame, optional
        Rows of `tables.risk_of_bias` (study_id, tool, domain, judgement, sign): drawn as
        signs at the right of the studies that they are of.
    axis : pandas.DataFrame, optional
        Rows whose axis is drawn, where the table is a part of them: the parts then agree.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it the number of trials, and the pooled effect where there
        is one.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, rows of several measures, scales or directions, a ratio that is not
        above 0, or more rows than the medium holds.
    """
    signs = signs_of(risk_of_bias)
    drawn = _judged(_filled(counted_rows(table, "row", "label", "effect", "low", "high", "scale", "measure")), signs)
    chosen = style.medium(medium)
    marked = drawn[drawn.row != "listed"]
    whole = marked if axis is None else _filled(axis[axis.row != "listed"])
    shown = effect_axis("forest", whole, "effect", ("low", "high", "prediction_low", "prediction_high"))
    heading = title or finding(drawn, shown)
    page = layout.Page(heading, foot(drawn, shown, signs, medium))
    with style.applied(chosen):
        lines, page = _fitting(drawn, shown, page, signs, chosen, ax)
        rows = [line.row for line in lines]
        axes, ys = layout.place(rows, page, chosen, ax)
        if marked.empty:
            _without_axis(axes)
        else:
            _marks(axes, ys, lines, shown)
            dress(axes, shown, layout.room(rows, page, chosen, ax))
        if signs.domains:
            signed = [(y, str(line.record["study_id"])) for y, line in zip(ys, lines) if line.kind == "study"]
            place = layout.beside(rows, page, chosen, ax), page.above * style.size()
            draw_signs(axes, signed, signs, place)
    sentences = (sentence(record, shown, signs) for record in drawn.to_dict("records"))
    beside = [risk_of_bias] if signs.domains and risk_of_bias is not None else []
    return finished("forest", axes, drawn, heading, sentences, medium, *beside)


def _filled(drawn: pd.DataFrame) -> pd.DataFrame:
    """The rows with empty columns for what a frame of one's own need not have."""
    numbers = dict.fromkeys(("weight", "prediction_low", "prediction_high"), float("nan"))
    texts = dict.fromkeys(
        ("group", "detail", "drug_figures", "control_figures", "prediction_method", "heterogeneity", "reason",
         "favours_low", "favours_high", "citation", "study_id"), "",
    )  # fmt: skip
    defaults = numbers | texts | {"published": False, "solid": True}
    filled = drawn.assign(**{name: value for name, value in defaults.items() if name not in drawn})
    filled.attrs = drawn.attrs
    return filled


def _judged(drawn: pd.DataFrame, signs: Signs) -> pd.DataFrame:
    """The rows with their judgements, so that the digest of the chart follows these too."""
    if not signs.domains:
        return drawn
    own = drawn.row == "study"
    return drawn.assign(risk_of_bias=drawn.study_id.astype(str).map(signs.words).where(own, ""))


def _forms(marked: pd.DataFrame, signs: Signs) -> list[_Form]:
    """The ways to write the columns, the widest first."""
    weights = bool(marked.weight.notna().any())
    groups = tuple(name for name in ("drug_figures", "control_figures") if any(map(grid.words, marked[name])))
    name = _NAME_BESIDE_SIGNS if signs.domains else _NAME
    apart = [_Form(between, weights, groups, False, name) for between in (" ", "\n")]
    return [*apart, _Form("\n", weights, groups, True, name)] if len(groups) > 1 else apart


def _fitting(
    drawn: pd.DataFrame, shown: EffectAxis, page: layout.Page, signs: Signs, chosen: style.Medium, ax: Axes | None
) -> tuple[list[_Line], layout.Page]:
    """The lines in the widest form that leaves room for the marks, and the words around them."""
    marked = drawn[drawn.row != "listed"]
    forms = _forms(marked, signs)
    if marked.empty:
        return _lines(drawn, shown, forms[0]), page
    page = replace(
        page, x_label=shown.name, sides=shown.sides, split=shown.split, label_share=_LABEL_SHARE,
        beside=signs.width(style.size()), above=_ABOVE,
    )  # fmt: skip
    lines: list[_Line] = []
    for form in forms:
        page = replace(page, headings=form.headings)
        lines = _lines(drawn, shown, form)
        if layout.room([line.row for line in lines], page, chosen, ax) >= _ROOM * style.size():
            break
    return lines, replace(page, axes_share=_AXES_SHARE)


def _lines(drawn: pd.DataFrame, shown: EffectAxis, form: _Form) -> list[_Line]:
    """Headings and rows in the order of the table, the axis under the last mark, then what could not be pooled."""
    marked, listed = list[_Line](), list[_Line]()
    for group, part in drawn.groupby(drawn.group.map(grid.words), sort=False):
        records, left = (part[keep].to_dict("records") for keep in (part.row != "listed", part.row == "listed"))
        if records and group:
            marked.append(_Line("heading", layout.Row(group, heading=True), {}))
        for record in records:
            kind = "published" if record["published"] else record["row"]
            right = form.right(record, shown)
            marked.append(_Line(kind, layout.Row(label(record), right, bold=kind == "pooled"), record))
            marked += _under(record, shown, form) if kind == "pooled" else ()
        if left:
            heading = _unmarked(group, left)
            listed.append(_Line("heading", layout.Row(heading, heading=True), {}))
        listed += (_Line("listed", layout.Row(f"{label(row)}: {reason(row)}", spans=True), row) for row in left)
    axis = [_Line("axis", layout.Row("", spans=True, axis=True), {})] if marked and listed else []
    return [*marked, *axis, *listed]


def _unmarked(group: str, left: list[dict[str, Any]]) -> str:
    """What stands above rows without a mark."""
    name = "not drawn" if all(row["published"] for row in left) else NOT_POOLED
    return f"{group}: {name}" if group else name


def _under(record: dict[str, Any], shown: EffectAxis, form: _Form) -> Iterator[_Line]:
    """What stands under a pooled row: heterogeneity, and where the effect of a next trial may lie."""
    if grid.words(record["heterogeneity"]):
        yield _Line("heterogeneity", layout.Row(grid.words(record["heterogeneity"])), record)
    limits = shown.figure(None, record["prediction_low"], record["prediction_high"])
    if limits:
        method = grid.words(record["prediction_method"]).replace(" - ", f" {wording.MINUS} ")
        name = "prediction interval" + (f"\n({method})" if method else "")
        yield _Line("prediction", layout.Row(grid.wrap(name, form.name * style.size()), (limits,)), record)


def _marks(ax: Axes, ys: Sequence[float], lines: Sequence[_Line], shown: EffectAxis) -> None:
    """The line of no effect behind each group, the mark of each line."""
    largest = max((_weight(line.record) for line in lines if line.kind == "study"), default=0.0)
    ax.grid(visible=False)
    block: list[tuple[float, _Line]] = []
    for y, line in [*zip(ys, lines), (0.0, _Line("heading", layout.Row(""), {}))]:
        if line.kind in ("heading", "axis", "listed"):
            _behind(ax, block, shown)
            block = []
        else:
            block.append((y, line))
            _mark(ax, y, line, shown, largest)


def _behind(ax: Axes, block: Sequence[tuple[float, _Line]], shown: EffectAxis) -> None:
    """No effect as a solid line, and the pooled effect as a dotted one, over the rows of a group."""
    if not block:
        return
    reach = 0.65 * style.size()
    top, bottom = block[0][0] - reach, block[-1][0] + reach
    no_effect(ax, (top, bottom), shown)
    for y, line in block:
        if line.kind == "pooled" and not wording.missing(line.record["effect"]):
            looks: dict[str, Any] = {"linestyle": (0, (1, 2)), "linewidth": 0.1 * style.size(), "zorder": 1}
            ax.plot((line.record["effect"],) * 2, (top, y), color=style.ink(), **looks)


def _mark(ax: Axes, y: float, line: _Line, shown: EffectAxis, largest: float) -> None:
    record, size, solid = line.record, style.size(), grid.solid(line.record)
    ends = record["low"], record["effect"], record["high"]
    if line.kind == "pooled":
        diamond(ax, y, ends, shown, style.ink(), solid)
    elif line.kind == "prediction":
        ends = record["prediction_low"], record["effect"], record["prediction_high"]
        interval(ax, y, ends, shown, style.mixed(style.ink(), 0.6), linewidth=0.35 * size)
    elif line.kind == "published":
        interval(ax, y, ends, shown, _PUBLISHED, linestyle=(0, (2, 1.5)))
        point(ax, y, record["effect"], "^", 0.75 * size, _PUBLISHED, solid)
    elif line.kind == "study":
        share = _weight(record) / largest if largest else 0.0
        side = max(_LARGEST * share**0.5, _SMALLEST) if share else _UNWEIGHTED
        interval(ax, y, ends, shown, _STUDY)
        point(ax, y, record["effect"], "s", side * size, _STUDY, solid)


def _weight(record: dict[str, Any]) -> float:
    return 0.0 if wording.missing(record["weight"]) else float(record["weight"])


def _without_axis(ax: Axes) -> None:
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
