"""Synthetic control: the mix of untreated units that resembles the treated one, with the importance of predictors found globally."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog, minimize

from pulso.core.effects.frame import Bools, Case, Estimate, Floats, case
from pulso.core.effects.weights import simplex

FLOOR = -10.0  # log10 of the least importance, where the greatest is 1: none is quite 0, so that the mix is unique
DRAWS, REFINED = 4_000, 60
ROUNDS, SHAKEN, ANEW = 4, 15, 0.3  # in the end, the best is shaken, by turns with this share of it drawn anew
TUMBLES = 500  # at most so many trials a predictor without a slope
NEAR = 1e-6  # relative: as good as equal
HEAVY = 1e4  # what must be matched first, beside what breaks the ties


class Synthetic(NamedTuple):
    """A synthetic control, and how good it could have been."""

    estimate: Estimate
    importance: Floats  # (K,) of each predictor, on predictors divided by their standard deviation; sum 1; empty without predictors
    loss: float  # mean squared gap of the outcome in the periods that were to be fitted
    bound: float  # the least loss that any mix has, predictors aside
    proven: bool  # whether nothing is better: the bound is reached, or all predictors are matched and the best such mix is taken


class _Problem(NamedTuple):
    """What each control has more than the treated."""

    predictors: Floats  # (K, N0) in standard deviations
    outcomes: Floats  # (P, N0) in the periods to be fitted


def synthetic_control(
    outcomes: ArrayLike,
    treated: ArrayLike,
    start: int,
    predictors: ArrayLike | None = None,
    *,
    fit: ArrayLike | None = None,
    importance: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Synthetic:
    """
    Compare the treated with the mix of untreated units, weights >= 0 with sum 1, that resembles it most before `start`.

    Parameters
    ----------
    outcomes : (N, T)
        Units × periods. Unknown values are refused, with their row: leave such units out.
    treated : (N,)
        Which units were treated; of several, the mean is matched.
    start
        First treated period, counted from 0.
    predictors : (N, K)
        What the mix should resemble, known everywhere; without, it is the outcome in each period of `fit`.
    fit : (start,)
        Periods whose mean squared gap decides how important each predictor is; without, all before `start`.
    importance : (K,)
        Of each predictor, not negative (V in the literature, for predictors divided by their standard deviation); without, it is
        searched for. One found in earlier years may be used with later predictors: that is the literature's cross-validation.
    draws
        Random importances to begin the search with. 0 asks for what the literature's first software does, so that its figures can be
        had again: descents, by slope and without, from equal importance and from that of a regression; the best of the four.
    seed
        Of the draws.

    Returns
    -------
    Synthetic

    Raises
    ------
    ValueError
        As `frame.case`; if a predictor is unknown somewhere or the same everywhere, an importance is negative, or none is positive,
        or there are fewer than no draws.

    Notes
    -----
    Abadie & Gardeazabal (2003), AER 93(1); Abadie, Diamond & Hainmueller (2010), JASA 105(490). The inner problem is solved exactly.
    That its outer problem has many local optima, and that the outcomes' own optimum should be tried first, is from Becker & Klößner
    (2018), Econometrics and Statistics 5. An importance lies between 1e-10 of the greatest and the greatest.
    """
    asked = case(outcomes, treated, start)
    if draws < 0:
        raise ValueError(f"draws are none or more; got {draws}")
    of_fit = _periods(fit, asked.start)
    apart = (asked.controls - asked.target)[:, : asked.start][:, of_fit].T
    free = simplex(apart)
    bound = _square(apart, free)
    if predictors is None:
        return Synthetic(asked.estimate(free), np.zeros(0), bound, bound, proven=True)
    problem = _Problem(_gaps(predictors, asked), apart)
    if importance is not None:
        v = _given(importance, len(problem.predictors))
        weights = _mix(problem, v)
        loss = _square(apart, weights)
        return Synthetic(asked.estimate(weights), v / v.sum(), loss, bound, _reached(problem, loss, bound))
    found = _matched(problem) or (_attained(problem, free, bound) if draws else None)
    v, weights, proven = found or _search(problem, draws, seed)
    return Synthetic(asked.estimate(weights), v / v.sum(), _square(apart, weights), bound, proven)


def _mix(problem: _Problem, importance: Floats) -> Floats:
    """(N0,) The mix that resembles the treated most, for this importance of the predictors."""
    return simplex(problem.predictors * np.sqrt(importance)[:, None])


def _matched(problem: _Problem) -> tuple[Floats, Floats, bool] | None:
    """Where some mix matches all predictors, importance says nothing: of the mixes that do, take the one nearest in the outcomes."""
    gaps, apart = problem
    equal = np.full(len(gaps), 1 / len(gaps))
    if _square(gaps, simplex(gaps)) > 1e-16 * np.mean(gaps**2):
        return None
    size = np.sqrt(np.mean(apart**2) / np.mean(gaps**2)) or 1.0
    return equal, simplex(np.vstack([gaps * size * HEAVY, apart])), True


def _attained(problem: _Problem, free: Floats, bound: float) -> tuple[Floats, Floats, bool] | None:
    """Say which importance gives the outcomes' own best mix, if any does: a linear programme over its optimality conditions."""
    gaps, apart = problem
    k, used = len(gaps), free > 1e-9
    pull = gaps.T * (gaps @ free)  # (N0, K) slope of the inner problem, a predictor at a time
    bar, least = -np.ones((used.size, 1)), np.zeros((used.size, 1))
    conditions = np.hstack([pull, bar, least])  # the slope is the same for all units used, and not less for the others
    floor = np.hstack([-np.eye(k), np.zeros((k, 1)), np.ones((k, 1))])
    found = linprog(
        np.r_[np.zeros(k + 1), -1.0],  # the greatest least importance: none at 0, if that can be
        A_ub=np.vstack([-conditions[~used], floor]),
        b_ub=np.zeros(int((~used).sum()) + k),
        A_eq=np.vstack([conditions[used], np.r_[np.ones(k), 0.0, 0.0]]),
        b_eq=np.r_[np.zeros(int(used.sum())), 1.0],
        bounds=[(0, None)] * k + [(None, None), (0, None)],
    )
    if not found.success:
        return None
    v = np.maximum(np.asarray(found.x)[:k], 0.0)
    v = np.maximum(v, 10**FLOOR * v.max())
    weights = _mix(problem, v)
    return (v, weights, True) if _reached(problem, _square(apart, weights), bound) else None


def _reached(problem: _Problem, loss: float, bound: float) -> bool:
    """Whether a loss is as good as the least that any mix has."""
    return loss <= bound * (1 + NEAR) + 1e-16 * float(np.mean(problem.outcomes**2))


def _search(problem: _Problem, draws: int, seed: int) -> tuple[Floats, Floats, bool]:
    """Descend from the most promising draws, one for each choice of units in the mix; shake the best, descend again, and tumble."""
    k = len(problem.predictors)
    rng = np.random.default_rng(seed)
    usual = [np.zeros(k), _regressed(problem)]
    ends = [_descend(problem, logs) for logs in [*usual, *_promising(problem, rng.uniform(FLOOR, 0.0, (draws, k)))]]
    least, best = min(ends, key=lambda end: end[0])
    for turn in range(ROUNDS if draws else 0):
        near = best + rng.normal(size=(SHAKEN, k))
        if turn % 2 == 0:
            near = np.where(rng.random(near.shape) < ANEW, rng.uniform(FLOOR, 0.0, near.shape), near)
        ends = [_descend(problem, logs) for logs in np.clip(near, FLOOR, 0.0)]
        least, best = min([(least, best), *ends], key=lambda end: end[0])
    ends = [_tumble(problem, logs) for logs in ([best] if draws else usual)]
    least, best = min([(least, best), *ends], key=lambda end: end[0])
    return 10**best, _mix(problem, 10**best), False


def _promising(problem: _Problem, drawn: Floats) -> list[Floats]:
    """Of draws (D, K) that mix the same units the best, and of these the best: others would descend to where they do."""
    best: dict[bytes, tuple[float, int]] = {}
    for i, logs in enumerate(drawn):
        weights = _mix(problem, 10**logs)
        units = (weights > 1e-9).tobytes()
        best[units] = min(best.get(units, (np.inf, i)), (_square(problem.outcomes, weights), i))
    return [drawn[i] for _, i in sorted(best.values())[:REFINED]]


def _descend(problem: _Problem, logs: Floats) -> tuple[float, Floats]:
    """Follow the slope of the loss, by quasi-Newton steps over the logarithms of the importances."""

    def loss(at: Floats) -> tuple[float, Floats]:
        return _loss(problem, at)

    found = minimize(loss, logs, jac=True, method="L-BFGS-B", bounds=[(FLOOR, 0.0)] * logs.size, options={"ftol": 1e-13})
    return float(found.fun), np.asarray(found.x)


def _tumble(problem: _Problem, logs: Floats) -> tuple[float, Floats]:
    """Let a simplex tumble down over the importances themselves, without a slope: over edges too (Nelder & Mead 1965)."""

    def logarithms(shares: Floats) -> Floats:
        size = np.abs(shares)
        return np.asarray(np.log10(np.maximum(size / size.max(), 10**FLOOR)))

    def loss(shares: Floats) -> float:
        return _square(problem.outcomes, _mix(problem, 10 ** logarithms(shares)))

    first = 10**logs / (10**logs).sum()
    still, most = 1e-8 * loss(first), TUMBLES * first.size
    found = minimize(loss, first, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": still, "maxfev": most})
    return float(found.fun), logarithms(np.asarray(found.x))


def _loss(problem: _Problem, logs: Floats) -> tuple[float, Floats]:
    """Mean squared gap of the outcomes, and its slope in log10 of the importances while the same units are used."""
    v = 10**logs
    weights = _mix(problem, v)
    used = weights > 1e-12
    gaps, apart, x = problem.predictors[:, used], problem.outcomes[:, used], weights[used]
    n = x.size
    bordered = np.ones((n + 1, n + 1))
    bordered[:n, :n], bordered[n, n] = gaps.T @ (v[:, None] * gaps), 0.0
    slope = np.zeros(n + 1)
    slope[:n] = 2 * apart.T @ (apart @ x) / len(apart)
    through = np.linalg.lstsq(bordered, slope, rcond=None)[0][:n]
    return _square(apart, x), -(gaps @ through) * (gaps @ x) * v * np.log(10)


def _regressed(problem: _Problem) -> Floats:
    """(K,) log10 of the importance that a regression of the outcomes on the predictors, over all units, suggests."""
    gaps, apart = (np.pad(part, ((0, 0), (0, 1))) for part in problem)  # the treated has no gap to itself
    slopes = np.linalg.lstsq((gaps - gaps.mean(axis=1, keepdims=True)).T, (apart - apart.mean(axis=1, keepdims=True)).T, rcond=None)[0]
    size = (slopes**2).sum(axis=1)
    return np.asarray(np.clip(np.log10(np.maximum(size, 1e-300) / max(size.max(), 1e-300)), FLOOR, 0.0))


def _square(gaps: Floats, weights: Floats) -> float:
    """Mean squared gap of a mix."""
    return float(np.mean((gaps @ weights) ** 2))


def _periods(fit: ArrayLike | None, start: int) -> Bools:
    chosen = np.ones(start, dtype=bool) if fit is None else np.asarray(fit)
    if chosen.shape != (start,) or chosen.dtype != np.bool_ or not chosen.any():
        raise ValueError(f"`fit` says for each of the {start} periods before `start` whether it is to be fitted, and one must be")
    return chosen


def _gaps(predictors: ArrayLike, asked: Case) -> NDArray[np.float64]:
    """(K, N0) What each control has more of each predictor than the treated, in standard deviations over all units."""
    x = np.asarray(predictors, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] != asked.treated.size or x.shape[1] == 0:
        raise ValueError(f"predictors are {asked.treated.size} units × predictors; got the shape {x.shape}")
    unknown = np.argwhere(~np.isfinite(x))
    if unknown.size:
        raise ValueError(f"predictors must be known everywhere: predictor {unknown[0, 1]} of unit {unknown[0, 0]} is not")
    same = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if same.size:
        raise ValueError(f"predictor {same[0]} is the same everywhere: it can't tell units apart")
    spread = x.std(axis=0, ddof=1)
    return np.asarray((x[~asked.treated] - x[asked.treated].mean(axis=0)).T / spread[:, None])


def _given(importance: ArrayLike, count: int) -> Floats:
    v = np.asarray(importance, dtype=np.float64)
    if v.shape != (count,) or not np.isfinite(v).all() or (v < 0).any() or not v.any():
        raise ValueError(f"importance has one number a predictor ({count}), none negative and one positive; got {v}")
    return np.asarray(np.maximum(v, 10**FLOOR * v.max()))
