"""Four towns on one site with one clock, of which pilots changed something: python -m tests.browser.network FOLDER makes them.

What was done is known, since it is multiplied into what the towns' sensors say; what the site says of it is computed by the site.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from tests.browser.standing import FILE
from tests.conftest import REPO
from tests.flow.vila import FIRST, SENSORS, SPRING, WEEK, Values, Vila
from tests.lake.town import Clock

TOWNS = ("vila", "aldeia", "monte", "vale")
SETTINGS = "tests.browser.standing"
CHANGES, SESSIONS = "changes.json", "sessions.json"


class Standing(Clock):
    """A clock that stands where a file says, so that a server's stands there too."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def now(self) -> datetime:  # type: ignore[override]  # the file is the one place
        """The moment."""
        return datetime.fromisoformat(self.file.read_text(encoding="utf-8"))

    @now.setter
    def now(self, moment: datetime) -> None:
        self.file.write_text(moment.isoformat(), encoding="utf-8")


@dataclass(frozen=True)
class Change:
    """What was done: a source's numbers in a zone, on some days, times a factor."""

    town: str
    source: str
    zone: str
    first: date
    last: date
    factor: float

    def touches(self, source: str, day: date, sensor: str) -> bool:
        """Whether a sensor's day is one of those."""
        return source == self.source and sensor[0] == self.zone[0] and self.first <= day <= self.last


@dataclass
class Town(Vila):
    """A town like Vila, by another name, in the home that all share."""

    slug: str = "vila"
    changes: list[Change] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder.parent / "home"

    def describe(self) -> None:
        super().describe()
        file = self.folder / "city.toml"
        said = file.read_text().replace('slug = "vila"', f'slug = "{self.slug}"').replace('name = "Vila"', f'name = "{self.slug.title()}"')
        file.write_text(said)

    def told(self, source: str, last: date) -> Values:
        """What a source says until a day: its week, a little by chance, and what was done."""
        chance = np.random.default_rng(sum(map(ord, f"{self.slug} {source}")))
        found: Values = {}
        for day in (FIRST + timedelta(days=i) for i in range((last - FIRST).days + 1)):
            for sensor in SENSORS:
                done = np.prod([c.factor for c in self.changes if c.touches(source, day, sensor)])
                found[day, sensor] = float(round(900 * WEEK[day.weekday()] * np.exp(chance.normal(0, 0.08)) * done))
        return found

    def live_until(self, last: date) -> None:
        """Let its sources speak until a day, and publish it."""
        for source in self.sources:
            self.say(source, self.told(source, last))
        self.collect()
        self.publish()


class Network:
    """The towns, their clock, and what was done in them. It is all in a folder: whoever opens that has the same."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self.clock = Standing(self.home / FILE)
        if not self.clock.file.exists():
            self.clock.now = SPRING
        kept = folder / CHANGES
        rows = json.loads(kept.read_text()) if kept.exists() else []
        self.changes = [Change(**r | {k: date.fromisoformat(r[k]) for k in ("first", "last")}) for r in rows]

    @property
    def today(self) -> date:
        """By the clock."""
        return self.clock().astimezone(UTC).date()

    def town(self, slug: str) -> Town:
        """One of them."""
        return Town(self.folder / slug, clock=self.clock, slug=slug, changes=[c for c in self.changes if c.town == slug])

    def folders(self) -> list[str]:
        """Where the city files lie."""
        return [str(self.folder / slug) for slug in TOWNS]

    def do(self, *changes: Change) -> None:
        """Have something done."""
        self.changes += changes
        rows = [vars(c) | {"first": str(c.first), "last": str(c.last)} for c in self.changes]
        (self.folder / CHANGES).write_text(json.dumps(rows))

    def publish(self, *slugs: str, last: date | None = None) -> None:
        """Let towns' sources speak until yesterday, and publish them; a minute passes, since what is published has a moment of its own."""
        for slug in slugs:
            self.town(slug).live_until(last or self.today - timedelta(days=1))
        self.clock.pass_(minutes=1)

    def settings(self) -> dict[str, str]:
        """What a process that works with them has in its environment."""
        said = {"PULSO_HOME": str(self.home), "PULSO_CITIES": ",".join(self.folders()), "DJANGO_SETTINGS_MODULE": SETTINGS}
        return said | {"PYTHONPATH": str(REPO)}


def network(folder: Path) -> Network:
    """Make them in a process of their own: Django refuses to work beside a browser's event loop."""
    made = Network(folder)
    command = [sys.executable, "-m", "tests.browser.network", str(folder)]
    subprocess.run(command, env=os.environ | made.settings(), check=True, cwd=REPO)
    return Network(folder)


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    from tests.browser.walked import walk  # only now: it knows tables

    call_command("migrate", verbosity=0)
    walk(Network(Path(sys.argv[1])))
