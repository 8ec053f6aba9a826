"""The lake of one city: what was seen, what was turned away, what was made of it, what was said about it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import DTypeLike

from pulso.city import City, SourceConf, Span
from pulso.errors import LakeBusy
from pulso.lake import hours, records, tidy
from pulso.lake.delta import Table, trouble
from pulso.lake.door import Door
from pulso.lake.records import Entered, Memory, Unjudged
from pulso.lake.run import INPUT, QUARANTINE, Former, Kept, Run, strictly_after
from pulso.lake.view import connect, database, latest, within
from pulso.shapes import KEPT, SENSOR_HOUR, UTC_TIME, Answer, Quantity, Recipe, Verdict
from pulso.zones import Zones

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend


LOCKS = RIVER, PEOPLE = "lock", "people.lock"
"""Two locks, so that nobody who enters an event waits for a collection: the tables that people write are theirs alone."""


def _now() -> datetime:
    return datetime.now(UTC)


def _quietly(source: str, day: date) -> None:
    """Tell nobody of progress."""


class Lake:
    """The tables of one city below a folder. Its life is that of its files; an object of it may be made and forgotten at will.

    Parameters
    ----------
    root
        The folder; made when something is first written.
    quantities
        By source and variable, what may pass the door: `pulso.metrics.quantities(city)`.
    clock
        Says when something is learned; in UTC.
    engine
        None for DuckDB in this process, or a Spark Connect server, `sc://host:port`.
    """

    def __init__(
        self,
        root: Path,
        city: City,
        zones: Zones,
        quantities: Mapping[tuple[str, str], Quantity],
        clock: Callable[[], datetime] = _now,
        engine: str | None = None,
    ) -> None:
        self.root, self.city, self.zones, self.quantities, self.clock, self.engine = root, city, zones, quantities, clock, engine
        self.observation = Table(root / "observation", KEPT)
        self.quarantine = Table(root / "quarantine", QUARANTINE)
        self.inputs = Table(root / "input", INPUT)
        self.hours = Table(root / "sensor_hour", SENSOR_HOUR)
        self.flag_table = Table(root / "flag", records.FLAG)
        self.event_table = Table(root / "event", records.EVENT)
        self.entry_table = Table(root / "entry", records.ENTERED)
        self.publication = Table(root / "published", records.PUBLISHED, records.VERDICTS_A_GROUP)
        self.touched = Table(root / "touched", records.TOUCHED)
        self._backend: BaseBackend | None = None

    # -- keep ----------------------------------------------------------------------------------------------------------------------

    @contextmanager
    def collecting(self) -> Iterator[Collection]:
        """Open a run: keep as many sources as there are within it; all becomes visible when it closes, in one commit a table.

        If the block raises, nothing of the run becomes visible. LakeError where another process is writing.
        """
        with alone(self.root):
            run = Run(self.observation, self.quarantine, self.inputs, database(self.root / "spill"), self.moment())
            yield Collection(self, run)
            run.commit()
            tidy.if_scattered([self.observation, self.quarantine, self.inputs])

    def keep(self, source: SourceConf, answers: Iterable[Answer]) -> Kept:
        """Take in one source's answers, as a run of its own."""
        with self.collecting() as run:
            return run.keep(source, answers)

    def digests(self, source: str) -> dict[str, str]:
        """Of each origin of a source, the digest of what the lake read last."""
        return {origin: former.digest for origin, former in self._former(source).items()}

    def moment(self) -> datetime:
        """Now, by the lake's clock, but always later than anything that it has learned before."""
        known = [f.most[column] for table, column in self._timed() for f in table.files()]
        return strictly_after(self.clock(), max(known, default=None))

    # -- read ----------------------------------------------------------------------------------------------------------------------

    def observations(
        self,
        source: str | None = None,
        metrics: Sequence[str] | None = None,
        days: tuple[date, date] | None = None,
        as_of: datetime | None = None,
    ) -> ir.Table:
        """The latest known observations, as an Ibis table of KEPT on the lake's engine.

        Parameters
        ----------
        source
            None for all.
        metrics
            Variables, as sources name what they see; None for all.
        days
            First and last local day, both included.
        as_of
            Only what was known then.
        """
        asked = {} if days is None else {"day": days}
        files = self.observation.files(**asked) if source is None else self.observation.files(source=(source, source), **asked)
        return within(latest(self.backend, files, as_of), source, metrics, days)

    def sensor_hours(self, metric: str, days: tuple[date, date] | None = None) -> pa.Table:
        """The sensor-hours of one metric, of shape SENSOR_HOUR."""
        return hours.read(self.hours, metric, days)

    def panel_arrays(self, metric: str, days: tuple[date, date], *, daily: bool = False, dtype: DTypeLike = np.float64) -> hours.Arrays:
        """One metric's sensor-hours of these local days, both included, as dense arrays; `daily` where it comes by the day."""
        return hours.arrays(hours.read(self.hours, metric, days, hours.DENSE), days, daily=daily, dtype=dtype)

    def sensors(self) -> list[str]:
        """Every sensor that an observation was kept of."""
        files = [str(f.path) for f in self.hours.files()]
        if not files:
            return []
        found = database(self.root / "spill").execute("select distinct sensor from read_parquet($1) order by sensor", [files]).fetchall()
        return [name for (name,) in found]

    def hours_span(self, metric: str) -> tuple[date, date] | None:
        """The first and last local day of which a metric has a sensor-hour; None where it has none."""
        return hours.span(self.hours, metric)

    def unjudged(self, by: str) -> Unjudged:
        """What was learned, of sensor-hours, flags and events, since all days were judged that it may bear on.

        `by` says what they are judged by: where that is not what all of them were judged by last, all of them are unjudged.
        """
        return records.unjudged(self.publication, [self.touched, self.flag_table, self.event_table, self.entry_table], by)

    def quarantine_rows(self, source: str | None = None) -> pa.Table:
        """What is turned away now: of each origin, the rows of what the lake read last; of shape QUARANTINE."""
        rows = self.quarantine.read(None, **({} if source is None else {"source": (source, source)}))
        latest_read = records.newest(self.inputs.read(["source", "origin", "known_at"]), ["source", "origin"])
        rows = rows.join(latest_read, ["source", "origin", "known_at"], join_type="left semi").select(QUARANTINE.names)
        return rows if source is None else rows.filter(pc.equal(rows["source"], source))

    def quarantine_counts(self, by: Sequence[str] = ("source", "reason")) -> list[dict[str, Any]]:
        """How many rows and cells are turned away now, by source and reason, or by `source, sensor, metric, kind, reason` in any choice."""
        counted = self.quarantine_rows().group_by(list(by)).aggregate([("n", "sum"), ("first", "min"), ("last", "max")])
        counted = counted.rename_columns([*by, "n", "first", "last"]).sort_by([(b, "ascending") for b in by])
        rows: list[dict[str, Any]] = counted.to_pylist()
        return rows

    def read_origins(self, source: str | None = None) -> pa.Table:
        """Every origin that the lake has read, as it read it last; of shape INPUT."""
        rows = self.inputs.read(None, **({} if source is None else {"source": (source, source)}))
        return records.newest(rows if source is None else rows.filter(pc.equal(rows["source"], source)), ["source", "origin"])

    # -- reduce --------------------------------------------------------------------------------------------------------------------

    def reduce(self, recipes: Sequence[Recipe], told: Callable[[str, date], None] = _quietly) -> hours.Reduced:
        """Bring the sensor-hours up to what is known: every touched day of every recipe, in one commit. `told` hears of progress."""
        with alone(self.root):
            note = partial(records.touch, self.touched, known_at=self.moment())
            with trouble("reduce", self.observation.path):
                done = hours.reduce(self.hours, self.observation, database(self.root / "spill"), self.backend, recipes, told, note)
            tidy.if_scattered([self.hours, self.touched])
            return done

    # -- people and the judge ------------------------------------------------------------------------------------------------------

    def flag(self, sensor: str, first: date, last: date | None, why: str, who: str, *, active: bool = True) -> None:
        """Exclude a sensor from these local days, both included, for a reason that all can read; `active=False` lifts it again."""
        if last is not None and last < first:
            raise ValueError(f"a flag must not end before it begins: {first} to {last}")
        with alone(self.root, PEOPLE):
            row = {"sensor": sensor, "first": first, "last": last, "why": why, "who": who, "active": active}
            records.raise_flag(self.flag_table, row, self.moment())

    def flags(self, as_of: datetime | None = None) -> list[dict[str, Any]]:
        """The flags in force: sensor, first, last, why, who, known_at."""
        rows = records.newest(self.flag_table.read(), ["sensor", "first", "last"], as_of=as_of)
        found: list[dict[str, Any]] = rows.filter(rows["active"]).drop_columns("active").to_pylist()
        return found

    def sync_events(self, spans: Iterable[Span]) -> int:
        """Bring the events to what the city file says, and say how many rows that took."""
        with alone(self.root):
            return records.sync_events(self.event_table, spans, self.moment())

    def events(self, as_of: datetime | None = None) -> tuple[Span, ...]:
        """The events known, of the city file and of the people who enter them, each once, in order of their first day."""
        entered = [e.span for e in records.entered(self.entry_table, as_of)]
        known = dict.fromkeys([*records.events(self.event_table, as_of), *entered])
        return tuple(sorted(known, key=lambda e: (e.first, e.name)))

    def enter(self, entry: str, span: Span | None, *, sign: str = "", who: str) -> None:
        """Keep an event that someone enters on the site, or changes under the same name; without a span, withdraw it.

        No collection takes it away: those of the city file lie in a table of their own.
        """
        with alone(self.root, PEOPLE):
            records.enter(self.entry_table, entry, span, self.moment(), sign=sign, who=who)

    def entered(self, as_of: datetime | None = None) -> list[Entered]:
        """The events that were entered on the site and not withdrawn, in order of their first day."""
        return records.entered(self.entry_table, as_of)

    def publish(
        self, verdicts: Sequence[Verdict], memories: Sequence[Memory] | None = None, judged: Mapping[str, int] | None = None
    ) -> int:
        """Append the verdicts whose content, vintage, stage and digest aside, differs from what is published; say how many those are.

        `memories` say what the judge remembers each by; `judged`, of `unjudged`, that they settle all that was learned until then.
        """
        with alone(self.root):
            added = records.publish(self.publication, verdicts, memories, judged)
            tidy.if_scattered([self.publication])
            return added

    def published(
        self,
        zones: Sequence[str | None] | None = None,
        days: tuple[date, date] | None = None,
        as_of: datetime | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """The latest publications, of shape PUBLISHED, by zone and day, or those of that time. The zone None is the city itself."""
        return records.published(self.publication, zones, days, as_of, columns)

    def vintages(self, columns: Sequence[str]) -> pa.Table:
        """Every publication there ever was, in order of zone, day and vintage; these three and some more columns of PUBLISHED."""
        return records.vintages(self.publication, columns)

    def publications(self, after: datetime | None = None) -> Iterator[pa.Table]:
        """What was published after a moment (all, for None), some at a time: zone, day, vintage and the verdict's text."""
        for file in self.publication.files(vintage=(after, None)):
            rows = self.publication.read_file(file, ["zone", "day", "vintage", "verdict"])
            yield rows if after is None else rows.filter(pc.greater(rows["vintage"], pa.scalar(after, UTC_TIME)))

    @property
    def edition(self) -> str:
        """Another text after every commit to what people are shown: publications, events, flags. Costs four looks at a folder."""
        return " ".join(str(table.head()) for table in (self.publication, self.event_table, self.entry_table, self.flag_table))

    # -- upkeep --------------------------------------------------------------------------------------------------------------------

    def tidy(self, keep: timedelta = timedelta(days=7)) -> None:
        """Merge small files, sort what lies out of order, and delete files that no commit of the last `keep` names."""
        with still(self.root):
            tidy.merge(self.observation, database(self.root / "spill"))
            for table in (self.quarantine, self.inputs, self.hours, *self._said, self.publication, self.touched):
                tidy.merge(table, database(self.root / "spill"))
            for table, _column in self._timed():
                table.sweep(keep)

    def forget_observations(self) -> None:
        """Begin `pulso rebuild`: observations, quarantine, what was read and sensor-hours go; publications, flags and events stay.

        The raw answers must be at hand: what they no longer say is gone for good.
        """
        with alone(self.root):
            for table in (self.inputs, self.hours, self.observation, self.quarantine):  # inputs first: killed between, all is read again
                table.commit([], removes=table.files())

    @property
    def backend(self) -> BaseBackend:
        """The engine's connection, opened when first needed."""
        if self._backend is None:
            self._backend = connect(self.engine, self.root / "spill")
        return self._backend

    def door(self, source: SourceConf) -> Door:
        """What decides on a source's observations."""
        return Door(source, self.city, self.zones, self.quantities)

    def _former(self, source: str) -> dict[str, Former]:
        rows = self.read_origins(source)
        columns = (rows[c].to_pylist() for c in ("origin", "digest", "first", "last"))
        return {o: Former(d, a, b) for o, d, a, b in zip(*columns, strict=True)}

    @property
    def _said(self) -> tuple[Table, ...]:
        """What people say."""
        return self.flag_table, self.event_table, self.entry_table

    def _timed(self) -> list[tuple[Table, str]]:
        tables = (self.observation, self.quarantine, self.inputs, *self._said, self.hours, self.touched)
        return [*((t, "known_at") for t in tables), (self.publication, "vintage")]


@contextmanager
def still(root: Path) -> Iterator[None]:
    """Hold a lake wholly still: neither the river nor people write. LakeBusy where one does."""
    with alone(root), alone(root, PEOPLE):
        yield


@contextmanager
def alone(root: Path, lock: str = RIVER) -> Iterator[None]:
    """Hold one of a lake's locks: one process writes at a time. The system frees it when the process ends, however it ends.

    LakeBusy where another process holds it.
    """
    with trouble("write below", root):
        root.mkdir(parents=True, exist_ok=True)
        handle = os.open(root / lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 40, 0).decode(errors="replace").strip() or "another process"
            raise LakeBusy(f"{holder} is writing to {root}; two at once would overwrite each other. Wait until it has finished.") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(handle)


class Collection:
    """An open run, for one source after the other."""

    def __init__(self, lake: Lake, run: Run) -> None:
        self._lake, self._run = lake, run
        self.known_at = run.known_at

    def keep(self, source: SourceConf, answers: Iterable[Answer]) -> Kept:
        """Take in one source's answers.

        An error of the source goes on to the caller, who may go on with the next source: what came before it is kept.
        """
        return self._run.keep(self._lake.door(source), self._lake._former(source.name), answers)
