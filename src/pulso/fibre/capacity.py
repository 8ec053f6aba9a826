"""How full the network is: strands by use, ducts by cross-section, the nearest free strand, and which public buildings it reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from math import pi
from operator import add
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from pulso.fibre.lengths import segments
from pulso.fibre.metres import WGS84, Floats
from pulso.fibre.shapes import Cable, Duct, Plan, Point, Site, Status, Strands, Use

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


class Near(NamedTuple):
    """A cable with strands to spare, and where it ends nearest."""

    cable: str
    site: str
    metres: float  # from the point to the site, on the ellipsoid, straight
    spare: int
    unsaid: int  # of these, how many are spare only because nobody says otherwise


class Nearest(NamedTuple):
    """The nearest cables with strands to spare, and how many more there are of which nobody knows where they end."""

    found: list[Near]
    unplaced: int


class Reach(NamedTuple):
    """Public buildings of one zone: how many the network is near to, and how many it is connected to."""

    zone: str | None  # None: outside every zone, or nobody knows where
    buildings: int
    placed: int  # with a known place: only of these can be said whether the network is near
    near: int  # placed, within the distance of a route or of a site that is no building and no customer
    connected: int  # a cable that is in operation ends there


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
        count = cables[cable.id] = _count(cable, said.get(cable.id, ()))
        for place, ids in ((ducts, cable.ducts), (sites, (cable.start, cable.end))):
            for i in dict.fromkeys(ids):
                if i in place:
                    place[i] = Count(*map(add, place[i], count))
    return Capacity(cables, ducts, sites, _sum(cables.values()), fill(plan))


def _count(cable: Cable, rows: Iterable[Strands]) -> Count:
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


def _sum(counts: Iterable[Count]) -> Count:
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


def nearest(plan: Plan, at: Point, *, least: int = 1, most: int = 10) -> Nearest:
    """
    Say which cables in operation have at least so many spare strands and end nearest to a point, nearest first.

    Straight on the ellipsoid, to the nearer of a cable's two sites; ties by id. The way to dig is longer. A cable of which neither site
    has a known place is counted, not found.

    Raises
    ------
    ValueError
        Unless least and most are at least 1.
    """
    if min(least, most) < 1:
        raise ValueError(f"at least one strand and one answer; got least={least}, most={most}")
    counts = capacity(plan, {Status.OPERATIONAL}).cables
    sites = [s for s in plan.sites if s.at is not None]
    there = _points(sites)
    metres = WGS84.inv(np.full(len(sites), at[0]), np.full(len(sites), at[1]), *there.T)[2].tolist()
    far = {s.id: m for s, m in zip(sites, metres, strict=True)}
    found, unplaced = [], 0
    for cable in {c.id: c for c in reversed(plan.cables) if c.id in counts}.values():
        count = counts[cable.id]
        if count.spare < least:
            continue
        ends = sorted((far[s], s) for s in {cable.start, cable.end} if s in far)
        if ends:
            found.append(Near(cable.id, ends[0][1], ends[0][0], count.spare, count.unsaid))
        else:
            unplaced += 1
    return Nearest(sorted(found, key=lambda n: (n.metres, n.cable))[:most], unplaced)


def coverage(plan: Plan, metres: float, zones: Mapping[str, shapely.Geometry] | None = None) -> list[Reach]:
    """
    Say how many public buildings lie within so many metres of the network, and how many are connected to it, zone by zone.

    Parameters
    ----------
    plan
        The network.
    metres
        Straight, to a route or site that is in operation; at most 20 km, so that a plane around each building is the ellipsoid to 1 in
        1,000.
    zones
        Polygons by id, lon, lat in degrees, of which the first that holds a building has it; without zones all are one row, None.

    Raises
    ------
    ValueError
        For a distance that is not between 0 and 20,000 m.
    """
    if not 0 <= metres <= 20_000:
        raise ValueError(f"metres must lie between 0 and 20,000; got {metres}")
    buildings = [s for s in plan.sites if s.public_building]
    placed = [s.at is not None for s in buildings]
    there = _points([s for s in buildings if s.at is not None])
    close = np.zeros(len(buildings), bool)
    close[placed] = _close(there, plan, metres)
    wired = {end for c in plan.cables if c.status is Status.OPERATIONAL for end in (c.start, c.end)}
    where: list[str | None] = [None] * len(buildings)
    points = np.asarray(shapely.points(there), dtype=object)
    number = np.flatnonzero(placed)
    for name, zone in reversed(list((zones or {}).items())):
        shapely.prepare(zone)
        for i in number[shapely.intersects(zone, points)].tolist():
            where[i] = name
    rows = {name: [0, 0, 0, 0] for name in [*(zones or {}), None]}
    for i, site in enumerate(buildings):
        for k, so in enumerate((True, placed[i], close[i], site.id in wired)):
            rows[where[i]][k] += int(so)
    return [Reach(name, *row) for name, row in rows.items() if name is not None or not zones or row[0]]


def _points(sites: list[Site]) -> Floats:
    return np.array([s.at for s in sites], dtype=float).reshape(-1, 2)


def _close(points: Floats, plan: Plan, metres: float) -> NDArray[np.bool_]:
    """Whether each point lies within so many metres of a site or a route that is in operation."""
    sites = [
        s for s in plan.sites if s.at and s.status is Status.OPERATIONAL and not (s.customer or s.public_building or s.kind == "building")
    ]
    dots = _points(sites)
    ends = np.concatenate([segments([d for d in plan.ducts if d.status is Status.OPERATIONAL]).ends, np.stack([dots, dots], axis=1)])
    found = np.zeros(len(points), bool)
    if not len(points) or not len(ends):
        return found
    east, north = metres_per_degree(points[:, 1])
    tree = shapely.STRtree(shapely.box(*ends.min(axis=1).T, *ends.max(axis=1).T))
    point, part = tree.query(degrees_around(points, metres))
    scale = np.column_stack([east, north])[point]
    a, b = ((ends[part, k] - points[point]) * scale for k in (0, 1))
    along, size = b - a, ((b - a) ** 2).sum(axis=1)
    t = np.clip(np.divide(-(a * along).sum(axis=1), size, out=np.zeros(len(a)), where=size > 0), 0.0, 1.0)
    distance = np.hypot(*(a + t[:, None] * along).T)
    found[point[distance <= metres]] = True
    return found


def metres_per_degree(lat: Floats) -> tuple[Floats, Floats]:
    """Metres of a degree of longitude and of latitude at latitudes (N,): radii of the ellipsoid's prime vertical and meridian."""
    phi, squared = np.radians(lat), WGS84.es
    root = np.sqrt(1 - squared * np.sin(phi) ** 2)
    return np.radians(WGS84.a / root * np.cos(phi)), np.radians(WGS84.a * (1 - squared) / root**3)


def degrees_around(points: Floats, metres: float) -> NDArray[np.object_]:
    """Boxes in degrees that hold everything within so many metres of points, (N, 2) lon, lat, and a little more."""
    reach = metres / np.column_stack(metres_per_degree(points[:, 1])) * 1.02 + 1e-9
    return np.asarray(shapely.box(*(points - reach).T, *(points + reach).T), dtype=object)
