"""Presence on the pages and by the API: what stands in the published files, word for word, and nothing that stands elsewhere."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import Disclosure
from pulso.flow.presence.store import Store, Tables, instants
from pulso.web.readings import presence, reading
from pulso.web.readings.counted import counting
from pulso.web.wifi import reads, writes
from pulso.wifi.shapes import AccessPoint, Inventory, Place
from tests.flow.test_presence import DAY, Vila, a_monday

pytestmark = pytest.mark.django_db
API = "/api/v1/cities/vila/wifi-presence"


@pytest.fixture
def counted(tmp_path: Path, settings, client):
    """The town of the flow's tests: counted, published, its three places in the inventory; a browser on a site that shows it."""
    vila = Vila(tmp_path)
    vila.says(DAY, a_monday())
    vila.published()
    settings.HOME, settings.CITIES, settings.CLOCK = tmp_path / "var", [str(tmp_path)], vila.clock
    reads.forget()
    places = tuple(Place(id=p, name=p.title()) for p in ("library", "market", "station", "garden"))
    points = tuple(AccessPoint(id=f"ap-{p.id}", place=p.id) for p in places[:3])
    writes.load(None, reading("vila"), Inventory(places=places, points=points))
    client.town = vila
    return client


def store(counted) -> Store:
    return Store(counted.town.folder / "var" / "vila" / "presence" / "wifi")


def publish(counted, day: date, rows) -> None:
    """Write a day's file as the flow does: of each table and id its hours, as (value, seen)."""
    edges = instants(day, counted.town.open().city.clock)
    said = [[hours[h % len(hours)] for hours in rows.values()] for h in range(edges.size - 1)]
    values, seen = np.moveaxis(np.array(said, dtype=float), 2, 0)
    store(counted).publish(day, Tables(list(rows), edges, values, seen), [])


def test_a_place_s_page_has_the_hours_of_the_file_and_why_one_has_no_number(counted):
    said = counted.get("/en/vila/wifi/places/library.json").json()["presence"]
    assert (said["day"], said["source"], said["step"], said["at_once"]) == (str(DAY), "wifi", 5, False)
    assert [d["published"] for d in said["days"]] == [False] * 6 + [True]
    hours = {h["start"][11:13]: (h["sessions"], h["why"]) for h in said["days"][-1]["hours"]}
    assert len(hours) == 24
    assert hours["12"] == (30.0, "")
    assert {h for n, h in hours.items() if n != "12"} == {(None, "withheld or missing")}, "no feed tells which access points were on"
    assert said["days"][-1]["told"] == 1


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("How many sessions, by hour", "Of 24 hours 1 has a number.", "23 are not shown or missing", "rounded to the nearest 5")),
        ("pt", ("Quantas sessões, por hora", "Das 24 horas, 1 tem número.", "arredondado ao múltiplo de 5 mais próximo")),
    ],
)
def test_it_is_said_in_words_and_no_hour_without_a_number_is_said_to_be_0(counted, lang, words):
    html = counted.get(f"/{lang}/vila/wifi/places/library").content.decode()
    told = re.sub(r"<[^>]+>|\s+", " ", html)
    for word in words:
        assert word in told
    cells = [re.sub(r"<[^>]+>", "", c) for c in re.findall(r'<td class="text">(.*?)</td>', html)]
    assert "30" in cells
    assert "0" not in cells


def test_withheld_missing_and_untold_are_three(counted):
    of_each = {"library": [(20.0, 1.0), (None, 1.0), (None, 0.0), (None, None)]}
    for back in range(9):
        publish(counted, DAY + timedelta(days=9 - back), {("place", n): said for n, said in of_each.items()})
    said = counted.get("/en/vila/wifi/places/library.json").json()["presence"]
    assert [d["day"] for d in said["days"]] == [str(DAY + timedelta(days=n)) for n in range(3, 10)]
    assert [h["why"] for h in said["days"][-1]["hours"][:4]] == ["", "withheld", "missing", "withheld or missing"]
    html = counted.get("/en/vila/wifi/places/library").content.decode()
    for words in ("not shown: too few, here or beside it", "missing: too few access points were on", "not shown, or missing"):
        assert words in html


def test_the_wi_fi_page_has_a_line_of_the_city_and_of_each_zone(counted):
    said = counted.get("/en/vila/wifi.json").json()["presence"]
    assert [(p["zone"], p["most"], p["told"]) for p in said] == [("", 85.0, 2), ("west", 45.0, 1)] or said[0]["most"] == 85.0
    html = counted.get("/en/vila/wifi").content.decode()
    assert "Vila: about 85 sessions in the hour from 13:00" in html


def test_rows_are_those_of_the_file_page_by_page_and_as_a_table(counted):
    rows, address = [], f"{API}?limit=50"
    while address:
        answer = counted.get(address)
        page = answer.json()
        rows += page["items"]
        address = page["next"] and f"{API}?limit=50&cursor={page['next']}"
    figures = {(f.table, f.id, f.start.isoformat()): f for f in store(counted).figures(DAY)}
    assert len(rows) == len(figures)
    for row in rows:
        f = figures[row["of"], row["id"], row["start"].replace("Z", "+00:00")]
        assert (row["sessions"], row["seen"]) == (f.value, f.seen)
        assert (row["why"] == "") == (f.value is not None)
    of_one = list(csv.DictReader(io.StringIO(counted.get(f"{API}.csv?of=place&id=market").content.decode())))
    assert [r["sessions"] for r in of_one if r["sessions"]] == ["10.0"]
    assert {r["name"] for r in of_one} == {"Mercado"}
    assert counted.get(f"{API}?from={DAY + timedelta(days=1)}").json()["items"] == []
    assert len(counted.get(f"{API}?from={DAY}&to={DAY}&of=city").json()["items"]) == 24
    assert counted.get(f"{API}?from=2026-05-05&to=2026-05-04").status_code == 400
    assert counted.get(f"{API}?of=street").status_code == 422


def test_nothing_that_is_private_is_read(counted, monkeypatch):
    """Without the private folder, the raw answers and the lake's own numbers, all is told the same."""
    pages = [f"/en/vila/wifi{at}" for at in (".json", "/places/library.json", "/places/market.json")] + [f"{API}?limit=1000"]
    before = [counted.get(at).json() for at in pages]
    opened = []
    real = presence._parsed
    monkeypatch.setattr(presence, "_parsed", lambda path: opened.append(path) or real(path))
    presence._read.clear()
    for path in [*store(counted).folder.glob("private/*"), *(counted.town.folder / "var" / "vila" / "raw" / "wifi").rglob("*")]:
        if path.is_file():
            path.write_bytes(b"9999")
    assert [counted.get(at).json() for at in pages] == before
    assert opened
    assert all(path.parent.name == "published" for path in opened)


def test_a_correction_is_shown_at_once_and_an_unchanged_file_is_read_once(counted):
    at = "/en/vila/wifi/places/library"
    tag = counted.get(at).headers["ETag"]
    with counting() as looks:
        counted.get(f"{at}.json")
    again = looks[0]
    assert counted.get(at, headers={"If-None-Match": tag}).status_code == 304
    publish(counted, DAY, {("place", "library"): [(35.0, 1.0)]})
    assert counted.get(at, headers={"If-None-Match": tag}).status_code == 200
    with counting() as looks:
        said = counted.get(f"{at}.json").json()["presence"]
    assert {h["sessions"] for h in said["days"][-1]["hours"]} == {35.0}
    assert looks[0] <= again + 1


def test_a_page_asks_as_little_for_a_year_as_for_a_day(counted):
    def cost(at: str) -> tuple[int, int]:
        reads.forget()
        presence._read.clear()
        with CaptureQueriesContext(connection) as asked, counting() as looks:
            assert counted.get(at).status_code == 200
        return len(asked), looks[0]

    pages = ("/en/vila/wifi", "/en/vila/wifi/places/library", f"{API}?limit=24")
    few = [cost(at)[0] for at in pages]
    for back in range(1, 200):
        publish(counted, DAY - timedelta(days=back), {("place", "library"): [(20.0, 1.0)], ("city", ""): [(20.0, 1.0)]})
    many = [cost(at) for at in pages]
    assert [queries for queries, _ in many] == few
    assert max(n for pair in many for n in pair) <= 10


def test_a_broken_file_has_no_numbers_and_breaks_no_page(counted):
    (store(counted).folder / "published" / f"{DAY}.csv").write_text("<html>not found</html>")
    (store(counted).folder / "published" / "notes.csv").write_text("mine")
    assert counted.get("/en/vila/wifi/places/library.json").json()["presence"] is None
    assert counted.get("/en/vila/wifi.json").json()["presence"] == []
    assert counted.get(API).json()["items"] == []


def test_a_place_that_may_not_be_seen_has_no_page_and_one_that_is_not_counted_shows_nothing(counted):
    for lang in ("en", "pt"):
        html = counted.get(f"/{lang}/vila/wifi/places/garden").content.decode()
        assert 'id="presence"' not in html
    assert counted.get("/en/vila/wifi/places/garden.json").json()["presence"] is None
    hidden = AccessPoint(id="ap-library", place="library", disclosure=Disclosure.RESTRICTED)
    writes.load(None, reading("vila"), Inventory(places=(), points=(hidden,)))
    assert counted.get("/en/vila/wifi/places/library").status_code == 404


@pytest.mark.usefixtures("db")
def test_a_city_without_presence_shows_nothing_of_it(shown):
    assert shown.get("/en/vila/wifi.json").json()["presence"] == []
    assert shown.get("/en/vila/wifi/places/praca.json").json()["presence"] is None
    for at in ("wifi", "wifi/places/praca"):
        assert 'id="presence"' not in shown.get(f"/en/vila/{at}").content.decode()
    assert shown.get(API).json()["items"] == []
