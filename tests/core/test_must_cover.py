"""Whether ninety per cent is ninety per cent: the judge against synthetic cities whose truth is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.core.synthetic import DARK_EVERY, Known, known

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

    def test_a_power_cut_is_covered_as_well_as_the_weeks_around_it(self):
        cut, around = [], []
        for seed in SEEDS:
            k = city(seed)
            inside, on = covered(k)[0][:, 0], days_of(k, "power_cut")
            near = np.convolve(on, np.ones(29), mode="same") > 0
            cut += inside[on].tolist()
            around += inside[near & ~on].tolist()
        print(f"power cuts: {np.mean(cut):.3f} of {len(cut)} days, {np.mean(around):.3f} around them")
        assert np.mean(cut) >= np.mean(around) - 3 * np.sqrt(0.25 / len(cut))

    def test_a_district_gone_dark_on_any_day_leaves_the_true_index_inside_the_interval(self):
        inside, moved = [], []
        for seed in SEEDS[:6]:
            dark = known(seed, dark=2)
            nights = np.arange(len(dark.days)) % DARK_EVERY == 0
            there, asked = covered(dark)
            inside += there[nights & asked[:, 0], 0].tolist()
            moved += np.abs(np.log(dark.judgement.index / city(seed).judgement.index))[nights & asked[:, 0], 0].tolist()
        print(
            f"dark districts: {np.mean(inside):.3f} of {len(inside)} days inside, moved by {np.median(moved):.3f}, at most {max(moved):.3f}"
        )
        assert np.mean(inside) >= 0.85
        assert np.median(moved) < 0.02

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
