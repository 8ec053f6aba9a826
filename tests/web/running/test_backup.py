"""A home kept in one file and brought back: whole, or not at all."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from pulso.errors import LakeError, PulsoError
from pulso.lake.lake import alone
from pulso.web.running import backup as backups
from pulso.web.running import locks, prepare
from pulso.web.running import restore as restores
from pulso.web.running.backup import backup
from pulso.web.running.restore import BadArchive, finish, restore
from tests.flow.vila import verdicts

pytestmark = pytest.mark.django_db(transaction=True)  # a copy is made of what is committed
FORMER = Path(__file__).with_name("home-before-the-site.tar.gz")


@pytest.fixture
def sqlite() -> None:
    """The database of these tests is SQLite's; that PostgreSQL's comes back is told once, through the commands."""
    if connection.vendor != "sqlite":
        pytest.skip("the database is not SQLite's: PostgreSQL has a test of its own")


@pytest.fixture
def archive(own_town, tmp_path, sqlite) -> Path:
    backup(tmp_path / "kept.tar")
    return tmp_path / "kept.tar"


@pytest.fixture
def empty(own_town, tmp_path, settings, sqlite) -> Path:
    """Another home, in which nothing is."""
    settings.HOME = tmp_path / "another"
    settings.HOME.mkdir()
    return settings.HOME


def files(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in sorted(home.rglob("*")) if p.is_file() and p.name not in locks.FILES}


def rewritten(archive: Path, to: Path, change) -> Path:
    """The archive with its members changed: `change` gives a member's name and bytes anew, or None to leave it out."""
    with tarfile.open(archive) as old, tarfile.open(to, "w") as new:
        for member in old:
            made = change(member.name, old.extractfile(member).read())
            if made is not None:
                put(new, *made)
    return to


def put(tar: tarfile.TarFile, name: str, text: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(text)
    tar.addfile(info, io.BytesIO(text))


def test_a_home_comes_back_as_it_was(own_town, web, tmp_path):
    """Through the commands, as a person gives them: with the database, and with people in it."""
    assert web("upgrade").returncode == 0
    with closing(sqlite3.connect(own_town.home / "people.sqlite3")) as db, db:
        db.execute(
            "insert into running_job (city, kind, state, due, tries, message) values ('vila', 'publish', 'done', '2025-01-01', 1, 'kept')"
        )
    kept, another = tmp_path / "kept.tar.gz", tmp_path / "another"
    said = web("backup", str(kept))
    assert said.stdout.startswith(f"{kept}: vila; "), said.stderr
    assert kept.stat().st_mode & 0o077 == 0
    back = web("restore", str(kept), home=another)
    assert back.returncode == 0, back.stderr
    assert "2024-01-01 to 2025-03-14 is published" in back.stdout
    before = verdicts(own_town)
    with closing(sqlite3.connect(another / "people.sqlite3")) as db:
        assert db.execute("select message from running_job").fetchall() == [("kept",)]
    own_town.home.rename(tmp_path / "lost")
    another.rename(own_town.home)
    assert verdicts(own_town) == before
    assert (own_town.home / "secret-key").stat().st_mode & 0o077 == 0


def test_what_is_made_again_is_left_out_and_city_files_are_in(own_town, archive):
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        manifest = json.loads(tar.extractfile("manifest.json").read())
    assert names[-1] == "manifest.json"
    assert "cities/vila/city.toml" in names
    assert "database/people.sqlite3" in names
    assert not [n for n in names if "shelf" in n or "fits" in n or n.endswith("lock")]
    assert manifest["lakes"] == ["vila"]
    assert set(manifest["files"]) == set(names) - {"manifest.json"}


def test_nothing_is_kept_while_somebody_writes(own_town, tmp_path):
    with alone(own_town.lake), pytest.raises(LakeError, match="is writing"):
        backup(tmp_path / "kept.tar")
    assert not list(tmp_path.glob("*kept*"))


def test_a_backup_writes_over_nothing_and_not_into_the_home(own_town, archive):
    with pytest.raises(PulsoError, match="is there already"):
        backup(archive)
    backup(archive, force=True)
    with pytest.raises(PulsoError, match="belongs on another disk"):
        backup(own_town.home / "kept.tar")


def test_a_home_that_holds_something_is_not_replaced_without_a_word(own_town, archive, empty):
    (empty / "vila").mkdir()
    (empty / "vila" / "mine").write_text("mine")
    before = files(empty)
    with pytest.raises(PulsoError, match="holds vila"):
        restore(archive)
    assert files(empty) == before
    restore(archive, force=True)
    assert not (empty / "vila" / "mine").exists()
    assert (empty / "cities" / "vila" / "city.toml").read_text() == (own_town.folder / "city.toml").read_text()


@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.9, 0.99])
def test_a_backup_that_is_cut_short_changes_nothing(archive, empty, part):
    whole = archive.read_bytes()
    end = whole.rstrip(b"\0")
    archive.write_bytes(end[: int(len(end) * part)])
    with pytest.raises(BadArchive):
        restore(archive)
    assert files(empty) == {}


def test_a_packed_backup_that_is_cut_short_changes_nothing(empty, tmp_path):
    some = FORMER.read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(some[: len(some) // 2])
    with pytest.raises(BadArchive):
        restore(tmp_path / "cut.tar.gz")
    assert files(empty) == {}


def test_a_changed_byte_is_found(archive, empty, tmp_path):
    changed = rewritten(archive, tmp_path / "changed.tar", lambda n, t: (n, t.replace(b"Vila", b"Vilo") if n.endswith("city.toml") else t))
    with pytest.raises(BadArchive, match=r"1 of \d+ files are not as they were kept, the first 'cities/vila/city.toml'"):
        restore(changed)
    assert files(empty) == {}


def test_a_missing_file_is_found(archive, empty, tmp_path):
    less = rewritten(archive, tmp_path / "less.tar", lambda n, t: None if n.endswith("events.csv") else (n, t))
    with pytest.raises(BadArchive, match="not as they were kept"):
        restore(less)


@pytest.mark.parametrize("name", ["../outside", "home/../../outside", "/tmp/outside", "home", "elsewhere/file", "home/a\\..\\b"])  # noqa: S108
def test_a_file_that_wants_to_lie_elsewhere_is_refused(empty, tmp_path, name):
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        put(tar, name, b"x")
    with pytest.raises(BadArchive, match="has no place in a backup"):
        restore(tmp_path / "bad.tar")
    assert not (tmp_path / "outside").exists()
    assert files(empty) == {}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_only_files_are_unpacked(empty, tmp_path, kind):
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        info = tarfile.TarInfo("home/link")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(BadArchive, match="has no place in a backup"):
        restore(tmp_path / "bad.tar")


@pytest.mark.parametrize("said", [b"[]", b"{}", b'{"format": 99, "files": {}}', b"not json", b'{"format": 1, "files": {"home/x": null}}'])
def test_a_manifest_that_is_none_is_refused(empty, tmp_path, said):
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        put(tar, "manifest.json", said)
    with pytest.raises(BadArchive):
        restore(tmp_path / "bad.tar")


def test_a_file_that_is_no_archive_is_a_letter(empty, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear archive")
    with pytest.raises(BadArchive, match="is not a backup"):
        restore(tmp_path / "letter.txt")


def test_a_home_of_a_later_version_is_not_restored(archive, empty, tmp_path):
    def later(name: str, text: bytes) -> tuple[str, bytes]:
        return (name, json.dumps(json.loads(text) | {"home": 99}).encode()) if name == "manifest.json" else (name, text)

    with pytest.raises(PulsoError, match="of a later version"):
        restore(rewritten(archive, tmp_path / "later.tar", later))
    assert files(empty) == {}


def test_nothing_is_restored_under_a_running_site(archive, empty):
    with locks.beside_others(empty), pytest.raises(locks.Occupied, match="Stop both"):
        restore(archive)


def test_a_home_that_was_brought_back_notes_since_when_it_does_not_know_what_was_published(archive, empty):
    manifest = restore(archive)
    told = json.loads((empty / "restored.json").read_text())
    assert told["backup"] == manifest["made"] <= told["at"]
    assert datetime.fromisoformat(told["at"]).utcoffset() == timedelta()


@pytest.mark.parametrize("after", range(6))
def test_a_restoration_that_is_killed_is_finished_by_the_next_command(archive, empty, monkeypatch, after):
    (empty / "vila").mkdir()
    (empty / "vila" / "former").write_text("former")
    (empty / "home.json").write_text("{}")
    moves = 0
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        nonlocal moves
        if "ready" not in self.name and (empty / ".restoring" / "ready").exists():
            moves += 1
            if moves > after:
                raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", killed)
    try:
        restore(archive, force=True)
    except KeyboardInterrupt:
        monkeypatch.undo()
        assert finish(empty)
    monkeypatch.undo()
    assert not (empty / ".restoring").exists()
    assert not (empty / "vila" / "former").exists()
    assert (empty / "cities" / "vila" / "city.toml").is_file()
    assert (empty / "vila" / "lake" / "published").is_dir()
    assert (empty / "people.sqlite3").is_file()
    assert not finish(empty)


def test_a_home_from_before_the_site_is_brought_up(own_town, web, tmp_path):
    """The home was made by the last version that had no site; the town's files are the same."""
    home = tmp_path / "former"
    back = web("restore", str(FORMER), home=home)
    assert back.returncode == 0, back.stderr
    assert "The home has format 1 now; it had none." in back.stdout
    assert "vila: 2025-01-01 to 2025-03-14 is published." in back.stdout
    again = web("upgrade", home=home)
    assert (again.returncode, again.stdout.splitlines()) == (0, ["vila: 2025-01-01 to 2025-03-14 is published."])
    worked = web("worker", "--once", home=home)
    assert worked.returncode == 0, worked.stderr


def test_a_home_of_a_later_version_is_left_alone(own_town):
    (own_town.home / prepare.MARK).write_text('{"format": 99}')
    with pytest.raises(PulsoError, match="written by a later version"):
        list(prepare.upgrade())
    assert json.loads((own_town.home / prepare.MARK).read_text()) == {"format": 99}


def test_an_upgrade_killed_between_steps_is_taken_up(own_town, settings):
    list(prepare.upgrade())
    assert json.loads((own_town.home / prepare.MARK).read_text())["format"] == prepare.FORMAT
    assert not [line for line in prepare.upgrade() if "format" in line]


def test_another_engines_database_is_a_letter(archive, empty, tmp_path):
    def other(name: str, text: bytes) -> tuple[str, bytes]:
        return (name, json.dumps(json.loads(text) | {"database": "other"}).encode()) if name == "manifest.json" else (name, text)

    with pytest.raises(PulsoError, match="set PULSO_DATABASE as it was"):
        restore(rewritten(archive, tmp_path / "other.tar", other))


def test_postgres_programs_that_are_not_there_are_named(monkeypatch):
    monkeypatch.setattr(backups.shutil, "which", lambda _: None)
    with pytest.raises(PulsoError, match="pg_dump is not installed"):
        backups.postgres("pg_dump")
    assert restores.postgres is backups.postgres


def test_people_on_postgresql_come_back(own_town, web, servers, tmp_path):
    here, there = servers
    kept, another = tmp_path / "kept.tar", tmp_path / "another"
    assert web("upgrade", database=here).returncode == 0
    with psycopg.connect(here) as db:
        db.execute("insert into running_job (city, kind, state, due, tries, message) values ('vila', 'publish', 'done', now(), 1, 'kept')")
    said = web("backup", str(kept), database=here)
    assert said.returncode == 0, said.stderr
    refused = web("restore", str(kept), home=another)
    assert "set PULSO_DATABASE as it was" in refused.stderr
    for force in ([], ["--force"]):  # the second time there is something to replace
        back = web("restore", str(kept), *force, home=another, database=there)
        assert back.returncode == 0, back.stderr
        with psycopg.connect(there) as db:
            assert db.execute("select message from running_job").fetchall() == [("kept",)]
            db.execute("update running_job set message = 'changed since'")
    assert "a database with tables" in web("restore", str(kept), home=tmp_path / "third", database=there).stderr
