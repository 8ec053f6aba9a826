"""A city publishes day after day, sums its weeks, and corrects itself; an attacker keeps every print."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from pulso.core.privacy.audit import nothing
from pulso.core.privacy.tables import Published, Record, protect
from tests.core.privacy.cities import Attacker, by_zone, proven, table

NOTHING = Record(nothing(0), csr_array((0, 0)))
PLACES, HOURS, DAYS = 5, 4, 3
ZONE = np.array([0, 0, 1, 1, 1])
DAY = PLACES * HOURS
OF_DAY = np.vstack([table((PLACES, HOURS), (0, 1), (0,), (1,), ()), by_zone(ZONE, DAY)])
"""Each place and hour, places, hours, the city; zones by the hour."""


class City:
    """Its cells, each with the value that holds now and those that held, and what it has told."""

    def __init__(self, seed: int, base: int):
        self.rng, self.base = np.random.default_rng(seed), base
        self.size = self.rng.gamma(1.0, 14.0, PLACES)
        self.values = np.zeros(0)
        self.cell = np.zeros(0, dtype=int)  # the attacker's number of each column
        self.record = NOTHING
        self.attacker = Attacker(2 * DAY * DAYS, k=10, base=base)
        self.small: list[np.ndarray] = []  # what the attacker would like to know

    def count(self, days: int) -> None:
        """Days pass: their sessions are counted."""
        new = self.rng.poisson(np.repeat(np.tile(self.size, days), HOURS) * np.tile([0.3, 1, 1.5, 0.8], PLACES * days)).astype(float)
        self._turn(np.zeros(self.values.size, dtype=bool), self.values, new)

    def correct(self, share: float) -> None:
        """Late news come of some cells."""
        changed = self.rng.random(self.values.size) < share
        changed[DAY * DAYS :] = False  # what held once stays what it was
        now = np.where(changed, np.maximum(self.values + self.rng.integers(-9, 10, changed.size), 0), self.values)
        self._turn(changed, now, np.zeros(0))

    def _turn(self, changed: np.ndarray, now: np.ndarray, new: np.ndarray) -> None:
        fresh = self.cell.max(initial=-1) + 1 + np.arange(new.size + changed.sum())
        was = self.cell[changed]
        former = self.values[changed]
        self.record = self.record.later(changed, new=new.size)
        cell = self.cell.copy()
        cell[changed] = fresh[new.size :]
        self.cell = np.concatenate([cell, fresh[: new.size], was])
        self.values = np.concatenate([now, new, former])

    def publish(self, figures: np.ndarray) -> Published:
        """Sums of the first cells, those that hold now."""
        wide = np.hstack([figures, np.zeros((len(figures), self.values.size - figures.shape[1]))])
        no = np.zeros(self.values.size, dtype=bool)
        found = protect(self.values, wide, no, np.zeros(len(wide), dtype=bool), base=self.base, record=self.record)
        assert not found.lost.any()
        self.record = found.record
        self.attacker.reads(wide, found, self.cell)
        for row in wide[wide @ self.values < 10]:
            self.small.append(np.bincount(self.cell, weights=row, minlength=self.attacker.cells))
        return found

    def broken(self) -> list[tuple[int, float, tuple[float, float]]]:
        """What the attacker can prove."""
        truth = np.zeros(self.attacker.cells)
        truth[self.cell] = self.values
        cells = np.eye(truth.size)[self.cell[self.values < 10]]
        return proven(self.attacker, np.unique(np.vstack([cells, *self.small]), axis=0), truth)


def days_from(first: int, figures: np.ndarray) -> np.ndarray:
    """Figures of the day that begins at this cell."""
    return np.hstack([np.zeros((len(figures), first)), figures])


@pytest.mark.parametrize("base", [1, 5])
@pytest.mark.parametrize("seed", range(2))
def test_nothing_below_k_is_proven_from_days_weeks_and_corrections(seed, base):
    city = City(seed, base)
    for day in range(DAYS):
        city.count(1)
        city.publish(days_from(day * DAY, OF_DAY))
    week = table((DAYS, PLACES, HOURS), (1, 2), (1,), (0,), (2,), ())  # an hour of all days; places; days; hours; all
    found = city.publish(week)
    assert np.isfinite(found.figures).mean() > 0.3, "to withhold nearly all is easy"
    assert city.broken() == []
    city.correct(0.15)
    for day in range(DAYS):
        city.publish(days_from(day * DAY, OF_DAY))
    city.publish(week)
    assert city.broken() == []


def test_publications_that_forget_what_was_published_give_cells_away():
    """The attack works where it can: so a test that finds nothing says something."""
    won = 0
    for seed in range(4):
        city = City(seed, base=1)
        city.count(1)
        city.publish(OF_DAY)
        city.correct(0.15)
        city.record = NOTHING.later(np.zeros(0, dtype=bool), new=city.values.size)
        city.publish(OF_DAY)
        won += bool(city.broken())
    assert won


def test_cells_without_complements_are_given_away():
    city = City(0, base=1)
    city.count(1)
    totals = OF_DAY @ city.values
    naive = Published(np.where(totals < 10, np.nan, totals), np.ones(totals.size), city.record, np.zeros(0, dtype=bool))
    city.attacker.reads(OF_DAY, naive, city.cell)
    assert city.broken()


def test_a_number_that_stricter_rules_would_hide_but_that_is_out_already_is_called_lost():
    figures = table((3,), (0,), ())
    values, no, none = np.array([12.0, 40, 30]), np.zeros(3, dtype=bool), np.zeros(4, dtype=bool)
    first = protect(values, figures, no, none)
    again = protect(values, figures, no, none, k=20, record=first.record)
    assert again.lost.tolist() == [True, False, False, False, False, False, False]
    assert np.isnan(again.figures[0])


def test_what_is_said_to_be_known_must_be_so():
    figures = table((3,), (0,), ())
    no, none = np.zeros(3, dtype=bool), np.zeros(4, dtype=bool)
    first = protect([12.0, 40, 30], figures, no, none)
    with pytest.raises(ValueError, match="corrected"):
        protect([22.0, 40, 30], figures, no, none, record=first.record)
    with pytest.raises(ValueError, match="cells, not"):
        protect([12.0, 40], figures[:, :2][:2], no[:2], none[:2], record=first.record)


def test_a_slice_that_would_complete_an_earlier_one_is_withheld():
    """Yesterday the place and the city; today the rest of the city, by itself harmless."""
    no, none = np.zeros(3, dtype=bool), np.zeros(1, dtype=bool)
    values = np.array([4.0, 40, 30])
    first = protect(values, [[1, 1, 1]], no, none, base=1)
    assert first.figures.tolist() == [74]
    second = protect(values, [[0, 1, 1]], no, none, base=1, record=first.record)
    assert np.isnan(second.figures).all()
    assert not second.lost.any()
