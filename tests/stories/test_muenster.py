"""Münster's days, as they were: told on the published index."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from pulso.flow import reading, status
from tests.told import Told

pytestmark = pytest.mark.mirror


def test_every_file_that_exists_is_read(muenster: Told, mirror):
    files = {"bikes": 1269, "parking": 2274, "air": 4, "citizens_office": 415}
    read = {c.source: c.new for c in muenster.collected}
    if sum(read.values()):
        assert {name: read[name] for name in files} == files
    owner = mirror / "raw.githubusercontent.com"
    assert len(list(owner.glob("od-ms/radverkehr-zaehlstellen/main/*/*.csv"))) == files["bikes"]
    assert len(list(owner.glob("codeformuenster/parking-decks-muenster/master/data/**/*.csv"))) == files["parking"]
    assert {s.source: s.answers for s in status.sources(muenster.river) if s.source in files} == files


def test_the_weather_that_did_not_answer_stopped_nobody(muenster: Told):
    weather = next(s for s in status.sources(muenster.river) if s.source == "weather")
    assert weather.state == "nothing yet"
    assert muenster.on("2023-06-14").status == "published"


@pytest.mark.parametrize("day", ["2021-02-07", "2021-02-08", "2021-02-09", "2021-02-10", "2021-02-11", "2021-02-12"])
def test_in_the_snow_week_nobody_cycled(muenster: Told, day):
    assert muenster.index(day, "bike_count") < 15


@pytest.mark.parametrize("day", ["2021-02-08", "2021-02-09", "2021-02-10"])
def test_the_snow_week_is_far_below_the_normal_range(muenster: Told, day):
    verdict = muenster.on(day)
    assert verdict.index is not None
    assert verdict.normal_range is not None
    assert verdict.index < verdict.normal_range[0]
    assert "Snow week" in verdict.unmeasured, "a storm never measured before is named, not credited"


@pytest.mark.parametrize("day", ["2022-02-17", "2022-02-18", "2022-02-20"])
def test_the_storms_emptied_the_cycle_paths_but_not_the_car_parks(muenster: Told, day):
    assert muenster.index(day, "bike_count") < 75
    assert muenster.index(day, "parking_occupied") > 90


@pytest.mark.parametrize("day", ["2022-02-17", "2022-02-18"])
def test_the_storm_days_are_below_the_normal_range(muenster: Told, day):
    verdict = muenster.on(day)
    assert verdict.index is not None
    assert verdict.normal_range is not None
    assert verdict.index < verdict.normal_range[0]


@pytest.mark.parametrize("day", ["2020-02-24", "2023-02-20", "2025-03-03"])
def test_carnival_monday_is_quiet_in_both_streams(muenster: Told, day):
    assert muenster.index(day, "bike_count") < 80
    assert muenster.index(day, "parking_arrivals") < 80
    verdict = muenster.on(day)
    assert verdict.index is not None
    assert verdict.index < 80


def test_the_first_lockdown_monday_is_low(muenster: Told):
    verdict = muenster.on("2020-03-23")
    assert verdict.index is not None
    assert verdict.normal_range is not None
    assert verdict.index < verdict.normal_range[0]


@pytest.mark.parametrize("day", ["2022-11-03", "2022-11-04"])
def test_ministers_empty_the_car_parks_and_not_the_cycle_paths(muenster: Told, day):
    assert muenster.index(day, "parking_occupied") < 75
    assert muenster.index(day, "bike_count") > 85


def test_the_farmers_protest_took_cars_and_gave_bikes(muenster: Told):
    assert muenster.index("2024-01-08", "parking_occupied") < 80
    assert muenster.index("2024-01-08", "bike_count") > 105


@pytest.mark.parametrize("day", ["2024-10-12", "2024-10-13", "2024-10-14", "2021-10-30", "2021-11-05"])
def test_a_frozen_feed_is_flagged_and_counts_for_nothing(muenster: Told, day):
    parking = muenster.metric(day, "parking_occupied")
    assert parking.sensors_seen == 0
    assert sum(f.startswith("frozen: ") for f in parking.flags) >= 5


def test_the_frozen_sunday_is_no_anomaly(muenster: Told):
    verdict = muenster.on("2024-10-13")
    if verdict.index is None:
        assert "weight" in (verdict.refusal or "")
    else:
        assert verdict.normal_range is not None
        assert verdict.normal_range[0] < verdict.index < verdict.normal_range[1]


def test_on_the_sunday_when_all_signs_stood_still_the_car_parks_were_not_empty(muenster: Told):
    """One of them showed all of its places free, for a day and a half, as the others showed what they had shown."""
    parking = muenster.metric("2022-07-10", "parking_occupied")
    assert (parking.index, parking.sensors_seen) == (None, 0)
    assert "frozen: PH Münster Arkaden" in parking.flags
    assert muenster.index("2022-07-10", "bike_count") < 90


OLD = {"100031297", "100031300", "100034978", "100034980", "100034981", "100034982", "100034983", "100035541", "100053305"}


def test_the_absent_last_days_of_months_are_missing_and_not_quiet(muenster: Told):
    last = [date(y, m, 1) - timedelta(days=1) for y in range(2021, 2027) for m in range(1, 13)]
    absent = [d for d in last if date(2021, 4, 1) <= d <= date(2026, 5, 31)]
    assert len(absent) == 62
    hours = muenster.river.lake.sensor_hours("bike_count")
    seen = Counter(zip(hours["sensor"].to_pylist(), hours["day"].to_pylist(), strict=True))
    assert all(seen[sensor, day] <= 5 for sensor in OLD for day in absent), "from 2025-06 on, the day's first hours are there"
    later = [day for day in absent if date(2023, 1, 1) <= day <= date(2024, 3, 31) and day != date(2023, 7, 31)]
    silent = [day for day in absent if day not in later]  # counters that came in 2023 do tell of the others
    for day in silent:
        bikes = muenster.metric(day.isoformat(), "bike_count")
        assert (bikes.index, bikes.sensors_seen) == (None, 0)
        assert "bikes" in muenster.on(day.isoformat()).missing
    for day in later:
        bikes = muenster.metric(day.isoformat(), "bike_count")
        assert 0 < bikes.sensors_seen <= bikes.sensors_alive - len(OLD)
    bikes = next(s for s in status.sources(muenster.river) if s.source == "bikes").metrics[0]
    assert {day for day in silent if day < date(2023, 1, 1)} <= set(bikes.missing_days)


def test_zones_without_sensors_have_no_index(muenster: Told):
    silent = [z.id for z in muenster.river.zones.all if not _sensors_in(muenster, z.id)]
    assert silent
    for zone in silent:
        verdict = muenster.on("2023-06-14", zone)
        assert (verdict.status, verdict.index, verdict.reasons) == ("refused", None, [])
        assert verdict.refusal


def _sensors_in(muenster: Told, zone: str) -> int:
    return sum(m.sensors_alive for m in muenster.on("2023-06-14", zone).metrics)


def test_what_was_turned_away_is_counted_by_reason(muenster: Told):
    told = {s.source: {(t.kind, t.reason): t.n for t in s.turned_away} for s in status.sources(muenster.river)}
    assert set(told) >= {"bikes", "parking", "air", "citizens_office"}
    parking = {reason for _, reason in told["parking"]}
    assert {"closed", "no value"} <= parking
    assert {"no value"} <= {reason for _, reason in told["air"]}
    assert {"status"} <= {reason for _, reason in told["bikes"]}


def test_every_index_is_explained_to_the_last_point(muenster: Told):
    for verdict in reading.series(muenster.river):
        if verdict.index is not None:
            assert sum(r.points for r in verdict.reasons) == pytest.approx(verdict.index - 100, abs=1e-9)
            assert sum(p.points for p in verdict.table) == pytest.approx(verdict.index - 100, abs=1e-9)


def test_no_day_is_left_out_of_the_publications(muenster: Told):
    days = [v.day for v in reading.series(muenster.river)]
    assert days == [days[0] + timedelta(days=i) for i in range(len(days))]
    assert days[0] == date(2019, 1, 1)


def test_the_whole_history_says_that_it_is_a_backfill(muenster: Told):
    first_year = [v for v in reading.series(muenster.river) if v.day < date(2019, 12, 1)]
    assert all(v.in_sample for v in first_year if v.index is not None)
    assert {v.stage for v in reading.series(muenster.river, date(2020, 1, 1), date(2025, 12, 31))} == {"backfill"}
