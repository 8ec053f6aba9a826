"""What a metric from which nothing came might have said: its mean and variance, given the others."""

from __future__ import annotations

import numpy as np

from pulso.core.panel import Bools, Floats

LEAST_DAYS = 60  # that a metric must be known on to be guessed from the others
OWN_DOUBT = 0.1  # of each variance that no other metric is believed to tell
BROADEST = 0.25  # variance of ln for a metric of which too little is known: half as much again, or a third less


def covariance(past: Floats) -> Floats:
    """
    Say how the metrics move together, (M, M), from their logarithms on past days, (T, M), NaN where unknown.

    Each is held within four robust s.d.; pairs that were never seen together don't move together; a tenth of each variance is
    its own. Metrics with fewer than 60 known days get a broad variance and no company.
    """
    known = np.isfinite(past)
    n = known.sum(axis=0)
    fine = n >= LEAST_DAYS
    x = np.where(known, past, 0.0)
    spread = np.sqrt((x**2).sum(axis=0) / np.maximum(n, 1))
    x = np.clip(x, -4.0 * spread, 4.0 * spread) * fine
    pairs = known.T.astype(float) @ known
    found: Floats = (x.T @ x) / np.maximum(pairs, 1.0) * (1.0 - OWN_DOUBT)
    scale = np.where(fine, spread, np.sqrt(BROADEST))
    found[np.diag_indices_from(found)] = np.maximum(scale**2, 1e-8)
    return _positive(found)


def _positive(matrix: Floats) -> Floats:
    """The same matrix without directions of negative variance, which pairs seen on different days can make."""
    values, vectors = np.linalg.eigh(matrix)
    made: Floats = (vectors * np.maximum(values, 1e-8)) @ vectors.T
    return made


def given_others(log_metric: Floats, weight: Floats, used: Floats, seen: Bools, cov: Floats) -> tuple[Floats, Floats]:
    """
    Say where the wholly missing metrics would have pulled the headline, and how uncertain that is.

    Parameters
    ----------
    log_metric : (Z, M)
        ln of each metric's index / 100; ignored where not seen.
    weight : (Z, M)
        Living weights, summing to 1.
    used : (Z, M)
        Weights that the headline is published with, from what was seen, summing to 1.
    seen : (Z, M)
        Which metrics said anything.
    cov : (M, M)
        From `covariance`.

    Returns
    -------
    shift, variance : (Z,)
        E of the whole headline given what was seen, less what is published (the seen metrics' weighted mean); and its variance.
        Both 0 where nothing with weight is missing, or nothing was seen.

    Notes
    -----
    ln of the metrics is taken as jointly normal around the expected day: Σ_ms Σ_ss⁻¹ x and Σ_mm − Σ_ms Σ_ss⁻¹ Σ_sm.
    """
    shift, variance = np.zeros(len(weight)), np.zeros(len(weight))
    lacking = (weight > 0) & ~seen
    rows = np.flatnonzero(lacking.any(axis=1) & (seen & (weight > 0)).any(axis=1))
    if not rows.size:
        return shift, variance
    patterns, which = np.unique(np.concatenate([seen[rows], lacking[rows]], axis=1), axis=0, return_inverse=True)
    for p, pattern in enumerate(patterns):
        here = rows[which.ravel() == p]
        s, m = np.flatnonzero(pattern[: seen.shape[1]]), np.flatnonzero(pattern[seen.shape[1] :])
        told = np.linalg.solve(cov[np.ix_(s, s)], cov[np.ix_(s, m)])  # (s, m)
        left = cov[np.ix_(m, m)] - cov[np.ix_(m, s)] @ told
        w, x = weight[here], log_metric[here][:, s]
        published = (used[here][:, s] * x).sum(axis=1)
        whole = (w[:, s] * x).sum(axis=1) + (w[:, m] * (x @ told)).sum(axis=1)
        shift[here] = whole - published
        variance[here] = np.maximum(np.einsum("zi,ij,zj->z", w[:, m], left, w[:, m]), 0.0)
    return shift, variance
