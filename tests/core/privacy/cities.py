"""Simulated cities' tables, and the attacker who reads all that they publish."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple, Protocol

import numpy as np
from scipy.optimize import linprog

Floats = np.ndarray


def table(shape: tuple[int, ...], *slices: tuple[int, ...]) -> Floats:
    """
    Sums over a table of this shape (a cell each, row by row).

    A slice names the axes that are kept: () is the total of all, (0,) a sum a place, (0, 1) one a place and hour.
    """
    cells = np.arange(int(np.prod(shape))).reshape(shape)
    rows = []
    for kept in slices:
        for at in product(*(range(shape[axis]) for axis in kept)):
            index = [slice(None)] * len(shape)
            for axis, i in zip(kept, at, strict=True):
                index[axis] = i
            rows.append(np.isin(cells.ravel(), cells[tuple(index)].ravel()))
    return np.array(rows, dtype=float)


def by_zone(zone: Floats, per_place: Floats) -> Floats:
    """Sums over the places of each zone, of a table places × the rest whose cells lie row by row."""
    rest = per_place // zone.size
    of_cell = np.repeat(zone, rest)
    return np.array([(of_cell == z) & (np.arange(per_place) % rest == h) for z in np.unique(zone) for h in range(rest)], dtype=float)


class Readable(Protocol):
    """Whatever was published has figures; NaN where nothing is said."""

    @property
    def figures(self) -> Floats: ...


class Printed(NamedTuple):
    """Nothing but figures."""

    figures: Floats


class Attacker:
    """Collects what is printed, knows how it was rounded and that nothing below k is shown, and solves for the rest."""

    def __init__(self, cells: int, *, k: int, base: int, whole: bool = True):
        self.cells, self.k, self.base, self.whole = cells, k, base, whole
        self.rows: list[Floats] = []
        self.ends: list[tuple[float, float]] = []

    def reads(self, figures: Floats, published: Readable, cell: Floats | None = None) -> None:
        """Note each printed figure; `cell` says which of the attacker's cells the publication's are."""
        at = np.arange(figures.shape[1]) if cell is None else cell
        for row, shown in zip(figures, published.figures, strict=True):
            if np.isnan(shown):
                continue
            wide = np.zeros(self.cells)
            np.add.at(wide, at, row)
            candidates = np.arange(max(0, shown - self.base), shown + self.base + 1)
            if self.whole:  # by trying each number, not by a formula
                candidates = [n for n in candidates if self.base * np.floor(n / self.base + 0.5) == shown and n >= self.k]
                low, high = min(candidates), max(candidates)
            else:
                low, high = max(0.0, shown - self.base / 2), shown + self.base / 2
            self.rows.append(wide)
            self.ends.append((low, high))

    def bounds(self, row: Floats) -> tuple[float, float]:
        """The least and the greatest that a sum of cells can be."""
        up, b_up = [], []
        for r, (low, high) in zip(self.rows, self.ends, strict=True):
            up += [r, -r]
            b_up += [high, -low]
        ends = []
        for sign in (1, -1):
            whole = np.ones(self.cells) if self.whole else None
            found = linprog(sign * row, A_ub=np.array(up) if up else None, b_ub=b_up or None, bounds=(0, 1e6), integrality=whole)
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return ends[0], ends[1]


def proven(attacker: Attacker, entries: Floats, values: Floats) -> list[tuple[int, float, tuple[float, float]]]:
    """Numbers below k of which the attacker can say that they are below k, or that they aren't 0; or that he knows exactly."""
    broken = []
    for i, row in enumerate(entries):
        truth = float(row @ values)
        low, high = attacker.bounds(row)
        assert low - 1e-6 <= truth <= high + 1e-6, "the attacker is mistaken: the test is wrong"
        if truth < attacker.k and (low > 1e-6 or high < attacker.k - 1e-6):
            broken.append((i, truth, (low, high)))
    return broken
