"""A level that wanders, seen through noise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from statsmodels.tsa.statespace.structural import UnobservedComponents

LEAST_TO_GREATEST = (-25.0, 5.0)  # of the logarithms of both variances, in variances of the series: from nothing to far too much


class LocalLevel(NamedTuple):
    """The two variances of a local level, and the level itself."""

    noise: float  # variance of one observation around the level, unit squared
    drift: float  # variance of one step of the level, unit squared
    level: NDArray[np.float64]  # (T,) given all observations
    variance: NDArray[np.float64]  # (T,) of that level
    converged: bool


def local_level(values: ArrayLike) -> LocalLevel:
    """
    Estimate a local level by maximum likelihood: y = level + noise, level = last level + drift.

    Parameters
    ----------
    values : (T,)
        One value a step, any unit; NaN is unknown, and the level passes under it with growing doubt.

    Returns
    -------
    LocalLevel
        The level is smoothed, and exists at every step. If the search did not converge, it says so: don't use it.

    Raises
    ------
    ValueError
        If fewer than three values are known, one is infinite, or they never vary.

    Notes
    -----
    Durbin & Koopman (2012), Time Series Analysis by State Space Methods, ch. 2; exact diffuse start. Nile: 15099 and 1469.
    """
    y = np.asarray(values, dtype=np.float64)
    known = y[np.isfinite(y)]
    if y.ndim != 1 or np.isinf(y).any() or known.size < 3 or np.ptp(known) == 0:
        raise ValueError("a local level needs one series of at least three known values that vary")
    centre, scale = known.mean(), known.std()
    model = UnobservedComponents((y - centre) / scale, level="llevel", use_exact_diffuse=True)

    def disbelief(logs: NDArray[np.float64]) -> float:
        return -float(model.loglike(np.exp(logs)))

    found = minimize(
        disbelief,
        np.log([0.5, 0.05]),
        method="Nelder-Mead",
        bounds=[LEAST_TO_GREATEST, LEAST_TO_GREATEST],
        options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 2000},
    )
    smooth = model.smooth(np.exp(found.x)).level
    noise, drift = scale**2 * np.exp(found.x)
    level, doubt = np.asarray(smooth.smoothed), np.asarray(smooth.smoothed_cov)
    return LocalLevel(float(noise), float(drift), centre + scale * level, scale**2 * doubt, bool(found.success))
