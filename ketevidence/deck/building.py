"""The slides of a deck in their order."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ketevidence import charts as drawings
from ketevidence import gallery, provenance, style, tables
from ketevidence.check import hint
from ketevidence.dataset import Evidence
from ketevidence.deck import story
from ketevidence.deck.citing import Numbers
from ketevidence.deck.slides import Deck
from ketevidence.deck.templates import opened
from ketevidence.writing import replace_file

TABLES = ("verdicts", "certainty")
OVERVIEW = (
    "verdicts", "evidence_map", "accrual", "condition_card", "durations", "safety", "risk_of_bias", "certainty",
)  # fmt: skip
_DIRECT = ("durations", "safety")  # in an overview only of the conditions that the evidence is about
DETAILS = (
    "condition_card", "verdicts", "rates", "timeline", "accrual", "forest", "published", "durations", "safety",
    "trial_facts", "risk_of_bias", "certainty",
)  # fmt: skip
KNOWN = tuple(dict.fromkeys((*gallery.NAMES, *TABLES)))


def build(
    evidence: Evidence, path: str | Path, *, condition: str | None = None, charts: Sequence[str] | None = None,
    template: str | Path | None = None, medium: str = "slide",
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
    medium : {'slide', 'slide-dark'}
        The style of the charts; for a template with a dark background 'slide-dark'.

    Returns
    -------
    Path
        The file. The same evidence and template give the same bytes.

    Raises
    ------
    ValueError
        An unknown condition, chart or medium; a template that cannot be used; a file that
        cannot be written.
    """
    if Path(path).suffix.lower() != ".pptx":
        raise ValueError(f"a deck is a .pptx file, got {Path(path).name!r}")
    if style.medium(medium).height is None:
        raise ValueError(f"a deck needs a medium for slides, got {medium!r}; known: slide, slide-dark")
    if template and Path(template).resolve() == Path(path).resolve():
        raise ValueError(f"the deck would replace its template {Path(path).name!r}; give it another name")
    names = _names(charts, condition)
    board, rated = story.statements_on(evidence, condition), tables.certainty(evidence, condition=condition)
    presentation, frames = opened(template, medium)
    with style.applied(style.medium(medium)):
        deck = Deck(presentation, frames, Numbers(evidence), evidence.date)
        deck.opening(*story.opening(evidence, condition))
        _question(deck, evidence, board)
        for name in names:
            if name in TABLES:
                _tables(deck, name, board, rated)
            else:
                _pictures(deck, evidence, name, condition, medium)
        left_out = [name for name in DETAILS if name not in OVERVIEW] if charts is None and condition is None else []
        _limits(deck, evidence, condition, rated, left_out)
        deck.references()
    title = story.opening(evidence, condition)[0]
    return replace_file(path, _saved(presentation, evidence, title, deck.records))


def _names(charts: Sequence[str] | None, condition: str | None) -> tuple[str, ...]:
    if charts is None:
        return OVERVIEW if condition is None else DETAILS
    wanted = (charts,) if isinstance(charts, str) else tuple(name.strip() for name in charts)
    for name in wanted:
        if name not in KNOWN:
            raise ValueError(f"no chart {name!r}{hint(name, KNOWN)}")
    return wanted


def _question(deck: Deck, evidence: Evidence, board: pd.DataFrame) -> None:
    if len(board):
        title, paragraphs = story.question(evidence, board)
        said = [f"{row.statement_id}: {row.statement} {row.rationale}" for row in board.itertuples()]
        deck.text(title, paragraphs, cited=list(board.citation.unique()), said=said)
        deck.record("question", title, [board])


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


def _limits(
    deck: Deck, evidence: Evidence, condition: str | None, rated: pd.DataFrame, left_out: Sequence[str]
) -> None:  # fmt: skip
    there = tables.conditions(evidence)
    own = [condition] if condition else tables.direct_conditions(evidence)
    there = there[there.condition.isin(own)]
    title, paragraphs = story.limits(evidence, there, rated, left_out)
    deck.text(title, paragraphs)
    deck.record("limits", title, [there, rated, tables.gaps(evidence)])


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
