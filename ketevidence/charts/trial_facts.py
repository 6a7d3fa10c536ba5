"""What is known of each trial: one row a trial, one column a fact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHADES = {"+": ("C0", 0.18), "-": ("C1", 0.18), "?": ("C6", 0.12)}
_NO_SHADE = ("C6", 0.0)
_MEANINGS = {"+": "guards against error", "-": "does not", "?": "not known, or in part", "": "no sign: neither"}
_WIDEST = 11.0  # of a column that has room, as a multiple of the size of the text
_GAP = 1.2  # points between a cell and its neighbour, twice

_Records = list[dict[str, Any] | None]


def trial_facts(table: pd.DataFrame, *, ax: Axes | None = None, medium: str = "page", title: str = "") -> Chart:
    """A grid of trials and facts, in each cell a sign and a word; the shade only repeats the sign.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a trial and fact, trials and facts in the order in which they are drawn:
        study_id, citation, condition, fact, sign ('+', '-', '?' or ''), word, solid;
        people_of, if there is one: reports that agree in it are of one trial.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it what does not guard against error, and in how many trials.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, two rows for one fact of a trial, or more trials than the medium holds.
    """
    drawn = counted_rows(table, "study_id", "fact", "sign", "word")
    chosen = style.medium(medium)
    known = grid.named(drawn, "study_id", "fact")
    heading = title or _finding(known)
    facts = list(dict.fromkeys(known.fact))
    found = grid.cells(known, ("study_id",), "fact")
    labels = _labels(known)
    records = [[found.get((trial, fact)) for fact in facts] for trial in labels]
    with style.applied(chosen):
        columns = _columns(list(labels.values()), facts, records, chosen, ax)
        names = grid.head(facts, columns, chosen)
        texts = [[_word(record, wide) for record, wide in zip(row, columns.widths)] for row in records]
        lines = [max(map(_lines, row, words)) for row, words in zip(records, texts)]
        page = layout.Page(heading, _foot(drawn, medium))
        axes, ys = grid.place([("", names.lines), *zip(labels.values(), lines)], columns, page, chosen, ax)
        grid.write_head(axes, ys[0], names, columns, chosen)
        for y, label, row, words, count in zip(ys[1:], labels.values(), records, texts, lines):
            high = max(count, grid.wrap(label, columns.label).count("\n") + 1) * grid.line_height(chosen)
            for record, word, x, wide in zip(row, words, columns.centres, columns.widths):
                if record is not None:
                    _cell(axes, (x, y), (wide, high), record, word)
    sentences = (_sentence(label, row) for label, row in zip(labels.values(), records))
    return finished("trial_facts", axes, drawn, heading, sentences, medium)


def _labels(drawn: pd.DataFrame) -> dict[str, str]:
    """Citation and condition of every trial, in two lines; its id where there is no citation."""
    labels: dict[str, str] = {}
    for trial, citation, condition in zip(drawn.study_id, drawn.citation, drawn.condition):
        parts = (grid.words(citation) or trial, grid.key(condition))
        labels.setdefault(trial, "\n".join(part for part in parts if part))
    return labels


def _columns(
    labels: list[str], facts: list[str], records: Sequence[_Records], medium: style.Medium, ax: Axes | None
) -> grid.Columns:
    texts = [[grid.words(record["word"]) for record in column if record is not None] for column in zip(*records)]
    needs = [max(map(grid.longest_word, column)) + grid.PADDING for column in texts]
    named = [max(need, grid.longest_word(fact) + grid.PADDING) for need, fact in zip(needs, facts)]
    widest = _WIDEST * style.size()
    wishes = [max(need, 0.6 * widest, min(widest, max(map(grid.width, column)) + grid.PADDING))
              for need, column in zip(named, texts)]  # fmt: skip
    columns = grid.measure(labels, named, wishes, medium, ax)
    return columns if grid.upright(facts, columns) else grid.measure(labels, needs, wishes, medium, ax)


def _word(record: dict[str, Any] | None, wide: float) -> str:
    return "" if record is None else grid.wrap(grid.words(record["word"]), wide - grid.PADDING + 0.01)


def _lines(record: dict[str, Any] | None, word: str) -> int:
    if record is None:
        return 1
    return bool(grid.sign(record["sign"])) + (word.count("\n") + 1 if word else 0) or 1


def _cell(
    ax: Axes, middle: tuple[float, float], extent: tuple[float, float], record: dict[str, Any], word: str
) -> None:
    """A shaded rectangle, its sign in the first line, its word below; a word alone in the middle."""
    from matplotlib.patches import Rectangle

    (x, y), (wide, high) = middle, extent
    kind, solid = grid.words(record["sign"]), grid.solid(record)
    name, share = _SHADES.get(kind, _NO_SHADE)
    face, edge = style.mixed(name, share), style.legible(name, least=3)
    ax.add_patch(Rectangle(
        (x - wide / 2 + _GAP, y - high / 2), wide - 2 * _GAP, high, clip_on=False,
        facecolor=face if solid else style.paper(), edgecolor=face if solid else edge, linewidth=0.1 * style.size(),
    ))  # fmt: skip
    line = style.size() * grid.PITCH
    if kind:
        grid.write(ax, middle, grid.sign(kind), high / 2 - 0.5 * line, weight="bold")
        grid.write(ax, middle, word, high / 2 - 1.5 * line)
    else:
        grid.write(ax, middle, word, word.count("\n") / 2 * line)


def _finding(drawn: pd.DataFrame) -> str:
    """What does not guard against error, and in how many trials; no sum over facts, which would be a score."""
    reports, trials = drawn.study_id.nunique(), _trials(drawn)
    conditions = drawn.condition.dropna().map(grid.key).unique()
    counted = wording.counted(trials, "trial")
    counted = f"{wording.counted(reports, 'report')} of {counted}" if trials < reports else counted
    said = wording.capital((f"{conditions[0]}, " if len(conditions) == 1 else "") + counted)
    signs = drawn.sign.map(grid.words)
    if (signs == "-").any():
        return f"{said}: {_told(drawn[signs == '-'], trials)}"
    if (signs == "?").any():
        return f"{said}: {_MEANINGS['?']}: {_told(drawn[signs == '?'], trials)}"
    return f"{said}, {wording.counted(drawn.fact.nunique(), 'fact')}{' each' if reports > 1 else ''}"


def _trials(drawn: pd.DataFrame) -> int:
    """The number of trials; several reports of the same people are one."""
    same = ["condition", "people_of"] if "people_of" in drawn else ["study_id"]
    return len(drawn[same].drop_duplicates())


def _told(facts: pd.DataFrame, trials: int) -> str:
    """The facts, and in how many trials each stands where there are several."""
    said = [f"{fact}: {grid.words(word)}".removesuffix(": ") for fact, word in zip(facts.fact, facts.word)]
    counts = {text: _trials(own) for text, own in facts.groupby(pd.Series(said, index=facts.index), sort=False)}
    return ", ".join(f"{text} in {count}" if trials > 1 else text for text, count in counts.items())


def _foot(drawn: pd.DataFrame, medium: str) -> str:
    signs = set(drawn.sign.map(grid.words))
    notes = [f"{grid.sign(one)} {meaning}".strip() for one, meaning in _MEANINGS.items() if one in signs]
    notes.append("facts: not seen by a second reader")
    if not all(map(grid.solid, drawn.to_dict("records"))):
        notes.append(grid.SECOND_HAND)
    return "; ".join(notes) + ".\n" + sources_line(sources_of(drawn), medium)


def _sentence(label: str, records: _Records) -> str:
    parts = []
    for record in records:
        if record is not None:
            said = " ".join(part for part in (grid.sign(record["sign"]), grid.words(record["word"])) if part)
            parts.append(f"{record['fact']} {said or 'empty'}")
    return f"{label.replace(chr(10), ', ')}: {'; '.join(parts)}."
