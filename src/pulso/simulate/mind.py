"""What moves the city: drifts that are part of what is usual, and moods and happenings that are not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pulso.simulate.chance import ORIGIN, drift, moods, stream
from pulso.simulate.days import Days, Happening
from pulso.simulate.life import Array, Mood, rhythm
from pulso.simulate.plan import MODES, PURPOSES, ZONES

P, M, Z = len(PURPOSES), len(MODES), len(ZONES)
NIGHT = np.isin(np.arange(24), (19, 20, 21, 22, 23))
SMALL_HOURS = np.arange(24) < 6


def ordinary(seed: int, days: Days) -> Mood:
    """What moves people on ordinary days: the rhythm of the year, and a level that drifts slowly. No weather yet."""
    n = int(days.ordinal[-1]) - ORIGIN + 1
    keep = slice(n - days.ordinal.size, n)
    years = (days.ordinal - ORIGIN) / 365.25

    def drifts(name: str, count: int, sd: float) -> Array:
        return np.stack([drift(stream(seed, "drift", name, i), n, sd=sd)[keep] for i in range(count)], axis=1)

    season = 1 + 0.5 * drifts("season", P, 0.08)
    wish = rhythm(days) * season + drifts("wish", P, 0.020)
    liking = drifts("liking", M, 0.015) + 0.05 * np.minimum(years, 12)[:, None] * np.array([0, 0, 0.3, 1.0, -0.2])
    pull = np.exp(np.stack([drift(stream(seed, "drift", "pull", z.id), n, sd=0.012)[keep] for z in ZONES], axis=1))
    size = days.ordinal.size
    return Mood(wish, liking, np.repeat(pull[:, None, :], P, axis=1), np.ones((size, P, 24)), np.zeros(size))


def stirred(seed: int, days: Days, calm: Mood) -> Mood:
    """The same days with their moods: noise of the city, of each purpose, mode and zone, that remembers and surprises."""
    n = int(days.ordinal[-1]) - ORIGIN + 1
    keep = slice(n - days.ordinal.size, n)

    def noise(sd: float, memory: float, tail: float, *name: str | int) -> Array:
        return moods(stream(seed, "mood", *name), n, sd=sd, memory=memory, tail=tail)[keep]

    city = noise(0.030, 0.45, 4, "city")
    wish = np.stack([noise(0.040, 0.35, 4, "purpose", p) for p in PURPOSES], axis=1) + city[:, None]
    liking = np.stack([noise(0.035, 0.5, 4, "mode", m) for m in MODES], axis=1)
    pull = np.exp(np.stack([noise(0.045, 0.45, 3.5, "zone", z.id) for z in ZONES], axis=1))
    angle = 2 * np.pi * np.arange(24) / 24
    sway = noise(0.05, 0.2, 6, "hour", 0)[:, None] * np.cos(angle) + noise(0.05, 0.2, 6, "hour", 1)[:, None] * np.sin(angle)
    return replace(
        calm,
        wish=calm.wish + wish,
        liking=calm.liking + liking,
        pull=calm.pull * pull[:, None, :],
        hour=calm.hour * np.exp(sway)[:, None, :],
    )


@dataclass(frozen=True)
class Push:
    """What one kind of happening does to people; the order of values is that of PURPOSES and MODES."""

    wish: tuple[float, ...] = (0.0,) * P
    liking: tuple[float, ...] = (0.0,) * M
    pull: tuple[float, ...] = (1.0,) * P  # factor on what its zone draws
    evening: float = 1.0  # factor on leisure and night, from 19:00 of its first day
    small_hours: float = 1.0  # the same, until 6:00 of the day after its first
    only: tuple[int, ...] = field(default=())  # which of its days the wish and liking change; all, if empty


PUSHES: dict[str, Push] = {
    "festival": Push(wish=(-0.05, -0.05, 0.05, 0.55, 0.90), liking=(0.1, 0.05, 0.15, 0.35, -0.05), pull=(1, 1, 1.2, 3.2, 4.5)),
    "feast": Push(wish=(-0.10, 0.0, 0.10, 0.35, 0.80), liking=(0.35, 0.10, 0.35, 0.10, -0.45), evening=2.2, small_hours=2.6, only=(0,)),
    "strike": Push(wish=(-0.10, -0.18, -0.10, -0.08, -0.05), liking=(0.05, -1.9, 0.10, 0.10, 0.05)),
    "storm": Push(wish=(-0.25, -0.45, -0.55, -0.85, -0.90), liking=(-0.4, -0.2, -0.1, -1.0, 0.1)),
    "carnival": Push(wish=(-0.75, -0.20, 0.10, 0.35, 0.60)),
    "power_cut": Push(),
    "pilot": Push(),
}
"""By kind. A power cut moves nobody here: it silences sensors, and a silent sensor is not a quiet street.
A pilot says itself what it does."""


def push(mood: Mood, ordinal: NDArray[np.int_], happening: Happening) -> Mood:
    """Let a happening act on those of a mood's days, (R,) ordinals, that it touches."""
    how = PUSHES[happening.kind]
    on = happening.on(ordinal)
    day = ordinal - happening.first.toordinal()
    acting = on & np.isin(day, how.only) if how.only else on
    wish = mood.wish + acting[:, None] * np.array(how.wish)
    liking = mood.liking + acting[:, None] * np.array(how.liking)
    pull, hour = mood.pull, mood.hour
    if happening.zone is not None:
        here = np.array([z.id == happening.zone for z in ZONES])
        pull = np.where((on[:, None] & here)[:, None, :], pull * happening.draw * np.array(how.pull)[None, :, None], pull)
    out = np.array([p in ("leisure", "night") for p in PURPOSES])
    hour = _louder(hour, (day == 0) & on, out, NIGHT, how.evening)
    hour = _louder(hour, (day == 1) & on, out, SMALL_HOURS, how.small_hours)
    return replace(mood, wish=wish, liking=liking, pull=pull, hour=hour)


def _louder(hour: Array, on: NDArray[np.bool_], purposes: NDArray[np.bool_], hours: NDArray[np.bool_], factor: float) -> Array:
    return np.where(on[:, None, None] & purposes[None, :, None] & hours[None, None, :], hour * factor, hour)
