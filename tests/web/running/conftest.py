"""A home of its own, to work in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from tests.flow.vila import Vila, a_day_later

Web = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def own_town(town: Vila, tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Vila:
    """A copy of the town, shown by the site."""
    copy = a_day_later(town, tmp_path / "town")
    monkeypatch.setenv("PULSO_MIRROR", str(copy.mirror))
    settings.HOME, settings.CITIES, settings.CLOCK, settings.SCHEDULE = copy.home, [str(copy.folder)], copy.clock, "06:30"
    return copy


@pytest.fixture
def web(own_town: Vila) -> Web:
    """Run one of the site's commands as a process, on the town's home or another."""

    def run(*words: str, home: Path | None = None, database: str = "") -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PULSO_", "DJANGO_"))}
        environment |= {
            "PULSO_HOME": str(home or own_town.home),
            "PULSO_CITIES": str(own_town.folder),
            "PULSO_MIRROR": str(own_town.mirror),
        }
        if database:
            environment["PULSO_DATABASE"] = database
        return subprocess.run([sys.executable, "-m", "pulso.web", *words], env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def servers() -> Iterator[list[str]]:
    """Two databases of a PostgreSQL server, empty; where PULSO_DATABASE names a server."""
    if connection.vendor != "postgresql":
        pytest.skip("no PostgreSQL server: PULSO_DATABASE does not name one")
    said = connection.settings_dict
    where = f"{said['USER']}:{quote(said['PASSWORD'])}@{said['HOST']}:{said['PORT'] or 5432}"
    names = [f"pulso_kept_{os.getpid()}_{n}" for n in "ab"]
    with psycopg.connect(f"postgres://{where}/postgres", autocommit=True) as server:
        for name in names:
            server.execute(f'create database "{name}"')
        yield [f"postgres://{where}/{name}" for name in names]
        for name in names:
            server.execute(f'drop database "{name}" with (force)')
