"""Cells on their way to an Answer: each ends as an observation or is counted among the rejects, with its reason."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pulso.shapes import OBSERVATION, REJECT, batch
from pulso.sources.clocks import UNKNOWN
from pulso.sources.table_numbers import CODES

REASON = {code: reason for reason, code in CODES.items()}
MISSING = ("closed", "no value", "status", "footer")
"""Reasons that are the source's own word for "I have none"; all others are something that can't be."""


class Cells(NamedTuple):
    """Cells of number columns, all of the same length; what they belong to are positions in a list of labels."""

    sensor: NDArray[np.int64]
    metric: NDArray[np.int64]
    unit: NDArray[np.int64]
    start: NDArray[np.int64]  # microseconds UTC; UNKNOWN where unreadable
    end: NDArray[np.int64]
    value: NDArray[np.float64]
    why: NDArray[np.int8]  # table_numbers.CODES
    line: NDArray[np.int64]
    lon: NDArray[np.float64]  # NaN where the file does not say
    lat: NDArray[np.float64]
    text: pa.Array


class Reject(NamedTuple):
    """One row of rejects."""

    sensor: str | None
    metric: str | None
    reason: str
    text: str
    line: int
    first: int = UNKNOWN
    last: int = UNKNOWN
    n: int = 1


class Labels(dict[str, int]):
    """Names, each with the number it is carried by."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]


def joined(parts: list[Cells]) -> Cells:
    """Put cells behind each other."""
    if len(parts) == 1:
        return parts[0]
    whole = {k: np.concatenate([getattr(p, k) for p in parts]) for k in Cells._fields if k != "text"}
    return Cells(**whole, text=pa.concat_arrays([p.text for p in parts]))


def without_doubles(cells: Cells) -> Cells:
    """Keep the first of cells that tell of one sensor, metric and time; the others are duplicates, or conflicts if they say otherwise."""
    good = np.flatnonzero(cells.why == 0)
    if not good.size:
        return cells
    who = cells.sensor[good] * (int(cells.metric.max()) + 1) + cells.metric[good]
    start = cells.start[good]
    same = who[1:] == who[:-1]
    in_order = bool(np.all(~same | (start[1:] > start[:-1])))
    if in_order and np.count_nonzero(~same) + 1 == np.unique(who).size:
        return cells
    order = np.lexsort((cells.line[good], start, who))
    who, start, value = who[order], start[order], cells.value[good][order]
    again = np.concatenate([[False], (who[1:] == who[:-1]) & (start[1:] == start[:-1])])
    first = np.maximum.accumulate(np.where(again, 0, np.arange(again.size)))
    why = cells.why.copy()
    why[good[order][again]] = np.where(value == value[first], CODES["duplicate"], CODES["conflict"])[again]
    return cells._replace(why=why)


def counted_rows(cells: Cells) -> Cells:
    """Sum the rows of one sensor, metric and time up to one cell, where each row is one happening; rows with a reason stay as they are.

    Happenings lie all over the place; a sensor stands in the middle of its own.
    """
    good, rest = np.flatnonzero(cells.why == 0), np.flatnonzero(cells.why != 0)
    key = np.column_stack([cells.sensor[good], cells.metric[good], cells.start[good]])
    _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    value = np.bincount(which.ravel(), cells.value[good], minlength=first.size)
    known = np.flatnonzero((cells.why == 0) & np.isfinite(cells.lon) & np.isfinite(cells.lat))
    places = max(int(cells.sensor.max()) + 1, 1) if cells.sensor.size else 1
    n = np.bincount(cells.sensor[known], minlength=places)
    lon, lat = (np.bincount(cells.sensor[known], x[known], places) / np.where(n, n, np.nan) for x in (cells.lon, cells.lat))
    keep = np.concatenate([good[first], rest])
    found = {k: getattr(cells, k)[keep] for k in Cells._fields if k != "text"}
    whole = Cells(**found, text=cells.text.take(pa.array(keep)))
    of = cells.sensor[good[first]]
    return whole._replace(
        value=np.concatenate([value, cells.value[rest]]),
        lon=np.concatenate([lon[of], cells.lon[rest]]),
        lat=np.concatenate([lat[of], cells.lat[rest]]),
    )


def observations(cells: Cells, labels: list[str]) -> pa.RecordBatch:
    """Make a batch of the cells without a reason."""
    good = np.flatnonzero(cells.why == 0)
    known = pa.array(labels, pa.string())
    whole = good.size == cells.why.size

    def named(codes: NDArray[np.int64]) -> pa.Array:
        return known.take(pa.array(codes if whole else codes[good]))

    def number(values: NDArray[np.float64]) -> pa.Array:
        return pa.array(values if whole else values[good], pa.float64())

    def time(values: NDArray[np.int64]) -> pa.Array:
        return pa.array(values if whole else values[good], pa.int64()).cast(pa.timestamp("us", tz="UTC"))

    def degrees(values: NDArray[np.float64]) -> pa.Array | None:
        return None if np.isnan(values).all() else pa.array(values if whole else values[good], pa.float64(), from_pandas=True)

    return batch(
        OBSERVATION,
        sensor=named(cells.sensor),
        metric=named(cells.metric),
        start=time(cells.start),
        end=time(cells.end),
        value=number(cells.value),
        unit=named(cells.unit),
        lon=degrees(cells.lon),
        lat=degrees(cells.lat),
    )


def counted(cells: Cells, labels: list[str]) -> list[Reject]:
    """Count the cells with a reason: by sensor, metric and reason."""
    bad = np.flatnonzero(cells.why != 0)
    if not bad.size:
        return []
    bad = bad[np.argsort(cells.line[bad], kind="stable")]
    n = len(labels) + 1
    key = ((cells.sensor[bad] + 1) * n + cells.metric[bad] + 1) * 64 + cells.why[bad]
    _, first, which, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    start = cells.start[bad]
    known = start != UNKNOWN
    low, high = np.full(first.size, np.iinfo(np.int64).max), np.full(first.size, UNKNOWN)
    np.minimum.at(low, which[known], start[known])
    np.maximum.at(high, which[known], start[known])
    rows = bad[first]
    texts = cells.text.take(pa.array(rows)).to_pylist()
    return [
        Reject(
            labels[cells.sensor[r]] if cells.sensor[r] >= 0 else None,
            labels[cells.metric[r]] if cells.metric[r] >= 0 else None,
            REASON[int(cells.why[r])],
            texts[i],
            int(cells.line[r]),
            UNKNOWN if high[i] == UNKNOWN else int(low[i]),
            int(high[i]),
            int(count[i]),
        )
        for i, r in enumerate(rows)
    ]


def rejects(rows: list[Reject]) -> pa.RecordBatch:
    """Make a batch of rejects."""

    def time(values: list[int]) -> pa.Array:
        return pa.array([None if v == UNKNOWN else v for v in values], pa.int64()).cast(pa.timestamp("us", tz="UTC"))

    return batch(
        REJECT,
        sensor=[r.sensor for r in rows],
        metric=[r.metric for r in rows],
        kind=["missing" if r.reason in MISSING else "bad" for r in rows],
        reason=[r.reason for r in rows],
        text=[r.text[:200] for r in rows],
        line=[r.line for r in rows],
        first=time([r.first for r in rows]),
        last=time([r.last for r in rows]),
        n=[r.n for r in rows],
    )
