"""Works by the thousand: a page reckons its own hundred, once, and asks the database no more than with a few."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pulso.fibre.ask import digs
from pulso.fibre.shapes import Works
from pulso.web.fibre import writes
from tests.web.network import LINES, network

pytestmark = pytest.mark.django_db
FIRST = date(2025, 4, 1)
MANY = 2_000


@pytest.fixture
def desk(vila, client: Client, rui) -> Client:
    """Rui, in a Vila that is dug up everywhere: of each street's works some are each day of a hundred."""
    streets = list(LINES)
    days = [FIRST + timedelta(days=i // 20) for i in range(MANY)]
    some = [Works(id=f"{i:04}", name=f"Vala {i}", first=d, last=d, ducts=(streets[i % 7],)) for i, d in enumerate(days)]
    writes.load(None, "vila", network().model_copy(update={"works": tuple(some)}), "a year of digging")
    client.force_login(rui)
    return client


def test_a_page_of_two_thousand_works_reckons_its_own_hundred_once(desk, monkeypatch):
    reckoned, depends = [], digs.depends
    monkeypatch.setattr(digs, "depends", lambda drawn, some: reckoned.append(len(some)) or depends(drawn, some))
    address = "/en/vila/fibre/works.json?from=2025-04-01&to=2025-12-31&page=3"
    said = desk.get(address).json()
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(address).json() == said
    assert (said["leaf"]["total"], [w["dig"]["id"] for w in said["works"]]) == (MANY, [f"{i:04}" for i in range(200, 300)])
    assert (reckoned, len(asked) <= 10) == ([100], True)
    north = next(w for w in said["works"] if w["dig"]["ducts"][0]["id"] == "office-a")
    assert {t["works"] for t in north["depends"]["together"]} >= {
        w["dig"]["name"] for w in said["works"] if w["dig"]["first"] == north["dig"]["first"] and w["dig"]["ducts"][0]["id"] == "b-office"
    }


@pytest.mark.parametrize(("first", "last"), [("2025-04-10", "2025-04-10"), ("2025-03-01", "2025-04-01"), ("2025-07-09", "2025-08-01")])
def test_works_of_a_span_are_those_that_have_a_day_in_it(desk, first, last):
    said = desk.get(f"/en/vila/fibre/works.json?from={first}&to={last}").json()
    assert (said["leaf"]["total"], len({w["dig"]["first"] for w in said["works"]})) == (20, 1)


def test_the_works_of_a_street_are_on_its_page(desk):
    said = desk.get("/en/vila/fibre/duct/a-b.json").json()
    assert [w["id"] for w in said["works"]] == [f"{i:04}" for i in range(1, MANY, 7)]
