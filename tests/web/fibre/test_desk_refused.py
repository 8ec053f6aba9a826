"""Whoever may not come to the engineers' pages of the fibre is told so, and the trail knows that they tried."""

from __future__ import annotations

import pytest
from django.test import Client

from pulso.web.fibre import writes
from pulso.web.fibre.models import Revision
from pulso.web.people.models import Step
from tests.web.network import network

pytestmark = pytest.mark.django_db
DESK = {
    "cuts": "fibre-cuts",
    "cuts.json": "fibre-cuts",
    "edit/site": "fibre-new",
    "edit/duct": "fibre-new",
    "edit/cable": "fibre-new",
    "edit/works": "fibre-new",
    "edit/organisation": "fibre-new",
    "edit/phase/p1": "fibre-edit",
    "edit/site/a": "fibre-edit",
    "edit/strands/office-a": "fibre-joints",
    "edit/splices/a": "fibre-joints",
    "edit/ports/a.json": "fibre-joints",
    "edit/splitters/a": "fibre-joints",
}
PAGES = {
    "edit/organisations": "fibre-parties",
    "edit/phases.json": "fibre-parties",
    "what-if": "fibre-what-if",
    "redundancy": "fibre-redundancy",
    "critical": "fibre-critical",
    "capacity": "fibre-capacity",
    "capacity-cables.csv": "fibre-capacity-cables-csv",
    "capacity-ducts.csv": "fibre-capacity-ducts-csv",
    "trace?cable=office-a&strand=1": "fibre-trace",
    "findings": "fibre-findings",
    "findings.csv": "fibre-findings-csv",
    "history": "fibre-history",
    "history/1": "fibre-revision",
    "critical.csv": "fibre-critical-csv",
    "redundancy.csv": "fibre-redundancy-csv",
    "what-if.csv?duct=office-a": "fibre-what-if-csv",
    "what-if.json": "fibre-what-if-json",
}


@pytest.fixture
def net(vila):
    """Vila's network."""
    return writes.load(None, "vila", network(), "as it was built")


def steps():
    return list(Step.objects.filter(action="refuse").values_list("who", "subject", "city", "fields").order_by("id"))


@pytest.mark.parametrize("kind", ["viewer", "editor", ""], ids=["a viewer", "an editor", "a citizen"])
@pytest.mark.parametrize(("place", "name"), [*DESK.items(), *PAGES.items()], ids=[*DESK, *PAGES])
def test_a_refused_look_leaves_a_step(net, person, client, kind, place, name):
    who = person("eva", *([kind] if kind else []))
    client.force_login(who)
    assert client.get(f"/en/vila/fibre/{place}").status_code == 403
    assert steps() == [(who.pseudonym, "revision:new", "vila", [f"read {name}"])]
    assert client.get(f"/pt/vila/fibre/{place}").status_code == 403
    assert len(steps()) == 1, "whoever goes on trying leaves one an hour"


@pytest.mark.parametrize(("place", "name"), [*DESK.items(), ("cuts/1/end", "fibre-cut-end")], ids=[*DESK, "cuts/1/end"])
def test_what_is_sent_without_the_role_leaves_a_step_and_nothing_else(net, person, client, place, name):
    who = person("eva", "viewer")
    client.force_login(who)
    assert client.post(f"/pt/vila/fibre/{place}", {"why": "mischief", "name": "x", "take": "1"}).status_code == 403
    assert steps() == [(who.pseudonym, "revision:new", "vila", [f"send {name}"])]
    assert Revision.objects.count() == 1


def test_an_engineer_of_another_city_is_refused_here(net, person, client):
    who = person("zed", "engineer", city="elsewhere")
    client.force_login(who)
    assert client.get("/en/vila/fibre/edit/site").status_code == 403
    assert client.get("/en/vila/fibre/history").status_code == 403
    assert [s[0] for s in steps()] == [who.pseudonym] * 2


def test_a_stranger_is_asked_to_sign_in_and_an_engineer_let_in_without_a_step(net, person):
    stranger, rui = Client(), Client()
    rui.force_login(person("rui", "engineer"))
    for place in (*DESK, *PAGES):
        assert stranger.get(f"/en/vila/fibre/{place}").status_code in (302, 401)
        assert rui.get(f"/en/vila/fibre/{place}").status_code == 200
    assert steps() == []


def test_of_a_city_that_is_not_here_nothing_is_noted(net, person, client):
    client.force_login(person("eva", "viewer"))
    for place in ("edit/site", "history"):
        assert client.get(f"/en/nowhere/fibre/{place}").status_code in (403, 404)
    assert steps() == []


def test_what_was_done_is_told_to_whoever_did_it_where_they_land_and_once(net, person):
    rui, ines = Client(), Client()
    rui.force_login(person("rui", "engineer"))
    ines.force_login(person("ines", "engineer"))
    sent = {"name": "Vala", "first": "2025-04-01", "last": "2025-04-03", "ducts": "a-b", "disclosure": "internal", "why": "a permit"}
    at = rui.post("/en/vila/fibre/edit/works", sent)["Location"]
    rui.get("/en/vila/fibre/map.geojson")
    rui.get("/en/vila/fibre/works.json")
    told = "Kept, as revision 2 of the network."
    assert told not in ines.get(at).content.decode()
    first = rui.get(at)
    assert told in first.content.decode()
    assert told not in rui.get(at, headers={"If-None-Match": first["ETag"]}).content.decode()
    assert rui.get(at, headers={"If-None-Match": first["ETag"]}).status_code == 200, "what said it once is not kept as the page"
    assert told not in ines.get(at).content.decode()
