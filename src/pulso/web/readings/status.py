"""What was measured of a city's sources when the last run ended: read from where it is kept, never measured while someone waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from pulso.flow.account import Account, Letter, kept, where
from pulso.flow.status import Excluded, Seen, SourceStatus, Standing, TurnedAway
from pulso.flow.status import standing as _standing
from pulso.show.methods import Revision, Weighed, WeighedDomain
from pulso.web.readings.counted import looked
from pulso.web.readings.door import Reading

__all__ = [
    "Account",
    "Excluded",
    "Letter",
    "Revision",
    "Seen",
    "SourceStatus",
    "Standing",
    "TurnedAway",
    "Weighed",
    "WeighedDomain",
    "account",
    "changed",
    "metrics_of",
    "now",
    "stamp",
    "standing",
    "today",
    "weather_known",
]


def account(reading: Reading) -> Account | None:
    """What was kept by the last run; None where no run has kept anything that this version can read."""
    looked()
    return _read(where(reading.river), _file_stamp(where(reading.river)))


def stamp(reading: Reading) -> str:
    """Another text whenever another account is kept, and on each of the city's own days: a source grows late while nothing happens."""
    return f"{_file_stamp(where(reading.river))} {today(reading)}"


def changed(reading: Reading) -> datetime:
    """When that was: another account kept, or the begin of the city's own day."""
    kept_at = datetime.fromtimestamp(_file_stamp(where(reading.river))[0] // 10**9, UTC)
    return max(kept_at, datetime.combine(today(reading), datetime.min.time(), reading.city.clock).astimezone(UTC))


def now(reading: Reading) -> datetime:
    """The moment, in UTC."""
    return reading.river.home.clock()


def today(reading: Reading) -> date:
    """The city's own day."""
    return now(reading).astimezone(reading.city.clock).date()


def standing(reading: Reading, source: str, status: SourceStatus | None) -> Standing:
    """How a source stands today; what was kept of it says until when it told of anything. KeyError for a source that there is not."""
    return _standing(reading.city.sources[source], status.last if status else None, today(reading))


def weather_known(reading: Reading, day: date) -> bool | None:
    """Whether any weather variable is known of a day; None where the city has no weather, or nothing was measured of its sources yet."""
    said, weather = account(reading), reading.city.weather
    if said is None or weather is None:
        return None
    seen = [m for s in said.sources if s.source in weather.sources for m in s.metrics]
    return any(m.first and m.last and m.first <= day <= m.last and day not in m.missing_days for m in seen)


def metrics_of(reading: Reading, source: str) -> Iterator[str]:
    """The city's metrics that a source feeds, in the order of the city file."""
    yield from (name for name, m in reading.city.metrics.items() if m.source == source)


def _file_stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, _stamp: tuple[int, int]) -> Account | None:
    return kept(path)
