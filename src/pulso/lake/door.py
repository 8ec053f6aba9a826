"""At the door: every observation gets its canonical unit, zone, local day and hour; what can't be true is turned away with a reason.

Everything here is columns: a million observations pass at a time, and no Python object is made for any one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pulso.city import City, Sensor, SourceConf
from pulso.errors import CityFileError, Mistake, SourceChanged
from pulso.shapes import KEPT, REJECT, Quantity
from pulso.units import canonical
from pulso.zones import Zones

EPOCH = date(1970, 1, 1)
DAWN = date(1971, 1, 1)
"""Before this day no source of ours lived: 1900 and the zero of clocks are mistakes, even where the city file declares no beginning."""

PEOPLE = "wifi_presence"
FEWEST, STEP = 10, 5
"""Of numbers of people that were counted elsewhere: fewer are never kept, and those that are were rounded."""

ARRIVED = pa.schema([f for f in KEPT if f.name not in {"revision", "known_at"}])
"""An observation that passed the door, before the lake is asked what it knew."""

TURNED_AWAY = pa.schema([("origin", pa.string()), *REJECT])

Words = NDArray[np.object_]
Codes = NDArray[np.int64]
Marks = NDArray[np.int8]
WHY = ("", "not finite", "too old", "future", "outside", "unknown sensor", "out of bounds", "duplicate", "conflict")
"""What the door turns away, of shapes.REASONS; the first word says that a row may pass."""


class Coded(NamedTuple):
    """A text column as codes that sort like its words, and the words."""

    codes: Codes
    words: Words


class Passed(NamedTuple):
    """What came through, sorted by day, metric, sensor and start, each key once; and what did not."""

    rows: pa.Table  # of ARRIVED
    rejects: pa.Table  # of TURNED_AWAY


@dataclass(frozen=True)
class Place:
    """Where a declared sensor stands."""

    lon: float
    lat: float
    zone: str | None


class Door:
    """One source's door: what it lets through is fixed by the city file, the zones and the catalogue of metrics."""

    def __init__(self, source: SourceConf, city: City, zones: Zones, quantities: Mapping[tuple[str, str], Quantity]) -> None:
        self.source = source
        self.zones = zones
        self.timezone = city.city.timezone
        self.quantities = {variable: q for (name, variable), q in quantities.items() if name == source.name}
        own = (n for n, of in city.sources.items() if of.connector == "radius")
        self.counting = next(own, None)
        metrics = ((c.variable, c.source) for name, c in city.metrics.items() if (c.like or name) == PEOPLE)
        self.people = {PEOPLE, *(variable for variable, of in metrics if variable and of == source.name)}
        if source.connector == "radius":  # what it tells was protected
            self.people = set()
        self.places = _places(source, city.sensors.get(source.name, ()), zones)
        if source.zone is not None and source.zone not in {z.id for z in zones.leaves}:
            known = ", ".join(z.id for z in zones.leaves)
            raise CityFileError("city.toml", [Mistake(f"sources.{source.name}.zone", source.zone, f"one of the zones {known}")])

    def admit(self, rows: pa.Table, now: datetime) -> Passed:
        """Let a buffer through: rows of OBSERVATION with `origin`, in the order in which they came.

        SourceChanged where a unit is unknown, or measures something else than the metric does.
        """
        who, what = _coded(rows["sensor"]), _coded(rows["metric"])
        sensor, metric = who.codes, what.codes
        start = _integers(rows["start"])
        value = self._in_canonical_unit(rows, what)
        self._as_published(value, what)
        local = pc.local_timestamp(rows["start"].combine_chunks().cast(pa.timestamp("us", tz=self.timezone)))
        moment = _integers(local)
        day = moment // 86_400_000_000
        hour = moment // 3_600_000_000 % 24
        reason = self._reasons(value, start, day, what, who, now)
        order = np.flatnonzero(reason == 0)
        order = order[np.lexsort((start[order], sensor[order], metric[order], day[order]))]  # stable: the first to come stays first
        order, later, same = _once(order, (sensor, metric, start), value)
        reason[later] = np.where(same, WHY.index("duplicate"), WHY.index("conflict"))
        lon, lat, zone = self._located(rows, who, order)
        kept = pa.Table.from_arrays(
            [
                pa.repeat(self.source.name, order.size),
                *(rows[c].take(pa.array(order)) for c in ("sensor", "metric")),
                zone,
                *(rows[c].take(pa.array(order)) for c in ("start", "end")),
                pa.array(value[order]),
                pa.array(day[order].astype(np.int32)).cast(pa.date32()),
                pa.array(hour[order].astype(np.int8)),
                pa.array(lon, from_pandas=True),
                pa.array(lat, from_pandas=True),
                rows["origin"].take(pa.array(order)),
            ],
            schema=ARRIVED,
        )
        return Passed(kept, _aggregated(rows, reason))

    def _in_canonical_unit(self, rows: pa.Table, what: Coded) -> NDArray[np.float64]:
        """Convert the values; NaN where there is none."""
        unit, units = _coded(rows["unit"])
        value: NDArray[np.float64] = rows["value"].combine_chunks().to_numpy(zero_copy_only=False).astype(np.float64)
        for pair in np.flatnonzero(np.bincount(what.codes * units.size + unit)).tolist():
            variable, found = what.words[pair // units.size], units[pair % units.size]
            wanted = self.quantities.get(variable)
            try:
                conversion = canonical(found)
            except ValueError as why:
                raise SourceChanged(f"source {self.source.name}, variable {variable}: {why}. Correct its unit in the city file.") from None
            if wanted is not None and wanted.unit and conversion.canonical != wanted.unit:
                raise SourceChanged(
                    f"source {self.source.name}, variable {variable}: found the unit {found!r}, which measures {conversion.canonical!r}; "
                    f"the metric that uses it needs {wanted.unit!r}. Correct the unit in the city file."
                )
        factor = np.array([canonical(u).factor for u in units])
        offset = np.array([canonical(u).offset for u in units])
        if units.size == 1 and factor[0] == 1.0 and offset[0] == 0.0:
            return value
        converted: NDArray[np.float64] = value * factor[unit] + offset[unit]
        return converted

    def _as_published(self, value: NDArray[np.float64], what: Coded) -> None:
        """Refuse counts of people that were counted elsewhere, unless all are as they may be published; and say none of them.

        SourceChanged, before anything of the buffer is kept or put into quarantine, which everybody reads.
        """
        at = np.array([w in self.people for w in what.words], dtype=bool)[what.codes] & np.isfinite(value)
        if not at.any():
            return
        refused = f"source {self.source.name}: numbers of people on the Wi-Fi (wifi_presence) are "
        if self.counting:
            raise SourceChanged(
                f"{refused}counted by source {self.counting} here: another count of the same people tells, with it, of few. Take out one."
            )
        if ((value[at] < FEWEST) | (value[at] % STEP != 0)).any():
            raise SourceChanged(
                f"{refused}taken only as they may be published: none below {FEWEST}, each a multiple of {STEP}, the others left out. "
                "Some aren't, so nothing of what came was kept. Let them be withheld and rounded where people are counted."
            )

    def _reasons(self, value: NDArray[np.float64], start: Codes, day: Codes, what: Coded, who: Coded, now: datetime) -> Marks:
        """Say why each row is turned away, as its place in WHY. The first reason that holds is the one given."""
        reason = np.zeros(value.size, dtype=np.int8)

        def turn_away(where: NDArray[np.bool_], why: str) -> None:
            reason[where & (reason == 0)] = WHY.index(why)

        first, last = max(self.source.first or DAWN, DAWN), self.source.last
        turn_away(~np.isfinite(value), "not finite")
        turn_away(day < (first - EPOCH).days, "too old")
        turn_away(start > _microseconds(now), "future")
        if last is not None:
            turn_away(day > (last - EPOCH).days, "outside")
        if self.places:
            turn_away(np.array([w not in self.places for w in who.words], dtype=bool)[who.codes], "unknown sensor")
        anything = Quantity("1")
        bounds = [self.quantities.get(w, anything) for w in what.words]
        least, most = np.array([q.least for q in bounds])[what.codes], np.array([q.most for q in bounds])[what.codes]
        turn_away((value < least) | (value > most), "out of bounds")
        return reason

    def _located(self, rows: pa.Table, who: Coded, order: Codes) -> tuple[NDArray[np.float32], NDArray[np.float32], pa.Array]:
        """Where the rows that stay were seen: by their own words, else by the sensors file, else by the source's zone."""
        nowhere = Place(np.nan, np.nan, None)
        places = [self.places.get(name, nowhere) for name in who.words]
        code = who.codes[order]
        lon = np.array([p.lon for p in places], dtype=float)[code]
        lat = np.array([p.lat for p in places], dtype=float)[code]
        zone = np.array([p.zone or self.source.zone for p in places], dtype=object)[code]
        if rows["lon"].null_count < rows.num_rows and rows["lat"].null_count < rows.num_rows:
            own_lon, own_lat = (rows[c].combine_chunks().to_numpy(zero_copy_only=False)[order] for c in ("lon", "lat"))
            own = np.isfinite(own_lon) & np.isfinite(own_lat)
            points, at = np.unique(np.stack([own_lon[own], own_lat[own]]), axis=1, return_inverse=True)
            found = self.zones.locate(points[0], points[1])[at.ravel()]
            lon[own], lat[own], zone[own] = own_lon[own], own_lat[own], found
        return lon.astype(np.float32), lat.astype(np.float32), pa.array(zone, pa.string())


def _places(source: SourceConf, sensors: tuple[Sensor, ...], zones: Zones) -> dict[str, Place]:
    """Each declared sensor's place: its own zone, else the one in which it stands. The last row of a sensor that says so counts."""
    lon = np.array([np.nan if s.lon is None else s.lon for s in sensors], dtype=float)
    lat = np.array([np.nan if s.lat is None else s.lat for s in sensors], dtype=float)
    found = zones.locate(lon, lat)
    leaves = {z.id for z in zones.leaves}
    mistakes = [
        Mistake(f"{source.sensors}, sensor {s.sensor}, zone", s.zone, f"one of the zones {', '.join(z.id for z in zones.leaves)}")
        for s in sensors
    ]
    mistakes = [m for m in mistakes if m.found is not None and m.found not in leaves]
    if mistakes:
        raise CityFileError(source.sensors or "city.toml", mistakes)
    places: dict[str, Place] = {}
    for s, x, y, z in zip(sensors, lon.tolist(), lat.tolist(), found.tolist(), strict=True):
        if s.sensor not in places or s.lon is not None or s.zone is not None:
            places[s.sensor] = Place(x, y, s.zone or z)
    return places


def _once(order: Codes, key: tuple[Codes, ...], value: NDArray[np.float64]) -> tuple[Codes, Codes, NDArray[np.bool_]]:
    """Split sorted rows into the first of each key and the later ones, and say which of those repeat the first one's value."""
    if order.size == 0:
        return order, order, np.zeros(0, dtype=bool)
    fresh = np.ones(order.size, dtype=bool)
    fresh[1:] = np.any([k[order[1:]] != k[order[:-1]] for k in key], axis=0)
    first = order[np.maximum.accumulate(np.where(fresh, np.arange(order.size), 0))]
    later = order[~fresh]
    return order[fresh], later, value[later] == value[first[~fresh]]


def _aggregated(rows: pa.Table, reason: Marks) -> pa.Table:
    """Count what was turned away: one row an origin, sensor, metric and reason, with the first one's value."""
    at = np.flatnonzero(reason)
    few = rows.take(pa.array(at)).append_column("reason", pa.array([WHY[i] for i in reason[at].tolist()], pa.string()))
    few = few.append_column("text", few["value"].cast(pa.string()))
    keys = ["origin", "sensor", "metric", "reason"]
    counted = few.group_by(keys, use_threads=False).aggregate([("text", "first"), ("start", "min"), ("start", "max"), ("start", "count")])
    n = counted.num_rows
    columns = {
        **{k: counted[k] for k in keys},
        "kind": pa.repeat("bad", n),
        "text": counted["text_first"],
        "line": pa.nulls(n, pa.int64()),
        "first": counted["start_min"],
        "last": counted["start_max"],
        "n": counted["start_count"],
    }
    return pa.table([columns[f.name] for f in TURNED_AWAY], schema=TURNED_AWAY)


def _coded(column: pa.ChunkedArray) -> Coded:
    """A text column as codes that sort like its words, and the words. A null is the empty word."""
    coded = column.combine_chunks().fill_null("").dictionary_encode()
    words = np.array(coded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(words)
    rank = np.empty(words.size, dtype=np.int64)
    rank[order] = np.arange(words.size)
    return Coded(rank[coded.indices.to_numpy()], words[order])


def _integers(times: pa.ChunkedArray | pa.Array) -> Codes:
    """Times as microseconds since 1970."""
    whole = times.combine_chunks() if isinstance(times, pa.ChunkedArray) else times
    found: Codes = whole.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return found


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)
