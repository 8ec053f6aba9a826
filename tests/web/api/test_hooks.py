"""Webhooks: made with a key, told once of each thing, signed, sent again, and never into the network that the site stands in."""

from __future__ import annotations

import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from itertools import pairwise

import pytest

from pulso.web.api.happenings import EPOCH
from pulso.web.api.hooks import addresses, deliver
from pulso.web.api.hooks.addresses import NotThere, open_to_all, target
from pulso.web.api.hooks.delivery import DEAF, PAUSES
from pulso.web.api.hooks.delivery import deliver as send_with
from pulso.web.api.hooks.models import Message, Webhook
from pulso.web.contracts.models import Incident
from pulso.web.people import keys
from pulso.web.people.models import Person, Step

ADDRESS = "/api/v1/webhooks"
SIGNED_WITH = "seven seas"
NOON = datetime(2025, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def ana(db):
    return Person.objects.create_user("ana@vila.example", "a long password")


@pytest.fixture
def key(ana):
    return {"Authorization": f"Bearer {keys.create(ana, 'hooks')[1]}"}


@pytest.fixture
def hook(ana, site):
    """One that has heard nothing yet."""
    return Webhook.objects.create(
        person=ana, city="vila", url="https://hook.example/in", events=["published", "incident.began"], secret=SIGNED_WITH, told_until=EPOCH
    )


def make(site, key, **said):
    return site.post(
        ADDRESS, json.dumps({"city": "vila", "url": "https://9.9.9.9/hook"} | said), content_type="application/json", headers=key
    )


def test_a_webhook_is_made_shown_and_ended_by_its_key_alone(site, key):
    made = make(site, key, events=["published"])
    assert made.status_code == 201
    told = made.json()
    assert len(told["secret"]) > 30
    assert [(h["id"], h["secret"]) for h in site.get(ADDRESS, headers=key).json()["items"]] == [(told["id"], None)]
    other = Person.objects.create_user("rui@vila.example", "a long password")
    theirs = {"Authorization": f"Bearer {keys.create(other, 'hooks')[1]}"}
    assert site.get(ADDRESS, headers=theirs).json()["items"] == []
    assert site.delete(f"{ADDRESS}/{told['id']}", headers=theirs).status_code == 404
    assert site.delete(f"{ADDRESS}/{told['id']}", headers=key).status_code == 204
    assert site.get(ADDRESS, headers=key).json()["items"] == []
    assert {"make webhook", "end webhook"} <= set(Step.objects.values_list("action", flat=True))


def test_without_a_key_nobody_makes_a_webhook(site, key):
    for answer in (make(site, {}), site.get(ADDRESS), site.delete(f"{ADDRESS}/1")):
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"city": "vilo"}, 404),
        ({"url": "http://9.9.9.9/"}, 422),
        ({"url": "ftp://9.9.9.9/"}, 422),
        ({"url": "https://user:word@9.9.9.9/"}, 422),
        ({"url": "https://"}, 422),
        ({"url": "https://[::1"}, 422),
        ({"url": "https://127.0.0.1/"}, 422),
        ({"events": ["everything"]}, 422),
        ({"events": []}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_can_not_be_is_refused_with_a_letter(site, key, said, status):
    answer = make(site, key, **said)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert not Webhook.objects.exists()


INSIDE = "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 ::1 :: fe80::1 fd00::1 "
INSIDE += "ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2001:0:1::1"


@pytest.mark.parametrize("number", INSIDE.split())
def test_a_private_number_is_known_whatever_it_is_wrapped_in(number):
    assert not open_to_all(ip_address(number))


def test_the_open_internet_is_open():
    assert all(open_to_all(ip_address(n)) for n in ("9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"))


def test_a_name_with_one_private_number_among_others_is_refused_and_the_number_that_was_looked_at_is_used(monkeypatch):
    numbers = ["9.9.9.9", "127.0.0.1"]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (n, 443)) for n in numbers])
    with pytest.raises(NotThere):
        target("https://rebind.example/in")
    numbers.pop()
    found = target("https://rebind.example:8443/in?x=1")
    assert (found.url, found.host, found.name) == ("https://9.9.9.9:8443/in?x=1", "rebind.example:8443", "rebind.example")


def test_each_thing_is_told_once(hook):
    heard = []
    assert send_with(lambda _, message: heard.append(json.loads(message.body)) or "") == 1
    assert [(h["event"], h["data"]["city"], h["data"]["last"]) for h in heard] == [("published", "vila", "2025-03-14")]
    assert send_with(lambda *_: "") == 0
    Incident.objects.create(city="vila", source="bikes", kind="late", began=NOON)
    Incident.objects.create(city="elsewhere", source="bikes", kind="late", began=NOON)
    assert send_with(lambda _, message: heard.append(json.loads(message.body)) or "") == 1
    assert heard[-1]["event"] == "incident.began"
    Incident.objects.filter(city="vila").update(ended=NOON + timedelta(hours=1))
    assert send_with(lambda *_: "") == 0  # it did not ask for ends


def test_what_is_not_taken_is_sent_again_later_and_given_up_at_last(hook):
    now = [NOON]
    tried = []
    first = datetime.now(UTC) + timedelta(seconds=1)
    now[0] = first
    for _ in range(200):
        send_with(lambda *_: tried.append(now[0] - first) or "HTTP 503", lambda: now[0])
        now[0] += timedelta(minutes=10)
    message = Message.objects.get()
    assert (message.state, message.tries, message.answer) == ("given up", len(PAUSES) + 1, "HTTP 503")
    steps = [b - a for a, b in pairwise(tried)]
    assert all(s >= pause for s, pause in zip(steps, PAUSES, strict=True))


def test_whoever_never_answers_is_told_no_more(hook):
    Message.objects.bulk_create(Message(webhook=hook, event="published", body="{}", tries=len(PAUSES)) for _ in range(DEAF + 2))
    hook.told_until = NOON
    hook.save()
    tried = []
    send_with(lambda *_: tried.append(1) or "no answer")
    hook.refresh_from_db()
    assert (len(tried), hook.active) == (DEAF, False)


def test_a_message_arrives_signed_over_a_real_connection(hook, settings):
    heard = {}

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.update(self.headers.items(), body=self.rfile.read(int(self.headers["Content-Length"])), path=self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.handle_request, daemon=True).start()
    settings.HOOKS_INSIDE = True
    hook.url = f"http://localhost:{server.server_port}/in?a=1"
    hook.save()
    assert deliver() == 1
    server.server_close()
    moment, signed = (part.partition("=")[2] for part in heard["Pulso-Signature"].split(","))
    assert signed == hmac.new(SIGNED_WITH.encode(), f"{moment}.".encode() + heard["body"], sha256).hexdigest()
    assert (heard["path"], heard["Host"], heard["Pulso-Event"]) == ("/in?a=1", f"localhost:{server.server_port}", "published")


def test_nothing_is_sent_inside_even_where_a_name_leads_there_later(hook):
    hook.url = "https://localhost/in"
    hook.save()
    assert deliver() == 0
    assert "private network" in Message.objects.get().answer


def test_what_was_made_with_a_key_is_told_no_more_once_that_is_revoked(site, ana, hook):
    key, text = keys.create(ana, "stolen")
    assert make(site, {"Authorization": f"Bearer {text}"}).status_code == 201
    theirs = Webhook.objects.get(key=key)
    Webhook.objects.update(told_until=EPOCH)
    Message.objects.create(webhook=theirs, event="test", body="{}")
    keys.revoke(key, ana)
    heard = []
    send_with(lambda h, _: heard.append(h.pk) or "")
    assert set(heard) == {hook.pk}, "what the person made by themselves is told as ever"
    assert theirs.messages.count() == 1, "nothing more is noted for it"
    assert theirs.messages.get().state == Message.State.WAITING
    site.force_login(ana)
    assert site.get("/en/account/webhooks/").content.decode().count("stopped: the key that made it is revoked") == 1
