"""The synthetic city's feeds: the same bytes for the same seed, in shapes that the table connector reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from pulso import zones
from pulso.city import City, cities_folder, load
from pulso.shapes import Raw, Window
from pulso.simulate import Simulated, city, simulate
from pulso.simulate.feeds import HOST
from pulso.simulate.plan import INSTRUMENTS, ZONES, sensors
from pulso.simulate.record import describe
from pulso.sources import open_source

FIRST, LAST = date(2024, 9, 10), date(2024, 10, 31)
SOURCES = {
    "buses": ("bus", 1), "metro": ("metro", 1), "scooters": ("scooter", 1), "traffic": ("traffic", 1), "parking": ("parking", 4),
    "noise": ("noise", 1), "air": ("air", 1),
}  # fmt: skip


class Folder:
    """Serves the feeds of a folder, as a mirror does."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, url: str) -> Raw | None:
        path = self.root / url.split("://")[1]
        return Raw(url, path.read_bytes(), "") if path.exists() else None

    def each(self, urls: list[str]) -> Iterator[Raw]:
        return (raw for url in urls if (raw := self(url)) is not None)


@pytest.fixture(scope="module")
def demo_city() -> City:
    return load("demo")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("simulated")
    simulate(root, seed=7, first=FIRST, last=LAST)
    return root


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    return city(7, FIRST, LAST)


def digests(root: Path) -> dict[str, str]:
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(root.rglob("*")) if p.is_file()}


def test_the_same_seed_writes_the_same_bytes(folder, tmp_path):
    simulate(tmp_path, seed=7, first=FIRST, last=LAST)
    assert digests(tmp_path) == digests(folder)


def test_another_seed_writes_others(folder, tmp_path):
    simulate(tmp_path, seed=8, first=FIRST, last=LAST)
    same = [n for n, d in digests(tmp_path).items() if digests(folder)[n] == d and n.startswith(HOST)]
    assert all("alertas" in n for n in same), "what the city announces is known; what it counts is not"


def test_a_new_simulation_leaves_nothing_of_the_one_before(tmp_path):
    simulate(tmp_path, seed=7, first=date(2024, 1, 1), last=date(2024, 2, 10), scale=0.1)
    simulate(tmp_path, seed=8, first=date(2024, 2, 1), last=date(2024, 2, 10), scale=0.1)
    assert {p.stem for p in (tmp_path / HOST).rglob("*.csv")} == {"2024-02"}


def test_a_longer_period_rewrites_no_finished_month(folder, tmp_path):
    simulate(tmp_path, seed=7, first=FIRST, last=date(2024, 11, 20))
    longer, shorter = digests(tmp_path), digests(folder)
    months = [n for n in shorter if n.endswith(("2024-09.csv", "2024-10.csv"))]
    assert len(months) == 16
    assert all(longer[n] == shorter[n] for n in months)


@pytest.mark.parametrize("source", SOURCES)
def test_what_the_connector_reads_is_what_the_sensors_told(source, folder, simulated, demo_city):
    instrument, each = SOURCES[source]
    answers = list(open_source(demo_city.sources[source], demo_city).fetch(Window(FIRST, LAST), Folder(folder)))
    read = pa.Table.from_batches([a.observations for a in answers])
    bad = {r["reason"] for a in answers for r in a.rejects.to_pylist()}
    assert bad <= {"parking": {"duplicate"}, "noise": {"no value"}, "air": {"no value"}}.get(source, set())
    told = simulated.told[instrument]
    autumn = date(2024, 10, 27).toordinal() - simulated.days.ordinal[0]
    twice = told[autumn, :, each : 2 * each]
    assert read.num_rows == np.isfinite(told).sum() + np.isfinite(twice).sum()
    value = read["value"].to_numpy()
    if source == "parking":
        capacity = {s.id: s.capacity for s in sensors(INSTRUMENTS[4])}
        value = np.array([capacity[s] for s in read["sensor"].to_pylist()]) - value
    assert value.sum() == pytest.approx(np.nansum(told) + np.nansum(twice))
    local = pc.local_timestamp(read["start"].combine_chunks().cast(pa.timestamp("us", tz="Europe/Lisbon")))
    hours = local.cast(pa.int64()).to_numpy() // 3_600_000_000
    rows, hour = hours // 24 - (simulated.days.ordinal[0] - 719163), hours % 24
    by_hour = np.zeros((told.shape[0], 24))
    np.add.at(by_hour, (rows, hour), value)
    hourly = np.nansum(told.reshape(*told.shape[:2], 24, each), axis=(1, 3))
    hourly[autumn, 1] *= 2
    np.testing.assert_allclose(by_hour, hourly)
    assert set(read["sensor"].to_pylist()) <= {s.sensor for s in demo_city.sensors[source]}


def test_the_weather_is_read_in_its_units(folder, simulated, demo_city):
    answers = list(open_source(demo_city.sources["weather"], demo_city).fetch(Window(FIRST, LAST), Folder(folder)))
    read = pa.Table.from_batches([a.observations for a in answers])
    assert set(zip(read["metric"].to_pylist(), read["unit"].to_pylist(), strict=True)) == {
        ("temperature", "°C"), ("precipitation", "mm"), ("humidity", "%"), ("wind_speed", "m/s"),
    }  # fmt: skip
    rain = read.filter(pc.equal(read["metric"], "precipitation"))["value"]
    autumn = date(2024, 10, 27).toordinal() - simulated.days.ordinal[0]
    assert pc.sum(rain).as_py() == pytest.approx(simulated.weather.precipitation.sum() + simulated.weather.precipitation[autumn, 1])


def test_road_alerts_are_ngsi_ld_entities(folder):
    alerts = json.loads((folder / HOST / "alertas" / "2024.json").read_text(encoding="utf-8"))
    assert {"id", "subCategory", "location", "validFrom", "validTo", "severity"} <= set(alerts[0])
    assert all(a["id"].startswith("urn:ngsi-ld:") for a in alerts)


def test_the_truth_stands_beside_the_feeds(folder, simulated):
    lines = (folder / "truth" / "index.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].replace('"', "") == "day,zone,metric,index,middle,weather"
    day, zone, metric, index, *_ = lines[1].split(",")
    assert (day, zone, metric) == ("2024-09-10", "", "bus_validations")
    assert float(index) == pytest.approx(simulated.truth.of("bus_validations")[0], abs=1e-3)
    effects = (folder / "truth" / "effects.csv").read_text(encoding="utf-8")
    assert ",strike,Bus strike," in effects
    assert ",power_cut,Power cut,0.0000" in effects.replace("-0.0000", "0.0000")


def test_the_files_beside_the_city_file_are_the_simulators_own(demo_city):
    for name, text in describe(2023, 2025).items():
        assert (cities_folder() / "demo" / name).read_text(encoding="utf-8") == text, name


def test_the_demo_city_says_that_it_is_synthetic(demo_city):
    assert demo_city.city.synthetic
    assert "(sintético)" in demo_city.city.name
    assert all("sintétic" in s.owner for s in demo_city.sources.values())


def test_24_june_is_a_public_holiday_in_the_demo_city(demo_city):
    assert date(2024, 6, 24) in demo_city.public_holidays(date(2024, 1, 1), date(2024, 12, 31))


def test_a_strike_has_happened_more_than_once_in_every_year(demo_city):
    years = [e.first.year for e in demo_city.events if e.kind == "strike"]
    assert all(years.count(y) >= 2 for y in (2023, 2024, 2025))


def test_the_seven_zones_tile_the_city_without_overlap(demo_city):
    read = zones.read((demo_city.folder / "zones.geojson").read_bytes(), demo_city)
    shapes = [z.shape for z in read.leaves]
    assert [z.id for z in read.leaves] == [z.id for z in ZONES]
    assert len(shapes) == 7
    assert all(s.is_valid and s.geom_type == "Polygon" for s in shapes)
    whole = shapely.union_all(shapes)
    assert whole.area == pytest.approx(sum(s.area for s in shapes), rel=1e-9)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert 25 < whole.area * 83.6 * 111.2 < 55, "km², about Porto's 41"


def test_every_sensor_stands_in_its_zone(demo_city):
    read = zones.read((demo_city.folder / "zones.geojson").read_bytes(), demo_city)
    for kind in INSTRUMENTS:
        placed = sensors(kind, 3.0)
        found = read.locate(np.array([s.lon for s in placed]), np.array([s.lat for s in placed]))
        assert found.tolist() == [ZONES[s.zone].id for s in placed]
