"""A home brought back from its backup: everything is checked before anything is touched, and what was begun is finished, if need be later.

1. The archive is unpacked beside what is there, in `.restoring/new`; every digest must be that of the manifest.
2. `.restoring/ready` says that all of it is there, and what it takes the place of.
3. The old goes to `.restoring/old`, the new takes its place, `.restoring` is removed. Killed within, the next command goes on here.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection

from pulso.errors import PulsoError
from pulso.web.running import locks
from pulso.web.running.backup import FORMAT, MANIFEST, postgres

PLACE = ".restoring"
NOT_OURS = {PLACE, *locks.FILES}
EMPTY = {*NOT_OURS, "secret-key", "static", ".metrics", "lost+found"}
"""What a home may hold and still be empty."""
ROOMS = ("home", "cities", "database")
A_BLOCK = 1 << 20


class BadArchive(PulsoError):  # noqa: N818  # it names a state of the world
    """A file that is not a whole backup of ours."""


def restore(file: Path, *, force: bool = False) -> dict[str, Any]:
    """Bring back the home that a backup holds, and give its manifest.

    BadArchive where it is damaged, PulsoError where the home holds something already, Occupied where the site or its worker runs:
    nothing is changed then.
    """
    home = Path(settings.HOME)
    with locks.alone(home):
        finish(home)
        if not force and (holds := _holds(home)):
            raise PulsoError(f"{home} holds {holds}. Restore into an empty home (PULSO_HOME), or say --force to replace what is there.")
        place = home / PLACE
        shutil.rmtree(place, ignore_errors=True)
        try:
            manifest = _unpack(file, place / "new")
            _must_fit(manifest, place / "new")
            _arrange(place / "new")
            _note(manifest, place / "new")
            _mark_ready(home, place)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        finish(home)
        return manifest


def finish(home: Path) -> bool:
    """Finish a restoration that is ready, however far it came before; whether there was one."""
    place = home / PLACE
    ready = place / "ready"
    if not ready.is_file():
        return False
    dump = place / "people.dump"
    if dump.is_file():
        postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", _database(), str(dump))
        dump.unlink()
    connection.close()
    (place / "old").mkdir(exist_ok=True)
    for name in json.loads(ready.read_text())["old"]:
        there, aside = home / name, place / "old" / name
        if there.exists() and not aside.exists():
            there.rename(aside)
    for path in sorted((place / "new").iterdir()):
        path.rename(home / path.name)
    ready.unlink()
    shutil.rmtree(place)
    return True


def _holds(home: Path) -> str:
    """What a home holds already, in words; empty where it holds nothing."""
    found = sorted(p.name for p in home.iterdir() if p.name not in EMPTY)
    if connection.vendor == "postgresql" and connection.introspection.table_names():
        found.append("a database with tables")
    return ", ".join(found[:5]) + (" …" if len(found) > 5 else "")


def _unpack(file: Path, to: Path) -> dict[str, Any]:
    """Write every member, and check it against the manifest. BadArchive where a name, a kind or a digest is not as it must be."""
    seen: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    to.mkdir(parents=True)
    try:
        with tarfile.open(file, "r:*") as tar:
            for member in tar:
                if manifest is not None:
                    raise BadArchive(f"{file}: {member.name!r} comes after the manifest, which must be the last.")
                stream = tar.extractfile(member) if member.isreg() else None
                if stream is None or not (member.name == MANIFEST or _harmless(member.name)):
                    raise BadArchive(f"{file}: {member.name!r} has no place in a backup. Nothing was restored.")
                if member.name == MANIFEST:
                    manifest = _manifest(file, stream.read())
                elif member.name in seen:
                    raise BadArchive(f"{file}: {member.name!r} is in it twice. Nothing was restored.")
                else:
                    seen[member.name] = _written(stream, to / member.name, member)
    except (tarfile.TarError, EOFError, ValueError) as why:
        raise BadArchive(f"{file} is not a backup, or is damaged: {why}. Nothing was restored.") from None
    if manifest is None:
        raise BadArchive(f"{file} is cut short: its end, the manifest, is missing. Nothing was restored.")
    _compare(file, manifest, seen)
    return manifest


def _manifest(file: Path, text: bytes) -> dict[str, Any]:
    said = json.loads(text)
    if not isinstance(said, dict):
        raise BadArchive(f"{file}: its manifest is not one that Pulso writes. Nothing was restored.")
    return said


def _harmless(name: str) -> bool:
    """Whether a member lies where members may lie, and nowhere else."""
    parts = PurePosixPath(name).parts
    return len(parts) > 1 and parts[0] in ROOMS and ".." not in parts and "\\" not in name and "\0" not in name


def _written(stream: Any, path: Path, member: tarfile.TarInfo) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    sha, size = hashlib.sha256(), 0
    with path.open("xb") as out:
        while some := stream.read(A_BLOCK):
            sha.update(some)
            size += len(some)
            out.write(some)
    os.utime(path, (member.mtime, member.mtime))
    return {"sha256": sha.hexdigest(), "size": size}


def _compare(file: Path, manifest: dict[str, Any], seen: dict[str, dict[str, Any]]) -> None:
    if not isinstance(manifest.get("files"), dict) or not isinstance(manifest.get("format"), int):
        raise BadArchive(f"{file}: its manifest is not one that Pulso writes. Nothing was restored.")
    if manifest["format"] > FORMAT:
        raise BadArchive(f"{file} was made by a later version ({manifest.get('pulso')}). Restore it with that one.")
    listed = manifest["files"]
    wrong = sorted(name for name in {*listed, *seen} if name not in seen or listed.get(name) != seen[name])
    if wrong:
        raise BadArchive(
            f"{file}: {len(wrong)} of {len(listed)} files are not as they were kept, the first {wrong[0]!r}. Nothing was restored."
        )


def _must_fit(manifest: dict[str, Any], new: Path) -> None:
    """Refuse what this installation can't read."""
    from pulso.web.running.prepare import FORMAT as KNOWN

    if int(manifest.get("home", 0)) > KNOWN:
        raise PulsoError(f"This backup is of a later version of Pulso ({manifest.get('pulso')}). Install that one, then restore.")
    if (new / "database").is_dir() and manifest.get("database") != connection.vendor:
        raise PulsoError(
            f"This backup's database is {manifest.get('database')}, this site's is {connection.vendor}: set PULSO_DATABASE as it was where "
            "the backup was made. Nothing was restored."
        )


def _arrange(new: Path) -> None:
    """Lay out the three rooms as a home has them: the database in it, the city files below `cities`, a dump beside it."""
    for room, below in (("home", ""), ("cities", "cities"), ("database", "")):
        if (new / room).is_dir():
            (new / room).rename(new.parent / f"room-{room}")
            target = new.parent / "laid" / below
            shutil.copytree(new.parent / f"room-{room}", target, dirs_exist_ok=True, copy_function=os.replace)
    laid = new.parent / "laid"
    laid.mkdir(exist_ok=True)
    if (laid / "people.dump").is_file():
        (laid / "people.dump").rename(new.parent / "people.dump")
    if (laid / "secret-key").is_file():
        (laid / "secret-key").chmod(0o600)
    shutil.rmtree(new)
    laid.rename(new)


def _note(manifest: dict[str, Any], new: Path) -> None:
    """Say in the home that its past has a gap: what was published since the backup, it doesn't know (`pulso.flow.presence.restored`)."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    (new / "restored.json").write_text(json.dumps({"at": at, "backup": manifest.get("made", at)}), encoding="utf-8")


def _mark_ready(home: Path, place: Path) -> None:
    old = sorted(p.name for p in home.iterdir() if p.name not in NOT_OURS)
    fresh = place / "ready.part"
    fresh.write_text(json.dumps({"old": old}))
    with fresh.open() as file:
        os.fsync(file.fileno())
    fresh.rename(place / "ready")


def _database() -> str:
    return f"--dbname={settings.DATABASES['default']['NAME']}"
