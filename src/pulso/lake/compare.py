"""What is new: arrived rows against what the lake knew, so that only differences are appended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from pulso.lake.door import TURNED_AWAY
from pulso.shapes import KEPT

CHANGES = pa.schema([f for f in KEPT if f.name != "known_at"])
COLUMNS = ", ".join(f'"{c}"' for c in CHANGES.names if c != "source")

JUDGE = """
create or replace temp table judged as
with old as (
    select * from read_parquet($files)
    where source = $source and day between $first and $last
    qualify row_number() over (partition by metric, sensor, start order by revision desc) = 1
)
select coalesce(a.sensor, o.sensor) as sensor, coalesce(a.metric, o.metric) as metric,
       coalesce(a.zone, o.zone) as zone, coalesce(a.start, o.start) as start, coalesce(a."end", o."end") as "end",
       a.value, coalesce(a.day, o.day) as day, coalesce(a.hour, o.hour) as hour,
       coalesce(a.lon, o.lon) as lon, coalesce(a.lat, o.lat) as lat, coalesce(a.origin, o.origin) as origin,
       coalesce(o.revision + 1, 0)::smallint as revision,
       case when o.sensor is null then 'new'
            when a.sensor is null then 'gone'
            when o.value is null then 'new'
            when a.origin = o.origin and a.value = o.value and a."end" = o."end" then 'same'
            when a.origin = o.origin or o.origin in (select origin from refreshed) then 'changed'
            when a.value = o.value then 'duplicate'
            else 'conflict' end as fate
from arrived a full join old o on a.metric = o.metric and a.sensor = o.sensor and a.start = o.start
where a.sensor is not null
   or (o.value is not null and o.known_at < $known_at and o.origin in (select origin from refreshed))
"""
"""Each arrived row beside what was known of its key, and its fate."""

CHANGED = f"select {COLUMNS} from judged where fate in ('new', 'changed', 'gone') order by day, metric, sensor, start"  # noqa: S608

REJECTED = """
select origin, sensor, metric, 'bad' as kind, fate as reason, arg_min(value, start)::varchar as text, null::bigint as line,
       min(start) as first, max(start) as last, count(*) as n
from judged where fate in ('duplicate', 'conflict') group by all order by all
"""


class Changes(NamedTuple):
    """What a buffer of arrived rows means for the lake."""

    rows: pa.Table  # of CHANGES: new keys, corrections and tombstones, sorted as they came
    rejects: pa.Table  # of TURNED_AWAY: keys that another origin gave first
    same: int  # rows that the lake knew already
    changed: int
    gone: int


def compare(
    db: duckdb.DuckDBPyConnection,
    arrived: pa.Table,
    files: Sequence[Path],
    source: str,
    span: tuple[date, date],
    refreshed: Sequence[str],
    known_at: datetime,
) -> Changes:
    """Set arrived rows against the latest known ones.

    Parameters
    ----------
    db
        A connection to work on.
    arrived
        Of door.ARRIVED, each key once.
    files
        Where rows of these days may lie, this run's own files included.
    source
        Whose rows they all are.
    span
        The local days, both included, that arrived rows and the refreshed origins' former rows lie in.
    refreshed
        Origins whose content has arrived: what they said before this run, and no longer say, is gone.
    known_at
        Of this run: what it has written itself is not former.

    Notes
    -----
    A key belongs to the origin that gave it first. Another origin's row for it is turned away, unless the first origin came along and
    no longer gives it.
    """
    if not files:
        revision = pa.repeat(pa.scalar(0, pa.int16()), arrived.num_rows)
        return Changes(arrived.append_column("revision", revision).select(CHANGES.names), TURNED_AWAY.empty_table(), 0, 0, 0)
    db.register("arrived", arrived)
    db.register("refreshed", pa.table({"origin": pa.array(refreshed, pa.string())}))
    db.execute(
        JUDGE,
        {"files": [str(f) for f in files], "source": source, "first": span[0], "last": span[1], "known_at": known_at},
    )
    rows: pa.Table = db.sql(CHANGED).to_arrow_table()
    rejects: pa.Table = db.sql(REJECTED).to_arrow_table()
    fates = dict(db.execute("select fate, count(*) from judged group by fate").fetchall())
    db.execute("drop table judged")
    db.unregister("arrived")
    db.unregister("refreshed")
    rows = rows.add_column(0, "source", pa.repeat(source, rows.num_rows)).cast(CHANGES)
    return Changes(rows, rejects.cast(TURNED_AWAY), fates.get("same", 0), fates.get("changed", 0), fates.get("gone", 0))
