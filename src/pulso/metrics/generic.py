"""Metrics without a theme: a new city's numbers need a row in its city file (`like = "count"`), and no Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from pulso.metrics.metric import Metric, Setting, in_shape, mean, opening, total

if TYPE_CHECKING:
    import ibis.expr.types as ir

MANY = 1e9


def happenings(obs: ir.Table, setting: Setting) -> ir.Table:
    """How many things happened, where a source sends one row a happening and nothing where there is none.

    An hour in which the source spoke of any sensor, but not of this one, is a quiet hour of this one: 0, and fully seen. An hour in
    which the whole source was silent is missing, and so is a day on which it never spoke of the sensor.
    """
    rows = opening(obs, setting)
    if setting.daily:
        rows = rows.mutate(hour=ibis.literal(0, "int8"))
    sensors = rows.group_by(["source", "sensor", "day"]).agg(zone=rows.zone.max())
    alive = rows.group_by(["source", "day", "hour"]).agg(any=rows.count())
    heard = rows.group_by(["source", "sensor", "day", "hour"]).agg(value=rows.value.sum())
    hours = sensors.join(alive, ["source", "day"])
    both = hours.left_join(heard, ["source", "sensor", "day", "hour"])
    whole = 1 if setting.daily else max(int(3600 / setting.interval), 1)
    found = both.select(
        "source",
        "sensor",
        "day",
        "hour",
        "zone",
        value=both.value.fill_null(0.0),
        n=ibis.literal(whole, "int32"),
        still=ibis.literal(0, "int32"),
    )
    return in_shape(found, setting)


METRICS = (
    Metric(name="count", form="flow", bounds=(0, MANY), reduce=total),
    Metric(name="happenings", form="flow", bounds=(0, MANY), reduce=happenings),
    Metric(name="amount", unit="", form="flow", bounds=(0, 1e15), reduce=total),
    Metric(name="daily_total", unit="", form="flow", grain="day", bounds=(0, 1e15), reduce=total),
    Metric(name="daily_mean", unit="", form="level", grain="day", bounds=(0, 1e15), reduce=mean),
    Metric(name="mean_level", unit="", form="level", bounds=(0, 1e15), reduce=mean),
    Metric(name="share", form="level", bounds=(0, 1), reduce=mean),
    Metric(name="occupancy", form="occupancy", bounds=(0, MANY), frozen=24, reduce=mean),
)
"""`count` and `amount` are sums by the hour; `share` is a part of 1, from a source in %; `occupancy` is what is taken at a time."""
