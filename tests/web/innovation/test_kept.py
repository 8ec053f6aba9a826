"""What somebody wrote for a city goes along with them, and stays without their name; and the trail tells of it in words."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection

from pulso.show.language import speak
from pulso.web.fibre.models import Cut, Revision
from pulso.web.innovation import guard, reads, writes
from pulso.web.innovation.models import Challenge, Comment
from pulso.web.people import reads as people
from pulso.web.people import retention
from pulso.web.people import writes as of_people
from pulso.web.people.models import Person, Step
from pulso.web.people.told import told
from tests.web.people.test_doors import site as another_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(boss, challenge, frozen, pilot, acme, clock, result):
    """One of everything, by the boss."""
    writes.amend(boss, frozen, "stop_rule", "None.", text="None.", reason="So.")
    clock.pass_(days=11)
    writes.advance("vila")
    evaluation = writes.evaluate(pilot, result(pilot), by=boss)
    writes.move(challenge, "open", boss)
    writes.comment(boss, challenge, "Yes.")
    writes.book(boss, writes.offer_testbed(boss, "vila", kind="street", name="Rua"), pilot, date(2025, 4, 1), date(2025, 4, 2))
    card = writes.move(writes.write_practice(boss, pilot, title="No cars", text="Close it."), "offered", boss)
    writes.move(evaluation, "published", boss)
    of_people.give(None, boss, "editor", city="aldeia")
    writes.adopt(boss, card, writes.draft_pilot(boss, "aldeia", acme, title="As in Vila", text="The same."))
    return boss


def test_all_that_somebody_wrote_is_taken_along(written, client, clock):
    client.force_login(written)
    Revision.objects.create(city="vila", number=1, at=clock(), who=written, why="A survey.", counts={}, digest="ab" * 32)
    Cut.objects.create(city="vila", ducts=["a"], cables=[], sites=[], since=clock(), why="A digger.", at=clock(), who=written)
    said = json.loads(client.get("/en/account/data.json").content)
    assert {name: len(said[name]) for name in people.WRITTEN} == dict.fromkeys(people.WRITTEN, 1) | {"pilots": 2}
    assert said["comments"][0]["text"] == "Yes."
    assert said["amendments"][0]["reason"] == "So."
    assert {"publish evaluation", "freeze protocol", "adopt practice"} <= {s["action"] for s in said["trail"]}


def test_whoever_is_erased_leaves_their_words_and_their_promises_without_a_name(written, challenge, pilot):
    digest = pilot.protocol.digest
    of_people.erase(written, written)
    (comment,) = reads.discussion(challenge, written)
    assert comment.text == "Yes."
    assert str(comment.author) == "erased person"
    assert people.called([comment.author_id]) == {written.pseudonym: "erased person"}
    assert Challenge.objects.get().author.email.endswith("@erased.invalid")
    pilot.refresh_from_db()
    assert pilot.protocol.recomputed() == digest, "the promise is not about who made it"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith("innovation_"):
                cursor.execute(f"select * from {table}")
                assert "boss" not in str(cursor.fetchall()).lower()


def test_an_account_that_nobody_opens_goes_and_what_it_said_stays(challenge, boss, person):
    writes.move(challenge, "open", boss)
    tom = person("tom")
    writes.comment(tom, challenge, "Yes.")
    long_ago = boss.joined_at - retention.IDLE - timedelta(days=1)
    Person.objects.filter(pk=tom.pk).update(last_login=long_ago, joined_at=long_ago)
    assert retention.retain()["people"] == 1
    assert str(Comment.objects.get().author) == "erased person"


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_the_trail_tells_of_each_write_in_words(written, lang):
    steps = people.steps("vila")
    lines = told(steps, {}, speak(lang))
    assert len(lines) >= 15
    assert not [line.what for line in lines if line.what in {s.action for s in steps} - {"comment"}]
    said = {(s.action, line.what, line.of) for s, line in zip(steps, lines, strict=True)}
    number = written.challenges.get().pk
    expected = {"pt": ("abriu um desafio", f"desafio {number}"), "en": ("opened a challenge", f"challenge {number}")}
    assert ("open challenge", *expected[lang]) in said


def test_the_trail_knows_no_words_of_anybody(written):
    assert "Yes." not in str(list(Step.objects.values()))


def test_the_migrations_set_the_guards(tmp_path):
    ask = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
cursor = connection.cursor()
cursor.execute("select name from sqlite_master where type = 'trigger' order by name")
print([name for name, in cursor.fetchall()])
call_command("migrate", "innovation", "zero", verbosity=0)
"""
    answer = another_site(tmp_path, ask)
    assert not answer.stderr, answer.stderr
    for name in guard.NAMES:
        assert f"'{name}'" in answer.stdout
