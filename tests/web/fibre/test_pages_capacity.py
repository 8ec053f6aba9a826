"""How full cables and ducts are: the page, its twin, the tables and the API say the same, the fullest first, to engineers alone."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import Cable, Disclosure, Duct, Plan, Site, Status, Strands, Use
from pulso.web.fibre import writes
from pulso.web.readings.counted import counting
from tests.web.api.networks import Asker, as_described
from tests.web.network import network

pytestmark = pytest.mark.django_db

ADDRESSES = {"cables": "fibre-capacity", "ducts": "fibre-fill"}


@pytest.fixture
def engineer(site: Client, person: Any) -> Client:
    """Rui at his desk, with the town's network."""
    writes.load(None, "vila", network(), "as it was built")
    site.force_login(person("rui", "engineer"))
    return site


@pytest.fixture
def program(engineer: Client, person: Any) -> Asker:
    """A program with an engineer's key."""
    return Asker(engineer, person("ana", "engineer"))


def told(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(f"/en/vila/{address}")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def long(n: int) -> Plan:
    """So many cables, each with a tenth more of its strands taken than the one before, over and over; every eleventh is unsaid."""
    sites = [Site(id=f"c{i}", disclosure=Disclosure.PUBLIC) for i in range(n + 1)]
    ducts = [Duct(id=f"d{i}", start=f"c{i}", end=f"c{i + 1}", inner=None if i % 11 == 10 else 10 + i) for i in range(n)]
    cables = [Cable(id=f"k{i}", start=f"c{i}", end=f"c{i + 1}", ducts=(f"d{i}",), fibres=10, outer=5) for i in range(n)]
    strands = [Strands(cable=f"k{i}", first=1, last=i % 11, use=Use.USED) for i in range(n) if i % 11 > 0]
    return Plan(id="vila", name="Long", sites=tuple(sites), ducts=tuple(ducts), cables=tuple(cables), strands=tuple(strands))


def test_a_cable_is_told_by_the_share_that_is_taken_with_what_nobody_says_beside(engineer, program):
    first, *rest = told(engineer, "fibre/capacity.json")["cables"]
    uses = {use: first[use] for use in ("used", "leased", "reserved", "broken", "spare", "unsaid", "strands")}
    assert (first["id"], uses) == (
        "office-a",
        {"used": 4, "leased": 1, "reserved": 0, "broken": 1, "spare": 42, "unsaid": 42, "strands": 48},
    )
    assert first["share"] == pytest.approx(6 / 48)
    assert {c["share"] for c in rest} == {None}, "nothing is said of any strand of theirs: that is not empty"
    assert told(engineer, "fibre/capacity.json")["unknown"] == 6
    page = engineer.get("/en/vila/fibre/capacity").content.decode()
    assert "at least 13%" in page or "at least 12%" in page
    assert "Of 6 cables nobody says what any strand is used for" in page
    assert "pelo menos" in engineer.get("/pt/vila/fibre/capacity").content.decode()
    assert program.told("fibre-capacity")["items"] == [first, *rest]


def test_a_duct_is_told_by_its_cross_section_and_stands_last_where_a_diameter_is_missing(engineer, program):
    rows = told(engineer, "fibre/capacity.json?sort=ducts")["ducts"]
    assert [r["share"] for r in rows] == [pytest.approx(0.09)] * 7 + [None]
    assert (rows[-1]["id"], rows[-1]["cables"], rows[-1]["known"], rows[-1]["inner"]) == ("planned", 0, 0, None)
    assert {r["id"]: (r["strands"], r["spare"], r["unsaid"]) for r in rows}["office-a"] == (48, 42, 42)
    page = engineer.get("/en/vila/fibre/capacity?sort=ducts").content.decode()
    assert "Of 1 duct a diameter is missing" in page
    assert re.search(r'data-called="How full">–<', page)
    assert program.told("fibre-fill")["items"] == rows


@pytest.mark.parametrize("what", ADDRESSES)
def test_the_page_the_table_and_the_api_say_the_same_in_the_same_order(engineer, program, what):
    writes.load(None, "vila", long(230), "longer")
    pages = [told(engineer, f"fibre/capacity.json?sort={what}&page={n}") for n in (1, 2, 3)]
    assert [len(p[what]) for p in pages] == [100, 100, 30]
    assert engineer.get(f"/en/vila/fibre/capacity?sort={what}&page=4").status_code == 404
    rows = [r for p in pages for r in p[what]]
    shares = [r["share"] for r in rows]
    known = [s for s in shares if s is not None]
    assert known == sorted(known, reverse=True)
    assert shares == known + [None] * pages[0]["unknown"]
    assert pages[0]["unknown"] == (21 if what == "cables" else 20)
    assert program.walked(ADDRESSES[what], 97) == rows
    table = list(csv.DictReader(io.StringIO(engineer.get(f"/en/vila/fibre/capacity-{what}.csv").content.decode())))
    assert [r["id"] for r in table] == [r["id"] for r in rows]
    assert [r["share"] == "" for r in table] == [s is None for s in shares]
    assert f"sort={what}&amp;page=2" in engineer.get(f"/en/vila/fibre/capacity?sort={what}").content.decode()
    as_described(engineer, ADDRESSES[what], program.told(ADDRESSES[what]))


@pytest.mark.parametrize("what", ADDRESSES)
def test_it_takes_few_questions_and_no_more_of_a_long_list(engineer, what):
    asked = []
    for n in (100, 1_000):
        writes.load(None, "vila", long(n), f"of {n}")
        address = f"/en/vila/fibre/capacity?sort={what}"
        engineer.get(address)
        with CaptureQueriesContext(connection) as questions, counting() as looks:
            engineer.get(address, headers={"Cache-Control": "no-cache"})
        asked.append(looks[0] + len(questions))
    assert asked[0] == asked[1] <= 10


def test_what_is_not_built_has_no_strand_to_give_but_takes_room_when_it_lies_there(engineer):
    plan = network()
    more = [
        Cable(id="soon", start="office", end="a", ducts=("office-a",), fibres=12, outer=12, status=Status.PLANNED),
        Cable(id="given-up", start="office", end="a", ducts=("office-a",), fibres=12, outer=12, status=Status.DECOMMISSIONED),
    ]
    writes.load(None, "vila", plan.model_copy(update={"cables": (*plan.cables, *more)}), "two more")
    assert not {"soon", "given-up"} & {c["id"] for c in told(engineer, "fibre/capacity.json")["cables"]}
    first = told(engineer, "fibre/capacity.json?sort=ducts")["ducts"][0]
    assert (first["id"], first["cables"], first["strands"]) == ("office-a", 2, 48)
    assert first["share"] == pytest.approx(0.18)


def test_it_is_found_from_the_network_s_page_by_engineers_alone(engineer):
    assert "/en/vila/fibre/capacity" in engineer.get("/en/vila/fibre").content.decode()
    engineer.logout()
    assert "/en/vila/fibre/capacity" not in engineer.get("/en/vila/fibre").content.decode()


@pytest.mark.parametrize("who", ["stranger", "viewer", "editor"])
def test_nobody_else_is_told_by_page_table_or_api(engineer, person, who):
    engineer.logout()
    one = None
    if who != "stranger":
        one = person(who, who)
        engineer.force_login(one)
    for address in ("capacity.json", "capacity-cables.csv", "capacity-ducts.csv"):
        answer = engineer.get(f"/en/vila/fibre/{address}")
        assert answer.status_code == (401 if one is None else 403)
        assert b"office-a" not in answer.content
    for address in ADDRESSES.values():
        answer = Asker(engineer, one).ask(address)
        assert answer.status_code == (401 if one is None else 403)
        assert b"office-a" not in answer.content


def test_beside_what_is_spare_stands_how_much_of_it_nobody_says(engineer, program):
    page = engineer.get("/en/vila/fibre").content.decode()
    whole = told(engineer, "fibre.json")["network"]["unsaid"]
    assert re.search(rf"Spare only because nobody says otherwise</dt><dd>{whole}</dd>", page)
    html = engineer.get("/en/vila/fibre/cable/office-a").content.decode()
    said = told(engineer, "fibre/cable/office-a.json")
    assert "42 only because nobody says otherwise" in html
    assert (said["unsaid"], program.told("fibre-cables/office-a")["unsaid"]) == (42, 42)
    assert [s["strand"] for s in said["strands"] if s["said"]] == [1, 2, 3, 4, 30, 48]
    assert html.count("<small>nobody says otherwise</small>") == 42
    assert [s["strand"] for s in program.told("fibre-strands?cable=office-a")["items"] if s["said"]] == [1, 2, 3, 4, 30, 48]
    engineer.logout()
    assert told(engineer, "fibre/cable/office-a.json")["unsaid"] == 0
    assert "only because nobody says" not in engineer.get("/en/vila/fibre/cable/office-a").content.decode()
    assert Asker(engineer).told("fibre-cables/office-a")["unsaid"] == 0
