"""From stripped sessions to counts by place and hour: arrays, and nobody in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.city import City, SourceConf, Span
from pulso.core.privacy.nested import Tree
from pulso.core.privacy.presence import presence
from pulso.core.privacy.tables import sensitive
from pulso.sources.radius import Kept, Options, seconds
from pulso.sources.radius_join import point_of
from pulso.sources.radius_points import points_of
from pulso.zones import Zones

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]

HOUR = 3600.0
NEARLY = 1e-9  # a share of access points is a quotient
SAME = 2.0  # seconds by which two answers may differ about when one session began


class Layout(NamedTuple):
    """Which access points are where."""

    points: dict[str, int]  # name → its number
    place_of: Ints  # (A,) of each access point its place
    feed: tuple[str, ...]  # (A,) what the source of health calls each
    places: tuple[str, ...]  # P
    large: Bools  # (P,)
    zones: tuple[str, ...]  # Z
    tree: Tree


class Sessions(NamedTuple):
    """Sessions at the city's access points, each once."""

    start: Floats  # (S,) seconds since the epoch
    stop: Floats  # (S,)
    point: Ints  # (S,) the access point's number


class Counts(NamedTuple):
    """What is to be protected, hour by hour."""

    values: Floats  # (H, P) in the measure; NaN where too few access points were on
    cells: Bools  # (H, P) few sessions, or few access points
    sums: Bools  # (H, Z + 1) the same of zones, and last of the city
    unheard: int  # sessions, hour by hour, of access points that were off


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


def joined(answers: Sequence[Kept], points: dict[str, int], interim: float) -> Sessions:
    """
    Put the sessions of several answers together, each once.

    A session that was open in one answer ends in the next. No name tells that they are one: they are told by their access point and,
    within two seconds, their start; of so many that began then, as many are taken as one answer alone has, the ended and longest first.

    Parameters
    ----------
    answers
        One an address, in any order.
    points
        The city's access points; sessions of others are left out.
    interim
        Seconds. What has no stop in any answer ended so long after it was last heard of.

    Returns
    -------
    Sessions
    """
    at = np.concatenate([_numbered(a.point, points) for a in answers]) if answers else np.zeros(0, dtype=int)
    if not at.size:
        return Sessions(np.zeros(0), np.zeros(0), at)
    start, stop = np.concatenate([a.start for a in answers]), np.concatenate([a.stop for a in answers])
    is_open = np.concatenate([a.open for a in answers])
    answer = np.repeat(np.arange(len(answers)), [a.start.size for a in answers])
    ours = np.flatnonzero(at >= 0)
    if len(answers) > 1:
        ours = ours[_once(at[ours], start[ours], stop[ours], is_open[ours], answer[ours])]
    return Sessions(start[ours], stop[ours] + interim * is_open[ours], at[ours])


def on_by_reports(sessions: Sessions, points: int, edges: Floats, quiet: float) -> Bools:
    """(A, H) Which access points were on, where no feed tells.

    Each hour that a session overlaps, and each between two reports (starts and stops of sessions) that lie no further apart than `quiet`.
    """
    on = np.zeros((points, edges.size - 1), dtype=bool)
    at = np.concatenate([sessions.point, sessions.point])
    when = np.concatenate([sessions.start, sessions.stop])
    these = np.flatnonzero((when >= edges[0] - quiet) & (when <= edges[-1] + quiet))  # others are too far off to say anything of the day
    order = these[np.lexsort((when[these], at[these]))]
    at, when = at[order], when[order]
    near = (at[1:] == at[:-1]) & (when[1:] - when[:-1] <= quiet)
    whose = np.concatenate([at[:-1][near], sessions.point])
    since, until = np.concatenate([when[:-1][near], sessions.start]), np.concatenate([when[1:][near], sessions.stop])
    steps = np.zeros((points, edges.size + 1), dtype=int)
    begins = np.clip(np.searchsorted(edges, since, side="right") - 1, 0, edges.size - 1)
    ends = np.clip(np.searchsorted(edges, until, side="left"), 0, edges.size - 1)
    np.add.at(steps, (whose, begins), 1)
    np.add.at(steps, (whose, ends), -1)
    on[:] = np.cumsum(steps, axis=1)[:, : edges.size - 1] > 0
    return on


def silenced(where: Layout, events: Iterable[Span], day: date) -> Bools:
    """(A,) Which access points an event of this local day silences, called as accounting or as the source of health calls them.

    An event lasts whole days: a cut at noon is a day on which nobody knows how much of it the access point saw.
    """
    named = {name for e in events if e.first <= day <= e.last for name in e.sensors}
    named |= {point_of(name) for name in named}  # an address is an address in whichever way it is written
    return np.array([point in named or called in named for point, called in zip(where.points, where.feed, strict=True)], dtype=bool)


def too_few(where: Layout, off: Bools, options: Options) -> Bools:
    """(P,) Which places are missing with these access points off, (A,), were all others on: the rule of `counted`."""
    many, left = (np.bincount(where.place_of[rows], minlength=len(where.places)) for rows in (slice(None), ~off))
    return np.asarray(left / many < options.seen - NEARLY)


def counted(sessions: Sessions, where: Layout, edges: Floats, on: Bools, options: Options) -> Counts:
    """
    Count sessions by place and hour, and say what of it is small.

    Parameters
    ----------
    sessions
        Each once.
    where
        The places.
    edges : (H + 1,)
        Where hours begin and end.
    on : (A, H)
        Which access points were on.
    options
        Its measure, k, and the share of a place's access points that must have been on.

    Returns
    -------
    Counts
        Zones and the city are sums of places within the hour: a session is at one access point, so nobody is in two of them.
    """
    if options.noise is not None:
        sessions = _cut(sessions, edges, options.noise.hours)
    found = presence(sessions.start, sessions.stop, sessions.point, where.place_of, edges, on=on)
    with np.errstate(invalid="ignore"):
        heard = found.seen >= options.seen - NEARLY
    measured = found.sessions.astype(np.float64) if options.measure == "sessions" else found.hours
    values = np.where(heard, measured, np.nan).T
    count, points = (np.where(heard, x, 0).T.astype(np.float64) for x in (found.sessions, found.points))
    venue = (points > 0) & where.large
    both = [np.column_stack([z[:, : where.tree.zones], city]) for z, city in map(where.tree.added, (count, points, venue.astype(float)))]
    sums = sensitive(both[0], both[1], both[2] > 0, k=options.k)
    return Counts(values, sensitive(count, points, where.large[None, :], k=options.k), sums, found.unheard)


def lengths(options: Options) -> tuple[float, float, float]:
    """Seconds between reports, of silence, and until a day is published."""
    return seconds(options.interim), seconds(options.quiet), seconds(options.settle)


def _numbered(names: NDArray[np.object_], points: dict[str, int]) -> Ints:
    """(S,) The access points' numbers; -1 for none of ours."""
    words, which = np.unique(names.astype(str), return_inverse=True)
    return np.asarray(np.array([points.get(w, -1) for w in words.tolist()], dtype=int)[which])


def _once(at: Ints, start: Floats, stop: Floats, is_open: Bools, answer: Ints) -> Ints:
    """Which rows to take, so that no session of several answers is counted twice."""
    order = np.lexsort((start, at))
    fresh = np.ones(order.size, dtype=bool)
    fresh[1:] = (at[order][1:] != at[order][:-1]) | (np.diff(start[order]) > SAME)
    group = np.empty(order.size, dtype=int)
    group[order] = np.cumsum(fresh) - 1
    pairs, rows = np.unique(np.column_stack([group, answer]), axis=0, return_counts=True)
    most = np.zeros(int(fresh.sum()), dtype=int)
    np.maximum.at(most, pairs[:, 0], rows)
    best = np.lexsort((-stop, is_open, group))
    first = np.searchsorted(group[best], np.arange(most.size))
    rank = np.arange(best.size) - first[group[best]]
    return np.asarray(np.sort(best[rank < most[group[best]]]))


def _cut(sessions: Sessions, edges: Floats, hours: int) -> Sessions:
    """End each session after so many of these hours: what noise hides is bounded by them."""
    first = np.clip(np.searchsorted(edges, sessions.start, side="right") - 1, 0, edges.size - 2)
    last = edges[np.minimum(first + hours, edges.size - 1)]
    return sessions._replace(stop=np.maximum(np.minimum(sessions.stop, last), sessions.start))
