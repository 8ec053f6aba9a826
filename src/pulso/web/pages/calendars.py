"""The agenda as a calendar that a telephone or an office can subscribe to (iCalendar, RFC 5545)."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from icalendar import Calendar, Event

from pulso.show import names
from pulso.web.pages.agenda import YEARS, happenings, kind_and_all
from pulso.web.pages.asked import Asked
from pulso.web.pages.shapes import where_to_read
from pulso.web.pages.twin import handed
from pulso.web.readings import Span, walks

OURS = uuid.UUID("0b8f2a6e-3f0a-5c9e-8d0b-9c1d7b5f4e21")
"""Whence the names of events come: the same event has the same name in both languages, on every server and for good."""
BEHIND, AHEAD = timedelta(days=366), timedelta(days=731)


def ics(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """A year behind the last published day, and what is known of the two years ahead."""
    return handed(request, lang, city, {}, _ics, reads=("kind",))


def _ics(asked: Asked) -> HttpResponse:
    middle = asked.last_day()
    spans = happenings(asked.reading, max(middle - BEHIND, YEARS[0]), min(middle + AHEAD, YEARS[1]), asked.speech)
    kind, _ = kind_and_all(asked)
    response = HttpResponse(write(asked, [e for e in spans if kind in (None, e.kind)]), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{asked.reading.slug}.ics"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def write(asked: Asked, spans: list[Span]) -> bytes:
    """Write events that last whole days."""
    made = Calendar()
    made.add("prodid", f"-//Pulso//{asked.reading.slug}//{asked.speech.code.upper()}")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"Pulso · {asked.reading.city.city.name}")
    made.add("x-published-ttl", "PT6H")
    revised, twins = walks.agenda_changed(asked.reading), Counter[str]()
    for span in spans:
        key = f"{asked.reading.slug} {span.kind} {span.first} {span.zone or ''} {_own(span)}"
        twins[key] += 1
        made.add_component(_event(span, f"{key} {twins[key]}", revised, asked))
    written: bytes = made.to_ical()
    return written


def _own(span: Span) -> str:
    """What tells an event from others of its kind and day; a public holiday's name is that of the language, and so doesn't."""
    return "" if span.kind == "holiday" else span.name


def _event(span: Span, key: str, revised: datetime, asked: Asked) -> Event:
    speech, reading = asked.speech, asked.reading
    made = Event()
    made.add("uid", f"{uuid.uuid5(OURS, key)}@{reading.slug}.pulso")
    made.add("dtstamp", revised)  # of the agenda: when this one event was entered isn't known
    made.add("last-modified", revised)
    made.add("dtstart", span.first)
    made.add("dtend", span.last + timedelta(days=1))
    made.add("summary", speech.capital(names.driver(span.name, speech, reading.city)))
    made.add("categories", [speech.capital(names.driver(span.kind, speech))])
    made.add("transp", "TRANSPARENT")
    place = next((z.name for z in reading.zones.all if z.id == span.zone), reading.city.city.name)
    made.add("location", place)
    ours = f"{asked.site}/{speech.code}/{reading.slug}/agenda?from={span.first}&to={_until(span)}"
    more = where_to_read(span, reading.slug, speech.code)
    made.add("url", f"{asked.site}{more}" if more.startswith("/") else more or ours)
    made.add("description", ours)
    return made


def _until(span: Span) -> date:
    """The last day of an event, as far as a page of the agenda reaches."""
    return min(span.last, span.first + timedelta(days=60))
