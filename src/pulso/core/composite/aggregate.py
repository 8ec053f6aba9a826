"""Make one number of many, and say how much of the weight was seen. Nothing missing is dropped unless the caller allows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Combined(NamedTuple):
    """One number a unit, and the share of the weight that it rests on."""

    value: NDArray[np.float64]  # NaN where too little is seen
    seen: NDArray[np.float64]  # 0 to 1


class Mean(Protocol):
    """A weighted mean: `arithmetic`, `geometric` or `harmonic`."""

    def __call__(self, values: ArrayLike, weights: ArrayLike, *, least: float = 1.0) -> Combined:
        """Combine the last axis."""
        ...


class Level(NamedTuple):
    """How the columns of one level go into the next: the parent of each column (0, 1, …) and its weight within it."""

    parent: NDArray[np.int_]  # (M,)
    weights: NDArray[np.float64]  # (M,)


def arithmetic(values: ArrayLike, weights: ArrayLike, *, least: float = 1.0) -> Combined:
    """
    Combine the last axis by the weighted arithmetic mean: a lack in one indicator is made good by another.

    Parameters
    ----------
    values : (..., M)
        On one scale; NaN is unknown.
    weights : (..., M)
        >= 0, broadcast against `values`; they need not sum to 1.
    least
        Share of the weight, 0 to 1, that must be known. The default refuses every gap; with less, the weights of the
        known are stretched to 1, and `seen` says from how much.

    Returns
    -------
    Combined
        (...) in the scale of the values. NaN where less than `least`, or nothing at all, is seen.

    Raises
    ------
    ValueError
        If weights are negative, unknown or all 0, or `least` is no share.

    Notes
    -----
    OECD & JRC (2008), step 6.
    """
    x, w, known, seen = _prepare(values, weights, least)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (w * np.where(known, x, 0.0)).sum(axis=-1) / (w * known).sum(axis=-1)
    return Combined(np.where(_enough(seen, least), mean, np.nan), seen)


def geometric(values: ArrayLike, weights: ArrayLike, *, least: float = 1.0) -> Combined:
    """
    Combine the last axis by the weighted geometric mean: halving one and doubling another of the same weight cancel.

    Parameters
    ----------
    values : (..., M)
        On one ratio scale, > 0; NaN is unknown.
    weights, least
        As in `arithmetic`.

    Returns
    -------
    Combined
        (...) in the scale of the values.

    Raises
    ------
    ValueError
        As in `arithmetic`; and if a known value is not positive: a zero has no logarithm, so that one empty indicator
        would empty the whole.
    """
    logs, weight = _positive(values, weights, "geometric")
    value, seen = arithmetic(np.log(logs), weight, least=least)
    return Combined(np.exp(value), seen)


def harmonic(values: ArrayLike, weights: ArrayLike, *, least: float = 1.0) -> Combined:
    """
    Combine the last axis by the weighted harmonic mean: the weakest indicator speaks loudest.

    Parameters
    ----------
    values : (..., M)
        On one ratio scale, > 0; NaN is unknown.
    weights, least
        As in `arithmetic`.

    Returns
    -------
    Combined
        (...) in the scale of the values.

    Raises
    ------
    ValueError
        As in `geometric`.
    """
    x, weight = _positive(values, weights, "harmonic")
    value, seen = arithmetic(1 / x, weight, least=least)
    return Combined(1 / value, seen)


def levels(values: ArrayLike, framework: Sequence[Level], *, how: Mean = arithmetic, least: float = 1.0) -> list[Combined]:
    """
    Combine indicators into pillars, pillars into sub-indices, and so on to the top.

    Parameters
    ----------
    values : (N, M)
        On one scale; NaN is unknown.
    framework
        One Level a step, from the indicators upward. Parents are numbered from 0 without gaps.
    how
        The mean to use at every step.
    least
        Share of a parent's weight that must be known, at every step.

    Returns
    -------
    list of Combined
        One a step, (N, number of parents). `seen` reaches down to the indicators: a pillar of which half was seen brings
        half its weight, one that was refused brings none.

    Raises
    ------
    ValueError
        If a level doesn't fit the one below, or as `how` does.
    """
    x = np.asarray(values, dtype=np.float64)
    below = np.isfinite(x).astype(np.float64)
    found = []
    for level in framework:
        parent, weights = np.asarray(level.parent), np.asarray(level.weights, dtype=np.float64)
        count = int(parent.max(initial=-1)) + 1
        if parent.shape != (x.shape[-1],) or weights.shape != parent.shape or set(parent.tolist()) != set(range(count)):
            raise ValueError(f"a level over {x.shape[-1]} columns needs as many parents, numbered from 0 without gaps, and as many weights")
        children = [parent == p for p in range(count)]
        value = np.stack([how(x[..., c], weights[c], least=least).value for c in children], axis=-1)
        seen = np.stack([arithmetic(np.where(np.isnan(x[..., c]), 0.0, below[..., c]), weights[c]).value for c in children], axis=-1)
        found.append(Combined(value, seen))
        x, below = value, seen
    return found


def _prepare(
    values: ArrayLike, weights: ArrayLike, least: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Check values and weights, and return them with what is known and the share of weight seen."""
    x, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if not 0 <= least <= 1:
        raise ValueError(f"the least share of weight lies between 0 and 1, not at {least}")
    if not np.isfinite(w).all() or (w < 0).any() or (w.sum(axis=-1) <= 0).any():
        raise ValueError("weights must be known, not negative, and not all zero")
    if np.isinf(x).any():
        raise ValueError("values must not be infinite")
    known = np.isfinite(x)
    return x, w, known, (w * known).sum(axis=-1) / w.sum(axis=-1)


def _enough(seen: NDArray[np.float64], least: float) -> NDArray[np.bool_]:
    """Say where enough weight is seen, forgiving rounding in sums of weights."""
    return (seen > 0) & (seen >= least - 1e-12)


def _positive(values: ArrayLike, weights: ArrayLike, mean: str) -> tuple[NDArray[np.float64], ArrayLike]:
    """Refuse values that this mean can't take."""
    x = np.asarray(values, dtype=np.float64)
    if (x <= 0).any():
        raise ValueError(f"a {mean} mean takes positive values only, and the smallest is {np.nanmin(x)}")
    return x, weights
