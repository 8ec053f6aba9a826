"""The desk of a city's agenda: what was entered, by which office, and what whoever asks may enter. A dataclass, shown twice."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import names
from pulso.show.language import Speech
from pulso.web.pages.frame import Frame, frame
from pulso.web.pages.shapes import where_to_read
from pulso.web.people import may
from pulso.web.people.around import office
from pulso.web.readings import Reading
from pulso.web.readings.entries import PILOT, SILENCING, Entered, Flag, entered, flags_in_force


@dataclass(frozen=True)
class Entry:
    """An event or outage that was entered."""

    id: str = Field(description="the entry, in its address")
    first: date = Field(description="its first day")
    last: date = Field(description="its last day, included")
    kind: str = Field(description="what sort of event it is")
    called: str = Field(description="the kind, in the page's language")
    name: str = Field(description="its name")
    zone: str | None = Field(description="the zone that it touches; null for the whole city")
    link: str = Field(description="where to read more; empty where nowhere")
    sign: str = Field(description="busier, quieter, or empty: what whoever entered it expects")
    by: str = Field(description="the organisation or role that entered it")
    known_at: datetime = Field(description="when it was entered, or changed last")
    outage: bool = Field(description="whether it silences sensors, and says nothing about the city")
    silences: tuple[str, ...] = Field(description="the sources whose sensors, in its zone, are missing on its days, whatever they report")
    pilot: str = Field(description="the page of the pilot whose protocol says it, and which nobody changes by hand; empty for all others")


@dataclass(frozen=True)
class Exclusion:
    """A sensor that is left out."""

    sensor: str = Field(description="the sensor")
    first: date | None = Field(description="the first day; null from the beginning")
    last: date | None = Field(description="the last day, included; null until further notice")
    why: str = Field(description="the reason, for all to read")
    by: str = Field(description="the organisation or role that left it out")


@dataclass(frozen=True)
class Desk:
    """What was entered in a city, and what whoever asks may enter."""

    frame: Frame = Field(description="what every page of a city carries")
    may_enter_events: bool = Field(description="whether whoever asks may")
    may_enter_outages: bool = Field(description="whether whoever asks may")
    may_flag_sensors: bool = Field(description="whether whoever asks may")
    entries: tuple[Entry, ...] = Field(description="what was entered and not withdrawn, the latest first")
    exclusions: tuple[Exclusion, ...] = Field(description="the sensors that are left out by hand")


def desk(reading: Reading, person: may.Someone, speech: Speech) -> Desk:
    """Lay it out."""
    found = [_entry(e, reading, speech) for e in entered(reading)]
    return Desk(
        frame=frame(reading.city, reading.days(), speech),
        may_enter_events=may.may_enter_events(person, reading.slug),
        may_enter_outages=may.may_enter_outages(person, reading.slug),
        may_flag_sensors=may.may_flag_sensors(person, reading.slug),
        entries=tuple(sorted(found, key=lambda e: (e.first, e.known_at), reverse=True)),
        exclusions=tuple(_exclusion(f, speech) for f in flags_in_force(reading)),
    )


def _entry(e: Entered, reading: Reading, speech: Speech) -> Entry:
    zone = next((z.name for z in reading.zones.all if z.id == e.span.zone), e.span.zone)
    return Entry(
        id=e.id,
        first=e.span.first,
        last=e.span.last,
        kind=e.span.kind,
        called=names.driver(e.span.kind, speech),
        name=e.span.name,
        zone=zone,
        link=where_to_read(e.span, reading.slug, speech.code),
        sign=e.sign,
        by=office(e.who, speech),
        known_at=e.known_at,
        outage=e.span.kind in SILENCING,
        silences=e.span.silences,
        pilot=where_to_read(e.span, reading.slug, speech.code) if e.span.kind == PILOT else "",
    )


def _exclusion(f: Flag, speech: Speech) -> Exclusion:
    return Exclusion(f.sensor, f.first, f.last, f.why, office(f.who, speech))
