"""Weights that are never negative and sum to 1: exactly, or by small steps as synthetic difference-in-differences is published."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from pulso.core.effects.frame import Bools, Floats

LOOSER = 20.0  # by how much the pull falls from round to round
SLIGHTEST = 1e-7  # a pull below it, beside the gaps, is lost in their squares
ROUNDED = 1e-15  # a gain below it, where gaps and weights are about 1, is rounding
OFF = 1e-10  # how far from the optimum's conditions, where gaps and weights are about 1, a mix may end: beyond it squares lost too much


def simplex(gaps: ArrayLike, *, pull: float = 0.0) -> Floats:
    """
    Find the mix of units that lies nearest to a target: least |gaps x|² + pull² |x|² over weights x >= 0 with sum 1, solved exactly.

    Parameters
    ----------
    gaps : (m, n)
        What each of n units has more than the target in each of m features; scale the rows to weigh the features.
    pull
        How strongly the weights are pulled towards equality, in the unit of the gaps; any pull makes them unique.

    Returns
    -------
    (n,)
        Where several mixes are equally near, and nothing pulls, one of them.

    Raises
    ------
    ValueError
        If there is no unit or a gap is not finite, or the pull is negative.

    Notes
    -----
    The point of a convex hull nearest to the origin (Wolfe 1976). A further row that asks for the sum 1 makes it non-negative
    least squares (Lawson & Hanson 1974); whatever that row's weight, its solution is the nearest mix times a number. The pull is a
    row a unit more. With it, the search begins from whom a stronger pull would give weight, which is nearly who gets it.
    """
    rows = np.asarray(gaps, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] == 0 or not np.isfinite(rows).all():
        raise ValueError(f"gaps are features × units, known everywhere; got the shape {rows.shape}")
    if not 0 <= pull < np.inf:
        raise ValueError(f"a pull is not negative; got {pull}")
    n = rows.shape[1]
    size = np.sqrt((rows**2).sum() / n + pull**2) or 1.0
    asked = np.vstack([rows / size, np.ones(n)])
    try:
        found = _from_a_strong_pull(asked, pull / size) if pull / size >= SLIGHTEST else None
    except np.linalg.LinAlgError:  # units so alike that the pull is lost in rounding
        found = None
    if found is None:
        pulled = np.vstack([asked, pull / size * np.eye(n)]) if pull else asked
        found, _ = nnls(pulled, np.arange(len(pulled)) == len(rows))
    return np.asarray(found / found.sum())


def _from_a_strong_pull(rows: Floats, pull: float) -> Floats | None:
    """(n,) The x >= 0 with the least |rows x − (0, ..., 0, 1)|² + pull² |x|²; None where it takes too many steps, or rounding loses it."""
    n = rows.shape[1]
    inside, loose = np.ones(n, dtype=bool), max(1.0, pull)
    while loose > pull:
        inside = _on(rows, inside, loose) > 0  # never empty: the last row's weights sum to more than 0
        loose = max(loose / LOOSER, pull)
    x = np.where(inside, 1.0 / n, 0.0)
    for _ in range(3 * n):
        best = _on(rows, inside, pull)
        down = inside & (best <= 0)
        if down.any():
            way = x[down] - best[down]
            share = np.divide(x[down], way, out=np.zeros_like(way), where=way > 0).min()
            x = np.where(inside, x + share * (best - x), 0.0)
            inside = inside & (x > ROUNDED)
            continue
        x, gain = np.where(inside, best, 0.0), np.where(inside, 0.0, best)
        if gain.max() <= ROUNDED:
            return x if _rests(rows, x, pull) else None
        inside[gain.argmax()] = True
    return None


def _rests(rows: Floats, x: Floats, pull: float) -> bool:
    """Whether no weight could be changed for the better: no slope where there is weight, and none downwards where there is none."""
    off = rows @ x
    off[-1] -= 1.0
    slope = off @ rows + pull**2 * x
    return bool(slope.min() >= -OFF and np.abs(slope[x > 0]).max(initial=0.0) <= OFF)


def _on(rows: Floats, inside: Bools, pull: float) -> Floats:
    """(n,) The best weights of those inside, if they may be negative; of the others, what the first bit of their weight would gain."""
    chosen = rows[:, inside]
    m, k = chosen.shape
    if k < m:  # the smaller of two systems of equations, which are the same where neither is singular
        weights = np.linalg.solve(chosen.T @ chosen + pull**2 * np.eye(k), chosen[-1])
        rest = -chosen @ weights
        rest[-1] += 1.0
        out = rest @ rows
        out[inside] = weights
        return np.asarray(out)
    through = np.linalg.solve(chosen @ chosen.T + pull**2 * np.eye(m), np.arange(m) == m - 1) @ rows
    return np.asarray(np.where(inside, through, pull**2 * through))


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
