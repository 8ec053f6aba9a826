"""One zone of the town by itself."""

from __future__ import annotations

import pytest

from pulso.web.pages.asked import Asked


def test_a_zone_says_its_number_its_metrics_and_its_sensors(site):
    said = site.get("/en/vila/zone/north.json?day=2025-03-14").json()
    page = site.get("/en/vila/zone/north?day=2025-03-14").content.decode()
    assert said["verdict"]["zone"] == said["zone"]["id"] == "north"
    assert said["zone"]["index"] == said["verdict"]["index"]
    assert {m["metric"] for m in said["metrics"]} == {"bikes", "cars", "buses"}
    assert {s["sensor"] for s in said["sensors"]} == {"n1", "n2"}
    assert str(round(said["zone"]["index"])) in page
    for metric in ("bikes", "cars", "buses"):
        assert f'href="/en/vila/metric/{metric}?zone=north&to=2025-03-14"' in page


def test_a_zone_may_be_asked_for_by_its_name(site):
    names = {z["name"]: z["id"] for z in site.get("/en/vila/map.json").json()["zones"]}
    for name, known in names.items():
        assert site.get(f"/en/vila/zone/{name}.json").json()["zone"]["id"] == known


def test_a_zone_that_is_not_there_is_a_letter_with_those_that_are(site):
    answer = site.get("/en/vila/zone/west")
    assert answer.status_code == 404
    assert "It has:" in answer.content.decode()
    assert site.get("/en/vila/zone/north?day=2031-01-01").status_code == 404


def test_the_zone_stands_out_on_its_map(site):
    page = site.get("/en/vila/zone/south").content.decode()
    assert page.count("chosen") == 1
    chosen = page.index("chosen")
    assert 'data-zone="south"' in page[chosen : chosen + 40]


def test_the_six_weeks_end_on_the_day(site):
    weeks = site.get("/en/vila/zone/north.json?day=2025-03-01").json()["weeks"]
    assert (len(weeks), weeks[-1]["day"]) == (42, "2025-03-01")


@pytest.mark.parametrize(("lang", "why"), [("en", "Nothing is measured in this zone"), ("pt", "Nesta zona nada se mede")])
def test_a_zone_of_which_nothing_was_published_says_why(site, lang, why, monkeypatch):
    monkeypatch.setattr(Asked, "verdicts", lambda self, *_: {None: self.reading.verdicts(self.last_day())[None]})
    monkeypatch.setattr("pulso.web.pages.zone.sensors", lambda *_: iter(()))
    answer = site.get(f"/{lang}/vila/zone/north")
    assert answer.status_code == 200
    assert why in answer.content.decode()
    said = site.get(f"/{lang}/vila/zone/north.json").json()
    assert said["verdict"] is None
    assert said["zone"]["index"] is None


def test_a_zone_whose_sources_place_their_own_sensors_is_not_called_blind(site, monkeypatch):
    monkeypatch.setattr("pulso.web.pages.zone.sensors", lambda *_: iter(()))
    page = site.get("/en/vila/zone/north").content.decode()
    assert "The sources here place their own sensors." in page
    assert "No sensor that the city knows of" not in page
