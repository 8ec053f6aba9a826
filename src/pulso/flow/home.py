"""Where everything of a city lies, and what a run over it needs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pulso import zones
from pulso.city import City, load
from pulso.errors import SourceUnavailable
from pulso.lake import Lake
from pulso.sources.fetch import Door
from pulso.zones import Zones

Clock = Callable[[], datetime]


def now() -> datetime:
    """The time of the machine, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Home:
    """PULSO_HOME: the folder under which all data lives, and the mirror, if addresses are to be served from a folder."""

    root: Path
    mirror: Path | None = None
    clock: Clock = field(default=now)

    @classmethod
    def of(cls, root: Path | None, mirror: Path | None) -> Home:
        """The home that a person meant: what they said, else what the environment says, else `var`."""
        said = os.environ.get("PULSO_MIRROR")
        return cls(root or Path(os.environ.get("PULSO_HOME") or "var"), mirror or (Path(said) if said else None))

    def folder(self, city: City) -> Path:
        """Where a city's tables and raw answers lie."""
        return self.root / city.slug

    def simulated(self, city: City) -> Path:
        """The mirror that a synthetic city's feeds are written to and read from."""
        return self.folder(city) / "simulated"

    def mirror_of(self, city: City) -> Path | None:
        """Where this city's addresses are served from; None: from the network. A synthetic city has no network."""
        if self.mirror is None and city.city.synthetic:
            return self.simulated(city)
        return self.mirror


@dataclass(frozen=True)
class River:
    """One city, opened: its file, its zones, its lake."""

    city: City
    zones: Zones
    lake: Lake
    home: Home

    @classmethod
    def open(cls, where: str | Path, home: Home) -> River:
        """Open a city by slug, folder or file. CityFileError names its mistakes; SourceUnavailable: its zones can't be had."""
        city = load(where)
        found = zones.read(_zones_file(city, home), city)
        return cls(city, found, Lake(home.folder(city) / "lake", city, found, home.clock), home)


def _zones_file(city: City, home: Home) -> bytes:
    """The zones' bytes: beside the city file, or from their address, asked once and then kept."""
    beside = city.folder / city.zones.file
    if "://" not in city.zones.file:
        return zones.beside(beside, city)
    kept = home.folder(city) / "zones.geojson"
    if not kept.is_file():
        raw = Door.plain(home.mirror_of(city))(city.zones.file)
        if raw is None:
            raise SourceUnavailable(f"{city.zones.file}: there is nothing at this address, and {city.city.name} has no zones without it")
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(".part")
        fresh.write_bytes(raw.body)
        fresh.replace(kept)
    return kept.read_bytes()
