"""The trail is only ever added to, and names nobody."""

from __future__ import annotations

import json

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError, connection, transaction

from pulso.web.people import reads, trail, writes
from pulso.web.people.around import ACTIONS
from pulso.web.people.heard import HEARD
from pulso.web.people.models import NotAllowed, Step
from tests.web.people.test_doors import site as another_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(person):
    trail.guard()
    return trail.note(person("ana"), "enter event", "event:1", None, {"name": "Fair"}, city="vila")


def test_a_step_is_not_changed_through_the_orm(step):
    step.action = "nothing"
    for attempt in (step.save, step.delete, lambda: Step.objects.update(action="x"), Step.objects.all().delete):
        with pytest.raises(NotAllowed):
            attempt()
    with pytest.raises(NotAllowed):
        Step.objects.bulk_update([step], ["action"])
    assert Step.objects.get().action == "enter event"


REPLACE = "replace into people_step select id, at, who, 'nothing', subject, city, fields, before, after from people_step"
SQL = ["update people_step set action = 'nothing'", "delete from people_step", *([REPLACE] if connection.vendor == "sqlite" else [])]


@pytest.mark.parametrize("sql", SQL)
def test_nor_by_whoever_asks_the_database_itself(step, sql):
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Step.objects.get().action == "enter event"


def test_the_migrations_set_the_guard(tmp_path):
    ask = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from pulso.web.people.trail import note
call_command("migrate", verbosity=0)
note(None, "retain", "nothing")
connection.cursor().execute("delete from people_step")
"""
    told = another_site(tmp_path, ask)
    assert "only ever added to" in told.stderr


def test_what_allauth_does_by_itself_is_on_the_trail(person, client):
    ana = person("ana")
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    client.force_login(ana)
    client.post(
        "/en/account/password/change/", {"oldpassword": "a long secret", "password1": "another-long-9", "password2": "another-long-9"}
    )
    client.post("/en/account/email/", {"action_add": "", "email": "ana2@vila.example"})
    assert [s.action for s in reads.steps()] == ["add address", "change password"]
    assert "ana2" not in str(list(Step.objects.values()))


def test_a_step_names_what_changed_and_nobody(person):
    ana, before = person("ana"), {"name": "Ana", "language": "pt"}
    step = trail.note(ana, "change person", trail.named(ana), before, before | {"name": "Ana Maria"}, about=ana)
    said = json.dumps({k: str(v) for k, v in vars(step).items()})
    assert step.fields == ["name"]
    assert step.before != step.after
    assert "Ana" not in said
    assert "vila.example" not in said


def test_a_digest_about_a_person_says_nothing_without_their_salt(person):
    ana, rui = person("ana"), person("rui")
    assert trail.digest({"email": "x"}, ana.salt) != trail.digest({"email": "x"}, rui.salt)


def test_roles_and_organisations_leave_steps(person):
    boss, ana = person("boss", "administrator"), person("ana")
    office = writes.found(boss, slug="cm", name="CM", kind="municipality", city="vila")
    role = writes.give(boss, ana, "editor", organisation=office)
    writes.take(boss, role)
    assert [s.action for s in reads.steps()] == ["take role", "give role", "create organisation"]
    assert {s.who for s in reads.steps()} == {boss.pseudonym}


def test_whoever_does_what_the_trail_has_no_words_for_is_told_to_give_it_some(db):
    with pytest.raises(ValueError, match=r"people/around\.py"):
        trail.note(None, "conjure", "rabbit:1")


def test_all_that_allauth_lets_us_hear_has_its_words():
    assert set(HEARD) <= set(ACTIONS)
