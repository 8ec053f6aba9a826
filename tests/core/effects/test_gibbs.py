"""The sampler, held to what can be worked out without sampling: dense matrices, all models one by one, a grid, and its own prior."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import chisquare, invgamma, multivariate_normal

from pulso.core.effects.gibbs import Draws, Prior, draw_levels, sample
from pulso.core.effects.structural import forward

Floats = np.ndarray


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def nile() -> Floats:
    return sm.datasets.nile.load_pandas().data["volume"].to_numpy(dtype=float, copy=True)


def walk_covariance(T: int, drift: float, start_sd: float) -> Floats:
    """Of a random walk that starts around 0."""
    step = np.arange(T)
    return start_sd**2 + drift * np.minimum.outer(step, step)


# -- levels, given the variances


def test_drawn_levels_have_the_mean_and_covariance_of_the_dense_inverse():
    y = np.array([1.0, np.nan, 2.0, 0.5, np.nan])
    known = ~np.isnan(y)
    noise, drift, n = 0.5, 0.3, 40_000
    precision = np.linalg.inv(walk_covariance(5, drift, 2.0)) + np.diag(known / noise)
    cov = np.linalg.inv(precision)
    mean = cov @ (np.linalg.inv(walk_covariance(5, drift, 2.0)) @ np.full(5, 0.7) + np.where(known, y, 0) / noise)
    drawn = draw_levels(y, noise, drift, draws=n, rng=rng(), start=(0.7, 2.0))
    z = (drawn.mean(axis=0) - mean) / np.sqrt(np.diag(cov) / n)
    assert np.abs(z).max() < 4
    error = np.sqrt((np.outer(np.diag(cov), np.diag(cov)) + cov**2) / n)
    assert (np.abs(np.cov(drawn.T) - cov) / error).max() < 4


def test_levels_of_the_nile_agree_with_the_smoother_of_statsmodels():
    y = nile()
    y[20:40] = np.nan
    model = sm.tsa.UnobservedComponents(y, level="llevel", use_exact_diffuse=True)
    smooth = model.smooth([15099.0, 1469.0]).level
    n = 10_000
    drawn = draw_levels(y, 15099.0, 1469.0, draws=n, rng=rng(1))
    variance = np.asarray(smooth.smoothed_cov).ravel()
    assert (np.abs(drawn.mean(axis=0) - smooth.smoothed) / np.sqrt(variance / n)).max() < 4.5
    assert_allclose(drawn.var(axis=0), variance, rtol=0.08)


def test_each_draw_may_have_variances_of_its_own():
    steady, restless = draw_levels(np.arange(50.0), [1e-3, 1e3], [1e3, 1e-6], draws=2, rng=rng())
    assert np.abs(steady - np.arange(50)).max() < 0.2
    assert np.ptp(restless) < 0.1


@given(st.integers(2, 30), st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3), st.floats(1e-6, 1e3))
def test_what_is_not_known_weighs_nothing(T: int, seed: int, noise: float, drift: float):
    """Unknown steps after the last known one change nothing before them, but for chance; and nothing comes out that isn't finite."""
    y = rng(seed).normal(size=T + 3)
    y[T:] = np.nan
    assert np.isfinite(draw_levels(y, noise, drift, draws=2, rng=rng(seed))).all()


@pytest.mark.parametrize(
    ("y", "noise", "drift", "said"),
    [
        ([1.0, 2.0], 0.0, 1.0, "positive"),
        ([1.0, 2.0], 1.0, np.nan, "positive"),
        ([np.nan, np.nan], 1.0, 1.0, "some of them known"),
        ([1.0, np.inf], 1.0, 1.0, "finite"),
        ([1.0], 1.0, 1.0, "two steps"),
    ],
)
def test_levels_that_cannot_be_drawn_are_refused(y: list[float], noise: float, drift: float, said: str):
    with pytest.raises(ValueError, match=said):
        draw_levels(y, noise, drift, draws=1, rng=rng())


# -- the whole sampler


def test_the_same_seed_gives_the_same_numbers():
    y, x = rng(1).normal(size=40), rng(2).normal(size=(40, 5))
    one, two = (sample(y, x, draws=20, burn=5, rng=rng(3)) for _ in range(2))
    for a, b in zip(one, two, strict=True):
        assert (a == b).all()


def test_variances_of_the_nile_agree_with_their_posterior_on_a_grid():
    """Weak priors; the grid knows nothing of sampling, and takes the likelihood from the dense covariance."""
    y = nile()
    z = (y - y.mean()) / y.std(ddof=1)
    prior = Prior(level_sd=0.3, level_df=1.0, alone_df=1.0)
    logs = np.linspace(np.log(0.05), np.log(3), 45), np.linspace(np.log(2e-4), np.log(3), 60)
    post = np.empty((45, 60))
    for i, j in product(range(45), range(60)):
        noise, drift = np.exp(logs[0][i]), np.exp(logs[1][j])
        like = multivariate_normal.logpdf(z, cov=walk_covariance(100, drift, 1.0) + noise * np.eye(100))
        belief = invgamma.logpdf(noise, 0.5, scale=0.5) + invgamma.logpdf(drift, 0.5, scale=0.5 * 0.3**2)
        post[i, j] = like + belief + logs[0][i] + logs[1][j]
    post = np.exp(post - post.max())
    post /= post.sum()
    fit = sample(z, draws=20_000, burn=500, rng=rng(4), prior=prior)
    for found, grid, mass in ((fit.noise, logs[0], post.sum(axis=1)), (fit.drift, logs[1], post.sum(axis=0))):
        mean = mass @ grid
        spread = np.sqrt(mass @ grid**2 - mean**2)
        assert abs(np.log(found).mean() - mean) < 0.1 * spread
        assert abs(np.log(found).std() / spread - 1) < 0.1
    variance = y.var(ddof=1)
    for found, textbook in ((fit.noise, 15099), (fit.drift, 1469)):
        low, high = np.quantile(found * variance, [0.1, 0.9])
        assert low < textbook < high


def known_variances(**more: float) -> Prior:
    """Variances believed so firmly that they are known: noise .3, drift .02."""
    return Prior(level_sd=0.02**0.5, level_df=1e9, r2=0.7, noise_df=1e9, **more)


def test_inclusion_coefficients_and_levels_agree_with_all_models_counted_one_by_one():
    """Three controls, two of them alike, a wandering level, gaps: eight models, each by its dense marginal likelihood."""
    T, noise, drift = 30, 0.3, 0.02
    chance = rng(5)
    x = chance.normal(size=(T, 3))
    x[:, 1] = 0.8 * x[:, 0] + 0.6 * x[:, 1]
    y = 0.35 * x[:, 0] + np.cumsum(chance.normal(0, drift**0.5, T)) + chance.normal(0, noise**0.5, T)
    y[[3, 4, 17]] = np.nan
    known = ~np.isnan(y)
    prior = known_variances(size=1.2, weight=0.5, diagonal=0.4)
    base = (walk_covariance(T, drift, 1.0) + noise * np.eye(T))[np.ix_(known, known)]
    xk, yk = x[known], y[known]
    gram = xk.T @ xk
    slab = prior.weight / len(yk) * (0.6 * gram + 0.4 * np.diag(np.diag(gram)))
    weights, betas, levels = [], [], []
    for model in product([False, True], repeat=3):
        into = np.flatnonzero(model)
        spread = noise * np.linalg.inv(slab[np.ix_(into, into)])
        cov = base + xk[:, into] @ spread @ xk[:, into].T
        weights.append(multivariate_normal.logpdf(yk, cov=cov) + into.size * np.log(0.4) + (3 - into.size) * np.log(0.6))
        betas.append(np.zeros(3))
        betas[-1][into] = spread @ xk[:, into].T @ np.linalg.solve(cov, yk)
        levels.append(walk_covariance(T, drift, 1.0)[:, known] @ np.linalg.solve(cov, yk))
    share = np.exp(np.array(weights) - max(weights))
    share /= share.sum()
    inclusion = share @ np.array(list(product([0.0, 1.0], repeat=3)))
    fit = sample(y, x, draws=20_000, burn=200, rng=rng(6), prior=prior)
    assert ((inclusion > 0.1) & (inclusion < 0.9)).any(), "the case must not be a foregone conclusion"
    assert_allclose((fit.beta != 0).mean(axis=0), inclusion, atol=0.02)
    assert_allclose(fit.beta.mean(axis=0), share @ np.array(betas), atol=0.01)
    assert_allclose(fit.level.mean(axis=0), share @ np.array(levels), atol=0.01)


def test_without_a_level_it_is_bayesian_linear_regression():
    """One control, conjugate: β | data is Student t, the noise inverse gamma (Gelman et al., Bayesian Data Analysis, ch. 14)."""
    T, n = 60, 20_000
    x = rng(7).normal(size=(T, 1))
    y = 0.6 * x[:, 0] + 0.5 * rng(8).normal(size=T)
    prior = Prior(level_sd=1e-4, level_df=1e9, start_sd=1e-4, weight=2.0)
    fit = sample(y, x, draws=n, burn=100, rng=rng(9), prior=prior)
    xx = float((x**2).sum())
    precision = xx + 2 / T * xx
    mean = float(x[:, 0] @ y) / precision
    shape = (50 + T) / 2
    scale = (50 * 0.2 + y @ y - mean**2 * precision) / 2
    assert abs(fit.beta.mean() - mean) < 4 * np.sqrt(scale / (shape - 1) / precision / n)
    assert_allclose(fit.beta.var(), scale / (shape - 1) / precision, rtol=0.05)
    assert_allclose(fit.noise.mean(), scale / (shape - 1), rtol=0.004)
    assert_allclose(fit.noise.std(), invgamma(shape, scale=scale).std(), rtol=0.05)


def test_controls_that_matter_are_found_among_many_that_do_not():
    x = rng(10).normal(size=(200, 20))
    y = 0.7 * x[:, 4] - 0.4 * x[:, 11] + 0.4 * rng(11).normal(size=200)
    inside = (sample(y / y.std(), x, draws=1000, burn=100, rng=rng(12)).beta != 0).mean(axis=0)
    assert inside[[4, 11]].min() > 0.99
    assert np.delete(inside, [4, 11]).max() < 0.1


def test_more_controls_than_steps_are_no_difficulty():
    x = rng(13).normal(size=(15, 30))
    fit = sample(x[:, 0], x, draws=200, burn=50, rng=rng(14))
    assert np.isfinite(fit.beta).all()
    assert (fit.beta[:, 0] != 0).mean() > 0.5


def test_values_at_unknown_steps_of_the_controls_do_not_matter_to_the_slab():
    y, x = rng(15).normal(size=30), rng(16).normal(size=(30, 4))
    y[10:15] = np.nan
    other = x.copy()
    other[10:15] = 1e3
    one, two = (sample(y, c, draws=10, burn=0, rng=rng(17)) for c in (x, other))
    assert_allclose(one.beta, two.beta)
    assert_allclose(one.level, two.level)


@pytest.mark.parametrize(
    ("x", "more", "said"),
    [
        (np.zeros((3, 1)), {}, r"\(4,\) and \(3, 1\)"),
        (np.array([[1.0], [np.nan], [2.0], [3.0]]), {}, r"columns \[0\]"),
        (None, {"draws": 0}, "at least one draw"),
        (None, {"burn": -1}, "burnt"),
    ],
)
def test_a_series_that_cannot_be_sampled_is_refused(x: Floats | None, more: dict[str, int], said: str):
    with pytest.raises(ValueError, match=said):
        sample(np.arange(4.0), x, **{"draws": 5, "burn": 0, **more}, rng=rng())


@pytest.mark.parametrize("wrong", [{"level_sd": 0.0}, {"r2": 1.0}, {"diagonal": 0.0}, {"size": -1.0}, {"noise_df": np.nan}])
def test_a_prior_that_is_none_is_refused(wrong: dict[str, float]):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Prior(**wrong)


# -- simulation-based calibration (Talts et al. 2018): truths from the prior have uniform ranks among the draws that follow them

T, AHEAD, KEPT, THIN = 25, 6, 63, 6


def from_the_prior(x: Floats, slab: Floats, prior: Prior, chance: np.random.Generator) -> tuple[Draws, Floats]:
    """One truth and its series, whole."""
    K = x.shape[1]
    guess, df = prior.noise(K)
    noise = df * guess / chance.chisquare(df)
    drift = prior.level_df * prior.level_sd**2 / chance.chisquare(prior.level_df)
    beta = np.zeros(K)
    into = np.flatnonzero(chance.random(K) < prior.size / max(K, 1))
    if into.size:
        beta[into] = chance.multivariate_normal(np.zeros(into.size), noise * np.linalg.inv(slab[np.ix_(into, into)]))
    steps = chance.normal(0, drift**0.5, T + AHEAD)
    steps[0] = chance.normal(0, prior.start_sd)
    level = np.cumsum(steps)
    y = level + x @ beta + chance.normal(0, noise**0.5, T + AHEAD)
    return Draws(level[None], beta[None], np.array([noise]), np.array([drift])), y


def ranks(K: int, prior: Prior, chance: np.random.Generator) -> list[int]:
    """Of each quantity's truth among its draws; ties, which a spike makes, are broken by lot."""
    x = chance.normal(size=(T + AHEAD, K))
    known = chance.random(T) > 0.15
    known[0] = True
    truth, y = from_the_prior(x, prior.slab(x[:T][known]), prior, chance)
    fit = sample(np.where(known, y[:T], np.nan), x[:T], draws=KEPT * THIN, burn=100, rng=chance, prior=prior)
    later = forward(fit, x[T:], chance)

    def said(d: Draws, ahead: Floats) -> list[Floats]:
        return [d.noise, d.drift, d.level[:, 0], d.level[:, 12], d.level[:, T - 1], *d.beta.T, ahead.mean(axis=1), ahead[:, -1]]

    out = []
    for one, many in zip(said(truth, y[None, T:]), said(fit, later), strict=True):
        some = many[::THIN]
        below, ties = int((some < one).sum()), int((some == one).sum())
        out.append(below + int(chance.integers(0, ties + 1)))
    return out


@pytest.mark.proof
@pytest.mark.parametrize("K", [0, 1, 6])
def test_truths_from_the_prior_have_uniform_ranks_among_their_draws(K: int):
    prior = Prior(level_sd=0.3, level_df=6, r2=0.5, noise_df=6, alone_df=6, size=1.0 if K == 1 else 3.0, weight=1.5)
    chance = rng(2026 + K)
    found = np.array([ranks(K, prior, chance) for _ in range(640)])
    p = [chisquare(np.bincount(column // 4, minlength=16)).pvalue for column in found.T]
    assert min(p) > 0.001, p
