"""To be forgotten: the person goes, the trail keeps its shape."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.utils import timezone

from pulso.web.people import keys, reads, retention, writes
from pulso.web.people.models import Key, Person, Role, Step

pytestmark = pytest.mark.django_db


def test_all_that_is_kept_about_a_person_is_given_to_them(person, client):
    ana = person("ana", "editor")
    keys.create(ana, "notebook")
    client.force_login(ana)
    answer = client.get("/en/account/data.json")
    said = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    assert said["person"]["email"] == "ana@vila.example"
    assert said["roles"] == [{"kind": "editor", "city": "vila", "organisation": None}]
    assert [k["name"] for k in said["keys"]] == ["notebook"]
    assert [s["action"] for s in said["trail"]] == ["create key"]
    assert ana.password not in answer.content.decode()


def test_an_erased_person_is_nobody_and_their_steps_stay(person, client):
    ana = person("ana", "editor")
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    Authenticator.objects.create(user=ana, type="totp", data={})
    _, key = keys.create(ana, "Ana's notebook")
    client.force_login(ana)
    before, salt = [s.who for s in reads.steps()], ana.salt
    writes.erase(ana, ana)
    rows = [str(list(model.objects.values())) for model in (Person, Role, Key, EmailAddress, Authenticator, Step)]
    assert not any("ana@" in r or "Ana" in r or salt in r for r in rows)
    assert [s.who for s in reads.steps()][1:] == before
    assert reads.called([ana.pseudonym]) == {ana.pseudonym: "erased person"}
    assert keys.known(key) is None
    assert client.get("/en/account/").status_code == 302, "the session is closed"
    assert not client.login(email="ana@vila.example", password="a long secret")  # noqa: S106
    writes.erase(None, ana)
    assert Step.objects.filter(action="erase person").count() == 1


def test_everything_that_hangs_on_a_person_is_taken_along_and_erased():
    looked_after = {"logentry", "roles", "keys", "webhooks", "emailaddress", "authenticator", "socialaccount"}  # the first stays empty
    looked_after |= set(reads.WRITTEN)  # which stays, by the pseudonym alone
    assert {relation.get_accessor_name().removesuffix("_set") for relation in Person._meta.related_objects} == looked_after


def test_someone_erases_themselves_only_by_typing_their_own_address(person, client):
    ana = person("ana")
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    client.post("/en/account/login/", {"login": ana.email, "password": "a long secret"})
    assert client.post("/pt/account/erase/", {"email": ana.email})["Location"].startswith("/pt/account/reauthenticate/")
    client.post("/en/account/reauthenticate/", {"password": "a long secret"})
    assert client.post("/pt/account/erase/", {"email": "rui@vila.example"}).status_code == 400
    assert Person.objects.get().erased_at is None
    assert client.post("/pt/account/erase/", {"email": "Ana@vila.example "}).status_code == 200
    assert Person.objects.get().erased_at is not None


def test_what_is_over_is_let_go_and_the_rest_stays(person, capsys):
    now = timezone.now()
    long_ago = now - retention.IDLE - timedelta(days=1)
    person("idle", last_login=long_ago, joined_at=long_ago)
    person("unverified", joined_at=now - retention.UNVERIFIED - timedelta(days=1))
    person("office", "editor", last_login=long_ago, joined_at=long_ago)
    fresh = person("fresh", last_login=now)
    old, _ = keys.create(fresh, "old")
    keys.create(fresh, "new")
    Key.objects.filter(pk=old.pk).update(expires_at=long_ago)
    call_command("retain")
    assert {p.email for p in Person.objects.filter(erased_at=None)} == {"office@vila.example", "fresh@vila.example"}
    assert [k.name for k in Key.objects.all()] == ["new"]
    assert "people: 2" in capsys.readouterr().out
    steps = Step.objects.count()
    call_command("retain")
    assert Step.objects.count() == steps
