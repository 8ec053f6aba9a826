from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.wifi.health import FAILING, PARTLY, RANKS, UNKNOWN, WORKING, named, now_of, of_places, reach, together
from pulso.wifi.shapes import Health

healths = st.lists(st.sampled_from(list(Health)), max_size=8)


def test_a_place_of_which_some_access_points_fail_works_partly():
    assert together([Health.WORKING, Health.FAILING]) is Health.PARTLY
    assert together([Health.WORKING, Health.WORKING]) is Health.WORKING
    assert together([Health.FAILING, Health.FAILING]) is Health.FAILING


def test_what_nobody_knows_is_neither_failing_nor_working():
    assert together([]) is Health.UNKNOWN
    assert together([Health.UNKNOWN]) is Health.UNKNOWN
    assert together([Health.UNKNOWN, Health.FAILING]) is Health.FAILING
    assert together([Health.UNKNOWN, Health.WORKING]) is Health.WORKING


def test_whoever_missed_three_reports_is_unknown_and_not_failing():
    lasts = reach(timedelta(minutes=5)).total_seconds()
    states = np.array([WORKING, WORKING, FAILING, WORKING, WORKING], dtype=np.int8)
    ages = np.array([0.0, 900.0, 901.0, np.nan, -30.0])
    assert now_of(states, ages, lasts).tolist() == [WORKING, WORKING, UNKNOWN, UNKNOWN, WORKING]


def test_an_interval_of_nothing_is_refused():
    for wrong in (timedelta(), timedelta(seconds=-1)):
        with pytest.raises(ValueError, match="interval"):
            reach(wrong)
    with pytest.raises(ValueError, match="missed"):
        reach(timedelta(minutes=1), 0)


@given(st.lists(healths, min_size=1, max_size=6))
def test_many_places_at_once_are_as_each_by_itself(places):
    ranks = np.array([RANKS.index(h) for p in places for h in p], dtype=np.int8)
    at = np.array([i for i, p in enumerate(places) for _ in p], dtype=np.intp)
    found, counts = of_places(ranks, at, len(places))
    assert named(found) == [together(p) for p in places]
    assert counts.sum(axis=1).tolist() == [len(p) for p in places]
    assert counts[:, PARTLY].tolist() == [p.count(Health.PARTLY) for p in places]
