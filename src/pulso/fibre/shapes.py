"""What a fibre network consists of. Sites are joined by ducts in the ground; cables lie in ducts; strands are spliced at sites.

A cable runs from one site to another without being opened. Where it is opened, it ends, and another begins: strands that go through are
spliced through. So a strand is its cable and its number, and an end of it is the cable's end at a site.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, model_validator

from pulso.shapes import Row

R = TypeVar("R", bound=Row)


class Status(StrEnum):
    """How far along a thing is (Open Fibre Data Standard, networkAssetStatus)."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    UNDER_CONSTRUCTION = "underConstruction"
    OPERATIONAL = "operational"
    INACTIVE = "inactive"
    DECOMMISSIONED = "decommissioned"


class Disclosure(StrEnum):
    """Who may know of a thing: everybody, who has a role in the city, or its engineers."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


class Kind(StrEnum):
    """What a site is. Light comes from offices and points of presence."""

    OFFICE = "office"  # central office or head end: light comes from here
    POP = "pop"
    CABINET = "cabinet"
    CLOSURE = "closure"  # a splice closure in a manhole or on a pole
    MANHOLE = "manhole"
    POLE = "pole"
    BUILDING = "building"  # a customer's
    OTHER = "other"


class Laid(StrEnum):
    """How a duct is laid (Open Fibre Data Standard, deployment)."""

    BELOW = "belowGround"
    ABOVE = "aboveGround"


class Use(StrEnum):
    """What a strand is used for. A strand of which nothing is said is spare."""

    SPARE = "spare"
    USED = "used"
    RESERVED = "reserved"
    LEASED = "leased"
    BROKEN = "broken"


class Criticality(StrEnum):
    """What it means that a customer's site is dark."""

    LIFE = "life"  # hospital, fire brigade, police
    ESSENTIAL = "essential"  # schools, social services, traffic lights
    NORMAL = "normal"


WEIGHT: dict[Criticality, int] = {Criticality.LIFE: 100, Criticality.ESSENTIAL: 10, Criticality.NORMAL: 1}
"""By what a customer counts when failures are ranked. A hundred offices weigh what one hospital does."""


def _somewhere(lonlat: tuple[float, float]) -> tuple[float, float]:
    if not (-180 <= lonlat[0] <= 180 and -90 <= lonlat[1] <= 90):
        raise ValueError(f"longitude and latitude in degrees (WGS 84), in this order; got {lonlat[0]}, {lonlat[1]}")
    return lonlat


Point = Annotated[tuple[float, float], AfterValidator(_somewhere)]
"""Longitude and latitude, degrees, WGS 84."""

Id = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(max_length=300)]


class Organisation(Row):
    """Who owns, runs or uses something."""

    id: Id
    name: Name
    more: dict[str, Any] = Field(default_factory=dict)


class Phase(Row):
    """A stage of building."""

    id: Id
    name: Name
    more: dict[str, Any] = Field(default_factory=dict)


class Thing(Row):
    """What sites, ducts and cables have in common."""

    id: Id
    name: Name = ""
    owner: str = ""  # id of an organisation
    status: Status = Status.OPERATIONAL
    phase: str = ""  # id of a phase
    disclosure: Disclosure = Disclosure.INTERNAL
    more: dict[str, Any] = Field(default_factory=dict)  # what a file said beside: kept, so that what was read can be written


class Site(Thing):
    """A place where cables end: a central office, a closure in a manhole, a school."""

    kind: Kind = Kind.OTHER
    at: Point | None = None
    source: bool = False  # light comes from here
    customer: bool = False  # served from here, and never transit
    service: Name = ""  # of a customer: what is served, e.g. "school network, 1 Gbit/s"
    criticality: Criticality = Criticality.NORMAL
    public_building: bool = False
    sensors: tuple[str, ...] = ()  # sensors and access points that are blind when this site is dark, as the city's sources name them

    @model_validator(mode="after")
    def _one_of_both(self) -> Site:
        if self.source and self.customer:
            raise ValueError("a site is a source or a customer; give the customer in a central office a site of its own")
        return self


class Duct(Thing):
    """A way in the ground or along poles from one site to another. Whatever lies in it is cut together."""

    start: Id
    end: Id
    route: tuple[Point, ...] = ()  # from `start` to `end`; empty where nobody knows
    length: float | None = Field(default=None, ge=0)  # m, as stated or measured on the ground; without it the route's
    laid: Laid | None = None
    inner: float | None = Field(default=None, gt=0)  # inner diameter, mm: for how full it is


class Cable(Thing):
    """A cable from one site to another, not opened between."""

    start: Id
    end: Id
    ducts: tuple[str, ...] = ()  # that it lies in, from `start` to `end`; empty where nobody knows
    tubes: int = Field(default=1, ge=1, le=1_000)
    fibres: int = Field(ge=1, le=10_000)  # in each tube
    outer: float | None = Field(default=None, gt=0)  # diameter, mm
    length: float | None = Field(default=None, ge=0)  # m of sheath, with its slack; without it the ducts'
    fibre: str = ""  # ITU-T recommendation, e.g. "G.652"

    @property
    def strands(self) -> int:
        """How many strands it has."""
        return self.tubes * self.fibres


class Strands(Row):
    """Strands `first` to `last` of a cable, counted from 1, and what they are used for."""

    cable: Id
    first: int = Field(ge=1)
    last: int = Field(ge=1)
    use: Use
    whom: str = ""  # id of an organisation
    what: Name = ""  # the circuit or the contract


class End(Row):
    """Strands of a cable at one of its two sites, from `first` on."""

    cable: Id
    first: int = Field(ge=1)


class Splice(Row):
    """At a site, `count` strands of one cable joined to as many of another, one by one."""

    site: Id
    one: End
    other: End
    count: int = Field(default=1, ge=1)


class Port(Row):
    """A place in a patch panel: a strand ends behind it; in front it is free or patched to another port of the same site."""

    site: Id
    panel: Name
    number: int = Field(ge=1)
    behind: End | None = None
    patched: tuple[str, int] | None = None  # panel and number; said by one of the two


class Splitter(Row):
    """A passive splitter: light from its input goes to every output."""

    id: Id
    site: Id
    input: End | None = None
    outputs: tuple[End, ...] = ()
    ways: int = Field(ge=2)  # of a 1:8 splitter, 8
    loss: float = Field(ge=0)  # dB from input to output


class Works(Row):
    """A dig or another work on some days: what it touches may fail."""

    id: Id
    name: Name
    first: date
    last: date
    ducts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    permit: Name = ""
    whom: str = ""  # id of an organisation: who digs
    disclosure: Disclosure = Disclosure.INTERNAL

    @model_validator(mode="after")
    def _in_order(self) -> Works:
        if self.last < self.first:
            raise ValueError("works end before they begin")
        return self


class Plan(Row):
    """A whole network as one knows it. Its references need not hold: `check` says what doesn't."""

    id: Id
    name: Name
    sites: tuple[Site, ...] = ()
    ducts: tuple[Duct, ...] = ()
    cables: tuple[Cable, ...] = ()
    strands: tuple[Strands, ...] = ()
    splices: tuple[Splice, ...] = ()
    ports: tuple[Port, ...] = ()
    splitters: tuple[Splitter, ...] = ()
    works: tuple[Works, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    phases: tuple[Phase, ...] = ()
    synthetic: bool = False
    more: dict[str, Any] = Field(default_factory=dict)


def changed(row: R, update: Mapping[str, Any]) -> R:
    """A record that says these fields so, which are not looked at again; itself where none differs, for most don't, and a copy is dear."""
    return row if all(getattr(row, field) == value for field, value in update.items()) else row.model_copy(update=update)
