"""Risk of bias as a traffic light: one row a study, one column a domain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ketevidence import layout, style, wording
from ketevidence.chart import Chart, counted_rows, finished, sources_line, sources_of
from ketevidence.charts import grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The worse the further from paper, so that the order of the judgements shows in grey as well.
SHADES = {"+": ("C2", 0.28), "-": ("C4", 0.6), "x": ("C1", 0.9), "!": ("C1", 1.5), "?": ("C6", 0.25)}
_OVERALL = "overall"
_CIRCLE = 1.8  # diameter, as a multiple of the size of the text
_COLUMN = 6.0  # width of a column that has room, likewise
_WORDS = 10.0  # of the overall judgement that stand in one line whatever the room, likewise
_MOST_LINES = 3  # of the name of a domain; longer ones are explained in the foot

_Records = list[dict[str, Any] | None]
_Study = tuple[str, str]  # tool and id


def risk_of_bias(table: pd.DataFrame, *, ax: Axes | None = None, medium: str = "page", title: str = "") -> Chart:
    """Circles of studies by domains, the sign of the judgement inside, grouped by tool.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a study and domain, studies and domains in the order in which they are
        drawn: study_id, citation, tool, domain, judgement, sign ('+', '-', 'x', '!' or
        '?'), solid. The domain 'overall' stands last, its judgement in words beside it.
    ax : matplotlib.axes.Axes, optional
        Where to draw; without it a figure is made.
    medium : {'page', 'slide', 'slide-dark'}
    title : str
        Above the chart; without it how many studies have which overall judgement.

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        No row to draw, two rows for one domain of a study, or more studies than the medium
        holds.
    """
    drawn = counted_rows(table, "study_id", "tool", "domain", "judgement", "sign")
    known = grid.named(drawn, "tool", "study_id", "domain")
    chosen = style.medium(medium)
    heading = title or _finding(known)
    domains, studies = _domains(known), _studies(known)
    with style.applied(chosen):
        columns, names = _columns(known, domains, list(studies.values()), chosen, ax)
        foot = _foot(known, domains, names, medium)
        heads = {tool: grid.head(own, columns, chosen) for tool, own in names.items()}
        rows, kept = _rows(studies, heads, _records(known, domains, studies), columns)
        axes, ys = grid.place(rows, columns, layout.Page(heading, foot), chosen, ax)
        for y, row in zip(ys, kept):
            if isinstance(row, grid.Head):
                grid.write_head(axes, y, row, columns, chosen)
            else:
                _study(axes, y, row, columns)
    sentences = (_sentence(row, studies) for row in kept if row and not isinstance(row, grid.Head))
    return finished("risk_of_bias", axes, drawn, heading, sentences, medium)


def _studies(drawn: pd.DataFrame) -> dict[_Study, str]:
    """Tool and id of every study, tool by tool, with its citation; its id where there is none."""
    labels: dict[_Study, str] = {}
    for tool, study, citation in zip(drawn.tool, drawn.study_id, drawn.citation):
        labels.setdefault((tool, study), grid.words(citation) or study)
    tools = list(dict.fromkeys(drawn.tool))
    return dict(sorted(labels.items(), key=lambda item: tools.index(item[0][0])))


def _domains(drawn: pd.DataFrame) -> dict[str, list[str]]:
    """The domains of each tool in their order, those of shorter tools filled up, 'overall' last."""
    own: dict[str, list[str]] = {}
    for tool, domain in dict.fromkeys(zip(drawn.tool, drawn.domain)):
        own.setdefault(tool, []).extend([domain] if domain != _OVERALL else [])
    most = max(map(len, own.values()))
    last = [_OVERALL] if (drawn.domain == _OVERALL).any() else []
    return {tool: names + [""] * (most - len(names)) + last for tool, names in own.items()}


def _records(drawn: pd.DataFrame, domains: dict[str, list[str]], studies: Iterable[_Study]) -> dict[_Study, _Records]:
    found = grid.cells(drawn, ("tool", "study_id"), "domain")
    return {(tool, study): [found.get((tool, study, name)) for name in domains[tool]] for tool, study in studies}


def _columns(
    drawn: pd.DataFrame, domains: dict[str, list[str]], labels: list[str], medium: style.Medium, ax: Axes | None
) -> tuple[grid.Columns, dict[str, list[str]]]:
    """The columns, and by tool their names: those of the domains if they fit, else D1, D2 and so on.

    The last column is for the overall judgement in words.
    """
    numbers = {tool: [f"D{place}" if name not in ("", _OVERALL) else name for place, name in enumerate(own, 1)]
               for tool, own in domains.items()}  # fmt: skip
    said = [grid.words(judgement) for judgement in drawn[drawn.domain == _OVERALL].judgement]
    wished = [max(map(grid.width, said)) + 2 * grid.PADDING] if said else []
    longest = max(map(grid.longest_word, said), default=0.0) + 2 * grid.PADDING
    needed = [max(longest, min(wish, _WORDS * style.size())) for wish in wished]
    columns = []
    for named in (domains, numbers):
        needs = [_needed(names) for names in zip(*named.values())]
        wishes = [max(need, _COLUMN * style.size()) for need in needs]
        columns.append(grid.measure(labels, needs + needed, wishes + wished, medium, ax))
    full = all(grid.upright(own, columns[0]) and _short(own, columns[0]) for own in domains.values())
    return (columns[0], domains) if full else (columns[1], numbers)


def _needed(names: Sequence[str]) -> float:
    return max(_CIRCLE * style.size(), *map(grid.longest_word, names)) + 2 * grid.PADDING


def _short(names: Sequence[str], columns: grid.Columns) -> bool:
    wrapped = (grid.wrap(name, wide - grid.PADDING) for name, wide in zip(names, columns.widths))
    return all(text.count("\n") < _MOST_LINES for text in wrapped)


def _rows(
    studies: dict[_Study, str], heads: dict[str, grid.Head], records: dict[_Study, _Records], columns: grid.Columns
) -> tuple[list[tuple[str, int]], list[grid.Head | _Records]]:
    """Label and lines of every row, and what is drawn in it: before each tool its name and the domains."""
    rows: list[tuple[str, int]] = []
    kept: list[grid.Head | _Records] = []
    for tool, head in heads.items():
        rows += [(tool, 0), ("", head.lines)]
        kept += [[], head]
        for key, label in studies.items():
            if key[0] == tool:
                rows.append((label, max(2, _overall(records[key], columns).count("\n") + 1)))
                kept.append(records[key])
    return rows, kept


def _overall(records: _Records, columns: grid.Columns) -> str:
    """The overall judgement in words, as wide as the last column."""
    last = records[-1] if records else None
    if last is None or last["domain"] != _OVERALL:
        return ""
    return grid.wrap(grid.words(last["judgement"]), columns.widths[-1] - 2 * grid.PADDING + 0.01)


def _study(ax: Axes, y: float, records: _Records, columns: grid.Columns) -> None:
    diameter = min(_CIRCLE * style.size(), *columns.widths[: len(records)]) if records else 0
    for record, x in zip(records, columns.centres):
        if record is not None:
            _circle(ax, (x, y), diameter, record)
    said = _overall(records, columns)
    if said:
        edge = sum(columns.widths[:-1]) + 2 * grid.PADDING
        grid.write(ax, (edge, y), said, said.count("\n") / 2 * grid.PITCH * style.size(), ha="left")


def _circle(ax: Axes, middle: tuple[float, float], diameter: float, record: dict[str, Any]) -> None:
    kind = grid.words(record["sign"]) or "?"
    (face, ring), solid = faces(kind), grid.solid(record)
    face = face if solid else style.paper()
    ax.plot(
        *middle, "o", markersize=diameter, clip_on=False, markerfacecolor=face,
        markeredgecolor=ring, markeredgewidth=(0.08 if solid else 0.22) * style.size(),
    )  # fmt: skip
    grid.write(ax, middle, grid.sign(kind), 0, weight="bold", color=style.upon(face))


def faces(sign: str) -> tuple[str, str]:
    """The face of a circle with this sign, and the ring of a hollow one."""
    name, share = SHADES.get(sign, SHADES["?"])
    return style.mixed(name, share), style.legible(style.mixed(name, max(share, 1)), least=3)


def _finding(drawn: pd.DataFrame) -> str:
    """How many studies have which overall judgement, by tool."""
    studies = wording.counted(len(drawn[["tool", "study_id"]].drop_duplicates()), "study", "studies")
    overall = drawn[drawn.domain == _OVERALL]
    counts: dict[str, dict[str, int]] = {}
    for tool, judgement in zip(overall.tool, overall.judgement):
        own = counts.setdefault(tool, {})
        said = grid.words(judgement) or "not known"
        own[said] = own.get(said, 0) + 1
    parts = [f"{tool} {wording.listed(f'{said} in {count}' for said, count in own.items())}"
             for tool, own in counts.items()]  # fmt: skip
    return f"Risk of bias of {studies}" + (f": {'; '.join(parts)}" if parts else "")


def _foot(drawn: pd.DataFrame, domains: dict[str, list[str]], names: dict[str, list[str]], medium: str) -> str:
    said: dict[str, list[str]] = {}
    for kind, judgement in drawn[["sign", "judgement"]].drop_duplicates().itertuples(index=False):
        said.setdefault(grid.words(kind) or "?", []).append(grid.words(judgement))
    notes = [f"{grid.sign(kind)} {' or '.join(filter(None, said[kind]))}".strip()
             for kind in sorted(said, key=_order)]  # fmt: skip
    if hollow := grid.hollow(drawn):
        notes.append(hollow)
    lines = ["; ".join(notes) + "."]
    if names != domains:
        for tool, own in domains.items():
            explained = (f"{short} {name}" for short, name in zip(names[tool], own) if short != name)
            lines.append(f"{tool}: {'; '.join(explained)}.")
    return "\n".join([*lines, sources_line(sources_of(drawn), medium)])


def _order(kind: str) -> int:
    return list(SHADES).index(kind) if kind in SHADES else len(SHADES)


def _sentence(records: _Records, studies: dict[_Study, str]) -> str:
    known = [record for record in records if record is not None]
    judged = (f"{record['domain']} {grid.words(record['judgement']) or 'not known'}" for record in known)
    label = studies[known[0]["tool"], known[0]["study_id"]]
    return f"{label} ({known[0]['tool']}): {', '.join(judged)}."
