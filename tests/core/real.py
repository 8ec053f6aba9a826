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


def _spans(text: str) -> list[tuple[date, date]]:
    """Read "20200210-0222": from 10 to 22 February 2020; a last day before the first is next year's."""
    out = []
    for span in text.split():
        first, last = span[:8], span[:4] + span[9:]
        last = last if last >= first else str(int(span[:4]) + 1) + span[9:]
        out.append((date.fromisoformat(first), date.fromisoformat(last)))
    return out


SCHOOL_ZURICH = _spans("""
    20180212-0224 20180423-0505 20180716-0818 20181008-1020 20181224-0105 20190211-0223 20190415-0427 20190715-0817 20191007-1019
    20191223-0104 20200210-0222 20200413-0425 20200713-0815 20201005-1017 20201221-0102 20210215-0227 20210426-0508 20210719-0821
    20211011-1023 20211220-0101 20220214-0226 20220418-0430""")
SCHOOL_MUENSTER = _spans("""
    20181221-0104 20190415-0427 20190611-0611 20190715-0827 20191014-1026 20191223-0106 20200406-0418 20200629-0811 20201012-1024
    20201223-0106 20210329-0410 20210525-0525 20210705-0817 20211011-1023 20211224-0108 20220411-0423 20220627-0809 20221004-1015
    20221223-0106 20230403-0415 20230622-0804 20231002-1014 20231221-0105 20240325-0406 20240521-0521 20240708-0820 20241014-1026
    20241223-0106 20250414-0426 20250610-0610 20250714-0826 20251013-1025 20251222-0106 20260330-0411 20260526-0526 20260720-0901""")


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
    days = calendar(first, last, _public("CH", "ZH", range(2017, 2024)), SCHOOL_ZURICH)

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
    days = calendar(date(2019, 1, 1), date(2026, 8, 31), _public("DE", "NW", range(2018, 2028)), SCHOOL_MUENSTER)
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


@cache
def muenster_parking(shared: Path) -> Series:
    """
    Münster's car parks: arrivals a day, as the sum of the falls in free places between readings at most 20 minutes apart.

    0 free places mean closed more often than full, so they count as unknown. A day needs half of its readings and, from 8 to 20,
    at least 12 changes: a feed that repeats itself knows nothing.
    """
    folder = shared / "data/mirror/raw.githubusercontent.com/codeformuenster/parking-decks-muenster/master/data"
    days = calendar(date(2019, 8, 19), date(2026, 8, 31), _public("DE", "NW", range(2018, 2028)), SCHOOL_MUENSTER)
    read: dict[str, dict[int, int]] = {}
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.reader(file)
            parks = [read.setdefault(name.strip(), {}) for name in next(table)[1:]]
            for moment, *cells in table:
                if moment[:2] == "20":
                    minute = _minute(moment, int(days.ordinal[0]))
                    for park, cell in zip(parks, cells, strict=False):
                        if cell.isdigit() and cell != "0":
                            park.setdefault(minute, int(cell))
    names = tuple(sorted(name for name, readings in read.items() if len(readings) > 5000))
    return Series(np.column_stack([_arrivals(read[name], len(days)) for name in names]), days, None, names)


@cache
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _minute(moment: str, first: int) -> int:
    return (_ordinal(moment[:10]) - first) * 1440 + int(moment[11:13]) * 60 + int(moment[14:16])


def _arrivals(readings: dict[int, int], T: int) -> Floats:
    """(T,) Falls a day; NaN where too little was seen."""
    minute = np.array(sorted(readings))
    free = np.array([readings[m] for m in minute.tolist()])
    gap, fall, hour, day = np.diff(minute), -np.diff(free), minute[1:] // 60 % 24, minute[1:] // 1440
    seen = gap <= 20
    keep = (day >= 0) & (day < T) & seen

    def total(x: Floats) -> Floats:
        return np.bincount(day[keep], weights=x[keep], minlength=T)

    minutes, falls = total(gap), total(np.maximum(fall, 0))
    changes = total((fall != 0) & (hour >= 8) & (hour < 20))
    known = (minutes >= 720) & (changes >= 12)
    return np.where(known, falls * 1440 / np.maximum(minutes, 1), np.nan)
