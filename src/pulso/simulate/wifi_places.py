"""Where the synthetic city gives Wi-Fi: squares, gardens, libraries, stations, markets and bus stops, and the access points there."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.fibre.shapes import Plan
from pulso.simulate.chance import stream
from pulso.simulate.plan import PLAN, ZONES, geojson
from pulso.wifi.shapes import AccessPoint, Inventory, Kind, Place

DEGREE = np.array([83_820.0, 111_060.0])
"""Metres in a degree of longitude and of latitude, here; good enough to draw by. Lengths are measured on the ellipsoid."""


class Sort(NamedTuple):
    """A sort of place: what it is called, how many there are, and how many access points each has."""

    key: str
    kind: Kind
    name: str
    access: tuple[int, ...]  # of each place; how many numbers, so many places
    large: bool
    by_draw: bool  # where people go for leisure, or where they live


SORTS: tuple[Sort, ...] = (
    Sort("praca", Kind.SQUARE, "Praça", (9, 8, 8, 7, 7, 6, 6, 6) + (5,) * 30 + (4,) * 3 + (3,) * 4, large=False, by_draw=True),
    Sort("jardim", Kind.GARDEN, "Jardim", (6, 6) + (4,) * 16 + (2, 2), large=False, by_draw=True),
    Sort("biblioteca", Kind.LIBRARY, "Biblioteca", (4,) * 14, large=False, by_draw=False),
    Sort("estacao", Kind.STATION, "Estação", (16, 14, 12), large=True, by_draw=True),
    Sort("mercado", Kind.MARKET, "Mercado", (14, 11), large=True, by_draw=True),
    Sort("pavilhao", Kind.BUILDING, "Pavilhão", (14, 1, 1), large=True, by_draw=True),
    Sort("paragem", Kind.STREET, "Paragem", (1,) * 150, large=False, by_draw=False),
)
"""Large: so many people that one access point may be counted by itself."""


class Spot(NamedTuple):
    """A place, with its access points."""

    id: str
    name: str
    kind: Kind
    zone: int  # index into ZONES
    large: bool
    lon: float
    lat: float
    points: tuple[tuple[str, float, float], ...]  # id, lon, lat


@cache
def spots() -> tuple[Spot, ...]:
    """Every place of the synthetic city that has Wi-Fi, in a fixed order: 237 with 600 access points, the same for every seed."""
    placed = []
    for sort in SORTS:
        rng = stream(PLAN, "wifi", sort.key)
        draws = np.array([sum(z.draw[2:4]) if sort.by_draw else z.residents for z in ZONES])
        zone = np.sort(rng.choice(len(ZONES), size=len(sort.access), p=draws / draws.sum()))
        many = rng.permutation(sort.access)
        placed += [_spot(rng, sort, i, int(z), int(n)) for i, (z, n) in enumerate(zip(zone, many, strict=True), start=1)]
    return tuple(placed)


def _spot(rng: np.random.Generator, sort: Sort, i: int, zone: int, many: int) -> Spot:
    at = somewhere(rng, zone, 1)[0]
    lon, lat = at.round(6).tolist()
    turn = 2 * np.pi * (np.arange(many) + rng.random()) / many
    away = rng.uniform(15, 35, many) * (many > 1)
    around = at + np.column_stack([np.cos(turn), np.sin(turn)]) * away[:, None] / DEGREE
    key = f"{sort.key}-{i:03d}"
    return Spot(
        key,
        f"{sort.name} {i} ({ZONES[zone].short})",
        sort.kind,
        zone,
        sort.large,
        lon,
        lat,
        tuple((f"ap-{key}-{p}", *place) for p, place in enumerate(around.round(6).tolist(), start=1)),
    )


def somewhere(rng: np.random.Generator, zone: int, n: int) -> NDArray[np.float64]:
    """(n, 2) Places anywhere in a zone, not on its border: lon and lat. Zones are seen whole from the middle of their corners."""
    corners = np.array(geojson()["features"][zone]["geometry"]["coordinates"][0])
    middle = corners[:-1].mean(axis=0)
    one, other = corners[:-1] - middle, corners[1:] - middle
    area = np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])
    side = rng.choice(area.size, size=n, p=area / area.sum())
    u, v = rng.random((2, n, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    return np.asarray(middle + 0.94 * (u * one[side] + v * other[side]))


def inventory(network: Plan | None = None) -> Inventory:
    """Places and access points as the city would keep them; with the fibre network, also the site that feeds each."""
    feeds = {sensor: site.id for site in (network.sites if network else ()) for sensor in site.sensors}
    return Inventory(
        places=tuple(
            Place(id=s.id, name=s.name, kind=s.kind, at=(s.lon, s.lat), zone=ZONES[s.zone].id, large=s.large, target=0.98) for s in spots()
        ),
        points=tuple(
            AccessPoint(
                id=p, name=f"{s.name}, {i}", place=s.id, at=(lon, lat), zone=ZONES[s.zone].id, site=feeds.get(p, ""), owner="municipio"
            )
            for s in spots()
            for i, (p, lon, lat) in enumerate(s.points, start=1)
        ),
    )
