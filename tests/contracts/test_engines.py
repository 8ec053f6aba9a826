"""Every metric says the same on DuckDB and on Spark."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession

from pulso import metrics
from pulso.lake import Lake
from pulso.shapes import Answer, Recipe
from tests.lake import town

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]  # the Spark client warns of its own affairs

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN, PLAIN = date(2021, 3, 28), date(2021, 10, 31), date(2021, 6, 1)


@pytest.fixture(scope="session", autouse=True)
def named_main() -> None:
    """In a worker of pytest-xdist the main module has no file; the Spark client would then take us for its own doctests, and leave."""
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):
        main.__file__ = __file__


@pytest.fixture(scope="session")
def spark() -> Iterator[str]:
    """A Spark Connect server in this process (Sail), without Java."""
    server = SparkConnectServer()
    server.start(background=True)
    url = f"sc://127.0.0.1:{server.listening_address[1]}"
    yield url
    SparkSession.builder.remote(url).getOrCreate().stop()  # else the client waits for the server, and the server for the client
    server.stop()


def local_day(day: date) -> list[datetime]:
    """The quarter hours of a local day, in UTC."""
    first, last = (datetime(d.year, d.month, d.day, tzinfo=BERLIN).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    return [first + timedelta(minutes=15 * i) for i in range(int((last - first) / timedelta(minutes=15)))]


def days(sensor: str, metric: str, seed: int) -> list[town.Seen]:
    """A plain day, the day with 23 hours and the one with 25, with a stretch that stands still."""
    chance = np.random.default_rng(seed)
    moments = [t for d in (PLAIN, SPRING, AUTUMN) for t in local_day(d)]
    values = chance.integers(0, 70, len(moments)).astype(float)
    values[40:60] = 17.0
    return [(sensor, metric, t, float(v)) for t, v in zip(moments, values, strict=True)]


def at_once(sensor: str, metric: str) -> list[town.Seen]:
    """A day on which everything happened in one second."""
    noon = datetime(2021, 6, 5, 12, tzinfo=UTC)
    return [(sensor, metric, noon + timedelta(microseconds=i), float(i % 7)) for i in range(50)]


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of plain, short, long, crowded and empty days, with corrections and tombstones."""
    folder = tmp_path_factory.mktemp("engines")
    lake = town.lake(folder)
    conf = lake.city.sources
    with lake.collecting() as run:
        run.keep(conf["bikes"], [town.answer("a", days("A", "bike_count", 1) + days("B", "bike_count", 2) + at_once("A", "bike_count"))])
        run.keep(
            conf["parking"], [town.answer("p", days("P", "parking_free", 3) + days("Q", "parking_free", 4) + at_once("P", "parking_free"))]
        )
        run.keep(conf["trips"], [town.answer("t", days("s1", "rides", 5)[::7] + days("s2", "rides", 6)[::3])])
        run.keep(conf["sky"], [town.answer("w", [("x", "temperature", datetime(2021, 6, 1, tzinfo=UTC), 12.0)], 1440, unit="°C")])
    corrected = [(s, m, t, v + (t.hour == 9)) for s, m, t, v in days("A", "bike_count", 1) if t.hour != 10]
    lake.keep(conf["bikes"], [town.answer("a", corrected + days("B", "bike_count", 2))])
    return folder


RECIPES = ["bike_count", "parking_occupied", "parking_arrivals", "rides", "temperature", "precipitation"]


def made(folder: Path, metric: str, engine: str | None, when: tuple[date, date] | None) -> pa.Table:
    """One metric's sensor-hours, in order, as an engine gives them."""
    return made_by(town.lake(folder), metric, engine, when)


def made_by(lake: Lake, metric: str, engine: str | None, when: tuple[date, date] | None) -> pa.Table:
    recipe: Recipe = next(r for r in metrics.recipes(lake.city) if r.metric == metric)
    lake = Lake(lake.root, lake.city, lake.zones, lake.quantities, lake.clock, engine)
    rows = lake.backend.to_pyarrow(recipe.reduce(lake.observations(recipe.source, days=when)))
    return rows.sort_by([("sensor", "ascending"), ("day", "ascending"), ("hour", "ascending")])


def assert_same(here: pa.Table, there: pa.Table) -> None:
    for exact in ("metric", "source", "sensor", "zone", "day", "hour", "n", "expected", "still"):
        assert here[exact].to_pylist() == there[exact].to_pylist(), exact
    np.testing.assert_allclose(*(np.array(x["value"].to_pylist(), dtype=float) for x in (there, here)), rtol=1e-12)


@pytest.mark.parametrize("metric", RECIPES)
def test_duckdb_and_spark_agree_on_plain_short_long_and_crowded_days(metric: str, root: Path, spark: str) -> None:
    here, there = (made(root, metric, engine, None) for engine in (None, spark))
    assert here.num_rows == there.num_rows
    assert (here.num_rows > 0) == (metric != "precipitation")
    assert_same(here, there)


@pytest.mark.parametrize("metric", RECIPES)
def test_on_a_day_of_which_nothing_is_known_both_engines_say_nothing(metric: str, root: Path, spark: str) -> None:
    nothing = (date(2021, 6, 2), date(2021, 6, 4))
    assert [made(root, metric, engine, nothing).num_rows for engine in (None, spark)] == [0, 0]


@pytest.mark.mirror
def test_a_month_of_muenster_has_the_same_sensor_hours_on_both_engines(mirror: Path, tmp_path: Path, spark: str) -> None:
    lake = town.lake(tmp_path, toml=town.TOML.replace('sensors = "bikes.csv"\n', 'zone = "west"\n'))
    answers = [counted(file) for file in sorted(mirror.glob("raw.githubusercontent.com/od-ms/radverkehr-zaehlstellen/main/*/2021-10.csv"))]
    lake.keep(lake.city.sources["bikes"], answers)
    here, there = (made_by(lake, "bike_count", engine, None) for engine in (None, spark))
    assert len(set(here["sensor"].to_pylist())) >= 5
    assert_same(here, there)


def counted(file: Path) -> Answer:
    """One counter's month, by the plainest of readers: the first data column, on a local clock."""
    seen = []
    with file.open(encoding="utf-8-sig") as lines:
        for row in list(csv.reader(lines))[1:]:
            if len(row) > 1 and row[1].strip():
                moment = datetime.strptime(row[0], "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)
                seen.append((file.parent.name, "bike_count", moment.astimezone(UTC), float(row[1])))
    return town.answer(str(file), seen)
