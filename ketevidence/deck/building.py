"""The slides of a deck in their order."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from ketevidence import charts as drawings
from ketevidence import gallery, provenance, style, tables
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.deck import behind, limits, story
from ketevidence.deck.backgrounds import contrast
from ketevidence.deck.citing import Numbers
from ketevidence.deck.parts import DETAILS, ORDER, OVERVIEW, TABLES
from ketevidence.deck.slides import Deck
from ketevidence.deck.templates import opened
from ketevidence.deck.texts import SMALLEST
from ketevidence.tables.frame import made_once
from ketevidence.writing import replace_file

_DIRECT = ("durations", "safety")  # in an overview only of the conditions that the evidence is about
_LEAST_CONTRAST = 3  # of large text, WCAG 2.2, 1.4.3
_NEARLY = 0.95  # of the smallest size: what is smaller is worth a line
Tell: TypeAlias = Callable[[str], object]


def build(
    evidence: Evidence, path: str | Path, *, condition: str | None = None, charts: Sequence[str] | None = None,
    template: str | Path | None = None, medium: str | None = None, tell: Tell | None = None,
) -> Path:  # fmt: skip
    """Write a deck of slides for PowerPoint: titles that are findings, sources on every slide, notes to speak from.

    Parameters
    ----------
    evidence : Evidence
    path : str or Path
        A .pptx file; its folder is made, an old file is replaced whole.
    condition : str, optional
        A deck on this condition; without one, an overview with a card for each.
    charts : sequence of str, optional
        Names of the gallery, in the order of the slides; 'verdicts' and 'certainty' are
        tables that can be edited. Without it those of a talk that have something to show.
    template : str or Path, optional
        A .pptx or .potx file whose master, fonts and colours are used; its slides are not.
    medium : {'slide', 'slide-dark'}, optional
        The style of the charts; without it the one whose paper is nearest to the background
        of the template.
    tell : callable, optional
        Called with a line for each chart that was left out, with the reason, and where the
        template makes the text of pictures small.

    Returns
    -------
    Path
        The file. The same evidence and template give the same bytes.

    Raises
    ------
    ValueError
        An unknown condition, chart or medium; charts that all have nothing to show; a
        template that cannot be used; a file that cannot be written.
    """
    if Path(path).suffix.lower() != ".pptx":
        raise ValueError(f"a deck is a .pptx file, got {Path(path).name!r}")
    if medium and style.medium(medium).height is None:
        raise ValueError(f"a deck needs a medium for slides, got {medium!r}; known: slide, slide-dark")
    if template and Path(template).resolve() == Path(path).resolve():
        raise ValueError(f"the deck would replace its template {Path(path).name!r}; give it another name")
    names = _names(charts, condition)
    presentation, frames, chosen = opened(template, medium)
    with made_once(), style.applied(style.medium(chosen)):
        deck = Deck(presentation, frames, Numbers(evidence), evidence.date)
        empty = _slides(deck, evidence, condition, names, chosen)
        if charts and len(empty) == len(names):
            raise ValueError(f"nothing to show: {'; '.join(dict.fromkeys(empty.values()))}")
        left_out = [name for name in DETAILS if name not in OVERVIEW] if charts is None and condition is None else []
        _limits(deck, evidence, condition, left_out)
        deck.references()
    title = story.opening(evidence, condition)[0]
    written = replace_file(path, _saved(presentation, evidence, title, deck.records))
    if tell:
        for line in _told(deck, empty, left_out):
            tell(line)
    return written


def _names(charts: Sequence[str] | None, condition: str | None) -> tuple[str, ...]:
    if charts is None:
        return OVERVIEW if condition is None else DETAILS
    given = (charts,) if isinstance(charts, str) else charts
    wanted = tuple(dict.fromkeys(name.strip() for name in given))
    for name in wanted:
        if name not in ORDER:
            raise ValueError(f"no chart {name!r}{hint(name, ORDER)}")
    return wanted


def _slides(deck: Deck, evidence: Evidence, condition: str | None, names: Sequence[str], medium: str) -> dict[str, str]:
    """Opening, question and charts; what has nothing to show, and why."""
    board, rated = story.statements_on(evidence, condition), tables.certainty(evidence, condition=condition)
    title, lines = story.opening(evidence, condition)
    deck.opening(title, lines)
    deck.record("opening", title, behind.opening(evidence), kind="text")
    _question(deck, evidence, board)
    empty = {}
    for name in names:
        before = len(deck.presentation.slides)
        if name in TABLES:
            _tables(deck, name, board, rated)
        else:
            _pictures(deck, evidence, name, condition, medium)
        if len(deck.presentation.slides) == before:
            empty[name] = reason(evidence, name, condition)
    return empty


def reason(evidence: Evidence, name: str, condition: str | None) -> str:
    """Why there is nothing to show."""
    about = f" for {condition}" if condition else ""
    if name in TABLES:
        return f"no {'statement' if name == 'verdicts' else 'comparison that is rated'}{about}"
    try:
        gallery.draw(evidence, name, condition=condition if "condition" in gallery.OPTIONS[name] else None)
    except ValueError as error:
        return str(error)
    return f"no row to draw for {name}{about}"


def _told(deck: Deck, empty: Mapping[str, str], left_out: Sequence[str]) -> Iterator[str]:
    """What whoever asked for a deck should know of it, a line each."""
    yield from (f"left out {name}: {reason}" for name, reason in empty.items())
    if left_out:
        yield f"not in an overview: {', '.join(left_out)}; a deck on one condition shows them"
    if deck.smallest < _NEARLY * SMALLEST:
        small = f"{deck.smallest:.0f} points"
        yield f"the text of pictures is as small as {small} on these slides; from the last row {SMALLEST:g} are read"
    layouts = (deck.frames.opening, deck.frames.text, deck.frames.picture)
    faintest = min((seen for frame in layouts if (seen := contrast(frame.layout)) is not None), default=_LEAST_CONTRAST)
    if faintest < _LEAST_CONTRAST:
        yield (
            f"text on the background of this template has a contrast of {faintest:.1f}, {_LEAST_CONTRAST} is the least "
            "that can be read: change the colours of its theme"
        )


def _question(deck: Deck, evidence: Evidence, board: pd.DataFrame) -> None:
    if len(board):
        title, paragraphs = story.question(evidence, board)
        said = [f"{row.statement_id}: {row.statement} {row.rationale}" for row in board.itertuples()]
        deck.text(title, paragraphs, cited=list(board.citation.unique()), said=said)
        deck.record("question", title, behind.question(evidence, board), kind="text")


def _tables(deck: Deck, name: str, board: pd.DataFrame, rated: pd.DataFrame) -> None:
    """The slides of a table; none where it has no row."""
    if name == "verdicts" and len(board):
        deck.table(board, drawings.verdicts, *story.board_grids(board))
    if name == "certainty" and len(rated):
        deck.table(rated, drawings.certainty, *story.findings_grids(rated))


def _pictures(deck: Deck, evidence: Evidence, name: str, condition: str | None, medium: str) -> None:
    """The slides of a chart; none where there is nothing to draw."""
    options: dict[str, Any] = {"condition": condition} if "condition" in gallery.OPTIONS[name] else {}
    if condition is None and name in _DIRECT:
        options = {"condition": tables.direct_conditions(evidence)}
    for chart in gallery.parts(evidence, name, medium=medium, **options):
        deck.picture(chart)


def _limits(deck: Deck, evidence: Evidence, condition: str | None, left_out: Sequence[str]) -> None:
    own = [condition] if condition else list(tables.direct_conditions(evidence))
    there, rated = behind.conditions(evidence, condition), tables.certainty(evidence, condition=condition)
    title, paragraphs = limits.limits(evidence, there, rated, {*own, *story.groups_of(evidence, condition)}, left_out)
    deck.text(title, paragraphs, cited=limits.cited(evidence, paragraphs))
    deck.record("limits", title, behind.limits(evidence, there, rated), kind="text")


def _saved(presentation: Any, evidence: Evidence, title: str, records: Sequence[provenance.Record]) -> bytes:
    """The bytes of the file; its dates are that of the evidence, so that they are the same each time."""
    day = datetime.fromisoformat(evidence.date)
    properties = presentation.core_properties
    properties.title, properties.subject = title, evidence.schema.title
    properties.author = properties.last_modified_by = f"{evidence.schema.name} {evidence.version}"
    properties.created = properties.modified = day
    properties.keywords, properties.comments, properties.revision = "", "Not medical advice", 1
    stream = io.BytesIO()
    presentation.save(stream)
    return provenance.stamped(stream.getvalue(), records)
