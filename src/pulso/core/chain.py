"""A total that sensors may join and leave: every day as the whole of the sensors would have shown it."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pulso.core.panel import Bools, Floats, Ints

STILL = 1e-10  # of the largest day: when two rounds differ by less, the sizes are found
ROUNDS = 2000


def matched_total(values: Floats, *, ratio: bool = True) -> Floats:
    """
    Give each day the total that all sensors together would have shown, had all been there.

    Every sensor has a size and every day a height; what a sensor shows on a day is size × height. Both are found so that each
    day's and each sensor's sum is met (iterative proportional fitting, the likelihood of counts). Where all sensors are there
    on all days, this is the plain total; where all stand at r × their size, it is r × the whole, for any subset of them.

    Parameters
    ----------
    values : (T, S)
        Whole days, in the metric's unit, >= 0 where `ratio`; NaN is unknown.
    ratio
        False for metrics on which ratios mean nothing (decibels): size + height, and the mean in the place of the total.

    Returns
    -------
    (T,)
        In the metric's unit. NaN where no sensor was seen, and on days of which no sensor is linked to the others by days that
        were seen together: two groups without a common day have no common measure, and the larger one is kept.

    Notes
    -----
    Deming & Stephan (1940), Annals of Mathematical Statistics 11; McCullagh & Nelder (1989) for rows × columns of counts.
    """
    known = np.isfinite(values)
    found = np.full(len(values), np.nan)
    days, sensors = _linked(known)
    if not days.size:
        return found
    v, k = np.where(known, values, 0.0)[np.ix_(days, sensors)], known[np.ix_(days, sensors)]
    found[days] = _product(v, k) if ratio else _sum(v, k)
    return found


def _linked(known: Bools) -> tuple[Ints, Ints]:
    """The days and sensors of the largest group that hangs together by what was seen."""
    t, s = np.nonzero(known)
    if not t.size:
        return t, s
    days, sensors = known.shape
    links = coo_array((np.ones(t.size), (t, days + s)), shape=(days + sensors, days + sensors))
    group = connected_components(links, directed=False)[1]
    largest = np.bincount(group[t]).argmax()
    return np.flatnonzero((group[:days] == largest) & known.any(axis=1)), np.flatnonzero(group[days:] == largest)


def _product(v: Floats, known: Bools) -> Floats:
    k = known.astype(float)
    size = v.sum(axis=0) / k.sum(axis=0)
    height = np.zeros(len(v))
    for _ in range(ROUNDS):
        before, height = height, _over(v.sum(axis=1), k @ size)
        size = _over(v.sum(axis=0), height @ k)
        if np.abs(height - before).max() <= STILL * height.max(initial=0.0):
            break
    total: Floats = height * size.sum()
    return total


def _sum(v: Floats, known: Bools) -> Floats:
    k = known.astype(float)
    days, sensors = k.sum(axis=1), k.sum(axis=0)
    size, height = v.sum(axis=0) / sensors, np.zeros(len(v))
    for _ in range(ROUNDS):
        before, height = height, (v.sum(axis=1) - k @ size) / days
        size = (v.sum(axis=0) - height @ k) / sensors
        if np.abs(height - before).max() <= STILL * max(1.0, float(np.abs(height).max())):
            break
    mean: Floats = height + size.mean()
    return mean


def _over(top: Floats, bottom: Floats) -> Floats:
    """Divide; 0 where both are 0: a sensor that never moved is of size 0."""
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), 0.0)
