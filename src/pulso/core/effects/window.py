"""The window effect: what a series did on some days, against the 28 days before, set among windows in which nothing was declared."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from pulso.core.effects.space import rank_interval, rank_p
from pulso.core.effects.steady import Steady
from pulso.core.level import SPAN, medians_before

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LEVEL = 0.95  # of the interval
LEAST_SEEN = 0.5  # of a window's days
LEAST_WINDOWS = 200
PAST = 730  # days back in which windows of any kind of day are looked for
PAST_ALIKE = 1826  # days back in which windows of the same kinds of day are
WEEK = 7  # from this length on, every window has all weekdays
LEAST_DAYS = 200  # from which covariates are learnt


class Refusal(Enum):
    """Why there is no estimate, or no interval."""

    UNSEEN = "fewer than half of the window's days are known"
    NO_LEVEL = "too little is known of the 28 days before"
    FEW_WINDOWS = "too few windows of the past to compare with"
    FEW_COVARIATES = "too few days on which the covariates are known"
    FEW_CONTROLS = "too few controls are known on the days before and of the window"


class Placebos(NamedTuple):
    """Windows of the past in which nothing was declared."""

    effects: Floats  # (n,) in logarithms, the oldest first
    first: Ints  # (n,) their first days
    alike: bool  # whether they have the same kinds of day


class WindowEffect(NamedTuple):
    """What a window did, in logarithms; NaN where it is refused."""

    log: float
    low: float
    high: float
    p: float  # share of windows, this and the placebos, that moved as far
    seen: float  # share of the window's days that is known
    placebos: Placebos
    refusal: Refusal | None

    @property
    def percent(self) -> tuple[float, float, float]:
        """Estimate, low and high, in per cent of what was to be expected."""
        value, low, high = (float(x) for x in 100.0 * np.expm1([self.log, self.low, self.high]))
        return value, low, high


def window_effect(
    series: Steady,
    start: int,
    stop: int,
    *,
    kind: ArrayLike | None = None,
    excluded: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
) -> WindowEffect:
    """
    Estimate what happened to a series on the days from `start` to `stop` (excluded).

    The effect is the mean of the window's known days less the median of the 28 days before it. The same is done with every
    window of that length in the past, on the same of its days: a mean of few varies more. The interval holds all effects that
    leave a rest as ordinary as 95 % of theirs.

    Parameters
    ----------
    series
        Of one series, (T,), from `steady`. Days that aren't settled yet count as unknown.
    start, stop
        The event's first day, and the day after its last.
    kind : (T,) of int
        What kind of day each is, as `Days.kind`. A window shorter than a week is compared with those of the last five years
        that have as many days of each kind, if there are 200; else, like any longer one, with all of the last two years.
    excluded : (T,) of bool
        Days of other events. No past window has one; and they make no level, neither the event's own nor a past window's.
    covariates : (T, K)
        What else moves the series, such as weather in any units; what it explains, as learnt before `start`, is taken from
        all days. A day without all of them is then unknown.

    Returns
    -------
    WindowEffect
        With `refusal`, and NaN, where fewer than half of the window's days are known, fewer than 15 of the 28 before it, or
        fewer than 200 windows can be compared with (the estimate stands then, without interval and p).

    Raises
    ------
    ValueError
        If shapes differ, or not 0 <= start < stop <= T.

    Notes
    -----
    Split conformal (Vovk et al. 2005) with the absolute effects of overlapping windows: estimate ± the ⌈.95 (n + 1)⌉-th
    smallest of n; p is (1 + windows as large) / (n + 1). Past windows are not exchangeable, so what this covers was
    measured: docs/methods/effects.md.
    """
    checked = _checked(series, start, stop, kind, excluded, covariates)
    z, segment = _without(checked, start)
    h = stop - start
    own = np.where(checked.excluded & (np.arange(len(z)) < start), np.nan, z)
    log = float(contrasts(own, h, segment)[start])
    seen = float(np.isfinite(z[start:stop]).mean())
    past = _placebos(checked, z, segment, start, stop, np.isfinite(z[start:stop]) if seen else None)
    refusal = _refusal(checked, z, log, seen, past, start)
    nothing = WindowEffect(log, np.nan, np.nan, np.nan, seen, past, refusal)
    if refusal is not None:
        return nothing
    low, high = rank_interval(log, past.effects, level=LEVEL)
    return nothing._replace(low=low, high=high, p=rank_p(log, past.effects))


def placebo_windows(
    series: Steady,
    start: int,
    stop: int,
    *,
    kind: ArrayLike | None = None,
    excluded: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
) -> Placebos:
    """
    Give the effects of past windows that `window_effect` would compare with: no look at the window itself, which may be planned.

    Parameters and errors as there; for a planned window, lay out its days in `series` as unknown. They are of all days of the past
    windows. There may be fewer than 200.
    """
    checked = _checked(series, start, stop, kind, excluded, covariates)
    return _placebos(checked, *_without(checked, start), start, stop)


def contrasts(log: Floats, h: int, segment: Ints, seen: Bools | None = None) -> Floats:
    """
    Take, for each day, the mean of the h days from it on less the median of the 28 days before it.

    Parameters
    ----------
    log : (T,)
        Logarithms; NaN where unknown.
    h
        Days of the window.
    segment : (T,)
        Days of different segments have no common level; -1 where unknown.
    seen : (h,)
        Of which of its days a window is taken, one at least; without, of all.

    Returns
    -------
    (T,)
        NaN where fewer than half of these days or 15 of the 28 days are known, or they lie in more than one segment; and for
        the last h − 1 days.
    """
    T = len(log)
    found = np.full(T, np.nan)
    first, last = np.arange(T - h + 1), np.arange(h, T + 1)
    known = np.isfinite(log)
    of = np.ones(h, dtype=bool) if seen is None else seen
    n = sliding_window_view(known, h)[:, of].sum(axis=1)
    total = sliding_window_view(np.where(known, log, 0.0), h)[:, of].sum(axis=1)
    level = medians_before(np.concatenate([np.full(SPAN, np.nan), log])[None])[0, : first.size]
    begun = np.maximum.accumulate(np.where(known, segment, -1))[last - 1]  # of the last known day of the window
    ahead = np.minimum.accumulate(np.where(known, segment, T)[::-1])[::-1][np.maximum(first - SPAN, 0)]  # of the first one before it
    whole = (n >= LEAST_SEEN * of.sum()) & (begun == ahead)
    found[: first.size] = np.where(whole, total / np.maximum(n, 1), np.nan) - level
    return found


class _Asked(NamedTuple):
    series: Steady
    kind: Ints | None
    excluded: Bools
    covariates: Floats | None


def _checked(series: Steady, start: int, stop: int, kind: object, excluded: object, covariates: object) -> _Asked:
    T = len(series.log)
    if series.log.ndim != 1 or not 0 <= start < stop <= T:
        raise ValueError(f"a window lies within the days of one series: got {start} to {stop} of {series.log.shape}")
    days = None if kind is None else np.asarray(kind, dtype=np.int64)
    out = np.zeros(T, dtype=bool) if excluded is None else np.asarray(excluded, dtype=bool)
    moved = None if covariates is None else np.asarray(covariates, dtype=np.float64)
    if moved is not None and (moved.ndim != 2 or np.isinf(moved).any()):
        raise ValueError(f"covariates are numbers, days × covariates, or NaN: got {moved.shape}")
    for name, given in (("kind", days), ("excluded", out), ("covariates", moved)):
        if given is not None and (len(given) != T or (given.ndim != 1 and name != "covariates")):
            raise ValueError(f"`{name}` tells of {given.shape}, the series of {T} days")
    return _Asked(series, days, out, moved)


def _without(asked: _Asked, start: int) -> tuple[Floats, Ints]:
    """The settled days' logarithms, less what covariates explain."""
    z = np.where(asked.series.settled, asked.series.log, np.nan)
    if asked.covariates is not None:
        z = z - asked.covariates @ _slopes(z, asked.covariates, asked.excluded, start)
    return z, asked.series.segment


def _slopes(z: Floats, covariates: Floats, excluded: Bools, start: int) -> Floats:
    """(K,) What covariates do to a day, by least squares, all against the median of the 28 days before; NaN if too little is known."""
    past = slice(max(start - PAST_ALIKE, 0), start)
    both = np.column_stack([z, covariates])[past]
    moved = both - medians_before(np.concatenate([np.full((SPAN, both.shape[1]), np.nan), both]).T).T
    moved = moved[np.isfinite(moved).all(axis=1) & ~excluded[past]]
    if len(moved) < LEAST_DAYS:
        return np.full(covariates.shape[1], np.nan)
    moved -= moved.mean(axis=0)
    return np.asarray(np.linalg.lstsq(moved[:, 1:], moved[:, 0], rcond=None)[0], dtype=np.float64)


def _placebos(asked: _Asked, z: Floats, segment: Ints, start: int, stop: int, seen: Bools | None = None) -> Placebos:
    """Every usable window that ended before the event began, of the days that are seen (h,) of this one."""
    h = stop - start
    calm = np.where(asked.excluded, np.nan, z)[:start]  # what other events did makes no level, as in the event's own
    every = contrasts(calm, h, segment[:start], seen) if start >= h else np.full(start, np.nan)
    first = np.flatnonzero(np.isfinite(every))
    first = first[_sum(asked.excluded, first, first + h) == 0]
    if asked.kind is not None and h < WEEK:
        alike = first[_alike(asked.kind, first, start, h) & (first >= start - PAST_ALIKE)]
        if alike.size >= LEAST_WINDOWS:
            return Placebos(every[alike], alike, True)
    lately = first[first >= start - PAST]
    return Placebos(every[lately], lately, False)


def _alike(kind: Ints, first: Ints, start: int, h: int) -> Bools:
    """Which windows have as many days of each kind as the event."""
    same = np.ones(first.size, dtype=bool)
    for k in np.unique(kind[start : start + h]):
        on = kind == k
        same &= _sum(on, first, first + h) == on[start : start + h].sum()
    return same


def _sum(x: NDArray[np.float64] | Bools, first: Ints, last: Ints) -> Floats:
    """Sums from the days `first` to the days `last`, excluded."""
    running = np.concatenate([[0.0], np.cumsum(x, dtype=np.float64)])
    total: Floats = running[last] - running[first]
    return total


def _refusal(asked: _Asked, z: Floats, log: float, seen: float, past: Placebos, start: int) -> Refusal | None:
    if asked.covariates is not None and not np.isfinite(z[:start]).any() and np.isfinite(asked.series.log[:start]).any():
        return Refusal.FEW_COVARIATES
    if seen < LEAST_SEEN:
        return Refusal.UNSEEN
    if not np.isfinite(log):
        return Refusal.NO_LEVEL
    return Refusal.FEW_WINDOWS if past.effects.size < LEAST_WINDOWS else None
