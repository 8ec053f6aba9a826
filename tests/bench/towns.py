"""Made-up towns behind the web's bench: their verdicts are written, not judged, so that ten towns of eight years are there in a minute."""

from __future__ import annotations

import json
import math
import random
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from pulso.city import Span
from pulso.flow.account import keep
from pulso.flow.home import Home, River
from pulso.lake.records import ENTERED
from pulso.shapes import DomainVerdict, MetricVerdict, Part, Reason, Verdict
from pulso.web.readings.shelf import Shelf

LAST = date(2026, 10, 31)
VINTAGE = datetime(2026, 11, 1, 6, tzinfo=UTC)
DOMAINS = ("street", "transit", "cycling", "parking", "air", "market")
METRICS = tuple((f"{d}_{n}", d) for d in DOMAINS for n in ("first", "second"))
ZONES = tuple(f"z{i}" for i in range(10))
DRIVERS = ("rain", "heat", "strike", "festival", "unexplained")
KINDS = ("festival", "works", "strike", "sport", "outage")

HEAD = """
[city]
slug = "{slug}"
name = "Town {slug}"
timezone = "Europe/Lisbon"
country = "PT"
[zones]
file = "zones.geojson"
id = "id"
name = "name"
licence = "CC0"
attribution = "Nobody"
"""
SOURCE = """
[sources.{name}]
connector = "table"
url = "https://{name}.town.example/{{month:%Y-%m}}.csv"
from = 2018-01-01
licence = "CC0"
time = {{ column = "day" }}
values = {{ column = "n", metric = "{name}", sensor_column = "sensor" }}
sensors = "sensors.csv"
expected = "1d"
[metrics.{name}]
source = "{name}"
domain = "{domain}"
like = "daily_total"
"""


def town(folder: Path, home: Path, slug: str, days: int, events: int, *, entries: int = 0, times: int = 1) -> Path:
    """Make one town, published so many times and laid out for reading; give its folder."""
    where = describe(folder, slug)
    river = River.open(where, Home(home, None, lambda: datetime(2026, 11, 1, 9, tzinfo=UTC)))
    river.lake.sync_events(happenings(events))
    rows = [
        s.model_dump() | {"silences": None, "sensors": None, "id": f"entry {i}", "sign": "", "who": "bench", "active": True}
        for i, s in enumerate(happenings(entries))
    ]
    river.lake.entry_table.append(pa.Table.from_pylist([r | {"known_at": river.lake.moment()} for r in rows], schema=ENTERED))
    chance = random.Random(slug)
    for turn in range(times):
        for first in range(0, days, 500):
            span = [LAST - timedelta(days=days - 1 - i) for i in range(first, min(first + 500, days))]
            vintage = VINTAGE + timedelta(minutes=turn)
            river.lake.publish([verdict(slug, zone, day, chance, vintage) for day in span for zone in (None, *ZONES)])
    keep(river)
    Shelf(home / slug / "shelf.sqlite3").bring_up_to_date(river.lake)
    return where


def twin(folder: Path, home: Path, first: str, slug: str) -> Path:
    """Make another town of the same past."""
    shutil.copytree(home / first, home / slug)
    return describe(folder, slug)


def describe(folder: Path, slug: str) -> Path:
    """Write a city's folder."""
    where = folder / slug
    where.mkdir(parents=True)
    rows = [f"{m}-{z},{lon + 0.005},{lat + 0.005}" for m in ("a", "b") for z, (lon, lat) in zip(ZONES, corners(), strict=True)]
    (where / "sensors.csv").write_text("\n".join(["sensor,lon,lat", *rows]) + "\n")
    squares = [
        {"type": "Feature", "properties": {"id": z, "name": f"Zone {z}"}, "geometry": {"type": "Polygon", "coordinates": [round_(*c)]}}
        for z, c in zip(ZONES, corners(), strict=True)
    ]
    (where / "zones.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    domains = "".join(f"\n[domains.{d}]\n" for d in DOMAINS)
    (where / "city.toml").write_text(HEAD.format(slug=slug) + "".join(SOURCE.format(name=n, domain=d) for n, d in METRICS) + domains)
    return where


def corners() -> list[tuple[float, float]]:
    """Where zones lie: five by two."""
    return [(-8.7 + 0.02 * (i % 5), 41.1 + 0.02 * (i // 5)) for i in range(len(ZONES))]


def round_(lon: float, lat: float) -> list[tuple[float, float]]:
    """A zone of eighty corners, about as many as a real one keeps on a map."""
    turns = [2 * math.pi * k / 80 for k in range(80)]
    ring = [(round(lon + 0.005 + 0.009 * math.cos(t), 6), round(lat + 0.005 + 0.009 * math.sin(t), 6)) for t in turns]
    return [*ring, ring[0]]


def happenings(n: int) -> list[Span]:
    """So many events: one a day over the last hundred days, the others a year before, so that a page's own span holds as many in each."""
    days = [LAST - timedelta(days=i if i < 100 else 400 + (i - 100) % 2_500) for i in range(n)]
    return [Span(**{"from": d, "to": d}, kind=KINDS[i % 5], name=f"Happening {i}", zone=ZONES[i % 10]) for i, d in enumerate(days)]


def verdict(slug: str, zone: str | None, day: date, chance: random.Random, vintage: datetime) -> Verdict:
    """One zone's day, of the size of a real one."""
    parts = [Part(d, k, chance.gauss(0, 1.5)) for d in DOMAINS for k in DRIVERS]
    points = {k: sum(p.points for p in parts if p.driver == k) for k in DRIVERS}
    index = 100 + sum(points.values())
    kinds = ("weather", "weather", "event", "event", "unexplained")
    return Verdict(
        city=slug,
        zone=zone,
        day=day,
        status="published",
        refusal=None,
        index=index,
        interval=(index - 7.5, index + 7.5),
        normal_range=(88.25, 111.75),
        method_band=(index - 2, index + 2),
        level_index=index + 4,
        weight_seen=0.93,
        sources_seen=11,
        sources_declared=12,
        domains=[DomainVerdict(domain=d, index=chance.gauss(100, 9), weight=1 / 6, footprint=False) for d in DOMAINS],
        metrics=[
            MetricVerdict(metric=m, domain=d, index=chance.gauss(100, 12), weight=1 / 12, sensors_seen=18, sensors_alive=20, flags=[])
            for m, d in METRICS
        ],
        reasons=[Reason(name=k, kind=kind, points=points[k]) for k, kind in zip(DRIVERS, kinds, strict=True)],
        table=parts,
        unmeasured=[],
        beyond=[],
        missing=["market_second"],
        stage="backfill",
        in_sample=False,
        vintage=vintage,
        digest="0" * 64,
        synthetic=True,
    )
