"""A page answers what it is asked, or says that it can't: it never passes over a word and answers something else."""

from __future__ import annotations

import html

import pytest

from pulso.web.pages.asked import ASKED
from tests.web.addresses import ALL, NAMES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exhibits")]

GOOD = {
    "a": "2025-03-01",
    "as_of": "2025-12-01T00:00:00Z",
    "b": "2025-02-01",
    "day": "2025-03-10",
    "from": "2025-03-01",
    "kind": "holiday",
    "length": "7",
    "to": "2025-03-10",
    "what": "days",
    "zone": "north",
}
"""A right value of each word."""
BESIDES = {("compare", word): {"what": "zones", "a": "north"} for word in ("from", "to")}
"""What must be said too, for a page to read it."""
SMALL = ["embed/number", "embed/chart", "map/year.json", "feed.atom", "incidents.atom", "zones.geojson", "catalogue.jsonld"]


@pytest.mark.parametrize(("page", "address"), ALL, ids=NAMES)
@pytest.mark.parametrize("form", ["", ".json"])
def test_a_page_answers_to_each_of_its_words_and_refuses_the_others(site, page, address, form):
    for word in sorted(ASKED):
        answer = site.get(f"/en/{address}{form}", {word: GOOD.get(word, "1")} | BESIDES.get((page.name, word), {}))
        allowed = (200, 302) if word in page.reads else (400,)
        assert answer.status_code in allowed, word
        if word not in page.reads:
            said = answer.json()["detail"] if form else html.unescape(answer.content.decode())
            assert f"{word}: this page" in said


@pytest.mark.parametrize(("page", "address"), ALL, ids=NAMES)
def test_what_others_hang_on_a_link_changes_nothing(site, page, address):
    plain, shared = site.get(f"/en/{address}.json"), site.get(f"/en/{address}.json?utm_source=letter&fbclid=x&day=")
    assert (shared.status_code, shared.content) == (200, plain.content)


@pytest.mark.parametrize("address", SMALL)
def test_the_small_answers_refuse_what_they_do_not_read(site, address):
    assert site.get(f"/en/vila/{address}").status_code == 200
    for word in ("day", "as_of", "year"):
        assert site.get(f"/en/vila/{address}?{word}=2025").status_code == 400


@pytest.mark.parametrize("form", ["", ".json"])
def test_today_leads_to_the_day_that_it_is_asked_for(site, form):
    there = site.get(f"/pt/vila/today{form}?day=2025-03-10&zone=north&as_of=2025-12-01T00:00:00Z")
    assert there.status_code == 302
    assert there["Location"] == f"/pt/vila/day/2025-03-10{form}?zone=north&as_of=2025-12-01T00%3A00%3A00Z"
    assert site.get(there["Location"]).status_code == 200
    then = site.get(f"/pt/vila/today{form}?as_of=2025-12-01")
    assert then["Location"] == f"/pt/vila/day/2025-03-14{form}?as_of=2025-12-01"
    assert site.get(f"/pt/vila/today{form}?day=tomorrow").status_code == 400


@pytest.mark.parametrize("page", ["agenda", "compare"])
def test_a_page_of_what_is_known_now_says_so(site, page):
    answer = site.get(f"/en/vila/{page}.json?as_of=1999-01-01")
    assert (answer.status_code, answer.json()["detail"]) == (400, "as_of: this page shows what is known now, and nothing else.")


def test_a_calendar_of_a_kind_that_there_is_not_is_refused_as_its_page_is(site):
    page, calendar = site.get("/en/vila/agenda.json?kind=eclipse"), site.get("/en/vila/agenda.ics?kind=eclipse")
    assert (page.status_code, calendar.status_code) == (400, 400)
    assert page.json()["detail"] in html.unescape(calendar.content.decode())
    assert site.get("/en/vila/agenda.ics?kind=holiday").status_code == 200


def test_each_way_to_compare_has_its_own_words(site):
    assert site.get("/en/vila/compare?what=days&from=2025-03-01").status_code == 400
    assert site.get("/en/vila/compare?what=zones&a=north&length=7").status_code == 400
    answer = site.get("/en/vila/compare.json?what=cities&a=aldeia&b=aldeia")
    assert answer.json()["detail"] == "a: found 'aldeia'; the first is the city of this page, 'vila'."


@pytest.mark.parametrize(
    "address", ["metric/index", "map", "why", "zone/north", "map?day=2025-03-10", "day/2025-03-10", "why?day=2025-03-10"]
)
def test_what_was_not_published_yet_is_said_in_one_way(site, address):
    answer = site.get(f"/en/vila/{address}{'&' if '?' in address else '?'}as_of=1999-01-01")
    assert answer.status_code == 404
    assert "Vila: nothing was published by then." in answer.content.decode()
