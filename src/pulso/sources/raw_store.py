"""Raw answers as they came, compressed and kept for the declared retention, so that a lake can be rebuilt without asking again.

A source has a folder. In it a pack a month of asking (a day, for retentions under 90 days): `2026-11.pack` holds zstd frames, one an
answer, and `2026-11.jsonl` says what each is. The frame is written before its line: after a crash the rest of a torn frame is dead weight,
a torn line is not read, and everything before stands. Every frame is checked against its sha256 when it is read.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from pulso.errors import LakeError

_SPAN = re.compile(r"(\d+)\s*(d|w|m|y)")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_BY_DAY = timedelta(days=90)


def retention(text: str) -> timedelta:
    """How long "3y", "6m", "2w" or "90d" is; "0d" keeps nothing. ValueError says what is allowed."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"found {text!r}; a number and d, w, m or y, such as 90d or 3y; 0d keeps nothing")
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is known of one raw answer: where it came from and when, and where it lies."""

    origin: str
    asked: str  # ISO 8601, UTC
    sha256: str  # of the body
    size: int  # bytes of the body
    pack: str
    offset: int
    length: int  # bytes of the frame
    etag: str = ""
    modified: str = ""  # Last-Modified, as the server wrote it
    content_type: str = ""

    @property
    def asked_at(self) -> datetime:
        """When the answer was asked for, in UTC."""
        return datetime.fromisoformat(self.asked)


class RawStore:
    """The raw answers of one source. What it remembers: an index of what lies in the packs, read once."""

    def __init__(self, folder: Path, keep: timedelta) -> None:
        self.folder = folder
        self.keep = keep
        self._index: dict[str, list[Kept]] | None = None

    def newest(self, origin: str, as_of: datetime | None = None) -> Kept | None:
        """The last answer kept of an origin (asked at or before `as_of`), or None."""
        kept = self._entries().get(origin, [])
        return next((k for k in reversed(kept) if as_of is None or k.asked_at <= as_of), None)

    def origins(self) -> list[str]:
        """Every origin of which an answer is kept, in the order in which they were first asked."""
        return list(self._entries())

    def versions(self, origin: str) -> list[Kept]:
        """Every answer kept of an origin, oldest first."""
        return list(self._entries().get(origin, []))

    def body(self, kept: Kept) -> bytes | None:
        """The answer as it came; None where the pack no longer gives it back whole (pruned, torn by a power cut)."""
        try:
            with (self.folder / f"{kept.pack}.pack").open("rb") as file:
                file.seek(kept.offset)
                frame = file.read(kept.length)
            body: bytes = pa.decompress(frame, decompressed_size=kept.size, codec="zstd", asbytes=True)
        except FileNotFoundError:
            return None
        except OSError as why:
            if why.errno is None:  # the codec's word for a frame that is not one
                return None
            raise _letter(self.folder, "read", why) from why
        return body if hashlib.sha256(body).hexdigest() == kept.sha256 else None

    def add(
        self, origin: str, body: bytes, sha256: str, asked: datetime, *, etag: str = "", modified: str = "", content_type: str = ""
    ) -> None:
        """Keep an answer and its sha256. What equals the last answer of this origin is not kept twice. LakeError if the disk refuses."""
        if not self.keep:
            return
        last = self.newest(origin)
        if last and (last.sha256, last.etag, last.modified) == (sha256, etag, modified):
            return
        pack = f"{asked:%Y-%m-%d}" if self.keep < _BY_DAY else f"{asked:%Y-%m}"
        try:
            if last and last.sha256 == sha256 and last.pack == pack:
                offset, length = last.offset, last.length
            else:
                offset, length = self._append(f"{pack}.pack", pa.compress(body, codec="zstd", asbytes=True))
            kept = Kept(
                origin=origin,
                asked=asked.isoformat(),
                sha256=sha256,
                size=len(body),
                pack=pack,
                offset=offset,
                length=length,
                etag=etag,
                modified=modified,
                content_type=content_type,
            )
            line = json.dumps(asdict(kept), ensure_ascii=False, separators=(",", ":"))
            self._append(f"{pack}.jsonl", f"\n{line}\n".encode())  # the first newline ends a line that a crash has torn
        except OSError as why:
            raise _letter(self.folder, "keep a raw answer in", why) from why
        self._entries().setdefault(origin, []).append(kept)

    def prune(self, now: datetime) -> int:
        """Delete the packs that hold anything older than the retention; say how many. Nothing is kept longer than declared."""
        oldest = (now - self.keep).date()
        old = [path for path in self._packs(".jsonl") + self._packs(".pack") if not self.keep or _begins(path.stem) < oldest]
        try:
            for path in old:
                path.unlink(missing_ok=True)
        except OSError as why:
            raise _letter(self.folder, "delete old raw answers in", why) from why
        self._index = None if old else self._index
        return len({path.stem for path in old})

    def sync(self) -> None:
        """Have the disk hold what was added: a power cut afterwards loses nothing."""
        try:
            for path in (*self._packs(".pack")[-1:], *self._packs(".jsonl")[-1:]):
                with path.open("ab") as file:
                    os.fsync(file.fileno())
        except OSError as why:
            raise _letter(self.folder, "finish writing", why) from why

    def _append(self, name: str, data: bytes) -> tuple[int, int]:
        """Write at the end of a file; where that was, and how many bytes. One write call: appenders never write into each other."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("ab", buffering=0) as file:
            written = file.write(data)
            if written != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return file.tell() - len(data), len(data)

    def _packs(self, suffix: str) -> list[Path]:
        return sorted(self.folder.glob(f"*{suffix}"))

    def _entries(self) -> dict[str, list[Kept]]:
        if self._index is None:
            self._index = {}
            for kept in self._lines():
                self._index.setdefault(kept.origin, []).append(kept)
        return self._index

    def _lines(self) -> Iterator[Kept]:
        for path in self._packs(".jsonl"):
            try:
                text = path.read_bytes()
            except OSError as why:
                raise _letter(self.folder, "read", why) from why
            for line in filter(None, text.split(b"\n")):
                try:
                    told = json.loads(line)
                except ValueError:  # torn by a crash; the answer was not kept, and will be asked again
                    continue
                yield Kept(**told)


def _begins(stem: str) -> date:
    """The first day whose answers a pack may hold."""
    return datetime.strptime(stem if len(stem) > 7 else f"{stem}-01", "%Y-%m-%d").replace(tzinfo=UTC).date()


def _letter(folder: Path, what: str, why: OSError) -> LakeError:
    return LakeError(
        f"Could not {what} {folder}: {why.strerror or why}. What was kept before is safe, the lake is untouched by this, "
        f'and a rerun completes the work. Free some space or grant the permission, or set keep_raw = "0d" for this source.'
    )
