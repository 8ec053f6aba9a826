"""The latest known: what readers see of the observation table, on either engine."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
from ibis import _

from pulso.errors import LakeError
from pulso.lake.delta import File
from pulso.shapes import KEPT

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

QUIET = "set enable_progress_bar = false"
"""Standard output belongs to whoever asked for JSON; progress is the flow's to tell."""

KEY = ("source", "sensor", "metric", "start")


def connect(engine: str | None, spill: Path) -> BaseBackend:
    """Open the engine: DuckDB in this process (None), or a Spark Connect server (`sc://host:port`).

    LakeError where the server can't be reached or its client is not installed.
    """
    if engine is None:
        backend = ibis.duckdb.connect(**_settings(spill))
        backend.con.execute(QUIET)
        return backend
    if not engine.startswith("sc://"):
        raise LakeError(f"the engine {engine!r} is not known; leave it out for DuckDB, or name a Spark Connect server as sc://host:port")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise LakeError(f"the engine {engine} needs the Spark Connect client: pip install 'pulso[spark]'") from None
    try:
        session = SparkSession.builder.remote(engine).getOrCreate()
        session.conf.set("spark.sql.session.timeZone", "UTC")
        return ibis.pyspark.connect(session)
    except Exception as why:  # the client raises its transport's own errors, of many families
        raise LakeError(f"the Spark Connect server {engine} does not answer: {why}") from why


def database(spill: Path) -> duckdb.DuckDBPyConnection:
    """A plain DuckDB connection for the lake's own housekeeping, with bounded memory."""
    db = duckdb.connect(config=_settings(spill))
    db.execute(QUIET)
    return db


def _settings(spill: Path) -> dict[str, Any]:
    """Bounded memory and disk, and nothing fetched: without extensions DuckDB's clock is UTC, the only one that we ask for."""
    return {
        "memory_limit": "1GB",
        "temp_directory": str(spill),
        "max_temp_directory_size": "20GB",
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def latest(engine: BaseBackend, files: Sequence[File], as_of: datetime | None = None, *, gone: bool = False) -> ir.Table:
    """The latest known rows of these files, as an Ibis table of KEPT.

    A file whose keys were never corrected costs a plain scan: the log says whether a file holds corrections (revision > 0), and only
    files that share days with one are matched against them.

    Parameters
    ----------
    engine
        What reads them.
    files
        Live files, pruned as far as the question allows.
    as_of
        Only what was known then; None for all that is known now.
    gone
        Whether tombstones come along, with a null value.
    """
    files = [f for f in files if as_of is None or f.least["known_at"] <= as_of]
    if not files:
        return ibis.memtable(KEPT.empty_table())
    corrections = [f for f in files if f.most["revision"] is None or f.most["revision"] > 0]
    touched = [f for f in files if any(_share_days(f, c) for c in corrections)]
    clean = [f for f in files if f not in touched]
    parts = []
    if clean:
        parts.append(_rows(engine, clean, as_of))
    if touched:
        rows = _rows(engine, touched, as_of)
        newer = _rows(engine, corrections, as_of).filter(_.revision > 0).group_by(list(KEY)).agg(newest=_.revision.max())
        matched = rows.left_join(newer, list(KEY))
        kept = matched.filter(matched.newest.isnull() | (matched.revision >= matched.newest))
        parts.append(kept.select(list(KEPT.names)))
    table = parts[0] if len(parts) == 1 else ibis.union(*parts)
    return table if gone or not corrections else table.filter(_.value.notnull())


def _rows(engine: BaseBackend, files: Sequence[File], as_of: datetime | None) -> ir.Table:
    table = _scan(engine, [str(f.path) for f in files]).select(list(KEPT.names))
    return table if as_of is None else table.filter(_.known_at <= ibis.literal(as_of))


def _scan(engine: BaseBackend, paths: list[str]) -> ir.Table:
    """The files as one table. Ibis takes only one path to Spark, so that there the session is asked itself."""
    if engine.name != "pyspark":
        return engine.read_parquet(paths)
    name = f"pulso_{uuid.uuid4().hex}"
    engine._session.read.parquet(*paths).createOrReplaceTempView(name)
    return engine.table(name)


def _share_days(one: File, other: File) -> bool:
    return bool(
        one.least["day"] <= other.most["day"]
        and other.least["day"] <= one.most["day"]
        and one.least["source"] <= other.most["source"]
        and other.least["source"] <= one.most["source"]
    )


def within(table: ir.Table, source: str | None, metrics: Sequence[str] | None, days: tuple[date, date] | None) -> ir.Table:
    """Only one source's rows, of these variables, of these local days, both included."""
    if source is not None:
        table = table.filter(_.source == source)
    if metrics is not None:
        table = table.filter(_.metric.isin(list(metrics)))
    if days is not None:
        table = table.filter(_.day.between(days[0], days[1]))
    return table
