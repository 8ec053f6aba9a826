"""One latent factor behind many series: estimated, tested, refused where it is no factor, and scored."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize, root
from scipy.stats import chi2 as chi2_distribution

LEAST_UNIQUENESS = 0.005  # as in R's factanal: a variable that the factor explains to 99.5 % is a Heywood case


class OneFactor(NamedTuple):
    """One factor: what it explains of each series, how well it fits, and whether it may be used at all."""

    loadings: NDArray[np.float64]  # (M,) correlations of series and factor; NaN where no solution exists
    uniquenesses: NDArray[np.float64]  # (M,) variance that the factor leaves, of 1
    chi2: float  # of the hypothesis that one factor suffices; NaN without n
    degrees: int
    p: float
    heywood: NDArray[np.bool_]  # (M,) series that the factor would explain (more than) wholly
    converged: bool

    @property
    def accepted(self) -> bool:
        """Whether the solution may be used: it converged, and no series is a Heywood case."""
        return self.converged and not bool(self.heywood.any())


class Scores(NamedTuple):
    """Where each row stands on the factor."""

    value: NDArray[np.float64]  # (T,) factor of mean 0 and variance 1; NaN where too little is known
    variance: NDArray[np.float64]  # (T,) of the factor given what was seen; 1 where nothing was
    seen: NDArray[np.float64]  # (T,) share of the information of all series, 0 to 1


def one_factor(matrix: ArrayLike, *, n: int | None = None, method: Literal["ml", "axis"] = "ml") -> OneFactor:
    """
    Fit one common factor to a covariance or correlation matrix.

    Parameters
    ----------
    matrix : (M, M)
        Covariance or correlation of M >= 3 series; it is scaled to a correlation.
    n
        How many rows it was made from; without it there is no test.
    method
        "ml": maximum likelihood, uniquenesses within [0.005, 1]. "axis": iterated principal axis from squared multiple correlations.

    Returns
    -------
    OneFactor
        The sign makes the sum of the loadings positive. The test is Bartlett's corrected chi², by the discrepancy of the
        method's own solution. Where the correlation is singular (two series that say the same) nothing is estimated.

    Raises
    ------
    ValueError
        If the matrix isn't symmetric, holds an unknown, or has fewer than three series: one factor of two can't be told apart.

    Notes
    -----
    Lawley & Maxwell (1971), Factor Analysis as a Statistical Method; R's `factanal`, whose `ability.cov` example is our
    reference. Heywood (1931); Bartlett (1951).
    """
    corr = _correlation(matrix)
    m = len(corr)
    degrees = ((m - 1) ** 2 - (m + 1)) // 2
    if np.linalg.eigvalsh(corr)[0] < 1e-10:
        unknown = np.full(m, np.nan)
        return OneFactor(unknown, unknown, np.nan, degrees, np.nan, np.zeros(m, dtype=np.bool_), converged=False)
    loadings, unique, heywood, converged = _by_likelihood(corr) if method == "ml" else _by_axis(corr)
    loadings = loadings * (1.0 if loadings.sum() >= 0 else -1.0)
    chi2 = np.nan
    if n is not None and not heywood.any():
        implied = np.outer(loadings, loadings) + np.diag(unique)
        discrepancy = np.linalg.slogdet(implied)[1] - np.linalg.slogdet(corr)[1] + np.trace(np.linalg.solve(implied, corr)) - m
        chi2 = float((n - 1 - (2 * m + 5) / 6 - 2 / 3) * discrepancy)
    p = float(chi2_distribution.sf(chi2, degrees)) if degrees > 0 else np.nan
    return OneFactor(loadings, unique, chi2, degrees, p, heywood, converged)


def regression_scores(standard: ArrayLike, factor: OneFactor, *, least: float = 0.5) -> Scores:
    """
    Place each row on the factor: its expected value given the series that were seen (Thomson's regression scores).

    Parameters
    ----------
    standard : (T, M)
        Series of mean 0 and variance 1; NaN is unknown.
    factor
        An accepted solution for the same series.
    least
        Share of the information (the sum of loading² / uniqueness) that a row must bring.

    Returns
    -------
    Scores
        On complete rows of a likelihood solution these are R's `factanal(scores = "regression")`. A row with gaps is scored
        by what it has, drawn toward 0 as it says less.

    Raises
    ------
    ValueError
        If the solution was refused, or the shapes differ.

    Notes
    -----
    Thomson (1951); for a row with gaps, the same conditional expectation under the fitted model.
    """
    z = np.asarray(standard, dtype=np.float64)
    if not factor.accepted:
        raise ValueError("a refused factor solution (Heywood case, or none found) gives no scores")
    if z.ndim != 2 or z.shape[1] != factor.loadings.size:
        raise ValueError(f"{factor.loadings.size} loadings need as many series, not {z.shape}")
    known = np.isfinite(z)
    pull = factor.loadings / factor.uniquenesses
    information = known @ (factor.loadings * pull)
    seen = information / (factor.loadings @ pull)
    value = np.where(known, z, 0.0) @ pull / (1 + information)
    return Scores(np.where((seen >= least - 1e-12) & (seen > 0), value, np.nan), 1 / (1 + information), seen)


def _correlation(matrix: ArrayLike) -> NDArray[np.float64]:
    """Check a covariance matrix and scale it to a correlation."""
    cov = np.asarray(matrix, dtype=np.float64)
    if cov.ndim != 2 or cov.shape[0] != cov.shape[1] or cov.shape[0] < 3:
        raise ValueError(f"one factor needs a square matrix of at least three series, not {cov.shape}")
    if not np.isfinite(cov).all() or not np.allclose(cov, cov.T) or (np.diag(cov) <= 0).any():
        raise ValueError("a covariance matrix is known everywhere, symmetric, with positive variances")
    scale = np.sqrt(np.diag(cov))
    return np.asarray(cov / np.outer(scale, scale))


def _loadings(corr: NDArray[np.float64], unique: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the best loadings for given uniquenesses, and the eigenvalues that they leave over."""
    scale = np.sqrt(unique)
    values, vectors = np.linalg.eigh(corr / np.outer(scale, scale))
    return scale * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0)), values[:-1]


def _by_likelihood(corr: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], bool]:
    """Minimise the likelihood's discrepancy over the uniquenesses, then polish the root of its gradient."""

    def discrepancy(unique: NDArray[np.float64]) -> float:
        rest = _loadings(corr, unique)[1]
        return float(np.sum(rest - np.log(rest) - 1))

    def gradient(unique: NDArray[np.float64]) -> NDArray[np.float64]:
        loadings = _loadings(corr, unique)[0]
        return np.asarray((loadings**2 + unique - 1) / unique**2)

    start = np.clip((1 - 0.5 / len(corr)) / np.diag(np.linalg.inv(corr)), LEAST_UNIQUENESS, 1)
    bounds = [(LEAST_UNIQUENESS, 1.0)] * len(corr)
    found = minimize(
        discrepancy, start, jac=gradient, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9}
    )
    unique = np.asarray(found.x)
    free = (unique > LEAST_UNIQUENESS * 1.001) & (unique < 1)
    if free.any():

        def free_gradient(part: NDArray[np.float64]) -> NDArray[np.float64]:
            whole = unique.copy()
            whole[free] = np.clip(part, LEAST_UNIQUENESS, 1)
            return gradient(whole)[free]

        polished = root(free_gradient, unique[free], tol=1e-14)
        if np.abs(polished.x - unique[free]).max() < 1e-3:
            unique[free] = np.clip(polished.x, LEAST_UNIQUENESS, 1)
    slope = gradient(unique)
    at_floor, at_roof = unique <= LEAST_UNIQUENESS * 1.001, unique >= 1
    stationary = np.abs(np.where(at_floor, np.minimum(slope, 0), np.where(at_roof, np.maximum(slope, 0), slope))).max() < 1e-6
    return _loadings(corr, unique)[0], unique, at_floor, bool(stationary)


def _by_axis(corr: NDArray[np.float64], *, most: int = 20_000) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], bool]:
    """Iterate communalities until they explain themselves, or one of them passes 1."""
    shared = 1 - 1 / np.diag(np.linalg.inv(corr))
    for _ in range(most):
        values, vectors = np.linalg.eigh(corr - np.diag(1 - shared))
        loadings = vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
        change, shared = np.abs(loadings**2 - shared).max(), loadings**2
        if change < 1e-13 or (shared >= 1).any():
            break
    heywood = 1 - shared <= LEAST_UNIQUENESS
    return loadings, 1 - shared, heywood, bool(change < 1e-13)
