"""My desk: in one city, what I began, what waits for me, and what I may begin. A dataclass, shown twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show.language import marked as _
from pulso.web.innovation import clock
from pulso.web.innovation.desk.things import place
from pulso.web.innovation.desk.visits import Visit
from pulso.web.innovation.models import Challenge, Evaluation, Pilot, Practice
from pulso.web.pages.frame import Frame
from pulso.web.people import may
from pulso.web.people.models import Organisation, Person

FINISH = _("A draft: write it on, or have it opened.")
OPEN = _("A draft that waits to be opened.")
WRITE = _("A draft: its protocol is to be written and frozen before its window.")
FREEZE = _("Its protocol waits to be frozen, before {day}.")
LATE = _("Its window began on {day}, and its protocol was not frozen.")
EVALUATE = _("Its window is over: have it evaluated.")
PUBLISH = _("Its evaluation waits to be published, whatever it says.")
DECIDE = _("Its evaluation is published: say what follows.")
CLOSE = _("It is decided: close it.")
OFFER = _("A card that is not offered yet.")
OFFERED = 20
"""So many of other cities' practices stand on a desk; the page of practices has them all."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits for whoever asks."""

    noun: str = Field(description="what it is: challenge, pilot, practice")
    number: int = Field(description="its number")
    title: str = Field(description="what it is called")
    what: str = Field(description="what it waits for")
    until: date | None = Field(description="the day before which it is to be done; null where there is none")
    at: str = Field(description="where it is done")


@dataclass(frozen=True)
class Offer:
    """A practice that another city offers."""

    number: int = Field(description="its number")
    title: str = Field(description="what it is called")
    city: str = Field(description="the city that offers it")
    at: str = Field(description="where it is adopted")


@dataclass(frozen=True)
class Mine:
    """What whoever asks has to do in a city, and may do."""

    frame: Frame = Field(description="what every page of a city carries")
    may_open_challenge: bool = Field(description="whether whoever asks may write a challenge")
    may_edit_pilot: bool = Field(description="whether whoever asks may write a pilot")
    may_offer_testbed: bool = Field(description="whether whoever asks may say what the city offers to try things on")
    waiting: tuple[Waiting, ...] = Field(description="what waits for them, what has a day first")
    offers: tuple[Offer, ...] = Field(description="practices of other cities that they may adopt here: the latest twenty")


def houses(person: Person, city: str) -> list[Organisation]:
    """The organisations for which somebody may write here: all by those who act in the city, else those that they act for."""
    known = Organisation.objects.order_by("name")
    if may.may_open_challenge(person, city):
        return list(known)
    return list(known.filter(roles__person=person, roles__kind__in=may.ACTING).distinct())


def mine(at: Visit) -> Mine:
    """Lay it out."""
    some = houses(at.person, at.city)
    found = sorted(_waiting(at), key=lambda w: (w.until is None, w.until or date.max, w.noun, w.number))
    return Mine(
        frame=at.frame(),
        may_open_challenge=may.may_open_challenge(at.person, at.city, some),
        may_edit_pilot=may.may_edit_pilot(at.person, at.city, some),
        may_offer_testbed=may.may_offer_testbed(at.person, at.city),
        waiting=tuple(found),
        offers=tuple(_offers(at)) if may.may_adopt(at.person, at.city) else (),
    )


def _waiting(at: Visit) -> Iterator[Waiting]:
    person, city = at.person, at.city
    opens, offers = may.may_publish_challenge(person, city), may.may_offer_practice(person, city)
    for challenge in Challenge.objects.filter(city=city, status="draft").select_related("organisation"):
        if opens or challenge.author_id == person.pseudonym or may.may_open_challenge(person, city, challenge.houses):
            yield _row(at, challenge, OPEN if opens else FINISH)
    freezes, evaluates, publishes = may.may_freeze(person, city), may.may_evaluate(person, city), may.may_publish_evaluation(person, city)
    for pilot in Pilot.objects.filter(city=city).exclude(status__in=("closed", "stopped")).select_related("protocol"):
        yield from _of(at, pilot, freezes=freezes, evaluates=evaluates, publishes=publishes)
    if offers:
        for practice in Practice.objects.filter(pilot__city=city, status="draft").select_related("pilot"):
            yield _row(at, practice, OFFER)


def _of(at: Visit, pilot: Pilot, *, freezes: bool, evaluates: bool, publishes: bool) -> Iterator[Waiting]:
    """What a pilot waits for, by whoever asks."""
    last: Evaluation | None = pilot.evaluations.filter(interim=False).first()
    protocol = getattr(pilot, "protocol", None)
    if pilot.status == Pilot.Status.DRAFT:
        if not (freezes or may.may_edit_pilot(at.person, at.city, pilot.houses)):
            return
        day = protocol.window_first if protocol else None
        if day and day <= clock.today(at.city):
            yield _row(at, pilot, LATE, day=day)
        elif day and freezes and protocol and protocol.mde is not None:
            yield _row(at, pilot, FREEZE, until=day, day=day)
        else:
            yield _row(at, pilot, WRITE, until=day)
    elif pilot.status == Pilot.Status.AWAITING and evaluates and not last:
        yield _row(at, pilot, EVALUATE)
    elif last and publishes and not last.published_at:
        yield _row(at, pilot, PUBLISH)
    elif last and publishes and last.published_at and not last.next_step:
        yield _row(at, pilot, DECIDE)
    elif last and publishes and pilot.status == Pilot.Status.EVALUATED:
        yield _row(at, pilot, CLOSE)


def _row(at: Visit, thing: Any, message: str, *, until: date | None = None, day: date | None = None) -> Waiting:
    noun = thing._meta.model_name
    said = at.speech.say(message, **({"day": at.speech.day(day, "long")} if day else {}))
    return Waiting(noun, thing.pk, thing.title, said, until, f"{at.base}/desk/{noun}s/{thing.pk}")


def _offers(at: Visit) -> Iterator[Offer]:
    found = Practice.objects.filter(status="offered").exclude(pilot__city=at.city).select_related("pilot")
    for practice in found.exclude(adoptions__city=at.city)[:OFFERED]:
        yield Offer(practice.pk, practice.title, place(practice.city), f"{at.base}/desk/practices/{practice.pk}/adopt")
