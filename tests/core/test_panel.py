import numpy as np
import pytest

from pulso.core.days import Days
from pulso.core.flags import frozen
from pulso.core.panel import match, profile_kinds
from tests.core.toy import MONDAY, SHAPE, days, panel

ALL = np.ones((800, 3), dtype=bool)


def steady(T=800, S=3):
    return np.tile(np.array([100.0, 1000.0, 50.0])[:S], (T, 1))


def test_a_day_seen_in_part_tells_the_whole_day():
    hours = np.ones((800, 3, 24), dtype=bool)
    hours[500, 0, 12:] = False
    found = match(panel(steady(), hours=hours), days(800), ALL)
    np.testing.assert_allclose(found.value[500, 0], 100.0, rtol=1e-9)
    np.testing.assert_allclose(found.share[500, 0], SHAPE[:12].sum() / SHAPE.sum(), rtol=1e-9)
    np.testing.assert_allclose(found.observed[500, 0], 100.0 * SHAPE[:12].sum() / SHAPE.sum(), rtol=1e-9)


def test_a_day_seen_less_than_half_is_missing_and_not_quiet():
    hours = np.ones((800, 3, 24), dtype=bool)
    hours[500, 0, 11:] = False
    hours[501, 0] = False
    found = match(panel(steady(), hours=hours), days(800), ALL)
    assert np.isnan(found.value[500:502, 0]).all()
    assert found.partial[500, 0]
    assert not found.partial[501, 0]


def test_the_days_when_the_clocks_change_count_as_days():
    seen = np.ones((800, 3, 24))
    seen[450, :, 2], seen[650, :, 2] = 0.0, 2.0
    daily = steady()
    p = panel(daily, hours=seen)
    found = match(p, days(800), ALL)
    np.testing.assert_allclose(found.value[450], daily[450], rtol=1e-9)
    np.testing.assert_allclose(found.value[650], daily[650], rtol=1e-9)
    np.testing.assert_allclose(found.observed[650], daily[650] * (1 + SHAPE[2] / SHAPE.sum()), rtol=1e-9)


def test_a_car_park_open_by_day_needs_only_its_opening_hours():
    hours = np.zeros((800, 3, 24), dtype=bool)
    hours[:, :, 8:20] = True
    hours[500, :, 15:] = False  # 7 of 12 opening hours
    hours[501, :, 13:] = False  # 5 of 12
    found = match(panel(steady(), form="occupancy", hours=hours), days(800), ALL)
    np.testing.assert_allclose(found.value[500], found.value[499], rtol=1e-9)
    assert np.isnan(found.value[501]).all()
    np.testing.assert_allclose(found.value[499, 0], 100.0 * SHAPE[8:20].mean() / SHAPE.mean(), rtol=1e-9)


def test_a_new_sensor_borrows_the_shape_of_the_others():
    hours = np.ones((800, 3, 24), dtype=bool)
    hours[:600, 2] = False
    hours[600, 2, 14:] = False
    found = match(panel(steady(), hours=hours), days(800), ALL)
    np.testing.assert_allclose(found.value[600, 2], 50.0, rtol=1e-9)


def test_no_profile_knows_the_future():
    rng = np.random.default_rng(1)
    daily = steady() * rng.lognormal(sigma=0.2, size=(800, 3))
    hours = rng.random((800, 3, 24)) < 0.9
    p = panel(daily, hours=hours)
    noisy = p.values * rng.lognormal(sigma=0.3, size=p.values.shape)
    whole = match(panel(daily, hours=hours), days(800), ALL)
    later = np.where(np.arange(800)[:, None, None] < 700, p.values, noisy[:, :, ::-1])
    other = match(type(p)(**{**p.__dict__, "values": later}), days(800), ALL)
    np.testing.assert_array_equal(whole.value[:600], other.value[:600])


def test_a_scaled_source_keeps_its_shape():
    rng = np.random.default_rng(2)
    hours = rng.random((800, 3, 24)) < 0.8
    p = panel(steady() * rng.lognormal(sigma=0.2, size=(800, 3)), hours=hours)
    one = match(p, days(800), ALL)
    two = match(type(p)(**{**p.__dict__, "values": 7.0 * p.values}), days(800), ALL)
    np.testing.assert_allclose(two.value, 7.0 * one.value, rtol=1e-12)


def test_decibels_are_matched_by_difference():
    hours = np.ones((800, 3, 24), dtype=bool)
    hours[500, 0, 12:] = False
    p = panel(steady(), form="level", hours=hours, ratio=False)
    level = np.where(p.seen > 0, 50.0 + SHAPE, np.nan)
    found = match(type(p)(**{**p.__dict__, "values": level}), days(800), ALL)
    np.testing.assert_allclose(found.value[500, 0], 50.0 + SHAPE.mean(), rtol=1e-9)


def test_a_public_holiday_follows_the_sunday_shape():
    holiday = np.full(7, -1)
    holiday[2] = 0
    d = Days(np.arange(MONDAY, MONDAY + 7), holiday, ("feast",), np.zeros(7, dtype=bool))
    assert profile_kinds(d).tolist() == [0, 0, 2, 0, 0, 1, 2]


def test_a_feed_that_repeats_itself_is_frozen():
    still = np.array([[7, 8, 24]])
    assert frozen(panel(steady(1), still=still)).tolist() == [[False, True, True]]
    assert frozen(panel(steady(1), still=still, form="occupancy")).tolist() == [[False, False, True]]
    assert frozen(panel(steady(1), still=still, frozen=24)).tolist() == [[False, False, True]]


def test_a_panel_whose_parts_do_not_fit_is_refused():
    with pytest.raises(ValueError, match="still must be"):
        panel(steady(5), still=np.zeros((4, 3), dtype=int))
