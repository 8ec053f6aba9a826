"""The method band: where the headline would stand if we had weighed, summed or looked a little differently."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pulso.core.index import log_index
from pulso.core.panel import Floats, Ints

NUDGE = 0.25  # each weight, up and down by this share


def headline(log_metric: Floats, weight: Floats) -> Floats:
    """Weighted mean of ln over what is known and has weight, (...) from (..., M) each; NaN where nothing is."""
    known = np.isfinite(log_metric) & (weight > 0)
    w = np.where(known, weight, 0.0)
    total = w.sum(axis=-1)
    mean: Floats = (w * np.nan_to_num(log_metric)).sum(axis=-1) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, mean, np.nan)


def method_band(log_metric: Floats, other_form: Floats, weight: Floats, source: Ints, others: Floats) -> tuple[Floats, Floats]:
    """
    Recompute the headline by every other reasonable choice, one at a time, and give the range, in ln.

    Parameters
    ----------
    log_metric : (..., M)
        ln of each metric's index / 100; NaN where unseen.
    other_form : (..., M)
        The same in the form that isn't published: the median of ratios for a ratio of sums, and the other way round.
    weight : (..., M)
        Of the living.
    source : (M,)
        Which metrics fall silent together.
    others : (A, ..., M)
        Other weights altogether.

    Returns
    -------
    low, high : (...)
        What is published lies within. NaN where there is no headline.

    Notes
    -----
    Weights ±25 % one at a time, other weights, the other form, an arithmetic mean, and leaving one source out.
    """
    low = headline(log_metric, weight)
    high = low.copy()
    for x in _choices(log_metric, other_form, weight, source, others):
        low, high = np.fmin(low, x), np.fmax(high, x)
    there = np.isfinite(headline(log_metric, weight))
    return np.where(there, low, np.nan), np.where(there, high, np.nan)


def _choices(log_metric: Floats, other_form: Floats, weight: Floats, source: Ints, others: Floats) -> Iterator[Floats]:
    """Each other choice's headline; NaN where it leaves none."""
    m = np.eye(log_metric.shape[-1])
    for nudge in (-NUDGE, NUDGE):
        for one in m:
            yield headline(log_metric, weight * (1.0 + nudge * one))
    for s in np.unique(source):
        yield headline(log_metric, weight * (source != s))
    for w in others:
        yield headline(log_metric, w)
    yield headline(np.where(np.isfinite(other_form), other_form, log_metric), weight)
    yield log_index(headline(np.exp(log_metric), weight))
