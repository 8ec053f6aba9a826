"""Every page of the loop, public and on the desk, as whoever opens it meets it: by day and night, on phone and desk, in both languages."""

from __future__ import annotations

import io
import itertools
import os
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Browser

from pulso.show.language import CATALOGUES
from tests.browser.looks import SIZES, Look, looking
from tests.browser.walked import DIP

FROM_HERE = f"challenges/new?from-page=zone&zone=north&from={DIP[1]}&to={DIP[1]}"
DESK = (
    *("desk", FROM_HERE, "pilots/new?challenge=1", "desk/testbeds", "desk/testbeds/1"),
    *("desk/challenges/1", "desk/challenges/2", "desk/challenges/2/edit"),
    *(f"desk/pilots/{n}" for n in (1, 3, 4, 5, 11)),
    *("desk/pilots/3/edit", "desk/pilots/5/protocol", "desk/pilots/11/freeze", "desk/pilots/1/amend"),
    *(f"desk/pilots/1/amend?field={field}" for field in ("stop_rule", "zones", "window_last")),
    *("desk/pilots/4/practice", "desk/practices/1", "desk/practices/1/edit"),
)
PUBLIC = ("challenges", "challenges/1", "pilots", *(f"pilots/{n}" for n in (1, 2, 4, 6)), "practices", "practices/1", "effects", "agenda")
PLACES = (
    *(("ana", f"vila/{place}") for place in DESK),
    *(("", f"vila/{place}") for place in PUBLIC),
    *(("mia", f"aldeia/{place}") for place in ("desk", "desk/practices/1/adopt")),
    ("mia", "vila/desk/practices/1"),
    *(("bia", f"vila/{place}") for place in ("desk", "desk/pilots/4", "pilots/new")),
    ("tom", "vila/desk/challenges/1"),
)
"""Who opens it, nobody in particular where that is empty, and its address below the language."""
NAMES = [f"{who or 'anybody'} {place}" for who, place in PLACES]
MATRIX = list(itertools.product(("pt", "en"), ("light", "dark"), SIZES))
IN_TURN = [(*place, *MATRIX[(3 * i) % len(MATRIX)]) for i, place in enumerate(PLACES)]
WRONG = {
    "vila/challenges/new": {"title": "Praça", "text": "Vazia.", "indicator": "bikes", "target": "muito"},
    "vila/desk/pilots/5/protocol": {"window_first": "2025-02-01", "before_last": "2025-03-01", "excluded": "Feira", "matters": "zero"},
}
"""Forms that are long, and answers that can't be so."""


@cache
def english() -> frozenset[str]:
    """Whole messages that are said otherwise in Portuguese, and so have no place on a Portuguese page."""
    texts = [io.BytesIO(path.read_bytes()) for path in (CATALOGUES / "pt").glob("*.po")]
    found = [m for text in texts for m in read_po(text, locale="pt")]
    return frozenset(m.id for m in found if isinstance(m.id, str) and m.id and m.string != m.id and "{" not in m.id and " " in m.id)


def wrong_with(look: Look, lang: str) -> list[str]:
    """Everything that is wrong with the page that it shows."""
    wrong = [f"axe: {b}" for b in look.barriers()]
    wrong += [f"wider than the window by {by} pixels" for by in [look.overflow()] if by > 0]
    wrong += [f"keyboard: {control}" for control in look.unreachable()]
    if lang == "pt":
        lines = {line.strip() for line in re.split(r"[\n·›]", look.page.locator("body").inner_text())}
        wrong += [f"in English: {line}" for line in lines & english()]
    return wrong + [f"console: {c}" for c in look.complaints] + [f"asks elsewhere: {a}" for a in look.elsewhere]


def shot(look: Look, *name: str) -> None:
    """A picture of it, where PULSO_SHOTS names a folder."""
    if "PULSO_SHOTS" in os.environ:
        file = re.sub(r"\W+", "-", " ".join(name)).strip("-") + ".png"
        look.page.screenshot(path=Path(os.environ["PULSO_SHOTS"]) / file, full_page=True)


def looked_at(browser: Browser, site: str, signed: dict, who: str, place: str, lang: str, theme: str, size: str) -> list[str]:
    """Everything that is wrong with a page, as one of them meets it."""
    with looking(browser, size, theme) as look:
        look.page.context.add_cookies(signed[who] if who else [])
        look.open(f"{site}/{lang}/{place}")
        shot(look, "loop", who, place, lang, theme, size)
        return wrong_with(look, lang)


@pytest.mark.parametrize(("who", "place", "lang", "theme", "size"), IN_TURN, ids=NAMES)
def test_a_page_of_the_loop_is_open_to_whoever_may_see_it(browser, loop, signed, who, place, lang, theme, size):
    assert looked_at(browser, loop, signed, who, place, lang, theme, size) == []


@pytest.mark.parametrize(("place", "answers"), WRONG.items(), ids=WRONG)
@pytest.mark.parametrize(("lang", "theme", "size"), [("pt", "light", "phone"), ("en", "dark", "desk")])
def test_a_form_that_can_t_be_so_is_open_to_whoever_mends_it(browser, loop, signed, place, answers, lang, theme, size):
    assert mended(browser, loop, signed, place, answers, lang, theme, size) == []


def mended(browser: Browser, site: str, signed: dict, place: str, answers: dict[str, str], lang: str, theme: str, size: str) -> list[str]:
    """Send answers that can't be so, follow the way to the first of them by keyboard, and see that all of them are still there."""
    with looking(browser, size, theme) as look:
        look.page.context.add_cookies(signed["ana"])
        look.open(f"{site}/{lang}/{place}")
        for name, value in answers.items():
            field = look.page.locator(f"main [name={name}]")
            field.evaluate("(e, value) => { e.value = value }", value)
        look.page.locator("main .entry button[type=submit]").first.click()
        look.page.wait_for_load_state("networkidle")
        look.complaints = [c for c in look.complaints if "status of 400" not in c]
        shot(look, "loop wrong", place, lang, theme, size)
        head = look.page.locator("div.wrong a").first
        head.focus()
        look.page.keyboard.press("Enter")
        reached = look.page.evaluate("location.hash && document.querySelector(location.hash)?.matches(':focus, :target')")
        lost = [name for name, value in answers.items() if look.page.locator(f"main [name={name}]").input_value() != value]
        return wrong_with(look, lang) + [f"lost: {name}" for name in lost] + ([] if reached else ["the way to what is wrong leads nowhere"])


@pytest.mark.proof
@pytest.mark.parametrize(("lang", "theme", "size"), MATRIX, ids=["-".join(m) for m in MATRIX])
def test_every_page_of_the_loop_in_every_way(browser, loop, signed, lang, theme, size):
    found = {f"{who} {place}": looked_at(browser, loop, signed, who, place, lang, theme, size) for who, place in PLACES}
    found |= {f"wrong {at}": mended(browser, loop, signed, at, answers, lang, theme, size) for at, answers in WRONG.items()}
    assert {where: what for where, what in found.items() if what} == {}
