"""The synthetic city's calendar and weather."""

from __future__ import annotations

from datetime import date

import holidays as known_holidays
import numpy as np
import pytest

from pulso.simulate.climate import climate, feelings, weather
from pulso.simulate.days import days, happenings, holidays, school_breaks


@pytest.mark.parametrize("year", range(2016, 2031))
def test_public_holidays_are_portugals_and_24_june(year):
    ours = {day for day, _ in holidays(year)} - {date(year, 6, 24)}
    assert ours == set(known_holidays.country_holidays("PT", years=year))


def test_a_holiday_and_a_school_break_are_known_by_the_day():
    june = days(date(2024, 6, 1), date(2024, 6, 30))
    assert june.holiday_names[june.holiday[23]] == "São João"
    assert (june.kind[june.holiday >= 0] == 7).all()
    assert not june.school[:15].any()
    assert june.school[15:].all()
    assert all(first <= last for y in range(2016, 2031) for first, last, _ in school_breaks(y))


def test_every_year_has_its_festival_strikes_storms_and_one_power_cut():
    for year in range(2016, 2031):
        kinds = [h.kind for h in happenings(year)]
        counts = {kind: kinds.count(kind) for kind in ("festival", "feast", "strike", "storm", "carnival", "power_cut")}
        assert counts == {"festival": 1, "feast": 1, "strike": 3, "storm": 2, "carnival": 1, "power_cut": 1}
        strikes = [h.first for h in happenings(year) if h.kind == "strike"]
        assert all(day.weekday() < 5 for day in strikes)
        festival = next(h for h in happenings(year) if h.kind == "festival")
        assert festival.last < date(year, 6, 23)


def test_winters_are_wet_and_summers_warm_and_dry():
    of_year = np.tile(np.arange(365), 10)
    sky = weather(5, of_year, np.zeros(of_year.size, dtype=bool))
    rain, warmth = sky.precipitation.sum(axis=1), sky.temperature.mean(axis=1)
    winter, summer = (of_year < 60) | (of_year > 330), (of_year > 170) & (of_year < 250)
    assert 700 < rain.sum() / 10 < 1500
    assert rain[winter].mean() > 2 * rain[summer].mean()
    assert 8 < warmth[winter].mean() < 13 < 18 < warmth[summer].mean() < 23
    wet = rain > 1
    assert (wet[1:] & wet[:-1]).mean() > 1.3 * wet.mean() ** 2, "rain comes in spells"


def test_rain_is_felt_more_than_in_proportion_and_still_a_little_the_day_after():
    of_year = np.arange(5)
    dry = weather(5, of_year, np.zeros(5, dtype=bool))
    dry.precipitation[:] = 0

    def wet(daily: list[float]) -> np.ndarray:
        dry.precipitation[:, 12] = daily
        return feelings(dry)[:, 0]

    light, heavy = wet([0, 0, 2, 0, 0]), wet([0, 0, 20, 0, 0])
    assert heavy[2] - heavy[0] < 10 * (light[2] - light[0])
    assert heavy[3] > heavy[4] + 0.1
    assert wet([0, 0, 60, 0, 0])[2] - heavy[2] < 0.1, "it can't be wetter than wet"


def test_an_ordained_storm_blows():
    of_year = np.arange(10)
    storm = np.arange(10) == 4
    sky = weather(5, of_year, storm)
    assert sky.wind_speed[4].mean() > 10
    assert sky.precipitation[4].sum() > 30


def test_the_climate_is_nobodys_year_and_smooth():
    usual = climate(lambda felt: felt)
    assert usual.shape == (366, 6)
    assert np.abs(np.diff(usual[:365], axis=0)).max() < 0.03
