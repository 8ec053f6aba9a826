"""A site and a duct: what they are, what ends or lies there, and for engineers what hangs on them, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass as plain

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.shapes import Cable, Site
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import Guest, guest
from pulso.web.pages.fibre_drawn import Sheet, Sketch, Words, line_of, lines_of
from pulso.web.pages.fibre_hangs import Hangs, Standing, hangs, standing
from pulso.web.pages.fibre_refs import Change, Dig, dig, history
from pulso.web.pages.fibre_second import Proposal, proposal
from pulso.web.pages.fibre_shapes import CableLine, DuctLine, SiteLine, cable_line, duct_line, site_line
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import Page

MOST = 100
"""Cables and ducts that are named of those at a site; how many there are is always said."""


@dataclass(frozen=True)
class Place:
    """A site of the network."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(description="whose page this is: public, internal or restricted")
    line: SiteLine = Field(description="what it is, in short")
    phase: str = Field(description="the stage of building that it belongs to; empty where that isn't said")
    public_building: bool = Field(description="whether it is a public building")
    service: str = Field(description="what is served there; empty where nothing is, or for whoever may not know it")
    criticality: str = Field(
        description="life, essential or normal: what it means that it is dark; empty where nothing is served, or as above"
    )
    sensors: tuple[str, ...] = Field(
        description="sensors and access points that are blind when it is dark; empty for whoever may not know them"
    )
    cables: tuple[CableLine, ...] = Field(description="cables that end there, by name; a hundred at most")
    ducts: tuple[DuctLine, ...] = Field(description="ducts that end there, by name; a hundred at most")
    ways_out: int = Field(description="how many ducts end there, of those that whoever asks may know")
    standing: Standing | None = Field(
        description="how many independent paths it has; null where it isn't served, or for whoever may not know it"
    )
    proposal: Proposal | None = Field(
        description="a second way that could be built; asked for as ?second=1; null where it isn't, or there is none"
    )
    hangs: Hangs | None = Field(description="what goes dark with it; null for whoever may not know it")
    works: tuple[Dig, ...] = Field(description="works there, in order of time")
    changes: tuple[Change, ...] = Field(description="what was changed of it, the latest first; empty for whoever may not know it")


@dataclass(frozen=True)
class Way:
    """A duct of the network."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(description="whose page this is: public, internal or restricted")
    line: DuctLine = Field(description="what it is, in short")
    phase: str = Field(description="the stage of building that it belongs to; empty where that isn't said")
    inner: float | None = Field(description="its inner diameter, mm; null where nobody knows")
    fill: float | None = Field(description="how full it is, 0 to 1; null where a diameter is unknown, or for whoever may not know it")
    cables: tuple[CableLine, ...] = Field(description="cables that lie in it, by name; a hundred at most")
    hangs: Hangs | None = Field(description="what goes dark with it; null for whoever may not know it")
    works: tuple[Dig, ...] = Field(description="works on it, in order of time")
    changes: tuple[Change, ...] = Field(description="what was changed of it, the latest first; empty for whoever may not know it")


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    words: Words
    sketch: Sketch | None


def site(asked: Asked) -> Place:
    """One of the network. NothingKnown where there is none of that id, or not for whoever asks."""
    who = guest(asked)
    found = who.known.sites.get(asked.parts["site"])
    if found is None:
        raise who.missing("site", asked.parts["site"])
    ducts = who.known.ducts_at.get(found.id, ())
    mine = found.customer and who.engineer
    stands = standing(found, who) if mine else None
    return Place(
        frame=asked.frame,
        level=who.level.value,
        line=site_line(found, who),
        phase=who.known.phases.get(found.phase, found.phase),
        public_building=found.public_building,
        service=found.service if mine else "",
        criticality=found.criticality.value if mine else "",
        sensors=found.sensors if who.engineer else (),
        cables=_cables(who.known.cables_at.get(found.id, ()), who),
        ducts=tuple(duct_line(d, who) for d in sorted(ducts, key=lambda d: (d.name, d.id))[:MOST]),
        ways_out=len(ducts),
        standing=stands,
        proposal=proposal(found, who) if stands and who.query.get("second") else None,
        hangs=hangs(who, sites=(found.id,)) if who.engineer else None,
        works=tuple(dig(w, who) for w in who.known.works_at.get(found.id, ())),
        changes=history("site", found.id, who) if who.engineer else (),
    )


def duct(asked: Asked) -> Way:
    """One of the network. NothingKnown where there is none of that id, or not for whoever asks."""
    who = guest(asked)
    found = who.known.ducts.get(asked.parts["duct"])
    if found is None:
        raise who.missing("duct", asked.parts["duct"])
    full = who.known.capacity.fill.get(found.id) if who.engineer else None
    return Way(
        frame=asked.frame,
        level=who.level.value,
        line=duct_line(found, who),
        phase=who.known.phases.get(found.phase, found.phase),
        inner=found.inner,
        fill=full.share if full else None,
        cables=_cables(who.known.cables_in.get(found.id, ()), who),
        hangs=hangs(who, ducts=(found.id,)) if who.engineer else None,
        works=tuple(dig(w, who) for w in who.known.works_in.get(found.id, ())),
        changes=history("duct", found.id, who) if who.engineer else (),
    )


def draw_site(page: Place, asked: Asked) -> Drawn:
    """Where it lies; of a customer with two paths, both."""
    who = guest(asked)
    known, found, sheet = who.known, who.known.sites[page.line.told.id], Sheet()
    for cable in known.cables_at.get(found.id, ())[:MOST]:
        sheet.lines += [("faint", line) for line in lines_of(cable.id, known)]
    if page.standing:
        for sort, way in zip(("first", "second"), page.standing.pair, strict=False):
            sheet.lines += [(sort, line) for r in way.cables for line in lines_of(r.id, known)]
            sheet.places += _ends(way.source.id, who)
    if found.at:
        sheet.places.append(("here", found.at, page.line.told.name))
    return Drawn(Words(asked.speech), sheet.sketch() if sheet.lines else None)


def draw_duct(page: Way, asked: Asked) -> Drawn:
    """Where it runs."""
    who = guest(asked)
    found, sheet = who.known.ducts[page.line.told.id], Sheet()
    sheet.lines = [("first", line_of(found, who.known))]
    for end in (found.start, found.end):
        sheet.places += _ends(end, who)
    return Drawn(Words(asked.speech), sheet.sketch())


def _ends(end: str, who: Guest) -> list[tuple[str, tuple[float, float], str]]:
    found: Site | None = who.known.sites.get(end)
    return [("end", found.at, found.name or found.id)] if found and found.at else []


def _cables(those: Sequence[Cable], who: Guest) -> tuple[CableLine, ...]:
    return tuple(cable_line(c, who) for c in sorted(those, key=lambda c: (c.name, c.id))[:MOST])


SITE = Page("fibre-site", "fibre/site/<path:site>", Place, site, draw_site)
DUCT = Page("fibre-duct", "fibre/duct/<path:duct>", Way, duct, draw_duct)
