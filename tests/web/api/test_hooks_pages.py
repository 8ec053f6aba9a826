"""A person's webhooks on their own pages: made, tried, ended, by themselves alone; gone when they are."""

from __future__ import annotations

import json

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from pulso.web.api.hooks.delivery import deliver
from pulso.web.api.hooks.models import Message, Webhook
from pulso.web.people import writes
from pulso.web.people.models import Person, Step

AT = "/en/account/webhooks/"
ASKED = {"city": "vila", "url": "https://9.9.9.9/hook", "events": ["published"]}
SECRET = {"password": "a long password"}


def someone(name):
    made = Person.objects.create_user(f"{name}@vila.example", SECRET["password"])
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def come_in(client, person):
    client.post("/en/account/login/", {"login": person.email} | SECRET)
    client.post("/en/account/reauthenticate/", SECRET)


@pytest.fixture(autouse=True)
def nobody_has_tried_before():
    cache.clear()


@pytest.fixture
def ana(db):
    return someone("ana")


@pytest.fixture
def hook(site, ana):
    come_in(site, ana)
    site.post(AT, ASKED)
    return Webhook.objects.get()


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_a_webhook_is_made_and_its_secret_shown_once(site, ana, lang):
    come_in(site, ana)
    at = f"/{lang}/account/webhooks/"
    made = site.post(at, ASKED)
    hook = Webhook.objects.get()
    assert made.status_code == 200
    assert hook.secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    later = site.get(at).content.decode()
    assert hook.url in later
    assert hook.secret not in later + site.get(f"{at}{hook.pk}/").content.decode()
    assert Step.objects.filter(action="make webhook", city="vila").count() == 1


def test_only_whoever_has_just_said_who_they_are_makes_one(site, ana):
    site.force_login(ana)
    assert "/reauthenticate/" in site.post(AT, ASKED)["Location"]
    assert not Webhook.objects.exists()
    assert site.get(AT).status_code == 200


@pytest.mark.parametrize(
    "said",
    [{"url": "https://127.0.0.1/"}, {"url": "http://9.9.9.9/"}, {"url": ""}, {"city": "atlantis"}, {"events": []}, {"events": ["all"]}],
)
@pytest.mark.parametrize("lang", ["pt", "en"])
def test_what_can_not_be_is_told_beside_its_field(site, ana, said, lang):
    come_in(site, ana)
    answer = site.post(f"/{lang}/account/webhooks/", ASKED | said)
    assert answer.status_code == 400
    assert 'class="wrong"' in answer.content.decode()
    assert not Webhook.objects.exists()


def test_a_test_is_sent_once_and_what_came_back_is_shown(site, hook):
    at = f"{AT}{hook.pk}/"
    for _ in range(3):
        site.post(at, {"test": "1"})
    heard = []
    deliver(lambda _, message: heard.append(json.loads(message.body)) or "HTTP 418")
    assert [(h["event"], h["data"]) for h in heard] == [("test", {"city": "vila"})]
    page = site.get(at.replace("/en/", "/pt/")).content.decode()
    assert "HTTP 418" in page
    assert "um teste" in page
    assert "próxima tentativa" in page


def test_a_stopped_one_is_told_again_from_now_on(site, hook):
    Webhook.objects.update(active=False, given_up=5)
    at = f"{AT}{hook.pk}/"
    site.post(at, {"test": "1"})
    assert not Message.objects.exists(), "nothing is sent to it"
    site.post(at, {"resume": "1"})
    hook.refresh_from_db()
    assert (hook.active, hook.given_up) == (True, 0)
    assert deliver(lambda *_: "") == 0
    assert Step.objects.filter(action="resume webhook").count() == 1


def test_another_s_webhook_is_nobody_else_s(site, hook):
    rui = someone("rui")
    other = Client()
    come_in(other, rui)
    for at in (f"{AT}{hook.pk}/", f"{AT}99/", f"{AT}{2**70}/"):
        assert other.get(at).status_code == 404
        assert other.post(at, {"end": "1"}).status_code == 404
    assert hook.url not in other.get(AT).content.decode()
    assert Client().get(AT).status_code == 302
    site.post(f"{AT}{hook.pk}/", {"end": "1"})
    assert not Webhook.objects.exists()


def test_a_post_from_another_site_is_refused(site, ana):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    assert strict.post(AT, ASKED).status_code == 403


def test_webhooks_are_taken_along_and_go_with_their_person(site, hook, ana):
    Message.objects.create(webhook=hook, event="published", body="{}")
    said = json.loads(site.get("/en/account/data.json").content)["webhooks"]
    assert [(h["url"], [m["event"] for m in h["messages"]]) for h in said] == [(hook.url, ["published"])]
    assert hook.secret not in str(said)
    writes.erase(ana, ana)
    assert not Webhook.objects.exists()
    assert not Message.objects.exists()


def test_a_locked_person_is_told_nothing(hook, ana):
    Message.objects.create(webhook=hook, event="published", body="{}")
    Person.objects.update(is_active=False)
    assert deliver(lambda *_: "") == 0
