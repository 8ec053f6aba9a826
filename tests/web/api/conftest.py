"""The API of a site that shows Vila; every test begins with full buckets."""

from __future__ import annotations

import pytest

from pulso.web.api import limits
from pulso.web.innovation import writes
from pulso.web.innovation.models import Testbed
from pulso.web.people.models import Person
from tests.web.innovation.conftest import acme, boss, challenge, clock, ended, evaluation, frozen, pilot, protocol, result
from tests.web.people.conftest import municipality, person

__all__ = [
    "acme",
    "boss",
    "challenge",
    "clock",
    "ended",
    "evaluation",
    "frozen",
    "municipality",
    "person",
    "pilot",
    "protocol",
    "result",
]


@pytest.fixture(autouse=True)
def full_buckets(db, monkeypatch):
    monkeypatch.setattr(limits, "BUCKETS", limits.Buckets())


@pytest.fixture
def testbed(boss: Person) -> Testbed:
    """Something that Vila offers."""
    return writes.offer_testbed(boss, "vila", kind="street", name="Rua Nova", zone="north", conditions="No noise.", contact="Mobility")
