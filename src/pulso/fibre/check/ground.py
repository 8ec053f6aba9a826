"""Do things lie where they should, and are they as long as is said? On the ellipsoid (WGS 84)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.fibre.findings import Finding
from pulso.fibre.metres import Floats, route_metres, straight_metres
from pulso.fibre.shapes import Cable, Duct, Plan, Point

NEAR = 10.0
"""Metres by which a route may miss the site that it leads to."""

SLACK = 1.5
"""A cable may be so many times as long as its route: slack, loops, ways up walls. More is told."""

LEAST = 0.98
"""A cable shorter than this part of its route is told; less is the drawing's."""

MEANT = 5.0
"""Metres by which a stated length may differ from the route's whatever the ratio: short ones have loops and drawn corners."""

FAR, BACK = 500e3, 100e3
"""So many metres from where it should be, but so near to it with longitude and latitude changed: they are changed."""

EARTH = 6378137.0
"""Radius of the sphere of Web Mercator (EPSG:3857), m."""

UNITS: tuple[tuple[str, float, float, float], ...] = (
    ("kilometres", 0.001, LEAST, SLACK),
    ("feet", 1 / 0.3048, 0.99, 1.03),
    ("millimetres", 1000.0, LEAST, SLACK),
)
"""What a length may be in by mistake: so many of the unit are a metre; ratio to the route, in that unit, from and to."""

ENOUGH, NEARLY = 10, 0.9
"""Of at least so many lengths, this part must be in another unit before it is told once, of all of them."""

CHANCE = 0.25
"""If only a smaller part of all lengths is as on the flat map, it is so by chance: slack may be a third, and a map is for all."""

CROOKED = 10.0
"""So many times the straight way a length in kilometres may be, for something that nobody has drawn."""


class Held(NamedTuple):
    """Stated lengths of a kind of thing, and those of their routes."""

    kind: str
    where: list[str]
    stated: Floats  # m; NaN where nothing is stated
    metres: Floats  # m on the ellipsoid; NaN where a route is unknown
    flat: Floats  # m on the Web Mercator map


def ends(plan: Plan) -> Iterator[Finding]:
    """Routes that don't begin or end at their sites, and routes drawn from the end to the start."""
    at = {s.id: s.at for s in plan.sites}
    ducts = [d for d in plan.ducts if d.route]
    first, last = [d.route[0] for d in ducts], [d.route[-1] for d in ducts]
    start, end = [at.get(d.start) for d in ducts], [at.get(d.end) for d in ducts]
    begun, done = straight_metres(first, start), straight_metres(last, end)
    turned = straight_metres(first, end) + straight_metres(last, start)
    for i, duct in enumerate(ducts):
        if begun[i] + done[i] > turned[i] + NEAR and turned[i] <= 2 * NEAR:
            found = f"the route is drawn from {duct.end} to {duct.start}"
            yield Finding("route-reversed", "warning", f"duct {duct.id}", found, "from start to end")
            continue
        for word, metres, key in (("begins", begun[i], duct.start), ("ends", done[i], duct.end)):
            if metres > NEAR:
                found = f"the route {word} {metres:.0f} m from site {key}"
                yield Finding("ends-apart", "warning", f"duct {duct.id}", found, f"at most {NEAR:.0f} m")


def lengths(plan: Plan, parts: Sequence[Held]) -> Iterator[Finding]:
    """Stated lengths that can't be right: shorter than the way, much longer, in another unit, or flat on the Web Mercator map."""
    for part in parts:
        yield from _doubts(part)
    yield from _straight(plan)


def held(plan: Plan) -> tuple[Held, Held]:
    """Stated lengths of ducts, and of cables all of whose ducts are known, to be held against the routes."""
    routes = [d.route for d in plan.ducts]
    metres, flat = route_metres(routes), mercator_metres(routes)
    number = {d.id: i for i, d in enumerate(plan.ducts)}
    cables = [c for c in plan.cables if c.ducts and c.length is not None]
    whole = [_sums([number.get(d, -1) for d in c.ducts], metres, flat) for c in cables]
    sums = np.array(whole, float).reshape(-1, 2)
    return (
        Held("ducts", [f"duct {d.id}" for d in plan.ducts], _stated([d.length for d in plan.ducts]), metres, flat),
        Held("cables", [f"cable {c.id}" for c in cables], _stated([c.length for c in cables]), sums[:, 0], sums[:, 1]),
    )


def mercator_metres(routes: list[tuple[Point, ...]]) -> Floats:
    """(R,) Length of each route on the flat map of Web Mercator, m: too long by 1 / cos latitude, 1.328 at Porto. NaN below two points."""
    count = np.array([len(route) for route in routes], np.int64)
    lon, lat = np.radians(np.array([point for route in routes for point in route], float).reshape(-1, 2)).T
    y = np.arctanh(np.clip(np.sin(lat), -0.9999999, 0.9999999))  # the poles are infinitely far on that map
    of = np.repeat(np.arange(len(routes)), count)
    within = of[1:] == of[:-1]
    steps = np.hypot(np.diff(lon), np.diff(y))[within]
    found = EARTH * np.bincount(of[1:][within], weights=steps, minlength=len(routes))
    return np.where(count > 1, found, np.nan)


def _doubts(part: Held) -> Iterator[Finding]:
    known = np.isfinite(part.stated) & np.isfinite(part.metres) & (part.metres > 0)
    metres, mapped = (np.where(known, x, np.nan) for x in (part.metres, part.flat))
    good = known & (np.abs(part.stated - part.metres) > MEANT)
    flat = known & (np.abs(part.stated / mapped - 1) < 0.003) & (mapped / metres > 1.05)
    counted = known.sum()  # said with what is accepted: what is found stays the same finding while other things come and go
    if (unit := _unit_of_all(part.stated[known] / metres[known])) is not None:
        word, of_metre = unit
        so = known & _between(part.stated / metres / of_metre, LEAST, SLACK)
        found = f"stated lengths are {of_metre:.4g} times the route on the ellipsoid, or a little more: {word}?"
        yield Finding("length-unit", "warning", part.kind, found, f"metres ({so.sum():,} of {counted:,} are not)")
        good &= ~so
    elif counted >= ENOUGH and flat.sum() >= NEARLY * counted:
        factor = f"{np.median(mapped[flat] / metres[flat]):.4f}"
        found = "stated lengths are the flat lengths of Web Mercator, too long on the ground"
        accepted = f"metres on the ground ({flat.sum():,} of {counted:,} are not, and {factor} times too long)"
        yield Finding("length-web-mercator", "warning", part.kind, found, accepted)
        good &= ~flat
    flat &= flat.sum() >= CHANCE * counted
    for i in np.flatnonzero(good):
        one = _doubt(part.where[i], float(part.stated[i]), float(part.metres[i]), float(part.flat[i]), flat=bool(flat[i]))
        if one:
            yield one


def _unit_of_all(ratio: Floats) -> tuple[str, float] | None:
    """The unit in which nearly all lengths fit their routes, where in metres nearly none do; None for metres, or where few are known."""
    if ratio.size < ENOUGH:
        return None
    fits = [(_between(ratio / of_metre, LEAST, SLACK).mean(), (word, of_metre)) for word, of_metre, _, _ in UNITS]
    share, unit = max(fits)
    return unit if share >= NEARLY else None


def _between(values: Floats, least: float, most: float) -> NDArray[np.bool_]:
    return (values >= least) & (values <= most)


def _doubt(where: str, stated: float, metres: float, mapped: float, *, flat: bool) -> Finding | None:
    ratio = stated / metres
    found = f"{stated:.10g} m stated, where the route is {metres:.0f} m long on the ellipsoid"
    if flat:
        factor = f"{mapped / metres:.4f}"
        return Finding(
            "length-web-mercator",
            "warning",
            where,
            f"{found}: the flat length of Web Mercator, {factor} times too long",
            "metres on the ground",
        )
    for unit, of_metre, least, most in UNITS:
        if least <= ratio / of_metre <= most:
            return Finding("length-unit", "warning", where, f"{found}: {unit}?", "metres")
    if ratio < LEAST:
        return Finding("length-short", "warning", where, found, "not shorter than the route")
    if ratio > SLACK:
        return Finding("length-long", "warning", where, f"{found}, {ratio:.2f} times", f"at most {SLACK} times the route")
    return None


def _straight(plan: Plan) -> Iterator[Finding]:
    """Lengths of what nobody has drawn, held against the straight way between its two sites: nothing is shorter."""
    at = {s.id: s.at for s in plan.sites}
    drawn = {d.id for d in plan.ducts if len(d.route) > 1}
    some: list[tuple[str, Duct | Cable]] = [(f"duct {d.id}", d) for d in plan.ducts if d.length is not None and d.id not in drawn]
    some += [(f"cable {c.id}", c) for c in plan.cables if c.length is not None and not (c.ducts and drawn.issuperset(c.ducts))]
    metres = straight_metres([at.get(x.start) for _, x in some], [at.get(x.end) for _, x in some])
    stated = _stated([x.length for _, x in some])
    for i in np.flatnonzero((stated > 0) & (stated < LEAST * (metres - 2 * NEAR))):
        found = f"{stated[i]:.10g} m stated, where its sites are {metres[i]:.0f} m apart on the ellipsoid"
        if LEAST <= stated[i] / metres[i] * 1000 <= CROOKED:
            yield Finding("length-unit", "warning", some[i][0], f"{found}: kilometres?", "metres")
        else:
            yield Finding("length-short", "warning", some[i][0], found, "not shorter than the straight way")


def _sums(ducts: list[int], metres: Floats, flat: Floats) -> tuple[float, float]:
    if min(ducts) < 0:
        return np.nan, np.nan
    return float(metres[ducts].sum()), float(flat[ducts].sum())


def _stated(lengths: list[float | None]) -> Floats:
    return np.array([np.nan if x is None else x for x in lengths], float)


def met(one: Duct, other: str) -> str | None:
    """The site at the far side of a duct from a site; None if it doesn't touch that."""
    return one.end if one.start == other else one.start if one.end == other else None
