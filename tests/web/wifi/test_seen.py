"""Who sees which access point: each of them, by each page, file and number."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.django_db
ROLES = {
    "": "public",
    "none": "public",
    "viewer": "internal",
    "editor": "internal",
    "engineer": "restricted",
    "administrator": "restricted",
}
POINTS = {"ap-1": "public", "ap-2": "public", "ap-3": "public", "ap-4": "internal", "ap-5": "restricted"}
ORDER = ("public", "internal", "restricted")
PUBLIC = (
    "wifi",
    "wifi.json",
    "wifi/gaps.json",
    "wifi/places/mercado",
    "wifi/places/mercado.json",
    "wifi.csv",
    "wifi.geojson",
    "wifi/places/praca",
)


def signed(site, person, role):
    if role:
        site.force_login(person("ana", *([] if role == "none" else [role])))
    return site


@pytest.mark.parametrize("role", ROLES)
def test_the_public_pages_are_the_same_for_everybody(shown, person, role):
    browser = signed(shown, person, role)
    for page in PUBLIC:
        said = browser.get(f"/en/vila/{page}").content.decode()
        assert [p for p in ("ap-4", "ap-5", "s-7") if p in said] == [], page
    assert browser.get("/en/vila/wifi.json").json()["points"] == 3
    assert browser.get("/en/vila/wifi/places/mercado.json").json()["line"]["health"] == "unknown", "ap-4 works, but that is not for all"


@pytest.mark.parametrize("role", ROLES)
def test_each_access_point_is_seen_by_whom_it_is_for_and_by_nobody_else(shown, person, role):
    browser = signed(shown, person, role)
    allowed = {p for p, level in POINTS.items() if ORDER.index(level) <= ORDER.index(ROLES[role])}
    inside = ROLES[role] != "public"
    for point in POINTS:
        for form in ("", ".json"):
            answer = browser.get(f"/en/vila/desk/wifi/points/{point}{form}")
            expected = 200 if inside and point in allowed else 404 if inside else 403 if role else 401 if form else 302
            assert answer.status_code == expected
    if inside:
        whole = browser.get("/en/vila/desk/wifi.json").json()
        assert whole["points"] == len(allowed)
        market = browser.get("/en/vila/desk/wifi/places/mercado.json").json()
        assert {p["id"] for p in market["points"]} == allowed - {"ap-1", "ap-2"}
        assert {s["point"] for s in market["spells"]} <= allowed
        assert ("s-7" in json.dumps(browser.get("/en/vila/desk/wifi/points/ap-1.json").json())) is (ROLES[role] == "restricted")


def test_the_desk_s_pages_are_kept_by_nobody(shown, person):
    browser = signed(shown, person, "engineer")
    for page in ("desk/wifi", "desk/wifi.json", "desk/wifi/gaps", "desk/wifi/places/mercado"):
        answer = browser.get(f"/en/vila/{page}")
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert browser.post(f"/en/vila/{page}").status_code in (403, 405)


def test_a_role_in_another_city_opens_nothing_here(shown, person):
    shown.force_login(person("eva", "engineer", city="porto"))
    assert shown.get("/en/vila/desk/wifi").status_code == 403
    assert shown.get("/en/nowhere/desk/wifi.json").status_code == 404


def test_a_place_of_which_nothing_may_be_seen_is_not_there(shown, person):
    from pulso.web.wifi.models import AccessPoint, Network

    AccessPoint.objects.filter(key="ap-3").update(disclosure="restricted")
    Network.objects.update(edition=3)
    assert shown.get("/en/vila/wifi/places/mercado").status_code == 404
    assert "mercado" not in shown.get("/en/vila/wifi.csv").content.decode()
    assert "mercado" not in str(shown.get("/en/vila/wifi/gaps.json").json())
    assert [z["id"] for z in shown.get("/en/vila/wifi.json").json()["zones"]] == ["north"]
