"""What if it is cut? Ducts, cables and sites are chosen, and the page says who goes dark. Nothing changes; the address says it all."""

from __future__ import annotations

from dataclasses import dataclass as plain
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.ask import answers
from pulso.fibre.shapes import Thing
from pulso.show import fibre as words
from pulso.show.language import marked as _
from pulso.web.api import forms
from pulso.web.pages.asked import Asked, BadQuestion
from pulso.web.pages.fibre_asked import Guest, guest
from pulso.web.pages.fibre_drawn import Sheet, Sketch, Words, line_of, lines_of
from pulso.web.pages.fibre_hangs import Hangs, hangs, touched
from pulso.web.pages.fibre_known import name
from pulso.web.pages.fibre_refs import Ref, ref
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import Page

SORTS = tuple(words.SORTS)
FOUND = 20
"""Things of each sort that a search shows."""
CHOSEN = 200
"""Things that may be cut together; more make no address that can be sent."""
TOO_MANY = _("{n} things are too many for one address; at most {most} are cut together.")


@dataclass(frozen=True)
class WhatIf:
    """What would go dark."""

    frame: Frame = Field(description="what every page carries")
    chosen: tuple[Ref, ...] = Field(description="what is cut; asked for as ?duct=…&cable=…&site=…, each as often as you like")
    said: str = Field(description="what was searched for; empty where nothing was; asked for as ?q=name")
    found: tuple[Ref, ...] = Field(description="things of that name that are not chosen yet; twenty of each sort at most")
    hangs: Hangs | None = Field(description="what goes dark; null where nothing is chosen")


@dataclass(frozen=True)
class DarkRow:
    """A customer who goes dark, is dark until somebody switches over, or is left with one path: a line for each that it is."""

    site: str = Field(description="its id")
    name: str = Field(description="its name")
    service: str = Field(description="what is served")
    criticality: str = Field(description="life, essential or normal")
    becomes: str = Field(
        description="dark: it has no other way; waiting: it is dark until somebody switches over; one path by cable; one path by duct"
    )


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    words: Words
    sketch: Sketch | None
    query: str  # that chooses the same again


def what_if(asked: Asked) -> WhatIf:
    """Say it. NothingKnown where the network has no such thing."""
    who = guest(asked)
    chosen, said = _chosen(who), who.text("q")
    taken = {(r.sort, r.id) for r in chosen}
    found = [ref(sort, t.id, who.known) for sort in SORTS for t in _first(sort, said, who) if (sort, t.id) not in taken] if said else []
    told = hangs(who, *_by_sort(chosen)) if chosen else None
    return WhatIf(asked.frame, chosen, said, tuple(found), told)


def csv(_request: HttpRequest, who: Guest) -> HttpResponse:
    """Everybody who goes dark, waits or is left with one path, as CSV."""
    ducts, cables, closed = _by_sort(_chosen(who))
    found = answers.cut(who.known.drawn, ducts=ducts, cables=cables, sites=closed)
    sites = who.known.sites
    rows = [
        DarkRow(s.id, name(s), s.service, s.criticality.value, becomes)
        for becomes, those in touched(found).items()
        for s in (sites[i] for i in those)
    ]
    headers = {"Content-Disposition": f'attachment; filename="{who.reading.slug}-what-if.csv"'}
    return HttpResponse(forms.write("csv", rows, DarkRow), content_type=forms.content_type("csv"), headers=headers)


def draw(page: WhatIf, asked: Asked) -> Drawn:
    """What is cut, what fails with it, and who goes dark."""
    who, sheet = guest(asked), Sheet()
    known = who.known
    if page.hangs:
        sheet.lines += [("faint", line) for r in page.hangs.failing for line in lines_of(r.id, known)]
        sheet.places += [("dark", at, "") for c in (*page.hangs.dark, *page.hangs.waiting) if (at := known.sites[c.id].at)]
    for r in page.chosen:
        if r.sort == "duct":
            sheet.lines.append(("cut", line_of(known.ducts[r.id], known)))
        elif r.sort == "cable":
            sheet.lines += [("cut", line) for line in lines_of(r.id, known)]
        elif at := known.sites[r.id].at:
            sheet.places.append(("cut", at, r.name))
    return Drawn(Words(asked.speech), sheet.sketch(), urlencode([(r.sort, r.id) for r in page.chosen]))


def _chosen(who: Guest) -> tuple[Ref, ...]:
    asked = [(sort, key) for sort in SORTS for key in dict.fromkeys(who.query.getlist(sort)) if key]
    if len(asked) > CHOSEN:
        raise BadQuestion(who.speech.say(TOO_MANY, n=len(asked), most=CHOSEN))
    chosen = tuple(ref(sort, key, who.known) for sort, key in asked)
    for r in chosen:
        if not r.there:
            raise who.missing(r.sort, r.id)
    return chosen


def _by_sort(chosen: tuple[Ref, ...]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Ids of ducts, cables and sites."""
    ducts, cables, sites = (tuple(r.id for r in chosen if r.sort == sort) for sort in ("duct", "cable", "site"))
    return ducts, cables, sites


def _first(sort: str, said: str, who: Guest) -> list[Thing]:
    return list(who.known.listed(sort, said)[:FOUND])


WHAT_IF = Page("fibre-what-if", "fibre/what-if", WhatIf, what_if, draw)
