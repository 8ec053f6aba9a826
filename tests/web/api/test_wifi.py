"""What the API tells of the public Wi-Fi: the same as its pages, in every form, to each as far as they may know it; of people, nothing."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from functools import cache

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.web.fibre import writes
from pulso.web.readings import status
from pulso.web.readings.counted import counting
from pulso.web.wifi import reads
from pulso.web.wifi.models import AccessPoint, Network, Place
from tests.web.api.networks import LISTS, Asker, as_described
from tests.web.network import network
from tests.web.wifi.hotspots import NINE, PLACE, POINT, hotspots

pytestmark = pytest.mark.django_db
WIFI = [name for name in LISTS if name.startswith("wifi")]
EVERY = ["wifi", *WIFI, f"wifi-places/{PLACE}", f"wifi-points/{POINT}"]
SEEN = {
    "stranger": ["ap-1", "ap-2", "ap-3"],
    "viewer": ["ap-1", "ap-2", "ap-3", "ap-4"],
    "engineer": ["ap-1", "ap-2", "ap-3", "ap-4", "ap-5"],
}


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Each test has a database of its own, whose rows bear the same numbers."""
    reads.forget()


@pytest.fixture
def shown(site, db):
    """The town with its Wi-Fi and its fibre."""
    hotspots("vila")
    writes.load(None, "vila", network(), "as it was built")
    return site


@pytest.fixture
def who(shown, person):
    """Somebody of a name, who asks: a stranger has no key, anybody else the role of that name."""

    @cache
    def known(name: str = "stranger") -> Asker:
        return Asker(shown, None if name == "stranger" else person(name, name))

    return known


@pytest.mark.parametrize("name", SEEN)
def test_each_is_told_of_the_access_points_that_they_may_know(who, name):
    asker = who(name)
    assert asker.ids("wifi-points") == SEEN[name]
    assert asker.ids("wifi-points?place=mercado") == [p for p in SEEN[name] if p > "ap-2"]
    assert (asker.told("wifi")["points"], asker.told("wifi-places/mercado")["points"]) == (len(SEEN[name]), len(SEEN[name]) - 2)
    for point in SEEN["engineer"]:
        assert asker.ask(f"wifi-points/{point}").status_code == (200 if point in SEEN[name] else 404)
    hidden, nothing = asker.ask("wifi-points/ap-5"), asker.ask("wifi-points/ap-9")
    if name != "engineer":
        assert hidden.json()["detail"].replace("ap-5", "ap-9") == nothing.json()["detail"]


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_a_stranger_reads_no_hidden_access_point_by_any_address_in_any_form(who, lang):
    addresses = [f"{name}{form}?lang={lang}" for name in WIFI for form in ("", ".csv", ".geojson")]
    addresses += [f"wifi?lang={lang}", *(f"wifi-places/{p}?lang={lang}" for p in ("praca", "mercado", "jardim"))]
    addresses += [f"wifi-points/{p}?lang={lang}" for p in SEEN["stranger"]]
    for address in addresses:
        answer = who().ask(address)
        assert answer.status_code == 200
        for secret in ("ap-4", "ap-5", "s-7", "Bombeiros", "fire", "bunker"):
            assert secret not in answer.content.decode(), (address, secret)


def test_the_fibre_site_of_an_access_point_is_for_engineers(who):
    assert [who(name).told(f"wifi-points/{POINT}")["site"] for name in SEEN] == ["", "", "s-7"]


def test_rows_are_those_of_the_page_and_lead_to_it(shown, who):
    page = {p["id"]: p for p in shown.get("/pt/vila/wifi.json").json()["places"]}
    rows = who().told("wifi-places?lang=pt")["items"]
    assert {r["id"]: {n: v for n, v in r.items() if n != "page"} for r in rows} == page
    points = shown.get(f"/en/vila/wifi/places/{PLACE}.json").json()["points"]
    mine = {p["id"]: p for p in who().told(f"wifi-points?place={PLACE}")["items"]}
    assert {p["id"]: {n: mine[p["id"]][n] for n in p} for p in points} == {p["id"]: p for p in points}
    for row in (*rows, *who().told("wifi-points")["items"], *who().told("wifi-gaps")["items"]):
        assert shown.get(row["page"]).status_code == 200


@pytest.mark.parametrize(("kind", "name"), [("places", PLACE), ("points", POINT)])
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_one_thing_is_told_as_its_page_tells_it(shown, who, kind, name, lang):
    told = who().told(f"wifi-{kind}/{name}?lang={lang}")
    page = shown.get(f"/{lang}/vila/wifi/{kind}/{name}.json").json()
    line = page.pop("line")
    same = set(page) - {"frame", "level", "at", "points", "leaf"}
    assert {n: told[n] for n in (*line, *same)} == line | {n: page[n] for n in same}


def test_the_whole_is_told_as_its_page_tells_it(shown, who):
    told, page = who().told("wifi"), shown.get("/en/vila/wifi.json").json()
    assert {n: told[n] for n in told if n != "page"} == {n: page[n] for n in told if n != "page"}
    assert told["unknown"] == 1, "one that is silent may work: nothing is known of it"


def test_gaps_are_those_of_the_page_and_a_viewer_s_have_the_buildings_of_their_level(shown, who):
    page = shown.get("/en/vila/wifi/gaps.json").json()["gaps"]
    rows = who().told("wifi-gaps")["items"]
    assert {r["id"]: r | {"page": None} for r in rows} == {g["id"]: g | {"page": None} for g in page}
    assert [r["id"] for r in rows] == sorted(g["id"] for g in page) == ["jardim", "mercado", "school"]
    assert who("viewer").ids("wifi-gaps") == ["fire", "jardim", "school"], "whoever may know of ap-4 knows that the market is no gap"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("wifi-places?zone=north", ["jardim", "praca"]),
        ("wifi-places?zone=South", ["mercado"]),
        ("wifi-places?zone=city", ["jardim", "mercado", "praca"]),
        ("wifi-places?health=partly", ["praca"]),
        ("wifi-places?health=unknown", ["mercado"]),
        ("wifi-places?health=working", []),
        ("wifi-points?health=failing", ["ap-2"]),
        ("wifi-points?zone=south", ["ap-3"]),
        ("wifi-points?place=praca&health=working", ["ap-1"]),
        ("wifi-points?place=nowhere", []),
    ],
)
def test_rows_are_chosen(who, asked, found):
    assert who().ids(asked) == found


@pytest.mark.parametrize(("asked", "status"), [("wifi-places?health=ill", 422), ("wifi-points?zone=west", 404), ("wifi?zone=north", 422)])
def test_what_means_nothing_is_refused(who, asked, status):
    answer = who().ask(asked)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_missing_is_missing(who):
    garden, market, square = who().told("wifi-places")["items"]
    assert [garden[n] for n in ("health", "points", "uptime", "heard")] == ["", 0, None, None]
    assert (market["health"], market["since"], square["since"]) == ("unknown", None, "2025-03-16T01:56:00Z")
    AccessPoint.objects.filter(key="ap-3").update(seen=None, state="")
    Place.objects.filter(key="mercado").update(lon=None, lat=None)
    Network.objects.update(edition=2)
    (row,) = who().told("wifi-points?place=mercado")["items"]
    assert [row[n] for n in ("health", "since", "heard", "lon", "lat")] == ["unknown", None, None, None, None]
    assert [f["geometry"] for f in who().ask("wifi-points.geojson?place=mercado").json()["features"]] == [None]


def test_rows_come_in_every_form_and_page_by_page(who):
    asker = who("engineer")
    for name in WIFI:
        rows = asker.told(name)["items"]
        assert asker.walked(name, 1) == rows
        texts = list(csv.DictReader(io.StringIO(asker.ask(f"{name}.csv").content.decode())))
        assert [t["id"] for t in texts] == [r["id"] for r in rows]
        assert pq.read_table(io.BytesIO(asker.ask(f"{name}.parquet").content))["id"].to_pylist() == [r["id"] for r in rows]
        assert asker.ask(f"{name}.xlsx").content[:2] == b"PK"
        features = asker.ask(f"{name}.geojson").json()["features"]
        assert [f["geometry"]["coordinates"] for f in features] == [[r["lon"], r["lat"]] for r in rows]


def test_what_one_has_is_not_sent_again_until_a_minute_has_passed_and_never_for_another_level(who, monkeypatch):
    for address in EVERY:
        first = who("viewer").ask(address)
        assert first["Cache-Control"] == "private, no-cache"
        assert who("viewer").ask(address, **{"If-None-Match": first["ETag"]}).status_code == 304
        assert who().ask(address, **{"If-None-Match": first["ETag"]}).status_code == 200
    told = who().ask("wifi-points")
    assert told["Cache-Control"] == "public, no-cache"
    monkeypatch.setattr(status, "now", lambda _reading: NINE + timedelta(minutes=20))
    later = who().ask("wifi-points", **{"If-None-Match": told["ETag"]})
    assert {p["health"] for p in later.json()["items"]} == {"unknown"}, "what is silent grows unknown"


def test_a_city_without_wifi_has_no_rows_and_says_so_of_the_whole(site, db):
    asker = Asker(site)
    assert [asker.told(name)["items"] for name in WIFI] == [[], [], []]
    for address in ("wifi", f"wifi-places/{PLACE}", f"wifi-points/{POINT}"):
        assert "has not entered its public Wi-Fi yet" in asker.ask(address).json()["detail"]


@pytest.mark.parametrize("name", EVERY)
def test_an_answer_takes_few_questions(who, name):
    asker = who("viewer")
    asker.ask(name)
    with CaptureQueriesContext(connection) as asked, counting() as looks:
        asker.ask(name)
    assert looks[0] + len(asked) <= 10


def test_many_access_points_cost_no_more_questions(shown, who):
    home = Place.objects.get(key="praca")
    AccessPoint.objects.bulk_create(
        AccessPoint(city="vila", key=f"z-{i:05}", place=home, zone="north", disclosure="public") for i in range(3_000)
    )
    Network.objects.update(edition=2)
    who().told("wifi-points?limit=100")
    with CaptureQueriesContext(connection) as asked:
        page = who().told("wifi-points?limit=100")
    assert (len(asked), len(page["items"])) == (2, 100)
    assert [r["id"] for r in who().walked("wifi-points", 1_000)] == [*SEEN["stranger"], *(f"z-{i:05}" for i in range(3_000))]


@pytest.mark.parametrize("address", EVERY)
def test_an_answer_keeps_to_the_description(shown, who, address):
    as_described(shown, address, who("engineer").told(address))
