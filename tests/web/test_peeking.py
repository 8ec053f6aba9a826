"""A pilot among what is on: named everywhere, with its page, and measured nowhere while it runs but by what its own page shows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import icalendar
import pytest
from django.test import Client

from pulso.flow import remembered
from pulso.web.readings import Span, reading
from tests.flow.vila import Vila, a_day_later
from tests.web.exhibits import NUMBER

pytestmark = pytest.mark.django_db
MARCH = "from=2025-03-01&to=2025-03-31"
AT = f"/vila/pilots/{NUMBER}"
MIMIC = {"from": date(2025, 3, 6), "to": date(2025, 3, 9), "kind": "fair", "name": "Mimic", "zone": "north"}


@pytest.fixture
def running(town: Vila, tmp_path: Path, settings, client: Client, exhibits) -> Client:
    """A site where a pilot runs in the north since the 5th of March, and somebody has entered a fair of some of its days; all measured."""
    mine = a_day_later(town, tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK = mine.home, [str(mine.folder)], mine.clock
    lake = mine.river().lake
    told = {
        "from": date(2025, 3, 5),
        "to": date(2025, 3, 20),
        "kind": "pilot",
        "name": "No cars",
        "zone": "north",
        "link": f"pilots/{NUMBER}",
    }
    lake.enter("ab" * 16, Span.model_validate(told), who="Vila")
    lake.enter("cd" * 16, Span.model_validate(MIMIC), who="editor of the agenda")
    mine.clock.pass_(minutes=1)
    assert remembered.keep(mine.river()) == 2, "the strike and the fair"
    return client


def numbers(said) -> list[float]:
    """The changes that are told anywhere in an answer, with their intervals."""
    if isinstance(said, dict):
        own = [v for k, v in said.items() if k in ("change", "low", "high", "p", "estimate") and v is not None]
        return own + [n for v in said.values() for n in numbers(v)]
    return [n for v in said for n in numbers(v)] if isinstance(said, list) else []


@pytest.mark.parametrize("name", ["No cars", "Mimic"])
def test_no_door_gives_an_effect_while_a_pilot_runs(running, name):
    doors = (
        f"/en/vila/agenda.json?{MARCH}",
        f"/en/vila/agenda.json?{MARCH}&kind=pilot",
        "/en/vila/day/2025-03-08.json?zone=north",
        "/en/vila/day/2025-03-08.json",
        "/en/vila/today.json",
        "/en/vila/effects.json",
        "/en/vila/effects.json?kind=fair",
        "/en/vila/effects.json?kind=pilot",
        "/api/v1/cities/vila/effects?kind=pilot",
        "/api/v1/cities/vila/effects?from=2025-03-01",
        f"/api/v1/cities/vila/events?{MARCH}",
    )
    told = [running.get(door).json() for door in doors]
    assert sum(name in json.dumps(t) for t in told) >= 3, "it is told of"
    for said in told:
        for key in ("entries", "on", "ranked", "items"):
            ours = [e for e in said.get(key, ()) if e.get("name") == name]
            assert numbers(ours) == []
            assert all(e.get("points") is None for e in ours)
    strike = running.get("/api/v1/cities/vila/effects?to=2025-02-28").json()["items"]
    assert numbers(strike), "what is no pilot's is told"


def test_the_agenda_names_a_pilot_leads_to_its_page_and_keeps_its_numbers_back(running):
    said = running.get(f"/en/vila/agenda.json?{MARCH}").json()
    (entry,) = (e for e in said["entries"] if e["kind"] == "pilot")
    assert (entry["link"], entry["place"], entry["sort"]) == (f"/en{AT}", "North", "pilot")
    assert (entry["index"], entry["points"], entry["days"], entry["done"]) == (None, None, [], [])
    assert (entry["known"], entry["length"]) == (10, 16), "how much of it was seen"
    for lang, words in (("en", "its evaluation says"), ("pt", "diz-se na sua avaliação")):
        page = running.get(f"/{lang}/vila/agenda?{MARCH}").content.decode()
        assert f'<a href="/{lang}{AT}">No cars</a>' in page
        assert words in page


@pytest.mark.parametrize(("lang", "words"), [("en", "Its evaluation says what it did."), ("pt", "O que fez diz-se na sua avaliação.")])
def test_a_day_says_that_a_pilot_was_on(running, lang, words):
    for where in ("", "?zone=north"):
        said = running.get(f"/{lang}/vila/day/2025-03-08.json{where}").json()
        assert [(p["name"], p["link"], p["zone"]) for p in said["pilots"]] == [("No cars", f"/{lang}{AT}", "north")]
        page = running.get(f"/{lang}/vila/day/2025-03-08{where}").content.decode()
        assert f'<a href="/{lang}{AT}">No cars</a>, North' in page
        assert words in page
    for day, where in (("2025-03-04", ""), ("2025-03-08", "?zone=south")):
        assert running.get(f"/{lang}/vila/day/{day}.json{where}").json()["pilots"] == []


def test_a_day_as_it_was_known_before_knows_of_no_pilot(running):
    assert running.get("/en/vila/day/2025-03-08.json?as_of=2025-03-16T12:00:00Z").json()["pilots"] == []


def test_calendars_and_the_api_lead_to_the_pilot_s_page(running):
    events = icalendar.Calendar.from_ical(running.get("/pt/vila/agenda.ics").content).walk("vevent")
    (ours,) = (e for e in events if e["summary"] == "No cars")
    assert str(ours["url"]) == f"http://testserver/pt{AT}"
    (row,) = running.get("/api/v1/cities/vila/events?kind=pilot").json()["items"]
    assert (row["name"], row["zone"], row["link"]) == ("No cars", "north", f"/en{AT}")
    assert running.get(row["link"]).status_code == 200


@pytest.mark.parametrize(("lang", "words"), [("en", "told by their evaluations"), ("pt", "diz-se nas suas avaliações")])
def test_the_page_of_effects_leads_to_the_pilots(running, lang, words):
    page = running.get(f"/{lang}/vila/effects?kind=pilot").content.decode()
    assert words in page
    assert f'<a href="/{lang}/vila/pilots">' in page
    assert 'value="pilot"' not in page, "it is no kind to choose"


def test_the_link_of_somebody_s_own_pilot_is_not_taken_for_one_of_ours(running):
    lake = reading("vila").river.lake
    for name, link in (("Elsewhere", "https://example.org/p"), ("Script", "javascript:pilots/1"), ("Up", "../pilots/1")):
        lake.enter(name.encode().hex().ljust(32, "0"), Span.model_validate(MIMIC | {"name": name, "link": link, "kind": "pilot"}), who="x")
    links = {e["name"]: e["link"] for e in running.get(f"/en/vila/agenda.json?{MARCH}").json()["entries"]}
    assert (links["Elsewhere"], links["Script"], links["Up"]) == ("https://example.org/p", "", "")
