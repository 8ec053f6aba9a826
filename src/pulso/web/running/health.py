"""Whether the site lives, and whether it can answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from pulso.errors import PulsoError
from pulso.web import readings
from pulso.web.readings import upkeep


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    fine: bool
    finding: str


def checks() -> list[Check]:
    """Everything that an answer needs: the database, room on the disk, and each shown city's publications."""
    found = [_looked("database", _database), _looked("disk", _disk)]
    try:
        cities = readings.cities()
    except (PulsoError, OSError) as why:
        return [*found, Check("cities", False, str(why))]
    found += [Check("city file", bool(cities), letter) for letter in readings.unread()]  # the others are shown
    return [*found, *(_looked(f"city {c}", lambda c=c: _city(c)) for c in cities)]  # type: ignore[misc]  # c is bound here


def _looked(name: str, look: Callable[[], Iterator[str]]) -> Check:
    """What a look found; what it could not look at is not fine."""
    try:
        findings = list(look())
    except (DatabaseError, PulsoError, OSError) as why:
        return Check(name, False, str(why) or type(why).__name__)
    bad = [f.removeprefix("!") for f in findings if f.startswith("!")]
    return Check(name, not bad, " ".join(bad or findings))


def _database() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    yield f"{connection.vendor} answers"


def _disk() -> Iterator[str]:
    free = shutil.disk_usage(Path(settings.HOME)).free
    yield f"{'!' if free < settings.DISK_LEAST else ''}{free / 1e9:,.1f} GB are free; {settings.DISK_LEAST / 1e9:g} must be"


def _city(slug: str) -> Iterator[str]:
    """That its publications can be read. Their age is told and never a reason: a source that sleeps does not make the site fall."""
    span = upkeep.days(slug)
    published = upkeep.last_published(slug)
    if span is None or published is None:
        yield "nothing is published yet"
    else:
        hours = (upkeep.now() - published).total_seconds() / 3600
        yield f"{span[0]} to {span[1]}, last published {hours:,.0f} h ago"
