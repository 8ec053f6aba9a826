import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pulso.core.absent import covariance, given_others
from pulso.core.band import headline, method_band
from pulso.core.days import SPECIAL
from pulso.core.uncertainty import baseline_variance, interval, long_run_variance, normal_range, sampling_variance
from tests.core.toy import MONDAY

T = 2000
ORDINAL = np.arange(MONDAY, MONDAY + T)
EVERY = slice(0, T)


def kinds(special=0.06, seed=0):
    weekend = (ORDINAL - 1) % 7 >= 5
    return np.where(np.random.default_rng(seed).random(T) < special, SPECIAL, weekend.astype(int))


def noise(seed, memory=0.5, sigma=0.1):
    rng = np.random.default_rng(seed)
    shocks = sigma * np.sqrt(1 - memory**2) * rng.standard_t(5, T) / np.sqrt(5 / 3)
    x = np.zeros(T)
    for t in range(1, T):
        x[t] = memory * x[t - 1] + shocks[t]
    return x


def test_nine_ordinary_days_of_ten_lie_in_the_normal_range():
    kind = kinds()
    cover = []
    for seed in range(20):
        x = noise(seed) * np.array([1.0, 1.5, 3.0])[kind]
        low, high = normal_range(x[:, None], kind, ORDINAL, EVERY)
        inside = (x >= low[:, 0]) & (x <= high[:, 0])
        cover.append([inside[400:][kind[400:] == k].mean() for k in range(3)])
    ordinary, weekend, special = np.mean(cover, axis=0)
    assert 0.88 < ordinary < 0.93
    assert 0.88 < weekend < 0.94
    assert special > 0.85


def test_until_thirty_holidays_are_known_their_range_is_that_of_all_days_and_wider():
    kind = kinds(0.02)
    x = noise(0)[:, None]
    low, high = normal_range(x, kind, ORDINAL, slice(400, 800))
    day = np.flatnonzero(kind[400:800] == SPECIAL)[0]
    monday = day + 400 - (ORDINAL[day + 400] - 1) % 7
    year = np.sort(x[monday - 365 : monday, 0])
    pooled = np.interp([366 * 0.05 - 1, 366 * 0.95 - 1], np.arange(365), year)
    np.testing.assert_allclose((high - low)[day, 0], 1.6 * (pooled[1] - pooled[0]), rtol=1e-9)


def test_a_range_needs_thirty_days_and_knows_no_future():
    x, kind = noise(1)[:, None], kinds()
    low, _ = normal_range(x, kind, ORDINAL, EVERY)
    assert np.isnan(low[:30]).all()
    assert np.isfinite(low[60:]).all()
    later = x.copy()
    later[900:] += 5.0
    np.testing.assert_array_equal(low[:900], normal_range(later, kind, ORDINAL, EVERY)[0][:900])
    np.testing.assert_array_equal(low[700:720], normal_range(x, kind, ORDINAL, slice(700, 720))[0])


def test_days_that_resemble_each_other_make_a_long_mean_less_sure():
    lone = np.mean([long_run_variance(noise(s, 0.0)[:, None])[0] for s in range(10)])
    alike = np.mean([long_run_variance(noise(s, 0.5)[:, None])[0] for s in range(10)])
    assert 0.008 < lone < 0.014
    assert 0.018 < alike < 0.030  # (1 + .5) / (1 - .5) × .01, less what a week's window cuts off


def test_what_comes_back_every_week_is_the_expectations_mistake():
    kind = kinds(0.0)
    calm = noise(3)[:, None]
    wrong = calm + np.where(kind == 1, 0.2 * np.sin(2 * np.pi * ORDINAL / 365), 0.0)[:, None]
    rows = slice(1500, 1600)
    more = baseline_variance(wrong, kind, ORDINAL, rows) / baseline_variance(calm, kind, ORDINAL, rows)
    assert np.median(more[kind[rows] == 1]) > 2.0
    assert np.median(more[kind[rows] == 1]) > 1.5 * np.median(more[kind[rows] == 0])


def test_wild_holidays_are_judged_with_more_doubt_on_holidays_only():
    kind = kinds(0.06)
    x = (noise(4) * np.where(kind == SPECIAL, 3.0, 1.0))[:, None]
    found = baseline_variance(x, kind, ORDINAL, slice(1500, 2000))[:, 0]
    k = kind[1500:]
    assert found[k == SPECIAL].min() > 2.0 * np.median(found[k != SPECIAL])


def test_a_week_of_departures_on_one_side_widens_the_next_day():
    kind = kinds(0.0)
    x = noise(5)[:, None]
    x[1490:1500] = -0.15
    found = baseline_variance(x, kind, ORDINAL, slice(1480, 1501))[:, 0]
    assert found[20] > found[5] + 0.01
    assert found[20] < 0.1**2 * 4 + 0.02


def test_one_lockdown_does_not_widen_the_year_after_it():
    kind = kinds(0.0)
    x = noise(5)[:, None]
    shut = x.copy()
    shut[1300:1310] -= 2.0
    rows = slice(1400, 1500)
    assert np.median(baseline_variance(shut, kind, ORDINAL, rows) / baseline_variance(x, kind, ORDINAL, rows)) < 1.6


def test_unseen_sensors_count_whole_and_a_citys_only_sensor_not_at_all():
    sampling, seen = np.array([[0.04, np.nan]]), np.array([[4, 1]])
    np.testing.assert_allclose(sampling_variance(sampling, seen, np.array([[8, 2]])), [[0.032, 0.128]])
    np.testing.assert_allclose(sampling_variance(sampling, seen, np.array([[4, 1]])), [[0.024, 0.096]])
    np.testing.assert_allclose(sampling_variance(np.array([[np.nan]]), np.array([[1]]), np.array([[1]])), [[0.0]])


def test_a_missing_metric_is_thought_to_do_as_its_companion_does():
    rng = np.random.default_rng(6)
    city = rng.normal(0, 0.2, 365)
    past = np.column_stack([city + rng.normal(0, 0.02, 365), city + rng.normal(0, 0.02, 365), rng.normal(0, 0.2, 365)])
    cov = covariance(past)
    weight = np.full((2, 3), 1 / 3)
    said = np.array([[-0.3, 0.0, 0.0], [-0.3, 0.0, 0.0]])
    seen = np.array([[True, False, True], [True, True, True]])
    used = np.array([[1 / 2, 0, 1 / 2], [1 / 3, 1 / 3, 1 / 3]])
    shift, variance = given_others(said, weight, used, seen, cov)
    assert -0.06 < shift[0] < -0.02  # from (-.3 + 0) / 2 towards (-.3 - .27 + 0) / 3
    assert 0.0 < variance[0] < (0.2 / 3) ** 2
    assert shift[1] == variance[1] == 0.0


@given(arrays(float, (200, 4), elements=st.one_of(st.floats(-3, 3), st.just(np.nan))))
def test_what_is_believed_of_missing_metrics_is_never_impossible(past):
    assert np.linalg.eigvalsh(covariance(past)).min() > 0


@given(st.floats(-2, 2), st.floats(0, 1), st.floats(-1, 1))
def test_the_interval_holds_what_is_published_and_what_is_thought(x, variance, shift):
    low, high = interval(np.array(x), np.array(variance), np.array(shift))
    assert low <= min(x, x + shift) + 1e-12
    assert high >= max(x, x + shift) - 1e-12


@given(arrays(float, (3, 4), elements=st.one_of(st.floats(-2, 2), st.just(np.nan))), arrays(float, (3, 4), elements=st.floats(0.1, 1)))
def test_the_band_of_methods_holds_the_headline(x, weight):
    low, high = method_band(x, x / 2, weight, np.array([0, 0, 1, 2]), np.ones((1, 3, 4)))
    middle = headline(x, weight)
    there = np.isfinite(middle)
    assert (low[there] <= middle[there] + 1e-12).all()
    assert (high[there] >= middle[there] - 1e-12).all()
    assert np.isnan(low[~there]).all()


def test_metrics_that_agree_leave_no_room_for_method():
    x = np.full((1, 4), -0.2)
    low, high = method_band(x, x, np.ones((1, 4)), np.arange(4), np.ones((1, 1, 4)))
    np.testing.assert_allclose([low, high], -0.2, atol=1e-12)
