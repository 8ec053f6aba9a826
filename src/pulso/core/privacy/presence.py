"""Presence: how long, and how many, sessions with access points lasted in each place and hour."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int_]
Bools = NDArray[np.bool_]

HOUR = 3600.0  # seconds
AT_ONCE = 1 << 18  # sessions: so many as a processor's own memory holds


class Presence(NamedTuple):
    """What was seen in each place and span; NaN in `hours` where no access point of the place was on."""

    hours: Floats  # (P, H) session-hours: over an hour, the mean number of sessions at once
    sessions: Ints  # (P, H) distinct sessions that overlap the span
    points: Ints  # (P, H) access points with at least one of them
    seen: Floats  # (P, H) share of the place's access points that were on; NaN where it has none
    unheard: int  # sessions, span by span, of points said to be off: left out
    hours_at: Floats  # (A, H) session-hours of each access point; 0 where it was off
    sessions_at: Ints  # (A, H) distinct sessions of each


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
    home, cuts = np.asarray(place), np.asarray(edges, dtype=np.float64)
    begin, end, at = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64), np.asarray(point)
    _check(begin, end, at, home, cuts)
    working = np.ones((home.size, cuts.size - 1), dtype=bool) if on is None else np.asarray(on)
    return of_places(*_by_point(begin, end, at, home.size, cuts), home, working)


def by_point(start: ArrayLike, stop: ArrayLike, point: ArrayLike, points: int, edges: ArrayLike) -> tuple[Ints, Floats]:
    """(A, H), twice: at each access point how many sessions overlap each span, and for how many seconds. As `presence`, before places."""
    begin, end, at = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64), np.asarray(point)
    cuts = np.asarray(edges, dtype=np.float64)
    _check(begin, end, at, np.zeros(points, dtype=int), cuts)
    return _by_point(begin, end, at, points, cuts)


def of_places(count: Ints, seconds: Floats, home: Ints, on: Bools, told: Bools | None = None) -> Presence:
    """
    Add up by place what `by_point` found.

    Parameters
    ----------
    count, seconds : (A, H)
        Of each access point in each span.
    home : (A,)
        Its place.
    on : (A, H)
        Whether it was on: what `seen` is a share of.
    told : (A, H)
        Whether what it says counts; without, if it was on. One that fell silent within a span wasn't on, and those who were there were.

    Returns
    -------
    Presence

    Raises
    ------
    ValueError
        If `on` or `told` are of another shape, or say something else than yes or no.
    """
    says = on if told is None else told
    if any(x.shape != count.shape or x.dtype != np.bool_ for x in (on, says)):
        raise ValueError(
            f"`on` says for {count.shape[0]} access points and {count.shape[1]} spans whether they were on; got {on.dtype} {on.shape}"
        )
    unheard = int(count[~says].sum())
    count, seconds = np.where(says, count, 0), np.where(says, np.maximum(seconds, 0.0), 0.0)
    places = int(home.max()) + 1
    known, all_points = _by_place(on, home, places), np.bincount(home, minlength=places)[:, None]
    with np.errstate(invalid="ignore"):
        seen = known / all_points
    hours = np.where(known > 0, _by_place(seconds, home, places) / HOUR, np.nan)
    at_all = _by_place(count > 0, home, places).astype(int)
    return Presence(hours, _by_place(count, home, places).astype(int), at_all, seen, unheard, seconds / HOUR, count)


def _by_point(begin: Floats, end: Floats, at: Ints, points: int, cuts: Floats) -> tuple[Ints, Floats]:
    across, lost = np.zeros((points, cuts.size)), np.zeros((points, cuts.size))
    for some in range(0, begin.size, AT_ONCE):
        part = slice(some, some + AT_ONCE)
        _split(begin[part], end[part], at[part], cuts, across.ravel(), lost.ravel())
    count = np.rint(np.cumsum(across, axis=1)[:, :-1]).astype(int)
    return count, count * np.diff(cuts) - lost[:, :-1]


def _split(begin: Floats, end: Floats, at: Ints, cuts: Floats, across: Floats, lost: Floats) -> None:
    """Add sessions to what begins and ends in each span of each access point, and to what of these spans they don't fill."""
    inside = (end > cuts[0]) & (begin < cuts[-1]) & (end > begin)
    if not inside.all():
        begin, end, at = begin[inside], end[inside], at[inside]
    if begin.size and (begin.min() < cuts[0] or end.max() > cuts[-1]):
        begin, end = np.maximum(begin, cuts[0]), np.minimum(end, cuts[-1])
    (first, before), (last, after) = _span_of(begin, cuts, "right"), _span_of(end, cuts, "left")
    rows = at.astype(int) * cuts.size
    begins, ends = rows + first, rows + last
    across += np.bincount(begins, minlength=across.size)
    across -= np.bincount(ends + 1, minlength=across.size)
    lost += np.bincount(begins, weights=before, minlength=lost.size)
    lost += np.bincount(ends, weights=after, minlength=lost.size)


def _span_of(moments: Floats, cuts: Floats, side: Literal["left", "right"]) -> tuple[Ints, Floats]:
    """
    (S,), twice: in which span each moment lies, and how far from its edge.

    One on an edge lies in the later span ("right": the edge before it is meant) or in the earlier ("left": the edge after it).
    Of even spans the span is reckoned, which is right wherever the moment is found to lie within it.
    """
    width = cuts[1] - cuts[0]
    if moments.size and (np.diff(cuts) == width).all():
        spans = (moments - cuts[0]) / width
        found = spans.astype(int) if side == "right" else np.ceil(spans).astype(int) - 1
        np.clip(found, 0, cuts.size - 2, out=found)
        off = _off(moments, cuts, found, side)
        if off.min() >= 0 and off.max() < width:
            return found, off
    found = np.searchsorted(cuts, moments, side=side) - 1
    return found, _off(moments, cuts, found, side)


def _off(moments: Floats, cuts: Floats, span: Ints, side: Literal["left", "right"]) -> Floats:
    """(S,) From the edge before each moment's span, or to the one after it."""
    return np.asarray(moments - cuts[span] if side == "right" else cuts[span + 1] - moments)


def _by_place(of_points: ArrayLike, home: Ints, places: int) -> Floats:
    """(P, H) Sums over the access points of each place."""
    rows = np.asarray(of_points, dtype=np.float64)
    hours = rows.shape[1]
    cells = home[:, None] * hours + np.arange(hours)
    return np.asarray(np.bincount(cells.ravel(), weights=rows.ravel(), minlength=places * hours).reshape(places, hours))


def _check(begin: Floats, end: Floats, at: Ints, home: Ints, cuts: Floats) -> None:
    """Refuse what can't be sessions."""
    if begin.ndim != 1 or not begin.shape == end.shape == at.shape:
        raise ValueError(f"sessions have a start, a stop and a point each; got the shapes {begin.shape}, {end.shape} and {at.shape}")
    if home.ndim != 1 or home.size == 0 or not np.issubdtype(home.dtype, np.integer) or home.min() < 0:
        raise ValueError(f"each access point has a place, counted from 0; got {home!r}")
    if cuts.ndim != 1 or cuts.size < 2 or not np.isfinite(cuts).all() or (np.diff(cuts) <= 0).any():
        raise ValueError("edges are two moments or more, each later than the one before")
    length = end - begin
    if begin.size and not (length.min() >= 0 and length.max() < np.inf):  # of what is unknown neither is true
        unknown = np.flatnonzero(~(np.isfinite(begin) & np.isfinite(end)))
        if unknown.size:
            raise ValueError(f"session {unknown[0]} has no start or no stop; leave it out, or take the last moment known of it")
        i = int(length.argmin())
        raise ValueError(f"session {i} stops {-length[i]:g} seconds before it starts")
    if at.size and (not np.issubdtype(at.dtype, np.integer) or at.min() < 0 or at.max() >= home.size):
        raise ValueError(f"points are counted from 0 to {home.size - 1}; got {at.dtype} from {at.min()} to {at.max()}")
