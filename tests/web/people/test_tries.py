"""Whoever tries too often waits, and nobody else does; letters come in the site's name."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from pulso.web.config.keeper import Contact, contact, site_name
from pulso.web.config.mail import mail as mail_settings

WRONG, RIGHT = {"password": "a wrong guess"}, {"password": "a long secret"}


def tries(client, whence, who, times=1, **said):
    for _ in range(times):
        answer = client.post("/pt/account/login/", {"login": f"{who}@vila.example"} | (said or WRONG), headers=whence)
    return answer


def behind(visitor, forged="6.6.6.6, "):
    """What the last proxy sends on: what the visitor claims, and then what it saw itself."""
    return {"X-Forwarded-For": f"{forged}{visitor}"}


@pytest.mark.django_db
def test_behind_a_proxy_a_stranger_who_guesses_locks_out_themselves_and_nobody_else(client, person, settings):
    settings.PROXIES = 1
    person("ana")
    for n in range(12):
        answer = tries(client, behind("9.9.9.9", f"1.2.3.{n}, "), f"nobody{n}")
    assert "ana@vila.example" not in answer.content.decode()
    assert tries(client, behind("9.9.9.9"), "ana", **RIGHT).status_code != 302, "whatever address they claim before it"
    assert tries(client, behind("8.8.8.8"), "ana", **RIGHT).status_code == 302


@pytest.mark.django_db
def test_who_comes_past_the_proxy_is_counted_by_their_own_address(client, person, settings):
    settings.PROXIES = 2
    person("ana")
    assert tries(client, {"X-Forwarded-For": "9.9.9.9"}, "ana", **RIGHT).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("lang", "said"), [("pt", "Demasiadas vezes"), ("en", "Too often")])
def test_being_too_quick_is_a_page_of_the_site_in_its_language(client, settings, lang, said):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    for _ in range(2):
        answer = client.post(f"/{lang}/account/password/reset/", {"email": "a@b.example"})
    assert (answer.status_code, said in answer.content.decode()) == (429, True)
    assert f'<html lang="{lang}">' in answer.content.decode()


@pytest.mark.django_db
def test_answers_of_a_directory_are_not_kept_without_end(client, settings):
    settings.PROXIES, settings.DOOR_RATES = 1, {"saml": "2/m/ip"}
    sent = [client.post("/account/saml/directory/acs/", {"SAMLResponse": "x"}, headers=behind("9.9.9.9")).status_code for _ in range(4)]
    assert sent[0] == sent[1] != 429
    assert sent[2:] == [429, 429]
    assert client.post("/account/saml/directory/acs/", {"SAMLResponse": "x"}, headers=behind("8.8.8.8")).status_code == sent[0]


@pytest.mark.django_db
def test_a_letter_greets_in_the_name_of_the_site_and_not_of_its_address(client, settings, person):
    settings.SITE_NAME = "Pulso de Vila"
    person("ana")
    client.post("/en/account/password/reset/", {"email": "ana@vila.example"})
    (letter,) = mail.outbox
    assert letter.body.splitlines()[0] == "Hello from Pulso de Vila!"
    assert letter.body.splitlines()[-1] == "http://testserver/"


@pytest.mark.parametrize(
    ("address", "sender", "whole"),
    [
        ("", "", "Pulso <pulso@localhost>"),
        ("", "ana@vila.example", "Pulso <ana@vila.example>"),
        ("smtp://mail.vila.example", "", "Pulso <pulso@mail.vila.example>"),
        ("smtp://mail.vila.example", "Vila <ana@vila.example>", "Vila <ana@vila.example>"),
    ],
)
def test_letters_say_who_sends_them(tmp_path, address, sender, whole):
    said = mail_settings(address, sender, tmp_path)
    assert said["DEFAULT_FROM_EMAIL"] == said["SERVER_EMAIL"] == whole


def test_a_sender_or_a_contact_that_is_none_is_told_at_once(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="PULSO_MAIL_FROM: found 'Vila'"):
        mail_settings("", "Vila", tmp_path)
    for said in ("Vila", "ana@vila.example", "Vila <ana>", "<ana@vila.example>"):
        with pytest.raises(ImproperlyConfigured, match="PULSO_CONTACT: found"):
            contact(said)


def test_whom_people_write_to_is_a_name_an_address_of_e_mail_and_where_letters_go():
    assert contact("") is None
    assert contact("Câmara de Vila <a@vila.example>") == Contact("Câmara de Vila", "a@vila.example", "")
    assert contact("Câmara <a@vila.example>, Praça 1, 4000-001 Vila") == Contact("Câmara", "a@vila.example", "Praça 1, 4000-001 Vila")
    assert site_name("Pulso\r\nBcc: x") == "Pulso Bcc: x"
