"""Publications walked through page by page, and what else the API tells of a city: each answer is one read, or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import shapely

from pulso import metrics
from pulso.web.readings.counted import looked
from pulso.web.readings.door import Reading
from pulso.web.readings.shelf import BRIEF, HEAD, WITHIN, Brief, brief, micros, moment, named, stands

A_PAGE = """select {what} from head h indexed by by_day {beside} where h.day between :first and :last and (h.day, h.zone) > (:day, :zone)
    and +h.zone in (select value from json_each(:zones)) and {stands} order by h.day, h.zone limit :limit"""
TIMES = """select zone, day, count(*), min(vintage) from head indexed by by_day where day between :first and :last
    and +zone in (select value from json_each(:zones)) and vintage <= :at group by day, zone"""
NEWS = "select vintage, count(*), min(day), max(day) from head where vintage > :after group by vintage order by vintage"

Stand = tuple[date, str]
"""Where a walk stands: the day and zone ("": the city) that were told last."""


@dataclass(frozen=True)
class News:
    """One run of publishing."""

    vintage: datetime
    verdicts: int  # of zones and days
    first: date
    last: date


@dataclass(frozen=True)
class Measure:
    """A metric of the city, as its file and the catalogue describe it."""

    name: str
    name_en: str
    name_pt: str
    domain: str
    source: str
    unit: str
    importance: float
    footprint: bool


def walk(
    reading: Reading,
    zones: Sequence[str | None],
    first: date,
    last: date,
    as_of: datetime | None,
    after: Stand | None,
    limit: int,
    *,
    head_only: bool = False,
) -> list[Brief]:
    """So many publications of these zones and days (both included), in order of day and zone, after where the walk stands.

    `head_only` leaves their domains and metrics out, and takes half the time.
    """
    day, zone = after or (first - timedelta(days=1) if first > date.min else first, "")
    what, beside = (HEAD, "") if head_only else (BRIEF, WITHIN)
    rows = reading.ask(
        A_PAGE.format(what=what, beside=beside, stands=stands(as_of)),
        first=max(first, day).toordinal(),
        last=last.toordinal(),
        day=day.toordinal(),
        zone=zone,
        zones=named(zones),
        at=micros(as_of),
        limit=limit,
    )
    return [brief(*row) for row in rows]


def times(
    reading: Reading, zones: Sequence[str | None], first: date, last: date, as_of: datetime | None
) -> dict[tuple[date, str], tuple[int, datetime]]:
    """How often each of these was published until a moment, and when first, by day and zone ("": the city)."""
    rows = reading.ask(TIMES, first=first.toordinal(), last=last.toordinal(), zones=named(zones), at=micros(as_of))
    return {(date.fromordinal(d), z): (n, moment(v)) for z, d, n, v in rows}


def news(reading: Reading, after: datetime) -> list[News]:
    """What was published after a moment, a run at a time, the earliest first."""
    rows = reading.ask(NEWS, after=micros(after))
    return [News(moment(v), n, date.fromordinal(a), date.fromordinal(b)) for v, n, a, b in rows]


def changed(reading: Reading) -> datetime:
    """When something that is shown of the city changed last: its files, its publications, events or flags."""
    lake = reading.river.lake
    heads = [table.head() for table in (lake.publication, lake.event_table, lake.entry_table, lake.flag_table)]
    return datetime.fromtimestamp(max([*reading.stamp, *(h[1] for h in heads if h)]) // 10**9, UTC)


def agenda_changed(reading: Reading) -> datetime:
    """When the agenda changed last: the city's files, or what was entered."""
    lake = reading.river.lake
    heads = [table.head() for table in (lake.event_table, lake.entry_table)]
    return datetime.fromtimestamp(max([*reading.stamp, *(h[1] for h in heads if h)]) // 10**9, UTC)


def measures(reading: Reading) -> list[Measure]:
    """The city's metrics, in the order of its file."""
    city = reading.city
    return [
        Measure(
            name=name,
            name_en=conf.name_en,
            name_pt=conf.name_pt,
            domain=conf.domain,
            source=conf.source,
            unit=metrics.metric_of(city, name).unit,
            importance=conf.importance,
            footprint=city.domains[conf.domain].footprint,
        )
        for name, conf in city.metrics.items()
    ]


def flags(reading: Reading, as_of: datetime | None = None) -> list[dict[str, Any]]:
    """The sensors that people exclude: sensor, first, last, why, who, known_at."""
    looked()
    return reading.river.lake.flags(as_of)


@lru_cache(maxsize=64)
def outlines(reading: Reading) -> dict[str, dict[str, Any]]:
    """Each zone's polygon as GeoJSON, to six decimals of a degree (some ten centimetres)."""
    return {z.id: json.loads(shapely.to_geojson(shapely.set_precision(z.shape, 1e-6))) for z in reading.zones.all}


@lru_cache(maxsize=64)
def centres(reading: Reading) -> dict[str, tuple[float, float]]:
    """A point within each zone: lon, lat in degrees."""
    points = {z.id: shapely.point_on_surface(z.shape) for z in reading.zones.all}
    return {zone: (round(p.x, 6), round(p.y, 6)) for zone, p in points.items()}
