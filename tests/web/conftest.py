"""The site over a small town: Vila, collected and published once, opened by its folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from pulso.web.fibre import guard as fibre_guard
from pulso.web.innovation import guard
from pulso.web.people import trail
from pulso.web.wifi import reads as wifi
from tests.flow.vila import Vila, vila
from tests.web.exhibits import exhibit
from tests.web.innovation.conftest import acme, boss, challenge, clock, ended, evaluation, frozen, pilot, protocol, result
from tests.web.people.conftest import municipality, person

__all__ = ["acme", "boss", "challenge", "clock", "ended", "evaluation", "frozen", "municipality", "person", "pilot", "protocol", "result"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """As always, but for what guards the trail, and what was frozen: tests that commit must be able to empty their tables."""
    with django_db_blocker.unblock():
        trail.guard(trail.LIFTED)
        guard.guard(guard.LIFTED)
        fibre_guard.guard(fibre_guard.LIFTED)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Each test has a database of its own, whose rows bear the same numbers."""
    wifi.forget()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Vila:
    """The town, published; to be looked at, not changed."""
    made = vila(tmp_path_factory.mktemp("vila"))
    made.collect()
    made.publish()
    return made


@pytest.fixture
def site(town: Vila, settings, client: Client) -> Client:
    """A browser without a window, on a site that shows the town."""
    settings.HOME, settings.CITIES, settings.CLOCK = town.home, [str(town.folder)], town.clock
    return client


@pytest.fixture
def folder(town: Vila) -> Path:
    """The town's own."""
    return town.folder


@pytest.fixture
def exhibits(site, db) -> None:
    """A challenge, a pilot and a practice of the town, so that the page of each has something to show."""
    exhibit("vila")
