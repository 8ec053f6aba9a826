"""The synthetic city's sensors: reproducible, restless, and sometimes broken."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pulso.simulate import city
from pulso.simulate.chance import drift, moods, stream
from pulso.simulate.days import days
from pulso.simulate.plan import INSTRUMENTS, sensors
from pulso.simulate.sensing import DEAD, FROZEN, HALVED, draw, site

SPRING, AUTUMN = date(2024, 3, 31), date(2024, 10, 27)


def test_a_longer_period_keeps_the_past():
    short = city(3, date(2024, 1, 1), date(2024, 4, 17), scale=0.4)
    long = city(3, date(2024, 1, 1), date(2024, 7, 31), scale=0.4)
    n = short.days.ordinal.size
    for name, told in short.told.items():
        np.testing.assert_array_equal(told, long.told[name][:n])
    np.testing.assert_array_equal(short.truth.index, long.truth.index[:n])
    np.testing.assert_array_equal(short.weather.temperature, long.weather.temperature[:n])


def test_an_earlier_beginning_keeps_what_came_after_it():
    late = city(3, date(2024, 3, 1), date(2024, 4, 30), scale=0.4, faults=0)
    early = city(3, date(2024, 1, 1), date(2024, 4, 30), scale=0.4, faults=0)
    for name, told in late.told.items():
        np.testing.assert_array_equal(told, early.told[name][60:])


def test_another_seed_is_another_life_of_the_same_city():
    one, two = (city(seed, date(2024, 1, 1), date(2024, 1, 31), scale=0.4) for seed in (1, 2))
    for metric, r in one.readings.items():
        assert r.sensors == two.readings[metric].sensors
        assert not np.array_equal(r.values, two.readings[metric].values)


def test_a_larger_city_has_the_smaller_ones_sensors():
    for kind in INSTRUMENTS:
        small, large = ({s.id: s for s in sensors(kind, scale)} for scale in (1.0, 4.0))
        assert len(large) >= 3 * len(small)
        assert all(large[i] == s for i, s in small.items())


def test_a_city_without_sensors_or_before_its_beginning_is_refused():
    with pytest.raises(ValueError, match="scale must be above 0, found 0"):
        city(1, date(2024, 1, 1), date(2024, 1, 2), scale=0)
    with pytest.raises(ValueError, match="begins on"):
        city(1, date(1999, 1, 1), date(2024, 1, 2))
    with pytest.raises(ValueError, match="must not end before it begins"):
        city(1, date(2024, 2, 2), date(2024, 1, 2))


def test_counts_vary_more_than_chance_alone_would_have_it():
    kind = INSTRUMENTS[0]
    month = days(date(2024, 1, 1), date(2024, 12, 31))
    here = site(1, month, kind, sensors(kind))
    mean = np.full((366, len(here.sensors), 24), 80.0)
    drawn = draw(1, month, here, mean)
    assert drawn.mean() == pytest.approx(80, rel=0.02)
    assert drawn.var() > 2 * drawn.mean()


def test_every_sensor_has_its_own_hours_and_weekends_have_others(flawless):
    r = flawless.readings["car_count"]
    weekend = flawless.days.kind >= 5
    share = [np.nanmean(r.values[w], axis=0) / np.nanmean(r.values[w], axis=0).sum(axis=1, keepdims=True) for w in (weekend, ~weekend)]
    assert np.abs(share[0] - share[1]).sum(axis=1).min() > 0.1
    assert np.ptp(share[1][:, 8]) > 0.01


def test_sensors_fail_freeze_and_halve(demo, flawless):
    states = np.concatenate([r.fault.ravel() for r in demo.readings.values()])
    assert all((states == state).any() for state in (DEAD, FROZEN, HALVED))
    for metric in ("car_count", "bus_validations"):
        r, well = demo.readings[metric], flawless.readings[metric]
        living = r.alive & np.isfinite(well.values).any(axis=2)
        dead, frozen, halved = ((r.fault == state) & living for state in (DEAD, FROZEN, HALVED))
        assert np.isnan(r.values[dead]).all()
        assert np.median(r.still[frozen]) >= 12
        ratio = np.nansum(r.values[halved]) / np.nansum(well.values[halved])
        assert ratio == pytest.approx(0.5, abs=0.02)


def test_without_faults_no_living_sensor_stands_still(flawless):
    for metric, longest in (("car_count", 8), ("bus_validations", 8), ("parking_occupied", 24)):
        r = flawless.readings[metric]
        assert (r.still[r.alive] >= longest).mean() < 0.002


def test_sensors_join_and_leave(demo):
    r = demo.readings["bus_validations"]
    joins, leaves = r.sensors.index("bus-ramalde-3"), r.sensors.index("bus-bonfim-2")
    row = date(2024, 2, 12).toordinal() - demo.days.ordinal[0]
    assert np.isnan(r.values[:row, joins]).all()
    assert np.isfinite(r.values[row:, joins]).any()
    row = date(2024, 11, 30).toordinal() - demo.days.ordinal[0]
    assert np.isnan(r.values[row + 1 :, leaves]).all()
    assert np.isfinite(r.values[: row + 1, leaves]).any()


def test_a_few_stamps_are_lost(demo):
    r = demo.readings["scooter_trips"]
    lost = np.isnan(r.values[r.alive & (r.fault == 0)]).mean()
    assert 0.001 < lost < 0.004


def test_spring_has_an_hour_less_and_autumn_one_more(flawless):
    r = flawless.readings["car_count"]
    spring, autumn = (day.toordinal() - flawless.days.ordinal[0] for day in (SPRING, AUTUMN))
    assert np.isnan(r.values[spring, :, 1]).all()
    assert (r.seen[spring, :, 1] == 0).all()
    alive = r.alive[autumn]
    assert (r.seen[autumn, alive, 1] == 2).all()
    np.testing.assert_array_equal(r.values[autumn, alive, 1], 2 * flawless.told["traffic"][autumn, alive, 1])
    level = flawless.readings["noise"]
    np.testing.assert_array_equal(level.values[autumn, :, 1], flawless.told["noise"][autumn, :, 1])


def test_a_car_park_never_holds_more_than_its_places(demo):
    capacity = np.array([s.capacity for s in sensors(INSTRUMENTS[4])])
    full = np.nanmax(demo.told["parking"], axis=(0, 2))
    assert (full <= capacity).all()
    assert (full > 0.4 * capacity).all()


def test_arrivals_are_the_falls_in_free_places(flawless):
    told, falls = flawless.told["parking"][10, 0], flawless.readings["parking_arrivals"].values[10, 0]
    assert np.nansum(falls) == np.maximum(np.diff(told), 0).sum()


def test_moods_begin_the_same_for_every_length_and_refuse_the_impossible():
    np.testing.assert_array_equal(moods(stream(1, "x"), 50, sd=1, memory=0.5), moods(stream(1, "x"), 500, sd=1, memory=0.5)[:50])
    np.testing.assert_array_equal(drift(stream(1, "x"), 50, sd=1), drift(stream(1, "x"), 500, sd=1)[:50])
    with pytest.raises(ValueError, match="tail > 2"):
        moods(stream(1, "x"), 5, sd=1, memory=0.5, tail=2)


def test_a_drift_is_slow():
    path = drift(stream(1, "slow"), 4000, sd=0.02)
    assert np.abs(np.diff(path)).max() < 0.006
    assert 0.01 < np.std(path[30:] - path[:-30]) < 0.03
