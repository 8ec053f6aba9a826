from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.wifi.shapes import Health
from pulso.wifi.uptime import Promise, Seconds, Spell, by_day, go_on, promise

UP, PARTLY, DOWN = Health.WORKING, Health.PARTLY, Health.FAILING
LISBON = ZoneInfo("Europe/Lisbon")
REACH = timedelta(minutes=15)
NINE = datetime(2025, 3, 16, 9, tzinfo=UTC)


def at(minutes):
    return NINE + timedelta(minutes=minutes)


def total(spells):
    whole = Seconds()
    for seconds in by_day(spells, LISBON).values():
        whole = whole.plus(seconds)
    return whole


def test_the_time_between_two_reports_belongs_to_what_the_earlier_said():
    spells = go_on(None, [(at(0), UP), (at(5), UP), (at(10), DOWN), (at(15), DOWN), (at(20), UP)], REACH)
    assert spells == [Spell(UP, at(0), at(10)), Spell(DOWN, at(10), at(20)), Spell(UP, at(20), at(20))]
    seconds = total(spells)
    assert (seconds.working, seconds.failing) == (600, 600)
    assert seconds.uptime == 0.5


def test_a_silence_is_neither_up_nor_down():
    spells = go_on(None, [(at(0), UP), (at(5), UP), (at(60), UP), (at(65), DOWN)], REACH)
    assert spells == [Spell(UP, at(0), at(5)), Spell(UP, at(60), at(65)), Spell(DOWN, at(65), at(65))]
    assert total(spells).reported == 600
    assert total(spells).uptime == 1.0


def test_nothing_reported_has_no_uptime():
    assert Seconds().uptime is None
    assert by_day([], LISBON) == {}
    assert go_on(None, [(at(0), Health.UNKNOWN)], REACH) == []


def test_an_access_point_that_works_in_part_serves_and_is_told_apart():
    seconds = total(go_on(None, [(at(0), PARTLY), (at(5), DOWN), (at(10), DOWN)], REACH))
    assert seconds.uptime == 0.5
    assert seconds.partly == 300


reports = st.lists(st.tuples(st.integers(0, 400), st.sampled_from([UP, PARTLY, DOWN])), max_size=30, unique_by=lambda r: r[0])


@given(reports, st.integers(0, 400))
def test_reports_in_two_deliveries_are_as_in_one(found, cut):
    told = sorted((at(m), s) for m, s in found)
    whole = go_on(None, told, REACH)
    first, later = [r for r in told if r[0] < at(cut)], [r for r in told if r[0] >= at(cut)]
    early = go_on(None, first, REACH)
    late = go_on(early[-1] if early else None, later, REACH)
    assert (early[:-1] if early else []) + late == whole
    assert go_on(whole[-1] if whole else None, told, REACH) == whole[-1:], "what is known changes nothing"
    assert sum((s.until - s.since).total_seconds() for s in whole) == pytest.approx(total(whole).reported)


@given(reports)
def test_no_more_is_reported_than_passed(found):
    told = [(at(m), s) for m, s in found]
    spells = go_on(None, told, REACH)
    span = (max(t for t, _ in told) - min(t for t, _ in told)).total_seconds() if told else 0
    assert total(spells).reported <= span
    assert all(a.until <= b.since for a, b in pairwise(spells))


def test_a_day_is_the_city_s_own_and_as_long_as_its_clock_makes_it():
    whole = Spell(UP, datetime(2025, 3, 29, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC))
    days = by_day([whole], LISBON)
    assert {d: s.working / 3600 for d, s in days.items()} == {
        date(2025, 3, 29): 24,
        date(2025, 3, 30): 23,  # the clock is put forward
        date(2025, 3, 31): 24,
        date(2025, 4, 1): 1,
    }
    autumn = Spell(DOWN, datetime(2025, 10, 25, 23, tzinfo=UTC), datetime(2025, 10, 27, tzinfo=UTC))
    assert by_day([autumn], LISBON)[date(2025, 10, 26)].failing == 25 * 3600


def test_a_target_is_not_missed_by_silence():
    hour = 3600.0
    assert promise(Seconds(working=hour), hour, 0.99) is Promise.KEPT
    assert promise(Seconds(working=0.9 * hour, failing=0.1 * hour), hour, 0.99) is Promise.MISSED
    assert promise(Seconds(working=0.4 * hour), hour, 0.99) is Promise.CANNOT_TELL
    assert promise(Seconds(failing=0.4 * hour), hour, 0.99) is Promise.CANNOT_TELL
    assert promise(Seconds(), hour, 0.99) is Promise.CANNOT_TELL
    assert promise(Seconds(failing=hour), hour, None) is Promise.NONE
