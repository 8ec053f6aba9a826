"""Today, and any other day: the number, its normal range, the sentence, the reasons, and what is missing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.shapes import Verdict
from pulso.show import bulletin, words
from pulso.web.pages.frame import Frame
from pulso.web.pages.shapes import DayLine, Happening, ZoneLine, day_line, happening, zone_lines
from pulso.web.pages.twin import Asked, Page

SIX_WEEKS = timedelta(days=41)


@dataclass(frozen=True)
class Day:
    """One day of a city, or of one of its zones."""

    frame: Frame = Field(description="what every page carries")
    as_of: datetime | None = Field(description="the moment as of which the day is shown; null for what is published now")
    place: str = Field(description="the city, or the zone")
    sentence: str = Field(description="the day in one sentence")
    standing: str = Field(description="where the number lies to the normal range; empty where there is none")
    seen: str = Field(description="how much of the city was seen")
    notes: tuple[str, ...] = Field(description="what is missing, flagged, or beyond the record")
    verdict: Verdict = Field(description="what was published of the day")
    weeks: tuple[DayLine, ...] = Field(description="the six weeks until that day")
    zones: tuple[ZoneLine, ...] = Field(description="every zone on that day")
    events: tuple[Happening, ...] = Field(description="what was on in these weeks")


def today(asked: Asked) -> Day:
    """The last day that is published."""
    return _day(asked, asked.last_day(), None)


def _day(asked: Asked, day: date, as_of: datetime | None) -> Day:
    reading, speech, zone = asked.reading, asked.speech, asked.zone()
    verdicts = asked.verdicts(day, as_of)
    if zone not in verdicts:
        span = reading.days(as_of)
        known = f"What is published runs from {span[0]} to {span[1]}." if span else ""
        raise NothingKnown(f"{reading.city.city.name}: nothing is published of {day}. {known}".strip())
    verdict = verdicts[zone]
    return Day(
        frame=asked.frame,
        as_of=as_of,
        place=next((z.name for z in reading.zones.all if z.id == zone), reading.city.city.name),
        sentence=words.headline(verdict, reading.city, speech.code),
        standing=words.standing(verdict, speech.code),
        seen=words.seen(verdict, speech.code),
        notes=tuple(words.notes(verdict, reading.city, speech.code)),
        verdict=verdict,
        weeks=tuple(day_line(b) for b in asked.briefs((zone,), day - SIX_WEEKS, day, as_of)),
        zones=tuple(zone_lines(reading.zones, verdicts)),
        events=tuple(happening(e, speech) for e in reading.events(day - SIX_WEEKS, day, as_of)),
    )


def draw(page: Day, asked: Asked) -> Any:
    """What the bulletin draws of the same day."""
    reading, verdict = asked.reading, page.verdict
    weeks = asked.briefs((verdict.zone,), verdict.day - SIX_WEEKS, verdict.day, page.as_of)
    by_zone = {z: v for z, v in asked.verdicts(verdict.day, page.as_of).items() if z is not None}
    events = reading.events(verdict.day - SIX_WEEKS, verdict.day, page.as_of)
    return bulletin.lay_out(reading.city, reading.zones, verdict, weeks, by_zone, events, asked.speech)


TODAY = Page("today", "today", Day, today, draw)
