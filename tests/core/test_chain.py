"""A total that sensors may join and leave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.chain import matched_total

SIZES = np.array([10.0, 400.0, 55.0, 3.0])


def heights(n: int = 60, seed: int = 3) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(0, 0.4, n))


def test_with_every_sensor_there_it_is_the_plain_total():
    values = np.random.default_rng(1).gamma(2, 50, size=(60, 4))
    np.testing.assert_allclose(matched_total(values), values.sum(axis=1), rtol=1e-8)


@given(st.integers(0, 10_000))
def test_who_comes_and_goes_changes_nothing_where_all_move_alike(seed: int):
    day = heights()
    values = day[:, None] * SIZES
    gone = np.random.default_rng(seed).random(values.shape) < 0.3
    gone[0] = False
    total = matched_total(np.where(gone, np.nan, values))
    seen = ~gone.all(axis=1)
    np.testing.assert_allclose(total[seen], (day * SIZES.sum())[seen], rtol=1e-6)
    assert np.isnan(total[~seen]).all()


def test_a_large_sensor_that_joins_is_not_the_city_growing():
    values = heights()[:, None] * SIZES
    values[:30, 1] = np.nan
    plain = np.nansum(values, axis=1)
    assert plain[30:].mean() > 4 * plain[:30].mean(), "a naive total grows"
    np.testing.assert_allclose(matched_total(values), heights() * SIZES.sum(), rtol=1e-8)


def test_two_groups_that_never_met_have_no_common_measure():
    values = np.full((10, 3), np.nan)
    values[:6, :2] = [[20.0, 30.0]]
    values[6:, 2] = 900.0
    total = matched_total(values)
    np.testing.assert_allclose(total[:6], 50.0)
    assert np.isnan(total[6:]).all()


def test_a_quiet_day_is_zero_and_a_silent_one_unknown():
    values = np.array([[4.0, 6.0], [0.0, 0.0], [np.nan, np.nan], [2.0, np.nan]])
    np.testing.assert_allclose(matched_total(values), [10.0, 0.0, np.nan, 5.0])


def test_a_counter_that_never_counted_weighs_nothing():
    values = np.array([[4.0, 0.0], [6.0, np.nan], [5.0, 0.0]])
    np.testing.assert_allclose(matched_total(values), [4.0, 6.0, 5.0])


def test_decibels_are_matched_by_difference():
    day = np.linspace(-3, 3, 20)
    values = 60.0 + day[:, None] + np.array([0.0, 5.0, -2.0])
    values[:10, 1] = np.nan
    np.testing.assert_allclose(matched_total(values, ratio=False), 61.0 + day, atol=1e-7)


@pytest.mark.parametrize("shape", [(0, 0), (5, 0), (5, 2)])
def test_where_nothing_is_known_there_is_no_total(shape: tuple[int, int]):
    assert np.isnan(matched_total(np.full(shape, np.nan))).all()
