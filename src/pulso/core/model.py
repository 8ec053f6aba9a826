"""One month's model: what the calendar and the drivers do to each series, learnt from the days before the month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core import huber
from pulso.core.design import RIDGE_DRIVER, WEEK, Calendar, bends, lately
from pulso.core.drivers import Columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

YEAR_DAYS = 365  # of life before a series has a shape of its own
LEAST_OWN = 180  # of them observed
OFFSET = 0.01  # of the median, added before the logarithm
FIRST_DAYS = 15  # from which a young series takes its offset
WORTH = 0.98  # a weather group stays if the error with it is at most this share of the error without
FOLDS, FOLD_DAYS = 4, 28
BATCH = 128  # series fitted at once: small enough to stay in the cache


class Model(NamedTuple):
    """What a month's fit has learnt."""

    calendar: Floats  # (S, p) coefficients of the calendar columns; NaN where nothing is known
    driver: Floats  # (S, q) coefficients of the driver columns; 0 where unused
    offset: Floats  # (S,) c of ln(x + c), in the series' unit; NaN where nothing is known
    columns: Columns


def offsets(values: Floats, start: int, stop: int) -> Floats:
    """
    Choose what is added before the logarithm: a hundredth of the series' median.

    The median is that of the days `start` to `stop`; for a series with fewer than 15 observations there, of its first
    15 observations at all, which lie before any day that can have an expectation. Where it is 0, that of the values
    above 0 among them. NaN where there are none: a series that never moved expects nothing.
    """
    ordered = np.sort(values[start:stop], axis=0)
    n = np.isfinite(ordered).sum(axis=0)
    column = np.arange(n.size)
    middle = (ordered[np.maximum(n - 1, 0) // 2, column] + ordered[np.minimum(n // 2, len(ordered) - 1), column]) / 2
    for s in np.flatnonzero((n < FIRST_DAYS) | ~(middle > 0)):
        x = values[start:stop, s] if n[s] >= FIRST_DAYS else values[np.isfinite(values[:, s]), s][:FIRST_DAYS]
        usual = float(np.median(x[np.isfinite(x)])) if np.isfinite(x).any() else 0.0
        moved = x[x > 0]
        middle[s] = usual if usual > 0 else np.median(moved) if moved.size else np.nan
    return np.asarray(OFFSET * middle)


def learn(y: Floats, calendar: Calendar, columns: Columns, where: Bools, start: int, stop: int, weather: int) -> tuple[Floats, Floats]:
    """
    Fit the days `start` to `stop` (excluded) of every series.

    Parameters
    ----------
    y : (S, T)
        Logarithms; NaN where unknown.
    calendar
        As in `design.calendar`, for the same T days.
    columns
        As in `drivers.columns`, for the same window.
    where : (S, q)
        Driver columns that touch a series.
    start, stop
        The window's days; both learnt from and counted within y.
    weather
        How many of the drivers are weather.

    Returns
    -------
    (S, p), (S, q)
        Coefficients. A series with less than a year of its own has the mean shape of those that have one; NaN where
        none has.
    """
    late, penalty_late = lately(calendar.X[start:stop, :WEEK])
    aside, penalty_aside = _aside(columns.running[start:stop])
    mine = np.where(columns.running[start:stop], 0.0, columns.X[start:stop])
    ours = np.where(columns.eventful[start:stop, None] & calendar.named, 0.0, calendar.X[start:stop])
    q, p = columns.group.size, calendar.X.shape[1]
    X = np.hstack([late, aside, ours, mine])
    penalty = _blocks(_blocks(penalty_late, penalty_aside), np.diag(np.concatenate([calendar.ridge, np.full(q, RIDGE_DRIVER)])))
    Y = y[:, start:stop]
    grown = mature(y, start, stop)
    own = np.flatnonzero(grown)
    extra = WEEK + aside.shape[1]
    unused = np.hstack([np.zeros(extra, dtype=bool), calendar.since > stop - start, columns.unused])
    off = np.hstack([np.zeros((own.size, extra + p), dtype=bool), ~where[own]]) | unused
    beta = np.full((len(y), X.shape[1]), np.nan)
    for first in range(0, own.size, BATCH):
        batch = slice(first, first + BATCH)
        beta[own[batch]] = _fit(X, Y[own[batch]], penalty, off[batch], columns, weather)
    shape, driver = np.split(beta[:, extra:], [p], axis=1)
    shape[:, :WEEK] += beta[:, :WEEK]  # what is told comes right after the last day
    if own.size:
        shape[~grown] = shape[own].mean(axis=0)
        driver[~grown] = driver[own].sum(axis=0) / np.maximum(where[own].sum(axis=0), 1)
    return shape, np.where(where, driver, 0.0)


def mature(y: Floats, start: int, stop: int) -> Bools:
    """(S,) Which series have a year of their own before `stop`, half of it observed since `start`."""
    aged = np.isfinite(y[:, : max(stop - YEAR_DAYS, 0) + 1]).any(axis=1)
    return np.asarray(aged & (np.isfinite(y[:, start:stop]).sum(axis=1) >= LEAST_OWN))


def _aside(running: Bools) -> tuple[Floats, Floats]:
    """Lay out what is fitted and thrown away, with its penalty: the level, and occurrences of events that still run."""
    level, bending = bends(len(running))
    some = running[:, running.any(axis=0)]
    _, first = np.unique(np.packbits(some, axis=0), axis=1, return_index=True)  # days as bits: whole columns are slow to compare
    still = some[:, first].astype(np.float64)
    return np.hstack([level, still]), _blocks(bending, RIDGE_DRIVER * np.eye(still.shape[1]))


def _blocks(one: Floats, other: Floats) -> Floats:
    """Two square matrices along the diagonal of a larger one."""
    n = len(one)
    both = np.zeros((n + len(other), n + len(other)))
    both[:n, :n], both[n:, n:] = one, other
    return both


def _fit(X: Floats, Y: Floats, penalty: Floats, off: Bools, columns: Columns, weather: int) -> Floats:
    """(S, p) Fit, give up weather that doesn't help, and fit again until no coefficient has a forbidden sign."""
    beta, reach = huber.fit(X, Y, penalty, off)
    if not columns.group.size:
        return beta
    off = off.copy()
    bounded = np.zeros(X.shape[1], dtype=bool)
    bounded[-columns.group.size :] = columns.hinders
    for _ in range(int(bounded.sum()) + 1):
        wrong = bounded & (beta > 0)
        again = wrong.any(axis=1)
        if not again.any():
            break
        off |= wrong
        beta[again], reach[again] = huber.fit(X, Y[again], penalty, off[again])
    useless = _useless(X, Y, penalty, off, beta, reach, columns, weather) & ~off
    again = useless.any(axis=1)
    off |= useless
    for _ in range(int(bounded.sum()) + 1):
        if not again.any():
            break
        beta[again], _ = huber.fit(X, Y[again], penalty, off[again])
        wrong = bounded & (beta > 0)
        off |= wrong
        again = wrong.any(axis=1)
    return beta


def _useless(X: Floats, Y: Floats, penalty: Floats, off: Bools, beta: Floats, reach: Floats, columns: Columns, weather: int) -> Bools:
    """
    (S, p) Columns of weather groups without which held-out days are told (nearly) as well.

    Four folds of every fourth 28 days; the values are the robust fit's, outliers pulled in, so that each fold is one
    linear solve. A group stays where it lowers the mean absolute error by 2 % or more.
    """
    drop = np.zeros(off.shape, dtype=bool)
    if not weather:
        return drop
    known = np.isfinite(Y)
    told = beta @ X.T
    pulled = np.where(known, told + np.clip(Y - told, -reach[:, None], reach[:, None]), 0.0)
    q = columns.group.size
    fold = (len(X) - 1 - np.arange(len(X))) // FOLD_DAYS % FOLDS
    error = np.zeros((FOLDS, weather + 1, len(Y)))
    for f in range(FOLDS):
        out = fold == f
        inverse, pattern = huber.solvers(X[~out], known[:, ~out], penalty, off)
        b = huber.apply(inverse, pattern, np.where(known[:, ~out], pulled[:, ~out], 0.0) @ X[~out])
        rest = pulled[:, out] - b @ X[out].T
        error[f, weather] = np.abs(np.where(known[:, out], rest, 0.0)).sum(axis=1)
        for k in range(weather):
            mine = np.flatnonzero(columns.group == k) + X.shape[1] - q
            without = rest + b[:, mine] @ X[out][:, mine].T
            error[f, k] = np.abs(np.where(known[:, out], without, 0.0)).sum(axis=1)
    for k in range(weather):
        mine = np.flatnonzero(columns.group == k) + X.shape[1] - q
        gain = error[:, k] - error[:, weather]
        little = error[:, weather].sum(axis=0) > WORTH * error[:, k].sum(axis=0)
        chance = gain.sum(axis=0) <= gain.max(axis=0)
        drop[:, mine] = (little | chance)[:, None]
    return drop
