"""Whole real cities, collected and published by the same steps as a person's commands, at one moment that stays the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from pulso.flow import reading
from pulso.flow.collect import Collected, collect
from pulso.flow.home import Home, River
from pulso.flow.publish import publish
from pulso.shapes import MetricVerdict, Verdict


def september() -> datetime:
    """When these cities are told of: after the last of the real data."""
    return datetime(2026, 9, 1, 6, tzinfo=UTC)


class Told:
    """A city whose whole history was collected and published, and what is asked of it."""

    def __init__(self, slug: str, root: Path, mirror: Path) -> None:
        self.river = River.open(slug, Home(root, mirror, september))
        self.collected: list[Collected] = collect(self.river)
        self.publication = publish(self.river)

    def on(self, day: str, zone: str | None = None) -> Verdict:
        """What was published of a day."""
        return reading.verdict(self.river, date.fromisoformat(day), zone)

    def metric(self, day: str, name: str) -> MetricVerdict:
        """What was published of one metric, in the city."""
        return next(m for m in self.on(day).metrics if m.metric == name)

    def index(self, day: str, name: str) -> float:
        """One metric's index; the story needs there to be one."""
        found = self.metric(day, name).index
        assert found is not None, f"{name} has no index on {day}"
        return found
