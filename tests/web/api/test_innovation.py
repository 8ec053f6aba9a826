"""What the API tells of challenges, pilots, evaluations, practices and testbeds: what the pages tell, in every form, and few questions."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.web.innovation import writes
from pulso.web.innovation.models import Adoption, Challenge, Comment, Evaluation, Pilot, Practice, Protocol
from pulso.web.readings.counted import counting
from tests.web.api.loop import EVERY, KINDS, ROOT, WHOLES, items, shown_pilots
from tests.web.exhibits import BEGUN, ENDED, NUMBER

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "rows"), [("challenges", "challenges"), ("pilots", "pilots"), ("practices", "own")])
def test_rows_are_those_of_the_page_and_lead_to_it(site, exhibits, kind, rows):
    on_the_page = site.get(f"/en/vila/{kind}.json").json()[rows]
    assert items(site, kind) == [row | {"page": f"/en/vila/{kind}/{NUMBER}"} for row in on_the_page]
    assert site.get(f"/en/vila/{kind}/{NUMBER}").status_code == 200


@pytest.mark.parametrize("kind", WHOLES)
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_a_whole_thing_is_told_as_its_page_tells_it(site, exhibits, kind, lang):
    told = site.get(f"{ROOT}/{kind}/{NUMBER}?lang={lang}").json()
    page = site.get(f"/{lang}/vila/{kind}/{NUMBER}.json").json()
    assert {name: told[name] for name in page} == page
    assert set(told) - set(page) == {"page"} | ({"protocol"} if kind == "pilots" else set())
    assert told["page"] == f"/{lang}/vila/{kind}/{NUMBER}"


def test_anyone_can_hash_the_protocol_again(site, exhibits):
    told = site.get(f"{ROOT}/pilots/{NUMBER}").json()
    said = told["protocol"]
    digest = said.pop("digest")
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == digest == told["promise"]["digest"]
    assert [a["field"] for a in told["amendments"]] == ["window_last"]


def test_money_is_cents_by_state_and_no_sum_is_taken(site, exhibits):
    (row,) = items(site, "pilots")
    assert [row[state] for state in ("cost", "planned", "committed", "paid")] == [123_450, 100_000, None, 23_450]
    told = site.get(f"{ROOT}/pilots/{NUMBER}").json()
    assert [(m["state"], m["cents"]) for m in told["funding"]] == [("planned", 100_000), ("paid", 23_450)]


def test_an_evaluation_says_how_sure_it_is_and_how_much_was_seen(site, exhibits):
    (row,) = items(site, "evaluations")
    assert [row[n] for n in ("estimate", "low", "high", "unit", "p", "verdict")] == [8.5, 2.0, 15.0, "%", 0.025, "more"]
    assert [row[n] for n in ("placebos", "drift", "drift_p", "seen", "last", "next_step")] == [40, 1.5, 0.42, 1.0, True, "expand"]
    whole = site.get(f"{ROOT}/pilots/{NUMBER}").json()["evaluation"]
    assert {n: row[n] for n in whole if n in row and n != "placebos"} == {n: whole[n] for n in whole if n in row and n != "placebos"}
    assert len(whole["placebos"]) == row["placebos"]


def test_what_was_not_looked_at_is_null_and_never_zero(site, exhibits):
    Evaluation.objects.update(pretrend={"drift": None, "seen": True}, estimate=None, low=None, high=None, p=None, verdict="cannot tell")
    (row,) = items(site, "evaluations")
    assert [row[n] for n in ("estimate", "low", "high", "p", "drift", "drift_p", "seen")] == [None] * 7


def test_the_last_word_is_the_latest_of_the_whole_window(site, exhibits):
    first = Evaluation.objects.get()
    fields = {f.attname: getattr(first, f.attname) for f in first._meta.concrete_fields if f.name != "id"}
    Evaluation.objects.create(**fields | {"estimate": 9.0})
    Evaluation.objects.create(**fields | {"estimate": 10.0, "interim": True})
    assert [(e["estimate"], e["last"]) for e in items(site, "evaluations")] == [(8.5, False), (9.0, True), (10.0, False)]
    (of_page_one,) = items(site, "evaluations?limit=1")
    assert not of_page_one["last"]
    assert [e["estimate"] for e in items(site, f"evaluations?pilot={NUMBER}&verdict=more")] == [8.5, 9.0, 10.0]
    assert items(site, "evaluations?pilot=99") == items(site, "evaluations?verdict=none") == []


def test_what_can_not_be_evaluated_says_why(client, ended, boss, result):
    none = {"verdict": "", "estimate": None, "low": None, "high": None, "p": None, "placebos": ()}
    writes.move(writes.evaluate(ended, result(ended, not_evaluable="All sensors were silent.", **none)), "published", boss)
    (row,) = items(client, "evaluations?verdict=not evaluable")
    assert (row["verdict"], row["reason"], row["estimate"]) == ("not evaluable", "All sensors were silent.", None)
    assert items(client, "evaluations?verdict=more") == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("pilots?status=evaluated", 1),
        ("pilots?status=frozen", 0),
        ("pilots?zone=north", 1),
        ("pilots?zone=North", 1),
        ("pilots?zone=south", 0),
        ("pilots?zone=city", 0),
        ("pilots?metric=bikes", 1),
        ("pilots?metric=index", 0),
        ("pilots?verdict=more", 1),
        ("pilots?verdict=cannot tell", 0),
        (f"pilots?challenge={NUMBER}", 1),
        ("pilots?challenge=8", 0),
        ("pilots?from=2025-03-10", 1),
        ("pilots?from=2025-03-11", 0),  # an amendment made it end on the 10th
        ("pilots?to=2025-03-05", 1),
        ("pilots?to=2025-03-04", 0),
        ("challenges?status=in pilot", 1),
        ("challenges?status=solved", 0),
        ("challenges?zone=north&metric=bikes", 1),
        ("challenges?metric=cars", 0),
        ("practices?status=offered", 1),
        ("practices?status=withdrawn", 0),
    ],
)
def test_what_is_asked_for_is_what_comes(site, exhibits, asked, found):
    assert len(items(site, asked)) == found


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("pilots?zone=moon", 404),
        ("pilots?metric=moonlight", 404),
        ("challenges?metric=moonlight", 404),
        ("pilots?status=draft", 422),
        ("challenges?status=draft", 422),
        ("practices?status=draft", 422),
        ("pilots?from=2025-03-02&to=2025-03-01", 400),
        ("pilots?colour=blue", 422),
        ("pilots/0", 404),
        ("pilots/x", 404),
        ("pilots/99999999999999999999999999", 404),
        ("pilots/7?zone=north", 422),
        ("practices?lang=de", 422),
    ],
)
def test_what_can_not_be_asked_is_a_letter(site, exhibits, asked, status):
    answer = site.get(f"{ROOT}/{asked}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_a_whole_city_s_pilot_is_asked_for_as_the_city_s(site, exhibits):
    Protocol.objects.update(zones=[])
    assert len(items(site, "pilots?zone=city")) == 1
    assert items(site, "pilots?zone=north") == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_says_the_same(site, exhibits, testbed, kind):
    rows = items(site, kind)
    assert rows
    texts = list(csv.DictReader(io.StringIO(site.get(f"{ROOT}/{kind}.csv").content.decode())))
    assert [t["page" if "page" in t else "name"] for t in texts] == [r.get("page") or r["name"] for r in rows]
    table = pq.read_table(io.BytesIO(site.get(f"{ROOT}/{kind}.parquet").content))
    assert list(rows[0]) == table.column_names
    assert all(field.metadata[b"description"] for field in table.schema)
    assert table.to_pylist()[0]["number"] == rows[0]["number"]
    book = openpyxl.load_workbook(io.BytesIO(site.get(f"{ROOT}/{kind}.xlsx").content))
    head, line = book["rows"].values
    assert head[:1] == tuple(rows[0])[:1]
    assert line[0] == rows[0][head[0]]


def test_several_names_in_one_cell_are_a_list_where_there_are_lists(site, exhibits):
    Challenge.objects.update(zones=["north", "south"])
    (row,) = items(site, "challenges")
    assert row["zones"] == ["North", "South"]
    (text,) = csv.DictReader(io.StringIO(site.get(f"{ROOT}/challenges.csv").content.decode()))
    assert text["zones"] == "North; South"
    table = pq.read_table(io.BytesIO(site.get(f"{ROOT}/challenges.parquet").content))
    assert table.to_pylist()[0]["zones"] == ["North", "South"]
    book = openpyxl.load_workbook(io.BytesIO(site.get(f"{ROOT}/challenges.xlsx").content))
    assert dict(zip(*book["rows"].values, strict=True))["zones"] == "North; South"


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_what_people_write_is_no_formula(site, exhibits, evil):
    Challenge.objects.update(title=evil, datasets=[evil])
    Pilot.objects.update(title=evil)
    for kind in ("challenges", "pilots", "evaluations"):
        (row,) = csv.DictReader(io.StringIO(site.get(f"{ROOT}/{kind}.csv").content.decode()))
        assert row["title"] == f"'{evil}"
        book = openpyxl.load_workbook(io.BytesIO(site.get(f"{ROOT}/{kind}.xlsx").content))
        head, line = list(book["rows"].rows)
        assert line[[c.value for c in head].index("title")].data_type == "s"


@pytest.mark.parametrize("kind", ["challenges", "pilots", "evaluations", "practices"])
def test_a_walk_meets_each_row_once_by_number_and_a_cut_file_is_refused(site, exhibits, kind):
    shown_pilots(9)
    whole = items(site, kind)
    assert [r["number"] for r in whole] == sorted(r["number"] for r in whole)
    assert len(whole) == 10
    met, cursor = [], ""
    while cursor is not None:
        page = site.get(f"{ROOT}/{kind}?limit=3" + (f"&cursor={cursor}" if cursor else "")).json()
        met, cursor = met + page["items"], page["next"]
    assert met == whole
    assert site.get(f"{ROOT}/{kind}?limit=3&cursor=x").status_code == 400
    shown_pilots(91)
    cut = site.get(f"{ROOT}/{kind}.csv")
    assert cut.status_code == 400
    assert "Say a limit" in cut.json()["detail"]
    assert "values.csv" not in cut.json()["detail"]
    assert site.get(f"{ROOT}/{kind}.csv?limit=200").content.count(b"\r\n") == 102


@pytest.mark.parametrize("address", EVERY)
def test_few_questions_whatever_there_is(site, exhibits, address):
    shown_pilots(12)
    site.get(f"{ROOT}/{address}")
    with CaptureQueriesContext(connection) as asked, counting() as looks:
        answer = site.get(f"{ROOT}/{address}")
    assert answer.status_code == 200
    assert looks[0] + len(asked) <= 10
    with CaptureQueriesContext(connection) as asked:
        assert site.get(f"{ROOT}/{address}", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert len(asked) <= 1


@pytest.mark.parametrize("address", EVERY)
def test_what_one_has_is_not_sent_again_until_something_is_written(client, exhibits, boss, address):
    first = client.get(f"{ROOT}/{address}")
    for header, said in (("If-None-Match", first["ETag"]), ("If-Modified-Since", first["Last-Modified"])):
        again = client.get(f"{ROOT}/{address}", headers={header: said})
        assert (again.status_code, again.content) == (304, b"")
    writes.offer_testbed(boss, "vila", kind="street", name="Rua Nova")
    assert client.get(f"{ROOT}/{address}", headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", EVERY)
def test_words_are_in_the_language_that_is_asked_for(site, exhibits, address):
    english, header = site.get(f"{ROOT}/{address}"), site.get(f"{ROOT}/{address}", headers={"Accept-Language": "pt"})
    said = site.get(f"{ROOT}/{address}?lang=pt")
    assert [a["Content-Language"] for a in (english, header, said)] == ["en", "pt", "pt"]
    assert "Accept-Language" in english["Vary"]
    assert said.json() == header.json()
    assert len({a["ETag"] for a in (english, header, said)}) == 3
    assert address == "testbeds" or said.json() != english.json()


def test_a_long_discussion_is_told_a_hundred_remarks_at_a_time(site, exhibits):
    challenge = Challenge.objects.get(pk=NUMBER)
    Comment.objects.bulk_create(Comment(challenge=challenge, text=str(i), at=BEGUN) for i in range(150))
    latest, earlier = (site.get(f"{ROOT}/challenges/{NUMBER}{page}").json() for page in ("", "?page=2"))
    assert [r["text"] for r in latest["discussion"]] == [str(i) for i in range(50, 150)]
    assert (len(earlier["discussion"]), earlier["discussion"][0]["text"], earlier["leaf"]["total"]) == (52, "It is the parked cars.", 152)
    assert [site.get(f"{ROOT}/challenges/{NUMBER}?page={n}").status_code for n in ("3", "0", "x")] == [404, 422, 422]


def test_a_new_day_makes_a_new_answer(client, frozen, pilot, clock):
    address = f"{ROOT}/pilots/{pilot.pk}"
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    clock.pass_(days=1)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", EVERY)
def test_nothing_is_written_here(site, exhibits, address):
    for method in (site.post, site.put, site.patch, site.delete):
        assert method(f"{ROOT}/{address}", "{}", content_type="application/json").status_code == 405


def test_three_published_evaluations_of_adoptions_are_pooled_and_what_is_not_published_does_not_count(client, exhibits, clock, boss):
    practice = Practice.objects.get(pk=NUMBER)
    like = Evaluation.objects.get()
    for i in range(3):
        pilot = Pilot.objects.create(
            pk=NUMBER + 1 + i, city="aldeia", title=str(i), text="x", status="evaluated", created_at=BEGUN, since=BEGUN
        )
        Adoption.objects.create(practice=practice, city="aldeia", pilot=pilot, at=BEGUN)
        told = {f.attname: getattr(like, f.attname) for f in like._meta.concrete_fields if f.name not in ("id", "pilot")}
        published = None if i == 2 else ENDED + timedelta(days=i)
        last = Evaluation.objects.create(pilot=pilot, **told | {"estimate": 8.0 + i, "published_at": published})
    told = client.get(f"{ROOT}/practices/{NUMBER}").json()
    assert (told["pooled"], [t["estimate"] for t in told["trials"]]) == (None, [8.5, 8.0, 9.0, None])
    assert told["line"]["adopted"] == items(client, "practices")[0]["adopted"] == 3
    Evaluation.objects.filter(pk=last.pk).update(published_at=ENDED)
    pooled = client.get(f"{ROOT}/practices/{NUMBER}?lang=en").json()["pooled"]
    assert pooled["trials"] == 4
    assert 8.0 < pooled["estimate"] < 10.0
