"""Tame outliers, so that one unit doesn't squeeze all others into a corner of the scale; and say what was done."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pulso.core.composite.checks import KURTOSIS_LIMIT, SKEW_LIMIT, moments, table, well_shaped


class Treated(NamedTuple):
    """A table without wild outliers, and what was done to each indicator."""

    values: NDArray[np.float64]  # (N, M)
    winsorised: NDArray[np.int_]  # (M,) how many units were pulled in
    logged: NDArray[np.bool_]  # (M,) the logarithm was taken instead
    passed: NDArray[np.bool_]  # (M,) it is well shaped now


def winsorise(values: ArrayLike, *, most: int = 5, skew: float = SKEW_LIMIT, kurt: float = KURTOSIS_LIMIT) -> Treated:
    """
    Pull the outermost values of each column in to their next neighbour, one more at a time, until it is well shaped.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN stays NaN.
    most
        How many values of a column may be pulled in.
    skew, kurt
        A column is well shaped unless |skewness| > `skew` and kurtosis > `kurt`.

    Returns
    -------
    Treated
        In the same units. Where `most` values don't suffice, `passed` is false.

    Notes
    -----
    The side is that of the original skewness. COINr's `winsorise`.
    """
    x = table(values).copy()
    if most < 0:
        raise ValueError(f"the number of values to pull in must not be negative: {most}")
    count = np.zeros(x.shape[1], dtype=np.int_)
    passed = well_shaped(x, skew=skew, kurt=kurt)
    skewness = moments(x)[0]
    for j in np.flatnonzero(~passed):
        outward = np.argsort(-x[:, j] if skewness[j] > 0 else x[:, j], kind="stable")  # NaN sorts last
        original = x[:, j].copy()
        while not passed[j] and count[j] < most:
            count[j] += 1
            x[outward[: count[j]], j] = original[outward[count[j]]]
            passed[j] = well_shaped(x[:, [j]], skew=skew, kurt=kurt)[0]
    return Treated(x, count, np.zeros(x.shape[1], dtype=np.bool_), passed)


def log_shifted(values: ArrayLike) -> NDArray[np.float64]:
    """
    Take the logarithm of each column, shifted to be positive; mirrored where the long tail is on the left.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN stays NaN.

    Returns
    -------
    (N, M)
        ln(x − min + a), or −ln(max + a − x) where the skewness is negative, with a = 1 % of the range: order is kept.
        NaN where a column never varies.

    Notes
    -----
    COINr's `log_CT_plus`, after the JRC's COIN Tool.
    """
    x = table(values)
    low = np.nanmin(x, axis=0, initial=np.inf, where=~np.isnan(x))
    high = np.nanmax(x, axis=0, initial=-np.inf, where=~np.isnan(x))
    reach = np.where(high > low, high - low, np.nan)
    left = moments(x)[0] < 0
    distance = np.where(left, high - x, x - low) + 0.01 * reach
    return np.asarray(np.where(left, -1.0, 1.0) * np.log(distance))


def treat(values: ArrayLike, *, most: int = 5, skew: float = SKEW_LIMIT, kurt: float = KURTOSIS_LIMIT) -> Treated:
    """
    Winsorise each column if it needs it; where that isn't enough, take the logarithm of the untouched column instead.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN stays NaN.
    most, skew, kurt
        As in `winsorise`.

    Returns
    -------
    Treated
        Columns marked `logged` are no longer in their unit, and none of their values is winsorised. `passed` is false
        where even the logarithm has outliers; it is returned all the same, and says so.

    Notes
    -----
    COINr's `Treat` with `winsorise`, then `log_CT_plus`; OECD & JRC (2008), step 3. Tested against COINr's ASEM example to 1e-9.
    """
    x = table(values)
    done = winsorise(x, most=most, skew=skew, kurt=kurt)
    wild = ~done.passed
    if not wild.any():
        return done
    out, passed = done.values, done.passed
    out[:, wild] = log_shifted(x[:, wild])
    passed[wild] = well_shaped(out[:, wild], skew=skew, kurt=kurt)
    return Treated(out, np.where(wild, 0, done.winsorised), wild, passed)
