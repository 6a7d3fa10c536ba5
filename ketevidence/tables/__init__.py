"""The tidy frames that people look at: one function a question, columns documented.

Every frame names its sources in a column ``citation``, carries the version and digest
of the evidence in ``frame.attrs``, and holds figures unrounded.
"""

from ketevidence.tables.claims import claims, evidence_for, published_estimates, statements
from ketevidence.tables.gaps import gaps
from ketevidence.tables.rates import resistance_rates, safety_rates
from ketevidence.tables.times import effect_durations, onset_times, stated_times
from ketevidence.tables.trials import conditions, studies
from ketevidence.tables.trials import direct_conditions as direct_conditions

__all__ = [
    "claims",
    "conditions",
    "effect_durations",
    "evidence_for",
    "gaps",
    "onset_times",
    "published_estimates",
    "resistance_rates",
    "safety_rates",
    "stated_times",
    "statements",
    "studies",
]
