"""A synthetic city's feeds, written where its collection will look for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.progress import Progress

from pulso.city import City, load
from pulso.errors import CityFileError, Mistake
from pulso.fibre.files import save
from pulso.flow.home import Home
from pulso.simulate.days import Happening
from pulso.simulate.feeds import simulate as feeds
from pulso.simulate.fibre import fibre
from pulso.simulate.plan import ZONES
from pulso.simulate.wifi import wifi
from pulso.simulate.wifi_feeds import health, inventory_csv

REPORTED = 3
"""Days up to now of which the synthetic city's access points report."""


def simulate(
    where: str,
    home: Home,
    first: date | None,
    last: date | None,
    *,
    seed: int | None,
    scale: float | None,
    progress: Progress | None = None,
) -> Path:
    """Simulate a synthetic city's feeds and their truth, and say where they lie; what is not said stands in its [simulation].

    CityFileError where the city is not synthetic: nobody may put invented data beside real.
    """
    city = load(where)
    plan = city.simulation
    said: dict[str, Any] = {"from": first or plan.first, "to": last or plan.last, "seed": plan.seed if seed is None else seed}
    missing = [
        Mistake(f"simulation.{key}", None, "needed in the city file, or as an option") for key, value in said.items() if value is None
    ]
    missing += _mistakes(city)
    if missing:
        raise CityFileError(str(city.folder / "city.toml"), missing)
    folder = home.simulated(city)
    task = progress.add_task("simulating", total=None) if progress else None

    def told(part: str) -> None:
        if progress and task is not None:
            progress.update(task, description=part)

    feeds(
        folder,
        seed=said["seed"],
        first=said["from"],
        last=said["to"],
        scale=plan.scale if scale is None else scale,
        pilots=[Happening(p.first, p.last, "pilot", p.name, p.zone, p.draw) for p in plan.pilots],
        progress=told,
    )
    if plan.fibre is not None:
        told("fibre network")
        _networks(folder, plan.fibre.seed, home.clock())
    return folder


def _networks(folder: Path, seed: int, now: datetime) -> None:
    """Write the city's fibre network and its Wi-Fi, as files that `pulso fibre load` and the site's `wifi_load` and `wifi_report` read.

    What access points report is of the days up to now, and not of those that were simulated: their pages say how they are now.
    """
    network = fibre(seed)
    save([network], folder / "fibra.gpkg")
    for name, text in zip(("wifi-places.csv", "wifi-points.csv"), inventory_csv(network), strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    there, until = wifi(seed), now.strftime("%Y-%m-%dT%H:%M:%S").encode()
    for back in range(REPORTED):
        head, *rows = health(there, now.date() - timedelta(back)).splitlines(keepends=True)
        heard = [row for row in rows if row.split(b",", 2)[1] <= until]
        (folder / f"wifi-reports-{back}.csv").write_bytes(head + b"".join(heard))


def _mistakes(city: City) -> list[Mistake]:
    """What a city file says that can't be simulated."""
    if not city.city.synthetic:
        return [Mistake("city.synthetic", False, "only a city marked synthetic = true can be simulated")]
    known = [zone.id for zone in ZONES]
    pilots = enumerate(city.simulation.pilots)
    return [Mistake(f"simulation.pilots.{i}.zone", p.zone, f"one of {', '.join(known)}") for i, p in pilots if p.zone not in known]
