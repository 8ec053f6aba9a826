"""The way back: events, outages and flags that people enter, handed to the river. It never looks into the site's database."""

from __future__ import annotations

import difflib
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from pulso.city import Span
from pulso.errors import LakeBusy
from pulso.flow import flags
from pulso.flow.panels import FIBRE_CUT, PILOT, SILENCING
from pulso.lake.records import Entered
from pulso.web.readings.counted import looked
from pulso.web.readings.door import Reading

__all__ = [
    "BY_THE_SITE",
    "FIBRE_CUT",
    "PILOT",
    "SIGNS",
    "SILENCING",
    "Entered",
    "Flag",
    "called",
    "enter",
    "entered",
    "flag",
    "flags_in_force",
    "fresh",
    "had",
    "lift",
    "nearest",
    "places",
    "reconcile",
    "sensors",
    "withdraw",
]

BY_THE_SITE = (PILOT, FIBRE_CUT)
"""Kinds of events that nobody enters, changes or withdraws by hand: the site says them, of what is kept elsewhere."""

SIGNS = ("", "busier", "quieter")
"""What whoever enters an event expects of it; empty where they expect nothing."""

PATIENCE = 3.0
"""Seconds that a person waits for a backup, for the lake's tidying or for another who enters; after that it is LakeBusy."""


@dataclass(frozen=True)
class Flag:
    """A sensor that is excluded, as of now."""

    sensor: str
    first: date | None  # None: from the beginning
    last: date | None  # None: until further notice
    why: str
    who: str  # the organisation or role
    known_at: datetime


def had(reading: Reading) -> dict[str, list[date]]:
    """The kinds of events that this city has had, the ones whose effect can be known: of each, the first days, in order."""
    days = reading.days()
    found: dict[str, list[date]] = {}
    for e in reading.events(None, days[1]) if days else ():
        if e.kind not in (*SILENCING, PILOT):
            found.setdefault(e.kind, []).append(e.first)
    return found


def entered(reading: Reading) -> list[Entered]:
    """The events and outages that were entered on the site and not withdrawn, in order of their first day."""
    looked()
    return reading.river.lake.entered()


def called(reading: Reading) -> dict[str, str]:
    """What each entry is called, or was when it was withdrawn."""
    looked()
    rows = reading.river.lake.entry_table.read(columns=["id", "name", "active"]).to_pylist()
    return {row["id"]: row["name"] for row in rows if row["active"]}


def fresh() -> str:
    """A name for an entry that nobody has had."""
    return uuid.uuid4().hex


def enter(reading: Reading, entry: str, span: Span, *, sign: str, by: str) -> None:
    """Hand on an event, or say one of that name differently; what it said before stays on record.

    LakeBusy where the lake is held still for longer than a person waits.
    """
    _patiently(lambda: reading.river.lake.enter(entry, span, sign=sign, who=by))


def withdraw(reading: Reading, entry: str, *, by: str) -> None:
    """Take an entry back; that it was made stays on record."""
    _patiently(lambda: reading.river.lake.enter(entry, None, who=by))


def reconcile(reading: Reading, kind: str, wanted: Callable[[], Iterable[tuple[str, Span]]]) -> int:
    """
    Bring a city's entries of a kind to what the site's database says; doing it twice changes nothing.

    Parameters
    ----------
    reading
        The city.
    kind
        One of `BY_THE_SITE`; entries of other kinds stay as they are.
    wanted
        Gives all that are to be, by the names of their entries. It is asked after the lake: the database may only be newer.

    Returns
    -------
    How many entries that took. They are entered, and those that are not wanted any more withdrawn, in the city's own name.

    Raises
    ------
    LakeBusy
        Where the lake is held still: what was entered by then stands, and the next time does the rest.
    """
    there = {e.id: e.span for e in entered(reading) if e.span.kind == kind}
    spans, by = dict(wanted()), reading.city.city.name
    changed = [name for name, span in spans.items() if there.get(name) != span]
    for name in changed:
        enter(reading, name, spans[name], sign="", by=by)
    gone = there.keys() - spans.keys()
    for name in gone:
        withdraw(reading, name, by=by)
    return len(changed) + len(gone)


def flags_in_force(reading: Reading) -> list[Flag]:
    """The sensors that are excluded by hand."""
    looked()
    found = reading.river.lake.flags()
    spans = ((None if f["first"] == flags.BEGINNING else f["first"], f) for f in found)
    return [Flag(f["sensor"], first, f["last"], f["why"], f["who"], f["known_at"]) for first, f in spans]


def flag(reading: Reading, sensor: str, first: date | None, last: date | None, *, why: str, by: str) -> None:
    """Exclude a sensor from these days. CityFileError where no source has it, with the nearest names."""
    _patiently(lambda: flags.flag(reading.river, sensor, first, last, why=why, by=by))


def sensors(reading: Reading) -> dict[str, str]:
    """Every sensor that the city has or had, and what its file calls it; in order."""
    looked()
    called = {s.sensor: s.name for rows in reading.city.sensors.values() for s in rows}
    return {sensor: called.get(sensor, "") for sensor in sorted(flags.sensors(reading.river))}


def places(reading: Reading) -> dict[str, set[str | None]]:
    """Of each sensor that the city file places, the leaf zones in which it stands or stood; None among them for outside all zones."""
    rows = [s for rows in reading.city.sensors.values() for s in rows if s.zone is not None or None not in (s.lon, s.lat)]
    lonlat = np.array([(s.lon, s.lat) for s in rows], dtype=np.float64).reshape(-1, 2)
    found: dict[str, set[str | None]] = {}
    for row, zone in zip(rows, reading.zones.locate(*lonlat.T), strict=True):
        found.setdefault(row.sensor, set()).add(zone if row.zone is None else row.zone)
    return found


def nearest(reading: Reading, sensor: str) -> list[str]:
    """The sensors whose names are most like this one; some, where none is."""
    known = list(sensors(reading))
    return difflib.get_close_matches(sensor, known, n=5, cutoff=0.3) or known[:5]


def lift(reading: Reading, sensor: str, first: date | None, last: date | None, *, why: str, by: str) -> None:
    """Take back the exclusion of a sensor from these very days. CityFileError where none is in force."""
    _patiently(lambda: flags.lift(reading.river, sensor, first, last, why=why, by=by))


def _patiently(write: Callable[[], None]) -> None:
    """Write as soon as whoever is writing has finished. LakeBusy where that takes longer than `PATIENCE`."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return write()
        except LakeBusy:
            if time.monotonic() >= until:
                raise
            time.sleep(0.1)
