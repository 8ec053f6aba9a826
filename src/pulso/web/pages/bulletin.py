"""The day on one sheet: the bulletin that needs nothing else, to be printed, saved or mailed."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from django.http import HttpRequest, HttpResponse

from pulso.show import bulletin
from pulso.web.pages import besides
from pulso.web.pages.asked import Asked
from pulso.web.pages.day import OF_A_DAY, PAST, SIX_WEEKS, the_verdict, touching, weeks_about
from pulso.web.pages.twin import handed
from pulso.web.readings import status

POLICY = "default-src 'none'; style-src '{style}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def sheet(request: HttpRequest, lang: str, city: str, day: str) -> HttpResponse:
    """The bulletin of a day; `zone` and `as_of` as for the day itself."""
    response = handed(request, lang, city, {"day": day}, _sheet, reads=OF_A_DAY, known=status.stamp)
    if response.status_code in (200, 304):  # a 304 renews the headers that a browser keeps with the page
        response.headers["Content-Security-Policy"] = POLICY.format(style=style())
    return response


def sheet_json(request: HttpRequest, lang: str, city: str, day: str) -> HttpResponse:
    """The same day for machines, as its own page says it."""

    def hand(asked: Asked) -> HttpResponse:
        return HttpResponse(PAST.adapter.dump_json(PAST.make(asked)), content_type="application/json; charset=utf-8")

    return handed(request, lang, city, {"day": day}, hand, reads=OF_A_DAY, known=status.stamp, as_json=True)


def _sheet(asked: Asked) -> HttpResponse:
    day, as_of, reading = asked.day() or asked.last_day(), asked.moment(), asked.reading
    verdict = the_verdict(asked, day, as_of)
    weeks = [b for b in weeks_about(asked, day, as_of) if b.day <= day]
    by_zone = {z: v for z, v in asked.verdicts(day, as_of).items() if z is not None}
    events = reading.events(day - SIX_WEEKS, day, as_of)
    notes = besides.noted(asked, verdict, touching(events, asked.zone()), as_of)
    return HttpResponse(
        bulletin.bulletin(reading.city, reading.zones, verdict, weeks, by_zone, events, language=asked.speech.code, notes=notes)
    )


@cache
def style() -> str:
    """The digest by which a browser lets the sheet's own style through, and no other."""
    text = (files("pulso.show") / "static/pulso/day.css").read_text()
    return "sha256-" + b64encode(hashlib.sha256(f"\n{text.removesuffix(chr(10))}".encode()).digest()).decode()
