"""A Delta table as the lake uses it: files written sorted, one commit a run, pruned by the log's minima and maxima.

The Delta protocol keeps the log and its atomic commits; we write the Parquet files ourselves, so that their order and encodings are
ours, and hand their names to whoever reads. A file that no commit names is invisible: a run that is killed leaves rubbish, never half a
truth.
"""

from __future__ import annotations

import errno
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from pulso.errors import LakeError

DAMAGED = "What was observed can be made again from the raw answers (pulso rebuild); what was published comes back from a backup only."
ROWS_A_FILE = 1_000_000
ROWS_A_GROUP = 131_072


@dataclass(frozen=True)
class File:
    """One live Parquet file, and what the log says of it."""

    path: Path
    rows: int
    size: int
    least: dict[str, Any]
    most: dict[str, Any]
    columns: frozenset[str]  # those that the log counts; a column that a table was given later is not in its older files


class _Newest(NamedTuple):
    """The newest commit when it was last looked for."""

    head: tuple[str, int]  # its name, and when it was written
    file: Path
    following: Path  # where the next one will be


def _written(file: Path) -> int | None:
    """When a file was written, in nanoseconds; None where it isn't there."""
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return None


class Table:
    """One Delta table below the lake's root. Every question is answered by the newest commit, of whichever process."""

    def __init__(self, path: Path, schema: pa.Schema, rows_a_group: int = ROWS_A_GROUP) -> None:
        self.path = path
        self.schema = schema
        self.rows_a_group = rows_a_group  # what is read at once, at least: fewer where rows are large
        self._log = path / "_delta_log"
        self._newest: _Newest | None = None
        self._read: tuple[tuple[str, int], list[File]] | None = None  # the newest commit when the log was read, and the live files

    def files(self, **within: tuple[Any, Any]) -> list[File]:
        """The live files whose span of a column may meet the one asked for: `day=(first, last)`, both included, None for no bound."""
        return [f for f in self._live() if all(_meets(f.least.get(c), f.most.get(c), span) for c, span in within.items())]

    def _live(self) -> list[File]:
        """The live files; the log is only read again where there is a commit that was not there before."""
        head = self.head()
        if head is None:
            return []
        if self._read is None or self._read[0] != head:
            self._read = (head, self._files())
        return self._read[1]

    def head(self) -> tuple[str, int] | None:
        """The newest commit's name and time; None where there is no table yet.

        Commits are numbered one after another: while the newest is as it was and the next isn't there, the log, which grows, isn't listed.
        """
        known = self._newest
        if known is None or _written(known.file) != known.head[1] or known.following.exists():
            known = self._newest = self._look()
        return known and known.head

    def _look(self) -> _Newest | None:
        """The newest commit, by a list of the log."""
        if not self._log.is_dir():
            return None
        number = max((f.stem for f in self._log.iterdir() if f.suffix == ".json" and f.stem.isdigit()), default=None)
        if number is None:
            return None
        file = self._log / f"{number}.json"
        at = _written(file)
        return None if at is None else _Newest((file.name, at), file, file.with_stem(f"{int(number) + 1:0{len(number)}}"))

    def _files(self) -> list[File]:
        table = self._open()
        if table is None:
            return []
        with trouble("read", self.path):
            log = pa.table(table.get_add_actions(flatten=True)).to_pylist()
        found = []
        for entry in log:
            least = {k.removeprefix("min."): v for k, v in entry.items() if k.startswith("min.")}
            most = {k.removeprefix("max."): v for k, v in entry.items() if k.startswith("max.")}
            counted = frozenset(k.removeprefix("null_count.") for k, v in entry.items() if k.startswith("null_count.") and v is not None)
            found.append(File(self.path / entry["path"], entry["num_records"], entry["size_bytes"], least, most, counted))
        return sorted(found, key=lambda f: f.path.name)

    def read(self, columns: list[str] | None = None, **within: tuple[Any, Any]) -> pa.Table:
        """Read small tables whole, or the rows in which these columns lie `within` the bounds, or are null."""
        schema = self.schema if columns is None else pa.schema([self.schema.field(c) for c in columns])
        parts = [self.read_file(f, schema.names, _wanted(f, within)) for f in self.files(**within)]
        return pa.concat_tables(parts) if parts else schema.empty_table()

    def read_file(self, file: File, columns: list[str] | None = None, wanted: pc.Expression | None = None) -> pa.Table:
        """Read one file, or some of its columns and rows; a column that is younger than the file is null."""
        names = self.schema.names if columns is None else columns
        there = [name for name in names if name in file.columns]
        with trouble("read", file.path):
            rows = pq.read_table(file.path, columns=there, partitioning=None, filters=wanted)
        for at, name in enumerate(names):
            if name not in file.columns:
                rows = rows.add_column(at, name, pa.nulls(rows.num_rows, self.schema.field(name).type))
        return rows.cast(pa.schema([self.schema.field(c) for c in names]))

    def markers(self, names: list[str]) -> list[int | None]:
        """The number that the latest commit with each marker carried; it outlives compaction and the log's own clean-up."""
        table = self._open()
        return [None if table is None else table.transaction_version(name) for name in names]

    def write(self, rows: pa.Table, size: int = ROWS_A_FILE) -> list[AddAction]:
        """Write rows, already in order, as files that no reader sees until they are committed."""
        self.path.mkdir(parents=True, exist_ok=True)
        actions = []
        for at in range(0, rows.num_rows, size):
            part = rows.slice(at, size).cast(self.schema)
            file = self.path / f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}.parquet"
            with trouble("write", file):
                write_parquet(part, file, self.rows_a_group)
                bytes_ = file.stat().st_size
            stats = json.dumps(_statistics(part))
            actions.append(AddAction(file.name, bytes_, {}, time.time_ns() // 1_000_000, True, stats))
        return actions

    def commit(self, adds: list[AddAction], removes: list[File] = [], markers: dict[str, int] | None = None) -> None:  # noqa: B006
        """Make files live, and others not, in one step that happens whole or not at all."""
        if not (adds or removes or markers):
            return
        schema = Schema.from_arrow(self.schema)
        now = time.time_ns() // 1_000_000
        gone = [RemoveAction(f.path.name, True, now, f.size, {}) for f in removes]
        with trouble("commit to", self.path):
            table = self._open() or DeltaTable.create(str(self.path), schema=schema, mode="ignore")
            known = {field.name for field in table.schema().fields}
            if younger := [field for field in schema.fields if field.name not in known]:
                table.alter.add_columns(younger)  # so that other readers of the table see them too
            properties = CommitProperties(app_transactions=[Transaction(k, v) for k, v in (markers or {}).items()])
            table.create_write_transaction([*adds, *gone], mode="append", schema=schema, commit_properties=properties)

    def append(self, rows: pa.Table) -> None:
        """Write and commit rows in one go; none do nothing."""
        if rows.num_rows:
            self.commit(self.write(rows))

    def sweep(self, keep: timedelta) -> int:
        """Delete files that no commit of the last `keep` names, and say how many."""
        table = self._open()
        if table is None:
            return 0
        hours = int(keep.total_seconds() // 3600)
        with trouble("sweep", self.path):
            return len(table.vacuum(hours, dry_run=False, enforce_retention_duration=False, full=True))

    def _open(self) -> DeltaTable | None:
        if not DeltaTable.is_deltatable(str(self.path)):
            return None
        with trouble("open", self.path):
            return DeltaTable(str(self.path))


def write_parquet(rows: pa.Table, file: Path, rows_a_group: int) -> None:
    """Write one file as the lake likes it: strings by dictionary, times by their differences, zstd, row groups that prune."""
    times = [f.name for f in rows.schema if pa.types.is_timestamp(f.type) and f.name in {"start", "end"}]
    pq.write_table(
        rows,
        file,
        compression="zstd",
        compression_level=3,
        use_dictionary=[f.name for f in rows.schema if f.name not in times],
        column_encoding=dict.fromkeys(times, "DELTA_BINARY_PACKED"),
        row_group_size=rows_a_group,
        store_schema=False,
    )


@contextmanager
def trouble(verb: str, path: Path) -> Iterator[None]:
    """Turn what the disk, the log or the engine say into a letter."""
    safe = "What was committed before is safe, nothing of this run is visible; running it again completes it."
    try:
        yield
    except (pa.ArrowInvalid, duckdb.InvalidInputException) as why:
        raise LakeError(f"could not {verb} {path}: a file is damaged ({str(why).splitlines()[0]}). {DAMAGED}") from why
    except (OSError, DeltaError, duckdb.IOException, duckdb.OutOfMemoryException) as why:
        full = getattr(why, "errno", None) in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} or "No space left" in str(why)
        cause = "the disk is full: make room and run it again" if full else str(why)
        raise LakeError(f"could not {verb} {path}: {cause}. {safe}") from why


def _meets(least: Any, most: Any, span: tuple[Any, Any]) -> bool:
    """Whether a file's span may meet the one asked for; a span unknown to the log may."""
    first, last = span
    return not ((first is not None and most is not None and most < first) or (last is not None and least is not None and least > last))


def _wanted(file: File, within: dict[str, tuple[Any, Any]]) -> pc.Expression | None:
    """What rows to read, so that groups of rows that have none are passed over; None where the log says that all of them are meant."""
    wanted = None
    for column, (first, last) in within.items():
        field, least, most = pc.field(column), file.least.get(column), file.most.get(column)
        bounds = [] if first is None or (least is not None and first <= least) else [field >= first]
        bounds += [] if last is None or (most is not None and most <= last) else [field <= last]
        for bound in bounds:
            inside = bound | field.is_null()
            wanted = inside if wanted is None else wanted & inside
    return wanted


def _statistics(rows: pa.Table) -> dict[str, Any]:
    least, most, nulls = {}, {}, {}
    for f in rows.schema:
        column = rows[f.name]
        nulls[f.name] = column.null_count
        if column.null_count == len(column) or pa.types.is_floating(f.type) or pa.types.is_nested(f.type):
            continue
        ends = pc.min_max(column).as_py()
        least[f.name], most[f.name] = _json(ends["min"]), _json(ends["max"])
    return {"numRecords": rows.num_rows, "minValues": least, "maxValues": most, "nullCount": nulls}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat() if isinstance(value, date) else value
