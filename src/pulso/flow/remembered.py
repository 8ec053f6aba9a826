"""What events did, kept between runs: measuring it takes seconds, and whoever asks for a page has none.

A cache beside the city's lake: whoever deletes its file loses nothing but the answer until the next run.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import TypeAdapter

from pulso.city import Span
from pulso.flow.effects import Published, behind_a_pilot, published, told_now
from pulso.flow.home import River
from pulso.flow.panels import PILOT
from pulso.flow.publish import RECIPE
from pulso.show.effects import EventEffects

log = logging.getLogger("pulso.effects")
Ints = NDArray[np.int64]
UNIX_EPOCH = date(1970, 1, 1).toordinal()
FORMAT = 1
"""Of the file: one that was made by another is made anew."""
TABLES = """
create table told (event text primary key, basis text, first integer, last integer, kind text, size real, effects text) without rowid;
create index by_last on told (last, first);
create index by_size on told (size);
"""
MOST = 300
"""So many events are measured in one run at most, the newest first; the next run goes on."""
FORM = TypeAdapter(EventEffects)


def where(river: River) -> Path:
    """The file: beside the city's lake."""
    return river.home.folder(river.city) / "effects.sqlite3"


def keep(river: River, *, most: int = MOST) -> int:
    """Measure the events whose answer is not known, or may have changed, the newest first, and keep it; say how many those were.

    An answer rests on what is published up to the event's last day, on the other events until then, and on the code. Of pilots none is
    kept: their evaluation tells of them.
    """
    known, path = river.lake.events(), where(river)
    wanted = {identity(e): (e, basis) for e, basis in zip(known, _bases(river, known), strict=True) if basis}
    there = dict(_asked(path, "select event, basis from told"))
    todo = [(key, e, basis) for key, (e, basis) in wanted.items() if there.get(key) != basis]
    todo = sorted(todo, key=lambda t: t[1].last, reverse=True)[:most]
    told = _told(river, (e for _, e, _ in todo), known)
    rows = [
        (key, basis, e.first.toordinal(), e.last.toordinal(), e.kind, size(found), FORM.dump_json(found).decode())
        for (key, e, basis), found in zip(todo, told, strict=True)
    ]
    with _opened(path) as db:  # only now: another run may write meanwhile, and it is the same that it would write
        db.executemany("delete from told where event = ?", [(gone,) for gone in there.keys() - wanted.keys()])
        db.executemany("insert or replace into told values (?, ?, ?, ?, ?, ?, ?)", rows)
    return len(todo)


def kept(path: Path, first: date, last: date, kind: str | None = None, since: date | None = None, most: int = -1) -> list[EventEffects]:
    """What was kept of the events that touch these days, both included, in order of their first day; nothing where nothing was kept.

    Of one kind (None: all), of those that begin on a day or later (`since`), and so many at most (-1: all).
    """
    question = """select effects from told where last >= ? and first <= ? and (? is null or kind = ?) and first >= ?
        order by first, event limit ?"""
    rows = _asked(path, question, first.toordinal(), last.toordinal(), kind, kind, 0 if since is None else since.toordinal(), most)
    return [FORM.validate_json(text) for (text,) in rows]


def largest(path: Path, kind: str | None, most: int) -> tuple[list[EventEffects], int]:
    """So many of what was kept of one kind of event (None: all), the largest effect on the index first; and how many there are.

    Those that may be chance come after those that are more; those of which nothing can be told come last, the latest first.
    """
    some = "where ? is null or kind = ?"
    question = f"select effects, count(*) over () from told {some} order by size is null, size < 0, abs(size) desc, last desc limit ?"  # noqa: S608
    rows = _asked(path, question, kind, kind, most)
    return [FORM.validate_json(text) for text, _ in rows], rows[0][1] if rows else 0


def size(found: EventEffects) -> float | None:
    """How large an effect on the index is, in logarithms; below 0 where it may be chance, None where it can't be told."""
    change, sure = found.headline.change, found.headline.verdict != "cannot tell"
    if change is None:
        return None
    far = abs(float(np.log1p(change)))
    return far if sure else -far


def _asked(path: Path, question: str, *values: Any) -> list[Any]:
    """Rows of a question; none where nothing was kept, another version kept it, or the file is damaged: the next run makes it anew."""
    if not path.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)) as db:
            if db.execute("pragma user_version").fetchone()[0] != FORMAT:
                return []
            return db.execute(question, values).fetchall()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        log.exception("%s is damaged; it is made anew", path)
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        return []


def identity(event: Span) -> str:
    """What makes an event itself: its name, kind, place and days."""
    return hashlib.sha256(f"{event.name}\0{event.kind}\0{event.zone}\0{event.first}\0{event.last}".encode()).hexdigest()


def _told(river: River, some: Iterable[Span], known: Sequence[Span]) -> Iterator[EventEffects]:
    """What each of these events did; the series of a place are read once."""
    read: dict[str | None, Published] = {}
    for event in some:
        if event.zone not in read and (found := published(river, event.zone)) is not None:
            read[event.zone] = found
        yield told_now(river, event, read[event.zone], known)


def _bases(river: River, known: Sequence[Span]) -> Iterator[str]:
    """What the answer to each event, in order of their first day, rests on: a digest; empty for pilots, and where no day is published."""
    rows = river.lake.published(None, None, None, ["zone", "day", "vintage"]).sort_by("day")
    so_far = hashlib.sha256(f"{version('pulso')} {RECIPE} {river.city.digest}".encode())
    places: dict[str | None, tuple[Ints, Ints]] = {}
    pilots = [e for e in known if e.kind == PILOT]
    for event in known:
        if event.kind == PILOT:
            yield ""
            continue
        so_far.update(identity(event).encode())
        if event.zone not in places:
            mine = rows.filter(pc.is_null(rows["zone"]) if event.zone is None else pc.equal(rows["zone"], event.zone))
            moments = pc.cast(mine["vintage"], pa.int64()).to_numpy()
            places[event.zone] = (
                mine["day"].cast(pa.int32()).to_numpy() + UNIX_EPOCH,
                np.maximum.accumulate(moments) if len(moments) else moments,
            )
        days, newest = places[event.zone]
        there = len(days) and event.first.toordinal() <= days[-1] and event.last.toordinal() >= days[0]
        until = int(np.searchsorted(days, event.last.toordinal(), side="right")) - 1
        if there:
            over, last = event.last.toordinal() <= days[-1], date.fromordinal(int(days[-1]))
            behind = bool(pilots) and behind_a_pilot(event, pilots, river.zones.around(event.zone), last)
            yield f"{so_far.hexdigest()} {newest[until]} {over}{' behind a pilot' * behind}"
        else:
            yield ""


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file to be written, in one transaction; made anew where another version made it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute("begin immediate")
        if db.execute("pragma user_version").fetchone()[0] != FORMAT:
            db.execute("drop table if exists told")
            for statement in filter(str.strip, TABLES.split(";")):
                db.execute(statement)
            db.execute(f"pragma user_version = {FORMAT}")
        yield db
        db.execute("commit")
