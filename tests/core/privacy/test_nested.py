"""Places, zones and the city, hour by hour: what is withheld without a solver withstands the one who solves."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.core.privacy.nested import Tree, Withheld, protect_nested, record_of
from pulso.core.privacy.tables import protect, rounded
from tests.core.privacy.cities import Attacker, Printed, proven

TWO_ZONES = Tree(np.array([0, 0, 1, 1, -1]), 2)
ONE_ZONE = Tree(np.array([0, 0, 0]), 1)


def unmarked(values: np.ndarray, tree: Tree) -> tuple[np.ndarray, np.ndarray]:
    """Nothing is sensitive but for its size."""
    return np.zeros(values.shape, dtype=bool), np.zeros((len(values), tree.zones + 1), dtype=bool)


def held(values, tree: Tree, **how) -> Withheld:
    x = np.atleast_2d(np.array(values, dtype=float))
    return protect_nested(x, tree, *unmarked(x, tree), **how)


def attacked(values: np.ndarray, tree: Tree, printed: np.ndarray, *, base: int, whole: bool = True) -> Attacker:
    """Who has read one hour's print, and solves."""
    attacker = Attacker(values.size, k=10, base=base, whole=whole)
    attacker.reads(tree.figures.toarray(), Printed(printed))
    return attacker


def test_of_three_places_of_a_zone_the_nine_goes_and_the_twelve_beside_it():
    found = held([12, 9, 30], ONE_ZONE)
    np.testing.assert_array_equal(found.figures, [[np.nan, np.nan, 30, 50, 50]])


def test_a_zone_of_few_is_withheld_and_another_beside_it():
    found = held([[2, 3, 40, 50]], Tree(np.array([0, 0, 1, 1]), 2), base=1)
    assert np.isnan(found.figures[0, [0, 1, 4]]).all()
    assert np.isnan(found.figures[0, [2, 3, 5, 6]]).any()


@pytest.mark.parametrize(("others", "printed"), [(0, np.nan), (1, 10), (3, 10), (4, 15)])
def test_whoever_brings_nine_devices_learns_whether_anybody_else_is_there(others, printed):
    """No rounding and no other k stops them: the assessment says so, and that it is a risk to be judged."""
    np.testing.assert_equal(held([9 + others, 40, 30], ONE_ZONE).figures[0, 0], printed)
    with_more = held([29 + others, 140, 130], ONE_ZONE, k=30).figures[0, 0]
    assert np.isnan(with_more) == (others == 0)


def test_a_place_without_a_zone_is_in_the_city_alone():
    found = held([[20, 20, 20, 20, 31]], TWO_ZONES, base=1)
    np.testing.assert_array_equal(found.figures, [[20, 20, 20, 20, 31, 40, 40, 111]])


def test_what_was_not_seen_is_in_no_sum_and_the_sums_say_so():
    found = held([[20, np.nan, np.nan, np.nan, 30]], TWO_ZONES)
    np.testing.assert_array_equal(found.figures, [[20, np.nan, np.nan, np.nan, 30, 20, np.nan, 50]])
    np.testing.assert_allclose(found.seen, [[1, 0, 0, 0, 1, 0.5, 0, 0.4]])


def test_an_hour_in_which_nothing_was_seen_says_nothing():
    assert np.isnan(held([[np.nan] * 3], ONE_ZONE).figures).all()


def test_a_sum_of_one_seen_place_is_that_place():
    values = np.array([[25.0, np.nan, np.nan, np.nan, np.nan]])
    cells, sums = unmarked(values, TWO_ZONES)
    sums[0, 0] = True
    found = protect_nested(values, TWO_ZONES, cells, sums)
    assert np.isnan(found.figures).all()


def test_an_hour_is_judged_alike_alone_and_among_others():
    rng = np.random.default_rng(2)
    values = rng.poisson(rng.gamma(1.2, 12.0, (50, 5))).astype(float)
    together = held(values, TWO_ZONES).figures
    alone = np.vstack([held(row, TWO_ZONES).figures for row in values])
    np.testing.assert_array_equal(together, alone)


cities = st.integers(2, 6).flatmap(
    lambda places: st.tuples(
        st.lists(st.integers(-1, 1), min_size=places, max_size=places), st.lists(st.integers(0, 40), min_size=places, max_size=places)
    )
)


@settings(deadline=None, max_examples=40)
@given(cities, st.sampled_from([1, 5]))
def test_no_attacker_proves_a_number_below_k(drawn, base):
    zone, counts = drawn
    tree, values = Tree(np.array(zone), 2), np.array(counts, dtype=float)
    found = held(values, tree, base=base)
    attacker = attacked(values, tree, found.figures[0], base=base)
    entries = np.unique(tree.figures.toarray()[found.sensitive[0]], axis=0)
    assert proven(attacker, entries, values) == []


@settings(deadline=None, max_examples=30)
@given(cities, st.integers(0, 1), st.booleans())
def test_a_place_with_one_access_point_could_be_k_more_or_k_fewer(drawn, alone, whole):
    zone, counts = drawn
    tree, values = Tree(np.array(zone), 2), np.array(counts, dtype=float)
    if not whole:
        values = values + 0.25
    cells, sums = unmarked(values[None], tree)
    cells[0, alone] = True
    found = protect_nested(values[None], tree, cells, sums, whole=whole)
    low, high = attacked(values, tree, found.figures[0], base=5, whole=whole).bounds(np.eye(values.size)[alone])
    x = values[alone]
    assert low <= max(x - 10, 0) + 1e-6
    assert high >= (x + 10 if x >= 10 else 10) - 1e-6


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 16), min_size=3, max_size=3), st.sampled_from([1, 3]), st.sampled_from([[0, 0, 0], [0, 0, 1], [0, -1, -1]]))
def test_of_every_small_city_there_are_cities_that_print_the_same_with_nobody_and_with_enough(counts, base, zone):
    """By trying all cities of three places, not by adding intervals."""
    tree, values = Tree(np.array(zone), 2), np.array(counts, dtype=float)
    found = held(values, tree, base=base, k=5)
    rows = tree.figures.toarray()
    every = np.array(list(product(range(26), repeat=3)), dtype=float)
    sums = every @ rows.T
    alike = (np.isnan(found.figures[0]) | ((rounded(sums, base) == found.figures[0]) & (sums >= 5))).all(axis=1)
    for row in rows[found.sensitive[0]]:
        possible = every[alike] @ row
        assert possible.min() == 0
        assert possible.max() >= 5


def test_what_was_not_needed_is_given_back():
    """Publishing any one figure more would prove something."""
    rng = np.random.default_rng(11)
    tree = Tree(np.arange(12) // 4, 3)
    beside = 0
    for _ in range(6):
        values = rng.poisson(rng.gamma(2.0, 8.0, 12)).astype(float)
        found = held(values, tree, base=1)
        totals = tree.figures @ values
        for i in np.flatnonzero(np.isnan(found.figures[0]) & ~found.sensitive[0]):
            beside += 1
            more = np.where(np.arange(totals.size) == i, totals, found.figures[0])
            attacker = attacked(values, tree, more, base=1)
            assert proven(attacker, tree.figures.toarray()[found.sensitive[0]], values)
    assert beside


def test_it_withholds_hardly_more_than_the_solver_does():
    rng = np.random.default_rng(4)
    tree = Tree(np.arange(15) // 5, 3)
    values = rng.poisson(rng.gamma(1.2, 20.0, (12, 15))).astype(float)
    mine = np.isfinite(held(values, tree, base=1).figures).sum()
    sums = np.zeros(tree.figures.shape[0], dtype=bool)
    theirs = sum(np.isfinite(protect(v, tree.figures, np.zeros(15, dtype=bool), sums, base=1).figures).sum() for v in values)
    assert mine >= 0.98 * theirs


def test_a_correction_is_judged_with_what_was_printed():
    """Both prints together prove nothing; the second, judged by itself, would have."""
    rng = np.random.default_rng(8)
    tree = Tree(np.array([0, 0, 0, 1, 1]), 2)
    rows, no = tree.figures.toarray(), np.zeros(5, dtype=bool)
    careless = 0
    for _ in range(8):
        was = rng.poisson(rng.gamma(1.5, 9.0, 5)).astype(float)
        changed = np.arange(5) == rng.integers(5)
        now = np.where(changed, np.maximum(was + rng.integers(-9, 10), 0), was)
        first = held(was, tree, base=1)
        record = record_of(was, tree, first.figures[0], first.sensitive[0], base=1).later(was != now)
        former = was[was != now]
        wide = np.hstack([rows, np.zeros((len(rows), former.size))])
        both = np.concatenate([now, former])
        second = protect(both, wide, np.zeros(both.size, dtype=bool), np.zeros(len(rows), dtype=bool), base=1, record=record)
        cell = np.array([5 if was[i] != now[i] else i for i in range(5)])  # where the former value stands
        small = np.vstack([np.eye(6)[:5][now < 10], np.eye(6)[cell][was < 10]])
        truth = np.append(now, former if former.size else 0.0)
        for print_of_now, counts in ((second.figures, True), (held(now, tree, base=1).figures[0], False)):
            attacker = Attacker(6, k=10, base=1)
            attacker.reads(rows, Printed(first.figures[0]), cell)
            attacker.reads(rows, Printed(print_of_now), np.arange(5))
            broken = proven(attacker, np.unique(small, axis=0), truth)
            if counts:
                assert broken == [] or second.lost.any()
            else:
                careless += bool(broken)
    assert careless, "the attack works where it can"
    assert not no.any()


@pytest.mark.parametrize(
    ("values", "tree", "says"),
    [
        ([[1.5, 20, 20]], ONE_ZONE, "whole"),
        ([[-1, 20, 20]], ONE_ZONE, "negative"),
        ([[1, 20]], ONE_ZONE, "3 places"),
        ([[1, 20, 20]], Tree(np.array([0, 0, 4]), 1), "counted from 0"),
    ],
)
def test_what_cannot_be_a_city_of_counts_is_refused(values, tree, says):
    with pytest.raises(ValueError, match=says):
        held(values, tree)


def test_marks_must_be_of_all_places_and_sums():
    with pytest.raises(ValueError, match="sensitive"):
        protect_nested([[20.0, 20, 20]], ONE_ZONE, np.zeros((1, 3), dtype=bool), np.zeros((1, 1), dtype=bool))
