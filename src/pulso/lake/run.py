"""One collection run: sources' answers come in, files are written as they come, and all becomes visible in one commit a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake.transaction import AddAction

from pulso.lake.compare import compare
from pulso.lake.delta import Table, trouble
from pulso.lake.door import Door
from pulso.shapes import KEPT, OBSERVATION, REJECT, UTC_TIME, Answer

ROWS_AT_ONCE = 1_000_000
"""Answers are gathered to about so many rows before they are sorted and written: it bounds the memory, and fills a file."""

INPUT = pa.schema(
    [
        ("source", pa.string()),
        ("origin", pa.string()),
        ("digest", pa.string()),
        ("rows", pa.int64()),  # observations in the answer, before the door
        ("first", pa.date32()),  # local days of what passed; null where nothing did
        ("last", pa.date32()),
        ("known_at", UTC_TIME),
    ]
)
"""What the lake has read. An origin's latest row counts; it is committed last, so a run that dies before it is read again."""

QUARANTINE = pa.schema([("source", pa.string()), ("origin", pa.string()), *REJECT, ("known_at", UTC_TIME)])
"""What was turned away. The rows of an origin's latest known_at count; the others tell what was wrong before."""


@dataclass
class Kept:
    """What became of one source's answers in one run."""

    source: str
    answers: int = 0
    skipped: int = 0  # answers whose digest the lake had read before
    rows: int = 0  # observations that came, before the door
    new: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0
    rejected: int = 0  # rows and cells, the connector's and the door's
    first: date | None = None  # local days of what passed the door
    last: date | None = None


@dataclass(frozen=True)
class Former:
    """What the lake read of an origin before."""

    digest: str
    first: date | None
    last: date | None


@dataclass
class Buffer:
    """Answers that wait to be sorted and written."""

    answers: list[Answer] = field(default_factory=list)
    rows: int = 0

    def add(self, answer: Answer) -> None:
        """Put one more."""
        self.answers.append(answer)
        self.rows += answer.observations.num_rows


class Run:
    """A run in progress. It remembers what it has written; `commit` makes that visible, and nothing else does."""

    def __init__(self, observation: Table, quarantine: Table, inputs: Table, db: duckdb.DuckDBPyConnection, known_at: datetime) -> None:
        self.known_at = known_at
        self._observation, self._quarantine, self._inputs, self._db = observation, quarantine, inputs, db
        self._adds: list[tuple[AddAction, str, date, date]] = []
        self._rejects: list[pa.Table] = []
        self._read: list[pa.Table] = []
        self._horizon: dict[tuple[str, str, str], int] = {}  # latest start written in this run, of each series

    def keep(self, door: Door, former: dict[str, Former], answers: Iterable[Answer]) -> Kept:
        """Take in a source's answers. What came before an error is taken in all the same, and the error goes on to the caller."""
        kept = Kept(door.source.name)
        buffer = Buffer()
        try:
            for answer in answers:
                kept.answers += 1
                known = former.get(answer.origin)
                if known is not None and known.digest == answer.digest:
                    kept.skipped += 1
                    continue
                buffer.add(answer)
                if buffer.rows >= ROWS_AT_ONCE:
                    full, buffer = buffer, Buffer()
                    self._take_in(door, former, full, kept)
        finally:
            if buffer.answers:
                self._take_in(door, former, buffer, kept)
        return kept

    def commit(self) -> None:
        """Make the run visible: first what was turned away, then what was seen, last that it was read. Killed between, it is read again."""
        if self._rejects:
            self._quarantine.append(pa.concat_tables(self._rejects))
        self._observation.commit([add for add, *_ in self._adds])
        if self._read:
            self._inputs.append(pa.concat_tables(self._read))

    def _take_in(self, door: Door, former: dict[str, Former], buffer: Buffer, kept: Kept) -> None:
        source = door.source.name
        arrived, rejects = door.admit(_with_origin(buffer), self.known_at)
        origins = [a.origin for a in buffer.answers]
        span = _span(arrived, [former[o] for o in origins if o in former])
        with trouble("compare with what is known in", self._observation.path):
            changes = compare(self._db, arrived, self._known(arrived, source, span), source, span, origins, self.known_at) if span else None
        if changes is not None:
            rejects = pa.concat_tables([rejects, changes.rejects])
            self._write(changes.rows, source)
            kept.same += changes.same
            kept.changed += changes.changed
            kept.gone += changes.gone
            kept.new += changes.rows.num_rows - changes.changed - changes.gone
        self._note(source, buffer, arrived, rejects)
        kept.rows += buffer.rows
        kept.rejected += pc.sum(self._rejects[-1]["n"]).as_py() or 0
        kept.first = min(filter(None, [kept.first, span and span[0]]), default=None)
        kept.last = max(filter(None, [kept.last, span and span[1]]), default=None)

    def _known(self, arrived: pa.Table, source: str, span: tuple[date, date]) -> list[Path]:
        """The files that may hold rows of these keys: committed ones of these days, and this run's where a series goes back in time."""
        files = [f.path for f in self._observation.files(source=(source, source), day=span)]
        if self._goes_back(arrived, source):
            files += [self._observation.path / a.path for a, s, lo, hi in self._adds if s == source and lo <= span[1] and hi >= span[0]]
        return files

    def _goes_back(self, arrived: pa.Table, source: str) -> bool:
        """Whether any series arrives with a start that this run has passed already; on the way, note how far each has come."""
        series = arrived.group_by(["metric", "sensor"]).aggregate([("start", "min"), ("start", "max")])
        least, most = (series[c].cast(pa.int64()).to_pylist() for c in ("start_min", "start_max"))
        back = False
        for metric, sensor, lo, hi in zip(series["metric"].to_pylist(), series["sensor"].to_pylist(), least, most, strict=True):
            horizon = self._horizon.get((source, metric, sensor))
            back |= horizon is not None and lo <= horizon
            self._horizon[source, metric, sensor] = hi if horizon is None else max(hi, horizon)
        return back

    def _write(self, rows: pa.Table, source: str) -> None:
        if rows.num_rows == 0:
            return
        stamped = rows.append_column("known_at", pa.repeat(pa.scalar(self.known_at, UTC_TIME), rows.num_rows)).select(KEPT.names)
        ends = pc.min_max(stamped["day"]).as_py()
        self._adds += [(add, source, ends["min"], ends["max"]) for add in self._observation.write(stamped)]

    def _note(self, source: str, buffer: Buffer, arrived: pa.Table, rejects: pa.Table) -> None:
        """Remember what was read and what was turned away, to be committed with the rest."""
        days = arrived.group_by("origin").aggregate([("day", "min"), ("day", "max")])
        spans = {o: (a, b) for o, a, b in zip(*(days[c].to_pylist() for c in ("origin", "day_min", "day_max")), strict=True)}
        rows: dict[str, int] = {}
        for a in buffer.answers:
            rows[a.origin] = rows.get(a.origin, 0) + a.observations.num_rows
        digests = {a.origin: a.digest for a in buffer.answers}
        read = [(source, o, digests[o], n, *spans.get(o, (None, None)), self.known_at) for o, n in rows.items()]
        self._read.append(
            pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(zip(*read, strict=True), INPUT, strict=True)], schema=INPUT)
        )
        told = [a.rejects.num_rows for a in buffer.answers]
        theirs = pa.Table.from_batches([a.rejects for a in buffer.answers], schema=REJECT)
        theirs = theirs.add_column(0, "origin", pa.array(np.repeat([a.origin for a in buffer.answers], told), pa.string()))
        both = pa.concat_tables([theirs, rejects])
        both = both.add_column(0, "source", pa.repeat(source, both.num_rows))
        self._rejects.append(both.append_column("known_at", pa.repeat(pa.scalar(self.known_at, UTC_TIME), both.num_rows)).cast(QUARANTINE))


def _with_origin(buffer: Buffer) -> pa.Table:
    rows = pa.Table.from_batches([a.observations for a in buffer.answers], schema=OBSERVATION)
    counts = [a.observations.num_rows for a in buffer.answers]
    which = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    origin = pa.DictionaryArray.from_arrays(pa.array(which), pa.array([a.origin for a in buffer.answers], pa.string()))
    return rows.append_column("origin", origin.cast(pa.string()))


def _span(arrived: pa.Table, former: list[Former]) -> tuple[date, date] | None:
    """The days that arrived rows and what their origins said before lie in; None where there are neither."""
    ends = pc.min_max(arrived["day"]).as_py()
    first = [d for d in (ends["min"], *(f.first for f in former)) if d is not None]
    last = [d for d in (ends["max"], *(f.last for f in former)) if d is not None]
    return (min(first), max(last)) if first and last else None


def strictly_after(moment: datetime, former: datetime | None) -> datetime:
    """The moment itself, or just after the former one where the clock stands still or went back."""
    return moment if former is None or moment > former else former + timedelta(microseconds=1)
