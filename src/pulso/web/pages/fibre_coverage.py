"""Which public buildings the network reaches: how many of each zone are near it and connected, and which are not, the nearest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass as plain
from functools import lru_cache
from urllib.parse import urlencode

import numpy as np
from django.http import HttpRequest, HttpResponse
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.reach import FARTHEST, Building, Reach, buildings, counted
from pulso.show.language import marked as _
from pulso.web.api import forms
from pulso.web.pages.asked import Asked, BadQuestion
from pulso.web.pages.fibre_asked import Guest, cut, guest
from pulso.web.pages.fibre_drawn import Words
from pulso.web.pages.fibre_known import Known, name
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.twin import Page
from pulso.web.readings import Zones

NEAR = 100
"""Metres that are near, where nobody says: about what is dug to a building's door."""
DISTANCES = 100
"""Distances of which the counts are kept."""
LISTS = 100
"""Lists of the buildings of some zones, or of those that are connected or not, that are kept."""
Counts = Callable[[float], Sequence[Reach]]
Listed = Callable[[frozenset[str] | None, bool | None], Sequence[int]]
TOO_FAR = _("metres: found {found}; can be 1 to {most}.")


@dataclass(frozen=True)
class Zone:
    """The public buildings of a zone, or of all of them."""

    zone: str = Field(description="the zone's id; empty for all of them, and for buildings in no zone or of unknown place")
    called: str = Field(description="its name, in the page's language where it is none of the city's")
    buildings: int = Field(description="how many public buildings there are")
    placed: int = Field(description="of how many it is known where they are: only of these can be said whether the network is near")
    near: int = Field(description="how many of these are within the distance of a route or site in operation that is itself no building")
    connected: int = Field(description="at how many a cable in operation ends, of those that whoever asks may know")


@dataclass(frozen=True)
class Apart:
    """A public building that isn't connected, as far as whoever asks may know."""

    id: str = Field(description="its id as a site of the network")
    name: str = Field(description="its name; its id where it has none")
    zone: str = Field(description="the id of its zone; empty where it is in none, or nobody knows")
    called: str = Field(description="the zone's name; empty alike")
    placed: bool = Field(description="whether it is known where it is")
    metres: float | None = Field(description="m to the network, straight; null where nobody knows, or where it is more than 20 km")


@dataclass(frozen=True)
class Coverage:
    """How far the network reaches public buildings."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(description="whose page this is: public, internal or restricted; each level's network is asked")
    metres: int = Field(description="how near is near, m; asked for as ?metres=250")
    whole: Zone = Field(description="all public buildings")
    zones: tuple[Zone, ...] = Field(description="the same by zone, in the city's order; last those in no zone, where there are any")
    zone: str = Field(description="of which zone those that are not connected are listed; empty for all; asked for as ?zone=north")
    apart: tuple[Apart, ...] = Field(description="public buildings that are not connected, the nearest first; a hundred a page")
    leaf: Leaf = Field(description="where in the list this page is")


@dataclass(frozen=True)
class FibreBuilding:
    """A public building, and how far the network is from it."""

    id: str = Field(description="its id as a site of the network")
    name: str = Field(description="its name; its id where it has none")
    zone: str = Field(description="the id of its zone; empty where it is in none, or nobody knows")
    zone_name: str = Field(description="the zone's name; empty alike")
    lon: float | None = Field(description="degrees, WGS 84; empty where nobody knows")
    lat: float | None = Field(description="degrees, WGS 84; empty where nobody knows")
    metres: float | None = Field(description="m to the network, straight; empty where nobody knows, or where it is more than 20 km")
    near: bool | None = Field(description="whether that is within the distance that was asked for; empty where nobody knows its place")
    connected: bool = Field(description="whether a cable in operation ends there, of those that whoever asks may know")


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    words: Words
    query: str  # that asks for the same distance again
    marked: str  # the listed buildings, for the map
    called: str  # the zone of which they are listed


def coverage(asked: Asked) -> Coverage:
    """Count them, and list those that are not connected. BadQuestion for another distance, NothingKnown for another zone."""
    who = guest(asked)
    metres, zone = _metres(who), asked.zone()
    those = _buildings(who.known)
    where = _where(those, who)
    names = {z.id: z.name for z in who.reading.zones.leaves}
    some = who.reading.zones.members(zone) if zone else None
    apart = _apart(who.known)
    rows, leaf = cut(apart if some is None else [i for i in apart if where[i] in some], asked)
    elsewhere = asked.speech.say("in no zone, or nobody knows where")
    counts = _counts(who)(metres)
    whole = Reach(None, *(sum(column) for column in zip(*(r[1:] for r in counts), strict=True)))
    return Coverage(
        frame=asked.frame,
        level=who.level.value,
        metres=metres,
        whole=_zone(whole, asked.speech.say("The whole city")),
        zones=tuple(_zone(r, names.get(r.zone or "", elsewhere)) for r in counts),
        zone=zone or "",
        apart=tuple(_line(those[i], where[i], names.get(where[i] or "", ""), who) for i in rows),
        leaf=leaf,
    )


def csv(_request: HttpRequest, who: Guest) -> HttpResponse:
    """All public buildings that whoever asks may know of, as CSV."""
    headers = {"Content-Disposition": f'attachment; filename="{who.reading.slug}-public-buildings.csv"'}
    rows = forms.write("csv", rows_of(who, _metres(who), listed(who)), FibreBuilding)
    return HttpResponse(rows, content_type=forms.content_type("csv"), headers=headers)


def listed(who: Guest, inside: Iterable[str] | None = None, connected: bool | None = None) -> Sequence[int]:
    """Numbers of public buildings, by name: of some leaf zones, or connected or not; of all, where neither is said."""
    return _zoned(_buildings(who.known), who)[2](None if inside is None else frozenset(inside), connected)


def rows_of(who: Guest, metres: int, numbers: Iterable[int]) -> list[FibreBuilding]:
    """Those of some numbers; near is up to so many metres."""
    those, names = _buildings(who.known), {z.id: z.name for z in who.reading.zones.leaves}
    where = _where(those, who)
    rows = []
    for i in numbers:
        b, zone = those[i], where[i]
        lon, lat = b.at or (None, None)
        near = None if b.at is None else b.metres is not None and b.metres <= metres
        called = name(who.known.sites[b.site])
        rows.append(FibreBuilding(b.site, called, zone or "", names.get(zone or "", ""), lon, lat, b.metres, near, b.connected))
    return rows


def draw(page: Coverage, asked: Asked) -> Drawn:
    """Which of them the map marks."""
    called = next((z.name for z in asked.reading.zones.all if z.id == page.zone), "")
    return Drawn(Words(asked.speech), urlencode({"metres": page.metres}), urlencode([("site", b.id) for b in page.apart]), called)


def _metres(who: Guest) -> int:
    said = who.count("metres") or NEAR
    if said > FARTHEST:
        raise BadQuestion(who.speech.say(TOO_FAR, found=who.speech.number(said), most=who.speech.number(FARTHEST)))
    return said


def _buildings(known: Known) -> Sequence[Building]:
    """All of them, by name; measured once."""

    def made() -> list[Building]:
        return sorted(buildings(known.plan), key=lambda b: (name(known.sites[b.site]), b.site))

    return known.once("public buildings", made)


def _apart(known: Known) -> Sequence[int]:
    """Numbers of those that are not connected, the nearest first, then by name; last those whose distance nobody knows."""

    def made() -> list[int]:
        those = _buildings(known)
        far = np.array([np.inf if b.metres is None else b.metres for b in those])
        return [i for i in np.argsort(far, kind="stable").tolist() if not those[i].connected]

    return known.once("public buildings apart", made)


def _where(those: Sequence[Building], who: Guest) -> Sequence[str | None]:
    """The leaf zone of each; None where it is in none, or nobody knows."""
    return _zoned(those, who)[0]


def _counts(who: Guest) -> Counts:
    """Counts the buildings of each zone, for a distance in metres; what was counted is kept."""
    return _zoned(_buildings(who.known), who)[1]


def _zoned(those: Sequence[Building], who: Guest) -> tuple[Sequence[str | None], Counts, Listed]:
    """Their zones, what counts them by these, and what lists some: found once, as long as the city's zones are the same."""
    zones = who.reading.zones
    kept: dict[str, tuple[Zones, Sequence[str | None], Counts, Listed]] = who.known.once("zones of public buildings", dict)
    if "now" not in kept or kept["now"][0] is not zones:
        lonlat = np.array([b.at or (np.nan, np.nan) for b in those], dtype=float).reshape(-1, 2)
        where = [None if zone is None else str(zone) for zone in zones.locate(lonlat[:, 0], lonlat[:, 1]).tolist()]
        names = [z.id for z in zones.leaves]

        def some(inside: frozenset[str] | None, connected: bool | None) -> Sequence[int]:
            every = enumerate(zip(those, where, strict=True))
            return [i for i, (b, zone) in every if (inside is None or zone in inside) and connected in (None, b.connected)]

        kept["now"] = zones, where, lru_cache(DISTANCES)(lambda metres: counted(those, where, metres, names)), lru_cache(LISTS)(some)
    return kept["now"][1:]


def _zone(r: Reach, called: str) -> Zone:
    return Zone(r.zone or "", called, r.buildings, r.placed, r.near, r.connected)


def _line(b: Building, zone: str | None, called: str, who: Guest) -> Apart:
    return Apart(b.site, name(who.known.sites[b.site]), zone or "", called, b.at is not None, b.metres)


COVERAGE = Page("fibre-buildings", "fibre/buildings", Coverage, coverage, draw, reads=("page", "zone"))
