"""From observations to sensor-hours: which days were touched, reduced in runs that fit the memory, put in place in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _
from numpy.typing import DTypeLike, NDArray

from pulso.lake.delta import File, Table
from pulso.lake.view import latest, within
from pulso.shapes import SENSOR_HOUR, UTC_TIME, Recipe

if TYPE_CHECKING:
    from ibis.backends import BaseBackend

ROWS_A_RUN = 8_000_000
"""So many observations are reduced at once, in whole days: their windows fit into about a gigabyte."""
HOURS_A_FILE = 250_000
"""Sensor-hour files are small, because replacing a day rewrites the files in which it lies."""
ORDER = [("source", "ascending"), ("metric", "ascending"), ("day", "ascending"), ("sensor", "ascending"), ("hour", "ascending")]


@dataclass
class Reduced:
    """What a reduction did."""

    days: int = 0  # local days × sources touched
    first: date | None = None  # of these days
    rows: int = 0  # sensor-hours written


def reduce(
    hours: Table,
    observation: Table,
    db: duckdb.DuckDBPyConnection,
    engine: BaseBackend,
    recipes: Sequence[Recipe],
    told: Callable[[str, date], None],
    note: Callable[[date], None],
) -> Reduced:
    """Reduce every day that was touched since each recipe's marker, and move the markers, in one commit.

    The marker of a recipe is the latest known_at that it has reduced; a recipe whose digest is new has none, and starts over. `note`
    hears of the first touched day before the commit, so that whoever is killed between has noted too much and never too little.
    """
    done = Reduced()
    horizon = max((f.most["known_at"] for f in observation.files()), default=None)
    if horizon is None:
        return done
    now = _micros(horizon)
    groups: dict[tuple[str, int | None], list[Recipe]] = {}
    for recipe, since in zip(recipes, hours.markers([_marker(r) for r in recipes]), strict=True):
        if since is None or since < now:
            groups.setdefault((recipe.source, since), []).append(recipe)
    replaced: list[tuple[Recipe, set[date] | None]] = []
    adds = []
    for (source, since), group in groups.items():
        days = touched(observation, db, source, since)
        done.days += len(days)
        done.first = min(filter(None, [done.first, *days[:1]]), default=None)
        replaced += [(r, None if since is None else set(days)) for r in group]
        for some in _runs(observation.files(source=(source, source)), days):
            told(source, some[-1])
            rows = _sensor_hours(observation, engine, source, group, some, horizon)
            done.rows += rows.num_rows
            adds += hours.write(rows, HOURS_A_FILE)
    removes, kept = _replaced(hours, replaced)
    if done.first is not None:
        note(done.first)
    hours.commit(adds + hours.write(kept, HOURS_A_FILE), removes, {_marker(r): now for g in groups.values() for r in g})
    return done


def touched(observation: Table, db: duckdb.DuckDBPyConnection, source: str, since: int | None) -> list[date]:
    """The local days of a source about which something was learned after `since`, in microseconds; all of them for None."""
    after = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=-1 if since is None else since)
    files = observation.files(source=(source, source), known_at=(after + timedelta(microseconds=1), None))
    if not files:
        return []
    found = db.execute(
        "select distinct day from read_parquet($files) where source = $source and known_at > $after order by day",
        {"files": [str(f.path) for f in files], "source": source, "after": after},
    )
    return [d for (d,) in found.fetchall()]


def _sensor_hours(
    observation: Table, engine: BaseBackend, source: str, group: Sequence[Recipe], days: list[date], known_at: datetime
) -> pa.Table:
    span = (days[0], days[-1])
    rows = within(latest(engine, observation.files(source=(source, source), day=span)), source, None, span)
    if len(days) <= (span[1] - span[0]).days:
        rows = rows.filter(_.day.isin(days))
    made = [recipe.reduce(rows) for recipe in group]
    table = engine.to_pyarrow(made[0] if len(made) == 1 else ibis.union(*made))
    stamped = table.append_column("known_at", pa.repeat(pa.scalar(known_at, UTC_TIME), table.num_rows))
    return stamped.select(SENSOR_HOUR.names).cast(SENSOR_HOUR).sort_by(ORDER)


def _runs(files: Sequence[File], days: list[date]) -> Iterator[list[date]]:
    """Cut days into runs of about ROWS_A_RUN observations, by the log's counts: a file's rows are taken to lie evenly over its days."""
    if not days:
        return
    first = days[0].toordinal()
    load = np.zeros(days[-1].toordinal() - first + 1)
    for f in files:
        lo, hi = f.least["day"].toordinal() - first, f.most["day"].toordinal() - first
        load[max(lo, 0) : hi + 1] += f.rows / (hi - lo + 1)
    some: list[date] = []
    rows = 0.0
    for day in days:
        more = load[day.toordinal() - first]
        if some and rows + more > ROWS_A_RUN:
            yield some
            some, rows = [], 0.0
        some.append(day)
        rows += more
    yield some


def _replaced(hours: Table, replaced: Sequence[tuple[Recipe, set[date] | None]]) -> tuple[list[File], pa.Table]:
    """Which files hold rows that are made anew, and their other rows, which stay."""
    removes, kept = [], []
    for file in hours.files():
        meets = [(r, days) for r, days in replaced if file.least["metric"] <= r.metric <= file.most["metric"]]
        meets = [(r, d) for r, d in meets if d is None or any(file.least["day"] <= x <= file.most["day"] for x in d)]
        if not meets:
            continue
        rows = hours.read_file(file)
        stale = np.zeros(rows.num_rows, dtype=bool)
        for recipe, days in meets:
            mine = pc.and_(pc.equal(rows["metric"], recipe.metric), pc.equal(rows["source"], recipe.source))
            if days is not None:
                mine = pc.and_(mine, pc.is_in(rows["day"], pa.array(sorted(days), pa.date32())))
            stale |= mine.combine_chunks().to_numpy(zero_copy_only=False)
        if stale.any():
            removes.append(file)
            kept.append(rows.filter(pa.array(~stale)))
    return removes, (pa.concat_tables(kept).sort_by(ORDER) if kept else SENSOR_HOUR.empty_table())


def _marker(recipe: Recipe) -> str:
    return f"reduced:{recipe.metric}:{recipe.digest}"


def _micros(moment: datetime) -> int:
    return int((moment - datetime.fromtimestamp(0, UTC)) / timedelta(microseconds=1))


def read(hours: Table, metric: str, days: tuple[date, date] | None, columns: list[str] | None = None) -> pa.Table:
    """The sensor-hours of one metric, of these local days, both included; or some of their columns."""
    asked: dict[str, Any] = {"metric": (metric, metric)} | ({} if days is None else {"day": days})
    return hours.read(columns, **asked)


def span(hours: Table, metric: str) -> tuple[date, date] | None:
    """The first and last local day of a metric; None where it has none. The log knows, but of files that hold other metrics as well."""
    first, last = [], []
    for file in hours.files(metric=(metric, metric)):
        least, most = file.least["day"], file.most["day"]
        if file.least["metric"] != file.most["metric"]:
            rows = hours.read_file(file, ["metric", "day"])
            least, most = pc.min_max(rows.filter(pc.equal(rows["metric"], metric))["day"]).as_py().values()
        if least is not None:
            first.append(least)
            last.append(most)
    return (min(first), max(last)) if first else None


@dataclass(frozen=True)
class Arrays:
    """One metric, dense: T local days from `first`, S sensors in order of their names, H hours (1 where the metric comes by the day)."""

    first: date
    sensors: list[str]
    zones: list[str | None]  # leaf zone of each sensor, as its latest day has it
    values: NDArray[np.floating]  # (T, S, H), in the metric's unit; NaN where nothing was seen
    seen: NDArray[np.floating]  # (T, S, H), share of an hour's intervals seen; 0 unseen; 2 where both of autumn's hours are complete
    still: NDArray[np.int32]  # (T, S), longest run of one value other than 0, in intervals of at least 15 minutes


DENSE = ["sensor", "zone", "day", "hour", "value", "n", "expected", "still"]
"""What the dense arrays are made of."""


def arrays(rows: pa.Table, days: tuple[date, date], *, daily: bool, dtype: DTypeLike = np.float64) -> Arrays:
    """Put sensor-hours of one metric into dense arrays.

    Parameters
    ----------
    rows
        The columns DENSE of SENSOR_HOUR, one metric, all of these days.
    days
        First and last local day, both included.
    daily
        Whether the metric comes by the day: then H = 1.
    dtype
        Of `values` and `seen`; float32 halves the memory of a large city.
    """
    t = rows["day"].cast(pa.int32()).to_numpy().astype(np.int64) - (days[0] - date(1970, 1, 1)).days
    coded = rows["sensor"].combine_chunks().dictionary_encode()
    names = np.array(coded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(names)
    s = np.argsort(order)[coded.indices.to_numpy()] if names.size else np.zeros(0, dtype=np.int64)
    h = np.zeros(rows.num_rows, dtype=np.int64) if daily else rows["hour"].to_numpy().astype(np.int64)
    shape = ((days[1] - days[0]).days + 1, names.size, 1 if daily else 24)
    values, seen = np.full(shape, np.nan, dtype=dtype), np.zeros(shape, dtype=dtype)
    still = np.zeros(shape[:2], dtype=np.int32)
    of_day = t * names.size + s
    at = of_day * shape[2] + h
    expected = rows["expected"].to_numpy().astype(float)
    base = expected.min(initial=np.inf)
    values.reshape(-1)[at] = rows["value"].to_numpy()
    seen.reshape(-1)[at] = np.minimum(rows["n"].to_numpy() / expected, 1.0) * (expected / base)
    still.reshape(-1)[of_day] = rows["still"].to_numpy()
    last, by_day = np.zeros(names.size, dtype=np.int64), np.argsort(t, kind="stable")
    last[s[by_day]] = by_day  # where a sensor has several zones, the last one stays
    zones = rows["zone"].combine_chunks().take(pa.array(last)).to_pylist()
    return Arrays(days[0], names[order].tolist(), zones, values, seen, still)
