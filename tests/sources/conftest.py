"""A real server on this machine, and a door to it by a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pulso.sources.asking import Asker
from pulso.sources.fetch import Door
from tests.sources.doors import QUICK, make
from tests.sources.streets import Time, Town, a_town


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with a_town() as town:
        yield town


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def asker(clock: Time) -> Iterator[Asker]:
    with closing(Asker(limits=QUICK, clock=clock, sleep=clock.sleep)) as asker:
        yield asker


@pytest.fixture
def door(asker: Asker, tmp_path: Path) -> Iterator[Door]:
    with make(asker, tmp_path) as door:
        yield door
