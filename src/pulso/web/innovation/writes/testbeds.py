"""What is done to testbeds and their bookings."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from pulso.show.language import marked as _
from pulso.web.innovation import clock
from pulso.web.innovation.letters import Unfit
from pulso.web.innovation.models import Booking, Pilot, Testbed
from pulso.web.innovation.moves import allow, recorded, told
from pulso.web.innovation.writes import checks
from pulso.web.people import may
from pulso.web.people.models import Person

FIELDS = ("kind", "name", "zone", "conditions", "contact", "bookable", "exclusive")
NOT_BOOKABLE = _("{name} can't be booked here: ask {contact}.")
TAKEN = _("{name} is taken from {first} to {last}.")
BACKWARDS = _("The last day is before the first.")
PAST = _("{first} is over; in the city it is {today}.")
ELSEWHERE = _("The testbed is of another city.")
SHARED = _("Pilots have it on the same days: it can't be for one alone.")
IS_OVER = _("The pilot is over: it books nothing any more.")


@recorded
def offer_testbed(by: Person, city: str, **fields: Any) -> Testbed:
    """Say what the city offers. UnknownCity; Unfit for a zone that it has not."""
    clock.today(city)
    checks.only(by, Testbed(city=city), fields, FIELDS)
    made = Testbed(city=city, **fields)
    allow(may.may_offer_testbed(by, city), by, made, "offer testbed")
    checks.zones(city, [made.zone] if made.zone else [])
    checks.keep(by, "offer testbed", made)
    return made


@recorded
def change_testbed(by: Person, testbed: Testbed, **fields: Any) -> Testbed:
    """Say it differently. Unfit where it would be for one pilot alone, and two have it on the same days."""
    checks.only(by, testbed, fields, FIELDS)
    _lock(testbed)
    before = told(testbed)
    allow(may.may_offer_testbed(by, testbed.city), by, testbed, "change testbed")
    for name, value in fields.items():
        setattr(testbed, name, value)
    checks.zones(testbed.city, [testbed.zone] if testbed.zone else [])
    if testbed.exclusive and not before["exclusive"] and _overlapping(testbed):
        raise Unfit(SHARED)
    checks.keep(by, "change testbed", testbed, before)
    return testbed


@recorded
def book(by: Person, testbed: Testbed, pilot: Pilot, first: date, last: date) -> Booking:
    """Have a testbed for a pilot on some days, both included. Unfit where it is taken; the database refuses it too."""
    _lock(testbed)
    made = Booking(testbed=testbed, pilot=pilot, first=first, last=last, author=by)
    allow(may.may_edit_pilot(by, pilot.city, pilot.houses), by, made, "book testbed")
    _check(made)
    others = testbed.bookings.filter(cancelled_at=None, first__lte=last, last__gte=first)
    if testbed.exclusive and (other := others.first()):
        raise Unfit(TAKEN, name=testbed.name, first=other.first, last=other.last)
    checks.keep(by, "book testbed", made)
    return made


def _check(booking: Booking) -> None:
    testbed, pilot, day = booking.testbed, booking.pilot, clock.today(booking.testbed.city)
    if testbed.city != pilot.city:
        raise Unfit(ELSEWHERE)
    if pilot.status in (Pilot.Status.CLOSED, Pilot.Status.STOPPED):
        raise Unfit(IS_OVER)
    if not testbed.bookable:
        raise Unfit(NOT_BOOKABLE, name=testbed.name, contact=testbed.contact or "–")
    if booking.last < booking.first:
        raise Unfit(BACKWARDS)
    if booking.first < day:
        raise Unfit(PAST, first=booking.first, today=day)


def _lock(testbed: Testbed) -> None:
    Testbed.objects.select_for_update().get(pk=testbed.pk)
    testbed.refresh_from_db()


def _overlapping(testbed: Testbed) -> bool:
    days = list(testbed.bookings.filter(cancelled_at=None).order_by("first").values_list("first", "last"))
    return any(later[0] <= earlier[1] for earlier, later in pairwise(days))
