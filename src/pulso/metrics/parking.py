"""Car parks: how many places are taken, and how many cars came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from pulso.metrics.metric import Metric, Setting, opening, sensor_hours

if TYPE_CHECKING:
    import ibis.expr.types as ir

LONGEST_STEP = 3
"""Two observations further apart than so many intervals are not consecutive: what happened between them is unknown."""

CAPACITY = pa.schema([("sensor", pa.string()), ("first", pa.date32()), ("last", pa.date32()), ("declared", pa.float64())])


def occupied(obs: ir.Table, setting: Setting) -> ir.Table:
    """Places taken, mean over the hour: capacity − free, within the opening hours.

    The capacity is what the source said that day, else what the sensors file says of that day; where neither knows it, the hour is
    missing. More free places than there are is a mistake, and missing too. Whether the feed stands still is read from the free places: an
    empty car park's sign that never moves is as frozen as any other, a full one's is not.
    """
    free = opening(obs, setting)
    known = free.left_join(capacities(obs, setting), ["sensor", "day"])
    taken = known.filter(known.capacity.notnull() & (known.value <= known.capacity))
    taken = taken.mutate(value=taken.capacity - taken.value)
    return sensor_hours(taken, setting, lambda t: t.value.mean(), free)


def capacities(obs: ir.Table, setting: Setting) -> ir.Table:
    """Each sensor's capacity of each day on which it told its free places: sensor, day, capacity (null where unknown)."""
    free = obs.filter(obs.metric == setting.variables[0])
    days = free.select("sensor", "day").distinct()
    told = obs.filter(obs.metric == setting.variables[1])
    seen = told.group_by(["sensor", "day"]).agg(seen=told.value.max())
    spans = days.join(ibis.memtable(_declared(setting)), "sensor")
    valid = spans.filter((spans.day >= spans["first"]) & (spans.day <= spans["last"]))
    declared = valid.group_by(["sensor", "day"]).agg(declared=valid.declared.max())
    both = days.left_join(seen, ["sensor", "day"]).drop("sensor_right", "day_right").left_join(declared, ["sensor", "day"])
    return both.select("sensor", "day", capacity=ibis.coalesce(both.seen, both.declared))


def arrivals(obs: ir.Table, setting: Setting) -> ir.Table:
    """Cars that came, at least: the falls in free places between consecutive observations, summed over the hour.

    A fall belongs to the hour of the later observation. None is taken across a gap of more than LONGEST_STEP intervals, or across
    midnight. An arrival and a departure between the same two observations are not seen.
    """
    free = obs.filter(obs.metric == setting.variables[0])
    at_park = ibis.window(group_by=["sensor", "day"], order_by="start")
    steps = free.mutate(before=free.value.lag().over(at_park), since=free.start.epoch_seconds().lag().over(at_park))
    steps = opening(steps, setting)
    steps = steps.filter(steps.before.notnull() & (steps.start.epoch_seconds() - steps.since <= LONGEST_STEP * setting.interval))
    return sensor_hours(steps, setting, lambda t: ibis.greatest(t.before - t.value, 0.0).sum(), opening(obs, setting))


def _declared(setting: Setting) -> pa.Table:
    """The sensors file's capacities, with their spans of days; no bound is a very early or late day."""
    rows = [(s.sensor, s.first, s.last, s.capacity) for s in setting.sensors if s.capacity is not None]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    table = pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, CAPACITY, strict=True)], schema=CAPACITY)
    early, late = pa.scalar(-25_567, pa.int32()).cast(pa.date32()), pa.scalar(47_482, pa.int32()).cast(pa.date32())  # 1900, 2100
    table = table.set_column(1, "first", table["first"].fill_null(early))
    return table.set_column(2, "last", table["last"].fill_null(late))


METRICS = (
    Metric(
        name="parking_occupied",
        variables=("parking_free", "parking_capacity"),
        form="occupancy",
        bounds=(0, 50_000),
        frozen=24,
        reduce=occupied,
    ),
    Metric(name="parking_arrivals", variables=("parking_free",), form="flow", bounds=(0, 50_000), frozen=24, reduce=arrivals),
)
