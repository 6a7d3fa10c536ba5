"""What a fault is, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd


@dataclass(frozen=True)
class Fault:
    """One fault of an evidence folder: where it is and what to do about it."""

    file: str
    line: int | None
    column: str
    message: str

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place} {self.message}"


class EvidenceError(ValueError):
    """A folder of tables was refused.

    Attributes
    ----------
    problems : pandas.DataFrame
        One row a fault, columns file, line, column and message.
    """

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @property
    def problems(self) -> pd.DataFrame:
        """The faults as a frame: file, line, column, message."""
        return as_frame(self.faults)


def as_frame(faults: Iterable[Fault]) -> pd.DataFrame:
    """Faults as a frame: file (str), line (Int64), column (str), message (str)."""
    rows = [(f.file, f.line, f.column, f.message) for f in faults]
    frame = pd.DataFrame(rows, columns=["file", "line", "column", "message"])
    return frame.astype({"file": "string", "line": "Int64", "column": "string", "message": "string"})


def quoted(text: str) -> str:
    """A cell in single quotes, shortened to what a person can read on one line.

    Examples
    --------
    >>> quoted("2 hours")
    "'2 hours'"
    """
    return repr(text if len(text) <= 60 else text[:57] + "...")


def hint(name: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown name: the nearest known one, else all of a few.

    Begins with '; ', so that it can follow any message; empty where nothing helps.

    Examples
    --------
    >>> hint("suported", ["supported", "contradicted"])
    "; nearest: 'supported'"
    >>> hint("ptsd", ["OCD", "PTSD"])
    "; nearest: 'PTSD'"
    >>> hint("maybe", ["yes", "no"])
    '; known: yes, no'
    """
    choices = list(known)
    folded = {choice.casefold(): choice for choice in choices}
    close = [folded[found] for found in get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)]
    if close:
        return f"; nearest: {close[0]!r}"
    return f"; known: {', '.join(choices)}" if 0 < len(choices) <= 14 else ""
