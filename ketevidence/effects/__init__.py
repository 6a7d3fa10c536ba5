"""From the figures of one study to an effect: arrays in, arrays out.

Every function takes columns of figures, one row a study, and gives an effect with its
variance, on the scale on which studies are pooled: ratios and odds as natural
logarithms. An impossible figure is refused with the label of its row; a row that no
effect can be had from is kept out, and its note says why.
"""

from ketevidence.effects.means import (
    d_to_g,
    hedges_g,
    mean_change,
    mean_difference,
    standardized_mean_change,
)
from ketevidence.effects.printed import (
    from_interval,
    from_p_value,
    from_standard_error,
    sd_from_interval,
    sd_from_standard_error,
)
from ketevidence.effects.proportions import log_odds, odds_ratio, risk_difference, risk_ratio, wilson
from ketevidence.effects.rows import Effects
from ketevidence.effects.small_sample import small_sample_factor

__all__ = [
    "Effects",
    "d_to_g",
    "from_interval",
    "from_p_value",
    "from_standard_error",
    "hedges_g",
    "log_odds",
    "mean_change",
    "mean_difference",
    "odds_ratio",
    "risk_difference",
    "risk_ratio",
    "sd_from_interval",
    "sd_from_standard_error",
    "small_sample_factor",
    "standardized_mean_change",
    "wilson",
]
