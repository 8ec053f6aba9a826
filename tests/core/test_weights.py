import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pulso.core.weights import capped, domain_weights, living, neglected, spread

positive = st.floats(0.01, 100)


@given(st.integers(1, 8).flatmap(lambda n: arrays(float, n, elements=positive)))
def test_no_domain_rules_where_there_are_three_or_more(weights):
    w = capped(weights)
    np.testing.assert_allclose(w.sum(), 1.0, atol=1e-12)
    assert (w > 0).all()
    if weights.size >= 3:
        assert (w <= 0.4 + 1e-12).all()
    else:
        np.testing.assert_allclose(w, weights / weights.sum())


def test_the_excess_goes_to_the_others_in_proportion():
    np.testing.assert_allclose(capped(np.array([8.0, 1.0, 1.0])), [0.4, 0.3, 0.3])
    np.testing.assert_allclose(capped(np.array([6.0, 3.8, 0.2])), [0.4, 0.4, 0.2])
    np.testing.assert_allclose(capped(np.zeros(3)), 0.0)


def test_a_calm_stream_weighs_more_than_a_lively_one():
    np.testing.assert_allclose(domain_weights(np.array([1.0, 1.0]), np.array([0.1, 0.3])), [0.75, 0.25])


def test_a_footprint_has_no_weight_and_an_unknown_spread_is_a_usual_one():
    w = domain_weights(np.array([1.0, 0.0, 1.0, 1.0]), np.array([0.1, 0.1, np.nan, 0.1]))
    np.testing.assert_allclose(w, [1 / 3, 0, 1 / 3, 1 / 3])


def test_weight_is_over_what_is_alive():
    domain, importance = np.array([0, 0, 1, 2]), np.array([1.0, 3.0, 1.0, 1.0])
    alive = np.array([[True, True, True, True], [False, True, True, True], [True, True, False, False], [False] * 4])
    w = living(domain, importance, np.full(3, 1 / 3), alive)
    np.testing.assert_allclose(w[0], [1 / 12, 1 / 4, 1 / 3, 1 / 3])
    np.testing.assert_allclose(w[1], [0, 1 / 3, 1 / 3, 1 / 3])
    np.testing.assert_allclose(w[2], [1 / 4, 3 / 4, 0, 0])
    np.testing.assert_allclose(w[3], 0.0)


def test_the_spread_is_known_after_ninety_days():
    rng = np.random.default_rng(0)
    x = rng.normal(0, 0.2, (400, 3))
    x[89:, 1] = np.nan
    x[:, 2] = 0.0
    found = spread(x)
    assert 0.17 < found[0] < 0.23
    assert np.isnan(found[1:]).all()


def test_an_old_queue_that_is_hardly_ever_counted_counts_for_nothing():
    x = np.full((365, 2), np.nan)
    x[::10] = 0.0
    assert neglected(x, np.array([400, 30])).tolist() == [True, False]
