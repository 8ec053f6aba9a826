"""How far what was published moved afterwards."""

from __future__ import annotations

import numpy as np

from pulso.core.revise import moved, to_last, to_next

FLASH, NEXT, FINAL = 0, 1, 3
N = np.nan


def test_a_mean_can_hide_what_its_size_shows():
    m = moved(np.array([100.0, 90.0]), np.array([104.0, 86.0]))
    assert (m.pairs, m.changed, m.mean, m.absolute) == (2, 2, 0.0, 4.0)
    assert moved(np.array([100.0, 90.0]), np.array([101.0, 83.0])).largest == -7.0


def test_a_number_that_came_or_went_is_counted_and_not_averaged():
    m = moved(np.array([N, 90.0, N, 80.0]), np.array([100.0, N, N, 81.0]))
    assert (m.gained, m.lost, m.pairs, m.mean) == (1, 1, 1, 1.0)


def test_without_a_pair_there_is_no_mean():
    m = moved(np.array([N]), np.array([N]))
    assert (m.pairs, m.changed) == (0, 0)
    assert np.isnan([m.mean, m.absolute, m.largest]).all()


def test_each_step_is_told_by_both_stages_and_never_across_two_days():
    series = np.array([0, 0, 0, 1, 2, 2])
    stage = np.array([FLASH, NEXT, FINAL, FLASH, FLASH, NEXT])
    value = np.array([80.0, 90.0, 89.0, 300.0, 100.0, 98.0])
    steps = to_next(series, stage, value)
    assert list(steps) == [(FLASH, NEXT), (NEXT, FINAL)]
    assert steps[FLASH, NEXT].mean == 4.0
    assert steps[FLASH, NEXT].absolute == 6.0
    assert steps[NEXT, FINAL].mean == -1.0


def test_to_the_last_an_unrevised_day_counts_as_one_that_did_not_move():
    series = np.array([0, 0, 0, 1])
    stage = np.array([FLASH, NEXT, FINAL, FLASH])
    value = np.array([80.0, 90.0, 89.0, 300.0])
    whole = to_last(series, stage, value)
    assert (whole[FLASH].pairs, whole[FLASH].changed, whole[FLASH].mean) == (2, 1, 4.5)
    assert (whole[FINAL].pairs, whole[FINAL].changed, whole[FINAL].absolute) == (1, 0, 0.0)


def test_nothing_published_gives_nothing():
    none = np.array([], dtype=np.int64)
    assert to_next(none, none, none.astype(float)) == {}
    assert to_last(none, none, none.astype(float)) == {}
