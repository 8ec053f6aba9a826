"""The calendar as columns of a regression, and the level that lives only inside the fit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core.days import Days
from pulso.core.drivers import fourier

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SUNDAY = 6
WEEK = 6  # columns: weekdays against their mean, the first of the calendar
WAVES, WAVES_LATER = 2, 3  # annual Fourier pairs, and from five years of data on
LATER = 5 * 365
WEEKEND_WAVES, WEEKEND_LATER = 1, 2 * 365  # how the weekend's share moves over the year, from two years on
LATELY_HALF, LATELY_LATER = 365, 2 * 365  # how the week has been lately: what halves its weight, and from how many days of past on
KNOT_DAYS = 56  # between two bends of the level inside the fit
RIDGE_WEEKDAY, RIDGE_WAVE, RIDGE_DAY, RIDGE_DRIVER, RIDGE_LEVEL, RIDGE_LATELY = 0.001, 0.5, 0.2, 0.1, 3.0, 20.0


class Calendar(NamedTuple):
    """What the calendar says of each day, as columns."""

    X: Floats  # (T, p)
    ridge: Floats  # (p,) how strongly a column is drawn to nothing, in equivalents of one observation
    since: Ints  # (p,) from how many days of past on a column is used
    named: Bools  # (p,) what one holiday alone does; not learnt from a day with an event on it


def calendar(days: Days) -> Calendar:
    """
    Lay out what the calendar says of each day.

    The columns are weekdays against their mean; the year's waves; the weekend's own waves; school holidays and public
    holidays, each on weekdays and on weekends; every named holiday, 24 and 31 December, apart; bridges, eves, days
    after; 20-23 December, 27-30 December, 2-6 January. A public holiday counts as a Sunday, and its columns say how it
    differs from one: so a holiday that falls on a weekend for the first time is not reckoned twice. Christmas Day and
    New Year's Day have only their names: they are like no other holiday, and one seen for the first time is not like them.
    """
    weekday = np.where(days.public, SUNDAY, days.weekday)[:, None]
    weekdays = (weekday == np.arange(WEEK)) - (weekday == SUNDAY).astype(np.float64)
    ordinary, plain = ~days.public, days.public & ~days.between(1225, 1225) & ~days.between(101, 101)
    marks = [
        days.school & ~days.weekend & ordinary,
        days.school & days.weekend & ordinary,
        plain & ~days.weekend,
        plain & days.weekend,
        *(days.holiday == h for h in range(len(days.holiday_names))),
        days.between(1224, 1224) & ordinary,
        days.between(1231, 1231) & ordinary,
        days.bridge,
        days.eve,
        days.rest_eve,
        days.day_after,
        days.between(1220, 1223) & ordinary,
        days.between(1227, 1230) & ordinary,
        days.between(102, 106) & ordinary,
    ]
    waves, order = fourier(days.ordinal, WAVES_LATER), np.tile(np.arange(1, WAVES_LATER + 1), 2)
    shared, weekly = order <= WEEKEND_WAVES, ((days.weekend | days.public) - 2 / 7)[:, None]
    X = np.column_stack([weekdays, *marks, waves, waves[:, shared] * weekly])
    ridge = np.concatenate([[RIDGE_WEEKDAY] * WEEK, [RIDGE_DAY] * len(marks), RIDGE_WAVE * order**2, RIDGE_WAVE * order[shared] ** 2])
    since = np.concatenate([[0] * (WEEK + len(marks)), np.where(order > WAVES, LATER, 0), [WEEKEND_LATER] * int(shared.sum())])
    named = np.isin(np.arange(len(ridge)), WEEK + 4 + np.arange(len(days.holiday_names)))
    return Calendar(X, ridge, since.astype(np.int64), named)


def lately(week: Floats) -> tuple[Floats, Floats]:
    """
    Lay out how the week has changed: each weekday's column, fading into the past.

    A city's Sundays of five years ago (of a lockdown, of other opening hours) are not its Sundays of today; the ridge leaves
    the five years their say where the last one says little else.

    Parameters
    ----------
    week : (n, 6)
        The weekdays' columns of consecutive days.

    Returns
    -------
    X : (n, 6)
        1 of the column on the last day, half of it a year before; nothing where there are less than two years.
    penalty : (6, 6)
    """
    age = len(week) - 1 - np.arange(len(week))
    fading = np.exp2(-age / LATELY_HALF) if len(week) >= LATELY_LATER else np.zeros(len(week))
    return week * fading[:, None], RIDGE_LATELY * np.eye(week.shape[1])


def bends(n: int) -> tuple[Floats, Floats]:
    """
    Lay out a level that may bend every `KNOT_DAYS` days, counted back from the last of n days.

    Returns
    -------
    X : (n, k)
        Linear B-splines.
    penalty : (k, k)
        On differences between neighbouring knots, so that the level runs straight through a gap, and a constant costs
        nothing: multiplying a series changes no other coefficient.
    """
    knots = max(2, -(-(n - 1) // KNOT_DAYS) + 1)
    at = (n - 1 - np.arange(n)) / KNOT_DAYS
    X = np.maximum(0.0, 1 - np.abs(at[:, None] - np.arange(knots)))
    steps = np.diff(np.eye(knots), axis=0)
    return X, RIDGE_LEVEL * steps.T @ steps
