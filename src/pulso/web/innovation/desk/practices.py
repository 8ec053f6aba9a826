"""The desk of practices and testbeds: what a city learnt and offers, what it adopts, and what it lends to try things on."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from pulso.show import pilots as words
from pulso.show.language import marked as _
from pulso.web.innovation import models, reads, states, writes
from pulso.web.innovation.desk.asking import tried
from pulso.web.innovation.desk.forms import Adopting, PracticeForm, TestbedForm
from pulso.web.innovation.desk.things import Card, card, found, place, steps
from pulso.web.innovation.desk.visits import Gone, Visit, visit
from pulso.web.innovation.letters import Refused
from pulso.web.innovation.moves import keep
from pulso.web.innovation.writes import practices as rules
from pulso.web.people import may
from pulso.web.readings import cities, reading

KEPT = _("Kept: {what}.")
ADOPTED = _("Adopted: {what}.")


@require_http_methods(["GET", "POST"])
@visit
def new_practice(at: Visit, number: int) -> HttpResponse:
    """Write the card of a pilot."""
    pilot = found(at, "pilot", number, "write practice")
    at.allow(may.may_offer_practice(at.person, at.city), models.Practice(pilot=pilot), "write practice")
    form = PracticeForm(at.sent, initial={"title": pilot.title, "text": pilot.text}, speech=at.speech)
    if at.posted and (
        made := tried(at, models.Practice(pilot=pilot), form, lambda **said: writes.write_practice(at.person, pilot, **said))
    ):
        return at.to(f"desk/practices/{made.pk}", KEPT, what=made.title)
    lead = at.speech.say("A card for other cities. Its effect is what its pilot's published evaluation says, or that it was not evaluated.")
    said = {"form": form, "title": at.speech.say("Write a practice"), "button": at.speech.say("Keep it as a draft"), "seen": ""}
    return at.page("form", said | {"lead": lead, "back": f"{at.base}/desk/pilots/{number}"}, form.status)


@require_GET
@visit
def practice(at: Visit, number: int) -> HttpResponse:
    """One practice."""
    thing = found(at, "practice", number)
    return at.twin(Card, card(at, thing)) if at.as_json else practice_page(at, thing)


def practice_page(at: Visit, thing: models.Practice, status: int = 200, **more: Any) -> HttpResponse:
    """It as a page."""
    adopters = [(c, reading(c).city.city.name) for c in cities() if c != thing.city and may.may_adopt(at.person, c)]
    context = {
        "thing": thing,
        "path": f"{at.base}/desk/practices/{thing.pk}",
        "state": at.speech.say(states.CALLED[thing.status]),
        "steps": steps(thing, at.person, at.speech),
        "may_edit": may.may_offer_practice(at.person, at.city),
        "effect": reads.effect(thing),
        "adoptions": list(thing.adoptions.select_related("pilot")),
        "adopters": adopters if thing.status == "offered" else [],
        "words": words,
        "place": place,
        "wrong": {},
    }
    return at.page("practice", context | more, status)


@require_http_methods(["GET", "POST"])
@visit
def edit_practice(at: Visit, number: int) -> HttpResponse:
    """Say a practice differently."""
    thing = found(at, "practice", number)
    at.allow(may.may_offer_practice(at.person, at.city), thing, "change practice")
    initial = {"title": thing.title, "text": thing.text}
    form = PracticeForm(at.sent, initial=initial, speech=at.speech)
    if at.posted and tried(at, thing, form, lambda **said: writes.change_practice(at.person, thing, **said)) is not None:
        return at.to(f"desk/practices/{thing.pk}", KEPT, what=thing.title)
    said = {"form": form, "title": initial["title"], "button": at.speech.say("Keep"), "lead": "", "seen": ""}
    return at.page("form", said | {"back": f"{at.base}/desk/practices/{number}"}, form.status)


@require_http_methods(["GET", "POST"])
@visit
def adopt(at: Visit, number: int) -> HttpResponse:
    """Adopt another city's practice in this one, with a pilot of its own."""
    thing = models.Practice.objects.filter(pk=number).exclude(status="draft").select_related("pilot").first()
    if thing is None or thing.city not in cities():
        raise Gone
    at.allow(may.may_adopt(at.person, at.city), models.Adoption(practice=thing, city=at.city), "adopt practice")
    form = Adopting(at.sent, city=at.city, speech=at.speech)

    def write(pilot: models.Pilot) -> models.Adoption:
        if pilot.city != at.city:
            refusal = Refused(at.person, models.Adoption(practice=thing, city=at.city), "adopt with another city's pilot", rules.ITS_OWN)
            keep(refusal)
            raise refusal
        return writes.adopt(at.person, thing, pilot)

    if at.posted and tried(at, models.Adoption(practice=thing, city=at.city), form, write) is not None:
        return at.to("desk", ADOPTED, what=thing.title)
    lead = at.speech.say("Your city does it too, with a pilot of its own; what it does there is evaluated there.")
    title = at.speech.say("Adopt “{practice}” from {city}", practice=thing.title, city=reading(thing.city).city.city.name)
    said = {"form": form, "title": title, "button": at.speech.say("Adopt it"), "lead": lead, "seen": "", "none_yet": form.without}
    return at.page("form", said | {"back": f"{at.base}/desk"}, form.status)


@require_http_methods(["GET", "POST"])
@visit
def lent(at: Visit, number: int = 0) -> HttpResponse:
    """What the city offers to try things on, and another; or one of them, said differently."""
    thing = models.Testbed.objects.filter(city=at.city, pk=number).first() if number else None
    if number and thing is None:
        raise Gone
    offers = may.may_offer_testbed(at.person, at.city)
    if at.posted or number:
        at.allow(offers, thing or models.Testbed(city=at.city), "change testbed" if thing else "offer testbed")
    initial = {n: getattr(thing, n) for n in TestbedForm.base_fields} if thing else {"bookable": True, "exclusive": True}
    form = TestbedForm(at.sent, initial=initial, reading=at.reading, speech=at.speech)

    def write(**said: Any) -> models.Testbed:
        return writes.change_testbed(at.person, thing, **said) if thing else writes.offer_testbed(at.person, at.city, **said)

    if at.posted and (made := tried(at, thing or models.Testbed(city=at.city), form, write)):
        return at.to("desk/testbeds", KEPT, what=made.name)
    context = {"form": form, "offers": offers, "thing": thing, "beds": reads.testbeds(at.city), "words": words}
    return at.page("testbeds", context, form.status)
