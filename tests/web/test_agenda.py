"""The town's agenda, on its index, and as a calendar."""

from __future__ import annotations

from datetime import date

import icalendar
import pytest

from pulso.web.readings.counted import counting

FEBRUARY = {"from": "2025-02-01", "to": "2025-02-28"}


def entries(site, lang="en", **asked):
    return {e["name"]: e for e in site.get(f"/{lang}/vila/agenda.json", FEBRUARY | asked).json()["entries"]}


def test_an_event_stands_on_the_index_of_its_days(site):
    strike = entries(site)["Bus strike"]
    assert (strike["first"], strike["last"], strike["kind"]) == ("2025-02-10", "2025-02-11", "strike")
    published = [site.get(f"/en/vila/day/2025-02-{d}.json").json()["verdict"]["index"] for d in (10, 11)]
    assert [d["index"] for d in strike["days"]] == published
    assert strike["index"] == pytest.approx(sum(published) / 2)


def test_an_event_that_was_never_measured_before_has_no_points_and_not_zero(site):
    assert entries(site)["Bus strike"]["points"] is None
    page = site.get("/en/vila/agenda", FEBRUARY).content.decode()
    assert "<td>–</td>" in page


def test_public_holidays_are_in_the_agenda_in_the_readers_language(site):
    asked = {"from": "2025-01-01", "to": "2025-01-31"}
    assert entries(site, **asked)["New Year's Day"]["kind"] == "holiday"
    assert "Ano Novo" in entries(site, "pt", **asked)


def test_one_kind_can_be_asked_for(site):
    assert set(entries(site, kind="strike")) == {"Bus strike"}
    assert entries(site, kind="holiday") == {}


def test_the_agenda_turns_by_months(site):
    said = site.get("/en/vila/agenda.json", FEBRUARY).json()
    assert (said["before"], said["after"]) == (["2025-01-01", "2025-01-31"], ["2025-03-01", "2025-03-31"])
    assert site.get("/en/vila/agenda.json").json()["first"] == "2025-03-01"
    assert site.get("/en/vila/agenda.json?from=2025-01-31").json()["after"] == ["2025-02-01", "2025-02-28"]


def test_what_is_to_come_has_no_number_yet(site):
    december = site.get("/en/vila/agenda.json?from=2025-12-01").json()
    assert "Christmas Day" in {e["name"] for e in december["entries"]}
    assert {e["index"] for e in december["entries"]} == {None}
    assert site.get("/en/vila/agenda?from=2025-12-01").status_code == 200


def test_the_mean_of_an_event_is_that_of_all_its_days_whatever_the_page_spans(site):
    one_day = entries(site, to="2025-02-10")["Bus strike"]
    assert len(one_day["days"]) == 1
    assert (one_day["known"], one_day["length"]) == (2, 2)
    assert one_day["index"] == entries(site)["Bus strike"]["index"]
    assert "mean of 2 of 2 days" in site.get("/en/vila/agenda", FEBRUARY | {"to": "2025-02-10"}).content.decode()


def test_what_is_to_come_stands_on_every_page_of_the_agenda_and_never_twice(site):
    february = site.get("/en/vila/agenda.json", FEBRUARY).json()
    assert [e["name"] for e in february["coming"]][:2] == ["Good Friday", "Easter Sunday"]  # it is 16 March 2025
    page = site.get("/en/vila/agenda", FEBRUARY).content.decode()
    assert 'href="/en/vila/agenda?from=2025-04-01"' in page
    april = site.get("/en/vila/agenda.json?from=2025-04-01").json()
    assert not {e["name"] for e in april["coming"]} & {e["name"] for e in april["entries"]}
    assert site.get("/en/vila/agenda.json", FEBRUARY | {"kind": "strike"}).json()["coming"] == []


@pytest.mark.parametrize(
    "asked",
    [
        "from=2025-03-01&to=2025-02-01",
        "from=2020-01-01&to=2025-01-01",
        "from=0001-01-01",
        "to=9999-12-31",
        "from=9999-12-31",
        "kind=%00",
        "from=x",
    ],
)
def test_absurd_spans_and_kinds_get_a_letter(site, asked):
    assert site.get(f"/en/vila/agenda?{asked}").status_code == 400


def test_the_agenda_takes_few_looks_at_the_river(site):
    site.get("/en/vila/agenda", FEBRUARY)
    with counting() as looks:
        site.get("/en/vila/agenda", FEBRUARY)
    assert looks[0] <= 10


def calendar(site, lang="en"):
    answer = site.get(f"/{lang}/vila/agenda.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(e["summary"]): e for e in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_calendar_has_the_event_on_whole_days(site):
    strike = calendar(site)["Bus strike"]
    assert (strike["dtstart"].dt, strike["dtend"].dt) == (date(2025, 2, 10), date(2025, 2, 12))
    assert strike["dtstart"].params["VALUE"] == "DATE"
    assert str(strike["url"]).startswith("http://testserver/en/vila/agenda?from=2025-02-10")


def test_an_event_is_the_same_in_both_languages_and_each_is_another(site):
    english, portuguese = calendar(site), calendar(site, "pt")
    uids = [str(e["uid"]) for e in english.values()]
    assert len(set(uids)) == len(uids) == len(portuguese)
    assert english["Bus strike"]["uid"] == portuguese["Greve dos autocarros"]["uid"]
    assert english["Christmas Day"]["uid"] == portuguese["Dia de Natal"]["uid"]


def test_a_calendar_that_an_office_has_is_not_sent_again(site):
    first = site.get("/en/vila/agenda.ics")
    assert first.content == site.get("/en/vila/agenda.ics").content
    assert site.get("/en/vila/agenda.ics", headers={"If-None-Match": first["ETag"]}).status_code == 304
