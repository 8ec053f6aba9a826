"""What running the site needs of the river: where the shown cities lie, their shelves brought up to date, their lakes held still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pulso.flow import account
from pulso.lake.lake import LOCKS, still
from pulso.web.readings.door import _home, _places, reading

__all__ = ["LOCKS", "clock", "days", "folders", "held_still", "last_published", "measure_if_never", "now"]


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
