"""What the public Wi-Fi consists of. Access points stand at places; reports say how they are. Nothing here knows who connects."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from pulso.fibre.shapes import Disclosure, Point
from pulso.shapes import Row


class Health(StrEnum):
    """How an access point or a place is. Unknown is not failing: nobody has said anything lately."""

    WORKING = "working"
    PARTLY = "partly"  # some of its radios, or some of a place's access points, fail
    FAILING = "failing"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What sort of place it is."""

    SQUARE = "square"
    GARDEN = "garden"
    STREET = "street"
    STATION = "station"
    BUILDING = "building"
    SCHOOL = "school"
    LIBRARY = "library"
    MARKET = "market"
    BEACH = "beach"
    OTHER = "other"


def _of_an_address(said: str) -> str:
    if said.endswith(".json"):
        raise ValueError("an id may not end in .json: its page's twin does")
    return said


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:~-]*$", max_length=100), AfterValidator(_of_an_address)]
"""An id stands in addresses: letters without accents, digits and _ . : ~ - only."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Named = Annotated[Name, Field(min_length=1)]


class Place(Row):
    """A square, a garden, a library: where the city gives Wi-Fi, or where one might look for it.

    One without access points is a place all the same: it may be a gap in the coverage.
    """

    id: Id
    name: Named
    kind: Kind = Kind.OTHER
    at: Point | None = None  # without it the middle of its access points
    zone: str = Field(default="", max_length=64)  # empty: the zone that it lies in
    large: bool = False  # so many people that one access point may be counted by itself: see docs/methods/privacy.md
    target: float | None = Field(default=None, gt=0, le=1)  # share of the reported time that it should work


class AccessPoint(Row):
    """One access point, from the day `since` until before the day `until`."""

    id: Id
    name: Name = ""
    place: Id
    at: Point | None = None  # without it where its place is
    zone: str = Field(default="", max_length=64)  # empty: the zone that it lies in, or its place's
    site: Name = ""  # id of the fibre site that it hangs on
    owner: Name = ""
    feed: Name = ""  # what the feed of reports calls it, where that is not its id
    since: date | None = None
    until: date | None = None  # the first day that it is no more
    disclosure: Disclosure = Disclosure.PUBLIC

    @model_validator(mode="after")
    def _in_order(self) -> AccessPoint:
        if self.since and self.until and self.until <= self.since:
            raise ValueError("an access point ends after it began: `until` is the first day that it is no more")
        return self


class Inventory(Row):
    """Places and access points as a file tells them. Each id is there once, and each access point's place is known to somebody."""

    places: tuple[Place, ...] = ()
    points: tuple[AccessPoint, ...] = ()


class Report(NamedTuple):
    """Somebody looked at an access point at a moment, and it was so. There is no field for who was connected, nor for how many."""

    point: str  # its id
    at: datetime  # aware
    state: Health


class Read(NamedTuple):
    """What a file of reports said, and how many of its rows said nothing that counts, by reason."""

    reports: list[Report]
    passed: Counter[str]
