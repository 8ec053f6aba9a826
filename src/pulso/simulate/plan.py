"""The plan of the synthetic city: its zones, its people's purposes and means, and where its sensors stand. No chance but the plan's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulso.simulate.chance import stream

PLAN = 1
"""The plan's own seed: the same city stands for every seed of its days."""

_CORNERS: dict[str, tuple[float, float]] = {
    "sea_south": (-8.690, 41.148),
    "sea_north": (-8.692, 41.172),
    "river_1": (-8.655, 41.146),
    "river_2": (-8.628, 41.143),
    "river_3": (-8.607, 41.139),
    "river_4": (-8.588, 41.140),
    "river_5": (-8.553, 41.136),
    "mid_1": (-8.655, 41.160),
    "mid_2": (-8.629, 41.160),
    "mid_3": (-8.607, 41.161),
    "mid_4": (-8.590, 41.160),
    "north_1": (-8.655, 41.180),
    "north_2": (-8.629, 41.184),
    "north_3": (-8.590, 41.183),
    "north_4": (-8.556, 41.170),
}
"""Where schematic borders meet, lon and lat; invented, at roughly the right places."""


@dataclass(frozen=True)
class Zone:
    """A parish, drawn schematically."""

    id: str
    name: str
    short: str
    border: tuple[str, ...]  # names of corners
    residents: float  # thousands
    draw: tuple[float, float, float, float, float]  # how much each purpose draws people here
    metro: bool


PURPOSES = ("work", "school", "shopping", "leisure", "night")
MODES = ("walk", "bus", "metro", "scooter", "car")

ZONES: tuple[Zone, ...] = (
    Zone(
        "aldoar",
        "Aldoar, Foz do Douro e Nevogilde",
        "Foz",
        ("sea_south", "river_1", "mid_1", "north_1", "sea_north"),
        29,
        (0.08, 0.08, 0.07, 0.24, 0.10),
        metro=False,
    ),
    Zone("bonfim", "Bonfim", "Bonfim", ("river_3", "river_4", "mid_4", "mid_3"), 24, (0.12, 0.10, 0.14, 0.11, 0.12), metro=True),
    Zone(
        "campanha",
        "Campanhã",
        "Campanhã",
        ("river_4", "river_5", "north_4", "north_3", "mid_4"),
        30,
        (0.11, 0.09, 0.13, 0.09, 0.06),
        metro=True,
    ),
    Zone(
        "centro",
        "Cedofeita, Santo Ildefonso, Sé, Miragaia, São Nicolau e Vitória",
        "Baixa",
        ("river_2", "river_3", "mid_3", "mid_2"),
        40,
        (0.27, 0.17, 0.32, 0.30, 0.46),
        metro=True,
    ),
    Zone(
        "lordelo",
        "Lordelo do Ouro e Massarelos",
        "Massarelos",
        ("river_1", "river_2", "mid_2", "mid_1"),
        30,
        (0.12, 0.15, 0.10, 0.11, 0.10),
        metro=True,
    ),
    Zone(
        "paranhos",
        "Paranhos",
        "Paranhos",
        ("mid_2", "mid_3", "mid_4", "north_3", "north_2"),
        44,
        (0.14, 0.33, 0.11, 0.08, 0.08),
        metro=True,
    ),
    Zone("ramalde", "Ramalde", "Ramalde", ("mid_1", "mid_2", "north_2", "north_1"), 38, (0.16, 0.08, 0.13, 0.07, 0.08), metro=True),
)
OUTSIDE = 160.0
"""Thousands of people who live around the city and come into it."""


@dataclass(frozen=True)
class Instrument:
    """What one kind of sensor is: where its metric belongs, how many stand in a zone, how much of the city's movement one sees."""

    name: str
    metric: str
    domain: str
    form: str  # "flow", "occupancy" or "level"
    a_zone: int
    share: float
    scatter: float  # s.d. of one sensor's own day noise, in ln: chance at its door, not the city's life
    powered: bool  # goes silent in a power cut of its zone


INSTRUMENTS: tuple[Instrument, ...] = (
    Instrument("bus", "bus_validations", "transit", "flow", 3, 0.12, 0.08, powered=False),
    Instrument("metro", "metro_validations", "transit", "flow", 2, 0.35, 0.05, powered=True),
    Instrument("scooter", "scooter_trips", "soft_mobility", "flow", 1, 0.50, 0.09, powered=False),
    Instrument("traffic", "car_count", "traffic", "flow", 3, 0.10, 0.06, powered=True),
    Instrument("parking", "parking_occupied", "parking", "occupancy", 2, 0.04, 0.06, powered=True),
    Instrument("noise", "noise", "environment", "level", 1, 1.0, 0.01, powered=True),
    Instrument("air", "no2", "environment", "level", 1, 1.0, 0.08, powered=True),
)
ARRIVALS = "parking_arrivals"
"""The metric that the parking sensors give besides their occupancy: the sum of the falls in free places."""


@dataclass(frozen=True)
class Sensor:
    """One sensor of the plan."""

    id: str
    name: str
    zone: int  # index into ZONES
    lon: float
    lat: float
    share: float  # of the movement of its kind in its zone
    capacity: int | None = None  # places, of a car park
    first: date | None = None
    last: date | None = None


def sensors(kind: Instrument, scale: float = 1.0) -> tuple[Sensor, ...]:
    """Place an instrument's sensors; `scale` times as many, at least one in every zone that can have it.

    The sensors of a smaller city are among those of a larger one. ValueError unless scale > 0.
    """
    if scale <= 0:
        raise ValueError(f"a city needs sensors: scale must be above 0, found {scale}")
    placed = []
    for z, zone in enumerate(ZONES):
        if kind.name == "metro" and not zone.metro:
            continue
        for i in range(1, max(1, round(kind.a_zone * scale)) + 1):
            placed.append(_place(kind, z, zone, i))
    return tuple(placed)


def _place(kind: Instrument, z: int, zone: Zone, i: int) -> Sensor:
    rng = stream(PLAN, kind.name, zone.id, i)
    weights = rng.dirichlet(np.full(len(zone.border), 2.0))
    lon, lat = weights @ np.array([_CORNERS[c] for c in zone.border])
    share = kind.share if kind.form == "level" else kind.share * float(rng.lognormal(0, 0.35))
    capacity = (
        int(round(rng.uniform(1.35, 1.8) * 26000 * share * (0.4 + zone.draw[0] + zone.draw[2]), -1)) if kind.name == "parking" else None
    )
    return Sensor(
        id=f"{kind.name}-{zone.id}-{i}",
        name=f"{zone.short} {i}",
        zone=z,
        lon=round(float(lon), 5),
        lat=round(float(lat), 5),
        share=share,
        capacity=capacity,
        first=_LIVES.get((kind.name, zone.id, i), (None, None))[0],
        last=_LIVES.get((kind.name, zone.id, i), (None, None))[1],
    )


_LIVES: dict[tuple[str, str, int], tuple[date | None, date | None]] = {
    ("bus", "ramalde", 3): (date(2024, 2, 12), None),
    ("bus", "bonfim", 2): (None, date(2024, 11, 30)),
    ("metro", "lordelo", 2): (date(2024, 7, 1), None),
    ("traffic", "campanha", 3): (date(2023, 9, 4), None),
    ("traffic", "centro", 1): (None, date(2025, 3, 14)),
    ("parking", "paranhos", 2): (date(2024, 4, 15), None),
}
"""Sensors that join or leave the city, and when."""


def geojson() -> dict[str, Any]:
    """The zones as a GeoJSON feature collection with the properties id and name."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"id": z.id, "name": z.name},
                "geometry": {"type": "Polygon", "coordinates": [[list(_CORNERS[c]) for c in (*z.border, z.border[0])]]},
            }
            for z in ZONES
        ],
    }


def nearness() -> NDArray[np.float64]:
    """(Z + 1, Z) how willingly people of a zone, or of outside, go to another: falls with distance."""
    middle = np.array([np.mean([_CORNERS[c] for c in z.border], axis=0) for z in ZONES]) * [83.6, 111.2]
    km = np.hypot(*(middle[:, None, :] - middle[None, :, :]).transpose(2, 0, 1))
    return np.vstack([np.exp(-km / 3.0), np.ones((1, len(ZONES)))])
