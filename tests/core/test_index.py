import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pulso.core.index import lean, log_index, members, metric_index, parents, shrink

ZONES = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], dtype=bool)
LEAF = np.array([0, 0, 1, 2, 2, 2, -1])
INSIDE = members(ZONES, LEAF)

amounts = arrays(float, (4, 7), elements=st.floats(1, 1e5))
subsets = arrays(bool, (4, 7))
factors = st.floats(0.05, 20)


def test_every_zone_holds_its_sensors_and_the_city_holds_all():
    assert INSIDE[0].all()
    assert INSIDE[1].tolist() == [True, True, True, False, False, False, False]
    assert INSIDE[5].tolist() == [False, False, False, True, True, True, False]


def test_a_zones_parent_is_the_smallest_that_holds_it():
    assert parents(ZONES).tolist() == [0, 0, 0, 1, 1, 2]


@given(amounts, subsets, factors, st.booleans())
def test_whoever_reports_the_index_of_a_city_at_r_is_r(expected, seen, r, median):
    observed = np.where(seen, r * expected, np.nan)
    found = metric_index(observed, expected, INSIDE, median=median)
    known = found.sensors > 0
    np.testing.assert_allclose(found.ratio[known], r, rtol=1e-9)
    assert np.isnan(found.ratio[~known]).all()
    shrunk = shrink(log_index(found.ratio), lean(found.sensors), parents(ZONES))
    np.testing.assert_allclose(shrunk[known], np.log(r), atol=1e-9)
    assert np.isnan(shrunk[~known]).all()


@given(amounts, amounts, st.integers(0, 6))
def test_a_removal_moves_the_index_only_by_the_removed_sensors_own_departure(observed, expected, gone):
    whole = metric_index(observed, expected, INSIDE).ratio[:, 0]
    left = observed.copy()
    left[:, gone] = np.nan
    without = metric_index(left, expected, INSIDE).ratio[:, 0]
    share = expected[:, gone] / (expected.sum(axis=1) - expected[:, gone])
    departure = np.abs(observed[:, gone] / expected[:, gone] / whole - 1)
    assert (np.abs(without / whole - 1) <= share * departure * (1 + 1e-9) + 1e-9).all()


@given(amounts, amounts, factors)
def test_a_scaled_metric_has_the_same_index(observed, expected, factor):
    one = metric_index(observed, expected, INSIDE)
    two = metric_index(factor * observed, factor * expected, INSIDE)
    np.testing.assert_allclose(one.ratio, two.ratio, rtol=1e-9)
    np.testing.assert_allclose(one.sampling, two.sampling, rtol=1e-6, atol=1e-12)


@given(amounts, amounts, st.permutations(range(7)), st.booleans())
def test_the_order_of_sensors_does_not_matter(observed, expected, order, median):
    one = metric_index(observed, expected, INSIDE, median=median)
    two = metric_index(observed[:, order], expected[:, order], INSIDE[:, order], median=median)
    np.testing.assert_allclose(one.ratio, two.ratio, rtol=1e-9)


@given(amounts, amounts, st.permutations(range(1, 6)))
def test_the_order_of_zones_does_not_matter(observed, expected, order):
    zones = [0, *order]
    one = metric_index(observed, expected, INSIDE)
    two = metric_index(observed, expected, INSIDE[zones])
    np.testing.assert_allclose(one.ratio[:, zones], two.ratio, rtol=1e-12)
    first = shrink(log_index(one.ratio), lean(one.sensors), parents(ZONES))
    second = shrink(log_index(two.ratio), lean(two.sensors), parents(ZONES[zones]))
    np.testing.assert_allclose(first[:, zones], second, rtol=1e-12)


def test_zones_and_the_city_are_made_of_the_same_sums():
    rng = np.random.default_rng(3)
    observed, expected = rng.uniform(1, 9, (5, 7)), rng.uniform(1, 9, (5, 7))
    cut = members(np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=bool), np.array([0, 0, 1, 1, 2, 2, 2]))
    found = metric_index(observed, expected, cut).ratio
    weight = expected @ cut[1:].astype(float).T
    np.testing.assert_allclose((found[:, 1:] * weight).sum(axis=1) / weight.sum(axis=1), found[:, 0], rtol=1e-12)


def test_sensors_that_disagree_are_told():
    observed, expected = np.array([[300.0, 10, 10, 10, 10, 10, 10]]), np.array([[100.0, 10, 10, 10, 10, 10, 10]])
    assert metric_index(observed, expected, INSIDE).disagree[0, 0]
    assert not metric_index(expected, expected, INSIDE).disagree.any()


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_sampling_variance_is_that_of_a_bootstrap_over_sensors(seed):
    rng = np.random.default_rng(seed)
    expected = rng.lognormal(sigma=0.5, size=60)
    observed = expected * rng.lognormal(sigma=0.2, size=60)
    inside = np.ones((1, 60), dtype=bool)
    found = metric_index(observed[None], expected[None], inside).sampling[0, 0]
    draws = rng.integers(0, 60, (4000, 60))
    boot = np.log(observed[draws].sum(axis=1) / expected[draws].sum(axis=1)).var()
    assert 0.7 < found / boot < 1.4


def test_a_lone_zone_leans_on_its_parent_and_a_crowded_one_on_itself():
    values = np.array([[0.0, 0.0, 0.0, -1.0, -1.0, np.nan]])
    sensors = np.array([[50, 40, 10, 2, 38, 0]])
    found = shrink(values, lean(sensors), parents(ZONES))[0]
    np.testing.assert_allclose(found[:5], [0, 0, 0, -0.5, -0.95])
    assert np.isnan(found[5])


def test_a_silent_street_that_should_be_busy_has_a_logarithm():
    found = metric_index(np.zeros((1, 7)), np.ones((1, 7)), INSIDE)
    assert found.ratio[0, 0] == 0.0
    assert log_index(found.ratio)[0, 0] == np.log(0.01)
