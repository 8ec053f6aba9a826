"""What is usual must not depend on the unit, on the neighbours in the table, or on the day itself."""

from __future__ import annotations

import numpy as np
import pytest

from pulso.core.baseline import expect
from pulso.core.days import Days
from tests.core.streets import NOISE, city, days, weather


def test_a_source_in_other_units_gives_the_same_ratios():
    values, moved = city(800, 3), weather(800)
    by = np.array([0.001, 7.0, 1e5])
    once, again = expect(values, days(800), moved), expect(values * by, days(800), moved)
    np.testing.assert_allclose(again.cal / by, once.cal, rtol=1e-9)
    np.testing.assert_allclose(again.full / by, once.full, rtol=1e-9)
    np.testing.assert_allclose(again.effect, once.effect, atol=1e-9)


def test_the_order_of_the_sensors_changes_nothing():
    values, order = city(800, 5), np.array([3, 0, 4, 1, 2])
    values[200:260, 2] = np.nan
    once, again = expect(values, days(800), weather(800)), expect(values[:, order], days(800), weather(800))
    np.testing.assert_allclose(again.full, once.full[:, order], rtol=1e-9)


def test_a_day_does_not_inform_its_own_expectation():
    values, moved = city(800, 2), weather(800)
    stormy = values.copy()
    stormy[600:] *= 20
    calm, storm = expect(values, days(800), moved), expect(stormy, days(800), moved)
    for name in ("cal", "full"):
        np.testing.assert_array_equal(getattr(calm, name)[400:601], getattr(storm, name)[400:601])


def test_one_more_day_gives_what_the_whole_history_gives():
    values, moved = city(900, 4), weather(900)
    values[:600, 3] = np.nan
    whole = expect(values, days(900), moved, reference_year=2019)
    for t in (450, 640, 899):
        known = values.copy()
        known[t + 1 :] = np.nan
        one = expect(known, days(900), moved, reference_year=2019, wanted=slice(t, t + 1))
        for name in ("cal", "full", "ref", "effect", "offset"):
            np.testing.assert_allclose(getattr(one, name)[t], getattr(whole, name)[t], rtol=1e-11, atol=1e-12)
        assert np.isnan(one.full[:t]).all()


def test_the_effects_add_up_to_the_difference_between_the_two_expectations():
    told = expect(city(900, 3), days(900), weather(900))
    seen = np.isfinite(told.full)
    apart = np.log(told.full + told.offset) - np.log(told.cal + told.offset)
    np.testing.assert_allclose(told.effect.sum(axis=2)[seen], apart[seen], atol=1e-9)


def test_nothing_is_expected_before_a_year_of_data_exists():
    assert np.isnan(expect(city(364, 2), days(364)).full).all()


def test_the_first_year_is_judged_by_itself_and_says_so():
    told = expect(city(800, 2), days(800))
    assert told.in_sample[:365].all()
    assert not told.in_sample[396:].any()
    assert np.isfinite(told.full[40:365]).all()


def test_too_few_days_lately_is_no_expectation():
    values = city(800, 2)
    values[700:713, 0], values[700:714, 1] = np.nan, np.nan
    told = expect(values, days(800)).full[714]  # 15 and 14 of the 28 days before it were seen
    assert np.isfinite(told[0])
    assert np.isnan(told[1])


def test_a_new_counter_borrows_the_shape_of_the_others():
    values = city(900, 4)
    values[:700, 0] = np.nan
    told = expect(values, days(900))
    assert np.isnan(told.full[:715, 0]).all()
    off = np.log(values[715:, 0] / told.full[715:, 0])
    assert np.median(np.abs(off)) < 0.1


def test_a_lone_new_counter_has_nothing_to_borrow():
    values = city(900, 1)
    values[: 900 - 200] = np.nan
    assert np.isnan(expect(values, days(900)).full).all()


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        expect(-city(400, 1), days(400))


def test_the_same_kind_of_day_in_the_reference_year_keeps_a_slow_decline_in_sight():
    values = city(1100, 2) * np.exp(-0.3 * np.arange(1100) / 365)[:, None]
    told = expect(values, days(1100), reference_year=2019)
    assert np.isnan(told.ref[396:400]).sum() == 0
    level, index = np.log(values / told.ref)[-60:], np.log(values / told.cal)[-60:]
    assert abs(np.median(level) + 0.3 * (1070 / 365 - 0.5)) < 0.08
    assert abs(np.median(index)) < 0.05


def test_there_is_no_reference_before_the_reference_year_is_over():
    told = expect(city(1100, 2), days(1100), reference_year=2020)
    assert np.isnan(told.ref[:731]).all()
    assert np.isfinite(told.ref[760:]).all()


def test_a_metric_that_is_not_one_of_ratios_is_expected_in_its_own_unit():
    rng = np.random.default_rng(3)
    celsius = rng.normal(0, 1, (800, 2)) - 5 + 3 * np.cos(2 * np.pi * np.arange(800) / 365)[:, None]
    told = expect(celsius, days(800), weather(800), ratio=False)
    seen = np.isfinite(told.full)
    assert np.median(np.abs(celsius - told.full)[seen]) < 1
    np.testing.assert_allclose(told.effect.sum(axis=2)[seen], (told.full - told.cal)[seen], atol=1e-9)
    assert (told.offset[seen] == 0).all()


def test_a_counter_that_only_ever_said_nothing_expects_nothing():
    values = city(800, 2)
    values[:, 0] = 0.0
    told = expect(values, days(800))
    assert np.isnan(told.full[:, 0]).all()
    assert np.isfinite(told.full[450:, 1]).all()


def test_a_holiday_is_expected_from_its_second_year_on():
    off = {120: 0, 485: 0, 850: 0}
    values = city(900, 3)
    values[list(off)] *= 0.3
    told = expect(values, days(900, off))
    ratio = values[850] / told.cal[850]
    assert (np.abs(np.log(ratio)) < 0.5).all()


@pytest.mark.parametrize("weekday", [5, 6], ids=["Saturday", "Sunday"])
def test_a_holiday_that_falls_on_a_weekend_for_the_first_time_is_still_one_day_of_rest(weekday):
    week = np.array([0.0, 0.0, 0.0, 0.0, 0.0, -0.3, -0.9])
    T, plain = 900, days(900)
    earlier = [t for t in range(20, 700, 61) if plain.weekday[t] < 5]
    late = next(t for t in range(840, 860) if plain.weekday[t] == weekday)
    shape = week[plain.weekday]
    shape[[*earlier, late]] = week[6]
    values = np.exp(6 + shape[:, None] + np.random.default_rng(4).normal(0, NOISE, (T, 3)))
    told = expect(values, days(T, dict.fromkeys([*earlier, late], 0)))
    assert (np.abs(np.log(values[late] / told.cal[late])) < 0.25).all()


def test_a_holiday_seen_for_the_first_time_is_not_taken_for_christmas():
    T, plain = 900, days(900)
    christmas = [int(t) for t in np.flatnonzero(plain.between(1225, 1225) | plain.between(101, 101))]
    others = {200: 1, 565: 1, 300: 2, 665: 2, 850: 3}
    ordinal, holiday = plain.ordinal, np.full(T, -1)
    holiday[christmas], holiday[list(others)] = 0, list(others.values())
    shape = np.zeros(T)
    shape[christmas], shape[list(others)] = -2.0, -0.4
    values = np.exp(6 + shape[:, None] + np.random.default_rng(6).normal(0, NOISE, (T, 3)))
    told = expect(values, Days(ordinal, holiday, ("Christmas", "May", "June", "new"), np.zeros(T, dtype=bool)))
    assert (np.abs(np.log(values[850] / told.cal[850])) < 0.3).all()
