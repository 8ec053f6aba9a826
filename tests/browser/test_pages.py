"""Every page as people meet it: on a phone and a desk, by day and by night, in both languages, by keyboard, and without JavaScript."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import REAL
from tests.browser.looks import SIZES, looking
from tests.conftest import MIRROR
from tests.web.addresses import ALL, NAMES, addresses

LANGUAGES, THEMES = ("pt", "en"), ("light", "dark")
MATRIX = list(itertools.product(LANGUAGES, THEMES, SIZES))
STATED = {name: (name, 200) for name in ("privacy", "accessibility", "contact")}
BESIDES = {"cities": ("", 200), "letter": ("nowhere/today", 404), "no page": ("vila/nothing", 404)} | STATED
"""What is no page of a city: its address below the language, and its status."""

PLACES = [(name, address, 200) for name, (_, address) in zip(NAMES, ALL, strict=True)] + [(n, *said) for n, said in BESIDES.items()]
IN_TURN = [(*place, *MATRIX[(3 * i) % len(MATRIX)]) for i, place in enumerate(PLACES)]
"""Each place once, the ways of looking in turn; the whole matrix is looked at under `-m proof`."""


def looked_at(
    browser: Browser, site: str, place: str, status: int, lang: str, theme: str, size: str, shot: Path | None = None
) -> list[str]:
    """Everything that is wrong with a page."""
    with looking(browser, size, theme) as look:
        look.open(f"{site}/{lang}/{place}", status)
        if shot:
            look.page.screenshot(path=shot, full_page=True)
        wrong = [f"axe: {b}" for b in look.barriers()]
        wrong += [f"wider than the window by {by} pixels" for by in [look.overflow()] if by > 0]
        wrong += [f"keyboard: {control}" for control in look.unreachable()]
        return wrong + [f"console: {c}" for c in look.complaints] + [f"asks elsewhere: {a}" for a in look.elsewhere]


@pytest.mark.parametrize(("name", "place", "status", "lang", "theme", "size"), IN_TURN, ids=[i[0] for i in IN_TURN])
def test_a_page_is_open_to_everybody(browser, town, name, place, status, lang, theme, size):
    assert looked_at(browser, town, place, status, lang, theme, size) == []


@pytest.mark.parametrize(("name", "place", "status"), PLACES, ids=[p[0] for p in PLACES])
def test_a_page_can_be_read_without_javascript(browser, town, name, place, status):
    with looking(browser, "phone", scripts=False) as look:
        look.open(f"{town}/pt/{place}", status, quiet=False)
        assert look.page.locator("h1").first.is_visible()
        assert look.page.locator("main").inner_text().strip()
        assert look.dead() == []
        assert (look.complaints, look.elsewhere, look.overflow()) == ([], [], 0)


def test_the_drawer_of_a_phone_opens_by_keyboard_and_leads_on(browser, town):
    with looking(browser, "phone") as look:
        look.open(f"{town}/pt/vila/today")
        why = look.page.get_by_role("navigation").get_by_role("link", name="Porquê", exact=True)
        assert not why.is_visible()
        look.page.locator(".menu summary").focus()
        look.page.keyboard.press("Enter")
        assert why.is_visible()
        why.click()
        assert look.page.url == f"{town}/pt/vila/why"


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(browser, town):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/vila/today")
        look.page.keyboard.press("Tab")
        look.page.keyboard.press("Enter")
        assert look.page.evaluate("document.activeElement.id") == "main"


def test_a_language_is_changed_without_losing_the_page(browser, town):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/vila/today?zone=north")
        look.page.get_by_role("link", name="Português").click()
        assert look.page.url == f"{town}/pt/vila/today?zone=north"


def parts(site: str, city: str) -> dict[str, str]:
    """What stands in the parts of addresses in a city: of what its last day has."""
    said: dict[str, Any] = httpx.get(f"{site}/en/{city}/today.json", timeout=60).json()
    verdict = said["verdict"]
    sources = httpx.get(f"{site}/en/{city}/sources.json", timeout=60).json()["sources"]
    return {
        "zone": said["zones"][-1]["id"],
        "day": verdict["day"],
        "metric": verdict["metrics"][0]["metric"],
        "source": sources[0]["source"],
        "domain": verdict["domains"][0]["domain"],
        "year": verdict["day"][:4],
    }


@pytest.mark.proof
@pytest.mark.parametrize("city", ["demo", *REAL])
@pytest.mark.parametrize(("lang", "theme", "size"), MATRIX, ids=["-".join(m) for m in MATRIX])
def test_every_page_of_a_city_in_every_way(browser, shown, city, lang, theme, size, tmp_path):
    if city not in cities(browser, f"{shown}/{lang}/"):
        pytest.skip(f"the real data is not at {MIRROR}: no page of {city} was looked at")
    shots = Path(os.environ.get("PULSO_SHOTS", tmp_path))
    shots.mkdir(parents=True, exist_ok=True)
    wrong = {}
    for page, place in addresses(parts(shown, city), city):
        shot = shots / f"{city}-{page.name}-{lang}-{theme}-{size}.png"
        wrong[shot.stem] = looked_at(browser, shown, place, 200, lang, theme, size, shot)
    assert {where: what for where, what in wrong.items() if what} == {}


def cities(browser: Browser, address: str) -> list[str]:
    """The cities that a site shows, as its own list of them says."""
    with looking(browser, "desk") as look:
        look.open(address)
        return [(a.get_attribute("href") or "").split("/")[2] for a in look.page.locator(".cities a").all()]
