"""A second way for a customer, that shares no duct with the first: what of it exists, what could be built, and how much was seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.ask import proposed
from pulso.fibre.ask.drawn import Drawn
from pulso.fibre.ask.proposed import candidates, second, widen
from pulso.fibre.shapes import Site, Status
from pulso.web.pages.fibre_asked import Guest
from pulso.web.pages.fibre_refs import Ref, ref

KEPT = 1_000
"""Proposals that are kept of a network."""


@dataclass(frozen=True)
class Proposal:
    """A second way that shares no duct with the first: with the least to build, and of such the shortest."""

    cables: tuple[Ref, ...] = Field(description="cables that exist")
    spans: tuple[Ref, ...] = Field(description="ducts in use in which a new cable would lie")
    planned: tuple[Ref, ...] = Field(description="ducts that are proposed, planned or being built, alike")
    dig: Ref | None = Field(description="the site to which a duct would be dug anew from the customer; null where none has to be")
    metres: float = Field(description="its length, m, of cables whose length is known, and of what is new")
    unknown: int = Field(description="of how many of its cables the length is unknown")
    new: float = Field(description="m of new cable")
    straight: float = Field(description="m of the new that were reckoned straight from end to end: the way to dig is longer")


def proposal(site: Site, who: Guest) -> Proposal | None:
    """A second way for a customer; None where there is none."""
    found = who.known.once("second", lambda: _second(who.known.drawn))(site.id)
    if found is None:
        return None
    known = who.known
    ducts = [known.ducts[i] for i in found.spans if i in known.ducts]
    return Proposal(
        cables=tuple(ref("cable", i, known) for i in found.cables),
        spans=tuple(ref("duct", d.id, known) for d in ducts if d.status is Status.OPERATIONAL),
        planned=tuple(ref("duct", d.id, known) for d in ducts if d.status is not Status.OPERATIONAL),
        dig=ref("site", found.dig, known) if found.dig else None,
        metres=found.metres,
        unknown=found.unknown,
        new=found.new,
        straight=found.reckoned,
    )


def _second(drawn: Drawn) -> Callable[[str], proposed.Proposal | None]:
    """Proposes a second way for a customer."""
    return lru_cache(KEPT)(partial(second, widen(drawn, candidates(drawn), by="new")))
