"""What the database refuses of the network, whoever asks it and in whatever words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from pulso.web.fibre import cuts, writes
from pulso.web.fibre.guard import NAMES, TABLES
from pulso.web.fibre.models import Cut, Darkened, Kept, Revision
from pulso.web.fibre.writes import Put

pytestmark = pytest.mark.django_db
sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no `replace`")
postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite empties a table by deleting")


def refuses(letter: str, attempt) -> None:
    """Whether the database says so, and nothing else stops it before."""
    with pytest.raises(DatabaseError, match=letter), transaction.atomic():
        attempt()


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_version_is_never_changed_deleted_or_dated_back(loaded, rui):
    school = loaded.plan.sites[3]
    writes.change(rui, "vila", [Put(school.model_copy(update={"name": "Escola"}))], "so")
    for new in ({"body": "{}"}, {"key": "x"}, {"city": "porto"}, {"since": 2}, {"disclosure": "public"}, {"until": 1}, {"until": 3}):
        refuses("never changed", lambda n=new: Kept.objects.filter(key="bunker").update(**n))
    ended = Kept.objects.filter(key="school", until=2)
    for until in (None, 1, 2):
        refuses("never changed", lambda u=until: ended.update(until=u))
    refuses("never changed", lambda: Kept.objects.all().delete())
    refuses("never changed", lambda: sql("delete from fibre_kept"))
    row = {"city": "vila", "kind": "site", "body": "{}", "disclosure": "public"}
    for wrong in ({"since": 1}, {"since": 3}, {"since": 2, "until": 2}, {"since": 1, "city": "porto"}):
        refuses("begins with the newest", lambda w=wrong: Kept.objects.create(key="x", **row | w))
    assert Kept.objects.create(key="x", since=2, **row).pk


def test_a_thing_is_kept_once(loaded):
    row = {"city": "vila", "kind": "site", "key": "school", "body": "{}", "disclosure": "public", "since": 1}
    refuses("nothing is replaced|a_thing_is_kept_once", lambda: Kept.objects.create(**row))


def test_a_revision_stays_as_it_was_made_and_none_is_left_out(loaded):
    for new in ({"why": "x"}, {"number": 2}, {"who": None}, {"city": "porto"}):
        refuses("stays as it was made", lambda n=new: Revision.objects.update(**n))
    refuses("stays as it was made", lambda: Revision.objects.all().delete())
    for number in (1, 3, 0):
        row = {"city": "vila", "number": number, "at": loaded.at, "why": "x", "counts": {}}
        refuses("one by one|replaced", lambda r=row: Revision.objects.create(**r))


def test_a_cut_is_declared_once_and_ended_once(loaded, rui):
    cut = cuts.declare(rui, "vila", ducts=["a-school"], since=loaded.at, why="a digger")
    for new in ({"ducts": []}, {"since": loaded.at - timedelta(days=1)}, {"why": "x"}, {"until": loaded.at}, {"ended_why": "x"}):
        refuses("declared once", lambda n=new: Cut.objects.update(**n))
    refuses("declared once", lambda: Cut.objects.all().delete())
    cuts.end(rui, cut, until=loaded.at + timedelta(hours=2), why="mended")
    for new in ({"ended_at": None, "until": None, "ended_why": "", "ended_by": None}, {"until": loaded.at}, {"ended_why": "x"}):
        refuses("declared once", lambda n=new: Cut.objects.update(**n))
    refuses("stays on record", lambda: Darkened.objects.update(sensors=[]))
    refuses("stays on record", lambda: Darkened.objects.all().delete())
    row = {k: v for k, v in Cut.objects.values().get().items() if k != "id"}
    refuses("declared once", lambda: Cut.objects.create(**row))


@sqlite
def test_nothing_is_replaced_under_sqlite(loaded, rui):
    cuts.declare(rui, "vila", ducts=["a-school"], since=loaded.at, why="a digger")
    for model in (Revision, Kept, Cut, Darkened):
        columns = ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)
        table = model._meta.db_table
        before = model.objects.order_by("pk").values().first()
        replace = f"replace into {table} ({columns}) select {columns} from {table} where id = %s"
        refuses("replaced|one by one|begins with", lambda r=replace, n=before["id"]: sql(r, n))
        without = columns.replace('"id", ', "")
        if model in (Kept, Darkened):
            again = f"insert or replace into {table} ({without}) select {without} from {table} where id = %s"
            refuses("replaced", lambda r=again, n=before["id"]: sql(r, n))
        assert model.objects.order_by("pk").values().first() == before


@sqlite
def test_all_guards_stand_after_the_last_migration():
    with connection.cursor() as cursor:
        cursor.execute("select name from sqlite_master where type = 'trigger'")
        assert {name for (name,) in cursor.fetchall()} >= set(NAMES)


@postgres
def test_no_table_is_emptied(loaded):
    sql("set constraints all immediate")  # what waits for the end of the transaction would be told first
    for table in TABLES:
        refuses("never emptied", lambda t=table: sql(f"truncate {t} cascade"))
