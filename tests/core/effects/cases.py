"""Published cases: California's tobacco law, and the Basque country's terrorism."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Published(NamedTuple):
    outcomes: Floats  # (N, T)
    treated: NDArray[np.bool_]  # (N,)
    start: int
    units: tuple[str, ...]
    years: NDArray[np.int_]
    predictors: Floats  # (N, K)


def _wide(rows: list[dict[str, str]], unit: str, time: str, value: str) -> tuple[Floats, tuple[str, ...], NDArray[np.int_]]:
    units = tuple(dict.fromkeys(row[unit] for row in rows))
    years = np.array(sorted({int(float(row[time])) for row in rows}))
    wide = np.full((len(units), years.size), np.nan)
    for row in rows:
        if row[value]:
            wide[units.index(row[unit]), int(float(row[time])) - years[0]] = float(row[value])
    return wide, units, years


@cache
def california(shared: Path) -> Published:
    """Packs of cigarettes sold per head and year in 39 states, 1970-2000; California's law is of 1989. No predictors."""
    with (shared / "data/reference/effects/california_prop99.csv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    packs, states, years = _wide(rows, "State", "Year", "PacksPerCapita")
    return Published(packs, np.array(states) == "California", 19, states, years, np.zeros((len(states), 0)))


@cache
def basque(shared: Path) -> Published:
    """GDP per head of 17 Spanish regions, 1955-1997, and the 13 predictors of Abadie & Gardeazabal (2003); treated from 1975 on."""
    with (shared / "data/reference/effects/basque_panel.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["regionname"] != "Spain (Espana)"]

    def mean(column: str, first: int, last: int) -> Floats:
        wide, _, years = _wide(rows, "regionname", "year", column)
        return np.asarray(np.nanmean(wide[:, (years >= first) & (years <= last)], axis=1))

    school = [mean(f"school.{level}", 1964, 1969) for level in ("illit", "prim", "med", "high", "post.high")]
    shares = np.column_stack([*school[:3], school[3] + school[4]])
    shares = 100 * shares / shares.sum(axis=1, keepdims=True)
    sectors = ("agriculture", "energy", "industry", "construction", "services.venta", "services.nonventa")
    predictors = np.column_stack(
        [
            shares,
            mean("invest", 1964, 1969),
            mean("gdpcap", 1960, 1969),
            *(mean(f"sec.{sector}", 1961, 1969) for sector in sectors),
            mean("popdens", 1969, 1969),
        ]
    )
    gdp, regions, years = _wide(rows, "regionname", "year", "gdpcap")
    treated = np.array(["Basque" in region for region in regions])
    return Published(gdp, treated, 20, regions, years, predictors)


@cache
def basque_beside(shared: Path) -> Floats:
    """(17, 2) Investment's share and people per km², means of what is known of 1955-1974; rows as of `basque`."""
    with (shared / "data/reference/effects/basque_panel.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["regionname"] != "Spain (Espana)"]
    return np.column_stack([np.nanmean(_wide(rows, "regionname", "year", column)[0][:, :20], axis=1) for column in ("invest", "popdens")])


def walk(units: int, periods: int, seed: int = 0) -> Floats:
    """(units, periods) Levels of their own, a common course, and each one's random walk."""
    rng = np.random.default_rng(seed)
    own = np.cumsum(rng.normal(size=(units, periods)), axis=1)
    return np.asarray(10 * rng.normal(size=(units, 1)) + 3 * np.cumsum(rng.normal(size=periods)) + own)


def who(units: int, *rows: int) -> NDArray[np.bool_]:
    """(units,) These rows are treated."""
    out = np.zeros(units, dtype=bool)
    out[list(rows)] = True
    return out
