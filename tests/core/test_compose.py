import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pulso.core.compose import Domain, Refusal, Status, compose, heard, log_domains, month_weights, owed, scheme, verdict
from tests.core.toy import days

FIVE = scheme(list("abcde"), [1.0] * 5, [Domain(n) for n in "abcde"])
THREE = scheme(list("aabc"), [1.0] * 4, [Domain(n) for n in "abc"])


def told(plan, weight, seen):
    status, refusal = verdict(plan, np.array([[weight]]), np.array([[seen]], dtype=bool), np.ones((1, 1, len(weight)), dtype=bool))
    return Status(status[0, 0]), Refusal(refusal[0, 0])


def test_four_domains_or_more_need_two_thirds_of_their_weight():
    even = [0.2] * 5
    assert told(FIVE, even, [1, 1, 1, 1, 0]) == (Status.PUBLISHED, Refusal.NONE)
    assert told(FIVE, [0.2, 0.2, 0.25, 0.15, 0.2], [1, 1, 1, 0, 0]) == (Status.PUBLISHED, Refusal.NONE)
    assert told(FIVE, even, [1, 1, 1, 0, 0]) == (Status.REFUSED, Refusal.TOO_LITTLE)


def test_three_domains_or_fewer_need_half_and_say_that_it_is_part():
    assert told(THREE, [0.2, 0.2, 0.3, 0.3], [1, 1, 1, 1]) == (Status.PUBLISHED, Refusal.NONE)
    assert told(THREE, [0.2, 0.2, 0.3, 0.3], [1, 0, 1, 1]) == (Status.PUBLISHED, Refusal.NONE)
    assert told(THREE, [0.2, 0.2, 0.3, 0.3], [1, 1, 1, 0]) == (Status.PARTIAL, Refusal.NONE)
    assert told(THREE, [0.2, 0.2, 0.3, 0.3], [1, 0, 1, 0]) == (Status.PARTIAL, Refusal.NONE)
    assert told(THREE, [0.2, 0.2, 0.3, 0.3], [1, 1, 0, 0]) == (Status.REFUSED, Refusal.TOO_LITTLE)
    assert told(THREE, [0.2, 0.2, 0.3, 0.3], [0, 0, 0, 0]) == (Status.REFUSED, Refusal.NOTHING_SEEN)
    assert told(THREE, [0.0] * 4, [0, 0, 0, 0]) == (Status.REFUSED, Refusal.NO_EXPECTATION)


def test_a_footprint_alone_is_no_city():
    plan = scheme(["air"], [1.0], [Domain("air", footprint=True)])
    assert told(plan, [0.0], [1]) == (Status.REFUSED, Refusal.NO_SENSORS)


def test_a_domain_speaks_by_the_importance_of_what_it_heard():
    plan = scheme(["a", "a", "b"], [1.0, 3.0, 1.0], [Domain("a"), Domain("b")])
    found = log_domains(plan, np.array([[0.1, 0.5, np.nan], [0.1, np.nan, 0.3]]))
    np.testing.assert_allclose(found[0, 0], 0.4)
    np.testing.assert_allclose(found[1], [0.1, 0.3])
    assert np.isnan(found[0, 1])


@given(arrays(float, (3, 5), elements=st.one_of(st.floats(-2, 2), st.just(np.nan))), arrays(float, 5, elements=st.floats(0.1, 1)))
def test_the_headline_is_the_mean_of_the_shown_domains_whatever_is_missing_in_them(log_metric, importance):
    plan = scheme(list("aabbc"), importance.tolist(), [Domain("a"), Domain("b", importance=2.0), Domain("c", importance=0.5)])
    domain = plan.domain_importance / plan.domain_importance.sum()
    weight = np.broadcast_to(domain[plan.domain] * importance / (importance @ plan.one_hot)[plan.domain], log_metric.shape)
    used = heard(plan, weight, np.isfinite(log_metric))
    shown = log_domains(plan, log_metric)
    there = np.where(np.isfinite(shown), domain, 0.0)
    some = there.any(axis=1)
    mean = (there * np.nan_to_num(shown)).sum(axis=1)[some] / there.sum(axis=1)[some]
    np.testing.assert_allclose((used * np.nan_to_num(log_metric)).sum(axis=1)[some], mean, atol=1e-9)
    np.testing.assert_allclose(used.sum(axis=1), some, atol=1e-9)


def test_weights_follow_the_reference_year_once_it_is_over_and_the_drift_is_told():
    rng = np.random.default_rng(0)
    when = days(1461)
    lively = np.where(when.year[:, None] <= 2016, [0.1, 0.1], [0.1, 0.3])
    city = rng.normal(size=(1461, 2)) * lively
    plan = scheme(["a", "b"], [1.0, 1.0], [Domain("a"), Domain("b")])
    begin = int(np.flatnonzero(when.year == 2019)[0])
    in_force, now = month_weights(plan, city, when, begin, 2017)
    np.testing.assert_allclose(in_force, [0.75, 0.25], atol=0.05)
    np.testing.assert_allclose(now, [0.75, 0.25], atol=0.05)
    early = int(np.flatnonzero(when.month == when.month[300])[0])
    np.testing.assert_allclose(month_weights(plan, city, when, early, 2017)[0], [0.5, 0.5], atol=0.06)
    city[when.year == 2018, 1] /= 3.0
    in_force, now = month_weights(plan, city, when, begin, 2017)
    np.testing.assert_allclose(in_force, [0.75, 0.25], atol=0.05)
    np.testing.assert_allclose(now, [0.5, 0.5], atol=0.05)


def test_weights_do_not_know_the_future():
    rng = np.random.default_rng(1)
    when, city = days(900), rng.normal(size=(900, 2))
    plan = scheme(["a", "b"], [1.0, 1.0], [Domain("a"), Domain("b")])
    later = city.copy()
    later[600:] *= 9.0
    for one, two in zip(month_weights(plan, city, when, 600, 2016), month_weights(plan, later, when, 600, 2016), strict=True):
        np.testing.assert_array_equal(one, two)


@given(
    arrays(float, (2, 3, 4), elements=st.one_of(st.floats(-2, 2), st.just(np.nan))), arrays(float, (2, 3, 4, 2), elements=st.floats(-1, 1))
)
def test_the_table_adds_up_over_both_margins(log_metric, deltas):
    alive = np.ones((2, 3, 4), dtype=bool)
    made = compose(THREE, log_metric, alive, alive, np.full((2, 4), np.nan), days(2), slice(0, 2), None)
    table = owed(THREE, made.weight, log_metric, [deltas[:, :, m] for m in range(4)])
    there = np.isfinite(made.headline)
    np.testing.assert_allclose(table.sum(axis=(2, 3))[there], made.headline[there], atol=1e-9)
    by_driver = np.einsum("rzm,rzmk->rzk", made.weight, deltas)
    np.testing.assert_allclose(table.sum(axis=2)[..., :-1][there], by_driver[there], atol=1e-9)


@given(st.floats(-2, 2), arrays(bool, (2, 3, 4)))
def test_a_city_whose_every_metric_says_r_stands_at_r_whoever_speaks(r, seen):
    log_metric = np.where(seen, r, np.nan)
    alive = np.ones((2, 3, 4), dtype=bool)
    made = compose(THREE, log_metric, alive, alive, np.full((2, 4), np.nan), days(2), slice(0, 2), None)
    np.testing.assert_allclose(made.headline[seen.any(axis=-1)], r, atol=1e-9)


def test_a_metric_of_an_undeclared_domain_is_refused():
    with pytest.raises(ValueError, match="not declared"):
        scheme(["a"], [1.0], [Domain("b")])
