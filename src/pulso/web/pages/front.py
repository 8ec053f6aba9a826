"""The way in: the language that a browser asks for, and the cities that are shown."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from pulso.show import words
from pulso.show.language import speak
from pulso.web import readings
from pulso.web.pages.frame import NOT_QUALITY, Credit, credit
from pulso.web.pages.twin import OPEN, around


@dataclass(frozen=True)
class CityLine:
    """One city, on its last day."""

    city: str = Field(description="the city, by its slug")
    name: str = Field(description="its name")
    synthetic: bool = Field(description="whether every value is simulated")
    day: date | None = Field(description="the last day that is published; null where nothing is")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    weight_seen: float | None = Field(description="of the living weight, 0 to 1; null where nothing is published")
    sentence: str = Field(description="the day in one sentence; empty where nothing is published")
    seen: str = Field(description="how much of the city was seen; empty where nothing is published")
    credits: tuple[Credit, ...] = Field(description="owners and licences of its data")


@dataclass(frozen=True)
class Cities:
    """The cities of a site, each on its last day."""

    language: str = Field(description="pt or en: of the words on this page")
    about: str = Field(description="what the index is, and what it is not")
    cities: tuple[CityLine, ...] = Field(description="the cities, in order of their slugs")


WRITER = TypeAdapter(Cities)


def front(request: HttpRequest) -> HttpResponse:
    """Send a browser to its language; to the city itself where there is only one."""
    lang = "pt" if get_language_from_request(request).startswith("pt") else "en"
    shown = readings.cities()
    return HttpResponseRedirect(f"/{lang}/{shown[0]}/today" if len(shown) == 1 else f"/{lang}/")


def home(_request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """A city's own address is its today."""
    return HttpResponseRedirect(f"/{lang}/{city}/today")


def cities(request: HttpRequest, lang: str, *, as_json: bool = False) -> HttpResponse:
    """All cities of this site, each on its last day."""
    speech = speak(lang)
    page = Cities(lang, speech.say(NOT_QUALITY), tuple(_line(readings.reading(slug), lang) for slug in readings.cities()))
    if as_json:
        return HttpResponse(WRITER.dump_json(page), content_type="application/json; charset=utf-8", headers=OPEN)
    context = {"page": page, "name": "cities"} | around(request, speech, None)
    return HttpResponse(render_to_string("cities.html", context, using="pages"))


def _line(found: readings.Reading, lang: str) -> CityLine:
    place, days = found.city.city, found.days()
    verdict = found.verdicts(days[1]).get(None) if days else None
    return CityLine(
        city=found.slug,
        name=place.name,
        synthetic=place.synthetic,
        day=days[1] if days else None,
        index=verdict.index if verdict else None,
        weight_seen=verdict.weight_seen if verdict else None,
        sentence=words.headline(verdict, found.city, lang) if verdict else "",
        seen=words.seen(verdict, lang) if verdict else "",
        credits=tuple(credit(found.city)),
    )
