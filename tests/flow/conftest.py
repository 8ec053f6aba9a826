"""Vila, collected and published once; each test has a copy of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.vila import Vila, a_day_later, vila


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Vila:
    """The town collected and published; to be looked at, not changed."""
    town = vila(tmp_path_factory.mktemp("vila"))
    town.collect()
    town.publish()
    return town


@pytest.fixture
def town(told: Vila, tmp_path: Path) -> Vila:
    """The same town a day later, to do with as a test likes."""
    return a_day_later(told, tmp_path)
