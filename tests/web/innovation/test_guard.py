"""What the database refuses, whoever asks it and in whatever words: through Django's models, in its own language, by its own by-ways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from pulso.web.innovation import writes
from pulso.web.innovation.models import Adoption, Amendment, Comment, Evaluation, Pilot, Protocol
from pulso.web.people.models import Role

pytestmark = pytest.mark.django_db
sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no `replace`")


def refuses(letter: str, attempt) -> None:
    """Whether the database says so, and nothing else stops it before."""
    with pytest.raises(DatabaseError, match=letter), transaction.atomic():
        attempt()


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def other(boss, municipality) -> Pilot:
    return writes.draft_pilot(boss, "vila", municipality, title="Other", text="Other.")


@sqlite
def test_nothing_that_was_frozen_or_said_is_replaced(frozen, evaluation, other, boss, challenge):
    writes.move(challenge, "open", boss)
    writes.comment(boss, challenge, "Yes.")
    for model in (Protocol, Evaluation, Comment, Pilot):
        before = model.objects.order_by("pk").values().first()
        columns = ", ".join(f.column for f in model._meta.concrete_fields)
        table = model._meta.db_table
        refuses(
            "nothing is replaced",
            lambda t=table, c=columns, n=before["id"]: sql(f"replace into {t} ({c}) select {c} from {t} where id = %s", n),
        )
        assert model.objects.order_by("pk").values().first() == before


@sqlite
def test_nor_by_a_draft_that_takes_its_place(frozen, pilot, other, boss):
    words = (
        "hypothesis, metric, direction, zones, comparison_zones, comparison_cities, excluded, unit, method, stop_rule, may_peek, peek_why"
    )
    insert = (
        f"insert or replace into innovation_protocol (pilot_id, {words}, mde_how, mde_series, digest) "
        f"select %s, {words}, mde_how, mde_series, '' from innovation_protocol"
    )
    refuses("nothing is replaced", lambda: sql(insert, pilot.pk))
    writes.write_protocol(boss, other, hypothesis="Mine.")
    for column, value in (("pilot_id", pilot.pk), ("id", frozen.pk)):
        refuses(
            "stays with its pilot",
            lambda c=column, v=value: sql(f"update or replace innovation_protocol set {c} = %s where frozen_at is null", v),
        )
    assert Protocol.objects.get(pilot=pilot).recomputed() == frozen.digest


def test_a_promised_pilot_is_not_hidden_moved_or_deleted(frozen, pilot, other):
    for new in ({"status": "draft"}, {"city": "aldeia"}):
        refuses("for all to see", lambda n=new: Pilot.objects.filter(pk=pilot.pk).update(**n))
    refuses("for all to see", lambda: sql("update innovation_pilot set id = 1000 + id"))
    refuses("never deleted", lambda: sql("delete from innovation_pilot where id = %s", pilot.pk))
    assert Pilot.objects.filter(pk=other.pk).update(city="aldeia") == 1, "what was never promised may be"


def test_an_amendment_is_not_dated_back_nor_beside_a_draft(frozen, boss, clock, other):
    clock.pass_(days=1)
    made = writes.amend(boss, frozen, "stop_rule", "None.", text="None.", reason="So.")
    row = {"protocol": frozen, "field": "zones", "before": [], "after": [], "text": "x", "reason": "x"}
    for at in (made.at - timedelta(seconds=1), frozen.frozen_at - timedelta(days=9)):
        refuses("not dated back", lambda a=at: Amendment.objects.create(**row, at=a))
    draft = writes.write_protocol(boss, other, hypothesis="Mine.")
    refuses("not dated back", lambda: Amendment.objects.create(**row | {"protocol": draft}, at=made.at))
    assert Amendment.objects.create(**row, at=made.at).pk


@pytest.mark.parametrize("forged", [{"protocol_digest": "00" * 32}, {"pilot": "other"}], ids=str)
def test_an_evaluation_is_of_the_protocol_that_was_frozen(evaluation, other, forged):
    row = {k: v for k, v in Evaluation.objects.values().get().items() if k != "id"}
    row |= {"pilot_id": other.pk} if "pilot" in forged else forged
    refuses("that its pilot froze", lambda: Evaluation.objects.create(**row))


def test_an_evaluation_is_kept_then_published_then_decided_upon(evaluation, clock):
    row = {k: v for k, v in Evaluation.objects.values().get().items() if k != "id"}
    refuses("before it is published", lambda: Evaluation.objects.create(**row | {"published_at": clock()}))
    decided = {"decided_at": clock(), "next_step": "expand", "next_why": "x"}
    refuses("before it is decided", lambda: Evaluation.objects.update(**decided))
    assert Evaluation.objects.update(published_at=clock()) == Evaluation.objects.update(**decided) == 1


def test_an_adoption_stays_whatever_it_showed(frozen, pilot, boss, municipality):
    Role.objects.create(person=boss, kind="administrator", city="aldeia")
    card = writes.move(writes.write_practice(boss, pilot, title="x", text="x"), "offered", boss)
    made = writes.adopt(boss, card, writes.draft_pilot(boss, "aldeia", municipality, title="x", text="x"))
    for attempt in (made.delete, lambda: Adoption.objects.update(city="porto"), lambda: sql("delete from innovation_adoption")):
        refuses("whatever it showed", attempt)
