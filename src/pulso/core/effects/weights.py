"""Weights that are never negative and sum to 1: exactly, or by small steps as synthetic difference-in-differences is published."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from pulso.core.effects.frame import Floats


def simplex(gaps: ArrayLike) -> Floats:
    """
    Find the mix of units that lies nearest to a target: least squares over weights >= 0 with sum 1, solved exactly.

    Parameters
    ----------
    gaps : (m, n)
        What each of n units has more than the target in each of m features; scale the rows to weigh the features.

    Returns
    -------
    (n,)
        Where several mixes are equally near, one of them.

    Raises
    ------
    ValueError
        If there is no unit or a gap is not finite.

    Notes
    -----
    The point of a convex hull nearest to the origin (Wolfe 1976). A further row that asks for the sum 1 makes it non-negative
    least squares (Lawson & Hanson 1974); whatever that row's weight, its solution is the nearest mix times a number.
    """
    rows = np.asarray(gaps, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] == 0 or not np.isfinite(rows).all():
        raise ValueError(f"gaps are features × units, known everywhere; got the shape {rows.shape}")
    size = np.sqrt((rows**2).sum() / rows.shape[1]) or 1.0
    asked = np.zeros(len(rows) + 1)
    asked[-1] = 1.0
    found, _ = nnls(np.vstack([rows / size, np.ones(rows.shape[1])]), asked)
    return np.asarray(found / found.sum())


def thin(weights: Floats) -> Floats:
    """(B, n) Weights without those that are at most a quarter of their row's greatest; sum 1 again."""
    kept = np.where(weights <= weights.max(axis=-1, keepdims=True) / 4, 0.0, weights)
    return np.asarray(kept / kept.sum(axis=-1, keepdims=True))


def frank_wolfe(gram: Floats, toward: Floats, first: Floats, *, still: float, steps: int) -> Floats:
    """
    Walk B problems at once towards their least x'Gx − 2c'x over weights >= 0 with sum 1.

    Parameters
    ----------
    gram : (B, n, n)
        G, symmetric.
    toward : (B, n)
        c.
    first : (B, n)
        Weights to begin with.
    still
        A problem rests when a step (not its first) gains this or less.
    steps
        At most so many.

    Returns
    -------
    (B, n)

    Notes
    -----
    Frank & Wolfe (1956) with exact line search: each step goes towards one unit. Keeping Gx up to date instead of making it anew
    costs n operations a step instead of n², and a step's gain is known without the rounding of two nearly equal objectives.
    """
    out = np.array(first)
    at, x, G, c = np.arange(len(out)), np.array(first), gram, toward
    Gx = np.matmul(G, x[:, :, None])[:, :, 0]
    diagonal = np.diagonal(G, axis1=1, axis2=2)
    for step in range(steps):
        row = np.arange(at.size)
        slope = Gx - c
        best = slope.argmin(axis=1)
        down = np.einsum("bn,bn->b", slope, x) - slope[row, best]
        bend = diagonal[row, best] - 2 * Gx[row, best] + np.einsum("bn,bn->b", x, Gx)
        share = np.clip(np.divide(down, bend, out=np.zeros_like(down), where=bend > 0), 0.0, 1.0)
        gain = share * (2 * down - share * bend)
        Gx += share[:, None] * (G[row, best] - Gx)
        x *= (1 - share)[:, None]
        x[row, best] += share
        resting = gain <= still
        if step and resting.any():
            out[at[resting]] = x[resting]
            on = ~resting
            at, x, G, c, Gx, diagonal = at[on], x[on], G[on], c[on], Gx[on], diagonal[on]
            if not at.size:
                break
    out[at] = x
    return out
