"""What the API tells of presence: the hours of places, zones and the city as they were published, and why one has no number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from math import isnan
from typing import Literal

from pydantic import Field

from pulso.web.api import wifi_shapes as shapes
from pulso.web.api.asked import Asked, Paged, Span
from pulso.web.api.cursor import Key
from pulso.web.api.problems import Refused, say
from pulso.web.api.rows import Resource, Rows, Stamp
from pulso.web.readings import Reading, presence


class PresenceQuery(Paged, Span):
    """Which hours."""

    of: Literal["place", "zone", "city"] | None = Field(None, description="of places, of zones or of the city; all, where not given")
    id: str | None = Field(None, max_length=200, description="of one place or zone, by its id; all, where not given")


def hours(asked: Asked[PresenceQuery]) -> Rows:
    """How many sessions there were on the public Wi-Fi, by hour of places, zones and the city, as published.

    In order of day, source, table, id and hour. An hour without a number is never 0: it says why there is none. Days that were not
    published have no row. A correction changes rows; a walk that it comes into tells the later ones as they are then.
    """
    query = asked.query
    if query.first and query.last and query.last < query.first:
        raise Refused(400, say("to: found {last}; a day not before {first}.", last=query.last, first=query.first))
    rows: list[shapes.WifiPresenceRow] = []
    for row in _rows(asked):
        if len(rows) == query.limit:
            return Rows(rows, _key(rows[-1]))
        rows.append(row)
    return Rows(rows)


def _rows(asked: Asked[PresenceQuery]) -> Iterator[shapes.WifiPresenceRow]:
    """From the one after that which was told last; days are read as they are needed."""
    query, reading, after = asked.query, asked.reading, asked.after
    begin = date.fromisoformat(after[0]) if after else date.min
    first, last = max(begin, query.first or date.min), query.last or date.max
    wanted = sorted((day, source) for source, days in presence.sources(reading).items() for day in days if first <= day <= last)
    names = _names(reading)
    for day, source in wanted:
        if after is not None and (day.isoformat(), source) < after[:2]:
            continue
        found = presence.published(reading, source, day)
        for table, name in sorted(found.rows) if found else ():
            if query.of not in (None, table) or query.id not in (None, name):
                continue
            if found is None or (after is not None and (day.isoformat(), source, table, name) < after[:4]):
                continue
            seen = found.seen[found.rows[table, name]].tolist()
            for start, end, (value, why), share in zip(found.starts, found.ends, found.of(table, name), seen, strict=True):
                share = None if isnan(share) else share
                called = names.get((table, name), name)
                row = shapes.WifiPresenceRow(
                    start=start, end=end, sessions=value, why=why, source=source, day=day, of=table, id=name, name=called, seen=share
                )
                if after is None or _key(row) > after:
                    yield row


def _key(row: shapes.WifiPresenceRow) -> Key:
    return (row.day.isoformat(), row.source, row.of, row.id, row.start.astimezone(UTC).isoformat())


def _names(reading: Reading) -> dict[tuple[str, str], str]:
    """What places and zones are called, by table and id."""
    city = reading.city
    found = {("place", s.sensor): s.name or s.sensor for sensors in city.sensors.values() for s in sensors}
    return found | {("zone", z.id): z.name for z in reading.zones.all} | {("city", ""): city.city.name}


def stamp(reading: Reading) -> Stamp:
    """Another whenever a day was published or corrected."""
    return Stamp(presence.edition(reading), presence.changed(reading))


PRESENCE = Resource("wifi-presence", shapes.WifiPresenceRow, PresenceQuery, hours, stamp=stamp, series=False)
