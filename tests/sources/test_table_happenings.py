"""Files with a row a happening: a trip, an alert. The rows are counted."""

from __future__ import annotations

import pytest

from pulso.errors import CityFileError
from tests.sources.tables import read, rows, source, why

TRIPS = """
time = { column = "start", step = "1h" }
values = { count = true, metric = "trips", sensor_column = "from" }
ignore = ["^id$", "^km$"]
"""


def test_trips_are_counted_by_the_hour_and_zone_of_their_origin_in_whatever_order_they_come(tmp_path):
    body = "id,start,from,km\n1,2024-05-01 09:30:00,A,1\n2,2024-05-01 08:59:59,A,2\n3,2024-05-01 08:00:00,B,3\n4,2024-05-01 08:05:00,A,4\n"
    answer = read(tmp_path, TRIPS, body)
    assert rows(answer, "sensor", "start", "end", "value") == [
        ("A", "2024-05-01 07:00", "2024-05-01 08:00", 2.0),
        ("B", "2024-05-01 07:00", "2024-05-01 08:00", 1.0),
        ("A", "2024-05-01 08:00", "2024-05-01 09:00", 1.0),
    ]


def test_a_trip_without_a_time_is_told_and_not_counted(tmp_path):
    answer = read(tmp_path, TRIPS, "id,start,from,km\n1,,A,1\n2,2024-05-01 08:00,A,2\n")
    assert (rows(answer, "value"), why(answer)) == ([(1.0,)], {"unreadable time": 1})


def test_only_valid_rows_of_the_wanted_kind_are_counted(tmp_path):
    section = """
    time = { column = "t", step = "1h" }
    values = { count = true, metric = "trips", sensor = "all", status = "state", ok = ["done"] }
    only = { what = "trip_start" }
    """
    body = "t,what,state\n2024-05-01 08:01,trip_start,done\n2024-05-01 08:02,trip_start,broken\n2024-05-01 08:03,rebalance,done\n"
    answer = read(tmp_path, section, body)
    assert (rows(answer, "value"), why(answer)) == ([(1.0,)], {"status": 1})


def test_days_are_counted_from_midnight_to_midnight_on_the_city_s_clock(tmp_path):
    """In Madrid a UTC evening already belongs to the next day, and the last Sunday of October has 25 hours."""
    body = (
        "id,start,from,km\n1,2023-10-28T21:59:00Z,A,1\n2,2023-10-28T22:00:00Z,A,1\n3,2023-10-29T22:59:00Z,A,1\n4,2023-10-29T23:00:00Z,A,1\n"
    )
    answer = read(tmp_path, TRIPS.replace("1h", "1d"), body, zone="Europe/Madrid")
    assert rows(answer, "start", "end", "value") == [
        ("2023-10-27 22:00", "2023-10-28 22:00", 1.0),
        ("2023-10-28 22:00", "2023-10-29 23:00", 2.0),
        ("2023-10-29 23:00", "2023-10-30 23:00", 1.0),
    ]


def test_many_trips_in_the_doubled_hour_are_not_taken_for_its_second_run(tmp_path):
    body = "id,start,from,km\n1,2023-10-29 02:50,A,1\n2,2023-10-29 02:10,A,1\n3,2023-10-29 02:10,A,1\n"
    answer = read(tmp_path, TRIPS, body, zone="Europe/Berlin")
    assert rows(answer, "start", "value") == [("2023-10-29 00:00", 3.0)]


def test_a_cell_of_a_grid_stands_in_the_middle_of_its_trips(tmp_path):
    section = """
    time = { column = "t", step = "1h" }
    place = { point = "where" }
    values = { count = true, metric = "trips", sensor = "{lon:.1f},{lat:.1f}" }
    """
    body = "t,where\n2024-05-01 08:01,POINT (-8.61 41.12)\n2024-05-01 08:09,POINT (-8.59 41.14)\n2024-05-01 08:30,POINT (-8.7 41.2)\n"
    found = [(s, n, round(x, 6), round(y, 6)) for s, n, x, y in rows(read(tmp_path, section, body), "sensor", "value", "lon", "lat")]
    assert found == [("-8.6,41.1", 2.0, -8.6, 41.13), ("-8.7,41.2", 1.0, -8.7, 41.2)]


def test_what_is_counted_needs_no_column_and_has_no_end(tmp_path):
    with pytest.raises(CityFileError, match="exactly one of column, columns, first_column_matching, count"):
        source(tmp_path, TRIPS.replace("count = true", 'count = true, column = "km"'))
    with pytest.raises(CityFileError, match='count: a row that is counted has one moment; leave stamp = "end" out'):
        source(tmp_path, TRIPS.replace('step = "1h"', 'step = "1h", stamp = "end"'))
