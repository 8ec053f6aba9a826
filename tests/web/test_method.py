"""How the number is made, and how machines read it: the pages of method, open data and developers."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from pulso.flow import account
from pulso.web.pages.urls import PAGES

pytestmark = pytest.mark.django_db


@pytest.fixture
def measured(site, town):
    """The town with what a run keeps of it."""
    if not account.where(town.river()).is_file():
        account.keep(town.river())
    return site


def test_the_weights_of_the_last_day_are_those_of_its_verdict(measured):
    said = measured.get("/en/vila/method.json").json()
    verdict = measured.get("/en/vila/today.json").json()["verdict"]
    assert said["day"] == verdict["day"]
    assert {m["metric"]: m["now"] for m in said["metrics"]} == {m["metric"]: m["weight"] for m in verdict["metrics"]}
    assert {d["domain"]: d["now"] for d in said["domains"]} == {d["domain"]: d["weight"] for d in verdict["domains"]}
    assert sum(d["now"] for d in said["domains"]) == pytest.approx(1)
    assert sum(d["last_year"] for d in said["domains"]) == pytest.approx(1)


def test_the_versions_are_those_that_verdicts_carry(measured, town):
    said = measured.get("/en/vila/method.json").json()["versions"]
    assert said["verdict"] == measured.get("/en/vila/today.json").json()["verdict"]["digest"]
    assert said["city"] == town.river().city.digest
    assert said["recipe"]


def test_a_city_that_was_never_revised_says_so(measured):
    said = measured.get("/en/vila/method.json").json()
    assert re.fullmatch(r"Nothing was revised: all [\d,]+ numbers stand\.", said["revised"])
    assert {r["to"] for r in said["revisions"]} == {"last"}


@pytest.mark.parametrize(("lang", "rule"), [("en", "65% of the weight"), ("pt", "65 % do peso")])
def test_the_rules_of_refusal_are_said_in_both_languages(measured, lang, rule):
    page = measured.get(f"/{lang}/vila/method").content.decode()
    assert rule in page
    for paragraph in measured.get(f"/{lang}/vila/method.json").json()["paragraphs"]:
        assert paragraph["title"] in page.replace("&#39;", "'")


def test_every_form_of_every_set_is_there_to_be_taken(measured):
    said = measured.get("/en/vila/data.json").json()
    assert [s["name"] for s in said["metrics"]] == ["bikes", "cars", "buses"]
    assert [(s["first"], s["last"]) for s in said["metrics"]] == [("2024-01-01", "2025-03-14")] * 3
    for one in (*said["sets"], *said["metrics"]):
        for form in one["forms"]:
            answer = measured.get(form["address"].removeprefix("http://testserver"))
            assert answer.status_code == 200, form["address"]
            assert answer["Content-Type"].startswith(form["media"]), form["address"]
            assert b"".join(answer)  # read to its end it is closed


def test_the_catalogue_is_dcat_with_an_address_and_a_licence_for_each_form(measured):
    answer = measured.get("/en/vila/catalogue.jsonld")
    said = json.loads(answer.content)
    assert answer["Content-Type"].startswith("application/ld+json")
    assert said["@type"] == "dcat:Catalog"
    names = [s["dct:identifier"] for s in said["dcat:dataset"]]
    assert {"index", "zones", "bikes"} <= set(names)
    assert len(names) == len(set(names))
    assert all(
        d["dcat:downloadURL"]["@id"].startswith("http://testserver/api/v1/") for s in said["dcat:dataset"] for d in s["dcat:distribution"]
    )


def test_developers_find_every_page_with_its_twin_and_its_fields(measured):
    said = measured.get("/en/vila/developers.json").json()
    assert [p["name"] for p in said["pages"]] == [p.name for p in PAGES]
    assert all(p["json"] == p["html"] + ".json" for p in said["pages"])
    assert all("<" not in p["html"] for p in said["pages"])
    shapes = {s["name"] for s in said["shapes"]}
    assert {p.shape.__name__ for p in PAGES} <= shapes
    assert [(s["name"], f["name"]) for s in said["shapes"] for f in s["fields"] if not f["help"]] == []
    assert {name for s in said["shapes"] for f in s["fields"] for name in f["shapes"]} <= shapes


def test_the_examples_ask_for_what_there_is(measured):
    said = measured.get("/en/vila/developers.json").json()
    for example in said["examples"]:
        (address,) = re.findall(r"http://testserver(/?[^\s'\")]*)", example["text"])
        if not address:  # the client finds its way from the site's own
            assert "from pulso.client import Pulso" in example["text"]
            continue
        answer = measured.get(address)
        assert answer.status_code == 200, address
        assert b"".join(answer)  # read to its end it is closed


def test_what_there_is_to_subscribe_to_is_there(measured):
    for feed in measured.get("/en/vila/developers.json").json()["feeds"]:
        answer = measured.get(feed["address"])
        assert answer.status_code == 200, feed["address"]
        assert answer["Content-Type"].startswith(feed["media"])


def test_the_feed_of_incidents_is_well_formed_though_nothing_happened(measured):
    feed = ElementTree.fromstring(measured.get("/pt/vila/incidents.atom").content)  # noqa: S314  # it is ours
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    assert measured.get("/pt/nowhere/incidents.atom").status_code == 404
