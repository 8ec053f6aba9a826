"""A day of the town on a page, and the same for a machine."""

from __future__ import annotations

import pytest

from pulso.web.readings.counted import counting


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_today_shows_what_was_published_last(site, town, lang):
    said = site.get(f"/{lang}/vila/today.json").json()
    page = site.get(f"/{lang}/vila/today").content.decode()
    assert said["verdict"]["day"] == "2025-03-14"
    assert said["frame"]["last"] == "2025-03-14"
    assert len(said["weeks"]) == 42
    assert {z["id"] for z in said["zones"]} == {"north", "south"}
    assert f'lang="{lang}"' in page
    assert str(round(said["verdict"]["index"])) in page


def test_the_twin_says_what_the_page_says(site):
    said = site.get("/en/vila/today.json").json()
    page = site.get("/en/vila/today").content.decode()
    assert said["standing"] in page
    assert said["frame"]["about"] in page
    for note in said["notes"]:
        assert note in page


def test_a_page_that_a_browser_has_is_not_sent_again(site):
    first = site.get("/en/vila/today")
    assert first.status_code == 200
    again = site.get("/en/vila/today", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert site.get("/pt/vila/today", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_day_takes_few_looks_at_the_river(site):
    site.get("/en/vila/today")
    with counting() as looks:
        site.get("/en/vila/today")
    assert looks[0] <= 10


def test_a_city_that_is_not_there_is_a_letter_and_says_what_is(site):
    page = site.get("/en/vilo/today")
    assert page.status_code == 404
    assert "vila" in page.content.decode()
    problem = site.get("/en/vilo/today.json")
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 404


def test_nothing_comes_from_elsewhere_and_nothing_is_inline(site):
    answer = site.get("/en/vila/today")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "").replace("http://testserver/", "")
    assert "style=" not in page
    assert "<script>" not in page
