"""Vila: a made-up town of two zones, with three sources of a file a month over fourteen and a half months, so that it has an index."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from pulso.flow.collect import Collected, collect
from pulso.flow.home import Home, River
from pulso.flow.publish import Publication, publish
from tests.lake.town import Clock

FIRST, LAST = date(2024, 1, 1), date(2025, 3, 14)
SPRING = datetime(2025, 3, 16, 9, tzinfo=UTC)
SOURCES = ("bikes", "cars", "buses")
SENSORS = {"n1": -8.65, "n2": -8.64, "s1": -8.55, "s2": -8.54}
SQUARES = {"north": -8.7, "south": -8.6}
WEEK = (1.0, 1.05, 1.1, 1.05, 1.2, 0.8, 0.6)

HEAD = """
[city]
slug = "vila"
name = "Vila"
timezone = "Europe/Lisbon"
country = "PT"
events = "events.csv"
[zones]
file = "zones.geojson"
id = "id"
name = "name"
"""
SOURCE = """
[sources.{name}]
connector = "table"
url = "https://{name}.vila.example/{{month:%Y-%m}}.csv"
from = 2024-01-01
time = {{ column = "day" }}
values = {{ column = "n", metric = "{name}", sensor_column = "sensor" }}
sensors = "sensors.csv"
expected = "1d"
"""
METRIC = """
[metrics.{name}]
source = "{name}"
domain = "{domain}"
like = "daily_total"
"""
DOMAINS = {"bikes": "street", "cars": "street", "buses": "transit"}

Values = dict[tuple[date, str], float]
"""What a source says, by day and sensor."""


def days(first: date = FIRST, last: date = LAST) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def usual(source: str, sensors: Sequence[str] = tuple(SENSORS)) -> Values:
    """A town that keeps its week, a little by chance; the same each time."""
    chance = np.random.default_rng(sum(map(ord, source)))
    return {(d, s): float(round(900 * WEEK[d.weekday()] * np.exp(chance.normal(0, 0.08)))) for d in days() for s in sensors}


def lines(values: Values, month: str) -> list[str]:
    """One month's file."""
    return ["day,sensor,n", *(f"{d},{s},{n:g}" for (d, s), n in values.items() if f"{d:%Y-%m}" == month)]


@dataclass
class Vila:
    """A town in a folder: its city file, the mirror that its sources are served from, its home, and its clock."""

    folder: Path
    sources: tuple[str, ...] = SOURCES
    zones: tuple[str, ...] = tuple(SQUARES)
    metrics: tuple[str, ...] = SOURCES
    clock: Clock = field(default_factory=lambda: Clock(SPRING))
    text: Mapping[str, str] = field(default_factory=dict)  # of a source's section, in the place of the usual one

    def __post_init__(self) -> None:
        self.mirror.mkdir(parents=True, exist_ok=True)
        (self.folder / "zones.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [*map(_square, self.zones)]}))
        rows = [f"{s},{lon},41.15" for s, lon in SENSORS.items()]
        (self.folder / "sensors.csv").write_text("\n".join(["sensor,lon,lat", *rows]) + "\n")
        (self.folder / "events.csv").write_text("from,to,kind,name,zone,link\n2025-02-10,2025-02-11,strike,Bus strike,,\n")
        self.describe()

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    @property
    def home(self) -> Path:
        return self.folder / "var"

    @property
    def lake(self) -> Path:
        return self.home / "vila" / "lake"

    def describe(self) -> None:
        """Write the city file."""
        parts = [HEAD, *(self.text.get(s, SOURCE.format(name=s)) for s in self.sources)]
        parts += [f"\n[domains.{d}]\n" for d in dict.fromkeys(DOMAINS[m] for m in self.metrics)]
        parts += [METRIC.format(name=m, domain=DOMAINS[m]) for m in self.metrics]
        (self.folder / "city.toml").write_text("".join(parts))

    def file(self, source: str, month: str) -> Path:
        return self.mirror / f"{source}.vila.example" / f"{month}.csv"

    def say(self, source: str, values: Values) -> None:
        """Put a source's files where it is asked for them."""
        for month in dict.fromkeys(f"{d:%Y-%m}" for d, _ in values):
            path = self.file(source, month)
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n".join(lines(values, month)) + "\n")

    def river(self) -> River:
        return River.open(self.folder, Home(self.home, self.mirror, self.clock))

    def collect(self, first: date | None = None, last: date | None = None) -> dict[str, Collected]:
        return {c.source: c for c in collect(self.river(), first, last)}

    def publish(self, first: date | None = None, last: date | None = None) -> Publication:
        return publish(self.river(), first, last)


def verdicts(town: Vila, as_of: datetime | None = None) -> dict[tuple[str | None, date], str]:
    """Every publication, as it was published."""
    rows = town.river().lake.published(None, None, as_of, ["verdict"]).to_pylist()
    return {(r["zone"], r["day"]): r["verdict"] for r in rows}


def indices(town: Vila) -> dict[tuple[str | None, date], float]:
    """Every published index."""
    rows = town.river().lake.published(columns=["index"]).to_pylist()
    return {(r["zone"], r["day"]): r["index"] for r in rows if r["index"] is not None}


def state(town: Vila) -> dict[str, Any]:
    """All that readers see of the town's tables, but for when it was learned."""
    lake = town.river().lake
    seen = lake.backend.to_pyarrow(lake.observations()).drop_columns(["known_at", "revision"]).to_pylist()
    hours = [r | {"known_at": None} for m in town.metrics for r in lake.sensor_hours(m).to_pylist()]
    said = lake.published(columns=["zone", "day", "content"]).drop_columns("vintage").to_pylist()
    return {
        "observations": sorted(map(str, seen)),
        "hours": sorted(map(str, hours)),
        "turned away": lake.quarantine_counts(("source", "sensor", "reason")),
        "read": {s: lake.digests(s) for s in town.sources},
        "events": lake.events(),
        "published": sorted(map(str, said)),
    }


def live(town: Vila) -> dict[str, bytes]:
    """The live files of every table, byte for byte."""
    lake = town.river().lake
    tables = (lake.observation, lake.quarantine, lake.inputs, lake.hours, lake.flag_table, lake.event_table, lake.publication)
    return {f"{t.path.name}/{f.path.name}": f.path.read_bytes() for t in tables for f in t.files()}


def vila(folder: Path, **how: object) -> Vila:
    """The town as it usually is, nothing collected yet."""
    town = Vila(folder, **how)  # type: ignore[arg-type]
    for source in town.sources:
        town.say(source, usual(source))
    return town


def a_day_later(told: Vila, folder: Path) -> Vila:
    """A copy of a town, to do with as a test likes; without what was measured of its events, which depends on the tests before."""
    shutil.copytree(told.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("effects.sqlite3*"))
    town = Vila(folder)
    town.clock.pass_(days=1)
    return town


def _square(zone: str) -> dict[str, object]:
    w = SQUARES[zone]
    ring = [[w, 41.1], [w + 0.1, 41.1], [w + 0.1, 41.2], [w, 41.2], [w, 41.1]]
    return {"type": "Feature", "properties": {"id": zone, "name": zone.title()}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
