"""Practices as everybody sees them: their effect is an evaluation's or none, and three adoptions are pooled."""

from __future__ import annotations

import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.core.effects.pooled import pool
from pulso.web.innovation import writes
from pulso.web.innovation.models import Adoption, Evaluation, Pilot, Practice
from pulso.web.people.models import Role
from pulso.web.readings.counted import counting
from tests.web.innovation.conftest import PROMISE
from tests.web.looks import shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(boss, ended) -> Practice:
    return writes.write_practice(boss, ended, title="Square without cars", text="Close it for a week.")


@pytest.fixture
def offered(card, boss) -> Practice:
    return writes.move(card, "offered", boss)


@pytest.fixture
def adopt(boss, clock, result, municipality):
    """Let Aldeia adopt a practice with a pilot of its own; evaluated where numbers are given, published or not."""

    def made(practice: Practice, numbers: tuple[float, float, float] | None, *, publish: bool = True, unit: str = "%") -> Pilot:
        Role.objects.get_or_create(person=boss, kind="administrator", city="aldeia")
        pilot = writes.draft_pilot(boss, "aldeia", municipality, title="As in Vila", text="The same.")
        days = {"window_first": "2025-05-01", "window_last": "2025-05-02"}
        protocol = writes.write_protocol(boss, pilot, **PROMISE | days | {"unit": unit})
        writes.set_least_effect(None, protocol, value=7.25, how="placebos", series="ab" * 32)
        writes.freeze(boss, pilot)
        writes.adopt(boss, practice, pilot)
        if numbers:
            estimate, low, high = numbers
            rest = {"method": "did", "protocol_digest": "x", "data_digest": "x", "as_of": clock(), "computed_at": clock()}
            rest |= {"amendments": 0, "interim": False, "verdict": "cannot tell", "published_at": clock() if publish else None}
            Evaluation.objects.create(pilot=pilot, unit=unit, estimate=estimate, low=low, high=high, **rest)
        return pilot

    return made


def test_a_draft_is_shown_to_nobody(client, card, boss):
    client.force_login(boss)
    page, said = shown(client, "practices")
    assert (said["own"], said["others"]) == ([], [])
    assert "Square without cars" not in page
    for form in ("", ".json"):
        assert client.get(f"/en/vila/practices/{card.pk}{form}").status_code == 404
    assert shown(client, f"pilots/{card.pilot_id}")[1]["practice"] is None


def test_without_a_published_evaluation_it_was_not_evaluated(client, offered, evaluation):
    page, said = shown(client, f"practices/{offered.pk}")
    assert (said["line"]["verdict"], said["line"]["sentence"]) == ("not evaluated", "Not evaluated.")
    assert "8.5" not in page + str(said) + "".join(map(str, shown(client, "practices")))
    assert said["pooled"] is None
    assert "Não avaliad" in shown(client, f"practices/{offered.pk}", lang="pt")[0]


def test_its_effect_is_its_pilot_s_evaluation_s(client, offered, evaluation, boss):
    writes.move(evaluation, "published", boss)
    page, said = shown(client, f"practices/{offered.pk}")
    assert said["line"]["sentence"] == "Bikes, North: 8.5% more than without the pilot (95% interval: +2.0% to +15.0%)."
    assert said["line"]["sentence"] in page
    (trial,) = said["trials"]
    assert (trial["estimate"], trial["original"], trial["shown"], trial["weight"]) == (8.5, True, True, None)
    assert shown(client, f"pilots/{offered.pilot_id}")[1]["practice"] == offered.pk


def test_another_city_sees_it_as_an_offer_and_reads_it_where_it_lies(client, offered):
    page, said = shown(client, "practices", city="aldeia")
    assert (said["own"], [p["title"] for p in said["others"]]) == ([], ["Square without cars"])
    assert f'href="/en/vila/practices/{offered.pk}"' in page
    assert client.get(f"/en/aldeia/practices/{offered.pk}").status_code == 404


def test_what_was_withdrawn_stays_with_its_reason_but_is_offered_to_nobody(client, offered, boss):
    writes.move(offered, "withdrawn", boss, why="It breaks the law.")
    assert "It breaks the law." in shown(client, f"practices/{offered.pk}")[0]
    assert [p["status"] for p in shown(client, "practices")[1]["own"]] == ["withdrawn"]
    assert shown(client, "practices", city="aldeia")[1]["others"] == []


def test_an_adoption_has_an_evaluation_of_its_own_once_it_is_published(client, offered, adopt):
    done, hidden, waiting = adopt(offered, (5.0, 1.0, 9.0)), adopt(offered, (77.7, 70.0, 80.0), publish=False), adopt(offered, None)
    page, said = shown(client, f"practices/{offered.pk}")
    assert [(t["pilot"], t["estimate"], t["verdict"]) for t in said["trials"][1:]] == [
        (done.pk, 5.0, "cannot tell"),
        (hidden.pk, None, "not evaluated"),
        (waiting.pk, None, "not evaluated"),
    ]
    assert "77.7" not in page + str(said)
    assert said["line"]["adopted"] == 3


def test_an_adoption_that_is_still_a_draft_is_not_told(client, offered, boss, municipality):
    Role.objects.create(person=boss, kind="administrator", city="aldeia")
    draft = writes.draft_pilot(boss, "aldeia", municipality, title="Secret plan", text="x")
    writes.adopt(boss, offered, draft)
    assert Adoption.objects.count() == 1
    said = shown(client, f"practices/{offered.pk}")[1]
    assert (len(said["trials"]), said["line"]["adopted"]) == (1, 0)


NUMBERS = [(5.0, 1.0, 9.0), (-1.0, -6.0, 4.0), (12.0, 6.5, 17.5)]


def test_three_evaluated_adoptions_are_pooled(client, offered, evaluation, boss, adopt):
    writes.move(evaluation, "published", boss)
    for numbers in NUMBERS[:2]:
        adopt(offered, numbers)
    assert shown(client, f"practices/{offered.pk}")[1]["pooled"] is None
    adopt(offered, NUMBERS[2])
    page, said = shown(client, f"practices/{offered.pk}")
    every = [(8.5, 2.0, 15.0), *NUMBERS]
    expected = pool([e for e, _, _ in every], [(high - low) / 3.92 for _, low, high in every])
    assert math.isclose(said["pooled"]["estimate"], expected.estimate)
    assert [said["pooled"][k] for k in ("low", "high", "trials")] == [expected.low, expected.high, 4]
    assert math.isclose(sum(t["weight"] for t in said["trials"]), 1.0)
    assert said["pooled"]["sentence"] in page
    assert page.count("interval-bar") == 5


def test_other_units_and_intervals_without_width_are_not_pooled(client, offered, adopt):
    for numbers in NUMBERS[:2]:
        adopt(offered, numbers)
    adopt(offered, NUMBERS[2], unit="points")
    assert shown(client, f"practices/{offered.pk}")[1]["pooled"] is None
    adopt(offered, NUMBERS[2])
    assert shown(client, f"practices/{offered.pk}")[1]["pooled"] is None


def test_an_interval_without_width_is_not_pooled(client, offered, adopt):
    for numbers in (*NUMBERS[:2], (3.0, 3.0, 3.0)):
        adopt(offered, numbers)
    assert shown(client, f"practices/{offered.pk}")[1]["pooled"] is None


def test_many_cost_no_more_questions_than_few(client, offered, evaluation, boss, adopt):
    writes.move(evaluation, "published", boss)
    for numbers in NUMBERS * 2:
        adopt(offered, numbers)
    for city, address in (("vila", "practices"), ("aldeia", "practices"), ("vila", f"practices/{offered.pk}")):
        client.get(f"/en/{city}/{address}")
        with CaptureQueriesContext(connection) as asked, counting() as looks:
            assert client.get(f"/en/{city}/{address}").status_code == 200
        assert looks[0] + len(asked) <= 10
