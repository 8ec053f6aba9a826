"""What people write is seen at once by whoever has the page already; what is measured may be shown for a minute without asking."""

from __future__ import annotations

import pytest

from pulso.web.innovation.models import Challenge
from pulso.web.people.trail import note

WRITTEN = ("challenges", "challenges/7", "pilots", "pilots/7", "pilots.csv", "pilots/7/protocol.json", "practices", "practices/7")


@pytest.mark.django_db
@pytest.mark.parametrize("place", WRITTEN)
def test_a_browser_asks_each_time_for_what_people_write(site, exhibits, place):
    first = site.get(f"/pt/vila/{place}")
    assert (first.status_code, first["Cache-Control"]) == (200, "public, no-cache")
    again = site.get(f"/pt/vila/{place}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["Cache-Control"]) == (304, "public, no-cache")
    Challenge.objects.update(title="Full square")
    note(None, "change challenge", "challenge:7", None, {"title": "Full square"}, city="vila")
    assert site.get(f"/pt/vila/{place}", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_browser_may_show_what_is_measured_for_a_minute(site, db):
    assert site.get("/pt/vila/today")["Cache-Control"] == "public, max-age=60"
