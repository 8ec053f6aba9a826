"""A metric's line, and the index's own, over spans of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest


def test_a_line_is_a_year_until_the_last_day(site):
    said = site.get("/en/vila/metric/bikes.json").json()
    assert (said["first"], said["last"], said["days"]) == ("2024-03-15", "2025-03-14", 365)
    assert len(said["series"]["index"]) == 365
    assert said["known"] == sum(v is not None for v in said["series"]["index"])
    assert [p["shown"] for p in said["periods"]] == [False, False, True, False, False]


def test_the_line_is_what_was_published_day_by_day(site):
    said = site.get("/en/vila/metric/cars.json?zone=north&from=2025-03-10&to=2025-03-14").json()
    for i, value in enumerate(said["series"]["index"]):
        day = date(2025, 3, 10) + timedelta(days=i)
        zone = site.get(f"/en/vila/zone/north.json?day={day}").json()
        index = next(m["index"] for m in zone["metrics"] if m["metric"] == "cars")
        assert value == pytest.approx(index, abs=0.005)


def test_the_index_has_its_interval_and_normal_range_and_a_metric_has_none(site):
    index = site.get("/en/vila/metric/index.json?from=2025-03-01").json()["series"]
    assert all(low < value < high for low, value, high in zip(index["low"], index["index"], index["high"], strict=True))
    assert None not in index["normal_low"]
    metric = site.get("/en/vila/metric/bikes.json?from=2025-03-01").json()["series"]
    assert {*metric["low"], *metric["normal_high"]} == {None}


def test_a_day_without_a_number_is_a_hole_never_a_zero(site):
    said = site.get("/en/vila/metric/index.json?from=2023-12-20&to=2024-01-10").json()
    assert said["series"]["index"] == [None] * 22
    assert said["known"] == 0
    page = site.get("/en/vila/metric/index?from=2023-12-20&to=2024-01-10").content.decode()
    assert "No number on any of these days." in page
    assert 'class="line" d=' not in page


def test_a_metric_says_what_it_weighs_what_was_seen_and_whose_data_it_is(site):
    latest = site.get("/en/vila/metric/bikes.json").json()["latest"]
    assert (latest["sensors_seen"], latest["sensors_alive"]) == (4, 4)
    assert 0 < latest["weight"] < 1
    page = site.get("/en/vila/metric/bikes").content.decode()
    assert 'href="/en/vila/sources/bikes"' in page
    assert "none is declared" in page


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ("metric/trams", 404, "It has: index, bikes"),
        ("metric/bikes?zone=west", 404, "no zone"),
        ("metric/bikes?from=2025-02-01&to=2025-01-01", 400, "the first day comes before the last"),
        ("metric/bikes?from=2010-01-01&to=2025-01-01", 400, "at most 8 years"),
        ("metric/bikes?from=2025-02-30", 400, "a day is written as"),
    ],
)
def test_what_can_not_be_asked_is_a_letter(site, asked, status, says):
    answer = site.get(f"/en/vila/{asked}")
    assert answer.status_code == status
    assert says in answer.content.decode()


@pytest.mark.parametrize("asked", ["to=0001-01-01", "to=9999-12-31", "from=9999-12-01&to=9999-12-31", "from=2017-04-01&to=2025-03-14"])
def test_the_ends_of_the_calendar_are_only_holes(site, asked):
    assert site.get(f"/en/vila/metric/bikes?{asked}").status_code == 200


def test_eight_years_are_drawn_by_the_week_and_told_by_the_month(site):
    page = site.get("/en/vila/metric/index?from=2017-04-01&to=2025-03-14").content.decode()
    assert "Each point is a week" in page
    assert page.count('<tr><th scope="row">') == 96
    assert "Each point is a week" not in site.get("/en/vila/metric/index").content.decode()


def test_today_leads_to_metrics_and_zones_and_the_bulletin_to_nothing(site):
    today = site.get("/en/vila/today").content.decode()
    assert 'href="/en/vila/metric/buses?to=2025-03-14"' in today
    assert 'href="/en/vila/zone/north?day=2025-03-14"' in today
    bulletin = site.get("/en/vila/bulletin/2025-03-14").content.decode()
    assert "/metric/" not in bulletin
    assert "/zone/" not in bulletin
