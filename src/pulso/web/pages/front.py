"""The way in: the language that a browser asks for, and the cities that are shown."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import words
from pulso.show.language import speak
from pulso.web import readings
from pulso.web.pages.twin import around


@dataclass(frozen=True)
class CityLine:
    """One city, on its last day."""

    city: str = Field(description="the city, by its slug")
    name: str = Field(description="its name")
    synthetic: bool = Field(description="whether every value is simulated")
    day: date | None = Field(description="the last day that is published; null where nothing is")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    sentence: str = Field(description="the day in one sentence; empty where nothing is published")


def front(request: HttpRequest) -> HttpResponse:
    """Send a browser to its language; to the city itself where there is only one."""
    lang = "pt" if get_language_from_request(request).startswith("pt") else "en"
    shown = readings.cities()
    return HttpResponseRedirect(f"/{lang}/{shown[0]}/today" if len(shown) == 1 else f"/{lang}/")


def home(_request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """A city's own address is its today."""
    return HttpResponseRedirect(f"/{lang}/{city}/today")


def cities(request: HttpRequest, lang: str) -> HttpResponse:
    """All cities of this site, each on its last day."""
    speech = speak(lang)
    lines = [_line(readings.reading(slug), lang) for slug in readings.cities()]
    context = {"lines": lines, "name": "cities"} | around(request, speech, None)
    return HttpResponse(render_to_string("cities.html", context, using="pages"))


def _line(found: readings.Reading, lang: str) -> CityLine:
    place, days = found.city.city, found.days()
    verdict = found.verdicts(days[1]).get(None) if days else None
    sentence = words.headline(verdict, found.city, lang) if verdict else ""
    return CityLine(found.slug, place.name, place.synthetic, days[1] if days else None, verdict.index if verdict else None, sentence)
