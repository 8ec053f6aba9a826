"""Invented days of an invented city, for the tests of what is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import sin
from pathlib import Path
from typing import Any

import shapely

from pulso.city import City, Span
from pulso.shapes import DomainVerdict, MetricVerdict, Part, Reason, Verdict
from pulso.zones import Zone, Zones

TUESDAY = date(2026, 3, 24)
DIGEST = "3f9a1c07d2b84e6699ab01cdef45237810aa5c6e7d8f90123456789abcdef012"
VINTAGE = datetime(2026, 3, 25, 6, 0, tzinfo=UTC)

WORKED = (
    ("rain", "weather", -5.1342),
    ("bus_strike", "event", -9.1482),
    ("football", "event", 1.8670),
    ("unexplained", "unexplained", -0.5846),
)
"""The worked value of the method: I = 87 in four reasons."""

DOMAINS = (("transit", 61.2, 0.30, False), ("cycling", 78.4, 0.25, False), ("traffic", 104.1, 0.25, False), ("parking", 96.6, 0.20, False))


def city(**changes: Any) -> City:
    place = {
        "slug": "vila",
        "name": "Vila Nova",
        "timezone": "Europe/Lisbon",
        "country": "PT",
        "reference_year": 2024,
        "synthetic": False,
        "language": "pt",
    }
    source = {"connector": "table", "owner": "Câmara de Vila Nova", "licence": "CC BY 4.0"}
    return City.model_validate(
        {
            "city": place | changes,
            "zones": {"file": "zones.geojson", "id": "id", "name": "name", "attribution": "Cartografia municipal", "licence": "CC BY 4.0"},
            "sources": {
                "validations": source | {"name": "validations"},
                "counters": source | {"name": "counters"},
                "car_parks": {"connector": "table", "owner": "Parques da Vila", "licence": "ODbL 1.0", "name": "car_parks"},
                "air": {
                    "connector": "table",
                    "owner": "Agência do Ambiente",
                    "licence": "CC BY 4.0",
                    "name": "air",
                    "name_en": "Air quality",
                    "name_pt": "Qualidade do ar",
                },
            },
            "domains": {
                "transit": {"name_en": "Public transport", "name_pt": "Transportes públicos"},
                "cycling": {"name_en": "Cycling", "name_pt": "Bicicletas"},
                "traffic": {"name_en": "Traffic", "name_pt": "Trânsito"},
                "parking": {"name_en": "Parking", "name_pt": "Estacionamento"},
                "environment": {"name_en": "Environment", "name_pt": "Ambiente", "footprint": True},
            },
            "sensors": {"counters": [{"sensor": "c7", "name": "Ponte Nova"}]},
            "metrics": {
                "bus_validations": {
                    "source": "validations",
                    "domain": "transit",
                    "name_en": "Bus validations",
                    "name_pt": "Validações nos autocarros",
                },
                "bike_count": {"source": "counters", "domain": "cycling", "name_en": "Bicycles counted", "name_pt": "Bicicletas contadas"},
                "car_count": {"source": "counters", "domain": "traffic", "name_en": "Cars counted", "name_pt": "Carros contados"},
                "parking_occupied": {"source": "car_parks", "domain": "parking", "name_en": "Places taken", "name_pt": "Lugares ocupados"},
                "no2": {"source": "air", "domain": "environment", "name_en": "Nitrogen dioxide", "name_pt": "Dióxido de azoto"},
            },
            "folder": Path("cities/vila"),
            "digest": DIGEST,
        }
    )


def metrics() -> list[MetricVerdict]:
    rows = (
        ("bus_validations", "transit", 61.2, 0.30, 8, 9, []),
        ("bike_count", "cycling", 78.4, 0.25, 21, 23, ["jump: c7", "jump: c8"]),
        ("car_count", "traffic", 104.1, 0.25, 112, 120, []),
        ("parking_occupied", "parking", 96.6, 0.20, 14, 14, ["sensors disagree"]),
        ("no2", "environment", 92.0, 0.0, 3, 3, []),
    )
    return [MetricVerdict(metric=m, domain=d, index=i, weight=w, sensors_seen=s, sensors_alive=a, flags=f) for m, d, i, w, s, a, f in rows]


def table(reasons: list[Reason]) -> list[Part]:
    return [Part(domain, r.name, r.points * weight) for r in reasons for domain, _, weight, _ in DOMAINS]


def verdict(**changes: Any) -> Verdict:
    reasons = changes.pop("reasons", None) or [Reason(name=n, kind=k, points=p) for n, k, p in WORKED]  # type: ignore[arg-type]
    domains = [DomainVerdict(domain=d, index=i, weight=w, footprint=f) for d, i, w, f in (*DOMAINS, ("environment", 92.0, 0.0, True))]
    known: dict[str, Any] = {
        "city": "vila",
        "zone": None,
        "day": TUESDAY,
        "status": "published",
        "refusal": None,
        "index": 87.0,
        "interval": (83.2, 90.9),
        "normal_range": (92.1, 108.6),
        "method_band": (84.2, 88.6),
        "level_index": 84.3,
        "weight_seen": 0.92,
        "sources_seen": 3,
        "sources_declared": 4,
        "domains": domains,
        "metrics": metrics(),
        "reasons": reasons,
        "table": table(reasons),
        "unmeasured": [],
        "beyond": [],
        "missing": ["air"],
        "stage": "provisional",
        "in_sample": False,
        "vintage": VINTAGE,
        "digest": DIGEST,
        "synthetic": False,
    }
    return Verdict.model_validate(known | changes)


def refused(**changes: Any) -> Verdict:
    silent = [m.model_copy(update={"index": None, "sensors_seen": 0}) for m in metrics()]
    empty: dict[str, Any] = {
        "status": "refused",
        "index": None,
        "interval": None,
        "normal_range": None,
        "method_band": None,
        "level_index": None,
        "weight_seen": 0.0,
        "sources_seen": 0,
        "metrics": silent,
        "domains": [DomainVerdict(domain=d, index=None, weight=w, footprint=f) for d, _, w, f in DOMAINS],
        "missing": ["validations", "counters", "car_parks", "air"],
    }
    return verdict().model_copy(update=empty | {"reasons": [], "table": []} | changes)


def resting_on(domain: str, **changes: Any) -> Verdict:
    """A day whose number comes from one domain alone: nothing was expected of the others."""
    domains = [d.model_copy(update={"weight": 1.0} if d.domain == domain else {"index": None, "weight": 0.0}) for d in verdict().domains]
    return verdict(domains=domains, weight_seen=1.0, sources_seen=1, **changes)


def weeks(last: Verdict | None = None, days: int = 42) -> list[Verdict]:
    """Six weeks that end with a day: a festival, a storm, one absent day, one refused, one partial."""
    last = last or verdict()
    found = []
    for i in range(days - 1):
        day = last.day - timedelta(days=days - 1 - i)
        index = 100 + 6 * sin(i * 1.7) + 3 * sin(i * 0.6) + {11: 22, 12: 34, 13: 15, 26: -29, 27: -14}.get(i, 0)
        if i == 20:
            continue
        if i == 33:
            found.append(refused(day=day, city=last.city))
            continue
        domains = [d.model_copy(update={"index": index + 5 * sin(i * 2.3 + n)}) for n, d in enumerate(last.domains)]
        wide = 4 if i != 30 else 9
        changes = {"day": day, "index": index, "interval": (index - wide, index + wide), "domains": domains}
        changes |= {"normal_range": (91.0, 109.5) if day.weekday() < 5 else (86.0, 115.0), "status": "partial" if i == 30 else "published"}
        found.append(verdict(**changes, city=last.city))
    return [*found, last]


def events() -> list[Span]:
    rows = (
        (TUESDAY - timedelta(days=30), TUESDAY - timedelta(days=28), "festival", "Festival da Primavera"),
        (TUESDAY - timedelta(days=15), TUESDAY - timedelta(days=14), "storm", "Depressão Irene"),
        (TUESDAY, TUESDAY, "bus_strike", "Greve da STVN"),
    )
    return [Span.model_validate({"from": a, "to": b, "kind": k, "name": n}) for a, b, k, n in rows]


def zones() -> Zones:
    """Four squares and a triangle about a town hall; the triangle has no sensors."""
    shapes = (
        ("n", "Norte", ((-8.62, 41.16), (-8.60, 41.16), (-8.60, 41.18), (-8.62, 41.18))),
        ("s", "Sul", ((-8.62, 41.14), (-8.60, 41.14), (-8.60, 41.16), (-8.62, 41.16))),
        ("e", "Este", ((-8.60, 41.14), (-8.57, 41.14), (-8.57, 41.18), (-8.60, 41.18))),
        ("o", "Oeste", ((-8.65, 41.15), (-8.62, 41.14), (-8.62, 41.18))),
    )
    return Zones(tuple(Zone(i, name, None, shapely.Polygon(ring)) for i, name, ring in shapes))


def by_zone(day: Verdict | None = None) -> dict[str, Verdict]:
    day = day or verdict()
    found = {
        z: day.model_copy(update={"zone": z, "index": i, "interval": (i - 6, i + 6)}) for z, i in (("n", 71.4), ("s", 104.2), ("e", 128.7))
    }
    return found | {"o": refused(zone="o", day=day.day, sources_declared=0)}
