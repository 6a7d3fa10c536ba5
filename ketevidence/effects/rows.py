"""Figures brought to one length, and refused with the label of their row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Effects(NamedTuple):
    """Effects of k studies with their variances.

    Attributes
    ----------
    effect : ndarray, shape (k,)
        Effects; ratios and odds as natural logarithms. NaN only where the note says that
        the row is kept out.
    variance : ndarray, shape (k,)
        Squared standard errors of the effects, above 0; NaN where the effect is.
    note : tuple of str, length k
        What was changed or is odd in a row; empty where nothing is.
    """

    effect: Floats
    variance: Floats
    note: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """Finite figures of k rows, by name.

    Attributes
    ----------
    names : tuple of str, length k
        How a message names each row: ``of 'Smith 2020'``, or ``in row 0``.
    figures : dict of ndarray, shape (k,)
        The figures, by the names of the parameters that they came from.
    """

    names: tuple[str, ...]
    figures: dict[str, Floats]

    @classmethod
    def read(cls, labels: Sequence[str] | None, /, **figures: ArrayLike) -> Rows:
        """Figures as arrays of one length; one number stands for all rows.

        Raises
        ------
        ValueError
            Something that is no number or not finite, more than one dimension, or lengths
            that do not fit.
        """
        columns = {name: _column(name, values) for name, values in figures.items()}
        longest, length = next(((name, len(one)) for name, one in columns.items() if len(one) != 1), ("", 1))
        for name, one in columns.items():
            if len(one) not in (1, length):
                raise ValueError(f"{longest} has {length} rows, but {name} has {len(one)}")
        if labels is not None and len(labels) != length:
            raise ValueError(f"{length} rows, but {len(labels)} labels")
        named = [f"in row {row}" for row in range(length)] if labels is None else [f"of {str(x)!r}" for x in labels]
        rows = cls(tuple(named), {name: np.broadcast_to(one, length) for name, one in columns.items()})
        for name in figures:
            rows.refuse(~np.isfinite(rows[name]), f"{name} {{{name}}} {{row}} is not a finite number")
        return rows

    def __getitem__(self, name: str) -> Floats:
        return self.figures[name]

    def refuse(self, wrong: Mask, message: str) -> None:
        """Refuse the first row that is wrong; the message names figures, and the row, in braces.

        Raises
        ------
        ValueError
            A row is wrong.
        """
        for row in np.flatnonzero(wrong).tolist():
            shown = {name: f"{values[row]:.12g}" for name, values in self.figures.items()}
            raise ValueError(message.format(row=self.names[row], **shown))

    def refuse_not_positive(self, *names: str) -> None:
        """Refuse figures of these names that are not above 0."""
        for name in names:
            self.refuse(self[name] <= 0, f"{name} {{{name}}} {{row}} is not above 0")

    def refuse_below(self, least: int, *names: str) -> None:
        """Refuse figures of these names that are below the least possible."""
        for name in names:
            self.refuse(self[name] < least, f"{name} {{{name}}} {{row}} is below {least}")


def two_groups(
    mean: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    control_mean: ArrayLike,
    control_sd: ArrayLike,
    control_n: ArrayLike,
    labels: Sequence[str] | None,
) -> Rows:
    """Means of two groups of different people, refused where they are impossible."""
    rows = Rows.read(
        labels, mean=mean, sd=sd, n=n, control_mean=control_mean, control_sd=control_sd, control_n=control_n
    )
    rows.refuse_not_positive("sd", "control_sd")
    rows.refuse_below(2, "n", "control_n")
    return rows


def same_people(
    mean: ArrayLike,
    sd: ArrayLike,
    control_mean: ArrayLike,
    control_sd: ArrayLike,
    n: ArrayLike,
    correlation: ArrayLike,
    labels: Sequence[str] | None,
    *,
    least: int,
) -> Rows:
    """Two means of the same people, refused where they are impossible or fewer than the least number."""
    rows = Rows.read(
        labels, mean=mean, sd=sd, control_mean=control_mean, control_sd=control_sd, n=n, correlation=correlation
    )
    rows.refuse_not_positive("sd", "control_sd")
    rows.refuse_below(least, "n")
    rows.refuse(abs(rows["correlation"]) > 1, "correlation {correlation} {row} is not between -1 and 1")
    return rows


def checked(
    rows: Rows, effect: Floats, variance: Floats, note: Sequence[str] | None = None, kept_out: Mask | None = None
) -> Effects:
    """Effects that can be pooled, or are kept out; no other missing number comes out.

    Functions compute without NumPy's warnings: whatever overflows is refused here.

    Raises
    ------
    ValueError
        An effect that is not finite, or a variance that is not a finite number above 0, in
        a row that is not kept out.
    """
    out = np.zeros(effect.shape, dtype=bool) if kept_out is None else kept_out
    usable = np.isfinite(effect) & np.isfinite(variance) & (variance > 0)
    Rows(rows.names, {"effect": effect, "variance": variance}).refuse(
        ~usable & ~out, "effect {effect} with the variance {variance} {row} cannot be pooled"
    )
    notes = ("",) * len(effect) if note is None else tuple(note)
    return Effects(np.where(out, np.nan, effect), np.where(out, np.nan, variance), notes)


def _column(name: str, values: ArrayLike) -> Floats:
    try:
        column = np.atleast_1d(np.asarray(values, dtype=np.float64))
    except (TypeError, ValueError):
        raise ValueError(f"{name} cannot be read as numbers") from None
    if column.ndim > 1:
        raise ValueError(f"{name} has {column.ndim} dimensions, expected at most 1")
    return column
