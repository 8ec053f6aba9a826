"""Presence: how long, and how many, sessions with access points lasted in each place and hour."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int_]

HOUR = 3600.0  # seconds


class Presence(NamedTuple):
    """What was seen in each place and span; NaN in `hours` where no access point of the place was on."""

    hours: Floats  # (P, H) session-hours: over an hour, the mean number of sessions at once
    sessions: Ints  # (P, H) distinct sessions that overlap the span
    points: Ints  # (P, H) access points with at least one of them
    seen: Floats  # (P, H) share of the place's access points that were on; NaN where it has none
    unheard: int  # sessions, span by span, of points said to be off: left out


def presence(
    start: ArrayLike, stop: ArrayLike, point: ArrayLike, place: ArrayLike, edges: ArrayLike, *, on: ArrayLike | None = None
) -> Presence:
    """
    Split sessions over spans of time by overlap, and add them up by place.

    Parameters
    ----------
    start, stop : (S,)
        Seconds since the epoch, UTC; start included, stop excluded. A session without length is seen nowhere. One that hasn't
        stopped yet is given its last known moment as stop; one of which no such moment is known is left out by the caller.
    point : (S,)
        Which access point, counted from 0.
    place : (A,)
        Of each access point its place, counted from 0; or its zone, or 0 for all: what sums are published of.
    edges : (H + 1,)
        Where the spans begin and end, in seconds since the epoch. Local hours are given by their instants, so that the day on which
        clocks change has 23 or 25 of them, each an hour long. Days' edges give the distinct sessions of days.
    on : (A, H)
        Whether each access point was on in each span; without, all were. What a point that was off is said to have seen is left out,
        and counted in `unheard`.

    Returns
    -------
    Presence

    Raises
    ------
    ValueError
        If shapes differ, a moment is unknown, a session stops before it starts, a point or a place isn't there, or edges don't rise.

    Notes
    -----
    Distinct sessions don't add up: one that lasts three hours is one session of its day, and one in each hour. `sessions` for sums must
    therefore be asked for with the sum's own edges and places. Sessions aren't devices: a phone that comes back is a new session.
    Each session is touched a fixed number of times, however long it is: its first and its last span get what they overlap, those
    between are counted where they begin and end, and added up.
    """
    begin, end, at = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64), np.asarray(point)
    home, cuts = np.asarray(place), np.asarray(edges, dtype=np.float64)
    _check(begin, end, at, home, cuts)
    spans = cuts.size - 1
    working = np.ones((home.size, spans), dtype=bool) if on is None else np.asarray(on)
    if working.shape != (home.size, spans) or working.dtype != np.bool_:
        raise ValueError(
            f"`on` says for {home.size} access points and {spans} spans whether they were on; got {working.dtype} {working.shape}"
        )

    inside = (end > cuts[0]) & (begin < cuts[-1]) & (end > begin)
    begin, end, at = np.maximum(begin[inside], cuts[0]), np.minimum(end[inside], cuts[-1]), at[inside]
    first = np.searchsorted(cuts, begin, side="right") - 1
    last = np.searchsorted(cuts, end, side="left") - 1

    shape = (home.size, spans + 1)
    across = _count(at, first, shape) - _count(at, last + 1, shape)
    count = np.rint(np.cumsum(across, axis=1)[:, :spans]).astype(int)
    seconds = (
        count * np.diff(cuts) - (_count(at, first, shape, begin - cuts[first]) + _count(at, last, shape, cuts[last + 1] - end))[:, :spans]
    )

    unheard = int(count[~working].sum())
    count, seconds = np.where(working, count, 0), np.where(working, np.maximum(seconds, 0.0), 0.0)
    places = int(home.max()) + 1
    known, all_points = _by_place(working, home, places), np.bincount(home, minlength=places)[:, None]
    with np.errstate(invalid="ignore"):
        seen = known / all_points
    hours = np.where(known > 0, _by_place(seconds, home, places) / HOUR, np.nan)
    return Presence(hours, _by_place(count, home, places).astype(int), _by_place(count > 0, home, places).astype(int), seen, unheard)


def _count(at: Ints, span: Ints, shape: tuple[int, int], worth: Floats | None = None) -> Floats:
    """(A, H + 1) How many sessions, or how much of them, at each access point and span."""
    flat = np.bincount(at * shape[1] + span, weights=worth, minlength=shape[0] * shape[1])
    return np.asarray(flat.reshape(shape), dtype=np.float64)


def _by_place(of_points: ArrayLike, home: Ints, places: int) -> Floats:
    """(P, H) Sums over the access points of each place."""
    rows = np.asarray(of_points, dtype=np.float64)
    sums = np.zeros((places, rows.shape[1]))
    np.add.at(sums, home, rows)
    return sums


def _check(begin: Floats, end: Floats, at: Ints, home: Ints, cuts: Floats) -> None:
    """Refuse what can't be sessions."""
    if begin.ndim != 1 or not begin.shape == end.shape == at.shape:
        raise ValueError(f"sessions have a start, a stop and a point each; got the shapes {begin.shape}, {end.shape} and {at.shape}")
    if home.ndim != 1 or home.size == 0 or not np.issubdtype(home.dtype, np.integer) or home.min() < 0:
        raise ValueError(f"each access point has a place, counted from 0; got {home!r}")
    if cuts.ndim != 1 or cuts.size < 2 or not np.isfinite(cuts).all() or (np.diff(cuts) <= 0).any():
        raise ValueError("edges are two moments or more, each later than the one before")
    unknown = np.flatnonzero(~(np.isfinite(begin) & np.isfinite(end)))
    if unknown.size:
        raise ValueError(f"session {unknown[0]} has no start or no stop; leave it out, or take the last moment known of it")
    backwards = np.flatnonzero(end < begin)
    if backwards.size:
        i = backwards[0]
        raise ValueError(f"session {i} stops {begin[i] - end[i]:g} seconds before it starts")
    if at.size and (not np.issubdtype(at.dtype, np.integer) or at.min() < 0 or at.max() >= home.size):
        raise ValueError(f"points are counted from 0 to {home.size - 1}; got {at.dtype} from {at.min()} to {at.max()}")
