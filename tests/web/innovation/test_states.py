"""What becomes what, and who may make it so: every state of every noun, towards every other, by everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from pulso.show.language import speak
from pulso.web.innovation import guard, states, writes
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Comment, Evaluation, Pilot, Practice
from pulso.web.people.around import ACTIONS
from pulso.web.people.models import Role, Step

pytestmark = pytest.mark.django_db

CITY = {"editor", "administrator", "superuser"}
ACTING = {"editor", "engineer", "administrator", "superuser"}
RULES = {"engineer", "administrator", "superuser"}
OWN = {"of the house"}  # an editor of the organisation that owns the challenge, or leads the pilot
MACHINE = {"machine"}

EXPECTED = {
    "challenge": {
        ("draft", "open"): CITY,
        ("draft", "closed"): ACTING | OWN,
        ("open", "in pilot"): CITY,
        ("open", "closed"): CITY,
        ("in pilot", "open"): CITY,
        ("in pilot", "solved"): CITY,
        ("in pilot", "closed"): CITY,
        ("solved", "open"): CITY,
        ("closed", "open"): CITY,
    },
    "pilot": {
        ("draft", "frozen"): RULES,
        ("frozen", "running"): ACTING | OWN | MACHINE,
        ("running", "awaiting evaluation"): ACTING | OWN | MACHINE,
        ("awaiting evaluation", "evaluated"): RULES | MACHINE,
        ("evaluated", "closed"): CITY,
        ("draft", "stopped"): ACTING | OWN,
        ("frozen", "stopped"): ACTING | OWN,
        ("running", "stopped"): ACTING | OWN,
    },
    "practice": {("draft", "offered"): CITY, ("offered", "withdrawn"): CITY, ("withdrawn", "offered"): CITY},
    "evaluation": {("computed", "published"): CITY},
    "comment": {("shown", "hidden"): CITY},
    "booking": {("booked", "cancelled"): ACTING | OWN},
}
PEOPLE = (
    *("no role", "viewer", "editor", "engineer", "administrator", "superuser", "of the house", "of a party"),
    *("viewer of the house", "boss elsewhere", "inactive", "machine"),
)
ALL = {noun: sorted({s for pair in rows for s in pair}) for noun, rows in EXPECTED.items()}


@pytest.fixture
def someone(person, acme, boss):
    """Whoever asks, by what they are."""
    from pulso.web.people.models import Organisation

    partner = Organisation.objects.create(slug="uni", name="Uni", kind="university")

    def made(who):
        if who in ("viewer", "editor", "engineer", "administrator"):
            return person("ana", who)
        if who == "machine":
            return None
        found = person("ana", is_superuser=who == "superuser", is_active=who != "inactive")
        roles = {
            "of the house": {"kind": "editor", "organisation": acme},
            "viewer of the house": {"kind": "viewer", "organisation": acme},
            "of a party": {"kind": "administrator", "organisation": partner},
            "boss elsewhere": {"kind": "administrator", "city": "aldeia"},
            "inactive": {"kind": "administrator", "city": "vila"},
        }
        if who in roles:
            Role.objects.create(person=found, **roles[who])
        return found

    made.partner = partner
    return made


@pytest.fixture
def things(boss, acme, challenge, evaluation, pilot, someone):
    """One of each noun, of Acme where it is somebody's; nothing guards them, so that each can be put in any state."""
    from pulso.web.innovation.models import Party

    guard.guard(guard.LIFTED)
    type(challenge).objects.filter(pk=challenge.pk).update(organisation=acme)
    Party.objects.filter(pilot=pilot).update(organisation=acme)
    writes.take_part(boss, pilot, someone.partner, "university")
    testbed = writes.offer_testbed(boss, "vila", kind="street", name="Rua")
    return {
        "challenge": challenge,
        "pilot": pilot,
        "evaluation": evaluation,
        "practice": writes.write_practice(boss, pilot, title="No cars", text="Close the square."),
        "comment": Comment.objects.create(challenge=challenge, author=boss, text="Yes.", at=challenge.since),
        "booking": writes.book(boss, testbed, pilot, date(2025, 4, 1), date(2025, 4, 2)),
    }


def put(thing, state):
    """In a state, as if by long walks."""
    stamps = {"evaluation": "published", "comment": "hidden", "booking": "cancelled"}
    noun = thing._meta.model_name
    if noun in stamps:
        at = Comment.objects.get().at
        done = state in ("published", "hidden", "cancelled")
        new = {f"{stamps[noun]}_at": at if done else None}
        new |= {"hidden_why": "rude" if done else ""} if noun == "comment" else {}
    else:
        new = {"status": state} | ({"why": "x"} if noun == "pilot" else {})
    type(thing).objects.filter(pk=thing.pk).update(**new)
    thing.refresh_from_db()
    assert thing.status == state


def attempt(thing, to, by):
    """What came of it: done, refused, unfit. Nothing stays of it."""
    try:
        with transaction.atomic():
            writes.move(thing, to, by, why="because")
            assert thing.status == to
            raise Done
    except Done:
        return "done"
    except Refused:
        return "refused"
    except Unfit:
        return "unfit"


class Done(Exception):  # noqa: N818
    pass


@pytest.mark.parametrize("who", PEOPLE)
def test_only_what_stands_in_the_table_is_done_and_only_by_whom_it_names(things, someone, monkeypatch, who):
    monkeypatch.setattr(states, "TRANSITIONS", tuple(replace(t, needs=()) for t in states.TRANSITIONS))
    by = someone(who)
    found = {}
    for noun, thing in things.items():
        for now in ALL[noun]:
            put(thing, now)
            for to in ALL[noun]:
                found[noun, now, to] = attempt(thing, to, by)
    for (noun, now, to), answer in found.items():
        expected = EXPECTED[noun].get((now, to))
        should = "unfit" if expected is None else "done" if who in expected else "refused"
        assert answer == should, (who, noun, now, to)


def test_the_table_is_the_one_that_is_tried():
    rows = {(t.noun, t.now, t.to) for t in states.TRANSITIONS}
    assert rows == {(noun, *pair) for noun, pairs in EXPECTED.items() for pair in pairs}
    assert len(rows) == len(states.TRANSITIONS)
    assert {t.action for t in states.TRANSITIONS} <= set(ACTIONS)
    assert {s for pairs in ALL.values() for s in pairs} == set(states.CALLED)
    for model in (Pilot, Practice):
        assert set(model.Status.values) == set(ALL[model._meta.model_name])


def test_a_refusal_is_kept_in_the_trail_and_a_mistake_is_not(challenge, person):
    ana = person("ana", "viewer")
    with pytest.raises(Refused, match="takes a role"):
        writes.move(challenge, "open", ana)
    step = Step.objects.first()
    assert (step.action, step.subject, step.who, step.fields) == ("refuse", f"challenge:{challenge.pk}", ana.pseudonym, ["open challenge"])
    with pytest.raises(Unfit):
        writes.move(challenge, "solved", ana)
    assert Step.objects.first() == step


def test_a_step_is_kept_in_the_trail_with_what_changed(challenge, boss):
    writes.move(challenge, "open", boss)
    step = Step.objects.first()
    assert (step.action, step.who, step.city, step.fields) == ("open challenge", boss.pseudonym, "vila", ["status"])
    assert step.before != step.after


def test_a_letter_says_what_it_is_and_what_it_can_become(challenge, boss):
    with pytest.raises(Unfit) as why:
        writes.move(challenge, "solved", boss)
    assert str(why.value) == "It is a draft, and can't become solved. It can become: open and closed."
    assert why.value.said(speak("pt")) == "O estado é «rascunho» e não pode passar a «resolvido». Pode passar a: aberto e fechado."
    with pytest.raises(Unfit, match="can't become nonsense"):
        writes.move(challenge, "nonsense", boss)


@pytest.mark.parametrize(("now", "to"), [(t.now, t.to) for t in states.CHALLENGE if t.why])
def test_what_needs_a_reason_is_not_done_without_one(challenge, boss, now, to):
    put(challenge, now)
    with pytest.raises(Unfit, match="Say why"):
        writes.move(challenge, to, boss, why=" ")
    assert writes.move(challenge, to, boss, why=" It rained. ").why == "It rained."


def test_a_pilot_is_stopped_with_a_reason_alone(pilot, boss):
    with pytest.raises(Unfit, match="Say why"):
        writes.move(pilot, "stopped", boss)
    assert writes.move(pilot, "stopped", boss, why="No money.").why == "No money."
    assert Pilot.objects.get().status == "stopped"


def test_a_window_begins_and_ends_as_it_was_amended(frozen, pilot, boss, clock):
    for field, day in (("window_last", "2025-03-28"), ("window_first", "2025-03-22")):
        writes.amend(boss, frozen, field, day, text="Later.", reason="Rain.")
    clock.pass_(days=5)  # the 21st: it was to begin on the 20th
    assert not writes.advance("vila")
    clock.pass_(days=1)
    assert writes.advance("vila") == {"running": 1}
    clock.pass_(days=6)  # the 28th: it was to end with the 26th
    assert not writes.advance("vila")
    clock.pass_(days=1)
    assert writes.advance("vila") == {"awaiting evaluation": 1}


@pytest.mark.parametrize("slept", [False, True])
def test_nobody_stops_a_pilot_whose_window_is_over_so_that_it_is_never_evaluated(frozen, pilot, boss, clock, slept):
    clock.pass_(days=11)
    if not slept:  # the worker did what it does of itself
        writes.advance("vila")
    with pytest.raises(Unfit, match=r"nothing to stop|can't become stopped"):
        writes.move(pilot, "stopped", boss, why="It looks bad.")
    pilot.refresh_from_db()
    assert pilot.status != "stopped"


def test_no_evaluation_is_published_before_those_that_were_computed_earlier(evaluation, ended, boss, result):
    nicer = writes.evaluate(ended, result(ended, estimate=14.0), by=boss)
    with pytest.raises(Unfit, match="nobody chooses among them"):
        writes.move(nicer, "published", boss)
    writes.move(evaluation, "published", boss)
    assert writes.move(nicer, "published", boss).status == "published"


def test_a_challenge_is_in_a_pilot_once_one_is_frozen_and_solved_once_one_is_evaluated(challenge, pilot, boss, ended, result):
    writes.move(challenge, "open", boss)
    with pytest.raises(Unfit, match="No pilot of this challenge is frozen"):
        writes.move(challenge, "in pilot", boss)
    writes.change_pilot(boss, pilot, challenge=challenge)
    writes.move(challenge, "in pilot", boss)
    made = writes.evaluate(pilot, result(pilot))
    with pytest.raises(Unfit, match="published evaluation"):
        writes.move(challenge, "solved", boss)
    writes.move(made, "published", boss)
    assert writes.move(challenge, "solved", boss).status == "solved"
    assert writes.move(challenge, "open", boss, why="It came back.").status == "open"


def test_a_pilot_runs_from_its_window_s_first_day_on_the_city_s_own_clock(frozen, pilot, boss, clock):
    clock.pass_(days=3, hours=14, minutes=59)  # 19 March, 23:59 in Lisbon
    with pytest.raises(Unfit, match=r"begins on 20 Mar 2025; in the city it is 19 Mar 2025"):
        writes.move(pilot, "running", boss)
    assert not writes.advance("vila")
    clock.pass_(minutes=1)
    assert writes.advance("vila") == {"running": 1}
    assert not writes.advance("vila"), "twice is once"
    clock.pass_(days=6, hours=23, minutes=59)
    pilot.refresh_from_db()
    with pytest.raises(Unfit, match=r"ends with 26 Mar 2025"):
        writes.move(pilot, "awaiting evaluation", boss)
    clock.pass_(minutes=1)
    assert writes.advance("vila") == {"awaiting evaluation": 1}
    assert [s.who for s in Step.objects.all()[:2]] == [None, None], "the machine did it"


def test_a_site_that_slept_through_a_window_begins_and_ends_it_in_one_go(frozen, clock):
    clock.pass_(days=30)
    assert writes.advance("vila") == {"running": 1, "awaiting evaluation": 1}


def test_a_pilot_without_a_frozen_protocol_is_not_frozen(pilot, boss):
    with pytest.raises(Unfit, match="not frozen yet"):
        writes.move(pilot, "frozen", boss)


def test_a_pilot_is_closed_once_its_result_is_published_and_something_follows_from_it(evaluation, pilot, boss):
    pilot.refresh_from_db()
    with pytest.raises(Unfit, match="not published yet"):
        writes.move(pilot, "closed", boss)
    writes.move(evaluation, "published", boss)
    with pytest.raises(Unfit, match="Nobody has decided"):
        writes.move(pilot, "closed", boss)
    writes.decide(boss, evaluation, "expand", why="It worked.")
    assert writes.move(pilot, "closed", boss).status == "closed"


def test_a_pilot_that_is_awaiting_is_not_evaluated_without_an_evaluation(ended, boss):
    with pytest.raises(Unfit, match="no evaluation"):
        writes.move(ended, "evaluated", boss)
    assert not Evaluation.objects.exists()


def test_a_practice_of_a_draft_is_not_offered(pilot, boss):
    card = writes.write_practice(boss, pilot, title="No cars", text="Close the square.")
    with pytest.raises(Unfit, match="still a draft"):
        writes.move(card, "offered", boss)


def test_the_table_of_states_is_the_one_in_the_reference():
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "states.md"
    assert page.read_text(encoding="utf-8").endswith(states.table())
