"""Small made-up cities for the tests of the core."""

from __future__ import annotations

import numpy as np

from pulso.core.compose import Domain
from pulso.core.days import Days
from pulso.core.drivers import Drivers
from pulso.core.panel import Panel

MONDAY = 735_967  # 2016-01-04


def days(T: int, first: int = MONDAY) -> Days:
    return Days(np.arange(first, first + T), np.full(T, -1), (), np.zeros(T, dtype=bool))


SHAPE = np.array([1, 1, 1, 1, 2, 4, 8, 16, 14, 8, 6, 6, 8, 8, 8, 10, 14, 16, 12, 8, 6, 4, 2, 1], dtype=float)


def panel(daily: np.ndarray, *, form="flow", hours=None, **more) -> Panel:
    """A metric whose sensors spread their day, (T, S), over the hours by SHAPE, and of which `hours`, (T, S, 24), were seen."""
    T, S = daily.shape
    seen = np.ones((T, S, 24)) if hours is None else hours.astype(float)
    shape = SHAPE / SHAPE.sum() if form == "flow" else SHAPE / SHAPE.mean()
    values = daily[:, :, None] * shape * (seen if form == "flow" else 1.0)
    known = {"domain": "d", "ratio": True, "importance": 1.0, "still": np.zeros((T, S), dtype=int), "zone": np.zeros(S, dtype=int)}
    known |= {"alive": np.ones((T, S), dtype=bool), "excluded": np.zeros((T, S), dtype=bool), "name": "m", "grain": "hour"} | more
    return Panel(form=form, values=np.where(seen > 0, values, np.nan), seen=seen, **known)


def city(seed: int, T: int = 1100, *, sensors: int = 14, events: tuple[int, ...] = (), noise: float = 0.1):
    """
    A made-up city of three metrics on eight sensors or more, two zones and the rest, with rain and a strike.

    Heavy-tailed, autocorrelated day noise shared by all, drifting levels, sensors that come late. Returns panels, days and drivers.
    """
    rng = np.random.default_rng(seed)
    when = days(T)
    rain = np.maximum(rng.gamma(0.3, 8.0, T) - 2.0, 0.0)
    strike = np.isin(np.arange(T), events)
    week = np.where(when.weekday >= 5, -0.4, 0.0) + 0.15 * np.sin(2 * np.pi * when.ordinal / 365.25)
    shared = np.zeros(T)
    shocks = noise * rng.standard_t(5, T)
    for t in range(1, T):
        shared[t] = 0.5 * shared[t - 1] + shocks[t]
    drift = np.cumsum(rng.normal(0, 0.002, T))
    panels = []
    for m, (name, domain, form) in enumerate((("bikes", "cycling", "flow"), ("taps", "transit", "flow"), ("cars", "parking", "occupancy"))):
        size = rng.lognormal(5, 1, sensors)
        own = 0.1 * rng.standard_t(5, (T, sensors))
        push = (-0.05 * np.sqrt(rain) if m == 0 else 0.0) - (0.8 * strike if m == 1 else 0.0)
        y = np.log(size) + (week + (0.7 + 0.3 * m) * shared + drift + push)[:, None] + own
        hours = np.ones((T, sensors, 24), dtype=bool)
        hours[: 500 + 20 * m, -1] = False
        hours[rng.random((T, sensors)) < 0.03] = False
        hours &= rng.random(hours.shape) > 0.01
        zone = np.where(np.arange(sensors) < sensors // 2, 0, np.where(np.arange(sensors) < sensors - 1, 1, -1))
        panels.append(panel(np.exp(y), form=form, hours=hours, name=name, domain=domain, zone=zone))
    names = ("strike",) if events else ()
    return panels, when, Drivers(("precipitation",), rain[:, None], strike[:, None][:, : len(names)], names)


ZONES = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=bool)
DOMAINS = tuple(Domain(name) for name in ("cycling", "transit", "parking"))
