"""What a metric is, and the few expressions that most metrics are made of.

All expressions are portable: filter, join, group, count, sum, min, max and ordered windows mean the same on DuckDB and on Spark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

import ibis
from ibis import _

from pulso.city import Sensor

if TYPE_CHECKING:
    import ibis.expr.types as ir

QUARTER, SECONDS_AN_HOUR, SECONDS_A_DAY = 900.0, 3_600.0, 86_400.0


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a city's file says of one metric, as its expression needs it."""

    metric: str  # what the city calls it
    source: str
    variables: tuple[str, ...]  # what the source calls what it is made of
    interval: float  # seconds between two observations, as the source declares
    daily: bool  # the metric comes by the day: hour is 0, and expected counts the day's intervals
    hours: tuple[int, int] = (0, 24)  # local hours that count, start included, end excluded
    sensors: tuple[Sensor, ...] = ()
    lengths: tuple[tuple[date, int, float], ...] = ()  # local hours that last longer than one: day, hour, length in hours


Reduce = Callable[["ir.Table", Setting], "ir.Table"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One row of the catalogue."""

    name: str
    variables: tuple[str, ...] = ()  # what it is made of; none: the city file names it, or it bears the metric's name
    unit: str = "1"  # canonical, of the variables and of the metric; "": any, for what a city file says a number of its own is like
    form: Literal["flow", "occupancy", "level"]
    grain: Literal["hour", "day"] = "hour"
    ratio: bool = True  # has a natural zero, so that observed / expected means something; temperature has not
    bounds: tuple[float, float] = (float("-inf"), float("inf"))  # of the variables, in the unit, both included
    frozen: int = 8  # from so much `still` on, the feed stands still; read SENSOR_HOUR's still against it
    reduce: Reduce = field(repr=False)


def total(obs: ir.Table, setting: Setting) -> ir.Table:
    """Sum of the seen intervals: vehicles, people, trips, kilowatt-hours, millimetres of rain."""
    return sensor_hours(opening(obs, setting), setting, lambda t: t.value.sum())


def mean(obs: ir.Table, setting: Setting) -> ir.Table:
    """Mean of the seen intervals: concentrations, temperatures, places taken."""
    return sensor_hours(opening(obs, setting), setting, lambda t: t.value.mean())


def opening(obs: ir.Table, setting: Setting) -> ir.Table:
    """The metric's first variable, in the hours that count."""
    rows = obs.filter(obs.metric == setting.variables[0])
    first, last = setting.hours
    return rows if (first, last) == (0, 24) else rows.filter((rows.hour >= first) & (rows.hour < last))


def sensor_hours(
    rows: ir.Table, setting: Setting, value: Callable[[ir.Table], ir.FloatingScalar], watched: ir.Table | None = None
) -> ir.Table:
    """Group observations to SENSOR_HOUR, without known_at.

    `watched` are the rows whose `value` tells whether the feed stands still, where those are not the rows themselves.
    """
    hourly = by_hour(rows, setting, value)
    if watched is not None or setting.daily:
        watched = rows if watched is None else watched
        runs = longest_runs(watched, by_hour(watched, replace(setting, daily=False), lambda t: t.value.mean()), setting)
    else:
        runs = longest_runs(rows, hourly, setting)
    both = hourly.left_join(runs, ["sensor", "day"])
    return in_shape(
        both.select("source", "sensor", "day", "hour", "zone", "value", "n", still=both.still.fill_null(0).cast("int32")), setting
    )


def by_hour(rows: ir.Table, setting: Setting, value: Callable[[ir.Table], ir.FloatingScalar]) -> ir.Table:
    """Group observations by source, sensor, day and hour: zone, value, n, and the least and most of the observations' values."""
    grouped = rows.mutate(hour=ibis.literal(0, "int8")) if setting.daily else rows
    return grouped.group_by(["source", "sensor", "day", "hour"]).agg(
        zone=grouped.zone.max(),
        value=value(grouped).cast("float64"),
        n=grouped.count().cast("int32"),
        least=grouped.value.min(),
        most=grouped.value.max(),
    )


def longest_runs(rows: ir.Table, hour: ir.Table, setting: Setting) -> ir.Table:
    """How long each sensor's value stood still at most: sensor, day, still.

    Counted in observations, but never more than the time that passed holds intervals or quarter hours, whichever are longer: a feed that
    speaks every minute stands still no sooner than one that speaks every quarter of an hour. A gap does not end a run, nor adds to it.
    Only days on which, by the table `hour`, one value other than 0 fills a whole local hour are looked at, and listed: ordering all
    observations would cost ten times what summing them does.
    """
    enough = 1 if setting.interval >= SECONDS_AN_HOUR else 2
    suspects = hour.filter((hour.least == hour.most) & (hour.least != 0) & (hour.n >= enough)).select("sensor", "day").distinct()
    in_order = ibis.window(group_by=["sensor", "day"], order_by="start")
    so_far = ibis.cumulative_window(group_by=["sensor", "day"], order_by="start")
    seen = rows.select("sensor", "day", "start", "value").semi_join(suspects, ["sensor", "day"])
    seen = seen.mutate(
        seconds=seen.start.epoch_seconds(), place=ibis.row_number().over(in_order), moved=seen.value != seen.value.lag().over(in_order)
    )
    seen = seen.mutate(moved=seen.moved.fill_null(True))
    seen = seen.mutate(
        from_place=ibis.ifelse(seen.moved, seen.place, 0).max().over(so_far),
        from_seconds=ibis.ifelse(seen.moved, seen.seconds, 0).max().over(so_far),
    )
    passed = (seen.seconds - seen.from_seconds).cast("float64") / max(setting.interval, QUARTER) + 1
    run = ibis.ifelse(seen.value == 0, 0.0, ibis.least((seen.place - seen.from_place + 1).cast("float64"), passed))
    return seen.mutate(run=run).group_by(["sensor", "day"]).agg(still=_.run.max().floor().cast("int32"))


def in_shape(hourly: ir.Table, setting: Setting) -> ir.Table:
    """Name the metric, say how many intervals were expected, and put the columns in the order of SENSOR_HOUR."""
    return hourly.select(
        metric=ibis.literal(setting.metric),
        source=hourly.source,
        sensor=hourly.sensor,
        zone=hourly.zone,
        day=hourly.day,
        hour=hourly.hour.cast("int8"),
        value=hourly.value,
        n=hourly.n,
        expected=_expected(hourly, setting).cast("float32"),
        still=hourly.still,
    )


def _expected(hourly: ir.Table, setting: Setting) -> ir.FloatingValue:
    """Intervals that a complete hour, or day, has.

    The hour that autumn's clock doubles has twice as many where more than one hour's worth was seen; a source whose clock passes over the
    second one can't send it, and is complete without.
    """
    if setting.daily:
        span = setting.hours[1] - setting.hours[0]
        return ibis.literal(max(span * SECONDS_AN_HOUR / setting.interval, 1.0) if setting.interval < SECONDS_A_DAY else 1.0)
    plain = max(SECONDS_AN_HOUR / setting.interval, 1.0)
    expected: ir.FloatingValue = ibis.literal(plain)
    for hour, length in sorted({(h, n) for __, h, n in setting.lengths}):
        days = [d for d, h, n in setting.lengths if (h, n) == (hour, length)]
        longer = hourly.day.isin(days) & (hourly.hour == hour) & (hourly.n > plain)
        expected = ibis.ifelse(longer, plain * length, expected)
    return expected
