"""What the API tells of the public Wi-Fi: places, access points, gaps, of those that whoever asks may know. Of who connects, nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import islice
from typing import Any, Literal
from urllib.parse import quote
from weakref import WeakKeyDictionary

import numpy as np
from django.http import HttpRequest, QueryDict
from pydantic import Field

from pulso.errors import NothingKnown
from pulso.fibre.shapes import Disclosure
from pulso.web.api import wifi_shapes as shapes
from pulso.web.api.asked import Asked, InWords, Paged, zone
from pulso.web.api.fibre import Feature, located
from pulso.web.api.problems import speech
from pulso.web.api.rows import Resource, Rows, Stamp
from pulso.web.api.whole import Whole
from pulso.web.api.whom import person, told
from pulso.web.pages import wifi as page
from pulso.web.pages import wifi_lines as lines
from pulso.web.pages import wifi_presence as presence
from pulso.web.pages.asked import Asked as OfAPage
from pulso.web.pages.wifi_lines import Seen
from pulso.web.readings import Reading, status
from pulso.web.wifi import reads, uncovered
from pulso.wifi import health
from pulso.wifi.shapes import Health

State = Literal["working", "partly", "failing", "unknown"]
ZONE = "those in a zone, by id or name; all, where not given"
STATE = "those that are so now; all, where not given"


class PlacesQuery(Paged, InWords):
    """Which places."""

    zone: str | None = Field(None, max_length=200, description=ZONE)
    health: State | None = Field(None, description=STATE)


class PointsQuery(PlacesQuery):
    """Which access points."""

    place: str | None = Field(None, max_length=200, description="those of a place, by its id; all, where not given")


class GapsQuery(Paged, InWords):
    """All gaps."""


def now(asked: Asked[InWords]) -> shapes.WifiNow:
    """The city's public Wi-Fi now: how many access points work, in part or not at all, and of how many nothing is known."""
    who, level = _page(asked), _level(asked)
    found = page.wifi(who, level)
    if reads.view(asked.reading, level) is None:
        raise NothingKnown(found.sentence)
    same = ("level", "at", "sentence", "points", "working", "partly", "failing", "unknown", "minutes", "zones", "gaps", "far")
    return shapes.WifiNow(**{name: getattr(found, name) for name in same}, page=_at(who, level))


@told
def places(asked: Asked[PlacesQuery]) -> Rows:
    """The places with public Wi-Fi, by id: how each is now, its uptime over thirty days, and when it was heard last."""
    seen, inside, query = _seen(asked), _inside(asked), asked.query
    if seen is None:
        return Rows([])
    view, board = seen.view, seen.view.board
    there = np.zeros(len(board.places), dtype=bool)
    there[view.places] = True

    def fits(row: int) -> bool:
        is_so = query.health is None or (view.counts[row].any() and health.RANKS[view.of_places[row]] == query.health)
        return bool(there[row]) and is_so and (inside is None or board.places[row].zone in inside)

    some = list(islice(filter(fits, _after(board, board.places, asked)), query.limit + 1))
    found = lines.places(seen, some[: query.limit])
    rows = [shapes.WifiSpot(**vars(line), page=_at(seen.asked, seen.level, "places", line.id)) for line in found]
    return Rows(rows, (rows[-1].id,) if len(some) > len(rows) else None)


@told
def points(asked: Asked[PointsQuery]) -> Rows:
    """The access points of the public Wi-Fi, by id: how each is now, its uptime over thirty days, and when it was heard last."""
    seen, inside, query = _seen(asked), _inside(asked), asked.query
    if seen is None:
        return Rows([])
    view, board = seen.view, seen.view.board
    healths = np.full(len(board.points), -1, dtype=np.int8)
    healths[view.points] = view.healths

    def fits(row: int) -> bool:
        if healths[row] < 0 or query.health not in (None, health.RANKS[healths[row]].value):
            return False
        home = board.places[board.at[row]].key
        return query.place in (None, home) and (inside is None or board.points[row].zone in inside)

    some = list(islice(filter(fits, _after(board, board.points, asked)), query.limit + 1))
    rows = [_point(seen, row, health.RANKS[healths[row]]) for row in some[: query.limit]]
    return Rows(rows, (rows[-1].id,) if len(some) > len(rows) else None)


@told
def gaps(asked: Asked[GapsQuery]) -> Rows:
    """Places, and public buildings of the fibre network, that no working access point is near, by id; how far the nearest is."""
    seen = _seen(asked)
    if seen is None:
        return Rows([])
    every = uncovered.gaps(asked.reading, seen.view).by_id
    start = 0 if asked.after is None else bisect_right(every, asked.after, key=lambda gap: gap[:2])
    some = every[start : start + asked.query.limit]
    rows = []
    for found in some:
        line = page.gap(seen, found)
        rows.append(shapes.WifiShort(**vars(line) | {"page": f"/{seen.asked.speech.code}/{asked.reading.slug}/{line.page}"}))
    return Rows(rows, some[-1][:2] if start + len(some) < len(every) else None)


def place(asked: Asked[InWords], name: str) -> shapes.WholeWifiSpot:
    """One place with public Wi-Fi: its uptime by day, whether its target is kept, and when one of its access points did not work."""
    who, level = _page(asked, place=name), _level(asked)
    found = page.place(who, level)
    same = ("large", "target", "promise", "promised", "days", "spells", "presence")
    return shapes.WholeWifiSpot(
        **vars(found.line), page=_at(who, level, "places", name), **{field: getattr(found, field) for field in same}
    )


def point(asked: Asked[InWords], name: str) -> shapes.WholeWifiAccessPoint:
    """One access point: its uptime by day, whether its target is kept, and when it did not work."""
    who, level = _page(asked, point=name), _level(asked)
    found = page.point(who, level)
    row = ("place", "place_name", "zone", "lon", "lat")
    same = (*row, "why", "owner", "site", "first", "target", "promise", "promised", "days", "spells")
    return shapes.WholeWifiAccessPoint(
        **vars(found.line), page=_at(who, level, "points", name), **{field: getattr(found, field) for field in same}
    )


def features(_asked: Asked[Any], rows: Sequence[Any]) -> list[Feature]:
    """Where each is; without a geometry where nobody knows."""
    return [(r.id, *located(asdict(r))) for r in rows]


def as_far(request: HttpRequest, asked: Asked[Any]) -> Asked[Any]:
    """The same question, of whoever asks it: they are told as far as they may know."""
    return replace(asked, level=reads.level_of(person(request), asked.reading.slug))


def stamp(reading: Reading) -> Stamp:
    """Another whenever something was written or published, and each minute: what is silent grows unknown."""
    return Stamp(presence.edition(reading), status.now(reading))


_orders: WeakKeyDictionary[reads.Board, dict[int, tuple[list[str], list[int]]]] = WeakKeyDictionary()
"""Ids of a board's places and of its access points, in order, and their rows: kept as long as the board is."""


def _after(board: reads.Board, those: Sequence[reads.PlaceRow] | Sequence[reads.PointRow], asked: Asked[Any]) -> Iterator[int]:
    """Rows of places or access points in order of their ids, from the one after that which was told last."""
    kept = _orders.setdefault(board, {})
    if id(those) not in kept:
        order = sorted(range(len(those)), key=lambda row: those[row].key)
        kept[id(those)] = [those[row].key for row in order], order
    ids, order = kept[id(those)]
    start = 0 if asked.after is None else bisect_right(ids, asked.after[0])
    return (order[n] for n in range(start, len(order)))


def _page(asked: Asked[Any], **parts: str) -> OfAPage:
    """The question that a page would be asked, in the asker's language: it tells the same."""
    return OfAPage(asked.reading, speech(), QueryDict(""), parts)


def _level(asked: Asked[Any]) -> Disclosure:
    return asked.level or Disclosure.PUBLIC


def _seen(asked: Asked[Any]) -> Seen | None:
    """What whoever asks may see; None where the city has no Wi-Fi."""
    view = reads.view(asked.reading, _level(asked))
    return None if view is None else Seen(_page(asked), _level(asked), view)


def _inside(asked: Asked[PlacesQuery] | Asked[PointsQuery]) -> set[str] | None:
    """The leaves of the zone that is asked for; None where none is, or the whole city."""
    found = None if asked.query.zone is None else zone(asked.reading, asked.query.zone)
    return None if found is None else asked.reading.zones.members(found)


def _point(seen: Seen, row: int, found: Health) -> shapes.WifiAccessPoint:
    board = seen.view.board
    point, home, (lon, lat) = board.points[row], board.places[board.at[row]], board.lonlat[row].tolist()
    return shapes.WifiAccessPoint(
        **vars(lines.point(seen, point, found)),
        place=home.key,
        place_name=home.name,
        zone=seen.zone(point.zone),
        lon=None if np.isnan(lon) else lon,
        lat=None if np.isnan(lat) else lat,
        page=_at(seen.asked, seen.level, "points", point.key),
    )


def _at(who: OfAPage, level: Disclosure, *parts: str) -> str:
    """The address of a page of the Wi-Fi on this site: those of whoever is signed in lie below the desk."""
    return "/".join([f"/{who.speech.code}/{who.reading.slug}/{page.base_of(level)}", *(quote(part, safe="") for part in parts)])


_resource: Callable[..., Resource] = partial(Resource, stamp=stamp, series=False, whom=as_far)
PLACES = (
    _resource("wifi-places", shapes.WifiSpot, PlacesQuery, places, features),
    _resource("wifi-points", shapes.WifiAccessPoint, PointsQuery, points, features),
    _resource("wifi-gaps", shapes.WifiShort, GapsQuery, gaps, features),
)
THINGS = (
    Whole("wifi", shapes.WifiNow, InWords, now, as_far, stamp),
    Whole("wifi-places", shapes.WholeWifiSpot, InWords, place, as_far, stamp, named=True),
    Whole("wifi-points", shapes.WholeWifiAccessPoint, InWords, point, as_far, stamp, named=True),
)
