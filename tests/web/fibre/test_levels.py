"""One rule on who may know what, object by object: pages, their JSON, files, the map and the search tell each level the same."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from django.test import Client

from pulso.fibre.files.tables import read
from pulso.fibre.public import UNTOLD
from pulso.fibre.shapes import Disclosure, Plan
from pulso.web.fibre import reads, writes
from tests.fibre.plans import some_plan
from tests.web.network import network

pytestmark = pytest.mark.django_db

SORTS = ("sites", "ducts", "cables")
OPEN = {
    "stranger": {Disclosure.PUBLIC},
    "viewer": {Disclosure.PUBLIC, Disclosure.INTERNAL},
    "engineer": set(Disclosure),
}


@pytest.fixture(params=OPEN)
def who(request: pytest.FixtureRequest, site: Client, person: Any) -> str:
    """Whoever asks, signed in if they can be."""
    if request.param != "stranger":
        site.force_login(person(request.param, request.param))
    return str(request.param)


def due(plan: Plan, who: str) -> dict[str, set[str]]:
    """Ids of the things that somebody may know: by their level, and lines not without both their ends."""
    sites = {s.id for s in plan.sites if s.disclosure in OPEN[who]}
    lines = {of: {t.id for t in getattr(plan, of) if t.disclosure in OPEN[who] and {t.start, t.end} <= sites} for of in ("ducts", "cables")}
    return {"sites": sites, **lines}


def searched(client: Client, sort: str, said: str) -> set[str]:
    return {t["told"]["id"] for t in client.get("/en/vila/fibre.json", {"sort": sort, "q": said}).json()[sort]}


def package(client: Client, path: Path) -> Path:
    path.write_bytes(client.get("/en/vila/fibre/network.gpkg").content)
    return path


def test_pages_files_map_and_search_tell_each_of_the_same_things(site, who, tmp_path):
    plan = network()
    writes.load(None, "vila", plan, "as it was built")
    known = due(plan, who)
    for of in SORTS:
        every = [t.id for t in getattr(plan, of)]
        sort = of.removesuffix("s")
        for form in ("", ".json"):
            assert {i for i in every if site.get(f"/en/vila/fibre/{sort}/{i}{form}").status_code == 200} == known[of], (of, form)
        assert {i for t in getattr(plan, of) for i in searched(site, of, t.name or t.id) if i == t.id} == known[of], of
        assert {i for i in every if i in searched(site, of, i)} == known[of], of
    file = read(package(site, tmp_path / "n.gpkg")).plan
    assert {of: {t.id for t in getattr(file, of)} for of in SORTS} == known
    (standard,) = json.loads(site.get("/en/vila/fibre/network.json").content)["networks"]
    assert {n["id"] for n in standard["nodes"]} == known["sites"]
    assert {n["id"] for n in standard["spans"]} == known["ducts"]
    drawn = json.loads(site.get("/en/vila/fibre/map.geojson").content)["features"]
    assert {f["properties"]["id"] for f in drawn if f["properties"]["sort"] == "site"} == known["sites"]
    assert {f["properties"]["id"] for f in drawn if f["properties"]["sort"] == "duct"} == known["ducts"]


def test_what_is_served_how_critical_it_is_and_what_hangs_on_it_is_for_engineers_on_the_page_and_in_the_file(site, who, tmp_path):
    plan = network()
    writes.load(None, "vila", plan, "as it was built")
    path = package(site, tmp_path / "n.gpkg")
    columns = set(pyogrio.read_info(path, layer="sites")["fields"])
    file = {s.id: s for s in read(path).plan.sites}
    assert (columns >= set(UNTOLD), not columns & set(UNTOLD)) == (who == "engineer", who != "engineer"), (
        "not known is no column, not a default"
    )
    for s in plan.sites:
        if s.id not in file:
            continue
        told = site.get(f"/en/vila/fibre/site/{s.id}.json").json()
        said = (told["service"], told["criticality"], tuple(told["sensors"]))
        if who == "engineer":
            assert (file[s.id].service, file[s.id].criticality, file[s.id].sensors) == (s.service, s.criticality, s.sensors)
            assert said == ((s.service, s.criticality, s.sensors) if s.customer else ("", "", ())), s.id
        else:
            assert said == ("", "", ()), s.id
            assert (file[s.id].service, file[s.id].sensors) == ("", ())
        page = site.get(f"/en/vila/fibre/site/{s.id}").content.decode()
        assert who == "engineer" or "video link" not in page, s.id


@pytest.mark.parametrize("seed", range(3))
def test_no_file_of_a_random_network_names_what_one_may_not_know(site, who, tmp_path, seed):
    plan = some_plan(random.Random(seed), sites=12, ducts=16, cables=16, works=4)
    writes.load(None, "vila", plan, "as drawn")
    known = due(plan, who)
    hidden = {t.id for of in SORTS for t in getattr(plan, of) if t.disclosure not in OPEN[who]}
    hidden |= {sensor for s in plan.sites for sensor in s.sensors if who != "engineer"}
    file = read(package(site, tmp_path / "n.gpkg")).plan
    assert {s.id for s in file.sites} == known["sites"]
    said = [file.model_dump_json(), site.get("/en/vila/fibre/network.json").content.decode()]
    for form in ("csv.zip", "geojson.zip"):
        with zipfile.ZipFile(io.BytesIO(site.get(f"/en/vila/fibre/network.{form}").content)) as packed:
            said += [packed.read(name).decode() for name in packed.namelist()]
    assert not [i for i in hidden for text in said if f'"{i}"' in text or f",{i}," in text]
    assert bool(file.strands) == (who == "engineer" and bool(plan.strands))


def test_a_thing_that_was_made_internal_is_gone_from_every_form_at_once(site, db, person, tmp_path):
    plan = network()
    writes.load(None, "vila", plan, "as it was built")
    assert "school" in {s.id for s in read(package(site, tmp_path / "before.gpkg")).plan.sites}
    school = next(s for s in plan.sites if s.id == "school")
    rui = person("rui", "engineer")
    writes.change(rui, "vila", [writes.Put(school.model_copy(update={"disclosure": Disclosure.INTERNAL}))], "asked for by the school")
    assert reads.network("vila").number == 2
    assert site.get("/en/vila/fibre/site/school").status_code == 404
    assert searched(site, "sites", "escola") == set()
    for form in ("json", "gpkg"):
        assert b"school" not in site.get(f"/en/vila/fibre/network.{form}").content
