"""Works on the network, day by day: what they touch, and for engineers what depends on it, and which two should not share a day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from icalendar import Calendar, Event
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.ask import digs
from pulso.fibre.shapes import Works
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import Guest, cut, guest
from pulso.web.pages.fibre_drawn import Words
from pulso.web.pages.fibre_refs import Customer, Dig, customers, dig
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.refusals import turned_round
from pulso.web.pages.twin import Page
from pulso.web.readings import status
from pulso.web.wifi.hanging import blinded

AHEAD = timedelta(days=92)
OURS = uuid.UUID("6c0a9d52-14d0-5a0b-9f0e-2d3f6f5f5b7c")
"""Whence the names of works come: the same works have the same name in both languages, and for good."""
BEHIND, BEYOND = timedelta(days=92), timedelta(days=366)
"""What the calendar has: so many days before today, and after."""


@dataclass(frozen=True)
class Both:
    """Other works on some of the same days, and who goes dark if both cut what they touch and not if either does alone."""

    works: str = Field(description="what is done there")
    first: date = Field(description="the first day that they share")
    last: date = Field(description="the last day that they share, included")
    dark: tuple[Customer, ...] = Field(description="who goes dark then, who saves lives first; a hundred at most")
    darkened: int = Field(description="how many go dark then")


@dataclass(frozen=True)
class Depends:
    """What happens where works cut all that they touch."""

    dark: tuple[Customer, ...] = Field(description="who goes dark and has no other way, who saves lives first; a hundred at most")
    darkened: int = Field(description="how many go dark and have no other way")
    waiting: tuple[Customer, ...] = Field(description="who is dark until somebody switches over, alike")
    waits: int = Field(description="how many are dark until somebody switches over")
    unrecorded: int = Field(
        description="customers that have a way and of whom nobody recorded by which strands: they may be dark until somebody switches over"
    )
    thinned: int = Field(description="how many are left with one path by cable")
    thinned_by_duct: int = Field(description="how many a single duct can darken then, and none could before")
    cables: int = Field(description="cables that fail")
    blind: int = Field(description="sensors and access points that are blind then")
    loose: int = Field(description="cables in use whose ducts nobody knows: where there are any, the truth may be worse")
    in_use: int = Field(description="cables in use")
    together: tuple[Both, ...] = Field(description="works on the same days that make it worse")
    unknown: tuple[str, ...] = Field(description="ducts and sites that they name and the network doesn't have")


@dataclass(frozen=True)
class Line:
    """Works, and what depends on them."""

    dig: Dig = Field(description="what is done, when, by whom, and what it touches")
    depends: Depends | None = Field(description="what happens where they cut it; null for whoever may not know it")


@dataclass(frozen=True)
class Digs:
    """Works from one day to another."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(description="whose page this is: public, internal or restricted")
    first: date = Field(description="the first day; today, where no other is asked for as ?from=2025-06-14")
    last: date = Field(description="the last day, included; asked for as ?to=2025-06-14")
    works: tuple[Line, ...] = Field(description="works on one of these days at least, in order of time; a hundred a page")
    leaf: Leaf = Field(description="where in the list this page is")


def works(asked: Asked) -> Digs:
    """List them. BadQuestion for days in the wrong order."""
    who = guest(asked)
    today, last = status.today(asked.reading), asked.day("to")
    first = asked.day("from") or min(today, last or today)
    last = last or min(first, date.max - AHEAD) + AHEAD
    if last < first:
        raise turned_round(asked, first, last)
    rows, leaf = cut(who.known.works_between(first, last), asked)
    reckoned = depending(who, rows)
    lines = tuple(Line(dig(w, who), _depends(reckoned[w.id], who) if w.id in reckoned else None) for w in rows)
    return Digs(asked.frame, who.level.value, first, last, lines, leaf)


def ics(_request: HttpRequest, who: Guest) -> HttpResponse:
    """A quarter behind, a year ahead, of what whoever asks may know: as a calendar to subscribe to (iCalendar, RFC 5545)."""
    today, made = status.today(who.reading), Calendar()
    made.add("prodid", f"-//Pulso//{who.reading.slug} fibre//{who.speech.code.upper()}")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"Pulso · {who.reading.city.city.name} · {who.speech.say('Works on the fibre network')}")
    for w in who.known.works_between(today - BEHIND, today + BEYOND):
        made.add_component(_event(w, who))
    headers = {"Content-Disposition": f'inline; filename="{who.reading.slug}-works.ics"'}
    return HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8", headers=headers)


def _event(w: Works, who: Guest) -> Event:
    made, told = Event(), dig(w, who)
    made.add("uid", f"{uuid.uuid5(OURS, f'{who.reading.slug} {w.id}')}@{who.reading.slug}.pulso")
    made.add("dtstamp", _stamp(who))
    made.add("dtstart", w.first)
    made.add("dtend", min(w.last, date.max - timedelta(days=1)) + timedelta(days=1))  # "until 9999" is how files say that nobody knows
    made.add("summary", told.name)
    made.add("transp", "TRANSPARENT")
    touched = ", ".join(r.name for r in (*told.ducts, *told.sites)[:20])
    made.add("description", "\n".join(filter(None, (touched, told.permit, told.whom))))
    made.add("url", f"{who.site}/{who.speech.code}/{who.reading.slug}/fibre/works?from={w.first}&to={w.last}")
    return made


def _stamp(who: Guest) -> datetime:
    """When the network was changed last: when these works were entered isn't asked."""
    return who.known.at.astimezone(UTC)


def depending(who: Guest, some: Sequence[Works]) -> Mapping[str, digs.Dig]:
    """What depends on some works, by id; of each reckoned once, when it is asked for. Nothing for whoever may not know it."""
    if not who.engineer:
        return {}
    found: dict[str, digs.Dig] = who.known.once("depending", dict)
    missing = [w for w in some if w.id not in found]
    if missing:
        found |= {d.works.id: d for d in digs.depends(who.known.drawn, missing)}
    mine = [found[w.id] for w in some if w.id in found]
    blind = blinded(who.reading, [d.cut for d in mine])  # the register of access points is asked anew: it changes without the network
    return {d.works.id: d._replace(cut=d.cut._replace(sensors=s)) for d, s in zip(mine, blind, strict=True)}


def _depends(found: digs.Dig, who: Guest) -> Depends:
    known, speech = who.known, who.speech
    names: Mapping[str, str] = known.once("works by name", lambda: {w.id: w.name or w.id for w in known.works})
    return Depends(
        dark=customers(found.cut.dark, known, speech),
        darkened=len(found.cut.dark),
        waiting=customers(found.cut.waiting, known, speech),
        waits=len(found.cut.waiting),
        unrecorded=found.cut.unrecorded,
        thinned=len(found.cut.thin.cables),
        thinned_by_duct=len(found.cut.thin.ducts),
        cables=len(found.cut.failing),
        blind=len(found.cut.sensors),
        loose=found.cut.loose,
        in_use=found.cut.of,
        together=tuple(
            Both(names.get(t.other, t.other), t.first, t.last, customers(t.dark, known, speech), len(t.dark)) for t in found.together
        ),
        unknown=found.unknown,
    )


def draw(_page: object, asked: Asked) -> Words:
    """The words of the network."""
    return Words(asked.speech)


WORKS = Page("fibre-works", "fibre/works", Digs, works, draw, reads=("from", "page", "to"))
