"""How far the number depends on how it is made: the method band, and which choice moves it most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pulso.core.composite.aggregate import Mean
from pulso.core.composite.checks import table
from pulso.core.sensitivity import design, indices

GROUPS = ("weights", "treatment", "normalisation", "aggregation", "left out")
Step = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class Choices(NamedTuple):
    """What another careful person might have chosen. One entry in a sequence means: no choice there."""

    aggregations: Sequence[Mean]
    treatments: Sequence[Step] = (lambda values: values,)
    normalisations: Sequence[Step] = (lambda values: values,)
    weight_spread: float = 0.25  # each weight times 1 ± this, then scaled to sum 1
    leave_one_out: bool = True


class Band(NamedTuple):
    """What the composite would be under all choices together."""

    low: NDArray[np.float64]  # (N,) quantile of all draws, in the composite's unit; NaN where a draw could not be made
    middle: NDArray[np.float64]  # (N,)
    high: NDArray[np.float64]  # (N,)
    total: NDArray[np.float64]  # (G, N) Sobol total index of each group of choices, a unit
    overall: NDArray[np.float64]  # (G,) the same over all units, weighted by how far the choices move them
    groups: tuple[str, ...]  # names of the G rows: those of GROUPS where there was a choice
    drawn: NDArray[np.float64]  # (N,) share of the draws that could be made


def method_band(
    values: ArrayLike, weights: ArrayLike, choices: Choices, *, n: int = 256, seed: int = 0, least: float = 0.5, coverage: float = 0.9
) -> Band:
    """
    Make the composite many times, each time with other weights, steps and indicators, and see how far it moves.

    Parameters
    ----------
    values : (N, M)
        Units (or days) × indicators, in the unit that treatments take; NaN is unknown.
    weights : (M,)
        >= 0, at least two above 0 when one is left out.
    choices
        Each draw takes one treatment, one normalisation, one aggregation (all equally likely), weights within their spread,
        and leaves out nobody or one of the weighted indicators (all equally likely). Every path must lead to the same unit.
    n
        Base sample, a power of two; n · (G + 2) composites are made.
    seed
        Of the sequence.
    least
        Share of a draw's weight that a unit must have; below, the draw has no value for it.
    coverage
        Of the band: .9 gives the 5 % and 95 % quantiles.

    Returns
    -------
    Band
        A unit that some draw could not value has no band: a band over the draws that happened to work would be too narrow.

    Raises
    ------
    ValueError
        If a sequence of choices is empty, there is no choice at all, or weights don't fit.

    Notes
    -----
    Saisana, Saltelli & Tarantola (2005), JRSS A 168. Over all units: Gamboa et al. (2014), Electronic Journal of Statistics 8.
    """
    x, w = table(values), np.asarray(weights, dtype=np.float64)
    _check(x, w, choices)
    groups, owner = _layout(w, choices)
    points = design([[0.0, 1.0]] * len(owner), n=n, seed=seed, groups=owner)
    results = _draw(x, w, choices, points, owner, least)
    drawn = np.isfinite(results).mean(axis=0)
    tail = (1 - coverage) / 2
    low, middle, high = np.where(drawn == 1, np.quantile(np.nan_to_num(results), [tail, 0.5, 1 - tail], axis=0), np.nan)
    shared = indices(results, n=n, resamples=0, seed=seed)
    counted = np.isfinite(shared.total).all(axis=0)
    moved = shared.variance[counted]
    overall = shared.total[:, counted] @ moved / moved.sum() if counted.any() else np.full(len(groups), np.nan)
    return Band(low, middle, high, shared.total, overall, groups, drawn)


def _check(x: NDArray[np.float64], w: NDArray[np.float64], choices: Choices) -> None:
    """Refuse what leaves nothing to choose or to combine."""
    if w.shape != (x.shape[1],) or not np.isfinite(w).all() or (w < 0).any() or not (w > 0).any():
        raise ValueError(f"{x.shape[1]} indicators need as many known weights, none negative, not all 0")
    if not (choices.aggregations and choices.treatments and choices.normalisations):
        raise ValueError("each step needs at least one way to do it")
    if not 0 <= choices.weight_spread < 1:
        raise ValueError(f"weights may move by a share of themselves below 1, not by {choices.weight_spread}")
    if choices.leave_one_out and (w > 0).sum() < 2:
        raise ValueError("with one indicator, none can be left out")


def _layout(w: NDArray[np.float64], choices: Choices) -> tuple[tuple[str, ...], list[str]]:
    """Name the groups that have a choice, and the group of each coordinate of a draw."""
    open_choice = (
        choices.weight_spread > 0 and (w > 0).sum() > 1,
        len(choices.treatments) > 1,
        len(choices.normalisations) > 1,
        len(choices.aggregations) > 1,
        choices.leave_one_out,
    )
    groups = tuple(name for name, is_open in zip(GROUPS, open_choice, strict=True) if is_open)
    if not groups:
        raise ValueError("a method band needs at least one choice that could be made otherwise")
    return groups, [name for name in groups for _ in range(w.size if name == "weights" else 1)]


def _draw(
    x: NDArray[np.float64], w: NDArray[np.float64], choices: Choices, points: NDArray[np.float64], owner: list[str], least: float
) -> NDArray[np.float64]:
    """Make the composite at each point of the unit cube; (points, units)."""
    at = {name: np.flatnonzero([o == name for o in owner]) for name in GROUPS}

    def pick(name: str, count: int) -> NDArray[np.int_]:
        if not at[name].size:
            return np.zeros(len(points), dtype=np.int_)
        return np.minimum((points[:, at[name][0]] * count).astype(np.int_), count - 1)

    drawn = np.tile(w, (len(points), 1))
    if at["weights"].size:
        drawn *= 1 + choices.weight_spread * (2 * points[:, at["weights"]] - 1)
    weighted = np.flatnonzero(w > 0)
    gone = pick("left out", weighted.size + 1)  # 0: nobody
    drawn[np.flatnonzero(gone), weighted[gone[gone > 0] - 1]] = 0.0
    treatment, normalisation = pick("treatment", len(choices.treatments)), pick("normalisation", len(choices.normalisations))
    aggregation = pick("aggregation", len(choices.aggregations))
    results = np.full((len(points), len(x)), np.nan)
    for t, treat in enumerate(choices.treatments):
        treated = treat(x)
        for s, scale in enumerate(choices.normalisations):
            scaled = scale(treated)
            for a, combine in enumerate(choices.aggregations):
                rows = np.flatnonzero((treatment == t) & (normalisation == s) & (aggregation == a))
                for some in np.array_split(rows, max(1, rows.size * x.size // 4_000_000)):
                    results[some] = combine(scaled, drawn[some][:, None, :], least=least).value
    return results
