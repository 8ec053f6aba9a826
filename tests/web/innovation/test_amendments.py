"""An amendment stands beside what was frozen: before the window anything, while it runs what is done otherwise, after it nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from pulso.web.innovation import reads, writes
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Amendment, Protocol
from pulso.web.innovation.models.protocols import WRITTEN
from pulso.web.innovation.writes.protocols import ASKED
from tests.web.innovation.test_protocols import last

pytestmark = pytest.mark.django_db


def test_an_amendment_stands_beside_what_was_frozen_with_what_was_and_what_is(boss, frozen, clock):
    clock.pass_(days=5)
    made = writes.amend(boss, frozen, "window_last", date(2025, 3, 28), text="Two days more.", reason="It rained.")
    assert (made.before, made.after, made.author, made.at) == ("2025-03-26", "2025-03-28", boss, clock())
    again = writes.amend(boss, frozen, "window_last", "2025-03-30", text="Two more.", reason="It rained again.")
    assert (again.before, again.after) == ("2025-03-28", "2025-03-30"), "of what was in force"
    stands = Protocol.objects.get()
    assert (stands.window_last, stands.digest) == (date(2025, 3, 26), frozen.digest)
    assert stands.recomputed() == stands.digest
    assert stands.in_force()["window_last"] == date(2025, 3, 30)
    assert reads.amendments(frozen.pilot) == [made, again]
    assert last() == ("amend protocol", f"amendment:{again.pk}", sorted(f.attname for f in Amendment._meta.concrete_fields))


def test_a_number_is_amended_as_a_number(boss, frozen):
    made = writes.amend(boss, frozen, "matters", Decimal("2.50"), text="Less matters too.", reason="The council asked.")
    assert (made.before, made.after) == ("5", "2.5")
    assert Protocol.objects.get().in_force()["matters"] == Decimal("2.5")
    with pytest.raises(Unfit, match="in force"):
        writes.amend(boss, frozen, "matters", "2.500", text="Less.", reason="Again.")


@pytest.mark.parametrize(
    ("field", "after", "letter"),
    [
        ("zones", ["east"], "no zone east"),
        ("window_last", "2025-03-18", "not in order"),
        ("stop_rule", "Two accidents.", "in force"),
    ],
)
def test_an_amendment_makes_sense_as_well(boss, frozen, field, after, letter):
    with pytest.raises(Unfit, match=letter):
        writes.amend(boss, frozen, field, after, text="Otherwise.", reason="So.")
    assert not Amendment.objects.exists()


@pytest.mark.parametrize("field", ["digest", "frozen_on", "mde"])
def test_what_the_machine_set_is_not_amended(boss, frozen, field):
    with pytest.raises(Refused, match=f"Nobody writes {field}"):
        writes.amend(boss, frozen, field, "1", **WORDS)
    assert last() == ("refuse", f"protocol:{frozen.pk}", [f"type {field}"])


def test_an_amendment_has_words_and_a_reason_and_a_frozen_protocol(boss, protocol, pilot):
    with pytest.raises(Unfit, match="change it itself"):
        writes.amend(boss, protocol, "stop_rule", "None.", text="None.", reason="So.")
    frozen = writes.freeze(boss, pilot)
    for words in ({"text": " ", "reason": "So."}, {"text": "None.", "reason": ""}):
        with pytest.raises(Unfit, match="and why"):
            writes.amend(boss, frozen, "stop_rule", "None.", **words)
    writes.move(pilot, "stopped", boss, why="No money.")
    with pytest.raises(Unfit, match="too late to amend"):
        writes.amend(boss, frozen, "stop_rule", "None.", text="None.", reason="So.")


@pytest.mark.parametrize("sql", ["update innovation_amendment set text = 'x'", "delete from innovation_amendment"])
def test_the_database_only_adds_amendments(boss, frozen, sql):
    writes.amend(boss, frozen, "stop_rule", "None.", text="None.", reason="So.")
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Amendment.objects.get().text == "None."


OTHERWISE = {
    "hypothesis": "Fewer people come.",
    "metric": "cars",
    "direction": "down",
    "zones": ["south"],
    "comparison_zones": [],
    "comparison_cities": ["aldeia"],
    "before_first": "2025-02-02",
    "before_last": "2025-02-27",
    "window_first": "2025-03-24",
    "window_last": "2025-03-30",
    "excluded": [],
    "matters": 1,
    "unit": "points",
    "method": "sdid",
    "stop_rule": "None.",
    "may_peek": False,
    "peek_why": "Nobody does.",
}
WORDS = {"text": "Otherwise.", "reason": "So."}


@pytest.mark.parametrize("field", ASKED)
def test_what_is_asked_is_not_changed_once_the_window_has_begun(boss, frozen, clock, field):
    clock.pass_(days=4)
    with pytest.raises(Refused, match="what is asked and how it is told stays"):
        writes.amend(boss, frozen, field, OTHERWISE[field], **WORDS)
    assert last() == ("refuse", f"protocol:{frozen.pk}", ["change what is asked"])
    assert not Amendment.objects.exists()


@pytest.mark.parametrize("field", ASKED)
def test_the_day_before_it_still_is_for_all_to_read(boss, frozen, clock, field):
    clock.pass_(days=3)
    assert writes.amend(boss, frozen, field, OTHERWISE[field], **WORDS).field == field


@pytest.mark.parametrize("field", sorted(set(WRITTEN) - set(ASKED) - {"may_peek", "peek_why", "zones", "comparison_zones"}))
def test_what_is_done_otherwise_is_amended_while_it_runs(boss, frozen, clock, field):
    clock.pass_(days=6)
    assert writes.amend(boss, frozen, field, OTHERWISE[field], **WORDS).field == field


@pytest.mark.parametrize("field", WRITTEN)
def test_nothing_is_amended_once_the_window_has_ended(boss, frozen, clock, field):
    clock.pass_(days=11)
    with pytest.raises(Refused, match="can be known by now"):
        writes.amend(boss, frozen, field, OTHERWISE[field], **WORDS)
    assert last() == ("refuse", f"protocol:{frozen.pk}", ["amend what was seen"])


def test_whoever_looked_before_the_end_amends_nothing_but_that_nobody_looks_again(boss, pilot, protocol, clock, result):
    writes.write_protocol(boss, pilot, may_peek=True, peek_why="Safety.")
    writes.freeze(boss, pilot)
    clock.pass_(days=5)
    writes.evaluate(pilot, result(pilot), by=boss)
    with pytest.raises(Refused, match="can be known by now"):
        writes.amend(boss, protocol, "window_last", "2025-04-30", **WORDS)
    assert writes.amend(boss, protocol, "may_peek", False, **WORDS).after is False


def test_the_outcome_is_not_looked_at_before_its_window_has_ended_unless_the_protocol_says_so(boss, frozen, pilot, clock):
    assert reads.may_look(pilot)
    clock.pass_(days=4)
    assert not reads.may_look(pilot)
    clock.pass_(days=6)
    assert not reads.may_look(pilot)
    clock.pass_(days=1)
    assert reads.may_look(pilot)


def test_or_an_amendment_closes_it_for_all_to_read(boss, pilot, protocol, clock):
    writes.write_protocol(boss, pilot, may_peek=True, peek_why="Safety.")
    writes.freeze(boss, pilot)
    clock.pass_(days=5)
    assert reads.may_look(pilot)
    writes.amend(boss, protocol, "may_peek", False, text="Nobody looks.", reason="Enough.")
    assert not reads.may_look(pilot)


def test_no_amendment_opens_it_nor_ends_the_window_in_the_past(boss, frozen, pilot, clock):
    clock.pass_(days=6)
    words = {"text": "Let us see.", "reason": "We are curious."}
    with pytest.raises(Refused, match="settled when the protocol is frozen"):
        writes.amend(boss, frozen, "may_peek", True, **words)
    assert last() == ("refuse", f"protocol:{frozen.pk}", ["amend it to peek"])
    for field, day in (("window_last", "2025-03-21"), ("window_first", date(2025, 3, 10))):
        with pytest.raises(Refused, match="in the past"):
            writes.amend(boss, frozen, field, day, **words)
        assert last() == ("refuse", f"protocol:{frozen.pk}", ["date a window back"])
    assert not Amendment.objects.exists()
    assert not reads.may_look(pilot)
