"""The synthetic city's Wi-Fi: people come and go by place and hour, its server tells of them, and the truth is known."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import date, datetime, timedelta

import numpy as np
import pytest
import shapely

from pulso.core.privacy.presence import presence
from pulso.simulate.fibre import fibre
from pulso.simulate.plan import ZONES, geojson
from pulso.simulate.wifi import INTERIM, Sessions, Wifi, hours, off, sessions, together, truth, wifi
from pulso.simulate.wifi_feeds import (
    GIGAWORD,
    addresses,
    detail,
    health,
    inventory_csv,
    macs,
    points_csv,
    radacct,
    station,
    user_names,
    write,
)
from pulso.simulate.wifi_places import inventory, spots
from pulso.sources.radius import strip
from pulso.sources.radius_forms import rows
from pulso.sources.radius_join import point_of
from pulso.sources.radius_join import sessions as joined
from pulso.wifi.columns import Columns
from pulso.wifi.inventory import read_inventory
from pulso.wifi.reports import read_table
from pulso.wifi.shapes import Health, Kind

TUESDAY, SUNDAY = date(2025, 10, 14), date(2025, 10, 19)
SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)
POWER_CUT = date(2025, 9, 17)


@pytest.fixture(scope="module")
def porto() -> Wifi:
    return wifi(1)


@pytest.fixture(scope="module")
def tuesday(porto) -> Sessions:
    return sessions(porto, TUESDAY)


def only(of: Sessions, which: np.ndarray) -> Sessions:
    return Sessions(*(column[which] for column in of))


def by_hour(of: Wifi, day: date, kind: Kind) -> np.ndarray:
    """Session-hours at all places of a kind, by hour of a local day."""
    both = together(sessions(of, day - timedelta(1)), sessions(of, day))
    of_kind = [s.kind is kind for s in of.spots]
    return truth(of, both, hours(day)[0]).hours[of_kind].sum(axis=0)


# Places


def test_six_hundred_access_points_stand_at_places_in_their_zones():
    points = [p for s in spots() for p in s.points]
    assert len(points) == len({p[0] for p in points}) == 600
    assert {s.kind for s in spots()} == {Kind.SQUARE, Kind.GARDEN, Kind.LIBRARY, Kind.STATION, Kind.MARKET, Kind.BUILDING, Kind.STREET}
    parishes = [shapely.Polygon(f["geometry"]["coordinates"][0]) for f in geojson()["features"]]
    assert all(parishes[s.zone].contains(shapely.Point(s.lon, s.lat)) for s in spots())
    assert any(s.large and len(s.points) == 1 for s in spots()), "a large venue where one access point may be counted by itself"


def test_the_inventory_has_each_access_point_at_its_place(porto):
    kept = inventory()
    assert [p.id for p in kept.points] == list(porto.points)
    assert {p.place for p in kept.points} == {p.id for p in kept.places}
    assert {p.zone for p in kept.places} == {z.id for z in ZONES}


def test_the_inventory_s_tables_are_read_again(porto):
    network = fibre(1)
    places, points = (text.encode() for text in inventory_csv(network))
    assert read_inventory((places, "places.csv"), (points, "points.csv"), Columns()) == inventory(network)


# People


def test_the_same_seed_and_day_bring_the_same_people(porto, tuesday):
    again = sessions(wifi(1), TUESDAY)
    assert all(np.array_equal(a, b) for a, b in zip(again, tuesday, strict=True))
    assert not np.array_equal(sessions(wifi(2), TUESDAY).start[:100], tuesday.start[:100])


def test_people_come_by_place_and_hour(porto):
    square, station_, library = (by_hour(porto, TUESDAY, k) for k in (Kind.SQUARE, Kind.STATION, Kind.LIBRARY))
    assert square[17] > 6 * square[4]
    assert station_[8] > 1.3 * station_[11]
    assert library[10:17].sum() > 0.5 * library.sum()
    assert by_hour(porto, SUNDAY, Kind.LIBRARY).sum() < 0.6 * library.sum()
    assert by_hour(porto, SUNDAY, Kind.GARDEN).sum() > 1.1 * by_hour(porto, TUESDAY, Kind.GARDEN).sum()


def test_the_festival_brings_people_to_its_zone(porto):
    ordinary, festival = date(2025, 5, 30), date(2025, 6, 6)
    foz = porto.zone == 0
    share = [np.mean(foz[sessions(porto, day).point]) for day in (ordinary, festival)]
    assert share[1] > 1.3 * share[0]


def test_some_stay_for_hours_and_past_midnight(tuesday):
    stay = tuesday.stop - tuesday.start
    assert (stay > 0).all()
    assert 0.01 < (stay > 3 * 3600).mean() < 0.08
    assert (tuesday.stop > hours(TUESDAY)[0][-1]).sum() > 20
    assert (tuesday.stop < hours(TUESDAY)[0][-1] + 86_400).all()
    assert (np.diff(tuesday.start) >= 0).all()


def test_some_stops_are_never_told(tuesday):
    assert 0.005 < tuesday.stale.mean() < 0.03
    assert (tuesday.told[~tuesday.stale] == tuesday.stop[~tuesday.stale]).all()
    late = (tuesday.stop - tuesday.told)[tuesday.stale]
    assert ((late > 0) & (late <= INTERIM)).all()
    assert ((tuesday.told - tuesday.start)[tuesday.stale] % INTERIM == 0).all()


def test_some_devices_come_back_or_move_on(tuesday, porto):
    many = Counter(tuesday.device.tolist())
    assert sum(n > 1 for n in many.values()) > 1_000
    assert len(many) > 0.6 * tuesday.device.size
    tomorrow = sessions(porto, TUESDAY + timedelta(1))
    assert len(set(tomorrow.device.tolist()) & set(many)) > 1_000


@pytest.mark.parametrize(("day", "many"), [(SPRING, 23), (AUTUMN, 25), (TUESDAY, 24)])
def test_the_day_on_which_clocks_change_has_as_many_hours_as_it_has(porto, day, many):
    edges, clock = hours(day)
    assert edges.size == many + 1
    assert (clock == 1).sum() == {23: 0, 24: 1, 25: 2}[many]
    start = sessions(porto, day).start
    assert np.histogram(start, edges)[0].size == many
    assert (start >= edges[0]).all()


def test_an_access_point_that_is_off_sees_nobody(porto):
    month = [date(2025, 10, 1) + timedelta(i) for i in range(31)]
    shut = np.array([off(porto, day) for day in month])
    assert 0.005 < shut.mean() < 0.05
    assert (shut.any(axis=0) & ~shut.all(axis=0)).sum() > 20
    for day, ill in zip(month[9:12], shut[9:12], strict=True):
        seen = sessions(porto, day)
        edges = hours(day)[0]
        assert not ill[seen.point[seen.start < edges[-1]]].any()
        assert not (off(porto, day + timedelta(1))[seen.point] & (seen.stop > edges[-1])).any()


def test_a_power_cut_takes_the_access_points_of_its_zone(porto):
    zone = np.array([ZONES[z].id for z in porto.zone])
    assert off(porto, POWER_CUT)[zone == "campanha"].all()
    assert not off(porto, POWER_CUT)[zone != "campanha"].all()


def test_a_city_to_which_nobody_comes_is_refused(porto):
    with pytest.raises(ValueError, match="crowd must be above 0, found 0"):
        sessions(porto, TUESDAY, crowd=0)


# The truth


def test_the_truth_is_what_one_counts_one_by_one(porto, tuesday):
    few = only(tuesday, np.arange(0, tuesday.point.size, 23))
    edges = hours(TUESDAY)[0]
    known = truth(porto, few, edges)
    for h in (0, 9, 17, 23):
        inside: dict[int, list[int]] = {}
        for i in range(few.point.size):
            if few.start[i] < edges[h + 1] and few.stop[i] > edges[h]:
                inside.setdefault(int(porto.place[few.point[i]]), []).append(i)
        for place in range(len(porto.spots)):
            here = inside.get(place, [])
            assert known.sessions[place, h] == len(here)
            assert known.people[place, h] == len({int(few.device[i]) for i in here})
            assert known.points[place, h] == len({int(few.point[i]) for i in here})


def test_the_core_counts_the_sessions_that_were_there(porto, tuesday):
    both = together(sessions(porto, TUESDAY - timedelta(1)), tuesday)
    edges = hours(TUESDAY)[0]
    known = truth(porto, both, edges)
    said = presence(both.start, both.stop, both.point, porto.place, edges)
    np.testing.assert_array_equal(said.sessions, known.sessions)
    np.testing.assert_array_equal(said.points, known.points)
    np.testing.assert_allclose(said.hours, known.hours, atol=1e-9)
    assert (known.people <= known.sessions).all()


def test_places_are_often_large_enough_to_be_told_and_often_not(porto, tuesday):
    people = truth(porto, tuesday, hours(TUESDAY)[0]).people
    assert (people >= 10).mean() > 0.2
    assert ((people > 0) & (people < 10)).mean() > 0.1


# What the server tells


def test_the_table_of_sessions_says_what_was_told(porto, tuesday):
    few = only(tuesday, np.flatnonzero(tuesday.stale | (np.arange(tuesday.point.size) % 29 == 0)))
    told = list(csv.DictReader(io.StringIO(radacct(porto, few).decode())))
    assert len(told) == few.point.size
    assert len({r["acctuniqueid"] for r in told}) == len({r["acctsessionid"] for r in told}) == len(told)
    assert [r["nasidentifier"] for r in told] == [porto.points[p] for p in few.point]
    assert [r["acctstoptime"] == "" for r in told] == few.stale.tolist()
    for row, start, last in zip(told, few.start, few.told, strict=True):
        assert datetime.fromisoformat(row["acctstarttime"]).timestamp() == start
        assert datetime.fromisoformat(row["acctupdatetime"]).timestamp() == last


@pytest.mark.parametrize("form", [radacct, detail])
def test_the_connector_reads_the_sessions_that_were_told(porto, tuesday, form):
    single = np.unique(tuesday.device, return_index=True)[1][::25]
    few = only(tuesday, np.sort(single))
    odd: Counter[str] = Counter()
    read = joined(rows(form(porto, few).decode(), odd), odd)
    assert not +odd
    mac = [point_of(m) for m in station(porto)]
    expected = sorted((mac[p], start, told) for p, start, told in zip(few.point, few.start, few.told, strict=True))
    assert sorted((s.point, int(s.start), int(s.stop)) for s in read) == expected
    assert sum(s.open for s in read) == few.stale.sum() > 0


def test_the_server_counts_gigawords(porto, tuesday):
    heavy = only(tuesday, np.flatnonzero((tuesday.sent > 2 * GIGAWORD) & ~tuesday.stale)[:5])
    assert heavy.point.size == 5
    odd: Counter[str] = Counter()
    read = joined(rows(detail(porto, heavy).decode(), odd), odd)
    assert sorted(s.octets_out for s in read) == sorted(heavy.sent.tolist())
    assert b"Acct-Output-Gigawords = 2\n" in detail(porto, heavy) or (heavy.sent >= 3 * GIGAWORD).any()


def test_there_is_something_to_take_out_at_the_door(porto, tuesday):
    few = only(tuesday, np.arange(0, 4_000, 40))
    planted = [*macs(few.device).to_pylist(), *user_names(few.device).to_pylist(), *addresses(few.device).to_pylist()]
    assert len(set(planted)) > 250
    for body in (radacct(porto, few).decode(), detail(porto, few).decode()):
        assert all(p in body for p in planted)
        kept = strip(body.encode()).decode()
        assert not [p for p in planted if p.lower() in kept.lower()]
        assert kept.count("\n") > 90


def test_every_access_point_has_an_address_and_a_place(porto):
    table = list(csv.DictReader(io.StringIO(points_csv(porto))))
    assert len({r["point"] for r in table}) == 600
    assert all(point_of(r["point"]) == r["point"].lower() for r in table)
    assert {r["place"] for r in table} == {s.id for s in spots()}
    assert {r["large"] for r in table} == {"true", "false"}


def test_the_reports_tell_which_access_points_are_off(porto):
    day = POWER_CUT
    read = read_table(health(porto, day), "health.csv", {p: p for p in porto.points}, Columns())
    assert not +read.passed
    assert 0.99 * 600 * 24 < len(read.reports) < 600 * 24
    down = {r.point for r in read.reports if r.state is Health.FAILING}
    assert down == {p for p, ill in zip(porto.points, off(porto, day), strict=True) if ill}
    assert any(r.state is Health.PARTLY for r in read.reports)


def test_an_access_point_that_is_off_was_last_seen_when_it_was_on(porto):
    table = list(csv.DictReader(io.StringIO(health(porto, POWER_CUT + timedelta(1), every=360).decode())))
    before = POWER_CUT - timedelta(1)
    lost = {p for p, ill in zip(porto.points, off(porto, before), strict=True) if not ill}
    for row in table:
        if row["state"] == "down" and "campanha" in _zone(row["point"]) and row["point"] in lost:
            assert row["uptime_s"] == ""
            assert datetime.fromisoformat(row["last_seen"]).timestamp() == hours(before)[0][-1]
        elif row["state"] != "down":
            assert row["last_seen"] == row["at"]
            assert int(row["uptime_s"]) >= 0


def test_the_same_days_are_written_byte_for_byte(porto, tmp_path):
    for name, last in (("one", TUESDAY), ("other", TUESDAY + timedelta(1))):
        write(tmp_path / name, porto, TUESDAY, last, crowd=0.05)
    one, other = (
        {str(p.relative_to(tmp_path / name)): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        for name in ("one", "other")
    )
    assert {k.split("wifi/")[-1] for k in one} == {"pontos.csv", "locais.csv", f"contas/{TUESDAY}.csv.gz", f"estado/{TUESDAY}.csv"}
    assert all(other[k] == v for k, v in one.items())
    assert len(other) == len(one) + 2
    told = gzip.decompress(one[f"demo.pulso.example/wifi/contas/{TUESDAY}.csv.gz"]).decode()
    assert told.count("\n") - 1 == sessions(porto, TUESDAY, crowd=0.05).point.size


def _zone(point: str) -> str:
    return next(ZONES[s.zone].id for s in spots() if point in [p for p, _, _ in s.points])
