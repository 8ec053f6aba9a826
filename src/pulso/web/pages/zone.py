"""One zone on one day: its number and reasons, what is measured in it, where its sensors stand, what lies within and around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass as plain
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import shapely
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.shapes import Verdict
from pulso.show import bulletin, limits, maps, names, words
from pulso.show.language import Speech
from pulso.web.pages import besides
from pulso.web.pages.asked import Asked
from pulso.web.pages.day import SIX_WEEKS, touching, weeks_about
from pulso.web.pages.frame import Frame
from pulso.web.pages.refusals import nothing_of
from pulso.web.pages.shapes import DayLine, Happening, day_line, happening
from pulso.web.pages.twin import Page
from pulso.web.readings import City, Span, status
from pulso.web.readings.measured import own_share, sensors


@dataclass(frozen=True)
class Place:
    """A zone, by its id and name."""

    id: str = Field(description="the zone")
    name: str = Field(description="its name")
    index: float | None = Field(description="its number that day; null where there is none")


@dataclass(frozen=True)
class Measured:
    """What one metric said of the zone that day."""

    metric: str = Field(description="the metric, by its name in the city file")
    name: str = Field(description="its name in words")
    index: float | None = Field(description="100 = the expected day; null where nothing could be expected or nothing was seen")
    weight: float = Field(description="its share of the zone's living weight, 0 to 1")
    sensors_seen: int = Field(description="sensors that count that day")
    sensors_alive: int = Field(description="sensors of which something was expected lately")
    flags: tuple[str, ...] = Field(description="what was noticed of its sensors, in words")


@dataclass(frozen=True)
class Standing:
    """A declared sensor that stands in the zone."""

    source: str = Field(description="the source that it belongs to")
    sensor: str = Field(description="its id within the source")
    name: str = Field(description="its name; its id where it has none")
    lon: float | None = Field(description="degrees, WGS 84; null where the city file has no place")
    lat: float | None = Field(description="degrees, WGS 84")
    first: date | None = Field(description="its first day; null where none is declared")
    last: date | None = Field(description="its last day; null while it lives")
    living: bool = Field(description="whether the day lies in its declared life")
    flags: tuple[str, ...] = Field(description="why it was left out that day, in words; empty where nothing was noticed")


@dataclass(frozen=True)
class Zone:
    """One zone on one day."""

    frame: Frame = Field(description="what every page carries")
    day: date = Field(description="the day that is shown")
    as_of: datetime | None = Field(description="the moment as of which the day is shown; null for what is published now")
    zone: Place = Field(description="the zone")
    parent: Place | None = Field(description="the zone that it lies in; null where that is the city itself")
    children: tuple[Place, ...] = Field(description="the zones that lie in it")
    beside: tuple[Place, ...] = Field(description="the zones that touch it")
    sentence: str = Field(description="the day in one sentence; why there is no number where there is none")
    standing: str = Field(description="where the number lies to the normal range; empty where there is none")
    seen: str = Field(description="how much of the zone was seen")
    alone: str | None = Field(description="the only domain of several that the number rests on; null where it rests on more, or on none")
    leaning: str = Field(description="how much of the number is the zone's own and how much its parent's; empty for no number")
    notes: tuple[str, ...] = Field(description="what is missing, flagged, unknown or beyond the record, and outages of that day")
    verdict: Verdict | None = Field(description="what was published of the zone and day; null where nothing was")
    metrics: tuple[Measured, ...] = Field(description="what each metric said of it")
    sensors: tuple[Standing, ...] = Field(description="the declared sensors in it; sources that place their own are not listed")
    weeks: tuple[DayLine, ...] = Field(description="the six weeks until that day")
    events: tuple[Happening, ...] = Field(description="what was on in these weeks")
    earlier: date | None = Field(description="the day before it of which something is published; null where there is none near")
    later: date | None = Field(description="the day after it of which something is published; null where there is none near")


def zone(asked: Asked) -> Zone:
    """Say a zone's day. NothingKnown for a zone that there is not, or a day of which the city published nothing."""
    found, speech, as_of, wanted = asked.reading, asked.speech, asked.moment(), asked.zone() or ""
    city = found.city
    day = asked.day() or asked.last_day(as_of)
    verdicts = asked.verdicts(day, as_of)
    if not verdicts:
        raise nothing_of(asked, city.city.name, day, as_of)
    verdict = verdicts.get(wanted)
    near = weeks_about(asked, day, as_of)
    places = {z.id: Place(z.id, z.name, v.index if (v := verdicts.get(z.id)) else None) for z in found.zones.all}
    here = next(z for z in found.zones.all if z.id == wanted)
    return Zone(
        frame=asked.frame,
        day=day,
        as_of=as_of,
        zone=places[wanted],
        parent=places.get(here.parent or ""),
        children=tuple(places[z.id] for z in found.zones.all if z.parent == wanted),
        beside=tuple(places[z.id] for z in found.zones.all if z.id != wanted and z.parent == here.parent and _touch(z.shape, here.shape)),
        sentence=words.headline(verdict, city, speech.code) if verdict else _silent(asked, wanted),
        standing=words.standing(verdict, speech.code) if verdict else "",
        seen=words.seen(verdict, speech.code) if verdict else "",
        alone=limits.alone(verdict) if verdict else None,
        leaning=_leaning(verdict, places.get(here.parent or ""), asked) if verdict else "",
        notes=besides.noted(asked, verdict, _events(asked, wanted, day, as_of), as_of) if verdict else (),
        verdict=verdict,
        metrics=tuple(_measured(verdict, city, speech)) if verdict else (),
        sensors=tuple(_sensors(asked, wanted, day, verdict)),
        weeks=tuple(day_line(b) for b in near if b.day <= day),
        events=tuple(happening(e, city, speech) for e in _events(asked, wanted, day, as_of)),
        earlier=max((b.day for b in near if b.day < day), default=None),
        later=min((b.day for b in near if b.day > day), default=None),
    )


def _touch(a: shapely.Geometry, b: shapely.Geometry) -> bool:
    """Whether two zones touch, or are parted by no more than the slit between borders that were drawn twice: about ten metres."""
    return bool(shapely.dwithin(a, b, 1e-4))


def _leaning(verdict: Verdict, parent: Place | None, asked: Asked) -> str:
    """How much a zone with few sensors leans on the zone that it lies in, or on the city."""
    own, speech = own_share(verdict), asked.speech
    if own is None:
        return ""
    on = parent.name if parent else asked.reading.city.city.name
    return speech.say(
        "Few sensors say little: {own} of this number is the zone's own, the rest is that of {parent}.", own=speech.percent(own), parent=on
    )


def _silent(asked: Asked, here: str) -> str:
    """Why nothing was published of a zone."""
    if any(sensors(asked.reading, here)):
        return asked.speech.say("Nothing was published of this zone that day.")
    return asked.speech.say("Nothing is measured in this zone: no sensor that the city knows of stands here.")


def _measured(verdict: Verdict, city: City, speech: Speech) -> Iterator[Measured]:
    for m in verdict.metrics:
        if m.sensors_alive or m.sensors_seen or m.flags or m.index is not None:
            flags = tuple(names.flags(m, city, speech))
            yield Measured(m.metric, names.metric(m.metric, city, speech), m.index, m.weight, m.sensors_seen, m.sensors_alive, flags)


def _sensors(asked: Asked, here: str, day: date, verdict: Verdict | None) -> Iterator[Standing]:
    city, speech = asked.reading.city, asked.speech
    for placed in sensors(asked.reading, here):
        s = placed.sensor
        ours = [m for m in (verdict.metrics if verdict else ()) if city.metrics[m.metric].source == placed.source]
        kinds = [
            kind.strip() for m in ours for kind, colon, who in [f.partition(":") for f in m.flags] if colon and who.strip() == s.sensor
        ]
        living = (s.first is None or s.first <= day) and (s.last is None or day <= s.last)
        flags = tuple(dict.fromkeys(names.flag(k, speech) for k in kinds))
        yield Standing(placed.source, s.sensor, s.name or s.sensor, s.lon, s.lat, s.first, s.last, living, flags)


def _events(asked: Asked, here: str, day: date, as_of: datetime | None) -> list[Span]:
    """Of the whole city, and of the zone."""
    return touching(asked.reading.events(day - SIX_WEEKS, day, as_of), here)


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    day: bulletin.Page | None  # as the bulletin draws it; null where nothing was published
    map: maps.Map


def draw(page: Zone, asked: Asked) -> Drawn:
    """The zone's day as the bulletin draws it, and its place among the others."""
    found, here = asked.reading, page.zone.id
    by_zone: dict[str, Verdict] = {z: v for z, v in asked.verdicts(page.day, page.as_of).items() if z is not None}
    drawn: Any = None
    if page.verdict:
        weeks = [b for b in weeks_about(asked, page.day, page.as_of) if b.day <= page.day]
        events = _events(asked, here, page.day, page.as_of)
        laid = bulletin.lay_out(found.city, found.zones, page.verdict, weeks, by_zone, events, asked.speech)
        drawn = replace(laid, notes=page.notes)
    return Drawn(drawn, maps.draw(found.zones, by_zone, asked.speech))


ZONE = Page("zone", "zone/<zone>", Zone, zone, draw, reads=("day", "as_of"), known=status.stamp)
