"""How large an effect must be to be seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.effects.power import minimum_effect
from pulso.core.effects.space import rank_interval

effects = st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=19, max_size=80).map(np.array)


def called(placebos: np.ndarray, effect: float) -> float:
    """Share of placebos which, with the effect added, get an interval on its side of 0: one by one."""
    intervals = [rank_interval(p + effect, placebos) for p in placebos]
    return float(np.mean([low > 0 if effect > 0 else high < 0 for low, high in intervals]))


def test_by_hand():
    placebos = np.arange(-50, 50) / 100.0  # 101 · 0.05 leaves five: the fifth largest in size is 0.48
    found = minimum_effect(placebos)
    assert rank_interval(0.0, placebos)[1] == pytest.approx(0.48)
    assert found.up == pytest.approx(0.48 + 0.30)  # twenty placebos lie below -0.30
    assert found.down == pytest.approx(-0.48 - 0.29)  # twenty above 0.29
    assert found.percent == pytest.approx((100 * np.expm1(0.78), 100 * np.expm1(-0.77)))


@given(effects, st.sampled_from([0.5, 0.8, 0.9]))
def test_a_little_more_is_called_as_often_as_promised_and_a_little_less_is_not(placebos, power):
    up, down = minimum_effect(placebos, power=power)
    assert called(placebos, up + 1e-9) >= power - 1e-12
    assert called(placebos, down - 1e-9) >= power - 1e-12
    if up > 1e-6:
        assert called(placebos, up - 1e-9) < power
    if down < -1e-6:
        assert called(placebos, down + 1e-9) < power


@given(effects)
def test_turned_upside_down_up_is_down(placebos):
    one, other = minimum_effect(placebos), minimum_effect(-placebos)
    assert one.up == pytest.approx(-other.down)
    assert one.down == pytest.approx(-other.up)


@given(effects, st.floats(0.1, 10))
def test_twice_the_noise_takes_twice_the_effect(placebos, times):
    assert minimum_effect(times * placebos).up == pytest.approx(times * minimum_effect(placebos).up)


def test_of_normal_noise_it_takes_what_the_textbook_says():
    placebos = np.random.default_rng(0).normal(size=20_000)
    assert minimum_effect(placebos).up == pytest.approx(1.96 + 0.842, abs=0.03)  # z(.975) + z(.8): Cohen (1988)


def test_with_too_few_placebos_nothing_would_ever_be_called():
    assert minimum_effect(np.zeros(18)) == (np.inf, -np.inf)
    assert minimum_effect(np.zeros(19)) == (0.0, 0.0)


@pytest.mark.parametrize("power", [0.0, 1.0, np.nan])
def test_a_power_that_is_no_share_is_refused(power):
    with pytest.raises(ValueError, match="power"):
        minimum_effect(np.ones(30), power=power)


def test_an_unknown_placebo_is_refused():
    with pytest.raises(ValueError, match="placebos"):
        minimum_effect(np.array([0.1, np.nan]))
