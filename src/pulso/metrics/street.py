"""The street: who passes a counter, on foot, by bicycle, by car; scooters hired; and how many are there, by the public Wi-Fi."""

from __future__ import annotations

from pulso.metrics.generic import happenings
from pulso.metrics.metric import Metric, mean, total

ALWAYS = 48
"""More intervals than a day has: what is rounded to fives may show one number all day and be well."""

METRICS = (
    Metric(name="bike_count", variables=("bike_count",), form="flow", bounds=(0, 20_000), reduce=total),
    Metric(name="pedestrian_count", variables=("pedestrian_count",), form="flow", bounds=(0, 100_000), reduce=total),
    Metric(name="car_count", variables=("car_count",), form="flow", bounds=(0, 50_000), reduce=total),
    Metric(name="scooter_trips", variables=("scooter_trips",), form="flow", bounds=(0, 100_000), reduce=happenings),
    Metric(name="wifi_presence", variables=("wifi_presence",), form="occupancy", bounds=(0, 100_000), frozen=ALWAYS, reduce=mean),
)
"""Bounds are of one interval: no counter sees more in an hour. Presence is in persons, as nearly as sessions tell; few are missing."""
