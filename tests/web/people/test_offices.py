"""Roles, given and taken by whoever administers a city or an organisation."""

from __future__ import annotations

import pytest
from django.test import Client

from pulso.web.people import may
from pulso.web.people.models import Role, Step

AT = "/en/account/city/vila/"


def test_an_administrator_gives_and_takes_roles_and_the_trail_tells(site, person):
    boss, ana = person("boss", "administrator"), person("ana")
    site.force_login(boss)
    assert site.post(AT, {"email": "Ana@vila.example", "kind": "editor"}).status_code == 302
    assert may.may_enter_events(ana, "vila")
    assert site.post(AT, {"email": ana.email, "kind": "editor"}).status_code == 400, "once is enough"
    page = site.get("/pt/account/city/vila/").content.decode()
    assert "edição da agenda" in page
    assert "atribuiu uma função" in page
    assert "give role" not in page
    site.post(AT, {"take": str(Role.objects.get(person=ana).pk)})
    assert not may.may_enter_events(ana, "vila")
    assert list(Step.objects.values_list("action", flat=True)) == ["take role", "give role"]


def test_the_same_in_an_organisation_and_only_there(site, person, municipality):
    boss, ana = person("boss", "administrator", organisation=municipality), person("ana", "editor", city="porto")
    site.force_login(boss)
    site.post("/en/account/organisation/cm-vila/", {"email": ana.email, "kind": "engineer"})
    assert may.may_flag_sensors(ana, "vila")
    elsewhere = Role.objects.get(person=ana, city="porto")
    site.post("/en/account/organisation/cm-vila/", {"take": str(elsewhere.pk)})
    assert Role.objects.filter(pk=elsewhere.pk).exists()


@pytest.mark.parametrize("role", [None, "viewer", "editor", "engineer"])
def test_nobody_else_learns_or_changes_who_has_which_role(site, person, municipality, role):
    ana = person("ana", *([role] if role else []))
    site.force_login(ana)
    for at in (AT, "/en/account/organisation/cm-vila/", "/en/account/organisation/none/", "/en/account/city/none/"):
        assert site.get(at).status_code == 404
        assert site.post(at, {"email": ana.email, "kind": "administrator"}).status_code == 404
    assert not may.may_administer_city(ana, "vila")


def test_the_last_administrator_stays_and_strangers_are_not_given_roles(site, person):
    boss = person("boss", "administrator")
    site.force_login(boss)
    assert site.post(AT, {"take": str(Role.objects.get().pk)}).status_code == 400
    assert site.post(AT, {"email": "nobody@vila.example", "kind": "editor"}).status_code == 400
    assert site.post(AT, {"email": boss.email, "kind": "king"}).status_code == 400
    assert site.post(AT, {"take": "x"}).status_code == 302
    assert Role.objects.count() == 1
    assert not Step.objects.exists()


def test_a_post_from_another_site_is_refused(site, person):
    strict = Client(enforce_csrf_checks=True)
    boss = person("boss", "administrator")
    strict.force_login(boss)
    assert strict.post(AT, {"email": boss.email, "kind": "editor"}).status_code == 403
