"""How long a duct and a cable are, in metres; NaN where nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from pulso.fibre.shapes import Cable, Duct, Point

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WGS84 = Geod(ellps="WGS84")


def route_metres(routes: Sequence[Sequence[Point]]) -> Floats:
    """(R,) Length of each route on the ellipsoid (WGS 84; Karney 2013, J. Geodesy 87), m. NaN for a route of less than two points."""
    found = np.full(len(routes), np.nan)
    count = np.array([len(route) for route in routes], np.int64)
    points = np.array([point for route in routes for point in route], np.float64).reshape(-1, 2)
    drawn = count >= 2
    if drawn.any():
        steps = np.asarray(WGS84.inv(*points[:-1].T, *points[1:].T)[2], np.float64)
        upto = np.r_[0.0, np.cumsum(np.where(np.isfinite(steps), steps, 0.0))]
        first = np.r_[0, np.cumsum(count)[:-1]]
        found[drawn] = upto[first[drawn] + count[drawn] - 1] - upto[first[drawn]]
    return found


def duct_metres(ducts: Sequence[Duct]) -> Floats:
    """(D,) Length of each duct, m: as stated or measured, else its route's; NaN where there is neither."""
    stated = np.array([np.nan if duct.length is None else duct.length for duct in ducts], np.float64)
    return np.where(np.isnan(stated), route_metres([duct.route for duct in ducts]), stated)


def cable_metres(cables: Sequence[Cable], number: dict[str, int], ducts: Floats) -> Floats:
    """
    Length of each cable, m: of its sheath as stated, else the sum of its ducts.

    Parameters
    ----------
    cables
        The cables.
    number
        Number of each duct, by its id.
    ducts : (D,)
        Length of each duct, m; NaN where unknown.

    Returns
    -------
    (C,)
        NaN where nothing is stated and a duct, or its length, is unknown, or all are.
    """
    stated = np.array([np.nan if cable.length is None else cable.length for cable in cables], np.float64)
    count = np.array([len(cable.ducts) for cable in cables], np.int64)
    member = np.array([number.get(duct, -1) for cable in cables for duct in cable.ducts], np.int64)
    each = np.r_[ducts, np.nan][member]  # the last place is of ducts that nobody knows
    total = np.bincount(np.repeat(np.arange(len(cables)), count), weights=each, minlength=len(cables))
    return np.where(np.isnan(stated), np.where(count > 0, total, np.nan), stated)


def straight_metres(one: Sequence[Point | None], other: Sequence[Point | None]) -> Floats:
    """(K,) From one point to the other on the ellipsoid, m; NaN where either is unknown."""
    a, b = (np.array([(np.nan, np.nan) if at is None else at for at in side], np.float64).reshape(-1, 2) for side in (one, other))
    return np.asarray(WGS84.inv(*a.T, *b.T)[2], np.float64)
