"""A practice has the numbers of its evaluation and no others; who adopts it evaluates it too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pulso.web.innovation import reads, writes
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Adoption, Practice
from pulso.web.people.models import Role, Step
from tests.web.innovation.conftest import PROMISE

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice(boss, pilot, frozen) -> Practice:
    made = writes.write_practice(boss, pilot, title="A square without cars", text="Close it for a week, tell the shops before.")
    return writes.move(made, "offered", boss)


@pytest.fixture
def ada(person, clock):
    """May everything in Aldeia."""
    return person("ada", "administrator", city="aldeia")


@pytest.fixture
def evaluated(ada, acme, clock, result, boss):
    """A pilot of Aldeia that adopts a practice, was run and evaluated, with an estimate."""

    def made(practice, estimate, **other):
        pilot = writes.draft_pilot(ada, "aldeia", acme, title="As in Vila", text="The same.")
        writes.adopt(ada, practice, pilot)
        day = clock().date()
        days = {"window_first": day + timedelta(days=2), "window_last": day + timedelta(days=3), "before_last": day}
        protocol = writes.write_protocol(ada, pilot, **PROMISE | days | {"unit": other.get("unit", "%")})
        writes.set_least_effect(None, protocol, value=5.0, how="x", series="y")
        writes.freeze(ada, pilot)
        clock.pass_(days=5)
        writes.advance("aldeia")
        told = writes.evaluate(pilot, result(pilot, estimate=estimate, **other), by=ada)
        writes.move(told, "published", ada)
        return pilot

    return made


def test_a_card_has_no_column_for_an_effect():
    columns = {f.name for f in Practice._meta.concrete_fields}
    assert columns == {"id", "pilot", "title", "text", "author", "status", "why", "created_at", "since"}
    assert {f.name for f in Adoption._meta.concrete_fields} == {"id", "practice", "city", "pilot", "author", "at"}


def test_its_effect_is_its_pilot_s_published_evaluation_or_none(practice, evaluation, boss, ended, result):
    assert reads.effect(practice) is None
    writes.move(evaluation, "published", boss)
    assert reads.effect(practice) == evaluation
    worse = writes.evaluate(ended, result(ended, verdict="none", low=-1.0, estimate=0.0, high=1.0), by=boss)
    writes.move(worse, "published", boss)
    assert reads.effect(practice) == worse


@pytest.mark.parametrize(
    "typed",
    [
        *("12 % more people", "12% mais", "mais 12 por cento", "up by 3.5 per cent", "+4 points", "mais 4 pontos", "12 ‰"),
        *(
            "25 por cento",
            "mais 25\u00a0%",
            "vinte e cinco por cento",
            "doze\npor  cento",
            "25\uff05 mais",
            "３０ ％",
            "12 p.p.",
            "ten percent",
        ),
        *(
            "um quarto a mais",
            "half as many cars",
            "twice as many people",
            "o dobro de mais",
            "três vezes mais gente",
            "a third fewer cars",
        ),
    ],
)
def test_an_effect_is_not_typed_into_its_words(practice, boss, typed):
    for field in ("title", "text"):
        with pytest.raises(Refused, match="not typed here"):
            writes.change_practice(boss, practice, **{field: f"It brought {typed}."})
    assert [(s.subject, s.fields) for s in Step.objects.filter(action="refuse")] == [(f"practice:{practice.pk}", ["type an effect"])] * 2
    practice.refresh_from_db()
    assert practice.title == "A square without cars"


@pytest.mark.parametrize("field", ["estimate", "effect", "low", "verdict", "status", "pilot"])
def test_nor_as_a_field(practice, boss, field):
    with pytest.raises(Refused, match=f"Nobody writes {field}"):
        writes.change_practice(boss, practice, **{field: "12"})


FINE = ("It takes 12 people and 3 weeks.", "Ask 40 shops at 2 pm.", "Costs 100 euros a day.", "Twice a week, half an hour.")
FINE += ("Precisa de 12 pontos de acesso.", "Um quarto de hora.", "Duas vezes por semana, mais ou menos.", "10 points of sale.")


@pytest.mark.parametrize("fine", FINE)
def test_other_numbers_are(practice, boss, fine):
    assert writes.change_practice(boss, practice, text=fine).text == fine


def test_a_pilot_has_one_card_and_the_city_writes_it(practice, pilot, boss, person, acme):
    with pytest.raises(Unfit, match="its card already"):
        writes.write_practice(boss, pilot, title="x", text="x")
    for who in (person("rui", "engineer"), person("ana", "administrator", organisation=acme)):
        with pytest.raises(Refused, match="takes a role"):
            writes.change_practice(who, practice, title="x")


def test_another_city_adopts_with_a_pilot_of_its_own(practice, pilot, boss, ada, acme, municipality, clock):
    theirs = writes.draft_pilot(ada, "aldeia", acme, title="As in Vila", text="The same.")
    with pytest.raises(Refused, match="takes a role"):
        writes.adopt(boss, practice, theirs)
    made = writes.adopt(ada, practice, theirs)
    assert (made.city, made.pilot, made.author, made.at) == ("aldeia", theirs, ada, clock())
    with pytest.raises(Unfit, match="of no other adoption"):
        writes.adopt(ada, practice, theirs)
    for own in (pilot, writes.draft_pilot(boss, "vila", municipality, title="Again", text="Again.")):
        with pytest.raises(Refused, match="by another city"):
            writes.adopt(boss, practice, own)
        assert Step.objects.first().fields == ["adopt one's own practice"]
    other = writes.draft_pilot(ada, "aldeia", acme, title="Once more", text="The same.")
    writes.move(practice, "withdrawn", boss, why="It hurt the shops.")
    with pytest.raises(Unfit, match="not offered"):
        writes.adopt(ada, practice, other)
    assert [s.action for s in Step.objects.filter(city="aldeia")[:3]] == ["take part", "draft pilot", "adopt practice"]


def test_estimates_are_pooled_from_three_evaluated_adoptions_on(practice, evaluation, boss, ada, evaluated):
    writes.move(evaluation, "published", boss)
    for n, estimate in enumerate((4.0, 5.0, 6.0)):
        assert not reads.may_pool(reads.estimates(practice))
        assert len(reads.estimates(practice)) == n + 1
        evaluated(practice, estimate)
    found = reads.estimates(practice)
    assert [(e.city, e.original, e.evaluation.estimate) for e in found] == [
        ("vila", True, 8.5),
        ("aldeia", False, 4.0),
        ("aldeia", False, 5.0),
        ("aldeia", False, 6.0),
    ]
    assert reads.may_pool(found)


def test_what_has_no_estimate_or_another_unit_is_not_pooled(practice, ada, evaluated):
    for unit in ("%", "%", "points"):
        evaluated(practice, 4.0, unit=unit)
    nothing = {"low": None, "high": None, "p": None, "verdict": "", "not_evaluable": "Silent."}
    evaluated(practice, None, **nothing)
    found = reads.estimates(practice)
    assert [e.evaluation.unit for e in found] == ["%", "%", "points"], "the original is not published"
    assert not reads.may_pool(found)


def test_a_mentor_of_two_cities_adopts_from_one_in_the_other(practice, boss, ada, acme, clock):
    Role.objects.create(person=boss, kind="editor", city="aldeia")
    theirs = writes.draft_pilot(ada, "aldeia", acme, title="As in Vila", text="The same.")
    assert writes.adopt(boss, practice, theirs).practice == practice


def test_nobody_adopts_with_a_pilot_whose_outcome_can_be_known(practice, ada, acme, clock):
    theirs = writes.draft_pilot(ada, "aldeia", acme, title="As in Vila", text="The same.")
    first = clock().date() + timedelta(days=2)
    days = {"window_first": first, "window_last": first + timedelta(days=3), "before_last": clock().date()}
    writes.set_least_effect(None, writes.write_protocol(ada, theirs, **PROMISE | days), value=5.0, how="x", series="y")
    writes.freeze(ada, theirs)
    clock.pass_(days=2)
    with pytest.raises(Unfit, match="began on 18 Mar 2025"):
        writes.adopt(ada, practice, theirs)
    clock.pass_(days=-1)
    assert writes.adopt(ada, practice, theirs).pilot == theirs
