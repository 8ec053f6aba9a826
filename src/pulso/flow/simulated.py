"""A synthetic city's feeds, written where its collection will look for them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from rich.progress import Progress

from pulso.city import load
from pulso.errors import CityFileError, Mistake
from pulso.flow.home import Home
from pulso.simulate.feeds import simulate as feeds


def simulate(
    where: str, home: Home, first: date | None, last: date | None, *, seed: int | None, scale: float, progress: Progress | None = None
) -> Path:
    """Simulate a synthetic city's feeds and their truth, and say where they lie; what is not said stands in its [simulation].

    CityFileError where the city is not synthetic: nobody may put invented data beside real.
    """
    city = load(where)
    file = str(city.folder / "city.toml")
    if not city.city.synthetic:
        raise CityFileError(file, [Mistake("city.synthetic", False, "only a city marked synthetic = true can be simulated")])
    said: dict[str, Any] = {"from": first, "to": last, "seed": seed}
    plan: dict[str, Any] = {key: value if value is not None else city.simulation.get(key) for key, value in said.items()}
    missing = [
        Mistake(f"simulation.{key}", None, "needed in the city file, or as an option") for key, value in plan.items() if value is None
    ]
    if missing:
        raise CityFileError(file, missing)
    folder = home.simulated(city)
    task = progress.add_task("simulating", total=None) if progress else None

    def told(part: str) -> None:
        if progress and task is not None:
            progress.update(task, description=part)

    feeds(folder, seed=plan["seed"], first=plan["from"], last=plan["to"], scale=scale, progress=told)
    return folder
