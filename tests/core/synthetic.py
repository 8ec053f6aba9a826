"""The simulator's city as the core sees it, and the truth beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from pulso.core.compose import Domain
from pulso.core.days import Days
from pulso.core.drivers import Drivers
from pulso.core.judge import Judgement, judge
from pulso.core.level import SPAN
from pulso.core.panel import Panel
from pulso.simulate import Simulated, small

FOOTPRINT = "environment"
DARK_EVERY = 11  # days


class Known(NamedTuple):
    """A judged synthetic city whose truth is known."""

    city: Simulated
    days: Days
    judgement: Judgement
    truth: np.ndarray  # (T, Z) ln of what the headline would be with the true metric indices and the same weights


def known(seed: int, *, dark: int | None = None) -> Known:
    """Judge a small city; on every eleventh day all sensors of zone `dark` are silent."""
    return judged(small(seed), dark=dark)


def judged(sim: Simulated, *, dark: int | None = None, pilot: tuple[int, int, int] | None = None) -> Known:
    """Judge any city; `pilot` is a zone, the first day of what was announced there, and the one after its last."""
    days = Days(sim.days.ordinal, sim.days.holiday, sim.days.holiday_names, sim.days.school)
    panels = [_panel(r, dark) for r in sim.readings.values()]
    if pilot is not None:
        panels = [replace(p, announced=_announced(p, *pilot)) for p in panels]
    zones = np.concatenate([np.ones((1, len(sim.zones)), dtype=bool), np.eye(len(sim.zones), dtype=bool)])
    domains = [Domain(name, footprint=name == FOOTPRINT) for name in dict.fromkeys(p.domain for p in panels)]
    found = judge(panels, days, _drivers(sim), zones=zones, domains=domains)
    true = np.stack([_true(sim, p) for p in panels], axis=-1)
    weight = np.where(np.isfinite(true), found.metric_weight, 0.0)
    total = weight.sum(axis=-1)
    truth = (weight * np.nan_to_num(true)).sum(axis=-1) / np.where(total > 0, total, 1.0)
    return Known(sim, days, found, np.where(total > 0.5, truth, np.nan))


def _panel(reading, dark: int | None) -> Panel:
    lit = np.ones(reading.seen.shape, dtype=bool)
    lit[::DARK_EVERY, reading.zone == dark] = False
    return Panel(
        name=reading.metric,
        domain=reading.domain,
        form=reading.form,
        grain="hour",
        ratio=reading.metric != "noise",
        importance=1.0,
        values=np.where(lit, reading.values, np.nan),
        seen=np.where(lit, reading.seen, 0.0),
        still=reading.still,
        zone=reading.zone,
        alive=reading.alive,
        excluded=np.zeros(reading.alive.shape, dtype=bool),
        source=reading.domain,
    )


def _announced(panel: Panel, zone: int, start: int, stop: int) -> np.ndarray:
    """(T, S) As the river numbers what was announced."""
    days = np.arange(len(panel.values))[:, None]
    return ((days >= start) & (days < stop + SPAN) & (panel.zone == zone)).astype(np.int64)


def _drivers(sim: Simulated) -> Drivers:
    """Weather by the day, and what a city would declare: all that happened but power cuts."""
    sky = sim.weather
    weather = [sky.temperature.mean(axis=1), sky.precipitation.sum(axis=1), sky.wind_speed.mean(axis=1), sky.humidity.mean(axis=1)]
    kinds = tuple(sorted({h.kind for h in sim.days.happenings} - {"power_cut"}))
    on = np.zeros((len(sim.days.ordinal), len(kinds)), dtype=bool)
    for h in sim.days.happenings:
        if h.kind in kinds:
            on[:, kinds.index(h.kind)] |= h.on(sim.days.ordinal)
    return Drivers(("temperature", "precipitation", "wind_speed", "humidity"), np.column_stack(weather), on, kinds)


def _true(sim: Simulated, panel: Panel) -> np.ndarray:
    """(T, Z) ln of the true ratio, in the form that is published."""
    index = sim.truth.middle if panel.form == "occupancy" else sim.truth.index
    return np.log(index[:, :, sim.truth.metrics.index(panel.name)] / 100.0)
