"""Days that lie outside their normal range when they are published: told once, and once more where a later publication brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal

from pulso.web.readings.door import Reading
from pulso.web.readings.shelf import EPOCH, micros, moment

Direction = Literal["above", "below"]
YOUNG = 14
"""So many days old, at most, is a day whose publication may raise an alert: a history that is published at once raises none."""
LEAST = EPOCH.toordinal() - YOUNG

TOLD = """
with told as (
    select zone, day, vintage, number, usual_low, usual_high, seen,
        case when status != 'published' then null when number > usual_high then 'above' when number < usual_low then 'below' end as lies,
        day >= vintage / 86400000000 + :least and vintage > (select min(vintage) from head) as young
    from head indexed by by_zone
),
fresh as (select distinct zone, day from head where vintage > :after and day >= :first)
select t.zone, t.day, t.vintage, t.lies, t.young, t.number, t.usual_low, t.usual_high, t.seen
from fresh f cross join told t on t.zone = f.zone and t.day = f.day
where exists (select 1 from told o where o.zone = f.zone and o.day = f.day and o.young and o.lies is not null)
order by t.zone, t.day, t.vintage
"""
"""Every publication of the days that were published after a moment, where any of them could raise an alert."""


@dataclass(frozen=True)
class Alert:
    """A zone's day that left its normal range, or came back into it."""

    zone: str | None
    day: date
    direction: Direction  # on which side of it the day lies, or lay
    over: bool  # whether this publication brings it back
    index: float | None
    normal_range: tuple[float, float] | None
    weight_seen: float  # of the living weight, 0 to 1
    vintage: datetime  # of the publication that says so

    @property
    def beyond(self) -> float | None:
        """How many points outside its normal range it lies; None where it is back."""
        if self.over or self.index is None or self.normal_range is None:
            return None
        return max(self.index - self.normal_range[1], self.normal_range[0] - self.index)


def alerts(reading: Reading, after: datetime, first: date = date.min) -> list[Alert]:
    """What publications after a moment say of days from `first` on, the earliest publication first: each zone, day and direction once.

    A day is told of where it is published (not partial, not refused) outside its normal range, at most YOUNG days old, and not by a city's
    first publication; and again when it is over, however late. A publication that leaves a day where it was says nothing new.
    """
    rows = reading.ask(TOLD, after=micros(after), first=first.toordinal(), least=LEAST)
    found = [alert for _, some in groupby(rows, key=lambda row: row[:2]) for alert in _life(some)]
    return sorted((a for a in found if a.vintage > after), key=lambda a: (a.vintage, a.day, a.zone or ""))


def _life(publications: Iterable[Any]) -> Iterator[Alert]:
    """All that was ever told of one zone's day, from its publications in their order."""
    was: Direction | None = None
    told = False
    for zone, day, vintage, lies, young, index, low, high, weight in publications:
        if lies == was:
            continue
        normal = None if low is None or high is None else (low, high)
        if told and was is not None:
            yield Alert(zone or None, date.fromordinal(day), was, True, index, normal, weight, moment(vintage))
        was, told = lies, bool(lies is not None and young)
        if told:
            yield Alert(zone or None, date.fromordinal(day), lies, False, index, normal, weight, moment(vintage))
