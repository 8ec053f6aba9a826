"""How busy it has been lately."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.level import medians_before


@given(st.lists(st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6)), min_size=29, max_size=70))
def test_it_is_the_median_of_the_known_days_before_or_nothing(x):
    told = medians_before(np.array([x]))[0]
    for i, level in enumerate(told):
        past = np.array(x[i : i + 28])
        past = past[np.isfinite(past)]
        if past.size < 15:
            assert np.isnan(level)
        else:
            assert level == pytest.approx(np.median(past), rel=1e-12)


def test_today_is_not_among_the_days_before():
    x = np.r_[np.zeros(28), 1e9][None]
    assert medians_before(x)[0, 0] == 0


def test_less_than_the_span_is_refused():
    with pytest.raises(ValueError, match="28 days"):
        medians_before(np.zeros((1, 20)))
