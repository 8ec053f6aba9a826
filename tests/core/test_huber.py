"""Robust regressions in batches say what robust regressions say one by one."""

from __future__ import annotations

import numpy as np
import statsmodels.api as sm

from pulso.core.huber import TURN, fit


def data(S: int = 3, n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, 3))])
    Y = rng.normal(size=(S, 4)) @ X.T + rng.standard_t(2, (S, n))
    return X, Y


def test_it_agrees_with_reweighting_one_series_at_a_time():
    X, Y = data()
    beta, _ = fit(X, Y, np.zeros((4, 4)), np.zeros((3, 4), bool))
    for b, y in zip(beta, Y, strict=True):
        one = sm.RLM(y, X, M=sm.robust.norms.HuberT(TURN)).fit(scale_est=sm.robust.scale.HuberScale(), maxiter=200)
        np.testing.assert_allclose(b, one.params, atol=0.03)


def test_at_the_estimate_the_believed_residuals_balance_the_ridge():
    X, Y = data()
    ridge = np.diag([0.0, 1.0, 2.0, 3.0])
    beta, reach = fit(X, Y, ridge, np.zeros((3, 4), bool))
    believed = np.clip(Y - beta @ X.T, -reach[:, None], reach[:, None])
    np.testing.assert_allclose(believed @ X, beta @ ridge, atol=1e-2)


def test_a_gap_is_the_same_as_a_day_that_never_was():
    X, Y = data()
    Y[1, 100:180] = np.nan
    beta, _ = fit(X, Y, np.eye(4), np.zeros((3, 4), bool))
    keep = np.isfinite(Y[1])
    alone, _ = fit(X[keep], Y[1:2, keep], np.eye(4), np.zeros((1, 4), bool))
    np.testing.assert_allclose(beta[1], alone[0], atol=1e-10)


def test_a_column_that_a_series_does_not_use_is_the_same_as_no_column():
    X, Y = data()
    off = np.zeros((3, 4), bool)
    off[2, 1] = True
    beta, _ = fit(X, Y, np.eye(4), off)
    alone, _ = fit(X[:, [0, 2, 3]], Y[2:], np.eye(3), np.zeros((1, 3), bool))
    np.testing.assert_allclose(beta[2, [0, 2, 3]], alone[0], atol=1e-10)
    assert beta[2, 1] == 0


def test_a_month_of_lockdown_hardly_moves_the_rest_of_the_year():
    X, Y = data()
    before, _ = fit(X, Y, np.zeros((4, 4)), np.zeros((3, 4), bool))
    Y[:, 200:230] -= 1000
    after, _ = fit(X, Y, np.zeros((4, 4)), np.zeros((3, 4), bool))
    np.testing.assert_allclose(after, before, atol=0.35)


def test_a_series_that_never_moved_has_no_slopes():
    X, Y = data()
    Y[0] = 5.0
    beta, reach = fit(X, Y, np.zeros((4, 4)), np.zeros((3, 4), bool))
    np.testing.assert_allclose(beta[0], [5, 0, 0, 0], atol=1e-9)
    assert reach[0] < 1e-9
