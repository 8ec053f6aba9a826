"""Many robust regressions at once: one design, one right-hand side a series, gaps where they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TURN = 1.345  # Huber's constant: 95 % efficient when errors are normal
MAD_TO_SIGMA = 1.4826022185056018  # of a normal distribution: standard deviations in a median absolute deviation
STEPS, STEPS_OF_SCALE = 12, 4


def solvers(X: Floats, known: Bools, penalty: Floats, off: Bools) -> tuple[Floats, NDArray[np.int64]]:
    """
    Invert the penalised normal matrices, once for every pattern of gaps and unused columns.

    Parameters
    ----------
    X : (n, p)
        Design.
    known : (S, n)
        Which days each series has.
    penalty : (p, p)
        Added to the normal matrix.
    off : (S, p)
        Columns a series doesn't use: their coefficient stays 0.

    Returns
    -------
    inverse : (G, p, p)
        One for each of the G patterns; rows and columns of unused coefficients are 0.
    pattern : (S,)
        Which one each series uses.
    """
    keys = np.packbits(np.hstack([known, off]), axis=1)
    _, chosen, pattern = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    p = X.shape[1]
    inverse = np.zeros((chosen.size, p, p))
    whole = X.T @ X
    for g, s in enumerate(chosen):
        gaps = X[~known[s]]
        gram = whole - gaps.T @ gaps if 2 * gaps.shape[0] < X.shape[0] else X[known[s]].T @ X[known[s]]
        used = ~off[s]
        block = np.ix_(used, used)
        inverse[g][block] = np.linalg.inv((gram + penalty)[block])
    return inverse, pattern.reshape(-1)


def apply(inverse: Floats, pattern: NDArray[np.int64], right: Floats) -> Floats:
    """(S, p) Solve for each series with the inverse of its pattern; `right` is (S, p)."""
    if inverse.shape[0] == 1:
        return np.asarray(right @ inverse[0])
    return np.asarray(np.matmul(right[:, None, :], inverse[pattern])[:, 0, :])


def fit(X: Floats, Y: Floats, penalty: Floats, off: Bools) -> tuple[Floats, Floats]:
    """
    Estimate Huber regressions with a ridge, for all series at once.

    Parameters
    ----------
    X : (n, p)
        Design, the same for every series.
    Y : (S, n)
        What to explain; NaN where unknown, and then it weighs nothing.
    penalty : (p, p)
        Ridge, symmetric, in equivalents of one observation.
    off : (S, p)
        Columns a series doesn't use.

    Returns
    -------
    beta : (S, p)
        Coefficients, 0 for unused columns.
    reach : (S,)
        1.345 robust standard deviations: residuals are believed as far as this.

    Notes
    -----
    Huber (1964). Instead of reweighting, which needs a normal matrix a series and step, residuals are winsorised and
    the gradient is solved against the unweighted matrix (the H-algorithm of Huber and Dutter, 1974), lengthened by the
    share of residuals inside; both reach the same estimate. The scale is the median absolute residual.
    """
    known = np.isfinite(Y)
    inverse, pattern = solvers(X, known, penalty, off)
    filled = np.where(known, Y, 0.0)
    beta = apply(inverse, pattern, filled @ X)
    count, gaps = np.maximum(known.sum(axis=1), 1), np.nonzero(~known)
    reach = np.zeros(len(Y))
    for step in range(STEPS):
        residual = beta @ X.T
        np.subtract(filled, residual, out=residual)
        residual[gaps] = 0.0
        if step < STEPS_OF_SCALE:
            reach = TURN * MAD_TO_SIGMA * median_size(residual, known)
        believed = np.clip(residual, -reach[:, None], reach[:, None])
        outside = np.count_nonzero(believed != residual, axis=1) / count
        move = apply(inverse, pattern, believed @ X - beta @ penalty)
        beta = beta + move / np.clip(1 - outside, 0.6, 1.0)[:, None]
    return beta, reach


def median_size(residual: Floats, known: Bools) -> Floats:
    """(S,) Median absolute residual over the known days, the upper of two; 0 where nothing is known."""
    out = np.zeros(len(residual))
    for s, (r, k) in enumerate(zip(np.abs(residual), known, strict=True)):
        n = int(k.sum())
        if n:
            out[s] = np.partition(r if n == r.size else r[k], n // 2)[n // 2]
    return out
