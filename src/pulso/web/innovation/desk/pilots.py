"""The desk of a pilot: what it says, who takes part, its money and testbeds, its protocol, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pulso.show import pilots as words
from pulso.show.language import marked as _
from pulso.web.innovation import clock, evaluating, models, moves, reads, states, writes
from pulso.web.innovation.desk.asking import Asking, tried
from pulso.web.innovation.desk.forms import BookingForm, Decision, Money, Part, PilotForm
from pulso.web.innovation.desk.mine import houses
from pulso.web.innovation.desk.protocols import Amending, ProtocolForm, called, shown
from pulso.web.innovation.desk.things import Card, Told, card, found, gone, steps
from pulso.web.innovation.desk.visits import Gone, Visit, visit
from pulso.web.innovation.digest import sha256
from pulso.web.innovation.letters import Letter, Refused, Unfit, Words
from pulso.web.innovation.models.protocols import WRITTEN
from pulso.web.innovation.writes import protocols as rules
from pulso.web.people import may
from pulso.web.people.around import office
from pulso.web.people.models import Organisation

KEPT = _("Kept: {what}.")
OUT = _("Taken out: {what}.")
COMPUTED = _("Computed: the least effect that it could see.")
EVALUATED = _("Computed and kept. It is not published yet.")
AGAIN = _("Computed again: it says the same, and nothing new was kept.")
PROMISES = _("What the pilot promises before it begins. It may stay unfinished until it is frozen; then no letter of it changes.")
OVER = ("closed", "stopped")


@require_http_methods(["GET", "POST"])
@visit
def new_pilot(at: Visit) -> HttpResponse:
    """Write a pilot."""
    some = houses(at.person, at.city)
    at.allow(may.may_edit_pilot(at.person, at.city, some), models.Pilot(city=at.city), "draft pilot")
    initial = {"challenge": at.request.GET.get("challenge", "")}
    form = PilotForm(at.sent, initial=initial, reading=at.reading, speech=at.speech, houses=some, new=True)

    if at.posted and (made := tried(at, models.Pilot(city=at.city), form, lambda **said: writes.draft_pilot(at.person, at.city, **said))):
        return at.to(f"desk/pilots/{made.pk}", KEPT, what=made.title)
    said = {"form": form, "title": at.speech.say("Write a pilot"), "button": at.speech.say("Keep it as a draft"), "seen": ""}
    lead = at.speech.say("What is tried, who leads it, what it costs. Its protocol is written next, and frozen before it begins.")
    return at.page("form", said | {"lead": lead, "back": f"{at.base}/desk"}, form.status)


@require_http_methods(["GET", "POST"])
@visit
def edit_pilot(at: Visit, number: int) -> HttpResponse:
    """Say a pilot differently."""
    thing = _mine(at, number, "change pilot")
    initial = {name: getattr(thing, name) for name in ("title", "text", "cost", "data_protection", "challenge")}
    form = PilotForm(at.sent, initial=initial, reading=at.reading, speech=at.speech, houses=(), new=False)
    if at.posted and tried(at, thing, form, lambda **said: writes.change_pilot(at.person, thing, **said)) is not None:
        return at.to(f"desk/pilots/{thing.pk}", KEPT, what=thing.title)
    return _form(at, form, str(initial["title"]), at.speech.say("Keep"), number)


@require_GET
@visit
def pilot(at: Visit, number: int) -> HttpResponse:
    """One pilot."""
    thing = found(at, "pilot", number)
    return at.twin(Card, card(at, thing)) if at.as_json else pilot_page(at, thing)


def pilot_page(at: Visit, thing: models.Pilot, status: int = 200, **more: Any) -> HttpResponse:
    """It as a page: what whoever asks may do, and nothing else."""
    thing = models.Pilot.objects.select_related("protocol", "challenge").get(pk=thing.pk)
    edits = thing.status not in OVER and may.may_edit_pilot(at.person, at.city, thing.houses)
    protocol = getattr(thing, "protocol", None)
    bookings = thing.bookings.select_related("testbed").filter(cancelled_at=None)
    told = reads.evaluations(thing, at.person)
    context = {
        "thing": thing,
        "path": f"{at.base}/desk/pilots/{thing.pk}",
        "protocol": protocol,
        "promised": promised(at, protocol) if protocol else [],
        "state": at.speech.say(states.CALLED[thing.status]),
        "steps": steps(thing, at.person, at.speech),
        "may_edit": edits,
        "may_freeze": may.may_freeze(at.person, at.city),
        "may_amend": _amends(at, thing, protocol),
        "may_evaluate": _evaluates(at, thing, protocol),
        "may_decide": may.may_publish_evaluation(at.person, at.city),
        "may_offer": may.may_offer_practice(at.person, at.city) and thing.status != "draft" and not hasattr(thing, "practice"),
        "parties": list(thing.parties.select_related("organisation")),
        "money": list(thing.funding.all()),
        "bookings": [(b, steps(b, at.person, at.speech)) for b in bookings],
        "evaluations": [(e, steps(e, at.person, at.speech)) for e in told],
        "amendments": reads.amendments(thing),
        "words": words,
        "on": at.on,
        "leaning": _leaning(at, protocol),
        "clock": at.reading.city.clock,
        "office": lambda name: office(name, at.speech),
        "called": called,
        "forms": _forms(at) if edits else {},
        "decision": Decision(speech=at.speech),
        "wrong": {},
    }
    forms = context["forms"] | more.pop("forms", {})
    return at.page("pilot", context | more | {"forms": forms}, status)


def _amends(at: Visit, thing: models.Pilot, protocol: models.Protocol | None) -> bool:
    if not protocol or not protocol.frozen_at or thing.status in OVER or not may.may_amend(at.person, at.city):
        return False
    return "may_peek" not in rules.settled(protocol)


def _evaluates(at: Visit, thing: models.Pilot, protocol: models.Protocol | None) -> bool:
    if not protocol or not protocol.frozen_at or thing.status == "closed" or not may.may_evaluate(at.person, at.city):
        return False
    said, day = protocol.in_force(), clock.today(at.city)
    over = day > said["window_last"] or thing.status == "stopped"
    return bool(over or (said["may_peek"] and day >= said["window_first"]))


def promised(at: Visit, protocol: models.Protocol) -> list[tuple[str, str]]:
    """What a protocol says, in words; as it is in force."""
    said = protocol.in_force()
    return [(called(name, at.speech), shown(name, said[name], at.reading, at.speech)) for name in WRITTEN]


def _leaning(at: Visit, protocol: models.Protocol | None) -> str:
    """How little a zone's index shows, where that is the outcome."""
    said = protocol.in_force() if protocol else None
    return words.leaning(said["metric"], said["zones"], at.speech) if said else ""


def _forms(at: Visit) -> dict[str, Asking]:
    every = Organisation.objects.order_by("name")
    return {
        "part": Part(speech=at.speech, houses=every, auto_id="part_%s"),
        "money": Money(speech=at.speech, auto_id="money_%s"),
        "booking": BookingForm(reading=at.reading, speech=at.speech, auto_id="booking_%s"),
    }


def _mine(at: Visit, number: int, rule: str) -> models.Pilot:
    """A pilot that whoever asks may edit."""
    thing: models.Pilot = found(at, "pilot", number, rule)
    at.allow(may.may_edit_pilot(at.person, at.city, thing.houses), thing, rule)
    return thing


def _form(at: Visit, form: Asking, title: str, button: str, number: int, lead: str = "") -> HttpResponse:
    back = f"{at.base}/desk/pilots/{number}"
    said = {"form": form, "title": title, "button": button, "lead": lead, "back": back, "seen": ""}
    return at.page("form", said, form.status)


def _added(at: Visit, thing: models.Pilot, name: str, form: Asking, write: Callable[..., Any]) -> HttpResponse:
    """What a small form of the pilot's page added; or the page again, with what is wrong beside it."""
    if made := tried(at, thing, form, write):
        return at.to(f"desk/pilots/{thing.pk}", KEPT, what=str(made))
    return pilot_page(at, thing, form.status, forms={name: form})


@require_POST
@visit
def take_part(at: Visit, number: int) -> HttpResponse:
    """Take an organisation in."""
    thing = _mine(at, number, "take part")
    form = Part(at.sent, speech=at.speech, houses=Organisation.objects.order_by("name"), auto_id="part_%s")
    return _added(at, thing, "part", form, lambda **said: writes.take_part(at.person, thing, **said).organisation)


@require_POST
@visit
def fund(at: Visit, number: int) -> HttpResponse:
    """Enter money."""
    thing = _mine(at, number, "fund pilot")
    form = Money(at.sent, speech=at.speech, auto_id="money_%s")
    return _added(at, thing, "money", form, lambda **said: writes.fund(at.person, thing, **said).source)


@require_POST
@visit
def book(at: Visit, number: int) -> HttpResponse:
    """Have a testbed for some days."""
    thing = _mine(at, number, "book testbed")
    form = BookingForm(at.sent, reading=at.reading, speech=at.speech, auto_id="booking_%s")
    return _added(at, thing, "booking", form, lambda **said: writes.book(at.person, pilot=thing, **said).testbed)


@require_POST
@visit
def take_out(at: Visit, number: int, what: str, row: int) -> HttpResponse:
    """Take an organisation out, or strike money."""
    thing = _mine(at, number, "take no part" if what == "parties" else "strike funding")
    at.only(thing)
    line = (thing.parties if what == "parties" else thing.funding).filter(pk=row).first()
    if line is None:
        raise Gone
    called = line.organisation.name if isinstance(line, models.Party) else line.source
    if isinstance(line, models.Party):
        writes.take_no_part(at.person, line)
    else:
        writes.strike(at.person, line)
    return at.to(f"desk/pilots/{number}", OUT, what=called)


@require_http_methods(["GET", "POST"])
@visit
def protocol(at: Visit, number: int) -> HttpResponse:
    """Write the protocol, until it is frozen."""
    thing = _mine(at, number, "write protocol")
    held = getattr(thing, "protocol", None)
    if held and held.frozen_at:
        if at.posted:
            writes.write_protocol(at.person, thing)  # it refuses, and the trail keeps that
        return at.to(f"desk/pilots/{number}/amend")
    initial = {name: getattr(held, name) for name in WRITTEN} if held else _usual(at)
    form = ProtocolForm(at.sent, initial=initial, reading=at.reading, speech=at.speech)
    if at.posted and tried(at, held or thing, form, lambda **said: writes.write_protocol(at.person, thing, **said)) is not None:
        return at.to(f"desk/pilots/{number}", KEPT, what=at.speech.say("the protocol"))
    lead = at.speech.say(PROMISES)
    return _form(at, form, at.speech.say("The protocol of “{pilot}”", pilot=thing.title), at.speech.say("Keep"), number, lead)


def _usual(at: Visit) -> dict[str, Any]:
    """What a new protocol may begin with: the window effect, the last eight weeks that are published as the time before, per cent."""
    span = at.reading.days()
    return {"unit": "%", "method": "window"} | ({"before_first": span[1] - timedelta(days=55), "before_last": span[1]} if span else {})


@require_POST
@visit
def least(at: Visit, number: int) -> HttpResponse:
    """Compute the least effect that the pilot could see."""
    thing = _mine(at, number, "compute least effect")
    at.only(thing)
    if not hasattr(thing, "protocol"):
        return _sorry(at, thing, "least", Unfit(evaluating.NOT_WRITTEN))
    if thing.protocol.frozen_at:
        writes.write_protocol(at.person, thing)  # it refuses
    try:
        evaluating.least_effect(thing, at.person)
    except Unfit as why:
        return _sorry(at, thing, "least", why)
    return at.to(f"desk/pilots/{number}", COMPUTED)


@require_http_methods(["GET", "POST"])
@visit
def freeze(at: Visit, number: int) -> HttpResponse:
    """Show what will be frozen, with its digest, and ask once more."""
    thing = found(at, "pilot", number, "freeze protocol")
    at.allow(may.may_freeze(at.person, at.city), thing, "freeze protocol")
    held = getattr(thing, "protocol", None)
    if held is None:
        raise Unfit(rules.MISSING, what=Words(rules.CALLED.values()))
    at.only(held, "seen")
    digest, wrong, status = sha256(held.promise()), "", 200
    if at.posted:
        try:
            writes.freeze(at.person, thing, seen=at.request.POST.get("seen", ""))
        except (Unfit, Refused) as why:
            if why.message == moves.MAY_NOT:
                raise
            wrong, status = why.said(at.speech), 403 if isinstance(why, Refused) else 400
        else:
            return at.public("pilot", number)
    elif held.frozen_at:
        return at.to(f"desk/pilots/{number}")
    missing = [at.speech.say(said) for name, said in rules.CALLED.items() if getattr(held, name) in (None, "")]
    context = {"thing": thing, "protocol": held, "promised": promised(at, held), "digest": digest, "wrong": wrong}
    context |= {"leaning": _leaning(at, held), "clock": at.reading.city.clock}
    return at.page("freeze", context | {"missing": missing, "words": words}, status)


@require_http_methods(["GET", "POST"])
@visit
def amend(at: Visit, number: int) -> HttpResponse:
    """Set a deviation beside a frozen protocol: first which field, then what, in words, and why."""
    thing = found(at, "pilot", number, "amend protocol")
    at.allow(may.may_amend(at.person, at.city), thing, "amend protocol")
    held, field = getattr(thing, "protocol", None), at.request.GET.get("field", "")
    if held is None or not held.frozen_at:
        raise Unfit(rules.NOT_YET_FROZEN)
    settled = rules.settled(held)
    if field not in WRITTEN or (field in settled and not at.posted):
        said = held.in_force()
        rows = [
            (n, called(n, at.speech), shown(n, said[n], at.reading, at.speech), at.speech.say(settled.get(n, "")))
            for n in WRITTEN
            if n not in ("may_peek", "peek_why")
        ]
        return at.page("amend", {"thing": thing, "rows": rows})
    form = Amending(at.sent, initial={field: held.in_force()[field]}, reading=at.reading, speech=at.speech, only=field)
    if at.posted and tried(at, held, form, lambda **said: writes.amend(at.person, held, **said)) is not None:
        return at.public("pilot", number)
    lead = at.speech.say("The frozen protocol stays as it is. What you set beside it is public, with your reason and the day.")
    return _form(at, form, at.speech.say("Amend: {field}", field=called(field, at.speech)), at.speech.say("Set it beside"), number, lead)


@require_POST
@visit
def evaluate(at: Visit, number: int) -> HttpResponse:
    """Have what the pilot did computed, and kept."""
    thing = found(at, "pilot", number, "evaluate")
    at.allow(may.may_evaluate(at.person, at.city), thing, "evaluate")
    at.only(thing)
    held = getattr(thing, "protocol", None)
    if held is None or not held.frozen_at:
        return _sorry(at, thing, "evaluate", Unfit(rules.NOT_YET_FROZEN))
    try:
        before = thing.evaluations.first()
        again = writes.evaluate(thing, evaluating.evaluate(thing), by=at.person) == before
    except Unfit as why:
        return _sorry(at, thing, "evaluate", why)
    return at.to(f"desk/pilots/{number}", AGAIN if again else EVALUATED)


@require_GET
@visit
def evaluation(at: Visit, number: int) -> HttpResponse:
    """What a pilot was found to have done, on its page; to machines in full. Who may not read it yet is refused, and in the trail."""
    told = models.Evaluation.objects.filter(pk=number, pilot__city=at.city).first()
    if told is None:
        raise Gone
    told = reads.evaluation(number, at.person)
    if not at.as_json:
        return at.to(f"desk/pilots/{told.pilot_id}#evaluation-{number}")
    same = ("verdict", "estimate", "low", "high", "unit", "p", "method", "not_evaluable", "interim", "amendments", "as_of")
    return at.twin(Told, Told(**{name: getattr(told, name) for name in same}, frame=at.frame(), pilot=told.pilot_id, status=told.status))


@require_POST
@visit
def decide(at: Visit, number: int, evaluation: int) -> HttpResponse:
    """Say what follows from an evaluation."""
    thing = found(at, "pilot", number, "decide next step")
    told = found(at, "evaluation", evaluation, "decide next step")
    if told.pilot_id != thing.pk:
        raise gone(at, told, "decide next step")
    at.allow(may.may_publish_evaluation(at.person, at.city), told, "decide next step")
    form = Decision(at.sent, speech=at.speech)
    if tried(at, told, form, lambda **said: writes.decide(at.person, told, **said)) is not None:
        return at.public("pilot", number)
    return pilot_page(at, thing, form.status, decision=form)


def _sorry(at: Visit, thing: models.Pilot, what: str, why: Letter) -> HttpResponse:
    """The pilot's page, with the letter beside what was asked."""
    return pilot_page(at, thing, 400, wrong={what: why.said(at.speech)})
