"""What a page of a day says besides what was published of it: outages, weather that nobody told, how old the newest day is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from pulso.city import Span
from pulso.shapes import Verdict
from pulso.show.language import speak
from pulso.web import readings
from pulso.web.pages import besides
from pulso.web.readings import entries, measured, status
from tests.flow.vila import Vila, a_day_later
from tests.lake.town import Clock

DAY = "2025-03-10"


@pytest.fixture
def own(town: Vila, tmp_path, settings, client) -> Vila:
    """A copy of the town, to enter things into."""
    later = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    return later


def outage(**more: object) -> Span:
    return Span.model_validate({"from": DAY, "to": DAY, "kind": "power_cut", "name": "Substation fire", "zone": "north"} | more)


def test_an_entered_outage_is_named_on_its_day_and_on_its_zone_s_though_nothing_new_is_published(own, client):
    before = client.get(f"/en/vila/day/{DAY}.json")
    entries.enter(readings.reading("vila"), entries.fresh(), outage(silences=["bikes"]), sign="", by="Civil protection")
    after = client.get(f"/en/vila/day/{DAY}.json", headers={"If-None-Match": before["ETag"]})
    assert after.json()["verdict"] == before.json()["verdict"]
    (said,) = set(after.json()["notes"]) - set(before.json()["notes"])
    assert said.startswith("Substation fire (power cut, 10 Mar)")
    assert said.endswith("missing, not quiet: Bikes.")
    for address in (f"day/{DAY}", f"zone/north?day={DAY}", f"day/{DAY}?zone=north", f"bulletin/{DAY}"):
        assert said in client.get(f"/en/vila/{address}").content.decode()


def test_an_outage_in_the_north_is_not_named_in_the_south(own, client):
    entries.enter(readings.reading("vila"), entries.fresh(), outage(), sign="", by="Civil protection")
    assert not any("Substation" in note for note in client.get(f"/en/vila/zone/south.json?day={DAY}").json()["notes"])


def test_as_of_then_nobody_knew_of_the_outage(own, client):
    entries.enter(readings.reading("vila"), entries.fresh(), outage(), sign="", by="Civil protection")
    then = client.get(f"/en/vila/day/{DAY}.json", {"as_of": "2025-03-16T12:00:00Z"}).json()
    assert not any("Substation" in note for note in then["notes"])


@pytest.mark.parametrize(
    ("today", "said"),
    [(datetime(2025, 3, 16, 9, tzinfo=UTC), ""), (datetime(2025, 4, 16, 9, tzinfo=UTC), "The newest day is 33 days old.")],
)
def test_today_says_how_old_its_day_is_once_it_is_not_fresh(site, settings, today, said):
    settings.CLOCK = Clock(today)
    readings.door._opened.clear()  # it keeps the clock that it was opened with
    assert site.get("/en/vila/today.json").json()["age"] == said
    assert ("days old" in site.get("/en/vila/today").content.decode()) is bool(said)
    readings.door._opened.clear()


def test_a_newest_day_without_a_number_leads_to_the_last_that_has_one(site, town):
    speech, reading = speak("en"), readings.reading("vila")
    asked = SimpleNamespace(reading=reading, speech=speech, points=lambda zones, first, last: reading.points(zones, first, last))
    verdict = reading.verdicts(date(2025, 3, 14))[None]
    assert besides.last_number(asked, verdict) is None
    assert besides.last_number(asked, verdict.model_copy(update={"index": None, "day": date(2025, 3, 20)})) == (verdict.day, verdict.index)


@pytest.mark.parametrize(("known", "said"), [(False, True), (True, False), (None, False)])
def test_weather_that_nobody_told_is_said_on_the_day_and_under_why(site, monkeypatch, known, said):
    monkeypatch.setattr(status, "weather_known", lambda _reading, _day: known)
    monkeypatch.setattr("pulso.web.pages.kept.given", lambda _tag: None)
    day, why = site.get(f"/en/vila/day/{DAY}.json").json(), site.get(f"/en/vila/why.json?day={DAY}").json()
    assert any("weather of this day is not known" in note for note in day["notes"]) is said
    assert bool(why["weather"]) is said
    assert ("weather of this day" in site.get(f"/en/vila/why?day={DAY}").content.decode()) is said


def test_weather_is_known_on_the_days_that_some_variable_was_seen(monkeypatch):
    rain = SimpleNamespace(first=date(2025, 3, 1), last=date(2025, 3, 9), missing_days=(date(2025, 3, 5),))
    never = SimpleNamespace(first=None, last=None, missing_days=())
    told = [SimpleNamespace(source="sky", metrics=(never, rain)), SimpleNamespace(source="bikes", metrics=(rain,))]
    monkeypatch.setattr(status, "account", lambda _reading: SimpleNamespace(sources=told))
    city = SimpleNamespace(city=SimpleNamespace(weather=SimpleNamespace(sources=["sky"])))
    assert [status.weather_known(city, date(2025, 3, d)) for d in (1, 5, 9, 10)] == [True, False, True, False]
    assert status.weather_known(SimpleNamespace(city=SimpleNamespace(weather=None)), date(2025, 3, 1)) is None


def test_a_zone_says_how_much_it_leans_on_the_city(site):
    said = site.get(f"/en/vila/zone/north.json?day={DAY}").json()
    assert said["leaning"] == "Few sensors say little: 50% of this number is the zone's own, the rest is that of Vila."
    assert said["leaning"] in site.get(f"/en/vila/zone/north?day={DAY}").content.decode().replace("&#39;", "'")


def test_a_zone_s_own_share_is_that_of_the_engine(site):
    verdicts = readings.reading("vila").verdicts(date(2025, 3, 10))
    north, city = verdicts["north"], verdicts[None]
    own = measured.own_share(north)
    assert own == pytest.approx(0.5)  # two sensors of each metric, n / (n + 2)
    assert measured.own_share(city) is None
    metrics = {m.metric: m for m in north.metrics}
    whole = {m.metric: m for m in city.metrics}
    leaned = 1.0
    for name, m in metrics.items():
        leaned *= (m.index**own * whole[name].index ** (1 - own)) ** m.weight
    assert leaned == pytest.approx(north.index)


def test_no_number_leans_on_nothing(site):
    verdict: Verdict = readings.reading("vila").verdicts(date(2025, 3, 10))["north"]
    assert measured.own_share(verdict.model_copy(update={"index": None})) is None
