"""What is given: effects and variances that can be pooled, or a refusal that names the study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

METHODS = ("REML", "ML", "DL", "EE")
INTERVALS = ("knapp-hartung", "normal")
LEAST_FOR_PREDICTION = 3
LEAST_FOR_FUNNEL = 10
_LARGEST = 1e100  # of an effect: squares and fourth powers of its distances are still numbers
_VARIANCES = (1e-300, 1e300)  # outside, a double has few digits, or none
_WIDEST = 1e10  # variances further apart leave the less precise study few digits of a double
_FARTHEST = 1e8  # likewise the distance of effects, in standard errors of the most precise study


def options(method: str, interval: str, level: float) -> None:
    """Refuse an unknown method or kind of interval, and a level outside (0, 1)."""
    if method not in METHODS:
        raise ValueError(f"no method {method!r}; known: {', '.join(METHODS)}")
    if interval not in INTERVALS:
        raise ValueError(f"no interval {interval!r}; known: {', '.join(INTERVALS)}")
    try:
        inside = 0 < level < 1
    except TypeError:
        inside = False
    if not inside:
        raise ValueError(f"level {level} is not between 0 and 1")


def studies(
    effect: ArrayLike,
    variance: ArrayLike,
    labels: Sequence[str] | None = None,
    least: int = 2,
    purpose: str = "pooling",
) -> tuple[Floats, Floats]:
    """Effects and variances as arrays of shape (k,), proved to be poolable.

    Raises
    ------
    ValueError
        Fewer than `least` studies, unequal lengths, a number that is not finite, a
        variance that is not above 0, or figures so large, so small or so far apart that a
        double cannot hold them together. The message names the study.
    """
    effects, variances = column("effects", effect), column("variances", variance)
    if len(effects) != len(variances):
        raise ValueError(f"{len(effects)} effects, but {len(variances)} variances")
    if labels is not None and len(labels) != len(effects):
        raise ValueError(f"{len(effects)} effects, but {len(labels)} labels")
    if len(effects) < least:
        single = f" ({labels[0]})" if labels is not None and len(effects) == 1 else ""
        raise ValueError(f"{purpose} needs at least {least} studies, got {len(effects)}{single}")
    if not poolable(effects[:, None], variances[:, None])[0]:
        _refuse(effects, variances, labels)
    return effects, variances


def poolable(effects: Floats, variances: Floats) -> NDArray[np.bool_]:
    """Whether the figures of every column can be pooled; effects and variances (k, d), result (d,)."""
    finite = (np.isfinite(effects) & np.isfinite(variances)).all(axis=0)
    least, most = variances.min(axis=0), variances.max(axis=0)
    held = (np.abs(effects) <= _LARGEST).all(axis=0) & (least >= _VARIANCES[0]) & (most <= _VARIANCES[1])
    sound: NDArray[np.bool_] = finite & held
    y, least, most = effects[:, sound], least[sound], most[sound]
    sound[sound] = (most / _WIDEST <= least) & (np.ptp(y, axis=0) / _FARTHEST <= np.sqrt(least))
    return sound


def column(name: str, values: ArrayLike) -> Floats:
    """Numbers as an array of shape (k,), refused with their name where they are none."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} are not all numbers") from None
    if array.ndim != 1:
        raise ValueError(f"{name} have {array.ndim} dimensions, expected 1")
    return array


def beside(name: str, values: Iterable[object], effects: Floats) -> list[object]:
    """What goes with every study, such as years, refused if there are more or fewer."""
    listed = list(values)
    if len(listed) != len(effects):
        raise ValueError(f"{len(effects)} effects, but {len(listed)} {name}")
    return listed


def groups(name: str, values: Iterable[object], effects: Floats, labels: Sequence[str] | None) -> list[object]:
    """The group of every study, refused where one is missing; `name` is that of one."""
    listed = beside(f"{name}s", values, effects)
    for position in np.flatnonzero([pd.isna(value) for value in listed]).tolist():
        raise ValueError(f"{name} {of(position, labels)} is missing")
    return listed


def of(position: int, labels: Sequence[str] | None) -> str:
    """How a message names a study: by its label, else by its row."""
    return f"in row {position}" if labels is None else f"of {labels[position]!r}"


def _refuse(effects: Floats, variances: Floats, labels: Sequence[str] | None) -> None:
    for name, values in (("effect", effects), ("variance", variances)):
        for position in np.flatnonzero(~np.isfinite(values)).tolist():
            raise ValueError(f"{name} {values[position]:g} {of(position, labels)} is not a finite number")
    for position in np.flatnonzero(np.abs(effects) > _LARGEST).tolist():
        raise ValueError(f"effect {effects[position]:g} {of(position, labels)} is further from 0 than {_LARGEST:g}")
    least, most = int(variances.argmin()), int(variances.argmax())
    smallest, largest = (f"{variances[place]:g} {of(place, labels)}" for place in (least, most))
    if variances[least] <= 0:
        raise ValueError(f"variance {smallest} is not above 0")
    if variances[least] < _VARIANCES[0]:
        raise ValueError(f"variance {smallest} is below {_VARIANCES[0]:g}")
    if variances[most] > _VARIANCES[1]:
        raise ValueError(f"variance {largest} is above {_VARIANCES[1]:g}")
    if variances[most] / _WIDEST > variances[least]:
        raise ValueError(f"variances {smallest} and {largest} differ by more than a factor of {_WIDEST:g}")
    raise ValueError(f"variance {smallest} is too small beside effects that lie {np.ptp(effects):g} apart")
