"""One number of many, and how much of the weight it rests on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pulso.core.composite.aggregate import Level, Mean, arithmetic, geometric, harmonic, levels

MEANS = (arithmetic, geometric, harmonic)
scores = arrays(np.float64, (5, 4), elements=st.floats(1, 200))
weights = arrays(np.float64, 4, elements=st.floats(0.05, 1))


@pytest.mark.parametrize("mean", MEANS)
def test_a_gap_is_refused_unless_the_caller_allows_it(mean: Mean) -> None:
    values = np.array([[80.0, np.nan, 120.0], [np.nan, np.nan, np.nan]])
    assert np.isnan(mean(values, [0.5, 0.3, 0.2]).value).all()
    allowed = mean(values, [0.5, 0.3, 0.2], least=0.7)
    assert 80 < allowed.value[0] < 120
    assert np.isnan(allowed.value[1])
    np.testing.assert_allclose(allowed.seen, [0.7, 0.0])
    assert np.isnan(mean(values, [0.5, 0.3, 0.2], least=0).value[1])


def test_the_three_means_of_a_half_and_a_double() -> None:
    pair = [[50.0, 200.0]]
    assert arithmetic(pair, [1, 1]).value[0] == 125
    assert geometric(pair, [1, 1]).value[0] == pytest.approx(100)
    assert harmonic(pair, [1, 1]).value[0] == pytest.approx(80)


@given(scores, weights)
def test_the_weakest_counts_least_in_the_arithmetic_and_most_in_the_harmonic_mean(x: np.ndarray, w: np.ndarray) -> None:
    a, g, h = (mean(x, w).value for mean in MEANS)
    assert (h <= g * (1 + 1e-12)).all()
    assert (g <= a * (1 + 1e-12)).all()
    assert (x.min(axis=1) * (1 - 1e-12) <= h).all()
    assert (a <= x.max(axis=1) * (1 + 1e-12)).all()


@given(scores, weights)
def test_two_stages_of_a_geometric_mean_are_one_stage(x: np.ndarray, w: np.ndarray) -> None:
    pillar = np.array([0, 0, 1, 1])
    top = np.array([w[:2].sum(), w[2:].sum()])
    stages = levels(x, [Level(pillar, w), Level(np.array([0, 0]), top)], how=geometric)
    np.testing.assert_allclose(stages[-1].value[:, 0], geometric(x, w).value, rtol=1e-12)


def test_what_the_top_has_seen_reaches_down_to_the_indicators() -> None:
    x = np.array([[50.0, np.nan, 70.0, 90.0], [50.0, np.nan, np.nan, np.nan]])
    framework = [Level(np.array([0, 0, 1, 1]), np.ones(4)), Level(np.array([0, 0]), np.ones(2))]
    pillars, top = levels(x, framework, least=0.5)
    np.testing.assert_allclose(pillars.seen, [[0.5, 1.0], [0.5, 0.0]])
    np.testing.assert_allclose(top.seen[:, 0], [0.75, 0.25])
    np.testing.assert_allclose(top.value[:, 0], [65.0, 50.0])
    assert np.isnan(pillars.value[1, 1])
    assert np.isnan(levels(x, framework)[-1].value).all()


def test_many_sets_of_weights_are_combined_at_once() -> None:
    x = np.random.default_rng(0).uniform(50, 150, (7, 3))
    sets = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
    together = geometric(x, sets[:, None, :])
    assert together.value.shape == (2, 7)
    np.testing.assert_allclose(together.value[1], geometric(x, sets[1]).value)


@given(scores, weights, st.permutations(range(4)))
def test_the_order_of_indicators_does_not_matter(x: np.ndarray, w: np.ndarray, order: list[int]) -> None:
    for mean in MEANS:
        np.testing.assert_allclose(mean(x[:, order], w[order]).value, mean(x, w).value, rtol=1e-12)


@pytest.mark.parametrize("mean", [geometric, harmonic])
def test_an_empty_indicator_cannot_enter_a_mean_of_ratios(mean: Mean) -> None:
    with pytest.raises(ValueError, match="positive values only"):
        mean([[100.0, 0.0]], [1, 1])


@pytest.mark.parametrize("w", [[0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]])
def test_weights_that_are_none_are_refused(w: list[float]) -> None:
    with pytest.raises(ValueError, match="weights must be"):
        arithmetic([[1.0, 2.0]], w)


def test_a_level_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="numbered from 0"):
        levels(np.ones((2, 3)), [Level(np.array([0, 2, 2]), np.ones(3))])
    with pytest.raises(ValueError, match="between 0 and 1"):
        arithmetic([[1.0]], [1.0], least=1.5)
