"""A letter is in the reader's language: no English on a Portuguese page, no Portuguese on an English one."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

import pytest

import pulso.web.pages

pytestmark = pytest.mark.django_db

LONG_AGO = "as_of=1990-01-01T00:00:00Z"
LETTERS = {
    "vila/day/2025-02-30": 400,
    "vila/day?day=yesterday": 400,
    "vila/day/2031-01-01": 404,
    f"vila/day/2025-03-10?{LONG_AGO}": 404,
    "vila/map?as_of=noon": 400,
    "vila/map?day=2031-01-01": 404,
    f"vila/map?{LONG_AGO}": 404,
    f"vila/map?day=2025-03-10&{LONG_AGO}": 404,
    "vila/zones/west": 404,
    "vila/zones/north?day=2031-01-01": 404,
    f"vila/zones/north?day=2025-03-10&{LONG_AGO}": 404,
    "vila/metric/trams": 404,
    "vila/metric/bikes?from=2025-02-01&to=2025-01-01": 400,
    "vila/metric/bikes?from=2010-01-01&to=2025-01-01": 400,
    "vila/agenda?from=2025-02-01&to=2025-01-01": 400,
    "vila/agenda?from=2024-01-01&to=2025-01-01": 400,
    "vila/agenda?from=1800-01-01&to=1800-01-31": 400,
    "vila/agenda?kind=eclipse": 400,
    "vila/compare?what=moons": 400,
    "vila/compare?what=zones&a=north&b=north": 400,
    "vila/compare?what=cities&b=atlantis": 400,
    "vila/compare?length=0": 400,
    "vila/compare?a=9999-12-31": 400,
    "vila/compare?what=zones&a=north&from=2025-02-01&to=2025-01-01": 400,
    "vila/compare?what=zones&a=north&from=2020-01-01&to=2025-01-01": 400,
    "vila/sources/trams": 404,
    "vila/contracts/trams.yaml": 404,
    "vila/sources?zone=north": 400,
    "vila/metric/bikes?day=2025-03-10": 400,
    "vila/agenda?as_of=2025-03-10": 400,
    "vila/compare?what=cities&a=aldeia&b=aldeia": 400,
    "vila/today?day=yesterday": 400,
    f"vila/metric/index?{LONG_AGO}": 404,
    "vila/day/2031-01-01?as_of=2026-01-01": 404,
    "villa/today": 404,
    "vilnius-on-sea/today": 404,
}
"""Addresses that are answered with a letter, and its status."""
ENGLISH = re.compile(r"\b(found|the|is|are|there|has|have|it|nothing|what|which|and|to|by|of|from|written|published|days?|city|yet|none)\b")
PORTUGUESE = re.compile(r"\b(encontrou|encontraram|que|não|nada|existe|há|uma?|está|de|dias?|cidade|ainda|nenhuma?|publicado|vai)\b")
WORDS = {"en": ENGLISH, "pt": PORTUGUESE}
OURS = re.compile(r"'[^']*'|^[\w, ]+:|\bdays, zones, cities\b|\bVila\b")
"""What is no language's: what was found, the names of an address's parts, and what may stand in them."""


def lead(page: str) -> str:
    """What the letter says in its detail."""
    return html.unescape(re.search(r'<p class="lead">(.*?)</p>', page, re.DOTALL)[1])


def spoken(said: str) -> str:
    """What of it is in a language."""
    return OURS.sub(" ", said).lower()


@pytest.mark.parametrize("address", LETTERS)
@pytest.mark.parametrize(("lang", "other"), [("pt", "en"), ("en", "pt")])
def test_a_letter_is_in_its_page_s_language(site, address, lang, other):
    answer = site.get(f"/{lang}/{address}")
    assert answer.status_code == LETTERS[address]
    said = lead(answer.content.decode())
    assert WORDS[lang].search(spoken(said)), said
    assert not WORDS[other].search(spoken(said)), said


def test_a_twin_says_the_same_letter_as_its_page(site):
    page, twin = (site.get(f"/pt/vila/metric/trams{form}") for form in ("", ".json"))
    assert twin.json()["detail"] == lead(page.content.decode()) == "Vila: não existe a métrica 'trams'. Há: index, bikes, cars, buses."


def test_days_are_written_as_people_read_them(site):
    assert "10 de janeiro de 2031" in lead(site.get("/pt/vila/map?day=2031-01-10").content.decode())
    assert "10 January 2031" in lead(site.get("/en/vila/map?day=2031-01-10").content.decode())


def test_a_site_without_a_city_says_so(site, settings, tmp_path):
    settings.HOME, settings.CITIES = tmp_path, []
    assert lead(site.get("/pt/porto/today").content.decode()) == "A cidade 'porto' não existe aqui. Há: ainda nenhuma."
    assert lead(site.get("/en/porto/today").content.decode()) == "There is no city 'porto' here. There is: none yet."


def test_the_interface_keeps_its_english(site):
    assert site.get("/api/v1/cities/vilnius").json()["detail"] == "There is no city 'vilnius' here. There is: vila."


@pytest.mark.parametrize("file", sorted(Path(pulso.web.pages.__file__).parent.glob("*.py")), ids=lambda f: f.stem)
def test_no_page_raises_a_sentence_that_is_not_translated(file):
    raised = [n.exc for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.Raise) and isinstance(n.exc, ast.Call)]
    letters = [r for r in raised if isinstance(r.func, ast.Name) and r.func.id in ("BadQuestion", "NothingKnown")]
    assert [ast.unparse(r) for r in letters if isinstance(r.args[0], ast.JoinedStr | ast.Constant)] == []
