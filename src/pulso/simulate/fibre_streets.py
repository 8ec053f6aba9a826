"""Streets of the synthetic city: a crooked grid within its zones, and ways along it. No street of it exists."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from pulso.simulate.chance import stream
from pulso.simulate.plan import geojson

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

ORIGIN = np.array([-8.62, 41.16])
DEGREE = np.array([83_820.0, 111_060.0])
"""Metres in a degree of longitude and of latitude, here; good enough to draw by. Lengths are measured on the ellipsoid."""
BLOCK = 163.0
"""From corner to corner, m."""
REACH = 38
"""So many streets lie on either side of the middle."""


class Streets(NamedTuple):
    """Corners joined by streets, in metres east and north of ORIGIN."""

    at: Array  # (N, 2)
    zone: Ints  # (N,) index into ZONES
    ends: Ints  # (E, 2) corners, the smaller first
    length: Array  # (E,) m
    bends: tuple[Array, ...]  # (E) of (k, 2): where it bends between its ends
    name: tuple[str, ...]  # (E)
    main: NDArray[np.bool_]  # (E,) a main street
    shape: csr_array  # (N, N) number of each street, plus 1
    between: dict[tuple[int, int], int]  # which street joins two corners, in either order

    def corner(self, at: Array) -> Ints:
        """(K,) The corner nearest to each place (K, 2)."""
        return np.asarray(((self.at[None] - at[:, None]) ** 2).sum(axis=-1).argmin(axis=1))


class Way(NamedTuple):
    """Corners passed, and the streets between them."""

    corners: tuple[int, ...]  # k + 1
    streets: tuple[int, ...]  # k


def lonlat(metres: Array) -> Array:
    """(..., 2) Longitude and latitude of places in metres, to about a decimetre."""
    return np.asarray(np.round(metres / DEGREE + ORIGIN, 6))


def metres(places: Array) -> Array:
    """(..., 2) Places given as longitude and latitude, in metres."""
    return np.asarray((places - ORIGIN) * DEGREE)


def streets(seed: int) -> Streets:
    """Lay the streets out; the same for the same seed."""
    rng = stream(seed, "fibre", "streets")
    parishes = [shapely.Polygon(metres(np.array(f["geometry"]["coordinates"][0]))) for f in geojson()["features"]]
    ground = shapely.union_all(parishes).buffer(-60)
    grid, at = _corners(rng)
    keep = shapely.contains_xy(ground, at[:, 0], at[:, 1])
    number = np.full(grid.max(axis=0) + 2, -1)
    number[tuple(grid[keep].T)] = np.arange(keep.sum())
    grid, at = grid[keep], at[keep]
    ends, name, main = _joined(rng, grid, number)
    bends = tuple(_bent(rng, at[a], at[b]) for a, b in ends)
    lines = shapely.linestrings(
        np.concatenate([np.vstack([at[a], bend, at[b]]) for (a, b), bend in zip(ends, bends, strict=True)]),
        indices=np.repeat(np.arange(len(ends)), [len(bend) + 2 for bend in bends]),
    )
    inside = shapely.contains(ground.buffer(30), lines)
    joined = csr_array((np.ones(inside.sum()), tuple(ends[inside].T)), shape=(len(at), len(at)))
    _, part = connected_components(joined, directed=False)
    whole = part == np.bincount(part).argmax()
    chosen = np.flatnonzero(inside & whole[ends[:, 0]])
    again = np.cumsum(whole) - 1
    ends, at = again[ends[chosen]], at[whole]
    zone = np.argmin([shapely.distance(p, shapely.points(at)) for p in parishes], axis=0)
    shape = csr_array((np.tile(np.arange(1, len(ends) + 1), 2), (ends.T.ravel(), ends[:, ::-1].T.ravel())), shape=(len(at), len(at)))
    between = {pair: e for e, (a, b) in enumerate(ends.tolist()) for pair in ((a, b), (b, a))}
    length = np.asarray(shapely.length(lines))[chosen]
    return Streets(at, zone, ends, length, tuple(bends[i] for i in chosen), tuple(name[i] for i in chosen), main[chosen], shape, between)


def _corners(rng: np.random.Generator) -> tuple[Ints, Array]:
    """A grid that is turned, bent and shaken: which row and column each corner is in, and where it lies."""
    side = np.arange(2 * REACH + 1)
    grid = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    x, y = ((grid - REACH) * BLOCK).T
    turn = np.radians(11)
    east, north = np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y
    east, north = east + 70 * np.sin(north / 870), north + 60 * np.sin(east / 1130)
    return grid, np.column_stack([east, north]) + rng.normal(0, 13, (len(grid), 2))


def _joined(rng: np.random.Generator, grid: Ints, number: Ints) -> tuple[Ints, list[str], NDArray[np.bool_]]:
    """Streets along the rows and columns of the grid, some of them missing, and a few across."""
    ends, name, main = [], [], []
    for step, kind, share in (((1, 0), "Rua", 0.93), ((0, 1), "Travessa", 0.93), ((1, 1), "Calçada", 0.04)):
        other = number[tuple((grid + step).T)]
        for a in np.flatnonzero((other >= 0) & (rng.random(len(grid)) < share)):
            line = int(grid[a, 1]) if step == (1, 0) else int(grid[a, 0]) if step == (0, 1) else int(grid[a].sum()) // 2
            great = kind != "Calçada" and line % 5 == 0
            ends.append((int(a), int(other[a])))
            name.append(f"{'Avenida' if great and kind == 'Rua' else 'Alameda' if great else kind} {line + 1}")
            main.append(great)
    pairs = np.sort(np.array(ends), axis=1)
    return pairs, name, np.array(main)


def _bent(rng: np.random.Generator, a: Array, b: Array) -> Array:
    """(k, 2) Where a street bends, none to two times."""
    part = np.sort(rng.uniform(0.2, 0.8, int(rng.integers(0, 3))))[:, None]
    across = (b - a)[::-1] * (1, -1) / np.hypot(*(b - a))
    return np.asarray(a + part * (b - a) + across * rng.normal(0, 4, part.shape))


def paths(of: Streets, cost: Array, start: int) -> tuple[Array, Ints]:
    """(N,) twice: what the cheapest way from a corner to each costs, and the corner before. `cost` (E,) is of each street, above 0."""
    weights = csr_array((cost[of.shape.data - 1], of.shape.indices, of.shape.indptr), shape=of.shape.shape)
    far, before = dijkstra(weights, indices=np.array(start), return_predecessors=True)
    return np.asarray(far), np.asarray(before, dtype=np.int64)


def forest(of: Streets, cost: Array, starts: Ints) -> tuple[Array, Ints, Ints]:
    """(N,) three times: the cost of the way from the nearest of the starts, the corner before, and which start it is."""
    weights = csr_array((cost[of.shape.data - 1], of.shape.indices, of.shape.indptr), shape=of.shape.shape)
    far, before, start = dijkstra(weights, indices=starts, return_predecessors=True, min_only=True)
    return np.asarray(far), np.asarray(before, dtype=np.int64), np.asarray(start, dtype=np.int64)


def back(of: Streets, before: Ints, corner: int) -> Way:
    """The way that led to a corner, from where it began."""
    corners = [int(corner)]
    while before[corners[-1]] >= 0:
        corners.append(int(before[corners[-1]]))
    corners.reverse()
    return Way(tuple(corners), tuple(of.between[pair] for pair in pairwise(corners)))


def way(of: Streets, cost: Array, start: int, end: int) -> Way:
    """The cheapest way from one corner to another."""
    return back(of, paths(of, cost, start)[1], end)


def way_by(of: Streets, cost: Array, start: int, end: int, street: int) -> Way | None:
    """A cheap way that goes through a street, in the direction that costs less, and passes no corner twice; None if there is none."""
    a, b = (int(x) for x in of.ends[street])
    without = cost.copy()
    without[street] = np.inf
    tried = []
    for one, other in ((a, b), (b, a)):
        first, last = _avoiding(of, without, start, one, other), _avoiding(of, without, other, end, one)
        if first and last and not set(first.corners) & set(last.corners):
            both = Way(first.corners + last.corners, (*first.streets, street, *last.streets))
            tried.append((float(cost[list(both.streets)].sum()), both))
    return min(tried)[1] if tried else None


def _avoiding(of: Streets, cost: Array, start: int, end: int, corner: int) -> Way | None:
    """The cheapest way that doesn't pass a corner; None if there is none."""
    if corner in (start, end):
        return None
    shut = np.where((of.ends == corner).any(axis=1), np.inf, cost)
    far, before = paths(of, shut, start)
    return back(of, before, end) if np.isfinite(far[end]) else None
