"""Two stretches of days, two zones or two cities side by side, day by day, as far as both have a number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import chain

from django.http import QueryDict
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web import readings
from pulso.web.pages.asked import Asked, BadQuestion, quoted
from pulso.web.pages.frame import Frame, frame
from pulso.web.pages.pairs import Pair, draw_pair
from pulso.web.pages.refusals import turned_round, written
from pulso.web.pages.twin import Page
from pulso.web.readings import Brief, Reading, UnknownCity

LONGEST = 366
"""Days that one comparison may span."""
USUAL = 28
A_YEAR = timedelta(days=364)
"""Fifty-two weeks: the same weekdays."""
WAYS = {"days": ("a", "b", "length", "zone"), "zones": ("a", "b", "from", "to"), "cities": ("a", "b", "from", "to")}
"""What is compared, and what each way is asked with."""


@dataclass(frozen=True)
class Side:
    """One of the two that are compared."""

    called: str = Field(description="its name")
    city: str = Field(description="the city, by its slug")
    zone: str | None = Field(description="the zone; null for the city as a whole")
    first: date = Field(description="its first day")
    last: date = Field(description="its last day, included")
    known: int = Field(description="days of these with a number")
    weight_seen: float | None = Field(description="the mean of what was seen of the living weight on the days that are compared, 0 to 1")
    mean: float | None = Field(description="the mean of its numbers on the days that are compared; null where there are none")
    lowest: float | None = Field(description="the lowest of them")
    highest: float | None = Field(description="the highest of them")
    own_lowest: float | None = Field(description="the lowest of all its days with a number, compared or not; null where there are none")
    own_highest: float | None = Field(description="the highest of them all")


@dataclass(frozen=True)
class Both:
    """One day of each."""

    left_day: date = Field(description="the day of the first")
    right_day: date = Field(description="the day of the second; the same where zones or cities are compared")
    left: float | None = Field(description="100 = the expected day; null where there is no number")
    right: float | None = Field(description="100 = the expected day; null where there is no number")
    left_seen: float | None = Field(description="what was seen of the first's living weight, 0 to 1; null where nothing was published")
    right_seen: float | None = Field(description="what was seen of the second's living weight, 0 to 1; null where nothing was published")
    difference: float | None = Field(description="points, the first less the second; null where one has no number")


@dataclass(frozen=True)
class Choice:
    """Something that may be compared."""

    id: str = Field(description="as the page is asked for it")
    called: str = Field(description="its name")


@dataclass(frozen=True)
class Compare:
    """Two of a kind, side by side."""

    frame: Frame = Field(description="what every page carries")
    what: str = Field(description="days, zones or cities")
    left: Side = Field(description="the first of the two")
    right: Side = Field(description="the second")
    days: tuple[Both, ...] = Field(description="day by day")
    compared: int = Field(description="days on which both have a number: only these are compared")
    difference: float | None = Field(description="the mean of their differences in points; null where no day is compared")
    higher: int = Field(description="compared days on which the first is higher")
    overlap: tuple[date, date] | None = Field(
        description="days of which both cities are published, up to a year, where none is compared here; else null"
    )
    zones: tuple[Choice, ...] = Field(description="the zones that may be compared")
    cities: tuple[Choice, ...] = Field(description="the other cities that may be compared with this one")
    frames: tuple[Frame, ...] = Field(description="the same as `frame` of the other city, where there is one: whose data it is")


Found = tuple[str, Reading, str | None, tuple[date, date], Mapping[date, Brief]]
"""A side's name, city, zone, days, and what is published of them."""
Others = Mapping[str, Reading]
"""The other cities of the site, by their slugs."""


def compare(asked: Asked) -> Compare:
    """The way that the query names; without one, the last four weeks and those of a year before."""
    what = asked.query.get("what") or "days"
    if what not in WAYS:
        known = ", ".join(WAYS)
        raise BadQuestion(asked.speech.say("what: found {found}; compared are {known}.", found=quoted(what), known=known))
    asked.only("what", *WAYS[what])
    others = {r.slug: r for r in readings.shown() if r.slug != asked.reading.slug}
    return _laid(asked, what, *{"days": _days, "zones": _zones, "cities": _cities}[what](asked, others), others)


def _days(asked: Asked, _others: Others) -> tuple[Found, Found]:
    """Two stretches of days of one place, that begin on `a` and on `b` and last `length` days."""
    length, last = _length(asked), asked.last_day()
    a = asked.day("a", last - timedelta(days=length - 1)) or last
    b = asked.day("b", a - A_YEAR if a >= date.min + A_YEAR else None) or a
    left, right = _stretch(asked, a, length, "a"), _stretch(asked, b, length, "b")
    zone, reading, speech = asked.zone(), asked.reading, asked.speech
    names = [
        speech.day(s[0], "d MMM y") if length == 1 else f"{speech.day(s[0], 'd MMM y')} – {speech.day(s[1], 'd MMM y')}"
        for s in (left, right)
    ]
    ours = {b.day: b for b in reading.briefs((zone,), *left)}
    theirs = {b.day: b for b in reading.briefs((zone,), *right)}
    return (names[0], reading, zone, left, ours), (names[1], reading, zone, right, theirs)


def _zones(asked: Asked, _others: Others) -> tuple[Found, Found]:
    """Two zones, or a zone and the city where one is not named."""
    span, reading = _span(asked), asked.reading
    a, b = asked.zone("a"), asked.zone("b")
    if a == b:
        raise BadQuestion(asked.speech.say("a, b: found the same twice; two zones, or a zone and nothing, which is the city."))
    found = reading.briefs((a, b), *span)
    sides = [(_zone_name(z, asked), reading, z, span, {f.day: f for f in found if f.zone == z}) for z in (a, b)]
    return sides[0], sides[1]


def _cities(asked: Asked, others: Others) -> tuple[Found, Found]:
    """The city and another of the same site; the last days of which both are published, where none are named."""
    reading, said, say = asked.reading, asked.query.get("b") or "", asked.speech.say
    if (first := asked.query.get("a") or reading.slug) != reading.slug:
        raise BadQuestion(
            say("a: found {found}; the first is the city of this page, {city}.", found=quoted(first), city=quoted(reading.slug))
        )
    if said not in others:
        known = ", ".join(others) or say("no other city")
        raise BadQuestion(say("b: found {found}; there is to compare with: {known}.", found=quoted(said), known=known))
    both = None if asked.query.get("from") or asked.query.get("to") else _overlap(reading, others[said])
    span = (max(both[0], both[1] - timedelta(days=USUAL - 1)), both[1]) if both else _span(asked)
    sides = [(r.city.city.name, r, None, span, {f.day: f for f in r.briefs((None,), *span)}) for r in (reading, others[said])]
    return sides[0], sides[1]


def _laid(asked: Asked, what: str, left: Found, right: Found, others: Others) -> Compare:
    days = tuple(_both(left, right, i) for i in range((left[3][1] - left[3][0]).days + 1))
    known = (d for d in days if d.left is not None and d.right is not None)
    pairs = [(d.left or 0.0, d.right or 0.0, d.left_seen or 0.0, d.right_seen or 0.0) for d in known]
    return Compare(
        frame=asked.frame,
        what=what,
        left=_side(left, [(a, seen) for a, _, seen, _ in pairs]),
        right=_side(right, [(b, seen) for _, b, _, seen in pairs]),
        days=days,
        compared=len(pairs),
        difference=sum(a - b for a, b, _, _ in pairs) / len(pairs) if pairs else None,
        higher=sum(a > b for a, b, _, _ in pairs),
        overlap=_overlap(left[1], right[1]) if what == "cities" and not pairs else None,
        zones=tuple(Choice(z.id, z.name) for z in asked.reading.zones.all),
        cities=tuple(Choice(r.slug, r.city.city.name) for r in others.values()),
        frames=(frame(right[1].city, right[1].days(), asked.speech),) if what == "cities" else (),
    )


def _overlap(one: Reading, other: Reading) -> tuple[date, date] | None:
    """The last days of which both are published, as many as one comparison may span; None where there are none."""
    ours, theirs = one.days(), other.days()
    if ours is None or theirs is None or max(ours[0], theirs[0]) > min(ours[1], theirs[1]):
        return None
    last = min(ours[1], theirs[1])
    return max(ours[0], theirs[0], last - timedelta(days=LONGEST - 1)), last


def _both(left: Found, right: Found, i: int) -> Both:
    days = [side[3][0] + timedelta(days=i) for side in (left, right)]
    found = [side[4].get(day) for side, day in zip((left, right), days, strict=True)]
    a, b = (f.index if f else None for f in found)
    seen = [f.weight_seen if f else None for f in found]
    return Both(days[0], days[1], a, b, seen[0], seen[1], a - b if a is not None and b is not None else None)


def _side(found: Found, compared: list[tuple[float, float]]) -> Side:
    called, reading, zone, (first, last), briefs = found
    values, seen = [v for v, _ in compared], [s for _, s in compared]
    own = [b.index for b in briefs.values() if b.index is not None]
    mean, seen_mean = (sum(c) / len(c) if c else None for c in (values, seen))
    ends = [end for found in (values, own) for end in (min(found, default=None), max(found, default=None))]
    return Side(called, reading.slug, zone, first, last, len(own), seen_mean, mean, *ends)


def _zone_name(zone: str | None, asked: Asked) -> str:
    return next((z.name for z in asked.reading.zones.all if z.id == zone), asked.reading.city.city.name)


def _length(asked: Asked) -> int:
    """How many days are compared. BadQuestion where they are none, or too many."""
    said = asked.query.get("length") or str(USUAL)
    if not (said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= LONGEST):
        why = asked.speech.say("length: found {found}; a whole number of days from 1 to {most}.", found=quoted(said), most=LONGEST)
        raise BadQuestion(why)
    return int(said)


def _stretch(asked: Asked, first: date, length: int, name: str) -> tuple[date, date]:
    try:
        return first, first + timedelta(days=length - 1)
    except OverflowError:
        day, n = written(first, asked.speech), asked.speech.number(length)
        why = asked.speech.say("{name}: found {day}; {n} days from there lead out of all years.", name=name, day=day, n=n)
        raise BadQuestion(why) from None


def _span(asked: Asked) -> tuple[date, date]:
    """The days of the query; the last four weeks where it names none. BadQuestion where they are turned round, or too many."""
    last = asked.day("to") or asked.last_day()
    first = asked.day("from") or max(date.min + timedelta(days=USUAL), last) - timedelta(days=USUAL - 1)
    if last < first:
        raise turned_round(asked, first, last)
    if (last - first).days >= LONGEST:
        n = asked.speech.number((last - first).days + 1)
        raise BadQuestion(asked.speech.say("from, to: found {n} days; a comparison spans at most {most}.", n=n, most=LONGEST))
    return first, last


def edition(query: QueryDict) -> str:
    """That of the other city, so that its news are seen too."""
    try:
        other = query.get("b") if query.get("what") == "cities" else None
        return readings.reading(str(other)).edition if other else ""
    except UnknownCity:
        return ""


def draw(page: Compare, asked: Asked) -> tuple[Pair, ...]:
    """Both lines on one chart, wide and narrow."""
    return draw_pair([(d.left_day, d.left, d.right) for d in page.days], asked.speech)


COMPARE = Page("compare", "compare", Compare, compare, draw, edition, reads=("what", *dict.fromkeys(chain(*WAYS.values()))))
