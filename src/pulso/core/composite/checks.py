"""Look before you compute: what a table of indicators is like, and which of its units are known well enough."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

SKEW_LIMIT, KURTOSIS_LIMIT = 2.0, 3.5


class Statistics(NamedTuple):
    """What each indicator is like; every field has one value an indicator."""

    least: NDArray[np.float64]
    greatest: NDArray[np.float64]
    mean: NDArray[np.float64]
    median: NDArray[np.float64]
    spread: NDArray[np.float64]  # standard deviation, n − 1
    skewness: NDArray[np.float64]
    kurtosis: NDArray[np.float64]
    known: NDArray[np.int_]  # units with a value
    nonzero: NDArray[np.int_]
    different: NDArray[np.int_]  # distinct known values
    same: NDArray[np.int_]  # units that share the most frequent value


class Screened(NamedTuple):
    """Which units stay, and how much of each is known."""

    kept: NDArray[np.bool_]  # (N,)
    share: NDArray[np.float64]  # (N,) of the indicators, 0 to 1


def table(values: ArrayLike) -> NDArray[np.float64]:
    """
    Take a (N, M) table of units × indicators as floats.

    Raises
    ------
    ValueError
        If it is not a table, or holds an infinity: infinity is a mistake made earlier, NaN is the unknown.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError(f"a table of units × indicators has two dimensions, this has {x.ndim}")
    if np.isinf(x).any():
        raise ValueError("a table of indicators must not hold infinities")
    return x


def moments(values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Measure skewness and excess kurtosis of each column, unbiased under normality ("type 2").

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is left out.

    Returns
    -------
    skewness, kurtosis : (M,), (M,)
        Dimensionless. NaN with fewer than 3 (4) known values, and where nothing varies.

    Notes
    -----
    Joanes & Gill (1998), The Statistician 47: the type 2 of SAS, SPSS, Excel and COINr.
    """
    x = table(values)
    n = np.isfinite(x).sum(axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = x - np.nansum(x, axis=0) / n
        m2, m3, m4 = (np.nansum(centred**k, axis=0) / n for k in (2, 3, 4))
        varies = m2 > (np.finfo(np.float64).eps * np.nanmax(np.abs(np.nan_to_num(x)), axis=0, initial=0.0)) ** 2
        skewness = m3 / m2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
        kurtosis = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return np.where(varies & (n >= 3), skewness, np.nan), np.where(varies & (n >= 4), kurtosis, np.nan)


def well_shaped(values: ArrayLike, *, skew: float = SKEW_LIMIT, kurt: float = KURTOSIS_LIMIT) -> NDArray[np.bool_]:
    """
    Say which columns have no outliers worth treating: not both |skewness| > `skew` and kurtosis > `kurt`.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is left out.
    skew, kurt
        The limits; a column is suspected only beyond both.

    Returns
    -------
    (M,) of bool
        True also where the moments are unknown: too little is known to accuse a value.
    """
    s, k = moments(values)
    return ~((np.abs(s) > skew) & (k > kurt))


def describe(values: ArrayLike) -> Statistics:
    """
    Describe each indicator by its known values.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is unknown, and counts nowhere.

    Returns
    -------
    Statistics
        Fields of shape (M,); location and spread in the indicator's unit. NaN where nothing is known, counts 0.

    Notes
    -----
    The list of COINr's `get_stats` (Becker et al. 2022, JOSS 7(78) 4567), whose table of the ASEM example is our reference.
    """
    x = table(values)
    skewness, kurtosis = moments(x)
    summary = np.full((5, x.shape[1]), np.nan)
    different, same = np.zeros((2, x.shape[1]), dtype=np.int_)
    for j, column in enumerate(x.T):
        seen = column[np.isfinite(column)]
        if seen.size:
            spread = seen.std(ddof=1) if seen.size > 1 else np.nan
            summary[:, j] = seen.min(), seen.max(), seen.mean(), np.median(seen), spread
            times = np.unique(seen, return_counts=True)[1]
            different[j], same[j] = times.size, times.max()
    known = np.isfinite(x)
    least, greatest, mean, median, spread = summary
    counts = known.sum(axis=0), (known & (x != 0)).sum(axis=0), different, same
    return Statistics(least, greatest, mean, median, spread, skewness, kurtosis, *counts)


def screen(values: ArrayLike, *, least: float) -> Screened:
    """
    Keep the units of which enough is known.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is unknown.
    least
        Share of the indicators, 0 to 1, that a unit must have; a unit with exactly that share stays.

    Returns
    -------
    Screened
        The caller drops the others, and can say which and why.

    Raises
    ------
    ValueError
        If `least` is no share, or there are no indicators.
    """
    x = table(values)
    if not 0 <= least <= 1 or not x.shape[1]:
        raise ValueError(f"screening needs indicators and a share between 0 and 1, not {least}")
    share = np.isfinite(x).mean(axis=1)
    return Screened(share >= least, share)
