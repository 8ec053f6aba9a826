"""An engineer's day, in a browser: a site is found, a strand followed, a duct cut in thought and then in truth, a dig planned."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.looks import SIZES, looking
from tests.browser.server import serving
from tests.browser.test_loop_pages import shot, wrong_with
from tests.flow.vila import vila

LOADED = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.sessions.backends.db import SessionStore
from pulso.web.fibre import writes
from pulso.web.people.models import Person
from pulso.web.people.writes import give
from tests.web.network import network
writes.load(None, "vila", network(), "as it was built")
rui = Person.objects.create_user("rui@vila.example", "a long secret", name="Rui")
give(None, rui, "engineer", city="vila")
session = SessionStore()
session["_auth_user_id"], session["_auth_user_hash"] = str(rui.pk), rui.get_session_auth_hash()
session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
session.create()
print(session.session_key)
"""
PUBLIC = ("fibre", "fibre/site/school", "fibre/duct/office-a", "fibre/cable/office-a", "fibre/works?from=2025-03-01")
ENGINEERS = (
    *("fibre", "fibre/site/fire", "fibre/cable/office-a", "fibre/trace?cable=office-a&strand=1&sent=0&needed=-24", "fibre/trace?q=cabo"),
    *("fibre/what-if?duct=office-a&duct=b-office&q=rua", "fibre/redundancy", "fibre/critical", "fibre/works?from=2025-03-01"),
    *("fibre/history", "fibre/history/1", "fibre/cuts?duct=office-a", "fibre/edit/site/school", "fibre/edit/works"),
)
PLACES = [*(("", p) for p in PUBLIC), *(("rui", p) for p in ENGINEERS)]
MATRIX = list(itertools.product(("pt", "en"), ("light", "dark"), SIZES))
IN_TURN = [(*place, *MATRIX[(3 * i) % len(MATRIX)]) for i, place in enumerate(PLACES)]


@pytest.fixture(scope="module")
def net(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[Any]]]:
    """The address of a site that shows the town's network, and Rui's cookie."""
    made = vila(tmp_path_factory.mktemp("fibre"))
    made.collect()
    made.publish()
    said = {"PULSO_HOME": str(made.home), "PULSO_CITIES": str(made.folder), "DJANGO_SETTINGS_MODULE": "pulso.web.config.settings"}
    told = subprocess.run([sys.executable, "-c", LOADED], env=os.environ | said, check=True, capture_output=True, text=True)
    with serving(made.home, [str(made.folder)]) as address:
        yield address, [{"name": "sessionid", "value": told.stdout.split()[-1], "url": address}]


@pytest.mark.parametrize(("who", "place", "lang", "theme", "size"), IN_TURN, ids=[f"{w or 'anybody'} {p}" for w, p in PLACES])
def test_a_page_of_the_network_is_open_to_whoever_may_see_it(browser, net, who, place, lang, theme, size):
    with looking(browser, size, theme) as look:
        look.page.context.add_cookies(net[1] if who else [])
        look.open(f"{net[0]}/{lang}/vila/{place}")
        shot(look, "fibre", who, place, lang, theme, size)
        assert wrong_with(look, lang) == []


@pytest.mark.parametrize(("lang", "size"), [("pt", "desk"), ("en", "phone")])
def test_an_engineer_s_day(browser, net, lang, size):
    address, cookies = net
    words = {"pt": ("Procurar", "Bombeiros", "Mostrar quem fica às escuras"), "en": ("Search", "Bombeiros", "Show what goes dark")}[lang]
    with looking(browser, size) as look:
        page = look.page
        page.context.add_cookies(cookies)
        look.open(f"{address}/{lang}/vila/fibre")
        page.wait_for_selector("[data-globe][data-ready]")  # the map is drawn
        page.locator("form[role=search] input").fill("bombeiros")
        page.get_by_role("button", name=words[0]).click()
        page.get_by_role("link", name=words[1], exact=True).click()  # a site is found
        assert page.locator("h1").inner_text() == "Bombeiros"
        assert page.locator("svg.sketch .second").count() == 2, "its second path is drawn"
        look.page.goto(f"{address}/{lang}/vila/fibre/cable/office-a")
        page.locator("#strand-1 th a").click()  # a strand is followed
        assert page.locator(".hop").count() == 2
        page.goto(f"{address}/{lang}/vila/fibre/what-if")
        page.locator("input[name=q]").fill("rua")
        page.get_by_role("button", name=words[0]).click()
        for duct in ("office-a", "b-office"):
            page.locator(f"input[value='{duct}']").check()
        page.get_by_role("button", name=words[2]).click()  # who goes dark?
        assert re.search(r"duct=office-a&duct=b-office|duct=b-office&duct=office-a", page.url)
        assert page.locator(".figures .grave .big").inner_text() == "3"
        page.locator("a[href*='/fibre/cuts?']").click()
        page.locator("#id_since").fill("2025-03-10")
        page.locator("#id_why").fill("A digger.")
        page.locator("form.entry button[type=submit]").first.click()  # an outage is entered
        page.wait_for_url(re.compile(r"/fibre/cuts#cut-"))
        assert page.locator("li[id^=cut-] .badge").count() >= 1
        page.goto(f"{address}/{lang}/vila/fibre/edit/works")
        for name, value in {"name": "Vala", "first": "2025-04-01", "last": "2025-04-02", "ducts": "a-school", "why": "A permit."}.items():
            page.locator(f"main [name={name}]").fill(value)
        page.locator("form.entry button[type=submit]").first.click()  # a dig is planned
        page.wait_for_url(re.compile(r"/fibre/works\?"))
        assert "Escola Básica 12" in page.locator(".digs").inner_text()
        assert look.complaints == []


def test_the_map_takes_a_duct_into_the_cut(browser, net):
    address, cookies = net
    with looking(browser, "desk") as look:
        look.page.context.add_cookies(cookies)
        look.open(f"{address}/en/vila/fibre/what-if?duct=office-a")
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


def test_without_scripts_the_lists_have_everything(browser, net):
    with looking(browser, "phone", scripts=False) as look:
        look.open(f"{net[0]}/pt/vila/fibre", quiet=False)
        assert look.page.locator("[data-globe]").is_hidden()
        assert look.page.locator(".plant tbody tr").count() == 4
        assert Path(look.page.url).name == "fibre"
