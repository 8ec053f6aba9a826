"""What the city's file and the catalogue say of a metric, and which of the declared sensors stand in a zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pulso.city import City, Sensor
from pulso.core.index import PRIOR_SENSORS
from pulso.metrics import metric_of
from pulso.shapes import Verdict
from pulso.web.readings.door import Reading
from pulso.zones import Zones


@dataclass(frozen=True)
class Placed:
    """A declared sensor, and the leaf zone that it stands in."""

    source: str
    sensor: Sensor
    zone: str | None  # null where its place is unknown, or outside


def unit(city: City, metric: str) -> str:
    """What a metric is counted in: "1" for a plain number, empty where the city file leaves it open. KeyError for an unknown metric."""
    city.metrics[metric]
    return metric_of(city, metric).unit


def own_share(verdict: Verdict) -> float | None:
    """How much of a zone's number is its own, 0 to 1, and not its parent's (see pulso.core.index.shrink); None for the city, or no number.

    Each metric leans by its own sensors; here they are together, by their weights.
    """
    heard = [m for m in verdict.metrics if m.index is not None and m.weight > 0]
    if verdict.zone is None or verdict.index is None or not heard:
        return None
    own = sum(m.weight * m.sensors_seen / (m.sensors_seen + PRIOR_SENSORS) for m in heard)
    return own / sum(m.weight for m in heard)


def sensors(reading: Reading, zone: str | None = None) -> Iterator[Placed]:
    """The sensors that the city file declares, with their zones; of one zone, or of all. Sources that place their own have none here."""
    members = None if zone is None else reading.zones.members(zone)
    for placed in _placed(reading.city, reading.zones):
        if members is None or placed.zone in members:
            yield placed


def _placed(city: City, zones: Zones) -> list[Placed]:
    every = [(source, s) for source, declared in city.sensors.items() for s in declared]
    lon = np.array([np.nan if s.lon is None else s.lon for _, s in every])
    lat = np.array([np.nan if s.lat is None else s.lat for _, s in every])
    found = zones.locate(lon, lat)
    return [Placed(source, s, s.zone or at or city.sources[source].zone) for (source, s), at in zip(every, found, strict=True)]
