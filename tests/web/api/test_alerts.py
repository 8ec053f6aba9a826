"""A day that leaves its normal range is told to whoever listens: once, and once more where a later publication brings it back."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta

import feedparser
import pytest

from pulso.web.api.happenings import EPOCH, Mark, latest, since
from pulso.web.api.hooks.delivery import deliver
from pulso.web.api.hooks.models import Webhook
from pulso.web.people.models import Person
from pulso.web.readings import reading
from pulso.web.readings.alerts import YOUNG, alerts
from tests.flow.vila import LAST, SENSORS, Vila, a_day_later, usual

DAY = LAST + timedelta(days=1)


@pytest.fixture
def later(town: Vila, tmp_path, settings, db) -> Vila:
    made = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = made.home, [str(made.folder)], made.clock
    return made


def said(town: Vila, north: float, south: float, day: date = DAY) -> None:
    """A day comes, so many times as busy as a Saturday is, and is published."""
    town.clock.pass_(hours=1)
    for source in town.sources:
        new = {(day, s): round(720 * (north if s[0] == "n" else south)) for s in SENSORS}
        town.say(source, usual(source) | new)
    town.collect()
    town.publish()


def told(mark: Mark) -> list[tuple[str, str | None, str]]:
    found = since(reading("vila"), mark)
    of = [h for h in found if h.event.startswith("alert") and h.data["zone"] == "north"]
    return [(h.event, h.data["day"], h.data["direction"]) for h in of]


def test_a_day_outside_its_normal_range_is_told_before_the_publication_it_is_made_of(later):
    mark = latest(reading("vila"))
    said(later, north=3.0, south=1.0)
    found = since(reading("vila"), mark)
    assert [h.event for h in found][:: len(found) - 1] == ["alert", "published"]
    assert told(mark) == [("alert", DAY.isoformat(), "above")]
    row = reading("vila").verdicts(DAY)["north"]
    data = next(h.data for h in found if h.data.get("zone") == "north")
    assert (data["index"], data["normal_high"], data["weight_seen"]) == (row.index, row.normal_range[1], row.weight_seen)
    assert data["beyond"] == pytest.approx(row.index - row.normal_range[1])
    assert (data["name"], data["day"], data["synthetic"]) == ("North", DAY.isoformat(), False)
    assert mark.past(found[0]) == mark
    assert told(latest(reading("vila"))) == []


def test_where_an_alert_leads_there_is_something(later, client):
    mark = latest(reading("vila"))
    said(later, north=0.3, south=1.0)
    for found in since(reading("vila"), mark)[:-1]:
        assert client.get(found.data["page"]).status_code == 200
        (row,) = client.get(found.data["values"]).json()["items"]
        assert (row["zone"], row["day"], row["index"]) == (found.data["zone"], found.data["day"], found.data["index"])
        assert found.data["direction"] == "below"


def test_a_day_within_its_range_is_no_news(later):
    mark = latest(reading("vila"))
    said(later, north=1.0, south=1.0)
    assert told(mark) == []


def test_a_revision_that_leaves_a_day_outside_says_nothing_new_and_one_that_brings_it_back_says_so(later):
    start = latest(reading("vila"))
    said(later, north=3.0, south=1.0)
    first = latest(reading("vila"))
    said(later, north=3.1, south=1.0)
    assert latest(reading("vila")) != first
    assert told(first) == []
    said(later, north=1.0, south=1.0)
    assert told(first) == [("alert.ended", DAY.isoformat(), "above")]
    assert len(told(start)) == 2  # whoever was away hears both
    said(later, north=0.3, south=1.0)
    assert told(first)[1:] == [("alert", DAY.isoformat(), "below")]


def test_a_history_that_is_published_at_once_and_old_days_raise_none(town, later):
    assert alerts(reading("vila"), EPOCH) == []  # the first publication
    mark, old = latest(reading("vila")), LAST - timedelta(days=YOUNG + 1)
    said(later, north=3.0, south=3.0, day=old)
    assert reading("vila").verdicts(old)[None].index > reading("vila").verdicts(old)[None].normal_range[1]
    assert (old.isoformat(), "above") not in [t[1:] for t in told(mark)]


def test_a_day_of_which_too_little_was_seen_raises_none(later):
    said(later, north=3.0, south=3.0)
    assert DAY in {a.day for a in alerts(reading("vila"), EPOCH)}
    with sqlite3.connect(later.home / "vila" / "shelf.sqlite3") as shelf:
        shelf.execute("update head set status = 'partial' where day = ?", [DAY.toordinal()])
    assert DAY not in {a.day for a in alerts(reading("vila"), EPOCH)}


def test_a_webhook_is_told_once_of_an_alert_if_it_asked(later):
    ana = Person.objects.create_user("ana@vila.example", "a long password")
    mark = latest(reading("vila"))
    for events in (["alert"], ["published"], ["alert", "alert.ended"]):
        Webhook.objects.create(person=ana, city="vila", url="https://hook.example/", events=events, told_until=mark.published)
    first = Webhook.objects.order_by("pk").first().pk
    said(later, north=3.0, south=1.0)
    heard: list[tuple[int, str]] = []
    send = lambda hook, message: heard.append((hook.pk, json.loads(message.body)["event"])) or ""  # noqa: E731
    raised = len(alerts(reading("vila"), mark.published))
    assert deliver(send) == 2 * raised + 1
    assert deliver(send) == 0
    heard.clear()
    said(later, north=1.0, south=1.0)
    deliver(send)
    kinds = {n: {e for pk, e in heard if pk == first + n} for n in range(3)}
    assert kinds[0] <= {"alert"}
    assert kinds[1] == {"published"}
    assert "alert.ended" in kinds[2]


@pytest.mark.parametrize(
    ("lang", "words", "back"), [("en", "above its normal range", "and back"), ("pt", "acima da sua faixa", "e de volta")]
)
def test_an_alert_is_an_entry_of_the_feed_that_is_written_again_when_it_is_over(later, client, lang, words, back):
    before = len(feedparser.parse(client.get(f"/{lang}/vila/feed.atom").content).entries)
    said(later, north=3.0, south=1.0)

    def entries() -> dict[str, str]:
        read = feedparser.parse(client.get(f"/{lang}/vila/feed.atom").content)
        assert read.bozo is False
        assert read.feed.updated == max(e.updated for e in read.entries)
        assert len({e.id for e in read.entries}) == len(read.entries) > before
        return {e.id: e.title for e in read.entries if words in e.title and "North" in e.title}

    first = entries()
    assert len(first) == 1
    said(later, north=1.0, south=1.0)
    assert list(entries()) == list(first)
    assert all(back in title for title in entries().values())
