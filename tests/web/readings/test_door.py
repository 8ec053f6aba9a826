"""What a city's reading finds quickly is what one finds by looking at everything."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.city import Span
from pulso.web.readings import cities, reading
from pulso.web.readings.door import Events
from pulso.web.readings.series import logs
from pulso.web.readings.shelf import Shelf
from tests.flow.vila import Vila, a_day_later

A_DAY = st.integers(0, 400).map(lambda n: date(2025, 1, 1) + timedelta(days=n))
SPAN = st.tuples(A_DAY, st.integers(0, 200)).map(
    lambda e: Span(**{"from": e[0], "to": e[0] + timedelta(days=e[1])}, kind="works", name=f"{e}")
)


@given(st.lists(SPAN), A_DAY, A_DAY)
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


def test_a_city_whose_file_is_broken_while_it_is_shown_stays_as_it_was_and_takes_no_other_with_it(mine, other, client, caplog):
    assert client.get("/en/vila/today").status_code == 200
    city_file, said = mine.folder / "city.toml", (mine.folder / "city.toml").read_text()
    city_file.write_text(said + "\n[broken")
    assert [client.get(f"/en/{city}/today").status_code for city in ("vila", "other")] == [200, 200]
    assert client.get("/en/").status_code == 200
    assert "must be TOML" in caplog.text
    city_file.write_text(said.replace('name = "Vila"', 'name = "Vila Nova"'))
    assert "Vila Nova" in client.get("/en/vila/today").content.decode()


def test_a_city_that_could_never_be_read_is_left_out_and_said(mine, other, client, caplog):
    (other.folder / "city.toml").write_text("[broken")
    assert cities() == ["vila"]
    assert [client.get(f"/en/{city}/today").status_code for city in ("vila", "other")] == [200, 404]
    assert "can't be read" in caplog.text


@pytest.mark.parametrize("at", [0, 20_000])
def test_a_damaged_shelf_is_made_anew(mine, at, client):
    before = client.get("/en/vila/today.json").json()["verdict"]
    shelf = mine.home / "vila" / "shelf.sqlite3"
    with closing(sqlite3.connect(shelf)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    whole = shelf.read_bytes()
    shelf.write_bytes(whole[:at] + b"\xff" * (len(whole) - at))
    with suppress(sqlite3.DatabaseError):
        Shelf(shelf).days()
    assert reading("vila").verdicts(date.fromisoformat(before["day"]))[None].index == before["index"]


@pytest.fixture
def mine(town: Vila, tmp_path: Path, settings) -> Vila:
    """A copy of the town, whose files may be broken; every look is a new one."""
    copy = a_day_later(town, tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK, settings.LOOK_AGAIN = copy.home, [str(copy.folder)], copy.clock, 0
    return copy


@pytest.fixture
def other(mine: Vila, settings) -> Vila:
    """Another town beside it."""
    second = a_day_later(mine, mine.folder.parent / "other")
    file = second.folder / "city.toml"
    file.write_text(file.read_text().replace('slug = "vila"', 'slug = "other"'))
    (second.home / "vila").rename(mine.home / "other")
    settings.CITIES = [*settings.CITIES, str(second.folder)]
    return second


def test_series_are_the_published_numbers_without_their_weather(site):
    vila = reading("vila")
    first, last = vila.days()
    metric = next(iter(vila.city.metrics))
    found = [logs(vila, (None, "north"), name, first - timedelta(days=1), last) for name in (None, metric)]
    assert all(x.values.shape == (2, (last - first).days + 2) for x in found)
    assert all(np.isnan(x.values[:, 0]).all() for x in found)  # the day before the first
    for verdict in vila.whole((None, "north"), first, last):
        z, t = (0 if verdict.zone is None else 1), (verdict.day - first).days + 1
        said = next(m for m in verdict.metrics if m.metric == metric)
        for logged, one in zip(found, (verdict, said), strict=True):
            number = one.index if one.without_weather is None else one.without_weather
            assert logged.values[z, t] == (pytest.approx(np.log(number / 100)) if number else pytest.approx(np.nan, nan_ok=True))
    assert np.isnan(logs(vila, (None,), metric, first, last, datetime(2020, 1, 1, tzinfo=UTC)).values).all()
