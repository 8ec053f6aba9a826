"""What a network's files say of themselves: who publishes them, since when they hold, under which licence; as the standard has it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from pulso.web.fibre import reads, writes
from pulso.web.readings import reading
from tests.fibre.ofds_agreement import HARMLESS, they_say
from tests.web.network import network

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_(mine, client) -> Client:
    """The town's site, with its network, whose city file says the licence."""
    write(mine.folder, 'licence = "CC-BY-4.0"')
    writes.load(None, "vila", network(), "as it was built")
    return client


def write(folder: Path, said: str) -> None:
    path = folder / "city.toml"
    whole = path.read_text(encoding="utf-8").split("\n[fibre]\n")[0]
    path.write_text(f"{whole}\n[fibre]\n{said}\n", encoding="utf-8")


def told(client: Client) -> dict:
    (one,) = json.loads(client.get("/en/vila/fibre/network.json").content)["networks"]
    return one


@pytest.mark.parametrize("who", ["stranger", "viewer", "engineer"])
def test_the_city_publishes_it_since_the_day_of_its_revision_under_the_licence_of_its_file(open_, person, who):
    if who != "stranger":
        open_.force_login(person(who, who))
    said = told(open_)
    assert said["publisher"] == {"name": reading("vila").city.city.name}
    assert said["publicationDate"] == str(reads.network("vila").at.astimezone(reading("vila").city.clock).date())
    assert [link["href"] for link in said["links"] if link["rel"] == "license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert said["links"][0]["rel"] == "describedby", "the version stays first"
    whole = json.loads(open_.get("/en/vila/fibre/network.json").content)
    assert {code for _, code in they_say(whole, "0.4")} <= HARMLESS


def test_maps_and_tables_say_it_too(open_):
    with zipfile.ZipFile(io.BytesIO(open_.get("/en/vila/fibre/network.geojson.zip").content)) as packed:
        feature = json.loads(packed.read("nodes.geojson"))["features"][0]
    assert feature["properties"]["network"]["publisher"]["name"] == told(open_)["publisher"]["name"]
    assert feature["properties"]["network"]["publicationDate"] == told(open_)["publicationDate"]
    with zipfile.ZipFile(io.BytesIO(open_.get("/en/vila/fibre/network.csv.zip").content)) as packed:
        (row,) = csv.DictReader(io.StringIO(packed.read("networks.csv").decode()))
        links = packed.read("networks_links.csv" if "networks_links.csv" in packed.namelist() else "links.csv").decode()
    assert (row["publisher/name"], row["publicationDate"]) == (told(open_)["publisher"]["name"], told(open_)["publicationDate"])
    assert "license" in links


@pytest.mark.parametrize(
    ("said", "publisher", "licence"),
    [
        ("", None, []),
        ('publisher = "Vila Digital, EM"', "Vila Digital, EM", []),
        ('licence = "https://vila.example/licenca"', None, ["https://vila.example/licenca"]),
        ('licence = "ask us"', None, []),
    ],
)
def test_the_city_s_file_says_who_publishes_and_under_what(open_, mine, said, publisher, licence):
    write(mine.folder, said)
    found = told(open_)
    assert found["publisher"]["name"] == (publisher or reading("vila").city.city.name)
    assert [link["href"] for link in found["links"] if link["rel"] == "license"] == licence


def test_a_licence_that_a_file_brought_gives_way_to_the_city_s(open_, person):
    links = [{"rel": "license", "href": "https://other.example/"}, {"rel": "describedby", "href": "x"}]
    brought = network().model_copy(update={"more": {"ofds": {"version": "0.4", "more": {"links": links}}}})
    writes.load(None, "vila", brought, "from the metro")
    open_.force_login(person("rui", "engineer"))
    assert [link["href"] for link in told(open_)["links"] if link["rel"] == "license"] == ["https://creativecommons.org/licenses/by/4.0/"]
