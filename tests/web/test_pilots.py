"""The register, and the page of a pilot: what was promised, and what it showed, whatever its sign, and not before its time."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.show.pilots import HOW
from pulso.web.innovation import guard, writes
from pulso.web.innovation.models import Amendment, Pilot, Protocol
from pulso.web.pages.pilot_drawn import MOST_BINS, scale, spread
from pulso.web.readings import Point, Reading
from pulso.web.readings.counted import counting
from tests.web.looks import shown

pytestmark = pytest.mark.django_db


def rows(client):
    """The register as CSV."""
    return list(csv.DictReader(io.StringIO(client.get("/en/vila/pilots.csv").content.decode())))


def everywhere(client, pilot):
    """All that is told of a pilot, in every form, as one text."""
    addresses = ("pilots", "pilots.json", "pilots.csv", f"pilots/{pilot.pk}", f"pilots/{pilot.pk}.json", f"pilots/{pilot.pk}/protocol.json")
    return "\n".join(client.get(f"/en/vila/{address}").content.decode() for address in addresses)


def test_a_draft_is_shown_to_nobody(client, protocol, pilot, boss):
    for somebody in (None, boss):
        if somebody:
            client.force_login(somebody)
        told = everywhere(client, pilot)
        assert "No cars" not in told
        assert "More people come" not in told
        for address in (f"pilots/{pilot.pk}", f"pilots/{pilot.pk}.json", f"pilots/{pilot.pk}/protocol.json"):
            assert client.get(f"/en/vila/{address}").status_code == 404
    assert rows(client) == []


def test_a_draft_that_was_stopped_stands_in_the_register_without_what_it_never_promised(client, protocol, pilot, boss):
    writes.move(pilot, "stopped", boss, why="No money.")
    page, said = shown(client, f"pilots/{pilot.pk}")
    assert "No money." in page
    assert (said["promise"], said["running"], said["line"]["metric"], said["line"]["first"]) == (None, None, "", None)
    assert "More people come" not in everywhere(client, pilot)
    assert client.get(f"/en/vila/pilots/{pilot.pk}/protocol.json").status_code == 404
    assert [(r["title"], r["status"], r["why"]) for r in rows(client)] == [("No cars", "stopped", "No money.")]


def test_the_promise_is_there_in_full(client, frozen, pilot):
    page, said = shown(client, f"pilots/{pilot.pk}")
    promise = said["promise"]
    assert (promise["zones"], promise["compared"], promise["matters"], promise["mde"]) == (["North"], ["South"], 5.0, 7.25)
    assert (promise["digest"], promise["intact"]) == (frozen.digest, True)
    for words in (
        "More people come where no car parks.",
        "It could see changes of 7.3% or more.",
        "Changes from 5.0% on matter.",
        "difference in differences",
        "Fair, 10–11 Feb 2025",
        "1–28 Feb 2025",
        "20–26 Mar 2025",
        "Two accidents.",
        "By nobody",
        "gives the same digest",
        frozen.digest,
    ):
        assert words in page, words


PART = {"en": "leans on the city's", "pt": "apoia-se no da cidade"}


def test_of_a_zone_s_index_it_is_said_how_little_it_shows_and_of_a_metric_nothing_is(client, boss, ended, result):
    for lang, words in PART.items():
        page, said = shown(client, f"pilots/{ended.pk}", lang)
        assert said["leaning"] == ""
        assert words not in page
    writes.move(writes.evaluate(ended, result(ended), by=boss), "published", boss)
    Amendment.objects.create(protocol=ended.protocol, field="metric", before="bikes", after="index", text="-", reason="-", at=ended.since)
    for lang, words in PART.items():
        page, said = shown(client, f"pilots/{ended.pk}", lang)
        assert words in said["leaning"]
        assert page.count(said["leaning"].replace("'", "&#39;")) == 2, "beside what it showed, and beside what was promised"
    Amendment.objects.create(protocol=ended.protocol, field="zones", before=["north"], after=[], text="-", reason="-", at=ended.since)
    assert shown(client, f"pilots/{ended.pk}")[1]["leaning"] == "", "the whole city leans on nobody"


def test_how_the_least_effect_was_computed_is_said_in_the_reader_s_language_and_the_record_keeps_its_words(client, boss, pilot, protocol):
    kept = HOW.format(method="did", days=7, as_of="2025-03-16T09:00:00+00:00")
    writes.set_least_effect(None, protocol, value=7.25, how=kept, series="ab" * 32)
    writes.freeze(boss, pilot)
    said = {
        "en": "difference in differences: the smallest told from zero in 80% of cases, by earlier windows of 7 days",
        "pt": "diferença de diferenças: o menor que se distingue de zero em 80 % dos casos, por janelas anteriores de 7 dias",
    }
    for lang, words in said.items():
        page, told = shown(client, f"pilots/{pilot.pk}", lang)
        assert told["promise"]["mde_how"].startswith(words)
        assert "power" not in page
        assert words in page
        assert "7,3" in page if lang == "pt" else "7.3" in page
        assert told["promise"]["intact"]
    record = json.loads(client.get(f"/pt/vila/pilots/{pilot.pk}/protocol.json").content)
    assert (record["mde_how"], record["mde"]) == (kept, "7.25")


def test_anyone_can_hash_it_again(client, frozen, pilot):
    said = json.loads(client.get(f"/en/vila/pilots/{pilot.pk}/protocol.json").content)
    digest = said.pop("digest")
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == digest == frozen.digest


def test_a_protocol_that_was_broken_into_is_told_to_everybody(client, frozen, pilot):
    guard.guard(guard.LIFTED)
    Protocol.objects.update(hypothesis="What we always wanted.")
    page, said = shown(client, f"pilots/{pilot.pk}")
    assert not said["promise"]["intact"]
    assert "it is not what was frozen" in page


def test_an_amendment_stands_beside_it_with_before_and_after(client, frozen, pilot, boss):
    writes.amend(boss, frozen, "stop_rule", "One accident.", text="Sooner.", reason="Safety.")
    page, said = shown(client, f"pilots/{pilot.pk}")
    (one,) = said["amendments"]
    assert (one["field"], one["before"], one["after"], one["reason"]) == ("stop_rule", "Two accidents.", "One accident.", "Safety.")
    assert said["promise"]["stop_rule"] == "Two accidents."
    assert "Sooner." in page
    writes.amend(boss, frozen, "window_last", date(2025, 3, 28), text="Later.", reason="Rain.")
    writes.amend(boss, frozen, "method", "sdid", text="Another method.", reason="The pre-trend.")
    days, method = shown(client, f"pilots/{pilot.pk}", "pt")[1]["amendments"][1:]
    assert (days["called"], days["before"], days["after"]) == ("último dia da janela", "26/03/2025", "28/03/2025")
    assert (method["before"], method["after"]) == ("diferença de diferenças", "diferença de diferenças sintética")
    assert (rows(client)[0]["amendments"], rows(client)[0]["last"]) == ("3", "2025-03-28")


def test_an_amendment_after_the_window_had_begun_says_so(client, frozen, pilot, boss, clock):
    writes.amend(boss, frozen, "stop_rule", "None.", text="None.", reason="So.")
    clock.pass_(days=3, hours=15)  # 20 March, 00:00 in Lisbon
    writes.amend(boss, frozen, "window_last", date(2025, 3, 28), text="Later.", reason="Rain.")
    page, said = shown(client, f"pilots/{pilot.pk}")
    assert [a["late"] for a in said["amendments"]] == [False, True]
    assert page.count("after the window had begun") == 1


def test_an_evaluation_that_is_not_published_is_nowhere(client, evaluation, ended, boss):
    client.force_login(boss)
    told = everywhere(client, ended)
    for leaked in ("8.5", "more than without", "-1.25", "0.01", "cd" * 32):
        assert leaked not in told, leaked
    assert shown(client, f"pilots/{ended.pk}")[1]["evaluation"] is None


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({}, "8.5% more than without the pilot (95% interval: +2.0% to +15.0%)."),
        (
            {"verdict": "less", "estimate": -8.5, "low": -15.0, "high": -2.0},
            "8.5% less than without the pilot (95% interval: −15.0% to −2.0%).",
        ),
        (
            {"verdict": "none", "estimate": 0.5, "low": -2.0, "high": 3.0},
            "no effect as large as the 5.0% that matter (+0.5%; 95% interval: −2.0% to +3.0%).",
        ),
        (
            {"verdict": "cannot tell", "estimate": 2.0, "low": -9.0, "high": 13.0},
            "nobody can tell whether the pilot did anything (+2.0%; 95% interval: −9.0% to +13.0%).",
        ),
        (
            {"verdict": "cannot tell", "estimate": None, "low": None, "high": None, "p": None},
            "nobody can tell whether the pilot did anything.",
        ),
        (
            {
                "verdict": "",
                "not_evaluable": "All sensors were silent.",
                "estimate": None,
                "low": None,
                "high": None,
                "p": None,
                "unit": "",
                "placebos": (),
            },
            "not evaluable. All sensors were silent.",
        ),
    ],
    ids=["more", "less", "none", "cannot tell", "no number", "not evaluable"],
)
def test_what_it_showed_is_told_whatever_its_sign(client, ended, boss, result, numbers, sentence):
    writes.move(writes.evaluate(ended, result(ended, **numbers)), "published", boss)
    page, said = shown(client, f"pilots/{ended.pk}")
    assert said["evaluation"]["sentence"] == f"Bikes, North: {sentence}"
    assert said["evaluation"]["sentence"] in page
    assert sentence in shown(client, "pilots")[0]
    told = numbers.get("verdict", "more") or "not evaluable"
    assert (rows(client)[0]["verdict"], said["line"]["verdict"]) == (told, told)
    assert (rows(client)[0]["estimate"] == "") == (said["evaluation"]["estimate"] is None)
    assert ("interval-bar" in page) == (said["evaluation"]["estimate"] is not None)


def test_what_follows_and_who_decided_why(client, evaluation, ended, boss):
    writes.move(evaluation, "published", boss)
    assert "Nobody has decided yet." in shown(client, f"pilots/{ended.pk}")[0]
    writes.decide(boss, evaluation, "expand", why="It worked.")
    page, said = shown(client, f"pilots/{ended.pk}", "pt")
    assert (said["evaluation"]["next_step"], said["evaluation"]["next_called"]) == ("expand", "alargar")
    assert "It worked." in page
    assert "Boss" not in page, "an office decides, not a person"


def test_what_it_was_not_compared_with_after_all_is_named(client, ended, boss, result):
    told = {"pretrend": {"drift": 1.5, "left_out": "south; porto"}}
    writes.move(writes.evaluate(ended, result(ended, **told)), "published", boss)
    page, said = shown(client, f"pilots/{ended.pk}")
    assert "Left out of the comparison, known on less than three quarters of the days" in page
    assert said["evaluation"]["checks"][-1]["found"] == "South; porto"


def test_placebos_are_drawn_and_in_a_table_behind_it(client, ended, boss, result):
    writes.move(writes.evaluate(ended, result(ended, placebos=tuple(i / 10 - 2 for i in range(41)))), "published", boss)
    page = shown(client, f"pilots/{ended.pk}")[0]
    assert 'class="placebos"' in page
    assert "Placebos as a table" in page
    assert "41 placebos" in page
    assert "Placebos at least as large: 1%." in page


def test_an_earlier_evaluation_stays(client, evaluation, ended, boss, result):
    later = writes.evaluate(ended, result(ended, estimate=9.0), by=boss)
    for one in (evaluation, later):
        writes.move(one, "published", boss)
    said = shown(client, f"pilots/{ended.pk}")[1]
    assert (said["evaluation"]["estimate"], [e["estimate"] for e in said["earlier"]]) == (9.0, [8.5])


@pytest.fixture
def bikes(monkeypatch):
    """Every day of North has 123.4, of South 99: as if it were published."""

    def points(_self, zones, first, last, metric=None, as_of=None):
        assert metric == "bikes"
        days = [first.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
        level = {"north": 123.4, "south": 99.0}
        return [Point(z, d, "published", level[z], None, None) for z in zones for d in days]

    monkeypatch.setattr(Reading, "points", points)


def test_the_outcome_is_not_shown_before_its_time(client, frozen, pilot, clock, bikes):
    assert shown(client, f"pilots/{pilot.pk}")[1]["running"] is None
    clock.pass_(days=6)  # the 22nd: two of seven days have passed
    writes.advance("vila")
    page, said = shown(client, f"pilots/{pilot.pk}")
    running = said["running"]
    assert [running[k] for k in ("days", "passed", "seen", "most", "shown", "treated", "compared")] == [7, 2, 2, 2, False, None, None]
    assert "123" not in everywhere(client, pilot)
    assert "2 of 7 days of the window have passed." in page
    assert "is shown from 27 March 2025 on" in page
    clock.pass_(days=5)
    page, said = shown(client, f"pilots/{pilot.pk}")
    assert [said["running"][k] for k in ("passed", "shown", "treated", "compared")] == [7, True, 123.4, 99.0]
    assert "123.4" in page


def test_unless_the_protocol_lets_anyone_look(client, boss, protocol, pilot, clock, bikes):
    writes.write_protocol(boss, pilot, may_peek=True, peek_why="Safety first.")
    writes.freeze(boss, pilot)
    clock.pass_(days=6)
    page, said = shown(client, f"pilots/{pilot.pk}")
    assert (said["running"]["shown"], said["running"]["treated"]) == (True, 123.4)
    assert "Safety first." in page


def test_money_is_kept_apart_by_state(client, frozen, pilot, boss):
    writes.change_pilot(boss, pilot, cost=500_000)
    for cents, state in ((123_450, "planned"), (100_000, "planned"), (70_005, "paid")):
        writes.fund(boss, pilot, cents=cents, source="Budget", state=state)
    page, said = shown(client, f"pilots/{pilot.pk}")
    assert [said["line"][k] for k in ("cost", "planned", "committed", "paid")] == [500_000, 223_450, None, 70_005]
    for sum_ in ("€5,000.00", "€2,234.50", "€700.05"):
        assert sum_ in page
    assert "€2,934.55" not in page, "no sum is taken over states"
    assert "1\xa0234,50\xa0€" in shown(client, f"pilots/{pilot.pk}", "pt")[0]
    assert (rows(client)[0]["planned"], rows(client)[0]["committed"], rows(client)[0]["paid"]) == ("223450", "", "70005")


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "<script>alert(1)</script>"])
def test_what_people_write_is_no_formula_and_no_part_of_a_page(client, frozen, pilot, boss, evil):
    Pilot.objects.update(title=evil)
    writes.move(pilot, "stopped", boss, why=evil)
    (row,) = rows(client)
    for name in ("title", "why"):
        assert not row[name].startswith(("=", "+", "-", "@", "\t")), row[name]
    assert "<script>alert" not in "".join(client.get(f"/en/vila/pilots{rest}").content.decode() for rest in ("", f"/{pilot.pk}"))


def test_the_csv_has_a_row_a_pilot_and_goes_with_its_name(client, frozen, pilot):
    answer = client.get("/pt/vila/pilots.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"] == 'attachment; filename="vila-pilots.csv"'
    (row,) = rows(client)
    assert (row["number"], row["digest"], row["first"], row["last"]) == (str(pilot.pk), frozen.digest, "2025-03-20", "2025-03-26")
    assert client.get("/pt/vila/pilots.csv", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_another_city_has_none_of_it(client, frozen, pilot):
    for rest in ("", ".json", "/protocol.json"):
        assert client.get(f"/en/aldeia/pilots/{pilot.pk}{rest}").status_code == 404
    assert client.get("/en/aldeia/pilots.json").json()["pilots"] == []


def test_a_day_that_passes_makes_a_new_page(client, frozen, pilot, clock):
    address = f"/en/vila/pilots/{pilot.pk}"
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    clock.pass_(days=1)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_many_cost_no_more_questions_than_few(client, evaluation, ended, boss, municipality, acme):
    writes.move(evaluation, "published", boss)
    writes.take_part(boss, ended, acme, "company")
    writes.fund(boss, ended, cents=1, source="x", state="paid")
    for i in range(8):
        made = writes.draft_pilot(boss, "vila", municipality, title=str(i), text="x")
        writes.fund(boss, made, cents=1, source="x", state="paid")
        writes.move(made, "stopped", boss, why="x")
    for address in ("pilots", "pilots.json", "pilots.csv", f"pilots/{ended.pk}", f"pilots/{ended.pk}.json"):
        client.get(f"/en/vila/{address}")
        with CaptureQueriesContext(connection) as asked, counting() as looks:
            assert client.get(f"/en/vila/{address}").status_code == 200
        assert looks[0] + len(asked) <= 10, address


def test_every_pilot_leads_to_its_page_from_the_menu_on(client, frozen, pilot):
    assert 'href="/en/vila/pilots"' in client.get("/en/vila/challenges").content.decode()
    page = shown(client, "pilots")[0]
    assert f'href="/en/vila/pilots/{pilot.pk}"' in page
    assert 'href="/en/vila/challenges"' in page
    assert 'href="/en/vila/practices"' in page


def test_a_histogram_counts_every_placebo_once():
    values = [-3.0, -1.0, 0.0, 0.0, 0.5, 4.0]
    made = spread(values, 6.0)
    assert made is not None
    assert sum(b.count for b in made.bins) == len(values)
    assert (made.low, made.high, made.estimate) == (-3.0, 6.0, 200.0)
    for b in made.bins:
        last = b is made.bins[-1]
        assert b.count == sum(b.low <= v < b.high or (last and v == b.high) for v in values)
    assert spread([], 1.0) is None
    assert len(spread(list(range(5_000)), None).bins) == MOST_BINS
    assert sum(b.count for b in spread([2.0, 2.0], 2.0).bins) == 2


def test_an_interval_lies_where_its_numbers_do_and_is_cut_at_the_ends():
    of = scale([-10.0, 4.0, None])
    bar = of.bar(0.0, -11.0, 5.5, "none", 5.5)
    assert bar is not None
    assert (bar.left, bar.middle, bar.left + bar.width, bar.near, bar.sort) == (2.0, 100.0, 149.0, (51.0, 98.0), "rest")
    assert of.x(1e9) == 198.0
    assert of.bar(None, None, None, "cannot tell") is None
    assert scale([]).reach == scale([0.0]).reach == 1.0
