"""Entering: the desk of a city's agenda, one entry, and the sensors that are left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from pydantic import TypeAdapter

from pulso.errors import CityFileError, LakeBusy
from pulso.show.language import Speech, speak
from pulso.show.language import marked as _
from pulso.web.agenda import writes
from pulso.web.agenda.desk import Desk, Entry, desk
from pulso.web.agenda.forms import Event, Exclusion, Outage
from pulso.web.pages.frame import frame
from pulso.web.pages.twin import around, letter, no_city
from pulso.web.people import may
from pulso.web.people.around import office
from pulso.web.people.models import Person
from pulso.web.readings import Reading, UnknownCity, reading
from pulso.web.readings.entries import FIBRE_CUT, PILOT, SILENCING, Entered, Flag, entered, flags_in_force, nearest, sensors

STRANGER = _("This is for those who are signed in.")
ENTERED = _("Entered: {what}. The next publication explains with it.")
CHANGED = _("Kept: {what}. The next publication explains with it.")
WITHDRAWN = _("Withdrawn: {what}. The next publication no longer knows it.")
LEFT_OUT = _("Left out: {what}. The next publication judges its days again.")
TAKEN_IN = _("Taken in again: {what}. The next publication judges its days again.")
OF_THE_FIBRE = _("“{name}” is a cut of the city's fibre: it ends where the network's own desk says that it does.")
OF_A_PILOT = _("“{name}” is a pilot: its protocol says when and where it is, and it changes with that.")
DESK, ENTRY = TypeAdapter(Desk), TypeAdapter(Entry)
FORMS: dict[str, type[Event]] = {"event": Event, "outage": Outage}
PAGES = {"event": "enter", "outage": "enter/outage"}
"""Of the desk: where each is entered, and whoever may enter the one needn't be let in to the other."""


@dataclass(frozen=True)
class Visit:
    """Who came to which city's desk, in which language."""

    request: HttpRequest
    person: Person
    reading: Reading
    speech: Speech

    def may(self, what: str) -> bool:
        """Whether they may enter this: event, outage, flag."""
        asked = {"event": may.may_enter_events, "outage": may.may_enter_outages, "flag": may.may_flag_sensors}
        return asked[what](self.person, self.reading.slug)

    def form(self, what: str, initial: dict[str, Any] | None = None) -> Event:
        """What was filled in of an event or outage, or what there is to fill in."""
        silence = self.may("flag")
        return FORMS[what](self.request.POST or None, initial=initial, reading=self.reading, speech=self.speech, may_silence=silence)

    def to_the_desk(self, done: str, what: str, page: str) -> HttpResponse:
        """Back to one of its pages, where it says what was done to what."""
        messages.success(self.request, self.speech.say(done, what=what))
        return HttpResponseRedirect(f"/{self.speech.code}/{self.reading.slug}/agenda/{page}")

    def page(self, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """A page of the desk; nobody keeps it but the browser that it was made for, and that not for long."""
        whole = {"name": "agenda", "messages": list(messages.get_messages(self.request))} | around(
            self.request, self.speech, frame(self.reading.city, self.reading.days(), self.speech)
        )
        return _private(HttpResponse(render_to_string(f"agenda/{name}.html", whole | context, self.request, using="pages"), status=status))

    def refused(self) -> HttpResponse:
        """Say what is missing: a role."""
        return _letter(self.request, self.speech, 403, self.speech.say("This needs a role in the city, which its administrators give."))


def visit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For whoever is signed in, in a city that this site shows; what the river refuses is told in a letter, to machines as a problem."""

    @wraps(view)
    def came(request: HttpRequest, lang: str, city: str, **parts: str) -> HttpResponse:
        speech = speak(lang)
        if not request.user.is_authenticated:
            return (
                _letter(request, speech, 401, speech.say(STRANGER)) if _by_machine(request) else redirect_to_login(request.get_full_path())
            )
        try:
            found = reading(city)
        except UnknownCity as why:
            return _letter(request, speech, 404, no_city(why, speech))
        assert isinstance(request.user, Person)  # noqa: S101  # no other can sign in
        try:
            return view(Visit(request, request.user, found, speech), **parts)
        except LakeBusy:
            busy = speech.say("The city's data are being backed up or tidied just now. Go back, and send it again in a minute.")
            return _letter(request, speech, 503, busy)

    return came


@require_http_methods(["GET", "POST"])
@visit
def enter(at: Visit, what: str = "event") -> HttpResponse:
    """The desk, and a new event or outage."""
    if not may.may_see_entries(at.person, at.reading.slug):
        return at.refused()
    form = at.form(what)
    if at.request.method == "POST":
        if not at.may(what):
            return at.refused()
        if form.is_valid():
            span = form.span()
            writes.enter(at.person, at.reading, span, form.cleaned_data["sign"])
            return at.to_the_desk(ENTERED, span.name, PAGES[what])
    return at.page("enter", {"desk": desk(at.reading, at.person, at.speech), "form": form, "what": what}, 400 if form.errors else 200)


@require_GET
@visit
def twin(at: Visit) -> HttpResponse:
    """The desk for machines."""
    if not may.may_see_entries(at.person, at.reading.slug):
        return at.refused()
    made = desk(at.reading, at.person, at.speech)
    return _private(HttpResponse(DESK.dump_json(made), content_type="application/json; charset=utf-8"))


@require_GET
@visit
def entry_twin(at: Visit, entry: str) -> HttpResponse:
    """One entry for machines."""
    if not may.may_see_entries(at.person, at.reading.slug):
        return at.refused()
    found = [e for e in desk(at.reading, at.person, at.speech).entries if e.id == entry]
    if not found:
        return _letter(at.request, at.speech, 404, at.speech.say("There is no such entry, or no longer."))
    return _private(HttpResponse(ENTRY.dump_json(found[0]), content_type="application/json; charset=utf-8"))


@require_http_methods(["GET", "POST"])
@visit
def entry(at: Visit, entry: str) -> HttpResponse:
    """One entry, to be changed or withdrawn."""
    before = _entry(at.reading, entry)
    if before is None:
        if not may.may_see_entries(at.person, at.reading.slug):
            return at.refused()
        return _letter(at.request, at.speech, 404, at.speech.say("There is no such entry, or no longer."))
    what = "outage" if before.span.kind in SILENCING else "event"
    if not at.may(what):
        return at.refused()
    if before.span.kind == PILOT:
        return _letter(at.request, at.speech, 403, at.speech.say(OF_A_PILOT, name=before.span.name))
    if before.span.kind == FIBRE_CUT:
        return _letter(at.request, at.speech, 403, at.speech.say(OF_THE_FIBRE, name=before.span.name))
    if "withdraw" in at.request.POST:
        writes.withdraw(at.person, at.reading, before)
        return at.to_the_desk(WITHDRAWN, before.span.name, PAGES[what])
    initial = before.span.model_dump() | {"sign": before.sign}
    form = at.form(what, initial)
    if at.request.method == "POST" and form.is_valid():
        span = form.span()
        writes.change(at.person, at.reading, before, span, form.cleaned_data["sign"])
        return at.to_the_desk(CHANGED, span.name, PAGES[what])
    return at.page(
        "entry", {"form": form, "what": what, "entry": before, "who": office(before.who, at.speech)}, 400 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@visit
def flags(at: Visit) -> HttpResponse:
    """The sensors that are left out, and another one."""
    if not may.may_see_entries(at.person, at.reading.slug):
        return at.refused()
    form = Exclusion(at.request.POST or None, speech=at.speech)
    if at.request.method == "POST":
        if not at.may("flag"):
            return at.refused()
        if form.is_valid() and not _covered(at, form):
            said = form.cleaned_data
            try:
                writes.exclude(at.person, at.reading, said["sensor"], said["first"], said["last"], said["why"])
            except CityFileError:
                near = ", ".join(nearest(at.reading, said["sensor"]))
                form.add_error("sensor", at.speech.say("No source has this sensor. The nearest are: {near}.", near=near))
            else:
                return at.to_the_desk(LEFT_OUT, said["sensor"], "flags")
    known = sensors(at.reading) if at.may("flag") else {}
    context = {"desk": desk(at.reading, at.person, at.speech), "form": form, "sensors": known}
    return at.page("flags", context, 400 if form.errors else 200)


@require_POST
@visit
def lift(at: Visit) -> HttpResponse:
    """Take a sensor in again."""
    if not at.may("flag"):
        return at.refused()
    said = at.request.POST
    try:
        span = _day(said.get("first", "")), _day(said.get("last", ""))
        writes.take_in(at.person, at.reading, said.get("sensor", ""), *span, said.get("why", "").strip()[:200] or "lifted")
    except (CityFileError, ValueError):
        return _letter(at.request, at.speech, 400, at.speech.say("This sensor is not left out on these days, or no longer."))
    return at.to_the_desk(TAKEN_IN, said.get("sensor", ""), "flags")


def _covered(at: Visit, form: Exclusion) -> bool:
    """Whether the sensor is left out on all of these days already: the form then says since when."""
    said = form.cleaned_data
    first, last = said["first"] or date.min, said["last"] or date.max
    for f in flags_in_force(at.reading):
        if f.sensor == said["sensor"] and (f.first or date.min) <= first and last <= (f.last or date.max):
            form.add_error("sensor", _since(f, at.speech))
            return True
    return False


def _since(f: Flag, speech: Speech) -> str:
    if f.first is None:
        return speech.say("It is already left out, from the beginning: {why}.", why=f.why)
    return speech.say("It is already left out, since {day}: {why}.", day=speech.day(f.first, "medium"), why=f.why)


def _entry(of: Reading, name: str) -> Entered | None:
    return next((e for e in entered(of) if e.id == name), None)


def _day(said: str) -> date | None:
    return date.fromisoformat(said) if said else None


def _letter(request: HttpRequest, speech: Speech, status: int, why: str) -> HttpResponse:
    return _private(letter(request, speech, status, why, as_json=_by_machine(request)))


def _by_machine(request: HttpRequest) -> bool:
    return request.path.endswith(".json")


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
