"""Weights that are never negative and sum to 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import nnls

from pulso.core.effects import weights
from pulso.core.effects.weights import frank_wolfe, simplex, thin

SIZES = st.tuples(st.integers(1, 8), st.integers(1, 8))
GAPS = SIZES.flatmap(lambda shape: arrays(float, shape, elements=st.floats(-100, 100).map(lambda x: round(x, 3))))


@given(GAPS)
def test_no_unit_would_bring_the_mix_nearer(gaps: np.ndarray) -> None:
    mix = simplex(gaps)
    assert mix.min() >= 0
    assert mix.sum() == pytest.approx(1)
    slope = gaps.T @ (gaps @ mix)
    assert slope.min() >= mix @ slope - 1e-9 * max(1.0, np.abs(gaps).max() ** 2)


def test_a_target_inside_a_triangle_is_matched_by_its_own_shares() -> None:
    corners = np.array([[0.0, 4.0, 0.0], [0.0, 0.0, 8.0]])
    target = np.array([[1.0], [2.0]])
    np.testing.assert_allclose(simplex(corners - target), [0.5, 0.25, 0.25], atol=1e-12)


def test_a_target_outside_takes_the_nearest_point_of_the_edge() -> None:
    corners = np.array([[0.0, 4.0, 0.0], [0.0, 0.0, 8.0]])
    target = np.array([[3.0], [-5.0]])
    np.testing.assert_allclose(simplex(corners - target), [0.25, 0.75, 0], atol=1e-12)


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_the_unit_of_measure_changes_no_weight(size: float) -> None:
    gaps = np.random.default_rng(1).normal(size=(6, 5)) + 1
    np.testing.assert_allclose(simplex(gaps * size), simplex(gaps), atol=1e-9)


def directly(gaps: np.ndarray, pull: float) -> np.ndarray:
    """The same by Lawson & Hanson's steps from nothing, the pull written out as a row a unit."""
    rows = np.vstack([gaps, pull * np.eye(gaps.shape[1])]) / np.sqrt((gaps**2).mean())
    found, _ = nnls(np.vstack([rows, np.ones(gaps.shape[1])]), np.arange(len(rows) + 1) == len(rows))
    return found / found.sum()


def courses(features: int, units: int, seed: int) -> np.ndarray:
    """Gaps of units that move alike, as those of zones do."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((features, 1)) * rng.uniform(0.7, 1.3, units)
    gaps = common + 0.5 * rng.standard_normal((features, units)) + 0.1 * rng.standard_normal((features, units)).cumsum(axis=0)
    return gaps - 0.5 * gaps[:, :1]


@pytest.mark.parametrize("pull", [3.0, 1e-2, 1e-6])
@pytest.mark.parametrize(("features", "units"), [(120, 6), (6, 120), (10, 120), (39, 120), (40, 41), (41, 40), (1, 30), (30, 1)])
def test_with_a_pull_the_mix_is_the_one_that_slow_steps_find(features: int, units: int, pull: float) -> None:
    for seed in range(4):
        gaps = courses(features, units, seed)
        np.testing.assert_allclose(simplex(gaps, pull=pull), directly(gaps, pull), atol=1e-10)


@example(np.array([[0.0, 0.0, 3.0], [3.0, 3.0, 1.0]]), 1e-3)  # the pull is nearly lost in squares
@given(GAPS, st.sampled_from([1e-3, 1.0, 1e3]))
def test_no_weight_moved_to_another_unit_would_gain(gaps: np.ndarray, pull: float) -> None:
    mix = simplex(gaps, pull=pull)
    assert mix.min() >= 0
    assert mix.sum() == pytest.approx(1)
    slope = gaps.T @ (gaps @ mix) + pull**2 * mix
    assert slope.min() >= mix @ slope - 1e-9 * max(pull**2, np.abs(gaps).max() ** 2)


def test_a_pull_shares_the_weight_of_twins() -> None:
    one = courses(20, 3, 1)
    alone, both = simplex(one, pull=1e-4), simplex(np.column_stack([one, one[:, 0]]), pull=1e-4)
    assert alone[0] > 0.1
    np.testing.assert_allclose(both, [alone[0] / 2, *alone[1:], alone[0] / 2], atol=1e-5)
    np.testing.assert_allclose(simplex(np.ones((2, 5)), pull=0.1), np.full(5, 0.2))


@pytest.mark.parametrize("pull", [1e-9, 2e-7, 1e-6])
@pytest.mark.parametrize("units", [2, 50, 400])
def test_units_that_are_all_the_same_mix_to_what_each_is(units: int, pull: float) -> None:
    one = np.random.default_rng(1).normal(size=(30, 1))
    mix = simplex(np.repeat(one, units, axis=1), pull=pull)
    assert mix.min() >= 0
    np.testing.assert_allclose(np.repeat(one, units, axis=1) @ mix, one[:, 0], rtol=1e-9)


def test_where_the_quick_search_ends_nowhere_the_slow_one_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    gaps = courses(10, 60, 1)
    quick = simplex(gaps, pull=0.01)
    monkeypatch.setattr(weights, "_from_a_strong_pull", lambda rows, pull: None)
    np.testing.assert_allclose(simplex(gaps, pull=0.01), quick, atol=1e-12)


def test_small_steps_end_where_the_exact_solution_is() -> None:
    rng = np.random.default_rng(2)
    A, b = rng.normal(size=(3, 9, 4)), rng.normal(size=(3, 9))
    gram, toward = np.matmul(A.transpose(0, 2, 1), A), np.einsum("bmn,bm->bn", A, b)
    walked = frank_wolfe(gram, toward, np.full((3, 4), 0.25), still=0.0, steps=30_000)
    for found, rows, target in zip(walked, A, b, strict=True):
        np.testing.assert_allclose(found, simplex(rows - target[:, None]), atol=1e-3)


def test_each_problem_of_many_walks_as_if_alone() -> None:
    rng = np.random.default_rng(3)
    A = rng.normal(size=(6, 12, 5))
    gram, toward = np.matmul(A.transpose(0, 2, 1), A), rng.normal(size=(6, 5))
    first = rng.dirichlet(np.ones(5), size=6)
    together = frank_wolfe(gram, toward, first, still=1e-4, steps=500)
    alone = [frank_wolfe(gram[[i]], toward[[i]], first[[i]], still=1e-4, steps=500)[0] for i in range(6)]
    np.testing.assert_allclose(together, alone, rtol=1e-12, atol=1e-15)


def test_small_weights_are_thinned_out() -> None:
    np.testing.assert_allclose(thin(np.array([[0.8, 0.2, 0.0], [0.5, 0.3, 0.2]])), [[1, 0, 0], [0.5, 0.3, 0.2]])


@pytest.mark.parametrize("gaps", [np.zeros((2, 0)), np.zeros(3), np.array([[np.nan, 1.0]])])
def test_gaps_that_are_none_are_refused(gaps: np.ndarray) -> None:
    with pytest.raises(ValueError, match="features × units"):
        simplex(gaps)


@pytest.mark.parametrize("pull", [-1.0, np.nan, np.inf])
def test_a_pull_that_is_none_is_refused(pull: float) -> None:
    with pytest.raises(ValueError, match="not negative"):
        simplex(np.ones((2, 2)), pull=pull)
