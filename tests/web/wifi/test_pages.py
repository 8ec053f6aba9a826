from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from pulso.fibre.shapes import Disclosure, Plan, Site
from pulso.web.fibre import writes as fibre
from pulso.web.wifi.models import AccessPoint, Day, Network, Place
from tests.web.wifi.hotspots import NINE

pytestmark = pytest.mark.django_db


def test_the_page_says_how_the_access_points_are_and_lists_the_ill_first(shown):
    said = shown.get("/en/vila/wifi.json").json()
    assert {k: said[k] for k in ("points", "working", "partly", "failing", "unknown")} == {
        "points": 3, "working": 1, "partly": 0, "failing": 1, "unknown": 1,
    }  # fmt: skip
    assert said["sentence"] == "1 of 2 access points works. Nothing is known of 1." or said["sentence"].startswith("1 of 2 access points")
    assert [(p["id"], p["health"]) for p in said["places"]] == [("praca", "partly"), ("mercado", "unknown"), ("jardim", "")]
    assert said["places"][0]["since"] == (NINE - timedelta(minutes=4, hours=7)).isoformat().replace("+00:00", "Z")
    assert said["places"][2]["uptime"] is None
    html = shown.get("/en/vila/wifi").content.decode()
    assert "Praça Nova" in html
    assert "Partly working" in html


def test_a_zone_has_its_own_numbers_and_its_own_list(shown):
    said = shown.get("/en/vila/wifi.json?zone=south").json()
    assert [p["id"] for p in said["places"]] == ["mercado"]
    assert [(z["id"], z["working"], z["failing"], z["unknown"]) for z in said["zones"]] == [("north", 1, 1, 0), ("south", 0, 0, 1)]
    assert shown.get("/en/vila/wifi?zone=moon").status_code == 404
    assert shown.get("/en/vila/wifi?page=2").status_code == 404
    assert shown.get("/en/vila/wifi?day=2025-03-01").status_code == 400


def test_a_place_tells_its_uptime_by_day_with_how_much_was_reported(shown):
    said = shown.get("/en/vila/wifi/places/praca.json").json()
    assert len(said["days"]) == 31
    known = [d for d in said["days"] if d["uptime"] is not None]
    assert len(known) == 11
    assert known[-1]["uptime"] == 1.0
    assert known[-1]["reported"] == pytest.approx(80_000 / 86_400)
    assert known[-3]["uptime"] == pytest.approx(1 - 3_600 / 80_000)
    assert said["days"][0] == {"day": "2025-02-14", "uptime": None, "partly": None, "reported": 0.0}
    assert said["promise"] == "cannot tell", "of 30 days 11 were reported"
    assert [s["point"] for s in said["spells"]] == ["ap-2"]
    assert said["spells"][0]["lasts"]
    assert "can't be told" in shown.get("/en/vila/wifi/places/praca").content.decode().replace("&#39;", "'")


def test_an_access_point_tells_since_when_it_is_ill(shown):
    said = shown.get("/en/vila/wifi/points/ap-2.json").json()
    assert said["line"]["health"] == "failing"
    assert said["line"]["since"] == "2025-03-16T01:56:00Z"
    assert said["place"] == "praca"
    assert said["target"] == 0.999
    assert said["site"] == "", "the fibre that it hangs on is for engineers"


@pytest.mark.parametrize("place", ["places/nowhere", "points/ap-4", "points/ap-5", "points/ap-9"])
def test_what_may_not_be_seen_is_not_there(shown, place):
    assert shown.get(f"/en/vila/wifi/{place}").status_code == 404
    assert shown.get(f"/en/vila/wifi/{place}.json").json()["status"] == 404


def test_a_garden_without_wi_fi_is_a_gap_and_a_silent_market_is_one_for_now(shown):
    said = shown.get("/en/vila/wifi/gaps.json").json()
    assert [(g["id"], g["ill"]) for g in said["gaps"]] == [("mercado", True), ("jardim", False)]
    assert said["gaps"][0]["metres"] == pytest.approx(9_209, abs=10), "the nearest that works is in the square"
    assert said["gaps"][0]["nearest"] == 0
    assert said["asked"] == 3
    Network.objects.update(far=2_500, edition=2)
    assert [g["id"] for g in shown.get("/en/vila/wifi/gaps.json").json()["gaps"]] == ["mercado"]


def test_a_public_building_of_the_fibre_network_is_a_gap_for_whoever_may_know_of_it(shown, person):
    def school(key, lon, level):
        return Site(id=key, name=key.title(), at=(lon, 41.15), public_building=True, customer=True, disclosure=level)

    sites = (school("school", -8.52, "public"), school("bunker", -8.53, "restricted"), school("library", -8.66, "public"))
    fibre.load(None, "vila", Plan(id="n", name="N", sites=sites), "as it was built")
    said = shown.get("/en/vila/wifi/gaps.json").json()
    assert next((g["id"], g["kind"], g["page"]) for g in said["gaps"]) == ("school", "public building", "fibre/site/school")
    assert {g["id"] for g in said["gaps"]} == {"school", "mercado", "jardim"}
    assert said["asked"] == 5
    assert shown.get("/en/vila/wifi.json").json()["gaps"] == 3
    shown.force_login(person("ana", "engineer"))
    assert {g["id"] for g in shown.get("/en/vila/desk/wifi/gaps.json").json()["gaps"]} == {"school", "bunker", "jardim"}, "ap-4 works there"


def test_a_building_that_is_hidden_is_no_gap_from_then_on(shown, settings):
    settings.KEEP_ANSWERS = True
    school = Site(id="school", at=(-8.52, 41.15), public_building=True, customer=True, disclosure="public")
    fibre.load(None, "vila", Plan(id="n", name="N", sites=(school,)), "as it was built")
    places = {at: shown.get(at) for at in ("/en/vila/wifi/gaps", "/en/vila/wifi/gaps.json", "/api/v1/cities/vila/wifi-gaps")}
    assert all(b"school" in said.content for said in places.values())
    fibre.change(None, "vila", [fibre.Put(school.model_copy(update={"disclosure": Disclosure.RESTRICTED}))], "not everybody's")
    for at, said in places.items():
        now = shown.get(at, headers={"If-None-Match": said["ETag"]})
        assert (now.status_code, b"school" in now.content) == (200, False)


def test_a_city_that_entered_nothing_says_so(site):
    said = site.get("/pt/vila/wifi")
    assert said.status_code == 200
    assert "ainda não registou" in said.content.decode()
    assert site.get("/pt/vila/wifi/places/praca").status_code == 404
    assert site.get("/en/vila/wifi.csv").content.count(b"\r\n") == 1
    assert site.get("/en/vila/wifi.geojson").json()["features"] == []
    assert site.get("/en/vila/wifi/gaps.json").json()["asked"] == 0


def test_time_alone_makes_a_silent_access_point_unknown(shown, town):
    tag = shown.get("/en/vila/wifi").headers["ETag"]
    assert shown.get("/en/vila/wifi", headers={"If-None-Match": tag}).status_code == 304
    before, town.clock.now = town.clock.now, NINE + timedelta(minutes=12)
    try:
        later = shown.get("/en/vila/wifi", headers={"If-None-Match": tag})
        assert later.status_code == 200
        assert shown.get("/en/vila/wifi.json").json()["unknown"] == 3
    finally:
        town.clock.now = before


def test_the_table_to_take_along_has_all_places_and_computes_nothing(shown):
    AccessPoint.objects.filter(key="ap-2").update(name="=1+1")
    Network.objects.update(edition=9)
    rows = list(csv.DictReader(io.StringIO(shown.get("/en/vila/wifi.csv").content.decode())))
    assert [r["id"] for r in rows] == ["praca", "mercado", "jardim"]
    assert (rows[0]["points"], rows[0]["working"], rows[0]["failing"]) == ("2", "1", "1")
    features = shown.get("/en/vila/wifi.geojson").json()["features"]
    assert [f["geometry"]["coordinates"] for f in features] == [[-8.66, 41.15], [-8.55, 41.15], [-8.64, 41.16]]


@pytest.mark.parametrize(("lang", "words"), [("en", ("for how long", "object")), ("pt", ("por quanto tempo", "opor"))])
def test_the_privacy_page_says_what_why_how_long_and_how_to_object(site, lang, words):
    said = site.get(f"/{lang}/vila/wifi/privacy").content.decode().casefold()
    assert all(word in said for word in words)
    assert f"/{lang}/contact" in said
    assert len(site.get(f"/{lang}/vila/wifi/privacy.json").json()["rules"]) == 5


def test_no_place_name_becomes_markup(shown):
    Place.objects.filter(key="praca").update(name="<script>alert(1)</script>")
    Network.objects.update(edition=5)
    for page in ("wifi", "wifi/places/praca", "wifi/points/ap-1", "wifi/gaps"):
        assert "<script>alert" not in shown.get(f"/en/vila/{page}").content.decode()


def reported(days: int) -> None:
    """Give both access points of the square so many whole days until yesterday; in each of its first ten, ap-2 fails for two hours."""
    Day.objects.all().delete()
    points = AccessPoint.objects.filter(key__in=("ap-1", "ap-2"))
    AccessPoint.objects.update(since=None)
    for point in points:
        for back in range(1, days + 1):
            down = 7_200.0 if point.key == "ap-2" and back <= 10 else 0.0
            Day.objects.create(point=point, day=(NINE - timedelta(days=back)).date(), working=86_400 - down, failing=down)
    Network.objects.update(edition=3, past=3)


UPTIME = 1 - 10 * 7_200 / (2 * 30 * 86_400)
"""Of the square over thirty days: 20 hours of 1,440 are missing."""


@pytest.mark.parametrize(
    ("target", "promise", "en", "pt"),
    [
        (0.999, "missed", "The target of 99.9% is missed.", "A meta de 99,9 % não está a ser cumprida."),
        (0.98, "kept", "The target of 98.0% is kept.", "A meta de 98,0 % está a ser cumprida."),
        (None, "missed", "The target of 99.0% is missed.", "A meta de 99,0 % não está a ser cumprida."),
    ],
    ids=["its own, missed", "its own, kept", "the city's, missed"],
)
def test_thirty_reported_days_are_held_against_the_target_and_the_page_says_what_came_of_it(shown, target, promise, en, pt):
    reported(30)
    Place.objects.filter(key="praca").update(target=target)
    Network.objects.update(target=0.99, edition=4)
    said = shown.get("/en/vila/wifi/places/praca.json").json()
    assert said["line"]["uptime"] == pytest.approx(UPTIME)
    assert (said["target"], said["promise"], said["promised"]) == (target or 0.99, promise, en)
    for lang, sentence in (("en", en), ("pt", pt)):
        assert sentence in shown.get(f"/{lang}/vila/wifi/places/praca").content.decode()


def test_each_access_point_is_held_against_it_by_itself(shown):
    reported(30)
    for point, promise, sentence in (("ap-1", "kept", "is kept."), ("ap-2", "missed", "is missed.")):
        said = shown.get(f"/en/vila/wifi/points/{point}.json").json()
        assert (said["target"], said["promise"]) == (0.999, promise)
        assert f"The target of 99.9% {sentence}" in shown.get(f"/en/vila/wifi/points/{point}").content.decode()


def test_a_target_is_judged_from_half_of_the_days_on_and_not_before(shown):
    reported(15)
    assert shown.get("/en/vila/wifi/places/praca.json").json()["promise"] == "missed"
    reported(14)
    Network.objects.update(past=4, edition=5)
    assert shown.get("/en/vila/wifi/places/praca.json").json()["promise"] == "cannot tell"


def test_where_the_city_aims_at_nothing_no_target_is_spoken_of(shown):
    reported(30)
    Place.objects.update(target=None)
    Network.objects.update(target=None, edition=4)
    said = shown.get("/en/vila/wifi/places/praca.json").json()
    assert (said["target"], said["promise"], said["promised"]) == (None, "none", "")
    assert "The target of" not in shown.get("/en/vila/wifi/places/praca").content.decode()
