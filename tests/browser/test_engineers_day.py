"""An engineer's day, by links and buttons: an ill hotspot, a strand followed, a cut seen before and then in truth, a dig, an outage.

What is declared and entered is published, and the index says what is missing for it; whoever isn't an engineer is let no further.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from tests.browser.acting import Acting, acting
from tests.browser.looks import SIZES
from tests.browser.test_loop import sign_in
from tests.browser.test_loop_pages import shot, wrong_with
from tests.browser.wired import Wired
from tests.web.network import SECRETS

WAYS = list(itertools.product(("pt", "en"), SIZES, ("light", "dark")))
IN_SHORT = [(("pt", "phone", "dark"), (1, 3, 5, 7)), (("en", "desk", "light"), (2, 4, 6))]
"""Ways that have each language, size and theme, and at which stops one looks closely: at each once. All eight at all under `-m proof`."""
FIRST = date(2025, 2, 24)
"""A Monday. Each way has two days of its own from then on, so that what was cut in one darkens nothing in another."""
INSIDE = (
    *("what-if", "what-if?duct=office-a", "trace", "trace?cable=office-a&strand=1", "redundancy", "critical", "history", "history/1"),
    "capacity",
    *("cuts", "cuts?duct=office-a", "edit/site/school", "edit/duct/office-a", "edit/works"),
)
TABLES = ("what-if.csv?duct=office-a", "redundancy.csv", "critical.csv", "capacity-cables.csv", "capacity-ducts.csv")
FILES = ("json", "geojson.zip", "csv.zip", "gpkg")


def to(who: Acting, page: str) -> None:
    """Go to a page of the city by the menu, which a phone folds away."""
    link = who.page.get_by_role("navigation", name=who.say("Pages"), exact=True).get_by_role("link", name=who.say(page), exact=True)
    if not link.is_visible():
        who.page.locator(".menu summary").click()
    link.click()
    who.page.wait_for_load_state()


@dataclass(frozen=True)
class Way:
    """How the day is walked, and at which of its stops one looks closely at the page that one came to."""

    lang: str
    size: str
    theme: str
    stops: Collection[int]

    @property
    def day(self) -> date:
        """The first of its own two days."""
        return FIRST + timedelta(days=2 * WAYS.index((self.lang, self.size, self.theme)))

    def stop(self, who: Acting, number: int, what: str) -> None:
        """Nothing is wrong with the page."""
        shot(who.look, "day", str(number), what, self.lang, self.size, self.theme)
        assert who.look.overflow() <= 0, what
        if number in self.stops:
            assert wrong_with(who.look, who.speech.code) == [], what


def on(who: Acting, day: date) -> None:
    """The page of a day, by the form of today's."""
    to(who, "Today")
    who.fill(day=str(day))
    who.press("Show")
    assert str(day) in who.page.url


def zone_of(who: Acting, name: str) -> None:
    """From a day of the city to the same of a zone."""
    who.unfold("The map as a table")
    who.main.locator("table").get_by_role("link", name=name, exact=True).click()
    who.page.wait_for_load_state()


def index(who: Acting, zone: str, day: date) -> float | None:
    """A zone's index of a day, as programs read it."""
    found: float | None = who.get(f"vila/zone/{zone}.json?day={day}").json()["verdict"]["index"]
    return found


def walk(browser: Browser, site: str, town: Wired, way: Way) -> None:
    """The whole day, in one way."""
    cut, outage = way.day, way.day + timedelta(days=1)
    how = (browser, site, way.lang)
    with acting(*how, size=way.size, theme=way.theme) as rui, acting(*how, size=way.size, theme=way.theme) as anybody:
        assert index(anybody, "north", cut) is not None
        finds_an_ill_hotspot(rui, way)
        finds_a_site_and_follows_a_strand(rui, way)
        sees_who_goes_dark_and_declares_it(rui, cut, way)
        plans_a_dig(rui, f"Vala {way.lang} {way.size} {way.theme}", way)
        enters_an_outage(rui, outage, way)
        town.publish()
        reads_what_is_missing(anybody, cut, outage, way)


def finds_an_ill_hotspot(rui: Acting, way: Way) -> None:
    """The first of the list is ill; signed in, one sees which of its access points it is, and since when."""
    rui.go("vila/today")
    to(rui, "Wi-Fi")
    first = rui.main.locator(".hotspots tbody tr").first
    assert "Praça Nova" in first.inner_text()
    assert rui.say("partly working").lower() in first.inner_text().lower()
    rui.follow("For engineers (with an account)")
    assert "ap-5" not in rui.page.content()
    sign_in(rui, "rui")
    assert rui.page.url == rui.at("vila/desk/wifi")
    assert rui.says("This is all there is, as the city's engineers see it.")
    rui.main.get_by_role("link", name="Praça Nova", exact=True).click()
    rui.unfold("The days as a table")
    assert rui.main.locator("details table tbody tr").count() == 31
    rui.main.get_by_role("link", name="ap-2").first.click()
    assert rui.main.locator(".health").first.inner_text().lower() == rui.say("failing")
    assert rui.says("since {when}")
    way.stop(rui, 1, "an ill hotspot")


def finds_a_site_and_follows_a_strand(rui: Acting, way: Way) -> None:
    """From its name to its cable, to the colours of its strands, to where one of them leads and what light is left there."""
    to(rui, "Fibre")
    rui.page.locator("[data-globe][data-ready]").wait_for()
    rui.fill(q="escola basica", sort="sites")
    rui.press("Search")
    rui.main.get_by_role("link", name="Escola Básica 12", exact=True).click()
    assert rui.main.locator("h1").inner_text() == "Escola Básica 12"
    assert rui.says("Independent paths")
    rui.main.get_by_role("link", name="Cabo a-school", exact=True).first.click()
    assert rui.main.locator("#tube-1").inner_text() == rui.say("Tube {n}, {colour}", n=1, colour=rui.say("blue"))
    row = rui.main.locator("#strand-1")
    assert rui.say("blue") in row.inner_text()
    assert row.locator(".tint.is-blue").is_visible()
    row.get_by_role("link", name=f"{rui.say('Follow strand')} 1", exact=True).click()
    rui.fill(sent="0", needed="-24")
    rui.press("Follow")
    hops = rui.main.locator(".hop").all_inner_texts()
    assert ["Central" in hops[0], "Escola Básica 12" in hops[-1]] == [True, True], "whole, from where light comes"
    assert rui.main.locator(".hop.asked").inner_text() == hops[-1]
    point = "," if rui.speech.code == "pt" else "."
    kept = [float(n.replace(",", ".")) for n in re.findall(rf"(\d+\{point}\d+)\s+dB", rui.main.locator(".hop .sum").last.inner_text())]
    loss, left = kept
    reserve = rui.get("vila/fibre/trace.json?cable=a-school&strand=1").json()["power"]["reserve"]
    assert loss + left == pytest.approx(24 - reserve, abs=0.02), "what is lost and what is left make up the budget"
    way.stop(rui, 2, "a strand")


def sees_who_goes_dark_and_declares_it(rui: Acting, day: date, way: Way) -> None:
    """From the strand's cable to the duct that it lies in; what if that is cut? It is."""
    rui.main.locator(".hop.asked a").first.click()
    rui.main.get_by_role("link", name="Rua a-school", exact=True).click()
    rui.follow("What if it is cut")
    assert rui.main.locator(".figures .grave .big").inner_text() == "1"
    assert rui.main.get_by_role("link", name="Escola Básica 12", exact=True).is_visible()
    rui.follow("Declare this cut")
    why = f"Uma escavadora, {day}."
    rui.fill(since=str(day), until=str(day), why=why)
    rui.press("Declare")
    told = rui.main.locator("li[id^=cut-]").filter(has_text=why)
    assert "Escola Básica 12" in told.inner_text()
    assert rui.speech.many("{n} sensor is blind.", "{n} sensors are blind.", 2) in told.inner_text().replace("\u00a0", " ")
    way.stop(rui, 3, "a cut")


def plans_a_dig(rui: Acting, name: str, way: Way) -> None:
    """On the other side of a ring that is being dug up already: both together darken who hangs on it, and the page says so."""
    rui.follow("Works")
    rui.follow("Enter works")
    rui.fill(name=name, first="2025-03-21", last="2025-03-22", ducts="b-office", why="Um pedido de licença.")
    rui.press("Keep")
    dig = rui.main.locator(".digs > li").filter(has=rui.page.locator("strong", has_text=re.compile(f"^{name}$")))
    said = dig.inner_text().replace("\u00a0", " ")
    assert rui.say("If it cuts them, nobody goes dark.") in said
    assert rui.say("On {days} also: {other}.", days="|", other="Obras na praça").split("|")[1].replace("\u00a0", " ") in said
    assert rui.speech.many("If both go wrong, {n} customer more goes dark", "If both go wrong, {n} customers more go dark", 3) in said
    assert "Escola Básica 12" in said
    way.stop(rui, 4, "a dig")


def enters_an_outage(rui: Acting, day: date, way: Way) -> None:
    """A power cut in the south, with the source that it silences."""
    rui.page.locator("footer").get_by_role("link", name=rui.say("Enter an event"), exact=True).click()
    rui.follow("Outage")
    rui.fill(name=f"Posto do cais, {day}", kind="power_cut", first=str(day), last=str(day), zone="south")
    rui.tick("silences", "bikes")
    rui.press("Enter")
    assert rui.says("Entered: {what}. The next publication explains with it.")
    assert rui.main.get_by_role("link", name=rui.say("at the network's desk"), exact=True).count(), "a cut is not changed here"
    way.stop(rui, 5, "an outage")


def reads_what_is_missing(anybody: Acting, cut: date, outage: date, way: Way) -> None:
    """Everybody reads that sensors are missing and why, and nobody that the city was quiet; where the fibre runs, nobody is told."""
    on(anybody.go("vila/today"), cut)
    assert anybody.say("fibre cut") in anybody.main.locator(".limits").inner_text().lower()
    zone_of(anybody, "North")
    assert counted(anybody) == [anybody.say("{known} of {all}", known=n, all=2) for n in (0, 0, 0)]
    assert anybody.main.locator(".measure .number").count() == 0, "the zone has no number"
    assert anybody.say("fibre cut") in anybody.main.locator(".limits").inner_text().lower()
    way.stop(anybody, 6, "the zone of the cut")
    assert index(anybody, "north", cut) is None
    on(anybody, outage)
    zone_of(anybody, "South")
    assert counted(anybody) == [anybody.say("{known} of {all}", known=n, all=2) for n in (0, 2, 2)]
    assert anybody.main.locator(".measure .number").is_visible()
    assert f"Posto do cais, {outage}" in anybody.main.locator(".limits").inner_text()
    way.stop(anybody, 7, "the zone of the outage")


def counted(who: Acting) -> list[str]:
    """How many series of each metric count in a zone on a day."""
    return who.main.locator("#metrics ~ .scroll tbody tr td:nth-of-type(3)").all_inner_texts()


@pytest.mark.parametrize(("way", "stops"), IN_SHORT, ids=["-".join(way) for way, _ in IN_SHORT])
def test_an_engineer_s_day(browser, net, plant, way, stops):
    walk(browser, net, plant, Way(*way, stops))


@pytest.mark.proof
@pytest.mark.parametrize("way", WAYS, ids=["-".join(way) for way in WAYS])
def test_an_engineer_s_day_in_every_way(browser, net, plant, way):
    walk(browser, net, plant, Way(*way, range(1, 8)))


@pytest.mark.parametrize(("who", "lang", "size"), [("", "pt", "phone"), ("tom", "en", "desk")], ids=["anybody", "Tom, who has an account"])
def test_a_citizen_who_takes_the_same_way_is_let_no_further(browser, net, plant, who, lang, size):
    with acting(browser, net, lang, plant.signed(net)[who] if who else (), size=size) as citizen:
        to(citizen.go("vila/today"), "Fibre")
        assert citizen.says("You see what is public of it.")
        assert [at for at in links(citizen) if re.search(r"/fibre/(what-if|trace|redundancy|critical|history|cuts|edit|near)", at)] == []
        for name in ("bombeiros", "abrigo"):  # internal, and restricted
            citizen.fill(q=name, sort="sites")
            citizen.press("Search")
            assert citizen.main.locator(".plant").count() == 0, name
        citizen.fill(q="escola", sort="sites")
        citizen.press("Search")
        citizen.main.get_by_role("link", name="Escola Básica 12", exact=True).click()
        assert not citizen.says("Independent paths")
        citizen.main.get_by_role("link", name="Cabo a-school", exact=True).first.click()
        assert citizen.main.locator("table.tube, .figures").count() == 0, "no strand, and nobody who goes dark"
        assert not any(hidden in citizen.page.content() for hidden in SECRETS)
        citizen.go("vila/fibre/what-if", 403 if who else 200)
        assert ("/account/login/" in citizen.page.url) == (not who), "who isn't signed in is asked to"


@pytest.mark.parametrize("who", ["", "tom"], ids=["anybody", "Tom, who has an account"])
def test_what_is_sensitive_is_refused_by_page_and_file_and_is_in_no_export(browser, net, plant, who):
    with acting(browser, net, "en", plant.signed(net)[who] if who else ()) as citizen:
        page, data = (403, 403) if who else (302, 401)
        for place in INSIDE:
            at, _, asked = place.partition("?")
            answers = [citizen.get(f"vila/fibre/{place}"), citizen.get(f"vila/fibre/{at}.json?{asked}")]
            if at.startswith("edit"):
                answers.pop()  # a form has no twin
            assert [a.status for a in answers] == [page, data][: len(answers)], place
            assert not any(hidden in a.text() for a in answers for hidden in SECRETS)
        assert {citizen.get(f"vila/fibre/{table}").status for table in TABLES} == {data}
        assert citizen.get("vila/fibre/site/bunker").status == citizen.get("vila/fibre/site/nothing").status == 404
        for file in FILES:
            answer = citizen.get(f"vila/fibre/network.{file}")
            assert answer.status == 200, file
            held = unpacked(answer.body())
            assert b"school" in held
            assert [hidden for hidden in (*SECRETS, "Bombeiros") if hidden.encode() in held] == [], file
        read = ("vila/fibre.json", "vila/fibre/map.geojson", "vila/fibre/works.ics", "vila/fibre/site/school.json", "vila/wifi.json")
        for place in (*read, "vila/wifi.csv", "vila/wifi.geojson", "vila/wifi/gaps.json", "vila/agenda.json"):
            answer = citizen.get(place)
            assert answer.status == 200, place
            assert [hidden for hidden in (*SECRETS, "Bombeiros", "ap-5", "s-7") if hidden in answer.text()] == [], place
        events = citizen.page.context.request.get(f"{net}/api/v1/cities/vila/events?from=2025-02-01")
        assert events.status == 200
        assert [hidden for hidden in ("bunker", "Abrigo", "a-school", "escavadora") if hidden in events.text()] == []
        sent = {"since": "2025-03-10", "why": "Só por graça.", "name": "Vala", "first": "2025-03-10", "last": "2025-03-10"}
        for form in ("fibre/cuts?duct=a-school", "fibre/cuts/1/end", "fibre/edit/site/school", "fibre/edit/works", "agenda/enter/outage"):
            assert citizen.send(f"vila/{form}", **sent) in ((403,) if who else (302, 403)), form


def links(who: Acting) -> list[str]:
    """Where the page's links lead."""
    return [str(a.get_attribute("href")) for a in who.page.locator("a[href]").all()]


def unpacked(body: bytes) -> bytes:
    """What a file holds, each of its files one after another where it is a zip."""
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as whole:
        return b"\n".join(whole.read(name) for name in whole.namelist())
