"""Whose data it is, under which contract, and what is missing: on a page, and the same for a machine."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.flow import account
from pulso.flow.collect import Collected
from pulso.web.contracts.watch import watch
from pulso.web.readings.counted import counting
from tests.flow.vila import SOURCE, Vila, a_day_later, lines, usual, vila

pytestmark = pytest.mark.django_db

OWNED = SOURCE.format(name="cars") + 'owner = "Road office <of Vila>"\nlicence = "CC0-1.0"\ncompleteness = 0.8\n'
GAP = {date(2024, 5, 6), date(2024, 5, 7), date(2024, 6, 1)}


@pytest.fixture(scope="module")
def gapped(tmp_path_factory) -> Vila:
    """A town whose bikes lack three days, whose cars have an owner, and whose buses bring a value that is none."""
    made = vila(tmp_path_factory.mktemp("sources"), text={"cars": OWNED})
    for month in ("2024-05", "2024-06"):
        kept = {k: n for k, n in usual("bikes").items() if k[0] not in GAP}
        made.file("bikes", month).write_text("\n".join(lines(kept, month)) + "\n")
    rows = lines(usual("buses"), "2025-03")
    made.file("buses", "2025-03").write_text("\n".join([*rows[:-1], rows[-1].rsplit(",", 1)[0] + ",<b>many</b>"]) + "\n")
    made.collect()
    made.publish()
    account.keep(made.river())
    return made


@pytest.fixture
def site(gapped, settings, client):
    settings.HOME, settings.CITIES, settings.CLOCK = gapped.home, [str(gapped.folder)], gapped.clock
    return client


@pytest.fixture
def later(gapped, tmp_path, settings, client):
    """The same town, to be changed."""
    made = a_day_later(gapped, tmp_path / "later")
    settings.HOME, settings.CITIES, settings.CLOCK = made.home, [str(made.folder)], made.clock
    return made


def line(site, source: str, lang: str = "en") -> dict:
    return next(s for s in site.get(f"/{lang}/vila/sources.json").json()["sources"] if s["source"] == source)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "Up to date: it tells of 14 March 2025."), ("pt", "Em dia: há dados de 14 de março de 2025.")]
)
def test_each_source_says_how_it_stands(site, lang, said):
    page = site.get(f"/{lang}/vila/sources").content.decode()
    assert [line(site, s, lang)["sentence"] for s in ("bikes", "cars", "buses")] == [said] * 3
    assert page.count(f"</span>{said}</p>") == 3


def test_a_source_names_its_owner_its_licence_and_its_contract(site):
    cars = line(site, "cars")
    assert (cars["owner"], cars["licence"]) == ("Road office <of Vila>", "CC0-1.0")
    assert cars["agreed"]["interval"] == "every day"
    assert cars["agreed"]["freshness"] == "within 2 days"
    assert (cars["agreed"]["completeness"], cars["agreed"]["lately"]) == (0.8, 1.0)
    page = site.get("/en/vila/sources").content.decode()
    assert "Road office &lt;of Vila&gt;" in page
    assert "no owner is named" in page  # of the others


def test_days_that_are_missing_are_named_those_in_a_row_together(site):
    assert line(site, "bikes")["missing"] == 3
    assert line(site, "cars")["missing"] == 0
    (bikes,) = site.get("/en/vila/sources/bikes.json").json()["metrics"]
    assert [(g["first"], g["last"], g["days"]) for g in bikes["gaps"]] == [("2024-05-06", "2024-05-07", 2), ("2024-06-01", "2024-06-01", 1)]
    page = site.get("/en/vila/sources/bikes").content.decode()
    assert "6 May 2024 – 7 May 2024" in page
    assert "3 days are missing." in page


def test_what_was_turned_away_is_told_with_an_example_that_stays_text(site):
    (found,) = site.get("/en/vila/sources/buses.json").json()["rejected"]
    assert (found["kind"], found["reason"], found["count"], found["example"]) == ("bad", "unreadable value", 1, "<b>many</b>")
    assert found["until"] == "2025-03-14"
    page = site.get("/en/vila/sources/buses").content.decode()
    assert "The value is not a number" in page
    assert "&lt;b&gt;many&lt;/b&gt;" in page
    assert "<b>many" not in page


def test_a_sensor_that_a_person_leaves_out_is_named_with_the_reason(later, client):
    river = later.river()
    river.lake.flag("n1", date(2024, 3, 1), None, "turned to the wall", "Ana")
    account.keep(river)
    (hand,) = client.get("/en/vila/sources/bikes.json").json()["by_hand"]
    assert hand == {"sensor": "n1", "first": "2024-03-01", "last": None, "why": "turned to the wall"}
    page = client.get("/en/vila/sources/bikes").content.decode()
    assert "until further notice: turned to the wall" in page
    assert "Ana" not in page  # who said so is for those with a role


def test_a_source_grows_late_while_nothing_happens_and_the_page_knows(later, client):
    fresh = client.get("/en/vila/sources")
    later.clock.pass_(days=5)
    old = client.get("/en/vila/sources", headers={"If-None-Match": fresh["ETag"]})
    assert old.status_code == 200
    assert "Late: nothing has come since 14 March 2025." in old.content.decode()
    assert client.get("/en/vila/sources", headers={"If-None-Match": old["ETag"]}).status_code == 304


def test_an_incident_stands_on_the_page_and_in_the_feed_until_it_is_over(later, client):
    river = later.river()
    account.keep(river, [Collected("cars", 1, 0, 0, 2, 0, 0, 0, 0, "two <addresses> did not answer")])
    watch("vila")
    page = client.get("/en/vila/sources")
    assert "Cars: did not answer" in page.content.decode()
    whole = client.get("/en/vila/sources/cars").content.decode()
    assert "two &lt;addresses&gt; did not answer" in whole
    account.keep(river, [Collected("cars", 1, 0, 0, 0, 0, 0, 0, 0, None)])
    later.clock.pass_(hours=1)
    watch("vila")
    again = client.get("/en/vila/sources", headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 200
    assert "1 incident is over" in again.content.decode()
    assert "No contract is broken" in again.content.decode()


def test_before_anything_was_measured_the_page_says_so(later, client):
    account.where(later.river()).unlink()
    said = client.get("/en/vila/sources.json").json()
    assert said["measured"] is None
    assert said["sentence"].startswith("Not measured yet")
    assert [(s["state"], s["observations"], s["missing"]) for s in said["sources"]] == [("unknown", None, None)] * 3
    assert "Not measured yet." in client.get("/en/vila/sources").content.decode()
    assert client.get("/en/vila/sources/bikes").status_code == 200


def test_a_source_that_there_is_not_is_a_letter_and_says_which_there_are(site):
    for address in ("sources/trams", "contracts/trams.yaml"):
        page = site.get(f"/en/vila/{address}")
        assert page.status_code == 404
        assert "bikes, cars, buses" in page.content.decode()


@pytest.mark.parametrize("address", ["sources", "sources/bikes", "method", "data", "developers"])
def test_a_page_takes_few_looks_and_queries(site, address):
    site.get(f"/en/vila/{address}")
    with (
        counting() as looks,
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        assert site.get(f"/en/vila/{address}").status_code == 200
    assert looks[0] + len(asked) <= 10


def test_a_contract_says_the_same_as_yaml_and_as_json(site):
    as_yaml = yaml.safe_load(site.get("/en/vila/contracts/cars.yaml").content)
    as_json = site.get("/en/vila/contracts/cars.json").json()
    assert as_yaml == as_json
    assert site.get("/en/vila/contracts/cars.yaml")["Content-Type"].startswith("application/yaml")


def test_a_contract_has_what_the_standard_asks_for(site):
    said = site.get("/en/vila/contracts/cars.json").json()
    assert {"version", "apiVersion", "kind", "id", "status"} <= said.keys()
    assert (said["apiVersion"], said["kind"], said["status"]) == ("v3.1.0", "DataContract", "active")
    (table,) = said["schema"]
    assert (table["name"], table["logicalType"]) == ("cars", "object")
    assert [p["name"] for p in table["properties"]] == ["sensor", "start", "end", "value"]
    promised = {p["property"]: (p["value"], p.get("unit")) for p in said["slaProperties"]}
    assert promised == {"frequency": (1, "d"), "latency": (2, "d"), "retention": (3, "y"), "generalAvailability": ("2024-01-01", None)}
    (complete,) = [q for q in table["quality"] if q["dimension"] == "completeness"]
    assert complete["implementation"]["least"] == 0.8
    assert {"property": "licence", "value": "CC0-1.0"} in said["customProperties"]
    assert said["team"]["name"] == "Road office <of Vila>"


def test_a_texts_look_never_makes_yaml_take_it_for_something_else():
    from pulso.web.readings.contracts import yaml as written

    odd = {
        "a": "no",
        "b": ["1.0", "2024-01-01", "", "null", "é: #\n- x"],
        "c": {"d": None, "e": True, "f": 0.5, "g": []},
        "h": [{"i": [1]}, [2, [3]]],
    }
    assert yaml.safe_load(written(odd)) == odd
