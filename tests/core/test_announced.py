"""What was announced beforehand is no fault of the sensors that show it; a fault is still found where it can be told from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pulso.core.flags import EXCLUDES, Flag, alike_median, peers_median, suspects
from pulso.core.index import members, parents
from pulso.core.measure import measure
from tests.core import toy
from tests.core.test_flags import ORDINAL, S, T, calm

START, STOP = 300, 328  # a pilot of four weeks
FEW, MANY = slice(0, 3), slice(0, 6)  # sensors that it touches


def announced(*pilots, tail=28):
    """(T, S) As the river numbers them: sensors and days of each set of pilots; a pilot touches its sensors for four weeks more."""
    out, sets = np.zeros((T, S), dtype=int), {}
    touched = [(range(start, stop + tail), set(range(S)[sensors])) for sensors, start, stop in pilots]
    for t in range(T):
        for s in range(S):
            here = tuple(p for p, (days, sensors) in enumerate(touched) if t in days and s in sensors)
            out[t, s] = sets.setdefault(here, len(sets)) if here else 0
            sets.setdefault((), 0)
    return out


def tried(sensors, change, start=START, stop=STOP):
    """What the sensors show of it: the level of the 28 days before follows, and comes back."""
    level, ratio = np.zeros(T), np.zeros(T)
    done = np.where((np.arange(T) >= start) & (np.arange(T) < stop), np.log1p(change), 0.0)
    for t in range(28, T):
        level[t] = np.median(done[t - 28 : t])
        ratio[t] = done[t] - level[t]
    out = calm(sigma=0.04)
    out[:, sensors] += ratio[:, None]
    return out


@given(arrays(float, (3, 12), elements=st.one_of(st.floats(-5, 5), st.just(np.nan))), arrays(int, (3, 12), elements=st.integers(0, 2)))
def test_peers_are_those_that_stand_alike(ratio, numbers):
    found = alike_median(ratio, numbers)
    for t in range(3):
        for s in range(12):
            others = [x for i, x in enumerate(ratio[t]) if i != s and numbers[t, i] == numbers[t, s] and np.isfinite(x)]
            if len(others) >= 4 and np.isfinite(ratio[t, s]):
                assert found[t, s] == np.median(others)
            else:
                assert np.isnan(found[t, s])


@given(arrays(float, (3, 6), elements=st.one_of(st.floats(-5, 5), st.just(np.nan))), st.integers(0, 3))
def test_where_all_stand_alike_nothing_changes(ratio, number):
    np.testing.assert_array_equal(alike_median(ratio, np.full((3, 6), number)), peers_median(ratio))


def test_where_nothing_is_announced_nothing_changes():
    ratio = calm()
    ratio[300:, 3] -= np.log(2)
    ratio[200, 5] += np.log(10)
    plain, told = suspects(ratio, ORDINAL), suspects(ratio, ORDINAL, np.zeros((T, S), dtype=int))
    for name in ("apart", "jump", "spike"):
        assert getattr(plain, name).tobytes() == getattr(told, name).tobytes()


def test_an_announced_pilot_is_no_fault_of_its_sensors_and_an_unannounced_one_looks_like_it():
    for sensors, change in ((FEW, 0.6), (FEW, -0.9), (MANY, 0.6), (MANY, -0.9)):
        ratio = tried(sensors, change)
        assert suspects(ratio, ORDINAL).jump.any()
        found = suspects(ratio, ORDINAL, announced((sensors, START, STOP)))
        assert not found.jump.any()
        assert not found.spike.any()


def test_a_pilot_that_runs_until_it_is_usual_is_no_fault_when_it_ends_either():
    ratio = tried(MANY, 0.6, 200, STOP)
    ends = np.flatnonzero(suspects(ratio, ORDINAL).jump[STOP:].any(axis=1))
    assert ends.size
    assert ends[-1] < 28, "the expectation is back four weeks after"
    assert not suspects(ratio, ORDINAL, announced((MANY, 200, STOP))).jump.any()
    assert suspects(ratio, ORDINAL, announced((MANY, 200, STOP), tail=7)).jump.any()


def test_what_a_pilot_moves_does_not_move_what_its_neighbours_are_compared_with():
    """Seven of twelve are emptied: the median of all would be theirs."""
    ratio = tried(slice(0, 7), -0.8)
    assert suspects(ratio, ORDINAL).jump[:, 7:].any()
    found = suspects(ratio, ORDINAL, announced((slice(0, 7), START, STOP)))
    assert not found.jump.any()
    np.testing.assert_allclose(found.apart[START, 7:], suspects(tried(slice(0, 7), 0.0)[:, 7:], ORDINAL).apart[START])


def test_among_five_of_a_pilot_a_halved_counter_is_found():
    ratio = tried(MANY, 0.4)
    ratio[305:, 3] -= np.log(2)
    jump = suspects(ratio, ORDINAL, announced((MANY, START, STOP))).jump
    assert np.flatnonzero(jump[305:, 3])[0] in (3, 4, 5)
    assert not jump[:, np.arange(S) != 3].any()


def test_two_pilots_at_once_are_two_companies():
    """Six are lifted and six emptied; those that have both stand with those that have both."""
    ratio = tried(slice(0, 6), 0.6) + tried(slice(6, 12), -0.6) - tried(FEW, 0.0)
    found = suspects(ratio, ORDINAL, announced((slice(0, 6), START, STOP), (slice(6, 12), START, STOP)))
    assert not found.jump.any()
    whole = tried(slice(0, 12), 0.3) + tried(slice(0, 6), 0.6) - tried(FEW, 0.0)
    assert not suspects(whole, ORDINAL, announced((slice(0, 12), START, STOP), (slice(0, 6), START, STOP))).jump.any()


def test_a_pilot_of_the_whole_city_changes_nothing():
    ratio = tried(slice(0, 12), 0.6)
    ratio[305:, 3] -= np.log(2)
    plain, told = suspects(ratio, ORDINAL), suspects(ratio, ORDINAL, announced((slice(0, 12), START, T - 28)))
    for name in ("apart", "jump", "spike"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(told, name))


def test_among_fewer_than_five_of_a_pilot_nobody_is_suspect_and_a_halved_counter_is_not_found():
    ratio = tried(FEW, 0.3)
    ratio[305:, 1] -= np.log(2)
    found = suspects(ratio, ORDINAL, announced((FEW, START, STOP)))
    over = STOP + 28
    assert np.isnan(found.apart[START:over, FEW]).all()
    assert not found.jump[:over].any()
    assert np.flatnonzero(found.jump[over:, 1])[0] in (3, 4, 5), "found once the pilot is over"


def test_what_was_broken_before_a_pilot_is_not_mended_by_announcing_one():
    ratio = tried(FEW, 0.3)
    ratio[292:311, 1] -= np.log(2)
    ratio[301, 1] = np.nan
    jump = suspects(ratio, ORDINAL, announced((FEW, START, STOP))).jump
    last_compared = START + 2  # four of seven days before the pilot
    assert jump[296 : last_compared + 15, 1][np.isfinite(ratio[296 : last_compared + 15, 1])].all()
    assert not jump[last_compared + 15 :, 1].any()
    assert not jump[301, 1]
    assert not jump[:, np.arange(S) != 1].any()


def test_flags_of_a_pilot_do_not_know_the_future_nor_where_the_record_begins():
    pilot = announced((FEW, START, STOP))
    ratio = tried(FEW, 0.3)
    ratio[292:311, 1] -= np.log(2)
    other, later = ratio.copy(), pilot.copy()
    other[320:] += 3.0 * np.arange(S)
    later[320:] = 0
    whole, two = suspects(ratio, ORDINAL, pilot), suspects(other, ORDINAL, later)
    short = suspects(ratio[100:], ORDINAL[100:], pilot[100:])
    np.testing.assert_array_equal(whole.jump[:320], two.jump[:320])
    np.testing.assert_array_equal(whole.jump[310:], short.jump[210:])


@pytest.fixture(scope="module")
def dances():
    """A made-up city, and the same with a pilot that lifts three of its fourteen bike counters by half for four weeks."""
    panels, days, drivers = toy.city(3)
    bikes, first, last = panels[0], 1000, 1028
    values = bikes.values.copy()
    values[first:last, FEW] *= 1.5
    number = np.zeros(values.shape[:2], dtype=int)
    number[first : last + 28, FEW] = 1

    def judged(changed=None, told=True):
        panel = replace(bikes, values=values, announced=number if told else None)
        inside, rows = members(toy.ZONES, panel.zone), slice(first - 210, last)
        found = measure(changed(panel) if changed else panel, days, drivers, inside, parents(toy.ZONES), rows)
        return found.flags[210:, FEW], found.index.sensors[210:, 1], found.alive[210:, 1]

    return judged


def test_the_counters_of_an_announced_pilot_count(dances):
    flags, _, _ = dances()
    assert not (flags & (Flag.JUMP | Flag.SPIKE)).any()
    assert (dances(told=False)[0] & Flag.JUMP).any()


@pytest.mark.parametrize("sensor", range(3))
def test_a_frozen_feed_a_flag_by_hand_and_silence_are_found_in_a_pilot_too(dances, sensor):
    _, usual, alive = dances()
    days = slice(1005, 1028)

    def frozen(panel):
        still = panel.still.copy()
        still[days, sensor] = 8
        return replace(panel, still=still)

    def by_hand(panel):
        excluded = panel.excluded.copy()
        excluded[days, sensor] = True
        return replace(panel, excluded=excluded)

    def dead(panel):
        values, seen = panel.values.copy(), panel.seen.copy()
        values[days, sensor], seen[days, sensor] = np.nan, 0.0
        return replace(panel, values=values, seen=seen)

    for fault, flag in ((frozen, Flag.FROZEN), (by_hand, Flag.BY_HAND), (dead, Flag.NONE)):
        flags, seen, still_alive = dances(fault)
        counted = usual[5:] - seen[5:]
        assert (flags[5:, sensor] & EXCLUDES == flag).all()
        assert ((counted == 1) | (counted == 0)).all()
        assert counted.mean() > 0.8, "now and then the counter is silent anyway"
        np.testing.assert_array_equal(still_alive, alive)
