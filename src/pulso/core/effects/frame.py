"""The common frame of comparisons: units × periods, who is treated and from when, and what an estimate is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Estimate(NamedTuple):
    """What the treatment did, in the outcome's unit, and what it was compared with."""

    effect: float  # mean gap over the treated periods
    gaps: Floats  # (T,) treated, less what they were compared with; the mean of the treated where there are several
    units: Floats  # (N,) weight of each unit in the comparison, sum 1; 0 for the treated
    times: Floats  # (start,) weight of each earlier period in the level that is taken off the gaps, sum 1; all 0 where none is
    fit: float  # root mean square of the gaps before `start`


class Case(NamedTuple):
    """A checked question: who did what, and who was treated from when."""

    outcomes: Floats  # (N, T)
    treated: Bools  # (N,)
    start: int

    @property
    def controls(self) -> Floats:
        """(N0, T) Outcomes of the untreated."""
        return self.outcomes[~self.treated]

    @property
    def target(self) -> Floats:
        """(T,) Mean outcome of the treated."""
        return np.asarray(self.outcomes[self.treated].mean(axis=0))

    def estimate(self, weights: Floats, times: Floats | None = None) -> Estimate:
        """Compare with these weights of the controls (N0,), taking off the level that `times` (start,) gives."""
        times = np.zeros(self.start) if times is None else times
        gaps = self.target - weights @ self.controls
        gaps = gaps - gaps[: self.start] @ times
        units = np.zeros(self.treated.size)
        units[~self.treated] = weights
        return Estimate(float(gaps[self.start :].mean()), gaps, units, times, root_mean_square(gaps[: self.start]))


def case(outcomes: ArrayLike, treated: ArrayLike, start: int, *, donors: int = 1) -> Case:
    """
    Check a question before anything is computed.

    Parameters
    ----------
    outcomes : (N, T)
        Units × periods, known everywhere: which incomplete units to leave out is the caller's choice.
    treated : (N,)
        Which units were treated.
    start
        First treated period, counted from 0.
    donors
        How many untreated units there must be at least.

    Raises
    ------
    ValueError
        If shapes differ, a value is unknown (the row is named), nobody is treated, too few are untreated, or there is no period
        before `start` or from it on.
    """
    y, who = np.asarray(outcomes, dtype=np.float64), np.asarray(treated)
    if y.ndim != 2 or who.shape != y.shape[:1]:
        raise ValueError(f"outcomes are units × periods with one `treated` a unit; got {y.shape} and {who.shape}")
    if who.dtype != np.bool_:
        raise ValueError(f"`treated` says true or false for each unit; got {who.dtype}")
    unknown = np.flatnonzero(~np.isfinite(y).all(axis=1))
    if unknown.size:
        raise ValueError(f"outcomes must be known everywhere: unit {unknown[0]} is not ({unknown.size} units in all); leave it out")
    if not who.any() or int((~who).sum()) < donors:
        raise ValueError(f"a comparison needs a treated unit and at least {donors} untreated; got {who.sum()} and {(~who).sum()}")
    if not 0 < start < y.shape[1]:
        raise ValueError(f"there must be periods before and from `start` on; got {start} of {y.shape[1]} periods")
    return Case(y, who, int(start))


def root_mean_square(gaps: Floats) -> float:
    """Typical size of a gap, in its unit."""
    return float(np.sqrt(np.mean(gaps**2)))
