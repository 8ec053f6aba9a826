"""What goes dark together with something, and how many independent paths a customer has: for engineers, in the words of their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.ask import answers
from pulso.fibre.ask.proposed import Path, pair
from pulso.fibre.shapes import Site
from pulso.show import fibre as words
from pulso.web.pages.fibre_asked import Guest
from pulso.web.pages.fibre_known import Known
from pulso.web.pages.fibre_refs import MOST, Customer, Ref, customers, ref
from pulso.web.pages.fibre_shapes import Use
from pulso.web.wifi.hanging import blinded

KEPT = 1_000
"""Answers to each question that are kept of a network: what is asked again is mostly asked soon."""


@dataclass(frozen=True)
class Hangs:
    """What happens when some things fail together."""

    dark: tuple[Customer, ...] = Field(description="customers that go dark and have no other way, who saves lives first; a hundred at most")
    darkened: int = Field(description="how many go dark and have no other way")
    waiting: tuple[Customer, ...] = Field(
        description="customers that have another way and lose all their recorded strands: dark until somebody switches over; "
        "a hundred at most"
    )
    waits: int = Field(description="how many are dark until somebody switches over")
    unrecorded: int = Field(
        description="customers that have a way and of whom nobody recorded by which strands: they may be dark until somebody switches over"
    )
    of: int = Field(description="how many have light today")
    weight: int = Field(description="what those that go dark weigh: 100 who saves lives, 10 what is essential, 1 each other")
    passed: int = Field(description="other sites that lose their light")
    thin: tuple[Customer, ...] = Field(
        description="customers that had two paths without a common cable, and are left with one; a hundred at most"
    )
    thinned: int = Field(description="how many are left with one")
    thin_by_duct: tuple[Customer, ...] = Field(
        description="customers that no single duct could darken before, and one can then; a hundred at most"
    )
    thinned_by_duct: int = Field(description="how many a single duct can darken then")
    failing: tuple[Ref, ...] = Field(description="cables that carry light and then don't; a hundred at most")
    cables: int = Field(description="how many fail")
    strands: tuple[Use, ...] = Field(description="their strands by what they are used for")
    unsaid: int = Field(description="of the spare ones, how many are so only because nobody says otherwise")
    sensors: tuple[str, ...] = Field(description="sensors and access points that are blind then; a hundred at most")
    blind: int = Field(description="how many are blind")
    loose: int = Field(description="cables in use whose ducts nobody knows: where there are any, the truth may be worse")
    in_use: int = Field(description="cables in use")


@dataclass(frozen=True)
class Route:
    """A path from a customer to where light comes from."""

    source: Ref = Field(description="the office or point of presence where it leads")
    cables: tuple[Ref, ...] = Field(description="its cables, from the customer on")
    metres: float = Field(description="its length, m, of the cables whose length is known")
    unknown: int = Field(description="of how many of its cables the length is unknown")


@dataclass(frozen=True)
class Standing:
    """How many paths a customer has that share nothing: 0, it is dark; 1; or 2, two or more."""

    cables: int = Field(description="without a common cable")
    ducts: int | None = Field(description="without a common cable or duct; null where it can't be told whether there are two")
    sites: int = Field(description="without a common cable or site")
    offices: int = Field(description="without a common cable or site, to two places that light comes from")
    pair: tuple[Route, ...] = Field(description="two paths without a common duct, or the one that there is")
    shortest: bool = Field(description="whether it is proved that no such pair is shorter together")


def hangs(who: Guest, ducts: Iterable[str] = (), cables: Iterable[str] = (), sites: Iterable[str] = ()) -> Hangs:
    """Say it. NothingKnown where the network has no such thing."""
    known, speech = who.known, who.speech
    found = cut(known, ducts, cables, sites)
    (blind,) = blinded(who.reading, (found,))
    return Hangs(
        dark=customers(found.dark, known, speech),
        darkened=len(found.dark),
        waiting=customers(found.waiting, known, speech),
        waits=len(found.waiting),
        unrecorded=found.unrecorded,
        of=found.customers,
        weight=found.weight,
        passed=len(found.passed),
        thin=customers(found.thin.cables, known, speech),
        thinned=len(found.thin.cables),
        thin_by_duct=customers(found.thin.ducts, known, speech),
        thinned_by_duct=len(found.thin.ducts),
        failing=tuple(ref("cable", c, known) for c in found.failing[:MOST]),
        cables=len(found.failing),
        strands=tuple(Use(use.value, words.word(words.USES, use, speech), n) for use, n in found.strands.items() if n),
        unsaid=found.unsaid,
        sensors=blind[:MOST],
        blind=len(blind),
        loose=found.loose,
        in_use=found.of,
    )


def cut(known: Known, ducts: Iterable[str] = (), cables: Iterable[str] = (), sites: Iterable[str] = ()) -> answers.Cut:
    """`answers.cut`, kept of the last that were asked. NothingKnown where the network has no such thing."""
    kept = known.once("cut", lambda: lru_cache(KEPT)(partial(answers.cut, known.drawn)))
    return kept(ducts=tuple(ducts), cables=tuple(cables), sites=tuple(sites))


def touched(found: answers.Cut) -> dict[str, tuple[str, ...]]:
    """Customers by what becomes of them; one may stand in several places."""
    return {"dark": found.dark, "waiting": found.waiting, "one path by cable": found.thin.cables, "one path by duct": found.thin.ducts}


def paths(known: Known) -> Mapping[str, answers.Paths]:
    """The register, by customer; reckoned once."""
    return known.once("register", lambda: {row.site: row for row in answers.register(known.drawn)})


def standing(site: Site, who: Guest) -> Standing | None:
    """How a customer stands; None for one that is not in use."""
    known = who.known
    row = paths(known).get(site.id)
    if row is None:
        return None
    two = known.once("pair", lambda: lru_cache(KEPT)(partial(pair, known.drawn)))
    found = two(site.id)
    ways = tuple(_route(way, known) for way in (found.first, found.second) if way)
    return Standing(row.cables, row.ducts, row.sites, row.offices, ways, found.shortest)


def _route(way: Path, known: Known) -> Route:
    return Route(ref("site", way.sites[-1], known), tuple(ref("cable", c, known) for c in way.cables), way.metres, way.unknown)
