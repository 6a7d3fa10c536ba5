"""The parts of the story, and the charts of each: one order for decks and for pages of figures."""

from __future__ import annotations

PARTS = {
    "What is said, and what the evidence says": ("verdicts",),
    "How much was studied": ("evidence_map", "accrual"),
    "One condition at a time": ("condition_card",),
    "How many people usual treatment does not help": ("rates",),
    "How soon an effect is seen": ("timeline",),
    "What the trials say together": ("forest", "published", "leave_one_out", "gosh", "funnel"),
    "How long an effect lasts": ("durations",),
    "Side effects": ("safety",),
    "How far the trials can be trusted": ("trial_facts", "risk_of_bias", "certainty"),
}
ORDER = tuple(name for names in PARTS.values() for name in names)
TABLES = ("verdicts", "certainty")  # in a deck they can be edited


def _of(*names: str) -> tuple[str, ...]:
    return tuple(sorted(names, key=ORDER.index))


OVERVIEW = _of(
    "verdicts", "evidence_map", "accrual", "condition_card", "durations", "safety", "risk_of_bias", "certainty"
)
DETAILS = _of(
    "verdicts", "accrual", "condition_card", "rates", "timeline", "forest", "published", "durations", "safety",
    "trial_facts", "risk_of_bias", "certainty",
)  # fmt: skip
