"""Which access points were on: an hour counts as one in which an access point was on if what is known of it covers the hour, all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pulso.city import Span
from pulso.flow.presence.threads import mapped
from pulso.sources.radius_join import point_of

if TYPE_CHECKING:
    from pulso.flow.presence.count import Layout
    from pulso.flow.presence.join import Sessions

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]

LATE = 0.5  # of a feed's interval: a report that comes no later leaves no gap; one that doesn't come at all does
ROUNDED = 1e-3  # seconds: so little may be lost where a moment is reckoned with


def on_by_reports(parts: Sequence[Sessions], points: int, edges: Floats, quiet: float) -> Bools:
    """
    Say which access points were on, where no feed tells.

    Parameters
    ----------
    parts
        Sessions, each once, in any order.
    points
        How many access points there are.
    edges : (H + 1,)
        Where hours begin and end.
    quiet
        Seconds. An access point was on while a session lasted, and between two that lie no further apart.

    Returns
    -------
    (A, H)
        Of hours that are covered so from their beginning to their end: in one within which it went silent it may have died.
    """
    if not parts:
        return np.zeros((points, edges.size - 1), dtype=bool)
    each = mapped(lambda s: stretches(s.point, s.start, s.stop, quiet), parts)
    at, since, until = (np.concatenate(column) for column in zip(*each, strict=True))
    return covered(*stretches(at, since, until, quiet), points, edges)


def on_by_feed(told: pa.Table, feed: Sequence[str], edges: Floats, interval: float) -> Bools:
    """
    Say which access points were on, as a feed of health reports it.

    Parameters
    ----------
    told
        Its reports around these hours: sensor, start, end, value (more than 0: working).
    feed : (A,)
        What it calls each access point.
    edges : (H + 1,)
        Where hours begin and end.
    interval
        Seconds: how often it reports, where a report doesn't say how long it holds.

    Returns
    -------
    (A, H)
        An access point was on in an hour that good reports cover, by the feed's own interval, and of which no report says that it wasn't.
        One of which the feed doesn't speak was off.
    """
    at = pc.index_in(told["sensor"].combine_chunks().cast(pa.string()), value_set=pa.array(feed, pa.string()))
    known = pc.and_(pc.is_valid(at), pc.is_valid(told["value"].combine_chunks())).to_numpy(zero_copy_only=False)
    which = pc.fill_null(at, 0).to_numpy(zero_copy_only=False)[known].astype(int)
    since, until = (_seconds(told[name])[known] for name in ("start", "end"))
    works = told["value"].combine_chunks().to_numpy(zero_copy_only=False)[known] > 0
    until = np.where(until > since, until, since + interval)
    own = float(np.median(until - since)) if since.size else interval
    good = covered(*stretches(which[works], since[works], until[works], LATE * own), len(feed), edges)
    return good & ~_touched(which[~works], since[~works], until[~works], len(feed), edges)


def silenced(where: Layout, events: Iterable[Span], day: date) -> Bools:
    """(A,) Which access points an event of this local day silences, called as accounting or as the source of health calls them.

    An event lasts whole days: a cut at noon is a day on which nobody knows how much of it the access point saw.
    """
    named = {name for e in events if e.first <= day <= e.last for name in e.sensors}
    named |= {point_of(name) for name in named}  # an address is an address in whichever way it is written
    return np.array([point in named or called in named for point, called in zip(where.points, where.feed, strict=True)], dtype=bool)


def stretches(at: Ints, since: Floats, until: Floats, bridge: float) -> tuple[Ints, Floats, Floats]:
    """Spans of time of each access point as one, where they overlap or lie no further apart than `bridge`: whose, from when, until when."""
    if not at.size:
        return at, since, until
    step = np.diff(at)
    if (step < 0).any() or ((step == 0) & (np.diff(since) < 0)).any():
        order = np.lexsort((since, at))
        at, since, until = at[order], since[order], until[order]
    zero = since.min()
    apart = until.max() - zero + bridge + 1  # so far from one access point's times to the next one's that nothing bridges it
    own = at * apart - zero
    begin, reach = own + since, np.maximum.accumulate(own + until)
    first = np.flatnonzero(np.concatenate([[True], begin[1:] - reach[:-1] > bridge]))
    last = np.append(first[1:], at.size) - 1
    return at[first], since[first], reach[last] - own[last]


def covered(at: Ints, since: Floats, until: Floats, points: int, edges: Floats) -> Bools:
    """(A, H) Which hours lie within one of these stretches."""
    begins = np.searchsorted(edges, since - ROUNDED, side="left")
    ends = np.searchsorted(edges, until + ROUNDED, side="right") - 1
    return _filled(at, begins, ends, points, edges.size - 1)


def _touched(at: Ints, since: Floats, until: Floats, points: int, edges: Floats) -> Bools:
    """(A, H) Which hours overlap one of these."""
    begins = np.clip(np.searchsorted(edges, since, side="right") - 1, 0, edges.size - 1)
    return _filled(at, begins, np.clip(np.searchsorted(edges, until, side="left"), 0, edges.size - 1), points, edges.size - 1)


def _filled(at: Ints, begins: Ints, ends: Ints, points: int, hours: int) -> Bools:
    """(A, H) From which hour to before which something lasts."""
    some = ends > begins
    steps = np.zeros((points, hours + 1), dtype=int)
    np.add.at(steps, (at[some], begins[some]), 1)
    np.add.at(steps, (at[some], ends[some]), -1)
    return np.asarray(np.cumsum(steps, axis=1)[:, :hours] > 0)


def _seconds(moments: pa.ChunkedArray) -> Floats:
    whole = moments.combine_chunks().cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    return np.asarray(whole.to_numpy(zero_copy_only=False).astype(np.float64) / 1e6)
