"""Who came to which city's desk, in which language; and how what is refused is said: a letter, to machines a problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass as shaped

from pulso.show.language import Speech, speak
from pulso.show.language import marked as _
from pulso.web.innovation.letters import Letter, Refused, Unfit
from pulso.web.innovation.moves import MAY_NOT, keep
from pulso.web.innovation.writes import checks
from pulso.web.pages.frame import Frame, frame
from pulso.web.pages.twin import around, letter, no_city
from pulso.web.people import may
from pulso.web.people.models import Person
from pulso.web.readings import Reading, UnknownCity, reading

STRANGER = _("This is for those who are signed in.")
GONE = _("There is no such thing here, or not for you.")


class Gone(Letter):
    """What was asked for isn't there, or isn't for whoever asks: the same words for both."""

    def __init__(self) -> None:
        super().__init__(GONE)


@shaped(frozen=True)
class Row:
    """A field that is asked for, or that stands there."""

    name: str = Field(description="its name, where it is asked for")
    called: str = Field(description="what it is called")
    help: str = Field(description="what helps to fill it in")
    value: str = Field(description="what stands there")
    required: bool = Field(description="whether it may not stay empty")


@shaped(frozen=True)
class Sheet:
    """What a page of the desk asks for, for machines."""

    frame: Frame = Field(description="what every page of a city carries")
    title: str = Field(description="what it is")
    digest: str = Field(description="of a protocol that may be frozen: what stands there now; empty otherwise")
    rows: tuple[Row, ...] = Field(description="its fields, in order")


@dataclass(frozen=True)
class Visit:
    """Who came to which city's desk, in which language."""

    request: HttpRequest
    person: Person
    reading: Reading
    speech: Speech

    @property
    def city(self) -> str:
        """The city's slug."""
        return self.reading.slug

    @property
    def base(self) -> str:
        """The city's address."""
        return f"/{self.speech.code}/{self.city}"

    @property
    def posted(self) -> bool:
        """Whether something was sent."""
        return self.request.method == "POST"

    @property
    def as_json(self) -> bool:
        """Whether a machine asks."""
        return self.request.path.endswith(".json")

    @property
    def sent(self) -> Any:
        """What was sent; None where nothing was."""
        return self.request.POST if self.posted else None

    def on(self, moment: datetime, form: str = "long") -> str:
        """A moment's day, as the city has it."""
        return self.speech.day(moment.astimezone(self.reading.city.clock).date(), form)

    def frame(self) -> Frame:
        """What every page of a city carries."""
        return frame(self.reading.city, self.reading.days(), self.speech)

    def allow(self, allowed: bool, thing: Model, rule: str) -> None:
        """Refused where somebody may not; what they sent leaves a step of the trail."""
        if allowed:
            return
        refusal = Refused(self.person, thing, rule, MAY_NOT)
        if self.posted:
            keep(refusal)
        raise refusal

    def only(self, thing: Model, *asked: str) -> None:
        """Refused, and kept in the trail, where something was sent that the page doesn't ask for: no page of ours sends it."""
        try:
            checks.only(self.person, thing, self.request.POST.keys() - {"csrfmiddlewaretoken"}, asked)
        except Refused as refusal:
            keep(refusal)
            raise

    def page(self, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """A page of the desk; nobody keeps it but the browser that it was made for, and that not for long. To machines a sheet."""
        if self.as_json:
            return self._sheet(context, status)
        desk = may.may_read_evaluation(self.person, self.city) or self.person.roles.filter(organisation__isnull=False).exists()
        whole = {"name": "desk", "has_desk": desk, "messages": list(messages.get_messages(self.request)), "base": self.base}
        whole |= around(self.request, self.speech, self.frame()) | context
        return private(HttpResponse(render_to_string(f"desk/{name}.html", whole, self.request, using="pages"), status=status))

    def _sheet(self, context: dict[str, Any], status: int) -> HttpResponse:
        """What a page asks for; or, as a problem, what of it can't be so."""
        form = context.get("form")
        if status != 200:
            said = [f"{name}: {why}" for name, found in (form.errors if form else {}).items() for why in found]
            return private(letter(self.request, self.speech, status, " ".join(said) or context.get("wrong") or "", as_json=True))
        rows = [Row(f.name, f.label, f.help_text, "", f.field.required) for f in form] if form else []
        rows += [Row("", called, "", value, required=False) for called, value in context.get("promised", ())]
        return self.twin(Sheet, Sheet(self.frame(), str(context.get("title", "")), context.get("digest", ""), tuple(rows)))

    def twin(self, shape: type[Any], made: Any) -> HttpResponse:
        """The same for machines."""
        return private(HttpResponse(TypeAdapter(shape).dump_json(made), content_type="application/json; charset=utf-8"))

    def to(self, address: str, done: str = "", **values: object) -> HttpResponse:
        """On to a page of the desk, which says what was done."""
        if done:
            messages.success(self.request, self.speech.say(done, **values))
        return HttpResponseRedirect(f"{self.base}/{address}")

    def public(self, noun: str, number: int) -> HttpResponse:
        """On to a thing's public page; to the desk's own where there is none."""
        at = f"{self.base}/{noun}s/{number}"
        try:
            resolve(at)
        except Resolver404:
            return self.to(f"desk/{noun}s/{number}")
        return HttpResponseRedirect(at)


def visit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For whoever is signed in, in a city that this site shows; what is refused is told in a letter, to machines as a problem."""

    @wraps(view)
    def came(request: HttpRequest, lang: str, city: str, **parts: Any) -> HttpResponse:
        speech, as_json = speak(lang), request.path.endswith(".json")

        def told(status: int, why: str) -> HttpResponse:
            return private(letter(request, speech, status, why, as_json=as_json))

        if not request.user.is_authenticated:
            return told(401, speech.say(STRANGER)) if as_json else redirect_to_login(request.get_full_path())
        try:
            found = reading(city)
        except UnknownCity as why:
            return told(404, no_city(why, speech))
        assert isinstance(request.user, Person)  # noqa: S101  # no other can sign in
        try:
            return view(Visit(request, request.user, found, speech), **parts)
        except Gone as why:
            return told(404, why.said(speech))
        except Refused as why:
            return told(403, why.said(speech))
        except Unfit as why:
            return told(400, why.said(speech))

    return came


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody."""
    add_never_cache_headers(response)
    return response
