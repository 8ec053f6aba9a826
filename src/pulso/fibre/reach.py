"""Which public buildings the network reaches: how far each is from it, which are connected, and how many of each zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from pulso.fibre.capacity import degrees_around, metres_per_degree
from pulso.fibre.lengths import segments
from pulso.fibre.metres import Floats
from pulso.fibre.shapes import Plan, Point, Site, Status

FARTHEST = 20_000.0
"""Metres within which the network is looked for: as far as a plane around each building is the ellipsoid to 1 in 1,000."""
RINGS = (50.0, 250.0, 1_250.0, 5_000.0)
"""Metres around a building in which the network is looked for, ring by ring, until it is found."""
TOGETHER = 32
"""Buildings that are looked at together: each may have the whole network in its ring."""


class Building(NamedTuple):
    """A public building."""

    site: str
    at: Point | None  # None where nobody knows
    metres: float | None  # to the network, straight; None where nobody knows where the building is, or where nothing is so near
    connected: bool  # a cable that is in operation ends there


class Reach(NamedTuple):
    """Public buildings of one zone: how many the network is near to, and how many it is connected to."""

    zone: str | None  # None: outside every zone, or nobody knows where
    buildings: int
    placed: int  # with a known place: only of these can be said whether the network is near
    near: int  # placed, within the distance of a route or of a site that is no building and no customer
    connected: int  # a cable that is in operation ends there


def buildings(plan: Plan, most: float = FARTHEST) -> list[Building]:
    """
    Say of each public building how far it is from the network, and whether it is connected.

    Parameters
    ----------
    plan
        The network. Routes and sites that are in operation are the network; buildings and customers are not.
    most
        Metres within which it is looked for, at most 20 km.

    Raises
    ------
    ValueError
        For a distance that is not between 0 and 20,000 m.
    """
    if not 0 <= most <= FARTHEST:
        raise ValueError(f"metres must lie between 0 and 20,000; got {most}")
    those = [s for s in plan.sites if s.public_building]
    far = np.full(len(those), np.inf)
    far[[s.at is not None for s in those]] = _metres(_points([s for s in those if s.at is not None]), plan, most)
    wired = {end for c in plan.cables if c.status is Status.OPERATIONAL for end in (c.start, c.end)}
    metres = [m if np.isfinite(m) else None for m in far.tolist()]
    return [Building(s.id, s.at, m, s.id in wired) for s, m in zip(those, metres, strict=True)]


def counted(those: Sequence[Building], where: Sequence[str | None], metres: float, zones: Iterable[str] = ()) -> list[Reach]:
    """Count buildings by the zone in which each lies: a row for each of `zones`, and one more, None, for the others where there are any."""
    rows: dict[str | None, list[int]] = {name: [0, 0, 0, 0] for name in zones}
    only = not rows
    rows[None] = [0, 0, 0, 0]
    for b, zone in zip(those, where, strict=True):
        row = rows[zone]
        row[0] += 1
        row[1] += b.at is not None
        row[2] += b.metres is not None and b.metres <= metres
        row[3] += b.connected
    return [Reach(name, *row) for name, row in rows.items() if name is not None or only or row[0]]


def coverage(plan: Plan, metres: float, zones: Mapping[str, shapely.Geometry] | None = None) -> list[Reach]:
    """
    Say how many public buildings lie within so many metres of the network, and how many are connected to it, zone by zone.

    Parameters
    ----------
    plan
        The network.
    metres
        Straight, to a route or site that is in operation; at most 20 km.
    zones
        Polygons by id, lon, lat in degrees, of which the first that holds a building has it; without zones all are one row, None.

    Raises
    ------
    ValueError
        For a distance that is not between 0 and 20,000 m.
    """
    those = buildings(plan, metres)
    return counted(those, _located(those, zones or {}), metres, zones or {})


def _located(those: Sequence[Building], zones: Mapping[str, shapely.Geometry]) -> list[str | None]:
    """The zone of each building; None where it is in none, or nobody knows."""
    where: list[str | None] = [None] * len(those)
    number = [i for i, b in enumerate(those) if b.at is not None]
    points = np.asarray(shapely.points(np.array([those[i].at for i in number], dtype=float).reshape(-1, 2)), dtype=object)
    for name, zone in reversed(list(zones.items())):
        shapely.prepare(zone)
        for i in np.flatnonzero(shapely.intersects(zone, points)).tolist():
            where[number[i]] = name
    return where


def _points(sites: Sequence[Site]) -> Floats:
    return np.array([s.at for s in sites], dtype=float).reshape(-1, 2)


def _metres(points: Floats, plan: Plan, most: float) -> Floats:
    """Metres from each point, (N, 2) lon, lat, to the nearest site or route that is in operation; infinite beyond `most`."""
    sites = [
        s for s in plan.sites if s.at and s.status is Status.OPERATIONAL and not (s.customer or s.public_building or s.kind == "building")
    ]
    dots = _points(sites)
    ends = np.concatenate([segments([d for d in plan.ducts if d.status is Status.OPERATIONAL]).ends, np.stack([dots, dots], axis=1)])
    found = np.full(len(points), np.inf)
    if not len(points) or not len(ends):
        return found
    tree = shapely.STRtree(shapely.box(*ends.min(axis=1).T, *ends.max(axis=1).T))
    left = np.arange(len(points))
    for ring in (*(r for r in RINGS if r < most), most):
        for i in range(0, len(left), TOGETHER):
            some = left[i : i + TOGETHER]
            which, part = tree.query(degrees_around(points[some], ring))
            np.minimum.at(found, some[which], _apart(points[some][which], ends[part]))
        left = left[found[left] > ring]  # of the others, nothing outside the ring is nearer
    found[found > most] = np.inf
    return found


def _apart(points: Floats, ends: Floats) -> Floats:
    """Metres from each point to the straight piece beside it, (N, 2, 2), in a plane around the point."""
    scale = np.column_stack(metres_per_degree(points[:, 1]))
    a, b = ((ends[:, k] - points) * scale for k in (0, 1))
    along, size = b - a, ((b - a) ** 2).sum(axis=1)
    t = np.clip(np.divide(-(a * along).sum(axis=1), size, out=np.zeros(len(a)), where=size > 0), 0.0, 1.0)
    return np.asarray(np.hypot(*(a + t[:, None] * along).T))
