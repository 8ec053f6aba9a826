"""What is true in the synthetic city, and what is only measured."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pulso.simulate import Simulated, city
from pulso.simulate.days import Happening
from pulso.simulate.plan import ZONES
from pulso.simulate.truth import Effect

ACTIVITY = ("bus_validations", "metro_validations", "scooter_trips", "car_count", "parking_occupied", "parking_arrivals")


def of_kind(simulated: Simulated, kind: str) -> list[Effect]:
    return [e for e in simulated.truth.effects if e.happening.kind == kind]


def ln(simulated: Simulated, effect: Effect, metric: str, zone: int = 0) -> np.ndarray:
    return effect.ln[:, zone, simulated.truth.metrics.index(metric)]


def quiet_days(simulated: Simulated) -> np.ndarray:
    """Days without happenings."""
    quiet = np.ones(simulated.days.ordinal.size, dtype=bool)
    for e in simulated.truth.effects:
        quiet[e.rows] = False
    return quiet


def test_a_bus_strike_empties_the_buses_and_nothing_else(demo):
    strikes = of_kind(demo, "strike")
    assert len(strikes) == 9
    for strike in strikes:
        assert ln(demo, strike, "bus_validations").max() < -1
        for metric in ("metro_validations", "car_count", "scooter_trips"):
            moved = ln(demo, strike, metric)
            assert ((moved > 0) & (moved < 0.3)).all(), "people take something else"
        transit = (ln(demo, strike, "bus_validations") + ln(demo, strike, "metro_validations")) / 2
        assert (transit < -0.5).all()


def test_a_festival_raises_everything_and_most_of_all_where_it_is(demo):
    festivals = of_kind(demo, "festival")
    assert len(festivals) == 3
    here = 1 + [z.id for z in ZONES].index("aldoar")
    for festival in festivals:
        for metric in ("bus_validations", "car_count", "scooter_trips", "parking_arrivals"):
            assert (ln(demo, festival, metric) > 0).all()
            assert (ln(demo, festival, metric, here) > 1.5 * ln(demo, festival, metric)).all()


def test_a_storm_keeps_people_at_home(demo):
    for storm in of_kind(demo, "storm"):
        for metric in ACTIVITY:
            assert (ln(demo, storm, metric) < -0.05).all()
        assert (demo.truth.of("scooter_trips")[storm.rows] < 50).all()


def test_the_night_of_sao_joao_is_full_of_people_late(demo):
    row = date(2024, 6, 23).toordinal() - demo.days.ordinal[0]
    metro = demo.readings["metro_validations"].values
    late, before = np.nansum(metro[row, :, 20:]), np.nansum(metro[row - 7, :, 20:])
    assert late > 1.8 * before
    assert all(ln(demo, e, "metro_validations")[0] > 0.3 for e in of_kind(demo, "feast"))


def test_a_power_cut_silences_sensors_and_changes_nothing_true(demo):
    dark = [z.id for z in ZONES].index("campanha")
    for cut in of_kind(demo, "power_cut"):
        assert (cut.ln[np.isfinite(cut.ln)] == 0).all()
        for metric, silent in (("car_count", True), ("metro_validations", True), ("noise", True), ("bus_validations", False)):
            r = demo.readings[metric]
            inside = np.isfinite(r.values[cut.rows[0]][r.zone == dark][:, 10:20])
            assert (not inside.any()) if silent else inside.any()
            assert np.isfinite(r.values[cut.rows[0]][r.zone != dark][:, 10:20]).any()
        assert np.isfinite(demo.truth.of("car_count", 1 + dark)[cut.rows]).all()


def test_faults_and_lost_stamps_are_measurement_and_not_truth(demo, flawless):
    np.testing.assert_array_equal(demo.truth.index, flawless.truth.index)
    assert np.isnan(demo.readings["car_count"].values).sum() > np.isnan(flawless.readings["car_count"].values).sum()


def test_one_hundred_is_the_median_ordinary_day():
    seeds = [city(seed, date(2023, 1, 1), date(2024, 12, 31), scale=0.1) for seed in range(6)]
    for metric in ACTIVITY:
        ordinary = np.concatenate([s.truth.of(metric)[quiet_days(s)] for s in seeds])
        assert np.median(ordinary) == pytest.approx(100, abs=1.5), metric


def test_day_noise_remembers_yesterday_and_has_heavy_tails():
    moved, kurtosis = [], []
    for seed in range(4):
        s = city(seed, date(2023, 1, 1), date(2025, 12, 31), scale=0.1)
        rest = np.log(s.truth.index / 100) - s.truth.weather
        rest[~quiet_days(s)] = np.nan
        for metric in ("metro_validations", "scooter_trips", "car_count"):
            x = rest[:, 0, s.truth.metrics.index(metric)]
            both = np.isfinite(x[1:]) & np.isfinite(x[:-1])
            moved.append(np.corrcoef(x[1:][both], x[:-1][both])[0, 1])
            z = (x - np.nanmean(x)) / np.nanstd(x)
            kurtosis.append(np.nanmean(z**4) - 3)
    assert np.mean(moved) > 0.25
    assert np.mean(kurtosis) > 0.5


def test_moods_are_shared_by_the_whole_city_and_by_each_zone(demo):
    zones = np.log(demo.truth.index[quiet_days(demo), 1:, demo.truth.metrics.index("car_count")])
    together = np.corrcoef(zones.T)[np.triu_indices(len(ZONES), 1)]
    assert 0.2 < together.min() <= together.max() < 0.97


def test_rain_and_cold_are_felt_by_scooters_far_more_than_by_the_metro(demo):
    wet = demo.weather.precipitation[:, 7:22].sum(axis=1) > 10
    at = demo.truth.metrics.index
    assert np.median(demo.truth.weather[wet, 0, at("scooter_trips")]) < -0.3
    assert abs(np.median(demo.truth.weather[wet, 0, at("metro_validations")])) < 0.15


def test_what_sensors_count_over_the_true_index_is_the_calendar_alone(flawless):
    """The truth explains the counts: what is left repeats from week to week."""
    for metric, bar in (("car_count", 0.03), ("metro_validations", 0.03), ("parking_arrivals", 0.04)):
        r = flawless.readings[metric]
        alive = r.alive.all(axis=0)
        counted = np.log(np.nansum(r.values[:, alive], axis=(1, 2)))
        plain = (flawless.days.holiday < 0) & ~flawless.days.school & quiet_days(flawless)
        pairs = plain[7:] & plain[:-7]
        left = counted - np.log(flawless.truth.of(metric) / 100)
        week_to_week = np.median(np.abs(left[7:] - left[:-7])[pairs])
        assert week_to_week < bar
        assert week_to_week < 0.75 * np.median(np.abs(counted[7:] - counted[:-7])[pairs])


def test_the_level_drifts_and_the_drift_is_expected_not_true(flawless):
    buses = flawless.readings["scooter_trips"]
    yearly = [np.nansum(buses.values[flawless.days.year == y]) for y in (2023, 2025)]
    index = [np.median(flawless.truth.of("scooter_trips")[flawless.days.year == y]) for y in (2023, 2025)]
    assert abs(np.log(yearly[1] / yearly[0])) > 2 * abs(np.log(index[1] / index[0]))


def test_zones_without_a_metro_have_no_metro_truth(demo):
    assert np.isnan(demo.truth.of("metro_validations", 1)).all()
    assert np.isfinite(demo.truth.of("metro_validations")).all()


def tried(draw: float) -> Simulated:
    """A short life with a pilot in Campanhã for two weeks of March, or without one."""
    pilots = [Happening(date(2024, 3, 4), date(2024, 3, 17), "pilot", "Square", "campanha", draw)] if draw else []
    return city(1, date(2024, 2, 1), date(2024, 4, 30), scale=0.5, pilots=pilots)


def test_a_pilot_draws_people_to_its_zone_on_its_days_alone():
    without, with_it = tried(0), tried(1.6)
    (pilot,) = of_kind(with_it, "pilot")
    here = 1 + [z.id for z in ZONES].index("campanha")
    for metric in ("bus_validations", "car_count", "scooter_trips", "parking_arrivals"):
        assert (ln(with_it, pilot, metric, here) > 0.15).all()
        assert (np.abs(ln(with_it, pilot, metric, 1)) < 0.03).all(), "hardly anybody stays away from Foz for it"
    off = np.ones(with_it.days.ordinal.size, dtype=bool)
    off[pilot.rows] = False
    np.testing.assert_allclose(without.truth.index[off], with_it.truth.index[off], rtol=1e-12)
    for before, after in zip(without.readings.values(), with_it.readings.values(), strict=True):
        np.testing.assert_array_equal(before.values[:29], after.values[:29])  # in its month chance goes another way


def test_a_pilot_that_draws_nobody_changes_nothing():
    without, with_it = tried(0), tried(1.0)
    for before, after in zip(without.readings.values(), with_it.readings.values(), strict=True):
        np.testing.assert_array_equal(before.values, after.values)
    (pilot,) = of_kind(with_it, "pilot")
    assert np.nanmax(np.abs(pilot.ln)) == 0.0
