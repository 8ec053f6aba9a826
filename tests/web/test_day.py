"""Any day of the town, as it is published now and as it was known at a moment."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from pulso.web.readings.counted import counting
from tests.flow.vila import LAST, Vila, a_day_later, usual

DAY = "2025-03-10"


@pytest.fixture(scope="module")
def twice(town: Vila, tmp_path_factory) -> Vila:
    """The town a day later: its bikes of 10 March turned out to be half as many, and it was published again."""
    later = a_day_later(town, tmp_path_factory.mktemp("later"))
    later.say("bikes", {k: round(v / 2) if k[0] == date(2025, 3, 10) else v for k, v in usual("bikes").items()})
    later.collect()
    later.publish()
    return later


@pytest.fixture
def revised(twice: Vila, settings, client):
    settings.HOME, settings.CITIES, settings.CLOCK = twice.home, [str(twice.folder)], twice.clock
    return client


def test_a_day_is_the_text_that_was_published(site, town):
    text = town.river().lake.published([None], (date(2025, 3, 10), date(2025, 3, 10)), columns=["verdict"])["verdict"][0].as_py()
    assert f'"verdict":{text},' in site.get(f"/en/vila/day/{DAY}.json").content.decode()


def test_a_day_leads_to_the_days_beside_it(site):
    said = site.get(f"/en/vila/day/{DAY}.json").json()
    assert (said["earlier"], said["later"]) == ("2025-03-09", "2025-03-11")
    page = site.get(f"/en/vila/day/{DAY}").content.decode()
    assert 'href="/en/vila/day/2025-03-09" rel="prev"' in page
    assert 'href="/en/vila/day/2025-03-11" rel="next"' in page
    assert site.get(f"/en/vila/day/{LAST}.json").json()["later"] is None


def test_a_zone_keeps_its_zone_from_day_to_day(site):
    page = site.get(f"/pt/vila/day/{DAY}?zone=north").content.decode()
    assert "/pt/vila/day/2025-03-09?zone=north" in page
    assert site.get(f"/pt/vila/day/{DAY}.json?zone=north").json()["verdict"]["zone"] == "north"


def test_a_form_that_names_a_day_leads_to_it(site):
    answer = site.get("/en/vila/day?day=2025-03-10&zone=north")
    assert (answer.status_code, answer["Location"]) == (302, "/en/vila/day/2025-03-10?zone=north")
    assert site.get("/en/vila/day?day=//evil.example").status_code == 400


def test_a_day_that_was_published_twice_lists_both_and_says_what_changed(revised):
    first, second = revised.get(f"/en/vila/day/{DAY}.json").json()["vintages"]
    assert (first["changed"], first["change"], first["shown"], second["shown"]) == ("first publication", None, False, True)
    assert second["change"] == pytest.approx(second["index"] - first["index"])
    assert second["change"] < -1
    assert "index −" in second["changed"]
    assert "bikes" in second["changed"].lower()


def test_what_was_published_stays_published(revised, town, settings):
    first, second = revised.get(f"/en/vila/day/{DAY}.json").json()["vintages"]
    then = revised.get(f"/en/vila/day/{DAY}.json", {"as_of": first["vintage"]}).json()
    assert then["verdict"]["index"] == first["index"] != second["index"]
    assert [v["shown"] for v in then["vintages"]] == [True, False]
    settings.HOME, settings.CITIES = town.home, [str(town.folder)]
    assert json.dumps(revised.get(f"/en/vila/day/{DAY}.json").json()["verdict"]) == json.dumps(then["verdict"])


def test_the_page_says_as_of_when_it_speaks(revised):
    first, _ = revised.get(f"/en/vila/day/{DAY}.json").json()["vintages"]
    page = revised.get(f"/en/vila/day/{DAY}", {"as_of": first["vintage"]}).content.decode()
    assert "As known on 16 Mar 2025" in page
    assert f'href="/en/vila/day/{DAY}">As published now' in page
    assert "As known on" not in revised.get(f"/en/vila/day/{DAY}").content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("day/2023-01-01", 404),
        ("day/9999-12-31", 404),
        ("day/0001-01-01", 404),
        ("day/2025-02-30", 400),
        ("day/%22%3E%3Cscript%3E", 400),
        ("day/2025-03-10?as_of=2020-01-01", 404),
        ("day/2025-03-10?as_of=yesterday", 400),
        ("day/2025-03-10?as_of=0001-01-01T00:00:00%2B14:00", 400),
        ("day/2025-03-10?zone=nowhere", 404),
    ],
)
def test_a_day_that_cannot_be_had_is_a_letter(site, address, status):
    answer = site.get(f"/en/vila/{address}")
    assert answer.status_code == status
    assert "<script>" not in answer.content.decode()


def test_a_day_that_is_not_published_yet_leads_within_the_city_to_the_last_that_is(site):
    answer = site.get("/en/vila/day?day=2026-11-14&zone=north", follow=True)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "This day is not published yet" in page
    assert f'href="/en/vila/day/{LAST}?zone=north"' in page
    assert 'href="/en/vila/agenda"' in page, "the city's own pages are at hand"
    assert f'href="/en/vila/map?day={LAST}"' in site.get("/en/vila/map?day=2026-11-14").content.decode()
    assert "Este dia ainda não está publicado" in site.get("/pt/vila/day/2026-11-14").content.decode()


def test_a_day_before_all_others_leads_to_the_first(site):
    first = site.get("/en/vila/today.json").json()["frame"]["first"]
    page = site.get("/en/vila/day/1999-01-01").content.decode()
    assert "Nothing is published of this day" in page
    assert f'href="/en/vila/day/{first}"' in page


def test_a_day_takes_few_looks_at_the_river(revised):
    revised.get(f"/en/vila/day/{DAY}")
    with counting() as looks:
        revised.get(f"/en/vila/day/{DAY}")
    assert looks[0] <= 10


def test_others_are_told_of_a_day_what_its_page_says(site):
    page = site.get(f"/en/vila/day/{DAY}").content.decode()
    sentence = site.get(f"/en/vila/day/{DAY}.json").json()["sentence"]
    assert f'<meta property="og:description" content="{sentence}">' in page
    assert f'<meta property="og:image" content="http://testserver/en/vila/share/{DAY}.png">' in page


def test_six_weeks_reach_back_from_the_day_and_not_beyond_it(site):
    weeks = site.get(f"/en/vila/day/{DAY}.json").json()["weeks"]
    assert [weeks[0]["day"], weeks[-1]["day"]] == [str(date(2025, 3, 10) - timedelta(days=41)), DAY]
