"""Number and chart for other people's pages: two tiny pages that may stand in a frame anywhere, and the lines to paste."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import escape
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show.language import marked as _
from pulso.show.limits import one_only
from pulso.web.pages.asked import Asked
from pulso.web.pages.day import a_day, draw
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import Page, around, handed

SIZES = {"number": (320, 360), "chart": (640, 520)}
"""Width and height of the frame in which each is whole, its notice and its licences included."""
NAMES = {"number": _("The number"), "chart": _("The chart of six weeks")}


@dataclass(frozen=True)
class Snippet:
    """What to paste into a page."""

    name: str = Field(description="number or chart")
    called: str = Field(description="its name in the page's language")
    address: str = Field(description="the page that stands in the frame")
    html: str = Field(description="the line to paste")


@dataclass(frozen=True)
class Embed:
    """How to show the city's number on another page."""

    frame: Frame = Field(description="what every page carries")
    day: date = Field(description="the last published day, which is what they show until the next one is published")
    zone: str | None = Field(description="the zone that they show; null for the city as a whole")
    snippets: tuple[Snippet, ...] = Field(description="the lines to paste")


def embed(asked: Asked) -> Embed:
    """Say what to paste."""
    zone = asked.zone()
    return Embed(asked.frame, asked.last_day(), zone, tuple(_snippet(n, asked, zone) for n in SIZES))


def _snippet(name: str, asked: Asked, zone: str | None) -> Snippet:
    speech, (width, height) = asked.speech, SIZES[name]
    address = f"{asked.site}/{speech.code}/{asked.reading.slug}/embed/{name}" + (f"?{urlencode({'zone': zone})}" if zone else "")
    title = escape(f"Pulso · {asked.reading.city.city.name}")
    html = f'<iframe src="{escape(address)}" title="{title}" width="{width}" height="{height}" loading="lazy"></iframe>'
    return Snippet(name, speech.say(NAMES[name]), address, html)


EMBED = Page("embed", "embed", Embed, embed, reads=("zone",))


def number(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The number of the last day, small."""
    return _framed(request, lang, city, "number")


def chart(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The six weeks until the last day."""
    return _framed(request, lang, city, "chart")


def _framed(request: HttpRequest, lang: str, city: str, name: str) -> HttpResponse:
    response = handed(request, lang, city, {}, _tiny(request, name), reads=("zone",))
    if response.status_code in (200, 304):  # a 304 renews the headers that a browser keeps with the page
        response.embeddable = True  # type: ignore[attr-defined]  # asked for by config.headers
    return response


def _tiny(request: HttpRequest, name: str) -> Callable[[Asked], HttpResponse]:
    def hand(asked: Asked) -> HttpResponse:
        page = a_day(asked, asked.last_day(), None)
        mark = one_only(page.verdict, asked.reading.city, asked.speech)
        context = {"page": page, "drawn": draw(page, asked), "kind": name, "mark": mark}
        return HttpResponse(render_to_string("tiny.html", context | around(request, asked.speech, page.frame), using="pages"))

    return hand
