"""What is taken along of a day: the bulletin, the feed, the picture, and the number on other people's pages."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from io import BytesIO
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from PIL import Image

from pulso.web.pages import share
from pulso.web.readings.counted import counting

ATOM = {"a": "http://www.w3.org/2005/Atom"}
DAY = "2025-03-10"


def test_the_bulletin_is_the_sheet_and_a_browser_lets_its_style_through(site):
    answer = site.get(f"/pt/vila/bulletin/{DAY}")
    styles = re.findall(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    assert len(styles) == 1
    assert f"style-src 'sha256-{digest}';" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "href=" not in answer.content.decode().replace('href="data:,"', "")


def test_a_bulletin_that_a_browser_has_keeps_its_style(site):
    first = site.get(f"/pt/vila/bulletin/{DAY}")
    again = site.get(f"/pt/vila/bulletin/{DAY}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["Content-Security-Policy"]) == (304, first["Content-Security-Policy"])


@pytest.mark.parametrize("kind", ["bulletin/{}", "share/{}.png"])
def test_a_day_that_was_not_published_cannot_be_taken_along(site, kind):
    assert site.get("/en/vila/" + kind.format("1999-01-01")).status_code == 404
    assert site.get("/en/vila/" + kind.format("yesterday")).status_code == 400


def feed(site, lang="en"):
    answer = site.get(f"/{lang}/vila/feed.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314  # our own


def test_the_feed_has_the_last_thirty_days_the_latest_first(site):
    entries = feed(site).findall("a:entry", ATOM)
    assert len(entries) == 30
    today = site.get("/en/vila/today.json").json()
    assert today["sentence"] in entries[0].findtext("a:summary", "", ATOM)
    assert entries[0].find("a:link", ATOM).get("href") == "http://testserver/en/vila/day/2025-03-14"
    assert entries[-1].find("a:link", ATOM).get("href").endswith("2025-02-13")


def test_an_entry_is_updated_when_its_day_was_published(site):
    entry = feed(site).find("a:entry", ATOM)
    vintage = datetime.fromisoformat(site.get("/en/vila/today.json").json()["verdict"]["vintage"])
    assert datetime.fromisoformat(entry.findtext("a:updated", "", ATOM)) == vintage.replace(microsecond=0)


def test_the_feed_is_what_atom_asks_for(site):
    for lang in ("pt", "en"):
        root = feed(site, lang)
        ids = [e.findtext("a:id", "", ATOM) for e in (root, *root.findall("a:entry", ATOM))]
        assert len(set(ids)) == len(ids) == 31
        assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", i) for i in ids)
        links = {link.get("rel"): link.get("href") for link in root.findall("a:link", ATOM)}
        assert links["self"] == f"http://testserver/{lang}/vila/feed.atom"
        assert root.findtext("a:author/a:name", "", ATOM)
        assert root.findtext("a:title", "", ATOM)
        assert all(e.findtext("a:title", "", ATOM) and e.findtext("a:updated", "", ATOM) for e in root.findall("a:entry", ATOM))
    assert {e.text for e in feed(site, "pt").iter("{*}id")}.isdisjoint(e.text for e in feed(site).iter("{*}id"))


def test_days_keep_their_names_for_good(site):
    assert feed(site).findtext("a:entry/a:id", "", ATOM) == "urn:uuid:47c43e20-212f-525e-b7a9-d58537b42e44"


@pytest.mark.parametrize("name", ["number", "chart"])
def test_the_number_may_stand_on_anybodys_page_and_nothing_else_may(site, name):
    answer = site.get(f"/en/vila/embed/{name}")
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert str(round(site.get("/en/vila/today.json").json()["verdict"]["index"])) in answer.content.decode()
    assert len(answer.content) < 40_000
    again = site.get(f"/en/vila/embed/{name}", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, "frame-ancestors *" in again["Content-Security-Policy"]) == (304, True)
    page = site.get("/en/vila/embed")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_the_line_to_paste_leads_to_the_number(site):
    said = site.get("/pt/vila/embed.json?zone=north").json()
    for snippet in said["snippets"]:
        address = re.search(r'src="([^"]+)"', snippet["html"])[1]
        assert address == snippet["address"]
        assert site.get(address.removeprefix("http://testserver")).status_code == 200
        assert "North" in site.get(address.removeprefix("http://testserver")).content.decode()
    assert "&lt;iframe" in site.get("/pt/vila/embed").content.decode()


def test_the_picture_is_of_the_size_that_others_show(site):
    answer = site.get(f"/en/vila/share/{DAY}.png")
    image = Image.open(BytesIO(answer.content))
    assert (answer["Content-Type"], image.size, image.format) == ("image/png", (1200, 630), "PNG")
    assert len(answer.content) < 300_000
    assert site.get(f"/en/vila/share/{DAY}.png", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_each_day_and_language_has_its_own_picture(site):
    pictures = {site.get(f"/{lang}/vila/share/{day}.png").content for lang in ("pt", "en") for day in (DAY, "2025-03-11", "2024-01-05")}
    assert len(pictures) == 6


def test_what_has_no_number_is_hatched_within_its_place_and_on_one_grid():
    drawn = []
    pen = share.Pen(SimpleNamespace(line=lambda ends, **_look: drawn.extend(ends)))
    pen.hatch(10.5, 20, 60, 50)
    assert len(drawn) >= 2 * 8
    assert all(10.5 <= x / share.TWICE <= 60 and 20 <= y / share.TWICE <= 50 for x, y in drawn)
    assert {(x + y) / share.TWICE % 9 for x, y in drawn} == {50 % 9}


def test_a_long_sentence_ends_by_saying_that_there_was_more():
    font = share._font("sans", 20)
    lines = share.fold("word " * 80, font, 400, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(font.getlength(line) <= 430 for line in lines)


def test_every_letter_of_both_languages_can_be_written():
    font = share._font("serif", 20)
    missing = font.getmask("\U0010fffd")
    assert [c for c in "ãàáâçéêíóôõúüÃÇÉº«»−–·…€" if bytes(font.getmask(c)) == bytes(missing)] == []


@pytest.mark.parametrize("address", ["feed.atom", f"share/{DAY}.png", f"bulletin/{DAY}", "embed", "embed/number", "embed/chart"])
def test_what_is_taken_along_takes_few_looks_at_the_river(site, address):
    site.get(f"/en/vila/{address}")
    with counting() as looks:
        assert site.get(f"/en/vila/{address}").status_code == 200
    assert looks[0] <= 10


def test_a_path_is_read_back_as_its_corners():
    assert share._points("M12.0,3.4 L-1.5,20", 1, 2) == [(13.0, 5.4), (-0.5, 22.0)]
