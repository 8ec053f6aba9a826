"""The weather of a point, month by month, from an archive that answers in Open-Meteo's shape: a real server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow.compute as pc
import pytest

from pulso import units
from pulso.city import City, SourceConf, load
from pulso.errors import CityFileError, SourceChanged
from pulso.shapes import OBSERVATION, REJECT, Answer, Window
from pulso.sources import open_source
from pulso.sources.asking import Asker, Limits
from pulso.sources.fetch import Door, Replay
from pulso.sources.openmeteo import USUAL, VARIABLES, months
from tests.sources.streets import Time, Town, a_town, respond

THEIRS = {v.theirs: v for v in VARIABLES.values()}
CITY = """
[city]
slug = "coast"
name = "Coast"
timezone = "Europe/Lisbon"
country = "PT"
[zones]
file = "zones.geojson"
id = "id"
name = "name"
[sources.weather]
connector = "openmeteo"
lon = -8.61
lat = 41.15
url = "{url}"
{more}
"""


def archive(query: str, change: Any = None) -> bytes:
    """What the archive says: each value is the hour of the month divided by the variable's place, so that every one can be told."""
    asked = {k: v[0] for k, v in parse_qs(query).items()}
    first, last = date.fromisoformat(asked["start_date"]), date.fromisoformat(asked["end_date"])
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    hours = ((last - first).days + 1) * 24
    names = asked["hourly"].split(",")
    told = {
        "latitude": 41.159927,
        "longitude": -8.602409,
        "generationtime_ms": 0.24,
        "utc_offset_seconds": 0,
        "timezone": asked["timezone"],
        "timezone_abbreviation": "GMT",
        "elevation": 93.0,
        "hourly_units": {"time": "iso8601"} | {n: THEIRS[n].comes_in for n in names},
        "hourly": {"time": [f"{begin + timedelta(hours=h):%Y-%m-%dT%H:%M}" for h in range(hours)]}
        | {n: [h / (i + 1) for h in range(hours)] for i, n in enumerate(names)},
    }
    if change:
        change(told)
    return json.dumps(told).encode()


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with a_town() as town:
        serve(town)
        yield town


def serve(town: Town, change: Any = None) -> None:
    def answer(handler: Any) -> None:
        respond(handler, 200, {"Content-Type": "application/json; charset=utf-8"}, archive(urlsplit(handler.path).query, change))

    town.paths["/v1/archive"] = answer


def city_of(tmp_path: Path, url: str, more: str = "") -> City:
    (tmp_path / "city.toml").write_text(CITY.replace("{url}", url).replace("{more}", more))
    return load(tmp_path)


def fetch(town: Town, tmp_path: Path, window: Window, more: str = "", get: Any = None) -> list[Answer]:
    city = city_of(tmp_path, town.url("/v1/archive"), more)
    conf: SourceConf = city.sources["weather"]
    clock = Time()
    with (
        closing(Asker(limits=Limits(read=2.0), clock=clock, sleep=clock.sleep)) as asker,
        Door(conf, asker, salt="s", known={}, raw=tmp_path / "raw", now=lambda: window.now) as door,
    ):
        return list(open_source(conf, city).fetch(window, get or door))


def january(now: datetime = datetime(2024, 5, 2, 6, tzinfo=UTC)) -> Window:
    return Window(date(2024, 1, 10), date(2024, 1, 20), now)


def rows(answer: Answer, metric: str) -> list[dict[str, Any]]:
    return answer.observations.filter(pc.equal(answer.observations["metric"], metric)).to_pylist()


def test_a_month_of_weather_comes_as_one_answer_of_the_declared_shape(town, tmp_path):
    (answer,) = fetch(town, tmp_path, january())
    assert answer.observations.schema == OBSERVATION
    assert answer.rejects.schema == REJECT
    assert answer.observations.num_rows == 31 * 24 * len(USUAL)
    assert answer.rejects.num_rows == 0
    assert set(answer.observations["metric"].to_pylist()) == set(USUAL)
    assert {(r["sensor"], r["lon"], r["lat"]) for r in answer.observations.to_pylist()} == {("-8.6100,41.1500", -8.61, 41.15)}


def test_a_temperature_is_of_the_hour_that_begins_with_its_stamp_and_rain_of_the_hour_that_ends_with_it(town, tmp_path):
    (answer,) = fetch(town, tmp_path, january())
    first, rain = rows(answer, "temperature")[0], rows(answer, "precipitation")[0]
    midnight, hour = datetime(2024, 1, 1, tzinfo=UTC), timedelta(hours=1)
    assert (first["start"], first["end"]) == (midnight, midnight + hour)
    assert (rain["start"], rain["end"]) == (midnight - hour, midnight)


def test_values_come_in_units_that_the_lake_knows_and_snow_in_centimetres(town, tmp_path):
    (answer,) = fetch(town, tmp_path, january(), more=f"variables = {json.dumps(list(VARIABLES))}")
    for name in VARIABLES:
        assert {units.canonical(r["unit"]) is not None for r in rows(answer, name)} == {True}
    depth = rows(answer, "snow_depth")[8]
    assert (depth["value"], depth["unit"]) == (pytest.approx(100 * 8 / 4), "cm")
    assert [r["value"] for r in rows(answer, "wind_speed")][:3] == [0.0, 1 / 5, 2 / 5]


def test_an_hour_without_a_value_is_missing_and_counted_and_never_a_zero(town, tmp_path):
    def thin(told):
        told["hourly"]["temperature_2m"][5] = None
        told["hourly"]["precipitation"][-48:] = [None] * 48
        told["hourly"]["snowfall"][0] = float("nan")

    serve(town, thin)
    (answer,) = fetch(town, tmp_path, january())
    assert len(rows(answer, "temperature")) == 31 * 24 - 1
    assert len(rows(answer, "precipitation")) == 31 * 24 - 48
    counted = {(r["metric"], r["kind"], r["reason"]): (r["n"], r["first"], r["last"]) for r in answer.rejects.to_pylist()}
    at = datetime(2024, 1, 1, 5, tzinfo=UTC)
    assert counted[("temperature", "missing", "no value")] == (1, at, at)
    assert counted[("precipitation", "missing", "no value")][0] == 48
    assert counted[("snowfall", "bad", "not finite")][0] == 1
    assert answer.observations.num_rows + sum(n for n, _, _ in counted.values()) == 31 * 24 * len(USUAL)


def test_a_window_asks_for_every_month_that_its_local_days_touch_each_once_and_in_order(town, tmp_path):
    window = Window(date(2023, 12, 1), date(2024, 2, 29), datetime(2024, 5, 2, tzinfo=UTC))
    answers = fetch(town, tmp_path, window)
    starts = [parse_qs(urlsplit(a.origin).query)["start_date"][0] for a in answers]
    assert starts == ["2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"]
    keys = [(r["metric"], r["start"]) for a in answers for r in a.observations.to_pylist()]
    assert len(keys) == len(set(keys)), "no hour comes from two months"


def test_the_month_that_is_not_over_is_asked_up_to_yesterday_under_the_name_of_the_whole_month(town, tmp_path):
    window = Window(date(2024, 5, 1), date(2024, 5, 20), datetime(2024, 5, 20, 6, tzinfo=UTC))
    *_, may = fetch(town, tmp_path, window)
    assert "end_date=2024-05-31" in may.origin
    assert max(r["end"] for r in rows(may, "temperature")) == datetime(2024, 5, 20, tzinfo=UTC)
    later = Window(window.first, window.last, datetime(2024, 7, 1, tzinfo=UTC))
    assert [a.origin for a in fetch(town, tmp_path, later)][1] == may.origin


def test_the_month_that_was_not_over_is_replayed_on_another_day(town, tmp_path):
    window = Window(date(2024, 5, 10), date(2024, 5, 20), datetime(2024, 5, 20, 6, tzinfo=UTC))
    (may,) = fetch(town, tmp_path, window)
    conf = load(tmp_path).sources["weather"]
    later = Window(window.first, window.last, datetime(2024, 5, 25, tzinfo=UTC))
    (again,) = fetch(town, tmp_path, later, get=Replay(conf, salt="s", raw=tmp_path / "raw"))
    assert again == may


def test_what_lies_ahead_is_not_asked(town, tmp_path):
    assert fetch(town, tmp_path, Window(date(2024, 6, 5), date(2024, 6, 9), datetime(2024, 5, 20, tzinfo=UTC))) == []
    assert list(months(date(2024, 4, 30), date(2024, 6, 2), date(2024, 5, 1))) == [
        (date(2024, 4, 1), date(2024, 4, 30), date(2024, 4, 30)),
        (date(2024, 5, 1), date(2024, 5, 1), date(2024, 5, 31)),
    ]


def test_a_source_is_asked_within_its_life_only(town, tmp_path):
    window = Window(date(1990, 1, 1), date(2024, 5, 1), datetime(2024, 8, 2, tzinfo=UTC))
    answers = fetch(town, tmp_path, window, more="from = 2024-02-01\nto = 2024-03-31")
    assert [parse_qs(urlsplit(a.origin).query)["start_date"][0] for a in answers] == ["2024-02-01", "2024-03-01"]


BREAKS: dict[str, tuple[Any, str]] = {
    "an error": (
        lambda t: (t.clear(), t.update(error=True, reason="Daily API request limit exceeded.")),
        "Daily API request limit exceeded",
    ),
    "no hours": (lambda t: t.pop("hourly"), "not the shape of Open-Meteo's archive"),
    "a variable less": (lambda t: t["hourly"].pop("snowfall"), "snowfall"),
    "another unit": (lambda t: t["hourly_units"].update(wind_speed_10m="km/h"), "wind_speed in 'km/h', not 'm/s'"),
    "a column cut short": (lambda t: t["hourly"]["precipitation"].pop(), "743 values of precipitation for 744 hours"),
    "a word for a number": (lambda t: t["hourly"]["temperature_2m"].__setitem__(3, "warm"), "a value of temperature that is no number"),
    "local time": (lambda t: t.update(utc_offset_seconds=3600), "do not follow each other in UTC"),
    "an hour twice": (lambda t: t["hourly"]["time"].__setitem__(3, t["hourly"]["time"][2]), "do not follow each other in UTC"),
    "a time that is none": (lambda t: t["hourly"]["time"].__setitem__(3, "yesterday"), "not the shape"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_an_archive_that_changed_its_shape_is_named_and_nothing_is_guessed(town, tmp_path, what):
    change, words = BREAKS[what]
    serve(town, change)
    with pytest.raises(SourceChanged, match=words):
        fetch(town, tmp_path, january())


def test_a_page_instead_of_an_answer_is_named(town, tmp_path):
    town.says("/v1/archive", b"<html>Bad gateway</html>")
    with pytest.raises(SourceChanged, match="not JSON, but b'<html>Bad gateway"):
        fetch(town, tmp_path, january())


def test_one_broken_month_does_not_stop_the_others(town, tmp_path):
    def in_february(told):
        if told["hourly"]["time"][0].startswith("2024-02"):
            told["hourly"].clear()

    serve(town, in_february)
    city = city_of(tmp_path, town.url("/v1/archive"))
    clock, answers = Time(), []
    window = Window(date(2024, 1, 10), date(2024, 3, 10), datetime(2024, 5, 2, tzinfo=UTC))
    with closing(Asker(clock=clock, sleep=clock.sleep)) as asker:
        door = Door(city.sources["weather"], asker, salt="s", known={}, raw=tmp_path / "raw")
        with pytest.raises(SourceChanged, match="start_date=2024-02-01"):
            answers.extend(open_source(city.sources["weather"], city).fetch(window, door))
    assert [a.observations.num_rows // len(USUAL) for a in answers] == [31 * 24, 31 * 24]


def test_a_refusal_is_told_in_the_archives_own_words_and_the_key_is_not(town, tmp_path, monkeypatch):
    monkeypatch.setenv("WEATHER_KEY", "s3cr3t")
    town.says(
        "/v1/archive",
        (400, {"Content-Type": "application/json"}, b'{"error":true,"reason":"Parameter \'end_date\' is out of allowed range"}'),
    )
    city = city_of(tmp_path, town.url("/v1/archive?apikey=${WEATHER_KEY}"))
    clock = Time()
    with closing(Asker(clock=clock, sleep=clock.sleep)) as asker:
        door = Door(city.sources["weather"], asker, salt="s", known={}, raw=tmp_path / "raw")
        assert list(open_source(city.sources["weather"], city).fetch(january(), door)) == []
    assert "out of allowed range" in door.letter()
    assert "s3cr3t" not in door.letter()


def test_a_variable_that_the_archive_lacks_is_a_mistake_in_the_city_file(tmp_path):
    city = city_of(tmp_path, "https://archive.example", more='variables = ["temperature", "mood"]')
    with pytest.raises(CityFileError, match="mood"):
        open_source(city.sources["weather"], city)
