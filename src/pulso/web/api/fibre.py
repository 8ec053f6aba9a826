"""What the API lists of the fibre network for everybody, each as far as they may know it: what is hidden from them is in no answer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any, Literal, TypeVar

from django.db.models import Subquery
from django.http import QueryDict
from pydantic import Field

from pulso.errors import NothingKnown
from pulso.fibre.reach import FARTHEST
from pulso.fibre.shapes import Site, Thing, Works
from pulso.web.api import fibre_shapes as shapes
from pulso.web.api.asked import Asked, InWords, Paged, Span, zone
from pulso.web.api.fibre_rows import as_far, cable_row, duct_row, guest, site_row, stamp, work_rows, zones_of
from pulso.web.api.problems import Refused, say
from pulso.web.api.rows import Resource, Rows, Stamp
from pulso.web.api.whom import told
from pulso.web.fibre.models import Revision
from pulso.web.innovation import shown
from pulso.web.pages.fibre import Lengths, Network, fibre
from pulso.web.pages.fibre_asked import NONE_HERE, Guest
from pulso.web.pages.fibre_coverage import NEAR, listed, rows_of
from pulso.web.pages.fibre_shapes import cable_line, duct_line, site_line
from pulso.web.readings import Reading, status
from pulso.web.wifi.models import Network as Wifi

T = TypeVar("T", bound=Thing)
Feature = tuple[str, dict[str, Any], dict[str, Any] | None]
State = Literal["proposed", "planned", "underConstruction", "operational", "inactive", "decommissioned"]
STATE = "those that are so far along; all, where not given"
NAMED = "those of which the name or the id has this in it, whatever its accents and capitals; all, where not given"


class LengthsQuery(Paged, InWords):
    """Which parts."""

    by: Literal["all", "status", "owner", "zone"] | None = Field(
        None, description="parted so: all is the network whole; every way, where not given"
    )


class SitesQuery(Paged, InWords):
    """Which sites."""

    status: State | None = Field(None, description=STATE)
    q: str | None = Field(None, max_length=200, description=NAMED)
    zone: str | None = Field(None, max_length=200, description="those that lie in a zone, by id or name; all, where not given")


class LinesQuery(Paged, InWords):
    """Which ducts or cables."""

    status: State | None = Field(None, description=STATE)
    q: str | None = Field(None, max_length=200, description=NAMED)


class BuildingsQuery(Paged, InWords):
    """Which public buildings."""

    metres: int = Field(NEAR, ge=1, le=int(FARTHEST), description="how near is near, m: straight to a route or site in operation")
    zone: str | None = Field(None, max_length=200, description="those that lie in a zone, by id or name; all, where not given")
    connected: bool | None = Field(
        None, description="those that a cable in operation ends at, or those that none does; all, where not given"
    )


class WorksQuery(Paged, Span, InWords):
    """Which works: those on one of these days at least."""


@told
def lengths(asked: Asked[LengthsQuery]) -> Rows:
    """How long the network is: as a whole, by how far along it is, by owner, and by zone, routes cut at borders.

    Of each length it is said of how many ducts or cables it is known: what nobody knows is not counted as zero.
    """
    who = guest(asked)
    if who.network is None:
        return Rows([])
    numbers, wanted = in_numbers(who), asked.query.by
    parts = [("all", "", "", numbers.lengths)]
    for by, those in (("status", numbers.stages), ("owner", numbers.owners), ("zone", numbers.zones)):
        parts += [(by, p.group, p.called, p.lengths) for p in those]
    rows = [shapes.FibreLengths(by, group, called, **three(found)) for by, group, called, found in parts if wanted in (None, by)]
    start = 0 if asked.after is None else int(asked.after[0])
    end = start + asked.query.limit
    return Rows(rows[start:end], (str(end),) if end < len(rows) else None)


@told
def sites(asked: Asked[SitesQuery]) -> Rows:
    """The sites of the network, by id, of those that whoever asks may know: offices, cabinets, closures, customers."""
    query, who = asked.query, guest(asked)
    inside = _inside(asked)
    if who.network is None:
        return Rows([])
    zones = zones_of(who)

    def fits(site: Site) -> bool:
        return query.status in (None, site.status.value) and (inside is None or zones.get(site.id) in inside)

    return _listed("site", who.known.sites, asked, who, fits, lambda s: site_row(site_line(s, who), who))


@told
def ducts(asked: Asked[LinesQuery]) -> Rows:
    """The ducts of the network, by id, of those that whoever asks may know."""
    who = guest(asked)
    if who.network is None:
        return Rows([])
    return _listed("duct", who.known.ducts, asked, who, _fits(asked), lambda d: duct_row(duct_line(d, who), who))


@told
def cables(asked: Asked[LinesQuery]) -> Rows:
    """The cables of the network, by id, of those that whoever asks may know. Their strands are for engineers."""
    who = guest(asked)
    if who.network is None:
        return Rows([])
    return _listed("cable", who.known.cables, asked, who, _fits(asked), lambda c: cable_row(cable_line(c, who), who))


@told
def works(asked: Asked[WorksQuery]) -> Rows:
    """Works on the network, in order of time, of those that whoever asks may know; for engineers with what depends on each."""
    query, who = asked.query, guest(asked)
    if query.first and query.last and query.last < query.first:
        raise Refused(400, say("to: found {last}; a day not before {first}.", last=query.last, first=query.first))
    if who.network is None:
        return Rows([])
    some = who.known.works
    if query.first or query.last:
        some = who.known.works_between(query.first or date.min, query.last or date.max)
    start = 0 if asked.after is None else bisect_right(some, asked.after, key=_in_time)
    page = some[start : start + query.limit]
    more = start + len(page) < len(some)
    return Rows(work_rows(page, who), _in_time(page[-1]) if more else None)


@told
def buildings(asked: Asked[BuildingsQuery]) -> Rows:
    """Public buildings, by name, of those that whoever asks may know: how far the network is, and whether they are connected to it."""
    query, who, inside = asked.query, guest(asked), _inside(asked)
    if who.network is None:
        return Rows([])
    some = listed(who, inside, query.connected)
    start = 0 if asked.after is None else int(asked.after[0])
    end = start + query.limit
    return Rows(rows_of(who, query.metres, some[start:end]), (str(end),) if end < len(some) else None)


def features_of_buildings(_asked: Asked[Any], rows: Sequence[shapes.FibreBuilding]) -> list[Feature]:
    """Where each is; without a geometry where nobody knows."""
    return [(r.id, *located(vars(r))) for r in rows]


def features_of_sites(_asked: Asked[Any], rows: Sequence[shapes.FibreSite]) -> list[Feature]:
    """Where each is; without a geometry where nobody knows."""
    return [(r.id, *located(vars(r))) for r in rows]


def features_of_ducts(asked: Asked[Any], rows: Sequence[shapes.FibreDuct]) -> list[Feature]:
    """The route of each; without a geometry where nobody knows it."""
    there = guest(asked).known.ducts if rows else {}
    return [(r.id, dict(vars(r)), line(there[r.id].route)) for r in rows]


def features_of_cables(asked: Asked[Any], rows: Sequence[shapes.FibreCable]) -> list[Feature]:
    """The routes of the ducts that each lies in, of those that are known."""
    if not rows:
        return []
    known = guest(asked).known
    ways = {r.id: [known.ducts[d].route for d in known.cables[r.id].ducts if d in known.ducts] for r in rows}
    return [(r.id, dict(vars(r)), lines(ways[r.id])) for r in rows]


def located(row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A row's properties and its point; no geometry where nobody knows where it is."""
    said = {name: value for name, value in row.items() if name not in ("lon", "lat")}
    return said, None if row["lon"] is None else {"type": "Point", "coordinates": [row["lon"], row["lat"]]}


def line(route: Sequence[tuple[float, float]]) -> dict[str, Any] | None:
    """A route as GeoJSON has it; None where it is unknown."""
    return {"type": "LineString", "coordinates": [list(p) for p in route]} if len(route) > 1 else None


def lines(routes: Iterable[Sequence[tuple[float, float]]]) -> dict[str, Any] | None:
    """Several of them, of those that are known."""
    there = [[list(p) for p in route] for route in routes if len(route) > 1]
    return {"type": "MultiLineString", "coordinates": there} if there else None


def stamp_with_points(reading: Reading) -> Stamp:
    """Another whenever the Wi-Fi was written too, whose register says which access points are blind where a site is dark."""
    wifi = Subquery(Wifi.objects.filter(city=reading.slug).values("edition"))
    written = Revision.objects.filter(city=reading.slug).order_by("-number").values_list("digest", wifi).first()
    return Stamp(f"{shown.edition(reading)} {written}", status.now(reading))


def in_numbers(who: Guest) -> Network:
    """The network in the numbers of its page. NothingKnown where there is none."""
    found = fibre(replace(who, query=QueryDict(""))).network
    if found is None:
        raise NothingKnown(who.speech.say(NONE_HERE, city=who.reading.city.city.name))
    return found


def three(found: Lengths) -> dict[str, Any]:
    """Three lengths as fields of a row, each with of how many it is known, and of how many there are."""
    parts = {name: getattr(found, name) for name in ("route", "sheath", "strand")}
    return {
        field: n for name, one in parts.items() for field, n in ((name, one.metres), (f"{name}_known", one.known), (f"{name}_of", one.of))
    }


def _inside(asked: Asked[SitesQuery] | Asked[BuildingsQuery]) -> set[str] | None:
    """The leaves of the zone that is asked for; None where none is, or the whole city."""
    place = None if asked.query.zone is None else zone(asked.reading, asked.query.zone)
    return None if place is None else set(asked.reading.zones.members(place))


def _fits(asked: Asked[LinesQuery]) -> Callable[[Thing], bool]:
    return lambda thing: asked.query.status in (None, thing.status.value)


def _listed(sort: str, those: Mapping[str, T], asked: Asked[Any], who: Guest, fits: Callable[[T], bool], row: Callable[[T], Any]) -> Rows:
    """A page of them, by id. No more are looked at than it takes."""
    query, known = asked.query, who.known
    ids = sorted({t.id for t in known.listed(sort, query.q)}) if query.q else known.once(f"ids of {sort}s", lambda: sorted(those))
    start = 0 if asked.after is None else bisect_right(ids, asked.after[0])
    every = (those[ids[n]] for n in range(start, len(ids)))
    some = list(islice(filter(fits, every), query.limit + 1))
    page = some[: query.limit]
    return Rows([row(thing) for thing in page], (page[-1].id,) if len(some) > len(page) else None)


def _in_time(works: Works) -> tuple[str, str, str]:
    return works.first.isoformat(), works.last.isoformat(), works.id


def _resource(
    name: str, row: type[Any], query: type[Paged], make: Callable[[Asked[Any]], Rows], features: Any = None, stamp: Any = stamp
) -> Resource:
    return Resource(name, row, query, make, features, stamp=stamp, series=False, whom=as_far)


FOR_ALL = (
    _resource("fibre-lengths", shapes.FibreLengths, LengthsQuery, lengths),
    _resource("fibre-sites", shapes.FibreSite, SitesQuery, sites, features_of_sites),
    _resource("fibre-ducts", shapes.FibreDuct, LinesQuery, ducts, features_of_ducts),
    _resource("fibre-cables", shapes.FibreCable, LinesQuery, cables, features_of_cables),
    _resource("fibre-buildings", shapes.FibreBuilding, BuildingsQuery, buildings, features_of_buildings),
    _resource("fibre-works", shapes.FibreWorks, WorksQuery, works, stamp=stamp_with_points),
)
