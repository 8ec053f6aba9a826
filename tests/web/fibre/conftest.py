"""Vila has a fibre network: a ring of an office and three closures, a school on a spur, a fire station on the ring, and a hidden bunker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from pulso.fibre.shapes import Cable, Criticality, Disclosure, Duct, End, Kind, Organisation, Phase, Plan, Port, Site, Splice, Strands, Use
from pulso.web.fibre import guard, reads, writes
from tests.flow.vila import Vila, a_day_later
from tests.web.people.conftest import municipality, person

__all__ = ["municipality", "person"]

PLACES = {
    "office": (-8.66, 41.15),
    "a": (-8.65, 41.15),
    "b": (-8.64, 41.16),
    "school": (-8.65, 41.16),
    "fire": (-8.63, 41.15),
    "bunker": (-8.62, 41.17),
}
LINES = {"office-a": ("office", "a"), "a-b": ("a", "b"), "b-office": ("b", "office"), "a-school": ("a", "school"), "b-fire": ("b", "fire")}
LINES |= {"a-fire": ("a", "fire"), "b-bunker": ("b", "bunker")}
SENSORS = {"school": ("n1", "n2"), "fire": ("s1",)}
CUSTOMERS = ("school", "fire", "bunker")


def net(**more: object) -> Plan:
    """What Vila has: a duct and a cable of each line, of the same name. North's sensors hang on the school."""
    hidden = {"bunker": Disclosure.RESTRICTED, "b-bunker": Disclosure.PUBLIC}
    sites = [
        Site(
            id=name,
            name=name.title(),
            kind=Kind.OFFICE if name == "office" else Kind.BUILDING if name in CUSTOMERS else Kind.CLOSURE,
            at=at,
            source=name == "office",
            customer=name in CUSTOMERS,
            criticality=Criticality.LIFE if name == "fire" else Criticality.NORMAL,
            public_building=name in ("school", "fire"),
            sensors=SENSORS.get(name, ()),
            disclosure=hidden.get(name, Disclosure.PUBLIC if name in ("office", "school") else Disclosure.INTERNAL),
            owner="city",
        )
        for name, at in PLACES.items()
    ]
    ducts = [
        Duct(
            id=n, start=a, end=b, route=(PLACES[a], PLACES[b]), disclosure=hidden.get(n, Disclosure.INTERNAL), owner="city", more={"to": b}
        )
        for n, (a, b) in LINES.items()
    ]
    cables = [Cable(id=n, start=a, end=b, ducts=(n,), tubes=1, fibres=12, owner="lease") for n, (a, b) in LINES.items()]
    made = Plan(
        id="vila",
        name="Vila's fibre",
        sites=tuple(sites),
        ducts=tuple(ducts),
        cables=tuple(cables),
        strands=(Strands(cable="office-a", first=1, last=2, use=Use.LEASED, whom="spies", what="a secret"),),
        splices=(Splice(site="a", one=End(cable="office-a", first=1), other=End(cable="a-school", first=1), count=2),),
        ports=(Port(site="office", panel="A", number=1, behind=End(cable="office-a", first=1)),),
        organisations=(
            Organisation(id="city", name="Vila"),
            Organisation(id="lease", name="Cables, Lda."),
            Organisation(id="spies", name="Nobody"),
        ),
        phases=(Phase(id="p1", name="First"),),
        synthetic=True,
    )
    return made.model_copy(update=more)


@pytest.fixture(autouse=True)
def guarded(request: pytest.FixtureRequest) -> Iterator[None]:
    """As on a site: what was known stays. Undone with the test's transaction, or before its tables are emptied."""
    marked = request.node.get_closest_marker("django_db")
    if "db" in request.fixturenames or marked:
        request.getfixturevalue("transactional_db" if marked and marked.kwargs.get("transaction") else "db")
        guard.guard()
    yield
    if marked and marked.kwargs.get("transaction"):
        guard.guard(guard.LIFTED)


@pytest.fixture
def mine(town: Vila, tmp_path: Path, settings, client: Client) -> Vila:
    """A copy of the town, to be written to, on the site."""
    copy = a_day_later(town, tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK = copy.home, [str(copy.folder)], copy.clock
    return copy


@pytest.fixture
def vila(tmp_path: Path, settings) -> Vila:
    """The town on the site, nothing collected."""
    made = Vila(tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK = made.home, [str(made.folder)], made.clock
    return made


@pytest.fixture
def rui(person):
    """An engineer of Vila."""
    return person("rui", "engineer")


@pytest.fixture
def loaded(vila, rui) -> reads.Network:
    """Vila's network, loaded."""
    writes.load(rui, "vila", net(), "the drawings of 2025")
    found = reads.network("vila")
    assert found is not None
    return found
