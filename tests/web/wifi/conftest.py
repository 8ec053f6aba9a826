from __future__ import annotations

from datetime import timedelta

import pytest

from pulso.fibre.shapes import Disclosure
from pulso.web.readings import reading
from pulso.web.wifi import reads, writes
from pulso.wifi.shapes import AccessPoint, Health, Inventory, Kind, Place, Report
from tests.web.wifi.hotspots import NINE, hotspots


@pytest.fixture
def vila(site, db):
    """The town, opened."""
    return reading("vila")


@pytest.fixture
def shown(site, db):
    """The town with its Wi-Fi, in a browser."""
    hotspots("vila")
    return site


@pytest.fixture
def inventory():
    """Two squares with two access points each, and a garden."""
    places = [Place(id=p, name=p.title(), kind=Kind.SQUARE, at=(lon, 41.15)) for p, lon in (("one", -8.66), ("two", -8.55))]
    places.append(Place(id="garden", name="Garden", at=(-8.64, 41.16)))
    points = [AccessPoint(id=f"{p}-{i}", place=p, feed=f"AP {p} {i}") for p in ("one", "two") for i in (1, 2)]
    return Inventory(places=tuple(places), points=tuple(points))


@pytest.fixture
def loaded(vila, inventory):
    """The town with that inventory."""
    writes.load(None, vila, inventory)
    return vila


def heard(point, minutes, state=Health.WORKING):
    """A report of so many minutes before nine."""
    return Report(point, NINE - timedelta(minutes=minutes), state)


def health_of(vila, level=Disclosure.RESTRICTED):
    """How each access point is now, by its id."""
    view = reads.view(vila, level)
    return {p.key: h.value for row in view.places for p, h in view.points_of(int(row))}
