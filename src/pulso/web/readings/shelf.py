"""A city's publications laid out for quick reading: a file beside the lake that is brought up to date from it, and may be deleted."""

from __future__ import annotations

import json
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulso.shapes import Verdict
from pulso.web.readings.counted import looked

if TYPE_CHECKING:
    from pulso.lake import Lake

log = logging.getLogger("pulso.readings")
EPOCH = datetime.fromtimestamp(0, UTC)
FORMAT = 6
"""Of the file: one that was made by another is made anew."""
FOREVER = 2**62
"""Until when a publication stands that no other has replaced, in microseconds since 1970."""

TABLES = """
create table head (zone text, day integer, vintage integer, until integer, status text, number real, low real, high real, usual_low real,
    usual_high real, level real, seen real, stage text, calm real, primary key (until, zone, day, vintage)) without rowid;
create index by_zone on head (zone, day, vintage);
create index by_day on head (day, zone, vintage);
create index by_vintage on head (vintage, day);
create table within (zone text, day integer, vintage integer, domains text, metrics text, primary key (zone, day, vintage)) without rowid;
create table number (metric text, zone text, day integer, vintage integer, number real, calm real,
    primary key (metric, zone, day, vintage))
    without rowid;
create table said (zone text, day integer, vintage integer, verdict blob, primary key (zone, day, vintage)) without rowid;
create table taken (edition text);
"""
"""A publication stands from its vintage until the next of the same zone and day. What stands now lies together, by zone and day; most
questions are about many headlines, or one metric's numbers, so these are narrow, and what a verdict says within lies apart. `calm` is the
number without the day's weather, or the number where a verdict doesn't say."""

KEEP = "insert or ignore into {} values (?{})"
REPLACE = """update head set until = (select min(n.vintage) from head n where n.zone = head.zone and n.day = head.day
    and n.vintage > head.vintage) where until = :forever and (zone, day) in (select zone, day from head where vintage > :last)
    and vintage < (select max(n.vintage) from head n where n.zone = head.zone and n.day = head.day)"""
HEAD = "h.zone, h.day, h.vintage, h.status, h.number, h.low, h.high, h.usual_low, h.usual_high, h.level, h.seen, h.stage"
BRIEF = f"{HEAD}, w.domains, w.metrics"
WITHIN = "cross join within w on w.zone = h.zone and w.day = h.day and w.vintage = h.vintage"
NUMBER = "left join number n on n.metric = :metric and n.zone = h.zone and n.day = h.day and n.vintage = h.vintage"
SAID = "cross join said s on s.zone = h.zone and s.day = h.day and s.vintage = h.vintage"
OF_THESE = """select {what} from head h {beside} where {stands} and h.zone in (select value from json_each(:zones))
    and h.day between :first and :last order by h.zone, h.day"""
OF_A_DAY = "select h.zone, s.verdict from head h indexed by by_day {beside} where h.day = :day and {stands} order by h.zone"
OF_PAIRS = """select s.verdict from json_each(:pairs) p cross join head h
    on h.until = :at and h.zone = json_extract(p.value, '$[0]') and h.day = json_extract(p.value, '$[1]') {beside} order by h.zone, h.day"""
END = "select day from head where zone = '' and vintage <= :at order by day {way} limit 1"
ENDS = f"select ({END.format(way='asc')}), ({END.format(way='desc')})"
"""Two ends of an index: min and max would walk through all of it for the sake of the vintage."""
EVERY_VINTAGE = "select {what} from head h indexed by by_zone {beside} where h.zone = :zone and h.day = :day order by h.vintage"


@dataclass(frozen=True, slots=True)
class Part:
    """One domain's number on a day."""

    domain: str
    index: float | None


@dataclass(frozen=True, slots=True)
class Brief:
    """A verdict without its reasons: what lines and maps are drawn of. The names are those of `Verdict`."""

    zone: str | None
    day: date
    status: str
    index: float | None
    interval: tuple[float, float] | None
    normal_range: tuple[float, float] | None
    level_index: float | None
    weight_seen: float
    stage: str
    vintage: datetime
    domains: tuple[Part, ...]
    metrics: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Point:
    """What long lines and maps of many days are drawn of: one number a zone and day, of the index or of a metric. There are thousands."""

    zone: str | None
    day: date
    status: str  # of the headline
    index: float | None  # 100 is the expected day; null where there is no number
    interval: tuple[float, float] | None  # of the headline: null for a metric
    normal_range: tuple[float, float] | None  # the same


class Shelf:
    """One city's publications. Made and asked by any number of processes at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._edition: str | None = None

    def bring_up_to_date(self, lake: Lake) -> None:
        """Take over what was published since; costs a look at a folder where nothing was.

        The edition that was taken over stands on the shelf too: a process that begins must not read verdicts to learn that it has them all.
        """
        edition = str(lake.publication.head())
        if edition == self._edition and self.path.is_file():
            return
        with closing(self._ready()) as db, db:
            if db.execute("select edition from taken").fetchone() != (edition,):
                db.execute("begin immediate")
                _take_over(db, lake)
                db.execute("delete from taken")
                db.execute("insert into taken values (?)", (edition,))
        self._edition = edition

    def verdicts(self, day: date, zones: Sequence[str | None] | None = None, as_of: datetime | None = None) -> dict[str | None, Verdict]:
        """What is published of a day, by zone (None: the city), or was at a moment; zones of which nothing is are absent."""
        return {zone: Verdict.model_validate_json(text) for zone, text in self.texts(day, as_of).items() if zones is None or zone in zones}

    def texts(self, day: date, as_of: datetime | None = None) -> dict[str | None, str]:
        """The same, as it was published, byte for byte."""
        rows = self.ask(OF_A_DAY.format(beside=SAID, stands=stands(as_of)), day=day.toordinal(), at=micros(as_of))
        return {zone or None: zlib.decompress(text).decode() for zone, text in rows}

    def briefs(
        self, zones: Sequence[str | None], first: date | None = None, last: date | None = None, as_of: datetime | None = None
    ) -> list[Brief]:
        """What is published of these zones and days (both included; None: no bound), in order of zone and day."""
        return [brief(*row) for row in self._of_these(BRIEF, WITHIN, zones, first, last, as_of)]

    def points(
        self, zones: Sequence[str | None], first: date, last: date, metric: str | None = None, as_of: datetime | None = None
    ) -> list[Point]:
        """The index of these zones and days, or one metric's, in order of zone and day: for lines of many years."""
        if metric is None:
            what = "h.zone, h.day, h.status, h.number, h.low, h.high, h.usual_low, h.usual_high"
            return [_point(*row) for row in self._of_these(what, "", zones, first, last, as_of)]
        rows = self._of_these("h.zone, h.day, h.status, n.number", NUMBER, zones, first, last, as_of, metric)
        return [Point(zone or None, date.fromordinal(day), status, index, None, None) for zone, day, status, index in rows]

    def whole(self, zones: Sequence[str | None], first: date, last: date, as_of: datetime | None = None) -> list[Verdict]:
        """These zones' verdicts with all their reasons, in order of zone and day: for few zones and days."""
        rows = self._of_these("s.verdict", SAID, zones, first, last, as_of)
        return [Verdict.model_validate_json(zlib.decompress(text)) for (text,) in rows]

    def some(self, pairs: Iterable[tuple[str | None, date]]) -> list[Verdict]:
        """What is published of each of these zones and days, with all its reasons, in order of zone and day."""
        wanted = json.dumps([(zone or "", day.toordinal()) for zone, day in pairs])
        rows = self.ask(OF_PAIRS.format(beside=SAID), pairs=wanted, at=FOREVER)
        return [Verdict.model_validate_json(zlib.decompress(text)) for (text,) in rows]

    def days(self, as_of: datetime | None = None) -> tuple[date, date] | None:
        """The first and last day of which the city has a publication; None where there is none."""
        low, high = self.ask(ENDS, at=micros(as_of))[0]
        return None if low is None else (date.fromordinal(low), date.fromordinal(high))

    def last_vintage(self) -> datetime | None:
        """When the newest of all publications was made; None where there is none."""
        (last,) = self.ask("select max(vintage) from head")[0]
        return None if last is None else moment(last)

    def vintages(self, day: date, zone: str | None = None) -> list[Brief]:
        """Every publication of a zone's day, the earliest first."""
        question = EVERY_VINTAGE.format(what=BRIEF, beside=WITHIN)
        return [brief(*row) for row in self.ask(question, zone=zone or "", day=day.toordinal())]

    def ask(self, question: str, **values: Any) -> list[Any]:
        """Put a question in SQL to it: one read."""
        looked()
        with closing(self._open("rw")) as db, self._believed():
            return db.execute(question, values).fetchall()

    def _of_these(
        self,
        what: str,
        beside: str,
        zones: Sequence[str | None],
        first: date | None,
        last: date | None,
        as_of: datetime | None,
        metric: str = "",
    ) -> list[Any]:
        return self.ask(
            OF_THESE.format(what=what, beside=beside, stands=stands(as_of)),
            zones=named(zones),
            first=(first or date.min).toordinal(),
            last=(last or date.max).toordinal(),
            at=micros(as_of),
            metric=metric,
        )

    def _ready(self) -> sqlite3.Connection:
        """Open it to be filled: made where it isn't there, or is another version's, or damaged."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = self._open("rwc")
        try:
            with self._believed():
                if db.execute("pragma user_version").fetchone()[0] != FORMAT:
                    _make(db)
            return db
        except sqlite3.DatabaseError:
            db.close()
            if self.path.is_file():  # locked, or the disk is full: it is no worse for that
                raise
            return self._ready()

    def _open(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None)

    @contextmanager
    def _believed(self) -> Iterator[None]:
        """Throw a damaged file away: whoever asks next makes it anew from the lake."""
        try:
            yield
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            log.exception("%s is damaged; it is made anew", self.path)
            for end in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
            raise


def _take_over(db: sqlite3.Connection, lake: Lake) -> None:
    """Put in what was published since the newest that is there."""
    last = db.execute("select max(vintage) from head").fetchone()[0]
    for rows in lake.publications(None if last is None else moment(last)):
        for row in rows.to_batches(max_chunksize=1_000):
            texts = [v.as_py() for v in row["verdict"]]
            said = [(_key(v), v, zlib.compress(t.encode(), 1)) for t in texts for v in [json.loads(t)]]
            db.executemany(KEEP.format("head", ", ?" * 13), [(*k, FOREVER, *_head(v)) for k, v, _ in said])
            db.executemany(KEEP.format("within", ", ?" * 4), [(*k, *_within(v)) for k, v, _ in said])
            numbers = [(m["metric"], *k, m["index"], _calm(m)) for k, v, _ in said for m in v["metrics"]]
            db.executemany(KEEP.format("number", ", ?" * 5), numbers)
            db.executemany(KEEP.format("said", ", ?" * 3), [(*k, z) for k, _, z in said])
    db.execute(REPLACE, {"last": -1 if last is None else last, "forever": FOREVER})


def _make(db: sqlite3.Connection) -> None:
    """Make the tables, or make them anew where another version of the code did."""
    db.execute("pragma journal_mode = wal")
    db.execute("begin immediate")
    if db.execute("pragma user_version").fetchone()[0] != FORMAT:  # nobody was quicker
        for (name,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
            db.execute(f'drop table "{name}"')
        for statement in filter(str.strip, TABLES.split(";")):
            db.execute(statement)
        db.execute(f"pragma user_version = {FORMAT}")
    db.execute("commit")


def _key(said: dict[str, Any]) -> tuple[str, int, int]:
    return said["zone"] or "", date.fromisoformat(said["day"]).toordinal(), micros(datetime.fromisoformat(said["vintage"]))


def _head(said: dict[str, Any]) -> tuple[Any, ...]:
    pairs = [end for pair in ("interval", "normal_range") for end in said[pair] or (None, None)]
    return said["status"], said["index"], *pairs, said["level_index"], said["weight_seen"], said["stage"], _calm(said)


def _calm(said: dict[str, Any]) -> float | None:
    """The number without the day's weather; a verdict that was published before that was said, or has no weather, has its number."""
    calm: float | None = said.get("without_weather")
    return said["index"] if calm is None else calm


def _within(said: dict[str, Any]) -> tuple[str, str]:
    kept = [[d["domain"], d["index"]] for d in said["domains"]], {m["metric"]: m["index"] for m in said["metrics"]}
    domains, metrics = (json.dumps(part, separators=(",", ":")) for part in kept)
    return domains, metrics


def brief(zone: str, day: int, vintage: int, *head: Any) -> Brief:
    """A row of HEAD or BRIEF as what it is."""
    status, index, low, high, usual_low, usual_high, level, seen, stage, *within = head
    domains, metrics = map(json.loads, within) if within else ((), {})
    return Brief(
        zone=zone or None,
        day=date.fromordinal(day),
        status=status,
        index=index,
        interval=_pair(low, high),
        normal_range=_pair(usual_low, usual_high),
        level_index=level,
        weight_seen=seen,
        stage=stage,
        vintage=moment(vintage),
        domains=tuple(Part(*d) for d in domains),
        metrics=metrics,
    )


def _point(zone: str, day: int, status: str, index: float | None, *ends: float | None) -> Point:
    low, high, usual_low, usual_high = (None,) * 4 if index is None else ends
    return Point(zone or None, date.fromordinal(day), status, index, _pair(low, high), _pair(usual_low, usual_high))


def _pair(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)


def stands(as_of: datetime | None) -> str:
    """What holds for the publications `h` that stand now, or stood at a moment, which is `:at`."""
    return "h.until = :at" if as_of is None else "h.vintage <= :at and h.until > :at"


def named(zones: Sequence[str | None]) -> str:
    """Zones as a question takes them: the city is ""."""
    return json.dumps([z or "" for z in zones])


def micros(moment: datetime | None) -> int:
    """A moment as a question takes it: microseconds since 1970; FOREVER for None."""
    return FOREVER if moment is None else (moment - EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """The moment that these microseconds since 1970 are."""
    return EPOCH + timedelta(microseconds=micros)
