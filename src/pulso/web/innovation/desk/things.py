"""What stands on the desk: a thing by its number, for whoever may see it, and the steps that they may take with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.innovation import reads, states
from pulso.web.innovation.desk.visits import Gone, Visit
from pulso.web.innovation.letters import Refused
from pulso.web.innovation.models import Booking, Challenge, Comment, Evaluation, Pilot, Practice
from pulso.web.innovation.moves import MAY_NOT, keep
from pulso.web.pages.frame import Frame
from pulso.web.people import may
from pulso.web.people.models import Person
from pulso.web.readings import cities, reading

NOUNS: dict[str, type[Any]] = {
    "challenge": Challenge,
    "comment": Comment,
    "pilot": Pilot,
    "booking": Booking,
    "evaluation": Evaluation,
    "practice": Practice,
}
DONE_BY = {
    "open challenge": _("Open it to all"),
    "take challenge up": _("Say that a pilot takes it up"),
    "solve challenge": _("Say that it is solved"),
    "close challenge": _("Close it"),
    "reopen challenge": _("Open it again"),
    "hide comment": _("Hide it"),
    "run pilot": _("Say that it has begun"),
    "await evaluation": _("Say that its window has ended"),
    "finish evaluation": _("Say that it is evaluated"),
    "close pilot": _("Close the pilot"),
    "stop pilot": _("Stop the pilot"),
    "cancel booking": _("Cancel it"),
    "publish evaluation": _("Publish it, whatever it says"),
    "offer practice": _("Offer it to other cities"),
    "withdraw practice": _("Withdraw the practice"),
}
"""By the action of a step, what its button says. A protocol is frozen on a page of its own."""


@dataclass(frozen=True)
class Step:
    """What a thing can become, by whoever asks."""

    to: str = Field(description="what it becomes")
    called: str = Field(description="what its button says")
    why: bool = Field(description="whether it needs a reason")
    missing: str = Field(description="what it waits for; empty where nothing")


@dataclass(frozen=True)
class Card:
    """A thing on the desk, for machines."""

    frame: Frame = Field(description="what every page of a city carries")
    noun: str = Field(description="what it is")
    number: int = Field(description="its number")
    title: str = Field(description="what it is called")
    text: str = Field(description="what it says")
    status: str = Field(description="what has become of it")
    steps: tuple[Step, ...] = Field(description="what whoever asks may make of it")


def place(city: str) -> str:
    """A city's name; its slug where this site shows it no more."""
    return reading(city).city.city.name if city in cities() else city


@dataclass(frozen=True)
class Told:
    """An evaluation on the desk, for machines: published or not."""

    frame: Frame = Field(description="what every page of a city carries")
    pilot: int = Field(description="the pilot's number")
    status: str = Field(description="what has become of it")
    verdict: str = Field(description="what may be said; empty where it could not be evaluated")
    estimate: float | None = Field(description="its effect, in the unit; null where there is none")
    low: float | None = Field(description="the lower end of the 95% interval")
    high: float | None = Field(description="the upper end of the 95% interval")
    unit: str = Field(description="points or %")
    p: float | None = Field(description="share of placebos at least as large")
    method: str = Field(description="how it was computed")
    not_evaluable: str = Field(description="why it could not be evaluated; empty where it was")
    interim: bool = Field(description="whether the window had not ended")
    amendments: int = Field(description="how many amendments the protocol had at that time")
    as_of: datetime = Field(description="from the series as published then, UTC")


def found(at: Visit, noun: str, number: int, rule: str = "") -> Any:
    """A thing of the city. Gone where there is none, or it isn't for whoever asks; what they sent to it leaves a step of the trail."""
    thing = NOUNS[noun].objects.filter(pk=number).first()
    if thing and not (thing.city == at.city and seen_by(at.person, thing)):
        raise gone(at, thing, rule or f"change {noun}")
    if thing is None:
        raise Gone
    return thing


def gone(at: Visit, thing: Model, rule: str) -> Gone:
    """For a thing that isn't for whoever asks, or isn't where they ask for it: no page of ours sends anything there."""
    if at.posted:
        keep(Refused(at.person, thing, rule, MAY_NOT))
    return Gone()


def seen_by(person: Person, thing: Any) -> bool:
    """Whether somebody may see a thing: all that is shown, and drafts by those who may do something with them."""
    if isinstance(thing, Comment):
        return seen_by(person, thing.challenge)
    if isinstance(thing, Booking):
        return seen_by(person, thing.pilot)
    if isinstance(thing, Challenge):
        return bool(reads.opened([thing])) or may.may_open_challenge(person, thing.city, thing.houses)
    if isinstance(thing, Pilot):
        return thing.status != "draft" or may.may_read_evaluation(person, thing.city, thing.everyone)
    if isinstance(thing, Evaluation):
        return bool(thing.published_at) or may.may_read_evaluation(person, thing.city, thing.houses)
    return thing.status != "draft" or may.may_offer_practice(person, thing.city)


def steps(thing: Any, person: Person, speech: Speech) -> tuple[Step, ...]:
    """The steps that somebody may take with a thing now, in order, each with what it still waits for."""
    made = []
    for row in states.of(thing._meta.model_name):
        if row.now == thing.status and row.action in DONE_BY and row.may(person, thing.city, thing.houses):
            missing = next(filter(None, (need(thing) for need in row.needs)), None)
            made.append(Step(row.to, speech.say(DONE_BY[row.action]), row.why, missing.said(speech) if missing else ""))
    return tuple(made)


def card(at: Visit, thing: Any) -> Card:
    """A thing as machines have it."""
    said = at.frame(), thing._meta.model_name, thing.pk, thing.title, thing.text, thing.status
    return Card(*said, steps=steps(thing, at.person, at.speech))
