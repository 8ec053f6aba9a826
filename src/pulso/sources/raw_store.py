"""Raw answers as they came, compressed and kept for the declared retention, so that a lake can be rebuilt without asking again.

A source has a folder. In it a pack a month of asking (a day, for retentions under 90 days): `2026-11.pack` holds zstd frames, one an
answer, and `2026-11.jsonl` says what each is. The frame is written before its line: after a crash the rest of a torn frame is dead weight,
a torn line is not read, and everything before stands. Every frame is checked against its sha256 when it is read. `declared.json` says
how long the source wanted them kept, so that the promise holds when the source is no longer in the city file.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from pulso.errors import LakeError

_SPAN = re.compile(r"(\d+)\s*(d|w|m|y)")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_BY_DAY = timedelta(days=90)
_DECLARED = "declared.json"


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

    @classmethod
    def left(cls, folder: Path, otherwise: timedelta) -> RawStore | None:
        """The store of a source that the city file does not name any more, kept as long as was declared last.

        Where an older version has not noted it: `otherwise`, if packs are by the day, for then it was a short time; else None.
        """
        store = cls(folder, otherwise)
        noted = store._noted().get("days")
        if noted is None and any(len(path.stem) <= len("2026-11") for path in store._packs(".pack")):
            return None
        return store if noted is None else cls(folder, timedelta(days=noted))

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
        found = self.buffer(kept)
        return None if found is None else bytes(found)

    def buffer(self, kept: Kept) -> pa.Buffer | None:
        """The same, not copied: for whoever reads many large ones."""
        try:
            with (self.folder / f"{kept.pack}.pack").open("rb") as file:
                file.seek(kept.offset)
                frame = file.read(kept.length)
            body = pa.decompress(frame, decompressed_size=kept.size, codec="zstd")
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
            if not self._entries():
                self.folder.mkdir(parents=True, exist_ok=True)
                self._note(days=self.keep.days)
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
            self._append(f"{pack}.jsonl", _line(kept))
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
        self._note(days=self.keep.days)
        return len({path.stem for path in old})

    def rewrite(self, change: Callable[[bytes], bytes], mark: str) -> int:
        """
        Let each answer become what `change` makes of it, so that nothing of what it was stays on disk; say how many it changed.

        Parameters
        ----------
        change
            Of an answer's body what may still be kept. An answer that can't be read any more goes.
        mark
            What this rewriting is known by: the same mark again does nothing. LakeError if the disk refuses.

        Notes
        -----
        A pack goes index first and comes back index last: what a kill leaves between the two can't be read, goes with the next rewriting,
        and is asked for again.
        """
        if not self.folder.is_dir() or self._noted().get("rewritten") == mark:
            return 0
        changed = 0
        try:
            for path in (*self.folder.glob("*.part"), *(p for p in self._packs(".pack") if not p.with_suffix(".jsonl").is_file())):
                path.unlink()
            for pack in [path.stem for path in self._packs(".jsonl")]:
                changed += self._rewritten(pack, change)
        except OSError as why:
            raise _letter(self.folder, "rewrite raw answers in", why) from why
        self._index = None
        self._note(rewritten=mark)
        return changed

    def _rewritten(self, pack: str, change: Callable[[bytes], bytes]) -> int:
        """Write one pack anew, if any of its answers changes; how many do."""
        entries = list(self._lines(pack))
        frames: dict[int, tuple[bytes, bytes] | None] = {}  # by where they lie: as they are, as they shall be
        for kept in entries:
            if kept.offset not in frames:
                body = self.body(kept)
                frames[kept.offset] = None if body is None else (body, change(body))
        changed = {at for at, frame in frames.items() if frame is None or frame[0] != frame[1]}
        if not changed:
            return 0
        index, data = (self.folder / f"{pack}{suffix}" for suffix in (".jsonl", ".pack"))
        lies: dict[int, tuple[int, int]] = {}
        with data.with_suffix(".pack.part").open("wb") as file:
            for at, frame in frames.items():
                if frame is not None:
                    lies[at] = (file.tell(), file.write(pa.compress(frame[1], codec="zstd", asbytes=True)))
            os.fsync(file.fileno())
        with index.with_suffix(".jsonl.part").open("wb") as file:
            for kept in entries:
                frame = frames[kept.offset]
                if frame is not None:
                    offset, length = lies[kept.offset]
                    sha256 = hashlib.sha256(frame[1]).hexdigest()
                    file.write(_line(replace(kept, sha256=sha256, size=len(frame[1]), offset=offset, length=length)))
            os.fsync(file.fileno())
        index.unlink()
        for path in (data, index):
            path.with_suffix(f"{path.suffix}.part").replace(path)
        return sum(kept.offset in changed for kept in entries)

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

    def _noted(self) -> dict[str, Any]:
        """What `declared.json` says; nothing where there is none, or it was torn."""
        try:
            found = json.loads((self.folder / _DECLARED).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _note(self, **said: Any) -> None:
        """Remember something beside what is remembered, where there is a folder to remember it for."""
        before = self._noted()
        if not self.folder.is_dir() or before | said == before:
            return
        fresh = self.folder / f"{_DECLARED}.part"
        try:
            fresh.write_text(json.dumps(before | said), encoding="utf-8")
            fresh.replace(self.folder / _DECLARED)
        except OSError as why:
            raise _letter(self.folder, "write in", why) from why

    def _lines(self, pack: str = "*") -> Iterator[Kept]:
        for path in sorted(self.folder.glob(f"{pack}.jsonl")):
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


def _line(kept: Kept) -> bytes:
    """What a pack's index says of an answer; the first newline ends a line that a crash has torn."""
    return f"\n{json.dumps(asdict(kept), ensure_ascii=False, separators=(',', ':'))}\n".encode()


def _begins(stem: str) -> date:
    """The first day whose answers a pack may hold."""
    return datetime.strptime(stem if len(stem) > 7 else f"{stem}-01", "%Y-%m-%d").replace(tzinfo=UTC).date()


def _letter(folder: Path, what: str, why: OSError) -> LakeError:
    return LakeError(
        f"Could not {what} {folder}: {why.strerror or why}. What was kept before is safe, the lake is untouched by this, "
        f'and a rerun completes the work. Free some space or grant the permission, or set keep_raw = "0d" for this source.'
    )
