"""How figures are written, as clinicians write them. The only module that rounds.

Proportions come as shares (0 to 1), times as a number with a unit or as hours. A
missing figure (None, NaN, pd.NA) is written as the empty string, never as 'nan'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

MINUS = "\N{MINUS SIGN}"
HOURS = {
    "minutes": 1 / 60,
    "hours": 1.0,
    "days": 24.0,
    "weeks": 168.0,
    "months": 730.5,
    "years": 8766.0,
}
_ISO_UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}
_ISO_TIMES = {"H": "hours", "M": "minutes", "S": "seconds"}


def missing(value: Any) -> bool:
    """Whether a figure is missing: None, NaN or pd.NA."""
    return bool(pd.isna(value))


def number(value: Any, digits: int = 2) -> str:
    """A number with at most so many decimals, thousands apart, a true minus sign.

    Examples
    --------
    >>> number(12226), number(-0.48), number(2.0), number(0.004)
    ('12,226', '−0.48', '2', '0')
    """
    if missing(value):
        return ""
    text = f"{abs(float(value)):,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return (MINUS if float(value) < 0 and text != "0" else "") + text


def fixed(value: Any, digits: int = 2) -> str:
    """A number with just so many decimals, for figures that stand under each other.

    Examples
    --------
    >>> fixed(-1.1), fixed(12226.0), fixed(0, 1), fixed(-0.004)
    ('−1.10', '12,226.00', '0.0', '0.00')
    """
    if missing(value):
        return ""
    text = f"{abs(float(value)):,.{digits}f}"
    return (MINUS if float(value) < 0 and text.strip("0.") else "") + text


def percent(share: Any, digits: int = 0) -> str:
    """A share as per cent, with at most so many decimals; one more below 1%.

    Examples
    --------
    >>> percent(0.3333), percent(0.343, 1), percent(0.63, 1), percent(0.0098)
    ('33%', '34.3%', '63%', '1%')
    """
    if missing(share):
        return ""
    small = digits + (1 if digits and 0 < abs(float(share)) < 0.01 else 0)
    return number(100 * float(share), small) + "%"


def span(low: Any, high: Any, write: Callable[[Any], str] = number) -> str:
    """A range: 'low to high', 'up to high', 'at least low', or the one number both are.

    Examples
    --------
    >>> span(0.16, 0.56, percent), span(2, 6), span(None, 0.3, percent)
    ('16 to 56%', '2 to 6', 'up to 30%')
    """
    if missing(low) and missing(high):
        return ""
    if missing(low):
        return f"up to {write(high)}"
    if missing(high):
        return f"at least {write(low)}"
    first, last = write(low), write(high)
    if first == last:
        return last
    return f"{first.removesuffix('%')} to {last}"


def p_value(p: Any, relation: Any = "equal") -> str:
    """A p value: two decimals from 0.1, three below, never 'p = 0'.

    Examples
    --------
    >>> p_value(0.0363), p_value(0.0005), p_value(0.05, "below"), p_value(0.95)
    ('p = 0.036', 'p < 0.001', 'p < 0.05', 'p = 0.95')
    """
    if missing(p):
        return ""
    if float(p) < 0.001:
        return "p < 0.001"
    sign = {"below": "<", "above": ">"}.get("equal" if missing(relation) else relation, "=")
    return f"p {sign} {number(p, 2 if float(p) >= 0.1 else 3)}"


def duration(value: Any, unit: str) -> str:
    """A length of time in its unit, singular where it is one; from ten up with one decimal at most.

    Examples
    --------
    >>> duration(2, "hours"), duration(1, "weeks"), duration(34.44, "days")
    ('2 hours', '1 week', '34.4 days')
    """
    text = _length(value)(value)
    if not text:
        return ""
    return f"{text} {unit.removesuffix('s') if text == '1' else unit}"


def duration_span(low: Any, high: Any, unit: str) -> str:
    """A range of times: '2 to 6 weeks'.

    Examples
    --------
    >>> duration_span(2, 6, "weeks"), duration_span(None, 1, "hours")
    ('2 to 6 weeks', 'up to 1 hour')
    """
    text = span(low, high, _length(low, high))
    single = text.rpartition(" ")[2] == "1"
    return f"{text} {unit.removesuffix('s') if single else unit}" if text else ""


def _length(*times: Any) -> Callable[[Any], str]:
    """How these times are written: with one decimal at most where one of them is ten or more, else with two."""
    long = any(not missing(time) and abs(float(time)) >= 10 for time in times)
    return partial(number, digits=1 if long else 2)


def timepoint(iso: Any) -> str:
    """An ISO 8601 duration after the first dose, in words.

    Examples
    --------
    >>> timepoint("PT2H"), timepoint("P14D"), timepoint("P0D"), timepoint("P1Y6M")
    ('2 hours', '14 days', 'baseline', '1 year 6 months')
    """
    if missing(iso):
        return ""
    dates, _, times = str(iso).removeprefix("P").partition("T")
    parts = [(n, _ISO_UNITS[u]) for n, u in re.findall(r"(\d+)([YMWD])", dates)]
    parts += [(n, _ISO_TIMES[u]) for n, u in re.findall(r"(\d+)([HMS])", times)]
    words = " ".join(duration(int(n), unit) for n, unit in parts if int(n))
    return words or "baseline"


def hours(value: Any) -> str:
    """A time in hours, in the unit in which people say it.

    Examples
    --------
    >>> hours(0.25), hours(24), hours(96), hours(336), hours(2191.5)
    ('15 minutes', '24 hours', '4 days', '2 weeks', '3 months')
    """
    if missing(value):
        return ""
    unit = next(
        (unit for unit, limit in [("minutes", 1), ("hours", 47), ("days", 168), ("weeks", 1461)] if value < limit),
        "months",
    )
    return duration(round(float(value) / HOURS[unit], 1), unit)


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: '1 claim', '12 claims', 'no claim'.

    Examples
    --------
    >>> counted(0, "claim"), counted(1, "study", "studies"), counted(1200, "claim")
    ('no claim', '1 study', '1,200 claims')
    """
    if n == 0:
        return f"no {noun}"
    return f"{number(n)} {noun if n == 1 else plural or noun + 's'}"


def listed(words: Iterable[str]) -> str:
    """Words in a row: 'a, b and c'.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def capital(text: str) -> str:
    """A text that begins a sentence.

    Examples
    --------
    >>> capital("no trial in PTSD"), capital("")
    ('No trial in PTSD', '')
    """
    return text[:1].upper() + text[1:]


def spoken(key: Any) -> str:
    """A key in words: 'anxiety-disorders' is 'anxiety disorders'."""
    return str(key).replace("-", " ")


def certainty(level: Any, levels: int = 4) -> str:
    """The signs of GRADE for a certainty, 1 the lowest; empty circles only where there is no rating.

    Examples
    --------
    >>> certainty(2), certainty(None)
    ('⊕⊕○○', '○○○○')
    """
    rated = 0 if missing(level) else int(level)
    return "\N{CIRCLED PLUS}" * rated + "\N{WHITE CIRCLE}" * (levels - rated)


def figure(claim: Mapping[str, Any]) -> str:
    """The figure of a claim or statement as one phrase; empty where it has words only.

    Parameters
    ----------
    claim : mapping
        With the keys measure, value, low, high and unit, and where they apply
        interval, events, n and censored (columns of claims.csv).

    Examples
    --------
    >>> figure({"measure": "duration", "value": None, "low": 2, "high": 6, "unit": "weeks"})
    '2 to 6 weeks'
    """
    measure = claim["measure"]
    if measure == "duration":
        return _time_figure(claim)
    if measure == "proportion":
        return _share_figure(claim)
    value, unit = claim["value"], claim.get("unit")
    unit = "" if missing(unit) else str(unit)
    if measure == "percent_change":
        return "" if missing(value) else f"{number(value)}%"
    if missing(value):
        return ""
    limits = _limits(claim, number)
    if measure in ("mean_difference", "count", "other"):
        return f"{number(value)} {unit}" + (f" ({limits})" if limits else "")
    named = "; ".join(part for part in (unit, limits) if part)
    return number(value) + (f" ({named})" if named else "")


def _limits(claim: Mapping[str, Any], write: Callable[[Any], str]) -> str:
    low, high = claim.get("low"), claim.get("high")
    if missing(low) or missing(high):
        return ""
    kind = claim.get("interval")
    name = {"ci95": "95% CI ", "ci90": "90% CI ", "iqr": "IQR "}.get("" if missing(kind) else str(kind), "range ")
    return name + span(low, high, write)


def _share_figure(claim: Mapping[str, Any]) -> str:
    def write(share: Any) -> str:
        return percent(share, 1)

    value, events, n = claim["value"], claim.get("events"), claim.get("n")
    counts = "" if missing(events) or missing(n) else f"{number(events)} of {number(n)}"
    if missing(value):
        return counts or span(claim.get("low"), claim.get("high"), write)
    inside = "; ".join(part for part in (counts, _limits(claim, write)) if part)
    return write(value) + (f" ({inside})" if inside else "")


def _time_figure(claim: Mapping[str, Any]) -> str:
    value, low, high, unit = claim["value"], claim.get("low"), claim.get("high"), str(claim["unit"])
    censored = claim.get("censored")
    censored = "none" if missing(censored) else str(censored)
    end = {"left": " or sooner", "right": " or longer"}.get(censored)
    last = value if missing(high) else high
    if end and not missing(last):
        return duration_span(low, last, unit).removeprefix("up to ") + end
    if missing(value):
        return duration_span(low, high, unit)
    if missing(low) or missing(high):
        return duration_span(low, None, unit) if not missing(low) else duration(value, unit)
    write = _length(value, low, high)
    return f"{write(value)} {unit} ({_limits(claim, write)})"
