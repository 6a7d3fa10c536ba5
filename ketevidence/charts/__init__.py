"""Charts: one function each, a tidy frame in, a `Chart` out (certainty: a `Sheet`). They compute nothing."""

from ketevidence.charts.accrual import accrual
from ketevidence.charts.certainty import certainty
from ketevidence.charts.condition_card import condition_card
from ketevidence.charts.durations import durations
from ketevidence.charts.evidence_map import evidence_map
from ketevidence.charts.forest import forest
from ketevidence.charts.funnel import funnel
from ketevidence.charts.gosh import gosh
from ketevidence.charts.leave_one_out import leave_one_out
from ketevidence.charts.rates import rates
from ketevidence.charts.risk_of_bias import risk_of_bias
from ketevidence.charts.safety import safety
from ketevidence.charts.timeline import timeline
from ketevidence.charts.trial_facts import trial_facts
from ketevidence.charts.verdicts import verdicts

__all__ = [
    "accrual",
    "certainty",
    "condition_card",
    "durations",
    "evidence_map",
    "forest",
    "funnel",
    "gosh",
    "leave_one_out",
    "rates",
    "risk_of_bias",
    "safety",
    "timeline",
    "trial_facts",
    "verdicts",
]
