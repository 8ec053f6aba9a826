"""Where no working access point is near: distances on the sphere, within half a per cent of the ellipsoid's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

RADIUS = 6_371_008.8
"""Metres: the mean radius of the Earth (IUGG)."""
FAR = 150.0
"""Metres from which on a place is a gap, where nobody says otherwise: outdoors an access point is seldom heard farther."""


def nearest(places: NDArray[np.float64], points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Find the nearest access point of each place.

    Parameters
    ----------
    places, points : (N, 2), (M, 2)
        Longitude and latitude, degrees, WGS 84; NaN where unknown.

    Returns
    -------
    metres, which : (N,), (N,)
        How far it is along the great circle, and its row in `points`. NaN and -1 where the place is nowhere, or there is no access point.
    """
    metres, which = np.full(len(places), np.nan), np.full(len(places), -1, dtype=np.intp)
    here, there = np.isfinite(places).all(axis=1), np.isfinite(points).all(axis=1)
    if here.any() and there.any():
        chord, at = cKDTree(_on_the_globe(points[there])).query(_on_the_globe(places[here]))
        metres[here] = 2 * RADIUS * np.arcsin(np.minimum(chord / 2, 1.0))
        which[here] = np.flatnonzero(there)[at]
    return metres, which


def _on_the_globe(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
