"""Each page of the desk is a form that whoever may fills in, and says beside a field what can't be so."""

from __future__ import annotations

import re

import pytest

from pulso.web.innovation import writes
from pulso.web.innovation.models import Challenge, FundingLine, Pilot, Testbed
from pulso.web.people.models import Step
from tests.web.innovation.conftest import DUE

pytestmark = pytest.mark.django_db
SAID = {
    "title": "Empty square",
    "text": "Nobody comes.",
    "organisation": "cm-vila",
    "indicator": "index",
    "zones": ["north"],
    "direction": "up",
    "target": "2,5",
    "target_unit": "points",
    "due": "2025-12-31",
    "datasets": ["bikes"],
}
PROTOCOL = {
    "hypothesis": "More people come where no car parks.",
    "metric": "bikes",
    "direction": "up",
    "zones": ["north"],
    "comparison_zones": ["south"],
    "before_first": "2025-02-01",
    "before_last": "2025-02-28",
    "window_first": "2025-03-20",
    "window_last": "2025-03-26",
    "excluded": "2025-02-10 2025-02-11 Fair",
    "matters": "5",
    "unit": "%",
    "method": "did",
    "stop_rule": "Two accidents.",
}


@pytest.fixture
def signed(client, boss):
    client.force_login(boss)
    return client


PAGES = ("desk", "challenges/new", "pilots/new", "desk/testbeds")


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_every_page_of_the_desk_can_be_seen_with_its_twin(signed, challenge, protocol, pilot, boss, lang):
    practice = writes.write_practice(boss, pilot, title="No cars", text="Streets without cars.")
    bed = writes.offer_testbed(boss, "vila", kind="street", name="Square")
    more = (
        f"desk/challenges/{challenge.pk}",
        f"desk/challenges/{challenge.pk}/edit",
        *(f"desk/pilots/{pilot.pk}{p}" for p in ("", "/edit", "/protocol", "/freeze", "/practice")),
        f"desk/practices/{practice.pk}",
        f"desk/practices/{practice.pk}/edit",
        f"desk/testbeds/{bed.pk}",
    )
    for page in (*PAGES, *more):
        answer = signed.get(f"/{lang}/vila/{page}")
        assert answer.status_code == 200, page
        assert f'href="/{lang}/vila/{page}.json' in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        twin = signed.get(f"/{lang}/vila/{page}.json")
        assert (twin.status_code, twin["Content-Type"]) == (200, "application/json; charset=utf-8"), page


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_a_challenge_is_opened_from_a_chart_and_keeps_its_view(signed, municipality, lang):
    seen = "zone=north&metric=bikes&from=2025-02-01&to=2025-02-28"
    link = f"/{lang}/vila/challenges/new?from-page=metric&{seen}"
    assert re.search(r'name="zones" value="north"[^>]* checked', signed.get(link).content.decode())
    answer = signed.post(link, SAID | {"target": "2,5" if lang == "pt" else "2.5"})
    made = Challenge.objects.get()
    assert answer["Location"] == f"/{lang}/vila/desk/challenges/{made.pk}"
    assert made.view == {
        "page": "metric",
        "zone": "north",
        "metric": "bikes",
        "from": "2025-02-01",
        "to": "2025-02-28",
    }
    assert (str(made.target), made.status, made.zones, made.datasets) == ("2.500", "draft", ["north"], ["bikes"])
    shown = signed.get(answer["Location"]).content.decode()
    assert "Empty square" in shown
    assert f'href="/{lang}/vila/metric/bikes?' in shown
    assert ("2,5 pontos do índice" if lang == "pt" else "2.5 index points") in shown


WRONG = [{"from-page": "https://evil.example/"}, {"from-page": "//evil"}, {"zone": "east"}, {"metric": "noise"}, {"as_of": "x" * 41}]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_link_that_names_another_page_is_refused(signed, wrong):
    answer = signed.get("/en/vila/challenges/new", {"from-page": "metric"} | wrong)
    assert answer.status_code == 400
    assert "names no page of this city" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"indicator": ""}, "indicator"),
        ({"unmeasurable": "No sensor."}, "indicator"),
        ({"target": "2.5.5"}, "target"),
        ({"target": "-1"}, "target"),
        ({"target": "1e3"}, "target"),
        ({"indicator": "noise"}, "indicator"),
        ({"zones": ["east"]}, "zones"),
        ({"datasets": ["noise"]}, "datasets"),
        ({"title": ""}, "title"),
        ({"title": "Bell\x07"}, "title"),
        ({"text": "turned \u202eround"}, "text"),
        ({"organisation": "nobody"}, "organisation"),
        ({"due": "soon"}, "due"),
    ],
    ids=str,
)
def test_what_can_t_be_so_stands_beside_its_field(signed, municipality, wrong, beside):
    answer = signed.post("/pt/vila/challenges/new", SAID | wrong)
    page = answer.content.decode()
    assert (answer.status_code, Challenge.objects.count()) == (400, 0)
    assert f'class="wrong" id="id_{beside}_error"' in page
    assert "Nobody comes." in page or beside == "text", "what was written is not lost"
    problem = signed.post("/pt/vila/challenges/new.json", SAID | wrong)
    assert (problem.status_code, problem["Content-Type"]) == (400, "application/problem+json")
    assert beside in problem.json()["detail"]


def test_a_challenge_that_can_t_be_measured_says_why_and_is_changed(signed, municipality):
    bare = {"title": "Loneliness", "text": "Old people.", "organisation": "cm-vila", "unmeasurable": "No sensor sees it."}
    at = signed.post("/en/vila/challenges/new", bare)["Location"]
    assert signed.post(f"{at}/edit", bare | {"title": "Alone"})["Location"] == at
    assert "Kept: Alone." in signed.get(at).content.decode()
    assert Challenge.objects.get().unmeasurable == "No sensor sees it."


MONEY = {
    "pt": {"1 234,5": 123450, "1234,50 €": 123450, "1.234": 123400, "12": 1200, "0,01": 1, "1\u00a0000\u00a0000": 100_000_000},
    "en": {"1,234.5": 123450, "€1234.50": 123450, "1,234": 123400, "12": 1200, ".": None, "0.01": 1, "90071992547409.93": None},
}


@pytest.mark.parametrize("lang", MONEY)
def test_euros_are_read_as_people_write_them_there(signed, pilot, lang):
    for said, cents in MONEY[lang].items():
        FundingLine.objects.all().delete()
        answer = signed.post(f"/{lang}/vila/desk/pilots/{pilot.pk}/money", {"cents": said, "source": "Council", "state": "planned"})
        assert answer.status_code == (302 if cents else 400), said
        assert [m.cents for m in FundingLine.objects.all()] == ([cents] if cents else [])


@pytest.mark.parametrize(
    ("lang", "said"), [("pt", "5.50"), ("pt", "1,234.5"), ("en", "5,50"), ("en", "1.234,50"), ("en", "1e3"), ("en", "-5")]
)
def test_an_amount_that_could_be_two_is_refused_with_an_example(signed, pilot, lang, said):
    answer = signed.post(f"/{lang}/vila/desk/pilots/{pilot.pk}/money", {"cents": said, "source": "Council", "state": "planned"})
    assert answer.status_code == 400
    assert ("12\u00a0345,50" if lang == "pt" else "€12,345.50") in answer.content.decode()
    assert not FundingLine.objects.exists()


def test_a_pilot_has_its_parties_money_and_days_on_a_testbed(signed, pilot, acme, boss):
    at = f"/en/vila/desk/pilots/{pilot.pk}"
    assert (
        signed.post("/en/vila/desk/testbeds", {"kind": "street", "name": "Square", "bookable": "on", "exclusive": "on"}).status_code == 302
    )
    bed = Testbed.objects.get()
    assert signed.post(f"{at}/parties", {"organisation": "acme", "part": "company"}).status_code == 302
    assert "Acme takes part already" in signed.post(f"{at}/parties", {"organisation": "acme", "part": "partner"}).content.decode()
    assert signed.post(f"{at}/parties", {"organisation": "acme", "part": "lead"}).status_code == 400
    days = {"testbed": bed.pk, "first": "2025-03-20", "last": "2025-03-22"}
    assert signed.post(f"{at}/bookings", days).status_code == 302
    again = signed.post(f"{at}/bookings", days)
    assert (again.status_code, "is taken from" in again.content.decode()) == (400, True)
    signed.post(f"{at}/money", {"cents": "100", "source": "Council", "state": "paid"})
    page = signed.get(at).content.decode()
    for said in ("Acme", "€100.00", "Square", "Council"):
        assert said in page
    assert signed.post(f"{at}/parties/{pilot.parties.get(organisation=acme).pk}/out").status_code == 302
    assert signed.post(f"{at}/money/{FundingLine.objects.get().pk}/out").status_code == 302
    assert signed.post(f"/en/vila/desk/bookings/{pilot.bookings.get().pk}/step", {"to": "cancelled"}).status_code == 302
    assert (pilot.parties.count(), FundingLine.objects.count(), pilot.bookings.get().status) == (1, 0, "cancelled")
    assert signed.post(f"{at}/parties/{pilot.parties.get().pk}/out").status_code == 400, "a lead stays"
    assert [s.action for s in Step.objects.all()[:3]] == ["cancel booking", "strike funding", "take no part"]


def test_a_pilot_is_written_and_changed(signed, municipality, challenge, boss):
    writes.move(challenge, "open", boss)
    said = {
        "title": "No cars",
        "text": "A week.",
        "lead": "cm-vila",
        "challenge": challenge.pk,
        "cost": "1.000,50",
        "data_protection": "None.",
    }
    assert "selected>Empty square" in signed.get(f"/pt/vila/pilots/new?challenge={challenge.pk}").content.decode()
    at = signed.post("/pt/vila/pilots/new", said)["Location"]
    made = Pilot.objects.get()
    assert (made.cost, made.challenge, [p.organisation.slug for p in made.parties.all()]) == (100050, challenge, ["cm-vila"])
    assert "1000,50" in signed.get(f"{at}/edit").content.decode().replace("\u00a0", "").replace(".", "")
    assert signed.post(f"{at}/edit", {k: v for k, v in said.items() if k != "lead"} | {"title": "No vans", "cost": ""}).status_code == 302
    assert (Pilot.objects.get().title, Pilot.objects.get().cost) == ("No vans", None)


def test_a_protocol_is_written_bit_by_bit_and_its_days_are_in_order(signed, pilot, boss):
    at = f"/en/vila/desk/pilots/{pilot.pk}/protocol"
    assert signed.post(at, {"hypothesis": "More people."}).status_code == 302
    assert signed.post(at, PROTOCOL).status_code == 302
    pilot.refresh_from_db()
    assert (pilot.protocol.zones, str(pilot.protocol.matters)) == (["north"], "5.000000000")
    (event,) = pilot.protocol.excluded
    assert (event["name"], event["first"], event["last"]) == ("Fair", "2025-02-10", "2025-02-11")
    page = signed.get(at).content.decode()
    assert "2025-02-10 2025-02-11 Fair" in page
    for wrong, beside in (
        ({"window_first": "2025-02-20"}, "window_first"),
        ({"excluded": "Fair"}, "excluded"),
        ({"excluded": "2025-02-11 2025-02-10 Fair"}, "excluded"),
        ({"comparison_zones": ["north"]}, "comparison_zones"),
        ({"comparison_zones": []}, "method"),
        ({"may_peek": "on"}, "peek_why"),
        ({"matters": "0"}, "matters"),
        ({"metric": "noise"}, "metric"),
    ):
        answer = signed.post(at, PROTOCOL | wrong)
        assert (answer.status_code, f'id="id_{beside}_error"' in answer.content.decode()) == (400, True), wrong
    assert DUE["indicator"] == "index"


CHARTS = {"today": "day/2025-03-14", "day/2025-03-10": "", "map": "", "zone/north": "", "metric/bikes?zone=north": "", "why": ""}
CHARTS |= {"compare": "metric/index?"}  # the line of the first of the two, on the same days


@pytest.mark.parametrize("page", CHARTS)
def test_every_chart_and_map_leads_to_a_challenge_that_keeps_its_view(site, person, page):
    shown = site.get(f"/en/vila/{page}").content.decode()
    (link,) = re.findall(r'href="([^"]+challenges/new[^"]+)"', shown)
    site.force_login(person("eva", "editor"))
    answer = site.get(link.replace("&amp;", "&"))
    assert answer.status_code == 200
    (seen,) = re.findall(r'Opened from <a href="([^"]+)"', answer.content.decode())
    assert site.get(seen.replace("&amp;", "&")).status_code == 200
    assert (CHARTS[page] or page.partition("?")[0]) in seen


LEANS = {"en": "leans on the city&#x27;s", "pt": "apoia-se no da cidade"}


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize(("metric", "zones", "told"), [("index", ["north"], True), ("index", [], False), ("bikes", ["north"], False)])
def test_whoever_names_a_zone_s_index_is_told_how_little_it_shows(signed, pilot, boss, lang, metric, zones, told):
    writes.write_protocol(boss, pilot, metric=metric, zones=zones)
    for page in ("", "/protocol", "/freeze"):
        said = signed.get(f"/{lang}/vila/desk/pilots/{pilot.pk}{page}").content.decode().replace("&#39;", "&#x27;")
        assert (LEANS[lang] in said) is told, page
    filled = PROTOCOL | {"metric": metric, "zones": zones, "comparison_zones": [], "method": "window", "window_last": "2025-03-01"}
    refused = signed.post(f"/{lang}/vila/desk/pilots/{pilot.pk}/protocol", filled)
    assert refused.status_code == 400
    assert (LEANS[lang] in refused.content.decode().replace("&#39;", "&#x27;")) is told


TYPED = ("\x00", "x" * 9000, "👩‍🚀🎉 שלום", "\u202eevil", "\u200b", "%s {x} {0}", "9" * 30, "0001-01-01", "1e400")


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize("typed", TYPED, ids=ascii)
def test_nothing_that_is_typed_breaks_a_form_or_is_lost(signed, challenge, pilot, boss, lang, typed):
    writes.move(challenge, "open", boss)
    card = writes.write_practice(boss, pilot, title="No cars", text="Streets.")
    at = f"desk/pilots/{pilot.pk}"
    texts = {"title": typed, "text": "What was written before."}
    forms = {
        "challenges/new": SAID | texts | {"target": typed, "due": typed},
        f"challenges/{challenge.pk}/comment": {"text": typed},
        "pilots/new": texts | {"lead": "cm-vila", "challenge": typed, "cost": typed},
        f"{at}/money": {"cents": typed, "source": "What was written before.", "state": "planned"},
        f"{at}/bookings": {"testbed": typed, "first": typed, "last": typed},
        f"{at}/protocol": PROTOCOL | {"hypothesis": "What was written before.", "matters": typed, "excluded": typed, "window_first": typed},
        f"{at}/step": {"to": typed, "why": typed},
        f"desk/practices/{card.pk}/edit": texts | {"title": typed},
        "desk/testbeds": {"kind": "street", "name": typed, "zone": "east", "conditions": "What was written before."},
    }
    for form, said in forms.items():
        answer = signed.post(f"/{lang}/vila/{form}", said)
        page = answer.content.decode()
        assert answer.status_code in (302, 400, 403), form
        if answer.status_code != 302:
            assert 'class="wrong"' in page, form
            assert "What was written before." in page or "What was written before." not in said.values(), form
        assert not re.search(r"Constraint|violated|Traceback|Project-Id", page), form


@pytest.mark.parametrize("said", ["03/04/2025", "3.4.2025", "20/03/2025", "1999-12-31", "2100-01-01", "2025-02-30"])
@pytest.mark.parametrize("lang", ["pt", "en"])
def test_a_day_is_written_in_one_way_and_in_our_times(signed, pilot, lang, said):
    answer = signed.post(f"/{lang}/vila/desk/pilots/{pilot.pk}/protocol", PROTOCOL | {"window_last": said})
    assert (answer.status_code, 'id="id_window_last_error"' in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("wrong", [{"from": "soon"}, {"to": "\x00"}, {"as_of": "2025-99-01"}], ids=ascii)
def test_a_link_with_days_that_are_none_is_refused(signed, wrong):
    assert signed.get("/en/vila/challenges/new", {"from-page": "metric"} | wrong).status_code == 400


def test_a_moment_is_told_by_the_city_s_own_day(signed, challenge, boss, clock):
    writes.move(challenge, "open", boss)
    clock.pass_(days=20, hours=14, minutes=30)  # 5 April, 23:30 in UTC, and the 6th in Lisbon
    writes.comment(boss, challenge, "Late.")
    assert "6 Apr 2025" in signed.get(f"/en/vila/desk/challenges/{challenge.pk}").content.decode()


def test_a_reason_that_is_too_long_is_not_lost(signed, pilot):
    why = "It rained, and " * 200
    answer = signed.post(f"/en/vila/desk/pilots/{pilot.pk}/step", {"to": "stopped", "why": why})
    assert (answer.status_code, why in answer.content.decode()) == (400, True)
