"""Whole cities, collected and published once for all stories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.told import Told


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
