"""Where is a strand to spare? Cables that have some, by how near they end to a place: a point, or a site of the network."""

from __future__ import annotations

from dataclasses import dataclass as plain
from math import isfinite
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.shapes import Point
from pulso.fibre.spare import Near, Nearest, nearest, offers
from pulso.show.language import marked as _
from pulso.web.api import forms
from pulso.web.pages.asked import Asked, BadQuestion, quoted
from pulso.web.pages.fibre_asked import Guest, guest
from pulso.web.pages.fibre_drawn import Sheet, Sketch, Words, lines_of
from pulso.web.pages.fibre_refs import MOST, Ref, ref
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import Page

DRAWN, MARKED = 5, 20
"""Cables that the sketch has, and of which the map marks the ends: of more it would be a tangle."""
WHERE = {"lon": 180.0, "lat": 90.0}
"""Degrees on both sides of zero."""
NO_DEGREES = _("{name}: found {found}; degrees are written as {example}, from −{most} to {most}.")
NO_PAIR = _("lon and lat go together: a place has both.")
BOTH = _("Ask from a site, or from a place by lon and lat; not from both.")
NO_PLACE = _("From where? Say lon and lat, or a site whose place is known.")


@dataclass(frozen=True)
class Spare:
    """A cable with strands to spare."""

    cable: Ref = Field(description="the cable")
    site: Ref = Field(description="of the two sites where it ends, the nearer one")
    metres: float = Field(description="m from the place to that site, straight on the ellipsoid: the way to dig is longer")
    strands: int = Field(description="how many strands it has")
    spare: int = Field(description="of these, how many are spare")
    unsaid: int = Field(description="of the spare ones, how many are so only because nobody says otherwise")


@dataclass(frozen=True)
class Nearby:
    """The nearest cables with strands to spare."""

    frame: Frame = Field(description="what every page carries")
    origin: Ref | None = Field(description="the site from which is asked; null where it is a place; asked for as ?site=S-12")
    lon: float | None = Field(description="of the place, degrees, WGS 84; asked for as ?lon=-8.6291; null where none is said or known")
    lat: float | None = Field(description="alike; asked for as ?lat=41.1579")
    least: int = Field(description="how many strands a cable must have to spare; asked for as ?least=4")
    spares: tuple[Spare, ...] = Field(description="cables in operation with so many, the nearest first; a hundred at most")
    placed: int = Field(description="how many such cables there are that end at a known place")
    unplaced: int = Field(description="how many more there are that end nobody knows where")


@dataclass(frozen=True)
class FibreSpare:
    """A cable with strands to spare, and where it ends nearest."""

    cable: str = Field(description="the cable's id")
    cable_name: str = Field(description="its name; its id where it has none")
    site: str = Field(description="id of the nearer of the two sites where it ends")
    site_name: str = Field(description="that site's name")
    lon: float = Field(description="degrees, WGS 84, of that site")
    lat: float = Field(description="degrees, WGS 84, of that site")
    metres: float = Field(description="m from the place to that site, straight on the ellipsoid")
    strands: int = Field(description="how many strands it has")
    spare: int = Field(description="of these, how many are spare")
    unsaid: int = Field(description="of the spare ones, how many are so only because nobody says otherwise")


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    words: Words
    sketch: Sketch | None
    query: str  # that asks the same again
    ask: str  # the same without the place: the map adds it
    marked: str  # the sites where the nearest cables end, for the map


def near(asked: Asked) -> Nearby:
    """List them. NothingKnown for a site that isn't there, BadQuestion for a place that is none."""
    who = guest(asked)
    origin, at, least = _origin(who), _at(who), asked.count("least") or 1
    found = _found(who, at, least, MOST) if at else Nearest([], 0, 0)
    lon, lat = at or (None, None)
    return Nearby(asked.frame, origin, lon, lat, least, tuple(_spare(n, who) for n in found.found), found.placed, found.unplaced)


def csv(_request: HttpRequest, who: Guest) -> HttpResponse:
    """All cables with so many strands to spare that end at a known place, as CSV."""
    at = _at(who)
    if at is None:
        raise BadQuestion(who.speech.say(NO_PLACE))
    rows = rows_of(who, at, who.count("least") or 1)
    headers = {"Content-Disposition": f'attachment; filename="{who.reading.slug}-spare.csv"'}
    return HttpResponse(forms.write("csv", rows, FibreSpare), content_type=forms.content_type("csv"), headers=headers)


def rows_of(who: Guest, at: Point, least: int) -> list[FibreSpare]:
    """All cables with at least so many strands to spare that end at a known place, the nearest first."""
    return [_row(n, who) for n in _found(who, at, least, None).found]


def some_of(who: Guest, at: Point, least: int, first: int, most: int) -> tuple[list[FibreSpare], int]:
    """At most so many of them, after the first ones; and how many there are."""
    found = _found(who, at, least, first + most)
    return [_row(n, who) for n in found.found[first:]], found.placed


def draw(page: Nearby, asked: Asked) -> Drawn:
    """The place, and the nearest cables that could serve it."""
    who, sheet = guest(asked), Sheet()
    known, first = who.known, page.spares[:DRAWN]
    sheet.lines = [("first" if i == 0 else "faint", line) for i, s in enumerate(first) for line in lines_of(s.cable.id, known)][::-1]
    for i, end in enumerate({s.site.id: s.site for s in first}.values()):
        if at := known.sites[end.id].at:
            sheet.places.append(("end", at, end.name if i == 0 else ""))
    if page.lon is not None and page.lat is not None:
        sheet.places.append(("here", (page.lon, page.lat), ""))
    place = [("site", page.origin.id)] if page.origin else [("lon", page.lon), ("lat", page.lat)] if page.lon is not None else []
    least = [("least", page.least)]
    ends = dict.fromkeys(("site", s.site.id) for s in page.spares[:MARKED])
    sketch = sheet.sketch() if first else None
    return Drawn(Words(asked.speech), sketch, urlencode([*place, *least]), urlencode(least), urlencode(list(ends)))


def _found(who: Guest, at: Point, least: int, most: int | None) -> Nearest:
    known = who.known
    return nearest(known.once("offers", lambda: offers(known.plan)), at, least=least, most=most)


def _origin(who: Guest) -> Ref | None:
    said = who.query.get("site")
    if not said:
        return None
    if who.query.get("lon") or who.query.get("lat"):
        raise BadQuestion(who.speech.say(BOTH))
    found = ref("site", said, who.known)
    if not found.there:
        raise who.missing("site", said)
    return found


def _at(who: Guest) -> Point | None:
    """The place of the site that is asked from, or the one that is said; None where there is neither."""
    origin = _origin(who)
    if origin:
        return who.known.sites[origin.id].at
    lon, lat = _degrees("lon", who), _degrees("lat", who)
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise BadQuestion(who.speech.say(NO_PAIR))
    return lon, lat


def _degrees(name: str, who: Guest) -> float | None:
    """Degrees of the query, as people write them. BadQuestion where they are none."""
    said = (who.query.get(name) or "").strip().removesuffix("°").replace("−", "-").replace(",", ".")
    if not said:
        return None
    try:
        found = float(said)
    except ValueError:
        found = float("nan")
    if not (isfinite(found) and abs(found) <= WHERE[name]):
        example = who.speech.number(-8.6291 if name == "lon" else 41.1579, 4)
        most = who.speech.number(WHERE[name])
        raise BadQuestion(who.speech.say(NO_DEGREES, name=name, found=quoted(who.query.get(name) or ""), example=example, most=most))
    return found


def _spare(n: Near, who: Guest) -> Spare:
    known = who.known
    return Spare(ref("cable", n.cable, known), ref("site", n.site, known), n.metres, known.cables[n.cable].strands, n.spare, n.unsaid)


def _row(n: Near, who: Guest) -> FibreSpare:
    told, (lon, lat) = _spare(n, who), who.known.sites[n.site].at or (float("nan"), float("nan"))
    return FibreSpare(n.cable, told.cable.name, n.site, told.site.name, lon, lat, n.metres, told.strands, n.spare, n.unsaid)


NEAR = Page("fibre-near", "fibre/near", Nearby, near, draw)
