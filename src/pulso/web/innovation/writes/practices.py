"""What is done to practices, and how another city adopts one. They are offered and withdrawn by `move`."""

from __future__ import annotations

from typing import Any

from pulso.show.language import marked as _
from pulso.web.innovation import clock
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Adoption, Pilot, Practice, Protocol
from pulso.web.innovation.moves import allow, recorded, told
from pulso.web.innovation.writes import checks
from pulso.web.people import may
from pulso.web.people.models import Person

FIELDS = ("title", "text")
ONE_CARD = _("The pilot has its card already.")
NOT_OFFERED = _("The practice is not offered.")
ANOTHER_CITY = _("A practice is adopted by another city than the one that offers it.")
ITS_OWN = _("An adoption has a pilot of its own, of the city that adopts, and of no other adoption.")
TOO_LATE = _("The pilot's window began on {first}: a practice is adopted before that, not once anybody can know what came of it.")


@recorded
def write_practice(by: Person, pilot: Pilot, **fields: Any) -> Practice:
    """Write the card of a pilot, a draft until it is offered. Refused, and kept in the trail, where an effect is typed into it."""
    now = clock.now(pilot.city)
    checks.only(by, Practice(pilot=pilot), fields, FIELDS)
    Pilot.objects.select_for_update().get(pk=pilot.pk)  # of two who write at once, one sees the other's
    made = Practice(pilot=pilot, author=by, created_at=now, since=now, **fields)
    allow(may.may_offer_practice(by, pilot.city), by, made, "write practice")
    if Practice.objects.filter(pilot=pilot).exists():
        raise Unfit(ONE_CARD)
    checks.untyped(by, made, made.title, made.text)
    checks.keep(by, "write practice", made)
    return made


@recorded
def change_practice(by: Person, practice: Practice, **fields: Any) -> Practice:
    """Say it differently. Refused as above."""
    checks.only(by, practice, fields, FIELDS)
    Practice.objects.select_for_update().get(pk=practice.pk)
    practice.refresh_from_db()
    before = told(practice)
    allow(may.may_offer_practice(by, practice.city), by, practice, "change practice")
    for name, value in fields.items():
        setattr(practice, name, value)
    checks.untyped(by, practice, practice.title, practice.text)
    checks.keep(by, "change practice", practice, before)
    return practice


@recorded
def adopt(by: Person, practice: Practice, pilot: Pilot) -> Adoption:
    """Have another city adopt a practice, with a pilot of its own.

    Refused, and kept in the trail, for a practice of the very city: it would bear itself out. Unfit for one that isn't offered, and for a
    pilot that stands for another adoption, or whose window has begun: what is pooled must not be chosen by what it found.
    """
    for held in (Practice.objects.filter(pk=practice.pk), Pilot.objects.filter(pk=pilot.pk)):
        held.select_for_update().get()
    practice.refresh_from_db()
    made = Adoption(practice=practice, pilot=pilot, city=pilot.city, author=by, at=clock.now(pilot.city))
    allow(may.may_adopt(by, pilot.city), by, made, "adopt practice")
    if pilot.city == practice.city:
        raise Refused(by, made, "adopt one's own practice", ANOTHER_CITY)
    if practice.status != Practice.Status.OFFERED:
        raise Unfit(NOT_OFFERED)
    if Adoption.objects.filter(pilot=pilot).exists():
        raise Unfit(ITS_OWN)
    protocol = Protocol.objects.filter(pilot=pilot, frozen_at__isnull=False).first()
    if protocol and (first := protocol.in_force()["window_first"]) <= clock.today(pilot.city):
        raise Unfit(TOO_LATE, first=first)
    checks.keep(by, "adopt practice", made)
    return made
