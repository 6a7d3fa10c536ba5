"""Charts: one function each, a tidy frame in, a `Chart` out. They compute nothing."""

from ketevidence.charts.rates import rates
from ketevidence.charts.timeline import timeline
from ketevidence.charts.verdicts import verdicts

__all__ = ["rates", "timeline", "verdicts"]
