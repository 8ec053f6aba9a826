"""IDU mode: the published Indicador de Dinâmica Urbana, one latent factor behind seasonally adjusted daily series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pulso.core.composite.impute import gaussian
from pulso.core.composite.normalise import standard
from pulso.core.composite.reliability import Adequacy, Alpha, Sphericity, adequacy, cronbach, sphericity
from pulso.core.factor import OneFactor, one_factor, regression_scores
from pulso.core.seasonal import adjusted


class NoFactor(ValueError):  # noqa: N818  # it names what the data lack, not an error of ours
    """Too little to look for a factor in: which series could be used, (M,)."""

    def __init__(self, why: str, used: NDArray[np.bool_]) -> None:
        self.used = used
        super().__init__(why)


class Idu(NamedTuple):
    """The latent activity of each day, and all that is needed to judge it. Per-series fields are NaN for series not used."""

    score: NDArray[np.float64]  # (T,) mean 0, in standard deviations of the factor; NaN where too little is known or the factor was refused
    variance: NDArray[np.float64]  # (T,) of the factor given what was seen that day
    seen: NDArray[np.float64]  # (T,) share of the series' information that was seen, 0 to 1
    used: NDArray[np.bool_]  # (M,) series that vary, with enough known days for their share and for the seasons
    periods: tuple[int, ...]  # seasons taken out
    loadings: NDArray[np.float64]  # (M,) signed so that the anchor's is positive
    uniquenesses: NDArray[np.float64]  # (M,)
    heywood: NDArray[np.bool_]  # (M,)
    accepted: bool  # False: no factor solution that may be used, and no scores
    chi2: float  # of the hypothesis that one factor suffices
    degrees: int
    p: float
    days: int  # the days that the tests count: the fewest that any two used series share
    adequacy: Adequacy  # KMO; `each` (used series only) in their order
    sphericity: Sphericity  # Bartlett
    alpha: Alpha  # Cronbach, on complete standardised days, series turned to load positively; `without` for used series only


def idu(
    values: ArrayLike,
    *,
    anchor: int,
    periods: Sequence[int] = (7, 365),
    method: Literal["ml", "axis"] = "ml",
    least: float = 0.5,
) -> Idu:
    """
    Reproduce the published method: adjust each daily series for its seasons, standardise, one factor, regression scores.

    Parameters
    ----------
    values : (T, M)
        One value a consecutive local day and series, any unit; NaN is unknown.
    anchor
        The column (traffic, in the papers) that must load positively: it fixes the sign.
    periods
        Seasons in days. One of which less than two cycles lie between the first and last known day of the table can't be
        told from the trend, and is left in; the result says which were taken out.
    method
        "ml" (maximum likelihood) or "axis" (iterated principal axis).
    least
        Share that must be known: of a series' days, for it to be used; of a day's information, for it to be scored.

    Returns
    -------
    Idu
        With gaps, correlations come from maximum likelihood over all days (EM), and a day is scored by the series that it
        has. A Heywood case, a singular correlation or a search without end is refused: diagnostics yes, scores no.

    Raises
    ------
    NoFactor
        If fewer than three series can be used, or the anchor is not one of them.
    ValueError
        If the anchor is no column.

    Notes
    -----
    Jardim et al. (2022), Sustainable Cities and Society 103714; Jardim et al. (2023), SCS 104867. See docs/methods/idu-mode.md.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError(f"daily series stand side by side in two dimensions, not {x.ndim}")
    told = np.flatnonzero(np.isfinite(x).any(axis=1))
    span = int(told[-1] - told[0] + 1) if told.size else 0
    seasons = tuple(p for p in periods if span > 2 * p)
    plain = adjusted(x, seasons, least=least) if seasons else x
    z = standard(plain)
    varies = np.array([np.unique(column[np.isfinite(column)]).size > 1 for column in x.T], dtype=np.bool_)
    used = varies & (np.isfinite(z).sum(axis=0) >= max(3, least * span))
    _enough(used, anchor, x.shape[1])
    estimate = gaussian(z[:, used], tolerance=1e-8)
    days = int(_shared_days(z[:, used]))
    factor = one_factor(estimate.covariance, n=days, method=method)
    return _judge(z, used, int(used[:anchor].sum()), seasons, factor, estimate.mean, estimate.covariance, days, least)


def _enough(used: NDArray[np.bool_], anchor: int, count: int) -> None:
    """Refuse too few series, and an anchor that isn't there."""
    if not 0 <= anchor < count:
        raise ValueError(f"the anchor is one of the columns 0 to {count - 1}, not {anchor}")
    if used.sum() < 3:
        raise NoFactor(
            f"one factor needs three series that are known often enough and vary; of {count} these are: {np.flatnonzero(used).tolist()}",
            used,
        )
    if not used[anchor]:
        raise NoFactor(f"the anchor, column {anchor}, is not known often enough or never varies, so nothing fixes the sign", used)


def _shared_days(z: NDArray[np.float64]) -> int:
    """Count the days of the pair of series that share fewest."""
    known = np.isfinite(z).astype(np.int_)
    return int((known.T @ known).min())


def _judge(
    z: NDArray[np.float64],
    used: NDArray[np.bool_],
    anchor: int,
    seasons: tuple[int, ...],
    factor: OneFactor,
    mean: NDArray[np.float64],
    covariance: NDArray[np.float64],
    days: int,
    least: float,
) -> Idu:
    """Turn the factor by its anchor, score the days, and add the diagnostics."""
    if factor.loadings[anchor] < 0:
        factor = factor._replace(loadings=-factor.loadings)
    scale = np.sqrt(np.diag(covariance))
    again = (z[:, used] - mean) / scale
    corr = covariance / np.outer(scale, scale)
    unknown = np.full(len(z), np.nan)
    score, variance, seen = regression_scores(again, factor, least=least) if factor.accepted else (unknown, unknown, unknown)
    turned = again * np.where(factor.loadings < 0, -1.0, 1.0)
    return Idu(
        score=score,
        variance=variance,
        seen=seen,
        used=used,
        periods=seasons,
        loadings=_spread(factor.loadings, used),
        uniquenesses=_spread(factor.uniquenesses, used),
        heywood=_spread(factor.heywood.astype(np.float64), used) == 1,
        accepted=factor.accepted,
        chi2=factor.chi2,
        degrees=factor.degrees,
        p=factor.p,
        days=days,
        adequacy=adequacy(corr),
        sphericity=sphericity(corr, n=days) if days > len(corr) else Sphericity(np.nan, len(corr) * (len(corr) - 1) // 2, np.nan),
        alpha=cronbach(turned),
    )


def _spread(short: NDArray[np.float64], used: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Put values of the used series back among all series."""
    whole = np.full(used.size, np.nan)
    whole[used] = short
    return whole
