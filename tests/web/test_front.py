"""The way in: the cities of the site, each with its number, how much was seen of it, and whose data it is."""

from __future__ import annotations

import jsonschema_rs
import pytest

from pulso.show.language import speak
from pulso.web.pages.frame import NOT_QUALITY, Credit, credited
from pulso.web.pages.front import WRITER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_the_list_of_cities_says_what_a_number_is_how_much_was_seen_and_whose_data_it_is(site, lang):
    said, page = site.get(f"/{lang}.json").json(), site.get(f"/{lang}/").content.decode()
    (line,) = said["cities"]
    today = site.get(f"/{lang}/vila/today.json").json()
    assert (line["city"], line["day"]) == ("vila", "2025-03-14")
    assert (line["index"], line["weight_seen"]) == (today["verdict"]["index"], today["verdict"]["weight_seen"])
    assert (line["seen"], line["credits"]) == (today["seen"], today["frame"]["credits"])
    assert said["about"] == speak(lang).say(NOT_QUALITY)
    for text in (said["about"], line["seen"], line["sentence"], *(c["owner"] for c in line["credits"])):
        assert text in page
    assert f'href="/{lang}.json"' in page


def test_the_twin_of_the_list_keeps_to_its_schema_and_explains_its_fields(site):
    schema = WRITER.json_schema(mode="serialization")
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(site.get("/en.json").json())
    shapes = [schema, *schema["$defs"].values()]
    assert [(s["title"], name) for s in shapes for name, field in s["properties"].items() if not field.get("description")] == []
    assert site.get("/en.json")["Access-Control-Allow-Origin"] == "*"


def test_a_bulletin_has_a_twin(site):
    sheet, day = (site.get(f"/pt/vila/{page}/2025-03-10.json?zone=north") for page in ("bulletin", "day"))
    assert (sheet.status_code, sheet.content) == (200, day.content)
    assert site.get("/pt/vila/bulletin/yesterday.json")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("lang", "said"), [("pt", "sem licença declarada"), ("en", "no licence is declared")])
def test_where_no_licence_is_declared_that_is_said(site, lang, said):
    for address in ("", "vila/today", "vila/embed/number", "vila/bulletin/2025-03-10", "vila/feed.atom"):
        assert f"({said})" in site.get(f"/{lang}/{address}").content.decode(), address
    assert any(c["licence"] == "" for c in site.get(f"/{lang}/vila/today.json").json()["frame"]["credits"])


def test_a_licence_that_is_known_is_a_link_away_and_any_other_is_named():
    given = [Credit("A; B", "CC BY 4.0"), Credit("<C>", "ours"), Credit("D", "")]
    said = credited(given, speak("en"))
    link = '<a href="https://creativecommons.org/licenses/by/4.0/" rel="license external">CC BY 4.0</a>'
    assert said == f"A · B ({link}); &lt;C&gt; (ours); D (no licence is declared)"


def test_each_number_says_how_much_was_seen(site):
    lang = "en"
    today = site.get(f"/{lang}/vila/today.json").json()
    for address in ("", "vila/embed/number", "vila/embed/chart"):
        assert today["seen"] in site.get(f"/{lang}/{address}").content.decode(), address
    zones = site.get(f"/{lang}/vila/map.json").json()["zones"]
    page = site.get(f"/{lang}/vila/map").content.decode()
    assert zones
    for z in zones:
        assert z["seen"] == speak(lang).percent(z["weight_seen"])
        assert f"<td>{z['seen']}</td>" in page


def test_both_sides_of_a_comparison_say_how_much_was_seen(site):
    asked = "what=zones&a=north&b=south&from=2025-03-01&to=2025-03-20"
    said = site.get(f"/en/vila/compare.json?{asked}").json()
    for side in ("left", "right"):
        zone = said[side]["zone"]
        seen = {d["left_day"]: d[f"{side}_seen"] for d in said["days"]}
        there = site.get(f"/en/vila/day/2025-03-10.json?zone={zone}").json()["verdict"]
        assert seen["2025-03-10"] == there["weight_seen"]
        assert seen["2025-03-20"] is None
        known = [s for d, s in seen.items() if s is not None]
        assert said[side]["weight_seen"] == pytest.approx(sum(known) / len(known))
    assert f"<td>{speak('en').percent(said['left']['weight_seen'])}</td>" in site.get(f"/en/vila/compare?{asked}").content.decode()
