"""Coming in by a directory that speaks OpenID Connect: the whole way there and back, and what is not believed."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from pulso.web.people.models import Person, Step
from tests.web.people.directory import CLIENT, SECRET, directory

pytestmark = pytest.mark.django_db
DOOR = "/account/oidc/directory/login/"
ANA = {"sub": "17", "email": "Ana@vila.example", "email_verified": True, "name": "Ana Maria"}


@pytest.fixture(scope="module")
def listening():
    with directory() as made:
        yield made


@pytest.fixture
def office(listening, settings):
    """The directory, and a site that knows it."""
    listening.claims, listening.token, listening.told, listening.down = dict(ANA), {}, {}, False
    app = {"provider_id": "directory", "name": "Câmara de Vila", "client_id": CLIENT, "secret": SECRET}
    app["settings"] = {"server_url": listening.address, "oauth_pkce_enabled": True, "verified_email": False}
    settings.SOCIALACCOUNT_PROVIDERS = settings.SOCIALACCOUNT_PROVIDERS | {
        "openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": [app]}
    }
    return listening


def come(client, office, at=DOOR):
    """There and back."""
    sent = client.post(at)
    assert sent.status_code == 302
    assert sent["Location"].startswith(f"{office.address}/authorize?")
    return client.get(office.sign_in(sent["Location"]))


def inside(client):
    return client.get("/en/account/").status_code == 200


def test_whoever_the_directory_knows_has_an_account_here_and_comes_back_to_it(client, office):
    assert "Câmara de Vila" in client.get("/pt/account/login/").content.decode()
    assert come(client, office)["Location"] in ("/pt/account/", "/en/account/")
    ana = Person.objects.get()
    assert (ana.email, ana.name, ana.has_usable_password()) == ("ana@vila.example", "Ana Maria", False)
    assert EmailAddress.objects.get().verified
    assert set(Step.objects.values_list("action", flat=True)) == {"come by a directory"}
    assert inside(client)
    client.post("/en/account/logout/")
    assert not inside(client)
    come(client, office)
    assert inside(client)
    assert Person.objects.count() == 1


def test_what_is_sent_there_holds_a_fresh_nonce_a_challenge_and_nothing_that_a_stranger_wrote_into_the_link(client, office):
    come(client, office, f"{DOOR}?auth_params=nonce%3Dmine%26redirect_uri%3Dhttps://elsewhere.example&scope=everything")
    come(Client(), office)
    first, second = office.asked[-2:]
    assert len({first["nonce"], second["nonce"]}) == len({first["code_challenge"], second["code_challenge"]}) == 2
    assert first["nonce"] != "mine"
    assert first["redirect_uri"] == f"http://testserver{DOOR}callback/"
    assert set(first["scope"].split()) == {"openid", "profile", "email"}


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ({"nonce": "of another question"}, {}),
        ({"nonce": None}, {}),
        ({"aud": "another site"}, {}),
        ({"aud": [CLIENT, "another site"]}, {}),
        ({"aud": [CLIENT, "another site"], "azp": "another site"}, {}),
        ({"iss": "https://elsewhere.example"}, {}),
        ({"exp": 1_000_000_000}, {}),
        ({"sub": None}, {}),
        ({"none": True}, {}),
        ({}, {"sub": "18"}),
    ],
    ids=lambda x: str(x),
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_an_answer_that_is_not_quite_it_is_refused_with_a_letter(client, office, token, told):
    office.token, office.told = token, told
    answer = come(client, office)
    assert answer.status_code == 401
    assert "<h1" in answer.content.decode()
    assert not inside(client)
    assert not Person.objects.exists()


def test_a_code_is_worth_nothing_twice_nor_in_another_browser_nor_with_another_state(client, office):
    back = office.sign_in(client.post(DOOR)["Location"])
    assert Client().get(back).status_code == 401, "whoever did not ask"
    assert client.get(re.sub("state=[^&]+", "state=mine", back)).status_code == 401
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 401
    other = Client()
    other.post(DOOR)
    (state,) = parse_qs(urlsplit(other.post(DOOR)["Location"]).query)["state"]
    stolen = office.sign_in(Client().post(DOOR)["Location"])
    assert other.get(re.sub("state=[^&]+", f"state={state}", stolen)).status_code == 401, "its challenge was another's"


@pytest.mark.parametrize("verified", [False, None, "false", 0])
def test_an_address_that_the_directory_has_not_verified_opens_nobody_s_account(client, office, settings, person, verified):
    settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION = settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
    ana = person("ana")
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    office.claims["email_verified"] = verified
    come(client, office)
    assert not inside(client)
    assert not SocialAccount.objects.exists()
    assert Person.objects.get() == ana
    assert [m.to for m in mail.outbox] == [[ana.email]], "she hears of it"


@pytest.mark.parametrize("trusted", [False, True])
def test_a_verified_address_opens_the_account_that_has_it_only_where_the_directory_is_trusted(client, office, settings, person, trusted):
    settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION = settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = trusted
    ana = person("ana")
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    come(client, office)
    assert inside(client) is trusted
    assert SocialAccount.objects.filter(user=ana).exists() is trusted
    assert Person.objects.count() == 1


def test_whoever_took_an_address_without_verifying_it_loses_it_to_whom_the_directory_knows(client, office, settings, person):
    settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION = settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
    squatter = person("ana")
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    come(client, office)
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()


def test_an_unverified_address_of_somebody_new_is_verified_first(client, office):
    office.claims["email_verified"] = False
    come(client, office)
    assert not inside(client)
    assert [m.to for m in mail.outbox] == [["ana@vila.example"]]


def test_somebody_with_an_account_connects_the_directory_and_a_locked_one_stays_out(client, office, person):
    rui = person("rui")
    EmailAddress.objects.create(user=rui, email=rui.email, verified=True, primary=True)
    client.post("/en/account/login/", {"login": rui.email, "password": "a long secret"})
    come(client, office, f"{DOOR}?process=connect")
    assert SocialAccount.objects.get().user == rui
    assert "connect directory" in set(Step.objects.values_list("action", flat=True))
    rui.is_active = False
    rui.save()
    other = Client()
    come(other, office)
    assert not inside(other)


def test_a_second_factor_is_asked_for_behind_the_directory_as_well(client, office, person):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    come(client, office)
    TOTP.activate(Person.objects.get(), generate_totp_secret())
    other = Client()
    assert "/2fa/authenticate/" in come(other, office)["Location"]
    assert not inside(other)


def test_a_directory_that_does_not_answer_is_a_letter(client, office):
    office.down = True
    answer = client.post(DOOR)
    assert answer.status_code == 502
    assert "no-store" in answer["Cache-Control"]
    assert not re.search("127.0.0.1|Traceback", answer.content.decode())


def test_whoever_turns_back_at_the_directory_is_told_so(client, office):
    state = parse_qs(urlsplit(client.post(DOOR)["Location"]).query)["state"][0]
    answer = client.get(f"{DOOR}callback/?error=access_denied&state={state}", follow=True)
    assert answer.status_code == 200
    assert not inside(client)
