"""What is withheld from a city's tables can't be had by subtraction."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.core.privacy.audit import Known, reach
from pulso.core.privacy.tables import protect, rounded, sensitive, told
from tests.core.privacy.cities import Attacker, proven, table

PLACES = np.array([12.0, 9, 30])
FIGURES = table((3,), (0,), ())  # three places and their total


def no(figures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nothing is sensitive but for its size."""
    return np.zeros(figures.shape[1], dtype=bool), np.zeros(figures.shape[0], dtype=bool)


@pytest.mark.parametrize("base", [1, 5])
def test_of_three_places_it_is_not_enough_to_withhold_the_nine(base):
    found = protect(PLACES, FIGURES, *no(FIGURES), base=base)
    assert np.isnan(found.figures).tolist() == [True, True, False, False]  # the 12 too, the cheapest
    assert found.figures[2:].tolist() == rounded([30, 51], base).tolist()
    low, high = reach(found.record.known, [0, 1, 0], whole=True)
    assert low == 0
    assert high >= 10


def test_an_attacker_would_have_had_the_nine():
    low, high = told(np.array([12.0, 30, 51]), 1, whole=True, k=10)
    assert reach(Known(FIGURES[[0, 2, 3]], low, high), [0, 1, 0], whole=True) == (9, 9)
    low, high = told(rounded([12.0, 30, 51]), 5, whole=True, k=10)  # rounding alone: 4 to 14, so not nobody
    assert reach(Known(FIGURES[[0, 2, 3]], low, high), [0, 1, 0], whole=True) == (4, 14)


def test_a_total_is_rounded_by_itself():
    cells = np.array([12.0, 12, 12, 12])
    figures = table((4,), (0,), ())
    assert protect(cells, figures, *no(figures)).figures.tolist() == [10, 10, 10, 10, 50]


def test_a_total_of_few_is_withheld_too_and_not_given_by_the_others():
    figures = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]])  # two zones of two places, and the city
    found = protect([2, 3, 40, 50], figures, *no(figures), base=1)
    assert np.isnan(found.figures[0])
    assert np.isnan(found.figures[1:]).sum() == 1


def test_nobody_is_few():
    figures = table((2,), (0,))
    assert np.isnan(protect([0, 20], figures, *no(figures)).figures).tolist() == [True, False]


def test_without_a_total_nothing_else_need_be_withheld():
    figures = table((3,), (0,))
    assert np.isnan(protect(PLACES, figures, *no(figures)).figures).tolist() == [False, True, False]


def test_a_place_with_one_access_point_is_withheld_however_many_are_there_unless_it_is_large():
    assert sensitive([9, 10, 500, 500], [2, 2, 1, 1], [True, False, False, True]).tolist() == [True, False, True, False]
    values = np.array([200.0, 40, 60])
    cells = np.array([True, False, False])
    found = protect(values, FIGURES, cells, np.append(cells, False), base=1)
    low, high = reach(found.record.known, [1, 0, 0], whole=True)
    assert np.isnan(found.figures[0])
    assert low <= 190
    assert high >= 210


def test_one_phone_all_day_is_not_a_day_of_many():
    hours = np.ones(24)
    figures = table((24,), ())
    found = protect(hours, figures, np.ones(24, dtype=bool), sensitive([1], [2]))  # one session in 24 hours, not 24
    assert np.isnan(found.figures).all()


def test_a_place_that_was_not_seen_is_in_no_sum_and_the_sum_says_so():
    found = protect([12, np.nan, 30], FIGURES, *no(FIGURES))
    np.testing.assert_array_equal(found.figures, [10, np.nan, 30, 40])
    np.testing.assert_allclose(found.seen, [1, 0, 1, 2 / 3])


def test_a_sum_of_one_seen_cell_is_that_cell():
    found = protect([9, np.nan], table((2,), ()), np.zeros(2, dtype=bool), np.zeros(1, dtype=bool))
    assert np.isnan(found.figures).all()


def test_session_hours_are_protected_though_they_are_fractions():
    hours, sessions = np.array([3.25, 14.5, 22.75, 31.0]), np.array([6, 30, 41, 55])
    figures = table((4,), (0,), ())
    few = sensitive(sessions, np.full(4, 3))
    found = protect(hours, figures, few, np.append(few, False), whole=False)
    attacker = Attacker(4, k=10, base=5, whole=False)
    attacker.reads(figures, found)
    assert proven(attacker, np.eye(4)[:1], hours) == []
    assert np.isfinite(found.figures).sum() >= 2


def test_the_same_is_withheld_each_time():
    rng = np.random.default_rng(3)
    values, figures = rng.poisson(14, 20).astype(float), table((5, 4), (0, 1), (0,), (1,), ())
    one, two = (protect(values, figures, *no(figures)).figures for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_what_was_not_needed_is_given_back():
    """Publishing any one figure more would prove something."""
    rng = np.random.default_rng(5)
    values, figures = rng.poisson(13, 16).astype(float), table((4, 4), (0, 1), (0,), (1,), ())
    found = protect(values, figures, *no(figures), base=1)
    complements = np.flatnonzero(np.isnan(found.figures) & (figures @ values >= 10))
    assert complements.size
    for i in complements:
        more = found._replace(figures=np.where(np.arange(len(figures)) == i, figures @ values, found.figures))
        attacker = Attacker(16, k=10, base=1)
        attacker.reads(figures, more)
        assert proven(attacker, np.eye(16)[values < 10], values)


@pytest.mark.parametrize(("value", "base", "is_"), [(12, 5, 10), (13, 5, 15), (12.5, 5, 15), (0, 5, 0), (5, 10, 10), (7, 1, 7)])
def test_rounding_is_to_the_nearest(value, base, is_):
    assert rounded(value, base) == is_


@given(st.integers(10, 500), st.integers(1, 12))
def test_what_a_rounded_count_tells_is_every_count_that_rounds_to_it(count, base):
    shown = rounded(float(count), base)
    low, high = told(np.array([shown]), base, whole=True, k=10)
    same = [n for n in range(10, 600) if rounded(float(n), base) == shown]
    assert (low[0], high[0]) == (min(same), max(same))


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 60), min_size=9, max_size=9), st.integers(0, 8))
def test_a_place_with_one_access_point_could_be_k_more_or_k_fewer(counts, alone):
    values, figures = np.array(counts, dtype=float), table((3, 3), (0, 1), (0,), (1,), ())
    cells = np.arange(9) == alone
    found = protect(values, figures, cells, np.append(cells, np.zeros(7, dtype=bool)))
    attacker = Attacker(9, k=10, base=5)
    attacker.reads(figures, found)
    low, high = attacker.bounds(cells.astype(float))
    x = values[alone]
    assert low <= max(x - 10, 0)
    assert high >= (x + 10 if x >= 10 else 10)


small = st.lists(st.integers(0, 14), min_size=4, max_size=4).map(lambda x: np.array(x, dtype=float))


@settings(deadline=None, max_examples=40)
@given(small, st.sampled_from([1, 3]), st.sampled_from([3, 5]))
def test_of_every_small_table_there_are_tables_that_print_the_same_with_nobody_and_with_enough(values, base, k):
    """By trying all tables of two by two, not by solving anything."""
    figures = table((2, 2), (0, 1), (0,), (1,), ())
    printed = protect(values, figures, *no(figures), base=base, k=k).figures
    every = np.array(list(product(range(20), repeat=4)), dtype=float)
    sums = every @ figures.T
    alike = (np.isnan(printed) | ((rounded(sums, base) == printed) & (sums >= k))).all(axis=1)
    entries = np.vstack([np.eye(4), figures])
    for row in entries[entries @ values < k]:
        possible = every[alike] @ row
        assert possible.min() == 0
        assert possible.max() >= k


tables = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: st.tuples(st.just(shape), st.lists(st.integers(0, 40), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
)


@settings(deadline=None, max_examples=30)
@given(tables, st.sampled_from([1, 5]), st.sampled_from([((0, 1), (0,), (1,), ()), ((0,), (1,)), ((0, 1), (1,))]))
def test_no_attacker_proves_a_number_below_k_in_any_table(drawn, base, slices):
    shape, counts = drawn
    values, figures = np.array(counts, dtype=float), table(shape, *slices)
    found = protect(values, figures, *no(figures), base=base)
    attacker = Attacker(values.size, k=10, base=base)
    attacker.reads(figures, found)
    entries = np.vstack([np.eye(values.size), figures])
    assert proven(attacker, entries[entries @ values < 10], values) == []


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 30), min_size=5, max_size=5), st.lists(st.integers(1, 31), min_size=1, max_size=8, unique=True))
def test_nor_of_any_set_of_sums_that_overlap_as_they_like(counts, sets):
    values = np.array(counts, dtype=float)
    figures = np.array([[s >> i & 1 for i in range(5)] for s in sets], dtype=float)
    found = protect(values, figures, *no(figures))
    attacker = Attacker(5, k=10, base=5)
    attacker.reads(figures, found)
    entries = np.vstack([np.eye(5), figures])
    assert proven(attacker, entries[entries @ values < 10], values) == []


@pytest.mark.parametrize(
    ("values", "figures", "says"),
    [
        ([1.5, 20], np.eye(2), "whole"),
        ([-1, 20], np.eye(2), "negative"),
        ([np.inf, 20], np.eye(2), "infinite"),
        ([1, 20], 2 * np.eye(2), "each once"),
        ([1, 20], np.zeros((1, 2)), "one cell or more"),
        ([1, 20], np.eye(3), "shapes"),
        ([1, 20], np.ones(2), "a row each"),
    ],
)
def test_what_cannot_be_a_table_of_counts_is_refused(values, figures, says):
    with pytest.raises(ValueError, match=says):
        protect(values, figures, *no(np.atleast_2d(figures)))


def test_counts_that_are_unknown_are_not_few_but_refused():
    with pytest.raises(ValueError, match="known"):
        sensitive([np.nan], [2])
