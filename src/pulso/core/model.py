"""One month's model: what the calendar and the drivers do to each series, learnt from the days before the month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from pulso.core import huber
from pulso.core.design import LATER, RIDGE_DRIVER, WAVES_LATER, bends
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
    out = np.full(values.shape[1], np.nan)
    for s in range(values.shape[1]):
        x = values[start:stop, s]
        x = x[np.isfinite(x)]
        if x.size < FIRST_DAYS:
            x = values[:, s][np.isfinite(values[:, s])][:FIRST_DAYS]
        middle = np.median(x) if x.size else 0.0
        if middle <= 0 and (x > 0).any():
            middle = np.median(x[x > 0])
        if middle > 0:
            out[s] = OFFSET * middle
    return out


def learn(
    y: Floats, calendar: Floats, ridge: Floats, columns: Columns, where: Bools, start: int, stop: int, weather: int, held: Bools
) -> tuple[Floats, Floats]:
    """
    Fit the days `start` to `stop` (excluded) of every series.

    Parameters
    ----------
    y : (S, T)
        Logarithms; NaN where unknown.
    calendar, ridge : (T, p), (p,)
        As in `design.calendar`.
    columns
        As in `drivers.columns`, for the same window.
    where : (S, q)
        Driver columns that touch a series.
    start, stop
        The window's days; both learnt from and counted within y.
    weather
        How many of the drivers are weather.
    held : (T,)
        Days that must not inform the fit.

    Returns
    -------
    (S, p), (S, q)
        Coefficients. A series with less than a year of its own has the mean shape of those that have one; NaN where
        none has.
    """
    level, bending = bends(stop - start)
    X = np.hstack([level, calendar[start:stop], columns.X[start:stop]])
    q = columns.group.size
    penalty = block_diag(bending, np.diag(np.concatenate([ridge, np.full(q, RIDGE_DRIVER)])))
    Y = np.where(held[start:stop], np.nan, y[:, start:stop])
    mature = (np.isfinite(y[:, : max(stop - YEAR_DAYS, 0) + 1]).any(axis=1)) & (np.isfinite(Y).sum(axis=1) >= LEAST_OWN)
    beta = np.full((len(y), X.shape[1]), np.nan)
    own = np.flatnonzero(mature)
    off = np.zeros((own.size, X.shape[1]), dtype=bool)
    if q:
        off[:, -q:] = ~where[own] | columns.unused
    if stop - start < LATER:
        off[:, level.shape[1] + len(ridge) - 2 * (WAVES_LATER - 2) : level.shape[1] + len(ridge)] = True
    for first in range(0, own.size, BATCH):
        batch = slice(first, first + BATCH)
        beta[own[batch]] = _fit(X, Y[own[batch]], penalty, off[batch], columns, weather)
    if own.size:
        beta[~mature] = beta[own].mean(axis=0)
    driver = np.where(where, beta[:, -q:], 0.0) if q else np.zeros((len(y), 0))
    return beta[:, level.shape[1] : X.shape[1] - q], driver


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
    known = np.isfinite(Y)
    told = beta @ X.T
    pulled = np.where(known, told + np.clip(Y - told, -reach[:, None], reach[:, None]), 0.0)
    q = columns.group.size
    fold = (len(X) - 1 - np.arange(len(X))) // FOLD_DAYS % FOLDS
    error = np.zeros((weather + 1, len(Y)))
    for f in range(FOLDS):
        out = fold == f
        inverse, pattern = huber.solvers(X[~out], known[:, ~out], penalty, off)
        b = huber.apply(inverse, pattern, np.where(known[:, ~out], pulled[:, ~out], 0.0) @ X[~out])
        rest = pulled[:, out] - b @ X[out].T
        error[weather] += np.abs(np.where(known[:, out], rest, 0.0)).sum(axis=1)
        for k in range(weather):
            mine = np.flatnonzero(columns.group == k) + X.shape[1] - q
            without = rest + b[:, mine] @ X[out][:, mine].T
            error[k] += np.abs(np.where(known[:, out], without, 0.0)).sum(axis=1)
    drop = np.zeros(off.shape, dtype=bool)
    for k in range(weather):
        mine = np.flatnonzero(columns.group == k) + X.shape[1] - q
        drop[:, mine] = (error[weather] > WORTH * error[k])[:, None]
    return drop
