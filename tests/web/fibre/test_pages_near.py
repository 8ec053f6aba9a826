"""The nearest spare strand, for engineers; and the public buildings that the network reaches, for all, as far as each may know it."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import Cable, Disclosure, Kind, Plan, Site, Strands, Use
from pulso.web.fibre import writes
from pulso.web.readings.counted import counting
from tests.web.fibre.test_pages import engineer, net, told, viewer
from tests.web.network import network

__all__ = ["engineer", "net", "viewer"]

pytestmark = pytest.mark.django_db

BY_THE_RIVER = "lon=-8.6401&lat=41.16"


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(f"/en/vila/{address}")
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


class TestNearest:
    def test_cables_come_by_how_near_they_end_with_what_is_spare_and_what_nobody_says(self, engineer):
        said = told(engineer, f"fibre/near.json?{BY_THE_RIVER}")
        assert [(s["cable"]["name"], s["site"]["name"]) for s in said["spares"][:2]] == [
            ("Cabo a-b", "Câmara do Rio"), ("Cabo b-bunker", "Câmara do Rio"),
        ]  # fmt: skip
        assert said["spares"][0]["metres"] == pytest.approx(8.4, abs=0.2)
        assert (said["placed"], said["unplaced"], len(said["spares"])) == (7, 0, 7)
        (office,) = (s for s in said["spares"] if s["cable"]["id"] == "office-a")
        assert (office["strands"], office["spare"], office["unsaid"]) == (48, 42, 42)

    def test_a_full_cable_is_not_there_and_one_that_ends_nobody_knows_where_is_counted(self, engineer):
        plan = network()
        more = {
            "sites": (*plan.sites, Site(id="x"), Site(id="y")),
            "cables": (*plan.cables, Cable(id="xy", start="x", end="y", fibres=96)),
            "strands": (*plan.strands, Strands(cable="a-b", first=1, last=46, use=Use.RESERVED)),
        }
        writes.load(None, "vila", plan.model_copy(update=more), "more")
        said = told(engineer, f"fibre/near.json?{BY_THE_RIVER}&least=3")
        assert "a-b" not in {s["cable"]["id"] for s in said["spares"]}
        assert (said["placed"], said["unplaced"]) == (6, 1)
        page = engineer.get(f"/pt/vila/fibre/near?{BY_THE_RIVER}&least=3").content.decode()
        assert "Mais 1 cabo tem fibras que cheguem e termina não se sabe onde: pode estar mais perto." in page
        assert told(engineer, f"fibre/near.json?{BY_THE_RIVER}&least=97")["spares"] == []

    def test_a_site_asks_from_where_it_is_and_is_linked_to_from_its_own_page(self, engineer):
        link = "/en/vila/fibre/near?site=school"
        assert f'href="{link}"' in engineer.get("/en/vila/fibre/site/school").content.decode()
        said = told(engineer, "fibre/near.json?site=school")
        assert (said["origin"]["name"], said["lon"], said["lat"]) == ("Escola Básica 12", -8.65, 41.16)
        assert (said["spares"][0]["cable"]["id"], said["spares"][0]["metres"]) == ("a-school", 0)
        assert 'name="site" value="school"' in engineer.get(link).content.decode(), "another number of strands is asked from there"

    def test_of_a_site_that_is_nobody_knows_where_that_is_said(self, engineer):
        plan = network()
        writes.load(None, "vila", plan.model_copy(update={"sites": (*plan.sites, Site(id="x", name="Poço"))}), "more")
        said = told(engineer, "fibre/near.json?site=x")
        assert (said["lon"], said["spares"]) == (None, [])
        assert "Nobody knows where this site is." in engineer.get("/en/vila/fibre/near?site=x").content.decode()
        assert engineer.get("/en/vila/fibre/near.csv?site=x").status_code == 400

    @pytest.mark.parametrize("said", ["lon=-8,6401&lat=41,16", "lon=−8.6401&lat=41.16°", " lon=-8.6401&lat=%2041.16"])
    def test_degrees_are_read_as_people_write_them(self, engineer, said):
        found = told(engineer, f"fibre/near.json?{said.strip()}")
        assert (found["lon"], found["lat"]) == (-8.6401, 41.16)

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("lon=-8.64", 400),
            ("lon=41.16&lat=-8.64", 200),
            ("lon=-8.64&lat=91", 400),
            ("lon=181&lat=41", 400),
            ("lon=nan&lat=41", 400),
            ("lon=1e999&lat=41", 400),
            ("lon=<b>&lat=41", 400),
            ("site=nothing", 404),
            ("site=school&lon=-8.64&lat=41.16", 400),
            (f"{BY_THE_RIVER}&least=0", 400),
            (f"{BY_THE_RIVER}&least=x", 400),
            (f"{BY_THE_RIVER}&page=2", 400),
            ("", 200),
        ],
    )
    def test_what_can_t_be_asked_is_a_letter(self, engineer, query, status):
        for form in ("", ".json"):
            answer = engineer.get(f"/pt/vila/fibre/near{form}?{query}")
            assert answer.status_code == status
            assert b"<b>" not in answer.content or form

    def test_the_table_has_them_all_and_says_where_they_end(self, engineer):
        rows = table(engineer, f"fibre/near.csv?{BY_THE_RIVER}&least=40")
        assert len(rows) == 7
        assert (rows[0]["cable"], rows[0]["site_name"], rows[0]["lon"], rows[0]["spare"]) == ("a-b", "Câmara do Rio", "-8.64", "48")

    def test_without_scripts_the_form_asks_the_same(self, engineer):
        page = engineer.get(f"/pt/vila/fibre/near?{BY_THE_RIVER}&least=2").content.decode()
        assert 'name="lon" size="11" required value="−8,640100"' in page
        assert 'name="least" min="1" max="1000000" value="2"' in page
        assert "Cabo a-b" in page
        assert 'class="way first"' in page


class TestBuildings:
    def test_an_engineer_sees_all_of_them_by_zone(self, engineer):
        said = told(engineer, "fibre/buildings.json")
        assert {k: said["whole"][k] for k in ("buildings", "placed", "near", "connected")} == {
            "buildings": 2, "placed": 2, "near": 2, "connected": 2,
        }  # fmt: skip
        assert sum(z["buildings"] for z in said["zones"]) == 2
        assert (said["metres"], said["apart"]) == (100, [])

    def test_each_sees_the_buildings_that_they_may_know_of(self, net, person):
        seen = {"stranger": ["school"]}
        assert [b["id"] for b in table(net, "fibre/buildings.csv")] == seen["stranger"]
        for who, ids in (("viewer", ["fire", "school"]), ("engineer", ["fire", "school"])):
            net.force_login(person(who, who))
            assert [b["id"] for b in table(net, "fibre/buildings.csv")] == ids, who

    def test_a_cable_that_one_may_not_know_of_connects_nothing_and_the_page_says_so(self, net, person):
        plan = network()
        hidden = Cable(id="k9", start="a", end="school", fibres=12, disclosure=Disclosure.INTERNAL)
        cables = tuple(hidden if c.id == "a-school" else c for c in plan.cables)
        writes.load(None, "vila", plan.model_copy(update={"cables": cables}), "the cable is for those inside")
        said = told(net, "fibre/buildings.json")
        assert [(b["id"], round(b["metres"])) for b in said["apart"]] == [("school", 0)]
        assert "it looks unconnected" in net.get("/en/vila/fibre/buildings").content.decode()
        net.force_login(person("rui", "engineer"))
        assert told(net, "fibre/buildings.json")["apart"] == []
        assert "it looks unconnected" not in net.get("/en/vila/fibre/buildings").content.decode()

    @pytest.fixture
    def spread(self, engineer: Client) -> Client:
        """Schools at 40, 400 and 4,000 m from the network, one far away, one that lies nobody knows where."""
        writes.load(None, "vila", spread_out((40, 400, 4_000, 40_000)), "spread out")
        return engineer

    def test_those_that_are_not_connected_come_with_the_nearest_first(self, spread):
        said = told(spread, "fibre/buildings.json?metres=500")
        assert [b["name"] for b in said["apart"]] == ["40 m", "400 m", "4000 m", "40000 m", "lost"]
        assert [b["metres"] and round(b["metres"], -1) for b in said["apart"]] == [40, 400, 4000, None, None]
        assert [b["placed"] for b in said["apart"]] == [True, True, True, True, False]
        assert (said["whole"]["near"], said["whole"]["placed"], said["whole"]["buildings"]) == (2, 4, 5)
        page = spread.get("/en/vila/fibre/buildings?metres=500").content.decode()
        assert "more than 20 km" in page
        assert "place not known" in page
        rows = {r["name"]: r["near"] for r in table(spread, "fibre/buildings.csv?metres=500")}
        assert rows == {"40 m": "true", "400 m": "true", "4000 m": "false", "40000 m": "false", "lost": ""}, "unknown is not far"

    def test_the_list_can_be_of_one_zone(self, spread):
        said = told(spread, "fibre/buildings.json")
        counts = {z["zone"]: z["buildings"] - z["connected"] for z in said["zones"]}
        assert sum(counts.values()) == 5
        some = next(zone for zone in counts if zone)
        one = told(spread, f"fibre/buildings.json?zone={some}")
        assert (one["zone"], len(one["apart"]), one["whole"]) == (some, counts[some], said["whole"])
        assert {b["zone"] for b in one["apart"]} <= {some}
        assert spread.get("/en/vila/fibre/buildings?zone=nowhere").status_code == 404

    @pytest.mark.parametrize("query", ["metres=0", "metres=20001", "metres=x", "page=2", "page=0", "day=2025-01-01"])
    def test_what_can_t_be_asked_is_a_letter(self, net, query):
        status = 404 if query == "page=2" else 400
        for form in ("", ".json"):
            assert net.get(f"/pt/vila/fibre/buildings{form}?{query}").status_code == status

    def test_a_city_without_public_buildings_says_so(self, engineer):
        writes.load(None, "vila", Plan(id="vila", name="", sites=(Site(id="a"),)), "only one")
        assert "No public building is entered here" in engineer.get("/en/vila/fibre/buildings").content.decode()
        assert told(engineer, "fibre/buildings.json")["whole"]["buildings"] == 0

    def test_a_thousand_schools_come_by_the_hundred_and_take_no_more_questions(self, engineer):
        writes.load(None, "vila", spread_out(tuple(range(10, 1_010))), "many")
        pages = [told(engineer, f"fibre/buildings.json?page={n}") for n in (1, 11)]
        assert [len(p["apart"]) for p in pages] == [100, 1], "the thousand, and the one that is lost"
        with CaptureQueriesContext(connection) as asked, counting() as looks:
            engineer.get("/en/vila/fibre/buildings?page=2", headers={"Cache-Control": "no-cache"})
        assert looks[0] + len(asked) <= 10


def spread_out(metres: tuple[int, ...]) -> Plan:
    """A cabinet, and schools to its north, so many metres away; and one of which nobody knows the place."""
    north = 1 / 111_060  # degrees of a metre there
    schools = [Site(id=f"s{m}", name=f"{m} m", at=(-8.65, 41.15 + m * north), public_building=True) for m in metres]
    cabinet = Site(id="cabinet", at=(-8.65, 41.15), kind=Kind.CABINET)
    return Plan(id="vila", name="Spread", sites=(cabinet, *schools, Site(id="lost", name="lost", public_building=True)))
