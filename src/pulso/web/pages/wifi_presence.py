"""How many sessions there were, as published: of a place by the hour, of the city and its zones in a line. Never a number of our own."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import presence as words
from pulso.show.wifi_privacy import Counts
from pulso.web.pages.asked import Asked
from pulso.web.readings import Reading, counting, presence
from pulso.web.wifi import reads

WEEK = 7
DAY = timedelta(days=1)


@dataclass(frozen=True)
class WifiPresenceHour:
    """An hour of a place, a zone or the city: how many sessions were published, or why there is no number."""

    start: datetime = Field(description="when the hour begins, UTC")
    end: datetime = Field(description="when the hour ends, UTC")
    sessions: float | None = Field(description="the published number of sessions, rounded; null where there is none, which is never 0")
    why: str = Field(
        description="why there is no number: withheld (too few, there or beside it), missing (too few access points were on), withheld or "
        "missing (which of the two is not told); empty where there is one"
    )


@dataclass(frozen=True)
class WifiPresenceDay:
    """A day of published hours."""

    day: date = Field(description="the city's own day")
    published: bool = Field(description="whether anything was published of it on this day")
    told: int = Field(description="how many of its hours have a number")
    hours: tuple[WifiPresenceHour, ...] = Field(description="its hours, in order; empty where nothing was published")


@dataclass(frozen=True)
class WifiPresence:
    """How many sessions there were at a place in the last seven days that can be known, by the hour."""

    source: str = Field(description="the source of the sessions, by its name in the city file")
    day: date = Field(description="the last day that was published")
    at_once: bool = Field(description="whether a number is the mean of sessions at once, instead of how many there were in the hour")
    step: int | None = Field(description="numbers are rounded to multiples of it; null where the city file names the source no more")
    sentence: str = Field(description="how many hours of the last day have a number, and how many have none, why")
    days: tuple[WifiPresenceDay, ...] = Field(description="the seven days until the last one that was published")


@dataclass(frozen=True)
class WifiPresenceLine:
    """The last published day of the city, or of a zone."""

    source: str = Field(description="the source of the sessions, by its name in the city file")
    zone: str = Field(description="the zone; empty for the city")
    name: str = Field(description="its name")
    day: date = Field(description="the last day that was published")
    hours: int = Field(description="how many hours the day has")
    told: int = Field(description="how many of its hours have a number")
    most: float | None = Field(description="the largest of the published numbers, rounded; null where no hour has one")
    since: datetime | None = Field(description="when the first hour of this number begins, UTC; null likewise")
    says: str = Field(description="the same in a sentence")


def edition(reading: Reading) -> str:
    """Another text whenever the Wi-Fi was written, or presence published; and each minute."""
    return f"{reads.edition(reading)} {presence.edition(reading)}"


def of_place(asked: Asked, place: str) -> WifiPresence | None:
    """What was published of a place, of the source that told it last; None where nothing was in that source's last seven days."""
    found = [made for source, days in presence.sources(asked.reading).items() if (made := _week(asked, source, days[-1], place))]
    return max(found, key=lambda p: p.day, default=None)


def _week(asked: Asked, source: str, last: date, place: str) -> WifiPresence | None:
    days = tuple(_day(asked.reading, source, last - back * DAY, place) for back in range(WEEK - 1, -1, -1))
    if not any(d.published for d in days):
        return None
    rules = _rules(asked.reading, source)
    whys = Counter(h.why for h in days[-1].hours)
    return WifiPresence(
        source=source,
        day=last,
        at_once=bool(rules and rules.at_once),
        step=rules.step if rules else None,
        sentence=words.hours(len(days[-1].hours), days[-1].told, dict(whys), asked.speech),
        days=days,
    )


def _day(reading: Reading, source: str, day: date, place: str) -> WifiPresenceDay:
    found = presence.published(reading, source, day)
    said = found.of("place", place) if found else []
    if found is None or not said:
        return WifiPresenceDay(day, published=False, told=0, hours=())
    hours = tuple(WifiPresenceHour(s, e, v, why) for s, e, (v, why) in zip(found.starts, found.ends, said, strict=True))
    return WifiPresenceDay(day, published=True, told=sum(h.sessions is not None for h in hours), hours=hours)


def of_city(asked: Asked) -> tuple[WifiPresenceLine, ...]:
    """The city's and its zones' last published day, of each source; empty where nothing was ever published."""
    return tuple(line for source, days in presence.sources(asked.reading).items() for line in _lines(asked, source, days[-1]))


def _lines(asked: Asked, source: str, day: date) -> list[WifiPresenceLine]:
    found = presence.published(asked.reading, source, day)
    if found is None:
        return []
    name = {z.id: z.name for z in asked.reading.zones.all}
    zones = [("city", "", asked.reading.city.city.name)]
    zones += sorted((("zone", z, name.get(z, z)) for table, z in found.rows if table == "zone"), key=lambda z: z[2])
    rules = _rules(asked.reading, source)
    at_once = bool(rules and rules.at_once)
    return [_line(asked, source, day, found, *zone, at_once=at_once) for zone in zones if zone[:2] in found.rows]


def _rules(reading: Reading, source: str) -> Counts | None:
    """By which rules a source is published now; None where the city file names it no more."""
    return next((c for c in counting.counts(reading) if c.source == source), None)


def _line(
    asked: Asked, source: str, day: date, found: presence.Published, table: str, zone: str, name: str, *, at_once: bool
) -> WifiPresenceLine:
    said = found.of(table, zone)
    told = [(value, start) for (value, _), start in zip(said, found.starts, strict=True) if value is not None]
    most, since = max(told, key=lambda t: (t[0], -t[1].timestamp()), default=(None, None))
    begin = since.astimezone(asked.reading.city.clock) if since else None
    says = words.busiest(name, len(said), len(told), most, begin, at_once=at_once, speech=asked.speech)
    return WifiPresenceLine(source, zone, name, day, len(said), len(told), most, since, says)
