"""Small shapes that several pages show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.shapes import Verdict
from pulso.show import names
from pulso.show.language import Speech
from pulso.web.readings import Brief, City, Span, Zones
from pulso.web.readings.entries import PILOT

OF_A_PILOT = re.compile(r"pilots/\d+")
"""How the event that a pilot is names its page, below a city's own."""


@dataclass(frozen=True)
class DayLine:
    """One day in a line of days."""

    day: date = Field(description="the city's own day")
    status: str = Field(description="published, partial or refused")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    interval: tuple[float, float] | None = Field(description="90 %, of today's value")
    normal_range: tuple[float, float] | None = Field(description="5-95 % of ordinary days of that kind")
    weight_seen: float = Field(description="of the living weight, 0 to 1")
    stage: str = Field(description="when in its life the number was published")


@dataclass(frozen=True)
class ZoneLine:
    """One zone on a day."""

    id: str = Field(description="the zone")
    name: str = Field(description="its name")
    parent: str | None = Field(description="the zone that it lies in; null for the city itself")
    status: str | None = Field(description="published, partial or refused; null where nothing was published")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    interval: tuple[float, float] | None = Field(description="90 %, of today's value")
    weight_seen: float = Field(description="of the living weight, 0 to 1")


@dataclass(frozen=True)
class Happening:
    """An event: what was on, where and when."""

    first: date = Field(description="its first day")
    last: date = Field(description="its last day, included")
    kind: str = Field(description="what sort of event it is")
    name: str = Field(description="its name, in the page's language where there is one")
    zone: str | None = Field(description="the zone that it touches; null for the whole city")
    link: str = Field(description="where to read more; empty where nowhere")


def day_line(brief: Brief) -> DayLine:
    """One day of a line."""
    return DayLine(brief.day, brief.status, brief.index, brief.interval, brief.normal_range, brief.weight_seen, brief.stage)


def zone_lines(zones: Zones, verdicts: Mapping[str | None, Verdict]) -> Iterator[ZoneLine]:
    """Every zone, with what was published of it."""
    for zone in zones.all:
        v = verdicts.get(zone.id)
        known = (v.status, v.index, v.interval, v.weight_seen) if v else (None, None, None, 0.0)
        yield ZoneLine(zone.id, zone.name, zone.parent, *known)


def where_to_read(event: Span, city: str, language: str) -> str:
    """Where to read more of an event: elsewhere, or on the page of the pilot that it is. Empty where nowhere."""
    if event.kind == PILOT and OF_A_PILOT.fullmatch(event.link):
        return f"/{language}/{city}/{event.link}"
    return event.link if event.link.startswith(("https://", "http://")) else ""


def happening(event: Span, city: City, speech: Speech) -> Happening:
    """An event in the page's language."""
    name = speech.capital(names.driver(event.name, speech, city))
    return Happening(event.first, event.last, event.kind, name, event.zone, where_to_read(event, city.slug, speech.code))
