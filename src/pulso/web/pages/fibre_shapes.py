"""What the pages of the fibre network say of its parts, and how a part is put into a line of a list."""

from __future__ import annotations

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.capacity import Count
from pulso.fibre.shapes import Cable, Duct, Site, Thing
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.web.pages.fibre_asked import Guest
from pulso.web.pages.fibre_known import Known, name


@dataclass(frozen=True)
class Told:
    """What a line says of any part of the network."""

    id: str = Field(description="its id")
    name: str = Field(description="its name; its id where it has none")
    status: str = Field(description="proposed, planned, underConstruction, operational, inactive or decommissioned")
    state: str = Field(description="the same in the page's language")
    owner: str = Field(description="who owns it; empty where that isn't said")
    disclosure: str = Field(description="who may know of it: public, internal or restricted")


@dataclass(frozen=True)
class SiteLine:
    """A place where cables end."""

    told: Told = Field(description="what it is called, and how far along it is")
    kind: str = Field(description="office, pop, cabinet, closure, manhole, pole, building or other")
    called: str = Field(description="the kind in the page's language")
    lon: float | None = Field(description="degrees, WGS 84; null where nobody knows")
    lat: float | None = Field(description="degrees, WGS 84; null where nobody knows")
    source: bool = Field(description="whether light comes from here")
    customer: bool = Field(description="whether it is served from here, and never transit")
    cables: int = Field(description="cables that end there, of those that whoever asks may know")


@dataclass(frozen=True)
class CableLine:
    """A cable from one site to another."""

    told: Told = Field(description="what it is called, and how far along it is")
    start: str = Field(description="id of the site where it begins")
    start_called: str = Field(description="that site's name")
    end: str = Field(description="id of the site where it ends")
    end_called: str = Field(description="that site's name")
    strands: int = Field(description="how many strands it has")
    tubes: int = Field(description="how many tubes they lie in")
    length: float | None = Field(description="m of sheath, stated or its ducts'; null where nobody knows, or it can't be told")
    ducts: int = Field(description="ducts that it lies in; 0 where nobody knows which, or they can't be told")
    veiled: bool = Field(
        description="whether its way, or a part of it, is not for whoever asks: its ducts are not told then, nor a length that they give"
    )


@dataclass(frozen=True)
class DuctLine:
    """A way in the ground or along poles from one site to another."""

    told: Told = Field(description="what it is called, and how far along it is")
    start: str = Field(description="id of the site where it begins")
    start_called: str = Field(description="that site's name")
    end: str = Field(description="id of the site where it ends")
    end_called: str = Field(description="that site's name")
    length: float | None = Field(description="m, as it is stated, or along its route on the ellipsoid; null where nobody knows")
    laid: str = Field(description="below or above ground, in the page's language; empty where that isn't said")
    cables: int = Field(description="cables in it, of those that whoever asks may know")


@dataclass(frozen=True)
class Use:
    """How many strands are used for one thing."""

    use: str = Field(description="used, leased, reserved, broken or spare")
    called: str = Field(description="the same in the page's language")
    strands: int = Field(description="how many")


def told(thing: Thing, known: Known, speech: Speech) -> Told:
    """What a line says of any part."""
    state = words.word(words.STATUSES, thing.status, speech)
    return Told(thing.id, name(thing), thing.status.value, state, known.owner(thing), thing.disclosure.value)


def site_line(site: Site, asked: Guest) -> SiteLine:
    """A site in a line."""
    known, (lon, lat) = asked.known, site.at or (None, None)
    called = words.word(words.KINDS, site.kind, asked.speech)
    here = len(known.cables_at.get(site.id, ()))
    return SiteLine(told(site, known, asked.speech), site.kind.value, called, lon, lat, site.source, site.customer, here)


def cable_line(cable: Cable, asked: Guest) -> CableLine:
    """A cable in a line."""
    known = asked.known
    return CableLine(
        told(cable, known, asked.speech),
        start=cable.start,
        start_called=known.called(cable.start),
        end=cable.end,
        end_called=known.called(cable.end),
        strands=cable.strands,
        tubes=cable.tubes,
        length=known.metres[1].get(cable.id),
        ducts=len(cable.ducts),
        veiled=cable.id in known.veiled,
    )


def duct_line(duct: Duct, asked: Guest) -> DuctLine:
    """A duct in a line."""
    known = asked.known
    return DuctLine(
        told(duct, known, asked.speech),
        start=duct.start,
        start_called=known.called(duct.start),
        end=duct.end,
        end_called=known.called(duct.end),
        length=known.metres[0].get(duct.id),
        laid=words.word(words.LAID, duct.laid, asked.speech) if duct.laid else "",
        cables=len(known.cables_in.get(duct.id, ())),
    )


def uses(count: Count, speech: Speech) -> tuple[Use, ...]:
    """Strands by use."""
    return tuple(Use(use, speech.say(called), getattr(count, use)) for use, called in words.USES.items())
