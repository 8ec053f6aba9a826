"""What is usual: what each series should show on a day, from what came before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core import design
from pulso.core import drivers as moving
from pulso.core.days import Days
from pulso.core.drivers import Columns, Drivers
from pulso.core.fits import Fit, Fits
from pulso.core.level import SPAN, medians_before
from pulso.core.model import LEAST_OWN, YEAR_DAYS, offsets

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PAST = 5 * 365 + 1  # days that a fit looks back


@dataclass(frozen=True)
class Expectation:
    """
    What was to be expected of each series on each day. NaN outside the wanted days, and where too little is known.

    Attributes
    ----------
    cal : (T, S)
        On a day of that kind in usual weather without declared events, in the series' unit. What is published.
    full : (T, S)
        With the day's weather and events. What alerts are measured against.
    ref : (T, S)
        On a day of that kind in the reference year; NaN before that year is over, or without one.
    effect : (T, S, K)
        What each driver adds: the sum over drivers is ln(full + c) - ln(cal + c); full - cal for non-ratio metrics.
        0 where a driver has no coefficient (see `learnt`) or isn't known that day (see `known`).
    drivers, driver_kinds
        Names of the K drivers, and what they are.
    learnt : (T, S, K)
        Whether the driver had a coefficient from other days.
    known : (T, K)
        Whether the driver's own values are known that day; if not, the season's usual ones stand in.
    beyond : (T, K)
        Whether the driver lay outside everything that the fit has seen.
    offset : (T, S)
        c of ln(x + c), in the series' unit; 0 for non-ratio metrics; NaN where nothing is expected.
    in_sample : (T,)
        Days of the first year, whose shape was learnt from that year itself.
    """

    cal: Floats
    full: Floats
    ref: Floats
    effect: Floats
    drivers: tuple[str, ...]
    driver_kinds: tuple[Literal["weather", "event"], ...]
    learnt: Bools
    known: Bools
    beyond: Bools
    offset: Floats
    in_sample: Bools


class _Month(NamedTuple):
    first: int  # the month's days that are wanted: first included, stop excluded
    stop: int
    fit_from: int  # the days that its model is fitted on
    fit_to: int
    in_sample: bool


def expect(
    values: Floats,
    days: Days,
    drivers: Drivers | None = None,
    *,
    wanted: slice | None = None,
    ratio: bool = True,
    reference_year: int | None = None,
    fits: Fits | None = None,
) -> Expectation:
    """
    Say what each series should have shown, from what came before.

    A month is judged by a model fitted on the (at most five) years before its first day; a day's level is the median
    of what the model leaves over on the 28 days before it (15 observed, or there is no expectation). So a day never
    informs its own expectation. Only the metric's first year is judged by a model of that year itself, and says so;
    before a year of data exists nothing is expected. A series with less than a year of its own has the mean shape of
    the others.

    Parameters
    ----------
    values : (T, S)
        One value a local day and series, in one unit a series; NaN where nothing is known. Not negative if `ratio`.
    days
        The same T days.
    drivers
        Weather and declared events of the same days; None if nothing is known of them. An event kind is learnt from
        earlier occurrences only.
    wanted
        The days that need an expectation; None for all. One more day costs one month's fit.
    ratio
        Whether the metric is one of ratios: the model then works on ln(x + c), c a hundredth of the median.
    reference_year
        The calendar year that `ref` compares with.
    fits
        What earlier runs have learnt; it hears of what this one learns.

    Raises
    ------
    ValueError
        If shapes differ, if a value is infinite, or negative in a ratio metric.

    Notes
    -----
    Huber (1964) regression on calendar, annual waves, weather anomalies and a bending level, with a light ridge, then
    a running median as level; see docs/methods/expected-day.md for why the level is slow on purpose.
    """
    values = np.asarray(values, dtype=np.float64)
    drivers = drivers or moving.none(len(days))
    _check(values, days, drivers, ratio)
    out = _empty(len(days), values.shape[1], drivers)
    laid_out = design.calendar(days)
    fits = fits or Fits()
    fitted = None
    for month in _months(values, days, wanted or slice(None)):
        if fitted != month[2:]:
            fitted, at = month[2:], (month.fit_from, month.fit_to)
            columns = moving.columns(drivers, days.ordinal, days.public, *at)
            offset = offsets(values, *at) if ratio else np.zeros(values.shape[1])
            y = np.log(values + offset).T if ratio else values.T
            shape = _shape(fits, y, laid_out, columns, drivers, *at, month.in_sample)
        _tell(out, month, y, offset, laid_out.X, columns, shape, ratio)
        if reference_year is not None:
            _tell_reference(out, month, y, offset, laid_out.X, columns, shape, ratio, np.flatnonzero(days.year == reference_year))
    return out


def _check(values: Floats, days: Days, drivers: Drivers, ratio: bool) -> None:
    if values.ndim != 2 or values.shape[0] != len(days) or drivers.values.shape[0] != len(days):
        raise ValueError(f"values, days and drivers tell of {values.shape}, {len(days)} and {drivers.values.shape[0]} days")
    if drivers.where is not None and len(drivers.where) != values.shape[1]:
        raise ValueError(f"`where` tells of {len(drivers.where)} series, values of {values.shape[1]}")
    if np.isinf(values).any():
        raise ValueError("a value is a number, or NaN where unknown")
    if ratio and (values < 0).any():
        raise ValueError("a ratio metric is never negative: declare it ratio = false, or refuse the value at the door")


def _empty(T: int, S: int, drivers: Drivers) -> Expectation:
    K = len(drivers.groups)
    nothing = [np.full((T, S), np.nan) for _ in range(4)]
    return Expectation(
        cal=nothing[0],
        full=nothing[1],
        ref=nothing[2],
        effect=np.full((T, S, K), np.nan),
        drivers=drivers.groups,
        driver_kinds=drivers.kinds,
        learnt=np.zeros((T, S, K), dtype=bool),
        known=np.zeros((T, K), dtype=bool),
        beyond=np.zeros((T, K), dtype=bool),
        offset=nothing[3],
        in_sample=np.zeros(T, dtype=bool),
    )


def _months(values: Floats, days: Days, wanted: slice) -> Iterator[_Month]:
    """Each month with wanted days, and the days that its model may be fitted on; none before a year of data exists."""
    observed = np.flatnonzero(np.isfinite(values).any(axis=1))
    if not observed.size or observed[-1] - observed[0] < YEAR_DAYS - 1:
        return
    begins = np.flatnonzero(np.diff(days.month, prepend=days.month[0] - 1))
    ends = np.append(begins[1:], len(days))
    asked = np.arange(len(days))[wanted]
    year_over = next((int(b) for b in begins if b - observed[0] >= YEAR_DAYS), len(days))
    for begin, end in zip(begins, ends, strict=True):
        mine = asked[(asked >= begin) & (asked < end)]
        if not mine.size:
            continue
        in_sample = bool(begin < year_over)
        fit_to = year_over if in_sample else int(begin)
        fit_from = max(int(observed[0]), fit_to - PAST)
        yield _Month(int(mine.min()), int(mine.max()) + 1, fit_from, fit_to, in_sample)


def _shape(
    fits: Fits, y: Floats, laid_out: design.Calendar, columns: Columns, drivers: Drivers, start: int, stop: int, in_sample: bool
) -> Fit:
    """Fit the month's model on the days `start` to `stop`; events of the first year don't explain themselves."""
    weather = len(drivers.groups) - len(drivers.event_kinds)
    where = np.ones((len(y), columns.group.size), dtype=bool)
    if drivers.where is not None:
        events = columns.group >= weather
        where[:, events] = drivers.where[:, columns.group[events] - weather]
    if in_sample:
        where[:, columns.group >= weather] = False
    return fits.learn(y, laid_out, columns, where, start, stop, weather)


def _tell(out: Expectation, month: _Month, y: Floats, offset: Floats, calendar: Floats, columns: Columns, shape: Fit, ratio: bool) -> None:
    """Write the wanted days of one month."""
    rows, K = slice(month.first, month.stop), len(out.drivers)
    lived = slice(max(month.first - SPAN, 0), month.stop)
    missing = SPAN - (month.first - lived.start)  # days before the first one of all
    usual = shape.calendar @ calendar[lived].T
    pushes = [shape.driver[:, columns.group == k] @ columns.X[lived][:, columns.group == k].T for k in range(K)]
    pushed = sum(pushes, np.zeros_like(usual))
    level = _before(y[:, lived] - usual - pushed, missing)
    now = slice(month.first - lived.start, None)
    full = level + usual[:, now] + pushed[:, now]
    cal = full.copy()
    told = np.isfinite(full)
    for k, push in enumerate(pushes):
        effect = push[:, now] - np.nan_to_num(_before(push, missing))
        cal -= effect
        out.effect[rows, :, k] = np.where(told, effect, np.nan).T
        out.learnt[rows, :, k] = (shape.driver[:, columns.group == k] != 0).any(axis=1) & told.T
    out.full[rows], out.cal[rows] = _back(full, offset, ratio), _back(cal, offset, ratio)
    out.offset[rows] = np.where(told.T, offset, np.nan)
    out.known[rows], out.beyond[rows] = columns.known[rows], columns.beyond[rows]
    out.in_sample[rows] = month.in_sample


def _tell_reference(
    out: Expectation,
    month: _Month,
    y: Floats,
    offset: Floats,
    calendar: Floats,
    columns: Columns,
    shape: Fit,
    ratio: bool,
    year: NDArray[np.intp],
) -> None:
    """Write the same kind of day at the level of the reference year, once that year is over."""
    if year.size < YEAR_DAYS or year[-1] >= max(month.first, month.fit_to):
        return
    left = y[:, year] - shape.calendar @ calendar[year].T - shape.driver @ columns.X[year].T
    enough = np.isfinite(left).sum(axis=1) >= LEAST_OWN
    level = np.full(len(y), np.nan)
    level[enough] = np.nanmedian(left[enough], axis=1)
    rows = slice(month.first, month.stop)
    out.ref[rows] = _back(level[:, None] + shape.calendar @ calendar[rows].T, offset, ratio)


def _before(x: Floats, missing: int) -> Floats:
    """Take medians of the 28 days before; days before the first one are unknown."""
    return medians_before(np.pad(x, ((0, 0), (missing, 0)), constant_values=np.nan))


def _back(y: Floats, offset: Floats, ratio: bool) -> Floats:
    """(T, S) From logarithms (S, T) to the series' unit; nothing less than nothing is expected."""
    return np.asarray(np.maximum(np.exp(y.T) - offset, 0.0) if ratio else y.T.copy())
