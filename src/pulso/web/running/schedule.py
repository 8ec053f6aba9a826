"""When a city is collected: at hours of its own clock, or every so often; after a failure sooner, then ever more patiently."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

PATIENCE = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""How long to wait after the first, second and every later failure in a row."""

EVERY = re.compile(r"every (\d{1,3}) ?(m|h)")


@dataclass(frozen=True)
class Schedule:
    """Hours of the city's clock, or a span of time between one collection and the next."""

    times: tuple[time, ...] = ()
    every: timedelta | None = None

    def after(self, moment: datetime, clock: ZoneInfo) -> datetime:
        """The first time after a moment, in UTC."""
        if self.every is not None:
            return moment + self.every
        local = moment.astimezone(clock)
        days = [local.date() + timedelta(days=n) for n in range(3)]  # three: an hour may not exist, or be twice, when the clock changes
        moments = [datetime.combine(d, t, clock).astimezone(UTC) for d in days for t in self.times]
        return min(m for m in moments if m > moment)


def read(text: str) -> Schedule:
    """Read "06:30", "06:30, 18:00", "every 15m" or "every 2h". ImproperlyConfigured, with what is allowed, otherwise."""
    said = EVERY.fullmatch(text.strip())
    if said and int(said[1]):
        return Schedule(every=timedelta(**{{"m": "minutes", "h": "hours"}[said[2]]: int(said[1])}))
    try:
        return Schedule(tuple(sorted({datetime.strptime(part.strip(), "%H:%M").time() for part in text.split(",")})))  # noqa: DTZ007  # of any day
    except ValueError:
        raise ImproperlyConfigured(
            f'PULSO_SCHEDULE: found {text[:60]!r}; write hours of a city\'s clock, "06:30" or "06:30, 18:00"; or "every 15m", "every 2h".'
        ) from None


def wait(tries: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    return PATIENCE[min(tries, len(PATIENCE)) - 1]
