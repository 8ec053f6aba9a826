"""Fibre and Wi-Fi behind the web's benches: a grid of streets with a customer at each corner, and an access point of each customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import isqrt
from pathlib import Path

from pulso.fibre.shapes import Cable, Disclosure, Duct, Kind, Plan, Site, Works
from pulso.wifi.shapes import AccessPoint, Health, Inventory, Place, Report

WEST, SOUTH, WIDE, HIGH = -8.7, 41.1, 0.1, 0.1
"""Degrees: where the towns lie."""
AN_HOUR = 3_600
"""Seconds between two reports: the benches take a few minutes, and access points shall not fall silent meanwhile."""
PARTS = {"site": "s-1", "duct": "d-s-1", "cable": "d-s-1", "place": "p-1", "point": "w-1"}
"""What stands in addresses."""
ASKED_BY_ENGINEERS = (
    "fibre",
    "fibre/site/s-1",
    "fibre/site/c-1",  # a customer: how it stands, and its pair of paths
    "fibre/site/c-1?second=1",
    "fibre/duct/d-s-1",
    "fibre/cable/d-s-1",
    "fibre/works",
    "fibre/buildings",
    "fibre/near?site=s-1",
    "fibre/trace?cable=d-s-1&strand=1",
    "fibre/what-if?duct=d-s-1",
    "fibre/redundancy",
    *(f"fibre/critical?sort={sort}" for sort in ("duct", "cable", "site")),
    *(f"fibre/capacity?sort={sort}" for sort in ("cables", "ducts")),
    "fibre/findings",
    "fibre/history",
    "fibre/history/2",
    "fibre/cuts",
    *(f"fibre/edit/{which}" for which in ("site", "duct", "cable", "works", "site/s-1", "duct/d-s-1", "cable/d-s-1", "works/o-1")),
    *(f"fibre/edit/{which}" for which in ("organisations", "phases", "organisation", "phase")),
    *(f"fibre/edit/{joints}/{of}" for joints, of in (("strands", "d-s-1"), ("splices", "s-1"), ("ports", "s-1"), ("splitters", "s-1"))),
    *(f"desk/wifi{page}" for page in ("", "/gaps", "/places/p-1", "/points/w-1")),
)
"""Pages for engineers alone, and those of the network that tell them more: below the city's own, in the towns that are made here."""
OF_ENGINEERS = {f"{address} as an engineer": address for address in ASKED_BY_ENGINEERS}
"""The same by what they are called."""


def networks(of: dict[str, int], folders: Sequence[Path]) -> None:
    """Give each town a network of so many sites, with as many works, revisions and cuts, and as many access points.

    The tables are there already.
    """
    from django.conf import settings

    from pulso.web.fibre import writes as fibre
    from pulso.web.readings import reading
    from pulso.web.wifi import writes as wifi

    settings.CITIES = [str(folder) for folder in folders]
    now = datetime.now(UTC)
    for city, n in of.items():
        network = plan(n)
        fibre.load(None, city, network.model_copy(update={"works": works(n)}), "a town for a bench")
        history(city, network.sites, n)
        cuts(city, n)
        wifi.load(None, reading(city), inventory(n))
        wifi.set_up(None, reading(city), interval=AN_HOUR)
        half = [Health.FAILING if i < n // 2 else Health.WORKING for i in range(n)]  # what fails comes first: as many in each page of it
        wifi.report(reading(city), [Report(f"w-{i}", now, state) for i, state in enumerate(half)])


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
            public_building=name.startswith("c"),
            disclosure=everybody,
        )
        for name, where in at.items()
    ]
    ducts = [Duct(id=d, name=f"Duct {d}", start=a, end=b, route=(at[a], at[b]), disclosure=everybody) for d, (a, b) in lines.items()]
    cables = [
        Cable(id=d, name=f"Cable {d}", start=a, end=b, ducts=(d,), tubes=2, fibres=12, disclosure=everybody) for d, (a, b) in lines.items()
    ]
    return Plan(id="bench", name="Bench", synthetic=True, sites=tuple(sites), ducts=tuple(ducts), cables=tuple(cables))


def works(n: int) -> tuple[Works, ...]:
    """So many works in the next quarter, each of a day at the duct of a customer."""
    first = datetime.now(UTC).date() + timedelta(days=1)
    return tuple(
        Works(id=f"o-{i}", name=f"Works {i}", first=day, last=day, ducts=(f"d-s-{i // 2}",), disclosure=Disclosure.PUBLIC)
        for i, day in enumerate(first + timedelta(days=i % 90) for i in range(n))
    )


def history(city: str, sites: Sequence[Site], n: int) -> None:
    """As many revisions: each calls a site something else. As `writes` keeps them, but for looking at the whole network each time."""
    from django.db import transaction

    from pulso.web.fibre.digest import digest
    from pulso.web.fibre.models import Kept, Revision

    last = Revision.objects.filter(city=city).latest("number")
    counts = {"added": 0, "changed": 1, "removed": 0}
    with transaction.atomic():
        for number in range(last.number + 1, last.number + n):
            site = sites[number % len(sites)].model_copy(update={"name": f"Site {number}"})
            thing, body = ("site", site.id), site.model_dump_json()
            made = Revision(city=city, number=number, at=datetime.now(UTC), why="another name", counts=counts)
            made.digest = digest(last.digest, made, [(*thing, body)], [])
            made.save(force_insert=True)
            Kept.objects.filter(city=city, kind="site", key=site.id, until=None).update(until=number)
            Kept.objects.create(city=city, kind="site", key=site.id, body=body, disclosure=site.disclosure.value, since=number)
            last = made


def cuts(city: str, n: int) -> None:
    """As many cuts of a customer's duct, each over before the next."""
    from pulso.web.fibre.models import Cut, Darkened

    begun = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=2 * i) for i in range(n)]
    nothing: dict[str, list[str]] = {"cables": [], "sites": []}
    made = Cut.objects.bulk_create(
        [Cut(city=city, ducts=["d-s-1"], since=at, until=at + timedelta(hours=1), why="a digger", at=at, **nothing) for at in begun],
        batch_size=1_000,
    )
    dark = {"revision": 1, "sites": ["c-1"], "sensors": []}
    Darkened.objects.bulk_create([Darkened(city=city, cuts=str(c.pk), at=c.at, **dark) for c in made], batch_size=1_000)


def inventory(n: int) -> Inventory:
    """So many places, and at each an access point."""
    wide = isqrt(n)
    at = [_corner(i, wide, n) for i in range(n)]
    places = [Place(id=f"p-{i}", name=f"Place {i}", at=where) for i, where in enumerate(at)]
    points = [AccessPoint(id=f"w-{i}", place=f"p-{i}", at=where) for i, where in enumerate(at)]
    return Inventory(places=tuple(places), points=tuple(points))


def _corner(i: int, wide: int, n: int) -> tuple[float, float]:
    return round(WEST + WIDE * (0.02 + 0.9 * (i % wide) / wide), 6), round(SOUTH + HIGH * (0.02 + 0.9 * (i // wide) / (n / wide + 1)), 6)
