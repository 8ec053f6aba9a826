"""The bars of the index, the flags and the ranges on real cities: the same constants for every one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pulso.core.baseline import Expectation, expect
from pulso.core.days import SPECIAL, Days
from pulso.core.flags import Suspects, log_ratios, suspects
from pulso.core.index import log_index, metric_index
from pulso.core.uncertainty import normal_range
from tests.core import real

FORTNIGHT = 15  # days after a fault begins, while the expectation hasn't followed it


@cache
def told(name: str, shared: Path) -> tuple[real.Series, Expectation, Suspects]:
    data = getattr(real, name)(shared)
    e = expect(data.values, data.days, data.drivers)
    return data, e, suspects(log_ratios(data.values, e.full, e.offset), data.days.ordinal)


def city(values: np.ndarray, e: Expectation, *, median: bool = False) -> np.ndarray:
    """(T,) ln of the city's index."""
    return log_index(metric_index(values, e.cal, np.ones((1, values.shape[1]), dtype=bool), median=median).ratio)[:, 0]


def cleared(data: real.Series, e: Expectation, s: Suspects) -> np.ndarray:
    return np.where(s.jump | s.spike | ~np.isfinite(e.cal), np.nan, data.values)


def coverage(scores: np.ndarray, e: Expectation, days: Days) -> tuple[float, float]:
    """Share of all days, and of special days, inside their normal range, after the first year (which ranges learn from)."""
    low, high = normal_range(scores[:, None], days.kind, days.ordinal, slice(0, len(days)))
    known = np.isfinite(scores) & np.isfinite(low[:, 0]) & ~e.in_sample
    inside = (scores >= low[:, 0]) & (scores <= high[:, 0])
    return float(inside[known].mean()), float(inside[known & (days.kind == SPECIAL)].mean())


def halved(data: real.Series, e: Expectation, s: Suspects, *, calm: bool) -> tuple[float, float]:
    """Halve one sensor from a random day on, 300 times: share of trials found, and the median day on which they are."""
    rng = np.random.default_rng(0)
    ratio = log_ratios(data.values, e.full, e.offset)
    known = np.isfinite(s.apart)
    found, delay = [], []
    while len(found) < 300:
        i, t = int(rng.integers(ratio.shape[1])), int(rng.integers(400, len(ratio) - FORTNIGHT))
        past = s.apart[max(t - 180, 0) : t, i]
        spell = slice(t, t + FORTNIGHT)
        if np.isfinite(past).sum() < 90 or known[spell, i].sum() < 12 or s.jump[spell, i].any():
            continue
        restless = 1.4826 * np.nanmedian(np.abs(past - np.nanmedian(past))) > 0.25
        if calm and restless:
            continue
        trial = ratio[t - 200 if t >= 200 else 0 : t + FORTNIGHT].copy()
        trial[-FORTNIGHT:, i] += np.log((data.values[spell, i] / 2 + e.offset[spell, i]) / (data.values[spell, i] + e.offset[spell, i]))
        jump = suspects(trial, data.days.ordinal[max(t - 200, 0) : t + FORTNIGHT]).jump[-FORTNIGHT:, i]
        found.append(bool(jump.any()))
        delay += [int(np.argmax(jump)) + 1] * found[-1]
    return float(np.mean(found)), float(np.median(delay))


@pytest.mark.mirror
class TestMuensterBikes:
    def test_without_its_busiest_counter_the_index_hardly_moves_and_a_naive_sum_falls_apart(self, shared):
        data, e, s = told("muenster_bikes", shared)
        values = cleared(data, e, s)
        without = values.copy()
        busiest = int(np.argmax(np.nansum(values, axis=0)))
        without[:, busiest] = np.nan
        moved = 100 * np.abs(city(values, e) - city(without, e))[np.isfinite(values[:, busiest])]
        assert np.nanmedian(moved) <= 1.0
        assert np.nanquantile(moved, 0.95) <= 4.0
        both = np.isfinite(moved)
        sums = [np.nansum(x, axis=1)[np.isfinite(values[:, busiest])][both] for x in (values, without)]
        naive = 100 * np.abs(np.log(sums[0]) - np.log(sums[1]))
        assert np.median(naive) > 4.0

    def test_a_halved_counter_is_found_on_the_fourth_day_unless_it_is_as_restless_every_week(self, shared):
        data, e, s = told("muenster_bikes", shared)
        share, day = halved(data, e, s, calm=True)
        assert share >= 0.98
        assert day <= 5
        assert halved(data, e, s, calm=False)[0] >= 0.93

    def test_few_days_are_flagged_in_all(self, shared):
        _, _, s = told("muenster_bikes", shared)
        judged = np.isfinite(s.apart).sum()
        assert s.jump.sum() / judged < 0.04
        assert s.spike.sum() / judged < 0.01

    def test_nine_days_of_ten_are_normal_holidays_too(self, shared):
        data, e, s = told("muenster_bikes", shared)
        everyday, special = coverage(city(cleared(data, e, s), e), e, data.days)
        assert 0.88 <= everyday <= 0.93
        assert special >= 0.85


@pytest.mark.mirror
@pytest.mark.proof
class TestMuensterParking:
    def test_a_halved_car_park_is_mostly_found(self, shared):
        share, day = halved(*told("muenster_parking", shared), calm=False)
        assert share >= 0.80
        assert day <= 5

    def test_nine_days_of_ten_are_normal_holidays_too(self, shared):
        data, e, s = told("muenster_parking", shared)
        everyday, special = coverage(city(cleared(data, e, s), e, median=True), e, data.days)
        assert 0.88 <= everyday <= 0.93
        assert special >= 0.85


@pytest.mark.mirror
@pytest.mark.parametrize(("name", "column"), [("washington", 0), ("zurich", 0), ("zurich", 1)], ids=["bike-share", "cars", "bikes"])
def test_elsewhere_too_nine_days_of_ten_are_normal(shared, name, column):
    data, e, _ = told(name, shared)
    everyday, special = coverage(log_index(data.values[:, column] / e.cal[:, column]), e, data.days)
    assert 0.88 <= everyday <= 0.93
    assert special >= 0.85
