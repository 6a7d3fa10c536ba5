"""Counts of two groups as four cells: corrected where one is empty, kept out where they say nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ketevidence.effects.rows import Floats, Mask, Rows

_NOBODY = "kept out: no event in either group"
_EVERYBODY = "kept out: everybody has the event in both groups"


class Cells(NamedTuple):
    """The four cells of each row, corrected where one was empty."""

    rows: Rows
    events: Floats
    others: Floats
    control_events: Floats
    control_others: Floats
    note: tuple[str, ...]
    kept_out: Mask

    @property
    def people(self) -> Floats:
        """People in the group, correction included."""
        return self.events + self.others

    @property
    def control_people(self) -> Floats:
        """People in the control group, correction included."""
        return self.control_events + self.control_others


def four_cells(
    events: ArrayLike,
    n: ArrayLike,
    control_events: ArrayLike,
    control_n: ArrayLike,
    correction: float,
    labels: Sequence[str] | None,
) -> Cells:
    """Counts of two groups as four cells, corrected and kept out as the note says."""
    refuse_correction(correction)
    rows = Rows.read(labels, events=events, n=n, control_events=control_events, control_n=control_n)
    refuse_impossible_counts(rows, "events", "n")
    refuse_impossible_counts(rows, "control_events", "control_n")
    having, control_having = rows["events"], rows["control_events"]
    cells = np.stack([having, rows["n"] - having, control_having, rows["control_n"] - control_having])
    nobody = (cells[0] == 0) & (cells[2] == 0)
    everybody = (cells[1] == 0) & (cells[3] == 0)
    empty = (cells == 0).any(axis=0)
    note = np.select([nobody, everybody, empty], [_NOBODY, _EVERYBODY, added(correction)], "").tolist()
    having, others, control_having, control_others = cells + correction * empty
    return Cells(rows, having, others, control_having, control_others, tuple(note), nobody | everybody)


def refuse_impossible_counts(rows: Rows, events: str, n: str) -> None:
    """Refuse groups of nobody, and more events than people."""
    rows.refuse_below(1, n)
    rows.refuse(
        (rows[events] < 0) | (rows[events] > rows[n]),
        f"{events} {{{events}}} {{row}} are not between 0 and {n} {{{n}}}",
    )


def refuse_correction(correction: float) -> None:
    """Refuse a correction that would leave an empty cell empty."""
    if not 0 < correction < math.inf:
        raise ValueError(f"correction {correction:g} is not a finite number above 0")


def added(correction: float) -> str:
    """The note of a row that was corrected."""
    return f"{correction:g} added to each cell"
