"""Fibre and Wi-Fi behind the web's benches: a grid of streets with a customer at each corner, and an access point of each customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from math import isqrt
from pathlib import Path

from pulso.fibre.shapes import Cable, Disclosure, Duct, Kind, Plan, Site
from pulso.wifi.shapes import AccessPoint, Health, Inventory, Place, Report

WEST, SOUTH, WIDE, HIGH = -8.7, 41.1, 0.1, 0.1
"""Degrees: where the towns lie."""
AN_HOUR = 3_600
"""Seconds between two reports: the benches take a few minutes, and access points shall not fall silent meanwhile."""
PARTS = {"site": "s-1", "duct": "d-s-1", "cable": "d-s-1", "place": "p-1", "point": "w-1"}
"""What stands in addresses."""


def networks(of: dict[str, int], folders: Sequence[Path]) -> None:
    """Give each town a network of so many sites and as many access points. The tables are there already."""
    from django.conf import settings

    from pulso.web.fibre import writes as fibre
    from pulso.web.readings import reading
    from pulso.web.wifi import writes as wifi

    settings.CITIES = [str(folder) for folder in folders]
    now = datetime.now(UTC)
    for city, n in of.items():
        fibre.load(None, city, plan(n), "a town for a bench")
        wifi.load(None, reading(city), inventory(n))
        wifi.set_up(None, reading(city), interval=AN_HOUR)
        wifi.report(reading(city), [Report(f"w-{i}", now, Health.FAILING if i % 50 == 0 else Health.WORKING) for i in range(n)])


def plan(n: int) -> Plan:
    """A network of n sites: half of them corners of a grid, the first an office, and a customer at each."""
    corners = n // 2
    wide = isqrt(corners)
    at = {f"s-{i}": _corner(i, wide, corners) for i in range(corners)}
    pairs = [(i, i + 1) for i in range(corners - 1) if (i + 1) % wide] + [(i, i + wide) for i in range(corners - wide)]
    lines = {f"d-{i}-{j}": (f"s-{i}", f"s-{j}") for i, j in pairs} | {f"d-s-{i}": (f"s-{i}", f"c-{i}") for i in range(corners)}
    at |= {f"c-{i}": (at[f"s-{i}"][0] + 1e-4, at[f"s-{i}"][1] + 1e-4) for i in range(corners)}
    everybody = Disclosure.PUBLIC
    sites = [
        Site(
            id=name,
            name=f"Site {name}",
            at=where,
            kind=Kind.OFFICE if name == "s-0" else Kind.CLOSURE,
            source=name == "s-0",
            customer=name.startswith("c"),
            disclosure=everybody,
        )
        for name, where in at.items()
    ]
    ducts = [Duct(id=d, name=f"Duct {d}", start=a, end=b, route=(at[a], at[b]), disclosure=everybody) for d, (a, b) in lines.items()]
    cables = [
        Cable(id=d, name=f"Cable {d}", start=a, end=b, ducts=(d,), tubes=2, fibres=12, disclosure=everybody) for d, (a, b) in lines.items()
    ]
    return Plan(id="bench", name="Bench", synthetic=True, sites=tuple(sites), ducts=tuple(ducts), cables=tuple(cables))


def inventory(n: int) -> Inventory:
    """So many places, and at each an access point."""
    wide = isqrt(n)
    at = [_corner(i, wide, n) for i in range(n)]
    places = [Place(id=f"p-{i}", name=f"Place {i}", at=where) for i, where in enumerate(at)]
    points = [AccessPoint(id=f"w-{i}", place=f"p-{i}", at=where) for i, where in enumerate(at)]
    return Inventory(places=tuple(places), points=tuple(points))


def _corner(i: int, wide: int, n: int) -> tuple[float, float]:
    return round(WEST + WIDE * (0.02 + 0.9 * (i % wide) / wide), 6), round(SOUTH + HIGH * (0.02 + 0.9 * (i // wide) / (n / wide + 1)), 6)
