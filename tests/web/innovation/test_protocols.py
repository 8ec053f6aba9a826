"""A protocol is frozen before its window, whole, and stays what it was: against forms, against code, against the database's own door."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from pulso.show.language import speak
from pulso.web.innovation import reads, writes
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Protocol
from pulso.web.innovation.models.protocols import COMPUTED, PROMISED, WRITTEN
from pulso.web.people.models import Step
from tests.web.innovation.conftest import PROMISE

pytestmark = pytest.mark.django_db


def last():
    """The trail's last step, in short."""
    step = Step.objects.first()
    return step.action, step.subject, step.fields


def test_a_protocol_is_frozen_whole_with_who_and_when(frozen, boss, pilot, clock):
    again = Protocol.objects.get()
    assert (again.frozen_at, again.frozen_on, again.frozen_by) == (clock(), date(2025, 3, 16), boss)
    assert pilot.status == "frozen"
    assert again.recomputed() == again.digest == frozen.digest, "before and after it went through the database"
    assert [s.action for s in Step.objects.all()[:2]] == ["freeze pilot", "freeze protocol"]


def test_anyone_recomputes_the_digest_from_what_is_published(frozen, tmp_path, monkeypatch):
    published = reads.promise(Protocol.objects.get())
    assert (published["matters"], published["mde"], published["window_first"]) == ("5", "7.25", "2025-03-20")
    assert published["frozen_at"] == "2025-03-16T09:00:00Z"
    page = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "protocol.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("protocol.json").write_text(json.dumps(published, indent=2), encoding="utf-8")
    exec(compile(lines, "protocol.md", "exec"), {})  # noqa: S102  # our own page
    Path("protocol.json").write_text(json.dumps(published | {"stop_rule": "None."}), encoding="utf-8")
    with pytest.raises(AssertionError):
        exec(compile(lines, "protocol.md", "exec"), {})  # noqa: S102


def test_what_is_not_frozen_is_not_published(protocol):
    assert reads.promise(protocol) is None


def test_the_digest_of_this_protocol_is_this_one(frozen):
    assert frozen.digest == "f7f8bf45f32e7ad6e938931a8143bba4ef60b639cbb18d1640ba83e690024e52"


def test_every_field_is_promised_but_for_who_and_the_digest_itself():
    columns = {f.name for f in Protocol._meta.concrete_fields}
    assert columns - set(PROMISED) == {"id", "pilot", "frozen_by", "digest"}
    assert set(PROMISED) == {*WRITTEN, *COMPUTED, "frozen_at", "frozen_on"}


@pytest.mark.parametrize(
    "field", ["hypothesis", "metric", "direction", "before_first", "window_last", "matters", "unit", "method", "stop_rule"]
)
def test_it_is_not_frozen_while_something_is_missing(boss, pilot, protocol, field):
    empty = None if field in ("before_first", "window_last", "matters") else ""
    Protocol.objects.update(**{field: empty})
    with pytest.raises(Unfit, match="can't be frozen without") as why:
        writes.freeze(boss, pilot)
    assert "sem: " in why.value.said(speak("pt"))
    assert Protocol.objects.get().frozen_at is None


def test_it_is_not_frozen_without_the_least_effect_that_it_can_tell(boss, pilot):
    writes.write_protocol(boss, pilot, **PROMISE)
    with pytest.raises(Unfit, match="least effect that can be told"):
        writes.freeze(boss, pilot)


@pytest.mark.parametrize(
    "other",
    [
        {"metric": "cars"},
        {"direction": "either"},
        {"window_last": date(2025, 3, 27)},
        {"zones": ["south"], "comparison_zones": ["north"]},
        {"excluded": []},
    ],
    ids=str,
)
def test_the_least_effect_goes_with_what_it_was_computed_from(boss, pilot, protocol, other):
    writes.write_protocol(boss, pilot, stop_rule="Three accidents.")
    assert Protocol.objects.get().mde == Decimal("7.25")
    writes.write_protocol(boss, pilot, **other)
    again = Protocol.objects.get()
    assert (again.mde, again.mde_how, again.mde_series) == (None, "", "")


def test_a_least_effect_of_what_stood_there_before_is_not_kept(boss, pilot, protocol):
    before = Protocol.objects.select_related("pilot").get()
    writes.write_protocol(boss, pilot, metric="cars")
    with pytest.raises(Unfit, match="compute it again"):
        writes.set_least_effect(None, before, value=1.0, how="x", series="y")
    assert Protocol.objects.get().mde is None


def test_what_is_frozen_is_what_was_seen(boss, pilot, protocol):
    seen = protocol.recomputed()
    writes.write_protocol(boss, pilot, stop_rule="One accident.")
    with pytest.raises(Unfit, match="changed since you saw it"):
        writes.freeze(boss, pilot, seen=seen)
    assert writes.freeze(boss, pilot, seen=Protocol.objects.get().recomputed()).frozen_at


@pytest.mark.parametrize("late", [timedelta(days=3, hours=15), timedelta(days=4), timedelta(days=40)])
def test_nobody_freezes_a_protocol_once_its_window_has_begun_by_the_city_s_clock(boss, pilot, protocol, clock, late):
    clock.pass_(seconds=late.total_seconds())
    with pytest.raises(Refused, match="before its window's first day"):
        writes.freeze(boss, pilot)
    assert last() == ("refuse", f"protocol:{protocol.pk}", ["freeze after the beginning"])
    assert Protocol.objects.get().digest == ""
    pilot.refresh_from_db()
    assert pilot.status == "draft"


def test_one_minute_before_it_can_still_be_frozen(boss, pilot, protocol, clock):
    clock.pass_(days=3, hours=14, minutes=59)
    assert writes.freeze(boss, pilot).frozen_on == date(2025, 3, 19)


@pytest.mark.parametrize(
    "forged", [{"frozen_at": datetime(2025, 3, 1, tzinfo=UTC)}, {"frozen_on": date(2025, 3, 1)}, {"mde": 1}, {"digest": "a" * 64}], ids=str
)
def test_what_the_machine_sets_is_not_typed(boss, pilot, protocol, forged):
    with pytest.raises(Refused, match="Nobody writes"):
        writes.write_protocol(boss, pilot, **forged)
    assert last() == ("refuse", f"protocol:{protocol.pk}", [f"type {next(iter(forged))}"])
    assert Protocol.objects.get().mde == Decimal("7.25")


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_the_least_effect_is_a_number_above_nothing(protocol, value):
    with pytest.raises(ValueError, match=r"above 0|finite"):
        writes.set_least_effect(None, protocol, value=value, how="x", series="y")


@pytest.mark.parametrize("field", WRITTEN)
def test_no_field_of_a_frozen_protocol_is_changed(boss, pilot, frozen, field):
    before = Protocol.objects.values().get()
    with pytest.raises(Refused, match="frozen since 16 Mar 2025: no letter of it changes"):
        writes.write_protocol(boss, pilot, **{field: getattr(frozen, field)})
    assert last() == ("refuse", f"protocol:{frozen.pk}", ["edit a frozen protocol"])
    assert Protocol.objects.values().get() == before


def test_nor_its_least_effect_nor_is_it_frozen_again(boss, pilot, frozen):
    with pytest.raises(Refused, match="no letter"):
        writes.set_least_effect(boss, frozen, value=1.0, how="x", series="y")
    with pytest.raises(Refused, match="no letter"):
        writes.freeze(boss, pilot)
    assert Step.objects.filter(action="refuse").count() == 2


COLUMNS = [f.column for f in Protocol._meta.concrete_fields]
OTHER = {
    "zones": "'[]'",
    "excluded": "'[]'",
    "comparison_zones": "'[]'",
    "comparison_cities": "'[\"aldeia\"]'",
    "may_peek": "true",
    "matters": "1",
    "mde": "1",
}
OTHER |= dict.fromkeys(("before_first", "before_last", "window_first", "window_last", "frozen_on", "frozen_at"), "'2025-03-19'")
OTHER |= {"id": "id + 1", "pilot_id": "pilot_id + 1", "frozen_by_id": "null"}


@pytest.mark.parametrize("column", COLUMNS)
def test_the_database_refuses_to_change_any_column_of_a_frozen_protocol(frozen, column):
    before = Protocol.objects.values().get()
    sql = f"update innovation_protocol set {column} = {OTHER.get(column, chr(39) + 'x' + chr(39))}"
    with pytest.raises(DatabaseError, match="never changed: amend it"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Protocol.objects.values().get() == before


def test_nor_does_it_delete_one_nor_melt_it(frozen):
    for sql in ("delete from innovation_protocol", "update innovation_protocol set frozen_at = null, frozen_on = null, digest = ''"):
        with pytest.raises(DatabaseError, match="never changed: amend it"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    for attempt in (frozen.save, frozen.delete, lambda: Protocol.objects.update(stop_rule="None.")):
        with pytest.raises(DatabaseError, match="never changed: amend it"), transaction.atomic():
            attempt()
    assert Protocol.objects.get().digest == frozen.digest


def test_nor_is_one_put_there_frozen(frozen, pilot, boss, municipality):
    other = writes.draft_pilot(boss, "vila", municipality, title="Other", text="Other.")
    row = Protocol.objects.values().get() | {"id": None, "pilot_id": other.pk}
    with pytest.raises(DatabaseError, match="written before it is frozen"), transaction.atomic():
        Protocol(**row).save(force_insert=True)


def test_a_protocol_that_is_not_frozen_can_be_changed_and_deleted(protocol):
    protocol.stop_rule = "None."
    protocol.save()
    protocol.delete()
    assert not Protocol.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"frozen_on": date(2025, 3, 20), "frozen_at": datetime(2025, 3, 20, tzinfo=UTC), "digest": "a"},
        {"frozen_on": date(2025, 3, 1), "frozen_at": datetime(2025, 3, 1, tzinfo=UTC), "digest": ""},
        {"frozen_on": date(2025, 3, 1), "frozen_at": datetime(2025, 3, 1, tzinfo=UTC), "digest": "a", "mde": None},
        {"window_last": date(2025, 3, 1)},
        {"before_last": date(2025, 3, 20)},
        {"before_first": date(2025, 3, 1)},
        {"matters": 0},
        {"may_peek": True},
    ],
    ids=str,
)
def test_the_database_knows_what_a_protocol_is(protocol, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Protocol.objects.update(**wrong)


@pytest.mark.parametrize(
    ("wrong", "letter"),
    [
        ({"zones": ["east"]}, "no zone east. It has: north, south"),
        ({"comparison_zones": ["north"]}, "treated and left alone"),
        ({"comparison_zones": []}, "left alone: name some"),
        ({"zones": []}, "whole city is treated"),
        ({"metric": "noise"}, "no metric noise"),
        ({"comparison_cities": ["vila"]}, "no city vila"),
        ({"comparison_cities": ["porto"]}, "There is: aldeia"),
        ({"window_last": date(2025, 3, 19)}, "not in order"),
        ({"before_last": date(2025, 3, 20)}, "not in order"),
        ({"may_peek": True}, "Say why the outcome"),
        ({"excluded": [{"id": "e1", "name": "Fair"}]}, "two days"),
        ({"excluded": [{"id": "e1", "name": "Fair", "first": "2025-02-12", "last": "2025-02-11"}]}, "two days"),
        ({"excluded": ["Fair"]}, "two days"),
    ],
    ids=str,
)
def test_what_is_not_there_or_makes_no_sense_is_a_letter(boss, pilot, wrong, letter):
    with pytest.raises(Unfit, match=letter):
        writes.write_protocol(boss, pilot, **PROMISE | wrong)
    assert not Protocol.objects.exists()
    assert Step.objects.first().action != "write protocol"


@pytest.mark.parametrize("wrong", [{"method": "guess"}, {"matters": -1}, {"unit": "apples"}, {"window_first": "soon"}], ids=str)
def test_what_can_t_be_is_refused_by_its_field(boss, pilot, wrong):
    with pytest.raises(ValidationError):
        writes.write_protocol(boss, pilot, **PROMISE | wrong)


def test_who_may_write_freeze_and_amend(person, boss, pilot, protocol, acme):
    lead = pilot.parties.get()
    lead.organisation = acme
    lead.save()
    ana, rui, eva = person("ana", "editor", organisation=acme), person("rui", "engineer"), person("eva", "editor")
    writes.write_protocol(ana, pilot, stop_rule="One accident.")
    for who in (ana, eva):
        with pytest.raises(Refused, match="takes a role"):
            writes.freeze(who, pilot)
    made = writes.freeze(rui, pilot)
    for who in (ana, eva):
        with pytest.raises(Refused, match="takes a role"):
            writes.amend(who, made, "stop_rule", "None.", text="None.", reason="So.")
    assert [s.fields for s in Step.objects.filter(action="refuse")] == [["amend protocol"]] * 2 + [["freeze protocol"]] * 2
    writes.amend(rui, made, "stop_rule", "None.", text="None.", reason="So.")
