"""What would have been, where the truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import binom

from pulso.core.effects.gibbs import LOOSE, Prior, sample
from pulso.core.effects.structural import Impact, impact
from tests.core.effects.cases import basque

Floats = np.ndarray


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def vignette(seed: int, effect: float = 10.0) -> tuple[Floats, Floats]:
    """The example of CausalImpact's vignette: a control that nearly walks at random, and an effect on steps 71 to 100 of 100."""
    chance = rng(seed)
    x = np.zeros(1100)  # the first thousand steps let it forget where it started
    for t in range(1, x.size):
        x[t] = 0.999 * x[t - 1] + chance.standard_normal()
    x = 100 + x[-100:]
    y = 1.2 * x + chance.standard_normal(100)
    y[70:] += effect
    return y, x[:, None]


def test_the_vignette_finds_the_effect_that_was_put_in():
    y, x = vignette(1)
    found = impact(y, x, 70, rng=rng())
    assert 9 < found.mean.value < 11
    assert found.mean.low < 10 < found.mean.high
    assert found.mean.high - found.mean.low < 3
    assert found.p < 0.002
    assert found.inclusion[0] == 1
    assert abs(found.beta[0] - 1.2) < 0.1
    assert found.seen == 30


def test_over_many_vignettes_the_average_is_ten_and_the_interval_covers_it():
    """CausalImpact's prior takes the noise for larger than it is here, so its intervals are wide, never narrow."""
    found = [impact(*vignette(seed), 70, rng=rng(seed), draws=500, burn=100) for seed in range(30)]
    assert abs(np.mean([f.mean.value for f in found]) - 10) < 0.25
    assert sum(f.mean.low < 10 < f.mean.high for f in found) >= 29


@pytest.mark.mirror
def test_the_basque_country_beside_catalonia_is_as_causalimpact_has_it(shared: Path):
    """R's CausalImpact gives −0.76 (0.31), 95 % −1.4 to −0.2, and p = .004 for 1976-1997, each rounded; from a thousand draws."""
    case = basque(shared)
    control = case.outcomes[[unit == "Cataluna" for unit in case.units]].T
    found = impact(case.outcomes[case.treated][0], control, 21, rng=rng(), draws=6000)
    assert_allclose([found.mean.value, found.means.std()], [-0.76, 0.31], atol=0.03)
    assert_allclose([found.mean.low, found.mean.high], [-1.4, -0.2], atol=0.08)
    assert_allclose(found.total.value, 22 * found.mean.value)
    assert found.p < 0.012


def worth(draws: Floats) -> float:
    """How many independent draws these are worth (Geyer 1992: pairs of autocorrelations, as long as their sum is positive)."""
    away = draws - draws.mean()
    spectrum = np.abs(np.fft.rfft(away, 2 * away.size)) ** 2
    lags = np.fft.irfft(spectrum)[: away.size // 2 * 2]
    pairs = (lags / lags[0]).reshape(-1, 2).sum(axis=1)
    first = int(np.argmax(pairs < 0)) if (pairs < 0).any() else pairs.size
    return away.size / (2 * pairs[:first].sum() - 1)


def test_a_control_that_wanders_as_the_level_does_does_not_freeze_the_chain():
    y, x = (v[:70] for v in vignette(3))
    fit = sample((y - y.mean()) / y.std(), (x - x.mean()) / x.std(), draws=4000, burn=200, rng=rng())
    assert worth(rng().normal(size=4000)) > 3500
    assert worth(fit.beta[:, 0]) > 3000
    assert worth(fit.noise) > 2500
    assert worth(fit.drift) > 400


@pytest.mark.proof
def test_with_a_weak_prior_on_the_noise_the_vignettes_interval_covers_at_its_rate():
    prior = Prior(noise_df=1.0, level_sd=0.001)
    n = 400
    hits = 0
    for seed in range(n):
        found = impact(*vignette(seed), 70, rng=rng(seed), prior=prior)
        hits += bool(found.mean.low < 10 < found.mean.high)
    low, high = binom.interval(0.99, n, 0.95)
    assert low <= hits <= high, f"{hits} of {n}"


@pytest.mark.proof
@pytest.mark.parametrize("drift", [0.0, 0.03, 0.1, 0.3])
def test_where_nothing_happened_nothing_is_found_however_much_the_level_wanders(drift: float):
    """A year and four weeks, noise of 1, no controls. The default prior covers .97, .83, .66 and .73 of these."""
    n, hits = 200, 0
    for seed in range(n):
        chance = rng(seed)
        y = np.cumsum(chance.normal(0, drift, 393)) + chance.normal(0, 1.0, 393)
        found = impact(y, None, 365, rng=chance, prior=LOOSE, draws=500)
        hits += bool(found.mean.low < 0 < found.mean.high)
    assert hits >= binom.ppf(0.001, n, 0.95), f"{hits} of {n}"


def test_without_an_effect_p_is_as_often_below_a_quarter_as_above():
    """The series is noise alone, so that the prior is right about its level."""
    ps = [impact(rng(seed).normal(size=60), None, 50, rng=rng(seed), draws=200, burn=50).p for seed in range(60)]
    assert max(ps) <= 0.51
    assert 18 <= sum(p < 0.25 for p in ps) <= 42


def test_what_is_seen_after_the_start_does_not_inform_what_was_expected():
    y, x = vignette(2)
    other = y.copy()
    other[70:] *= 3
    a, b = (impact(v, x, 70, rng=rng(4), draws=50, burn=10) for v in (y, other))
    for one, two in zip(a.expected, b.expected, strict=True):
        assert (one == two).all()


def test_what_comes_after_the_stop_is_not_looked_at():
    y, x = vignette(3)
    later, blind = y.copy(), x.copy()
    later[80:], blind[80:] = np.inf, np.nan
    a = impact(y, x, 70, 80, rng=rng(4), draws=50, burn=10)
    b = impact(later, blind, 70, 80, rng=rng(4), draws=50, burn=10)
    assert_same(a, b)
    assert a.expected.value.shape == (80,)
    assert a.effect.value.shape == (10,)


def assert_same(a: Impact, b: Impact) -> None:
    for one, two in zip(a, b, strict=True):
        assert np.array_equal(one, two, equal_nan=True)


def test_the_same_seed_gives_the_same_numbers():
    y, x = vignette(4)
    assert_same(*(impact(y, x, 70, rng=rng(5), draws=50, burn=10) for _ in range(2)))


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(-1e4, 1e4), st.floats(1e-3, 1e3))
def test_units_do_not_matter(times: float, plus: float, control: float):
    y, x = vignette(5)
    x = np.hstack([x, x[::-1], rng(1).normal(size=(100, 3))])
    a = impact(y, x, 70, rng=rng(6), draws=30, burn=5)
    b = impact(plus + times * y, x * control - 7, 70, rng=rng(6), draws=30, burn=5)
    for one, two in zip(a.mean, b.mean, strict=True):
        assert_allclose(two, times * one, rtol=1e-5)
    assert_allclose(b.expected.value, plus + times * a.expected.value, rtol=1e-5, atol=1e-5 * times)
    assert_allclose(b.beta * control, a.beta * times, rtol=1e-4, atol=1e-9 * times)
    assert_allclose([b.noise, b.drift, *b.total], times * np.array([a.noise, a.drift, *a.total]), rtol=1e-5)
    assert a.p == b.p


def test_a_step_that_was_not_seen_has_no_effect_and_adds_none():
    y, x = vignette(7)
    y[[5, 40, 69, 72, 99]] = np.nan
    found = impact(y, x, 70, rng=rng(8), draws=200, burn=50)
    assert found.seen == 28
    for side in found.effect:
        assert np.flatnonzero(np.isnan(side)).tolist() == [2, 29]
    for side in found.expected:
        assert np.isfinite(side).all()
    assert found.cumulative.value[2] == found.cumulative.value[1]
    assert_allclose(found.total.value, np.nansum(found.effect.value))
    assert_allclose(found.mean.value, np.nanmean(found.effect.value))
    assert_allclose(found.means.mean(), found.mean.value)
    assert_allclose(found.cumulative.high[-1], found.total.high)


def test_without_controls_doubt_grows_with_the_distance():
    y = np.cumsum(rng(9).normal(0, 0.5, 200)) + rng(10).normal(0, 0.2, 200)
    found = impact(y, None, 120, rng=rng(11), prior=Prior(level_sd=0.2))
    width = found.effect.high - found.effect.low
    assert width[60:].mean() > 2 * width[:5].mean()
    assert found.inclusion.shape == (0,)


def test_the_expected_path_is_the_fit_before_and_the_forecast_after():
    y, x = vignette(12)
    found = impact(y, x, 70, rng=rng(13))
    assert np.abs(y[:70] - found.expected.value[:70]).std() < 1.3
    assert np.abs(y[70:] - 10 - found.expected.value[70:]).max() < 5
    assert_allclose(found.effect.value, (y - found.expected.value)[70:])
    assert_allclose(found.effect.low, (y - found.expected.high)[70:])


@pytest.mark.parametrize(
    ("y", "x", "at", "said"),
    [
        (np.arange(10.0), None, (0, 5), "0 < start < stop"),
        (np.arange(10.0), None, (6, 6), "0 < start < stop"),
        (np.arange(10.0), None, (6, 11), "found 6, 11"),
        (np.ones((10, 2)), None, (6, 8), "0 < start < stop"),
        (np.ones(10), None, (6, 8), "that vary"),
        (np.r_[1.0, 2.0, np.full(8, np.nan), 3.0], None, (9, 11), "found 2"),
        (np.r_[np.arange(5.0), np.full(5, np.nan)], None, (5, 10), "nothing is known"),
        (np.r_[np.arange(5.0), np.inf], None, (5, 6), "infinite"),
        (np.arange(10.0), np.ones((9, 1)), (5, 10), r"\(10, K\)"),
        (np.arange(10.0), np.ones(10), (5, 10), r"\(10, K\)"),
        (np.arange(10.0), np.c_[np.arange(10.0), np.r_[np.arange(9.0), np.nan]], (5, 10), r"gaps: columns \[1\]"),
        (np.arange(10.0), np.c_[np.arange(10.0), np.r_[np.zeros(5), np.ones(5)]], (5, 10), r"do not: columns \[1\]"),
    ],
)
def test_an_event_that_cannot_be_judged_is_refused(y: Floats, x: Floats | None, at: tuple[int, int], said: str):
    with pytest.raises(ValueError, match=said):
        impact(y, x, *at, rng=rng())
