"""Numbers come from a function, are kept whatever their sign, and are seen once they are published."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, IntegrityError, connection, transaction

from pulso.web.innovation import guard, reads, shown, writes
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Evaluation, Protocol
from pulso.web.innovation.results import METHODS, VERDICTS
from pulso.web.people.models import Organisation, Step

pytestmark = pytest.mark.django_db


def refused():
    """The rules of what was refused, the latest first."""
    return [s.fields for s in Step.objects.filter(action="refuse")]


def test_what_a_function_gave_is_kept_as_it_was(evaluation, ended, boss, clock):
    again = Evaluation.objects.get()
    assert (again.estimate, again.low, again.high, again.unit, again.p) == (8.5, 2.0, 15.0, "%", 0.01)
    assert (again.placebos, again.pretrend, again.verdict, again.method) == ([0.5, -1.25], {"slope": 0.1}, "more", "did")
    assert (again.protocol_digest, again.data_digest, again.as_of) == (ended.protocol.digest, "cd" * 32, clock())
    assert (again.computed_at, again.computed_by, again.amendments, again.interim, again.status) == (clock(), boss, 0, False, "computed")
    ended.refresh_from_db()
    assert ended.status == "evaluated"
    assert [s.action for s in Step.objects.all()[:2]] == ["finish evaluation", "evaluate"]


def test_the_machine_evaluates_too(ended, result):
    assert writes.evaluate(ended, result(ended)).computed_by is None


@pytest.mark.parametrize("verdict", ["less", "none", "cannot tell"])
def test_whatever_its_sign(ended, result, verdict):
    low, high = {"less": (-9.0, -1.0), "none": (-2.0, 2.0), "cannot tell": (-20.0, 20.0)}[verdict]
    made = writes.evaluate(ended, result(ended, verdict=verdict, estimate=(low + high) / 2, low=low, high=high))
    assert Evaluation.objects.get() == made


def test_cannot_tell_needs_no_number_and_not_evaluable_has_none_but_a_reason(ended, result):
    nothing = {"estimate": None, "low": None, "high": None, "p": None, "placebos": ()}
    writes.evaluate(ended, result(ended, verdict="cannot tell", **nothing))
    made = writes.evaluate(ended, result(ended, verdict="", not_evaluable="All sensors were silent.", unit="", **nothing))
    assert (made.verdict, made.not_evaluable, made.estimate) == ("", "All sensors were silent.", None)


@pytest.mark.parametrize(
    ("wrong", "letter"),
    [
        ({"estimate": float("nan")}, "finite"),
        ({"placebos": (1.0, float("inf"))}, "finite"),
        ({"pretrend": {"slope": float("nan")}}, "finite"),
        ({"estimate": None}, "verdict has an estimate"),
        ({"unit": ""}, "their unit"),
        ({"estimate": 20.0}, "lies in its interval"),
        ({"low": -1.0}, "one sign"),
        ({"verdict": "less"}, "one sign"),
        ({"verdict": "good"}, "known are"),
        ({"method": "guess"}, "known are"),
        ({"p": 1.5}, "between 0 and 1"),
        ({"verdict": ""}, "a verdict or a reason"),
        ({"not_evaluable": "Rain."}, "a verdict or a reason"),
        ({"verdict": "", "not_evaluable": "Rain."}, "has no numbers"),
        ({"as_of": datetime(2025, 3, 1)}, "zone"),  # noqa: DTZ001
    ],
    ids=str,
)
def test_a_result_that_makes_no_sense_is_a_programmer_s_mistake(ended, result, wrong, letter):
    with pytest.raises(ValueError, match=letter):
        result(ended, **wrong)


def test_the_words_of_a_result_are_those_of_the_rows():
    assert set(VERDICTS) == set(Evaluation.Verdict.values)
    assert set(METHODS) == set(Protocol.Method.values)


@pytest.mark.parametrize("typed", [{"estimate": 15, "verdict": "more"}, "15 %", 15.0, None], ids=str)
def test_an_effect_is_not_typed(ended, boss, typed):
    with pytest.raises(Refused, match="not typed"):
        writes.evaluate(ended, typed, by=boss)
    assert refused() == [["type an effect"]]
    assert not Evaluation.objects.exists()


def test_numbers_of_another_protocol_or_of_one_that_was_tampered_with_are_refused(ended, boss, result):
    with pytest.raises(Refused, match="another protocol"):
        writes.evaluate(ended, result(ended, protocol_digest="00" * 32), by=boss)
    guard.guard(guard.LIFTED)
    Protocol.objects.update(matters=1)
    with pytest.raises(Refused, match="not what was frozen"):
        writes.evaluate(ended, result(ended), by=boss)
    assert refused() == [["evaluate by a changed protocol"], ["evaluate by another protocol"]]


def test_the_numbers_come_from_the_method_in_force_and_in_its_unit(frozen, pilot, boss, result, clock):
    writes.amend(boss, frozen, "method", "sdid", text="SDID.", reason="The pre-trend.")
    clock.pass_(days=11)
    writes.advance("vila")
    with pytest.raises(Unfit, match="says sdid; the numbers come from did"):
        writes.evaluate(pilot, result(pilot), by=boss)
    with pytest.raises(Unfit, match="is in %; the numbers are in points"):
        writes.evaluate(pilot, result(pilot, method="sdid", unit="points"), by=boss)
    made = writes.evaluate(pilot, result(pilot, method="sdid"), by=boss)
    assert (made.method, made.amendments) == ("sdid", 1)


def test_no_amendment_makes_another_result_of_a_window_that_is_over(evaluation, ended, boss):
    with pytest.raises(Refused, match="can be known by now"):
        writes.amend(boss, ended.protocol, "method", "sdid", text="SDID.", reason="It looks better.")
    assert refused() == [["amend what was seen"]]


def test_nobody_evaluates_before_the_end(frozen, pilot, boss, clock, result):
    with pytest.raises(Unfit, match="begins on"):
        writes.evaluate(pilot, result(pilot), by=boss)
    clock.pass_(days=5)
    writes.advance("vila")
    with pytest.raises(Refused, match="lets nobody look before"):
        writes.evaluate(pilot, result(pilot), by=boss)
    assert refused() == [["look before the end"]]


def test_unless_the_protocol_said_so_and_then_it_is_interim(boss, pilot, protocol, clock, result):
    writes.write_protocol(boss, pilot, may_peek=True, peek_why="Safety.")
    writes.freeze(boss, pilot)
    clock.pass_(days=5)
    writes.advance("vila")
    made = writes.evaluate(pilot, result(pilot), by=boss)
    assert made.interim
    writes.move(made, "published", boss)
    assert reads.last_word(pilot) is None
    clock.pass_(days=7)
    writes.advance("vila")
    pilot.refresh_from_db()
    assert pilot.status == "awaiting evaluation", "an interim look is no evaluation"
    assert not writes.evaluate(pilot, result(pilot), by=boss).interim


def test_a_stopped_pilot_is_evaluated_for_the_days_that_it_had(frozen, pilot, boss, clock, result):
    clock.pass_(days=6)
    writes.advance("vila")
    writes.move(pilot, "stopped", boss, why="Accidents.")
    nothing = {"estimate": None, "low": None, "high": None, "p": None, "verdict": "", "not_evaluable": "Too few days."}
    assert writes.evaluate(pilot, result(pilot, **nothing), by=boss).interim
    pilot.refresh_from_db()
    assert pilot.status == "stopped"


def test_what_was_looked_at_early_decides_nothing_and_a_closed_pilot_is_not_evaluated_again(boss, pilot, protocol, clock, result):
    writes.write_protocol(boss, pilot, may_peek=True, peek_why="Safety.")
    writes.freeze(boss, pilot)
    clock.pass_(days=5)
    writes.advance("vila")
    early = writes.move(writes.evaluate(pilot, result(pilot), by=boss), "published", boss)
    with pytest.raises(Unfit, match="upon the whole window"):
        writes.decide(boss, early, "roll out", why="It looks good.")
    clock.pass_(days=6)
    writes.advance("vila")
    whole = writes.move(writes.evaluate(pilot, result(pilot), by=boss), "published", boss)
    writes.decide(boss, whole, "expand", why="It worked.")
    pilot.refresh_from_db()
    writes.move(pilot, "closed", boss)
    with pytest.raises(Unfit, match="is closed"):
        writes.evaluate(pilot, result(pilot), by=boss)


def test_a_draft_is_not_evaluated(protocol, pilot, boss, result):
    with pytest.raises(Unfit, match="this one has none"):
        writes.evaluate(pilot, result(pilot), by=boss)


def test_a_series_of_tomorrow_is_a_programmer_s_mistake(ended, result):
    with pytest.raises(ValueError, match="in the future"):
        writes.evaluate(ended, result(ended, as_of=datetime(2026, 1, 1, tzinfo=UTC)))


def test_a_later_evaluation_supersedes_and_the_earlier_stays(evaluation, ended, boss, result):
    later = writes.evaluate(ended, result(ended, estimate=9.0), by=boss)
    assert reads.evaluations(ended, boss) == [later, evaluation]
    writes.move(evaluation, "published", boss)
    assert reads.last_word(ended) == evaluation
    writes.move(later, "published", boss)
    assert reads.last_word(ended) == later
    assert Evaluation.objects.get(pk=evaluation.pk).estimate == 8.5


COLUMNS = [f.column for f in Evaluation._meta.concrete_fields]
OTHER = {
    "placebos": "'[]'",
    "pretrend": "'{}'",
    "interim": "true",
    "amendments": "7",
    "id": "id + 1",
    "pilot_id": "pilot_id + 1",
    "computed_by_id": "null",
}
OTHER |= dict.fromkeys(("as_of", "computed_at"), "'2020-01-01'") | dict.fromkeys(("estimate", "low", "high", "p"), "0.5")


@pytest.mark.parametrize("column", guard.FIXED["innovation_evaluation"])
def test_the_database_refuses_to_change_what_was_computed(evaluation, column):
    before = Evaluation.objects.values().get()
    sql = f"update innovation_evaluation set {column} = {OTHER.get(column, chr(39) + 'x' + chr(39))}"
    with (
        pytest.raises(DatabaseError, match="never changed: a later one supersedes it"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Evaluation.objects.values().get() == before


@pytest.mark.parametrize(
    "sql",
    [
        "published_at = null",
        "published_at = '2020-01-01'",
        "published_by_id = null",
        "next_step = 'stop'",
        "next_why = 'x'",
        "decided_at = null, next_step = ''",
        "decided_for = 'x'",
    ],
)
def test_nor_to_take_back_or_change_what_was_published_and_decided(evaluation, boss, sql):
    writes.move(evaluation, "published", boss)
    writes.decide(boss, evaluation, "expand", why="It worked.")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update innovation_evaluation set {sql}")
    for attempt in (evaluation.delete, lambda: Evaluation.objects.all().delete()):
        with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
            attempt()


def test_nor_to_slip_a_next_step_in_beside_its_moment(evaluation):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update innovation_evaluation set next_why = 'x'")


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "", "not_evaluable": ""},
        {"not_evaluable": "Rain."},
        {"verdict": "", "not_evaluable": "Rain."},
        {"estimate": None},
        {"estimate": 99.0},
        {"verdict": "good"},
        {"next_step": "stop"},
    ],
    ids=str,
)
def test_the_database_knows_what_an_evaluation_is(evaluation, wrong):
    row = {k: v for k, v in Evaluation.objects.values().get().items() if k != "id"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.create(**row | wrong)


def test_every_column_is_either_fixed_or_set_once():
    from pulso.web.innovation.models import Comment

    for model in (Evaluation, Comment):
        table = model._meta.db_table
        once = {c for moment, rest in guard.ONCE[table].items() for c in (moment, *rest)}
        assert {f.column for f in model._meta.concrete_fields} == {*guard.FIXED[table], *once}


def test_an_unpublished_evaluation_is_for_those_who_have_a_part_in_it(evaluation, ended, person, boss, acme):
    uni = Organisation.objects.create(slug="uni", name="Uni", kind="university")
    writes.take_part(boss, ended, acme, "company")
    inside = [person("vera", "viewer"), person("ana", "viewer", organisation=acme), person("root", is_superuser=True)]
    outside = [
        person("tom"),
        person("eva", "administrator", organisation=uni),
        person("ada", "administrator", city="aldeia"),
        AnonymousUser(),
    ]
    for who in inside:
        assert reads.evaluation(evaluation.pk, who) == evaluation
        assert reads.evaluations(ended, who) == [evaluation]
    for who in outside:
        with pytest.raises(Refused, match="not published yet"):
            reads.evaluation(evaluation.pk, who)
        assert reads.evaluations(ended, who) == []
    steps = list(Step.objects.filter(action="refuse").order_by("id"))
    assert [s.who for s in steps] == [*(o.pseudonym for o in outside[:3]), None]
    assert {(s.subject, tuple(s.fields), s.city) for s in steps} == {
        (f"evaluation:{evaluation.pk}", ("read an unpublished evaluation",), "vila")
    }
    writes.move(evaluation, "published", boss)
    for who in inside + outside:
        assert reads.evaluation(evaluation.pk, who) == evaluation
        assert reads.evaluations(ended, who) == [evaluation]


def test_the_same_again_is_the_one_that_is_kept(evaluation, ended, boss, result, clock):
    clock.pass_(minutes=1)
    assert writes.evaluate(ended, result(ended, as_of=clock()), by=boss) == evaluation
    assert writes.evaluate(ended, result(ended, data_digest="ef" * 32), by=boss) != evaluation, "of other numbers it is another"
    assert Evaluation.objects.count() == 2


def test_what_follows_is_decided_once_after_it_is_published_in_the_name_of_the_office(evaluation, person, municipality, clock):
    mayor = person("mayor", "administrator", organisation=municipality)
    with pytest.raises(Unfit, match="not published yet"):
        writes.decide(mayor, evaluation, "expand", why="It worked.")
    writes.move(evaluation, "published", mayor)
    with pytest.raises(Unfit, match="roll out, expand, replicate, stop; found party"):
        writes.decide(mayor, evaluation, "party", why="It worked.")
    with pytest.raises(Unfit, match="has a reason"):
        writes.decide(mayor, evaluation, "expand", why=" ")
    with pytest.raises(Refused, match="takes a role"):
        writes.decide(person("rui", "engineer"), evaluation, "expand", why="It worked.")
    writes.decide(mayor, evaluation, "expand", why="It worked.")
    again = Evaluation.objects.get()
    assert (again.next_step, again.next_why, again.decided_by, again.decided_at) == ("expand", "It worked.", mayor, clock())
    assert again.decided_for == "Câmara Municipal de Vila"
    with pytest.raises(Unfit, match="decided already"):
        writes.decide(mayor, evaluation, "stop", why="No.")


def test_who_may_evaluate(ended, result, person, acme):
    for who in (person("eva", "editor"), person("ana", "administrator", organisation=acme), person("tom")):
        with pytest.raises(Refused, match="takes a role"):
            writes.evaluate(ended, result(ended), by=who)
    assert refused() == [["evaluate"]] * 3
    writes.evaluate(ended, result(ended), by=person("rui", "engineer"))


def test_the_register_has_every_pilot_that_was_promised_whatever_came_of_it(
    frozen, pilot, boss, municipality, clock, result, django_assert_num_queries
):
    writes.amend(boss, frozen, "stop_rule", "None.", text="None.", reason="So.")
    clock.pass_(days=11)
    writes.advance("vila")
    evaluation = writes.evaluate(pilot, result(pilot), by=boss)
    draft = writes.draft_pilot(boss, "vila", municipality, title="Draft", text="A draft.")
    stopped = writes.draft_pilot(boss, "vila", municipality, title="Stopped", text="No.")
    writes.move(stopped, "stopped", boss, why="No money.")
    with django_assert_num_queries(3):
        found = shown.register(shown.pilots("vila"))
    assert [(line.pilot.title, line.evaluation, line.amendments) for line in found] == [("Stopped", None, 0), ("No cars", None, 1)]
    writes.move(evaluation, "published", boss)
    assert shown.register(shown.pilots("vila"))[1].evaluation == evaluation
    assert shown.register(shown.pilots("aldeia")) == []
    assert draft not in [line.pilot for line in found]
