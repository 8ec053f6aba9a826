"""The loop in a browser, as an adviser and a mentor city walk it: nothing is a stand-in, and all numbers are the site's own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.browser.acting import Acting, acting, digest_of
from tests.browser.network import Change, Network
from tests.browser.test_paper import A4, CUT, SHEET, WIDE
from tests.browser.walked import DIP, SECRET, WINDOW

LANGUAGES = ("pt", "en")
TWO = {"pt": "2,5", "en": "2.5"}
ASKED_ONCE_MORE = (
    "This is what will be frozen. From then on no letter of it changes, by anybody; what is done otherwise is set beside it for all to see."
)
STRIKE = "2025-02-10 2025-02-11 Greve"


def sign_in(who: Acting, name: str) -> None:
    """By the form that the page led to."""
    who.page.fill("[name=login]", f"{name}@vila.example")
    who.page.fill("[name=password]", SECRET)
    who.page.click("main button[type=submit]")
    who.page.wait_for_load_state()


def promise(who: Acting, towns: Network, metric: str, direction: str, treated: str, compared: str) -> tuple[str, str]:
    """Fill in a protocol whose window begins in two days, and keep it. Its window."""
    first, last = (str(towns.today + timedelta(days=n)) for n in (2, 8))
    who.fill(
        hypothesis="Sem carros estacionados passa mais gente.", metric=metric, direction=direction, matters="5", unit="%", method="did"
    )
    who.tick("zones", treated)
    who.tick("comparison_zones", compared)
    earlier = f"{WINDOW[0]} {DIP[1]} O que já se experimentou"
    who.fill(before_first="2025-02-01", before_last="2025-03-14", window_first=first, window_last=last, excluded=f"{STRIKE}\n{earlier}")
    who.fill(stop_rule="Dois acidentes.")
    who.press("Keep")
    return first, last


def freeze(who: Acting) -> str:
    """Compute what the pilot could see, look at what will be frozen, and freeze it. Its digest."""
    who.press("Compute the least effect that could be seen")
    assert re.search(r"\d[.,]\d %|\d\.\d%", who.said())
    who.follow("Freeze it …")
    assert who.says(ASKED_ONCE_MORE)
    seen = who.main.locator("code").inner_text()
    assert re.fullmatch(r"[0-9a-f]{64}", seen)
    who.press("Freeze it, for good")
    return seen


def pass_(who: Acting, towns: Network, town: str, at: str, change: Change) -> None:
    """Have it done, and let the window pass: what was done is in what sensors say, and is published."""
    towns.do(change)
    towns.clock.pass_(days=11)
    towns.publish(town)
    for step in ("Say that it has begun", "Say that its window has ended"):
        who.go(at).press(step)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_adviser_goes_from_a_low_zone_to_a_decision(browser, towns, loop, lang):
    with acting(browser, loop, lang) as ana, acting(browser, loop, lang) as anybody:
        ana.go(f"vila/map?day={DIP[1]}")
        ana.main.get_by_role("table").get_by_role("link", name="North").click()
        ana.follow("Open a challenge from here")
        sign_in(ana, "ana")
        assert f"North · {ana.speech.days(DIP[1], DIP[1], year=True)}".replace("\u00a0", " ") in ana.said(), (
            "the view is kept through the door"
        )
        assert ana.field("zones").is_checked()
        challenge = open_challenge(ana)
        assert ana.page.url == ana.at(challenge)
        anybody.go(challenge).follow("The view that it was opened from")
        assert anybody.page.url == anybody.at(f"vila/zone/north?day={DIP[1]}")

        desk = draft_pilot(ana, challenge)
        pilot = desk.replace("desk/", "")
        ana.follow("Write the protocol")
        window = promise(ana, towns, "bikes", "up", "north", "south")
        with acting(browser, loop, lang, ana.page.context.cookies()) as another:  # another tab, open since before
            another.go(f"{desk}/protocol").fill(stop_rule="Nenhuma.")
            assert anybody.get(pilot).status == 404, "a draft is nobody's business"
            freeze(ana)
            another.press("Keep", status=403)
            assert another.says("The protocol is frozen since {day}: no letter of it changes. An amendment stands beside it.")
        said = anybody.told(f"{pilot}/protocol")
        assert (said["window_first"], said["window_last"], said["stop_rule"]) == (*window, "Dois acidentes.")
        assert digest_of(said) == said["digest"]
        assert said["digest"] in anybody.go(pilot).said()

        ana.go(desk)
        assert not ana.main.get_by_role("button", name=ana.say("Evaluate it")).count(), "its window is to come"
        pass_(ana, towns, "vila", desk, Change("vila", "bikes", "north", *said_days(said), 1.3))
        ana.go(desk).press("Evaluate it")
        assert ana.says("not published")
        assert anybody.go(pilot).says("Nothing is published yet.")
        ana.press("Publish it, whatever it says")
        told = anybody.told(pilot)["evaluation"]
        assert (told["verdict"], told["protocol_digest"]) == ("more", said["digest"])
        assert told["low"] < 30 < told["high"]
        ana.go(desk).fill(step="expand", why="Resultou, e ninguém se queixou.")
        ana.press("Decide")
        assert "Resultou, e ninguém se queixou." in anybody.go(pilot).said()
        assert anybody.says("administrator"), "in the name of an office, in the reader's language"
        printed(anybody)
        ana.go("account/city/vila/")
        assert ana.main.get_by_text(ana.say("tried what was refused")).count(), "the trail keeps that a frozen protocol was to be changed"


def open_challenge(ana: Acting) -> str:
    """Fill it in, first not quite right, and open it to all. Its place."""
    ana.fill(title="Pouca gente no norte", text="Há dois dias que ninguém passa.", indicator="bikes", direction="up")
    ana.fill(target="muito", target_unit="%", due="2025-12-31")
    ana.press("Keep it as a draft", status=400)
    assert ana.main.get_by_role("alert").get_by_role("link", name=ana.say("How far")).is_visible()
    assert ana.main.locator("#id_target_error").is_visible(), "beside its field"
    assert ana.field("text").input_value() == "Há dois dias que ninguém passa."
    ana.fill(target=TWO[ana.speech.code])
    ana.press("Keep it as a draft")
    ana.press("Open it to all")
    return ana.page.url.partition(f"/{ana.speech.code}/")[2]


def draft_pilot(ana: Acting, challenge: str) -> str:
    """From the challenge to a pilot of the city. Its place on the desk."""
    ana.go(challenge.replace("vila/", "vila/desk/")).follow("Write a pilot")
    assert ana.field("challenge").evaluate("e => e.selectedOptions[0].text") == "Pouca gente no norte"
    assert ana.field("lead").input_value() == "cm-vila", "the city's own, unless somebody says otherwise"
    ana.fill(title="Um mês sem carros", text="A rua fecha.", cost=TWO[ana.speech.code])
    ana.press("Keep it as a draft")
    return ana.page.url.partition(f"/{ana.speech.code}/")[2]


def said_days(said: dict[str, str]) -> tuple:
    """Its window."""
    return tuple(type(DIP[0]).fromisoformat(said[name]) for name in ("window_first", "window_last"))


def printed(who: Acting) -> None:
    """The council's page: whole sheets of A4, nothing cut, and who prints it has nothing to press."""
    pdf = who.page.pdf(prefer_css_page_size=True, print_background=True)
    assert 1 <= len(SHEET.findall(pdf)) <= 3
    assert len(A4.findall(pdf)) == len(SHEET.findall(pdf))
    who.page.set_viewport_size({"width": WIDE, "height": 1000})
    who.page.emulate_media(media="print")
    assert who.page.evaluate(CUT) == []
    assert who.look.overflow() == 0
    who.page.emulate_media(media="screen")


MENTOR = {
    "pt": ("bikes", "up", "north", "south", "Praças sem carros", 1.25),
    "en": ("cars", "down", "south", "north", "Ruas de escola", 0.75),
}
"""By language, so that either can be walked alone: which practice is adopted, and what it does in Aldeia."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_mentor_city_adopts_a_practice_and_from_three_on_they_are_pooled(browser, towns, loop, signed, lang):
    metric, direction, treated, compared, practice, factor = MENTOR[lang]
    with acting(browser, loop, lang, signed["mia"]) as mia, acting(browser, loop, lang) as anybody:
        anybody.go("vila/practices").main.get_by_role("link", name=practice).click()
        card = anybody.page.url.partition(f"/{lang}/")[2]
        mia.go(card).follow("Adopt it in your city (with an account)")
        mia.follow("in {city}", city="Aldeia")
        assert mia.says("There is no pilot here yet that could do it.")
        mia.follow("Write a pilot")
        mia.fill(title=f"{practice} em Aldeia", text="Como em Vila.")
        mia.press("Keep it as a draft")
        desk = mia.page.url.partition(f"/{lang}/")[2]
        adopt(mia, "aldeia", practice, f"{practice} em Aldeia")
        mia.go(desk).follow("Write the protocol")
        promise(mia, towns, metric, direction, treated, compared)
        freeze(mia)
        said = mia.told(f"{desk.replace('desk/', '')}/protocol")
        assert anybody.go(card).says("not evaluated"), "it is shown as that"
        assert anybody.says("Effects are pooled once three adoptions have been evaluated in one unit.")
        assert anybody.told(card)["pooled"] is None
        pass_(mia, towns, "aldeia", desk, Change("aldeia", metric, treated, *said_days(said), factor))
        mia.go(desk).press("Evaluate it")
        mia.press("Publish it, whatever it says")
        told = anybody.told(card)
        assert [t["city"] for t in told["trials"]] == ["vila", "monte", "vale", "aldeia"], "each with its own evaluation"
        assert all(t["low"] is not None and t["pilot"] for t in told["trials"])
        assert told["trials"][3]["low"] < 100 * (factor - 1) < told["trials"][3]["high"]
        pooled(anybody, card)


def adopt(who: Acting, town: str, practice: str, pilot: str) -> None:
    """From a city's desk, with its own pilot."""
    who.go(f"{town}/desk").follow("Adopt “{practice}” from {city}", practice=practice, city="Vila")
    who.field("pilot").select_option(label=pilot)
    who.press("Adopt it")
    assert practice in who.said()


def pooled(anybody: Acting, card: str) -> None:
    """The practice's page with three adoptions that were evaluated: it says what they show together, and which weighs how much."""
    told = anybody.told(card)
    ends = [(t["low"], t["high"]) for t in told["trials"]]
    assert len(ends) == 4
    assert (
        min(low for low, _ in ends) < told["pooled"]["low"] < told["pooled"]["estimate"] < told["pooled"]["high"] < max(h for _, h in ends)
    )
    assert sum(t["weight"] for t in told["trials"]) == pytest.approx(1)
    assert told["pooled"]["sentence"].replace("\u00a0", " ") in anybody.go(card).said()
    assert anybody.says("Together")
    assert anybody.says("Weight")
    assert anybody.main.locator("tfoot .interval-bar").is_visible()
