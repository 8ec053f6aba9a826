"""How many sessions were published of places, zones and the city, by hour: read from the files that are everybody's, and from no other.

What was withheld from a file is in no number here, so no page and no answer can tell more than the files do: docs/methods/privacy.md.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isnan
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from pulso.web.readings.counted import looked
from pulso.web.readings.door import Reading

log = logging.getLogger("pulso.readings")
TABLES = ("city", "place", "zone")
WITHHELD, MISSING, UNTOLD = "withheld", "missing", "withheld or missing"
"""Why an hour has no number. Where no feed of health says which access points were on, nobody is told which of the first two it is: that
an access point was on would tell that somebody used it."""
KEPT = 128
"""So many days stay read: of 150 places about 60 kB each."""
SETTLED = 2.0
"""Seconds after which a folder's time tells two changes apart."""
AS_THEY_STAND = csv.ConvertOptions(
    include_columns=["table", "id", "start", "end", "value", "seen"],
    column_types={**dict.fromkeys(("table", "id", "start", "end"), pa.string()), **dict.fromkeys(("value", "seen"), pa.float64())},
    null_values=[""],
    strings_can_be_null=False,
)


@dataclass(frozen=True, eq=False)
class Published:
    """What was published of one source's day."""

    starts: tuple[datetime, ...]  # of its hours, in UTC: 23, 24 or 25
    ends: tuple[datetime, ...]
    rows: dict[tuple[str, str], int]  # of each table and id
    values: NDArray[np.float64]  # (R, H); NaN where there is none
    seen: NDArray[np.float64]  # (R, H): share of the places that were seen; NaN where it isn't told

    def of(self, table: str, name: str) -> list[tuple[float | None, str]]:
        """Of each hour its number, or why there is none; empty where nothing was published of it."""
        row = self.rows.get((table, name))
        if row is None:
            return []
        return [_said(v, s) for v, s in zip(self.values[row].tolist(), self.seen[row].tolist(), strict=True)]


def _said(value: float, seen: float) -> tuple[float | None, str]:
    if not isnan(value):
        return value, ""
    return None, UNTOLD if isnan(seen) else WITHHELD if seen > 0 else MISSING


_listed: dict[Path, tuple[int, tuple[date, ...]]] = {}
_read: OrderedDict[Path, tuple[tuple[int, ...], Published | None]] = OrderedDict()
_one_at_a_time = Lock()


def sources(reading: Reading) -> dict[str, tuple[date, ...]]:
    """The days that were published of each source, in order; sources that the city file names no more too. Of most cities there is none."""
    return {name: days for name, folder, _ in _folders(reading) if (days := _days(folder))}


def edition(reading: Reading) -> str:
    """Another text whenever anything was published or corrected; empty where nothing ever was."""
    found = [(name, stamp) for name, _, stamp in _folders(reading)]
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16] if found else ""


def changed(reading: Reading) -> datetime | None:
    """When anything was published or corrected last; None where nothing ever was."""
    last = max((stamp for _, _, stamp in _folders(reading)), default=None)
    return None if last is None else datetime.fromtimestamp(last / 1e9, UTC)


def published(reading: Reading, source: str, day: date) -> Published | None:
    """What was published of a day; None where nothing was. It is read once, as long as the file is the same."""
    path = reading.folder / "presence" / source / "published" / f"{day}.csv"
    try:
        at = path.stat()
    except OSError:
        return None
    stamp = (at.st_ino, at.st_mtime_ns, at.st_size)
    with _one_at_a_time:
        if path in _read and _read[path][0] == stamp:
            _read.move_to_end(path)
            return _read[path][1]
    looked()
    found = _parsed(path)
    with _one_at_a_time:
        _read[path] = (stamp, found)
        while len(_read) > KEPT:
            _read.popitem(last=False)
    return found


def _folders(reading: Reading) -> list[tuple[str, Path, int]]:
    """Each source's folder of what was published, and when it was last written: a file takes its place whole, which a folder notes."""
    found = []
    try:
        with os.scandir(reading.folder / "presence") as there:
            for entry in there:
                folder = Path(entry.path) / "published"
                if folder.is_dir():
                    found.append((entry.name, folder, folder.stat().st_mtime_ns))
    except OSError:
        return []
    return sorted(found)


def _days(folder: Path) -> tuple[date, ...]:
    stamp = folder.stat().st_mtime_ns
    known = _listed.get(folder)
    if known and known[0] == stamp:
        return known[1]
    days = []
    for path in folder.glob("*.csv"):
        try:
            days.append(date.fromisoformat(path.stem))
        except ValueError:
            log.warning("%s is no day's publication: %s", folder, ascii(path.name))
    told = tuple(sorted(days))
    if time.time() - stamp / 1e9 > SETTLED:  # two files of one tick of the clock leave the folder the same time
        _listed[folder] = (stamp, told)
    return told


def _parsed(path: Path) -> Published | None:
    """A file, in arrays; None where it is none of ours: it is said in the log, and the day has no numbers."""
    try:
        found = csv.read_csv(path, convert_options=AS_THEY_STAND)
        starts, at = _numbered(found["start"])
        begin = [datetime.fromisoformat(s) for s in starts]
        ends = dict(zip(found["start"].to_pylist(), found["end"].to_pylist(), strict=True))
        rows: dict[tuple[str, str], int] = {}
        of = [rows.setdefault(key, len(rows)) for key in zip(found["table"].to_pylist(), found["id"].to_pylist(), strict=True)]
        grids = []
        for column in ("value", "seen"):
            grid = np.full((len(rows), len(starts)), np.nan)
            grid[of, at] = found[column].to_numpy()
            grids.append(grid)
        return Published(tuple(begin), tuple(datetime.fromisoformat(ends[s]) for s in starts), rows, *grids)
    except (OSError, ValueError, pa.ArrowException) as why:
        log.warning("%s can't be read: %s", path, type(why).__name__)
        return None


def _numbered(column: pa.ChunkedArray) -> tuple[list[str], NDArray[np.intp]]:
    """Its texts, each once, in the order in which they come; and which each row has."""
    number: dict[str, int] = {}
    at = [number.setdefault(text, len(number)) for text in column.to_pylist()]
    return list(number), np.array(at, dtype=np.intp)
