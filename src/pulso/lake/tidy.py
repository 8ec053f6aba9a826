"""Upkeep: many small files become few, in order, so that the day after seven years costs what the first one did."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from pulso.lake.delta import ROWS_A_FILE, File, Table

SCATTERED = 40
"""So many small files may lie about before they are merged: about six weeks of daily runs."""
SMALL = 100_000

ORDERS: dict[str, tuple[str, ...]] = {
    "observation": ("source", "day", "metric", "sensor", "start", "revision"),
    "quarantine": ("source", "origin", "known_at", "sensor", "reason"),
    "input": ("source", "origin", "known_at"),
    "sensor_hour": ("source", "metric", "day", "sensor", "hour"),
    "flag": ("sensor", "known_at"),
    "event": ("first", "name", "known_at"),
    "entry": ("id", "known_at", "active"),
    "published": ("zone", "day", "vintage"),
    "touched": ("known_at",),
}
"""How each table lies on the disk."""


def if_scattered(tables: Sequence[Table]) -> None:
    """Merge the small files of each table that has gathered too many; the large ones stay as they are."""
    for table in tables:
        small = [f for f in table.files() if f.rows < SMALL]
        if len(small) >= SCATTERED:
            _rewrite(table, small)


def merge(table: Table, db: duckdb.DuckDBPyConnection) -> None:
    """Merge small files, and sort those again whose spans of source and day overlap."""
    files = table.files()
    if table.path.name != "observation":
        if len(files) > 1:
            _rewrite(table, files)
        return
    for group in _overlapping(files):
        _sort_again(table, group, db)


def _rewrite(table: Table, files: Sequence[File]) -> None:
    rows = pa.concat_tables([table.read_file(f) for f in files])
    rows = rows.sort_by([(c, "ascending") for c in ORDERS[table.path.name]])
    table.commit(table.write(rows), list(files))


def _sort_again(table: Table, files: Sequence[File], db: duckdb.DuckDBPyConnection) -> None:
    """Sort files that overlap, however many: the engine spills to the disk what memory does not hold."""
    order = ", ".join(ORDERS["observation"])
    rows = db.sql(
        f"select * from read_parquet($files) order by {order}",  # noqa: S608
        params={"files": [str(f.path) for f in files]},
    ).to_arrow_reader(ROWS_A_FILE)
    adds = []
    for batch in rows or ():
        adds += table.write(pa.Table.from_batches([batch]).cast(table.schema))
    table.commit(adds, list(files))


def _overlapping(files: Sequence[File]) -> list[list[File]]:
    """Chains of files worth writing anew: neighbours that share more than an edge of days, or are small."""
    groups: list[list[File]] = []
    chain: list[File] = []
    reach = None
    for f in sorted(files, key=lambda f: (f.least["source"], f.least["day"], f.most["day"])):
        here = (f.least["source"], f.least["day"])
        joins = bool(chain) and reach is not None and (here < reach or sum(c.rows for c in chain) + f.rows <= ROWS_A_FILE)
        if not joins:
            groups.append(chain)
            chain, reach = [], None
        chain.append(f)
        end = (f.most["source"], f.most["day"])
        reach = end if reach is None else max(reach, end)
    groups.append(chain)
    return [g for g in groups if len(g) > 1]
