"""Presence, measured: `python -m tests.bench.bench_presence`. From sessions to the place-hours that can be published, beside a bare count.

Ten million sessions of a month at 600 access points of 150 places. The reference is what any tool must do at least: the minutes and the
sessions of each place and hour by overlap, in DuckDB SQL on all processors, of the same columns in the same run, turn by turn.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from pulso.core.privacy.nested import Tree, protect_nested
from pulso.flow.presence_count import Layout, Sessions, counted
from pulso.sources.radius import Options
from tests.bench.figures import Figure, note, seconds, tell

SESSIONS, POINTS, PLACES, ZONES, DAYS = 10_000_000, 600, 150, 15, 30
FIRST = 1_777_593_600.0  # 1 May 2026, UTC

BARE = """
select place, hour, sum(least(stop, 3600.0 * hour + 3600) - greatest(start, 3600.0 * hour)) / 3600 as hours, count(*) as sessions
from (
    select place, start, stop, unnest(range(floor(start / 3600)::bigint, ceil(stop / 3600)::bigint)) as hour
    from sessions join points using (point) where stop > start
)
group by place, hour
"""


def a_month() -> tuple[pa.Table, Layout]:
    """Sessions by day and night at large places and small, of twenty minutes on average; and where the access points are."""
    rng = np.random.default_rng(11)
    place_of = np.sort(rng.integers(0, PLACES, POINTS))
    place_of[:PLACES] = np.arange(PLACES)
    drawn = rng.lognormal(0, 1.1, PLACES)[place_of]
    point = rng.choice(POINTS, SESSIONS, p=drawn / drawn.sum())
    daytime = np.clip(np.sin((np.arange(24) - 7) / 24 * 2 * np.pi) + 0.7, 0.02, None)
    start = FIRST + 86_400.0 * rng.integers(0, DAYS, SESSIONS) + 3600.0 * rng.choice(24, SESSIONS, p=daytime / daytime.sum())
    start = np.floor(start + rng.uniform(0, 3600, SESSIONS))
    stop = np.minimum(start + np.ceil(rng.exponential(1200, SESSIONS)), FIRST + DAYS * 86_400.0)
    names = tuple(f"place {i}" for i in range(PLACES))
    tree = Tree(np.arange(PLACES) % ZONES, ZONES)
    large = np.zeros(PLACES, dtype=bool)
    where = Layout({}, place_of, names, names, large, tuple(f"zone {i}" for i in range(ZONES)), tree)
    return pa.table({"point": point, "start": start, "stop": stop}), where


def ours(sessions: pa.Table, where: Layout) -> int:
    """Place-hours that can be published, from the same columns."""
    edges = FIRST + 3600.0 * np.arange(24 * DAYS + 1)
    options = Options(url="https://x", points="points.csv")
    columns = Sessions(*(sessions[name].to_numpy() for name in ("start", "stop", "point")))
    counts = counted(columns, where, edges, np.ones((POINTS, edges.size - 1), dtype=bool), options)
    held = protect_nested(counts.values, where.tree, counts.cells, counts.sums)
    return int(np.isfinite(held.figures[:, :PLACES]).sum())


def bare(sessions: pa.Table, points: pa.Table) -> int:
    """Place-hours, with everybody in them."""
    with duckdb.connect() as db:
        db.register("sessions", sessions)
        db.register("points", points)
        return db.sql(BARE).to_arrow_table().num_rows


def figures(turns: int) -> list[Figure]:
    """Measure both, turn by turn, and the protection alone."""
    sessions, where = a_month()
    points = pa.table({"point": np.arange(POINTS), "place": where.place_of})
    note(f"{SESSIONS:,} sessions")

    def timed(ask: Callable[[], int]) -> float:
        begun = time.perf_counter()
        assert ask() > 0
        return time.perf_counter() - begun

    pairs = [(timed(lambda: ours(sessions, where)), timed(lambda: bare(sessions, points))) for _ in range(turns)]
    share = statistics.median(a / b for a, b in pairs)
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    edges = FIRST + 3600.0 * np.arange(24 * DAYS + 1)
    columns = Sessions(*(sessions[name].to_numpy() for name in ("start", "stop", "point")))
    on = np.ones((POINTS, edges.size - 1), dtype=bool)
    counts = counted(columns, where, edges, on, Options(url="https://x", points="points.csv"))
    protecting = timed(lambda: protect_nested(counts.values, where.tree, counts.cells, counts.sums).figures.size)
    few = float(counts.cells.mean())
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    what = f"{SESSIONS // 10**6} M sessions to published place-hours"
    return [
        Figure(what, seconds(mine), "counting alone, in DuckDB SQL", seconds(theirs), share, "≤ 1.5 ×", share <= 1.5),
        Figure(f"Protecting {PLACES} places × {24 * DAYS} hours in {ZONES} zones, {few:.0%} of them small", seconds(protecting)),
        Figure("Most memory", f"{gib:.2f} GiB"),
    ]


if __name__ == "__main__":
    tell(figures, turns=5)
