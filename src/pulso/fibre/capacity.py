"""How full the network is: strands by use, ducts by cross-section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from math import pi
from operator import add
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from pulso.fibre.metres import WGS84, Floats
from pulso.fibre.shapes import Cable, Duct, Plan, Status, Strands, Use

IN_PLACE: frozenset[Status] = frozenset({Status.OPERATIONAL, Status.INACTIVE})
"""What has strands to give today: built, lit or not."""

IN_THE_DUCT: frozenset[Status] = IN_PLACE | {Status.UNDER_CONSTRUCTION, Status.DECOMMISSIONED}
"""What takes room: a cable that is given up lies there until a record says that it was pulled out, by not being there any more."""

WORST_FIRST = (Use.BROKEN, Use.USED, Use.LEASED, Use.RESERVED, Use.SPARE)
"""Of two records about one strand the one that leaves less counts."""


class Count(NamedTuple):
    """Strands by use; the five add up to the total. A strand of which nothing is said is spare, and is among `unsaid`."""

    total: int = 0
    used: int = 0
    leased: int = 0
    reserved: int = 0
    broken: int = 0
    spare: int = 0
    unsaid: int = 0  # of the spare ones, how many are so only because nobody says otherwise

    @property
    def share(self) -> float | None:
        """Which share is taken: at least so much, where some are unsaid. None where nothing is said of any: that is not empty."""
        return None if self.unsaid == self.total else 1 - self.spare / self.total


class Fill(NamedTuple):
    """How full a duct is."""

    share: (
        float | None
    )  # Σ cross-sections of its cables / its inner cross-section; None where a diameter is unknown. Over 1: the records are wrong
    cables: int  # that lie in it
    known: int  # of these, with a known diameter


class Capacity(NamedTuple):
    """Strands of each cable that is in place; of the cables in each duct, of those that end at each site, and of all."""

    cables: dict[str, Count]
    ducts: dict[str, Count]
    sites: dict[str, Count]
    whole: Count
    fill: dict[str, Fill]


def capacity(plan: Plan, statuses: Collection[Status] = IN_PLACE) -> Capacity:
    """
    Count strands by use, of the cables with one of these statuses.

    A cable counts at both its sites and in each of its ducts, so sites and ducts don't add up to the whole. Every site and duct of the plan
    is there, with zeros where no cable is. Records of strands that the cable doesn't have, or of a cable that isn't there, count nothing:
    `check` tells them. Of cables with one id the first counts.
    """
    said = defaultdict[str, list[Strands]](list)
    for row in plan.strands:
        said[row.cable].append(row)
    cables: dict[str, Count] = {}
    ducts, sites = ({t.id: Count() for t in things} for things in (plan.ducts, plan.sites))
    for cable in plan.cables:
        if cable.status not in statuses or cable.id in cables:
            continue
        count = cables[cable.id] = count_of(cable, said.get(cable.id, ()))
        for place, ids in ((ducts, cable.ducts), (sites, (cable.start, cable.end))):
            for i in dict.fromkeys(ids):
                if i in place:
                    place[i] = Count(*map(add, place[i], count))
    return Capacity(cables, ducts, sites, summed(cables.values()), fill(plan))


class Taken(NamedTuple):
    """A cable that is in place, and its strands."""

    cable: Cable
    strands: Count

    @property
    def share(self) -> float | None:
        """As of its strands."""
        return self.strands.share


class Filled(NamedTuple):
    """A duct, how full it is, and the strands of the cables in it."""

    duct: Duct
    fill: Fill
    strands: Count

    @property
    def share(self) -> float | None:
        """As of its cross-section."""
        return self.fill.share


def by_use(cables: Iterable[Cable], found: Capacity) -> list[Taken]:
    """Cables that were counted, the fullest first; of two alike the one with fewer spare strands; the unsaid last."""
    those = [Taken(c, found.cables[c.id]) for c in {c.id: c for c in cables}.values() if c.id in found.cables]
    return sorted(those, key=lambda t: (t.share is None, -(t.share or 0.0), t.strands.spare, t.cable.id))


def by_fill(ducts: Iterable[Duct], found: Capacity) -> list[Filled]:
    """Ducts, the fullest first; of two alike the one with more cables; those last of which nobody can say it."""
    those = [Filled(d, found.fill[d.id], found.ducts[d.id]) for d in {d.id: d for d in ducts}.values()]
    return sorted(those, key=lambda f: (f.share is None, -(f.share or 0.0), -f.fill.cables, f.duct.id))


def count_of(cable: Cable, rows: Iterable[Strands]) -> Count:
    """Strands of one cable by use, each once, from ranges that may overlap."""
    taken: list[tuple[int, int]] = []
    counts: dict[str, int] = {}
    for row in sorted(rows, key=lambda r: WORST_FIRST.index(r.use)):
        span = (row.first, min(row.last, cable.strands))
        free = _without(span, taken)
        counts[row.use] = counts.get(row.use, 0) + sum(last - first + 1 for first, last in free)
        taken = sorted([*taken, *free])
    unsaid = cable.strands - sum(counts.values())
    spare = counts.pop(Use.SPARE, 0) + unsaid
    return Count(cable.strands, spare=spare, unsaid=unsaid, **counts)


def _without(span: tuple[int, int], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of a range when others, in order and apart, are taken out; both ends included."""
    first, last = span
    found = []
    for a, b in taken:
        if first < a:
            found.append((first, min(a - 1, last)))
        first = max(first, b + 1)
        if first > last:
            break
    return [(a, b) for a, b in [*found, (first, last)] if a <= b]


def summed(counts: Iterable[Count]) -> Count:
    """Counts of several cables together."""
    return Count(*(sum(column) for column in zip(Count(), *counts, strict=True)))


def fill(plan: Plan) -> dict[str, Fill]:
    """How full each duct is, by id: of all cables that lie in it, lit or not. None where a diameter is unknown."""
    held: dict[str, dict[str, Cable]] = {d.id: {} for d in plan.ducts}
    for cable in plan.cables:
        if cable.status in IN_THE_DUCT:
            for duct in cable.ducts:
                if duct in held:
                    held[duct].setdefault(cable.id, cable)
    return {d.id: _fill(d, list(held[d.id].values())) for d in plan.ducts}


def _fill(duct: Duct, cables: list[Cable]) -> Fill:
    known = [pi / 4 * c.outer**2 for c in cables if c.outer is not None]
    share = sum(known) / (pi / 4 * duct.inner**2) if duct.inner is not None and len(known) == len(cables) else None
    return Fill(share, len(cables), len(known))


def metres_per_degree(lat: Floats) -> tuple[Floats, Floats]:
    """Metres of a degree of longitude and of latitude at latitudes (N,): radii of the ellipsoid's prime vertical and meridian."""
    phi, squared = np.radians(lat), WGS84.es
    root = np.sqrt(1 - squared * np.sin(phi) ** 2)
    return np.radians(WGS84.a / root * np.cos(phi)), np.radians(WGS84.a * (1 - squared) / root**3)


def degrees_around(points: Floats, metres: float) -> NDArray[np.object_]:
    """Boxes in degrees that hold everything within so many metres of points, (N, 2) lon, lat, and a little more."""
    reach = metres / np.column_stack(metres_per_degree(points[:, 1])) * 1.02 + 1e-9
    return np.asarray(shapely.box(*(points - reach).T, *(points + reach).T), dtype=object)
