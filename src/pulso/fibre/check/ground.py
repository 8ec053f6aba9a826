"""Do things lie where they should, and are they as long as is said? On the ellipsoid (WGS 84)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pulso.fibre.findings import Finding
from pulso.fibre.metres import Floats, route_metres, straight_metres
from pulso.fibre.shapes import Duct, Plan, Point

NEAR = 10.0
"""Metres by which a route may miss the site that it leads to."""

SLACK = 1.5
"""A cable may be so many times as long as its route: slack, loops, ways up walls. More is told."""

LEAST = 0.98
"""A cable shorter than this part of its route is told; less is the drawing's."""

MEANT = 5.0
"""Metres by which a stated length may differ from the route's whatever the ratio: short ones have loops and drawn corners."""

FAR, BACK = 500e3, 100e3
"""A site so many metres from the middle of the network, but so near to it with longitude and latitude changed, has them changed."""

EARTH = 6378137.0
"""Radius of the sphere of Web Mercator (EPSG:3857), m."""

UNITS: tuple[tuple[str, float, float, float], ...] = (
    ("kilometres", 0.001, LEAST, SLACK),
    ("feet", 1 / 0.3048, 0.99, 1.03),
    ("millimetres", 1000.0, LEAST, SLACK),
)
"""What a length may be in by mistake: so many of the unit are a metre; ratio to the route, in that unit, from and to."""


def positions(plan: Plan) -> Iterator[Finding]:
    """Sites at 0° 0°, and sites far away that would be near with longitude and latitude changed."""
    sites = [s for s in plan.sites if s.at is not None]
    at = np.array([s.at for s in sites], float).reshape(-1, 2)
    if not len(at):
        return
    middle = np.median(at, axis=0)
    away, back = _from(middle, at), _from(middle, at[:, ::-1])
    for site, one, other in zip(sites, away, back, strict=True):
        if site.at == (0.0, 0.0):
            yield Finding("nowhere", "warning", f"site {site.id}", "0° 0°, in the sea off Ghana", "nothing where the place isn't known")
        elif one > FAR and other < BACK:
            found = f"{site.at}, {one / 1000:.0f} km from the middle of the network; {other / 1000:.0f} km with both changed"
            yield Finding("swapped", "warning", f"site {site.id}", found, "longitude, then latitude")


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


def lengths(plan: Plan) -> Iterator[Finding]:
    """Stated lengths that can't be right: shorter than the route, much longer, in another unit, or flat on the Web Mercator map."""
    routes = [d.route for d in plan.ducts]
    metres, flat = route_metres(routes), mercator_metres(routes)
    yield from _doubts([f"duct {d.id}" for d in plan.ducts], _stated([d.length for d in plan.ducts]), metres, flat)
    number = {d.id: i for i, d in enumerate(plan.ducts)}
    cables = [c for c in plan.cables if c.ducts and c.length is not None]
    whole = [_sums([number.get(d, -1) for d in c.ducts], metres, flat) for c in cables]
    sums = np.array(whole, float).reshape(-1, 2)
    yield from _doubts([f"cable {c.id}" for c in cables], _stated([c.length for c in cables]), sums[:, 0], sums[:, 1])


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


def _doubts(where: list[str], stated: Floats, metres: Floats, flat: Floats) -> Iterator[Finding]:
    good = np.isfinite(stated) & np.isfinite(metres) & (metres > 0) & (np.abs(stated - metres) > MEANT)
    for i in np.flatnonzero(good):
        one = _doubt(where[i], float(stated[i]), float(metres[i]), float(flat[i]))
        if one:
            yield one


def _doubt(where: str, stated: float, metres: float, flat: float) -> Finding | None:
    ratio = stated / metres
    found = f"{stated:.10g} m stated, where the route is {metres:.0f} m long on the ellipsoid"
    if abs(stated / flat - 1) < 0.003 and flat / metres > 1.05:
        factor = f"{flat / metres:.4f}"
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


def _sums(ducts: list[int], metres: Floats, flat: Floats) -> tuple[float, float]:
    if min(ducts) < 0:
        return np.nan, np.nan
    return float(metres[ducts].sum()), float(flat[ducts].sum())


def _stated(lengths: list[float | None]) -> Floats:
    return np.array([np.nan if x is None else x for x in lengths], float)


def _from(middle: Floats, at: Floats) -> list[float]:
    """Metres of each position from the middle; infinite where it is no position at all, as with latitude 120°."""
    good = np.abs(at[:, 1]) <= 90
    here = (float(middle[0]), float(middle[1]))
    known: list[Point | None] = [(float(lon), float(lat)) if ok else None for (lon, lat), ok in zip(at, good, strict=True)]
    return list(np.nan_to_num(straight_metres([here] * len(at), known), nan=np.inf))


def met(one: Duct, other: str) -> str | None:
    """The site at the far side of a duct from a site; None if it doesn't touch that."""
    return one.end if one.start == other else one.start if one.end == other else None
