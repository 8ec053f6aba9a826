"""A town of two zones with a few sources, small enough to know by heart; and answers as connectors would give them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from pulso import city as cities
from pulso import metrics, zones
from pulso.lake import Lake
from pulso.shapes import OBSERVATION, REJECT, Answer, batch

TOML = """
[city]
slug = "town"
name = "Town"
timezone = "Europe/Berlin"
country = "DE"
[zones]
file = "zones.geojson"
id = "id"
name = "name"
[sources.bikes]
connector = "table"
from = 2019-01-01
sensors = "bikes.csv"
expected = "15min"
[sources.parking]
connector = "table"
sensors = "parks.csv"
expected = "15min"
[sources.trips]
connector = "table"
expected = "1h"
zone = "west"
[sources.sky]
connector = "table"
expected = "1d"
[domains.street]
[metrics.bike_count]
source = "bikes"
domain = "street"
[metrics.parking_occupied]
source = "parking"
domain = "street"
hours = [7, 22]
[metrics.parking_arrivals]
source = "parking"
domain = "street"
hours = [7, 22]
[metrics.rides]
source = "trips"
domain = "street"
like = "happenings"
[weather]
sources = ["sky"]
"""
BIKES = "sensor,lon,lat\nA,7.1,51.5\nB,7.6,51.5\n"
PARKS = "sensor,lon,lat,capacity,from,to\nP,7.1,51.5,100,,2021-06-30\nP,7.1,51.5,80,2021-07-01,\nQ,7.6,51.5,,,\n"
SQUARES = {"west": 7.0, "east": 7.5}


def geojson() -> bytes:
    def square(west: float) -> list[list[list[float]]]:
        return [[[west, 51], [west + 0.5, 51], [west + 0.5, 52], [west, 52], [west, 51]]]

    features = [
        {"type": "Feature", "properties": {"id": i, "name": i.title()}, "geometry": {"type": "Polygon", "coordinates": square(x)}}
        for i, x in SQUARES.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


def town(folder: Path, toml: str = TOML) -> cities.City:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"city.toml": toml, "bikes.csv": BIKES, "parks.csv": PARKS}.items():
        (folder / name).write_text(text)
    return cities.load(folder)


def lake(folder: Path, clock: Clock | None = None, toml: str = TOML) -> Lake:
    city = town(folder / "city", toml)
    return Lake(
        folder / "lake", city, zones.read(geojson(), city), metrics.quantities(city), clock or Clock(datetime(2026, 9, 1, tzinfo=UTC))
    )


Seen = tuple[str, str, datetime, float]


def answer(
    origin: str,
    seen: Iterable[Seen],
    minutes: float = 15,
    unit: str = "1",
    rejects: pa.RecordBatch | None = None,
    place: tuple[float, float] | None = None,
) -> Answer:
    """An answer with these sensors, variables, starts and values; its digest follows from them."""
    rows = list(seen)
    columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) or ((), (), (), ())
    n = len(rows)
    observations = batch(
        OBSERVATION,
        sensor=list(columns[0]),
        metric=list(columns[1]),
        start=list(columns[2]),
        end=[t + timedelta(minutes=minutes) for t in columns[2]],  # type: ignore[operator]
        value=list(columns[3]),
        unit=[unit] * n,
        lon=None if place is None else [place[0]] * n,
        lat=None if place is None else [place[1]] * n,
    )
    digest = hashlib.sha256(repr((rows, unit, place)).encode()).hexdigest()
    return Answer(observations, batch(REJECT) if rejects is None else rejects, origin, digest)


def quarter_hours(
    sensor: str, day: date, values: Iterable[float], metric: str = "bike_count", first: datetime | None = None, step: float = 15
) -> list[Seen]:
    """One value a step, from the day's first moment in UTC, or from another."""
    start = first or datetime(day.year, day.month, day.day, tzinfo=UTC)
    return [(sensor, metric, start + timedelta(minutes=step * i), float(v)) for i, v in enumerate(values)]
