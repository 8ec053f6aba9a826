import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pulso.core.explain import deltas, driver_effects, log_effects, logarithmic_mean, points, with_rest

INSIDE = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0]], dtype=bool)


def test_the_worked_day_of_the_method_page():
    log_ratio = np.log(0.87)
    owed = with_rest(np.array(log_ratio), np.array([-0.055, -0.098, 0.020]))
    np.testing.assert_allclose(owed[-1], -0.0062620673, atol=5e-11)
    found = points(np.array(log_ratio), owed)
    np.testing.assert_allclose(found, [-5.1342, -9.1482, 1.8670, -0.5846], atol=5e-5)
    assert abs(found.sum() - (87 - 100)) < 1e-9


@given(st.floats(-4.6, 3), arrays(float, 5, elements=st.floats(-3, 3)))
def test_the_points_add_up_to_the_index(log_ratio, owed):
    found = points(np.array(log_ratio), with_rest(np.array(log_ratio), owed))
    assert abs(found.sum() - (100 * np.exp(log_ratio) - 100)) < 1e-9


@given(st.floats(-4.6, 3), st.floats(-3, 3))
def test_published_points_can_be_read_back(log_ratio, delta):
    owed = points(np.array(log_ratio), np.array([delta]))
    np.testing.assert_allclose(deltas(100 * np.exp(np.array(log_ratio)), owed[0]), delta, atol=1e-9)


@given(st.floats(0.01, 1e6), st.floats(-1e-3, 1e-3))
def test_the_logarithmic_mean_lies_between(a, x):
    b = a * np.exp(x)
    found = float(logarithmic_mean(np.array(a), np.array(b)))
    assert min(a, b) * (1 - 1e-9) <= found <= max(a, b) * (1 + 1e-9)
    assert abs(found * x - (b - a)) <= 1e-9 * a


effects = arrays(float, (3, 5, 4), elements=st.floats(-1, 1))


@given(arrays(float, (3, 5), elements=st.floats(0.1, 1e4)), effects, arrays(bool, (3, 5)))
def test_the_drivers_of_the_sensors_are_the_drivers_of_their_sum(expected, effect, counts):
    e = np.where(counts, expected, np.nan)
    full = e * np.exp(effect.sum(axis=-1))
    found = driver_effects(e, full, effect, INSIDE).sum(axis=-1)
    for z in range(2):
        here = counts & INSIDE[z]
        for t in range(3):
            if here[t].any():
                truth = np.log(full[t, here[t]].sum() / expected[t, here[t]].sum())
                assert abs(found[t, z] - truth) < 1e-9
            else:
                assert found[t, z] == 0.0
    assert (found[:, 2] == 0.0).all()


def test_differences_in_decibels_become_logarithms():
    cal, full = np.array([[50.0]]), np.array([[56.0]])
    found = log_effects(np.array([[[4.0, 2.0]]]), cal, full, ratio=False)
    np.testing.assert_allclose(found.sum(), np.log(56 / 50))
    np.testing.assert_allclose(found[0, 0, 0] / found[0, 0, 1], 2.0)
