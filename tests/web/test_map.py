"""The zones of the town on a map: on a page, for the slider, and as outlines."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from pulso.web.pages.map import collection
from pulso.zones import Zone, Zones


def test_the_map_shows_the_last_day_and_leads_to_the_one_before(site):
    said = site.get("/en/vila/map.json").json()
    page = site.get("/en/vila/map").content.decode()
    assert (said["day"], said["earlier"], said["later"]) == ("2025-03-14", "2025-03-13", None)
    assert 'href="/en/vila/map?day=2025-03-13" rel="prev">' in page
    assert 'rel="next" hidden>' in page


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_the_days_beside_are_written_as_the_links_write_them(site, lang):
    said = site.get(f"/{lang}/vila/map.json?day=2025-03-10").json()
    page = site.get(f"/{lang}/vila/map?day=2025-03-10").content.decode()
    assert f"<span data-at>{said['earlier_written']}</span>" in page
    assert f"<span data-at>{said['later_written']}</span>" in page
    assert site.get(f"/{lang}/vila/map.json").json()["later_written"] == ""


def test_every_zone_is_a_link_on_the_drawing_and_in_the_table(site):
    page = site.get("/pt/vila/map?day=2025-03-10").content.decode()
    for zone in ("north", "south"):
        assert page.count(f'href="/pt/vila/zone/{zone}?day=2025-03-10"') == 2


def test_a_zone_says_its_number_or_why_there_is_none(site, town):
    for zone in site.get("/en/vila/map.json").json()["zones"]:
        assert (zone["index"] is None) == bool(zone["why"])
        assert (zone["index"] is None) == (zone["shade"] is None)
    first = site.get("/en/vila/map.json?day=2024-01-05").json()
    assert all(z["index"] is None and z["why"] for z in first["zones"])
    assert "–" in site.get("/en/vila/map?day=2024-01-05").content.decode()


def test_a_day_outside_the_record_is_a_letter_that_says_what_there_is(site):
    answer = site.get("/en/vila/map?day=2031-01-01")
    assert answer.status_code == 404
    assert "1 January 2024" in answer.content.decode()
    assert site.get("/en/vila/map?day=0001-01-01").status_code == 404
    assert site.get("/en/vila/map?day=yesterday").status_code == 400


def test_the_slider_gets_what_each_days_map_shows(site):
    year = site.get("/en/vila/map/year.json").json()
    assert (year["first"], year["last"]) == ("2024-03-15", "2025-03-14")
    assert {len(column) for column in [year["city"], *year["zones"].values()]} == {365}
    for day in ("2025-03-14", "2025-02-01", "2024-04-01"):
        at = (date.fromisoformat(day) - date(2024, 3, 15)).days
        shown = site.get(f"/en/vila/map.json?day={day}").json()
        assert year["city"][at] == (None if shown["index"] is None else round(shown["index"]))
        for zone in shown["zones"]:
            assert year["zones"][zone["id"]][at] == (None if zone["index"] is None else int(zone["value"]))


def test_the_slider_can_end_earlier_but_never_after_the_record(site):
    assert site.get("/en/vila/map/year.json?until=2025-01-31").json()["last"] == "2025-01-31"
    assert site.get("/en/vila/map/year.json?until=2999-01-01").json()["last"] == "2025-03-14"
    assert site.get("/en/vila/map/year.json?until=0001-01-01").json()["city"] == [None]
    assert site.get("/en/vila/map/year.json?until=soon").status_code == 400


@pytest.mark.parametrize("address", ["map/year.json", "zones.geojson"])
def test_what_a_browser_has_is_not_sent_again(site, address):
    first = site.get(f"/en/vila/{address}")
    again = site.get(f"/en/vila/{address}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_outlines_are_geojson_with_a_place_for_the_number(site):
    answer = site.get("/en/vila/zones.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    zones = answer.json()["features"]
    assert [z["properties"]["id"] for z in zones] == ["north", "south"]
    for zone in zones:
        assert shapely.geometry.shape(zone["geometry"]).contains(shapely.Point(zone["properties"]["centre"]))


def test_neighbours_still_touch_when_their_borders_are_simplified():
    wave = [(0.0005 + 0.00003 * (i % 2), i / 50_000) for i in range(51)]
    west = shapely.Polygon([(0, 0), *wave, (0, 0.001)])
    east = shapely.Polygon([(0.001, 0), *wave, (0.001, 0.001)])
    made = collection(Zones((Zone("w", "West", None, west), Zone("e", "East", None, east))))
    shapes = [shapely.geometry.shape(f["geometry"]) for f in made["features"]]
    assert sum(len(shapely.get_coordinates(s)) for s in shapes) < 20
    assert shapes[0].intersection(shapes[1]).area == 0
    assert shapes[0].union(shapes[1]).area == pytest.approx(1e-6, rel=1e-3)


def test_an_earlier_knowledge_has_no_slider(site):
    page = site.get("/en/vila/map?as_of=2030-01-01T00:00:00Z").content.decode()
    assert "pulso/map.js" not in page
    assert "pulso/map.js" in site.get("/en/vila/map").content.decode()


def test_the_map_is_the_only_page_that_carries_its_library(site):
    assert "maplibre-gl.js" in site.get("/en/vila/map").content.decode()
    for address in ("today", "zone/north", "metric/bikes"):
        assert "maplibre" not in site.get(f"/en/vila/{address}").content.decode()
