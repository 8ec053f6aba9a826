"""Placebo windows on real series: what intervals cover where nothing was declared, by ours and by other methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core.baseline import expect
from pulso.core.effects.gibbs import LOOSE, Prior
from pulso.core.effects.steady import Steady, steady
from pulso.core.effects.structural import impact
from pulso.core.effects.window import contrasts, placebo_windows, window_effect
from pulso.core.flags import log_ratios, suspects
from pulso.core.index import log_index, metric_index
from pulso.core.statespace import local_level
from tests.core import real
from tests.core.effects.frozen import frozen_effects

Floats = NDArray[np.float64]
NAMES = ("Münster bikes", "Münster parking", "Zürich cars", "Zürich bikes", "Washington bike-share")
LENGTHS = (1, 7, 28)
TUNED = {"Münster bikes": range(2021, 2024), "Münster parking": range(2021, 2024)}
HELD_OUT = {
    "Münster bikes": range(2024, 2027),
    "Münster parking": range(2024, 2027),
    "Zürich cars": range(2021, 2023),
    "Zürich bikes": range(2021, 2023),
    "Washington bike-share": range(2012, 2013),
}
PAST = 730
REACH = 1.96


class Sample(NamedTuple):
    """A city's published series of one metric."""

    data: real.Series
    observed: Floats  # (T, sensors) without what the engine flags
    log: Floats  # (T,) ln(index / 100) as published
    series: Steady
    calm: Steady  # the same without the day's weather, where it is known
    in_sample: NDArray[np.bool_]


@cache
def sample(name: str, shared: Path) -> Sample:
    """The engine's city index, sensors with a fault left out; Zürich's two metrics are a sensor each."""
    place, what = name.split(maxsplit=1)
    load = {"Münster": {"bikes": real.muenster_bikes, "parking": real.muenster_parking}}.get(place, {})
    data = load.get(what, real.zurich if place == "Zürich" else real.washington)(shared)
    if place == "Zürich":
        data = data._replace(values=data.values[:, [data.names.index(what)]])
    told = expect(data.values, data.days, data.drivers)
    faulty = suspects(log_ratios(data.values, told.full, told.offset), data.days.ordinal)
    observed = np.where((faulty.jump | faulty.spike) & (place == "Münster"), np.nan, data.values)
    whole = np.ones((1, observed.shape[1]), dtype=bool)
    log, calm = (log_index(metric_index(observed, usual, whole).ratio)[:, 0] for usual in (told.cal, told.full))
    return Sample(data, observed, log, steady(log), steady(calm), told.in_sample)


class Called(NamedTuple):
    """One placebo window: the estimate and interval that a method gave it, in logarithms."""

    start: int
    log: float
    low: float
    high: float
    placebos: Floats | None = None


Way = Callable[[Sample, int, int], Called | None]


def starts(one: Sample, years: range, h: int, step: int) -> Iterator[int]:
    for s in range(0, len(one.log) - h + 1, step):
        if one.data.days.year[s] in years and not one.in_sample[s]:
            yield s


def default(one: Sample, start: int, h: int) -> Called | None:
    found = window_effect(one.series, start, start + h, kind=one.data.days.kind)
    return None if found.refusal else Called(start, *found[:3], found.placebos.effects)


def calm_index(one: Sample, start: int, h: int) -> Called | None:
    """On the index that the engine publishes without the day's weather."""
    return None if one.data.drivers is None else default(one._replace(series=one.calm), start, h)


def without_weather(one: Sample, start: int, h: int) -> Called | None:
    if one.data.drivers is None:
        return None  # a straight line a column, learnt by the window effect itself
    found = window_effect(one.series, start, start + h, kind=one.data.days.kind, covariates=one.data.drivers.values)
    return None if found.refusal else Called(start, *found[:3], found.placebos.effects)


def _contrast(one: Sample, start: int, h: int) -> float:
    return float(contrasts(one.series.log[: start + h], h, one.series.segment[: start + h])[start])


def _departures(one: Sample, start: int) -> Floats:
    """Daily departures from the 28 days before, in the last two years: the published index."""
    return one.log[max(start - PAST, 0) : start]


def root_of_days(one: Sample, start: int, h: int) -> Called | None:
    """Estimate ± 1.96 s.d. / √h: as if days didn't resemble each other."""
    return _around(one, start, h, REACH * float(np.nanstd(_departures(one, start))) / np.sqrt(h))


def _around(one: Sample, start: int, h: int, reach: float) -> Called | None:
    log = _contrast(one, start, h)
    return Called(start, log, log - reach, log + reach) if np.isfinite(log) and np.isfinite(reach) else None


def block_bootstrap(one: Sample, start: int, h: int) -> Called | None:
    """Means of h days, put together from blocks of a week of the last two years' departures."""
    past, log = _departures(one, start), _contrast(one, start, h)
    past = past[np.isfinite(past)]
    if past.size < 200 or not np.isfinite(log):
        return None
    rng = np.random.default_rng(start)
    block = min(h, 7)
    at = rng.integers(0, past.size - block + 1, (999, -(-h // block)))
    means = past[at[..., None] + np.arange(block)].reshape(999, -1)[:, :h].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Called(start, log, log - high, log - low)


def filtered(one: Sample, start: int, h: int) -> Called | None:
    """A local level, by maximum likelihood on the year before, carried forward."""
    before, window = one.series.log[max(start - 365, 0) : start], one.series.log[start : start + h]
    at = np.flatnonzero(np.isfinite(window)) + 1.0
    if np.isfinite(before).sum() < 200 or at.size < h / 2 or not np.isfinite(_contrast(one, start, h)):
        return None
    fit = local_level(before)
    walked = np.minimum(at[:, None], at).mean()
    reach = REACH * np.sqrt(fit.variance[-1] + fit.drift * walked + fit.noise / at.size)
    log = float(np.nanmean(window) - fit.level[-1])
    return Called(start, log, log - reach, log + reach)


def structural(one: Sample, start: int, h: int, prior: Prior | None = None) -> Called | None:
    """A Bayesian structural time series on the two years before; the weather, where it is known, as controls."""
    span = slice(max(start - PAST, 0), start + h)
    y = one.series.log[span]
    if np.isfinite(y[:-h]).sum() < 200 or not np.isfinite(_contrast(one, start, h)):
        return None
    x = None
    if one.data.drivers is not None:
        x = one.data.drivers.values[span]
        x = x[:, np.isfinite(x).all(axis=0)]
    found = impact(y, x, y.size - h, rng=np.random.default_rng(start), draws=300, burn=100, prior=prior).mean
    return Called(start, *(float(part) for part in found))


def structural_loose(one: Sample, start: int, h: int) -> Called | None:
    """The same, less sure that the level stays."""
    return structural(one, start, h, LOOSE)


def tried(way: Way, shared: Path, years: dict[str, range], h: int, step: int) -> dict[str, list[Called]]:
    """What a method said of every `step`-th window of each series."""
    found = {}
    for name, when in years.items():
        one = sample(name, shared)
        told = (way(one, s, h) for s in starts(one, when, h, step))
        found[name] = [c for c in told if c is not None]
    return found


def of_any_kind(one: Sample, start: int, h: int) -> Called | None:
    """The default without a look at kinds of day."""
    found = window_effect(one.series, start, start + h)
    return None if found.refusal else Called(start, *found[:3], found.placebos.effects)


def signed(one: Sample, start: int, h: int) -> Called | None:
    """The default with a rank for each side, 2.5 % beyond each."""
    found = default(one, start, h)
    if found is None:
        return None
    ranked = np.sort(found.placebos)
    tail = int(0.025 * (ranked.size + 1))
    return found._replace(low=found.log - ranked[-tail], high=found.log - ranked[tail - 1])


def score(told: list[Called]) -> float:
    """Mean interval score at 95 % (Gneiting & Raftery 2007): width, and forty times by how much 0 is missed. Less is better."""
    return float(np.mean([c.high - c.low + 40.0 * max(c.low, -c.high, 0.0) for c in told]))


def announced(name: str, shared: Path, h: int) -> Floats:
    """What is known before a pilot on the last window of a series that isn't refused: past windows, as if none of its days were seen."""
    one = sample(name, shared)
    backwards = sorted(starts(one, HELD_OUT[name], h, 1), reverse=True)
    start = next(s for s in backwards if default(one, s, h) is not None)
    return placebo_windows(one.series, start, start + h, kind=one.data.days.kind).effects


def coverage(told: list[Called]) -> float:
    """Share of the intervals that hold 0."""
    return float(np.mean([c.low <= 0 <= c.high for c in told])) if told else np.nan


def width(told: list[Called]) -> float:
    """Mean half width, in logarithms."""
    return float(np.mean([(c.high - c.low) / 2 for c in told])) if told else np.nan


def against_frozen(name: str, shared: Path, h: int, step: int = 11) -> tuple[float, float, int]:
    """Correlation and median absolute difference of effects by `steady` and by an expectation truly frozen; number of windows."""
    one = sample(name, shared)
    at = [s for s in range(0, len(one.log) - h + 1, step) if not one.in_sample[s]]
    real_ones = frozen_effects(one.observed, one.data, at, h)
    ours = contrasts(one.series.log, h, one.series.segment)[at]
    both = np.isfinite(real_ones) & np.isfinite(ours)
    apart = np.abs(real_ones - ours)[both]
    return float(np.corrcoef(real_ones[both], ours[both])[0, 1]), float(np.median(apart)), int(both.sum())
