"""Revision statistics: how far what was published moved afterwards, by the stage it was published in."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pulso.core.revise import Moved, to_last, to_next
from pulso.flow.home import River
from pulso.flow.reading import zone_id
from pulso.show.methods import Revision

STAGES = ("flash", "provisional", "revised", "final", "backfill", "benchmark")


def revisions(river: River, zone: str | None = None) -> list[Revision]:
    """Compare every publication with the next one of its zone and day, and with the last.

    For the city and for all its zones together; or for one zone. Empty where nothing is published. CityFileError for an unknown
    zone.
    """
    rows = river.lake.vintages(["stage", "index"])
    if zone is not None:
        at = zone_id(river, zone)
        return list(_told(str(at), rows.filter(pc.fill_null(pc.equal(rows["zone"], at), False))))
    city = pc.is_null(rows["zone"])
    return [*_told("city", rows.filter(city)), *_told("zones", rows.filter(pc.invert(city)))]


def _told(where: str, rows: pa.Table) -> Iterator[Revision]:
    """Every step of these rows, which stand in order of zone, day and vintage."""
    if rows.num_rows == 0:
        return
    zone, day = (rows[c].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy() for c in ("zone", "day"))
    series = np.cumsum(np.append(0, (np.diff(zone) != 0) | (np.diff(day) != 0)))
    stage = pc.index_in(rows["stage"], pa.array(STAGES)).to_numpy().astype(np.int64)
    index = rows["index"].to_numpy().astype(float)
    for (a, b), step in to_next(series, stage, index).items():
        yield _line(where, STAGES[a], STAGES[b], step)
    for a, whole in to_last(series, stage, index).items():
        yield _line(where, STAGES[a], "last", whole)


def _line(where: str, stage: str, to: str, m: Moved) -> Revision:
    mean, absolute, largest = (None if math.isnan(x) else x for x in (m.mean, m.absolute, m.largest))
    return Revision(where, stage, to, m.pairs, m.changed, mean, absolute, largest, m.gained, m.lost)
