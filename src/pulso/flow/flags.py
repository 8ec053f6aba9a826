"""A person excludes a sensor, visibly."""

from __future__ import annotations

import difflib
from datetime import date

from pulso.errors import CityFileError, Mistake
from pulso.flow.home import River

BEGINNING = date(1971, 1, 1)
"""The first day of an exclusion that was always so."""


def flag(river: River, sensor: str, first: date | None, last: date | None, *, why: str, by: str) -> None:
    """Exclude a sensor from these local days, both included; None is the beginning, and further notice.

    CityFileError where no source has such a sensor, with the nearest names.
    """
    known = sensors(river)
    if sensor not in known:
        near = ", ".join(difflib.get_close_matches(sensor, sorted(known), n=3, cutoff=0.3)) or ", ".join(sorted(known)[:5])
        raise CityFileError(river.city.slug, [Mistake("the sensor", sensor, f"one that a source has, such as {near}")])
    river.lake.flag(sensor, first or BEGINNING, last, why, by)


def lift(river: River, sensor: str, first: date | None, last: date | None, *, why: str, by: str) -> None:
    """Take back the exclusion of a sensor from these very days; that it was excluded, and that it no longer is, both stay on record.

    CityFileError where no such exclusion is in force, with those that are.
    """
    spans = [(f["first"], f["last"]) for f in river.lake.flags() if f["sensor"] == sensor]
    if (first or BEGINNING, last) not in spans:
        said = "; ".join(f"{'the beginning' if a == BEGINNING else a} to {b or 'further notice'}" for a, b in spans) or "none"
        found = f"{first or 'the beginning'} to {last or 'further notice'}"
        raise CityFileError(river.city.slug, [Mistake(f"the exclusion of {sensor}", found, f"one that is in force: {said}")])
    river.lake.flag(sensor, first or BEGINNING, last, why, by, active=False)


def sensors(river: River) -> set[str]:
    """Every sensor that the city file declares or the lake has heard of."""
    declared = {s.sensor for rows in river.city.sensors.values() for s in rows}
    return declared | set(river.lake.sensors())
