"""Whole cities, collected and published once for all stories, by the same commands that a person gives."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pulso.flow import reading
from pulso.flow.collect import Collected, collect
from pulso.flow.home import Home, River
from pulso.flow.publish import publish
from pulso.shapes import MetricVerdict, Verdict


def september() -> datetime:
    """When these stories are told: after the last of the real data."""
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


def told(slug: str, mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A city told anew, or, while one works on the stories, from the folder that PULSO_STORIES names."""
    kept = os.environ.get("PULSO_STORIES")
    return Told(slug, Path(kept) if kept else tmp_path_factory.mktemp(slug), mirror)


@pytest.fixture(scope="session")
def muenster(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Münster, 2019 to 2026."""
    return told("muenster", mirror, tmp_path_factory)


@pytest.fixture(scope="session")
def zurich(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Zürich, 2018 to 2022."""
    return told("zurich", mirror, tmp_path_factory)


@pytest.fixture(scope="session")
def porto(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Porto's thin dump of 2018-19."""
    return told("porto", mirror, tmp_path_factory)
