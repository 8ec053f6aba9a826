"""What a page of rows of the network costs hangs on the page: questions, rows that are built, works that are looked at."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.web.api import fibre_shapes
from pulso.web.fibre import writes
from pulso.web.pages import fibre_coverage, fibre_near
from pulso.web.pages.fibre_known import Known
from pulso.web.readings import reading
from pulso.web.wifi import writes as wifi
from pulso.wifi.shapes import Inventory
from tests.bench import keyed
from tests.bench.networks import history, inventory, plan, works
from tests.web.api.networks import Asker

pytestmark = pytest.mark.django_db
BUILT = {"fibre-buildings": (fibre_coverage, "FibreBuilding"), "fibre-spare": (fibre_near, "FibreSpare")}
BUILT |= {"fibre-works": (fibre_shapes, "FibreWorks")}
ASKED = {"fibre-buildings": ("", "connected=true"), "fibre-spare": ("lon=-8.65&lat=41.15",), "fibre-works": ("", "from=2000-01-01")}


def grown(n: int) -> None:
    """A network of so many sites, and as many works and access points."""
    made = plan(n).model_copy(update={"works": works(n)})
    writes.load(None, "vila", made, "a town for a bench")
    history("vila", made.sites, 3)
    wifi.load(None, reading("vila"), inventory(n))


@pytest.fixture
def engineer(site, person, settings) -> Asker:
    """By a program."""
    settings.API_KEY_A_MINUTE = 100_000
    return Asker(site, person("rui", "engineer"))


@pytest.mark.parametrize(("name", "query"), [(name, query) for name, queries in ASKED.items() for query in queries])
def test_only_the_rows_of_a_page_are_built(engineer, monkeypatch, name, query):
    grown(60)
    (where, what), built = BUILT[name], Counter[str]()

    def counted(made: type, *args: object, **rest: object) -> object:
        built[name] += 1
        return made(*args, **rest)

    monkeypatch.setattr(where, what, partial(counted, getattr(where, what)))
    page = engineer.told(f"{name}?limit=4&{query}")
    assert (built[name], len(page["items"]), bool(page["next"])) == (4, 4, True)
    engineer.told(f"{name}?limit=4&cursor={page['next']}&{query}")
    assert built[name] == 8


def test_the_works_of_a_site_or_a_duct_are_found_without_looking_at_all(engineer, monkeypatch):
    grown(60)
    asked = ("fibre-sites/s-1", "fibre-ducts/d-s-1", "fibre-works?limit=4")
    before = [engineer.told(address) for address in asked]

    class Shut(list):  # type: ignore[type-arg]
        def __iter__(self):
            raise AssertionError("all works were looked at")

    every = Known.works.func  # type: ignore[attr-defined]
    monkeypatch.setattr(Known, "works", property(lambda known: Shut(every(known))))
    assert [engineer.told(address) for address in asked] == before
    assert len(before[1]["works"]) == 2


def test_no_call_of_an_engineer_takes_more_questions_over_ten_times_as_many_rows(engineer, site):
    paths = site.get("/api/v1/openapi.json").json()["paths"]
    addresses = [address.format(city="vila").removeprefix("/api/v1/cities/vila/") for _, address in keyed.calls(paths)]

    def questions() -> dict[str, int]:
        found = {}
        for address in addresses:
            engineer.told(address)
            with CaptureQueriesContext(connection) as asked:
                engineer.told(address)
            found[address] = len(asked)
        return found

    grown(40)
    few = questions()
    grown(400)
    assert questions() == few
    assert max(few.values()) <= 10


def test_an_access_point_that_is_tied_to_another_site_makes_what_is_blind_another_answer(engineer):
    grown(40)
    asked = ("fibre-what-if?cut=duct:d-s-1", "fibre-sites/c-1", "fibre-ducts/d-s-1", "fibre-works?limit=4")
    tags = [engineer.ask(address).headers["ETag"] for address in asked]
    assert [engineer.ask(a, **{"If-None-Match": tag}).status_code for a, tag in zip(asked, tags, strict=True)] == [304] * 4
    points = inventory(40).points[:1]
    wifi.load(None, reading("vila"), Inventory(points=(points[0].model_copy(update={"site": "c-1"}),)))
    again = [engineer.ask(a, **{"If-None-Match": tag}) for a, tag in zip(asked, tags, strict=True)]
    assert [a.status_code for a in again] == [200] * 4
    assert again[0].json()["hangs"]["sensors"] == again[1].json()["hangs"]["sensors"] == ["w-0"]
    assert [w["blind"] for w in again[2].json()["works"]] == [1, 1]
