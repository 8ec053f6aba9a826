"""The pages of the fibre and the Wi-Fi that only those who run them see, in a browser; and their maps.

What everybody sees is looked at with all pages (test_pages), and what is done from page to page in the engineer's day.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from tests.browser.looks import SIZES, looking
from tests.browser.test_loop_pages import looked_at

PLACES = (
    *("fibre", "fibre/site/fire", "fibre/cable/office-a", "fibre/trace?q=cabo", "fibre/what-if?duct=office-a&duct=b-office&q=rua"),
    *(
        "fibre/near?lon=-8.6455&lat=41.156&least=2",
        "fibre/near?site=school",
        "fibre/redundancy",
        "fibre/critical",
        "fibre/capacity",
        "fibre/capacity?sort=ducts",
        "fibre/findings",
        "fibre/history",
        "fibre/history/1",
        "fibre/cuts?duct=office-a",
    ),
    *("fibre/edit/organisations", "fibre/edit/phases", "fibre/edit/organisation/city", "fibre/edit/phase"),
    *("fibre/edit/site/school", "fibre/edit/works", "desk/wifi", "desk/wifi/gaps"),
)
MATRIX = list(itertools.product(("pt", "en"), ("light", "dark"), SIZES))
IN_TURN = [(place, *MATRIX[(3 * i) % len(MATRIX)]) for i, place in enumerate(PLACES)]


@pytest.mark.parametrize(("place", "lang", "theme", "size"), IN_TURN, ids=PLACES)
def test_a_page_for_engineers_is_open_to_them_all(browser, net, plant, place, lang, theme, size):
    assert looked_at(browser, net, plant.signed(net), "rui", f"vila/{place}", lang, theme, size) == []


@pytest.mark.proof
@pytest.mark.parametrize(("lang", "theme", "size"), MATRIX, ids=["-".join(m) for m in MATRIX])
def test_every_page_for_engineers_in_every_way(browser, net, plant, lang, theme, size):
    found = {place: looked_at(browser, net, plant.signed(net), "rui", f"vila/{place}", lang, theme, size) for place in PLACES}
    assert {where: what for where, what in found.items() if what} == {}


def test_the_map_takes_a_duct_into_the_cut(browser, net, plant):
    with looking(browser, "desk") as look:
        look.page.context.add_cookies(plant.signed(net)["rui"])
        look.open(f"{net}/en/vila/fibre/what-if?duct=office-a")
        look.page.wait_for_selector("[data-globe][data-ready]")
        assert look.page.locator("[data-hint]").is_visible()
        look.page.locator("[data-globe] canvas").scroll_into_view_if_needed()
        box = look.page.locator("[data-globe] canvas").bounding_box()
        assert box is not None
        found = False
        for x, y in itertools.product((int(box["width"]) // 2, int(box["width"]) // 3), range(20, int(box["height"]) - 20, 7)):
            look.page.mouse.move(box["x"] + x, box["y"] + y)
            if look.page.locator("canvas.hand").count() and look.page.locator(".maplibregl-popup-content", has_text="Rua").count():
                look.page.mouse.click(box["x"] + x, box["y"] + y)
                found = True
                break
        assert found, "no duct is under any of the places that were tried"
        look.page.wait_for_url(re.compile(r"what-if\?"))
        assert look.complaints == []


def test_a_click_on_the_map_asks_for_spare_strands_from_there(browser, net, plant):
    with looking(browser, "desk") as look:
        look.page.context.add_cookies(plant.signed(net)["rui"])
        look.open(f"{net}/pt/vila/fibre/near?least=3")
        look.page.wait_for_selector("[data-globe][data-ready]")
        assert look.page.locator("[data-hint]").is_visible()
        look.page.locator("[data-globe] canvas").click(position={"x": 200, "y": 150})
        look.page.wait_for_url(re.compile(r"near\?least=3&lon=-8\.6\d+&lat=41\.1\d+$"))
        look.page.wait_for_selector("[data-globe][data-ready]")
        assert look.page.locator("[data-globe] .asked").count() == 1, "the place is on the map"
        assert look.page.locator(".plant tbody tr").count() == 7
        assert look.complaints == []


def test_without_scripts_the_lists_have_everything(browser, net):
    with looking(browser, "phone", scripts=False) as look:
        look.open(f"{net}/pt/vila/fibre", quiet=False)
        assert look.page.locator("[data-globe]").is_hidden()
        assert look.page.locator(".plant tbody tr").count() == 4
        assert Path(look.page.url).name == "fibre"


def test_the_map_of_the_wifi_can_be_moved_and_each_health_has_a_sign_and_a_word(browser, net):
    with looking(browser, "desk") as look:
        look.open(f"{net}/en/vila/wifi")
        look.page.locator(".sheet.live").wait_for(timeout=60_000)
        assert look.page.get_by_role("region", name="Map of the places with Wi-Fi").count() == 1
        look.page.get_by_role("button", name="Zoom in").click()
        signs = look.page.locator("main .sign").all()
        assert len(signs) >= 8
        for sign in signs:
            assert sign.get_attribute("aria-hidden") == "true"
            assert sign.locator("xpath=..").inner_text().strip(), "a sign never stands alone"
        assert (look.complaints, look.elsewhere) == ([], [])
