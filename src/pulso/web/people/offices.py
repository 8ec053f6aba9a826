"""Who has which role in a city or an organisation: given and taken by its administrators, with the trail of it beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web import readings
from pulso.web.pages.twin import letter
from pulso.web.people import may, reads, writes
from pulso.web.people.around import ROLES
from pulso.web.people.models import Organisation, Person, Role
from pulso.web.people.pages import known, page, speech
from pulso.web.people.told import told
from pulso.web.readings import entries

UNKNOWN = _("Nobody with this address has an account here. They make one first.")
HAS_IT = _("They have this role.")
LAST = _("Somebody must be able to give roles: the last administrator stays.")


@dataclass(frozen=True)
class Office:
    """A city, or an organisation: what a role is in."""

    name: str
    city: str = ""
    organisation: Organisation | None = None

    @property
    def governed(self) -> str:
        """The slug of the city whose trail it reads; empty for none."""
        return self.organisation.city if self.organisation else self.city

    @property
    def reading(self) -> readings.Reading | None:
        """That city, where the site shows it."""
        return readings.reading(self.governed) if self.governed in readings.cities() else None

    def administered_by(self, person: Person) -> bool:
        """Whether they give and take roles here."""
        if self.organisation:
            return may.may_administer(person, self.organisation)
        return may.may_administer_city(person, self.city)


class Giving(forms.Form):
    """A role for somebody."""

    email = forms.EmailField()
    kind = forms.ChoiceField()

    def __init__(self, *args: object, speech: Speech, **rest: object) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101
        kind.choices = [(k, speech.say(called)) for k, called in ROLES.items()]


@require_http_methods(["GET", "POST"])
@known
def city(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """The roles in a city."""
    if slug not in readings.cities():
        raise Http404
    if not may.may_administer_city(person, slug):
        why = speech().say("This needs the role of an administrator in the city, which its administrators give.")
        return letter(request, speech(), 403, why, as_json=False)
    return _office(request, person, Office(readings.reading(slug).city.city.name, city=slug))


@require_http_methods(["GET", "POST"])
@known
def organisation(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """The roles in an organisation."""
    found = reads.organisation(slug)
    if found is None:
        raise Http404
    return _office(request, person, Office(found.name, organisation=found))


def _office(request: HttpRequest, person: Person, office: Office) -> HttpResponse:
    if not office.administered_by(person):
        raise Http404  # who administers what is nobody else's
    roles = Role.objects.filter(city=office.city, organisation=office.organisation).select_related("person")
    giving = request.method == "POST" and "take" not in request.POST
    form = Giving(request.POST if giving else None, speech=speech())
    why = ""
    if request.method == "POST" and not giving:
        why = _take(person, roles.filter(pk=int(request.POST["take"]) if request.POST["take"].isdecimal() else -1).first(), office)
        if not why:
            return HttpResponseRedirect(request.path)
    elif giving and form.is_valid():
        why = _give(person, form.cleaned_data["email"].lower(), form.cleaned_data["kind"], office)
        if not why:
            return HttpResponseRedirect(request.path)
    place = office.reading
    steps = told(reads.steps(office.governed or "-", most=50), entries.called(place) if place else {}, speech())
    context = {"office": office, "roles": list(roles.order_by("person__email", "kind")), "called": ROLES, "form": form}
    context |= {"why": why and speech().say(why), "steps": steps, "clock": place.city.clock if place else UTC}
    return page(request, "office", context, 400 if why else 200)


def _give(by: Person, email: str, kind: str, office: Office) -> str:
    """Why it can't be; empty where it is done."""
    someone = Person.objects.filter(email=email, is_active=True).first()
    if someone is None:
        return UNKNOWN
    try:
        writes.give(by, someone, kind, city=office.city, organisation=office.organisation)
    except ValidationError:
        return HAS_IT
    return ""


def _take(by: Person, role: Role | None, office: Office) -> str:
    """Why it can't be; empty where it is done, or was."""
    if role is None:
        return ""
    boss = Role.Kind.ADMINISTRATOR
    others = Role.objects.filter(city=office.city, organisation=office.organisation, kind=boss).exclude(pk=role.pk)
    if role.kind == boss and not others.exists():
        return LAST
    writes.take(by, role)
    return ""
