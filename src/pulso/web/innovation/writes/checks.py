"""What is looked at before anything is written: whether what is named is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from pulso.show.language import marked as _
from pulso.web.innovation.letters import Unfit
from pulso.web.innovation.moves import subject, told
from pulso.web.people.models import Person
from pulso.web.people.trail import note
from pulso.web.readings import cities, reading

INDEX = "index"
NO_ZONE = _("The city has no zone {zone}. It has: {known}.")
NO_METRIC = _("The city has no metric {metric}. It has: {known}.")
NO_SOURCE = _("The city has no source {source}. It has: {known}.")
NO_CITY = _("There is no city {city} here. There is: {known}.")
NO_FIELD = _("Nobody writes {field} here. What can be written: {known}.")
NO_DAY = _("An event that is left out has a name and two days, the first before the last; found {found}.")


def only(fields: Mapping[str, Any], known: Iterable[str]) -> None:
    """Unfit for a field that people don't write."""
    for wrong in set(fields) - set(known):
        raise Unfit(NO_FIELD, field=wrong, known=", ".join(known))


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
