"""Any day of a city's history: as it is published now, or as it was known at a moment, with every publication of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.shapes import Verdict
from pulso.show import bulletin, limits, names, words
from pulso.show.language import Speech, speak
from pulso.web.pages import besides
from pulso.web.pages.asked import Asked, no_day
from pulso.web.pages.did import Did, did
from pulso.web.pages.frame import Frame
from pulso.web.pages.refusals import nothing_of
from pulso.web.pages.shapes import DayLine, Happening, ZoneLine, day_line, happening, zone_lines
from pulso.web.pages.twin import Page, letter
from pulso.web.readings import Brief, City, Span, status
from pulso.web.readings import effects as measured
from pulso.web.readings.entries import PILOT

SIX_WEEKS = timedelta(days=41)
OF_A_DAY = ("zone", "as_of")
"""What may be said of a day in its address."""


@dataclass(frozen=True)
class Vintage:
    """One publication of a day."""

    vintage: datetime = Field(description="when it was published, UTC")
    stage: str = Field(description="when in its life the number was published")
    status: str = Field(description="published, partial or refused")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    weight_seen: float = Field(description="of the living weight, 0 to 1")
    change: float | None = Field(description="points against the publication before; null for the first, or where one has no number")
    changed: str = Field(description="what is other than in the publication before, in words")
    shown: bool = Field(description="whether it is the one that this page shows")


@dataclass(frozen=True)
class Number:
    """A day's number."""

    day: date = Field(description="the day")
    index: float = Field(description="100 = the expected day")


@dataclass(frozen=True)
class Day:
    """One day of a city, or of one of its zones."""

    frame: Frame = Field(description="what every page carries")
    as_of: datetime | None = Field(description="the moment as of which the day is shown; null for what is published now")
    place: str = Field(description="the city, or the zone")
    sentence: str = Field(description="the day in one sentence")
    standing: str = Field(description="where the number lies to the normal range; empty where there is none")
    seen: str = Field(description="how much of the city was seen")
    alone: str | None = Field(description="the only domain of several that the number rests on; null where it rests on more, or on none")
    age: str = Field(description="how old the newest day is, on its own page and where it is older than three days; else empty")
    last_number: Number | None = Field(description="the last day with a number, where the newest has none; else null")
    notes: tuple[str, ...] = Field(description="what is missing, flagged, unknown or beyond the record, and outages of that day")
    verdict: Verdict = Field(description="what was published of the day")
    weeks: tuple[DayLine, ...] = Field(description="the six weeks until that day")
    zones: tuple[ZoneLine, ...] = Field(description="every zone on that day")
    on: tuple[Did, ...] = Field(description="what was on that day and was measured, with what it did; only for what is published now")
    pilots: tuple[Happening, ...] = Field(description="the pilots that were on that day; what they did is told by their evaluation alone")
    events: tuple[Happening, ...] = Field(description="what was on in these weeks")
    earlier: date | None = Field(description="the day before it of which something is published; null where there is none near")
    later: date | None = Field(description="the day after it of which something is published; null where there is none near")
    vintages: tuple[Vintage, ...] = Field(description="every publication of the day, the earliest first: ask for one with as_of")


def a_day(asked: Asked, day: date, as_of: datetime | None) -> Day:
    """Say a day. NothingKnown where nothing was published of it."""
    reading, speech, zone = asked.reading, asked.speech, asked.zone()
    verdict = the_verdict(asked, day, as_of)
    near = weeks_about(asked, day, as_of)
    events = reading.events(day - SIX_WEEKS, day, as_of)
    return Day(
        frame=asked.frame,
        as_of=as_of,
        place=place(asked),
        sentence=words.headline(verdict, reading.city, speech.code),
        standing=words.standing(verdict, speech.code),
        seen=words.seen(verdict, speech.code),
        alone=limits.alone(verdict),
        age="",
        last_number=None,
        notes=besides.noted(asked, verdict, touching(events, zone), as_of),
        verdict=verdict,
        weeks=tuple(day_line(b) for b in near if b.day <= day),
        zones=tuple(zone_lines(reading.zones, asked.verdicts(day, as_of))),
        on=_on(asked, day, touching(events, zone)) if as_of is None else (),
        pilots=tuple(happening(e, reading.city, speech) for e in touching(events, zone) if e.kind == PILOT and e.last >= day),
        events=tuple(happening(e, reading.city, speech) for e in events),
        earlier=max((b.day for b in near if b.day < day), default=None),
        later=min((b.day for b in near if b.day > day), default=None),
        vintages=tuple(_vintages(reading.vintages(day, zone), verdict, reading.city, speech)),
    )


def _on(asked: Asked, day: date, events: Sequence[Span]) -> tuple[Did, ...]:
    """The events of that day that were measured."""
    today = [e for e in events if e.first <= day <= e.last]
    if not today:
        return ()
    known = measured.effects(asked.reading, day, day)
    found = [e for e in map(known.of, today) if e is not None]
    return tuple(did(e, asked.reading.city, asked.reading.zones, asked.speech) for e in found)


def the_verdict(asked: Asked, day: date, as_of: datetime | None) -> Verdict:
    """What was published of the place that is asked for. NothingKnown where nothing was."""
    zone, verdicts = asked.zone(), asked.verdicts(day, as_of)
    if zone not in verdicts:
        raise nothing_of(asked, place(asked), day, as_of)
    return verdicts[zone]


def touching(events: Sequence[Span], zone: str | None) -> list[Span]:
    """The events of a place: of a zone its own and those of the whole city, of the city all."""
    return [e for e in events if zone is None or e.zone in (None, zone)]


def place(asked: Asked) -> str:
    """The name of the city, or of the zone that is asked for."""
    zone = asked.zone()
    return next((z.name for z in asked.reading.zones.all if z.id == zone), asked.reading.city.city.name)


def weeks_about(asked: Asked, day: date, as_of: datetime | None) -> list[Brief]:
    """The days of the six weeks before a day that is published, and of those after it."""
    return asked.briefs((asked.zone(),), day - SIX_WEEKS, day + SIX_WEEKS, as_of)


def draw(page: Day, asked: Asked) -> Any:
    """What the bulletin draws of the same day."""
    reading, verdict = asked.reading, page.verdict
    weeks = [b for b in weeks_about(asked, verdict.day, page.as_of) if b.day <= verdict.day]
    by_zone = {z: v for z, v in asked.verdicts(verdict.day, page.as_of).items() if z is not None}
    events = reading.events(verdict.day - SIX_WEEKS, verdict.day, page.as_of)
    laid = bulletin.lay_out(reading.city, reading.zones, verdict, weeks, by_zone, events, asked.speech)
    return replace(laid, notes=page.notes)


def _vintages(every: Sequence[Brief], shown: Verdict, city: City, speech: Speech) -> list[Vintage]:
    firsts = [_vintage(b, None, speech.say("first publication"), shown) for b in every[:1]]
    return firsts + [_vintage(b, a, _changed(a, b, city, speech), shown) for a, b in pairwise(every)]


def _vintage(brief: Brief, before: Brief | None, changed: str, shown: Verdict) -> Vintage:
    old = before.index if before else None
    change = brief.index - old if brief.index is not None and old is not None else None
    is_shown = brief.vintage == shown.vintage
    return Vintage(brief.vintage, brief.stage, brief.status, brief.index, brief.weight_seen, change, changed, is_shown)


def _changed(before: Brief, now: Brief, city: City, speech: Speech) -> str:
    """What the second of two publications says otherwise: state, number, what was seen, and which metrics moved most."""
    said = []
    if before.status != now.status:
        said.append(f"{speech.say(names.STATUSES[before.status])} → {speech.say(names.STATUSES[now.status])}")
    if before.index is not None and now.index is not None and round(before.index, 1) != round(now.index, 1):
        said.append(speech.say("index {points}", points=speech.signed(now.index - before.index, 1)))
    old_seen, new_seen = (speech.percent(b.weight_seen, down=b.index is None) for b in (before, now))
    if old_seen != new_seen:
        said.append(speech.say("seen {before} → {now}", before=old_seen, now=new_seen))
    pairs = ((m, old, now.metrics.get(m)) for m, old in before.metrics.items())
    moved = {m: abs(new - old) for m, old, new in pairs if old is not None and new is not None}
    for metric in sorted(moved, key=lambda m: -moved[m])[:2]:
        old, new = speech.number(before.metrics[metric]), speech.number(now.metrics[metric])
        if old != new:
            said.append(f"{names.metric(metric, city, speech)} {old} → {new}")
    return ", ".join(said) or speech.say("words, reasons or intervals only")


def find(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """Lead a form that names a day to the day's own address."""
    said = request.GET.get("day", "")
    try:
        day = date.fromisoformat(said)
    except ValueError:
        speech = speak(lang)
        return letter(request, speech, 400, no_day("day", said, speech), as_json=False)
    rest = kept(request.GET)
    return HttpResponseRedirect(f"/{lang}/{city}/day/{day}" + (f"?{rest}" if rest else ""))


def kept(query: QueryDict) -> str:
    """What is said of a day beside which it is, to be said again at its own address."""
    return urlencode([(k, v) for k in OF_A_DAY if (v := query.get(k))])


def past(asked: Asked) -> Day:
    """The day of the address, as it is published or was at `as_of`."""
    return a_day(asked, asked.day() or asked.last_day(), asked.moment())


PAST = Page("past", "day/<day>", Day, past, draw, reads=OF_A_DAY, known=status.stamp)
