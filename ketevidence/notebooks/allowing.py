"""What may stand in the notebooks of a folder although a guard finds it, each with its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ketevidence.notebooks.book import Book, Fault

ALLOWED = "allowed.toml"
_NEEDED = ("guard", "text", "reason")


@dataclass(frozen=True)
class Allowance:
    """One entry of the list: what which guard may find, where, and why."""

    guard: str
    text: str
    reason: str
    notebook: str = ""

    def lets(self, guard: str, book: Book, fault: Fault) -> bool:
        """Whether the entry is about this fault."""
        return (self.guard, self.text) == (guard, fault.text) and book.path.name.startswith(self.notebook)


def allowances(folder: Path, guards: Collection[str]) -> list[Allowance]:
    """The list of a folder; empty where there is none.

    Raises
    ------
    ValueError
        The list cannot be read, or an entry lacks its guard, its text or its reason.
    """
    file = folder / ALLOWED
    if not file.exists():
        return []
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("allowed", [])
        listed = [Allowance(**{name: str(value) for name, value in entry.items()}) for entry in entries]
    except (OSError, ValueError, TypeError, AttributeError):
        raise ValueError(f"{file} cannot be read; an entry [[allowed]] has {', '.join(_NEEDED)}, notebook") from None
    for one in listed:
        if one.guard not in guards:
            raise ValueError(f"{file}: no guard {one.guard!r}; known: {', '.join(guards)}")
        if not one.text or not one.reason.strip():
            raise ValueError(f"{file}: {one.text!r} needs a reason")
    return listed
