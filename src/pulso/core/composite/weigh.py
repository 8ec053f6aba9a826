"""How heavy each indicator is: equally, by a principal component, by a factor, or so that all have the same influence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import LinearConstraint, minimize

from pulso.core.factor import OneFactor


class FactorWeights(NamedTuple):
    """Weights from a component or factor, with what they hide: signs, and how much the factor explains."""

    weights: NDArray[np.float64]  # (M,), sum 1; NaN where the solution was refused
    loadings: NDArray[np.float64]  # (M,) signed; a negative one pulls the other way, which its weight can't show
    explained: float  # share of the variance, 0 to 1


class InfluenceWeights(NamedTuple):
    """Weights under which the indicators correlate as equally as possible with the composite."""

    weights: NDArray[np.float64]  # (M,), sum 1
    influence: NDArray[np.float64]  # (M,) correlation of each indicator with the composite
    converged: bool


def equal(count: int) -> NDArray[np.float64]:
    """Give `count` indicators the same weight; (count,), sum 1. ValueError for none."""
    if count < 1:
        raise ValueError("weights need at least one indicator")
    return np.full(count, 1 / count)


def principal(correlation: ArrayLike) -> FactorWeights:
    """
    Weigh by the first principal component: squared loadings, scaled to 1.

    Parameters
    ----------
    correlation : (M, M)
        Complete.

    Returns
    -------
    FactorWeights
        The sign makes the sum of the loadings positive.

    Notes
    -----
    Nicoletti, Scarpetta & Boylaud (2000), OECD Economics Working Paper 226; OECD & JRC (2008), step 6.
    """
    corr = _known(correlation)
    values, vectors = np.linalg.eigh(corr)
    first = vectors[:, -1] * np.sqrt(values[-1])
    first = first * (1.0 if first.sum() >= 0 else -1.0)
    return FactorWeights(first**2 / (first @ first), first, float(values[-1] / values.sum()))


def by_factor(factor: OneFactor) -> FactorWeights:
    """
    Weigh by one common factor: squared loadings, scaled to 1.

    Parameters
    ----------
    factor
        As from `pulso.core.factor.one_factor`.

    Returns
    -------
    FactorWeights
        NaN where the solution was refused (a Heywood case would take nearly all the weight).
    """
    loadings = factor.loadings
    weights = loadings**2 / (loadings @ loadings) if factor.accepted else np.full(loadings.size, np.nan)
    return FactorWeights(weights, loadings, float(loadings @ loadings / loadings.size))


def equal_influence(covariance: ArrayLike, *, least: float = 0.05) -> InfluenceWeights:
    """
    Find the weights under which every indicator correlates equally with the weighted sum.

    Parameters
    ----------
    covariance : (M, M)
        Of the indicators as they enter the sum (of their logarithms, for a geometric mean). Complete, no variance 0.
    least
        Smallest weight that an indicator may have.

    Returns
    -------
    InfluenceWeights
        Where equality lies beyond `least`, the correlations are as equal as it allows (least sum of squared differences
        from their mean). `converged` is false if the search did not end at such a point; don't use those.

    Raises
    ------
    ValueError
        If there is no room for M weights of `least`, or the covariance is not as said.

    Notes
    -----
    Paruolo, Saisana & Saltelli (2013), JRSS A 176; Becker et al. (2017), Ecological Indicators 80, in its linear form.
    Without the bound the solution is C w ∝ σ, taken directly; with it, SLSQP with analytic gradient from two starts.
    """
    cov = _known(covariance)
    m = len(cov)
    scale = np.sqrt(np.diag(cov))
    if not 0 <= least * m <= 1 or (scale == 0).any():
        raise ValueError(f"{m} indicators that vary can't each have at least {least} of a weight of 1")
    exact = np.linalg.lstsq(cov, scale, rcond=None)[0]
    if exact.sum() > 0:
        exact = exact / exact.sum()
        if (exact >= least).all() and np.ptp(_influence(exact, cov, scale)) < 1e-9:
            return InfluenceWeights(exact, _influence(exact, cov, scale), converged=True)
    starts = [np.full(m, 1 / m), _into(np.clip(exact, least, None), least)]
    tries = [_search(start, cov, scale, least) for start in starts]
    weights, _, converged = min(tries, key=lambda found: (not found[2], found[1]))
    return InfluenceWeights(weights, _influence(weights, cov, scale), converged)


def _influence(weights: NDArray[np.float64], cov: NDArray[np.float64], scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation of each indicator with the weighted sum."""
    joint = cov @ weights
    return np.asarray(joint / (scale * np.sqrt(weights @ joint)))


def _into(weights: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Bring weights to sum 1 with none below `least`."""
    spare = weights - least
    room = 1 - least * weights.size
    return least + (spare / spare.sum() * room if spare.sum() > 0 else np.full(weights.size, room / weights.size))


def _search(
    start: NDArray[np.float64], cov: NDArray[np.float64], scale: NDArray[np.float64], least: float
) -> tuple[NDArray[np.float64], float, bool]:
    """Descend from one start; return weights, what inequality is left, and whether it is a true end of the descent."""

    def inequality(w: NDArray[np.float64]) -> float:
        c = _influence(w, cov, scale)
        return float(np.sum((c - c.mean()) ** 2))

    def slope(w: NDArray[np.float64]) -> NDArray[np.float64]:
        c, joint = _influence(w, cov, scale), cov @ w
        variance = w @ joint
        by_weight = cov / (scale[:, None] * np.sqrt(variance)) - np.outer(c, joint) / variance
        return np.asarray(2 * (c - c.mean()) @ by_weight)

    found = minimize(
        inequality,
        start,
        jac=slope,
        method="SLSQP",
        bounds=[(least, 1.0)] * start.size,
        constraints=LinearConstraint(np.ones((1, start.size)), 1.0, 1.0),
        options={"maxiter": 1000, "ftol": 1e-15},
    )
    weights = _into(np.clip(np.asarray(found.x), least, None), least)
    pull = slope(weights)
    free = weights > least + 1e-7
    common = pull[free].mean() if free.any() else 0.0
    settled = np.abs(pull[free] - common).max(initial=0.0) < 1e-5 and (pull[~free] - common).min(initial=0.0) > -1e-5
    return weights, inequality(weights), bool(settled)


def _known(matrix: ArrayLike) -> NDArray[np.float64]:
    """Check a covariance or correlation matrix."""
    square = np.asarray(matrix, dtype=np.float64)
    if square.ndim != 2 or square.shape[0] != square.shape[1] or not np.isfinite(square).all():
        raise ValueError(f"a covariance matrix is square and known everywhere; this has the shape {square.shape}")
    return square
