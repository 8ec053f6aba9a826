"""Why the index is not 100: points owed to each driver and domain, which add up exactly; the rest is unexplained, and says so."""

from __future__ import annotations

import numpy as np

from pulso.core.panel import Bools, Floats


def logarithmic_mean(a: Floats, b: Floats) -> Floats:
    """(a − b) / ln(a / b), which is a where both are equal. Both above 0, of any shapes that fit; NaN stays."""
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    x = np.log(a / b)
    near = np.abs(x) < 1e-4
    series = np.sqrt(a * b) * (1.0 + x**2 / 24.0)  # the same to 1e-18 where the quotient would lose digits
    return np.where(near, series, (a - b) / np.where(near, 1.0, x))


def points(log_ratio: Floats, deltas: Floats) -> Floats:
    """
    Turn logarithms into points of the index.

    Parameters
    ----------
    log_ratio : (...)
        Of the index over 100; NaN where there is none.
    deltas : (..., K)
        ln owed to each driver, which add up to log_ratio (see `with_rest`).

    Returns
    -------
    (..., K)
        Points, which add up to index − 100: L(index, 100) · delta.
    """
    index = 100.0 * np.exp(log_ratio)
    return logarithmic_mean(index, np.full(index.shape, 100.0))[..., None] * deltas


def deltas(index: Floats, owed: Floats) -> Floats:
    """Turn points back into logarithms: of an index, (...), and points owed to one driver, (...); NaN where there is no index."""
    return owed / logarithmic_mean(index, np.full(np.shape(index), 100.0))


def with_rest(log_ratio: Floats, deltas: Floats) -> Floats:
    """Put behind the drivers' deltas, (..., K), what they leave unexplained, (..., K + 1); a driver without effect has 0, not NaN."""
    return np.concatenate([deltas, (log_ratio - deltas.sum(axis=-1))[..., None]], axis=-1)


def driver_effects(expected: Floats, full: Floats, effect: Floats, inside: Bools) -> Floats:
    """
    Say what each driver did to the sum of the sensors, in ln.

    Parameters
    ----------
    expected, full : (T, S)
        Without and with drivers, offset included, for the sensors that count; NaN for the others.
    effect : (T, S, K)
        ln that each driver adds to each sensor's expectation: they sum to ln(full / expected).
    inside : (Z, S)
        Which sensors belong to which zone.

    Returns
    -------
    (T, Z, K)
        They sum to ln(Σ full / Σ expected) exactly, by weights that are logarithmic means (Sato 1976; Vartia 1976). 0 where
        nothing counts.
    """
    fine = np.isfinite(expected) & np.isfinite(full) & (expected > 0) & (full > 0)
    e, f = np.where(fine, expected, 0.0), np.where(fine, full, 0.0)
    crowd = inside.astype(float).T
    moved = np.where(fine, logarithmic_mean(np.where(fine, f, 1.0), np.where(fine, e, 1.0)), 0.0)
    top, bottom = f @ crowd, e @ crowd
    some = bottom > 0
    mean = np.where(some, logarithmic_mean(np.where(some, top, 1.0), np.where(some, bottom, 1.0)), 1.0)
    summed = np.einsum("ts,tsk,zs->tzk", moved, np.nan_to_num(effect), inside.astype(float), optimize=True)
    return np.where(some[..., None], summed / mean[..., None], 0.0)


def log_effects(effect: Floats, cal: Floats, full: Floats, *, ratio: bool) -> Floats:
    """
    Bring what drivers do to one unit, ln, (T, S, K).

    A ratio metric's effects are ln already; those of another metric are differences, which sum to full − cal, and are divided by
    the logarithmic mean of both. 0 where nothing is expected, or where one of them is not above 0.
    """
    if ratio:
        return np.nan_to_num(effect)
    fine = (cal > 0) & (full > 0)
    mean = logarithmic_mean(np.where(fine, full, 1.0), np.where(fine, cal, 1.0))
    return np.where(fine[..., None], np.nan_to_num(effect) / mean[..., None], 0.0)
