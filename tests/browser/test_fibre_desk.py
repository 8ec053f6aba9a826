"""The engineer's desk of the fibre in a browser: its forms are open to all who work there, and the map fills them in."""

from __future__ import annotations

import itertools

import pytest

from tests.browser.looks import SIZES, looking
from tests.browser.test_loop_pages import looked_at

PLACES = (
    *("edit/site", "edit/cable?start=office", "edit/strands/office-a", "edit/splices/a?cable=office-a", "edit/ports/office"),
    "edit/splitters/a?row=x1",
)
MATRIX = list(itertools.product(("pt", "en"), ("light", "dark"), SIZES))
IN_TURN = [(place, *MATRIX[(3 * i) % len(MATRIX)]) for i, place in enumerate(PLACES)]


@pytest.mark.parametrize(("place", "lang", "theme", "size"), IN_TURN, ids=PLACES)
def test_a_form_of_the_desk_is_open_to_all_engineers(browser, net, plant, place, lang, theme, size):
    assert looked_at(browser, net, plant.signed(net), "rui", f"vila/fibre/{place}", lang, theme, size) == []


def clicked(page, *places):
    """Click on the map, at parts of its width and height, and give back what stands in the form."""
    page.wait_for_selector("[data-globe][data-ready]")
    canvas = page.locator("[data-globe] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for x, y in places:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.wait_for_timeout(400)  # two clicks at once are a zoom
    return {
        name: page.locator(f"[name={name}]").input_value()
        for name in ("lon", "lat", "start", "route")
        if page.locator(f"[name={name}]").count()
    }


def test_a_click_on_the_map_says_where_a_site_is(browser, net, plant):
    with looking(browser, "desk") as look:
        look.page.context.add_cookies(plant.signed(net)["rui"])
        look.open(f"{net}/en/vila/fibre/edit/site")
        said = clicked(look.page, (0.2, 0.2))
        west, north = float(said["lon"]), float(said["lat"])
        assert -8.67 < west < -8.64
        assert 41.15 < north < 41.18
        said = clicked(look.page, (0.8, 0.6))
        assert float(said["lon"]) > west
        assert float(said["lat"]) < north
        assert look.complaints == []


def test_a_route_is_drawn_corner_by_corner_from_its_site_and_taken_back(browser, net, plant):
    with looking(browser, "desk") as look:
        look.page.context.add_cookies(plant.signed(net)["rui"])
        look.open(f"{net}/pt/vila/fibre/edit/duct?start=a")
        route = clicked(look.page, (0.3, 0.2), (0.4, 0.15))["route"].split("\n")
        assert route[0] == "-8.65 41.15", "it begins at the site that it was asked for from"
        assert len(route) == 3
        look.page.locator("[data-back]").click()
        assert look.page.locator("[name=route]").input_value().split("\n") == route[:2]
        assert look.complaints == []


def test_without_scripts_a_form_of_the_desk_has_no_map_and_all_its_fields(browser, net, plant):
    with looking(browser, "phone", scripts=False) as look:
        look.page.context.add_cookies(plant.signed(net)["rui"])
        look.open(f"{net}/en/vila/fibre/edit/duct", quiet=False)
        assert look.page.locator("[data-globe]").is_hidden()
        assert look.page.locator("[data-back]").is_hidden()
        assert look.page.locator("[name=route]").is_visible()
        assert look.dead() == []
