"""Fill what is missing, never without saying so: each function returns the filled values and where it filled."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pulso.core.composite.checks import table


class Imputed(NamedTuple):
    """A table with fewer gaps, and which of its values are guesses."""

    values: NDArray[np.float64]  # (N, M); NaN where no guess could be made
    guessed: NDArray[np.bool_]  # (N, M)
    variance: NDArray[np.float64]  # (N, M) of the guess, in the indicator's unit squared; 0 where observed, NaN where the method has none


class Gaussian(NamedTuple):
    """Mean and covariance of indicators that are not always all known."""

    mean: NDArray[np.float64]  # (M,)
    covariance: NDArray[np.float64]  # (M, M)
    steps: int
    converged: bool


def by_group(values: ArrayLike, groups: ArrayLike, *, statistic: Literal["mean", "median"] = "mean") -> Imputed:
    """
    Fill gaps with the mean (or median) of the unit's group.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is unknown.
    groups : (N,)
        The group of each unit: numbers or words. One group for all gives the plain column mean.
    statistic
        Of the known values of the group, column by column.

    Returns
    -------
    Imputed
        Still NaN where nobody of the group is known. The variance is that of the group's known values (n − 1); NaN if only one is.

    Raises
    ------
    ValueError
        If there isn't one group a unit.

    Notes
    -----
    COINr's `i_mean_grp`, `i_median_grp`; OECD & JRC (2008), step 3. It understates the spread between units.
    """
    x = table(values)
    names = np.asarray(groups)
    if names.shape != (x.shape[0],):
        raise ValueError(f"{x.shape[0]} units need as many groups, not {names.shape}")
    filled, variance = x.copy(), np.zeros_like(x)
    for name in np.unique(names):
        members = np.flatnonzero(names == name)
        for j in range(x.shape[1]):
            known = x[members, j][np.isfinite(x[members, j])]
            gaps = members[np.isnan(x[members, j])]
            if gaps.size:
                filled[gaps, j] = (np.mean(known) if statistic == "mean" else np.median(known)) if known.size else np.nan
                variance[gaps, j] = known.var(ddof=1) if known.size > 1 else np.nan
    return Imputed(filled, np.isnan(x) & np.isfinite(filled), variance)


def gaussian(values: ArrayLike, *, tolerance: float = 1e-10, most: int = 2000) -> Gaussian:
    """
    Estimate mean and covariance by maximum likelihood from rows with gaps (EM), as if gaps came at random given what is seen.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is unknown. Rows of which nothing is known say nothing.
    tolerance
        Largest change of a mean or covariance in one step, in standard deviations, at which to stop.
    most
        Steps after which to give up; then `converged` is false.

    Returns
    -------
    Gaussian
        The covariance divides by n (maximum likelihood). On complete rows it is the ordinary one.

    Raises
    ------
    ValueError
        If an indicator has fewer than two known values, or never varies.

    Notes
    -----
    Little & Rubin (2019), Statistical Analysis with Missing Data, ch. 11. Rows are worked by their pattern of gaps.
    """
    x = table(values)
    known = np.isfinite(x)
    if (known.sum(axis=0) < 2).any():
        raise ValueError("each indicator needs at least two known values")
    centre = np.nanmean(x, axis=0)
    scale = np.nanstd(x, axis=0)
    if (scale == 0).any():
        raise ValueError("an indicator that never varies has no covariance")
    z = ((x - centre) / scale)[known.any(axis=1)]
    patterns, of = np.unique(np.isfinite(z), axis=0, return_inverse=True)
    mean, cov = np.zeros(z.shape[1]), np.eye(z.shape[1])
    steps, change = 0, np.inf
    while steps < most and change > tolerance:
        steps += 1
        filled, doubt = z.copy(), np.zeros_like(cov)
        for p, seen in enumerate(patterns):
            rows = np.flatnonzero(of.ravel() == p)
            gain, left = _regress(cov, seen)
            filled[np.ix_(rows, ~seen)] = mean[~seen] + (z[np.ix_(rows, seen)] - mean[seen]) @ gain
            doubt[np.ix_(~seen, ~seen)] += rows.size * left
        new_mean = filled.mean(axis=0)
        new_cov = (filled - new_mean).T @ (filled - new_mean) / len(z) + doubt / len(z)
        change = max(np.abs(new_mean - mean).max(), np.abs(new_cov - cov).max())
        mean, cov = new_mean, new_cov
    return Gaussian(centre + scale * mean, cov * np.outer(scale, scale), steps, bool(change <= tolerance))


def conditional(values: ArrayLike, mean: ArrayLike, covariance: ArrayLike) -> Imputed:
    """
    Fill gaps with what the row's known indicators lead one to expect, and say how sure that is.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is unknown.
    mean, covariance : (M,), (M, M)
        Of the same indicators, as from `gaussian`.

    Returns
    -------
    Imputed
        Conditional mean and variance; in a row of which nothing is known, the mean and the whole variance.

    Raises
    ------
    ValueError
        If shapes differ, or mean or covariance hold an unknown.
    """
    x, mu, cov = table(values), np.asarray(mean, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if mu.shape != (x.shape[1],) or cov.shape != (x.shape[1], x.shape[1]) or not (np.isfinite(mu).all() and np.isfinite(cov).all()):
        raise ValueError(f"{x.shape[1]} indicators need a known mean and covariance of that size, not {mu.shape} and {cov.shape}")
    filled, variance = x.copy(), np.zeros_like(x)
    patterns, of = np.unique(np.isfinite(x), axis=0, return_inverse=True)
    for p, seen in enumerate(patterns):
        rows = np.flatnonzero(of.ravel() == p)
        gain, left = _regress(cov, seen)
        filled[np.ix_(rows, ~seen)] = mu[~seen] + (x[np.ix_(rows, seen)] - mu[seen]) @ gain
        variance[np.ix_(rows, ~seen)] = np.diag(left)
    return Imputed(filled, np.isnan(x), variance)


def _regress(cov: NDArray[np.float64], seen: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how the unseen follow from the seen (seen × unseen), and the covariance that remains."""
    across = cov[np.ix_(seen, ~seen)]
    gain = np.linalg.pinv(cov[np.ix_(seen, seen)], hermitian=True) @ across if seen.any() else np.zeros_like(across)
    return gain, cov[np.ix_(~seen, ~seen)] - across.T @ gain
