"""The map: every zone on one day, from quieter to busier than expected; and, for the slider, the numbers of a year in one answer."""

from __future__ import annotations

import json
from dataclasses import dataclass as plain
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import cos, radians
from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from pulso.show import maps, words
from pulso.web.pages.asked import Asked
from pulso.web.pages.day import weeks_about
from pulso.web.pages.frame import Frame
from pulso.web.pages.refusals import nothing_of
from pulso.web.pages.twin import Page, handed
from pulso.web.readings import Zones, reading

A_YEAR = timedelta(days=364)
STEP = "EEE d MMM y"  # how the links to the days beside write them
NEAR = 0.0001  # degrees, about ten metres: what of a border is smaller is smoothed away


@dataclass(frozen=True)
class Patch:
    """One zone on the map."""

    id: str = Field(description="the zone")
    name: str = Field(description="its name")
    status: str | None = Field(description="published, partial or refused; null where nothing was published")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    interval: tuple[float, float] | None = Field(description="90 %, of that day's value")
    weight_seen: float = Field(description="of the living weight, 0 to 1")
    shade: int | None = Field(description="from -3, much quieter, to 3, much busier; null where there is no number")
    value: str = Field(description="the number as it is written in the page's language")
    span: str = Field(description="the interval as it is written")
    seen: str = Field(description="how much of its weight was seen, as it is written; empty where nothing was published")
    why: str = Field(description="why there is no number; empty where there is one")


@dataclass(frozen=True)
class Map:
    """All zones on one day."""

    frame: Frame = Field(description="what every page carries")
    day: date = Field(description="the day that is shown")
    written: str = Field(description="the day as it is written in the page's language")
    as_of: datetime | None = Field(description="the moment as of which the day is shown; null for what is published now")
    index: float | None = Field(description="the whole city's; 100 = the expected day; null where there is no number")
    sentence: str = Field(description="the day of the whole city in one sentence")
    spread: str = Field(description="the quietest and the busiest zone, in words; empty where fewer than two have a number")
    earlier: date | None = Field(description="the day before it of which something is published; null where there is none near")
    later: date | None = Field(description="the day after it of which something is published; null where there is none near")
    earlier_written: str = Field(description="that day as it is written in the page's language; empty where there is none")
    later_written: str = Field(description="the same of the day after it")
    zones: tuple[Patch, ...] = Field(description="the zones that are nobody's parent, in the city's order")


@dataclass(frozen=True)
class Year:
    """A year of the map in columns: what a slider needs to colour every day without asking again."""

    first: date = Field(description="the first day; each column has one value a day from here on")
    last: date = Field(description="the last day, included")
    city: list[int | None] = Field(description="the whole city's index as it is shown, rounded once; null where there is no number")
    zones: dict[str, list[int | None]] = Field(description="each zone's index as it is shown; null where there is no number")


def map_of(asked: Asked) -> Map:
    """Say the zones of a day. NothingKnown where nothing was published of it."""
    found, speech, as_of = asked.reading, asked.speech, asked.moment()
    day = asked.day() or asked.last_day(as_of)
    verdicts = asked.verdicts(day, as_of)
    whole = verdicts.get(None)
    if whole is None:
        raise nothing_of(asked, found.city.city.name, day, as_of)
    drawn = drawing(asked, day, as_of)
    near = weeks_about(asked, day, as_of)
    patches = []
    for p in drawn.patches:
        v = verdicts.get(p.id)
        patches.append(
            Patch(
                id=p.id,
                name=p.name,
                status=v.status if v else None,
                index=v.index if v else None,
                interval=v.interval if v else None,
                weight_seen=v.weight_seen if v else 0.0,
                shade=p.shade,
                value=p.value,
                span=p.interval,
                seen=speech.percent(v.weight_seen, down=v.index is None) if v else "",
                why=p.why,
            )
        )
    earlier = max((b.day for b in near if b.day < day), default=None)
    later = min((b.day for b in near if b.day > day), default=None)
    return Map(
        frame=asked.frame,
        day=day,
        written=speech.day(day),
        as_of=as_of,
        index=whole.index,
        sentence=words.headline(whole, found.city, speech.code),
        spread=_spread(patches, asked),
        earlier=earlier,
        later=later,
        earlier_written=speech.day(earlier, STEP) if earlier else "",
        later_written=speech.day(later, STEP) if later else "",
        zones=tuple(patches),
    )


def drawing(asked: Asked, day: date, as_of: datetime | None) -> maps.Map:
    """The zones of a day, drawn."""
    by_zone = {z: v for z, v in asked.verdicts(day, as_of).items() if z is not None}
    return maps.draw(asked.reading.zones, by_zone, asked.speech)


def _spread(patches: list[Patch], asked: Asked) -> str:
    known = sorted((p for p in patches if p.index is not None), key=lambda p: (p.index or 0.0, p.name))
    if len(known) < 2:  # one zone has no spread
        return ""
    low, high = known[0], known[-1]
    return asked.speech.say(
        "Quietest against its own normal: {low}, {low_index}. Busiest: {high}, {high_index}.",
        low=low.name,
        low_index=low.value,
        high=high.name,
        high_index=high.value,
    )


def year(asked: Asked) -> Year:
    """The year until `until`, or until the last day: at most 365 days. NothingKnown where nothing is published."""
    published = asked.last_day()
    last = min(asked.day("until") or published, published)
    first = date.fromordinal(max(last.toordinal() - A_YEAR.days, 1))
    leaves = [z.id for z in asked.reading.zones.leaves]
    n = (last - first).days + 1
    columns: dict[str | None, list[int | None]] = {zone: [None] * n for zone in (None, *leaves)}
    for p in asked.reading.points((None, *leaves), first, last):
        columns[p.zone][(p.day - first).days] = None if p.index is None else round(p.index)
    return Year(first, last, columns[None], {z: columns[z] for z in leaves})


def year_json(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The year for the slider."""

    def hand(asked: Asked) -> HttpResponse:
        return HttpResponse(TypeAdapter(Year).dump_json(year(asked)), content_type="application/json; charset=utf-8")

    return handed(request, lang, city, {}, hand, reads=("until",), as_json=True)


def zones_geojson(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The outlines of the leaf zones, simplified together to about ten metres, as GeoJSON."""

    def hand(asked: Asked) -> HttpResponse:
        return HttpResponse(_outlines(city, asked.reading.stamp), content_type="application/geo+json")

    return handed(request, lang, city, {}, hand, as_json=True)


@lru_cache(maxsize=64)
def _outlines(city: str, _stamp: tuple[int, ...]) -> bytes:
    return json.dumps(collection(reading(city).zones), separators=(",", ":"), ensure_ascii=False).encode()


def collection(zones: Zones) -> dict[str, Any]:
    """Leaf zones as a feature collection: id, name, and where their name stands best; five decimals, which is a metre."""
    leaves = zones.leaves
    simple = shapely.coverage_simplify([maps.area(z.shape) for z in leaves], NEAR)
    exact = [maps.area(shape) for shape in shapely.set_precision(simple, 0.00001, mode="pointwise").tolist()]
    features = [
        {
            "type": "Feature",
            "properties": {"id": z.id, "name": z.name, "centre": _centre(shape)},
            "geometry": shapely.geometry.mapping(shape),
        }
        for z, shape in zip(leaves, exact, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _centre(shape: shapely.MultiPolygon) -> list[float]:
    """Where its label stands best, lon and lat."""
    place = maps.label(shape, wide=maps.OVAL / cos(radians(shape.bounds[1])), tolerance=0.0005)
    return [round(degrees, 5) for degrees in place]


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    map: maps.Map
    until: date  # where the slider's year ends: so that the day of the page lies in it


def _draw(page: Map, asked: Asked) -> Drawn:
    last = asked.last_day(page.as_of)
    return Drawn(drawing(asked, page.day, page.as_of), last if page.day > last - A_YEAR else min(last, page.day + A_YEAR / 2))


MAP = Page("map", "map", Map, map_of, _draw, reads=("day", "as_of"))
