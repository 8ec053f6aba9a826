"""The calendar and the level as columns."""

from __future__ import annotations

from datetime import date

import numpy as np

from pulso.core.days import Days
from pulso.core.design import bends, calendar
from pulso.core.drivers import anomaly


def days(T: int) -> Days:
    first = date(2019, 1, 1).toordinal()
    return Days(first + np.arange(T), np.full(T, -1), (), np.zeros(T, bool))


def test_every_column_has_its_ridge_and_its_age():
    X, ridge, since, named = calendar(days(800))
    assert X.shape == (800, ridge.size) == (800, since.size) == (800, named.size)
    assert (ridge > 0).all()


def test_a_whole_week_of_weekday_columns_adds_up_to_nothing():
    X = calendar(days(700)).X
    np.testing.assert_allclose(X[:, :6].sum(axis=0), 0, atol=1e-12)


def test_a_constant_level_costs_nothing_and_is_told_exactly():
    X, penalty = bends(400)
    ones = np.ones(X.shape[1])
    np.testing.assert_allclose(X @ ones, 1, atol=1e-12)
    np.testing.assert_allclose(penalty @ ones, 0, atol=1e-12)


def test_the_newest_day_stands_on_a_knot():
    X, _ = bends(123)
    assert X[-1, 0] == 1


def test_a_cold_day_in_summer_is_colder_than_the_same_day_in_winter():
    ordinal = days(1000).ordinal
    warm = 10 - 10 * np.cos(2 * np.pi * ordinal / 365.2425) + np.random.default_rng(0).normal(0, 2, 1000)
    warm[[930, 745]] = 10.0  # July and mid January of the third year
    apart = anomaly(warm, ordinal, 0, 730)
    assert apart[930] < -2
    assert apart[745] > 2


def test_the_climatology_knows_nothing_of_later_days():
    ordinal = days(1000).ordinal
    x = np.random.default_rng(0).normal(0, 2, 1000)
    later = x.copy()
    later[800:] += 50
    np.testing.assert_array_equal(anomaly(x, ordinal, 0, 730)[:800], anomaly(later, ordinal, 0, 730)[:800])
