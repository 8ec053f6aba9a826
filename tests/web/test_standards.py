"""What others' programs read of the site, read by others' programs: contracts, feeds and calendars, held to their standards."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import icalendar
import jsonschema_rs
import open_data_contract_standard
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from pulso.web.contracts.models import Incident
from pulso.web.pages.catalogue import licence

SCHEMA = json.loads((Path(open_data_contract_standard.__file__).parent / "schema.json").read_text())
"""The Open Data Contract Standard's own."""
SOURCES = ("bikes", "buses", "cars")


@pytest.mark.parametrize("source", SOURCES)
def test_a_contract_is_one_of_the_open_data_contract_standard(site, source):
    told = site.get(f"/en/vila/contracts/{source}.json").json()
    assert [e.message for e in jsonschema_rs.validator_for(SCHEMA).iter_errors(told)] == []


@pytest.mark.parametrize("source", SOURCES)
def test_a_contract_says_the_same_to_the_standards_own_reader(site, source):
    text = site.get(f"/en/vila/contracts/{source}.yaml").content.decode()
    told = site.get(f"/en/vila/contracts/{source}.json").json()
    assert yaml.safe_load(text) == told
    read = OpenDataContractStandard.from_string(text).model_dump(by_alias=True, exclude_none=True)
    assert read == told  # nothing passed over, nothing understood otherwise


def test_the_schema_would_have_noticed(site):
    told = site.get("/en/vila/contracts/bikes.json").json()
    for wrong in ({"kind": "Contract"}, {"status": 1}, {"slaProperties": [{"value": 1}]}, {"version": None}):
        assert not jsonschema_rs.is_valid(SCHEMA, told | wrong), wrong


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_the_days_are_a_feed_without_a_fault(site, lang):
    read = feedparser.parse(site.get(f"/{lang}/vila/feed.atom").content)
    assert (read.bozo, read.version, read.feed.language) == (False, "atom10", lang)
    assert len({e.id for e in read.entries}) == len(read.entries) == 30
    assert read.feed.updated == max(e.updated for e in read.entries)
    assert all(e.title and e.summary and e.link.startswith("http://testserver/") for e in read.entries)


def test_a_feed_of_incidents_says_when_something_last_happened_and_never_now(site, db):
    empty = feedparser.parse(site.get("/en/vila/incidents.atom").content)
    assert (empty.bozo, empty.feed.updated_parsed[:3]) == (False, (1970, 1, 1))
    began = datetime(2025, 3, 10, 6, tzinfo=UTC)
    one = Incident.objects.create(city="vila", source="bikes", kind="late", began=began)
    read = feedparser.parse(site.get("/en/vila/incidents.atom").content)
    name = read.entries[0].id
    assert read.feed.updated_parsed[:4] == (2025, 3, 10, 6)
    one.ended = began + timedelta(days=2)
    one.save()
    over = feedparser.parse(site.get("/en/vila/incidents.atom").content)
    assert (over.entries[0].id, over.entries[0].updated_parsed[:3]) == (name, (2025, 3, 12))


def test_an_incident_keeps_its_name_on_every_host_and_leads_to_its_source(site, db):
    began = datetime(2025, 3, 10, 6, tzinfo=UTC)
    for source, subject in (("bikes", ""), ("bikes", "bikes"), ("cars", ""), ("gone", "")):
        Incident.objects.create(city="vila", source=source, kind="late", subject=subject, began=began)
    here, there = (feedparser.parse(site.get("/en/vila/incidents.atom", headers={"Host": h}).content) for h in ("localhost", "127.0.0.1"))
    names = [e.id for e in here.entries]
    assert names == [e.id for e in there.entries]
    assert len(set(names)) == 4
    assert all(n.startswith("urn:uuid:") for n in (*names, here.feed.id))
    assert here.feed.id == there.feed.id
    assert all(site.get(e.link.removeprefix("http://localhost")).status_code == 200 for e in here.entries)
    owners = [c["owner"] for c in site.get("/en/vila/today.json").json()["frame"]["credits"]]
    assert owners
    assert all(owner in here.feed.rights for owner in owners)


def test_a_calendar_has_what_every_calendar_must(site):
    said = site.get("/en/vila/agenda.ics").content
    assert said.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in said.split(b"\r\n"))  # folded, in octets
    assert b"\n" not in said.replace(b"\r\n", b"")
    read = icalendar.Calendar.from_ical(said)
    assert (str(read["version"]), bool(read["prodid"]), read.errors) == ("2.0", True, [])
    events = read.walk("VEVENT")
    assert len({str(e["uid"]) for e in events}) == len(events) > 3
    for event in events:
        assert event.errors == []
        assert event["dtend"].dt > event["dtstart"].dt  # of whole days the last is the first that is free
        assert event["dtstamp"].dt.utcoffset() == timedelta()
        assert event["last-modified"].dt == event["dtstamp"].dt


def test_an_event_was_changed_when_the_agenda_was_and_not_on_its_own_day(site, town):
    changed = max(p.stat().st_mtime for p in (town.folder / "city.toml", town.folder / "events.csv"))
    stamps = {e["dtstamp"].dt for e in icalendar.Calendar.from_ical(site.get("/en/vila/agenda.ics").content).walk("VEVENT")}
    assert len(stamps) == 1
    assert min(stamps) >= datetime.fromtimestamp(int(changed), UTC)
    assert site.get("/en/vila/agenda.ics").content == site.get("/en/vila/agenda.ics").content


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("dl-de/by-2-0", "https://www.govdata.de/dl-de/by-2-0"),
        ("ODbL", "https://opendatacommons.org/licenses/odbl/1-0/"),
    ],
)
def test_a_licence_is_told_by_its_address(said, address):
    assert licence(said) == {"@id": address}


def test_a_licence_that_nobody_knows_is_told_by_its_name():
    assert licence("As the mayor likes") == {"@type": "dct:LicenseDocument", "dct:title": "As the mayor likes"}


def test_every_set_of_the_catalogue_says_when_it_changed_and_how_often_it_does(site):
    sets = {s["dct:identifier"]: s for s in site.get("/en/vila/catalogue.jsonld").json()["dcat:dataset"]}
    vintage = datetime.fromisoformat(site.get("/api/v1/cities/vila").json()["vintage"])
    for name in ("index", "zones-index", "bikes"):
        assert sets[name]["dct:accrualPeriodicity"]["@id"].endswith("/frequency/DAILY")
        assert datetime.fromisoformat(sets[name]["dct:modified"]["@value"]) == vintage
        assert any("/files/" in d["dcat:downloadURL"]["@id"] for d in sets[name]["dcat:distribution"])
    assert sets["flags"]["dct:accrualPeriodicity"]["@id"].endswith("/frequency/IRREG")
    assert all(s["dct:modified"]["@type"] == "xsd:dateTime" for s in sets.values())


@pytest.mark.parametrize("page", ["data", "developers"])
@pytest.mark.parametrize(("lang", "words"), [("en", "Be told of new values"), ("pt", "Saber de novos valores")])
def test_whoever_wants_to_be_told_finds_a_line_for_each_way(site, page, lang, words):
    told = site.get(f"/{lang}/vila/{page}.json").json()["told"]
    assert ["/stream" in told[0]["text"], "/webhooks" in told[1]["text"], "feed.atom" in told[2]["text"]] == [True] * 3
    html = site.get(f"/{lang}/vila/{page}").content.decode()
    assert words in html
    assert html.count("<code>curl") >= 3


def test_the_values_have_a_licence_or_say_that_they_have_none(site):
    assert "no licence of their own" in site.get("/en/vila/data").content.decode()


def test_the_example_of_an_earlier_moment_has_rows(site):
    (text,) = [e["text"] for e in site.get("/en/vila/developers.json").json()["examples"] if "as_of" in e["text"]]
    rows = site.get(text.split("'")[1].removeprefix("http://testserver")).json()["items"]
    assert [r["day"] for r in rows][-1] == "2025-03-14"
    assert len(rows) == 7
