"""The demo city and its sisters walk the loop, and what they are told of their pilots is held to what was truly done."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from pulso.web.innovation import guard, reads
from pulso.web.innovation.models import Pilot, Practice
from pulso.web.innovation.walk import METRIC, walk
from pulso.web.readings import reading

pytestmark = pytest.mark.proof


def true_effect(home: Path, pilot: Pilot) -> float:
    """What a pilot did to its metric in its zone, per cent, by the simulation's own truth; 0 where the simulation knows no such pilot."""
    days = defaultdict(list)
    with (home / pilot.city / "simulated" / "truth" / "effects.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["kind"] == "pilot" and row["metric"] == METRIC and [row["zone"]] == pilot.protocol.zones:
                days[row["name"]].append(float(row["ln"]) / 100)
    return float(100 * np.expm1(np.mean(days[pilot.title]))) if pilot.title in days else 0.0


@pytest.mark.django_db
def test_the_demo_city_walks_the_loop_and_is_told_the_truth(tmp_path, settings, client):
    settings.HOME, settings.CITIES = tmp_path, ["demo", "demo_2", "demo_3", "demo_4"]
    guard.guard()
    print("\n".join(walk("demo")))
    practice = Practice.objects.get()
    found = reads.estimates(practice)
    assert [e.original for e in found] == [True, False, False, False]
    for pilot in Pilot.objects.select_related("protocol"):
        (done,) = pilot.evaluations.all()
        truth = true_effect(tmp_path, pilot)
        told = f"{done.estimate:+.1f} ({done.low:+.1f} to {done.high:+.1f}) {done.verdict}"
        print(f"{pilot.city} {pilot.title}: {truth:+.1f} truly; told {told}")
        assert done.low <= truth <= done.high
        assert (truth == 0) == (pilot.title == "Paragens pintadas")
        assert done.verdict in (("none", "cannot tell") if truth == 0 else ("more",))
    page = client.get(f"/en/demo/practices/{practice.pk}.json").json()
    together = page["pooled"]
    print(f"together {together}")
    everywhere = np.mean([true_effect(tmp_path, e.pilot) for e in found])
    assert together["trials"] == 4
    assert 0 < together["low"] <= everywhere <= together["high"]
    assert reading("demo").last_vintage().date().isoformat() == "2026-01-01"
