"""Synthetic control: the classic Basque solution, the better one, and small cases that can be searched through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from pulso.core.effects.synthetic import Synthetic, synthetic_control
from pulso.core.effects.weights import simplex
from tests.core.effects.cases import Published, basque, california, walk, who


def ask_basque(case: Published, **options: object) -> Synthetic:
    years = case.years[: case.start]
    return synthetic_control(case.outcomes, case.treated, case.start, case.predictors, fit=(years >= 1960) & (years <= 1969), **options)


@pytest.mark.mirror
def test_the_classic_basque_solution_is_found_by_one_descent(shared: Path) -> None:
    case = basque(shared)
    found = ask_basque(case, draws=0)
    mixed = {case.units[i]: found.estimate.units[i] for i in np.flatnonzero(found.estimate.units > 1e-4)}
    assert mixed == pytest.approx({"Cataluna": 0.850816306, "Madrid (Comunidad De)": 0.149183694}, abs=5e-6)
    assert found.estimate.effect == pytest.approx(-0.6995647842, abs=1e-6)
    assert found.loss == pytest.approx(0.0088645, abs=5e-8)
    assert not found.proven


@pytest.mark.mirror
@pytest.mark.parametrize("seed", range(3))
def test_the_best_known_basque_solution_is_reached(shared: Path, seed: int) -> None:
    found = ask_basque(basque(shared), seed=seed)
    assert 0.00428607 < found.loss <= 0.0042862
    assert found.bound == pytest.approx(0.0041263, abs=1e-7)
    assert not found.proven


@pytest.mark.mirror
@pytest.mark.proof
def test_the_best_known_basque_solution_is_reached_whatever_the_draw(shared: Path) -> None:
    losses = [ask_basque(basque(shared), seed=seed).loss for seed in range(40)]
    assert max(losses) <= 0.0042862


@pytest.mark.mirror
def test_the_importance_found_gives_the_same_mix_again(shared: Path) -> None:
    case = basque(shared)
    found = ask_basque(case)
    again = ask_basque(case, importance=1000 * found.importance)
    np.testing.assert_allclose(again.estimate.units, found.estimate.units, atol=1e-6)
    assert again.loss == pytest.approx(found.loss, rel=1e-6)


@pytest.mark.mirror
def test_california_without_predictors_fits_no_worse_than_the_published_mix(shared: Path) -> None:
    case = california(shared)
    found = synthetic_control(case.outcomes, case.treated, case.start)
    assert found.proven
    assert found.estimate.effect == pytest.approx(-19.5136, abs=1e-4)
    published = {"Colorado": 0.164, "Connecticut": 0.069, "Montana": 0.199, "Nevada": 0.234, "Utah": 0.334}  # ADH (2010), table 2
    theirs = np.array([published.get(unit, 0.0) for unit in case.units])
    gaps = case.outcomes[case.treated][0] - theirs @ case.outcomes
    assert found.loss < np.mean(gaps[: case.start] ** 2)


@pytest.mark.parametrize("seed", [0, 9, 29])
def test_without_draws_the_search_is_no_worse_than_the_first_software_s(seed: int) -> None:
    """That software tumbles from equal importance over the importances themselves, and gets over edges where a slope ends."""
    Y, treated = walk(9, 14, seed), who(9, 0)
    X = np.random.default_rng(seed).normal(size=(9, 4))
    apart, gaps = (Y[1:, :10] - Y[0, :10]).T, ((X[1:] - X[0]) / X.std(axis=0, ddof=1)).T

    def loss(v: np.ndarray) -> float:
        return float(np.mean((apart @ simplex(gaps * np.sqrt(np.abs(v) / np.abs(v).sum())[:, None])) ** 2))

    theirs = minimize(loss, np.full(4, 0.25), method="Nelder-Mead").fun
    found = synthetic_control(Y, treated, 10, X, draws=0)
    assert found.loss <= theirs
    assert found.loss == pytest.approx(loss(found.importance), rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_no_importance_on_a_fine_grid_is_better(seed: int) -> None:
    Y, treated = walk(7, 9, seed), who(7, 0)
    X = np.random.default_rng(seed).normal(size=(7, 2))
    found = synthetic_control(Y, treated, 6, X, draws=200)
    apart, gaps = (Y[1:, :6] - Y[0, :6]).T, ((X[1:] - X[0]) / X.std(axis=0, ddof=1)).T
    if np.abs(gaps @ simplex(gaps)).max() < 1e-8:
        assert found.proven  # both predictors are matched: any importance is as good
        return
    grid = [np.array([10.0 ** min(0, e), 10.0 ** min(0, -e)]) for e in np.linspace(-9, 9, 181)]
    losses = [np.mean((apart @ simplex(gaps * np.sqrt(v)[:, None])) ** 2) for v in grid]
    assert found.loss <= min(losses) * (1 + 1e-6)
    assert found.loss >= found.bound * (1 - 1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_predictors_that_are_the_outcomes_reach_what_outcomes_alone_reach(seed: int) -> None:
    Y, treated = walk(8, 9, seed), who(8, 0)
    alone = synthetic_control(Y, treated, 6)
    found = synthetic_control(Y, treated, 6, Y[:, :6])
    assert found.proven
    assert found.loss == pytest.approx(alone.loss, rel=1e-5, abs=1e-9)


def test_of_mixes_that_match_every_predictor_the_best_in_the_outcomes_is_taken() -> None:
    predictors = np.array([[1.0], [0.0], [2.0], [0.0], [2.0]])
    outcomes = np.array([[5.0, 7, 9], [0, 0, 0], [10, 14, 18], [3, 3, 3], [30, 3, 40]])
    found = synthetic_control(outcomes, who(5, 0), 2, predictors)
    assert found.proven
    np.testing.assert_allclose(found.estimate.units, [0, 0.5, 0.5, 0, 0], atol=1e-6)
    assert found.estimate.effect == pytest.approx(0, abs=1e-5)


def test_one_predictor_outside_takes_the_nearest_unit() -> None:
    predictors = np.array([[9.0], [1.0], [4.0], [2.0]])
    found = synthetic_control(walk(4, 6), who(4, 0), 4, predictors)
    np.testing.assert_allclose(found.estimate.units, [0, 0, 1, 0], atol=1e-9)
    np.testing.assert_array_equal(found.importance, [1.0])


def test_a_mixed_unit_is_taken_apart_again() -> None:
    Y = walk(8, 20)
    Y[0] = 0.3 * Y[2] + 0.7 * Y[5]
    Y[0, 12:] += 4
    found = synthetic_control(Y, who(8, 0), 12)
    np.testing.assert_allclose(found.estimate.units[[2, 5]], [0.3, 0.7], atol=1e-9)
    assert found.estimate.effect == pytest.approx(4)
    assert found.estimate.fit == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"predictors": np.zeros((4, 2))}, "5 units × predictors"),
        ({"predictors": np.array([[1.0, 2], [1, 3], [np.nan, 4], [1, 5], [2, 6]])}, "predictor 0 of unit 2 is not"),
        ({"predictors": np.array([[1.0, 0.1], [2, 0.1], [3, 0.1], [4, 0.1], [5, 0.1]])}, "predictor 1 is the same everywhere"),
        ({"predictors": np.eye(5), "importance": [1, 2, 3]}, "one number a predictor"),
        ({"predictors": np.eye(5), "importance": [1, 2, 3, 4, -1]}, "none negative"),
        ({"fit": np.zeros(4, dtype=bool)}, "one must be"),
        ({"predictors": np.eye(5), "draws": -1}, "none or more; got -1"),
    ],
)
def test_what_can_t_be_matched_is_refused(options: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        synthetic_control(walk(5, 6), who(5, 0), 4, **options)
