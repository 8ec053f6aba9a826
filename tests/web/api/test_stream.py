"""The stream of what happens: from where one stopped listening, with signs of life, and not for too many."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from django.db import connection

from pulso.web import readings
from pulso.web.api import stream as streaming
from pulso.web.api.happenings import EPOCH, Mark, latest
from pulso.web.api.stream import told
from pulso.web.contracts.models import Incident

ADDRESS = "/api/v1/cities/vila/stream"


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch):
    monkeypatch.setattr(streaming, "_open", None)
    monkeypatch.setattr(streaming, "close_old_connections", lambda: None)
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)  # closing a stream would close the test's own


class Watch:
    """A clock that goes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


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
    watch = Watch()
    mark = Mark(*(EPOCH + timedelta(microseconds=int(part)) for part in lines["id"].split(".")))
    later = told(readings.reading("vila"), mark, watch.sleep, watch.clock)
    assert set(islice(later, 1, 5)) == {b": alive\n\n"}


def test_what_happens_while_one_listens_is_told(site):
    watch = Watch()
    lines = told(readings.reading("vila"), latest(readings.reading("vila")), watch.sleep, watch.clock)
    next(lines)
    Incident.objects.create(city="vila", source="bikes", kind="late", began=datetime(2025, 3, 21, tzinfo=UTC))
    assert b"event: incident.began" in next(lines)
    assert next(lines) == b": alive\n\n"


def test_an_incident_does_not_hide_a_run_that_began_before_it_and_ended_after(site):
    watch, vintage = Watch(), latest(readings.reading("vila")).published
    Incident.objects.create(city="vila", source="bikes", kind="late", began=vintage + timedelta(minutes=1))
    heard = told(readings.reading("vila"), Mark(vintage - timedelta(minutes=1), vintage + timedelta(minutes=1)), watch.sleep, watch.clock)
    assert b"event: published" in list(islice(heard, 2))[1]


def test_a_stream_ends_by_itself(site):
    watch = Watch()
    assert len(list(told(readings.reading("vila"), latest(readings.reading("vila")), watch.sleep, watch.clock))) < 30
    assert watch.now == streaming.LIFE


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


@pytest.mark.parametrize(("said", "status"), [("abc", 422), ("9" * 30 + ".0", 422), ("-1.0", 422), ("12", 422)])
def test_an_id_that_no_event_had_is_refused(site, said, status):
    assert site.get(ADDRESS, headers={"Last-Event-ID": said}).status_code == status
    assert site.get("/api/v1/cities/vilo/stream").status_code == 404
