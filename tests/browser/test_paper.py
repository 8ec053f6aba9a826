"""What leaves the screen: pages on paper, and the number in a frame of somebody else's page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from pulso.web.pages.embed import SIZES as FRAMES
from tests.browser.looks import looking
from tests.web.addresses import addresses

DAY = "2025-03-14"
PAGES = {page.name: place for page, place in addresses()}
ON_PAPER = {
    n: PAGES[n]
    for n in (
        *("today", "past", "why", "zone", "metric", "compare", "agenda", "map", "method", "sources", "source", "data"),
        *("challenge", "pilots", "pilot", "practice"),
    )
}
SHEET = re.compile(rb"/Type /Page\b(?!s)")
A4 = re.compile(rb"/MediaBox \[0 0 594\.9\d* 841\.9\d*\]")
WIDE = 703
"""Points of a screen that are as wide as a sheet less its edges: 210 mm less twice 12, of which 25.4 are 96."""

DARK = """() => [document.documentElement, ...document.querySelectorAll('body *')].filter((e) => {
  const [r, g, b, a] = (getComputedStyle(e).backgroundColor.match(/[\\d.]+/g) ?? []).map(Number);
  return e.checkVisibility() && !e.closest('.scale, svg, .lamp, .key') && a !== 0 && r + g + b < 300;
}).map((e) => e.outerHTML.slice(0, 90))"""
CUT = """() => [...document.querySelectorAll('main svg, main table')].filter((e) => {
  const box = e.getBoundingClientRect();
  return e.checkVisibility() && (box.left < -1 || box.right > innerWidth + 1 || box.width < 60);
}).map((e) => e.outerHTML.slice(0, 90))"""
PRESSED = "nav, form, button, input, select, .skip, .tongue, .links"


@pytest.mark.parametrize("name", ON_PAPER)
def test_a_page_on_paper_is_light_whole_and_has_nothing_to_press(browser, town, name):
    with looking(browser, "desk", "dark") as look:
        look.open(f"{town}/pt/{ON_PAPER[name]}")
        page = look.page
        page.set_viewport_size({"width": WIDE, "height": 1000})
        page.emulate_media(media="print")
        assert page.evaluate(DARK) == []
        assert page.evaluate(CUT) == []
        assert look.overflow() == 0
        assert [e for e in page.locator(PRESSED).all() if e.is_visible()] == []


@pytest.mark.parametrize("name", ON_PAPER)
def test_each_sheet_says_whose_page_it_is_until_when_and_where_it_lies(browser, town, name):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/{ON_PAPER[name]}")
        page = look.page
        page.emulate_media(media="print")
        assert page.locator("header .logo").is_visible()
        foot = page.locator("footer").inner_text()
        assert "never how good it is" in foot
        assert "Data:" in foot
        assert "Published until 14 March 2025" in foot
        assert f"{town}/en/{ON_PAPER[name]}" in foot
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        today = page.evaluate("new Date().toLocaleDateString('en-GB', { dateStyle: 'long' })")
        assert f" · printed on {today}" in page.locator("footer").inner_text()
        repeated = [page.locator(part).evaluate("e => getComputedStyle(e).display") for part in ("header", "footer")]
        assert repeated == ["table-header-group", "table-footer-group"]


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize(("place", "most"), [(f"vila/bulletin/{DAY}", 1), ("vila/today", 1), ("vila/method", 4)])
def test_a_printed_page_is_so_many_sheets_of_a4(browser, town, lang, place, most):
    with looking(browser, "desk") as look:
        look.open(f"{town}/{lang}/{place}")
        pdf = look.page.pdf(prefer_css_page_size=True, print_background=True)
        assert 1 <= len(SHEET.findall(pdf)) <= most
        assert len(A4.findall(pdf)) == len(SHEET.findall(pdf))


@pytest.mark.parametrize("name", FRAMES)
def test_somebody_elses_page_shows_the_number_whole_with_its_licences(browser, town, name):
    wide, high = FRAMES[name]
    framed = f'<iframe src="{town}/en/vila/embed/{name}" width="{wide}" height="{high}"></iframe>'
    with elsewhere(framed) as foreign, looking(browser, "desk") as look:
        look.page.goto(foreign)
        frame = look.page.frame_locator("iframe")
        assert frame.locator("h1").inner_text().startswith("pulso·Vila")
        assert "never how good it is" in frame.locator("footer").inner_text()
        assert "Data:" in frame.locator("summary").last.inner_text()
        over = "() => [document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
        assert look.page.frames[1].evaluate(over) == [0, 0]
        assert look.complaints == []


def test_no_other_page_may_stand_in_a_frame(browser, town):
    with elsewhere(f'<iframe src="{town}/en/vila/today"></iframe>') as foreign, looking(browser, "desk") as look:
        look.page.goto(foreign)
        assert look.page.frames[1].url.startswith("chrome-error:")


@contextmanager
def elsewhere(body: str) -> Iterator[str]:
    """The address of somebody else's page; it is another origin, since its port is another."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # so the library calls it
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Elsewhere</title>{body}".encode())

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
