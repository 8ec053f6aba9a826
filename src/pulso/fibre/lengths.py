"""Three lengths of a network, never added to each other: of routes, of cables' sheaths, of strands.

A route is what is dug, once however many cables lie in it; a sheath is what is bought, with its slack; a strand is what is let or lit.
All on the ellipsoid (WGS 84, Karney 2013): flat lengths in Web Mercator are 1.328 times too long at Porto.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import shapely

from pulso.fibre.metres import WGS84, Floats, Ints, cable_metres, duct_metres, route_metres
from pulso.fibre.shapes import Duct, Plan

By = Literal["all", "status", "owner", "phase", "disclosure", "zone"]
BY: tuple[str, ...] = get_args(By)
OUTSIDE = ""
"""The group of what lies in none of the zones."""


class Length(NamedTuple):
    """A length, and of how many things it was known: the others are not in it, and are not 0."""

    metres: float
    known: int
    of: int

    @property
    def told(self) -> float | None:
        """The metres; None where they are known of nothing, which is not a length of 0."""
        return self.metres if self.known else None


class Lengths(NamedTuple):
    """The three lengths of one group of things."""

    group: str | None  # a status, an owner's id, a zone's id …; None where nothing is said, or nobody knows where the thing lies
    route: Length  # of ducts
    sheath: Length  # of cables
    strand: Length  # of cables' strands; counted in cables


class Segments(NamedTuple):
    """The straight pieces of all ducts' routes, straight in longitude and latitude as GeoJSON has it (RFC 7946)."""

    duct: Ints  # (S,) number of the duct
    ends: Floats  # (S, 2, 2) lon, lat of both ends, degrees
    metres: Floats  # (S,) on the ellipsoid


def segments(ducts: Sequence[Duct]) -> Segments:
    """Take the routes of ducts apart. A duct without a route, or with a route of one point, has no segment."""
    points = [len(d.route) for d in ducts]
    flat = np.array([p for d in ducts for p in d.route], dtype=float).reshape(-1, 2)
    of = np.repeat(np.arange(len(ducts)), points)
    inside = of[1:] == of[:-1]
    ends = np.stack([flat[:-1][inside], flat[1:][inside]], axis=1)
    return Segments(of[1:][inside], ends, np.asarray(WGS84.inv(*ends[:, 0].T, *ends[:, 1].T)[2], float))


def sheaths(plan: Plan) -> Floats:
    """Metres of each cable's sheath: stated, else the sum of its ducts; NaN where a duct's is unknown, or where nobody knows the ducts."""
    return cable_metres(plan.cables, {d.id: i for i, d in enumerate(plan.ducts)}, duct_metres(plan.ducts))


def lengths(plan: Plan, by: By = "all", zones: Mapping[str, shapely.Geometry] | None = None) -> list[Lengths]:
    """
    Say how long the network is: its routes, its cables, its strands, group by group.

    Parameters
    ----------
    plan
        The network, in degrees and metres.
    by
        "all": one group, "". Else by a field of ducts and of cables, or by zone.
    zones
        Where `by` is "zone": polygons by id, lon, lat in degrees. Routes are cut at their borders, so the groups add up to the whole; what
        lies in two zones belongs to the one that stands first, and what lies in none to the group `OUTSIDE`. A cable's sheath is shared
        out as its ducts lie. What lies in two groups counts as a thing of both.

    Returns
    -------
    Sorted by group, None last. A route is known by its geometry alone; a stated length counts for what lies in the duct, because a cable
    is bought by the metre of ground, not of map. Things of every status count: group by status to tell what exists.

    Raises
    ------
    ValueError
        For another `by`, or zones that are missing or not asked for.
    """
    if by not in BY:
        raise ValueError(f"lengths by {by!r}; can be {', '.join(BY)}")
    if (by == "zone") != (zones is not None):
        raise ValueError('give zones if and only if the lengths are by "zone"')
    if zones is not None:
        return _by_zone(plan, zones)
    route, sheath = route_metres([d.route for d in plan.ducts]), sheaths(plan)
    strands = sheath * np.array([c.strands for c in plan.cables], dtype=float)
    mine, theirs = ([None if by != "all" else "" for _ in things] for things in (plan.ducts, plan.cables))
    if by != "all":
        mine, theirs = ([str(getattr(t, by)) or None for t in things] for things in (plan.ducts, plan.cables))
    groups = [""] if by == "all" else _sorted({*mine, *theirs})
    parts = (_totals(mine, route), _totals(theirs, sheath), _totals(theirs, strands))
    return [Lengths(g, *(part.get(g, Length(0.0, 0, 0)) for part in parts)) for g in groups]


def _sorted(groups: Iterable[str | None]) -> list[str | None]:
    return sorted(groups, key=lambda g: (g is None, g or ""))


def _totals(groups: Sequence[str | None], metres: Floats) -> dict[str | None, Length]:
    found: dict[str | None, list[float]] = {}
    for group, m in zip(groups, metres.tolist(), strict=True):
        found.setdefault(group, []).append(m)
    return {g: Length(float(np.nansum(some)), int(np.isfinite(some).sum()), len(some)) for g, some in found.items()}


def shares(parts: Segments, zones: Sequence[shapely.Geometry]) -> Floats:
    """
    How much of each segment lies in each zone.

    Returns
    -------
    (S, Z + 1)
        Shares of each segment's length, which add up to 1: in each zone, and last in none. Of zones that overlap the first has it.
    """
    found = np.zeros((len(parts.duct), len(zones) + 1))
    whole = np.asarray(shapely.linestrings(parts.ends), dtype=object)
    size = np.hypot(*(parts.ends[:, 1] - parts.ends[:, 0]).T)
    left = np.ones(len(whole))
    rest = whole.copy()
    tree = shapely.STRtree(whole)
    for i, zone in enumerate(zones):
        shapely.prepare(zone)
        touched = tree.query(zone, predicate="intersects")
        touched = touched[(left[touched] > 0) & (size[touched] > 0)]
        inside = shapely.covers(zone, rest[touched])
        found[touched[inside], i], left[touched[inside]] = left[touched[inside]], 0.0
        cut = touched[~inside]
        if cut.size:
            rest[cut] = shapely.difference(rest[cut], zone)
            outside = np.minimum(shapely.length(rest[cut]) / size[cut], left[cut])
            found[cut, i], left[cut] = left[cut] - outside, outside
    found[:, -1] = left
    return found


def _by_zone(plan: Plan, zones: Mapping[str, shapely.Geometry]) -> list[Lengths]:
    names: list[str | None] = [*zones, OUTSIDE]
    parts, drawn = segments(plan.ducts), route_metres([d.route for d in plan.ducts])
    inside = shares(parts, list(zones.values())) * parts.metres[:, None]
    route = np.zeros((len(plan.ducts), len(names)))
    np.add.at(route, parts.duct, inside)
    route[np.isnan(drawn)] = np.nan
    ground = _spread(duct_metres(plan.ducts), route)
    number = {d.id: i for i, d in enumerate(plan.ducts)}
    sheath = np.full((len(plan.cables), len(names)), np.nan)
    for i, cable in enumerate(plan.cables):
        if cable.ducts and all(d in number for d in cable.ducts):
            sheath[i] = ground[[number[d] for d in cable.ducts]].sum(axis=0)
    whole = sheaths(plan)
    sheath = _spread(whole, sheath)
    strands = np.array([c.strands for c in plan.cables], dtype=float)
    three = (_placed(route, drawn), _placed(sheath, whole), _placed(sheath * strands[:, None], whole * strands))
    rows = [Lengths(name, *(t[k] for t in three)) for k, name in enumerate([*names, None])]
    return [
        *sorted((r for r in rows if r.group), key=lambda r: r.group or ""),
        *(r for r in rows if not r.group and any(x.of for x in r[1:])),
    ]


def _spread(whole: Floats, parts: Floats) -> Floats:
    """Share wholes (N,) out as their parts (N, Z) lie; a row of NaN where the whole or the parts are unknown, or the parts are nothing."""
    sums = parts.sum(axis=1)
    factor = np.divide(whole, sums, out=np.full(len(whole), np.nan), where=sums > 0)
    found: Floats = parts * factor[:, None]
    return found


def _placed(parts: Floats, whole: Floats) -> list[Length]:
    """The lengths of each zone, and last of what lies nobody knows where: its length may be known all the same."""
    lost = np.isnan(parts).any(axis=1)
    touched = (parts > 0).sum(axis=0).tolist()
    within = [Length(float(m), n, n) for m, n in zip(np.nansum(parts, axis=0).tolist(), touched, strict=True)]
    return [*within, Length(float(np.nansum(whole[lost])), int(np.isfinite(whole[lost]).sum()), int(lost.sum()))]
