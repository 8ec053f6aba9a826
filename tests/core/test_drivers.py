"""What moves a city besides the calendar earns its place on other days."""

from __future__ import annotations

import numpy as np
import pytest

from pulso.core.baseline import expect
from pulso.core.days import Days
from pulso.core.drivers import Drivers, columns
from tests.core.streets import NOISE, city, days, weather

T = 900


def rain_that_matters(strength: float) -> tuple[np.ndarray, Drivers]:
    moved = weather(T)
    values = city(T, 3) * np.exp(strength * np.log1p(moved.values[:, 1]))[:, None]
    return values, moved


def concert(T: int, on: list[int], touched: list[bool] | None = None) -> Drivers:
    events = np.zeros((T, 1), bool)
    events[on] = True
    return Drivers((), np.zeros((T, 0)), events, ("concert",), None if touched is None else np.array(touched)[:, None])


def test_rain_shows_in_the_published_number_and_not_in_the_alert():
    values, moved = rain_that_matters(-0.3)
    told = expect(values, days(T), moved)
    rainy = np.flatnonzero(moved.values[:, 1] > 5)
    rainy = rainy[rainy > 450]
    published, surprise = np.log(values / told.cal)[rainy], np.log(values / told.full)[rainy]
    assert np.median(published) < -0.3
    assert abs(np.median(surprise)) < 0.05


def test_rain_that_brings_more_people_out_is_not_believed():
    values, moved = rain_that_matters(+0.3)
    told = expect(values, days(T), moved)
    assert not told.learnt[450:, :, told.drivers.index("rain")].any()


def test_weather_that_adds_nothing_has_no_term():
    told = expect(city(T, 6), days(T), weather(T))
    assert told.learnt[450:, :, :2].mean() < 0.05


def test_an_unknown_variable_is_a_driver_of_its_own_name():
    moved = Drivers(("pollen",), np.zeros((T, 1)), np.zeros((T, 0), bool), ())
    assert moved.groups == ("pollen",)
    assert moved.kinds == ("weather",)


def test_a_day_of_unknown_weather_counts_as_usual_for_the_season_and_says_so():
    values, moved = rain_that_matters(-0.3)
    moved.values[800] = np.nan
    told = expect(values, days(T), moved)
    assert told.known[800].tolist() == [False, False, True]  # the concert is known: there was none
    assert np.isfinite(told.full[800]).all()


def test_a_storm_beyond_the_record_is_marked_and_reckoned_as_the_worst_one_known():
    values, moved = rain_that_matters(-0.3)
    moved.values[800, 1] = 500.0
    told, k = expect(values, days(T), moved), 1
    assert told.drivers[k] == "rain"
    assert told.beyond[800, k]
    assert not told.beyond[750:800, k].any()
    worst = np.argmax(moved.values[:750, 1])
    at_worst = columns(moved, days(T).ordinal, days(T).public, 0, 760).X[[worst, 800], 2]
    assert at_worst[1] == pytest.approx(at_worst[0], rel=0.2)


def test_the_first_concert_explains_nothing_and_the_second_one_does():
    values = city(T, 3)
    on = [600, 750]
    values[on] *= 2
    told = expect(values, days(T), concert(T, on))
    assert not told.learnt[600].any()
    np.testing.assert_array_equal(told.effect[600], 0)
    assert told.learnt[750].all()
    np.testing.assert_allclose(told.effect[750, :, 0], np.log(2), atol=0.3)
    np.testing.assert_allclose(np.log(values[750] / told.cal[750]), np.log(2), atol=0.3)


def test_a_festival_over_the_end_of_the_month_does_not_explain_itself():
    values = city(T, 3)
    over_may = list(range(511, 521))  # 27 May to 5 June 2020
    values[over_may] *= 2
    told = expect(values, days(T), concert(T, over_may))
    np.testing.assert_array_equal(told.effect[over_may], 0)


def test_roadworks_that_never_end_leave_the_rest_of_the_model_alone():
    values = city(T, 3)
    without = expect(values, days(T)).cal[-30:]
    with_them = expect(values, days(T), concert(T, list(range(200, T)))).cal[-30:]
    np.testing.assert_allclose(with_them, without, rtol=0.05)


def test_an_event_of_the_first_year_does_not_explain_itself():
    values = city(T, 3)
    values[[100, 200]] *= 2
    told = expect(values, days(T), concert(T, [100, 200]))
    assert told.in_sample[200]
    np.testing.assert_array_equal(told.effect[[100, 200]], 0)


def test_a_concert_touches_only_the_series_it_is_declared_for():
    values = city(T, 2)
    on = [500, 600, 750]
    values[on] *= 2
    told = expect(values, days(T), concert(T, on, [True, False]))
    assert abs(told.effect[750, 0, 0] - np.log(2)) < 0.3
    assert told.effect[750, 1, 0] == 0
    assert not told.learnt[750, 1, 0]


def test_a_feast_that_runs_into_its_own_holiday_does_not_lower_what_is_expected_of_the_holiday():
    feast = [t + d for t in (100, 465, 830) for d in (0, 1)]
    holiday = np.full(T, -1)
    holiday[30::61] = 1 + np.arange(len(holiday[30::61])) % 6
    holiday[feast[1::2]] = 0
    shape = np.where(holiday >= 0, -0.5, 0.0)
    shape[feast[::2]] += 0.6  # the night before is loud; the holiday itself is like any other
    values = np.exp(6 + shape[:, None] + np.random.default_rng(5).normal(0, NOISE, (T, 8)))
    calendar = Days(days(T).ordinal, holiday, ("the feast's", *"abcdef"), np.zeros(T, dtype=bool))
    told = expect(values, calendar, concert(T, feast))
    published = np.median(np.log(values / told.cal)[830:832], axis=1)
    np.testing.assert_allclose(published, [0.6, 0.0], atol=0.15)
    np.testing.assert_allclose(np.median(told.effect[830:832, :, 0], axis=1), [0.6, 0.0], atol=0.25)


def test_road_works_on_every_other_day_do_not_hide_what_a_holiday_does():
    christmas = [t for t in range(T) if days(T).date_in_year[t] == 1225]
    calendar = days(T, dict.fromkeys(christmas, 0))
    values = np.exp(6 + np.random.default_rng(7).normal(0, NOISE, (T, 3)))
    values[christmas] *= 0.2
    works = [t for t in range(T) if t % 2 == 0 or t in christmas]
    quiet = expect(values, calendar).cal[christmas[-1]]
    assert (quiet < 0.8 * np.exp(6)).all()
    np.testing.assert_allclose(expect(values, calendar, concert(T, works)).cal[christmas[-1]], quiet, rtol=0.2)


def test_tables_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="weather is"):
        Drivers(("temperature",), np.zeros((5, 2)), np.zeros((5, 0), bool), ())
    with pytest.raises(ValueError, match="days"):
        expect(city(400, 1), days(400), weather(700))
