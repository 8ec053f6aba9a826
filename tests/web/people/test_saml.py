"""Coming in by a directory that speaks SAML: with a signed answer to one's own question, once; all else is refused."""

from __future__ import annotations

import base64
from copy import deepcopy
from datetime import timedelta

import pytest

pytest.importorskip("onelogin", reason="the extra `saml` is not installed: no answer of a SAML directory was tried")

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from pulso.web.config.accounts import SAML_BESIDES
from pulso.web.people.models import Person, Step
from tests.web.people.saml_directory import SPACES, directory, pair

pytestmark = pytest.mark.django_db
DOOR = "/account/saml/directory/"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


@pytest.fixture(scope="module")
def listening():
    with directory() as made:
        yield made


def browser():
    return Client(headers={"host": "pulso"})


@pytest.fixture
def client():
    return browser()


@pytest.fixture
def office(listening, settings):
    """The directory, and a site that knows it by its metadata."""
    settings.ALLOWED_HOSTS = ["pulso"]
    app = {"provider_id": listening.entity, "name": "Câmara de Vila", "client_id": "directory"}
    app["settings"] = {
        "idp": {"entity_id": listening.entity, "metadata_url": listening.entity},
        "verified_email": True,
        "advanced": SAML_BESIDES,
    }
    settings.SOCIALACCOUNT_PROVIDERS = settings.SOCIALACCOUNT_PROVIDERS | {
        "saml": settings.SOCIALACCOUNT_PROVIDERS["saml"] | {"APPS": [app]}
    }
    return listening


def ask(client):
    sent = client.post(f"{DOOR}login/")
    assert sent.status_code == 302
    return sent["Location"]


def bring(client, answer):
    """As a browser does: posted from the directory's page, then led on."""
    sent = client.post(f"{DOOR}acs/", {"SAMLResponse": answer, "RelayState": ""})
    return client.get(sent["Location"])


def inside(client):
    return client.get("/en/account/").status_code == 200


def test_whoever_the_directory_signs_for_has_an_account_and_comes_back_to_it(client, office):
    assert "Câmara de Vila" in client.get("/pt/account/login/").content.decode()
    assert bring(client, office.answer(ask(client))).status_code == 302
    ana = Person.objects.get()
    assert (ana.email, ana.name, SocialAccount.objects.get().uid) == ("ana@vila.example", "Ana Maria", "17")
    assert set(Step.objects.values_list("action", flat=True)) == {"come by a directory"}
    assert inside(client)
    other = browser()
    bring(other, office.answer(ask(other)))
    assert inside(other)
    assert Person.objects.count() == 1


@pytest.mark.parametrize("trusted", [False, True])
def test_an_address_opens_the_account_that_has_it_only_where_the_directory_is_trusted(client, office, settings, person, trusted):
    settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION = settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = trusted
    ana = person("ana")
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    bring(client, office.answer(ask(client)))
    assert inside(client) is trusted
    assert SocialAccount.objects.filter(user=ana).exists() is trusted
    assert Person.objects.count() == 1


def of(whole, path):
    return whole.find(f".//saml:{path}", SPACES)


def said(path, text):
    def change(whole):
        of(whole, path).text = text

    return change


def meant(path, name, value):
    def change(whole):
        of(whole, path).set(name, value)

    return change


def wrapped(whole):
    """The signed assertion moved aside, and one of the attacker's in its place."""
    assertion = of(whole, "Assertion")
    forged = deepcopy(assertion)
    forged.remove(forged[1])
    forged.set("ID", "_b")
    forged.find(".//saml:NameID", SPACES).text = "1"
    whole.insert(2, forged)


def hidden(whole):
    """The same, with the signed one inside the signature of the forged one."""
    assertion = of(whole, "Assertion")
    forged = deepcopy(assertion)
    forged.set("ID", "_b")
    forged.find(".//saml:NameID", SPACES).text = "1"
    whole.replace(assertion, forged)
    forged[1].append(assertion)


SPOILT = {
    "not signed": {"sign": False},
    "signed by another": {"key": pair()[0]},
    "changed after it was signed": {"after": said("NameID", "1")},
    "an address changed after it was signed": {"after": said("AttributeValue", "boss@vila.example")},
    "for another site": {"before": said("Audience", "https://elsewhere.example")},
    "sent to another site": {"before": lambda whole: whole.set("Destination", "https://elsewhere.example/acs")},
    "confirmed for another site": {"before": meant("SubjectConfirmationData", "Recipient", "https://elsewhere.example/acs")},
    "of another directory": {"before": said("Assertion/saml:Issuer", "https://elsewhere.example")},
    "expired": {"ages": timedelta(hours=1)},
    "not yet valid": {"ages": -timedelta(hours=1)},
    "to another question": {
        "before": lambda whole: (whole.set("InResponseTo", "_x"), meant("SubjectConfirmationData", "InResponseTo", "_x")(whole))
    },
    "to no question": {
        "before": lambda whole: (whole.attrib.pop("InResponseTo"), of(whole, "SubjectConfirmationData").attrib.pop("InResponseTo"))
    },
    "wrapped": {"after": wrapped},
    "hidden": {"after": hidden},
    "about somebody without a name": {"name": ""},
    "about somebody who is called otherwise each time": {"form": TRANSIENT},
}


@pytest.mark.parametrize("how", SPOILT)
def test_an_answer_that_is_not_quite_it_is_refused_with_a_letter(client, office, how):
    answer = bring(client, office.answer(ask(client), **SPOILT[how]))
    assert answer.status_code == 401
    assert "<h1" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert not inside(client)
    assert not Person.objects.exists()


@pytest.mark.parametrize("text", ["", "%", base64.b64encode(b"<").decode(), base64.b64encode(b"<a/>").decode(), "A" * 5000])
def test_what_is_no_answer_is_refused_too(client, office, text):
    ask(client)
    assert bring(client, text).status_code in (401, 502)
    assert client.get(f"{DOOR}acs/finish/").status_code == 401
    assert not Person.objects.exists()


def test_an_answer_is_worth_nothing_twice_nor_in_another_browser(client, office):
    answer = office.answer(ask(client))
    thief = browser()
    assert bring(thief, answer).status_code == 401, "whoever asked nothing"
    ask(thief)
    assert bring(thief, answer).status_code == 401, "whoever asked something else"
    assert bring(client, answer).status_code == 302
    client.post("/en/account/logout/")
    assert bring(client, answer).status_code == 401
    assert bring(thief, answer).status_code == 401
    assert not inside(client)
    assert not inside(thief)


def test_a_form_that_asks_for_entities_or_files_reads_none(client, office):
    bomb = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    bomb += b'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">&x;</samlp:Response>'
    ask(client)
    assert bring(client, base64.b64encode(bomb).decode()).status_code in (401, 502)


def test_the_directory_is_told_who_the_site_is(client, office):
    told = client.get(f"{DOOR}metadata/")
    assert told.status_code == 200
    assert b"http://pulso/account/saml/directory/acs/" in told.content


def test_a_directory_whose_metadata_can_not_be_read_is_a_letter(client, office, settings):
    from django.core.cache import cache

    cache.clear()
    app = settings.SOCIALACCOUNT_PROVIDERS["saml"]["APPS"][0]
    app["settings"]["idp"]["metadata_url"] = "http://127.0.0.1:9/metadata"
    assert client.post(f"{DOOR}login/").status_code == 502
