"""The city's last days as a feed: one entry a day, and one a zone's day outside its normal range, each written again when it changes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.http import HttpRequest, HttpResponse

from pulso.shapes import Verdict
from pulso.show import words
from pulso.show.language import marked as _
from pulso.web.pages.asked import Asked
from pulso.web.pages.frame import NOT_QUALITY, credit, whose
from pulso.web.pages.twin import handed
from pulso.web.readings.alerts import Alert, alerts

ATOM = "http://www.w3.org/2005/Atom"
XML = "{http://www.w3.org/XML/1998/namespace}"
DAYS = 30
OURS = uuid.UUID("6f1c2a52-6a0e-5d0c-9a5d-2f5f6f2b7d11")
"""Whence the feeds' names come: the same city, language and day, or incident, give the same name on every server and for good."""
NEVER_YET = datetime(1970, 1, 1, tzinfo=UTC)


def feed(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The last thirty published days, the latest first."""
    return handed(request, lang, city, {}, _feed)


def _feed(asked: Asked) -> HttpResponse:
    days = asked.reading.days()
    first = days[1] - timedelta(days=DAYS - 1) if days else NEVER_YET.date()
    said = asked.reading.whole((None,), first, days[1]) if days else []
    told = {(a.zone, a.day, a.direction): a for a in alerts(asked.reading, NEVER_YET, first)}  # of each the last that was said
    response = HttpResponse(write(asked, said[::-1], [*told.values()][::-1]), content_type="application/atom+xml; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def write(asked: Asked, verdicts: list[Verdict], told: Sequence[Alert] = ()) -> bytes:
    """Write days, and alerts after them, as Atom (RFC 4287), in the order in which they come."""
    speech, city = asked.speech, asked.reading.city
    base = f"{asked.site}/{speech.code}/{city.slug}"
    root = Element("feed", {"xmlns": ATOM, f"{XML}lang": speech.code})
    _text(root, "id", name(city.slug, speech.code))
    _text(root, "title", f"Pulso · {city.city.name}")
    _text(root, "subtitle", speech.say(NOT_QUALITY))
    _text(root, "updated", _moment(max([v.vintage for v in verdicts] + [a.vintage for a in told], default=NEVER_YET)))
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{base}/feed.atom"})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{base}/today"})
    _text(SubElement(root, "author"), "name", f"Pulso · {city.city.name}")
    _text(root, "rights", whose(credit(city), speech))
    _text(root, "generator", "Pulso")
    for verdict in verdicts:
        _entry(root, verdict, asked, base)
    for alert in told:
        _alert(root, alert, asked, base)
    indent(root)
    text: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text + b"\n"


def _entry(root: Element, verdict: Verdict, asked: Asked, base: str) -> None:
    speech, city = asked.speech, asked.reading.city
    entry = SubElement(root, "entry")
    _text(entry, "id", name(city.slug, speech.code, verdict.day.isoformat()))
    number = speech.number(verdict.index) if verdict.index is not None else speech.say("no number")
    _text(entry, "title", f"{speech.capital(speech.day(verdict.day))}: {number}")
    _text(entry, "updated", _moment(verdict.vintage))
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{base}/day/{verdict.day}"})
    synthetic = speech.say("Synthetic city: every value is simulated.") if city.city.synthetic or verdict.synthetic else ""
    said = (words.headline(verdict, city, speech.code), words.standing(verdict, speech.code), words.seen(verdict, speech.code), synthetic)
    _text(entry, "summary", " ".join(filter(None, said)))


def _alert(root: Element, alert: Alert, asked: Asked, base: str) -> None:
    speech, city = asked.speech, asked.reading.city
    place = city.city.name if alert.zone is None else next(z.name for z in asked.reading.zones.all if z.id == alert.zone)
    entry = SubElement(root, "entry")
    _text(entry, "id", name(city.slug, speech.code, "alert", alert.zone or "", alert.day.isoformat(), alert.direction))
    said = _("{place}, {day}: above its normal range") if alert.direction == "above" else _("{place}, {day}: below its normal range")
    title = speech.say(said, place=place, day=speech.day(alert.day))
    _text(entry, "title", speech.say("{what}, and back within it", what=title) if alert.over else title)
    _text(entry, "updated", _moment(alert.vintage))
    at = f"{base}/day/{alert.day}" if alert.zone is None else f"{base}/zone/{quote(alert.zone, safe='')}?day={alert.day}"
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": at})
    seen = speech.say("{seen} of the weight was seen.", seen=speech.percent(alert.weight_seen))
    if alert.index is not None and alert.normal_range is not None:
        low, high = map(speech.number, alert.normal_range)
        number = speech.say("{index}; normally {low} to {high}.", index=speech.number(alert.index), low=low, high=high)
        seen = f"{number} {seen}"
    synthetic = speech.say("Synthetic city: every value is simulated.") if city.city.synthetic else ""
    _text(entry, "summary", f"{seen} {synthetic}".strip())


def name(*of: str) -> str:
    """What something is called for good, whichever server tells it."""
    return uuid.uuid5(OURS, " ".join(of)).urn


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
