"""What is looked at before anything is written: whether what is named is there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from pulso.show.language import marked as _
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.moves import subject, told
from pulso.web.people.models import Person
from pulso.web.people.trail import note
from pulso.web.readings import cities, reading

INDEX = "index"
SHARE = r"%|‰|per[\s-]?cent\b|por\s+cento\b|\d\s*(?:p\.\s?p\.|pp\b|points?\b(?!\s+of\b)|pontos?\b(?!\s+de\b))"
PART = (
    r"half|a\s+(?:third|quarter|fifth)|twice|double|triple|metade|o\s+(?:dobro|triplo)|um\s+(?:terço|quarto|quinto)|\w+\s+(?:vezes|times)"
)
THAN = r"(?:as\s+(?:many|much|few|little)|more|fewer|less|a\s+mais|a\s+menos|mais|menos)\b"
EFFECT = re.compile(rf"{SHARE}|\b(?:{PART})\s+(?:\w+\s+)?{THAN}", re.IGNORECASE)
"""What an effect looks like where somebody types it: a share, points, or a part or a multiple of what was. Nobody can list all the ways."""
NOT_TYPED = _("Effects are not typed here: they are the numbers of the pilot's evaluation. Found: {found}.")
NO_ZONE = _("The city has no zone {zone}. It has: {known}.")
NO_METRIC = _("The city has no metric {metric}. It has: {known}.")
NO_SOURCE = _("The city has no source {source}. It has: {known}.")
NO_CITY = _("There is no city {city} here. There is: {known}.")
NO_FIELD = _("Nobody writes {field} here. What can be written: {known}.")
NO_DAY = _("An event that is left out has a name and two days, the first before the last; found {found}.")


def only(by: Person | None, thing: Model, fields: Iterable[str], known: Iterable[str]) -> None:
    """Refused, and kept in the trail, for a field that people don't write: no page of ours asks for it."""
    for wrong in sorted(set(fields) - set(known)):
        named = "".join(sign for sign in wrong if sign.isprintable())[:40]  # whoever sends it names it, and the trail keeps that
        raise Refused(by, thing, f"type {named}", NO_FIELD, field=named, known=", ".join(known))


def untyped(by: Person, thing: Model, *texts: str, but: str = "") -> None:
    """Refused, and kept in the trail, where a text says an effect that an earlier one (`but`) didn't. Wide and narrow signs are alike."""
    for text in texts:
        said = unicodedata.normalize("NFKC", text)
        for found in EFFECT.finditer(said):
            if said[max(found.start() - 10, 0) : found.end()] not in unicodedata.normalize("NFKC", but):
                raise Refused(by, thing, "type an effect", NOT_TYPED, found=said[max(found.start() - 10, 0) : found.end()].strip())


def zones(city: str, named: Iterable[str]) -> None:
    """Unfit for a zone that the city has not."""
    _there(named, [z.id for z in reading(city).zones.all], NO_ZONE, "zone")


def metric(city: str, named: str) -> None:
    """Unfit for a metric that the city has not; "index" is none, and always there."""
    _there([named] if named else [], [INDEX, *reading(city).city.metrics], NO_METRIC, "metric")


def sources(city: str, named: Iterable[str]) -> None:
    """Unfit for a source that the city has not."""
    _there(named, list(reading(city).city.sources), NO_SOURCE, "source")


def others(city: str, named: Iterable[str]) -> None:
    """Unfit for a city that is not shown here, or the very city."""
    _there(named, [c for c in cities() if c != city], NO_CITY, "city")


def events(named: Iterable[Any]) -> None:
    """Unfit for an event without a name and two days in order, as texts: id, name, first, last."""
    for event in named:
        try:
            well = isinstance(event["id"], str) and event["name"] > "" and set(event) == {"id", "name", "first", "last"}
            well = well and date.fromisoformat(event["first"]) <= date.fromisoformat(event["last"])
        except (KeyError, TypeError, ValueError):
            well = False
        if not well:
            raise Unfit(NO_DAY, found=event)


def _there(named: Iterable[str], known: list[str], letter: str, what: str) -> None:
    for name in named:
        if name not in known:
            raise Unfit(letter, known=", ".join(known), **{what: name})


def keep(by: Person | None, action: str, thing: Model, before: Mapping[str, Any] | None = None) -> None:
    """Write a whole thing, with its step of the trail. ValidationError where a field can't be so."""
    thing.full_clean()
    thing.save()
    note(by, action, subject(thing), before, told(thing), city=getattr(thing, "city", ""))
