"""The engineer's desk: a cut is declared and ended, a thing said differently, works entered; with a reason, and by nobody else."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from icalendar import Calendar

from pulso.fibre.shapes import Disclosure, Phase
from pulso.web.fibre import reads, writes
from pulso.web.fibre.models import Cut
from tests.web.network import network

pytestmark = pytest.mark.django_db
DESK = ("cuts", "cuts?duct=office-a", "edit/site/school", "edit/duct/office-a", "edit/cable/office-a", "edit/works", "edit/works/w1")
SCHOOL = {"name": "Escola nova", "status": "operational", "disclosure": "public", "owner": "city", "kind": "building"}
SCHOOL |= {"service": "video link", "criticality": "essential", "customer": "on", "public_building": "on", "why": "a new name"}


@pytest.fixture
def desk(vila, client: Client, rui) -> Client:
    """Rui, at his desk in Vila."""
    writes.load(None, "vila", network(), "as it was built")
    client.force_login(rui)
    return client


def now():
    found = reads.network("vila")
    assert found is not None
    return found


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize("place", DESK)
def test_the_desk_is_there_for_engineers_and_for_nobody_else(desk, person, lang, place):
    address = f"/{lang}/vila/fibre/{place}"
    assert desk.get(address).status_code == 200
    assert "no-store" in desk.get(address)["Cache-Control"]
    desk.force_login(person("eva", "viewer"))
    assert desk.get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("who", ["viewer", "editor"])
def test_what_they_send_without_the_role_changes_nothing(desk, person, who):
    desk.force_login(person(who, who))
    sent = {"since": "2025-03-10", "until": "2025-03-11", "why": "mischief"}
    for place in ("cuts?duct=office-a", "cuts/1/end", "edit/site/school", "edit/works"):
        assert desk.post(f"/en/vila/fibre/{place}", sent | SCHOOL).status_code == 403
    assert not Cut.objects.exists()
    assert now().number == 1


def test_a_cut_is_declared_told_and_ended(desk):
    answer = desk.post(
        "/en/vila/fibre/cuts?duct=office-a&duct=b-office", {"since": "2025-03-10", "since_hour": "08:30", "why": "A digger."}
    )
    assert answer.status_code == 302
    (said,) = desk.get("/en/vila/fibre/cuts.json").json()["cuts"]
    assert ([t["name"] for t in said["things"]], said["on"], said["over"]) == (["Rua b-office", "Rua office-a"], True, False)
    assert (said["darkened"], said["blind"], said["since"]) == (3, 3, "2025-03-10T08:30:00Z")
    page = desk.get("/en/vila/fibre/cuts").content.decode()
    assert "A digger." in page
    assert "In force" in page
    number = Cut.objects.get().pk
    assert desk.post(f"/en/vila/fibre/cuts/{number}/end", {"until": "2025-03-12", "why": "Spliced."}).status_code == 302
    (said,) = desk.get("/en/vila/fibre/cuts.json").json()["cuts"]
    assert (said["over"], said["until"], said["ended_why"]) == (True, "2025-03-13T00:00:00Z", "Spliced.")
    assert desk.post(f"/en/vila/fibre/cuts/{number}/end", {"until": "2025-03-12", "why": "Again."}).status_code == 400


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("?duct=office-a", {"since": "2025-03-10"}),
        ("?duct=office-a", {"since": "yesterday", "why": "A digger."}),
        ("?duct=office-a", {"since": "2025-03-10", "until": "2025-03-01", "why": "A digger."}),
        ("?duct=office-a", {"since": "0026-03-10", "why": "A digger."}),
        ("?duct=office-a", {"since": "2025-03-10", "until": "9999-12-31", "why": "A digger."}),
        ("?duct=nothing", {"since": "2025-03-10", "why": "A digger."}),
        ("", {"since": "2025-03-10", "why": "A digger."}),
    ],
    ids=["no reason", "no day", "backwards", "a year mistyped", "no end of time", "no such duct", "nothing"],
)
def test_a_cut_that_can_t_be_is_not_declared(desk, query, sent):
    assert desk.post(f"/pt/vila/fibre/cuts{query}", sent).status_code == 400
    assert not Cut.objects.exists()


def test_a_thing_is_said_differently_with_a_reason_and_what_the_form_does_not_ask_for_stays(desk):
    answer = desk.post("/en/vila/fibre/edit/site/school", SCHOOL | {"seen": "1"})
    assert answer["Location"] == "/en/vila/fibre/site/school"
    (school,) = (s for s in now().plan.sites if s.id == "school")
    assert (school.name, school.sensors, school.at, school.phase) == ("Escola nova", ("n1", "n2"), (-8.65, 41.16), "p1")
    told = desk.get("/en/vila/fibre/site/school.json").json()["changes"][0]
    assert (told["who"], told["why"], [f["field"] for f in told["fields"]]) == ("Rui", "a new name", ["name"])


@pytest.mark.parametrize(
    "wrong",
    [{"why": ""}, {"kind": "castle"}, {"owner": "nobody we know"}, {"source": "on"}, {"seen": "0"}],
    ids=["no reason", "no such kind", "no such owner", "source and customer", "somebody was faster"],
)
def test_what_can_t_be_is_not_kept_and_the_form_says_why(desk, wrong):
    answer = desk.post("/en/vila/fibre/edit/site/school", SCHOOL | {"seen": "1"} | wrong)
    assert answer.status_code == 400
    assert 'class="wrong"' in answer.content.decode()
    assert "Escola nova" in answer.content.decode(), "what was filled in is still there"
    assert now().number == 1


def test_a_cable_and_a_duct_are_changed_too(desk):
    cable = {
        "name": "Cabo 1",
        "status": "operational",
        "disclosure": "public",
        "tubes": "8",
        "fibres": "12",
        "length": "1200",
        "why": "exchanged",
    }
    assert desk.post("/en/vila/fibre/edit/cable/office-a", cable).status_code == 302
    duct = {"name": "Rua", "status": "operational", "disclosure": "public", "laid": "aboveGround", "inner": "", "why": "moved"}
    assert desk.post("/en/vila/fibre/edit/duct/office-a", duct).status_code == 302
    (c,) = (c for c in now().plan.cables if c.id == "office-a")
    (d,) = (d for d in now().plan.ducts if d.id == "office-a")
    assert (c.strands, c.length, c.ducts, c.owner) == (96, 1200.0, ("office-a",), "")
    assert (d.laid, d.inner, len(d.route)) == ("aboveGround", None, 2)


def test_what_breaks_the_network_is_not_kept(desk):
    answer = desk.post("/en/vila/fibre/edit/site/a", SCHOOL | {"customer": "", "remove": "1", "why": "not needed"})
    assert answer.status_code == 400
    assert "break the network" in answer.content.decode()
    assert now().number == 1


def test_works_are_entered_changed_and_taken_out(desk):
    sent = {
        "name": "Vala",
        "first": "2025-04-01",
        "last": "2025-04-03",
        "ducts": "a-school\n\na-b",
        "disclosure": "internal",
        "why": "a permit came",
    }
    assert desk.post("/en/vila/fibre/edit/works", sent)["Location"] == "/en/vila/fibre/works?from=2025-04-01&to=2025-04-03"
    (w,) = (w for w in now().plan.works if w.name == "Vala")
    assert w.ducts == ("a-school", "a-b")
    assert desk.post(f"/en/vila/fibre/edit/works/{w.id}", sent | {"last": "2025-04-05"}).status_code == 302
    assert desk.post(f"/en/vila/fibre/edit/works/{w.id}", sent | {"remove": "1"}).status_code == 302
    assert [w.name for w in now().plan.works] == ["Obras na praça", "Obras no rio"]
    for wrong in ({"ducts": "nothing"}, {"last": "2025-03-01"}, {"name": ""}):
        assert desk.post("/en/vila/fibre/edit/works", sent | wrong).status_code == 400


def test_works_without_an_end_are_in_the_calendar(desk):
    sent = {
        "name": "Obras sem fim",
        "first": "2025-03-01",
        "last": "9999-12-31",
        "disclosure": "public",
        "why": "nobody knows until when",
        "seen": "1",
    }
    assert desk.post("/en/vila/fibre/edit/works", sent).status_code == 302
    assert "Obras sem fim" in desk.get("/en/vila/fibre/works.ics").content.decode()


def test_new_works_are_known_to_engineers_and_roles_until_somebody_says_otherwise(desk):
    assert '<option value="internal" selected>' in desk.get("/en/vila/fibre/edit/works").content.decode()


def test_what_is_not_there_is_a_letter(desk):
    for place in ("edit/site/nothing", "edit/works/nothing"):
        assert desk.get(f"/pt/vila/fibre/{place}").status_code == 404
    assert desk.post("/pt/vila/fibre/cuts/99/end", {"until": "2025-03-12", "why": "x y"}).status_code == 404


def test_a_file_that_can_not_hold_a_name_is_a_letter_that_says_whose_to_engineers_alone(desk):
    plan = now().plan
    odd = plan.sites[0].model_copy(update={"name": "a\0b", "disclosure": Disclosure.PUBLIC})
    writes.load(None, "vila", plan.model_copy(update={"sites": (odd, *plan.sites[1:])}), "a name as no file has it", disclose=True)
    answer = desk.get("/en/vila/fibre/network.gpkg")
    assert (answer.status_code, "sites, name" in answer.content.decode()) == (404, True)
    desk.logout()
    answer = desk.get("/en/vila/fibre/network.gpkg")
    assert (answer.status_code, "sites, name" in answer.content.decode()) == (404, False)


def test_a_permit_is_entered_and_stands_on_the_page_and_in_the_calendar_for_whoever_may_know_of_the_works(desk, person):
    sent = {"name": "Vala", "first": "2025-04-01", "last": "2025-04-03", "ducts": "a-school", "permit": "LIC-77/2025"}
    for lang, seen, called in (("en", "1", "Permit"), ("pt", "2", "Licença")):
        assert called in desk.get(f"/{lang}/vila/fibre/edit/works").content.decode()
        sent |= {"disclosure": "internal", "why": "a permit came", "seen": seen, "name": f"Vala {lang}"}
        assert desk.post(f"/{lang}/vila/fibre/edit/works", sent).status_code == 302
        assert re.search(
            rf"<strong>Vala {lang}</strong> <small>[^<]*LIC-77/2025</small>",
            desk.get(f"/{lang}/vila/fibre/works?from=2025-04-01").content.decode(),
        )
    works = {w["dig"]["name"]: w["dig"]["permit"] for w in desk.get("/en/vila/fibre/works.json?from=2025-04-01").json()["works"]}
    assert works == {"Vala en": "LIC-77/2025", "Vala pt": "LIC-77/2025"}
    calendar = Calendar.from_ical(desk.get("/en/vila/fibre/works.ics").content)
    assert {str(e["summary"]): str(e["description"]).splitlines() for e in calendar.walk("VEVENT")}["Vala en"] == [
        "Rua a-school",
        "LIC-77/2025",
    ]
    for place in ("works?from=2025-04-01", "works.json?from=2025-04-01", "works.ics"):
        assert "LIC-77" not in Client().get(f"/en/vila/fibre/{place}").content.decode()


PHASED = [("site", "school", SCHOOL), ("duct", "office-a", {"name": "Rua"}), ("cable", "office-a", {"tubes": "4", "fibres": "12"})]


@pytest.mark.parametrize(("sort", "key", "said"), PHASED, ids=["site", "duct", "cable"])
@pytest.mark.parametrize("lang", ["pt", "en"])
def test_the_phase_of_building_is_chosen_and_stands_on_the_page(desk, lang, sort, key, said):
    plan = now().plan
    phases = (*plan.phases, Phase(id="p2", name="Second ring"), Phase(id="p3", name=""))
    writes.load(None, "vila", plan.model_copy(update={"phases": phases}), "the next stage", disclose=True)
    address, sent = f"/{lang}/vila/fibre/edit/{sort}/{key}", said | {"status": "operational", "disclosure": "public", "why": "built later"}
    form = desk.get(address).content.decode()
    assert {"pt": "A etapa de construção a que pertence.", "en": "The stage of building that it belongs to."}[lang] in form
    assert re.findall(r'<option value="(p\d)"(?: selected)?>([^<]*)', form) == [("p1", "First ring"), ("p2", "Second ring"), ("p3", "p3")]
    page = f"/{lang}/vila/fibre/{sort}/{key}"
    for seen, phase, name in (("2", "p2", "Second ring"), ("3", "", "")):
        assert desk.post(address, sent | {"phase": phase, "seen": seen}).status_code == 302
        assert desk.get(f"{page}.json").json()["phase"] == name
    assert {"pt": "<dt>Fase</dt>", "en": "<dt>Phase</dt>"}[lang] not in desk.get(page).content.decode(), "where none is said, none is shown"
    answer = desk.post(address, sent | {"phase": "p9", "seen": "4"})
    assert (answer.status_code, 'class="wrong"' in answer.content.decode()) == (400, True)


def test_a_phase_that_is_not_sent_stays_and_a_new_thing_may_have_one(desk):
    assert desk.post("/en/vila/fibre/edit/site/school", SCHOOL | {"seen": "1"}).status_code == 302
    assert desk.get("/en/vila/fibre/site/school.json").json()["phase"] == "First ring"
    new = SCHOOL | {"id": "new", "name": "Creche", "phase": "p1", "lon": "-8.65", "lat": "41.155", "seen": "2", "sure": "1"}
    assert desk.post("/en/vila/fibre/edit/site", new).status_code == 302
    page = desk.get("/en/vila/fibre/site/new").content.decode()
    assert re.search(r"<dt>Phase</dt>\s*<dd>First ring</dd>", page)
