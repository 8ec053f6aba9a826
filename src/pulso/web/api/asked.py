"""What may be asked: parameters, read strictly, so that a slip of the pen is a letter and not another answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar, get_origin

from django.http import HttpRequest
from django.utils import translation
from ninja import Schema
from pydantic import BeforeValidator, Field, WithJsonSchema

from pulso.fibre.shapes import Disclosure
from pulso.web import readings
from pulso.web.api.cursor import Key, question, unpack
from pulso.web.api.problems import Refused, Wrong, say, speech
from pulso.web.pages.twin import no_city
from pulso.web.readings import Reading

MOST = 1_000
"""So many rows a page at most: whole series are files."""


def _day(said: object) -> object:
    if isinstance(said, str):
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
            raise ValueError(say("found {found}; a day is written as 2025-06-14", found=repr(said[:40])))
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise ValueError(say("found {found}; there is no such day", found=repr(said))) from None
    return said


def _moment(said: object) -> object:
    if isinstance(said, str):
        # a + in an address means a space
        try:
            if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", said):
                raise ValueError
            moment = datetime.fromisoformat(re.sub(r" (?=\d{2}:?\d{2}$)", "+", said))
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(say("found {found}; a moment is written as 2025-06-15T07:00:00Z", found=repr(said[:40]))) from None
    return said


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]


class Paged(Schema):
    """How much of an answer is wanted at a time."""

    limit: int = Field(100, ge=1, le=MOST, description="so many rows a page at most")
    cursor: str | None = Field(None, max_length=2_000, description="`next` of the page before, as it is; the other parameters stay")


class AsOf(Schema):
    """At which moment."""

    as_of: Moment | None = Field(None, description="what was known and published at this moment, UTC; now, where not given")


class Span(Schema):
    """Which days."""

    first: Day | None = Field(None, alias="from", description="the first day, of the city's own; all, where not given")
    last: Day | None = Field(None, alias="to", description="the last day, included")


class OneDay(AsOf):
    """One day."""

    day: Day | None = Field(None, description="the city's own day; the last that is published, where not given")
    zone: str | None = Field(
        None, max_length=200, description="a zone, by id or name; city: the city as a whole; for values and quality: all, where not given"
    )


GRAIN = (
    "day; week (from Monday) or month: the geometric mean of the index of its days, null where fewer than half of them have one, and 0 "
    "where one is 0; each that touches the days asked for is told whole. An index of the hour is not published, and is refused"
)


class InWords(Schema):
    """In which language."""

    lang: Literal["en", "pt"] | None = Field(None, description="of the words: en or pt; that of Accept-Language, where not given")


class ExplainQuery(OneDay, InWords):
    """Which day, told in which language."""


class ValuesQuery(Paged, AsOf, Span):
    """Which values."""

    zone: str | None = Field(None, max_length=200, description="a zone, by id or name; city: the city as a whole; all, where not given")
    metric: str | None = Field(None, max_length=200, description="a metric or domain; the headline, where not given; all: every metric")
    grain: Literal["day", "week", "month", "hour"] = Field("day", description=GRAIN)


class QualityQuery(Paged, AsOf, Span):
    """Which days and zones."""

    zone: str | None = Field(None, max_length=200, description="a zone, by id or name; city: the city as a whole; all, where not given")


class EventsQuery(Paged, AsOf, Span):
    """Which events: those that touch these days."""

    kind: str | None = Field(None, max_length=200, description="of one kind only")


class FlagsQuery(Paged, AsOf):
    """Which flags: those in force at a moment."""


Q = TypeVar("Q", bound=Schema)


@dataclass(frozen=True)
class Asked(Generic[Q]):
    """A question about a city, read."""

    reading: Reading
    query: Q
    as_of: datetime | None  # as said, or as the walk began
    after: Key | None  # the row that was told last; null on the first page
    question: str
    level: Disclosure | None = None  # up to which whoever asks may know; None where everybody is told the same

    def zones(self) -> tuple[str | None, ...]:
        """The zones that are asked about: all, or one. Refused where there is none of that name."""
        said = getattr(self.query, "zone", None)
        return tuple(sorted(self.reading.zone_ids, key=lambda z: z or "")) if said is None else (zone(self.reading, said),)


def zone(reading: Reading, said: str) -> str | None:
    """A zone's id, said by id or name; None for the city. Refused where there is none of that name."""
    for z in reading.zones.all:
        if said in (z.id, z.name):
            return z.id
    if said == "city":
        return None
    known = ", ".join(z.id for z in reading.zones.all[:20])
    why = say("{city} has no zone {found}. It has: {known}.", city=reading.city.city.name, found=repr(said[:40]), known=f"city, {known}")
    raise Refused(404, f"zone: {why}")


def ask(request: HttpRequest, city: str, query: Q, place: str) -> Asked[Q]:
    """Read a question. Refused where the city is not shown, a parameter is unknown, or the cursor is of another question.

    From here on, whoever asks is told everything in the language of `lang`, where they said one.
    """
    only_known(request, query)
    if isinstance(query, InWords) and query.lang:
        translation.activate(query.lang)  # Manners takes it back once the answer is made
    found = opened(city)
    said = question(f"{found.slug}/{place}", query.dict())
    as_of, after = getattr(query, "as_of", None), None
    cursor = getattr(query, "cursor", None)
    if cursor is not None:
        as_of, after = unpack(said, cursor)
    return Asked(found, query, as_of, after, said)


def opened(city: str) -> Reading:
    """A city of this site. Refused where it is not shown."""
    try:
        return readings.reading(city)
    except readings.UnknownCity as why:
        raise Refused(404, no_city(why, speech())) from None


def only_known(request: HttpRequest, query: Schema | None) -> None:
    """Refuse a parameter that means nothing here, or that is said twice: it would have been passed over in silence."""
    fields: dict[str, Any] = {} if query is None else {f.alias or name: f for name, f in type(query).model_fields.items()}
    wrong = [
        Wrong(name[:80], say("no such parameter is known here: there is {known}", known=", ".join(fields) or say("none")))
        for name in request.GET
        if name not in fields
    ]
    once = (name for name, field in fields.items() if get_origin(field.annotation) is not list)
    wrong += [Wrong(name, say("is said more than once")) for name in once if len(request.GET.getlist(name)) > 1]
    if wrong:
        raise Refused(422, "; ".join(f"{w.where}: {w.why}" for w in wrong) + ".", tuple(wrong))
