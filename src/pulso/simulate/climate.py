"""The weather of the synthetic city, and how it feels. Porto's in kind: mild, wet winters, dry summers, wind from the sea."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.special import expit

from pulso.simulate.chance import moods, stream

FEELINGS = ("wet", "cold", "warm", "hot", "windy", "stale")
"""What of the weather reaches people (and the air): each between 0 and about 1."""
YEARS_OF_CLIMATE = 100
NOBODY = 2**61 - 1
"""The seed of the climate's years, which no city is likely to have."""


@dataclass(frozen=True)
class Weather:
    """Hourly weather of T local days."""

    temperature: NDArray[np.float64]  # (T, 24) °C
    precipitation: NDArray[np.float64]  # (T, 24) mm
    wind_speed: NDArray[np.float64]  # (T, 24) m/s
    humidity: NDArray[np.float64]  # (T, 24) %

    def last(self, n: int) -> Weather:
        """The last n days."""
        return Weather(self.temperature[-n:], self.precipitation[-n:], self.wind_speed[-n:], self.humidity[-n:])


def weather(seed: int, of_year: NDArray[np.int_], storm: NDArray[np.bool_]) -> Weather:
    """Draw weather for consecutive days from ORIGIN on.

    Parameters
    ----------
    seed
        The weather's; every seed has its own years.
    of_year : (N,)
        Day of the year, 0 for 1 January.
    storm : (N,)
        Days on which a storm is ordained.
    """
    n = of_year.size
    winter = np.cos(2 * np.pi * (of_year - 15) / 365.25)
    wet = _wet_days(stream(seed, "wet").random(n), 0.25 + 0.15 * winter)
    amount = stream(seed, "rain").gamma(0.7, 13.0, n) * (1 + 0.2 * winter) * wet + 45.0 * storm
    breeze = moods(stream(seed, "wind"), n, sd=0.35, memory=0.5, tail=8)
    wind = np.where(storm, 15.0, 3.0 + 0.4 * winter) * np.exp(np.where(storm, 0.1, 1.0) * breeze + 0.15 * wet)
    warmth = 15.3 - 5.0 * np.cos(2 * np.pi * (of_year - 25) / 365.25) + moods(stream(seed, "warmth"), n, sd=2.8, memory=0.72, tail=12)
    hours = np.arange(24)
    swing = np.cos(2 * np.pi * (hours - 15) / 24)
    temperature = (warmth - 0.8 * wet)[:, None] + (3.8 - 1.8 * wet)[:, None] * swing
    centre = stream(seed, "hour of rain").uniform(0, 24, n)[:, None]
    away = np.abs((hours - centre + 12) % 24 - 12)
    spell = np.exp(-0.5 * (away / 3.5) ** 2) * stream(seed, "spell").gamma(0.8, 1.0, (n, 24))
    precipitation = amount[:, None] * spell / spell.sum(axis=1, keepdims=True)
    wind_speed = wind[:, None] * (1 + 0.25 * swing)
    humidity = np.clip(74 + 14 * wet[:, None] - 9 * swing - 1.2 * (warmth[:, None] - 15), 25, 100)
    return Weather(temperature.round(1), precipitation.round(1), wind_speed.round(1), humidity.round(0))


def feelings(seen: Weather) -> NDArray[np.float64]:
    """Say how each day feels: (T, 6), in the order of FEELINGS. Yesterday's rain is still felt a little."""
    daytime = seen.precipitation[:, 7:22].sum(axis=1)
    soaked = expit((np.log(daytime + 0.05) - np.log(3.0)) / 0.55)
    wet = 0.8 * soaked + 0.2 * np.concatenate([soaked[:1], soaked[:-1]])
    top, mean = seen.temperature.max(axis=1), seen.temperature.mean(axis=1)
    felt = 0.7 * mean + 0.3 * np.concatenate([mean[:1], mean[:-1]])
    wind = seen.wind_speed.mean(axis=1)
    stale = expit((2.2 - wind) / 0.7) * (0.6 + 0.4 * expit((9 - mean) / 2))
    return np.stack(
        [wet, expit((8 - felt) / 1.2), expit((felt - 18) / 2.2), expit((top - 31) / 1.5), expit((wind - 9) / 1.5), stale], axis=1
    )


@lru_cache(maxsize=4)
def climate(respond: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the median response to the weather of each day of the year, (366, K), from many years of no city in particular.

    `respond` turns feelings (N, 6) into responses (N, K). The median is of responses, not of feelings: a day that is a little wet and a
    little cold is more ordinary than one that is neither.
    """
    of_year = np.tile(np.arange(365), YEARS_OF_CLIMATE)
    felt = respond(feelings(weather(NOBODY, of_year, np.zeros(of_year.size, dtype=bool)))).reshape(YEARS_OF_CLIMATE, 365, -1)
    near = np.concatenate([np.roll(felt, shift, axis=1) for shift in range(-10, 11)])
    smooth = uniform_filter1d(np.median(near, axis=0), 21, axis=0, mode="wrap")
    return np.concatenate([smooth, smooth[-1:]])


def _wet_days(chance: NDArray[np.float64], often: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn uniform draws into wet (1) and dry (0) days that come in spells; `often` is the share of wet days."""
    stay = 0.35
    wet = np.zeros(chance.size)
    before = 0.0
    for i in range(chance.size):
        before = wet[i] = float(chance[i] < (often[i] + stay * (1 - often[i]) if before else often[i] * (1 - stay)))
    return wet
