"""The desk: the city's cuts, and one thing of the network to be said differently. What is refused is told in a letter."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.shapes import Disclosure, Works
from pulso.shapes import Row
from pulso.show.language import marked as _
from pulso.web.fibre import cuts, models, reads, writes
from pulso.web.fibre.desk.forms import FORMS, Cut, End, Thing
from pulso.web.fibre.kinds import key_of
from pulso.web.innovation.desk.visits import Gone, Visit, private, visit
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.moves import MAY_NOT
from pulso.web.pages.fibre_drawn import Words
from pulso.web.pages.fibre_known import Known, known, name
from pulso.web.pages.fibre_refs import Customer, Ref, customers, ref
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import around

DECLARED = _("Declared. The sensors that it blinds are missing from the next publication on.")
ENDED = _("Ended. Its sensors count again from then on.")
KEPT = _("Kept, as revision {number} of the network.")
SAME = _("Nothing differs from what was there.")
PARTS = ("duct", "cable", "site")


@dataclass(frozen=True)
class CutLine:
    """A cut that was declared."""

    number: int = Field(description="its number")
    things: tuple[Ref, ...] = Field(description="what is cut")
    since: datetime = Field(description="since when, UTC")
    until: datetime | None = Field(description="until when, UTC, excluded; null while nobody knows")
    why: str = Field(description="the reason that was given")
    ended_why: str = Field(description="why it ended; empty before that was declared")
    on: bool = Field(description="whether it is in force now")
    over: bool = Field(description="whether its end was declared")
    dark: tuple[Customer, ...] = Field(description="who is dark by it alone; a hundred at most")
    darkened: int = Field(description="how many are dark")
    blind: int = Field(description="how many sensors and access points are blind")


@dataclass(frozen=True)
class Cuts:
    """The cuts of a city's network."""

    frame: Frame = Field(description="what every page carries")
    cuts: tuple[CutLine, ...] = Field(description="the latest first; a hundred at most")
    total: int = Field(description="how many there are")


@require_http_methods(["GET", "POST"])
@visit
def cut(at: Visit) -> HttpResponse:
    """The cuts, and a new one of what the address names."""
    net = _net(at)
    chosen = tuple(ref(sort, key, net) for sort in PARTS for key in dict.fromkeys(at.request.GET.getlist(sort)) if key)
    if at.as_json:
        return at.twin(Cuts, _cuts(at, net))
    form = Cut(at.sent, speech=at.speech)
    if at.posted and form.is_valid():
        ids = {f"{sort}s": [r.id for r in chosen if r.sort == sort] for sort in PARTS}
        clock, said = at.reading.city.clock, form.cleaned_data
        try:
            made = cuts.declare(at.person, at.city, since=form.begin(clock), until=form.end(clock), why=said["why"], **ids)
        except Unfit as why:
            form.add_error(None, why.said(at.speech))
        else:
            return at.to(f"fibre/cuts#cut-{made.pk}", DECLARED)
    context = {"page": _cuts(at, net), "chosen": chosen, "form": form, "end": End(speech=at.speech, auto_id=False)}
    return _page(at, "fibre-desk-cuts", context, 400 if form.errors else 200)


@require_POST
@visit
def end(at: Visit, number: str) -> HttpResponse:
    """Say when a cut was over."""
    _net(at)
    found = models.Cut.objects.filter(city=at.city, pk=int(number)).first()
    if found is None:
        raise Gone
    form = End(at.sent, speech=at.speech)
    if not form.is_valid():
        raise Unfit(_("Say on which day it was over, and why."))
    until = form.end(at.reading.city.clock)
    assert until is not None  # noqa: S101  # the day is required
    cuts.end(at.person, found, until=until, why=form.cleaned_data["why"])
    return at.to(f"fibre/cuts#cut-{found.pk}", ENDED)


@require_http_methods(["GET", "POST"])
@visit
def edit(at: Visit, sort: str, key: str = "") -> HttpResponse:
    """One thing to be said differently, or works to be entered."""
    net = _net(at)
    row = _row(net, sort, key)
    form = FORMS[sort](at.sent, plan=net.plan, row=row, speech=at.speech)
    if at.posted and form.is_valid() and (edits := _edits(at, form, sort, row)):
        try:
            done = writes.change(at.person, at.city, edits, form.cleaned_data["why"], seen=_seen(at))
        except Unfit as why:
            form.add_error(None, why.said(at.speech))
        else:
            message = KEPT if done.number != net.revision else SAME
            return at.to(_after(sort, key, edits), message, number=at.speech.number(done.number))
    context = {"form": form, "sort": sort, "key": key, "row": row, "revision": at.request.POST.get("seen") or net.revision}
    return _page(at, "fibre-desk-edit", context, 400 if form.errors else 200)


def _edits(at: Visit, form: Thing, sort: str, row: Row | None) -> list[writes.Put | writes.Remove]:
    """What was asked for; nothing where it can't be so, and the form says why."""
    if row is not None and "remove" in at.request.POST:
        return [writes.Remove(sort, key_of(row))]
    if row is None:
        form.cleaned_data["id"] = uuid.uuid4().hex
    made = form.made()
    return [writes.Put(made)] if made else []


def _after(sort: str, key: str, edits: list[writes.Put | writes.Remove]) -> str:
    """Where to go on: to the thing, or to the list where it is gone."""
    if sort == "works":
        row = edits[0].row if isinstance(edits[0], writes.Put) else None
        return f"fibre/works?from={row.first}&to={row.last}" if isinstance(row, Works) else "fibre/works"
    return f"fibre/{sort}/{quote(key)}" if isinstance(edits[0], writes.Put) else f"fibre?sort={sort}s"


def _row(net: Known, sort: str, key: str) -> Row | None:
    """The thing of that id; None for works that are to come. Gone where there is none."""
    if sort == "works" and not key:
        return None
    those: dict[str, Any] = {"site": net.sites, "duct": net.ducts, "cable": net.cables, "works": {w.id: w for w in net.works}}
    found: Row | None = those[sort].get(key)
    if found is None:
        raise Gone
    return found


def _seen(at: Visit) -> int | None:
    """The revision that whoever changes it has looked at."""
    said = at.request.POST.get("seen", "")
    return int(said[:9]) if said.isascii() and said.isdigit() else None


def _net(at: Visit) -> Known:
    """The network, for engineers. Refused for anybody else."""
    if reads.level(at.person, at.city) is not Disclosure.RESTRICTED:
        raise Refused(at.person, models.Cut(city=at.city), "fibre desk", MAY_NOT)
    found = known(at.city, Disclosure.RESTRICTED)
    if found is None:
        raise Gone
    return found


def _cuts(at: Visit, net: Known) -> Cuts:
    found = cuts.declared(at.city, most=100)
    return Cuts(at.frame(), tuple(_line(d, net, at) for d in found), cuts.how_many(at.city))


def _line(d: cuts.Declared, net: Known, at: Visit) -> CutLine:
    c = d.cut
    there = [s for s in d.sites if s in net.sites]
    return CutLine(
        number=c.pk,
        things=tuple(ref(sort, key, net) for sort, keys in zip(PARTS, (c.ducts, c.cables, c.sites), strict=True) for key in keys),
        since=c.since,
        until=c.until,
        why=c.why,
        ended_why=c.ended_why,
        on=d.on,
        over=c.ended_at is not None,
        dark=customers(there, net, at.speech),
        darkened=len(d.sites),
        blind=len(d.sensors),
    )


def _page(at: Visit, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """A page of the desk, for the browser that it was made for alone."""
    asked = {"engineer": True, "level": Disclosure.RESTRICTED, "reading": at.reading, "query": at.request.GET}
    whole = {"name": "fibre", "w": Words(at.speech), "asked": asked, "messages": list(messages.get_messages(at.request)), "titled": name}
    whole |= around(at.request, at.speech, at.frame()) | context
    return private(HttpResponse(render_to_string(f"{template}.html", whole, at.request, using="pages"), status=status))
