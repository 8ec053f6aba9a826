"""Synthetic difference-in-differences, and synthetic control and difference-in-differences in the same frame."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pulso.core.effects.frame import Case, Estimate, Floats, case
from pulso.core.effects.weights import frank_wolfe, simplex, thin

Way = Literal["sdid", "sc", "did"]
ROUGH, FINE = 100, 10_000  # steps before and after thinning
STILL = 1e-5  # of the noise: a gain smaller than its square is none
SLIGHT = 1e-6  # of the noise: a pull that only makes the weights unique
CELLS = 4_000_000  # of the matrices that are worked on at once


class Pulls(NamedTuple):
    """How strongly the weights are pulled towards equality, in the outcome's unit, and when a search rests."""

    units: float
    times: float
    still: float


class _Many(NamedTuple):
    """B questions of one size."""

    controls: Floats  # (B, N0, T)
    target: Floats  # (B, T)
    start: int


def estimate(outcomes: ArrayLike, treated: ArrayLike, start: int, *, way: Way = "sdid", exact: bool = False) -> Estimate:
    """
    Compare the treated with a weighted mean of the untreated, from `start` on against before.

    Parameters
    ----------
    outcomes : (N, T)
        Units × periods. Unknown values are refused, with their row: leave such units out.
    treated : (N,)
        Which units were treated, all from `start` on; there must be two untreated at least, one for "did".
    start
        First treated period, counted from 0.
    way
        "sdid": weights of units and of periods, and the units' levels may differ. "sc": weights of units alone, level and all.
        "did": all equal.
    exact
        Whether the weights are the optimum, which is unique. Without, they are where the published search stops: with few units
        and many periods, any of many mixes that are nearly as good.

    Returns
    -------
    Estimate
        Its gaps are drawn less their weighted level before `start`, except for "sc".

    Raises
    ------
    ValueError
        As `frame.case`; or if there is only one period before `start` and the way is not "did": the noise can't be measured.

    Notes
    -----
    Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), AER 111(12), with the settings of their R package: the pulls follow from
    the noise, the standard deviation of the controls' first differences before `start`. Their weights are defined as the optimum,
    and searched for by Frank & Wolfe's steps; what this leaves is told in docs/methods/synthetic-control.md.
    """
    asked = case(outcomes, treated, start, donors=1 if way == "did" else 2)
    omega, lam = _weights(_one(asked), _pulls(asked, way), way, exact=exact)
    return asked.estimate(omega[0], lam[0])


def placebos(outcomes: ArrayLike, treated: ArrayLike, start: int, *, way: Way = "sdid", count: int | None = None, seed: int = 0) -> Floats:
    """
    Estimate what can't be: the effect on groups of untreated units, as large as the treated group, without the treated.

    Parameters
    ----------
    outcomes, treated, start, way
        As of `estimate`; the untreated must be more than the treated by two at least.
    count
        How many groups, drawn at random with `seed`. Without: each group once where there are at most 500, otherwise 200 at random.
    seed
        Of the draw.

    Returns
    -------
    (count,)
        Effects. Their standard deviation about their mean is the placebo standard error: `placebo_error`.

    Notes
    -----
    Algorithm 4 of Arkhangelsky et al. (2021). Noise and first weights are those of the real estimate, as in their package. It holds
    where treated and untreated units are alike in how they vary.
    """
    asked = case(outcomes, treated, start, donors=2)
    n0, n1 = int((~asked.treated).sum()), int(asked.treated.sum())
    if count is not None and count < 1:
        raise ValueError(f"there must be one placebo at least; got {count}")
    if n0 - n1 < 2:
        raise ValueError(f"placebos of {n1} units need at least {n1 + 2} untreated units; got {n0}")
    groups, which = _groups(n0, n1, count, seed)
    pulls = _pulls(asked, way)
    omega, lam = _weights(_one(asked), pulls, way)
    size = max(1, CELLS // max(n0, asked.start) ** 2)
    found = [_effects(asked, groups[i : i + size], pulls, way, omega[0], lam[0]) for i in range(0, len(groups), size)]
    return np.concatenate(found)[which]


def placebo_error(effects: Floats) -> float:
    """Give the standard error that placebos (P,) imply: their standard deviation. ValueError for fewer than two."""
    if effects.size < 2:
        raise ValueError(f"a standard error needs two placebos at least; got {effects.size}")
    return float(np.std(effects))


def jackknife_error(outcomes: ArrayLike, treated: ArrayLike, start: int, *, way: Way = "sdid") -> float:
    """
    Give the standard error from leaving out each unit in turn, with the weights that were found with all.

    ValueError for a single treated unit, or where one untreated unit has all the weight: nothing would be left. Algorithm 3 of
    Arkhangelsky et al. (2021); it is conservative where there are many units.
    """
    asked = case(outcomes, treated, start, donors=2)
    found = estimate(outcomes, treated, start, way=way)
    if asked.treated.sum() < 2 or np.count_nonzero(found.units) < 2:
        raise ValueError(
            f"leaving out each unit in turn needs two treated and two weighted units; got {asked.treated.sum()} treated "
            f"and {np.count_nonzero(found.units)} weighted: use placebos"
        )
    n = asked.treated.size
    effects = np.empty(n)
    for i in range(n):
        rest = np.arange(n) != i
        weights = found.units[rest & ~asked.treated]
        part = Case(asked.outcomes[rest], asked.treated[rest], asked.start)
        effects[i] = part.estimate(weights / weights.sum(), found.times).effect
    return float(np.sqrt((n - 1) * np.var(effects)))


def _groups(n0: int, n1: int, count: int | None, seed: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """(G, n1) Different groups of the n0 untreated, and (count,) which one each placebo takes."""
    if count is None and comb(n0, n1) <= 500:
        each = np.array(list(combinations(range(n0), n1)))
        return each, np.arange(len(each))
    rng = np.random.default_rng(seed)
    drawn = np.sort([rng.choice(n0, n1, replace=False) for _ in range(200 if count is None else count)], axis=1)
    groups, which = np.unique(drawn, axis=0, return_inverse=True)
    return groups, which.reshape(-1)


def _effects(asked: Case, groups: NDArray[np.int_], pulls: Pulls, way: Way, omega: Floats, lam: Floats) -> Floats:
    """(B,) Effects on groups of controls, (B, n1), beginning from these weights."""
    controls = asked.controls
    inside = np.zeros((len(groups), len(controls)), dtype=bool)
    np.put_along_axis(inside, groups, True, axis=1)
    rest = np.nonzero(~inside)[1].reshape(len(groups), -1)
    many = _Many(controls[rest], controls[groups].mean(axis=1), asked.start)
    first = omega[rest]
    total = first.sum(axis=1, keepdims=True)
    first = np.where(total > 0, first / np.where(total > 0, total, 1.0), 1 / rest.shape[1])
    units, times = _weights(many, pulls, way, first, np.broadcast_to(lam, (len(groups), lam.size)))
    gaps = many.target - np.einsum("bn,bnt->bt", units, many.controls)
    level = np.einsum("bt,bt->b", gaps[:, : asked.start], times)
    return np.asarray(gaps[:, asked.start :].mean(axis=1) - level)


def _one(asked: Case) -> _Many:
    return _Many(asked.controls[None], asked.target[None], asked.start)


def _pulls(asked: Case, way: Way) -> Pulls:
    """The published choice of how strongly weights are pulled towards equality."""
    if way == "did":
        return Pulls(0.0, 0.0, 0.0)
    moves = np.diff(asked.controls[:, : asked.start], axis=1)
    if moves.size < 2:
        raise ValueError("there must be two periods before `start`: the noise is measured by what changes between them")
    noise = float(np.std(moves, ddof=1))
    cells = int(asked.treated.sum()) * (asked.outcomes.shape[1] - asked.start)
    return Pulls(cells**0.25 * noise, SLIGHT * noise, (STILL * noise) ** 2)


def _weights(
    many: _Many, pulls: Pulls, way: Way, units: Floats | None = None, times: Floats | None = None, *, exact: bool = False
) -> tuple[Floats, Floats]:
    """(B, N0) and (B, start) Weights of units and of periods, exact ones or beginning from these, or from equal ones."""
    if way not in get_args(Way):
        raise ValueError(f"the ways are {', '.join(get_args(Way))}; got {way!r}")
    b, n0, _ = many.controls.shape
    before, after = many.controls[:, :, : many.start], many.controls[:, :, many.start :].mean(axis=2)
    equal_units, equal_times = np.full((b, n0), 1 / n0), np.full((b, many.start), 1 / many.start)
    if way == "did":
        return equal_units, equal_times

    def fit(A: Floats, b: Floats, pull: float, first: Floats) -> Floats:
        return _exact(A, b, pull) if exact else _fit(A, b, pull, first, pulls.still)

    units, times = equal_units if units is None else units, equal_times if times is None else times
    target = many.target[:, : many.start]
    if way == "sc":
        slight = SLIGHT / STILL * np.sqrt(pulls.still)
        return fit(before.transpose(0, 2, 1), target, slight, units), np.zeros((b, many.start))
    apart = before - before.mean(axis=2, keepdims=True)
    found = fit(apart.transpose(0, 2, 1), target - target.mean(axis=1, keepdims=True), pulls.units, units)
    across = before - before.mean(axis=1, keepdims=True)
    return found, fit(across, after - after.mean(axis=1, keepdims=True), pulls.times, times)


def _fit(A: Floats, b: Floats, pull: float, first: Floats, still: float) -> Floats:
    """(B, n) Weights under which A (B, m, n) resembles b (B, m): least pull² |x|² + |Ax − b|² / m, rough, thinned, then fine."""
    m, n = A.shape[1:]
    turned = A.transpose(0, 2, 1)
    gram = np.matmul(turned, A) / m + pull**2 * np.eye(n)
    toward = np.matmul(turned, b[:, :, None])[:, :, 0] / m
    rough = frank_wolfe(gram, toward, first, still=still, steps=ROUGH)
    return frank_wolfe(gram, toward, thin(rough), still=still, steps=FINE)


def _exact(A: Floats, b: Floats, pull: float) -> Floats:
    """(B, n) The same, searched to the end."""
    return np.array([simplex((rows - target[:, None]) / np.sqrt(target.size), pull=pull) for rows, target in zip(A, b, strict=True)])
