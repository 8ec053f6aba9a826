"""Synthetic difference-in-differences, synthetic control and difference-in-differences in their common frame."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.core.effects import sdid
from pulso.core.effects.synthetic import synthetic_control
from tests.core.effects.cases import california, walk, who

PUBLISHED = {"sdid": -15.6038278727, "sc": -19.6196634709, "did": -27.3491110836}  # R's synthdid
ERRORS = {"sdid": 8.4, "sc": 9.9, "did": 17.7}  # Arkhangelsky et al. (2021), table 1; from random placebos
WAYS = get_args(sdid.Way)


class Slow(NamedTuple):
    """The published algorithm, written out for one question, with whole objectives instead of gains."""

    omega: np.ndarray
    lam: np.ndarray
    effect: float


def descend(A: np.ndarray, b: np.ndarray, pull: float, first: np.ndarray, still: float, steps: int) -> np.ndarray:
    x, eta, values = first.copy(), len(b) * pull**2, []
    while len(values) < steps and (len(values) < 2 or values[-2] - values[-1] > still**2):
        slope = A.T @ (A @ x - b) + eta * x
        way = np.eye(x.size)[slope.argmin()] - x
        if way.any():
            x = x + np.clip(-slope @ way / (((A @ way) ** 2).sum() + eta * (way**2).sum()), 0, 1) * way
        values.append(pull**2 * (x**2).sum() + ((A @ x - b) ** 2).mean())
    return x


def search(A: np.ndarray, b: np.ndarray, pull: float, first: np.ndarray, still: float) -> np.ndarray:
    x = descend(A, b, pull, first, still, 100)
    x = np.where(x <= x.max() / 4, 0, x)
    return descend(A, b, pull, x / x.sum(), still, 10_000)


def slowly(Y: np.ndarray, n1: int, start: int, noise: float, omega: np.ndarray, lam: np.ndarray) -> Slow:
    """The last n1 rows are treated."""
    controls, target = Y[:-n1], Y[-n1:].mean(axis=0)
    before, after = controls[:, :start], controls[:, start:].mean(axis=1)
    A = before - before.mean(axis=1, keepdims=True)
    pull = (n1 * (Y.shape[1] - start)) ** 0.25 * noise
    omega = search(A.T, target[:start] - target[:start].mean(), pull, omega, 1e-5 * noise)
    lam = search(before - before.mean(axis=0), after - after.mean(), 1e-6 * noise, lam, 1e-5 * noise)
    gaps = target - omega @ controls
    return Slow(omega, lam, gaps[start:].mean() - gaps[:start] @ lam)


@pytest.mark.mirror
@pytest.mark.parametrize("way", WAYS)
def test_californias_law_did_what_is_published(shared: Path, way: sdid.Way) -> None:
    case = california(shared)
    found = sdid.estimate(case.outcomes, case.treated, case.start, way=way)
    assert found.effect == pytest.approx(PUBLISHED[way], abs=1e-9)
    assert found.units.sum() == pytest.approx(1)
    assert found.gaps[case.start :].mean() == pytest.approx(found.effect)


@pytest.mark.mirror
def test_california_is_compared_with_the_published_years(shared: Path) -> None:
    case = california(shared)
    times = sdid.estimate(case.outcomes, case.treated, case.start).times
    np.testing.assert_allclose(times[case.years[: case.start] >= 1986], [0.366471, 0.206453, 0.427076], atol=1e-6)
    assert np.count_nonzero(times) == 3


@pytest.mark.mirror
def test_searched_to_the_end_california_differs_in_the_third_decimal(shared: Path) -> None:
    case = california(shared)
    found = sdid.estimate(case.outcomes, case.treated, case.start, exact=True)
    assert found.effect == pytest.approx(-15.6054, abs=1e-4)
    assert found.effect == pytest.approx(PUBLISHED["sdid"], abs=0.002)
    control = sdid.estimate(case.outcomes, case.treated, case.start, way="sc", exact=True)
    assert control.effect == pytest.approx(synthetic_control(case.outcomes, case.treated, case.start).estimate.effect, abs=1e-5)


@pytest.mark.mirror
@pytest.mark.parametrize("way", WAYS)
def test_californias_placebo_error_lies_near_the_published_one(shared: Path, way: sdid.Way) -> None:
    case = california(shared)
    effects = sdid.placebos(case.outcomes, case.treated, case.start, way=way)
    assert effects.size == 38
    assert sdid.placebo_error(effects) == pytest.approx(ERRORS[way], rel=0.12)


@pytest.mark.parametrize("seed", range(4))
def test_estimate_and_placebos_are_those_of_the_published_algorithm(seed: int) -> None:
    Y, start = walk(9, 12, seed), 8
    noise = np.std(np.diff(Y[:7, :start], axis=1), ddof=1)
    real = slowly(Y, 2, start, noise, np.full(7, 1 / 7), np.full(8, 1 / 8))
    found = sdid.estimate(Y, who(9, 7, 8), start)
    assert found.effect == pytest.approx(real.effect, abs=1e-9)
    np.testing.assert_allclose(found.units[:7], real.omega, atol=1e-9)
    np.testing.assert_allclose(found.times, real.lam, atol=1e-9)

    expected = []
    for group in combinations(range(7), 2):
        rest = [i for i in range(7) if i not in group]
        first = real.omega[rest]
        first = first / first.sum() if first.sum() else np.full(5, 0.2)
        expected.append(slowly(Y[[*rest, *group]], 2, start, noise, first, real.lam).effect)
    np.testing.assert_allclose(sdid.placebos(Y, who(9, 7, 8), start), expected, atol=1e-8)


def left_over(Y: np.ndarray, start: int, found: sdid.Estimate) -> np.ndarray:
    """What weights of units and of periods should make least; the first row is treated."""
    before, after = Y[1:, :start], Y[1:, start:].mean(axis=1)
    noise = np.std(np.diff(before, axis=1), ddof=1)
    units, times = found.units[1:], found.times
    of_units = units @ (before - before.mean(axis=1, keepdims=True)) - (Y[0, :start] - Y[0, :start].mean())
    of_times = (before - before.mean(axis=0)) @ times - (after - after.mean())
    pull = (Y.shape[1] - start) ** 0.25 * noise, 1e-6 * noise
    return np.array([((gap**2).mean() + p**2 * w @ w) for gap, p, w in zip((of_units, of_times), pull, (units, times), strict=True)])


@pytest.mark.parametrize("shape", [(8, 60, 50), (30, 70, 60)], ids=["few units", "many units"])
def test_exact_weights_leave_less_than_those_of_the_published_search(shape: tuple[int, int, int]) -> None:
    units, periods, start = shape
    for seed in range(5):
        Y, treated = walk(units, periods, seed), who(units, 0)
        searched, exact = (left_over(Y, start, sdid.estimate(Y, treated, start, exact=end)) for end in (False, True))
        assert (exact <= searched * (1 + 1e-12)).all()
        np.testing.assert_allclose(exact[0], searched[0], rtol=1e-3)


def test_four_means_give_what_the_minimum_wage_of_new_jersey_did() -> None:
    """Card & Krueger (1994), AER 84(4), table 3: full-time equivalents a store, Pennsylvania and New Jersey, before and after."""
    means = [[23.33, 21.17], [20.44, 21.03]]
    assert sdid.estimate(means, np.array([False, True]), 1, way="did").effect == pytest.approx(2.76, abs=0.015)
    with pytest.raises(ValueError, match="at least 2 untreated"):
        sdid.estimate(means, np.array([False, True]), 1)


def test_two_units_and_two_periods_are_subtracted_by_hand() -> None:
    outcomes = np.array([[10.0, 14.0], [1.0, 2.0], [3.0, 4.0]])
    found = sdid.estimate(outcomes, who(3, 0), 1, way="did")
    assert found.effect == (14 - 10) - (3 - 2)
    np.testing.assert_allclose(found.gaps, [0, 3])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(WAYS), st.floats(0.01, 100))
def test_the_unit_of_measure_does_not_matter_and_what_is_added_is_found(seed: int, way: sdid.Way, size: float) -> None:
    Y, treated = walk(6, 10, seed), who(6, 2)
    plain = sdid.estimate(Y, treated, 7, way=way).effect
    assert sdid.estimate(size * Y, treated, 7, way=way).effect == pytest.approx(size * plain, abs=size * 1e-4)
    raised = Y.copy()
    raised[2, 7:] += 5
    assert sdid.estimate(raised, treated, 7, way=way).effect == pytest.approx(plain + 5, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["sdid", "did"]))
def test_levels_of_their_own_don_t_matter_to_differences(seed: int, way: sdid.Way) -> None:
    Y, treated = walk(6, 10, seed), who(6, 2)
    levels = np.random.default_rng(seed).normal(size=(6, 1)) * 10
    plain, moved = (sdid.estimate(y, treated, 7, way=way).effect for y in (Y, Y + levels))
    assert moved == pytest.approx(plain, abs=1e-6)


def test_random_placebos_are_drawn_again_alike() -> None:
    Y, treated = walk(12, 9), who(12, 0, 1)
    some, again = (sdid.placebos(Y, treated, 6, count=20, seed=5) for _ in range(2))
    np.testing.assert_array_equal(some, again)
    every = sdid.placebos(Y, treated, 6)
    assert every.size == 45
    assert np.abs(some[:, None] - every).min(axis=1).max() < 1e-9
    assert sdid.placebo_error(np.array([1.0, 3.0])) == 1.0


def test_leaving_out_each_unit_is_done_by_hand_for_differences() -> None:
    Y, treated = walk(7, 6), who(7, 0, 3)
    change = Y[:, 4:].mean(axis=1) - Y[:, :4].mean(axis=1)
    rest = [np.arange(7) != i for i in range(7)]
    effects = [change[r & treated].mean() - change[r & ~treated].mean() for r in rest]
    expected = np.sqrt(6 / 7 * sum((e - np.mean(effects)) ** 2 for e in effects))
    assert sdid.jackknife_error(Y, treated, 4, way="did") == pytest.approx(expected)


def test_what_can_t_be_done_is_refused() -> None:
    Y = walk(5, 6)
    with pytest.raises(ValueError, match="use placebos"):
        sdid.jackknife_error(Y, who(5, 0), 4)
    with pytest.raises(ValueError, match="need at least 5 untreated"):
        sdid.placebos(Y, who(5, 0, 1, 2), 4)
    with pytest.raises(ValueError, match="two periods before"):
        sdid.estimate(Y, who(5, 0), 1)
    with pytest.raises(ValueError, match="the ways are sdid, sc, did"):
        sdid.estimate(Y, who(5, 0), 4, way="ddd")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one placebo at least"):
        sdid.placebos(Y, who(5, 0), 4, count=0)
    with pytest.raises(ValueError, match="two placebos"):
        sdid.placebo_error(np.array([1.0]))
