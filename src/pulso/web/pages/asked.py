"""What a page is asked for: a city, a language, the words of its address; and what is told where that can't be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from django.http import QueryDict

from pulso.errors import NothingKnown, PulsoError
from pulso.shapes import Verdict
from pulso.show.language import Speech
from pulso.web.pages.frame import Frame, frame
from pulso.web.readings import Brief, Point, Reading

T = TypeVar("T")
ASKED = frozenset(
    {"a", "as_of", "b", "city", "date", "day", "from", "kind", "length", "metric", "page", "to", "until", "what", "year", "zone"}
)
"""The words that addresses are asked with, here or in the API. A page that passed over one would answer another question than was asked."""


MANY = 1_000_000
"""No list is counted so far."""


class BadQuestion(PulsoError):  # noqa: N818  # it names what was asked
    """An address that asks for something there can't be: what was found, what is allowed."""


class Elsewhere(Exception):  # noqa: N818  # it names where to look
    """What is asked for has an address of its own, below the city's: its page, and what is said after it."""

    def __init__(self, page: str, query: str = "") -> None:
        self.page, self.query = page, f"?{query}" if query else ""
        super().__init__(page)


class NotPublished(NothingKnown):
    """Asked of a day of which nothing is published, in a city that has others: the nearest of them, before it and after it."""

    def __init__(self, why: str, frame: Frame, nearest: tuple[date, ...], *, to_come: bool) -> None:
        self.frame, self.nearest, self.to_come = frame, nearest, to_come
        super().__init__(why)


@dataclass(frozen=True)
class Asked:
    """What a page is asked for: a city, a language, and what the address says besides."""

    reading: Reading
    speech: Speech
    query: QueryDict
    parts: dict[str, str]  # of the address: zone, metric …
    site: str = ""  # the site's own address, as it was asked: https://pulso.example
    _kept: dict[tuple[object, ...], Any] = field(default_factory=dict)  # what was read for this answer: the drawings use it again

    def verdicts(self, day: date, as_of: datetime | None = None) -> dict[str | None, Verdict]:
        """A day's verdicts by zone, read once."""
        return self._once(("verdicts", day, as_of), lambda: self.reading.verdicts(day, as_of))

    def briefs(self, zones: tuple[str | None, ...], first: date, last: date, as_of: datetime | None = None) -> list[Brief]:
        """What lines are drawn of, read once."""
        return self._once(("briefs", zones, first, last, as_of), lambda: self.reading.briefs(zones, first, last, as_of))

    def points(
        self, zones: tuple[str | None, ...], first: date, last: date, metric: str | None = None, as_of: datetime | None = None
    ) -> list[Point]:
        """What long lines are drawn of, read once."""
        return self._once(("points", zones, first, last, metric, as_of), lambda: self.reading.points(zones, first, last, metric, as_of))

    def _once(self, key: tuple[object, ...], read: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = read()
        kept: T = self._kept[key]
        return kept

    @property
    def frame(self) -> Frame:
        """What every page carries."""
        return frame(self.reading.city, self.reading.days(), self.speech)

    def only(self, *reads: str) -> None:
        """Let pass what a page reads, and what is nobody's word here (utm_source …). BadQuestion where the address asks for more."""
        for name in sorted(ASKED.intersection(self.query).difference(reads)):
            if self.query[name]:
                raise BadQuestion(unread(name, reads, self.speech))

    def day(self, name: str = "day", default: date | None = None) -> date | None:
        """A day of the address or the query. BadQuestion where it is none."""
        said = self.parts.get(name) or self.query.get(name)
        if not said:
            return default
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise BadQuestion(no_day(name, said, self.speech)) from None

    def moment(self, name: str = "as_of") -> datetime | None:
        """A moment of the query, in UTC. BadQuestion where it is none."""
        said = self.query.get(name)
        if not said:
            return None
        try:
            moment = datetime.fromisoformat(said.replace(" ", "+"))
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):  # the latter where a zone's hours lead out of all years
            why = self.speech.say("{name}: found {found}; a moment is written as 2025-06-15T07:00:00Z.", name=name, found=quoted(said))
            raise BadQuestion(why) from None

    def count(self, name: str) -> int | None:
        """A whole number of the query, from 1. BadQuestion where it is none."""
        said = self.query.get(name)
        if not said:
            return None
        if not (said.isascii() and said.isdigit() and 0 < int(said[:10]) <= MANY):
            why = self.speech.say("{name}: found {found}; a whole number from 1 is written as 2.", name=name, found=quoted(said))
            raise BadQuestion(why)
        return int(said)

    def zone(self, name: str = "zone") -> str | None:
        """A zone's id, said by id or name; None for the city. NothingKnown where there is none of that name."""
        said = self.parts.get(name) or self.query.get(name)
        if not said:
            return None
        for z in self.reading.zones.all:
            if said in (z.id, z.name):
                return z.id
        city, known = self.reading.city.city.name, ", ".join(z.name for z in self.reading.zones.all[:20])
        raise NothingKnown(self.speech.say("{city} has no zone {found}. It has: {known}.", city=city, found=quoted(said), known=known))

    def last_day(self, as_of: datetime | None = None) -> date:
        """The last day that is published, or was by `as_of`. NothingKnown where nothing is."""
        days = self.reading.days(as_of)
        if days is None:
            raise NothingKnown(self.nothing(self.reading.city.city.name, as_of))
        return days[1]

    def nothing(self, place: str, as_of: datetime | None) -> str:
        """Say that nothing at all is published, or was by `as_of`."""
        if as_of is not None and self.reading.days() is not None:
            return self.speech.say("{place}: nothing was published by then.", place=place)
        return self.speech.say("{place}: nothing is published yet.", place=place)


def quoted(said: str) -> str:
    """What was found in an address, short, and marked off from our own words."""
    return repr(said[:40])


def unread(name: str, reads: tuple[str, ...], speech: Speech) -> str:
    """Say that a page does not answer to a word of its address, and to which it does."""
    if name == "as_of":
        return speech.say("{name}: this page shows what is known now, and nothing else.", name=name)
    known = ", ".join(map(repr, reads)) or speech.say("nothing")
    return speech.say("{name}: this page does not read it. It reads: {known}.", name=name, known=known)


def no_day(name: str, said: str, speech: Speech) -> str:
    """Say that what stands where a day should is none."""
    return speech.say("{name}: found {found}; a day is written as 2025-06-14.", name=name, found=quoted(said))
