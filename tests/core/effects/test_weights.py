"""Weights that are never negative and sum to 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

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
