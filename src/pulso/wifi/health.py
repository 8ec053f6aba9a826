"""How an access point and a place are: what is reported, not what is hoped. Who is silent is unknown, never failing and never working."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from pulso.wifi.shapes import Health

RANKS: tuple[Health, ...] = (Health.FAILING, Health.PARTLY, Health.UNKNOWN, Health.WORKING)
"""The ill first: the order of lists, and what a health is in arrays."""

FAILING, PARTLY, UNKNOWN, WORKING = range(4)
INTERVAL = timedelta(minutes=5)
"""How often a feed reports, where nobody says otherwise."""
MISSED = 3
"""After so many intervals without a report nothing is known of an access point."""


def reach(interval: timedelta = INTERVAL, missed: int = MISSED) -> timedelta:
    """How long a report says something. ValueError for an interval or a number that is not above nought."""
    if interval <= timedelta() or missed < 1:
        raise ValueError(f"an interval is longer than nought, and at least one may be missed; got {interval}, {missed}")
    return missed * interval


def together(healths: Iterable[Health]) -> Health:
    """How the whole is, of its radios or access points: what is unknown of them says nothing; where all are, the whole is unknown."""
    known = {h for h in healths if h is not Health.UNKNOWN}
    if not known:
        return Health.UNKNOWN
    return known.pop() if len(known) == 1 else Health.PARTLY


def now_of(states: NDArray[np.int8], ages: NDArray[np.float64], lasts: float) -> NDArray[np.int8]:
    """Say how access points are now.

    Parameters
    ----------
    states : (N,)
        What was last reported of each, as its place in RANKS.
    ages : (N,)
        Seconds since then; NaN where nothing was ever reported. Below 0 where its clock is ahead: that counts as now.
    lasts
        Seconds that a report says something.

    Returns
    -------
    (N,)
        The same states, and UNKNOWN where the last report is older, or there is none.
    """
    with np.errstate(invalid="ignore"):
        heard = ages <= lasts
    return np.where(heard, states, UNKNOWN).astype(np.int8)


def of_places(healths: NDArray[np.int8], places: NDArray[np.intp], n: int) -> tuple[NDArray[np.int8], NDArray[np.intp]]:
    """Say how places are, of their access points, as `together` does.

    Parameters
    ----------
    healths, places : (N,), (N,)
        Each access point's health as its place in RANKS, and the number of its place.
    n
        How many places there are.

    Returns
    -------
    health, counts : (n,), (n, 4)
        Each place's health, UNKNOWN where it has no access point; and how many of its access points are how, in the order of RANKS.
    """
    counts = np.bincount(places * len(RANKS) + healths, minlength=n * len(RANKS)).reshape(n, len(RANKS))
    known = counts.sum(axis=1) - counts[:, UNKNOWN]
    found = np.full(n, PARTLY, dtype=np.int8)
    found[known == 0] = UNKNOWN
    for rank in (FAILING, WORKING):
        found[(known > 0) & (counts[:, rank] == known)] = rank
    return found, counts


def rank(health: Health) -> int:
    """Where a health stands in RANKS."""
    return RANKS.index(health)


def named(ranks: Sequence[int] | NDArray[np.int8]) -> list[Health]:
    """The healths of an array."""
    return [RANKS[r] for r in ranks]
