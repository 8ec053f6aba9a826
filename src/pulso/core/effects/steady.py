"""What the published index forgets, put back: a series against one fixed level instead of a level that follows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pulso.core.level import LEAST, SPAN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Steady(NamedTuple):
    """A series whose level no longer moves with it."""

    log: Floats  # (T,) or (S, T): ln observed − calendar terms, up to a constant a segment; NaN where there was no index
    segment: Ints  # like `log`: 0, 1, ...; levels are comparable within one segment only; -1 where there was no index
    settled: NDArray[np.bool_]  # like `log`: False on a segment's first 56 known days, while its unknown start still fades


def steady(log_index: ArrayLike) -> Steady:
    """
    Take the moving level out of a published index again.

    A day's index compares it with the median of the 28 days before, so that a lasting change fades from it within four
    weeks. Adding that median back gives a series in which the change stays.

    Parameters
    ----------
    log_index : (T,) or (S, T)
        ln(index / 100) on consecutive days; NaN where nothing was published, which stays NaN.

    Returns
    -------
    Steady
        z = x + median of the z known on the 28 days before, at least 15 of them. A segment's first 28 known days have
        z = x, for what came before them isn't known. Where fewer than 15 are known the chain breaks, and a new segment
        begins at another, unknown level: never compare across.

    Raises
    ------
    ValueError
        If the array has no days or more than two axes, or a value is infinite (an index of 0 has no logarithm).

    Notes
    -----
    Inverts `pulso.core.baseline`, whose level is `pulso.core.level.medians_before`. Exact while the calendar terms stay;
    how near it comes where they are learnt anew every month: docs/methods/effects.md.
    """
    x = np.asarray(log_index, dtype=np.float64)
    if x.ndim not in (1, 2) or not x.shape[-1]:
        raise ValueError(f"one series (T,) or several (S, T), of one day at least: got {x.shape}")
    if np.isinf(x).any():
        raise ValueError("a logarithm of an index is a number, or NaN where none was published; found an infinite one")
    found = _chain(np.atleast_2d(x))
    return found if x.ndim == 2 else Steady(found.log[0], found.segment[0], found.settled[0])


def at_one_level(log: ArrayLike) -> Steady:
    """Take a series whose level never moved, (T,) or (S, T), as it is: one segment, settled from the first day. NaN stays NaN."""
    z = np.asarray(log, dtype=np.float64)
    if z.ndim not in (1, 2) or np.isinf(z).any():
        raise ValueError(f"logarithms of days, (T,) or (S, T), each a number or NaN: got the shape {z.shape}, or an infinite one")
    known = np.isfinite(z)
    return Steady(z, np.where(known, 0, -1), known)


def together(found: Steady) -> Steady:
    """
    Take the mean of several series, (S, T) to (T,), on the days on which all of them are known; other days are unknown.

    Its segment ends wherever one of theirs does. A day is settled where all of them are. ValueError for a single series (T,).
    """
    if found.log.ndim != 2:
        raise ValueError(f"several series, (S, T), have a mean: got {found.log.shape}")
    log = found.log.mean(axis=0)
    segment = np.where(np.isfinite(log), found.segment.sum(axis=0), -1)  # none of them ever falls: the sum grows where any grows
    return Steady(log, segment, np.asarray(found.settled.all(axis=0)))


def _chain(x: Floats) -> Steady:
    """Walk the days once, all series together."""
    S, T = x.shape
    known = np.isfinite(x)
    z = np.concatenate([np.full((S, SPAN), np.nan), x], axis=1)
    segment = np.full((S, T), -1, dtype=np.int64)
    settled = np.zeros((S, T), dtype=bool)
    current, age = np.full(S, -1), np.zeros(S, dtype=np.int64)  # age: known days of the segment so far
    row = np.arange(S)
    for t in range(T):
        here = known[:, t]
        before = np.sort(z[:, t : t + SPAN], axis=1)  # unknown days last
        n = np.isfinite(before).sum(axis=1)
        broken = here & (n < np.where(age >= SPAN, LEAST, 1))
        current, age = current + broken, np.where(broken, 0, age)
        grown = here & (age >= SPAN)
        middle = (before[row, np.maximum(n - 1, 0) // 2] + before[row, np.minimum(n // 2, SPAN - 1)]) / 2.0
        z[:, t + SPAN] += np.where(grown, middle, 0.0)
        segment[here, t] = current[here]
        settled[:, t] = here & (age >= 2 * SPAN)
        age += here
    return Steady(z[:, SPAN:], segment, settled)
