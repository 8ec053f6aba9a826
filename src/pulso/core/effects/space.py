"""Placebos in space: what the same method finds where nothing was done, and how far the answer hangs on one donor."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from pulso.core.effects.frame import Estimate, Floats, case, root_mean_square

SLIGHT = 1e-6  # a weight below it is rounding
Method = Callable[..., Estimate]
"""Takes outcomes, treated, start, and whatever further tables have a row a unit."""


class Placebos(NamedTuple):
    """An estimate among the estimates of units where nothing was done."""

    real: Estimate
    rows: NDArray[np.int_]  # (P,) the untreated units, as rows of the outcomes
    others: tuple[Estimate, ...]  # one each; their unit weights are over the units compared, see `in_space`
    effects: Floats  # (P,) theirs
    p: float  # share of all, the real one too, whose effect is at least as large, up or down
    ratio: float  # root mean square of the gaps from `start` on, over that before; infinite where the fit was perfect
    ratios: Floats  # (P,) theirs
    ratio_rank: int  # 1: the real ratio is the greatest of all
    ratio_p: float  # share of all whose ratio is at least as great


class Leaned(NamedTuple):
    """How the effect changes when one donor is left out."""

    rows: NDArray[np.int_]  # (D,) donors with a weight, as rows of the outcomes
    effects: Floats  # (D,) without each
    least: float  # of these and the effect with all
    greatest: float


def in_space(
    method: Method, outcomes: ArrayLike, treated: ArrayLike, start: int, *tables: ArrayLike, treated_as_donor: bool = False
) -> Placebos:
    """
    Estimate the effect on each untreated unit in turn, as if it had been treated.

    Parameters
    ----------
    method
        Any estimator of this folder, as a function of (outcomes, treated, start, *tables) that gives an `Estimate`: `synthetic_control`
        and `augmented_control` give more, of which a function of yours takes the `estimate`.
    outcomes, treated, start
        As of `frame.case`; unknown values are refused. Where several units were treated, their mean effect is set among effects on
        single units, which vary more: then p is too large rather than too small.
    tables : (N, ...)
        What else the method needs of each unit, such as predictors.
    treated_as_donor
        Whether the treated stay among the donors of the placebos, as in Abadie, Diamond & Hainmueller (2010). By default they are
        left out, since what was done to them would show in the placebos.

    Returns
    -------
    Placebos

    Raises
    ------
    ValueError
        As `frame.case`, with three untreated units at least; or if a table doesn't have a row a unit, or the method gives no `Estimate`.
    """
    asked = case(outcomes, treated, start, donors=3)
    known = _rows(tables, asked.treated.size)
    real = _given(method(asked.outcomes, asked.treated, start, *known))
    rows = np.flatnonzero(~asked.treated)
    kept = np.arange(asked.treated.size) if treated_as_donor else rows
    others = tuple(method(asked.outcomes[kept], kept == row, start, *(table[kept] for table in known)) for row in rows)
    effects = np.array([other.effect for other in others])
    ratio, ratios = _ratio(real, start), np.array([_ratio(other, start) for other in others])
    greater = 1 + int((ratios >= ratio).sum())
    p = rank_p(real.effect, effects)
    return Placebos(real, rows, others, effects, p, ratio, ratios, 1 + int((ratios > ratio).sum()), greater / (1 + rows.size))


def without_each(method: Method, outcomes: ArrayLike, treated: ArrayLike, start: int, *tables: ArrayLike) -> Leaned:
    """
    Estimate the effect without each donor in turn that has a weight, to see on whom it hangs.

    Parameters as of `in_space`. ValueError as there. Abadie, Diamond & Hainmueller (2015), AJPS 59(2).
    """
    asked = case(outcomes, treated, start, donors=3)
    known = _rows(tables, asked.treated.size)
    real = _given(method(asked.outcomes, asked.treated, start, *known))
    donors = np.flatnonzero(np.abs(real.units) > SLIGHT)
    units = np.arange(asked.treated.size)
    effects = np.empty(donors.size)
    for i, donor in enumerate(donors):
        rest = units != donor
        effects[i] = method(asked.outcomes[rest], asked.treated[rest], start, *(table[rest] for table in known)).effect
    every = np.append(effects, real.effect)
    return Leaned(donors, effects, float(every.min()), float(every.max()))


def rank_p(effect: float, placebos: ArrayLike) -> float:
    """Give the share of all estimates, this and the placebos (P,), that are at least as large, up or down. ValueError for none."""
    others = _known(placebos)
    return float((1 + (np.abs(others) >= abs(effect)).sum()) / (1 + others.size))


def normal_interval(effect: float, error: float, *, level: float = 0.95) -> tuple[float, float]:
    """Give the interval of an estimate with a normal standard error. ValueError unless 0 < level < 1 and the error is not negative."""
    _share(level)
    if not error >= 0:
        raise ValueError(f"a standard error is not negative; got {error}")
    reach = float(norm.ppf((1 + level) / 2)) * error
    return effect - reach, effect + reach


def rank_interval(effect: float, placebos: ArrayLike, *, level: float = 0.95) -> tuple[float, float]:
    """
    Give all effects that the placebos don't refuse: those for which what is left over has a rank p-value above 1 − level.

    Parameters
    ----------
    effect
        As estimated.
    placebos : (P,)
        Effects where there was none.
    level
        Of the interval, between 0 and 1.

    Returns
    -------
    low, high
        Ends included. Infinite where there are too few placebos to refuse anything: 19 are needed for 95 %.

    Raises
    ------
    ValueError
        If there are no placebos or one is unknown, or the level is not between 0 and 1.

    Notes
    -----
    Inversion of a permutation test, for an effect that is the same in every treated period; Firpo & Possebom (2018), Journal of
    Causal Inference 6(2). It supposes that any unit might as well have been the treated one.
    """
    others = np.sort(np.abs(_known(placebos)))[::-1]
    _share(level)
    needed = int(np.floor((1 - level) * (1 + others.size) + 1e-9))  # so many placebos as large keep a rest acceptable
    if needed == 0:
        return -np.inf, np.inf
    reach = float(others[needed - 1])
    return effect - reach, effect + reach


def _given(found: object) -> Estimate:
    """What a method gave, if it is an estimate; a letter if not, before any placebo is computed."""
    if not isinstance(found, Estimate):
        raise ValueError(
            f"a method gives an `Estimate`; this one gives {type(found).__name__}: wrap it in a function that gives its `.estimate`"
        )
    return found


def _ratio(found: Estimate, start: int) -> float:
    after = root_mean_square(found.gaps[start:])
    return after / found.fit if found.fit > 0 else float(np.inf if after > 0 else np.nan)


def _rows(tables: tuple[ArrayLike, ...], units: int) -> tuple[Floats, ...]:
    known = tuple(np.asarray(table, dtype=np.float64) for table in tables)
    for table in known:
        if table.ndim == 0 or len(table) != units:
            raise ValueError(f"a further table has a row for each of {units} units; got the shape {table.shape}")
    return known


def _known(placebos: ArrayLike) -> Floats:
    others = np.asarray(placebos, dtype=np.float64)
    if others.ndim != 1 or others.size == 0 or not np.isfinite(others).all():
        raise ValueError(f"placebos are one effect each, known, and one at least; got the shape {others.shape}")
    return others


def _share(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1; got {level}")
