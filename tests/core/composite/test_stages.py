"""The stages one by one, on tables small enough to check by hand and on their degenerate days."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kurtosis, skew

from pulso.core.composite import checks, impute, normalise, treat

GAP = np.nan


def lognormal(size: int = 200) -> np.ndarray:
    return np.random.default_rng(0).lognormal(0, 2.2, size)[:, None]


def test_moments_are_the_unbiased_ones_and_leave_the_unknown_out() -> None:
    x = np.random.default_rng(1).gamma(1.0, size=30)
    holed = np.concatenate([x, [GAP, GAP]])[:, None]
    s, k = checks.moments(holed)
    np.testing.assert_allclose([s[0], k[0]], [skew(x, bias=False), kurtosis(x, bias=False)], rtol=1e-10)


def test_what_never_varies_or_is_hardly_known_has_no_shape() -> None:
    x = np.column_stack([np.full(6, 0.1), [1, 2, GAP, GAP, GAP, GAP], [1, 2, 4, GAP, GAP, GAP], np.full(6, GAP)])
    s, k = checks.moments(x)
    assert np.isnan(s[[0, 1, 3]]).all()
    assert np.isfinite(s[2])
    assert np.isnan(k).all()
    assert checks.well_shaped(x).all()
    told = checks.describe(x)
    assert told.known.tolist() == [6, 2, 3, 0]
    assert told.different.tolist() == [1, 2, 3, 0]
    assert told.same.tolist() == [6, 1, 1, 0]
    assert np.isnan(told.mean[3])


def test_an_infinity_is_a_mistake_and_not_an_unknown() -> None:
    with pytest.raises(ValueError, match="infinities"):
        checks.describe([[1.0], [np.inf]])
    with pytest.raises(ValueError, match="two dimensions"):
        checks.describe([1.0, 2.0])


def test_a_unit_with_exactly_the_asked_share_stays() -> None:
    x = np.ones((3, 10))
    x[1, 0] = GAP
    x[2, :2] = GAP
    found = checks.screen(x, least=0.9)
    assert found.kept.tolist() == [True, True, False]
    np.testing.assert_allclose(found.share, [1, 0.9, 0.8])
    with pytest.raises(ValueError, match="share between 0 and 1"):
        checks.screen(x, least=90)


def test_a_gap_takes_its_own_groups_mean_and_is_marked() -> None:
    x = np.array([[1.0], [3.0], [GAP], [100.0], [GAP], [GAP]])
    filled = impute.by_group(x, ["small", "small", "small", "large", "large", "nobody"])
    np.testing.assert_array_equal(filled.values[:, 0], [1, 3, 2, 100, 100, GAP])
    assert filled.guessed[:, 0].tolist() == [False, False, True, False, True, False]
    np.testing.assert_array_equal(filled.variance[:, 0], [0, 0, 2, 0, GAP, GAP])
    with pytest.raises(ValueError, match="as many groups"):
        impute.by_group(x, ["one"])


def test_on_complete_days_the_estimate_is_the_ordinary_covariance() -> None:
    x = np.random.default_rng(2).normal(size=(200, 3)) @ np.array([[2, 1, 0], [0, 1, 3], [0, 0, 1.0]]) + [10, 20, 30]
    found = impute.gaussian(x)
    assert found.converged
    np.testing.assert_allclose(found.mean, x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(x, rowvar=False, ddof=0), rtol=1e-10)


def test_with_one_stream_short_the_estimate_is_the_regression_one() -> None:
    # Anderson (1957): y missing where x is seen; the likelihood factors, and the answer is a regression done by hand.
    rng = np.random.default_rng(3)
    a = rng.normal(50, 5, 300)
    b = 2 * a + rng.normal(0, 4, 300)
    b[a > 52] = GAP
    seen = np.isfinite(b)
    slope, cut = np.polyfit(a[seen], b[seen], 1)
    left = np.mean((b[seen] - cut - slope * a[seen]) ** 2)
    found = impute.gaussian(np.column_stack([a, b]), tolerance=1e-12)
    assert found.converged
    np.testing.assert_allclose(found.mean[1], cut + slope * a.mean(), rtol=1e-7)
    np.testing.assert_allclose(found.covariance[1, 1], left + slope**2 * a.var(), rtol=1e-6)
    assert found.mean[1] - np.nanmean(b) > 3  # the plain mean would be far too low


def test_a_missing_stream_is_guessed_from_its_neighbours_with_its_doubt() -> None:
    cov = np.array([[4.0, 3.0], [3.0, 9.0]])
    filled = impute.conditional([[12.0, GAP], [GAP, GAP], [12.0, 18.0]], [10.0, 20.0], cov)
    np.testing.assert_allclose(filled.values, [[12.0, 21.5], [10.0, 20.0], [12.0, 18.0]])
    np.testing.assert_allclose(filled.variance, [[0, 9 - 9 / 4], [4, 9], [0, 0]])
    assert filled.guessed.tolist() == [[False, True], [True, True], [False, False]]
    with pytest.raises(ValueError, match="known mean and covariance"):
        impute.conditional([[1.0, 2.0]], [1.0], cov)


def test_a_stream_without_values_or_life_has_no_covariance() -> None:
    with pytest.raises(ValueError, match="two known values"):
        impute.gaussian([[1.0, GAP], [2.0, 1.0]])
    with pytest.raises(ValueError, match="never varies"):
        impute.gaussian([[1.0, 5.0], [2.0, 5.0]])


def test_winsorising_pulls_the_fewest_values_in_and_keeps_the_order() -> None:
    x = np.concatenate([np.random.default_rng(0).normal(size=40), [30.0, 25.0, GAP]])[:, None]
    done = treat.winsorise(x)
    assert done.passed[0]
    assert done.winsorised[0] == 2
    assert np.isnan(done.values[-1, 0])
    assert done.values[40, 0] == done.values[41, 0] == np.sort(x[:40, 0])[-1]
    np.testing.assert_array_equal(done.values[:40], x[:40])
    mirrored = treat.winsorise(-x)
    np.testing.assert_array_equal(mirrored.values, -done.values)


def test_where_five_are_not_enough_the_logarithm_of_the_untouched_values_is_taken() -> None:
    x = lognormal()
    assert not treat.winsorise(x).passed[0]
    done = treat.treat(x)
    assert done.logged[0]
    assert done.passed[0]
    assert done.winsorised[0] == 0
    low, reach = x.min(), np.ptp(x)
    np.testing.assert_allclose(done.values, np.log(x - low + 0.01 * reach))
    np.testing.assert_allclose(treat.treat(-x).values, -done.values)
    assert (np.argsort(done.values[:, 0]) == np.argsort(x[:, 0])).all()


def test_what_even_the_logarithm_cannot_tame_says_so() -> None:
    done = treat.treat(lognormal(500))
    assert done.logged[0]
    assert not done.passed[0]


def test_a_well_shaped_table_is_left_alone() -> None:
    x = np.random.default_rng(5).normal(size=(50, 4))
    done = treat.treat(x)
    np.testing.assert_array_equal(done.values, x)
    assert not done.winsorised.any()
    assert np.isnan(treat.log_shifted(np.full((4, 2), 3.0))).all()
    assert np.isnan(treat.log_shifted(np.full((4, 1), GAP))).all()


def test_nothing_is_per_nobody() -> None:
    out = normalise.denominate([[10.0, 4.0], [10.0, 4.0], [10.0, GAP]], [[2.0], [0.0], [GAP]])
    np.testing.assert_array_equal(out, [[5.0, 2.0], [GAP, GAP], [GAP, GAP]])


def test_worst_and_best_take_the_ends_of_the_scale() -> None:
    x = np.array([[1.0, 1.0], [3.0, 3.0], [GAP, GAP], [5.0, 5.0]])
    out = normalise.minmax(x, direction=[1, -1], low=1, high=100)
    np.testing.assert_allclose(out, [[1, 100], [50.5, 50.5], [GAP, GAP], [100, 1]])


def test_goalposts_do_not_move_with_the_company() -> None:
    alone = normalise.between([[30.0]], 20, 40)
    in_company = normalise.between([[30.0], [500.0], [0.0]], 20, 40)
    assert alone[0, 0] == in_company[0, 0] == 50
    assert in_company[1, 0] > 100
    assert in_company[2, 0] < 0
    assert normalise.between([[30.0]], 20, 40, direction=-1, high=10)[0, 0] == 5


def test_scaling_a_source_changes_no_normalised_value() -> None:
    x = np.random.default_rng(1).normal(size=(20, 3))
    for how in (normalise.minmax, normalise.standard, normalise.rank_share):
        np.testing.assert_allclose(how(x * 1000 + 7), how(x), atol=1e-9)


def test_standard_scores_have_the_asked_mean_and_spread() -> None:
    x = np.append(np.random.default_rng(1).normal(5, 3, 30), GAP)[:, None]
    out = normalise.standard(x, direction=-1, centre=100, spread=10)
    assert np.nanmean(out) == pytest.approx(100)
    assert np.nanstd(out, ddof=1) == pytest.approx(10)
    assert np.corrcoef(x[:-1, 0], out[:-1, 0])[0, 1] == pytest.approx(-1)


def test_ranks_share_ties_and_ignore_the_unknown() -> None:
    out = normalise.rank_share(np.array([[5.0], [1.0], [5.0], [GAP], [9.0]]))
    np.testing.assert_allclose(out[:, 0], [50, 0, 50, GAP, 100])


@pytest.mark.parametrize("how", [normalise.minmax, normalise.standard])
def test_what_never_varies_ranks_nobody(how: object) -> None:
    assert np.isnan(how(np.column_stack([np.full(5, 0.1), np.full(5, GAP)]))).all()  # type: ignore[operator]
    assert np.isnan(normalise.rank_share([[3.0]])).all()


def test_a_direction_is_up_or_down() -> None:
    with pytest.raises(ValueError, match="direction"):
        normalise.minmax([[1.0], [2.0]], direction=0)
