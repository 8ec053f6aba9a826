"""What the desk refuses: with the right status and sentence, nothing let out, and on record."""

from __future__ import annotations

import pytest
from django.test import Client

from pulso.web.innovation import evaluating, writes
from pulso.web.innovation.models import Challenge, Comment, Evaluation, Pilot, Practice, Protocol
from pulso.web.people.models import Role, Step
from tests.web.innovation.test_desk_forms import PROTOCOL, SAID
from tests.web.innovation.test_desk_loop import by, computed

__all__ = ["by", "computed"]
pytestmark = pytest.mark.django_db


def refused():
    """What the trail keeps of refusals, the latest first."""
    return [(s.subject, s.fields) for s in Step.objects.filter(action="refuse")]


@pytest.mark.parametrize("forged", ["mde", "mde_how", "mde_series", "frozen_at", "frozen_on", "digest", "estimate"])
def test_nobody_types_what_is_computed_into_a_protocol(by, pilot, protocol, forged):
    answer = by("eva", "editor").post(f"/en/vila/desk/pilots/{pilot.pk}/protocol", PROTOCOL | {forged: "1"})
    assert (answer.status_code, f"Nobody writes {forged} here" in answer.content.decode()) == (403, True)
    assert refused() == [(f"protocol:{protocol.pk}", [f"type {forged}"])]
    assert str(Protocol.objects.get().mde) == "7.250000000"


@pytest.mark.parametrize("forged", ["status", "city", "author", "created_at", "view", "by", "pk"])
def test_nobody_types_what_follows_from_steps(by, municipality, clock, forged):
    answer = by("eva", "editor").post("/en/vila/challenges/new", SAID | {"target": "5", forged: "open"})
    assert (answer.status_code, f"Nobody writes {forged} here" in answer.content.decode()) == (403, True)
    assert (refused(), Challenge.objects.count()) == ([("challenge:new", [f"type {forged}"])], 0)


@pytest.mark.parametrize("said", ["9 % fewer cars", "12% menos", "5 points more", "3 pontos a mais"])
def test_an_effect_typed_into_a_practice_stays_out_and_what_was_written_is_not_lost(by, ended, said):
    eva = by("eva", "editor")
    answer = eva.post(f"/en/vila/desk/pilots/{ended.pk}/practice", {"title": "No cars", "text": f"It gave {said}."})
    assert (answer.status_code, "not typed here" in answer.content.decode()) == (403, True)
    assert said in answer.content.decode()
    assert (refused(), Practice.objects.count()) == ([("practice:new", ["type an effect"])], 0)


@pytest.mark.parametrize("field", sorted(PROTOCOL))
def test_no_field_of_a_frozen_protocol_changes_by_a_form(by, pilot, frozen, field):
    wrong = {field: "2025-03-01" if "_first" in field or "_last" in field else "x"}
    for what in (PROTOCOL | wrong, wrong, {}):
        answer = by(f"eva{len(what)}{field}", "administrator").post(f"/en/vila/desk/pilots/{pilot.pk}/protocol", what)
        assert (answer.status_code, "no letter of it changes" in answer.content.decode()) == (403, True)
    assert Protocol.objects.get().recomputed() == frozen.digest
    assert refused() == [(f"protocol:{frozen.pk}", ["edit a frozen protocol"])] * 3


def test_a_window_is_not_dated_back(by, pilot, protocol, clock):
    rui, at = by("rui", "engineer"), f"/en/vila/desk/pilots/{pilot.pk}"
    seen = rui.get(f"{at}/freeze.json").json()["digest"]
    clock.pass_(days=4)
    for forged, rule in (
        ({}, "freeze after the beginning"),
        ({"frozen_at": "2025-03-01"}, "type frozen_at"),
        ({"today": "x"}, "type today"),
    ):
        assert rui.post(f"{at}/freeze", {"seen": seen} | forged).status_code == 403
        assert refused()[0] == (f"protocol:{protocol.pk}", [rule])
    assert Protocol.objects.get().frozen_at is None


def test_an_amendment_lets_nobody_look_before_the_end(by, pilot, frozen):
    rui, at = by("rui", "engineer"), f"/en/vila/desk/pilots/{pilot.pk}/amend"
    words = {"text": "Sooner.", "reason": "In a hurry."}
    assert rui.post(f"{at}?field=window_last", words | {"window_last": "2025-03-10"}).status_code in (400, 403)
    assert rui.post(f"{at}?field=window_first", words | {"window_first": "2025-03-10"}).status_code == 403
    answer = rui.post(f"{at}?field=may_peek", words | {"may_peek": "on"})
    assert (answer.status_code, "settled when the protocol is frozen" in answer.content.decode()) == (403, True)
    assert ["amend it to peek"] in [fields for _, fields in refused()]
    assert ["date a window back"] in [fields for _, fields in refused()]
    assert not frozen.amendments.exists()
    assert rui.post(f"{at}?field=digest", words | {"digest": "x"}).status_code == 200, "no such field: the list of those there are"


def test_no_page_offers_to_amend_what_is_settled(by, pilot, frozen, clock):
    rui, at = by("rui", "engineer"), f"/en/vila/desk/pilots/{pilot.pk}"
    assert "?field=metric" in rui.get(f"{at}/amend").content.decode()
    clock.pass_(days=5)
    page = rui.get(f"{at}/amend").content.decode()
    assert ("?field=metric" in page, "?field=window_last" in page, "The window has begun" in page) == (False, True, True)
    assert "<textarea" not in rui.get(f"{at}/amend?field=metric").content.decode(), "the list, and no form"
    assert rui.post(f"{at}/amend?field=metric", {"metric": "cars", "text": "x", "reason": "x"}).status_code == 403
    assert refused() == [(f"protocol:{frozen.pk}", ["change what is asked"])]
    clock.pass_(days=7)
    assert "/amend" not in rui.get(at).content.decode()


def test_the_numbers_of_another_pilot_s_protocol_are_refused(by, ended, result, monkeypatch, computed):
    monkeypatch.setattr(evaluating, "evaluate", lambda pilot, as_of=None: result(pilot, protocol_digest="00" * 32))
    answer = by("rui", "engineer").post(f"/en/vila/desk/pilots/{ended.pk}/evaluate")
    assert (answer.status_code, "another protocol" in answer.content.decode()) == (403, True)
    assert (refused(), Evaluation.objects.count()) == ([("evaluation:new", ["evaluate by another protocol"])], 0)


def test_a_typed_effect_never_reaches_an_evaluation(by, ended, computed):
    rui, at = by("rui", "engineer"), f"/en/vila/desk/pilots/{ended.pk}/evaluate"
    assert rui.post(at, {"estimate": "99", "verdict": "more"}).status_code == 403
    assert (refused(), Evaluation.objects.count()) == ([(f"pilot:{ended.pk}", ["type estimate"])], 0)
    assert rui.post(at).status_code == 302
    assert Evaluation.objects.get().estimate == 8.5


def test_another_city_s_things_are_not_here(by, pilot, challenge, evaluation):
    ada = by("ada", "administrator", city="aldeia")
    for thing in (f"challenges/{challenge.pk}", f"pilots/{pilot.pk}", f"pilots/{pilot.pk}/protocol", f"pilots/{pilot.pk}/freeze"):
        answer = ada.get(f"/en/aldeia/desk/{thing}")
        assert (answer.status_code, "no such thing here" in answer.content.decode()) == (404, True)
        assert "No cars" not in answer.content.decode()
    assert ada.post(f"/en/aldeia/desk/evaluations/{evaluation.pk}/step", {"to": "published"}).status_code == 404
    assert refused()[0] == (f"evaluation:{evaluation.pk}", ["change evaluation"])
    assert (
        ada.post(f"/en/aldeia/desk/pilots/{pilot.pk}/evaluations/{evaluation.pk}/decide", {"step": "stop", "why": "x"}).status_code == 404
    )
    assert refused()[0] == (f"pilot:{pilot.pk}", ["decide next step"])
    assert ada.post(f"/en/vila/desk/evaluations/{evaluation.pk}/step", {"to": "published"}).status_code == 404, "nor where it is"
    assert refused()[0] == (f"evaluation:{evaluation.pk}", ["change evaluation"])
    evaluation.refresh_from_db()
    assert evaluation.published_at is None


ADDRESSES = (
    ("post", "challenges/{c}/edit", 404),
    ("post", "challenges/{c}/step", 404),
    ("post", "pilots/{p}/edit", 404),
    ("post", "pilots/{p}/money", 404),
    ("post", "pilots/{p}/parties", 404),
    ("post", "pilots/{p}/bookings", 404),
    ("post", "pilots/{p}/protocol", 404),
    ("post", "pilots/{p}/least", 404),
    ("post", "pilots/{p}/freeze", 404),
    ("post", "pilots/{p}/amend", 404),
    ("post", "pilots/{p}/evaluate", 404),
    ("post", "pilots/{p}/step", 404),
    ("post", "pilots/{p}/practice", 404),
    ("post", "testbeds", 403),
)


@pytest.mark.parametrize("who", ["citizen", "company"])
@pytest.mark.parametrize(("method", "at", "status"), ADDRESSES)
def test_whoever_has_no_part_sees_no_draft_and_leaves_a_step_in_the_trail(by, acme, pilot, protocol, challenge, who, method, at, status):
    browser = by("tom") if who == "citizen" else by("ana", "editor", organisation=acme)
    there = f"/en/vila/desk/{at.format(c=challenge.pk, p=pilot.pk)}"
    answer = getattr(browser, method)(there, {"to": "open", "title": "Mine"})
    assert answer.status_code == status
    assert not any(title in answer.content.decode() for title in ("No cars", "Empty square"))
    assert len(refused()) == 1
    assert Pilot.objects.get().title == "No cars"


def test_a_citizen_begins_nothing_and_a_company_only_for_itself(by, acme, municipality, clock):
    tom, ana = by("tom"), by("ana", "editor", organisation=acme)
    for page, noun in (("challenges/new", "challenge"), ("pilots/new", "pilot")):
        assert tom.get(f"/en/vila/{page}").status_code == 403
        answer = tom.post(f"/en/vila/{page}", {})
        assert (answer.status_code, "takes a role here" in answer.content.decode()) == (403, True)
        assert refused()[0] == (f"{noun}:new", [f"draft {noun}"])
    assert tom.get("/en/vila/desk").status_code == 403
    assert tom.get("/en/vila/desk.json")["Content-Type"] == "application/problem+json"
    page = ana.get("/en/vila/challenges/new").content.decode()
    assert ("Acme" in page, municipality.name in page) == (True, False)
    assert ana.post("/en/vila/challenges/new", SAID | {"target": "5"}).status_code == 403, "not in the city's name"
    assert refused()[0] == ("challenge:new", ["draft challenge"])
    assert ana.post("/en/vila/challenges/new", SAID | {"target": "5", "organisation": "acme"}).status_code == 302
    made = Challenge.objects.get()
    assert ana.post(f"/en/vila/desk/challenges/{made.pk}/step", {"to": "open"}).status_code == 403, "the city opens it"
    assert ana.post("/en/vila/pilots/new", {"title": "x", "text": "x", "lead": "cm-vila"}).status_code == 403
    assert ana.post("/en/vila/pilots/new", {"title": "x", "text": "x", "lead": "acme"}).status_code == 302


def test_what_is_shown_to_all_is_still_changed_by_nobody_else(by, pilot, frozen, challenge, boss):
    writes.move(challenge, "open", boss)
    tom = by("tom")
    for at in (f"challenges/{challenge.pk}/edit", f"pilots/{pilot.pk}/edit", f"pilots/{pilot.pk}/amend", f"pilots/{pilot.pk}/evaluate"):
        answer = tom.post(f"/en/vila/desk/{at}", {"title": "Mine"})
        assert (answer.status_code, "takes a role here" in answer.content.decode()) == (403, True), at
    assert len(refused()) == 4
    page = tom.get(f"/en/vila/desk/pilots/{pilot.pk}").content.decode()
    for door in ("/edit", "/protocol", "/freeze", "/amend", "/evaluate", "/money", "/step"):
        assert f"pilots/{pilot.pk}{door}" not in page


def test_an_unpublished_evaluation_is_not_let_out(by, evaluation):
    page = by("tom").get(f"/en/vila/desk/pilots/{evaluation.pilot_id}").content.decode()
    assert "8.5" not in page
    assert "8.5" in by("vera", "viewer").get(f"/en/vila/desk/pilots/{evaluation.pilot_id}").content.decode()


def test_the_evaluation_of_another_pilot_is_not_decided_upon_at_this_one_s_address(by, evaluation, boss, municipality):
    other = writes.draft_pilot(boss, "vila", municipality, title="Other", text="Other.")
    eva = by("eva", "editor")
    assert eva.post(f"/en/vila/desk/pilots/{other.pk}/evaluations/{evaluation.pk}/decide", {"step": "stop", "why": "x"}).status_code == 404
    assert refused() == [(f"evaluation:{evaluation.pk}", ["decide next step"])]
    line = writes.fund(boss, evaluation.pilot, cents=1, source="Council", state="planned")
    assert eva.post(f"/en/vila/desk/pilots/{other.pk}/money/{line.pk}/out").status_code == 404
    assert evaluation.pilot.funding.count() == 1


@pytest.mark.parametrize("name", ["\x00", "\u202e", "x" * 300, "{x}", "<b>"], ids=ascii)
def test_whatever_a_field_is_named_that_nobody_asks_for_it_is_on_record(by, pilot, name):
    assert by("eva", "editor").post(f"/en/vila/desk/pilots/{pilot.pk}/edit", {"title": "x", "text": "x", name: "x"}).status_code == 403
    ((subject, (rule,)),) = refused()
    assert (subject, rule[:5], len(rule) <= 45) == (f"pilot:{pilot.pk}", "type ", True)
    assert Pilot.objects.get().title == "No cars"


@pytest.mark.parametrize("slug", ["\x00", "cm-vila\x00", "x" * 5000, "\u202e"], ids=ascii)
def test_an_organisation_that_can_t_be_is_a_letter(by, pilot, clock, slug):
    eva, at = by("eva", "editor"), f"/en/vila/desk/pilots/{pilot.pk}"
    assert eva.post("/en/vila/challenges/new", SAID | {"target": "5", "organisation": slug}).status_code == 400
    assert eva.post("/en/vila/pilots/new", {"title": "x", "text": "x", "lead": slug}).status_code == 400
    assert eva.post(f"{at}/parties", {"organisation": slug, "part": "company"}).status_code == 400


def test_whoever_left_an_organisation_sees_and_does_no_more_than_anybody(by, person, acme, pilot, boss, evaluation):
    writes.take_part(boss, evaluation.pilot, acme, "company")
    ana, at = by("ana", "editor", organisation=acme), f"/en/vila/desk/pilots/{pilot.pk}"
    assert "8.5" in ana.get(at).content.decode()
    Role.objects.filter(person__name="Ana").delete()
    assert "8.5" not in ana.get(at).content.decode()
    bob = by("bob", "editor", organisation=acme)
    writes.take_no_part(boss, pilot.parties.get(organisation=acme))
    assert "8.5" not in bob.get(at).content.decode()
    assert bob.post(f"/en/vila/desk/evaluations/{evaluation.pk}/step", {"to": "published"}).status_code == 404
    assert refused() == [(f"evaluation:{evaluation.pk}", ["change evaluation"])]


def test_a_closed_pilot_is_changed_by_no_form(by, evaluation, pilot, boss):
    writes.move(evaluation, "published", boss)
    writes.decide(boss, evaluation, "expand", why="It worked.")
    pilot.refresh_from_db()
    writes.move(pilot, "closed", boss)
    chief, at = by("ada", "administrator"), f"/en/vila/desk/pilots/{pilot.pk}"
    sent = {
        "edit": {"title": "x", "text": "x"},
        "money": {"cents": "1", "source": "x", "state": "paid"},
        "parties": {"organisation": "cm-vila", "part": "company"},
        "evaluate": {},
        "step": {"to": "stopped", "why": "x"},
        "amend?field=stop_rule": {"stop_rule": "x", "text": "x", "reason": "x"},
    }
    before = Step.objects.count()
    for form, what in sent.items():
        assert chief.post(f"{at}/{form}", what).status_code == 400, form
    assert chief.post(f"{at}/protocol", PROTOCOL).status_code == 403
    assert Step.objects.count() == before + 1
    pilot.refresh_from_db()
    assert (pilot.title, pilot.status, pilot.evaluations.count()) == ("No cars", "closed", 1)


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options"])
def test_another_method_does_nothing(by, pilot, frozen, challenge, method):
    chief, at = by("ada", "administrator"), f"/en/vila/desk/pilots/{pilot.pk}"
    before = Step.objects.count()
    for door in ("money", "parties", "bookings", "least", "evaluate", "step"):
        assert getattr(chief, method)(f"{at}/{door}").status_code == 405, door
    for door in ("", "/edit", "/freeze", "/amend"):
        if method != "get":
            assert getattr(chief, method)(f"{at}{door}", headers={"X-HTTP-Method-Override": "POST"}).status_code == 405, door
    assert Step.objects.count() == before


@pytest.mark.parametrize("to", ["{x}", "{now.message}", "{0}", "%s", "", "\x00", "open\x00", "x" * 5000])
def test_a_step_that_nobody_wrote_is_a_letter(by, pilot, to):
    answer = by("eva", "editor").post(f"/en/vila/desk/pilots/{pilot.pk}/step", {"to": to, "why": "x"})
    assert answer.status_code == 400
    assert "Project-Id-Version" not in answer.content.decode()


@pytest.mark.parametrize("why", ["\x00", "a\x07", "\u202ereason", "\u200b", "x" * 3000])
def test_a_reason_can_be_seen_and_read(by, pilot, why):
    answer = by("eva", "editor").post(f"/en/vila/desk/pilots/{pilot.pk}/step", {"to": "stopped", "why": why})
    assert answer.status_code == 400
    assert Pilot.objects.get().status == "draft"


def test_a_challenge_that_was_closed_before_it_was_opened_is_not_on_the_desk_of_others(by, challenge, boss):
    writes.move(challenge, "closed", boss, why="Not ours.")
    tom, at = by("tom"), f"/en/vila/desk/challenges/{challenge.pk}"
    for form in ("", ".json"):
        answer = tom.get(f"{at}{form}")
        assert (answer.status_code, "Empty square" in answer.content.decode()) == (404, False)
    assert tom.post(f"/en/vila/challenges/{challenge.pk}/comment", {"text": "x"}).status_code == 404
    assert not Comment.objects.exists()


@pytest.mark.parametrize("form", ["", ".json"])
def test_whoever_asks_for_an_unpublished_evaluation_is_refused_and_in_the_trail(by, evaluation, boss, form):
    at = f"desk/evaluations/{evaluation.pk}{form}"
    for browser in (by("tom"), by("ada", "administrator", city="aldeia")):
        answer = browser.get(f"/en/vila/{at}")
        assert (answer.status_code, "8.5" in answer.content.decode()) == (403, False)
    assert refused() == [(f"evaluation:{evaluation.pk}", ["read an unpublished evaluation"])] * 2
    assert by("mia", "administrator", city="aldeia").get(f"/en/aldeia/{at}").status_code == 404
    answer = by("vera", "viewer").get(f"/en/vila/{at}")
    assert answer.json()["estimate"] == 8.5 if form else answer["Location"].endswith(f"#evaluation-{evaluation.pk}")
    writes.move(evaluation, "published", boss)
    assert by("bob").get(f"/en/vila/{at}").status_code == (200 if form else 302)
    assert len(refused()) == 2


def test_a_form_of_another_site_is_refused(clock, person, pilot, challenge, boss):
    writes.move(challenge, "open", boss)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("ada", "administrator"))
    before = Step.objects.count()
    posts = ("challenges/new", "pilots/new", f"challenges/{challenge.pk}/comment", f"desk/challenges/{challenge.pk}/step", "desk/testbeds")
    for at in (*posts, *(f"desk/pilots/{pilot.pk}/{x}" for x in ("edit", "protocol", "freeze", "least", "money", "evaluate", "step"))):
        assert strict.post(f"/en/vila/{at}", {"text": "x", "to": "stopped", "why": "x"}).status_code == 403
    assert (Step.objects.count(), Comment.objects.count()) == (before, 0)


def test_a_stranger_is_asked_who_they_are(clock, client, pilot, challenge):
    for at in ("desk", "challenges/new", "pilots/new", f"desk/pilots/{pilot.pk}", f"desk/challenges/{challenge.pk}/edit", "desk/testbeds"):
        answer = client.get(f"/en/vila/{at}")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/en/account/login/?next=/en/vila/")
        problem = client.get(f"/en/vila/{at}.json")
        assert (problem.status_code, problem["Content-Type"]) == (401, "application/problem+json")


def test_a_city_that_is_not_shown_is_a_letter(by, clock):
    assert by("eva", "editor").get("/en/vilo/desk").status_code == 404
    assert by("ada", "editor").get("/en/vilo/challenges/new.json")["Content-Type"] == "application/problem+json"


def test_a_step_that_there_is_not_is_told_on_the_page(by, challenge, pilot):
    eva = by("eva", "editor")
    answer = eva.post(f"/en/vila/desk/challenges/{challenge.pk}/step", {"to": "solved"})
    assert (answer.status_code, "can&#39;t become solved" in answer.content.decode()) == (400, True)
    assert eva.post(f"/en/vila/desk/pilots/{pilot.pk}/step", {"to": "<script>"}).status_code == 400
    assert "<script>alert" not in eva.post(f"/en/vila/desk/pilots/{pilot.pk}/step", {"to": "<script>alert"}).content.decode()
