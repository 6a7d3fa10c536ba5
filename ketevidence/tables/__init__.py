"""The tidy frames that people look at: one function a question, columns documented.

Every frame names its sources in a column ``citation``, carries the version and digest
of the evidence in ``frame.attrs``, and holds figures unrounded.
"""

from ketevidence.tables.accrual import accrual
from ketevidence.tables.bias import risk_of_bias
from ketevidence.tables.cards import condition_card
from ketevidence.tables.certainty import certainty
from ketevidence.tables.claims import claims, evidence_for, published_estimates, statements
from ketevidence.tables.comparisons import comparisons, not_comparable
from ketevidence.tables.evidence_map import evidence_map
from ketevidence.tables.facts import trial_facts
from ketevidence.tables.gaps import gaps
from ketevidence.tables.influence import funnel as funnel
from ketevidence.tables.influence import gosh as gosh
from ketevidence.tables.influence import leave_one_out as leave_one_out
from ketevidence.tables.pooling import folded as folded
from ketevidence.tables.pooling import pooled
from ketevidence.tables.pooling import spelled as spelled
from ketevidence.tables.published import published_comparison
from ketevidence.tables.rates import resistance_rates, safety_rates
from ketevidence.tables.resistance import pooled_rates
from ketevidence.tables.times import effect_durations, onset_times, stated_times
from ketevidence.tables.trials import conditions, studies
from ketevidence.tables.trials import direct_conditions as direct_conditions
from ketevidence.tables.works import cited_works as cited_works
from ketevidence.tables.works import words as words

__all__ = [
    "accrual",
    "certainty",
    "claims",
    "comparisons",
    "condition_card",
    "conditions",
    "effect_durations",
    "evidence_for",
    "evidence_map",
    "gaps",
    "not_comparable",
    "onset_times",
    "pooled",
    "pooled_rates",
    "published_comparison",
    "published_estimates",
    "resistance_rates",
    "risk_of_bias",
    "safety_rates",
    "stated_times",
    "statements",
    "studies",
    "trial_facts",
]
