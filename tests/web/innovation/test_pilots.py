"""Who takes part in a pilot, and its money: in cents, by state, never added over states."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from pulso.web.innovation import shown, writes
from pulso.web.innovation.desk.things import seen_by
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import FundingLine, Party, Pilot
from pulso.web.people.models import Step

pytestmark = pytest.mark.django_db


def test_a_pilot_has_a_lead_from_its_beginning(pilot, municipality, boss, clock):
    assert [(p.organisation, p.part) for p in pilot.parties.all()] == [(municipality, "lead")]
    assert (pilot.author, pilot.created_at, pilot.status) == (boss, clock(), "draft")
    assert [s.action for s in Step.objects.all()[:2]] == ["take part", "draft pilot"]


def test_one_leads_and_all_others_take_part_once(pilot, boss, acme):
    with pytest.raises(Unfit, match="led by one"):
        writes.take_part(boss, pilot, acme, "lead")
    party = writes.take_part(boss, pilot, acme, "company")
    with pytest.raises(Unfit, match="Acme takes part already"):
        writes.take_part(boss, pilot, acme, "partner")
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.filter(pk=party.pk).update(part="lead")
    writes.take_no_part(boss, party)
    with pytest.raises(Unfit, match="led by one"):
        writes.take_no_part(boss, pilot.parties.get())
    with pytest.raises(ValidationError):
        writes.take_part(boss, pilot, acme, "king")


def test_a_company_that_leads_writes_its_own_pilot_and_no_other(person, pilot, acme, clock):
    ana = person("ana", "editor", organisation=acme)
    mine = writes.draft_pilot(ana, "vila", acme, title="Parcels", text="Bikes instead of vans.")
    writes.change_pilot(ana, mine, cost=1_000_00)
    with pytest.raises(Refused, match="takes a role"):
        writes.change_pilot(ana, pilot, cost=1)
    with pytest.raises(Refused, match="takes a role"):
        writes.draft_pilot(person("tom"), "vila", acme, title="x", text="x")
    assert [(s.subject, s.fields) for s in Step.objects.filter(action="refuse")] == [
        ("pilot:new", ["draft pilot"]),
        (f"pilot:{pilot.pk}", ["change pilot"]),
    ]


def test_a_pilot_answers_an_open_challenge_of_its_city(pilot, challenge, boss):
    with pytest.raises(Unfit, match="not open"):
        writes.change_pilot(boss, pilot, challenge=challenge)
    writes.move(challenge, "open", boss)
    writes.change_pilot(boss, pilot, challenge=challenge)
    assert challenge.pilots.get() == pilot
    type(challenge).objects.update(city="aldeia")
    challenge.refresh_from_db()
    with pytest.raises(Unfit, match="another city"):
        writes.change_pilot(boss, pilot, challenge=challenge)


@pytest.mark.parametrize("forged", ["status", "city", "why", "created_at", "author"])
def test_what_follows_from_steps_is_not_typed(pilot, boss, forged):
    with pytest.raises(Refused, match=f"Nobody writes {forged}"):
        writes.change_pilot(boss, pilot, **{forged: "x"})


def test_what_a_pilot_says_it_hopes_for_is_said_before_it_is_frozen(pilot, protocol, boss):
    writes.change_pilot(boss, pilot, text="We hope for 20 % fewer cars.")
    writes.freeze(boss, pilot)
    writes.change_pilot(boss, pilot, text="We hope for 20 % fewer cars, for a week.")
    for typed in ("It brought 25 % more people.", "We hope for 20 % fewer cars. It gave 30 % fewer."):
        with pytest.raises(Refused, match="not typed here"):
            writes.change_pilot(boss, pilot, text=typed)
    assert Pilot.objects.get().text.endswith("for a week.")
    assert Step.objects.first().fields == ["type an effect"]


def test_a_pilot_keeps_the_challenge_that_was_closed_meanwhile(pilot, challenge, boss):
    writes.move(challenge, "open", boss)
    writes.change_pilot(boss, pilot, challenge=challenge)
    writes.move(challenge, "closed", boss, why="It went away.")
    pilot.refresh_from_db()
    assert writes.change_pilot(boss, pilot, title="No vans").challenge == challenge


def test_money_is_kept_apart_by_what_became_of_it(pilot, boss):
    for cents, state in ((100_00, "planned"), (50_00, "planned"), (120_00, "committed"), (30_01, "paid")):
        writes.fund(boss, pilot, cents=cents, source="Council", state=state)
    assert shown.money([pilot]) == {
        (pilot.pk, state): cents for state, cents in (("planned", 150_00), ("committed", 120_00), ("paid", 30_01))
    }
    writes.strike(boss, FundingLine.objects.get(state="paid"))
    assert shown.money([pilot]) == {(pilot.pk, "planned"): 150_00, (pilot.pk, "committed"): 120_00}
    assert Step.objects.first().action == "strike funding"


@pytest.mark.parametrize("cents", [0, -1, 0.5, 100.0, True, "100"])
def test_money_is_whole_cents(pilot, boss, cents):
    with pytest.raises(Unfit, match="whole number of cents"):
        writes.fund(boss, pilot, cents=cents, source="Council", state="planned")
    if cents != 0:
        with pytest.raises(Unfit, match="whole number of cents"):
            writes.change_pilot(boss, pilot, cost=cents)
    assert Pilot.objects.get().cost is None


def test_money_is_euros_and_has_a_state(pilot, boss):
    with pytest.raises(Unfit, match="in euros; found USD"):
        writes.fund(boss, pilot, cents=1, source="Council", state="planned", currency="USD")
    with pytest.raises(ValidationError):
        writes.fund(boss, pilot, cents=1, source="Council", state="promised")
    line = writes.fund(boss, pilot, cents=1, source="Council", state="planned")
    for wrong in ({"cents": 0}, {"currency": "USD"}, {"state": "promised"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FundingLine.objects.filter(pk=line.pk).update(**wrong)


def test_much_money_is_kept_exactly(pilot, boss):
    writes.fund(boss, pilot, cents=2**53 + 1, source="Europe", state="planned")
    assert shown.money([pilot]) == {(pilot.pk, "planned"): 2**53 + 1}


def test_nothing_of_a_pilot_that_is_over_changes(pilot, boss, acme):
    writes.move(pilot, "stopped", boss, why="No money.")
    for attempt in (
        lambda: writes.change_pilot(boss, pilot, title="x"),
        lambda: writes.fund(boss, pilot, cents=1, source="x", state="paid"),
        lambda: writes.take_part(boss, pilot, acme, "company"),
    ):
        with pytest.raises(Unfit, match="is stopped: nothing of it changes"):
            attempt()


def test_a_draft_is_seen_by_those_who_have_a_part_in_it(pilot, boss, person, acme):
    writes.take_part(boss, pilot, acme, "company")
    for who in (person("vera", "viewer"), person("ana", "viewer", organisation=acme)):
        assert seen_by(who, pilot)
    for who in (person("tom"), AnonymousUser(), person("ada", "administrator", city="aldeia")):
        assert not seen_by(who, pilot)
    writes.move(pilot, "stopped", boss, why="No money.")
    assert seen_by(person("bob"), pilot), "what was stopped doesn't vanish"
