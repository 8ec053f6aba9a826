"""What each metric says of days that one knows by heart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pulso import metrics
from pulso.errors import CityFileError
from pulso.lake import Lake
from tests.lake.town import TOML, Seen, answer, lake, quarter_hours, town

JUNE = date(2021, 6, 1)
SIX = datetime(2021, 6, 1, 4, tzinfo=UTC)  # 6 o'clock in Berlin


def reduced(folder: Path, source: str, metric: str, seen: Iterable[Seen], toml: str = TOML, **named: Any) -> list[dict[str, Any]]:
    """The sensor-hours that a town with these observations has."""
    of = lake(folder, toml=toml)
    of.keep(of.city.sources[source], [answer("u", seen, **named)])
    of.reduce([r for r in metrics.recipes(of.city) if r.metric == metric])
    rows: list[dict[str, Any]] = of.sensor_hours(metric).to_pylist()
    return rows


def column(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return [r[name] for r in rows]


def free(sensor: str, values: Iterable[float], first: datetime = SIX, step: float = 15) -> list[Seen]:
    return quarter_hours(sensor, JUNE, values, "parking_free", first, step)


def test_bicycles_are_summed_over_the_hour_and_missing_quarters_are_counted_missing(tmp_path: Path) -> None:
    rows = reduced(tmp_path, "bikes", "bike_count", quarter_hours("A", JUNE, [1, 2, 3, 4, 5, 6]))
    assert [(r["hour"], r["value"], r["n"], r["expected"]) for r in rows] == [(2, 10, 4, 4), (3, 11, 2, 4)]


def test_an_hour_of_which_nothing_is_known_has_no_row_and_an_hour_of_zeros_has_one(tmp_path: Path) -> None:
    rows = reduced(tmp_path, "bikes", "bike_count", quarter_hours("A", JUNE, [0] * 4) + quarter_hours("A", JUNE, [2] * 4, first=SIX))
    assert [(r["hour"], r["value"]) for r in rows] == [(2, 0), (6, 8)]


def test_autumn_s_doubled_hour_is_complete_with_eight_quarters_or_with_four(tmp_path: Path) -> None:
    night = datetime(2021, 10, 31, 0, tzinfo=UTC)  # 2 o'clock in summer time
    twice, once = quarter_hours("A", JUNE, [1] * 8, first=night), quarter_hours("B", JUNE, [1] * 4, first=night)
    rows = reduced(tmp_path, "bikes", "bike_count", twice + once)
    assert [(r["sensor"], r["hour"], r["value"], r["n"], r["expected"]) for r in rows] == [("A", 2, 8, 8, 8), ("B", 2, 4, 4, 4)]


def test_places_taken_are_the_capacity_of_that_day_less_the_free_ones(tmp_path: Path) -> None:
    july = SIX + timedelta(days=30, hours=1)
    rows = reduced(tmp_path, "parking", "parking_occupied", free("P", [40] * 4, SIX + timedelta(hours=1)) + free("P", [40] * 4, july))
    assert [(r["day"], r["value"]) for r in rows] == [(JUNE, 60), (date(2021, 7, 1), 40)]


def test_the_capacity_that_the_source_tells_goes_before_the_declared_one(tmp_path: Path) -> None:
    told: list[Seen] = [("P", "parking_capacity", SIX, 120.0)]
    rows = reduced(tmp_path, "parking", "parking_occupied", free("P", [40] * 4, SIX + timedelta(hours=1)) + told)
    assert column(rows, "value") == [80]


def test_a_car_park_of_unknown_capacity_is_missing_and_so_are_more_free_places_than_there_are(tmp_path: Path) -> None:
    open_ = SIX + timedelta(hours=1)
    rows = reduced(tmp_path, "parking", "parking_occupied", free("Q", [4] * 4, open_) + free("P", [50, 101, 60, 130], open_))
    assert [(r["sensor"], r["value"], r["n"], r["expected"]) for r in rows] == [("P", 45, 2, 4)]


@pytest.mark.parametrize(("free_places", "still"), [(100, 32), (40, 32), (0, 0)], ids=["empty", "half full", "full"])
def test_a_sign_that_never_moves_is_frozen_whatever_it_shows_but_full(tmp_path: Path, free_places: int, still: int) -> None:
    rows = reduced(tmp_path, "parking", "parking_occupied", free("P", [free_places] * 32, SIX + timedelta(hours=2)))
    assert set(column(rows, "value")) == {100 - free_places}
    assert set(column(rows, "still")) == {still}


def test_only_opening_hours_count(tmp_path: Path) -> None:
    rows = reduced(tmp_path, "parking", "parking_occupied", free("P", [40] * 96, SIX - timedelta(hours=6)))
    assert column(rows, "hour") == list(range(7, 22))


def test_arrivals_are_the_falls_in_free_places(tmp_path: Path) -> None:
    rows = reduced(tmp_path, "parking", "parking_arrivals", free("P", [50, 50, 50, 50, 40, 45, 30, 30, 29]))
    assert [(r["hour"], r["value"], r["n"]) for r in rows] == [(7, 25, 4), (8, 1, 1)]


def test_no_arrival_is_taken_across_a_gap_or_across_midnight(tmp_path: Path) -> None:
    gap = free("P", [50, 49], SIX + timedelta(hours=1)) + free("P", [20, 18], SIX + timedelta(hours=3))
    midnight = datetime(2021, 6, 2, 21, 45, tzinfo=UTC)
    rows = reduced(
        tmp_path, "parking", "parking_arrivals", gap + free("P", [60, 10, 5], midnight), toml=TOML.replace("hours = [7, 22]\n", "")
    )
    assert [(r["day"].day, r["hour"], r["value"]) for r in rows] == [(1, 7, 1), (1, 9, 2), (3, 0, 5)]


@pytest.mark.parametrize(
    ("values", "still"),
    [
        ([1, 2, 3, 4] * 4, 0),
        ([1, 2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 5, 4, 3, 2, 1], 9),
        ([0] * 16, 0),
        ([5] * 16, 16),
        ([0, 0, 0, 0, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0], 4),
    ],
    ids=["alive", "frozen for nine", "empty street", "frozen for all", "zeros do not count"],
)
def test_a_feed_that_stands_still_is_seen(tmp_path: Path, values: list[float], still: int) -> None:
    rows = reduced(tmp_path, "bikes", "bike_count", quarter_hours("A", JUNE, values))
    assert set(column(rows, "still")) == {still}


@pytest.mark.parametrize("declared", ["15min", "5min", "1min"])
def test_a_feed_that_speaks_more_often_stands_still_no_sooner(tmp_path: Path, declared: str) -> None:
    toml = TOML.replace('expected = "15min"', f'expected = "{declared}"')
    rows = reduced(tmp_path, "bikes", "bike_count", quarter_hours("A", JUNE, [6] * 24, step=5), toml=toml, minutes=5)
    assert set(column(rows, "still")) == {8}  # 115 minutes from first to last, in quarter hours


def test_an_hourly_feed_stands_still_by_the_hour(tmp_path: Path) -> None:
    toml = TOML.replace('expected = "15min"', 'expected = "1h"')
    rows = reduced(tmp_path, "bikes", "bike_count", quarter_hours("A", JUNE, [6, 6, 6, 7], step=60), toml=toml, minutes=60)
    assert set(column(rows, "still")) == {3}


def test_a_quiet_hour_of_happenings_is_zero_only_while_the_source_speaks(tmp_path: Path) -> None:
    here: list[Seen] = [("s1", "rides", SIX, 1.0), ("s1", "rides", SIX + timedelta(minutes=5), 1.0)]
    there: list[Seen] = [("s2", "rides", SIX + timedelta(hours=2), 1.0)]
    rows = reduced(tmp_path, "trips", "rides", here + there)
    assert [(r["sensor"], r["hour"], r["value"]) for r in rows] == [("s1", 6, 2), ("s1", 8, 0), ("s2", 6, 0), ("s2", 8, 1)]


def test_what_comes_by_the_day_has_one_row_a_day(tmp_path: Path) -> None:
    seen: list[Seen] = [("x", "temperature", datetime(2021, 6, 1, 22, tzinfo=UTC), 12.0)]
    rows = reduced(tmp_path, "sky", "temperature", seen, minutes=1440, unit="°C")
    assert [(r["day"], r["hour"], r["value"], r["n"], r["expected"]) for r in rows] == [(date(2021, 6, 2), 0, 12.0, 1, 1.0)]


def test_a_daily_total_of_quarter_hours_knows_how_many_it_saw(tmp_path: Path) -> None:
    toml = TOML.replace('[metrics.bike_count]\nsource = "bikes"', '[metrics.bike_count]\nsource = "bikes"\nlike = "daily_total"')
    rows = reduced(tmp_path, "bikes", "bike_count", quarter_hours("A", JUNE, [1] * 48), toml=toml)
    assert [(r["hour"], r["value"], r["n"], r["expected"]) for r in rows] == [(0, 48, 48, 96)]


def test_a_day_on_which_everything_happened_in_one_second_is_one_hour(tmp_path: Path) -> None:
    crowd: list[Seen] = [("A", "bike_count", SIX + timedelta(microseconds=i), 1.0) for i in range(1000)]
    rows = reduced(tmp_path, "bikes", "bike_count", crowd)
    assert [(r["hour"], r["value"], r["n"], r["still"]) for r in rows] == [(6, 1000, 1000, 1)]


def test_only_touched_days_are_reduced_again(tmp_path: Path) -> None:
    of = lake(tmp_path)
    days = [answer(f"{i}", quarter_hours("A", JUNE + timedelta(days=i), range(96))) for i in range(5)]
    of.keep(of.city.sources["bikes"], days)
    first = of.reduce(metrics.recipes(of.city))
    before = {r["day"]: r["known_at"] for r in of.sensor_hours("bike_count").to_pylist()}
    of.keep(of.city.sources["bikes"], [answer("2", quarter_hours("A", JUNE + timedelta(days=2), [1000, *range(1, 80)]))])
    again = of.reduce(metrics.recipes(of.city))
    after = {r["day"]: r["known_at"] for r in of.sensor_hours("bike_count").to_pylist()}
    assert (first.days, again.days) == (6, 1 + 1)
    assert {d for d in after if after[d] != before[d]} == {date(2021, 6, 3), date(2021, 6, 4)}
    assert of.reduce(metrics.recipes(of.city)).days == 0


def test_the_same_days_in_one_go_or_one_by_one_are_the_same_sensor_hours(tmp_path: Path) -> None:
    together, apart = lake(tmp_path / "together"), lake(tmp_path / "apart")
    chance = np.random.default_rng(1)
    days = [answer(f"{i}", quarter_hours("A", JUNE + timedelta(days=i), chance.integers(0, 9, 96))) for i in range(6)]
    together.keep(together.city.sources["bikes"], days)
    together.reduce(metrics.recipes(together.city))
    for one in days:
        apart.keep(apart.city.sources["bikes"], [one])
        apart.reduce(metrics.recipes(apart.city))

    def told(of: Lake) -> list[str]:
        return sorted(str(r | {"known_at": None}) for r in of.sensor_hours("bike_count").to_pylist())

    assert told(together) == told(apart)


def test_a_metric_that_is_computed_in_another_way_is_computed_anew_for_all_days(tmp_path: Path) -> None:
    of = lake(tmp_path)
    of.keep(of.city.sources["parking"], [answer("p", free("P", [40] * 96, SIX - timedelta(hours=6)))])
    of.reduce(metrics.recipes(of.city))
    assert of.sensor_hours("parking_occupied").num_rows == 15
    longer = lake(tmp_path, toml=TOML.replace("hours = [7, 22]", "hours = [0, 24]"))
    longer.reduce(metrics.recipes(longer.city))
    assert longer.sensor_hours("parking_occupied").num_rows == 24


def test_two_sources_of_the_same_weather_are_reduced_apart(tmp_path: Path) -> None:
    toml = TOML.replace('sources = ["sky"]', 'sources = ["sky", "roof"]').replace(
        "[domains.street]", '[sources.roof]\nconnector = "table"\nexpected = "1d"\n[domains.street]'
    )
    of = lake(tmp_path, toml=toml)
    for source, warm in (("sky", 10.0), ("roof", 20.0), ("sky", 11.0)):
        seen: list[Seen] = [(f"on {source}", "temperature", SIX, warm)]
        of.keep(of.city.sources[source], [answer(source, seen, 1440, "°C")])
        of.reduce(metrics.recipes(of.city))
    assert sorted((r["source"], r["value"]) for r in of.sensor_hours("temperature").to_pylist()) == [("roof", 20.0), ("sky", 11.0)]


def test_dense_arrays_hold_what_was_seen_and_nan_where_nothing_was(tmp_path: Path) -> None:
    of = lake(tmp_path)
    autumn = datetime(2021, 10, 31, 0, tzinfo=UTC)
    seen = quarter_hours("B", JUNE, [1, 1, 5], first=SIX) + quarter_hours("A", JUNE, [2] * 8, first=autumn)
    of.keep(of.city.sources["bikes"], [answer("u", seen)])
    of.reduce(metrics.recipes(of.city))
    dense = of.panel_arrays("bike_count", (JUNE, date(2021, 10, 31)))
    assert dense.sensors == ["A", "B"]
    assert dense.zones == ["west", "east"]
    assert dense.values.shape == (153, 2, 24)
    assert np.argwhere(np.isfinite(dense.values)).tolist() == [[0, 1, 6], [152, 0, 2]]
    assert (dense.values[0, 1, 6], dense.seen[0, 1, 6]) == (7.0, 0.75)
    assert (dense.values[152, 0, 2], dense.seen[152, 0, 2], dense.still[152, 0]) == (16.0, 2.0, 8)
    assert dense.seen.sum() == 2.75


def test_a_panel_of_days_of_which_nothing_is_known_is_empty(tmp_path: Path) -> None:
    assert lake(tmp_path).panel_arrays("bike_count", (JUNE, JUNE)).values.shape == (1, 0, 24)


def test_a_metric_that_nobody_knows_is_a_mistake_in_the_city_file(tmp_path: Path) -> None:
    city = town(tmp_path, TOML.replace('like = "happenings"', 'like = "joy"'))
    with pytest.raises(CityFileError, match=r"metrics.rides.like: found 'joy'; one of count"):
        metrics.quantities(city)


def test_an_interval_that_cannot_be_read_is_a_mistake_in_the_city_file(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match=r"sources.bikes.expected: found 'often'"):
        town(tmp_path, TOML.replace('expected = "15min"', 'expected = "often"'))


def test_the_city_file_s_bounds_go_before_the_catalogue_s(tmp_path: Path) -> None:
    toml = TOML.replace('[metrics.bike_count]\nsource = "bikes"', '[metrics.bike_count]\nsource = "bikes"\nbounds = [0, 500]')
    assert metrics.quantities(town(tmp_path, toml))["bikes", "bike_count"].most == 500


def test_a_variable_may_bear_the_source_s_own_name(tmp_path: Path) -> None:
    toml = TOML.replace(
        '[metrics.bike_count]\nsource = "bikes"', '[metrics.cyclists]\nlike = "bike_count"\nvariable = "velo"\nsource = "bikes"'
    )
    rows = reduced(tmp_path, "bikes", "cyclists", quarter_hours("A", JUNE, [1, 2, 3, 4], metric="velo"), toml=toml)
    assert [(r["metric"], r["value"]) for r in rows] == [("cyclists", 10)]


def test_a_number_of_a_city_s_own_may_have_any_unit_and_a_number_of_things_has_none(tmp_path: Path) -> None:
    toml = TOML.replace('[metrics.bike_count]\nsource = "bikes"', '[metrics.energy]\nlike = "{}"\nsource = "bikes"')
    assert metrics.quantities(town(tmp_path / "a", toml.replace("{}", "amount")))["bikes", "energy"].unit == ""
    assert metrics.quantities(town(tmp_path / "b", toml.replace("{}", "count")))["bikes", "energy"].unit == "1"
    rows = reduced(tmp_path / "c", "bikes", "energy", quarter_hours("A", JUNE, [1, 2], "energy"), toml.replace("{}", "amount"), unit="MWh")
    assert column(rows, "value") == [3000.0]


def test_every_metric_s_name_is_its_own() -> None:
    themes = (metrics.generic, metrics.street, metrics.parking, metrics.transit, metrics.environment, metrics.weather)
    assert len(metrics.CATALOGUE) == sum(len(theme.METRICS) for theme in themes)
