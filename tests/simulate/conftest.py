"""One synthetic city, simulated once for all tests."""

from __future__ import annotations

from datetime import date

import pytest

from pulso.simulate import Simulated, city


@pytest.fixture(scope="session")
def demo() -> Simulated:
    return city(1, date(2023, 1, 1), date(2025, 12, 31))


@pytest.fixture(scope="session")
def flawless() -> Simulated:
    """The same city with sensors that never fail."""
    return city(1, date(2023, 1, 1), date(2025, 12, 31), faults=0)
