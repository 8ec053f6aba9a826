"""The pages of an account and of what people enter, as whoever signed in meets them."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looks import SIZES, looking
from tests.browser.server import serving
from tests.flow.vila import vila

WHO = {"login": "ana@vila.example", "password": "a long secret"}
STRANGERS = ("account/login/", "account/signup/", "account/password/reset/")
OWN = (
    "account/",
    "account/email/",
    "account/password/change/",
    "account/2fa/",
    "account/2fa/totp/activate/",
    "account/keys/",
    "account/webhooks/",
    "account/webhooks/1/",
    "account/doors/",
    "account/erase/",
    "account/logout/",
    "account/city/vila/",
    "vila/agenda/enter",
    "vila/agenda/enter/outage",
    "vila/agenda/flags",
)
MATRIX = list(itertools.product(("pt", "en"), ("light", "dark"), SIZES))
PEOPLE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from pulso.web.api.hooks.models import Message, Webhook
from pulso.web.people import keys
from pulso.web.people.models import Person
from pulso.web.people.writes import give
ana = Person.objects.create_superuser("ana@vila.example", "a long secret", is_staff=False, is_superuser=False, name="Ana")
give(None, ana, "administrator", city="vila")
keys.create(ana, "notebook")
hook = Webhook.objects.create(
    person=ana, city="vila", url="https://hook.example/a/rather/long/address/of/a/program", events=["published"], secret="s",
    told_until=timezone.now(),
)
Message.objects.create(webhook=hook, event="published", body="{}", state="taken", tries=1)
Message.objects.create(webhook=hook, event="test", body="{}", tries=1, answer="ConnectTimeout")
"""


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site where Ana has an account and administers Vila."""
    made = vila(tmp_path_factory.mktemp("desk"))
    made.collect()
    made.publish()
    environment = os.environ | {"PULSO_HOME": str(made.home), "DJANGO_SETTINGS_MODULE": "pulso.web.config.settings"}
    subprocess.run([sys.executable, "-c", PEOPLE], env=environment, check=True)
    with serving(made.home, [str(made.folder)]) as address:
        yield address


@pytest.fixture(scope="module")
def signed_in(desk: str) -> list[dict[str, str]]:
    """The cookies of Ana's session: she signs in once, and says again who she is, as what matters asks for."""
    with httpx.Client(base_url=desk, headers={"Referer": desk}, follow_redirects=True) as client:
        for at, said in (("login", WHO), ("reauthenticate", {"password": WHO["password"]})):
            client.get(f"/en/account/{at}/")
            token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
            assert client.post(f"/en/account/{at}/", data=said | token).status_code == 200
        assert client.get("/en/account/").url.path == "/en/account/"
        return [{"name": name, "value": value, "url": desk} for name, value in client.cookies.items()]


def looked_at(browser: Browser, address: str, cookies: list[dict[str, str]], theme: str, size: str, shot: Path | None) -> list[str]:
    """Everything that is wrong with a page."""
    with looking(browser, size, theme) as look:
        look.page.context.add_cookies(cookies)  # type: ignore[arg-type]
        look.open(address)
        assert look.page.url == address, "it led elsewhere"
        if shot:
            look.page.screenshot(path=shot, full_page=True)
        wrong = [f"axe: {b}" for b in look.barriers()]
        wrong += [f"wider than the window by {by} pixels" for by in [look.overflow()] if by > 0]
        wrong += [f"keyboard: {control}" for control in look.unreachable()]
        return wrong + [f"console: {c}" for c in look.complaints] + [f"asks elsewhere: {a}" for a in look.elsewhere]


def everywhere(browser: Browser, desk: str, cookies: list[dict[str, str]], lang: str, theme: str, size: str) -> dict[str, list[str]]:
    """What is wrong with each page, by its address; with a picture of each where PULSO_SHOTS names a folder."""
    shots = Path(os.environ["PULSO_SHOTS"]) if "PULSO_SHOTS" in os.environ else None
    wrong = {}
    for at in STRANGERS + OWN:
        shot = shots and shots / f"desk-{at.strip('/').replace('/', '-')}-{lang}-{theme}-{size}.png"
        wrong[at] = looked_at(browser, f"{desk}/{lang}/{at}", [] if at in STRANGERS else cookies, theme, size, shot)
    return {at: found for at, found in wrong.items() if found}


@pytest.mark.parametrize(("lang", "theme", "size"), [("pt", "light", "phone"), ("en", "dark", "desk")])
def test_the_pages_of_an_account_are_open_to_everybody(browser, desk, signed_in, lang, theme, size):
    assert everywhere(browser, desk, signed_in, lang, theme, size) == {}


@pytest.mark.proof
@pytest.mark.parametrize(("lang", "theme", "size"), MATRIX, ids=["-".join(m) for m in MATRIX])
def test_the_pages_of_an_account_in_every_way(browser, desk, signed_in, lang, theme, size):
    assert everywhere(browser, desk, signed_in, lang, theme, size) == {}


def test_a_key_is_made_by_keyboard_and_shown_once(browser, desk, signed_in):
    with looking(browser, "phone") as look:
        page: Page = look.page
        page.context.add_cookies(signed_in)
        look.open(f"{desk}/pt/account/keys/")
        page.get_by_label("Para que serve").fill("caderno")
        page.keyboard.press("Enter")
        shown = page.locator(".shown code")
        shown.wait_for()
        assert shown.inner_text().startswith("pulso_")
        page.goto(f"{desk}/pt/account/keys/")
        assert not page.locator(".shown").count()
        assert look.complaints == []
