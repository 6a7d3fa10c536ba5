"""Numbers of the sources of a deck, given in the order in which they are first used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ketevidence import references, tables
from ketevidence.dataset import Evidence
from ketevidence.deck.texts import Paragraph


class Numbers:
    """The sources used so far, by their labels, with their references."""

    def __init__(self, evidence: Evidence) -> None:
        labels = references.labels(evidence.sources)
        listed = references.numbered(evidence.sources, evidence.date, known_labels=labels)
        self._evidence, self._keys = evidence, dict(zip(listed.label, listed.source_id))
        self._known = dict(zip(listed.label, listed.reference))
        self._used: dict[str, int] = {}

    def of(self, labels: Iterable[str]) -> list[int]:
        """The numbers of these labels in order; a new label gets the next number."""
        return sorted(self._used.setdefault(label, len(self._used) + 1) for label in labels)

    def references(self, labels: Iterable[str]) -> list[Paragraph]:
        """The references of these labels, in order of their numbers."""
        named = sorted((self._used[label], self._known[label]) for label in labels)
        return [Paragraph(reference, f"{number}.") for number, reference in named]

    def every(self) -> list[Paragraph]:
        """The references of all sources used."""
        return self.references(self._used)

    def works(self) -> pd.DataFrame:
        """The rows of all sources used."""
        return tables.cited_works(self._evidence, source=[self._keys[label] for label in self._used])


def marks(numbers: Sequence[int]) -> str:
    """Numbers in square brackets, three and more in a row as a range.

    Examples
    --------
    >>> marks([1, 4, 7]), marks([1, 2, 3, 4, 7, 8]), marks([])
    ('[1, 4, 7]', '[1–4, 7, 8]', '')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f"[{', '.join(parts)}]" if parts else ""
