"""The evidence that a command looks at, and the condition that it is asked about."""

from __future__ import annotations

import argparse
from difflib import SequenceMatcher

from ketevidence.dataset import Evidence, load


def opened(arguments: argparse.Namespace) -> Evidence:
    """The evidence; where a condition is asked for, only if it is one.

    Raises
    ------
    ValueError
        No such folder or condition.
    """
    evidence, wanted = load(arguments.data), getattr(arguments, "condition", None)
    known = evidence.schema.table("claims").column("condition").categories
    if wanted and wanted not in {category.value for category in known}:
        named = (
            f"{one.value} ({one.label})"
            for one in sorted(known, key=lambda one: -_likeness(wanted, one.value, one.label))
        )
        raise ValueError(f"no condition {wanted!r}; the nearest first: {', '.join(named)}")
    return evidence


def _likeness(wanted: str, value: str, label: str) -> float:
    """From 0 to 1, by the value or by words of the label, whichever is nearer."""
    asked, label = wanted.casefold(), label.casefold()
    ratios = [SequenceMatcher(None, asked, text).ratio() for text in (value.casefold(), label)]
    return max(*ratios, 0.9 if asked in label else 0.0)
