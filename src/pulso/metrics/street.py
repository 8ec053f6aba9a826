"""The street: who passes a counter, on foot, by bicycle, by car; and scooters hired."""

from __future__ import annotations

from pulso.metrics.generic import happenings
from pulso.metrics.metric import Metric, total

METRICS = (
    Metric(name="bike_count", variables=("bike_count",), form="flow", bounds=(0, 20_000), reduce=total),
    Metric(name="pedestrian_count", variables=("pedestrian_count",), form="flow", bounds=(0, 100_000), reduce=total),
    Metric(name="car_count", variables=("car_count",), form="flow", bounds=(0, 50_000), reduce=total),
    Metric(name="scooter_trips", variables=("scooter_trips",), form="flow", bounds=(0, 100_000), reduce=happenings),
)
"""Bounds are of one interval: no counter sees more in an hour."""
