"""New sites, ducts and cables on the engineer's desk, and those that are there moved and led another way."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.test import Client

from pulso.fibre import check
from pulso.web.fibre import reads, writes
from pulso.web.fibre.desk.doubts import FOUND
from tests.web.network import network

pytestmark = pytest.mark.django_db
COMMON = {"status": "planned", "disclosure": "internal", "why": "a new street", "seen": "1"}
SITE = COMMON | {"name": "Câmara Nova", "id": "CX-1", "kind": "closure", "criticality": "normal", "lon": "-8.645", "lat": "41.155"}
DUCT = COMMON | {"name": "Rua Nova", "id": "R-1", "start": "a", "end": "b", "route": "-8.65 41.15\n-8.648 41.157\n-8.64 41.16"}
CABLE = COMMON | {"name": "Cabo Novo", "id": "K-1", "start": "office", "end": "b", "ducts": "office-a\na-b", "tubes": "2", "fibres": "12"}
NEW = {"site": SITE, "duct": DUCT, "cable": CABLE}


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


def there(sort, key):
    (found,) = (t for t in getattr(now().plan, f"{sort}s") if t.id == key)
    return found


def wrong(answer):
    """What a form complains of."""
    assert answer.status_code == 400
    return " ".join(re.findall(r'class="wrong"[^>]*>(.*?)</p>', answer.content.decode(), re.DOTALL))


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize("sort", ["site", "duct", "cable"])
def test_a_new_thing_is_entered_and_its_page_says_so(desk, lang, sort):
    assert desk.get(f"/{lang}/vila/fibre/edit/{sort}").status_code == 200
    answer = desk.post(f"/{lang}/vila/fibre/edit/{sort}", NEW[sort])
    assert answer["Location"] == f"/{lang}/vila/fibre/{sort}/{NEW[sort]['id']}"
    page = desk.get(answer["Location"]).content.decode()
    assert NEW[sort]["name"] in page
    assert {"pt": "Guardado, como revisão 2 da rede.", "en": "Kept, as revision 2 of the network."}[lang] in page
    assert 'class="shown"' not in desk.get(answer["Location"]).content.decode(), "it is told once"
    assert [(c.kind, c.key, c.was) for c in reads.changes("vila", 2)] == [(sort, NEW[sort]["id"], "added")]


def test_a_new_site_lies_where_it_was_said_and_needs_no_id(desk):
    answer = desk.post("/en/vila/fibre/edit/site", SITE | {"id": ""})
    key = answer["Location"].rpartition("/")[2]
    assert re.fullmatch("[0-9a-f]{32}", key)
    assert there("site", key).at == (-8.645, 41.155)
    desk.post("/en/vila/fibre/edit/site", SITE | {"lon": "", "lat": "", "seen": "2"})
    assert there("site", "CX-1").at is None, "where nobody knows, nobody says"


def test_a_duct_has_the_route_that_was_drawn_and_none_where_nobody_knows(desk):
    desk.post("/en/vila/fibre/edit/duct", DUCT)
    assert there("duct", "R-1").route == ((-8.65, 41.15), (-8.648, 41.157), (-8.64, 41.16))
    desk.post("/en/vila/fibre/edit/duct", DUCT | {"id": "R-2", "route": "", "seen": "2"})
    assert there("duct", "R-2").route == ()
    said = {
        f["properties"]["id"]: f["properties"]["known"]
        for f in desk.get("/en/vila/fibre/map.geojson").json()["features"]
        if "known" in f["properties"]
    }
    assert (said["R-1"], said["R-2"]) == (True, False)


def test_ends_and_ducts_are_known_by_their_names_too(desk):
    sent = CABLE | {"start": "central", "end": "Camara do Rio", "ducts": "Rua office-a\nrua a-b"}
    assert desk.post("/en/vila/fibre/edit/cable", sent).status_code == 302
    made = there("cable", "K-1")
    assert (made.start, made.end, made.ducts, made.strands) == ("office", "b", ("office-a", "a-b"), 24)
    assert "Câmara da Praça (a), Câmara do Rio (b)" in wrong(desk.post("/en/vila/fibre/edit/duct", DUCT | {"start": "câmara", "seen": "2"}))


@pytest.mark.parametrize(
    "route",
    ["-8,65 41,15\n-8,64 41,16", "-8.65, 41.15\n\n-8.64, 41.16", "-8.65,41.15\r\n-8.64;41.16", "\u22128.65 41.15\n\u22128.64 41.16"],
)
def test_a_route_is_read_as_people_write_it(desk, route):
    assert desk.post("/pt/vila/fibre/edit/duct", DUCT | {"route": route}).status_code == 302
    assert there("duct", "R-1").route == ((-8.65, 41.15), (-8.64, 41.16))


@pytest.mark.parametrize(
    ("sort", "sent", "letter"),
    [
        ("site", {"lon": "41.155", "lat": "-8.645"}, "looks like latitude first"),
        ("site", {"lon": "-8.6", "lat": ""}, "A place has a longitude and a latitude"),
        ("site", {"lon": "nan", "lat": "41"}, ""),
        ("site", {"lon": "inf", "lat": "41"}, ""),
        ("site", {"lon": "-181", "lat": "41"}, "longitude is from -180 to 180"),
        ("site", {"id": "a"}, "has &#39;a&#39; already"),
        ("site", {"id": "a/../b"}, "would lead elsewhere"),
        ("site", {"id": "x.json"}, "would lead elsewhere"),
        ("site", {"kind": "castle"}, ""),
        ("duct", {"route": "41.15 -8.65\n41.16 -8.64"}, "looks like latitude first"),
        ("duct", {"route": "-8.65 41.15\nnan nan"}, "Line 2"),
        ("duct", {"route": "-8.65 41.15\n1e400 41"}, "Line 2"),
        ("duct", {"route": "-8.65 41.15\n-8.65 91"}, "latitude from -90 to 90"),
        ("duct", {"route": "-8.65 41.15"}, "two places or more"),
        ("duct", {"route": "-8.65 41.15\n-8.65 41.15 7"}, "Line 2"),
        ("duct", {"start": "nothing"}, "has no site &#39;nothing&#39;"),
        ("duct", {"start": ""}, ""),
        ("cable", {"ducts": "nothing"}, "has no duct &#39;nothing&#39;"),
        ("cable", {"ducts": "a-b"}, "don&#39;t join"),
        ("cable", {"fibres": "0"}, ""),
    ],
)
def test_what_can_not_be_is_not_kept_and_the_form_says_why(desk, sort, sent, letter):
    said = wrong(desk.post(f"/en/vila/fibre/edit/{sort}", NEW[sort] | sent))
    assert said
    assert letter in said
    assert now().number == 1


def test_longitude_and_latitude_changed_are_told_in_portuguese(desk):
    said = wrong(desk.post("/pt/vila/fibre/edit/site", SITE | {"lon": "41.155", "lat": "-8.645"}))
    assert "parece ter a latitude primeiro" in said


def test_an_id_with_slashes_leads_to_its_own_pages(desk):
    assert desk.post("/en/vila/fibre/edit/site", SITE | {"id": "Porto/CX 1?é"}).status_code == 302
    for place in ("site", "edit/site", "edit/splices"):
        assert "Câmara Nova" in desk.get(f"/en/vila/fibre/{place}/Porto/CX%201%3F%C3%A9").content.decode()


def test_a_route_of_ten_thousand_places_is_read_and_no_longer_one(desk):
    route = [f"{-8.65 + i * 1e-6:.6f} {41.15 + i * 1e-6:.6f}" for i in range(10_001)]
    sent = DUCT | {"end": "fire", "sure": "1"}
    assert "10,001 places are too many" in wrong(desk.post("/en/vila/fibre/edit/duct", sent | {"route": "\n".join(route)}))
    assert desk.post("/en/vila/fibre/edit/duct", sent | {"route": "\n".join(route[:-1])}).status_code == 302
    assert len(there("duct", "R-1").route) == 10_000


def test_what_is_probably_wrong_is_kept_where_somebody_has_looked_at_it(desk):
    answer = desk.post("/en/vila/fibre/edit/duct", DUCT | {"length": "4.1"})
    assert answer.status_code == 400
    assert "Duct R-1: its length is less than its route&#39;s." in answer.content.decode()
    assert now().number == 1
    answer = desk.post("/pt/vila/fibre/edit/duct", DUCT | {"route": "-8.65 41.15\n-8.65 41.17"})
    assert "Conduta R-1: o seu traçado não chega ao local a que leva." in answer.content.decode()
    assert desk.post("/en/vila/fibre/edit/duct", DUCT | {"length": "4.1", "sure": "1"}).status_code == 302
    assert there("duct", "R-1").length == 4.1


def test_a_site_is_moved_and_a_duct_led_another_way(desk):
    page = desk.get("/en/vila/fibre/edit/site/school").content.decode()
    assert 'name="lon" value="-8.65"' in page
    school = {"name": "Escola", "status": "operational", "disclosure": "public", "kind": "building", "criticality": "essential"}
    school |= {"customer": "on", "why": "measured anew", "lon": "-8.6505", "lat": "41.16", "seen": "1", "sure": "1"}
    assert desk.post("/en/vila/fibre/edit/site/school", school).status_code == 302
    assert there("site", "school").at == (-8.6505, 41.16)
    assert "-8.65 41.15\n-8.65 41.16" in desk.get("/en/vila/fibre/edit/duct/a-school").content.decode()
    duct = {"name": "Rua a-school", "status": "operational", "disclosure": "public", "start": "a", "end": "school", "seen": "2"}
    duct |= {"why": "follows it", "route": "-8.65 41.15\n-8.6505 41.155\n-8.6505 41.16"}
    assert desk.post("/en/vila/fibre/edit/duct/a-school", duct).status_code == 302
    assert there("duct", "a-school").route[1:] == ((-8.6505, 41.155), (-8.6505, 41.16))


def test_of_two_engineers_who_enter_at_once_the_second_is_told(desk, person):
    other = Client()
    other.force_login(person("ines", "engineer"))
    assert desk.post("/en/vila/fibre/edit/duct", DUCT).status_code == 302
    for sort, sent in NEW.items():
        letter = wrong(other.post(f"/en/vila/fibre/edit/{sort}", sent | {"id": "another"}))
        assert "Somebody else has changed the network meanwhile" in letter
    assert "already" in wrong(other.post("/en/vila/fibre/edit/duct", DUCT | {"seen": "2"})), "nor is another's written over"
    assert now().number == 2
    assert other.post("/en/vila/fibre/edit/site", SITE | {"seen": "2"}).status_code == 302


def test_links_to_the_desk_are_there_for_engineers_alone(desk, person):
    wanted = {
        "fibre": "edit/site",
        "fibre/site/a": "edit/duct?start=a",
        "fibre/cable/office-a": "edit/strands/office-a",
        "fibre/duct/a-b": "edit/cable?start=a",
    }
    for place, link in wanted.items():
        assert f"/fibre/{link}" in desk.get(f"/en/vila/{place}").content.decode()
        assert "/fibre/edit/" not in Client().get(f"/en/vila/{place}").content.decode()
    assert 'value="a"' in desk.get("/en/vila/fibre/edit/duct?start=a").content.decode()


def test_a_form_has_its_twin(desk):
    said = {f["name"]: f for f in desk.get("/pt/vila/fibre/edit/duct/a-b.json").json()["rows"]}
    assert (said["start"]["value"], said["start"]["called"], said["start"]["required"]) == ("a", "De", True)
    assert said["route"]["value"] == "-8.65 41.15\n-8.64 41.16"
    assert desk.get("/en/vila/fibre/edit/cable.json").json()["title"] == "Enter a cable"
    answer = desk.post("/en/vila/fibre/edit/duct.json", DUCT | {"length": "4.1"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "its length is less than its route's" in answer.json()["detail"]
    assert "route: A route has two places or more" in desk.post("/en/vila/fibre/edit/duct.json", DUCT | {"route": "1 1"}).json()["detail"]


def test_whatever_the_check_finds_the_desk_has_words_for():
    calls = [
        n for file in Path(check.__file__).parent.glob("*.py") for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Call)
    ]
    codes = {c.args[0].value for c in calls if getattr(c.func, "id", "") == "Finding" and isinstance(c.args[0], ast.Constant)}
    assert len(codes) > 20
    assert codes - FOUND.keys() == set()


def test_one_of_many_ducts_is_found_by_its_name_and_one_of_two_namesakes_by_its_id(desk):
    twin = there("duct", "a-b").model_copy(update={"id": "a-b2"})
    writes.change(None, "vila", [writes.Put(twin)], "a second one beside it")
    said = wrong(desk.post("/en/vila/fibre/edit/cable", CABLE | {"ducts": "Rua office-a\nRua a-b", "seen": "2"}))
    assert "Several are called &#39;Rua a-b&#39;" in said
    assert "Rua a-b (a-b), Rua a-b (a-b2)" in said
    assert desk.post("/en/vila/fibre/edit/cable", CABLE | {"ducts": "Rua office-a\na-b2", "seen": "2"}).status_code == 302
