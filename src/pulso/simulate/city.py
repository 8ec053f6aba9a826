"""A whole synthetic city in memory: what its sensors said, hour by hour, and what was true."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.simulate import climate, sensing
from pulso.simulate.chance import ORIGIN
from pulso.simulate.days import Days, Happening, days
from pulso.simulate.life import Array, live
from pulso.simulate.mind import ordinary, stirred
from pulso.simulate.plan import ARRIVALS, INSTRUMENTS, ZONES, sensors
from pulso.simulate.truth import Truth, judge

FAULTS = 0.5
LOST = 0.002


class Reading(NamedTuple):
    """What the sensors of one metric said, by local hour."""

    metric: str
    domain: str
    form: str  # "flow", "occupancy" or "level"
    sensors: tuple[str, ...]  # S ids
    zone: NDArray[np.int_]  # (S,) index into Simulated.zones
    values: Array  # (T, S, 24) sum over the hour's seen intervals for flows, mean otherwise; NaN unseen
    seen: Array  # (T, S, 24) share of the hour's intervals seen; 2 in the doubled autumn hour
    still: NDArray[np.int_]  # (T, S) longest run of equal non-zero intervals of the day
    alive: NDArray[np.bool_]  # (T, S) within the sensor's declared life
    fault: NDArray[np.int_]  # (T, S) FINE, DEAD, FROZEN or HALVED of pulso.simulate.sensing: known to us, not to who reads the feeds


@dataclass(frozen=True)
class Simulated:
    """A city, T days of it."""

    seed: int
    days: Days
    zones: tuple[str, ...]  # Z ids
    weather: climate.Weather
    told: dict[str, Array]  # by instrument: (T, S, I), I intervals a day of 24 hours, as the feeds have them
    readings: dict[str, Reading]  # by metric
    truth: Truth


def city(
    seed: int,
    first: date = date(2022, 1, 1),
    last: date = date(2024, 12, 31),
    *,
    scale: float = 1.0,
    faults: float = FAULTS,
    pilots: Sequence[Happening] = (),
    progress: Callable[[str], None] | None = None,
) -> Simulated:
    """Simulate a city in memory.

    Parameters
    ----------
    seed
        The same seed, days and scale give the same city; a longer period keeps the days of a shorter one.
    first, last
        Local days, both included; not before 2015.
    scale
        How many sensors, relative to the demo city's.
    faults
        How many faults a sensor and year has; 0 for sensors that never fail, freeze or halve.
    pilots
        What the city tries beside what happens anyway, each of kind "pilot" in a zone; their effects are in the truth, by name.
    progress
        Told the name of each part as it begins.

    Returns
    -------
    Simulated
        With gaps as NaN.

    Raises
    ------
    ValueError
        For days before the city began, or in the wrong order; for a scale that leaves no sensors.
    """
    if first.toordinal() <= ORIGIN + 60:
        raise ValueError(f"the synthetic city begins on {date.fromordinal(ORIGIN + 61)}, found {first}")
    say = progress or (lambda _: None)
    whole = days(first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1]), pilots)
    rows = np.arange(whole.ordinal.size)
    say("weather")
    sky = _weather(seed, whole)
    felt = climate.feelings(sky)[1:]
    say("life")
    calm = ordinary(seed, whole)
    sites = [sensing.site(seed, whole, kind, sensors(kind, scale)) for kind in INSTRUMENTS]
    truth, actual = judge(whole, calm, stirred(seed, whole, calm), felt, sites)
    told: dict[str, Array] = {}
    readings: dict[str, Reading] = {}
    flows = live(whole, rows, actual)
    for here in sites:
        say(here.kind.name)
        mean = sensing.before(here, rows, flows)
        parking = here.kind.name == "parking"
        said = sensing.draw_parking(seed, whole, here, mean, flows.weekend) if parking else sensing.draw(seed, whole, here, mean)
        state = sensing.faults(seed, whole, here, faults)
        name = here.kind.name
        told[name] = sensing.spoil(seed, whole, here, said, state, LOST if faults else 0.0)
        for reading in _read(whole, here, told[name], state):
            readings[reading.metric] = reading
    return _crop(Simulated(seed, whole, tuple(z.id for z in ZONES), sky.last(rows.size), told, readings, truth), first, last)


def small(seed: int) -> Simulated:
    """A quick city for proofs over many seeds: two and a half years, half of the sensors."""
    return city(seed, date(2022, 1, 1), date(2024, 6, 30), scale=0.5)


def _weather(seed: int, whole: Days) -> climate.Weather:
    """Draw the weather from the city's beginning on, storms where they are ordained, and keep these days and the one before them."""
    since = days(date.fromordinal(ORIGIN), date.fromordinal(int(whole.ordinal[-1])))
    storm = np.zeros(since.ordinal.size, dtype=bool)
    for h in since.happenings:
        storm |= h.on(since.ordinal) & (h.kind == "storm")
    return climate.weather(seed, since.of_year, storm).last(whole.ordinal.size + 1)


def _read(whole: Days, here: sensing.Site, told: Array, state: NDArray[np.int_]) -> list[Reading]:
    """Make hourly readings of what a site's sensors told, on the city's own clock."""
    each = told.shape[2] // 24
    known = np.isfinite(told)
    hourly = known.reshape(*told.shape[:2], 24, each)
    seen = hourly.mean(axis=-1)
    filled = np.where(known, told, 0.0).reshape(hourly.shape)
    with np.errstate(invalid="ignore"):
        mean = np.where(seen > 0, filled.sum(axis=-1) / hourly.sum(axis=-1), np.nan)
    still = _still(told)
    ids = tuple(s.id for s in here.sensors)
    kind = here.kind
    found = [Reading(kind.metric, kind.domain, kind.form, ids, here.zone, mean, seen, still, here.alive, state)]
    if kind.form == "occupancy":
        falls = np.where(seen > 0, _falls(told).reshape(hourly.shape).sum(axis=-1), np.nan)
        found.append(found[0]._replace(metric=ARRIVALS, form="flow", values=falls))
    return [_clock(whole, reading) for reading in found]


def _falls(told: Array) -> Array:
    """(T, S, I) the fall in free places since the last display, which may be up to three intervals old, within a day."""
    falls = np.zeros_like(told)
    last, age = told[:, :, 0], np.zeros(told.shape[:2])
    for q in range(1, told.shape[2]):
        now = told[:, :, q]
        age = age + 1
        rise = np.where(np.isfinite(now) & np.isfinite(last) & (age <= 3), now - last, 0.0)
        falls[:, :, q] = np.maximum(rise, 0.0)
        last, age = np.where(np.isfinite(now), now, last), np.where(np.isfinite(now), 0, age)
    return falls


def _still(told: Array) -> NDArray[np.int_]:
    run = np.zeros(told.shape[:2], dtype=int)
    longest = run
    for i in range(told.shape[2]):
        now = told[:, :, i]
        same = now == told[:, :, i - 1] if i else np.zeros(run.shape, dtype=bool)
        run = np.where(np.isfinite(now) & (now != 0), np.where(same, run + 1, 1), 0)
        longest = np.maximum(longest, run)
    return longest


def _clock(whole: Days, reading: Reading) -> Reading:
    """Skip the hour from 1:00 in spring, and live it twice in autumn."""
    spring, autumn = changes(whole)
    values, seen = reading.values.copy(), reading.seen.copy()
    values[spring, :, 1], seen[spring, :, 1] = np.nan, 0.0
    values[autumn, :, 1] *= 2 if reading.form == "flow" else 1
    seen[autumn, :, 1] *= 2
    return reading._replace(values=values, seen=seen)


def changes(whole: Days) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(T,) twice: the days on which Lisbon's clock skips 1:00-2:00, and on which it has it twice (since 1996)."""
    month = (whole.ordinal - 719163).astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    next_week = (whole.ordinal + 7 - 719163).astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    last_sunday = (whole.weekday == 6) & (month != next_week)
    return last_sunday & (month == 2), last_sunday & (month == 9)


def _crop(all_of_it: Simulated, first: date, last: date) -> Simulated:
    start = first.toordinal() - int(all_of_it.days.ordinal[0])
    stop = last.toordinal() - int(all_of_it.days.ordinal[0]) + 1
    cut = slice(start, stop)
    sky = all_of_it.weather
    return replace(
        all_of_it,
        days=days(first, last, [h for h in all_of_it.days.happenings if h.kind == "pilot"]),
        weather=climate.Weather(sky.temperature[cut], sky.precipitation[cut], sky.wind_speed[cut], sky.humidity[cut]),
        told={name: told[cut] for name, told in all_of_it.told.items()},
        readings={
            name: r._replace(values=r.values[cut], seen=r.seen[cut], still=r.still[cut], alive=r.alive[cut], fault=r.fault[cut])
            for name, r in all_of_it.readings.items()
        },
        truth=all_of_it.truth.between(start, stop),
    )
