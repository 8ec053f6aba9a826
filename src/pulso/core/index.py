"""From sensors to zones: observed over expected, for the same sensors, in every zone and in the city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pulso.core.flags import known_median
from pulso.core.panel import Bools, Floats, Ints

QUIETEST = 0.01  # the logarithm of an index stops here: a zero counts as one hundredth of the expected day
DISAGREE = 10.0  # points between the ratio of sums and the median of ratios
PRIOR_SENSORS = 2.0  # k: a zone with so many sensors leans on its parent as much as on itself


@dataclass(frozen=True)
class MetricIndex:
    """One metric's index over T days and Z zones, the city in row 0 of the zones."""

    ratio: Floats  # (T, Z): observed / expected in the published form; NaN where no sensor counts
    sums: Floats  # (T, Z): ratio of sums
    middle: Floats  # (T, Z): median of the sensors' ratios
    sensors: Ints  # (T, Z): that count
    sampling: Floats  # (T, Z): variance of ln ratio that comes from which sensors there are

    @property
    def disagree(self) -> Bools:
        """Where the two forms tell different stories, (T, Z)."""
        with np.errstate(invalid="ignore"):
            return 100.0 * np.abs(self.sums - self.middle) > DISAGREE


def members(zones: Bools, leaf: Ints) -> Bools:
    """Say which sensors belong to which zones, (Z, S): from zones × leaves, (Z, L), and each sensor's leaf, -1 for the city alone."""
    padded = np.concatenate([zones, np.zeros((len(zones), 1), dtype=bool)], axis=1)
    found = padded[:, leaf]  # leaf -1 is the padding
    found[0] = True
    return found


def parents(zones: Bools) -> Ints:
    """For each zone, (Z,), the smallest other zone that holds all its leaves; the city, row 0, is everybody's, and its own."""
    size = zones.sum(axis=1)
    found = np.zeros(len(zones), dtype=np.int_)
    for z in range(1, len(zones)):
        holds = [p for p in range(1, len(zones)) if size[p] > size[z] and not (zones[z] & ~zones[p]).any()]
        found[z] = min(holds, key=lambda p: (int(size[p]), p), default=0)
    return found


def metric_index(observed: Floats, expected: Floats, inside: Bools, *, median: bool = False) -> MetricIndex:
    """
    Compare what was seen with what was expected of the same sensors.

    Parameters
    ----------
    observed, expected : (T, S)
        Over the same seen hours, in one unit; NaN where either is missing or the sensor doesn't count.
    inside : (Z, S)
        Which sensors belong to which zone.
    median
        Publish the median of the sensors' ratios (occupancies) and not the ratio of sums.

    Returns
    -------
    MetricIndex
        NaN in zones and days without a counting sensor, or where nothing was expected of them.

    Notes
    -----
    The sampling variance is the linearised bootstrap over sensors, Σ share² (ratio_i / ratio − 1)² n/(n−1); a lone sensor
    has none to show, NaN. For a median of ratios it is π/2 times that of their mean.
    """
    known = np.isfinite(observed) & np.isfinite(expected) & (expected > 0)
    o, e = np.where(known, observed, 0.0), np.where(known, expected, 0.0)
    crowd = inside.astype(float).T
    top, bottom, n = o @ crowd, e @ crowd, known.astype(float) @ crowd
    sums = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan)
    ratios = np.where(known, o / np.where(known, e, 1.0), np.nan)
    middle = np.stack([known_median(ratios[:, row]) if row.any() else np.full(len(o), np.nan) for row in inside], axis=1)
    centre = middle if median else sums
    weights = known.astype(float) if median else e
    sampling = _sampling(weights, np.nan_to_num(ratios), crowd, centre, n) * (np.pi / 2.0 if median else 1.0)
    return MetricIndex(centre, sums, middle, n.astype(np.int_), sampling)


def _sampling(weights: Floats, ratios: Floats, crowd: Floats, centre: Floats, n: Floats) -> Floats:
    """Linearised bootstrap variance of ln of a weighted mean of ratios, (T, Z); NaN with fewer than two sensors."""
    squares, squares_r = (weights**2) @ crowd, (weights**2 * ratios) @ crowd
    squares_rr = (weights**2 * ratios**2) @ crowd
    floor = np.maximum(centre, QUIETEST)
    spread = squares_rr / floor**2 - 2.0 * squares_r / floor * (centre / floor) + squares * (centre / floor) ** 2
    total = weights @ crowd
    fine = (n >= 2) & (total > 0)
    found = spread / np.where(fine, total, 1.0) ** 2 * n / np.where(fine, n - 1.0, 1.0)
    return np.where(fine, np.maximum(found, 0.0), np.nan)


def log_index(ratio: Floats) -> Floats:
    """The logarithm of observed / expected, not below ln 0.01, so that a zero has a logarithm; NaN stays."""
    return np.log(np.maximum(ratio, QUIETEST))


def lean(sensors: Ints) -> Floats:
    """How much of its own each zone speaks, λ = n / (n + 2), from its counting sensors n, (..., Z); the city, zone 0, always 1."""
    share = sensors / (sensors + PRIOR_SENSORS)
    share[..., 0] = 1.0
    return share


def shrink(values: Floats, share: Floats, parent: Ints) -> Floats:
    """
    Let zones with few sensors lean on their parent: λ own + (1 − λ) parent's shrunk value.

    Parameters
    ----------
    values : (T, Z) or (T, Z, K)
        Logarithms: of a zone's index, or of what drivers did to it. NaN where no sensor counts: such a zone stays without.
    share : (T, Z)
        λ, from `lean`.
    parent : (Z,)
        From `parents`.

    Returns
    -------
    Like `values`.
    """
    found = values.copy()
    own = share if values.ndim == 2 else share[..., None]
    for z in _from_the_top(parent):
        found[:, z] = own[:, z] * values[:, z] + (1.0 - own[:, z]) * found[:, parent[z]]
    return found


def _from_the_top(parent: Ints) -> list[int]:
    """The zones below the city, each after its parent."""
    depth = np.zeros(len(parent), dtype=np.int_)
    for z in range(1, len(parent)):
        above = z
        while above:
            above, depth[z] = int(parent[above]), depth[z] + 1
    return [int(z) for z in np.argsort(depth, kind="stable") if z]
