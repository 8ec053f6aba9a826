"""The pages of the network: who sees what, what an engineer finds, and that a stranger reads nothing that is not theirs, in any form."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import jsonschema_rs
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import Cable, Disclosure, Duct, Kind, Plan, Site
from pulso.web.fibre import writes
from pulso.web.pages.fibre_files import FORMS
from pulso.web.pages.fibre_urls import FOR_ALL, FOR_ENGINEERS
from pulso.web.readings.counted import counting
from tests.web.network import SECRETS, network

pytestmark = pytest.mark.django_db

QUERY = {
    "fibre-trace": "?cable=office-a&strand=1",
    "fibre-what-if": "?duct=office-a&duct=b-office&site=b&q=rua",
    "fibre-near": "?site=school&least=2",
}
PARTS = {"site": "a", "duct": "office-a", "cable": "office-a", "revision": "1"}
OPEN = {p.name: p.address for p in FOR_ALL}
CLOSED = {p.name: p.address for p in FOR_ENGINEERS}
TABLES = ("fibre/what-if.csv?duct=office-a", "fibre/redundancy.csv", "fibre/critical.csv", "fibre/near.csv?lon=-8.65&lat=41.15")
TABLES += ("fibre/findings.csv",)
TABLES += ("fibre/capacity-cables.csv", "fibre/capacity-ducts.csv")


def at(address: str) -> str:
    for name, value in PARTS.items():
        address = address.replace(f"<path:{name}>", value).replace(f"<int:{name}>", value)
    return address


@pytest.fixture
def net(site: Client, db) -> Client:
    """The town's site, with its network."""
    writes.load(None, "vila", network(), "as it was built")
    return site


@pytest.fixture
def engineer(net: Client, person) -> Client:
    """Rui at his desk."""
    net.force_login(person("rui", "engineer"))
    return net


@pytest.fixture
def viewer(net: Client, person) -> Client:
    """Eva, who may look inside."""
    net.force_login(person("eva", "viewer"))
    return net


def told(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(f"/en/vila/{address}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_city_without_a_network_says_so_and_breaks_nothing(site, db):
    assert "No fibre network was entered" in site.get("/en/vila/fibre").content.decode()
    assert site.get("/en/vila/fibre.json").json()["network"] is None
    for address in ("site/a", "works", "map.geojson", "network.json", "works.ics"):
        assert site.get(f"/en/vila/fibre/{address}").status_code == 404


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "Whoever runs this site loads one from a file"), ("pt", "Quem gere este sítio carrega uma a partir de um ficheiro")],
)
def test_where_there_is_no_network_an_engineer_is_told_how_one_is_loaded_and_nobody_else_is(site, person, lang, said):
    address, command = f"/{lang}/vila/fibre", "pulso fibre load vila FILE --why REASON"
    for who in ("", "viewer", "editor", "engineer"):
        if who:
            site.force_login(person(who, who))
        page = site.get(address).content.decode()
        assert (command in page, said in page, "keep-the-fibre-network.md" in page) == (who == "engineer",) * 3
        assert {"en": "No fibre network was entered", "pt": "Ainda não se registou nenhuma rede"}[lang] in page


@pytest.mark.parametrize("name", CLOSED)
def test_a_page_for_engineers_is_for_nobody_else(net, person, name):
    address = f"/en/vila/{at(CLOSED[name])}"
    assert net.get(address).status_code == 302, "a stranger is asked to sign in"
    assert net.get(f"{address}.json").status_code == 401
    for who in ("viewer", "editor"):
        net.force_login(person(who, who))
        assert net.get(address).status_code == 403
        assert net.get(f"{address}.json").json()["status"] == 403


@pytest.mark.parametrize("address", TABLES)
def test_a_table_for_engineers_is_for_nobody_else(net, person, address):
    assert net.get(f"/en/vila/{address}").status_code == 401
    net.force_login(person("eva", "viewer"))
    assert net.get(f"/en/vila/{address}").status_code == 403
    net.force_login(person("rui", "engineer"))
    assert net.get(f"/en/vila/{address}").content.startswith((b"what,", b"severity,", b"site,", b"id,", b"cable,"))


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize("page", [*FOR_ALL, *FOR_ENGINEERS], ids=lambda p: p.name)
def test_an_engineer_s_page_has_its_twin_which_keeps_to_its_schema(engineer, page, lang):
    address, query = f"/{lang}/vila/{at(page.address)}", QUERY.get(page.name, "")
    shown, said = engineer.get(f"{address}{query}"), engineer.get(f"{address}.json{query}")
    assert (shown.status_code, said.status_code) == (200, 200), shown.content
    schema = page.adapter.json_schema(mode="serialization")
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(said.json())
    fields = [f for s in [schema, *schema.get("$defs", {}).values()] for f in s.get("properties", {}).values()]
    assert all(f.get("description") for f in fields)


@pytest.mark.parametrize("page", [*FOR_ALL, *FOR_ENGINEERS], ids=lambda p: p.name)
def test_an_engineer_s_page_takes_few_questions_and_is_not_sent_again(engineer, page):
    address = f"/en/vila/{at(page.address)}{QUERY.get(page.name, '')}"
    first = engineer.get(address)
    with CaptureQueriesContext(connection) as asked, counting() as looks:
        engineer.get(address, headers={"Cache-Control": "no-cache"})
    assert looks[0] + len(asked) <= 10
    again = engineer.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("who", ["stranger", "viewer", "engineer"])
def test_no_cache_gives_one_s_page_to_another(net, person, who):
    if who != "stranger":
        net.force_login(person(who, who))
    answer = net.get("/en/vila/fibre.json")
    assert "Cookie" in answer["Vary"]
    assert answer["Cache-Control"] == ("public, no-cache" if who == "stranger" else "private, no-cache")
    assert ("Access-Control-Allow-Origin" in answer) == (who == "stranger")


def test_what_was_shown_to_an_engineer_is_not_the_answer_to_a_stranger(engineer):
    ours = engineer.get("/en/vila/fibre.json?q=abrigo")
    assert [s["told"]["id"] for s in ours.json()["sites"]] == ["bunker"]
    theirs = Client().get("/en/vila/fibre.json?q=abrigo", headers={"If-None-Match": ours["ETag"]})
    assert theirs.status_code == 200
    assert theirs.json()["sites"] == []


def everything(client: Client, lang: str = "en") -> dict[str, str]:
    """Every page, file and answer about every part of the network that somebody gets, as text."""
    plan = network()
    places = [
        "fibre",
        "fibre?sort=cables",
        "fibre?sort=ducts",
        "fibre.json?sort=cables",
        "fibre.json?sort=ducts",
        "fibre.json",
        "fibre/works.json",
        "fibre/buildings",
        "fibre/buildings.json",
        "fibre/buildings.csv",
    ]
    places += ["fibre/works?from=2025-03-01", "fibre/works.ics", "fibre/map.geojson", *(f"fibre/network.{form}" for form in FORMS)]
    for sort, those in (("site", plan.sites), ("duct", plan.ducts), ("cable", plan.cables)):
        places += [f"fibre/{sort}/{t.id}{form}" for t in those for form in ("", ".json")]
    found = {}
    for place in places:
        answer = client.get(f"/{lang}/vila/{place}")
        if answer.status_code == 200:
            body = answer.content
            if place.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(body)) as packed:
                    body = b"".join(packed.read(n) for n in packed.namelist())
            found[place] = body.decode("utf-8", "replace")
    return found


def test_a_stranger_reads_no_secret_in_any_page_or_file(net):
    found = everything(net)
    assert len(found) > 25
    leaks = [(place, secret) for place, text in found.items() for secret in SECRETS if f">{secret}<" in text or f'"{secret}"' in text]
    assert leaks == []
    hidden = [s for s in network().sites if s.disclosure is not Disclosure.PUBLIC]
    for s in hidden:
        assert s.at
        assert [place for place, text in found.items() if s.name in text or str(s.at[0]) in text] == [], s.id


def test_who_has_a_role_sees_what_is_inside_and_nothing_restricted(viewer):
    found = everything(viewer)
    assert "Bombeiros" in found["fibre"]
    assert not [place for place, text in found.items() if "Abrigo" in text or "b-bunker" in text or "spies" in text or "a secret" in text]
    assert told(viewer, "fibre/site/fire.json")["sensors"] == []
    assert told(viewer, "fibre/cable/office-a.json")["strands"] == []


def test_an_engineer_sees_all(engineer):
    found = everything(engineer)
    assert "Abrigo" in found["fibre"]
    site = told(engineer, "fibre/site/school.json")
    assert (site["sensors"], site["criticality"], site["service"]) == (["n1", "n2"], "essential", "video link")
    assert site["standing"]["ducts"] == 1
    assert [c["name"] for c in site["standing"]["pair"][0]["cables"]] == ["Cabo a-school", "Cabo office-a"]
    assert told(engineer, "fibre/site/fire.json")["standing"]["ducts"] == 2
    assert site["changes"][0]["why"] == "as it was built"


def test_a_site_whose_name_has_a_slash_or_worse_has_its_page(net, person):
    odd = ["a/b", "ä ö", "x?y=1", "<b>", 'q"r', "%2F", "a.json"]
    sites = tuple(Site(id=i, name=i, kind=Kind.POP, at=(-8.6, 41.1), disclosure=Disclosure.PUBLIC) for i in odd)
    plan = network()
    writes.load(None, "vila", plan.model_copy(update={"sites": (*plan.sites, *sites)}), "odd names")
    page = net.get("/en/vila/fibre?page=1").content.decode()
    links = [part.split('"')[0] for part in page.split('href="')[1:] if "/fibre/site/" in part]
    for link in links:
        assert net.get(link).status_code in (200, 404)
    assert sum(net.get(link).status_code == 200 for link in links) >= len(links) - 1, "all but the one that ends as a twin does"
    assert "<b>" not in page


class TestStrands:
    def test_strand_30_of_4_times_12_is_the_white_fibre_of_the_green_tube(self, engineer):
        (s,) = (s for s in told(engineer, "fibre/cable/office-a.json")["strands"] if s["strand"] == 30)
        assert (s["tube"], s["tube_colour"], s["fibre"], s["colour"]) == (3, "green", 6, "white")
        assert (s["use"], s["whom"], s["what"]) == ("leased", "Nobody", "a secret")
        assert (s["end"]["how"], s["end"]["cable"], s["end"]["strand"]) == ("splice", "a-fire", 3)

    def test_a_strand_says_in_words_what_its_colour_says(self, engineer):
        said = engineer.get("/pt/vila/fibre/cable/office-a").content.decode()
        assert "6, branco" in said
        assert "Tubo 3, verde" in said

    def test_each_strand_goes_somewhere_or_nowhere(self, engineer):
        strands = told(engineer, "fibre/cable/office-a.json")["strands"]
        assert [s["start"]["how"] for s in strands[:2]] == ["port", "nowhere"]
        assert [s["end"]["how"] for s in strands[:6]] == ["splice", "splice", "nowhere", "nowhere", "splitter", "nowhere"]
        assert {u["use"]: u["strands"] for u in told(engineer, "fibre/cable/office-a.json")["uses"]} == {
            "used": 4, "leased": 1, "reserved": 0, "broken": 1, "spare": 42,
        }  # fmt: skip

    def test_a_strand_is_followed_to_its_end(self, engineer):
        said = told(engineer, "fibre/trace.json?cable=office-a&strand=1&sent=0&needed=-24")
        assert [(h["cable"]["id"], h["strand"]) for h in said["hops"]] == [("office-a", 1), ("a-school", 1)]
        assert said["port"] == "A 1"
        assert (said["hops"][-1]["port"], said["hops"][-1]["sound"]) == ("S 1", True)
        assert 0 < said["hops"][0]["loss"] < said["hops"][1]["loss"]
        assert said["hops"][1]["margin"] == pytest.approx(24 - 3 - said["hops"][1]["loss"])
        assert [h["asked"] for h in said["hops"]] == [True, False]
        assert (said["begins"]["id"], said["end"], said["since"]) == ("office", "start", "")

    def test_from_the_school_s_cable_it_is_the_same_way_with_the_same_loss(self, engineer):
        here, there = (told(engineer, f"fibre/trace.json?cable={cable}&strand=1") for cable in ("office-a", "a-school"))
        assert [h | {"asked": 0} for h in here["hops"]] == [h | {"asked": 0} for h in there["hops"]]
        assert [h["asked"] for h in there["hops"]] == [False, True]
        assert there["hops"][-1]["loss"] == pytest.approx(1.59, abs=0.01)
        back = told(engineer, "fibre/trace.json?cable=a-school&strand=1&end=end")
        assert [h["cable"]["id"] for h in back["hops"]] == ["a-school", "office-a"], "an old link tells it from the other side"
        assert (back["begins"]["id"], back["hops"][-1]["loss"]) == ("school", pytest.approx(here["hops"][-1]["loss"]))

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("?cable=nothing&strand=1", 404),
            ("?cable=office-a&strand=49", 400),
            ("?cable=office-a&strand=x", 400),
            ("?cable=office-a&strand=1&end=middle", 400),
            ("?cable=office-a&strand=1&sent=nan", 400),
            ("?cable=office-a&strand=1&sent=1e9", 400),
            ("?cable=office-a", 200),
            ("?q=cabo", 200),
            ("?q=" + "x" * 201, 400),
            ("?strand=3", 200),
        ],
    )
    def test_what_can_t_be_followed_is_a_letter(self, engineer, query, status):
        for form in ("", ".json"):
            assert engineer.get(f"/pt/vila/fibre/trace{form}{query}").status_code == status


class TestWhatIf:
    def test_both_feet_of_the_ring_cut_darken_everybody_and_blind_their_sensors(self, engineer):
        said = told(engineer, "fibre/what-if.json?duct=office-a&duct=b-office")["hangs"]
        assert [c["id"] for c in said["dark"]] == ["fire", "bunker", "school"], "who saves lives first"
        assert (said["darkened"], said["of"], said["blind"]) == (3, 3, 3)
        assert said["sensors"] == ["n1", "n2", "s1"]

    def test_one_foot_cut_darkens_nobody_and_leaves_one_path(self, engineer):
        said = told(engineer, "fibre/what-if.json?duct=office-a")["hangs"]
        assert said["darkened"] == 0
        assert [c["id"] for c in said["thin"]] == ["fire"]
        assert {u["use"]: u["strands"] for u in said["strands"]} == {"used": 4, "leased": 1, "broken": 1, "spare": 42}

    def test_the_address_of_a_page_is_all_that_it_takes(self, engineer):
        page = engineer.get("/en/vila/fibre/what-if?duct=office-a&site=b&q=cabo").content.decode()
        assert 'name="duct" value="office-a" checked' in page
        assert 'name="site" value="b" checked' in page
        assert 'name="cable" value="a-b">' in page
        assert engineer.get("/en/vila/fibre/what-if?duct=nothing").status_code == 404
        assert engineer.get("/en/vila/fibre/what-if?" + "&".join(f"duct={i}" for i in range(300))).status_code == 400

    def test_asking_changes_nothing(self, engineer):
        before = told(engineer, "fibre/history.json")["revisions"]
        told(engineer, "fibre/what-if.json?site=b&site=a")
        assert told(engineer, "fibre/history.json")["revisions"] == before

    def test_everybody_who_is_touched_is_in_the_table(self, engineer):
        rows = engineer.get("/en/vila/fibre/what-if.csv?duct=office-a&duct=a-school").content.decode().splitlines()
        fire = "fire,Bombeiros,video link,life"
        assert rows[1:] == ["school,Escola Básica 12,video link,essential,dark", f"{fire},one path by cable", f"{fire},one path by duct"]

    def test_who_has_another_way_and_no_recorded_strand_in_it_is_dark_until_somebody_switches_over(self, engineer):
        said = told(engineer, "fibre/what-if.json?duct=office-a")["hangs"]
        assert (said["dark"], [c["id"] for c in said["waiting"]], said["waits"]) == ([], ["school"], 1)
        assert (said["unrecorded"], said["blind"], said["sensors"]) == (2, 2, ["n1", "n2"])
        assert [[c["id"] for c in said[kind]] for kind in ("thin", "thin_by_duct")] == [["fire"], ["fire"]]
        assert (said["thinned"], said["thinned_by_duct"]) == (1, 1)
        page = engineer.get("/pt/vila/fibre/what-if?duct=office-a").content.decode()
        assert "Sem serviço até à comutação" in page
        assert "De 2 clientes que mantêm um caminho não há registo das fibras" in page
        rows = engineer.get("/en/vila/fibre/what-if.csv?duct=office-a").content.decode().splitlines()
        assert [row.rsplit(",", 1)[1] for row in rows[1:]] == ["waiting", "one path by cable", "one path by duct"]


def test_the_ranking_begins_with_what_darkens_most(engineer):
    said = told(engineer, "fibre/critical.json?sort=site")
    assert said["failures"][0]["ref"]["id"] == "office"
    assert (said["failures"][0]["customers"], said["failures"][0]["weight"], said["failures"][0]["life"]) == (3, 120, 1)
    assert [f["ref"]["id"] for f in told(engineer, "fibre/critical.json")["failures"]] == ["a-school", "b-bunker"]


def test_the_register_begins_with_who_has_fewest_paths(engineer):
    said = told(engineer, "fibre/redundancy.json")
    assert [(c["id"], c["ducts"]) for c in said["customers"]] == [("bunker", 1), ("school", 1), ("fire", 2)]
    assert {c["paths"]: c["customers"] for c in said["counts"]} == {0: 0, 1: 2, 2: 1}
    assert engineer.get("/en/vila/fibre/redundancy?sort=luck").status_code == 400


def test_works_say_what_depends_on_them_and_what_not_to_do_on_the_same_day(engineer):
    said = told(engineer, "fibre/works.json?from=2025-03-01")["works"]
    assert [w["dig"]["name"] for w in said] == ["Obras na praça", "Obras no rio"]
    assert (said[0]["depends"]["darkened"], [c["id"] for c in said[0]["depends"]["waiting"]]) == (0, ["school"])
    assert [said[0]["depends"][name] for name in ("waits", "unrecorded", "blind", "loose")] == [1, 2, 2, 0]
    assert [c["id"] for c in said[1]["depends"]["dark"]] == ["bunker"]
    assert [c["id"] for c in said[0]["depends"]["together"][0]["dark"]] == ["fire", "school"]
    assert (said[0]["depends"]["together"][0]["first"], said[0]["depends"]["together"][0]["last"]) == ("2025-03-24", "2025-03-25")


def test_a_stranger_knows_of_the_dig_and_not_what_hangs_on_it(net):
    (only,) = told(net, "fibre/works.json?from=2025-03-01")["works"]
    assert (only["dig"]["name"], only["depends"]) == ("Obras na praça", None)
    calendar = net.get("/pt/vila/fibre/works.ics").content.decode()
    assert "DTSTART;VALUE=DATE:20250320" in calendar
    assert "DTEND;VALUE=DATE:20250326" in calendar
    assert "Obras no rio" not in calendar
    assert net.get("/pt/vila/fibre/works?from=2025-03-09&to=2025-03-01").status_code == 400


def test_every_change_is_told_with_who_and_why(engineer, person):
    plan = network()
    sites = tuple(s.model_copy(update={"name": "Escola nova"}) if s.id == "school" else s for s in plan.sites)
    writes.load(person("ana", "administrator"), "vila", plan.model_copy(update={"sites": sites}), "renamed")
    newest = told(engineer, "fibre/history.json")["revisions"][0]
    assert (newest["number"], newest["who"], newest["why"], newest["changed"]) == (2, "Ana", "renamed", 1)
    (change,) = told(engineer, "fibre/history/2.json")["changes"]
    assert (change["key"], change["fields"]) == ("school", [{"field": "name", "before": "Escola Básica 12", "after": "Escola nova"}])
    assert told(engineer, "fibre/site/school.json")["changes"][0]["who"] == "Ana"
    assert engineer.get("/en/vila/fibre/history/3").status_code == 404
    assert engineer.get("/en/vila/fibre/history/0").status_code == 404


def test_the_map_draws_what_is_known_and_says_where_a_route_is_a_guess(net):
    found = json.loads(net.get("/en/vila/fibre/map.geojson").content)["features"]
    ducts = {f["properties"]["id"]: f["properties"]["known"] for f in found if f["properties"]["sort"] == "duct"}
    assert ducts == {"office-a": True, "a-b": True, "b-office": True, "a-school": True, "planned": False}
    assert {f["properties"]["id"] for f in found if f["properties"]["sort"] == "site"} == {"office", "a", "b", "school"}


def test_three_lengths_are_told_and_how_much_of_each_is_known(engineer):
    said = told(engineer, "fibre.json")["network"]
    route, sheath, strand = (said["lengths"][k] for k in ("route", "sheath", "strand"))
    assert (route["known"], route["of"]) == (7, 8)
    assert strand["metres"] == pytest.approx(48 * sheath["metres"])
    assert sum(z["lengths"]["route"]["metres"] or 0 for z in said["zones"]) == pytest.approx(route["metres"])


@pytest.mark.parametrize(("lang", "some", "none"), [("en", r"\d\.\d km of 7 of 8", "Planned"), ("pt", r"\d,\d km de 7 de 8", "Previsto")])
def test_no_length_of_a_part_stands_without_how_much_of_it_is_known(engineer, lang, some, none):
    said = told(engineer, "fibre.json")["network"]
    (planned,) = (s for s in said["stages"] if s["group"] == "planned")
    assert planned["lengths"]["route"] == {"metres": None, "known": 0, "of": 1}, "nothing is known of it: that is not 0"
    page = engineer.get(f"/{lang}/vila/fibre").content.decode()
    tables = page.split('id="lengths"')[1].split("</section>")[0]
    row = re.search(rf'<tr><th scope="row">{none}</th>(.*?)</tr>', tables)
    assert row is not None
    assert re.findall(r"<td>(.*?)</td>", row[1]) == ["–", "–", "–"]
    assert len(re.findall(some, tables)) == 1, "of the owner's ducts, in its table"
    assert not re.search(r">0[.,]0", tables)


def big(n: int) -> Plan:
    """A chain of so many closures behind an office, each with a school."""
    closures = [
        Site(id=f"c{i}", name=f"Closure {i}", at=(-8.7 + i / n / 10, 41.15), source=i == 0, disclosure=Disclosure.PUBLIC) for i in range(n)
    ]
    schools = [
        Site(id=f"s{i}", name=f"School {i}", at=(-8.7 + i / n / 10, 41.16), customer=True, disclosure=Disclosure.PUBLIC) for i in range(n)
    ]
    ways = [(f"c{i}", f"c{i + 1}") for i in range(n - 1)] + [(f"c{i}", f"s{i}") for i in range(n)]
    ducts = [Duct(id=f"d{i}", start=a, end=b, disclosure=Disclosure.PUBLIC) for i, (a, b) in enumerate(ways)]
    cables = [Cable(id=f"k{i}", start=a, end=b, ducts=(f"d{i}",), fibres=12, disclosure=Disclosure.PUBLIC) for i, (a, b) in enumerate(ways)]
    return Plan(id="vila", name="Chain", sites=(*closures, *schools), ducts=tuple(ducts), cables=tuple(cables))


def test_long_lists_come_by_the_hundred_and_each_thing_is_on_one_page(engineer):
    writes.load(None, "vila", big(103), "longer")
    pages = [told(engineer, f"fibre.json?page={n}") for n in (1, 2, 3)]
    assert [len(p["sites"]) for p in pages] == [100, 100, 6]
    assert len({s["told"]["id"] for p in pages for s in p["sites"]}) == 206
    assert engineer.get("/en/vila/fibre?page=4").status_code == 404
    said = told(engineer, "fibre/what-if.json?site=c0")["hangs"]
    assert (len(said["dark"]), said["darkened"]) == (100, 103)
    assert len(engineer.get("/en/vila/fibre/what-if.csv?site=c0").content.splitlines()) == 104
    assert "sort=cables&amp;q=k&amp;page=2" in engineer.get("/en/vila/fibre?sort=cables&q=k").content.decode()


def test_search_finds_a_name_whatever_its_accents_and_capitals(net):
    assert [s["told"]["id"] for s in told(net, "fibre.json?q=CAMARA")["sites"]] == ["a", "b"]
    assert told(net, "fibre.json?q=nothing")["sites"] == []
