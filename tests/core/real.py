"""Real daily series, read once: what the core is measured on."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb
import holidays
import numpy as np
from numpy.typing import NDArray

from pulso.core.days import Days
from pulso.core.drivers import Drivers

Floats = NDArray[np.float64]


class Series(NamedTuple):
    """Daily values (T, S) with their days and, where the city has them, drivers."""

    values: Floats
    days: Days
    drivers: Drivers | None
    names: tuple[str, ...]


def calendar(first: date, last: date, public: dict[date, str], school: list[tuple[date, date]] = ()) -> Days:
    """Every day from `first` to `last`, with its public holidays and school holidays."""
    ordinal = np.arange(first.toordinal(), last.toordinal() + 1)
    names = tuple(sorted(set(public.values())))
    holiday = np.full(ordinal.size, -1)
    off_school = np.zeros(ordinal.size, dtype=bool)
    for day, name in public.items():
        if first <= day <= last:
            holiday[day.toordinal() - ordinal[0]] = names.index(name)
    for a, b in school:
        off_school |= (ordinal >= a.toordinal()) & (ordinal <= b.toordinal())
    return Days(ordinal, holiday, names, off_school)


def _public(country: str, subdivision: str, years: range) -> dict[date, str]:
    return dict(holidays.country_holidays(country, subdiv=subdivision, years=years, language="en_US"))


def no_events(T: int, names: tuple[str, ...], values: Floats) -> Drivers:
    """Weather alone."""
    return Drivers(names, values, np.zeros((T, 0), dtype=bool), ())


@cache
def washington(shared: Path) -> Series:
    """Washington's bike-share, 2011-2012; the weather turned back from the file's fractions into units."""
    with (shared / "data/reference/series/washington_bikeshare_daily_2011_2012.csv").open() as file:
        rows = list(csv.DictReader(file))
    at = [date.fromisoformat(row["dteday"]) for row in rows]
    number = {key: np.array([float(row[key]) for row in rows]) for key in ("temp", "hum", "windspeed", "weathersit", "cnt")}
    public = {}
    for day, row in zip(at, rows, strict=True):
        if row["holiday"] == "1":
            public[day] = f"holiday of month {day.month}, {'first' if day.day < 14 else 'second'} half"
    weather = [
        number["temp"] * 47 - 8,
        np.where(number["hum"] > 0, number["hum"] * 100, np.nan),
        number["windspeed"] * 67 / 3.6,
        np.array([0.0, 0.0, 5.0, 20.0])[number["weathersit"].astype(int) - 1],  # light rain or snow; heavy
        np.array([0.0, 50.0, 100.0, 100.0])[number["weathersit"].astype(int) - 1],
    ]
    names = ("temperature", "humidity", "wind_speed", "precipitation", "cloud_cover")
    return Series(number["cnt"][:, None], calendar(at[0], at[-1], public), no_events(len(at), names, np.column_stack(weather)), ("all",))


ZURICH_WEATHER = {
    "temperature": "temp_mittel",
    "precipitation": "niederschlag",
    "snow_depth": "schneehoehe",
    "humidity": "luftfeuchte",
    "sunshine": "sonnenschein",
}


@cache
def zurich(shared: Path) -> Series:
    """Zürich's cars and bikes with the weather of Fluntern, from 2020 on; the weather is known from 2018 on."""
    folder = shared / "data/mirror/raw.githubusercontent.com/statistikZH/covid19monitoring/master/variables"
    first, last = date(2018, 1, 1), date(2022, 5, 10)
    days = calendar(first, last, _public("CH", "ZH", range(2017, 2024)))

    def read(name: str) -> Floats:
        out = np.full(len(days), np.nan)
        with next(folder.glob(f"{name}_S*.csv")).open(encoding="latin-1") as file:
            for row in csv.DictReader(file):
                if row["value"] not in {"", "NA"}:
                    out[date.fromisoformat(row["date"]).toordinal() - first.toordinal()] = float(row["value"])
        return out

    traffic = np.column_stack([read("aufkommen_miv"), read("aufkommen_veloverkehr")])
    weather = np.column_stack([read(name) for name in ZURICH_WEATHER.values()])
    return Series(traffic, days, no_events(len(days), tuple(ZURICH_WEATHER), weather), ("cars", "bikes"))


@cache
def muenster_bikes(shared: Path) -> Series:
    """Münster's counters: daily sums of a site's first column, on days with at least half of the quarter hours, scaled to whole days."""
    folder = shared / "data/mirror/raw.githubusercontent.com/od-ms/radverkehr-zaehlstellen/main"
    sites = sorted(path.name for path in folder.iterdir() if path.is_dir())
    days = calendar(date(2019, 1, 1), date(2026, 8, 31), _public("DE", "NW", range(2018, 2028)))
    values = np.full((len(days), len(sites)), np.nan)
    db = duckdb.connect()
    for s, site in enumerate(sites):
        rows = db.execute(
            """
            SELECT CAST(strptime(left(c0, 10), '%Y-%m-%d') AS DATE) AS day, sum(v), count(v) FROM (
                SELECT DISTINCT ON (column0) column0 AS c0, TRY_CAST(column1 AS DOUBLE) AS v
                FROM read_csv(?, all_varchar = true, header = false, null_padding = true,
                              names = ['column0', 'column1'],
                              ignore_errors = true, strict_mode = false)
                WHERE regexp_matches(column0, '^\\d{4}-\\d\\d-\\d\\d'))
            GROUP BY day""",
            [str(folder / site / "*.csv")],
        ).fetchall()
        for day, total, n in rows:
            at = day.toordinal() - int(days.ordinal[0])
            if n >= 48 and 0 <= at < len(days):
                values[at, s] = total * 96 / n if n < 96 else total
    return Series(values, days, None, tuple(sites))
