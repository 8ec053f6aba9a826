"""What several pilots of one kind did together: random-effects pooling of estimates and their standard errors."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import chi2, t

Floats = NDArray[np.float64]
Method = Literal["reml", "dl", "pm"]

LEAST = 3  # studies


class Pooled(NamedTuple):
    """One estimate from many, and how much the many differ."""

    estimate: float  # of the mean effect, in the estimates' unit
    error: float  # its standard error, before Hartung and Knapp's correction
    low: float  # interval of the mean effect
    high: float
    predicted_low: float  # interval of the effect of the next study
    predicted_high: float
    tau2: float  # variance of the effects between studies, unit squared
    i2: float  # share of the scatter that is between studies, 0 to 1
    q: float  # Cochran's Q
    p: float  # of Q, if all studies had one effect
    weights: Floats  # (k,) of the studies, sum 1; NaN where one was left out
    studies: int


def pool(estimates: ArrayLike, errors: ArrayLike, *, method: Method = "reml", level: float = 0.95) -> Pooled:
    """
    Pool estimates whose true effects differ from study to study around one mean.

    Parameters
    ----------
    estimates : (k,)
        One a study, on one scale, logarithms rather than ratios; NaN is a study without one: left out, and `studies` says how many
        stayed.
    errors : (k,)
        Their standard errors, positive; NaN leaves a study out too.
    method
        Of the variance between studies: restricted maximum likelihood, DerSimonian and Laird ("dl"), Paule and Mandel ("pm").
    level
        Of both intervals.

    Returns
    -------
    Pooled
        The interval is Hartung and Knapp's, with k − 1 degrees of freedom and a scale of at least 1, so that it is never narrower
        than what the errors alone would give. The prediction interval is wider by the variance between studies, with k − 1 degrees
        too (Higgins, Thompson & Spiegelhalter 2009 take k − 2: theirs is wider still where studies are few).

    Raises
    ------
    ValueError
        If fewer than three studies are left, an error is not positive, something is infinite, or the shapes differ.

    Notes
    -----
    DerSimonian & Laird (1986); Paule & Mandel (1982); Viechtbauer (2005) on REML; Hartung & Knapp (2001); Röver, Knapp & Friede
    (2015) on the scale of at least 1; Higgins & Thompson (2002) on I², here τ² / (τ² + typical variance), as in R's metafor.
    """
    y, v, kept = _studies(estimates, errors, method, level)
    k, fixed = y.size, 1 / v
    q = _scatter(y, v, 0.0)
    tau2 = {"reml": _reml, "dl": _dersimonian_laird, "pm": _paule_mandel}[method](y, v)
    w = 1 / (v + tau2)
    mean, error = float(w @ y / w.sum()), float(w.sum() ** -0.5)
    scale = max(1.0, _scatter(y, v, tau2) / (k - 1))
    reach = float(t.ppf((1 + level) / 2, k - 1))
    doubt = error**2 * scale
    half, ahead = reach * doubt**0.5, reach * (doubt + tau2) ** 0.5
    typical = (k - 1) * fixed.sum() / (fixed.sum() ** 2 - (fixed**2).sum())
    weights = np.full(kept.size, np.nan)
    weights[kept] = w / w.sum()
    return Pooled(
        estimate=mean,
        error=error,
        low=mean - half,
        high=mean + half,
        predicted_low=mean - ahead,
        predicted_high=mean + ahead,
        tau2=tau2,
        i2=float(tau2 / (tau2 + typical)),
        q=q,
        p=float(chi2.sf(q, k - 1)),
        weights=weights,
        studies=k,
    )


def _studies(estimates: ArrayLike, errors: ArrayLike, method: str, level: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Estimates and variances of the studies that have both, and which they are."""
    y, se = np.asarray(estimates, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    if y.ndim != 1 or y.shape != se.shape:
        raise ValueError(f"each study has one estimate and one standard error; found {y.shape} and {se.shape}")
    if np.isinf(y).any() or np.isinf(se).any() or (se <= 0).any():
        raise ValueError("estimates are finite and standard errors positive and finite")
    if method not in get_args(Method) or not 0 < level < 1:
        raise ValueError(f"the method is one of {', '.join(get_args(Method))}, the level between 0 and 1; found {method!r} and {level}")
    kept = ~(np.isnan(y) | np.isnan(se))
    if kept.sum() < LEAST:
        raise ValueError(f"effects are pooled from {LEAST} studies on; found {kept.sum()} with an estimate and an error")
    return y[kept], se[kept] ** 2, kept


def _scatter(y: Floats, v: Floats, tau2: float) -> float:
    """Weighted sum of squares around the weighted mean: Cochran's Q where τ² is 0."""
    w = 1 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2)


def _dersimonian_laird(y: Floats, v: Floats) -> float:
    """Method of moments, with the weights of one common effect."""
    w = 1 / v
    return max(0.0, float((_scatter(y, v, 0.0) - (y.size - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def _paule_mandel(y: Floats, v: Floats) -> float:
    """The variance under which the scatter is what it should be: k − 1. It falls as the variance grows, so there is one such."""
    df = y.size - 1
    if _scatter(y, v, 0.0) <= df:
        return 0.0
    return float(brentq(lambda tau2: _scatter(y, v, tau2) - df, 0.0, _most(y, v), xtol=1e-14 * _most(y, v)))


def _reml(y: Floats, v: Floats) -> float:
    """Restricted maximum likelihood: each descent of its slope through 0 on a fine grid, and 0 itself; the likeliest."""
    most = _most(y, v)
    grid = np.concatenate([[0.0], most * np.geomspace(1e-9, 1, 200)])
    slopes = [_slope(y, v, tau2) for tau2 in grid]
    turns = [i for i in range(grid.size - 1) if slopes[i] > 0 >= slopes[i + 1]]
    tops = [0.0, *(float(brentq(lambda tau2: _slope(y, v, tau2), grid[i], grid[i + 1], xtol=1e-14 * most)) for i in turns)]
    return max(tops, key=lambda tau2: _likelihood(y, v, tau2))


def _most(y: Floats, v: Floats) -> float:
    """No estimate of the variance between studies is above this."""
    return float(y.size * np.var(y, ddof=1) + v.max())


def _slope(y: Floats, v: Floats, tau2: float) -> float:
    """Twice the derivative of the restricted log likelihood in τ²."""
    w = 1 / (v + tau2)
    return float(w**2 @ (y - w @ y / w.sum()) ** 2 - w.sum() + (w**2).sum() / w.sum())


def _likelihood(y: Floats, v: Floats, tau2: float) -> float:
    """Restricted log likelihood, but for a constant."""
    w = 1 / (v + tau2)
    return float((np.log(w).sum() - np.log(w.sum()) - _scatter(y, v, tau2)) / 2)
