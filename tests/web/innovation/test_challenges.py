"""A challenge has a measure or a reason why it has none; what is said about it stays, or is hidden with a reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, IntegrityError, connection, transaction

from pulso.web.innovation import reads, writes
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Challenge, Comment
from pulso.web.people.models import Step
from pulso.web.readings import UnknownCity
from tests.web.innovation.conftest import DUE

pytestmark = pytest.mark.django_db
NOTHING = dict.fromkeys(("indicator", "target_unit", "direction"), "") | {"target": None, "due": None}
VIEW = {"page": "/pt/vila/metric/bikes", "zone": "north", "metric": "bikes", "from": "2025-02-01", "to": "2025-02-28", "as_of": ""}


def test_a_challenge_keeps_what_was_seen_where_and_by_whom(boss, municipality, clock):
    made = writes.draft_challenge(
        boss, "vila", title="Empty square", text="Why?", organisation=municipality, view=VIEW, zones=["north"], datasets=["bikes"], **DUE
    )
    again = Challenge.objects.get()
    assert (again.status, again.author, again.organisation, again.created_at) == ("draft", boss, municipality, clock())
    assert (again.view, again.zones, again.datasets, again.target) == (VIEW, ["north"], ["bikes"], Decimal(5))
    step = Step.objects.first()
    assert (step.action, step.subject, step.city) == ("draft challenge", f"challenge:{made.pk}", "vila")


def test_one_that_can_t_be_measured_says_why(boss, municipality, clock):
    said = {"title": "Loneliness", "text": "Old people.", "organisation": municipality}
    made = writes.draft_challenge(boss, "vila", unmeasurable=" No sensor sees it. ", **said)
    assert Challenge.objects.get().unmeasurable == made.unmeasurable == "No sensor sees it."


@pytest.mark.parametrize(
    "wrong", [NOTHING, {"unmeasurable": "No sensor."}, *({k: NOTHING[k]} for k in NOTHING), NOTHING | {"unmeasurable": "  "}], ids=str
)
def test_exactly_one_of_both(challenge, boss, wrong):
    with pytest.raises(Unfit, match="or a reason why it can't be measured"):
        writes.change_challenge(boss, challenge, **wrong)
    assert Challenge.objects.get().indicator == "index"
    if wrong.get("unmeasurable") != "  ":
        with pytest.raises(IntegrityError), transaction.atomic():
            Challenge.objects.update(**wrong)


@pytest.mark.parametrize(
    ("wrong", "letter"),
    [
        ({"indicator": "noise"}, "no metric noise. It has: index, bikes"),
        ({"zones": ["east"]}, "no zone east"),
        ({"datasets": ["noise"]}, "no source noise"),
        ({"view": {"page": "/pt/", "query": "x"}}, "A view has these parts"),
        ({"view": {"page": 1}}, "A view has these parts"),
        ({"view": "x"}, "A view has these parts"),
    ],
    ids=str,
)
def test_what_is_not_there_is_a_letter(challenge, boss, wrong, letter):
    with pytest.raises(Unfit, match=letter):
        writes.change_challenge(boss, challenge, **wrong)


@pytest.mark.parametrize("forged", ["status", "author", "city", "created_at"])
def test_what_follows_from_steps_is_not_typed(challenge, boss, forged):
    with pytest.raises(Refused, match=f"Nobody writes {forged}"):
        writes.change_challenge(boss, challenge, **{forged: "x"})
    assert [(s.subject, s.fields) for s in Step.objects.filter(action="refuse")] == [(f"challenge:{challenge.pk}", [f"type {forged}"])]


def test_a_city_that_is_not_shown_has_no_challenge(boss, municipality):
    with pytest.raises(UnknownCity):
        writes.draft_challenge(boss, "porto", title="x", text="x", organisation=municipality, **DUE)


def test_who_may_write_one(person, challenge, acme, municipality):
    ana, tom = person("ana", "editor", organisation=acme), person("tom")
    said = {"title": "Parcels", "text": "Too many vans.", **DUE}
    mine = writes.draft_challenge(ana, "vila", organisation=acme, **said)
    for who, owner in ((ana, municipality), (tom, acme), (tom, municipality)):
        with pytest.raises(Refused, match="takes a role"):
            writes.draft_challenge(who, "vila", organisation=owner, **said)
    assert [(s.subject, s.fields) for s in Step.objects.filter(action="refuse")] == [("challenge:new", ["draft challenge"])] * 3
    with pytest.raises(Refused, match="takes a role"):
        writes.change_challenge(ana, mine, organisation=municipality)
    mine.refresh_from_db()
    assert mine.organisation == acme
    writes.change_challenge(ana, mine, title="Vans")
    assert Challenge.objects.get(pk=mine.pk).title == "Vans"


def test_once_it_is_open_the_city_changes_it_and_once_it_is_settled_nobody(person, boss, acme, clock):
    ana = person("ana", "editor", organisation=acme)
    mine = writes.draft_challenge(ana, "vila", organisation=acme, title="Vans", text="x", **DUE)
    writes.move(mine, "open", boss)
    with pytest.raises(Refused, match="takes a role"):
        writes.change_challenge(ana, mine, target=1)
    writes.change_challenge(boss, mine, target=4, due=date(2026, 1, 1))
    writes.move(mine, "closed", boss, why="Done.")
    with pytest.raises(Unfit, match="is closed: what it asks stays"):
        writes.change_challenge(boss, mine, target=3)


def test_a_draft_is_seen_by_those_who_write(challenge, person, boss):
    assert reads.challenges("vila", boss) == [challenge]
    assert reads.challenges("vila", AnonymousUser()) == reads.challenges("vila", person("vera", "viewer")) == []
    writes.move(challenge, "open", boss)
    assert reads.challenges("vila", AnonymousUser()) == [challenge]
    assert reads.challenges("aldeia", boss) == []


def test_what_was_closed_before_it_was_ever_opened_stays_theirs(challenge, person, boss):
    writes.move(challenge, "closed", boss, why="Not ours.")
    tom = person("tom")
    assert (reads.challenges("vila", boss), reads.challenges("vila", tom)) == ([challenge], [])
    with pytest.raises(Unfit, match="no discussion"):
        writes.comment(tom, challenge, "Yes.")
    writes.move(challenge, "open", boss, why="Ours after all.")
    assert reads.challenges("vila", tom) == [challenge]


def test_everybody_with_an_account_says_something_once_it_is_open(challenge, person, boss, clock):
    tom = person("tom")
    with pytest.raises(Unfit, match="no discussion"):
        writes.comment(tom, challenge, "Yes.")
    writes.move(challenge, "open", boss)
    made = writes.comment(tom, challenge, " Yes. ")
    assert (made.text, made.author, made.at) == ("Yes.", tom, clock())
    with pytest.raises(Unfit, match="nothing in it"):
        writes.comment(tom, challenge, " \n")
    tom.is_active = False
    with pytest.raises(Refused):
        writes.comment(tom, challenge, "No.")
    assert [s.action for s in Step.objects.all()[:2]] == ["refuse", "comment"]


def test_what_is_hidden_keeps_its_place_and_is_read_by_those_who_moderate(challenge, person, boss, clock):
    writes.move(challenge, "open", boss)
    tom = person("tom")
    first, rude = writes.comment(tom, challenge, "Yes."), writes.comment(tom, challenge, "You fools.")
    for who in (tom, person("rui", "engineer")):
        with pytest.raises(Refused, match="takes a role"):
            writes.move(rude, "hidden", who, why="Rude.")
    with pytest.raises(Unfit, match="Say why"):
        writes.move(rude, "hidden", boss)
    writes.move(rude, "hidden", boss, why="Rude.")
    assert [(c.pk, c.text, c.hidden_why) for c in reads.discussion(challenge, tom)] == [(first.pk, "Yes.", ""), (rude.pk, "", "Rude.")]
    assert [c.text for c in reads.discussion(challenge, boss)] == ["Yes.", "You fools."]
    again = Comment.objects.get(pk=rude.pk)
    assert (again.hidden_by, again.hidden_at, again.text) == (boss, clock(), "You fools.")
    with pytest.raises(Unfit, match="becomes nothing else"):
        writes.move(rude, "shown", boss, why="Sorry.")


@pytest.mark.parametrize(
    "sql", ["update {} set text = 'x'", "update {} set hidden_why = 'x'", "update {} set author_id = null", "delete from {}"]
)
def test_the_database_lets_nobody_put_words_into_a_mouth_or_take_them_out(challenge, boss, sql):
    writes.move(challenge, "open", boss)
    writes.comment(boss, challenge, "Yes.")
    with pytest.raises(DatabaseError, match="only hidden"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format("innovation_comment"))
    assert Comment.objects.get().text == "Yes."
