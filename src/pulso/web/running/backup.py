"""One file that holds a home whole: lakes, raw answers, city files and the database, as they were at one moment.

The archive is a tar: `home/…`, `cities/<slug>/…`, `database/…`, and last `manifest.json` with the digest of every member. What can be made
again from the rest (shelves, fitted months, gathered static files) is left out; so are sessions and what corrections of presence need, for
people are promised that these are deleted after days, and a backup is kept for longer. It holds passwords' digests and the site's secret
key: its owner alone may read it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection

from pulso.errors import PulsoError
from pulso.web.readings import upkeep

FORMAT = 1
"""Of the archive."""
MANIFEST = "manifest.json"
MADE_AGAIN = {"static", ".metrics", ".restoring", "home.lock", "worker.lock"}
"""Of the home itself: what is left out."""
MADE_AGAIN_OF_A_CITY = {"shelf.sqlite3", "fits.npz", "files"}
LEFT_OUT = (".part", "-wal", "-shm")


class Archive:
    """An archive that is being written; it notes each member's digest."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, path: Path, name: str) -> None:
        """Put in a file under a name."""
        with path.open("rb") as file:
            info = self.tar.gettarinfo(arcname=name, fileobj=file)
            info.mode, info.uid, info.gid, info.uname, info.gname = 0o600, 0, 0, "", ""
            digest = Digested(file)
            self.tar.addfile(info, digest)
        self.files[name] = {"sha256": digest.sha.hexdigest(), "size": info.size}

    def close(self, manifest: dict[str, Any]) -> None:
        """Put in the manifest, last: an archive without one is not whole."""
        text = json.dumps(manifest | {"files": self.files}, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o600
        self.tar.addfile(info, io.BytesIO(text))


class Digested:
    """A file whose digest is made while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        some = self.file.read(size)
        self.sha.update(some)
        return some


def backup(to: Path, *, force: bool = False) -> dict[str, Any]:
    """Write the archive, whole or not at all, and give its manifest.

    Every lake is held still meanwhile: LakeError where somebody collects or publishes just now. PulsoError where the file is there already.
    """
    home, to = Path(settings.HOME), to.resolve()
    if to.exists() and not force:
        raise PulsoError(f"{to} is there already. Choose another name, or say --force to write over it.")
    if to.is_relative_to(home.resolve()):
        raise PulsoError(f"{to} lies in the home that is to be kept; a backup belongs on another disk.")
    from pulso.web.running.prepare import format_of

    manifest: dict[str, Any] = {"format": FORMAT, "pulso": version("pulso"), "made": datetime.now(UTC).isoformat(timespec="seconds")}
    manifest |= {"home": format_of(home), "database": connection.vendor}
    with upkeep.held_still(home) as lakes, _whole_or_not(to) as archive:
        with database_copied() as copy:
            archive.add(copy, f"database/{copy.name}")
        for path in kept(home):
            _add_home_file(archive, home, path)
        for name, path in city_files(home):
            archive.add(path, name)
        archive.close(manifest | {"lakes": lakes})
        return manifest | {"lakes": lakes, "files": archive.files}


def kept(home: Path) -> Iterator[Path]:
    """The files of a home that go into its backup, in order."""
    own = Path(settings.DATABASES["default"]["NAME"]) if connection.vendor == "sqlite" else None
    promised = upkeep.promised_to_go(home)
    for folder, folders, files in os.walk(home):
        at = Path(folder)
        again = MADE_AGAIN if at == home else MADE_AGAIN_OF_A_CITY if at.parent == home else set()
        folders[:] = sorted(f for f in folders if f not in again and at / f not in promised)
        for name in sorted(files):
            path = at / name
            left = name in again or (at.name == "lake" and name in upkeep.LOCKS) or name.endswith(LEFT_OUT)
            if not left and path != own and not path.is_symlink():
                yield path


def city_files(home: Path) -> Iterator[tuple[str, Path]]:
    """The shown cities' files that don't lie in the home anyway: those of each city's folder, not of folders in it."""
    for slug, where in upkeep.folders().items():
        folder = (where.parent if where.is_file() else where).resolve()
        if not folder.is_relative_to(home.resolve()):
            yield from ((f"cities/{slug}/{f.name}", f) for f in sorted(folder.iterdir()) if f.is_file())


def _add_home_file(archive: Archive, home: Path, path: Path) -> None:
    """A file as it is; an SQLite file, which others may be writing, through SQLite's own copy."""
    name = f"home/{path.relative_to(home).as_posix()}"
    if path.suffix != ".sqlite3":
        archive.add(path, name)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copied(path, copy)
        archive.add(copy, name)


def copied(path: Path | str, to: Path) -> None:
    """Copy an SQLite file while others use it: what is committed."""
    with closing(sqlite3.connect(path, uri=str(path).startswith("file:"))) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


@contextmanager
def database_copied() -> Iterator[Path]:
    """The database as one file: SQLite's online copy, or what pg_dump writes."""
    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            copy = Path(folder) / "people.sqlite3"
            copied(settings.DATABASES["default"]["NAME"], copy)
        else:
            copy = Path(folder) / "people.dump"
            postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
        yield copy


def postgres(program: str, *words: str) -> None:
    """Run one of PostgreSQL's own programs on the site's database; the password goes by the environment, not by the command line."""
    if shutil.which(program) is None:
        raise PulsoError(
            f"{program} is not installed, and only it keeps a PostgreSQL database whole. On Debian: apt install postgresql-client"
        )
    said = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = os.environ | {k: str(said[v]) for k, v in names.items() if said.get(v)}
    ended = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # found above
    if ended.returncode:
        raise PulsoError(f"{program} failed, and nothing was changed: {' '.join(ended.stderr.split())[:500]}")


@contextmanager
def _whole_or_not(to: Path) -> Iterator[Archive]:
    """Write beside the name, then take it: whoever finds the file finds it whole."""
    fresh = to.with_name(f".{to.name}.part")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            mode = "w:gz" if to.suffix in (".gz", ".tgz") else "w"
            with tarfile.open(fileobj=file, mode=mode, **({"compresslevel": 3} if mode == "w:gz" else {})) as tar:  # type: ignore[call-overload]
                yield Archive(tar)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(to)
    finally:
        fresh.unlink(missing_ok=True)
