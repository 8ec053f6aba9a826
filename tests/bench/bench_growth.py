"""What ten thousand rows cost beside a hundred, page by page, over towns that differ in one thing: `python -m tests.bench.bench_growth`.

Each subject has a town of its own that is like the little one but for that subject's rows. Sources are left out: a city has some dozens,
each written into its file by hand.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from tests.bench import keyed
from tests.bench.bench_web import everything, ms, places
from tests.bench.figures import Figure, middle, note, tell
from tests.bench.load import Line, latencies, share
from tests.bench.loops import loop, number
from tests.bench.networks import networks
from tests.bench.towns import METRICS, VINTAGE, town
from tests.browser.server import serving

LITTLE = {"days": 100, "events": 100, "entries": 100, "times": 1}
"""The little town: so many days of eleven rows each, events of its file, events that people entered, and publications of each day."""
INCIDENTS = PILOTS = 100
SITES = 200  # half of them customers: a hundred rows in each list of them, as many as a page has
MUCH: dict[str, dict[str, int]] = {
    "days": {"days": 2_922},  # eight years, 32,142 zone-days
    "events": {"events": 10_000},
    "entries": {"entries": 10_000},
    "revisions": {"times": 10},  # 11,000 publications of the hundred days
    "incidents": {},
    "networks": {},  # sites of the fibre, and as many access points
    "pilots": {},  # and as many challenges, practices, and remarks on one challenge
}
NOT_ALIKE = {("days", name) for name in ("effects", "effects as JSON", "agenda", "agenda as JSON")}
"""What is not compared: in a hundred days no event can be measured, so that the little town's pages tell of no effects, not of fewer.
`bench_web` compares them, over 400 days and 2,922."""
FORMS = ("json", "csv", "parquet", "xlsx")


def figures(turns: int) -> list[Figure]:
    """Measure, turn by turn."""
    with tempfile.TemporaryDirectory(prefix="pulso-growth-") as made:
        cities, home = Path(made) / "cities", Path(made) / "home"
        begun = time.perf_counter()
        folders = [town(cities, home, "little", **LITTLE)]
        folders += [town(cities, home, slug, **(LITTLE | more)) for slug, more in MUCH.items()]
        break_contracts(home, {slug: 100 * INCIDENTS if slug == "incidents" else INCIDENTS for slug in ("little", *MUCH)})
        may = loop({slug: 100 * PILOTS if slug == "pilots" else PILOTS for slug in ("little", *MUCH)})
        networks({slug: 100 * SITES if slug == "networks" else SITES for slug in ("little", *MUCH)}, folders)
        opens = keyed.key(("little", *MUCH))
        note(f"Towns made in {time.perf_counter() - begun:.0f} s")
        with serving(home, [str(f) for f in folders], workers=2, PULSO_API_A_MINUTE="1000000") as site:
            return [*growth(site, places(home), turns, may, opens), *largest(site, turns)]


def break_contracts(home: Path, of: dict[str, int]) -> None:
    """Begin and end so many incidents of each town."""
    os.environ |= {"PULSO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "pulso.web.config.settings"}
    subprocess.run([sys.executable, "-m", "pulso.web", "migrate", "--verbosity", "0"], check=True)
    places(home)  # sets Django up
    from pulso.web.contracts.models import Incident  # only now

    kept = [
        Incident(
            city=slug,
            source=METRICS[i % len(METRICS)][0],
            kind="late",
            began=VINTAGE - timedelta(hours=n - i),
            ended=VINTAGE - timedelta(hours=n - i, minutes=-30),
        )
        for slug, n in of.items()
        for i in range(n)
    ]
    Incident.objects.bulk_create(kept, batch_size=1_000)


def growth(site: str, known: list[tuple[str, str]], turns: int, may: Mapping[str, str], opens: Mapping[str, str]) -> list[Figure]:
    """How much longer each page and call takes over a hundred times as many rows: of each subject, the one that grows most."""
    line = Line(site)
    found: dict[str, list[tuple[float, float, float, str]]] = {subject: [] for subject in MUCH}
    for name, address, headers in everything(site, known, may, opens):
        took = side_by_side(line, address, turns, headers)
        for subject in (s for s in MUCH if (s, name) not in NOT_ALIKE):
            ratio = middle(took[subject]) / middle(took["little"])
            found[subject].append((ratio, middle(took["little"]), middle(took[subject]), name))
        note(f"{name}: " + ", ".join(f"{city} {1000 * middle(t):.1f} ms" for city, t in took.items()))
    return [
        Figure(
            f"Many {subject}: of {len(rows)} pages and calls the one that grows most, {name}",
            ms(much),
            "the little town",
            ms(little),
            ratio,
            "≤ 1.3 ×",
            ratio <= 1.3,
        )
        for subject, rows in found.items()
        for ratio, little, much, name in [max(rows)]
    ]


def side_by_side(line: Line, address: str, turns: int, headers: Mapping[str, str]) -> dict[str, list[float]]:
    """Seconds that an address takes in each town, never answered from what was kept.

    All are asked in each turn, in an order of its own: what comes back every few requests, as looking for garbage does, meets all alike.
    """
    took: dict[str, list[float]] = {city: [] for city in ("little", *MUCH)}
    chance = random.Random(address)
    for turn in range(20 * turns + 4):
        for city, times in chance.sample(list(took.items()), len(took)):
            mark = "" if address.startswith("/api/") else f"{'&' if '?' in address else '?'}turn={turn}"  # a word that means nothing
            seconds = latencies(line, [address.format(city=city, number=number(city)) + mark], headers)
            times += seconds if turn >= 4 else []  # two for each process to begin with
    return took


def largest(site: str, turns: int) -> list[Figure]:
    """What a page of rows costs in each form: as long as it is where nothing is said, and as long as it may be."""
    line, made = Line(site), []
    for form in FORMS:
        most = 250 if form == "xlsx" else 1_000
        at_most = [latencies(line, [f"/api/v1/cities/days/values.{form}?limit={n}"] * (4 + 50 * turns))[4:] for n in (100, most)]
        few, many = (share(t, 0.95) for t in at_most)
        made += [
            Figure(f"100 values as {form}, 95 of 100 within", ms(few), bar="≤ 50 ms", met=few <= 0.05),
            Figure(f"{most:,} values as {form}, 95 of 100 within", ms(many), "100 values", ms(few), many / few, "≤ 50 ms", many <= 0.05),
        ]
    return made


if __name__ == "__main__":
    tell(figures, turns=2)
