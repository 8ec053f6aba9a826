"""A page is made once for all who ask, and never longer than it is true."""

from __future__ import annotations

import pytest

from pulso.web.pages import kept
from pulso.web.readings.counted import counting
from tests.flow.vila import LAST, SENSORS, usual, vila


@pytest.fixture
def keeping(settings):
    settings.KEEP_ANSWERS = True
    kept.forget()
    yield
    kept.forget()


@pytest.mark.parametrize("address", ["/en/vila/today", "/en/vila/today.json"])
def test_a_page_that_was_made_is_given_again_without_a_look_at_the_river(site, keeping, address):
    first = site.get(address)
    with counting() as looks:
        again = site.get(address)
    assert looks[0] == 0
    assert again.content == first.content
    own = {"X-Request-ID"}  # each question's
    assert {k: v for k, v in again.headers.items() if k not in own} == {k: v for k, v in first.headers.items() if k not in own}


def test_other_languages_questions_and_forms_are_other_pages(site, keeping):
    addresses = ["/en/vila/today", "/pt/vila/today", "/en/vila/today?zone=north", "/en/vila/today.json", "/en/vila/today.json?zone=north"]
    once = [site.get(a).content for a in addresses]
    assert len(set(once)) == len(addresses)
    assert [site.get(a).content for a in addresses] == once


def test_what_is_published_anew_is_shown_at_once(client, settings, keeping, tmp_path):
    town = vila(tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = town.home, [str(town.folder)], town.clock
    town.collect()
    town.publish()
    before = client.get("/en/vila/today.json").json()
    town.clock.pass_(days=1)
    town.say("bikes", usual("bikes") | {(LAST, sensor): 2_000.0 for sensor in SENSORS})
    town.collect()
    town.publish()
    assert client.get("/en/vila/today.json").json()["verdict"]["index"] != before["verdict"]["index"]


def test_a_letter_is_not_kept(site, keeping):
    site.get("/en/vila/day/2001-01-01")
    with counting() as looks:
        assert site.get("/en/vila/day/2001-01-01").status_code == 404
    assert looks[0] > 0


def test_what_was_given_longest_ago_makes_room(site, keeping, monkeypatch):
    monkeypatch.setattr(kept, "ROOM", 3 * len(site.get("/en/vila/today").content))
    kept.forget()
    for n in range(6):
        site.get(f"/en/vila/today?turn={n}")
    with counting() as looks:
        site.get("/en/vila/today?turn=5")
    assert looks[0] == 0
    with counting() as looks:
        site.get("/en/vila/today?turn=0")
    assert looks[0] > 0
