"""Weeks and months: made of the days that were published, and honest about those that were not."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date
from math import prod

import pytest

from pulso.client import Pulso
from pulso.web.readings.counted import counting
from tests.flow.vila import a_day_later, usual
from tests.web.api.test_rows import ROOT, every

SPAN = "from=2025-01-01&to=2025-02-28"


def begin(day: str, grain: str) -> str:
    found = date.fromisoformat(day)
    return date.fromisocalendar(*found.isocalendar()[:2], 1).isoformat() if grain == "week" else f"{day[:7]}-01"


@pytest.mark.parametrize("grain", ["week", "month"])
@pytest.mark.parametrize("asked", ["", "&metric=all&zone=city", "&metric=transit", "&metric=bikes&zone=north"])
def test_a_period_is_the_geometric_mean_of_its_days(site, grain, asked):
    days = defaultdict(list)
    for row in every(site, f"{ROOT}/values?from=2024-06-01{asked}", 1_000):
        days[begin(row["day"], grain), row["zone"], row["metric"]].append(row)
    told = every(site, f"{ROOT}/values?grain={grain}&from=2025-01-06&to=2025-02-28{asked}", 1_000)
    first, last = begin("2025-01-06", grain), begin("2025-02-28", grain)
    assert {(r["day"], r["zone"], r["metric"]) for r in told} == {k for k in days if first <= k[0] <= last}
    for row in told:
        of = days[row["day"], row["zone"], row["metric"]]
        known = [r["index"] for r in of if r["index"] is not None]
        assert row["index"] == pytest.approx(prod(known) ** (1 / len(known)))
        assert (row["days_seen"], row["grain"], row["vintage"]) == (len(known), grain, max(r["vintage"] for r in of))
        assert row["weight_seen"] == pytest.approx(sum(r["weight_seen"] for r in of) / row["days_expected"])
        assert [row[n] for n in ("interval_low", "normal_high", "level_index")] == [None] * 3


def test_a_week_begins_on_monday_and_a_month_has_its_own_length(site):
    weeks = site.get(f"{ROOT}/values?grain=week&zone=city&{SPAN}").json()["items"]
    assert [w["day"] for w in weeks[:2]] == ["2024-12-30", "2025-01-06"]
    assert {(date.fromisoformat(w["day"]).weekday(), w["days_expected"]) for w in weeks} == {(0, 7)}
    months = site.get(f"{ROOT}/values?grain=month&zone=city&{SPAN}").json()["items"]
    assert [(m["day"], m["days_expected"]) for m in months] == [("2025-01-01", 31), ("2025-02-01", 28)]


def test_a_period_of_which_less_than_half_is_known_has_no_number_and_absent_days_count_as_unseen(tmp_path, town, settings, client):
    later = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    month = f"{ROOT}/values?grain=month&zone=north&from=2025-02-01&to=2025-02-28"
    whole = client.get(month).json()["items"][0]
    assert (whole["status"], whole["days_seen"]) == ("published", 28)

    def forget(last: int) -> dict:
        with sqlite3.connect(later.home / "vila" / "shelf.sqlite3") as shelf:
            ends = [date(2025, 2, 1).toordinal(), date(2025, 2, last).toordinal()]
            for table in ("head", "within", "said"):
                shelf.execute(f"delete from {table} where day between ? and ? and zone = 'north'", ends)
        return client.get(f"{month}&limit={last}").json()["items"][0]

    half = forget(14)
    assert (half["status"], half["days_seen"], half["index"] is None) == ("partial", 14, False)
    assert half["weight_seen"] == pytest.approx(whole["weight_seen"] / 2)
    less = forget(15)
    assert (less["status"], less["days_seen"], less["index"]) == ("refused", 13, None)
    assert less["weight_seen"] == pytest.approx(whole["weight_seen"] * 13 / 28)


def test_a_zero_among_the_days_makes_the_period_zero_and_not_an_error(tmp_path, town, settings, client):
    later = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    client.get(f"{ROOT}/values?limit=1")
    with sqlite3.connect(later.home / "vila" / "shelf.sqlite3") as shelf:
        where = "where day = ? and zone = ''"
        shelf.execute(f"update within set metrics = json_set(metrics, '$.bikes', 0.0) {where}", [date(2025, 2, 3).toordinal()])
    told = client.get(f"{ROOT}/values?grain=week&zone=city&metric=all&from=2025-02-03&to=2025-02-16").json()["items"]
    assert [r["index"] == 0 for r in told if r["metric"] == "bikes"] == [True, False]
    assert all(r["index"] > 0 for r in told if r["metric"] != "bikes")


@pytest.mark.parametrize("limit", [1, 5, 7, 100])
@pytest.mark.parametrize("asked", ["grain=week&metric=all", "grain=month", "grain=week&zone=south"])
def test_small_pages_say_the_same_as_a_large_one(site, asked, limit):
    address = f"{ROOT}/values?from=2025-02-01&{asked}"
    rows = every(site, address, 1_000)
    assert every(site, address, limit) == rows
    keys = [(r["day"], r["zone"] or "", r["metric"] or "") for r in rows]
    assert keys == sorted(set(keys))


def test_a_walk_goes_on_over_a_gap_of_a_year(tmp_path, town, settings, client):
    later = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    client.get(f"{ROOT}/values?limit=1")
    with sqlite3.connect(later.home / "vila" / "shelf.sqlite3") as shelf:
        shelf.execute("delete from head where day between ? and ?", [date(2024, 2, 1).toordinal(), date(2025, 1, 31).toordinal()])
    months = every(client, f"{ROOT}/values?grain=month&zone=city", 1)
    assert [m["day"] for m in months] == ["2024-01-01", "2025-02-01", "2025-03-01"]


def test_a_period_is_told_as_of_a_moment(tmp_path, town, settings, client):
    later = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    address = f"{ROOT}/values?grain=week&from=2025-02-24&to=2025-03-14"
    before = client.get(f"{address}&limit=4").json()
    whole = every(client, address, 100)
    later.say("bikes", {k: v * 3 if k[0] >= date(2025, 3, 1) else v for k, v in usual("bikes").items()})
    later.collect()
    later.publish()
    assert every(client, address, 100) != whole
    rest = every(client, f"{address}&cursor={before['next']}", 100)
    assert before["items"] + rest == whole
    assert client.get(f"{address}&as_of=2020-01-01T00:00:00Z").json()["items"] == []


def test_periods_come_in_every_form_and_one_days_lie_on_a_map(site):
    for form in ("csv", "parquet", "xlsx"):
        assert site.get(f"{ROOT}/values.{form}?grain=month&zone=city").status_code == 200
    drawn = site.get(f"{ROOT}/values.geojson?grain=month&from=2025-02-01&to=2025-02-28").json()
    assert [f["properties"]["grain"] for f in drawn["features"]] == ["month"] * 3
    assert site.get(f"{ROOT}/values.geojson?grain=month&{SPAN}").status_code == 400


@pytest.mark.parametrize("query", ["from=9999-12-31", "to=0001-01-01", "from=0001-01-01&to=9999-12-31"])
@pytest.mark.parametrize("grain", ["week", "month"])
def test_the_ends_of_time_lie_in_weeks_and_months_too(site, grain, query):
    assert site.get(f"{ROOT}/values?grain={grain}&limit=5&{query}").status_code == 200


def test_a_page_of_periods_takes_few_looks(site):
    site.get(f"{ROOT}/values?grain=month")
    with counting() as looks:
        site.get(f"{ROOT}/values?grain=month")
    assert looks[0] <= 5


def test_an_hour_is_refused_with_its_reason(site):
    told = site.get(f"{ROOT}/values?grain=hour").json()
    assert (told["status"], "day, week or month" in told["detail"]) == (400, True)


def test_the_client_asks_for_weeks(site, held_open):
    import httpx
    from django.core.wsgi import get_wsgi_application

    with Pulso("http://testserver/", page=3, transport=httpx.WSGITransport(app=get_wsgi_application())) as asked:
        weeks = list(asked.values("vila", zone="city", first="2025-01-06", last="2025-03-02", grain="week"))
    assert [w.day.weekday() for w in weeks] == [0] * 8
    assert {w.grain for w in weeks} == {"week"}
