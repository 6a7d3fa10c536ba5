"""Many effects to one: arrays in, a frozen result out. It knows no data set.

Estimation rests on PyMARE, but for the top of a likelihood (see `engine`). One
small-sample policy holds everywhere: a single study is never pooled; two are pooled with a
warning; the Knapp-Hartung interval is never narrower than the normal one; a prediction
interval needs three studies; a test for small-study effects needs ten.
"""

from ketevidence.synthesis.inputs import LEAST_FOR_FUNNEL, METHODS
from ketevidence.synthesis.many import Many, cumulative, leave_one_out, pool_many
from ketevidence.synthesis.moderators import (
    Egger,
    Regression,
    Subgroups,
    egger,
    meta_regression,
    subgroups,
)
from ketevidence.synthesis.single import Pooled, pool
from ketevidence.synthesis.subsets import Gosh, gosh

__all__ = [
    "LEAST_FOR_FUNNEL",
    "METHODS",
    "Egger",
    "Gosh",
    "Many",
    "Pooled",
    "Regression",
    "Subgroups",
    "cumulative",
    "egger",
    "gosh",
    "leave_one_out",
    "meta_regression",
    "pool",
    "pool_many",
    "subgroups",
]
