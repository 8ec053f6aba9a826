"""From stripped sessions to counts by place and hour: arrays, and nobody in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.city import City, SourceConf
from pulso.core.privacy.nested import Tree
from pulso.core.privacy.presence import by_point, of_places
from pulso.core.privacy.tables import sensitive
from pulso.flow.presence.join import Sessions
from pulso.flow.presence.on import on_by_reports
from pulso.flow.presence.threads import mapped
from pulso.sources.radius import Options, seconds
from pulso.sources.radius_points import points_of
from pulso.zones import Zones

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]

HOUR = 3600.0
NEARLY = 1e-9  # a share of access points is a quotient


class Layout(NamedTuple):
    """Which access points are where."""

    points: dict[str, int]  # name → its number
    place_of: Ints  # (A,) of each access point its place
    feed: tuple[str, ...]  # (A,) what the source of health calls each
    places: tuple[str, ...]  # P
    large: Bools  # (P,)
    zones: tuple[str, ...]  # Z
    tree: Tree


class Tally(NamedTuple):
    """What was counted at access points, hour by hour."""

    edges: Floats  # (H + 1,)
    many: Ints  # (A, H) sessions
    seconds: Floats  # (A, H)
    on: Bools  # (A, H) by reports; all, where they aren't asked

    def of(self, edges: Floats) -> Tally:
        """Some of the hours: a day's."""
        at = np.searchsorted(self.edges, edges[:-1])
        return Tally(edges, self.many[:, at], self.seconds[:, at], self.on[:, at])


class Counts(NamedTuple):
    """What is to be protected, hour by hour."""

    values: Floats  # (H, P) in the measure; NaN where too few access points were on
    cells: Bools  # (H, P) few sessions, or few access points
    sums: Bools  # (H, Z + 1) the same of zones, and last of the city
    unheard: int  # sessions, hour by hour, of access points that don't count
    each: Floats  # (A, H) what access points add to their places' values; NaN where one adds nothing, as it was off or its place is missing


def layout(city: City, zones: Zones, conf: SourceConf, options: Options) -> Layout:
    """Read the places of a radius source, and the zones that they lie in: as the sensors file says, else where they stand."""
    points = points_of(conf, options, city)
    places = tuple(sorted({p.place for p in points}))
    number = {name: i for i, name in enumerate(places)}
    rows = {s.sensor: s for s in city.sensors.get(conf.name, ())}
    lon, lat = (np.array([np.nan if (x := getattr(rows[p], axis)) is None else x for p in places]) for axis in ("lon", "lat"))
    found = [rows[p].zone or z for p, z in zip(places, zones.locate(lon, lat).tolist(), strict=True)]
    names = tuple(sorted({z for z in found if z is not None}))
    at = np.array([-1 if z is None else names.index(z) for z in found], dtype=int)
    large = np.zeros(len(places), dtype=bool)
    large[[number[p.place] for p in points if p.large]] = True
    return Layout(
        {p.point: i for i, p in enumerate(points)},
        np.array([number[p.place] for p in points], dtype=int),
        tuple(p.id or p.point for p in points),
        places,
        large,
        names,
        Tree(at, len(names)),
    )


def too_few(where: Layout, off: Bools, options: Options) -> Bools:
    """(P,) Which places are missing with these access points off, (A,), were all others on: the rule of `counted`."""
    many, left = (np.bincount(where.place_of[rows], minlength=len(where.places)) for rows in (slice(None), ~off))
    return np.asarray(left / many < options.seen - NEARLY)


def tallied(parts: Sequence[Sessions], points: int, edges: Floats, quiet: float | None = None) -> Tally:
    """
    Count at all access points, hour by hour, in one pass over the sessions.

    Parameters
    ----------
    parts
        As `joined` gives them.
    points
        How many access points there are.
    edges : (H + 1,)
        Where hours begin and end.
    quiet
        Seconds: with it, it is also said when they were on by reports (`on_by_reports`). Without, all were.

    Returns
    -------
    Tally
    """
    hours = edges.size - 1
    many, length = np.zeros((points, hours), dtype=int), np.zeros((points, hours))

    def of(part: Sessions) -> tuple[slice, Ints, Floats]:
        low = min(max(int(np.searchsorted(edges, part.start.min(), side="right")) - 1, 0), hours - 1)
        high = min(max(int(np.searchsorted(edges, part.stop.max(), side="left")), low + 1), hours)
        return slice(low, high), *by_point(part.start, part.stop, part.point, points, edges[low : high + 1])

    some = [part for part in parts if part.start.size]
    for at, count, seconds_of in mapped(of, some):
        many[:, at] += count
        length[:, at] += seconds_of
    on = np.ones((points, hours), dtype=bool) if quiet is None else on_by_reports(some, points, edges, quiet)
    return Tally(edges, many, length, on)


def counted(tally: Tally, where: Layout, on: Bools, told: Bools, options: Options) -> Counts:
    """
    Add up by place and hour, and say what of it is small.

    Parameters
    ----------
    tally
        Of these hours.
    where
        The places.
    on : (A, H)
        Which access points were on: a place of which too few were is missing.
    told : (A, H)
        Which of them count.
    options
        Its measure, k, and the share of a place's access points that must have been on.

    Returns
    -------
    Counts
        Zones and the city are sums of places within the hour: a session is at one access point, so nobody is in two of them.
    """
    found = of_places(tally.many, tally.seconds, where.place_of, on, told)
    with np.errstate(invalid="ignore"):
        heard = found.seen >= options.seen - NEARLY
    measured = found.sessions.astype(np.float64) if options.measure == "sessions" else found.hours
    values = np.where(heard, measured, np.nan).T
    count, points = (np.where(heard, x, 0).T.astype(np.float64) for x in (found.sessions, found.points))
    venue = (points > 0) & where.large
    both = [np.column_stack([z[:, : where.tree.zones], city]) for z, city in map(where.tree.added, (count, points, venue.astype(float)))]
    sums = sensitive(both[0], both[1], both[2] > 0, k=options.k)
    at = found.sessions_at.astype(np.float64) if options.measure == "sessions" else found.hours_at
    each = np.where(told & heard[where.place_of], at, np.nan)
    return Counts(values, sensitive(count, points, where.large[None, :], k=options.k), sums, found.unheard, each)


def lengths(options: Options) -> tuple[float, float, float]:
    """Seconds between reports, of silence, and until a day is published."""
    return seconds(options.interim), seconds(options.quiet), seconds(options.settle)


def shortened(sessions: Sessions, edges: Floats, hours: int) -> Sessions:
    """End each session after so many of these hours: what noise hides is bounded by them."""
    first = np.clip(np.searchsorted(edges, sessions.start, side="right") - 1, 0, edges.size - 2)
    last = edges[np.minimum(first + hours, edges.size - 1)]
    return sessions._replace(stop=np.maximum(np.minimum(sessions.stop, last), sessions.start))
