"""The synthetic city's feeds: files in the shapes of a real city's streams, with their habits and defects, and the truth beside them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from pulso.simulate.chance import stream
from pulso.simulate.city import Simulated, changes, city
from pulso.simulate.days import Days, Happening
from pulso.simulate.life import Array
from pulso.simulate.plan import INSTRUMENTS, ZONES, Sensor, sensors
from pulso.simulate.record import write_truth

HOST = "demo.pulso.example"
"""A reserved name: nothing answers there but the folder that `simulate` fills."""

Columns = dict[str, pa.Array]


@dataclass(frozen=True)
class Stamps:
    """The moments of a month at which a feed speaks, N of them, in order of time."""

    day: NDArray[np.int_]  # (N,) row of the simulation
    slot: NDArray[np.int_]  # (N,) interval of the local day of 24 hours
    year: NDArray[np.int_]
    month: NDArray[np.int_]
    of_month: NDArray[np.int_]
    hour: NDArray[np.int_]  # local
    utc: pa.Array  # (N,) of string, such as 2024-06-23T21:15:00


@dataclass(frozen=True)
class Cells:
    """A month of one feed: K values, each of one stamp and sensor."""

    stamps: Stamps
    sensors: tuple[Sensor, ...]
    at: NDArray[np.int_]  # (K,) stamp
    who: NDArray[np.int_]  # (K,) sensor
    value: Array  # (K,) NaN where the feed keeps a row for what it does not know
    rng: np.random.Generator  # for the feed's own defects

    def said(self, words: list[Any]) -> pa.Array:
        """(K,) a word a sensor, row by row."""
        return pa.array(words).take(pa.array(self.who))

    def when(self, part: NDArray[np.int_] | pa.Array) -> pa.Array:
        """(K,) a part of the stamp, row by row."""
        return part.take(pa.array(self.at)) if isinstance(part, pa.Array) else pa.array(part[self.at])


def simulate(
    folder: Path,
    *,
    seed: int,
    first: date,
    last: date,
    scale: float = 1.0,
    pilots: Sequence[Happening] = (),
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write a synthetic city's feeds below a mirror folder, and the truth behind them in its folder `truth`.

    Parameters
    ----------
    folder
        Files are written at FOLDER/demo.pulso.example/…, where the demo city's addresses find them. What an earlier simulation left there
        goes.
    seed, first, last, scale, pilots
        As in `pulso.simulate.city`. A longer period writes the same past again, byte for byte, but for the month that it extends.
    progress
        Told the name of each part as it begins.

    Raises
    ------
    ValueError
        As in `pulso.simulate.city`.
    OSError
        If a file can't be written.
    """
    simulated = city(seed, first, last, scale=scale, pilots=pilots, progress=progress)
    say = progress or (lambda _: None)
    for former in (folder / HOST, folder / "truth"):  # months of another seed must not stay among these
        if former.exists():
            shutil.rmtree(former)
    for kind in INSTRUMENTS:
        say(f"{kind.name} feed")
        told, placed = simulated.told[kind.name], sensors(kind, scale)
        write, gaps = FEEDS[kind.name]
        for month, stamps in _months(simulated.days, told.shape[2] // 24):
            values = told[stamps.day, :, stamps.slot]
            alive = simulated.readings[kind.metric].alive[stamps.day]
            at, who = np.nonzero(alive if gaps else np.isfinite(values))
            cells = Cells(stamps, placed, at, who, values[at, who], stream(seed, "feed", kind.name, month))
            path, body = write(cells)
            _put(folder / HOST / path / f"{month}.csv", body)
    say("weather feed")
    for month, stamps in _months(simulated.days, 1):
        _put(folder / HOST / "meteorologia" / f"{month}.csv", _weather(simulated, stamps))
    for year in np.unique(simulated.days.year):
        _put(folder / HOST / "alertas" / f"{year}.json", _alerts(simulated.days, int(year)))
    say("truth")
    write_truth(simulated, folder / "truth", scale)


def _road(cells: Cells) -> tuple[str, bytes]:
    """Validations on buses: local clock, semicolons, Latin-1."""
    line = [str(200 + 3 * s.zone + int(s.id[-1]) * 25) for s in cells.sensors]
    columns = _local(cells) | {
        "Operador": cells.said(["Autocarros do Porto sintético"] * len(line)),
        "Linha_ao_Publico": cells.said(line),
        "Sentido": cells.said(["I" if i % 2 else "V" for i in range(len(line))]),
        "Paragem": cells.said([s.id for s in cells.sensors]),
        "Zona": cells.said(["PRT1"] * len(line)),
        "Validações": pa.array(cells.value.astype(np.int64)),
    }
    return "validacoes/rodoviarias", _csv(columns, ";").decode().encode("latin-1")


def _rail(cells: Cells) -> tuple[str, bytes]:
    """Validations at stations: local clock, semicolons, a byte-order mark."""
    columns = _local(cells) | {
        "Operador": cells.said(["Metro do Porto sintético"] * len(cells.sensors)),
        "Est/Op": cells.said([s.id for s in cells.sensors]),
        "Zona": cells.said(["PRT1" if ZONES[s.zone].id != "campanha" else "PRT2" for s in cells.sensors]),
        "Validações": pa.array(cells.value.astype(np.int64)),
    }
    return "validacoes/ferroviarias", b"\xef\xbb\xbf" + _csv(columns, ";")


def _scooters(cells: Cells) -> tuple[str, bytes]:
    """Trips by zone and hour in which they began; single trips never leave the operator."""
    columns = {
        "event_types_origin": cells.when(cells.stamps.utc),
        "recorded_origin": cells.said([s.id for s in cells.sensors]),
        "trips": pa.array(cells.value.astype(np.int64)),
        "distance_km": pa.array((cells.value * cells.rng.gamma(20, 1.9 / 20, cells.value.size)).round(1)),
    }
    return "trotinetes", _csv(columns)


def _traffic(cells: Cells) -> tuple[str, bytes]:
    columns = {
        "timestamp": cells.when(cells.stamps.utc),
        "entity_id": cells.said([s.id for s in cells.sensors]),
        "name": cells.said([s.name for s in cells.sensors]),
        "intensity": pa.array(cells.value.astype(np.int64)),
    }
    return "trafego", _csv(columns)


def _parking(cells: Cells) -> tuple[str, bytes]:
    """Car parks: every quarter of an hour; now and then a row comes twice."""
    again = np.sort(np.append(np.arange(cells.at.size), np.flatnonzero(cells.rng.random(cells.at.size) < 0.0005)))
    cells = Cells(cells.stamps, cells.sensors, cells.at[again], cells.who[again], cells.value[again], cells.rng)
    capacity = np.array([s.capacity or 0 for s in cells.sensors])[cells.who]
    occupied = cells.value.astype(np.int64)
    columns = {
        "updated_at": cells.when(cells.stamps.utc),
        "description": cells.said([s.id for s in cells.sensors]),
        "total_spaces": pa.array(capacity),
        "available_spaces": pa.array(capacity - occupied),
        "occupied_spaces": pa.array(occupied),
    }
    return "estacionamento", _csv(columns)


def _noise(cells: Cells) -> tuple[str, bytes]:
    """Sound: a row for every hour, with an empty cell where nothing was measured."""
    columns = {
        "timestamp": cells.when(cells.stamps.utc),
        "entity_id": cells.said([s.id for s in cells.sensors]),
        "latitude": cells.said([s.lat for s in cells.sensors]),
        "longitude": cells.said([s.lon for s in cells.sensors]),
        "laeq": pa.array(cells.value, from_pandas=True),
        "name": cells.said([s.name for s in cells.sensors]),
    }
    return "ruido", _csv(columns)


def _air(cells: Cells) -> tuple[str, bytes]:
    """Air: a dash where nothing was measured. Only NO2 is of the city's life; the rest goes with it."""
    no2, rng = cells.value, cells.rng
    gases = {
        "co": no2 * 0.012 * rng.gamma(30, 1 / 30, no2.size),
        "no2": no2,
        "o3": np.maximum(75 - 1.2 * no2 + rng.normal(0, 6, no2.size), 2),
        "pm10": (6 + 0.45 * no2) * rng.gamma(20, 1 / 20, no2.size),
        "pm2.5": (3 + 0.2 * no2) * rng.gamma(20, 1 / 20, no2.size),
    }
    columns = {"name": cells.said([s.id for s in cells.sensors]), "timestamp": cells.when(cells.stamps.utc)}
    columns |= {k: pc.fill_null(pa.array(v.round(1), from_pandas=True).cast(pa.string()), "-") for k, v in gases.items()}
    return "ar", _csv(columns)


FEEDS: dict[str, tuple[Callable[[Cells], tuple[str, bytes]], bool]] = {
    "bus": (_road, False),
    "metro": (_rail, False),
    "scooter": (_scooters, False),
    "traffic": (_traffic, False),
    "parking": (_parking, False),
    "noise": (_noise, True),
    "air": (_air, True),
}
"""By instrument: what writes a month of its feed, and whether the feed keeps rows for what it does not know."""


def _weather(simulated: Simulated, stamps: Stamps) -> bytes:
    sky, n = simulated.weather, stamps.day.size
    seen = {
        "temperature": sky.temperature,
        "precipitation": sky.precipitation,
        "relativehumidity": sky.humidity,
        "windspeed": sky.wind_speed,
    }
    columns = {
        "timestamp": stamps.utc,
        "entity_id": pa.repeat("weather-1", n),
        "latitude": pa.repeat(41.163, n),
        "longitude": pa.repeat(-8.601, n),
    } | {name: pa.array(value[stamps.day, stamps.slot]) for name, value in seen.items()}
    return _csv(columns)


def _alerts(days: Days, year: int) -> bytes:
    """Road alerts of a year as NGSI-LD entities: what a city warns its drivers of."""
    warned = {"festival": "eventManagement", "feast": "eventManagement", "storm": "weatherCondition", "strike": "publicTransport"}
    found = [
        {
            "id": f"urn:ngsi-ld:Alert:{h.kind}-{h.first}",
            "type": "Alert",
            "category": {"type": "Property", "value": "traffic"},
            "subCategory": {"type": "Property", "value": warned[h.kind]},
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [-8.61, 41.15]}},
            "validFrom": {"type": "Property", "value": f"{h.first}T00:00:00Z"},
            "validTo": {"type": "Property", "value": f"{h.last}T23:59:59Z"},
            "severity": {"type": "Property", "value": "high" if h.kind == "storm" else "medium"},
        }
        for h in days.happenings
        if h.kind in warned and h.first.year == year
    ]
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def _months(days: Days, each: int) -> Iterator[tuple[str, Stamps]]:
    """Yield each month and its stamps, `each` an hour, on Lisbon's clock: one hour skipped in spring, one lived twice in autumn."""
    months = (days.ordinal - 719163).astype("datetime64[D]").astype("datetime64[M]")
    spring, autumn = changes(days)
    for month in np.unique(months):
        day = np.repeat(np.flatnonzero(months == month), 24 * each)
        slot = np.tile(np.arange(24 * each), day.size // (24 * each))
        keep = ~(spring[day] & (slot // each == 1))
        again = autumn[day] & (slot // each == 1)
        winter = np.concatenate([np.zeros(keep.sum(), bool), np.ones(again.sum(), bool)])
        day, slot = np.append(day[keep], day[again]), np.append(slot[keep], slot[again])
        minutes = (days.ordinal[day] - 719163) * 1440 + slot * (60 // each) - 60 * (_summer(days, day, slot // each) & ~winter)
        order = np.argsort(minutes, kind="stable")
        day, slot, minutes = day[order], slot[order], minutes[order]
        whole = months[day]
        yield (
            str(month),
            Stamps(
                day=day,
                slot=slot,
                year=days.year[day],
                month=whole.astype(int) % 12 + 1,
                of_month=days.ordinal[day] - 719163 - whole.astype("datetime64[D]").astype(int) + 1,
                hour=slot // each,
                utc=pa.array(np.datetime_as_string(minutes.astype("datetime64[m]").astype("datetime64[s]"))),
            ),
        )


def _summer(days: Days, day: NDArray[np.int_], hour: NDArray[np.int_]) -> NDArray[np.bool_]:
    """(N,) whether the clock is an hour ahead; in the hour that is lived twice, the first time."""
    ordinal, year = days.ordinal[day], days.year[day]
    begins = {int(y): _last_sunday(int(y), 3) for y in np.unique(year)}
    ends = {int(y): _last_sunday(int(y), 10) for y in np.unique(year)}
    hours = ordinal * 24 + hour
    return (hours >= np.array([begins[y] for y in year.tolist()]) * 24 + 1) & (hours <= np.array([ends[y] for y in year.tolist()]) * 24 + 1)


def _last_sunday(year: int, month: int) -> int:
    last = date(year, month, 31)
    return last.toordinal() - (last.weekday() + 1) % 7


def _local(cells: Cells) -> Columns:
    stamps = cells.stamps
    return {
        "Ano": cells.when(stamps.year),
        "Mês": cells.when(stamps.month),
        "Dia": cells.when(stamps.of_month),
        "Hora": cells.when(stamps.hour),
    }


def _csv(columns: Columns, separator: str = ",") -> bytes:
    sink = pa.BufferOutputStream()
    csv.write_csv(pa.table(columns), sink, csv.WriteOptions(include_header=True, delimiter=separator, quoting_style="none"))
    return bytes(sink.getvalue())


def _put(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
