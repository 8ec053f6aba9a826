"""What running the site needs of the river: where the shown cities lie, their shelves brought up to date, their lakes held still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pulso.city import load
from pulso.errors import CityFileError
from pulso.flow import account
from pulso.lake.lake import LOCKS, still
from pulso.sources.radius import LONGEST_KEPT
from pulso.sources.raw_store import RawStore
from pulso.web.readings.door import _home, _places, reading

__all__ = ["LOCKS", "clock", "days", "folders", "held_still", "last_published", "measure_if_never", "now", "promised_to_go"]


def folders() -> dict[str, Path]:
    """Where the city files of the shown cities lie, by slug: a folder, or a city.toml."""
    return _places()


def now() -> datetime:
    """The site's clock, in UTC."""
    return _home().clock()


def clock(slug: str) -> ZoneInfo:
    """The clock on a city's wall."""
    return ZoneInfo(reading(slug).city.city.timezone)


def days(slug: str) -> tuple[date, date] | None:
    """The first and last day that is published, after taking over what was published since; None where nothing is."""
    return reading(slug).days()


def measure_if_never(slug: str) -> bool:
    """Measure what is shown of a city's sources where that was never done; whether it was done now. Takes seconds."""
    river = reading(slug).river
    if account.kept(account.where(river)) is not None:
        return False
    account.keep(river)
    return True


def last_published(slug: str) -> datetime | None:
    """When something was last published of a city; None where nothing was."""
    return reading(slug).last_vintage()


@contextmanager
def held_still(home: Path) -> Iterator[list[str]]:
    """Hold every lake below a home: nobody collects, publishes or enters anything meanwhile. LakeError where somebody does."""
    lakes = sorted(home.glob("*/lake"))
    with ExitStack() as held:
        for lake in lakes:
            held.enter_context(still(lake))
        yield [lake.parent.name for lake in lakes]


def promised_to_go(home: Path) -> set[Path]:
    """Folders of a home whose content is deleted after days, as people are promised, and that no backup may keep for longer.

    Sessions (the raw answers of sources that are personal) and what corrections of presence need, small counts among it. Of a source that
    no city file names any more nobody knows whether it was personal: if it told presence, or was kept as shortly as sessions are, it counts
    as one.
    """
    named = {}
    for slug, where in _places().items():
        with suppress(CityFileError):
            named[slug] = load(where).sources
    found = {path for path in home.glob("*/presence/*/private") if path.is_dir()}
    for raw in home.glob("*/raw/*/"):
        city = raw.parent.parent
        conf = named.get(city.name, {}).get(raw.name)
        if conf is None:
            left = RawStore.left(raw, LONGEST_KEPT)
            personal = left is not None and left.keep <= LONGEST_KEPT
        else:
            personal = conf.personal
        if personal or (city / "presence" / raw.name).is_dir():
            found.add(raw)
    return found
