"""A cable some of whose ducts are hidden from whoever asks: no answer measures it by the others, or tells how many are hidden, or where."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from pulso.fibre.files.tables import read
from pulso.fibre.lengths import lengths
from pulso.fibre.shapes import Cable, Disclosure, Duct
from pulso.web.fibre import writes
from tests.web.api.networks import Asker
from tests.web.network import AT, network

pytestmark = pytest.mark.django_db

OPEN = {"stranger": {Disclosure.PUBLIC}, "viewer": {Disclosure.PUBLIC, Disclosure.INTERNAL}}
SHUT = {"stranger": (Disclosure.INTERNAL, Disclosure.RESTRICTED), "viewer": (Disclosure.RESTRICTED,)}
CASES = [(who, level) for who, levels in SHUT.items() for level in levels]
WAY = ("dug-east", "dug-north")
"""Ducts from the office by a chamber to another; nothing else is called so."""
STATED = 5_000.0
"""m of sheath, where they are recorded of the cable itself."""
SAID = "Its way is not public, or not all of it"


class Looks:
    """What somebody is told of the cable, wherever it is."""

    def __init__(self, site: Client, person: Any, who: str) -> None:
        self.site, self.who, self.asker = site, who, Asker(site)
        if who != "stranger":
            one = person(who, who)
            site.force_login(one)
            self.asker = Asker(site, one)

    def load(self, hidden: tuple[str, ...], level: Disclosure, length: float | None = None) -> None:
        """Keep a network with the cable, of which these ducts are of this level."""
        plan = network()
        ends = (("office", "a"), ("a", "b"))
        ducts = [
            Duct(id=d, start=a, end=b, route=(AT[a], AT[b]), disclosure=level if d in hidden else Disclosure.PUBLIC)
            for d, (a, b) in zip(WAY, ends, strict=True)
        ]
        cable = Cable(id="long", start="office", end="b", ducts=WAY, tubes=2, fibres=12, length=length, disclosure=Disclosure.PUBLIC)
        writes.load(
            None,
            "vila",
            plan.model_copy(update={"ducts": (*plan.ducts, *ducts), "cables": (*plan.cables, cable)}),
            f"with {hidden} {level} {length}",
            disclose=True,
        )

    def page(self) -> tuple[str, dict[str, Any]]:
        """Its page and the twin."""
        return self.site.get("/en/vila/fibre/cable/long").content.decode(), self.site.get("/en/vila/fibre/cable/long.json").json()

    def rows(self) -> dict[str, Any]:
        """What the API, its tables and its map say of it."""
        (listed,) = (r for r in self.asker.told("fibre-cables")["items"] if r["id"] == "long")
        table = csv.DictReader(io.StringIO(self.asker.ask("fibre-cables.csv").content.decode()))
        (drawn,) = (f for f in self.asker.told("fibre-cables.geojson")["features"] if f["id"] == "long")
        (line,) = (r for r in self.site.get("/en/vila/fibre.json?sort=cables&q=long").json()["cables"] if r["told"]["id"] == "long")
        return {
            "one": self.asker.told("fibre-cables/long"),
            "listed": listed,
            "csv": next(r for r in table if r["id"] == "long"),
            "geojson": drawn,
            "line": line,
        }

    def totals(self) -> dict[str, Any]:
        """Every sum of the network: on the page by group, and in the API."""
        found = self.site.get("/en/vila/fibre.json").json()["network"]
        said = {"whole": found["lengths"], **{by: found[by] for by in ("stages", "owners", "zones")}}
        return said | {"api": self.asker.told("fibre")} | {"parts": self.asker.told("fibre-lengths?limit=1000")["items"]}


@pytest.fixture
def looks(site: Client, db: None, person: Any) -> Any:
    """Somebody who looks."""
    return lambda who: Looks(site, person, who)


@pytest.mark.parametrize("hidden", [WAY[:1], WAY[1:], WAY], ids=["the first", "the second", "both"])
@pytest.mark.parametrize(("who", "level"), CASES)
def test_its_way_is_told_whole_or_not_at_all_and_that_as_not_public(looks, who, level, hidden):
    look = looks(who)
    look.load(hidden, level)
    html, said = look.page()
    assert SAID in html
    assert "Nor is its length" in html
    assert "Nobody knows in which ducts" not in html
    assert (said["line"]["length"], said["line"]["ducts"], said["line"]["veiled"], said["ducts"]) == (None, 0, True, [])
    rows = look.rows()
    for form in ("one", "listed", "line"):
        assert (rows[form]["length"], rows[form]["ducts"], rows[form]["veiled"]) == (None, 0, True), form
    assert rows["one"]["ducts_there"] == []
    assert (rows["csv"]["length"], rows["csv"]["ducts"], rows["csv"]["veiled"]) == ("", "0", "true")
    assert rows["geojson"]["geometry"] is None
    everything = html + json.dumps(said) + json.dumps(rows)
    assert not [d for d in WAY if d in everything]


@pytest.mark.parametrize(("who", "level"), CASES)
def test_how_many_are_hidden_and_where_changes_no_answer(looks, who, level):
    look = looks(who)
    found = []
    for hidden in (WAY[:1], WAY[1:], WAY):
        look.load(hidden, level)
        html, said = look.page()
        del said["frame"]
        found.append((html.split("<main")[1].split("</main>")[0], said, look.rows()))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(("who", "level"), CASES)
def test_no_sum_counts_it_as_known(looks, who, level):
    look = looks(who)
    look.load((), level)
    before = look.totals()
    look.load(WAY[1:], level)
    after = look.totals()
    known = before["whole"]["sheath"]
    assert after["whole"]["sheath"]["of"] == known["of"]
    assert after["whole"]["sheath"]["known"] == known["known"] - 1
    (stage,) = (p for p in after["stages"] if p["group"] == "operational")
    assert stage["lengths"]["sheath"]["known"] == stage["lengths"]["sheath"]["of"] - 1
    assert after["api"]["sheath_known"] == after["api"]["cables"] - 1
    for by in ("all", "status", "owner", "zone"):
        for was, kind in ((before, "before"), (after, "after")):
            rows = [r for r in was["parts"] if r["by"] == by]
            short = sum(r["sheath_of"] - r["sheath_known"] for r in rows)
            assert short == (1 if kind == "after" else 0), (by, kind)
    gone = before["api"]["sheath"] - after["api"]["sheath"]
    assert gone > 1_500, "all of it, and not the hidden part alone"


@pytest.mark.parametrize("who", OPEN)
def test_what_is_recorded_of_the_cable_itself_is_told_and_lies_in_no_zone(looks, who):
    look = looks(who)
    look.load(WAY[1:], Disclosure.RESTRICTED, STATED)
    html, said = look.page()
    assert SAID in html
    assert "Nor is its length" not in html
    assert (said["line"]["length"], said["line"]["veiled"]) == (STATED, True)
    assert look.rows()["csv"]["length"] == "5000.0"
    (nowhere,) = (r for r in look.totals()["parts"] if r["by"] == "zone" and not r["group"] and r["sheath_of"] == 1)
    assert nowhere["sheath"] == STATED


@pytest.mark.parametrize(("who", "level"), CASES)
def test_nobody_who_takes_the_file_measures_it(looks, tmp_path, who, level):
    look = looks(who)
    look.load(WAY[1:], level)
    path = tmp_path / "n.gpkg"
    path.write_bytes(look.site.get("/en/vila/fibre/network.gpkg").content)
    (long,) = (c for c in read(path).plan.cables if c.id == "long")
    assert long.ducts == ()
    sheath = lengths(read(path).plan)[0].sheath
    assert sheath.of - sheath.known == 1
    (standard,) = json.loads(look.site.get("/en/vila/fibre/network.json").content)["networks"]
    (span,) = (s for s in standard["spans"] if s["id"] == "long")
    assert "route" not in span
    assert "fibreLength" not in span


def test_engineers_are_told_it_whole_and_where_nobody_knows_that_is_said(looks, site, person):
    look = looks("engineer")
    look.load(WAY, Disclosure.RESTRICTED)
    html, said = look.page()
    assert SAID not in html
    assert (said["line"]["ducts"], said["line"]["veiled"]) == (2, False)
    assert said["line"]["length"] > 1_500
    plan = network()
    loose = Cable(id="loose", start="office", end="b", fibres=12, disclosure=Disclosure.PUBLIC)
    wrong = Cable(id="wrong", start="office", end="b", ducts=("office-a", "nothing"), fibres=12, disclosure=Disclosure.PUBLIC)
    writes.load(None, "vila", plan.model_copy(update={"cables": (*plan.cables, loose, wrong)}), "two more", disclose=True)
    site.logout()
    for cable in ("loose", "wrong"):
        html = site.get(f"/en/vila/fibre/cable/{cable}").content.decode()
        assert "Nobody knows in which ducts it lies." in html
        assert SAID not in html
        assert site.get(f"/en/vila/fibre/cable/{cable}.json").json()["line"]["length"] is None
