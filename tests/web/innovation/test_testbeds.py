"""What the city offers to try things on: booked by one pilot at a time, where it is for one."""

from __future__ import annotations

from datetime import date
from itertools import product
from threading import Barrier, Thread
from time import sleep

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from pulso.web.innovation import reads, writes
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Booking, Testbed
from pulso.web.people.models import Step

pytestmark = pytest.mark.django_db


def april(day):
    return date(2025, 4, day)


@pytest.fixture
def street(boss) -> Testbed:
    return writes.offer_testbed(boss, "vila", kind="street", name="Rua Nova", zone="north", conditions="Quiet at night.", contact="Works")


def test_the_city_offers_what_it_has(street, boss, person, acme):
    assert reads.testbeds("vila") == [street]
    assert reads.testbeds("aldeia") == []
    with pytest.raises(Unfit, match="no zone east"):
        writes.offer_testbed(boss, "vila", kind="fibre", name="Ring", zone="east")
    with pytest.raises(Refused, match="takes a role"):
        writes.offer_testbed(person("ana", "administrator", organisation=acme), "vila", kind="fibre", name="Ring")
    assert (Step.objects.first().subject, Step.objects.first().fields) == ("testbed:new", ["offer testbed"])


@pytest.mark.parametrize(("first", "last"), [p for p in product(range(8, 15), repeat=2) if p[0] <= p[1]])
def test_two_pilots_never_have_it_on_one_day(street, pilot, boss, first, last):
    writes.book(boss, street, pilot, april(10), april(12))
    free = last < 10 or first > 12
    raw = {"testbed": street, "pilot": pilot, "first": april(first), "last": april(last)}
    if free:
        assert writes.book(boss, street, pilot, april(first), april(last)).status == "booked"
        return
    with pytest.raises(Unfit, match="Rua Nova is taken from 10 Apr 2025 to 12 Apr 2025"):
        writes.book(boss, street, pilot, april(first), april(last))
    with pytest.raises(DatabaseError, match="taken on these days"), transaction.atomic():
        Booking.objects.create(**raw)


def test_nor_by_moving_a_booking_nor_by_taking_back_that_it_was_cancelled(street, pilot, boss):
    writes.book(boss, street, pilot, april(10), april(12))
    other = writes.book(boss, street, pilot, april(20), april(22))
    with pytest.raises(DatabaseError, match="taken on these days"), transaction.atomic():
        Booking.objects.filter(pk=other.pk).update(first=april(12))
    Booking.objects.filter(pk=other.pk).update(last=april(25))  # over its own days it moves freely
    gone = writes.move(other, "cancelled", boss)
    assert writes.book(boss, street, pilot, april(20), april(25)).status == "booked"
    with pytest.raises(DatabaseError, match="taken on these days"), transaction.atomic():
        Booking.objects.filter(pk=gone.pk).update(cancelled_at=None)


def test_what_is_shared_is_had_by_many_and_not_made_one_s_own_meanwhile(street, pilot, boss):
    writes.change_testbed(boss, street, exclusive=False)
    for _ in range(2):
        writes.book(boss, street, pilot, april(10), april(12))
    assert pilot.testbeds.distinct().get() == street
    with pytest.raises(Unfit, match="can't be for one alone"):
        writes.change_testbed(boss, street, exclusive=True)
    writes.move(Booking.objects.last(), "cancelled", boss)
    assert writes.change_testbed(boss, street, exclusive=True).exclusive


def test_what_can_t_be_booked_says_whom_to_ask(street, pilot, boss):
    writes.change_testbed(boss, street, bookable=False)
    with pytest.raises(Unfit, match="Rua Nova can't be booked here: ask Works"):
        writes.book(boss, street, pilot, april(10), april(12))


def test_days_are_in_order_and_to_come(street, pilot, boss):
    with pytest.raises(Unfit, match="last day is before"):
        writes.book(boss, street, pilot, april(10), april(9))
    with pytest.raises(Unfit, match="15 Mar 2025 is over; in the city it is 16 Mar 2025"):
        writes.book(boss, street, pilot, date(2025, 3, 15), april(9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(testbed=street, pilot=pilot, first=april(10), last=april(9))


def test_it_is_of_the_pilot_s_city_and_the_pilot_not_over(street, pilot, boss):
    Testbed.objects.update(city="aldeia")
    with pytest.raises(Unfit, match="another city"):
        writes.book(boss, street, pilot, april(10), april(12))
    Testbed.objects.update(city="vila")
    writes.move(pilot, "stopped", boss, why="No money.")
    with pytest.raises(Unfit, match="books nothing any more"):
        writes.book(boss, street, pilot, april(10), april(12))


def test_a_pilot_is_booked_for_by_those_who_lead_it(street, pilot, person, acme, boss):
    with pytest.raises(Refused, match="takes a role"):
        writes.book(person("ana", "administrator", organisation=acme), street, pilot, april(10), april(12))
    pilot.parties.update(organisation=acme)
    writes.book(person("rita", "editor", organisation=acme), street, pilot, april(10), april(12))
    assert [s.action for s in Step.objects.all()[:2]] == ["book testbed", "refuse"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time: nobody books at once")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_at_once_by_the_database_s_own_door_one_has_it(street, pilot):
    start, came = Barrier(4), []

    def book():
        try:
            start.wait()
            with transaction.atomic():
                Booking.objects.create(testbed=street, pilot=pilot, first=april(10), last=april(12))
                sleep(0.3)  # before anybody else could see it
            came.append("booked")
        except DatabaseError as why:
            came.append("taken" if "taken on these days" in str(why) else str(why))
        finally:
            connection.close()

    threads = [Thread(target=book) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["booked", "taken", "taken", "taken"]
