"""Where everything of a city lies, and what a run over it needs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pulso import metrics, zones
from pulso.city import City, load
from pulso.errors import CityFileError, Mistake, SourceUnavailable
from pulso.lake import Lake
from pulso.zones import Zones

if TYPE_CHECKING:
    from pulso.sources.asking import Asker

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
    engine: str | None = None  # None: DuckDB in this process; sc://host:port: a Spark Connect server

    @classmethod
    def of(cls, root: Path | None, mirror: Path | None, engine: str | None = None) -> Home:
        """The home that a person meant: what they said, else what the environment says, else `var`."""
        return cls(root or Path(os.environ.get("PULSO_HOME") or "var"), mirror, engine=engine)

    def folder(self, city: City) -> Path:
        """Where a city's tables and raw answers lie."""
        return self.root / city.slug

    def simulated(self, city: City) -> Path:
        """The mirror that a synthetic city's feeds are written to and read from."""
        return self.folder(city) / "simulated"

    def asker(self, city: City) -> Asker:
        """Who asks for this city: of the mirror, if there is one; a synthetic city has no network, its feeds are its mirror."""
        from pulso.sources.asking import Asker  # with all that speaks to the network: only for whoever asks
        from pulso.sources.fetch import mirror_from

        said = self.mirror
        if said is None and city.city.synthetic:
            said = self.simulated(city)
            if not said.is_dir():
                raise SourceUnavailable(f"{city.city.name} is synthetic, and nothing is simulated yet. First: pulso simulate {city.slug}")
        return Asker(mirror_from(said))


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
        lake = Lake(home.folder(city) / "lake", city, found, metrics.quantities(city), home.clock, home.engine)
        return cls(city, found, lake, home)


def _zones_file(city: City, home: Home) -> bytes:
    """The zones' bytes: beside the city file, or from their address, asked once and then kept."""
    if "://" not in city.zones.file:
        try:
            return (city.folder / city.zones.file).read_bytes()
        except OSError as why:
            found = Mistake("zones.file", city.zones.file, f"an address, or a readable file beside city.toml ({why.strerror})")
            raise CityFileError(str(city.folder / "city.toml"), [found]) from None
    kept = home.folder(city) / "zones.geojson"
    if not kept.is_file():
        with home.asker(city) as asker:
            body = asker.ask(city.zones.file).body
        if body is None:
            raise SourceUnavailable(
                f"{city.zones.file}: nothing is at this address, and without its zones {city.city.name} can't be opened"
            )
        zones.read(body, city)  # an error page is not kept
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(".part")
        fresh.write_bytes(body)
        fresh.replace(kept)
    return kept.read_bytes()
