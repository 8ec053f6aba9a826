"""Owners and phases on the engineer's desk: entered, chosen, renamed, and taken out once nothing names them any more."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import Organisation, Phase
from pulso.web.fibre import reads, writes
from pulso.web.people.models import Step
from tests.web.network import network

pytestmark = pytest.mark.django_db
SORTS = ("organisation", "phase")
SCHOOL = {"name": "Escola", "status": "operational", "disclosure": "public", "kind": "building", "criticality": "essential"}
SCHOOL |= {"customer": "on", "public_building": "on", "service": "video link", "why": "it was sold"}


@pytest.fixture
def desk(vila, client: Client, rui) -> Client:
    """Rui, at his desk in Vila."""
    writes.load(None, "vila", network(), "as it was built")
    client.force_login(rui)
    return client


def plan():
    found = reads.network("vila")
    assert found is not None
    return found.plan


def send(desk, place, lang="en", **sent):
    return desk.post(f"/{lang}/vila/fibre/edit/{place}", {"why": "a letter came"} | sent)


def wrong(answer):
    assert answer.status_code == 400
    return " ".join(re.findall(r'class="wrong"[^>]*>(.*?)</p>', answer.content.decode(), re.DOTALL))


@pytest.mark.parametrize(("lang", "kept"), [("en", "Kept, as revision 2 of the network."), ("pt", "Guardado, como revisão 2 da rede.")])
def test_a_new_owner_is_entered_and_a_site_is_said_to_be_its(desk, lang, kept):
    answer = send(desk, "organisation", lang, name="Metro do Vale", id="metro")
    assert answer["Location"] == f"/{lang}/vila/fibre/edit/organisations"
    page = desk.get(answer["Location"]).content.decode()
    assert kept in page
    assert "Metro do Vale" in page
    assert '<option value="metro">Metro do Vale</option>' in desk.get(f"/{lang}/vila/fibre/edit/site/school").content.decode()
    assert send(desk, "site/school", lang, **SCHOOL, owner="metro", seen="2").status_code == 302
    assert desk.get(f"/{lang}/vila/fibre/site/school.json").json()["line"]["told"]["owner"] == "Metro do Vale"


def test_a_new_phase_is_entered_and_a_duct_is_built_in_it(desk):
    assert send(desk, "phase", name="Second ring", id="p2")["Location"] == "/en/vila/fibre/edit/phases"
    duct = {"name": "Rua", "status": "planned", "disclosure": "public", "phase": "p2"}
    assert send(desk, "duct/planned", **duct).status_code == 302
    assert desk.get("/en/vila/fibre/duct/planned.json").json()["phase"] == "Second ring"


@pytest.mark.parametrize("sort", SORTS)
def test_one_that_is_entered_needs_no_id_and_is_in_the_history_with_its_reason(desk, sort):
    assert send(desk, sort, name="A new one").status_code == 302
    (change,) = reads.changes("vila", 2)
    assert (change.kind, change.was, bool(re.fullmatch("[0-9a-f]{32}", change.key))) == (sort, "added", True)
    assert reads.revisions("vila")[0].why == "a letter came"


def test_one_is_renamed_and_what_a_file_said_of_it_beside_stays(desk):
    writes.change(None, "vila", [writes.Put(Organisation(id="city", name="Vila", more={"website": "x"}))], "from a file")
    page = desk.get("/en/vila/fibre/edit/organisation/city").content.decode()
    assert 'value="Vila"' in page
    assert 'name="id"' not in page, "what it is known by stays"
    assert send(desk, "organisation/city", name="Município de Vila").status_code == 302
    assert next(o for o in plan().organisations if o.id == "city") == Organisation(
        id="city", name="Município de Vila", more={"website": "x"}
    )
    assert desk.get("/en/vila/fibre/site/school.json").json()["line"]["told"]["owner"] == "Município de Vila"


@pytest.mark.parametrize(
    ("lang", "place", "counted"),
    [
        ("en", "organisation/city", "It is still named by 6 sites, 8 ducts and 1 use of strands."),
        ("pt", "organisation/city", "Ainda é indicada por 6 locais, 8 condutas e 1 uso de fibras."),
        ("en", "organisation/lease", "It is still named by 7 cables."),
        ("pt", "organisation/spies", "Ainda é indicada por 1 uso de fibras."),
        ("en", "phase/p1", "It is still named by 6 sites."),
    ],
)
def test_what_something_still_names_is_not_taken_out_and_the_letter_counts_by_what(desk, lang, place, counted):
    assert counted in wrong(send(desk, place, lang, name="x", remove="1"))
    assert reads.network("vila").number == 1
    answer = desk.post(f"/{lang}/vila/fibre/edit/{place}.json", {"name": "x", "remove": "1", "why": "not needed"})
    assert (answer.status_code, counted in answer.json()["detail"]) == (400, True)


def test_who_digs_is_not_taken_out_either(desk):
    digs = next(w for w in plan().works if w.id == "w1").model_copy(update={"whom": "digger"})
    writes.change(None, "vila", [writes.Put(Organisation(id="digger", name="Valas")), writes.Put(digs)], "they dig")
    assert "It is still named by 1 entry of works." in wrong(send(desk, "organisation/digger", name="Valas", remove="1"))


@pytest.mark.parametrize("sort", SORTS)
def test_what_nothing_names_is_taken_out(desk, sort):
    send(desk, sort, name="Enganei-me", id="new")
    answer = send(desk, f"{sort}/new", name="Enganei-me", remove="1")
    assert answer["Location"] == f"/en/vila/fibre/edit/{sort}s"
    assert "new" not in [o.id for o in getattr(plan(), f"{sort}s")]
    assert desk.get(f"/en/vila/fibre/edit/{sort}/new").status_code == 404


@pytest.mark.parametrize(
    ("sort", "sent", "letter"),
    [
        ("organisation", {"name": ""}, ""),
        ("phase", {"name": ""}, ""),
        ("organisation", {"why": ""}, ""),
        ("organisation", {"id": "city"}, "has &#39;city&#39; already"),
        ("phase", {"id": "p1"}, "has &#39;p1&#39; already"),
        ("phase", {"id": "a/../b"}, "would lead elsewhere"),
        ("organisation", {"id": "x.json"}, "would lead elsewhere"),
        ("organisation", {"name": "x" * 301}, ""),
        ("phase", {"seen": "0"}, "Somebody else has changed the network meanwhile"),
    ],
)
def test_what_can_not_be_is_not_kept_and_the_form_says_why(desk, sort, sent, letter):
    said = wrong(send(desk, sort, **({"name": "A new one", "id": "new"} | sent)))
    assert said
    assert letter in said
    assert reads.network("vila").number == 1


def test_a_phase_that_came_without_a_name_may_stay_without(desk):
    writes.change(None, "vila", [writes.Put(Phase(id="p3", name=""))], "from a file")
    assert "p3" in desk.get("/en/vila/fibre/edit/phases").content.decode()
    assert send(desk, "phase/p3", name="", remove="1").status_code == 302


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize("what", ["organisations", "phases"])
def test_the_list_and_its_twin_say_what_names_each(desk, lang, what):
    page, said = (desk.get(f"/{lang}/vila/fibre/edit/{what}{form}") for form in ("", ".json"))
    assert "no-store" in page["Cache-Control"]
    said = said.json()
    assert [o.name for o in sorted(getattr(plan(), what), key=lambda o: o.name)] == [r["name"] for r in said["rows"]]
    for row in said["rows"]:
        assert f"/{lang}/vila/fibre/edit/{what[:-1]}/{row['id']}" in page.content.decode()
        assert row["by"] in page.content.decode()
    assert (said["what"], said["revision"], said["leaf"]["total"]) == (what, 1, len(said["rows"]))
    assert said["rows"][-1]["named"] > 0


def test_a_long_list_has_pages_and_costs_the_same(desk):
    def asked(n):
        desk.get("/en/vila/fibre/edit/organisations")
        with CaptureQueriesContext(connection) as found:
            said = desk.get(f"/en/vila/fibre/edit/organisations.json?page={n}").json()
        return len(found), len(said["rows"]), said["leaf"]["pages"]

    few, rows, pages = asked(1)
    assert (few <= 10, rows, pages) == (True, 3, 1)
    writes.change(None, "vila", [writes.Put(Organisation(id=f"o{i}", name=f"Org {i}")) for i in range(400)], "a register")
    assert asked(1) == (few, 100, 5)
    assert asked(5) == (few, 3, 5)
    for wrong_page in ("6", "x", "-1"):
        assert desk.get(f"/en/vila/fibre/edit/organisations?page={wrong_page}").status_code == 404


@pytest.mark.parametrize("place", ["organisations", "phases", "organisation", "organisation/city", "phase/p1"])
def test_they_are_for_engineers_and_a_refusal_leaves_one_step(desk, person, place):
    assert Client().get(f"/en/vila/fibre/edit/{place}").status_code == 302
    assert Client().get(f"/en/vila/fibre/edit/{place}.json").status_code == 401
    desk.force_login(person("eva", "viewer"))
    for _again in range(2):
        assert desk.get(f"/en/vila/fibre/edit/{place}").status_code == 403
    assert Step.objects.filter(action="refuse").count() == 1
    if not place.endswith("s"):
        assert send(desk, place, name="mischief", remove="1").status_code == 403
    assert reads.network("vila").number == 1


def test_links_lead_there_from_the_network_and_from_its_forms_for_engineers_alone(desk):
    for place in ("fibre", "fibre/edit/site", "fibre/edit/duct/a-b", "fibre/edit/works"):
        assert "/en/vila/fibre/edit/organisations" in desk.get(f"/en/vila/{place}").content.decode()
    assert "/fibre/edit/" not in Client().get("/en/vila/fibre").content.decode()
