"""Weights and what they hide; whether indicators belong together; how far the method moves the number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.core.composite import reliability, weigh
from pulso.core.composite.aggregate import arithmetic, geometric, harmonic
from pulso.core.composite.band import Choices, method_band
from pulso.core.composite.normalise import minmax
from pulso.core.factor import one_factor

# R's `attitude` (Chatterjee & Price 1977): 30 departments' shares of favourable answers to seven questions.
ANSWERS = """
    43 51 30 39 61 92 45  63 64 51 54 63 73 47  71 70 68 69 76 86 48  61 63 45 47 54 84 35  81 78 56 66 71 83 47
    43 55 49 44 54 49 34  58 67 42 56 66 68 35  71 75 50 55 70 66 41  72 82 72 67 71 83 31  67 61 45 47 62 80 41
    64 53 53 58 58 67 34  67 60 47 39 59 74 41  69 62 57 42 55 63 25  68 83 83 45 59 77 35  77 77 54 72 79 77 46
    81 90 50 72 60 54 36  74 85 64 69 79 79 63  65 60 65 75 55 80 60  65 70 46 57 75 85 46  50 58 68 54 64 78 52
    50 40 33 34 43 64 33  64 61 52 62 66 80 41  53 66 52 50 63 80 37  40 37 42 58 50 57 49  63 54 42 48 66 75 33
    66 77 66 63 88 76 72  78 75 58 74 80 78 49  48 57 44 45 51 83 38  85 85 71 71 77 74 55  82 82 39 59 64 78 39
"""
ATTITUDE = np.array(ANSWERS.split(), dtype=float).reshape(30, 7)
HEYWOOD = np.array([[1.0, 0.8, 0.8], [0.8, 1.0, 0.5], [0.8, 0.5, 1.0]])


def days(count: int = 80, seed: int = 0) -> np.ndarray:
    return 100 * np.exp(np.random.default_rng(seed).normal(size=(count, 4)) * [0.05, 0.1, 0.2, 0.3])


def test_the_attitude_survey_is_as_consistent_as_r_says() -> None:
    found = reliability.cronbach(ATTITUDE)
    assert found.value == pytest.approx(0.84314276956, abs=1e-11)
    assert found.units == 30
    assert found.without[6] == pytest.approx(reliability.cronbach(ATTITUDE[:, :6]).value)


def test_alpha_counts_only_whole_answers_and_says_how_many() -> None:
    holed = ATTITUDE.copy()
    holed[3, 2] = np.nan
    found = reliability.cronbach(holed)
    assert found.units == 29
    assert found.value == pytest.approx(reliability.cronbach(np.delete(ATTITUDE, 3, axis=0)).value)
    assert np.isnan(reliability.cronbach(np.full((5, 3), np.nan)).value)
    assert np.isnan(reliability.cronbach(np.ones((5, 3))).value)


def test_one_common_cause_is_adequate_and_pairs_are_not() -> None:
    one = np.full((6, 6), 0.6) + 0.4 * np.eye(6)
    pairs = np.kron(np.eye(3), [[1, 0.9], [0.9, 1]])
    assert reliability.adequacy(one).value > 0.85
    assert reliability.adequacy(pairs).value == pytest.approx(0.5)
    np.testing.assert_allclose(reliability.adequacy(pairs).each, 0.5)
    assert np.isnan(reliability.adequacy(np.ones((3, 3))).value)
    assert np.isnan(reliability.adequacy(np.eye(3)).value)


def test_bartlett_sees_correlation_where_there_is_some() -> None:
    found = reliability.sphericity(np.array([[1, 0.5], [0.5, 1]]), n=50)
    assert found.chi2 == pytest.approx(-(49 - 1.5) * np.log(0.75))
    assert found.degrees == 1
    assert reliability.sphericity(np.eye(4), n=50).p == 1
    assert reliability.sphericity(np.ones((3, 3)), n=50).p == 0
    with pytest.raises(ValueError, match="needs more than"):
        reliability.sphericity(np.eye(4), n=4)


def test_correlations_say_how_many_days_they_rest_on() -> None:
    x = np.array([[1, 2, 9.0], [2, 4, 9], [3, 6, 9], [4, -50, 9], [5, np.nan, 9]])
    plain, ranked = reliability.correlation(x), reliability.correlation(x[:3], ranks=True)
    assert plain.pairs.tolist() == [[5, 4, 5], [4, 4, 4], [5, 4, 5]]
    assert plain.value[0, 1] == pytest.approx(np.corrcoef(x[:4, 0], x[:4, 1])[0, 1])
    assert np.isnan(plain.value[2]).all()
    assert ranked.value[0, 1] == pytest.approx(1)


def test_the_principal_component_is_the_first_one() -> None:
    corr = np.corrcoef(ATTITUDE, rowvar=False)
    found = weigh.principal(corr)
    np.testing.assert_allclose(corr @ found.loadings, found.loadings * found.explained * 7, atol=1e-12)
    assert found.weights.sum() == pytest.approx(1)
    assert found.loadings.sum() > 0


def test_a_factor_gives_weights_unless_it_is_a_heywood_case() -> None:
    sound = weigh.by_factor(one_factor(np.corrcoef(ATTITUDE, rowvar=False)))
    assert sound.weights.sum() == pytest.approx(1)
    assert sound.weights[0] == pytest.approx(sound.loadings[0] ** 2 / (sound.loadings**2).sum())
    assert np.isnan(weigh.by_factor(one_factor(HEYWOOD)).weights).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 7))
def test_every_indicator_gets_its_floor_and_as_equal_a_say_as_that_allows(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(200, count)) @ rng.normal(size=(count, count)) + rng.normal(size=(200, 1)) * 2
    cov = np.cov(rows, rowvar=False)
    found = weigh.equal_influence(cov)
    assert found.converged
    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights >= 0.05 - 1e-9).all()
    composite = rows @ found.weights
    np.testing.assert_allclose(found.influence, [np.corrcoef(c, composite)[0, 1] for c in rows.T], atol=1e-9)
    free = found.weights > 0.05 + 1e-6
    if free.all():
        assert np.ptp(found.influence) < 1e-3
    for _ in range(20):  # nothing near by is more equal
        other = np.clip(found.weights + rng.normal(size=count) * 0.01, 0.05, None)
        other = 0.05 + (other - 0.05) / (other - 0.05).sum() * (1 - 0.05 * count)
        joint = cov @ other
        say = joint / np.sqrt(np.diag(cov) * (other @ joint))
        assert np.var(say) >= np.var(found.influence) - 1e-9


def test_uncorrelated_streams_of_unequal_calm_get_weights_by_their_calm() -> None:
    found = weigh.equal_influence(np.diag([1.0, 4.0, 16.0]))
    np.testing.assert_allclose(found.weights, np.array([4, 2, 1]) / 7)
    np.testing.assert_allclose(weigh.equal(4), 0.25)


def test_weights_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match=r"at least 0\.3"):
        weigh.equal_influence(np.eye(4), least=0.3)
    with pytest.raises(ValueError, match="at least one"):
        weigh.equal(0)
    with pytest.raises(ValueError, match="square"):
        weigh.principal(np.full((3, 3), np.nan))


def test_the_method_band_holds_the_number_and_is_narrow_on_quiet_days() -> None:
    x = days()
    x[0] = 100.0
    found = method_band(x, [0.4, 0.3, 0.2, 0.1], Choices((arithmetic, geometric, harmonic)), n=128, seed=1)
    plain = geometric(x, [0.4, 0.3, 0.2, 0.1]).value
    np.testing.assert_allclose([found.low[0], found.high[0]], 100)
    assert np.isnan(found.total[:, 0]).all()  # nothing moves that day, so no choice is to blame
    assert ((found.low <= plain) & (plain <= found.high)).mean() > 0.95
    assert found.groups == ("weights", "aggregation", "left out")
    assert found.overall.argmax() == 2  # leaving a whole stream out moves more than a quarter of its weight
    np.testing.assert_array_equal(found.drawn, 1)


def test_the_band_is_what_drawing_one_by_one_gives() -> None:
    x, w = days(5), np.array([0.4, 0.3, 0.2, 0.1])
    found = method_band(x, w, Choices((geometric,), weight_spread=0.0), n=256, seed=2)
    each = np.array([geometric(x, np.where(np.arange(4) == k, 0, w)).value for k in range(-1, 4)])
    np.testing.assert_allclose(found.low, each.min(axis=0), rtol=1e-9)
    np.testing.assert_allclose(found.high, each.max(axis=0), rtol=1e-9)
    np.testing.assert_allclose(found.total, 1, atol=0.1)  # the only choice takes all the blame


def test_steps_that_are_alike_are_no_cause() -> None:
    same = Choices((arithmetic, arithmetic), (lambda v: v, lambda v: v.copy()), (minmax, lambda v: 100 - minmax(-v)), leave_one_out=False)
    found = method_band(days(), [1, 1, 1, 1], same, n=64, seed=3)
    assert found.groups == ("weights", "treatment", "normalisation", "aggregation")
    np.testing.assert_allclose(found.overall, [1, 0, 0, 0], atol=0.1)


def test_a_day_that_some_draw_cannot_value_has_no_band() -> None:
    x = days(6)
    x[2, :2] = np.nan
    found = method_band(x, [0.25, 0.25, 0.25, 0.25], Choices((geometric,)), n=64, seed=4, least=0.6)
    assert np.isnan(found.low[2])
    assert found.drawn[2] < 1
    assert np.isfinite(found.low[[0, 1, 3, 4, 5]]).all()
    assert np.isfinite(found.overall).all()


@pytest.mark.parametrize(
    ("choices", "word"),
    [
        (Choices((geometric,), weight_spread=0.0, leave_one_out=False), "at least one choice"),
        (Choices(()), "at least one way"),
        (Choices((geometric,), weight_spread=2.0), "below 1"),
    ],
)
def test_a_band_without_choices_is_refused(choices: Choices, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        method_band(days(4), [1, 1, 1, 1], choices)


def test_with_one_stream_none_can_be_left_out() -> None:
    with pytest.raises(ValueError, match="none can be left out"):
        method_band(days(4), [1, 0, 0, 0], Choices((geometric,)))
    with pytest.raises(ValueError, match="known weights"):
        method_band(days(4), [1, 1], Choices((geometric,)))
