"""What a city's reading finds quickly is what one finds by looking at everything."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.city import Span
from pulso.web.readings import reading
from pulso.web.readings.door import Events
from pulso.web.readings.shelf import Shelf

DAY = st.integers(0, 400).map(lambda n: date(2025, 1, 1) + timedelta(days=n))
SPAN = st.tuples(DAY, st.integers(0, 200)).map(
    lambda e: Span(**{"from": e[0], "to": e[0] + timedelta(days=e[1])}, kind="works", name=f"{e}")
)


@given(st.lists(SPAN), DAY, DAY)
def test_the_events_that_touch_some_days_are_found_without_looking_at_all(spans, one, other):
    first, last = min(one, other), max(one, other)
    spans = tuple(sorted(spans, key=lambda s: (s.first, s.name)))
    assert Events.of(spans).touching(first, last) == [s for s in spans if s.first <= last and s.last >= first]


def test_a_town_without_events_has_none():
    assert Events.of(()).touching(date.min, date.max) == []


def test_some_zones_days_are_those_of_the_whole(site):
    vila = reading("vila")
    first, last = vila.days()
    assert (first, last) == (min(b.day for b in vila.briefs()), max(b.day for b in vila.briefs()))
    pairs = [(None, last), ("north", last - timedelta(days=3)), ("south", last), ("nowhere", last), (None, last + timedelta(days=1))]
    whole = {(v.zone, v.day): v for v in vila.whole((None, "north", "south"), last - timedelta(days=5), last)}
    found = vila.some(pairs)
    assert [(v.zone, v.day) for v in found] == [(None, last), ("north", last - timedelta(days=3)), ("south", last)]
    assert all(whole[(v.zone, v.day)] == v for v in found)


def test_a_server_that_begins_reads_no_verdict_that_stands_on_the_shelf(site, town, monkeypatch):
    known = reading("vila").days()
    lake, shelf = town.river().lake, Shelf(town.home / "vila" / "shelf.sqlite3")

    def all_of_them(*_: object) -> None:
        raise AssertionError("years of verdicts are read, only to learn that they are known")

    monkeypatch.setattr(type(lake), "publications", all_of_them)
    shelf.bring_up_to_date(lake)
    assert shelf.days() == known
    monkeypatch.setattr(type(lake.publication), "head", lambda _: ("a later commit", 0))
    with pytest.raises(AssertionError, match="years of verdicts"):
        shelf.bring_up_to_date(lake)
