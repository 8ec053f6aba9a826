"""Roles, given and taken by whoever administers a city or an organisation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.test import Client

from pulso.web.people import may, writes
from pulso.web.people.models import Role, Step
from pulso.web.people.writes import note

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
    assert site.get(AT).status_code == site.post(AT, {"email": ana.email, "kind": "administrator"}).status_code == 403
    for at in ("/en/account/organisation/cm-vila/", "/en/account/organisation/none/", "/en/account/city/none/"):
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


def test_the_trail_says_who_got_what_by_name_on_the_city_s_own_clock(site, person, municipality):
    boss, ana = person("boss", "administrator"), person("ana")
    moment = datetime(2025, 7, 1, 23, 30, tzinfo=UTC)
    with patch.object(Step._meta.get_field("at"), "_get_default", lambda: moment):
        writes.give(boss, ana, "editor", city="vila")
        role = writes.give(boss, ana, "engineer", organisation=municipality)
        writes.take(boss, role)
    site.force_login(boss)
    lines = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", site.get(AT).content.decode())
    assert lines == [
        ("2 Jul 2025, 00:30", "Boss", "took a role away", "data engineer: Ana"),
        ("2 Jul 2025, 00:30", "Boss", "gave a role", "data engineer: Ana"),
        ("2 Jul 2025, 00:30", "Boss", "gave a role", "editor of the agenda: Ana"),
    ]
    writes.erase(None, ana)
    page = site.get("/pt/account/city/vila/").content.decode()
    assert "edição da agenda: pessoa apagada" in page
    assert "Ana" not in page


def test_what_the_trail_called_a_role_by_its_number_is_told_as_well(site, person):
    boss = person("boss", "administrator")
    note(boss, "give role", f"role:{Role.objects.get().pk}", None, {}, city="vila")
    note(boss, "take role", "role:999", {}, None, city="vila")
    note(None, "enter event", "event:0123456789abcdef", None, {}, city="vila")
    site.force_login(boss)
    page = site.get(AT).content.decode()
    assert "<td>administrator: Boss</td>" in page
    assert "<td>role 999</td>" in page
    assert "<td>event 01234567</td>" in page


def test_whoever_runs_the_site_finds_the_way_to_all_that_they_may(site, person):
    site.force_login(person("root", is_staff=True, is_superuser=True))
    page = site.get("/en/account/").content.decode()
    for at in ("/admin/", "/en/vila/agenda/enter", "/en/account/city/vila/"):
        assert f'href="{at}"' in page
    assert "None: you can read" not in page
    assert site.get("/en/account/city/vila/").status_code == 200
    site.force_login(person("eva", "editor"))
    page = site.get("/en/account/").content.decode()
    assert 'href="/en/vila/agenda/enter"' in page
    assert "/admin/" not in page
    assert "account/city/vila" not in page
