"""What events did, as the last run measured it: read from where it is kept, never measured while someone waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pulso.city import Span
from pulso.flow.remembered import kept, where
from pulso.flow.remembered import largest as _largest
from pulso.show.effects import Effect, EventEffects
from pulso.web.readings.counted import looked
from pulso.web.readings.door import Reading

__all__ = ["Effect", "EventEffects", "Known", "begun", "effects", "largest"]


class Known:
    """What is known of some days' events, found by the event."""

    def __init__(self, found: Iterable[EventEffects]) -> None:
        self._found = {(e.name, e.kind, e.zone, e.first, e.last): e for e in found}

    def of(self, event: Span) -> EventEffects | None:
        """What it did; None where that was not measured yet."""
        return self._found.get((event.name, event.kind, event.zone, event.first, event.last))


def effects(reading: Reading, first: date, last: date) -> Known:
    """What the events did that touch these days, both included: one read."""
    looked()
    return Known(kept(where(reading.river), first, last))


def largest(reading: Reading, kind: str | None, most: int) -> tuple[list[EventEffects], int]:
    """So many events of a kind (None: all), the largest effect on the index first, and how many are known: one read."""
    looked()
    return _largest(where(reading.river), kind, most)


def begun(reading: Reading, first: date, last: date, kind: str | None, since: date | None, most: int) -> list[EventEffects]:
    """So many of the events of a kind (None: all) that touch these days and begin on a day or later, in order of it: one read."""
    looked()
    return kept(where(reading.river), first, last, kind, since, most)
