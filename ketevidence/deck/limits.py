"""What a deck says of its limits, built from the tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import pandas as pd

from ketevidence import references, tables, wording
from ketevidence.dataset import Evidence
from ketevidence.deck.texts import Paragraph

_BULLET = "•"
_WORD = re.compile(r"[\w-]+")
_CLAUSE = re.compile(r"(?<=[.;]) ")


def limits(
    evidence: Evidence, there: pd.DataFrame, rated: pd.DataFrame, about: Collection[str], left_out: Sequence[str]
) -> tuple[str, list[Paragraph]]:
    """Title and text of the slide of limits.

    Parameters
    ----------
    evidence : Evidence
    there : pandas.DataFrame
        Rows of `tables.conditions`.
    rated : pandas.DataFrame
        Rows of `tables.certainty`.
    about : collection of str
        The conditions of the deck, with the groups that they belong to.
    left_out : sequence of str
        Charts that a deck on one condition has and this one has not.
    """
    trials, people = int(there.randomised.sum()), int(there.randomised_people.sum())
    silent = int(there.unpublished.sum())
    title = (
        f"Limits: {wording.counted(trials, 'randomised trial')}"
        + (f" with {wording.counted(people, 'person', 'people')}" if trials else " of its own")
        + f", {wording.counted(silent, 'registered study', 'registered studies')} without a result"
    )
    lines = [*_trials(there), *_ratings(rated), *_figures(evidence), *_told(evidence, about)]
    if left_out:
        named = wording.listed(name.replace("_", " ") for name in left_out)
        lines.append(f"Not in this deck: {named}. A deck on one condition shows them.")
    return title, [Paragraph(line, _BULLET) for line in (*lines, "This is not medical advice.")]


def cited(evidence: Evidence, paragraphs: Sequence[Paragraph]) -> list[str]:
    """The labels of the sources that the text names."""
    said = " ".join(paragraph.text for paragraph in paragraphs)
    return [label for label in references.labels(evidence.sources) if re.search(rf"{re.escape(label)}(?!\w)", said)]


def _trials(there: pd.DataFrame) -> Iterator[str]:
    """How many trials and people, by condition; where there is none; what is registered and silent."""
    some, none = there[there.randomised > 0], there[there.randomised == 0]
    if len(some):
        named = (
            f"{row.label} {row.randomised} ({wording.number(row.randomised_people)} people)"
            for row in some.itertuples()
        )
        yield f"Randomised trials with a result: {wording.listed(named)}."
    if len(there) == 1 and there.gaps.iloc[0]:
        yield f"{wording.capital(there.label.iloc[0])}: {there.gaps.iloc[0]}."
        return
    if len(none):
        yield f"No randomised trial with a result: {wording.listed(none.label)}."
    silent = there[there.unpublished > 0]
    if len(silent):
        named = (f"{row.label} {row.unpublished}" for row in silent.itertuples())
        yield f"Registered studies without a published result: {wording.listed(named)}."


def _ratings(rated: pd.DataFrame) -> Iterator[str]:
    if rated.empty:
        return
    levels = rated.certainty.value_counts(sort=False)
    said = wording.listed(f"{count} {level}" for level, count in levels.items())
    states = rated.status.value_counts(sort=False)
    status = wording.listed(f"{count} {state}" for state, count in states.items())
    yield f"Certainty of {wording.counted(len(rated), 'comparison')}: {said}; state of the ratings: {status}."


def _figures(evidence: Evidence) -> Iterator[str]:
    """How sure the figures are read, of all conditions together."""
    seen, figures = evidence.second_reader()
    yield (
        f"A second reader saw {wording.number(seen)} of {wording.number(figures)} claims and outcomes of all "
        "conditions; the others, and those known at second hand, are drawn hollow."
    )
    gaps = tables.gaps(evidence)
    for row in gaps[gaps.gap.str.startswith("figures known")].itertuples():
        yield f"{row.gap.capitalize()}: {wording.number(row.rows)} of {wording.number(row.of)}."


def _told(evidence: Evidence, about: Collection[str]) -> Iterator[str]:
    """The limits that the evidence states itself, in words: the clauses that name no condition, or one of these.

    A condition is named by its key, or by the key of a study or source on it.
    """
    labels, direct = references.labels(evidence.sources), tables.direct_conditions(evidence)
    claims, studies = evidence.claims, evidence.studies
    of_study = dict(zip(studies.study_id, studies.source_id.map(labels)))
    condition = evidence.schema.table("studies").column("condition")
    words = {**labels, **of_study, **{name: condition.label(name) for name in direct}}
    pairs = {
        *zip(direct, direct),
        *((key, name) for key, name in zip(claims.source_id, claims.condition) if name in direct),
        *((key, name) for key, name in zip(studies.source_id, studies.condition) if name in direct),
        *((key, name) for key, name in zip(studies.study_id, studies.condition) if name in direct),
    }
    known = {key for key, _ in pairs}
    own = {key for key, name in pairs if name in about}
    for limit in evidence.schema.limits:
        kept = [
            clause for clause in _CLAUSE.split(limit)
            if not (named := known & set(_WORD.findall(clause))) or named & own
        ]  # fmt: skip
        if kept:
            text = _WORD.sub(lambda key: str(words.get(key[0], key[0])), " ".join(kept))
            yield f"{wording.capital(text.rstrip(';.'))}."
