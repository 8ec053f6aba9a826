"""Zürich's days: many daily streams in one index."""

from __future__ import annotations

from datetime import date

import pytest

from pulso.flow import reading
from tests.told import Told

pytestmark = pytest.mark.mirror


def test_ten_or_more_streams_make_one_index(zurich: Told):
    verdict = zurich.on("2020-09-15")
    assert verdict.status == "published"
    weighed = [m for m in verdict.metrics if m.weight > 0 and m.index is not None]
    assert len(weighed) >= 10
    assert len({m.domain for m in weighed}) >= 4


def test_the_lockdown_is_visible(zurich: Told):
    verdict = zurich.on("2020-03-17")
    assert verdict.index is not None
    assert verdict.normal_range is not None
    assert verdict.index < 85
    assert verdict.index < verdict.normal_range[0]


@pytest.mark.parametrize("day", ["2021-01-14", "2021-01-15"])
def test_in_the_snow_the_city_slowed(zurich: Told, day):
    verdict = zurich.on(day)
    assert zurich.index(day, "bike_count") < 40
    assert zurich.index(day, "car_count") < 97
    assert verdict.index is not None
    assert verdict.index < 90


def test_after_some_streams_ended_the_rest_still_tell(zurich: Told):
    verdict = zurich.on("2022-03-15")
    assert verdict.index is not None
    assert verdict.sources_declared < zurich.on("2020-09-15").sources_declared


def test_before_most_streams_began_the_living_ones_tell(zurich: Told):
    early = [v for v in reading.series(zurich.river, date(2019, 6, 1), date(2019, 12, 20)) if v.index is not None]
    assert early
    assert all(v.weight_seen == pytest.approx(1.0) for v in early if not v.missing)


def test_rain_and_cold_are_named_where_they_acted(zurich: Told):
    series = [v for v in reading.series(zurich.river, date(2021, 3, 1), date(2022, 5, 8)) if v.index is not None]
    rain = {v.day: sum(r.points for r in v.reasons if r.name == "rain") for v in series}
    wet, dry = _wet_and_dry(zurich)
    assert sum(rain[d] for d in wet if d in rain) / max(sum(d in rain for d in wet), 1) < -0.5
    assert sum(rain[d] for d in dry if d in rain) / max(sum(d in rain for d in dry), 1) > 0
    assert {r.name for v in series for r in v.reasons} >= {"rain", "cold", "unexplained"}


def _wet_and_dry(zurich: Told) -> tuple[list[date], list[date]]:
    hours = zurich.river.lake.sensor_hours("precipitation").select(["day", "value"]).to_pylist()
    return [h["day"] for h in hours if h["value"] >= 10], [h["day"] for h in hours if h["value"] == 0]


def test_every_index_is_explained_to_the_last_point(zurich: Told):
    for verdict in reading.series(zurich.river):
        if verdict.index is not None:
            assert sum(r.points for r in verdict.reasons) == pytest.approx(verdict.index - 100, abs=1e-9)
