"""Weather: covariates, without a weight. A weather source's variables bear these names, and need no [metrics] section."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from pulso.metrics.metric import Metric, Setting, by_hour, in_shape, opening

if TYPE_CHECKING:
    import ibis.expr.types as ir


def total(obs: ir.Table, setting: Setting) -> ir.Table:
    """Sum of the seen intervals. The weather is not watched for standing still: it does."""
    hourly = by_hour(opening(obs, setting), setting, lambda t: t.value.sum())
    return in_shape(hourly.mutate(still=ibis.literal(0, "int32")), setting)


def mean(obs: ir.Table, setting: Setting) -> ir.Table:
    """Mean of the seen intervals, not watched for standing still."""
    hourly = by_hour(opening(obs, setting), setting, lambda t: t.value.mean())
    return in_shape(hourly.mutate(still=ibis.literal(0, "int32")), setting)


METRICS = (
    Metric(name="temperature", variables=("temperature",), unit="°C", form="level", ratio=False, bounds=(-60, 60), reduce=mean),
    Metric(name="temperature_max", variables=("temperature_max",), unit="°C", form="level", ratio=False, bounds=(-60, 60), reduce=mean),
    Metric(name="temperature_min", variables=("temperature_min",), unit="°C", form="level", ratio=False, bounds=(-60, 60), reduce=mean),
    Metric(name="precipitation", variables=("precipitation",), unit="mm", form="flow", bounds=(0, 1000), reduce=total),
    Metric(name="snowfall", variables=("snowfall",), unit="cm", form="flow", bounds=(0, 300), reduce=total),
    Metric(name="snow_depth", variables=("snow_depth",), unit="cm", form="level", bounds=(0, 1000), reduce=mean),
    Metric(name="wind_speed", variables=("wind_speed",), unit="m/s", form="level", bounds=(0, 110), reduce=mean),
    Metric(name="wind_gust", variables=("wind_gust",), unit="m/s", form="level", bounds=(0, 140), reduce=mean),
    Metric(name="humidity", variables=("humidity",), unit="1", form="level", bounds=(0, 1.05), reduce=mean),
    Metric(name="sunshine", variables=("sunshine",), unit="min", form="flow", bounds=(0, 1440), reduce=total),
    Metric(name="radiation", variables=("radiation",), unit="W/m²", form="level", bounds=(-10, 1500), reduce=mean),
    Metric(name="pressure", variables=("pressure",), unit="hPa", form="level", bounds=(500, 1100), reduce=mean),
    Metric(name="cloud_cover", variables=("cloud_cover",), unit="1", form="level", bounds=(0, 1.01), reduce=mean),
)
