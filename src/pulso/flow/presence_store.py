"""Where presence lies: what was published, a day a file, for good; what its correction needs, as long as sessions are kept; the ledger."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from pulso.core.privacy.audit import Known
from pulso.core.privacy.noise import Ledger
from pulso.core.privacy.tables import Record
from pulso.errors import LakeError

COLUMNS = ("table", "id", "start", "end", "value", "seen")


class Figure(NamedTuple):
    """One published number, or that there is none."""

    table: str  # "place", "zone" or "city"
    id: str
    start: datetime  # UTC
    end: datetime
    value: float | None  # rounded; None where withheld, or where nothing was seen
    seen: float | None  # share of its places that were seen, 0 to 1; None where it isn't told


class Hour(NamedTuple):
    """What must be known to correct an hour, and is nobody else's business."""

    names: list[str]  # N; of each cell its place, or empty for a value that held once
    values: list[float | None]  # N
    record: Record


class Store:
    """The files of one source's presence, below a folder. Each is written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def days(self) -> list[date]:
        """The days that were published."""
        return sorted(date.fromisoformat(p.stem) for p in (self.folder / "published").glob("*.csv"))

    def text(self, day: date) -> str:
        """A day's publication, as it may be handed out."""
        return self._published(day).read_text(encoding="utf-8")

    def figures(self, day: date) -> Iterator[Figure]:
        """A day's publication."""
        for row in csv.DictReader(io.StringIO(self.text(day))):
            start, end = datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])
            yield Figure(row["table"], row["id"], start, end, *(float(row[c]) if row[c] else None for c in ("value", "seen")))

    def publish(self, day: date, figures: list[Figure], hours: list[Hour]) -> None:
        """Keep a day's publication, and before it what its correction needs: with its text, so that `hours` can end what a kill cut short.

        LakeError where the disk refuses.
        """
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(COLUMNS)
        for f in figures:
            value, seen = ("" if x is None else form.format(x) for x, form in ((f.value, "{:g}"), (f.seen, "{:.3f}")))
            table.writerow([f.table, f.id, _iso(f.start), _iso(f.end), value, seen])
        self._write(self._private(day), json.dumps({"hours": [_told(h) for h in hours], "csv": out.getvalue()}, allow_nan=False))
        self._write(self._published(day), out.getvalue())

    def hours(self, day: date) -> list[Hour] | None:
        """What the correction of a published day needs; None where it is forgotten.

        It knows what was to be printed. Where that isn't what was, a kill came between, and it is printed first.
        """
        path = self._private(day)
        if not path.is_file():
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        if self.text(day) != told["csv"]:
            self._write(self._published(day), told["csv"])
        return [_hour(h) for h in told["hours"]]

    def correctable(self, day: date) -> bool:
        """Whether what a day's correction needs is still known."""
        return self._private(day).is_file()

    def forget(self, before: date) -> int:
        """Delete what corrections of earlier days would need, and what a kill left half written of any day; say of how many days.

        Only for whoever publishes, or keeps others from it: what is being written would go too.
        """
        for torn in self.folder.rglob("*.part"):
            torn.unlink(missing_ok=True)
        old = [p for p in (self.folder / "private").glob("*.json") if date.fromisoformat(p.stem) < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def ledger(self, budget: str) -> Ledger:
        """What noise has cost until now, of this budget."""
        path = self.folder / "ledger.json"
        told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
        return Ledger(Fraction(budget), tuple((name, Fraction(epsilon)) for name, epsilon in told))

    def account(self, ledger: Ledger) -> None:
        """Keep a ledger: before what it pays for is given out."""
        self._write(self.folder / "ledger.json", json.dumps([[name, str(epsilon)] for name, epsilon in ledger.releases]))

    def _published(self, day: date) -> Path:
        return self.folder / "published" / f"{day}.csv"

    def _private(self, day: date) -> Path:
        return self.folder / "private" / f"{day}.json"

    def _write(self, path: Path, text: str) -> None:
        fresh = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            with fresh.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as why:
            with contextlib.suppress(OSError):  # the letter below is of what matters
                fresh.unlink(missing_ok=True)
            raise LakeError(f"Could not write {path}: {why.strerror or why}. Nothing of that day was published; a rerun does it.") from why


def instants(day: date, zone: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(H + 1,) Where the hours of a local day begin and end, in seconds since the epoch: 23, 24 or 25 of them."""
    first, last = (datetime(d.year, d.month, d.day, tzinfo=zone).timestamp() for d in (day, day + timedelta(days=1)))
    return np.arange(first, last + 1, 3600.0)


def moment(seconds: float) -> datetime:
    """Seconds since the epoch as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00}"


def _told(hour: Hour) -> dict[str, Any]:
    known, secret = hour.record
    ends = ([x if np.isfinite(x) else None for x in end.tolist()] for end in (known.low, known.high))
    return {
        "names": hour.names,
        "values": hour.values,
        "rows": _lists(known.rows),
        **dict(zip(("low", "high"), ends, strict=True)),
        "secret": _lists(secret),
    }


def _hour(told: dict[str, Any]) -> Hour:
    cells = len(told["names"])
    low = np.array([-np.inf if x is None else x for x in told["low"]], dtype=np.float64)
    high = np.array([np.inf if x is None else x for x in told["high"]], dtype=np.float64)
    return Hour(told["names"], told["values"], Record(Known(_rows(told["rows"], cells), low, high), _rows(told["secret"], cells)))


def _lists(rows: csr_array) -> list[list[int]]:
    """Of each row the cells that it sums."""
    return [rows.indices[a:b].tolist() for a, b in zip(rows.indptr[:-1], rows.indptr[1:], strict=True)]


def _rows(lists: list[list[int]], cells: int) -> csr_array:
    sizes = np.cumsum([0, *map(len, lists)])
    flat = np.array([i for row in lists for i in row], dtype=int)
    return csr_array((np.ones(flat.size), flat, sizes), shape=(len(lists), cells))
