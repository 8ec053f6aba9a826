"""All days in one pass: to the number what each hour is by itself."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.core.privacy.nested import Tree
from pulso.flow.presence.count import Layout, counted, tallied
from pulso.flow.presence.join import Sessions
from pulso.flow.presence.store import instants
from pulso.sources.radius import Options

POINTS, PLACES = 6, 3
WHERE = Layout(
    {f"ap-{i}": i for i in range(POINTS)},
    np.array([0, 0, 1, 1, 1, 2]),
    tuple(f"ap-{i}" for i in range(POINTS)),
    ("a", "b", "c"),
    np.array([False, False, True]),
    ("west",),
    Tree(np.array([0, 0, -1]), 1),
)


def plainly(sessions: Sessions, first: float, last: float, on: np.ndarray) -> tuple[list[float], list[float], list[int], list[float]]:
    """Of one hour, place by place: sessions, session-hours, access points with any, the share that was on."""
    many, long, seen = [0] * POINTS, [0.0] * POINTS, [0] * PLACES
    for start, stop, at in zip(*(x.tolist() for x in sessions), strict=True):
        if start < last and stop > first and stop > start and on[at]:
            many[at] += 1
            long[at] += min(stop, last) - max(start, first)
    home = WHERE.place_of.tolist()
    of = [[i for i in range(POINTS) if home[i] == p] for p in range(PLACES)]
    seen = [sum(bool(on[i]) for i in those) / len(those) for those in of]
    return (
        [float(sum(many[i] for i in those)) for those in of],
        [sum(long[i] for i in those) / 3600 for those in of],
        [sum(many[i] > 0 for i in those) for those in of],
        seen,
    )


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**31),
    st.sampled_from(
        [("Europe/Lisbon", date(2026, 5, 3)), ("Europe/Lisbon", date(2026, 10, 24)), ("Australia/Lord_Howe", date(2026, 4, 4))]
    ),
    st.sampled_from(["sessions", "at_once"]),
    st.sampled_from([0.4, 1.0]),
)
def test_each_hour_of_each_day_is_what_it_is_by_itself(seed, when, measure, share):
    clock, rng = ZoneInfo(when[0]), np.random.default_rng(seed)
    days = [when[1] + timedelta(days=i) for i in range(3)]
    each = [instants(day, clock) for day in days]
    n = int(rng.integers(0, 900))
    start = np.floor(rng.uniform(each[0][0] - 50_000, each[-1][-1] + 20_000, n))
    stop = start + np.floor(rng.exponential(rng.choice([600, 9_000, 90_000], n))) * (rng.random(n) < 0.95)
    point = np.sort(rng.choice(POINTS, n, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.05]))
    sessions = Sessions(start, stop, point)
    options = Options(url="https://x", points="p", measure=measure, seen=share)
    part = rng.integers(0, 4, n)
    parts = [Sessions(*(column[part == i] for column in sessions)) for i in range(4)]
    tally = tallied(parts, POINTS, np.unique(np.concatenate(each)), 7200.0)
    for edges in each:
        found = tally.of(edges)
        on = rng.random((POINTS, edges.size - 1)) < 0.8
        says = on | (rng.random(on.shape) < 0.5)
        counts = counted(found, WHERE, on, says, options)
        for h in range(edges.size - 1):
            many, long, points, _ = plainly(sessions, edges[h], edges[h + 1], says[:, h])
            seen = plainly(sessions, edges[h], edges[h + 1], on[:, h])[3]
            heard = np.array(seen) >= share - 1e-9
            right = np.where(heard, many if measure == "sessions" else long, np.nan)
            np.testing.assert_array_equal(counts.values[h], right)
            venue = np.array([False, False, True])
            few = heard & ((np.array(many) < 10) | ((np.array(points) < 2) & ~venue))
            assert (counts.cells[h][heard] == few[heard]).all()
        alone = tallied([sessions], POINTS, edges, 7200.0)
        assert (alone.many == found.many).all()
        assert (alone.seconds == found.seconds).all()
        assert (alone.on == found.on).all()


@pytest.mark.parametrize("points", [1, 600])
def test_nobody_at_all_is_nobody(points):
    none = Sessions(np.zeros(0), np.zeros(0), np.zeros(0, dtype=int))
    tally = tallied([none], points, 3600.0 * np.arange(5), 7200.0)
    assert (tally.many.sum(), tally.seconds.sum(), tally.on.sum()) == (0, 0, 0)
