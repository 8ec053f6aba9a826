"""Events, outages and flags that people enter: by role, on record, and explained with by the next publication."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from pulso.errors import LakeBusy
from pulso.flow import reading as river
from pulso.lake.lake import alone, still
from pulso.shapes import Verdict
from pulso.web.people.models import Step
from pulso.web.readings import Span, entries, reading
from tests.flow.vila import Vila, a_day_later, usual

FAIR = {
    "first": "2025-03-10",
    "last": "2025-03-11",
    "kind": "fair",
    "name": "Spring fair",
    "zone": "north",
    "link": "https://vila.example/fair",
    "sign": "busier",
}


@pytest.fixture
def mine(town: Vila, tmp_path: Path, settings, client: Client) -> Vila:
    """A copy of the town, to be written to."""
    copy = a_day_later(town, tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK = copy.home, [str(copy.folder)], copy.clock
    return copy


def entered(town: Vila):
    return town.river().lake.entered()


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_an_editor_enters_changes_and_withdraws_an_event(mine, client, person, municipality, lang):
    ana = person("ana", "editor", organisation=municipality)
    client.force_login(ana)
    assert client.get(f"/{lang}/vila/agenda/enter").status_code == 200
    assert client.post(f"/{lang}/vila/agenda/enter", FAIR).status_code == 302
    (e,) = entered(mine)
    assert (e.span.name, e.span.zone, e.sign, e.who) == ("Spring fair", "north", "busier", municipality.name)
    said = client.get(f"/{lang}/vila/agenda/enter.json").json()
    assert [(x["name"], x["zone"], x["by"]) for x in said["entries"]] == [("Spring fair", "North", municipality.name)]
    at = f"/{lang}/vila/agenda/entry/{e.id}"
    assert client.get(f"{at}.json").json()["name"] == "Spring fair"
    for page in (at, *(f"/{lang}/vila/agenda/{p}" for p in ("enter", "enter/outage", "flags"))):
        assert f'href="{page}.json"' in client.get(page).content.decode()
        assert client.get(f"{page}.json")["Content-Type"].startswith("application/json")
    assert 'value="2025-03-10"' in client.get(at).content.decode()
    client.post(at, FAIR | {"name": "Summer fair", "zone": ""})
    assert [(x.id, x.span.name, x.span.zone) for x in entered(mine)] == [(e.id, "Summer fair", None)]
    client.post(at, {"withdraw": "1"})
    assert entered(mine) == []
    assert client.get(at).status_code == client.get(f"{at}.json").status_code == 404
    steps = list(Step.objects.values_list("action", "city", "who"))
    assert steps == [(f"{verb} event", "vila", ana.pseudonym) for verb in ("withdraw", "change", "enter")]


def test_neither_the_river_nor_the_trail_names_the_person(mine, client, person):
    client.force_login(person("ana", "editor"))
    client.post("/en/vila/agenda/enter", FAIR)
    (e,) = entered(mine)
    assert e.who == "editor of the agenda"
    assert "ana" not in str(Step.objects.values().get()).lower()


def test_the_next_publication_explains_with_an_event_of_a_kind_seen_before_and_a_collection_leaves_it(mine, client, person):
    client.force_login(person("ana", "editor"))
    strike = {"first": "2025-03-12", "last": "2025-03-12", "kind": "strike", "name": "Tram strike", "zone": "", "link": "", "sign": ""}
    assert client.post("/en/vila/agenda/enter", strike).status_code == 302
    mine.collect()
    mine.publish()
    day = date(2025, 3, 12)
    text = mine.river().lake.published([None], (day, day), columns=["verdict"])["verdict"][0].as_py()
    assert "Tram strike" in [r.name for r in Verdict.model_validate_json(text).reasons]
    assert [e.span.name for e in entered(mine)] == ["Tram strike"]
    page = client.get("/en/vila/today").content.decode()
    assert "Tram strike" in page


CUT = FAIR | {"kind": "power_cut", "name": "Power cut", "sign": "", "silences": ["bikes", "cars"]}


def test_what_an_outage_silences_is_missing_and_the_city_is_not_quiet(mine, client, person):
    day, quiet = date(2025, 3, 10), {(date(2025, 3, d), s): 3.0 for d in (10, 11) for s in ("n1", "n2")}  # without power, almost zero
    for source in ("bikes", "cars"):
        mine.say(source, usual(source) | quiet)
    mine.collect()
    mine.publish()
    fooled = published(mine, "north", day)
    assert fooled.index is not None
    assert fooled.index < 50
    client.force_login(person("rui", "engineer"))
    assert client.post("/en/vila/agenda/enter/outage", CUT).status_code == 302
    mine.publish()
    seen = {m.metric: (m.sensors_seen, m.sensors_alive) for m in published(mine, "north", day).metrics}
    assert seen == {"bikes": (0, 2), "cars": (0, 2), "buses": (2, 2)}
    told = {m.metric: m.flags for m in published(mine, "north", day).metrics}
    assert told == {"bikes": ["silenced: n1", "silenced: n2"], "cars": ["silenced: n1", "silenced: n2"], "buses": []}
    assert "silenced by an outage or a cut" in client.get(f"/en/vila/zone/north?day={day}").content.decode()
    assert "silenciado por uma avaria ou um corte" in client.get(f"/pt/vila/zone/north?day={day}").content.decode()
    assert {m.sensors_seen for m in published(mine, "south", day).metrics} == {2}
    whole = published(mine, None, day)
    assert whole.index is not None
    assert 85 < whole.index < 115
    assert published(mine, "north", day).weight_seen < 0.6
    assert published(mine, "north", date(2025, 3, 12)).metrics[0].sensors_seen == 2
    page = client.get("/en/vila/sources/bikes").content.decode()
    assert "Power cut" in page
    assert "all sensors in North are missing" in page
    (row,) = (e for e in client.get("/api/v1/cities/vila/events?from=2025-03-10").json()["items"] if e["kind"] == "power_cut")
    assert row["silences"] == "bikes; cars"
    (e,) = entered(mine)
    client.post(f"/en/vila/agenda/entry/{e.id}", {"withdraw": "1"})
    mine.publish()
    assert published(mine, "north", day).index == fooled.index


def test_whoever_may_leave_no_sensor_out_may_silence_none_by_an_outage_and_undoes_no_silence(mine, client, person):
    eva, rui = person("eva", "editor"), person("rui", "engineer")
    client.force_login(eva)
    assert 'name="silences"' not in client.get("/en/vila/agenda/enter/outage").content.decode()
    client.post("/en/vila/agenda/enter/outage", CUT)
    assert [e.span.silences for e in entered(mine)] == [()]
    client.force_login(rui)
    (e,) = entered(mine)
    client.post(f"/en/vila/agenda/entry/{e.id}", CUT)
    client.force_login(eva)
    client.post(f"/en/vila/agenda/entry/{e.id}", CUT | {"name": "Long power cut", "silences": []})
    assert [(e.span.name, e.span.silences) for e in entered(mine)] == [("Long power cut", ("bikes", "cars"))]


def published(town: Vila, zone: str | None, day: date) -> Verdict:
    return river.verdict(town.river(), day, zone)


ROLES = {  # (event, outage, flag)
    None: (403, 403, 403),
    "viewer": (403, 403, 403),
    "editor": (302, 302, 403),
    "engineer": (403, 302, 302),
    "administrator": (302, 302, 302),
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_enters_what_it_may(mine, client, person, role):
    client.force_login(person("ana", *([role] if role else [])))
    answers = (
        client.post("/en/vila/agenda/enter", FAIR),
        client.post("/en/vila/agenda/enter/outage", FAIR | {"kind": "power_cut"}),
        client.post("/en/vila/agenda/flags", {"sensor": "n1", "first": "", "last": "", "why": "dug up"}),
    )
    assert tuple(a.status_code for a in answers) == ROLES[role]
    assert len(entered(mine)) == ROLES[role][:2].count(302)
    assert len(mine.river().lake.flags()) == (ROLES[role][2] == 302)
    assert Step.objects.count() == ROLES[role].count(302)
    assert client.get("/en/vila/agenda/enter").status_code == (403 if role is None else 200)
    assert client.get("/en/vila/agenda/enter.json").status_code == (403 if role is None else 200)


def test_whoever_may_enter_outages_alone_lands_where_these_are_entered(mine, client, person):
    client.force_login(person("rui", "engineer"))
    answer = client.post("/en/vila/agenda/enter/outage", FAIR | {"kind": "power_cut"})
    assert answer.headers["Location"] == "/en/vila/agenda/enter/outage"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Entered: Spring fair" in page
    assert "needs another role" not in page


def test_an_editor_does_not_touch_an_entry_that_is_no_event_of_theirs(mine, client, person):
    client.force_login(person("rui", "engineer"))
    client.post("/en/vila/agenda/enter/outage", FAIR | {"kind": "power_cut"})
    client.force_login(person("eva", "editor", city="porto"))
    (e,) = entered(mine)
    assert client.post(f"/en/vila/agenda/entry/{e.id}", {"withdraw": "1"}).status_code == 403
    assert len(entered(mine)) == 1


def test_a_stranger_is_asked_who_they_are_and_nothing_is_written(mine, client, db):
    for at in ("enter", "flags", "flags/lift", f"entry/{'0' * 32}"):
        answer = client.post(f"/en/vila/agenda/{at}", FAIR)
        assert answer.status_code == 302, at
        assert answer["Location"].startswith("/en/account/login/?next=/en/vila/agenda/")
    assert entered(mine) == []


def test_a_machine_is_refused_by_a_problem(mine, client, person):
    refused = {None: (401, 401, 401), "nobody": (403, 403, 404), "viewer": (200, 404, 404)}
    for who, statuses in refused.items():
        if who:  # whoever has not signed in isn't told either which cities there are
            client.force_login(person(who, *(["viewer"] if who == "viewer" else [])))
        for at, status in zip(("vila/agenda/enter", f"vila/agenda/entry/{'0' * 32}", "vilo/agenda/flags"), statuses, strict=True):
            answer = client.get(f"/pt/{at}.json")
            assert answer.status_code == status, (who, at)
            kind = "application/json; charset=utf-8" if status == 200 else "application/problem+json"
            assert (answer["Content-Type"], "no-store" in answer["Cache-Control"]) == (kind, True)
            assert status == 200 or answer.json()["status"] == status


def test_a_post_from_another_site_is_refused(mine, person):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("ana", "administrator"))
    for at in ("enter", "enter/outage", "flags", "flags/lift"):
        assert strict.post(f"/en/vila/agenda/{at}", FAIR).status_code == 403
    assert entered(mine) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"last": "2025-03-01"},
        {"last": "2026-12-31"},
        {"first": "0001-01-01", "last": "0001-01-02"},
        {"first": "yesterday"},
        {"kind": "power_cut"},
        {"kind": "holiday"},
        {"kind": "<script>"},
        {"zone": "east"},
        {"link": "javascript:alert(1)"},
        {"sign": "2"},
        {"name": ""},
        {"name": "x" * 121},
    ],
    ids=str,
)
def test_what_the_river_could_not_read_is_refused_and_said_why(mine, client, person, wrong):
    client.force_login(person("ana", "editor"))
    answer = client.post("/pt/vila/agenda/enter", FAIR | wrong)
    assert answer.status_code == 400
    assert 'class="wrong"' in answer.content.decode()
    assert "<script>" not in answer.content.decode()
    assert entered(mine) == []
    assert not Step.objects.exists()


def test_a_sensor_is_left_out_and_taken_in_again_in_the_name_of_the_office(mine, client, person, municipality):
    client.force_login(person("rui", "engineer", organisation=municipality))
    said = {"sensor": "n1", "first": "2025-03-01", "last": "", "why": "dug up"}
    assert client.post("/en/vila/agenda/flags", said).status_code == 302
    (f,) = mine.river().lake.flags()
    assert (f["sensor"], f["why"], f["who"]) == ("n1", "dug up", municipality.name)
    assert "dug up" in client.get("/pt/vila/agenda/flags").content.decode()
    assert client.post("/en/vila/agenda/flags/lift", {"sensor": "n1", "first": "2025-03-02"}).status_code == 400
    assert client.post("/en/vila/agenda/flags/lift", {"sensor": "n1", "first": "2025-03-01", "last": ""}).status_code == 302
    assert mine.river().lake.flags() == []
    assert client.post("/en/vila/agenda/flags/lift", {"sensor": "n1", "first": "x"}).status_code == 400
    assert set(Step.objects.values_list("action", flat=True)) == {"exclude sensor", "lift exclusion"}


def test_a_sensor_that_nobody_has_is_a_letter_with_the_nearest_names(mine, client, person):
    client.force_login(person("rui", "engineer"))
    answer = client.post("/en/vila/agenda/flags", {"sensor": "n9", "first": "", "last": "", "why": "dug up"})
    assert answer.status_code == 400
    assert "n1" in answer.content.decode()
    assert not Step.objects.exists()


def test_an_entry_does_not_wait_for_a_collection(mine, client, person, monkeypatch):
    monkeypatch.setattr(entries, "PATIENCE", 0)
    client.force_login(person("ana", "editor"))
    with alone(mine.lake):
        assert client.post("/en/vila/agenda/enter", FAIR).status_code == 302
        (entry,) = entered(mine)
        assert client.post(f"/en/vila/agenda/entry/{entry.id}", {"withdraw": "1"}).status_code == 302
    assert entered(mine) == []


def test_while_the_city_is_tidied_or_backed_up_an_entry_waits_and_then_says_so_and_leaves_no_trail(mine, client, person, monkeypatch):
    monkeypatch.setattr(entries, "PATIENCE", 0.2)
    client.force_login(person("ana", "editor"))
    with still(mine.lake):
        answer = client.post("/en/vila/agenda/enter", FAIR)
        with pytest.raises(LakeBusy):
            entries.withdraw(reading("vila"), "x", by="Vila")
    assert answer.status_code == 503
    assert not Step.objects.exists()
    assert client.post("/en/vila/agenda/enter", FAIR).status_code == 302


def test_the_desk_takes_few_looks(mine, client, person, django_assert_max_num_queries):
    client.force_login(person("ana", "administrator"))
    client.get("/en/vila/agenda/enter")
    with django_assert_max_num_queries(8):
        client.get("/en/vila/agenda/enter")


def test_the_kinds_that_the_city_has_had_are_counted_and_each_is_offered_once(mine, client, person):
    client.force_login(person("ana", "editor"))
    page = client.get("/en/vila/agenda/enter").content.decode()
    offered = re.findall(r'<option value="(\w+)">([^<]+)</option>', page[page.index('name="kind"') : page.index('name="first"')])
    assert "Strike: " in dict(offered)["strike"]
    assert re.search(r"times since 20\d\d|once, in 20\d\d", dict(offered)["strike"])
    called = [label.partition(":")[0] for _, label in offered]
    assert len(called) == len(set(called))
    assert not {"first_lockdown", "snow_week", "sao_joao", "bus_strike", "rail_strike", "carnival_monday"} & dict(offered).keys()


def test_an_entry_of_a_kind_that_is_not_offered_can_still_be_changed(mine, client, person):
    client.force_login(person("ana", "editor"))
    later = {"first": "2026-03-20", "last": "2026-03-20", "kind": "rail_strike"}
    span = Span.model_validate(later | {"name": "Trains"})
    entries.enter(reading("vila"), "a" * 32, span, sign="", by="Vila")
    at = f"/en/vila/agenda/entry/{'a' * 32}"
    assert client.get(at).status_code == 200
    assert client.post(at, FAIR | later | {"name": "No trains"}).status_code == 302
    assert client.post("/en/vila/agenda/enter", FAIR | later).status_code == 400


@pytest.mark.parametrize(("first", "last", "at"), [("1800-01-01", "1800-01-02", "first"), ("2025-03-01", "9999-12-31", "last")])
def test_a_day_out_of_all_times_is_told_as_such_where_it_stands(mine, client, person, first, last, at):
    client.force_login(person("ana", "administrator"))
    said = {"first": first, "last": last}
    for page, form in (("enter", FAIR | said), ("flags", said | {"sensor": "n1", "why": "dug up"})):
        answer = client.post(f"/en/vila/agenda/{page}", form)
        errors = re.findall(r'class="wrong" id="id_(\w+)_error">([^<]+)<', answer.content.decode())
        assert (answer.status_code, at in dict(errors)) == (400, True)
        assert {said.strip() for _, said in errors} == {"The day lies between 1 Jan 1990 and 31 Dec 2099."}
    assert (entered(mine), mine.river().lake.flags()) == ([], [])


@pytest.mark.parametrize("name", ["Fair \u202ereversed", "Fair\u2066", "Bell\x07", "\u200b", "Fair\x00"], ids=ascii)
def test_a_name_that_would_rewrite_what_stands_beside_it_is_refused(mine, client, person, name):
    client.force_login(person("ana", "administrator"))
    assert client.post("/pt/vila/agenda/enter", FAIR | {"name": name}).status_code == 400
    assert client.post("/pt/vila/agenda/flags", {"sensor": "n1", "first": "", "last": "", "why": name}).status_code == 400
    assert entered(mine) == []


def test_a_name_is_one_line(mine, client, person):
    client.force_login(person("ana", "editor"))
    client.post("/pt/vila/agenda/enter", FAIR | {"name": "Spring\r\nfair\u2028in\tVila "})
    assert [e.span.name for e in entered(mine)] == ["Spring fair in Vila"]


def test_what_was_entered_is_said_once_where_one_comes_back_to(mine, client, person):
    client.force_login(person("ana", "administrator"))
    page = client.post("/en/vila/agenda/enter", FAIR, follow=True).content.decode()
    assert "Entered: Spring fair. The next publication explains with it." in page
    assert "Entered: Spring fair" not in client.get("/en/vila/agenda/enter").content.decode()
    said = {"sensor": "n1", "first": "2025-03-01", "last": "", "why": "dug up"}
    page = client.post("/pt/vila/agenda/flags", said, follow=True).content.decode()
    assert "Deixado de fora: n1." in page
    assert '<option value="n1">' in page, "the sensors are there to be chosen from"


def test_a_sensor_that_is_left_out_is_not_left_out_again(mine, client, person):
    client.force_login(person("rui", "engineer"))
    said = {"sensor": "n1", "first": "2025-03-01", "last": "", "why": "dug up"}
    assert client.post("/en/vila/agenda/flags", said).status_code == 302
    for again in ({}, {"first": "2025-03-05", "last": "2025-03-06"}):
        answer = client.post("/en/vila/agenda/flags", said | again)
        assert answer.status_code == 400
        assert "It is already left out, since 1 Mar 2025: dug up." in answer.content.decode()
    assert client.post("/en/vila/agenda/flags", said | {"first": "2025-02-01"}).status_code == 302, "these are more days"
    assert client.post("/en/vila/agenda/flags", said | {"sensor": "n2"}).status_code == 302
