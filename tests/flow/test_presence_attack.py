"""Simulated cities publish from accounting, correct late sessions, mend a list of access points; an attacker keeps all files and solves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from pulso.flow.collect import collect
from pulso.flow.presence import publication
from pulso.flow.presence.store import Store
from tests.core.privacy.moving import Given, broken
from tests.flow.test_presence import DAY, Vila
from tests.sources.radius_rooms import AP, Beat, at

HOURS = (9, 10)  # of UTC; others are nights, each like the other
ZONE = {"a": "west", "b": "west", "c": "west", "d": "east", "e": "east", "f": ""}
HOME = {1: "a", 2: "a", 3: "b", 4: "b", 5: "c", 6: "c", 7: "d", 8: "d", 9: "e", 10: "e", 11: "f", 12: "f"}
MOVED = {**HOME, 4: "e"}
"""As the list of access points is mended: the fourth was never in b."""

Counts = dict[tuple[int, int], int]
"""Sessions by access point and hour, as only we know them."""


class Day(NamedTuple):
    """One print, what was true of it, and who stood where."""

    home: dict[int, str]
    here: Counts
    figures: dict[tuple[str, str, int], float]
    anew: dict[int, int]  # how often each hour was judged


class Attacked:
    """A city, what is true of it, and the attacker who has all that it gave out."""

    def __init__(self, folder: Path, seed: int, more: str = "") -> None:
        self.rng = np.random.default_rng(seed)
        self.vila = Vila(folder, more)
        rows = [f"{p},{p.upper()},{'' if z else '-20'},{'' if z else '10'},{z}" for p, z in ZONE.items()]
        (folder / "places.csv").write_text("\n".join(["sensor,name,lon,lat,zone", *rows]) + "\n")
        self.home = HOME
        self.lists(HOME)
        size = self.rng.gamma(1.1, 7.0, len(HOME))
        self.here = {(ap, h): int(self.rng.poisson(size[ap - 1])) for ap in HOME for h in HOURS}
        self.prints: list[Day] = []

    def lists(self, home: dict[int, str]) -> None:
        """Say which access point is at which place."""
        self.home = home
        self.vila.describe(points="point,place,large,id\n" + "\n".join(f"{name(ap)},{place},," for ap, place in home.items()))

    def says(self) -> None:
        """What RADIUS says now: somebody at each access point all day, and whoever else there is, each within an hour."""
        self.vila.says(DAY, [*self._all_day(), *(b for (ap, h), n in self.here.items() for i in range(n) for b in visit(ap, h, i))])

    def _all_day(self) -> Iterator[Beat]:
        for ap in HOME:
            who = {"ap": ap, "session": f"all-{ap}", "client": f"02-00-00-00-01-{ap:02}"}
            begun = at(f"{DAY - timedelta(days=1)}T22:00:00")
            yield Beat("Start", begun, **who)
            yield Beat("Stop", begun + 30 * 3600, length=30 * 3600, **who)

    def late(self, share: float) -> None:
        """Late news of some access points' hours."""
        for key in self.here:
            if self.rng.random() < share:
                self.here[key] = max(0, self.here[key] + int(self.rng.integers(-6, 7)))

    def gives(self, *, correct: bool) -> None:
        """Collect, publish or correct; the attacker takes the file, and everything of it that the lake has to give."""
        self.says()
        collect(self.vila.open())
        if correct:
            publication.correct(self.vila.open(), "wifi", [DAY])
        truth = {at: n + 1 for at, n in self.here.items()}
        figures = {(f.table, f.id, f.start.hour): f.value for f in Store(self.folder).figures(DAY) if f.start.hour in HOURS}
        hours = Store(self.folder).hours(DAY) or []
        anew = {h: len(hours[h + 1]) + (0 if correct else len(self.prints)) for h in HOURS}  # the city's clock is an hour ahead
        self.prints.append(Day(self.home, truth, {at: np.nan if v is None else v for at, v in figures.items()}, anew))
        lake = {(r["sensor"], r["start"]): r["value"] for r in self.vila.open().lake.observations("wifi").to_pyarrow().to_pylist()}
        printed = {(f.id, f.start): f.value for f in Store(self.folder).figures(DAY) if f.table == "place" and f.value is not None}
        assert lake == printed, "pages, files and the API make all that they tell of these"

    @property
    def folder(self) -> Path:
        return self.vila.folder / "var" / "vila" / "presence" / "wifi"

    def broken(self, hour: int, until: int) -> set[str]:
        """What the attacker can prove of an hour from so many prints. He is told which of them were judged anew, and didn't just stay."""
        given = []
        for i, p in enumerate(self.prints[:until]):
            if not i or p.anew[hour] > self.prints[i - 1].anew[hour]:
                here = {ap: p.here[ap, hour] for ap in HOME}
                rows = {("place", at): [at] for at in ZONE}
                rows |= {("zone", z): [at for at in ZONE if ZONE[at] == z] for z in ("west", "east")} | {("city", ""): list(ZONE)}
                given.append(Given(p.home, here, rows, {of: p.figures[*of, hour] for of in rows}))
        return broken(given)


def name(ap: int) -> str:
    return f"{AP.format(0)[:-2]}{ap:02}"


def visit(ap: int, hour: int, i: int) -> list[Beat]:
    begun = at(f"{DAY}T{hour:02}:05:00") + i
    who = {"ap": ap, "session": f"{ap}-{hour}-{i}", "client": f"02-00-00-{hour:02}-{ap:02}-{i:02}"}
    return [Beat("Start", begun, **who), Beat("Stop", begun + 600, length=600, **who)]


@pytest.fixture(autouse=True)
def _two_digits(monkeypatch):
    """Twelve access points."""
    monkeypatch.setattr("tests.sources.radius_rooms.AP", "AA-BB-CC-00-00-{:02}")


@pytest.mark.parametrize("seed", range(3))
def test_no_attacker_who_keeps_every_file_proves_a_number_below_k(tmp_path, seed):
    """Of a place, a zone, the city; before and after late sessions, and after an access point was given to another place."""
    city = Attacked(tmp_path, seed)
    city.gives(correct=False)
    city.late(0.2)
    city.gives(correct=True)
    city.lists(MOVED)
    city.gives(correct=True)
    shown = [v for p in city.prints for v in p.figures.values() if not np.isnan(v)]
    assert len(shown) > 0.25 * sum(len(p.figures) for p in city.prints), "to withhold nearly all is easy"
    for hour in HOURS:
        assert city.broken(hour, until=3) == set()


def test_a_city_that_forgets_what_it_said_gives_numbers_away(tmp_path):
    """The attack works where it can: published anew without a record, as under another name, the same cities lose."""

    def wins(seed: int) -> bool:
        city = Attacked(tmp_path / str(seed), seed)
        city.gives(correct=False)
        city.late(0.2)
        shutil.rmtree(city.folder)
        city.gives(correct=False)
        return any(city.broken(hour, 2) > city.broken(hour, 1) for hour in HOURS)

    assert any(wins(seed) for seed in range(6))
