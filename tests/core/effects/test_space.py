"""Placebos in space: the same method where nothing was done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.effects import sdid, space
from pulso.core.effects.frame import Estimate, case
from pulso.core.effects.synthetic import synthetic_control
from tests.core.effects.cases import california, walk, who

EFFECTS = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=60)


def differences(outcomes: np.ndarray, treated: np.ndarray, start: int) -> Estimate:
    return sdid.estimate(outcomes, treated, start, way="did")


def synthetic(outcomes: np.ndarray, treated: np.ndarray, start: int, *predictors: np.ndarray) -> Estimate:
    return synthetic_control(outcomes, treated, start, *predictors, draws=20).estimate


def test_each_untreated_unit_is_treated_in_turn_without_the_treated() -> None:
    change = np.array([9.0, 1, 2, 3, 6])
    Y = np.column_stack([np.zeros((5, 2)), change])
    found = space.in_space(differences, Y, who(5, 0), 2)
    np.testing.assert_array_equal(found.rows, [1, 2, 3, 4])
    np.testing.assert_allclose(found.effects, [1 - 11 / 3, 2 - 10 / 3, 3 - 9 / 3, 6 - 2])
    assert found.real.effect == 6
    assert found.p == 1 / 5
    among = space.in_space(differences, Y, who(5, 0), 2, treated_as_donor=True)
    np.testing.assert_allclose(among.effects, [1 - 20 / 4, 2 - 19 / 4, 3 - 18 / 4, 6 - 15 / 4])


def test_the_ratio_is_the_gap_after_over_the_gap_before() -> None:
    Y = np.array([[1.0, -1, 8], [0, 0, 0], [0, 0, 0], [2, -2, 4]])
    found = space.in_space(differences, Y, who(4, 0), 2)
    assert found.ratio == pytest.approx((8 - 4 / 3) / (1 / 3))
    assert found.ratios[2] == pytest.approx(4 / 2)
    assert (found.ratio_rank, found.ratio_p) == (1, 1 / 4)


@given(st.floats(-60, 60), EFFECTS, st.sampled_from([0.5, 0.8, 0.9, 0.95]), st.floats(-150, 150))
def test_the_interval_holds_just_the_effects_that_are_not_refused(effect: float, others: list[float], level: float, tried: float) -> None:
    low, high = space.rank_interval(effect, others, level=level)
    if min(abs(tried - low), abs(tried - high)) > 1e-6:
        assert (low <= tried <= high) == (space.rank_p(effect - tried, others) > 1 - level + 1e-12)


def test_nineteen_placebos_are_needed_to_refuse_at_five_per_cent() -> None:
    assert space.rank_interval(1.0, np.arange(18.0)) == (-np.inf, np.inf)
    assert space.rank_interval(1.0, np.arange(19.0)) == (-17.0, 19.0)


def test_a_normal_interval_reaches_as_far_as_tables_say() -> None:
    assert space.normal_interval(10, 2) == pytest.approx((10 - 3.919928, 10 + 3.919928))
    assert space.normal_interval(10, 2, level=0.9) == pytest.approx((10 - 3.289707, 10 + 3.289707))


def test_the_donor_on_whom_all_hangs_is_shown() -> None:
    Y = walk(6, 12)
    Y[0] = 0.6 * Y[2] + 0.4 * Y[4]
    found = space.without_each(synthetic, Y, who(6, 0), 8)
    np.testing.assert_array_equal(found.rows, [2, 4])
    for row, effect in zip(found.rows, found.effects, strict=True):
        rest = np.arange(6) != row
        assert effect == synthetic(Y[rest], who(5, 0), 8).effect
    assert found.least <= 1e-9
    assert found.greatest >= -1e-9
    assert found.greatest - found.least > 0.01


def test_predictors_go_with_their_units() -> None:
    Y, X = walk(6, 12), np.random.default_rng(1).normal(size=(6, 2))
    found = space.in_space(synthetic, Y, who(6, 0), 8, X)
    rest = np.array([2, 1, 3, 4, 5])
    assert found.effects[1] == pytest.approx(synthetic(Y[rest], who(5, 0), 8, X[rest]).effect, rel=1e-6)


@pytest.mark.mirror
def test_california_stands_third_of_39_without_predictors(shared: Path) -> None:
    law = california(shared)
    found = space.in_space(synthetic, law.outcomes, law.treated, law.start)
    assert (found.ratio_rank, found.ratio_p) == (3, pytest.approx(3 / 39))
    assert {law.units[i] for i in found.rows[found.ratios > found.ratio]} == {"Missouri", "Virginia"}
    assert found.p == pytest.approx(3 / 39)
    low, high = space.rank_interval(found.real.effect, found.effects, level=0.9)
    assert low < found.real.effect < high < 0


def test_what_can_t_be_compared_is_refused() -> None:
    Y = walk(4, 6)
    with pytest.raises(ValueError, match="at least 3 untreated"):
        space.in_space(differences, Y, who(4, 0, 1), 4)
    with pytest.raises(ValueError, match="a row for each of 4 units"):
        space.in_space(synthetic, Y, who(4, 0), 4, np.zeros((3, 2)))
    for placebo in (space.in_space, space.without_each):
        with pytest.raises(ValueError, match="this one gives Synthetic: wrap it"):
            placebo(synthetic_control, Y, who(4, 0), 4)
    with pytest.raises(ValueError, match="one at least"):
        space.rank_p(1.0, [])
    with pytest.raises(ValueError, match="between 0 and 1"):
        space.rank_interval(1.0, [1.0], level=95)
    with pytest.raises(ValueError, match="not negative"):
        space.normal_interval(1.0, np.nan)
    assert case(Y, who(4, 0), 4).controls.shape == (3, 6)
