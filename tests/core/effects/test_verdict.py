"""What may be said of an effect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.effects.verdict import Judged, Verdict, Why, judge_effect

NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("estimate", "low", "high", "verdict"),
    [
        (0.20, 0.01, 0.39, Verdict.MORE),
        (0.20, 0.00, 0.40, Verdict.UNKNOWN),  # no effect is still in it
        (-0.20, -0.39, -0.01, Verdict.LESS),
        (-0.20, -0.40, 0.00, Verdict.UNKNOWN),
        (0.00, -0.09, 0.09, Verdict.NOTHING),
        (0.00, -0.09, 0.10, Verdict.UNKNOWN),  # the minimum itself is still in it
        (0.00, -0.10, 0.09, Verdict.UNKNOWN),
        (0.05, 0.01, 0.09, Verdict.NOTHING),  # shown to be something, and shown to be too little
        (0.05, 0.01, 0.10, Verdict.MORE),
        (-0.05, -0.09, -0.01, Verdict.NOTHING),
        (-0.05, -0.10, -0.01, Verdict.LESS),
        (0.00, -INF, INF, Verdict.UNKNOWN),
        (0.50, 0.20, INF, Verdict.MORE),
        (0.00, 0.00, 0.00, Verdict.NOTHING),
    ],
)
def test_each_side_of_each_boundary(estimate, low, high, verdict):
    found = judge_effect(estimate, low, high, 0.10)
    assert found == Judged(verdict, Why.TOO_WIDE if verdict is Verdict.UNKNOWN else None)


def test_without_estimate_or_interval_nobody_can_tell_and_it_says_why():
    assert judge_effect(NAN, NAN, NAN, 0.1) == (Verdict.UNKNOWN, Why.NO_ESTIMATE)
    assert judge_effect(NAN, 0.0, 1.0, 0.1) == (Verdict.UNKNOWN, Why.NO_ESTIMATE)
    assert judge_effect(0.3, NAN, 0.4, 0.1) == (Verdict.UNKNOWN, Why.NO_INTERVAL)
    assert judge_effect(0.3, 0.2, NAN, 0.1) == (Verdict.UNKNOWN, Why.NO_INTERVAL)


@pytest.mark.parametrize("minimum", [0.0, -0.1, NAN, INF])
def test_a_minimum_that_isnt_one_is_refused(minimum):
    with pytest.raises(ValueError, match="smallest effect"):
        judge_effect(0.0, -0.1, 0.1, minimum)


def test_an_estimate_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="interval"):
        judge_effect(0.5, 0.0, 0.4, 0.1)


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0.01, 1))
def test_turned_upside_down_more_is_less(estimate, half, minimum):
    one = judge_effect(estimate, estimate - half, estimate + half, minimum).verdict
    other = judge_effect(-estimate, -estimate - half, -estimate + half, minimum).verdict
    assert other is {Verdict.MORE: Verdict.LESS, Verdict.LESS: Verdict.MORE}.get(one, one)
