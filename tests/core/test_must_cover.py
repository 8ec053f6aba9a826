"""Whether ninety per cent is ninety per cent: the judge against synthetic cities whose truth is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.core.synthetic import Known, known

SEEDS = range(20)
YEAR = 366  # the first year is judged by a model that saw it


@cache
def city(seed: int) -> Known:
    return known(seed)


def covered(k: Known) -> tuple[np.ndarray, np.ndarray]:
    """Whether the truth lies in the interval, and where the question can be asked, (T, Z) each."""
    low, high = (np.log(x / 100.0) for x in (k.judgement.low, k.judgement.high))
    asked = np.isfinite(low) & np.isfinite(k.truth)
    asked[:YEAR] = False
    return (low <= k.truth) & (k.truth <= high), asked


def days_of(k: Known, kind: str) -> np.ndarray:
    on = np.zeros(len(k.days), dtype=bool)
    for h in k.city.days.happenings:
        if h.kind == kind:
            on |= h.on(k.city.days.ordinal)
    on[:YEAR] = False
    return on


@pytest.mark.proof
class TestTruth:
    def test_nine_intervals_of_ten_hold_the_true_index_of_the_city(self):
        shares = []
        for seed in SEEDS:
            inside, asked = covered(city(seed))
            shares.append(inside[:, 0][asked[:, 0]].mean())
        print(f"city: {np.mean(shares):.3f}, worst {min(shares):.3f}, best {max(shares):.3f}")
        assert 0.88 <= np.mean(shares) <= 0.92

    def test_nine_intervals_of_ten_hold_the_true_index_of_the_zones(self):
        shares = []
        for seed in SEEDS:
            inside, asked = covered(city(seed))
            shares.append(inside[:, 1:][asked[:, 1:]].mean())
        print(f"zones: {np.mean(shares):.3f}, worst {min(shares):.3f}, best {max(shares):.3f}")
        assert 0.88 <= np.mean(shares) <= 0.92

    def test_a_power_cut_leaves_the_true_index_inside_the_interval(self):
        inside = np.concatenate([covered(city(s))[0][days_of(city(s), "power_cut"), 0] for s in SEEDS])
        print(f"power cuts: {inside.mean():.3f} of {inside.size} days")
        assert inside.mean() >= 0.85

    @pytest.mark.parametrize(("kind", "sign"), [("festival", 1), ("strike", -1), ("storm", -1)])
    def test_what_happened_shows_with_the_right_sign_and_is_linked(self, kind, sign):
        right, linked = [], []
        for seed in SEEDS:
            k = city(seed)
            on, j = days_of(k, kind), k.judgement
            driver = j.drivers.index(kind)
            right += (np.sign(np.log(j.index[on, 0] / 100.0)) == sign).tolist()
            linked += ((sign * j.reasons[on, 0, driver] > 0) | j.unmeasured[on, 0, driver]).tolist()
        print(f"{kind}: sign {np.mean(right):.2f}, linked {np.mean(linked):.2f} of {len(right)} days")
        assert np.mean(right) >= 0.9
        assert np.mean(linked) >= 0.9

    def test_nine_days_of_ten_are_normal(self):
        shares = []
        for seed in SEEDS:
            j = city(seed).judgement
            known = np.isfinite(j.index[:, 0]) & np.isfinite(j.normal_low[:, 0]) & ~j.in_sample
            shares.append(((j.index >= j.normal_low) & (j.index <= j.normal_high))[known, 0].mean())
        print(f"normal: {np.mean(shares):.3f}")
        assert 0.88 <= np.mean(shares) <= 0.93
