"""Coming in: by password, with a second factor, in both languages."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client

from pulso.web.people.models import Person, Step

pytestmark = pytest.mark.django_db
PAGES = (
    "login",
    "signup",
    "password/reset",
    "logout",
    "email",
    "password/change",
    "2fa",
    "2fa/totp/activate",
    "2fa/webauthn/add",
    "keys",
    "erase",
    "",
)
SECRET = {"password": "a long secret"}


def verified(ana):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    return ana


def come_in(client, ana):
    """By password, said again for what needs it."""
    client.post("/en/account/login/", {"login": ana.email} | SECRET)
    client.post("/en/account/reauthenticate/", SECRET)


def code(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize("at", PAGES)
def test_each_page_of_an_account_speaks_its_language_and_keeps_the_policy(client, person, lang, at):
    ana = verified(person("ana"))
    if at not in ("login", "signup", "password/reset"):
        come_in(client, ana)
    answer = client.get(f"/{lang}/account/{at}{'/' if at else ''}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in page
    assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    assert "style=" not in page
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", page)
    assert not re.findall(r"\son\w+=", page)


def test_whoever_signs_up_in_portuguese_is_written_to_in_portuguese_and_comes_in_once_verified(client):
    said = {"email": "Ana@vila.example", "password1": "a-long-secret-9", "password2": "a-long-secret-9"}
    assert client.post("/pt/account/signup/", said).status_code == 302
    ana = Person.objects.get()
    assert (ana.email, ana.language) == ("ana@vila.example", "pt")
    assert Step.objects.get().action == "sign up"
    (letter,) = mail.outbox
    assert "confirm" in letter.subject.lower()
    assert "Olá" in letter.body or "conta" in letter.body
    assert client.get("/pt/account/").status_code == 302, "not before the address is verified"
    link = re.search(r"http://testserver(/pt/account/confirm-email/\S+)", letter.body)[1]
    client.post(link)
    client.post("/pt/account/login/", {"login": "ANA@vila.example", "password": said["password1"]})
    assert "ana@vila.example" in client.get("/pt/account/").content.decode()


def test_a_closed_site_takes_nobody_in(client, settings):
    settings.SIGNUP = "closed"
    client.post("/en/account/signup/", {"email": "a@b.example", "password1": "a-long-secret-9", "password2": "a-long-secret-9"})
    assert not Person.objects.exists()


def test_a_second_factor_is_asked_for_and_only_with_it_does_staff_come_to_the_administration(client, person):
    ana = verified(person("ana", is_staff=True, is_superuser=True))
    at = "/admin/people/person/"
    assert client.get(at).status_code == 302
    client.post("/en/account/login/", {"login": ana.email} | SECRET)
    there = client.get(at, follow=True)
    assert there.redirect_chain[-1][0].startswith("/en/account/2fa/"), "a password is not enough"
    assert "The administration opens with a second factor only." in there.content.decode()
    client.post("/en/account/logout/")
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    client.post("/en/account/login/", {"login": ana.email} | SECRET)
    assert client.get("/en/account/").status_code == 302, "half-way in is not in"
    client.post("/en/account/2fa/authenticate/", {"code": "000000"})
    assert client.get("/en/account/").status_code == 302
    client.post("/en/account/2fa/authenticate/", {"code": code(secret)})
    assert client.get("/en/account/").status_code == 200
    page = client.get(at)
    assert page.status_code == 200
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", page.content.decode())
    assert client.get("/admin/people/step/").status_code == 200
    assert client.get("/admin/people/step/add/").status_code == 403


def test_whoever_has_a_second_factor_says_it_for_the_administration_and_is_not_sent_round(client, person):
    ana = verified(person("ana", is_staff=True, is_superuser=True))
    come_in(client, ana)
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    there = client.get("/admin/people/person/", follow=True)
    at, page = there.redirect_chain[-1][0], there.content.decode()
    assert at.startswith("/en/account/2fa/reauthenticate/")
    assert "The administration opens with your second factor." in page
    assert "Use your password" not in page
    client.get(at.replace("2fa/reauthenticate", "reauthenticate"))
    answer = client.post(at, {"code": code(secret), "next": "/admin/people/person/"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/people/person/")
    assert client.get("/admin/people/person/").status_code == 200
    assert "Use your password" in client.get("/en/account/2fa/reauthenticate/?next=/en/account/keys/").content.decode()


def test_what_is_done_in_the_administration_is_on_the_trail(client, person):
    ana = verified(person("ana", is_staff=True, is_superuser=True))
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    client.post("/en/account/login/", {"login": ana.email} | SECRET)
    client.post("/en/account/2fa/authenticate/", {"code": code(secret)})
    said = {"slug": "cm", "name": "CM", "kind": "municipality", "city": "vila", "link": ""}
    client.post("/admin/people/organisation/add/", said)
    step = Step.objects.get(action="create organisation by hand")
    of = f"/admin/people/organisation/{step.subject.split(':')[1]}"
    client.post(f"{of}/change/", said | {"name": "Câmara"})
    client.post(f"{of}/delete/", {"post": "yes"})
    assert [s.action for s in Step.objects.exclude(subject__startswith="person")][:3] == [
        f"{verb} organisation by hand" for verb in ("delete", "change", "create")
    ]
    assert Step.objects.get(action="change organisation by hand").fields == ["name"]
    rui = person("rui")
    client.post("/admin/people/person/", {"action": "erase_them", "_selected_action": [rui.pk]})
    assert Person.objects.get(pk=rui.pk).erased_at is not None
    assert client.post(f"/admin/people/person/{rui.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_post_from_another_site_is_refused(person):
    ana = verified(person("ana"))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    for at in ("keys", "erase", "password/change", "email", "logout"):
        assert strict.post(f"/en/account/{at}/", {"name": "x", "days": "30"}).status_code == 403, at
    assert not ana.keys.exists()


def test_a_login_leads_nowhere_but_to_this_site(client, person):
    ana = verified(person("ana"))
    answer = client.post("/en/account/login/?next=https://elsewhere.example/", {"login": ana.email} | SECRET)
    assert answer["Location"] == "/en/account/"


def test_nobody_learns_whether_an_address_has_an_account(client, person):
    ana = verified(person("ana"))
    answers = [client.post("/en/account/password/reset/", {"email": e}) for e in (ana.email, "nobody@vila.example")]
    assert len({(a.status_code, a["Location"]) for a in answers}) == 1


def test_a_security_key_can_be_added_without_a_script_in_the_page(client, person):
    ana = verified(person("ana"))
    come_in(client, ana)
    page = client.get("/en/account/2fa/webauthn/add/").content.decode()
    assert "webauthn.js" in page
    assert not Authenticator.objects.exists()


def test_someone_says_what_they_are_called_and_the_trail_knows_that_not_what(client, person):
    ana = person("ana")
    client.force_login(ana)
    client.post("/pt/account/", {"name": "Ana Maria", "language": "pt"})
    ana.refresh_from_db()
    assert (ana.name, ana.language) == ("Ana Maria", "pt")
    assert Step.objects.get().fields == ["language", "name"]
