"""What is stated of the site: by every page, in both languages, and true to what the site does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pulso.web.config.keeper import Contact
from pulso.web.people import retention
from pulso.web.people.models import Person
from pulso.web.people.statements import STATEMENTS

VILA = Contact("Câmara de Vila", "pulso@vila.example", "Praça 1, 4000-001 Vila")
each = pytest.mark.parametrize("which", STATEMENTS)
both = pytest.mark.parametrize("lang", ["pt", "en"])


@both
@each
def test_a_statement_is_a_page_and_its_twin_and_says_whom_to_write_to(client, settings, which, lang):
    settings.CONTACT = VILA
    page, twin = client.get(f"/{lang}/{which}"), client.get(f"/{lang}/{which}.json")
    assert page.status_code == twin.status_code == 200
    said, told = page.content.decode(), twin.json()
    assert f'<html lang="{lang}">' in said
    assert told["language"] == lang
    for part in told["parts"]:
        assert all(s.replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;") in said for s in part["says"])
    assert 'href="mailto:pulso@vila.example"' in said
    assert VILA.place in said
    assert not page.cookies, "no cookie is set, as it says"
    assert client.post(f"/{lang}/{which}").status_code == 405


@each
def test_where_nobody_is_named_it_says_so_and_how_to_name_somebody(client, settings, which):
    settings.CONTACT = None
    page = client.get(f"/en/{which}").content.decode()
    assert page.count("Whoever runs this site has not said yet whom to write to.") == 1
    assert "PULSO_CONTACT" in page


@pytest.mark.django_db
@both
def test_every_page_leads_to_the_statements(site, person, lang):
    places = [f"/{lang}/", f"/{lang}/vila/today", f"/{lang}/nowhere", f"/{lang}/account/login/", f"/{lang}/account/signup/"]
    site.force_login(person("ana"))
    for at in (*places, f"/{lang}/account/", f"/{lang}/account/2fa/"):
        page = site.get(at, follow=True).content.decode()
        for which in STATEMENTS:
            assert f'href="/{lang}/{which}"' in page, at


@pytest.mark.django_db
def test_whoever_signs_up_is_told_what_is_kept_of_them(client):
    page = client.get("/en/account/signup/").content.decode()
    assert re.search(r'What is kept of you.*<a href="/en/privacy">', page)
    assert "What is kept of you" not in client.get("/en/account/login/").content.decode()


@pytest.mark.django_db
def test_the_statement_says_how_long_and_that_is_how_long(client, person):
    said = " ".join(client.get("/en/privacy.json").json()["parts"][2]["says"])
    days = int(re.search(r"never verified: (\d+) days", said)[1])
    person("ana")
    for age, there in ((days - 1, True), (days + 1, False)):
        Person.objects.filter(erased_at=None).update(joined_at=timezone.now() - timedelta(days=age))
        retention.retain()
        assert Person.objects.filter(erased_at=None).exists() is there


@pytest.mark.django_db
def test_to_read_sets_no_cookie(site):
    for at in ("/en/", "/en/vila/today", "/en/vila/map", "/api/v1/cities"):
        assert not site.get(at).cookies, at
