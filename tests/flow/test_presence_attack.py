"""Simulated cities publish from accounting, correct late sessions, mend a list of access points; an attacker keeps all files and solves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from pulso.flow import presence
from pulso.flow.collect import collect
from pulso.flow.presence_store import Store
from tests.core.privacy.cities import Attacker, Printed, proven
from tests.flow.test_presence import DAY, Vila
from tests.sources.radius_rooms import AP, Beat, at

HOURS = (9, 10)  # of UTC; others are nights, each like the other
ZONE = {"a": "west", "b": "west", "c": "west", "d": "east", "e": "east", "f": ""}
HOME = {1: "a", 2: "a", 3: "b", 4: "b", 5: "c", 6: "c", 7: "d", 8: "d", 9: "e", 10: "e", 11: "f", 12: "f"}
MOVED = {**HOME, 4: "e"}
"""As the list of access points is mended: the fourth was never in b."""

Counts = dict[tuple[str, int], int]
"""Sessions by place and hour, as only we know them."""


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
        self.prints: list[tuple[Counts, dict[tuple[str, str, int], float]]] = []

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
            presence.correct(self.vila.open(), "wifi", [DAY])
        truth: Counts = {}
        for ap, place in self.home.items():
            for h in HOURS:
                truth[place, h] = truth.get((place, h), 0) + self.here[ap, h] + 1
        figures = {(f.table, f.id, f.start.hour): f.value for f in Store(self.folder).figures(DAY) if f.start.hour in HOURS}
        self.prints.append((truth, {at: np.nan if v is None else v for at, v in figures.items()}))
        lake = {(r["sensor"], r["start"]): r["value"] for r in self.vila.open().lake.observations("wifi").to_pyarrow().to_pylist()}
        printed = {(f.id, f.start): f.value for f in Store(self.folder).figures(DAY) if f.table == "place" and f.value is not None}
        assert lake == printed, "pages, files and the API make all that they tell of these"

    @property
    def folder(self) -> Path:
        return self.vila.folder / "var" / "vila" / "presence" / "wifi"

    def broken(self, hour: int, until: int) -> set[tuple[float, ...]]:
        """What the attacker can prove of an hour from so many prints, of all that was or is below k: by the cells that it sums."""
        cells: dict[tuple[str, int], int] = {}  # by place, and since which print its count is what it is
        since: list[dict[str, int]] = []
        for i, (truth, _) in enumerate(self.prints):
            now = {}
            for p in ZONE:
                same = i and truth[p, hour] == self.prints[i - 1][0][p, hour]
                now[p] = since[-1][p] if same else cells.setdefault((p, i), len(cells))
            since.append(now)
        values = np.zeros(len(cells))
        attacker = Attacker(len(cells), k=10, base=5)
        entries = []
        for i, (truth, figures) in enumerate(self.prints):
            for p in ZONE:
                values[since[i][p]] = truth[p, hour]
            rows = {("place", p): [p] for p in ZONE}
            rows |= {("zone", z): [p for p in ZONE if ZONE[p] == z] for z in ("west", "east")} | {("city", ""): list(ZONE)}
            wide = np.array([np.bincount([since[i][p] for p in places], minlength=len(cells)) for places in rows.values()], dtype=float)
            entries += [wide, np.eye(len(cells))[list(since[i].values())]]
            if i < until:
                attacker.reads(wide, Printed(np.array([figures[*of, hour] for of in rows])))
        wanted = np.unique(np.vstack(entries), axis=0)
        return {tuple(wanted[i].tolist()) for i, _, _ in proven(attacker, wanted, values)}


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
    shown = [v for _, figures in city.prints for v in figures.values() if not np.isnan(v)]
    assert len(shown) > 0.25 * sum(len(f) for _, f in city.prints), "to withhold nearly all is easy"
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
