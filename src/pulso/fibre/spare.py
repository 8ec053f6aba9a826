"""Strands that could be given away: which cables in operation have some, and which of these end nearest to a point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pulso.core.fibre.network import Bools
from pulso.fibre.capacity import capacity
from pulso.fibre.metres import WGS84, Floats, Ints
from pulso.fibre.shapes import Plan, Point, Status

SURELY = 1.02
"""A distance on a sphere is less than 0.6 % off the ellipsoid's: what is 2 % farther than another there is farther here too."""
A_METRE = 1.6e-7
"""Of the sphere's radius: so that places that are one are not told apart by rounding."""


class Offers(NamedTuple):
    """Cables in operation with a strand to spare, in the order of their ids; made once, asked of many points."""

    cables: list[str]  # N ids
    spare: Ints  # (N,) strands
    unsaid: Ints  # (N,) of these, how many are spare only because nobody says otherwise
    ends: Ints  # (N, 2) numbers of the sites where each ends, in the order of their ids; -1 where nobody knows where that is
    sites: list[str]  # S ids
    at: Floats  # (S, 2) lon, lat, degrees
    way: Floats  # (S, 3) the same as a direction from the middle of a sphere, of length 1


class Near(NamedTuple):
    """A cable with strands to spare, and where it ends nearest."""

    cable: str
    site: str
    metres: float  # from the point to the site, on the ellipsoid, straight
    spare: int
    unsaid: int  # of these, how many are spare only because nobody says otherwise


class Nearest(NamedTuple):
    """The nearest cables with strands to spare, how many such cables there are, and how many more of which nobody knows where they end."""

    found: list[Near]
    placed: int
    unplaced: int


def offers(plan: Plan) -> Offers:
    """Say what a network could give away. Of things with one id the first counts; what is full or not in operation is left out."""
    counts = {key: count for key, count in capacity(plan, {Status.OPERATIONAL}).cables.items() if count.spare}
    cables = {c.id: c for c in reversed(plan.cables) if c.id in counts}
    places = {s.id: s.at for s in reversed(plan.sites)}
    there = {key: at for key, at in sorted(places.items()) if at is not None}
    number = {key: i for i, key in enumerate(there)}
    order = sorted(cables)
    ends = [[number.get(end, -1) for end in sorted((cables[key].start, cables[key].end))] for key in order]
    at = np.array(list(there.values()), dtype=float).reshape(-1, 2)
    return Offers(
        cables=order,
        spare=np.array([counts[key].spare for key in order], dtype=np.int_),
        unsaid=np.array([counts[key].unsaid for key in order], dtype=np.int_),
        ends=np.array(ends, dtype=np.int_).reshape(-1, 2),
        sites=list(there),
        at=at,
        way=_way(at),
    )


def nearest(of: Offers, at: Point, *, least: int = 1, most: int | None = 10) -> Nearest:
    """
    Say which cables in operation have at least so many spare strands and end nearest to a point, nearest first.

    Straight on the ellipsoid, to the nearer of a cable's two sites; ties by id. The way to dig is longer. A cable of which neither site
    has a known place is counted, not found.

    Parameters
    ----------
    of
        What the network could give away.
    at
        Longitude and latitude, degrees.
    least
        Strands that a cable must have to spare.
    most
        Cables that are told; None tells all.

    Raises
    ------
    ValueError
        Unless least and most are at least 1.
    """
    if least < 1 or (most is not None and most < 1):
        raise ValueError(f"at least one strand and one answer; got least={least}, most={most}")
    enough = np.flatnonzero(of.spare >= least)
    there = (of.ends[enough, 0] >= 0) | (of.ends[enough, 1] >= 0)
    placed, unplaced = int(there.sum()), int((~there).sum())
    enough = enough[there]
    measured = _maybe(of, at, of.ends[enough], most)
    some = measured[:, 0] | measured[:, 1]
    enough, measured = enough[some], measured[some]
    far = np.full(measured.shape, np.inf)
    far[measured] = _metres(of, at, of.ends[enough][measured])
    which = far.argmin(axis=1)
    row = np.arange(enough.size)
    far, site = far[row, which], of.ends[enough][row, which]
    first = np.argsort(far, kind="stable")[:most]
    found = [
        Near(of.cables[cable], of.sites[s], m, spare, unsaid)
        for cable, s, m, spare, unsaid in zip(
            enough[first].tolist(),
            site[first].tolist(),
            far[first].tolist(),
            of.spare[enough[first]].tolist(),
            of.unsaid[enough[first]].tolist(),
            strict=True,
        )
    ]
    return Nearest(found, placed, unplaced)


def _maybe(of: Offers, at: Point, ends: Ints, most: int | None) -> Bools:
    """(K, 2) Which ends may be among the `most` nearest cables': as far as that on a sphere, and some more; the rest needs no measuring."""
    known: Bools = ends >= 0
    if most is None or len(ends) <= most:
        return known
    apart = of.way - _way(np.array([at]))
    chord = np.append(np.sqrt(np.einsum("sk,sk->s", apart, apart)), np.inf)[ends]
    nearer = np.minimum(chord[:, 0], chord[:, 1])
    return np.asarray(known & (chord <= SURELY * np.partition(nearer, most - 1)[most - 1] + A_METRE))


def _metres(of: Offers, at: Point, sites: Ints) -> Floats:
    each, back = np.unique(sites, return_inverse=True)
    metres = WGS84.inv(np.full(each.size, at[0]), np.full(each.size, at[1]), *of.at[each].T)[2]
    return np.asarray(metres, np.float64)[back]


def _way(at: Floats) -> Floats:
    """(S, 3) From the middle of a sphere of radius 1 to each place (S, 2), lon, lat in degrees."""
    lon, lat = np.radians(at).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
