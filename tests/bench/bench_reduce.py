"""The lake and the reduction, measured: `python -m tests.bench.bench_reduce`. Tells each figure beside its reference.

A synthetic city: sensors that count every quarter of an hour, with a daily rhythm and chance, so that the bytes are honest. The reference
of the reduction is the same question written by hand in DuckDB SQL, asked of the same files in the same run, turn by turn.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from pulso import metrics
from pulso.lake import Lake
from pulso.shapes import OBSERVATION, REJECT, UTC_TIME, Answer, batch
from tests.bench.figures import Figure, note, seconds, tell
from tests.lake import town

SENSORS = 200
ROWS, FEW = 25_000_000, 8_000_000
TOML = town.TOML.replace('sensors = "bikes.csv"\n', 'zone = "west"\n')

BY_HAND = """
with hourly as (
    select source, sensor, day, hour, max(zone) as zone, sum(value) as value, count(*)::int as n, min(value) as least, max(value) as most
    from read_parquet($files) where source = 'bikes' and metric = 'bike_count' group by source, sensor, day, hour
), suspects as (
    select distinct sensor, day from hourly where least = most and least <> 0 and n >= 2
), marked as (
    select sensor, day, start, value, epoch(start)::bigint as seconds, row_number() over w as place,
           coalesce(value <> lag(value) over w, true) as moved
    from (select sensor, day, start, value from read_parquet($files) where source = 'bikes' and metric = 'bike_count')
    semi join suspects using (sensor, day) window w as (partition by sensor, day order by start)
), runs as (
    select sensor, day, value, place - max(case when moved then place else 0 end) over w + 1 as places,
           (seconds - max(case when moved then seconds else 0 end) over w) / 900.0 + 1 as spans
    from marked window w as (partition by sensor, day order by start rows unbounded preceding)
), longest as (
    select sensor, day, floor(max(case when value = 0 then 0 else least(places, spans) end))::int as still from runs group by sensor, day
)
select 'bike_count' as metric, source, sensor, zone, day, hour, value, n, coalesce(still, 0) as still,
       case when day in ('2020-10-25', '2021-10-31', '2022-10-30') and hour = 2 and n > 4 then 8.0 else 4.0 end::float as expected
from hourly left join longest using (sensor, day)
"""


def answers(rows: int, sensors: int = SENSORS) -> Iterator[Answer]:
    """Answers in order of time: one a week, all sensors, quarter hours."""
    chance = np.random.default_rng(7)
    per_week = sensors * 7 * 96
    names = pa.array([f"counter-{i:04d}" for i in range(sensors)])
    base = chance.lognormal(2.5, 1.0, sensors)
    for week in range(-(-rows // per_week)):
        first = datetime(2020, 1, 6, tzinfo=UTC) + timedelta(weeks=week)
        start = int(first.timestamp() * 1e6) + np.arange(7 * 96, dtype=np.int64) * 900_000_000
        rhythm = np.clip(np.sin((np.arange(7 * 96) % 96) / 96 * 2 * np.pi - 1.8) + 0.9, 0.02, None)
        value = chance.poisson(base[:, None] * rhythm[None, :]).astype(float).ravel()
        times = np.tile(start, sensors)
        sensor = pa.DictionaryArray.from_arrays(pa.array(np.repeat(np.arange(sensors, dtype=np.int32), start.size)), names).cast(
            pa.string()
        )
        one = pa.array(["1"]).take(pa.array(np.zeros(times.size, dtype=np.int32)))
        metric = pa.array(["bike_count"]).take(pa.array(np.zeros(times.size, dtype=np.int32)))
        observations = batch(
            OBSERVATION, sensor=sensor, metric=metric, unit=one, value=pa.array(value),
            start=pa.array(times, UTC_TIME), end=pa.array(times + 900_000_000, UTC_TIME),
        )  # fmt: skip
        yield Answer(observations, batch(REJECT), f"week {week}", f"digest {week}")


def filled(folder: Path, rows: int, sensors: int = SENSORS) -> tuple[Lake, float, int]:
    """A lake with so many rows, the seconds that keeping them took (without making them up), and its bytes."""
    lake = town.lake(folder, toml=TOML)
    spent = 0.0

    def timed() -> Iterator[Answer]:
        nonlocal spent
        at = time.perf_counter()
        for a in answers(rows, sensors):
            spent += time.perf_counter() - at
            yield a
            at = time.perf_counter()

    begun = time.perf_counter()
    kept = lake.keep(lake.city.sources["bikes"], timed())
    took = time.perf_counter() - begun - spent
    assert kept.new == kept.rows
    return lake, took, sum(f.size for f in lake.observation.files())


def ratio(lake: Lake, turns: int = 5) -> tuple[float, float, float]:
    """Median seconds of the reduction's query and of the same one by hand, asked in turn, and the median of the turns' ratios."""
    recipe = next(r for r in metrics.recipes(lake.city) if r.metric == "bike_count")
    files = [str(f.path) for f in lake.observation.files()]
    hand = lake.backend.con

    def ours() -> pa.Table:
        return lake.backend.to_pyarrow(recipe.reduce(lake.observations("bikes")))

    def theirs() -> pa.Table:
        return hand.sql(BY_HAND, params={"files": files}).to_arrow_table()

    def timed(ask: Callable[[], pa.Table]) -> float:
        begun = time.perf_counter()
        rows = ask().num_rows
        assert rows > 0
        return time.perf_counter() - begun

    pairs = [(timed(ours), timed(theirs)) for _ in range(turns)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), statistics.median(a / b for a, b in pairs)


def figures(turns: int) -> list[Figure]:
    """Measure: a large lake, and the reduction of a smaller one turn by turn with its reference."""
    with tempfile.TemporaryDirectory() as folder:
        lake, took, size = filled(Path(folder), ROWS)
        rows = sum(f.rows for f in lake.observation.files())
        begun = time.perf_counter()
        done = lake.reduce(metrics.recipes(lake.city))
        reducing = time.perf_counter() - begun
        gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        note(f"kept and reduced {rows:,} rows")
        small = town.lake(Path(folder) / "small", toml=TOML)
        small.keep(small.city.sources["bikes"], answers(FEW))
        few = sum(f.rows for f in small.observation.files())
        ours, theirs, share = ratio(small, turns)
    name = f"Reducing {few / 1e6:.0f} M observations to sensor-hours"
    million = f"{rows / 1e6:.0f} M observations"
    return [
        Figure(name, seconds(ours), "by hand in DuckDB SQL", seconds(theirs), share, "≤ 1.15 ×", share <= 1.15),
        Figure(f"Keeping {million}", f"{rows / took / 1e6:.2f} M a second"),
        Figure(f"Reducing {million} and writing {done.rows / 1e6:.1f} M sensor-hours", f"{rows / reducing / 1e6:.1f} M a second"),
        Figure("Bytes of an observation on the disk", f"{size / rows:.2f}"),
        Figure(f"Most memory while {million} are kept and reduced", f"{gib:.2f} GiB", bar="≤ 2 GiB", met=gib <= 2.0),
    ]


if __name__ == "__main__":
    tell(figures, turns=9)
