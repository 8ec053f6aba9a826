"""Real processes, really killed: whatever the moment, the town stays readable, and the next run completes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flow.test_promises import corrected
from tests.flow.vila import Vila, a_day_later, state, verdicts, vila

KILLS = 12


def begun(town: Vila, command: str) -> subprocess.Popen[bytes]:
    env = os.environ | {"PULSO_HOME": str(town.home), "PULSO_MIRROR": str(town.mirror)}
    words = [str(Path(sys.executable).with_name("pulso")), command, str(town.folder), "--from", "2024-01-01"]
    return subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def completed(town: Vila) -> None:
    for command in ("collect", "publish"):
        assert begun(town, command).wait() == 0


def killed_somewhere(town: Vila, command: str, seconds: float) -> bool:
    """Kill a command after so many seconds; say whether it was still at work."""
    process = begun(town, command)
    time.sleep(seconds)
    at_work = process.poll() is None
    process.kill()  # SIGKILL; nothing, where it has ended and been waited for
    process.wait()
    return at_work


@pytest.mark.proof
def test_a_collection_killed_at_any_moment_is_completed_by_the_next(told: Vila, tmp_path: Path) -> None:
    corrected(undisturbed := a_day_later(told, tmp_path / "undisturbed"))
    began = time.monotonic()
    completed(undisturbed)
    long = (time.monotonic() - began) / 2
    killed, chance = 0, random.Random(1)
    for i in range(KILLS):
        corrected(town := a_day_later(told, tmp_path / f"{i}"))
        killed += killed_somewhere(town, "collect", chance.uniform(0.3, 1.0) * long)
        assert verdicts(town) == verdicts(told)
        completed(town)
        assert state(town) == state(undisturbed)
    assert killed >= KILLS // 3


@pytest.mark.proof
def test_a_publication_killed_at_any_moment_is_completed_by_the_next(tmp_path: Path) -> None:
    undisturbed = vila(tmp_path / "undisturbed")
    undisturbed.collect()
    began = time.monotonic()
    assert begun(a_day_later(undisturbed, tmp_path / "timed"), "publish").wait() == 0
    long = time.monotonic() - began
    completed_from = a_day_later(undisturbed, tmp_path / "untouched")
    completed(undisturbed)
    killed, chance = 0, random.Random(2)
    for i in range(KILLS):
        town = a_day_later(completed_from, tmp_path / f"{i}")
        killed += killed_somewhere(town, "publish", chance.uniform(0.3, 1.0) * long)
        assert len(verdicts(town)) in (0, 439 * 3)
        completed(town)
        assert state(town) == state(undisturbed)
    assert killed >= KILLS // 3
