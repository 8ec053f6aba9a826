"""What each metric and domain is worth on a day: importance over liveliness, capped, over what is alive."""

from __future__ import annotations

import numpy as np

from pulso.core.flags import known_median
from pulso.core.huber import MAD_TO_SIGMA
from pulso.core.panel import Bools, Floats, Ints

CAP, CAP_FROM = 0.40, 3  # no domain above this, where so many or more are alive
LEAST_DAYS = 90  # ordinary days that a domain's own liveliness must rest on; before that it counts as a usual one
LONG_PAST, FEW_DAYS = 365, 60  # a domain so old with fewer days than this in the last year counts for nothing


def spread(log_index: Floats) -> Floats:
    """Robust s.d. of each column, (D,) from (T, D); NaN with fewer than 90 known days, or where it never moves."""
    if len(log_index) < LEAST_DAYS:
        return np.full(log_index.shape[1], np.nan)
    middle = known_median(log_index.T, LEAST_DAYS)
    found = MAD_TO_SIGMA * known_median(np.abs(log_index - middle).T, LEAST_DAYS)
    return np.where(found > 0, found, np.nan)


def domain_weights(importance: Floats, sigma: Floats) -> Floats:
    """
    Weigh the domains before the cap: importance × mean spread / own spread, summing to 1.

    Parameters
    ----------
    importance : (D,)
        From the city file; 0 leaves a domain out (a footprint).
    sigma : (D,)
        From `spread`. NaN counts as the mean of the others: too little is known to call a domain calm or lively.
    """
    inside = importance > 0
    known = np.isfinite(sigma) & inside
    usual = float(np.mean(sigma[known])) if known.any() else 1.0
    raw = np.where(inside, importance * usual / np.where(known, sigma, usual), 0.0)
    total = float(raw.sum())
    return raw / total if total > 0 else raw


def capped(weights: Floats) -> Floats:
    """
    Bring weights, (..., D), to a sum of 1 with none above .40 where three or more are above 0; the excess goes to the others in proportion.

    All zeros stay zeros.
    """
    total = weights.sum(axis=-1, keepdims=True)
    w = weights / np.where(total > 0, total, 1.0)
    limit = np.where((w > 0).sum(axis=-1, keepdims=True) >= CAP_FROM, CAP, 1.0)
    held = np.zeros(w.shape, dtype=bool)
    for _ in range(w.shape[-1]):
        held |= w > limit
        room = 1.0 - np.where(held, limit, 0.0).sum(axis=-1, keepdims=True)
        free = np.where(held, 0.0, weights)
        rest = free.sum(axis=-1, keepdims=True)
        spread_out = np.where(held, limit, free * room / np.where(rest > 0, rest, 1.0))
        w = np.where(held.any(axis=-1, keepdims=True), spread_out, w)
    return w


def living(domain: Ints, importance: Floats, domain_weight: Floats, alive: Bools) -> Floats:
    """
    Share the whole weight among the metrics that are alive.

    Parameters
    ----------
    domain : (M,)
        Each metric's domain.
    importance : (M,)
        Within its domain.
    domain_weight : (..., D)
        From `domain_weights`, of all domains; it is capped here, over those with a living metric.
    alive : (..., M)
        Within its life, and with an expectation.

    Returns
    -------
    (..., M)
        Sums to 1 where anything with weight is alive, else 0. Dead metrics have 0.
    """
    d = domain_weight.shape[-1]
    one_hot = np.eye(d)[domain]  # (M, D)
    within = np.where(alive, importance, 0.0)
    total = within @ one_hot
    shares = within / np.where(total > 0, total, 1.0)[..., domain]
    return shares * capped(np.where(total > 0, domain_weight, 0.0))[..., domain]


def neglected(log_index: Floats, age: Ints) -> Bools:
    """Domains with a long past but few days in their last year, (D,), from that year's values, (T, D), and ages in days, (D,)."""
    few: Bools = np.isfinite(log_index).sum(axis=0) < FEW_DAYS
    return few & (age >= LONG_PAST)
