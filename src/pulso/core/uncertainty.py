"""How sure we are: the normal range, the interval of today's value, and the band of other reasonable methods. Never merged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pulso.core.days import SPECIAL
from pulso.core.flags import known_median
from pulso.core.huber import MAD_TO_SIGMA
from pulso.core.panel import Bools, Floats, Ints

NORMAL = 0.90  # of ordinary days lie in the normal range
LAST_YEAR = 365
LEAST_SPECIAL, WIDER = 30, 1.6  # special days needed for a range of their own; else the range of all days, so much wider
LEAST_ORDINARY = 30
REACH = 1.645  # normal, two-sided 90 %
MEMORY = 7  # days over which departures from the expected day are taken to resemble each other
LEVEL_DAYS = 28  # the expectation's level is a median over so many days
CALENDAR_TERMS = 12  # about so many terms of the expectation, learnt from all of the past, act on an ordinary day
LAGS_MOST = 2.0  # s.d. of a usual day by which a level is believed to lag; a week beyond is the city's
HELD_WITHIN = 4.0  # robust s.d.; departures beyond are drawn in where a usual spread is meant
SPECIAL_WIDER = 1.2  # (calibrated) times as wide as others, at least, the interval on special days
SEEN_SHARE = 0.6  # (calibrated) of the sensors' disagreement that remains when every living sensor is seen: their noise, their own levels


def mondays(ordinal: Ints, wanted: slice) -> Iterator[tuple[int, slice]]:
    """For each week of the wanted days: the index of its Monday (what is known is known before it), and the week's wanted days."""
    rows = np.arange(len(ordinal))[wanted]
    monday = np.maximum(rows - (np.asarray(ordinal)[rows] - 1) % 7, 0)
    for start in np.unique(monday):
        mine = rows[monday == start]
        yield int(start), slice(int(mine[0]), int(mine[-1]) + 1)


def normal_range(scores: Floats, kind: Ints, ordinal: Ints, wanted: slice) -> tuple[Floats, Floats]:
    """
    Say between which values 90 % of ordinary days of that kind lie.

    Parameters
    ----------
    scores : (T, Z)
        ln of index / 100, day by day; NaN where there is none.
    kind : (T,)
        Weekday, weekend or special, as `Days.kind`.
    ordinal : (T,)
        Of the days.
    wanted
        The W days that need a range.

    Returns
    -------
    low, high : (W, Z)
        In ln. NaN where fewer than 30 days are known.

    Notes
    -----
    Split conformal (Vovk et al. 2005): order statistics of the last year's days of that kind, looked up anew each Monday. Special
    days use all of the past; with fewer than 30 of them, the range of all days of the last year, 1.6 times as wide.
    """
    first, stop, _ = wanted.indices(len(scores))
    shape = (stop - first, scores.shape[1])
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    for start, days in mondays(ordinal, wanted):
        if start < LEAST_ORDINARY:
            continue
        year = slice(max(start - LAST_YEAR, 0), start)
        pooled = _bounds(scores[year])
        for k in np.unique(kind[days]):
            past = scores[:start][kind[:start] == k] if k == SPECIAL else scores[year][kind[year] == k]
            own = _bounds(past)
            middle = (pooled[0] + pooled[1]) / 2.0
            spare = np.stack([middle + WIDER * (p - middle) for p in pooled]) if k == SPECIAL else np.stack(pooled)
            enough = np.isfinite(past).sum(axis=0) >= (LEAST_SPECIAL if k == SPECIAL else LEAST_ORDINARY)
            rows = np.flatnonzero(kind[days] == k) + days.start - first
            low[rows], high[rows] = np.where(enough, own[0], spare[0]), np.where(enough, own[1], spare[1])
    return low, high


def _bounds(past: Floats) -> tuple[Floats, Floats]:
    """Limits that leave 5 % of the next day's chances beyond each, between order statistics, (Z,); NaN with fewer than 30 known days."""
    ranked = np.sort(past, axis=0)
    n = np.isfinite(ranked).sum(axis=0)
    if n.max(initial=0) < LEAST_ORDINARY:
        return np.full(n.shape, np.nan), np.full(n.shape, np.nan)
    tail = (1.0 - NORMAL) / 2.0
    places = [np.clip((n + 1) * share - 1.0, 0.0, np.maximum(n - 1, 0)) for share in (tail, 1.0 - tail)]
    found = []
    for place in places:
        low = np.floor(place).astype(int)
        ends = [np.take_along_axis(ranked, at[None], axis=0)[0] for at in (low, np.minimum(low + 1, np.maximum(n - 1, 0)))]
        found.append(np.where(n >= LEAST_ORDINARY, ends[0] + (place - low) * (ends[1] - ends[0]), np.nan))
    return found[0], found[1]


def baseline_variance(rest: Floats, kind: Ints, ordinal: Ints, wanted: slice) -> Floats:
    """
    Say how wrong the expectation itself may be, as a variance of ln, (W, Z).

    Parameters
    ----------
    rest : (T, Z)
        What drivers leave unexplained of ln index / 100, day by day; NaN where there is none.
    kind, ordinal, wanted
        As in `normal_range`.

    Returns
    -------
    (W, Z)
        NaN where fewer than 30 days are known.

    Notes
    -----
    Three parts. The level, a median of 28 days that resemble each other: π/2 times the long-run variance over 28, or the square of
    the last week's mean departure, less what chance makes of it, where that is more, for then it may lag. The calendar's
    terms, learnt from all of the past. Departures that come back on the same weekday a week later, which are the expectation's
    mistakes and not the city's; on special days instead of these, what their spread has beyond that of other days.
    """
    first, stop, _ = wanted.indices(len(rest))
    found = np.full((stop - first, rest.shape[1]), np.nan)
    lately = _lately(rest, first, stop)
    for start, days in mondays(ordinal, wanted):
        if start < LEAST_ORDINARY:
            continue
        year = slice(max(start - LAST_YEAR, 0), start)
        ordinary = kind[year] != SPECIAL
        held = _held(rest[year])
        long_run, usual = long_run_variance(held), _variance(np.where(ordinary[:, None], held, np.nan))
        known = np.isfinite(rest[:start]).sum(axis=0)
        level = np.pi / 2.0 * long_run / LEVEL_DAYS
        calendar = usual * CALENDAR_TERMS / np.clip(known, 1, 5 * LAST_YEAR)
        special = _special_excess(rest[:start], kind[:start], usual)
        two_years = slice(max(start - 2 * LAST_YEAR, 0), start)
        for k in np.unique(kind[days]):
            rows = np.flatnonzero(kind[days] == k) + days.start
            extra = special if k == SPECIAL else _recurring(rest[two_years], kind[two_years] == k)
            lagging = np.minimum(lately[rows - first] - long_run / MEMORY, LAGS_MOST**2 * usual)
            found[rows - first] = np.where(known >= LEAST_ORDINARY, np.maximum(level, lagging) + calendar + extra, np.nan)
    return found


def long_run_variance(x: Floats) -> Floats:
    """Variance of a long mean times its length, (Z,), from (T, Z): autocovariances up to a week (Newey and West 1987), those above 0."""
    centred = np.nan_to_num(x - _mean(x))
    n = np.maximum(np.isfinite(x).sum(axis=0), 1)
    found: Floats = (centred**2).sum(axis=0) / n
    for lag in range(1, min(MEMORY, len(x) - 1) + 1):
        pairs = np.maximum((np.isfinite(x[lag:]) & np.isfinite(x[:-lag])).sum(axis=0), 1)
        together = (centred[lag:] * centred[:-lag]).sum(axis=0) / pairs
        found = found + 2.0 * (1.0 - lag / (MEMORY + 1.0)) * np.maximum(together, 0.0)
    return found


def sampling_variance(sampling: Floats, sensors: Ints, alive: Ints) -> Floats:
    """
    Say how much a metric's logarithm owes to which of its sensors were seen, (T, Z).

    Parameters
    ----------
    sampling : (T, Z)
        From `MetricIndex.sampling`; NaN for a lone sensor, which borrows the disagreement of the city's.
    sensors, alive : (T, Z)
        That count, and that could.

    Returns
    -------
    (T, Z)
        0 where the whole city has but one sensor: it is all that there is to see. The unseen part of the living sensors counts
        whole, the seen part at 60 %: it can't be missed, but its own noise and its own levels remain.
    """
    one = np.nan_to_num(sampling[:, :1]) * sensors[:, :1]
    own = np.where(np.isfinite(sampling), sampling, one / np.maximum(sensors, 1))
    unseen = 1.0 - sensors / np.maximum(np.maximum(alive, sensors), 1)
    return own * (unseen + SEEN_SHARE * (1.0 - unseen))


def interval(log_index: Floats, variance: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """
    Give 90 % limits of ln index / 100.

    Parameters
    ----------
    log_index, variance : (...)
        What is published, and the sum of its variances.
    shift : (...)
        Where the wholly missing metrics are thought to pull it; the interval reaches from what is published as far as there.
    """
    half = REACH * np.sqrt(variance)
    return log_index + np.minimum(shift, 0.0) - half, log_index + np.maximum(shift, 0.0) + half


def _held(x: Floats) -> Floats:
    """Draw in what lies beyond four robust s.d. of the column's median: a lockdown shouldn't widen every later interval."""
    middle = known_median(x.T)
    reach = HELD_WITHIN * MAD_TO_SIGMA * known_median(np.abs(x - middle).T)
    return np.where(np.isfinite(x), np.clip(x, middle - reach, middle + reach), np.nan)


def _lately(rest: Floats, first: int, stop: int) -> Floats:
    """Square of the mean departure of the week before each day, (W, Z); 0 where fewer than four of its days are known."""
    padded = np.concatenate([np.full((MEMORY, rest.shape[1]), np.nan), rest])[first : stop + MEMORY - 1]
    week = sliding_window_view(padded, MEMORY, axis=0)
    n = np.isfinite(week).sum(axis=-1)
    return np.where(n > MEMORY // 2, np.nansum(week, axis=-1) / np.maximum(n, 1), 0.0) ** 2


def _recurring(rest: Floats, same: Bools) -> Floats:
    """What departures on days of one kind share with those a week earlier, as a variance, (Z,); 0 where nothing."""
    x = _held(np.where(same[:, None], rest, np.nan))
    if len(x) <= MEMORY:
        return np.zeros(x.shape[1])
    return np.maximum(np.nan_to_num(_mean(x[MEMORY:] * x[:-MEMORY])), 0.0)


def _special_excess(rest: Floats, kind: Ints, usual: Floats) -> Floats:
    """
    By how much special days vary more than others, (Z,): at least as if 1.2 times as wide.

    A model that has seen each holiday once or twice leaves little of those to be seen, so their spread so far flatters it.
    """
    least = (SPECIAL_WIDER**2 - 1.0) * usual
    special = rest[kind == SPECIAL]
    n = np.isfinite(special).sum(axis=0)
    if n.max(initial=0) < LEAST_SPECIAL:
        return least
    return np.where(n >= LEAST_SPECIAL, np.maximum(_variance(_held(special)) - usual, least), least)


def _mean(x: Floats) -> Floats:
    n = np.isfinite(x).sum(axis=0)
    return np.where(n > 0, np.nansum(x, axis=0) / np.maximum(n, 1), np.nan)


def _variance(x: Floats) -> Floats:
    """Of what is known in each column, (Z,); NaN where nothing is."""
    return _mean((x - _mean(x)) ** 2)
