"""Two towns with one clock, people with roles in them, and a pilot on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pulso.web.innovation import guard, writes
from pulso.web.innovation.models import Challenge, Evaluation, Pilot, Protocol
from pulso.web.innovation.results import Result
from pulso.web.people.models import Organisation, Person
from tests.flow.vila import Vila
from tests.lake.town import Clock
from tests.web.people.conftest import municipality, person

__all__ = ["municipality", "person"]

DUE = {"indicator": "index", "target": 5, "target_unit": "points", "direction": "up", "due": date(2025, 12, 31)}
PROMISE = {
    "hypothesis": "More people come where no car parks.",
    "metric": "bikes",
    "direction": "up",
    "zones": ["north"],
    "comparison_zones": ["south"],
    "before_first": date(2025, 2, 1),
    "before_last": date(2025, 2, 28),
    "window_first": date(2025, 3, 20),
    "window_last": date(2025, 3, 26),
    "excluded": [{"id": "e1", "name": "Fair", "first": "2025-02-10", "last": "2025-02-11"}],
    "matters": 5,
    "unit": "%",
    "method": "did",
    "stop_rule": "Two accidents.",
}


@pytest.fixture(autouse=True)
def guarded(request: pytest.FixtureRequest) -> Iterator[None]:
    """As on a site: what was frozen stays. Undone with the test's transaction, or before its tables are emptied."""
    marked = request.node.get_closest_marker("django_db")
    if "db" in request.fixturenames or marked:
        request.getfixturevalue("transactional_db" if marked and marked.kwargs.get("transaction") else "db")
        guard.guard()
    yield
    if marked and marked.kwargs.get("transaction"):
        guard.guard(guard.LIFTED)


@pytest.fixture
def clock(tmp_path: Path, settings) -> Clock:
    """Vila and Aldeia, open on the site, on the 16th of March 2025."""
    vila, aldeia = Vila(tmp_path / "vila"), Vila(tmp_path / "aldeia")
    file = aldeia.folder / "city.toml"
    file.write_text(file.read_text().replace('slug = "vila"', 'slug = "aldeia"').replace('name = "Vila"', 'name = "Aldeia"'))
    settings.HOME, settings.CITIES, settings.CLOCK = vila.home, [str(vila.folder), str(aldeia.folder)], vila.clock
    return vila.clock


@pytest.fixture
def boss(person, clock) -> Person:
    """May everything in Vila that a role gives."""
    return person("boss", "administrator")


@pytest.fixture
def acme(db) -> Organisation:
    return Organisation.objects.create(slug="acme", name="Acme", kind="company")


@pytest.fixture
def challenge(boss, municipality) -> Challenge:
    return writes.draft_challenge(boss, "vila", title="Empty square", text="Nobody comes.", organisation=municipality, **DUE)


@pytest.fixture
def pilot(boss, municipality) -> Pilot:
    return writes.draft_pilot(boss, "vila", municipality, title="No cars", text="The square without cars for a week.")


@pytest.fixture
def protocol(boss, pilot) -> Protocol:
    """Whole, not frozen."""
    made = writes.write_protocol(boss, pilot, **PROMISE)
    return writes.set_least_effect(None, made, value=7.25, how="placebo windows, 80 % power", series="ab" * 32)


@pytest.fixture
def frozen(boss, pilot, protocol) -> Protocol:
    return writes.freeze(boss, pilot)


@pytest.fixture
def ended(frozen, pilot, clock) -> Pilot:
    """Its window is over."""
    clock.pass_(days=11)
    writes.advance("vila")
    pilot.refresh_from_db()
    return pilot


@pytest.fixture
def result(clock) -> Callable[..., Result]:
    """What a function would give of a pilot."""

    def made(pilot: Pilot, **other: Any) -> Result:
        numbers = {"unit": "%", "estimate": 8.5, "low": 2.0, "high": 15.0, "p": 0.01, "placebos": (0.5, -1.25), "verdict": "more"}
        of = {"protocol_digest": pilot.protocol.digest, "data_digest": "cd" * 32, "as_of": clock(), "method": "did"}
        return Result(**of | numbers | {"pretrend": {"slope": 0.1}} | other)

    return made


@pytest.fixture
def evaluation(boss, ended, result) -> Evaluation:
    return writes.evaluate(ended, result(ended), by=boss)
