"""The bars of the expected day: ex-ante medians of |ln observed/expected|, the same constants for every city."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pulso.core.baseline import Expectation, expect
from tests.core import real
from tests.core.streets import NOISE, city, days


def typical(ratio: np.ndarray) -> float:
    return float(np.nanmedian(np.abs(np.log(ratio))))


def panel(data: real.Series, told: Expectation) -> tuple[np.ndarray, np.ndarray]:
    """Ratio of sums and median of ratios over the sensors that have both, on the days after the first year."""
    both = np.isfinite(data.values) & np.isfinite(told.cal) & (told.cal > 0) & ~told.in_sample[:, None]
    some = both.any(axis=1)
    observed, expected = np.where(both, data.values, 0)[some].sum(axis=1), np.where(both, told.cal, 0)[some].sum(axis=1)
    ratios = np.divide(data.values, told.cal, out=np.full(both.shape, np.nan), where=both)[some]
    return observed / expected, np.nanmedian(ratios, axis=1)


def explained(data: np.ndarray, told: Expectation, s: int, when: np.ndarray) -> float:
    """Share of the variance of the published ln ratio that the drivers account for."""
    published, left = np.log(data[when, s] / told.cal[when, s]), np.log(data[when, s] / told.full[when, s])
    return float(1 - np.nanvar(left) / np.nanvar(published))


@cache
def washington(shared: Path) -> tuple[real.Series, Expectation, np.ndarray]:
    data = real.washington(shared)
    return data, expect(data.values, data.days, data.drivers), data.days.year == 2012


@cache
def zurich(shared: Path) -> tuple[np.ndarray, Expectation, np.ndarray]:
    data = real.zurich(shared)
    told = expect(data.values, data.days, data.drivers)
    return data.values, told, ~told.in_sample


class TestWashington:
    @pytest.mark.mirror
    def test_bike_share_is_told_to_an_eighth_and_with_its_weather_to_a_twelfth(self, shared):
        data, e, test = washington(shared)
        assert typical(data.values[test] / e.cal[test]) <= 0.125
        assert typical(data.values[test] / e.full[test]) <= 0.090

    @pytest.mark.mirror
    def test_weather_explains_a_fifth_of_the_published_movement(self, shared):
        data, e, test = washington(shared)
        assert explained(data.values, e, 0, test) >= 0.20

    @pytest.mark.mirror
    def test_hurricane_sandy_is_the_largest_surprise_and_the_day_after_among_the_first_three(self, shared):
        data, e, test = washington(shared)
        surprise = np.where(test, np.abs(np.log(data.values[:, 0] / e.full[:, 0])), 0)
        largest = (np.argsort(-np.nan_to_num(surprise))[:3]).tolist()
        sandy = int(np.flatnonzero(data.days.date_in_year[test] == 1029)[0] + np.flatnonzero(test)[0])
        assert largest[0] == sandy
        assert sandy + 1 in largest


class TestZurich:
    @pytest.mark.mirror
    def test_cars_are_told_to_a_twenty_second_part(self, shared):
        values, e, test = zurich(shared)
        assert typical(values[test, 0] / e.cal[test, 0]) <= 0.045

    @pytest.mark.mirror
    def test_bikes_are_told_to_a_sixth_and_with_their_weather_to_a_tenth(self, shared):
        values, e, test = zurich(shared)
        assert typical(values[test, 1] / e.cal[test, 1]) <= 0.170
        assert typical(values[test, 1] / e.full[test, 1]) <= 0.105

    @pytest.mark.mirror
    def test_weather_explains_a_third_of_how_bikes_move(self, shared):
        values, e, test = zurich(shared)
        assert explained(values, e, 1, test) >= 0.35

    @pytest.mark.mirror
    def test_cars_have_no_term_for_weather_that_adds_nothing(self, shared):
        _, e, test = zurich(shared)
        for group in ("temperature", "rain", "humidity", "sun"):
            assert not e.learnt[test, 0, e.drivers.index(group)].any(), group


class TestMuenster:
    @pytest.mark.mirror
    def test_bikes_are_told_to_a_tenth(self, shared):
        data = real.muenster_bikes(shared)
        sums, middle = panel(data, expect(data.values, data.days))
        assert typical(sums) <= 0.105
        assert typical(middle) <= 0.115

    @pytest.mark.mirror
    def test_arrivals_at_car_parks_are_told_to_a_fourteenth(self, shared):
        data = real.muenster_parking(shared)
        sums, middle = panel(data, expect(data.values, data.days))
        assert typical(middle) <= 0.070
        assert typical(sums) <= 0.090


@pytest.mark.parametrize("start", [705, 718, 728, 731], ids=lambda at: f"day {at}")
@pytest.mark.parametrize("sign", [1, -1], ids=["busier", "quieter"])
def test_a_week_of_snow_hardly_moves_what_is_expected(start, sign):
    calm = city(900, 40)
    storm = calm.copy()
    storm[start : start + 7] *= np.exp(sign * 8 * NOISE)
    after = slice(start, start + 45)
    moved = np.log(expect(storm, days(900), wanted=after).cal / expect(calm, days(900), wanted=after).cal)
    assert np.abs(moved[after].mean(axis=1)).max() <= 0.10 * 8 * NOISE


@pytest.mark.parametrize("start", [705, 718, 731], ids=lambda at: f"day {at}")
def test_a_lasting_change_is_followed_within_four_weeks(start):
    calm = city(900, 40)
    changed = calm.copy()
    changed[start:] *= np.exp(4 * NOISE)
    then = slice(start + 28, start + 29)
    moved = np.log(expect(changed, days(900), wanted=then).cal / expect(calm, days(900), wanted=then).cal)
    assert moved[start + 28].mean() >= 0.90 * 4 * NOISE
