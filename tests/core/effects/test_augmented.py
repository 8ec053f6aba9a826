"""Augmented synthetic control: the mix, and what a ridge regression takes off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pulso.core.effects.augmented import augmented_control
from pulso.core.effects.synthetic import synthetic_control
from pulso.core.effects.weights import simplex
from tests.core.effects.cases import california, walk, who


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
def test_california_is_fitted_better_and_still_smokes_less(shared: Path) -> None:
    case = california(shared)
    found = augmented_control(case.outcomes, case.treated, case.start).estimate
    plain = synthetic_control(case.outcomes, case.treated, case.start).estimate
    assert found.fit < plain.fit
    assert -20 < found.effect < -12


def test_what_can_t_be_chosen_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        augmented_control(walk(5, 6), who(5, 0), 4, ridge=0)
    with pytest.raises(ValueError, match="give a ridge"):
        augmented_control(walk(5, 6), who(5, 0), 2)
