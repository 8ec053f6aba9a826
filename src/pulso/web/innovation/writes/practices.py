"""What is done to practices, and how another city adopts one. They are offered and withdrawn by `move`."""

from __future__ import annotations

import re
from typing import Any

from pulso.show.language import marked as _
from pulso.web.innovation import clock
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Adoption, Pilot, Practice
from pulso.web.innovation.moves import allow, recorded, told
from pulso.web.innovation.writes import checks
from pulso.web.people import may
from pulso.web.people.models import Person

FIELDS = ("title", "text")
EFFECT = re.compile(r"\d\s*(?:%|‰|per\s?cent\b|por\s+cento\b|percent|pontos\b|points?\b|p\.\s?p\.|pp\b)", re.IGNORECASE)
"""What an effect looks like where somebody types it."""
NOT_TYPED = _("A practice has no typed effects: its numbers are those of its pilot's evaluation. Found: {found}.")
ONE_CARD = _("The pilot has its card already.")
NOT_OFFERED = _("The practice is not offered.")
ANOTHER_CITY = _("A practice is adopted by another city than the one that offers it.")
ITS_OWN = _("An adoption has a pilot of its own, of the city that adopts, and of no other adoption.")


@recorded
def write_practice(by: Person, pilot: Pilot, **fields: Any) -> Practice:
    """Write the card of a pilot, a draft until it is offered. Refused, and kept in the trail, where an effect is typed into it."""
    now = clock.now(pilot.city)
    checks.only(fields, FIELDS)
    made = Practice(pilot=pilot, author=by, created_at=now, since=now, **fields)
    allow(may.may_offer_practice(by, pilot.city), by, made, "write practice")
    if Practice.objects.filter(pilot=pilot).exists():
        raise Unfit(ONE_CARD)
    _untyped(by, made)
    checks.keep(by, "write practice", made)
    return made


@recorded
def change_practice(by: Person, practice: Practice, **fields: Any) -> Practice:
    """Say it differently. Refused as above."""
    checks.only(fields, FIELDS)
    Practice.objects.select_for_update().get(pk=practice.pk)
    practice.refresh_from_db()
    before = told(practice)
    allow(may.may_offer_practice(by, practice.city), by, practice, "change practice")
    for name, value in fields.items():
        setattr(practice, name, value)
    _untyped(by, practice)
    checks.keep(by, "change practice", practice, before)
    return practice


@recorded
def adopt(by: Person, practice: Practice, pilot: Pilot) -> Adoption:
    """Have another city adopt a practice, with a pilot of its own. Unfit for one that isn't offered, its own city, another's pilot."""
    practice.refresh_from_db()
    made = Adoption(practice=practice, pilot=pilot, city=pilot.city, author=by, at=clock.now(pilot.city))
    allow(may.may_adopt(by, pilot.city), by, made, "adopt practice")
    if practice.status != Practice.Status.OFFERED:
        raise Unfit(NOT_OFFERED)
    if pilot.city == practice.city:
        raise Unfit(ANOTHER_CITY)
    if Adoption.objects.filter(pilot=pilot).exists() or pilot.pk == practice.pilot_id:
        raise Unfit(ITS_OWN)
    checks.keep(by, "adopt practice", made)
    return made


def _untyped(by: Person, practice: Practice) -> None:
    for text in (practice.title, practice.text):
        if found := EFFECT.search(text):
            raise Refused(by, practice, "type an effect", NOT_TYPED, found=text[max(found.start() - 10, 0) : found.end()].strip())
