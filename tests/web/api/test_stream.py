"""The stream of what happens: from where one stopped listening, with signs of life, and not for too many."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from threading import Thread

import pytest
from django.db import connection

from pulso.web import readings
from pulso.web.api import stream as streaming
from pulso.web.api.happenings import EPOCH, Mark, latest
from pulso.web.api.listeners import Listeners
from pulso.web.api.stream import told
from pulso.web.contracts.models import Incident

ADDRESS = "/api/v1/cities/vila/stream"


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch):
    monkeypatch.setattr(streaming, "LISTENERS", Listeners(lambda slug: 0, pause=60))
    monkeypatch.setattr(connection, "close", lambda: None)  # it is the test's own
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


class Watch:
    """A clock that goes only while somebody sleeps; with `news`, something may have happened after each sleep."""

    def __init__(self, news: bool = False) -> None:
        self.now, self.news, self.ended = 0.0, news, False

    def wait(self, slug: str, turn: int, seconds: float) -> int:
        self.now += seconds
        return turn + self.news

    def clock(self) -> float:
        return self.now

    def told(self, mark: Mark | None = None):
        reading = readings.reading("vila")
        return told(reading, mark or latest(reading), self, self.clock)


def test_whoever_says_the_last_event_hears_all_after_it(site):
    answer = site.get(ADDRESS, headers={"Last-Event-ID": "0.0"})
    assert answer["Content-Type"].startswith("text/event-stream")
    assert answer["Content-Encoding"] == "identity"
    first, event = islice(answer.streaming_content, 2)
    answer.close()
    assert first == b"retry: 5000\n\n"
    lines = dict(line.split(": ", 1) for line in event.decode().strip().split("\n"))
    assert lines["event"] == "published"
    assert json.loads(lines["data"])["last"] == "2025-03-14"
    mark = Mark(*(EPOCH + timedelta(microseconds=int(part)) for part in lines["id"].split(".")))
    assert set(islice(Watch().told(mark), 1, 5)) == {b": alive\n\n"}


def test_what_happens_while_one_listens_is_told(site):
    watch = Watch(news=True)
    lines = watch.told()
    next(lines)
    Incident.objects.create(city="vila", source="bikes", kind="late", began=datetime(2025, 3, 21, tzinfo=UTC))
    assert b"event: incident.began" in next(lines)
    watch.news = False
    assert next(lines) == b": alive\n\n"


def test_an_incident_does_not_hide_a_run_that_began_before_it_and_ended_after(site):
    vintage = latest(readings.reading("vila")).published
    Incident.objects.create(city="vila", source="bikes", kind="late", began=vintage + timedelta(minutes=1))
    heard = Watch().told(Mark(vintage - timedelta(minutes=1), vintage + timedelta(minutes=1)))
    assert b"event: published" in list(islice(heard, 2))[1]


def test_a_stream_ends_by_itself(site):
    watch = Watch()
    assert len(list(watch.told())) == 1 + streaming.LIFE / streaming.BEAT
    assert watch.now == streaming.LIFE


def test_a_stream_ends_when_the_process_does(site):
    watch = Watch()
    lines = watch.told()
    assert list(islice(lines, 2)) == [b"retry: 5000\n\n", b": alive\n\n"]
    watch.ended = True
    assert list(lines) == []


def test_one_look_wakes_all_who_listen_to_a_city_and_nobody_else():
    state = {"vila": 1, "porto": 1}
    listeners = Listeners(lambda slug: state[slug], pause=0.01)
    assert all(listeners.enter(slug, 10) for slug in ("vila", "vila", "porto"))
    woken: list[tuple[str, int]] = []
    sleepers = [Thread(target=lambda s=slug: woken.append((s, listeners.wait(s, 0, 20)))) for slug in ("vila", "vila")]
    for sleeper in sleepers:
        sleeper.start()
    state["vila"] = 2
    for sleeper in sleepers:
        sleeper.join(10)
    assert woken == [("vila", 1), ("vila", 1)]
    assert listeners.wait("porto", 0, 0.05) == 0
    for slug in ("vila", "vila", "porto"):
        listeners.leave(slug)


def test_nobody_looks_where_nobody_listens():
    looks: list[str] = []
    listeners = Listeners(lambda slug: looks.append(slug), pause=0.01)
    listeners.enter("vila", 1)
    listeners.leave("vila")
    time.sleep(0.1)
    seen = len(looks)
    time.sleep(0.1)
    assert len(looks) == seen


def test_the_end_of_the_process_wakes_all_and_lets_nobody_in():
    listeners = Listeners(lambda slug: 0, pause=60)
    listeners.enter("vila", 1)
    began = time.monotonic()
    sleeper = Thread(target=listeners.wait, args=("vila", 0, 30))
    sleeper.start()
    listeners.end()
    sleeper.join(10)
    assert time.monotonic() - began < 5
    assert listeners.enter("vila", 10) is False


def test_not_more_listen_than_there_is_room_for_and_room_is_given_back(site, settings):
    settings.API_STREAMS = 2
    heard = [site.get(ADDRESS) for _ in range(2)]
    refused = site.get(ADDRESS)
    assert (refused.status_code, refused["Content-Type"], refused["Retry-After"]) == (503, "application/problem+json", "60")
    heard[0].close()
    again = site.get(ADDRESS)
    assert again.status_code == 200
    for answer in (heard[1], again):
        answer.close()


def test_nobody_takes_all_places(site, settings):
    settings.API_STREAMS, settings.API_STREAMS_EACH = 10, 2
    heard = [site.get(ADDRESS) for _ in range(2)]
    refused = site.get(ADDRESS)
    assert (refused.status_code, refused["Content-Type"], refused["Retry-After"]) == (429, "application/problem+json", "60")
    assert "2 streams" in refused.json()["detail"]
    heard.append(site.get(ADDRESS, REMOTE_ADDR="192.0.2.7"))
    assert heard[-1].status_code == 200
    heard[0].close()
    heard.append(site.get(ADDRESS))
    assert heard[-1].status_code == 200
    for answer in heard[1:]:
        answer.close()


@pytest.mark.parametrize(("said", "status"), [("abc", 422), ("9" * 30 + ".0", 422), ("-1.0", 422), ("12", 422)])
def test_an_id_that_no_event_had_is_refused(site, said, status):
    assert site.get(ADDRESS, headers={"Last-Event-ID": said}).status_code == status
    assert site.get("/api/v1/cities/vilo/stream").status_code == 404
