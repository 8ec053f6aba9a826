"""Made-up streets: series whose truth is known."""

from __future__ import annotations

import numpy as np

from pulso.core.days import Days
from pulso.core.drivers import Drivers

NOISE = 0.08  # standard deviation of a street's daily noise, in ln points
FIRST = 737_060  # 1 January 2019


def days(T: int, holidays: dict[int, int] | None = None) -> Days:
    holiday = np.full(T, -1)
    for at, which in (holidays or {}).items():
        holiday[at] = which
    return Days(FIRST + np.arange(T), holiday, ("a", "b"), np.zeros(T, dtype=bool))


def city(T: int, S: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    t = np.arange(T)[:, None]
    shape = 0.3 * np.cos(2 * np.pi * t / 365) + np.where(t % 7 > 4, -0.5, 0.0)
    return np.exp(rng.uniform(3, 8, S) + shape + rng.normal(0, NOISE, (T, S)))


def weather(T: int, seed: int = 2) -> Drivers:
    rng = np.random.default_rng(seed)
    warm = 12 - 9 * np.cos(2 * np.pi * np.arange(T) / 365) + rng.normal(0, 4, T)
    wet = np.maximum(rng.normal(-2, 4, T), 0)
    concert = np.zeros((T, 1), dtype=bool)
    concert[[400, 500, 650]] = True
    return Drivers(("temperature", "precipitation"), np.column_stack([warm, wet]), concert, ("concert",))
