"""What would have been: a Bayesian structural time series draws the days after an event from the days before it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pulso.core.effects.gibbs import Draws, Prior, sample

Floats = NDArray[np.float64]

LEAST = 3  # known steps before the start
INTERVAL = (0.025, 0.975)


class Guess(NamedTuple):
    """A mean over draws, and the central 95 % of them. A number, or one a step."""

    value: Floats
    low: Floats
    high: Floats


class Impact(NamedTuple):
    """What was seen against what would have been, in the series' unit."""

    expected: Guess  # (stop,) without the event: from `start` on drawn forward, with noise; before it the fit, without
    effect: Guess  # (stop − start,) seen less expected; NaN where nothing was seen
    cumulative: Guess  # (stop − start,) running sum over the steps that were seen
    mean: Guess  # () effect of one seen step, on average
    total: Guess  # () sum over the seen steps
    p: float  # share of the draws whose sum is as far out as the seen one, on its side: at most about a half, if nothing happened
    seen: int  # steps from `start` to `stop` that are known
    inclusion: Floats  # (K,) posterior probability that a control belongs in
    beta: Floats  # (K,) mean coefficient, unit of the series by unit of the control
    noise: float  # posterior mean of the standard deviation of one observation, unit of the series
    drift: float  # the same of one step of the level
    means: Floats  # (draws,) the mean effect, draw by draw, to be pooled or turned into percent


def impact(
    y: ArrayLike,
    x: ArrayLike | None,
    start: int,
    stop: int | None = None,
    *,
    rng: np.random.Generator,
    draws: int = 1000,
    burn: int = 200,
    prior: Prior | None = None,
) -> Impact:
    """
    Estimate what an event did to a series, by drawing what the series would have done without it.

    y = level + xβ + noise, where the level is a random walk and most controls may be useless. Fitted on y before `start` alone;
    from there on y is hidden, the level walks on by itself, and the controls say what they say.

    Parameters
    ----------
    y : (T,)
        One value a step, any unit; NaN is unknown: it weighs nothing before `start`, and has no effect after it.
    x : (T, K)
        Controls, any units, which the event must not have touched; None for none. They are known at every step up to `stop`.
    start, stop
        First step of the event, and the first after it (default: the end). What is seen from `stop` on is not looked at.
    rng, draws, burn
        The chance that draws come from, how many are kept, and how many before them are not.
    prior
        In standard deviations of y before the start; see `Prior`.

    Returns
    -------
    Impact
        Its intervals hold 95 % of the posterior. The same generator in the same state gives the same numbers.

    Raises
    ------
    ValueError
        If the shapes differ, not 0 < start < stop <= T, y is infinite, fewer than three values before the start are known or they
        never vary, nothing is known of the event, or a control has a gap or never varies where y is known before the start.

    Notes
    -----
    Brodersen, Gallusser, Koehler, Remy & Scott (2015), Annals of Applied Statistics 9. Scott & Varian (2014), International Journal
    of Mathematical Modelling and Numerical Optimisation 5.
    """
    y = np.asarray(y, dtype=np.float64)
    stop = y.size if stop is None else stop
    x = _controls(y, x, start, stop)
    after = y[start:stop]
    known = np.flatnonzero(~np.isnan(y[:start]))
    _enough(y[:start][known], after)
    centre, scale = y[known].mean(), y[known].std(ddof=1)
    middle, spread = x[known].mean(axis=0), x[known].std(axis=0, ddof=1)
    if (flat := np.flatnonzero(np.ptp(x[known], axis=0) == 0)).size:
        raise ValueError(f"a control must vary before the start, where the series is known; these do not: columns {flat.tolist()}")
    z = (x - middle) / spread
    fit = sample((y[:start] - centre) / scale, z[:start], draws=draws, burn=burn, rng=rng, prior=prior)
    fitted = centre + scale * (fit.level + fit.beta @ z[:start].T)
    ahead = centre + scale * forward(fit, z[start:], rng)
    return _compare(fit, fitted, after, ahead, scale, scale / spread)


def forward(fit: Draws, x: ArrayLike, rng: np.random.Generator) -> Floats:
    """
    Draw the steps after those that were fitted, one path for each draw, with noise.

    Parameters
    ----------
    fit
        Draws of `sample`.
    x : (H, K)
        Controls of the steps ahead, standardised as those that were fitted; K may be 0.
    rng
        The chance they come from.

    Returns
    -------
    (draws, H)
        In the units that were fitted.
    """
    x = np.asarray(x, dtype=np.float64)
    shape = len(fit.noise), len(x)
    walk = np.cumsum(np.sqrt(fit.drift)[:, None] * rng.standard_normal(shape), axis=1)
    out: Floats = fit.level[:, -1:] + walk + fit.beta @ x.T + np.sqrt(fit.noise)[:, None] * rng.standard_normal(shape)
    return out


def _compare(fit: Draws, fitted: Floats, after: Floats, ahead: Floats, scale: float, slope: Floats) -> Impact:
    """Seen less drawn, a step, on average and in sum."""
    here = ~np.isnan(after)
    effect = after - ahead
    running = np.cumsum(np.where(here, effect, 0.0), axis=1)
    sums, seen = running[:, -1], int(here.sum())
    side = min(int((sums >= 0).sum()), int((sums <= 0).sum()))
    return Impact(
        expected=_guess(np.hstack([fitted, ahead])),
        effect=Guess(*(np.where(here, v, np.nan) for v in _guess(np.where(here, effect, 0.0)))),
        cumulative=_guess(running),
        mean=_guess(sums / seen),
        total=_guess(sums),
        p=(1 + side) / (1 + sums.size),
        seen=seen,
        inclusion=(fit.beta != 0).mean(axis=0),
        beta=fit.beta.mean(axis=0) * slope,
        noise=float(scale * np.sqrt(fit.noise).mean()),
        drift=float(scale * np.sqrt(fit.drift).mean()),
        means=sums / seen,
    )


def _guess(draws: Floats) -> Guess:
    """Mean and central 95 % over the first axis."""
    low, high = np.quantile(draws, INTERVAL, axis=0)
    return Guess(draws.mean(axis=0), low, high)


def _controls(y: Floats, x: ArrayLike | None, start: int, stop: int) -> Floats:
    """(stop, K) Controls up to the end of the event."""
    if y.ndim != 1 or not 0 < start < stop <= y.size:
        raise ValueError(f"an event lies within its series, 0 < start < stop <= T; found {start}, {stop} and the shape {y.shape}")
    x = np.empty((y.size, 0)) if x is None else np.asarray(x, dtype=np.float64)
    if x.ndim != 2 or len(x) != y.size:
        raise ValueError(f"controls have a row for each step of the series: ({y.size}, K); found {x.shape}")
    x = x[:stop]
    if (gaps := np.flatnonzero(~np.isfinite(x).all(axis=0))).size:
        raise ValueError(f"controls are known at every step up to the event's end; these have gaps: columns {gaps.tolist()}")
    return x


def _enough(before: Floats, after: Floats) -> None:
    """Refuse a series of which too little is known."""
    if np.isinf(before).any() or np.isinf(after).any():
        raise ValueError("a series has finite values; this is infinite somewhere")
    if before.size < LEAST or np.ptp(before) == 0:
        raise ValueError(f"at least {LEAST} values that vary must be known before the start; found {before.size}")
    if np.isnan(after).all():
        raise ValueError("nothing is known of the series from the start to the end of the event")
