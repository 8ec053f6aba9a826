"""What the API tells of the town: rows in every form, page by page, and not sent twice."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pyarrow.parquet as pq
import pytest

from pulso.web.contracts.models import Incident
from pulso.web.readings.counted import counting

ROOT = "/api/v1/cities/vila"
KINDS = ("zones", "metrics", "values", "quality", "events", "sources", "incidents", "flags")
SHORT = "from=2025-02-01&to=2025-02-28"


def every(site, address: str, limit: int) -> list[dict]:
    """A walk through all pages, by their cursors."""
    rows, cursor = [], ""
    while cursor is not None:
        page = site.get(f"{address}{'&' if '?' in address else '?'}limit={limit}" + (f"&cursor={cursor}" if cursor else "")).json()
        assert len(page["items"]) <= limit
        rows += page["items"]
        cursor = page["next"]
    return rows


def test_the_api_says_which_cities_there_are_and_what_is_published_of_one(site):
    assert [c["city"] for c in site.get("/api/v1/cities").json()["items"]] == ["vila"]
    town = site.get(ROOT).json()
    assert (town["name"], town["last"], town["zones"], town["synthetic"]) == ("Vila", "2025-03-14", 2, False)


def test_values_are_what_was_published(site):
    told = site.get(f"{ROOT}/values?from=2025-03-14&to=2025-03-14").json()["items"]
    page = site.get("/en/vila/today.json").json()
    assert [v["zone"] for v in told] == [None, "north", "south"]
    assert told[0]["index"] == page["verdict"]["index"]
    assert [told[0]["interval_low"], told[0]["interval_high"]] == page["verdict"]["interval"]
    assert {v["zone"]: v["index"] for v in told[1:]} == {z["id"]: z["index"] for z in page["zones"]}


def test_a_metric_and_a_domain_have_values_too(site):
    verdict = site.get("/en/vila/today.json").json()["verdict"]
    for name, index in [(m["metric"], m["index"]) for m in verdict["metrics"]] + [(d["domain"], d["index"]) for d in verdict["domains"]]:
        told = site.get(f"{ROOT}/values?metric={name}&zone=city&from=2025-03-14").json()["items"]
        assert [(v["metric"], v["index"], v["interval_low"]) for v in told] == [(name, index, None)]


@pytest.mark.parametrize("limit", [1, 7, 84, 85, 1_000])
@pytest.mark.parametrize("asked", ["", "&metric=all", "&zone=south", "&zone=city&metric=all", "&metric=all&zone=north"])
def test_a_walk_tells_every_value_once_whatever_its_pages(site, asked, limit):
    if limit == 1 and "all" in asked:
        asked += "&to=2025-02-03"  # a short walk in small steps says as much
    address = f"{ROOT}/values?{SHORT if 'to=' not in asked else 'from=2025-02-01'}{asked}"
    rows = every(site, address, limit)
    keys = [(r["day"], r["zone"] or "", r["metric"] or "") for r in rows]
    zones = 1 if "zone" in asked else 3
    assert keys == sorted(set(keys))
    assert len(rows) == (3 if "to=" in asked else 28) * zones * (3 if "all" in asked else 1)


def test_what_is_published_meanwhile_does_not_change_a_walk(tmp_path, town, settings, client):
    from tests.flow.vila import a_day_later, usual

    later = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    address = f"{ROOT}/values?from=2025-02-01&to=2025-03-14"
    before = every(client, address, 1_000)
    first = client.get(f"{address}&limit=20").json()
    changed = {k: v * 3 if k[0] >= date(2025, 3, 1) else v for k, v in usual("bikes").items()}
    later.say("bikes", changed)
    later.collect()
    later.publish()
    rest = every(client, f"{address}&cursor={first['next']}", 1_000)
    assert first["items"] + rest == before
    assert every(client, address, 1_000) != before
    assert every(client, f"{address}&as_of={first['as_of'].replace('+', '%2B')}", 1_000) == before


@pytest.mark.parametrize("kind", KINDS)
def test_small_pages_say_the_same_as_a_large_one(site, kind):
    address = f"{ROOT}/{kind}" + (f"?{SHORT}" if kind in ("values", "quality") else "")
    assert every(site, address, 3) == every(site, address, 1_000)


def test_a_gap_is_a_row_of_quality_and_none_of_values(tmp_path, town, settings, client):
    from tests.flow.vila import a_day_later

    later = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    import sqlite3

    client.get(f"{ROOT}/values?limit=1")
    with sqlite3.connect(later.home / "vila" / "shelf.sqlite3") as shelf:
        for table in ("head", "within", "said"):
            shelf.execute(f"delete from {table} where day = ? and zone = 'north'", [date(2025, 2, 3).toordinal()])
    told = every(client, f"{ROOT}/quality?from=2025-02-03&to=2025-02-03", 2)
    assert [(q["zone"], q["status"], q["publications"]) for q in told] == [
        (None, "published", 1),
        ("north", "absent", 0),
        ("south", "published", 1),
    ]
    assert told[1]["weight_seen"] is None
    assert len(every(client, f"{ROOT}/values?from=2025-02-03&to=2025-02-03", 2)) == 2


def test_every_form_says_the_same(site):
    address = f"{ROOT}/values.{{}}?{SHORT}&metric=all&limit=100"
    rows = site.get(address.format("json")).json()["items"]
    parquet = pq.read_table(io.BytesIO(site.get(address.format("parquet")).content))
    assert [r | {"day": date.fromisoformat(r["day"]), "vintage": datetime.fromisoformat(r["vintage"])} for r in rows] == parquet.to_pylist()
    assert b"the zone, by its id" in parquet.schema.field("zone").metadata[b"description"]
    book = openpyxl.load_workbook(io.BytesIO(site.get(address.format("xlsx")).content))
    head, *lines = book["rows"].values
    assert [dict(zip(head, line, strict=True))["index"] for line in lines] == pytest.approx([r["index"] for r in rows])
    assert dict(book["fields"].values)["weight_seen"].startswith("how much was seen")
    table = list(csv.DictReader(io.StringIO(site.get(address.format("csv")).content.decode())))
    assert [float(t["index"]) for t in table] == [r["index"] for r in rows]
    assert [t["zone"] for t in table] == [r["zone"] or "" for r in rows]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["json", "csv", "parquet", "xlsx"])
def test_every_kind_of_row_has_every_form_even_where_there_is_no_row(site, kind, form):
    answer = site.get(f"{ROOT}/{kind}.{form}?limit=2")
    assert answer.status_code == 200
    assert len(answer.content) > 20


def test_the_form_can_be_asked_for_by_what_is_accepted(site):
    said = {
        "text/csv": "text/csv",
        "application/geo+json": "application/geo+json",
        "*/*": "application/json",
        "text/html, */*;q=0.1": "application/json",
    }
    for accepted, given in said.items():
        answer = site.get(f"{ROOT}/zones", headers={"Accept": accepted})
        assert answer["Content-Type"].split(";")[0] == given
        assert "Accept" in answer["Vary"]
    none = site.get(f"{ROOT}/metrics", headers={"Accept": "application/geo+json"})
    assert (none.status_code, none["Content-Type"]) == (406, "application/problem+json")


def test_zones_and_one_days_values_lie_on_a_map(site):
    zones = site.get(f"{ROOT}/zones.geojson").json()
    assert [(f["id"], f["geometry"]["type"]) for f in zones["features"]] == [("north", "Polygon"), ("south", "Polygon")]
    values = site.get(f"{ROOT}/values.geojson?from=2025-03-14&to=2025-03-14").json()
    assert [f["geometry"] is None for f in values["features"]] == [True, False, False]
    assert site.get(f"{ROOT}/values.geojson?{SHORT}").status_code == 400


def test_the_explanation_adds_up_to_the_index(site):
    told = site.get(f"{ROOT}/explain?day=2025-02-10&zone=north").json()
    assert sum(r["points"] for r in told["reasons"]) == pytest.approx(told["index"] - 100, abs=1e-9)
    assert told["zone"] == "north"


def test_verdicts_are_given_back_byte_for_byte(site, town):
    body = site.get(f"{ROOT}/verdicts?day=2025-03-14").content.decode()
    published = town.river().lake.published(None, (date(2025, 3, 14), date(2025, 3, 14)), columns=["verdict"])["verdict"].to_pylist()
    assert all(text in body for text in published)
    assert len(site.get(f"{ROOT}/verdicts?day=2025-03-14&zone=city").json()["items"]) == 1


def test_events_are_those_that_touch_the_days(site):
    assert [e["name"] for e in site.get(f"{ROOT}/events?from=2025-02-11&to=2025-02-20").json()["items"]] == ["Bus strike"]
    assert site.get(f"{ROOT}/events?from=2025-02-12").json()["items"] == []


@pytest.mark.parametrize(
    "address",
    [
        "/values",
        "/values.csv?limit=9",
        "/zones.geojson",
        "/events",
        "/metrics",
        "/explain",
        "/verdicts",
        "",
        "/quality",
        "/sources",
        "/incidents",
    ],
)
def test_what_one_has_is_not_sent_again(site, address):
    first = site.get(ROOT + address)
    again = site.get(ROOT + address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert site.get(ROOT + address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    assert site.get(ROOT + address, headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}).status_code == 200


def test_the_list_of_cities_is_not_sent_again(site):
    first = site.get("/api/v1/cities")
    for header, value in (("If-None-Match", first["ETag"]), ("If-Modified-Since", first["Last-Modified"])):
        assert site.get("/api/v1/cities", headers={header: value}).status_code == 304
    assert site.get("/api/v1/cities", headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}).status_code == 200


def test_incidents_were_changed_when_the_last_began_or_ended(site):
    began = datetime(2035, 1, 1, 12, tzinfo=UTC)
    one = Incident.objects.create(city="vila", source="bikes", kind="late", began=began)
    assert site.get(f"{ROOT}/incidents")["Last-Modified"] == "Mon, 01 Jan 2035 12:00:00 GMT"
    one.ended = began + timedelta(hours=1)
    one.save()
    assert site.get(f"{ROOT}/incidents")["Last-Modified"] == "Mon, 01 Jan 2035 13:00:00 GMT"


def test_sources_and_events_say_what_they_are_called(tmp_path, town, settings, client):
    from tests.flow.vila import a_day_later

    later = a_day_later(town, tmp_path)
    (later.folder / "events.csv").write_text("from,to,kind,name,zone,link,name_pt\n2025-02-10,2025-02-11,strike,Bus strike,,,Greve\n")
    text = (
        (later.folder / "city.toml").read_text().replace("[sources.bikes]", '[sources.bikes]\nname_en = "Cycles"\nname_pt = "Bicicletas"')
    )
    (later.folder / "city.toml").write_text(text)
    later.collect()
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    told = {s["source"]: (s["name_en"], s["name_pt"]) for s in client.get(f"{ROOT}/sources").json()["items"]}
    assert (told["bikes"], told["cars"]) == (("Cycles", "Bicicletas"), ("", ""))
    assert [(e["name"], e["name_pt"]) for e in client.get(f"{ROOT}/events").json()["items"]] == [("Bus strike", "Greve")]


def test_a_day_is_told_in_the_language_of_whoever_asks(site):
    address = f"{ROOT}/explain?day=2025-02-10"
    english, by_header = site.get(address), site.get(address, headers={"Accept-Language": "pt"})
    portuguese = site.get(f"{address}&lang=pt")
    assert "ordinary Monday" in english.json()["sentence"]
    assert "segunda-feira" in portuguese.json()["sentence"]
    assert by_header.json() == portuguese.json()
    assert [a["Content-Language"] for a in (english, by_header, portuguese)] == ["en", "pt", "pt"]
    assert "Accept-Language" in english["Vary"]
    assert english["ETag"] != by_header["ETag"]
    assert site.get(f"{address}&lang=de").status_code == 422


def test_another_form_or_question_is_another_answer(site):
    tags = [site.get(f"{ROOT}/values{a}")["ETag"] for a in ("", ".csv?limit=9", ".parquet?limit=9", "?limit=3", "?zone=north")]
    assert len(set(tags)) == 5
    assert site.get(f"{ROOT}/values?limit=3", headers={"Accept": "text/csv"})["ETag"] != tags[3]


@pytest.mark.parametrize("address", [f"/{k}" for k in KINDS] + ["", "/explain", "/verdicts"])
def test_a_question_takes_few_looks(site, address, django_assert_max_num_queries):
    site.get(ROOT + address)
    with counting() as looks, django_assert_max_num_queries(5):
        site.get(ROOT + address)
    assert looks[0] <= 5


def test_the_next_page_is_linked(site):
    answer = site.get(f"{ROOT}/values.csv?limit=2&{SHORT}")
    link = answer["Link"]
    assert link.startswith("<http://testserver/api/v1/cities/vila/values.csv?limit=2&")
    assert link.endswith('>; rel="next"')
    following = site.get(link[1:].partition(">")[0].removeprefix("http://testserver"))
    assert following.status_code == 200
    assert following.content != answer.content


def test_answers_are_sent_small(site):
    answer = site.get(f"{ROOT}/values", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(site.get(f"{ROOT}/values").content) / 5
