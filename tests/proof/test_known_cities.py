"""Cities whose truth is known, kind of day by kind of day; `tests/core/test_must_cover.py` holds them to their bars as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from pulso.core.days import KINDS
from pulso.simulate.sensing import FINE
from tests.core.synthetic import FOOTPRINT, Known, known
from tests.core.test_must_cover import SEEDS, city, covered

QUICK = (20, 21)  # cities that no other test judges
SPREAD = 0.02  # s.d. of one city's share, over the twenty of the proof
MANY = 0.95  # quantile of a city's days by how many of its sensors are broken


def inside(k: Known, on: np.ndarray) -> np.ndarray:
    """Whether the city's interval holds the truth, on those of the days on which the question can be asked."""
    there, asked = covered(k)
    return there[on & asked[:, 0], 0]


def broken(k: Known) -> np.ndarray:
    """(T,) Share of the living sensors that are dead, frozen or halved; footprints aside."""
    counting = [r for r in k.city.readings.values() if r.domain != FOOTPRINT]
    failing = sum(((r.fault != FINE) & r.alive).sum(axis=1) for r in counting)
    return np.asarray(failing / sum(r.alive.sum(axis=1) for r in counting))


def test_in_two_cities_about_nine_intervals_of_ten_hold_the_truth():
    shares = [inside(k, np.ones(len(k.days), dtype=bool)).mean() for k in map(known, QUICK)]
    assert abs(np.mean(shares) - 0.90) <= 3 * SPREAD / np.sqrt(len(QUICK))


@pytest.mark.proof
class TestKindsOfDay:
    @pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
    def test_no_kind_of_day_is_left_out_of_the_promise(self, kind):
        found = np.concatenate([inside(city(s), city(s).days.kind == kind) for s in SEEDS])
        print(f"{KINDS[kind]}: {found.mean():.3f} of {found.size} days")
        assert found.mean() >= 0.85

    def test_public_holidays_are_covered_on_whatever_weekday_they_fall(self):
        for name, weekdays in {"weekday": (0, 1, 2, 3, 4), "Saturday": (5,), "Sunday": (6,)}.items():
            found = np.concatenate([inside(city(s), city(s).days.public & np.isin(city(s).days.weekday, weekdays)) for s in SEEDS])
            print(f"holidays on a {name}: {found.mean():.3f} of {found.size} days")
            assert found.mean() >= 0.85

    def test_the_night_of_sao_joao_does_not_spoil_the_holiday_after_it(self):
        found = np.concatenate([inside(city(s), city(s).days.date_in_year == 624) for s in SEEDS])
        print(f"24 June: {found.mean():.3f} of {found.size} days")
        assert found.mean() >= 0.85

    def test_where_most_sensors_are_broken_the_truth_stays_inside_as_often(self):
        found = []
        for s in SEEDS:
            share = broken(city(s))
            found.append(inside(city(s), share >= np.quantile(share, MANY)))
        held = np.concatenate(found)
        print(f"days with most sensors broken: {held.mean():.3f} of {held.size} days")
        assert held.mean() >= 0.85
