"""Weeks and months, made of the days that were published: how they are put together, and from which days."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Literal

import numpy as np

from pulso.core.composite.aggregate import geometric
from pulso.web.readings.door import Reading
from pulso.web.readings.shelf import WITHIN, micros, moment, named, stands

Grain = Literal["week", "month"]
HALF = 0.5
"""The share of a period's days that must have an index for the period to have one."""
SOME = """select h.zone, h.day, h.vintage, h.status, h.stage, h.seen, {what} from head h {beside} where {stands}
    and h.zone in (select value from json_each(:zones)) and h.day between :first and :last order by h.day, h.zone"""


@dataclass(frozen=True)
class Period:
    """One number of a week or month. Of one of whose days nothing was published there is none."""

    zone: str | None
    first: date
    name: str | None  # of a metric or domain; None: the headline
    index: float | None  # geometric mean of its days' index; None where fewer than half of its days have one
    weight_seen: float  # mean over all its days, those without a publication as 0
    status: str  # published: every day is; refused: no number; else partial
    stage: str  # of the day that was published last
    vintage: datetime  # when that was
    days_seen: int  # its days that have an index
    days_expected: int  # all its days


def begin(day: date, grain: Grain) -> date:
    """The first day of the week (Monday, as ISO 8601 has it) or month that a day lies in."""
    return day - timedelta(days=day.weekday()) if grain == "week" else day.replace(day=1)


def length(first: date, grain: Grain) -> int:
    """How many days a period has."""
    return 7 if grain == "week" else monthrange(first.year, first.month)[1]


def periods(
    reading: Reading, zones: Sequence[str | None], names: Sequence[str | None], grain: Grain, first: date, last: date, as_of: datetime
) -> list[Period]:
    """The periods that begin from `first` to `last`, both first days of one: in order of period, zone and name; one read."""
    end = last + timedelta(days=length(last, grain) - 1)
    what, pick = _where(reading, names)
    found = reading.ask(
        SOME.format(what=what, beside=WITHIN if what.startswith("w.") else "", stands=stands(as_of)),
        zones=named(zones),
        first=first.toordinal(),
        last=end.toordinal(),
        at=micros(as_of),
    )
    told = [(begin(date.fromordinal(row[1]), grain), row[0], row) for row in found]
    told.sort(key=lambda t: t[:2])  # days of one zone stay in order
    parts = [(start, zone, [r[2] for r in rows]) for (start, zone), rows in groupby(told, key=lambda t: t[:2])]
    return [
        period
        for start, zone, rows in parts
        for said in [[pick(row[6]) for row in rows]]
        for period in _of(start, zone or None, names, rows, said, length(start, grain))
    ]


def _of(start: date, zone: str | None, names: Sequence[str | None], rows: list[Any], said: list[Any], n: int) -> Iterator[Period]:
    """The numbers of one period and zone, by name."""
    every = [[index(name) for name in names] for index in said]
    values = np.full((len(names), n), np.nan)
    values[:, : len(rows)] = np.array(every, dtype=float).T
    zero = (values == 0).any(axis=1)  # it has no logarithm, and makes of every product itself
    means = np.where(zero, 0.0, geometric(np.where(values == 0, 1.0, values), np.ones(n), least=HALF).value)
    seen = (~np.isnan(values)).sum(axis=1)
    newest = max(rows, key=lambda row: (row[2], row[1]))
    whole = len(rows) == n and all(row[3] == "published" for row in rows)
    for name, mean, days in zip(names, means, seen, strict=True):
        index = float(mean) if days >= HALF * n else None
        status = "refused" if index is None else "published" if whole and days == n else "partial"
        weight = sum(row[5] for row in rows) / n
        yield Period(zone, start, name, index, weight, status, newest[4], moment(newest[2]), int(days), n)


Pick = Callable[[Any], Callable[[str | None], float | None]]


def _where(reading: Reading, names: Sequence[str | None]) -> tuple[str, Pick]:
    """Where the numbers of these names stand in what the shelf keeps of a day, and how to take one out."""
    if names == (None,):
        return "h.number", lambda said: lambda _name: said
    if names[0] in reading.city.metrics:
        return "w.metrics", lambda said: json.loads(said).get
    return "w.domains", lambda said: dict(json.loads(said)).get
