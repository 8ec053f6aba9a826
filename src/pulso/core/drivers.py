"""What moves a city besides the calendar: weather and declared events, as columns of a regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core.days import YEAR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLIMATE_WAVES = 2  # annual Fourier pairs of a variable's climatology
HOT = 25.0  # °C, daily mean from which warmth is heat
LEAST_WEATHER = 270  # days of a variable known in the window, or it is not used
EVERYDAY = 0.1  # an event kind that is on more often than this is no news: a holiday is learnt in spite of it


class Feature(NamedTuple):
    """One column made of one weather variable."""

    variable: str
    group: str
    shape: Literal["linear", "logarithm", "heat"]
    hinders: bool  # more of it never means more activity


FEATURES = (
    Feature("temperature", "temperature", "linear", hinders=False),
    Feature("temperature", "temperature", "heat", hinders=False),
    Feature("precipitation", "rain", "logarithm", hinders=True),
    Feature("snow_depth", "snow", "logarithm", hinders=True),
    Feature("snowfall", "snow", "logarithm", hinders=True),
    Feature("wind_speed", "wind", "linear", hinders=True),
    Feature("humidity", "humidity", "linear", hinders=False),
    Feature("sunshine", "sun", "linear", hinders=False),
    Feature("radiation", "sun", "linear", hinders=False),
    Feature("cloud_cover", "sun", "linear", hinders=False),
)
"""Weather variables by their standard names; one that is not here enters linearly, as a group of its own name."""


@dataclass(frozen=True)
class Drivers:
    """
    The weather of each day, and the declared events.

    Attributes
    ----------
    names
        V weather variables: temperature [°C], precipitation [mm], snow_depth [cm], snowfall [cm], wind_speed [m/s],
        humidity [%], sunshine [min], radiation [W/m²], cloud_cover [%].
    values : (T, V)
        NaN where unknown: the day then counts as one of usual weather for its season, and is marked so.
    events : (T, E)
        Where event kind e was on.
    event_kinds
        E names.
    where : (S, E)
        Which series an event kind touches; None for all.
    """

    names: tuple[str, ...]
    values: Floats
    events: Bools
    event_kinds: tuple[str, ...]
    where: Bools | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            raise ValueError(f"weather is (days, {len(self.names)} variables): got {self.values.shape}")
        if self.events.ndim != 2 or self.events.shape != (self.values.shape[0], len(self.event_kinds)):
            raise ValueError(f"events are (days, {len(self.event_kinds)} kinds): got {self.events.shape}")
        if self.where is not None and (self.where.ndim != 2 or self.where.shape[1] != len(self.event_kinds)):
            raise ValueError(f"`where` is (series, {len(self.event_kinds)} kinds): got {self.where.shape}")
        if np.isinf(self.values).any():
            raise ValueError("a weather value is a number, or NaN where unknown")

    @property
    def features(self) -> tuple[Feature, ...]:
        """The weather columns that these variables make."""
        known = {f.variable for f in FEATURES}
        own = tuple(Feature(name, name, "linear", hinders=False) for name in self.names if name not in known)
        return tuple(f for f in FEATURES if f.variable in self.names) + own

    @property
    def groups(self) -> tuple[str, ...]:
        """The K drivers: weather groups, then event kinds."""
        return tuple(dict.fromkeys(f.group for f in self.features)) + self.event_kinds

    @property
    def kinds(self) -> tuple[Literal["weather", "event"], ...]:
        """(K,) What each driver is."""
        weather = len(self.groups) - len(self.event_kinds)
        return tuple("weather" if k < weather else "event" for k in range(len(self.groups)))


def none(T: int) -> Drivers:
    """Nothing but the calendar, for T days."""
    return Drivers((), np.zeros((T, 0)), np.zeros((T, 0), dtype=bool), ())


class Columns(NamedTuple):
    """Driver columns for every day, as a fit on a window of days may know them."""

    X: Floats  # (T, q) weather as anomaly from its climatology, in s.d.; events as 0 and 1, then what they do more on a public holiday
    group: Ints  # (q,) which driver a column belongs to
    hinders: Bools  # (q,) coefficient bounded at 0
    unused: Bools  # (q,) nothing was learnt about it in the window
    beyond: Bools  # (T, K) outside everything the window has seen
    known: Bools  # (T, K) every variable of the driver is known that day
    running: Bools  # (T, q) days of events that run into the day after the window
    eventful: Bools  # (T,) an event was on that is no everyday matter


def columns(drivers: Drivers, ordinal: Ints, public: Bools, start: int, stop: int) -> Columns:
    """
    Turn drivers into columns, with climatology, spread and range taken from the days `start` to `stop` (excluded) only.

    Values beyond the range that the window has seen are drawn in to its edge, and marked: a straight line fitted on
    ordinary days says nothing about a storm. A feast that runs into a public holiday is another thing there than on the
    evening before: what an event does more, or less, on public holidays is a column of its own.
    """
    groups, features = drivers.groups, drivers.features
    X, unused, beyond, known = _weather(drivers, ordinal, start, stop)
    events, running = (np.hstack([on, on & public[:, None]]) for on in (drivers.events, running_into(drivers.events, stop)))
    kinds = np.arange(len(groups) - len(drivers.event_kinds), len(groups))
    rare = drivers.events[start:stop].mean(axis=0) <= EVERYDAY
    return Columns(
        X=np.hstack([X, events]),
        group=np.array([*(groups.index(f.group) for f in features), *kinds, *kinds], dtype=np.int64),
        hinders=np.array([f.hinders for f in features] + [False] * events.shape[1], dtype=bool),
        unused=np.concatenate([unused, ~(events & ~running)[start:stop].any(axis=0)]),
        beyond=beyond,
        known=known,
        running=np.hstack([np.zeros(X.shape, dtype=bool), running]),
        eventful=np.asarray(drivers.events[:, rare].any(axis=1)),
    )


def _weather(drivers: Drivers, ordinal: Ints, start: int, stop: int) -> tuple[Floats, Bools, Bools, Bools]:
    """Columns of the weather, (T, F), which of them say nothing, (F,), and the days beyond the window's range and known, (T, K)."""
    T, groups, features = len(ordinal), drivers.groups, drivers.features
    X = np.zeros((T, len(features)))
    unused = np.zeros(len(features), dtype=bool)
    beyond = np.zeros((T, len(groups)), dtype=bool)
    known = np.ones((T, len(groups)), dtype=bool)
    for j, feature in enumerate(features):
        raw = drivers.values[:, drivers.names.index(feature.variable)]
        k = groups.index(feature.group)
        known[:, k] &= np.isfinite(raw)
        seen = raw[start:stop][np.isfinite(raw[start:stop])]
        if seen.size < LEAST_WEATHER:
            unused[j] = True
            continue
        beyond[:, k] |= (raw < seen.min()) | (raw > seen.max())
        X[:, j] = anomaly(_shaped(np.clip(raw, seen.min(), seen.max()), feature.shape), ordinal, start, stop)
        unused[j] = not X[start:stop, j].any()
    return X, unused, beyond, known


def anomaly(x: Floats, ordinal: Ints, start: int, stop: int) -> Floats:
    """(T,) Difference from the season's mean in units of its spread, both learnt from `start` to `stop`; 0 where unknown."""
    waves = fourier(ordinal, CLIMATE_WAVES)
    season = np.column_stack([np.ones(len(ordinal)), waves])
    rows = np.arange(start, stop)[np.isfinite(x[start:stop])]
    usual, *_ = np.linalg.lstsq(season[rows], x[rows], rcond=None)
    apart = x - season @ usual
    spread = float(np.std(apart[rows]))
    if spread < 1e-9 * max(1.0, float(np.abs(x[rows]).max())):
        return np.zeros_like(x)
    return np.where(np.isfinite(apart), apart / spread, 0.0)


def fourier(ordinal: Ints, waves: int) -> Floats:
    """(T, 2 * waves) Sines and cosines of the year."""
    angle = 2 * np.pi * np.outer(ordinal / YEAR % 1.0, np.arange(1, waves + 1))
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


def running_into(events: Bools, stop: int) -> Bools:
    """(T, E) Days before `stop` that belong to an occurrence still on at `stop`: it must not explain itself."""
    running = np.zeros_like(events)
    if not 0 < stop < len(events):
        return running
    for e in np.flatnonzero(events[stop - 1] & events[stop]):
        still = np.flatnonzero(~events[:stop, e])
        running[still[-1] + 1 if still.size else 0 : stop, e] = True
    return running


def _shaped(x: Floats, shape: str) -> Floats:
    if shape == "logarithm":
        return np.log1p(np.maximum(x, 0.0))
    if shape == "heat":
        return np.maximum(x - HOT, 0.0)
    return x
