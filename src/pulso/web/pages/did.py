"""What an event did, as pages show it."""

from __future__ import annotations

from datetime import date

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import effects as words
from pulso.show import names
from pulso.show.language import Speech
from pulso.web.readings import City, Span, Zones
from pulso.web.readings.effects import Effect, EventEffects


@dataclass(frozen=True)
class Done:
    """What an event did to the index or to one metric, against what was expected when it began."""

    metric: str | None = Field(description="the metric, by its name in the city file; null for the index itself")
    name: str = Field(description="its name in words")
    change: float | None = Field(description="share of what was expected: .5 is half as much again; null where it can't be told")
    low: float | None = Field(description="lower end of the 95 % interval of that share")
    high: float | None = Field(description="its other end")
    p: float | None = Field(description="share of earlier spans of as many quiet days that moved as far; null where it can't be told")
    windows: int = Field(description="how many such spans there were")
    seen: int = Field(description="days of the event with a number")
    verdict: str = Field(description="more or less, where the interval leaves zero out; else cannot tell")
    refusal: str = Field(description="why it can't be told: not over, not seen, unsettled, short past, pilot; empty where it can")
    sentence: str = Field(description="the same in one sentence")


@dataclass(frozen=True)
class Did:
    """An event, and what it did."""

    first: date = Field(description="its first day")
    last: date = Field(description="its last day, included")
    days: int = Field(description="how many days it lasts")
    kind: str = Field(description="what sort of event it is")
    sort: str = Field(description="the same in the page's language; empty where the name says it")
    name: str = Field(description="its name, in the page's language where there is one")
    zone: str | None = Field(description="the zone in which it was measured; null for the whole city")
    place: str = Field(description="that zone's name, or the city's")
    weather: bool = Field(description="whether the day's weather is in it, as in a storm; else it is taken out")
    quote: str = Field(description="what it did to the index, in words that stand alone")
    notes: tuple[str, ...] = Field(description="what the numbers are set against and rest on, and what to mind")
    done: tuple[Done, ...] = Field(description="what it did to the index first, then to each metric")

    @property
    def told(self) -> bool:
        """Whether anything can be told of the index."""
        return self.done[0].change is not None


def done(found: EventEffects | None, city: City, speech: Speech) -> tuple[Done, ...]:
    """What was measured of an event; nothing where nothing was yet."""
    return tuple(_done(e, city, speech) for e in found.effects) if found else ()


def _done(e: Effect, city: City, speech: Speech) -> Done:
    named, said = words.what(e, city, speech), words.sentence(e, city, speech)
    return Done(e.metric, named, e.change, e.low, e.high, e.p, e.windows, e.seen, e.verdict, e.refusal, said)


def did(found: EventEffects, city: City, zones: Zones, speech: Speech) -> Did:
    """An event with what was measured of it."""
    span = Span.model_validate({"from": found.first, "to": found.last, "kind": found.kind, "name": found.name})
    called = {z.id: z.name for z in zones.all}
    return Did(
        first=found.first,
        last=found.last,
        days=found.days,
        kind=found.kind,
        sort=names.sort(found.name, [span], speech, city),
        name=words.called(found, city, speech),
        zone=found.zone,
        place=called.get(found.zone or "", city.city.name),
        weather=found.weather,
        quote=words.quote(found, city, called, speech),
        notes=tuple(words.notes(found, speech)),
        done=done(found, city, speech),
    )
