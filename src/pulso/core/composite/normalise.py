"""Bring indicators to one scale: by the unit's size, and then by the indicator's own spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from pulso.core.composite.checks import table


def denominate(values: ArrayLike, sizes: ArrayLike) -> NDArray[np.float64]:
    """
    Divide by a size (people, area, money), so that large units don't win by being large.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is unknown.
    sizes : (N, M) or (N, 1)
        The size to divide by, indicator by indicator; 1 where an indicator needs none.

    Returns
    -------
    (N, M)
        Indicator's unit per unit of size. NaN where value or size is unknown, or the size is 0: nothing is per nobody.
    """
    x, per = table(values), table(sizes)
    return x / np.where(np.broadcast_to(per, x.shape) == 0, np.nan, per)


def minmax(values: ArrayLike, *, direction: ArrayLike = 1, low: float = 0.0, high: float = 100.0) -> NDArray[np.float64]:
    """
    Stretch each column from `low` (the worst unit) to `high` (the best).

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN stays NaN.
    direction : (M,) or number
        1 where more is better, −1 where less is.
    low, high
        Ends of the scale. For a geometric mean keep `low` above 0.

    Returns
    -------
    (N, M)
        Dimensionless, `low` to `high`. NaN where a column never varies: it can't rank anyone.
    """
    x = table(values)
    known = ~np.isnan(x)
    least = np.min(x, axis=0, initial=np.inf, where=known)
    most = np.max(x, axis=0, initial=-np.inf, where=known)
    return between(x, least, most, direction=direction, low=low, high=high)


def between(
    values: ArrayLike, worst: ArrayLike, best: ArrayLike, *, direction: ArrayLike = 1, low: float = 0.0, high: float = 100.0
) -> NDArray[np.float64]:
    """
    Place values between two goalposts that don't depend on who else is in the table.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN stays NaN.
    worst, best : (M,) or number
        The lower and the upper goalpost in the indicator's unit (with direction −1 the lower one scores `high`).
        Values beyond a goalpost score beyond `low` or `high`.
    direction : (M,) or number
        1 where more is better, −1 where less is.
    low, high
        Scores at the goalposts.

    Returns
    -------
    (N, M)
        Dimensionless. NaN where the goalposts are not apart.
    """
    x = table(values)
    sign = _signs(direction, x.shape[1])
    floor, roof = (np.broadcast_to(np.asarray(v, dtype=np.float64), x.shape[1:]) for v in (worst, best))
    apart = np.where(roof > floor, roof - floor, np.nan)
    share = np.where(sign > 0, x - np.where(np.isfinite(floor), floor, np.nan), np.where(np.isfinite(roof), roof, np.nan) - x) / apart
    return low + (high - low) * share


def standard(values: ArrayLike, *, direction: ArrayLike = 1, centre: float = 0.0, spread: float = 1.0) -> NDArray[np.float64]:
    """
    Give each column the mean `centre` and the standard deviation (n − 1) `spread`.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN stays NaN.
    direction : (M,) or number
        1 where more is better, −1 where less is.
    centre, spread
        Of every column of the result; 100 and 10, say.

    Returns
    -------
    (N, M)
        Dimensionless. NaN where a column has fewer than two known values or never varies.
    """
    x = table(values)
    sign = _signs(direction, x.shape[1])
    n = np.isfinite(x).sum(axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = x - np.nansum(x, axis=0) / n
        sd = np.sqrt(np.nansum(away**2, axis=0) / np.where(n > 1, n - 1, np.nan))
        lively = sd > 1e-14 * np.abs(np.nansum(x, axis=0) / n)  # rounding in a constant column is not variation
        return np.asarray(centre + spread * sign * away / np.where(lively, sd, np.nan))


def rank_share(values: ArrayLike, *, direction: ArrayLike = 1) -> NDArray[np.float64]:
    """
    Give each unit the share of the known others that it leaves behind, 0 to 100; ties share their place.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN stays NaN and is nobody's rival.
    direction : (M,) or number
        1 where more is better, −1 where less is.

    Returns
    -------
    (N, M)
        Per cent. NaN where fewer than two units are known.
    """
    x = table(values) * _signs(direction, np.shape(values)[1])
    n = np.isfinite(x).sum(axis=0).astype(np.float64)
    places = np.asarray(rankdata(x, axis=0, nan_policy="omit"), dtype=np.float64)
    return 100 * (places - 1) / np.where(n > 1, n - 1, np.nan)


def _signs(direction: ArrayLike, count: int) -> NDArray[np.float64]:
    """Take a direction an indicator, 1 or −1."""
    sign = np.broadcast_to(np.asarray(direction, dtype=np.float64), (count,))
    if not np.isin(sign, (-1, 1)).all():
        raise ValueError("a direction is 1 (more is better) or -1 (less is)")
    return sign
