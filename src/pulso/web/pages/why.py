"""Why a day isn't 100: every driver's points, kept apart by domain, from the expected day to the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass as plain
from datetime import date, datetime
from itertools import pairwise

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.shapes import Verdict
from pulso.show import names, words
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.pages import besides
from pulso.web.pages.asked import Asked
from pulso.web.pages.day import place, the_verdict
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import Page
from pulso.web.readings import City, Span, status

MEANINGS = {
    "weather": _("What such weather usually does here, against the weather of the season. Learned from other days."),
    "event": _("What events of this kind usually do here. Learned from earlier ones, never from this one."),
    "unexplained": _("What is left when everything that we know of is counted. It is not a reason: it is the size of what we don't know."),
}
BEYOND = _("That day it lay beyond anything in the record.")


@dataclass(frozen=True)
class Cell:
    """What one driver did to one domain."""

    domain: str = Field(description="the domain, by its name in the city file")
    points: float = Field(description="points of the index, with one decimal, as the page shows them")


@dataclass(frozen=True)
class Driver:
    """One driver of the day: a column of the table."""

    name: str = Field(description="the driver, as it was published")
    called: str = Field(description="its name in the page's language")
    kind: str = Field(description="weather, event or unexplained")
    points: float = Field(description="points of the index, with one decimal: all of them add up to the total")
    exact: float = Field(description="the same, as it was published")
    meaning: str = Field(description="what a driver of this kind means, and what it was learned from")
    note: str = Field(description="what sort of event it is, and whether it lay beyond the record; empty where there is nothing to say")
    cells: tuple[Cell, ...] = Field(description="its points by domain: they add up to its own")


@dataclass(frozen=True)
class Row:
    """One domain: a row of the table."""

    domain: str = Field(description="the domain, by its name in the city file")
    called: str = Field(description="its name in the page's language")
    index: float | None = Field(description="the domain's own number, 100 = the expected day; null where there is none")
    points: float = Field(description="what it adds to the difference from 100, with one decimal")


@dataclass(frozen=True)
class Why:
    """One day's difference from 100, taken apart."""

    frame: Frame = Field(description="what every page carries")
    as_of: datetime | None = Field(description="the moment as of which the day is shown; null for what is published now")
    place: str = Field(description="the city, or the zone")
    zone: str | None = Field(description="the zone; null for the city as a whole")
    day: date = Field(description="the day")
    ordinary: str = Field(description="the day that it is compared with, which is 100")
    index: float | None = Field(description="100 = the expected day; null where there is no number, and so nothing to explain")
    sentence: str = Field(description="the day in one sentence")
    total: float = Field(description="all points together, with one decimal: index − 100")
    drivers: tuple[Driver, ...] = Field(description="the largest first, what is unexplained last")
    domains: tuple[Row, ...] = Field(description="the same points by domain")
    unmeasured: tuple[str, ...] = Field(description="what was on that day, but never measured before and so credited with nothing")
    weather: str = Field(description="that the day's weather is not known; empty where it is")


@plain(frozen=True)
class Step:
    """One bar of the stair from 100 to the number: where it begins and ends, of 200."""

    left: float
    width: float
    end: float
    running: float  # the index so far


@plain(frozen=True)
class Stair:
    """The stair from 100 to the number."""

    hundred: float
    steps: tuple[Step, ...]


def why(asked: Asked) -> Why:
    """Take the day of the query apart; the last published one where it names none."""
    as_of = asked.moment()
    day = asked.day() or asked.last_day(as_of)
    verdict, city, speech = the_verdict(asked, day, as_of), asked.reading.city, asked.speech
    table = words.split(verdict)
    today = asked.reading.events(day, day, as_of)
    return Why(
        frame=asked.frame,
        as_of=as_of,
        place=place(asked),
        zone=verdict.zone,
        day=day,
        ordinary=names.ordinary(verdict, city, speech),
        index=verdict.index,
        sentence=words.headline(verdict, city, speech.code),
        total=table.whole(),
        drivers=tuple(_driver(d, table, verdict, today, city, speech) for d in table.drivers),
        domains=tuple(_row(d, table, verdict, city, speech) for d in table.domains),
        unmeasured=tuple(names.driver(e, speech, city) for e in verdict.unmeasured),
        weather=besides.weather(asked, verdict, as_of),
    )


def _driver(name: str, table: words.Split, verdict: Verdict, today: Sequence[Span], city: City, speech: Speech) -> Driver:
    kind = next((r.kind for r in verdict.reasons if r.name == name), "unexplained")
    sort = names.sort(name, today, speech, city)
    said = [f"{speech.capital(sort)}." if sort else "", speech.say(BEYOND) if name in verdict.beyond else ""]
    return Driver(
        name=name,
        called=speech.capital(names.driver(name, speech, city)),
        kind=kind,
        points=table.column(name),
        exact=sum(r.points for r in verdict.reasons if r.name == name),
        meaning=speech.say(MEANINGS[kind]),
        note=" ".join(filter(None, said)),
        cells=tuple(Cell(d, table.cells[d, name]) for d in table.domains if (d, name) in table.cells),
    )


def _row(domain: str, table: words.Split, verdict: Verdict, city: City, speech: Speech) -> Row:
    own = next((d.index for d in verdict.domains if d.domain == domain), None)
    return Row(domain, names.domain(domain, city, speech), own, table.row(domain))


def stair(page: Why, _asked: Asked) -> Stair:
    """Lay out the bars, each beginning where the one before it ended."""
    running = [100.0]
    for d in page.drivers:
        running.append(round(running[-1] + d.points, 1))
    low, high = min(running), max(running)
    room = max(high - low, 1.0)

    def x(value: float) -> float:
        return round(4 + (value - low) / room * 192, 1)

    pairs = pairwise(running)
    return Stair(x(100.0), tuple(Step(min(x(a), x(b)), round(abs(x(b) - x(a)), 1), x(b), b) for a, b in pairs))


WHY = Page("why", "why", Why, why, stair, reads=("day", "as_of", "zone"), known=status.stamp)
