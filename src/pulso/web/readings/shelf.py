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
FORMAT = 4
"""Of the file: one that was made by another is made anew."""

TABLES = """
create table said (zone text, day integer, vintage integer, verdict blob, primary key (zone, day, vintage)) without rowid;
create table short (zone text, day integer, vintage integer, brief text, head text, metrics text, primary key (zone, day, vintage))
    without rowid;
create table taken (edition text);
create index by_day on said (day, zone, vintage);
create index by_zone on short (zone, day, vintage);
create index by_vintage on short (vintage);
"""
A_DAY = """select s.zone, s.verdict from (select zone, max(vintage) vintage from said indexed by by_day where day = ?1 and vintage <= ?2
    group by zone) k cross join said s on s.zone = k.zone and s.day = ?1 and s.vintage = k.vintage order by s.zone"""
LATEST = """(select zone, day, max(vintage) vintage from short indexed by by_zone
    where zone in (select value from json_each(?)) and day between ? and ? and vintage <= ? group by zone, day)"""
"""The keys of what is published of some zones and days, or was at a moment: found in an index, without looking at what was said before."""
OF_THESE = """select {what} from {latest} k cross join {table} s
    on s.zone = k.zone and s.day = k.day and s.vintage = k.vintage order by s.zone, s.day"""
SOME_DAYS = OF_THESE.format(what="s.zone, s.day, s.vintage, s.brief", latest=LATEST, table="short")
WHOLE_DAYS = OF_THESE.format(what="s.verdict", latest=LATEST, table="said")
A_POINT = "s.zone, s.day, json_extract(head, '$.status'), "
POINTS_OF_INDEX = OF_THESE.format(
    what=f"""{A_POINT} json_extract(head, '$.index'), json_extract(head, '$.interval[0]'), json_extract(head, '$.interval[1]'),
        json_extract(head, '$.normal_range[0]'), json_extract(head, '$.normal_range[1]')""",
    latest=LATEST,
    table="short",
)
POINTS_OF_METRIC = OF_THESE.format(what=f"{A_POINT} json_extract(metrics, ?)", latest=LATEST, table="short")
SOME_WHOLE = """select s.zone, s.day, s.vintage, s.verdict from json_each(?) p cross join said s
    on s.zone = json_extract(p.value, '$[0]') and s.day = json_extract(p.value, '$[1]') and s.vintage =
    (select max(vintage) from said n where n.zone = s.zone and n.day = s.day) order by s.zone, s.day"""
END = "select day from short where zone = '' and vintage <= ? order by day {way} limit 1"
ENDS = f"select ({END.format(way='asc')}), ({END.format(way='desc')})"
"""Two ends of an index: min and max would walk through all of it for the sake of the vintage."""
EVERY_VINTAGE = "select zone, day, vintage, brief from short where zone = ? and day = ? order by vintage"


@dataclass(frozen=True, slots=True)
class Part:
    """One domain's number on a day."""

    domain: str
    index: float | None


@dataclass(frozen=True)
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
        rows = self._ask(A_DAY, day.toordinal(), _micros(as_of))
        return {zone or None: zlib.decompress(text).decode() for zone, text in rows}

    def briefs(
        self, zones: Sequence[str | None], first: date | None = None, last: date | None = None, as_of: datetime | None = None
    ) -> list[Brief]:
        """What is published of these zones and days (both included; None: no bound), in order of zone and day."""
        named = json.dumps([z or "" for z in zones])
        span = (first or date.min).toordinal(), (last or date.max).toordinal()
        return [_brief(*row) for row in self._ask(SOME_DAYS, named, *span, _micros(as_of))]

    def points(
        self, zones: Sequence[str | None], first: date, last: date, metric: str | None = None, as_of: datetime | None = None
    ) -> list[Point]:
        """The index of these zones and days, or one metric's, in order of zone and day: for lines of many years."""
        named = json.dumps([z or "" for z in zones])
        span = first.toordinal(), last.toordinal()
        if metric is None:
            return [_point(*row) for row in self._ask(POINTS_OF_INDEX, named, *span, _micros(as_of))]
        rows = self._ask(POINTS_OF_METRIC, f'$."{metric}"', named, *span, _micros(as_of))
        return [Point(zone or None, date.fromordinal(day), status, index, None, None) for zone, day, status, index in rows]

    def days(self, as_of: datetime | None = None) -> tuple[date, date] | None:
        """The first and last day of which the city has a publication; None where there is none."""
        low, high = self._ask(ENDS, *[_micros(as_of)] * 2)[0]
        return None if low is None else (date.fromordinal(low), date.fromordinal(high))

    def whole(self, zones: Sequence[str | None], first: date, last: date, as_of: datetime | None = None) -> list[Verdict]:
        """These zones' verdicts with all their reasons, in order of zone and day: for few zones and days."""
        named = json.dumps([z or "" for z in zones])
        rows = self._ask(WHOLE_DAYS, named, first.toordinal(), last.toordinal(), _micros(as_of))
        return [Verdict.model_validate_json(zlib.decompress(text)) for (text,) in rows]

    def some(self, pairs: Iterable[tuple[str | None, date]]) -> list[Verdict]:
        """What is published of each of these zones and days, with all its reasons, in order of zone and day."""
        named = json.dumps([(zone or "", day.toordinal()) for zone, day in pairs])
        return [Verdict.model_validate_json(zlib.decompress(text)) for *_, text in self._ask(SOME_WHOLE, named)]

    def last_vintage(self) -> datetime | None:
        """When the newest of all publications was made; None where there is none."""
        (last,) = self._ask("select max(vintage) from short")[0]
        return None if last is None else EPOCH + timedelta(microseconds=last)

    def vintages(self, day: date, zone: str | None = None) -> list[Brief]:
        """Every publication of a zone's day, the earliest first."""
        return [_brief(*row) for row in self._ask(EVERY_VINTAGE, zone or "", day.toordinal())]

    def _ask(self, question: str, *values: Any) -> list[Any]:
        looked()
        with closing(self._open("rw")) as db, self._believed():
            return db.execute(question, values).fetchall()

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
    last = db.execute("select max(vintage) from short").fetchone()[0]
    for rows in lake.publications(None if last is None else EPOCH + timedelta(microseconds=last)):
        for row in rows.to_batches(max_chunksize=1_000):
            texts = [v.as_py() for v in row["verdict"]]
            said = [(_key(v), short(v), zlib.compress(t.encode(), 1)) for t in texts for v in [json.loads(t)]]
            db.executemany("insert or ignore into short values (?, ?, ?, ?, ?, ?)", [(*k, *s) for k, s, _ in said])
            db.executemany("insert or ignore into said values (?, ?, ?, ?)", [(*k, z) for k, _, z in said])


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
    return said["zone"] or "", date.fromisoformat(said["day"]).toordinal(), _micros(datetime.fromisoformat(said["vintage"]))


def short(said: dict[str, Any]) -> tuple[str, str, str]:
    """What a `Brief` keeps of a verdict's text; the headline alone; the metrics alone: whoever wants thousands reads no more."""
    head = {k: said[k] for k in ("status", "index", "interval", "normal_range", "level_index", "weight_seen", "stage")}
    metrics = {m["metric"]: m["index"] for m in said["metrics"]}
    whole = head | {"domains": [[d["domain"], d["index"]] for d in said["domains"]], "metrics": metrics}
    brief, alone, apart = (json.dumps(part, separators=(",", ":")) for part in (whole, head, metrics))
    return brief, alone, apart


def _brief(zone: str, day: int, vintage: int, text: str) -> Brief:
    said = {"domains": (), "metrics": {}} | json.loads(text)
    said["domains"] = tuple(Part(*d) for d in said["domains"])
    for pair in ("interval", "normal_range"):
        said[pair] = said[pair] and tuple(said[pair])
    return Brief(zone=zone or None, day=date.fromordinal(day), vintage=EPOCH + timedelta(microseconds=vintage), **said)


def _point(zone: str, day: int, status: str, index: float | None, *ends: float | None) -> Point:
    low, high, usual_low, usual_high = (None,) * 4 if index is None else ends
    interval = None if low is None or high is None else (low, high)
    normal = None if usual_low is None or usual_high is None else (usual_low, usual_high)
    return Point(zone or None, date.fromordinal(day), status, index, interval, normal)


def _micros(moment: datetime | None) -> int:
    return 2**62 if moment is None else (moment - EPOCH) // timedelta(microseconds=1)
