"""Clocks: the hours that a local clock skips or repeats, and the many ways to write a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.sources import clocks

ZONES = ["Europe/Lisbon", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2030, 12, 31)).map(lambda d: d.replace(microsecond=0))  # noqa: DTZ001  # made UTC below


def micro(d: datetime) -> int:
    return int((d.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * clocks.SECOND


def read(text: str, *forms: str, strip: str = "") -> str | None:
    at = clocks.read(pa.array([text]), list(forms) or ["iso"], strip).at[0]
    return None if at == clocks.UNKNOWN else str(np.datetime64(int(at), "us").astype("M8[m]")).replace("T", " ")


@given(MOMENTS, st.sampled_from(ZONES))
def test_a_local_clock_shows_what_the_time_zone_database_says(moment, zone):
    shown = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert clocks.to_local(np.array([micro(moment)]), zone)[0] == micro(shown)


@given(MOMENTS, st.sampled_from(ZONES))
def test_what_a_clock_showed_leads_back_to_the_moment(moment, zone):
    local = clocks.to_local(np.array([micro(moment)]), zone)
    placed = clocks.to_utc(local, zone)
    assert micro(moment) in {int(placed.utc[0]), int(placed.later[0])}
    assert bool(placed.doubled[0]) == (placed.utc[0] != placed.later[0])


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Europe/Berlin", "Australia/Lord_Howe"])
def test_an_hour_is_skipped_in_spring_and_doubled_in_autumn_and_none_else(zone):
    start = datetime(2023, 1, 1, tzinfo=UTC)
    wall = np.array([micro(start + timedelta(minutes=15 * i)) for i in range(365 * 96)])
    placed = clocks.to_utc(wall, zone)
    per_hour = 2 if zone == "Australia/Lord_Howe" else 4  # Lord Howe moves its clocks by half an hour
    assert np.count_nonzero(placed.utc == clocks.UNKNOWN) == per_hour
    assert np.count_nonzero(placed.doubled) == per_hour


@pytest.mark.parametrize(
    ("text", "forms", "meant"),
    [
        ("2023-05-01 00:15", ["iso"], "2023-05-01 00:15"),
        ("2023-05-01T00:15:30", ["iso"], "2023-05-01 00:15"),
        ("2023-05-01", ["iso"], "2023-05-01 00:00"),
        ("2022-11-23T19:00:00+02:00", ["iso"], "2022-11-23 17:00"),
        ("2022-11-23 19:00 Z", ["iso"], "2022-11-23 19:00"),
        ("2023-12-31 24:00", ["iso"], "2024-01-01 00:00"),
        ("01.02.2023 03:04", ["%d.%m.%Y %H:%M"], "2023-02-01 03:04"),
        ("2/1/23", ["%m/%d/%y"], "2023-02-01 00:00"),
        ("02/01/2023 11:05 p.m.", ["%d/%m/%Y %I:%M %p"], "2023-01-02 23:05"),
        ("02/01/2023 12:05 AM", ["%d/%m/%Y %I:%M %p"], "2023-01-02 00:05"),
        ("Sa 01.02.2023 03:00-04:00 Uhr", ["%* %d.%m.%Y %H:%M-%*"], "2023-02-01 03:00"),
        ("5 Mai 2021", ["%d %b %Y"], "2021-05-05 00:00"),
        ("05-Dez-2021", ["%d-%b-%Y"], "2021-12-05 00:00"),
        ("1530295361.0", ["epoch"], "2018-06-29 18:02"),
        ("1530295361000", ["epoch_ms"], "2018-06-29 18:02"),
        ("2023 5 1 7", ["%Y %m %d %H"], "2023-05-01 07:00"),
        ("13/05/2023", ["%Y-%m-%d", "%d/%m/%Y"], "2023-05-13 00:00"),
    ],
)
def test_a_time_is_read_in_the_form_that_the_city_file_names(text, forms, meant):
    assert read(text, *forms) == meant


def test_quotes_within_quotes_come_off():
    assert read("'2020-01-01 01:00'", strip="'") == "2020-01-01 01:00"


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2023-02-30 10:00", "2023-13-01", "2023-01-01 25:00", "2023-01-01 24:01", "2023-01-01 10:61"]
)
def test_a_day_that_no_calendar_has_is_not_read(text):
    assert read(text) is None


def test_one_bad_time_leaves_the_others_readable():
    at = clocks.read(pa.array(["2023-01-01 10:00", "?", "2023-01-01 11:00"]), ["iso"]).at
    assert [x == clocks.UNKNOWN for x in at] == [False, True, False]


def test_an_unknown_sign_is_named():
    with pytest.raises(ValueError, match=r"%Q"):
        clocks.pattern("%Q")
