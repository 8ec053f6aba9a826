"""A large city's network is kept in half a minute, and given back in seconds."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from pulso.fibre.shapes import Cable, Duct, Plan, Site
from pulso.web.fibre import guard, reads, writes
from tests.flow.vila import Vila

pytestmark = pytest.mark.proof
DUCTS, SITES, CUSTOMERS = 50_000, 5_000, 1_000


def large() -> Plan:
    """A network of 50,000 ducts, a cable in each, and 5,000 sites, drawn by chance."""
    chance = random.Random(1)
    sites = [
        Site(id=f"s{i}", at=(-8.7 + i % 100 / 500, 41.1 + i // 100 / 500), source=i < 5, customer=i >= SITES - CUSTOMERS)
        for i in range(SITES)
    ]
    ends = [chance.sample(sites, 2) for _ in range(DUCTS)]
    return Plan(
        id="large",
        name="A large city",
        sites=tuple(sites),
        ducts=tuple(Duct(id=f"d{i}", start=a.id, end=b.id, route=(a.at, b.at)) for i, (a, b) in enumerate(ends)),
        cables=tuple(Cable(id=f"c{i}", start=a.id, end=b.id, ducts=(f"d{i}",), tubes=8, fibres=12) for i, (a, b) in enumerate(ends)),
        synthetic=True,
    )


@pytest.mark.django_db
def test_fifty_thousand_ducts_are_kept_in_half_a_minute_and_read_in_ten_seconds(tmp_path: Path, settings):
    town = Vila(tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK = town.home, [str(town.folder)], town.clock
    guard.guard()
    plan, begun = large(), time.perf_counter()
    done = writes.load(None, "vila", plan, "as built")
    kept = time.perf_counter()
    assert done.added == SITES + 2 * DUCTS + 1
    found = reads.network("vila")
    read = time.perf_counter()
    assert found.plan == plan
    print(f"{done.added:,} things kept in {kept - begun:.1f} s, read in {read - kept:.1f} s")
    assert kept - begun < 30
    assert read - kept < 10
