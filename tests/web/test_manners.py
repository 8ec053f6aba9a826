"""How pages behave to whoever comes by another way: another method, another site, an address that is nearly ours."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.addresses import ALL, NAMES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exhibits")]
each = pytest.mark.parametrize(("page", "address"), ALL, ids=NAMES)
OTHERS = ["vila/feed.atom", "vila/agenda.ics", "vila/embed/number", "vila/share/2025-03-10.png", "vila/bulletin/2025-03-10", "", "vila/"]


@each
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("form", ["", ".json"])
def test_a_page_can_be_read_and_nothing_else(site, page, address, method, form):
    answer = Client(enforce_csrf_checks=True).generic(method, f"/pt/{address}{form}", data="day=2025-03-10")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    said = answer.json()["detail"] if form else answer.content.decode()
    assert "Uma página lê-se: não se lhe pode enviar nada." in said


@pytest.mark.parametrize("address", OTHERS)
def test_so_it_is_with_what_hangs_on_the_pages(site, address):
    for method in ("PUT", "TRACE"):
        assert Client(enforce_csrf_checks=True).generic(method, f"/en/{address}").status_code == 405
    assert site.head(f"/en/{address}").status_code in (200, 302)


@each
def test_pages_of_other_sites_may_read_a_twin_and_only_that(site, page, address):
    first = site.get(f"/en/{address}.json")
    again = site.get(f"/en/{address}.json", headers={"If-None-Match": first["ETag"]})
    wrong = site.get(f"/en/{address}.json?year=1")
    assert [(a.status_code, a["Access-Control-Allow-Origin"]) for a in (first, again, wrong)] == [(200, "*"), (304, "*"), (400, "*")]
    assert not any(name.startswith("Access-Control") for name in site.get(f"/en/{address}").headers)
    assert "Access-Control-Allow-Credentials" not in first.headers


@pytest.mark.parametrize("address", ["account/", "account/data.json", "vila/agenda/enter", "vila/agenda/enter.json"])
def test_what_is_somebody_s_own_is_not_for_other_sites(site, address):
    assert not any(name.startswith("Access-Control") for name in site.get(f"/en/{address}").headers)


NEAR = {
    "/en": "/en/",
    "/EN/": "/en/",
    "/en/vila": "/en/vila/today",
    "/en/VILA": "/en/vila/today",
    "/pt/vila/today/": "/pt/vila/today",
    "/PT/Vila/Today": "/pt/vila/today",
    "/en/Vila/today": "/en/vila/today",
    "/en/Vila/today.json?zone=north": "/en/vila/today.json?zone=north",
    "/en/vila/Zone/north/?day=2025-03-10&x=a%26b": "/en/vila/zone/north?day=2025-03-10&x=a%26b",
    "/en/vila/Metric/index.json": "/en/vila/metric/index.json",
    "/en/vila/agenda.ics/": "/en/vila/agenda.ics",
}


@pytest.mark.parametrize("address", NEAR)
def test_an_address_that_is_nearly_ours_leads_to_the_page_that_was_meant(site, address):
    answer = site.get(address)
    assert (answer.status_code, answer["Location"]) == (301, NEAR[address])
    assert site.get(NEAR[address]).status_code == 200


@pytest.mark.parametrize("address", ["/en/vilo", "/en/vila/nothing/", "/fr/vila/today", "/en//evil.example/", "/en/vila//today"])
def test_an_address_that_is_near_nothing_leads_nowhere(site, address):
    assert site.get(address).status_code == 404


def test_nothing_that_is_sent_is_led_on(site):
    assert site.post("/en/vila").status_code == 404
