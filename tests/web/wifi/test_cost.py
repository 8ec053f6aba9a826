"""What a page costs: as many questions to the database for ten access points as for thousands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.web.wifi import reads
from pulso.web.wifi.models import AccessPoint, Day, Network, Place, Spell
from tests.web.wifi.hotspots import NINE

PAGES = ("wifi", "wifi.json", "wifi/gaps", "wifi/places/p0", "wifi/points/a0", "wifi.csv", "wifi.geojson", "wifi?page=2", "wifi?zone=north")


def fill(city: str, points: int, days: int) -> None:
    """So many access points, five at a place, reported for so many days."""
    n = max(points // 5, 101)
    Network.objects.create(city=city, edition=points, target=0.98)
    spots = [(-8.699 + 0.198 * ((i * 37) % n) / n, 41.101 + 0.098 * ((i * 61) % n) / n) for i in range(n)]
    Place.objects.bulk_create(
        Place(city=city, key=f"p{i}", name=f"Praça {i}", lon=lon, lat=lat, zone="north" if lon < -8.6 else "south")
        for i, (lon, lat) in enumerate(spots)
    )
    places = list(Place.objects.filter(city=city).order_by("pk"))
    late = NINE - timedelta(minutes=3)
    states = ("failing", "partly", *["working"] * 8)
    AccessPoint.objects.bulk_create(
        AccessPoint(city=city, key=f"a{i}", place=places[i % n], zone=places[i % n].zone, state=states[i % 10], state_since=late, seen=late)
        for i in range(points)
    )
    rows = list(AccessPoint.objects.filter(city=city).values_list("pk", flat=True))
    for back in range(1, days + 1):
        day = (NINE - timedelta(days=back)).date()
        Day.objects.bulk_create(Day(point_id=p, day=day, working=80_000, failing=2_000) for p in rows)
    Spell.objects.bulk_create(Spell(point_id=p, state=states[i % 10], since=late, until=late) for i, p in enumerate(rows))


def questions(site, page: str) -> int:
    """How many are asked for a page, as who comes first after something was written."""
    reads.forget()
    with CaptureQueriesContext(connection) as asked:
        assert site.get(f"/en/vila/{page}").status_code == 200
    return len(asked)


@pytest.mark.django_db
def test_a_page_asks_as_little_for_a_thousand_access_points_as_for_a_few(site):
    fill("vila", 20, 3)
    few = {page: questions(site, page) for page in PAGES}
    for model in (Spell, Day, AccessPoint, Place, Network):
        model.objects.all().delete()
    fill("vila", 1_500, 3)
    many = {page: questions(site, page) for page in PAGES}
    assert many == few
    assert max(many.values()) <= 10
