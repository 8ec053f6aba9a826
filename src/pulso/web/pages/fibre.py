"""The fibre network of a city: how much there is of it, what lies where, and its files, for whoever asks as far as they may know it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from django.http import HttpRequest, HttpResponse
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.fibre import lengths as reckoned
from pulso.fibre.findings import FibreFileError
from pulso.fibre.shapes import Cable, Duct, Site, Thing
from pulso.show import fibre as words
from pulso.show import maps
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import Guest, cut, guest
from pulso.web.pages.fibre_drawn import Words, collection
from pulso.web.pages.fibre_files import FORMS, written
from pulso.web.pages.fibre_shapes import CableLine, DuctLine, SiteLine, Use, cable_line, duct_line, site_line, uses
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.twin import Page

SORTS = ("sites", "cables", "ducts")
UNWRITABLE = _("Something in this network can't be written to a file of this form. Its engineers are told what.")


@dataclass(frozen=True)
class Length:
    """Kilometres of one sort. Those of different sorts are never added."""

    metres: float | None = Field(description="m on the ellipsoid, of what is known; null where nothing is: that is not 0")
    known: int = Field(description="of how many ducts or cables the length is known")
    of: int = Field(description="how many ducts or cables there are")


@dataclass(frozen=True)
class Lengths:
    """The three lengths of a network."""

    route: Length = Field(description="of ducts: how far one would walk")
    sheath: Length = Field(description="of cables: how much cable there is")
    strand: Length = Field(description="of strands: sheath times strands")


@dataclass(frozen=True)
class Part:
    """A part of the network, and its three lengths."""

    group: str = Field(description="how far along it is, the owner's id, or the zone; empty where that isn't said or nobody knows")
    called: str = Field(description="the same as it is called in the page's language")
    lengths: Lengths = Field(description="its three lengths")


@dataclass(frozen=True)
class Download:
    """A file of what whoever asks may know."""

    called: str = Field(description="what it is, in the page's language")
    href: str = Field(description="its address")
    media: str = Field(description="its media type")


@dataclass(frozen=True)
class Network:
    """A network in numbers."""

    name: str = Field(description="what it is called")
    synthetic: bool = Field(description="whether it is invented")
    revision: int = Field(description="which revision this is, from 1")
    lengths: Lengths = Field(description="its three lengths, of everything in it")
    sites: int = Field(description="how many sites there are")
    cables: int = Field(description="how many cables there are")
    ducts: int = Field(description="how many ducts there are")
    stages: tuple[Part, ...] = Field(description="its lengths by how far along things are")
    owners: tuple[Part, ...] = Field(description="its lengths by owner")
    zones: tuple[Part, ...] = Field(description="its lengths by zone, routes cut at their borders")
    strands: tuple[Use, ...] = Field(
        description="what the strands of cables that are in place are used for; empty for whoever may not know it"
    )
    unsaid: int = Field(description="of the spare strands, how many are so only because nobody says otherwise")
    downloads: tuple[Download, ...] = Field(description="its files")


@dataclass(frozen=True)
class Fibre:
    """The fibre network, and a list of what there is in it."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(
        description="whose page this is: public, internal (of those with a role in the city) or restricted (of its engineers)"
    )
    network: Network | None = Field(description="the network in numbers; null where the city has none here")
    what: str = Field(description="what is listed: sites, cables or ducts; asked for as ?sort=cables")
    said: str = Field(description="what names were searched for; empty where nothing was; asked for as ?q=name")
    sites: tuple[SiteLine, ...] = Field(description="sites by name; empty where something else is listed")
    cables: tuple[CableLine, ...] = Field(description="cables by name; empty where something else is listed")
    ducts: tuple[DuctLine, ...] = Field(description="ducts by name; empty where something else is listed")
    leaf: Leaf = Field(description="where in the list this page is")


def fibre(asked: Asked) -> Fibre:
    """Say what there is, and list some of it."""
    who = guest(asked)
    what, said = who.choice("sort", SORTS), who.text("q")
    if who.network is None:
        return Fibre(asked.frame, who.level.value, None, what, said, (), (), (), Leaf(1, 1, 0))
    rows, leaf = cut(who.known.listed(what.removesuffix("s"), said), asked)
    listed: dict[str, Sequence[Thing]] = {what: rows}
    return Fibre(
        frame=asked.frame,
        level=who.level.value,
        network=who.known.once("numbers " + asked.speech.code, lambda: _network(who)),
        what=what,
        said=said,
        sites=tuple(site_line(s, who) for s in cast("Sequence[Site]", listed.get("sites", ()))),
        cables=tuple(cable_line(c, who) for c in cast("Sequence[Cable]", listed.get("cables", ()))),
        ducts=tuple(duct_line(d, who) for d in cast("Sequence[Duct]", listed.get("ducts", ()))),
        leaf=leaf,
    )


def map_geojson(_request: HttpRequest, asked: Guest) -> HttpResponse:
    """Sites and ducts for the map: routes simplified to about two metres."""
    known = asked.known
    made = known.once("map", lambda: json.dumps(collection(known), separators=(",", ":"), ensure_ascii=False).encode())
    return HttpResponse(made, content_type="application/geo+json")


def export(_request: HttpRequest, asked: Guest) -> HttpResponse:
    """The network as a file: what whoever asks may know, and nothing else."""
    known, form, city = asked.known, asked.parts["form"], asked.reading.city
    media = FORMS[form][1]
    headers = {"Content-Disposition": f'attachment; filename="{asked.reading.slug}-fibre.{form}"'}
    try:
        made = known.once(f"export {form} {city.digest}", lambda: written(known, form, city))
    except FibreFileError as why:  # a name that no file can hold; whose, is for engineers
        raise NothingKnown(str(why) if asked.engineer else asked.speech.say(UNWRITABLE)) from None
    return HttpResponse(made, content_type=media, headers=headers)


def _network(who: Guest) -> Network:
    known, speech, plan = who.known, who.speech, who.known.plan
    base = f"/{speech.code}/{who.reading.slug}/fibre/network"
    zones = {z.id: z for z in who.reading.zones.leaves}
    elsewhere = speech.say("outside all zones")
    return Network(
        name=plan.name or plan.id,
        synthetic=plan.synthetic,
        revision=known.revision,
        sites=len(plan.sites),
        cables=len(plan.cables),
        ducts=len(plan.ducts),
        lengths=_lengths(reckoned.lengths(plan)[0]),
        stages=_parts(reckoned.lengths(plan, "status"), {s: speech.say(called) for s, called in words.STATUSES.items()}, speech),
        owners=_parts(reckoned.lengths(plan, "owner"), known.owners, speech),
        zones=_parts(
            reckoned.lengths(plan, "zone", {z.id: maps.area(z.shape) for z in zones.values()}),
            {"": elsewhere} | {z.id: z.name for z in zones.values()},
            speech,
        ),
        strands=uses(known.capacity.whole, speech) if who.engineer else (),
        unsaid=known.capacity.whole.unsaid if who.engineer else 0,
        downloads=tuple(Download(speech.say(called), f"{base}.{form}", media) for form, (called, media) in FORMS.items()),
    )


def _parts(found: Sequence[reckoned.Lengths], called: Mapping[str, str], speech: Speech) -> tuple[Part, ...]:
    """Those of which there is something, in the order of what they are called where that is one."""
    unknown = speech.say("not said")
    order = {group: i for i, group in enumerate(called)}
    rows = sorted((f for f in found if f.route.of or f.sheath.of), key=lambda f: (f.group is None, order.get(f.group or "", len(order))))
    return tuple(Part(f.group or "", unknown if f.group is None else called.get(f.group, f.group), _lengths(f)) for f in rows)


def _lengths(found: reckoned.Lengths) -> Lengths:
    return Lengths(*(Length(one.told, one.known, one.of) for one in (found.route, found.sheath, found.strand)))


def draw(_page: Fibre, asked: Asked) -> Words:
    """The words of the network."""
    return Words(asked.speech)


FIBRE = Page("fibre", "fibre", Fibre, fibre, draw, reads=("page",))
