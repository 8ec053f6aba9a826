"""The agenda: what was on and what is to come, of every kind, with the index on its days and the points that it was credited with."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass as plain
from datetime import date, timedelta

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.shapes import Verdict
from pulso.show import charts, names
from pulso.show.language import Speech
from pulso.web.pages.asked import Asked, BadQuestion, quoted
from pulso.web.pages.did import Done, done
from pulso.web.pages.frame import Frame
from pulso.web.pages.refusals import turned_round, written
from pulso.web.pages.shapes import DayLine, day_line, where_to_read
from pulso.web.pages.twin import Page
from pulso.web.readings import Brief, Reading, Span, status
from pulso.web.readings import effects as measured
from pulso.web.readings.entries import PILOT

WIDE = charts.Frame("wide", 1040, 285, 1)
LONGEST = 93
"""Days that one page may span."""
YEARS = date(1950, 1, 1), date(2150, 12, 31)
TONGUES = {"pt": "pt_PT", "en": "en_US"}
"""Of the names of public holidays."""
OF_THE_CALENDAR = ("holiday", "school_break")
"""Kinds that belong to the expected day, and so explain nothing."""


@dataclass(frozen=True)
class EventDay:
    """One day of an event."""

    day: date = Field(description="the day")
    index: float | None = Field(description="100 = the expected day, of the event's zone or of the city; null where there is no number")
    points: float | None = Field(description="points of that index that the event was credited with; null where with none")


@dataclass(frozen=True)
class Entry:
    """One event, on those of its days that the page spans."""

    first: date = Field(description="its first day")
    last: date = Field(description="its last day, included")
    kind: str = Field(description="what sort of event it is")
    sort: str = Field(description="the same in the page's language")
    name: str = Field(description="its name, in the page's language where there is one")
    zone: str | None = Field(description="the zone that it touches; null for the whole city")
    place: str = Field(description="that zone's name; empty for the whole city")
    link: str = Field(description="where to read more; empty where nowhere")
    letter: str = Field(description="its letter in the chart; empty where it has none")
    days: tuple[EventDay, ...] = Field(description="its days within the page's, as far as they are published; none of a pilot")
    known: int = Field(description="how many of all its days have a number, on this page or not")
    length: int = Field(description="how many days it lasts")
    index: float | None = Field(
        description="the mean of these numbers, of the whole event; null where no day of it has one, and of a pilot"
    )
    points: float | None = Field(description="the mean of the points on the days that credit it; null where none does")
    done: tuple[Done, ...] = Field(description="what it did, to the index and to each metric; empty where that wasn't measured")


@dataclass(frozen=True)
class Kind:
    """A kind of event that this city has had."""

    kind: str = Field(description="the kind, as the agenda is asked for it")
    called: str = Field(description="the same in the page's language")


@dataclass(frozen=True)
class Agenda:
    """What was on in a span of days."""

    frame: Frame = Field(description="what every page carries")
    first: date = Field(description="the first day of the page")
    last: date = Field(description="its last day, included")
    kind: str | None = Field(description="the only kind that is shown; null for all")
    kinds: tuple[Kind, ...] = Field(description="every kind that this city has had, to choose from")
    entries: tuple[Entry, ...] = Field(description="the events, the earliest first")
    coming: tuple[Entry, ...] = Field(
        description="what is on or to come from the city's own day on, for 93 days, and isn't among the events"
    )
    days: tuple[DayLine, ...] = Field(description="the city's index on these days")
    before: tuple[date, date] | None = Field(description="the month before; null at the end of all years")
    after: tuple[date, date] | None = Field(description="the month after; null at the end of all years")


@plain(frozen=True)
class Drawn:
    """What the chart's words need beside its marks."""

    lines: tuple[charts.Lines, ...]
    weeks: Sequence[Brief]
    verdict: Brief


def agenda(asked: Asked) -> Agenda:
    """The month of the last published day, or the days that are asked for."""
    reading, speech = asked.reading, asked.speech
    first, last = _span(asked)
    kind, kinds = kind_and_all(asked)
    spans = [e for e in happenings(reading, first, last, speech) if kind in (None, e.kind)]
    coming = [e for e in _coming(reading, speech) if kind in (None, e.kind) and (e.last < first or e.first > last)]
    said = {(v.zone, v.day): v for v in reading.some({(e.zone, day) for e in spans for day in _within(e, (first, last))})}
    numbers = _numbers(asked, [*spans, *coming])
    weeks = asked.briefs((None,), first, last)
    did = measured.effects(reading, first, last)
    letters = {id(e): letter for letter, e in charts.shown(spans, weeks[0].day, weeks[-1].day)} if weeks else {}
    return Agenda(
        frame=asked.frame,
        first=first,
        last=last,
        kind=kind,
        kinds=kinds_called(kinds, speech),
        entries=tuple(_entry(e, letters.get(id(e), ""), said, numbers, did, asked, (first, last)) for e in spans),
        coming=tuple(_entry(e, "", {}, numbers, did, asked, (first, last)) for e in coming),
        days=tuple(day_line(b) for b in weeks),
        before=_month(first.replace(day=1) - timedelta(days=1)),
        after=_month(last.replace(day=28) + timedelta(days=4)),
    )


def _coming(reading: Reading, speech: Speech) -> list[Span]:
    """What is on or to come, as the city's own day has it."""
    today = status.today(reading)
    return happenings(reading, today, today + timedelta(days=LONGEST - 1), speech)


def _numbers(asked: Asked, spans: Sequence[Span]) -> dict[tuple[str | None, date], float]:
    """The numbers of all days of these events, on the page or not, by zone and day: one read."""
    if not spans:
        return {}
    zones = tuple(dict.fromkeys(e.zone for e in spans))
    points = asked.points(zones, min(e.first for e in spans), max(e.last for e in spans))
    return {(p.zone, p.day): p.index for p in points if p.index is not None}


def happenings(reading: Reading, first: date, last: date, speech: Speech) -> list[Span]:
    """Events that were declared or entered, school breaks and public holidays of these days, in order of their first day."""
    found = reading.events(first, last)
    known = {(e.first, e.name) for e in found}
    calendar = [s for s in reading.city.calendar if s.kind != "holiday" and s.first <= last and s.last >= first]
    holidays = reading.city.public_holidays(first, last, TONGUES[speech.code])
    spans = [Span.model_validate({"from": day, "to": day, "kind": "holiday", "name": name}) for day, name in holidays.items()]
    more = [s for s in (*calendar, *spans) if (s.first, s.name) not in known]
    return sorted([*found, *more], key=lambda e: (e.first, e.last, e.name))


def _entry(
    event: Span,
    letter: str,
    said: Mapping[tuple[str | None, date], Verdict],
    numbers: Mapping[tuple[str | None, date], float],
    did: measured.Known,
    asked: Asked,
    span: tuple[date, date],
) -> Entry:
    reading, speech = asked.reading, asked.speech
    pilot = event.kind == PILOT  # its own page says when its outcome may be seen
    days = () if pilot else tuple(_days(event, said, span))
    whole = _within(event, (event.first, event.last))
    seen = [numbers[event.zone, day] for day in whole if (event.zone, day) in numbers]
    points = [d.points for d in days if d.points is not None]
    return Entry(
        first=event.first,
        last=event.last,
        kind=event.kind,
        sort=names.sort(event.name, [event], speech, reading.city),
        name=speech.capital(names.driver(event.name, speech, reading.city)),
        zone=event.zone,
        place=next((z.name for z in reading.zones.all if z.id == event.zone), ""),
        link=where_to_read(event, reading.slug, speech.code),
        letter=letter,
        days=days,
        known=len(seen),
        length=len(whole),
        index=sum(seen) / len(seen) if seen and not pilot else None,
        points=sum(points) / len(points) if points else None,
        done=done(did.of(event), reading.city, speech),
    )


def _days(event: Span, said: Mapping[tuple[str | None, date], Verdict], span: tuple[date, date]) -> Iterator[EventDay]:
    for day in _within(event, span):
        verdict = said.get((event.zone, day))
        if verdict is not None:
            credited = [r.points for r in verdict.reasons if r.kind == "event" and event.name in (r.name, *r.name.split(", "))]
            yield EventDay(verdict.day, verdict.index, sum(credited) if credited else None)


def _within(event: Span, span: tuple[date, date]) -> list[date]:
    """The days of an event that lie in a span of days."""
    start, stop = max(event.first, span[0]), min(event.last, span[1])
    return [date.fromordinal(i) for i in range(start.toordinal(), stop.toordinal() + 1)]


def _span(asked: Asked) -> tuple[date, date]:
    """The days of the query. BadQuestion where they are turned round, too many, or out of all years."""
    first, last = asked.day("from"), asked.day("to")
    if first is None:
        first = (last or asked.last_day()).replace(day=1)
    if last is None:
        last = first.replace(day=monthrange(first.year, first.month)[1])
    if last < first:
        raise turned_round(asked, first, last)
    say, days = asked.speech.say, (last - first).days + 1
    if days > LONGEST:
        n = asked.speech.number(days)
        raise BadQuestion(say("from, to: found {n} days; a page of the agenda spans at most {most}.", n=n, most=LONGEST))
    if first < YEARS[0] or last > YEARS[1]:
        found = {"first": written(first, asked.speech), "last": written(last, asked.speech)}
        ends = {"from_year": YEARS[0].year, "to_year": YEARS[1].year}
        raise BadQuestion(say("from, to: found {first} and {last}; the agenda runs from {from_year} to {to_year}.", **found, **ends))
    return first, last


def kind_and_all(asked: Asked) -> tuple[str | None, list[str]]:
    """The kind of the query, and all there are. BadQuestion where there is none of that name."""
    every = asked.reading.kinds() | {s.kind for s in asked.reading.city.calendar} | {"holiday"}
    kinds, said = sorted(every), asked.query.get("kind") or None
    if said is not None and said not in every:
        known = ", ".join(kinds)
        raise BadQuestion(asked.speech.say("kind: found {found}; there is: {known}.", found=quoted(said), known=known))
    return said, kinds


def kinds_called(kinds: Sequence[str], speech: Speech) -> tuple[Kind, ...]:
    """Kinds of event with their names."""
    return tuple(Kind(k, speech.capital(names.driver(k, speech))) for k in kinds)


def _month(day: date) -> tuple[date, date] | None:
    """The month that a day lies in."""
    ends = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return ends if YEARS[0] <= ends[0] and ends[1] <= YEARS[1] else None


def draw(page: Agenda, asked: Asked) -> Drawn | None:
    """The index with the events above it; none where no day of the page is published."""
    weeks = asked.briefs((None,), page.first, page.last)
    if not weeks:
        return None
    spans = [e for e in happenings(asked.reading, page.first, page.last, asked.speech) if page.kind in (None, e.kind)]
    lines = tuple(charts.lines(weeks, spans, asked.speech, frame) for frame in (WIDE, charts.NARROW))
    return Drawn(lines, weeks, weeks[-1])


AGENDA = Page("agenda", "agenda", Agenda, agenda, draw, reads=("from", "to", "kind"), known=status.stamp)
