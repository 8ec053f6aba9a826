"""The desk: the city's cuts, and one thing of the network to be said differently. What is refused is told in a letter."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from pulso.fibre.shapes import Works
from pulso.shapes import Row
from pulso.show.language import marked as _
from pulso.web.fibre import cuts, models, writes
from pulso.web.fibre.desk.cut_list import PARTS, Cuts, listed, place
from pulso.web.fibre.desk.forms import FORMS, Cut, End, Named
from pulso.web.fibre.desk.parties import still
from pulso.web.fibre.desk.saying import NEW
from pulso.web.fibre.desk.visiting import Edit, engineers_only, page, revision, sheet, written
from pulso.web.fibre.kinds import KINDS, key_of
from pulso.web.innovation.desk.visits import Gone, Visit, visit
from pulso.web.innovation.letters import Unfit
from pulso.web.pages.fibre_known import Known
from pulso.web.pages.fibre_refs import ref

DECLARED = _("Declared. The sensors that it blinds are missing from the next publication on.")
ENDED = _("Ended. Its sensors count again from then on.")
LISTED = ("organisation", "phase")
"""What has no page of its own, but a list."""
FROM_LINKS = ("start", "end", "ducts", "sites")
"""Fields of what is new that a link may fill in."""


@require_http_methods(["GET", "POST"])
@visit
def cut(at: Visit) -> HttpResponse:
    """The cuts, and a new one of what the address names."""
    net = engineers_only(at)
    chosen = tuple(ref(sort, key, net) for sort in PARTS for key in dict.fromkeys(at.request.GET.getlist(sort)) if key)
    if at.as_json:
        return at.twin(Cuts, listed(at, net))
    form = Cut(at.sent, speech=at.speech)
    if at.posted and form.is_valid():
        ids = {f"{sort}s": [r.id for r in chosen if r.sort == sort] for sort in PARTS}
        clock, said = at.reading.city.clock, form.cleaned_data
        try:
            made = cuts.declare(at.person, at.city, since=form.begin(clock), until=form.end(clock), why=said["why"], **ids)
        except Unfit as why:
            form.add_error(None, why.said(at.speech))
        else:
            return at.to(place(at, made), DECLARED)
    context = {"page": listed(at, net), "chosen": chosen, "form": form, "end": End(speech=at.speech, auto_id=False)}
    return page(at, "fibre-desk-cuts", context, 400 if form.errors else 200)


@require_POST
@visit
def end(at: Visit, number: str) -> HttpResponse:
    """Say when a cut was over."""
    engineers_only(at)
    found = models.Cut.objects.filter(city=at.city, pk=int(number)).first()
    if found is None:
        raise Gone
    form = End(at.sent, speech=at.speech)
    if not form.is_valid():
        raise Unfit(_("Say on which day it was over, and why."))
    until = form.end(at.reading.city.clock)
    assert until is not None  # noqa: S101  # the day is required
    done = cuts.end(at.person, found, until=until, why=form.cleaned_data["why"])
    return at.to(place(at, done), ENDED)


@require_http_methods(["GET", "POST"])
@visit
def edit(at: Visit, sort: str, key: str = "") -> HttpResponse:
    """One thing to be said differently, or a new one."""
    net = engineers_only(at)
    row = _row(net, sort, key)
    asked = {k: at.request.GET[k] for k in FROM_LINKS if row is None and k in at.request.GET}
    form = FORMS[sort](at.sent, net=net, row=row, speech=at.speech, initial=asked)
    doubts: tuple[str, ...] = ()
    if at.posted and form.is_valid() and (edits := _edits(at, form, sort, row)):
        done, doubts = written(at, net, form, edits)
        if done:
            return at.to(_after(sort, edits))
    title, status = (called(row) if row else at.speech.say(NEW[sort])), 400 if form.errors or doubts else 200
    if at.as_json:
        return sheet(at, form, title, doubts)
    context = {"form": form, "sort": sort, "key": key, "row": row, "called": title, "doubts": doubts, "revision": revision(at, net)}
    return page(at, "fibre-desk-edit", context, status)


def _edits(at: Visit, form: Named, sort: str, row: Row | None) -> list[Edit]:
    """What was asked for; nothing where it can't be so, and the form says why."""
    if row is not None and "remove" in at.request.POST:
        if why := still(sort, key_of(row), form.net, at.speech):
            form.add_error(None, why)
            return []
        return [writes.Remove(sort, key_of(row))]
    made = form.made()
    return [writes.Put(made)] if made else []


def _after(sort: str, edits: list[Edit]) -> str:
    """Where to go on: to the thing, or to the list where it is gone."""
    row = edits[0].row if isinstance(edits[0], writes.Put) else None
    if sort == "works":
        return f"fibre/works?from={row.first}&to={row.last}" if isinstance(row, Works) else "fibre/works"
    if sort in LISTED:
        return f"fibre/edit/{sort}s"
    return f"fibre/{sort}/{quote(key_of(row))}" if row else f"fibre?sort={sort}s"


def called(row: Any) -> str:
    """A thing's name, or its id where it has none."""
    return str(row.name or row.id)


def _row(net: Known, sort: str, key: str) -> Row | None:
    """The thing of that id; None for one that is to come. Gone where there is none."""
    if not key:
        return None
    those = net.once(f"{sort} by id", lambda: {one.id: one for one in getattr(net.plan, KINDS[sort][1])})
    found: Row | None = those.get(key)
    if found is None:
        raise Gone
    return found
