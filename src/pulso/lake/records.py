"""What people and the judge enter: flags, events and publications. All append-only: nothing said is ever unsaid, it is said again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pulso.city import Span
from pulso.lake.delta import Table
from pulso.shapes import UTC_TIME, Verdict

EPOCH = datetime.fromtimestamp(0, UTC)

FLAG = pa.schema(
    [
        ("sensor", pa.string()),
        ("first", pa.date32()),  # local days, both included
        ("last", pa.date32()),  # null: until further notice
        ("why", pa.string()),
        ("who", pa.string()),
        ("active", pa.bool_()),  # false: the same span, lifted again
        ("known_at", UTC_TIME),
    ]
)
"""A sensor that a person excludes, for all to see."""

EVENT = pa.schema(
    [
        ("first", pa.date32()),
        ("last", pa.date32()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("zone", pa.string()),
        ("link", pa.string()),
        ("silences", pa.string()),  # sources, by `; `; null for none
        ("sensors", pa.string()),  # single sensors that it silences, a list in JSON; null for none
        ("active", pa.bool_()),  # false: it was entered once, and no longer is
        ("known_at", UTC_TIME),
    ]
)

ENTERED = pa.schema(
    [
        ("id", pa.string()),  # of the entry; it stays when the entry is changed
        *(field for field in EVENT if field.name not in {"active", "known_at"}),
        ("sign", pa.string()),  # busier, quieter, or empty: what whoever entered it expects
        ("who", pa.string()),  # the organisation or role that entered it, never a person
        ("active", pa.bool_()),  # false: it was withdrawn, or read like this before it was changed
        ("known_at", UTC_TIME),
    ]
)
"""An event that was entered on the site: beside those of the city file, which no collection takes away."""

_SPAN = ["first", "last", "kind", "name", "zone", "link", "silences", "sensors"]

TOUCHED = pa.schema([("first", pa.date32()), ("known_at", UTC_TIME)])
"""The first local day whose sensor-hours a reduction made anew."""

PUBLISHED = pa.schema(
    [
        ("zone", pa.string()),  # null for the city as a whole
        ("day", pa.date32()),
        ("vintage", UTC_TIME),
        ("stage", pa.string()),
        ("status", pa.string()),
        ("index", pa.float64()),
        ("lo", pa.float64()),
        ("hi", pa.float64()),
        ("weight_seen", pa.float64()),
        ("digest", pa.string()),  # of what it was made by
        ("rest", pa.float64()),  # of ln(index / 100), what no driver explains; null in a refused day
        ("scores", pa.list_(pa.float64())),  # ln of each metric's index / 100, leaning on the parent zone, in the city file's order
        ("content", pa.string()),  # sha256 of the verdict without vintage, stage and digest, its numbers to ten digits
        ("verdict", pa.string()),  # the whole Verdict, as JSON; given back byte for byte
    ]
)


VERDICTS_A_GROUP = 1_000
"""A verdict's text is some kilobytes: whoever asks for a day should not have to read a history."""


def newest(rows: pa.Table, key: Sequence[str], time: str = "known_at", as_of: datetime | None = None) -> pa.Table:
    """Of each key, the row that was learned last, or last before `as_of`; in order of the key."""
    if as_of is not None:
        rows = rows.filter(pc.less_equal(rows[time], pa.scalar(as_of, rows.schema.field(time).type)))
    rows = rows.append_column("_at", pa.array(np.arange(rows.num_rows)))
    order = rows.sort_by([*((k, "ascending") for k in key), (time, "ascending"), ("_at", "ascending")])
    last = order.group_by(list(key), use_threads=False).aggregate([("_at", "last")])["_at_last"]
    return rows.take(last).drop_columns("_at")


def raise_flag(table: Table, row: dict[str, object], known_at: datetime) -> None:
    """Append one flag."""
    table.append(pa.Table.from_pylist([row | {"known_at": known_at}], schema=FLAG))


def sync_events(table: Table, spans: Iterable[Span], known_at: datetime) -> int:
    """Bring the events table to what the city file says now, and say how many rows that took."""
    key = _SPAN
    said = {tuple(_row_of(s)[k] for k in key) for s in spans}
    known = {tuple(r[k] for k in key) for r in newest(table.read(), key).to_pylist() if r["active"]}
    rows = [dict(zip(key, s, strict=True)) | {"active": True, "known_at": known_at} for s in said - known]
    rows += [dict(zip(key, s, strict=True)) | {"active": False, "known_at": known_at} for s in known - said]
    rows.sort(key=lambda r: str([r[k] for k in key]))
    table.append(pa.Table.from_pylist(rows, schema=EVENT))
    return len(rows)


def events(table: Table, as_of: datetime | None = None) -> list[Span]:
    """The events of the city file."""
    rows = newest(table.read(), _SPAN, as_of=as_of)
    return [_span_of(r) for r in rows.filter(rows["active"]).select(_SPAN).to_pylist()]


def _row_of(span: Span) -> dict[str, Any]:
    sensors = json.dumps(span.sensors, ensure_ascii=False) if span.sensors else None  # a source may name a sensor as it likes, `;` and all
    return span.model_dump() | {"silences": "; ".join(span.silences) or None, "sensors": sensors}


def _span_of(row: dict[str, Any]) -> Span:
    return Span.model_validate(row | {"silences": row["silences"] or (), "sensors": json.loads(row["sensors"] or "[]")})


class Entered(NamedTuple):
    """An event as it was entered on the site."""

    id: str
    span: Span
    sign: str  # busier, quieter, or empty
    who: str  # the organisation or role, never a person
    known_at: datetime


def enter(table: Table, entry: str, span: Span | None, known_at: datetime, *, sign: str = "", who: str = "") -> None:
    """Append an event, or change the one of that name; without a span, withdraw it.

    What it said before is said once more, as withdrawn: the days that it no longer touches are judged anew as well.
    """
    rows = _newest_entries(table).to_pylist()
    before = [r | {"active": False, "who": who, "known_at": known_at} for r in rows if r["id"] == entry and r["active"]]
    now: list[dict[str, Any]] = []
    if span is not None:
        now = [_row_of(span) | {"id": entry, "sign": sign, "who": who, "active": True, "known_at": known_at}]
    table.append(pa.Table.from_pylist([*before, *now], schema=ENTERED))


def entered(table: Table, as_of: datetime | None = None) -> list[Entered]:
    """The events that are entered and not withdrawn, in order of their first day."""
    rows = _newest_entries(table, as_of)
    rows = rows.filter(rows["active"]).sort_by([("first", "ascending"), ("name", "ascending"), ("id", "ascending")])
    said = rows.select(_SPAN).to_pylist()
    rest = rows.select(["id", "sign", "who", "known_at"]).to_pylist()
    return [Entered(r["id"], _span_of(s), r["sign"], r["who"], r["known_at"]) for s, r in zip(said, rest, strict=True)]


def _newest_entries(table: Table, as_of: datetime | None = None) -> pa.Table:
    """The last row of each entry; of the two of a change, which were learned at once, the one that holds now."""
    return newest(table.read().sort_by([("active", "ascending")]), ["id"], as_of=as_of)


class Memory(NamedTuple):
    """What the judge remembers a zone's day by; null where nothing is known."""

    rest: float | None
    scores: list[float | None]


NOTHING = Memory(None, [])


class Unjudged(NamedTuple):
    """What was learned since everything was judged."""

    first: date | None  # the first local day that it is about; null where nothing was learned
    judged: dict[str, int]  # the markers to publish with, once that day and all after it are judged


def touch(table: Table, first: date, *, known_at: datetime) -> None:
    """Note that sensor-hours are made anew, from this local day."""
    table.append(pa.Table.from_pylist([{"first": first, "known_at": known_at}], schema=TOUCHED))


def unjudged(published: Table, tables: Sequence[Table], by: str) -> Unjudged:
    """What tables with the columns `first` and `known_at` have learned since the publications' markers.

    Everything is unjudged where it was last judged by something else than `by`.
    """
    names = ["judged by", *(f"judged:{table.path.name}" for table in tables)]
    number = int(hashlib.sha256(by.encode()).hexdigest()[:15], 16)  # markers are numbers
    former, *learned = published.markers(names)
    days, judged = ([], {}) if former == number else ([date.min], {names[0]: number})
    for name, table, since in zip(names[1:], tables, learned, strict=True):
        after = EPOCH + timedelta(microseconds=-1 if since is None else since)
        rows = table.read(["first", "known_at"], known_at=(after + timedelta(microseconds=1), None))
        rows = rows.filter(pc.greater(rows["known_at"], pa.scalar(after, UTC_TIME)))
        if rows.num_rows:
            days.append(pc.min(rows["first"]).as_py())
            judged[name] = (pc.max(rows["known_at"]).as_py() - EPOCH) // timedelta(microseconds=1)
    return Unjudged(min(days, default=None), judged)


def publish(
    table: Table, verdicts: Sequence[Verdict], memories: Sequence[Memory] | None = None, judged: Mapping[str, int] | None = None
) -> int:
    """Append the verdicts whose content is new, and the markers of what they settle, in one commit; say how many are new.

    ValueError where a vintage is not later than one already published of the same zone and day.
    """
    if not verdicts:
        return 0
    days = (min(v.day for v in verdicts), max(v.day for v in verdicts))
    before = newest(table.read(["zone", "day", "vintage", "content"], day=days), ["zone", "day"], "vintage")
    known = {(r["zone"], r["day"]): (r["vintage"], r["content"]) for r in before.to_pylist()}
    rows = []
    pairs = zip(verdicts, memories or [NOTHING] * len(verdicts), strict=True)
    for verdict, memory in sorted(pairs, key=lambda pair: (pair[0].zone or "", pair[0].day)):
        vintage, content = known.get((verdict.zone, verdict.day), (None, None))
        row = _row(verdict, memory)
        if row["content"] == content:
            continue
        if vintage is not None and verdict.vintage <= vintage:
            raise ValueError(f"{verdict.zone}, {verdict.day}: the vintage {verdict.vintage} is not later than {vintage}")
        rows.append(row)
    table.commit(table.write(pa.Table.from_pylist(rows, schema=PUBLISHED)), markers=dict(judged or {}))
    return len(rows)


def _row(verdict: Verdict, memory: Memory) -> dict[str, object]:
    text = verdict.model_dump_json()
    content = {k: v for k, v in json.loads(text, parse_float=_known_digits).items() if k not in {"vintage", "stage", "digest"}}
    lo, hi = verdict.interval or (None, None)
    return {
        "zone": verdict.zone,
        "day": verdict.day,
        "vintage": verdict.vintage,
        "stage": verdict.stage,
        "status": verdict.status,
        "index": verdict.index,
        "lo": lo,
        "hi": hi,
        "weight_seen": verdict.weight_seen,
        "digest": verdict.digest,
        "rest": memory.rest,
        "scores": memory.scores,
        "content": hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        "verdict": text,
    }


def _known_digits(number: str) -> str:
    """A number as far as it is known: what the order of a sum does to its last digits is no news."""
    return f"{float(number):.10g}"


def published(
    table: Table,
    zones: Sequence[str | None] | None,
    days: tuple[date, date] | None,
    as_of: datetime | None,
    columns: Sequence[str] | None,
) -> pa.Table:
    """The latest publication of each zone and day, or the latest of that time."""
    wanted = None if columns is None else [*dict.fromkeys([*columns, "zone", "day", "vintage"])]
    rows = table.read(wanted, **({} if days is None else {"day": days}))
    if days is not None:
        rows = rows.filter(pc.and_(pc.greater_equal(rows["day"], days[0]), pc.less_equal(rows["day"], days[1])))
    if zones is not None:
        named = pc.is_in(rows["zone"], pa.array([z for z in zones if z is not None], pa.string()))
        rows = rows.filter(pc.or_(named, pc.is_null(rows["zone"])) if None in zones else pc.fill_null(named, False))
    return newest(rows, ["zone", "day"], "vintage", as_of)


def vintages(table: Table, columns: Sequence[str]) -> pa.Table:
    """Every publication, in order of zone, day and vintage."""
    key = ["zone", "day", "vintage"]
    return table.read([*dict.fromkeys([*key, *columns])]).sort_by([(k, "ascending") for k in key])
