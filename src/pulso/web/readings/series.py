"""What is published as arrays, for those who reckon with it: effects of events and pilots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.flow.panels import calendar
from pulso.web.readings.door import Reading
from pulso.web.readings.shelf import NUMBER, OF_THESE, micros, named, stands


class Logs(NamedTuple):
    """Daily series on the same days."""

    first: date  # the first day; one a column follows
    values: NDArray[np.float64]  # (Z, T): ln(index / 100) without the day's weather; NaN where there is no number, or it is 0


def logs(
    reading: Reading,
    zones: Sequence[str | None],
    metric: str | None,
    first: date,
    last: date,
    as_of: datetime | None = None,
) -> Logs:
    """The headline (metric None) or one metric of these zones on these days, both included, as published now or at a moment: one read."""
    what = "h.zone, h.day, h.calm" if metric is None else "h.zone, h.day, n.calm"
    rows = reading.ask(
        OF_THESE.format(what=what, beside="" if metric is None else NUMBER, stands=stands(as_of)),
        zones=named(zones),
        first=first.toordinal(),
        last=last.toordinal(),
        at=micros(as_of),
        metric=metric,
    )
    values = np.full((len(zones), (last - first).days + 1), np.nan)
    place = {zone or "": z for z, zone in enumerate(zones)}
    for zone, day, number in rows:
        if number:  # 0 has no logarithm
            values[place[zone], day - first.toordinal()] = np.log(number / 100.0)
    return Logs(first, values)


def kinds(reading: Reading, first: date, last: date) -> NDArray[np.int64]:
    """What kind of day each of these is, (T,): a weekday, a weekend, a special day."""
    return calendar(reading.city, first, last).kind
