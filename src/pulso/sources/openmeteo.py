"""Hourly weather of one point, from Open-Meteo's archive (reanalyses, complete to about two days ago, free for non-commercial use).

One request a calendar month in UTC. The month that is not over is asked up to yesterday, under the name of the whole month (after the #),
so that its rows replace each other from day to day. API: https://open-meteo.com/en/docs/historical-weather-api
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from pulso.city import City, SourceConf
from pulso.errors import SourceChanged
from pulso.shapes import OBSERVATION, REJECT, Answer, Get, Raw, Row, Window, batch
from pulso.sources.addresses import brief

HOUR = np.timedelta64(1, "h")


class Variable(NamedTuple):
    """One of the archive's hourly variables: its name there and the unit it comes in; the unit we hand on, and how to get there."""

    theirs: str
    comes_in: str
    unit: str
    factor: float = 1.0
    before: bool = False  # true: of the hour before the stamp (sums, means, maxima); false: at the stamp, and taken for the hour after it


VARIABLES: dict[str, Variable] = {
    "temperature": Variable("temperature_2m", "°C", "°C"),
    "precipitation": Variable("precipitation", "mm", "mm", before=True),
    "snowfall": Variable("snowfall", "cm", "cm", before=True),
    "snow_depth": Variable("snow_depth", "m", "cm", 100.0),
    "wind_speed": Variable("wind_speed_10m", "m/s", "m/s"),
    "wind_gust": Variable("wind_gusts_10m", "m/s", "m/s", before=True),
    "humidity": Variable("relative_humidity_2m", "%", "%"),
    "sunshine": Variable("sunshine_duration", "s", "s", before=True),
    "radiation": Variable("shortwave_radiation", "W/m²", "W/m²", before=True),
    "pressure": Variable("pressure_msl", "hPa", "hPa"),
    "cloud_cover": Variable("cloud_cover", "%", "%"),
}
"""By the names of pulso.metrics.weather."""


def _known(name: str) -> str:
    if name not in VARIABLES:
        raise ValueError(f"found {name!r}; one of {', '.join(VARIABLES)}")
    return name


Name = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(VARIABLES)})]
USUAL = ("temperature", "precipitation", "snowfall", "snow_depth", "wind_speed", "humidity", "sunshine", "radiation")


class Options(Row):
    """The keys of a source with connector = "openmeteo"."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    variables: tuple[Name, ...] = Field(default=USUAL, min_length=1)
    url: str = "https://archive-api.open-meteo.com/v1/archive"  # another for customers: https://customer-…?apikey=${NAME}


@dataclass(frozen=True)
class Source:
    """The weather of one [sources.x]."""

    conf: SourceConf
    options: Options
    city: City

    def fetch(self, window: Window, get: Get) -> Iterator[Answer]:
        """Yield one Answer a month that touches the window (local days, so a day more on both sides), within the source's life.

        A month of which the archive has nothing yet is not asked. SourceChanged, after the last good month, for all that were of
        another shape than is declared here.
        """
        day = timedelta(days=1)
        first = max(window.first - day, self.conf.first or date.min)
        last = min(window.last + day, self.conf.last or date.max)
        changed = []
        for raw in get.each([self._url(*month) for month in months(first, last, window.now.date() - day)]):
            try:
                yield self._answer(raw)
            except SourceChanged as why:
                changed.append(str(why))
        if changed:
            raise SourceChanged("\n".join(changed))

    def _url(self, start: date, end: date, month_end: date) -> str:
        o = self.options
        hourly = ",".join(VARIABLES[name].theirs for name in o.variables)

        def until(day: date) -> str:
            join = "&" if "?" in o.url else "?"
            span = f"latitude={o.lat:.4f}&longitude={o.lon:.4f}&start_date={start}&end_date={day}"
            return f"{o.url}{join}{span}&hourly={hourly}&wind_speed_unit=ms&timezone=GMT"

        return until(end) if end == month_end else f"{until(end)}#{until(month_end)}"

    def _answer(self, raw: Raw) -> Answer:
        o = self.options
        times, columns = _hourly(raw, o.variables)
        sensor = f"{o.lon:.4f},{o.lat:.4f}"
        observations, rejects = [], []
        for name, values in columns.items():
            v = VARIABLES[name]
            start = times - HOUR if v.before else times
            number = np.array([np.nan if x is None else x for x in values], dtype=np.float64)
            seen = np.isfinite(number)
            n = int(seen.sum())
            observations.append(
                batch(
                    OBSERVATION,
                    sensor=[sensor] * n,
                    metric=[name] * n,
                    start=_arrow(start[seen]),
                    end=_arrow(start[seen] + HOUR),
                    value=number[seen] * v.factor,
                    unit=[v.unit] * n,
                    lon=[o.lon] * n,
                    lat=[o.lat] * n,
                )
            )
            rejects += _unseen(sensor, name, start, values, seen)
        table = pa.Table.from_batches(observations, schema=OBSERVATION).combine_chunks()
        kept = table.to_batches()[0] if table.num_rows else batch(OBSERVATION)
        return Answer(kept, pa.RecordBatch.from_pylist(rejects, schema=REJECT), raw.url, raw.digest)


def months(first: date, last: date, known: date) -> Iterator[tuple[date, date, date]]:
    """Yield the calendar months that touch these days, as first day, last day of which something is known, and last day."""
    start = first.replace(day=1)
    while start <= min(last, known):
        following = (start + timedelta(days=31)).replace(day=1)
        end = following - timedelta(days=1)
        yield start, min(end, known), end
        start = following


def _hourly(raw: Raw, names: tuple[str, ...]) -> tuple[NDArray[np.datetime64], dict[str, list[float | None]]]:
    """The stamps (UTC) and the columns of an answer, checked against what was asked: names, units, lengths, hourly steps, numbers."""
    try:
        told: Any = json.loads(raw.body)
    except ValueError:
        raise SourceChanged(f"{brief(raw.url)}: not JSON, but {raw.body[:60]!r}") from None
    if not isinstance(told, dict) or told.get("error"):
        reason = told.get("reason", "without a reason") if isinstance(told, dict) else "not an object"
        raise SourceChanged(f"{brief(raw.url)}: an answer that is no weather: {str(reason)[:300]}")
    try:
        hourly, units = told["hourly"], told["hourly_units"]
        times = np.array(hourly["time"], dtype="datetime64[us]")
        columns = {name: list(hourly[VARIABLES[name].theirs]) for name in names}
        found = {name: units[VARIABLES[name].theirs] for name in names}
        offset = told["utc_offset_seconds"]
    except (KeyError, TypeError, ValueError) as why:
        raise SourceChanged(f"{brief(raw.url)}: not the shape of Open-Meteo's archive: {type(why).__name__} {why}") from None
    wrong = [f"{name} in {found[name]!r}, not {VARIABLES[name].comes_in!r}" for name in names if found[name] != VARIABLES[name].comes_in]
    wrong += [f"{len(column)} values of {name} for {times.size} hours" for name, column in columns.items() if len(column) != times.size]
    wrong += [f"a value of {name} that is no number" for name, column in columns.items() if not all(_number(x) for x in column)]
    if offset != 0 or bool((np.diff(times) != HOUR).any()):
        wrong.append("hours that do not follow each other in UTC")
    if wrong:
        raise SourceChanged(f"{brief(raw.url)}: {'; '.join(wrong)}")
    return times, columns


def _number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _arrow(times: NDArray[np.datetime64]) -> pa.Array:
    return pa.array(times.astype("datetime64[us]")).cast(OBSERVATION.field("start").type)


def _unseen(
    sensor: str, name: str, start: NDArray[np.datetime64], values: list[float | None], seen: NDArray[np.bool_]
) -> list[dict[str, object]]:
    """Count what is no observation: hours without a value, and values that are not finite."""
    absent = np.array([x is None for x in values], dtype=bool)
    found: list[dict[str, object]] = []
    for kind, reason, text, which in (("missing", "no value", "null", absent), ("bad", "not finite", "NaN", ~seen & ~absent)):
        if which.any():
            when = _arrow(start[which]).to_pylist()
            row = {"sensor": sensor, "metric": name, "kind": kind, "reason": reason, "text": text, "n": len(when)}
            found.append(row | {"first": when[0], "last": when[-1]})
    return found
