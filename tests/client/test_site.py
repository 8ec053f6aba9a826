"""The client, asking a site that shows Vila: the same rows as the API's, as dataclasses, page by page."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import get_type_hints

import httpx
import pytest
from django.core.wsgi import get_wsgi_application

from pulso import client
from pulso.client import Pulso, Refused
from pulso.web.api import limits
from pulso.web.api import shapes as told
from tests.web.conftest import site, town  # noqa: F401  # the town, and a site that shows it


@pytest.fixture
def asked(site, db, monkeypatch):  # noqa: F811
    monkeypatch.setattr(limits, "BUCKETS", limits.Buckets())
    with Pulso("http://testserver/", page=50, transport=httpx.WSGITransport(app=get_wsgi_application())) as made:
        yield made


def test_the_client_knows_every_field_that_the_api_tells():
    for name in client.__all__:
        ours, theirs = getattr(client, name), getattr(told, name, None)
        if dataclasses.is_dataclass(theirs):
            assert [f.name for f in dataclasses.fields(ours)] == [f.name for f in dataclasses.fields(theirs)]
            hints, meant = get_type_hints(ours), get_type_hints(theirs)
            assert {n: str(h).replace("client.shapes", "") for n, h in hints.items() if n != "reasons"} == {
                n: str(h).replace("web.api.shapes", "") for n, h in meant.items() if n != "reasons"
            }


def test_values_come_as_they_are_whatever_the_pages(asked, site):  # noqa: F811
    values = list(asked.values("vila", first=date(2025, 1, 1), last="2025-03-14"))
    rows = site.get("/api/v1/cities/vila/values?from=2025-01-01&to=2025-03-14&limit=1000").json()["items"]
    assert len(values) == len(rows) == 73 * 3
    assert [(v.zone, v.day.isoformat(), v.index) for v in values] == [(r["zone"], r["day"], r["index"]) for r in rows]
    assert values[0].vintage.tzinfo is not None


def test_everything_that_the_api_tells_can_be_asked_for(asked):
    assert [c.city for c in asked.cities()] == ["vila"]
    assert asked.city("vila").last == date(2025, 3, 14)
    assert [z.zone for z in asked.zones("vila")] == ["north", "south"]
    assert [m.metric for m in asked.metrics("vila")] == ["bikes", "buses", "cars"]
    assert [e.name for e in asked.events("vila", first="2025-02-10", last="2025-02-10")] == ["Bus strike"]
    assert [s.source for s in asked.sources("vila")] == ["bikes", "buses", "cars"]
    assert [q.status for q in asked.quality("vila", zone="city", first="2025-03-14")] == ["published"]
    assert [list(asked.flags("vila")), list(asked.incidents("vila"))] == [[], []]
    assert len(asked.verdicts("vila")) == 3


def test_an_explanation_adds_up(asked):
    why = asked.explain("vila", "2025-02-10", zone="north")
    assert sum(r.points for r in why.reasons) == pytest.approx(why.index - 100)
    assert {p.domain for p in why.table} <= {"street", "transit"}


def test_a_moment_is_told_as_it_was(asked):
    with pytest.raises(Refused, match="404"):
        asked.explain("vila", "2025-03-14", as_of=datetime(2024, 1, 1, tzinfo=UTC))
    assert list(asked.values("vila", as_of=datetime(2024, 1, 1, tzinfo=UTC))) == []


def test_files_are_saved_as_they_come(asked):
    assert asked.save("vila", "values", "csv", limit=3, zone="city").count(b"\r\n") == 4
    assert b"FeatureCollection" in asked.save("vila", "zones", "geojson")
    assert asked.save("vila", "values", "parquet", first="2025-03-01")[:4] == b"PAR1"


def test_a_refusal_is_a_letter(asked):
    with pytest.raises(Refused, match="It has: city, north, south"):
        list(asked.values("vila", zone="west"))


def test_whoever_asked_too_often_waits_as_long_as_told():
    slept: list[float] = []
    answers = [httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, json={"items": [], "next": None})]
    site = Pulso("http://t", transport=httpx.MockTransport(lambda _: answers.pop(0)), sleep=slept.append)  # noqa: F811
    assert list(site.zones("vila")) == []
    assert slept == [7.0]


def test_the_client_needs_nothing_of_ours_and_no_django():
    import subprocess
    import sys

    code = "import sys, pulso.client; print(sorted(m for m in sys.modules if m.startswith(('pulso', 'django', 'pyarrow', 'pydantic'))))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "['pulso', 'pulso.client', 'pulso.client.shapes', 'pulso.client.site']"
