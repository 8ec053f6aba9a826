"""A city whose one source is its public Wi-Fi: from accounting to the index, over fourteen months of a clock that goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from pulso.city import Span
from pulso.flow.collect import collect
from pulso.flow.presence.store import Store
from pulso.flow.publish import publish
from pulso.flow.reading import verdict
from pulso.shapes import Verdict
from pulso.web.fibre import cuts
from tests.flow.test_presence import Vila
from tests.flow.vila import WEEK
from tests.lake import town
from tests.sources.radius_rooms import Whole, radacct
from tests.web.wifi.test_river import declare, on_a_site

FIRST, LAST = date(2025, 3, 3), date(2026, 5, 17)
HALF_BLIND, QUIET, BUSY = date(2026, 5, 12), date(2026, 5, 13), date(2026, 5, 14)
DARK = date(2026, 5, 15)
"""Half dark, little comes through at the library and the market, and who came is written down all the same."""
STEP = 26
"""Days from one collection to the next: sessions are kept for 31."""
LIBRARY, MARKET = (1, 2), (3, 4)
"""Of the five access points, those of the library and of the market; the first of them goes off at one o'clock on the half-blind day."""


def of_a_day(day: date, chance: np.random.Generator) -> Iterator[Whole]:
    """Some stay from ten to four; as many again come at one. A stop is told of each, but by an access point that went off."""
    about = 22 * WEEK[day.weekday()] * {QUIET: 0.5, BUSY: 1.6}.get(day, 1.0)
    for ap in range(1, 6):
        through = 0.5 if day == DARK and ap in (*LIBRARY, *MARKET) else 1.0
        many = round(through * about * np.exp(chance.normal(0, 0.06)))
        off = day == HALF_BLIND and ap == LIBRARY[0]
        for i in range(2 * many):
            late = i >= many
            if late and off:
                continue
            began = f"{day} {'13' if late else '10'}:00:{i % 60:02}"
            until = {"update": f"{day} 12:40:00"} if off else {"stop": f"{day} 15:59:30"}
            yield Whole(began, ap=ap, client=f"02:00:00:00:{ap:02x}:{i:02x}", **until)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Vila:
    """The town, collected every few weeks as time goes on, then judged. It fears no power cut, which spares it a thousand waits."""
    vila = Vila(tmp_path_factory.mktemp("wifi"), clock=town.Clock(datetime.combine(FIRST, time(9), UTC)))
    path = vila.folder / "city.toml"
    path.write_text(path.read_text().replace('"14d"', '"31d"').replace("from = 2026-05-04", f"from = {FIRST}") + "hours = [10, 16]\n")
    folder = vila.folder / "mirror" / "radius.vila.example"
    folder.mkdir(parents=True)
    chance = np.random.default_rng(5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        for i in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=i)
            (folder / f"{day:%Y%m%d}").write_bytes(radacct(of_a_day(day, chance)))
            if i % STEP == STEP - 1 or day == LAST:
                vila.clock.now = datetime.combine(day + timedelta(days=3 if day == LAST else 1), time(9), UTC)
                collect(vila.open())
        publish(vila.open())
    return vila


def of(told: Vila, day: date, zone: str | None = None) -> Verdict:
    return verdict(told.open(), day, zone)


def test_no_day_was_lost_between_collections(told):
    days = Store(told.folder / "var" / "vila" / "presence" / "wifi").days()
    assert days == [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1)]


def test_an_ordinary_day_has_an_index_that_presence_alone_makes(told):
    found = of(told, date(2026, 5, 11))
    (metric,) = found.metrics
    assert (found.status, metric.metric, metric.weight) == ("published", "wifi_presence", 1.0)
    assert found.normal_range[0] < found.index < found.normal_range[1]
    assert metric.index == pytest.approx(found.index, abs=2)
    assert metric.sensors_seen == 3


@pytest.mark.parametrize(("day", "at_most", "at_least"), [(QUIET, 65, 40), (BUSY, 190, 135)])
def test_when_people_stay_away_or_come_the_index_says_it_and_its_reasons_add_up(told, day, at_most, at_least):
    found = of(told, day)
    assert at_least < found.index < at_most
    assert not found.normal_range[0] < found.index < found.normal_range[1]
    assert sum(r.points for r in found.reasons) == pytest.approx(found.index - 100, abs=1e-6)


def test_an_access_point_that_went_off_at_one_makes_the_afternoon_missing_and_the_day_no_quieter(told):
    store = Store(told.folder / "var" / "vila" / "presence" / "wifi")
    hours = {f.start.hour + 1: f.value for f in store.figures(HALF_BLIND) if (f.table, f.id) == ("place", "library") and f.value}
    assert sorted(hours) == [10, 11]  # by Lisbon's summer clock: last heard of at 12:40; those of the other access point are half a library
    blind, usual = of(told, HALF_BLIND), of(told, HALF_BLIND - timedelta(days=7))
    assert blind.normal_range[0] < blind.index < blind.normal_range[1]
    assert abs(blind.index - usual.index) < 12
    assert of(told, QUIET).index < blind.index - 25


def test_what_nobody_could_see_is_said_to_be_unseen(told):
    seen = told.open().lake.sensor_hours("wifi_presence").to_pylist()
    of_library = [r["hour"] for r in seen if (r["sensor"], r["day"]) == ("library", HALF_BLIND)]
    assert sorted(of_library) == [10, 11]


def test_a_cut_that_is_entered_when_all_is_published_makes_its_places_missing_and_the_city_no_quieter(told):
    river = told.open()
    fooled, usual = of(told, DARK), of(told, DARK - timedelta(days=7))
    assert fooled.index < 0.7 * usual.index
    assert fooled.metrics[0].sensors_seen == 3
    cut = Span.model_validate({"from": DARK, "to": DARK, "kind": "fibre_cut", "name": "Fibre cut", "sensors": ["ap-1", "ap-4"]})
    river.lake.enter("cut", cut, who="Vila")
    publish(told.open())
    blind, before = of(told, DARK), of(told, DARK - timedelta(days=1))
    assert (blind.metrics[0].sensors_seen, blind.metrics[0].sensors_alive) == (1, 3)
    assert blind.index > blind.normal_range[0]
    assert before.metrics[0].sensors_seen == 3
    told.open().lake.enter("cut", None, who="Vila")
    publish(told.open())
    assert (of(told, DARK).index, of(told, DARK).metrics[0].sensors_seen) == (fooled.index, 3)


@pytest.mark.django_db
def test_a_cut_on_the_site_does_the_same_where_only_the_register_of_access_points_knows_what_hangs_on_it(told, settings):
    fooled = of(told, DARK)
    on_a_site(told, settings)
    cut = declare(DARK)
    publish(told.open())
    blind, before = of(told, DARK), of(told, DARK - timedelta(days=1))
    assert (blind.metrics[0].sensors_seen, blind.metrics[0].sensors_alive) == (1, 3)
    assert blind.index > blind.normal_range[0]
    assert before.metrics[0].sensors_seen == 3
    cuts.end(None, cut, until=cut.since, why="it was another street")
    cuts.tell("vila")
    publish(told.open())
    assert (of(told, DARK).index, of(told, DARK).metrics[0].sensors_seen) == (fooled.index, 3)
