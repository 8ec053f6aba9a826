"""Do the indicators belong together? Correlation, Cronbach's alpha, sampling adequacy, Bartlett's test."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2 as chi2_distribution
from scipy.stats import rankdata

from pulso.core.composite.checks import table


class Correlation(NamedTuple):
    """How indicators move together, pair by pair."""

    value: NDArray[np.float64]  # (M, M), −1 to 1
    pairs: NDArray[np.int_]  # (M, M) units in which both are known


class Alpha(NamedTuple):
    """Internal consistency, and how many units it rests on."""

    value: float
    without: NDArray[np.float64]  # (M,) what it would be without each indicator
    units: int


class Adequacy(NamedTuple):
    """Kaiser, Meyer and Olkin's measure of sampling adequacy: the share of correlation that is common, 0 to 1."""

    value: float
    each: NDArray[np.float64]  # (M,)


class Sphericity(NamedTuple):
    """Bartlett's test that nothing correlates with anything."""

    chi2: float
    degrees: int
    p: float


def correlation(values: ArrayLike, *, ranks: bool = False) -> Correlation:
    """
    Correlate every two indicators over the units in which both are known.

    Parameters
    ----------
    values : (N, M)
        Any unit; NaN is unknown.
    ranks
        Correlate ranks (Spearman) instead of values (Pearson). Ranks are given anew within each pair's units.

    Returns
    -------
    Correlation
        NaN with fewer than three pairs, or where one of two never varies. Pair by pair means that with gaps the matrix may
        have negative eigenvalues; `impute.gaussian` gives one that can't.
    """
    x = table(values)
    m = x.shape[1]
    value, pairs = np.full((m, m), np.nan), np.zeros((m, m), dtype=np.int_)
    for i in range(m):
        for j in range(i + 1):
            both = np.isfinite(x[:, i]) & np.isfinite(x[:, j])
            pairs[i, j] = pairs[j, i] = both.sum()
            a, b = x[both, i], x[both, j]
            if a.size >= 3 and np.ptp(a) > 0 and np.ptp(b) > 0:
                a, b = (rankdata(a), rankdata(b)) if ranks else (a, b)
                value[i, j] = value[j, i] = 1.0 if i == j else np.corrcoef(a, b)[0, 1]
    return Correlation(value, pairs)


def cronbach(values: ArrayLike) -> Alpha:
    """
    Measure how far the indicators measure one thing (Cronbach's alpha, on covariances).

    Parameters
    ----------
    values : (N, M)
        On one scale; units with a gap are left out, and `units` says how many stayed.

    Returns
    -------
    Alpha
        At most 1; negative where indicators contradict each other. NaN with fewer than two complete units or two
        indicators, and where the sum never varies. `without` is NaN if only two indicators exist.

    Notes
    -----
    Cronbach (1951), Psychometrika 16. On R's `attitude` data: .84314276956.
    """
    x = table(values)
    whole = x[np.isfinite(x).all(axis=1)]
    m = x.shape[1]
    if len(whole) < 2:
        return Alpha(np.nan, np.full(m, np.nan), len(whole))
    cov = np.atleast_2d(np.cov(whole, rowvar=False))
    others = [_alpha(cov[np.ix_(keep, keep)]) for keep in (np.arange(m) != j for j in range(m))]
    return Alpha(_alpha(cov), np.array(others), len(whole))


def adequacy(correlation: ArrayLike) -> Adequacy:
    """
    Measure how much of the correlation is common to many rather than private to pairs (KMO).

    Parameters
    ----------
    correlation : (M, M)
        Complete and positive definite.

    Returns
    -------
    Adequacy
        .5 is miserable, .8 meritorious. NaN if the matrix is singular or nothing correlates.

    Notes
    -----
    Kaiser & Rice (1974), Educational and Psychological Measurement 34.
    """
    corr = _square(correlation)
    if np.linalg.eigvalsh(corr)[0] < 1e-12:
        return Adequacy(np.nan, np.full(len(corr), np.nan))
    inverse = np.linalg.inv(corr)
    scale = np.sqrt(np.diag(inverse))
    away = ~np.eye(len(corr), dtype=np.bool_)
    whole, partial = corr**2 * away, (inverse / np.outer(scale, scale)) ** 2 * away
    with np.errstate(invalid="ignore"):
        each = whole.sum(axis=0) / (whole + partial).sum(axis=0)
        return Adequacy(float(whole.sum() / np.float64((whole + partial).sum())), each)


def sphericity(correlation: ArrayLike, *, n: int) -> Sphericity:
    """
    Test whether the indicators correlate at all (Bartlett's test of sphericity).

    Parameters
    ----------
    correlation : (M, M)
        Complete.
    n
        How many units it was made from.

    Returns
    -------
    Sphericity
        chi² is infinite where the matrix is singular.

    Raises
    ------
    ValueError
        If n is not above the number of indicators.

    Notes
    -----
    Bartlett (1951), Biometrika 38.
    """
    corr = _square(correlation)
    m = len(corr)
    if n <= m:
        raise ValueError(f"a test over {m} indicators needs more than {m} units, not {n}")
    sign, log_determinant = np.linalg.slogdet(corr)
    chi2 = float(-(n - 1 - (2 * m + 5) / 6) * log_determinant) if sign > 0 else np.inf
    degrees = m * (m - 1) // 2
    return Sphericity(chi2, degrees, float(chi2_distribution.sf(chi2, degrees)))


def _alpha(cov: NDArray[np.float64]) -> float:
    """Alpha of a covariance matrix; NaN of fewer than two indicators or of a sum that never varies."""
    m, total = len(cov), float(cov.sum())
    return m / (m - 1) * (1 - float(np.trace(cov)) / total) if m > 1 and total > 0 else np.nan


def _square(correlation: ArrayLike) -> NDArray[np.float64]:
    """Check a correlation matrix."""
    corr = np.asarray(correlation, dtype=np.float64)
    if corr.ndim != 2 or corr.shape[0] != corr.shape[1] or not np.isfinite(corr).all():
        raise ValueError(f"a correlation matrix is square and known everywhere; this has the shape {corr.shape}")
    return corr
