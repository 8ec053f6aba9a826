"""What may be said of an effect: more, less, nothing that matters, or that nobody can tell."""

from __future__ import annotations

from enum import Enum
from math import isfinite, isnan
from typing import NamedTuple


class Verdict(Enum):
    """Four answers."""

    MORE = "more"
    LESS = "less"
    NOTHING = "no effect of at least the minimum"
    UNKNOWN = "cannot tell"


class Why(Enum):
    """Why nobody can tell."""

    NO_ESTIMATE = "there is no estimate"
    NO_INTERVAL = "there is no interval"
    TOO_WIDE = "the interval holds no effect as well as one of at least the minimum"


class Judged(NamedTuple):
    """A verdict; with a reason if, and only if, it is `UNKNOWN`."""

    verdict: Verdict
    why: Why | None = None


def judge_effect(estimate: float, low: float, high: float, minimum: float) -> Judged:
    """
    Judge an effect by its interval and the smallest effect that matters.

    Parameters
    ----------
    estimate, low, high
        In one unit; the interval includes its ends. NaN is unknown: nobody can tell. An end may be infinite.
    minimum
        The smallest effect that matters, declared beforehand, above 0, in the same unit. Of a ratio: in logarithms.

    Returns
    -------
    Judged
        `NOTHING` if all of the interval lies within ±minimum, neither end reaching it, even if it excludes 0: an effect
        shown to be smaller than what was declared to matter is no success. Else `MORE` if all of it lies above 0, `LESS` if
        below; else `UNKNOWN`.

    Raises
    ------
    ValueError
        If the minimum is not above 0 and finite, or the estimate lies outside its interval.
    """
    if not (isfinite(minimum) and minimum > 0):
        raise ValueError(f"the smallest effect that matters is above 0 and finite; got {minimum}")
    if isnan(estimate):
        return Judged(Verdict.UNKNOWN, Why.NO_ESTIMATE)
    if isnan(low) or isnan(high):
        return Judged(Verdict.UNKNOWN, Why.NO_INTERVAL)
    if not low <= estimate <= high:
        raise ValueError(f"an estimate lies in its interval; got {estimate} outside {low} to {high}")
    if -minimum < low and high < minimum:
        return Judged(Verdict.NOTHING)
    if low > 0:
        return Judged(Verdict.MORE)
    if high < 0:
        return Judged(Verdict.LESS)
    return Judged(Verdict.UNKNOWN, Why.TOO_WIDE)
