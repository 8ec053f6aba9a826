"""The API of a site that shows Vila; every test begins with full buckets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

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
def held_open() -> Iterator[None]:
    """The connection, for calls of the WSGI application itself: a request would drop one that is inside a test's transaction.

    Django's own test client does the same for its requests; PostgreSQL alone has to be asked anew, and what the test wrote would be gone.
    """
    told = [signal for signal in (request_started, request_finished) if signal.disconnect(close_old_connections)]
    yield
    for signal in told:
        signal.connect(close_old_connections)


@pytest.fixture
def testbed(boss: Person) -> Testbed:
    """Something that Vila offers."""
    return writes.offer_testbed(boss, "vila", kind="street", name="Rua Nova", zone="north", conditions="No noise.", contact="Mobility")
