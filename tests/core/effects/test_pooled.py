"""Pooling, on the trials of a vaccine that every package shows, and on cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar
from scipy.stats import multivariate_normal, t

from pulso.core.effects.pooled import pool

# Thirteen trials of the BCG vaccine against tuberculosis (Colditz et al. 1994): ill and well, vaccinated and not.
BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)


def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    ill, well, ill0, well0 = BCG.T
    n, n0 = ill + well, ill0 + well0
    return np.log(ill / n / (ill0 / n0)), np.sqrt(1 / ill - 1 / n + 1 / ill0 - 1 / n0)


def test_the_bcg_trials_are_pooled_as_metafor_pools_them():
    """Viechtbauer (2010), Journal of Statistical Software 36(3): REML."""
    found = pool(*log_risk_ratios())
    assert_allclose([found.estimate, found.error, found.tau2], [-0.7145, 0.1798, 0.3132], atol=5e-5)
    assert_allclose(100 * found.i2, 92.22, atol=5e-3)
    assert_allclose(found.q, 152.2330, atol=5e-5)
    assert found.p < 1e-4
    assert found.studies == 13
    assert_allclose(found.weights.sum(), 1)
    normal = 1.959964 * np.sqrt(found.error**2 + found.tau2)
    assert_allclose(np.exp([found.estimate - normal, found.estimate + normal]), [0.1546, 1.5490], atol=1e-4)


def test_the_bcg_trials_by_the_other_methods():
    moments, mandel = (pool(*log_risk_ratios(), method=m) for m in ("dl", "pm"))
    assert_allclose([moments.estimate, moments.tau2], [-0.7141, 0.3088], atol=5e-5)
    assert_allclose(100 * moments.i2, 92.12, atol=5e-3)
    assert_allclose(mandel.tau2, 0.3181, atol=5e-5)


# Effects and variances, or ill and asked of each group, of published examples, and what their authors say of them.
REVIEW = (  # Viechtbauer (2005), pages 271 and 272
    [-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232],
    [0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040],
)
AGREEING = (
    [0.100, -0.162, -0.090, -0.049, -0.046, -0.010, -0.431, -0.261, 0.134, 0.019, 0.175, 0.056, 0.045, 0.103, 0.121, -0.482, 0.290, 0.342],
    [0.016, 0.015, 0.050, 0.050, 0.032, 0.052, 0.036, 0.024, 0.034, 0.033, 0.031, 0.034, 0.039, 0.167, 0.134, 0.096, 0.016, 0.035],
)


@pytest.mark.parametrize(
    ("study", "method", "tau2", "i2"),
    [
        (REVIEW, "reml", 0.223, 76.84),
        (REVIEW, "dl", 0.277, 80.44),
        (REVIEW, "pm", 0.192, 74.05),  # he calls it empirical Bayes; the same equation
        (AGREEING, "reml", 0.016, 32.02),
        (AGREEING, "dl", 0.013, 27.53),
        (AGREEING, "pm", 0.010, 23.72),
    ],
)
def test_viechtbauers_two_examples(study: tuple[list[float], list[float]], method: str, tau2: float, i2: float):
    found = pool(study[0], np.sqrt(study[1]), method=method)
    assert_allclose(found.tau2, tau2, atol=5e-4)
    assert_allclose(100 * found.i2, i2, atol=5e-3)


@pytest.mark.parametrize(
    ("method", "tau", "estimate", "error"),
    [("pm", 0.3681, -0.3811, 0.2060), ("dl", 0.2323, -0.3240, 0.1540), ("reml", 0.1843, -0.2980, 0.1343)],
)
def test_six_trials_of_aspirin_before_birth(method: str, tau: float, estimate: float, error: float):
    """DerSimonian & Kacker (2007), tables 3 and 4: ill and asked, with aspirin and without; log odds ratios."""
    ill, asked = np.array([5, 5, 12, 69, 9, 313.0]), np.array([156, 303, 565, 1570, 103, 4659])
    ill0, asked0 = np.array([8, 17, 9, 94, 11, 352.0]), np.array([74, 303, 477, 1565, 105, 4650])
    y = np.log(ill * (asked0 - ill0) / (ill0 * (asked - ill)))
    found = pool(y, np.sqrt(1 / ill + 1 / (asked - ill) + 1 / ill0 + 1 / (asked0 - ill0)), method=method)
    assert_allclose([found.tau2**0.5, found.estimate, found.error], [tau, estimate, error], atol=5e-5)


@pytest.mark.parametrize(
    ("method", "tau2", "estimate", "low", "high"), [("reml", 685.20, -15.12, -32.67, 2.43), ("dl", 218.72, -14.10, -24.45, -3.75)]
)
def test_days_in_hospital_after_a_stroke(method: str, tau2: float, estimate: float, low: float, high: float):
    """Normand (1999), tables VIII and IX: nine studies, mean days with special care and without; she gives normal intervals."""
    n, mean, sd = np.array(
        [[155, 55, 47], [31, 27, 7], [75, 64, 17], [18, 66, 20], [8, 14, 8], [57, 19, 7], [34, 52, 45], [110, 21, 16], [60, 30, 27]]
    ).T
    n0, mean0, sd0 = np.array(
        [[156, 75, 64], [32, 29, 4], [71, 119, 29], [18, 137, 48], [13, 18, 11], [52, 18, 4], [33, 41, 34], [183, 31, 27], [52, 23, 20]]
    ).T
    variance = ((n - 1) * sd**2 + (n0 - 1) * sd0**2) / (n + n0 - 2) * (1 / n + 1 / n0)
    found = pool(mean - mean0, np.sqrt(variance), method=method)
    assert_allclose([found.tau2, found.estimate], [tau2, estimate], atol=5e-3)
    assert_allclose([found.estimate - 1.959964 * found.error, found.estimate + 1.959964 * found.error], [low, high], atol=5e-3)


def test_the_interval_is_hartungs_and_knapps():
    y, se = log_risk_ratios()
    found = pool(y, se)
    assert_allclose([found.low, found.high], [-1.1084, -0.3206], atol=5e-5)  # as metafor prints it with test="knha"
    w = 1 / (se**2 + found.tau2)
    knapp = np.sqrt(w @ (y - found.estimate) ** 2 / 12 / w.sum())
    assert knapp > found.error, "here the correction widens; the next test has the other case"
    assert_allclose(found.high - found.estimate, t.ppf(0.975, 12) * knapp)
    assert_allclose(found.predicted_high - found.estimate, t.ppf(0.975, 12) * np.sqrt(knapp**2 + found.tau2))


def test_studies_that_agree_too_well_do_not_make_the_interval_narrower():
    """By hand: three equal estimates of error 1. The mean's error is 1/√3, and Student's t of two degrees is 4.3027."""
    found = pool([2.0, 2.0, 2.0], [1.0, 1.0, 1.0])
    assert_allclose([found.estimate, found.error, found.tau2, found.i2, found.q, found.p], [2, 3**-0.5, 0, 0, 0, 1])
    assert_allclose([found.low, found.high], [2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5], rtol=1e-6)
    assert (found.predicted_low, found.predicted_high) == (found.low, found.high)


@pytest.mark.parametrize("method", ["reml", "dl", "pm"])
def test_with_equal_errors_each_method_is_the_sample_variance_less_the_error(method: str):
    """By hand: 0, 3, 6 with error 1: their variance is 9, of which 1 is error; Q = 18."""
    found = pool([0.0, 3.0, 6.0], [1.0, 1.0, 1.0], method=method)
    assert_allclose([found.estimate, found.tau2, found.q, found.i2], [3, 8, 18, 8 / 9])
    assert_allclose(found.error, 3**0.5)


estimates = st.lists(st.tuples(st.floats(-5, 5), st.floats(0.05, 3)), min_size=3, max_size=12)


@given(estimates)
def test_reml_is_the_top_of_the_dense_restricted_likelihood(studies: list[tuple[float, float]]):
    """The contrasts to the first study have a likelihood free of the mean, which is the restricted one."""
    y, se = np.array(studies).T
    contrast = np.column_stack([-np.ones(y.size - 1), np.eye(y.size - 1)])

    def disbelief(tau2: float) -> float:
        return -float(multivariate_normal.logpdf(contrast @ y, cov=contrast @ np.diag(se**2 + tau2) @ contrast.T))

    found = pool(y, se).tau2
    best = minimize_scalar(disbelief, bounds=(0, 200), method="bounded", options={"xatol": 1e-9})
    assert disbelief(found) <= min(best.fun, disbelief(0.0)) + 1e-8


@given(estimates, st.sampled_from(["reml", "dl", "pm"]))
@example([(0.0, 1.0), (0.0, 0.125), (3.75, 2.0)], "reml")  # no variance between: the next study's interval was a rounding too narrow
def test_what_holds_by_any_method(studies: list[tuple[float, float]], method: str):
    y, se = np.array(studies).T
    found = pool(y, se, method=method)
    assert y.min() - 1e-9 <= found.estimate <= y.max() + 1e-9
    assert found.predicted_low <= found.low <= found.estimate <= found.high <= found.predicted_high
    assert 0 <= found.i2 < 1
    other = pool(7 - 3 * y, 3 * se, method=method)
    assert_allclose([other.estimate, other.low, other.high], [7 - 3 * found.estimate, 7 - 3 * found.high, 7 - 3 * found.low], atol=1e-6)
    assert_allclose(other.tau2, 9 * found.tau2, rtol=1e-5, atol=1e-9)


def test_a_study_without_a_number_is_left_out_and_said():
    y, se = log_risk_ratios()
    gap = pool(np.append(y, np.nan), np.append(se, 0.1))
    whole = pool(y, se)
    assert gap.studies == 13
    assert np.isnan(gap.weights[13])
    assert gap[:10] == whole[:10]


@pytest.mark.parametrize(
    ("y", "se", "more", "said"),
    [
        ([1.0, 2.0], [1.0, 1.0], {}, "from 3 studies on; found 2"),
        ([1.0, 2.0, np.nan], [1.0, 1.0, 1.0], {}, "found 2"),
        ([1.0, 2.0, 3.0], [1.0, 0.0, 1.0], {}, "positive"),
        ([1.0, 2.0, np.inf], [1.0, 1.0, 1.0], {}, "finite"),
        ([1.0, 2.0, 3.0], [1.0, 1.0], {}, r"\(3,\) and \(2,\)"),
        ([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], {"method": "ml"}, "'ml'"),
        ([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], {"level": 95}, "95"),
    ],
)
def test_what_cannot_be_pooled_is_refused(y: list[float], se: list[float], more: dict[str, object], said: str):
    with pytest.raises(ValueError, match=said):
        pool(y, se, **more)
