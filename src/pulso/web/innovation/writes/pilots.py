"""What is done to pilots, their parties and their money."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pulso.show.language import marked as _
from pulso.web.innovation import clock, declaring, states
from pulso.web.innovation.letters import Unfit, Word
from pulso.web.innovation.models import Challenge, FundingLine, Party, Pilot, Protocol
from pulso.web.innovation.moves import allow, move, recorded, subject, told
from pulso.web.innovation.writes import checks
from pulso.web.people import may
from pulso.web.people.models import Organisation, Person
from pulso.web.people.trail import note

FIELDS = ("challenge", "title", "text", "cost", "data_protection")
OVER = (Pilot.Status.CLOSED, Pilot.Status.STOPPED)
ELSEWHERE = _("The challenge is of another city.")
HIDDEN = _("The challenge is not open.")
IS_OVER = _("The pilot is {now}: nothing of it changes any more.")
NOT_CENTS = _("Money is a whole number of cents, more than nothing; found {found}.")
NOT_EUROS = _("Money is in euros; found {found}.")
ONE_LEADS = _("A pilot is led by one organisation, from its beginning to its end.")
TAKES_PART = _("{name} takes part already.")


@recorded
def draft_pilot(by: Person, city: str, lead: Organisation, **fields: Any) -> Pilot:
    """Write a pilot, led by an organisation. UnknownCity; Unfit for a challenge of another city."""
    now = clock.now(city)
    checks.only(by, Pilot(city=city), fields, FIELDS)
    made = Pilot(city=city, author=by, created_at=now, since=now, **fields)
    allow(may.may_edit_pilot(by, city, [lead]), by, made, "draft pilot")
    _check(made)
    checks.keep(by, "draft pilot", made)
    Party.objects.create(pilot=made, organisation=lead, part=Party.Part.LEAD)
    note(by, "take part", subject(made), None, {"organisation": lead.pk, "part": Party.Part.LEAD}, city=city)
    return made


@recorded
def change_pilot(by: Person, pilot: Pilot, **fields: Any) -> Pilot:
    """Say it differently, until it is closed or stopped. Its promise is its protocol's, and frozen with that.

    Refused, and kept in the trail, where an effect is typed into it once it was promised.
    """
    checks.only(by, pilot, fields, FIELDS)
    before = told(_mine(by, pilot, "change pilot"))
    for name, value in fields.items():
        setattr(pilot, name, value)
    _check(pilot, before["challenge_id"])
    if Protocol.objects.filter(pilot=pilot, frozen_at__isnull=False).exists():  # it stands beside its result from then on
        checks.untyped(by, pilot, pilot.title, pilot.text, but=f"{before['title']}\n{before['text']}")
    checks.keep(by, "change pilot", pilot, before)
    declaring.soon(pilot.city)
    return pilot


@recorded
def take_part(by: Person, pilot: Pilot, organisation: Organisation, part: str) -> Party:
    """Take an organisation in as a company, a university or a partner. Unfit for one that takes part, or another lead."""
    _mine(by, pilot, "take part")
    if part == Party.Part.LEAD:
        raise Unfit(ONE_LEADS)
    if pilot.parties.filter(organisation=organisation).exists():
        raise Unfit(TAKES_PART, name=organisation.name)
    made = Party(pilot=pilot, organisation=organisation, part=part)
    made.full_clean()
    made.save()
    note(by, "take part", subject(pilot), None, {"organisation": organisation.pk, "part": part}, city=pilot.city)
    return made


@recorded
def take_no_part(by: Person, party: Party) -> None:
    """Take an organisation out. Unfit for the lead."""
    pilot = _mine(by, party.pilot, "take no part")
    if party.part == Party.Part.LEAD:
        raise Unfit(ONE_LEADS)
    note(by, "take no part", subject(pilot), {"organisation": party.organisation_id, "part": party.part}, None, city=pilot.city)
    party.delete()


@recorded
def fund(by: Person, pilot: Pilot, *, cents: int, source: str, state: str, currency: str = "EUR") -> FundingLine:
    """Enter money: planned, committed or paid. What becomes of planned money is a line of its own."""
    _mine(by, pilot, "fund pilot")
    if not _whole(cents) or cents == 0:
        raise Unfit(NOT_CENTS, found=cents)
    if currency != "EUR":
        raise Unfit(NOT_EUROS, found=currency)
    made = FundingLine(pilot=pilot, cents=cents, source=source, state=state)
    checks.keep(by, "fund pilot", made)
    return made


@recorded
def strike(by: Person, line: FundingLine) -> None:
    """Strike a line out; the trail keeps that it stood."""
    _mine(by, line.pilot, "strike funding")
    note(by, "strike funding", subject(line), told(line), None, city=line.city)
    line.delete()


def advance(city: str) -> Counter[str]:
    """What the machine does of itself: begin the pilots of a city whose window has begun, end those whose window has. How many of each."""
    done: Counter[str] = Counter()
    for step in states.of("pilot"):
        if step.action not in ("run pilot", "await evaluation"):
            continue
        for pilot in Pilot.objects.filter(city=city, status=step.now).select_related("protocol"):
            if not any(need(pilot) for need in step.needs):
                move(pilot, step.to, None)
                done[step.to] += 1
    return done


def _mine(by: Person, pilot: Pilot, rule: str) -> Pilot:
    """The pilot as it stands, held; Refused for whoever may not edit it, Unfit where it is over."""
    Pilot.objects.select_for_update().get(pk=pilot.pk)
    pilot.refresh_from_db()
    allow(may.may_edit_pilot(by, pilot.city, pilot.houses), by, pilot, rule)
    if pilot.status in OVER:
        raise Unfit(IS_OVER, now=Word(states.CALLED[pilot.status]))
    return pilot


def _check(pilot: Pilot, answered: int | None = None) -> None:
    """`answered` is the challenge that it answers already, which may have been closed meanwhile."""
    if pilot.cost is not None and not _whole(pilot.cost):
        raise Unfit(NOT_CENTS, found=pilot.cost)
    if pilot.challenge and pilot.challenge.city != pilot.city:
        raise Unfit(ELSEWHERE)
    if pilot.challenge and pilot.challenge_id != answered and pilot.challenge.status in (Challenge.Status.DRAFT, Challenge.Status.CLOSED):
        raise Unfit(HIDDEN)


def _whole(cents: object) -> bool:
    return isinstance(cents, int) and not isinstance(cents, bool) and cents >= 0
