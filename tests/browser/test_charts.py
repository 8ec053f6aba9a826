"""The map that moves and the line that zooms: by hand and by keyboard, and what stays where they cannot run."""

from __future__ import annotations

import re
from itertools import combinations

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.browser.looks import looking


def test_the_slider_of_the_map_turns_the_whole_page_to_another_day(browser, town):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/vila/map")
        page = look.page
        before = page.locator("[data-sentence]").inner_text()
        page.locator("#slide").focus()
        page.keyboard.press("ArrowLeft")
        page.wait_for_url("**/map?day=2025-03-13")
        assert page.locator("h1").inner_text() == "Thursday, 13 March 2025"
        assert page.locator("[data-sentence]").inner_text() != before
        assert "13 March 2025" in str(page.locator("#slide").get_attribute("aria-valuetext"))
        expect(page.locator(".zones a").first).to_have_attribute("href", re.compile("/en/vila/zone/north[?]day=2025-03-13$"))
        expect(page.locator("a[hreflang=pt]")).to_have_attribute("href", re.compile("/pt/vila/map[?]day=2025-03-13$"))
        assert page.locator(".turn [rel=next]").is_visible()
        assert look.complaints == []


def test_a_zone_of_the_moving_map_leads_to_its_page(browser, town):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/vila/map")
        sheet = look.page.locator("canvas.maplibregl-canvas")
        sheet.wait_for()
        look.page.locator(".sheet.live").wait_for()
        box = sheet.bounding_box()
        assert box is not None
        look.page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
        look.page.wait_for_url("**/zone/north?day=2025-03-14")


def test_the_moving_map_takes_the_place_of_the_drawing_and_nothing_jumps(browser, town):
    with looking(browser, "phone") as look:
        page = look.page
        held: list[Route] = []
        page.route("**/zones.geojson", lambda route: held.append(route))
        with page.expect_request("**/zones.geojson"):
            page.goto(f"{town}/en/vila/map")
        page.locator("[data-slide]:not([hidden])").wait_for()
        drawing, below = page.locator("svg.map").bounding_box(), page.locator(".scale").bounding_box()
        assert page.locator("svg.map").is_visible()
        assert not page.locator(".globe").is_visible()
        held[0].continue_()
        page.locator(".sheet.live").wait_for()
        assert page.locator(".globe").bounding_box() == drawing
        assert page.locator(".scale").bounding_box() == below
        assert not page.locator("svg.map").is_visible()


LABELS = """() => [...document.querySelectorAll('.pin')].filter((p) => getComputedStyle(p).visibility === 'visible').map((p) => {
  const box = p.getBoundingClientRect();
  return [p.innerText.replace(/\\s+/g, ' '), box.left, box.top, box.right, box.bottom];
})"""


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_what_is_written_into_the_moving_map_has_room(browser, town, size):
    with looking(browser, size) as look:
        look.open(f"{town}/en/vila/map")
        page = look.page
        page.locator(".sheet.live").wait_for()
        numbers = {z["name"]: z["value"] for z in httpx.get(f"{town}/en/vila/map.json").json()["zones"]}
        labels = page.evaluate(LABELS)
        assert sorted(label for label, *_ in labels) == sorted(f"{value} {name}" for name, value in numbers.items())
        boxes = [box for _, *box in labels] + [list(page.locator(".maplibregl-ctrl-group").evaluate(BOX))]
        assert [pair for pair in combinations(boxes, 2) if touch(*pair)] == []
        for _ in range(6):
            page.locator(".maplibregl-ctrl-zoom-out").click()
        page.wait_for_function(f"({LABELS})().length === 0")


BOX = "e => { const box = e.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; }"


def touch(one: list[float], other: list[float]) -> bool:
    """Whether two boxes lie over one another."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_the_links_beside_are_written_alike_whether_the_day_was_slid_to_or_opened(browser, town):
    with looking(browser, "phone") as look:
        look.open(f"{town}/pt/vila/map")
        page = look.page
        page.locator("#slide").focus()
        page.keyboard.press("ArrowLeft")
        page.wait_for_url("**/map?day=2025-03-13")
        slid = page.locator(".turn [data-at]").all_inner_texts()
        page.reload()
        assert page.locator(".turn [data-at]").all_inner_texts() == slid


def test_the_ends_of_the_slider_stand_clear_of_the_button_on_a_phone(browser, town):
    with looking(browser, "phone") as look:
        page = look.page
        page.emulate_media(reduced_motion="no-preference")
        look.open(f"{town}/pt/vila/map")
        first, play, last = (page.locator(f"[data-{part}]").bounding_box() for part in ("first", "play", "last"))
        assert first is not None
        assert play is not None
        assert last is not None
        assert first["x"] + first["width"] < play["x"]
        assert play["x"] + play["width"] < last["x"]


def test_without_a_way_to_draw_it_the_drawing_takes_the_slider(browser, town):
    with looking(browser, "desk") as look:
        look.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        look.open(f"{town}/en/vila/map")
        page = look.page
        assert page.locator("svg.map").is_visible()
        page.locator("#slide").focus()
        page.keyboard.press("Home")
        page.wait_for_url("**/map?day=2024-03-15")
        shown = page.locator("tr[data-zone=north] td").first.inner_text()
        name = page.locator("tr[data-zone=north] th").inner_text()
        title = page.locator("svg.map [data-zone=north] title").text_content()
        assert title == f"{name}: {'no number' if shown == '–' else shown}"


def test_who_asks_for_less_motion_is_offered_none(browser, town):
    with looking(browser, "desk") as look:
        look.page.emulate_media(reduced_motion="reduce")
        look.open(f"{town}/en/vila/map")
        assert look.page.locator("#slide").is_visible()
        assert not look.page.locator("[data-play]").is_visible()


@pytest.mark.parametrize(("key", "heard"), [("ArrowLeft", "13 Mar 2025"), ("ArrowDown", "12 Feb 2025"), ("Home", "15 Mar 2024")])
def test_a_line_is_read_day_by_day_by_keyboard(browser, town, key, heard):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/vila/metric/index")
        page = look.page
        page.locator(".plot").focus()
        page.keyboard.press(key)
        assert heard in page.locator("[data-heard]").inner_text()
        expect(page.locator("[data-cursor]")).to_have_text(page.locator("[data-heard]").inner_text())
        page.keyboard.press("+")
        page.keyboard.press("Escape")
        assert look.complaints == []


WRITTEN = """window.written = new Set();
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...at) { written.add(text); return write.call(this, text, ...at); };"""


@pytest.mark.parametrize(("lang", "month"), [("pt", "dez."), ("en", "Dec")])
def test_a_long_line_says_which_year_it_is(browser, town, lang, month):
    with looking(browser, "phone") as look:
        look.page.add_init_script(WRITTEN)
        look.open(f"{town}/{lang}/vila/metric/index")
        look.page.locator(".plot canvas").wait_for()
        written = look.page.evaluate("[...written]")
        assert {"2024", "2025", month} <= set(written), written


def test_the_line_stays_still_where_its_days_do_not_come(browser, town):
    with looking(browser, "desk") as look:
        look.page.route("**/metric/*.json*", lambda route: route.fulfill(status=503, body=""))
        look.open(f"{town}/en/vila/metric/bikes")
        assert look.page.locator("svg.lines.wide").is_visible()
        assert not look.page.locator(".plot").is_visible()
