"""Synthetic cities that are let live until a day, by the same steps as a person's commands: their feeds made, collected, published."""

from __future__ import annotations

from datetime import date

from rich.progress import Progress

from pulso.city import City, load
from pulso.errors import CityFileError, Mistake, PulsoError
from pulso.flow.collect import collect
from pulso.flow.home import River
from pulso.flow.publish import publish
from pulso.flow.simulated import simulate
from pulso.web.readings.door import _home

__all__ = ["described", "has_lived", "live"]


def described(slug: str) -> City:
    """A synthetic city's description. CityFileError for a city that is not synthetic, or whose file says no days to simulate."""
    city = load(slug)
    plan = city.simulation
    wrong = [] if city.city.synthetic else [Mistake("city.synthetic", False, "only a city marked synthetic = true is let live")]
    wrong += [Mistake(f"simulation.{key}", None, "needed") for key, said in (("from", plan.first), ("to", plan.last)) if said is None]
    if wrong:
        raise CityFileError(str(city.folder / "city.toml"), wrong)
    return city


def has_lived(city: City) -> bool:
    """Whether anything was ever collected of it in this home."""
    return (_home().folder(city) / "lake").exists()


def live(city: City, until: date, progress: Progress | None = None) -> None:
    """Let a city live until a day, included, by its own clock, as if nothing were known of what comes after."""
    home = _home()
    simulate(str(city.folder), home, None, until, seed=None, scale=None, progress=progress)
    river = River.open(city.folder, home)
    failed = [told.letter for told in collect(river, progress=progress) if told.letter]
    if failed:
        raise PulsoError("\n".join(failed))
    publish(river, progress=progress)
