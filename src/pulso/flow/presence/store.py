"""Where presence lies: what was published, a day a file, for good; what its correction needs, as long as sessions are kept; the ledger."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core.privacy.noise import Ledger
from pulso.errors import LakeError

Floats = NDArray[np.float64]
Ints = NDArray[np.int_]

_BEGIN = '{"lists"'
COLUMNS = ("table", "id", "start", "end", "value", "seen")


class Figure(NamedTuple):
    """One published number, or that there is none."""

    table: str  # "place", "zone" or "city"
    id: str
    start: datetime  # UTC
    end: datetime
    value: float | None  # rounded; None where withheld, or where nothing was seen
    seen: float | None  # share of its places that were seen, 0 to 1; None where it isn't told


class Tables(NamedTuple):
    """A day's tables, to be published."""

    rows: Sequence[tuple[str, str]]  # (N,) table and id
    edges: Floats  # (H + 1,) where the hours begin and end, in seconds since the epoch
    values: Floats  # (H, N) rounded; NaN where withheld, or where nothing was seen
    seen: Floats  # (H, N) as in `Figure`; NaN where it isn't told


class Lists(NamedTuple):
    """Which access point stood where, when a day was printed."""

    points: tuple[str, ...]  # A
    home: tuple[int, ...]  # (A,) of each its place, by number
    places: tuple[str, ...]  # P
    zone: tuple[str | None, ...]  # (P,)
    zones: tuple[str, ...]  # Z; tables tell places, zones, the city, in this order


class Printed(NamedTuple):
    """What must be known of an hour's print to correct it, and is nobody else's business."""

    lists: Lists
    each: Floats  # (A,) what each access point counted; NaN where it wasn't counted
    said: Ints  # which figures were printed
    low: Floats  # between what each of them is known to be
    high: Floats
    secret: Ints  # which figures must not be shown


Hour = tuple[Printed, ...]
"""All prints of an hour, the first one first."""


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

    def publish(self, day: date, tables: Tables, hours: list[Hour]) -> None:
        """Keep a day's publication, and before it what its correction needs: with its text, so that `hours` can end what a kill cut short.

        LakeError where the disk refuses.
        """
        text = _csv(tables)
        self._write(self._private(day), json.dumps({**_told(hours), "csv": text}, allow_nan=False))
        self._write(self._published(day), text)

    def hours(self, day: date) -> list[Hour] | None:
        """What the correction of a published day needs; None where it is forgotten.

        It knows what was to be printed. Where that isn't what was, a kill came between, and it is printed first.
        """
        path = self._private(day)
        if not self.correctable(day):
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        if self.text(day) != told["csv"]:
            self._write(self._published(day), told["csv"])
        return _hours(told)

    def correctable(self, day: date) -> bool:
        """Whether what a day's correction needs is still known, and was kept as this version needs it: by access point."""
        try:
            with self._private(day).open(encoding="utf-8") as file:
                return file.read(len(_BEGIN)) == _BEGIN
        except FileNotFoundError:
            return False

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


def _csv(tables: Tables) -> str:
    """A row a figure, hour by hour. Of the few numbers that a day's many figures are, each is written once."""
    names = [_row(*row, "") for row in tables.rows]
    moments = [f"{moment(at):%Y-%m-%dT%H:%M:%S+00:00}" for at in tables.edges.tolist()]
    values, seen = _written(tables.values, "{:.15g}"), _written(tables.seen, "{:.3f}")
    rows = [
        f"{name}{start},{end},{value},{share}\n"
        for start, end, hour, shares in zip(moments, moments[1:], values, seen, strict=False)
        for name, value, share in zip(names, hour, shares, strict=True)
    ]
    return "".join([_row(*COLUMNS) + "\n", *rows])


def _row(*cells: str) -> str:
    """Cells as a row of a CSV, without its end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _written(numbers: Floats, form: str) -> list[list[str]]:
    """(H, N) Numbers as texts; NaN as none."""
    each, at = np.unique(numbers, return_inverse=True)
    texts = np.array(["" if np.isnan(x) else form.format(x) for x in each.tolist()], dtype=object)
    found: list[list[str]] = texts[at.reshape(numbers.shape)].tolist()
    return found


def _told(hours: list[Hour]) -> dict[str, Any]:
    """Hours as they are kept, each list of access points once."""
    every = {id(p.lists): p.lists for hour in hours for p in hour}
    number = {key: i for i, key in enumerate(every)}

    def of(p: Printed) -> dict[str, Any]:
        kept = {name: _numbers(getattr(p, name)) for name in ("each", "said", "low", "high", "secret")}
        return {"list": number[id(p.lists)], **kept}

    return {"lists": [x._asdict() for x in every.values()], "hours": [[of(p) for p in hour] for hour in hours]}


def _numbers(x: Floats | Ints) -> list[float | int | None]:
    """Numbers, each in as few letters as it needs; None for NaN."""
    kept = x.astype(object)
    whole = np.isfinite(x) & (x == np.floor(x))
    kept[whole] = x[whole].astype(np.int64)
    kept[np.isnan(x)] = None
    found: list[float | int | None] = kept.tolist()
    return found


def _hours(kept: dict[str, Any]) -> list[Hour]:
    every = [Lists(*(tuple(x[name]) for name in Lists._fields)) for x in kept["lists"]]

    def of(p: dict[str, Any]) -> Printed:
        each, low, high = (np.array([np.nan if x is None else x for x in p[name]], dtype=np.float64) for name in ("each", "low", "high"))
        said, secret = (np.array(p[name], dtype=int) for name in ("said", "secret"))
        return Printed(every[p["list"]], each, said, low, high, secret)

    return [tuple(of(p) for p in hour) for hour in kept["hours"]]
