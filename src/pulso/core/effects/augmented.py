"""Augmented synthetic control: where no mix fits, a ridge regression takes off what the misfit would do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.effects.frame import Case, Estimate, Floats, case
from pulso.core.effects.weights import simplex

STEPS, SMALLEST = 20, 1e-8  # ridges that are tried: 21 in equal steps of their logarithm, the least this share of the greatest


class Augmented(NamedTuple):
    """An augmented synthetic control, and how its ridge was chosen."""

    estimate: Estimate  # some unit weights may be negative
    ridge: float  # in squares of the outcome's unit; infinite: plain synthetic control
    tried: Floats  # (L,) ridges, greatest first; empty where the ridge was given
    errors: Floats  # (L,) mean squared error on periods left out
    spreads: Floats  # (L,) standard error of that mean


def augmented_control(
    outcomes: ArrayLike, treated: ArrayLike, start: int, predictors: ArrayLike | None = None, *, ridge: float | None = None
) -> Augmented:
    """
    Compare the treated with a mix of untreated units, corrected for what the mix doesn't match before `start`.

    Parameters
    ----------
    outcomes : (N, T)
        Units × periods. Unknown values are refused, with their row: leave such units out.
    treated : (N,)
        Which units were treated; of several, the mean is matched.
    start
        First treated period, counted from 0.
    predictors : (N, K)
        What is matched and regressed on besides the outcomes before `start`, any units, known everywhere. Each counts as much as a
        period: it is brought to the standard deviation that the untreated's outcomes have about each period's mean.
    ridge
        Above 0; `inf` means plain synthetic control. Without, the greatest whose error on periods left out, one at a time, lies
        within one standard error of the least: that needs three periods before `start`. Predictors are never left out.

    Returns
    -------
    Augmented

    Raises
    ------
    ValueError
        As `frame.case`; if the ridge is not above 0, there are too few periods to choose one, or a predictor is unknown somewhere or
        the same for all the untreated.

    Notes
    -----
    Ben-Michael, Feller & Rothstein (2021), JASA 116(536); predictors as their R package takes them if not told otherwise. The weights
    sum to 1, and go below 0 where the treated unit lies outside what the others can be mixed to: then it extrapolates, and the further
    the smaller the ridge.
    """
    asked = case(outcomes, treated, start, donors=2)
    centre = asked.controls[:, :start].mean(axis=0)
    before, target = asked.controls[:, :start] - centre, asked.target[:start] - centre
    if predictors is not None:
        beside, aim = _beside(predictors, asked, float(before.std(ddof=1)))
        before, target = np.hstack([before, beside]), np.append(target, aim)
    if ridge is not None:
        if not ridge > 0:
            raise ValueError(f"a ridge is above 0; got {ridge}")
        none = np.zeros(0)
        return Augmented(asked.estimate(_weights(before, target, np.array([ridge]))[0]), ridge, none, none, none)
    if start < 3:
        raise ValueError(f"to choose a ridge there must be three periods before `start`; got {start}: give a ridge")
    tried = max(np.linalg.norm(before, 2) ** 2, np.finfo(float).tiny) * SMALLEST ** (np.arange(STEPS + 1) / STEPS)
    squares = np.array([_left_out(before, target, period, tried) for period in range(start)])
    errors, spreads = squares.mean(axis=0), squares.std(axis=0, ddof=1) / np.sqrt(start)
    least = int(errors.argmin())
    chosen = float(tried[errors <= errors[least] + spreads[least]].max())
    return Augmented(asked.estimate(_weights(before, target, np.array([chosen]))[0]), chosen, tried, errors, spreads)


def _beside(predictors: ArrayLike, asked: Case, size: float) -> tuple[Floats, Floats]:
    """(N0, K) Predictors of the controls, with mean 0 and standard deviation `size`, and (K,) the treated's on that scale."""
    x = np.asarray(predictors, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] != asked.treated.size or x.shape[1] == 0:
        raise ValueError(f"predictors are {asked.treated.size} units × predictors; got the shape {x.shape}")
    unknown = np.argwhere(~np.isfinite(x))
    if unknown.size:
        raise ValueError(f"predictors must be known everywhere: predictor {unknown[0, 1]} of unit {unknown[0, 0]} is not")
    controls = x[~asked.treated]
    same = np.flatnonzero(np.ptp(controls, axis=0) == 0)
    if same.size:
        raise ValueError(f"predictor {same[0]} is the same for all the untreated: nothing can be learnt from it")
    centre, scale = controls.mean(axis=0), size / controls.std(axis=0, ddof=1)
    return (controls - centre) * scale, (x[asked.treated].mean(axis=0) - centre) * scale


def _weights(before: Floats, target: Floats, ridges: Floats) -> Floats:
    """(L, N0) Weights for each ridge; `before` (N0, P) and `target` (P,) less the mean of the controls, periods first."""
    mix = simplex((before - target).T)
    left, sizes, right = np.linalg.svd(before, full_matrices=False)
    missed = right @ (target - mix @ before)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.nan_to_num(sizes / (sizes**2 + ridges[:, None]))
    return np.asarray(mix + (shares * missed) @ left.T)


def _left_out(before: Floats, target: Floats, period: int, ridges: Floats) -> Floats:
    """(L,) Squared error in a period that the weights don't know."""
    rest = np.arange(target.size) != period
    return np.asarray((target[period] - _weights(before[:, rest], target[rest], ridges) @ before[:, period]) ** 2)
