"""Noise costs what the ledger says, and a spent ledger refuses."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.privacy.noise import BudgetSpent, Ledger, laplace, sensitivity
from tests.core.privacy.cities import table


def test_ten_tenths_are_one_and_not_a_hair_more():
    ledger = Ledger.of(1)
    for day in range(10):
        ledger = ledger.spend(f"day {day}", 0.1)
    assert ledger.left == 0
    with pytest.raises(BudgetSpent, match="0 is left"):
        ledger.spend("one more", "1e-9")


def test_what_was_refused_has_cost_nothing():
    ledger = Ledger.of("0.3").spend("May", 0.1)
    with pytest.raises(BudgetSpent):
        ledger.spend("June", 0.5)
    assert ledger.left == Fraction(1, 5)
    assert ledger.spend("June", 0.2).spent == ledger.budget


def test_a_release_has_a_name_of_its_own():
    with pytest.raises(ValueError, match="another name"):
        Ledger.of(1).spend("May", 0.1).spend("May", 0.1)


@pytest.mark.parametrize("epsilon", [0, -1, float("nan"), float("inf"), "much"])
def test_an_epsilon_that_is_not_more_than_nothing_is_refused(epsilon):
    with pytest.raises(ValueError, match="epsilon"):
        Ledger.of(1).spend("May", epsilon)
    with pytest.raises(ValueError, match="epsilon"):
        laplace([1], np.random.default_rng(0), sensitivity=1, epsilon=epsilon)


@given(st.lists(st.integers(1, 15), min_size=1, max_size=5), st.integers(1, 4))
def test_the_sensitivity_is_the_most_that_any_session_changes(sets, cells):
    """By trying every session."""
    figures = np.array([[s >> i & 1 for i in range(4)] for s in sets])
    most = max(int(np.abs(figures @ np.isin(range(4), at)).sum()) for n in range(1, cells + 1) for at in combinations(range(4), n))
    assert sensitivity(figures, cells=cells) == most


def test_a_session_of_two_hours_is_in_two_cells_their_hours_twice_its_place_and_twice_the_total():
    assert sensitivity(table((3, 4), (0, 1), (0,), (1,), ()), cells=2) == 8


@pytest.mark.parametrize("epsilon", [0.2, 1.0])
def test_no_number_is_much_likelier_with_a_session_than_without(epsilon):
    """The promise itself, counted: P(out | 10) is at most e^epsilon times P(out | 11), and back."""
    rng = np.random.default_rng(0)
    drawn = 400_000
    with_, without = (laplace(np.full(drawn, n), rng, sensitivity=1, epsilon=epsilon) for n in (11.0, 10.0))
    for out in range(7, 15):
        a, b = (with_ == out).sum(), (without == out).sum()
        assert abs(np.log(a / b)) <= epsilon + 4 * np.sqrt(1 / a + 1 / b)


def test_the_noise_is_as_wide_as_it_should_be():
    noise = laplace(np.zeros(200_000), np.random.default_rng(1), sensitivity=4, epsilon=0.5)
    p = np.exp(-0.5 / 4)
    assert noise.mean() == pytest.approx(0, abs=4 * np.sqrt(2 * p / (1 - p) ** 2 / noise.size))
    assert noise.var() == pytest.approx(2 * p / (1 - p) ** 2, rel=0.03)
    assert (noise % 1 == 0).all()


def test_what_is_withheld_stays_withheld_and_the_same_generator_draws_the_same():
    one, two = (laplace([30, np.nan, 5], np.random.default_rng(7), sensitivity=1, epsilon=1) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert np.isnan(one).tolist() == [False, True, False]


@pytest.mark.parametrize("counts", [[1.5], [np.inf]])
def test_what_is_no_count_is_refused(counts):
    with pytest.raises(ValueError, match="whole"):
        laplace(counts, np.random.default_rng(0), sensitivity=1, epsilon=1)
