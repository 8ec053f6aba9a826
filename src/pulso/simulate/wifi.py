"""Who connects to the synthetic city's Wi-Fi: people come, stay and go, by place and hour. Whoever they are, they were invented."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pulso.simulate.chance import stream
from pulso.simulate.days import Days, days
from pulso.simulate.plan import ZONES
from pulso.simulate.wifi_places import Spot, spots
from pulso.wifi.shapes import Kind

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLOCK = ZoneInfo("Europe/Lisbon")
INTERIM = 600
"""Seconds from one interim update to the next."""
STALE = 0.012
"""Share of sessions of which no stop is ever told."""
REGULARS = 6_000
"""So many devices come back day after day; whoever doesn't is here for the first time."""


class Habit(NamedTuple):
    """How people use the Wi-Fi of a sort of place."""

    a_day: float  # sessions an access point, on an ordinary weekday
    weekend: float  # factor
    minutes: float  # median stay
    spread: float  # of its logarithm
    peaks: tuple[tuple[float, float, float], ...]  # hour, width in hours, weight


HABITS: dict[Kind, Habit] = {
    Kind.SQUARE: Habit(62, 1.15, 24, 0.9, ((11, 2.5, 0.6), (17.5, 3, 1.0), (22, 2, 0.5), (1, 1.5, 0.1))),
    Kind.GARDEN: Habit(36, 1.5, 38, 0.7, ((11, 2, 0.7), (16.5, 2.2, 1.0))),
    Kind.LIBRARY: Habit(46, 0.35, 95, 0.6, ((10.5, 1.5, 0.8), (15, 2, 1.0))),
    Kind.STATION: Habit(135, 0.7, 11, 0.7, ((8.3, 1, 1.0), (13, 3, 0.5), (18, 1.3, 1.0))),
    Kind.MARKET: Habit(70, 1.2, 28, 0.6, ((11.5, 1.8, 1.0), (17, 2, 0.6), (20.5, 1.5, 0.3))),
    Kind.BUILDING: Habit(80, 1.3, 75, 0.5, ((17, 2.5, 0.6), (21, 1.2, 1.0))),
    Kind.STREET: Habit(38, 0.55, 6, 0.6, ((8.2, 1, 1.0), (13, 3, 0.6), (18, 1.5, 1.0))),
}
LONG, LONGEST = 0.025, 20 * 3600
"""Share of sessions that last for hours, whoever forgot them; and how many seconds any lasts at most."""
MOVES = 0.15
"""Share of the sessions at places with several access points that go on at another of them, as a session of its own."""


class Wifi(NamedTuple):
    """The access points of the city, A of them, at P places."""

    seed: int
    spots: tuple[Spot, ...]  # P
    points: tuple[str, ...]  # A ids
    place: Ints  # (A,) index into spots
    zone: Ints  # (A,) index into ZONES
    size: Array  # (A,) factor on what its sort of place sees


class Sessions(NamedTuple):
    """Sessions, S of them, in order of their start."""

    point: NDArray[np.int32]  # (S,) row of Wifi.points
    start: Ints  # (S,) seconds since the epoch, UTC
    stop: Ints  # (S,) when it truly ended: excluded
    told: Ints  # (S,) the last moment that the access point told of: its stop, or of a stale session its last update
    stale: Bools  # (S,) no stop was told
    device: Ints  # (S,) whose: the same number for the same device, wherever and whenever
    received: Ints  # (S,) octets from the device
    sent: Ints  # (S,) octets to it


class Truth(NamedTuple):
    """What was true at P places in H spans."""

    people: Ints  # (P, H) distinct devices
    sessions: Ints  # (P, H) distinct sessions
    hours: Array  # (P, H) session-hours
    points: Ints  # (P, H) access points with at least one session


def wifi(seed: int) -> Wifi:
    """The synthetic city's Wi-Fi: its places are the same for every seed, how much each is used is not."""
    placed = spots()
    place = np.repeat(np.arange(len(placed)), [len(s.points) for s in placed])
    liked = np.array([stream(seed, "wifi", "liked", s.id).lognormal(0, 0.45) for s in placed])
    own = np.concatenate([stream(seed, "wifi", "points", s.id).lognormal(0, 0.25, len(s.points)) for s in placed])
    leisure = np.array([z.draw[3] for z in ZONES])
    zone = np.array([s.zone for s in placed], dtype=np.int64)
    size = (liked * np.sqrt(leisure / leisure.mean())[zone])[place] * own
    return Wifi(seed, placed, tuple(p for s in placed for p, _, _ in s.points), place, zone[place], size)


def hours(day: date) -> tuple[Ints, Ints]:
    """(H + 1,) When the hours of a local day begin and its last ends, seconds UTC; and (H,) what the clock says then. H is 23, 24 or 25."""
    first, last = (int(datetime.combine(d, time(), CLOCK).timestamp()) for d in (day, day + timedelta(1)))
    edges = np.arange(first, last + 1, 3600)
    return edges, np.array([datetime.fromtimestamp(int(e), CLOCK).hour for e in edges[:-1]])


def sessions(of: Wifi, day: date, *, crowd: float = 1.0) -> Sessions:
    """
    Let people connect for a day.

    Parameters
    ----------
    of
        The city's Wi-Fi; the same seed and day give the same sessions.
    day
        A local day. Sessions belong to the day on which their people come, and may end on the next.
    crowd
        Times as many people: with 300, about ten million sessions.

    Returns
    -------
    Sessions
        What access points that were on could see. Where one goes off at the end of the day (`off`), its sessions end there, and their stop
        is never told.

    Raises
    ------
    ValueError
        If `crowd` is not above 0.
    """
    if not crowd > 0:
        raise ValueError(f"somebody has to come: crowd must be above 0, found {crowd}")
    rng = stream(of.seed, "wifi", "day", day.isoformat())
    shut, shut_then = off(of, day), off(of, day + timedelta(1))
    edges, clock = hours(day)
    come = rng.poisson(crowd * _rates(of, day)[:, clock] * ~shut[:, None])
    point, hour = (np.repeat(i.ravel(), come.ravel()) for i in np.indices(come.shape, dtype=np.int32))
    n = point.size
    start = edges[hour] + rng.integers(0, 3600, n)
    stay = _stays(rng, of, point)
    device = _devices(rng, n, day)
    point, start, stay, device = _moving(rng, of, point, start, stay, device)
    stop, midnight = start + stay, int(edges[-1])
    seen = ~np.where(start < midnight, shut[point], shut_then[point])
    point, start, stop, device = point[seen], start[seen], stop[seen], device[seen]
    died = shut_then[point] & (start < midnight) & (stop > midnight)
    stop = np.where(died, midnight, stop)
    stale = died | (rng.random(stop.size) < STALE)
    told = np.where(stale, start + (stop - 1 - start) // INTERIM * INTERIM, stop)
    rate = rng.lognormal(np.log(9_000), 1.7, stop.size)  # octets a second
    sent = (rate * (stop - start)).astype(np.int64)
    received = (sent * rng.uniform(0.03, 0.3, stop.size)).astype(np.int64)
    order = np.argsort(start, kind="stable")
    return Sessions(point[order], start[order], stop[order], told[order], stale[order], device[order], received[order], sent[order])


def off(of: Wifi, day: date) -> Bools:
    """(A,) Which access points are off for the whole of a local day: ill for one to five days, or without power in their zone."""
    months = (day.replace(day=1), (day.replace(day=1) - timedelta(1)).replace(day=1))
    ill = np.zeros(len(of.points), dtype=bool)
    for month in months:
        rng = stream(of.seed, "wifi", "off", month.isoformat())
        falls, begun, lasts = rng.random(ill.size) < 0.12, rng.integers(0, 28, ill.size), rng.integers(1, 6, ill.size)
        since = (day - month).days - begun
        ill |= falls & (since >= 0) & (since < lasts)
    dark = {h.zone for h in days(day, day).happenings if h.kind == "power_cut"}
    return ill | np.isin(of.zone, [z for z, zone in enumerate(ZONES) if zone.id in dark])


def truth(of: Wifi, sessions: Sessions, edges: ArrayLike, group: Ints | None = None) -> Truth:
    """
    Count who was there in each place and span, device by device, as only the simulation can.

    Parameters
    ----------
    of, sessions
        The Wi-Fi, and sessions: also of the day before, so that nobody who stayed past midnight is forgotten.
    edges : (H + 1,)
        Where spans begin and end, seconds UTC: for instance `hours(day)[0]`.
    group : (A,)
        Of each access point what it is counted in; without it, its place.

    Returns
    -------
    Truth
        Sessions that overlap a span, however shortly; zones and days have a count of their own, no sum.
    """
    home = of.place if group is None else np.asarray(group)
    cuts, many = np.asarray(edges, dtype=np.int64), int(home.max()) + 1
    shape = (many, cuts.size - 1)
    people, count, points, seconds = (np.zeros(shape, dtype=np.int64) for _ in range(4))
    for h, (a, b) in enumerate(pairwise(cuts.tolist())):
        here = np.flatnonzero((sessions.start < b) & (sessions.stop > a))
        where = home[sessions.point[here]]
        each = np.unique(np.column_stack([where, sessions.device[here]]), axis=0)[:, 0]
        people[:, h] = np.bincount(each, minlength=many)
        count[:, h] = np.bincount(where, minlength=many)
        points[:, h] = np.bincount(home[np.unique(sessions.point[here])], minlength=many)
        overlap = np.minimum(sessions.stop[here], b) - np.maximum(sessions.start[here], a)
        seconds[:, h] = np.bincount(where, weights=overlap, minlength=many).astype(np.int64)
    return Truth(people, count, seconds / 3600, points)


def together(*of: Sessions) -> Sessions:
    """Several days' sessions as one."""
    return Sessions(*(np.concatenate(column) for column in zip(*of, strict=True)))


def _rates(of: Wifi, day: date) -> Array:
    """(A, 24) Sessions that begin an hour at each access point, in the mean."""
    here = days(day, day)
    kinds = [of.spots[p].kind for p in of.place]
    by_kind = {kind: _profile(habit, here) for kind, habit in HABITS.items()}
    rates: Array = np.array([by_kind[kind] for kind in kinds]) * of.size[:, None]
    for h in here.happenings:
        pulled = {"festival": 1.7, "feast": 1.8, "storm": 0.35, "carnival": 1.15}.get(h.kind, 1.0)
        rates *= np.where((of.zone == _zone(h.zone)) | (h.zone is None), pulled, 1.0)[:, None]
    return rates


def _zone(name: str | None) -> int:
    return next((z for z, zone in enumerate(ZONES) if zone.id == name), -1)


def _profile(habit: Habit, here: Days) -> Array:
    """(24,) Sessions an hour of an ordinary access point on a day."""
    clock = np.arange(24) + 0.5
    shape = sum(w * np.exp(-0.5 * (((clock - c + 12) % 24 - 12) / s) ** 2) for c, s, w in habit.peaks)
    summer = 1 + 0.25 * np.cos(2 * np.pi * (int(here.of_year[0]) - 205) / 365)
    free = habit.weekend if int(here.kind[0]) >= 5 else 1.0
    return np.asarray(habit.a_day * summer * free * shape / np.sum(shape))


def _stays(rng: np.random.Generator, of: Wifi, point: NDArray[np.int32]) -> Ints:
    """(S,) Seconds that each stays, 20 at least."""
    habits = [HABITS[of.spots[p].kind] for p in of.place]
    middle, spread = np.log(60 * np.array([h.minutes for h in habits])), np.array([h.spread for h in habits])
    stay = np.exp(middle[point] + spread[point] * rng.standard_normal(point.size))
    long = rng.random(point.size) < LONG
    stay[long] += rng.uniform(3, 9, int(long.sum())) * 3600
    return np.asarray(np.clip(stay, 20, LONGEST), dtype=np.int64)


def _devices(rng: np.random.Generator, n: int, day: date) -> Ints:
    """(n,) Three of ten are regulars; the others have never been here."""
    fresh = (day.toordinal() << 32) + np.arange(n, dtype=np.int64)
    return np.where(rng.random(n) < 0.3, rng.integers(0, REGULARS, n), fresh)


def _moving(
    rng: np.random.Generator, of: Wifi, point: NDArray[np.int32], start: Ints, stay: Ints, device: Ints
) -> tuple[NDArray[np.int32], Ints, Ints, Ints]:
    """Some go on at another access point of the same place: a second session of the same device."""
    many = np.bincount(of.place)
    first = np.cumsum(many) - many
    goes = np.flatnonzero((rng.random(point.size) < MOVES) & (many[of.place[point]] > 1) & (stay >= 240))
    home = of.place[point[goes]]
    step = 1 + np.floor(rng.random(goes.size) * (many[home] - 1)).astype(np.int64)
    other = (first[home] + (point[goes] - first[home] + step) % many[home]).astype(np.int32)
    before = (stay[goes] * rng.uniform(0.2, 0.8, goes.size)).astype(np.int64)
    pause = rng.integers(0, 20, goes.size)
    after = np.maximum(stay[goes] - before - pause, 20)
    stay = stay.copy()
    stay[goes] = before
    return (
        np.concatenate([point, other]),
        np.concatenate([start, start[goes] + before + pause]),
        np.concatenate([stay, after]),
        np.concatenate([device, device[goes]]),
    )
