"""One metric over time, or the index itself: the line, what it weighs, what was seen of it, whose data it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.shapes import MetricVerdict, Verdict
from pulso.show import charts, names
from pulso.show.language import Speech
from pulso.web.pages.asked import Asked, BadQuestion, quoted
from pulso.web.pages.frame import Credit, Frame
from pulso.web.pages.longline import LongLine, long_line
from pulso.web.pages.refusals import turned_round, written
from pulso.web.pages.shapes import Happening, happening
from pulso.web.pages.twin import Page
from pulso.web.readings import City, Point, Span
from pulso.web.readings.measured import unit

INDEX = "index"
"""Stands in the address for the index itself, of the city or a zone."""

Column = tuple[float | None, ...]
A_YEAR, LONGEST = timedelta(days=364), timedelta(days=8 * 366)


@dataclass(frozen=True)
class Series:
    """The days in columns, one value a day from the first to the last."""

    first: date = Field(description="the first day of every column")
    index: tuple[float | None, ...] = Field(description="100 = the expected day; null where there is no number; to a hundredth")
    low: tuple[float | None, ...] = Field(description="lower end of the 90 % interval; only the index itself has one")
    high: tuple[float | None, ...] = Field(description="upper end of the interval")
    normal_low: tuple[float | None, ...] = Field(description="lower end of the normal range; only the index itself has one")
    normal_high: tuple[float | None, ...] = Field(description="upper end of the normal range")
    partial: tuple[date, ...] = Field(description="days on which too little was seen for a full number")


@dataclass(frozen=True)
class Latest:
    """What the last day of the span says of the metric."""

    day: date = Field(description="the day")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    weight: float | None = Field(description="its share of the living weight, 0 to 1; null for the index itself")
    beside: bool = Field(description="whether it stands beside the index, not in it")
    sensors_seen: int | None = Field(description="sensors that count that day; null for the index itself")
    sensors_alive: int | None = Field(description="sensors of which something was expected lately; null for the index itself")
    flags: tuple[str, ...] = Field(description="what was noticed of its sensors, in words")


@dataclass(frozen=True)
class Period:
    """Another span that ends on the same day."""

    name: str = Field(description="how long it is, in words")
    first: date = Field(description="its first day")
    shown: bool = Field(description="whether it is the one that is shown")


@dataclass(frozen=True)
class Option:
    """Another line to look at."""

    id: str = Field(description="its name in the address")
    name: str = Field(description="its name in words")


@dataclass(frozen=True)
class Metric:
    """One metric, or the index itself, over a span of days."""

    frame: Frame = Field(description="what every page carries")
    metric: str = Field(description="the metric, by its name in the city file; index for the index itself")
    name: str = Field(description="its name in words")
    domain: str | None = Field(description="the domain that it belongs to; null for the index itself")
    zone: str | None = Field(description="the zone; null for the whole city")
    place: str = Field(description="the city, or the zone")
    first: date = Field(description="the first day shown")
    last: date = Field(description="the last day shown, included")
    as_of: datetime | None = Field(description="the moment as of which the days are shown; null for what is published now")
    days: int = Field(description="how many days the span has")
    known: int = Field(description="on how many of them there is a number")
    reading: str = Field(description="the line in one sentence")
    unit: str = Field(description="what is counted, before it is compared with the expected; empty where the city file leaves it open")
    source: str | None = Field(description="the source that it comes from; null for the index itself")
    credit: Credit | None = Field(description="whose data it is; null for the index itself")
    latest: Latest | None = Field(description="what the last day says of it; null where nothing was published of that day")
    series: Series = Field(description="the days")
    events: tuple[Happening, ...] = Field(description="what was on in these days")
    periods: tuple[Period, ...] = Field(description="other spans until the same day")
    metrics: tuple[Option, ...] = Field(description="the other lines of this city")


def metric(asked: Asked) -> Metric:
    """Say a metric's line. NothingKnown for a metric that there is not; BadQuestion for a span that can't be."""
    found, speech, name = asked.reading, asked.speech, asked.parts["metric"]
    city, zone, as_of = found.city, asked.zone(), asked.moment()
    conf = city.metrics.get(name)
    if conf is None and name != INDEX:
        known = ", ".join([INDEX, *city.metrics])
        raise NothingKnown(
            speech.say("{city} has no metric {found}. It has: {known}.", city=city.city.name, found=quoted(name), known=known)
        )
    first, last = _span(asked, as_of)
    points = _points(asked, first, last, as_of)
    verdict = asked.verdicts(last, as_of).get(zone)
    source = city.sources[conf.source] if conf else None
    return Metric(
        frame=asked.frame,
        metric=name,
        name=names.metric(name, city, speech) if conf else speech.say("The index"),
        domain=conf.domain if conf else None,
        zone=zone,
        place=next((z.name for z in found.zones.all if z.id == zone), city.city.name),
        first=first,
        last=last,
        as_of=as_of,
        days=(last - first).days + 1,
        known=sum(p.index is not None for p in points),
        reading=_reading(points, speech),
        unit=unit(city, name) if conf else "",
        source=conf.source if conf else None,
        credit=Credit(source.attribution or source.owner or names.source(source.name, city, speech), source.licence) if source else None,
        latest=_latest(verdict, name, city, speech) if verdict else None,
        series=_series(points, first, last),
        events=tuple(happening(e, city, speech) for e in _events(asked, first, last, as_of)),
        periods=tuple(_periods(first, last, speech)),
        metrics=tuple(Option(m, names.metric(m, city, speech)) for m in city.metrics if m != name),
    )


def _span(asked: Asked, as_of: datetime | None) -> tuple[date, date]:
    """The days asked for: by default a year until the last that is published."""
    last = asked.day("to") or asked.last_day(as_of)
    first = asked.day("from") or date.fromordinal(max(last.toordinal() - A_YEAR.days, 1))
    if first > last:
        raise turned_round(asked, first, last)
    if last - first > LONGEST:
        why = asked.speech.say(
            "from, to: found {first} to {last}, {n} days; at most 8 years at a time.",
            first=written(first, asked.speech),
            last=written(last, asked.speech),
            n=asked.speech.number((last - first).days + 1),
        )
        raise BadQuestion(why)
    return first, last


def _points(asked: Asked, first: date, last: date, as_of: datetime | None) -> list[Point]:
    name = asked.parts["metric"]
    return asked.points((asked.zone(),), first, last, None if name == INDEX else name, as_of)


def _events(asked: Asked, first: date, last: date, as_of: datetime | None) -> list[Span]:
    """Of the whole city, and of the zone that is asked for."""
    return [e for e in asked.reading.events(first, last, as_of) if e.zone is None or asked.zone() is None or e.zone == asked.zone()]


def _reading(points: Sequence[Point], speech: Speech) -> str:
    known = [(p.index, p.day) for p in points if p.index is not None]
    if not known:
        return speech.say("No number on any of these days.")
    low, high = min(known), max(known)
    return speech.many(
        "{n} day with a number; lowest {low} on {low_day}, highest {high} on {high_day}.",
        "{n} days with a number; lowest {low} on {low_day}, highest {high} on {high_day}.",
        len(known),
        low=speech.number(low[0]),
        low_day=speech.day(low[1], "long"),
        high=speech.number(high[0]),
        high_day=speech.day(high[1], "long"),
    )


def _latest(verdict: Verdict, name: str, city: City, speech: Speech) -> Latest | None:
    if name == INDEX:
        return Latest(verdict.day, verdict.index, None, False, None, None, ())
    said: MetricVerdict | None = next((m for m in verdict.metrics if m.metric == name), None)
    if said is None:
        return None
    beside = any(d.domain == said.domain and d.footprint for d in verdict.domains)
    flags = tuple(names.flags(said, city, speech))
    return Latest(verdict.day, said.index, said.weight, beside, said.sensors_seen, said.sensors_alive, flags)


def _series(points: Sequence[Point], first: date, last: date) -> Series:
    n = (last - first).days + 1
    known = [p for p in points if p.index is not None]
    places = [p.day.toordinal() - first.toordinal() for p in known]

    def column(values: Sequence[float | None]) -> Column:
        laid: list[float | None] = [None] * n
        for place, value in zip(places, values, strict=True):
            laid[place] = None if value is None else round(value, 2)
        return tuple(laid)

    def ends(pairs: Sequence[tuple[float, float] | None]) -> tuple[Column, Column]:
        if not any(pairs):  # a metric has none
            return (None,) * n, (None,) * n
        return column([pair and pair[0] for pair in pairs]), column([pair and pair[1] for pair in pairs])

    (low, high), (normal_low, normal_high) = ends([p.interval for p in known]), ends([p.normal_range for p in known])
    partial = tuple(p.day for p in known if p.status == "partial")
    return Series(first, column([p.index for p in known]), low, high, normal_low, normal_high, partial)


def _periods(first: date, last: date, speech: Speech) -> list[Period]:
    said = {
        30: speech.say("30 days"),
        90: speech.say("90 days"),
        365: speech.say("1 year"),
        3 * 365 + 1: speech.say("3 years"),
        8 * 365 + 2: speech.say("8 years"),
    }
    starts = {name: date.fromordinal(max(last.toordinal() - days + 1, 1)) for days, name in said.items()}
    return [Period(name, start, start == first) for name, start in starts.items()]


@dataclass(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    line: Any  # LongLine
    lettered: tuple[tuple[str, Any], ...]  # letter and event


def draw(page: Metric, asked: Asked) -> Drawn:
    """The line as a drawing, and its events with their letters."""
    events = _events(asked, page.first, page.last, page.as_of)
    line: LongLine = long_line(_points(asked, page.first, page.last, page.as_of), page.first, page.last, events, asked.speech)
    return Drawn(line, tuple(charts.shown(events, page.first, page.last)))


METRIC = Page("metric", "metric/<metric>", Metric, metric, draw, reads=("from", "to", "as_of", "zone"))
