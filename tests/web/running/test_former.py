"""Homes that earlier versions made: brought up, and brought back from their backups, they hold all that they held. See make_home.py."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.flow.vila import vila

HOMES = ("home-aa517f4.tar.xz",)
"""The latest last: the version that landed before this one."""

GONE = {"people.key": {"a_minute"}}
"""Columns that this version has no more: how often one may ask belongs to a person now, and nobody could set it before."""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module", params=HOMES)
def unpacked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the old version left: a town with its home in use, its backups, and what it told of them."""
    folder = tmp_path_factory.mktemp("former")
    with tarfile.open(Path(__file__).with_name(request.param)) as tar:
        tar.extractall(folder, filter="data")
    return folder


@pytest.fixture
def former(unpacked: Path, tmp_path: Path) -> Path:
    """A copy of it; the town's feeds answer as they did."""
    shutil.copytree(unpacked, tmp_path / "former")
    shutil.copytree(vila(tmp_path / "feeds").mirror, tmp_path / "former" / "town" / "mirror")
    return tmp_path / "former"


@pytest.fixture
def pulso(former: Path) -> Run:
    """Run a command of this version on a home, as whoever runs the site does."""

    def run(*words: str, home: Path, database: str = "", module: str = "pulso.web") -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PULSO_", "DJANGO_"))}
        environment |= {"PULSO_HOME": str(home), "PULSO_CITIES": str(former / "town"), "PULSO_MIRROR": str(former / "town" / "mirror")}
        environment |= {"PULSO_DATABASE": database} if database else {}
        done = subprocess.run([sys.executable, "-m", module, *words], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done

    return run


def held(pulso: Run, home: Path, database: str = "") -> Any:
    """All that a home holds, as this version tells it."""
    return json.loads(pulso(home=home, database=database, module="tests.web.running.tell").stdout)


def must_hold(now: Any, former: Path) -> None:
    """Whatever the old version told is told again: each row with its fields, which may have got more; each value; each verdict."""
    then = json.loads((former / "told.json").read_text())
    assert then["rows"]["people.person"], "an empty home proves nothing"
    assert then["rows"]["people.step"], "an empty home proves nothing"
    for table, rows in then["rows"].items():
        if table == "contracts.incident":  # they begin and end with the day on which one looks
            continue
        kept = [{k: v for k, v in row.items() if k not in GONE.get(table, ())} for row in rows]
        assert [{k: row[k] for k in old} for old, row in zip(kept, now["rows"][table], strict=True)] == kept, table
    assert now["cities"] == then["cities"]


def test_a_home_in_use_is_brought_up_with_all_that_it_holds(former, pulso):
    home = former / "town" / "var"
    said = pulso("upgrade", home=home)
    assert "vila: 2025-02-01 to 2025-03-14 is published." in said.stdout
    must_hold(held(pulso, home), former)


def test_its_backup_comes_back_into_this_version(former, pulso, tmp_path):
    pulso("restore", str(former / "kept.tar"), home=tmp_path / "another")
    must_hold(held(pulso, tmp_path / "another"), former)


def test_its_backup_on_postgresql_comes_back_into_this_version(former, pulso, tmp_path, servers):
    home, (here, _) = tmp_path / "another", servers
    pulso("restore", str(former / "kept-postgres.tar"), home=home, database=here)
    must_hold(held(pulso, home, here), former)
    pulso("upgrade", home=home, database=here)
    pulso("backup", str(tmp_path / "kept.tar"), home=home, database=here)


def test_its_work_goes_on(former, pulso):
    """The worker explains by what was entered before; what was published then can still be asked for."""
    home = former / "town" / "var"
    before = json.loads((former / "told.json").read_text())["cities"]["vila"]
    pulso("worker", "--once", home=home)
    now = held(pulso, home)
    town = now["cities"]["vila"]
    assert (town["observations"], town["entered"], town["flags"]) == (before["observations"], before["entered"], before["flags"])
    published = {tuple(p) for p in town["published"]}
    assert published > {tuple(p) for p in before["published"]}, "the festival of March is published with, and nothing is gone"
    done = [job["kind"] for job in now["rows"]["running.job"] if job["state"] == "done"]
    assert sorted(done) == ["collect", "publish", "publish"]
