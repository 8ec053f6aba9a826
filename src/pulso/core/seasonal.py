"""Take a series apart into what returns, what drifts and what is left, without letting a gap look like any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import savgol_filter
from statsmodels.tsa.seasonal import STL

LONG_SEASON, SMOOTH_SPAN = 100, 51  # a season of more steps than the first is smoothed over the second
Parts = tuple[NDArray[np.float64], NDArray[np.float64]]  # seasonal (T, periods), trend (T,)


class Seasons(NamedTuple):
    """A series in parts: where it is known, seasonal + trend + remainder = value."""

    seasonal: NDArray[np.float64]  # (T, number of periods), in the series' unit; NaN outside the first and last known value
    trend: NDArray[np.float64]  # (T,) likewise
    remainder: NDArray[np.float64]  # (T,) NaN wherever the series is unknown
    known: float  # share of the span between first and last known value, 0 to 1


def stl(values: ArrayLike, period: int, *, window: int | None = None, robust: bool = False, least: float = 0.5) -> Seasons:
    """
    Take a series with one season apart by local regression.

    Parameters
    ----------
    values : (T,)
        One value a step (a local day, a month), any unit; NaN is unknown.
    period
        Steps in a season, >= 2.
    window
        How many seasons the seasonal part looks over, odd and >= 7; None lets it never change ("periodic").
    robust
        Weigh outliers down, in 15 outer rounds.
    least
        Share of the span that must be known; below it, or with less than two seasons, all parts are NaN.

    Returns
    -------
    Seasons
        Gaps are bridged with season + trend until the bridge moves by less than a thousandth of the series' spread (or for
        30 rounds); no remainder is claimed there.

    Raises
    ------
    ValueError
        If the period is below 2 or the window not as said.

    Notes
    -----
    Cleveland, Cleveland, McRae & Terpenning (1990), Journal of Official Statistics 6, with the settings of R's `stl`.
    """
    if period < 2 or (window is not None and (window < 7 or window % 2 == 0)):
        raise ValueError(f"a season has at least 2 steps and an odd window of at least 7 seasons, not {period} and {window}")

    def parts(whole: NDArray[np.float64]) -> Parts:
        seasonal, trend = _one_season(whole, period, window, robust=robust)
        return seasonal[:, None], trend

    return _bridged(np.asarray(values, dtype=np.float64), [period], parts, least)


def mstl(values: ArrayLike, periods: Sequence[int], *, least: float = 0.5) -> Seasons:
    """
    Take a series with several seasons apart, for example week and year in daily values.

    Parameters
    ----------
    values : (T,)
        One value a step, any unit; NaN is unknown.
    periods
        Steps in each season, increasing, each >= 2.
    least
        Share of the span that must be known; below it, or with two longest seasons or less, all parts are NaN.

    Returns
    -------
    Seasons
        One seasonal column a period, in their order.

    Raises
    ------
    ValueError
        If periods are missing, below 2, or not increasing.

    Notes
    -----
    Bandara, Hyndman & Bergmeir (2021), arXiv 2107.13462, with R's windows (11, 15, 19 … seasons), two rounds, and `stl`'s own
    jumps, which make a yearly season of daily values twenty times faster than local regression at every day. A season of more
    than 100 steps is post-smoothed by local quadratics over 51 of them, as Cleveland et al. (1990) do for daily values: each
    day of the year is seen only once a year, and a season free to follow it would take the city's pulse for its calendar.
    """
    spans = list(periods)
    if not spans or min(spans) < 2 or any(b <= a for a, b in pairwise(spans)):
        raise ValueError(f"seasons need increasing periods of at least 2 steps, not {spans}")

    def parts(whole: NDArray[np.float64]) -> Parts:
        seasonal, trend = np.zeros((whole.size, len(spans))), whole
        for _ in range(2):
            for k, period in enumerate(spans):
                others = seasonal.sum(axis=1) - seasonal[:, k]
                part, trend = _one_season(whole - others, period, 11 + 4 * k)
                seasonal[:, k] = savgol_filter(part, SMOOTH_SPAN, 2, mode="interp") if period > LONG_SEASON else part
        return seasonal, trend

    return _bridged(np.asarray(values, dtype=np.float64), spans, parts, least)


def adjusted(values: ArrayLike, periods: Sequence[int], *, least: float = 0.5) -> NDArray[np.float64]:
    """
    Take the seasons out of many series that share a clock; the trend stays.

    Parameters
    ----------
    values : (T, M)
        Any unit; NaN is unknown.
    periods, least
        As in `mstl`.

    Returns
    -------
    (T, M)
        In the unit of each series. NaN where it was unknown, and all of a series too short or too thin to have seasons.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError(f"series stand side by side in two dimensions, not {x.ndim}")
    return np.column_stack([np.empty((len(x), 0)), *[s - mstl(s, periods, least=least).seasonal.sum(axis=1) for s in x.T]])


def _bridged(x: NDArray[np.float64], periods: Sequence[int], parts: Callable[[NDArray[np.float64]], Parts], least: float) -> Seasons:
    """Fill gaps with season + trend until they stand still, and give the parts of what is known."""
    if x.ndim != 1 or np.isinf(x).any():
        raise ValueError("a series has one dimension and no infinities")
    seasonal, trend = np.full((x.size, len(periods)), np.nan), np.full(x.size, np.nan)
    at = np.flatnonzero(np.isfinite(x))
    if not at.size:
        return Seasons(seasonal, trend, trend.copy(), 0.0)
    inside = slice(at[0], at[-1] + 1)
    whole = x[inside].copy()
    gap = np.isnan(whole)
    known = float(1 - gap.mean())
    if known >= least and whole.size > 2 * max(periods):
        whole[gap] = _first_guess(whole, periods[0])[gap]
        seasonal[inside], trend[inside] = parts(whole)
        unrest = 1e-3 * float(np.std(whole[~gap]))
        for _ in range(30 if gap.any() else 0):
            guess = (seasonal[inside].sum(axis=1) + trend[inside])[gap]
            change = np.abs(guess - whole[gap]).max()
            whole[gap] = guess
            seasonal[inside], trend[inside] = parts(whole)
            if change <= unrest:
                break
    return Seasons(seasonal, trend, x - trend - seasonal.sum(axis=1), known)


def _one_season(whole: NDArray[np.float64], period: int, window: int | None, *, robust: bool = False) -> Parts:
    """Fit one season and the trend to a series without gaps, with the spans, jumps and rounds of R's `stl`."""
    span = window if window is not None else 10 * whole.size + 1
    trend_span, low_span = _odd(1.5 * period / (1 - 1.5 / span)), _odd(period + 1)
    jumps = {"seasonal_jump": -(-span // 10), "trend_jump": -(-trend_span // 10), "low_pass_jump": -(-low_span // 10)}
    degree = 0 if window is None else 1
    model = STL(whole, period=period, seasonal=span, trend=trend_span, low_pass=low_span, seasonal_deg=degree, robust=robust, **jumps)
    fit = model.fit(inner_iter=1 if robust else 2, outer_iter=15 if robust else 0)
    seasonal, trend = np.asarray(fit.seasonal), np.asarray(fit.trend)
    if window is None:
        place = np.arange(whole.size) % period
        seasonal = (np.bincount(place, seasonal) / np.bincount(place))[place]
    return seasonal, trend


def _first_guess(whole: NDArray[np.float64], period: int) -> NDArray[np.float64]:
    """Bridge gaps by each place's usual departure from a straight line between neighbours."""
    steps, known = np.arange(whole.size), np.isfinite(whole)
    usual = np.array([np.median(p) if (p := whole[k::period][known[k::period]]).size else np.nan for k in range(period)])
    usual = np.where(np.isnan(usual), np.nanmedian(usual), usual)[steps % period]
    return np.asarray(usual + np.interp(steps, steps[known], (whole - usual)[known]))


def _odd(length: float) -> int:
    """Round up to the next odd number."""
    up = int(np.ceil(length))
    return up + 1 - up % 2
