"""What sensors truly have before them, and what they say: counts by chance, and faults that are theirs and not the city's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from pulso.simulate.chance import ORIGIN, drift, stream
from pulso.simulate.days import POWER_CUT_ZONE, Days
from pulso.simulate.life import Array, Flows
from pulso.simulate.plan import MODES, ZONES, Instrument, Sensor

CLOSED_HOURS = {"bus": (2, 3, 4), "metro": (2, 3, 4)}
"""Local hours without service: nothing to validate, and no row."""
CUT_HOURS = (slice(9, 24), slice(0, 19))
"""Hours of the first and second day in which a power cut silences what it powers."""

FINE, DEAD, FROZEN, HALVED = range(4)


@dataclass(frozen=True)
class Site:
    """An instrument's sensors with what is their own: a level that drifts, a liking for certain hours."""

    kind: Instrument
    sensors: tuple[Sensor, ...]
    zone: NDArray[np.int_]  # (S,) index into ZONES
    share: Array  # (T, S)
    tilt: Array  # (2, S, 24) weekday, weekend; factor on the hours
    alive: NDArray[np.bool_]  # (T, S)


def site(seed: int, days: Days, kind: Instrument, sensors: tuple[Sensor, ...]) -> Site:
    """Set up an instrument's sensors for these days."""
    n = int(days.ordinal[-1]) - ORIGIN + 1
    keep = slice(n - days.ordinal.size, n)
    wander = 0.002 if kind.form == "level" else 0.012
    angle = 2 * np.pi * np.arange(24) / 24
    share, tilt, alive = [], [], []
    for s in sensors:
        share.append(s.share * np.exp(drift(stream(seed, "level", s.id), n, sd=wander)[keep]))
        a = stream(seed, "tilt", s.id).normal(0, 0.0 if kind.form == "level" else 0.18, (2, 2))
        tilt.append(np.exp(a[:, :1] * np.cos(angle) + a[:, 1:] * np.sin(angle)))
        alive.append(
            (days.ordinal >= (s.first.toordinal() if s.first else 0)) & (days.ordinal <= (s.last.toordinal() if s.last else 10**7))
        )
    return Site(
        kind, sensors, np.array([s.zone for s in sensors]), np.stack(share, axis=1), np.stack(tilt, axis=1), np.stack(alive, axis=1)
    )


def before(here: Site, rows: NDArray[np.int_], flows: Flows) -> Array:
    """Say what stands before each sensor, by chance neither more nor less.

    Returns
    -------
    (R, S, 24)
        Mean count an hour for flows and for cars that arrive at a car park; dB(A) and µg/m³ for levels.
    """
    name = here.kind.name
    z = here.zone
    tilt = here.tilt[flows.weekend.astype(int)]
    share = here.share[rows][:, :, None] * tilt
    if name in ("bus", "metro", "scooter"):
        mean: Array = 1000 * share * flows.starts[:, z, MODES.index(name)]
        mean[:, :, list(CLOSED_HOURS.get(name, ()))] = 0.0
        return mean
    if name == "traffic":
        return np.asarray(1000 * share * flows.passing[:, z])
    if name == "parking":
        places = np.array([s.capacity or 0 for s in here.sensors])
        # at night, too, somebody comes home
        return np.asarray(1000 * share * flows.parked[:, z] + 0.006 * places[:, None])
    if name == "noise":
        sound = 10**4.2 + 10**5.4 * flows.passing[:, z] + 10**5.9 * flows.crowd[:, z]
        return np.asarray(share * 10 * np.log10(sound))
    stirring = 0.55 + 1.1 * flows.stale[:, None, None]
    return np.asarray(share * stirring * (6.0 + 8.0 * np.sqrt(flows.passing[:, z])))


def draw(seed: int, days: Days, here: Site, mean: Array) -> Array:
    """Draw what the sensors would say without faults: (T, S, 24), counts or rounded levels.

    Counts are Poisson, with a rate that itself varies by sensor and day and by hour, so that their variance is above their mean.
    """
    said = np.empty_like(mean)
    for month, rows in months(days):
        rng = stream(seed, "counts", here.kind.name, month)
        shape = mean[rows].shape
        own = np.exp(here.kind.scatter * rng.standard_t(6, size=shape[:2]) * np.sqrt(4 / 6))[:, :, None]
        if here.kind.form == "level":
            hourly = rng.normal(1.0, 0.008 if here.kind.name == "noise" else 0.10, shape)
            said[rows] = np.round(mean[rows] * own * np.maximum(hourly, 0.2), 1)
        else:
            said[rows] = rng.poisson(mean[rows] * own * rng.gamma(30.0, 1 / 30.0, shape))
    return said


STAY = np.array([50, 40, 30, 20, 15, 10, 6, 4, 3, 3, 4, 6, 10, 10, 8, 8, 12, 20, 26, 26, 28, 34, 42, 50]) / 100
"""(24,) share of the parked cars that leave within an hour of the day, on weekdays; at weekends people stay less."""


def leaving(weekend: NDArray[np.bool_]) -> Array:
    """(R, 96) the chance that a parked car leaves within a quarter of an hour."""
    hourly = np.where(weekend[:, None], np.maximum(STAY, 0.14) * 1.2, STAY)
    return np.repeat(1 - (1 - np.minimum(hourly, 0.9)) ** 0.25, 4, axis=1)


def usual_parking(arriving: Array, weekend: NDArray[np.bool_], capacity: Array) -> tuple[Array, Array]:
    """Say how full car parks are and how many falls of free places a quarter-hourly display shows, chance averaged out.

    Parameters
    ----------
    arriving : (R, S, 24)
        Cars an hour.
    weekend : (R,)
        Days on which people stay less.
    capacity : (S,)
        Places.

    Returns
    -------
    occupied, falls : (R, S, 24)
        Mean over the hour; sum over the hour, E max(arrivals − departures, 0) with a normal approximation.
    """
    inside = np.zeros(arriving.shape[:2])
    chance = leaving(weekend)
    occupied, falls = np.zeros_like(arriving), np.zeros_like(arriving)
    for q in range(96):
        leave = inside * chance[:, q, None]
        come = np.minimum(arriving[:, :, q // 4] / 4, capacity - inside + leave)
        inside = inside + come - leave
        occupied[:, :, q // 4] += inside / 4
        spread = np.sqrt(come + leave) + 1e-9
        z = (come - leave) / spread
        if q:  # the first quarter of a day has no display before it
            falls[:, :, q // 4] += (come - leave) * ndtr(z) + spread * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return occupied + residents(capacity)[None, :, None], falls


def residents(capacity: Array) -> Array:
    """(S,) the places that residents hold, day and night."""
    return np.asarray(np.round(0.12 * capacity))


def draw_parking(seed: int, days: Days, here: Site, arriving: Array, weekend: NDArray[np.bool_]) -> Array:
    """Draw the occupied places at each quarter of an hour, faults aside: (T, S, 96). A full car park turns cars away."""
    capacity = np.array([s.capacity or 0 for s in here.sensors])
    room = capacity - residents(capacity).astype(int)
    said = np.empty((*arriving.shape[:2], 96))
    for month, rows in months(days):
        rng = stream(seed, "counts", here.kind.name, month)
        own = np.exp(here.kind.scatter * rng.standard_t(6, size=arriving[rows].shape[:2]) * np.sqrt(4 / 6))[:, :, None]
        come = rng.poisson(np.repeat(arriving[rows] * own * rng.gamma(30.0, 1 / 30.0, arriving[rows].shape) / 4, 4, axis=2))
        chance = leaving(weekend[rows])
        inside = np.zeros(come.shape[:2], dtype=np.int64)
        for q in range(96):
            inside = inside - rng.binomial(inside, np.broadcast_to(chance[:, q, None], inside.shape))
            inside = np.minimum(inside + come[:, :, q], room)
            said[rows, :, q] = inside
    return said + residents(capacity)[None, :, None]


def faults(seed: int, days: Days, here: Site, rate: float) -> NDArray[np.int_]:
    """(T, S) the state of each sensor: FINE, DEAD, FROZEN or HALVED. `rate` is the number of faults a sensor and year."""
    n = int(days.ordinal[-1]) - ORIGIN + 1
    state = np.full((n, len(here.sensors)), FINE)
    for i, s in enumerate(here.sensors):
        rng = stream(seed, "faults", s.id)
        day = 0.0
        while rate > 0:
            day += float(rng.exponential(365.25 / rate))
            kind = int(rng.choice([DEAD, FROZEN, HALVED], p=[0.6, 0.25, 0.15]))
            length = {DEAD: 1 + rng.exponential(5), FROZEN: 2 + rng.exponential(3), HALVED: 25 + rng.exponential(30)}[kind]
            if day >= n:
                break
            state[int(day) : int(day + length), i] = HALVED if kind == HALVED and here.kind.form == "flow" else min(kind, FROZEN)
            day += length
    return state[n - days.ordinal.size :]


def spoil(seed: int, days: Days, here: Site, said: Array, state: NDArray[np.int_], lost: float) -> Array:
    """Let faults act on what sensors say, (T, S, I) by interval of the day: NaN where they said nothing.

    A dead sensor is silent; a frozen one repeats a value; a halved one counts half. A power cut silences what it powers; single
    stamps are lost with probability `lost`.
    """
    told = said.copy()
    each = said.shape[2] // 24
    for s in range(said.shape[1]):
        stuck = state[:, s] == FROZEN
        begins = np.flatnonzero(stuck & ~np.append(False, stuck[:-1]))
        for start in begins:
            stop = start + int(np.argmin(np.append(stuck[start:], False)))
            told[start:stop, s] = said[start, s, 11 * each]
    half = state == HALVED
    told[half] = np.round(told[half] / 2)
    told[(state == DEAD) | ~here.alive] = np.nan
    for month, rows in months(days):
        told[rows] = np.where(stream(seed, "lost", here.kind.name, month).random(told[rows].shape) < lost, np.nan, told[rows])
    if here.kind.powered:
        dark = np.flatnonzero(np.array([ZONES[z].id == POWER_CUT_ZONE for z in here.zone]))
        for h in days.happenings:
            for day, hours in enumerate(CUT_HOURS):
                row = h.first.toordinal() + day - int(days.ordinal[0])
                if h.kind == "power_cut" and 0 <= row < told.shape[0]:
                    told[row, dark, hours.start * each : hours.stop * each] = np.nan
    for hour in CLOSED_HOURS.get(here.kind.name, ()):
        told[:, :, hour] = np.nan
    return told


def months(days: Days) -> list[tuple[int, NDArray[np.int_]]]:
    """Split days by month: the month's number since year 0, and its rows. Counts are drawn by month, so that time can be extended."""
    from_year_0 = np.array([12 * y for y in days.year]) + _month(days)
    return [(int(m), np.flatnonzero(from_year_0 == m)) for m in np.unique(from_year_0)]


def _month(days: Days) -> NDArray[np.int_]:
    stamps = (days.ordinal - 719163).astype("datetime64[D]")
    return np.asarray(stamps.astype("datetime64[M]").astype(int) % 12)
