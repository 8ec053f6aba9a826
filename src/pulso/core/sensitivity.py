"""Which of many uncertain choices matters: Sobol indices by Jansen's estimators on a Sobol sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from SALib.sample import sobol as sequence


class Sobol(NamedTuple):
    """Shares of an output's variance, one row a factor (or group of factors)."""

    first: NDArray[np.float64]  # (G, ...) owed to the factor by itself
    total: NDArray[np.float64]  # (G, ...) owed to it alone and together with others
    first_error: NDArray[np.float64]  # (G, ...) bootstrap standard errors
    total_error: NDArray[np.float64]
    variance: NDArray[np.float64]  # (...) of the output, in its unit squared


def design(bounds: ArrayLike, *, n: int, seed: int, groups: Sequence[str] | None = None) -> NDArray[np.float64]:
    """
    Choose the points at which to run a model.

    Parameters
    ----------
    bounds : (K, 2)
        Least and greatest value of each factor, uniform between.
    n
        Base sample, a power of two.
    seed
        Of the sequence's scrambling.
    groups : (K,)
        The group of each factor, to be varied together; by default each is its own.

    Returns
    -------
    (n · (G + 2), K)
        Blocks of G + 2 rows: a, then a with one group of b at a time (groups in order of appearance), then b.

    Raises
    ------
    ValueError
        If n is no power of two (the sequence would lose its balance), bounds are not in order, or groups don't fit.

    Notes
    -----
    Saltelli et al. (2010), Computer Physics Communications 181; SALib (Herman & Usher 2017, JOSS 2(9) 97).
    """
    limits = np.asarray(bounds, dtype=np.float64)
    if limits.ndim != 2 or limits.shape[1] != 2 or not (limits[:, 0] < limits[:, 1]).all():
        raise ValueError("each factor needs a least and a greatest value, in this order")
    if n < 2 or n & (n - 1):
        raise ValueError(f"a Sobol sequence is balanced only in powers of two, not {n}")
    if groups is not None and len(groups) != len(limits):
        raise ValueError(f"{len(limits)} factors need as many group names, not {len(groups)}")
    problem: dict[str, Any] = {"num_vars": len(limits), "names": [f"x{k}" for k in range(len(limits))], "bounds": limits.tolist()}
    if groups is not None:
        problem["groups"] = list(groups)
    return np.asarray(sequence.sample(problem, n, calc_second_order=False, seed=seed), dtype=np.float64)


def indices(outputs: ArrayLike, *, n: int, resamples: int = 100, seed: int = 0) -> Sobol:
    """
    Estimate Sobol indices from a model's answers at the points of `design`.

    Parameters
    ----------
    outputs : (n · (G + 2), ...)
        One answer a point, many outputs at once if need be.
    n
        The base sample of the design.
    resamples, seed
        For the bootstrap standard errors.

    Returns
    -------
    Sobol
        NaN for an output that never varies (nothing to share out) or that is unknown at any point.

    Raises
    ------
    ValueError
        If the number of answers doesn't fit n.

    Notes
    -----
    Jansen (1999), Computer Physics Communications 117, for both: first = 1 − E(f_b − f_ab)² / 2V, total = E(f_a − f_ab)² / 2V.
    """
    y = np.asarray(outputs, dtype=np.float64)
    if y.ndim < 1 or n < 2 or len(y) % n or len(y) < 3 * n:
        raise ValueError(f"a base sample of {n} needs n · (groups + 2) answers, not {len(y)}")
    blocks = y.reshape(n, -1, *y.shape[1:])
    a, b = blocks[:, 0], blocks[:, -1]
    crossed = np.moveaxis(blocks[:, 1:-1], 1, 0)
    apart = (b - crossed) ** 2, (a - crossed) ** 2
    variance = np.concatenate([a, b]).var(axis=0)
    varies = variance > (1e-12 * np.abs(np.concatenate([a, b])).max(axis=0)) ** 2
    draws = np.random.default_rng(seed).integers(n, size=(resamples, n))
    again = [_shares(apart, a, b, rows, varies) for rows in draws]
    first, total = _shares(apart, a, b, np.arange(n), varies)
    errors = [np.std([pair[k] for pair in again], axis=0, ddof=1) if resamples > 1 else np.full_like(first, np.nan) for k in (0, 1)]
    return Sobol(first, total, errors[0], errors[1], variance)


def sobol(model: Callable[[NDArray[np.float64]], NDArray[np.float64]], bounds: ArrayLike, *, n: int, seed: int) -> Sobol:
    """
    Run a model over a design and share out the variance of its answers.

    Parameters
    ----------
    model
        Takes (P, K) points, gives (P, ...) answers.
    bounds, n, seed
        As in `design`; the seed also serves the bootstrap.

    Returns
    -------
    Sobol
        One row a factor.

    Notes
    -----
    Ishigami & Homma (1990), a = 7, b = 0.1: first .3139 .4424 0, total .5576 .4424 .2437.
    """
    return indices(model(design(bounds, n=n, seed=seed)), n=n, seed=seed)


def _shares(
    apart: tuple[NDArray[np.float64], NDArray[np.float64]],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    rows: NDArray[np.int_],
    varies: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return first and total indices from some rows of the design."""
    with np.errstate(invalid="ignore", divide="ignore"):
        twice = 2 * np.where(varies, np.concatenate([a[rows], b[rows]]).var(axis=0), np.nan)
        twice = np.where(twice > 0, twice, np.nan)
        return 1 - apart[0][:, rows].mean(axis=1) / twice, apart[1][:, rows].mean(axis=1) / twice
