"""Are longitude and latitude changed: at some sites, or throughout? Found only where something else says so, never by a guess.

Three things can say it: how far a site is from the others, or from its city; whether the routes meet it with both changed; and how long
things are stated to be, for a route that runs east and west is longer where its latitude is mistaken for a longitude.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pulso.fibre.check.ground import BACK, ENOUGH, FAR, LEAST, NEAR, SLACK, Held, held
from pulso.fibre.findings import Finding
from pulso.fibre.metres import Floats, straight_metres
from pulso.fibre.shapes import Plan, Point

SHORT, FEW = 0.2, 0.02
"""Of a changed network at least this part of all lengths is shorter than the route, which none can be; changed back, at most the other."""

STEADY = 0.8
"""Changed back, stated lengths must agree among themselves so much better: the spread of their ratios to the routes is this part of it."""


def whole(plan: Plan, parts: Sequence[Held], around: Point | None = None) -> Finding | None:
    """
    Say whether longitude and latitude are changed throughout a network, or whether it lies elsewhere.

    Parameters
    ----------
    plan, parts
        A network, and its stated lengths with those of its routes (see `held`).
    around
        About where it should be, such as the middle of its city; without it only stated lengths can tell.

    Returns
    -------
    Finding or None
        `swapped` or `far-away`, of all sites. None where nothing says so, which is no promise: near the equator lengths can't tell.
    """
    if around is not None:
        middle = _middle(plan)
        if middle is None:
            return None
        (away,), (back,) = _from(around, middle[None]), _from(around, middle[None, ::-1])
        if away <= FAR:
            return None
        if back < BACK:
            found = f"the middle of the network is {away / 1000:,.0f} km from where it should be; {back / 1000:,.0f} km with both changed"
            return Finding("swapped", "warning", "sites", found, "longitude, then latitude, at every site and in every route")
        found = f"the middle of the network is {away / 1000:,.0f} km from where it should be"
        return Finding("far-away", "warning", "sites", found, "a network of this place, in degrees (WGS 84)")
    return _by_lengths(plan, parts)


def back(plan: Plan) -> Plan:
    """The same network with longitude and latitude changed at every site and in every route."""
    sites = tuple(s if s.at is None else s.model_copy(update={"at": s.at[::-1]}) for s in plan.sites)
    ducts = tuple(d.model_copy(update={"route": tuple(p[::-1] for p in d.route)}) if d.route else d for d in plan.ducts)
    return plan.model_copy(update={"sites": sites, "ducts": ducts})


def some(plan: Plan) -> tuple[list[Finding], Plan]:
    """
    Say which sites would be near the others, or where their routes end, with longitude and latitude changed; and which are at 0° 0°.

    Returns
    -------
    list of Finding, Plan
        `swapped` and `nowhere`, a site each, or one of all where most are changed; and the network with those changed back.
    """
    sites = [s for s in plan.sites if s.at is not None]
    if not sites:
        return [], plan
    at = np.array([s.at for s in sites], float)
    middle = np.median(at, axis=0)
    by_route = _met_only_when_changed(plan)
    told: dict[str, Finding] = {}
    nowhere = []
    for site, one, other in zip(sites, _from(middle, at), _from(middle, at[:, ::-1]), strict=True):
        where, found = f"site {site.id}", ""
        if site.at == (0.0, 0.0):
            nowhere.append(Finding("nowhere", "warning", where, "0° 0°, in the sea off Ghana", "nothing where the place isn't known"))
        elif one > FAR and other < BACK:
            found = f"{site.at}, {one / 1000:.0f} km from the middle of the network; {other / 1000:.0f} km with both changed"
        elif site.id in by_route:
            found = f"{site.at}, {by_route[site.id] / 1000:.0f} km from where its routes end; there with both changed"
        if found:
            told[site.id] = Finding("swapped", "warning", where, found, "longitude, then latitude")
    findings = list(told.values())
    if len(told) >= ENOUGH and len(told) > len(sites) / 2:
        found = "most sites are not where their routes end, and are with both changed"
        findings = [Finding("swapped", "warning", "sites", found, f"longitude, then latitude ({len(told):,} of {len(sites):,} are not so)")]
    right = tuple(s.model_copy(update={"at": s.at[::-1]}) if s.at and s.id in told else s for s in plan.sites)
    return [*nowhere, *findings], plan.model_copy(update={"sites": right}) if told else plan


def _middle(plan: Plan) -> Floats | None:
    at = [s.at for s in plan.sites if s.at is not None] or [p for d in plan.ducts for p in d.route]
    return np.median(np.array(at, float), axis=0) if at else None


def _met_only_when_changed(plan: Plan) -> dict[str, float]:
    """Sites whose every route ends far away, and at the site with longitude and latitude changed: how far, m."""
    at = {s.id: s.at for s in plan.sites if s.at is not None}
    pairs = [(key, p) for d in plan.ducts if d.route for key, p in ((d.start, d.route[0]), (d.end, d.route[-1])) if key in at]
    if not pairs:
        return {}
    where = np.array([at[key] for key, _ in pairs], float)
    points: list[Point | None] = [p for _, p in pairs]
    far = _between(where, points)
    if far.max() <= FAR:
        return {}
    near = _between(where[:, ::-1], points)
    found: dict[str, float] = {}
    others = set()
    for (key, _), one, other in zip(pairs, far, near, strict=True):
        if one > FAR and other <= NEAR:
            found[key] = max(one, found.get(key, 0.0))
        else:
            others.add(key)
    return {key: metres for key, metres in found.items() if key not in others}


def _by_lengths(plan: Plan, parts: Sequence[Held]) -> Finding | None:
    stated, metres = _together(parts)
    if not _shorter(stated, metres, SHORT):
        return None  # most networks end here, before they are copied
    turned = back(plan)
    if not _on_earth(turned):
        return None
    _, other = _together(held(turned))
    good = np.minimum(np.minimum(stated, metres), other) > 2 * NEAR  # false where one is unknown
    if good.sum() < ENOUGH:
        return None
    now, then = stated[good] / metres[good], stated[good] / other[good]
    fits = (then >= LEAST) & (then <= SLACK)
    if (now < LEAST).mean() < SHORT or (then < LEAST).mean() > FEW or fits.mean() < 1 - SHORT or _spread(then) > STEADY * _spread(now):
        return None
    found = "stated lengths are shorter than their routes, and are not with both changed"
    counts = f"{(now < LEAST).sum():,} of {good.sum():,} lengths are shorter; {(then < LEAST).sum():,} with both changed"
    return Finding("swapped", "warning", "sites", found, f"longitude, then latitude, at every site and in every route ({counts})")


def _shorter(stated: Floats, metres: Floats, share: float) -> bool:
    known = np.minimum(stated, metres) > 2 * NEAR
    return bool((stated < LEAST * metres)[known].sum() >= share * max(known.sum(), 1))


def _together(parts: Sequence[Held]) -> tuple[Floats, Floats]:
    """Stated length and length of the route of every duct and cable, m; NaN where unknown."""
    return np.concatenate([p.stated for p in parts]), np.concatenate([p.metres for p in parts])


def _spread(ratios: Floats) -> float:
    low, high = np.quantile(np.log(ratios), [0.1, 0.9])
    return float(high - low)


def _on_earth(plan: Plan) -> bool:
    points = [s.at for s in plan.sites if s.at is not None] + [p for d in plan.ducts for p in d.route]
    return all(abs(lat) <= 90 for _, lat in points)


def _from(middle: Point | Floats, at: Floats) -> Floats:
    return _between(at, [(float(middle[0]), float(middle[1]))] * len(at))


def _between(at: Floats, points: Sequence[Point | None]) -> Floats:
    """Metres of each position from its point; infinite where it is no position at all, as with latitude 120°."""
    good = np.abs(at[:, 1]) <= 90
    known: list[Point | None] = [(float(lon), float(lat)) if ok else None for (lon, lat), ok in zip(at, good, strict=True)]
    return np.nan_to_num(straight_metres(points, known), nan=np.inf)
