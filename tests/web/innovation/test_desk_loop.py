"""The whole loop through forms: from a chart to a challenge, a pilot, its frozen protocol, what it did, and who did it again."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from pulso.web.innovation import evaluating, reads, writes
from pulso.web.innovation.models import Adoption, Challenge, Evaluation, Pilot, Practice, Protocol
from pulso.web.people.models import Step
from tests.web.innovation.test_desk_forms import PROTOCOL, SAID

pytestmark = pytest.mark.django_db
AMENDED = {"stop_rule": "Three accidents.", "text": "One more is let pass.", "reason": "The first was none of ours."}


@pytest.fixture
def computed(monkeypatch, result):
    """Numbers as if they had been computed."""

    def least(pilot, by=None):
        return writes.set_least_effect(by, pilot.protocol, value=7.25, how="earlier windows", series="ab" * 32)

    monkeypatch.setattr(evaluating, "least_effect", least)
    monkeypatch.setattr(evaluating, "evaluate", lambda pilot, as_of=None: result(pilot))


@pytest.fixture
def by(person):
    """A browser for somebody."""

    def made(name: str, *kinds: str, **where: object) -> Client:
        browser = Client()
        browser.force_login(person(name, *kinds, **where))
        return browser

    return made


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_from_a_low_zone_to_a_practice_that_another_city_adopts(computed, by, municipality, clock, lang):
    adviser, chief, engineer = by("eva", "editor", organisation=municipality), by("ada", "administrator"), by("rui", "engineer")
    city = f"/{lang}/vila"
    link = f"{city}/challenges/new?from-page=metric&metric=bikes&zone=north&from=2025-02-01&to=2025-02-28"
    assert adviser.post(link, SAID | {"target": "5"}).status_code == 302
    challenge = Challenge.objects.get()
    assert "Empty square" in adviser.get(f"{city}/desk").content.decode()
    assert adviser.post(f"{city}/desk/challenges/{challenge.pk}/step", {"to": "open"})["Location"] == f"{city}/challenges/{challenge.pk}"
    assert by("tom").post(f"{city}/challenges/{challenge.pk}/comment", {"text": "At last."}).status_code == 302

    said = {"title": "No cars", "text": "A week.", "lead": "cm-vila", "challenge": challenge.pk}
    at = adviser.post(f"{city}/pilots/new", said)["Location"]
    pilot = Pilot.objects.get()
    assert adviser.post(f"{at}/protocol", PROTOCOL)["Location"] == at
    assert adviser.post(f"{at}/least")["Location"] == at
    assert adviser.get(f"{at}/freeze").status_code == 403, "whoever is judged by it does not freeze it"
    assert adviser.post(f"{at}/freeze").status_code == 403
    waits = json.loads(engineer.get(f"{city}/desk.json").content)["waiting"]
    assert [(w["noun"], w["number"], w["until"]) for w in waits if w["until"]] == [("pilot", pilot.pk, "2025-03-20")]

    seen = json.loads(engineer.get(f"{at}/freeze.json").content)["digest"]
    assert seen in engineer.get(f"{at}/freeze").content.decode()
    adviser.post(f"{at}/protocol", PROTOCOL | {"stop_rule": "One accident."})
    late = engineer.post(f"{at}/freeze", {"seen": seen})
    assert late.status_code == 400, "it is not what was seen"
    seen = json.loads(engineer.get(f"{at}/freeze.json").content)["digest"]
    assert engineer.post(f"{at}/freeze", {"seen": seen})["Location"] == f"{city}/pilots/{pilot.pk}"
    digest = Protocol.objects.get().digest
    assert digest in engineer.get(at).content.decode()

    refused = adviser.post(f"{at}/protocol", PROTOCOL)
    assert refused.status_code == 403
    assert ("congelado" if lang == "pt" else "frozen since") in refused.content.decode()
    assert (Step.objects.first().action, Step.objects.first().fields) == ("refuse", ["edit a frozen protocol"])
    assert engineer.get(f"{at}/amend").status_code == 200
    assert engineer.post(f"{at}/amend?field=stop_rule", AMENDED).status_code == 302
    assert Protocol.objects.get().digest == digest
    assert "Three accidents." in engineer.get(at).content.decode()

    assert engineer.post(f"{at}/evaluate").status_code == 400, "its window is to come"
    clock.pass_(days=5)
    writes.advance("vila")
    assert engineer.post(f"{at}/evaluate").status_code == 403, "nobody looks before the end"
    clock.pass_(days=6)
    writes.advance("vila")
    assert [w["number"] for w in json.loads(engineer.get(f"{city}/desk.json").content)["waiting"] if w["noun"] == "pilot"] == [pilot.pk]
    assert engineer.post(f"{at}/evaluate")["Location"] == at
    told = Evaluation.objects.get()
    follows = {"step": "expand", "why": "It works."}
    assert adviser.post(f"{at}/evaluations/{told.pk}/decide", follows).status_code == 400, "not published yet"
    assert adviser.post(f"{city}/desk/evaluations/{told.pk}/step", {"to": "published"})["Location"] == f"{city}/pilots/{pilot.pk}"
    assert adviser.post(f"{at}/evaluations/{told.pk}/decide", follows | {"why": ""}).status_code == 400
    assert adviser.post(f"{at}/evaluations/{told.pk}/decide", follows).status_code == 302
    assert adviser.post(f"{city}/desk/pilots/{pilot.pk}/step", {"to": "closed"}).status_code == 302
    told.refresh_from_db()
    assert (told.next_step, told.decided_for) == ("expand", municipality.name)

    assert adviser.post(f"{at}/practice", {"title": "Streets without cars", "text": "Signs and patience."}).status_code == 302
    practice = Practice.objects.get()
    card = adviser.get(f"{city}/desk/practices/{practice.pk}").content.decode()
    assert ("+8,5 %" if lang == "pt" else "+8.5%") in card.replace("\u00a0", " ").replace("8,5%", "8,5 %")
    assert adviser.post(f"{city}/desk/practices/{practice.pk}/step", {"to": "offered"}).status_code == 302

    mentor = by("mia", "editor", city="aldeia")
    there = f"/{lang}/aldeia"
    offers = json.loads(mentor.get(f"{there}/desk.json").content)["offers"]
    assert [o["number"] for o in offers] == [practice.pk]
    house = {"title": "No cars here", "text": "A month.", "lead": "cm-vila"}
    assert mentor.post(f"{there}/pilots/new", house).status_code == 302
    own = Pilot.objects.get(city="aldeia")
    assert mentor.post(offers[0]["at"], {"pilot": pilot.pk}).status_code == 403, "not with another's pilot"
    assert Step.objects.first().fields == ["adopt with another city's pilot"]
    assert mentor.post(offers[0]["at"], {"pilot": own.pk}).status_code == 302
    assert (Adoption.objects.get().city, Adoption.objects.get().pilot) == ("aldeia", own)
    assert json.loads(mentor.get(f"{there}/desk.json").content)["offers"] == []
    assert reads.effect(practice) == told
    assert chief.post(f"{city}/desk/challenges/{challenge.pk}/step", {"to": "in pilot"}).status_code == 302
    assert chief.post(f"{city}/desk/challenges/{challenge.pk}/step", {"to": "solved"}).status_code == 302
    assert chief.post(f"{city}/desk/challenges/{challenge.pk}/step", {"to": "open", "why": ""}).status_code == 400, "without a reason"
    assert chief.post(f"{city}/desk/challenges/{challenge.pk}/step", {"to": "open", "why": "It came back."}).status_code == 302


def test_a_pilot_is_stopped_with_a_reason_and_says_so(by, pilot):
    eva, at = by("eva", "editor"), f"/en/vila/desk/pilots/{pilot.pk}"
    answer = eva.post(f"{at}/step", {"to": "stopped", "why": " "})
    assert (answer.status_code, "Say why" in answer.content.decode()) == (400, True)
    assert eva.post(f"{at}/step", {"to": "stopped", "why": "No money."}).status_code == 302
    assert "No money." in eva.get(at).content.decode()
    assert "/money" not in eva.get(at).content.decode(), "nothing of it changes any more"


def test_the_least_effect_that_can_t_be_computed_says_what_it_lacks(by, pilot):
    eva, at = by("eva", "editor"), f"/en/vila/desk/pilots/{pilot.pk}"
    for _ in range(2):
        answer = eva.post(f"{at}/least")
        assert (answer.status_code, "Say first which outcome" in answer.content.decode()) == (400, True)
        eva.post(f"{at}/protocol", {"hypothesis": "More people."})


def test_what_somebody_said_is_hidden_with_a_reason_by_whom_may_moderate(by, challenge, boss, person):
    writes.move(challenge, "open", boss)
    said = writes.comment(person("tom"), challenge, "Rubbish from Tom.")
    eva, at = by("eva", "editor"), f"/en/vila/desk/challenges/{challenge.pk}"
    step = f"/en/vila/desk/comments/{said.pk}/step"
    assert by("ana").post(step, {"to": "hidden", "why": "Rude."}).status_code == 403
    answer = eva.post(step, {"to": "hidden", "why": ""})
    assert (answer.status_code, "Say why" in answer.content.decode()) == (400, True)
    assert eva.post(step, {"to": "hidden", "why": "Rude."}).status_code == 302
    assert "Rubbish" not in by("bob").get(at).content.decode()
    assert "Hidden: Rude." in by("eve").get(at).content.decode()
