"""Whether a change that the index forgets is found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.effects.steady import at_one_level, steady, together
from pulso.core.level import medians_before


def published(log_observed: np.ndarray) -> np.ndarray:
    """ln of the index of a series without calendar: less the median of the 28 days before, unknown on the first 28 days."""
    return log_observed - medians_before(np.concatenate([np.full(28, np.nan), log_observed])[None])[0]


def streets(seed: int, T: int = 1000, unseen: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    y = np.cumsum(rng.normal(0, 0.01, T)) + rng.normal(0, 0.15, T)
    return np.where(rng.random(T) < unseen, np.nan, y)


def test_a_lasting_change_stays_though_the_index_forgets_it():
    y = np.zeros(200)
    y[100:] = 0.3
    x = published(y)
    assert x[100] == pytest.approx(0.3)
    assert x[128] == 0.0  # 15 of the 28 days before are new
    z = steady(x)
    np.testing.assert_allclose(z.log[100:] - z.log[99], 0.3)


@pytest.mark.parametrize("unseen", [0.0, 0.1], ids=["every day seen", "one of ten unseen"])
@pytest.mark.parametrize("seed", range(4))
def test_ten_months_on_nothing_of_the_unknown_start_is_left(seed, unseen):
    y = streets(seed, unseen=unseen)
    z = steady(published(y))
    apart = z.log - y
    assert np.nanmax(z.segment) == 0
    assert np.nanmax(apart[330:]) - np.nanmin(apart[330:]) < 1e-3
    assert np.nanmax(apart[z.settled]) - np.nanmin(apart[z.settled]) < 0.05  # a third of a day's s.d.


def test_from_a_known_start_it_is_exact():
    y = streets(9)
    x = published(y)
    x[:56] = np.concatenate([np.full(28, np.nan), y[28:56]])  # a chain whose first 28 days are what they were
    z = steady(x)
    np.testing.assert_allclose(z.log[28:], y[28:], atol=1e-12)


def test_days_without_an_index_stay_without():
    x = published(streets(1, unseen=0.3))
    z = steady(x)
    np.testing.assert_array_equal(np.isnan(z.log), np.isnan(x))
    np.testing.assert_array_equal(z.segment == -1, np.isnan(x))
    assert not z.settled[np.isnan(x)].any()


def test_a_gap_of_thirteen_days_is_bridged_and_one_of_fourteen_begins_anew():
    for gap, segments in ((13, 1), (14, 2)):
        x = np.zeros(200)
        x[100 : 100 + gap] = np.nan
        z = steady(x)
        assert z.segment.max() + 1 == segments
        assert z.settled[99]
        assert z.settled[120] == (segments == 1)


def test_a_new_segment_is_not_compared_with_the_one_before():
    x = np.full(160, 0.0)
    x[70:90] = np.nan
    x[90:] = 0.2
    z = steady(x)
    assert z.segment[69] == 0
    assert z.segment[90] == 1
    np.testing.assert_allclose(z.log[90:118], 0.2)  # the first 28 known days are taken as they are
    assert z.log[118] == pytest.approx(0.4)
    assert np.flatnonzero(z.settled & (np.arange(160) >= 90))[0] == 90 + 56


def test_many_series_at_once_are_the_same_as_one_by_one():
    x = np.stack([published(streets(s, 300, 0.1 * s)) for s in range(4)])
    x[2, 100:130] = np.nan
    every = steady(x)
    for s, one in enumerate(steady(row) for row in x):
        for a, b in zip(one, every, strict=True):
            np.testing.assert_array_equal(a, b[s])


@given(st.integers(0, 10_000), st.floats(-2, 2))
def test_every_level_counts_alike(seed, shift):
    """Adding a constant to the index's first 28 days moves the whole chain by it."""
    x = published(streets(seed, 120))[28:]
    moved = x.copy()
    moved[:28] += shift
    np.testing.assert_allclose(steady(moved).log - steady(x).log, shift, atol=1e-9)


def test_what_has_one_level_is_taken_as_it_is():
    y = np.array([0.1, np.nan, 0.3])
    z = at_one_level(y)
    np.testing.assert_array_equal(z.log, y)
    assert z.segment.tolist() == [0, -1, 0]
    assert z.settled.tolist() == [True, False, True]


@pytest.mark.parametrize("bad", [np.zeros((2, 2, 2)), np.zeros(0), np.array([0.0, -np.inf])], ids=["3 axes", "no day", "an index of 0"])
def test_what_is_no_logarithm_of_an_index_is_refused(bad):
    with pytest.raises(ValueError, match=r"series|infinite"):
        steady(bad)


def test_an_infinite_level_is_refused():
    with pytest.raises(ValueError, match="infinite"):
        at_one_level(np.array([np.inf]))


def test_the_mean_of_several_is_of_days_on_which_all_are_known():
    found = together(at_one_level(np.array([[1.0, 2.0, np.nan, 4.0], [3.0, np.nan, np.nan, 6.0]])))
    np.testing.assert_array_equal(found.log, [2.0, np.nan, np.nan, 5.0])
    assert found.segment.tolist() == [0, -1, -1, 0]
    assert found.settled.tolist() == [True, False, False, True]


def test_the_level_of_the_mean_breaks_wherever_that_of_one_does():
    """Two that break one after the other: the second break is one too."""
    log = np.zeros((2, 300))
    log[0, 60:90] = log[1, 160:190] = np.nan
    found = together(steady(log))
    runs = [set(found.segment[days].tolist()) for days in (slice(0, 60), slice(90, 160), slice(190, 300))]
    assert [len(run) for run in runs] == [1, 1, 1]
    assert len(set.union(*runs)) == 3


def test_one_series_has_no_mean_of_several():
    with pytest.raises(ValueError, match="several series"):
        together(at_one_level(np.zeros(4)))
