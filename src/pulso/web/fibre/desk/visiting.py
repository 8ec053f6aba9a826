"""What all pages of the desk do: let engineers in and nobody else, write what they ask for, and show a page that no other keeps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.template.loader import render_to_string

from pulso.fibre.shapes import Disclosure
from pulso.show.language import marked as _
from pulso.web.fibre import models, reads, writes
from pulso.web.fibre.desk.doubts import told
from pulso.web.fibre.kinds import key_of
from pulso.web.innovation.desk.visits import Gone, Row, Sheet, Visit, private
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.moves import MAY_NOT, keep_once
from pulso.web.pages.fibre_drawn import Words
from pulso.web.pages.fibre_known import Known, known
from pulso.web.pages.twin import around

KEPT = _("Kept, as revision {number} of the network.")
SAME = _("Nothing differs from what was there.")
Edit = writes.Put | writes.Remove


def engineers_only(at: Visit) -> Known:
    """The network. Refused for anybody else, and that leaves a step of the trail; Gone where there is none."""
    if reads.level(at.person, at.city) is not Disclosure.RESTRICTED:
        place = getattr(at.request.resolver_match, "url_name", "")
        refusal = Refused(at.person, models.Revision(city=at.city), f"{'send' if at.posted else 'read'} {place}", MAY_NOT)
        keep_once(refusal, at.city)
        raise refusal
    found = known(at.city, Disclosure.RESTRICTED)
    if found is None:
        raise Gone
    return found


def written(at: Visit, net: Known, form: forms.Form, edits: list[Edit]) -> tuple[bool, tuple[str, ...]]:
    """
    Write what was asked for.

    Returns
    -------
    done, doubts
        Whether it was: then the page that the engineer is led to says so. Otherwise the form says why not; or, where that is allowed and
        probably wrong, `doubts` do, in the page's language: whoever has looked at it sends it again, and says so.
    """
    sent = at.request.POST
    try:
        done = writes.change(at.person, at.city, edits, form.cleaned_data["why"], seen=seen(at), sure="sure" in sent)
    except writes.Doubtful as why:
        rows = [e.row for e in edits if isinstance(e, writes.Put)]
        fresh = {key_of(row): str(getattr(row, "name", "")) for row in rows if not form.cleaned_data.get("id", "-")}
        said = told(why.findings, fresh, at.speech)
        if why.message == writes.DOUBTS:
            return False, said
        form.add_error(None, at.speech.say(writes.BREAKS, found=" ".join(said)))
    except Unfit as why:
        form.add_error(None, why.said(at.speech))
    else:
        message = KEPT if done.number != net.revision else SAME
        messages.success(at.request, at.speech.say(message, number=at.speech.number(done.number)))
        return True, ()
    return False, ()


def revision(at: Visit, net: Known) -> str:
    """The revision that a form is filled in on, for it to say; a form that comes back says the one that it was first filled in on."""
    return at.request.POST.get("seen") or str(net.revision)


def seen(at: Visit) -> int | None:
    """The revision that whoever changes it has looked at; None where nobody says."""
    said = at.request.POST.get("seen", "")
    return int(said[:9]) if said.isascii() and said.isdigit() else None


def page(at: Visit, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """A page of the desk, for the browser that it was made for alone."""
    asked = {"engineer": True, "level": Disclosure.RESTRICTED, "reading": at.reading, "query": at.request.GET}
    asked["done"] = tuple(map(str, messages.get_messages(at.request)))
    whole = {"name": "fibre", "w": Words(at.speech), "asked": asked}
    whole |= around(at.request, at.speech, at.frame()) | context
    return private(HttpResponse(render_to_string(f"{template}.html", whole, at.request, using="pages"), status=status))


def sheet(at: Visit, form: forms.Form, title: str, doubts: tuple[str, ...]) -> HttpResponse:
    """What a form asks for and what stands in it, for machines; or, as a problem, what of it can't be so."""
    if form.errors or doubts:
        return at.page("", {"form": form, "wrong": " ".join(doubts)}, 400)
    rows = tuple(Row(f.name, str(f.label), str(f.help_text), _standing(f.value()), f.field.required) for f in form)
    return at.twin(Sheet, Sheet(at.frame(), title, "", rows))


def _standing(value: Any) -> str:
    return "" if value is None else str(value)
