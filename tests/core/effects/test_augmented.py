"""Augmented synthetic control: the mix, and what a ridge regression takes off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pulso.core.effects.augmented import augmented_control
from pulso.core.effects.synthetic import synthetic_control
from pulso.core.effects.weights import simplex
from tests.core.effects.cases import basque, basque_beside, california, walk, who


def regressed(Y: np.ndarray, start: int, ridge: float) -> np.ndarray:
    """The counterfactual of unit 0 as the paper writes it: the mix's outcome, and a ridge regression on what the mix misses."""
    X, target = Y[1:, :start], Y[0, :start]
    mix = simplex((X - target).T)
    centred = X - X.mean(axis=0)
    slopes = np.linalg.solve(centred.T @ centred + ridge * np.eye(start), centred.T @ (Y[1:, start:] - Y[1:, start:].mean(axis=0)))
    return mix @ Y[1:, start:] + (target - mix @ X) @ slopes


@pytest.mark.parametrize("ridge", [0.01, 3.0, 500.0])
@pytest.mark.parametrize("units", [6, 30])
def test_weights_say_the_same_as_a_regression(units: int, ridge: float) -> None:
    Y = walk(units, 14, seed=units)
    found = augmented_control(Y, who(units, 0), 10, ridge=ridge).estimate
    np.testing.assert_allclose(Y[0, 10:] - found.gaps[10:], regressed(Y, 10, ridge), atol=1e-8)
    assert found.units.sum() == pytest.approx(1)


@pytest.mark.parametrize("units", [6, 30])
def test_predictors_weigh_like_periods_whatever_their_unit(units: int) -> None:
    Y, treated, beside = walk(units, 14, seed=units), who(units, 0), np.random.default_rng(units).normal(size=(units, 2)) * [1, 1000] + 7
    apart = Y[1:, :10] - Y[1:, :10].mean(axis=0)
    scaled = (beside - beside[1:].mean(axis=0)) / beside[1:].std(axis=0, ddof=1) * apart.std(ddof=1)
    found = augmented_control(Y, treated, 10, beside, ridge=3.0).estimate
    as_periods = np.hstack([Y[:, :10], scaled, Y[:, 10:]])
    np.testing.assert_allclose(Y[0, 10:] - found.gaps[10:], regressed(as_periods, 12, 3.0), atol=1e-8)
    np.testing.assert_allclose(augmented_control(Y, treated, 10, beside * [60, -0.1], ridge=3.0).estimate.gaps, found.gaps, atol=1e-8)
    assert not np.allclose(augmented_control(Y, treated, 10, ridge=3.0).estimate.gaps, found.gaps, atol=0.01)


def test_an_endless_ridge_is_plain_synthetic_control() -> None:
    Y, treated = walk(8, 14), who(8, 0)
    plain = synthetic_control(Y, treated, 10).estimate
    for ridge in (1e15, np.inf):
        np.testing.assert_allclose(augmented_control(Y, treated, 10, ridge=ridge).estimate.gaps, plain.gaps, atol=1e-9)


def test_a_perfect_mix_is_left_as_it_is() -> None:
    Y = walk(8, 14)
    Y[0] = 0.5 * Y[1] + 0.5 * Y[4] + np.where(np.arange(14) >= 10, 2.0, 0.0)
    found = augmented_control(Y, who(8, 0), 10)
    np.testing.assert_allclose(found.estimate.units[[1, 4]], [0.5, 0.5], atol=1e-9)
    assert found.estimate.effect == pytest.approx(2)


def test_a_smaller_ridge_fits_the_past_better() -> None:
    Y = walk(8, 14)
    Y[0] += 30
    fits = [augmented_control(Y, who(8, 0), 10, ridge=ridge).estimate.fit for ridge in (np.inf, 1e4, 1e2, 1.0)]
    assert fits == sorted(fits, reverse=True)
    assert fits[0] > 3 * fits[-1]


def test_the_ridge_is_chosen_on_periods_left_out() -> None:
    Y, treated = walk(8, 10, seed=4), who(8, 0)
    found = augmented_control(Y, treated, 6)
    errors = []
    for ridge in found.tried:
        squares = []
        for t in range(6):  # leave out a period: it becomes the treated one
            part = np.column_stack([np.delete(Y[:, :6], t, axis=1), Y[:, t]])
            squares.append(augmented_control(part, treated, 5, ridge=ridge).estimate.effect ** 2)
        errors.append((np.mean(squares), np.std(squares, ddof=1) / np.sqrt(6)))
    np.testing.assert_allclose(found.errors, [e[0] for e in errors], rtol=1e-6)
    np.testing.assert_allclose(found.spreads, [e[1] for e in errors], rtol=1e-6)
    within = found.tried[found.errors <= found.errors.min() + found.spreads[found.errors.argmin()]]
    assert found.ridge == within.max()
    before = Y[1:, :6] - Y[1:, :6].mean(axis=0)
    assert found.tried[0] == pytest.approx(np.linalg.eigvalsh(before.T @ before)[-1])
    assert found.tried[-1] / found.tried[0] == pytest.approx(1e-8)


@pytest.mark.mirror
def test_california_s_ridge_and_effect_are_those_of_the_method_s_own_software(shared: Path) -> None:
    """Figures of R's augsynth 0.2.0: effect, and length of the vector of gaps before the law. It chose the ridge by itself."""
    case = california(shared)
    found = augmented_control(case.outcomes, case.treated, case.start).estimate
    assert found.effect == pytest.approx(-15.952578, abs=2e-5)
    assert found.fit * case.start**0.5 == pytest.approx(3.197961, abs=2e-6)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("beside", "ridge", "every", "length"),
    [(False, np.inf, -0.3686, 0.377), (False, 8.0, -0.3696, 0.373), (True, np.inf, -0.3345, 0.659), (True, 1.0, -0.267, 0.419)],
)
def test_the_basque_country_is_what_the_method_s_own_software_tests_for(
    shared: Path, beside: bool, ridge: float, every: float, length: float
) -> None:
    """R's augsynth, test_general.R: mean gap over all 43 years, and length of the gaps before 1975, each to a thousandth of itself."""
    case = basque(shared)
    predictors = basque_beside(shared) if beside else None
    found = augmented_control(case.outcomes, case.treated, case.start, predictors, ridge=ridge).estimate
    assert found.gaps.mean() == pytest.approx(every, rel=1.5e-3)
    assert found.fit * case.start**0.5 == pytest.approx(length, rel=1.5e-3)


def test_what_can_t_be_chosen_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        augmented_control(walk(5, 6), who(5, 0), 4, ridge=0)
    with pytest.raises(ValueError, match="give a ridge"):
        augmented_control(walk(5, 6), who(5, 0), 2)
    with pytest.raises(ValueError, match="5 units × predictors"):
        augmented_control(walk(5, 6), who(5, 0), 4, np.zeros((4, 1)))
    with pytest.raises(ValueError, match="predictor 1 of unit 2 is not"):
        augmented_control(walk(5, 6), who(5, 0), 4, np.where(np.arange(10).reshape(5, 2) == 5, np.nan, np.arange(10).reshape(5, 2)))
    with pytest.raises(ValueError, match="predictor 0 is the same for all the untreated"):
        augmented_control(walk(5, 6), who(5, 0), 4, np.array([[9.0], [0.1], [0.1], [0.1], [0.1]]))
