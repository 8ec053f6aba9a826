import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pulso.core.flags import known_median, log_ratios, peers_median, suspects
from tests.core.toy import MONDAY

T, S = 400, 12
ORDINAL = np.arange(MONDAY, MONDAY + T)


def calm(seed=0, sigma=0.1):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.1, (T, 1)) + sigma * rng.standard_t(5, (T, S))


@given(arrays(float, (3, 6), elements=st.one_of(st.floats(-5, 5), st.just(np.nan))))
def test_peers_are_all_the_others(ratio):
    found = peers_median(ratio)
    for t in range(3):
        for s in range(6):
            others = np.delete(ratio[t], s)
            others = others[np.isfinite(others)]
            if others.size >= 4 and np.isfinite(ratio[t, s]):
                assert found[t, s] == np.median(others)
            else:
                assert np.isnan(found[t, s])


@given(arrays(float, (2, 5), elements=st.one_of(st.floats(-5, 5), st.just(np.nan))))
def test_the_median_is_of_what_is_known(values):
    for row, found in zip(values, known_median(values, 2), strict=True):
        known = row[np.isfinite(row)]
        assert np.isnan(found) if known.size < 2 else found == np.median(known)


def test_a_halved_counter_is_found_within_a_week():
    ratio = calm()
    ratio[300:, 3] -= np.log(2)
    jump = suspects(ratio, ORDINAL).jump
    assert np.flatnonzero(jump[300:, 3])[0] in (3, 4, 5)
    assert not jump[:, np.arange(S) != 3].any()


def test_a_jump_ends_when_the_expectation_has_followed():
    ratio = calm()
    ratio[300:320, 3] -= np.log(2)
    jump = suspects(ratio, ORDINAL).jump[:, 3]
    assert jump[305:320].all()
    assert not jump[327:].any()


def test_one_wild_day_is_a_spike_and_the_next_is_free():
    ratio = calm()
    ratio[300, 3] += np.log(10)
    found = suspects(ratio, ORDINAL)
    assert np.flatnonzero(found.spike[:, 3]).tolist() == [300]
    assert not found.jump.any()


def test_a_storm_that_hits_all_is_nobodys_fault():
    storm = calm()
    storm[300:306] -= 2.5
    found, without = suspects(storm, ORDINAL), suspects(calm(), ORDINAL)
    assert not found.jump.any()
    np.testing.assert_array_equal(found.spike, without.spike)


def test_nobody_is_suspect_among_fewer_than_five():
    ratio = calm()[:, :4]
    ratio[300:, 3] -= np.log(2)
    found = suspects(ratio, ORDINAL)
    assert not found.jump.any()
    assert not found.spike.any()


def test_flags_do_not_know_the_future():
    ratio = calm()
    other = ratio.copy()
    other[350:] += 3.0 * np.arange(S)
    one, two = suspects(ratio, ORDINAL), suspects(other, ORDINAL)
    np.testing.assert_array_equal(one.jump[:350], two.jump[:350])
    np.testing.assert_array_equal(one.spike[:350], two.spike[:350])


def test_flags_do_not_depend_on_where_the_record_begins():
    ratio = calm()
    ratio[300:, 3] -= np.log(2)
    whole, short = suspects(ratio, ORDINAL), suspects(ratio[100:], ORDINAL[100:])
    np.testing.assert_array_equal(whole.jump[300:], short.jump[200:])


def test_a_zero_day_has_a_log_ratio_and_an_unknown_one_has_none():
    found = log_ratios(np.array([0.0, 10.0, np.nan]), np.array([10.0, 10.0, 10.0]), np.full(3, 0.1))
    np.testing.assert_allclose(found[:2], [np.log(0.1 / 10.1), 0.0])
    assert np.isnan(found[2])
