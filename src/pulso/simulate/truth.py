"""What was true: the index that a reader of the feeds tries to find, and what moved it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.simulate import sensing
from pulso.simulate.climate import climate
from pulso.simulate.days import Days, Happening
from pulso.simulate.life import Array, Mood, live, response, weather_mood
from pulso.simulate.mind import push
from pulso.simulate.plan import ARRIVALS, INSTRUMENTS, ZONES

METRICS = (*(i.metric for i in INSTRUMENTS), ARRIVALS)


class Effect(NamedTuple):
    """What one happening truly did on the days that it touched."""

    happening: Happening
    rows: NDArray[np.int_]  # (R,) its days, as rows of the simulation
    ln: Array  # (R, Z + 1, M) ln of the index with it, less that without it


@dataclass(frozen=True)
class Truth:
    """The true indices of T days. In every array the first of Z + 1 zones is the city, then the zones in order; M as in `metrics`.

    The true index is 100 × what all living sensors of the metric would count without chance and faults, over what they would count on an
    ordinary day of that kind. *Ordinary* has the weekday, the season, school terms, public holidays and their eves and bridges, the slow
    drift of people's habits and of each sensor's surroundings, and the median weather of that time of the year. What is not ordinary, and
    so is in the index: the day's weather, festivals, the night of São João, strikes, storms, carnival, pilots, and the moods of city,
    purpose, mode and zone. What is neither: chance at a single sensor, faults, lost stamps, power cuts: they are measurement.
    """

    metrics: tuple[str, ...]
    index: Array  # (T, Z + 1, M) ratio of the sensors' sums over the day; NaN where no sensor lives
    middle: Array  # (T, Z + 1, M) the same from the median of the sensors' ratios
    weather: Array  # (T, Z + 1, M) ln points that the day's weather gave
    effects: tuple[Effect, ...]

    def of(self, metric: str, zone: int = 0, *, middle: bool = False) -> Array:
        """(T,) the true index of one metric in the city (0) or a zone (1 …)."""
        return (self.middle if middle else self.index)[:, zone, self.metrics.index(metric)]

    def between(self, start: int, stop: int) -> Truth:
        """The rows from start to before stop."""
        effects = []
        for e in self.effects:
            inside = (e.rows >= start) & (e.rows < stop)
            if inside.any():
                effects.append(Effect(e.happening, e.rows[inside] - start, e.ln[inside]))
        return replace(
            self, index=self.index[start:stop], middle=self.middle[start:stop], weather=self.weather[start:stop], effects=tuple(effects)
        )


def judge(days: Days, calm: Mood, restless: Mood, felt: Array, sites: list[sensing.Site]) -> tuple[Truth, Mood]:
    """Say what was true, by letting the same city live as it did, on ordinary days, and without each thing that moved it.

    Parameters
    ----------
    days
        The calendar of T days.
    calm, restless
        Moods of T days without and with their noise; no weather, no happenings yet.
    felt : (T, 6)
        How the weather of the days felt.
    sites
        Where sensors stand, in the order of INSTRUMENTS.

    Returns
    -------
    Truth, and the mood in which the city really was.
    """
    rows = np.arange(days.ordinal.size)
    real, usual = response(felt), climate(response)[days.of_year]

    def all_but(absent: Happening | None, responses: Array, at: NDArray[np.int_]) -> Mood:
        mood, ordinal = restless.at(at), days.ordinal[at]
        for h in days.happenings:
            if h != absent and h.on(ordinal).any():
                mood = push(mood, ordinal, h)
        return weather_mood(mood, responses[at])

    actual = all_but(None, real, rows)
    seen = _before(days, rows, actual, sites)
    plain = _before(days, rows, weather_mood(calm, usual), sites)
    fair = _before(days, rows, all_but(None, usual, rows), sites)
    effects = []
    for h in days.happenings:
        on = np.flatnonzero(h.on(days.ordinal))
        without = _before(days, on, all_but(h, real, on), sites)
        effects.append(Effect(h, on, np.log(_ratios(sites, on, [x[on] for x in seen], without))))
    truth = Truth(
        METRICS,
        100 * _ratios(sites, rows, seen, plain),
        100 * _ratios(sites, rows, seen, plain, middle=True),
        np.log(_ratios(sites, rows, seen, fair)),
        tuple(effects),
    )
    return truth, actual


def _before(days: Days, rows: NDArray[np.int_], mood: Mood, sites: list[sensing.Site]) -> list[Array]:
    """For each of METRICS, (R, S) what stands before its sensors in a day."""
    flows = live(days, rows, mood)
    daily, arrivals = [], np.zeros(0)
    for here in sites:
        mean = sensing.before(here, rows, flows)
        if here.kind.form == "occupancy":
            mean, falls = sensing.usual_parking(mean, flows.weekend, np.array([s.capacity or 0 for s in here.sensors], dtype=float))
            arrivals = falls.sum(axis=2)
        daily.append(mean.sum(axis=2))
    return [*daily, arrivals]


def _ratios(sites: list[sensing.Site], rows: NDArray[np.int_], over: list[Array], under: list[Array], *, middle: bool = False) -> Array:
    """(R, Z + 1, M) the ratio of the living sensors' sums, or the median of their ratios; NaN where none lives."""
    of_metric = [*sites, next(s for s in sites if s.kind.form == "occupancy")]
    found = np.full((rows.size, len(ZONES) + 1, len(METRICS)), np.nan)
    for m, here in enumerate(of_metric):
        for z in range(len(ZONES) + 1):
            inside = np.ones(here.zone.size, dtype=bool) if z == 0 else here.zone == z - 1
            alive = here.alive[rows][:, inside]
            some = alive.any(axis=1)
            a, b = np.where(alive, over[m][:, inside], np.nan)[some], np.where(alive, under[m][:, inside], np.nan)[some]
            found[some, z, m] = np.nanmedian(a / b, axis=1) if middle else np.nansum(a, axis=1) / np.nansum(b, axis=1)
    return found
