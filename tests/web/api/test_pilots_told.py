"""A frozen pilot, and what one showed, are told to streams and webhooks: once, when it is shown to everybody, and nothing before."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import islice

import pytest

from pulso.web.api.happenings import EPOCH, OF_PILOTS, Mark, latest, since
from pulso.web.api.hooks.delivery import deliver as send_with
from pulso.web.api.hooks.models import Message, Webhook
from pulso.web.innovation import writes
from pulso.web.people.models import Person
from pulso.web.readings import reading

SIGNED_WITH = "seven seas"
pytestmark = pytest.mark.django_db


def told(city="vila", mark=Mark()):  # noqa: B008  # it does not change
    """What is told of pilots after a mark."""
    return [h for h in since(reading(city), mark) if h.event in OF_PILOTS]


@pytest.fixture
def hook(clock):
    ana = Person.objects.create_user("ana@vila.example", "a long password")
    return Webhook.objects.create(
        person=ana, city="vila", url="https://hook.example/in", events=["evaluation.published"], secret=SIGNED_WITH, told_until=EPOCH
    )


def test_a_frozen_pilot_is_told_with_its_promise_and_a_draft_is_not(protocol, pilot, boss):
    assert told() == []
    promised = writes.freeze(boss, pilot)
    (happening,) = told()
    assert (happening.event, happening.at) == ("pilot.frozen", promised.frozen_at)
    said = happening.data
    assert [said[k] for k in ("city", "pilot", "title", "metric", "zones")] == ["vila", pilot.pk, "No cars", "bikes", ["north"]]
    assert [said[k] for k in ("first", "last", "digest")] == ["2025-03-20", "2025-03-26", promised.digest]
    assert json.dumps(said)


def test_what_a_pilot_showed_is_told_once_it_is_published_and_not_before(evaluation, ended, boss, client):
    assert [h.event for h in told()] == ["pilot.frozen"]
    mark = latest(reading("vila"))
    assert told(mark=mark) == []
    writes.move(evaluation, "published", boss)
    (happening,) = told(mark=mark)
    said = happening.data
    assert [said[k] for k in ("pilot", "verdict", "estimate", "low", "high", "p", "interim")] == [
        ended.pk,
        "more",
        8.5,
        2.0,
        15.0,
        0.01,
        False,
    ]
    assert told(mark=mark.past(happening)) == []
    assert told(mark=latest(reading("vila"))) == []
    assert client.get(said["page"]).status_code == client.get(said["whole"]).status_code == 200


def test_what_can_not_be_evaluated_is_told_too(ended, boss, result):
    none = {"verdict": "", "estimate": None, "low": None, "high": None, "p": None, "placebos": ()}
    writes.move(writes.evaluate(ended, result(ended, not_evaluable="Silence.", **none)), "published", boss)
    said = told()[-1].data
    assert (said["verdict"], said["estimate"], said["not_evaluable"]) == ("not evaluable", None, "Silence.")


def test_another_city_hears_nothing_of_it(evaluation, boss):
    writes.move(evaluation, "published", boss)
    assert told("aldeia") == []


def test_a_webhook_gets_what_it_asked_for_once(evaluation, boss, hook, client):
    sent = []

    def send(_hook, message):
        sent.append(json.loads(message.body))
        return ""

    send_with(send)
    assert sent == []
    writes.move(evaluation, "published", boss)
    send_with(send)
    send_with(send)
    assert [m["event"] for m in sent] == ["evaluation.published"], "and not the freezing, which it did not ask for"
    assert sent[0]["data"]["estimate"] == 8.5
    assert Message.objects.count() == 1


def test_a_late_message_of_pilots_is_not_hidden_by_a_contract(frozen, hook):
    mark = latest(reading("vila"))
    later = mark._replace(incidents=mark.pilots + timedelta(days=1), published=mark.pilots + timedelta(days=1), pilots=EPOCH)
    assert [h.event for h in told(mark=later)] == ["pilot.frozen"]


def test_a_stream_goes_on_after_the_last_id_and_an_id_of_an_earlier_version_tells_no_history(frozen, client, monkeypatch):
    from pulso.web.api import stream as streaming
    from pulso.web.api.listeners import Listeners

    monkeypatch.setattr(streaming, "LISTENERS", Listeners(lambda slug: 0, pause=60))
    monkeypatch.setattr(streaming, "BEAT", 0.01)
    monkeypatch.setattr(streaming.connection, "close", lambda: None)  # it is the test's own

    def heard(last):
        answer = client.get("/api/v1/cities/vila/stream", headers={"Last-Event-ID": last})
        lines = b"".join(islice(answer.streaming_content, 2)).decode()
        answer.close()
        return lines

    lines = heard("0.0.0")
    assert "event: pilot.frozen" in lines
    last = lines.split("id: ")[1].split("\n")[0]
    assert last.count(".") == 2
    assert "event:" not in heard(last)
    assert "event:" not in heard("0.0")
    assert client.get("/api/v1/cities/vila/stream", headers={"Last-Event-ID": "1.2.3.4"}).status_code == 422
