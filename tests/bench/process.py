"""A command as a person starts it: a new process, with what it took of the clock, of the processors and of memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPO

PULSO = str(Path(sys.executable).with_name("pulso"))


@dataclass(frozen=True)
class Took:
    """What a process took, from its start to its end."""

    clock: float  # seconds
    cpu: float  # seconds, of all processors
    gib: float  # most memory at once


def run(command: Sequence[str], allowed: Sequence[int] = (0,), **settings: str) -> Took:
    """Run a command to its end in a new process. RuntimeError with what it said, where it ends otherwise than allowed."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | settings, text=True, encoding="utf-8"
    )
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said}")
    return Took(clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20)
