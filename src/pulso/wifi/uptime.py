"""How long access points worked, of the time that anybody looked. Time between two reports that are too far apart is unknown, not down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pulso.wifi.shapes import Health

LEAST = 0.5
"""Of a span so much must be reported before an uptime is held against a target."""


class Spell(NamedTuple):
    """An access point was in one state from `since` to `until`, as reports say that never lie farther apart than a report reaches."""

    state: Health
    since: datetime
    until: datetime  # of the last spell: its last report


class Seconds(NamedTuple):
    """How long an access point, or several together, was in each state, in seconds; what is in none was not reported."""

    working: float = 0.0
    partly: float = 0.0
    failing: float = 0.0

    @property
    def reported(self) -> float:
        """All that was reported."""
        return self.working + self.partly + self.failing

    @property
    def uptime(self) -> float | None:
        """Share of the reported time in which it served, wholly or partly, 0 to 1; None where nothing was reported."""
        return (self.working + self.partly) / self.reported if self.reported else None

    def plus(self, other: Seconds) -> Seconds:
        """Both together."""
        return Seconds(*(a + b for a, b in zip(self, other, strict=True)))


class Promise(StrEnum):
    """What became of a target. Too little reported is no miss, and no success."""

    KEPT = "kept"
    MISSED = "missed"
    CANNOT_TELL = "cannot tell"
    NONE = "none"


def go_on(last: Spell | None, reports: Iterable[tuple[datetime, Health]], reach: timedelta) -> list[Spell]:
    """Put an access point's reports behind its last spell.

    The time between two reports belongs to what the earlier said, if they lie no farther apart than `reach`; else nothing is known of it.

    Parameters
    ----------
    last
        Its last spell, which goes on where the first report says so; None where there is none.
    reports
        When, and in which state, in any order. What is not after the last spell is passed over: it is known, or came too late. Of two at
        one moment the first counts. UNKNOWN says nothing, and ends nothing by itself.
    reach
        How long a report says something.

    Returns
    -------
    The last spell, longer where it went on, and the spells after it.
    """
    found = [last] if last else []
    for at, state in sorted(reports, key=lambda r: r[0]):
        if state is Health.UNKNOWN or (found and at <= found[-1].until):
            continue
        if found and at - found[-1].until <= reach:
            found[-1] = found[-1]._replace(until=at)
            if found[-1].state is state:
                continue
        found.append(Spell(state, at, at))
    return found


def by_day(spells: Iterable[Spell], clock: ZoneInfo) -> dict[date, Seconds]:
    """Seconds in each state by the city's own day; days of which nothing was reported are absent. A day may have 23 or 25 hours."""
    found: dict[date, Seconds] = {}
    for spell in spells:
        start, end = spell.since.astimezone(UTC), spell.until.astimezone(UTC)
        while start < end:
            day = start.astimezone(clock).date()
            stop = min(end, midnight(day + timedelta(days=1), clock))
            lasted = Seconds(**{spell.state.value: (stop - start).total_seconds()})
            found[day] = found.get(day, Seconds()).plus(lasted)
            start = stop
    return found


def midnight(day: date, clock: ZoneInfo) -> datetime:
    """When a day begins on the city's own clock, in UTC."""
    return datetime.combine(day, time(), clock).astimezone(UTC)


def promise(seconds: Seconds, span: float, target: float | None) -> Promise:
    """Hold an uptime against a target.

    Parameters
    ----------
    seconds
        What was reported.
    span
        Seconds that might have been reported: of several access points together, all of theirs.
    target
        Share of the reported time; None: there is none.
    """
    if target is None:
        return Promise.NONE
    if seconds.uptime is None or seconds.reported < LEAST * span:
        return Promise.CANNOT_TELL
    return Promise.KEPT if seconds.uptime >= target else Promise.MISSED
