"""A home made ready for this version: a restoration finished, the database migrated, formats brought up, shelves taken over."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from pulso.errors import PulsoError
from pulso.web import readings
from pulso.web.contracts.watch import watch
from pulso.web.readings import upkeep
from pulso.web.running import restore

MARK = "home.json"


def _first(_home: Path) -> None:
    """Homes from before the site carry no mark; their lakes are read as they are, and their shelves are made anew."""


STEPS: tuple[Callable[[Path], None], ...] = (_first,)
"""What brings a home from one format to the next: the first from none to 1. A step that is repeated changes nothing."""
FORMAT = len(STEPS)


def format_of(home: Path) -> int:
    """The format of a home; 0 for one from before formats were counted."""
    try:
        return int(json.loads((home / MARK).read_text())["format"])
    except FileNotFoundError:
        return 0
    except (ValueError, KeyError, TypeError) as why:
        raise PulsoError(f"{home / MARK} can't be read ({why}). It is written by pulso upgrade; bring it back from a backup.") from None


def upgrade() -> Iterator[str]:
    """Bring the home up to this version, and say line by line what was done. Doing it twice changes nothing."""
    home = Path(settings.HOME)
    if restore.finish(home):
        yield "A restoration that was interrupted is finished."
    yield from _formats(home)
    yield from _database()
    for slug in readings.cities():
        span = upkeep.days(slug)
        yield f"{slug}: {span[0]} to {span[1]} is published." if span else f"{slug}: nothing is published yet."
        if span and upkeep.measure_if_never(slug):
            yield f"{slug}: its sources are measured."
        if span:
            watch(slug)  # the page of sources names no one late and every contract kept in one breath


def _formats(home: Path) -> Iterator[str]:
    found = format_of(home)
    if found > FORMAT:
        raise PulsoError(
            f"{home} was written by a later version of Pulso (format {found}; this one knows {FORMAT}). "
            "Install that version, or restore a backup that this one made. Nothing was changed."
        )
    for step in STEPS[found:]:
        step(home)
    if found < FORMAT:
        said = {"format": FORMAT, "pulso": version("pulso"), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        fresh = home / f"{MARK}.part"
        fresh.write_text(json.dumps(said) + "\n")
        os.replace(fresh, home / MARK)  # noqa: PTH105  # os.replace says what it does
        yield f"The home has format {FORMAT} now; it had {found or 'none'}."


def _database() -> Iterator[str]:
    missing = _unapplied()
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
        yield f"The database took {missing} {'change' if missing == 1 else 'changes'} to its tables."


def _unapplied() -> int:
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as why:
        raise PulsoError(f"The database can't be reached: {str(why).strip()}. PULSO_DATABASE says where it is.") from None
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def finish_and_check() -> None:
    """What the worker needs before it works: nothing half restored, and the tables as this version knows them."""
    home = Path(settings.HOME)
    restore.finish(home)
    list(_formats(home))
    list(_database())
